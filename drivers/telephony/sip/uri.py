"""SIP URIs and name-addresses, read tolerantly, with hosts and ports checked.

Knows RFC 3261 §19.1 and §20.10 as far as a call needs. Resolves no names.
"""

import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address

Address = tuple[str, int]

_URI = re.compile(
    r"(sips?|tel):(?:([^@:;<>\s]{0,128})(?::[^@<>\s]*)?@)?"
    r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.\-_+*#]{1,255})(?::([0-9]{1,6}))?((?:;[^?<>\s]*)?)(?:\?[^<>\s]*)?\Z",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


class SipSyntaxError(ValueError):
    """What arrived is not SIP, or would have us send to an impossible address."""


@dataclass(slots=True, frozen=True)
class SipUri:
    """user is unescaped; port 0 when none is written; params lower-case without values' quotes."""

    scheme: str
    user: str
    host: str
    port: int = 0
    params: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        user = f"{escape_user(self.user)}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        params = "".join(f";{name}={value}" if value else f";{name}" for name, value in self.params.items())
        return f"{self.scheme}:{user}{self.host}{port}{params}"


def escape_user(user: str) -> str:
    """Escape what may not stand in a URI's user part."""
    return "".join(
        c if c.isascii() and (c.isalnum() or c in "-_.!~*'()&=+$,?/#") else _escaped(c) for c in user
    )


def _escaped(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


def parse_uri(text: str) -> SipUri:
    """Read a sip:, sips: or tel: URI.

    Raises:
        SipSyntaxError: for anything else, and for a port outside 1..65535.
    """
    match = _URI.match(text.strip())
    if match is None:
        raise SipSyntaxError("bad_uri")
    scheme, user, host, port_text, params = match.groups()
    port = checked_port(port_text) if port_text else 0
    scheme = scheme.lower()
    if scheme == "tel":
        user, host = host, ""
    if user and "%" in user:
        user = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), user)
    return SipUri(scheme, user or "", host.lower(), port, parse_params(params) if params else {})


def checked_port(text: str) -> int:
    """A UDP port somebody can be reached at: 1..65535.

    Raises:
        SipSyntaxError: for any other text.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > 5:
        raise SipSyntaxError("bad_port")
    port = int(text)
    if not 0 < port < 65536:
        raise SipSyntaxError("bad_port")
    return port


def sendable_host(host: str) -> str | None:
    """The host as an IPv4 literal that may be sent to, or None.

    Names, IPv6, multicast, broadcast and 0.0.0.0 give None: the caller then uses
    the address the message came from.
    """
    try:
        address = IPv4Address(host)
    except (AddressValueError, ValueError):
        return None
    if address.is_multicast or address.is_unspecified or int(address) >= 0xF0000000:
        return None
    return str(address)


def parse_params(text: str) -> dict[str, str]:
    """`;a=1;b="x"` → {"a": "1", "b": "x"}; names lower-case."""
    params: dict[str, str] = {}
    for piece in split_outside_quotes(text, ";"):
        name, _, value = piece.partition("=")
        name = name.strip().lower()
        if name:
            params[name] = value.strip().strip('"')
    return params


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """Split at `separator` where it stands outside "…" and <…>."""
    if '"' not in text and "<" not in text:
        return text.split(separator)
    pieces, start, quoted, angle, index = [], 0, False, False, 0
    while index < len(text):
        char = text[index]
        if quoted:
            if char == "\\":
                index += 1
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char == "<":
            angle = True
        elif char == ">":
            angle = False
        elif char == separator and not angle:
            pieces.append(text[start:index])
            start = index + 1
        index += 1
    pieces.append(text[start:])
    return pieces


@dataclass(slots=True, frozen=True)
class NameAddress:
    """A From, To, Contact, Route entry. uri_text is as written, so it can be sent back unchanged."""

    display: str
    uri_text: str
    params: dict[str, str]

    @property
    def uri(self) -> SipUri:
        return parse_uri(self.uri_text)

    @property
    def tag(self) -> str:
        return self.params.get("tag", "")


def parse_name_address(text: str) -> NameAddress:
    """Read `"Display" <sip:…>;tag=…` or `sip:…;tag=…`.

    Raises:
        SipSyntaxError: an unclosed quote or bracket, or no URI at all.
    """
    text = text.strip()
    display = ""
    if text.startswith('"'):
        end = 1
        while end < len(text) and text[end] != '"':
            end += 2 if text[end] == "\\" else 1
        if end >= len(text):
            raise SipSyntaxError("bad_name_address")
        display, text = re.sub(r"\\(.)", r"\1", text[1:end]), text[end + 1 :].lstrip()
    open_at = text.find("<")
    if open_at >= 0:
        close_at = text.find(">", open_at)
        if close_at < 0:
            raise SipSyntaxError("bad_name_address")
        display = display or text[:open_at].strip()
        return NameAddress(display, text[open_at + 1 : close_at].strip(), parse_params(text[close_at + 1 :]))
    uri_text, _, params = text.partition(";")
    if not uri_text:
        raise SipSyntaxError("bad_name_address")
    return NameAddress(display, uri_text.strip(), parse_params(params))
