"""Reading the journal back: every record in order, the torn tail cut off.

Knows segments and codec; does not know what the records mean to the floor.
"""

from collections.abc import Iterator
from pathlib import Path

from app.server.journal import codec, segments


class Gap(Exception):
    """Records are missing in the middle: a segment was lost."""


def records(folder: Path, after_seq: int = 0, *, may_cut: bool = True) -> Iterator[codec.Record]:
    """Yield the records after `after_seq`.

    may_cut: cut a torn tail off the last file (the server at its start); without it
    (replay, doctor beside a running server) reading just ends there.

    Raises:
        JournalDamaged: see `segments.payloads`.
        Gap: the numbers do not follow one another.
    """
    files = segments.segments(folder)
    expected: int | None = None
    for position, file in enumerate(files):
        is_last = position == len(files) - 1
        if not is_last and segments.first_seq(files[position + 1]) <= after_seq + 1:
            continue  # ends before what is wanted
        good = 0
        for good, payload in segments.payloads(file, is_last=is_last):  # noqa: B007 (used after the loop)
            seq = codec.seq_of(payload)
            if expected is not None and seq != expected:
                raise Gap(f"{file}: record {seq} follows {expected - 1}")
            expected = seq + 1
            if seq > after_seq:
                yield codec.decode(payload)
        if is_last and may_cut:
            segments.cut(file, good)
