# SPDX-License-Identifier: Apache-2.0
"""Load tests against the reference target: what is sent when, what is counted, how they end."""
import os
import signal
import subprocess
import tarfile
import time

import pytest
from bmenv import SOURCE


@pytest.fixture(scope="class")
def scenario(api):
    return api.make_scenario(api.make_automation(max_in_flight=50), target={"ttft_ms": 20, "gap_ms": 2, "tokens": 10})


def begin(api, scenario, model, **members):
    body = {"scenario_id": scenario["id"], "load_model": model, "certificate": False, **members}
    return api.post("/loadtests", body, expect=202)["id"]


def end(api, test_id, timeout=60):
    def ended():
        found = api.get(f"/loadtests/{test_id}")
        return found if found["status"] not in ("pending", "running") else None
    return api.env.wait(ended, timeout, f"load test {test_id} did not end: {api.env.tail()}")


def run(api, scenario, model, **members):
    return end(api, begin(api, scenario, model, **members))


def await_phase(api, test_id, phase, timeout=20):
    def there():
        progress = api.get(f"/loadtests/{test_id}").get("progress")
        return progress and progress["phase"] == phase and progress
    return api.env.wait(there, timeout, f"load test {test_id} did not come to {phase}")


def rows(env, test_id, columns):
    return env.sql(f"select {columns} from requests where loadtest_id = %s order by seq", test_id)


def kpis_of(env, test_id):
    """Requests that the KPIs of source 1 count."""
    scenario = env.sql("select scenario_id from loadtests where id = %s", test_id)[0][0]
    return env.sql("""select coalesce(sum(n), 0) from (select n from kpi_cell where source = 1 and level = 0 and scenario_id = %s
        union all select n from kpi_delta where source = 1 and scenario_id = %s) x""", scenario, scenario)[0][0]


class TestNames:

    def test_bm_load_005_one_that_runs_can_be_renamed_by_an_older_tag(self, api, scenario):
        test_id = begin(api, scenario, {"type": "constant", "rate": 5}, duration_seconds=4)
        await_phase(api, test_id, "window")
        tag = api.call("GET", f"/loadtests/{test_id}").headers["ETag"]
        api.env.wait(lambda: api.call("GET", f"/loadtests/{test_id}").headers["ETag"] != tag, 5, "it shows no progress")
        api.call("PATCH", f"/loadtests/{test_id}", {"name": "renamed"}, expect=200, headers={"If-Match": tag})
        api.problem("PATCH", f"/loadtests/{test_id}", {"name": "again"}, expect=412, headers={"If-Match": tag})
        assert end(api, test_id)["name"] == "renamed"


class TestModels:

    def test_bm_load_010_open_sends_by_the_plan(self, server, api, scenario):
        test = run(api, scenario, {"type": "constant", "rate": 40}, duration_seconds=2, warmup_seconds=1)
        results = test["results"]
        assert test["status"] == "completed" and results["loop"] == "open"
        assert (results["attempted"], results["completed"], results["warmup"]["attempted"]) == (80, 80, 40)
        planned = [row[0] for row in rows(server, test["id"], "planned_us")]
        assert [b - a for a, b in zip(planned, planned[1:])] == [25000] * 119
        late = rows(server, test["id"], "sent_us - planned_us")
        assert all(row[0] >= 0 for row in late)
        assert results["metrics"]["ttft_ms"]["basis"] == "scheduled"
        one = api.run(scenario)         # what a figure is made of is told alike by both
        assert results["metrics"]["itl_ms"]["provenance"] == one["inter_token_stats"]["provenance"]
        assert results["metrics"]["ttft_ms"]["p50"] >= results["metrics"]["ttft_service_ms"]["p50"]
        assert results["rates"]["planned"] == pytest.approx(40, abs=0.1)

    def test_bm_load_020_the_seed_decides(self, server, api, scenario):
        plans = []
        for seed in (7, 7, 8):
            test = run(api, scenario, {"type": "poisson", "rate": 100}, duration_seconds=1, seed=seed)
            first = rows(server, test["id"], "planned_us")
            plans.append([row[0] - first[0][0] for row in first])
        assert plans[0] == plans[1] and plans[0] != plans[2]

    def test_bm_load_030_closed_keeps_its_concurrency(self, server, api, scenario):
        test = run(api, scenario, {"type": "closed", "concurrency": 5, "think_time_ms": 20}, duration_seconds=2)
        results = test["results"]
        assert results["loop"] == "closed" and results["metrics"]["ttft_ms"]["basis"] == "service"
        spans = rows(server, test["id"], "sent_us, end_us")
        most = max(sum(1 for s, e in spans if s <= at < e) for at, _ in spans)
        assert most <= 5
        # a turn is 20 ms to think, 20 ms to the first token, nine gaps of 2 ms and the end
        assert 5 * 2 / 0.075 < results["attempted"] < 5 * 2 / 0.055

    def test_bm_load_040_requests_end_the_test(self, server, api, scenario):
        for model in ({"type": "closed", "concurrency": 7}, {"type": "constant", "rate": 200}):
            test = run(api, scenario, model, requests=100)
            assert test["results"]["attempted"] == 100
            assert len(rows(server, test["id"], "seq")) == 100

    def test_bm_load_045_one_that_ends_within_a_second_shows_its_requests(self, api, scenario):
        test = run(api, scenario, {"type": "closed", "concurrency": 5}, requests=10)
        assert test["results"]["attempted"] == 10
        assert len(api.get(f"/loadtests/{test['id']}/requests")) == 10

    def test_bm_load_050_sessions(self, server, api, scenario):
        test = run(api, scenario, {"type": "semi_open", "rate": 20, "turns": 3, "think_time_ms": 30}, duration_seconds=2)
        turns = {}
        for session, turn, planned, last in rows(server, test["id"], "session, turn, planned_us, end_us"):
            turns.setdefault(session, []).append((turn, planned, last))
        assert len(turns) > 20
        for session in turns.values():
            session.sort()
            assert [turn for turn, _, _ in session] == [0, 1, 2]
            for before, after in zip(session, session[1:]):
                assert after[1] - before[2] == pytest.approx(30000, abs=2)

    def test_bm_load_060_ramp(self, server, api, scenario):
        test = run(api, scenario, {"type": "ramp", "arrivals": "constant", "stages": [{"duration_seconds": 2, "rate": 60}]})
        planned = [row[0] for row in rows(server, test["id"], "planned_us")]
        assert len(planned) == pytest.approx(60, abs=2)
        first_half = sum(1 for p in planned if p - planned[0] < 1000000)
        assert first_half == pytest.approx(15, abs=4)

    def test_bm_load_070_sweep_has_steps_and_a_knee(self, api, scenario):
        test = run(api, scenario, {"type": "sweep", "of": "concurrency", "values": [1, 4], "step_seconds": 1})
        steps = test["results"]["steps"]
        assert [s["value"] for s in steps] == [1, 4]
        assert steps[1]["completed_rate"] > 2.5 * steps[0]["completed_rate"]
        assert test["results"]["saturation"]["knee"] == 4

    @pytest.mark.slow
    def test_bm_load_080_capacity_finds_the_queue(self, api):
        # two servers of 20 requests/s: 40/s is all that it can
        queued = api.make_scenario(target={"ttft_ms": 2, "gap_ms": 1, "tokens": 3, "queue_servers": 2, "queue_rate": 20,
                                           "queue_dist": "fixed", "queue_name": "capacity"})
        test = end(api, begin(api, queued, {"type": "capacity", "start_rate": 10, "max_rate": 200, "step_seconds": 3,
                                            "precision": 0.3},
                              slos=[{"metric": "ttft_ms", "quantile": 0.9, "max": 300}]), 120)
        capacity = test["results"]["capacity"]
        assert 15 <= capacity["passed"] <= 46 and capacity["passed"] < capacity["failed"] <= 90, capacity
        assert capacity["confidence"] == 0.95 and capacity["limited_by"] in ("ttft_ms", "saturation")
        assert "95 %" in capacity["statement"]


class TestTruth:

    def test_bm_load_110_figures_are_those_of_the_rows(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 30, "ttft_dist": "exponential", "gap_ms": 3, "gap_dist": "gamma",
                                             "gap_shape": 2, "tokens": 12})
        test = run(api, scenario, {"type": "poisson", "rate": 80}, duration_seconds=3, dataset={
            "inline": [{"x_target": {"seed": i, "ttft_ms": 30, "ttft_dist": "exponential", "gap_ms": 3, "tokens": 12}}
                       for i in range(50)]})
        found = rows(server, test["id"], "first_content_us - planned_us, first_content_us - sent_us, last_content_us - planned_us,"
                                         " end_us - planned_us - queue_us, first_byte_us - sent_us,"
                                         " (last_content_us - sent_us)::float8 / tokens_completion, sent_us - planned_us")
        figures = {**test["results"]["metrics"], "send_lag": {"p90": None, **test["results"]["send_lag"]}}
        for name, column in (("ttft_ms", 0), ("ttft_service_ms", 1), ("e2e_ms", 2), ("total_ms", 3), ("ttfb_ms", 4), ("ntpot_ms", 5),
                             ("send_lag", 6)):
            samples = sorted(row[column] / 1000 for row in found)
            figure = figures[name]
            assert figure["n"] == len(samples)
            for member, q in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
                at = q * (len(samples) - 1)
                low, high = samples[int(at)], samples[min(int(at) + 1, len(samples) - 1)]
                low = low if low >= 0.01 else 0            # less than the sketch tells apart
                assert figure[member] is None or low * 0.995 - 0.001 <= figure[member] <= high * 1.005 + 0.001, \
                    (name, member, figure[member], low, high)
            # of the same whole microseconds, shown with six digits at least (of a quotient rounded)
            for shown, sample in ((figure.get("min", samples[0]), samples[0]), (figure["max"], samples[-1])):
                assert shown == pytest.approx(sample, rel=6e-6 if name == "ntpot_ms" else 1e-12)
        assert kpis_of(server, test["id"]) == len(found)

    def test_bm_load_120_a_stalled_target_is_seen(self, server, api):
        """Coordinated omission: one server that takes 100 ms for each request, asked twenty times a second, falls behind. The
        scheduled latency shows the queue; a client that waited for each answer would show 100 ms."""
        scenario = api.make_scenario(target={"ttft_ms": 100, "tokens": 1})
        test = run(api, scenario, {"type": "constant", "rate": 20}, duration_seconds=2, max_in_flight=1)
        metrics = test["results"]["metrics"]
        assert metrics["ttft_service_ms"]["p95"] < 500
        assert metrics["ttft_ms"]["p95"] > 1000
        assert test["results"]["attempted"] == 40
        assert test["validity"]["status"] == "invalid" and any("ceiling" in reason for reason in test["validity"]["reasons"])

    def test_bm_load_130_failures_have_no_latency(self, server, api):
        scenario = api.make_scenario(target={"tokens": 3, "ttft_ms": 5, "status": 500})
        test = run(api, scenario, {"type": "constant", "rate": 30}, duration_seconds=1)
        results = test["results"]
        assert results["completed"] == 0 and results["failed"] == results["attempted"] == 30
        assert results["metrics"]["ttft_ms"]["n"] == 0 and results["metrics"]["ttft_ms"]["p50"] is None
        assert sum(results["errors"].values()) == 30
        assert results["success"]["rate"] == 0 and test["validity"]["status"] == "unknown"

    def test_bm_load_140_goodput(self, server, api):
        overlays = [{"x_target": {"ttft_ms": 10 if i % 4 else 200, "tokens": 2, "gap_ms": 1}} for i in range(40)]
        scenario = api.make_scenario(target={"tokens": 2})
        test = run(api, scenario, {"type": "constant", "rate": 40}, duration_seconds=1, dataset={"inline": overlays},
                   slos=[{"metric": m, "quantile": q, "max": x} for m, x in (("ttft_ms", 150), ("ttfb_ms", 150), ("ntpot_ms", 75))
                         for q in (0.5, 0.9)])
        goodput = test["results"]["goodput"]
        assert goodput["good"] == 30 and goodput["attainment"] == 75
        # the target sends its headers at once, so that the first byte is always in time
        assert [(s["metric"], s["met"]) for s in goodput["slos"]] == [(m, met or m == "ttfb_ms") for m in ("ttft_ms", "ttfb_ms", "ntpot_ms")
                                                                      for met in (True, False)]

    def test_bm_load_145_a_failure_misses_every_slo(self, server, api):
        overlays = [{"x_target": {} if i % 4 else {"status": 500}} for i in range(40)]
        scenario = api.make_scenario(target={"tokens": 2, "ttft_ms": 5, "gap_ms": 1})
        test = run(api, scenario, {"type": "constant", "rate": 40}, duration_seconds=1, dataset={"inline": overlays},
                   slos=[{"metric": "ttft_ms", "quantile": 0.5, "max": 400}, {"metric": "ttft_ms", "quantile": 0.9, "max": 400}])
        goodput = test["results"]["goodput"]
        assert test["results"]["failed"] == 10 and goodput["attainment"] == 75
        assert all(s["value"] < 400 for s in goodput["slos"]) and [s["met"] for s in goodput["slos"]] == [True, False]

    @pytest.mark.slow
    def test_bm_load_150_certificate(self, server, api, scenario):
        test = end(api, begin(api, scenario, {"type": "poisson", "rate": 40}, duration_seconds=1, certificate=True))
        for side in ("before", "after"):
            errors = test["certificate"][side]["errors"]
            for name in ("send_lag_us", "ttft_us", "gap_us"):
                assert errors[name]["n"] >= 20 and errors[name]["p99"] >= errors[name]["p50"] >= 0
            assert test["certificate"][side]["early_stamps"] == 0
            assert test["certificate"][side]["priority"]["policy"] and test["certificate"][side]["tls"] is False
        assert test["certificate"]["extrapolated"] is False
        assert len(rows(server, test["id"], "seq")) == test["results"]["attempted"]       # the replay is not part of it


class TestKpis:

    def test_bm_load_360_deleting_one_leaves_the_others_figures(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 20, "gap_ms": 2, "tokens": 5})
        kept = run(api, scenario, {"type": "constant", "rate": 30}, duration_seconds=1)
        gone = run(api, scenario, {"type": "constant", "rate": 50}, duration_seconds=1, warmup_seconds=1)
        assert kpis_of(server, kept["id"]) == 80
        api.call("DELETE", f"/loadtests/{gone['id']}", expect=200)
        server.wait_for_job("kpi-rebuild", lambda: server.sql("select count(*) from kpi_dirty where source = 1")[0][0] == 0, 40, "was not rebuilt")
        assert kpis_of(server, kept["id"]) == 30
        api.problem("GET", f"/loadtests/{gone['id']}", expect=404)
        assert not rows(server, gone["id"], "seq") and len(rows(server, kept["id"], "seq")) == 30


class TestEvidence:

    def recompute(self, path, *options):
        tool = os.path.join(SOURCE, "tests/tools/recompute")
        return subprocess.run(["/usr/bin/python3", tool, path, *options], capture_output=True, text=True, check=False)

    def test_bm_load_310_every_figure_can_be_computed_again(self, server, api):
        overlays = [{"x_target": {"tokens": 2 + i % 7, "ttft_ms": 5 + 3 * i, "gap_ms": 2 + i % 3,
                                  "status": 500 if i == 7 else 200}} for i in range(15)]
        test = run(api, api.make_scenario(target={"tokens": 2}), {"type": "poisson", "rate": 150}, duration_seconds=3,
                   warmup_seconds=1, dataset={"inline": overlays}, slos=[{"metric": "ttft_ms", "quantile": 0.9, "max": 40}])
        answer = api.call("GET", f"/loadtests/{test['id']}/evidence", expect=200)
        assert answer.headers["Content-Type"] == "application/gzip" and "attachment" in answer.headers["Content-Disposition"]
        path = server.write("evidence.tar.gz", answer.content)
        done = self.recompute(path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("120 figures compared"), done.stdout
        # it would notice: one request is made faster than it was
        with tarfile.open(path) as archive:
            archive.extractall(os.path.join(server.home, "evidence"))
        lines = os.path.join(server.home, "evidence", "requests-000001.jsonl")
        with open(lines, encoding="utf-8") as f:
            text = f.read()
        with open(lines, "w", encoding="utf-8") as f:
            f.write(text.replace('"status": "completed"', '"status": "failed"', 1).replace('"phase": 0', '"phase": 1', 1))
        with tarfile.open(path, "w:gz") as archive:
            for name in os.listdir(os.path.join(server.home, "evidence")):
                archive.add(os.path.join(server.home, "evidence", name), name)
        assert self.recompute(path).returncode == 1

    def test_bm_load_320_evidence_of_nothing(self, api, scenario):
        api.problem("GET", "/loadtests/999999/evidence", expect=404)
        test = run(api, scenario, {"type": "constant", "rate": 20}, duration_seconds=1)
        head = api.call("HEAD", f"/loadtests/{test['id']}/evidence", expect=200)
        assert head.content == b""


class TestLife:

    @pytest.mark.slow
    def test_bm_load_210_pause_and_resume(self, server, api, scenario):
        test_id = begin(api, scenario, {"type": "constant", "rate": 50}, duration_seconds=4)
        await_phase(api, test_id, "window")
        api.post(f"/loadtests/{test_id}/pause")
        await_phase(api, test_id, "paused")
        planned = api.get(f"/loadtests/{test_id}")["progress"]["planned"]
        time.sleep(2)
        assert api.get(f"/loadtests/{test_id}")["progress"]["planned"] == planned
        api.post(f"/loadtests/{test_id}/resume")
        test = end(api, test_id)
        assert test["results"]["attempted"] == 200
        assert test["results"]["window_seconds"] == pytest.approx(4, abs=0.3)

    def test_bm_load_220_drain(self, server, api, scenario):
        test_id = begin(api, scenario, {"type": "constant", "rate": 50}, duration_seconds=60)
        await_phase(api, test_id, "window")
        api.post(f"/loadtests/{test_id}/stop", {"mode": "drain"})
        test = end(api, test_id, 15)
        assert test["status"] == "completed" and test["results"]["truncated"]
        assert test["results"]["cancelled"] == 0 and test["results"]["completed"] == test["results"]["attempted"] > 0
        assert len(rows(server, test_id, "seq")) == test["results"]["attempted"]

    def test_bm_load_230_cancel(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 20000, "tokens": 3})
        test_id = begin(api, scenario, {"type": "closed", "concurrency": 8}, duration_seconds=60)
        await_phase(api, test_id, "window")
        api.post(f"/loadtests/{test_id}/stop", {"mode": "cancel"})
        test = end(api, test_id, 10)
        assert test["status"] == "cancelled"
        assert test["results"]["cancelled"] == 8

    def test_bm_load_240_drain_has_a_limit(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 20000, "tokens": 3})
        test = run(api, scenario, {"type": "constant", "rate": 5}, duration_seconds=1, drain_seconds=1)
        assert test["status"] == "completed"
        assert test["results"]["errors"] == {"drain_timeout": 5} and test["results"]["failed"] == 5

    def test_bm_load_250_a_graceful_restart_does_not_end_it(self, server, api, scenario):
        test_id = begin(api, scenario, {"type": "constant", "rate": 40}, duration_seconds=4)
        await_phase(api, test_id, "window")
        server.graceful()
        test = end(api, test_id)
        assert test["status"] == "completed" and test["results"]["attempted"] == 160
        assert test["results"]["completed"] == 160

    def test_bm_load_260_a_killed_engine_leaves_it_interrupted(self, server, api, scenario):
        server.allow("AH00052", "exit signal Killed", "BM00", "engine")
        test_id = begin(api, scenario, {"type": "constant", "rate": 40}, duration_seconds=60)
        await_phase(api, test_id, "window")
        server.wait(lambda: rows(server, test_id, "seq"), 10, "no request was stored")
        os.kill(server.engine_pids()[0], signal.SIGKILL)
        test = end(api, test_id, 40)
        assert test["status"] == "interrupted" and test["error_code"] == "interrupted"
        kept = len(rows(server, test_id, "seq"))
        assert kept > 0
        time.sleep(6)
        assert api.get(f"/loadtests/{test_id}")["status"] == "interrupted"
        assert len(rows(server, test_id, "seq")) == kept             # it is never repeated by itself

    @pytest.mark.slow
    def test_bm_load_262_heavy_writing_keeps_the_lease(self, server, api):
        scenario = api.make_scenario(api.make_automation(confirmed_rate=50000), target={"tokens": 2, "ttft_ms": 0, "gap_ms": 0})
        test_id = begin(api, scenario, {"type": "closed", "concurrency": 64}, duration_seconds=12)
        held = 0
        while api.get(f"/loadtests/{test_id}")["status"] in ("pending", "running"):
            left = server.sql("select extract(epoch from lease_until - now()) from run_queue where id = %s and state = 'running'", test_id)
            assert not left or left[0][0] > 1, "the lease was not renewed"       # of 5 s
            held += bool(left)
            time.sleep(0.25)
        assert held > 10 and end(api, test_id)["status"] == "completed"
        assert "BM0034" not in server.log()

    def test_bm_load_264_one_that_another_engine_has_taken_is_forgotten(self, server, api, scenario):
        server.allow("BM0034", "BM0035")
        engine = server.engine_pids()
        test_id = begin(api, scenario, {"type": "constant", "rate": 200}, duration_seconds=60)
        server.wait(lambda: rows(server, test_id, "seq"), 10, "no request was stored")
        server.sql("update run_queue set fence = nextval('fence_seq'), owner = 'other', lease_until = now() + interval '1 hour'"
                   " where id = %s", test_id)
        kept = len(rows(server, test_id, "seq"))
        server.wait(lambda: api.get("/engine")["engines"][0]["in_flight"] == 0, 15, "it was not let go")
        assert len(rows(server, test_id, "seq")) <= kept + 100
        time.sleep(1)
        # none has died of it, for another would have come; one that drained before may have ended
        assert server.engine_pids() and set(server.engine_pids()) <= set(engine)
        server.sql("update run_queue set lease_until = now() where id = %s", test_id)
        assert end(api, test_id, 30)["status"] == "interrupted"

    def test_bm_load_270_the_database_may_go_away(self, server, api, scenario):
        server.allow("database", "connection", "BM02", "BM00", "BM04", "FATAL", "DBD", "AH0063", "AH00632")
        test_id = begin(api, scenario, {"type": "constant", "rate": 50}, duration_seconds=8)
        await_phase(api, test_id, "window")
        server.pg("stop", "immediate")
        time.sleep(2)
        server.pg("start")
        test = end(api, test_id, 60)
        assert test["status"] == "completed" and test["results"]["attempted"] == 400
        assert len(rows(server, test_id, "distinct seq")) == len(rows(server, test_id, "seq")) == 400
        assert kpis_of(server, test_id) >= 400


class TestGuards:

    @pytest.mark.parametrize("model, more", [
        ({"type": "poisson", "rate": 501}, {"duration_seconds": 1}), ({"type": "closed", "concurrency": 600}, {"requests": 1}),
        ({"type": "semi_open", "rate": 200, "turns": 3}, {"duration_seconds": 1}),
        ({"type": "ramp", "stages": [{"duration_seconds": 1, "rate": 600}]}, {})])
    def test_bm_load_420_heavy_load_needs_consent(self, api, model, more):
        automation = api.make_automation()
        scenario = api.make_scenario(automation, target={"tokens": 1})
        body = {"scenario_id": scenario["id"], "load_model": model, "certificate": False, **more}
        problem = api.problem("POST", "/loadtests", body)
        assert problem["errors"][0]["pointer"] == "/load_model" and "confirmed_rate" in problem["errors"][0]["detail"]
        api.call("PATCH", f"/automations/{automation['id']}", {"confirmed_rate": 600}, expect=200)
        test_id = api.post("/loadtests", body, expect=202)["id"]
        api.post(f"/loadtests/{test_id}/stop", {"mode": "cancel"})
        end(api, test_id)

    def test_bm_load_410_our_own_api_is_no_target(self, server, api):
        automation = api.make_automation(provider="http", connection={"url": server.url + "/api/v1/runs"})
        run_ = api.run(api.make_scenario(automation))
        assert run_["status"] == "failed" and run_["http_status"] == 508
        test = run(api, api.make_scenario(automation), {"type": "constant", "rate": 10}, duration_seconds=1)
        assert test["results"]["failed"] == 10 and test["results"]["completed"] == 0
