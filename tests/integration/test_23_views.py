# SPDX-License-Identifier: Apache-2.0
"""/views: the filters of the dashboard's lists under names, kept for all who use it."""
import pytest

VIEW = {"name": "Failed today", "page": "runs", "query": "status=failed,timed_out&from=now-24h"}


def pointers(problem):
    return [e["pointer"] for e in problem["errors"]]


@pytest.fixture(autouse=True)
def empty(server, api):
    for view in api.get("/views"):
        api.call("DELETE", f"/views/{view['id']}", expect=200)


class TestViews:

    def test_bm_views_010_a_view_comes_back_as_it_was_given_is_renamed_and_goes(self, api):
        made = api.call("POST", "/views", VIEW, expect=201)
        view = made.json()
        assert made.headers["Location"].endswith(f"/api/v1/views/{view['id']}")
        assert {k: view[k] for k in VIEW} == VIEW and view["created_by"] is None and view["project_id"] == 1
        assert api.get(f"/views/{view['id']}") == view and api.get("/views") == [view]
        renamed = api.call("PATCH", f"/views/{view['id']}", {"name": "Broken today"}, expect=200).json()
        assert renamed == {**view, "name": "Broken today", "updated_at": renamed["updated_at"]}
        put = api.call("PUT", f"/views/{view['id']}", {**renamed, "query": ""}, expect=200).json()
        assert put["query"] == "" and put["name"] == "Broken today"
        api.call("DELETE", f"/views/{view['id']}", expect=200)
        api.problem("GET", f"/views/{view['id']}", expect=404)
        api.problem("DELETE", f"/views/{view['id']}", expect=404)

    def test_bm_views_020_what_is_wrong_is_named_by_its_place(self, api):
        assert sorted(pointers(api.problem("POST", "/views", {"query": 5}))) == ["/name", "/page", "/query"]
        assert pointers(api.problem("POST", "/views", {**VIEW, "page": "nowhere"})) == ["/page"]
        assert pointers(api.problem("POST", "/views", {**VIEW, "name": ""})) == ["/name"]
        assert pointers(api.problem("POST", "/views", {**VIEW, "query": "q=" + "x" * 4000})) == ["/query"]
        for query in ("q=a b", "q=<script>", 'q="', "q=1#x", "q=\u00e4", "q=\n"):
            assert pointers(api.problem("POST", "/views", {**VIEW, "query": query})) == ["/query"], query
        assert pointers(api.problem("POST", "/views", {**VIEW, "own": 1})) == ["/own"]
        assert api.get("/views") == []

    def test_bm_views_030_a_page_has_no_two_of_one_name(self, api):
        first = api.post("/views", VIEW, expect=201)
        assert pointers(api.problem("POST", "/views", {**VIEW, "name": "FAILED today"})) == ["/name"]
        other = api.post("/views", {**VIEW, "page": "loadtests"}, expect=201)
        assert pointers(api.problem("PATCH", f"/views/{other['id']}", {"page": "runs"})) == ["/name"]
        api.call("PATCH", f"/views/{first['id']}", {"name": "failed today"}, expect=200)
        assert [v["id"] for v in api.get("/views?page=runs")] == [first["id"]]
        assert [v["id"] for v in api.get("/views?limit=1&after=" + str(first["id"]))] == [other["id"]]

    def test_bm_views_040_who_looks_at_an_old_one_changes_nothing(self, api):
        view = api.post("/views", VIEW, expect=201)
        answer = api.call("GET", f"/views/{view['id']}", expect=200)
        etag = answer.headers["ETag"]
        api.call("GET", f"/views/{view['id']}", expect=304, headers={"If-None-Match": etag})
        api.call("PATCH", f"/views/{view['id']}", {"query": "q=1"}, expect=200, headers={"If-Match": etag})
        api.problem("PATCH", f"/views/{view['id']}", {"query": "q=2"}, expect=412, headers={"If-Match": etag})
        api.problem("DELETE", f"/views/{view['id']}", expect=412, headers={"If-Match": etag})
        assert api.get(f"/views/{view['id']}")["query"] == "q=1"

    def test_bm_views_050_sent_twice_with_one_key_it_is_made_once(self, api):
        made = [api.call("POST", "/views", VIEW, expect=201, headers={"Idempotency-Key": "views-050"}).json() for _ in range(2)]
        assert made[0] == made[1] and len(api.get("/views")) == 1
