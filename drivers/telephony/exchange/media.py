"""The media process: the exchange's tick, every 20 ms, over real sockets.

Run as `python -m drivers.telephony.exchange.media --control-fd N --sound-fd N --writer-fd N
--channels N`. Owns the clock and the sockets; decides nothing. No asyncio, no threads, no
locks, no log, no files: what it has to say it reports to signalling.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = (
    "1"  # before numpy: no second busy thread
)

import argparse
import array
import gc
import mmap
import resource
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from . import control
from .datagrams import Datagrams
from .recorder import Ring
from .tick import Exchange

TICK_S = 0.02
LATE_S = 0.005
STATS_TICKS = 50
DATAGRAMS_A_TICK = 64
WAITING_REPORTS = 20000


class Media:
    """One running board's sound."""

    def __init__(self, control_fd: int, sound_fd: int, writer_fd: int, channels: int) -> None:
        self._control = socket.socket(fileno=control_fd)
        self._control.setblocking(False)
        self._sound_fd = sound_fd
        seed = int.from_bytes(os.urandom(8), "big")
        self._exchange = Exchange(channels, self._map_sound(), Ring(writer_fd), seed)
        self._datagrams = Datagrams(channels)
        self._reports: deque[control.AnyReport] = deque(maxlen=WAITING_REPORTS)
        self._unsent: deque[bytes] = deque()
        self._running = True
        self._took_s: list[float] = []
        self._late = 0
        self._skipped = 0

    def _map_sound(self) -> NDArray[np.int16]:
        size = os.fstat(self._sound_fd).st_size & ~1
        if not size:
            return np.zeros(0, np.int16)
        return np.frombuffer(mmap.mmap(self._sound_fd, size, prot=mmap.PROT_READ), np.int16)

    def run(self) -> None:
        """Tick on the absolute schedule until told to stop, or signalling is gone."""
        self._reports.append(control.Ready())
        due_s = time.monotonic()
        skipped = 0
        while self._running:
            began_s = time.monotonic()
            self._tick(skipped)
            done_s = time.monotonic()
            self._took_s.append(done_s - began_s)
            self._late += began_s - due_s > LATE_S
            due_s += TICK_S
            # Less than a tick behind: run the next one at once. More: leave those out, so that
            # nobody gets a burst and everybody's clock stays right.
            skipped = max(0, int((time.monotonic() - due_s) / TICK_S))
            self._skipped += skipped
            due_s += skipped * TICK_S
            if len(self._took_s) >= STATS_TICKS:
                self._report_stats()
            rest_s = due_s - time.monotonic()
            if rest_s > 0:
                time.sleep(rest_s)
        self._datagrams.close()

    def _tick(self, skipped: int) -> None:
        self._obey()
        exchange = self._exchange
        outgoing = exchange.tick(self._datagrams.receive(), skipped)
        self._datagrams.send(outgoing, exchange.addresses)
        if exchange.reports:
            self._reports.extend(exchange.reports)
            exchange.reports.clear()
        if self._reports or self._unsent:
            self._send_reports()

    def _obey(self) -> None:
        for _ in range(DATAGRAMS_A_TICK):
            try:
                datagram, ancillary, _, _ = self._control.recvmsg(
                    control.LARGEST_DATAGRAM_BYTES, socket.CMSG_SPACE(64 * 4)
                )
            except BlockingIOError:
                return
            except OSError:
                datagram, ancillary = b"", []
            if not datagram:
                self._running = False
                return
            fds = array.array("i")
            for level, kind, data in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
            waiting = deque(fds)
            for command in control.unpack_controls(datagram):
                self._obey_one(command, waiting)
            for fd in waiting:
                os.close(fd)

    def _obey_one(self, command: control.AnyControl, fds: deque[int]) -> None:
        match command:
            case control.AddSocket():
                if fds:
                    self._datagrams.add(command.sock, fds.popleft())
            case control.Stop():
                self._running = False
            case control.AddSound(start=start, length=length):
                if start + length > len(self._exchange.memory):
                    self._exchange.memory = self._map_sound()
                if start >= 0 and 0 <= length <= len(self._exchange.memory) - start:
                    self._exchange.obey(command)
            case _:
                self._exchange.obey(command)

    def _send_reports(self) -> None:
        """As much as signalling takes now; the rest waits, never the tick."""
        self._unsent.extend(control.pack(self._reports))
        self._reports.clear()
        try:
            while self._unsent:
                self._control.send(self._unsent[0])
                self._unsent.popleft()
        except BlockingIOError:
            if len(self._unsent) > WAITING_REPORTS:
                self._unsent.popleft()
        except OSError:
            self._running = False

    def _report_stats(self) -> None:
        took_ms = np.sort(np.array(self._took_s)) * 1000
        recorders, secured = self._exchange.recorders, self._exchange.secured
        self._reports.append(
            control.TickStats(
                ticks=len(took_ms),
                late=self._late,
                p50_ms=float(took_ms[len(took_ms) // 2]),
                p99_ms=float(took_ms[int(len(took_ms) * 0.99)]),
                max_ms=float(took_ms[-1]),
                channels=self._exchange.open_channels,
                skipped=self._skipped,
                recorder_dropped=recorders.dropped,
                refused=secured.refused,
            )
        )
        self._took_s.clear()
        self._late = self._skipped = recorders.dropped = secured.refused = 0
        gc.collect(0)  # the only collection, after the sending


def _be_first() -> None:
    """Ask for what the machine may give: real-time scheduling, else a better nice value."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
        return
    except OSError:
        pass
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    except OSError:
        pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 after Stop or when signalling is gone."""
    parser = argparse.ArgumentParser(description="The media process of a Zongji board (started by it).")
    for name in ("--control-fd", "--sound-fd", "--writer-fd", "--channels"):
        parser.add_argument(name, type=int, required=True)
    given = parser.parse_args(arguments)
    _be_first()
    media = Media(given.control_fd, given.sound_fd, given.writer_fd, given.channels)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        media.run()
    except KeyboardInterrupt:
        return 0
    except msgspec.DecodeError as error:
        print(f"media: signalling speaks another language: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
