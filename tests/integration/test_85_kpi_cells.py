# SPDX-License-Identifier: Apache-2.0
"""KPI cells: what is counted apart, how long it is kept, how it is made again and how it is checked."""
from bmenv import Conf


class TestLabels:
    conf = staticmethod(lambda env: Conf(env, extra=["BenchmarkMaxLabels 2"]))

    def counts(self, api):
        return {None if row["other"] else row["label"]: row["runs"] for row in api.get("/labels")}

    def total(self, api, label):
        return api.get("/runs/kpis/dashboard", params={"label": label, "view": "summary"})

    def test_bm_labels_010_each_label_has_figures_of_its_own(self, api):
        scenario = api.make_scenario(target={"tokens": 3, "gap_ms": 1}, labels=["alpha"])
        runs = api.bulk(scenario, 1) + api.bulk(scenario, 1, labels=["beta"]) + api.bulk(scenario, 1, labels=["beta", "gamma"])
        api.await_completed(runs)
        counts = self.counts(api)
        assert counts == {"alpha": 3, "beta": 2, None: 1}, counts       # gamma is the third of its run
        for label, n in (("alpha", 3), ("beta", 2), ("never seen", 0)):
            answer = self.total(api, label)
            assert answer["total_runs"] == n and answer["by_status"]["completed"] == n
            assert answer["total_time_stats"]["n"] == n and len(answer["recent_runs"]) == n
            assert sum(bucket["n"] for bucket in answer["series"]["buckets"]) == n
        exact = api.env.sql("select max(total_us) from runs where 'beta' = any(labels)")[0][0] / 1000
        assert abs(self.total(api, "beta")["total_time_stats"]["p99"] - exact) <= 0.006 * exact

    def test_bm_labels_020_a_change_of_labels_is_followed(self, api):
        run = api.get("/runs", params={"label": "gamma"})[0]
        api.call("PATCH", f"/runs/{run['id']}", {"labels": ["delta", "alpha"]}, expect=200)
        api.env.wait(lambda: self.counts(api) == {"alpha": 3, "beta": 1, "delta": 1}, 40, "the hour was not counted anew")
        assert self.total(api, "delta")["total_runs"] == 1

    def test_bm_labels_030_requests_of_a_load_test_have_those_of_the_load_test(self, api):
        scenario = api.make_scenario(target={"tokens": 2, "gap_ms": 1})
        test = api.post("/loadtests", {"scenario_id": scenario["id"], "name": "labelled", "labels": ["load"], "certificate": False,
                                       "load_model": {"type": "closed", "concurrency": 2}, "duration_seconds": 2}, expect=202)
        api.await_run(test["id"], timeout=40)
        sent = api.env.sql("select count(*) from requests where phase = 1 and not superseded")[0][0]
        row = [row for row in api.get("/labels") if row["label"] == "load"][0]
        assert row["requests"] == sent > 0 and row["runs"] == 0

    def test_bm_labels_040_there_is_an_upper_bound_and_it_is_said(self, api):
        api.env.sql("insert into labels (name) select 'filler ' || i from generate_series(1, 1000) i")
        scenario = api.make_scenario(target={"tokens": 1}, labels=["one too many"])
        api.await_completed([api.trigger(scenario)["id"]])
        first = api.get("/labels")[0]
        assert first["other"] is True and first["label"] is None and first["runs"] == 1
        problem = api.problem("GET", "/runs/kpis/dashboard?label=one%20too%20many")
        assert [e["pointer"] for e in problem["errors"]] == ["?label"] and "1000" in problem["errors"][0]["detail"]
        assert api.get("/runs", params={"label": "one too many"})
        assert len(api.get("/labels")) > 1000
