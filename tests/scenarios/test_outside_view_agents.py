"""Every command of an agent and of a supervisor, proved by what each person on the line hears."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.telephony.caller import CallingPhone
from tests.scenarios.harness import Centre
from tests.scenarios.people import tone_wav
from tests.scenarios.seats import Customer, Person, Seat, hear, music

CALLER, ANN, BEN, BOSS = 700.0, 500.0, 900.0, 1150.0
EVERYONE = {CALLER, ANN, BEN, BOSS}

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]


@asynccontextmanager
async def people(centre: Centre, folder: Path, *wanted: tuple[str, float, bool]) -> AsyncIterator[list[Seat]]:
    seats = [Seat(centre, name, hz, folder) for name, hz, _ in wanted]
    await asyncio.gather(*(s.sit_down(ready) for s, (_, _, ready) in zip(seats, wanted, strict=True)))
    try:
        yield seats
    finally:
        await asyncio.gather(*(seat.get_up() for seat in seats))


@asynccontextmanager
async def calling(centre: Centre, folder: Path, to: str, number: str) -> AsyncIterator[Customer]:
    phone = await CallingPhone.open(centre.sip)
    try:
        call = await phone.call(to, number)
        assert await call.answered()
        call.say(tone_wav(folder / f"{number}.wav", CALLER, 2.0))
        yield Customer(call, CALLER)
    finally:
        await phone.close()


def test_hold_mute_keys_pending_break_and_wrap_up(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        async with people(centre, tmp_path, ("a01", ANN, True)) as [ann]:
            before = await ann.row()
            assert await ann.refused("Hold") == "NotInThisState"
            assert await ann.refused("AnswerCall") in ("NotInThisState", "NoSuchCall")
            async with calling(centre, tmp_path, "9120", "13911110001") as customer:
                call_id = await ann.rung()
                await ann.do("AnswerCall")
                await hear({customer: {ANN}, ann: {CALLER}}, EVERYONE)
                assert await ann.refused("Resume") == "NotInThisState"
                await ann.do("Hold", call_id=call_id)
                await music(customer, EVERYONE)
                await hear({ann: set()}, EVERYONE)
                assert (await ann.get(f"/api/v1/calls/{call_id}"))["state"] == "held"
                await ann.do("Resume")
                await hear({customer: {ANN}, ann: {CALLER}}, EVERYONE)
                await ann.do("Mute")
                await hear({customer: set(), ann: {CALLER}}, EVERYONE)
                await ann.do("Unmute")
                await hear({customer: {ANN}, ann: {CALLER}}, EVERYONE)
                await ann.do("SendDigits", digits="12#")
                for _ in range(30):
                    if customer.call.sound.digits == "12#":
                        break
                    await asyncio.sleep(0.1)
                assert customer.call.sound.digits == "12#"
                await ann.do("StartBreak", reason="lunch")
                row = await ann.is_in("talking")
                assert row["pending_break"] and row["call_id"] == call_id
                await ann.do("SaveWrapUpDraft", call_id=call_id, notes="草稿")
                await ann.do("HangUp")
                ending = await customer.call.ended
                assert ending.by == "far" or ending.cause == 16
            await ann.is_in("wrap_up")
            await ann.do(
                "FinishWrapUp", call_id=call_id, business_line="service", type="repair", status="done",
                notes="换了水泵", fields={},
            )  # fmt: skip
            row = await ann.is_in("on_break")
            assert row["reason"] == "lunch" and row["talk_today_s"] > before["talk_today_s"] + 1
            assert row["calls_today"] == before["calls_today"] + 1
            await ann.do("EndBreak")
            await ann.is_in("ready")
            call = await ann.get(f"/api/v1/calls/{call_id}")
            assert call["summary"]["notes"] == "换了水泵" and call["ended_by"] == "agent"
            assert call["hold_s"] > 0.1 and call["wrap_up_s"] is not None
            steps = [row["step"] for row in call["steps"]]
            wanted = [
                "offered", "queued", "agent_offered", "agent_answered", "held", "resumed", "hung_up", "wrapped_up",
            ]  # fmt: skip
            assert [step for step in steps if step in wanted] == wanted

    asyncio.run(shift())


def test_logging_out_while_talking_follows_the_wrap_up(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        async with (
            people(centre, tmp_path, ("a01", ANN, True)) as [ann],
            calling(centre, tmp_path, "9120", "13911110002") as customer,
        ):
            await ann.rung()
            await ann.do("AnswerCall")
            await ann.do("LogOut")
            await hear({customer: {ANN}, ann: {CALLER}}, EVERYONE)
            await ann.is_in("talking")
            customer.call.hang_up()
            await ann.is_in("wrap_up")
            await ann.do("FinishWrapUp")
            await ann.is_in("logged_out")

    asyncio.run(shift())


def test_blind_transfer_to_an_agent_and_to_a_queue(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        async with people(centre, tmp_path, ("a01", ANN, True), ("a02", BEN, False)) as [ann, ben]:
            async with calling(centre, tmp_path, "9120", "13911110003") as customer:
                call_id = await ann.rung()
                await ann.do("AnswerCall")
                await hear({customer: {ANN}, ann: {CALLER}}, EVERYONE)
                assert await ann.refused("Transfer", to="agent:a02", mode="blind") == "AgentBusy"
                assert await ann.refused("Transfer", to="queue:nowhere", mode="blind") == "NoSuchPlace"
                await ben.do("EndBreak")
                await ben.is_in("ready")
                await ann.do("Transfer", to="agent:a02", mode="blind")
                assert await ben.rung() == call_id
                await ben.do("AnswerCall")
                await hear({customer: {BEN}, ben: {CALLER}, ann: set()}, EVERYONE)
                await ann.do("FinishWrapUp")
                await ann.is_in("ready")
                after = len(ann.link.heard)
                await ben.do("Transfer", to="queue:service", mode="blind")
                assert await ann.rung(after=after) == call_id
                await ann.do("AnswerCall")
                await hear({customer: {ANN}, ann: {CALLER}, ben: set()}, EVERYONE)
                customer.call.hang_up()
            await ann.is_in("wrap_up")
            call = await ann.get(f"/api/v1/calls/{call_id}")
            assert [row["step"] for row in call["steps"]].count("transferred") == 2
            places = [row["place"] for row in call["segments"]]
            assert {"queue:bench", "queue:service"} <= set(places), places
            assert all(row["end_reason"] for row in call["segments"])

    asyncio.run(shift())


def test_consultation_conference_and_hand_over(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        async with people(centre, tmp_path, ("a01", ANN, True), ("a02", BEN, False)) as [ann, ben]:
            async with calling(centre, tmp_path, "9120", "13911110004") as customer:
                call_id = await ann.rung()
                await ann.do("AnswerCall")
                await ben.do("EndBreak")
                await ann.do("Transfer", to="agent:a02", mode="consult")
                await ben.rung()
                await music(customer, EVERYONE)
                assert await ann.refused("CompleteTransfer")
                await ben.do("AnswerCall")
                await hear({ann: {BEN}, ben: {ANN}}, EVERYONE)
                await music(customer, EVERYONE)
                await ann.do("CancelTransfer")
                await hear({customer: {ANN}, ann: {CALLER}, ben: set()}, EVERYONE)
                await ben.do("FinishWrapUp") if (await ben.row())["state"] == "wrap_up" else None
                await ben.is_in("ready")
                after = len(ben.link.heard)
                await ann.do("Transfer", to="agent:a02", mode="consult")
                await ben.rung(after=after)
                await ben.do("AnswerCall")
                await ann.do("JoinConference")
                await hear({customer: {ANN, BEN}, ann: {CALLER, BEN}, ben: {CALLER, ANN}}, EVERYONE)
                await ann.do("CompleteTransfer")
                await hear({customer: {BEN}, ben: {CALLER}, ann: set()}, EVERYONE)
                await ben.do("HangUp")
                await customer.call.ended
            call = await ann.get(f"/api/v1/calls/{call_id}")
            assert {"conference", "transferred", "hung_up"} <= {row["step"] for row in call["steps"]}

    asyncio.run(shift())


def test_a_supervisor_listens_whispers_barges_and_ends_it(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        async with people(centre, tmp_path, ("a01", ANN, True), ("super", BOSS, False)) as [ann, boss]:
            async with calling(centre, tmp_path, "9120", "13911110005") as customer:
                call_id = await ann.rung()
                await ann.do("AnswerCall")
                await hear({customer: {ANN}, ann: {CALLER}, boss: set()}, EVERYONE)
                answer = await ann.ask("POST", "/api/v1/commands/Listen", json={"agent_id": "a02"})
                assert answer.status_code == 403 and answer.json()["needs"] == "supervise"
                await boss.do("Listen", agent_id="a01")
                await hear({customer: {ANN}, ann: {CALLER}, boss: {ANN, CALLER}}, EVERYONE)
                await boss.do("Whisper", agent_id="a01")
                await hear({customer: {ANN}, ann: {CALLER, BOSS}, boss: {ANN, CALLER}}, EVERYONE)
                await boss.do("Barge", agent_id="a01")
                await hear({customer: {ANN, BOSS}, ann: {CALLER, BOSS}, boss: {ANN, CALLER}}, EVERYONE)
                await boss.do("StopListening", agent_id="a01")
                await hear({customer: {ANN}, ann: {CALLER}, boss: set()}, EVERYONE)
                await boss.do("PauseRecording", call_id=call_id, agent_id="a01")
                await boss.do("ResumeRecording", call_id=call_id, agent_id="a01")
                await boss.do("ForceHangUp", agent_id="a01")
                await customer.call.ended
            await ann.is_in("wrap_up")
            await boss.do("ForceState", agent_id="a01", state="on_break", reason="training")
            row = await ann.is_in("on_break")
            assert row["reason"] == "training"
            call = await boss.get(f"/api/v1/calls/{call_id}")
            assert call["ended_by"] == "supervisor"
            assert "supervisor_joined" in {row["step"] for row in call["steps"]}
            assert any(leg["kind"] == "supervisor" for leg in call["legs"])

    asyncio.run(shift())


def test_dialling_by_the_rules_for_numbers(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        async with people(centre, tmp_path, ("a01", ANN, False)) as [ann]:
            assert await ann.refused("Dial", number="0044207946000") == "NotAllowedNumber"
            assert await ann.refused("Dial", number="+1 212 555 0100") == "NotAllowedNumber"
            assert await ann.refused("Dial", number="555") == "NotAllowedNumber"
            assert await ann.refused("Dial", number="0571 8888 6666", queue="nowhere") == "NoSuchPlace"
            answer = await ann.ask("POST", "/api/v1/commands/Dial", json={"number": "ring me"})
            assert answer.status_code == 422 and "number" in answer.json()["fields"]
            for number, queue in (("110", None), ("0571-8888 6666", "service")):
                after = len(ann.link.heard)
                await ann.do("Dial", number=number, queue=queue)
                await ann.link.next(after=after, event="AgentStateChanged", agent_id="a01", state="talking")
                await hear({ann: {ANN}}, EVERYONE)  # the far end echoes
                call_id = (await ann.row())["call_id"]
                await ann.do("HangUp")
                await ann.is_in("wrap_up")
                await ann.do("FinishWrapUp")
                await ann.is_in("on_break")
                call = await ann.get(f"/api/v1/calls/{call_id}")
                assert (call["direction"], call["outcome"], call["queue"]) == ("out", "answered", queue)
                assert call["ended_by"] == "agent" and call["agent"] == "a01"
                (leg,) = (leg for leg in call["legs"] if leg["kind"] == "external")
                assert leg["trunk"] == "line" and leg["sip_call_id"] and leg["codec"] and leg["answered_at"]

    asyncio.run(shift())


def test_picking_up_a_waiting_call_and_one_that_rings_elsewhere(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        async with people(centre, tmp_path, ("a02", BEN, False)) as [ben]:
            async with calling(centre, tmp_path, "9120", "13911110006") as customer:
                await music(customer, EVERYONE, 8)
                queues = await ben.get("/api/v1/queues")
                bench = next(row for row in queues["items"] if row["queue_id"] == "bench")
                (waiting,) = bench["waiting"]
                assert waiting["position"] == 1 and waiting["from"] == "+8613911110006"
                assert {"call_id", "from", "since", "position", "expected_wait_s", "priority"} <= set(waiting)
                async with people(centre, tmp_path, ("a01", ANN, True)) as [ann]:
                    call_id = await ann.rung()
                    await ben.refused("PickUp", call_id="c999999")
                    await ben.do("PickUp", call_id=call_id)
                    await hear({customer: {BEN}, ben: {CALLER}, ann: set()}, EVERYONE)
                    await ann.is_in("ready")
                    await ben.do("HangUp")
                    await customer.call.ended
            await ben.do("FinishWrapUp")
            call = await Person(centre, "super").get(f"/api/v1/calls/{call_id}")
            assert call["agent"] == "a02" and call["outcome"] == "answered"

    asyncio.run(shift())
