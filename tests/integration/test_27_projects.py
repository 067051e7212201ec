# SPDX-License-Identifier: Apache-2.0
"""Projects: what belongs to a team is not there for the others, by whatever route they ask."""
import concurrent.futures
import json
import re
import statistics
import time

import pytest
from requests.adapters import HTTPAdapter

from bmenv import Api, Conf
from live_client import EVENTS, HIVE, Stream, WebSocket
from test_25_access import RANK, htpasswd
from login_client import add, bearer, tokens, who

# In every name, label, input and model of the foreign project, and nowhere else.
MARK = "zqforeign"


def by_directive(env):
    users = htpasswd(env, "root", "anna", "otto", "vera", "one", "nobody")
    return Conf(env, anonymous="none", extra=(
        "BenchmarkSlowQuery 0", "BenchmarkRole admin root anna one", "BenchmarkRole operator otto", "BenchmarkRole viewer vera nobody",
        "BenchmarkProjects none nobody", f"""<Location /api>
    AuthType Basic
    AuthName bench
    AuthBasicProvider file
    AuthUserFile {users}
    Require valid-user
</Location>"""))


class As(Api):
    """Who asks, by name or token."""

    def __init__(self, env, name=None, token=None):
        super().__init__(env)
        self.session.auth = (name, name) if name else None
        if token:
            self.session.headers.update(bearer(token))

    def come_from(self, address):
        """One of this machine's own: each has its own budget of attempts that are noted."""
        self.session.mount("http://", From(address))
        return self


class From(HTTPAdapter):

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs, source_address=(self.address, 0))


class Team:
    """Everything that a project can have, made by who sees it all."""

    def __init__(self, root, project, mark):
        self.project, self.mark = project, mark
        model = {"url": root.env.target_url + "/v1", "model": mark}
        automation = root.make_automation(name=mark, connection=model, labels=[mark], project_id=project)
        self.scenario = root.make_scenario(automation, target={"tokens": 2, "gap_ms": 1}, name=mark, labels=[mark], inputs={"note": mark},
                                           slos=[{"metric": "ttft_ms", "quantile": 0.95, "max": 60000}])
        dataset = root.post("/datasets", {"name": mark, "format": "jsonl", "content": json.dumps({"prompt": mark}), "project_id": project})
        view = root.post("/views", {"name": mark, "page": "runs", "query": mark, "project_id": project}, expect=201)
        loadtest = root.post("/loadtests", {"scenario_id": self.scenario["id"], "name": mark, "certificate": False,
                                            "load_model": {"type": "closed", "concurrency": 1}, "duration_seconds": 1,
                                            "dataset": {"dataset_id": dataset["id"]}}, expect=202)
        self.run = root.run(self.scenario)
        assert self.run["status"] == "completed" and self.run["project_id"] == project, self.run
        self.loadtest = root.await_run(loadtest["id"])
        self.ids = {"automations": automation["id"], "scenarios": self.scenario["id"], "datasets": dataset["id"], "views": view["id"],
                    "loadtests": loadtest["id"], "runs": self.run["id"], "gates": self.scenario["id"], "projects": project}


class TestRoutes:

    @pytest.fixture(scope="class")
    def teams(self, env):
        """(root, own, foreign): project 2 is that of anna, otto and vera."""
        env.reset_database()
        env.base = ""
        conf = by_directive(env).add("BenchmarkProjects 2 anna otto vera").add("BenchmarkProjects 1 one")
        env.restart(conf, ready=False)
        root = As(env, "root")
        env.wait(lambda: root.call("GET", "/health/ready").status_code == 200, 30, "not ready")
        ours = root.post("/projects", {"name": "ours"}, expect=201)["id"]
        assert ours == 2
        own, foreign = Team(root, ours, "zqown"), Team(root, 1, MARK)
        env.sql("insert into secrets (id, project_id, name, sealed, key_id) values (901, 1, %s, '', ''), (902, 2, 'zqown', '', '')", MARK)
        foreign.ids["secrets"], own.ids["secrets"] = 901, 902
        for team, number in ((foreign, 901), (own, 902)):
            mark, team.ids["trace-sources"] = MARK if team is foreign else "zqown", number
            env.sql("insert into trace_sources (id, project_id, name, url, public_key, secret, paused) values (%s, %s, %s, 'http://h', 'p', 's', true)",
                    number, team.project, mark)
            env.sql("insert into trace_sync (source_id, project_id) values (%s, %s)", number, team.project)
            env.sql("insert into observations (source_id, id, start_time, project_id, trace_id, type, name, hash) values (%s, 'o', now(), %s, 't', 'SPAN', %s, 0)",
                    number, team.project, mark)
            env.sql("insert into traces (source_id, id, project_id, start_time, session_id, name) values (%s, 't', %s, now(), 's', %s)", number, team.project, mark)
            env.sql("insert into trace_scores (source_id, id, project_id, at, name) values (%s, 'c', %s, now(), %s)", number, team.project, mark)
            env.sql("insert into trace_sessions (source_id, id, project_id, trace_count, observations, errors, first_trace_at, last_trace_at, input_tokens,"
                    " output_tokens, total_tokens, cost_nano) values (%s, %s, %s, 1, 1, 0, now(), now(), 0, 0, 0, 0)", number, mark, team.project)
            env.sql("insert into trace_days select %s, %s, kind, %s, (now() at time zone 'UTC')::date - date '1970-01-01', 1, 0, 1, 1, 2, 5, 1, 1500"
                    " from unnest(array['trace', 'agent', 'model']) kind", number, team.project, mark)
        env.sql("insert into runs (id, scenario_id, automation_id, project_id, kind, fence, status, attempt, created_at, finished_at,"
                " provider, inputs, error) select k + p, case when k = 8100 then -1 else 0 end, 0, p, case when k = 8100 then 6 else 4 end, 1,"
                " 'completed', 1, now(), now(), 'openai', '{\"streams\": 1, \"concurrency\": 1}', case p when 1 then %s end from unnest(array[8000, 8100]) k, unnest(array[1, 2]) p",
                MARK)
        for team in (own, foreign):
            team.ids["calibrations"], team.ids["discoveries"] = 8000 + team.project, 8100 + team.project
            team.ids["training"] = 8200 + team.project
            mark, number = MARK if team.project == 1 else "zqown", team.ids["training"]
            env.sql("insert into training_sessions (id, project_id, name, automation_id, scenario_id, plan, spec, status, ended_at, state)"
                    " values (%s, %s, %s, %s, %s, %s, '{}', 'completed', now(), '{}')", number, team.project, mark,
                    team.ids["automations"], team.ids["scenarios"], json.dumps({
                        "scenario_id": team.ids["scenarios"], "policy": "ladder", "difficulty": "easy", "seed": 1, "duration_scale": 1, "keep_rows": 0.01,
                        "budget": {"seconds": 1, "requests": 1, "problems": 1}, "settings": {}, "expected": {}, "limits": {}}))
            env.sql("insert into problems (id, key, project_id, session_id, type, difficulty, seed, parameters, perturbations, expected,"
                    " description) select %s + k, %s, %s, case k when 0 then %s end, 'load_balancing', 'easy', 1, '{}', '{}', '{}', %s"
                    " from unnest(array[0, 50]) k", number, f"load_balancing_0000000{team.project}", team.project, number, mark)
        yield root, own, foreign
        env.stop()
        env.reset_database()

    def routes(self, root):
        for path, item in root.get("/openapi.json")["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation

    # what is there for everybody, or for nobody who is held to projects
    OF_ALL = ("engine", "prices", "health", "audit", "users", "api-keys", "about", "me", "auth", ".well-known", "openapi.json", "events", "ws")
    WHOLE = {("POST", "/projects"), ("PUT", "/projects/{id}"), ("PATCH", "/projects/{id}"), ("DELETE", "/projects/{id}"),
             ("POST", "/prices"), ("PUT", "/prices/{id}"), ("PATCH", "/prices/{id}"), ("DELETE", "/prices/{id}"), ("POST", "/engine/stop"),
             ("POST", "/engine/start"), ("GET", "/audit/verify"), ("GET", "/configuration"), ("GET", "/secrets/keys"),
             ("POST", "/secrets/rotate"), ("POST", "/kpis/rebuild"), ("GET", "/metrics"), ("POST", "/auth/signing-keys"), ("GET", "/users"),
             ("POST", "/users"), ("GET", "/users/{id}"), ("PUT", "/users/{id}"), ("PATCH", "/users/{id}"), ("DELETE", "/users/{id}"),
             ("POST", "/users/{id}/logout"), ("POST", "/users/{id}/password-link"), ("DELETE", "/users/{id}/password-link")}

    def test_bm_projects_010_a_foreign_object_is_not_there(self, teams):
        root, own, foreign = teams
        seen, first = 0, {"PUT": 0, "PATCH": 0, "POST": 0, "GET": -1, "DELETE": 1}
        for method, path, operation in sorted(self.routes(root), key=lambda r: first[r[0]]):
            kind = path.split("/")[1]
            if "{id}" not in path or kind in self.OF_ALL or (method, path) in self.WHOLE or path == "/kpis/rebuild/{id}":
                continue
            body = {"/gates/{id}/runs": {"count": 1}}.get(path, {}) if method in ("POST", "PUT", "PATCH") else None
            for user, rank in (("vera", 1), ("otto", 2), ("anna", 3)):
                if rank < RANK[operation["x-role"]]:
                    continue
                asked = path.replace("{version}", "1")
                answer = As(root.env, user).call(method, asked.replace("{id}", str(foreign.ids[kind])), body, expect=404)
                assert MARK not in answer.text, (method, path)
                if method == "GET":
                    answer = As(root.env, user).call(method, asked.replace("{id}", str(own.ids[kind])))
                    assert answer.status_code in (200, 409), (method, path, answer.text)
                seen += 1
        assert seen > 100
        assert root.get(f"/runs/{foreign.ids['runs']}") == foreign.run          # and nothing was done to it
        for kind, number in foreign.ids.items():
            if kind not in ("gates",):
                assert root.call("GET", f"/{'training/sessions' if kind == 'training' else kind}/{number}").status_code == 200, kind

    def test_bm_projects_020_what_concerns_all_is_not_for_them(self, teams):
        root, _, _ = teams
        anna, found = As(root.env, "anna"), set()
        for method, path, operation in self.routes(root):
            if (method, path) not in self.WHOLE:
                continue
            found.add((method, path))
            problem = anna.problem(method, re.sub(r"{\w+}", "1", path), {} if method in ("POST", "PUT", "PATCH") else None, expect=403)
            assert problem["code"] == "held_to_projects", (method, path)
        assert found == self.WHOLE

    def test_bm_projects_030_lists_counts_and_kpis_leave_it_out(self, teams):
        root, own, foreign = teams
        more = {"/compare": f"?baseline=scenario:{own.ids['scenarios']}&candidate=scenario:{foreign.ids['scenarios']}", "/events": "?wait=1"}
        more["/compare/report"] = more["/compare"]
        told, vera, anna = set(), As(root.env, "vera"), As(root.env, "anna")
        for method, path, operation in self.routes(root):
            if method != "GET" or "{" in path or path.startswith(("/ws", "/events")) or path == "/openapi.json":
                continue
            answer = root.call("GET", path + more.get(path, ""))
            if MARK in answer.text:
                told.add(path)
            for api in (vera, anna):
                answer = api.call("GET", path + more.get(path, ""))
                assert MARK not in answer.text, (path, answer.text)
                if answer.status_code < 400 and "X-Total-Count" in answer.headers:
                    assert "zqown" in answer.text or not answer.json(), path
        # that could have failed
        assert {"/automations", "/scenarios", "/runs", "/datasets", "/views", "/loadtests", "/labels", "/definitions", "/secrets",
                "/traces", "/observations", "/traces/scores", "/traces/sessions", "/traces/models", "/agents", "/sessions", "/sync/status", "/trace-sources",
                "/runs/export", "/calibrations", "/runs/kpis/dashboard", "/training/sessions", "/training/problems", "/problems/recent"} <= told, told
        for path in ("/automations", "/scenarios", "/runs", "/datasets", "/views", "/loadtests", "/secrets", "/projects"):
            rows = anna.call("GET", path + "?total=true", expect=200)
            assert rows.headers.get("X-Total-Count", "1") == "1", (path, rows.headers)
            assert [row["id"] for row in rows.json()] == [own.ids[path[1:]]], path
        assert [row["label"] for row in vera.get("/labels")] == ["zqown"]
        for source in ("run", "loadtest"):
            all_of = root.get("/kpis", params={"source": source})
            mine = vera.get("/kpis", params={"source": source})
            assert 0 < mine["total"]["runs"] < all_of["total"]["runs"]
            assert mine["total"] == root.get("/kpis", params={"source": source, "scenario_id": own.ids["scenarios"]})["total"]
        whole = root.call("GET", "/runs/kpis/dashboard", expect=200)
        assert whole.json()["total_runs"] == 2
        answer = vera.call("GET", "/runs/kpis/dashboard", expect=200)
        assert answer.json()["total_runs"] == 1 and answer.headers["X-Benchmark-KPIs"] == "store"
        assert As(root.env, "nobody").get("/runs/kpis/dashboard")["total_runs"] == 0
        assert As(root.env, "nobody").get("/runs") == []

    def test_bm_projects_035_nor_is_it_found_by_a_text(self, teams):
        root, own, foreign = teams
        assert root.get("/traces/t", params={"source_id": 901})["name"] == MARK
        for user in ("vera", "anna"):
            api = As(root.env, user)
            assert api.get("/traces/t")["name"] == "zqown" == api.get("/observations/o")["name"]         # there is but one for him
            api.problem("GET", "/traces/t?source_id=901", expect=404)
            api.problem("GET", "/observations/o?source_id=901", expect=404)
            assert api.get("/agents/zqown")["stats"]["execution_count"] == 1
            assert api.get("/sessions/zqown/conversation")["session"]["source_id"] == 902
            for path in (f"/agents/{MARK}", f"/agents/{MARK}/charts", f"/sessions/{MARK}/conversation"):
                assert "zqown" not in api.call("GET", path, expect=404).text

    def test_bm_projects_040_what_is_made_stays_in_the_project(self, teams):
        root, own, foreign = teams
        otto = As(root.env, "otto")
        assert otto.get("/me")["projects"] == [2] and root.get("/me")["projects"] is None
        made = otto.make_automation(name="made")
        assert made["project_id"] == 2
        assert [e["pointer"] for e in otto.problem("POST", "/automations", {"name": "n", "provider": "openai", "project_id": 1,
                                                                         "connection": made["connection"]})["errors"]] == ["/project_id"]
        for body in ({"name": "n", "automation_id": foreign.ids["automations"]},):
            assert otto.problem("POST", "/scenarios", body)["errors"][0]["pointer"] == "/automation_id"
            otto.problem("PATCH", f"/scenarios/{own.ids['scenarios']}", body)
        root.problem("PATCH", f"/scenarios/{own.ids['scenarios']}", {"automation_id": foreign.ids["automations"]})
        root.problem("PATCH", f"/automations/{made['id']}", {"project_id": 1})           # it is never moved
        plan = {"scenario_id": own.ids["scenarios"], "load_model": {"type": "closed", "concurrency": 1}, "duration_seconds": 1,
                "dataset": {"dataset_id": foreign.ids["datasets"]}}
        for api in (otto, root):
            assert api.problem("POST", "/loadtests", plan)["errors"][0]["pointer"] == "/dataset/dataset_id"
        otto.problem("POST", "/runs/trigger", {"scenario_id": foreign.ids["scenarios"]}, expect=404)
        otto.problem("POST", "/runs", {"scenario_id": foreign.ids["scenarios"], "count": 2}, expect=404)
        assert otto.post("/runs/cancel", {"run_ids": [foreign.ids["runs"]]})["cancelled"] == 0
        view = otto.post("/views", {"name": MARK, "page": "runs"}, expect=201)           # a foreign name is free here
        otto.call("DELETE", f"/views/{view['id']}", expect=200)
        scenario = otto.make_scenario(made)
        for secret, code in ((MARK, "secret_missing"), ("zqown", "secret_keys_unusable")):
            otto.call("PATCH", f"/automations/{made['id']}", {"connection": {**made["connection"], "secret": secret}}, expect=200)
            assert otto.run(scenario)["error_code"] == code
        assert As(root.env, "nobody").get("/projects") == []
        anna = As(root.env, "anna")
        anna.call("DELETE", f"/automations/{made['id']}?cascade=true", expect=200)
        document = otto.get("/definitions")
        assert [d["name"] for d in document["automations"]] == ["zqown"]
        otto.problem("GET", "/definitions?project_id=1", expect=404)
        assert otto.post("/definitions", document)["automations"] == {"created": 0, "updated": 0, "unchanged": 1}
        other = root.get("/definitions")
        assert [d["name"] for d in other["automations"]] == [MARK] and "project_id" not in other["automations"][0]
        copied = root.post("/definitions?project_id=2&dry_run=true", other)
        assert copied["automations"]["created"] == 1 == copied["datasets"]["created"]

    # Neither by the answer's nor by the next one's on its connection, where something done behind an answer would be seen; so that it
    # would be, the audit log is slow meanwhile.
    def test_bm_projects_045_nor_is_it_told_by_the_time(self, teams):
        root, _, foreign = teams
        anna, ratios, all_of = As(root.env, "anna").come_from("127.0.0.45"), {}, ([], [])
        root.env.sql("create function drowse() returns trigger language plpgsql as 'begin perform pg_sleep(0.02); return new; end'")
        root.env.sql("create trigger slow before insert on audit_log for each row execute function drowse()")
        before = root.env.sql("select count(*) from audit_log")[0][0]
        for method, kind, more in (("GET", "automations", ""), ("DELETE", "scenarios", ""), ("GET", "runs", ""), ("PATCH", "datasets", ""),
                                   ("GET", "loadtests", "/report"), ("PATCH", "secrets", ""), ("DELETE", "views", ""), ("POST", "gates", "/runs")):
            body, taken = {} if method in ("PATCH", "POST") else None, ([], [])
            for _ in range(20):
                for number, times in zip((foreign.ids[kind], 999999), taken):
                    begun = time.perf_counter()
                    anna.call(method, f"/{kind}/{number}{more}", body, expect=404)
                    times.append(time.perf_counter() - begun)
            for times, every in zip(taken, all_of):
                every += times
            ratios[f"{method} {kind}"] = statistics.median(taken[0]) / statistics.median(taken[1])
        root.env.wait(lambda: root.env.sql("select count(*) from audit_log")[0][0] >= before + 25, 10, "the attempts are not noted")
        root.env.sql("drop function drowse cascade")
        assert all(1 / 3 < ratio < 3 for ratio in ratios.values()), ratios
        assert 1 / 1.5 < statistics.median(all_of[0]) / statistics.median(all_of[1]) < 1.5, ratios

    def test_bm_projects_050_two_teams_on_the_same_connections(self, teams):
        root, own, foreign = teams
        env = root.env

        def ask(i):
            name = ("root", "otto", "nobody", "vera")[i % 4]
            api = As(env, name)
            for turn in range(25):
                names = [row["name"] for row in api.get("/scenarios")]
                assert names == {"root": ["zqown", MARK], "nobody": []}.get(name, ["zqown"]), (name, names)
                status = api.call("GET", f"/runs/{foreign.ids['runs']}").status_code
                assert status == (200 if name == "root" else 404), name
                if turn % 5 == 0:                               # a statement that fails in its transaction, on the same connection
                    api.call("POST", "/views", {"name": "x" * 101, "page": "runs"})
                    api.call("PATCH", f"/automations/{own.ids['automations']}", {}, headers={"If-Match": '"x"'})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(ask, range(8)))

    def test_bm_projects_055_sessions_are_told_only_what_is_new_to_them(self, teams):
        root = teams[0]

        def told():
            found = re.search(r'_count\{statement="projects_setting"\} (\d+)', root.call("GET", "/metrics", expect=200).text)
            return int(found.group(1)) if found else 0
        vera = As(root.env, "vera")
        for api in (root, vera):
            before = told()
            for _ in range(100):
                api.get("/automations")
            assert told() - before <= 8, api.session.auth           # four connections, and each may be asked for the figure
        before = told()
        for _ in range(20):
            root.get("/automations")
            vera.get("/automations")
        assert told() - before >= 20

    def test_bm_projects_060_backends_that_die_come_back_held(self, teams):
        root, own, _ = teams
        root.env.allow("BM020")
        vera, right = As(root.env, "vera"), 0
        for _ in range(8):
            root.env.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mod_benchmark web'")
            answer = vera.call("GET", "/runs")                  # 503: it died under the question
            assert answer.status_code == 503 or [row["id"] for row in answer.json()] == [own.ids["runs"]], answer.text
            right += answer.status_code == 200
            root.call("GET", "/projects")
        assert right > 0

    def test_bm_projects_070_nothing_is_shown_where_the_views_are_missing(self, teams):
        root, own, _ = teams
        root.env.allow("BM020", "BM0101")
        root.env.sql("alter schema benchmark_projects rename to elsewhere")
        try:
            root.env.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mod_benchmark web'")
            root.env.wait(lambda: root.call("GET", "/runs").status_code == 200, 10, "the connections did not come back")
            problem = As(root.env, "vera").problem("GET", "/runs", expect=503)
            assert problem["code"] == "projects_unavailable"
            assert len(root.get("/runs")) == 2
        finally:
            root.env.sql("alter schema elsewhere rename to benchmark_projects")
        assert len(As(root.env, "vera").get("/runs")) == 1

    # An attempt on another team's object is in that team's audit log and in that of who sees all, and not in the own, where it would
    # tell that there is such a thing.
    def test_bm_projects_075_the_audit_log_is_of_the_own_project(self, teams):
        root, own, foreign = teams
        env = root.env
        anna, one, otto, vera = (As(env, name).come_from("127.0.0.75") for name in ("anna", "one", "otto", "vera"))
        env.sql("truncate audit_log, audit_seal")
        env.sql("update audit_horizon set last_id = 0, next_xid = 0")

        def objects(api):
            return [(e["actor"], e["action"], e["object"], e["outcome"]) for e in api.get("/audit?limit=1000")]
        expected = {anna: [], one: []}

        def did(whose, api, method, path, body=None, expect=200, action=None, object=None):
            answer = api.call(method, path, body, expect=expect)
            who = api.session.auth[0]
            entry = (who, action or method + " " + re.sub(r"\d+", "{id}", path), object or answer.headers.get("Location", "/api/v1" + path).split("/api/v1")[1],
                     "denied" if expect in (403, 404) else "done")
            env.wait(lambda: env.sql("select 1 from audit_log where request_id = %s", answer.headers["X-Request-Id"]), 5, f"{entry} is missing")
            if whose:
                expected[whose].append(entry)
        for team, reader in ((own, anna), (foreign, one)):
            did(reader, root, "PATCH", f"/automations/{team.ids['automations']}", {"description": "audit"})
            did(reader, root, "POST", "/runs/trigger", {"scenario_id": team.ids["scenarios"]})
            did(reader, root, "POST", "/runs", {"scenario_id": team.ids["scenarios"], "count": 2}, expect=202, object="/runs")
            did(reader, root, "POST", f"/gates/{team.ids['scenarios']}/runs", {"count": 1}, expect=202)
            made = root.post("/views", {"name": "audit", "page": "runs", "project_id": team.project}, expect=201)["id"]
            expected[reader].append(("root", "POST /views", f"/views/{made}", "done"))
            did(reader, root, "DELETE", f"/views/{made}")
        did(None, root, "POST", "/engine/start", {}, expect=202)
        did(anna, otto, "POST", "/calibrations", {"streams": 1, "concurrency": 1, "tokens": 2, "gap_ms": 1}, expect=202)
        did(one, one, "POST", "/discoveries", {"connection": {"url": env.target_url}}, expect=202)
        assert env.sql("select kind, project_id from run where kind in (4, 6) and id < 8000 order by kind") == [(4, own.project), (6, foreign.project)]
        did(anna, otto, "POST", "/runs/cancel", {"run_ids": [foreign.ids["runs"]]})
        did(anna, vera, "POST", "/automations", {}, expect=403)
        did(one, anna, "DELETE", f"/automations/{foreign.ids['automations']}", expect=404)
        did(one, vera, "GET", f"/runs/{foreign.ids['runs']}", expect=404)
        did(one, otto, "POST", "/runs/trigger", {"scenario_id": foreign.ids["scenarios"]}, expect=404)
        did(anna, one, "GET", f"/gates/{own.ids['gates']}", expect=404)
        nothing = [anna.call("GET", "/automations/999999", expect=404), anna.call("GET", f"/scenarios/{own.ids['scenarios']}/versions/99", expect=404)]
        did(anna, anna, "PATCH", f"/automations/{own.ids['automations']}", {"description": "last"})
        for reader, entries in expected.items():
            assert objects(reader) == entries[::-1], reader.session.auth
            lines = reader.call("GET", "/audit/export?format=jsonl", expect=200).text.splitlines()[:-1]
            assert [json.loads(line)["object"] for line in lines] == [e[2] for e in entries]
        assert set(objects(root)) > set(objects(anna)) | set(objects(one))
        for answer in nothing:
            assert env.sql("select 1 from audit_log where request_id = %s", answer.headers["X-Request-Id"]) == []
        for statement in ("update benchmark_projects.audit_log set actor = 'x'", "delete from benchmark_projects.audit_log"):
            assert "has_no" == env.sql("select case when has_table_privilege(tableowner, 'benchmark_projects.audit_log', %s) then 'has' else 'has_no' end"
                                       " from pg_tables where tablename = 'audit_log' and not exists (select from pg_roles where rolname = tableowner and rolsuper)"
                                       " union all select 'has_no' limit 1", statement.split()[0])[0][0]

    def test_bm_projects_080_views_have_the_columns_of_their_tables(self, teams):
        root = teams[0]
        differ = root.env.sql("""select v.table_name from information_schema.tables v where v.table_schema = 'benchmark_projects' and
            (select array_agg(column_name::text || data_type order by ordinal_position) from information_schema.columns c
              where c.table_schema = 'benchmark_projects' and c.table_name = v.table_name) is distinct from
            (select array_agg(column_name::text || data_type order by ordinal_position) from information_schema.columns c
              where c.table_schema = 'benchmark' and c.table_name = v.table_name)""")
        assert differ == []
        # every table with a project, or with a reference to something that has one, is parted; but for these
        alone = {"events", "kpi_dirty", "kpi_check", "queue_target"}
        parted = root.env.sql("""select distinct c.table_name from information_schema.columns c
            join pg_class r on r.relname = c.table_name and r.relnamespace = 'benchmark'::regnamespace and not r.relispartition
            where c.table_schema = 'benchmark' and c.column_name in ('project_id', 'scenario_id', 'automation_id', 'loadtest_id', 'dataset_id')
              and not exists (select from information_schema.tables v
                where v.table_schema = 'benchmark_projects' and v.table_name = c.table_name)""")
        assert {name for name, in parted} <= alone, parted

    def test_bm_projects_090_events_are_of_the_own_project(self, teams):
        root, own, foreign = teams
        env = root.env

        def basic(name):
            return {"Authorization": "Basic " + __import__("base64").b64encode(f"{name}:{name}".encode()).decode()}
        with WebSocket(env, EVENTS, **basic("vera")) as vera, WebSocket(env, EVENTS, **basic("root")) as all_of:
            for socket in (vera, all_of):
                socket.subscribe("automation", "project")
            root.call("PATCH", "/projects/1", {"description": "d"}, expect=200)
            for team in (foreign, own):
                root.call("PATCH", f"/automations/{team.ids['automations']}", {"description": "d"}, expect=200)

            def told(socket):
                while True:
                    event = socket.event()
                    if event["topic"] == "automation":
                        return event["data"]["id"]
            assert all_of.event()["topic"] == "project"
            assert told(vera) == own.ids["automations"]
            assert told(all_of) == foreign.ids["automations"]
        after = root.get("/events", params={"wait": 1})["next"]
        root.call("PATCH", f"/automations/{foreign.ids['automations']}", {"description": "e"}, expect=200)
        assert root.get("/events", params={"after": after, "wait": 5})["events"]
        # runs of the own project may end meanwhile
        assert [e for e in As(env, "vera").get("/events", params={"after": after, "wait": 1})["events"] if e["topic"] != "run"] == []


class TestMembers:
    """Users of ours: their row says it, keys may say less, and a change counts at once."""

    @staticmethod
    def conf(env):
        return Conf(env, anonymous="none", extra=("BenchmarkSlowQuery 0", "BenchmarkAnonymousProjects none"))

    @pytest.fixture(scope="class")
    def server(self, env):
        env.base = ""
        env.restart(self.conf(env))
        yield env
        env.stop()
        env.reset_database()

    @pytest.fixture
    def api(self, server):
        add(server, "admin1", "operator1", "viewer1")
        for table in ("scenarios", "automations"):
            server.sql(f"update {table} set project_id = 1")
        server.sql("delete from projects where id > 1")
        return Api(server)

    def test_bm_projects_210_a_row_says_it_and_a_key_may_say_less(self, server, api):
        admin = As(server, token=tokens(api, "admin1")["access_token"])
        projects = [admin.post("/projects", {"name": name, "description": None}, expect=201) for name in ("red", "blue")]
        red, blue = (p["id"] for p in projects)
        user = admin.get("/users")[1]
        assert user["name"] == "operator1" and user["projects"] is None
        assert admin.problem("PATCH", f"/users/{user['id']}", {"projects": [red, 999]})["errors"][0]["pointer"] == "/projects"
        admin.call("PATCH", f"/users/{user['id']}", {"projects": [red, blue]}, expect=200)
        operator = As(server, token=tokens(api, "operator1")["access_token"])
        assert operator.get("/me")["projects"] == [red, blue] == [p["id"] for p in operator.get("/projects")]
        assert operator.problem("POST", "/api-keys", {"name": "k", "projects": [1]})["errors"][0]["pointer"] == "/projects/0"
        key = operator.post("/api-keys", {"name": "k", "role": "operator", "projects": [blue]}, expect=201)
        assert key["api_key"]["projects"] == [blue]
        narrow = As(server, token=key["key"])
        made = narrow.make_automation()
        assert narrow.get("/me")["projects"] == [blue] == [made["project_id"]]
        scenario = operator.make_scenario(operator.make_automation(project_id=red), target={"tokens": 1})
        once = {"headers": {"Idempotency-Key": "projects-210"}, "body": {"scenario_id": scenario["id"]}}
        assert operator.call("POST", "/runs/trigger", expect=200, **once).json() == operator.call("POST", "/runs/trigger", **once).json()
        narrow.call("POST", "/runs/trigger", expect=404, **once)
        ticket = narrow.post("/events/ticket")["ticket"]
        with Stream(server, f"?ticket={ticket}&topic=automation") as stream:
            assert stream.event()
            operator.make_automation(name="red")
            narrow.call("PATCH", f"/automations/{made['id']}", {"description": "d"}, expect=200)
            while (event := stream.json_event()).get("topic") != "automation":
                pass
            assert event["data"]["id"] == made["id"]
        # taken away: at once, and what is open ends
        with WebSocket(server, EVENTS, **bearer(operator.session.headers["Authorization"][7:])) as socket:
            socket.subscribe("run")
            admin.call("PATCH", f"/users/{user['id']}", {"projects": [red]}, expect=200)
            assert socket.close_code() == 1008
        assert operator.get("/me")["projects"] == [red] and narrow.get("/me")["projects"] == []
        assert narrow.problem("POST", "/automations", {"name": "n", "provider": "openai", "connection": made["connection"]},
                              expect=403)["code"] == "no_project"
        narrow.problem("GET", f"/automations/{made['id']}", expect=404)

    def test_bm_projects_220_projects_are_made_named_and_deleted(self, server, api):
        admin = As(server, token=tokens(api, "admin1")["access_token"])
        answer = admin.call("POST", "/projects", {"name": "red"}, expect=201)
        red = answer.json()
        assert admin.problem("POST", "/projects", {"name": "RED"}, expect=409)["code"] == "project_exists"
        admin.problem("PATCH", f"/projects/{red['id']}", {"name": "x"}, expect=412, headers={"If-Match": '"p0.0"'})
        admin.call("PATCH", f"/projects/{red['id']}", {"name": "crimson"}, expect=200, headers={"If-Match": answer.headers["ETag"]})
        made = admin.make_automation(project_id=red["id"])
        assert "1 automations" in admin.problem("DELETE", f"/projects/{red['id']}", expect=409)["detail"]
        assert admin.problem("DELETE", "/projects/1", expect=409)["code"] == "default_project"
        admin.call("DELETE", f"/automations/{made['id']}", expect=200)
        user = admin.get("/users")[2]
        admin.call("PATCH", f"/users/{user['id']}", {"projects": [red["id"]]}, expect=200)
        admin.call("DELETE", f"/projects/{red['id']}", expect=200)
        assert admin.get(f"/users/{user['id']}")["projects"] == []               # none, not all
        assert [p["id"] for p in admin.get("/projects")] == [1]
        assert [e["action"] for e in admin.get("/audit?limit=3")][:1] == ["DELETE /projects/{id}"]

    def test_bm_projects_230_hive_sees_its_project_only(self, server, api):
        admin = As(server, token=tokens(api, "admin1")["access_token"])
        red = admin.post("/projects", {"name": "red"}, expect=201)["id"]
        user = admin.get("/users")[2]
        admin.call("PATCH", f"/users/{user['id']}", {"projects": [red]}, expect=200)
        foreign = admin.make_scenario(target={"tokens": 1})
        own = admin.make_scenario(admin.make_automation(project_id=red), target={"tokens": 1})
        head = bearer(tokens(api, "viewer1")["access_token"])
        with WebSocket(server, HIVE, **head) as viewer, WebSocket(server, HIVE, **bearer(admin.session.headers["Authorization"][7:])) as root:
            runs = [admin.run(foreign)["id"], admin.run(own)["id"]]

            def first_run(socket):
                while True:
                    text = json.dumps(socket.event())
                    if (found := [run for run in runs if f'"{run}"' in text or f": {run}" in text]):
                        return found[0]
            assert first_run(root) == runs[0]
            assert first_run(viewer) == runs[1]
