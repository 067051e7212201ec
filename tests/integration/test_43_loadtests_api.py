# SPDX-License-Identifier: Apache-2.0
"""/loadtests as a client sees it. No engine runs here: what one would write is put into the tables by SQL."""
import json
import re

import pytest

from bmenv import Api, Conf
from reference import reference
from test_25_access import with_users

WINDOW = {"duration_seconds": 60}
POISSON = {"load_model": {"type": "poisson", "rate": 50}, **WINDOW}
SLOS = [{"metric": "ttft_ms", "max": 500}]
CAPACITY = {"type": "capacity", "start_rate": 10, "max_rate": 100, "step_seconds": 20}


@pytest.fixture(scope="class")
def server(env):
    env.base = ""
    env.restart(Conf(env))                  # its engine makes the schema
    env.restart(Conf(env, engine=False, extra=["BenchmarkConfirmAbove 0"]), ready=False)
    env.wait(lambda: Api(env).call("GET", "/loadtests").status_code == 200, 10, "no answer: " + env.tail())
    env.empty("loadtests", "loadtest_series", "requests", "kpi_dirty")
    yield env
    env.sql("delete from run_queue")
    env.stop()


@pytest.fixture(scope="class")
def scenario(api):
    return api.make_scenario(name="checkout model", inputs={"max_tokens": 100}, labels=["shop"])


@pytest.fixture
def make(api, scenario):
    return lambda **members: api.post("/loadtests", {"scenario_id": scenario["id"], **POISSON, **members}, expect=202)


def finish(env, number, status="completed", error_code=None, response=None):
    """Record the run of a load test as an engine does; its fence is 7."""
    env.sql("""with q as (delete from run_queue where id = %s returning *)
        insert into runs (id, scenario_id, automation_id, kind, fence, status, attempt, labels, created_by, created_at, started_at,
                          finished_at, provider, engine, error_code, error, response)
        select id, scenario_id, target_id, kind, 7, %s, 1, labels, created_by, created_at, now(), now(), 'openai', 'e1', %s::text,
               case when %s::text is null then null else 'It broke.' end, %s from q""",
            number, status, error_code, error_code, json.dumps(response) if response else None)


def claim(env, number, fence=7):
    env.sql("update run_queue set state = 'running', owner = 'e1', attempt = 1, fence = %s, started_at = now(), "
            "lease_until = now() + interval '1 hour' where id = %s", fence, number)
    env.sql("update loadtests set fence = %s where id = %s", fence, number)


def fill(env, number, count, fence=7):
    env.sql("""insert into requests (loadtest_id, scenario_id, fence, seq, phase, step, status, error_code, http_status, planned_us,
            sent_us, first_byte_us, first_content_us, last_content_us, end_us, queue_us, tokens_completion, lag_max_us, good)
        select %s, 1, %s, i, least(i, 1), 0, case when i %% 5 = 4 then 'failed' else 'completed' end,
               case when i %% 5 = 4 then 'stall_timeout' end, 200, i * 20000, i * 20000 + 41, i * 20000 + 1500,
               case when i %% 5 < 4 then i * 20000 + 200300 end, case when i %% 5 < 4 then i * 20000 + 900000 end,
               i * 20000 + 900010, 40, 100, 28, i %% 5 < 4
        from generate_series(0, %s - 1) i""", number, fence, count)


def pointers(problem):
    return sorted(e["pointer"] for e in problem["errors"])


def load(kind, **members):
    return {"load_model": {"type": kind, **members}}


# what is posted beside scenario_id, and the pointers of what is wrong with it
BAD_PLANS = [
    ({}, ["/load_model"]),
    ({"load_model": {}}, ["/load_model/type"]),
    ({"load_model": 5, **WINDOW}, ["/load_model"]),
    (load("burst") | WINDOW, ["/load_model/type"]),
    (load("poisson", rate=50), ["/duration_seconds"]),
    (load("poisson", rate=50) | {"duration_seconds": 60, "requests": 10}, ["/requests"]),
    (load("poisson") | WINDOW, ["/load_model/rate"]),
    (load("poisson", rate="5") | WINDOW, ["/load_model/rate"]),
    (load("poisson", rate=None) | WINDOW, ["/load_model/rate"]),
    (load("poisson", rate=0) | WINDOW, ["/load_model/rate"]),
    (load("constant", rate=50001) | WINDOW, ["/load_model/rate"]),
    (load("constant", rate=5, shape=1) | WINDOW, ["/load_model/shape"]),
    (load("constant", rate=5, surprise=1) | WINDOW, ["/load_model/surprise"]),
    (load("poisson", rate=5, arrivals="constant") | WINDOW, ["/load_model/arrivals"]),
    (load("gamma", rate=5) | WINDOW, ["/load_model/shape"]),
    (load("gamma", rate=5, shape=0) | WINDOW, ["/load_model/shape"]),
    (load("closed") | WINDOW, ["/load_model/concurrency"]),
    (load("closed", concurrency=20001) | WINDOW, ["/load_model/concurrency"]),
    (load("closed", concurrency=1.5) | WINDOW, ["/load_model/concurrency"]),
    (load("closed", concurrency=5, rate=5) | WINDOW, ["/load_model/rate"]),
    (load("closed", concurrency=5, think_time_ms=-1) | WINDOW, ["/load_model/think_time_ms"]),
    (load("closed", concurrency=50) | WINDOW | {"max_in_flight": 49}, ["/max_in_flight"]),
    (load("semi_open", rate=5) | WINDOW, ["/load_model/turns"]),
    (load("semi_open", rate=5, turns=0) | WINDOW, ["/load_model/turns"]),
    (load("ramp"), ["/load_model/stages"]),
    (load("ramp", stages=[]), ["/load_model/stages"]),
    (load("ramp", stages=[{"rate": 5}]), ["/load_model/stages/0/duration_seconds"]),
    (load("ramp", stages=[{"duration_seconds": 5}]), ["/load_model/stages/0/rate"]),
    (load("ramp", stages=[5, {"duration_seconds": "5", "rate": 5}]),
     ["/load_model/stages/0", "/load_model/stages/1/duration_seconds"]),
    (load("ramp", stages=[{"duration_seconds": 5, "rate": 5}, {"duration_seconds": 5, "concurrency": 5}]),
     ["/load_model/stages/1/concurrency", "/load_model/stages/1/rate"]),
    (load("ramp", stages=[{"duration_seconds": 5, "concurrency": 5}, {"duration_seconds": 5, "concurrency": 5, "rate": 1}]),
     ["/load_model/stages/1/rate"]),
    (load("ramp", stages=[{"duration_seconds": 5, "concurrency": 5}], arrivals="poisson"), ["/load_model/arrivals"]),
    (load("ramp", stages=[{"duration_seconds": 5, "concurrency": 5}], start=1.5), ["/load_model/start"]),
    (load("ramp", stages=[{"duration_seconds": 5, "concurrency": 5}], start=30000), ["/load_model/start"]),
    (load("ramp", stages=[{"duration_seconds": 5, "rate": 0}, {"duration_seconds": 5, "rate": 5}]), ["/load_model/stages/0"]),
    (load("ramp", stages=[{"duration_seconds": 5, "rate": 5}]) | WINDOW, ["/duration_seconds"]),
    (load("ramp", stages=[{"duration_seconds": 5, "rate": 5}]) | {"requests": 5}, ["/requests"]),
    (load("sweep"), ["/load_model/of", "/load_model/step_seconds", "/load_model/values"]),
    (load("sweep", of="rate", step_seconds=5), ["/load_model/values"]),
    (load("sweep", of="rate", step_seconds=5, values=[]), ["/load_model/values"]),
    (load("sweep", of="rate", step_seconds=5, values=[1, 0, "2", 50001]),
     ["/load_model/values/1", "/load_model/values/2", "/load_model/values/3"]),
    (load("sweep", of="concurrency", step_seconds=5, values=[1.5, 20001]), ["/load_model/values/0", "/load_model/values/1"]),
    (load("sweep", of="concurrency", step_seconds=5, values=[5], arrivals="poisson"), ["/load_model/arrivals"]),
    (load("sweep", of="rate", step_seconds=5, values=[5], to=5, scale="linear"), ["/load_model/scale", "/load_model/to"]),
    (load("sweep", of="rate", step_seconds=5, to=5), ["/load_model/from", "/load_model/steps"]),
    (load("sweep", of="rate", step_seconds=5, steps=1, to=5, **{"from": 5}), ["/load_model/steps", "/load_model/to"]),
    (load("sweep", of="concurrency", step_seconds=5, steps=3, to=5, **{"from": 0.5}), ["/load_model/from"]),
    (load("sweep", of="rate", step_seconds=5, values=[5]) | WINDOW, ["/duration_seconds"]),
    ({"load_model": CAPACITY}, ["/slos"]),
    ({"load_model": CAPACITY, "slos": []}, ["/slos"]),
    ({"load_model": CAPACITY | {"max_rate": 10}, "slos": SLOS}, ["/load_model/max_rate"]),
    ({"load_model": CAPACITY, "slos": SLOS, "requests": 5}, ["/requests"]),
    ({"load_model": CAPACITY | {"precision": 0}, "slos": SLOS}, ["/load_model/precision"]),
    (POISSON | {"slos": [{"metric": "speed", "max": 5}]}, ["/slos/0/metric"]),
    (POISSON | {"slos": [{"metric": "ttft_ms"}]}, ["/slos/0/max"]),
    (POISSON | {"slos": [{"metric": "ttft_ms", "max": 5, "quantile": 1}]}, ["/slos/0/quantile"]),
    (POISSON | {"slos": [{"metric": "ttft_ms", "max": -5, "odd": 1}, 5]}, ["/slos/0/max", "/slos/0/odd", "/slos/1"]),
    (POISSON | {"slos": SLOS * 17}, ["/slos"]),
    (POISSON | {"dataset": {}}, ["/dataset/inline"]),
    (POISSON | {"dataset": {"inline": []}}, ["/dataset/inline"]),
    (POISSON | {"dataset": {"inline": [{}, 5]}}, ["/dataset/inline/1"]),
    (POISSON | {"dataset": {"inline": [{}], "order": "backwards"}}, ["/dataset/order"]),
    (POISSON | {"dataset": {"generate": {}}}, ["/dataset/generate/count", "/dataset/generate/input_tokens"]),
    (POISSON | {"dataset": None}, ["/dataset"]),
    (POISSON | {"certificate": "no", "seed": -1, "warmup_seconds": 3601, "labels": [1], "max_in_flight": 0, "drain_seconds": "x",
                "name": "", "surprise": 1},
     ["/certificate", "/drain_seconds", "/labels/0", "/max_in_flight", "/name", "/seed", "/surprise", "/warmup_seconds"]),
    (load("poisson", rate=50000) | {"duration_seconds": 200.1}, ["/duration_seconds"]),
    (load("poisson", rate=0.001) | {"requests": 100}, ["/requests"]),
    (load("closed", concurrency=5) | {"requests": 10000001}, ["/requests"]),
    (load("closed", concurrency=5) | {"duration_seconds": 86400, "warmup_seconds": 1}, ["/duration_seconds"]),
    (load("semi_open", rate=50000, turns=100) | {"duration_seconds": 3}, ["/duration_seconds"]),
    (load("ramp", stages=[{"duration_seconds": 86400, "concurrency": 1}, {"duration_seconds": 1, "concurrency": 1}]),
     ["/load_model/stages"]),
    (load("ramp", stages=[{"duration_seconds": 500, "rate": 50000}]), ["/load_model/stages"]),
    (load("sweep", of="concurrency", values=[1, 2], step_seconds=43200) | {"warmup_seconds": 1}, ["/load_model/step_seconds"]),
    (load("sweep", of="rate", steps=100, to=50000, step_seconds=60, **{"from": 1}), ["/load_model/step_seconds"]),
    ({"load_model": CAPACITY | {"max_rate": 50000, "step_seconds": 600}, "slos": SLOS}, ["/load_model/step_seconds"]),
    (load("poisson", rate=-5, shape="x") | {"slos": [{"metric": 5, "max": 5}], "dataset": {"inline": []}},
     ["/dataset/inline", "/duration_seconds", "/load_model/rate", "/load_model/shape", "/load_model/shape", "/slos/0/metric"]),
]


class TestPlans:

    @pytest.mark.parametrize("members, wanted", BAD_PLANS, ids=range(len(BAD_PLANS)))
    def test_bm_loadtest_plan_010_each_violation_is_named(self, api, scenario, members, wanted):
        before = api.env.sql("select count(*) from run_queue")
        for path in ("/loadtests", "/loadtests/estimate"):
            problem = api.problem("POST", path, {"scenario_id": scenario["id"], **members})
            assert pointers(problem) == wanted, problem["errors"]
            assert all(e["detail"] for e in problem["errors"])
        assert api.env.sql("select count(*) from run_queue") == before

    def test_bm_loadtest_plan_020_scenario_and_placeholders(self, api, scenario):
        assert pointers(api.problem("POST", "/loadtests", {**POISSON})) == ["/scenario_id"]
        problem = api.problem("POST", "/loadtests", {"scenario_id": 999999, **POISSON}, expect=404)
        assert problem["code"] == "scenario_not_found"
        asking = api.make_scenario(inputs={"prompt": "Hello {{who}}"})
        problem = api.problem("POST", "/loadtests", {"scenario_id": asking["id"], **POISSON})
        assert problem["code"] == "placeholder_without_value" and pointers(problem) == ["/inputs/prompt"]
        plan = {"scenario_id": asking["id"], **POISSON, "dataset": {"inline": [{"who": "Ada"}, {"whom": "Bob"}, {"prompt": "Hi"}]}}
        problem = api.problem("POST", "/loadtests", plan)
        assert pointers(problem) == ["/dataset/inline/1/prompt"]
        plan["dataset"]["inline"][1] = {"who": "Bob"}
        made = api.post("/loadtests", plan, expect=202)
        spec = api.env.sql("select spec from run_queue where id = %s", made["id"])[0][0]
        assert spec["inputs"]["prompt"] == "Hello {{who}}" and "who" not in spec["inputs"]
        assert spec["loadtest"]["dataset"] == {"inline": [{"who": "Ada"}, {"who": "Bob"}, {"prompt": "Hi"}], "order": "sequential"}
        assert api.call("POST", "/loadtests", data=b"[]", headers={"Content-Type": "application/json"}).status_code == 422

    def test_bm_loadtest_plan_030_defaults_are_filled_in_by_type(self, api, make):
        common = {"warmup_seconds": 0, "seed": 1, "slos": [], "max_in_flight": 2000, "certificate": True, "drain_seconds": 60,
                  "labels": [], "target_limits": "obey", "name": "checkout model", "keep_rows": 1}
        made = make()
        assert made["plan"] == {"scenario_id": made["scenario_id"], **POISSON, **common}
        stages = [{"duration_seconds": 5, "rate": 5}]
        for model, defaults in ((load("closed", concurrency=5), {"think_time_ms": 0}),
                                (load("semi_open", rate=5, turns=2), {"think_time_ms": 0}),
                                (load("gamma", rate=5, shape=0.5), {}), (load("constant", rate=0.5), {}),
                                (load("ramp", stages=stages), {"start": 0, "arrivals": "poisson"}),
                                (load("ramp", stages=[{"duration_seconds": 5, "concurrency": 5}]), {"start": 0}),
                                (load("sweep", of="rate", values=[5, 1], step_seconds=5), {"arrivals": "poisson"}),
                                (load("sweep", of="concurrency", steps=2, to=9, step_seconds=5, **{"from": 1}), {"scale": "linear"}),
                                ({"load_model": CAPACITY, "slos": SLOS}, {"precision": 0.1, "arrivals": "poisson"})):
            body = {"scenario_id": made["scenario_id"], **model}
            if model["load_model"]["type"] not in ("ramp", "sweep", "capacity"):
                body.update(WINDOW)
            plan = api.post("/loadtests", body, expect=202)["plan"]
            assert plan["load_model"] == {**model["load_model"], **defaults}
        assert plan["slos"] == [{"metric": "ttft_ms", "max": 500, "quantile": 0.95}]
        # what a plan shows can be posted again, and is the same
        again = api.post("/loadtests", plan, expect=202)
        assert again["plan"] == plan
        assert make(**load("closed", concurrency=5000))["plan"]["max_in_flight"] == 5000

    def test_bm_loadtest_plan_040_estimates(self, api, scenario):
        def estimate(members, **more):
            answer = api.post("/loadtests/estimate", {"scenario_id": scenario["id"], **members, **more})
            assert answer.pop("money") is None
            return [answer[name] for name in ("requests", "seconds", "peak_in_flight", "output_tokens")]
        before = api.env.sql("select count(*) from loadtests")
        assert estimate(POISSON, warmup_seconds=10) == [3500, 70, None, 350000]
        assert estimate(load("constant", rate=50), requests=100) == [100, 2, None, 10000]
        assert estimate(load("semi_open", rate=2, turns=5), duration_seconds=10) == [100, 10, None, 10000]
        assert estimate(load("closed", concurrency=7), duration_seconds=10, warmup_seconds=1) == [None, 11, 7, None]
        assert estimate(load("closed", concurrency=7), requests=30) == [30, None, 7, 3000]
        assert estimate(load("ramp", start=10, stages=[{"duration_seconds": 10, "rate": 20}, {"duration_seconds": 5, "rate": 0}]),
                        warmup_seconds=3) == [10 * 3 + 15 * 10 + 10 * 5, 18, None, 23000]
        assert estimate(load("ramp", stages=[{"duration_seconds": 10, "concurrency": 20}])) == [None, 10, 20, None]
        assert estimate(load("sweep", of="rate", values=[1, 2, 3], step_seconds=10), warmup_seconds=10) == [120, 60, None, 12000]
        assert estimate(load("sweep", of="rate", steps=3, to=100, step_seconds=1, scale="geometric", **{"from": 1})) == [
            111, 3, None, 11100]
        assert estimate(load("sweep", of="concurrency", steps=2, to=9, step_seconds=5, **{"from": 1})) == [None, 10, 9, None]
        requests, seconds, _, tokens = estimate({"load_model": CAPACITY, "slos": SLOS})
        assert requests >= (10 + 20 + 40 + 80 + 100) * 20 and seconds >= 100 and tokens == 100 * requests
        assert estimate(POISSON, dataset={"inline": [{"max_tokens": 7}, {"max_tokens": 500}]})[3] == 1500000
        bare = api.make_scenario()
        assert api.post("/loadtests/estimate", {"scenario_id": bare["id"], **POISSON})["output_tokens"] is None
        assert api.env.sql("select count(*) from loadtests") == before


class TestResource:

    def test_bm_loadtest_010_it_is_queued_as_a_run_of_one_attempt(self, server, api, scenario):
        body = {"scenario_id": scenario["id"], **POISSON, "name": "first", "labels": ["evening", "shop"], "slos": SLOS}
        answer = api.call("POST", "/loadtests", body, expect=202)
        made = answer.json()
        assert answer.headers["Location"] == f"/api/v1/loadtests/{made['id']}"
        assert made["status"] == "pending" and made["control"] == "run" and made["name"] == "first"
        assert made["labels"] == ["shop", "evening"] and made["results"] is None and made["progress"] is None
        assert api.get(f"/loadtests/{made['id']}") == made
        run = api.get(f"/runs/{made['id']}")
        assert run["kind"] == "loadtest" and run["max_attempts"] == 1 and run["status"] == "pending"
        assert made["id"] not in [r["id"] for r in api.get("/runs?limit=1000")]
        assert made["id"] in [r["id"] for r in api.get("/runs?kind=loadtest&limit=1000")]
        assert server.sql("select spec -> 'loadtest' from run_queue where id = %s", made["id"])[0][0] == made["plan"]
        api.problem("POST", f"/runs/{made['id']}/requeue", expect=409)
        for path in ("", "/series", "/requests"):
            api.problem("GET", f"/loadtests/999999{path}", expect=404)
        run = api.bulk(scenario, 1, run_at="2099-01-01T00:00:00Z")[0]
        for method, path in (("GET", ""), ("POST", "/pause"), ("POST", "/stop"), ("DELETE", ""), ("GET", "/requests")):
            api.problem(method, f"/loadtests/{run}{path}", {"mode": "cancel"} if path == "/stop" else None, expect=404)
        assert api.get(f"/runs/{run}")["status"] == "pending"          # a stop of what is no load test leaves it alone

    def test_bm_loadtest_020_a_key_makes_one_load_test(self, server, api, scenario):
        body, key = {"scenario_id": scenario["id"], **POISSON}, {"Idempotency-Key": "once"}
        first = api.call("POST", "/loadtests", body, expect=202, headers=key)
        again = api.call("POST", "/loadtests", body, expect=202, headers=key)
        assert again.json() == first.json() and again.headers["Location"] == first.headers["Location"]
        assert server.sql("select count(*) from loadtests l join run_queue q using (id) where id >= %s", first.json()["id"])[0][0] == 1

    def test_bm_loadtest_030_lists(self, server, api, make, scenario):
        other = api.make_scenario(name="search")
        a, b, c = make(name="Alpha one")["id"], make(name="beta")["id"], api.post(
            "/loadtests", {"scenario_id": other["id"], **POISSON, "dataset": {"inline": [{"x": 1}], "order": "random"}}, expect=202)["id"]
        results, certificate = reference.invent("LoadTestResults", attempted=5), reference.invent("LoadTestCertificate", streams=1)
        finish(server, a, response={"results": results, "certificate": certificate, "validity": {"status": "valid", "reasons": []}})
        finish(server, b, "failed", "interrupted")

        def ids(query=""):
            return [x["id"] for x in api.get("/loadtests?limit=1000" + query) if x["id"] in (a, b, c)]
        assert ids() == [c, b, a]
        assert ids("&status=completed") == [a] and ids("&status=interrupted") == [b] and ids("&status=failed") == []
        assert ids("&status=interrupted,pending") == [c, b]
        assert ids(f"&scenario_id={other['id']}") == [c] and ids(f"&scenario_id={scenario['id']}") == [b, a]
        assert ids(f"&automation_id={other['automation_id']}") == [c]
        assert ids("&q=ALPHA") == [a] and ids("&q=ear") == [c] and ids(f"&q={b}") == [b] and ids("&q=%25") == []
        listed = {x["id"]: x for x in api.get("/loadtests?limit=1000")}
        shown = api.get(f"/loadtests/{a}")
        assert shown.pop("results") == results and shown == listed[a]
        assert shown["certificate"] == certificate and shown["validity"]["status"] == "valid" and shown["engine"] == "e1"
        assert listed[c]["plan"]["dataset"] == {"order": "random"}
        assert api.get(f"/loadtests/{c}")["plan"]["dataset"] == {"inline": [{"x": 1}], "order": "random"}
        failed = api.get(f"/loadtests/{b}")
        assert failed["status"] == "interrupted" and failed["error"] == "It broke." and failed["error_code"] == "interrupted"
        assert failed["results"] is None and failed["finished_at"]
        assert api.get(f"/runs/{b}")["status"] == "failed"
        api.problem("GET", "/loadtests?status=invalid")
        api.problem("GET", "/loadtests?kind=run")

    def test_bm_loadtest_040_pages(self, server, api, make):
        made = [make()["id"] for _ in range(5)]
        answer = api.call("GET", f"/loadtests?limit=2&after={made[-1] + 1}&total=true", expect=200)
        assert [x["id"] for x in answer.json()] == [made[4], made[3]]
        assert int(answer.headers["X-Total-Count"]) == server.sql("select count(*) from loadtests")[0][0]
        link = re.match(r'<(.+)>; rel="next"$', answer.headers["Link"]).group(1)
        answer = api.session.get(server.url + link, timeout=5)
        assert [x["id"] for x in answer.json()] == [made[2], made[1]]
        answer = api.call("GET", f"/loadtests?limit=2&after={made[0]}&order=asc", expect=200)
        assert [x["id"] for x in answer.json()] == made[1:3]
        link = re.match(r'<(.+)>; rel="next"$', answer.headers["Link"]).group(1)
        assert [x["id"] for x in api.session.get(server.url + link, timeout=5).json()] == made[3:]
        api.problem("GET", "/loadtests?order=up")
        skipped = api.get("/loadtests?limit=1&skip=1")
        assert len(skipped) == 1 and skipped[0]["id"] == api.get("/loadtests?limit=2")[1]["id"]
        assert "Link" not in api.call("GET", f"/loadtests?after={made[0]}&scenario_id=999999", expect=200).headers

    def test_bm_loadtest_050_only_the_name_can_be_changed(self, api, make):
        made = make(name="old")
        path = f"/loadtests/{made['id']}"
        tag = api.call("GET", path).headers["ETag"]
        assert api.call("GET", path, headers={"If-None-Match": tag}).status_code == 304
        answer = api.call("PATCH", path, {"name": "new"}, expect=200, headers={"If-Match": tag})
        assert answer.json()["name"] == "new" == answer.json()["plan"]["name"] and answer.headers["ETag"] != tag
        assert api.call("GET", path).headers["ETag"] == answer.headers["ETag"]
        api.problem("PATCH", path, {"name": "newer"}, expect=412, headers={"If-Match": tag})
        assert pointers(api.problem("PATCH", path, {"name": "", "plan": {}, "status": "completed"})) == ["/name", "/plan", "/status"]
        api.problem("PATCH", "/loadtests/999999", {"name": "x"}, expect=404)
        assert api.call("PATCH", path, {}, expect=200).json()["name"] == "new"

    def test_bm_loadtest_060_the_tag_follows_what_the_engine_writes(self, server, api, make):
        number = make()["id"]
        path = f"/loadtests/{number}"
        tags = {api.call("GET", path).headers["ETag"]}
        claim(server, number)
        tags.add(api.call("GET", path).headers["ETag"])
        for sent in (5, 10):
            progress = reference.invent("LoadTestProgress", phase="window", sent=sent)
            server.sql("update loadtests set progress = %s, progress_at = clock_timestamp() where id = %s", json.dumps(progress), number)
            answer = api.call("GET", path)
            assert answer.json()["status"] == "running" and answer.json()["progress"] == progress
            tags.add(answer.headers["ETag"])
        finish(server, number)
        tags.add(api.call("GET", path).headers["ETag"])
        assert len(tags) == 5


class TestControl:

    def control(self, server, number):
        return server.sql("select control from loadtests where id = %s", number)[0][0]

    def asked(self, server, number):
        return server.sql("select cancel_requested from run_queue where id = %s", number)[0][0]

    def test_bm_loadtest_control_010_pause_and_resume(self, server, api, make):
        number = make()["id"]
        claim(server, number)
        tag = api.call("GET", f"/loadtests/{number}").headers["ETag"]
        answer = api.call("POST", f"/loadtests/{number}/pause", expect=200)
        assert answer.json()["control"] == "pause" and answer.json()["status"] == "running"
        assert self.control(server, number) == "pause" and answer.headers["ETag"] != tag
        assert api.post(f"/loadtests/{number}/pause")["control"] == "pause"          # twice is once
        assert api.post(f"/loadtests/{number}/resume")["control"] == "run"
        assert self.control(server, number) == "run" and not self.asked(server, number)

    def test_bm_loadtest_control_020_stop_drains_and_cannot_be_taken_back(self, server, api, make):
        number = make()["id"]
        claim(server, number)
        answer = api.call("POST", f"/loadtests/{number}/stop", expect=200)           # no body: drain
        assert answer.json()["control"] == "drain" and answer.json()["status"] == "running"
        assert self.control(server, number) == "drain" and not self.asked(server, number)
        for what in ("pause", "resume"):
            assert api.problem("POST", f"/loadtests/{number}/{what}", expect=409)["code"] == "stopping"
        assert self.control(server, number) == "drain"
        assert api.post(f"/loadtests/{number}/stop", {"mode": "drain"})["control"] == "drain"
        answer = api.post(f"/loadtests/{number}/stop", {"mode": "cancel"})           # but what drains can be cancelled
        assert answer["cancel_requested"] and self.asked(server, number)

    def test_bm_loadtest_control_030_what_waits_is_cancelled(self, server, api, make):
        number = make()["id"]
        assert api.post(f"/loadtests/{number}/pause")["status"] == "pending"
        assert api.post(f"/loadtests/{number}/stop", {})["status"] == "cancelled"
        assert self.asked(server, number) and api.get(f"/runs/{number}")["status"] == "cancelled"
        number = make()["id"]
        assert api.post(f"/loadtests/{number}/stop", {"mode": "cancel"})["status"] == "cancelled"
        assert api.post(f"/loadtests/{number}/stop", {"mode": "cancel"})["status"] == "cancelled"
        number = make()["id"]
        api.post(f"/runs/{number}/cancel")
        assert api.get(f"/loadtests/{number}")["status"] == "cancelled"
        assert api.problem("POST", f"/loadtests/{number}/pause", expect=409)["code"] == "already_finished"
        assert pointers(api.problem("POST", f"/loadtests/{number}/stop", {"mode": "gently", "x": 1})) == ["/mode", "/x"]

    def test_bm_loadtest_control_040_what_has_ended_stays_as_it_is(self, server, api, make):
        number = make()["id"]
        finish(server, number)
        for what in ("pause", "resume", "stop"):
            assert api.problem("POST", f"/loadtests/{number}/{what}", expect=409)["code"] == "already_finished"
        api.problem("POST", f"/loadtests/{number}/stop", {"mode": "cancel"}, expect=409)
        assert self.control(server, number) == "run"
        for what in ("pause", "resume", "stop"):
            api.problem("POST", f"/loadtests/999999/{what}", expect=404)


class TestRows:

    def test_bm_loadtest_rows_010_seconds_of_the_last_fence(self, server, api, make):
        number = make()["id"]
        claim(server, number, 8)
        least = reference.invent("LoadTestSecond", tokens=50.25)
        server.sql("""insert into loadtest_series
                      select %s, f, s, (%s::jsonb || jsonb_build_object('second', s, 'completed', s * f))::json
                      from generate_series(0, 9) s, unnest(array[7, 8]) f""", number, json.dumps(least))
        seconds = api.get(f"/loadtests/{number}/series")
        assert [s["second"] for s in seconds] == list(range(10))
        assert seconds[3] == {**least, "second": 3, "completed": 24}
        assert [s["second"] for s in api.get(f"/loadtests/{number}/series?after=7")] == [8, 9]
        answer = api.call("GET", f"/loadtests/{number}/series?limit=4", expect=200)
        assert len(answer.json()) == 4 and f"/loadtests/{number}/series?limit=4&after=3>" in answer.headers["Link"]
        assert api.get(f"/loadtests/{number}/series?after=9") == []
        api.problem("GET", f"/loadtests/{number}/series?limit=10001")

    def test_bm_loadtest_rows_020_requests_in_milliseconds(self, server, api, make):
        number = make()["id"]
        claim(server, number, 8)
        fill(server, number, 3, fence=7)
        assert api.get(f"/loadtests/{number}/requests") == []
        fill(server, number, 1203, fence=8)
        rows = api.get(f"/loadtests/{number}/requests")
        assert [r["seq"] for r in rows] == list(range(1000))
        row = rows[1]
        assert (row["planned_ms"], row["sent_ms"], row["first_byte_ms"], row["first_content_ms"], row["end_ms"]) == (
            20, 20.041, 21.5, 220.3, 920.01)
        assert row["lag_max_ms"] == 0.028 and row["queue_ms"] == 0.04 and row["good"] is True and row["phase"] == "window"
        assert rows[0]["phase"] == "warmup" and rows[0]["sent_ms"] == 0.041 and row["tls_ms"] is None and row["step"] == 0
        assert rows[4]["status"] == "failed" and rows[4]["error_code"] == "stall_timeout" and rows[4]["first_content_ms"] is None
        assert not [name for name in row if name.endswith("_us")]
        seen, path = [], f"/api/v1/loadtests/{number}/requests?limit=500"
        while path:
            answer = api.session.get(server.url + path, timeout=10)
            seen += [r["seq"] for r in answer.json()]
            path = answer.headers["Link"][1:].split(">")[0] if "Link" in answer.headers else None
        assert seen == list(range(1203))
        assert len(api.get(f"/loadtests/{number}/requests?limit=10000")) == 1203
        assert [r["seq"] for r in api.get(f"/loadtests/{number}/requests?after=1200")] == [1201, 1202]

    def test_bm_loadtest_rows_030_deleting_takes_everything(self, server, api, make):
        number, kept = make()["id"], make()["id"]
        path = f"/loadtests/{number}"
        for each in (number, kept):
            claim(server, each)
            fill(server, each, 45003)
            server.sql("insert into loadtest_series select %s, 7, s, '{}' from generate_series(0, 9) s", each)
        fill(server, number, 5, fence=3)
        assert api.problem("DELETE", path, expect=409)["code"] == "not_finished"
        finish(server, number)
        api.problem("DELETE", path, expect=412, headers={"If-Match": '"x"'})
        assert api.problem("DELETE", f"/runs/{number}", expect=409)["code"] == "is_loadtest"
        assert api.call("DELETE", path, expect=200).json()["message"] == f"Load test {number} was deleted."
        left = """select (select count(*) from requests where loadtest_id = l), (select count(*) from loadtest_series where loadtest_id = l),
                  (select count(*) from loadtests where id = l), (select count(*) from run where id = l) from unnest(array[%s, %s]) l"""
        assert server.sql(left, number, kept) == [(0, 0, 0, 0), (45003, 10, 1, 1)]
        api.problem("GET", path, expect=404)
        api.problem("DELETE", path, expect=404)
        number = make()["id"]
        api.post(f"/loadtests/{number}/stop", {"mode": "cancel"})
        problem = api.problem("DELETE", f"/loadtests/{number}", expect=409)       # cancelled, but not recorded yet
        assert problem["code"] == "not_finished" and "recorded" in problem["detail"]

    def test_bm_loadtest_rows_040_its_hours_are_rebuilt(self, server, api, make):
        made = make()
        finish(server, made["id"])
        server.sql("update runs set started_at = '2020-01-01T00:30:00Z', finished_at = '2020-01-01T02:30:00Z' where id = %s",
                   made["id"])
        api.call("DELETE", f"/loadtests/{made['id']}", expect=200)
        marks = "select hour - 438288 from kpi_dirty where source = 1 and scenario_id = %s and hour < 438300 order by 1"
        assert server.sql(marks, made["scenario_id"]) == [(0,), (1,), (2,)]

    def test_bm_loadtest_rows_050_a_scenario_takes_its_load_tests_along(self, server, api):
        scenario = api.make_scenario()
        numbers = [api.post("/loadtests", {"scenario_id": scenario["id"], **POISSON}, expect=202)["id"] for _ in range(2)]
        claim(server, numbers[0])
        finish(server, numbers[1])
        for number in numbers:
            fill(server, number, 21000)
            server.sql("insert into loadtest_series values (%s, 7, 0, '{}')", number)
        api.problem("DELETE", f"/scenarios/{scenario['id']}", expect=409)
        api.call("DELETE", f"/scenarios/{scenario['id']}?cascade=true", expect=200)
        assert server.sql("""select (select count(*) from requests where loadtest_id = any(a)), (select count(*) from run where id = any(a)),
            (select count(*) from loadtest_series where loadtest_id = any(a)), (select count(*) from loadtests where id = any(a))
            from (select %s::bigint[] as a) x""", numbers) == [(0, 0, 0, 0)]


class TestReference:

    def test_bm_loadtest_reference_010_routes_are_documented(self, api, make):
        document = api.get("/openapi.json")
        paths = {p.replace("/api/v1", "", 1): set(i) for p, i in document["paths"].items() if "/loadtests" in p}
        assert paths == {"/loadtests": {"get", "post"}, "/loadtests/estimate": {"post"}, "/loadtests/{id}": {"get", "patch", "delete"},
                         "/loadtests/{id}/pause": {"post"}, "/loadtests/{id}/resume": {"post"}, "/loadtests/{id}/stop": {"post"},
                         "/loadtests/{id}/series": {"get"}, "/loadtests/{id}/requests": {"get"},
                         "/loadtests/{id}/requests/export": {"get"}, "/loadtests/{id}/evidence": {"get"},
                         "/loadtests/{id}/report": {"get"}, "/loadtests/{id}/hgrm": {"get"}}
        schemas = document["components"]["schemas"]
        made = make()
        assert set(made) == set(schemas["LoadTest"]["properties"])
        model = schemas["LoadTestPlan"]["properties"]["load_model"]["properties"]
        assert set(model["type"]["enum"]) == {"closed", "constant", "poisson", "gamma", "semi_open", "ramp", "sweep", "capacity"}
        claim(api.env, made["id"])
        fill(api.env, made["id"], 1)
        assert set(api.get(f"/loadtests/{made['id']}/requests")[0]) == set(schemas["LoadTestRequest"]["properties"])
        stop = next(i["post"] for p, i in document["paths"].items() if p.endswith("/stop") and "loadtests" in p)
        assert stop["requestBody"]["required"] is False


class TestRoles:

    @pytest.fixture(scope="class")
    def server(self, env):
        env.base = ""
        env.restart(with_users(env))
        yield env
        env.stop()

    def test_bm_loadtest_roles_010_who_may(self, api):
        needs = {"viewer": ["GET /loadtests", "GET /loadtests/999999", "GET /loadtests/999999/series", "GET /loadtests/999999/requests"],
                 "operator": ["POST /loadtests", "POST /loadtests/estimate", "PATCH /loadtests/999999", "POST /loadtests/999999/pause",
                              "POST /loadtests/999999/resume", "POST /loadtests/999999/stop"],
                 "admin": ["DELETE /loadtests/999999"]}
        users = ["nemo", "vera", "otto", "anna"]
        for rank, role in enumerate(("viewer", "operator", "admin"), start=1):
            for route in needs[role]:
                method, path = route.split()
                for user in users:
                    answer = api.call(method, path, {} if method != "GET" else None, auth=(user, user))
                    allowed = users.index(user) >= rank
                    assert (answer.status_code in (200, 404, 422)) if allowed else answer.status_code == 403, (route, user, answer.text)
