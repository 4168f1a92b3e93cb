"""Commands: one function each. Everything is checked before anything is emitted."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from app.domain import commands as c
from app.domain import effects as f
from app.domain import errors
from app.domain import events as e
from app.domain.floor import (
    agents,
    desk,
    dialling,
    endings,
    legs,
    offers,
    recording,
    routing,
    supervision,
    transfer,
)
from app.domain.floor.agent import Agent, S
from app.domain.floor.interaction import Call
from app.domain.floor.turn import Turn

C = TypeVar("C", bound=c.Command)
Handler = Callable[[Turn, Any], None]
HANDLERS: dict[type[c.Command], Handler] = {}
DIGITS = set("0123456789*#ABCD")
MOST_DIGITS = 64


def obeys(*kinds: type[C]) -> Callable[[Callable[[Turn, C], None]], Callable[[Turn, C], None]]:
    def remember(function: Callable[[Turn, C], None]) -> Callable[[Turn, C], None]:
        for kind in kinds:
            HANDLERS[kind] = cast(Handler, function)
        return function

    return remember


def obey(turn: Turn, command: c.Command) -> None:
    HANDLERS[type(command)](turn, command)


# ------------------------------------------------------------------ presence


@obeys(c.LogIn)
def log_in(turn: Turn, command: c.LogIn) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    agents.require(agent, "LogIn", S.LOGGED_OUT)
    if agent.call_id is not None:
        raise errors.NotInThisState(command="LogIn", state="talking")
    if command.phone == "headset" and desk.first_board(turn) is None:
        raise errors.NoLine(why="no_board")
    phone_user = command.phone_user or agent.configured_phone or agent.agent_id
    turn.emit(
        e.AgentLoggedIn(
            agent_id=agent.agent_id,
            phone=command.phone,
            phone_user=phone_user if command.phone == "sip" else "",
            desk_token=command.desk_token,
        )
    )
    agents.change(turn, agent, "LogIn")
    if command.phone == "headset":
        desk.open_for(turn, agent)
    if not command.ready:
        agents.change(turn, agent, "StartBreak", reason="")


@obeys(c.LogOut)
def log_out(turn: Turn, command: c.LogOut) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    match agent.state:
        case S.LOGGED_OUT:
            raise errors.NotInThisState(command="LogOut", state=agent.state.value)
        case S.TALKING | S.WRAP_UP:
            agents.tell(turn, agent, pending_log_out=True)
        case S.RINGING:
            agents.tell(turn, agent, pending_log_out=True)
            offers.refused(turn, agent)
        case _:
            _stop_any_listening(turn, agent)
            agents.log_out(turn, agent, command.reason)


@obeys(c.StartBreak)
def start_break(turn: Turn, command: c.StartBreak) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    if agent.state in (S.RINGING, S.TALKING, S.WRAP_UP):
        agents.tell(turn, agent, pending_break=command.reason)
    else:
        agents.change(turn, agent, "StartBreak", reason=command.reason)


@obeys(c.EndBreak)
def end_break(turn: Turn, command: c.EndBreak) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    if agent.pending_break is not None or agent.pending_log_out:
        agents.tell(turn, agent, pending_break=None, pending_log_out=False)
    else:
        agents.require(agent, "EndBreak", S.ON_BREAK)
        agents.change(turn, agent, "EndBreak")


def _stop_any_listening(turn: Turn, agent: Agent) -> None:
    if agent.listening_to is not None:
        supervision.stop(turn, agent.agent_id)


# ---------------------------------------------------------------- one's call


@obeys(c.AnswerCall)
def answer_call(turn: Turn, command: c.AnswerCall) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    agents.require(agent, "AnswerCall", S.RINGING)
    agents.own_call(turn, agent, command.call_id)
    if agent.phone == "sip":
        raise errors.NotInThisState(command="AnswerCall", state="phone_rings")
    offers.answer(turn, agent)


@obeys(c.HangUp)
def hang_up(turn: Turn, command: c.HangUp) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    agents.require(agent, "HangUp", S.RINGING, S.TALKING)
    call = agents.own_call(turn, agent, command.call_id)
    if agent.state is S.RINGING:
        offers.refused(turn, agent)
    elif not transfer.leave(turn, call, agent):
        legs.hung_up_by_agent(turn, call, agent.agent_id, "agent")


def _talking(turn: Turn, command: c.CallCommand, *phases: str) -> tuple[Agent, Call]:
    agent = agents.agent_named(turn, command.agent_id)
    name = type(command).__name__
    agents.require(agent, name, S.TALKING)
    call = agents.own_call(turn, agent, command.call_id)
    if call.phase not in phases or call.agent_id != agent.agent_id:
        raise errors.NotInThisState(command=name, state=call.phase)
    return agent, call


@obeys(c.Hold)
def hold(turn: Turn, command: c.Hold) -> None:
    agent, call = _talking(turn, command, "talking")
    transfer.hold_customer(turn, call)
    turn.emit(e.CallHeld(call_id=call.call_id, agent_id=agent.agent_id))
    turn.step(call, "held", agent_id=agent.agent_id)


@obeys(c.Resume)
def resume(turn: Turn, command: c.Resume) -> None:
    agent, call = _talking(turn, command, "held")
    if call.consult is not None:
        raise errors.NotInThisState(command="Resume", state="consulting")
    transfer.customer_back(turn, call)
    turn.emit(e.CallResumed(call_id=call.call_id, agent_id=agent.agent_id))
    turn.step(call, "resumed", agent_id=agent.agent_id)


@obeys(c.Mute)
def mute(turn: Turn, command: c.Mute) -> None:
    _set_mute(turn, command, True)


@obeys(c.Unmute)
def unmute(turn: Turn, command: c.Unmute) -> None:
    _set_mute(turn, command, False)


def _set_mute(turn: Turn, command: c.CallCommand, muted: bool) -> None:
    agent, call = _talking(turn, command, "talking", "held", "ringing")
    if call.muted == muted:
        raise errors.NotInThisState(command=type(command).__name__, state="muted" if muted else "talking")
    turn.direct(agent.leg_id, role="muted" if muted else "talk")
    turn.emit(e.CallMuted(call_id=call.call_id, agent_id=agent.agent_id, muted=muted))


@obeys(c.SendDigits)
def send_digits(turn: Turn, command: c.SendDigits) -> None:
    _, call = _talking(turn, command, "talking", "ringing")
    if not command.digits or len(command.digits) > MOST_DIGITS or not set(command.digits) <= DIGITS:
        raise errors.WrongFields(fields={"digits": "0-9 * # A-D"})
    leg = turn.state.legs.get(call.leg_id or "")
    if leg is None or not turn.state.is_up(leg.board):
        raise errors.NoLine(why="no_board")
    turn.outside.append(f.SendDigits(board=leg.board, leg=leg.leg_id, digits=command.digits))
    turn.step(call, "digits", sent=True, digits=command.digits)


@obeys(c.Dial)
def dial(turn: Turn, command: c.Dial) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    agents.require(agent, "Dial", S.READY, S.ON_BREAK)
    if agent.listening_to is not None:
        raise errors.NotInThisState(command="Dial", state="listening")
    dialling.dial(turn, agent, command.number, command.queue, command.role)


@obeys(c.PickUp)
def pick_up(turn: Turn, command: c.PickUp) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    agents.require(agent, "PickUp", S.READY, S.ON_BREAK)
    call = turn.state.calls.get(command.call_id)
    if call is None or call.waiting is None or call.waiting.only_agent == agent.agent_id:
        raise errors.NoSuchCall(call_id=command.call_id)
    if agent.phone != "headset" or routing.unreachable(turn.state, agent, call) is not None:
        raise errors.NoLine(why="no_headset")
    _stop_any_listening(turn, agent)
    offers.pick_up(turn, call, agent)


# ------------------------------------------------------------------ transfer


@obeys(c.Transfer)
def transfer_call(turn: Turn, command: c.Transfer) -> None:
    agent, call = _talking(turn, command, "talking", "held")
    if command.to == f"agent:{agent.agent_id}":
        raise errors.AgentBusy(agent_id=agent.agent_id, state=agent.state.value)
    if command.mode == "consult":
        transfer.consult(turn, call, agent, command.to, command.role)
    else:
        transfer.blind(turn, call, agent, command.to, command.role)


@obeys(c.CompleteTransfer)
def complete_transfer(turn: Turn, command: c.CompleteTransfer) -> None:
    _, call = _talking(turn, command, "talking", "held")
    transfer.complete(turn, call)


@obeys(c.CancelTransfer)
def cancel_transfer(turn: Turn, command: c.CancelTransfer) -> None:
    _, call = _talking(turn, command, "talking", "held")
    transfer.cancel(turn, call)


@obeys(c.JoinConference)
def join_conference(turn: Turn, command: c.JoinConference) -> None:
    _, call = _talking(turn, command, "talking", "held")
    transfer.conference(turn, call)


# ------------------------------------------------------------------- wrap-up


def _form(command: c.SaveWrapUpDraft | c.FinishWrapUp) -> dict[str, Any]:
    return {
        "business_line": command.business_line,
        "type": command.type,
        "status": command.status,
        "notes": command.notes,
        "fields": dict(command.fields),
    }


@obeys(c.SaveWrapUpDraft)
def save_wrap_up_draft(turn: Turn, command: c.SaveWrapUpDraft) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    agents.require(agent, "SaveWrapUpDraft", S.RINGING, S.TALKING, S.WRAP_UP)
    call = agents.own_call(turn, agent, command.call_id)
    turn.emit(e.WrapUpDraftSaved(call_id=call.call_id, agent_id=agent.agent_id, summary=_form(command)))


@obeys(c.FinishWrapUp)
def finish_wrap_up(turn: Turn, command: c.FinishWrapUp) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    agents.require(agent, "FinishWrapUp", S.WRAP_UP)
    agents.own_call(turn, agent, command.call_id)
    agents.finish_wrap_up(turn, agent, _form(command), "agent")


@obeys(c.ExtendWrapUp)
def extend_wrap_up(turn: Turn, command: c.ExtendWrapUp) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    agents.require(agent, "ExtendWrapUp", S.WRAP_UP)
    if not 0 < command.by_s <= 600:
        raise errors.WrongFields(fields={"by_s": "0 < by_s <= 600"})
    left_s = (agent.limit_at_s if agent.limit_at_s is not None else turn.now_s) - turn.now_s
    limit_s = max(0.0, left_s) + command.by_s
    turn.emit(e.WrapUpExtended(call_id=agent.call_id or "", agent_id=agent.agent_id, limit_s=limit_s))
    agents.tell(turn, agent, limit_s=limit_s)
    turn.set_timer(f"wrap_up:{agent.agent_id}", limit_s)


# ----------------------------------------------------------------- recording


def _recorded(turn: Turn, command: c.CallCommand) -> Call:
    _, call = _talking(turn, command, "talking", "held")
    return call


@obeys(c.StartRecording)
def start_recording(turn: Turn, command: c.StartRecording) -> None:
    call = _recorded(turn, command)
    if call.running_recording() is not None:
        raise errors.NotInThisState(command="StartRecording", state="recording")
    recording.start(turn, call)


@obeys(c.PauseRecording)
def pause_recording(turn: Turn, command: c.PauseRecording) -> None:
    call = _recorded(turn, command)
    if not recording.pause(turn, call, True):
        raise errors.NoSuchRecording(call_id=call.call_id)


@obeys(c.ResumeRecording)
def resume_recording(turn: Turn, command: c.ResumeRecording) -> None:
    call = _recorded(turn, command)
    if not recording.pause(turn, call, False):
        raise errors.NoSuchRecording(call_id=call.call_id)


@obeys(c.StopRecording)
def stop_recording(turn: Turn, command: c.StopRecording) -> None:
    call = _recorded(turn, command)
    if not recording.stop(turn, call):
        raise errors.NoSuchRecording(call_id=call.call_id)


# --------------------------------------------------------------- supervisors


@obeys(c.Listen, c.Whisper, c.Barge)
def listen(turn: Turn, command: c.SupervisorCommand) -> None:
    supervision.join(turn, command.by, command.agent_id, type(command).__name__.lower())


@obeys(c.StopListening)
def stop_listening(turn: Turn, command: c.StopListening) -> None:
    supervision.stop(turn, command.by)


def _forced_call(turn: Turn, agent_id: str, call_id: str | None) -> Call:
    found = call_id
    if found is None:
        found = agents.agent_named(turn, agent_id).call_id
    call = turn.state.calls.get(found or "")
    if call is None or call.is_over:
        raise errors.NoSuchCall(call_id=call_id)
    return call


@obeys(c.ForceHangUp)
def force_hang_up(turn: Turn, command: c.ForceHangUp) -> None:
    endings.end(turn, _forced_call(turn, command.agent_id, command.call_id), "supervisor")


@obeys(c.ForceTransfer)
def force_transfer(turn: Turn, command: c.ForceTransfer) -> None:
    call = _forced_call(turn, command.agent_id, command.call_id)
    agent = turn.state.agents.get(call.agent_id or "")
    if agent is None or call.phase not in ("talking", "held"):
        raise errors.NotInThisState(command="ForceTransfer", state=call.phase)
    transfer.blind(turn, call, agent, command.to, "supervisor", "supervisor")


@obeys(c.ForceState)
def force_state(turn: Turn, command: c.ForceState) -> None:
    """A talking agent's state follows after his call: pending, as if he had asked."""
    agent = agents.agent_named(turn, command.agent_id)
    if agent.state is S.LOGGED_OUT:
        raise errors.NotInThisState(command="ForceState", state=agent.state.value)
    reason = command.reason or f"by {command.by}"
    match command.state:
        case "logged_out":
            log_out(turn, c.LogOut(agent_id=agent.agent_id, by=command.by, reason=reason))
            if agent.state is S.WRAP_UP:
                agents.finish_wrap_up(turn, agent, None, "supervisor")
        case "on_break":
            start_break(turn, c.StartBreak(agent_id=agent.agent_id, by=command.by, reason=reason))
            if agent.state is S.WRAP_UP:
                agents.finish_wrap_up(turn, agent, None, "supervisor")
        case "ready":
            if agent.state is S.WRAP_UP:
                agents.finish_wrap_up(turn, agent, None, "supervisor")
            else:
                end_break(turn, c.EndBreak(agent_id=agent.agent_id, by=command.by))


@obeys(c.MoveAgent)
def move_agent(turn: Turn, command: c.MoveAgent) -> None:
    agent = agents.agent_named(turn, command.agent_id)
    unknown = [queue for queue in command.queues if queue not in turn.state.queues]
    if unknown:
        raise errors.NoSuchPlace(place=f"queue:{unknown[0]}")
    turn.emit(e.AgentMoved(agent_id=agent.agent_id, queues=command.queues, by=command.by))
