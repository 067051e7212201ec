#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What load tests of the whole product cost and how true they are, against the reference target of the same machine.

    loadtest_truth.py --module mod_benchmark.so [--trials 5] [--seconds 15] [--rates 200,1000] [--closed 64]
                      [--memory 1000000] [--extra "BenchmarkRealtime 10"]...

Per trial and case one JSON line: how late requests were started (planned until libcurl had them) and left (planned until sent,
which for a new connection has its connect in it), the offered rate against the planned one, the engine's own delay in seeing chunks, the errors of the certificate, request rows written, CPU and memory of the engine. Then the
median of each case; trials in which the hypervisor stole more than 1 % are shown but not counted. With --memory, at the end one
load test of so many requests and the engine's memory along it.
"""
import argparse
import json
import os
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api        # noqa: E402  pylint: disable=wrong-import-position

STEAL_LIMIT = 0.01
TICKS = os.sysconf("SC_CLK_TCK")


def engine_use(env):
    """CPU seconds and resident KiB of the engine."""
    pid = env.engine_pids()[0]
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        fields = f.read().rpartition(")")[2].split()
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        rss = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
    return (int(fields[11]) + int(fields[12])) / TICKS, rss


def run(env, api, body):
    before, _ = engine_use(env)
    began = time.monotonic()
    test_id = api.post("/loadtests", body, expect=202)["id"]
    most = 0
    while True:
        time.sleep(0.5)
        most = max(most, engine_use(env)[1])
        test = api.get(f"/loadtests/{test_id}")
        if test["status"] not in ("pending", "running"):
            break
    cpu, _ = engine_use(env)
    test["started"] = env.sql("select percentile_cont(array[0.5, 0.99]) within group (order by queue_us) from requests"
                              " where loadtest_id = %s and phase = 1", test_id)[0][0]
    return test, cpu - before, time.monotonic() - began, most


def line_of(case, trial, outcome):
    test, cpu, seconds, rss = outcome
    results, certificate = test["results"], test["certificate"]
    steal = max(certificate[side]["host"]["steal"] for side in ("before", "after"))
    worst = {name: max(certificate[side]["errors"][name]["p99"] for side in ("before", "after"))
             for name in ("send_lag_us", "ttft_us", "gap_us", "stamp_us")}
    return {
        "bench": "loadtest_truth", "case": case, "trial": trial,
        "started_p50_us": test["started"][0], "started_p99_us": test["started"][1], "attempted": results["attempted"], "failed": results["failed"],
        "send_lag_p50_us": round(1000 * results["send_lag"]["p50"], 1), "send_lag_p99_us": round(1000 * results["send_lag"]["p99"], 1),
        "offered_of_planned": round(results["rates"]["offered"] / results["rates"]["planned"], 5),
        "requests_per_second": results["throughput"]["requests_per_second"], "client_lag_p99_us": results["client_lag"]["p99_us"],
        "batched_of_events": round(results["client_lag"]["batched_events"] / max(1, results["client_lag"]["events"]), 6),
        "certificate_p99_us": worst, "validity": test["validity"]["status"], "steal": steal,
        "engine_cpu_s": round(cpu, 2), "wall_s": round(seconds, 1), "engine_rss_mib": round(rss / 1024, 1),
        "load": round(os.getloadavg()[0], 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--trials", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rates", default="200,1000")
    parser.add_argument("--closed", default="64")
    parser.add_argument("--memory", type=int, default=0)
    parser.add_argument("--extra", action="append", default=[], help="a line for httpd.conf")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-load")
    env = Env()
    try:
        env.restart(Conf(env, extra=["LogLevel warn benchmark:info", *args.extra]))
        measure(args, env)
        if args.memory:
            measure_memory(args.memory, env)
    finally:
        env.close()


def measure(args, env):
    api = Api(env)
    automation = api.make_automation(confirmed_rate=50000)
    streams = api.make_scenario(automation, target={"ttft_ms": 50, "gap_ms": 20, "tokens": 20, "gap_dist": "uniform", "ttft_dist": "uniform"})
    short = api.make_scenario(automation, target={"ttft_ms": 0, "gap_ms": 0, "tokens": 10})
    cases = {f"poisson {rate}/s": {"scenario_id": streams["id"], "load_model": {"type": "poisson", "rate": float(rate)},
                                   "max_in_flight": 4000} for rate in args.rates.split(",") if rate}
    cases.update({f"closed {n}, short answers": {"scenario_id": short["id"], "load_model": {"type": "closed", "concurrency": int(n)}}
                  for n in args.closed.split(",") if n})
    lines = []
    for trial in range(1, args.trials + 1):
        for case, body in cases.items():
            outcome = run(env, api, {**body, "duration_seconds": args.seconds, "warmup_seconds": 2})
            lines.append(line_of(case, trial, outcome))
            print(json.dumps(lines[-1]), flush=True)
    for case in cases:
        good = [line for line in lines if line["case"] == case and line["steal"] <= STEAL_LIMIT]
        if good:
            print(json.dumps({"bench": "loadtest_truth", "case": case, "median_of": len(good), **{
                name: statistics.median(line[name] for line in good if line[name] is not None)
                for name in ("started_p50_us", "started_p99_us", "send_lag_p50_us", "send_lag_p99_us", "offered_of_planned", "requests_per_second", "client_lag_p99_us",
                             "engine_rss_mib")},
                "certificate_p99_us": {name: statistics.median(line["certificate_p99_us"][name] for line in good)
                                       for name in good[0]["certificate_p99_us"]}}))


def measure_memory(requests, env):
    """The engine's resident memory at each tenth of one long load test."""
    api = Api(env)
    short = api.make_scenario(api.make_automation(confirmed_rate=50000), target={"ttft_ms": 0, "gap_ms": 0, "tokens": 10})
    test_id = api.post("/loadtests", {"scenario_id": short["id"], "load_model": {"type": "closed", "concurrency": 64},
                                      "requests": requests, "warmup_seconds": 0, "certificate": False}, expect=202)["id"]
    began, tenths = time.monotonic(), {}
    while True:
        test = api.get(f"/loadtests/{test_id}")
        done = (test["progress"] or {}).get("completed") or 0
        if test["status"] not in ("pending", "running"):
            break
        tenths.setdefault(10 * done // requests, round(engine_use(env)[1] / 1024, 1))
        time.sleep(0.2)
    stored = env.sql("select count(*) from requests where loadtest_id = %s", test_id)[0][0]
    print(json.dumps({"bench": "loadtest_truth", "case": "memory", "requests": requests, "status": test["status"],
                      "rows_stored": stored, "wall_s": round(time.monotonic() - began, 1),
                      "engine_rss_mib_by_tenth": [tenths.get(i) for i in range(11)]}))


if __name__ == "__main__":
    main()
