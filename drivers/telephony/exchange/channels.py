"""All channels of one board as arrays, and what signalling's words do to them.

Knows which leg is on which channel, with what codec, address and direction, what plays
and who is recorded. Knows no packets and no frames: `tick.py` makes them of this.
"""

import numpy as np
from numpy.typing import NDArray

from ..sound.concealment import Concealment
from ..sound.jitter import JitterRings
from ..sound.rtp import EVENT_DIGITS, FRAME_SAMPLES
from . import control
from .addresses import Addresses, ip_number
from .dtmf import DigitSender, EventDigits, InbandDigits
from .matrix import Matrix
from .player import Player, Sound
from .progress import progress_tones
from .recorder import Recorders, Ring
from .secured import SecuredLegs

Ints = NDArray[np.int64]


class Channels:
    """What every channel is. `obey` changes it; the tick counts on in it."""

    def __init__(
        self, channels: int, memory: NDArray[np.int16], ring: Ring | None = None, seed: int = 0
    ) -> None:
        self.channels = channels
        self.memory = memory
        self.addresses = Addresses(channels)
        self.secured = SecuredLegs(self.addresses)
        self.rings = JitterRings(channels)
        self.matrix = Matrix(channels)
        self.recorders = Recorders(ring)
        self.reports: list[control.AnyReport] = []
        self.ticks = 0
        self._concealment = Concealment(channels)
        self._inband = InbandDigits(channels)
        self._events = EventDigits(channels)
        self._sender = DigitSender()
        self._player = Player(channels)
        self._tone_player = Player(channels)
        self._sounds: dict[int, Sound] = {}
        self._tones: dict[str, tuple[Sound, bool]] = {}
        self._tone_memory = np.zeros(0, np.int16)
        for name, (samples, loop) in progress_tones().items():
            self._tones[name] = (Sound(len(self._tone_memory), len(samples)), loop)
            self._tone_memory = np.concatenate([self._tone_memory, samples])
        self._random = np.random.default_rng(seed)
        self._gen = np.full(channels, -1, np.int64)
        self._top = 0  # rows above are closed; the tick works on [:top]
        self._payload = np.full(channels, control.PCMA, np.int64)
        self._event = np.full(channels, -1, np.int64)
        self._send = np.zeros(channels, np.bool_)
        self._receive = np.zeros(channels, np.bool_)
        self._heard_at = np.zeros(channels, np.int64)
        self._ssrc = np.zeros(channels, np.int64)
        self._seq = np.zeros(channels, np.int64)
        self._clock = np.zeros(channels, np.int64)  # timestamp of tick 0
        self._marker = np.zeros(channels, np.bool_)
        self._key_started: dict[int, int] = {}
        self._limit = np.ones(channels, np.float32)
        self._muted = np.zeros(channels, np.bool_)
        self._frames = np.zeros((channels, FRAME_SAMPLES), np.int16)
        self._listening: Ints = np.zeros(0, np.int64)
        self._lists_dirty = False

    @property
    def open_channels(self) -> int:
        """How many channels are open."""
        return int((self._gen >= 0).sum())

    def obey(self, command: control.AnyControl) -> None:
        """Do what signalling says; a command for a channel's earlier life is ignored."""
        match command:
            case control.OpenChannel():
                self._open(command)
            case control.AddSound():
                self._sounds[command.sound] = Sound(command.start, command.length)
            case control.StopRecorder():
                self._stop_recorder(command.rec)
            case control.PauseRecorder():
                self.recorders.pause(command.rec, command.paused)
            case control.AddSocket() | control.Stop():
                pass  # the process's business
            case _:
                if 0 <= command.ch < self.channels and self._gen[command.ch] == command.gen:
                    self._obey_channel(command)

    def _obey_channel(self, command: control.AnyControl) -> None:
        match command:
            case control.SetRemote():
                self._set_remote(command)
            case control.CloseChannel():
                self._close(command.ch)
            case control.PlaySounds(ch=ch):
                self._stop_sound(ch)
                known = [self._sounds[s] for s in command.sounds if s in self._sounds]
                self._player.play(
                    ch, command.op, known, self.memory, loop=command.loop, gain_db=command.gain_db
                )
            case control.PlayTone(ch=ch):
                self._stop_sound(ch)
                sound, loop = self._tones[command.tone]
                self._tone_player.play(ch, command.op, [sound], self._tone_memory, loop=loop, gain_db=0.0)
            case control.StopPlay(ch=ch):
                self._stop_sound(ch, command.op)
            case control.SetRoom():
                self.matrix.place(
                    command.ch,
                    command.room,
                    talk=command.talk,
                    listen=command.listen,
                    whisper_to=command.whisper_to,
                    echo=command.echo,
                )
            case control.SetGain():
                self.matrix.set_level(command.ch, command.gain_db)
            case control.SendDtmf():
                codes = [EVENT_DIGITS.index(d) for d in command.digits.upper() if d in EVENT_DIGITS]
                self._sender.press(command.ch, codes)
            case control.StartRecorder():
                self.recorders.start(command.rec, command.ch, self.ticks)
            case _:
                raise TypeError(f"no channel command: {command!r}")

    def _open(self, command: control.OpenChannel) -> None:
        ch = command.ch
        if not 0 <= ch < self.channels:
            return
        if self._gen[ch] >= 0:
            self._close(ch)
        self._gen[ch] = command.gen
        token = command.token if command.kind == "desk" else b""
        self.addresses.open(ch, command.sock, token, in_the_clear=not command.srtp)
        if token and command.srtp:
            self.secured.open(ch, token)
        for part in (self.rings, self._concealment, self._inband, self._events):
            part.open(ch)
        self._payload[ch], self._event[ch] = control.PCMA, -1
        self._send[ch] = self._receive[ch] = self._muted[ch] = False
        self._limit[ch] = 1.0
        self._ssrc[ch] = self._random.integers(1, 1 << 32)
        self._seq[ch] = self._random.integers(0, 1 << 16)
        self._clock[ch] = self._random.integers(0, 1 << 32)
        self._marker[ch] = True
        self._frames[ch] = 0
        self._lists_dirty = True

    def _close(self, ch: int) -> None:
        for rec in self.recorders.of_channel(ch):
            self._stop_recorder(rec)
        received, lost = int(self.rings.received[ch]), self.rings.lost(ch)
        jitter_ms = float(self.rings.jitter[ch]) / 8
        self.reports.append(
            control.ChannelStats(
                ch=ch, gen=int(self._gen[ch]), received=received, lost=lost, jitter_ms=jitter_ms
            )
        )
        self._gen[ch] = -1
        self.addresses.close(ch, self.rings.sender(ch), self.ticks)
        self.secured.close(ch)
        self.matrix.leave(ch)
        self._player.close(ch)
        self._tone_player.close(ch)
        self._sender.close(ch)
        self._key_started.pop(ch, None)
        self._send[ch] = self._receive[ch] = False
        self._lists_dirty = True

    def _stop_recorder(self, rec: int) -> None:
        samples = self.recorders.stop(rec, self.ticks)
        if samples is not None:
            self.reports.append(control.RecorderStopped(rec=rec, samples=samples))

    def _set_remote(self, command: control.SetRemote) -> None:
        ch = command.ch
        if not self.addresses.is_desk(ch):
            ip = ip_number(command.host)
            self.addresses.tell(ch, *((ip, command.port) if ip else (0, 0)))
        self._payload[ch], self._event[ch] = command.payload, command.event
        self._send[ch], self._receive[ch] = command.send, command.receive
        self._heard_at[ch] = self.ticks
        self._lists_dirty = True

    def _refresh_lists(self) -> None:
        opened = np.flatnonzero(self._gen >= 0)
        top = int(opened[-1]) + 1 if opened.size else 0
        # Whoever is faded out in the next mix still needs his row.
        self._top = max(top, self._top) if self.matrix.is_changing else top
        self._listening = np.flatnonzero(self._receive & (self._event < 0))
        self._lists_dirty = False

    def _stop_sound(self, channel: int, op: int | None = None) -> None:
        self._player.stop(channel, op, self.memory)
        self._tone_player.stop(channel, op, self._tone_memory)
