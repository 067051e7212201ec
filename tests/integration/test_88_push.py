# SPDX-License-Identifier: Apache-2.0
"""Traces that agents send: by OTLP in both its forms, and as Langfuse's SDKs do. What is taken is what was sent, what is not is said, and
every figure is the sum of what is stored."""
import base64
import collections
import gzip
import json
import os
import re
import struct
import threading
import time

import pytest

from bmenv import Conf
from otlp_proto import M, json_request, request

PROTOBUF = {"Content-Type": "application/x-protobuf"}
DAY = 86400


def ids(n=1):
    return os.urandom(16).hex(), [os.urandom(8).hex() for _ in range(n)]


def agent_spans(seconds=None, session="s1", failed=False):
    """A trace of an agent that asks a model and calls a tool."""
    trace, (agent, generation, tool) = ids(3)
    at = int((seconds or time.time() - 60) * 1e9)
    return [
        {"trace_id": trace, "span_id": agent, "name": "planner", "start": at, "end": at + 3 * 10 ** 9,
         "attributes": {"gen_ai.operation.name": "invoke_agent", "session.id": session, "user.id": "ada", "langfuse.trace.name": "question",
                        "langfuse.trace.tags": ["a", "b"], "langfuse.trace.metadata.team": "blue", "depth": {"x": [1, 2.5, None, True]}}},
        {"trace_id": trace, "span_id": generation, "parent_id": agent, "name": "chat", "start": at + 10 ** 9, "end": at + 2 * 10 ** 9,
         "attributes": {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m-1", "gen_ai.usage.input_tokens": 100,
                        "gen_ai.usage.output_tokens": 20, "gen_ai.usage.cost": 0.125, "gen_ai.input.messages": "CANARY-1",
                        "gen_ai.response.time_to_first_chunk": 0.25}},
        {"trace_id": trace, "span_id": tool, "parent_id": agent, "name": "search", "start": at + 2 * 10 ** 9, "end": at + 3 * 10 ** 9,
         "status": 2 if failed else 1, "attributes": {"gen_ai.tool.name": "search", "gen_ai.tool.call.arguments": "CANARY-2"},
         "events": [("exception", {"exception.message": "no such page"})] if failed else []},
    ]


class Push:
    """A source of its own, and what came to it."""

    def __init__(self, env, api, name):
        self.env, self.api, self.name = env, api, name
        self.id = api.post("/trace-sources", {"name": name, "kind": "pushed"}, expect=201)["id"]

    def raw(self, body, headers=None, path="/otlp/v1/traces", expect=None):
        answer = self.api.call("POST", f"{path}?source={self.name}", data=body, headers=headers or PROTOBUF)
        assert expect is None or answer.status_code == expect, (answer.status_code, answer.text[:500])
        return answer

    def protobuf(self, spans, resource=None):
        answer = self.raw(request(spans, resource).SerializeToString())
        while answer.status_code == 503:                             # as every client of OTLP does
            time.sleep(int(answer.headers["Retry-After"]))
            answer = self.raw(request(spans, resource).SerializeToString())
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/x-protobuf"
        return M["ExportTraceServiceResponse"].FromString(answer.content)

    def json(self, spans, resource=None):
        return self.api.post(f"/otlp/v1/traces?source={self.name}", json_request(spans, resource))

    def batch(self, *events, expect_errors=0):
        answer = self.api.call("POST", f"/ingestion?source={self.name}", {"batch": list(events)}, expect=207).json()
        assert len(answer["errors"]) == expect_errors, answer
        return answer

    def observations(self, **query):
        more = "".join(f"&{k}={v}" for k, v in query.items())
        return self.api.get(f"/observations?source_id={self.id}&limit=1000{more}")

    def source(self):
        return self.api.get(f"/trace-sources/{self.id}")

    def check(self):
        """Traces, sessions and days are the sums of the observations that are stored."""
        rows = self.env.sql("select id, trace_id, parent_id, type, name, level, model, extract(epoch from start_time), total_tokens, cost_nano, session_id"
                            " from observations where source_id = %s and deleted_at is null", self.id)
        traces, days = collections.defaultdict(list), collections.defaultdict(lambda: [0, 0, 0, 0])
        assert len({row[0] for row in rows}) == len(rows)
        for row in rows:
            traces[row[1]].append(row)
        found = {t[0]: t[1:] for t in self.env.sql("select id, observations, errors, total_tokens, cost_nano, session_id, extract(epoch from start_time)"
                                                   " from traces where source_id = %s", self.id)}
        assert set(traces) <= set(found)
        for key, (n, errors, tokens, cost, _, start) in found.items():
            members = traces.get(key, [])
            assert (n, errors) == (len(members), sum(m[5] == "ERROR" for m in members)), key
            assert (tokens, cost) == (sum(m[8] or 0 for m in members), sum(m[9] or 0 for m in members))
            if members:
                assert start == min(m[7] for m in members)
            self.add(days, "trace", "", start, errors > 0, cost, tokens)
        for row in rows:
            if row[3] == "AGENT":
                below = [r for r in rows if r[2] == row[0] and r[3] == "GENERATION" and r[1] == row[1]]
                for kind, at in (("agent", row[7]), ("agent_hour", int(row[7] % DAY // 3600) * DAY)):
                    self.add(days, kind, row[4], at, row[5] == "ERROR", sum(r[9] or 0 for r in below), sum(r[8] or 0 for r in below))
            if row[6]:
                self.add(days, "model", row[6], row[7], row[5] == "ERROR", row[9] or 0, row[8] or 0)
        kept = self.env.sql("select kind, name, day, n, errors, cost_nano, total_tokens from trace_days where source_id = %s and n <> 0", self.id)
        assert {tuple(row) for row in kept} == {key + tuple(row) for key, row in days.items()}
        sessions = dict(self.env.sql("select id, trace_count from trace_sessions where source_id = %s", self.id))
        assert sessions == collections.Counter(t[4] for t in found.values() if t[4])

    @staticmethod
    def add(days, kind, name, start, error, cost, tokens):
        for i, value in enumerate((1, int(error), cost, tokens)):
            days[kind, name, int(start // DAY)][i] += value


def event(kind, body, at=None, number=None):
    return {"id": number or os.urandom(8).hex(), "type": kind, "timestamp": at or "2026-01-01T00:00:01.000Z", "body": body}


@pytest.fixture
def push(server, api, request):
    made = Push(server, api, re.sub(r"\W", "-", request.node.name)[-60:])
    yield made
    api.call("DELETE", f"/trace-sources/{made.id}", expect=200)


class TestPush:

    @staticmethod
    def conf(env):
        ring = env.write("push.keys", "k " + base64.b64encode(bytes(32)).decode() + "\n", 0o400)
        return Conf(env, extra=[f"BenchmarkSecretKeys {ring}", "BenchmarkRateLimit user off", "BenchmarkRateLimit anonymous off",
                                "BenchmarkSlowQuery 0"])

    @pytest.mark.parametrize("form", ["protobuf", "json"])
    def test_bm_push_010_spans_become_observations(self, push, api, form):
        spans = agent_spans(failed=True)
        answer = getattr(push, form)(spans, {"service.name": "shop", "service.version": "1.2", "deployment.environment.name": "prod"})
        assert answer == (M["ExportTraceServiceResponse"]() if form == "protobuf" else {})
        tool, generation, agent = push.observations()
        assert [o["id"] for o in (agent, generation, tool)] == [s["span_id"] for s in spans]
        assert [o["type"] for o in (agent, generation, tool)] == ["AGENT", "GENERATION", "TOOL"]
        assert [o["parent_id"] for o in (agent, generation, tool)] == [None, agent["id"], agent["id"]]
        assert generation["model"] == "m-1" and generation["total_tokens"] == 120 and generation["total_cost"] == 0.125
        assert generation["latency_ms"] == 1000 and generation["ttft_ms"] == 250 and generation["usage_details"] == {"input": 100, "output": 20}
        assert (tool["level"], tool["status_message"]) == ("ERROR", "no such page")
        assert agent["metadata"] == {"attributes": {"gen_ai.operation.name": "invoke_agent", "depth": {"x": [1, 2.5, None, True]}}, "team": "blue",
                                     "resourceAttributes": {"service.name": "shop", "service.version": "1.2", "deployment.environment.name": "prod"},
                                     "scope": {"name": "test", "version": "1"}}
        (trace,) = api.get(f"/traces?source_id={push.id}")
        assert (trace["id"], trace["name"], trace["session_id"], trace["user_id"]) == (spans[0]["trace_id"], "question", "s1", "ada")
        assert trace["environment"] == "prod" and trace["version"] == "1.2" and trace["tags"] == ["a", "b"] and trace["errors"] == 1
        assert trace["latency_ms"] == 3000 and trace["total_tokens"] == 120 and trace["observations"] == 3
        (session,) = api.get(f"/traces/sessions?source_id={push.id}")
        assert session["id"] == "s1" and session["trace_count"] == 1 and session["total_cost"] == 0.125
        assert "CANARY" not in push.env.sql("select string_agg(metadata::text, '') from observations where source_id = %s", push.id)[0][0]
        source = push.source()
        assert source["pushed"] == 3 and source["pushed_refused"] == 0 and source["pushed_at"] and source["kind"] == "pushed" and source["url"] is None
        push.check()

    def test_bm_push_020_both_forms_say_the_same(self, push):
        spans = agent_spans()
        push.protobuf(spans)
        before = push.observations()
        changed = push.env.sql("select changed from trace_pushed where source_id = %s", push.id)
        assert push.json(spans) == {}
        assert push.observations() == before
        assert push.env.sql("select changed from trace_pushed where source_id = %s", push.id) == changed, "what comes again is written again"
        push.check()

    def test_bm_push_030_gzip(self, push, api):
        body = request(agent_spans()).SerializeToString()
        assert push.raw(gzip.compress(body), {**PROTOBUF, "Content-Encoding": "gzip"}, expect=200).content == b""
        text = json.dumps(json_request(agent_spans())).encode()
        plain = {"Content-Type": "application/json"}
        assert push.raw(gzip.compress(text[:50]) + b"garbage", {**plain, "Content-Encoding": "gzip"}).status_code == 400
        push.raw(gzip.compress(text), {**plain, "Content-Encoding": "GZIP"}, expect=200)
        assert len(push.observations()) == 6
        push.raw(gzip.compress(text)[:-9], {**plain, "Content-Encoding": "gzip"}, expect=400)
        push.raw(text, {**plain, "Content-Encoding": "gzip"}, expect=400)
        push.raw(text, {**plain, "Content-Encoding": "br"}, expect=415)
        bomb = gzip.compress(b'{"resourceSpans":[' + b" " * 300_000_000 + b"]}")
        began = time.monotonic()
        push.raw(bomb, {**plain, "Content-Encoding": "gzip"}, expect=413)
        assert time.monotonic() - began < 5
        assert len(push.observations()) == 6
        assert api.call("POST", "/scenarios", data=gzip.compress(b"{}"), headers={**plain, "Content-Encoding": "gzip"}).status_code == 415

    def test_bm_push_040_partial_success(self, push):
        spans = agent_spans()
        bad = [{**spans[0], "trace_id": "00" * 16}, {**spans[0], "trace_id": "ab"}, {**spans[0], "span_id": "00" * 8}, {**spans[0], "span_id": ""},
               {**spans[0], "parent_id": "abcd"}, {**spans[0], "start": 0}, {**spans[0], "start": 2 ** 64 - 1}]
        answer = push.protobuf(bad + spans)
        assert answer.partial_success.rejected_spans == 7 and "traceId" in answer.partial_success.error_message
        assert {o["id"] for o in push.observations()} == {s["span_id"] for s in spans}
        body = json_request(spans + bad[:2] + bad[4:6])
        body["resourceSpans"][0]["scopeSpans"][0]["spans"] += [{**body["resourceSpans"][0]["scopeSpans"][0]["spans"][0], "attributes": {"a": 1}}, 7, None]
        answer = push.api.post(f"/otlp/v1/traces?source={push.name}", body)
        assert answer["partialSuccess"]["rejectedSpans"] == "7" and answer["partialSuccess"]["errorMessage"].startswith("Span 3:")
        assert push.source()["pushed_refused"] == 14 and len(push.observations()) == 3
        push.check()

    def test_bm_push_050_what_cannot_be_decoded(self, push, api):
        good = request(agent_spans()).SerializeToString()
        cases = [b"\xff", b"\x0a", good[:-1], good[:40], b"\x0a\x02\x12\xff", b"\x0a\x04\x12\x02\x12\x05", b"\x0a\x05abc", b"\x0b\x0c", b"\x08\x01" + b"\x0a\xff\xff\xff\xff\x0f"]
        for body in cases:
            answer = push.raw(body, expect=400)
            status = M["RpcStatus"].FromString(answer.content)
            assert answer.headers["Content-Type"] == "application/x-protobuf" and status.code == 3 and "cannot be decoded" in status.message, body
        plain = {"Content-Type": "application/json"}
        for body in (b"", b"{", b"[]", b"7", b'{"resourceSpans":{}}', b'{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}', b"\xff\xfe",
                     b'{"resourceSpans":[{"resource":{"attributes":{"service.name":"x"}}}]}', b"[" * 5000):
            answer = push.raw(body, plain, expect=400)
            assert answer.json()["code"] == 3 and answer.json()["message"] and answer.headers["Content-Type"].startswith("application/json"), body
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/protobuf", ""):
            push.raw(good, {"Content-Type": kind}, expect=415)
        assert push.raw(b"", expect=200).content == b""              # an empty request is one
        assert push.observations() == []
        assert api.call("GET", "/otlp/v1/traces").status_code == 405

    def test_bm_push_060_odd_values(self, push):
        """Bytes that are no UTF-8, NULs, numbers that are none, all kinds of values: never a 500, never a lost span."""
        trace, (first, second, third) = ids(3)
        at = int(time.time() * 1e9)
        made = request([{"trace_id": trace, "span_id": first, "name": "nul\0byte", "start": at, "end": at - 10 ** 9,
                         "attributes": {"nan": float("nan"), "inf": float("inf"), "bytes": b"\0\1", "long": "x" * 5000, "big": 2 ** 62, "": "no key",
                                        "session.id": 7, "langfuse.trace.tags": "[\"q\\\"uote\", 1, \"back\\\\slash\"]", "empty": [], "none": None}},
                        {"trace_id": trace, "span_id": second, "name": "MARK", "start": at, "end": at + 1}], {"host": "\u2028"})
        body = made.SerializeToString().replace(b"MARK", b"\xff\xfeA\x80")
        answer = push.raw(body, expect=200)
        assert answer.content == b""
        nested = made.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="nested").value
        for _ in range(60):
            nested = nested.array_value.values.add()
        nested.string_value = "bottom"
        del made.resource_spans[0].scope_spans[0].spans[1:]
        made.resource_spans[0].scope_spans[0].spans[0].span_id = bytes.fromhex(third)
        push.raw(made.SerializeToString(), expect=200)
        found = {o["id"]: o for o in push.observations()}
        assert set(found) == {first, second, third}
        assert found[first]["name"] == "nul\ufffdbyte" and found[first]["latency_ms"] is None and found[first]["session_id"] == "7"
        assert found[second]["name"] == "\ufffd\ufffdA\ufffd"
        kept = found[first]["metadata"]["attributes"]
        assert "nan" not in kept and kept["bytes"] == "0001" and len(kept["long"]) == 1000 and kept["big"] == 2 ** 62 and "" not in kept
        assert "bottom" not in json.dumps(found[third]["metadata"])
        (trace,) = push.api.get(f"/traces?source_id={push.id}")
        assert trace["tags"] == ['q"uote', "back\\slash"]
        push.check()

    def test_bm_push_070_too_much(self, push):
        trace, _ = ids()
        at = int(time.time() * 1e9)
        tiny = b"\x12\x00" * 200000                                 # two bytes each
        inner = b"\x12" + varint(len(tiny)) + tiny
        push.raw(b"\x0a" + varint(len(inner)) + inner, expect=413)
        push.raw(b'{"resourceSpans":[' + b"{}," * 600000 + b"{}]}", {"Content-Type": "application/json"}, expect=413)
        answer = push.raw(b"\x0a" * 9_000_000, expect=413)
        assert M["RpcStatus"].FromString(answer.content).code == 8
        depth = b""
        for _ in range(5000):                                      # an array in an array in an array ...
            depth = b"\x2a" + varint(len(depth) + 1 + len(varint(len(depth)))) + b"\x0a" + varint(len(depth)) + depth
        pair = b"\x0a\x01a\x12" + varint(len(depth)) + depth
        span = b"\x0a\x10" + bytes.fromhex(trace) + b"\x12\x08" + b"abcdefgh" + b"\x39" + struct.pack("<Q", at) + b"\x4a" + varint(len(pair)) + pair
        for tag in (b"\x12", b"\x12", b"\x0a"):
            span = tag + varint(len(span)) + span
        push.raw(span, expect=200)
        assert [o["id"] for o in push.observations()] == [b"abcdefgh".hex()]
        assert push.source()["pushed"] == 1

    def test_bm_push_080_duplicates_and_late_spans(self, push):
        """A span of a trace comes twice in a request, again in another, changed, and its parent last of all."""
        agent, generation, tool = agent_spans()
        push.protobuf([generation, {**generation, "name": "again"}, tool])
        assert [o["name"] for o in push.observations(type="GENERATION")] == ["again"]
        push.check()
        push.json([{**tool, "status": 2, "message": "late"}])
        push.check()
        push.protobuf([agent])
        push.check()
        push.protobuf([{**generation, "start": generation["start"] - 3 * DAY * 10 ** 9}])      # it moves to another day
        push.check()
        (trace,) = push.api.get(f"/traces?source_id={push.id}")
        assert trace["observations"] == 3 and trace["errors"] == 1 and trace["name"] == "question"

    def test_bm_push_090_many_at_once(self, push):
        """Clients that send to one source at once, the same and others: nothing is lost, doubled or counted twice."""
        shared, wrong = agent_spans(), []

        def send(number):
            for i in range(4):
                try:
                    push.protobuf(agent_spans(session=f"s{i}", seconds=time.time() - 3600 * number) + shared)
                except AssertionError as e:
                    wrong.append(e)
        threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong, wrong[0]
        assert len(push.observations()) == 6 * 4 * 3 + 3
        push.check()

    def test_bm_push_100_a_large_request(self, push):
        spans = [s for i in range(900) for s in agent_spans(seconds=1767225600 + 1000 * i, session=f"s{i % 7}", failed=i % 5 == 0)]
        push.protobuf(spans)
        assert push.env.sql("select count(*) from observations where source_id = %s", push.id) == [(2700,)]
        push.check()


def varint(n):
    made = b""
    while n > 127:
        made += bytes([n & 127 | 128])
        n >>= 7
    return made + bytes([n])


class TestIngestion:

    conf = staticmethod(TestPush.conf)

    def test_bm_push_200_a_batch(self, push, api):
        events = [event("trace-create", {"id": "t1", "name": "question", "userId": "u", "sessionId": "s", "tags": ["a"], "metadata": {"team": "blue"},
                                         "release": "r", "timestamp": "2026-01-01T00:00:00.000Z"}),
                  event("agent-create", {"id": "a1", "traceId": "t1", "name": "planner", "startTime": "2026-01-01T00:00:00.000Z", "endTime": "2026-01-01T00:00:03.000Z"}),
                  event("generation-create", {"id": "g1", "traceId": "t1", "parentObservationId": "a1", "name": "chat", "model": "m", "startTime": "2026-01-01T00:00:01.000Z",
                                              "completionStartTime": "2026-01-01T00:00:01.250Z", "input": "CANARY", "environment": "prod"}),
                  event("generation-update", {"id": "g1", "endTime": "2026-01-01T00:00:02.000Z", "usage": {"promptTokens": 10, "completionTokens": 5},
                                              "costDetails": {"input": 0.25, "output": 0.5}}, "2026-01-01T00:00:02.000Z"),
                  event("event-create", {"id": "e1", "traceId": "t1", "name": "click", "startTime": "2026-01-01T00:00:01.500Z", "level": "ERROR", "statusMessage": "no"}),
                  event("sdk-log", {"log": "x"})]
        answer = push.batch(*events)
        assert sorted(s["id"] for s in answer["successes"]) == sorted(e["id"] for e in events) and {s["status"] for s in answer["successes"]} == {201}
        (generation,) = push.observations(type="GENERATION")
        assert generation["model"] == "m" and generation["total_tokens"] == 15 and generation["total_cost"] == 0.75
        assert generation["latency_ms"] == 1000 and generation["ttft_ms"] == 250 and generation["environment"] == "prod"
        (trace,) = api.get(f"/traces?source_id={push.id}")
        assert (trace["name"], trace["user_id"], trace["session_id"], trace["release"], trace["tags"]) == ("question", "u", "s", "r", ["a"])
        assert trace["metadata"] == {"team": "blue"} and trace["observations"] == 3 and trace["errors"] == 1 and trace["total_cost"] == 0.75
        push.check()
        before, changed = push.observations(), push.env.sql("select changed from trace_pushed where source_id = %s", push.id)
        push.batch(*events)
        assert push.observations() == before and push.env.sql("select changed from trace_pushed where source_id = %s", push.id) == changed
        push.check()

    def test_bm_push_210_order_does_not_matter(self, push, api):
        """Updates before creations, traces behind their observations, one event a batch, in every order: the same is stored."""
        events = [event("trace-create", {"id": "ID", "name": "t", "sessionId": "s"}, "2026-01-01T00:00:01Z"),
                  event("span-create", {"id": "ID-o", "traceId": "ID", "name": "n", "startTime": "2026-01-01T00:00:00Z", "metadata": {"a": 1, "b": 1}}, "2026-01-01T00:00:01Z"),
                  event("span-update", {"id": "ID-o", "endTime": "2026-01-01T00:00:05Z", "metadata": {"b": 2}, "name": "renamed"}, "2026-01-01T00:00:05Z")]
        orders = [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1), (0, 2, 1), (1, 0, 2), (0, 1, 2, 1, 0)]
        for n, order in enumerate(orders):
            for i in order:
                told = json.loads(json.dumps(events[i]).replace("ID", f"x{n}"))
                told["id"] = f"{n}-{i}"
                push.batch(told)
                push.check()
        found = push.observations()
        assert len(found) == len(orders)
        for o in found:
            assert (o["name"], o["latency_ms"], o["metadata"], o["start_time"]) == ("renamed", 5000, {"a": 1, "b": 2}, "2026-01-01T00:00:00.000000Z"), o
        traces = api.get(f"/traces?source_id={push.id}")
        assert {(t["name"], t["session_id"], t["observations"]) for t in traces} == {("t", "s", 1)} and len(traces) == len(orders)

    def test_bm_push_220_bad_events_are_told_one_by_one(self, push):
        good = event("span-create", {"id": "good", "traceId": "t"})
        bad = [event("score-create", {"id": "s", "value": 1}), event("no-such-type", {"id": "x"}), event("span-create", {"id": 7}), event("span-create", "text"),
               {"id": "no-time", "type": "span-create", "body": {}}, {"type": "span-create"}, 7, None, [], event("span-create", {"id": "x" * 256})]
        answer = push.batch(*bad, good, expect_errors=len(bad))
        assert [s["id"] for s in answer["successes"]] == [good["id"]]
        assert {e["status"] for e in answer["errors"]} == {400} and all(e["error"] and e["message"] for e in answer["errors"])
        assert [o["id"] for o in push.observations()] == ["good"] and push.source()["pushed_refused"] == len(bad)
        for body in ({}, {"batch": {}}, {"batch": None}):
            problem = push.api.problem("POST", f"/ingestion?source={push.name}", body)
            assert problem["errors"][0]["pointer"] == "/batch"
        plain = {"Content-Type": "application/json"}
        push.raw(b"{", plain, path="/ingestion", expect=400)
        push.raw(b"[]", plain, path="/ingestion", expect=422)
        push.raw(b"\x0a", PROTOBUF, path="/ingestion", expect=415)
        push.raw(json.dumps({"batch": [7] * 10001}).encode(), plain, path="/ingestion", expect=413)
        push.raw(gzip.compress(json.dumps({"batch": [event("span-create", {"id": "zipped"})]}).encode()), {**plain, "Content-Encoding": "gzip"}, path="/ingestion", expect=207)
        assert len(push.observations()) == 2
        odd = event("generation-create", {"id": "odd", "name": 7, "usage": "x", "costDetails": [], "tags": 3, "metadata": "text", "startTime": "never", "level": None, "\u0000": 1})
        push.batch(odd)
        push.check()


class TestWhereTo:

    @staticmethod
    def conf(env):
        return TestPush.conf(env)

    def test_bm_push_300_sources(self, server, api):
        body = json_request(agent_spans())
        assert api.post("/otlp/v1/traces", body) == {}
        (source,) = api.get("/trace-sources?q=pushed")
        assert source["name"] == "pushed" and source["kind"] == "pushed" and source["pushed"] == 3 and source["url"] is None
        rows = server.sql("select action, object, outcome from audit_log where object = %s", f"/trace-sources/{source['id']}")
        assert rows == [("POST /otlp/v1/traces", f"/trace-sources/{source['id']}", "done")]
        before = server.sql("select count(*) from audit_log")
        api.post("/otlp/v1/traces", body)
        assert server.sql("select count(*) from audit_log") == before, "each request is noted"
        assert api.call("POST", "/otlp/v1/traces?source=nowhere", body).json()["code"] == 5
        assert api.call("POST", "/ingestion?source=nowhere", {"batch": []}).status_code == 404
        mirror = api.post("/trace-sources", {"name": "mirror", "url": "http://127.0.0.1:1", "public_key": "p", "secret": "s", "paused": True}, expect=201)
        assert api.problem("POST", "/ingestion?source=mirror", {"batch": []}, expect=409)["code"] == "not_pushed"
        api.call("PATCH", f"/trace-sources/{source['id']}", {"paused": True}, expect=200)
        assert api.problem("POST", "/ingestion", {"batch": []}, expect=409)["code"] == "source_paused"
        api.call("PATCH", f"/trace-sources/{source['id']}", {"paused": False}, expect=200)
        assert api.call("POST", "/otlp/v1/traces?project_id=99", body).json()["message"].startswith("?project_id")
        other = api.post("/trace-sources", {"name": "by header", "kind": "pushed"}, expect=201)
        api.call("POST", "/ingestion", {"batch": [event("span-create", {"id": "h"})]}, headers={"X-Trace-Source": "By Header"}, expect=207)
        assert [o["id"] for o in api.get(f"/observations?source_id={other['id']}")] == ["h"]
        assert api.call("POST", "/ingestion", {"batch": []}, headers={"X-Trace-Source": "x" * 200}).status_code == 400
        for made in (source, mirror, other):
            api.call("DELETE", f"/trace-sources/{made['id']}", expect=200)

    def test_bm_push_310_the_resource(self, server, api):
        for body, pointers in (({"name": "x", "kind": "pushed", "url": "http://h", "secret": "s"}, {"/url", "/secret"}), ({"name": "x"}, {"/url", "/public_key", "/secret"}),
                               ({"name": "x", "kind": "langfuse", "url": "http://h"}, {"/public_key", "/secret"}), ({"name": "x", "kind": "other"}, {"/kind"})):
            assert {e["pointer"] for e in api.problem("POST", "/trace-sources", body)["errors"]} == pointers
        made = api.post("/trace-sources", {"name": "x", "kind": "pushed"}, expect=201)
        assert (made["pushed"], made["pushed_at"], made["pushed_refused"]) == (0, None, 0)
        path = f"/trace-sources/{made['id']}"
        assert api.problem("PATCH", path, {"kind": "langfuse"})["errors"][0]["pointer"] == "/kind"
        assert api.problem("PATCH", path, {"url": "http://h"})["errors"][0]["pointer"] == "/url"
        assert "read from a server" in api.problem("GET", path + "/sync", expect=404)["detail"]
        api.problem("POST", path + "/sync", {}, expect=404)
        assert api.get(path + "/passes") == []
        assert api.call("PATCH", path, {"name": "y", "description": "z"}, expect=200).json()["name"] == "y"
        time.sleep(1.5)                                              # an engine looks for work once a second
        assert server.sql("select count(*) from trace_passes where source_id = %s", made["id"]) == [(0,)]
        api.call("DELETE", path, expect=200)

    def test_bm_push_320_a_deleted_source_takes_what_came_with_it(self, server, api):
        push = Push(server, api, "short-lived")
        push.protobuf(agent_spans())
        api.call("DELETE", f"/trace-sources/{push.id}", expect=200)
        push.raw(b"", expect=404)
        assert api.get(f"/observations?source_id={push.id}") == []
