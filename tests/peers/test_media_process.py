"""The media and the writer process over real sockets, in real time."""

import asyncio
import contextlib
import os
import signal
import socket
import time
import wave
from collections.abc import Callable, Coroutine, Iterator

import numpy as np
import pytest

from drivers.telephony.exchange import control as c
from drivers.telephony.exchange.processes import (
    SoundProcesses,
    send_messages,
    send_sockets,
    start_processes,
)
from drivers.telephony.sound.softphone_rtp import SoftPhone
from drivers.telephony.sound.tones import sine

pytestmark = pytest.mark.peer


class Board:
    """Signalling's part, by hand: one shared socket, channel n for the nth phone."""

    def __init__(self, processes: SoundProcesses) -> None:
        self.processes = processes
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
            send_sockets(processes.media_socket, [(0, sock)])
        self.reports: list[c.AnyReport] = []
        self.saved: list[c.AnyWriterReport] = []
        self.phones: list[SoftPhone] = []

    def tell(self, *orders: c.AnyControl) -> None:
        send_messages(self.processes.media_socket, orders)

    async def phone(self, ch: int, event: int = -1) -> SoftPhone:
        phone = await SoftPhone.open()
        host, port = phone.address
        self.tell(
            c.OpenChannel(ch=ch, gen=1, sock=0),
            c.SetRemote(ch=ch, gen=1, host=host, port=port, event=event),
        )
        phone.connect("127.0.0.1", self.port, event=event)
        self.phones.append(phone)
        return phone

    def run(self, call: Callable[[], Coroutine[None, None, None]]) -> None:
        """The call, and every phone put down after it."""

        async def whole() -> None:
            try:
                await call()
            finally:
                for phone in self.phones:
                    phone.close()

        asyncio.run(whole())

    async def until(self, wanted, timeout_s: float = 8.0) -> None:
        """Read reports until `wanted()`."""
        end_s = time.monotonic() + timeout_s
        while not wanted():
            assert time.monotonic() < end_s, (self.reports, self.saved)
            with contextlib.suppress(BlockingIOError):
                if datagram := self.processes.media_socket.recv(65536):  # empty: the process is gone
                    self.reports += c.unpack_reports(datagram)
            with contextlib.suppress(BlockingIOError):
                self.saved += c.unpack_writer_reports(self.processes.writer_socket.recv(65536))
            await asyncio.sleep(0.01)

    def digits(self) -> str:
        return "".join(r.digit for r in self.reports if isinstance(r, c.Digit))


@pytest.fixture
def board() -> Iterator[Board]:
    processes = start_processes(8)
    try:
        yield Board(processes)
    finally:
        processes.stop()


def loudness(sound: np.ndarray, hz: float) -> float:
    return float(2 * np.abs(np.mean(sound * np.exp(-2j * np.pi * hz * np.arange(len(sound)) / 8000))))


def test_media_says_first_that_it_hears(board):
    async def begin() -> None:
        await board.until(lambda: board.reports)
        assert isinstance(board.reports[0], c.Ready)

    board.run(begin)


@pytest.mark.req("T17", "R1", "T21")
def test_two_phones_talk_press_keys_and_are_recorded(board, tmp_path):
    async def call() -> None:
        caller, agent = await board.phone(0, event=101), await board.phone(1, event=101)
        board.tell(*(c.SetRoom(ch=ch, gen=1, room=1) for ch in (0, 1)))
        caller.say(sine(440, 60.0), loop=True)
        agent.say(sine(1000, 60.0), loop=True)
        await board.until(lambda: sum(isinstance(r, c.Heard) for r in board.reports) == 2)
        send_messages(board.processes.writer_socket, [c.WriterOpen(rec=1, path=str(tmp_path / "a.wav"))])
        board.tell(c.StartRecorder(rec=1, ch=0, gen=1))
        await board.until(lambda: agent.received > 60 and caller.received > 60)
        assert loudness(agent.heard(0.4), 440) > 1000 > 100 > loudness(agent.heard(0.4), 1000)
        assert loudness(caller.heard(0.4), 1000) > 1000
        caller.press("159#")
        await board.until(lambda: agent.digits == board.digits() == "159#")
        board.tell(c.StopRecorder(rec=1), *(c.CloseChannel(ch=ch, gen=1) for ch in (0, 1)))
        await board.until(lambda: board.saved)
        assert float(np.percentile(agent.gaps_s(), 50)) == pytest.approx(0.02, abs=0.004)

    board.run(call)
    (saved,) = board.saved
    with wave.open(saved.path) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2).astype(float)
    assert saved.duration_s == len(sound) / 8000 > 1.0
    early = sound[1600:6400]
    assert loudness(early[:, 0], 440) > 1000 > 100 > loudness(early[:, 1], 440)
    assert loudness(early[:, 1], 1000) > 1000
    lost = [r.lost for r in board.reports if isinstance(r, c.ChannelStats)]
    assert lost == [0, 0]


@pytest.mark.req("T21")
def test_keys_in_the_sound_are_read_and_a_prompt_is_heard(board):
    async def call() -> None:
        board.tell(board.processes.sounds.add(sine(700, 0.4)))
        phone = await board.phone(0)
        board.tell(c.PlaySounds(ch=0, gen=1, op=5, sounds=[0]))
        await board.until(lambda: c.PlayDone(ch=0, gen=1, op=5) in board.reports)
        assert max(loudness(phone.heard()[k : k + 800], 700) for k in range(0, 4000, 800)) > 1000
        phone.press("0*D")
        await board.until(lambda: board.digits() == "0*D")

    board.run(call)


@pytest.mark.req("R1")
def test_a_killed_media_process_leaves_a_readable_recording(board, tmp_path):
    path = tmp_path / "a.wav"

    async def call() -> None:
        phone = await board.phone(0)
        phone.say(sine(440, 60.0))
        send_messages(board.processes.writer_socket, [c.WriterOpen(rec=1, path=str(path))])
        board.tell(c.StartRecorder(rec=1, ch=0, gen=1))
        await board.until(lambda: sum(isinstance(r, c.TickStats) for r in board.reports) == 2)
        os.kill(board.processes.media.pid, signal.SIGKILL)
        killed_after = phone.sent / 50
        send_messages(board.processes.writer_socket, [c.WriterClose(rec=1)])
        await board.until(lambda: board.saved)
        assert board.saved[0].duration_s > killed_after - 1.0

    board.run(call)
    with wave.open(str(path)) as file:
        assert file.getnframes() == round(board.saved[0].duration_s * 8000)


def test_both_processes_end_when_signalling_is_gone():
    processes = start_processes(2)
    processes.media_socket.close()
    processes.writer_socket.close()
    assert (processes.media.wait(10), processes.writer.wait(10)) == (0, 0)
    processes.reap()
