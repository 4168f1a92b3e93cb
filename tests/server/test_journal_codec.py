"""Every input and event there is comes back from the journal as it went in."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.inputs import DayStarted
from app.server.journal import codec
from app.server.journal.codec import EVENTS, INPUTS

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
finite = st.floats(allow_nan=False, allow_infinity=False, width=32)
st.register_type_strategy(float, finite)


def things(kind: type) -> st.SearchStrategy[Any]:
    """Instances of a dataclass, `Any` fields as plain JSON."""
    import dataclasses
    import typing

    hints = typing.get_type_hints(kind)

    def of(hint: Any) -> st.SearchStrategy[Any]:
        if hint is Any:
            return plain
        if dataclasses.is_dataclass(hint):
            return things(hint)  # type: ignore[arg-type]
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin is list:
            return st.lists(of(inner[0]), max_size=2)
        if origin is dict:
            return st.dictionaries(st.text(max_size=4), of(inner[1]), max_size=2)
        if origin is tuple:
            return st.tuples(*(of(one) for one in inner))
        if origin is not None and type(None) in inner:
            return st.none() | st.one_of([of(one) for one in inner if one is not type(None)])
        return st.from_type(hint)

    return st.builds(kind, **{item.name: of(hints[item.name]) for item in dataclasses.fields(kind)})


@pytest.mark.req("X2")
@pytest.mark.parametrize("name", sorted(INPUTS))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_input_comes_back(name, data):
    entry = data.draw(things(INPUTS[name]))
    payload = codec.encode(seq=7, now_s=1.5, at_utc=2.5, entry=entry, caused=[], effects=[])
    assert payload.startswith(b'{"seq":7,')
    assert codec.decode(payload).input == entry


@pytest.mark.req("X2")
@pytest.mark.parametrize("name", sorted(EVENTS))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_event_comes_back(name, data):
    event = data.draw(things(EVENTS[name]))
    entry = INPUTS["BoardLost"](board="b")
    payload = codec.encode(
        seq=1, now_s=0.0, at_utc=0.0, entry=entry, caused=[event], effects=[], board=("b", "boot", 3)
    )
    record = codec.decode(payload)
    assert record.events == [event]
    assert record.board == ("b", "boot", 3)


def test_a_type_of_no_release_is_an_error():
    with pytest.raises(KeyError):
        codec.decode(b'{"seq":1,"now_s":0,"at_utc":0,"input":["Nonsense",{}]}')


def test_the_number_of_a_record_is_known_without_decoding_it():
    payload = codec.encode(
        seq=1234567, now_s=1.0, at_utc=2.0, entry=DayStarted(date="2026-11-22"), caused=[], effects=[]
    )
    assert codec.seq_of(payload) == codec.decode(payload).seq == 1234567
