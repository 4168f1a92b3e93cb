"""Civil time as data: UTC moments as text, from POSIX seconds somebody else has read."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso_utc(posix_s: float) -> str:
    """`2026-11-22T08:15:30.123Z`, to the millisecond."""
    moment = EPOCH + timedelta(milliseconds=round(posix_s * 1000))
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
