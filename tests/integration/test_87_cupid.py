# SPDX-License-Identifier: Apache-2.0
"""A deployment's own words, and what clients of Cupid see by them: sessions are what the words say, whatever came in which order."""
import collections
import random
import re
import time

import pytest

from fake_langfuse import iso, observation, seconds_of
from test_87_traces import DAY, Mirror, conf_of, fake, fresh, mirror       # noqa: F401

# The seed's deployment, as docs/traces.md has it.
WORDS = {"labels": {"mortal_name": "/mortal", "match_name": "/match/who"},
         "stage": {"name": "max_chapter", "tag_prefix": "chapter_"},
         "complete": {"stage": 5, "observation": {"type": "AGENT", "name": "End"}},
         "categories": [{"pattern": "^(Muse|Narrator)$", "category": "story"}, {"pattern": "(?i)judge", "category": "control"}]}


def step(session, number, start, chapter=None, agents=("Muse",), cost=0.5, **metadata):
    """A trace of a session: a root, its agents, a generation below each."""
    trace = f"{session}.{number}"
    about = {"sessionId": session, "userId": "user of " + session, "traceName": "turn", "tags": ["game"] + ([f"chapter_{chapter}"] if chapter else [])}
    made = [observation(trace, trace, start, "SPAN", 4.0, metadata=metadata, name="turn", **about)]
    for i, name in enumerate(agents):
        agent = observation(f"{trace}.{i}", trace, start + 1 + i, "AGENT", 1.0, parentObservationId="o" + trace, name=name, **about)
        made += [agent, observation(f"{trace}.{i}g", trace, start + 1.25 + i, "GENERATION", 0.5, parentObservationId=agent["id"], totalCost=cost,
                                    providedModelName="model-x", usageDetails={"input": 20, "output": 10, "total": 30}, **about)]
    return made


def game(fake, sessions=8, now=None):
    """Sessions of one to eight chapters; every third ends early by the agent End."""
    now = round(now or time.time(), 3)
    for s in range(sessions):
        for t in range(s + 1):
            fake.observations += step(f"game{s}", t, now - 3600 * (sessions - s) - 60 * (s - t), t + 1, ("Muse", "Judge of all") if t < s or s % 3 else ("End",),
                                      mortal=f"mortal {s}" if t == 0 else None, match={"who": f"match {t}"})


def meant(words, fake):
    """Sessions as the words have them: {id: (labels, stage, is complete)}, and {stage: traces}."""
    traces, sessions, stages = collections.defaultdict(list), collections.defaultdict(list), collections.Counter()
    for o in fake.observations:
        if o["id"] not in fake.hidden:
            traces[o["traceId"]].append(o)
    for members in traces.values():
        sessions[max(o["sessionId"] or "" for o in members)].append(members)
    words, found = words or {}, {}
    prefix = words.get("stage", {}).get("tag_prefix")
    rule = words.get("complete", {})

    def root(members):
        return min(members, key=lambda o: (o["parentObservationId"] is not None, o["startTime"], o["id"]))

    def stage(members):
        numbers = [int(t[len(prefix):]) for t in root(members)["tags"] if re.fullmatch(re.escape(prefix) + "[0-9]{1,4}", t)] if prefix else []
        return max(numbers, default=None)

    def at(metadata, pointer):
        for token in pointer[1:].split("/"):
            metadata = metadata.get(token.replace("~1", "/").replace("~0", "~")) if isinstance(metadata, dict) else None
        return metadata
    for key, its in sessions.items():
        its.sort(key=lambda members: min(o["startTime"] for o in members))
        labels = {}
        for name, pointer in words.get("labels", {}).items():
            said = [v for v in (at(root(members)["metadata"], pointer) for members in its) if v is not None]
            labels[name] = str(said[-1]) if said else None
        highest = max((s for s in map(stage, its) if s is not None), default=None)
        wanted = rule.get("observation")
        ended = any(all(o[k] == v for k, v in wanted.items()) for members in its for o in members) if wanted else False
        found[key] = (labels, highest, ended or (highest is not None and highest >= rule.get("stage", 10 ** 9)))
        stages.update(s for s in map(stage, its) if s is not None)
    return {k: v for k, v in found.items() if k}, stages


def check(mirror, number, words, **more):
    mirror.check(number, **more)
    sessions, stages = meant(words, mirror.fake)
    assert {row[0]: tuple(row[1:]) for row in mirror.env.sql("select id, labels, stage, is_complete from trace_sessions where source_id = %s", number)} == sessions
    assert dict(mirror.env.sql("select name::integer, sum(n)::integer from trace_days where source_id = %s and kind = 'stage' group by 1 having sum(n) <> 0", number)) == stages
    assert mirror.env.sql("select coalesce(sum(cost_nano), 0) from trace_days where source_id = %s and kind = 'stage'", number) == \
        mirror.env.sql("select coalesce(sum(cost_nano), 0) from traces where source_id = %s and stage is not null", number)


def asks_for_bodies(fake):
    """Whether the last page of observations was asked for with them."""
    return "io" in [query for _, path, query, _ in fake.requests if path.endswith("/observations")][-1]["fields"].split(",")


class TestWords:

    conf = staticmethod(conf_of)

    def test_bm_words_010_sessions_by_them(self, mirror, fake, api):
        game(fake)
        number = mirror.add(words=WORDS, page_size=10)
        mirror.done(number)
        check(mirror, number, WORDS)
        assert api.get(f"/trace-sources/{number}")["words"] == WORDS and not mirror.sync(number)["words_pending"]
        found = {s["id"]: s for s in api.get("/traces/sessions")}
        assert found["game3"]["labels"] == {"mortal_name": "mortal 3", "match_name": "match 3"} and found["game3"]["stage"] == 4
        assert [found[f"game{s}"]["is_complete"] for s in range(8)] == [True, False, False, True, True, True, True, True]
        assert api.get("/traces/game3.2")["stage"] == 3

    def test_bm_words_020_what_comes_late_and_what_changes(self, mirror, fake, api):
        game(fake)
        fake.hidden = {"ogame2.1", "ogame6.4", "ogame0.0.0", "ogame4.4.0"}
        number = mirror.add(words=WORDS, overlap_seconds=DAY)
        mirror.done(number)
        check(mirror, number, WORDS)
        fake.hidden = {"ogame1.1.0"}
        for o in fake.observations:
            if o["traceId"] == "game4.4":               # it is taken back to a lower chapter and into another session
                o.update(tags=["chapter_2", "chapter_x", "chapter_", "chapter_12345", "xchapter_9"], updatedAt=iso(time.time()))
            if o["traceId"] == "game5.0":
                o.update(sessionId="elsewhere", updatedAt=iso(time.time()))
            if o["id"] == "ogame7.7":
                o.update(metadata={"mortal": 17, "match": "no object"}, updatedAt=iso(time.time()))
            if o["name"] == "End" and o["traceId"] == "game3.3":
                o.update(name="Not yet", updatedAt=iso(time.time()))
        mirror.again(number)
        check(mirror, number, WORDS)
        assert {s["id"]: s for s in api.get("/traces/sessions")}["game7"]["labels"] == {"mortal_name": "17", "match_name": "match 6"}
        fake.observations = [o for o in fake.observations if not o["traceId"].startswith("game6")]
        mirror.again(number)
        check(mirror, number, WORDS)

    def test_bm_words_030_other_words_are_those_of_what_was_there_before(self, mirror, fake, api):
        game(fake)
        number = mirror.add()
        mirror.done(number)
        check(mirror, number, None)
        for words in (WORDS, {"stage": {"name": "part", "tag_prefix": "chapter_"}, "complete": {"stage": 2}}, {"labels": {"who": "/match/who"}},
                      {"complete": {"observation": {"name": "Muse"}}}, {"complete": {"observation": {"type": "TOOL"}}}, {}, None):
            api.call("PATCH", f"/trace-sources/{number}", {"words": words}, expect=200)
            mirror.env.wait_for_job("trace-words", lambda: not mirror.sync(number)["words_pending"], 20, "it is not read anew")
            check(mirror, number, words)
        api.call("PATCH", f"/trace-sources/{number}", {"interval_seconds": 20}, expect=200)
        assert not mirror.sync(number)["words_pending"]

    def test_bm_words_035_in_pieces_while_it_is_synced(self, mirror, fake, api):
        mirror.env.allow(r"BM0205: slow statement (trace|observation)_")      # a busy machine makes one
        game(fake, sessions=46)                         # 1,081 traces: six pieces
        number = mirror.add(page_size=250)
        mirror.until(number, lambda s: api.get("/traces?limit=1"))
        for i in range(6):
            api.call("PATCH", f"/trace-sources/{number}", {"words": WORDS if i % 2 else {"labels": {"n": "/mortal"}}}, expect=200)
            time.sleep(random.random() / 2)
        mirror.done(number, 60)
        mirror.again(number, 60)
        mirror.env.wait_for_job("trace-words", lambda: not mirror.sync(number)["words_pending"], 20, "it is not read anew")
        check(mirror, number, WORDS)

    def test_bm_words_040_old_servers(self, mirror, fake):
        fake.api = "v1"
        game(fake, sessions=4)
        number = mirror.add(words={**WORDS, "labels": {}, "complete": {"stage": 3}})
        mirror.done(number)
        check(mirror, number, {**WORDS, "labels": {}, "complete": {"stage": 3}}, v1=True)

    @pytest.mark.parametrize("words, pointer", [
        ({"labels": {"Upper": "/a"}}, "/words/labels/Upper"), ({"labels": {"9a": "/a"}}, "/words/labels/9a"), ({"labels": {"": "/a"}}, "/words/labels/"),
        ({"labels": {"id": "/a"}}, "/words/labels/id"), ({"labels": {"a": "a"}}, "/words/labels/a"), ({"labels": {"a": "/a~2"}}, "/words/labels/a"),
        ({"labels": {"a": 7}}, "/words/labels/a"), ({"labels": {f"l{i}": "/a" for i in range(21)}}, "/words/labels"), ({"labels": []}, "/words/labels"),
        ({"labels": {"x/y~z": "/a"}}, "/words/labels/x~1y~0z"), ({"labels": {"a": "/a"}, "stage": {"name": "a", "tag_prefix": "s"}}, "/words/labels/a"),
        ({"stage": {"name": "a"}}, "/words/stage/tag_prefix"), ({"stage": {"name": "trace_count", "tag_prefix": "s"}}, "/words/stage/name"),
        ({"stage": None}, "/words/stage"), ({"complete": {}}, "/words/complete"), ({"complete": {"stage": 5}}, "/words/complete/stage"),
        ({"complete": {"observation": {}}}, "/words/complete/observation"), ({"complete": {"observation": None}}, "/words/complete/observation"),
        ({"complete": {"stage": -1}, "stage": {"name": "a", "tag_prefix": "s"}}, "/words/complete/stage"),
        ({"categories": [{"pattern": "a", "category": "b"}, {"pattern": "(", "category": "b"}]}, "/words/categories/1/pattern"),
        ({"categories": [{"pattern": "a"}]}, "/words/categories/0/category"), ({"nothing": 1}, "/words/nothing"), (7, "/words")], ids=str)
    def test_bm_words_050_they_are_checked(self, mirror, api, words, pointer):
        problem = api.problem("POST", "/trace-sources", {"name": "n", "url": "http://127.0.0.1:1", "public_key": "p", "secret": "s", "words": words})
        assert pointer in [e["pointer"] for e in problem["errors"]], problem

    def test_bm_words_060_categories_of_agents(self, mirror, fake, api):
        game(fake)
        number = mirror.add(words=WORDS)
        mirror.done(number)
        assert {a["name"]: a["category"] for a in api.get("/agents")["data"]} == {"Muse": "story", "Judge of all": "control", "End": "other"}
        assert api.get("/agents/Muse")["category"] == "story"
        api.call("PATCH", f"/trace-sources/{number}", {"words": {"categories": [{"pattern": "(x+x+)+y|^E", "category": "last"}]}}, expect=200)
        assert {a["category"] for a in api.get("/agents")["data"]} == {"other", "last"}
        other = mirror.add(paused=True, words={"categories": [{"pattern": ".", "category": "all"}]})         # patterns are for a source's own agents
        assert "all" not in {a["category"] for a in api.get("/agents")["data"]} and other


class TestCupid:

    conf = staticmethod(conf_of)

    @pytest.fixture
    def number(self, mirror, fake):
        game(fake)
        number = mirror.add(words=WORDS)
        mirror.done(number)
        return number

    def test_bm_cupid_010_sessions(self, number, fake, api):
        answer = api.get("/sessions")
        assert answer["meta"] == {"total": 8, "page": 1, "limit": 50, "pages": 1}
        assert [s["id"] for s in answer["data"]] == [f"game{s}" for s in range(7, -1, -1)]
        one = answer["data"][4]
        assert one["max_chapter"] == 4 and one["mortal_name"] == "mortal 3" and one["match_name"] == "match 3" and one["is_complete"] is True
        assert one["trace_count"] == 4 and one["total_cost"] == 3.5 and one["avg_latency"] == 4 and one["duration_seconds"] == 184
        assert one["created_at"] == one["first_trace_at"] < one["last_trace_at"]
        whole = [s["id"] for s in answer["data"]]
        assert [[s["id"] for s in api.get(f"/sessions?limit=3&page={p}")["data"]] for p in (1, 2, 3, 4)] == [whole[:3], whole[3:6], whole[6:], []]
        assert api.get("/sessions?limit=3&page=2")["meta"] == {"total": 8, "page": 2, "limit": 3, "pages": 3}
        assert [s["id"] for s in api.get("/sessions?status=incomplete")["data"]] == ["game2", "game1"]
        assert api.get("/sessions?status=complete")["meta"]["total"] == 6 and api.get("/sessions?status=all&time_range=24h")["meta"]["total"] == 8
        for search, n in (("MORTAL 3", 1), ("match", 8), ("game", 8), ("user of game7", 1), ("mortal_name", 0), ("50%_", 0), ("", 8)):
            assert api.get("/sessions", params={"search": search})["meta"]["total"] == n, search
        for query in ("limit=0", "limit=101", "page=0", "status=some", "time_range=1y", "nothing=1"):
            assert api.problem("GET", "/sessions?" + query)["errors"][0]["pointer"] == "?" + query.split("=")[0]

    def test_bm_cupid_020_ranges(self, mirror, fake, api):
        now = time.time()
        for i, age in enumerate((0.2, 0.9, 1.5, 6.2, 8, 20, 29.2, 40)):
            fake.observations += step(f"g{i}", 0, round(now - age * DAY, 3), i + 1, cost=i + 1)
        number = mirror.add(words=WORDS, backfill_days=60)
        mirror.done(number)
        for name, n in (("24h", 2), ("7d", 4), ("30d", 7), ("all", 8)):
            stats = api.get("/sessions/stats?time_range=" + name)
            assert stats["total_sessions"] == api.get("/sessions?time_range=" + name)["meta"]["total"] == n
            assert stats["total_cost"] == n * (n + 1) / 2 and stats["complete_sessions"] + stats["incomplete_sessions"] == n
            assert stats["complete_sessions"] == max(0, n - 4) and stats["avg_latency_seconds"] == 4 and stats["avg_duration_seconds"] == 4
        for name, days in (("7d", 7), ("30d", 30), ("all", 10 ** 4)):
            first = (int(now) // DAY - days + 1) * DAY
            inside = [i for i, age in enumerate((0.2, 0.9, 1.5, 6.2, 8, 20, 29.2, 40)) if now - age * DAY >= first]
            found = api.get("/metrics/dashboard?time_range=" + name)
            cost = sum(i + 1 for i in inside)
            assert found["kpis"] == {"unique_sessions": len(inside), "total_traces": len(inside), "total_cost": cost, "avg_latency_seconds": 4,
                                     "cost_per_session": pytest.approx(cost / len(inside))}
            assert found["cost_by_chapter"] == [{"chapter": i + 1, "cost": i + 1} for i in inside]
            days = collections.Counter(iso(seconds_of(fake.observations[3 * i]["startTime"]))[:10] for i in inside)
            assert found["traces_per_day"] == [{"date": d, "count": days[d]} for d in sorted(days)]
        last = api.get("/metrics/dashboard?time_range=24h")
        assert last["kpis"]["total_traces"] == 2 == last["kpis"]["unique_sessions"] == sum(d["count"] for d in last["traces_per_day"])
        assert last["cost_by_chapter"] == [{"chapter": 1, "cost": 1}, {"chapter": 2, "cost": 2}] and last["kpis"]["cost_per_session"] == 1.5

    def test_bm_cupid_030_conversation(self, number, fake, api):
        talk = api.get("/sessions/game3/conversation")
        assert talk["session"] == [s for s in api.get("/sessions")["data"] if s["id"] == "game3"][0]
        assert [(m["type"], m["agent"], m["chapter"]) for m in talk["messages"]] == [
            m for c in (1, 2, 3) for m in (("user", None, c), ("agent", "Muse", c), ("agent", "Judge of all", c))] + [("user", None, 4), ("agent", "End", 4)]
        assert [m["timestamp"] for m in talk["messages"]] == sorted(m["timestamp"] for m in talk["messages"])
        assert talk["messages"][0]["metadata"] is None and talk["messages"][0]["content"] == ""
        assert talk["messages"][1]["metadata"] == {"latency_ms": 1000, "cost": 0.5, "total_tokens": 30, "prompt_tokens": 20, "completion_tokens": 10, "model": "model-x"}
        seen, path = [], "/sessions/game3/conversation?limit=1"
        while path:
            answer = api.call("GET", path, expect=200)
            seen += answer.json()["messages"]
            path = answer.links["next"]["url"].split("/api/v1")[1] if "next" in answer.links else None
        assert seen == talk["messages"]
        api.problem("GET", "/sessions/nothing/conversation", expect=404)
        assert api.problem("GET", "/sessions/game3/conversation?after=x")["errors"][0]["pointer"] == "?after"

    def test_bm_cupid_032_bodies(self, mirror, fake, api):
        game(fake, sessions=3)
        for o in fake.observations:
            o.update(input=f"asked {o['id']} by ada@example.com", output='{"said": "' + "ä" * 80 + '"}' if o["type"] == "AGENT" else None)
            if o["name"] == "Muse":
                o["output"] = None
            if o["id"].endswith("0g"):
                o["output"] = "generated"
        number = mirror.add(words=WORDS)
        mirror.done(number)
        assert api.get("/observations/ogame2.1")["input"] is None
        assert {m["content"] for m in api.get("/sessions/game2/conversation")["messages"]} == {""}
        api.call("PATCH", f"/trace-sources/{number}", {"bodies": {"max_bytes": 100, "redact": [r"\S+@\S+"]}, "overlap_seconds": 4 * 3600}, expect=200)
        mirror.again(number)
        check(mirror, number, WORDS)
        assert asks_for_bodies(fake)
        assert api.get("/observations/ogame2.1")["input"] == "asked ogame2.1 by ***"
        assert api.get("/observations/ogame2.1.1")["output"] == '{"said": "' + "ä" * 45
        assert "input" not in api.get("/observations?id=ogame2.1")[0]
        talk = api.get("/sessions/game2/conversation")["messages"]
        assert [m["content"] for m in talk[:3]] == ["asked ogame2.0 by ***", "generated", '{"said": "' + "ä" * 45]
        api.call("PATCH", f"/trace-sources/{number}", {"bodies": None}, expect=200)
        mirror.again(number)                            # what is here stays
        assert api.get("/observations/ogame2.1")["input"] == "asked ogame2.1 by ***" and not asks_for_bodies(fake)
        for bodies, pointer in (({"max_bytes": 99}, "/bodies/max_bytes"), ({"redact": ["a", "("]}, "/bodies/redact/1"), ({"x": 1}, "/bodies/x"), (True, "/bodies")):
            assert pointer in [e["pointer"] for e in api.problem("PATCH", f"/trace-sources/{number}", {"bodies": bodies})["errors"]]

    def test_bm_cupid_031_without_agents_and_twice(self, mirror, number, fake, api):
        fake.observations = [observation("s", "single", round(time.time() - 100, 3), "GENERATION", 2.0, sessionId="game3", name="alone", totalCost=0.25,
                                         usageDetails={"input": 1, "output": 2, "total": 3})]
        other = mirror.add()
        mirror.done(other)
        assert [e["pointer"] for e in api.problem("GET", "/sessions/game3/conversation")["errors"]] == ["?source_id"]
        talk = api.get(f"/sessions/game3/conversation?source_id={other}")
        assert "max_chapter" not in talk["session"] and talk["session"]["is_complete"] is False
        assert [(m["type"], m["agent"], m["chapter"]) for m in talk["messages"]] == [("user", None, None), ("agent", "alone", None)]
        assert talk["messages"][1]["metadata"] == {"latency_ms": 2000, "cost": 0.25, "total_tokens": 3, "prompt_tokens": 1, "completion_tokens": 2, "model": None}

    def test_bm_cupid_040_nothing_is_there_yet(self, api):
        assert api.get("/sessions") == {"data": [], "meta": {"total": 0, "page": 1, "limit": 50, "pages": 0}}
        assert api.get("/sessions/stats") == {"total_sessions": 0, "total_cost": 0, "avg_duration_seconds": 0, "avg_latency_seconds": 0, "complete_sessions": 0, "incomplete_sessions": 0}
        for name in ("24h", "all"):
            assert api.get("/metrics/dashboard?time_range=" + name) == {"kpis": {"unique_sessions": 0, "total_traces": 0, "total_cost": 0, "avg_latency_seconds": 0,
                                                                               "cost_per_session": 0}, "cost_by_chapter": [], "traces_per_day": []}
        assert api.get("/agents") == {"data": []}

    # As the seed's dashboard calls it: no version in the path, no credentials, slashes as they come.
    def test_bm_cupid_050_an_unmodified_client(self, server, number):
        import requests

        def get(path, **params):
            answer = requests.get(server.url + server.base + path, params=params, timeout=10)
            assert answer.ok, answer.text
            return answer.json()
        page = get("/api/sessions/", time_range="7d", status="all", search="", page=1, limit=20)
        assert {"id", "created_at", "trace_count", "total_cost", "avg_latency", "first_trace_at", "last_trace_at", "duration_seconds", "is_complete",
                "mortal_name", "match_name", "max_chapter"} <= set(page["data"][0])
        assert set(get("/api/sessions/stats", time_range="30d")) >= {"total_sessions", "total_cost", "avg_duration_seconds", "avg_latency_seconds",
                                                                     "complete_sessions", "incomplete_sessions"}
        talk = get(f"/api/sessions/{page['data'][0]['id']}/conversation")
        assert {m["type"] for m in talk["messages"]} == {"user", "agent"}
        for agent in get("/api/agents")["data"]:
            assert {"name", "category", "execution_count", "avg_latency_ms", "total_cost", "total_tokens", "success_rate"} <= set(agent)
            one = get("/api/agents/" + requests.utils.quote(agent["name"]))
            assert one["stats"].items() <= agent.items() and one["recent_executions"][0]["trace_id"]
            charts = get("/api/agents/" + requests.utils.quote(agent["name"]) + "/charts")
            assert sum(h["count"] for h in charts["executions_by_hour"]) == agent["execution_count"]
        assert requests.get(server.url + server.base + "/api/agents/nobody", timeout=10).status_code == 404
        board = get("/api/metrics/dashboard", time_range="7d")
        assert board["kpis"]["unique_sessions"] == 8 and board["cost_by_chapter"][0]["chapter"] == 1
        assert get("/api/sync/status")["status"] in ("idle", "running")
        assert requests.post(server.url + server.base + "/api/sync/trigger", timeout=10).json()["status"] == "started"
