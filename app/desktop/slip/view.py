"""The slip before printing: the page as it will come out, papers as chips, one print button."""

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from app.desktop.slip.viewmodel import PAPERS, PRINT_DPI, SlipViewModel
from app.desktop.theme.current import px
from app.desktop.widgets.button import Button
from app.desktop.widgets.card import clear, row, scrolled
from app.desktop.widgets.panel import Panel
from app.desktop.widgets.text import Text
from app.desktop.widgets.toggles import ToggleGroup

MM_PER_INCH = 25.4


def print_on(printer: QPrinter, pictures: list[QImage]) -> None:
    """One picture a page, at its true size; the printer's own margins are not added to the page's."""
    printer.setFullPage(True)
    if pictures:
        size = QSizeF(pictures[0].width(), pictures[0].height()) * (MM_PER_INCH / PRINT_DPI)
        printer.setPageSize(QPageSize(size, QPageSize.Unit.Millimeter))
    painter = QPainter(printer)
    for number, picture in enumerate(pictures):
        if number:
            printer.newPage()
        scale = printer.resolution() / PRINT_DPI
        painter.drawImage(QRectF(0, 0, picture.width() * scale, picture.height() * scale), picture)
    painter.end()


class SlipPanel(Panel):
    def __init__(self, window: QWidget, model: SlipViewModel) -> None:
        super().__init__(window, "slip", self.tr("派工单"), 720, place="middle", close_word=self.tr("关闭"))
        self._model = model
        papers = ToggleGroup("slip_paper", [(p, "80 mm" if p == "80mm" else p) for p in PAPERS], model.paper)
        papers.picked.connect(lambda value: model.choose_paper(value or model.paper))
        self._print = Button("slip_print", self.tr("打印"), icon="printer", key="Ctrl+P", kind="primary")
        self._print.clicked.connect(self.ask_printer)
        head = row(papers, None, self._print)
        head.setStretch(0, 1)
        self.body.addLayout(head)
        self._pages = QVBoxLayout()
        self._pages.setSpacing(12)
        content = QWidget()
        content.setLayout(self._pages)
        area = scrolled(content, "slip_pages")
        area.setMinimumHeight(px(460))
        self.body.addWidget(area, 1)
        self._words = Text("", 14, 400, "text2")
        self.body.addWidget(self._words)
        model.changed.connect(self.show_pages)
        self.show_pages()
        self.open()

    def show_pages(self) -> None:
        model = self._model
        clear(self._pages)
        for number, picture in enumerate(model.pictures, 1):
            page = QLabel()
            page.setObjectName(f"slip_page_{number}")
            page.setAccessibleName(self.tr("第 {n} 页").format(n=number))
            shown = QPixmap.fromImage(picture)
            room = self.width() - 56
            ratio = self.devicePixelRatioF()
            if shown.width() > room * ratio:
                shown = shown.scaledToWidth(int(room * ratio), Qt.TransformationMode.SmoothTransformation)
            shown.setDevicePixelRatio(ratio)
            page.setPixmap(shown)
            page.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._pages.addWidget(page)
        self._pages.addStretch(1)
        self._words.show_text(self.tr("正在取派工单…") if model.busy else model.trouble)
        self._words.setVisible(bool(self._words.text()))
        self._print.set_usable(model.printable, self.tr("还没有取到"))

    def ask_printer(self) -> None:
        """The system's print dialog, never modal over a call: it is opened, not executed."""
        if not self._model.printable:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self._printer = printer
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: print_on(printer, self._model.print_pictures()))
        QDialog.open(dialog)
