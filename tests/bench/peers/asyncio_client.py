#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A measuring client as most load generators of this field are built: one Python process, one asyncio loop, aiohttp, a task per
stream, which parses each event as it comes and takes its time at that point. `ruler --peer` runs it beside our own client.

Writes one line per stream to standard output: key, time of sending, and the time of each content event, in nanoseconds of
CLOCK_MONOTONIC (time.perf_counter on Linux). A stream that failed has no times.
"""
import argparse
import asyncio
import json
import os
import sys
import time

import aiohttp

RAMP_SECONDS = 1.0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("port", "first-key", "total", "streams", "tokens"):
        parser.add_argument("--" + name, type=int, required=True)
    for name in ("ttft", "gap"):
        parser.add_argument("--" + name, type=float, required=True)
    parser.add_argument("--cpu", type=int, default=-1)
    parser.add_argument("--rr", type=int, default=0)
    return parser.parse_args()


def body_of(args, key):
    return {"model": "m", "stream": True, "messages": [{"role": "user", "content": "x"}],
            "x_target": {"id": key, "seed": key, "tokens": args.tokens, "ttft_ms": args.ttft, "ttft_dist": "uniform",
                         "gap_ms": args.gap, "gap_dist": "uniform"}}


async def stream_once(session, args, key):
    """One request: when it was sent, and when each content event was seen."""
    stamps, rest = [], b""
    sent = time.perf_counter_ns()
    async with session.post(f"http://127.0.0.1:{args.port}/v1/chat/completions", json=body_of(args, key)) as response:
        if response.status != 200:
            return sent, []
        async for piece in response.content.iter_any():
            rest += piece
            while b"\n\n" in rest:
                event, rest = rest.split(b"\n\n", 1)
                data = event.decode().removeprefix("data: ")
                if data == "[DONE]":
                    continue
                now = time.perf_counter_ns()
                choices = json.loads(data).get("choices")
                if choices and choices[0]["delta"].get("content"):
                    stamps.append(now)
    return sent, stamps


async def worker(session, args, index, keys, lines):
    await asyncio.sleep(RAMP_SECONDS * index / args.streams)
    for key in keys:
        try:
            sent, stamps = await stream_once(session, args, key)
        except (aiohttp.ClientError, asyncio.TimeoutError) as e:
            print(f"asyncio_client: {key}: {e}", file=sys.stderr)
            sent, stamps = 0, []
        lines.append(" ".join(map(str, (key, sent, *stamps))))


async def main(args):
    keys, lines = iter(range(args.first_key, args.first_key + args.total)), []
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        await asyncio.gather(*(worker(session, args, i, keys, lines) for i in range(args.streams)))
    print("\n".join(lines))


if __name__ == "__main__":
    ARGS = arguments()
    if ARGS.cpu >= 0:
        os.sched_setaffinity(0, {ARGS.cpu})
    if ARGS.rr > 0:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(ARGS.rr))
    asyncio.run(main(ARGS))
