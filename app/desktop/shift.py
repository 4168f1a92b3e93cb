"""One login's view-models, joined where one panel's choice is another's input. No widgets.

Views come and go (language, theme, size); these stay, and with them everything that was typed.
"""

from PySide6.QtCore import QObject

from app.desktop.bar.viewmodel import BarViewModel
from app.desktop.customer.viewmodel import CustomerViewModel
from app.desktop.desk import Desk
from app.desktop.drafts import DraftFolder
from app.desktop.floor.viewmodel import FloorViewModel
from app.desktop.guide.viewmodel import GuideViewModel
from app.desktop.history.viewmodel import HistoryViewModel
from app.desktop.idle.viewmodel import IdleViewModel
from app.desktop.order.viewmodel import OrderViewModel
from app.desktop.picker.viewmodel import PickerViewModel
from app.desktop.slip.viewmodel import SlipViewModel
from app.desktop.status.viewmodel import StatusViewModel
from app.desktop.wallboard.viewmodel import WallboardViewModel
from app.desktop.wrap_up.viewmodel import WrapUpViewModel


class Shift(QObject):
    def __init__(self, desk: Desk, drafts: DraftFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.bar = BarViewModel(desk, self)
        self.customer = CustomerViewModel(desk, self)
        self.history = HistoryViewModel(desk, self)
        self.guide = GuideViewModel(desk, self)
        self.order = OrderViewModel(desk, drafts, self)
        self.wrap_up = WrapUpViewModel(desk, drafts, self)
        self.idle = IdleViewModel(desk, self)
        self.status = StatusViewModel(desk, self)
        self.picker = PickerViewModel(desk, self)
        self.slip = SlipViewModel(desk, self)
        self.wallboard = WallboardViewModel(desk, parent=self)
        self.floor = FloorViewModel(desk, self.wallboard, self)
        self.customer.changed.connect(self._product_chosen)
        self.bar.finish_wanted.connect(self.wrap_up.finish)
        self.order.saved.connect(self._order_saved)
        self.order.changed.connect(lambda: self.guide.show_order(self.order.order))

    def _product_chosen(self) -> None:
        product = self.customer.product()
        self.order.use_product(product)
        self.wrap_up.prefill(product)

    def _order_saved(self) -> None:
        """A dispatched order is the usual outcome of a call: suggest it, the agent may choose another."""
        if not self.wrap_up.values.get("status"):
            self.wrap_up.put("status", "dispatched")
            self.wrap_up.changed.emit()
