"""What a waiting caller hears: names of sounds for positions, waits, music and apologies.

The queue's words are here and not in a flow, because they are said while no flow has
the call. Knows names only, and no queue.
"""

from app.domain.flow import say

MUSIC = ("sounds/music-spruce", "sounds/music-river")  # loop without a seam
HOLD_MUSIC = "sounds/music-river"
QUEUE_MUSIC = "sounds/music-spruce"
BEEP = "sounds/beep"
LONGEST_ANNOUNCED_S = 3600

# Names that exist in every language, to be used as f"{language}/{name}".
MOMENT = "one-moment"  # 请稍候
CONNECTING = "connecting"  # 正在为您转接
APOLOGY = "sorry"
GOODBYE = "goodbye"
CLOSED = "closed"
LEAVE_MESSAGE = "leave-message"
MESSAGE_KEPT = "message-kept"
ALL_BUSY = "all-busy"
RECORDED = "recorded-line"


def position(ahead: int, language: str) -> list[str]:
    """您前面还有 N 位: how many wait before this caller (0: he is next)."""
    if ahead <= 0:
        return [f"{language}/queue/next"]
    if ahead == 1 and language == "en":
        return ["en/queue/one-ahead"]
    number = [f"{language}/{name}" for name in say.words("count", ahead, language)]
    return [f"{language}/queue/ahead-before", *number, f"{language}/queue/ahead-after"]


def expected_wait(wait_s: float | None, language: str) -> list[str]:
    """预计等待 N 分钟, rounded up; nothing when the wait is not known."""
    if wait_s is None:
        return []
    if wait_s < 60:
        return [f"{language}/queue/wait-under-minute"]
    if wait_s > LONGEST_ANNOUNCED_S:
        return [f"{language}/queue/wait-over-hour"]
    minutes = say.words("minutes", int(-(-wait_s // 60)), language)
    return [f"{language}/queue/wait-before", *(f"{language}/{name}" for name in minutes)]


def moment(language: str) -> list[str]:
    return [f"{language}/{MOMENT}"]
