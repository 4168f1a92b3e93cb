"""The middle after a call: three choices as chips, notes, phrases; a foot that says it is kept."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.desktop.theme.current import px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import clear, row, scrolled
from app.desktop.widgets.field import Labelled, NoteField
from app.desktop.widgets.late import Late
from app.desktop.widgets.picture import Picture
from app.desktop.widgets.text import Text
from app.desktop.widgets.toggles import Flow, ToggleGroup
from app.desktop.wrap_up.viewmodel import MAX_NOTES, REQUIRED, WrapUpViewModel


class WrapUpView(QFrame):
    def __init__(self, model: WrapUpViewModel) -> None:
        super().__init__()
        self.setObjectName("wrap_up_panel")
        self.setProperty("kind", "card")
        self._model = model
        self.groups: dict[str, ToggleGroup] = {}
        self._labelled: dict[str, Labelled] = {}
        self.notes: NoteField | None = None
        self._body = QVBoxLayout()
        self._body.setContentsMargins(16, 14, 16, 12)
        self._body.setSpacing(12)
        content = QWidget()
        content.setLayout(self._body)
        made = QVBoxLayout(self)
        made.setContentsMargins(0, 1, 0, 0)
        made.setSpacing(0)
        made.addWidget(scrolled(content), 1)
        made.addWidget(self._foot())
        self._late = Late(self, self.show_all)
        model.changed.connect(self._late.ask)
        model.filled_changed.connect(self.show_filled)
        model.kept_changed.connect(self.show_kept)
        model.desk.clock.ticked.connect(self.show_time)
        self.show_all()

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setProperty("kind", "foot")
        foot.setFixedHeight(px(44))
        self._kept_icon = Picture("check", 16, "ready.tone")
        self._kept = Text("", 13, 400, "text2", elide=True)
        self._kept.setObjectName("draft_state")
        self._left = Text("", 13, 500, "wrap_up.tone", tabular=True, align=Qt.AlignmentFlag.AlignRight)
        inside = row(self._kept_icon, self._kept, self._left, gap=8, margins=(16, 0, 16, 0))
        foot.setLayout(inside)
        return foot

    def show_all(self) -> None:
        model = self._model
        writing = self.notes is not None and self.notes.hasFocus()
        clear(self._body)
        self._count = Text("", 12, 400, "text2", tabular=True)
        self._body.addLayout(row(Text(self.tr("通话小结"), 16, 600), None, self._count))
        labels = {
            "business_line": self.tr("业务线"),
            "type": self.tr("来电类型"),
            "status": self.tr("处理结果"),
        }
        for name in REQUIRED:
            group = ToggleGroup(f"wrap_{name}", model.choices(name), model.values.get(name))
            group.picked.connect(lambda value, name=name: model.put(name, value))
            aside = None
            if name == "business_line" and model.prefilled:
                aside = Text(self.tr("由产品预填"), 12, 400, "text2")
            self.groups[name] = group
            self._labelled[name] = Labelled(labels[name], group, required=True, aside=aside)
            self._body.addWidget(self._labelled[name])
        self._chars = Text("", 12, 400, "text2", tabular=True)
        self.notes = NoteField("wrap_notes", model.values.get("notes", ""))
        self.notes.setMinimumHeight(px(96))
        self.notes.textChanged.connect(self._typed)
        notes = Labelled(self.tr("小结"), self.notes, aside=self._chars)
        layout = notes.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(1, 1)
        layout.takeAt(layout.count() - 1)
        self._body.addWidget(notes, 1)
        self._body.addWidget(Text(self.tr("常用语"), 13, 500, "text2"))
        phrases = QWidget()
        flow = Flow(phrases)
        for number, phrase in enumerate(model.phrases()):
            button = Button(f"phrase_{number}", phrase, height="small")
            button.clicked.connect(lambda _=False, phrase=phrase: self._insert(phrase))
            flow.addWidget(button)
        self._body.addWidget(phrases)
        self.show_filled()
        self.show_kept()
        self.show_time()
        if writing:
            self.focus_notes()

    def focus_notes(self) -> None:
        assert self.notes is not None
        self.notes.setFocus()
        self.notes.moveCursor(QTextCursor.MoveOperation.End)

    def _typed(self) -> None:
        assert self.notes is not None
        text = self.notes.toPlainText()
        if len(text) > MAX_NOTES:
            cursor = self.notes.textCursor()
            at = min(cursor.position(), MAX_NOTES)
            self.notes.setPlainText(text[:MAX_NOTES])
            cursor.setPosition(at)
            self.notes.setTextCursor(cursor)
            return
        self._model.put("notes", text)
        self._show_chars()

    def _show_chars(self) -> None:
        assert self.notes is not None
        self._chars.show_text(f"{len(self.notes.toPlainText())} / {MAX_NOTES}")

    def _insert(self, phrase: str) -> None:
        assert self.notes is not None
        cursor = self.notes.textCursor()
        before = self.notes.toPlainText()[: cursor.position()]
        sep = "" if not before or before[-1] in "，。；,.; \n" else self.tr("，")
        cursor.insertText(sep + phrase)
        self.notes.setFocus()

    def show_filled(self) -> None:
        model, missing = self._model, self._model.missing()
        filled = len(REQUIRED) - len(missing)
        self._count.show_text(self.tr("* 必填 {n} 项，已填 {m} 项").format(n=len(REQUIRED), m=filled))
        for name in REQUIRED:
            wrong = model.missing_shown and name in missing
            self._labelled[name].show_error(self.tr("请选一项") if wrong else "")
        self._show_chars()

    def show_kept(self) -> None:
        model = self._model
        if not model.kept_here:
            self._kept_icon.show_icon("alert-triangle", "broken.tone")
            self._kept.show_text(self.tr("本机磁盘写不进去，请尽快完成小结"))
        elif not model.desk.online:
            self._kept_icon.show_icon("check", "ready.tone")
            self._kept.show_text(self.tr("连接中断，已写内容存在本机"))
        else:
            self._kept_icon.show_icon("check", "ready.tone")
            self._kept.show_text(self.tr("边写边存，断线也不丢"))

    def show_time(self) -> None:
        left = self._model.desk.left_s()
        if self._model.desk.phase != "wrap_up" or left is None:
            self._left.show_text("")
        elif left >= 0:
            self._left.show_text(self.tr("{n} 秒后自动示闲").format(n=round(left)))
