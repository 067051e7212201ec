#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What Lighthouse says of the dashboard's pages, as it is set for a desktop and for a phone.

    lighthouse.py --module mod_benchmark.so --fill fill [--lighthouse DIR] [--runs 100000] [--home DIR]

Starts a PostgreSQL and an httpd of its own and puts runs into the store. DIR has, or gets by npm, Lighthouse; Chromium is Debian's. Prints
JSON lines: scores of 100 and the figures they rest on (ms; shift has no unit). A phone is simulated by Lighthouse: 4 times slower, and a
network of 1.6 Mbit/s with 150 ms.
"""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api        # noqa: E402  pylint: disable=wrong-import-position

VERSION = "12"
PAGES = {"overview": "", "runs": "runs", "KPIs": "kpis?from=now-30d&metric=ttft_ms", "scenarios": "scenarios", "load tests": "loadtests", "settings": "settings"}
CATEGORIES = ("performance", "accessibility", "best-practices")
FIGURES = {"fcp_ms": "first-contentful-paint", "lcp_ms": "largest-contentful-paint", "tbt_ms": "total-blocking-time", "cls": "cumulative-layout-shift"}
CHROMIUM = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"


def installed(folder):
    """The command, fetched if it is not there."""
    command = os.path.join(folder, "node_modules", ".bin", "lighthouse")
    if not os.path.exists(command):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["npm", "install", "--loglevel=error", "--no-audit", "--no-fund", "--prefix", folder, f"lighthouse@{VERSION}"], check=True)
    return command


def report(command, url, form, path):
    subprocess.run([command, url, "--quiet", "--output=json", f"--output-path={path}", f"--chrome-flags={CHROMIUM}",
                    f"--only-categories={','.join(CATEGORIES)}", *(["--preset=desktop"] if form == "desktop" else [])],
                   check=True, env={**os.environ, "CHROME_PATH": os.environ.get("BENCHMARK_CHROMIUM", "/usr/bin/chromium")}, stderr=subprocess.DEVNULL)
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True)
    parser.add_argument("--fill", required=True)
    parser.add_argument("--lighthouse", default="/tmp/bm-bench-lighthouse/tool")
    parser.add_argument("--runs", type=int, default=100000)
    parser.add_argument("--home", default="/tmp/bm-bench-lighthouse/home")
    args = parser.parse_args()
    command = installed(args.lighthouse)
    os.environ["BM_MODULE"] = args.module
    os.environ["BM_TEST_HOME"] = args.home
    env = Env()
    env.restart(Conf(env, extra=["LogLevel warn benchmark:warn"]))
    try:
        api = Api(env)
        api.make_scenario(api.make_automation(name="live"), name="live")
        subprocess.run([args.fill, "--dsn", env.dsn, "--runs", str(args.runs), "--rich", "1"], check=True, stdout=subprocess.DEVNULL)
        env.sql("vacuum analyze")
        env.wait(lambda: (api.get("/engine")["kpi_board"] or {}).get("readable"), 120, "the board is not filled")
        for form in ("desktop", "phone"):
            for name, path in PAGES.items():
                said = report(command, f"{env.url}/{path}", form, os.path.join(env.home, "lighthouse.json"))
                failed = [a["id"] for a in said["audits"].values() if a["score"] is not None and a["score"] < 0.9 and a["scoreDisplayMode"] == "binary"]
                print(json.dumps({"form": form, "page": name, **{c: round(100 * (said["categories"][c]["score"] or 0)) for c in CATEGORIES},
                                  **{k: round(said["audits"][a]["numericValue"], 4 if k == "cls" else 0) for k, a in FIGURES.items()}, "failed": failed}), flush=True)
    finally:
        env.stop()
        env.pg("stop")


if __name__ == "__main__":
    main()
