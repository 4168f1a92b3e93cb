"""`kill -9` of each of the board's processes: calls that die are known to be lost, and nobody has to help.

Media or signalling gone: nobody could hear anything any more, so the calls end, each far end
gets its BYE and each caller is a task. The writer gone: everybody talks on.
"""

import asyncio
import io
import time
import wave
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers.telephony.caller import CallingPhone, PhoneCall
from tests.scenarios.harness import Centre, until
from tests.scenarios.people import Agents, channels, open_tasks, tone_share, tone_wav

AGENT_HZ, CALLER_HZ = 500.0, 900.0
BACK_WITHIN_S = 8.0  # on a busy machine; alone it takes a second or two

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180), pytest.mark.req("X6", "X9", "Q4", "T1", "I4")]


@dataclass
class Here:
    centre: Centre
    phone: CallingPhone
    folder: Path

    async def caller(self, number: int, to: str) -> PhoneCall:
        call = await self.phone.call(to, f"1370000{number:04}")
        assert await call.answered()
        call.say(self.folder / "caller.wav")
        return call

    async def hears_an_agent(self, call: PhoneCall, within_s: float = 15.0) -> None:
        async with asyncio.timeout(within_s):
            while tone_share(call.sound.heard(1.5), AGENT_HZ) < 0.8:
                assert not call.ended.done(), call.ended.result()
                await asyncio.sleep(0.1)

    def states(self) -> dict[str, str]:
        live = [row for row in self.centre.calls() if row["state"] != "ended"]
        return {row["from"][-11:]: row["state"] for row in live}

    def recordings(self, number: int, state: str = "ended") -> list[dict[str, Any]]:
        """Those of one caller, once his call is in this state; saved ones when it has ended."""
        rows = self.centre.calls(number=f"1370000{number:04}", state=state)
        return [one for row in rows for one in row["recordings"] if state != "ended" or one["duration_s"]]


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Centre, Path]]:
    """A centre with two agents."""
    folder = tmp_path_factory.mktemp("board")
    tone_wav(folder / "caller.wav", CALLER_HZ)
    talk = tone_wav(folder / "agent.wav", AGENT_HZ)
    with (
        Centre(folder / "demo") as centre,
        Agents(centre, 2, "--talk", str(talk), "--answer-after", "0.2", "--wrap-up", "0.2"),
    ):
        yield centre, folder


def run(staffed: tuple[Centre, Path], scenario: Callable[[Here], Awaitable[None]]) -> None:
    centre, folder = staffed

    async def whole() -> None:
        phone = await CallingPhone.open(centre.sip)
        try:
            await scenario(Here(centre, phone, folder))
        finally:
            await phone.close()

    asyncio.run(whole())
    assert centre.log_lines("internal_error") == []


def test_media_and_signalling_killed_under_calls(staffed: tuple[Centre, Path]):
    async def scenario(here: Here) -> None:
        await killed(here, 0, "board")
        await killed(here, 100, "signalling")

    run(staffed, scenario)


async def killed(here: Here, first: int, process: str) -> None:
    """Two talk, two wait, one is in the IVR, one hears his echo; then the process dies."""
    centre = here.centre
    talking = [await here.caller(first + n, "9120") for n in (0, 1)]
    for call in talking:
        await here.hears_an_agent(call)
    waiting = [await here.caller(first + n, "9120") for n in (2, 3)]
    in_ivr = await here.caller(first + 4, "400")
    echo = await here.caller(first + 5, "9103")
    expected = {
        f"1370000{first + n:04}": state
        for n, state in enumerate(("talking",) * 2 + ("queued",) * 2 + ("ivr",))
    }
    states = await asyncio.to_thread(
        until, "everybody is in his place", lambda: here.states() == expected and here.states()
    )
    assert states == expected
    pids = {name: centre.pid(name) for name in ("board", "signalling", "writer")}
    died = time.monotonic()
    centre.kill(process)
    everybody = [*talking, *waiting, in_ivr, echo]
    async with asyncio.timeout(BACK_WITHIN_S):
        endings = await asyncio.gather(*(call.ended for call in everybody))
    assert {ending.by for ending in endings} == {"far"}, "every far end gets BYE"
    byes_s = time.monotonic() - died

    def is_back() -> bool:
        health = centre.health()
        return bool(
            health
            and health["status"] == "ok"
            and centre.facts["pids"].get(process) not in (None, pids[process])
        )

    await asyncio.to_thread(until, "the board is taken in", is_back, BACK_WITHIN_S)
    back_s = time.monotonic() - died
    again = await here.caller(first + 10, "9120")
    await here.hears_an_agent(again)
    heard_s = time.monotonic() - died
    print(
        {
            "killed": process,
            "byes_s": round(byes_s, 2),
            "taken_s": round(back_s, 2),
            "heard_s": round(heard_s, 2),
        }
    )
    await lost_and_a_task(here, first)
    await both_directions(here, again, first + 10)


async def lost_and_a_task(here: Here, first: int) -> None:
    rows = await asyncio.to_thread(here.centre.calls, outcome="lost")
    lost = {row["from"][-11:]: row for row in rows}
    tasks = await asyncio.to_thread(open_tasks, here.centre)
    for number in (f"1370000{first + n:04}" for n in range(5)):
        assert lost[number]["state"] == "ended" and lost[number]["ended_by"] == "lost"
        assert tasks[number]["reason"] == "lost", tasks.get(number)
    assert f"1370000{first + 10:04}" not in tasks


async def both_directions(here: Here, call: PhoneCall, number: int) -> None:
    await asyncio.sleep(2.0)
    call.hang_up()
    await call.ended
    (recording,) = await asyncio.to_thread(until, "the recording is saved", lambda: here.recordings(number))
    sound = await asyncio.to_thread(here.centre.request, "GET", recording["url"])
    left, right = channels(sound.content, here.folder)
    assert tone_share(left, CALLER_HZ) > 0.9 and tone_share(right, AGENT_HZ) > 0.9


def test_the_writer_killed_under_calls_costs_no_call(staffed: tuple[Centre, Path]):
    run(staffed, writer_killed)


async def writer_killed(here: Here) -> None:
    centre = here.centre
    call = await here.caller(300, "9120")
    await here.hears_an_agent(call)
    await asyncio.sleep(1.5)
    old = {name: centre.pid(name) for name in ("board", "signalling", "writer")}
    centre.kill("writer")
    call.sound.forget()
    await asyncio.sleep(2.0)
    assert not call.ended.done()
    assert max(call.sound.gaps_s()) < 0.1
    await here.hears_an_agent(call)
    (recording,) = await asyncio.to_thread(here.recordings, 300, "talking")
    sound = (await asyncio.to_thread(centre.request, "GET", recording["url"])).content
    with wave.open(io.BytesIO(sound)) as wav:
        assert wav.getnchannels() == 2 and wav.getnframes() >= 8000
        assert len(wav.readframes(wav.getnframes())) == wav.getnframes() * 4, "a readable WAV to its end"
    await asyncio.to_thread(
        until,
        "a new writer",
        lambda: centre.facts["pids"].get("writer") not in (None, old["writer"]),
        BACK_WITHIN_S,
    )
    assert (centre.pid("signalling"), centre.pid("board")) == (old["signalling"], old["board"])
    await both_directions(here, call, 300)
    (recording,) = await asyncio.to_thread(here.recordings, 300)
    talk_s = (await asyncio.to_thread(centre.calls, number="13700000300"))[0]["talk_s"]
    assert abs(recording["duration_s"] - talk_s) < 1.0, "the file goes on where the dead writer left it"
    again = await here.caller(301, "9120")
    await here.hears_an_agent(again)
    await both_directions(here, again, 301)
