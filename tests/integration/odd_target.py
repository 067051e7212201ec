# SPDX-License-Identifier: Apache-2.0
"""Targets that misbehave in ways the reference target does not, and one that remembers what it was sent.

The first segment of the path names the behaviour: http://127.0.0.1:PORT/record/v1/chat/completions. `seen` holds every
request as (behaviour, method, path, headers, body); `most[behaviour]` is how many were under way at one time.
"""
import gzip
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback

CHUNK = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "odd-model"}


def chat_event(**delta):
    return b"data: " + json.dumps({**CHUNK, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}).encode() + b"\n\n"


FINISH = (b"data: " + json.dumps({**CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}).encode() + b"\n\n"
          + b"data: " + json.dumps({**CHUNK, "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}}).encode()
          + b"\n\ndata: [DONE]\n\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    more_headers = {}               # of the next answer

    def log_message(self, *args):
        pass

    def answer(self, status, content_type, body, **headers):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in {**self.more_headers, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin_stream(self, content_type="text/event-stream"):
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Connection", "close")
        for name, value in self.more_headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.close_connection = True

    def send(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def handle_any(self):
        behaviour = self.path.split("/")[1].split("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        owner = self.server.owner
        with owner.lock:
            owner.seen.append((behaviour, self.command, self.path, list(self.headers.items()), body))
            owner.under_way[behaviour] = owner.under_way.get(behaviour, 0) + 1
            owner.most[behaviour] = max(owner.most.get(behaviour, 0), owner.under_way[behaviour])
        try:
            getattr(self, "do_odd_" + behaviour, self.unknown)(body)
        except OSError:
            self.close_connection = True
        finally:
            with owner.lock:
                owner.under_way[behaviour] -= 1

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def unknown(self, _body):
        self.answer(404, "application/json", b'{"error":{"message":"no such behaviour"}}')

    # --- well-behaved

    def do_odd_record(self, _body):
        self.begin_stream()
        self.send(chat_event(role="assistant", content=""))
        for text in ("one ", "two ", "three"):
            self.send(chat_event(content=text))
        self.send(FINISH)

    def do_odd_slow(self, _body):
        self.begin_stream()
        self.send(chat_event(role="assistant", content="a"))
        time.sleep(0.3)
        self.send(chat_event(content="b"))
        self.send(FINISH)

    def do_odd_plain(self, body):
        self.answer(200, "application/json", b'{"answer":42,"bytes":%d}' % len(body))

    def do_odd_city(self, _body):
        self.answer(200, "application/json", b'{"city": "Paris", "n": 3}')

    def do_odd_created(self, _body):
        self.answer(201, "text/plain", b"made")

    # llama-server as a router, word for word: it wants a model, and lists what it has
    def route(self, models, body):
        if self.path.endswith("/v1/models"):
            data = [{"id": m, "aliases": [], "tags": [], "object": "model", "owned_by": "llamacpp", "status": {"value": "unloaded"}}
                    for m in models]
            self.answer(200, "application/json; charset=utf-8", json.dumps({"data": data, "object": "list"}).encode())
        elif "model" not in json.loads(body):
            self.answer(400, "application/json; charset=utf-8", b'{"error":{"code":400,"message":"model name is missing from the request",'
                        b'"type":"invalid_request_error"}}', Connection="close")
        else:
            self.do_odd_record(body)

    def do_odd_router(self, body):
        self.route(["tiny"], body)

    def do_odd_router_of_two(self, body):
        self.route(["a", "b"], body)

    # --- lists of models

    # wants a key
    def do_odd_keyed(self, _body):
        if self.headers.get("Authorization") == "Bearer sesame":
            self.answer(200, "application/json", b'{"object":"list","data":[{"id":"vault-1","object":"model"}]}')
        else:
            self.answer(401, "application/json", b'{"error":{"message":"Incorrect API key provided","type":"invalid_request_error"}}')

    # Anthropic's form, whatever the host is called
    def do_odd_claude(self, _body):
        if not self.headers.get("anthropic-version"):
            self.answer(400, "application/json", b'{"type":"error","error":{"type":"invalid_request_error","message":"anthropic-version: header is required"}}')
        else:
            self.answer(200, "application/json", b'{"data":[{"type":"model","id":"claude-a","display_name":"A"},'
                        b'{"type":"model","id":"claude-b","display_name":"B"}],"has_more":false}')

    def do_odd_catalogue(self, _body):
        names = [f"maker/model-{i}" for i in range(1200)] + ["bad\u0007name", "x" * 501, ""]
        self.answer(200, "application/json", json.dumps([{"id": n} for n in names]).encode())

    def do_odd_heavy(self, _body):
        self.answer(200, "application/json", json.dumps({"data": [{"id": "m" * 1000} for _ in range(10000)]}).encode())

    def do_odd_hanging(self, _body):
        time.sleep(2)

    # a page at its root, and nothing else; HTML where nothing is
    def do_odd_site(self, _body):
        if "models" in self.path:
            self.answer(404, "text/html", b"<html><body>Not here</body></html>")
        else:
            self.answer(200, "text/html", b"<html><body>Welcome</body></html>")

    def do_odd_fishery(self, _body):
        if self.headers.get("X-API-Key") == "sesame":
            self.answer(200, "application/json", b'{"data":[],"pagination":{"total":0,"next_cursor":null,"has_more":false}}')
        else:
            self.answer(401, "application/json", b'{"error":{"code":"INVALID_API_KEY","message":"no"}}')

    # llama-server that is killed: it closes in the middle of a chunked stream
    def do_odd_killed(self, _body):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in (chat_event(role="assistant", content=None), chat_event(content="one"), chat_event(content=" two")):
            self.send(b"%x\r\n%s\r\n" % (len(event), event))
        self.close_connection = True

    # a TinyFish agent that never comes to an end; who asks later hears that it did
    def do_odd_fish(self, _body):
        if self.command == "GET":
            self.answer(200, "application/json", json.dumps({"run_id": "fish-1", "status": "COMPLETED", "result": {"n": 1}, "error": None,
                                                             "num_of_steps": 2}).encode())
        elif self.path.endswith("/cancel"):
            self.answer(200, "application/json", b'{"run_id":"fish-1","status":"CANCELLED","cancelled_at":null,"message":null}')
        else:
            self.begin_stream()
            self.send(b'data: {"type":"STARTED","run_id":"fish-1","timestamp":"2026-01-01T00:00:00Z"}\n\n')
            for _ in range(300):
                time.sleep(0.1)
                self.send(b'data: {"type":"PROGRESS","run_id":"fish-1","purpose":"step","timestamp":"2026-01-01T00:00:00Z"}\n\n')

    # a TinyFish agent that remembers its runs: the goal is "SECONDS NAME", and the run's number is pond-NAME
    def do_odd_pond(self, body):
        if self.command == "GET" or self.path.endswith("/cancel"):
            self.answer(404, "application/json", b'{"error":{"code":"NOT_FOUND","message":"no such run"}}')
            return
        seconds, name = json.loads(body)["goal"].split()
        self.begin_stream()
        for kind, more in (("STARTED", {}), ("PROGRESS", {"purpose": "step"}), ("COMPLETE", {"status": "COMPLETED", "result": {"n": 1}})):
            event = {"type": kind, "run_id": "pond-" + name, "timestamp": "2026-01-01T00:00:00Z", **more}
            self.send(b"data: " + json.dumps(event).encode() + b"\n\n")
            time.sleep(float(seconds) / 2)

    def do_odd_paced(self, body):
        time.sleep(float(json.loads(body)["delay"]))
        self.answer(200, "application/json", b'{"answer":42}')

    # quick for who asks first, slow for who asks again with the same key
    def do_odd_repeated(self, body):
        with self.server.owner.lock:
            again = sum(1 for s in self.server.owner.seen if s[0] == "repeated" and s[4] == body) > 1
        time.sleep(6 if again else 1.5)
        self.answer(200, "application/json", b'{"answer":42}')

    def do_odd_metrics(self, _body):
        """As a target that exports Prometheus: a tenth of a processor, 64 MB in two processes."""
        text = ("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total{pid=\"1\"} %.3f\nprocess_cpu_seconds_total{pid=\"2\"} 5\n"
                "process_cpu_seconds_totals 99\nprocess_resident_memory_bytes 6.4e+07\n" % (0.1 * time.monotonic()))
        self.answer(200, "text/plain; version=0.0.4", text.encode())

    # --- errors with a status

    def do_odd_html500(self, _body):
        self.answer(500, "text/html", b"<html><body><h1>Internal Server Error</h1></body></html>")

    def do_odd_html200(self, _body):
        self.answer(200, "text/html", b"<html><body>Please log in</body></html>")

    def do_odd_limited(self, _body):
        self.answer(429, "application/json", b'{"error":{"message":"slow down","type":"rate_limit_error"}}', Retry_After="3600")

    def do_odd_flaky(self, _body):
        owner = self.server.owner
        if sum(1 for s in owner.seen if s[0] == "flaky") % 2 == 1:
            self.answer(429, "application/json", b'{"error":{"message":"slow down","type":"rate_limit_error"}}', Retry_After="1")
        else:
            self.do_odd_record(_body)

    def do_odd_pausing(self, body):
        """The tenth request is one too many, and is told to come back in a second."""
        if len(self.server.owner.requests("pausing")) == 10:
            self.answer(429, "application/json", b'{"error":{"message":"slow down","type":"rate_limit_error"}}', Retry_After="1")
        else:
            self.do_odd_record(body)

    def do_odd_counting(self, body):
        """20 requests a second, of which 20 can be saved up; it says how many are left and refuses what is too much."""
        owner, now = self.server.owner, time.monotonic()
        with owner.lock:
            left, since = getattr(owner, "bucket", (20.0, now))
            left = min(20.0, left + (now - since) * 20)
            refused = left < 0.5            # half a request for the network between
            owner.bucket = (left if refused else left - 1, now)
            left = owner.bucket[0]
        self.more_headers = {"x_ratelimit_limit_requests": "20", "x_ratelimit_remaining_requests": str(max(0, int(left))),
                             "x_ratelimit_reset_requests": f"{(20 - left) / 20:.3f}s"}
        if refused:
            self.answer(429, "application/json", b'{"error":{"message":"slow down","type":"rate_limit_error"}}')
        else:
            self.do_odd_record(body)

    def do_odd_second(self, body):
        """Overloaded whenever it is asked something for the first time."""
        if sum(1 for s in self.server.owner.requests("second") if s[4] == body) == 1:
            self.answer(503, "application/json", b'{"error":{"message":"overloaded","type":"overloaded_error"}}')
        else:
            self.do_odd_record(body)

    def is_known(self, behaviour, body):
        with self.server.owner.lock:
            known = self.server.owner.known.setdefault(behaviour, set())
            before = body in known
            known.add(body)
        return before

    def do_odd_caching(self, body):
        """Says that it had 8 of 10 prompt tokens in its cache when it is asked the same again."""
        usage = {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11,
                 "prompt_tokens_details": {"cached_tokens": 8 if self.is_known("caching", body) else 0}}
        self.begin_stream()
        self.send(chat_event(content="a") + b"data: " + json.dumps({**CHUNK, "choices": [], "usage": usage}).encode()
                  + b"\n\ndata: [DONE]\n\n")

    def do_odd_learning(self, body):
        """Says nothing of a cache, but is slow when it is asked something for the first time."""
        if not self.is_known("learning", body):
            time.sleep(0.4)
        self.begin_stream()
        self.send(chat_event(content="a") + b"data: [DONE]\n\n")

    def do_odd_redirect(self, _body):
        self.answer(302, "text/plain", b"", Location=self.server.owner.url("record") + "/chat/completions")

    # to the target in `redirect_to`
    def do_odd_elsewhere(self, _body):
        self.answer(302, "text/plain", b"", Location=self.server.owner.redirect_to.url("record") + "/chat/completions")

    def do_odd_redirectloop(self, _body):
        self.answer(307, "text/plain", b"", Location=self.path)

    # --- streams that go wrong

    def do_odd_nodone(self, _body):
        self.begin_stream()
        self.send(chat_event(content="half an answ"))

    def do_odd_garbage(self, _body):
        self.begin_stream()
        self.send(b"data: {not json\n\ndata: \xff\xfe\x00\x01\n\n:::\n\ndata\n\n")

    def do_odd_endless(self, _body):
        self.begin_stream()
        block = chat_event(content="x" * 60000)
        for _ in range(4000):
            self.send(block)

    def do_odd_hugejson(self, _body):
        self.begin_stream("application/json")
        self.send(b'{"choices":[{"message":{"content":"')
        for _ in range(4000):
            self.send(b"y" * 60000)

    def do_odd_hostile(self, _body):
        self.begin_stream()
        self.send(chat_event(content="<script>alert(1)</script>\u001b[31mred\r\n[fake:error] line"))
        self.send(FINISH)

    def do_odd_hostile_error(self, _body):
        self.answer(400, "application/json", json.dumps(
            {"error": {"message": "<img onerror=x>\u001b[2J\r\n[Sat Jan 01 00:00:00 2000] [core:error] fake"}}).encode())

    def do_odd_nan(self, _body):
        self.answer(200, "application/json", b'{"choices":[{"message":{"content":NaN}}]}')

    def do_odd_badchunk(self, _body):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.send(b"zz\r\nnot a chunk\r\n")
        self.close_connection = True

    def do_odd_bigheaders(self, _body):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-H%d: %s\r\n" % (i, b"v" * 1000) for i in range(2000)) + b"\r\n")
        self.close_connection = True

    def do_odd_gzipbomb(self, _body):
        self.answer(200, "application/json", gzip.compress(b"0" * 200_000_000, 9), Content_Encoding="gzip")


class OddTarget:
    """tls: directory for a self-signed certificate, or the ssl.SSLContext to use; plain HTTP without."""

    def __init__(self, tls=None, host="127.0.0.1", port=0):
        self.lock = threading.Lock()
        self.known = {}                 # by behaviour: bodies that were asked
        self.seen, self.under_way, self.most = [], {}, {}
        self.redirect_to = None
        self.server = http.server.ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        self.server.owner = self
        self.server.handle_error = self._report            # who asked may die; that is no error here
        self.host, self.port = host, self.server.server_address[1]
        self.scheme = "https" if tls else "http"
        if tls:
            context = tls if isinstance(tls, ssl.SSLContext) else self._self_signed(tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def _report(_request, address):
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()
            print("on a request from", address, file=sys.stderr)

    def _self_signed(self, directory):
        self.certificate = os.path.join(directory, "odd.crt")
        key = os.path.join(directory, "odd.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", self.certificate,
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, capture_output=True)
        os.chmod(self.certificate, 0o644)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        return context

    def url(self, behaviour, host=None):
        return f"{self.scheme}://{host or self.host}:{self.port}/{behaviour}/v1"

    def requests(self, behaviour):
        with self.lock:
            return [s for s in self.seen if s[0] == behaviour]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class FullBacklog:
    """An address whose connects never get an answer: a listening socket whose queue is full."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.fillers = []
        for _ in range(4):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", self.port))
            self.fillers.append(s)
        time.sleep(0.1)

    def close(self):
        for s in self.fillers:
            s.close()
        self.listener.close()
