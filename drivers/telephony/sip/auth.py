"""Digest passwords, asked and answered (RFC 2617, 7616, 8760): MD5 and SHA-256, qop=auth.

Knows hashes and nonces. Nonces carry their own age and our signature, so a
stranger's attempts cost no memory.
"""

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

NONCE_LIFE_S = 300.0
KEPT_NONCES = 10_000
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_FIELD = re.compile(r'([A-Za-z0-9_\-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


class Verdict(Enum):
    GOOD = auto()
    MISSING = auto()
    STALE = auto()
    WRONG = auto()


def parse_digest(text: str) -> dict[str, str]:
    """`Digest a="x", b=y` → {"a": "x", "b": "y"}; {} for another scheme."""
    scheme, _, rest = text.strip().partition(" ")
    if scheme.lower() != "digest":
        return {}
    return {m[1].lower(): (m[2] if m[2] is not None else m[3]) for m in _FIELD.finditer(rest[:4096])}


def _digest(algorithm: str, *parts: str) -> str:
    return _HASHES[algorithm](":".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _response(
    algorithm: str, user: str, realm: str, password: str, method: str, uri: str, nonce: str, qop: str,
    nc: str, cnonce: str,
) -> str:  # fmt: skip
    secret = _digest(algorithm, user, realm, password)
    asked = _digest(algorithm, method, uri)
    if qop:
        return _digest(algorithm, secret, nonce, nc, cnonce, qop, asked)
    return _digest(algorithm, secret, nonce, asked)


@dataclass(slots=True, frozen=True)
class Credentials:
    user: str
    password: str


def authorize(
    challenges: list[str], credentials: Credentials, method: str, uri: str, cnonce: str, nc: int = 1
) -> str | None:
    """The Authorization value for the strongest challenge we know, or None.

    Args:
        challenges: the values of WWW-Authenticate or Proxy-Authenticate.
        cnonce: random text; nc: how often this nonce has been used, from 1.
    """
    fields = [parse_digest(text) for text in challenges]
    known = [f for f in fields if "nonce" in f and f.get("algorithm", "MD5").upper() in _HASHES]
    known.sort(key=lambda f: f.get("algorithm", "MD5").upper() != "SHA-256")
    for challenge in known:
        offered = [qop.strip() for qop in challenge.get("qop", "").split(",") if qop.strip()]
        if offered and "auth" not in offered:
            continue
        qop = "auth" if offered else ""
        algorithm = challenge.get("algorithm", "MD5").upper()
        count = f"{nc:08x}"
        response = _response(
            algorithm, credentials.user, challenge.get("realm", ""), credentials.password, method, uri,
            challenge["nonce"], qop, count, cnonce,
        )  # fmt: skip
        parts = [
            f'username="{credentials.user}"', f'realm="{challenge.get("realm", "")}"',
            f'nonce="{challenge["nonce"]}"', f'uri="{uri}"', f'response="{response}"', f"algorithm={algorithm}",
        ]  # fmt: skip
        if qop:
            parts += [f"qop={qop}", f"nc={count}", f'cnonce="{cnonce}"']
        if "opaque" in challenge:
            parts.append(f'opaque="{challenge["opaque"]}"')
        return "Digest " + ", ".join(parts)
    return None


class Doorkeeper:
    """Asks for passwords and checks them; takes MD5 and SHA-256, whatever was asked for.

    algorithms: what is asked for, in order. MD5 alone unless told otherwise: telephones in
    use (libre, seen with baresip 1.0) give up when any challenge names SHA-256 (RFC 8760).
    """

    def __init__(
        self, realm: str, secret: bytes, passwords: Mapping[str, str], algorithms: Sequence[str] = ("MD5",)
    ) -> None:
        self.realm, self._secret, self.passwords = realm, secret, passwords
        self._algorithms = [name for name in algorithms if name in _HASHES] or ["MD5"]
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._serial = 0

    def challenges(self, now_s: float, *, stale: bool = False) -> list[str]:
        self._serial += 1
        nonce = self._nonce(f"{int(now_s):x}.{self._serial:x}")
        tail = ", stale=true" if stale else ""
        return [
            f'Digest realm="{self.realm}", nonce="{nonce}", algorithm={algorithm}, qop="auth"{tail}'
            for algorithm in self._algorithms
        ]

    def check(self, value: str, method: str, now_s: float) -> tuple[Verdict, str]:
        """Judge an Authorization value; gives the user it names, also when wrong."""
        fields = parse_digest(value)
        user = fields.get("username", "")
        if not fields:
            return Verdict.MISSING, ""
        algorithm = fields.get("algorithm", "MD5").upper()
        nonce, nc = fields.get("nonce", ""), fields.get("nc", "")
        if algorithm not in _HASHES or fields.get("realm") != self.realm or not fields.get("uri"):
            return Verdict.WRONG, user
        password = self.passwords.get(user)
        qop = fields.get("qop", "")
        wanted = _response(
            algorithm, user, self.realm, password if password is not None else "\0", method, fields["uri"], nonce,
            qop, nc, fields.get("cnonce", ""),
        )  # fmt: skip
        if (
            password is None
            or qop not in ("", "auth")
            or not hmac.compare_digest(
                wanted.encode(), fields.get("response", "").lower().encode("latin-1", "replace")
            )
        ):
            return Verdict.WRONG, user
        return (Verdict.GOOD if self._fresh(nonce, nc, qop, now_s) else Verdict.STALE), user

    def _nonce(self, stamp: str) -> str:
        return f"{stamp}.{hmac.new(self._secret, stamp.encode(), hashlib.sha256).hexdigest()[:24]}"

    def _fresh(self, nonce: str, nc: str, qop: str, now_s: float) -> bool:
        stamp = nonce.rpartition(".")[0]
        if not re.fullmatch(r"[0-9a-f]{1,12}\.[0-9a-f]{1,12}", stamp):
            return False
        at_s = int(stamp.partition(".")[0], 16)
        if not hmac.compare_digest(self._nonce(stamp).encode(), nonce.encode("latin-1", "replace")):
            return False
        if not -1.0 <= now_s - at_s <= NONCE_LIFE_S:
            return False
        if qop:
            # The count of a nonce only grows: a copied header opens nothing. Old nonces were
            # forgotten only when they are too old to be taken anyway, or under a flood.
            if not re.fullmatch(r"[0-9a-fA-F]{1,8}", nc):
                return False
            count = int(nc, 16)
            if count <= self._counts.get(nonce, 0):
                return False
            self._counts[nonce] = count
            self._counts.move_to_end(nonce)
            while len(self._counts) > KEPT_NONCES:
                self._counts.popitem(last=False)
        return True
