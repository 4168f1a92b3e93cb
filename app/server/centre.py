"""The running server as its doors see it: `ports.Runtime`.

Knows the floor's views, the live link, commands and health. Decides nothing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from app.domain.access import User
from app.domain.configuration import Site
from app.server.boards import BoardSide
from app.server.bus import Bus
from app.server.journal.commits import Commits
from app.server.live import Live
from app.server.log import stamp
from app.server.obedience import Obedience
from app.server.ports import Link


class Centre:
    """recovered: {"calls", "took_s"} when this start found calls in progress or history, else None."""

    def __init__(
        self, bus: Bus, commits: Commits, live: Live, obedience: Obedience, run_folder: Path, site: Site
    ) -> None:
        self.bus, self.commits, self.live = bus, commits, live
        self.boards: dict[str, BoardSide] = {}
        self.channels: dict[str, int] = {}
        self.recovered: dict[str, Any] | None = None
        self.pops: dict[str, dict[str, Any]] = {}  # by call
        self.problems: dict[str, str] = {}
        self.started_utc = bus.clock.started_utc
        self._obedience, self._run_folder, self._site = obedience, run_folder, site

    # ----------------------------------------------------------- commands

    async def command(
        self, name: str, fields: Mapping[str, Any], user: User, command_id: str
    ) -> list[dict[str, Any]]:
        return await self._obedience.obey(name, fields, user, command_id)

    # -------------------------------------------------------------- views

    def seq(self) -> int:
        return self.live.newest_seq

    def agents(self) -> list[dict[str, Any]]:
        return self.bus.floor.agent_rows(self.bus.clock.now_s())

    def queues(self) -> list[dict[str, Any]]:
        return self.bus.floor.queue_rows(self.bus.clock.now_s())

    def live_calls(self) -> list[dict[str, Any]]:
        now_s = self.bus.clock.now_s()
        rows = self.bus.floor.call_rows(now_s)
        views = (self.bus.floor.call_view(row["call_id"], now_s) for row in rows)
        return [view for view in views if view is not None]

    def live_call(self, call_id: str) -> dict[str, Any] | None:
        return self.bus.floor.call_view(call_id, self.bus.clock.now_s())

    def me(self, user: User) -> dict[str, Any]:
        own = self.bus.floor.me(user.name, self.bus.clock.now_s())
        call = own.get("call")
        person = {
            "name": user.name,
            "display_name": user.display_name or user.name,
            "role": user.role,
            "language": user.language,
        }
        pop = self.pops.get(call["call_id"]) if call else None
        site = {
            "name": self._site.name,
            "time_zone": self._site.time_zone,
            "language": self._site.language,
            "now": stamp(self.bus.clock.at_utc()),
        }
        return {**own, "user": person, "pop": pop, "site": site}

    def health(self) -> dict[str, Any]:
        boards = [self._board_row(side) for side in self.boards.values()]
        problems = [*self.problems.values()]
        problems += [f"board {row['name']} is not connected" for row in boards if not row["connected"]]
        status = "degraded" if problems else "ok"
        if self.commits.state == "stuck":
            status = "down"
        return {
            "status": status,
            "started_at": stamp(self.started_utc),
            "boards": boards,
            "recovered": self.recovered,
            "problems": problems,
        }

    def _board_row(self, side: BoardSide) -> dict[str, Any]:
        hello = side.hello
        return {
            "name": side.name,
            "connected": side.is_taken,
            "channels": hello.channels if hello else self.channels.get(side.name, 0),
            "in_use": side.load.in_use if side.load else 0,
        }

    # ---------------------------------------------------------- live link

    def attach(self, link: Link, after_seq: int | None) -> bool:
        resumed = self.live.attach(link, after_seq)
        if resumed:
            self._pop_again(link)
        return resumed

    def _pop_again(self, link: Link) -> None:
        """A screen pop is no journal event: one that was sent while the link was down is sent again."""
        call = self.bus.floor.me(link.user.name).get("call")
        pop = self.pops.get(call["call_id"]) if call else None
        if pop is not None:
            self.live.tell("ScreenPopReady", pop, to=link.user.name)

    def detach(self, link: Link) -> None:
        self.live.detach(link)

    def record_changed(self, kind: str, record_id: str, version: int) -> None:
        self.live.tell("RecordChanged", {"kind": kind, "id": record_id, "version": version})

    # -------------------------------------------------------------- boards

    def write_board_pids(self) -> None:
        """Keep `run/boards.json` true: who wants to find the board's processes looks there."""
        pids = {side.name: side.pids for side in self.boards.values()}
        path = self._run_folder / "boards.json"
        fresh = path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(pids))
        fresh.replace(path)

    def journal_state(self, state: str, reason: str) -> None:
        self.problems.pop("journal", None)
        if state != "ok":
            self.problems["journal"] = f"journal {state}: {reason}"
