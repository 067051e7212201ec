# SPDX-License-Identifier: Apache-2.0
"""Traces that are not to be here any more are gone from every sum, and stay away; how far a source is behind is told."""
import re
import time

import requests

from bmenv import Conf
from fake_langfuse import agent_trace, observation
from test_87_cupid import WORDS, check, game, step
from test_87_traces import DAY, Mirror, conf_of, fake, fresh, mirror       # noqa: F401


class TestErase:

    conf = staticmethod(conf_of)

    def test_bm_erase_010_a_user_is_forgotten(self, mirror, fake, api):
        game(fake)
        other = mirror.add(words=WORDS)
        number = mirror.add(words=WORDS)
        mirror.done(number)
        mirror.done(other)
        whole = list(fake.observations)
        assert api.post("/traces/erase", {"user_id": "user of game6", "source_id": number}, expect=202)["message"].endswith("from 1 source.")
        mirror.env.wait_for_job("trace-erase", lambda: not mirror.env.sql("select 1 from trace_erasures"), 20, "nothing is removed")
        assert mirror.env.sql("select 1 from observations where source_id = %s and trace_id like 'game6.%%'", number) == []
        fake.observations = [o for o in whole if not o["traceId"].startswith("game6")]
        check(mirror, number, WORDS)
        fake.observations = whole                       # it is still there, and read again
        mirror.again(number)
        check(mirror, other, WORDS)
        fake.observations = [o for o in whole if not o["traceId"].startswith("game6")]
        check(mirror, number, WORDS)
        fake.observations = whole + step("game6", 99, round(time.time() - 30, 3), 1)         # what comes later is taken
        mirror.again(number)
        fake.observations = [o for o in fake.observations if not o["traceId"].startswith("game6") or o["traceId"] == "game6.99"]
        check(mirror, number, WORDS)
        assert "from 2 sources" in api.post("/traces/erase", {"user_id": "nobody"}, expect=202)["message"]
        for body, pointer in (({}, "/user_id"), ({"user_id": ""}, "/user_id"), ({"user_id": "u", "source_id": 999999}, "/source_id"), ({"user_id": "u", "x": 1}, "/x")):
            assert [e["pointer"] for e in api.problem("POST", "/traces/erase", body)["errors"]] == [pointer]

    def test_bm_erase_020_by_the_old_api(self, mirror, fake, api):
        fake.api = "v1"
        for i in range(6):
            fake.observations += agent_trace(i, round(time.time() - 600 + i, 3), session="s", user=f"u{i % 2}")
        number = mirror.add(backfill_days=1)
        mirror.done(number)
        api.post("/traces/erase", {"user_id": "u1"}, expect=202)
        mirror.env.wait_for_job("trace-erase", lambda: not mirror.env.sql("select 1 from trace_erasures"), 20, "nothing is removed")
        mirror.again(number)
        fake.observations = [o for o in fake.observations if o["userId"] == "u0"]
        mirror.check(number, v1=True)
        assert api.get("/sessions")["data"][0]["trace_count"] == 3


class TestKeep:

    @staticmethod
    def conf(env):
        made = conf_of(env)
        return made.add("BenchmarkKeepTraces 40")

    def months(self, env):
        return sorted(name for name, in env.sql("select relname from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = to_regclass('benchmark.observations')"
                                                " and relname <> 'observations_other'"))

    def test_bm_keep_010_old_traces_go_and_with_them_their_months(self, mirror, fake, api):
        now = round(time.time(), 3)
        for i in range(30):
            fake.observations += step(f"g{i % 4}", i, now - 60 - 5 * DAY * i, i % 7 + 1)
        fake.observations.append(observation("long", "long", now - 60 * DAY, seconds=59 * DAY, sessionId="g1"))
        fake.observations.append(observation("open", "open", now - 61 * DAY, seconds=None, sessionId="g1"))
        number = mirror.add(words=WORDS, backfill_days=200)
        mirror.done(number, 60)

        def is_done():
            return mirror.env.sql("select count(*) from traces where source_id = %s", number)[0][0] == 9 and self.months(mirror.env)[0] >= time.strftime(
                "observations_%Y%m", time.gmtime(now - 61 * DAY))
        mirror.env.wait_for_job("trace-retention", is_done, 30, "it does not go")
        fake.observations = [o for o in fake.observations if o["id"] == "olong" or (o["id"] != "oopen" and int(o["traceId"].split(".")[1]) < 8)]
        check(mirror, number, WORDS)
        assert mirror.env.sql("select count(*) from observations where source_id = %s and start_time < now() - interval '62 days'", number) == [(0,)]
        mirror.again(number)
        check(mirror, number, WORDS)


class TestBehind:

    conf = staticmethod(conf_of)

    def test_bm_behind_010_metrics(self, mirror, fake, api, server):
        number, paused = mirror.add(name="of metrics"), mirror.add(paused=True)
        mirror.done(number)

        def found():
            text = requests.get(server.url + server.base + "/metrics", timeout=10).text
            return {m.group(1): float(m.group(2)) for m in re.finditer(r'^benchmark_trace_sync_(\w+){source_id="%d",name="of metrics"} (\S+)$' % number, text, re.M)}
        first = found()
        assert first["stale"] == 0 == first["failures"] and 0 <= first["age_seconds"] < 20, first
        assert f'source_id="{paused}"' not in requests.get(server.url + server.base + "/metrics", timeout=10).text
        fake.api = "none"
        server.sql("update trace_sync set last_sync_at = now() - interval '1 minute' where source_id = %s", number)
        server.wait(lambda: found()["failures"] > 0, 30, "it does not fail")
        assert found()["stale"] == 1 and found()["age_seconds"] > 50
