"""The wall: three heroes, five queue rows a page, the four states; limits decided here, not in the view."""

from dataclasses import dataclass
from math import radians, tan

from PySide6.QtCore import QObject, Signal

from app.desktop.desk import Desk
from app.desktop.words import month_day, weekday
from app.desktop.writing import percent, posix, text_of, thousands, timer

ROWS_A_PAGE, PAGE_S = 5, 15
WAITING_GOAL, LONGEST_LIMIT_S, LEVEL_GOAL = 5, 90, 0.8
DIGIT_EM = 0.727
DIGIT_MINUTES = 16


def least_px(distance_m: float, screen_width_m: float, pixels: int = 1920) -> float:
    """The smallest type, in px, whose digits subtend 16 minutes of arc at the distance."""
    pitch = screen_width_m / pixels
    return distance_m * tan(radians(DIGIT_MINUTES / 60)) / (DIGIT_EM * pitch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hero:
    label: str
    value: str
    goal: str
    state: str  # "calm", "near", "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class WallRow:
    name: str
    waiting: str
    longest: str
    level: str
    longest_state: str
    level_state: str
    state: str


class WallboardViewModel(QObject):
    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._ticks = 0
        desk.tables_changed.connect(self.changed)
        desk.link_changed.connect(self.changed)
        desk.clock.ticked.connect(self._tick)

    def _tick(self) -> None:
        self._ticks += 1
        self.changed.emit()

    # ------------------------------------------------------------- sums

    def _waiting(self) -> list[tuple[float, str]]:
        """(seconds waited, queue's name) of everyone waiting, longest first."""
        now = self.desk.clock.now()
        found = []
        for row in self.desk.queues.values():
            for caller in row.get("waiting") or []:
                since = posix(caller.get("since"))
                if since is not None:
                    found.append((now - since, self.desk.queue_name(row["queue_id"])))
        return sorted(found, reverse=True)

    def total(self, name: str) -> int:
        """Of today, over all queues."""
        return sum(int((row.get("today") or {}).get(name) or 0) for row in self.desk.queues.values())

    def level(self) -> float | None:
        offered = self.total("offered")
        return self.total("answered_in_time") / offered if offered else None

    def goal_s(self) -> int:
        goals = [int(r["service_goal_s"]) for r in self.desk.queues.values() if r.get("service_goal_s")]
        return max(goals) if goals else 20

    # ------------------------------------------------------------- showing

    def lost_since(self) -> str:
        if self.desk.online or self.desk.lost_at is None:
            return ""
        return self.tr("连接中断，数据停在 {t}").format(
            t=f"{self.desk.clock.here(self.desk.lost_at):%H:%M:%S}"
        )

    def title(self) -> str:
        return text_of(self.desk.site, "name") or self.tr("总机")

    def headline(self) -> list[tuple[str, str]]:
        offered, abandoned = self.total("offered"), self.total("abandoned")
        share = abandoned / offered if offered else None
        return [(self.tr("今日来电"), thousands(offered)), (self.tr("放弃"), percent(share))]

    def date(self) -> str:
        now = self.desk.clock.here()
        return self.tr("{date} {weekday}").format(
            date=month_day(now.month, now.day), weekday=weekday(now.weekday())
        )

    def time(self) -> str:
        return f"{self.desk.clock.here():%H:%M}"

    def heroes(self) -> list[Hero]:
        waiting = self._waiting()
        longest, queue = waiting[0] if waiting else (0.0, "")
        count = len(waiting)
        level = self.level()
        limit = timer(LONGEST_LIMIT_S)
        return [
            Hero(label=self.tr("等待"), value=str(count), goal=self.tr("目标 {n} 以内").format(n=WAITING_GOAL),
                 state=_over(count, WAITING_GOAL + 1, 2 * WAITING_GOAL + 1)),
            Hero(label=self.tr("最长等待"), value=timer(longest),
                 goal=self.tr("{queue}，限 {t}").format(queue=queue, t=limit) if queue else self.tr("限 {t}").format(t=limit),
                 state=_over(longest, LONGEST_LIMIT_S * 0.75, LONGEST_LIMIT_S)),
            Hero(label=self.tr("服务水平 / 已提供"), value=percent(level, 0),
                 goal=self.tr("{s} 秒内 ≥ {p}").format(s=self.goal_s(), p=percent(LEVEL_GOAL, 0)),
                 state="calm" if level is None or level >= LEVEL_GOAL else ("near" if level >= LEVEL_GOAL - 0.1 else "broken")),
        ]  # fmt: skip

    def pages(self) -> tuple[int, int]:
        """(page now, pages)."""
        pages = max(1, -(-len(self.desk.queues) // ROWS_A_PAGE))
        return self._ticks // PAGE_S % pages, pages

    def all_rows(self) -> list[WallRow]:
        """Every queue, broken limits first."""
        now = self.desk.clock.now()
        rows = [self._row(row, now) for row in self.desk.queues.values()]
        order = {"broken": 0, "near": 1, "calm": 2}
        return sorted(rows, key=lambda r: order[r.state])

    def rows(self) -> list[WallRow]:
        """The page's rows; broken limits stand first on every page."""
        rows = self.all_rows()
        broken = [r for r in rows if r.state == "broken"][:ROWS_A_PAGE]
        rest = [r for r in rows if r not in broken]
        room = max(1, ROWS_A_PAGE - len(broken))
        pages = max(1, -(-len(rest) // room))
        page = self._ticks // PAGE_S % pages
        return (broken + rest[page * room : (page + 1) * room])[:ROWS_A_PAGE]

    def _row(self, row: dict[str, object], now: float) -> WallRow:
        waiting = row.get("waiting") or []
        assert isinstance(waiting, list)
        today = row.get("today") or {}
        assert isinstance(today, dict)
        starts = [s for s in (posix(w.get("since")) for w in waiting) if s is not None]
        longest = now - min(starts) if starts else None
        level = today.get("service_level")
        longest_state = "calm" if longest is None else _over(longest, LONGEST_LIMIT_S * 0.75, LONGEST_LIMIT_S)
        level_state = "near" if level is not None and level < LEVEL_GOAL else "calm"
        return WallRow(
            name=self.desk.queue_name(row["queue_id"]), waiting=str(len(waiting)),
            longest="–" if longest is None else timer(longest), level=percent(level, 0),
            longest_state=longest_state, level_state=level_state,
            state=longest_state if longest_state != "calm" else level_state,
        )  # fmt: skip

    def states(self) -> list[tuple[str, int]]:
        count = dict.fromkeys(("ready", "talking", "wrap_up", "on_break"), 0)
        for agent in self.desk.agents.values():
            state = {"ringing": "talking"}.get(str(agent.get("state")), str(agent.get("state")))
            if state in count:
                count[state] += 1
        return list(count.items())


def _over(value: float, near: float, broken: float) -> str:
    if value >= broken:
        return "broken"
    return "near" if value >= near else "calm"
