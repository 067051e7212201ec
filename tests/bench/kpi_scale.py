#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How the time of the dashboard's KPIs grows with the number of stored runs, and against other ways to have them.

    kpi_scale.py --module mod_benchmark.so --fill fill [--sizes 10000,1000000] [--rounds 40] [--scenarios 50] [--rich]
                 [--ways warm,cold,questions,others] [--kpi-memory 64M] [--reuse]

One httpd and one PostgreSQL for each size, both there all the time; every round asks each of them for each range in turn.
Waits first until the deltas are folded into cells. warm: from the board of cells in shared memory. cold: without any cache of ours
(BenchmarkKpiMemory 0). Then, in the same PostgreSQL, the whole dashboard (totals, p50, p95 and p99 of two metrics, per scenario, by
the hour, the last ten) as the seed does it, which reads every row and sorts it in Python (numpy if it is there), and by
percentile_cont with covering indexes. Prints one JSON line per size, range and way, and the ratio of the largest to the smallest.
questions: /kpis with filters and groups of any kind over 30 days, of one metric and of ten, from the board and from the store's
cells; a line for each with its median, then the largest of them. Ten metrics, models, providers and labels are there with --rich.
"""
import argparse
import array
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

import psycopg2

try:
    import numpy
except ImportError:
    numpy = None

from bmenv import Conf, Env  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api        # noqa: E402  pylint: disable=wrong-import-position

RANGES = {"all": "", "24h": "&from=now-24h", "7d": "&from=now-7d", "30d": "&from=now-30d"}
TEN = "e2e_ms,e2e_scheduled_ms,total_ms,ttft_ms,ttft_scheduled_ms,ttfo_ms,ttst_ms,tpot_ms,send_lag_ms,queue_ms"
FILTERS = {"all": "", "model": "&model=filled-1", "provider": "&provider=anthropic", "scenario": "&scenario_id={scenario}",
           "label": "&label=week-1"}
GROUPS = {"none": "", "model": "&group_by=model", "label": "&group_by=label", "status": "&group_by=status",
          "provider,day": "&group_by=provider,day", "scenario": "&group_by=scenario",
          "scenario,status": "&group_by=scenario,status", "scenario,day": "&group_by=scenario,day", "hour": "&group_by=hour"}
# 50 scenarios by the hour of 30 days are more groups than an answer may have: a week, and a refusal
HOURLY = {"scenario,hour of 7 days": "&from=now-7d&group_by=scenario,hour",
          "scenario,hour of 30 days": "&from=now-30d&group_by=scenario,hour"}
FOLDED = 500                 # deltas that may be left: the youngest wait for their minute


def start(args, size):
    os.environ["BM_TEST_HOME"] = f"{args.home}-{size}"
    if args.reuse:
        Env.reset_database = lambda self: None
    env = Env()
    env.restart(Conf(env, extra=["LogLevel warn benchmark:warn", "BenchmarkKpiMemory " + args.kpi_memory]))
    if args.reuse:
        return env
    subprocess.run([args.fill, "--dsn", env.dsn, "--runs", str(size), "--scenarios", str(args.scenarios), "--rich",
                    str(int(args.rich))], check=True, stdout=subprocess.DEVNULL)
    return env


def await_folded(env):
    began = time.monotonic()
    while env.sql("select count(*) from kpi_delta")[0][0] > FOLDED:
        if time.monotonic() - began > 900:
            raise SystemExit("the deltas were not folded")
        time.sleep(1)
    env.sql("vacuum analyze")


def await_board(env):
    env.wait(lambda: (Api(env).get("/engine")["kpi_board"] or {}).get("readable"), 300, "the board is not filled")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--fill", required=True)
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--scenarios", type=int, default=50)
    parser.add_argument("--rich", action="store_true", help="runs with every metric, with models, providers and labels")
    parser.add_argument("--reuse", action="store_true", help="the stores that an earlier call has filled")
    parser.add_argument("--kpi-memory", default="64M", help="size of the board")
    parser.add_argument("--ways", default="warm,cold,questions,others")
    parser.add_argument("--home", default="/tmp/bm-bench-kpi")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    envs = {}
    try:
        for size in [int(text) for text in args.sizes.split(",")]:
            envs[size] = start(args, size)
        for env in envs.values():
            await_folded(env)
        figures = {"warm": measure(args, envs, "warm")} if "warm" in args.ways or "others" in args.ways else {}
        if "questions" in args.ways:
            for env in envs.values():
                await_board(env)
            ask_questions(args, envs, "warm")
        if "cold" in args.ways or "questions" in args.ways:
            for env in envs.values():
                env.restart(Conf(env, extra=["LogLevel warn benchmark:warn", "BenchmarkKpiMemory 0"]))
        if "cold" in args.ways:
            measure(args, envs, "cold")
        if "questions" in args.ways:
            ask_questions(args, envs, "cold")
        for env in envs.values():
            env.stop()                   # what follows has the machine to itself
        if "others" in args.ways:
            compare(args, envs, figures)
    finally:
        for env in envs.values():
            env.close()


def tell(**members):
    print(json.dumps({"bench": "kpi_scale", **members, "load": round(os.getloadavg()[0], 1)}), flush=True)


def measure(args, envs, way):
    """Ask everybody for every range in turn; the medians of (size, range)."""
    apis = {size: Api(env, timed=True) for size, env in envs.items()}
    times = {(size, name): [] for size in envs for name in RANGES}
    source = {"warm": "board", "cold": "store"}[way]
    others = 0
    for turn in range(args.rounds + 3):
        if turn == 1 and way == "warm":
            time.sleep(3)                # the windows that were asked for are put together
        for size, api in apis.items():
            for name, query in RANGES.items():
                began = time.perf_counter()
                answer = api.call("GET", "/runs/kpis/dashboard?view=summary" + query, expect=200)
                took = 1000 * (time.perf_counter() - began)
                if turn >= 3:
                    times[size, name].append(took)
                    others += answer.headers["X-Benchmark-KPIs"] != source
    for size, api in apis.items():
        board = api.get("/engine")["kpi_board"]
        tell(way=way, runs=size,
             board=board and {name: board[name] for name in ("bytes", "bytes_used", "cells", "views", "hours_since")})
    for (size, name), samples in times.items():
        tell(way=way, runs=size, range=name, least_ms=round(min(samples), 2), median_ms=round(statistics.median(samples), 2),
             p95_ms=round(sorted(samples)[int(0.95 * len(samples))], 2), n=len(samples))
    low, high = min(envs), max(envs)
    for name in RANGES:
        ratio = statistics.median(times[high, name]) / statistics.median(times[low, name])
        tell(way=way, range=name, ratio=f"{high}/{low}", value=round(ratio, 2), not_from=source, answers=others)
    return {key: statistics.median(samples) for key, samples in times.items()}


def questions_of(env):
    """{name: query}"""
    scenario = env.sql("select min(id) from scenarios where name like 'Filled%%'")[0][0]
    asked = dict(HOURLY)
    for filter_name, narrowed in FILTERS.items():
        for group_name, group in GROUPS.items():
            asked[f"{filter_name} by {group_name}"] = "&from=now-30d" + narrowed.format(scenario=scenario) + group
    return asked


def groups_of(answer, name):
    """How many there were; an answer with too many is refused."""
    if answer.status_code == 422:
        assert answer.json()["errors"][0]["pointer"] == "?group_by", answer.text
        return "refused"
    assert answer.status_code == 200 and answer.json()["total"]["runs"] > 0, (name, answer.text[:500])
    return len(answer.json()["groups"])


def ask_questions(args, envs, way):
    """Any filter with any group, of one metric and of ten, each after the other; the medians."""
    for size, env in envs.items():
        api, times, groups, sources = Api(env, timed=True), {}, {}, {}
        for _ in range(max(5, args.rounds // 4)):
            for name, query in questions_of(env).items():
                for metrics in ("ttft_ms", TEN):
                    key = name, metrics.count(",") + 1
                    began = time.perf_counter()
                    answer = api.call("GET", f"/kpis?metric={metrics}{query}")
                    times.setdefault(key, []).append(1000 * (time.perf_counter() - began))
                    sources[key] = answer.headers.get("X-Benchmark-KPIs")
                    groups[key] = groups_of(answer, name)
        medians = {key: statistics.median(samples) for key, samples in times.items()}
        for (name, metrics), took in medians.items():
            tell(way=way, runs=size, question=name, metrics=metrics, groups=groups[name, metrics], median_ms=round(took, 2),
                 n=len(times[name, metrics]), source=sources[name, metrics])
        for metrics in (1, 10):
            answered = {name: took for (name, count), took in medians.items()
                        if count == metrics and groups[name, count] != "refused"}
            tell(way=way, runs=size, metrics=metrics, slowest=max(answered, key=answered.get),
                 median_ms=round(max(answered.values()), 2), median_of_all_ms=round(statistics.median(answered.values()), 2),
                 goal_ms=60, over_goal=sum(took > 60 for took in answered.values()), questions=len(answered))


def quantiles(values):
    """p50, p95 and p99, as numpy's or percentile_cont's, of a group of durations."""
    if numpy is not None:
        return list(numpy.percentile(numpy.asarray(values), [50, 95, 99])) if len(values) else None
    ordered = sorted(values)
    return [ordered[int(q * (len(ordered) - 1))] for q in (0.5, 0.95, 0.99)] if ordered else None


def the_seeds_way(connection):
    """Every finished run of the last 30 days into memory, then sorted: all, by scenario, by the hour."""
    groups = {}
    total = array.array("q"), array.array("q")
    with connection.cursor("all") as cursor:
        cursor.itersize = 20000
        cursor.execute("select scenario_id, (extract(epoch from finished_at) / 3600)::int, status, total_us, ttft_us from runs"
                       " where kind = 0 and finished_at > now() - interval '31 days'")
        for scenario, hour, status, total_us, ttft_us in cursor:
            if status != "completed":
                continue
            total[0].append(total_us)
            total[1].append(ttft_us)
            for key in (("s", scenario), ("h", hour)):
                group = groups.get(key)
                if group is None:
                    group = groups[key] = (array.array("q"), array.array("q"))
                group[0].append(total_us)
                group[1].append(ttft_us)
    for group in [total, *groups.values()]:
        quantiles(group[0])
        quantiles(group[1])
    with connection.cursor() as cursor:
        cursor.execute("select * from runs where kind = 0 order by id desc limit 10")
        cursor.fetchall()


INDEXES = """create index bench_scenario on runs (scenario_id, finished_at) include (status, total_us, ttft_us);
    create index bench_time on runs (finished_at) include (status, scenario_id, total_us, ttft_us)"""
STATS = """count(*), count(*) filter (where status = 'completed'),
    percentile_cont(array[0.5, 0.95, 0.99]) within group (order by total_us) filter (where status = 'completed'),
    percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ttft_us) filter (where status = 'completed')
    from runs where finished_at > now() - interval '31 days'"""
STATEMENTS = [f"select {STATS}", f"select scenario_id, {STATS} group by 1",
              f"select date_trunc('hour', finished_at), {STATS} group by 1",
              "select * from runs where kind = 0 order by id desc limit 10"]


def percentile_cont(connection):
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement)
            cursor.fetchall()


def compare(args, envs, figures):
    for size, env in envs.items():
        connection = psycopg2.connect(env.dsn, options="-c search_path=benchmark")
        with connection.cursor() as cursor:
            cursor.execute(INDEXES.replace("index ", "index if not exists "))
        connection.commit()
        env.sql("vacuum analyze")
        for name, way in (("seed", the_seeds_way), ("percentile_cont", percentile_cont)):
            samples = []
            for _ in range(1 if size >= 1000000 else 3):
                began = time.perf_counter()
                way(connection)
                connection.rollback()
                samples.append(1000 * (time.perf_counter() - began))
            took = statistics.median(samples)
            tell(way=name, runs=size, median_ms=round(took, 1), n=len(samples), numpy=numpy is not None,
                 times_warm=round(took / figures["warm"][size, "30d"]))
        connection.close()


if __name__ == "__main__":
    main()
