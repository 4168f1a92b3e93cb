"""Offers and answers."""

import pytest

from drivers.telephony.sip.sdp import Ours, agree, answer, offer, parse_sdp
from drivers.telephony.sip.uri import SipSyntaxError

pytestmark = pytest.mark.req("T1")
HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"


def theirs(media: str):
    return parse_sdp((HEAD + media).encode())


def test_their_order_decides_the_codec_and_their_event_number_is_kept():
    audio = theirs(
        "m=audio 4000 RTP/AVP 96 0 8 97\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/8000\r\n"
    )
    agreed = agree(audio, (8, 0))
    assert (agreed.codec, agreed.event, agreed.host, agreed.port) == ("PCMU", 97, "192.0.2.1", 4000)
    text = answer(audio, agreed, Ours("127.0.0.1", 5000)).decode()
    assert "m=audio 5000 RTP/AVP 0 97" in text and "a=sendrecv" in text


def test_nothing_in_common_is_no_agreement():
    assert agree(theirs("m=audio 4000 RTP/AVP 18\r\n"), (8, 0)) is None


@pytest.mark.parametrize(
    ("direction", "mirrored", "send", "receive"),
    [
        ("sendonly", "recvonly", False, True),
        ("recvonly", "sendonly", True, False),
        ("inactive", "inactive", False, False),
    ],
)
def test_hold_is_mirrored(direction, mirrored, send, receive):
    audio = theirs(f"m=audio 4000 RTP/AVP 8\r\na={direction}\r\n")
    agreed = agree(audio, (8,))
    assert (agreed.send, agreed.receive) == (send, receive)
    assert f"a={mirrored}" in answer(audio, agreed, Ours("127.0.0.1", 5000)).decode()


def test_the_old_hold_address_is_nowhere_to_send_to():
    audio = parse_sdp(
        (HEAD + "m=audio 4000 RTP/AVP 8\r\n").replace("192.0.2.1\r\nt", "0.0.0.0\r\nt").encode()
    )
    assert audio.held and not agree(audio, (8,)).send


def test_other_streams_are_refused_in_their_places():
    audio = theirs("m=video 4002 RTP/AVP 99\r\nm=audio 4000 RTP/AVP 8\r\nm=image 4004 udptl t38\r\n")
    lines = answer(audio, agree(audio, (8,)), Ours("127.0.0.1", 5000)).decode().splitlines()
    media = [line for line in lines if line.startswith("m=")]
    assert media == ["m=video 0 RTP/AVP 99", "m=audio 5000 RTP/AVP 8", "m=image 0 udptl t38"]


@pytest.mark.parametrize(
    "media", ["m=audio 70000 RTP/AVP 8\r\n", "m=audio -1 RTP/AVP 8\r\n", "m=audio x RTP/AVP 8\r\n", ""]
)
def test_impossible_descriptions_are_refused(media):
    with pytest.raises(SipSyntaxError):
        theirs(media)


def test_our_offer_can_be_read_by_ourselves():
    audio = parse_sdp(offer(Ours("127.0.0.1", 5000)))
    assert (audio.port, audio.payloads, audio.event, audio.direction) == (5000, (8, 0), 101, "sendrecv")
