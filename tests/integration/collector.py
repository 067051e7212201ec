# SPDX-License-Identifier: Apache-2.0
"""A collector that takes OTLP/HTTP as JSON, checks that it is well-formed, and can misbehave.

`plan` is a list of what to do with the next requests, one each: ("status", 429, headers, body), ("slow", seconds),
("close",): hang up without an answer, ("partial", n). An empty plan: 200 {}.
"""
import http.server
import json
import re
import threading
import time

HEX = re.compile(r"[0-9a-f]+\Z")
DIGITS = re.compile(r"-?\d+\Z")


def check_value(value):
    assert len(value) == 1, value
    (kind, inner), = value.items()
    if kind == "intValue":
        assert isinstance(inner, str) and DIGITS.match(inner), value
    elif kind == "arrayValue":
        for element in inner["values"]:
            check_value(element)
    else:
        assert isinstance(inner, {"stringValue": str, "boolValue": bool, "doubleValue": (int, float)}[kind]), value


def attributes(items):
    """{key: value} of a list of attributes."""
    found = {}
    for item in items:
        assert set(item) == {"key", "value"} and item["key"] not in found, item
        check_value(item["value"])
        (kind, value), = item["value"].items()
        if kind == "intValue":
            value = int(value)
        elif kind == "arrayValue":
            value = [next(iter(element.values())) for element in value["values"]]
        found[item["key"]] = value
    return found


def check_span(span):
    assert len(span["traceId"]) == 32 and HEX.match(span["traceId"]) and set(span["traceId"]) != {"0"}, span
    assert len(span["spanId"]) == 16 and HEX.match(span["spanId"]), span
    assert len(span.get("parentSpanId", "0" * 16)) == 16
    assert span["name"] and span["kind"] in (1, 3)
    for key in ("startTimeUnixNano", "endTimeUnixNano"):
        assert isinstance(span[key], str) and len(span[key]) == 19, span
    assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), span
    for event in span.get("events", []):
        assert isinstance(event["timeUnixNano"], str) and event["name"], event
    assert span.get("status", {"code": 0})["code"] in (0, 2)
    attributes(span.get("attributes", []))


class Collector:
    def __init__(self):
        self.lock = threading.Lock()
        self.plan = []
        self.requests = []              # (time, path, headers, status or None) of each
        self.spans = []                 # of those that were taken, with their resource
        self.metrics = []               # the newest ones of those taken
        self.failures = []              # what was malformed
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def forget(self):
        with self.lock:
            self.plan, self.requests, self.spans, self.metrics, self.failures = [], [], [], [], []

    def runs(self, status=None):
        """Attributes of the "run" spans that were taken."""
        found = [attributes(s["attributes"]) for s in list(self.spans) if s["name"] == "run"]
        return [a for a in found if status is None or a["benchmark.run.status"] == status]

    def trace_of(self, run_id):
        """The spans of a run by name of their role: run, queue, request (absent: not sent)."""
        roots = [s for s in list(self.spans) if s["name"] == "run" and attributes(s["attributes"])["benchmark.run.id"] == run_id]
        if not roots:
            return None
        assert len(roots) == 1, "a run with two traces"
        root, = roots
        found = {"run": root}
        for span in list(self.spans):
            if span["traceId"] == root["traceId"] and span is not root:
                assert span["parentSpanId"] == root["spanId"], span
                found["queue" if span["name"] == "queue" else "request"] = span
        return found

    def take(self, path, body):
        if path == "/v1/traces":
            for resource in body["resourceSpans"]:
                about = attributes(resource["resource"]["attributes"])
                for scope in resource["scopeSpans"]:
                    assert scope["scope"]["name"] == "mod_benchmark"
                    for span in scope["spans"]:
                        check_span(span)
                        self.spans.append({**span, "resource": about})
        elif path == "/v1/metrics":
            self.metrics = [m for r in body["resourceMetrics"] for s in r["scopeMetrics"] for m in s["metrics"]]
        else:
            raise AssertionError(path)

    def _handler(self):
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                with collector.lock:
                    step = collector.plan.pop(0) if collector.plan else ("status", 200, {}, "{}")
                    status = step[1] if step[0] == "status" else None if step[0] == "close" else 200
                    collector.requests.append((time.monotonic(), self.path, dict(self.headers), status))
                    if status == 200:
                        try:
                            assert self.headers["Content-Type"] == "application/json"
                            collector.take(self.path, json.loads(raw))
                        except (AssertionError, KeyError, ValueError, TypeError) as e:
                            collector.failures.append(repr(e))
                if step[0] == "close":
                    self.close_connection = True
                    self.connection.close()
                    return
                if step[0] == "slow":
                    time.sleep(step[1])
                headers, text = (step[2], step[3]) if step[0] == "status" else ({}, "{}")
                if step[0] == "partial":
                    text = json.dumps({"partialSuccess": {"rejectedSpans": str(step[1]), "errorMessage": "too many"}})
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text.encode())
                except OSError:
                    pass

            def log_message(self, *args):
                pass

        return Handler
