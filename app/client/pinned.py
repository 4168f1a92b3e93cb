"""A TLS context that knows a server by its key alone, whoever signed its certificate.

The key is judged inside the handshake: nothing of ours, no password, leaves before.
"""

import ssl
from typing import Any

from app.wire.fingerprint import pin_of


class WrongKey(ssl.SSLError):
    """The server's key is not the pinned one. found: the pin of the key it has."""

    def __init__(self, found: str) -> None:
        super().__init__(1, "the server's certificate is not the one known here")
        self.found = found


class PinnedContext(ssl.SSLContext):
    """pin "": any server is let through, and `seen` tells its pin; only to learn it."""

    def __new__(cls, _pin: str) -> "PinnedContext":
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, pin: str) -> None:
        super().__init__()
        self.minimum_version = ssl.TLSVersion.TLSv1_2
        self.check_hostname = False
        self.verify_mode = ssl.CERT_NONE  # `judge` is the verification
        self.seen = ""
        self._pin = pin

    def judge(self, certificate: bytes | None) -> None:
        """Raises WrongKey."""
        try:
            self.seen = pin_of(certificate or b"")
        except ValueError:
            raise WrongKey("") from None
        if self._pin and self.seen != self._pin:
            raise WrongKey(self.seen)


class _JudgingObject(ssl.SSLObject):
    def do_handshake(self) -> None:
        super().do_handshake()
        _judge(self.context, self.getpeercert(True))


class _JudgingSocket(ssl.SSLSocket):
    def do_handshake(self, *arguments: Any) -> None:
        super().do_handshake(*arguments)
        _judge(self.context, self.getpeercert(True))


def _judge(context: ssl.SSLContext, certificate: bytes | None) -> None:
    assert isinstance(context, PinnedContext)
    context.judge(certificate)


PinnedContext.sslobject_class = _JudgingObject
PinnedContext.sslsocket_class = _JudgingSocket
