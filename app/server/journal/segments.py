"""The journal's files: records with length and CRC, in segments named by their first number.

Knows bytes and files; knows nothing of what a record says. A segment is a file
`000000000001.journal`; a record in it is 4 bytes length, 4 bytes CRC-32 of the
payload (both big-endian), payload.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

HEADER = struct.Struct(">II")
SEGMENT_BYTES = 64 * 1024 * 1024
MAX_RECORD_BYTES = 16 * 1024 * 1024


class JournalDamaged(Exception):
    """A record in the middle of the journal is not what was written; the server must not start."""

    def __init__(self, segment: Path, offset: int) -> None:
        super().__init__(
            f"the journal is damaged: {segment} at byte {offset}. Restore this file from the last backup."
        )
        self.segment = segment
        self.offset = offset


def framed(payload: bytes) -> bytes:
    return HEADER.pack(len(payload), zlib.crc32(payload)) + payload


def segment_path(folder: Path, first_seq: int) -> Path:
    return folder / f"{first_seq:012}.journal"


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.journal"))


def first_seq(segment: Path) -> int:
    return int(segment.stem)


def payloads(segment: Path, *, is_last: bool) -> Iterator[tuple[int, bytes]]:
    """Yield (offset after the record, payload).

    In the last segment a record torn at the end of the file ends the reading; the
    caller cuts the file at the last offset it was given.

    Raises:
        JournalDamaged: any other record whose length or CRC is wrong.
    """
    data = segment.read_bytes()
    at = 0
    while at < len(data):
        end = at + HEADER.size
        length, crc = HEADER.unpack_from(data, at) if end <= len(data) else (0, 0)
        # A power cut may leave a file longer than what was written: zeros, which no record begins with.
        torn = end > len(data) or end + length > len(data) or (length == 0 and not any(data[at:]))
        payload = data[end : end + length]
        if torn or not 0 < length <= MAX_RECORD_BYTES or zlib.crc32(payload) != crc:
            # A record that reaches the end of the last file is one the power cut off.
            if is_last and (torn or end + length == len(data)) and not _whole_record_after(data, at + 1):
                return
            raise JournalDamaged(segment, at)
        at = end + length
        yield at, payload


def _whole_record_after(data: bytes, start: int) -> bool:
    """Whether an intact record stands somewhere behind: then the damage is no torn tail.

    Every record begins with the same bytes, so only places that look like one are tried.
    """
    at = data.find(b'{"seq":', start)
    while at >= 0:
        if at >= start + HEADER.size:
            length, crc = HEADER.unpack_from(data, at - HEADER.size)
            if at + length <= len(data) and zlib.crc32(data[at : at + length]) == crc:
                return True
        at = data.find(b'{"seq":', at + 1)
    return False


def cut(segment: Path, offset: int) -> bool:
    """Cut a torn tail off; True when there was one."""
    if segment.stat().st_size <= offset:
        return False
    with segment.open("r+b") as file:
        file.truncate(offset)
    return True
