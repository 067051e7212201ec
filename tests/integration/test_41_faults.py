# SPDX-License-Identifier: Apache-2.0
"""Whatever the target does: one failed or timed out run with a machine-readable code and a sentence, in bounded time."""
import glob
import json
import time

import pytest

from bmenv import Conf
from odd_target import FullBacklog, OddTarget

CANARY = "canary-5f3a9c-Zq"


def check_failed(run, code, status="failed"):
    codes = code if isinstance(code, tuple) else (code,)
    assert run["status"] == status, run
    assert run["error_code"] in codes, (run["error_code"], run["error"])
    assert run["error"] and run["error"][0].isprintable() and "\n" not in run["error"]
    assert run["finished_at"] and run["attempt"] == 1
    return run


def chat(api, url, target=None, **connection):
    automation = api.make_automation(connection={"url": url, "model": "m", **connection})
    return api.run(api.make_scenario(automation, target=target), timeout=30)


class TestConnection:

    def test_bm_fault_010_refused(self, api):
        run = check_failed(chat(api, "http://127.0.0.1:9/v1"), "connection_refused")
        assert run["ttft_ms"] is None and run["http_status"] is None and run["tokens"] is None

    def test_bm_fault_020_unknown_name(self, api):
        check_failed(chat(api, "http://no-such-host.invalid/v1"), "dns_error")

    def test_bm_fault_030_a_certificate_nobody_signed(self, server, api):
        tls = OddTarget(tls=server.home)
        try:
            run = check_failed(chat(api, tls.url("record")), "tls_error")
            assert "certificate" in run["error"].lower()
        finally:
            tls.close()

    def test_bm_fault_040_no_answer_to_the_connect(self, api):
        hole = FullBacklog()
        try:
            begin = time.monotonic()
            check_failed(chat(api, f"http://127.0.0.1:{hole.port}/v1", connect_timeout_seconds=0.7), "connect_timeout", "timed_out")
            assert time.monotonic() - begin < 5
        finally:
            hole.close()

    def test_bm_fault_050_no_first_byte(self, api):
        run = chat(api, api.env.target_url + "/v1", {"fault": "silent"}, first_token_timeout_seconds=0.5)
        check_failed(run, "first_byte_timeout", "timed_out")
        assert 400 <= run["total_duration_ms"] <= 3000

    def test_bm_fault_060_a_stream_that_stalls(self, api):
        run = chat(api, api.env.target_url + "/v1", {"fault": "hang", "fault_at": 3, "ttft_ms": 10, "gap_ms": 5}, stall_timeout_seconds=0.5)
        check_failed(run, "stall_timeout", "timed_out")
        assert run["chunks"] >= 3 and run["ttft_ms"] is None         # metrics.md: a failed request has no latencies

    def test_bm_fault_070_longer_than_allowed(self, api):
        run = chat(api, api.env.target_url + "/v1", {"ttft_ms": 10, "gap_ms": 50, "tokens": 1000}, timeout_seconds=0.8)
        check_failed(run, "total_timeout", "timed_out")
        assert 750 <= run["total_duration_ms"] <= 2500
        automation = api.make_automation()
        run = api.run(api.make_scenario(automation, target={"ttft_ms": 5000}, run_settings={"timeout_seconds": 0.5}))
        check_failed(run, ("total_timeout", "first_byte_timeout"), "timed_out")

    def test_bm_fault_080_reset_and_not_http(self, api):
        check_failed(chat(api, api.env.target_url + "/v1", {"fault": "reset", "fault_at": 0}), ("connection_lost", "stream_truncated"))
        check_failed(chat(api, api.env.target_url + "/v1", {"fault": "not_http"}), ("protocol_error", "connection_lost"))


class TestStatus:

    @pytest.mark.parametrize("status, code", [(400, "request_refused"), (401, "unauthorized"), (403, "forbidden"), (404, "not_found"),
                                              (429, "rate_limited"), (500, "server_error"), (503, "unavailable")])
    def test_bm_status_010_json_errors(self, api, status, code):
        run = chat(api, api.env.target_url + "/v1", {"status": status, "error_message": "what the target said"})
        check_failed(run, code)
        assert run["http_status"] == status and "what the target said" in run["error"]

    def test_bm_status_020_html_errors_are_not_taken_for_answers(self, api, odd):
        run = check_failed(chat(api, odd.url("html500")), "server_error")
        assert run["http_status"] == 500 and "<html" not in run["error"].lower()
        check_failed(chat(api, odd.url("html200")), ("malformed_answer", "stream_truncated"))

    def test_bm_status_030_retry_after_is_obeyed_where_retries_are_asked_for(self, api, odd):
        automation = api.make_automation(connection={"url": odd.url("flaky"), "model": "m"})
        begin = time.monotonic()
        run = api.run(api.make_scenario(automation, run_settings={"max_attempts": 3}))
        assert run["status"] == "completed" and run["attempt"] == 2, run
        assert time.monotonic() - begin >= 1.0
        run = chat(api, odd.url("limited"))
        check_failed(run, "rate_limited")
        automation = api.make_automation(connection={"url": odd.url("limited"), "model": "m"})
        run = api.run(api.make_scenario(automation, run_settings={"max_attempts": 3}))
        check_failed(run, "rate_limited")             # an hour is too long to wait

    def test_bm_status_040_redirects_are_not_followed(self, api, odd):
        before = len(odd.requests("record"))
        check_failed(chat(api, odd.url("redirect")), "redirected")
        check_failed(chat(api, odd.url("redirectloop")), "redirected")
        assert len(odd.requests("record")) == before


class TestStream:

    def test_bm_stream_010_garbage(self, api, odd):
        check_failed(chat(api, api.env.target_url + "/v1", {"fault": "garbage", "fault_at": 2, "gap_ms": 2}),
                     ("malformed_answer", "stream_truncated", "stream_error"))
        check_failed(chat(api, odd.url("garbage")), ("malformed_answer", "stream_truncated"))

    def test_bm_stream_020_cut_in_the_middle(self, api, odd):
        run = chat(api, api.env.target_url + "/v1", {"fault": "cut", "fault_at": 5, "ttft_ms": 10, "gap_ms": 5})
        check_failed(run, ("connection_lost", "stream_truncated"))
        assert run["ttft_ms"] is None and run["chunks"] >= 5
        assert len(api.get(f"/runs/{run['id']}/timeline")["chunks"]) >= 5
        check_failed(chat(api, odd.url("nodone")), "stream_truncated")

    def test_bm_stream_030_error_event_in_the_middle(self, api):
        run = chat(api, api.env.target_url + "/v1", {"fault": "error", "fault_at": 4, "gap_ms": 5, "error_message": "out of memory in kv cache"})
        check_failed(run, ("stream_error", "server_error"))
        assert "kv cache" in run["error"] and run["http_status"] == 200

    def test_bm_stream_040_a_missing_done_after_a_finish_reason_is_an_answer(self, api):
        run = chat(api, api.env.target_url + "/v1", {"done": False, "tokens": 5, "gap_ms": 2})
        assert run["status"] == "completed" and run["tokens"]["completion"] == 5, run

    def test_bm_stream_050_an_answer_that_is_too_large_is_ended(self, server, api, odd):
        for behaviour in ("endless", "hugejson"):
            begin = time.monotonic()
            check_failed(chat(api, odd.url(behaviour)), ("answer_too_large", "malformed_answer"))
            assert time.monotonic() - begin < 25
        assert api.run(api.make_scenario(target={"tokens": 1}))["status"] == "completed"

    def test_bm_stream_060_hostile_answers_cost_nothing_but_the_run(self, server, api, odd):
        for behaviour in ("nan", "badchunk", "bigheaders", "gzipbomb"):
            begin = time.monotonic()
            run = chat(api, odd.url(behaviour))
            assert run["status"] == "failed" and run["error_code"] and run["error"], (behaviour, run)
            assert time.monotonic() - begin < 10
        for pid in server.engine_pids():
            with open(f"/proc/{pid}/status", encoding="utf-8") as f:
                peak = int(next(line for line in f if line.startswith("VmHWM")).split()[1])
            assert peak < 500_000, f"the engine grew to {peak} kB"

    def test_bm_stream_070_what_a_target_says_is_text(self, server, api, odd):
        run = chat(api, odd.url("hostile"))
        assert run["status"] == "completed" and "<script>" in json.dumps(run["response_json"])
        run = chat(api, odd.url("hostile_error"))
        check_failed(run, "request_refused")
        assert "\x1b" not in run["error"] and "\r" not in run["error"]
        assert "\x1b" not in server.log() and "\n[Sat Jan 01 00:00:00 2000]" not in server.log()

    def test_bm_stream_080_the_stored_answer_is_capped(self, api):
        run = chat(api, api.env.target_url + "/v1", {"text": "z" * 100, "tokens": 50, "ttft_ms": 1, "gap_ms": 0})
        assert run["status"] == "completed" and len(json.dumps(run["response_json"])) < 2_200_000


class TestSecrets:

    @staticmethod
    def conf(env):
        env.write("secrets/key", CANARY + "-key\n", 0o600)
        env.write("secrets/other", CANARY + "-other", 0o600)
        env.environment["BM_IT_REGION"] = "north"
        return Conf(env, extra=[f"BenchmarkSecret key {env.home}/secrets/key", f"BenchmarkSecret other {env.home}/secrets/other",
                                "BenchmarkEnvAllow BM_IT_REGION", "LogLevel warn benchmark:trace8"])

    def test_bm_secret_010_reach_the_target_and_nobody_else(self, server, api, odd):
        automation = api.make_automation(connection={
            "url": odd.url("record"), "model": "m", "secret": "key",
            "headers": {"X-Other": "v {{secret.other}}", "X-Region": "{{env.BM_IT_REGION}}"}})
        run = api.run(api.make_scenario(automation, inputs={"prompt": "region {{env.BM_IT_REGION}}, secret {{secret.other}}"}))
        assert run["status"] == "completed", run
        sent = dict(odd.requests("record")[-1][3])
        assert sent["Authorization"] == f"Bearer {CANARY}-key"
        assert sent["X-Other"] == f"v {CANARY}-other" and sent["X-Region"] == "north"
        assert f"secret {CANARY}-other".encode() in odd.requests("record")[-1][4]
        assert "***" in json.dumps(run["request"])

    def test_bm_secret_020_an_echo_of_the_target_is_masked(self, server, api, odd):
        automation = api.make_automation(provider="http", connection={
            "url": server.target_url + "/echo", "method": "POST", "secret": "key", "secret_header": "X-API-Key",
            "body": {"token": "{{secret.other}}"}})
        run = api.run(api.make_scenario(automation))
        assert run["status"] == "completed", run
        assert CANARY not in json.dumps(run) and "***" in json.dumps(run["response_json"])
        automation = api.make_automation(connection={"url": server.target_url + "/v1", "model": "m", "secret": "key"})
        scenario = api.make_scenario(automation, target={"status": 400, "error_message": f"Bad key {CANARY}-key"})
        run = api.run(scenario)
        assert "Bad key" in run["error"] and CANARY not in run["error"]
        # this scenario named the secret itself, so it does hold it
        api.call("DELETE", f"/scenarios/{scenario['id']}?cascade=true", expect=200)

    def test_bm_secret_030_an_unknown_secret_is_a_failure_with_a_name(self, api):
        automation = api.make_automation(connection={"url": api.env.target_url + "/v1", "model": "m", "secret": "nobody"})
        scenario = api.make_scenario(automation)
        answer = api.call("POST", "/runs/trigger", {"scenario_id": scenario["id"]})
        text = answer.text
        if answer.status_code == 200:
            run = check_failed(api.await_run(answer.json()["id"]), ("bad_inputs", "unknown_secret", "secret_missing"))
            text = run["error"]
        assert "nobody" in text

    def test_bm_secret_040_nothing_that_can_be_read_holds_it(self, server, api):
        for path in ("/runs?limit=1000&kind=run,calibration", "/automations?limit=1000", "/scenarios?limit=1000", "/about", "/engine",
                     "/openapi.json", "/runs/kpis/dashboard"):
            assert CANARY not in api.call("GET", path, expect=200).text, path
        assert CANARY not in server.log()
        with open(server.home + "/access.log", encoding="utf-8", errors="replace") as f:
            assert CANARY not in f.read()
        tables = [r[0] for r in server.sql("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'benchmark'")]
        for table in tables:
            found = server.sql(f"select count(*) from {table} t where t::text like '%{CANARY}%'")[0][0]
            assert found == 0, table
        for pid in server.pids():
            for name in ("environ", "cmdline"):
                try:
                    with open(f"/proc/{pid}/{name}", "rb") as f:
                        assert CANARY.encode() not in f.read()
                except PermissionError:         # an engine is closed to processes of the same user
                    assert pid in server.engine_pids()
        assert not glob.glob(server.home + "/core*")
