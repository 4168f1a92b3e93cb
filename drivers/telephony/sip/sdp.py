"""Session descriptions: what a side can hear and where (RFC 4566, 3264, 4733).

Knows one audio stream with G.711 and telephone-event. Chooses, never sends.
"""

from dataclasses import dataclass, replace
from typing import Literal

from drivers.telephony.sip.uri import SipSyntaxError, sendable_host

PCMU, PCMA = 0, 8
CODEC_NAMES = {PCMU: "PCMU", PCMA: "PCMA"}
DEFAULT_EVENT = 101
Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
_MIRROR: dict[str, Direction] = {
    "sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive",
}  # fmt: skip


@dataclass(slots=True, frozen=True)
class Audio:
    """The audio stream of one side.

    host None: nowhere to send to (0.0.0.0, a name, IPv6); payloads: offered static
    G.711 numbers in their order; event: payload type of telephone-event, -1 none;
    streams: transport and format text of every m-line, for the answer's refusals.
    """

    host: str | None
    port: int
    payloads: tuple[int, ...]
    event: int = -1
    direction: Direction = "sendrecv"
    ptime_ms: int = 20
    index: int = 0
    streams: tuple[str, ...] = ()
    secure: bool = False
    silence: bool = False

    @property
    def held(self) -> bool:
        return self.direction in ("sendonly", "inactive") or self.host is None


def parse_sdp(body: bytes) -> Audio:
    """Read a description's first usable audio stream.

    Raises:
        SipSyntaxError: not SDP, no RTP/AVP audio, an impossible port.
    """
    if len(body) > 16384:
        raise SipSyntaxError("sdp_too_large")
    session_host, session_direction = "", "sendrecv"
    streams: list[tuple[str, str, list[str]]] = []  # m-value, connection, attributes
    for line in body.decode("latin-1").replace("\r\n", "\n").split("\n"):
        kind, value = line[:2], line[2:].strip()
        if kind == "m=":
            streams.append((value, "", []))
            if len(streams) > 16:
                raise SipSyntaxError("sdp_too_many_streams")
        elif kind == "c=":
            host = _connection(value)
            if streams:
                streams[-1] = (streams[-1][0], host, streams[-1][2])
            else:
                session_host = host
        elif kind == "a=":
            if streams:
                streams[-1][2].append(value)
            elif value in _MIRROR:
                session_direction = value
    texts = tuple(value for value, _, _ in streams)
    for index, (value, host, attributes) in enumerate(streams):
        fields = value.split()
        if len(fields) < 4 or fields[0] != "audio" or fields[2] not in ("RTP/AVP", "RTP/AVPF"):
            continue
        port_text = fields[1].partition("/")[0]
        if not (port_text.isascii() and port_text.isdigit()) or len(port_text) > 5 or int(port_text) > 65535:
            raise SipSyntaxError("bad_sdp_port")
        return _audio(
            sendable_host(host or session_host), int(port_text), fields[3:], attributes, session_direction,
            index, texts,
        )  # fmt: skip
    raise SipSyntaxError("no_audio")


def _connection(value: str) -> str:
    fields = value.split()
    return fields[2].partition("/")[0] if len(fields) == 3 and fields[1] == "IP4" else ""


def _audio(
    host: str | None, port: int, formats: list[str], attributes: list[str], direction: str, index: int,
    streams: tuple[str, ...],
) -> Audio:  # fmt: skip
    maps: dict[str, str] = {"0": "pcmu/8000", "8": "pcma/8000"}
    ptime_ms = 20
    for attribute in attributes:
        name, _, value = attribute.partition(":")
        if name == "rtpmap":
            number, _, encoding = value.strip().partition(" ")
            maps[number] = encoding.strip().lower()
        elif name == "ptime" and value.strip().isascii() and value.strip().isdigit():
            ptime_ms = min(int(value.strip()[:4]), 200) or 20
        elif attribute in _MIRROR:
            direction = attribute
    payloads: list[int] = []
    event = -1
    for number in formats[:64]:
        encoding = maps.get(number, "")
        if number == "0" or number == "8":
            payloads.append(int(number))
        elif encoding.startswith("telephone-event/8000") and event < 0:
            event = _payload_type(number)
    return Audio(
        host if port else None,
        port,
        tuple(payloads),
        event,
        _MIRROR[_MIRROR[direction]],
        ptime_ms,
        index,
        streams,
    )


def _payload_type(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < 128 else -1


@dataclass(slots=True, frozen=True)
class Ours:
    """Our side of a session: port 0 refuses the stream."""

    host: str
    port: int
    codecs: tuple[int, ...] = (PCMA, PCMU)
    event: int = DEFAULT_EVENT
    direction: Direction = "sendrecv"
    session: int = 1
    version: int = 1


@dataclass(slots=True, frozen=True)
class Agreed:
    """What both sides will use. event -1: digits travel in the sound."""

    payload: int
    event: int
    host: str | None
    port: int
    send: bool
    receive: bool

    @property
    def codec(self) -> str:
        return CODEC_NAMES[self.payload]


def offer(ours: Ours) -> bytes:
    return _write(ours, ours.codecs, ours.event, ours.direction, (), 0)


def agree(theirs: Audio, codecs: tuple[int, ...]) -> Agreed | None:
    """The codec of their list that we like; theirs decides the order (RFC 3264 §6.1). None: nothing in common."""
    common = [payload for payload in theirs.payloads if payload in codecs]
    if not common:
        return None
    here = theirs.host is not None
    return Agreed(
        common[0], theirs.event, theirs.host, theirs.port,
        send=here and theirs.direction in ("sendrecv", "recvonly"),
        receive=theirs.direction in ("sendrecv", "sendonly"),
    )  # fmt: skip


def answer(theirs: Audio, agreed: Agreed, ours: Ours) -> bytes:
    """The answer to an offer: one codec, the mirrored direction, every other stream refused."""
    direction = _MIRROR[theirs.direction]
    return _write(ours, (agreed.payload,), agreed.event, direction, theirs.streams, theirs.index)


def _write(
    ours: Ours, payloads: tuple[int, ...], event: int, direction: str, streams: tuple[str, ...], index: int
) -> bytes:
    formats = [str(payload) for payload in payloads]
    lines = [f"a=rtpmap:{payload} {CODEC_NAMES[payload]}/8000" for payload in payloads]
    if event >= 0:
        formats.append(str(event))
        lines += [f"a=rtpmap:{event} telephone-event/8000", f"a=fmtp:{event} 0-16"]
    audio = [f"m=audio {ours.port} RTP/AVP {' '.join(formats)}", *lines, "a=ptime:20", f"a={direction}"]
    media: list[str] = []
    for position, text in enumerate(streams):
        fields = text.split()
        if position == index:
            media += audio
        elif len(fields) >= 4:
            media.append(f"m={fields[0]} 0 {fields[2]} {' '.join(fields[3:])}")
        else:
            media.append("m=application 0 RTP/AVP 0")
    if not streams:
        media = audio
    head = [
        "v=0",
        f"o=zongji {ours.session} {ours.version} IN IP4 {ours.host}",
        "s=-",
        f"c=IN IP4 {ours.host}",
        "t=0 0",
    ]
    return ("\r\n".join(head + media) + "\r\n").encode("latin-1", "replace")


def newer(ours: Ours) -> Ours:
    """The same side, described anew (o= version counts, RFC 3264 §8)."""
    return replace(ours, version=ours.version + 1)
