"""The board's end of the board protocol, without sockets: what is kept, who may command.

Knows events, epochs and command ids; not what a command does. A board emits events
into it and hands it the function that obeys; a socket (or a test) opens connections.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

import msgspec

from drivers.protocol.telephony import (
    Ack,
    AnyDown,
    AnyUp,
    Attach,
    Done,
    FromBoard,
    FromServer,
    Hello,
    Load,
    Refused,
    Snapshot,
)

# A server sends a command again only while its answer is missing: seconds, not hours.
ANSWERS_KEPT: Final = 100_000


class CannotDo(Exception):
    """The board cannot do this command now; the text is the reason the server gets."""


class Connection:
    """One server's connection, as the link sees it."""

    def __init__(self, put: Callable[[FromBoard], None], end: Callable[[str], None]) -> None:
        self.put = put
        self.end = end


class BoardLink:
    """Numbers and keeps events, answers each command once, obeys the newest epoch only.

    Args:
        hello, snapshot: made anew for each connection.
        obey: does a command, or raises CannotDo and changes nothing.
        on_attached: a server has taken the board (`True`) or the last one is gone (`False`).
    """

    def __init__(
        self,
        hello: Callable[[], Hello],
        snapshot: Callable[[], Snapshot],
        obey: Callable[[AnyDown], None],
        on_attached: Callable[[bool], None] = lambda _there: None,
    ) -> None:
        self._hello = hello
        self._snapshot = snapshot
        self._obey = obey
        self._on_attached = on_attached
        self._attached: Connection | None = None
        self._epoch = 0
        self._kept: deque[AnyUp] = deque()
        self._answers: OrderedDict[tuple[int, str], Done | Refused] = OrderedDict()
        self.last_seq = 0
        self.acked = 0

    @property
    def is_attached(self) -> bool:
        return self._attached is not None

    def forget(self) -> None:
        """As after a boot: no events, no answers, no epoch."""
        self._kept.clear()
        self._answers.clear()
        self._epoch = self.last_seq = self.acked = 0
        self._attached = None

    # ------------------------------------------------------------ the board's side

    def emit(self, event: AnyUp, board_s: float) -> None:
        """Number the event, keep it until it is acknowledged, and send it to who listens."""
        self.last_seq += 1
        numbered = msgspec.structs.replace(event, seq=self.last_seq, board_s=board_s)
        self._kept.append(numbered)
        if self._attached is not None:
            self._attached.put(numbered)

    def tell_load(self, load: Load) -> None:
        if self._attached is not None:
            self._attached.put(load)

    def repeat_unacknowledged(self) -> None:
        """Send again what is kept, as after a reconnect."""
        if self._attached is not None:
            for event in self._kept:
                self._attached.put(event)

    # ------------------------------------------------------- the connection's side

    def opened(self, connection: Connection) -> None:
        """A server connected: it learns what there is, and gets nothing more before Attach."""
        connection.put(self._hello())
        connection.put(self._snapshot())

    def received(self, connection: Connection, message: FromServer) -> None:
        match message:
            case Attach():
                self._attach(connection, message)
            case Ack():
                if connection is self._attached:
                    self._forget_until(message.seq)
            case _:
                connection.put(self._answer(connection, message))

    def closed(self, connection: Connection) -> None:
        """The connection is gone; the board goes on alone when it was the attached one."""
        if connection is self._attached:
            self._attached = None
            self._on_attached(False)

    def _attach(self, connection: Connection, attach: Attach) -> None:
        if attach.boot_id != self._hello().boot_id:
            connection.end("attached to another boot")
            return
        if attach.epoch < self._epoch:
            connection.put(Refused(command_id="", reason=f"epoch {attach.epoch} is over"))
            connection.end(f"epoch {attach.epoch} is over, {self._epoch} has the board")
            return
        before, self._attached = self._attached, connection
        self._epoch = attach.epoch
        if before is not None and before is not connection:
            before.end("another server has taken the board")
        self._forget_until(attach.acked)
        self.repeat_unacknowledged()
        self._on_attached(True)

    def _forget_until(self, seq: int) -> None:
        self.acked = max(self.acked, min(seq, self.last_seq))
        while self._kept and self._kept[0].seq <= self.acked:
            self._kept.popleft()

    def _answer(self, connection: Connection, command: AnyDown) -> Done | Refused:
        if connection is not self._attached:
            return Refused(command_id=command.command_id, reason="not attached")
        if command.epoch != self._epoch:
            return Refused(command_id=command.command_id, reason=f"epoch {command.epoch} is over")
        key = (command.epoch, command.command_id)
        if key not in self._answers:
            self._answers[key] = self._do(command)
            while len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
        return self._answers[key]

    def _do(self, command: AnyDown) -> Done | Refused:
        try:
            self._obey(command)
        except CannotDo as reason:
            return Refused(command_id=command.command_id, reason=str(reason))
        return Done(command_id=command.command_id)
