"""The server may die at any journal entry: what comes of every call is the same.

A scenario is made once, by people who look and choose; then it is played again blindly,
the server being killed at one place, and compared with the run in which it was not.
"""

from collections import defaultdict
from random import Random
from typing import Any

import pytest

from app.domain import commands as c
from app.domain import errors
from app.domain import events as e
from app.domain import inputs as i
from app.domain.floor.floor import Floor
from tests.domain.floor.centre import Centre

SETTINGS = {"queue:service": {"ring_s": 8.0, "announce_every_s": 12.0, "max_wait_s": 40.0, "max_length": 6}}
AGENTS = 4
Action = tuple[Any, ...]


def new_centre() -> Centre:
    return Centre(agents=AGENTS, settings=SETTINGS)


def perform(centre: Centre, action: Action) -> None:
    """Do one thing, whether or not it means anything now."""
    match action:
        case ("call", leg, to):
            centre.call(leg, to)
        case ("wait", seconds):
            centre.wait(seconds)
        case ("play_over" | "press" | "hang_up" as what, leg, *rest):
            if leg in centre.board.legs:
                getattr(centre, what)(leg, *rest)
        case ("far", to, "answers"):
            for leg in far_legs(centre, to, answered=False)[:1]:
                centre.board.answer(leg)
                centre.feed()
        case ("far", to, "hangs_up"):
            for leg in far_legs(centre, to, answered=None)[:1]:
                centre.hang_up(leg)
        case ("desk", agent, heard):
            for leg in [one for one in centre.board.legs.values() if one.user == agent]:
                centre.board.heard(leg.leg, heard)
                centre.feed()
        case ("link", agent, connected):
            entry = i.AgentLinkChanged(agent_id=agent, connected=connected)
            _ = centre.take(entry) or centre.take(entry)
        case (command, fields):
            try:
                centre.do(getattr(c, command)(**fields))
            except errors.Refused:
                pass


def far_legs(centre: Centre, to: str, answered: bool | None) -> list[str]:
    return [
        leg.leg
        for leg in centre.board.legs.values()
        if leg.to_number == f"number:{to}" and answered in (None, leg.state == "answered")
    ]


def choose(centre: Centre, random: Random, made: int) -> Action:
    """Something a caller or an agent would do now."""
    if random.random() < 0.2:
        return ("call", f"x{made:04}", random.choice(["400", "400", "400", "9120", "9120", "9199"]))
    if random.random() < 0.15:
        return ("wait", float(random.choice([1, 1, 3, 3, 9, 31])))
    if random.random() < 0.06:
        agent = f"a{random.randint(1, AGENTS):02}"
        return (random.choice(["desk", "link"]), agent, random.random() < 0.7)
    far = [leg.to_number.partition(":")[2] for leg in centre.board.legs.values() if ":" in leg.to_number]
    if far and random.random() < 0.4:
        return ("far", random.choice(far), random.choice(["answers", "answers", "hangs_up"]))
    callers = [leg for leg in centre.board.legs if leg.startswith("x")]
    if callers and random.random() < 0.55:
        leg = random.choice(callers)
        sound = centre.board.legs[leg].sound
        if sound is not None and sound.kind == "play" and not sound.loop:
            return ("play_over", leg)
        if sound is not None and sound.kind == "collect":
            return ("press", leg, *random.choice([("1",)] * 5 + [("3",), ("4",), ("", "timeout")]))
        if random.random() < 0.3:
            return ("hang_up", leg) if random.random() < 0.4 else ("press", leg, "7")
    # Whoever has something to do does it sooner than one who might take a break.
    busy = [a for a in centre.floor.state.agents if centre.state(a) not in ("ready", "on_break")]
    agent = random.choice(busy if busy and random.random() < 0.85 else list(centre.floor.state.agents))
    ways: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "ringing": [("AnswerCall", {}), ("AnswerCall", {}), ("AnswerCall", {}), ("HangUp", {})],
        "talking": [
            ("HangUp", {}),
            ("Hold", {}),
            ("Resume", {}),
            ("Mute", {}),
            ("StartBreak", {"reason": "lunch"}),
            ("Transfer", {"to": "queue:bench"}),
            ("Transfer", {"to": "agent:a02", "mode": "consult"}),
            ("Transfer", {"to": "agent:a01"}),
            ("Transfer", {"to": f"number:1391000{made:04}"}),
            ("Transfer", {"to": f"number:1392000{made:04}", "mode": "consult"}),
            ("Transfer", {"to": "agent:a03", "mode": "consult"}),
            ("JoinConference", {}),
            ("CompleteTransfer", {}),
            ("CancelTransfer", {}),
            ("PauseRecording", {}),
            ("SaveWrapUpDraft", {"notes": "half a word"}),
        ],
        "wrap_up": [("FinishWrapUp", {"notes": "done"}), ("FinishWrapUp", {"notes": "done"}), ("LogOut", {})],
        "ready": [
            ("StartBreak", {"reason": "tea"}),
            ("Dial", {"number": f"1390000{made:04}", "queue": "service"}),
            ("Listen", {"agent_id": "a01", "by": agent}),
            ("PickUp", {"call_id": "c1"}),
            ("Mute", {}),
        ],
        "on_break": [("EndBreak", {}), ("EndBreak", {}), ("StopListening", {})],
        "logged_out": [("LogIn", {"desk_token": "0" * 32})],
    }
    command, fields = random.choice(ways[centre.state(agent)])
    return (command, {"agent_id": agent, "by": agent, **fields})


def make_scenario(seed: int, actions: int) -> tuple[list[Action], Centre]:
    random = Random(seed)
    centre = new_centre()
    script: list[Action] = []
    for made in range(actions):
        action = choose(centre, random, made)
        perform(centre, action)
        script.append(action)
    return script, centre


def history(centre: Centre) -> dict[str, Any]:
    """What came of everything, without the names that come from journal positions."""
    calls: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    for _, now_s, _, events in centre.journal:
        for event in events:
            if isinstance(event, e.CallStarted):
                names[event.call_id] = f"{event.from_number}>{event.to_number}@{now_s}"
                calls[names[event.call_id]] = defaultdict(list)
            name = names.get(getattr(event, "call_id", None) or "")
            if name is None:
                continue
            told = calls[name]
            match event:
                case e.StepTaken() if event.step != "server_lost":
                    told["steps"].append((event.step, now_s, event.detail.get("node")))
                case e.KeysPressed():
                    told["keys"].append((event.node, event.digits))
                case e.AgentOffered():
                    told["offers"].append((event.agent_id, event.waited_s))
                case e.OfferEnded():
                    told["offers"].append((event.agent_id, event.reason, event.rang_s))
                case e.SegmentEnded():
                    told["segments"].append((event.place, event.end_reason, event.took_s))
                case e.DecisionMade():
                    told["decisions"].append((event.chosen, event.waiting_before, event.text))
                case e.RecordingSaved():
                    told["recordings"].append(event.file.rpartition("-")[2])
                case e.WrapUpFinished():
                    told["wrap_up"].append((event.agent_id, event.summary, event.took_s))
                case e.CallEnded():
                    times = (event.ivr_s, event.wait_s, event.ring_s, event.talk_s, event.hold_s)
                    told["ended"].append((event.outcome, event.ended_by, event.agent_id, times, now_s))
                case e.CallClosed():
                    told["closed"].append(now_s)
    floor = centre.floor
    return {
        "calls": {name: dict(told) for name, told in calls.items()},
        "agents": floor.agent_rows(),
        "queues": [(row["queue_id"], row["today"]) for row in floor.queue_rows()],
        "waiting": [floor.state.calls[one].from_number for one in floor.state.waiting],
        "tasks": {number: task.calls for number, task in floor.state.tasks.items()},
    }


def without_ids(value: Any, floor: Floor) -> Any:
    for row in value["agents"]:
        call = floor.state.calls.get(row["call_id"] or "")
        row["call_id"] = call.from_number if call is not None else None
    return value


def heard(centre: Centre) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Every sound each caller was given, in order."""
    sounds: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for effect in centre.board.obeyed:
        if hasattr(effect, "prompts") and hasattr(effect, "op") and effect.leg.startswith("x"):
            sounds[effect.leg].append((type(effect).__name__, tuple(effect.prompts)))
    return dict(sounds)


def standing(centre: Centre) -> list[Any]:
    """How the board stands in the end, without names from journal positions."""
    rooms = defaultdict(list)
    for leg in centre.board.legs.values():
        who = leg.leg if leg.leg.startswith("x") else leg.user or leg.to_number
        sound = (leg.sound.kind, leg.sound.loop) if leg.sound else None
        rooms[leg.room].append((who, leg.state, leg.role, sound, leg.away, leg.room is not None))
    tapes = sorted((tape.leg, tape.paused) for tape in centre.board.recordings.values())
    return [*sorted(sorted(room, key=repr) for room in rooms.values()), tapes]


def play_with_kill(script: list[Action], entry: int, effects_out: int | None) -> Centre:
    centre = new_centre()
    centre.doom = (entry, effects_out)
    for action in script:
        perform(centre, action)
    return centre


@pytest.mark.req("X9", "Q4")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("effects_out", [None, 0, 1, 99])
def test_a_kill_at_any_entry_changes_nothing_that_anybody_sees(seed: int, effects_out: int | None):
    script, quiet = make_scenario(seed, actions=70)
    setup = len(new_centre().journal)
    expected = without_ids(history(quiet), quiet.floor)
    assert len(quiet.journal) > setup + 60
    for entry in range(seed % 5, len(quiet.journal) - setup, 5):
        killed = play_with_kill(script, entry, effects_out)
        where = f"killed at entry {setup + entry + 1}, {quiet.journal[setup + entry][0]}"
        assert any(type(one).__name__ == "ServerWasAway" for one, _, _, _ in killed.journal), where
        assert without_ids(history(killed), killed.floor) == expected, where
        assert heard(killed) == heard(quiet), where
        assert standing(killed) == standing(quiet), where


@pytest.mark.req("X2", "X9")
@pytest.mark.parametrize("seed", range(4))
def test_folding_the_journal_makes_the_same_state_as_deciding(seed: int):
    _, centre = make_scenario(seed, actions=120)
    folded = Floor()
    for _, now_s, seq, events in centre.journal:
        for event in events:
            folded.apply(event, now_s, seq)
    assert folded.state_hash() == centre.floor.state_hash()


@pytest.mark.req("X2")
@pytest.mark.parametrize("seed", range(4))
def test_deciding_again_makes_the_same_events(seed: int):
    _, centre = make_scenario(seed, actions=120)
    again = Floor()
    for entry, now_s, seq, events in centre.journal:
        assert again.handle(entry, now_s, seq).events == events
    assert again.state_hash() == centre.floor.state_hash()


@pytest.mark.req("X9")
def test_a_snapshot_of_the_state_goes_on_like_the_state_itself():
    import json

    script, centre = make_scenario(3, actions=60)
    kept = json.loads(json.dumps(centre.floor.to_dict()))
    other = Floor.from_dict(kept)
    assert other.state_hash() == centre.floor.state_hash()
    more, _ = make_scenario(4, actions=20)
    for leg in list(centre.board.legs):
        if leg.startswith("x"):
            centre.board.hang_up(leg)
    for event in centre.board.said[centre.fed :]:
        seq, now_s = centre.seq + 1, centre.now_s
        centre.seq += 1
        assert other.handle(event, now_s, seq) == centre.floor.handle(event, now_s, seq)
    assert script and more
