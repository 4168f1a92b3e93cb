"""Log lines: one JSON object a line on stderr, or words for people with `--log text`.

Passwords, tokens and PINs never reach a line: no caller passes them, and `SECRET`
field names are dropped here in case one does.
"""

import logging
import sys
import time
import traceback
from typing import Any

import msgspec

SECRET = {"password", "token", "pin", "desk_token", "secret"}
_encoder = msgspec.json.Encoder()
_as_text = False


def as_text(chosen: bool) -> None:
    global _as_text
    _as_text = chosen


def stamp(at_utc: float | None = None) -> str:
    """ "2026-11-22T08:15:30.123Z"."""
    at_utc = time.time() if at_utc is None else at_utc
    whole = int(at_utc)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{int((at_utc - whole) * 1000):03}Z"


def log(level: str, event: str, **fields: Any) -> None:
    """level: debug, info, warning, error. `error` is a bug or a lost device, never a user's mistake."""
    clean = {name: value for name, value in fields.items() if name not in SECRET}
    if _as_text:
        words = " ".join(f"{name}={value}" for name, value in clean.items())
        sys.stderr.write(f"{stamp()} {level:7} {event} {words}\n")
    else:
        line = _encoder.encode({"at": stamp(), "level": level, "event": event, **clean})
        sys.stderr.write(line.decode() + "\n")
    sys.stderr.flush()


def internal_error(error: BaseException, where: str, command: Any = None) -> None:
    """A bug: logged whole, and the server lives on."""
    log(
        "error",
        "internal_error",
        type=type(error).__name__,
        where=where,
        command=type(command).__name__ if command is not None else None,
        traceback="".join(traceback.format_exception(error)),
    )


class Lines(logging.Handler):
    """What libraries and our own modules say through `logging` becomes the same lines.

    `extra={"fields": {…}}` carries fields; the message is the event's name for loggers
    under "zongji", and goes into `text` for all others.
    """

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = dict(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            fields["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        level = record.levelname.lower()
        if record.name.startswith("zongji"):
            log(level, record.getMessage(), **fields)
        else:
            log(level, "library", logger=record.name, text=record.getMessage(), **fields)


def take_over_logging() -> None:
    root = logging.getLogger()
    root.handlers = [Lines()]
    root.setLevel(logging.WARNING)
    logging.getLogger("zongji").setLevel(logging.INFO)
