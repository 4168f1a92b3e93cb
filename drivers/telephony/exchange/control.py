"""What signalling and media say to each other.

Signalling decides everything; media only shapes sound. The two share one
SOCK_SEQPACKET socket pair: one datagram carries a batch of messages (msgpack,
a list, at most 64 KiB: see `pack`), media drains it at the start of every tick. Sockets for RTP are bound by
signalling and handed over with SCM_RIGHTS (`AddSocket`). Prompts are loaded by
signalling into shared memory (int16, 8000 Hz) and named by offset.

Channel numbers and `gen` are given by signalling alone, so no request needs an
answer. An event with another `gen` than the channel's present one is stale.

Signalling and writer share another SOCK_SEQPACKET pair with the same framing
(`WriterOpen` … `WriterSaved`); the sound itself goes from media to writer through
the shared ring of `recorder.py`. An order is never needed between the two sockets:
sound that comes before its `WriterOpen` waits for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

PCMU, PCMA = 0, 8


class Control(Struct, frozen=True, kw_only=True, tag=True, array_like=True):
    """Signalling → media."""


class AddSocket(Control, frozen=True, kw_only=True, tag=True):
    """The datagram's one ancillary fd is a bound UDP socket. Media owns it from now on."""

    sock: int
    port: int


class AddSound(Control, frozen=True, kw_only=True, tag=True):
    """Samples [start, start + length) of the shared sound memory are sound number `sound`."""

    sound: int
    start: int
    length: int


class OpenChannel(Control, frozen=True, kw_only=True, tag=True):
    """A leg. kind "desk": the remote address is learned from the hello with `token` (16 bytes).

    The hello is `drivers.telephony.sound.rtp.desk_hello(token, nonce)`; SetRemote then
    only gives codec and direction, its host and port are ignored. srtp: the desk's packets
    and ours are SRTP with keys made from the token; what is not signed with them is dropped.
    """

    ch: int
    gen: int
    sock: int
    kind: Literal["rtp", "desk"] = "rtp"
    token: bytes = b""
    srtp: bool = False


class SetRemote(Control, frozen=True, kw_only=True, tag=True):
    """Where to send and how (also after a re-INVITE). host: an IPv4 address, no name.

    Host "" or "0.0.0.0" or port 0 (old-style hold): nothing is sent.

    payload: PCMU or PCMA; event: payload type of telephone-event (RFC 4733), -1: none,
    then digits are detected in the sound. send / receive: the SDP direction.
    """

    ch: int
    gen: int
    host: str
    port: int
    payload: int = PCMA
    event: int = -1
    send: bool = True
    receive: bool = True


class CloseChannel(Control, frozen=True, kw_only=True, tag=True):
    """ChannelStats answers it; the number may then be given again with another gen."""

    ch: int
    gen: int


class PlaySounds(Control, frozen=True, kw_only=True, tag=True):
    """Replaces what plays on the channel.

    A looped play is music: it is silent while the channel talks in a room.
    """

    ch: int
    gen: int
    op: int
    sounds: list[int]
    loop: bool = False
    gain_db: float = 0.0


class PlayTone(Control, frozen=True, kw_only=True, tag=True):
    """A call-progress tone (450 Hz China plan by default), looped until stopped."""

    ch: int
    gen: int
    op: int
    tone: Literal["ringback", "busy", "dial", "congestion", "beep"]


class StopPlay(Control, frozen=True, kw_only=True, tag=True):
    ch: int
    gen: int
    op: int


class SetRoom(Control, frozen=True, kw_only=True, tag=True):
    """room 0: none. whisper_to: channel that alone hears this one, -1: everybody in the room.

    echo: the channel hears itself (9103).
    """

    ch: int
    gen: int
    room: int
    talk: bool = True
    listen: bool = True
    whisper_to: int = -1
    echo: bool = False


class SetGain(Control, frozen=True, kw_only=True, tag=True):
    """How loudly the channel is heard by all others."""

    ch: int
    gen: int
    gain_db: float


class SendDtmf(Control, frozen=True, kw_only=True, tag=True):
    ch: int
    gen: int
    digits: str


class StartRecorder(Control, frozen=True, kw_only=True, tag=True):
    """Left: what the channel says. Right: what it hears (room and prompts)."""

    rec: int
    ch: int
    gen: int


class PauseRecorder(Control, frozen=True, kw_only=True, tag=True):
    """A paused part is silence of the same length: times in the file stay times of the call."""

    rec: int
    paused: bool


class StopRecorder(Control, frozen=True, kw_only=True, tag=True):
    rec: int


class Stop(Control, frozen=True, kw_only=True, tag=True):
    """End the process in order."""


class Report(Struct, frozen=True, kw_only=True, tag=True, array_like=True):
    """Media → signalling."""


class Digit(Report, frozen=True, kw_only=True, tag=True):
    """One key, at its beginning, once. source: "rfc4733" or "inband"."""

    ch: int
    gen: int
    digit: str
    source: str


class PlayDone(Report, frozen=True, kw_only=True, tag=True):
    """Ended by itself (never sent for a stopped or replaced play)."""

    ch: int
    gen: int
    op: int


class Heard(Report, frozen=True, kw_only=True, tag=True):
    """heard False: no packet for 3 s (30 s while the far end may be silent); True: first or again."""

    ch: int
    gen: int
    heard: bool


class ChannelStats(Report, frozen=True, kw_only=True, tag=True):
    """received: 0 when nothing came; then the other figures mean nothing."""

    ch: int
    gen: int
    received: int
    lost: int
    jitter_ms: float


class RecorderStopped(Report, frozen=True, kw_only=True, tag=True):
    rec: int
    samples: int


class Ready(Report, frozen=True, kw_only=True, tag=True):
    """The first word: ticks have begun, what comes in from now on is heard at once."""


class TickStats(Report, frozen=True, kw_only=True, tag=True):
    """Every second: how long ticks took and how many began over 5 ms late."""

    ticks: int
    late: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    channels: int
    skipped: int = 0  # ticks that were left out because the process got no time
    recorder_dropped: int = 0  # frames lost because the writer was too slow (the ring was full)
    refused: int = 0  # datagrams to SRTP legs that were not signed with their key, or came twice


AnyControl = (
    AddSocket
    | AddSound
    | OpenChannel
    | SetRemote
    | CloseChannel
    | PlaySounds
    | PlayTone
    | StopPlay
    | SetRoom
    | SetGain
    | SendDtmf
    | StartRecorder
    | PauseRecorder
    | StopRecorder
    | Stop
)
AnyReport = Ready | Digit | PlayDone | Heard | ChannelStats | RecorderStopped | TickStats


# ------------------------------------------------------- signalling and writer


class WriterControl(Struct, frozen=True, kw_only=True, tag=True, array_like=True):
    """Signalling → writer."""


class WriterOpen(WriterControl, frozen=True, kw_only=True, tag=True):
    """Recorder `rec` goes into this file (absolute; folders are made). Send it with StartRecorder.

    resume: go on behind what a dead writer left in the file.
    """

    rec: int
    path: str
    resume: bool = False


class WriterClose(WriterControl, frozen=True, kw_only=True, tag=True):
    """No more will come although media did not say so (it died). WriterSaved answers."""

    rec: int


class WriterStop(WriterControl, frozen=True, kw_only=True, tag=True):
    """Finish every file and end."""


class WriterReport(Struct, frozen=True, kw_only=True, tag=True, array_like=True):
    """Writer → signalling."""


class WriterSaved(WriterReport, frozen=True, kw_only=True, tag=True):
    """The file is complete and on disk."""

    rec: int
    path: str
    duration_s: float


class WriterFailed(WriterReport, frozen=True, kw_only=True, tag=True):
    """The file cannot be written (disk full, no right); what was written stays readable.

    Sent once; the recorder's further sound is thrown away. WriterSaved still follows its end.
    """

    rec: int
    path: str
    reason: str


AnyWriterControl = WriterOpen | WriterClose | WriterStop
AnyWriterReport = WriterSaved | WriterFailed

# ---------------------------------------------------------------------- framing

LARGEST_DATAGRAM_BYTES = 65536
"""Receive with a buffer of this size."""

_encoder = msgspec.msgpack.Encoder()
_controls = msgspec.msgpack.Decoder(list[AnyControl])
_reports = msgspec.msgpack.Decoder(list[AnyReport])
_writer_controls = msgspec.msgpack.Decoder(list[AnyWriterControl])
_writer_reports = msgspec.msgpack.Decoder(list[AnyWriterReport])


def pack(messages: Iterable[Struct]) -> Iterator[bytes]:
    """Datagrams, in order, each at most LARGEST_DATAGRAM_BYTES."""
    waiting = list(messages)
    while waiting:
        size = min(len(waiting), 256)
        datagram = _encoder.encode(waiting[:size])
        while len(datagram) > LARGEST_DATAGRAM_BYTES and size > 1:
            size //= 2
            datagram = _encoder.encode(waiting[:size])
        yield datagram
        waiting = waiting[size:]


def unpack_controls(datagram: bytes | memoryview) -> Sequence[AnyControl]:
    """What media received; msgspec.DecodeError when it is none of ours."""
    return _controls.decode(datagram)


def unpack_reports(datagram: bytes | memoryview) -> Sequence[AnyReport]:
    """What signalling received from media."""
    return _reports.decode(datagram)


def unpack_writer_controls(datagram: bytes | memoryview) -> Sequence[AnyWriterControl]:
    """What the writer received."""
    return _writer_controls.decode(datagram)


def unpack_writer_reports(datagram: bytes | memoryview) -> Sequence[AnyWriterReport]:
    """What signalling received from the writer."""
    return _writer_reports.decode(datagram)
