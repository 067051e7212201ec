# SPDX-License-Identifier: Apache-2.0
"""Events of users, API keys and secrets: told to who may read these, and to nobody else, however he asks; and what ends a connection."""
import pytest

from bmenv import Api
from live_client import Stream, WebSocket
from login_client import Fresh, bearer, tokens

EVENTS = "/api/v1/events/ws"
TOPICS = ("user", "key", "secret", "project")
READERS = ("viewer1", "operator1", "held1", "admin1")


class TestTopics(Fresh):

    @pytest.fixture
    def heads(self, server, api):
        server.sql("insert into projects (id, name) values (7, 'seven') on conflict do nothing")
        server.sql("insert into users (name, role, projects, password_hash) select 'held1', 'admin', '{1}', password_hash from users where name = 'admin1'")
        return {name: bearer(tokens(api, name)["access_token"]) for name in READERS}

    def happen(self, server, api, head):
        """Something of each topic, and at last a change of project 1, which all see. @return what there is to be told."""
        made = api.call("POST", "/users", {"name": "somebody"}, headers=head, expect=201).json()["id"]
        api.call("PATCH", f"/users/{made}", {"full_name": "S."}, headers=head, expect=200)
        api.call("POST", f"/users/{made}/password-link", headers=head, expect=201)
        api.call("DELETE", f"/users/{made}", headers=head, expect=200)
        key = api.call("POST", "/api-keys", {"name": "canary of a key"}, headers=head, expect=201).json()["api_key"]["id"]
        api.call("DELETE", f"/api-keys/{key}", headers=head, expect=200)
        for project, secret in ((1, 11), (7, 77)):
            server.sql("insert into events (project_id, kind, payload) values (%s, 'secret.changed', jsonb_build_object('id', %s, 'change', 'updated'))",
                       project, secret)
        api.call("PATCH", "/projects/1", {"description": "d"}, headers=head, expect=200)
        own = [("secret", 11, "updated")]
        return {"viewer1": [], "operator1": [], "held1": own,
                "admin1": [*(("user", made, change) for change in ("created", "updated", "updated", "deleted")),
                           ("key", key, "created"), ("key", key, "deleted"), *own, ("secret", 77, "updated")]}

    @staticmethod
    def until_project(events):
        found = []
        for event in events:
            if event["topic"] == "project":
                return found
            if event["topic"] in TOPICS:
                assert set(event["data"]) == {"id", "change"}
                found.append((event["topic"], event["data"]["id"], event["data"]["change"]))
        raise AssertionError(found)

    def test_bm_topics_010_told_to_who_may_read_them(self, server, api, heads):
        sockets = {name: WebSocket(server, EVENTS, **heads[name]) for name in READERS}
        named = {name: WebSocket(server, EVENTS, **heads[name]) for name in READERS}
        before = {name: api.get("/events", params={"wait": 1, "topic": "slo"}, headers=heads[name])["next"] for name in READERS}
        try:
            for name in READERS:
                sockets[name].subscribe(*TOPICS)
                named[name].subscribe({"topic": "secret", "id": 77}, {"topic": "secret", "id": 11}, {"topic": "project", "id": 1})
            expected = self.happen(server, api, heads["admin1"])
            for name in READERS:
                assert self.until_project(iter(sockets[name].event, None)) == expected[name], name
                wanted = [e for e in expected[name] if e[0] == "secret"]
                assert self.until_project(iter(named[name].event, None)) == wanted, name
        finally:
            for socket in (*sockets.values(), *named.values()):
                socket.close()
        # what was missed is told by the same rule, with and without names of topics
        for name in READERS:
            for query in ({}, {"topic": ",".join(TOPICS)}):
                missed = api.get("/events", params={"after": before[name], "wait": 5, **query}, headers=heads[name])["events"]
                assert self.until_project(missed) == expected[name], (name, query)

    def test_bm_topics_020_a_stream_without_topics(self, server, api, heads):
        streams = {name: Stream(server, **heads[name]) for name in READERS}
        try:
            for stream in streams.values():
                assert stream.event()[0] == "stream.hello"
            expected = self.happen(server, api, heads["admin1"])
            for name, stream in streams.items():
                assert self.until_project(iter(stream.json_event, None)) == expected[name], name
        finally:
            for stream in streams.values():
                stream.close()

    def test_bm_topics_030_a_deleted_key_and_another_role_end_what_they_opened(self, server, api, heads):
        admin = heads["admin1"]
        keys = [api.call("POST", "/api-keys", {"name": f"k{n}", "role": "viewer"}, headers=admin, expect=201).json() for n in range(2)]
        with WebSocket(server, EVENTS, **bearer(keys[0]["key"])) as gone, WebSocket(server, EVENTS, **bearer(keys[1]["key"])) as stays, \
                WebSocket(server, EVENTS, **heads["held1"]) as demoted:
            for socket in (gone, stays, demoted):
                socket.subscribe("project")
            api.call("DELETE", f"/api-keys/{keys[0]['api_key']['id']}", headers=admin, expect=200)
            assert gone.close_code() == 1008
            held = server.sql("select id from users where name = 'held1'")[0][0]
            api.call("PATCH", f"/users/{held}", {"full_name": "H."}, headers=admin, expect=200)          # is no reason
            api.call("PATCH", "/projects/1", {"description": "e"}, headers=admin, expect=200)
            assert stays.event()["topic"] == "project" and demoted.event()["topic"] == "project"
            api.call("PATCH", f"/users/{held}", {"role": "viewer"}, headers=admin, expect=200)
            assert demoted.close_code() == 1008
            with WebSocket(server, EVENTS, **heads["held1"]) as again:             # still somebody: but told no more of secrets
                again.subscribe("secret", "project")
                server.sql("insert into events (project_id, kind, payload) values (1, 'secret.changed', '{\"id\": 11, \"change\": \"updated\"}')")
                api.call("PATCH", "/projects/1", {"description": "f"}, headers=admin, expect=200)
                assert again.event()["topic"] == "project"
        assert Api(server).call("GET", "/events?topic=user").status_code == 401
