#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Random kills of every process there is, over runs that are triggered all the while: nothing is lost, nothing is doubled.

    kills.py --module mod_benchmark.so [--kills 100] [--runs 2000] [--seed 1] [--gap 4]

Killed (SIGKILL, or an immediate stop of PostgreSQL) and started again: the engine, a web child, httpd's parent with all it has,
PostgreSQL. The runs go to the reference target (openai, streamed; it dies with httpd), to an http target and to a TinyFish agent
that outlive everything and remember each call. A trigger that is refused or cut off is repeated with its Idempotency-Key, as a
client would. Prints one JSON line; exit status 1 and the reasons if an invariant does not hold. Started by tests/integration/
test_62_chaos.py in a short form.

Invariants: every run that was triggered has one terminal row, one event, one place in the KPIs; no row is left in the queue, no
lease, no key without an answer, no open transaction; the TinyFish agent was never called twice for one run, the http target never
more often than the run has attempts; the error log has nothing but what such deaths leave.
"""
import argparse
import collections
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

import requests                          # noqa: E402
from bmapi import Api                    # noqa: E402  pylint: disable=wrong-import-position
from bmenv import Conf, Env              # noqa: E402  pylint: disable=wrong-import-position
from odd_target import OddTarget         # noqa: E402  pylint: disable=wrong-import-position

CLIENTS = 4
LEASE = 3
SHARES = {"postgresql": 0.15, "httpd": 0.15, "web child": 0.3, "engine": 0.4}
# Of a run whose target, engine or attempts were killed; whoever reads the run finds one of them.
EXCUSES = {"openai": {"connection_refused", "connection_lost", "stream_truncated", "attempts_exhausted"},
           "http": {"attempts_exhausted"}, "tinyfish": {"interrupted"}}
LOG = (r"AH0005[12]: child pid \d+ exit signal", r"BM0004: (engine|target) process \d+ ended unexpectedly",
       r"BM0005: ", r"BM0035: run \d+: its engine is gone", r"BM0020: ",
       r"\[dbd:(error|crit)\]", r"BM0030: engine: ", r"BM0042: recorder", r"BM020[0125]: ", r"BM0240: ", r"BM0101: .*atabase",
       r"AH00045: child process \d+ still did not exit", r"AH00046: child process", r"AH00047: could not make child",
       r"AH00098: pid file .* overwritten")


def configuration(env):
    return Conf(env, extra=[f"BenchmarkLease {LEASE}s", "BenchmarkMaxAttempts 100", "BenchmarkMaxInFlight 400"])


class Chaos:
    def __init__(self, env, odd, kills, runs, seed=1, gap=4.0):
        self.env, self.odd, self.kills, self.runs, self.seed, self.gap = env, odd, kills, runs, seed, gap
        self.dice = random.Random(seed)
        self.allowed = 0                     # runs that may be triggered by now
        self.gate = threading.Condition()    # guards allowed, ids, refused, broken
        self.ids, self.refused, self.broken = {}, 0, []
        self.killed = collections.Counter()
        self.scenarios = {}

    # --- runs

    def prepare(self):
        api = Api(self.env)
        pond = self.odd.url("pond").removesuffix("/v1")
        automations = {
            "openai": api.make_automation(max_in_flight=1000),
            "http": api.make_automation(provider="http", max_in_flight=1000, connection={
                "url": self.odd.url("paced"), "method": "POST", "body": {"key": "{{key}}", "delay": "{{delay}}"}}),
            "tinyfish": api.make_automation(provider="tinyfish", max_in_flight=1000, connection={
                "url": pond, "goal": "{{delay}} {{key}}", "target_url": "https://example.com"})}
        inputs = {"openai": {"x_target": {"ttft_ms": 100, "gap_ms": 20, "gap_dist": "exponential", "tokens": 20}},
                  "http": {"key": "none", "delay": 0}, "tinyfish": {"key": "none", "delay": 0}}
        for provider, automation in automations.items():
            self.scenarios[provider] = [api.make_scenario(automation, inputs=inputs[provider], name=f"{provider} {i}")["id"]
                                        for i in range(2)]

    def order(self, number):
        """What the run with this number is: provider and body of its trigger."""
        dice = random.Random(self.seed * 1000003 + number)
        provider = dice.choice(["openai", "openai", "http", "tinyfish"])
        override = {"seed": number} if provider == "openai" else {"key": str(number), "delay": dice.choice([0, 0.05, 0.3, 1.5])}
        return provider, {"scenario_id": dice.choice(self.scenarios[provider]), "inputs_override": override}

    def may_go(self, number):
        with self.gate:
            self.gate.wait_for(lambda: number < self.allowed or self.broken)
            return not self.broken

    def client(self, first):
        session = requests.Session()
        for number in range(first, self.runs, CLIENTS):
            if not self.may_go(number):
                return
            _, body = self.order(number)
            until = time.monotonic() + 120
            while not self.trigger(session, number, body):
                if time.monotonic() > until:
                    with self.gate:
                        self.broken.append(f"trigger {number} had no answer for two minutes")
                    return
                time.sleep(0.05)

    def trigger(self, session, number, body):
        """Whether there is an answer that stands."""
        try:
            answer = session.post(self.env.url + "/api/v1/runs/trigger", json=body, timeout=30,
                                  headers={"Idempotency-Key": f"chaos-{self.seed}-{number}"})
        except requests.RequestException:
            answer = None
        with self.gate:
            if answer is not None and answer.status_code == 200:
                self.ids[number] = answer.json()["id"]
                return True
            self.refused += 1
            if answer is not None and answer.status_code < 500 and "idempotency_in_progress" not in answer.text:
                self.broken.append(f"trigger {number}: {answer.status_code} {answer.text[:300]}")
            return bool(self.broken)

    def allow(self, count):
        with self.gate:
            self.allowed = count
            self.gate.notify_all()

    # --- kills

    @staticmethod
    def end(pid):
        try:
            os.kill(pid, signal.SIGKILL)
            return True
        except ProcessLookupError:
            return False

    def one_of(self, pids):
        pids = pids()
        return bool(pids) and self.end(self.dice.choice(pids))

    def kill_httpd(self):
        """As the machine's init does it: the parent, then what it leaves; then a new one."""
        env = self.env
        parent = env.pid()
        if parent is None or not self.end(parent):
            return False
        env.wait(lambda: env.pid() is None, 10, "the parent stays")
        until = time.monotonic() + 20
        while env.pids():
            for pid in env.pids():
                self.end(pid)
            assert time.monotonic() < until, f"processes are left: {env.pids()}"
            time.sleep(0.02)
        os.unlink(env.home + "/httpd.pid")
        time.sleep(self.dice.choice([0, 0.5]))
        env.start(ready=False)
        env.wait(env.pid, 10, "no new parent: " + env.tail())
        return True

    def kill_postgresql(self):
        self.env.pg("stop", "immediate")
        time.sleep(self.dice.choice([0, 0.5, 2]))
        self.env.pg("start")
        return True

    def kill(self, kind):
        hit = {"engine": lambda: self.one_of(self.env.engine_pids), "web child": lambda: self.one_of(self.env.web_pids),
               "httpd": self.kill_httpd, "postgresql": self.kill_postgresql}[kind]
        self.env.wait(hit, 30, f"there was no {kind} to kill: {self.env.tail()}")
        self.killed[kind] += 1

    def spend_gap(self, n):
        """Time before kill n, in which half of its share of the runs is triggered; the rest goes out just as it strikes."""
        seconds = self.dice.uniform(0.05, self.gap)
        share = self.runs / (self.kills + 1)
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds and not self.broken:
            self.allow(int(n * share + share / 2 * passed / seconds))
            time.sleep(0.02)
        self.allow(int((n + 1) * share))
        time.sleep(self.dice.uniform(0, 0.02))

    def deck(self):
        """What is killed, in which order: each kind by its weight, and at least once."""
        kinds = [kind for kind, weight in SHARES.items() for _ in range(max(1, int(self.kills * weight)))]
        kinds = (kinds + ["engine"] * self.kills)[:self.kills]
        self.dice.shuffle(kinds)
        return kinds

    # --- all of it

    def go(self):
        began = time.monotonic()
        self.prepare()
        clients = [threading.Thread(target=self.client, args=(i,)) for i in range(CLIENTS)]
        for client in clients:
            client.start()
        deck = self.deck()
        try:
            for n in range(self.kills):
                self.spend_gap(n)
                self.kill(deck[n])
        except BaseException as e:
            with self.gate:
                self.broken.append(repr(e))
            raise
        finally:
            self.allow(self.runs)
            for client in clients:
                client.join()
        killing = time.monotonic() - began
        assert not self.broken, self.broken[:3]
        self.env.await_ready()
        self.await_quiet()
        problems = self.problems()
        return {"bench": "chaos", "seed": self.seed, "kills": dict(self.killed), "runs": self.runs, **self.outcome(),
                "triggers_repeated": self.refused, "killing_s": round(killing, 1), "wall_s": round(time.monotonic() - began, 1),
                "problems": problems}

    def await_quiet(self):
        env = self.env
        env.wait(lambda: env.sql("select count(*) from run_queue")[0][0] == 0, 120, "the queue did not empty: " + env.tail())
        # a lease that ran out is taken over by the next look; that of a job that died lasts up to ten minutes
        env.wait(lambda: self.leases_left() == 0, 20, "leases are left")
        env.wait(lambda: env.sql("select count(*) from pg_stat_activity where state like 'idle in trans%'")[0][0] == 0, 10,
                 "a transaction stays open")

    def leases_left(self):
        return self.env.sql("""select (select count(*) from run_queue where lease_until is not null or owner is not null)
            + (select count(*) from jobs where lease_until < now() - interval '5 seconds')""")[0][0]

    # --- what must hold

    def outcome(self):
        rows = self.env.sql("select provider, status, count(*), max(attempt) from runs group by 1, 2 order by 1, 2")
        return {"terminal": sum(row[2] for row in rows),
                "by_outcome": {f"{provider or 'not started'} {status}": n for provider, status, n, _ in rows},
                "most_attempts": max(row[3] for row in rows),
                "repeated": self.env.sql("select count(*) from runs where attempt > 1")[0][0]}

    def calls(self, behaviour, key_of):
        return collections.Counter(key_of(json.loads(body)) for _, method, path, _, body in self.odd.requests(behaviour)
                                   if method == "POST" and not path.endswith("/cancel"))

    def sql_problems(self):
        must_be_zero = {
            "runs recorded twice": "select count(*) from (select id from runs group by id having count(*) > 1) x",
            "runs queued and recorded": "select count(*) from run_queue q join runs r on r.id = q.id",
            "rows in the queue": "select count(*) from run_queue",
            "runs without a terminal status": """select count(*) from runs
                where status not in ('completed', 'failed', 'cancelled', 'timed_out') or finished_at is null""",
            "runs without exactly one event": """select count(*) from (select r.id from runs r
                left join (select (x ->> 'id')::bigint id from events, jsonb_array_elements(payload -> 'runs') x
                where kind = 'run.finished') e on e.id = r.id group by r.id having count(e.id) <> 1) x""",
            "keys without an answer": "select count(*) from idempotency where status is null",
            "hours to be rebuilt": "select count(*) from kpi_dirty",
        }
        return [f"{n} {what}" for what, query in must_be_zero.items() if (n := self.env.sql(query)[0][0]) != 0]

    def run_problems(self):
        found = []
        rows = {row[0]: row[1:] for row in self.env.sql("select id, status, error_code, attempt from runs")}
        if len(set(self.ids.values())) != self.runs or set(self.ids.values()) != set(rows):
            found.append(f"{self.runs} runs were ordered, {len(set(self.ids.values()))} answered, {len(rows)} recorded")
        fish = self.calls("pond", lambda body: body["goal"].split()[1])
        plain = self.calls("paced", lambda body: body["key"])
        for number, run_id in self.ids.items():
            provider, _ = self.order(number)
            status, code, attempt = rows.get(run_id, ("lost", None, 0))
            if status != "completed" and (status != "failed" or code not in EXCUSES[provider]):
                found.append(f"{provider} run {run_id}: {status} {code}")
            if provider == "tinyfish" and (fish[str(number)] > 1 or (status == "completed" and fish[str(number)] != 1)):
                found.append(f"tinyfish run {run_id}, {status}: {fish[str(number)]} calls")
            if provider == "http" and not (status == "completed") <= plain[str(number)] <= attempt:
                found.append(f"http run {run_id}, {status}: {plain[str(number)]} calls in {attempt} attempts")
        return found

    def kpi_problems(self):
        found = []
        try:
            self.env.check_invariants()
        except AssertionError as e:
            found.append(str(e))
        api = Api(self.env)
        for scenario in [None, *(i for ids in self.scenarios.values() for i in ids)]:
            kpis = api.get("/runs/kpis/dashboard" + (f"?scenario_id={scenario}" if scenario else ""))
            rows, good = self.env.sql("select count(*), count(*) filter (where status = 'completed') from runs"
                                      " where %s::bigint is null or scenario_id = %s", scenario, scenario)[0]
            if kpis["total_runs"] != rows or abs(kpis["success_rate"] - 100 * good / max(rows, 1)) > 0.01:
                found.append(f"KPIs of scenario {scenario}: {kpis['total_runs']} runs, {kpis['success_rate']} %; "
                             f"rows: {rows}, {good} good")
        return found

    def problems(self):
        return self.sql_problems() + self.run_problems() + self.kpi_problems()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=4.0, help="longest time between two kills, seconds")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-chaos")
    env, odd = Env(), OddTarget()
    try:
        env.restart(configuration(env))
        env.allow(*LOG)
        result = Chaos(env, odd, args.kills, args.runs, args.seed, args.gap).go()
        result["problems"] += env.unexpected()[:20]
        print(json.dumps(result), flush=True)
    finally:
        odd.close()
        env.close()
    return 1 if result["problems"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as e:
        sys.exit(f"{e}: {e.stderr}")
