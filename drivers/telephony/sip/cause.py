"""Why a call ended: Q.850 causes and SIP statuses (RFC 3398 §7.2, §8.2; Reason header RFC 3326)."""

import re

NORMAL, BUSY, NO_ANSWER, REJECTED, UNALLOCATED = 16, 17, 19, 21, 1
NO_CIRCUIT, TEMPORARY_FAILURE, INCOMPATIBLE, TIMER_EXPIRED = 34, 41, 88, 102

_STATUS = {
    1: 404, 2: 404, 3: 404, 17: 486, 18: 408, 19: 480, 20: 480, 21: 603, 22: 410, 27: 502, 28: 484, 31: 480,
    34: 503, 38: 503, 41: 503, 42: 503, 44: 503, 47: 503, 55: 403, 57: 403, 58: 503, 63: 503, 65: 488, 79: 501,
    88: 488, 102: 504, 111: 500, 127: 500,
}  # fmt: skip
_CAUSE = {
    400: 41, 401: 21, 402: 21, 403: 21, 404: 1, 405: 63, 406: 79, 407: 21, 408: 102, 410: 22, 413: 127,
    414: 127, 415: 79, 416: 127, 420: 127, 421: 127, 423: 127, 480: 18, 481: 41, 482: 25, 483: 25, 484: 28,
    485: 1, 486: 17, 487: 16, 488: 88, 500: 41, 501: 79, 502: 38, 503: 41, 504: 102, 505: 127, 600: 17,
    603: 21, 604: 1, 606: 88,
}  # fmt: skip
_REASON = re.compile(r"Q\.850\s*;.*?cause\s*=\s*([0-9]{1,3})", re.IGNORECASE)


def status_for(cause: int) -> int:
    """The SIP refusal for a Q.850 cause; 480 for one without a row."""
    return _STATUS.get(cause, 480)


def cause_for(status: int) -> int:
    """The Q.850 cause of a SIP refusal; 31 (normal, unspecified) for one without a row."""
    return _CAUSE.get(status, 31)


def stated_cause(reason: str) -> int | None:
    """The cause a Reason header states, 1..127."""
    match = _REASON.search(reason)
    return int(match[1]) if match and 0 < int(match[1]) < 128 else None
