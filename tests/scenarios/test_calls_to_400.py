"""Thirty customers call 400 at once, choose repairs, and ten agents answer them all."""

import asyncio
from pathlib import Path

import pytest

from drivers.telephony.caller import CallingPhone
from tests.scenarios.harness import Centre, until
from tests.scenarios.people import Agents, channels, settle, tone_share, tone_wav

CALLERS, AGENTS = 30, 10
AGENT_HZ = 500.0

pytestmark = [
    pytest.mark.peer,
    pytest.mark.timeout(240),
    pytest.mark.req(
        "T1", "T2", "T5", "T17", "T21", "T22", "I2", "I3", "I4", "I9", "R1", "R2", "R4", "R12", "G2", "C1"
    ),
]


def caller_hz(number: int) -> float:
    return 700.0 + 40.0 * number


async def one_customer(phone: CallingPhone, number: int, folder: Path) -> str:
    """Dial, press 1, talk, hang up once an agent has been heard for two seconds."""
    call = await phone.call("400", f"1390000{number:04}")
    assert await call.answered()
    call.say(tone_wav(folder / f"caller{number}.wav", caller_hz(number)))
    await asyncio.sleep(1.0 + number * 0.02)
    call.press("1")
    async with asyncio.timeout(120):
        while not call.ended.done() and tone_share(call.sound.heard(2.0), AGENT_HZ) < 0.6:
            await asyncio.sleep(0.25)
    assert not call.ended.done(), "nobody hangs up on a customer"
    await asyncio.sleep(2.0)
    call.hang_up()
    await call.ended
    return call.sip_call_id


async def customers(sip: tuple[str, int], folder: Path) -> list[str]:
    phone = await CallingPhone.open(sip)
    try:
        return await asyncio.gather(*(one_customer(phone, number, folder) for number in range(CALLERS)))
    finally:
        await phone.close()


def test_thirty_customers_reach_ten_agents_and_both_sides_are_recorded(tmp_path: Path):
    talk = tone_wav(tmp_path / "agent.wav", AGENT_HZ)
    with (
        Centre(tmp_path / "demo") as centre,
        Agents(centre, AGENTS, "--talk", str(talk), "--answer-after", "0.3", "--wrap-up", "0.5"),
    ):
        asyncio.run(customers(centre.sip, tmp_path))
        rows = settle(centre, CALLERS)
        assert len(rows) == CALLERS
        assert {row["outcome"] for row in rows} == {"answered"}
        until("every recording is saved", lambda: all_saved(centre, [row["call_id"] for row in rows]))
        for row in rows:
            check_call(centre, row["call_id"], int(row["from"][-4:]), tmp_path)
        counts = [row["calls_today"] for row in list(centre.agents().values())[:AGENTS]]
        assert sum(counts) == CALLERS
        assert max(counts) - min(counts) <= 1, counts
        service = next(row for row in centre.get("/api/v1/queues")["items"] if row["queue_id"] == "service")
        assert service["today"]["offered"] == service["today"]["answered"] == CALLERS
        assert centre.log_lines("internal_error") == []


def all_saved(centre: Centre, ids: list[str]) -> bool:
    details = [centre.get(f"/api/v1/calls/{call_id}") for call_id in ids]
    return all(call["recordings"] and call["recordings"][0]["duration_s"] for call in details)


def check_call(centre: Centre, call_id: str, number: int, folder: Path) -> None:
    call = centre.get(f"/api/v1/calls/{call_id}")
    assert [row["digits"] for row in call["keys"]] == ["1"]
    steps = [row["step"] for row in call["steps"]]
    order = ["offered", "answered", "queued", "agent_offered", "agent_answered", "hung_up"]
    assert [step for step in steps if step in order] == order, steps
    assert [row["seq"] for row in call["steps"]] == list(range(1, len(steps) + 1))
    (decision,) = call["decisions"]
    assert decision["rule"] == "fewest_today" and decision["chosen"] == call["agent"]
    assert any(row["agent"] == call["agent"] for row in decision["candidates"])
    assert {leg["kind"] for leg in call["legs"]} == {"caller", "agent"}
    (recording,) = call["recordings"]
    sound = centre.request("GET", recording["url"])
    assert sound.status_code == 200
    left, right = channels(sound.content, folder)
    assert tone_share(left, caller_hz(number)) > 0.9
    assert tone_share(right, AGENT_HZ) > 0.9
    assert tone_share(left, AGENT_HZ) < 0.1
    assert tone_share(right, caller_hz(number)) < 0.1
