# SPDX-License-Identifier: Apache-2.0
"""The engine's own error against the target's true send times."""
from bmenv import Conf


def check_figures(figures, n):
    assert set(figures) >= {"mean", "p50", "p99", "max", "n"}
    assert figures["n"] == n
    assert figures["p50"] <= figures["p99"] <= figures["max"]


def await_end(api, number, timeout=40):
    return api.env.wait(lambda: (c := api.get(f"/calibrations/{number}"))["status"] not in ("pending", "running") and c, timeout, "no end")


class TestCalibration:

    def test_bm_calibration_010_twenty_streams(self, server, api):
        answer = api.call("POST", "/calibrations", {"streams": 20, "concurrency": 10}, expect=202)
        made = answer.json()
        assert answer.headers["Location"].endswith(f"/calibrations/{made['id']}") and made["status"] == "pending" and made["errors"] is None
        done = await_end(api, made["id"])
        assert done["status"] == "completed", done
        check_figures(done["errors"]["send_lag_us"], 20)
        check_figures(done["errors"]["ttft_us"], 20)
        assert done["tokens"] == 64
        n = done["errors"]["gap_us"]["n"]
        assert n + done["batched_events"] >= 20 * 63 * 0.99 and n <= 20 * 63
        check_figures(done["errors"]["gap_us"], n)
        # a stamp before the byte was sent would be a lie of the ruler
        early = server.sql("select response ->> 'early_stamps', response ->> 'truth_lost' from runs where id = %s", made["id"])[0]
        assert early == ("0", "0")
        assert abs(done["errors"]["ttft_us"]["p50"]) < 5000, done["errors"]
        assert done["engine"] and done["priority"] is not None and done["error"] is None

    def test_bm_calibration_020_lists_and_bad_requests(self, api):
        made = api.post("/calibrations", {"streams": 1, "concurrency": 1, "tokens": 2, "gap_ms": 1}, expect=202)
        await_end(api, made["id"])
        assert made["id"] in [c["id"] for c in api.get("/calibrations")]
        assert made["id"] not in [r["id"] for r in api.get("/runs?limit=1000")]
        for body in ({}, {"streams": 0, "concurrency": 1}, {"streams": 5, "concurrency": 6}, {"streams": 1, "concurrency": 1, "x": 1},
                     {"streams": 10**9, "concurrency": 1}, {"streams": "5", "concurrency": 1},
                     {"streams": 1, "concurrency": 1, "tls": 1}):
            api.problem("POST", "/calibrations", body)
        run = api.run(api.make_scenario(target={"tokens": 1}))
        api.problem("GET", f"/calibrations/{run['id']}", expect=404)

    def test_bm_calibration_030_kpis_do_not_count_them(self, api):
        api.run(api.make_scenario(target={"tokens": 2}))
        before = api.get("/runs/kpis/dashboard")
        await_end(api, api.post("/calibrations", {"streams": 4, "concurrency": 2, "tokens": 5, "gap_ms": 1}, expect=202)["id"])
        assert api.get("/runs/kpis/dashboard") == before

    def test_bm_calibration_040_can_be_cancelled(self, api):
        made = api.post("/calibrations", {"streams": 200, "concurrency": 2}, expect=202)
        api.env.wait(lambda: api.get(f"/calibrations/{made['id']}")["status"] == "running", 10, "does not run")
        api.post(f"/runs/{made['id']}/cancel")
        assert await_end(api, made["id"], 5)["status"] == "cancelled"


    # the target's certificate is new with each start and known to its engine alone
    def test_bm_calibration_045_over_tls(self, server, api):
        asked = {"streams": 20, "concurrency": 10, "tokens": 20, "gap_ms": 5}
        done = await_end(api, api.post("/calibrations", {**asked, "tls": True}, expect=202)["id"])
        assert done["status"] == "completed", done
        assert done["tls"] is True and done["errors"]["ttft_us"]["n"] == 20
        row = server.sql("select response ->> 'tls', response ->> 'early_stamps', response ->> 'truth_lost' from runs where id = %s", done["id"])[0]
        assert row == ("true", "0", "0")
        assert abs(done["errors"]["ttft_us"]["p50"]) < 20000, done["errors"]
        done = await_end(api, api.post("/calibrations", asked, expect=202)["id"])
        assert done["status"] == "completed" and done["tls"] is False
        scenario = api.make_scenario(api.make_automation(connection={"url": api.env.target_url.replace("http:", "https:") + "/v1"}))
        assert api.run(scenario)["error_code"] == "tls_error"

    # its streams would go to the new target, whose truth the old engine cannot read
    def test_bm_calibration_047_a_restart_that_takes_its_target_fails_it(self, server, api):
        made = api.post("/calibrations", {"streams": 200, "concurrency": 2, "tokens": 10, "gap_ms": 5}, expect=202)
        server.wait(lambda: api.get(f"/calibrations/{made['id']}")["status"] == "running", 10, "does not run")
        server.graceful()
        done = await_end(api, made["id"], 10)
        assert done["status"] == "failed" and "restarted" in done["error"], done


class TestRealTime:

    @staticmethod
    def conf(env):
        return Conf(env, extra=["BenchmarkRealtime 7"])

    def test_bm_calibration_050_loops_run_in_real_time_or_say_why_not(self, server, api):
        server.allow("BM0302")
        made = api.post("/calibrations", {"streams": 10, "concurrency": 5, "tokens": 10, "gap_ms": 2}, expect=202)
        done = await_end(api, made["id"])
        assert done["status"] == "completed", done
        if "BM0302" in server.log():
            assert done["priority"]["policy"] == "other"
        else:
            assert done["priority"]["policy"] == "rr" and done["priority"]["rt_priority"] == 7
            assert done["priority"]["nice"] == -10
