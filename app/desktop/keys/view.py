"""All keys for this screen: what the call keys do now, and what works everywhere."""

from PySide6.QtWidgets import QWidget

from app.desktop.bar.viewmodel import BarViewModel
from app.desktop.widgets.card import row
from app.desktop.widgets.key_cap import KeyCap
from app.desktop.widgets.panel import Panel
from app.desktop.widgets.text import Text


class KeysPanel(Panel):
    def __init__(self, window: QWidget, bar: BarViewModel) -> None:
        super().__init__(window, "keys", self.tr("按键一览"), 420, place="middle", close_word=self.tr("关闭"))
        now = [(a.word, a.key) for a in bar.actions()]
        everywhere = [
            (self.tr("查找或拨号"), "Ctrl+K"), (self.tr("拨号"), "Ctrl+D"), (self.tr("新建工单"), "Ctrl+N"),
            (self.tr("保存并派工 / 完成小结"), "Ctrl+Enter"), (self.tr("存草稿或新客户"), "Ctrl+S"), (self.tr("预览、打印派工单"), "Ctrl+P"),
            (self.tr("换标签页"), "Ctrl+1…5"), (self.tr("客户一栏（窄窗）"), "Ctrl+I"), (self.tr("全屏"), "F11"),
            (self.tr("撤销刚才的选择"), "Ctrl+Z"), (self.tr("只留窄条，浮在最上"), "Ctrl+Shift+M"),
        ]  # fmt: skip
        for title, pairs in ((self.tr("这一屏"), now), (self.tr("到处都能用"), everywhere)):
            if pairs:
                self.body.addWidget(Text(title, 13, 600, "text2"))
            for word, key in pairs:
                self.body.addLayout(row(Text(word, 14, 400), None, KeyCap(key)))
        self.open()
