# SPDX-License-Identifier: Apache-2.0
"""From a click to a KPI: the TinyFish benchmarking contract on real streamed HTTP."""


class TestRuns:

    def test_bm_runs_010_health(self, server, api):
        health = api.session.get(server.url + "/health", timeout=5).json()
        assert health["status"] == "healthy"
        assert health["mock_mode"] is False

    # a triggered run reaches a terminal state and its figures are those of the target's schedule
    def test_bm_runs_020_trigger_measures_the_schedule(self, api):
        scenario = api.make_scenario(target={"ttft_ms": 100, "gap_ms": 20, "tokens": 20, "gap_dist": "fixed", "ttft_dist": "fixed"})
        run = api.trigger(scenario)
        assert run["status"] == "pending"
        assert api.await_run(run["id"])["status"] == "completed"
        run = api.measure(scenario, lambda run: run["ttft_ms"] <= 150 and 18.5 <= run["inter_token_stats"]["mean_ms"] <= 21.5
                          and 470 <= run["total_duration_ms"] <= 550)
        assert run["ttft_ms"] >= 99 and run["tokens"]["completion"] == 20

    def test_bm_runs_030_unknown_scenario_is_404(self, api):
        problem = api.problem("POST", "/runs/trigger", {"scenario_id": 999999}, expect=404)
        assert "scenario" in problem["detail"].lower()

    def test_bm_runs_040_kpis_count_the_run(self, api):
        before = api.get("/runs/kpis/dashboard")
        scenario = api.make_scenario(target={"ttft_ms": 10, "gap_ms": 1, "tokens": 5})
        api.run(scenario)
        after = api.get("/runs/kpis/dashboard")
        assert after["total_runs"] == before["total_runs"] + 1
        assert after["recent_runs"][0]["scenario_id"] == scenario["id"]
        assert after["total_time_stats"]["p50"] > 0
        assert after["ttft_stats"]["p95"] > 0

    def test_bm_runs_050_refused_target_fails_with_a_code(self, api):
        automation = api.make_automation(connection={"url": "http://127.0.0.1:9/v1", "model": "m"})
        run = api.run(api.make_scenario(automation))
        assert run["status"] == "failed"
        assert run["error_code"] == "connection_refused"
        assert run["ttft_ms"] is None
        assert run["error"]
