#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What it costs to say who one is: the same GET anonymously and with each kind of credential, in one run.

    authenticated_rates.py --module mod_benchmark.so [--rounds 5] [--seconds 3]

Needs wrk. Starts a PostgreSQL and an httpd of its own and asks every case once per round, in turn. Prints one JSON line per trial
and, at the end, one per ratio to the anonymous request: the median of the rounds' own ratios. The goal is 0.85 or more.

Cases: anonymous, token (access token), key (API key), cookie (session); each asks GET /automations/{id}, and with "me" in front of
it GET /me, which needs no database at all, so that nothing hides the cost.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

CREDENTIALS = ("anonymous", "token", "key", "cookie")


class Bench:
    def __init__(self, args):
        os.environ["BM_MODULE"] = args.module
        os.environ.setdefault("BM_TEST_HOME", "/tmp/bm-bench-authenticated")
        from bmenv import Env                     # pylint: disable=import-outside-toplevel
        self.args = args
        self.env = Env()

    def start(self):
        from bmenv import Api, Conf               # pylint: disable=import-outside-toplevel
        self.env.restart(Conf(self.env, anonymous="viewer", extra=["LogLevel warn benchmark:warn"]))
        admin = os.path.join(os.path.dirname(self.args.module), "..", "benchmark-admin")
        subprocess.run([admin, "-d", self.env.dsn, "add", "anna", "operator"], input="a password of anna\n", text=True, check=True,
                       stdout=subprocess.DEVNULL)
        api = Api(self.env, timed=True)
        login = {"email": "anna", "password": "a password of anna"}
        token = "Bearer " + api.post("/auth/login", login)["access_token"]
        key = api.post("/api-keys", {"name": "bench"}, expect=201, headers={"Authorization": token})["key"]
        cookie = api.call("POST", "/auth/login", {**login, "cookie": True}, expect=200).headers["Set-Cookie"].split(";")[0]
        made = api.post("/automations", {"name": "bench"}, headers={"Authorization": token})
        self.headers = {"anonymous": "X-Nothing: " + "x" * 60, "token": "Authorization: " + token, "key": "Authorization: Bearer " + key,
                        "cookie": "Cookie: " + cookie}
        self.paths = {"": f"/api/v1/automations/{made['id']}", "me ": "/api/v1/me"}

    def rate(self, path, header):
        out = subprocess.run(["wrk", "-t1", f"-c{self.args.clients}", f"-d{self.args.seconds}s", "-H", header, self.env.url + path],
                             check=True, capture_output=True, text=True).stdout
        if "Non-2xx" in out or "Socket errors" in out:
            raise SystemExit(out)
        return float(out.split("Requests/sec:")[1].split()[0])

    def run(self):
        rates = {}
        for trial in range(1, self.args.rounds + 1):
            for place, path in self.paths.items():
                for credential in CREDENTIALS:
                    rate = self.rate(path, self.headers[credential])
                    rates.setdefault((place, credential), []).append(rate)
                    print(json.dumps({"bench": "authenticated_rates", "case": place + credential, "trial": trial,
                                      "per_second": round(rate, 1), "load": round(os.getloadavg()[0], 1)}), flush=True)
        for (place, credential), ours in rates.items():
            if credential == "anonymous":
                continue
            ratio = statistics.median(a / b for a, b in zip(ours, rates[place, "anonymous"]))
            print(json.dumps({"bench": "authenticated_rates", "ratio": f"{place}{credential}/anonymous", "median": round(ratio, 3),
                              "per_second": round(statistics.median(ours), 1)}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=16)
    bench = Bench(parser.parse_args())
    try:
        bench.start()
        bench.run()
    finally:
        bench.env.close()


if __name__ == "__main__":
    main()
