"""A message is left: words, tone, recording until a `#`, the limit or the end of the call.

Which stage it is in follows from the call: words play until a recording runs.
"""

from app.domain.floor import endings, recording, walking
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn
from app.domain.floor.wanted import Sound
from app.domain.flow import announcements

LONGEST_S = 120.0
MOST_KEYS = 32  # keys other than `#` do not end a message


def enter(
    turn: Turn, call: Call, box: str, *, prompts: list[str] | None = None, max_s: float | None = None
) -> None:
    rules = turn.state.settings.boxes.get(box, {})
    words = prompts or rules.get("prompts") or _usual(call.language)
    endings.begin_segment(turn, call, f"voicemail:{box}")
    turn.phase(call, "voicemail")
    turn.direct(call.leg_id, room=None, away="talk", away_prompts=[])
    turn.play(call.leg_id, list(words))
    turn.set_timer(f"box:{call.call_id}", 2 * float(max_s or rules.get("max_s") or LONGEST_S))


def _usual(language: str) -> list[str]:
    return [f"{language}/{announcements.LEAVE_MESSAGE}", announcements.BEEP]


def words_over(turn: Turn, call: Call) -> None:
    """The tone was heard: now the caller speaks."""
    recording.start(turn, call, channels=["caller"])
    longest_s = _longest_s(turn, call)
    turn.direct(
        call.leg_id,
        sound=Sound(
            op=turn.new("op"),
            kind="collect",
            min_digits=0,
            max_digits=MOST_KEYS,
            terminators="#",
            first_timeout_s=longest_s,
            next_timeout_s=longest_s,
            barge_in=True,
        ),
    )


def _longest_s(turn: Turn, call: Call) -> float:
    if call.flow is not None and call.flow.act.get("max_s"):
        return float(call.flow.act["max_s"])
    box = call.segments[-1].place.partition(":")[2]
    return float(turn.state.settings.boxes.get(box, {}).get("max_s") or LONGEST_S)


def message_over(turn: Turn, call: Call) -> None:
    """`#`, or the limit: thanks, or on with the flow."""
    turn.clear_timer(f"box:{call.call_id}")
    recording.stop(turn, call)
    endings.end_segment(turn, call, "next")
    if not walking.left(turn, call, "next"):
        endings.end(turn, call, "system")
