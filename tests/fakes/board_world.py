"""A whole board in virtual time: its SIP peers, its media and its server are lists in your hands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from drivers.protocol import telephony as t
from drivers.telephony.board.board import Board
from drivers.telephony.board.dialog_file import DialogFile
from drivers.telephony.board.media import Media
from drivers.telephony.board.obey import Obedience
from drivers.telephony.board.ports import PortPool
from drivers.telephony.board.prompts import PromptStore
from drivers.telephony.board.recordings import Recordings
from drivers.telephony.board.settings import BoardSettings
from drivers.telephony.board_link import BoardLink
from drivers.telephony.exchange import control as c
from drivers.telephony.exchange.wav import wav_header
from drivers.telephony.sip.message import Request, Response, parse
from drivers.telephony.sip.timers import Wheel

PEER = ("127.0.0.1", 40000)
OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


class World:
    """sent: (message, address) as parsed; media: controls; events: what the server is told."""

    def __init__(self, folder: Path, dialogs: Path | None = None, **settings: Any) -> None:
        prompts = folder / "prompts"
        for name in ("a", "b", "zh_CN/digits/1", "zh_CN/digits/2", "sounds/music-spruce"):
            path = prompts / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wav_header(320, 1) + b"\0" * 320)
        self.wheel = Wheel(1000.0)
        self.sent: list[tuple[Request | Response, tuple[str, int]]] = []
        self.media_messages: list[c.Control] = []
        self.writer_messages: list[c.WriterControl] = []
        self.events: list[t.AnyUp] = []
        self.logged: list[tuple[str, dict[str, object]]] = []
        self._tokens = 0
        numbers = iter(range(1, 1_000_000))
        store = PromptStore([prompts])
        store.use(lambda samples: (next(numbers), np.asarray(samples))[0])
        given = {"channels": 8, "test_numbers": True, "bench_peer": "127.0.0.1:50000", **settings}
        self.settings = BoardSettings(**given)
        ports = PortPool("127.0.0.1", 23000, 24999, lambda number, port, fd: None)
        media = Media(
            channels=self.settings.channels, wheel=self.wheel, send=self.media_messages.append, ports=ports,
            prompts=store, on_load=lambda stats: None, on_recorded=lambda rec, samples: None,
        )  # fmt: skip
        recordings = Recordings(folder, self.media_messages.append, self.writer_messages.append, self.utc)
        self.dialogs = DialogFile(dialogs)
        self.board = Board(
            self.settings, wheel=self.wheel, send=self._send, sip_address=("127.0.0.1", 5060), media=media,
            recordings=recordings, dialogs=self.dialogs, emit=self._emit, log=self._log, utc=self.utc,
            token=self._token, random=lambda: 0.5,
        )  # fmt: skip
        self.link = BoardLink(
            lambda: t.Hello(board="b", boot_id="boot", channels=8, board_s=0.0),
            lambda: self.board.snapshot(0, 0), Obedience(self.board), self.board.server_is,
        )  # fmt: skip
        self.obey = Obedience(self.board)
        self._commands = 0

    def utc(self) -> float:
        return 1_795_000_000.0 + self.wheel.now_s

    def _token(self) -> str:
        self._tokens += 1
        return f"t{self._tokens:07d}"

    def _send(self, data: bytes, to: tuple[str, int]) -> None:
        self.sent.append((parse(data), to))

    def _emit(self, event: t.AnyUp) -> None:
        self.events.append(event)

    def _log(self, event: str, *, level: str = "info", **fields: object) -> None:
        self.logged.append((event, fields))

    # -------------------------------------------------------------- the world

    def pass_s(self, seconds: float) -> None:
        self.wheel.advance(self.wheel.now_s + seconds)

    def receive(self, text: str | bytes, source: tuple[str, int] = PEER) -> None:
        data = (
            text
            if isinstance(text, bytes)
            else text.replace("\n", "\r\n").replace("\r\r", "\r").encode("latin-1")
        )
        self.board.agent.layer.receive(data, source)

    def take(self) -> list[Request | Response]:
        """What was sent since the last look."""
        found = [message for message, _ in self.sent]
        self.sent.clear()
        return found

    def statuses(self) -> list[int]:
        return [message.status for message in self.take() if isinstance(message, Response)]

    def told(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def media(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.media_messages if isinstance(message, kind)]

    def report(self, report: c.AnyReport) -> None:
        self.board.media.report(report)

    def count_channels(self) -> None:
        """Media answers every CloseChannel."""
        for close in self.media(c.CloseChannel):
            self.report(c.ChannelStats(ch=close.ch, gen=close.gen, received=100, lost=1, jitter_ms=1.5))
        self.media_messages[:] = [m for m in self.media_messages if not isinstance(m, c.CloseChannel)]

    def do(self, kind: Callable[..., Any], **fields: Any) -> None:
        """A command of the server."""
        self._commands += 1
        self.obey(msgspec.json.decode(
            msgspec.json.encode(kind(epoch=1, command_id=str(self._commands), **fields)), type=t.FromServer
        ))  # type: ignore[arg-type]  # fmt: skip

    # ------------------------------------------------------------ the caller

    def invite(
        self, number: str = "9100", *, call_id: str = "c1", branch: str = "b1", cseq: int = 1, tag: str = "f",
        sdp: bool = True, source: tuple[str, int] = PEER, extra: str = "", to_tag: str = "", port: int = 41000,
    ) -> None:  # fmt: skip
        body = OFFER.format(port=port) if sdp else ""
        head = self.head("INVITE", number, call_id, branch, cseq, tag, to_tag, source)
        kind = "Content-Type: application/sdp\r\n" if sdp else ""
        self.receive(f"{head}{kind}{extra}Content-Length: {len(body)}\r\n\r\n{body}".encode(), source)

    def request(
        self, method: str, number: str = "9100", *, call_id: str = "c1", branch: str = "b2", cseq: int = 2,
        tag: str = "f", to_tag: str = "", source: tuple[str, int] = PEER, extra: str = "", body: str = "",
    ) -> None:  # fmt: skip
        head = self.head(method, number, call_id, branch, cseq, tag, to_tag, source)
        self.receive(f"{head}{extra}Content-Length: {len(body)}\r\n\r\n{body}".encode(), source)

    @staticmethod
    def head(
        method: str,
        number: str,
        call_id: str,
        branch: str,
        cseq: int,
        tag: str,
        to_tag: str,
        source: tuple[str, int],
    ) -> str:
        to = f";tag={to_tag}" if to_tag else ""
        return (
            f"{method} sip:{number}@127.0.0.1:5060 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {source[0]}:{source[1]};branch=z9hG4bK{branch}\r\n"
            f"From: <sip:1001@{source[0]}>;tag={tag}\r\nTo: <sip:{number}@127.0.0.1>{to}\r\n"
            f"Call-ID: {call_id}\r\nCSeq: {cseq} {method}\r\nContact: <sip:1001@{source[0]}:{source[1]}>\r\n"
            "Max-Forwards: 70\r\n"
        )

    def establish(self, number: str = "9100", call_id: str = "c1", **more: Any) -> str:
        """A call answered by the board itself; returns the board's tag."""
        self.invite(number, call_id=call_id, branch=f"i{call_id}", **more)
        tag = self.answered_tag()
        self.request("ACK", number, call_id=call_id, branch=f"a{call_id}", cseq=1, to_tag=tag)
        return tag

    def answered_tag(self) -> str:
        answers = [m for m, _ in self.sent if isinstance(m, Response) and m.status == 200]
        return answers[-1].to.tag

    # ------------------------------------------------------------ the called

    def answer_outgoing(
        self,
        invite: Request,
        status: int = 200,
        *,
        tag: str = "far",
        sdp: bool = True,
        extra: str = "",
        port: int = 42000,
    ) -> None:
        """The far end of an INVITE of ours answers."""
        body = OFFER.format(port=port) if sdp else ""
        kind = "Content-Type: application/sdp\r\n" if sdp else ""
        self.receive(
            f"SIP/2.0 {status} X\r\nVia: {invite.get('via')}\r\nFrom: {invite.get('from')}\r\n"
            f"To: {invite.get('to')};tag={tag}\r\nCall-ID: {invite.call_id}\r\nCSeq: {invite.get('cseq')}\r\n"
            f"Contact: <sip:x@127.0.0.1:50000>\r\n{kind}{extra}Content-Length: {len(body)}\r\n\r\n{body}".encode(),
            ("127.0.0.1", 50000),
        )
