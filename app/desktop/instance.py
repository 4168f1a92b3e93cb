"""One desktop of one person at a time: a second start brings the first one forward and ends.

Knows a local socket and nothing of windows.
"""

import getpass
import hashlib

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 500


class Instance(QObject):
    """`called`: somebody tried to start the same again."""

    called = Signal()

    def __init__(self, server: str, user: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        whose = hashlib.sha256(f"{getpass.getuser()}\n{server}\n{user}".encode()).hexdigest()[:16]
        self._name = f"zongji-desktop-{whose}"
        self._listener = QLocalServer(self)
        self._listener.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._listener.newConnection.connect(self._heard)

    def claim(self) -> bool:
        """True: this is the one. False: another runs, and has been called."""
        other = QLocalSocket()
        other.connectToServer(self._name)
        if other.waitForConnected(WAIT_MS):
            other.disconnectFromServer()
            return False
        QLocalServer.removeServer(self._name)  # of one that was killed
        self._listener.listen(self._name)
        return True

    def release(self) -> None:
        self._listener.close()

    def _heard(self) -> None:
        connection = self._listener.nextPendingConnection()
        if connection is not None:
            connection.deleteLater()
            self.called.emit()
