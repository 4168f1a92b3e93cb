"""WAV files that are readable at every moment: stereo, 16 bits, 8000 Hz, sizes rewritten at each flush.

Knows the RIFF header; knows no recorders.
"""

import os
import struct
from pathlib import Path
from typing import Final

HEADER_BYTES: Final = 44
FRAME_BYTES: Final = 4  # one sample of both sides
BYTES_A_SECOND: Final = 8000 * FRAME_BYTES
_LARGEST: Final = 0xFFFF_FFFF - HEADER_BYTES


def wav_header(data_bytes: int, channels: int = 2, rate_hz: int = 8000) -> bytes:
    """The 44 octets before 16-bit samples."""
    size = min(data_bytes, _LARGEST)
    width = channels * 2
    return (
        struct.pack("<4sI4s", b"RIFF", size + 36, b"WAVE")
        + struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate_hz, rate_hz * width, width, 16)
        + struct.pack("<4sI", b"data", size)
    )


class GrowingWav:
    """One file. Every method may raise OSError.

    resume: go on behind whatever a dead writer left in it.
    """

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        anew = 0 if resume else os.O_TRUNC
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | anew, 0o640)
        self.data_bytes = max(0, os.fstat(self._fd).st_size - HEADER_BYTES) // FRAME_BYTES * FRAME_BYTES
        os.pwrite(self._fd, wav_header(self.data_bytes), 0)

    @property
    def duration_s(self) -> float:
        """How long the file plays."""
        return self.data_bytes / BYTES_A_SECOND

    def append(self, sound: bytes | bytearray) -> None:
        """Interleaved int16 frames. The header never claims more than is there."""
        written = 0
        view = memoryview(sound)
        while written < len(view):
            written += os.pwrite(self._fd, view[written:], HEADER_BYTES + self.data_bytes + written)
        self.data_bytes += len(view)
        os.pwrite(self._fd, wav_header(self.data_bytes), 0)

    def close(self) -> None:
        """On disk before it returns."""
        try:
            os.fsync(self._fd)
        finally:
            os.close(self._fd)
