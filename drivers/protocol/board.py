"""What a telephone board promises to the server that drives it, whatever board it is.

Knows who calls whom and when; the words are in `drivers.protocol.telephony`. The
same contract test (tests/drivers/telephony/contract.py) runs on every implementation.
"""

from typing import Protocol

from drivers.protocol.telephony import AnyDown, AnyUp, Hello, Load, Snapshot


class BoardListener(Protocol):
    """The server's side: called on its event loop only, never from inside a method of Board.

    `on_connected` and `on_lost` alternate, beginning with `on_connected`; everything
    else comes between the two.
    """

    def on_connected(self, hello: Hello, snapshot: Snapshot) -> None:
        """The board is there. No event comes before `attach`."""

    def on_event(self, event: AnyUp) -> None:
        """`event.seq` counts up within one boot; a repeated one was not acknowledged in time."""

    def on_load(self, load: Load) -> None:
        """About once a second, only live."""

    def on_refused(self, command_id: str, reason: str) -> None:
        """The board cannot do this command; nothing changed there."""

    def on_lost(self, reason: str) -> None:
        """The link is gone. The calls go on by their policies; what was sent may be lost."""


class Board(Protocol):
    """One board, as long as the server lives; it comes and goes behind this.

    All methods return at once and are called on the event loop. While the board
    is away `attach`, `send` and `ack` do nothing: what is wanted of the board is
    compared with its Snapshot when it is back.
    """

    def start(self) -> None:
        """Connect, and again whenever the link is lost, until `close`."""

    def attach(self, epoch: int, acked: int) -> None:
        """Take the board: every event after `acked`, then live ones.

        acked: the newest event of *this boot* in the journal, 0 for a boot never seen.
        """

    def send(self, command: AnyDown) -> None:
        """Done once for each (epoch, command_id). Commands of one turn of the loop leave together."""

    def ack(self, seq: int) -> None:
        """Everything up to `seq` is in the journal; the board may forget it."""

    async def close(self) -> None:
        """Let go: the board goes on alone. `on_lost` follows when it was connected."""
