"""The settings: groups of chips, in force at once; the ring and the headset's check."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.desktop.settings.viewmodel import SettingsViewModel
from app.desktop.sound.view import SoundCheckView
from app.desktop.sound.viewmodel import SoundCheckViewModel
from app.desktop.widgets.field import Labelled
from app.desktop.widgets.panel import Panel
from app.desktop.widgets.text import Text
from app.desktop.widgets.toggles import ToggleGroup


class SettingsPanel(Panel):
    def __init__(
        self, window: QWidget, model: SettingsViewModel, sound: SoundCheckViewModel, device: Callable[[], str]
    ) -> None:
        super().__init__(window, "settings", self.tr("设置"), 420, place="middle", close_word=self.tr("关闭"))
        groups = (
            ("language", self.tr("语言"), [("zh_CN", "中文"), ("en", "English")], model.language),
            ("theme", self.tr("颜色"), [("light", self.tr("浅色")), ("dark", self.tr("深色"))], model.theme),
            ("factor", self.tr("文字大小"), [("1.0", "100 %"), ("1.15", "115 %"), ("1.3", "130 %")], str(model.factor)),
            ("motion", self.tr("动画"), [("true", self.tr("开")), ("false", self.tr("关"))], "true" if model.motion else "false"),
        )  # fmt: skip
        for name, label, choices, value in groups:
            group = ToggleGroup(f"set_{name}", choices, value)
            group.picked.connect(lambda v, name=name: model.choose(name, v))
            self.body.addWidget(Labelled(label, group))
        volumes = [("0", self.tr("关")), ("30", self.tr("轻")), ("60", self.tr("中")), ("100", self.tr("响"))]
        ring = ToggleGroup("set_ring", volumes, model.preferences["ring_volume"])
        ring.picked.connect(model.choose_ring)
        self.body.addWidget(Labelled(self.tr("来电铃声"), ring))
        opens = ToggleGroup("set_opens_on_ring", [("true", self.tr("打开窗口")), ("false", self.tr("保持窄条"))],
                            "true" if model.opens_on_ring else "false")  # fmt: skip
        opens.picked.connect(model.choose_opens_on_ring)
        self.body.addWidget(Labelled(self.tr("窄条时来电"), opens))
        if device():
            self.body.addWidget(
                Labelled(self.tr("耳机"), SoundCheckView("settings_sound_check", sound, device))
            )
        self.body.addWidget(Text(self.tr("立即生效，正在写的内容不受影响。"), 12, 400, "text2"))
        self.open()
