#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Whether training finds a capacity that is known: sessions against the reference target as queues of given rates.

    training_capacity.py --module mod_benchmark.so [--sessions 20] [--first-seed 200] [--at-once 6]
                         [--policies ability,search,ladder] [--max-rate 200] [--scale 0.01667]

Each session has an automation and a queue of its own in the target: 1, 2, 4 or 8 servers, services fixed or exponential, capacity
20 to 100 requests a second, drawn log-uniformly by its seed. Policies were tuned on simulated queues of seeds 0 to 199; these are
others. Per session one JSON line; then for each policy how many were within 10 %, how many intervals hold the truth, and what it
took; then whether the goals are met. Sessions go on beside each other: what is measured is where queues grow, not milliseconds.
"""
import argparse
import concurrent.futures
import json
import os
import random
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api        # noqa: E402  pylint: disable=wrong-import-position

NEAR = 0.1
SLOWER = 5
OF_20 = 18          # within NEAR, and held by their intervals: of each 20


def truth_of(seed):
    draw = random.Random(seed)
    servers = draw.choice([1, 2, 4, 8])
    return {"capacity": 20 * 5 ** draw.random(), "servers": servers, "services": draw.choice(["fixed", "exponential"]),
            "ttft_ms": round(30 * draw.random(), 1)}        # on top of the service, beside --latency-ms


def target_of(args, seed, policy):
    truth = truth_of(seed)
    return {"ttft_ms": truth["ttft_ms"] + args.latency_ms, "gap_ms": 0, "tokens": 1, "queue_servers": truth["servers"],
            "queue_rate": truth["capacity"] / truth["servers"], "queue_dist": truth["services"], "queue_limit": 10000, "seed": "each",
            "queue_name": f"{policy}-{seed}"}


def alone_ms(args, seed):
    truth = truth_of(seed)
    return 1000 * truth["servers"] / truth["capacity"] + truth["ttft_ms"] + args.latency_ms


def body_of(args, policy, seed, scenario):
    body = {"scenario_id": scenario["id"], "policy": policy, "seed": seed, "duration_scale": args.scale,
            "budget": {"seconds": args.limit, "requests": 1000000}}
    if policy == "ladder":
        # a ladder goes by what is expected, which somebody who knows the target says: answers within some times what they take alone
        return {**body, "types": ["load_balancing"], "difficulty": "easy", "expected": {"max_response_time_ms": round(SLOWER * alone_ms(args, seed))}}
    return {**body, "types": ["load_balancing"]}


def session(args, env, policy, seed):
    api, truth = Api(env), truth_of(seed)
    automation = api.make_automation(name=f"{policy} {seed}", confirmed_rate=args.max_rate)
    scenario = api.make_scenario(automation, name=f"{policy} {seed}", target=target_of(args, seed, policy))
    began = time.monotonic()
    made = api.post("/training/sessions", body_of(args, policy, seed, scenario), expect=201)
    while True:
        time.sleep(1)
        now = api.get(f"/training/sessions/{made['id']}")
        if now["ended_at"]:
            break
    capacity = (now["conclusion"] or {}).get("capacity") or {}
    estimate, low, high = (capacity.get(name) for name in ("estimate", "low", "high"))
    problems = api.get(f"/training/sessions/{made['id']}/problems?limit=1000")
    why = [r for p in problems for r in (p["results"] or {}).get("errors", []) if r.startswith("The client")]
    not_valid = env.sql("select count(*) from problems b join run r on r.id = b.loadtest_id where b.session_id = %s"
                        " and r.response #>> '{validity,status}' = 'invalid'", made["id"])[0][0]
    return {"bench": "training_capacity", "policy": policy, "seed": seed, **truth, "ended_by": now["ended_by"], "estimate": estimate,
            "low": low, "high": high, "confidence": capacity.get("confidence"),
            "error": estimate and round(estimate / truth["capacity"] - 1, 4),
            "near": estimate is not None and abs(estimate / truth["capacity"] - 1) <= NEAR,
            "held": (low or 0) <= truth["capacity"] <= (high or float("inf")) and (low or high) is not None,
            "problems": len(problems), "not_valid": not_valid, "client_was": why[:3], "requests": now["requests"],
            "seconds": round(time.monotonic() - began, 1), "reason": now["reason"]}


def summary(policy, lines):
    errors = [abs(line["error"]) for line in lines if line["error"] is not None]
    return {"bench": "training_capacity", "summary": policy, "sessions": len(lines), "near": sum(line["near"] for line in lines),
            "held": sum(line["held"] for line in lines), "worst_error": max(errors, default=None),
            "median_error": statistics.median(errors) if errors else None,
            **{name: round(statistics.mean(line[name] for line in lines), 1)
               for name in ("problems", "not_valid", "requests", "seconds")}}


def verdict(args, summaries, minutes):
    least = OF_20 * args.sessions / 20
    goals = {f"{name} within 10 % in {least:g} or more": summaries[name]["near"] >= least
             for name in ("search", "ability") if name in summaries}
    goals.update({f"{name} holds the truth in {least:g} or more": summaries[name]["held"] >= least
                  for name in ("search", "ability") if name in summaries})
    if "ability" in summaries and "ladder" in summaries:
        goals["ability takes a fifth of ladder's requests or less"] = \
            summaries["ability"]["requests"] <= summaries["ladder"]["requests"] / 5
    goals["all within 60 minutes"] = minutes <= 60
    return {"bench": "training_capacity", "minutes": round(minutes, 1), "at_once": args.at_once, "cpus": os.cpu_count(), "goals": goals}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=6)
    parser.add_argument("--policies", default="ability,search,ladder")
    parser.add_argument("--max-rate", type=float, default=200)
    parser.add_argument("--scale", type=float, default=5 / 300, help="duration_scale: problems last up to 300 times it")
    parser.add_argument("--latency-ms", type=float, default=0,
                        help="more latency of every answer: a client may be late by a hundredth of it, or 1 ms")
    parser.add_argument("--extra", action="append", default=[], help="a line for httpd.conf")
    parser.add_argument("--limit", type=int, default=1500, help="seconds of each session")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-training")
    env = Env()
    policies, began = args.policies.split(","), time.monotonic()
    lines = {policy: [] for policy in policies}
    try:
        env.restart(Conf(env, extra=["LogLevel warn benchmark:info", f"BenchmarkTrainingMaxRate {args.max_rate:g}",
                                     "BenchmarkTrainingMaxConcurrency 5000", f"BenchmarkTrainingSessions {args.at_once}", *args.extra]))
        with concurrent.futures.ThreadPoolExecutor(args.at_once) as pool:
            # those that take longest first, so that none of them is alone at the end
            order = sorted(policies, key=["ladder", "search", "ability"].index)
            tasks = [pool.submit(session, args, env, policy, args.first_seed + i) for policy in order for i in range(args.sessions)]
            for task in concurrent.futures.as_completed(tasks):
                line = task.result()
                lines[line["policy"]].append(line)
                print(json.dumps(line), flush=True)
    finally:
        env.close()
    summaries = {policy: summary(policy, lines[policy]) for policy in policies if lines[policy]}
    for line in summaries.values():
        print(json.dumps(line))
    print(json.dumps(verdict(args, summaries, (time.monotonic() - began) / 60)))


if __name__ == "__main__":
    main()
