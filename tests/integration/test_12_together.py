# SPDX-License-Identifier: Apache-2.0
"""Requests that share their statements: each is answered as if it had come alone, whatever becomes of the others."""
import re
import threading
import time

import pytest
import requests

from bmenv import Conf

AWAY = (r"\[dbd:(error|crit)\]", r"BM0030: engine: ", r"BM00\d\d: recorder", r"BM02\d\d: ", r"database")


class Crowd:
    """Requests of many clients at once: send() starts one, answers() waits for all of them."""

    def __init__(self, api):
        self.api, self.threads, self.results = api, [], {}

    def send(self, key, method, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}

        def ask():
            begin = time.monotonic()
            answer = requests.request(method, self.api.base + path, json=body, headers=headers, timeout=30)
            self.results[key] = (answer, time.monotonic() - begin)
        self.threads.append(threading.Thread(target=ask))
        self.threads[-1].start()

    def answers(self):
        for thread in self.threads:
            thread.join()
        return self.results


def waiting(server, count):
    """Wait until that many of the web children's statements wait for a lock."""
    server.wait(lambda: server.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name like"
                                   " '%%web'")[0][0] >= count, 10, "nobody waits")


def same_but_for(answer, *members):
    body = answer.json()
    return {name: value for name, value in body.items() if name not in members}


# One connection and one child: what comes while a statement waits is in the next one, all of it
ONE = ["BenchmarkPoolLimit 1", "DBDMax 1", "DBDKeep 1", "ThreadsPerChild 64", "ServerLimit 1", "MaxRequestWorkers 64",
       "BenchmarkSlowQuery 100"]


class TestTogether:

    @staticmethod
    def conf(env):
        return Conf(env, extra=ONE)

    @pytest.fixture(autouse=True)
    def announced(self, server):
        server.allow(r"BM0205: slow statement (recorded_)?run_(get|add|parts)", r"BM0205: slow statement queue_")   # held, too

    @pytest.fixture(scope="class", name="stopped")
    def stop_engine(self, server, api):
        """Nothing is claimed, so that what is queued stays queued."""
        api.post("/engine/stop", expect=202)
        yield
        api.post("/engine/start", expect=202)

    def test_bm_together_010_reads_are_answered_as_alone(self, server, api):
        ended = [api.run(api.make_scenario(target={"tokens": 1}))["id"] for _ in range(3)]
        api.post("/engine/stop", expect=202)
        queued = [api.trigger(api.make_scenario(target={"tokens": 1}))["id"] for _ in range(2)]
        paths = [f"/runs/{run_id}{view}" for run_id in (*ended, *queued, 999999, 888888) for view in ("", "?view=summary")]
        alone = {path: api.call("GET", path) for path in paths}
        tag = alone[f"/runs/{ended[0]}"].headers["ETag"]
        crowd = Crowd(api)
        with server.locked("runs"):
            crowd.send("first", "GET", f"/runs/{ended[1]}")
            waiting(server, 1)
            for path in paths * 2:
                crowd.send(f"{path} {len(crowd.threads)}", "GET", path)
            crowd.send("known", "GET", f"/runs/{ended[0]}", If_None_Match=tag)
            crowd.send("unknown", "GET", f"/runs/{ended[0]}", If_None_Match='"r0"')
            time.sleep(0.3)
        answers = crowd.answers()
        for key, (answer, _) in answers.items():
            expected = alone.get(key.split(" ")[0])
            if expected is not None:
                assert answer.status_code == expected.status_code and answer.headers.get("ETag") == expected.headers.get("ETag")
                assert same_but_for(answer, "request_id", "instance") == same_but_for(expected, "request_id", "instance")
        assert answers["known"][0].status_code == 304 and answers["unknown"][0].status_code == 200
        assert api.call("GET", "/runs/999999").status_code == 404
        api.post("/engine/start", expect=202)
        api.await_idle()

    def test_bm_together_020_triggers_are_answered_each_with_its_own(self, server, api, stopped):
        scenarios = [api.make_scenario(target={"tokens": 1}, labels=[f"label {i}", 'a "quoted\\ one"']) for i in range(3)]
        begun = server.sql("select count(*) from run_queue")[0][0]
        crowd = Crowd(api)
        with server.locked("run_queue"):
            for i in range(40):
                crowd.send(i, "POST", "/runs/trigger", {"scenario_id": scenarios[i % 3]["id"], "inputs_override": {"n": i}})
            crowd.send("none", "POST", "/runs/trigger", {"scenario_id": 999999})
            waiting(server, 1)
            time.sleep(0.3)
        answers = crowd.answers()
        assert answers.pop("none")[0].status_code == 404
        ids = set()
        for i, (answer, _) in answers.items():
            run = answer.json()
            assert answer.status_code == 200 and run["inputs"]["n"] == i and run["status"] == "pending"
            assert run["scenario_id"] == scenarios[i % 3]["id"] and run["labels"] == scenarios[i % 3]["labels"]
            assert answer.headers["Location"].endswith(f"/runs/{run['id']}")
            assert api.get(f"/runs/{run['id']}")["inputs"]["n"] == i
            ids.add(run["id"])
        assert len(ids) == 40
        assert server.sql("select count(*) from run_queue")[0][0] == begun + 40
        # some of them came into the table together: a transaction is one moment
        moments = server.sql("select count(distinct created_at) from run_queue where id = any(%s)", list(ids))[0][0]
        assert moments < 20, f"40 runs in {moments} transactions"

    def test_bm_together_030_one_that_the_table_refuses_fails_alone(self, server, api, stopped):
        server.allow(r"BM0200: statement run_add")
        scenario = api.make_scenario(target={"tokens": 1})
        server.sql("alter table run_queue add constraint no_evil check (spec #>> '{inputs,word}' is distinct from 'evil') not valid")
        try:
            body = {"scenario_id": scenario["id"], "inputs_override": {"word": "evil"}}
            alone = api.call("POST", "/runs/trigger", body)
            assert alone.status_code >= 400
            crowd = Crowd(api)
            with server.locked("run_queue"):
                for i in range(20):
                    crowd.send(i, "POST", "/runs/trigger", {"scenario_id": scenario["id"],
                                                            "inputs_override": {"word": "evil" if i == 7 else f"good {i}"}})
                waiting(server, 1)
                time.sleep(0.3)
            answers = crowd.answers()
            evil = answers.pop(7)[0]
            assert evil.status_code == alone.status_code
            assert same_but_for(evil, "request_id", "instance") == same_but_for(alone, "request_id", "instance")
            assert [(answer.status_code, answer.json()["inputs"]["word"]) for _, (answer, _) in sorted(answers.items())] \
                == [(200, f"good {i}") for i in range(20) if i != 7]
            stored = server.sql("select count(*) from run_queue where scenario_id = %s", scenario["id"])[0][0]
            assert stored == 19
        finally:
            server.sql("alter table run_queue drop constraint no_evil")

    def test_bm_together_040_idempotency_keys_hold_among_them(self, server, api, stopped):
        scenario = api.make_scenario(target={"tokens": 1})
        crowd = Crowd(api)
        body = {"scenario_id": scenario["id"]}
        first = api.call("POST", "/runs/trigger", body, headers={"Idempotency-Key": "together"})
        for i in range(10):
            crowd.send(f"plain {i}", "POST", "/runs/trigger", body)
            crowd.send(f"keyed {i}", "POST", "/runs/trigger", body, Idempotency_Key="together")
        answers = crowd.answers()
        assert {answer.status_code for answer, _ in answers.values()} == {200}
        assert {answer.json()["id"] for key, (answer, _) in answers.items() if key.startswith("keyed")} == {first.json()["id"]}
        assert len({answer.json()["id"] for answer, _ in answers.values()}) == 11

    def test_bm_together_050_the_log_names_everybody_who_waited(self, server, api, stopped):
        scenario = api.make_scenario(target={"tokens": 1})
        server.sql("""create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.15); return new; end $$;
                      create trigger dawdle before insert on run_queue for each row execute function dawdle()""")
        try:
            crowd = Crowd(api)
            with server.locked("run_queue"):
                for i in range(5):
                    crowd.send(i, "POST", "/runs/trigger", {"scenario_id": scenario["id"]}, X_Request_Id=f"dawdler-{i}")
                waiting(server, 1)
                time.sleep(0.3)
            assert {answer.status_code for answer, _ in crowd.answers().values()} == {200}
        finally:
            server.sql("drop trigger dawdle on run_queue; drop function dawdle()")
        lines = [line for line in server.log().splitlines() if "BM0205: slow statement run_add" in line and "dawdler" in line]
        assert {i for line in lines for i in re.findall(r"dawdler-(\d)", line)} == set("01234")
        assert any("(requests dawdler-" in line and line.count("dawdler-") > 1 for line in lines), lines

    def test_bm_together_060_one_connection_serves_all_kinds(self, server, api, stopped):
        run = api.trigger(api.make_scenario(target={"tokens": 1}))
        until = time.monotonic() + 3
        bad = []

        def ask(method, path, body=None):
            session = requests.Session()
            while time.monotonic() < until:
                answer = session.request(method, api.base + path, json=body, timeout=30)
                if answer.status_code != 200:
                    bad.append((path, answer.status_code, answer.text[:200]))
        threads = [threading.Thread(target=ask, args=("GET", f"/runs/{run['id']}")) for _ in range(12)]
        threads += [threading.Thread(target=ask, args=("POST", "/runs/trigger", {"scenario_id": run["scenario_id"]})) for _ in range(6)]
        threads += [threading.Thread(target=ask, args=("GET", "/runs?limit=5")) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not bad, bad[:3]


class TestTogetherInTrouble:

    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkStatementTimeout 2s", "BenchmarkPoolLimit 2", "DBDMax 2", "DBDKeep 2", "ThreadsPerChild 64",
                                "ServerLimit 1", "MaxRequestWorkers 64", "BenchmarkLease 4s"])

    @pytest.fixture(autouse=True)
    def thawed(self, env):
        yield
        env.pg("thaw")
        env.pg("start")

    @staticmethod
    def check_unavailable(answers):
        for answer, seconds in answers.values():
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0, answer.text
            assert answer.json()["detail"] and seconds < 5, f"{seconds:.1f} s"

    @staticmethod
    def crowd_of(api, run):
        crowd = Crowd(api)
        for i in range(20):
            crowd.send(f"get {i}", "GET", f"/runs/{run['id']}")
            crowd.send(f"trigger {i}", "POST", "/runs/trigger", {"scenario_id": run["scenario_id"]})
        return crowd

    def recovers(self, server, api, run):
        server.wait(lambda: {answer.status_code for answer, _ in self.crowd_of(api, run).answers().values()} == {200}, 10,
                    "requests do not recover")
        api.await_idle()
        server.check_invariants()

    def test_bm_together_110_a_database_that_stands_still(self, server, api):
        server.allow(*AWAY)
        run = api.run(api.make_scenario(target={"tokens": 1}))
        server.pg("freeze")
        try:
            self.check_unavailable(self.crowd_of(api, run).answers())
        finally:
            server.pg("thaw")
        self.recovers(server, api, run)

    def test_bm_together_120_statements_that_take_too_long(self, server, api):
        server.allow(*AWAY)
        run = api.run(api.make_scenario(target={"tokens": 1}))
        crowd = Crowd(api)
        with server.locked("runs"):
            for i in range(12):
                crowd.send(i, "GET", f"/runs/{run['id']}")
            answers = crowd.answers()
        for answer, seconds in answers.values():
            assert answer.status_code in (503, 504) and seconds < 5, (answer.status_code, seconds)
        self.recovers(server, api, run)

    # whoever leads dies in the middle: those it leads hear of it, and every run that was confirmed is there
    def test_bm_together_130_postgresql_is_killed_in_the_middle(self, server, api):
        server.allow(*AWAY)
        run = api.run(api.make_scenario(target={"tokens": 1}))
        api.post("/engine/stop", expect=202)
        with server.locked("run_queue"):
            crowd = self.crowd_of(api, run)
            waiting(server, 1)
            time.sleep(0.2)
            server.pg("stop", "immediate")
            answers = crowd.answers()
        for key, (answer, seconds) in answers.items():
            assert answer.status_code in (200, 503) and seconds < 5, (key, answer.status_code, seconds)
        assert 503 in {answer.status_code for answer, _ in answers.values()}
        server.pg("start")
        api.post("/engine/start", expect=202)
        self.recovers(server, api, run)
        confirmed = [answer.json()["id"] for key, (answer, _) in answers.items()
                     if key.startswith("trigger") and answer.status_code == 200]
        assert server.sql("select count(*) from run where id = any(%s)", confirmed)[0][0] == len(confirmed)

    def test_bm_together_140_killed_backends_under_load(self, server, api):
        server.allow(*AWAY)
        run = api.run(api.make_scenario(target={"tokens": 1}))
        api.post("/engine/stop", expect=202)
        until = time.monotonic() + 3
        strange, confirmed, slowest = [], [], [0.0]

        def ask(method, path, body=None):
            session = requests.Session()
            while time.monotonic() < until:
                begin = time.monotonic()
                answer = session.request(method, api.base + path, json=body, timeout=30)
                slowest[0] = max(slowest[0], time.monotonic() - begin)
                if answer.status_code == 200 and method == "POST":
                    confirmed.append(answer.json()["id"])
                if answer.status_code not in (200, 503):
                    strange.append((path, answer.status_code, answer.text[:200]))
        threads = [threading.Thread(target=ask, args=("GET", f"/runs/{run['id']}")) for _ in range(8)]
        threads += [threading.Thread(target=ask, args=("POST", "/runs/trigger", {"scenario_id": run["scenario_id"]})) for _ in range(8)]
        for thread in threads:
            thread.start()
        while time.monotonic() < until:
            server.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%%web'")
            time.sleep(0.1)
        for thread in threads:
            thread.join()
        assert not strange, strange[:3]
        assert slowest[0] < 5 and confirmed
        assert len(set(confirmed)) == len(confirmed)
        assert server.sql("select count(*) from run where id = any(%s)", confirmed)[0][0] == len(confirmed)
        api.post("/engine/start", expect=202)
        self.recovers(server, api, run)
