# SPDX-License-Identifier: Apache-2.0
"""A client as a user would write one, with what every test needs."""
import socket

import requests

from reference import reference


def code_of(answer):
    """The code of a refusal: of a problem document, or of the Status that OTLP wants instead. None: it has none."""
    body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
    if answer.status_code < 400 or not isinstance(body, dict):
        return None
    return body["details"][0]["reason"] if "details" in body else body.get("code")


class Api:
    """A client as a user would write one: base URL, JSON, and what to expect."""

    def __init__(self, env, base="/api/v1", timed=False):
        """timed: answers are not held against the reference, which takes longer than many an answer."""
        self.env = env
        self.base = env.url + env.base + base
        self.has_reference = base == "/api/v1" and not timed
        self.session = requests.Session()

    def call(self, method, path, body=None, expect=None, headers=None, **kwargs):
        if body is not None:
            kwargs["json"] = body
        kwargs.update(headers=headers, timeout=30)
        try:
            answer = self.session.request(method, self.base + path, **kwargs)
        except requests.ConnectionError:
            if method != "GET":
                raise
            # as every client does (RFC 9110, 9.2.2): a restart closes kept connections just as a request goes out on one
            answer = self.session.request(method, self.base + path, **kwargs)
        if expect is not None:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:1000]}"
        if self.has_reference and not kwargs.get("stream"):
            reference.check(method, path, answer)
        return answer

    def get(self, path, expect=200, **kwargs):
        return self.call("GET", path, expect=expect, **kwargs).json()

    def post(self, path, body=None, expect=200, **kwargs):
        return self.call("POST", path, body if body is not None else {}, expect=expect, **kwargs).json()

    def problem(self, method, path, body=None, expect=422, **kwargs):
        answer = self.call(method, path, body, expect=expect, **kwargs)
        assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.headers
        problem = answer.json()
        assert problem["status"] == expect
        assert problem["detail"]
        return problem

    def raw(self, text, timeout=10):
        """Bytes to the server as they are; everything it answers until it closes or is silent for a second."""
        with socket.create_connection(("127.0.0.1", self.env.port), timeout=timeout) as s:
            s.sendall(text)
            s.settimeout(1)
            answer = b""
            try:
                while block := s.recv(65536):
                    answer += block
            except socket.timeout:
                pass
        return answer

    # --- things every test needs

    def make_automation(self, **members):
        body = {"name": "chat", "provider": "openai", "connection": {"url": self.env.target_url + "/v1", "model": "m"}}
        body.update(members)
        if body["provider"] != "openai" and "connection" not in members:
            del body["connection"]
        return self.post("/automations", body)

    def make_scenario(self, automation=None, target=None, inputs=None, **members):
        if automation is None:
            automation = self.make_automation()
        template = {"prompt": "hello", **(inputs or {})}
        if target is not None:
            template["x_target"] = target
        return self.post("/scenarios", {"name": "scenario", "automation_id": automation["id"],
                                        "inputs_template": template, **members})

    def trigger(self, scenario, **overrides):
        return self.post("/runs/trigger", {"scenario_id": scenario["id"], **overrides})

    def await_run(self, run_id, timeout=20):
        def finished():
            run = self.get(f"/runs/{run_id}")
            return run if run["status"] not in ("pending", "running") else None
        return self.env.wait(finished, timeout, f"run {run_id} did not end: {self.env.tail()}")

    def run(self, scenario, timeout=20, **overrides):
        return self.await_run(self.trigger(scenario, **overrides)["id"], timeout)

    def measure(self, scenario, fits, tries=6):
        """A run whose figures are those of the target's schedule, which fits(run) tells. A busy machine moves one run or another;
        what is measured wrong is wrong in all of them."""
        for _ in range(tries):
            run = self.run(scenario)
            assert run["status"] == "completed", run
            if fits(run):
                return run
        raise AssertionError(f"none of {tries} runs fits: {run}")

    def bulk(self, scenario, count, **members):
        return self.post("/runs", {"scenario_id": scenario["id"], "count": count, **members}, expect=202)["run_ids"]

    def await_status(self, run_id, status, timeout=10):
        return self.env.wait(lambda: self.get(f"/runs/{run_id}")["status"] == status, timeout,
                             f"run {run_id} did not become {status}: {self.env.tail()}")

    def await_all(self, run_ids, timeout=60):
        """Wait until all have ended; their rows as the store has them: {id: (status, error_code, attempt)}."""
        def ended():
            rows = self.env.sql("select id, status, error_code, attempt from runs where id = any(%s)", list(run_ids))
            return rows if len(rows) >= len(run_ids) else None
        rows = self.env.wait(ended, timeout, f"not all of {len(run_ids)} runs ended: {self.env.tail()}")
        return {row[0]: row[1:] for row in rows}

    def await_completed(self, run_ids, timeout=60):
        """Wait until all have ended; if any has not completed, fail with what the store says of it. Rows as await_all."""
        ended = self.await_all(run_ids, timeout)
        bad = [run for run, (status, _, _) in ended.items() if status != "completed"]
        assert not bad, self.env.sql("select id, status, error_code, error, attempt, engine, started_at, finished_at,"
                                     " left(response::text, 600)"
                                     " from runs where id = any(%s)", bad)
        return ended

    def failures(self, test):
        """What the requests of a load test failed of, for the message of an assertion."""
        return self.env.sql("select seq, attempt, status, error_code, http_status, planned_us, sent_us, first_byte_us, end_us, connect_us"
                            " from requests where loadtest_id = %s and status <> 'completed' order by seq limit 20", test["id"])

    def await_idle(self, timeout=30):
        self.env.wait(lambda: self.env.sql("select count(*) from run_queue")[0][0] == 0, timeout,
                      f"the queue did not empty: {self.env.tail()}")
