#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our figures beside a llama.cpp server's own, of the same requests: each run's `timings`, and the counters of /metrics over a load
test. The server runs already, with --metrics; the module is told its URL and nothing else.

    server_timings.py --api http://127.0.0.1:8080/api/v1 --server http://127.0.0.1:8081 [--runs 60] [--requests 200]
"""
import argparse
import statistics
import time

import requests


def call(method, url, body=None):
    answer = requests.request(method, url, json=body, timeout=60)
    answer.raise_for_status()
    return answer.json()


def await_end(url, seconds=300):
    for _ in range(seconds * 2):
        found = call("GET", url)
        if found["status"] not in ("pending", "running"):
            return found
        time.sleep(0.5)
    raise SystemExit(f"{url} does not end")


def counters(server):
    lines = requests.get(server + "/metrics", timeout=10).text.splitlines()
    return {line.split()[0].split(":")[1]: float(line.split()[1]) for line in lines if line and line[0] != "#"}


def make_scenario(args, in_flight):
    automation = call("POST", args.api + "/automations", {"name": f"timings {in_flight}", "provider": "openai", "max_in_flight": in_flight,
                                                          "connection": {"url": args.server}})
    return call("POST", args.api + "/scenarios", {"name": f"timings {in_flight}", "automation_id": automation["id"], "inputs_template": {
        "prompt": "Say something about stopwatches.", "max_tokens": 64}})["id"]


def compare_runs(args, in_flight):
    scenario = make_scenario(args, in_flight)
    ids = call("POST", args.api + "/runs", {"scenario_id": scenario, "count": args.runs})["run_ids"]
    ended = [await_end(f"{args.api}/runs/{i}") for i in ids]
    runs = [(r, r["response_json"]["timings"]) for r in ended if r["status"] == "completed"]
    alike = sum(r["tokens"]["completion"] == t["predicted_n"] and r["tokens"]["prompt"] == t["prompt_n"] + r["tokens"]["cached"]
                for r, t in runs)
    before = [r["ttft_ms"] - t["prompt_ms"] for r, t in runs]
    print(f"runs, {in_flight} at a time: {len(runs)} of {len(ids)} completed, tokens as the server counts {alike}")
    print(f"  server prompt_ms {statistics.median(t['prompt_ms'] for _, t in runs):.2f}, our TTFT "
          f"{statistics.median(r['ttft_ms'] for r, _ in runs):.2f}; TTFT - prompt_ms: least {min(before):.2f}, median "
          f"{statistics.median(before):.2f}")
    print(f"  server predicted_per_token_ms {statistics.median(t['predicted_per_token_ms'] for _, t in runs):.3f}, our TPOT "
          f"{statistics.median(r['tpot_ms'] for r, _ in runs):.3f}; (last - first content) / predicted_ms, median "
          f"{statistics.median((r['e2e_ms'] - r['ttft_ms']) / t['predicted_ms'] for r, t in runs):.3f}")


def compare_load(args, in_flight):
    scenario, at_first = make_scenario(args, in_flight), counters(args.server)
    test = call("POST", args.api + "/loadtests", {"scenario_id": scenario, "requests": args.requests, "certificate": False,
                                                  "load_model": {"type": "closed", "concurrency": in_flight}})
    results = await_end(f"{args.api}/loadtests/{test['id']}")["results"]
    rows = call("GET", f"{args.api}/loadtests/{test['id']}/requests?limit=1000")
    now = counters(args.server)
    total = {name: sum(row[name] or 0 for row in rows) for name in ("tokens_prompt", "tokens_cached", "tokens_completion")}
    streaming = sum(row["last_content_ms"] - row["first_content_ms"] for row in rows if row["last_content_ms"] is not None) / 1000
    print(f"load test, closed {in_flight}: {results['completed']} of {results['attempted']} completed, errors {results['errors']}")
    print(f"  completion tokens: ours {total['tokens_completion']}, server "
          f"{now['tokens_predicted_total'] - at_first['tokens_predicted_total']:.0f}; prompt tokens less cached: ours "
          f"{total['tokens_prompt'] - total['tokens_cached']}, server {now['prompt_tokens_total'] - at_first['prompt_tokens_total']:.0f}")
    print(f"  seconds of generation: ours {streaming:.2f}, server "
          f"{now['tokens_predicted_seconds_total'] - at_first['tokens_predicted_seconds_total']:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--api", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--requests", type=int, default=200)
    args = parser.parse_args()
    for in_flight in (1, 4, 8):
        compare_runs(args, in_flight)
    for in_flight in (1, 4, 8):
        compare_load(args, in_flight)


if __name__ == "__main__":
    main()
