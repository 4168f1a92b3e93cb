"""Where prompts are found, and which sound number media knows them by.

Knows file names and WAV. A sound keeps its place in the shared memory while media
lives, so it may be played at any moment; a changed file gets a new place.
"""

import os
import re
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drivers.telephony.sound import g711

_NAME = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9_.\-]*(?:/[A-Za-z0-9_\-][A-Za-z0-9_.\-]*){0,7}\Z")


class PromptMissing(Exception):
    """No such prompt, or nothing we can play; the text is its name and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name


class PromptStore:
    """folders: searched in this order."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = list(folders)
        self._add: Callable[[npt.NDArray[np.int16]], int] | None = None
        self._known: dict[Path, tuple[int, int, int]] = {}  # mtime_ns, size, sound

    def use(self, add: Callable[[npt.NDArray[np.int16]], int]) -> None:
        """A media process has begun: `add` lays samples into its memory and gives their number."""
        self._add = add
        self._known.clear()

    def number(self, name: str) -> int:
        """The sound number of a prompt, loaded when it is new or has changed.

        Raises:
            PromptMissing: no such file, or not 8000 Hz mono PCM16/A-law/µ-law WAV.
        """
        path, status = self._find(name)
        known = self._known.get(path)
        if known is not None and known[:2] == (status.st_mtime_ns, status.st_size):
            return known[2]
        samples = read_wav(path.read_bytes(), name)
        if self._add is None:
            raise PromptMissing(name, "no media")
        sound = self._add(samples)
        self._known[path] = (status.st_mtime_ns, status.st_size, sound)
        return sound

    def _find(self, name: str) -> tuple[Path, os.stat_result]:
        if not _NAME.match(name):
            raise PromptMissing(name, "not a prompt's name")
        for folder in self._folders:
            path = folder / f"{name}.wav"
            try:
                return path, path.stat()
            except OSError:
                continue
        raise PromptMissing(name, "no such prompt")


def read_wav(data: bytes, name: str) -> npt.NDArray[np.int16]:
    """The samples of a WAV file: (n,) int16, 8000 Hz, mono.

    Raises:
        PromptMissing: any other format, with what it is.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise PromptMissing(name, "not a WAV file")
    position, form = 12, None
    while position + 8 <= len(data):
        kind, size = data[position : position + 4], struct.unpack_from("<I", data, position + 4)[0]
        body = data[position + 8 : position + 8 + size]
        if kind == b"fmt " and len(body) >= 16:
            form = struct.unpack_from("<HHIIHH", body)
        elif kind == b"data" and form is not None:
            return _samples(body, form, name)
        position += 8 + size + (size & 1)
    raise PromptMissing(name, "no sound in the file")


def _samples(body: bytes, form: tuple[int, ...], name: str) -> npt.NDArray[np.int16]:
    encoding, channels, rate_hz, _, _, bits = form
    if channels != 1 or rate_hz != 8000:
        raise PromptMissing(name, f"{rate_hz} Hz, {channels} channels; 8000 Hz mono is needed")
    if encoding in (1, 0xFFFE) and bits == 16:
        return np.frombuffer(body[: len(body) & ~1], "<i2").astype(np.int16)
    if encoding in (6, 7) and bits == 8:
        table = g711.ALAW_TO_SAMPLE if encoding == 6 else g711.ULAW_TO_SAMPLE
        return table[np.frombuffer(body, np.uint8)].astype(np.int16)
    raise PromptMissing(name, f"encoding {encoding} with {bits} bits")
