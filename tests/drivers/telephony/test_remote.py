"""The client of a board behind a real unix socket: the contract, and what sockets add to it."""

import asyncio
import os
import tempfile
from contextlib import asynccontextmanager

import msgspec
import pytest

from drivers.protocol import telephony as t
from drivers.telephony.remote import RemoteBoard, UnknownAddress
from drivers.telephony.simulated import SimulatedBoard
from drivers.telephony.simulated_socket import BoardSocket
from drivers.transport.frames import frame
from tests.drivers.telephony.contract import BoardContract, Heard, World, settle
from tests.drivers.telephony.test_simulated import prompt_s
from tests.fakes.virtual_time import run_virtual


class _Behind(World):
    def __init__(self, board, heard, network, socket, path):
        super().__init__(board, heard, network)
        self.socket, self.path = socket, path

    async def lose_link(self):
        await self.socket.put_off()
        os.unlink(self.path)
        await settle()

    async def come_back(self):
        await self.socket.serve()


@asynccontextmanager
async def behind_a_socket():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/board"
        network = SimulatedBoard(asyncio.get_running_loop(), prompt_s=prompt_s, utc=lambda: 1e9)
        socket = BoardSocket(network.link, path)
        await socket.serve()
        heard = Heard()
        board = RemoteBoard(f"unix:{path}", heard)
        network_loads = asyncio.get_running_loop().create_task(_load_each_second(network))
        yield _Behind(board, heard, network, socket, path)
        network_loads.cancel()
        await board.close()
        await socket.put_off()
        await settle()


async def _load_each_second(network):
    while True:
        await asyncio.sleep(1.0)
        network.link.tell_load(t.Load(in_use=len(network.exchange.legs)))


class TestRemoteBoard(BoardContract):
    def world(self):
        return behind_a_socket()


def run(story):
    async def inside():
        async with behind_a_socket() as world:
            await story(world)

    run_virtual(inside())


def test_a_restarted_board_is_taken_in_within_a_fifth_of_a_second():
    async def story(w):
        await w.attached()
        await w.lose_link()
        await w.heard.first("lost")
        await w.come_back()
        await w.heard.first("connected", 2, within_s=0.2)

    run(story)


def test_a_board_started_after_the_server_is_found():
    async def story(w):
        await w.lose_link()
        w.board.start()
        await asyncio.sleep(600.0)
        assert w.board.last_error
        await w.come_back()
        await w.heard.first("connected", within_s=1.1)

    run(story)


def test_the_load_is_told_each_second():
    async def story(w):
        await w.attached()
        w.network.network_call("1", "400")
        assert (await w.heard.first(t.Load)).in_use == 1

    run(story)


def test_a_second_server_of_a_newer_epoch_takes_the_board_and_an_older_one_does_not():
    async def story(w):
        await w.attached(epoch=2)
        other, late = Heard(), Heard()
        boards = [RemoteBoard(w.board.address, heard) for heard in (other, late)]
        for board, heard, epoch in zip(boards, (other, late), (3, 1), strict=True):
            board.start()
            await heard.first("connected")
            board.attach(epoch, 0)
            await settle()
        assert w.heard.of("lost") and late.of("lost") and not other.of("lost")
        w.network.network_call("1", "400")
        await other.first(t.LegOffered)
        assert not w.heard.of(t.LegOffered)
        for board in boards:
            await board.close()

    run(story)


class _Stranger(asyncio.Protocol):
    """Says these bytes to whoever connects, each in a read of its own, then is silent."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.transports = []

    def connection_made(self, transport):
        self.transports.append(transport)
        loop = asyncio.get_running_loop()
        for number, piece in enumerate(self.pieces):
            loop.call_later(0.001 * number, transport.write, piece)


HELLO = t.Hello(board="b", boot_id="x", channels=1, board_s=0.0)
OFFER = t.LegOffered(seq=1, leg="l1", kind="trunk", to_number="400", from_number="1", display="王")
STREAM = b"".join(
    frame(msgspec.json.encode(m))
    for m in (HELLO, t.Snapshot(legs=[], recordings=[]), t.Load(in_use=0), OFFER)
)


def _with_stranger(pieces, story, **options):
    async def inside():
        with tempfile.TemporaryDirectory() as folder:
            stranger = _Stranger(pieces)
            server = await asyncio.get_running_loop().create_unix_server(lambda: stranger, f"{folder}/board")
            heard = Heard()
            board = RemoteBoard(f"unix:{folder}/board", heard, **options)
            board.start()
            await story(board, heard)
            await board.close()
            server.close()
            for transport in stranger.transports:
                transport.abort()
            await settle()

    run_virtual(inside())


def test_a_conversation_cut_at_every_byte_reads_the_same():
    async def story(_board, heard):
        await heard.first(t.LegOffered)
        assert [type(w).__name__ for w in heard.all] == ["tuple", "Load", "LegOffered"]
        assert heard.all[2] == OFFER

    for cut in range(len(STREAM) + 1):
        _with_stranger([STREAM[:cut], STREAM[cut:]], story)
    _with_stranger([STREAM[i : i + 1] for i in range(len(STREAM))], story)


@pytest.mark.parametrize(
    "said",
    [
        frame(b"no json"),
        frame(b'{"t":"LegOffered"}'),
        frame(msgspec.json.encode(OFFER)),
        frame(msgspec.json.encode(t.Snapshot(legs=[], recordings=[]))),
        frame(msgspec.json.encode(msgspec.structs.replace(HELLO, version=99))),
        b"\xff\xff\xff\xff",
    ],
)
def test_a_stranger_on_the_socket_is_not_taken_for_a_board(said):
    async def story(board, heard):
        await asyncio.sleep(0.01)
        assert heard.all == [] and board.last_error

    _with_stranger([said], story)


def test_a_board_that_hangs_is_given_up():
    async def story(_board, heard):
        await heard.first("connected")
        _, reason = await heard.first("lost", within_s=3.1)
        assert "silent" in reason

    _with_stranger([STREAM], story, silence_s=3.0)


@pytest.mark.parametrize("address", ["", "board", "tcp://x:1", "tls://x", "tls://x:1"])
def test_an_address_that_is_none_is_refused_at_once(address):
    with pytest.raises(UnknownAddress):
        RemoteBoard(address, Heard())
