# SPDX-License-Identifier: Apache-2.0
"""KPI cells: what is counted apart, how long it is kept, how it is made again and how it is checked."""
from bmenv import Conf


class TestLabels:
    conf = staticmethod(lambda env: Conf(env, extra=["BenchmarkMaxLabels 2"]))

    OURS = ("alpha", "beta", "gamma", "delta")

    def other(self, api):
        first = api.get("/labels")[:1]
        return first[0]["runs"] if first and first[0]["other"] else 0

    def counts(self, api):
        """Runs of our labels; others may have been here before."""
        return {row["label"]: row["runs"] for row in api.get("/labels") if row["label"] in self.OURS and row["runs"]}

    def total(self, api, label):
        return api.get("/runs/kpis/dashboard", params={"label": label, "view": "summary"})

    def test_bm_labels_010_each_label_has_figures_of_its_own(self, api):
        before = self.other(api)
        scenario = api.make_scenario(target={"tokens": 3, "gap_ms": 1}, labels=["alpha"])
        runs = api.bulk(scenario, 1) + api.bulk(scenario, 1, labels=["beta"]) + api.bulk(scenario, 1, labels=["beta", "gamma"])
        api.await_completed(runs)
        assert self.counts(api) == {"alpha": 3, "beta": 2}
        assert self.other(api) == before + 1                    # gamma is the third of its run
        for label, n in (("alpha", 3), ("beta", 2), ("never seen", 0)):
            answer = self.total(api, label)
            assert answer["total_runs"] == n and answer["by_status"]["completed"] == n
            assert answer["total_time_stats"]["n"] == n and len(answer["recent_runs"]) == n
            assert sum(bucket["n"] for bucket in answer["series"]["buckets"]) == n
        exact = api.env.sql("select max(total_us) from runs where 'beta' = any(labels)")[0][0] / 1000
        assert abs(self.total(api, "beta")["total_time_stats"]["p99"] - exact) <= 0.006 * exact

    def test_bm_labels_020_a_change_of_labels_is_followed(self, api):
        run, before = api.get("/runs", params={"label": "gamma"})[0], self.other(api)
        api.call("PATCH", f"/runs/{run['id']}", {"labels": ["delta", "alpha"]}, expect=200)
        api.env.wait_for_job("kpi-rebuild", lambda: self.counts(api) == {"alpha": 3, "beta": 1, "delta": 1}, 40, "the hour was not counted anew")
        assert self.total(api, "delta")["total_runs"] == 1 and self.other(api) == before - 1

    def test_bm_labels_030_requests_of_a_load_test_have_those_of_the_load_test(self, api):
        scenario = api.make_scenario(target={"tokens": 2, "gap_ms": 1})
        test = api.post("/loadtests", {"scenario_id": scenario["id"], "name": "labelled", "labels": ["load"], "certificate": False,
                                       "load_model": {"type": "closed", "concurrency": 2}, "duration_seconds": 2}, expect=202)
        api.await_run(test["id"], timeout=40)
        sent = api.env.sql("select count(*) from requests where phase = 1 and not superseded and loadtest_id = %s", test["id"])[0][0]
        row = [row for row in api.get("/labels") if row["label"] == "load"][0]
        assert row["requests"] == sent > 0 and row["runs"] == 0

    def test_bm_labels_040_there_is_an_upper_bound_and_it_is_said(self, api):
        before = self.other(api)
        api.env.sql("insert into labels (name) select 'filler ' || i from generate_series(1, 1000) i")
        scenario = api.make_scenario(target={"tokens": 1}, labels=["one too many"])
        api.await_completed([api.trigger(scenario)["id"]])
        first = api.get("/labels")[0]
        assert first["other"] is True and first["label"] is None and first["runs"] == before + 1
        problem = api.problem("GET", "/runs/kpis/dashboard?label=one%20too%20many")
        assert [e["pointer"] for e in problem["errors"]] == ["?label"] and "1000" in problem["errors"][0]["detail"]
        assert api.get("/runs", params={"label": "one too many"})
        assert len(api.get("/labels")) > 1000
        api.env.sql("delete from labels where name like 'filler %'")        # the next engine finds room again


def hour(env, back):
    """Begin of the hour so many hours ago, as the API reads times."""
    return env.sql("select to_char(date_trunc('hour', now()) - %s * interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
                   back)[0][0]


def run_job(env, name):
    env.sql("update jobs set next_run_at = now() where name = %s", name)
    env.wait(lambda: not env.sql("select 1 from jobs where name = %s and next_run_at <= now()", name), 20, f"{name} did not run")


def fold_all(env):
    """Have every delta folded into cells, however young it is."""
    def folded():
        env.sql("update kpi_state set next_at = now() - interval '1 hour' where next_at is not null")
        run_job(env, "kpi-compact")
        return not env.sql("select 1 from kpi_delta limit 1")
    env.wait(folded, 30, "deltas were not folded")


class TestRebuild:

    def test_bm_rebuild_010_a_window_is_made_again_from_rows(self, api):
        scenario = api.make_scenario(target={"tokens": 3, "gap_ms": 1}, labels=["again"])
        api.await_completed(api.bulk(scenario, 30))
        mine = {"scenario_id": scenario["id"]}
        before = api.get("/runs/kpis/dashboard", params=mine)
        api.env.sql("delete from kpi_delta")
        api.env.sql("delete from kpi_cell")
        api.env.sql("update kpi_state set rewritten = rewritten + 1")
        assert api.get("/runs/kpis/dashboard", params=mine)["attempts"] == 0
        asked = api.call("POST", "/kpis/rebuild", {"from": hour(api.env, 2), "to": hour(api.env, -1)}, expect=202)
        path = asked.headers["Location"].split("/api/v1", 1)[1]
        assert asked.json()["state"] == "scanning" and asked.json()["hours"] is None and asked.json()["scenario_id"] is None
        done = api.env.wait(lambda: api.get(path)["finished_at"] and api.get(path), 40, "the rebuild did not end")
        assert done["state"] == "done" and done["scanned"] == 1 and done["hours_left"] == done["hours_kept"] == 0
        assert done["hours"] >= 1 and api.get("/kpis/rebuild")[0] == done
        after = api.get("/runs/kpis/dashboard", params=mine)
        for name in ("attempts", "success_rate", "total_time_stats", "ttft_stats", "by_status", "scenarios", "series"):
            assert after[name] == before[name], name
        assert abs(after["avg_inter_token_latency"] - before["avg_inter_token_latency"]) < 0.01

    def test_bm_rebuild_020_bad_windows_are_refused(self, api):
        for body, pointer in (({"from": hour(api.env, 1), "to": hour(api.env, 2)}, "/to"), ({"from": hour(api.env, 1)}, "/to"),
                              ({"from": "yesterday", "to": hour(api.env, 0)}, "/from"),
                              ({"from": hour(api.env, 1), "to": hour(api.env, 0), "scenario_id": 4711}, "/scenario_id")):
            problem = api.problem("POST", "/kpis/rebuild", body)
            assert [e["pointer"] for e in problem["errors"]] == [pointer], problem
        api.problem("GET", "/kpis/rebuild/4711", expect=404)

    def test_bm_rebuild_030_rows_that_are_gone_are_not_made_up(self, api):
        api.env.sql("create table runs_p1 partition of runs for values from (10000000) to (20000000)")
        api.env.sql("alter table runs detach partition runs_p0")
        try:
            problem = api.problem("POST", "/kpis/rebuild", {"from": hour(api.env, 1), "to": hour(api.env, 0)})
            assert "BenchmarkKeepRuns" in problem["errors"][0]["detail"]
        finally:
            api.env.sql("alter table runs attach partition runs_p0 for values from (minvalue) to (10000000)")

    def test_bm_rebuild_040_sql_will_do(self, api):
        api.env.sql("insert into kpi_rebuilds (from_hour, to_hour) select h - 5, h + 1"
                    " from (select floor(extract(epoch from now()) / 3600)::integer as h) x")
        api.env.wait(lambda: all(r["state"] == "done" for r in api.get("/kpis/rebuild")), 40, "the rebuild did not end")


class TestRetention:
    conf = staticmethod(lambda env: Conf(env, extra=["BenchmarkKeepHourCells 3", "BenchmarkKeepDayCells 30"]))

    def test_bm_keep_010_a_range_where_hours_are_gone_is_one_of_days(self, api):
        scenario = api.make_scenario(target={"tokens": 3, "gap_ms": 1})
        api.await_completed(api.bulk(scenario, 10))
        # the same figures at ten in the morning of a day ten days ago, and of one forty days ago
        api.env.sql("""insert into kpi_delta (scenario_id, model_id, source, label_id, location_id, hour, n, min_id, max_id, body)
            select scenario_id, model_id, source, label_id, location_id, (hour / 24 - d) * 24 + 10, n, min_id, max_id, body
            from kpi_delta, unnest(array[10, 40]) d where scenario_id = %s""", scenario["id"])
        day = api.env.sql("select to_char(date_trunc('day', now()) - interval '10 days', 'YYYY-MM-DD')")[0][0]
        params = {"from": f"{day}T10:00:00Z", "to": f"{day}T11:00:00Z", "view": "summary", "scenario_id": scenario["id"]}
        answer = api.get("/runs/kpis/dashboard", params=params)
        assert answer["attempts"] == 10 and answer["range"]["resolution"] == "hour"
        fold_all(api.env)
        for _ in range(2):
            run_job(api.env, "kpi-retention")        # moves the borders, then deletes
        left = api.env.sql("""select count(*) filter (where level = 0), count(*) filter (where level = 0 and bucket < hours_from),
            count(*) filter (where level = 1 and bucket * 24 < hours_from), count(*) filter (where level = 1 and bucket < days_from)
            from kpi_cell, kpi_state""")[0]
        assert left[0] > 0 and left[1] == 0 and left[2] > 0 and left[3] == 0, left
        answer = api.get("/runs/kpis/dashboard", params=params)
        assert answer["attempts"] == 10
        assert answer["range"] == {"from": f"{day}T00:00:00.000000Z", "to": answer["range"]["to"], "resolution": "day",
                                   "kept_from": None}
        assert [b["n"] for b in answer["series"]["buckets"]] == [10]
        figures = api.get("/kpis", params={**{k: v for k, v in params.items() if k != "view"}, "metric": "total_ms"})
        assert figures["range"]["resolution"] == "day" and figures["range"]["from"] == answer["range"]["from"]
        assert figures["total"]["runs"] == 10, figures
        for width in (3600, 86400):
            series = api.get("/kpis/series", params={"from": params["from"], "scenario_id": scenario["id"], "metric": "total_ms",
                                                     "bucket_seconds": width})
            assert series["range"]["resolution"] == "day"
        answer = api.get("/runs/kpis/dashboard", params={"view": "summary", "scenario_id": scenario["id"]})
        assert answer["attempts"] == 20 and answer["range"]["kept_from"] is not None
        api.env.sql("update kpi_state set hours_from = 0, days_from = 0, rewritten = rewritten + 1")     # for the tests to come


class TestCheck:

    def check(self, api):
        before = api.get("/engine")["kpi_check"]["checks_total"]
        api.env.sql("update jobs set next_run_at = now(), lease_until = null where name = 'kpi-check'")
        return api.env.wait(lambda: api.get("/engine")["kpi_check"]["checks_total"] > before and api.get("/engine")["kpi_check"],
                            20, "no comparison")

    def test_bm_check_010_cells_say_what_rows_say(self, api):
        # what other tests did by hand would be found, too
        for table in ("runs", "requests", "kpi_cell", "kpi_delta", "kpi_dirty"):
            api.env.sql(f"delete from {table}")
        api.env.sql("update kpi_state set rewritten = rewritten + 1")
        scenario = api.make_scenario(target={"tokens": 5, "gap_ms": 1}, labels=["checked"])
        api.await_completed(api.bulk(scenario, 40))
        found = self.check(api)
        assert found["drifted"] == 0 and found["hours"] >= 8 and found["figures"] >= 8 * 60, found

    def test_bm_check_020_a_cell_that_was_tampered_with_is_found_and_mended(self, api):
        before = api.get("/runs/kpis/dashboard")
        api.env.allow("BM0556")
        api.env.sql("update kpi_delta set label_id = 1 where id = (select max(id) from kpi_delta where label_id = 0)")
        api.env.sql("update kpi_state set rewritten = rewritten + 1")
        assert api.get("/runs/kpis/dashboard") != before
        found = self.check(api)
        assert found["drifted"] >= 1 and found["drifted_total"] >= 1 and "rows say" in found["worst"], found
        api.env.wait_for_job("kpi-rebuild", lambda: not api.env.sql("select 1 from kpi_dirty"), 40, "the hour was not made again")
        after = api.get("/runs/kpis/dashboard")
        for name in ("attempts", "total_time_stats", "ttft_stats", "by_status", "series"):
            assert after[name] == before[name], name
        assert self.check(api)["drifted"] == 0

    def test_bm_check_030_those_of_load_tests_too(self, api):
        scenario = api.make_scenario(api.make_automation(max_in_flight=20), target={"tokens": 6, "gap_ms": 1})
        test = api.post("/loadtests", {"scenario_id": scenario["id"], "certificate": False, "duration_seconds": 2,
                                       "load_model": {"type": "poisson", "rate": 60}}, expect=202)
        api.await_run(test["id"], timeout=40)
        api.env.sql("delete from runs where kind = 0")
        for table in ("kpi_cell", "kpi_delta"):
            api.env.sql(f"delete from {table} where source = 0")
        assert api.env.sql("select count(*) from kpi_delta where source = 1")[0][0] > 0
        fold_all(api.env)
        found = self.check(api)
        assert found["drifted"] == 0 and found["hours"] >= 1, found
