# SPDX-License-Identifier: Apache-2.0
"""Automations and scenarios as a client meets them: members, versions, lists, conditions, deletion."""
import concurrent.futures
import re
import time


def next_page(answer):
    """Path of Link rel=next below /api/v1, or None."""
    found = re.search(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
    return found.group(1).split("/api/v1", 1)[1] if found else None


class TestMembers:

    def test_bm_resources_010_an_automation_comes_back_as_it_was_given(self, api):
        given = {"name": "Größe ✓", "provider": "openai", "description": "d", "default_inputs": {"a": [1, {"b": None}]},
                 "connection": {"url": "http://127.0.0.1:1/v1", "model": "m", "timeout_seconds": 5}, "max_in_flight": 3,
                 "labels": ["x", "y"], "tinyfish_automation_id": None}
        made = api.call("POST", "/automations", given, expect=200)
        assert made.headers["Location"].endswith(f"/api/v1/automations/{made.json()['id']}")
        stored = api.get(f"/automations/{made.json()['id']}")
        assert stored == made.json()
        for name, value in given.items():
            assert stored[name] == value, name
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", stored["created_at"])
        assert stored["created_by"] is None and stored["project_id"] == 1

    def test_bm_resources_020_put_and_patch_take_any_subset(self, api):
        made = api.make_automation(description="old")
        for method, change in (("PATCH", {"name": "patched"}), ("PUT", {"max_in_flight": 2}), ("PATCH", {"description": None})):
            before = api.get(f"/automations/{made['id']}")
            after = api.call(method, f"/automations/{made['id']}", change, expect=200).json()
            assert {**before, **change, "updated_at": after["updated_at"]} == after
            assert after["updated_at"] > before["updated_at"]

    def test_bm_resources_030_put_takes_back_what_get_gave(self, api):
        automation = api.make_automation()
        scenario = api.make_scenario(automation)
        for path in (f"/automations/{automation['id']}", f"/scenarios/{scenario['id']}"):
            stored = api.get(path)
            again = api.call("PUT", path, {**stored, "name": "renamed"}, expect=200).json()
            assert again["name"] == "renamed" and again["id"] == stored["id"]
            problem = api.problem("PUT", path, {**again, "id": 12345678})
            assert [e["pointer"] for e in problem["errors"]] == ["/id"]
            problem = api.problem("PATCH", path, {"created_by": "root", "project_id": 7, "role": "admin"})
            assert {e["pointer"] for e in problem["errors"]} == {"/created_by", "/project_id", "/role"}
            assert api.get(path)["created_by"] is None

    def test_bm_resources_040_a_change_makes_a_version_and_runs_name_theirs(self, api):
        scenario = api.make_scenario(target={"tokens": 2, "gap_ms": 1})
        run = api.trigger(scenario)
        assert scenario["version"] == 1 and run["scenario_version"] == 1
        changed = api.call("PATCH", f"/scenarios/{scenario['id']}", {"name": "second"}, expect=200).json()
        assert changed["version"] == 2
        assert api.trigger(scenario)["scenario_version"] == 2
        versions = api.get(f"/scenarios/{scenario['id']}/versions")
        assert sorted(v["version"] for v in versions) == [1, 2]
        assert api.get(f"/scenarios/{scenario['id']}/versions/1")["body"]["name"] == "scenario"
        assert api.get(f"/scenarios/{scenario['id']}/versions/2")["body"]["name"] == "second"
        api.problem("GET", f"/scenarios/{scenario['id']}/versions/3", expect=404)

    def test_bm_resources_050_strings_are_stored_as_they_are(self, api):
        for text in ("'; drop table runs; --", "<script>alert(1)</script>", "%s%n\\", "a\tb\nc\u2028d", "{{{{not a placeholder"):
            made = api.make_automation(name=text, labels=[text])
            assert api.get(f"/automations/{made['id']}")["name"] == text
            assert [a["id"] for a in api.get("/automations", params={"label": text})] == [made["id"]]
        assert api.get("/automations", params={"q": "'; drop table"})

    def test_bm_resources_060_inputs_are_overlaid_in_order(self, api):
        automation = api.make_automation(default_inputs={"a": "automation", "b": "automation", "c": "automation", "prompt": "p"})
        scenario = api.make_scenario(automation, target={"tokens": 1}, inputs={"b": "scenario", "c": "scenario"})
        run = api.run(scenario, inputs_override={"c": "run"})
        assert (run["inputs"]["a"], run["inputs"]["b"], run["inputs"]["c"]) == ("automation", "scenario", "run")


class TestLists:

    def test_bm_lists_010_keyset_paging_has_no_gap_and_no_repeat_while_rows_are_added(self, api):
        label = f"page-{time.time_ns()}"
        made = [api.make_automation(name=f"p{i}", labels=[label])["id"] for i in range(25)]
        seen, path = [], f"/automations?label={label}&limit=7"
        while path:
            answer = api.call("GET", path, expect=200)
            seen += [a["id"] for a in answer.json()]
            if len(seen) < 21:
                api.make_automation(name="elsewhere")
            path = next_page(answer)
        assert seen == made

    def test_bm_lists_020_runs_page_newest_first_while_runs_are_added(self, api):
        scenario = api.make_scenario(target={"tokens": 1, "ttft_ms": 0, "gap_ms": 0})
        ids = sorted(api.bulk(scenario, 30), reverse=True)
        seen, path = [], f"/runs?scenario_id={scenario['id']}&limit=8&view=summary"
        while path:
            answer = api.call("GET", path, expect=200)
            seen += [r["id"] for r in answer.json()]
            api.trigger(scenario)
            path = next_page(answer)
        assert [i for i in seen if i in ids] == ids
        assert len(seen) == len(set(seen)) == 30

    def test_bm_lists_030_skip_and_limit(self, api):
        label = f"skip-{time.time_ns()}"
        ids = [api.make_automation(labels=[label])["id"] for _ in range(5)]
        assert [a["id"] for a in api.get(f"/automations?label={label}&skip=1&limit=2")] == ids[1:3]
        assert api.get(f"/automations?label={label}&skip=10") == []
        answer = api.call("GET", f"/automations?label={label}&limit=2&total=true", expect=200)
        assert answer.headers["X-Total-Count"] == "5"
        for query, pointer in (("limit=0", "?limit"), ("limit=1001", "?limit"), ("skip=-1", "?skip"), ("limit=abc", "?limit"),
                               ("nonsense=1", "?nonsense"), ("sort=password", "?sort"), ("order=sideways", "?order"),
                               ("sort=id;drop", "?sort")):
            problem = api.problem("GET", f"/automations?{query}")
            assert [e["pointer"] for e in problem["errors"]] == [pointer], query

    def test_bm_lists_040_sort_and_filters(self, api):
        label = f"sort-{time.time_ns()}"
        for name in ("b", "c", "a"):
            api.make_automation(name=name, labels=[label])
        tinyfish = api.make_automation(name="d", labels=[label], provider="tinyfish")
        names = [a["name"] for a in api.get(f"/automations?label={label}&sort=name")]
        assert names == ["a", "b", "c", "d"]
        assert [a["name"] for a in api.get(f"/automations?label={label}&sort=name&order=desc")] == names[::-1]
        assert [a["id"] for a in api.get(f"/automations?label={label}&provider=tinyfish")] == [tinyfish["id"]]
        one, last = min(a["id"] for a in api.get(f"/automations?label={label}")), tinyfish["id"]
        assert [a["id"] for a in api.get(f"/automations?ids={one}&limit=5")] == [one]
        assert [a["id"] for a in api.get(f"/automations?ids={one}-{last}&label={label}&provider=tinyfish")] == [tinyfish["id"]]
        assert api.get("/automations?ids=9000000000") == [] and api.call("GET", f"/automations?ids={one},{last + 10**9}&total=true").headers["X-Total-Count"] == "1"
        for wrong in ("", "x", "3,1", "1-5000", "1,,2", "-3"):
            assert api.problem("GET", f"/automations?ids={wrong}")["errors"][0]["pointer"] == "?ids", wrong
        scenario = api.make_scenario(tinyfish, name="needle in a haystack")
        assert [s["id"] for s in api.get(f"/scenarios?automation_id={tinyfish['id']}")] == [scenario["id"]]
        assert scenario["id"] in [s["id"] for s in api.get("/scenarios?q=NEEDLE")]
        assert api.get(f"/scenarios?automation_id={tinyfish['id']}&q=%25") == []

    def test_bm_lists_050_runs_by_status_time_and_sort(self, api):
        scenario = api.make_scenario(target={"tokens": 1, "ttft_ms": 1})
        broken = api.make_scenario(api.make_automation(connection={"url": "http://127.0.0.1:9/v1", "model": "m"}))
        api.await_all(api.bulk(scenario, 3))
        failed = api.run(broken)
        base = f"/runs?automation_id={broken['automation_id']}"
        assert [r["id"] for r in api.get(base + "&status=failed,timed_out")] == [failed["id"]]
        assert api.get(base + "&status=completed") == []
        assert [r["id"] for r in api.get(base + "&q=refused")] == [failed["id"]]
        assert api.get(base + "&to=2020-01-01T00:00:00Z") == []
        assert len(api.get(base + "&from=now-1h")) == 1
        times = [r["total_duration_ms"] for r in api.get(f"/runs?scenario_id={scenario['id']}&sort=total_duration_ms&order=asc")]
        assert times == sorted(times) and len(times) == 3
        summary = api.get(f"/runs?scenario_id={scenario['id']}&view=summary")[0]
        assert "response_json" not in summary and "inputs" not in summary and "request" not in summary
        api.problem("GET", "/runs?status=broken")
        api.problem("GET", "/runs?from=yesterday")


class TestHttp:

    def test_bm_http_010_an_entity_tag_saves_the_answer(self, api):
        automation = api.make_automation()
        for path in (f"/automations/{automation['id']}", "/automations?limit=3", "/about", "/openapi.json"):
            first = api.call("GET", path, expect=200)
            tag = first.headers["ETag"]
            again = api.call("GET", path, headers={"If-None-Match": tag})
            assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == tag, path
            assert api.call("GET", path, headers={"If-None-Match": '"other", ' + tag}).status_code == 304
            assert api.call("GET", path, headers={"If-None-Match": '"other"'}).status_code == 200
            head = api.call("HEAD", path, expect=200)
            assert head.content == b"" and head.headers["ETag"] == tag
            assert head.headers["Content-Type"] == first.headers["Content-Type"]

    def test_bm_http_020_if_match_refuses_what_was_changed_meanwhile(self, api):
        automation = api.make_automation()
        path = f"/automations/{automation['id']}"
        old = api.call("GET", path).headers["ETag"]
        api.call("PATCH", path, {"name": "n2"}, headers={"If-Match": old}, expect=200)
        for method, body in (("PUT", {"name": "n3"}), ("PATCH", {"name": "n3"}), ("DELETE", None)):
            api.problem(method, path, body, expect=412, headers={"If-Match": old})
        assert api.get(path)["name"] == "n2"
        api.call("PATCH", path, {"name": "n4"}, headers={"If-Match": "*"}, expect=200)
        api.call("DELETE", path, headers={"If-Match": api.call("GET", path).headers["ETag"]}, expect=200)

    def test_bm_http_030_methods_are_told(self, api):
        automation = api.make_automation()
        options = api.call("OPTIONS", f"/automations/{automation['id']}", expect=204)
        assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}
        for method, path in (("DELETE", "/automations"), ("PUT", "/runs/trigger"), ("POST", "/about"), ("BREW", "/runs")):
            problem = api.problem(method, path, expect=405)
            assert problem["title"] == "Method Not Allowed"
            assert "OPTIONS" in api.call(method, path).headers["Allow"]
        answer = api.call("POST", "/about", headers={"X-HTTP-Method-Override": "GET", "Content-Type": "application/json"})
        assert answer.status_code == 405
        assert api.call("TRACE", "/about").status_code == 405

    def test_bm_http_040_trailing_slash_and_version_do_not_matter(self, server, api):
        for method, path, body in (("GET", "/automations", None), ("POST", "/automations", {"name": "slash"}),
                                   ("GET", "/runs/kpis/dashboard", None)):
            for prefix in ("/api", "/api/v1"):
                for slash in ("", "/"):
                    answer = api.session.request(method, server.url + prefix + path + slash, json=body, timeout=10, allow_redirects=False)
                    assert answer.status_code == 200, (prefix, path, slash, answer.text)
        assert api.session.get(server.url + "/health/", timeout=5).status_code == 200

    def test_bm_http_050_an_idempotency_key_makes_a_post_happen_once(self, api):
        key = {"Idempotency-Key": f"k-{time.time_ns()}"}
        first = api.call("POST", "/automations", {"name": "once"}, headers=key, expect=200)
        again = api.call("POST", "/automations", {"name": "once"}, headers=key, expect=200)
        assert first.json() == again.json() and first.headers["Location"] == again.headers["Location"]
        assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
        problem = api.problem("POST", "/automations", {"name": "other"}, headers=key)
        assert problem["code"] == "idempotency_key_reused"
        api.problem("POST", "/automations", {"name": "x"}, expect=400, headers={"Idempotency-Key": "with blank"})

    def test_bm_http_060_concurrent_posts_with_one_key_make_one_run(self, server, api):
        scenario = api.make_scenario(target={"tokens": 1})
        key = {"Idempotency-Key": f"c-{time.time_ns()}"}

        def post(_):
            return api.call("POST", "/runs/trigger", {"scenario_id": scenario["id"]}, headers=key)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(post, range(6)))
        assert {a.status_code for a in answers} <= {200, 409}
        assert len({a.json()["id"] for a in answers if a.status_code == 200}) == 1
        assert server.sql("select count(*) from run where scenario_id = %s", scenario["id"])[0][0] == 1

    def test_bm_http_070_a_failed_request_leaves_its_key_free(self, api):
        key = {"Idempotency-Key": f"f-{time.time_ns()}"}
        api.problem("POST", "/automations", {"name": ""}, headers=key)
        api.call("POST", "/automations", {"name": "now right"}, headers=key, expect=200)


class TestDeletion:

    def test_bm_delete_010_what_is_referred_to_stays_and_the_answer_says_why(self, api):
        automation = api.make_automation()
        scenario = api.make_scenario(automation, name="the obstacle")
        problem = api.problem("DELETE", f"/automations/{automation['id']}", expect=409)
        assert "the obstacle" in problem["detail"] and str(scenario["id"]) in problem["detail"]
        assert api.get(f"/automations/{automation['id']}")["id"] == automation["id"]
        assert "message" in api.call("DELETE", f"/scenarios/{scenario['id']}", expect=200).json()
        assert "message" in api.call("DELETE", f"/automations/{automation['id']}", expect=200).json()
        api.problem("GET", f"/automations/{automation['id']}", expect=404)
        api.problem("DELETE", f"/automations/{automation['id']}", expect=404)

    def test_bm_delete_020_a_scenario_with_runs_needs_cascade(self, api):
        automation = api.make_automation()
        scenario = api.make_scenario(automation, target={"tokens": 1, "ttft_ms": 1})
        run = api.run(scenario)
        problem = api.problem("DELETE", f"/scenarios/{scenario['id']}", expect=409)
        assert "run" in problem["detail"].lower()
        api.call("DELETE", f"/automations/{automation['id']}?cascade=true", expect=200)
        for path in (f"/automations/{automation['id']}", f"/scenarios/{scenario['id']}", f"/runs/{run['id']}"):
            api.problem("GET", path, expect=404)

    def test_bm_delete_030_only_ended_runs_are_deleted_and_annotated(self, api):
        scenario = api.make_scenario(target={"ttft_ms": 20000, "tokens": 1})
        run = api.trigger(scenario)
        api.problem("DELETE", f"/runs/{run['id']}", expect=409)
        api.problem("PATCH", f"/runs/{run['id']}", {"note": "too early"}, expect=409)
        api.post(f"/runs/{run['id']}/cancel")
        api.await_all([run["id"]])
        noted = api.call("PATCH", f"/runs/{run['id']}", {"note": "seen", "labels": ["l1"]}, expect=200).json()
        assert noted["note"] == "seen" and noted["labels"] == ["l1"]
        assert [r["id"] for r in api.get("/runs?label=l1")] == [run["id"]]
        api.problem("PATCH", f"/runs/{run['id']}", {"status": "completed"})
        api.call("DELETE", f"/runs/{run['id']}", expect=200)
        api.problem("GET", f"/runs/{run['id']}", expect=404)


class TestBulk:

    def test_bm_bulk_010_many_runs_in_one_request(self, api):
        scenario = api.make_scenario(target={"tokens": 2, "ttft_ms": 1, "gap_ms": 1}, labels=["from-scenario"])
        ids = api.bulk(scenario, 40, labels=["from-request"], priority=5)
        assert len(ids) == len(set(ids)) == 40
        ended = api.await_completed(ids)
        run = api.get(f"/runs/{ids[0]}")
        assert set(run["labels"]) == {"from-scenario", "from-request"} and run["priority"] == 5
        for body in ({"count": 0}, {"count": 10001}, {"count": 1.5}, {"run_at": "soon"}, {"priority": 1001}):
            api.problem("POST", "/runs", {"scenario_id": scenario["id"], **body})

    def test_bm_bulk_020_a_run_waits_for_its_time(self, api):
        scenario = api.make_scenario(target={"tokens": 1, "ttft_ms": 1})
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
        run_id = api.bulk(scenario, 1, run_at=at)[0]
        time.sleep(0.7)
        assert api.get(f"/runs/{run_id}")["status"] == "pending"
        assert api.await_run(run_id)["started_at"] >= at.replace("Z", ".000000Z")

    def test_bm_bulk_030_many_are_cancelled_in_one_request(self, api):
        slow = api.make_scenario(target={"ttft_ms": 30000, "tokens": 1})
        done = api.run(api.make_scenario(target={"tokens": 1, "ttft_ms": 1}))
        ids = api.bulk(slow, 20)
        answer = api.post("/runs/cancel", {"run_ids": [*ids, done["id"], 987654321]})
        assert answer == {"cancelled": 20, "already_finished": 1, "not_found": [987654321]}
        assert {s for s, _, _ in api.await_all(ids, 5).values()} == {"cancelled"}

    def test_bm_bulk_040_a_failed_run_is_run_again_as_a_new_one(self, api):
        automation = api.make_automation(connection={"url": "http://127.0.0.1:9/v1", "model": "m"})
        failed = api.run(api.make_scenario(automation, inputs={"x_mark": 7}), inputs_override={"prompt": "special"})
        api.call("PATCH", f"/automations/{automation['id']}", {"connection": {"url": api.env.target_url + "/v1", "model": "m"}}, expect=200)
        again = api.post(f"/runs/{failed['id']}/requeue", expect=202)
        assert again["id"] > failed["id"]
        again = api.await_run(again["id"])
        assert again["status"] == "completed" and again["inputs"] == failed["inputs"]
        problem = api.problem("POST", f"/runs/{again['id']}/requeue", {}, expect=409)
        assert problem["code"] == "not_failed"
