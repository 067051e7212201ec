#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL goes away under load and comes back: everything that finished meanwhile is recorded, in bounded memory.

    database_away.py --module mod_benchmark.so [--away 60] [--runs 300] [--rate 300] [--backlog 64M] [--extra LINE]...

Three cases, one after the other, each with PostgreSQL stopped (immediately) for --away seconds while it is under way. `runs`:
single runs through the API, as many as the engine may have under way, triggered until the stop; what is under way ends during the
outage. `loadtest`: an open load of --rate requests per second that goes on all through the outage. `full`: the same with the
smallest backlog, so that the load test must end early and say so. One JSON line each: what was recorded of what was begun, when
the last of it was after the return, the engine's memory before, at its most and afterwards.
Exit status 1 if anything is missing, doubled or counted wrongly, or if memory grew by more than the backlog and 16 MiB.
"""
import argparse
import json
import os
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

import requests              # noqa: E402
from bmenv import Conf, Env  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api        # noqa: E402  pylint: disable=wrong-import-position

UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
SLACK_MIB = 16               # of what is under way, whatever waits


def rss_mib(env):
    with open(f"/proc/{env.engine_pids()[0]}/status", encoding="utf-8") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) / 1024


class Bench:
    def __init__(self, args, env):
        self.args, self.env = args, env
        self.bad = 0

    def outage(self):
        """Stop PostgreSQL, wait, start it. The engine's memory: before, at its most."""
        before = most = rss_mib(self.env)
        self.env.pg("stop", "immediate")
        until = time.monotonic() + self.args.away
        while time.monotonic() < until:
            time.sleep(0.2)
            most = max(most, rss_mib(self.env))
        self.env.pg("start")
        return before, most

    def backlog(self, case):
        return "1M" if case == "full" else self.args.backlog

    def report(self, case, memory, **members):
        before, most = memory
        bound = int(self.backlog(case)[:-1]) * UNITS[self.backlog(case)[-1]] / (1 << 20) + SLACK_MIB
        problems = members.pop("problems")
        if most - before > bound:
            problems.append(f"memory grew by {most - before:.1f} MiB")
        self.bad += bool(problems)
        print(json.dumps({"bench": "database_away", "case": case, "away_s": self.args.away, **members,
                          "rss_mib_before": round(before, 1), "rss_mib_most": round(most, 1),
                          "rss_mib_after": round(rss_mib(self.env), 1), "backlog": self.backlog(case),
                          "load": round(os.getloadavg()[0], 1), "problems": problems}), flush=True)

    # --- single runs

    def trigger(self, body, ids, over):
        session = requests.Session()
        while not over.is_set():
            answer = session.post(self.env.url + "/api/v1/runs", json=body, timeout=30)
            if answer.status_code == 202:
                ids += answer.json()["run_ids"]
            time.sleep(body["count"] / self.args.rate)

    def runs(self):
        """Runs of five seconds each, so that the stop finds as many under way as the engine may have."""
        env, api = self.env, Api(self.env)
        scenario = api.make_scenario(api.make_automation(max_in_flight=self.args.runs),
                                     target={"ttft_ms": 2000, "ttft_dist": "uniform", "gap_ms": 100, "tokens": 30})
        ids, over = [], threading.Event()
        client = threading.Thread(target=self.trigger, args=({"scenario_id": scenario["id"], "count": 10}, ids, over))
        client.start()
        env.wait(lambda: api.get("/engine")["queue"]["running"] == self.args.runs, 60, "not under way")
        over.set()
        client.join()
        began = env.sql("select count(*) from run_queue where state = 'running'")[0][0]
        queued = len(ids) - env.sql("select count(*) from runs")[0][0]
        memory = self.outage()
        back = time.monotonic()
        env.wait(lambda: env.sql("select count(*) from runs where started_at < pg_postmaster_start_time()")[0][0] >= began, 60,
                 "what ended during the outage is not recorded: " + env.tail())
        recorded_after = time.monotonic() - back
        env.wait(lambda: env.sql("select count(*) from run_queue")[0][0] == 0, 120, "the queue did not empty: " + env.tail())
        problems = self.checks(len(ids), "runs where kind = 0", 0)
        again = env.sql("select count(*) from runs where attempt > 1 or status <> 'completed'")[0][0]
        if again:
            problems.append(f"{again} runs were repeated or failed")
        ended = env.sql("select count(*) from runs where finished_at < pg_postmaster_start_time()"
                        " and finished_at > pg_postmaster_start_time() - %s * interval '1 second'", self.args.away)[0][0]
        self.report("runs", memory, under_way=began, waiting=queued - began, ended_meanwhile=ended, recorded=len(ids),
                    recorded_after_s=round(recorded_after, 1), problems=problems)

    # --- load tests

    def begin_load(self, api, seconds):
        """Its id and the rows that are stored at the stop."""
        env, rate = self.env, self.args.rate
        scenario = api.make_scenario(api.make_automation(confirmed_rate=50000),
                                     target={"ttft_ms": 100, "gap_ms": 10, "tokens": 20})
        test_id = api.post("/loadtests", {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": rate},
                                          "duration_seconds": seconds, "certificate": False}, expect=202)["id"]
        return test_id, env.wait(lambda: (n := self.stored(test_id)) > 5 * rate and n, 60, "no load")

    def stored(self, test_id, where="true"):
        return self.env.sql(f"select count(*) from requests where loadtest_id = %s and {where}", test_id)[0][0]

    def end_load(self, api, test_id):
        self.env.wait(lambda: api.call("GET", f"/loadtests/{test_id}").status_code == 200, 30, "requests do not recover")
        return self.env.wait(lambda: (t := api.get(f"/loadtests/{test_id}"))["status"] not in ("pending", "running") and t, 60,
                             "the load test does not end: " + self.env.tail())

    def loadtest(self):
        api, rate, seconds = Api(self.env), self.args.rate, int(self.args.away) + 20
        test_id, stored = self.begin_load(api, seconds)
        memory = self.outage()
        back = time.monotonic()
        sent = stored + int((self.args.away - 1) * rate)               # before it was back
        self.env.wait(lambda: self.stored(test_id, f"seq < {sent}") >= sent, 60,
                      "it does not catch up: " + self.env.tail())
        caught_up_after = time.monotonic() - back
        test = self.end_load(api, test_id)
        results, problems = test["results"], self.checks(rate * seconds, f"requests where loadtest_id = {test_id}", 1)
        if test["status"] != "completed" or results["attempted"] != rate * seconds or results["failed"]:
            problems.append(f"{test['status']}: {results['attempted']} of {rate * seconds}, {results['failed']} failed, "
                            f"{test['error']}")
        self.report("loadtest", memory, rate=rate, attempted=results["attempted"], stored_before=stored,
                    caught_up_after_s=round(caught_up_after, 1), send_lag_p99_ms=round(results["send_lag"]["p99"], 3),
                    problems=problems)

    def full(self):
        api, seconds = Api(self.env), int(self.args.away) + 20
        test_id, stored = self.begin_load(api, seconds)
        memory = self.outage()
        test = self.end_load(api, test_id)
        attempted = test["results"]["attempted"]
        problems = self.checks(attempted, f"requests where loadtest_id = {test_id}", 1)
        if test["status"] != "completed" or not test["error"] or attempted >= self.args.rate * seconds:
            problems.append(f"not truncated: {test['status']}, {attempted} requests, {test['error']}")
        self.report("full", memory, rate=self.args.rate, attempted=attempted, stored_before=stored, says=test["error"],
                    problems=problems)

    def checks(self, expected, where, source):
        env, found = self.env, []
        distinct = "id" if source == 0 else "(seq, attempt)"
        rows, single = env.sql(f"select count(*), count(distinct {distinct}) from {where}")[0]
        counted = env.sql("""select coalesce(sum(n), 0) from (select n from kpi_cell where source = %s and level = 0
            union all select n from kpi_delta where source = %s) x""", source, source)[0][0]
        if not expected == rows == single == counted:
            found.append(f"{expected} began, {rows} rows, {single} different, {counted} counted by the KPIs")
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--away", type=float, default=60, help="seconds without PostgreSQL")
    parser.add_argument("--runs", type=int, default=300, help="single runs under way at the stop")
    parser.add_argument("--rate", type=int, default=300, help="requests per second of the load test; runs triggered per second")
    parser.add_argument("--backlog", default="64M")
    parser.add_argument("--only", default="")
    parser.add_argument("--extra", action="append", default=[], help="a line for httpd.conf")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-away")
    env = Env()
    bench = Bench(args, env)
    try:
        for case in ("runs", "loadtest", "full"):
            if args.only in ("", case):
                env.stop()
                env.reset_database()
                env.restart(Conf(env, extra=["LogLevel warn benchmark:info", f"BenchmarkMaxInFlight {max(args.runs, args.rate)}",
                                             f"BenchmarkRecorderBacklog {bench.backlog(case)}", *args.extra]))
                getattr(bench, case)()
    finally:
        env.close()
    return bench.bad > 0


if __name__ == "__main__":
    sys.exit(main())
