# SPDX-License-Identifier: Apache-2.0
"""Secrets that are set by the API: written once, read by engines alone, encrypted with the keys of a ring that changes."""
import base64
import json
import os
import re
import secrets
import signal
import threading

import psycopg2
import pytest
import requests

from bmenv import Api, Conf
from login_client import PASSWORD, add, parts, tokens, who
from test_60_life import allow_death

CANARY = "canary-8d1f2c7e-of-the-store"


def key(name):
    return f"{name} {base64.b64encode(secrets.token_bytes(32)).decode()}\n"


def ring(env, *lines):
    env.write("secrets/ring.new", "".join(lines), 0o400)
    os.rename(f"{env.home}/secrets/ring.new", f"{env.home}/secrets/ring")


def conf(env, *extra):
    env.write("secrets/file", "of-the-file", 0o600)
    return Conf(env, extra=[f"BenchmarkSecretKeys {env.home}/secrets/ring", f"BenchmarkSecret file {env.home}/secrets/file",
                            "LogLevel warn benchmark:trace8", *extra])


def naming(api, url, name, **connection):
    return api.make_scenario(api.make_automation(connection={"url": url, "model": "m", "secret": name, **connection}))


def sent_key(odd):
    return dict(odd.requests("record")[-1][3])["Authorization"]


@pytest.fixture(scope="module", autouse=True)
def leave_no_sealed_key(env):
    """What these rings have sealed nobody opens afterwards."""
    yield
    env.sql("delete from signing_keys where key_id is not null")
    env.sql("delete from secrets")


class TestSecrets:

    FIRST = key("first")

    @classmethod
    def conf(cls, env):
        ring(env, cls.FIRST)
        return conf(env)

    @pytest.fixture(scope="class", autouse=True, name="made")
    def make_secret(self, api):
        return api.post("/secrets", {"name": "canary", "description": "of the target", "value": CANARY}, expect=201)

    def test_bm_vault_010_a_value_goes_in_and_never_comes_out(self, api, made):
        assert set(made) == {"id", "name", "description", "project_id", "key_id", "set_at", "last_used_at", "created_by", "created_at", "updated_at"}
        assert (made["name"], made["key_id"], made["last_used_at"]) == ("canary", "first", None)
        path = f"/secrets/{made['id']}"
        answers = [api.call("GET", "/secrets"), api.call("GET", path), api.call("PATCH", path, {"description": None}),
                   api.call("PATCH", path, {"value": 17}), api.call("POST", "/secrets", {"name": "canary", "value": CANARY + "2"}),
                   api.call("POST", "/secrets", {"name": "can ary", "value": CANARY}), api.call("PATCH", path, {"values": CANARY}),
                   api.call("PATCH", path, {"value": CANARY}, headers={"If-Match": '"k1.99"'}),
                   api.session.post(api.base + "/secrets", data='{"name":"x","value":"' + CANARY, headers={"Content-Type": "application/json"}),
                   api.session.post(api.base + "/secrets", data='{"name":"x","value":"%s" "%s"}' % (CANARY, CANARY),
                                    headers={"Content-Type": "application/json"})]
        assert [a.status_code for a in answers] == [200, 200, 200, 422, 409, 422, 422, 412, 400, 400]
        assert not any(CANARY in a.text for a in answers)
        assert api.get(path)["description"] is None

    def test_bm_vault_020_names_of_the_configuration_win(self, api, odd):
        problem = api.problem("POST", "/secrets", {"name": "file", "value": "of the store"}, expect=409)
        assert problem["code"] == "secret_in_configuration"
        run = api.run(naming(api, odd.url("record"), "file"))
        assert run["status"] == "completed" and sent_key(odd) == "Bearer of-the-file"

    # Who sets a value and then asks for a run has that value used, however often.
    def test_bm_vault_030_a_new_value_holds_for_the_next_run(self, api, odd, made):
        scenario = naming(api, odd.url("record"), "canary")
        for value in (CANARY, "second-value", CANARY):
            api.call("PUT", f"/secrets/{made['id']}", {"value": value}, expect=200)
            assert api.run(scenario)["status"] == "completed"
            assert sent_key(odd) == "Bearer " + value

    def test_bm_vault_040_its_use_is_seen(self, server, api, odd, made):
        assert api.run(naming(api, odd.url("record"), "canary"))["status"] == "completed"
        server.wait(lambda: api.get(f"/secrets/{made['id']}")["last_used_at"], 15, "nobody noted its use")

    def test_bm_vault_060_one_that_is_deleted_is_gone(self, api, odd):
        made = api.post("/secrets", {"name": "short-lived", "value": "x"}, expect=201)
        scenario = naming(api, odd.url("record"), "short-lived")
        assert api.run(scenario)["status"] == "completed"
        api.call("DELETE", f"/secrets/{made['id']}", expect=200)
        run = api.run(scenario)
        assert (run["status"], run["error_code"]) == ("failed", "secret_missing") and "short-lived" in run["error"]

    def test_bm_vault_065_what_names_it_is_told(self, api):
        made = api.post("/secrets", {"name": "a.b", "value": "x"}, expect=201)
        url = {"url": "http://127.0.0.1:1/"}
        uses = [("automation", api.make_automation(connection={**url, "secret": "a.b"})["id"]),
                ("automation", api.make_automation(connection={**url, "headers": {"X-K": "k {{ secret.a.b }}"}})["id"]),
                ("automation", api.make_automation(default_inputs={"k": "{{secret.a.b\t}}"})["id"])]
        others = api.make_automation(connection={**url, "secret": "a.b.c"}, default_inputs={"k": "{{secret.aXb}} {{secret.a.b2}}"})
        uses.append(("scenario", api.make_scenario(others, inputs={"deep": [{"k": "{{secret.a.b}}"}]})["id"]))
        path = f"/secrets/{made['id']}/uses"
        assert [(u["kind"], u["id"]) for u in api.get(path)] == uses
        page = api.call("GET", path + "?limit=3", expect=200)
        assert [u["id"] for u in page.json()] == [n for _, n in uses[:3]] and 'rel="next"' in page.headers["Link"]
        assert [u["id"] for u in api.get(path + "?limit=3&skip=3")] == [uses[3][1]]
        api.call("GET", "/secrets/999999/uses", expect=404)
        api.call("DELETE", f"/secrets/{made['id']}", expect=200)

    # The target says what it was sent: in its headers' echo, its body, its error and its stream.
    def test_bm_vault_070_nothing_that_can_be_read_holds_it(self, server, api):
        automation = api.make_automation(provider="http", connection={
            "url": server.target_url + "/echo", "method": "POST", "secret": "canary", "secret_header": "X-API-Key",
            "headers": {"X-Also": "a {{secret.canary}} b"}, "body": {"token": "{{secret.canary}}"}})
        scenario = api.make_scenario(automation)
        run = api.run(scenario)
        assert run["status"] == "completed" and "***" in json.dumps(run["response_json"])
        for path in (f"/runs/{run['id']}", "/runs?limit=1000", "/automations?limit=1000", "/scenarios?limit=1000", "/secrets", "/secrets/keys",
                     "/about", "/engine", "/runs/kpis/dashboard", f"/runs/export?scenario_id={scenario['id']}", "/definitions/export"):
            answer = api.session.get(api.base + path, timeout=10)
            assert CANARY not in answer.text, path
        assert CANARY not in server.log() and CANARY not in open(server.home + "/access.log", encoding="utf-8").read()
        for (table,) in server.sql("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'benchmark'"):
            assert server.sql(f"select count(*) from {table} t where t::text like '%{CANARY}%'")[0][0] == 0, table

    def test_bm_vault_080_the_engine_leaves_no_core(self, server):
        for pid in server.engine_pids():
            with open(f"/proc/{pid}/limits", encoding="ascii") as f:
                assert next(line for line in f if line.startswith("Max core")).split()[4:6] == ["0", "0"]
            assert os.stat(f"/proc/{pid}/environ").st_uid == 0, "a process of the same user may look into it"

    def test_bm_vault_090_what_was_moved_or_changed_does_not_open(self, server, api, odd, made):
        other = api.post("/secrets", {"name": "other", "value": "o"}, expect=201)
        scenario = naming(api, odd.url("record"), "other")
        before = server.sql("select sealed from secrets where id = %s", other["id"])[0][0]
        canary = server.sql("select sealed from secrets where id = %s", made["id"])[0][0]
        bad = before[:-1] + ("A" if before[-1] != "A" else "Q")
        for sealed, code in ((canary, "secret_damaged"), (bad, "secret_damaged"), (before[:-20], "secret_damaged"), ("", "secret_damaged"),
                             (before.replace("first", "gone"), "secret_key_unknown"), (before, None)):
            server.sql("update secrets set sealed = %s where id = %s", sealed, other["id"])
            server.sql("update secret_state set changed = changed + 1")
            run = api.run(scenario)
            assert (run["error_code"], run["status"]) == (code, "failed" if code else "completed"), (sealed, run["error"])


class TestRotation:

    OLD, NEW = key("old"), key("new")

    @classmethod
    def conf(cls, env):
        ring(env, cls.OLD)
        return conf(env)

    # Both keys are known before one becomes the first; runs and changes go on all the while, and nothing is lost.
    def test_bm_rotate_010_under_traffic(self, server, api, odd):
        count = 150
        server.sql("delete from secrets")
        ids = [api.post("/secrets", {"name": f"s{i}", "value": f"value-{i}"}, expect=201)["id"] for i in range(count)]
        scenario, failures, stop = naming(api, odd.url("record"), "s0"), [], threading.Event()
        add(server, "viewer1")
        server.sql("delete from signing_keys")
        token = tokens(api, "viewer1")["access_token"]
        count += 1                                                     # the key that signs
        assert [bytes(row[0])[:7] for row in server.sql("select secret_key from signing_keys where key_id = 'old'")] == [b"v1.old."]
        server.wait(lambda: server.sql("select 1 from jobs where name = 'secret-rotation' and last_run_at is not null"), 15,
                    "the job that goes by itself has not been")

        def traffic():
            mine = Api(server)
            while not stop.is_set():
                run = mine.run(scenario, timeout=30)
                if run["status"] != "completed":
                    failures.append(run)
        thread = threading.Thread(target=traffic)
        thread.start()
        try:
            ring(server, self.NEW, self.OLD)
            server.graceful()
            server.wait(lambda: api.get("/secrets/keys")["active_key_id"] == "new", 15, "the new ring is not in use")
            assert api.get("/secrets/keys")["keys"] == [{"key_id": "old", "secrets": count, "readable": True}]
            api.call("PATCH", f"/secrets/{ids[1]}", {"value": "set-meanwhile"}, expect=200)
            server.wait(lambda: len(server.engine_pids()) == 1, 30, "the old engine does not end")
            api.call("POST", "/secrets/rotate", {}, expect=202)
            server.wait(lambda: api.get("/secrets/keys")["keys"] == [{"key_id": "new", "secrets": count, "readable": True}], 30,
                        "not all are under the new key")
        finally:
            stop.set()
            thread.join()
        assert not failures, [(r["status"], r["error_code"], r["error"]) for r in failures]
        assert [bytes(row[0])[:7] for row in server.sql("select secret_key from signing_keys")] == [b"v1.new."]
        ring(server, self.NEW)
        server.restart(conf(server))
        assert who(api, token)["user"] == "viewer1"
        assert parts(tokens(api, "viewer1")["access_token"])[0] == parts(token)[0]          # by the same key
        assert api.run(scenario)["status"] == "completed" and sent_key(odd) == "Bearer value-0"
        assert api.run(naming(api, odd.url("record"), "s1"))["status"] == "completed" and sent_key(odd) == "Bearer set-meanwhile"
        assert api.run(naming(api, odd.url("record"), f"s{count - 2}"))["status"] == "completed"
        assert sent_key(odd) == f"Bearer value-{count - 2}"

    # The process that encrypts anew is killed while it waits for a row in the middle: half is under each key, all of it can be read,
    # and the next rotation goes on to the end.
    def test_bm_rotate_020_cut_off_in_the_middle(self, server, api, odd):
        count = 40
        server.sql("delete from secrets")
        before = api.get("/secrets/keys")["active_key_id"]
        for i in range(count):
            api.post("/secrets", {"name": f"c{i}", "value": f"<value {i}>"}, expect=201)
        add(server, "viewer2")
        tokens(api, "viewer2")                                         # makes the key that signs, if there is none
        signing = server.sql("select count(*) from signing_keys")[0][0]
        middle = server.sql("select id from secrets order by id offset %s limit 1", count // 2)[0][0]
        everything = " ".join("{{secret.c%d}}" % i for i in range(count))
        scenario = naming(api, odd.url("record"), "c0")
        api.call("PATCH", f"/scenarios/{scenario['id']}", {"inputs_template": {"prompt": everything}}, expect=200)

        def by_key():
            return {k["key_id"]: k["secrets"] for k in api.get("/secrets/keys")["keys"]}

        def all_is_readable():
            run = api.run(scenario)
            sent = odd.requests("record")[-1][4].decode()
            return run["status"] == "completed" and all(f"<value {i}>" in sent for i in range(count)) and all(
                k["readable"] for k in api.get("/secrets/keys")["keys"])
        assert all_is_readable()

        blocker = psycopg2.connect(server.dsn, options="-c search_path=benchmark")
        blocker.cursor().execute("select from secrets where id = %s for update", (middle,))
        ring(server, key("after"), *open(f"{server.home}/secrets/ring", encoding="ascii").readlines())
        server.restart(conf(server))
        allow_death(server)
        try:
            server.wait_for_job("secret-rotation", lambda: server.sql(
                "select 1 from pg_stat_activity where query ~ 'update secrets set sealed' and wait_event_type = 'Lock'"), 20, "nobody waits for the row")
            owner = server.sql("select owner from jobs where name = 'secret-rotation'")[0][0]
            killed = server.engine_pids()
            assert len(killed) == 1 and owner
            os.kill(killed[0], signal.SIGKILL)
            server.wait(lambda: server.engine_pids() not in ([], killed), 15, "no other engine")
        finally:
            blocker.close()                                            # and what waited is done, or not: it compares and sets
        cut = by_key()
        assert cut["after"] >= count // 2 and cut[before] >= count // 2 - 1 and sum(cut.values()) == count + signing, cut
        assert all_is_readable()
        server.sql("update engines set beat_at = beat_at - interval '1 minute' where id = %s", owner)       # half a minute is long
        api.call("POST", "/secrets/rotate", {}, expect=202)
        server.wait(lambda: by_key() == {"after": count + signing}, 15, "it is not taken up again")
        assert all_is_readable() and tokens(api, "viewer2")["access_token"]


class TestWithoutRing:

    @staticmethod
    def conf(env):
        ring(env, key("some"))
        return conf(env)

    # The server goes on, says what is wrong, and a run that needs a secret fails by name; configtest refuses.
    @pytest.mark.parametrize("spoil, why", [
        (lambda path: os.unlink(path), "No such file"),
        (lambda path: os.chmod(path, 0o444), "others may read it"),
        (lambda path: os.chmod(path, 0o600) or open(path, "w", encoding="ascii").write("some QUFB\n"), "line 1"),
    ])
    def test_bm_ring_010_that_cannot_be_used(self, server, api, odd, spoil, why):
        ring(server, key("some"))
        server.restart(conf(server))
        name = "s" + secrets.token_hex(4)
        api.post("/secrets", {"name": name, "value": "x"}, expect=201)
        scenario = naming(api, odd.url("record"), name)
        spoil(f"{server.home}/secrets/ring")
        tested = server.httpd("-t", check=False)
        assert tested.returncode != 0 and "BM0411" in tested.stderr and why in tested.stderr
        server.restart(conf(server))
        server.allow(r"BM0410: The key ring .*secrets/ring cannot be used: .*" + why)
        assert "BM0410" in server.log() and why in server.log()
        keys = api.get("/secrets/keys")
        assert keys["usable"] is False and why in keys["trouble"] and keys["active_key_id"] is None
        assert api.problem("POST", "/secrets", {"name": "more", "value": "x"}, expect=503)["code"] == "secret_keys_unusable"
        run = api.run(scenario)
        assert (run["status"], run["error_code"]) == ("failed", "secret_keys_unusable") and name in run["error"]
        assert api.run(naming(api, odd.url("record"), "file"))["status"] == "completed"

    def test_bm_ring_020_none_is_configured(self, server, api):
        server.restart(Conf(server))
        keys = api.get("/secrets/keys")
        assert keys["usable"] is False and "BenchmarkSecretKeys" in keys["trouble"]
        assert api.problem("POST", "/secrets", {"name": "more", "value": "x"}, expect=503)["code"] == "secret_keys_unusable"

    # A key that signs, without the ring that sealed it: nothing is signed, and nothing is kept unencrypted instead; what was signed
    # holds. One that was there before the ring is sealed by the job.
    def test_bm_ring_030_and_the_key_that_signs(self, server, api):
        server.sql("delete from secrets")
        ring(server, key("one"))
        server.restart(conf(server))
        add(server, "viewer1", "admin1")
        server.sql("delete from signing_keys")
        token, login = tokens(api, "viewer1")["access_token"], {"email": "viewer1", "password": PASSWORD}
        stored = server.sql("select secret_key from signing_keys")[0][0]
        server.allow(r"BM0904: The key that signs tokens, [\w-]+, cannot be used: ", "BM0410: The key ring")
        for sealed, why in ((stored, "key one, which is not in this node's key ring"), (bytes(stored)[:-1] + b"!", "was changed"), (b"v1.two", "was changed")):
            server.sql("update signing_keys set secret_key = %s", sealed)
            ring(server, key("two") if sealed is stored else key("one"))
            server.restart(conf(server))
            mark = len(server.log())
            api.problem("POST", "/auth/login", login, expect=503)
            problem = api.problem("POST", "/auth/login", login, expect=503)
            said = re.findall(r"\[pid (\d+):.*BM0904", server.log()[mark:])
            assert said and len(said) == len(set(said)), "said again and again"
            assert problem["code"] == "signing_key_unusable" and (why in problem["detail"] or sealed is not stored), problem
            assert who(api, token)["user"] == "viewer1"
            cookie = api.call("POST", "/auth/login", {**login, "cookie": True}, expect=200).headers["Set-Cookie"].split(";")[0]
            api.session.cookies.clear()
            assert requests.get(api.base + "/me", headers={"Cookie": cookie}, timeout=5).json()["user"] == "viewer1"
        os.chmod(f"{server.home}/secrets/ring", 0o444)                 # a ring that cannot be used
        server.restart(conf(server))
        assert api.problem("POST", "/auth/signing-keys", {}, expect=503)["code"] == "secret_keys_unusable"
        server.restart(Conf(server))                                   # none
        server.sql("delete from signing_keys")
        token = tokens(api, "viewer1")["access_token"]
        assert server.sql("select octet_length(secret_key), key_id from signing_keys") == [(64, None)]
        ring(server, key("three"))
        server.restart(conf(server))
        api.call("POST", "/secrets/rotate", {}, expect=202)
        server.wait(lambda: server.sql("select key_id from signing_keys") == [("three",)], 20, "it is not sealed")
        assert parts(tokens(api, "viewer1")["access_token"])[0] == parts(token)[0] and who(api, token)["user"] == "viewer1"
