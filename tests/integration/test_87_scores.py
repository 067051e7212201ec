# SPDX-License-Identifier: Apache-2.0
"""Scores are mirrored beside what they are of, by either API, and nothing about them keeps observations from being read."""
import time

import pytest

from fake_langfuse import agent_trace, iso
from test_87_traces import DAY, Mirror, conf_of, fake, fresh, mirror       # noqa: F401


def score(number, at, subject, value, kind="NUMERIC", **members):
    return {"id": f"s{number}", "projectId": "p", "name": f"score {number % 3}", "value": value, "dataType": kind, "source": "EVAL", "timestamp": iso(at),
            "environment": "default", "createdAt": iso(at), "updatedAt": iso(at), "comment": None, "configId": None, "metadata": {}, "subject": subject, **members}


class TestScores:

    conf = staticmethod(conf_of)

    @pytest.mark.parametrize("api_of", ["v4", "v1"])
    def test_bm_scores_010_beside_what_they_are_of(self, mirror, fake, api, api_of):
        now, fake.api = round(time.time(), 3), api_of
        for i in range(4):
            fake.observations += agent_trace(i, now - 600 - i, session="s", user=f"u{i}")
        fake.scores = [score(i, now - 3000 - i, {"kind": "trace", "id": f"t{i % 4}"}, i / 4) for i in range(250)]
        fake.scores += [score(1000, now - 100, {"kind": "observation", "id": "o1.g", "traceId": "t1"}, "good", "CATEGORICAL", comment="so so"),
                        score(1001, now - 90, {"kind": "session", "id": "s"}, True if api_of == "v4" else 1, "BOOLEAN", source="ANNOTATION"),
                        score(1002, now - 80, {"kind": "experiment", "id": "e"}, 0.1)]
        number = mirror.add(backfill_days=1)
        mirror.done(number)
        assert mirror.env.sql("select count(*), count(distinct id) from trace_scores where source_id = %s", number) == [(253, 253)]
        mirror.check(number, v1=api_of == "v1")
        trace = api.get("/traces/t1")["scores"]
        assert [s["id"] for s in trace] == ["s1000"] + [f"s{i}" for i in range(1, 250, 4)] and trace[1]["value"] == 0.25
        (one,) = api.get("/observations/o1.g")["scores"]
        assert one["string_value"] == "good" and one["value"] is None and one["comment"] == "so so" and one["data_type"] == "CATEGORICAL" and one["trace_id"] == "t1"
        (whole,) = api.get("/sessions/s/conversation")["scores"]
        assert whole["value"] == 1 and whole["source"] == "ANNOTATION" and whole["session_id"] == "s"
        seen, path = [], f"/traces/scores?source_id={number}&limit=100"
        while path:
            answer = api.call("GET", path, expect=200)
            seen += [s["id"] for s in answer.json()]
            path = answer.links["next"]["url"].split("/api/v1")[1] if "next" in answer.links else None
        assert seen == ["s1002", "s1001", "s1000"] + [f"s{i}" for i in range(250)]
        assert {s["name"] for s in api.get("/traces/scores?name=score+1&trace_id=t1")} == {"score 1"}
        fake.scores[0].update(value=17, updatedAt=iso(now))             # one is changed, one comes
        fake.scores.append(score(2000, time.time() - 0.5, {"kind": "trace", "id": "t0"}, 5))
        mirror.again(number)
        assert {s["id"]: s["value"] for s in api.get("/traces/t0")["scores"]}["s0"] == 17 and api.get("/traces/t0")["scores"][0]["id"] == "s2000"

    def test_bm_scores_020_a_server_without(self, mirror, fake, api):
        fake.scores = None
        fake.observations = agent_trace(1, round(time.time() - 600, 3))
        number = mirror.add(backfill_days=1)
        state = mirror.done(number)
        assert state["failures"] == 0 and not state["error_message"] and api.get("/traces/t1")["scores"] == []
        asked = sum(path.endswith("/scores") for _, path, _, _ in fake.requests)
        mirror.again(number)
        assert sum(path.endswith("/scores") for _, path, _, _ in fake.requests) == asked + 1
        api.call("PATCH", f"/trace-sources/{number}", {"scores": False}, expect=200)
        mirror.again(number)
        assert sum(path.endswith("/scores") for _, path, _, _ in fake.requests) == asked + 1

    def test_bm_scores_030_odd_ones(self, mirror, fake, api):
        now = round(time.time() - 100, 3)
        fake.observations = agent_trace(1, now)
        fake.scores = [score(1, now, {"kind": "trace", "id": "t1"}, {"an": "object"}), score(2, now, {"kind": "trace", "id": "t1"}, None, name=None),
                       score(3, now, {"kind": "trace", "id": "t1"}, 1e308, comment="x" * 9000), score(4, now, {"kind": "trace", "id": "t1"}, "ä\x00😀")]
        fake.scores += [{**score(5, now, {"kind": "trace", "id": "t1"}, 1), "id": None}]
        number = mirror.add(backfill_days=1)
        fake.scores[-1]["timestamp"] = fake.scores[0]["timestamp"]
        fake.scores_between = lambda query: fake.scores
        try:
            mirror.done(number)
        finally:
            del fake.scores_between
        found = {s["id"]: s for s in api.get("/traces/t1")["scores"]}
        assert set(found) == {"s1", "s2", "s3", "s4"} and len(found["s3"]["comment"]) == 8000 and found["s4"]["string_value"].endswith("😀")
        assert found["s1"]["value"] is None is found["s1"]["string_value"] and found["s2"]["name"] is None
        assert api.get(f"/trace-sources/{number}/passes")[0]["refused"] == 1

    def test_bm_scores_040_they_go_with_their_trace(self, mirror, fake, api):
        now = round(time.time() - 100, 3)
        fake.observations = agent_trace(1, now, session="s", user="u1") + agent_trace(2, now, session="t", user="u2")
        fake.scores = [score(1, now, {"kind": "trace", "id": "t1"}, 1), score(2, now, {"kind": "session", "id": "s"}, 1), score(3, now, {"kind": "trace", "id": "t2"}, 1),
                       score(4, now, {"kind": "session", "id": "t"}, 1)]
        number = mirror.add(backfill_days=1)
        mirror.done(number)
        api.post("/traces/erase", {"user_id": "u1"}, expect=202)
        mirror.env.wait_for_job("trace-erase", lambda: not mirror.env.sql("select 1 from trace_erasures"), 20, "nothing is removed")
        assert [s["id"] for s in api.get("/traces/scores")] == ["s4", "s3"]
