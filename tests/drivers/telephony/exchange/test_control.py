"""The words between the processes survive the wire."""

import msgspec
import pytest

from drivers.telephony.exchange import control as c


def test_every_message_survives_packing():
    orders = [
        c.OpenChannel(ch=1, gen=2, sock=3, kind="desk", token=b"0123456789abcdef"),
        c.SetRemote(ch=1, gen=2, host="127.0.0.1", port=4, event=101),
        c.SetRoom(ch=1, gen=2, room=3, whisper_to=4),
        c.PlaySounds(ch=1, gen=2, op=3, sounds=[1, 2], loop=True, gain_db=-6.0),
        c.Stop(),
    ]
    assert [o for d in c.pack(orders) for o in c.unpack_controls(d)] == orders
    reports = [c.Digit(ch=1, gen=2, digit="#", source="inband"), c.RecorderStopped(rec=1, samples=2)]
    assert [r for d in c.pack(reports) for r in c.unpack_reports(d)] == reports
    writer = [c.WriterOpen(rec=1, path="/录音/a.wav"), c.WriterStop()]
    assert [r for d in c.pack(writer) for r in c.unpack_writer_controls(d)] == writer


def test_many_and_long_messages_are_cut_into_datagrams_that_fit():
    orders = [c.PlaySounds(ch=i, gen=1, op=1, sounds=list(range(400, 1400))) for i in range(1000)]
    datagrams = list(c.pack(orders))
    assert max(map(len, datagrams)) <= c.LARGEST_DATAGRAM_BYTES
    assert [o.ch for d in datagrams for o in c.unpack_controls(d)] == list(range(1000))


def test_what_is_none_of_ours_is_refused():
    with pytest.raises(msgspec.DecodeError):
        c.unpack_controls(b"\x91\xa5hello")
