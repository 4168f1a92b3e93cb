"""SIP messages: bytes to headers and back, fast and forgiving (RFC 3261 §7, §20).

Knows the grammar: compact names, folded lines, either line end, latin-1. Looks
into a header only when asked for it. Knows no transactions and no addresses.
"""

import re
from dataclasses import dataclass

from drivers.telephony.sip.uri import (
    NameAddress,
    SipSyntaxError,
    checked_port,
    parse_name_address,
    parse_params,
    split_outside_quotes,
)

MAX_MESSAGE_BYTES = 65535
MAX_HEADERS = 256
MAX_HOPS = 32

COMPACT = {
    "v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
    "c": "content-type", "s": "subject", "k": "supported", "e": "content-encoding", "r": "refer-to",
    "b": "referred-by", "o": "event", "u": "allow-events", "x": "session-expires", "a": "accept-contact",
}  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]{1,64}\Z")
_VIA = re.compile(
    r"\s*SIP\s*/\s*2\.0\s*/\s*([A-Za-z]{2,8})\s+(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.\-_]{1,255})"
    r"\s*(?::\s*([0-9]{1,9}))?\s*(;.*)?\Z",
    re.IGNORECASE | re.DOTALL,
)

REASONS = {
    100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 183: "Session Progress", 200: "OK",
    202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
    408: "Request Timeout", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
    421: "Extension Required", 422: "Session Interval Too Small", 423: "Interval Too Brief",
    480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected",
    483: "Too Many Hops", 484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported",
    600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
}  # fmt: skip

Headers = dict[str, list[str]]


@dataclass(slots=True, frozen=True)
class Via:
    """The topmost Via. port 0: none written; branch "" from an RFC 2543 element."""

    transport: str
    host: str
    port: int
    params: dict[str, str]

    @property
    def branch(self) -> str:
        return self.params.get("branch", "")


class Message:
    """What requests and responses share. Header names are lower-case and never compact."""

    __slots__ = ("_cseq", "_from", "_to", "_via", "body", "headers")

    def __init__(self, headers: Headers, body: bytes) -> None:
        self.headers = headers
        self.body = body
        self._via: Via | None = None
        self._from: NameAddress | None = None
        self._to: NameAddress | None = None
        self._cseq: tuple[int, str] | None = None

    def get(self, name: str, default: str = "") -> str:
        """The first value of a header."""
        values = self.headers.get(name)
        return values[0] if values else default

    def all(self, name: str) -> list[str]:
        """Every value of a header whose values may stand comma-separated in one line."""
        found: list[str] = []
        for line in self.headers.get(name, ()):
            found += [piece.strip() for piece in split_outside_quotes(line, ",") if piece.strip()]
        return found

    def tokens(self, name: str) -> set[str]:
        """The lower-case option tags of a header such as Supported."""
        return {token.lower() for token in self.all(name)}

    @property
    def via(self) -> Via:
        if self._via is None:
            values = self.headers.get("via")
            if not values:
                raise SipSyntaxError("no_via")
            line = values[0]
            self._via = parse_via(split_outside_quotes(line, ",")[0] if "," in line else line)
        return self._via

    @property
    def from_(self) -> NameAddress:
        if self._from is None:
            self._from = parse_name_address(self.get("from"))
        return self._from

    @property
    def to(self) -> NameAddress:
        if self._to is None:
            self._to = parse_name_address(self.get("to"))
        return self._to

    @property
    def call_id(self) -> str:
        return self.get("call-id")

    @property
    def cseq(self) -> tuple[int, str]:
        if self._cseq is None:
            number, _, method = self.get("cseq").strip().partition(" ")
            if not (number.isascii() and number.isdigit()) or len(number) > 10 or int(number) >= 2**31:
                raise SipSyntaxError("bad_cseq")
            self._cseq = (int(number), method.strip())
        return self._cseq

    @property
    def contact(self) -> NameAddress | None:
        """The first Contact, or None (also for `*`)."""
        values = self.all("contact")
        return parse_name_address(values[0]) if values and values[0] != "*" else None


class Request(Message):
    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: str, headers: Headers, body: bytes = b"") -> None:
        super().__init__(headers, body)
        self.method = method
        self.uri = uri

    def response(
        self, status: int, *, to_tag: str = "", extra: list[tuple[str, str]] | None = None,
        body: bytes = b"", content_type: str = "application/sdp", reason: str = "",
    ) -> bytes:  # fmt: skip
        """The bytes of an answer: Via, From, To, Call-ID, CSeq (and Record-Route) copied."""
        headers = self.headers
        lines = [f"SIP/2.0 {status} {reason or REASONS.get(status, 'Unknown')}"]
        lines += [f"Via: {value}" for value in headers["via"]]
        if 100 < status < 300 and "record-route" in headers:
            lines += [f"Record-Route: {value}" for value in headers["record-route"]]
        to = headers["to"][0]
        if to_tag and not self.to.tag:
            to = f"{to};tag={to_tag}"
        lines.append(f"From: {headers['from'][0]}")
        lines.append(f"To: {to}")
        lines.append(f"Call-ID: {headers['call-id'][0]}")
        lines.append(f"CSeq: {headers['cseq'][0]}")
        if extra:
            lines += [f"{name}: {value}" for name, value in extra]
        if body:
            lines.append(f"Content-Type: {content_type}")
        lines.append(f"Content-Length: {len(body)}\r\n\r\n")
        return "\r\n".join(lines).encode("latin-1", "replace") + body


class Response(Message):
    __slots__ = ("reason", "status")

    def __init__(self, status: int, reason: str, headers: Headers, body: bytes = b"") -> None:
        super().__init__(headers, body)
        self.status = status
        self.reason = reason


def parse_via(text: str) -> Via:
    """Read one Via value.

    Raises:
        SipSyntaxError: not a Via, or a port nobody could be answered at.
    """
    match = _VIA.match(text)
    if match is None:
        raise SipSyntaxError("bad_via")
    transport, host, port, params = match.groups()
    return Via(
        transport.upper(),
        host.lower(),
        checked_port(port) if port else 0,
        parse_params(params) if params else {},
    )


def parse(data: bytes) -> Request | Response:
    """Read one datagram.

    Raises:
        SipSyntaxError: it is not a SIP/2.0 message or lacks Via, From, To, Call-ID or CSeq.
    """
    if len(data) > MAX_MESSAGE_BYTES:
        raise SipSyntaxError("too_large")
    data = data.lstrip(b"\r\n")
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        head, _, body = data.partition(b"\n\n")
    lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_HEADERS:
        raise SipSyntaxError("too_many_headers")
    headers = _read_headers(lines)
    for name in ("via", "from", "to", "call-id", "cseq"):
        if name not in headers:
            raise SipSyntaxError("no_" + name.replace("-", "_"))
    length = headers.get("content-length")
    if length:
        text = length[0].strip()
        if not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) > len(body):
            raise SipSyntaxError("bad_content_length")
        body = body[: int(text)]
    return _read_start(lines[0], headers, body)


def _read_headers(lines: list[str]) -> Headers:
    headers: Headers = {}
    values: list[str] | None = None
    for line in lines[1:]:
        if not line:
            continue
        if line[0] in " \t":
            if values is None:
                raise SipSyntaxError("bad_folding")
            values[-1] += " " + _clean(line)
            continue
        name, colon, value = line.partition(":")
        name = name.rstrip().lower()
        if not colon or not name:
            raise SipSyntaxError("bad_header")
        name = COMPACT.get(name, name)
        found = headers.get(name)
        if found is None:
            values = headers[name] = [_clean(value)]
        else:
            found.append(_clean(value))
            values = found
    return headers


def _clean(value: str) -> str:
    value = value.strip()
    if "\r" in value or "\0" in value:
        # Copied into an answer, a bare CR would be a header of the attacker's own.
        raise SipSyntaxError("bad_character")
    return value


def _read_start(line: str, headers: Headers, body: bytes) -> Request | Response:
    first, _, rest = line.partition(" ")
    if first.upper() == "SIP/2.0":
        status, _, reason = rest.strip().partition(" ")
        if len(status) != 3 or not (status.isascii() and status.isdigit()) or not 100 <= int(status) <= 699:
            raise SipSyntaxError("bad_status")
        return Response(int(status), reason.strip(), headers, body)
    uri, _, version = rest.strip().rpartition(" ")
    if not uri or " " in uri or not _TOKEN.match(first) or not version.upper().startswith("SIP/"):
        raise SipSyntaxError("bad_start_line")
    if version.upper() != "SIP/2.0":
        raise SipSyntaxError("bad_version")
    request = Request(first, uri, headers, body)
    if request.cseq[1] != first:
        raise SipSyntaxError("bad_cseq")
    return request


def encode_request(method: str, uri: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
    """The bytes of a request; Content-Length is added, Content-Type is the caller's."""
    lines = [f"{method} {uri} SIP/2.0"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode("latin-1", "replace") + body
