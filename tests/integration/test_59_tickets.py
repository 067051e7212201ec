# SPDX-License-Identifier: Apache-2.0
"""Tickets: who cannot send credentials when he begins to watch gets in once, as himself and as no more."""
import base64
import concurrent.futures
import datetime
import hashlib
import re

import pytest
import requests

from bmenv import Api, Conf, Node
from live_client import Stream, WebSocket
from test_25_access import htpasswd
from test_30_bad_input import check_problem
from test_70_store import AWAY

UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"


def locked(env, extra=""):
    """Everything below /api needs a user whose password httpd knows."""
    conf = Conf(env, anonymous="none")
    users = htpasswd(env, "vera", "otto", "anna", "nemo")
    return conf.add("BenchmarkRole viewer vera").add("BenchmarkRole operator otto").add("BenchmarkRole admin anna").add(
        f"""<Location /api>
    AuthType Basic
    AuthName bench
    AuthBasicProvider file
    AuthUserFile {users}
    Require valid-user
</Location>
{extra}""")


def ticket(api, user="vera"):
    return api.post("/events/ticket", auth=(user, user))["ticket"]


def watch(api, text, **kwargs):
    """One long poll with a ticket."""
    return requests.get(f"{api.base}/events", params={"wait": 1, "ticket": text}, timeout=30, **kwargs)


def check_refused(answer):
    check_problem(answer, 401)
    assert "ticket" in answer.json()["detail"]


class TestTickets:
    conf = staticmethod(lambda env: locked(env))

    def test_bm_tickets_010_who_may_watch_gets_one(self, api, server):
        for user, status in ((None, 401), ("nemo", 403)):
            assert api.call("POST", "/events/ticket", {}, auth=(user, user) if user else None).status_code == status
        server.sql("delete from tickets")
        asked = datetime.datetime.now(datetime.timezone.utc)
        answer = api.call("POST", "/events/ticket", {}, auth=("vera", "vera"), expect=200)
        assert answer.headers["Cache-Control"] == "no-store"
        made = answer.json()
        assert re.fullmatch("[A-Za-z0-9_-]{43}", made["ticket"])
        lives = datetime.datetime.fromisoformat(made["expires_at"].replace("Z", "+00:00")) - asked
        assert 25 < lives.total_seconds() < 60
        rows = server.sql("select hash, user_name, role from tickets")
        assert [(bytes(row[0]), row[1], row[2]) for row in rows] == [(hashlib.sha256(made["ticket"].encode()).digest(), "vera", "viewer")]

    def test_bm_tickets_020_a_ticket_opens_once(self, api, server):
        assert requests.get(f"{api.base}/events?wait=1", timeout=30).status_code == 401
        text = ticket(api)
        answer = watch(api, text)
        assert answer.status_code == 200, answer.text
        assert watch(api, text).status_code == 401
        check_refused(watch(api, text, auth=("vera", "vera")))             # even for somebody with a password
        assert server.sql("select count(*) from tickets where hash = %s", hashlib.sha256(text.encode()).digest())[0][0] == 0

    def test_bm_tickets_030_of_many_at_once_one_gets_in(self, api):
        text = ticket(api)
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = [answer.status_code for answer in pool.map(lambda _: watch(api, text), range(12))]
        assert sorted(answers) == [200] + [401] * 11

    def test_bm_tickets_040_old_and_invented_ones_are_refused(self, api, server):
        old = ticket(api)
        server.sql("update tickets set expires_at = now() - interval '1 second'")
        for text in (old, "A" * 43, "A" * 42, "x", "", "A" * 5000, "%00", "..", "'; drop table tickets", old + "="):
            answer = watch(api, text)
            assert answer.status_code in (401, 422), (text, answer.text)
            assert watch(api, text, auth=("vera", "vera")).status_code in (401, 422), text
        assert watch(api, ticket(api)).status_code == 200

    def test_bm_tickets_050_nothing_else_is_opened(self, api):
        text = ticket(api, "anna")
        for method, path in (("GET", "/runs"), ("GET", "/me"), ("POST", "/events/ticket"), ("GET", "/engine"), ("GET", "/events/nothing")):
            answer = requests.request(method, f"{api.base}{path}?ticket={text}", json={} if method == "POST" else None, timeout=30)
            assert answer.status_code == 401, (path, answer.text)
        assert requests.head(f"{api.base}/events?ticket={text}", timeout=30).status_code == 401
        assert watch(api, text).status_code == 200

    def test_bm_tickets_060_a_ticket_gives_no_more_than_it_was_made_for(self, api, server):
        text = ticket(api, "anna")
        server.sql("update tickets set role = 'none'")
        check_problem(watch(api, text), 403)
        text = ticket(api, "anna")
        server.sql("update tickets set user_name = 'nemo'")                # who has lost his role meanwhile
        check_problem(watch(api, text), 403)

    def test_bm_tickets_070_streams_and_sockets_take_them(self, api):
        with requests.get(f"{api.base}/events", params={"ticket": ticket(api)}, stream=True, timeout=30) as answer:
            assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/event-stream")
        for path in ("/api/v1/events/ws", "/ws/metrics"):
            text = ticket(api)
            for expected in ("101", "401"):
                answer = api.raw(f"GET {path}?ticket={text} HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n".encode())
                assert answer.split()[1] == expected.encode(), answer[:300]

    def test_bm_tickets_080_expired_ones_are_removed(self, api, server):
        ticket(api)
        server.sql("update tickets set expires_at = now() - interval '1 second'")
        server.sql("update jobs set next_run_at = now() where name = 'retention'")
        server.wait(lambda: server.sql("select count(*) from tickets")[0][0] == 0, 30, "expired tickets stay")

    def test_bm_tickets_075_who_loses_his_access_is_sent_away(self, api, server):
        """However he came in, and though nobody notifies: the feed looks by itself. Others stay."""
        basic = "Basic " + base64.b64encode(b"vera:vera").decode()
        with WebSocket(server, authorization=basic) as by_password, \
                WebSocket(server, f"/api/v1/events/ws?ticket={ticket(api)}") as by_ticket, \
                Stream(server, f"?topic=run&ticket={ticket(api)}") as stream, \
                WebSocket(server, f"/api/v1/events/ws?ticket={ticket(api, 'anna')}") as other:
            for socket in (by_password, by_ticket, other):
                socket.subscribe("run")
            stream.event()
            server.sql("insert into events (project_id, kind, payload) values (0, 'access.revoked', '{\"user\": \"vera\"}')")
            assert [by_password.close_code(), by_ticket.close_code(), stream.event()] == [1008, 1008, None]
            assert other.alive()

    def test_bm_tickets_085_nobody_hoards_them(self, api, server):
        server.sql("delete from tickets")
        server.sql("insert into tickets select sha256(n::text::bytea), 'vera', 'viewer', now() + interval '1 hour' from generate_series(1, 99) n")
        ticket(api)
        answer = api.call("POST", "/events/ticket", {}, auth=("vera", "vera"))
        check_problem(answer, 429)
        assert answer.json()["code"] == "too_many_tickets" and int(answer.headers["Retry-After"]) == 30
        assert watch(api, ticket(api, "anna")).status_code == 200          # others may
        server.sql("update tickets set expires_at = now() - interval '1 second'")
        ticket(api)
        server.sql("delete from tickets")

    def test_bm_tickets_090_without_the_database_nobody_is_let_in(self, api, server):
        server.allow(*AWAY)
        text = ticket(api)
        server.pg("stop", "fast")
        try:
            assert watch(api, text).status_code in (401, 503)
            check_problem(watch(api, text, auth=("vera", "vera")), 503)
        finally:
            server.pg("start")
        server.wait(lambda: api.call("GET", "/me", auth=("vera", "vera")).status_code == 200
                    and api.call("GET", "/runs", auth=("vera", "vera")).status_code == 200, 30, "not back")


class TestRules:
    """The server's own rules hold for a ticket's user."""
    conf = staticmethod(lambda env: locked(env, """<Location /api/v1/events>
    Require user otto
</Location>
<Location /api/v1/events/ticket>
    Require valid-user
</Location>"""))

    def test_bm_tickets_110_require_is_obeyed(self, api, server):
        server.allow("AH01630: client denied by server configuration")
        assert watch(api, ticket(api, "vera")).status_code in (401, 403)
        assert watch(api, ticket(api, "otto")).status_code == 200


class TestTwoNodes:
    conf = staticmethod(lambda env: locked(env))

    @pytest.fixture(scope="class")
    def other(self, server):
        node = Node(server, "node2")
        node.restart(locked(node))
        yield node
        bad = node.unexpected()
        node.close()
        assert not bad, bad

    def test_bm_tickets_210_either_node_takes_it_once(self, api, other):
        there = Api(other)
        text = ticket(api)
        assert watch(there, text).status_code == 200
        assert watch(api, text).status_code == 401 and watch(there, text).status_code == 401
        text = ticket(there)
        assert watch(api, text).status_code == 200
        assert watch(there, text).status_code == 401
