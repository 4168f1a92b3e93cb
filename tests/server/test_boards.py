"""The server's side of a board: a call that the board refuses to begin is over for the floor too."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from app.domain import effects, inputs
from app.server.boards import NO_CIRCUIT, BoardSide
from app.server.bus import Entry
from drivers.protocol import telephony as t


@dataclass
class FakeBus:
    """Keeps what is put; entries are safe at once."""

    next_seq: int = 1
    put_in: list[Any] = field(default_factory=list)
    listeners: list[Any] = field(default_factory=list)

    def listen(self, listener: Any) -> None:
        self.listeners.append(listener)

    def put(self, entry: Any, **more: Any) -> None:
        self.put_in.append(entry)
        self.next_seq += 1

    def safe(self, *caused: Any) -> None:
        entry = Entry(self.next_seq, 0.0, 0.0, None, [], list(caused))
        self.next_seq += 1
        for listener in self.listeners:
            listener(entry)


class FakeBoard:
    def __init__(self) -> None:
        self.sent: list[Any] = []

    def start(self) -> None: ...

    def attach(self, epoch: int, acked: int) -> None: ...

    def ack(self, seq: int) -> None: ...

    def send(self, command: Any) -> None:
        self.sent.append(command)

    async def close(self) -> None: ...


@pytest.fixture
def side() -> tuple[BoardSide, FakeBus, FakeBoard]:
    bus, board = FakeBus(), FakeBoard()
    side = BoardSide("board0", bus, 1, {})  # type: ignore[arg-type]
    side.use(board)  # type: ignore[arg-type]
    side.on_connected(
        t.Hello(board="board0", boot_id="b", channels=8, board_s=0.0), t.Snapshot(legs=[], recordings=[])
    )
    return side, bus, board


@pytest.mark.req("A5", "T16")
def test_a_refused_call_ends_for_the_floor(side):
    board_side, bus, board = side
    bus.safe(
        effects.Call(board="board0", leg="l7", to="number:110"),
        effects.Join(board="board0", leg="l7", room="c7"),
    )
    call, join = board.sent
    board_side.on_refused(call.command_id, "no_trunk")
    board_side.on_refused(join.command_id, "no such leg: l7")
    board_side.on_refused(call.command_id, "told twice")
    ended = [entry for entry in bus.put_in if isinstance(entry, inputs.LegEnded)]
    assert ended == [inputs.LegEnded(board="board0", leg="l7", cause=NO_CIRCUIT, by="us", reason="no_trunk")]


def test_effects_decided_before_the_board_was_taken_do_not_leave(side):
    board_side, bus, board = side
    board_side.on_lost("cut")
    bus.safe(effects.Ring(board="board0", leg="l1"))
    assert board.sent == []
    assert isinstance(bus.put_in[-1], inputs.BoardLost)


def test_a_callers_number_is_e164_and_the_raw_one_is_kept(side):
    board_side, bus, _ = side
    board_side.on_event(
        t.LegOffered(seq=1, leg="x", kind="trunk", to_number="400", from_number="013900000001")
    )
    board_side.on_event(t.LegOffered(seq=1, leg="x", kind="trunk", to_number="400", from_number="0139"))
    (offered,) = (entry for entry in bus.put_in if isinstance(entry, inputs.LegOffered))
    assert (offered.from_number, offered.raw_from_number) == ("+8613900000001", "013900000001")
