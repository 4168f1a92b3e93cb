"""The live link's words: each side decodes only the other's, strictly or forgivingly as it must."""

import json
from dataclasses import dataclass, field

import pytest

from app.wire import codec, events, messages
from app.wire.rows import AgentRow, QueueRow, WaitingRow


def test_every_upward_message_reads_as_it_was_written():
    for message in (
        messages.Hello(v=1, token="t", resume=messages.Resume(session="s", seq=7)),
        messages.Command(id="c1", command="Dial", fields={"number": "10086", "queue": None}),
        messages.Ack(seq=9),
    ):
        assert codec.decode_up(codec.encode(message)) == message


def test_the_types_on_the_wire_are_those_of_the_contract():
    assert json.loads(codec.encode(messages.Hello(v=1, token="x"))) == {
        "t": "hello", "v": 1, "token": "x", "client": "", "language": "zh_CN", "resume": None, "topics": []
    }  # fmt: skip
    offered = events.AgentOffered(seq=3, at="now", agent_id="a01", call_id="c1", from_number="+8613800138000")
    flat = json.loads(codec.encode(offered))
    assert flat["t"] == "event" and flat["event"] == "AgentOffered" and flat["from"] == "+8613800138000"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", '{"t": "event", "seq": 1}', '{"t": "welcome"}', '{"t":"hello","v":1}',
        '{"t": "command", "id": "c", "command": "Dial", "surprise": 1}',
        '{"t": "command", "id": 5, "command": "Dial"}', '{"t": "ack", "seq": "9"}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_the_server_refuses_what_no_client_may_say(text):
    with pytest.raises(codec.WireError):
        codec.decode_up(text)


def test_every_known_event_reads_as_it_was_written():
    tables = events.TablesChanged(
        seq=5,
        at="2026-11-22T08:15:30.123Z",
        agents=[AgentRow(agent_id="a01", state="ready", queues=["service"])],
        queues=[QueueRow(queue_id="service", waiting=[WaitingRow(call_id="c1", from_number="110")])],
    )
    assert codec.decode_down(codec.encode(tables)) == tables
    line = events.DeskLineReady(seq=6, host="127.0.0.1", port=40000, token="00" * 16, srtp=True)
    assert codec.decode_down(codec.encode(line)) == line


def test_a_client_ignores_keys_it_does_not_know():
    text = '{"t":"welcome","v":1,"session":"s","seq":4,"now":"x","resumed":true,"colour":"red"}'
    assert codec.decode_down(text) == messages.Welcome(v=1, session="s", seq=4, now="x", resumed=True)


def test_an_event_of_a_newer_server_is_kept_as_it_came():
    text = codec.encode_event(8, "x", "CallBlessed", {"call_id": "c1"})
    event = codec.decode_down(text)
    assert event == events.OtherEvent(seq=8, at="x", event="CallBlessed", fields={"call_id": "c1"})
    assert codec.event_name(event) == "CallBlessed"


def test_a_known_event_in_an_unknown_shape_does_not_end_the_link():
    event = codec.decode_down(codec.encode_event(8, "x", "CallMuted", {"call_id": "c1", "muted": "very"}))
    assert isinstance(event, events.OtherEvent)
    assert codec.event_fields(event) == {"call_id": "c1", "muted": "very"}


def test_event_fields_have_their_names_on_the_wire():
    event = events.AgentOffered(seq=1, agent_id="a01", call_id="c1", from_number="123")
    assert codec.event_fields(event)["from"] == "123"
    assert "seq" not in codec.event_fields(event) and "t" not in codec.event_fields(event)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Dial:
    number: str
    queue: str | None = None
    digits: list[str] = field(default_factory=list)


def test_a_commands_fields_become_its_dataclass():
    assert codec.convert_fields(_Dial, {"number": "10086"}) == _Dial(number="10086")
    assert codec.convert_fields(_Dial, {"to": "1"}, {"to": "number"}) == _Dial(number="1")


def test_every_wrong_field_of_a_command_is_told_at_once():
    with pytest.raises(codec.WrongFields) as wrong:
        codec.convert_fields(_Dial, {"queue": 5, "surprise": True})
    assert set(wrong.value.fields) == {"number", "queue", "surprise"}
    assert wrong.value.fields["number"] == "required" and wrong.value.fields["surprise"] == "unknown"
