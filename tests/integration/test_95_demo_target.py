# SPDX-License-Identifier: Apache-2.0
"""SetHandler benchmark-target: the reference target as a demonstration inside a web child."""
import json
import threading

import requests

from bmenv import Conf


def demo_conf(env):
    return Conf(env, mount="/benchmark", seed_paths=False, extra=[
        "<Location /demo>", "SetHandler benchmark-target", "</Location>"])


class TestDemoTarget:

    conf = staticmethod(demo_conf)
    base = "/benchmark"

    def ask(self, server, **target):
        body = {"model": "demo", "stream": True, "messages": [{"role": "user", "content": "hi"}], "x_target": target}
        return requests.post(server.url + "/demo/v1/chat/completions", json=body, stream=True, timeout=30)

    def test_bm_demo_010_streams_the_tokens_it_was_asked_for(self, server, api):
        with self.ask(server, tokens=5, gap_ms=10, ttft_ms=20) as answer:
            assert answer.status_code == 200
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            events = [line[5:].strip() for line in answer.iter_lines(decode_unicode=True) if line.startswith("data:")]
        assert events[-1] == "[DONE]"
        texts = [c["choices"][0]["delta"].get("content") for c in map(json.loads, events[:-1]) if c["choices"]]
        assert len([t for t in texts if t]) == 5

    def test_bm_demo_020_a_run_can_be_measured_on_it(self, server, api):
        automation = api.make_automation(connection={"url": server.url + "/demo/v1", "model": "demo"})
        scenario = api.make_scenario(automation, target={"tokens": 10, "gap_ms": 10, "ttft_ms": 50})
        assert api.measure(scenario, lambda run: run["ttft_ms"] <= 120)["ttft_ms"] >= 45

    def test_bm_demo_030_the_ninth_stream_is_turned_away(self, server, api):
        answers = []

        def stream():
            with self.ask(server, tokens=10, gap_ms=150, ttft_ms=150) as answer:
                answers.append(answer.status_code)
                for _ in answer.iter_lines():
                    pass

        threads = [threading.Thread(target=stream) for _ in range(9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200] * 8 + [503]
