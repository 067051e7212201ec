# SPDX-License-Identifier: Apache-2.0
"""/definitions: all objects as one document, out and in, with a dry run that says what would change."""
import copy
import json

import pytest

from test_43_loadtests_api import pointers

FORMAT = "mod_benchmark.definitions.v1"
AUTOMATION = {"name": "shop agent", "provider": "openai", "connection": {"url": "http://127.0.0.1:9/v1", "model": "small"},
              "default_inputs": {"max_tokens": 16}, "max_in_flight": 4, "labels": ["code"]}
SCENARIO = {"name": "price", "automation": "shop agent", "inputs_template": {"prompt": "What does {{thing}} cost?"},
            "slos": [{"metric": "ttft_ms", "quantile": 0.95, "max": 500}], "labels": ["code"]}
PRICE = {"provider": "openai", "model": "small", "input_per_million": 0.5, "output_per_million": 1.5}
DOCUMENT = {"format": FORMAT, "automations": [AUTOMATION], "scenarios": [SCENARIO], "prices": [PRICE]}


def post(api, document, expect=200, **params):
    return api.call("POST", "/definitions", document, params=params, expect=expect).json()


def counts(report):
    return {kind: (report[kind]["created"], report[kind]["updated"], report[kind]["unchanged"])
            for kind in ("automations", "scenarios", "prices")}


def remove_all(api):
    for automation in api.get("/automations"):
        api.call("DELETE", f"/automations/{automation['id']}?cascade=true", expect=200)
    for kind in ("prices", "datasets", "views"):
        for one in api.get(f"/{kind}"):
            api.call("DELETE", f"/{kind}/{one['id']}", expect=200)


@pytest.fixture(autouse=True)
def empty(server, api):
    remove_all(api)


class TestDefinitions:

    def test_bm_defs_010_a_dry_run_says_what_would_be_made_and_makes_nothing(self, api):
        report = post(api, DOCUMENT, dry_run="true")
        assert report["dry_run"] is True
        assert counts(report) == {"automations": (1, 0, 0), "scenarios": (1, 0, 0), "prices": (1, 0, 0)}
        assert [(c["kind"], c["name"], c["action"], c["id"], c["members"]) for c in report["changes"]] == [
            ("automation", "shop agent", "created", None, []), ("scenario", "price (shop agent)", "created", None, []),
            ("price", "small (openai)", "created", None, [])]
        assert api.get("/automations") == api.get("/scenarios") == api.get("/prices") == []

    def test_bm_defs_020_what_is_imported_is_there_and_a_second_time_changes_nothing(self, api):
        report = post(api, DOCUMENT)
        ids = [c["id"] for c in report["changes"]]
        automation, scenario, price = api.get(f"/automations/{ids[0]}"), api.get(f"/scenarios/{ids[1]}"), api.get(f"/prices/{ids[2]}")
        assert automation["connection"] == AUTOMATION["connection"] and automation["max_in_flight"] == 4
        assert scenario["automation_id"] == ids[0] and scenario["inputs_template"] == SCENARIO["inputs_template"]
        assert scenario["slos"][0]["max"] == 500 and price["currency"] == "USD"
        assert counts(post(api, DOCUMENT)) == {"automations": (0, 0, 1), "scenarios": (0, 0, 1), "prices": (0, 0, 1)}
        assert api.get(f"/scenarios/{ids[1]}")["version"] == 1

    def test_bm_defs_030_what_was_exported_can_be_imported_elsewhere(self, api):
        post(api, DOCUMENT)
        exported = api.get("/definitions")
        assert exported["format"] == FORMAT
        text = json.dumps(exported)
        assert not any(f'"{ours}"' in text for ours in ("id", "automation_id", "created_at", "created_by", "project_id", "version"))
        assert counts(post(api, exported)) == {"automations": (0, 0, 1), "scenarios": (0, 0, 1), "prices": (0, 0, 1)}
        remove_all(api)
        assert counts(post(api, exported)) == {"automations": (1, 0, 0), "scenarios": (1, 0, 0), "prices": (1, 0, 0)}
        assert api.get("/definitions") == exported

    def test_bm_defs_040_a_change_is_told_member_by_member_and_made(self, api):
        post(api, DOCUMENT)
        changed = copy.deepcopy(DOCUMENT)
        changed["automations"][0]["connection"]["model"] = "large"
        changed["automations"][0]["connection"]["temperature/~"] = 0
        del changed["automations"][0]["connection"]["temperature/~"]
        changed["scenarios"][0]["inputs_template"]["a/b"] = 1
        changed["scenarios"][0]["labels"] = []
        dry = post(api, changed, dry_run="true")
        assert api.get("/definitions")["automations"][0]["connection"]["model"] == "small"
        report = post(api, changed)
        assert report == {**dry, "dry_run": False}
        assert counts(report) == {"automations": (0, 1, 0), "scenarios": (0, 1, 0), "prices": (0, 0, 1)}
        assert report["changes"][0]["members"] == [{"pointer": "/connection/model", "from": "small", "to": "large"}]
        assert sorted(report["changes"][1]["members"], key=lambda m: m["pointer"]) == [
            {"pointer": "/inputs_template/a~1b", "to": 1}, {"pointer": "/labels", "from": ["code"], "to": []}]
        scenario = api.get("/scenarios")[0]
        assert scenario["version"] == 2 and scenario["labels"] == []

    def test_bm_defs_050_members_that_are_not_named_stay(self, api):
        post(api, DOCUMENT)
        report = post(api, {"format": FORMAT, "automations": [{"name": "shop agent", "max_in_flight": 5}]})
        assert counts(report) == {"automations": (0, 1, 0), "scenarios": (0, 0, 0), "prices": (0, 0, 0)}
        automation = api.get("/automations")[0]
        assert automation["max_in_flight"] == 5 and automation["default_inputs"] == {"max_tokens": 16}

    def test_bm_defs_060_all_that_is_wrong_is_named_and_nothing_is_done(self, api):
        wrong = {"format": FORMAT,
                 "automations": [AUTOMATION, {"name": "b", "provider": "nobody"}, {**AUTOMATION}, 5,
                                 {"name": "c", "provider": "openai", "connection": {"url": "ftp://x"}}, {"name": "d", "id": 7}],
                 "scenarios": [SCENARIO, {"name": "s", "automation": "nowhere"}, {"name": "t", "automation_id": 1}, {"automation": "shop agent"},
                               {"name": "u", "automation": "shop agent", "slos": [{"metric": "speed"}]}],
                 "prices": [{**PRICE, "model": "a*b"}]}
        problem = api.problem("POST", "/definitions", wrong, expect=422)
        found = pointers(problem)
        assert {"/automations/1/provider", "/automations/2", "/automations/3", "/automations/4/connection/url", "/automations/5/id",
                "/scenarios/1/automation", "/scenarios/2/automation_id", "/scenarios/3/name", "/prices/0/model"} <= set(found), found
        assert any(p.startswith("/scenarios/4/slos/0") for p in found)
        assert api.get("/automations") == api.get("/scenarios") == api.get("/prices") == []

    @pytest.mark.parametrize("document, pointer", [
        ({}, "/format"), ({"format": "mod_benchmark.definitions.v9"}, "/format"), ({"format": FORMAT, "automations": {}}, "/automations"),
        ({"format": FORMAT, "agents": []}, "/agents")])
    def test_bm_defs_070_another_document_is_refused(self, api, document, pointer):
        assert pointer in pointers(api.problem("POST", "/definitions", document, expect=422))

    def test_bm_defs_080_names_that_are_there_twice_are_refused(self, api):
        for _ in range(2):
            api.make_automation(name="twin", provider="mock")
        assert api.problem("GET", "/definitions", expect=409)["code"] == "ambiguous_names"
        assert api.get("/definitions?kinds=scenarios,prices") == {"format": FORMAT, "scenarios": [], "prices": []}
        document = {"format": FORMAT, "automations": [{"name": "twin", "max_in_flight": 3}], "scenarios": [{"name": "s", "automation": "twin"}]}
        assert set(pointers(api.problem("POST", "/definitions", document, expect=422))) == {"/automations/0", "/scenarios/0/automation"}

    def test_bm_defs_090_scenarios_of_one_name_belong_to_different_automations(self, api):
        post(api, DOCUMENT)
        other = {"format": FORMAT, "automations": [{**AUTOMATION, "name": "other"}], "scenarios": [{**SCENARIO, "automation": "other"}]}
        assert counts(post(api, other))["scenarios"] == (1, 0, 0)
        exported = api.get("/definitions?label=code&kinds=scenarios")["scenarios"]
        assert sorted((s["name"], s["automation"]) for s in exported) == [("price", "other"), ("price", "shop agent")]
        assert api.get("/definitions?label=none") == {"format": FORMAT, "automations": [], "scenarios": [], "prices": api.get("/definitions")["prices"],
                                                        "datasets": [], "views": []}

    def test_bm_defs_100_more_than_a_page(self, api):
        many = {"format": FORMAT, "automations": [{"name": f"agent {i}", "provider": "mock"} for i in range(1203)]}
        assert counts(post(api, many))["automations"] == (1203, 0, 0)
        exported = api.get("/definitions")
        assert [a["name"] for a in exported["automations"]] == [a["name"] for a in many["automations"]]
        assert counts(post(api, exported))["automations"] == (0, 0, 1203)
        api.env.sql("with a as (delete from automations where name like 'agent %%' returning id) delete from queue_target where target_id in (select id from a)")


ITEMS = [{"prompt": "a", "n": 1.5}, {"prompt": "\u00e4\u2028\"", "deep": {"list": [1, None, True, 1e3]}}]


class TestDatasets:

    def test_bm_defs_210_made_with_their_entries_and_found_again(self, api):
        document = {"format": FORMAT, "datasets": [{"name": "questions", "items": ITEMS}]}
        dry = post(api, document, dry_run="true")
        assert dry["datasets"] == {"created": 1, "updated": 0, "unchanged": 0} and api.get("/datasets") == []
        report = post(api, document)
        assert [(c["kind"], c["name"], c["action"]) for c in report["changes"]] == [("dataset", "questions", "created")]
        made = api.get(f"/datasets/{report['changes'][0]['id']}")
        assert made["entries"] == 2 and made["first_entries"] == ITEMS and made["format"] == "jsonl" and made["bytes"] > 50
        again = post(api, document)
        assert again["datasets"] == {"created": 0, "updated": 0, "unchanged": 1} and again["changes"] == []
        exported = api.get("/definitions?kinds=datasets")
        assert exported == {"format": FORMAT, "datasets": [{"name": "questions", "format": "jsonl", "items": ITEMS}]}
        assert post(api, exported)["datasets"]["unchanged"] == 1

    def test_bm_defs_220_their_content_never_changes(self, api):
        post(api, {"format": FORMAT, "datasets": [{"name": "questions", "items": ITEMS}]})
        for wrong, pointer in (({"items": ITEMS[:1]}, "/datasets/0/items"), ({"format": "csv"}, "/datasets/0/format"),
                               ({"sha256": "0" * 64}, "/datasets/0/sha256")):
            problem = api.problem("POST", "/definitions", {"format": FORMAT, "datasets": [{"name": "questions", **wrong}]}, expect=422)
            assert pointer in pointers(problem), problem
        assert api.get("/datasets")[0]["entries"] == 2

    def test_bm_defs_230_large_ones_by_their_hash(self, api):
        lines = "".join(json.dumps({"prompt": f"{i} " + "x" * 700}) + "\n" for i in range(100))
        large = api.post("/datasets", {"name": "large", "format": "jsonl", "content": lines})
        assert large["bytes"] > 65536
        (told,) = api.get("/definitions?kinds=datasets")["datasets"]
        assert set(told) == {"name", "format", "sha256"} and len(told["sha256"]) == 64
        document = {"format": FORMAT, "datasets": [told]}
        assert post(api, document)["datasets"]["unchanged"] == 1
        # with its entries it is the same, too
        with_items = {**told, "items": [json.loads(line) for line in lines.splitlines()]}
        assert post(api, {"format": FORMAT, "datasets": [with_items]})["datasets"]["unchanged"] == 1
        api.call("DELETE", f"/datasets/{large['id']}", expect=200)
        problem = api.problem("POST", "/definitions", document, expect=422)
        assert pointers(problem) == ["/datasets/0/items"] and "POST /datasets" in problem["errors"][0]["detail"]
        assert post(api, {"format": FORMAT, "datasets": [with_items]})["datasets"]["created"] == 1
        with_items["name"], with_items["sha256"] = "other", "0" * 64
        assert api.problem("POST", "/definitions", {"format": FORMAT, "datasets": [with_items]}, expect=409)["code"] == "hash_mismatch"
        assert len(api.get("/datasets")) == 1

    def test_bm_defs_240_what_is_wrong_is_named(self, api):
        deep = {}
        for _ in range(40):
            deep = {"a": deep}
        wrong = [{"name": "a"}, {"name": "b", "items": []}, {"name": "c", "items": [1]}, {"name": "d", "items": [{}, deep]}, {"items": [{}]},
                 {"name": "e", "items": [{"n": 1e300}]}, {"name": "f", "items": [{}], "entries": 1}, {"name": "g", "items": [{}]},
                 {"name": "g", "items": [{}]}]
        problem = api.problem("POST", "/definitions", {"format": FORMAT, "datasets": wrong}, expect=422)
        assert {"/datasets/0/items", "/datasets/1/items", "/datasets/2/items/0", "/datasets/3/items/1", "/datasets/4/name", "/datasets/5/items/0",
                "/datasets/6/entries", "/datasets/8"} <= set(pointers(problem)), problem
        assert api.get("/datasets") == []


class TestRoundTrip:

    # everything that can be defined: out, into an empty database, and out again, byte by byte
    def test_bm_defs_310_out_in_and_out_again(self, api):
        post(api, {**DOCUMENT, "datasets": [{"name": "questions", "items": ITEMS}, {"name": "two", "format": "csv", "items": [{"a": "1"}]}],
                   "views": [{"name": "late", "page": "runs", "query": "status=timed_out&from=now-24h"}]})
        post(api, {"format": FORMAT, "automations": [
            {"name": "fish", "provider": "tinyfish", "tinyfish_automation_id": "tf_1", "description": "d\u00e4", "connection": {"goal": "{{secret.x}}"}},
            {"name": "page", "provider": "http", "connection": {"url": "http://h/{{a}}", "headers": {"X-A": "b"}, "rate_limit": {"requests_per_second": 2}}}],
            "scenarios": [{"name": "price", "automation": "page", "inputs_template": {"z": 1.0, "a": [1, {"b": None}]}, "labels": ["b", "a"],
                           "run_settings": {"max_attempts": 3, "assertions": [{"contains": "x"}]}}],
            "prices": [{**PRICE, "valid_from": "2026-01-01T00:00:00Z"}]})
        first = api.call("GET", "/definitions", expect=200).content
        document = json.loads(first)
        assert [len(document[k]) for k in ("automations", "scenarios", "prices", "datasets", "views")] == [3, 2, 2, 2, 1]
        remove_all(api)
        empty = json.loads(api.call("GET", "/definitions", expect=200).content)
        assert all(objects == [] for kind, objects in empty.items() if kind != "format")
        dry = post(api, document, dry_run="true")
        report = post(api, document)
        assert {c["action"] for c in report["changes"]} == {"created"} and len(report["changes"]) == len(dry["changes"]) == 10
        assert api.call("GET", "/definitions", expect=200).content == first
        assert post(api, document)["changes"] == []


class TestViews:

    def test_bm_defs_330_views_are_known_by_name_and_page(self, api):
        views = [{"name": "failed", "page": page, "query": "status=failed"} for page in ("runs", "loadtests")]
        report = post(api, {"format": FORMAT, "views": views})
        assert report["views"] == {"created": 2, "updated": 0, "unchanged": 0}
        assert [(c["kind"], c["name"]) for c in report["changes"]] == [("view", "failed"), ("view", "failed")]
        exported = api.get("/definitions?kinds=views")
        assert exported == {"format": FORMAT, "views": views}
        assert post(api, exported)["views"]["unchanged"] == 2
        changed = {"format": FORMAT, "views": [{"name": "failed", "page": "runs", "query": "status=timed_out"}]}
        assert post(api, changed)["changes"][0]["members"] == [{"pointer": "/query", "from": "status=failed", "to": "status=timed_out"}]
        assert [v["query"] for v in api.get("/views")] == ["status=timed_out", "status=failed"]
        twice = {"format": FORMAT, "views": [*views[:1], {**views[0], "query": "a=<"}]}
        assert pointers(api.problem("POST", "/definitions", twice, expect=422))
        assert [v["query"] for v in api.get("/views")] == ["status=timed_out", "status=failed"]
