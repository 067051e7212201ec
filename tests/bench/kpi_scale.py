#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How the time of the dashboard's KPIs grows with the number of stored runs.

    kpi_scale.py --module mod_benchmark.so --fill fill [--sizes 10000,1000000] [--rounds 40] [--scenarios 50]

One httpd and one PostgreSQL for each size, both there all the time; every round asks each of them for each range in turn.
Waits first until the deltas are folded into cells. Prints one JSON line per size and range, and the ratio of the largest to the
smallest.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api        # noqa: E402  pylint: disable=wrong-import-position

RANGES = {"all": "", "24h": "&from=now-24h", "7d": "&from=now-7d", "30d": "&from=now-30d"}
FOLDED = 500                 # deltas that may be left: the youngest wait for their minute


def start(args, size):
    os.environ["BM_TEST_HOME"] = f"{args.home}-{size}"
    env = Env()
    env.restart(Conf(env, extra=["LogLevel warn benchmark:warn"]))
    subprocess.run([args.fill, "--dsn", env.dsn, "--runs", str(size), "--scenarios", str(args.scenarios)], check=True,
                   stdout=subprocess.DEVNULL)
    return env


def await_folded(env):
    began = time.monotonic()
    while env.sql("select count(*) from kpi_delta")[0][0] > FOLDED:
        if time.monotonic() - began > 900:
            raise SystemExit("the deltas were not folded")
        time.sleep(1)
    env.sql("vacuum analyze")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--fill", required=True)
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--scenarios", type=int, default=50)
    parser.add_argument("--home", default="/tmp/bm-bench-kpi")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    envs = {}
    try:
        for size in [int(text) for text in args.sizes.split(",")]:
            envs[size] = start(args, size)
        for env in envs.values():
            await_folded(env)
        measure(args, envs)
    finally:
        for env in envs.values():
            env.close()


def measure(args, envs):
    apis = {size: Api(env) for size, env in envs.items()}
    times = {(size, name): [] for size in envs for name in RANGES}
    for turn in range(args.rounds + 3):
        for size, api in apis.items():
            for name, query in RANGES.items():
                began = time.perf_counter()
                api.get("/runs/kpis/dashboard?view=summary" + query)
                if turn >= 3:
                    times[size, name].append(1000 * (time.perf_counter() - began))
    for (size, name), samples in times.items():
        print(json.dumps({"bench": "kpi_scale", "runs": size, "range": name, "median_ms": round(statistics.median(samples), 2),
                          "p95_ms": round(sorted(samples)[int(0.95 * len(samples))], 2), "n": len(samples)}))
    low, high = min(envs), max(envs)
    for name in RANGES:
        ratio = statistics.median(times[high, name]) / statistics.median(times[low, name])
        print(json.dumps({"bench": "kpi_scale", "range": name, "ratio": f"{high}/{low}", "value": round(ratio, 2),
                          "load": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    main()
