"""The dispatch slip of a saved order: fetched as PDF, shown as pictures, printed. No widgets."""

from typing import Literal

import pypdfium2
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.client.answers import Reply
from app.desktop.desk import Desk

Paper = Literal["A5", "A4", "80mm"]
PAPERS: tuple[Paper, ...] = ("A5", "A4", "80mm")
PREVIEW_DPI, PRINT_DPI = 110, 300


def pages(pdf: bytes, dpi: int) -> list[QImage]:
    """Each page of a PDF as a picture; raises ValueError for bytes that are none."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise ValueError("not a PDF") from error
    made = []
    for page in document:
        bitmap = page.render(scale=dpi / 72, rev_byteorder=True, prefer_bgrx=True)
        image = QImage(
            bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888
        )
        made.append(image.copy())
    document.close()
    return made


class SlipViewModel(QObject):
    """`changed`: another paper or another page picture; `trouble` is a sentence when there is none."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.order_id = ""
        self.paper: Paper = "A5"
        self.busy = False
        self.trouble = ""
        self.pictures: list[QImage] = []
        self._pdf = b""

    def open(self, order_id: str) -> None:
        self.order_id = order_id
        self._fetch()

    def choose_paper(self, paper: Paper) -> None:
        if paper != self.paper:
            self.paper = paper
            self._fetch()

    def _fetch(self) -> None:
        self.busy, self.trouble, self.pictures, self._pdf = True, "", [], b""
        self.changed.emit()
        wanted = (self.order_id, self.paper)

        def read(reply: Reply) -> None:
            if wanted != (self.order_id, self.paper):
                return
            self.busy = False
            try:
                if not reply.ok:
                    raise ValueError("refused")
                self.pictures, self._pdf = pages(reply.content, PREVIEW_DPI), reply.content
            except ValueError:
                self.trouble = self.tr("派工单没有取到，请再试一次")
            self.changed.emit()

        self.desk.link.get(f"/api/v1/records/work_order/{self.order_id}/slip.pdf?paper={self.paper}", read)

    def print_pictures(self) -> list[QImage]:
        return pages(self._pdf, PRINT_DPI) if self._pdf else []

    @property
    def printable(self) -> bool:
        return bool(self._pdf)
