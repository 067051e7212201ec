# SPDX-License-Identifier: Apache-2.0
"""Traces and metrics of runs to a collector (OTLP/HTTP, JSON): what arrives, what a misbehaving collector does to it, and that it
never does anything to a run."""
import json
import time

import pytest
import requests

from bmenv import Conf
from collector import Collector, attributes
from test_65_metrics import scrape, value

SENT = "benchmark_otlp_sent_spans_total"


@pytest.fixture(scope="module")
def collector():
    made = Collector()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def fresh(collector):
    collector.forget()
    yield
    assert not collector.failures, collector.failures


@pytest.fixture(scope="class")
def server(env, request, collector):
    make = getattr(request.cls, "conf")
    env.restart(make(env, collector))
    yield env
    env.stop()


def dropped(found, reason):
    return value(found, "benchmark_otlp_dropped_spans_total", reason=reason)


class TestTraces:
    @staticmethod
    def conf(env, collector):
        path = env.write("otlp.secret", "Bearer s3cret", 0o600)
        return Conf(env, extra=[f"BenchmarkOtlpEndpoint {collector.url}/", f"BenchmarkSecret otlp {path}",
                                "BenchmarkOtlpHeader Authorization otlp", "BenchmarkOtlpMetrics 1s"])

    def trace(self, server, collector, run_id):
        return server.wait(lambda: collector.trace_of(run_id), 10, "no trace")

    def test_a_streamed_run_is_a_trace_with_its_real_times(self, server, api, collector):
        wall = time.time() * 1e9
        run = api.run(api.make_scenario(inputs={"max_tokens": 20, "temperature": 0.5}))
        assert run["status"] == "completed"
        trace = self.trace(server, collector, run["id"])
        request = trace["request"]
        found = attributes(request["attributes"])
        assert request["name"] == "chat m" and request["kind"] == 3 and "status" not in request
        assert found["gen_ai.operation.name"] == "chat" and found["gen_ai.provider.name"] == "openai"
        assert found["gen_ai.request.model"] == "m" and found["gen_ai.response.model"] == run["model"]
        assert found["gen_ai.request.max_tokens"] == 20 and found["gen_ai.request.temperature"] == 0.5
        assert found["gen_ai.request.stream"] is True
        assert found["gen_ai.response.finish_reasons"] == [run["finish_reason"]]
        assert found["gen_ai.usage.input_tokens"] == run["tokens"]["prompt"]
        assert found["gen_ai.usage.output_tokens"] == run["tokens"]["completion"]
        assert found["server.address"] == "127.0.0.1" and found["server.port"] == server.target_port
        assert found["http.response.status_code"] == 200
        assert found["gen_ai.response.time_to_first_chunk"] == pytest.approx(run["ttft_ms"] / 1000, abs=2e-6)
        events = {e["name"]: int(e["timeUnixNano"]) for e in request["events"]}
        assert (events["gen_ai.first_token"] - events["benchmark.request.sent"]) / 1e6 == pytest.approx(run["ttft_ms"], abs=2e-3)
        begin, end = (int(request[k]) for k in ("startTimeUnixNano", "endTimeUnixNano"))
        assert (end - begin) / 1e6 == pytest.approx(run["total_duration_ms"], abs=2e-3)
        assert begin <= events["benchmark.request.sent"] < events["gen_ai.first_token"] <= end
        root, queue = trace["run"], trace["queue"]
        assert wall - 1e9 < int(root["startTimeUnixNano"]) == int(queue["startTimeUnixNano"]) <= int(queue["endTimeUnixNano"]) \
            <= begin < end <= int(root["endTimeUnixNano"]) < time.time() * 1e9
        about = attributes(root["attributes"])
        assert about["benchmark.scenario.id"] == run["scenario_id"] and about["benchmark.run.status"] == "completed"
        assert root["resource"]["service.name"] == "mod_benchmark" and root["resource"]["service.instance.id"]
        assert {r[2].get("Authorization") for r in collector.requests} == {"Bearer s3cret"}

    def test_no_content_and_no_secret_leaves(self, server, api, collector):
        run = api.run(api.make_scenario(inputs={"prompt": "the moon is a secret"}))
        self.trace(server, collector, run["id"])
        text = json.dumps(collector.spans)
        assert "moon" not in text and "s3cret" not in text

    def test_a_failed_run_says_what_happened(self, server, api, collector):
        refused = api.make_automation(connection={"url": "http://127.0.0.1:9/v1", "model": "m"})
        run = api.run(api.make_scenario(refused))
        assert run["status"] == "failed"
        trace = self.trace(server, collector, run["id"])
        for span in (trace["run"], trace["request"]):
            assert attributes(span["attributes"])["error.type"] == run["error_code"]
            assert span["status"]["code"] == 2 and span["status"]["message"] == run["error"]
        assert attributes(trace["request"]["attributes"]).get("gen_ai.usage.output_tokens") is None

    def test_a_run_that_sent_nothing_has_no_request(self, server, api, collector):
        run = api.run(api.make_scenario(api.make_automation(provider="mock")))
        trace = self.trace(server, collector, run["id"])
        assert set(trace) == {"run", "queue"}

    def test_traces_have_ids_of_their_own(self, server, api, collector):
        scenario = api.make_scenario()
        runs = api.bulk(scenario, 30)
        api.await_completed(runs)
        server.wait(lambda: len(collector.runs()) >= 30, 10, "traces are missing")
        roots = [s for s in collector.spans if s["name"] == "run"]
        assert len({s["traceId"] for s in roots}) == len(roots) == 30
        assert len({s["spanId"] for s in collector.spans}) == len(collector.spans) == 90

    def test_metrics_are_pushed(self, server, api, collector):
        api.run(api.make_scenario())

        def points():
            found = {m["name"]: m for m in collector.metrics}
            return found.get("gen_ai.client.operation.duration", {}).get("histogram", {}).get("dataPoints") and found
        found = server.wait(points, 10, "no metrics")
        duration = found["gen_ai.client.operation.duration"]
        assert duration["unit"] == "s" and duration["histogram"]["aggregationTemporality"] == 2
        point = duration["histogram"]["dataPoints"][0]
        about = attributes(point["attributes"])
        assert about["gen_ai.operation.name"] == "chat" and about["gen_ai.provider.name"] == "openai"
        assert len(point["bucketCounts"]) == len(point["explicitBounds"]) + 1
        assert sum(int(n) for n in point["bucketCounts"]) == int(point["count"]) > 0 and point["sum"] > 0
        assert found["gen_ai.client.operation.time_to_first_chunk"]["histogram"]["dataPoints"]

    def test_nothing_is_said_to_the_target(self, server, api, odd):
        run = api.run(api.make_scenario())
        assert "traceparent" not in json.dumps(run["request"]).lower()


class TestTraceparent:
    @staticmethod
    def conf(env, collector):
        return Conf(env, extra=[f"BenchmarkOtlpEndpoint {collector.url}", "BenchmarkOtlpTraceparent On"])

    def test_the_target_is_told_its_parent(self, server, api, collector):
        run = api.run(api.make_scenario())
        trace = server.wait(lambda: collector.trace_of(run["id"]), 10, "no trace")
        sent = {k.lower(): v for k, v in run["request"]["headers"].items()}["traceparent"]
        assert sent == f"00-{trace['run']['traceId']}-{trace['request']['spanId']}-01"

    def test_one_of_its_own_is_left_alone(self, server, api):
        own = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
        automation = api.make_automation(connection={"url": server.target_url + "/v1", "model": "m", "headers": {"TraceParent": own}})
        run = api.run(api.make_scenario(automation))
        assert [v for k, v in run["request"]["headers"].items() if k.lower() == "traceparent"] == [own]


class TestABadCollector:
    @staticmethod
    def conf(env, collector):
        return Conf(env, extra=[f"BenchmarkOtlpEndpoint {collector.url}", "BenchmarkOtlpMetrics 0", "BenchmarkOtlpQueue 16"])

    # libcurl tries at once again when a warm connection is closed on it, so that one is closed twice
    @pytest.mark.parametrize("plan, pause", [([("status", 503, {}, "")], 0.5), ([("status", 429, {"Retry-After": "2"}, "")], 2),
                                             ([("close",), ("close",)], 0.5), ([("status", 502, {}, "x" * 100000)], 0.5)])
    def test_what_may_pass_is_sent_again(self, env, server, api, collector, plan, pause):
        env.allow(r"BM0700")
        collector.plan = list(plan)
        run = api.run(api.make_scenario())
        server.wait(lambda: collector.trace_of(run["id"]), 15, "no trace")
        (one, _, _, _), (two, _, _, status) = collector.requests[-2:]
        assert status == 200 and two - one >= pause
        assert value(scrape(server), "benchmark_otlp_retries_total") >= 1

    @pytest.mark.parametrize("status", [400, 401, 404, 413, 500, 301])
    def test_what_is_refused_is_dropped_and_counted(self, env, server, api, collector, status):
        env.allow(r"BM0700")
        before = scrape(server)
        collector.plan = [("status", status, {"Location": collector.url}, "{}")]
        api.run(api.make_scenario())
        server.wait(lambda: dropped(scrape(server), "refused") == dropped(before, "refused") + 3, 10, "not counted")
        assert len(collector.requests) == 1
        run = api.run(api.make_scenario())
        server.wait(lambda: collector.trace_of(run["id"]), 10, "the next one is not sent")

    def test_a_partial_success_is_not_repeated(self, server, api, collector):
        before = scrape(server)
        collector.plan = [("partial", 1)]
        api.run(api.make_scenario())
        server.wait(lambda: value(scrape(server), SENT) == value(before, SENT) + 2, 10, "not counted")
        assert dropped(scrape(server), "refused") == dropped(before, "refused") + 1
        time.sleep(1.2)
        assert len(collector.requests) == 1

    @pytest.mark.slow
    def test_a_slow_one_holds_up_no_run_and_the_rest_is_dropped(self, env, server, api, collector):
        before = scrape(server)
        scenario = api.make_scenario()
        collector.plan = [("slow", 9)]
        began = time.time()
        first = api.run(scenario)
        server.wait(lambda: collector.requests, 5, "nothing was sent")
        runs = api.bulk(scenario, 40)
        api.await_completed(runs)
        assert time.time() - began < 9 and first["status"] == "completed"
        found = scrape(server)
        assert value(found, "benchmark_otlp_queued_runs") <= 16
        lost = dropped(found, "queue_full") - dropped(before, "queue_full")
        assert lost == 3 * (41 - 16)
        server.wait(lambda: value(scrape(server), "benchmark_otlp_queued_runs") == 0, 15, "the queue stays full")
        found = scrape(server)
        assert value(found, SENT) - value(before, SENT) + dropped(found, "queue_full") - dropped(before, "queue_full") == 3 * 41

    def test_a_stop_sends_what_is_left(self, env, server, api, collector):
        run = api.run(api.make_scenario())
        env.stop()
        assert collector.trace_of(run["id"])
        env.start()

    def test_a_stop_does_not_wait_for_a_collector_that_hangs(self, env, server, api, collector):
        collector.plan = [("slow", 30)] * 5
        env.allow(r"BM0700")
        api.run(api.make_scenario())
        server.wait(lambda: collector.requests, 5, "nothing was sent")
        began = time.time()
        env.stop()
        assert time.time() - began < 6
        env.start()


class TestNoCollector:
    @staticmethod
    def conf(env, collector):
        return Conf(env, extra=["BenchmarkOtlpEndpoint http://127.0.0.1:9"])

    def test_runs_do_not_mind(self, env, server, api):
        env.allow(r"BM0700")
        assert api.run(api.make_scenario())["status"] == "completed"
        server.wait(lambda: value(scrape(server), "benchmark_otlp_retries_total") > 0, 10, "it was not tried")
        assert env.log().count("BM0700") == 1


class TestOff:
    @staticmethod
    def conf(env, collector):
        return Conf(env)

    def test_nothing_is_sent_and_nothing_is_said(self, server, api, collector):
        api.run(api.make_scenario())
        assert not collector.requests
        assert "benchmark_otlp_queued_runs" not in scrape(server)
        assert requests.get(server.url + "/metrics", timeout=5).text.count("otlp") == 0


class TestAMissingSecret:
    @staticmethod
    def conf(env, collector):
        return Conf(env, extra=[f"BenchmarkOtlpEndpoint {collector.url}", "BenchmarkOtlpHeader Authorization nowhere"])

    def test_nothing_is_sent_and_the_log_says_why(self, env, server, api, collector):
        env.allow(r"BM0702")
        assert api.run(api.make_scenario())["status"] == "completed"
        assert "BM0702" in env.log() and "nowhere" in env.log()
        time.sleep(1)
        assert not collector.requests
