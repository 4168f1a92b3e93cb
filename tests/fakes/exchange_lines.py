"""Far ends of an `Exchange` without sockets: packets in, packets out, one tick at a time."""

import numpy as np

from drivers.telephony.exchange import control as c
from drivers.telephony.exchange.packets import ROW_BYTES, Outgoing, Packets
from drivers.telephony.exchange.tick import Exchange
from drivers.telephony.sound import g711
from drivers.telephony.sound.rtp import Packet, build, event_payload, parse
from drivers.telephony.sound.tones import RATE_HZ

HOST = "10.0.0.1"
IP = 0x0A000001


def packets(datagrams: list[tuple[int, int, int, bytes]], at_s: float = 0.0) -> Packets:
    """(sock, ip, port, datagram) as the sockets would give them."""
    rows = np.zeros((len(datagrams), ROW_BYTES), np.uint8)
    for row, (_, _, _, datagram) in zip(rows, datagrams, strict=True):
        row[: min(len(datagram), ROW_BYTES)] = np.frombuffer(datagram[:ROW_BYTES], np.uint8)
    length = np.array([len(d) if len(d) <= ROW_BYTES else ROW_BYTES + 1 for *_, d in datagrams], np.int64)
    sock, ip, port = (np.array([d[i] for d in datagrams], np.int64) for i in range(3))
    return Packets(rows, length, sock, ip, port, np.full(len(datagrams), at_s))


class Lines:
    """An exchange with `count` legs on socket 0, ports 5000 … in A-law; each can speak and hears."""

    def __init__(self, count: int, event: int = -1, channels: int = 16) -> None:
        self.exchange = Exchange(channels, np.zeros(0, np.int16))
        self.count = count
        self.seq = [100 * i for i in range(count)]
        self.timestamp = [1000 * i for i in range(count)]
        self.heard: list[list[np.ndarray]] = [[] for _ in range(channels)]
        self.events: list[list[Packet]] = [[] for _ in range(channels)]
        self.reports: list[c.AnyReport] = []
        self.extra: list[tuple[int, int, int, bytes]] = []
        self.outgoing: Outgoing | None = None
        for ch in range(count):
            self.obey(c.OpenChannel(ch=ch, gen=1, sock=0))
            self.remote(ch, event=event)

    def obey(self, *commands: c.AnyControl) -> None:
        for command in commands:
            self.exchange.obey(command)

    def remote(self, ch: int, **changes: object) -> None:
        given = {"host": HOST, "port": 5000 + ch, "payload": g711.PCMA, "event": -1} | changes
        self.obey(c.SetRemote(ch=ch, gen=1, **given))

    def join(self, *channels: int, room: int = 1, **role: object) -> None:
        for ch in channels:
            self.obey(c.SetRoom(ch=ch, gen=1, room=room, **role))

    def from_leg(self, ch: int, payload: bytes, kind: int = g711.PCMA, **fields: object) -> None:
        """One RTP packet of this leg, in the next tick."""
        self.seq[ch] = self.seq[ch] + 1 & 0xFFFF
        given = {
            "seq": self.seq[ch],
            "timestamp": self.timestamp[ch],
            "ssrc": ch + 1,
            "marker": False,
        } | fields
        self.extra.append((0, IP, 5000 + ch, build(Packet(payload_type=kind, payload=payload, **given))))

    def event_from(self, ch: int, code: int, duration: int, *, end: bool = False, kind: int = 101) -> None:
        self.from_leg(ch, event_payload(code, end=end, duration_samples=duration), kind)

    def tick(self, speech: dict[int, np.ndarray] | None = None) -> None:
        """20 ms: these legs say these 160 samples."""
        for ch, samples in (speech or {}).items():
            self.from_leg(ch, g711.encode(np.ascontiguousarray(samples, np.int16), g711.PCMA).tobytes())
        for ch in range(self.count):
            self.timestamp[ch] = self.timestamp[ch] + 160 & 0xFFFFFFFF
        self.outgoing = self.exchange.tick(packets(self.extra, self.exchange.ticks * 0.02))
        self.extra = []
        self.reports += self.exchange.reports
        self.exchange.reports.clear()
        for ch in self.outgoing.channels.tolist():
            packet = parse(self.outgoing.rows[ch, : self.outgoing.length[ch]].tobytes())
            assert packet is not None
            if packet.payload_type in (g711.PCMA, g711.PCMU):
                codes = np.frombuffer(packet.payload, np.uint8)
                self.heard[ch].append(g711.decode(codes, packet.payload_type))
            else:
                self.events[ch].append(packet)

    def speak(self, speech: dict[int, np.ndarray], ticks: int | None = None) -> None:
        """Whole sounds, frame by frame."""
        longest = max((len(s) for s in speech.values()), default=0) // 160
        for k in range(longest if ticks is None else ticks):
            self.tick({ch: s[k * 160 : k * 160 + 160] for ch, s in speech.items() if len(s) >= k * 160 + 160})

    def sound(self, ch: int, last_ticks: int) -> np.ndarray:
        return np.concatenate(self.heard[ch][-last_ticks:]).astype(float)

    def digits(self) -> list[tuple[int, str, str]]:
        return [(r.ch, r.digit, r.source) for r in self.reports if isinstance(r, c.Digit)]


def tone(hz: float, ticks: int, amplitude: float = 8000) -> np.ndarray:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(ticks * 160) / RATE_HZ)).astype(np.int16)


def level(sound: np.ndarray, hz: float) -> float:
    """Amplitude of one frequency in a sound."""
    time = np.arange(len(sound)) / RATE_HZ
    return float(2 * np.abs(np.mean(sound * np.exp(-2j * np.pi * hz * time))))
