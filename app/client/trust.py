"""Whether this is the server we mean: the system's authorities vouch for it, or we have met it before.

A server nobody vouches for is trusted on first use; from the first login on it must show the
same key. One that the authorities vouched for never falls back to that. Runs on one event loop;
`new_pin` alone may be asked from elsewhere.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from app.client.known_servers import SYSTEM, KnownServers
from app.client.pinned import PinnedContext, WrongKey
from app.client.urls import server_url
from app.wire.fingerprint import words

MEET_S: Final = 5.0


CHANGED: Final = {
    "zh_CN": "服务器 {address} 的证书变了，已拒绝连接：请问管理员是否换过证书（现在的指纹词是“{words}”），"
    "确认后删去 {file} 里 {address} 那一行再试。",
    "en": "The certificate of {address} has changed, so nothing was sent: ask the administrator whether he "
    "replaced it (its words are now “{words}”), and only then remove the line of {address} in {file}.",
}
NOT_THE_GIVEN: Final = {
    "zh_CN": "服务器 {address} 的证书（指纹词“{words}”）不是交给本程序的那一张，已拒绝连接："
    "请向管理员要现在的证书。",
    "en": "{address} does not show the certificate handed to this program but another (its words are “{words}”), "
    "so nothing was sent: ask the administrator for the present one.",
}


class ServerChanged(ssl.SSLError):
    """Nothing is sent to this server. sentences: what to do, by language; the text is both."""

    def __init__(self, texts: Mapping[str, str], address: str, found: str, file: str = "") -> None:
        self.sentences = {
            language: text.format(address=address, words=words(found, language) or "?", file=file)
            for language, text in texts.items()
        }
        super().__init__(1, str(self))

    def __str__(self) -> str:
        return " ".join(self.sentences.values())


class Trust:
    """How this program knows servers.

    given: the only pin that counts, of a certificate handed to the program; nothing is remembered then.
    """

    def __init__(self, known: KnownServers | None = None, *, given: str = "") -> None:
        self.known = known or KnownServers()
        self._given = given
        self._met: dict[str, ssl.SSLContext] = {}
        self._new: dict[str, str] = {}  # marks to keep once somebody has logged in there
        self._meeting: dict[str, asyncio.Lock] = {}

    async def context(self, server: str) -> ssl.SSLContext | None:
        """What to connect with; None for a server without TLS.

        Raises:
            ServerChanged: it is not the server that was met before.
            OSError: nobody there, no TLS, or the known servers cannot be read.
        """
        host, port, address = _place(server)
        if not address:
            return None
        async with self._meeting.setdefault(address, asyncio.Lock()):
            if address not in self._met:
                self._met[address] = await self._meet(host, port, address)
            return self._met[address]

    def new_pin(self, server: str) -> str:
        """The pin of a server met for the first time that nobody vouches for; else ""."""
        mark = self._new.get(_place(server)[2], "")
        return "" if mark == SYSTEM else mark

    def keep(self, server: str) -> None:
        """Somebody has logged in: know this server from now on. Raises OSError."""
        address = _place(server)[2]
        if mark := self._new.get(address):
            self.known.add(address, mark)
            del self._new[address]

    def doubt(self, server: str) -> None:
        """A handshake with what `context` gave has failed: look at the server anew."""
        self._met.pop(_place(server)[2], None)

    async def _meet(self, host: str, port: int, address: str) -> ssl.SSLContext:
        mark = self._given or self._new.get(address) or self.known.mark(address)
        found = ""
        if mark and mark != SYSTEM:
            pinned = PinnedContext(mark)
            try:
                await _shake_hands(host, port, pinned)
                return pinned
            except WrongKey as wrong:
                found = wrong.found
        if self._given:
            raise ServerChanged(NOT_THE_GIVEN, address, found)
        vouched = ssl.create_default_context()
        vouched.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            await _shake_hands(host, port, vouched)
            if not mark:
                self._new[address] = SYSTEM
            return vouched
        except ssl.SSLCertVerificationError:
            pass  # nobody vouches for it
        learned = PinnedContext("")
        await _shake_hands(host, port, learned)
        if mark:
            raise ServerChanged(CHANGED, address, learned.seen, str(self.known.file))
        self._new[address] = learned.seen
        return PinnedContext(learned.seen)


def is_certificate_trouble(error: BaseException | None) -> bool:
    """Whether a failed connection failed because of who the server is."""
    while error is not None:
        if isinstance(error, WrongKey | ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _shake_hands(host: str, port: int, context: ssl.SSLContext) -> None:
    async with asyncio.timeout(MEET_S):
        _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    writer.transport.abort()


def _place(server: str) -> tuple[str, int, str]:
    """Host, port, "host:port"; the last is empty where there is no TLS."""
    parts = urlsplit(server_url(server))
    host, port = parts.hostname or "", parts.port or 443
    return host, port, (f"{host}:{port}" if parts.scheme == "https" else "")
