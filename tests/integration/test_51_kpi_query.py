# SPDX-License-Identifier: Apache-2.0
"""/kpis, its series, distribution and heatmap: any question over the rollups, held against the rows themselves."""
import threading
import time

import pytest

from bmenv import Api, Conf

LATENCIES = ["e2e_ms", "e2e_scheduled_ms", "total_ms", "ttft_ms", "ttft_scheduled_ms", "ttfo_ms", "ttst_ms", "tpot_ms", "send_lag_ms",
             "queue_ms", "connect_ms", "ttfb_ms", "ntpot_ms", "itl_ms", "icl_ms"]
HOUR = 3600


def same(metric, sketch, exact):
    """A figure of the sketch against the same one from rows. Both count the same values and print them with six digits at least; what
    is below 10 microseconds the sketch takes for 0."""
    assert sketch["n"] == exact["n"], metric
    for name in ("min", "max", "mean"):
        assert sketch[name] == pytest.approx(exact[name], rel=1.01e-5, abs=1e-9), (metric, name)     # a unit of the sixth digit
    least = 0.0101 if exact["n"] and exact["min"] < 0.0101 else 0
    for one, other in zip(sketch["quantiles"], exact["quantiles"]):
        assert one["q"] == other["q"] and one["few_samples"] == other["few_samples"]
        if other["value"] is None:
            assert one["value"] is None
            continue
        assert abs(one["value"] - other["value"]) <= 0.00501 * abs(other["value"]) + least, (one, other)
        assert (one["low"] is None) == (other["low"] is None)
        if one["low"] is not None:
            assert one["low"] <= other["low"] * 1.00001 + least and one["high"] >= other["high"] * 0.99999 - least


def load_test(api, scenario, model, **plan):
    test = api.post("/loadtests", {"scenario_id": scenario["id"], "load_model": model, "certificate": False, **plan}, expect=202)
    api.env.wait(lambda: api.get(f"/loadtests/{test['id']}")["status"] not in ("pending", "running"), 60, "load test")
    assert api.get(f"/loadtests/{test['id']}")["results"]["completed"] == plan["requests"]
    return test


def answer(group):
    return {k: v for k, v in group.items() if k != "metrics"}


class TestKpis:

    @pytest.fixture(scope="class", autouse=True)
    def runs(self, server, odd):
        """Some 330 runs of four scenarios, two automations and a load test; others whose requests take several exchanges or none. Of six
        labels four have figures of their own."""
        api = Api(server)
        server.empty("runs", "requests", "kpi_delta", "kpi_cell")
        server.sql("update kpi_state set rewritten = rewritten + 1")          # boards are told
        mock = api.make_automation(name="mock", max_in_flight=40)
        plain = api.make_automation(name="plain", provider="http", connection={"url": odd.url("plain")}, max_in_flight=40)
        made = {
            "fast": api.make_scenario(mock, name="fast", target={"ttft_ms": 5, "gap_ms": 1, "tokens": 6}),
            "slow": api.make_scenario(mock, name="slow", target={"ttft_ms": 60, "gap_ms": 2, "tokens": 3}),
            "bad": api.make_scenario(mock, name="bad", target={"status": 500}),
            "plain": api.make_scenario(plain, name="plain")
        }
        ids = (api.bulk(made["fast"], 150, labels=["l1", "group:x", "l2", "l3", "l4", "l5", "l6"]) + api.bulk(made["slow"], 90)
               + api.bulk(made["bad"], 23)
               + api.bulk(made["bad"], 7, inputs_override={"x_target": {"status": 404}}) + api.bulk(made["plain"], 60))
        api.await_all(ids)
        load_test(api, made["fast"], {"type": "closed", "concurrency": 4}, requests=120, labels=["l2", "night"])
        router = api.make_scenario(api.make_automation(name="router", connection={"url": odd.url("router")}), name="router")
        agent = api.make_automation(name="agent", provider="tinyfish", connection={
            "url": server.target_url, "goal": "Find it", "target_url": "https://example.com/", "mode": "async", "poll_seconds": 0.1})
        polled = api.make_scenario(agent, name="polled", target={"ttft_ms": 120, "gap_ms": 20, "tokens": 3})
        slow = {"type": "constant", "rate": 50}
        load_test(api, router, {"type": "closed", "concurrency": 10}, requests=10)     # the first ones ask without a model
        load_test(api, polled, {"type": "closed", "concurrency": 5}, requests=10)
        load_test(api, made["slow"], slow, requests=10, max_in_flight=1)      # later than planned
        load_test(api, made["plain"], slow, requests=10)
        return made

    @pytest.mark.parametrize("by", ["", "scenario", "automation", "model", "provider", "status", "location", "hour", "day",
                                    "scenario,hour", "provider,day", "automation,status", "label", "label,hour", "model,label"])
    @pytest.mark.parametrize("source", ["run", "loadtest"])
    def test_bm_kpi_010_groups_equal_the_rows(self, api, by, source):
        ask = f"/kpis?source={source}&metric={','.join(LATENCIES)}&quantiles=0,0.25,0.5,0.9,0.99,1" + (f"&group_by={by}" if by else "")
        sketch, exact = api.get(ask), api.get(ask + "&exact=true")
        assert (sketch["estimator"], exact["estimator"]) == ("sketch", "exact")
        assert (sketch["relative_error"], exact["relative_error"]) == (0.005, 0)
        assert answer(sketch["total"]) == answer(exact["total"])
        assert sketch["total"]["runs"] == (330 if source == "run" else 120 + 4 * 10)
        assert len(sketch["groups"]) == len(exact["groups"]) and bool(sketch["groups"]) == bool(by)
        key = lambda group: repr([(k, group.get(k)) for k in sorted(answer(group))])         # noqa: E731
        for one, other in zip(sorted(sketch["groups"], key=key), sorted(exact["groups"], key=key)):
            assert answer(one) == answer(other)
            for metric in one.get("metrics", {}):
                same(metric, one["metrics"][metric], other["metrics"][metric])
        for metric in LATENCIES:
            same(metric, sketch["total"]["metrics"][metric], exact["total"]["metrics"][metric])
        for gaps in ("itl_ms", "icl_ms"):
            assert exact["total"]["metrics"][gaps]["n"] > exact["total"]["metrics"]["ttft_ms"]["n"]

    def test_bm_kpi_020_groups_are_named_and_add_up(self, api, runs):
        by = api.get("/kpis?group_by=scenario")
        assert {g["scenario_name"]: g["runs"] for g in by["groups"]} == {"fast": 150, "slow": 90, "bad": 30, "plain": 60}
        assert [g["scenario_id"] for g in by["groups"]] == sorted(s["id"] for s in runs.values())
        bad = next(g for g in by["groups"] if g["scenario_name"] == "bad")
        assert bad["by_status"]["failed"] == 30 and bad["success_rate"] == 0 and sorted(bad["errors"].values()) == [7, 23]
        assert bad["metrics"]["e2e_ms"]["n"] == 0 and bad["metrics"]["e2e_ms"]["quantiles"][0]["value"] is None
        assert {g["automation_name"]: g["runs"] for g in api.get("/kpis?group_by=automation")["groups"]} == {"mock": 270, "plain": 60}
        status = {g["status"]: g["runs"] for g in api.get("/kpis?group_by=status")["groups"]}
        assert status == {"completed": 300, "failed": 30}

    @pytest.mark.parametrize("query, runs_of", [("provider=http", ["plain"]), ("automation_id={plain}", ["plain"]),
                                                ("scenario_id={slow}", ["slow"]), ("model=nothing", []),
                                                ("model=m", ["fast", "slow", "bad"]), ("location=moon", [])])
    @pytest.mark.parametrize("exact", ["false", "true"])
    def test_bm_kpi_030_filters(self, api, runs, query, runs_of, exact):
        counts = {"fast": 150, "slow": 90, "bad": 30, "plain": 60}
        query = query.format(plain=runs["plain"]["automation_id"], slow=runs["slow"]["id"])
        total = api.get(f"/kpis?exact={exact}&{query}")["total"]
        # a run that failed before it had a model is counted with its automation's provider
        assert total["by_status"]["completed"] == sum(counts[name] for name in runs_of if name != "bad")

    def test_bm_kpi_040_apdex_counts_failures_as_frustrated(self, api):
        total = api.get("/kpis?metric=ttft_ms,queue_ms&apdex_t=20&automation_id="
                        + str(next(g["automation_id"] for g in api.get("/kpis?group_by=automation")["groups"]
                                   if g["automation_name"] == "mock")))["total"]
        rows = api.env.sql("select count(*) filter (where ttft_us <= 20000), count(*) filter (where ttft_us > 20000 and ttft_us <= 80000)"
                           " from runs r join scenarios s on s.id = r.scenario_id where s.name in ('fast', 'slow', 'bad') and r.kind = 0")
        assert total["metrics"]["ttft_ms"]["apdex"] == pytest.approx((rows[0][0] + rows[0][1] / 2) / 270, abs=1e-4)
        assert "apdex" not in total["metrics"]["queue_ms"]
        exact = api.get("/kpis?metric=ttft_ms,queue_ms,itl_ms&apdex_t=20&exact=true&group_by=automation")
        mock = next(g for g in exact["groups"] if g["automation_name"] == "mock")["metrics"]
        assert mock["ttft_ms"]["apdex"] == pytest.approx((rows[0][0] + rows[0][1] / 2) / 270, abs=1e-4)
        assert "apdex" not in mock["queue_ms"] and "apdex" not in mock["itl_ms"]

    def test_bm_kpi_042_the_dashboard_is_as_sure_as_that(self, api, runs):
        for only in ("", f"&scenario_id={runs['slow']['id']}", f"&scenario_id={runs['bad']['id']}"):
            board = api.get(f"/runs/kpis/dashboard?from=now-24h{only}")
            figures = api.get(f"/kpis?from=now-24h&metric=total_ms,ttft_ms{only}")["total"]["metrics"]
            assert board["relative_error"] == 0.005
            for stats, figure in ((board["total_time_stats"], figures["total_ms"]), (board["ttft_stats"], figures["ttft_ms"])):
                if stats is None:
                    assert figure["n"] == 0
                    continue
                assert stats["n"] == figure["n"]
                for name, at in zip(("p50", "p95", "p99"), figure["quantiles"]):
                    assert stats[name] == (at["value"] or 0) and (name in stats["few_samples"]) == at["few_samples"]
                    assert stats["intervals"][name] == (None if at["low"] is None else [at["low"], at["high"]])

    def test_bm_kpi_045_labels(self, api, runs):
        fixed = {"l1": 150, "l2": 150, "l3": 150, "l4": 150, None: 150}
        ids = (api.bulk(runs["fast"], 12, labels=["a", "b"]) + api.bulk(runs["fast"], 5, labels=["b"])
               + api.bulk(runs["fast"], 3, labels=["l1", "c", "group:1", "d", "group:2", "e", "b"]))
        api.await_all(ids)
        try:
            by = api.get("/kpis?group_by=label")
            assert {g["label"]: g["runs"] for g in by["groups"]} == {**fixed, "a": 12, "b": 17, "c": 3, "d": 3, "e": 3, "l1": 153,
                                                                     None: 153} and by["total"]["runs"] == 350
            exact = api.get("/kpis?group_by=label&exact=true")
            assert [answer(g) for g in exact["groups"]] == [answer(g) for g in by["groups"]] and exact["total"]["runs"] == 350
            # b stands fifth of three runs: without figures of its own there, but it is in the row
            assert api.get("/kpis?label=b")["total"]["runs"] == 17 and api.get("/kpis?label=b&exact=true")["total"]["runs"] == 20
            assert [(g["label"], g["runs"]) for g in api.get("/kpis?label=b&group_by=label&exact=true")["groups"]] == [("b", 17)]
            assert [g["runs"] for g in api.get("/kpis?label=b&group_by=scenario")["groups"]] == [17]
            lines = api.get("/kpis/series?group_by=label&limit=50")["series"]
            assert {line["key"]["label"]: sum(line["runs"]) for line in lines} == {g["label"]: g["runs"] for g in by["groups"]}
            assert api.get("/kpis?label=nobody")["total"]["runs"] == 0
        finally:
            for run_id in ids:
                assert api.call("DELETE", f"/runs/{run_id}").status_code == 200
            api.env.wait_for_job("kpi-rebuild", lambda: api.get("/kpis")["total"]["runs"] == 330, 30, "deleted runs are still counted")

    def test_bm_kpi_046_exact_answers_of_requests_know_the_labels_of_their_load_test(self, api):
        for exact in ("false", "true"):
            ask = f"/kpis?source=loadtest&exact={exact}"
            assert {g["label"]: g["runs"] for g in api.get(ask + "&group_by=label")["groups"]} == {"l2": 120, "night": 120}
            assert api.get(ask + "&label=night")["total"]["runs"] == 120 and api.get(ask + "&label=l1")["total"]["runs"] == 0

    def test_bm_kpi_047_gaps_that_a_row_does_not_hold_are_no_exact_answer(self, api, runs):
        run, = api.bulk(runs["slow"], 1)
        api.await_all([run])
        timeline, = (row[0] for row in api.env.sql("select timeline from runs where id = %s", run))
        ask = f"/kpis?metric=e2e_ms,icl_ms&exact=true&scenario_id={runs['slow']['id']}"
        try:
            whole = api.get(ask)["total"]["metrics"]["icl_ms"]["n"]
            for kept in (None, b"\x01\x02\xf0\xa2\x04\x00", b"\x01\x02", bytes(timeline)[:-1]):     # none, cut off, damaged
                api.env.sql("update runs set timeline = %s where id = %s", kept, run)
                problem = api.problem("GET", ask, expect=422)
                assert [e["pointer"] for e in problem["errors"]] == ["?metric"]
                assert "icl_ms" in problem["errors"][0]["detail"] and f"run {run} " in problem["errors"][0]["detail"]
                assert api.get(ask.replace("icl_ms", "ttft_ms"))["total"]["runs"] == 91
            api.env.sql("update runs set timeline = %s where id = %s", timeline, run)
            assert api.get(ask)["total"]["metrics"]["icl_ms"]["n"] == whole
        finally:
            api.call("DELETE", f"/runs/{run}", expect=200)
            api.env.wait_for_job("kpi-rebuild", lambda: api.get("/kpis")["total"]["runs"] == 330, 30, "the deleted run is still counted")

    def test_bm_kpi_048_more_gaps_than_memory_is_given_are_refused(self, api, runs):
        """Seventeen rows of 65,535 gaps each, no two of which are alike: first of four rows, then of all."""
        def varint(n):
            out = bytearray()
            while n > 127:
                out.append(n & 127 | 128)
                n >>= 7
            out.append(n)
            return bytes(out)

        def timeline(base):
            chunks = b"".join(b"\x01" + varint(2 * (base + i)) + b"\x01" for i in range(65536))          # content, gap, a byte
            return b"\x01\x00" + varint(65536) + varint(65536) + chunks

        api.env.allow(r"BM0205: slow statement")      # eight megabytes of chunks
        ids = api.bulk(runs["slow"], 17)
        api.await_all(ids)
        kept = dict(api.env.sql("select id, timeline from runs where id = any(%s)", ids))
        ask = f"/kpis?metric=icl_ms&exact=true&scenario_id={runs['slow']['id']}"
        try:
            for i, run in enumerate(ids):
                api.env.sql("update runs set timeline = %s where id = %s", timeline(1000 + i * 65536), run)
                if i == 3:
                    n = api.get(ask)["total"]["metrics"]["icl_ms"]["n"]
                    assert n == 4 * 65535 + 2 * (90 + 13)
            problem = api.problem("GET", ask, expect=422)
            assert [e["pointer"] for e in problem["errors"]] == ["?exact"]
        finally:
            for run in ids:
                api.env.sql("update runs set timeline = %s where id = %s", kept[run], run)
                api.call("DELETE", f"/runs/{run}", expect=200)
            api.env.wait_for_job("kpi-rebuild", lambda: api.get("/kpis")["total"]["runs"] == 330, 30, "deleted runs are still counted")

    def test_bm_kpi_050_series_are_aligned_and_have_gaps(self, api):
        series = api.get("/kpis/series?metric=ttft_ms&from=now-30h&group_by=scenario&quantiles=0.5,0.9")
        assert series["bucket_seconds"] == HOUR and len(series["at"]) in (31, 32)
        assert [line["key"]["scenario_name"] for line in series["series"]] == ["fast", "slow", "plain", "bad"]    # most runs first
        for line in series["series"]:
            assert {len(line[name]) for name in ("runs", "completed", "n", "mean")} == {len(series["at"])}
            assert all(len(q[name]) == len(series["at"]) for q in line["quantiles"] for name in ("value", "low", "high"))
            assert line["mean"][0] is None and line["runs"][0] == 0
            assert [q["certified_from"] for q in line["quantiles"]] == [8, 64]
        assert sum(series["series"][0]["runs"]) == 150 and series["omitted"] == 0
        one = api.get("/kpis/series?metric=ttft_ms&from=now-30h&group_by=scenario&limit=1")
        assert len(one["series"]) == 1 and one["omitted"] == 3
        days = api.get("/kpis/series?from=now-40d&max_points=50")
        assert days["bucket_seconds"] == 24 * HOUR and all(at.endswith("T00:00:00.000000Z") for at in days["at"])
        assert sum(days["series"][0]["runs"]) == 330
        empty = api.get("/kpis/series?scenario_id=999999")
        assert empty["series"][0]["key"] == {} and set(empty["series"][0]["runs"]) == {0}
        assert len(api.get("/kpis/series?from=now-80d&bucket_seconds=3600")["at"]) <= 2000

    def test_bm_kpi_060_distribution_and_heatmap_hold_every_value(self, api):
        spread = api.get("/kpis/distribution?metric=ttft_ms&group_by=scenario&bins=20")
        n = {d["key"]["scenario_name"]: d["n"] for d in spread["distributions"]}
        assert n == {"fast": 150, "slow": 90, "plain": 0, "bad": 0} or n["plain"] == 60
        edges = spread["edges"]
        assert 2 <= len(edges) <= 21 and edges == sorted(edges)
        for d in spread["distributions"]:
            assert sum(d["counts"]) == d["n"] and len(d["counts"]) == len(edges) - 1
            if d["n"]:
                assert edges[0] <= d["min"] * 1.01 and d["max"] <= edges[-1] * 1.01
                assert d["cdf"][0][1] == 0 and d["cdf"][-1] == [d["max"], 1]
        values = [v / 1000 for v, in api.env.sql("select r.ttft_us from runs r join scenarios s on s.id = r.scenario_id"
                                                 " where s.name = 'slow' and r.ttft_us is not null")]
        slow = next(d for d in spread["distributions"] if d["key"]["scenario_name"] == "slow")
        for low, high, count in zip(edges, edges[1:], slow["counts"]):
            inside, near = (sum(low * (1 + e) < v <= high * (1 - e) for v in values) for e in (0.0001, -0.0001))
            assert inside <= count <= near
        heat = api.get("/kpis/heatmap?metric=ttft_ms&from=now-5h")
        filled = [c for c in heat["counts"] if c is not None]
        assert len(heat["counts"]) == len(heat["at"]) and heat["counts"][0] is None
        assert sum(map(sum, filled)) == api.get("/kpis?metric=ttft_ms")["total"]["metrics"]["ttft_ms"]["n"]

    def test_bm_kpi_070_what_is_asked_wrongly_is_named(self, api):
        for path, pointer in [("/kpis?from=now&to=now-1h", "?to"), ("/kpis?from=1990-01-01&to=2090-01-01", "?from"),
                              ("/kpis?metric=speed", "?metric"), ("/kpis?quantiles=0.5,1.5", "?quantiles"),
                              ("/kpis?quantiles=nan", "?quantiles"), ("/kpis?quantiles=" + ",".join(["0.5"] * 21), "?quantiles"),
                              ("/kpis?group_by=colour", "?group_by"), ("/kpis?group_by=scenario,hour,day", "?group_by"),
                              ("/kpis?limit=3", "?limit"),
                              ("/kpis/series?bucket_seconds=5000", "?bucket_seconds"), ("/kpis/series?max_points=5000", "?max_points"),
                              ("/kpis/series?from=now-3000d&bucket_seconds=3600", "?bucket_seconds"),
                              ("/kpis/series?group_by=scenario,model", "?group_by"), ("/kpis/series?group_by=hour", "?group_by"),
                              ("/kpis/distribution?bins=0", "?bins"), ("/kpis/heatmap?metric=ttft_ms,e2e_ms", "?metric")]:
            problem = api.problem("GET", path, expect=422)
            assert [e["pointer"] for e in problem["errors"]] == [pointer], path

    @pytest.mark.parametrize("path, pointers", [
        ("/kpis?quantiles=7&group_by=colour&from=now&to=now-1h&limit=3", "?quantiles ?group_by ?to ?limit"),
        ("/kpis?metric=speed&group_by=scenario,hour,day&from=1990-01-01&to=2090-01-01", "?metric ?group_by ?from"),
        ("/kpis?from=never&to=1970-01-02&quantiles=x", "?from ?quantiles"),
        ("/kpis/series?bins=3&bucket_seconds=5000&group_by=model,label", "?bins ?bucket_seconds ?group_by"),
        ("/kpis/distribution?bins=0&quantiles=2&group_by=model,label", "?bins ?quantiles ?group_by"),
        ("/kpis/heatmap?metric=x&bucket_seconds=5000", "?metric ?bucket_seconds"),
        ("/kpis/hgrm?metric=x&from=now&to=now-1h", "?metric ?to"),
        ("/compare?significance=7&a=runs:x", "?significance ?a ?b"),
        ("/compare/report?seed=-1&b=window:now/now-1d", "?seed ?a ?b"),
        ("/runs/kpis/dashboard?view=x&from=now&to=now-1h", "?view ?to"),
        ("/scenarios/1/trend?days=1&quantile=1&threshold=-1", "?days ?quantile ?threshold"),
        ("/scenarios/1/slos?k=0&window=3y", "?k ?window"),
        ("/gates/1?runs=&window=3y&max_p95_change=x", "?runs ?window ?max_p95_change")])
    def test_bm_kpi_075_all_that_is_wrong_is_named_at_once(self, api, path, pointers):
        problem = api.problem("GET", path, expect=422)
        assert sorted(e["pointer"] for e in problem["errors"]) == sorted(pointers.split()), problem["errors"]

    def test_bm_kpi_080_too_many_groups_are_refused_with_their_number(self, server, api):
        server.sql("insert into kpi_cell (scenario_id, source, level, bucket, n, min_id, max_id, body)"
                   " select 1000000 + i % 3, 0, 0, 300000 + i, 1, 1, 1, body from generate_series(1, 12000) i,"
                   " (select body from (select body from kpi_delta union all select body from kpi_cell) a limit 1) b")
        server.sql("update kpi_state set rewritten = rewritten + 1")
        begin, end = (time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime((300000 + i) * HOUR)) for i in (0, 12001))
        problem = api.problem("GET", f"/kpis?group_by=scenario,hour&from={begin}&to={end}", expect=422)
        assert problem["errors"][0]["pointer"] == "?group_by" and "12000 groups" in problem["errors"][0]["detail"]
        end = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime(303001 * HOUR))          # 3,000 of them: for three metrics
        assert len(api.get(f"/kpis?group_by=scenario,hour&from={begin}&to={end}&metric=e2e_ms,ttft_ms,queue_ms")["groups"]) == 3000
        problem = api.problem("GET", f"/kpis?group_by=scenario,hour&from={begin}&to={end}&metric=e2e_ms,ttft_ms,queue_ms,itl_ms",
                              expect=422)
        assert "3000 groups; with 4 metrics each 2500 at most" in problem["errors"][0]["detail"]
        end = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime(300010 * HOUR))
        by = api.get(f"/kpis?group_by=scenario,hour&from={begin}&to={end}")
        assert [g["scenario_name"] for g in by["groups"]] == [None] * 9                  # scenarios that are gone have no name
        server.sql("delete from kpi_cell where scenario_id >= 1000000")
        server.sql("update kpi_state set rewritten = rewritten + 1")


class TestLimits:

    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkKpiTimeout 1s", "BenchmarkKpiLimit 1", "BenchmarkKpiMemory 0", "BenchmarkStatementTimeout 30s"])

    def test_bm_kpi_100_a_query_that_waits_is_ended_and_leaves_room_for_others(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 1, "tokens": 1})
        codes, times = [], []

        def ask():
            begin = time.monotonic()
            codes.append(Api(server).call("GET", "/kpis").status_code)
            times.append(time.monotonic() - begin)

        with server.locked("kpi_cell"):
            threads = [threading.Thread(target=ask) for _ in range(6)]
            for thread in threads:
                thread.start()
            time.sleep(0.3)
            assert api.get(f"/scenarios/{scenario['id']}")["id"] == scenario["id"]           # the others have connections
            for thread in threads:
                thread.join()
        assert set(codes) == {503} and max(times) < 5
        assert api.get("/kpis")["estimator"] == "sketch"

    def test_bm_kpi_105_dashboards_and_gates_have_that_time_out_too(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 1, "tokens": 1}, slos=[{"metric": "success_rate", "min": 50}])
        with server.locked("kpi_cell"):
            for path in ("/runs/kpis/dashboard", f"/gates/{scenario['id']}"):
                answer = api.call("GET", path, expect=503)
                assert answer.json()["code"] == "query_timeout", path       # not database_busy, of all others after five seconds

    def test_bm_kpi_106_runs_of_a_gate_that_cannot_be_judged_now_are_not_lost(self, server, api):
        """Whoever ordered runs and waits for them learns where the verdict will be, also if there was no time for it."""
        scenario = api.make_scenario(target={"ttft_ms": 1, "tokens": 1}, slos=[{"metric": "success_rate", "min": 50}])
        path = f"/gates/{scenario['id']}/runs?baseline=1h&max_success_drop=50&too_few_samples=pass"
        with server.locked("kpi_cell"):         # the baseline is read from there
            answer = api.call("POST", path, {"count": 12}, expect=202, headers={"Prefer": "wait=25"})
        body, location = answer.json(), answer.headers["Location"]
        assert (body["verdict"], body["pending"], body["run_count"], body["checks"]) == ("pending", 0, 12, [])
        assert "Preference-Applied" not in answer.headers
        verdict = api.call("GET", location[location.index("/gates/"):], expect=200).json()
        assert verdict["verdict"] == "passed" and verdict["checks"][0]["n"] == 12
