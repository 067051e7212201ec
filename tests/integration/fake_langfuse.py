# SPDX-License-Identifier: Apache-2.0
"""A Langfuse server as far as a reader sees one, by either of its APIs, which misbehaves on demand.

`observations` is the truth: a list of what GET /v2/observations answers, in any order. `api` says what it speaks ("v4", "v1", "none"):
what it does not speak is a 404. `plan` is a list of what to do with the next requests for pages, one each: ("status", 500[, headers[, body]]),
("slow", seconds), ("close",): hang up without an answer, ("cut",): half a body, ("broken",): no JSON, ("bytes", data): these bytes as the
body, ("same",): the cursor of the page before. An empty plan: as it should be. `limit` allows so many requests in any window of
`window` seconds and answers 429 to the others; `overload` answers 422 to pages of more than so many; `hidden` are ids that it does not tell yet.
`scores` is what GET /v3/scores answers; None: it has none, which is a 404.
`requests` holds every request as (time, path, query, headers).
"""
import base64
import gzip
import hashlib
import http.server
import json
import threading
import time
import urllib.parse

PREFIX = "/api/public"


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".%03dZ" % (round(seconds * 1000) % 1000)


def seconds_of(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return __import__("calendar").timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + (fraction or "0"))


def observation(number, trace, start, kind="SPAN", seconds=1.0, **members):
    """What v4 tells of one, `start` in seconds since 1970."""
    found = {"id": f"o{number}", "traceId": trace, "startTime": iso(start), "endTime": iso(start + seconds) if seconds is not None else None,
             "projectId": "p", "parentObservationId": None, "type": kind, "name": f"{kind.lower()} {number}", "statusMessage": None, "version": None,
             "environment": "default", "userId": None, "sessionId": None, "level": "DEFAULT", "bookmarked": False, "public": False,
             "isRootObservation": True, "completionStartTime": None, "createdAt": iso(start), "updatedAt": iso(start + (seconds or 0)),
             "modelId": None, "inputPrice": None, "outputPrice": None, "totalPrice": None, "usageDetails": {}, "costDetails": {},
             "totalCost": None, "latency": seconds, "timeToFirstToken": None, "tags": [], "release": None, "traceName": None, "metadata": {}}
    found.update(members)
    return found


def agent_trace(number, start, session=None, user=None, failed=False, cost=0.25):
    """A trace of three: an agent, its generation, its tool."""
    trace = f"t{number}"
    about = {"sessionId": session, "userId": user, "traceName": f"trace {number % 3}", "tags": ["a", 'q"uo\\te']}
    root = observation(f"{number}.a", trace, start, "AGENT", 3.0, level="ERROR" if failed else "DEFAULT", name=f"agent {number % 2}", **about)
    call = observation(f"{number}.g", trace, start + 0.5, "GENERATION", 2.0, parentObservationId=root["id"], isRootObservation=False,
                       providedModelName="model-x", usageDetails={"input": 10, "output": 5, "total": 15}, costDetails={"total": cost},
                       totalCost=cost, inputPrice="0.01", completionStartTime=iso(start + 0.75), **about)
    tool = observation(f"{number}.t", trace, start + 2.5, "TOOL", 0.25, parentObservationId=root["id"], isRootObservation=False, **about)
    return [root, call, tool]


def order(found):
    """As the server sorts: newest first, then a hash of the trace, then the id."""
    return (found["startTime"], hashlib.md5(str(found["traceId"]).encode()).hexdigest(), found["id"])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and self.server.fake.gzip
        if packed:
            data = gzip.compress(data)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        for name, value in dict(headers).items():
            self.send_header(name, str(value))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        fake = self.server.fake
        url = urllib.parse.urlsplit(self.path)
        query = {k: v[-1] for k, v in urllib.parse.parse_qs(url.query).items()}
        with fake.lock:
            fake.requests.append((time.time(), url.path, query, dict(self.headers)))
        if url.path == PREFIX + "/health":
            self.answer(200, {"status": "OK", "version": fake.version})
            return
        if self.headers.get("Authorization") not in fake.keys:
            self.answer(401, {"message": "Invalid credentials."})
            return
        try:
            self.serve_page(fake, url.path, query)
        except BrokenPipeError:
            pass

    def serve_page(self, fake, path, query):
        wait = fake.refuse()
        if wait is not None:
            self.answer(429, {"message": "Rate limit exceeded", "code": "rate_limited", "details": {}},
                        {"Retry-After": wait, "X-RateLimit-Limit": fake.limit, "X-RateLimit-Remaining": 0,
                         "X-RateLimit-Reset": "Sat Nov 21 2026 00:00:00 GMT+0000 (Coordinated Universal Time)"} if fake.says_how_long else {})
            return
        serve = {"v4": {"/v2/observations": fake.page_v4, "/v3/scores": fake.scores_v4},
                 "v1": {"/observations": fake.page_v1, "/traces": fake.traces_v1, "/v2/scores": fake.scores_v1}}
        page = serve.get(fake.api, {}).get(path[len(PREFIX):])
        if page is None or (fake.scores is None and path.endswith("/scores")):
            self.answer(404, {"message": "not available in events_only mode", "error": "NotFound"})
            return
        probe = query.get("limit") == "1"
        with fake.lock:
            what = fake.plan.pop(0) if fake.plan and not probe else ("well",)
        if what[0] == "status":
            self.answer(what[1], what[3] if len(what) > 3 else {"message": f"planned {what[1]}"}, what[2] if len(what) > 2 else {})
        elif what[0] == "close":
            self.close_connection = True
            self.connection.shutdown(2)
        elif what[0] in ("broken", "bytes"):
            self.answer(200, what[1] if what[0] == "bytes" else b'{"data": [{"id": "o1", ')
        elif fake.overload and int(query.get("limit", 50)) > fake.overload:
            self.answer(422, {"message": "Narrow the time range.", "error": "Request timed out"})
        else:
            if what[0] == "slow":
                time.sleep(what[1])
            self.send_page(page(query), what[0], query)

    def send_page(self, body, how, query):
        if body is None:
            self.answer(400, {"message": "Invalid request data", "error": []})
        elif how == "cut":
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:len(data) // 2])
            self.close_connection = True
        else:
            if how == "same" and "cursor" in query:
                body["meta"]["cursor"] = query["cursor"]
            self.answer(200, body)


class FakeLangfuse:
    public, secret = "pk-lf-test", "sk-lf-test"

    def __init__(self):
        self.lock = threading.Lock()
        self.reset()
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.fake = self
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def reset(self):
        self.observations, self.requests, self.plan, self.hidden, self.scores = [], [], [], set(), []
        self.api, self.version, self.gzip = "v4", "4.16.0", True
        self.limit, self.window, self.says_how_long, self.overload, self.sent = None, 1.0, True, None, []
        self.keys = {"Basic " + base64.b64encode(f"{self.public}:{self.secret}".encode()).decode()}

    def refuse(self):
        """Seconds to wait if this request is one too many."""
        with self.lock:
            now = time.time()
            if self.limit is None:
                return None
            self.sent = [at for at in self.sent if at > now - self.window]
            if len(self.sent) >= self.limit:
                return max(1, int(self.sent[0] + self.window - now + 0.999))
            self.sent.append(now)
            return None

    def between(self, query, low, high):
        since = seconds_of(query[low]) if low in query else 0
        until = seconds_of(query[high]) if high in query else 1e18
        with self.lock:
            return sorted((o for o in self.observations if o["id"] not in self.hidden and since <= seconds_of(o["startTime"]) < until),
                          key=order, reverse=True)

    # --- v4

    def page_v4(self, query):
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 1000:
            return None
        found = self.between(query, "fromStartTime", "toStartTime")
        if "cursor" in query:
            place = tuple(json.loads(base64.b64decode(query["cursor"])))
            found = [o for o in found if order(o) < place]
        if "io" not in query.get("fields", "").split(","):
            found = [{k: v for k, v in o.items() if k not in ("input", "output")} for o in found]
        meta = {"cursor": base64.b64encode(json.dumps(order(found[limit - 1])).encode()).decode()} if len(found) > limit else {}
        return {"data": found[:limit], "meta": meta}

    def scores_between(self, query):
        since, until = (seconds_of(query[name]) for name in ("fromTimestamp", "toTimestamp"))
        return sorted((s for s in self.scores if since <= seconds_of(s["timestamp"]) < until), key=lambda s: (s["timestamp"], s["id"]), reverse=True)

    def scores_v4(self, query):
        limit, found = int(query.get("limit", 50)), self.scores_between(query)
        if not 1 <= limit <= 100 or set(query["fields"].split(",")) - {"details", "subject", "annotation"}:
            return None
        if "cursor" in query:
            found = [s for s in found if [s["timestamp"], s["id"]] < json.loads(base64.urlsafe_b64decode(query["cursor"]))]
        last = found[limit - 1] if len(found) > limit else None
        return {"data": found[:limit], "meta": {"cursor": base64.urlsafe_b64encode(json.dumps([last["timestamp"], last["id"]]).encode()).decode()} if last else {}}

    # --- v1

    def scores_v1(self, query):
        def old(found):
            made = {k: v for k, v in found.items() if k != "subject"}
            subject = found["subject"]
            ids = {"trace": subject.get("traceId") or (subject["id"] if subject["kind"] == "trace" else None)}
            made.update(traceId=ids["trace"], observationId=subject["id"] if subject["kind"] == "observation" else None,
                        sessionId=subject["id"] if subject["kind"] == "session" else None)
            if isinstance(found["value"], str):
                made.update(value=None, stringValue=found["value"])
            return made
        return self.paged([old(s) for s in self.scores_between(query)], query)

    NEW = ("sessionId", "userId", "tags", "release", "traceName", "providedModelName", "totalCost", "isRootObservation", "bookmarked", "public")

    def paged(self, found, query):
        limit, page = int(query.get("limit", 50)), int(query.get("page", 1))
        if not 1 <= limit <= 100:
            return None
        return {"data": found[(page - 1) * limit:page * limit], "meta": {"page": page, "limit": limit, "totalItems": len(found),
                                                                        "totalPages": -(-len(found) // limit)}}

    def page_v1(self, query):
        def old(found):
            made = {k: v for k, v in found.items() if k not in self.NEW}
            made.update(model=found.get("providedModelName"), calculatedTotalCost=found["totalCost"],
                        usage={"input": 0, "output": 0, "total": 0, "unit": None})
            return made
        return self.paged([old(o) for o in self.between(query, "fromStartTime", "toStartTime")], query)

    def traces_v1(self, query):
        found = {}
        for o in sorted(self.between(query, "fromTimestamp", "toTimestamp"), key=lambda o: o["startTime"]):
            found.setdefault(o["traceId"], {"id": o["traceId"], "timestamp": o["startTime"], "name": o["traceName"], "sessionId": o["sessionId"],
                                            "userId": o["userId"], "tags": o["tags"], "environment": o["environment"], "release": o["release"],
                                            "version": o["version"], "metadata": None, "input": None, "output": None, "public": False,
                                            "latency": -1, "totalCost": -1, "observations": [], "scores": [], "htmlPath": "/"})
        return self.paged(list(found.values()), query)

    def close(self):
        self.http.shutdown()
        self.http.server_close()
