#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How long after the commit of an ended run a client of another httpd on the same database hears of it.

    event_latency.py --module mod_benchmark.so [--runs 300]

One node runs, the other has no engine and one client of its GET /events. Runs are triggered one at a time, 120 to 320 ms apart. The
time is from the event's `at`, which is taken in the transaction right before its COMMIT, until its line was read. Cases: `plain`;
`foreign`: a transaction of somebody else that has written stays open all the while; `old`: it has been open while 60,000 others
wrote an event each, as many as ten minutes of a hundred a second. One JSON line each, milliseconds.
Exit status 1 if a run was not told, or told twice.
"""
import argparse
import datetime
import json
import os
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

import psycopg2                    # noqa: E402
import requests                    # noqa: E402
from bmenv import Conf, Env, Node  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api              # noqa: E402  pylint: disable=wrong-import-position


OTHERS = """do $$ begin for i in 1 .. 60000 loop
            insert into events (kind, payload) values ('other', '{}'); commit; end loop; end $$"""


class Client(threading.Thread):
    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.told, self.ready = node, [], threading.Event()
        self.start()

    def run(self):
        url = f"http://127.0.0.1:{self.node.port}/api/v1/events?topic=run"
        with requests.get(url, stream=True, timeout=600) as answer:
            for line in answer.iter_lines(chunk_size=1):
                now = time.time()
                if not line.startswith(b"data:"):
                    continue
                self.ready.set()
                event = json.loads(line[5:])
                if event["event"] == "finished":
                    late = now - datetime.datetime.fromisoformat(event["at"].replace("Z", "+00:00")).timestamp()
                    self.told += [(run["id"], late * 1000) for run in event["data"]["runs"]]


def case(env, other, name, runs):
    foreign = psycopg2.connect(env.dsn)
    if name != "plain":
        foreign.cursor().execute("create table foreign_work (a integer)")
    if name == "old":
        others = psycopg2.connect(env.dsn, options="-c search_path=benchmark")
        others.autocommit = True
        others.cursor().execute(OTHERS)
        others.close()
        time.sleep(5)
    client, api = Client(other), Api(env)
    assert client.ready.wait(30), "the client hears nothing"
    scenario, ids = api.make_scenario(target={"ttft_ms": 5, "gap_ms": 1, "tokens": 2}), []
    for n in range(runs):
        ids.append(api.trigger(scenario)["id"])
        time.sleep(0.12 + 0.1 * (n % 3))
    api.await_all(ids)
    time.sleep(2)
    foreign.rollback()
    late, n = sorted(late for _, late in client.told), len(client.told)
    good = sorted(run for run, _ in client.told) == ids
    print(json.dumps({"bench": "event_latency", "case": name, "runs": runs, "each_once": good, "p50": round(late[n // 2], 1),
                      "p90": round(late[n * 9 // 10], 1), "p99": round(late[n * 99 // 100], 1), "max": round(late[-1], 1),
                      "load1": round(os.getloadavg()[0], 2)}), flush=True)
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True)
    parser.add_argument("--runs", type=int, default=300)
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-events")
    env, other, good = Env(), None, True
    try:
        env.reset_database()
        env.restart(Conf(env))
        other = Node(env, "node2")
        other.restart(Conf(other, engine=False), ready=False)
        other.wait(lambda: Api(other).call("GET", "/scenarios").status_code == 200, 30, "the other node does not answer")
        for name in ("plain", "foreign", "old"):
            good = case(env, other, name, args.runs) and good
    finally:
        if other is not None:
            other.close()
        env.close()
    return not good


if __name__ == "__main__":
    sys.exit(main())
