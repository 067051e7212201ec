# SPDX-License-Identifier: Apache-2.0
"""What the five providers measure on the reference target. What goes wrong is in test_41_faults.py."""
import json
import time

import pytest

from bmenv import Conf

FIXED = {"ttft_dist": "fixed", "gap_dist": "fixed"}


def body_of(run):
    body = run["request"]["body"]
    return json.loads(body) if isinstance(body, str) else body


class TestOpenai:

    # a stream of 12 tokens in 6 chunks: gaps are those of chunks, the token count is the usage record's
    def test_bm_openai_010_chunks_of_several_tokens_are_not_called_tokens(self, api):
        scenario = api.make_scenario(target={**FIXED, "ttft_ms": 40, "gap_ms": 10, "tokens": 12, "tokens_per_chunk": 2})
        run = api.measure(scenario, lambda run: run["ttft_ms"] <= 60)
        assert run["tokens"]["completion"] == 12 and run["tokens"]["provenance"] == "usage"
        assert run["finish_reason"] == "stop" and run["model"] == "m"
        assert run["ttft_ms"] >= 39
        assert run["inter_token_stats"]["n"] == 5 or run["inter_token_stats"]["provenance"] == "usage"
        assert run["ttfb_ms"] <= run["ttft_ms"] <= run["e2e_ms"] <= run["total_duration_ms"] + 0.001
        # tpot = (e2e - ttft) / (tokens - 1): metrics.md
        assert run["tpot_ms"] == pytest.approx((run["e2e_ms"] - run["ttft_ms"]) / 11, rel=0.01)
        assert run["output_tokens_per_second"] == pytest.approx(1000 / run["tpot_ms"], rel=0.01)
        assert run["http_status"] == 200 and run["error"] is None and run["error_code"] is None

    def test_bm_openai_020_reasoning_counts_for_the_first_token_but_not_for_the_first_output(self, api):
        scenario = api.make_scenario(target={**FIXED, "ttft_ms": 30, "gap_ms": 10, "reasoning_tokens": 10, "tokens": 5})
        run = api.measure(scenario, lambda run: run["ttft_ms"] <= 50 and run["ttfo_ms"] >= run["ttft_ms"] + 90)
        assert run["ttft_ms"] >= 29
        assert run["tokens"]["reasoning"] == 10 and run["tokens"]["completion"] == 15

    def test_bm_openai_030_a_role_chunk_does_not_stop_the_clock(self, api):
        scenario = api.make_scenario(target={**FIXED, "ttft_ms": 120, "gap_ms": 5, "tokens": 5, "role": "early"})
        assert api.measure(scenario, lambda run: run["ttft_ms"] <= 140 and run["ttfb_ms"] < 60)["ttft_ms"] >= 119

    def test_bm_openai_040_without_a_stream_there_is_no_first_token(self, api):
        automation = api.make_automation(connection={"url": api.env.target_url + "/v1", "model": "m", "stream": False})
        run = api.run(api.make_scenario(automation, target={**FIXED, "ttft_ms": 50, "gap_ms": 2, "tokens": 10}))
        assert run["status"] == "completed", run
        assert run["ttft_ms"] is None and run["inter_token_stats"] is None
        assert run["tokens"]["completion"] == 10 and run["total_duration_ms"] >= 50
        assert body_of(run)["stream"] is False

    def test_bm_openai_050_embeddings(self, api):
        automation = api.make_automation(connection={"url": api.env.target_url + "/v1", "model": "e", "api": "embeddings"})
        run = api.run(api.make_scenario(automation, inputs={"input": ["a", "b", "c"]}))
        assert run["status"] == "completed", run
        assert run["response_json"]["embeddings"] == 3 and run["response_json"]["dimensions"] > 0
        assert run["ttft_ms"] is None and run["tokens"]["prompt"] > 0

    def test_bm_openai_060_tool_calls_are_kept(self, api):
        run = api.run(api.make_scenario(target={"tool": "look_up", "text": '{"city":"Rome"}', "tokens": 4, "ttft_ms": 5, "gap_ms": 2}))
        assert run["status"] == "completed", run
        call = run["response_json"]["tool_calls"][0]
        assert call["name"] == "look_up" and json.loads(call["arguments"]) == {"city": "Rome"}
        assert run["ttft_ms"] is not None

    def test_bm_openai_070_parameters_of_the_api_go_through_and_inputs_for_placeholders_do_not(self, api):
        scenario = api.make_scenario(target={"tokens": 1}, inputs={"prompt": "Hi {{who}}", "who": "Eve", "temperature": 0.5,
                                                                   "max_tokens": 7, "private": "not for the target"})
        body = body_of(api.run(scenario))
        assert body["messages"] == [{"role": "user", "content": "Hi Eve"}]
        assert body["temperature"] == 0.5 and body["max_tokens"] == 7 and body["stream_options"] == {"include_usage": True}
        assert "private" not in body and "who" not in body and "prompt" not in body

    def test_bm_openai_080_the_timeline_holds_every_chunk(self, api):
        run = api.run(api.make_scenario(target={**FIXED, "ttft_ms": 20, "gap_ms": 5, "tokens": 8, "stall_every": 4, "stall_ms": 300}))
        timeline = api.get(f"/runs/{run['id']}/timeline")
        content = [c for c in timeline["chunks"] if c["kind"] == "content"]
        assert len(content) == 8 and timeline["truncated"] is False
        times = [c["t_us"] for c in timeline["chunks"]]
        assert times == sorted(times)
        assert abs(content[0]["t_us"] / 1000 - run["ttft_ms"]) < 0.01
        assert timeline["stalls"], "a gap of 305 ms among gaps of 5 ms was not found"

    def test_bm_openai_090_times_are_explained_by_phases(self, api):
        automation = api.make_automation(connection={"url": api.env.target_url + "/v1", "model": "m", "fresh_connection": True})

        def explained(run):
            inside = sum(run["phases"][p] or 0 for p in ("dns_ms", "connect_ms", "tls_ms", "send_ms", "wait_ms", "stream_ms"))
            return abs(inside - run["total_duration_ms"]) < 1 and run["kernel_stamped"]
        run = api.measure(api.make_scenario(automation, target={**FIXED, "ttft_ms": 30, "gap_ms": 5, "tokens": 5}), explained)
        assert run["connection_reused"] is False and run["phases"]["connect_ms"] is not None
        assert run["client_lag_us"]["max"] >= run["client_lag_us"]["p50"] >= 0
        warm = api.make_scenario(target={"tokens": 1, "ttft_ms": 1})
        api.run(warm)
        assert api.run(warm)["connection_reused"] is True

    # nothing but a URL: a server that wants a model is asked which it has
    def test_bm_openai_100_the_only_model_of_a_server_needs_no_name(self, api, odd):
        scenario = api.make_scenario(api.make_automation(connection={"url": odd.url("router")}), inputs={"prompt": "hi"})
        others = len(odd.requests("router"))
        run = api.run(scenario)
        assert run["status"] == "completed" and run["http_status"] == 200, run
        mine = odd.requests("router")[others:]
        assert [(s[1], s[2]) for s in mine] == [
            ("POST", "/router/v1/chat/completions"), ("GET", "/router/v1/models"), ("POST", "/router/v1/chat/completions")]
        assert json.loads(mine[2][4])["model"] == "tiny"
        # what was asked before is in the total, not in what is counted from S
        assert run["total_duration_ms"] > run["e2e_ms"] and run["send_lag_ms"] > 0
        test = api.post("/loadtests", {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 10}, "requests": 10,
                                       "certificate": False}, expect=202)
        api.await_status(test["id"], "completed", timeout=30)
        metrics = api.get(f"/loadtests/{test['id']}")["results"]["metrics"]
        assert (metrics["ttft_ms"]["basis"], metrics["ttft_ms"]["n"], metrics["ttft_service_ms"]["n"]) == ("scheduled", 10, 10)
        assert metrics["ttft_ms"]["p50"] > metrics["ttft_service_ms"]["p50"]

    def test_bm_openai_110_a_server_of_several_models_is_told_with_their_names(self, api, odd):
        automation = api.make_automation(connection={"url": odd.url("router_of_two")})
        run = api.run(api.make_scenario(automation, inputs={"prompt": "hi"}))
        assert (run["status"], run["error_code"], run["http_status"]) == ("failed", "request_refused", 400)
        assert run["error"].endswith("model name is missing from the request - connection.model names none; the target offers a, b")
        assert len(odd.requests("router_of_two")) == 2

    def test_bm_openai_120_a_server_that_dies_is_told_as_that(self, api, odd):
        automation = api.make_automation(connection={"url": odd.url("killed")})
        run = api.run(api.make_scenario(automation, inputs={"prompt": "hi"}))
        assert (run["status"], run["error_code"]) == ("failed", "connection_lost")
        assert run["error"].startswith("The target closed the connection before its answer was complete (")
        assert run["response_json"]["content"] == "one two" and run["tokens"]["provenance"] == "counted"
        assert run["ttft_ms"] is None


class TestAnthropic:

    def test_bm_anthropic_010_messages_stream(self, api):
        automation = api.make_automation(provider="anthropic", connection={"url": api.env.target_url, "model": "claude"})
        scenario = api.make_scenario(automation, inputs={"max_tokens": 20},
                                     target={**FIXED, "ttft_ms": 60, "gap_ms": 10, "tokens": 20, "pings": 2})
        run = api.measure(scenario, lambda run: run["ttft_ms"] <= 80 and 9 <= run["inter_token_stats"]["mean_ms"] <= 11.5)
        assert run["ttft_ms"] >= 59
        assert run["tokens"]["completion"] == 20 and run["finish_reason"] in ("end_turn", "max_tokens")

    def test_bm_anthropic_020_errors_of_the_api_and_in_the_stream(self, api):
        automation = api.make_automation(provider="anthropic", connection={"url": api.env.target_url, "model": "claude"})
        run = api.run(api.make_scenario(automation, target={"status": 529}))
        assert (run["status"], run["error_code"], run["http_status"]) == ("failed", "unavailable", 529)
        run = api.run(api.make_scenario(automation, target={"fault": "error", "fault_at": 3, "gap_ms": 2, "error_code": "overloaded_error"}))
        assert run["status"] == "failed" and run["error_code"] == "unavailable" and run["error"]
        run = api.run(api.make_scenario(automation, target={"fault": "cut", "fault_at": 3, "gap_ms": 2}))
        assert run["status"] == "failed" and run["error_code"] in ("stream_truncated", "connection_lost")


class TestTinyfish:

    def automation(self, api, **connection):
        return api.make_automation(provider="tinyfish", connection={"url": api.env.target_url, "goal": "Find {{what}}",
                                                                    "target_url": "https://example.com/{{what}}", **connection})

    def scenario(self, api, target, **connection):
        return api.post("/scenarios", {"name": "t", "automation_id": self.automation(api, **connection)["id"],
                                       "inputs_template": {"what": "price list", "x_target": target}})

    def test_bm_tinyfish_010_run_sse_measures_steps(self, api):
        scenario = self.scenario(api, {**FIXED, "ttft_ms": 80, "gap_ms": 30, "tokens": 5, "pings": 1, "result": {"plans": 7}})
        run = api.measure(scenario, lambda run: run["ttft_ms"] <= 105 and 28 <= run["inter_token_stats"]["mean_ms"] <= 33)
        assert run["ttft_ms"] >= 79
        assert run["inter_token_stats"]["provenance"] == "progress" and run["inter_token_stats"]["n"] == 4
        assert run["tinyfish_run_id"] and run["tokens"] is None
        assert "7" in json.dumps(run["response_json"])
        body = body_of(run)
        assert body["goal"] == "Find price list" and body["url"] == "https://example.com/price%20list"

    def test_bm_tinyfish_020_the_old_spelling_of_events_is_understood(self, api):
        run = api.run(self.scenario(api, {"ttft_ms": 20, "gap_ms": 5, "tokens": 3, "old_names": True}))
        assert run["status"] == "completed" and run["tinyfish_run_id"], run

    def test_bm_tinyfish_030_blocking(self, api):
        run = api.run(self.scenario(api, {"ttft_ms": 50, "gap_ms": 10, "tokens": 3}, mode="blocking"))
        assert run["status"] == "completed", run
        assert run["ttft_ms"] is None and run["tinyfish_run_id"]

    def test_bm_tinyfish_040_async_polls_until_the_end(self, api):
        run = api.run(self.scenario(api, {"ttft_ms": 300, "gap_ms": 50, "tokens": 4}, mode="async", poll_seconds=0.1))
        assert run["status"] == "completed", run
        assert run["ttft_ms"] is None and run["tinyfish_run_id"] and run["total_duration_ms"] >= 400

    @pytest.mark.parametrize("mode", ["run-sse", "blocking", "async"])
    def test_bm_tinyfish_050_a_failed_run_says_why(self, api, mode):
        run = api.run(self.scenario(api, {"ttft_ms": 20, "gap_ms": 5, "tokens": 3, "fault": "error", "fault_at": 2,
                                          "error_code": "SITE_BLOCKED", "error_message": "The site said no."}, mode=mode, poll_seconds=0.1))
        assert run["status"] == "failed", run
        assert run["error_code"] in ("site_blocked", "run_failed", "agent_failure") and "site said no" in run["error"]

    def test_bm_tinyfish_060_a_stream_without_its_end_is_looked_up(self, api):
        run = api.run(self.scenario(api, {"ttft_ms": 20, "gap_ms": 20, "tokens": 6, "fault": "cut", "fault_at": 2}), timeout=40)
        assert run["status"] in ("completed", "failed") and run["tinyfish_run_id"], run
        if run["status"] == "failed":
            assert run["error_code"]

    def test_bm_tinyfish_070_cancel_ends_the_run_at_the_target(self, api):
        run = api.trigger(self.scenario(api, {"ttft_ms": 10, "gap_ms": 500, "tokens": 60}))
        api.await_status(run["id"], "running")
        time.sleep(0.4)
        api.post(f"/runs/{run['id']}/cancel")
        run = api.await_run(run["id"], 5)
        assert run["status"] == "cancelled" and run["tinyfish_run_id"], run
        state = api.session.get(f"{api.env.target_url}/v1/runs/{run['tinyfish_run_id']}", timeout=5).json()
        assert state["status"] == "CANCELLED"

    def test_bm_tinyfish_080_errors_of_the_api(self, api):
        for status, code in ((401, "unauthorized"), (403, "forbidden"), (400, "request_refused"), (429, "rate_limited"), (503, "unavailable")):
            run = api.run(self.scenario(api, {"status": status}))
            assert (run["status"], run["error_code"], run["http_status"]) == ("failed", code, status), run


class TestHttpProvider:

    def test_bm_httpp_010_method_headers_and_body(self, api, odd):
        automation = api.make_automation(provider="http", connection={
            "url": odd.url("plain") + "/items/{{id}}", "method": "PUT", "headers": {"X-Who": "{{who}}"},
            "body": {"n": "{{n}}", "text": "n is {{n}}"}})
        scenario = api.post("/scenarios", {"name": "h", "automation_id": automation["id"],
                                           "inputs_template": {"id": "a/b?c", "who": "me", "n": 5}})
        run = api.run(scenario)
        assert run["status"] == "completed" and run["http_status"] == 200, run
        _, method, path, headers, body = odd.requests("plain")[-1]
        assert method == "PUT" and path.endswith("/items/a%2Fb%3Fc") and ("X-Who", "me") in headers
        assert json.loads(body) == {"n": 5, "text": "n is 5"}
        assert run["response_json"]["status"] == 200 and run["response_json"]["body"]["answer"] == 42

    def test_bm_httpp_020_expected_status(self, api, odd):
        def run(**connection):
            automation = api.make_automation(provider="http", connection={"url": odd.url("created"), **connection})
            return api.run(api.make_scenario(automation))
        assert run()["status"] == "completed"
        assert run(expect_status=[201])["status"] == "completed"
        failed = run(expect_status=[200, "3xx"])
        assert failed["status"] == "failed" and failed["error_code"] and failed["http_status"] == 201

    def test_bm_httpp_030_a_stream_of_events_is_measured(self, api):
        automation = api.make_automation(provider="http", connection={
            "url": api.env.target_url + "/v1/chat/completions", "method": "POST", "stream": "sse",
            "body": {"model": "m", "stream": True, "messages": [{"role": "user", "content": "x"}],
                     "x_target": {**FIXED, "ttft_ms": 50, "gap_ms": 10, "tokens": 10}}})
        run = api.run(api.make_scenario(automation))
        assert run["status"] == "completed", run
        assert run["ttft_ms"] is not None and run["chunks"] >= 10
        assert run["inter_token_stats"]["provenance"] == "chunk"

    def test_bm_httpp_040_a_header_value_cannot_smuggle_another(self, api, odd):
        automation = api.make_automation(provider="http", connection={"url": odd.url("plain"), "headers": {"X-A": "{{v}}"}})
        scenario = api.make_scenario(automation, inputs={"v": "x"})
        before = len(odd.requests("plain"))
        answer = api.call("POST", "/runs/trigger", {"scenario_id": scenario["id"], "inputs_override": {"v": "a\r\nX-Evil: 1"}})
        if answer.status_code == 200:
            assert api.await_run(answer.json()["id"])["status"] == "failed"
        else:
            assert answer.status_code == 422
        assert len(odd.requests("plain")) == before


class TestMock:

    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkMockMode On", "BenchmarkProject shop"])

    def test_bm_mock_010_mock_mode_answers_for_tinyfish(self, server, api):
        health = api.session.get(server.url + "/health", timeout=5).json()
        assert (health["status"], health["mock_mode"], health["project"]) == ("healthy", True, "shop")
        run = api.run(api.post("/scenarios", {"name": "s", "automation_id": api.post("/automations", {
            "name": "a", "tinyfish_automation_id": "abc"})["id"]}))
        assert run["status"] == "completed", run
        assert 480 <= run["total_duration_ms"] <= 2200
        answer = run["response_json"]
        assert set(answer) >= {"run_id", "status", "output", "metadata"}
        assert set(answer["output"]) >= {"response", "tokens_generated", "model"} and answer["metadata"]["execution_time_ms"] > 0
        assert run["provider"] == "mock"

    def test_bm_mock_020_other_providers_are_not_mocked(self, api):
        run = api.run(api.make_scenario(target={"tokens": 3, "ttft_ms": 20}))
        assert run["provider"] == "openai" and run["tokens"]["completion"] == 3

    def test_bm_mock_030_the_mock_is_a_provider_of_its_own(self, api):
        runs = [api.trigger(api.make_scenario(api.make_automation(provider="mock"))) for _ in range(4)]
        durations = [api.await_run(r["id"])["total_duration_ms"] for r in runs]
        assert all(480 <= d <= 2200 for d in durations) and len(set(durations)) == 4
