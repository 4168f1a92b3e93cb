"""What to tell a board so that a leg becomes what is wanted: the difference of two `Wanted`.

The first of the two is what the board has (by what it was told, or by its snapshot), the
second what it should have. The same code serves each decision and every recovery.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.domain import effects as f
from app.domain import inputs
from app.domain.floor.leg import Leg
from app.domain.floor.wanted import Opening, Sound, Taping, Wanted

NOTHING = Wanted()


def difference(leg: Leg, has: Wanted, wants: Wanted) -> Iterator[f.BoardEffect]:
    """Effects in the order in which a board must see them."""
    board, name = leg.board, leg.leg_id
    if wants.end is not None:
        if has.end is None and (leg.direction == "in" or has.opening is not None):
            yield _ending(leg, has, wants.end)
        return
    if wants.opening is not None and has.opening is None:
        yield _opening(leg, wants.opening)
    if wants.away and wants.away != has.away:
        yield f.SetPolicy(board=board, leg=name, away=wants.away, prompts=wants.away_prompts)
    if wants.ring and not has.ring and not wants.answer:
        yield f.Ring(board=board, leg=name)
    if wants.answer and not has.answer:
        yield f.Accept(board=board, leg=name)
    if has.sound is not None and wants.sound is None:
        yield f.StopSound(board=board, leg=name, op=has.sound.op)
    yield from _stopped_taping(leg, has.taping, wants.taping)
    yield from _moved(leg, has, wants)
    yield from _taping(leg, has.taping, wants.taping)
    if wants.sound is not None and (has.sound is None or has.sound.op != wants.sound.op):
        yield _sounding(leg, wants.sound)


def _ending(leg: Leg, has: Wanted, cause: int) -> f.BoardEffect:
    if leg.direction == "in" and leg.state == "offered" and not has.answer:
        return f.Refuse(board=leg.board, leg=leg.leg_id, cause=cause)
    return f.HangUp(board=leg.board, leg=leg.leg_id, cause=cause)


def _opening(leg: Leg, opening: Opening) -> f.BoardEffect:
    if opening.kind == "desk":
        return f.OpenDesk(board=leg.board, leg=leg.leg_id, user=opening.user, token=opening.token)
    return f.Call(
        board=leg.board,
        leg=leg.leg_id,
        to=opening.to,
        trunks=opening.trunks,
        caller_id=opening.caller_id,
        display=opening.display,
        timeout_s=opening.timeout_s,
    )


def _stopped_taping(leg: Leg, has: Taping | None, wants: Taping | None) -> Iterator[f.BoardEffect]:
    if has is not None and (wants is None or wants.recording != has.recording):
        yield f.StopRecording(board=leg.board, recording=has.recording)


def _moved(leg: Leg, has: Wanted, wants: Wanted) -> Iterator[f.BoardEffect]:
    if has.room is not None and has.room != wants.room:
        yield f.Part(board=leg.board, leg=leg.leg_id)
    if wants.room is not None and _seat(has) != _seat(wants):
        yield f.Join(
            board=leg.board,
            leg=leg.leg_id,
            room=wants.room,
            role=wants.role,
            whisper_to=wants.whisper_to,
        )


def _seat(wanted: Wanted) -> tuple[str | None, str, str | None]:
    return (wanted.room, wanted.role, wanted.whisper_to)


def _taping(leg: Leg, has: Taping | None, wants: Taping | None) -> Iterator[f.BoardEffect]:
    if wants is None:
        return
    runs_paused = False
    if has is None or has.recording != wants.recording:
        yield f.StartRecording(board=leg.board, recording=wants.recording, leg=leg.leg_id, file=wants.file)
    else:
        runs_paused = has.paused
    if wants.paused != runs_paused:
        yield f.PauseRecording(board=leg.board, recording=wants.recording, paused=wants.paused)


def _sounding(leg: Leg, sound: Sound) -> f.BoardEffect:
    if sound.kind == "play":
        return f.Play(board=leg.board, leg=leg.leg_id, op=sound.op, prompts=sound.prompts, loop=sound.loop)
    return f.Collect(
        board=leg.board,
        leg=leg.leg_id,
        op=sound.op,
        prompts=sound.prompts,
        min_digits=sound.min_digits,
        max_digits=sound.max_digits,
        terminators=sound.terminators,
        first_timeout_s=sound.first_timeout_s,
        next_timeout_s=sound.next_timeout_s,
        barge_in=sound.barge_in,
    )


def found(state: inputs.LegState, taping: inputs.RecordingState | None, wanted: Wanted) -> Wanted:
    """What a board's snapshot says of a leg, in the words of `Wanted`.

    wanted: fills in what a snapshot does not tell and cannot differ in (how the leg was
        opened, the prompts of a sound whose name is the same).
    """
    return Wanted(
        opening=wanted.opening,
        ring=state.state != "offered",
        # An answered leg is past both; a ringing one may have been told already, but the
        # board takes a second Accept for the first.
        answer=state.state == "answered",
        sound=_found_sound(state.sound, wanted),
        room=state.room,
        role=state.role if state.room is not None else "talk",
        whisper_to=state.whisper_to if state.room is not None else None,
        taping=None
        if taping is None
        else Taping(recording=taping.recording, file=taping.file, paused=taping.paused),
        away=state.away,
    )


def _found_sound(sound: inputs.SoundState | None, wanted: Wanted) -> Sound | None:
    if sound is None:
        return None
    if wanted.sound is not None and wanted.sound.op == sound.op:
        return wanted.sound
    return replace(Sound(op=sound.op), kind=sound.kind, loop=sound.loop)
