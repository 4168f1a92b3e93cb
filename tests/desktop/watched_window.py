"""A real `./zongji desktop` whose screen can be asked about and whose keys can be pressed, by lines of JSON.

    {"press": "F2"} · {"into": "wrap_type", "press": "2"} · {"type": "words"} · {"grab": PATH} · {}
    → what stands on the screen

The window, its link, voice and drafts are the product's own; nothing here reaches past the widgets.
"""

import argparse
import json
import os
import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit, QWidget

from app.cli.desktop import add_parser
from app.cli.desktop_session import DesktopSession
from app.cli.given_certificate import trust_of

LABELS = ("caller_name", "caller_number", "order_state")
PARTS = ("lost_strip", "slip", "slip_page_1", "wrap_up_panel", "call_answer", "call_hang_up")


class Watched:
    def __init__(self, session: DesktopSession) -> None:
        self._session, self._waiting = session, b""
        self._lines = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._lines.activated.connect(self._read)

    def _read(self) -> None:
        read = os.read(sys.stdin.fileno(), 65536)
        if not read:
            self._session.quit()
            return
        *lines, self._waiting = (self._waiting + read).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))
            print(json.dumps(self.see(), ensure_ascii=False), flush=True)

    def _obey(self, wish: dict[str, str]) -> None:
        if not self._session.window.isActiveWindow():  # nobody manages the windows here
            self._session.window.activateWindow()
            QTest.qWaitForWindowActive(self._session.window, 2000)
        if "into" in wish:
            group = self._session.window.findChild(QWidget, wish["into"])
            next(w for w in group.findChildren(QAbstractButton) if w.isEnabled()).setFocus()
        at = QApplication.focusWidget() or self._session.window
        if "press" in wish:
            key = QKeySequence(wish["press"])[0]
            QTest.keyClick(at, key.key(), key.keyboardModifiers())
        if "type" in wish:
            QTest.keyClicks(at, wish["type"])
        if "grab" in wish:
            self._session.window.grab().save(wish["grab"])

    def see(self) -> dict[str, object]:
        window, shift = self._session.window, self._session.shift
        there = {w.objectName(): w for w in window.findChildren(QWidget) if w.isVisible()}
        texts = {name: there[name].text() for name in LABELS if isinstance(there.get(name), QLabel)}
        said = there.get("order_description")
        return {
            "state": shift.desk.shown_state if shift else "",
            "link": shift.desk.link_state if shift else "",
            "parts": [name for name in PARTS if name in there],
            "focus": focus.objectName() if (focus := QApplication.focusWidget()) else "",
            "order": (shift.order.order or {}).get("number") if shift else None,
            "description": said.toPlainText() if isinstance(said, QPlainTextEdit) else None,
            **texts,
        }


def main() -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["desktop", *sys.argv[1:]])
    session = DesktopSession(arguments, trust_of(arguments))
    session.watched = Watched(session)  # type: ignore[attr-defined]
    return session.run()


if __name__ == "__main__":
    sys.exit(main())
