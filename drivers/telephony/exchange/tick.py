"""The exchange: what comes in during 20 ms → what goes out, for all channels at once.

Knows everything between packets and packets. Knows no sockets, no clock, no files, and
control's words only through `channels.py`: a tick is a function of the state, the commands
obeyed since the last tick, and the datagrams given to it. All work is on (channels, 160) arrays.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..sound import g711
from ..sound.jitter import Arrivals
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
from .addresses import UNKNOWN_PER_TICK
from .channels import Channels
from .dtmf import EventPackets
from .packets import PACKET_BYTES, ROW_BYTES, SEALED_BYTES, Answer, Outgoing, Packets
from .recorder import Ring

TICK_S: Final = FRAME_SAMPLES / 8000
MOST_CAUGHT_UP: Final = 25  # half a second: a longer sleep is not lived through afterwards
ROUNDS: Final = 40  # packets of one channel in one tick; more are no telephone
SILENT_TICKS, SILENT_HOLD_TICKS = 150, 1500
RELAY_MEMBERS: Final = 4  # digits are relayed in rooms up to this size
LIMIT: Final = 30000.0  # the limiter holds peaks here

_RISE = np.arange(1, FRAME_SAMPLES + 1, dtype=np.float32) / FRAME_SAMPLES
_CUT = np.concatenate([np.linspace(1, 0, 16), np.zeros(FRAME_SAMPLES - 16)]).astype(np.float32)

Ints = NDArray[np.int64]


class Exchange(Channels):
    """All channels of one board, 20 ms at a time."""

    def __init__(
        self, channels: int, memory: NDArray[np.int16], ring: Ring | None = None, seed: int = 0
    ) -> None:
        super().__init__(channels, memory, ring, seed)
        self._no_rows = np.zeros(channels, np.bool_)
        self._nothing = np.zeros((channels, FRAME_SAMPLES), np.int16)
        self._have = np.zeros((channels, 2), np.bool_)
        self._sound = np.zeros((channels, FRAME_SAMPLES), np.float32)
        self._heard = np.zeros((channels, FRAME_SAMPLES), np.float32)
        self._out = np.zeros((channels, FRAME_SAMPLES), np.int16)
        self._rows = np.zeros((channels, SEALED_BYTES), np.uint8)
        self._length = np.full(channels, PACKET_BYTES, np.int64)

    def tick(self, packets: Packets, skipped: int = 0) -> Outgoing:
        """20 ms of everything.

        Args:
            packets: what arrived since the last tick, in order of arrival.
            skipped: ticks left out since the last because the process got no time.
        Returns:
            what to send now; arrays are valid until the next tick.
        """
        if self._lists_dirty:
            self._refresh_lists()
        answers: list[Answer] = []
        if skipped:
            packets = self._catch_up(packets, skipped, answers)
        self.ticks += 1
        answers += self._take_in(packets)
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
        if self.secured:
            self.secured.protect(outgoing)
        self._watch(top)
        return outgoing

    # in ------------------------------------------------------------------

    def _catch_up(self, packets: Packets, skipped: int, answers: list[Answer]) -> Packets:
        """Live through the ticks left out, hearing only; what is left is for the tick to come.

        Nobody gets a burst, but no key and no word of a recording is lost while the machine slept.
        """
        lived = min(skipped, MOST_CAUGHT_UP)
        self.ticks += skipped - lived
        self.rings.skip(skipped - lived)
        top = self._top
        now_s = packets.at_s.max(initial=0.0)
        for behind in range(lived, 0, -1):
            self.ticks += 1
            early = packets.at_s <= now_s - behind * TICK_S
            answers += self._take_in(packets.where(early))
            packets = packets.where(~early)
            said, sound = self._hear(top), self._sound[:top]
            np.copyto(sound, said)
            self._find_keys(sound, top)
            self.recorders.tick(self.ticks, said, self._nothing[:top])
        return packets

    def _take_in(self, packets: Packets) -> list[Answer]:
        if not len(packets.rows):
            return []
        answers: list[Answer] = []
        if self.secured:
            packets, greeted = self.secured.unprotect(packets, self._ssrc, answers)
            self._heard_at[greeted] = self.ticks
        channel = self.addresses.find(packets.sock, packets.ip, packets.port)
        headers = parse_rows(packets.rows, packets.length)
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
        answers: list[Answer],
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
        payload = self._rows[:top, HEADER_BYTES:PACKET_BYTES]
        ulaw = np.flatnonzero(self._payload[:top] == control.PCMU)
        if ulaw.size < top:
            payload[:] = g711.encode(out, g711.PCMA)
        if ulaw.size:
            payload[ulaw] = g711.encode(out[ulaw], g711.PCMU)

    def _address(self, top: int, answers: list[Answer]) -> Outgoing:
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
