#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How fast the dashboard is in a browser, beside a static page of the same httpd: dashboard_figures.mjs tells what is measured.

    dashboard.py --module mod_benchmark.so --fill fill [--runs 100000] [--automations 2000] [--rounds 5] [--clicks 8] [--home DIR]

Starts a PostgreSQL and an httpd of its own, puts runs and automations into the store, and drives Chromium by htdocs/node_modules'
playwright-core. Prints JSON lines.
"""
import argparse
import os
import subprocess
import sys

import requests

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from bmenv import Conf, Env  # noqa: E402  pylint: disable=wrong-import-position
from bmapi import Api        # noqa: E402  pylint: disable=wrong-import-position
from static_site import StaticSite  # noqa: E402  pylint: disable=wrong-import-position

# A page with these costs a browser more, whatever is on it (Cross-Origin-Opener-Policy: a process of its own): the peers have them, too.
SECURITY = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
            "Cross-Origin-Resource-Policy", "Permissions-Policy")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Static</title><link rel="stylesheet" href="static.css"></head>
<body><main><h1>A page that is only a page</h1>{rows}</main></body></html>
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--module", required=True)
    parser.add_argument("--fill", required=True)
    parser.add_argument("--runs", type=int, default=100000)
    parser.add_argument("--automations", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clicks", type=int, default=8)
    parser.add_argument("--home", default="/tmp/bm-bench-dashboard")
    args = parser.parse_args()
    os.environ["BM_MODULE"] = args.module
    os.environ["BM_TEST_HOME"] = args.home
    env = Env()
    env.restart(Conf(env))
    site = StaticSite(env, {name: value for name, value in requests.get(env.url + "/", timeout=5).headers.items() if name in SECURITY})
    site.write("page.html", PAGE.format(rows="".join(f"<p>Line {i} of a page as long as a list.</p>" for i in range(50))))
    site.write("static.css", "body { font: 14px/20px system-ui, sans-serif; margin: 24px }\n")
    env.restart(Conf(env, extra=["LogLevel warn benchmark:warn", *site.lines]))
    try:
        site.check("page.html")
        api = Api(env)
        target = {"ttft_ms": 20, "gap_ms": 5, "tokens": 20}
        scenario = api.make_scenario(api.make_automation(name="live", max_in_flight=30), name="live", target=target)
        subprocess.run([args.fill, "--dsn", env.dsn, "--runs", str(args.runs), "--rich", "1"], check=True, stdout=subprocess.DEVNULL)
        env.sql("""with a as (insert into automations (name, provider, connection)
                              select 'Target ' || n, 'openai', '{"url": "http://127.0.0.1:9/v1"}' from generate_series(1, %s) n
                              returning id)
                   insert into queue_target (target_id, slot, max_in_flight) select id, id %% 16, 16 from a""", args.automations)
        env.sql("vacuum analyze")
        env.wait(lambda: (api.get("/engine")["kpi_board"] or {}).get("readable"), 120, "the board is not filled")
        subprocess.run(["node", os.path.join(HERE, "dashboard_figures.mjs"), "--url", env.url + "/", "--static", site.url + "/page.html", "--folder", env.home + "/static",
                        "--scenario", str(scenario["id"]), "--rounds", str(args.rounds), "--clicks", str(args.clicks)], check=True)
    finally:
        env.stop()
        env.pg("stop")


if __name__ == "__main__":
    main()
