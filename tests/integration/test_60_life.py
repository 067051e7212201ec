# SPDX-License-Identifier: Apache-2.0
"""Life and death: whatever ends whichever process, every run reaches one terminal state once, and nothing is left behind."""
import os
import signal
import threading
import time

import pytest

from bmenv import Api, Conf

SHORT = {"ttft_ms": 5, "gap_ms": 1, "tokens": 2}


def fresh(env, **options):
    env.stop()
    env.reset_database()
    return Conf(env, **options)


def allow_death(server):
    server.allow(r"AH0005[12]: child pid \d+ exit signal", r"BM0004: (engine|target) process \d+ ended unexpectedly",
                 r"BM0035: run \d+: its engine is gone")


class Triggers(threading.Thread):
    """Keeps asking for runs until told to stop; a request that is refused or cut off is asked again with the same key. On a
    connection each: a restart may close a kept one just as a request goes out, and that is no problem of the server's."""

    def __init__(self, env, scenario):
        super().__init__()
        self.api, self.scenario = Api(env), scenario
        self.ids, self.problems, self.over = [], [], threading.Event()

    def run(self):
        n = 0
        while not self.over.is_set():
            n += 1
            for _ in range(100):
                try:
                    answer = self.api.call("POST", "/runs", {"scenario_id": self.scenario["id"], "count": 3},
                                           headers={"Idempotency-Key": f"trigger-{id(self)}-{n}", "Connection": "close"})
                    if answer.status_code == 202:
                        self.ids += answer.json()["run_ids"]
                        break
                    self.problems.append(answer.text)
                except OSError as e:
                    self.problems.append(repr(e))
                    time.sleep(0.05)
            time.sleep(0.1)

    def finish(self):
        self.over.set()
        self.join()
        assert self.ids
        return self.ids


class TestCancel:

    @staticmethod
    def conf(env):
        return fresh(env)

    def test_bm_cancel_010_a_running_run_ends_within_two_seconds(self, server, api):
        scenario = api.make_scenario(target={"ttft_ms": 30, "gap_ms": 200, "tokens": 200})
        run = api.trigger(scenario)
        api.await_status(run["id"], "running")
        begin = time.monotonic()
        assert api.post(f"/runs/{run['id']}/cancel")["cancel_requested"] is True
        run = api.await_run(run["id"], 5)
        assert time.monotonic() - begin < 2
        assert run["status"] == "cancelled" and run["error_code"] == "cancelled" and run["ttft_ms"] is None
        assert api.post(f"/runs/{run['id']}/cancel")["status"] == "cancelled"          # twice is once

    def test_bm_cancel_020_a_pending_run_is_never_sent(self, server, api, odd):
        automation = api.make_automation(connection={"url": odd.url("record"), "model": "m"})
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        run_id = api.bulk(api.make_scenario(automation), 1, run_at=at)[0]
        before = len(odd.requests("record"))
        api.post(f"/runs/{run_id}/cancel")
        run = api.await_run(run_id, 2)
        assert run["status"] == "cancelled" and run["started_at"] is None
        assert len(odd.requests("record")) == before

    def test_bm_cancel_030_an_ended_run_stays_what_it_is(self, api):
        run = api.run(api.make_scenario(target=SHORT))
        assert api.problem("POST", f"/runs/{run['id']}/cancel", {}, expect=409)["code"] == "already_finished"
        assert api.get(f"/runs/{run['id']}")["status"] == "completed"

    # cancellations that race with the end: completed or cancelled, never both, never lost
    def test_bm_cancel_040_a_race_with_the_end_has_one_winner(self, server, api):
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 40, "gap_ms": 0, "tokens": 1}), 60)
        for part in range(0, 60, 10):
            time.sleep(0.02)
            api.post("/runs/cancel", {"run_ids": ids[part:part + 10]})
        ended = api.await_all(ids)
        assert {status for status, _, _ in ended.values()} <= {"completed", "cancelled"}
        server.check_invariants()

    def test_bm_stop_010_the_emergency_stop_ends_everything_within_two_seconds(self, server, api):
        scenario = api.make_scenario(api.make_automation(max_in_flight=5), target={"ttft_ms": 10, "gap_ms": 200, "tokens": 300})
        ids = api.bulk(scenario, 12)
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 5, 10, "not running")
        begin = time.monotonic()
        assert api.post("/engine/stop", expect=202)["stopped"] is True
        server.wait(lambda: api.get("/engine")["queue"]["running"] == 0, 5, "still running")
        assert time.monotonic() - begin < 2
        assert api.get("/engine")["stopped"] is True
        time.sleep(0.5)
        runs = [api.get(f"/runs/{i}") for i in ids]
        assert sorted(r["status"] for r in runs) == ["cancelled"] * 5 + ["pending"] * 7
        assert {r["error_code"] for r in runs if r["status"] == "cancelled"} == {"engine_stopped"}
        late = api.trigger(api.make_scenario(target=SHORT))
        time.sleep(0.5)
        assert api.get(f"/runs/{late['id']}")["status"] == "pending"
        server.graceful()                                                               # the stop outlives engines
        time.sleep(1.5)
        assert api.get(f"/runs/{late['id']}")["status"] == "pending"
        api.post("/engine/start", expect=202)
        assert api.await_run(late["id"], 5)["status"] == "completed"
        api.post("/runs/cancel", {"run_ids": ids})
        api.await_idle()

    def test_bm_cap_010_an_automation_is_never_asked_more_often_than_allowed(self, server, api, odd):
        automation = api.make_automation(connection={"url": odd.url("slow"), "model": "m"}, max_in_flight=3)
        ids = api.bulk(api.make_scenario(automation), 20)
        time.sleep(0.7)
        server.graceful()                          # the cap holds over the old and the new engine together
        ended = api.await_completed(ids)
        assert odd.most["slow"] == 3 and len(odd.requests("slow")) == 20
        server.check_invariants()


class TestWebOnly:

    @staticmethod
    def conf(env):
        conf = fresh(env)
        conf.install()
        env.start()                                # a first httpd makes the schema
        return Conf(env, engine=False)

    def test_bm_webonly_010_a_node_without_engine_serves_and_queues(self, env):
        env.restart(self.conf(env), ready=False)
        api = Api(env)
        env.wait(lambda: api.call("GET", "/about").status_code == 200, 10, "no answer")
        assert env.engine_pids() == [] and env.pids("bm-target") == []
        run = api.trigger(api.make_scenario(target=SHORT))
        time.sleep(0.6)
        assert api.get(f"/runs/{run['id']}")["status"] == "pending"
        ready = api.session.get(env.url + "/health/ready", timeout=5)
        assert ready.status_code == 503 and ready.json()["checks"]["engine"] != "ok" and ready.headers["Retry-After"]
        assert api.session.get(env.url + "/health", timeout=5).status_code == 200
        env.restart(Conf(env))
        assert api.await_run(run["id"])["status"] == "completed"
        env.stop()


@pytest.mark.slow
class TestRestarts:

    @staticmethod
    def conf(env):
        return fresh(env)

    def test_bm_life_010_twenty_graceful_restarts_lose_and_double_nothing(self, server, api):
        scenario = api.make_scenario(api.make_automation(max_in_flight=100), target={"ttft_ms": 1200, "gap_ms": 50, "tokens": 10})
        triggers = Triggers(server, scenario)
        triggers.start()
        for _ in range(20):
            time.sleep(0.5)
            server.graceful()
        ids = triggers.finish()
        ended = api.await_all(ids)
        assert {(status, code, attempt) for status, code, attempt in ended.values()} == {("completed", None, 1)}
        assert not triggers.problems, triggers.problems[:3]
        server.wait(lambda: len(server.engine_pids()) == 1 and len(server.pids("bm-target")) == 1, 15, "old processes stay")
        server.check_invariants()
        engines = api.get("/engine")["engines"]
        assert [e["state"] for e in engines].count("running") == 1, engines

    def test_bm_life_020_hup_restarts_and_keeps_the_runs(self, server, api):
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 2500, "gap_ms": 10, "tokens": 5}), 10)
        api.await_status(ids[0], "running")
        os.kill(server.pid(), signal.SIGHUP)
        server.await_ready()
        ended = api.await_completed(ids)
        server.check_invariants()

    def test_bm_life_030_a_draining_engine_works_beside_its_successor(self, server, api):
        long_run = api.trigger(api.make_scenario(target={"ttft_ms": 4000, "tokens": 2}))
        api.await_status(long_run["id"], "running")
        old = server.engine_pids()
        server.graceful()
        server.wait(lambda: len(server.engine_pids()) == 2, 10, "no successor")
        short = api.run(api.make_scenario(target=SHORT))
        assert short["status"] == "completed" and api.get(f"/runs/{long_run['id']}")["status"] == "running"
        server.wait(lambda: sorted(e["state"] for e in api.get("/engine")["engines"] if e["state"] in ("running", "draining"))
                    == ["draining", "running"], 5, "states")
        long_run = api.await_run(long_run["id"])
        assert long_run["status"] == "completed" and long_run["attempt"] == 1 and long_run["engine"] != short["engine"]
        server.wait(lambda: old[0] not in server.engine_pids(), 5, "the drained engine stays")

    def test_bm_life_040_stop_takes_ten_seconds_at_most_and_runs_go_on_afterwards(self, server, api):
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 3000, "tokens": 2}), 10)
        api.await_status(ids[0], "running")
        begin = time.monotonic()
        os.kill(server.pid(), signal.SIGTERM)
        server.wait(lambda: not server.pids(), 12, "processes are left")
        assert time.monotonic() - begin < 10
        assert server.sql("select count(*) from run_queue where state = 'running'")[0][0] == 0, "runs were not handed back"
        server.start()
        api.await_completed(ids)
        server.check_invariants()

    def test_bm_life_050_graceful_stop_leaves_nothing(self, server, api):
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 1500, "tokens": 2}), 5)
        api.await_status(ids[0], "running")
        os.kill(server.pid(), signal.SIGWINCH)
        server.wait(lambda: not server.pids(), 25, "processes are left")
        server.start()
        api.await_completed(ids)
        server.check_invariants()


class TestKills:

    @staticmethod
    def conf(env):
        return fresh(env, extra=["BenchmarkLease 3s", "BenchmarkMaxAttempts 2"])

    def test_bm_kill_010_an_engine_killed_under_runs(self, server, api):
        allow_death(server)
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 700, "gap_ms": 5, "tokens": 5}), 20)
        api.await_status(ids[0], "running")
        begin = time.monotonic()
        os.kill(server.engine_pids()[0], signal.SIGKILL)
        ended = api.await_completed(ids)
        assert max(attempt for _, _, attempt in ended.values()) == 2
        assert time.monotonic() - begin < 3 + 2 + 3 + 3, "rescue took longer than a lease and a bit"
        server.check_invariants()

    # the rescuer gives the rows back and claims them at once, itself, while it still hears that they are given back
    @pytest.mark.slow
    def test_bm_kill_015_rescued_runs_outlast_their_leases(self, server, api):
        allow_death(server)
        ids = api.bulk(api.make_scenario(api.make_automation(max_in_flight=100), target={"ttft_ms": 8000, "tokens": 2}), 80)
        api.env.wait(lambda: server.sql("select count(*) from run_queue where state = 'running'")[0][0] == len(ids), 10, "not all run")
        os.kill(server.engine_pids()[0], signal.SIGKILL)
        assert {(status, code, attempt) for status, code, attempt in api.await_all(ids).values()} == {("completed", None, 2)}
        server.check_invariants()

    # a call that may not be repeated was under way: it is looked up or given up, never made again
    def test_bm_kill_020_a_tinyfish_run_is_never_called_twice(self, server, api, odd):
        allow_death(server)
        automation = api.make_automation(provider="tinyfish", connection={"url": odd.url("fish").removesuffix("/v1"), "goal": "g",
                                                                          "target_url": "https://example.com"})
        run = api.trigger(api.make_scenario(automation))
        server.wait(lambda: any(r[1] == "POST" for r in odd.requests("fish")), 10, "was not called")
        time.sleep(0.3)
        os.kill(server.engine_pids()[0], signal.SIGKILL)
        run = api.await_run(run["id"], 20)
        calls = [r for r in odd.requests("fish") if r[1] == "POST" and "run-sse" in r[2]]
        assert len(calls) == 1
        assert run["status"] == "completed" or (run["status"] == "failed" and run["error_code"] and run["error"]), run
        server.check_invariants()

    def test_bm_kill_030_the_target_comes_back_on_its_port(self, server, api):
        allow_death(server)
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 2000, "tokens": 3}), 5)
        api.await_status(ids[0], "running")
        os.kill(server.pids("bm-target")[0], signal.SIGKILL)
        ended = api.await_all(ids)
        assert {status for status, _, _ in ended.values()} == {"failed"}
        assert {code for _, code, _ in ended.values()} <= {"connection_lost", "stream_truncated", "connection_refused"}
        server.wait(lambda: server.pids("bm-target"), 5, "no new target")
        server.wait(lambda: api.run(api.make_scenario(target=SHORT))["status"] == "completed", 10, "the target does not answer")
        server.check_invariants()

    def test_bm_kill_040_a_web_child_killed(self, server, api):
        allow_death(server)
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 800, "tokens": 3}), 5)
        for pid in server.web_pids():
            os.kill(pid, signal.SIGKILL)
        server.await_ready()
        ended = Api(server).await_all(ids)
        assert {(status, attempt) for status, _, attempt in ended.values()} == {("completed", 1)}
        server.check_invariants()

    @pytest.mark.slow
    def test_bm_kill_050_a_run_whose_engines_die_is_dead_in_the_end(self, server, api):
        allow_death(server)
        run = api.trigger(api.make_scenario(target={"ttft_ms": 60000, "tokens": 2}))
        for attempt in (1, 2):
            server.wait(lambda: (r := api.get(f"/runs/{run['id']}"))["status"] == "running" and r["attempt"] == attempt, 15, f"attempt {attempt}")
            os.kill(server.engine_pids()[0], signal.SIGKILL)
        ended = api.await_run(run["id"], 20)
        assert (ended["status"], ended["error_code"], ended["attempt"]) == ("failed", "attempts_exhausted", 2)
        assert run["id"] in [r["id"] for r in api.get("/engine/dead")] and api.get("/engine")["dead"]["count"] >= 1
        again = api.post(f"/runs/{run['id']}/requeue", expect=202)
        api.post(f"/runs/{again['id']}/cancel")
        api.await_run(again["id"])
        server.check_invariants()

    @pytest.mark.slow
    def test_bm_kill_060_a_frozen_engine_that_wakes_up_changes_nothing(self, server, api):
        server.allow(r"BM0035: run \d+: its engine is gone")
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 400, "gap_ms": 5, "tokens": 3}), 10)
        api.await_status(ids[0], "running")
        frozen = server.engine_pids()[0]
        server.freeze(frozen)
        try:
            server.graceful()
            ended = api.await_completed(ids)
            before = server.sql("select id, fence, engine, finished_at from runs where id = any(%s) order by id", ids)
        finally:
            os.kill(frozen, signal.SIGCONT)
        server.wait(lambda: frozen not in server.engine_pids(), 15, "the woken engine stays")
        assert server.sql("select id, fence, engine, finished_at from runs where id = any(%s) order by id", ids) == before
        server.check_invariants()

    @pytest.mark.slow
    def test_bm_kill_070_the_parent_killed(self, server, api):
        ids = api.bulk(api.make_scenario(target={"ttft_ms": 1500, "tokens": 3}), 8)
        api.await_status(ids[0], "running")
        os.kill(server.pid(), signal.SIGKILL)
        server.wait(lambda: not server.engine_pids() and not server.pids("bm-target"), 10, "orphans of ours are left")
        for pid in server.pids():              # httpd's own children outlive their parent; an init system ends them
            os.kill(pid, signal.SIGKILL)
        server.wait(lambda: not server.pids(), 5, "children are left")
        os.unlink(server.home + "/httpd.pid")
        server.start()
        Api(server).await_completed(ids)
        server.check_invariants()
