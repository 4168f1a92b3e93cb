"""`desk_voice` as a process, with PyAudio and PulseAudio null sinks for a headset.

The board's end of the leg is played here: hello, RTP both ways, in real time.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.telephony.bench_voice import RATE_HZ as RATE
from drivers.telephony.bench_voice import (
    TOKEN,
    Caller,
    Ear,
    Sound,
    delays_s,
    join_caller_and_desk,
    start_exchange,
)
from drivers.telephony.exchange.processes import SoundProcesses

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(
        not (shutil.which("pulseaudio") and shutil.which("parec")), reason="PulseAudio is not installed"
    ),
]
BURSTS = int(os.environ.get("ZONGJI_BURSTS", "25"))


class Window:
    """A window's end of the control socket."""

    def __init__(self, path: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(15)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw", encoding="utf-8")

    def say(self, **message: object) -> dict[str, object]:
        print(json.dumps({**message, "id": 7}), file=self.file, flush=True)
        return self.until(lambda event: event.get("id") == 7)

    def until(self, wanted) -> dict[str, object]:
        for line in self.file:
            if wanted(event := json.loads(line)):
                return event
        raise AssertionError("desk_voice has closed the socket")


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[Sound]:
    sound = Sound(tmp_path)
    yield sound
    sound.close()


@pytest.fixture
def voice(sound: Sound) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, object]]]:
    process = sound.run(
        sys.executable,
        "-m",
        "drivers.telephony.desk",
        "--directory",
        str(sound.folder),
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    ready = json.loads(process.stdout.readline())
    yield process, ready
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()


@pytest.fixture
def window(voice) -> Iterator[Callable[[], Window]]:
    """Opens windows, and closes them after the test."""
    opened: list[Window] = []

    def open_one() -> Window:
        opened.append(Window(voice[1]["path"]))
        return opened[-1]

    yield open_one
    for one in opened:
        one.file.close()
        one.socket.close()


@pytest.fixture
def board() -> Iterator[Caller]:
    """The board's end of a desk leg, played here."""
    board = Caller()
    yield board
    board.close()


@pytest.fixture
def ear(sound: Sound) -> Iterator[Ear]:
    ear = Ear(sound)
    yield ear
    ear.close()


@pytest.fixture
def exchange() -> Iterator[tuple[SoundProcesses, int]]:
    """Real media and writer processes with one socket: (processes, its port)."""
    processes, port = start_exchange()
    yield processes, port
    processes.stop()


@pytest.mark.req("A1", "T21")
def test_a_caller_is_heard_in_the_headset_through_the_exchange_in_time(sound, window, exchange, board, ear):
    """From the caller's RTP packet into the exchange to its sound out of the headphones."""
    processes, port = exchange
    caller = board  # the same thread of bursts, here as a telephone that knows where to send
    caller.desk = ("127.0.0.1", port)
    join_caller_and_desk(processes, caller.port)
    first = window()
    first.until(lambda e: e["event"] == "state" and e["headset"])
    first.say(do="connect", host="127.0.0.1", port=port, token=TOKEN.hex())
    first.until(lambda e: e["event"] == "line_heard")
    begun = len(ear.bursts)
    deadline_s = time.monotonic() + BURSTS * 0.4 + 8
    while len(ear.bursts) < begun + BURSTS and time.monotonic() < deadline_s:
        time.sleep(0.1)
    delays = delays_s(caller.bursts, ear.bursts)
    percents = np.percentile(np.array(delays) * 1000, [50, 90, 99])
    print(
        "caller's RTP to headphones, ms: median {:.0f}, p90 {:.0f}, p99 {:.0f}".format(*percents), len(delays)
    )
    assert len(delays) >= BURSTS // 2
    assert percents[0] < 120
    assert percents[1] < 200  # shared machines stall; on a quiet one p99 is under 160


@pytest.mark.req("A1")
def test_the_line_reaches_the_ear_in_time_and_the_window_may_die(sound, window, board, ear):
    first = window()
    first.until(lambda e: e["event"] == "state" and e["headset"])
    first.say(do="connect", host="127.0.0.1", port=board.port, token=TOKEN.hex())
    first.until(lambda e: e["event"] == "line_heard")
    first.socket.shutdown(socket.SHUT_RDWR)  # the window dies while talking
    deadline_s = time.monotonic() + 14
    while len(ear.bursts) < 25 and time.monotonic() < deadline_s:
        time.sleep(0.1)
    delays = [min(h - s for h in ear.bursts if h > s) for s in board.bursts[:25] if s < ear.bursts[-1]]
    median_ms = 1000 * statistics.median(delays)
    print("board's RTP to headphones, ms:", *(f"{1000 * delay:.0f}" for delay in delays))
    assert len(delays) >= 20
    assert median_ms < 110
    again = window()  # the new window finds it
    state = again.say(do="state")
    assert state["line"] == "heard"
    gaps = np.diff([at for at, _ in board.heard])
    assert [
        (b.seq - a.seq) & 0xFFFF for (_, a), (_, b) in zip(board.heard, board.heard[1:], strict=False)
    ] == [1] * (len(board.heard) - 1)
    assert np.quantile(gaps, 0.99) < 0.1


def test_the_microphone_reaches_the_board_and_mute_silences_it(sound, window, board):
    at = np.arange(RATE)
    (sound.folder / "mouth.raw").write_bytes(
        (8000 * np.sin(at * 2 * np.pi * 700 / RATE)).astype("<i2").tobytes() * 12
    )
    first = window()
    first.until(lambda e: e["event"] == "state" and e["headset"])
    player = sound.play(sound.folder / "mouth.raw")
    first.say(do="connect", host="127.0.0.1", port=board.port, token=TOKEN.hex())
    first.say(do="levels", on=True)
    level = first.until(lambda e: e["event"] == "levels" and e["microphone_dbfs"] > -30)
    assert level["microphone_dbfs"] == pytest.approx(-15.2, abs=1.5)
    began = len(board.heard)
    while len(board.heard) < began + 75:
        time.sleep(0.05)
    spoken = board.voice()[-8000:].astype(float)
    spectrum = np.abs(np.fft.rfft(spoken * np.hanning(8000)))
    assert abs(int(spectrum.argmax()) - 700) <= 2
    assert first.say(do="mute", muted=True)["muted"] is True
    began = len(board.heard)
    while len(board.heard) < began + 30:
        time.sleep(0.05)
    assert np.abs(board.voice()[-1600:]).max() <= 8
    player.kill()
    player.wait()


def test_a_dead_sound_server_is_told_and_found_again(sound, window, board):
    first = window()
    first.until(lambda e: e["event"] == "state" and e["headset"])
    first.say(do="connect", host="127.0.0.1", port=board.port, token=TOKEN.hex())
    first.until(lambda e: e["event"] == "line_heard")
    sound.server.kill()
    sound.server.wait()
    lost = first.until(lambda e: e["event"] == "headset_lost")
    assert lost["reason"]
    time.sleep(0.1)
    began = len(board.heard)
    time.sleep(0.5)
    assert len(board.heard) == began  # nobody is there to be heard: the board must notice
    (sound.folder / "native").unlink(missing_ok=True)
    sound.server = sound.start()
    first.until(lambda e: e["event"] == "headset_back")
    while len(board.heard) < began + 50:  # and he is heard again
        time.sleep(0.05)
    board.sending = False
    assert first.until(lambda e: e["event"] == "line_lost")["silent_s"] >= 3.0
