#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How fast all runs leave as CSV, against psql's \\copy of the same columns, and how httpd's memory grows meanwhile.

    export_rate.py --module mod_benchmark.so --fill fill [--runs 1000000] [--rounds 3] [--formats csv,jsonl]

One httpd and one PostgreSQL with runs made by fill; every round takes each format and \\copy in turn, to /dev/null. Memory is the
anonymous part of the children's resident set, the most while an export goes on less what it was before (after a first short
export, so that the pages of the allocator that everybody shares are there). Prints one JSON line per trial and the medians.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env       # noqa: E402  pylint: disable=wrong-import-position

LEFT_OUT = ("inputs", "request", "response", "timeline", "fence", "rev")


def children(env):
    """Those that serve requests: the parent's children but engine and target."""
    with open(os.path.join(env.home, "httpd.pid"), encoding="ascii") as f:
        parent = f.read().strip()
    pids = subprocess.run(["ps", "--ppid", parent, "-o", "pid=,comm="], check=False, capture_output=True, text=True).stdout
    return [line.split()[0] for line in pids.splitlines() if "bm-" not in line]


def anonymous_kb(pids):
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/status", encoding="ascii") as f:
                total += next(int(line.split()[1]) for line in f if line.startswith("RssAnon"))
        except (OSError, StopIteration):
            pass
    return total


class Memory(threading.Thread):
    """The most of a sum over some processes, looked at every 50 ms."""

    def __init__(self, pids):
        super().__init__(daemon=True)
        self.pids = pids
        self.before = self.most = anonymous_kb(pids)
        self.end = threading.Event()

    def run(self):
        while not self.end.wait(0.05):
            self.most = max(self.most, anonymous_kb(self.pids))


def export(env, form, query=""):
    done = subprocess.run(["curl", "-sSf", "-o", "/dev/null", "-w", "%{size_download} %{time_total}",
                           f"{env.url}/api/v1/runs/export?format={form}{query}"], check=True, capture_output=True, text=True)
    size, seconds = done.stdout.split()
    return int(size), float(seconds)


def copy(env):
    columns = [row[0] for row in env.sql("select column_name from information_schema.columns where table_schema = 'benchmark'"
                                         " and table_name = 'runs' order by ordinal_position") if row[0] not in LEFT_OUT]
    command = f"\\copy (select {', '.join(columns)} from benchmark.runs order by id desc) to stdout csv header"
    began = time.perf_counter()
    done = subprocess.run(f"psql -X -d '{env.dsn}' -c \"$COPY\" | tee /dev/null | wc -c", shell=True, check=True,
                          capture_output=True, text=True, env={**os.environ, "COPY": command})
    return int(done.stdout), time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--fill", required=True)
    parser.add_argument("--runs", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", default="csv,jsonl")
    parser.add_argument("--home", default="/tmp/bm-bench-export")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    os.environ["BM_TEST_HOME"] = args.home
    env = Env()
    try:
        env.restart(Conf(env, engine=True, extra=["LogLevel warn benchmark:warn"]))
        subprocess.run([args.fill, "--dsn", env.dsn, "--runs", str(args.runs)], check=True, stdout=subprocess.DEVNULL)
        env.sql("vacuum analyze")
        measure(args, env)
    finally:
        env.close()


def measure(args, env):
    rates = {}
    export(env, "csv", "&from=now-1h")
    for _ in range(args.rounds):
        for kind in args.formats.split(",") + ["copy"]:
            memory = Memory(children(env))
            memory.start()
            size, seconds = copy(env) if kind == "copy" else export(env, kind)
            memory.end.set()
            memory.join()
            rates.setdefault(kind, []).append((size / seconds / 1e6, args.runs / seconds))
            print(json.dumps({"bench": "export_rate", "kind": kind, "mb": round(size / 1e6, 1), "seconds": round(seconds, 2),
                              "mb_s": round(size / seconds / 1e6, 1), "rows_s": round(args.runs / seconds),
                              "growth_mb": None if kind == "copy" else round((memory.most - memory.before) / 1024, 1)}), flush=True)
    rows = {kind: statistics.median(rate[1] for rate in list_) for kind, list_ in rates.items()}
    for kind, list_ in rates.items():
        print(json.dumps({"bench": "export_rate", "kind": kind, "median_mb_s": round(statistics.median(r[0] for r in list_), 1),
                          "rows_s": round(rows[kind]), "rows_of_copy": round(rows[kind] / rows["copy"], 2), "n": len(list_),
                          "load": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    main()
