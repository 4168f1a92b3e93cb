"""Framing: cut at every byte, batched, bounded."""

import asyncio
import socket

import pytest

from drivers.transport.frames import MAX_FRAME_BYTES, FrameReader, FrameStream, FrameTooLarge, frame

BODIES = [b'{"t":"Ack","seq":1}', b"", b"x", "你好".encode(), b"y" * 300]


def test_messages_survive_being_cut_at_every_byte():
    stream = b"".join(map(frame, BODIES))
    for cut in range(len(stream) + 1):
        reader = FrameReader()
        assert reader.feed(stream[:cut]) + reader.feed(stream[cut:]) == BODIES


def test_messages_survive_arriving_byte_by_byte():
    reader = FrameReader()
    got = [body for byte in b"".join(map(frame, BODIES)) for body in reader.feed(bytes([byte]))]
    assert got == BODIES


def test_a_length_over_the_limit_is_refused_before_it_is_buffered():
    with pytest.raises(FrameTooLarge):
        FrameReader().feed((MAX_FRAME_BYTES + 1).to_bytes(4, "big"))
    with pytest.raises(FrameTooLarge):
        frame(bytes(MAX_FRAME_BYTES + 1))


async def _pair(left: FrameStream, right: FrameStream) -> None:
    loop = asyncio.get_running_loop()
    one, other = socket.socketpair()
    await loop.create_unix_connection(lambda: left, sock=one)
    await loop.create_unix_connection(lambda: right, sock=other)


def test_what_is_sent_in_one_turn_leaves_in_one_write_and_arrives_in_order():
    async def run() -> None:
        got, ends = [], []
        done, over = asyncio.Event(), asyncio.Event()

        def on_lost(name, reason):
            ends.append((name, reason))
            if len(ends) == 2:
                over.set()

        def on_frame(_stream, body):
            got.append(body)
            if len(got) == 1000:
                done.set()

        left = FrameStream(on_frame, lambda _s, reason: on_lost("left", reason))
        right = FrameStream(on_frame, lambda _s, reason: on_lost("right", reason))
        await _pair(left, right)
        writes = []
        write = left._transport.write
        left._transport = _Spy(left._transport, lambda data: (writes.append(data), write(data)))
        for number in range(1000):
            left.send(str(number).encode())
        await done.wait()
        assert got == [str(number).encode() for number in range(1000)]
        assert len(writes) == 1
        left.close("enough")
        await over.wait()
        assert sorted(ends) == [("left", "enough"), ("right", "the other end closed")]
        left.send(b"too late")  # goes nowhere, raises nothing

    asyncio.run(run())


def test_a_stranger_who_announces_too_much_is_cut_off():
    async def run() -> None:
        lost = asyncio.get_running_loop().create_future()
        stream = FrameStream(lambda _s, _b: None, lambda _s, reason: lost.set_result(reason))
        one, other = socket.socketpair()
        await asyncio.get_running_loop().create_unix_connection(lambda: stream, sock=one)
        other.sendall(b"GET / HTTP/1.1\r\n")
        assert "bytes announced" in await lost
        other.close()

    asyncio.run(run())


class _Spy:
    def __init__(self, transport, write):
        self._transport = transport
        self.write = write

    def __getattr__(self, name):
        return getattr(self._transport, name)
