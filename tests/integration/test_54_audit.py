# SPDX-License-Identifier: Apache-2.0
"""Who changed what and who was kept from it: one entry each, none that can be changed unseen."""
import base64
import concurrent.futures
import csv
import io
import json
import subprocess

import psycopg2
import pytest
import requests

from bmenv import Api, Conf
from test_52_secrets import key as ring_key, leave_no_sealed_key, ring      # noqa: F401

CANARY = "canary-of-a-body-3f9a"


def user(name, password=None):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password or name}".encode()).decode()}


def conf_of(env):
    users = "".join(subprocess.run(["htpasswd", "-nbB", "-C", "4", n, n], capture_output=True, text=True, check=True).stdout.strip() + "\n"
                    for n in ("vera", "otto", "anna"))
    ring(env, ring_key("audit"))
    return Conf(env, anonymous="none", extra=[
        f"BenchmarkSecretKeys {env.home}/secrets/ring", "BenchmarkEngineLocation audit-near", "BenchmarkKeepAudit 8",
        "BenchmarkRole viewer vera", "BenchmarkRole operator otto", "BenchmarkRole admin anna",
        "<Location /api>", "AuthType Basic", 'AuthName "bench"', f"AuthUserFile {env.write('users', users)}", "Require valid-user", "</Location>"])


class TestAudit:

    conf = staticmethod(conf_of)

    @staticmethod
    def entries(api, answer):
        return api.call("GET", f"/audit?request_id={answer.headers['X-Request-Id']}", headers=user("anna"), expect=200).json()

    def one(self, api, answer):
        found = self.entries(api, answer)
        assert len(found) == 1, found
        return found[0]

    @pytest.fixture(scope="class", autouse=True, name="begin")
    def begin_anew(self, server):
        """Other tests have left entries of their own."""
        server.empty("audit_log", "audit_seal", "audit_checkpoint")
        server.sql("update audit_horizon set last_id = 0, next_xid = 0")

    def test_bm_audit_010_each_change_is_one_entry(self, api):
        otto, anna = user("otto"), user("anna")
        made = api.call("POST", "/automations", {"name": CANARY, "connection": {"url": "http://h/"}}, headers=otto, expect=200)
        path = f"/automations/{made.json()['id']}"
        entry = self.one(api, made)
        assert {k: entry[k] for k in ("actor", "role", "address", "action", "object", "members", "outcome", "status")} == {
            "actor": "otto", "role": "operator", "address": "127.0.0.1", "action": "POST /automations", "object": path,
            "members": ["name", "connection"], "outcome": "done", "status": 200}
        for method, where, body, who, action in (
                ("PATCH", path, {"description": CANARY}, otto, "PATCH /automations/{id}"), ("PUT", path, {"name": "n"}, otto, "PUT /automations/{id}"),
                ("POST", "/engine/stop", {}, anna, "POST /engine/stop"), ("POST", "/engine/start", {}, anna, "POST /engine/start"),
                ("POST", "/definitions", {"automations": []}, otto, None), ("DELETE", path, None, anna, "DELETE /automations/{id}")):
            answer = api.call(method, where, body, headers=who)
            if answer.status_code < 300:
                entry = self.one(api, answer)
                assert entry["outcome"] == "done" and entry["action"] == (action or f"{method} {where}") and entry["object"] == where
            else:
                assert action is None and not self.entries(api, answer)
        assert CANARY not in json.dumps(api.call("GET", "/audit?limit=1000", headers=anna).json())

    def test_bm_audit_015_logins_and_users(self, api):
        anna = user("anna")
        made = api.call("POST", "/users", {"name": "lena", "password": CANARY + "-password", "role": "viewer"}, headers=anna, expect=201)
        entry = self.one(api, made)
        assert (entry["actor"], entry["object"], sorted(entry["members"])) == ("anna", f"/users/{made.json()['id']}", ["name", "password", "role"])
        entry = self.one(api, api.call("POST", "/auth/login", {"email": "lena", "password": CANARY + "-password"}, headers=anna, expect=200))
        assert (entry["actor"], entry["action"], entry["outcome"]) == ("lena", "POST /auth/login", "done")

    # Every operation of the reference that is no GET. An entry whose transaction is that of the row it is about (xmin) was written
    # with it or not at all. Engines are stopped meanwhile, so that what is queued stays as it is.
    def test_bm_audit_017_every_operation_notes_itself_in_the_transaction_of_its_change(self, server, api):
        anna, seen = user("anna"), set()

        def do(method, template, body=None, table=None, headers=None, object=None, **ids):
            path = template.format(**ids)
            answer = api.call(method, path, body if body is not None or method == "DELETE" else {}, headers=headers or anna)
            assert answer.status_code in (200, 201, 202), (method, path, answer.status_code, answer.text)
            rows = server.sql("select action, outcome, status, object, actor, xmin::text from audit_log where request_id = %s", answer.headers["X-Request-Id"])
            where = f"{method} {template.split('?')[0].replace('{other}', '{id}')}"
            assert [row[:3] for row in rows] == [(where, "done", answer.status_code)], (where, rows)
            seen.add(where)
            if table:
                assert server.sql(f"select count(*) from {table} where xmin::text = %s", rows[0][5])[0][0] > 0, f"{where}: not the transaction of {table}"
            assert object is None or rows[0][3] == object, rows
            return answer

        mine = Api(server)
        mine.session.auth = ("anna", "anna")
        done = mine.run(mine.make_scenario(target={"tokens": 2}))
        failed = mine.run(mine.make_scenario(mine.make_automation(connection={"url": "http://127.0.0.1:1/"})))
        do("POST", "/engine/stop", table="meta")
        made = do("POST", "/automations", {"name": "n", "provider": "openai", "connection": {"url": server.target_url + "/v1", "model": "m"}}, "automations").json()["id"]
        do("PUT", "/automations/{id}", {"name": "m"}, "automations", id=made)
        do("PATCH", "/automations/{id}", {"name": "o", "confirmed_rate": 5}, "automations", id=made)
        scenario = do("POST", "/scenarios", {"name": "s", "automation_id": made, "inputs_template": {"prompt": "p"}}, "scenarios").json()["id"]
        do("PUT", "/scenarios/{id}", {"name": "s2", "automation_id": made}, "scenarios", id=scenario)
        do("PATCH", "/scenarios/{id}", {"slos": [{"metric": "success_rate", "min": 50}]}, "scenarios", id=scenario)
        runs = do("POST", "/runs", {"scenario_id": scenario, "count": 2}, "run_queue").json()["run_ids"]
        run = do("POST", "/runs/trigger", {"scenario_id": scenario}, "run_queue").json()["id"]
        do("POST", "/runs/trigger", {"scenario_id": scenario}, "run_queue", headers={**anna, "Idempotency-Key": "audit-17"})
        do("POST", "/runs/trigger", {"scenario_id": scenario, "locations": ["audit-near"]}, "run_queue")
        do("POST", "/runs/cancel", {"run_ids": runs})          # an engine takes these away at once
        do("POST", "/runs/{id}/cancel", id=run)
        do("POST", "/runs/{id}/requeue", table="run_queue", id=failed["id"])
        do("PATCH", "/runs/{id}", {"note": "n"}, "runs", id=done["id"])
        do("POST", "/gates/{id}/runs", {"count": 1}, "run_queue", id=scenario)
        do("DELETE", "/runs/{id}", id=done["id"])
        plan = {"scenario_id": scenario, "load_model": {"type": "poisson", "rate": 5}, "duration_seconds": 5}
        test = do("POST", "/loadtests", plan, "loadtests").json()["id"]
        do("POST", "/loadtests/{id}/pause", table="loadtests", id=test)
        do("POST", "/loadtests/{id}/resume", table="loadtests", id=test)
        do("POST", "/loadtests/{id}/stop", {"mode": "cancel"}, id=test)
        problem = do("POST", "/scenarios/generate", {"scenario_type": "concurrent_requests"}, "problems").json()["id"]
        do("POST", "/scenarios/{key}/execute", {"scenario_id": scenario}, "problems", headers={**anna, "Prefer": "respond-async"}, key=problem)
        server.sql("update run_queue set cancel_requested = true where kind = 2")
        trained = mine.make_scenario(mine.make_automation(confirmed_rate=5))["id"]
        small = do("POST", "/scenarios/generate", {"scenario_type": "network_latency", "parameters": {"duration_seconds": 1, "rate": 2}}, "problems")
        kept = int(small.headers["Location"].rsplit("/", 1)[1])
        do("POST", "/training/problems/{id}/execute", {"scenario_id": trained}, "problems", id=kept)
        server.sql("update run_queue set cancel_requested = true where kind = 2")
        server.wait(lambda: mine.get(f"/training/problems/{kept}")["status"] != "running", 30, "the problem does not end")
        do("DELETE", "/training/problems/{id}", id=kept)
        session = do("POST", "/training/sessions", {"scenario_id": trained}, "events").json()["id"]
        do("POST", "/training/sessions/{id}/stop", table="events", id=session)
        server.wait(lambda: mine.get(f"/training/sessions/{session}")["ended_at"], 20, "the session does not end")
        do("DELETE", "/training/sessions/{id}", table="events", id=session)
        source = do("POST", "/trace-sources", {"name": "n", "url": "http://127.0.0.1:1", "public_key": "p", "secret": "s", "paused": True},
                    "trace_sources").json()["id"]
        do("PUT", "/trace-sources/{id}", {"name": "m"}, "trace_sources", id=source)
        do("PATCH", "/trace-sources/{id}", {"backfill_days": 1}, "trace_sources", id=source)
        do("POST", "/trace-sources/{id}/sync", id=source)      # an engine takes the row at once
        do("POST", "/sync/trigger")
        do("POST", "/traces/erase", {"user_id": "u"})
        do("DELETE", "/trace-sources/{id}", table="trace_gone", id=source)
        do("POST", "/training/start", {"scenario_id": trained}, "events")
        do("POST", "/training/stop", table="events")
        do("POST", "/calibrations", {"streams": 1, "concurrency": 1, "tokens": 2, "gap_ms": 1}, "run_queue")
        do("POST", "/discoveries", {"connection": {"url": server.target_url}}, "run_queue")
        server.sql("update jobs set owner = 'elsewhere', lease_until = now() + interval '1 minute' where name = 'kpi-rebuild'")     # or it is begun
        do("POST", "/kpis/rebuild", {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, "kpi_rebuilds")
        server.sql("update jobs set owner = null, lease_until = null where name = 'kpi-rebuild'")
        dataset = do("POST", "/datasets", {"name": "audit", "format": "jsonl", "content": '{"prompt":"a"}'}, "datasets").json()["id"]
        do("PATCH", "/datasets/{id}", {"name": "audit2"}, "datasets", id=dataset)
        do("DELETE", "/datasets/{id}", id=dataset)
        document = {"format": "mod_benchmark.definitions.v1", "automations": [{"name": "imported", "provider": "mock"}]}
        dry = api.call("POST", "/definitions?dry_run=true", document, headers=anna, expect=200)
        assert not self.entries(api, dry)
        do("POST", "/definitions", document, "automations")
        price = do("POST", "/prices", {"provider": "openai", "model": "audit", "input_per_million": 1, "output_per_million": 1}, "prices").json()["id"]
        do("PUT", "/prices/{id}", {"input_per_million": 2}, "prices", id=price)
        do("PATCH", "/prices/{id}", {"input_per_million": 3}, "prices", id=price)
        do("DELETE", "/prices/{id}", id=price)
        view = do("POST", "/views", {"name": "v", "page": "runs", "query": "status=failed"}, "views").json()["id"]
        do("PUT", "/views/{id}", {"name": "w", "page": "runs", "query": "status=failed"}, "views", id=view)
        do("PATCH", "/views/{id}", {"name": "x"}, "views", id=view)
        do("DELETE", "/views/{id}", id=view)
        linked = do("POST", "/users", {"name": "linked"}, "users").json()["id"]
        do("POST", "/users/{id}/password-link", table="password_links", id=linked)
        do("DELETE", "/users/{id}/password-link", id=linked)
        token = do("POST", "/users/{id}/password-link", {"hours": 1}, "password_links", id=linked).json()["token"]
        do("POST", "/auth/password", {"token": token, "password": "correct horse"}, "users", headers={})
        project = do("POST", "/projects", {"name": "audit"}, "projects").json()["id"]
        do("PUT", "/projects/{id}", {"name": "audit2"}, "projects", id=project)
        do("PATCH", "/projects/{id}", {"description": "d"}, "projects", id=project)
        do("DELETE", "/projects/{id}", id=project)
        server.sql("delete from secrets")          # of other tests, under keys that are not here
        secret = do("POST", "/secrets", {"name": "audit", "value": CANARY}, "secrets").json()["id"]
        do("PUT", "/secrets/{id}", {"value": CANARY}, "secrets", id=secret)
        do("PATCH", "/secrets/{id}", {"value": CANARY}, "secrets", id=secret)
        do("POST", "/secrets/rotate")
        do("DELETE", "/secrets/{id}", id=secret)
        do("POST", "/events/ticket", table="tickets")
        person = do("POST", "/users", {"name": "lea", "password": CANARY, "role": "viewer"}, "users").json()["id"]
        do("PUT", "/users/{id}", {"full_name": "Lea"}, "users", id=person)
        do("PATCH", "/users/{id}", {"role": "operator"}, "users", id=person)
        tokens = do("POST", "/auth/login", {"email": "lea", "password": CANARY}, "sessions").json()
        do("POST", "/auth/refresh", {"refresh_token": tokens["refresh_token"]}, "refresh_tokens")
        do("POST", "/auth/signing-keys", table="signing_keys")
        key = do("POST", "/api-keys", {"name": "audit"}, "api_keys").json()["api_key"]["id"]
        do("DELETE", "/api-keys/{id}", object=f"/api-keys/{key}", id=key)
        do("DELETE", "/auth/sessions/{id}", id=server.sql("select max(number) from sessions where user_name = 'lea'")[0][0])
        do("POST", "/users/{id}/logout", id=person)
        do("DELETE", "/users/{id}", id=person)
        do("DELETE", "/scenarios/{id}", id=mine.make_scenario()["id"])
        do("DELETE", "/automations/{id}", id=mine.make_automation()["id"])
        do("POST", "/engine/start", table="meta")
        server.wait(lambda: server.sql("select 1 from runs where id = %s", test), 20, "the cancelled load test is not recorded")
        do("PATCH", "/loadtests/{id}", {"name": "n"}, id=test)
        do("DELETE", "/loadtests/{id}", id=test)
        known = {f"{method.upper()} {path}" for path, item in mine.get("/openapi.json")["paths"].items() for method in item if method != "get"}
        sent = {f"POST {path}" for path in ("/otlp/v1/traces", "/public/otel/v1/traces", "/ingestion", "/public/ingestion")}       # test_88_push
        assert known - seen == {"POST /loadtests/estimate", "PATCH /me", "POST /auth/logout"} | sent   # changes nothing; test_26_users

    # Triggers that come at once share a statement, and so do their entries: each names its own run.
    def test_bm_audit_018_triggers_at_once(self, server, api):
        mine = Api(server)
        mine.session.auth = ("anna", "anna")
        scenario = mine.make_scenario(target={"tokens": 1})["id"]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda n: requests.post(api.base + "/runs/trigger", json={"scenario_id": scenario}, auth=("otto", "otto"),
                                                            headers={"User-Agent": f"a{n}"}, timeout=30), range(64)))
        for answer in answers:
            assert answer.status_code == 200, answer.text
        found = dict(server.sql("select request_id, object from audit_log where action = 'POST /runs/trigger' and actor = 'otto'"
                                " and role = 'operator' and address = '127.0.0.1' and members = '{scenario_id}' and status = 200"))
        assert {a.headers["X-Request-Id"]: f"/runs/{a.json()['id']}" for a in answers}.items() <= found.items()
        assert server.sql("select count(*) = count(distinct request_id) from audit_log where outcome = 'done'") == [(True,)]

    # The change goes with the entry: where none can be written, nothing happens.
    def test_bm_audit_019_no_entry_no_change(self, server, api):
        mine = Api(server)
        mine.session.auth = ("anna", "anna")
        scenario = mine.make_scenario(target={"tokens": 1}, slos=[{"metric": "success_rate", "min": 50}])["id"]
        tables = ("automations", "run_queue", "users", "api_keys", "tickets", "sessions", "signing_keys")
        counts = ", ".join(f"(select count(*) from {table})" for table in tables) + ", (select stopped_by from meta)"
        mine.await_idle()
        mine.call("POST", "/users", {"name": "mia", "password": CANARY}, expect=201)
        before = server.sql("select " + counts)
        server.allow(r"BM0200: statement (audit_add_\w+|run_add_\w+) .* failed: SQLSTATE 23514 nothing audit_log")
        server.sql("alter table audit_log add constraint nothing check (outcome = 'denied') not valid")
        try:
            for path, body in (("/automations", {"name": "n"}), ("/runs/trigger", {"scenario_id": scenario}), ("/users", {"name": "lia", "password": CANARY}),
                               ("/api-keys", {"name": "k"}), ("/events/ticket", {}), ("/engine/stop", {}), ("/auth/signing-keys", {}),
                               ("/auth/login", {"email": "mia", "password": CANARY}), (f"/gates/{scenario}/runs", {"count": 1}),
                               ("/definitions", {"format": "mod_benchmark.definitions.v1", "automations": [{"name": "imported too", "provider": "mock"}]})):
                answer = api.call("POST", path, body, headers=user("anna"))
                assert answer.status_code >= 400 and answer.headers["X-Request-Id"] in server.log(), path
        finally:
            server.sql("alter table audit_log drop constraint nothing")
        assert server.sql("select " + counts) == before

    # What did not happen is not there, and what is repeated by its key is there once.
    def test_bm_audit_020_no_change_no_entry(self, api):
        otto = user("otto")
        for method, path, body in (("GET", "/automations", None), ("POST", "/automations", {"nam": 1}), ("PATCH", "/automations/999999", {"name": "n"}),
                                   ("POST", "/loadtests/estimate", {})):
            assert not self.entries(api, api.call(method, path, body, headers=otto))
        first = api.call("POST", "/automations", {"name": "n"}, headers={**otto, "Idempotency-Key": "audit-1"}, expect=200)
        again = api.call("POST", "/automations", {"name": "n"}, headers={**otto, "Idempotency-Key": "audit-1"}, expect=200)
        assert again.headers["Idempotency-Replayed"] == "true" and len(self.entries(api, first)) == 1 and not self.entries(api, again)

    def test_bm_audit_030_what_is_denied_is_there_too(self, server, api):
        server.allow("AH01617: user vera: authentication failure")
        cases = ((api.call("POST", "/automations", {"name": "n"}, headers=user("vera")), "vera", "viewer", "POST /automations", "/automations", 403),
                 (api.call("GET", "/secrets", headers=user("otto")), "otto", "operator", "GET /secrets", "/secrets", 403),
                 (api.call("POST", "/automations", {"name": "n"}, headers={**user("otto"), "Origin": "https://evil.example"}), "otto", "operator",
                  "POST /automations", "/automations", 403),
                 (api.call("GET", "/automations/7", headers=user("vera", "wrong")), "vera", "none", "GET (none)", "/automations/7", 401))
        mine = api.call("POST", "/api-keys", {"name": "k"}, headers=user("anna"), expect=201).json()["api_key"]["id"]
        nothing = api.call("GET", "/api-keys/999999", headers=user("otto"), expect=404)
        cases += tuple((api.call(method, f"/api-keys/{mine}", headers=user("otto")), "otto", "operator", method + " /api-keys/{id}", f"/api-keys/{mine}", 404)
                       for method in ("GET", "DELETE"))
        api.call("POST", "/auth/login", {"email": "lena", "password": CANARY + "-password"}, headers=user("anna"), expect=200)
        session = server.sql("select max(number) from sessions")[0][0]
        cases += ((api.call("DELETE", f"/auth/sessions/{session}", headers=user("otto")), "otto", "operator", "DELETE /auth/sessions/{id}", f"/auth/sessions/{session}", 404),)
        for answer, actor, role, action, path, status in cases:
            assert answer.status_code == status
            entry = server.wait(lambda a=answer: self.entries(api, a), 5, f"{action} is missing")[0]
            assert (entry["actor"], entry["role"], entry["action"], entry["object"], entry["outcome"], entry["status"]) == (
                actor, role, action, path, "denied", status)
        assert not self.entries(api, nothing)          # there is none: nothing was tried

    def test_bm_audit_040_filters_pages_and_exports(self, api):
        anna = user("anna")
        for i in range(7):
            api.call("POST", "/prices", {"provider": "openai", "model": f"m{i}", "input_per_million": 1, "output_per_million": 1}, headers=anna, expect=201)
        every = api.call("GET", "/audit?limit=1000", headers=anna).json()
        assert [e["id"] for e in every] == sorted((e["id"] for e in every), reverse=True)
        for query, fits in (("actor=otto", lambda e: e["actor"] == "otto"), ("outcome=denied", lambda e: e["outcome"] == "denied"),
                            ("object=/prices", lambda e: e["object"].startswith("/prices/")), ("action=POST /engine/stop", lambda e: e["action"] == "POST /engine/stop"),
                            ("from=now-1h", lambda e: True), ("to=2020-01-01", lambda e: False)):
            assert api.call("GET", f"/audit?limit=1000&{query}", headers=anna).json() == [e for e in every if fits(e)], query
        paged, path = [], "/audit?limit=3&actor=anna"
        while path:
            answer = api.call("GET", path, headers=anna, expect=200)
            paged += answer.json()
            link = answer.links.get("next")
            path = link["url"].split("/api/v1", 1)[1] if link else None
        assert paged == [e for e in every if e["actor"] == "anna"]
        lines = api.call("GET", "/audit/export?format=jsonl&object=/prices", headers=anna, expect=200).text.splitlines()
        assert [json.loads(line) for line in lines[:-1]] == [e for e in reversed(every) if e["object"].startswith("/prices/")]
        assert json.loads(lines[-1]) == {"end": {"rows": len(lines) - 1}} and len(lines) > 7
        rows = list(csv.DictReader(io.StringIO(api.call("GET", "/audit/export?format=csv&actor=otto", headers=anna, expect=200).text)))
        assert [int(r["id"]) for r in rows] == [e["id"] for e in reversed(every) if e["actor"] == "otto"]
        for who in ("otto", "vera"):
            assert api.call("GET", "/audit", headers=user(who)).status_code == 403
            assert api.call("GET", "/audit/export", headers=user(who)).status_code == 403

    @staticmethod
    def sealed(server, api):
        """Wait until every entry is in a batch; what the command says then."""
        def verdict():
            server.sql("update audit_horizon set seen_at = now() - interval '1 hour'")       # two seconds are long
            found = api.call("GET", "/audit/verify", headers=user("anna"), expect=200).json()
            return found if found["open_entries"] == 0 else None
        return server.wait_for_job("audit-sealing", verdict, 20, "entries are not sealed")

    @pytest.mark.parametrize("spoil", [
        "update audit_log set actor = 'nobody' where id = %s", "update audit_log set at = at + interval '1 microsecond' where id = %s",
        "update audit_log set outcome = 'done', status = 200 where id = %s", "delete from audit_log where id = %s",
        "update audit_log set id = id + 1000000 where id = %s", "delete from audit_seal where batch = 1 and %s > 0",
        "update audit_seal set rows_hash = sha256(rows_hash) where batch = 1 and %s > 0"])
    def test_bm_audit_050_what_is_changed_afterwards_is_found(self, server, api, spoil):
        before = self.sealed(server, api)
        assert before["intact"] is True and before["first_broken_batch"] is None and len(before["last_hash"]) == 64
        victim = server.sql("select id from audit_log where outcome = 'denied' order by id limit 1")[0][0]
        anchor = f"/audit/verify?batch={before['last_batch']}&hash={before['last_hash']}"
        server.sql("create table kept_log as table audit_log")
        server.sql("create table kept_seal as table audit_seal")
        server.sql(spoil, victim)
        after = api.call("GET", anchor, headers=user("anna"), expect=200).json()
        server.empty("audit_log", "audit_seal")
        server.sql("insert into audit_log select * from kept_log")
        server.sql("insert into audit_seal select * from kept_seal")
        server.sql("drop table kept_log, kept_seal")
        # what is cut off at the end is only seen by who kept the chain's end
        cut_off = "delete from audit_seal" in spoil and before["last_batch"] == 1
        assert after["intact"] is False and (after["first_broken_batch"] is not None or cut_off)
        assert api.call("GET", anchor, headers=user("anna"), expect=200).json() == {**before, "has_batch": True}

    # A transaction that is open for long holds the seal back, not those who write behind it; its row comes into a later batch.
    def test_bm_audit_060_what_commits_late_is_sealed_late(self, server, api):
        self.sealed(server, api)
        late = psycopg2.connect(server.dsn, options="-c search_path=benchmark")
        with late.cursor() as cursor:
            cursor.execute("insert into audit_log (role, action, object, outcome, status, request_id)"
                           " values ('none', 'POST /late', '/late', 'done', 200, 'late')")
            for _ in range(3):
                api.call("POST", "/automations", {"name": "n"}, headers=user("otto"), expect=200)
            server.sql("update audit_horizon set seen_at = now() - interval '1 hour'")
            server.wait_for_job("audit-sealing", lambda: server.sql("select count(*) > 0 from audit_horizon where last_id >="
                                                                  " (select max(id) from audit_log)")[0][0], 10, "nobody looks")
            assert api.call("GET", "/audit/verify", headers=user("anna")).json()["open_entries"] == 3
            late.commit()
        late.close()
        assert self.sealed(server, api)["intact"] is True

    # By the directive's job; what it does to the chain: tests/store/test_audit_store.c.
    def test_bm_audit_055_old_entries_go(self, server, api):
        server.allow(r"BM0423: audit log: batch 3 is not what was sealed: nothing is removed from it on")
        server.empty("audit_log", "audit_seal")
        server.sql("insert into audit_log (id, at, role, action, object, outcome, status, request_id) select n, now() - (25 - n * 5) * interval '1 day',"
                   " 'none', 'POST /old', '/old', 'done', 200, 'old' from generate_series(1, 4) n")
        for batch in range(1, 5):
            server.sql("insert into audit_seal (batch, last_id, entries, rows_hash, hash) select b, b, entries, rows_hash,"
                       " audit_chained(coalesce((select hash from audit_seal where batch = b - 1), ''), b, b, entries, rows_hash)"
                       " from (values (%s::bigint)) v (b), audit_rows(b - 1, b)", batch)
        server.sql("update audit_log set actor = 'nobody' where id = 3")
        server.wait_for_job("audit-retention", lambda: server.sql("select batch, last_id from audit_checkpoint") == [(2, 2)], 20, "nothing is removed")
        server.wait(lambda: "BM0422: audit log: 2 entries removed, up to batch 2 " in server.log(), 5, "the log does not say it")
        server.wait(lambda: "BM0423: " in server.log(), 5, "the log does not say what is broken")
        assert [e["id"] for e in api.get("/audit?action=POST /old", headers=user("anna"))] == [4, 3]
        found = api.get("/audit/verify", headers=user("anna"))
        assert found["removed_to_batch"] == 2 and found["first_broken_batch"] == 3 and found["intact"] is False
        server.sql("update audit_log set actor = null where id = 3")
        server.wait_for_job("audit-retention", lambda: server.sql("select batch, last_id from audit_checkpoint") == [(3, 3)], 20, "what is mended stays")
        found = api.get("/audit/verify", headers=user("anna"))
        assert found["removed_to_batch"] == 3 and found["first_broken_batch"] is None and found["intact"] is True
        server.empty("audit_log", "audit_seal", "audit_checkpoint")
        server.sql("update audit_horizon set last_id = 0, next_xid = 0")

    # As docs/security.md has a role that does not own the schema.
    def test_bm_audit_070_the_module_s_role_can_only_add(self, server):
        server.sql("drop role if exists bm_writer")
        server.sql("create role bm_writer")
        server.sql("grant usage on schema benchmark to bm_writer")
        server.sql("grant select, insert, update, delete on all tables in schema benchmark to bm_writer")
        server.sql("revoke update, delete, truncate on benchmark.audit_log, benchmark.audit_seal from bm_writer")
        for statement in ("update audit_log set actor = 'x'", "delete from audit_log", "truncate audit_log", "delete from audit_seal"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                server.sql(f"set role bm_writer; {statement}")
        assert server.sql("select has_table_privilege(tableowner, 'benchmark.audit_log', 'select') from pg_tables where tablename = 'audit_log'")
        acl = server.sql("select relacl::text from pg_class where oid = 'benchmark.audit_log'::regclass")[0][0]
        owner = server.sql("select current_user")[0][0]
        assert f"{owner}=ar" in acl and f"{owner}=arw" not in acl, acl        # not even the owner, unless he grants it to himself
        server.sql("drop owned by bm_writer")
        server.sql("drop role bm_writer")
