"""The call's summary: three choices, notes; kept while it is written. No widgets.

A draft goes to a file of this machine on every change and to the server at most once a second,
so it survives a crash of either. What is here wins over the server's copy when it is newer.
"""

from PySide6.QtCore import QObject, QTimer, Signal

from app.client.answers import Answer
from app.desktop.desk import Desk
from app.desktop.drafts import DraftFolder
from app.desktop.link import Json
from app.desktop.words import language
from app.domain.records.product import CATEGORIES

REQUIRED = ("business_line", "type", "status")
MAX_NOTES = 500
SAVE_EVERY_MS = 1000


class WrapUpViewModel(QObject):
    """`changed`: another call's summary; `filled_changed`: a choice; `kept_changed`: how the draft stands."""

    changed = Signal()
    filled_changed = Signal()
    kept_changed = Signal()

    def __init__(self, desk: Desk, drafts: DraftFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._drafts = drafts
        self.call_id = ""
        self.values: dict[str, str] = {}
        self._chosen: list[tuple[str, str]] = []  # what each choice replaced, the last one last
        self.prefilled = False
        self.missing_shown = False
        self.kept_here = True
        self.kept_there = False
        self._dirty = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_EVERY_MS)
        self._timer.timeout.connect(self._send)
        desk.call_changed.connect(self._call_changed)
        desk.pop_changed.connect(self._call_changed)
        desk.draft_saved.connect(self._saved_there)
        desk.link_changed.connect(self._link_changed)

    # ------------------------------------------------------------- choices

    def choices(self, field: str) -> list[tuple[str, str]]:
        """(value, word) of one of the three required choices."""
        if field == "business_line":
            wanted = ("fridge", "washer", "air", "heater", "other")
            return [
                (c.value, self._short(c.value, c.label[language()])) for c in CATEGORIES if c.value in wanted
            ]
        if field == "type":
            return [
                ("repair", self.tr("报修")), ("chase", self.tr("催单")), ("inquiry", self.tr("咨询")),
                ("complaint", self.tr("投诉")), ("install", self.tr("安装")),
            ]  # fmt: skip
        return [
            ("dispatched", self.tr("已派工")), ("solved", self.tr("电话解决")), ("passed_on", self.tr("转他部门")),
            ("call_back", self.tr("待回电")),
        ]  # fmt: skip

    def _short(self, value: str, word: str) -> str:
        short = {"fridge": self.tr("冰箱"), "washer": self.tr("洗衣机"), "air": self.tr("空调"), "heater": self.tr("热水器"),
                 "other": self.tr("其他")}  # fmt: skip
        return short.get(value, word)

    def phrases(self) -> list[str]:
        return [
            self.tr("已致歉"),
            self.tr("客户接受"),
            self.tr("要求尽快"),
            self.tr("已报价"),
            self.tr("要发票"),
        ]

    # ------------------------------------------------------------- the draft

    def _call_changed(self) -> None:
        call_id = self.desk.call_id
        if call_id == self.call_id:
            return
        self._timer.stop()
        self.call_id, self.missing_shown, self._dirty = call_id, False, False
        self.values, self.prefilled = {}, False
        self._chosen.clear()
        if call_id:
            self.values = self._found_draft()
        self.kept_there = False
        self.changed.emit()

    def _found_draft(self) -> dict[str, str]:
        here = self._drafts.load(f"wrap_up-{self.call_id}")
        there = (
            self.desk.draft
            if self.desk.draft and self.desk.draft.get("call_id", self.call_id) == self.call_id
            else None
        )
        found = here or there or {}
        if here is not None:
            self._dirty = True
            self._timer.start()
        return {k: str(found[k]) for k in (*REQUIRED, "notes") if found.get(k)}

    def prefill(self, product: Json | None) -> None:
        """The product in talk suggests the business line; a choice already made stays."""
        if product and not self.values.get("business_line"):
            known = {value for value, _ in self.choices("business_line")}
            category = str(product.get("category") or "")
            if category in known:
                self.values["business_line"] = category
                self.prefilled = True
                self.changed.emit()

    def put(self, field: str, value: str | None) -> None:
        if self.values.get(field, "") == (value or ""):
            return
        if field in REQUIRED:
            self._chosen.append((field, self.values.get(field, "")))
        self.values[field] = value or ""
        self._keep()
        if field in REQUIRED:
            self.filled_changed.emit()

    def undo(self) -> None:
        """Take the last choice back; words are undone by their own field."""
        if self._chosen:
            field, before = self._chosen.pop()
            self.values[field] = before
            self._keep()
            self.changed.emit()

    def _keep(self) -> None:
        try:
            self._drafts.save(f"wrap_up-{self.call_id}", dict(self.values))
            self.kept_here = True
        except OSError:
            self.kept_here = False
        self.kept_there = False
        self._dirty = True
        if not self._timer.isActive():
            self._timer.start()
        self.kept_changed.emit()

    def _send(self) -> None:
        if not (self._dirty and self.call_id and self.desk.online):
            return
        self._dirty = False
        call_id = self.call_id

        def answered(answer: Answer) -> None:
            if not answer.refused:
                self._saved_there(call_id)

        self.desk.ask("SaveWrapUpDraft", answered, **self._fields())

    def _saved_there(self, call_id: str) -> None:
        if call_id == self.call_id and not self._dirty:
            self.kept_there = True
            self.kept_changed.emit()

    def _link_changed(self) -> None:
        if self.desk.online and self._dirty:
            self._timer.start()
        self.kept_changed.emit()

    def _fields(self) -> Json:
        filled = {name: self.values.get(name) or None for name in REQUIRED}
        return {"call_id": self.call_id, **filled, "notes": self.values.get("notes", ""), "fields": {}}

    # ------------------------------------------------------------- finishing

    def missing(self) -> list[str]:
        return [name for name in REQUIRED if not self.values.get(name)]

    def finish(self, then_break: bool) -> bool:
        """Finish, and take a break after where wanted; False when a choice is missing (it is then shown)."""
        if self.desk.phase != "wrap_up":
            return False
        if self.missing():
            self.missing_shown = True
            self.filled_changed.emit()
            return False
        self._timer.stop()
        call_id = self.call_id

        def finished(answer: Answer) -> None:
            if answer.refused:
                self.desk.refused.emit(answer.reason or answer.refused)
                return
            self._drafts.drop(f"wrap_up-{call_id}")

        if then_break:
            self.desk.ask("StartBreak", reason="rest")
        self.desk.ask("FinishWrapUp", finished, **self._fields())
        return True
