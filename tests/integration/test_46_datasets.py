# SPDX-License-Identifier: Apache-2.0
"""Datasets as a client sees them, and load tests that ask their entries or generated prompts."""
import collections
import csv
import io
import json
import threading

import pytest

from bmenv import Api, Conf
from test_25_access import with_users
from test_43_loadtests_api import pointers
from test_44_loadtests import run

POISSON = {"load_model": {"type": "poisson", "rate": 50}, "duration_seconds": 60}
ENTRIES = [{"prompt": f"Question {n}, \"quoted\"\nand more: ü", "max_tokens": n} for n in range(1, 31)]
FIXED = {"dist": "fixed", "value": 20}


def jsonl(entries):
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def as_csv(entries):
    text = io.StringIO()
    writer = csv.writer(text)                    # CRLF, quotes where they are needed
    writer.writerow(entries[0])
    writer.writerows(entry.values() for entry in entries)
    return text.getvalue()


def upload(api, content, format="jsonl", name="questions", expect=200):
    return api.post("/datasets", {"name": name, "format": format, "content": content}, expect=expect)


def refusal(api, content, format="jsonl"):
    problem = api.problem("POST", "/datasets", {"name": "x", "format": format, "content": content})
    assert pointers(problem) == ["/content"]
    return problem["errors"][0]["detail"]


class TestResource:
    """No engine: what is queued stays so."""

    @staticmethod
    def conf(env):
        env.restart(Conf(env))                   # its engine makes the schema
        return Conf(env, engine=False)

    @pytest.fixture(scope="class")
    def server(self, env):
        env.base = ""
        env.restart(self.conf(env), ready=False)
        env.wait(lambda: Api(env).call("GET", "/datasets").status_code == 200, 10, "no answer: " + env.tail())
        yield env
        env.sql("delete from run_queue")
        env.stop()

    @pytest.fixture(scope="class")
    def scenario(self, api):
        return api.make_scenario()

    @pytest.mark.parametrize("format, text", [("jsonl", jsonl), ("csv", as_csv)])
    def test_bm_data_010_upload_and_read(self, api, format, text):
        answer = api.call("POST", "/datasets", {"name": "questions", "format": format, "content": text(ENTRIES)}, expect=200)
        made = answer.json()
        assert answer.headers["Location"].endswith(f"/datasets/{made['id']}")
        assert made["entries"] == 30 and made["first_entries"] == ENTRIES[:20] and made["format"] == format
        assert made["bytes"] == sum(len(json.dumps(e, separators=(",", ":"), ensure_ascii=False).encode()) for e in ENTRIES)
        assert api.get(f"/datasets/{made['id']}") == made
        listed = [d for d in api.get("/datasets") if d["id"] == made["id"]]
        assert listed == [{k: v for k, v in made.items() if k != "first_entries"}]

    def test_bm_data_020_pages(self, api):
        number = upload(api, jsonl(ENTRIES))["id"]
        assert api.get(f"/datasets/{number}/entries") == [{"number": n + 1, "inputs": e} for n, e in enumerate(ENTRIES)]
        seen, path = [], f"/datasets/{number}/entries?limit=7"
        while path:
            answer = api.call("GET", path, expect=200)
            seen += answer.json()
            assert len(answer.json()) <= 7
            path = answer.links["next"]["url"].split("/api/v1")[1] if "next" in answer.links else None
        assert [e["inputs"] for e in seen] == ENTRIES
        assert api.get(f"/datasets/{number}/entries?after=30") == []
        api.problem("GET", "/datasets/99999/entries", expect=404)
        api.problem("GET", "/datasets/99999", expect=404)
        names = [upload(api, "{}\n", name=f"page {n}")["id"] for n in range(3)]
        first = api.call("GET", "/datasets?q=PAGE&limit=2&total=true", expect=200)
        assert [d["id"] for d in first.json()] == names[:2] and first.headers["X-Total-Count"] == "3"
        assert [d["id"] for d in api.get(f"/datasets?q=page&after={names[1]}")] == names[2:]

    def test_bm_data_030_what_does_not_parse(self, api):
        assert refusal(api, '{"a":1}\n{"a":\n').startswith("Line 2, column 5: ")
        assert refusal(api, '{"a":1}\n[1]\n') == "Line 2 is not a JSON object."
        assert refusal(api, "\n\n") == refusal(api, "") == refusal(api, "a,b\n", "csv") == "Has no entries."
        assert refusal(api, "a,b\n1,2\n3\n", "csv") == "Line 3: There are 1 values for 2 columns."
        assert refusal(api, 'a,b\n1,2\n"3,\n4,5\n', "csv") == "Line 3: The quote that begins here is not closed."
        assert refusal(api, "{}\n" + '{"a":' * 40 + "1" + "}" * 40) == "Line 2 is nested deeper than 32 levels."
        assert refusal(api, '{}\n{"a":[{"b":1e20}]}') == "Line 2 has a number that does not fit into 64 bits."
        assert refusal(api, "{}\n" * 100001) == "Line 100001 is beyond the 100000 entries that a dataset may have."
        column = "c" * 200
        wide = ",".join(f"{column[:195]}{n:03}" for n in range(200)) + "\n" + ("," * 199 + "\n") * 2000
        assert "64 MiB" in refusal(api, wide, "csv")
        for body, wrong in (({}, ["/content", "/format", "/name"]),
                            ({"name": "", "format": "xml", "content": 5}, ["/content", "/format", "/name"]),
                            ({"name": "x", "format": "csv", "content": "a\n1", "more": 1}, ["/more"])):
            assert pointers(api.problem("POST", "/datasets", body)) == wrong
        assert api.call("POST", "/datasets", {"name": "x", "format": "csv", "content": "a\n" * 600000}).status_code == 413

    def test_bm_data_040_numbers_come_back_as_they_were(self, api):
        entries = [{"a": 9223372036854775807, "b": -0.1, "c": 1e-300, "d": 1e18, "e": 0}]
        number = upload(api, jsonl(entries))["id"]
        assert api.get(f"/datasets/{number}")["first_entries"] == entries

    def test_bm_data_045_as_many_as_there_may_be(self, api):
        api.env.allow("BM0205: slow statement dataset_add")          # on a busy machine
        number = upload(api, "{}\n" * 100000)["id"]
        assert api.get(f"/datasets/{number}/entries?after=99999") == [{"number": 100000, "inputs": {}}]

    def test_bm_data_050_rename_and_delete(self, api):
        made = upload(api, "{}\n")
        answer = api.call("GET", f"/datasets/{made['id']}", expect=200)
        renamed = api.call("PATCH", f"/datasets/{made['id']}", {"name": "other"}, expect=200,
                           headers={"If-Match": answer.headers["ETag"]})
        assert renamed.json()["name"] == "other" and renamed.json()["version"] == 2
        stale = {"If-Match": answer.headers["ETag"]}
        api.problem("PATCH", f"/datasets/{made['id']}", {"name": "third"}, expect=412, headers=stale)
        api.problem("DELETE", f"/datasets/{made['id']}", expect=412, headers=stale)
        assert pointers(api.problem("PATCH", f"/datasets/{made['id']}", {"name": "", "format": "csv"})) == ["/format", "/name"]
        assert api.call("PATCH", f"/datasets/{made['id']}", {}, expect=200).json()["version"] == 2
        api.call("DELETE", f"/datasets/{made['id']}", expect=200)
        assert api.env.sql("select count(*) from dataset_entries where dataset_id = %s", made["id"])[0][0] == 0
        for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
            api.problem(method, f"/datasets/{made['id']}", body, expect=404)

    def test_bm_data_060_a_load_test_gets_a_copy(self, server, api, scenario):
        number = upload(api, jsonl(ENTRIES))["id"]
        plan = {"scenario_id": scenario["id"], **POISSON, "dataset": {"dataset_id": number, "order": "random"}}
        test = api.post("/loadtests", plan, expect=202)
        assert test["plan"]["dataset"] == {"dataset_id": number, "order": "random"}
        spec = server.sql("select spec from run_queue where id = %s", test["id"])[0][0]
        assert spec["loadtest"]["dataset"] == {"dataset_id": number, "order": "random", "inline": ENTRIES}
        assert api.post("/loadtests/estimate", plan)["output_tokens"] == 3000 * 30
        problem = api.problem("DELETE", f"/datasets/{number}", expect=409)
        assert str(test["id"]) in problem["detail"]
        server.sql("update run_queue set state = 'running', owner = 'e', attempt = 1, started_at = now(),"
                   " lease_until = now() + interval '1 hour' where id = %s", test["id"])
        api.problem("DELETE", f"/datasets/{number}", expect=409)
        server.sql("delete from run_queue where id = %s", test["id"])
        api.call("DELETE", f"/datasets/{number}", expect=200)

    def test_bm_data_070_what_a_load_test_refuses(self, server, api, scenario):
        def refused(dataset):
            problem = api.problem("POST", "/loadtests", {"scenario_id": scenario["id"], **POISSON, "dataset": dataset})
            return problem["errors"][0]["detail"], pointers(problem)

        many = upload(api, "{}\n" * 10001)["id"]
        large = upload(api, jsonl([{"prompt": "x" * 400000}] * 2))["id"]
        server.sql("insert into dataset_entries select dataset_id, n, inputs from dataset_entries, generate_series(3, 11) n"
                   " where dataset_id = %s and number = 1", large)              # more than one body of 1 MiB can hold
        server.sql("update datasets set entries = 11, bytes = 11 * 400013 where id = %s", large)
        assert refused({"dataset_id": 99999}) == ("There is no dataset 99999.", ["/dataset/dataset_id"])
        assert refused({"dataset_id": many}) == (
            f"Dataset {many} has 10001 entries; a load test takes a dataset of at most 10000.", ["/dataset/dataset_id"])
        assert refused({"dataset_id": large}) == (
            f"Dataset {large} has 4400143 bytes; a load test takes a dataset of at most 4194304.", ["/dataset/dataset_id"])
        assert refused({"dataset_id": many, "inline": [{}]})[1] == ["/dataset/dataset_id"]
        assert refused({"dataset_id": "1"})[1] == ["/dataset/dataset_id"]
        asking = api.make_scenario(inputs={"prompt": "Who is {{who}}?"})
        named = upload(api, '{"who":"Ada"}\n{"whom":"Bob"}\n')["id"]
        problem = api.problem("POST", "/loadtests", {"scenario_id": asking["id"], **POISSON, "dataset": {"dataset_id": named}})
        assert pointers(problem) == ["/dataset/dataset_id/2/prompt"]
        deep = json.loads('{"a":' * 40 + "1" + "}" * 40)
        assert refused({"inline": [deep]})[1] == ["/dataset/inline/0"]

    def test_bm_data_080_delete_waits_for_a_plan_that_is_being_queued(self, server, api, scenario):
        number = upload(api, "{}\n")["id"]
        statuses = collections.Counter()
        plan = {"scenario_id": scenario["id"], **POISSON, "dataset": {"dataset_id": number}}
        threads = [threading.Thread(target=lambda: statuses.update(
            [("POST", Api(server).call("POST", "/loadtests", plan).status_code)])) for _ in range(6)]
        threads += [threading.Thread(target=lambda: statuses.update(
            [("DELETE", Api(server).call("DELETE", f"/datasets/{number}").status_code)])) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        queued = server.sql("select count(*) from loadtests l join run_queue using (id)"
                            " where l.plan #>> '{dataset,dataset_id}' = %s", str(number))[0][0]
        there = server.sql("select count(*) from datasets where id = %s", number)[0][0]
        assert queued == statuses["POST", 202] and (queued == 0 or there == 1), statuses
        assert set(statuses) <= {("POST", 202), ("POST", 422), ("DELETE", 200), ("DELETE", 409), ("DELETE", 404)}

    @pytest.mark.parametrize("change, wrong", [
        ({"count": 0}, "/count"), ({"count": None}, "/count"), ({"input_tokens": 5}, "/input_tokens"),
        ({"input_tokens": {}}, "/input_tokens/dist"), ({"input_tokens": {"dist": "zipf"}}, "/input_tokens/dist"),
        ({"input_tokens": {"dist": "fixed"}}, "/input_tokens/value"),
        ({"input_tokens": {"dist": "fixed", "value": 0}}, "/input_tokens/value"),
        ({"input_tokens": {"dist": "fixed", "value": 5, "mean": 5}}, "/input_tokens/mean"),
        ({"output_tokens": {"dist": "uniform", "min": 5}}, "/output_tokens/max"),
        ({"output_tokens": {"dist": "uniform", "min": 5, "max": 4}}, "/output_tokens/max"),
        ({"output_tokens": {"dist": "normal", "mean": 5, "stddev": -1}}, "/output_tokens/stddev"),
        ({"shared_prefixes": {"count": 5}}, "/shared_prefixes/tokens"),
        ({"shared_prefixes": {"count": 5, "tokens": 5, "zipf": 11}}, "/shared_prefixes/zipf"),
        ({"seed": -1}, "/seed"), ({"provenance": "counted"}, "/provenance"), ({"more": 1}, "/more")])
    def test_bm_data_090_generated_prompts_are_checked(self, api, scenario, change, wrong):
        plan = {"scenario_id": scenario["id"], **POISSON,
                "dataset": {"generate": {"count": 10, "input_tokens": FIXED, **change}}}
        assert pointers(api.problem("POST", "/loadtests/estimate", plan)) == ["/dataset/generate" + wrong]

    def test_bm_data_100_generated_prompts_have_defaults(self, api, scenario):
        plan = {"scenario_id": scenario["id"], **POISSON, "dataset": {"generate": {
            "count": 10, "input_tokens": FIXED, "output_tokens": {"dist": "normal", "mean": 50, "stddev": 5, "max": 70},
            "shared_prefixes": {"count": 2, "tokens": 5}}}}
        generate = api.post("/loadtests", plan, expect=202)["plan"]["dataset"]["generate"]
        assert generate == {
            "count": 10, "input_tokens": FIXED, "output_tokens": {"dist": "normal", "mean": 50, "stddev": 5, "min": 1, "max": 70},
            "shared_prefixes": {"count": 2, "tokens": 5, "zipf": 1}, "seed": 1, "provenance": "estimated"}
        assert api.post("/loadtests/estimate", plan)["output_tokens"] == 3000 * 70


class TestRoles:
    def test_bm_data_200_who_may_what(self, env):
        env.base = ""
        env.restart(with_users(env))
        admin, operator, viewer = (Api(env) for _ in range(3))
        for api, user in ((admin, "anna"), (operator, "otto"), (viewer, "vera")):
            api.session.auth = (user, user)
        body = {"name": "x", "format": "jsonl", "content": "{}"}
        assert viewer.call("POST", "/datasets", body).status_code == 403
        number = operator.post("/datasets", body)["id"]
        assert viewer.get(f"/datasets/{number}/entries") == [{"number": 1, "inputs": {}}]
        assert viewer.call("PATCH", f"/datasets/{number}", {"name": "y"}).status_code == 403
        assert operator.call("DELETE", f"/datasets/{number}").status_code == 403
        assert admin.call("DELETE", f"/datasets/{number}").status_code == 200
        env.stop()


class TestRuns:
    """With an engine, against a target that remembers what it was sent."""

    @pytest.fixture(scope="class")
    def recording(self, api, odd):
        return api.make_scenario(api.make_automation(connection={"url": odd.url("record"), "model": "m"}, max_in_flight=50))

    @staticmethod
    def asked(odd, api, scenario, dataset, requests, **members):
        """What a closed load of one at a time sent, in order."""
        odd.seen.clear()
        test = run(api, scenario, {"type": "closed", "concurrency": 1}, requests=requests, dataset=dataset, **members)
        assert test["status"] == "completed" and test["results"]["completed"] == requests, test
        return [json.loads(body) for behaviour, _, _, _, body in odd.seen if behaviour == "record"]

    @staticmethod
    def prompts(bodies):
        return [body["messages"][-1]["content"] for body in bodies]

    def test_bm_data_300_entries_are_asked_in_turn(self, api, odd, recording):
        number = upload(api, as_csv(ENTRIES), "csv")["id"]
        bodies = self.asked(odd, api, recording, {"dataset_id": number}, 65)
        assert self.prompts(bodies) == [ENTRIES[n % 30]["prompt"] for n in range(65)]
        assert [body["max_tokens"] for body in bodies] == [ENTRIES[n % 30]["max_tokens"] for n in range(65)]
        api.call("DELETE", f"/datasets/{number}", expect=200)

    def test_bm_data_310_random_order_is_drawn_by_the_seed(self, api, odd, recording):
        number = upload(api, jsonl(ENTRIES))["id"]
        dataset = {"dataset_id": number, "order": "random"}
        first, again, other = (self.prompts(self.asked(odd, api, recording, dataset, 50, seed=seed)) for seed in (1, 1, 2))
        assert first == again and first != other and len(set(first)) > 15

    def test_bm_data_320_generated_prompts(self, api, odd, recording):
        generate = {"count": 40, "input_tokens": {"dist": "uniform", "min": 5, "max": 30},
                    "output_tokens": {"dist": "uniform", "min": 1, "max": 9},
                    "shared_prefixes": {"count": 3, "tokens": 12, "zipf": 1.1}, "seed": 4}
        bodies = self.asked(odd, api, recording, {"generate": generate}, 60)
        texts = self.prompts(bodies)
        lengths = [len(text.split(" ")) - 12 for text in texts]
        assert min(lengths) >= 5 and max(lengths) <= 30 and len(set(lengths)) > 10
        assert all(1 <= body["max_tokens"] <= 9 for body in bodies) and len({body["max_tokens"] for body in bodies}) > 4
        assert len({" ".join(text.split(" ")[:12]) for text in texts}) == 3
        assert texts[40:] == texts[:20] and len(set(texts)) == 40
        assert self.prompts(self.asked(odd, api, recording, {"generate": generate}, 60)) == texts
        assert self.prompts(self.asked(odd, api, recording, {"generate": {**generate, "seed": 5}}, 60))[0] != texts[0]

    def test_bm_data_330_generated_prompts_at_a_rate(self, server, api):
        scenario = api.make_scenario(api.make_automation(max_in_flight=200), target={"ttft_ms": 5, "gap_ms": 1, "tokens": 3})
        generate = {"count": 10000000, "input_tokens": {"dist": "normal", "mean": 1000, "stddev": 100}}
        test = run(api, scenario, {"type": "constant", "rate": 200}, duration_seconds=3,
                   dataset={"generate": generate, "order": "random"})
        assert test["status"] == "completed" and test["results"]["completed"] == 600, test
        assert test["results"]["send_lag"]["p50"] < 5          # making one takes a fraction of a millisecond


class TestLargest:
    """The largest dataset that a load test takes: 10,000 entries and 4 MiB."""

    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkMaxBody 8M"])

    def test_bm_data_400_the_largest_dataset(self, api, odd):
        api.env.allow("BM0205: slow statement")
        entries = [{"prompt": f"{n:05} " + "x" * 390} for n in range(10000)]
        made = upload(api, jsonl(entries))
        assert made["entries"] == 10000 and 4000000 < made["bytes"] <= 4194304
        scenario = api.make_scenario(api.make_automation(connection={"url": odd.url("record"), "model": "m"}))
        odd.seen.clear()
        test = run(api, scenario, {"type": "closed", "concurrency": 1}, requests=100,
                   dataset={"dataset_id": made["id"], "order": "random"})
        assert test["status"] == "completed" and test["results"]["completed"] == 100, (test["results"], api.failures(test))
        texts = [json.loads(body)["messages"][-1]["content"] for _, _, _, _, body in odd.seen]
        assert {text[5:] for text in texts} == {" " + "x" * 390} and len({text[:5] for text in texts}) > 90
