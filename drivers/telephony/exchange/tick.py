"""The exchange: what comes in during 20 ms → what goes out, for all channels at once.

Knows everything between packets and packets, and control's words. Knows no sockets, no
clock, no files: a tick is a function of the state, the commands obeyed since the last
tick, and the datagrams given to it. All work is on (channels, 160) arrays.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..sound import g711
from ..sound.concealment import Concealment
from ..sound.jitter import Arrivals, JitterRings
from ..sound.rtp import (
    EVENT_DIGITS,
    FRAME_SAMPLES,
    HEADER_BYTES,
    Headers,
    event_payload,
    parse_rows,
    write_headers,
)
from ..sound.tones import digit_frames
from . import control
from .addresses import UNKNOWN_PER_TICK, Addresses, ip_number
from .dtmf import DigitSender, EventDigits, EventPackets, InbandDigits
from .matrix import Matrix
from .player import Player, Sound
from .progress import progress_tones
from .recorder import Recorders, Ring

PACKET_BYTES: Final = HEADER_BYTES + FRAME_SAMPLES
ROW_BYTES: Final = HEADER_BYTES + 8 * 80 + 52  # the longest datagram that is read: 80 ms and an extension
ROUNDS: Final = 40  # packets of one channel in one tick; more are no telephone
SILENT_TICKS, SILENT_HOLD_TICKS = 150, 1500
RELAY_MEMBERS: Final = 4  # digits are relayed in rooms up to this size
LIMIT: Final = 30000.0  # the limiter holds peaks here

_RISE = np.arange(1, FRAME_SAMPLES + 1, dtype=np.float32) / FRAME_SAMPLES
_CUT = np.concatenate([np.linspace(1, 0, 16), np.zeros(FRAME_SAMPLES - 16)]).astype(np.float32)

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Packets:
    """Datagrams of one tick. rows: (n, ROW_BYTES) uint8, scratch of the tick from here on.

    sock: control's number; ip: IPv4 as a number; at_s: arrival, any monotonic origin.
    """

    rows: NDArray[np.uint8]
    length: Ints
    sock: Ints
    ip: Ints
    port: Ints
    at_s: NDArray[np.float64]


@dataclass(slots=True)
class Outgoing:
    """What a tick sends: row c of `rows` to channel c's address, for c in `channels`."""

    channels: Ints
    rows: NDArray[np.uint8]
    length: Ints
    answers: list[tuple[int, int, int, bytes]]  # (sock, ip, port, datagram)


class Exchange:
    """All channels of one board."""

    def __init__(
        self, channels: int, memory: NDArray[np.int16], ring: Ring | None = None, seed: int = 0
    ) -> None:
        self.channels = channels
        self.memory = memory
        self.addresses = Addresses(channels)
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
        self._no_rows = np.zeros(channels, np.bool_)
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
        self._have = np.zeros((channels, 2), np.bool_)
        self._sound = np.zeros((channels, FRAME_SAMPLES), np.float32)
        self._heard = np.zeros((channels, FRAME_SAMPLES), np.float32)
        self._out = np.zeros((channels, FRAME_SAMPLES), np.int16)
        self._rows = np.zeros((channels, PACKET_BYTES), np.uint8)
        self._length = np.full(channels, PACKET_BYTES, np.int64)
        self._sending: Ints = np.zeros(0, np.int64)
        self._listening: Ints = np.zeros(0, np.int64)
        self._lists_dirty = False

    @property
    def open_channels(self) -> int:
        """How many channels are open."""
        return int((self._gen >= 0).sum())

    # ------------------------------------------------------------- commands

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
        self.addresses.open(ch, command.sock, command.token if command.kind == "desk" else b"")
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

    # ----------------------------------------------------------------- tick

    def tick(self, packets: Packets, skipped: int = 0) -> Outgoing:
        """20 ms of everything.

        Args:
            packets: what arrived since the last tick, in order of arrival.
            skipped: ticks left out since the last because the process got no time.
        Returns:
            what to send now; arrays are valid until the next tick.
        """
        if skipped:
            self.ticks += skipped
            self.rings.skip(skipped)
        self.ticks += 1
        if self._lists_dirty:
            self._refresh_lists()
        answers = self._take_in(packets) if len(packets.rows) else []
        top = self._top
        said = self._hear(top)
        sound, heard = self._sound[:top], self._heard[:top]
        np.copyto(sound, said)
        self._find_keys(sound, top)
        self.matrix.mix(sound, heard)
        self._play(heard)
        out = self._limited(heard, top)
        keys = self._send_keys(out)
        self.recorders.tick(self.ticks, said, out)
        self._encode(out, top)
        outgoing = self._address(top, answers)
        for channel, payload, marker, timestamp in keys:
            self._put_key(channel, payload, marker, timestamp)
        self._watch(top)
        return outgoing

    # in ------------------------------------------------------------------

    def _take_in(self, packets: Packets) -> list[tuple[int, int, int, bytes]]:
        channel = self.addresses.find(packets.sock, packets.ip, packets.port)
        headers = parse_rows(packets.rows, packets.length)
        answers: list[tuple[int, int, int, bytes]] = []
        strange = np.flatnonzero((channel < 0) | ~headers.good)[:UNKNOWN_PER_TICK]
        for row in strange.tolist():
            self._look_at(row, packets, headers, channel, answers)
        good = headers.good & (channel >= 0)
        rows = np.flatnonzero(good)
        if not rows.size:
            return answers
        self._heard_at[channel[rows]] = self.ticks
        order = rows[np.argsort(channel[rows], kind="stable")]
        owner = channel[order]
        new = np.diff(owner, prepend=-1) != 0
        starts = np.flatnonzero(new)
        rank = np.arange(len(order)) - starts[np.cumsum(new) - 1]
        for turn in range(min(int(rank.max()) + 1, ROUNDS)):
            chosen = order[rank == turn]
            self._take_round(chosen, channel[chosen], packets, headers)
        return answers

    def _look_at(
        self,
        row: int,
        packets: Packets,
        headers: Headers,
        channel: Ints,
        answers: list[tuple[int, int, int, bytes]],
    ) -> None:
        """One datagram from an unknown source, or one that is no RTP."""
        sock, ip, port = int(packets.sock[row]), int(packets.ip[row]), int(packets.port[row])
        if headers.good[row]:
            if headers.payload_type[row] in (control.PCMU, control.PCMA) or headers.payload_type[row] >= 96:
                found = int(self.addresses.find(*(a[row : row + 1] for a in _source(packets)))[0])
                channel[row] = (
                    found
                    if found >= 0
                    else self.addresses.latch(sock, ip, port, int(headers.ssrc[row]), self.ticks)
                )
            return
        datagram = packets.rows[row, : min(int(packets.length[row]), ROW_BYTES)].tobytes()
        greeted = self.addresses.greet(datagram, sock, ip, port)
        if greeted is not None:
            self._heard_at[greeted[0]] = self.ticks
            answers.append((sock, ip, port, greeted[1]))

    def _take_round(self, rows: Ints, channel: Ints, packets: Packets, headers: Headers) -> None:
        """At most one packet of each channel."""
        kind = headers.payload_type[rows]
        size = headers.payload_bytes[rows]
        self.rings.count(channel, headers.seq[rows], headers.ssrc[rows])
        is_event = (kind == self._event[channel]) & (size >= 4)
        if is_event.any():
            some = rows[is_event]
            began, codes = self._events.put(
                EventPackets(
                    channel[is_event],
                    headers.timestamp[some],
                    headers.ssrc[some],
                    packets.rows[some, HEADER_BYTES : HEADER_BYTES + 4],
                )
            )
            self._keys_began(began, codes, "rfc4733")
        is_sound = ((kind == control.PCMA) | (kind == control.PCMU)) & (size > 0) & self._receive[channel]
        if not is_sound.all():
            rows, channel, kind, size = rows[is_sound], channel[is_sound], kind[is_sound], size[is_sound]
        if not rows.size:
            return
        blocks = np.minimum((size + 79) // 80, 8)
        for odd in np.flatnonzero(size % 80):
            silence = g711.ALAW_SILENCE if kind[odd] == control.PCMA else g711.ULAW_SILENCE
            start = HEADER_BYTES + int(size[odd])
            packets.rows[rows[odd], start : HEADER_BYTES + int(blocks[odd]) * 80] = silence
        width = max(2, int(blocks.max())) * 80
        sent = packets.rows[rows, HEADER_BYTES : HEADER_BYTES + width]
        alaw = kind == control.PCMA
        if alaw.all():
            samples = g711.decode(sent, g711.PCMA)
        else:
            samples = g711.decode(sent, g711.PCMU)
            samples[alaw] = g711.decode(sent[alaw], g711.PCMA)
        self.rings.put(
            Arrivals(
                channel,
                headers.seq[rows],
                headers.timestamp[rows],
                headers.ssrc[rows],
                headers.marker[rows],
                blocks,
                samples,
                packets.at_s[rows] * 8000.0,
            )
        )

    def _hear(self, top: int) -> NDArray[np.int16]:
        """What every channel says in these 20 ms."""
        frames, have = self._frames[:top], self._have[:top]
        self.rings.take(top, frames, have)
        deaf = ~self._receive[:top]
        if deaf.any():
            have[deaf] = False
        self._events.tick()
        self._concealment.fill(frames, have, deaf | (self._events.held[:top] >= 0))
        return frames

    # digits ---------------------------------------------------------------

    def _find_keys(self, sound: NDArray[np.float32], top: int) -> None:
        """Keys in the sound, and silence towards the others while a key is down."""
        muted = self._events.held[:top] >= 0
        if self._listening.size:
            began, codes, unheard = self._inband.tick(sound, self._listening)
            self._keys_began(began, codes, "inband")
            muted[unheard] = True
        rows = np.flatnonzero(muted)
        if rows.size:
            fresh = ~self._muted[rows]
            sound[rows] *= np.where(fresh[:, None], _CUT, np.float32(0.0))
        self._muted[:top] = muted

    def _keys_began(self, channels: Ints, codes: Ints, source: str) -> None:
        for channel, code in zip(channels.tolist(), codes.tolist(), strict=True):
            gen = int(self._gen[channel])
            self.reports.append(control.Digit(ch=channel, gen=gen, digit=EVENT_DIGITS[code], source=source))
            room = self.matrix.room[channel]
            if room and int((self.matrix.room == room).sum()) <= RELAY_MEMBERS:
                for hearer in self.matrix.plan.hearers(channel):
                    self._sender.press(hearer, [code], held_by=channel)

    def _send_keys(self, out: NDArray[np.int16]) -> list[tuple[int, bytes, bool, int]]:
        """Tones into the sound; events as (channel, payload, marker, timestamp)."""
        frames = self._sender.tick(np.maximum(self._events.held, self._inband.held))
        events: list[tuple[int, bytes, bool, int]] = []
        tones = []
        for frame in frames:
            if self._event[frame.channel] < 0:
                if frame.age * FRAME_SAMPLES < frame.duration_samples:
                    tones.append(frame)
                continue
            now = int(self._clock[frame.channel]) + self.ticks * FRAME_SAMPLES & 0xFFFF_FFFF
            if frame.age == 0:
                self._key_started[frame.channel] = now
            payload = event_payload(frame.code, end=frame.end, duration_samples=frame.duration_samples)
            started = self._key_started.get(frame.channel, now)
            events.append((frame.channel, payload, frame.age == 0, started))
        if tones:
            rows = np.array([frame.channel for frame in tones])
            codes, ages = np.array([f.code for f in tones]), np.array([f.age for f in tones])
            out[rows] = digit_frames(codes, ages).astype(np.int16)
        return events

    def _put_key(self, channel: int, payload: bytes, marker: bool, timestamp: int) -> None:
        row = self._rows[channel]
        row[1] = int(self._event[channel]) | (0x80 if marker else 0)
        row[4:8] = np.frombuffer(timestamp.to_bytes(4, "big"), np.uint8)
        row[HEADER_BYTES : HEADER_BYTES + 4] = np.frombuffer(payload, np.uint8)
        self._length[channel] = HEADER_BYTES + 4

    # out -------------------------------------------------------------------

    def _play(self, heard: NDArray[np.float32]) -> None:
        """Prompts, music and tones; music is unheard by who talks in a room."""
        talking = self._player.music & (self.matrix.room > 0) & self.matrix.talk
        ended = self._player.tick(heard, self.memory, talking)
        ended += self._tone_player.tick(heard, self._tone_memory, self._no_rows)
        for channel, op in ended:
            self.reports.append(control.PlayDone(ch=channel, gen=int(self._gen[channel]), op=op))

    def _stop_sound(self, channel: int, op: int | None = None) -> None:
        self._player.stop(channel, op, self.memory)
        self._tone_player.stop(channel, op, self._tone_memory)

    def _limited(self, heard: NDArray[np.float32], top: int) -> NDArray[np.int16]:
        """Peaks above LIMIT turn the row down at once, and let it up again over 200 ms."""
        before, out = self._limit[:top], self._out[:top]
        loud = top and (heard.max() > 32767.0 or heard.min() < -32768.0)
        if not loud and (before == 1.0).all():
            np.copyto(out, heard, casting="unsafe")
            return out
        peak = np.maximum(heard.max(axis=1, initial=0.0), -heard.min(axis=1, initial=0.0))
        # One voice alone may be as loud as G.711 can say it, untouched.
        ceiling = np.where(peak <= 32767.0, np.float32(32767.0), np.float32(LIMIT))
        wanted = np.minimum(np.minimum(before + np.float32(0.1), 1.0), ceiling / np.maximum(peak, 1.0))
        rows = np.flatnonzero((wanted < 1.0) | (before < 1.0))
        if rows.size:
            start = np.minimum(before[rows], np.maximum(wanted[rows], before[rows]))
            heard[rows] *= start[:, None] + (wanted[rows] - start)[:, None] * _RISE
            np.clip(heard, -32768.0, 32767.0, out=heard)
            self._limit[:top] = wanted
        np.copyto(out, heard, casting="unsafe")
        return out

    def _encode(self, out: NDArray[np.int16], top: int) -> None:
        payload = self._rows[:top, HEADER_BYTES:]
        ulaw = np.flatnonzero(self._payload[:top] == control.PCMU)
        if ulaw.size < top:
            payload[:] = g711.encode(out, g711.PCMA)
        if ulaw.size:
            payload[ulaw] = g711.encode(out[ulaw], g711.PCMU)

    def _address(self, top: int, answers: list[tuple[int, int, int, bytes]]) -> Outgoing:
        """Headers of all rows, and which rows go out."""
        sending = np.flatnonzero(self._send[:top] & (self.addresses.port[:top] > 0))
        self._seq[sending] = self._seq[sending] + 1 & 0xFFFF
        first = self._marker[:top]
        kind = self._payload[:top] | np.where(first, 0x80, 0)
        first[sending] = False
        timestamp = self._clock[:top] + self.ticks * FRAME_SAMPLES & 0xFFFF_FFFF
        write_headers(self._rows[:top], kind, self._seq[:top], timestamp, self._ssrc[:top])
        self._length[:top] = PACKET_BYTES
        return Outgoing(sending, self._rows, self._length, answers)

    def _watch(self, top: int) -> None:
        """Who fell silent, who is heard again."""
        limit = np.where(self._receive[:top], SILENT_TICKS, SILENT_HOLD_TICKS)
        fresh = (self._heard_at[:top] == self.ticks) & (self._gen[:top] >= 0)
        heard = self.addresses.heard[:top]
        silent = heard & (self.ticks - self._heard_at[:top] > limit)
        changed = np.flatnonzero((fresh & ~heard) | silent)
        for ch in changed.tolist():
            self.addresses.heard[ch] = bool(fresh[ch])
            self.reports.append(control.Heard(ch=ch, gen=int(self._gen[ch]), heard=bool(fresh[ch])))


def _source(packets: Packets) -> tuple[Ints, Ints, Ints]:
    return packets.sock, packets.ip, packets.port
