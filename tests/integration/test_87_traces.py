# SPDX-License-Identifier: Apache-2.0
"""The mirror of Langfuse: what a source has is here, whatever the server does meanwhile, and its state tells the truth."""
import base64
import collections
import json
import os
import random
import signal
import time
import urllib.parse

import pytest

from bmenv import Api, Conf
from fake_langfuse import FakeLangfuse, agent_trace, iso, observation, seconds_of

DAY = 86400
SHORT = {"interval_seconds": 10, "requests_per_minute": None, "backfill_days": 3}


@pytest.fixture(scope="module")
def fake():
    made = FakeLangfuse()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def fresh(fake):
    fake.reset()


def conf_of(env):
    ring = env.write("traces.keys", "k " + base64.b64encode(bytes(32)).decode() + "\n", 0o400)
    return Conf(env, extra=[f"BenchmarkSecretKeys {ring}"])


@pytest.fixture
def mirror(server, api, fake):
    made = Mirror(server, api, fake)
    yield made
    made.forget()


class Mirror:
    """A source that mirrors the fake, and what is known of it."""

    def __init__(self, env, api, fake):
        self.env, self.api, self.fake, self.ids = env, api, fake, []
        secrets = [s for s in api.get("/secrets") if s["name"] == "langfuse"]
        if not secrets:
            api.post("/secrets", {"name": "langfuse", "value": fake.secret}, expect=201)

    def add(self, **members):
        body = {"name": f"source {len(self.ids)}", "url": self.fake.url, "public_key": self.fake.public, "secret": "langfuse", **SHORT, **members}
        self.ids.append(self.api.post("/trace-sources", body, expect=201)["id"])
        return self.ids[-1]

    def forget(self):
        for number in self.ids:
            self.api.call("DELETE", f"/trace-sources/{number}", expect=200)

    def sync(self, number):
        return self.api.get(f"/trace-sources/{number}/sync")

    def until(self, number, condition, timeout=20, what="it does not happen"):
        def met():
            found = self.sync(number)
            return found if condition(found) else None
        try:
            return self.env.wait(met, timeout, what)
        except AssertionError:
            raise AssertionError(f"{what}: {self.sync(number)} {self.env.tail()}") from None

    def done(self, number, timeout=20):
        """All that there is has been read."""
        return self.until(number, lambda s: s["status"] == "idle" and s["last_sync_at"], timeout, "the sync does not end")

    def again(self, number, timeout=20):
        """Read the newest once more, to the end."""
        before = self.api.get(f"/trace-sources/{number}/passes")[0]["id"]
        self.api.post(f"/trace-sources/{number}/sync", expect=202)

        def ended():
            found = self.api.get(f"/trace-sources/{number}/passes")[0]
            return found["id"] > before and found["status"] == "completed" and self.sync(number)["status"] == "idle"
        self.env.wait(ended, timeout, "the pass does not end")

    # --- the truth

    def rows(self, number):
        return self.env.sql("select id, trace_id, start_time, name, level, session_id, total_tokens, cost_nano, model from observations"
                            " where source_id = %s and deleted_at is null order by id", number)

    def check(self, number, v1=False):
        """What is here is what the fake has: each observation once, and every figure the sum of them."""
        truth = {o["id"]: o for o in self.fake.observations if o["id"] not in self.fake.hidden}
        rows = self.rows(number)
        assert [row[0] for row in rows] == sorted(truth), set(truth) ^ {row[0] for row in rows}
        for row in rows:
            o = truth[row[0]]
            assert row[1] == (o["traceId"] or o["id"]) and abs(row[2].timestamp() - seconds_of(o["startTime"])) < 1e-3, (row, o)
            assert row[3] == o["name"] and row[4] == o["level"] and row[8] == o.get("providedModelName"), (row, o)
            assert row[5] == (None if v1 else o["sessionId"])
            assert row[6] == o["usageDetails"].get("total") and row[7] == (round(o["totalCost"] * 1e9) if o["totalCost"] is not None else None)
        traces = collections.defaultdict(list)
        for o in truth.values():
            traces[o["traceId"] or o["id"]].append(o)
        found = {t[0]: t for t in self.env.sql("select id, observations, errors, cost_nano, total_tokens, start_time, session_id from traces"
                                               " where source_id = %s", number)}
        assert set(found) == set(traces)
        for key, members in traces.items():
            _, n, errors, cost, tokens, start, session = found[key]
            assert n == len(members) and errors == sum(o["level"] == "ERROR" for o in members), key
            assert cost == sum(round((o["totalCost"] or 0) * 1e9) for o in members)
            assert tokens == sum(o["usageDetails"].get("total", 0) for o in members)
            assert abs(start.timestamp() - min(seconds_of(o["startTime"]) for o in members)) < 1e-3
            assert session == max((o["sessionId"] or "" for o in members)) or not session
        sessions = dict(self.env.sql("select id, trace_count from trace_sessions where source_id = %s", number))
        assert sessions == collections.Counter(o[6] for o in found.values() if o[6])
        days = self.env.sql("select kind, name, day, n, errors, cost_nano, total_tokens from trace_days where source_id = %s and n <> 0 and kind <> 'stage'", number)
        assert {row[:4] + row[4:] for row in days} == self.days(truth, traces)

    @staticmethod
    def days(truth, traces):
        found = collections.defaultdict(lambda: [0, 0, 0, 0])

        def add(kind, name, start, error, cost, tokens):
            row = found[kind, name, int(start // DAY)]
            for i, value in enumerate((1, error, round(cost * 1e9), tokens)):
                row[i] += value
        for members in traces.values():
            add("trace", "", min(seconds_of(o["startTime"]) for o in members), any(o["level"] == "ERROR" for o in members),
                sum(o["totalCost"] or 0 for o in members), sum(o["usageDetails"].get("total", 0) for o in members))
        for o in truth.values():
            start, error = seconds_of(o["startTime"]), o["level"] == "ERROR"
            if o["type"] == "AGENT":
                hour = int(o["startTime"][11:13])
                below = [g for g in truth.values() if g["parentObservationId"] == o["id"] and g["type"] == "GENERATION" and g["traceId"] == o["traceId"]]
                for kind, at in (("agent", start), ("agent_hour", hour * DAY)):
                    add(kind, o["name"], at, error, sum(g["totalCost"] or 0 for g in below), sum(g["usageDetails"].get("total", 0) for g in below))
            if o.get("providedModelName"):
                add("model", o["providedModelName"], start, error, o["totalCost"] or 0, o["usageDetails"].get("total", 0))
        return {key + tuple(row) for key, row in found.items()}


def history(fake, traces=40, days=2.5, now=None):
    """Traces over some days, the newest a minute old."""
    now = now or time.time()
    for i in range(traces):
        fake.observations += agent_trace(i, round(now - 60 - i * days * DAY / traces, 3), session=f"s{i % 5}", user=f"u{i % 3}", failed=i % 7 == 0)


class TestMirror:

    conf = staticmethod(conf_of)

    def test_bm_traces_010_everything_is_here(self, mirror, fake, api):
        history(fake)
        number = mirror.add(page_size=10)
        state = mirror.done(number)
        mirror.check(number)
        assert state["api"] == "v4" and state["server_version"] == "4.16.0" and state["backfill_progress"] == 1 and not state["error_message"]
        assert not state["is_stale"] and state["failures"] == 0
        (first,) = api.get(f"/trace-sources/{number}/passes")
        assert first["reason"] == "first" and first["status"] == "completed" and first["changed"] == first["received"] == 120 and first["pages"] >= 12
        assert any("gzip" in headers.get("Accept-Encoding", "") for _, _, _, headers in fake.requests)
        for _, path, query, _ in fake.requests:
            assert "io" not in query.get("fields", "").split(","), query
        mirror.again(number)                            # what is read again and is the same is not written
        assert api.get(f"/trace-sources/{number}/passes")[0]["changed"] == 0
        assert api.get("/sync/status")["status"] == "idle"
        mirror.check(number)

    def test_bm_traces_020_lists(self, mirror, fake, api):
        history(fake)
        number = mirror.add()
        mirror.done(number)
        seen, path = [], f"/traces?source_id={number}&limit=7&view=summary"
        while path:
            answer = api.call("GET", path, expect=200)
            seen += [t["id"] for t in answer.json()]
            path = answer.links["next"]["url"].split("/api/v1")[1] if "next" in answer.links else None
        assert seen == [f"t{i}" for i in range(40)]
        (trace,) = api.get(f"/traces?source_id={number}&id=t7")
        assert trace["name"] == "trace 1" and trace["tags"] == ["a", 'q"uo\\te'] and trace["session_id"] == "s2" and trace["user_id"] == "u1"
        assert trace["observations"] == 3 and trace["errors"] == 1 and trace["total_cost"] == 0.25 and trace["total_tokens"] == 15
        assert trace["latency_ms"] == 3000
        tree = api.get(f"/observations?source_id={number}&trace_id=t7")
        assert [(o["id"], o["parent_id"]) for o in tree] == [("o7.t", "o7.a"), ("o7.g", "o7.a"), ("o7.a", None)]
        assert tree[1]["ttft_ms"] == 250 and tree[1]["model"] == "model-x" and tree[1]["usage_details"] == {"input": 10, "output": 5, "total": 15}
        assert len(api.get(f"/traces?source_id={number}&errors=true")) == 6 == len(api.get(f"/observations?source_id={number}&level=ERROR"))
        assert {t["user_id"] for t in api.get(f"/traces?source_id={number}&user_id=u2&tag=a")} == {"u2"}
        sessions = api.get(f"/traces/sessions?source_id={number}")
        assert [s["id"] for s in sessions] == ["s0", "s1", "s2", "s3", "s4"] and {s["trace_count"] for s in sessions} == {8}
        assert sessions[0]["total_cost"] == 2 and sessions[0]["avg_latency"] == 3 and sessions[0]["user_ids"] == ["u0", "u1", "u2"]
        agents = api.get("/agents")["data"]
        assert [(a["name"], a["execution_count"], a["total_cost"]) for a in agents] == [("agent 0", 20, 5), ("agent 1", 20, 5)]
        assert agents[0]["success_rate"] == 85 and agents[0]["avg_latency_ms"] == 3000
        (model,) = api.get("/traces/models")
        assert model["name"] == "model-x" and model["execution_count"] == 40 and model["total_tokens"] == 600
        assert sum(d["execution_count"] for d in api.get("/traces/daily")) == 40
        problem = api.problem("GET", "/traces?after=nonsense")
        assert problem["errors"][0]["pointer"] == "?after"

    def test_bm_traces_021_one_trace_as_a_tree(self, mirror, fake, api):
        start = round(time.time() - 600, 3)
        for i in range(10):                             # a tree of two branches, whose children began before them
            fake.observations.append(observation(f"{i}", "tall", start + 10 - i, name=f"n{i}", parentObservationId=f"o{i - 2}" if i > 1 else None))
        fake.observations.append(observation("lost", "tall", start + 1.5, parentObservationId="gone"))
        fake.observations += [observation("x", "round", start, parentObservationId="oy"), observation("y", "round", start + 1, parentObservationId="ox")]
        number = mirror.add(backfill_days=1)
        mirror.done(number)
        whole = api.get("/traces/tall")
        assert whole["observations"] == 11 and whole["source_id"] == number and [o["id"] for o in whole["tree"]] == [
            "olost", "o1", "o3", "o5", "o7", "o9", "o0", "o2", "o4", "o6", "o8"]
        assert [o["depth"] for o in whole["tree"]] == [0, *range(5), *range(5)] and [o["children"] for o in whole["tree"]] == [0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0]
        assert "metadata" in whole["tree"][0] and "metadata" not in api.get("/traces/tall?view=summary")["tree"][0]
        seen, path = [], "/traces/tall?limit=4"
        while path:
            answer = api.call("GET", path, expect=200)
            seen += answer.json()["tree"]
            path = answer.links["next"]["url"].split("/api/v1")[1] if "next" in answer.links else None
        assert seen == whole["tree"]
        assert [(o["id"], o["depth"]) for o in api.get("/traces/round")["tree"]] == [("ox", 0), ("oy", 1)]
        assert api.problem("GET", "/traces/tall?after=ox")["errors"][0]["pointer"] == "?after"
        assert api.problem("GET", "/traces/nothing", expect=404)["detail"] == "There is no trace nothing."
        assert api.get("/observations/o3")["name"] == "n3"
        api.problem("GET", "/observations/nothing", expect=404)
        again = mirror.add(backfill_days=1)             # another source has the same ids
        mirror.done(again)
        for path in ("/traces/tall", "/observations/o3"):
            problem = api.problem("GET", path)
            assert [e["pointer"] for e in problem["errors"]] == ["?source_id"] and f"{number}" in problem["errors"][0]["detail"]
            assert api.get(path, params={"source_id": again})["source_id"] == again
        api.problem("GET", "/traces/tall", params={"source_id": 999999}, expect=404)

    # an id is any text without a slash; what the route table knows by name is not taken for one
    @pytest.mark.parametrize("text", ["a b", "ä€😀", "50%", "a+b", "q?x=1#f", "{trace_id}", "t;v=1", "-1", "9" * 200, "a.b", "..x", "'\"<>&\\"])
    def test_bm_traces_022_any_text_is_an_id(self, mirror, fake, api, text):
        fake.observations = [observation(text, text, round(time.time() - 60, 3), "AGENT", name=text),
                             observation("2", text, round(time.time() - 50, 3), parentObservationId="o" + text)]
        number = mirror.add(backfill_days=1)
        mirror.done(number)
        sent = urllib.parse.quote(text, safe="")
        assert api.get(f"/traces/{sent}")["id"] == text and api.get(f"/traces/{sent}/")["id"] == text
        assert api.get(f"/observations/o{sent}")["id"] == "o" + text
        half = api.call("GET", f"/traces/{sent}?limit=1", expect=200)           # and the next page is found
        assert [o["id"] for o in api.get(half.links["next"]["url"].split("/api/v1")[1])["tree"]] == ["o2"]
        assert api.get(f"/agents/{sent}")["name"] == text and api.get(f"/agents/{sent}/charts")["latency_over_time"][0]["latency_ms"] == 1000

    def test_bm_traces_023_no_text_is_no_id(self, mirror, fake, api):
        for path in ("/traces/%ff", "/traces/" + "x" * 1001, "/observations/%C3%28", "/agents/a%2Fb"):
            assert api.call("GET", path).status_code == 404, path
        assert api.call("GET", "/traces/a%00b").status_code in (400, 404)
        assert isinstance(api.get("/traces/sessions"), list) and isinstance(api.get("/traces/daily"), list)
        problem = api.problem("POST", "/traces/x", {}, expect=405)
        assert "GET, HEAD, OPTIONS" in problem["detail"]

    def test_bm_traces_024_one_agent(self, mirror, fake, api):
        history(fake)
        number = mirror.add()
        mirror.done(number)
        agent = api.get("/agents/agent%201")
        assert agent["name"] == "agent 1" and agent["stats"] == {k: v for k, v in api.get("/agents")["data"][1].items() if k not in ("name", "category")}
        recent = agent["recent_executions"]
        assert [e["trace_id"] for e in recent] == [f"t{i}" for i in range(1, 40, 2)] and recent[0]["observation_id"] == "o1.a"
        assert {(e["latency_ms"], e["tokens"], e["cost"], e["source_id"]) for e in recent} == {(3000, 15, 0.25, number)}
        assert [e["trace_id"] for e in recent if e["status"] == "error"] == ["t7", "t21", "t35"]
        charts = api.get("/agents/agent%201/charts")
        assert [p["timestamp"] for p in charts["latency_over_time"]] == [e["timestamp"] for e in reversed(recent)]
        hours = collections.Counter(int(o["startTime"][11:13]) for o in fake.observations if o["name"] == "agent 1")
        assert charts["executions_by_hour"] == [{"hour": h, "count": hours[h]} for h in range(24)]
        assert api.get("/agents/agent%201?days=1")["stats"]["execution_count"] < 20
        assert api.problem("GET", "/agents/nobody", expect=404)["detail"] == "There is no agent nobody."
        api.problem("GET", "/agents/nobody/charts", expect=404)

    def test_bm_traces_030_what_comes_late_and_what_changes(self, mirror, fake, api):
        history(fake, traces=10, days=0.05)
        fake.hidden = {"o3.g", "o5.a", "o5.g", "o5.t"}
        number = mirror.add()
        mirror.done(number)
        mirror.check(number)
        fake.hidden = set()
        for o in fake.observations:
            if o["id"] == "o2.g":
                o.update(totalCost=1.5, updatedAt=iso(time.time()))
            if o["id"] == "o4.a":                       # its begin, its session and its trace change
                o.update(startTime=iso(seconds_of(o["startTime"]) - 1.25), updatedAt=iso(time.time()))
            if o["traceId"] == "t6":
                o.update(sessionId="elsewhere", updatedAt=iso(time.time()))
            if o["id"] == "o7.t":
                o.update(traceId="t8", updatedAt=iso(time.time()))
        mirror.again(number)
        mirror.check(number)

    def test_bm_traces_035_the_one_that_was_changed_later_counts(self, mirror, fake):
        history(fake, traces=4, days=0.05)
        number = mirror.add()
        mirror.done(number)
        old = dict(fake.observations[0])
        fake.observations[0].update(name="newer", updatedAt=iso(time.time()))
        mirror.again(number)
        fake.observations[0] = {**old, "name": "older"}
        mirror.again(number)
        assert {row[3] for row in mirror.rows(number) if row[0] == old["id"]} == {"newer"}

    def test_bm_traces_036_what_is_deleted_there(self, mirror, fake, api):
        history(fake, traces=20, days=0.05)
        number = mirror.add(page_size=10)
        mirror.done(number)
        whole = list(fake.observations)
        fake.observations = [o for o in whole if o["traceId"] not in ("t3", "t4") and o["id"] != "o7.g"]
        mirror.again(number)
        mirror.check(number)
        assert api.get(f"/trace-sources/{number}/passes")[0]["deleted"] == 7
        assert api.get(f"/traces?source_id={number}&id=t3") == [] == api.get(f"/observations?source_id={number}&trace_id=t3")
        fake.observations = whole                       # it was an error of theirs
        mirror.again(number)
        mirror.check(number)
        fake.observations = []                          # so is this
        mirror.again(number)
        assert len(mirror.rows(number)) == len(whole)

    def test_bm_traces_040_old_servers(self, mirror, fake, api):
        fake.api, fake.version = "v1", "3.80.0"
        history(fake, traces=130)
        number = mirror.add()
        assert mirror.done(number)["api"] == "v1"
        mirror.check(number, v1=True)
        (trace,) = api.get(f"/traces?source_id={number}&id=t7")
        assert trace["name"] == "trace 1" and trace["user_id"] == "u1" and trace["session_id"] == "s2" and trace["latency_ms"] == 3000
        fake.api = "v4"                                 # it was upgraded
        mirror.again(number)
        assert mirror.sync(number)["api"] == "v4"
        fake.api = "v1"                                 # and taken back, which the next request finds out
        api.post(f"/trace-sources/{number}/sync", expect=202)
        mirror.until(number, lambda s: s["api"] == "v1" and s["status"] == "idle", 40)
        assert len(mirror.rows(number)) == 390

    def test_bm_traces_045_neither(self, mirror, fake):
        fake.api = "none"
        number = mirror.add()
        state = mirror.until(number, lambda s: s["status"] == "error")
        assert "no Langfuse server" in state["error_message"] and state["next_sync_at"] and state["last_sync_at"] is None


class TestTrouble:

    conf = staticmethod(conf_of)

    def test_bm_traces_110_keys(self, mirror, fake, api):
        number = mirror.add(public_key="pk-lf-wrong")
        state = mirror.until(number, lambda s: s["status"] == "error")
        assert "refuses the keys (401)" in state["error_message"] and state["failures"] == 1
        api.call("PATCH", f"/trace-sources/{number}", {"public_key": fake.public}, expect=200)
        api.post("/sync/trigger")
        assert mirror.done(number)["error_message"] is None
        missing = mirror.add(secret="nobody-has-this")
        assert "nobody-has-this" in mirror.until(missing, lambda s: s["status"] == "error")["error_message"]

    @pytest.mark.parametrize("what", [("status", 500), ("status", 503, {"Retry-After": "1"}), ("close",), ("cut",), ("broken",),
                                      ("bytes", b"[]"), ("bytes", b'{"data": 7}'), ("bytes", b""), ("status", 400)], ids=str)
    def test_bm_traces_120_it_is_told_and_tried_again(self, mirror, fake, api, what):
        history(fake, traces=5, days=0.02)
        fake.plan = [what] * (2 if what == ("close",) else 1)      # of a warm connection libcurl tries again itself
        number = mirror.add(backfill_days=0)
        state = mirror.until(number, lambda s: s["status"] == "error")
        assert state["error_message"] and state["failures"] == 1 and state["next_sync_at"]
        api.post(f"/trace-sources/{number}/sync", expect=202)
        assert mirror.done(number)["failures"] == 0
        mirror.check(number)

    def test_bm_traces_130_rate_limits(self, mirror, fake, api):
        history(fake, traces=20)
        fake.limit, fake.window = 5, 2.0
        number = mirror.add(page_size=10)
        state = mirror.until(number, lambda s: s["status"] == "rate_limited")
        assert "429" in state["error_message"] and "5 requests" in state["error_message"]
        api.post(f"/trace-sources/{number}/sync", expect=202)        # who asks does not get around it
        mirror.done(number, 60)
        mirror.check(number)
        refused = [r for r in api.get(f"/trace-sources/{number}/passes")]
        assert sum(r["limited"] for r in refused) >= 1

    def test_bm_traces_131_fewer_requests_than_the_server_allows(self, mirror, fake, api):
        history(fake, traces=12, days=0.02)
        number = mirror.add(page_size=10, requests_per_minute=122, backfill_days=0)       # one each half second
        mirror.done(number)
        at = [r[0] for r in fake.requests if "observations" in r[1]]
        assert len(at) >= 5 and min(b - a for a, b in zip(at, at[1:])) > 0.4, [b - a for a, b in zip(at, at[1:])]

    def test_bm_traces_132_a_days_budget(self, mirror, fake):
        history(fake, traces=20)
        number = mirror.add(page_size=10, requests_per_day=3)
        state = mirror.until(number, lambda s: s["status"] == "rate_limited")
        assert "3 requests of this day" in state["error_message"] and state["requests_today"] == 3
        midnight = (int(time.time()) // DAY + 1) * DAY
        assert abs(seconds_of(state["next_sync_at"][:23] + "Z") - midnight) < 60

    def test_bm_traces_140_overload(self, mirror, fake, api):
        history(fake, traces=60)
        fake.overload = 250
        number = mirror.add()
        mirror.until(number, lambda s: s["status"] == "rate_limited" and "422" in s["error_message"])
        mirror.done(number, 60)
        mirror.check(number)

    def test_bm_traces_150_pages_that_go_round(self, mirror, fake, api):
        history(fake, traces=10, days=0.02)
        fake.plan = [("well",), ("same",)]
        number = mirror.add(page_size=10, backfill_days=0)
        assert "circles" in mirror.until(number, lambda s: s["status"] == "error")["error_message"]
        api.post(f"/trace-sources/{number}/sync", expect=202)
        mirror.done(number)
        mirror.check(number)

    def test_bm_traces_160_odd_values(self, mirror, fake):
        now = time.time()
        odd = [observation(i, "t", now - 300 - i) for i in range(12)]
        odd[0].update(totalCost="0.5", usageDetails={"total": "7"}, endTime=iso(now - 4000), latency=None)      # clocks apart; text
        odd[1].update(name=None, level=None, type=None, metadata=None, usageDetails=None, costDetails=None, tags=None)
        odd[2].update(totalCost=-1, usageDetails={"input": -5, "output": 1e300, "total": None})
        odd[3].update(id="x" * 300)
        odd[4].update(id=None)
        odd[5].update(startTime="yesterday")
        odd[6].update(name="n" * 5000, metadata={"deep": json.loads("[" * 100 + "]" * 100), "big": 10**30, "half": "\ud83d", "nul": "a\0b"})
        odd[7].update(traceId=None)
        odd[8].update(startTime="9999-01-01T00:00:00Z", unknown={"a": 1})
        odd[9].update(name={"not": "a text"}, tags=[1, None, "x", "\\", '"'], userId=7)
        odd[10].update(startTime=iso(now - 800), metadata={"k": "v" * 300000})
        page = {"data": odd + [None, 7, "text", [], odd[11], dict(odd[11], name="again", updatedAt=iso(now))], "meta": {}}
        text = json.dumps(page).encode().replace(b'"again"', b'"again \xff\xfe"').replace(b'"k":', b'"k": 1, "k":')
        fake.plan = [("bytes", text)]
        number = mirror.add(backfill_days=0)
        mirror.done(number)
        rows = {row[0]: row for row in mirror.rows(number)}
        assert set(rows) == {f"o{i}" for i in (0, 1, 2, 6, 7, 9, 10, 11)}
        assert rows["o0"][7] == 500000000 and rows["o0"][6] == 7 and rows["o1"][4] == "DEFAULT" and rows["o2"][6:8] == (None, None)
        assert rows["o11"][3] == "again \ufffd\ufffd" and len(rows["o6"][3]) == 1000 and rows["o7"][1] == "o7"
        found = mirror.env.sql("select id, latency_us, tags, metadata from observations where source_id = %s and id = any(%s) order by id", number,
                               ["o0", "o6", "o9", "o10"])
        assert found[0][1] is None and found[1][3] is None and found[3][2] == ["x", "\\", '"']
        assert found[2][3]["half"] == "\ufffd" and found[2][3]["nul"] == "a\ufffdb"
        assert mirror.api.get(f"/trace-sources/{number}/passes")[0]["refused"] == 8

    def test_bm_traces_170_pause_and_change(self, mirror, fake, api):
        history(fake, traces=4, days=0.02)
        number = mirror.add(paused=True)
        time.sleep(2.5)
        assert not fake.requests and mirror.sync(number)["status"] == "idle" and mirror.sync(number)["next_sync_at"] is None
        api.post(f"/trace-sources/{number}/sync", expect=202)
        mirror.done(number)
        asked = len(fake.requests)
        api.call("PATCH", f"/trace-sources/{number}", {"paused": False, "interval_seconds": 10}, expect=200)
        mirror.env.wait(lambda: len(fake.requests) > asked, 20, "it is not gone on with")

    def test_bm_traces_180_another_source_of_a_deleted_one(self, mirror, fake, api):
        history(fake, traces=4, days=0.02)
        number = mirror.add()
        mirror.done(number)
        api.call("DELETE", f"/trace-sources/{number}", expect=200)
        mirror.ids.remove(number)
        assert api.get(f"/traces?source_id={number}") == [] and api.get("/agents")["data"] == [] and api.get("/traces/daily") == []
        mirror.env.wait_for_job("trace-sweep", lambda: mirror.env.sql("select (select count(*) from observations where source_id = %s)"
                                " + (select count(*) from traces where source_id = %s) + (select count(*) from trace_gone)",
                                number, number)[0][0] == 0, 20, "rows stay")

    def test_bm_traces_190_bodies_are_checked(self, mirror, fake, api):
        good = {"name": "n", "url": fake.url, "public_key": "pk", "secret": "s"}
        for member, value in (("url", "ftp://x/"), ("url", "http://h/?a=1"), ("url", "{{x}}"), ("public_key", "a:b"), ("secret", "no name"),
                              ("interval_seconds", 1), ("page_size", 5000), ("project_id", 99), ("nonsense", 1)):
            problem = api.problem("POST", "/trace-sources", {**good, member: value})
            assert [e["pointer"] for e in problem["errors"]] == [f"/{member}"], problem
        number = mirror.add(url=fake.url + "/api/public/", paused=True)
        assert api.get(f"/trace-sources/{number}")["url"] == fake.url
        assert api.problem("POST", "/trace-sources", {**good, "name": "SOURCE 0"})["errors"][0]["pointer"] == "/name"
        api.problem("GET", "/trace-sources/999999/sync", expect=404)

    def test_bm_traces_195_addresses_are_guarded(self, mirror, fake, api):
        number = mirror.add(url="http://10.1.2.3")
        assert "10.1.2.3 is not allowed" in mirror.until(number, lambda s: s["status"] == "error")["error_message"]


class TestChaos:

    conf = staticmethod(conf_of)

    def test_bm_traces_210_engines_that_die(self, mirror, fake, server):
        history(fake, traces=400)
        number = mirror.add(page_size=10)
        for _ in range(4):
            time.sleep(0.4)
            for pid in server.engine_pids():
                os.kill(pid, signal.SIGKILL)
        server.sql("update engines set beat_at = now() - interval '1 hour' where id not in (select id from engines order by started_at desc limit 1)")
        mirror.done(number, 90)
        mirror.check(number)
        server.allow("engine", "exited", "ended", "child", "signal")

    def test_bm_traces_220_everything_at_once(self, mirror, fake, server):
        draw = random.Random(7)
        history(fake, traces=150)
        number = mirror.add(page_size=20)
        faults = [("status", 500), ("status", 429, {"Retry-After": "1"}), ("close",), ("cut",), ("broken",), ("status", 422), ("slow", 0.3),
                  ("same",), ("status", 503), ("well",), ("well",), ("well",)]
        for i in range(12):
            fake.plan = [draw.choice(faults) for _ in range(3)]
            late = agent_trace(1000 + i, round(time.time() - draw.uniform(10, 3000), 3), session=f"s{i % 5}")
            with fake.lock:
                fake.observations += late
                changed = draw.choice(fake.observations[:30])
                changed.update(name=f"renamed {i}", updatedAt=iso(time.time()))
            mirror.api.post(f"/trace-sources/{number}/sync", expect=202)
            time.sleep(0.5)
        fake.plan = []

        def settled():
            mirror.api.post(f"/trace-sources/{number}/sync", expect=202)
            time.sleep(0.5)
            return mirror.sync(number)["status"] == "idle" and mirror.sync(number)["backfill_progress"] == 1
        server.wait(settled, 90, f"it does not settle: {mirror.sync(number)}")
        mirror.again(number)
        mirror.check(number)
