"""The supervisor's floor: six figures, queues, every agent with state and time. No widgets.

Limits that are near or broken are decided here; a view only paints what is said.
"""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.client.answers import Answer, Reply
from app.desktop.desk import Desk
from app.desktop.floor_call.viewmodel import ChosenCall
from app.desktop.idle.viewmodel import CallRow
from app.desktop.link import Json
from app.desktop.wallboard.viewmodel import Hero, WallboardViewModel, WallRow
from app.desktop.words import call_state_word, state_word
from app.desktop.writing import phone, posix, text_of, thousands, timer

TILE = Qt.ItemDataRole.UserRole + 1
ORDER = ("ringing", "ready", "talking", "wrap_up", "on_break", "logged_out")
LONG_TALK_S, LONG_WRAP_UP_S, LONG_BREAK_S = 600.0, 60.0, 900.0
LIMITS = {"talking": LONG_TALK_S, "wrap_up": LONG_WRAP_UP_S, "on_break": LONG_BREAK_S}
NEAR = 0.8
ASKED_CALLS = 200

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One agent; `limit` is calm, near or broken."""

    agent_id: str
    name: str
    state: str
    time: str
    detail: str
    limit: str


class FloorViewModel(QAbstractListModel):
    """The list of agents, and beside it the floor's figures; `figures_changed` once a second at most."""

    figures_changed = Signal()
    chosen_changed = Signal()

    def __init__(self, desk: Desk, wall: WallboardViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk, self._wall = desk, wall
        self.broken_first = True
        self.chosen = ""
        self.call = ChosenCall(desk, self)
        self.doing: tuple[str, str] | None = None  # (Listen, Whisper or Barge; at whom), as the server agreed
        self._asked_calls = False
        self._tiles: list[Tile] = []
        desk.clock.ticked.connect(self.refresh)
        desk.tables_changed.connect(self.refresh)

    # ------------------------------------------------------------- the agents

    def refresh(self) -> None:
        tiles = sorted((self._tile(row) for row in self.desk.agents.values()), key=self._place)
        if len(tiles) != len(self._tiles):
            self.beginResetModel()
            self._tiles = tiles
            self.endResetModel()
        elif tiles != self._tiles:
            self._tiles = tiles
            self.dataChanged.emit(self.index(0), self.index(len(tiles) - 1))
        self._follow()
        self.figures_changed.emit()

    def _follow(self) -> None:
        """The chosen agent has another call: that one is shown."""
        call_id = text_of(self.desk.agents.get(self.chosen) or {}, "call_id")
        if call_id and call_id != self.call.call_id:
            self.call.choose(call_id)

    def row_of(self, agent_id: str) -> int:
        """-1 when he is not there."""
        return next((n for n, tile in enumerate(self._tiles) if tile.agent_id == agent_id), -1)

    def _place(self, tile: Tile) -> tuple[bool, int, str]:
        late = not (self.broken_first and tile.limit == "broken")
        return late, ORDER.index(tile.state) if tile.state in ORDER else len(ORDER), tile.agent_id

    def _tile(self, row: Json) -> Tile:
        state = str(row.get("state") or "logged_out")
        since = posix(row.get("since"))
        for_s = self.desk.clock.now() - since if since is not None else 0.0
        limit_s = LIMITS.get(state)
        limit = "calm"
        if limit_s is not None and for_s >= NEAR * limit_s:
            limit = "broken" if for_s >= limit_s else "near"
        call = self.desk.calls.get(text_of(row, "call_id")) or {}
        detail = self.desk.queue_name(call.get("queue")) or state_word(state)
        time = "" if state == "logged_out" else timer(for_s)
        name = text_of(row, "name") or str(row["agent_id"])
        return Tile(
            agent_id=str(row["agent_id"]), name=name, state=state, time=time, detail=detail, limit=limit
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._tiles):
            return None
        tile = self._tiles[index.row()]
        if role == TILE:
            return tile
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{tile.name} {state_word(tile.state)} {tile.time}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{tile.name} {tile.agent_id}  ·  {state_word(tile.state)}"
        return None

    def counts(self) -> list[tuple[str, int]]:
        return [(state, sum(1 for t in self._tiles if t.state == state)) for state in ORDER]

    # ------------------------------------------------------------- the figures

    def figures(self) -> list[Hero]:
        wall = self._wall
        offered, abandoned = wall.total("offered"), wall.total("abandoned")
        share = abandoned / offered if offered else 0.0
        talked = sum(float(a.get("talk_today_s") or 0) for a in self.desk.agents.values())
        calls = sum(int(a.get("calls_today") or 0) for a in self.desk.agents.values())
        return [
            *wall.heroes(),
            Hero(label=self.tr("放弃率"), value=f"{share * 100:.1f}%", state="calm",
                 goal=self.tr("今日 {n} / {all}").format(n=abandoned, all=thousands(offered))),
            Hero(label=self.tr("平均通话"), value=timer(talked / calls) if calls else "–", state="calm", goal=self.tr("今日")),
            Hero(label=self.tr("今日来电"), value=thousands(offered), state="calm",
                 goal=self.tr("接听 {n}").format(n=thousands(wall.total("answered")))),
        ]  # fmt: skip

    def queue_rows(self) -> list[WallRow]:
        return self._wall.all_rows()

    # ------------------------------------------------------------- supervising

    def choose(self, agent_id: str) -> None:
        row = self.desk.agents.get(agent_id) or {}
        if agent_id != self.chosen or text_of(row, "call_id") != self.call.call_id:
            self.chosen = agent_id
            self.call.choose(text_of(row, "call_id"))
            self.chosen_changed.emit()

    def choose_call(self, call_id: str) -> None:
        """A call of the table, with whoever has it."""
        row = self.desk.calls.get(call_id) or {}
        self.chosen = text_of(row, "agent")
        self.call.choose(call_id)
        self.chosen_changed.emit()

    def supervise(self, command: str) -> None:
        """Listen, Whisper, Barge or StopListening at the chosen agent's call."""
        agent_id = self.chosen

        def answered(answer: Answer) -> None:
            if answer.refused:
                self.desk.refused.emit(answer.reason or answer.refused)
            else:
                self.doing = None if command == "StopListening" else (command, agent_id)
                self.chosen_changed.emit()

        if agent_id:
            self.desk.ask(command, answered, agent_id=agent_id)

    def who_hears_whom(self) -> str:
        """What a supervisor must never be unsure of."""
        if self.doing is None:
            return ""
        command, agent_id = self.doing
        words = {
            "Listen": self.tr("正在监听 {who}：双方听不到您"),
            "Whisper": self.tr("正在耳语：只有 {who} 听得到您"),
            "Barge": self.tr("正在插话：{who} 和客户都听得到您"),
        }
        return words[command].format(who=self.desk.agent_name(agent_id))

    def end_call(self) -> None:
        """End the chosen call for everybody."""
        if self.call.call_id:
            self.desk.ask("ForceHangUp", agent_id=self.chosen, call_id=self.call.call_id)

    # ------------------------------------------------------------- the calls

    def look_up_calls(self) -> None:
        """Those in progress when the window opened: the link tells only of what changes after."""
        if self._asked_calls:
            return
        self._asked_calls = True

        def read(reply: Reply) -> None:
            if reply.ok and isinstance(reply.json, dict):
                for row in reply.json.get("items") or []:
                    if row.get("state") not in (None, "ended"):
                        self.desk.calls.setdefault(row["call_id"], row)
                self.figures_changed.emit()

        self.desk.link.get(f"/api/v1/calls?limit={ASKED_CALLS}", read)

    def live_calls(self) -> list[Json]:
        """In progress, the newest first."""
        return sorted(self.desk.calls.values(), key=lambda row: text_of(row, "started_at"), reverse=True)

    def call_rows(self) -> list[CallRow]:
        return [self._call_row(row) for row in self.live_calls()]

    def _call_row(self, row: Json) -> CallRow:
        at = self.desk.clock.local(row.get("started_at"))
        out, state = row.get("direction") == "out", text_of(row, "state")
        what = [self.desk.queue_name(row.get("queue")), self.desk.agent_name(row.get("agent"))]
        return CallRow(
            time=f"{at:%H:%M:%S}" if at else "", icon="phone-outgoing" if out else "phone-incoming",
            who=phone(text_of(row, "to" if out else "from")), what="  ·  ".join(p for p in what if p),
            result=call_state_word(state), hue=state if state in ("ringing", "talking", "held") else "plain",
            length=timer(self.desk.clock.now() - at.timestamp()) if at else "",
        )  # fmt: skip

    def can_supervise(self) -> bool:
        row = self.desk.agents.get(self.chosen) or {}
        return self.desk.online and row.get("state") == "talking"
