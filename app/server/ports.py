"""What the web, the projector and the workers ask of the runtime, and what they promise it.

The runtime (bus, journal, floor) implements `Runtime`; the web implements `Link`. Everything
here is called on the server's event loop only. Rows and events are plain dicts in the shapes
of the outside view.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.domain.access import User


class Link(Protocol):
    """One logged-in desktop. The runtime publishes what its user may see."""

    user: User
    session: str
    topics: frozenset[str]

    def publish(self, seq: int, text: str) -> None:
        """Queue one event, encoded (`app.wire.codec.encode_event`). Never waits, never raises:
        a link too far behind drops its queue and sends a snapshot instead."""


class Runtime(Protocol):
    """The floor, alive."""

    async def command(
        self, name: str, fields: Mapping[str, Any], user: User, command_id: str
    ) -> Sequence[Mapping[str, Any]]:
        """Obey, and return the events `{"seq", "at", "event", …}` once they are in the journal.

        fields: checked against `app.domain.commands`, without `by`, `role`, `desk_token`, which the
            runtime fills in; `agent_id` absent means the user's own.
        command_id: "" or the client's; the same one of the same user within 24 h returns what the
            first returned (or raises what it raised) and does nothing.
        Raises:
            app.domain.errors.Refused. RuntimeError children mean 503.
        """
        ...

    def seq(self) -> int:
        """Position of the newest journal entry whose events have been published."""
        ...

    def agents(self) -> list[dict[str, Any]]: ...

    def queues(self) -> list[dict[str, Any]]: ...

    def live_calls(self) -> list[dict[str, Any]]:
        """Calls not over yet, and those over whose record may not be written yet; detailed."""
        ...

    def live_call(self, call_id: str) -> dict[str, Any] | None: ...

    def me(self, user: User) -> dict[str, Any]:
        """`snapshot.me`: user, agent, call, pop, draft, desk, consult, site."""
        ...

    def health(self) -> dict[str, Any]:
        """Boards, recovered, problems and the rest of GET /health but `database` and `now`."""
        ...

    def attach(self, link: Link, after_seq: int | None) -> bool:
        """Publish to this link from now on.

        after_seq: publish first what its user missed after this position. False: it is not kept
            any more; nothing was published and the link needs a snapshot (it is attached all the same).
        """
        ...

    def detach(self, link: Link) -> None: ...

    def record_changed(self, kind: str, record_id: str, version: int) -> None:
        """A record was committed; tell the desktops (RecordChanged)."""
        ...
