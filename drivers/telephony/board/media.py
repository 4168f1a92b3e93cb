"""Media as signalling sees it: channels, generations, rooms and play numbers, given by us alone.

Knows which leg's voice is on which channel and socket. Touches no sample, waits for
no answer: a report of another generation is stale and dropped.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Literal, Protocol

from drivers.protocol.telephony import Quality
from drivers.telephony.board.ports import PortPool, SoundSocket
from drivers.telephony.board.prompts import PromptStore
from drivers.telephony.exchange import control as c
from drivers.telephony.sip.sdp import Agreed
from drivers.telephony.sip.timers import Timer, Wheel
from drivers.telephony.sip.uri import Address

STATS_WAIT_S = 0.5


def with_spare(channels: int) -> int:
    """Channels media is made with: a freed one rests until its figures are here."""
    return channels + max(8, channels // 8)


class NoChannel(Exception):
    """All channels are in use."""


class VoiceListener(Protocol):
    """What a leg hears of its sound."""

    def on_key(self, digit: str, source: str) -> None: ...

    def on_play_done(self, number: int) -> None: ...

    def on_heard(self, heard: bool) -> None: ...


class Media:
    """send: to the media process of the moment; on_load: every TickStats; on_ready: a new one ticks."""

    def __init__(
        self, *, channels: int, wheel: Wheel, send: Callable[[c.Control], None], ports: PortPool,
        prompts: PromptStore, on_load: Callable[[c.TickStats], None], on_recorded: Callable[[int, int], None],
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.channels, self._wheel, self.send = channels, wheel, send
        self.ports, self.prompts, self._on_load, self._on_recorded = ports, prompts, on_load, on_recorded
        self._on_ready = on_ready
        self._free = list(range(with_spare(channels)))  # a heap: low numbers keep media's arrays short
        self._open_now = 0
        self._gens = [0] * with_spare(channels)
        self._voices: dict[int, Voice] = {}
        self._numbers = 0
        self._rooms: dict[str, tuple[int, int]] = {}  # name → number, members
        self._room_numbers = 0

    @property
    def in_use(self) -> int:
        """Channels of legs; one that is only waiting for its figures counts no more."""
        return self._open_now

    def voice(self, listener: VoiceListener, remote: Address | None) -> "Voice":
        """A channel for a leg; remote None: nobody knows yet where its far end listens.

        Raises:
            NoChannel: all are in use. NoPort: no UDP port is left.
        """
        if self._open_now >= self.channels or not self._free:
            raise NoChannel
        sock = self.ports.for_remote(remote) if remote is not None else self.ports.alone()
        return self._open(listener, sock, remote, "rtp", b"")

    def desk(self, listener: VoiceListener, token: bytes, srtp: bool = False) -> "Voice":
        """A channel for a headset, which shows itself with its token; srtp: and talks in secret."""
        if self._open_now >= self.channels or not self._free:
            raise NoChannel
        return self._open(listener, self.ports.alone(), None, "desk", token, srtp)

    def number(self) -> int:
        """A number never given before, for a play."""
        self._numbers += 1
        return self._numbers

    def enter_room(self, name: str) -> int:
        number, members = self._rooms.get(name, (0, 0))
        if not number:
            self._room_numbers += 1
            number = self._room_numbers
        self._rooms[name] = (number, members + 1)
        return number

    def leave_room(self, name: str) -> None:
        number, members = self._rooms.get(name, (0, 1))
        if members <= 1:
            self._rooms.pop(name, None)
        else:
            self._rooms[name] = (number, members - 1)

    def report(self, report: c.AnyReport) -> None:
        """Take what media says."""
        match report:
            case c.Digit():
                if (voice := self._voice(report.ch, report.gen)) is not None:
                    voice.listener.on_key(report.digit, report.source)
            case c.PlayDone():
                if (voice := self._voice(report.ch, report.gen)) is not None:
                    voice.listener.on_play_done(report.op)
            case c.Heard():
                if (voice := self._voice(report.ch, report.gen)) is not None:
                    voice.listener.on_heard(report.heard)
            case c.ChannelStats():
                voice = self._voices.get(report.ch)
                if voice is not None and voice.gen == report.gen:
                    voice.counted(report)
            case c.RecorderStopped():
                self._on_recorded(report.rec, report.samples)
            case c.TickStats():
                self._on_load(report)
            case c.Ready():
                self._on_ready()

    def forget_all(self) -> None:
        """The media process is gone, and every channel with it."""
        for voice in list(self._voices.values()):
            voice.gone()
        self.ports.forget_all()
        self._rooms.clear()

    def closed(self) -> None:
        self._open_now -= 1

    def freed(self, voice: "Voice") -> None:
        if self._voices.get(voice.ch) is voice:
            del self._voices[voice.ch]
            heappush(self._free, voice.ch)

    def after(self, delay_s: float, act: Callable[[], None]) -> Timer:
        return self._wheel.after(delay_s, act)

    def _voice(self, ch: int, gen: int) -> "Voice | None":
        voice = self._voices.get(ch)
        return voice if voice is not None and voice.gen == gen and not voice.closing else None

    def _open(
        self, listener: VoiceListener, sock: SoundSocket, remote: Address | None, kind: Literal["rtp", "desk"],
        token: bytes, srtp: bool = False,
    ) -> "Voice":  # fmt: skip
        ch = heappop(self._free)
        self._gens[ch] += 1
        self._open_now += 1
        voice = Voice(self, listener, ch, self._gens[ch], sock, remote)
        self._voices[ch] = voice
        self.send(c.OpenChannel(ch=ch, gen=voice.gen, sock=sock.number, kind=kind, token=token, srtp=srtp))
        return voice


class Voice:
    """One leg's channel."""

    def __init__(
        self,
        media: Media,
        listener: VoiceListener,
        ch: int,
        gen: int,
        sock: SoundSocket,
        remote: Address | None,
    ) -> None:
        self._media, self.listener, self.ch, self.gen = media, listener, ch, gen
        self._sock, self._remote = sock, remote
        self.closing = False
        self._done: Callable[[Quality], None] | None = None
        self._wait: Timer | None = None

    @property
    def port(self) -> int:
        """The local UDP port, for the session description."""
        return self._sock.port

    def connect(self, agreed: Agreed) -> bool:
        """Send and receive as agreed; False when the new address is another leg's on our socket."""
        if agreed.host is not None:
            remote = (agreed.host, agreed.port)
            if self._remote is None:
                self._media.ports.settle(self._sock, remote)
            elif not self._media.ports.move(self._sock, self._remote, remote):
                return False
            self._remote = remote
        self._media.send(
            c.SetRemote(
                ch=self.ch, gen=self.gen, host=agreed.host or "", port=agreed.port if agreed.host else 0,
                payload=agreed.payload, event=agreed.event, send=agreed.send, receive=agreed.receive,
            )
        )  # fmt: skip
        return True

    def play(self, prompts: list[str], *, loop: bool = False, gain_db: float = 0.0) -> int:
        """Play prompts one after the other; the number comes back when they are done.

        Raises:
            PromptMissing: one of them cannot be played; nothing changes then.
        """
        sounds = [self._media.prompts.number(name) for name in prompts]
        number = self._media.number()
        self._media.send(
            c.PlaySounds(ch=self.ch, gen=self.gen, op=number, sounds=sounds, loop=loop, gain_db=gain_db)
        )
        return number

    def tone(self, tone: str) -> int:
        """A call-progress tone until stopped: ringback, busy, dial, congestion, beep."""
        number = self._media.number()
        self._media.send(c.PlayTone(ch=self.ch, gen=self.gen, op=number, tone=tone))  # type: ignore[arg-type]
        return number

    def stop(self, number: int) -> None:
        self._media.send(c.StopPlay(ch=self.ch, gen=self.gen, op=number))

    def room(
        self, number: int, *, talk: bool = True, listen: bool = True, whisper_to: int = -1, echo: bool = False
    ) -> None:
        self._media.send(
            c.SetRoom(
                ch=self.ch,
                gen=self.gen,
                room=number,
                talk=talk,
                listen=listen,
                whisper_to=whisper_to,
                echo=echo,
            )
        )

    def gain(self, gain_db: float) -> None:
        self._media.send(c.SetGain(ch=self.ch, gen=self.gen, gain_db=gain_db))

    def digits(self, digits: str) -> None:
        self._media.send(c.SendDtmf(ch=self.ch, gen=self.gen, digits=digits))

    def close(self, done: Callable[[Quality], None]) -> None:
        """Free the channel; `done` hears how the line was, within half a second."""
        if self.closing:
            return
        self.closing, self._done = True, done
        self._media.closed()
        self._media.send(c.CloseChannel(ch=self.ch, gen=self.gen))
        self._media.ports.release(self._sock, self._remote)
        self._wait = self._media.after(STATS_WAIT_S, self.gone)

    def counted(self, stats: c.ChannelStats) -> None:
        self._finish(quality(stats))

    def gone(self) -> None:
        """No figures will come any more."""
        if not self.closing:
            self.closing = True
            self._media.closed()
        self._finish(Quality())

    def _finish(self, line: Quality) -> None:
        if self._wait is not None:
            self._wait.cancel()
        self._media.freed(self)
        done, self._done = self._done, None
        if done is not None:
            done(line)


def quality(stats: c.ChannelStats) -> Quality:
    """Loss and jitter as received, and a mean opinion score from them (ITU-T G.107, G.711 with concealment)."""
    if not stats.received:
        return Quality()
    loss = 100.0 * max(stats.lost, 0) / (stats.received + max(stats.lost, 0))
    # Id of 60 ms one way plus the jitter buffer; Ie = 0, Bpl = 25.1 (G.113, table I.3).
    delay_ms = 60.0 + 2 * stats.jitter_ms
    rating = 93.2 - 0.024 * delay_ms - max(0.0, 0.11 * (delay_ms - 177.3)) - 95.0 * loss / (loss + 25.1)
    rating = min(max(rating, 0.0), 100.0)
    score = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6
    return Quality(
        loss_percent=round(loss, 2),
        jitter_ms=round(stats.jitter_ms, 2),
        mos=round(min(max(score, 1.0), 4.5), 2),
    )
