# SPDX-License-Identifier: Apache-2.0
"""The reference is what the server says and does: docs/openapi.json is what it serves, and every operation that answers JSON is asked
here, so that each schema is held against real answers (reference.py). `make openapi` renews the file."""
import base64
import copy

from bmenv import Conf
from reference import reference

SHORT = {"tokens": 3, "gap_ms": 1}
PRICE = {"provider": "openai", "model": "m", "input_per_million": 1, "output_per_million": 2}


class TestReference:

    @staticmethod
    def conf(env):
        env.stop()
        env.reset_database()
        ring = env.write("reference.keys", "k " + base64.b64encode(bytes(32)).decode() + "\n", 0o400)
        return Conf(env, extra=[f"BenchmarkSecretKeys {ring}"])

    def test_bm_reference_010_the_committed_document_is_the_servers(self, api):
        served = api.get("/openapi.json")
        served["servers"] = reference.document["servers"]
        committed = copy.deepcopy(reference.document)
        if not api.get("/about")["features"]["websocket"]:
            for socket in ("/events/ws", "/ws/metrics"):            # built without wslay
                del committed["paths"][socket]
        assert served == committed, "make openapi, then npm run types in htdocs"

    def test_bm_reference_020_every_schema_is_told(self):
        """No part of an answer is left open but where it is a target's or a user's own."""
        def free(schema, at):
            kinds = schema.get("type", [])
            if "object" in kinds and not schema.keys() & {"properties", "$ref"} and schema.get("additionalProperties", True) is True:
                yield at
            if "array" in kinds and not schema.keys() & {"items", "prefixItems"}:
                yield at
            for name, part in schema.get("properties", {}).items():
                yield from free(part, f"{at}.{name}")
            for name in ("items", "additionalProperties"):
                if isinstance(schema.get(name), dict):
                    yield from free(schema[name], f"{at}[]")
        schemas = reference.document["components"]["schemas"]
        answers = {name for name in schemas if not name.startswith(("Connection_", "Inputs_", "RunSettings")) and not name.endswith(("Input", "Change"))}
        found = {at for name in answers for at in free(schemas[name], name)}
        own = {"inputs", "inputs_override", "default_inputs", "connection", "inputs_template", "run_settings", "body", "data", "inline[]",
               "first_entries[]", "automations[]", "scenarios[]", "prices[]"}
        # what problems and policies of training have is by their type (docs/training-policies.md)
        by_type = ("OpenApiDocument", "TrainingPlan.", "TrainingProblem.", "TrainingSession.", "ProblemRequest.", "GeneratedProblem.",
                   "ExecutedProblem.metrics", "HiveStart.budget")
        assert {at for at in found if at.split(".")[-1] not in own and not at.startswith(by_type)} == set()

    def test_bm_reference_110_automations_and_scenarios(self, api):
        slos = [{"metric": "e2e_ms", "max": 5000, "window": "1d"}, {"metric": "success_rate", "min": 50}]
        automation, scenario = api.make_automation(), api.make_scenario(target=SHORT, slos=slos, run_settings={"apdex": {"t_ms": 100}})
        for path, made in (("/automations", automation), ("/scenarios", scenario)):
            assert made in api.get(path)
            assert api.get(f"{path}/{made['id']}") == made
            for method in ("PUT", "PATCH"):
                api.call(method, f"{path}/{made['id']}", {"description": method}, expect=200)
        assert [v["version"] for v in api.get(f"/scenarios/{scenario['id']}/versions")] == [3, 2, 1]
        api.get(f"/scenarios/{scenario['id']}/versions/1")
        api.call("DELETE", f"/automations/{automation['id']}", expect=200)
        api.call("DELETE", f"/scenarios/{api.make_scenario(automation=api.make_automation())['id']}", expect=200)

    def test_bm_reference_120_runs(self, api):
        scenario = api.get("/scenarios?sort=id&limit=1")[0]
        run, other = api.run(scenario), api.run(scenario)
        api.get("/runs")
        api.get("/runs?view=summary")
        api.get(f"/runs/{run['id']}/timeline")
        api.call("PATCH", f"/runs/{run['id']}", {"note": "first", "labels": ["kept"]}, expect=200)
        api.call("POST", f"/runs/{run['id']}/cancel", {}, expect=409)
        waiting = api.bulk(scenario, 2, run_at="2100-01-01T00:00:00Z")
        api.post(f"/runs/{waiting[0]}/cancel")
        api.post("/runs/cancel", {"run_ids": [waiting[1], run["id"], 999999]})
        api.await_all(waiting)
        api.await_run(api.post(f"/runs/{waiting[0]}/requeue", expect=202)["id"])
        api.call("DELETE", f"/runs/{other['id']}", expect=200)
        api.get("/engine/dead")
        api.get("/labels")

    def test_bm_reference_130_figures(self, api):
        scenario = api.get("/scenarios?sort=id&limit=1")[0]["id"]
        api.get("/runs/kpis/dashboard")
        api.get("/runs/kpis/dashboard?from=now-1d")
        for by in ("scenario", "automation", "model", "provider", "status", "location", "label", "hour", "day"):
            api.get(f"/kpis?group_by={by}&apdex_t=100")
        api.get("/kpis?exact=true")
        for group in ("", "&group_by=scenario"):
            api.get(f"/kpis/series?metric=ttft_ms{group}")
            api.get(f"/kpis/distribution?metric=ttft_ms{group}")
        api.get("/kpis/heatmap?metric=ttft_ms")
        api.get(f"/scenarios/{scenario}/slos")
        api.get(f"/scenarios/{scenario}/trend?metric=ttft_ms")
        runs = [r["id"] for r in api.get("/runs?status=completed")]
        api.get(f"/compare?a=runs:{runs[0]}&b=runs:{runs[-1]}&curves=true")
        assert api.call("GET", f"/gates/{scenario}").status_code in (200, 409)
        api.call("POST", f"/gates/{scenario}/runs", {"count": 1}, expect=202)
        rebuild = api.post("/kpis/rebuild", {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, expect=202)
        api.get("/kpis/rebuild")
        api.get(f"/kpis/rebuild/{rebuild['id']}")

    def test_bm_reference_140_load_tests(self, server, api):
        scenario = api.get("/scenarios?sort=id&limit=1")[0]["id"]
        plan = {"scenario_id": scenario, "load_model": {"type": "constant", "rate": 50}, "certificate": False}
        api.post("/loadtests/estimate", {**plan, "duration_seconds": 60})
        short = api.post("/loadtests", {**plan, "requests": 10, "slos": [{"metric": "ttft_ms", "max": 500}]}, expect=202)["id"]
        path = f"/loadtests/{api.post('/loadtests', {**plan, 'duration_seconds': 60}, expect=202)['id']}"
        server.wait(lambda: api.get(path)["status"] == "running", 20, "it did not begin")
        api.post(path + "/pause")
        api.post(path + "/resume")
        api.post(path + "/stop", {"mode": "cancel"})
        api.call("PATCH", path, {"name": "stopped"}, expect=200)
        server.wait(lambda: api.get(path)["status"] not in ("pending", "running"), 20, "it did not end")
        server.wait(lambda: api.get(f"/loadtests/{short}")["results"], 20, "it did not end")
        assert api.get(f"/loadtests/{short}")["results"]["completed"] == 10
        api.get(f"/loadtests/{short}/series")
        assert len(api.get(f"/loadtests/{short}/requests")) == 10
        api.get("/loadtests")
        api.call("DELETE", path, expect=200)

    def test_bm_reference_150_datasets_and_prices(self, api):
        dataset = api.post("/datasets", {"name": "two", "format": "jsonl", "content": '{"a":1}\n{"b":[2]}\n'})["id"]
        api.get("/datasets")
        api.get(f"/datasets/{dataset}")
        assert len(api.get(f"/datasets/{dataset}/entries")) == 2
        api.call("PATCH", f"/datasets/{dataset}", {"name": "both"}, expect=200)
        api.call("DELETE", f"/datasets/{dataset}", expect=200)
        price = api.post("/prices", PRICE, expect=201)["id"]
        api.get("/prices")
        api.get(f"/prices/{price}")
        for method in ("PUT", "PATCH"):
            api.call(method, f"/prices/{price}", {"output_per_million": 3}, expect=200)
        api.call("DELETE", f"/prices/{price}", expect=200)

    def test_bm_reference_151_projects(self, api):
        project = api.post("/projects", {"name": "reference"}, expect=201)["id"]
        api.get("/projects")
        api.get(f"/projects/{project}")
        for method in ("PUT", "PATCH"):
            api.call(method, f"/projects/{project}", {"description": method}, expect=200)
        api.call("DELETE", f"/projects/{project}", expect=200)

    def test_bm_reference_152_views(self, api):
        view = api.post("/views", {"name": "failed", "page": "runs", "query": "status=failed"}, expect=201)["id"]
        api.get("/views")
        api.get(f"/views/{view}")
        for method in ("PUT", "PATCH"):
            api.call(method, f"/views/{view}", {"name": method}, expect=200)
        api.call("DELETE", f"/views/{view}", expect=200)

    def test_bm_reference_153_traces(self, api):
        source = api.post("/trace-sources", {"name": "reference", "url": "http://127.0.0.1:1", "public_key": "pk", "secret": "s", "paused": True,
                                           "words": {"labels": {"who": "/who"}, "stage": {"name": "part", "tag_prefix": "p"}, "complete": {"stage": 1}}}, expect=201)
        assert api.get("/trace-sources") == [source]
        path = f"/trace-sources/{source['id']}"
        api.get(path)
        for method in ("PUT", "PATCH"):
            api.call(method, path, {"description": method}, expect=200)
        api.post(path + "/sync", expect=202)
        api.env.wait(lambda: api.get(path + "/sync")["status"] == "error", 20, "nothing is tried")
        assert api.get(path + "/passes") and api.get("/sync/status")["sources"]
        assert api.post("/sync/trigger")["status"] == "started"
        number = source["id"]
        api.env.sql("insert into observations (source_id, id, start_time, project_id, trace_id, type, name, hash) values (%s, 'o', now(), 1, 't', 'SPAN', 'n', 0)", number)
        api.env.sql("insert into traces (source_id, id, project_id, start_time, session_id) values (%s, 't', 1, now(), 's')", number)
        api.env.sql("insert into trace_sessions (source_id, id, project_id, trace_count, observations, errors, first_trace_at, last_trace_at, input_tokens,"
                    " output_tokens, total_tokens, cost_nano) values (%s, 's', 1, 1, 1, 0, now(), now(), 0, 0, 0, 0)", number)
        api.env.sql("insert into trace_days select %s, 1, kind, 'n', (now() at time zone 'UTC')::date - date '1970-01-01', 1, 0, 1, 1, 2, 5, 1, 1500"
                    " from unnest(array['trace', 'agent', 'model']) kind", number)
        api.env.sql("update traces set stage = 1, tags = '{p1}' where source_id = %s", number)
        api.env.sql("insert into trace_scores (source_id, id, project_id, at, trace_id) values (%s, 'c', 1, now(), 't')", number)
        for path_of in ("/traces", "/traces/scores", "/observations", "/traces/sessions", "/traces/models", "/traces/daily"):
            assert api.get(path_of), path_of
        assert api.get("/agents")["data"][0]["total_cost"] == 5e-9
        assert [o["id"] for o in api.get("/traces/t")["tree"]] == ["o"] and api.get("/observations/o")["trace_id"] == "t"
        assert api.get("/sessions")["data"][0]["id"] == "s" and api.get("/sessions/stats")["total_sessions"] == 1
        assert [m["type"] for m in api.get("/sessions/s/conversation")["messages"]] == ["user", "agent"]
        assert api.get("/metrics/dashboard")["kpis"]["total_traces"] == 1
        api.post("/traces/erase", {"user_id": "nobody"}, expect=202)
        assert api.get("/agents/n")["stats"]["total_tokens"] == 2 and len(api.get("/agents/n/charts")["executions_by_hour"]) == 24
        api.call("DELETE", path, expect=200)

    def test_bm_reference_154_traces_that_are_sent(self, api):
        spans = [{"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "startTimeUnixNano": "1767225600000000000"}, {}]
        event = {"id": "e", "type": "span-create", "timestamp": "2026-01-01T00:00:00Z", "body": {"id": "o"}}
        for name in ("/otlp/v1/traces", "/public/otel/v1/traces"):
            assert api.post(name, {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})["partialSuccess"]["rejectedSpans"] == "1"
            assert api.call("POST", name, {"resourceSpans": 7}, expect=400).json()["code"] == 3
        for name in ("/ingestion", "/public/ingestion"):
            answer = api.post(name, {"batch": [event, {}]}, expect=207)
            assert len(answer["successes"]) == len(answer["errors"]) == 1
        (source,) = api.get("/trace-sources")
        api.call("DELETE", f"/trace-sources/{source['id']}", expect=200)

    def test_bm_reference_155_definitions(self, api):
        kept = api.get("/definitions?kinds=prices")
        api.post("/definitions?dry_run=true", {**kept, "automations": [{"name": "new", "provider": "mock"}]})

    def test_bm_reference_160_the_service(self, api):
        for path in ("/about", "/configuration", "/me", "/health", "/health/ready", "/engine"):
            api.get(path)
        api.call("POST", "/engine/stop", {}, expect=202)
        api.call("POST", "/engine/start", {}, expect=202)
        calibration = api.post("/calibrations", {"streams": 1, "concurrency": 1, "tokens": 2, "gap_ms": 1}, expect=202)["id"]
        api.env.wait(lambda: api.get(f"/calibrations/{calibration}")["status"] == "completed", 20, "it did not end")
        assert api.get("/calibrations")[0]["errors"]
        discovery = api.post("/discoveries", {"connection": {"url": api.env.target_url}}, expect=202)["id"]
        api.env.wait(lambda: api.get(f"/discoveries/{discovery}")["status"] == "completed", 20, "it did not end")
        api.post("/events/ticket")
        seen = api.get("/events?wait=1")["next"]
        api.make_automation()
        assert api.get("/events", params={"wait": 20, "after": seen, "topic": "automation"})["events"]

    def test_bm_reference_170_secrets_and_the_audit_log(self, api):
        path = f"/secrets/{api.post('/secrets', {'name': 'reference', 'value': 'v'}, expect=201)['id']}"
        assert api.get("/secrets") == [api.get(path)]
        for method in ("PUT", "PATCH"):
            api.call(method, path, {"description": "d"}, expect=200)
        api.make_automation(connection={"url": api.env.target_url, "secret": "reference"})
        assert api.get(path + "/uses")[0]["kind"] == "automation"
        assert api.get("/secrets/keys")["keys"][0]["readable"]
        api.post("/secrets/rotate", expect=202)
        api.call("DELETE", path, expect=200)
        assert api.get("/audit")[0]["object"] == path and api.get("/audit/verify")["intact"]

    def test_bm_reference_180_access(self, api):
        password = "a password of ours"
        user = api.post("/users", {"name": "reference", "role": "admin", "password": password, "email": "r@example.com"}, expect=201)
        assert api.get("/users") == [api.get(f"/users/{user['id']}")]
        for method in ("PUT", "PATCH"):
            api.call(method, f"/users/{user['id']}", {"full_name": "R."}, expect=200)
        api.post(f"/users/{user['id']}/password-link", expect=201)
        api.call("DELETE", f"/users/{user['id']}/password-link", expect=200)
        link = api.post(f"/users/{user['id']}/password-link", {"hours": 1}, expect=201)
        api.post("/auth/password", {"token": link["token"], "password": password})
        made = api.post("/auth/login", {"email": "reference", "password": password})
        head = {"Authorization": "Bearer " + api.post("/auth/refresh", {"refresh_token": made["refresh_token"]})["access_token"]}
        for path in ("/auth/me", "/auth/token-status", "/.well-known/jwks.json", "/me"):
            api.get(path, headers=head)
        api.call("PATCH", "/me", {"full_name": "Ref"}, headers=head, expect=200)
        key = api.post("/api-keys", {"name": "k", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00Z"}, expect=201, headers=head)["api_key"]
        assert api.get("/api-keys", headers=head) == [api.get(f"/api-keys/{key['id']}", headers=head)]
        api.call("DELETE", f"/api-keys/{key['id']}", headers=head, expect=200)
        api.post("/auth/signing-keys", expect=201, headers=head)
        session = api.get("/auth/sessions", headers=head)[0]["id"]
        api.call("DELETE", f"/auth/sessions/{session}", expect=200)
        api.post("/auth/logout", headers=head)
        api.post(f"/users/{user['id']}/logout")
        api.call("DELETE", f"/users/{user['id']}", expect=200)

    def test_bm_reference_190_training(self, env, api):
        scenario = api.make_scenario(api.make_automation(name="trained", confirmed_rate=10), target=SHORT)
        made = api.post("/scenarios/generate", {"scenario_type": "concurrent_requests"})
        later = api.call("POST", f"/scenarios/{made['id']}/execute", {"scenario_id": scenario["id"]}, expect=202,
                         headers={"Prefer": "respond-async"})
        api.get(later.headers["Location"].split("/api/v1")[1])
        small = api.post("/scenarios/generate", {"scenario_type": "network_latency", "parameters": {"duration_seconds": 1, "rate": 5}})
        alone = api.make_scenario(api.make_automation(name="alone", confirmed_rate=10), target=SHORT)
        assert api.post(f"/scenarios/{small['id']}/execute", {"scenario_id": alone["id"]})["completed"] is True
        session = api.post("/training/sessions", {"scenario_id": alone["id"], "budget": {"problems": 1}, "duration_scale": 0.1}, expect=201)
        api.get("/training/sessions")
        for part in ("", "/problems", "/metrics"):
            api.get(f"/training/sessions/{session['id']}{part}")
        api.call("GET", f"/training/sessions/{session['id']}/report", expect=200)
        api.get(f"/training/sessions/compare?a={session['id']}&b={session['id']}")
        api.post(f"/training/sessions/{session['id']}/stop", expect=202)
        env.wait(lambda: api.get(f"/training/sessions/{session['id']}")["ended_at"], 20, "the session does not end")
        api.call("DELETE", f"/training/sessions/{session['id']}", expect=200)
        kept = next(p for p in api.get("/training/problems?status=completed") if p["key"] == small["id"])["id"]
        again = api.post(f"/training/problems/{kept}/execute", expect=202)["id"]
        env.wait(lambda: api.get(f"/training/problems/{again}")["status"] == "completed", 20, "the problem does not end")
        api.call("DELETE", f"/training/problems/{again}", expect=200)
        api.post("/training/start", {"scenario_id": alone["id"]})
        for path in ("/training/status", "/problems/recent", "/metrics/latest", "/metrics/summary", "/analytics/performance"):
            api.get(path)
        api.post("/training/stop")
        env.sql("update run_queue set cancel_requested = true where kind = 2")

    def test_bm_reference_900_nothing_was_left_out(self):
        """Each operation that answers JSON was asked above, and answered as it says."""
        every = {(method.upper(), path) for path, item in reference.document["paths"].items() for method, operation in item.items()
                 if any("application/json" in answer.get("content", {}) for status, answer in operation["responses"].items() if status != "default")}
        paths = reference.document["paths"]
        checked = {(method, path) for method, path, status in reference.checked if str(status) in paths[path][method.lower()]["responses"]}
        assert every - checked == set()
