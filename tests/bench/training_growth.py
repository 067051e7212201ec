#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a session of training adds to the store and to the engine, and what an hour of it would.

    training_growth.py --module mod_benchmark.so [--seconds 300] [--rate 50] [--sample 30] [--problems 1000]

Sessions of the ladder against the reference target go on for so many seconds, after half a minute of them whose growth is that of a
first time. Counted is the size of every table of the schema with its indexes and what is stored aside (pg_total_relation_size),
dead rows included, but that of `requests`, and the resident memory of the engine. An hour is reckoned by a line through the samples
of the second half: what grows once is not taken for what grows all the time. Prints JSON lines, the tables that grow most with them.
"""
import argparse
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env                # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api                      # noqa: E402  pylint: disable=wrong-import-position
from loadtest_truth import engine_use      # noqa: E402  pylint: disable=wrong-import-position

SIZES = """select c.relname, pg_total_relation_size(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = 'benchmark' and c.relkind = 'r'"""
GOAL_BYTES = 20e6


def sizes(env):
    return dict(env.sql(SIZES))


def beside_rows(tables):
    return sum(size for name, size in tables.items() if not name.startswith("requests"))


def slope(points):
    """Of the least squares' line."""
    n = len(points)
    mx, my = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    return sum((x - mx) * (y - my) for x, y in points) / sum((x - mx) ** 2 for x, _ in points)


def watch(args, env, api, scenario, seconds):
    """One session after another, as one whose figures are not valid ends early: numbers of all, and samples."""
    began, samples, sums = time.monotonic(), [], {"sessions": 0, "total_scenarios": 0, "requests": 0}
    while (left := seconds - (time.monotonic() - began)) > 1:
        body = {"scenario_id": scenario["id"], "policy": "ladder", "types": ["load_balancing"], "duration_scale": 0.1,
                "settings": {"patience": 500, "max_problems": 1000}, "budget": {"seconds": left, "requests": 100000000, "problems": args.problems}}
        session = api.post("/training/sessions", body, expect=201)
        sums["sessions"] += 1
        while True:
            now = api.get(f"/training/sessions/{session['id']}")
            samples.append((time.monotonic() - began, beside_rows(sizes(env)), engine_use(env)[1]))
            if now["ended_at"]:
                break
            time.sleep(min(args.sample, 5 if seconds < 60 else args.sample))
        for name in ("total_scenarios", "requests"):
            sums[name] += now[name]
    return sums, samples


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--sample", type=float, default=10)
    parser.add_argument("--problems", type=int, default=1000, help="of each session: many short ones tell whether memory comes back")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-growth")
    env = Env()
    try:
        env.reset_database()
        env.restart(Conf(env, extra=["LogLevel warn benchmark:info", f"BenchmarkTrainingMaxRate {args.rate:g}"]))
        api = Api(env)
        scenario = api.make_scenario(api.make_automation(confirmed_rate=args.rate), target={"ttft_ms": 20, "gap_ms": 2, "tokens": 10})
        watch(args, env, api, scenario, 30)
        before, rss_before = sizes(env), engine_use(env)[1]
        session, samples = watch(args, env, api, scenario, args.seconds)
        time.sleep(3)
        after, rss_after = sizes(env), engine_use(env)[1]
        rows = env.sql("select count(*) from requests")[0][0]
        grown = sorted(((after[name] - before.get(name, 0), name) for name in after), reverse=True)
        seconds = samples[-1][0]
        half = [(at, size) for at, size, _ in samples if at >= seconds / 2]
        per_second = slope(half) if len(half) > 2 else float("nan")
        print(json.dumps({"bench": "training_growth", "seconds": round(seconds), "sessions": session["sessions"], "problems": session["total_scenarios"],
                          "requests": session["requests"], "rows_kept": rows, "bytes": beside_rows(after) - beside_rows(before),
                          "bytes_per_second_second_half": round(per_second), "hour_mb": round(per_second * 3600 / 1e6, 1),
                          "goal_mb": GOAL_BYTES / 1e6, "met": per_second * 3600 <= GOAL_BYTES,
                          "bytes_of_rows": sum(after[n] - before.get(n, 0) for n in after if n.startswith("requests")),
                          "engine_rss_kib": [rss_before, max(rss for _, _, rss in samples), rss_after],
                          "engine_rss_kib_by_quarter": [max(rss for at, _, rss in samples if seconds * q / 4 <= at <= seconds * (q + 1) / 4)
                                                        for q in range(4)],
                          "grown_most": {name: size for size, name in grown[:8]}}))
    finally:
        env.close()


if __name__ == "__main__":
    main()
