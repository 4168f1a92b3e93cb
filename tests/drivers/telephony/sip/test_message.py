"""The parser: tolerant of what telephones send, deaf to what would hurt."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.telephony.sip.message import Request, Response, parse
from drivers.telephony.sip.sdp import parse_sdp
from drivers.telephony.sip.uri import SipSyntaxError, parse_name_address, parse_uri, sendable_host

pytestmark = pytest.mark.req("T1")

INVITE = (
    b"INVITE sip:9100@127.0.0.1 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:5061;rport;branch=z9hG4bK1\r\n"
    b'f: "Ann \\"A\\" B" <sip:1001@127.0.0.1;x=1>;tag=abc\r\nt: sip:9100@127.0.0.1\r\ni: id-1@here\r\n'
    b"CSeq: 1 INVITE\r\nm: <sip:1001@127.0.0.1:5061>\r\nSubject: a\r\n  folded\r\n"
    b"Content-Type: application/sdp\r\nl: 4\r\n\r\nv=0\nrest"
)


def test_compact_names_folding_quotes_and_length_are_understood():
    message = parse(INVITE)
    assert isinstance(message, Request)
    assert (message.method, message.uri, message.call_id) == ("INVITE", "sip:9100@127.0.0.1", "id-1@here")
    assert (message.from_.display, message.from_.tag, message.to.tag) == ('Ann "A" B', "abc", "")
    assert message.get("subject") == "a folded"
    assert message.body == b"v=0\n"
    assert message.via.branch == "z9hG4bK1" and message.via.port == 5061


def test_bare_line_feeds_and_latin1_are_understood():
    message = parse(INVITE.replace(b"\r\n", b"\n").replace(b"Subject: a", b"Subject: \xe9"))
    assert message.get("subject") == "\xe9 folded"


def test_many_vias_in_one_line_are_many():
    message = parse(
        INVITE.replace(b"branch=z9hG4bK1", b"branch=z9hG4bK1, SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2")
    )
    assert message.via.branch == "z9hG4bK1"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"127.0.0.1:5061;rport", b"127.0.0.1:99999;rport", "bad_port"),
        (b"127.0.0.1:5061;rport", b"127.0.0.1:0;rport", "bad_port"),
        (b"v: SIP", b"v: TAP", "bad_via"),
        (b"CSeq: 1 INVITE", b"CSeq: 1 ACK", "bad_cseq"),
        (b"CSeq: 1 INVITE", b"CSeq: 99999999999 INVITE", "bad_cseq"),
        (b"CSeq: 1 INVITE", b"CSeq: \xb2 INVITE", "bad_cseq"),
        (b"l: 4", b"l: 400", "bad_content_length"),
        (b"l: 4", b"l: -4", "bad_content_length"),
        (b"i: id-1@here\r\n", b"", "no_call_id"),
        (b"SIP/2.0\r\nv", b"SIP/3.0\r\nv", "bad_version"),
        (b"i: id-1@here", b"i: id\r1", "bad_character"),
        (b"t: sip", b" t: sip", "no_to"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(old, new, reason):
    with pytest.raises(SipSyntaxError, match=reason):
        message = parse(INVITE.replace(old, new, 1))
        _ = message.via, message.from_.tag, message.to.uri


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "name", "1.2.3", "1.2.3.4.5", "٣.1.1.1"]
)
def test_nobody_is_sent_to_at_an_impossible_host(host):
    assert sendable_host(host) is None


def test_uris_are_read_and_written():
    uri = parse_uri("sip:%2B86138:secret@Example.COM:5070;transport=udp?a=b")
    assert (uri.user, uri.host, uri.port, uri.params) == ("+86138", "example.com", 5070, {"transport": "udp"})
    assert str(uri) == "sip:+86138@example.com:5070;transport=udp"
    assert parse_uri("tel:+8613800138000").user == "+8613800138000"
    for bad in ("http://x", "sip:", "sip:a@b:70000", "sip:a b@c", "sip:@@"):
        with pytest.raises(SipSyntaxError):
            parse_uri(bad)


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_or_refused(data):
    for read in (parse, parse_sdp):
        try:
            read(data)
        except SipSyntaxError:
            pass


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text):
    try:
        _ = parse_name_address(text).uri
    except SipSyntaxError:
        pass


@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_any_mutation_is_parsed_or_refused(seed):
    try:
        message = parse(mutated(INVITE, random.Random(seed)))
        _ = message.via, message.from_, message.to, message.contact, message.all("record-route")
        assert isinstance(message, Request | Response)
    except SipSyntaxError:
        pass


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to six random injuries: bytes changed, cut, doubled, moved, or replaced by nasty text."""
    nasty = [
        b"\0",
        b"\r",
        b"\xff\xfe",
        b"99999",
        b"-1",
        b";;;",
        b"<<",
        b'"',
        b"\xd9\xa3",
        b"%00",
        b"4294967296",
        b":" * 9,
    ]
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.randint(0, 12))
        match rng.randrange(5):
            case 0:
                data = data[:at] + rng.randbytes(rng.randint(1, 4)) + data[end:]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                data = data[:at] + data[at:end] * rng.randint(2, 30) + data[end:]
            case 3:
                data = data[:at] + rng.choice(nasty) + data[end:]
            case 4:
                lines = data.split(b"\r\n")
                rng.shuffle(lines)
                data = b"\r\n".join(lines)
        data = data or b"x"
    return data
