# SPDX-License-Identifier: Apache-2.0
"""Two httpds on one database whose engines stand in different places: pinned, fanned out, waiting, and as a KPI dimension."""
import os
import time

import pytest

from bmenv import Api, Conf, Node

SHORT = {"ttft_ms": 5, "gap_ms": 1, "tokens": 2}
CLOSED = {"type": "closed", "concurrency": 2}
DEATH = (r"AH0005[12]: child pid \d+ exit signal", r"BM0004: engine process", r"BM0035: run \d+: its engine is gone")


def conf(env, location):
    return Conf(env, extra=["BenchmarkLease 3s", f"BenchmarkEngineLocation {location}"])


def exact(env, where, *values):
    """Runs that ended and quantiles of those that completed, from the rows."""
    return env.sql("""select count(*), percentile_cont(0.5) within group (order by total_us / 1000.0) filter (where
        status = 'completed'), percentile_cont(0.95) within group (order by total_us / 1000.0) filter (where
        status = 'completed'), avg((status = 'completed')::int) * 100 from runs where kind = 0 and """ + where, *values)[0]


def dashboard(api, **query):
    return api.get("/runs/kpis/dashboard?" + "&".join(f"{k}={v}" for k, v in query.items()))


class TestLocations:

    @staticmethod
    def conf(env):
        env.stop()
        env.reset_database()
        return conf(env, "eu1")

    @pytest.fixture(scope="class")
    def other(self, server):
        node = Node(server, "node2")
        if os.path.exists(node.home + "/httpd.pid"):
            os.unlink(node.home + "/httpd.pid")
        node.restart(conf(node, "us-1"))
        yield node
        node.allow(*DEATH)
        bad = node.unexpected()
        node.close()
        assert not bad, bad

    @pytest.fixture(scope="class")
    def scenario(self, api, other):
        return api.make_scenario(api.make_automation(max_in_flight=50), target=SHORT)

    @staticmethod
    def places(env, ids):
        return [row[0] for row in env.sql("select location from runs where id = any(%s) order by id", ids)]

    def test_bm_location_010_the_engine_page_knows_both(self, server, other, api, scenario):
        api.run(scenario)
        found = api.get("/engine")
        assert found["locations"] == [{"name": "eu1", "engines": 1, "pending": 0, "running": 0},
                                      {"name": "us-1", "engines": 1, "pending": 0, "running": 0}]
        assert {e["location"] for e in found["engines"] if e["state"] == "running"} == {"eu1", "us-1"}

    def test_bm_location_020_a_pinned_run_is_performed_there_only(self, server, other, api, scenario):
        for place in ("eu1", "us-1"):
            ids = api.bulk(scenario, 20, location=place)
            api.await_all(ids)
            assert self.places(server, ids) == [place] * 20
            engines = {row[0] for row in server.sql("select engine from runs where id = any(%s)", ids)}
            there = [e for e in api.get("/engine")["engines"] if (e["location"], e["state"]) == (place, "running")]
            assert engines == {e["id"] for e in there}
        run = api.trigger(scenario, location="us-1")
        assert run["location"] == "us-1" and run["pinned"] is True and run["status"] == "pending"
        run = api.await_run(run["id"])
        assert (run["status"], run["location"], run["pinned"]) == ("completed", "us-1", True)
        assert [r["id"] for r in api.get("/runs?location=us-1&limit=1")] == [run["id"]]
        assert all(r["location"] == "eu1" for r in api.get("/runs?location=eu1&limit=50"))

    def test_bm_location_030_without_one_any_engine_does(self, server, other, api, scenario):
        run = api.run(scenario)
        assert run["location"] in ("eu1", "us-1") and run["pinned"] is False

    def test_bm_location_040_a_scenario_may_have_one(self, server, other, api):
        scenario = api.make_scenario(target=SHORT, run_settings={"location": "us-1"})
        assert api.run(scenario)["location"] == "us-1"
        assert api.run(scenario, location="eu1")["location"] == "eu1"
        assert api.trigger(scenario, location=None)["pinned"] is False
        api.problem("POST", "/scenarios", {"name": "s", "automation_id": scenario["automation_id"],
                                           "run_settings": {"location": 7}})
        typo = api.make_scenario(target=SHORT, run_settings={"location": "su-1"})
        problem = api.problem("POST", "/runs/trigger", {"scenario_id": typo["id"]})
        assert problem["errors"][0]["pointer"] == "/run_settings/location"

    @pytest.mark.parametrize("path", ["/runs", "/runs/trigger", "/loadtests"])
    def test_bm_location_050_an_unknown_one_is_refused_and_the_known_are_named(self, server, other, api, scenario, path):
        body = {"scenario_id": scenario["id"], **({"load_model": CLOSED, "requests": 4} if path == "/loadtests" else {})}
        api.await_idle()
        for members, pointer in (({"location": "asia"}, "/location"), ({"locations": ["eu1", "asia"]}, "/locations/1"),
                                 ({"location": "eu 1"}, "/location"), ({"locations": ["e'u"]}, "/locations/0"),
                                 ({"location": "x" * 64}, "/location"), ({"locations": []}, "/locations"),
                                 ({"locations": ["eu1"], "location": "eu1"}, "/locations"),
                                 ({"locations": ["eu1", "eu1"]}, "/locations"), ({"location": 5}, "/location")):
            problem = api.problem("POST", path, {**body, **members})
            assert any(e["pointer"].startswith(pointer) for e in problem["errors"]), (members, problem)
            if "asia" in str(members):
                assert "eu1, us-1" in problem["errors"][0]["detail"]
        assert server.sql("select count(*) from run_queue")[0][0] == 0

    def test_bm_location_060_runs_fan_out(self, server, other, api, scenario):
        made = api.post("/runs", {"scenario_id": scenario["id"], "locations": ["us-1", "eu1"], "count": 3, "labels": ["x"]},
                        expect=202)
        assert made["count"] == 6 and made["group"].startswith("group:")
        api.await_all(made["run_ids"])
        assert self.places(server, made["run_ids"]) == ["us-1"] * 3 + ["eu1"] * 3
        assert {r["id"] for r in api.get(f"/runs?label={made['group']}")} == set(made["run_ids"])
        made = api.post("/runs/trigger", {"scenario_id": scenario["id"], "locations": ["eu1", "us-1"]})
        assert made["count"] == 2
        api.await_all(made["run_ids"])
        assert self.places(server, made["run_ids"]) == ["eu1", "us-1"]
        api.problem("POST", "/runs", {"scenario_id": scenario["id"], "locations": ["us-1", "eu1"], "count": 5001})
        assert api.post("/runs", {"scenario_id": scenario["id"], "count": 1}, expect=202)["group"] is None

    def test_bm_location_070_load_tests_fan_out(self, server, other, api, scenario):
        plan = {"scenario_id": scenario["id"], "load_model": CLOSED, "requests": 30, "certificate": False}
        made = api.post("/loadtests", {**plan, "locations": ["eu1", "us-1"]}, expect=202)
        assert made["count"] == 2
        api.await_all(made["run_ids"])
        found = {t["id"]: t for t in api.get(f"/loadtests?label={made['group']}")}
        assert [found[i]["location"] for i in made["run_ids"]] == ["eu1", "us-1"]
        assert [found[i]["plan"]["location"] for i in made["run_ids"]] == ["eu1", "us-1"]
        assert all("locations" not in t["plan"] and t["status"] == "completed" for t in found.values())
        assert [t["id"] for t in api.get("/loadtests?location=us-1")] == [made["run_ids"][1]]
        counted = server.sql("""select l.name, sum(k.n)::int from (select location_id, n from kpi_delta where source = 1 union all
            select location_id, n from kpi_cell where source = 1 and level = 0) k join locations l on l.id = k.location_id
            group by 1 order by 1""")
        assert counted == [("eu1", 30), ("us-1", 30)]
        assert server.sql("""select r.loadtest_id, l.name, count(*)::int from requests r join locations l on l.id = r.location_id
            group by 1, 2 order by 1""") == [(made["run_ids"][0], "eu1", 30), (made["run_ids"][1], "us-1", 30)]
        heavy = {**plan, "load_model": {"type": "closed", "concurrency": 300}}        # the target is one, whoever asks it
        problem = api.problem("POST", "/loadtests", {**heavy, "locations": ["eu1", "us-1"]})
        assert "A load of 600" in problem["errors"][0]["detail"] and problem["errors"][0]["pointer"] == "/load_model"
        one = api.post("/loadtests", {**plan, "location": "us-1"}, expect=202)
        assert one["location"] == "us-1"
        api.await_all([one["id"]])
        assert api.get(f"/loadtests/{one['id']}")["location"] == "us-1"

    def test_bm_location_080_kpis_by_location_are_those_of_its_rows(self, server, other, api):
        slow = api.make_scenario(api.make_automation(max_in_flight=50), target={"ttft_ms": 40, "gap_ms": 2, "tokens": 10})
        fails = api.make_scenario(target={"status": 500})
        api.await_all([*api.bulk(slow, 40, location="us-1"), *api.bulk(fails, 5, location="us-1"),
                       *api.bulk(slow, 10, location="eu1")])
        whole = dashboard(api)
        rows = {row["location"]: row for row in whole["locations"]}
        assert set(rows) == {"eu1", "us-1"}
        assert sum(row["runs"] for row in rows.values()) == exact(server, "true")[0]      # every run had a location
        for place in ("eu1", "us-1"):
            n, p50, p95, success = exact(server, "location = %s", place)
            seen = dashboard(api, location=place)
            assert seen["total_runs"] == n == rows[place]["runs"]
            assert seen["success_rate"] == pytest.approx(float(success), abs=0.001) == rows[place]["success_rate"]
            for figure, real in ((seen["total_time_stats"]["p50"], p50), (seen["total_time_stats"]["p95"], p95),
                                 (rows[place]["p50_ms"], p50), (rows[place]["p95_ms"], p95)):
                assert figure == pytest.approx(real, rel=0.005)
            assert {run["location"] for run in seen["recent_runs"]} == {place}
        assert dashboard(api, location="nowhere")["total_runs"] == 0
        n, p50, p95, _ = exact(server, "scenario_id = %s and location = 'us-1'", slow["id"])
        seen = dashboard(api, location="us-1", scenario_id=slow["id"])
        assert seen["total_runs"] == n == 40 and seen["total_time_stats"]["p95"] == pytest.approx(p95, rel=0.005)

    def test_bm_location_090_a_deleted_run_leaves_the_figures_of_its_location(self, server, other, api, scenario):
        gone = api.run(scenario, location="us-1")
        before = {place: dashboard(api, location=place)["total_runs"] for place in ("eu1", "us-1")}
        api.call("DELETE", f"/runs/{gone['id']}", expect=200)
        server.wait_for_job("kpi-rebuild", lambda: dashboard(api, location="us-1")["total_runs"] == before["us-1"] - 1, 30, "not rebuilt")
        for place in before:
            assert dashboard(api, location=place)["total_runs"] == exact(server, "location = %s", place)[0]
        assert dashboard(api, location="eu1")["total_runs"] == before["eu1"]

    def test_bm_location_100_what_is_meant_for_a_place_waits_until_somebody_is_there(self, server, other, api, scenario):
        other.allow(*DEATH)
        other.stop()
        waiting = api.bulk(scenario, 5, location="us-1", priority=9)
        cancelled = api.trigger(scenario, location="us-1")
        test = api.post("/loadtests", {"scenario_id": scenario["id"], "load_model": CLOSED, "requests": 10, "certificate": False,
                                       "location": "us-1"}, expect=202)["id"]
        api.await_all(api.bulk(scenario, 5))                 # the same automation goes on here
        api.post(f"/runs/{cancelled['id']}/cancel")          # and what was cancelled is recorded by whoever is there
        ended = api.await_run(cancelled["id"])
        assert (ended["status"], ended["location"], ended["pinned"]) == ("cancelled", "us-1", True)
        time.sleep(1)
        there = {place["name"]: place for place in api.get("/engine")["locations"]}
        assert there["us-1"] == {"name": "us-1", "engines": 0, "pending": 6, "running": 0}
        assert {api.get(f"/runs/{i}")["status"] for i in waiting} == {"pending"}
        assert api.get(f"/loadtests/{test}")["status"] == "pending"
        other.restart(conf(other, "us-1"))
        ended = api.await_completed([*waiting, test])
        assert self.places(server, [*waiting, test]) == ["us-1"] * 6
        server.check_invariants()

    def test_bm_location_110_a_rescued_run_goes_back_to_its_place(self, server, other, api):
        server.allow(*DEATH)
        other.allow(*DEATH)
        scenario = api.make_scenario(api.make_automation(max_in_flight=50), target={"ttft_ms": 1500, "tokens": 2})
        ids = api.bulk(scenario, 6, location="us-1")
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 6, 10, "not running")
        for pid in [other.pid(), *other.pids()]:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
        os.unlink(other.home + "/httpd.pid")
        waiting = "select count(*) from run_queue where id = any(%s) and state = 'pending'"
        server.wait(lambda: server.sql(waiting, ids)[0][0] == 6, 15, "not rescued")
        # by the engine in eu1, which does not perform them
        time.sleep(1)
        assert {api.get(f"/runs/{i}")["status"] for i in ids} == {"pending"}
        other.restart(conf(other, "us-1"))
        assert {(status, attempt) for status, _, attempt in api.await_all(ids, 30).values()} == {("completed", 2)}
        assert self.places(server, ids) == ["us-1"] * 6
        server.check_invariants()

    def test_bm_location_120_run_again_means_at_the_same_place_if_it_was_meant_for_one(self, server, other, api):
        fails = api.make_scenario(target={"status": 500})
        pinned = api.run(fails, location="us-1")
        again = api.post(f"/runs/{pinned['id']}/requeue", expect=202)
        assert (again["location"], again["pinned"]) == ("us-1", True)
        free = api.run(fails)
        again = api.post(f"/runs/{free['id']}/requeue", expect=202)
        assert (again["location"], again["pinned"]) == (None, False)


class TestNoLocation:

    @staticmethod
    def conf(env):
        env.stop()
        env.reset_database()
        return Conf(env)

    def test_bm_location_200_where_nobody_has_one_there_is_none(self, server, api):
        scenario = api.make_scenario(target=SHORT)
        run = api.run(scenario)
        assert (run["location"], run["pinned"]) == (None, False)
        assert api.get("/engine")["locations"] == [] and dashboard(api)["locations"] == []
        problem = api.problem("POST", "/runs/trigger", {"scenario_id": scenario["id"], "location": "eu1"})
        assert "BenchmarkEngineLocation" in problem["errors"][0]["detail"]
        answer = api.get("/openapi.json")["paths"]["/loadtests"]["post"]["responses"]["202"]["content"]["application/json"]
        assert [one["$ref"].rsplit("/", 1)[1] for one in answer["schema"]["oneOf"]] == ["LoadTest", "RunBulkAnswer"]
