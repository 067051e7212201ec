# SPDX-License-Identifier: Apache-2.0
"""Sessions of training: problems are given, executed as load tests, judged, adapted to; and whatever cuts that off."""
import concurrent.futures
import contextlib
import json
import os
import re
import signal
import threading
import time

import pytest
import requests

from bmapi import Api
from bmenv import Conf
from live_client import HIVE, WebSocket
from odd_target import OddTarget

FAST = {"duration_scale": 0.1, "budget": {"seconds": 300, "problems": 3}}
CALM = {"ttft_ms": 2, "gap_ms": 1, "tokens": 2}


def target(api, name="trained", rate=20, behaviour=None, **members):
    automation = api.make_automation(name=name, confirmed_rate=rate, **members)
    return api.make_scenario(automation, name=name, target=behaviour or CALM)


def begin(api, scenario, expect=201, **members):
    return api.post("/training/sessions", {"scenario_id": scenario["id"], "types": ["concurrent_requests"], **FAST, **members},
                    expect=expect)


def ended(env, api, session, timeout=60):
    def look():
        now = api.get(f"/training/sessions/{session['id']}")
        return now if now["ended_at"] else None
    return env.wait(look, timeout, "the session did not end")


class TestSessions:

    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkTrainingMaxRate 20", "BenchmarkTrainingMaxConcurrency 10", "BenchmarkTrainingSessions 2"])

    def test_bm_trn_001_a_session_gives_problems_until_its_budget_is_used_up(self, server, env, api):
        scenario = target(api)
        session = begin(api, scenario, keep_rows=1)
        assert session["status"] == "running" and session["total_scenarios"] == 0 and session["metrics"] is None and session["plan"]["limits"]["max_rate"] == 20
        done = ended(env, api, session)
        assert (done["status"], done["ended_by"], done["total_scenarios"]) == ("completed", "budget", 3), done
        problems = api.get(f"/training/sessions/{session['id']}/problems")
        assert [p["status"] for p in problems] == ["completed"] * 3 and all(p["key"].startswith("concurrent_requests_") for p in problems)
        assert all(p["success_rate"] > 0.9 and p["results"]["checks"] for p in problems), problems
        tests = [api.get(f"/loadtests/{p['loadtest_id']}") for p in problems]
        assert done["requests"] == sum(len(api.get(f"/loadtests/{t['id']}/requests?limit=10000")) for t in tests) > 0
        assert {t["plan"]["keep_rows"] for t in tests} == {1}
        assert {t["kind"] for t in tests} == {"training"}
        assert done["average_performance"] == pytest.approx(sum(p["success_rate"] for p in problems) / 3)
        seconds = api.get(f"/training/sessions/{session['id']}/metrics")
        for name, figures in done["metrics"].items():
            values = [s[name] for s in seconds if s[name] is not None]
            assert figures["seconds"] == len(values) and figures["mean"] == pytest.approx(sum(values) / len(values), abs=1e-5), name
            assert (figures["min"], figures["max"]) == (pytest.approx(min(values), abs=1e-5), pytest.approx(max(values), abs=1e-5)), name
        assert done["metrics"].keys() >= {"response_time", "throughput", "error_rate", "success_rate", "cpu_usage", "memory_usage"}
        # where load tests are listed they are not, unless asked for; nor do their requests count as a load test's
        of = f"/loadtests?scenario_id={scenario['id']}"
        assert api.get(of) == []
        assert [t["id"] for t in api.get(of + "&kind=training")] == [t["id"] for t in reversed(tests)]

        def counted(source):
            return api.get(f"/kpis?metric=e2e_ms&source={source}&scenario_id={scenario['id']}")["total"]["runs"]
        attempted = sum(t["results"]["attempted"] for t in tests)
        env.wait(lambda: counted("training") == attempted, 10,
                 lambda: f"the KPIs have {counted('training')} of {attempted} requests")
        assert counted("loadtest") == 0 and counted("run") == 0

    def test_bm_trn_002_every_second_is_there(self, server, env, api):
        session = api.get("/training/sessions?limit=1")[0]
        seconds = api.get(f"/training/sessions/{session['id']}/metrics")
        assert len(seconds) >= 3 and {s["problem_id"] for s in seconds} <= {p["id"] for p in
                                                                           api.get(f"/training/sessions/{session['id']}/problems")}
        assert all(s["memory_usage"] > 1 and s["cpu_usage"] >= 0 for s in seconds)
        assert any(s["throughput"] > 0 and s["response_time"] > 0 and s["success_rate"] > 0 for s in seconds)
        middle = seconds[1]
        rest = api.get(f"/training/sessions/{session['id']}/metrics?after_problem={middle['problem_id']}&after_second={middle['second']}")
        assert rest == seconds[2:]

    def test_bm_trn_006_its_problems_can_be_read_the_last_first_and_sessions_the_oldest(self, server, env, api):
        session = api.get("/training/sessions?limit=1")[0]
        given = [p["id"] for p in api.get(f"/training/sessions/{session['id']}/problems")]
        assert [p["id"] for p in api.get(f"/training/sessions/{session['id']}/problems?order=desc")] == given[::-1]
        assert [p["id"] for p in api.get(f"/training/sessions/{session['id']}/problems?order=desc&limit=1&after={given[-1]}")] == [given[-2]]
        sessions = [s["id"] for s in api.get("/training/sessions")]
        assert [s["id"] for s in api.get("/training/sessions?order=asc")] == sessions[::-1]
        assert [s["id"] for s in api.get(f"/training/sessions?order=asc&after={sessions[-1]}")] == sessions[-2::-1]

    def test_bm_trn_007_a_problem_of_a_session_is_executed_again_and_kept_until_it_is_deleted(self, server, env, api):
        session = api.get("/training/sessions?limit=1")[0]
        problem = api.get(f"/training/sessions/{session['id']}/problems?limit=1")[0]
        before = [p["id"] for p in api.get("/training/problems")]
        answer = api.call("POST", f"/training/problems/{problem['id']}/execute", {}, expect=202)
        again = answer.json()
        assert answer.headers["Location"].endswith(f"/training/problems/{again['id']}") and again["session_id"] is None
        assert all(again[same] == problem[same] for same in ("key", "seed", "parameters", "perturbations", "expected", "scenario_id"))
        assert api.post(f"/training/problems/{problem['id']}/execute", {}, expect=409)["code"] == "already_training"
        assert api.call("DELETE", f"/training/problems/{again['id']}", expect=409).json()["code"] == "still_running"
        env.wait(lambda: api.get(f"/training/problems/{again['id']}")["status"] == "completed", 30, "it does not end")
        done = api.get(f"/training/problems/{again['id']}")
        first, second = (api.get(f"/loadtests/{p['loadtest_id']}")["plan"] for p in (problem, done))
        for plan in (first, second):      # what is left of a session's budget binds its problems, and it keeps fewer rows
            plan.pop("max_requests", None)
            plan.pop("keep_rows")
        assert done["success_rate"] > 0.9 and first == second
        assert [p["id"] for p in api.get("/training/problems")] == [again["id"], *before]
        kind = f"type={again['type']}&difficulty={again['difficulty']}"
        assert api.get(f"/training/problems?{kind}&status=completed")[0]["id"] == again["id"]
        assert again["id"] not in [p["id"] for p in api.get("/training/problems?status=generated,failed")]
        assert api.get(f"/training/problems?after={again['id']}&limit=1") == api.get("/training/problems")[1:2]
        kept = api.get("/training/problems")
        assert kept[0]["verdict"] == done["results"]["verdict"] and "results" not in kept[0]
        assert api.get("/training/problems?order=asc") == kept[::-1]
        assert api.get(f"/training/problems?order=asc&after={again['id']}") == []
        assert api.call("DELETE", f"/training/problems/{problem['id']}", expect=409).json()["code"] == "of_session"
        api.call("DELETE", f"/training/problems/{again['id']}", expect=200)
        api.call("DELETE", f"/training/problems/{again['id']}", expect=404)
        api.post(f"/training/problems/{again['id']}/execute", {}, expect=404)

    def test_bm_trn_008_two_sessions_are_compared(self, server, env, api):
        first = api.get("/training/sessions?limit=1")[0]
        second = ended(env, api, begin(api, {"id": first["scenario_id"]}, seed=5, keep_rows=1, budget={"seconds": 300, "problems": 1}))
        found = api.get(f"/training/sessions/compare?a={first['id']}&b={second['id']}")
        assert found["verdict"] == "not_comparable" and "claim no confidence" in found["sentence"] and found["ratio"] is None
        assert (found["a"]["id"], found["b"]["id"], found["a"]["problems"], found["b"]["problems"]) == (first["id"], second["id"], 3, 1)
        assert sum(k["a_problems"] for k in found["kinds"]) == 3 and sum(k["b_problems"] for k in found["kinds"]) == 1
        assert {d["what"]: (d["a"], d["b"]) for d in found["configuration"]} == {"seed": (1, 5), "budget.problems": (3, 1)}
        for session, (estimate, low, high) in ((first, (40, 38, 42)), (second, (50, 48, 52))):
            env.sql("update training_sessions set conclusion = %s where id = %s", json.dumps({"capacity": {
                "estimate": estimate, "low": low, "high": high, "confidence": 0.95}, "sentence": "x"}), session["id"])
        pair = (first["id"], second["id"])
        for (a, b), verdict in ((pair, "better"), (pair[::-1], "worse"), (pair[:1] * 2, "no_difference")):
            assert api.get(f"/training/sessions/compare?a={a}&b={b}")["verdict"] == verdict
        found = api.get(f"/training/sessions/compare?a={pair[0]}&b={pair[1]}")
        assert found["ratio"] == {"value": 1.25, "low": pytest.approx(48 / 42), "high": pytest.approx(52 / 38)}
        assert "50.0/s (48.0 to 52.0)" in found["sentence"] and "do not touch" in found["sentence"]
        env.sql("update training_sessions set conclusion = jsonb_set(conclusion, '{capacity}', '{\"estimate\": null, \"low\": 60, \"high\": null, \"confidence\": 0.95}')"
                " where id = %s", pair[1])
        assert api.get(f"/training/sessions/compare?a={pair[0]}&b={pair[1]}")["verdict"] == "better"
        assert api.problem("GET", f"/training/sessions/compare?a={pair[0]}")["errors"][0]["pointer"] == "?b"
        api.problem("GET", f"/training/sessions/compare?a={pair[0]}&b=999999", expect=404)

    def test_bm_trn_003_one_at_a_time_on_a_target_and_so_many_in_all(self, server, env, api):
        first = begin(api, target(api, "a"), duration_scale=1)
        again = begin(api, {"id": first["scenario_id"]}, expect=409)
        assert again["code"] == "already_training" and f"session {first['id']}" in again["detail"]
        second = begin(api, target(api, "b"), duration_scale=1)
        third = begin(api, target(api, "c"), expect=409)
        assert third["code"] == "too_many_sessions" and "BenchmarkTrainingSessions" in third["detail"]
        for session in (first, second):
            assert api.post(f"/training/sessions/{session['id']}/stop", {}, expect=202)["status"] in ("stopping", "stopped")
        for session in (first, second):
            done = ended(env, api, session, 20)
            assert (done["status"], done["ended_by"]) == ("stopped", "user")
            assert {p["status"] for p in api.get(f"/training/sessions/{session['id']}/problems")} <= {"cancelled"}
        assert api.post(f"/training/sessions/{first['id']}/stop", {}, expect=202)["status"] == "stopped"
        api.call("DELETE", f"/training/sessions/{first['id']}", expect=200)
        api.get(f"/training/sessions/{first['id']}", expect=404)

    def test_bm_trn_004_nothing_starts_on_a_target_that_nobody_said_yes_for(self, api):
        problem = begin(api, target(api, "unasked", rate=None), expect=422)
        assert problem["errors"][0]["pointer"] == "/scenario_id" and "confirmed_rate" in problem["errors"][0]["detail"]

    @pytest.mark.parametrize("members,pointer", [
        ({"policy": "luck"}, "/policy"), ({"types": ["magic"]}, "/types/0"), ({"difficulty": "absurd"}, "/difficulty"),
        ({"budget": {"seconds": 0}}, "/budget/seconds"), ({"budget": {"requests": 0}}, "/budget/requests"),
        ({"expected": {"min_success_rate": 2}}, "/expected/min_success_rate"), ({"settings": {"unknown": 1}}, "/settings/unknown"),
        ({"duration_scale": 2}, "/duration_scale"), ({"scenario_id": 999999}, "/scenario_id")])
    def test_bm_trn_005_what_makes_no_sense_is_refused_by_name(self, api, members, pointer):
        scenario = target(api, "sensible")
        problem = begin(api, scenario, expect=None, **members)
        assert problem["status"] in (404, 422), problem
        if problem["status"] == 422:
            assert pointer in [e["pointer"] for e in problem["errors"]], problem

    def test_bm_trn_013_one_in_a_hundred_rows_is_kept_and_all_are_counted(self, server, env, api):
        scenario = target(api, "sampled")
        session = begin(api, scenario, types=["load_balancing"], duration_scale=0.1, difficulty="extreme", keep_rows=0.1,
                        budget={"seconds": 300, "problems": 1})
        assert begin(api, {"id": scenario["id"]}, expect=409)["code"] == "already_training"
        done = ended(env, api, session)
        problem = api.get(f"/training/sessions/{session['id']}/problems")[0]
        test = api.get(f"/loadtests/{problem['loadtest_id']}")
        rows = api.get(f"/loadtests/{test['id']}/requests?limit=10000")
        attempted = test["results"]["attempted"]
        assert done["requests"] == test["results"]["used"]["requests"] == attempted > 100, test["results"]
        assert 0 < len(rows) < 0.3 * attempted, (len(rows), attempted)
        assert done["tokens"] == test["results"]["used"]["tokens"] > len(rows) * 2
        # the KPIs count all of them, and stay as they are when their hours are made again of the rows
        of = f"/kpis?metric=e2e_ms&source=training&scenario_id={scenario['id']}"
        env.wait(lambda: api.get(of)["total"]["runs"] == attempted, 10, lambda: f"{api.get(of)['total']['runs']} of {attempted}")
        env.sql("insert into kpi_dirty (scenario_id, source, hour, min_id, max_id) select scenario_id, 2, floor(extract(epoch from max(at)) / 3600),"
                " 0, 9223372036854775807 from requests where loadtest_id = %s group by 1 on conflict do nothing", test["id"])
        env.wait(lambda: not env.sql("select 1 from kpi_dirty where scenario_id = %s", scenario["id"]), 40, "the hour is not made again")
        assert api.get(of)["total"]["runs"] == attempted
        # what is made of rows says that it is of those that were kept
        exact = api.get(of + "&exact=true")
        assert exact["kept_rows_only"] is True and exact["total"]["runs"] == len(rows)
        assert api.get(of)["kept_rows_only"] is False and api.get(of.replace("source=training", "source=loadtest") + "&exact=true")["kept_rows_only"] is False
        assert api.call("GET", f"/loadtests/{test['id']}/hgrm", expect=200).text.splitlines()[-1].startswith("#[Rows    =         kept")
        assert "#[Rows" not in api.call("GET", f"/kpis/hgrm?source=training&scenario_id={scenario['id']}", expect=200).text
        refused = begin(api, scenario, keep_rows=2, expect=422)
        assert refused["errors"][0]["pointer"] == "/keep_rows" and done["plan"]["keep_rows"] == 0.1

    def test_bm_trn_014_a_start_that_is_refused_uses_up_no_number(self, server, env, api):
        scenario = target(api, "numbers")
        first = begin(api, scenario, duration_scale=1)
        for _ in range(3):
            begin(api, scenario, expect=409)
        api.post(f"/training/sessions/{first['id']}/stop", {}, expect=202)
        ended(env, api, first, 20)
        second = begin(api, scenario, budget={"seconds": 300, "problems": 1})
        assert second["id"] == first["id"] + 1
        ended(env, api, second)

    @pytest.mark.parametrize("budget,by", [({"requests": 25}, "max_requests"), ({"tokens": 60}, "max_total_tokens")])
    def test_bm_trn_015_a_budget_holds_within_a_problem(self, server, env, api, budget, by):
        """The problem would send a hundred: it ends where the budget does, and so does the session."""
        scenario = target(api, f"budget of {by}")
        session = begin(api, scenario, types=["load_balancing"], difficulty="extreme", duration_scale=0.5, budget={"seconds": 300, **budget})
        done = ended(env, api, session)
        assert (done["status"], done["ended_by"]) == ("completed", "budget"), done
        (name, limit), = budget.items()
        assert 0 < done[name] <= limit, done
        tests = [api.get(f"/loadtests/{p['loadtest_id']}") for p in api.get(f"/training/sessions/{session['id']}/problems")]
        if name == "tokens":
            assert tests[-1]["results"]["truncated_by"] == by and "60 tokens" in done["reason"], (tests[-1]["results"], done["reason"])
            assert done["plan"]["limits"]["hedges"] is False

    def test_bm_trn_016_classes_share_a_budget(self, server, env, api):
        scenario = target(api, "classes")
        done = ended(env, api, begin(api, scenario, types=["resource_allocation"], difficulty="medium", budget={"seconds": 300, "problems": 2}))
        problems = api.get(f"/training/sessions/{done['id']}/problems")
        assert done["total_scenarios"] == 2, (done, problems)
        for problem in problems:
            shown = api.get(f"/loadtests/{problem['loadtest_id']}")["results"]["classes"]
            assert [c["name"] for c in shown["list"]] == [c["name"] for c in problem["parameters"]["classes"]]
            assert shown["policy"] == problem["parameters"]["policy"] and shown["budget"] == problem["parameters"]["budget"]
            check, = [c for c in problem["results"]["checks"] if c["name"] == "max_starved"]
            assert check["measured"] == len(shown["starved"])
            assert problem["results"]["verdict"]

    def test_bm_trn_018_a_ladder_climbs_although_nothing_is_met_and_says_both(self, server, env, api):
        """By the share of requests answered in time; whether a problem is met asks for more, and stands beside each move."""
        scenario = target(api, "climbs")
        done = ended(env, api, begin(api, scenario, expected={"min_throughput": 100000, "max_response_time_ms": 60000},
                                     budget={"seconds": 300, "problems": 3}), timeout=180)
        problems = api.get(f"/training/sessions/{done['id']}/problems")
        assert done["successful_scenarios"] == 0, done
        assert [m["problem_id"] for m in done["moves"]] == [p["id"] for p in problems]
        for move, problem in zip(done["moves"], problems):
            assert move["success"] is problem["success"]
            assert move["verdict"] == problem["verdict"] == problem["results"]["verdict"]
        judged = [m for m in done["moves"] if not m["verdict"].startswith("Not judged")]     # where we were late nothing is learnt
        if not judged:
            pytest.skip("our client was late in all of them")
        assert done["average_performance"] > 0.95 and judged[0]["from"] == "easy" and judged[0]["to"] == "medium", done["moves"]
        for move in judged:
            assert "of the requests were answered in time, more than 95 %" in move["why"] and move["success"] is False, move
            assert move["verdict"].startswith("Missed: ") and "min_throughput (at least 1000" in move["verdict"], move
        report = api.call("GET", f"/training/sessions/{done['id']}/report").text
        assert "answered in time" in report and f"0 of {done['total_scenarios']}" in report and "min_throughput (at least" in report
        response = done["metrics"]["response_time"]
        assert response["min"] <= response["median"] <= response["max"] and f"<td>{response['seconds']}</td>" in report, response

    def test_bm_trn_017_what_the_target_uses_stands_beside(self, server, env, api, odd):
        """By the page that its automation names; without one, or where nobody answers, it is not known."""
        url = server.target_url + "/v1"
        for name, page, known in (("exports", odd.url("metrics"), True), ("dead page", "http://127.0.0.1:9/metrics", False)):
            automation = api.make_automation(name=name, confirmed_rate=20, connection={"url": url, "model": "m", "metrics_url": page})
            scenario = api.make_scenario(automation, name=name, target=CALM)
            done = ended(env, api, begin(api, scenario, duration_scale=0.3, budget={"seconds": 300, "problems": 1}))
            seconds = api.get(f"/training/sessions/{done['id']}/metrics")
            assert len(seconds) >= 3 and done["total_scenarios"] == 1
            memory = {s["target_memory_usage"] for s in seconds}
            cpu = [s["target_cpu_usage"] for s in seconds if s["target_cpu_usage"] is not None]
            if known:
                assert memory - {None} == {64} and cpu and all(c == pytest.approx(10, abs=3) for c in cpu), seconds
            else:
                assert memory == {None} and not cpu
        bad = api.problem("POST", "/automations", {"name": "bad", "provider": "openai",
                                                   "connection": {"url": url, "model": "m", "metrics_url": "ftp://x"}})
        assert bad["errors"][0]["pointer"] == "/connection/metrics_url"


class TestFaults:
    def test_bm_trn_020_a_target_that_is_down_ends_it(self, server, env, api):
        automation = api.make_automation(name="down", confirmed_rate=20, connection={"url": "http://127.0.0.1:9/v1", "model": "m"})
        done = ended(env, api, begin(api, api.make_scenario(automation, name="down"), budget={"seconds": 300, "problems": 50}))
        assert (done["status"], done["ended_by"], done["total_scenarios"]) == ("failed", "target", 3), done
        assert "down" in done["reason"]

    def test_bm_trn_023_a_target_that_dies_in_the_middle_is_told_from_one_that_is_slow(self, server, env, api):
        """The problem that it died in has its share of answers and says how the rest failed; three more have none, then it is over."""
        dying = OddTarget()
        automation = api.make_automation(name="dying", confirmed_rate=20, connection={"url": dying.url("record"), "model": "m"})
        session = begin(api, api.make_scenario(automation, name="dying"), types=["load_balancing"], difficulty="hard", duration_scale=0.1,
                        budget={"seconds": 120, "problems": 50})
        env.wait(lambda: len(dying.requests("record")) >= 6, 30, "no problem is under way")
        dying.close()
        done = ended(env, api, session, 60)
        problems = [p for p in api.get(f"/training/sessions/{session['id']}/problems") if p["completed"]]
        assert (done["status"], done["ended_by"]) == ("failed", "target"), done
        assert "had no answer at all" in done["reason"] and done["total_scenarios"] == len(problems) >= 4, (done, problems)
        struck = next(p for p in problems if p["success_rate"] < 1)
        assert 0 < struck["success_rate"] < 1 and not struck["success"], struck
        assert any("connection_refused" in e or "connection_lost" in e for e in struck["results"]["errors"]), struck["results"]
        assert [p["success_rate"] for p in problems[-3:]] == [0, 0, 0] and problems[-4]["id"] == struck["id"], problems

    def test_bm_trn_024_of_starts_at_once_one_begins(self, server, env, api):
        scenario = target(api, "rush")
        gate = threading.Barrier(8)

        def start(_):
            gate.wait()
            return Api(env).call("POST", "/training/sessions", {"scenario_id": scenario["id"], **FAST, "duration_scale": 1})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(start, range(8)))
        assert sorted(a.status_code for a in answers) == [201] + [409] * 7
        assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_training"}
        session = next(a.json() for a in answers if a.status_code == 201)
        assert env.sql("select count(*) from training_sessions where scenario_id = %s", scenario["id"])[0][0] == 1
        api.post(f"/training/sessions/{session['id']}/stop", {}, expect=202)
        ended(env, api, session, 20)

    def test_bm_trn_025_stopped_while_it_starts_it_sends_nothing(self, server, env, api):
        """Before an engine has given it a problem, which one that stands still cannot do."""
        scenario, engine = target(api, "stopped early"), env.engine_pids()[0]
        env.freeze(engine)
        try:
            session = begin(api, scenario, duration_scale=1)
            assert api.post(f"/training/sessions/{session['id']}/stop", {}, expect=202)["status"] == "stopping"
            assert api.post(f"/training/sessions/{session['id']}/stop", {}, expect=202)["status"] == "stopping"
            assert begin(api, scenario, expect=409)["code"] == "already_training"
        finally:
            os.kill(engine, signal.SIGCONT)
        done = ended(env, api, session, 20)
        assert (done["status"], done["ended_by"], done["requests"], done["total_scenarios"]) == ("stopped", "user", 0, 0), done
        assert {p["status"] for p in api.get(f"/training/sessions/{session['id']}/problems")} <= {"cancelled"}
        assert not api.get(f"/loadtests?kind=training&scenario_id={scenario['id']}&status=pending,running")

    def test_bm_trn_022_what_has_no_success_rate_counts_in_no_mean(self, server, env, api):
        scenario = target(api, rate=0.1)                # so little that most problems are over before a request is due
        done = ended(env, api, begin(api, scenario, types=["network_latency"], seed=22, budget={"problems": 4}))
        rates = [p["success_rate"] for p in api.get(f"/training/sessions/{done['id']}/problems")]
        rated = [rate for rate in rates if rate is not None]
        assert len(rated) < len(rates), rates
        assert done["average_performance"] == (pytest.approx(sum(rated) / len(rated)) if rated else None), (done, rates)
        assert (done["status"], done["ended_by"]) == ("completed", "budget"), done      # who was not asked is not down

    def test_bm_trn_021_an_engine_that_is_killed_in_the_middle_is_gone_on_from(self, server, env, api):
        env.allow(r"engine|lease|BM0035|its engine is gone")
        session = begin(api, target(api, "killed"), budget={"seconds": 300, "problems": 2}, duration_scale=0.2)
        env.wait(lambda: [p for p in api.get(f"/training/sessions/{session['id']}/problems") if p["loadtest_id"]
                          and api.get(f"/loadtests/{p['loadtest_id']}")["status"] == "running"], 20, "no problem is under way")
        os.kill(env.engine_pids()[0], signal.SIGKILL)
        done = ended(env, api, session, 90)
        problems = api.get(f"/training/sessions/{session['id']}/problems")
        assert done["status"] == "completed" and done["total_scenarios"] == 2, (done, problems)
        assert [p["status"] for p in problems] == ["failed", "completed", "completed"]


@contextlib.contextmanager
def stuttering(env):
    """An engine that stands still most of the time, as on a machine that has no time for it: late by tens of milliseconds."""
    pid, over = env.engine_pids()[0], threading.Event()

    def stutter():
        while not over.is_set():
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.08)
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.02)
    thread = threading.Thread(target=stutter)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        os.kill(pid, signal.SIGCONT)


class TestLateClient:
    """Our own lag is not the target's: nothing is learnt, it is tried again after a pause, and in the end nobody else is blamed."""

    SEARCH = {"policy": "search", "types": ["load_balancing"], "duration_scale": 0.005, "budget": {"seconds": 120}}

    def moves(self, api, session):
        return api.get(f"/training/sessions/{session['id']}")["moves"]

    def test_bm_trn_040_it_is_asked_again_after_a_pause_and_goes_on(self, server, env, api):
        env.allow(r"engine|lease|slow statement|stall")
        with stuttering(env):
            session = begin(api, target(api, "stutter"), **self.SEARCH)
            why = env.wait(lambda: self.moves(api, session), 60, "no problem was judged")[0]["why"]
        assert "The client sent late: p99" in why and "It is asked again in " in why and "(1 of 7)" in why, why
        late, = [p for p in api.get(f"/training/sessions/{session['id']}/problems") if p["results"]][:1]
        assert late["success"] is None and "The client sent late" in late["results"]["verdict"], late["results"]
        now = api.get(f"/training/sessions/{session['id']}")
        assert now["status"] == "running" and now["problem_id"] is None, now
        env.wait(lambda: [m for m in self.moves(api, session) if "asked again" not in m["why"]], 60, "it did not go on")
        after = env.sql("select extract(epoch from b.created_at - a.finished_at) from problems a, problems b where a.id = %s and b.id ="
                        " (select min(id) from problems where session_id = %s and id > a.id)", late["id"], session["id"])[0][0]
        assert 3.7 <= after <= 9, after
        api.post(f"/training/sessions/{session['id']}/stop", {}, expect=202)
        assert ended(env, api, session)["status"] == "stopped"

    def test_bm_trn_041_in_the_end_it_has_failed_by_the_client(self, server, env, api):
        """Seven were late before, the eighth is, too; and a pause ends when somebody stops the session."""
        env.allow(r"engine|lease|slow statement|stall")
        with stuttering(env):
            session = begin(api, target(api, "late"), **self.SEARCH)
            env.wait(lambda: self.moves(api, session), 60, "no problem was judged")
            env.sql("update training_sessions set state = jsonb_set(state, '{unclear}', '7'), next_at = now() where id = %s", session["id"])
            done = ended(env, api, session, 90)
        assert (done["status"], done["ended_by"]) == ("failed", "client"), done
        assert done["reason"].startswith("The measuring side was not able to: 8 problems in a row"), done["reason"]
        assert re.search(r"The client (sent|saw answers) late: p99 \d+\.\d{3} ms", done["reason"]), done["reason"]
        assert done["conclusion"]["capacity"] is None

    def test_bm_trn_042_a_pause_ends_with_a_stop_and_with_the_budget(self, server, env, api):
        env.allow(r"engine|lease|slow statement|stall")
        with stuttering(env):
            first = begin(api, target(api, "stopped while it waits"), **self.SEARCH)
            second = begin(api, target(api, "without time"), **{**self.SEARCH, "budget": {"seconds": 8}})
            env.wait(lambda: self.moves(api, first) and self.moves(api, second), 60, "no problem was judged")
        env.sql("update training_sessions set next_at = now() + interval '1 hour' where id = %s", first["id"])
        api.post(f"/training/sessions/{first['id']}/stop", {}, expect=202)
        done = ended(env, api, first, 10)
        assert (done["status"], done["ended_by"]) == ("stopped", "user"), done
        done = ended(env, api, second, 30)
        assert (done["status"], done["ended_by"]) == ("completed", "budget"), done


class TestHive:
    """The routes of Hive's contract, as its clients call them."""

    @staticmethod
    def conf(env):
        return Conf(env, seed_paths=True, extra=["BenchmarkTrainingMaxRate 20", "BenchmarkTrainingMaxConcurrency 10",
                                                 "BenchmarkTrainingDurationScale 10"])

    def test_bm_trn_030_nothing_is_known_before_anything_has_happened(self, server, env, api):
        env.empty("problems", "training_sessions")
        env.sql("update automations set confirmed_rate = null")
        hive = HiveClient(server.url)
        assert hive.get("/api/training/status") == {"is_running": False, "current_scenario": None, "scenarios_completed": 0, "total_runtime": 0,
                                                    "average_success_rate": 0, "current_difficulty": "easy"}
        assert hive.get("/api/metrics/latest") == {"metrics": []} and hive.get("/api/problems/recent") == {"problems": []}
        assert hive.get("/api/analytics/performance")["metrics"] == {}
        assert hive.get("/api/metrics/summary")["total_scenarios"] == 0

    def test_bm_trn_031_start_needs_to_know_on_what(self, server, api):
        answer = HiveClient(server.url).post("/api/training/start", 422)
        assert answer["errors"][0]["pointer"] == "/scenario_id"

    @pytest.mark.parametrize("path,body,pointer", [
        ("scenarios/generate", {"scenario_type": "magic"}, "/scenario_type"), ("scenarios/generate", {"difficulty": "absurd"}, "/difficulty"),
        ("scenarios/generate", {"seed": -1}, "/seed"), ("training/start", {"types": ["magic"]}, "/types/0"),
        ("training/start", {"difficulty": "absurd"}, "/difficulty"), ("training/start", {"policy": "luck"}, "/policy"),
        ("training/start", {"budget": {"requests": 0}}, "/budget/requests")])
    def test_bm_trn_035_what_makes_no_sense_is_refused_by_name(self, server, api, path, body, pointer):
        answer = HiveClient(server.url).post("/api/" + path, 422, json={**({"scenario_id": target(api, "sense", rate=None)["id"]} if "start" in path else {}), **body})
        assert [e["pointer"] for e in answer["errors"]] == [pointer], answer

    def test_bm_trn_032_a_problem_is_generated_and_executed(self, server, api):
        hive = HiveClient(server.url)
        scenario = target(api, "hive")
        made = hive.post("/api/scenarios/generate", json={"scenario_type": "concurrent_requests", "difficulty": "easy", "seed": 7})
        again = hive.post("/api/scenarios/generate", json={"scenario_type": "concurrent_requests", "difficulty": "easy", "seed": 7})
        assert {k: v for k, v in made.items() if k != "created_at"} == {k: v for k, v in again.items() if k != "created_at"}
        assert made["expected_outcomes"].keys() >= {"min_success_rate", "max_response_time_ms", "max_error_rate", "min_throughput"}
        done = hive.post(f"/api/scenarios/{made['id']}/execute")
        assert done["scenario_id"] == made["id"] and done["completed"] is True and 0.9 < done["success_rate"] <= 1, done
        assert 1 <= done["execution_time"] < 30 and {m["type"] for m in done["metrics"]} >= {"response_time", "throughput", "cpu_usage"}
        by_hand = hive.post("/api/scenarios/generate", json={"scenario_type": "load_balancing", "difficulty": "easy", "parameters":
                                                             {"endpoints": [server.target_url + "/v1", "http://user:pass@a.example/"]}})
        refused = api.post(f"/scenarios/{by_hand['id']}/execute", {"scenario_id": scenario["id"]}, expect=422)
        assert [e["pointer"] for e in refused["errors"]] == ["/parameters/endpoints/1"], refused
        made = hive.post("/api/scenarios/generate", json={"scenario_type": "concurrent_requests", "difficulty": "medium", "seed": 7})
        later = api.call("POST", f"/scenarios/{made['id']}/execute", {"scenario_id": scenario["id"]}, expect=202,
                         headers={"Prefer": "respond-async"})
        problem = api.get(later.headers["Location"].split("/api/v1")[1])
        assert (problem["status"], problem["key"]) == ("running", made["id"])
        busy = hive.post(f"/api/scenarios/{made['id']}/execute", 409)
        assert busy["code"] == "already_training"
        assert api.call("POST", "/scenarios/load_balancing_00000000/execute", {"scenario_id": scenario["id"]}).status_code in (404, 409)

    def test_bm_trn_033_training_is_started_watched_and_stopped(self, server, env, api):
        hive = HiveClient(server.url)
        env.wait(lambda: not api.get("/loadtests?kind=training&status=pending,running"), 30, "the problem does not end")
        env.wait(lambda: hive.post("/api/training/start", None, json={"types": ["concurrent_requests"]})["status"] in ("training_started", 409), 10, "it does not start")
        env.wait(lambda: hive.get("/api/training/status")["current_scenario"], 20, "no problem is given")
        env.wait(lambda: hive.get("/api/metrics/latest")["metrics"], 20, "no metrics")
        status = hive.get("/api/training/status")
        assert status["is_running"] is True and status["total_runtime"] > 0
        latest = hive.get("/api/metrics/latest")["metrics"]
        assert len(latest) <= 100 and latest == sorted(latest, key=lambda m: m["timestamp"], reverse=True)
        assert len(hive.post("/api/training/stop")["sessions"]) == 1
        env.wait(lambda: not hive.get("/api/training/status")["is_running"], 20, "it does not stop")
        performance = hive.get("/api/analytics/performance")
        for figures in performance["metrics"].values():
            assert figures["min"] <= figures["median"] <= figures["max"] and figures["min"] <= figures["mean"] <= figures["max"]
        summary = hive.get("/api/metrics/summary")
        assert summary["total_scenarios"] >= 1 and summary["average_throughput"] > 0 and summary["uptime"] > 0

    def test_bm_trn_034_a_client_of_hives_socket_hears_true_figures(self, server, env, api):
        """It says ping, and else only listens: no ticket, no subscription, no version in the path."""
        hive = HiveClient(server.url)
        env.wait(lambda: not hive.get("/api/training/status")["is_running"], 20, "a session is under way")
        with WebSocket(server, HIVE, base="") as socket:
            socket.text("ping")
            assert socket.message() == "pong"
            env.wait(lambda: hive.post("/api/training/start", None, json={"types": ["concurrent_requests"], "budget": {"problems": 2}})
                     ["status"] == "training_started", 10, "it does not start")
            heard, until = {"metric": [], "scenario_completed": [], "training_update": []}, time.monotonic() + 90
            while len(heard["training_update"]) < 2 and time.monotonic() < until:
                frame = json.loads(socket.message())
                assert frame.keys() == {"type", "data"}
                heard[frame["type"]].append(frame["data"])
        assert {m["type"] for m in heard["metric"]} == {"response_time", "throughput", "error_rate", "success_rate", "cpu_usage",
                                                       "memory_usage"}
        assert all(m.keys() == {"timestamp", "type", "value", "scenario_id"} and isinstance(m["value"], (int, float))
                   for m in heard["metric"])
        session = api.get("/training/sessions?limit=1")[0]
        problems = api.get(f"/training/sessions/{session['id']}/problems")
        keys = [p["key"] for p in problems]
        assert {m["scenario_id"] for m in heard["metric"]} == set(keys)
        for place, (done, update) in enumerate(zip(heard["scenario_completed"], heard["training_update"])):
            assert done.keys() >= {"scenario_id", "completed", "success_rate", "execution_time", "metrics", "errors", "recommendations"}
            assert update.keys() >= {"scenario_id", "success_rate", "execution_time", "difficulty", "scenarios_completed"}
            problem = problems[place]
            assert done["scenario_id"] == update["scenario_id"] == problem["key"] and done["completed"] is True
            assert {m["type"] for m in done["metrics"]} >= {"response_time", "throughput"} and len(done["metrics"]) <= 60
            assert done["success_rate"] == update["success_rate"] == pytest.approx(problem["success_rate"])
            assert done["execution_time"] == pytest.approx(problem["execution_time"]) and update["scenarios_completed"] == place + 1
        # what was heard each second is what is kept: the same seconds, the same figures
        kept = api.get(f"/training/sessions/{session['id']}/metrics")
        heard_throughput = [m["value"] for m in heard["metric"] if m["type"] == "throughput"]
        assert heard_throughput == [pytest.approx(s["throughput"]) for s in kept]
        assert sum(heard_throughput) > 0


class HiveClient:
    """Requests as Hive's dashboard makes them: without a version, and without a body where there is nothing to say."""

    def __init__(self, url):
        self.url = url

    def get(self, path):
        answer = requests.get(self.url + path, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, expect=200, **kwargs):
        answer = requests.post(self.url + path, timeout=120, headers={"Content-Type": "application/json"}, **kwargs)
        assert expect is None or answer.status_code == expect, answer.text
        return answer.json()
