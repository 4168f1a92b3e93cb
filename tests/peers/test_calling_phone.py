"""The simulated customer's telephone and the remote board client, against a real board's processes."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.protocol import telephony as t
from drivers.telephony.caller import CallingPhone
from drivers.telephony.remote import RemoteBoard
from tests.drivers.telephony.contract import Heard
from tests.fakes.live_board import LiveBoard

pytestmark = [pytest.mark.peer, pytest.mark.req("T1")]


@pytest.fixture
def board(tmp_path: Path) -> Iterator[LiveBoard]:
    live = LiveBoard(tmp_path)
    yield live
    live.close()
    assert live.said("internal_error") == []


def sip(board: LiveBoard) -> tuple[str, int]:
    host, _, port = board.sip.rpartition(":")
    return host, int(port)


def test_a_customer_hears_himself_presses_keys_and_is_hung_up_on(board):
    async def story() -> None:
        phone = await CallingPhone.open(sip(board))
        keys = await phone.call("9150", "13800004417")
        assert await keys.answered()
        keys.press("159#")
        assert (await asyncio.wait_for(keys.ended, 10.0)).by == "far"  # spoken back, hung up
        echo = await phone.call("9103", "13800004417", "陈淑芬")
        assert await echo.answered()
        echo.sound.say((np.sin(np.arange(16000) * 0.4) * 8000).astype(np.int16))
        await asyncio.sleep(0.8)
        echo.hang_up()
        assert (await echo.ended).by == "us"
        assert np.abs(echo.sound.heard().astype(int)).max() > 4000
        refused = await phone.call("9101", "13800004417")
        assert await refused.answered()
        assert (await asyncio.wait_for(refused.ended, 5.0)).by == "far"
        await phone.close()

    asyncio.run(story())
    ended = {e.to_number: e for e in (board.event(t.ServiceEnded) for _ in range(3))}
    assert ended["9150"].digits.rstrip("#") == "159"
    assert ended["9103"].from_number == "13800004417"


@pytest.mark.req("T21")
def test_keys_pressed_at_once_are_read_also_right_after_another_call(board):
    """The last packets of the call before arrive when the next leg is there already, on the same socket."""

    async def story() -> None:
        phone = await CallingPhone.open(sip(board))
        for _ in range(3):
            keys = await phone.call("9150", "13800004417")
            assert await keys.answered()
            keys.press("159#")
            assert (await asyncio.wait_for(keys.ended, 15.0)).by == "far"
            echo = await phone.call("9103", "13800004417")
            assert await echo.answered()
            while echo.sound.received < 5:
                await asyncio.sleep(0.02)
            echo.hang_up()
            await echo.ended
        await phone.close()

    asyncio.run(story())
    ended = [board.event(t.ServiceEnded) for _ in range(6)]
    assert [e.digits for e in ended if e.to_number == "9150"] == ["159"] * 3


@pytest.mark.req("T22")
def test_the_remote_client_drives_a_real_board_and_finds_it_again(board):
    async def story() -> None:
        heard = Heard()
        remote = RemoteBoard(f"unix:{board.folder}/board.sock", heard)
        remote.start()
        _, hello, _ = await heard.first("connected")
        remote.attach(2, 0)
        phone = await CallingPhone.open(sip(board))
        call = await phone.call("400", "13800004417")
        offered = await heard.first(t.LegOffered)
        assert (offered.to_number, offered.from_number) == ("400", "13800004417")
        leg = offered.leg

        def do(command_id, kind, epoch=2, **fields):
            remote.send(kind(epoch=epoch, command_id=command_id, leg=leg, **fields))

        do("1", t.Ring)
        do("2", t.Accept)
        assert await call.answered()
        do("3", t.Collect, op="c1", max_digits=2, first_timeout_s=8.0)
        do("4", t.StopSound, op="c1")
        collected = await heard.first(t.CollectFinished, within_s=10.0)
        assert collected.reason == "stopped"
        await remote.close()
        assert heard.of("lost")

        again = Heard()
        second = RemoteBoard(f"unix:{board.folder}/board.sock", again)
        second.start()
        _, same, snapshot = await again.first("connected")
        assert same.boot_id == hello.boot_id
        assert [(state.leg, state.state) for state in snapshot.legs] == [(leg, "answered")]
        second.attach(3, collected.seq)
        second.send(t.HangUp(epoch=2, command_id="late", leg=leg))
        second.send(t.HangUp(epoch=3, command_id="1", leg=leg))
        assert (await again.first("refused"))[1] == "late"
        assert (await again.first(t.LegEnded)).by == "us"
        assert (await asyncio.wait_for(call.ended, 5.0)).by == "far"
        await second.close()
        await phone.close()

    asyncio.run(story())


def test_a_number_nobody_has_is_an_ending_not_a_wait(board):
    async def story() -> None:
        phone = await CallingPhone.open(sip(board))
        call = await phone.call("400", "13800004417")
        call.hang_up()
        assert not await call.answered()
        gone = await CallingPhone.open(("127.0.0.1", 9))
        nobody = await gone.call("400", "1")
        assert not await asyncio.wait_for(nobody.answered(), 8.0)
        assert (await nobody.ended).by == "lost"
        await gone.close()
        await phone.close()

    asyncio.run(story())
