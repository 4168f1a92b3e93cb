"""Every service number dialled; what is heard, what the API tells of the call, what the recording holds."""

import asyncio
import io
import random
import re
import socket
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.telephony.caller import CallingPhone, PhoneCall
from tests.scenarios.harness import Centre, until
from tests.scenarios.people import channels, tone_share, tone_wav
from tests.scenarios.seats import LOUD, Customer, Person, Seat, hear, loudness

CALLER, ANN = 700.0, 500.0
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ITEM: dict[str, Any] = {
    "call_id": str, "direction": str, "state": str, "outcome": (str, type(None)), "from": str, "to": str,
    "customer_id": (str, type(None)), "queue": (str, type(None)), "agent": (str, type(None)), "started_at": str,
    "answered_at": (str, type(None)), "ended_at": (str, type(None)), "ended_by": (str, type(None)),
    "ivr_s": (int, float), "wait_s": (int, float), "ring_s": (int, float), "talk_s": (int, float),
    "hold_s": (int, float), "wrap_up_s": (int, float), "keys": list, "recordings": list, "summary": dict,
    "work_orders": list,
}  # fmt: skip
DETAIL = ITEM | {"legs": list, "segments": list, "steps": list, "decisions": list}
LEG = {
    "leg_id",
    "kind",
    "board",
    "trunk",
    "sip_call_id",
    "codec",
    "started_at",
    "answered_at",
    "ended_at",
    "cause",
}
SEGMENT = {"segment_id", "place", "entered_at", "left_at", "end_reason", "agent", "offers"}
STEPS = {
    "offered", "answered", "node", "digits", "queued", "announced", "agent_offered", "offer_missed", "agent_answered",
    "held", "resumed", "transferred", "conference", "supervisor_joined", "recording", "link_lost", "server_lost",
    "board_lost", "left_queue", "wrapped_up", "hung_up",
}  # fmt: skip
RECORDING = {"recording_id", "started_at", "duration_s", "channels", "url"}

pytestmark = [
    pytest.mark.peer,
    pytest.mark.timeout(120),
    pytest.mark.req("T1", "T2", "T5", "T6", "T17", "I1", "I2", "I5", "R1", "R2", "R12", "A22"),
]


def well_formed(call: dict[str, Any], shape: dict[str, Any]) -> None:
    """Every key of CONTRACT's example, of its type; no key left out."""
    assert set(shape) <= set(call), set(shape) - set(call)
    for key, kind in shape.items():
        assert isinstance(call[key], kind), (key, call[key])
        if key.endswith("_at") and call[key] is not None:
            assert MOMENT.fullmatch(call[key]), (key, call[key])
    for leg in call.get("legs", ()):
        assert set(leg) >= LEG | {"quality"} and set(leg["quality"]) == {"loss_percent", "jitter_ms", "mos"}
        assert leg["kind"] in {"caller", "agent", "external", "supervisor", "service"}
    for segment in call.get("segments", ()):
        assert set(segment) >= SEGMENT
    steps = call.get("steps", [])
    assert [step["seq"] for step in steps] == list(range(1, len(steps) + 1))
    assert {step["step"] for step in steps} <= STEPS, {step["step"] for step in steps} - STEPS
    assert all(MOMENT.fullmatch(step["at"]) for step in steps)
    for decision in call.get("decisions", ()):
        assert {"at", "queue", "rule", "chosen", "candidates", "waiting_before", "text"} <= set(decision)
        for candidate in decision["candidates"]:
            assert {"agent", "score", "passed_over"} <= set(candidate)
    for recording in call["recordings"]:
        assert set(recording) >= RECORDING and recording["channels"][0] == "caller"


@asynccontextmanager
async def phone_of(centre: Centre) -> AsyncIterator[CallingPhone]:
    phone = await CallingPhone.open(centre.sip)
    try:
        yield phone
    finally:
        await phone.close()


async def hears(call: PhoneCall, hz: float, within_s: float = 10.0) -> None:
    await hear({Customer(call, CALLER): {hz}}, {hz}, within_s)


async def sound_of(call: PhoneCall, within_s: float = 6.0) -> None:
    """Something is said."""
    for _ in range(int(within_s / 0.1)):
        heard = call.sound.heard(1.0).astype(float)
        if len(heard) and np.sqrt((heard**2).mean()) > 100:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("silence")


async def its_record(centre: Centre, call: PhoneCall, number: str) -> dict[str, Any]:
    """The call of this caller, once it is over; found by his number, known by its SIP Call-ID."""
    admin = Person(centre, "admin")
    for _ in range(100):
        page = await admin.get(f"/api/v1/calls?number={number}&state=ended")
        for item in page["items"]:
            well_formed(item, ITEM)
            detail: dict[str, Any] = await admin.get(f"/api/v1/calls/{item['call_id']}")
            if any(leg["sip_call_id"] == call.sip_call_id for leg in detail["legs"]):
                well_formed(detail, DETAIL)
                return detail
        await asyncio.sleep(0.1)
    raise AssertionError(f"no record of {number}")


def test_every_service_number_does_its_work_and_leaves_its_record(centre: Centre, tmp_path: Path):
    tone = tone_wav(tmp_path / "caller.wav", CALLER, 2.0)

    async def one(phone: CallingPhone, to: str) -> tuple[str, PhoneCall, Any]:
        number = f"1370000{to}"
        call = await phone.call(to, number)
        assert await call.answered(), to
        call.say(tone)
        match to:
            case "9100":
                await asyncio.sleep(2.5)
                assert not call.ended.done()
            case "9101":
                ending = await asyncio.wait_for(call.ended, 5)
                assert ending.by != "us"
            case "9102":
                await sound_of(call)
            case "9103" | "9110" | "9111":
                await hears(call, CALLER)
            case "9150":
                call.press("4711#")
                await asyncio.sleep(1.3)
                call.sound.forget()
                await sound_of(call)
        if to == "9111":
            await asyncio.sleep(2.0)
            files = sorted(
                (centre.folder / "recordings").rglob("*.wav"), key=lambda file: file.stat().st_mtime
            )
            for _ in range(10):  # readable at every moment
                with wave.open(io.BytesIO(files[-1].read_bytes())) as sound:
                    assert sound.getnchannels() == 2 and sound.getnframes() > 0
                await asyncio.sleep(0.05)
        call.hang_up()
        await call.ended
        return to, call, await its_record(centre, call, number)

    async def walk() -> None:
        async with phone_of(centre) as phone:
            numbers = ("9100", "9101", "9102", "9103", "9110", "9111", "9150")
            for to, call, record in await asyncio.gather(*(one(phone, to) for to in numbers)):
                assert record["to"] == to and record["direction"] == "in" and record["state"] == "ended"
                assert record["from"] == f"+861370000{to}", record["from"]
                assert record["ended_by"] == ("system" if to == "9101" else "caller")
                assert record["outcome"] == ("answered" if to in ("9110", "9111") else "self_service")
                (leg,) = (leg for leg in record["legs"] if leg["kind"] == "caller")
                assert leg["sip_call_id"] == call.sip_call_id and leg["codec"] in ("PCMA", "PCMU")
                assert leg["board"] == "board0" and leg["cause"] == 16
                assert leg["answered_at"] and leg["ended_at"]
                if to != "9101":
                    assert leg["quality"]["loss_percent"] is not None and leg["quality"]["mos"] > 3
                assert {"offered", "answered", "hung_up"} <= {step["step"] for step in record["steps"]}
                assert ("digits" in {step["step"] for step in record["steps"]}) == (to == "9150")
                if to == "9150":
                    assert [row["digits"].rstrip("#") for row in record["keys"]] == ["4711"]
                assert bool(record["recordings"]) == (to == "9111")
                if to == "9111":
                    check_bridge(centre, record["recordings"], tmp_path)

    asyncio.run(walk())


def check_bridge(centre: Centre, recordings: list[dict[str, Any]], folder: Path) -> None:
    (recording,) = recordings
    assert len(recording["channels"]) == 2 and recording["duration_s"] > 1.5
    answer = centre.request("GET", recording["url"])
    assert answer.status_code == 200 and answer.headers["content-type"] == "audio/wav"
    for side in channels(answer.content, folder):  # the far end echoes what it hears
        assert tone_share(side, CALLER) > 0.9
    part = centre.request("GET", recording["url"], "a07")
    assert part.status_code == 403 and part.json()["needs"]


def test_three_in_a_conference_hear_the_other_two(centre: Centre, tmp_path: Path):
    tones = {600.0, 800.0, 1050.0}

    async def meet() -> None:
        async with phone_of(centre) as phone:
            people: dict[Any, set[float]] = {}
            for number, hz in enumerate(sorted(tones)):
                call = await phone.call("9130", f"1370001000{number}")
                assert await call.answered()
                call.say(tone_wav(tmp_path / f"{hz}.wav", hz, 2.0))
                people[Customer(call, hz)] = tones - {hz}
            await hear(people, tones)
            first, *rest = list(people)
            first.call.hang_up()
            await first.call.ended
            left = tones - {first.hz}
            await hear({one: left - {one.hz} for one in rest}, tones)
            for one in rest:
                one.call.hang_up()
            record = await its_record(centre, first.call, "13700010000")
            assert record["outcome"] == "self_service"

    asyncio.run(meet())


def test_the_switchboard_400_answers_by_key(centre: Centre):
    """2: an order by number; 4: hours; 9: English; 3: a message. A key interrupts."""

    async def one(phone: CallingPhone, number: str, *keys: tuple[str, float]) -> dict[str, Any]:
        call = await phone.call("400", number)
        assert await call.answered()
        await sound_of(call)
        for digits, wait_s in keys:
            call.press(digits)
            await asyncio.sleep(wait_s)
        assert not call.ended.done()
        call.hang_up()
        await call.ended
        return await its_record(centre, call, number)

    async def walk() -> None:
        async with phone_of(centre) as phone:
            order, hours, english, message, repairs = await asyncio.gather(
                one(phone, "13700020001", ("2", 1.0), ("8812#", 1.5)),
                one(phone, "13700020002", ("4", 1.5)),
                one(phone, "13700020003", ("9", 1.5)),
                one(phone, "13700020004", ("3", 9.0)),
                one(phone, "13700020005", ("1", 1.5)),
            )
        assert [key["digits"].rstrip("#") for key in order["keys"]] == ["2", "8812"], order["keys"]
        for record, digit in ((hours, "4"), (english, "9"), (message, "3"), (repairs, "1")):
            assert [key["digits"] for key in record["keys"]] == [digit]
            assert all(key["node"] for key in record["keys"])
        for record in (order, hours, english):
            assert record["outcome"] == "self_service" and record["ended_by"] == "caller"
        assert message["outcome"] == "voicemail" and message["recordings"]
        assert repairs["outcome"] == "abandoned" and repairs["queue"] == "service"
        assert repairs["wait_s"] > 0.5 and repairs["segments"][-1]["end_reason"] == "abandoned"
        steps = [step["step"] for step in order["steps"]]
        assert steps[0] == "offered" and "node" in steps and "digits" in steps and steps[-1] == "hung_up"

    asyncio.run(walk())


def test_a_recording_can_be_heard_while_the_call_goes_on_and_pauses(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        seat = await Seat(centre, "a03", ANN, tmp_path).sit_down()
        try:
            async with phone_of(centre) as phone:
                call = await phone.call("9120", "13700030001")
                assert await call.answered()
                call.say(tone_wav(tmp_path / "caller.wav", CALLER, 2.0))
                call_id = await seat.rung()
                offer = await seat.link.next(event="AgentOffered")
                assert {"call_id", "from", "to", "queue", "keys", "waited_s", "ring_s", "customer_id"} <= set(
                    offer
                )
                await seat.do("AnswerCall")
                await hear({Customer(call, CALLER): {ANN}, seat: {CALLER}}, {ANN, CALLER})
                await asyncio.sleep(1.5)
                live = await seat.get(f"/api/v1/calls/{call_id}")
                well_formed(live, DETAIL)
                assert live["state"] == "talking" and live["ended_at"] is None
                (recording,) = live["recordings"]
                sizes = []
                for _ in range(10):
                    answer = await seat.ask("GET", recording["url"])
                    assert answer.status_code == 200, answer.text
                    with wave.open(io.BytesIO(answer.content)) as sound:
                        sizes.append(sound.getnframes())
                        assert sound.getnchannels() == 2
                        assert len(sound.readframes(10**9)) == sizes[-1] * 4, "as long as it says"
                    await asyncio.sleep(0.1)
                assert sizes == sorted(sizes) and sizes[-1] > sizes[0] > 0
                await seat.do("PauseRecording")
                await asyncio.sleep(2.0)
                await seat.do("ResumeRecording")
                await asyncio.sleep(1.5)
                await seat.do("StopRecording")
                assert await seat.refused("StopRecording") == "NoSuchRecording"
                await seat.do("StartRecording")
                assert await seat.refused("StartRecording") == "NotInThisState"
                await asyncio.sleep(0.5)
                call.hang_up()
                await call.ended
            await seat.do("FinishWrapUp")
            record = await its_record(centre, call, "13700030001")
            assert len(record["recordings"]) == 2
            first = await seat.ask("GET", record["recordings"][0]["url"])
            left, right = channels(first.content, tmp_path)
            assert tone_share(left, CALLER) > 0.9 and tone_share(right, ANN) > 0.9
            quiet = [
                abs(left[start : start + 8000].astype(int)).max() < 50 for start in range(0, len(left), 4000)
            ]
            assert sum(quiet[:-2]) >= 1, "nothing of the pause is in the file"
            other = await Person(centre, "a07").ask("GET", record["recordings"][0]["url"])
            assert other.status_code == 403 and other.json()["needs"]
            for spelling in ("13700030001", "+86 137-0003-0001", "008613700030001", "0086 137 0003 0001"):
                found = (await seat.ask("GET", "/api/v1/calls", params={"number": spelling})).json()["items"]
                assert [row["call_id"] for row in found] == [record["call_id"]], spelling
        finally:
            await seat.get_up()

    asyncio.run(shift())


def test_talking_and_the_draft_of_the_summary_survive_the_kill_of_the_server(centre: Centre, tmp_path: Path):
    async def shift() -> None:
        seat = await Seat(centre, "a04", ANN, tmp_path).sit_down()
        try:
            async with phone_of(centre) as phone:
                call = await phone.call("9120", "13700040001")
                assert await call.answered()
                call.say(tone_wav(tmp_path / "caller.wav", CALLER, 2.0))
                call_id = await seat.rung()
                await seat.do(
                    "SaveWrapUpDraft", call_id=call_id, notes="漏水", type="repair", fields={"part": "泵"}
                )
                await seat.do("AnswerCall")
                await hear({Customer(call, CALLER): {ANN}, seat: {CALLER}}, {ANN, CALLER})
                old = centre.kill("server")
                for _ in range(10):
                    await asyncio.sleep(0.1)
                    assert (
                        loudness(call.sound.heard(1.0), ANN) > LOUD and loudness(seat.sound(), CALLER) > LOUD
                    )
                await asyncio.to_thread(
                    until, "a new server", lambda: centre.pid("server") != old and centre.health(), 15
                )
                await seat.link.close()
                seat.link = await type(seat.link).open(centre, seat.name)
                me = (await seat.link.next(t="snapshot"))["me"]
                assert me["draft"]["notes"] == "漏水" and me["draft"]["fields"] == {"part": "泵"}
                assert me["call"]["call_id"] == call_id and me["call"]["state"] == "talking"
                await hear({Customer(call, CALLER): {ANN}, seat: {CALLER}}, {ANN, CALLER})
                call.hang_up()
                await call.ended
            await seat.is_in("wrap_up")
            await seat.do("FinishWrapUp", call_id=call_id, notes="漏水，已换", type="repair")
            record = await its_record(centre, call, "13700040001")
            assert record["outcome"] == "answered" and record["summary"]["notes"] == "漏水，已换"
            assert centre.log_lines("server_recovered")
        finally:
            await seat.get_up()

    asyncio.run(shift())


def test_five_thousand_hostile_datagrams_while_people_talk(centre: Centre, tmp_path: Path):
    chance = random.Random(2026)
    invite = (
        b"INVITE sip:9103@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKh\r\n"
        b"From: <sip:h@127.0.0.1>;tag=h\r\nTo: <sip:9103@127.0.0.1>\r\nCall-ID: h\r\nCSeq: 1 INVITE\r\n"
        b"Contact: <sip:h@127.0.0.1:9>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n"
        b"Content-Length: 10\r\n\r\nv=0\r\no=- 1"
    )

    def hostile() -> bytes:
        kind = chance.randrange(4)
        if kind == 0:
            return chance.randbytes(chance.randrange(1, 1400))
        data = bytearray(invite)
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data[: chance.randrange(1, len(data))]) if kind == 1 else bytes(data)

    async def talk() -> None:
        async with phone_of(centre) as phone:
            calls = []
            for number in range(5):
                call = await phone.call("9103", f"1370005000{number}")
                assert await call.answered()
                call.say(tone_wav(tmp_path / "caller.wav", CALLER, 2.0))
                calls.append(call)
            await asyncio.gather(*(hears(call, CALLER) for call in calls))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                for number in range(5000):
                    stranger.sendto(hostile(), centre.sip)
                    if number % 25 == 0:
                        await asyncio.sleep(0.005)
            await asyncio.gather(*(hears(call, CALLER) for call in calls))
            assert not any(call.ended.done() for call in calls)
            for number in range(5):
                call = await phone.call("9103", f"1370006000{number}")
                assert await asyncio.wait_for(call.answered(), 5)
                calls.append(call)
            for call in calls:
                call.hang_up()

    asyncio.run(talk())
    assert (centre.health() or {})["status"] == "ok"
