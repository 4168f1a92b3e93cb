"""Which servers this user has met: one line each, "host:port mark", in his configuration folder.

The mark is the pin of the server's key, or "system" for one the system's authorities vouch for.
Lines are only ever added, and a server's first line counts: no race and no attacker can have a
second one replace it. Knows nothing of connections.
"""

import os
import sys
from pathlib import Path
from typing import Final

SYSTEM: Final = "system"


def known_servers_file() -> Path:
    """`zongji/known_servers` where this user's programs keep their configuration."""
    if sys.platform == "win32":
        place = os.environ.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
    else:
        place = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(place) / "zongji" / "known_servers"


class KnownServers:
    """The file is read again for each question: other programs of this user add to it."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or known_servers_file()

    def mark(self, address: str) -> str:
        """What this server must be known by; "" when it was never met.

        A line that is no longer whole still counts: it matches no server. Raises OSError.
        """
        try:
            lines = self.file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        for line in lines:
            words = line.split()
            if words and words[0] == address:
                return words[1] if len(words) == 2 else "damaged"
        return ""

    def add(self, address: str, mark: str) -> None:
        """Know this server from now on, unless it has a line already. Raises OSError."""
        if self.mark(address):
            return
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = f"{address} {mark}\n".encode()
        if self.file.exists() and self.file.read_bytes()[-1:] not in (b"", b"\n"):
            line = b"\n" + line  # an editor left the last line open
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.file, flags, 0o600)
        try:
            os.write(descriptor, line)  # one write: two programs' lines never mix
        finally:
            os.close(descriptor)
