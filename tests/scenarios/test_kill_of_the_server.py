"""`kill -9` of the server while forty customers are on the line: nobody notices but the clock.

Customers press keys in the IVR, wait, ring and talk all the time; the server is killed at
random instants. Afterwards every call, key, order and counter is what it would have been.

More kills than CI's: `./zongji test tests/scenarios/test_kill_of_the_server.py --kills 50`.
"""

import asyncio
import json
import random
import time
from pathlib import Path

import pytest

from app.cli.benches.crowd import AGENT_HZ, Crowd
from tests.scenarios.harness import Centre, until
from tests.scenarios.people import Agents, settle, tone_wav

AGENTS = 10

pytestmark = [
    pytest.mark.peer,
    pytest.mark.req("X9", "Q4", "T2", "I4", "T1", "X6"),
]


async def kill_now_and_then(centre: Centre, crowd: Crowd, kills: int) -> list[float]:
    """Kill the server at random instants; how long after each death it decided again."""
    took = []
    while crowd.talking < 3:
        await asyncio.sleep(0.2)
    for _ in range(kills):
        await asyncio.sleep(crowd.chance.uniform(0.5, 3.0))
        old = await asyncio.to_thread(centre.kill, "server")
        died = time.monotonic()
        await asyncio.to_thread(until, "a new server", lambda old=old: back(centre, old), 20)
        took.append(time.monotonic() - died)
    crowd.stopping = True
    return took


def back(centre: Centre, old: int) -> bool:
    health = centre.health() if centre.pid("server") != old else None
    return bool(health and health["status"] == "ok")


@pytest.mark.timeout(900)
def test_forty_calls_survive_the_server(tmp_path: Path, request: pytest.FixtureRequest):
    kills = request.config.getoption("--kills")
    talk = tone_wav(tmp_path / "agent.wav", AGENT_HZ)
    with (
        Centre(tmp_path / "demo") as centre,
        Agents(centre, AGENTS, "--talk", str(talk), "--answer-after", "0.6", "--wrap-up", "0.3"),
    ):
        crowd = Crowd(centre.sip, random.Random(417))

        async def scenario() -> list[float]:
            _, took = await asyncio.gather(crowd.run(), kill_now_and_then(centre, crowd, kills))
            return took

        took = asyncio.run(scenario())
        rows = settle(centre, len(crowd.told))
        report(crowd, took, request)
        check_calls(centre, rows, crowd)
        check_counters(centre, crowd)
        assert centre.log_lines("internal_error") == []


def report(crowd: Crowd, took: list[float], request: pytest.FixtureRequest) -> None:
    gaps = sorted(told.gap_ms for told in crowd.told)
    facts = {
        "kills": len(took),
        "calls": len(crowd.told),
        "back_after_s_max": round(max(took), 2),
        "gap_ms_max": round(gaps[-1], 1),
        "gap_ms_median": round(gaps[len(gaps) // 2], 1),
    }
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n" + json.dumps(facts))


def check_calls(centre: Centre, rows: list[dict], crowd: Crowd) -> None:
    assert all(told.ended_by == "caller" for told in crowd.told), "a call ended on its own"
    assert len(rows) == len(crowd.told), "a call is missing or doubled"
    by_number = {row["from"][-11:]: row for row in rows}
    assert set(by_number) == {told.number for told in crowd.told}
    for told in crowd.told:
        row = by_number[told.number]
        assert row["outcome"] == "answered"
        assert [key["digits"] for key in row["keys"]] == told.keys, told.number
        assert told.gap_ms < 60, f"{told.number} heard nothing for {told.gap_ms:.0f} ms"
    queued_order(centre, rows)


def queued_order(centre: Centre, rows: list[dict]) -> None:
    """Who entered the queue first was offered to an agent first."""
    first = []
    for row in rows:
        steps = centre.get(f"/api/v1/calls/{row['call_id']}")["steps"]
        at = {step["step"]: step["at"] for step in reversed(steps)}
        first.append((at["queued"], at["agent_offered"]))
    first.sort()
    offers = [offered for _, offered in first]
    assert offers == sorted(offers), "somebody overtook"


def check_counters(centre: Centre, crowd: Crowd) -> None:
    today = next(row for row in centre.get("/api/v1/queues")["items"] if row["queue_id"] == "service")[
        "today"
    ]
    assert today["offered"] == today["answered"] == len(crowd.told)
    assert today["in_progress"] == today["lost"] == today["abandoned"] == 0
    counts = [row["calls_today"] for row in list(centre.agents().values())[:AGENTS]]
    assert sum(counts) == len(crowd.told)
