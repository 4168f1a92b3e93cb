"""A telephone calls 400 and reaches the agent of a real window, who hears and is heard; then things die.

A real demo, a real `./zongji desktop` process under Xvfb, a real `desk_voice` over PulseAudio null
sinks for a headset, and a softphone. What is dead is killed with -9.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from app.cli.benches.window_centre import Screen
from drivers.telephony.bench_voice import RATE_HZ, Ear, Sound
from drivers.telephony.caller import CallingPhone, PhoneCall
from tests.scenarios.harness import ROOT, Centre
from tests.scenarios.people import tone_wav
from tests.scenarios.seats import LOUD, loudness

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(
        not all(map(shutil.which, ("pulseaudio", "parec", "pacat", "Xvfb"))),
        reason="PulseAudio or Xvfb is missing",
    ),
]
AGENT = "a01"
CALLER_HZ, AGENT_HZ = 700.0, 1000.0


class Window:
    """One `desktop` process; dies with `kill`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.last: dict[str, Any] = {}

    async def do(self, **wish: str) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(wish).encode() + b"\n")
        self.last = json.loads(await asyncio.wait_for(self.process.stdout.readline(), 20))
        return self.last

    async def shows(self, within_s: float = 15.0, **wanted: Any) -> dict[str, Any]:
        """Until the screen has these; a part is named `parts="slip"`."""

        def fits() -> bool:
            return all(
                value in self.last["parts"] if name == "parts" else self.last.get(name) == value
                for name, value in wanted.items()
            )

        until_s = time.monotonic() + within_s
        while await self.do() and not fits():
            assert time.monotonic() < until_s, (wanted, self.last)
            await asyncio.sleep(0.05)
        return self.last

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


class Desk:
    """Headset, screen and centre; opens windows of one agent on them."""

    def __init__(self, centre: Centre, sound: Sound, screen: Screen) -> None:
        self.centre, self.sound, self.screen = centre, sound, screen
        self.log = centre.folder / "desktop.log"

    @asynccontextmanager
    async def window(self) -> AsyncIterator[Window]:
        password = self.sound.folder / "password"
        password.write_text(self.centre.password(AGENT))
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.desktop.watched_window", "--server", self.centre.facts["http"],
                "--user", AGENT, "--password-file", str(password), "--ready",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, cwd=ROOT,
                env={**self.sound.environment, **self.screen.environment},
            )  # fmt: skip
        try:
            yield Window(process)
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()

    async def voice(self) -> dict[str, Any]:
        """The state of `desk_voice`, its pid among it."""
        path = self.sound.folder / "zongji" / "desk_voice.sock"
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b'{"do": "state", "id": 9}\n')
        while (state := json.loads(await reader.readline())).get("id") != 9:
            pass
        writer.close()
        return dict(state)

    def number(self) -> tuple[str, str]:
        """A customer's name and number."""
        row = self.centre.get("/api/v1/records/customer?limit=1")["items"][0]
        return row["name"], row["phone"]

    def end_voice(self) -> None:
        os.kill(asyncio.run(self.voice())["pid"], signal.SIGTERM)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    screen, sound = Screen(), Sound(folder)
    tone_wav(folder / "caller.wav", CALLER_HZ)
    at = np.arange(RATE_HZ * 120)
    (folder / "agent.raw").write_bytes(
        (8000 * np.sin(at * 2 * np.pi * AGENT_HZ / RATE_HZ)).astype("<i2").tobytes()
    )
    try:
        with Centre(folder / "demo") as centre:
            yield (desk := Desk(centre, sound, screen))
            desk.end_voice()
            assert centre.log_lines("internal_error") == []
            assert "Traceback" not in desk.log.read_text()
    finally:
        sound.close()
        screen.close()


async def so(what: str, holds: Callable[[], Any], within_s: float = 10.0) -> Any:
    until_s = time.monotonic() + within_s
    while not (answer := holds()):
        assert time.monotonic() < until_s, f"not within {within_s} s: {what}"
        await asyncio.sleep(0.05)
    return answer


def longest_silence_s(sound: np.ndarray) -> float:
    """Of what should be a tone all along."""
    frames = np.abs(sound[: len(sound) // 80 * 80].astype(int)).reshape(-1, 80).max(axis=1)
    quiet = np.flatnonzero(np.diff(np.concatenate(([0], (frames < 1000).astype(int), [0]))))
    return max((quiet[1::2] - quiet[::2]) * 0.01, default=0.0)


@asynccontextmanager
async def talking(desk: Desk, window: Window) -> AsyncIterator[tuple[PhoneCall, str]]:
    """The window's agent talks with a customer who has pressed 1; each says his tone."""
    name, number = desk.number()
    phone = await CallingPhone.open(desk.centre.sip)
    await window.shows(state="ready", link="online", within_s=30)
    call = await phone.call("400", number)
    assert await call.answered()
    call.say(desk.sound.folder / "caller.wav")
    call.press("1")
    await window.shows(state="ringing", caller_name=name, parts="call_answer")
    await window.do(press="F2")
    await window.shows(state="talking", parts="call_hang_up")
    mouth = desk.sound.play(desk.sound.folder / "agent.raw")
    try:
        await so("the caller hears the agent", lambda: loudness(call.sound.heard(0.6), AGENT_HZ) > LOUD)
        yield call, name
    finally:
        mouth.kill()
        mouth.wait()
        await phone.close()


@pytest.mark.req("A1", "A7", "A13", "T23", "D4")
def test_a_call_to_400_is_answered_worked_printed_and_wrapped_up(desk: Desk):
    async def story() -> None:
        ear = Ear(desk.sound)
        async with desk.window() as window, talking(desk, window) as (call, _):
            heard = lambda: np.concatenate(ear.samples[-100:] or [np.zeros(1)])[::6]  # noqa: E731
            await so("the agent hears the caller", lambda: loudness(heard(), CALLER_HZ) > LOUD)
            await window.do(press="Ctrl+N")
            await window.shows(focus="order_description")
            await window.do(type="not cooling")
            await window.do(press="Ctrl+Return")
            seen = await so_shown(window, "order")
            order = desk.centre.get(f"/api/v1/records/work_order?number={seen['order']}")["items"][0]
            assert order["description"] == "not cooling" and order["call_id"]
            await window.do(press="Ctrl+P")
            await window.shows(parts="slip_page_1")
            await window.do(press="Esc")
            call.hang_up()
            await window.shows(state="wrap_up")
            await window.shows(focus="wrap_notes")
            await window.do(type="told him")
            await wrap_up(window)
            summary = desk.centre.get(f"/api/v1/calls/{order['call_id']}")["summary"]
            assert summary["notes"] == "told him"
        ear.close()
        shown = [_row(line) for line in desk.log.read_text().splitlines()]
        pops = [row["call_id"] for row in shown if row.get("event") == "screen_pop_shown"]
        assert pops.count(order["call_id"]) == 1

    asyncio.run(story())


@pytest.mark.req("A1", "T21")
def test_voice_and_words_outlive_a_killed_window_and_a_killed_server(desk: Desk):
    async def story() -> None:
        async with desk.window() as first, talking(desk, first) as (call, name):
            pid = (await desk.voice())["pid"]
            await first.do(press="Ctrl+N")
            await first.do(type="fridge warm")
            await asyncio.sleep(1.5)  # a draft is kept every second
            call.sound.forget()
            await first.kill()
            async with desk.window() as window:
                await window.shows(state="talking", caller_name=name, within_s=30)
                await window.do(press="Ctrl+N")
                await window.shows(description="fridge warm")
                voice = await desk.voice()
                assert voice["pid"] == pid and voice["line"] == "heard"
                server = desk.centre.kill("server")
                await window.shows(parts="lost_strip")
                await window.do(type=", freezer fine")
                assert "lost_strip" in window.last["parts"]
                await so("another server", lambda: desk.centre.pid("server") != server)
                await window.shows(link="online", state="talking", within_s=30)
                assert "lost_strip" not in window.last["parts"]
                assert window.last["description"].count("freezer fine") == 1
                voice = await desk.voice()
                assert voice["pid"] == pid and voice["line"] == "heard"
                sound, gaps = call.sound.heard(), call.sound.gaps_s()
                assert loudness(call.sound.heard(0.6), AGENT_HZ) > LOUD
                print(
                    f"caller's longest silence {1000 * longest_silence_s(sound):.0f} ms, "
                    f"longest packet gap {1000 * gaps.max():.0f} ms of {len(gaps)}"
                )
                assert len(sound) > 2 * 8000 and longest_silence_s(sound) < 0.1
                assert np.quantile(gaps, 0.999) < 0.06
                await window.do(press="F12")
                await window.shows(state="wrap_up")
                await wrap_up(window)

    asyncio.run(story())


async def wrap_up(window: Window) -> None:
    for field in ("business_line", "type", "status"):
        await window.do(into=f"wrap_{field}", press="2")
    await window.do(press="Ctrl+Return")
    await window.shows(state="ready")


async def so_shown(window: Window, name: str) -> dict[str, Any]:
    """Until the screen has any value under this name."""
    until_s = time.monotonic() + 10
    while not (await window.do()).get(name):
        assert time.monotonic() < until_s, (name, window.last)
        await asyncio.sleep(0.05)
    return window.last


def _row(line: str) -> dict[str, Any]:
    return dict(json.loads(line)) if line.startswith("{") else {}
