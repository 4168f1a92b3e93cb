"""The writer process: recorded frames from the shared ring into WAV files.

Run as `python -m drivers.telephony.exchange.writer --control-fd N --ring-fd N`. Left
channel: what the recorded channel says; right: what it hears. Files grow every quarter of
a second and are readable WAVs at every moment, so a crash loses at most that. Ticks that
never came (the ring was full, media got no time) become silence of the same length.
"""

import argparse
import os
import select
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from . import control
from .recorder import END, SOUND, Ring
from .wav import GrowingWav

FLUSH_S: Final = 0.25
FRAME_BYTES: Final = 640
LONGEST_GAP_TICKS: Final = 3000  # 60 s; a longer gap is no gap but a mistake
UNNAMED_BYTES: Final = 30 * 32000  # sound kept of a recorder whose WriterOpen has not come


class _Recording:
    """One recorder's file, or its sound waiting for a name."""

    def __init__(self) -> None:
        self.wav: GrowingWav | None = None
        self.path = ""
        self.waiting = bytearray()
        self.next_tick = -1
        self.ended = False
        self.failed = False

    def take(self, tick: int, frame: bytes) -> None:
        if self.failed or (self.wav is None and len(self.waiting) > UNNAMED_BYTES):
            return
        if 0 <= self.next_tick < tick <= self.next_tick + LONGEST_GAP_TICKS:
            self.waiting += bytes((tick - self.next_tick) * FRAME_BYTES)
        self.waiting += frame
        self.next_tick = tick + 1


class Recordings:
    """All files of the process. `reports` collects what signalling should know."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._recordings: dict[int, _Recording] = {}
        self.reports: list[control.AnyWriterReport] = []

    def __len__(self) -> int:
        return len(self._recordings)

    def obey(self, command: control.AnyWriterControl) -> None:
        """WriterOpen or WriterClose."""
        match command:
            case control.WriterOpen(rec=rec, path=path, resume=resume):
                recording = self._recordings.setdefault(rec, _Recording())
                recording.path = path
                try:
                    recording.wav = GrowingWav(Path(path), resume=resume)
                except OSError as error:
                    self._fail(rec, recording, error)
            case control.WriterClose(rec=rec):
                if rec in self._recordings:
                    self._recordings[rec].ended = True
            case control.WriterStop():
                for recording in self._recordings.values():
                    recording.ended = True

    def drain(self) -> None:
        """Take everything out of the ring, then let every file grow."""
        slots = self._ring.waiting()
        for ahead in range(slots):
            tick, ids, flags, frames = self._ring.peek(ahead)
            for row, (rec, flag) in enumerate(zip(ids.tolist(), flags.tolist(), strict=True)):
                recording = self._recordings.get(rec)
                if recording is None:
                    recording = self._recordings[rec] = _Recording()
                if flag & SOUND:
                    recording.take(tick, frames[row].tobytes())
                if flag & END:
                    recording.ended = True
        self._ring.release(slots)
        for rec in list(self._recordings):
            self._grow(rec, self._recordings[rec])

    def _grow(self, rec: int, recording: _Recording) -> None:
        if recording.wav is not None and recording.waiting:
            try:
                recording.wav.append(recording.waiting)
            except OSError as error:
                self._fail(rec, recording, error)
            recording.waiting.clear()
        if recording.ended and recording.path:
            self._finish(rec, recording)

    def _finish(self, rec: int, recording: _Recording) -> None:
        duration_s = 0.0
        if recording.wav is not None:
            duration_s = recording.wav.duration_s
            try:
                recording.wav.close()
            except OSError as error:
                self._fail(rec, recording, error)
        self.reports.append(control.WriterSaved(rec=rec, path=recording.path, duration_s=duration_s))
        del self._recordings[rec]

    def _fail(self, rec: int, recording: _Recording, error: OSError) -> None:
        if not recording.failed:
            reason = error.strerror or str(error)
            self.reports.append(control.WriterFailed(rec=rec, path=recording.path, reason=reason))
        recording.failed = True


class Writer:
    """The process around the recordings."""

    def __init__(self, control_fd: int, ring_fd: int) -> None:
        self._control = socket.socket(fileno=control_fd)
        self._control.setblocking(False)
        self._recordings = Recordings(Ring(ring_fd))
        self._unsent: deque[bytes] = deque()
        self._running = True

    def run(self) -> None:
        """Until WriterStop, or signalling is gone; then every file is finished."""
        while self._running:
            began_s = time.monotonic()
            self._obey()
            self._recordings.drain()
            self._report()
            rest_s = FLUSH_S - (time.monotonic() - began_s)
            if self._running and rest_s > 0:
                select.select([], [], [], rest_s)
        time.sleep(FLUSH_S)  # media's last ticks
        self._recordings.drain()
        self._recordings.obey(control.WriterStop())
        self._recordings.drain()
        self._report()

    def _obey(self) -> None:
        while True:
            try:
                datagram = self._control.recv(control.LARGEST_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except OSError:
                datagram = b""
            if not datagram:
                self._running = False
                return
            for command in control.unpack_writer_controls(datagram):
                self._running = self._running and not isinstance(command, control.WriterStop)
                self._recordings.obey(command)

    def _report(self) -> None:
        self._unsent.extend(control.pack(self._recordings.reports))
        self._recordings.reports.clear()
        try:
            while self._unsent:
                self._control.send(self._unsent[0])
                self._unsent.popleft()
        except OSError:
            pass  # full: next time; gone: recv sees it


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0."""
    parser = argparse.ArgumentParser(description="The writer process of a Zongji board (started by it).")
    parser.add_argument("--control-fd", type=int, required=True)
    parser.add_argument("--ring-fd", type=int, required=True)
    given = parser.parse_args(arguments)
    try:
        os.nice(5)  # behind media and signalling
    except OSError:
        pass
    try:
        Writer(given.control_fd, given.ring_fd).run()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
