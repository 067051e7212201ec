# SPDX-License-Identifier: Apache-2.0
"""Two groups of runs against each other, and trends: figures that the rows give, verdicts, what differs, what is refused."""
import datetime
import json
import math
import statistics

import pytest
from test_43_loadtests_api import pointers
from test_44_loadtests import run as run_loadtest

FAST = {"ttft_ms": 15, "ttft_dist": "fixed", "gap_ms": 2, "gap_dist": "fixed", "tokens": 8}
SLOW = {**FAST, "ttft_ms": 250}           # slower than a busy machine makes the others


def compare(api, a, b, **params):
    return api.get("/compare", params={"a": a, "b": b, **params})


def refused(api, a, b, **params):
    problem = api.problem("GET", "/compare", params={"a": a, "b": b, **params})
    return {e["pointer"]: e["detail"] for e in problem["errors"]}


def metric(answer, name):
    return next(m for m in answer["metrics"] if m["metric"] == name)


def runs_side(ids):
    return "runs:" + ",".join(str(i) for i in ids)


def add_runs(env, scenario, count, e2e, automation=1, **columns):
    """Recorded runs as an engine leaves them; their hour is marked, so that an engine makes its cells. e2e: SQL over i, us."""
    row = {"status": "'completed'", "model": "'m'", "scenario_version": "1", "labels": "'{}'::text[]", "location": "null",
           "finished_at": "now() - interval '5 hours'", **columns}
    ids = env.sql(f"""with r as (insert into runs (id, scenario_id, automation_id, fence, status, attempt, created_at,
            finished_at, provider, model, scenario_version, labels, location, total_us, e2e_us, ttft_us, send_lag_us,
            tokens_completion, cost_nano)
        select nextval('run_id_seq'), {scenario}, {automation}, 1, {row['status']}, 1, now(), {row['finished_at']}, 'openai',
               {row['model']}, {row['scenario_version']}, {row['labels']}, {row['location']}, ({e2e})::bigint + 500,
               ({e2e})::bigint, ({e2e})::bigint / 4, 100, 20, 1500000
        from generate_series(1, {count}) i returning id, finished_at),
      m as (insert into kpi_dirty (scenario_id, source, hour, min_id, max_id, marked_at)
        select {scenario}, 0, floor(extract(epoch from finished_at) / 3600), min(id), max(id), now() - interval '1 second'
        from r group by 3 on conflict (scenario_id, source, hour) do update set min_id = least(kpi_dirty.min_id, excluded.min_id),
            max_id = greatest(kpi_dirty.max_id, excluded.max_id), marked_at = now() - interval '1 second')
      select id from r""")
    return [row[0] for row in ids]


def await_cells(env, timeout=60):
    env.wait_for_job("kpi-rebuild", lambda: env.sql("select count(*) from kpi_dirty")[0][0] == 0, timeout, "cells were not made: " + env.tail())


def quantile(values, q):
    values = sorted(values)
    at = q * (len(values) - 1)
    low = math.floor(at)
    return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])


def mann_whitney(a, b):
    """U of b, p by the normal approximation with ties, and Cliff's delta, pair by pair."""
    u = sum((y > x) + 0.5 * (y == x) for x in a for y in b)
    n, m = len(a), len(b)
    everything = a + b
    ties = sum(t ** 3 - t for t in (everything.count(v) for v in set(everything)))
    variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    z = max(0, abs(u - n * m / 2) - 0.5) / math.sqrt(variance)
    return u, math.erfc(z / math.sqrt(2)), 2 * u / (n * m) - 1


class TestFigures:
    """Rows with known values: every figure is computed again here."""

    @pytest.fixture(scope="class")
    def sides(self, api):
        env = api.env
        scenario = api.make_scenario(name="figures")["id"]
        a = add_runs(env, scenario, 240, "1000 * (200 + (i * 37) % 101)")
        b = add_runs(env, scenario, 180, "1000 * (230 + (i * 53) % 97)") \
            + add_runs(env, scenario, 20, "0", status="case when i = 1 then 'timed_out' else 'failed' end")
        await_cells(env)
        return a, b

    def test_bm_cmp_001_figures_are_those_of_the_rows(self, api, sides):
        answer = compare(api, runs_side(sides[0]), runs_side(sides[1]))
        found = metric(answer, "e2e_ms")
        a = [200 + (i * 37) % 101 for i in range(1, 241)]
        b = [230 + (i * 53) % 97 for i in range(1, 181)]
        _, p, delta = mann_whitney(a, b)
        assert found["a"]["n"] == 240 and found["b"]["n"] == 180
        for name, q in (("p50", .5), ("p95", .95), ("p99", .99)):
            assert found["a"][name]["value"] == pytest.approx(quantile(a, q))
            assert found["b"][name]["value"] == pytest.approx(quantile(b, q))
            assert found["difference"][name]["value"] == pytest.approx(quantile(b, q) - quantile(a, q))
            assert found["ratio"][name]["value"] == pytest.approx(quantile(b, q) / quantile(a, q), abs=1e-6)
        assert found["difference"]["mean"]["value"] == pytest.approx(statistics.mean(b) - statistics.mean(a), abs=1e-5)
        assert found["p"] == pytest.approx(p, rel=1e-9) and found["test"] == "mann_whitney"
        assert found["effect"]["value"] == pytest.approx(delta, abs=1e-6)
        assert found["effect"]["low"] < delta < found["effect"]["high"]
        for name in ("p50", "p95"):
            assert found["difference"][name]["low"] < found["difference"][name]["value"] < found["difference"][name]["high"]
        assert found["a"]["p99"]["low"] is None and found["difference"]["p99"]["low"] is None     # ranks leave 240 samples
        assert found["a"]["few_samples"] is True
        assert found["verdict"] == "worse" and found["sentence"].startswith("e2e_ms is worse in B: a median of ")

    def test_bm_cmp_002_success_has_newcombes_interval(self, api, sides):
        found = metric(compare(api, runs_side(sides[0]), runs_side(sides[1])), "success_rate")
        assert found["a"]["mean"]["value"] == 100 and found["b"]["mean"]["value"] == 90
        assert found["b"]["n"] == 200 and found["better"] == "higher"

        def wilson(k, n, z=1.959963984540054):
            middle, half = k / n + z * z / 2 / n, z * math.sqrt(k / n * (1 - k / n) / n + z * z / 4 / n / n)
            return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
        (al, _), (bl, bh) = wilson(240, 240), wilson(180, 200)
        difference = found["difference"]["mean"]
        assert difference["value"] == pytest.approx(-10)
        assert difference["low"] == pytest.approx(-10 - 100 * math.hypot(0.9 - bl, 0), abs=1e-4)
        assert difference["high"] == pytest.approx(-10 + 100 * math.hypot(bh - 0.9, 1 - al), abs=1e-4)
        z = 0.1 / math.sqrt(420 / 440 * 20 / 440 * (1 / 240 + 1 / 200))
        assert found["test"] == "score" and found["p"] == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-9)
        assert found["verdict"] == "worse"

    def test_bm_cmp_003_corrected_by_holm(self, api, sides):
        answer = compare(api, runs_side(sides[0]), runs_side(sides[1]))
        tested = sorted((m for m in answer["metrics"] if m["p_corrected"] is not None), key=lambda m: m["p"])
        assert answer["tests"] == len(tested) > 4
        last = 0
        for i, m in enumerate(tested):
            last = min(1, max(last, m["p"] * (len(tested) - i)))
            assert m["p_corrected"] == pytest.approx(last, rel=1e-9)
            assert (m["verdict"] in ("better", "worse", "differs")) == (last <= 0.05)
        alone = compare(api, runs_side(sides[0]), runs_side(sides[1]), metrics="e2e_ms")
        assert [m["metric"] for m in alone["metrics"]] == ["e2e_ms"] and alone["tests"] == 1
        assert alone["metrics"][0]["p_corrected"] == alone["metrics"][0]["p"]

    def test_bm_cmp_004_turned_round_it_says_the_opposite(self, api, sides):
        one = compare(api, runs_side(sides[0]), runs_side(sides[1]))
        other = compare(api, runs_side(sides[1]), runs_side(sides[0]))
        assert (one["verdict"], other["verdict"]) == ("worse", "better")
        assert one["sentence"].startswith("B is worse than A at significance 0.05, corrected for ")
        for m in one["metrics"]:
            twin = metric(other, m["metric"])
            assert twin["p"] == pytest.approx(m["p"]) and twin["effect"]["value"] == pytest.approx(-m["effect"]["value"])
            assert twin["difference"]["mean"]["value"] == pytest.approx(-m["difference"]["mean"]["value"])

    def test_bm_cmp_005_the_same_seed_gives_the_same_answer(self, api, sides):
        one = compare(api, runs_side(sides[0]), runs_side(sides[1]), seed=5)
        assert compare(api, runs_side(sides[0]), runs_side(sides[1]), seed=5) == one
        other = compare(api, runs_side(sides[0]), runs_side(sides[1]), seed=6)
        assert metric(other, "e2e_ms")["difference"]["p50"]["value"] == metric(one, "e2e_ms")["difference"]["p50"]["value"]
        assert metric(other, "e2e_ms")["difference"]["p95"] != metric(one, "e2e_ms")["difference"]["p95"]

    def test_bm_cmp_006_curves_are_the_quantiles(self, api, sides):
        found = metric(compare(api, runs_side(sides[0]), runs_side(sides[1]), curves="true"), "e2e_ms")
        assert len(found["a"]["curve"]) == 101
        assert found["a"]["curve"][50] == pytest.approx(found["a"]["p50"]["value"])
        assert 230 <= found["b"]["curve"][0] <= 232 and found["b"]["curve"] == sorted(found["b"]["curve"])
        assert "curve" not in metric(compare(api, runs_side(sides[0]), runs_side(sides[1])), "e2e_ms")["a"]

    def test_bm_cmp_007_few_runs_prove_nothing(self, api, sides):
        answer = compare(api, runs_side(sides[0][:3]), runs_side(sides[1][:3]))
        assert answer["verdict"] == "too_few_samples" and answer["tests"] == 0
        assert answer["sentence"] == "Too few samples to show a difference between A and B at significance 0.05."
        assert all(m["verdict"] == "too_few_samples" and m["p_corrected"] is None for m in answer["metrics"])

    def test_bm_cmp_008_no_difference_is_not_claimed(self, api, sides):
        answer = compare(api, runs_side(sides[0][:101]), runs_side(sides[0][101:202]))
        assert answer["verdict"] == "no_difference"
        assert "does not prove that there is none" in answer["sentence"]
        assert metric(answer, "tokens_completion")["verdict"] == "no_difference"      # all alike, p = 1
        assert metric(answer, "tokens_completion")["p"] == 1

    def test_bm_cmp_009_tokens_are_neither_better_nor_worse(self, api, sides):
        scenario = api.env.sql("select scenario_id from runs where id = %s", sides[0][0])[0][0]
        more = add_runs(api.env, scenario, 40, "250000")
        api.env.sql("update runs set tokens_completion = 40 where id = any(%s)", more)
        await_cells(api.env)
        found = metric(compare(api, runs_side(sides[0]), runs_side(more)), "tokens_completion")
        assert found["verdict"] == "differs" and found["better"] == "neither" and found["difference"]["mean"]["value"] == 20


class TestRealRuns:

    @pytest.fixture(scope="class")
    def versions(self, api):
        """A scenario, its answers of version 1, and slower ones of version 2, from another model."""
        automation = api.make_automation(max_in_flight=10)
        scenario = api.make_scenario(automation, target=FAST, name="checkout")
        first = api.bulk(scenario, 25)
        api.await_completed(first)
        template = {**scenario["inputs_template"], "x_target": SLOW}
        api.call("PATCH", f"/scenarios/{scenario['id']}", {"inputs_template": template}, expect=200)
        second = api.bulk(scenario, 25)
        api.await_completed(second)
        return scenario["id"], first, second

    def test_bm_cmp_010_versions_of_a_scenario(self, api, versions):
        scenario, first, second = versions
        answer = compare(api, f"scenario:{scenario}@1", f"scenario:{scenario}@2")
        # one after the other on a machine that does other things: gaps of a millisecond may really have been better
        assert answer["verdict"] in ("worse", "mixed")
        found = metric(answer, "ttft_ms")
        assert found["verdict"] == "worse" and found["a"]["n"] == found["b"]["n"] == 25
        medians = [api.env.sql("select percentile_cont(0.5) within group (order by ttft_us / 1000.0) from runs where id = any(%s)", ids)
                   [0][0] for ids in (first, second)]
        assert found["difference"]["p50"]["value"] == pytest.approx(medians[1] - medians[0], abs=1e-5)
        assert found["difference"]["p50"]["low"] <= found["difference"]["p50"]["value"] <= found["difference"]["p50"]["high"]
        assert answer["a"]["basis"] == "rows" and answer["a"]["runs"] == 25 and answer["a"]["kind"] == "scenario"
        differs = {d["what"]: (d["a"], d["b"]) for d in answer["configuration"]}
        assert differs["scenario"] == ([f"{scenario}@1"], [f"{scenario}@2"])
        assert differs["scenario/inputs_template/x_target/ttft_ms"] == (15, 250)
        assert not any(what.startswith(("model", "automation")) for what in differs)
        assert compare(api, runs_side(first), runs_side(second))["metrics"] == answer["metrics"]

    def test_bm_cmp_011_gaps_are_drawn_by_answers(self, api, versions):
        found = metric(compare(api, f"scenario:{versions[0]}@1", f"scenario:{versions[0]}@2"), "itl_ms")
        gaps = api.env.sql("select sum((inter_token_stats ->> 'n')::int) from runs where id = any(%s)", versions[1])[0][0]
        assert found["a"]["n"] == gaps > 100 and found["a"]["runs"] == 25
        assert found["a"]["p50"]["low"] is None and found["difference"]["p50"]["low"] is not None
        assert found["test"].startswith("mann_whitney")

    def test_bm_cmp_012_windows_and_filters(self, api, versions):
        scenario = versions[0]
        api.env.sql("update runs set labels = '{blue}' where id = any(%s)", versions[1])
        api.env.sql("update runs set model = 'n' where id = any(%s)", versions[2])
        found = compare(api, f"window:now-1h/now;scenario={scenario};label=blue",
                        f"scenario:{scenario};model=n;window=now-1h/now")
        assert found["a"]["runs"] == found["b"]["runs"] == 25 and found["a"]["kind"] == "window"
        differs = {d["what"]: (d["a"], d["b"]) for d in found["configuration"]}
        assert differs["model"] == (["m"], ["n"])
        automation = api.get(f"/scenarios/{scenario}")["automation_id"]
        both = compare(api, f"window:now-1h/now;automation={automation}", f"scenario:{scenario}@2")
        assert both["a"]["runs"] == 50 and both["notes"] == ["25 runs are on both sides, which hides differences."]

    def test_bm_cmp_013_load_tests(self, api):
        scenario = api.make_scenario(api.make_automation(max_in_flight=50), target=FAST)
        one = run_loadtest(api, scenario, {"type": "constant", "rate": 20}, duration_seconds=3)
        other = run_loadtest(api, scenario, {"type": "poisson", "rate": 30}, duration_seconds=3, seed=4)
        answer = compare(api, f"loadtest:{one['id']}", f"loadtest:{other['id']}")
        sent = api.env.sql("select count(*) from requests where loadtest_id = %s and phase = 1 and not superseded",
                           one["id"])[0][0]
        assert answer["a"]["looked_at"] == sent and answer["a"]["kind"] == "loadtest"
        found, told = metric(answer, "ttft_scheduled_ms"), one["results"]["metrics"]["ttft_ms"]
        assert found["a"]["p50"]["value"] == pytest.approx(told["p50"], rel=0.006)       # the load test's are from its sketch
        differs = {d["what"]: (d["a"], d["b"]) for d in answer["configuration"]}
        assert differs["plan/load_model/type"] == ("constant", "poisson") and differs["plan/load_model/rate"] == (20, 30)
        assert metric(answer, "send_lag_ms")["own_side"] is True
        assert refused(api, f"runs:{one['id']}", f"loadtest:{other['id']}") == {
            "?a": f"Run {one['id']} is a load test: write loadtest:{one['id']}."}
        api.env.sql("update loadtests set requests_dropped_at = now() where id = %s", one["id"])
        assert "were dropped" in refused(api, f"loadtest:{one['id']}", f"loadtest:{other['id']}")["?a"]


class TestDays:
    """Where the hours of a day are no longer kept, its runs still are."""

    def test_bm_cmp_018_runs_of_a_part_of_a_day_are_found_without_its_hours(self, api):
        one, other = (api.make_scenario(name=f"days {i}")["id"] for i in (1, 2))
        for scenario in (one, other):
            add_runs(api.env, scenario, 50, "1000 * (100 + i)",
                     finished_at="date_trunc('day', now() at time zone 'utc') at time zone 'utc' - interval '60 hours' + i * interval '1 minute'")
        await_cells(api.env)
        api.env.sql("delete from kpi_cell where level = 0 and scenario_id = any(%s)", [one, other])
        begin, end = (t.strftime("%Y-%m-%dT%H:00:00Z") for t in api.env.sql(
            "select d - interval '62 hours', d - interval '59 hours' from (select date_trunc('day', now() at time zone 'utc') as d) x")[0])
        answer = compare(api, f"scenario:{one};window={begin}/{end}", f"scenario:{other};window={begin}/{end}")
        assert (answer["a"]["basis"], answer["a"]["runs"], answer["b"]["runs"]) == ("rows", 50, 50)

    def test_bm_cmp_019_runs_are_found_where_even_the_days_are_gone(self, api):
        one, other = (api.make_scenario(name=f"no days {i}")["id"] for i in (1, 2))
        for scenario in (one, other):
            add_runs(api.env, scenario, 30, "1000 * (100 + i)", finished_at="now() - interval '60 hours'")
        await_cells(api.env)
        api.env.sql("delete from kpi_cell where scenario_id = any(%s)", [one, other])
        api.env.sql("update kpi_state set days_from = floor(extract(epoch from now()) / 86400)::int - 1, rewritten = rewritten + 1,"
                    " hours_from = (floor(extract(epoch from now()) / 86400)::int - 1) * 24")
        try:
            answer = compare(api, f"scenario:{one}", f"scenario:{other}")
            assert (answer["a"]["basis"], answer["a"]["runs"], answer["b"]["runs"]) == ("rows", 30, 30)
            exact = [api.get(f"/kpis?from=now-4d&scenario_id={one}&exact={exact}")["total"]["runs"] for exact in ("true", "false")]
            assert exact == [30, 0]
        finally:
            api.env.sql("update kpi_state set days_from = 0, hours_from = 0, rewritten = rewritten + 1")


class TestMany:
    """Sides that are too large to be read."""

    @pytest.fixture(autouse=True)
    def patience(self, env):
        env.allow(r"BM0205: slow statement")          # of so many rows a busy machine makes one

    @pytest.fixture(scope="class")
    def scenarios(self, api):
        env = api.env
        few, many, most = (api.make_scenario(name=name)["id"] for name in ("few", "many", "most"))
        add_runs(env, few, 500, "1000 * exp(5 + ((i * 7919) % 1000) / 500.0)")
        add_runs(env, many, 25000, "1000 * exp(5.1 + ((i * 7919) % 1000) / 500.0)")
        env.sql("insert into locations (name) values ('pole') on conflict do nothing")
        env.sql("insert into models (provider, name) values ('openai', 'm'), ('openai', 'other') on conflict do nothing")
        add_runs(env, most, 201000, "1000 * exp(5.2 + ((i * 7919) % 1000) / 500.0)",
                 finished_at="now() - interval '10 hours' + i * interval '100 milliseconds'")
        add_runs(env, most, 3000, "1000 * exp(6 + ((i * 7919) % 1000) / 500.0)", model="'other'", labels="'{night}'::text[]",
                 location="'pole'", status="case when i % 10 = 0 then 'failed' else 'completed' end")
        await_cells(env, 240)
        return few, many, most

    def test_bm_cmp_020_of_many_rows_a_sample_is_taken(self, api, scenarios):
        answer = compare(api, f"scenario:{scenarios[0]}", f"scenario:{scenarios[1]}")
        assert answer["b"]["basis"] == "sample" and answer["b"]["looked_at"] == 20000 and answer["b"]["runs"] == 25000
        assert any("seeded sample" in note for note in answer["notes"])
        true = api.env.sql("select percentile_cont(array[0.5, 0.95]) within group (order by e2e_us / 1000.0) from runs"
                           " where scenario_id = %s", scenarios[1])[0][0]
        found = metric(answer, "e2e_ms")
        for name, value in zip(("p50", "p95"), true):
            assert found["b"][name]["low"] <= value <= found["b"][name]["high"]
        assert found["ratio"]["p50"]["low"] <= math.exp(0.1) <= found["ratio"]["p50"]["high"]
        assert compare(api, f"scenario:{scenarios[0]}", f"scenario:{scenarios[1]}") == answer

    def test_bm_cmp_021_of_too_many_the_cells_are_taken_and_that_is_said(self, api, scenarios):
        answer = compare(api, f"scenario:{scenarios[1]}", f"scenario:{scenarios[2]}")
        assert answer["b"]["basis"] == "cells" and answer["b"]["runs"] == 204000 and answer["intervals"] == "cells"
        assert any("KPI cells" in note for note in answer["notes"])
        found = metric(answer, "e2e_ms")
        true = api.env.sql("select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by e2e_us / 1000.0) from runs"
                           " where scenario_id = %s", scenarios[2])[0][0]
        for name, value in zip(("p50", "p95", "p99"), true):
            assert found["b"][name]["value"] == pytest.approx(value, rel=0.005)
            assert found["b"][name]["low"] <= value <= found["b"][name]["high"]
        assert found["ratio"]["p50"]["low"] <= math.exp(0.1) <= found["ratio"]["p50"]["high"]
        assert found["effect"] is None and found["test"] == "median_intervals" and found["verdict"] == "worse"

    @pytest.mark.parametrize("filters", ["model=other", "label=night", "model=other;label=night", "location=pole;model=other"])
    def test_bm_cmp_022_cells_know_model_location_and_label(self, api, scenarios, filters):
        answer = compare(api, f"scenario:{scenarios[2]};model=m", f"scenario:{scenarios[2]};{filters}")
        assert (answer["a"]["basis"], answer["a"]["runs"], answer["a"]["looked_at"]) == ("cells", 201000, 201000)
        assert (answer["b"]["basis"], answer["b"]["runs"], answer["b"]["looked_at"]) == ("cells", 3000, 3000)
        assert metric(answer, "success_rate")["b"]["mean"]["value"] == pytest.approx(90) and answer["configuration"] == []
        found = metric(answer, "e2e_ms")
        for side, where in (("a", "model = 'm'"), ("b", "model = 'other' and status = 'completed'")):
            true = api.env.sql("select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by e2e_us / 1000.0) from runs"
                               f" where scenario_id = %s and {where}", scenarios[2])[0][0]
            for name, value in zip(("p50", "p95", "p99"), true):
                assert found[side][name]["value"] == pytest.approx(value, rel=0.00501), (side, name)

    def test_bm_cmp_024_what_cells_do_not_know_or_have_is_refused(self, api, scenarios):
        for filters, sentence in (("@1", "KPI cells know no versions"), (";model=m;label=night", "Nothing is found"),
                                  (";model=x", "Nothing is found"), (";label=x", "Nothing is found"),
                                  (";location=moon", "Nothing is found")):
            found = refused(api, f"scenario:{scenarios[0]}", f"scenario:{scenarios[2]}{filters}")
            assert list(found) == ["?b"] and sentence in found["?b"], (filters, found)

    def test_bm_cmp_025_long_answers_do_not_fill_the_memory(self, api, scenarios):
        """Two sides of 300 answers with 60,000 chunks each: 100 MB of them packed, which would be 3 GB unpacked."""
        gap = b"\x01\xd0\x0f\x01"                                        # content, a millisecond later, one byte
        timeline = b"\x01\x00" + 2 * b"\xe0\xd4\x03" + 60000 * gap
        scenario, sides = api.make_scenario(name="long")["id"], []
        for _ in range(2):
            sides.append(add_runs(api.env, scenario, 300, "1000 * (60000 + i)"))
            api.env.sql("update runs set timeline = %s where id = any(%s)", timeline, sides[-1])
        before = api.env.web_peak_kb()
        answer = compare(api, *(runs_side(ids) for ids in sides))
        assert answer["a"]["looked_at"] == answer["b"]["looked_at"] == 300
        found = metric(answer, "icl_ms")
        assert (found["a"]["n"], found["a"]["runs"], found["a"]["p50"]["value"]) == (50000, 1, 1)
        assert api.env.web_peak_kb() - before < (1000 if api.env.sanitizer else 300) * 1024
        api.env.sql("delete from runs where scenario_id = %s", scenario)         # for who makes their hour again

    def test_bm_cmp_023_a_blocked_store_is_not_waited_for(self, api, scenarios):
        with api.env.locked("runs"):
            api.problem("GET", "/compare", expect=503, params={"a": f"scenario:{scenarios[0]}", "b": f"scenario:{scenarios[1]}"})


def add_days(env, scenario, days, value, count=12):
    """count runs on each of the days before today, whose e2e_ms is about value(day before today)."""
    for ago in range(1, days + 1):
        add_runs(env, scenario, count, f"1000 * ({value(ago)} + i % 5)",
                 finished_at=f"date_trunc('day', now() at time zone 'utc') at time zone 'utc' - interval '{ago} days'"
                             " + i * interval '7 minutes'")


class TestTrend:

    @pytest.fixture(scope="class")
    def rising(self, api):
        scenario = api.make_scenario(name="rising")["id"]
        add_days(api.env, scenario, 28, lambda ago: 500 - 10 * ago + (37 * ago) % 11)
        add_runs(api.env, scenario, 8, "1000 * 500", finished_at="now()")
        await_cells(api.env)
        return scenario

    def test_bm_trend_001_days_are_the_cells_and_the_line_is_drawn_through_them(self, api, rising):
        answer = api.get(f"/scenarios/{rising}/trend?quantile=0.5&days=28&threshold=560")
        assert len(answer["series"]) == 29 and answer["unit"] == "ms"
        assert [d["used"] for d in answer["series"]] == [True] * 28 + [False]        # today is not over
        true = api.env.sql("""select floor(extract(epoch from finished_at) / 86400)::bigint * 86400 as d, percentile_cont(0.5)
            within group (order by e2e_us / 1000.0) from runs where scenario_id = %s group by 1 order by 1""", rising)
        assert len(true) == 29
        for day, (_, value) in zip(answer["series"], true):
            assert day["value"] == pytest.approx(value, rel=0.005) and day["low"] <= value <= day["high"]
        values = [d["value"] for d in answer["series"][:28]]
        slopes = sorted((values[j] - values[i]) / (j - i) for i in range(28) for j in range(i + 1, 28))
        assert answer["slope"]["per_day"] == pytest.approx(quantile(slopes, 0.5), abs=1e-3)
        assert answer["slope"]["low"] < 10 < answer["slope"]["high"] and answer["slope"]["days"] == 28

    def test_bm_trend_002_a_forecast_with_its_backtest(self, api, rising):
        answer = api.get(f"/scenarios/{rising}/trend?quantile=0.5&threshold=560")
        forecast, last = answer["forecast"], answer["series"][27]
        assert forecast["status"] == "shown" and forecast["threshold_from"] == "query"
        days = (560 - last["line"]) / answer["slope"]["per_day"]
        at = datetime.datetime.fromisoformat(last["day"].replace("Z", "+00:00")) + datetime.timedelta(days=days)
        assert abs((datetime.datetime.fromisoformat(forecast["at"].replace("Z", "+00:00")) - at).total_seconds()) < 60
        assert forecast["earliest"] < forecast["at"] < forecast["latest"]
        assert answer["backtest"]["forecasts"] >= 5 and answer["backtest"]["error_line"] < answer["backtest"]["error_same_as_last"]
        assert f"it breaks 560 ms on {forecast['at'][:10]} (between " in answer["sentence"]
        assert answer["sentence"].startswith("p50 of e2e_ms rises by ")

    def test_bm_trend_003_why_there_is_no_forecast(self, api, rising):
        def status(**params):
            return api.get(f"/scenarios/{rising}/trend", params=params)["forecast"]["status"]
        assert status() == "no_threshold"
        assert status(threshold=100) == "already_broken"
        assert status(threshold=5000) == "too_far"
        assert status(threshold=900, days=7) == "too_few_days"
        assert status(metric="success_rate", threshold=90) == "no_slope"
        flat = api.make_scenario(name="flat")["id"]
        add_days(api.env, flat, 20, lambda ago: 300 + (ago * 7919) % 23)
        await_cells(api.env)
        answer = api.get(f"/scenarios/{flat}/trend?threshold=340")
        assert answer["forecast"]["status"] in ("no_slope", "not_foretold") and answer["forecast"]["at"] is None
        assert " shows no trend over 20 days: " in answer["sentence"]
        empty = api.get(f"/scenarios/{api.make_scenario()['id']}/trend?threshold=1")
        assert empty["slope"] is None and empty["sentence"].startswith("Too few days for a trend: 0 ")
        assert all(d["value"] is None and d["n"] == 0 for d in empty["series"])

    def test_bm_trend_004_the_limit_of_an_slo(self, api, rising):
        slos = [{"name": "fast", "metric": "e2e_ms", "quantile": 0.95, "max": 600, "window": "28d"},
                {"name": "up", "metric": "success_rate", "min": 99, "window": "28d"}]
        api.call("PATCH", f"/scenarios/{rising}", {"slos": slos}, expect=200)
        forecast = api.get(f"/scenarios/{rising}/trend?quantile=0.95")["forecast"]
        assert (forecast["threshold"], forecast["threshold_from"], forecast["status"]) == (600, "slo", "shown")
        assert api.get(f"/scenarios/{rising}/trend?quantile=0.5")["forecast"]["threshold_from"] is None
        assert api.get(f"/scenarios/{rising}/trend?metric=success_rate")["forecast"]["threshold"] == 99
        assert api.get(f"/scenarios/{rising}/trend?threshold=700")["forecast"]["threshold"] == 700

    def test_bm_trend_005_bad_input(self, api, rising):
        for name, value in (("metric", "speed"), ("quantile", "0"), ("quantile", "1"), ("quantile", "p95"), ("days", "6"),
                            ("days", "181"), ("threshold", "-1"), ("threshold", "fast"), ("x", "1")):
            assert pointers(api.problem("GET", f"/scenarios/{rising}/trend", params={name: value})) == ["?" + name]
        problem = api.problem("GET", f"/scenarios/{rising}/trend", params={"metric": "success_rate", "threshold": "101"})
        assert pointers(problem) == ["?threshold"]
        api.problem("GET", "/scenarios/999999/trend", expect=404)


class TestBadInput:

    @pytest.fixture(scope="class")
    def scenario(self, api):
        return api.make_scenario()["id"]

    @pytest.mark.parametrize("text, part", [
        ("", "Must be given"), ("7", "Must begin with"), ("scenario", "Must begin with"), ("scenarios:7", "Must begin with"),
        ("scenario:x", "no id of a scenario"), ("scenario:-1", "no id"), ("scenario:1@0", "no version"),
        ("scenario:1@x", "no version"),
        ("runs:", "no id of a run"), ("runs:1,,2", "no id of a run"), ("runs:1;label=x", "no filters"),
        ("loadtest:1.5", "no id of a load test"), ("loadtest:1;model=x", "no filters"), ("window:now", "from/to"),
        ("window:now/now-1h", "must end later"), ("window:yesterday/now", "no time"),
        ("window:now-1h/now;engine=x", "no filter \"engine\""), ("window:now-1h/now;model", "name=value"),
        ("window:now-1h/now;model=", "name=value"), ("scenario:1;scenario=2", "no filter"),
        ("runs:" + ",".join(str(i) for i in range(1, 1002)), "Names 1001 runs; at most 1000"),
    ])
    def test_bm_cmp_030_sides_that_are_none(self, api, scenario, text, part):
        found = refused(api, text, f"scenario:{scenario}") if text else refused_without(api, scenario)
        assert part in found["?a"]

    def test_bm_cmp_031_what_is_not_there(self, api, scenario):
        for side, sentence in (("runs:999999999", "There is no run 999999999, or it has not ended."),
                               ("scenario:999999", "There is no scenario 999999."),
                               (f"scenario:{scenario}@99", "There is no such version of the scenario: 99."),
                               ("loadtest:999999", "There is no load test 999999."),
                               ("window:now-1h/now;automation=999999", "There is no automation 999999."),
                               (f"scenario:{scenario}", "Nothing is found: no run that has ended matches this side."),
                               ("window:2001-01-01/2001-01-02", "Nothing is found: no run that has ended matches this side.")):
            assert refused(api, side, "runs:999999998") == {
                "?a": sentence, "?b": "There is no run 999999998, or it has not ended."}

    def test_bm_cmp_032_the_same_side_twice(self, api, scenario):
        for a, b in (("runs:1,2,3", "runs:3,2,1,1"), ("scenario:7@2", "scenario:7@2"), ("loadtest:5", "loadtest:5"),
                     ("window:now-1h/now;scenario=7", "scenario:7;window=now-1h/now")):
            assert refused(api, a, b) == {"?b": "Is the same as a."}
        ids = add_runs(api.env, scenario, 5, "1000")
        await_cells(api.env)
        assert refused(api, runs_side(ids), f"scenario:{scenario}") == {"?b": "Holds the same runs as a."}

    def test_bm_cmp_033_other_parameters(self, api, scenario):
        for name, value in (("significance", "0.2"), ("metrics", "speed"), ("metrics", "e2e_ms,e2e_ms"), ("seed", "-1"),
                            ("x", "1"), ("curves", "maybe")):
            problem = api.problem("GET", "/compare", params={"a": "runs:1", "b": "runs:2", name: value})
            assert pointers(problem) == ["?" + name], json.dumps(problem)


def refused_without(api, scenario):
    problem = api.problem("GET", "/compare", params={"b": f"scenario:{scenario}"})
    return {e["pointer"]: e["detail"] for e in problem["errors"]}
