"""Recordings under way: which recorder writes which file, and who wants to know when it is whole.

Knows numbers and paths; the sound goes from media to the writer without us.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from drivers.protocol.telephony import RecordingState
from drivers.telephony.board.media import Voice
from drivers.telephony.exchange import control as c

Saved = Callable[[str, float, float], None]  # file, duration_s, started_utc


class BadFileName(Exception):
    """The file would lie outside the recordings' folder."""


@dataclass(slots=True)
class Recording:
    rec: int
    name: str
    leg: str
    file: str
    started_utc: float
    saved: Saved
    paused: bool = False
    stopping: bool = False


class Recordings:
    """folder: media.recordings. to_media, to_writer: to the processes of the moment."""

    def __init__(
        self, folder: Path, to_media: Callable[[Struct], None], to_writer: Callable[[Struct], None],
        utc: Callable[[], float],
    ) -> None:  # fmt: skip
        self._folder, self._to_media, self._to_writer, self._utc = folder, to_media, to_writer, utc
        self._running: dict[int, Recording] = {}
        self._numbers = 0

    def start(self, name: str, leg: str, voice: Voice, file: str, saved: Saved) -> Recording:
        """Record a channel from the next tick on.

        Raises:
            BadFileName: file is absolute, leaves the folder or does not end in .wav.
        """
        path = Path(file)
        if path.is_absolute() or ".." in path.parts or path.suffix != ".wav":
            raise BadFileName(file)
        self._numbers += 1
        recording = Recording(self._numbers, name, leg, file, self._utc(), saved)
        self._running[recording.rec] = recording
        self._to_writer(c.WriterOpen(rec=recording.rec, path=str(self._folder / path)))
        self._to_media(c.StartRecorder(rec=recording.rec, ch=voice.ch, gen=voice.gen))
        return recording

    def named(self, name: str) -> Recording | None:
        return next((r for r in self._running.values() if r.name == name and not r.stopping), None)

    def pause(self, recording: Recording, paused: bool) -> None:
        recording.paused = paused
        self._to_media(c.PauseRecorder(rec=recording.rec, paused=paused))

    def stop(self, recording: Recording) -> None:
        if not recording.stopping:
            recording.stopping = True
            self._to_media(c.StopRecorder(rec=recording.rec))

    def of_leg(self, leg: str) -> list[Recording]:
        return [r for r in self._running.values() if r.leg == leg and not r.stopping]

    def written(self, report: c.AnyWriterReport) -> c.WriterFailed | None:
        """What the writer says; a failure is given back for the alarm."""
        if isinstance(report, c.WriterFailed):
            return report
        recording = self._running.pop(report.rec, None)
        if recording is not None:
            recording.saved(recording.file, report.duration_s, recording.started_utc)
        return None

    def media_lost(self) -> None:
        """No more sound comes: the writer finishes what it has."""
        for recording in self._running.values():
            recording.stopping = True
            self._to_writer(c.WriterClose(rec=recording.rec))

    def writer_back(self) -> None:
        """A new writer reads the same ring: every file goes on where the dead one left it."""
        for recording in self._running.values():
            path = str(self._folder / recording.file)
            self._to_writer(c.WriterOpen(rec=recording.rec, path=path, resume=True))
            if recording.stopping:  # its end may have been read already, by the dead one
                self._to_writer(c.WriterClose(rec=recording.rec))

    @property
    def states(self) -> list[RecordingState]:
        return [
            RecordingState(recording=r.name, leg=r.leg, file=r.file, paused=r.paused)
            for r in self._running.values()
            if r.name and not r.stopping
        ]
