# SPDX-License-Identifier: Apache-2.0
"""Reports and distributions of load tests: what they say is what the API says, and they are safe to open."""
import html.parser
import re

import pytest

EVIL = "<script>alert(1)</script>\"' onload=x &amp; <img src=x onerror=alert(1)>"


class Page(html.parser.HTMLParser):
    """Elements, attributes and text of a document."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.texts = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.texts.append(data)


def run(api, **members):
    test = api.post("/loadtests", {"certificate": False, **members}, expect=202)["id"]
    api.env.wait(lambda: api.get(f"/loadtests/{test}")["status"] not in ("pending", "running"), 60, "it did not end")
    return api.get(f"/loadtests/{test}")


@pytest.fixture(scope="class")
def test_(api):
    scenario = api.make_scenario(api.make_automation(name=EVIL), name=EVIL, target={"tokens": 8, "gap_ms": 2})
    return run(api, scenario_id=scenario["id"], name=EVIL, labels=[EVIL], load_model={"type": "poisson", "rate": 100},
               duration_seconds=3, warmup_seconds=1, slos=[{"metric": "ttft_ms", "max": 500}],
               dataset={"inline": [{"x_target": {"ttft_ms": 10 + 7 * i}, "prompt": EVIL} for i in range(9)]})


def read_hgrm(text):
    lines = text.splitlines()
    assert lines[0].split() == ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"] and lines[1] == ""
    rows = [[float(word) for word in line.split()] for line in lines[2:] if not line.startswith("#")]
    foot = dict(re.findall(r"(\w[\w ]*?) +=\s+([\d.NaN]+)", "\n".join(line for line in lines if line.startswith("#"))))
    assert all(len(row) == 4 for row in rows[:-1]) and len(rows[-1]) == 3 and rows[-1][1] == 1
    return rows, foot


class TestReport:

    def test_bm_report_010_one_file_and_nothing_runs_in_it(self, api, test_):
        answer = api.call("GET", f"/loadtests/{test_['id']}/report", expect=200)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'nonce-") and "sandbox" in policy and "unsafe" not in policy
        page = Page(answer.text)
        assert not {"script", "img", "iframe", "link", "object", "a", "form"} & set(page.elements)
        assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href", "style")]
        nonce = next(value for name, value in page.attributes if name == "nonce")
        assert f"'nonce-{nonce}'" in policy
        assert nonce not in api.call("GET", f"/loadtests/{test_['id']}/report").headers["Content-Security-Policy"]
        assert page.texts.count(EVIL) >= 3                  # title, heading, plan: as text

    def test_bm_report_020_figures_are_those_of_the_api(self, api, test_):
        page = Page(api.call("GET", f"/loadtests/{test_['id']}/report", expect=200).text)
        text = " ".join(" ".join(page.texts).split())
        for name, figures in test_["results"]["metrics"].items():
            if figures["n"]:
                assert name in text
                for quantile in ("p50", "p95", "p99"):
                    value = figures[quantile]
                    shown = f"{value:.3f}" if value < 10 else f"{value:.2f}" if value < 1000 else f"{value:.1f}"
                    assert shown in text, (name, quantile)
        assert test_["validity"]["status"] in ("valid", "invalid") and all(r in text for r in test_["validity"]["reasons"])
        assert page.elements.count("figure") == 6 and "Certificate" in text and "load_model.rate" in text

    def test_bm_report_030_of_what_has_not_begun_and_of_nothing(self, server, api):
        api.problem("GET", "/loadtests/999999/report", expect=404)
        api.problem("GET", "/loadtests/999999/hgrm", expect=404)
        scenario = api.make_scenario()
        waiting = api.post("/loadtests", {"scenario_id": scenario["id"], "load_model": {"type": "constant", "rate": 1}, "certificate": False,
                                          "duration_seconds": 30}, expect=202)["id"]
        assert "no results yet" in api.call("GET", f"/loadtests/{waiting}/report", expect=200).text
        api.post(f"/loadtests/{waiting}/stop", {"mode": "cancel"})
        server.wait(lambda: api.get(f"/loadtests/{waiting}")["status"] not in ("pending", "running"), 30, "it did not stop")

    def test_bm_report_040_steps_of_a_sweep(self, api):
        test = run(api, scenario_id=api.make_scenario(target={"tokens": 3})["id"],
                   load_model={"type": "sweep", "of": "rate", "values": [10, 40], "step_seconds": 2})
        text = api.call("GET", f"/loadtests/{test['id']}/report", expect=200).text
        assert "<h2>Steps</h2>" in text and "Latency by completed requests" in text
        both, _ = read_hgrm(api.call("GET", f"/loadtests/{test['id']}/hgrm", expect=200).text)
        one, _ = read_hgrm(api.call("GET", f"/loadtests/{test['id']}/hgrm?step=1", expect=200).text)
        steps = [step["completed"] for step in test["results"]["steps"]]
        assert both[-1][2] == sum(steps) and one[-1][2] == steps[1]


class TestComparison:

    def test_bm_report_210_of_two_load_tests(self, api):
        sides = [api.make_scenario(name=EVIL, target={"tokens": 4, "ttft_ms": ms}, inputs={"prompt": f"{EVIL}{ms}"}) for ms in (10, 60)]
        fast, slow = (run(api, name=EVIL, scenario_id=side["id"], load_model={"type": "constant", "rate": 60}, duration_seconds=2)["id"]
                      for side in sides)
        query = f"a=loadtest:{fast}&b=loadtest:{slow}&metrics=ttft_ms,success_rate"
        found = api.get("/compare?" + query)
        answer = api.call("GET", "/compare/report?" + query, expect=200)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8" and "sandbox" in answer.headers["Content-Security-Policy"]
        page = Page(answer.text)
        text = " ".join(" ".join(page.texts).split())
        assert not {"script", "img", "a"} & set(page.elements) and page.elements.count("figure") >= 1
        assert found["sentence"] in text and found["verdict"] == "worse"
        for metric in found["metrics"]:
            assert metric["metric"] in text and metric["sentence"] in text
        difference = next(m for m in found["metrics"] if m["metric"] == "ttft_ms")["difference"]["p50"]
        assert f"{difference['low']:.2f} to {difference['high']:.2f}" in text
        assert "<script>alert(1)</script>" in text          # what differs: the prompts, as text
        assert "nan" not in answer.text.replace("Segoe", "") and "inf" not in "".join(page.texts)
        api.problem("GET", "/compare/report?a=loadtest:999999&b=runs:1", expect=422)
        api.problem("GET", "/compare/report", expect=422)


class TestHgrm:

    def test_bm_report_110_it_is_what_the_results_say(self, api, test_):
        pairs = {"ttft_ms": "ttft_service_ms", "ttft_scheduled_ms": "ttft_ms", "e2e_ms": "e2e_service_ms", "e2e_scheduled_ms": "e2e_ms",
                 "ttfo_ms": "ttfo_ms", "ttst_ms": "ttst_ms", "itl_ms": "itl_ms", "icl_ms": "icl_ms", "tpot_ms": "tpot_ms",
                 "total_ms": "total_ms", "ttfb_ms": "ttfb_ms", "ntpot_ms": "ntpot_ms"}
        for metric, name in pairs.items():
            figures = test_["results"]["metrics"][name]
            rows, foot = read_hgrm(api.call("GET", f"/loadtests/{test_['id']}/hgrm?metric={metric}", expect=200).text)
            assert float(foot["Total count"]) == rows[-1][2] == figures["n"], metric
            assert float(foot["Mean"]) == pytest.approx(figures["mean"], rel=0.002, abs=0.002), metric
            assert float(foot["Max"]) == rows[-1][0] == pytest.approx(figures["max"], abs=0.002), metric
            assert rows == sorted(rows)
            median = next(row for row in rows if row[1] >= 0.5)
            assert median[0] == pytest.approx(figures["p50"], rel=0.011, abs=0.002), metric
        assert float(foot["StdDeviation"]) > 0
        assert read_hgrm(api.call("GET", f"/loadtests/{test_['id']}/hgrm?metric=send_lag_ms").text)[0][-1][2] == test_["results"]["send_lag"]["n"]

    def test_bm_report_120_of_a_window(self, server, api, test_):
        scenario = test_["scenario_id"]
        rows, foot = read_hgrm(api.call("GET", f"/kpis/hgrm?source=loadtest&metric=e2e_ms&scenario_id={scenario}", expect=200).text)
        figures = test_["results"]["metrics"]["e2e_service_ms"]
        assert rows[-1][2] == figures["n"]
        assert rows[-1][0] == pytest.approx(figures["max"], abs=0.002)
        exact = read_hgrm(api.call("GET", f"/loadtests/{test_['id']}/hgrm?metric=e2e_ms", expect=200).text)[1]["StdDeviation"]
        assert float(foot["StdDeviation"]) == pytest.approx(float(exact), abs=0.005 * figures["mean"])     # half a bucket
        api.run(api.make_scenario(target={"tokens": 3}))
        assert read_hgrm(api.call("GET", "/kpis/hgrm?metric=total_ms&from=now-1h", expect=200).text)[0][-1][2] >= 1
        empty = api.call("GET", "/kpis/hgrm?from=2001-01-01&to=2001-01-02", expect=200).text
        assert "Total count    =            0" in empty

    def test_bm_report_125_long_answers_do_not_fill_the_memory(self, api):
        """A hundred answers of 60,000 chunks: unpacked all together they would take 500 MB."""
        api.env.allow(r"BM0205: slow statement")
        test = run(api, scenario_id=api.make_scenario(target={"tokens": 3})["id"], requests=100,
                   load_model={"type": "constant", "rate": 40})
        assert test["results"]["completed"] == 100, test["results"]
        gap = b"\x01\xd0\x0f\x01"                                        # content, a millisecond later, one byte
        api.env.sql("update requests set gaps = %s where loadtest_id = %s", b"\x01\x00" + 2 * b"\xe0\xd4\x03" + 60000 * gap, test["id"])
        before = api.env.web_peak_kb()
        rows, _ = read_hgrm(api.call("GET", f"/loadtests/{test['id']}/hgrm?metric=icl_ms", expect=200).text)
        assert rows[-1][2] == 100 * 59999 and rows[-1][0] == 1
        assert api.env.web_peak_kb() - before < (1000 if api.env.sanitizer else 200) * 1024

    def test_bm_report_130_what_is_refused(self, api, test_):
        for path in (f"/loadtests/{test_['id']}/hgrm?metric=x_ms", f"/loadtests/{test_['id']}/hgrm?step=-1", "/kpis/hgrm?metric=",
                     "/kpis/hgrm?from=2026-01-02&to=2026-01-01", "/kpis/hgrm?group_by=scenario", f"/loadtests/{test_['id']}/report?x=1"):
            api.problem("GET", path, expect=422)
        for path, kind in (("/loadtests/{id}/report", "text/html"), ("/loadtests/{id}/hgrm", "text/plain"), ("/kpis/hgrm", "text/plain")):
            assert set(api.get("/openapi.json")["paths"][path]["get"]["responses"]["200"]["content"]) == {kind}


class TestTraining:

    def test_bm_report_310_of_a_session(self, env, api):
        scenario = api.make_scenario(api.make_automation(name=EVIL, confirmed_rate=20), name=EVIL, target={"tokens": 4, "gap_ms": 1})
        session = api.post("/training/sessions", {"scenario_id": scenario["id"], "name": EVIL, "types": ["network_latency"], "duration_scale": 0.1,
                                                  "budget": {"problems": 2}}, expect=201)
        url = f"/training/sessions/{session['id']}/report"
        early = api.call("GET", url, expect=200)
        assert "The session has not ended" in early.text
        env.wait(lambda: api.get(f"/training/sessions/{session['id']}")["ended_at"], 60, "the session does not end")
        session = api.get(f"/training/sessions/{session['id']}")
        problems = api.get(f"/training/sessions/{session['id']}/problems")
        answer = api.call("GET", url, expect=200)
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8" and "sandbox" in answer.headers["Content-Security-Policy"]
        page = Page(answer.text)
        text = " ".join(" ".join(page.texts).split())
        assert not {"script", "img", "iframe", "link", "object", "a", "form"} & set(page.elements)
        assert page.texts.count(EVIL) >= 3                  # title, heading, plan: as text
        assert page.elements.count("figure") == 4           # moves, response time, throughput, errors
        assert session["conclusion"]["sentence"] in text and session["reason"] in text
        for move in session["moves"]:
            assert move["why"] in text
        for problem in problems:
            assert problem["key"] in text and problem["description"] in text
            assert all(check["name"].replace("_", " ") in text for check in problem["results"]["checks"])
            assert all(advice["figure"] in text for advice in problem["results"]["recommendations"])
        assert f"Problems met {sum(p['success'] is True for p in problems)} of {len(problems)}" in text
        api.problem("GET", "/training/sessions/999999/report", expect=404)
