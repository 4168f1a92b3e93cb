"""Who is behind an id or a number: asked once, remembered while the window lives. No widgets."""

from urllib.parse import quote

from PySide6.QtCore import QObject, Signal

from app.client.answers import Reply
from app.desktop.link import Link
from app.desktop.writing import text_of


class CustomerNames(QObject):
    """`learnt`: a name that was asked for has come. Nobody is named twice, nor asked for twice."""

    learnt = Signal()

    def __init__(self, link: Link, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._names: dict[str, str] = {}

    def of_id(self, customer_id: str | None) -> str:
        """The customer's name; empty until it has come, and for none."""
        return self._known(f"/api/v1/records/customer/{customer_id}") if customer_id else ""

    def of_number(self, number: str | None) -> str:
        return self._known(f"/api/v1/records/customer?q={quote(number)}&limit=1") if number else ""

    def _known(self, path: str) -> str:
        if path not in self._names:
            self._names[path] = ""
            self._link.get(path, lambda reply: self._learn(path, reply))
        return self._names[path]

    def _learn(self, path: str, reply: Reply) -> None:
        if not reply.ok or not isinstance(reply.json, dict):
            return
        found = reply.json.get("items") if "?q=" in path else [reply.json]
        name = text_of(found[0], "name") if found else ""
        if name:
            self._names[path] = name
            self.learnt.emit()
