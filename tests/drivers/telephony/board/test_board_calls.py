"""Calls through a whole board, in virtual time."""

import pytest

from drivers.protocol import telephony as t
from drivers.telephony.board_link import CannotDo
from drivers.telephony.exchange import control as c
from drivers.telephony.sip.message import Request, Response

pytestmark = pytest.mark.req("T1")


def requests(world, method):
    return [m for m, _ in world.sent if isinstance(m, Request) and m.method == method]


def test_a_call_to_9100_is_answered_and_its_end_is_told_once(world):
    tag = world.establish("9100")
    world.request("BYE", to_tag=tag)
    world.count_channels()
    (ended,) = world.told(t.ServiceEnded)
    assert (ended.service, ended.ended_by, ended.codec, ended.cause) == ("answer", "far", "PCMA", 16)
    assert ended.quality.loss_percent == pytest.approx(0.99)
    assert world.board.legs == {} and world.board.media.in_use == 0


def test_9101_hangs_up_only_after_the_ack_and_needs_no_channel(world):
    world.invite("9101")
    assert requests(world, "BYE") == []
    tag = world.answered_tag()
    world.request("ACK", "9101", cseq=1, branch="a", to_tag=tag)
    assert len(requests(world, "BYE")) == 1
    assert world.media_messages == []
    assert world.told(t.ServiceEnded)[0].ended_by == "us"


def test_four_copies_of_an_invite_stay_one_call(world):
    for _ in range(4):
        world.invite("400")
    assert len(world.told(t.LegOffered)) == 1
    world.invite("400", branch="another way")
    assert world.statuses()[-1] == 482
    assert len(world.board.legs) == 1


def test_a_200_is_repeated_until_its_ack_and_given_up_after_32_s(world):
    world.invite("9100")
    world.take()
    world.pass_s(31)
    answers = world.statuses()
    assert answers == [200] * 9  # 0.5 1.5 3.5 7.5 then every 4 s
    world.pass_s(1.1)
    assert len({bye.via.branch for bye in requests(world, "BYE")}) == 1
    world.count_channels()
    assert world.told(t.ServiceEnded)[0].ended_by == "lost"


def test_an_acknowledged_200_is_not_repeated(world):
    world.establish()
    world.take()
    world.pass_s(40)
    assert world.take() == []


def test_offered_rung_accepted_and_ended_by_the_server(world):
    world.board.server_is(True)
    world.invite("400")
    (offered,) = world.told(t.LegOffered)
    assert (offered.to_number, offered.from_number, offered.kind) == ("400", "1001", "guest")
    world.do(t.Ring, leg=offered.leg)
    world.do(t.Accept, leg=offered.leg)
    tag = next(call.dialog.local_tag for call in world.board.agent.calls.values())
    world.request("ACK", "400", cseq=1, branch="a", to_tag=tag)
    (answered,) = world.told(t.LegAnswered)
    assert answered.codec == "PCMA"
    world.do(t.HangUp, leg=offered.leg)
    world.count_channels()
    assert len(requests(world, "BYE")) == 1
    (ended,) = world.told(t.LegEnded)
    assert (ended.by, ended.cause) == ("us", 16)


def test_a_cancel_ends_an_offered_leg(world):
    world.board.server_is(True)
    world.invite("400")
    world.take()
    world.request("CANCEL", "400", branch="b1", cseq=1)
    assert world.statuses() == [200, 487]
    (ended,) = world.told(t.LegEnded)
    assert (ended.by, ended.reason) == ("far", "cancelled")
    with pytest.raises(CannotDo):
        world.do(t.Accept, leg=ended.leg)


def test_refusal_causes_become_sip_statuses(world):
    world.board.server_is(True)
    for number, (cause, status) in enumerate({17: 486, 21: 603, 34: 503, 1: 404}.items()):
        world.invite("400", call_id=f"x{number}", branch=f"x{number}")
        world.take()
        world.do(t.Refuse, leg=world.told(t.LegOffered)[-1].leg, cause=cause)
        assert world.statuses() == [status]


def test_a_full_board_says_503_with_retry_after(make_world):
    world = make_world(channels=1)
    world.establish("9100")
    world.take()
    world.invite("9100", call_id="c2", branch="c2")
    (refusal,) = world.take()
    assert refusal.status == 503 and refusal.get("retry-after")


def test_calls_whose_ack_is_overdue_make_room_for_new_ones(make_world):
    world = make_world(channels=2)
    for number in range(2):
        world.invite("9100", call_id=f"h{number}", branch=f"h{number}")
    world.pass_s(1)
    world.count_channels()
    world.take()
    world.invite("9100", call_id="good", branch="good")
    world.count_channels()
    world.invite("9100", call_id="good2", branch="good2", source=("127.0.0.1", 40001))
    assert 200 in world.statuses()


def test_a_stranger_is_refused_and_told(make_world):
    world = make_world(guests="loopback")
    world.invite("9100", source=("192.0.2.9", 5060))
    assert world.statuses()[-1] == 403
    assert (
        "sip_rejected",
        {"reason": "unknown_caller", "source": "192.0.2.9:5060", "count": 1},
    ) in world.logged


def test_one_source_cannot_start_without_limit(make_world):
    world = make_world(guests="all", per_source_limit=5, channels=64)
    for number in range(40):
        world.invite("9100", call_id=f"n{number}", branch=f"n{number}", source=("192.0.2.9", 5060 + number))
    assert world.statuses().count(200) == 10
    assert any(fields.get("reason") == "too_fast" for _, fields in world.logged)
    for number in range(20):
        world.pass_s(1)
        world.invite("9100", call_id=f"m{number}", branch=f"m{number}", source=("192.0.2.9", 5060))
        world.count_channels()
    assert world.board.media.in_use <= 10


def test_a_reinvite_changes_the_address_and_hold_is_mirrored(world):
    tag = world.establish("9100")
    world.take()
    body = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 45000 RTP/AVP 8\r\na=sendonly\r\n"
    world.request(
        "INVITE", cseq=2, branch="re", to_tag=tag, extra="Content-Type: application/sdp\r\n", body=body
    )
    (answer,) = world.take()
    assert answer.status == 200 and b"a=recvonly" in answer.body
    remote = world.media(c.SetRemote)[-1]
    assert (remote.port, remote.send, remote.receive, remote.event) == (45000, False, True, -1)


def test_a_collect_with_barge_in_ends_by_terminator(world):
    leg = answered_leg(world)
    world.do(t.Collect, leg=leg, op="o1", prompts=["a"], max_digits=10)
    play = world.media(c.PlaySounds)[-1]
    for digit in "12#":
        world.report(c.Digit(ch=play.ch, gen=play.gen, digit=digit, source="rfc4733"))
    assert [m.op for m in world.media(c.StopPlay)] == [play.op]
    (collected,) = world.told(t.CollectFinished)
    assert (collected.op, collected.reason, collected.digits, collected.terminator) == (
        "o1",
        "terminator",
        "12",
        "#",
    )
    world.report(c.Digit(ch=play.ch, gen=play.gen, digit="5", source="rfc4733"))
    assert world.told(t.DigitPressed)[0].digit == "5"


def test_a_collect_times_out_from_the_end_of_its_prompts(world):
    leg = answered_leg(world)
    world.do(t.Collect, leg=leg, op="o1", prompts=["a"], first_timeout_s=5)
    play = world.media(c.PlaySounds)[-1]
    world.pass_s(20)
    assert world.told(t.CollectFinished) == []
    world.report(c.PlayDone(ch=play.ch, gen=play.gen, op=play.op))
    world.pass_s(4.9)
    assert world.told(t.CollectFinished) == []
    world.pass_s(0.2)
    assert world.told(t.CollectFinished)[0].reason == "timeout"


def test_a_play_is_finished_stopped_or_failed(world):
    leg = answered_leg(world)
    world.do(t.Play, leg=leg, op="p1", prompts=["a", "b"])
    play = world.media(c.PlaySounds)[-1]
    assert len(play.sounds) == 2
    world.report(c.PlayDone(ch=play.ch, gen=play.gen, op=play.op))
    world.do(t.Play, leg=leg, op="p2", prompts=["a"], loop=True)
    world.do(t.StopSound, leg=leg, op="p2")
    assert [(e.op, e.reason) for e in world.told(t.PlayFinished)] == [("p1", "done"), ("p2", "stopped")]
    world.do(t.Play, leg=leg, op="p3", prompts=["a"])
    world.do(t.Play, leg=leg, op="p4", prompts=["a", "missing"])
    world.do(t.Play, leg=leg, op="p5", prompts=["../../etc/passwd"])
    assert [(e.op, e.reason, e.detail) for e in world.told(t.PlayFinished)[2:]] == [
        ("p3", "stopped", ""),
        ("p4", "failed", "missing"),
        ("p5", "failed", "../../etc/passwd"),
    ]


def test_a_collect_whose_prompt_is_missing_says_so_at_once(world):
    """The flow waits for its end; a refusal would leave the caller in silence for ever."""
    leg = answered_leg(world)
    world.do(t.Collect, leg=leg, op="o1", prompts=["missing"])
    assert [(e.op, e.reason) for e in world.told(t.CollectFinished)] == [("o1", "failed")]


def test_a_leg_without_a_voice_still_lets_a_collect_time_out(world):
    leg = answered_leg(world)
    world.board.legs[leg].voice, voice = None, world.board.legs[leg].voice
    world.do(t.Collect, leg=leg, op="o1", prompts=["a"], first_timeout_s=5)
    world.pass_s(5.1)
    assert [(e.op, e.reason) for e in world.told(t.CollectFinished)] == [("o1", "timeout")]
    world.board.legs[leg].voice = voice


def test_a_stale_report_of_an_earlier_call_on_the_channel_is_dropped(world):
    leg = answered_leg(world)
    gen = world.media(c.OpenChannel)[-1].gen
    world.report(c.Digit(ch=0, gen=gen - 1, digit="1", source="rfc4733"))
    assert world.told(t.DigitPressed) == [] and leg in world.board.legs


def test_roles_in_a_room_become_who_hears_whom(world):
    one, two = answered_leg(world, "c1"), answered_leg(world, "c2")
    world.do(t.Join, leg=one, room="r")
    world.do(t.Join, leg=two, room="r", role="whisper", whisper_to=one)
    first, second = world.media(c.SetRoom)
    assert first.room == second.room and second.whisper_to == first.ch and second.talk
    world.do(t.Join, leg=two, room="r", role="muted")
    assert not world.media(c.SetRoom)[-1].talk
    world.do(t.Part, leg=two)
    assert world.media(c.SetRoom)[-1].room == 0
    with pytest.raises(CannotDo):
        world.do(t.Join, leg="nobody", room="r")


def test_a_recording_is_told_when_its_file_is_whole(world):
    leg = answered_leg(world)
    world.do(t.StartRecording, recording="r1", leg=leg, file="2026/c1.wav")
    opened = world.writer_messages[-1]
    assert opened.path.endswith("2026/c1.wav")
    world.do(t.StopRecording, recording="r1")
    world.board.on_writer(c.WriterSaved(rec=opened.rec, path=opened.path, duration_s=2.5))
    (saved,) = world.told(t.RecordingSaved)
    assert (saved.file, saved.duration_s) == ("2026/c1.wav", 2.5)
    with pytest.raises(CannotDo):
        world.do(t.StartRecording, recording="r2", leg=leg, file="../outside.wav")


def test_an_outgoing_call_rings_answers_and_is_acknowledged(world):
    world.board.server_is(True)
    world.do(t.Call, leg="out1", to="sip:bob@127.0.0.1:50000", caller_id="400")
    (invite,) = requests(world, "INVITE")
    assert invite.from_.uri.user == "400"
    world.answer_outgoing(invite, 180, sdp=False)
    world.answer_outgoing(invite, 200)
    assert [e.state for e in world.told(t.LegProgress)] == ["calling", "ringing"]
    assert world.told(t.LegAnswered)[0].codec == "PCMA"
    assert len(requests(world, "ACK")) == 1
    world.answer_outgoing(invite, 200)
    assert len(requests(world, "ACK")) == 2
    world.answer_outgoing(invite, 200, tag="fork")
    assert len(requests(world, "BYE")) == 1


def test_an_outgoing_call_nobody_takes_is_cancelled_in_time(world):
    world.do(t.Call, leg="out1", to="sip:bob@127.0.0.1:50000", timeout_s=10)
    (invite,) = requests(world, "INVITE")
    world.answer_outgoing(invite, 180, sdp=False)
    world.pass_s(10.1)
    assert len(requests(world, "CANCEL")) == 1
    world.count_channels()
    world.pass_s(1)
    (ended,) = world.told(t.LegEnded)
    assert (ended.cause, ended.by) == (19, "us")
    world.answer_outgoing(invite, 487, sdp=False)
    assert len(requests(world, "ACK")) == 1


def test_a_200_that_crosses_the_cancel_is_acknowledged_and_ended(world):
    world.do(t.Call, leg="out1", to="sip:bob@127.0.0.1:50000")
    (invite,) = requests(world, "INVITE")
    world.answer_outgoing(invite, 180, sdp=False)
    world.do(t.HangUp, leg="out1")
    world.answer_outgoing(invite, 200)
    assert len(requests(world, "ACK")) == 1 and len(requests(world, "BYE")) == 1


def test_a_failed_trunk_is_followed_by_the_next(make_world):
    trunks = [
        t_settings("one", "127.0.0.1:50000"),
        t_settings("two", "127.0.0.1:50001"),
    ]
    world = make_world(trunks=trunks)
    world.board.trunks["one"].address = ("127.0.0.1", 50000)
    world.board.trunks["two"].address = ("127.0.0.1", 50001)
    world.do(t.Call, leg="out1", to="number:10086", trunks=["one", "two"])
    (invite,) = requests(world, "INVITE")
    world.answer_outgoing(invite, 503, sdp=False)
    second = requests(world, "INVITE")[-1]
    assert second.uri == "sip:10086@127.0.0.1:50001" and second.call_id != invite.call_id
    assert world.told(t.LegEnded) == []
    world.answer_outgoing(second, 486, sdp=False)
    world.count_channels()
    world.pass_s(1)
    assert world.told(t.LegEnded)[0].cause == 17
    assert [trunk.calls for trunk in world.board.trunks.values()] == [0, 0]


def test_a_trunk_that_never_answers_options_is_tried_last_not_left_out(make_world):
    world = make_world(trunks=[t_settings("mute", "127.0.0.1:50000"), t_settings("good", "127.0.0.1:50001")])
    world.board.trunks["mute"].address = ("127.0.0.1", 50000)
    world.board.trunks["good"].address = ("127.0.0.1", 50001)
    world.board.trunks["mute"].state = "unreachable"
    world.do(t.Call, leg="out1", to="number:110", trunks=["mute", "good"])
    assert requests(world, "INVITE")[-1].uri == "sip:110@127.0.0.1:50001"
    world.board.trunks["good"].state = "unreachable"
    world.do(t.Call, leg="out2", to="number:110", trunks=["mute"])
    assert requests(world, "INVITE")[-1].uri == "sip:110@127.0.0.1:50000"


def test_a_bridge_relays_ringing_and_joins_both(world):
    world.invite("9110")
    (invite,) = requests(world, "INVITE")
    assert invite.uri == "sip:9110@127.0.0.1:50000"
    world.answer_outgoing(invite, 180, sdp=False)
    world.answer_outgoing(invite, 200)
    tag = world.answered_tag()
    assert [m.status for m, to in world.sent if isinstance(m, Response)] == [100, 180, 200]
    world.request("ACK", "9110", cseq=1, branch="a", to_tag=tag)
    rooms = world.media(c.SetRoom)
    assert len(rooms) == 2 and rooms[0].room == rooms[1].room
    world.request("BYE", "9110", to_tag=tag)
    assert len(requests(world, "BYE")) == 1
    world.count_channels()
    world.pass_s(1)
    assert world.board.legs == {}


def test_early_media_of_the_peer_is_heard_before_the_answer(world):
    world.invite("9110")
    (invite,) = requests(world, "INVITE")
    world.answer_outgoing(invite, 183)
    assert [m.status for m, to in world.sent if isinstance(m, Response)] == [100, 183]
    assert len(world.media(c.SetRoom)) == 2


def test_a_busy_and_a_dead_peer_are_failures_of_the_caller(world):
    world.invite("9110")
    world.answer_outgoing(requests(world, "INVITE")[0], 486, sdp=False)
    assert world.statuses()[-1] == 486
    world.count_channels()
    world.invite("9110", call_id="c2", branch="c2")
    world.pass_s(6)
    assert world.statuses()[-1] == 504


def test_9111_is_recorded_and_tells_its_file(world):
    world.invite("9111")
    (invite,) = requests(world, "INVITE")
    world.answer_outgoing(invite, 200)
    tag = world.answered_tag()
    world.request("ACK", "9111", cseq=1, branch="a", to_tag=tag)
    opened = world.writer_messages[-1]
    world.request("BYE", "9111", to_tag=tag)
    world.count_channels()
    assert world.told(t.ServiceEnded) == []
    world.board.on_writer(c.WriterSaved(rec=opened.rec, path=opened.path, duration_s=1.5))
    (ended,) = world.told(t.ServiceEnded)
    assert ended.recording.startswith("services/") and ended.recording_s == 1.5


def test_9150_reads_keys_until_hash_and_speaks_them_back(world):
    world.establish("9150")
    channel = world.media(c.OpenChannel)[-1]
    for digit in "12#":
        world.report(c.Digit(ch=channel.ch, gen=channel.gen, digit=digit, source="inband"))
    spoken = world.media(c.PlaySounds)[-1]
    assert len(spoken.sounds) == 2
    world.report(c.PlayDone(ch=channel.ch, gen=channel.gen, op=spoken.op))
    world.count_channels()
    (ended,) = world.told(t.ServiceEnded)
    assert (ended.digits, ended.ended_by) == ("12", "us")


def test_keys_by_info_count_like_any_other(world):
    tag = world.establish("9150")
    body = "Signal=7\r\nDuration=160\r\n"
    world.request("INFO", "9150", to_tag=tag, extra="Content-Type: application/dtmf-relay\r\n", body=body)
    assert world.statuses()[-1] == 200
    world.request("BYE", "9150", cseq=3, branch="b3", to_tag=tag)
    world.count_channels()
    assert world.told(t.ServiceEnded)[0].digits == "7"


def test_a_call_without_an_offer_is_offered_one_and_answered_in_its_ack(world):
    world.invite("9103", sdp=False)
    (answer,) = [m for m in world.take() if m.status == 200]
    assert b"m=audio" in answer.body
    body = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 41000 RTP/AVP 0\r\n"
    )
    world.request("ACK", "9103", cseq=1, branch="a", to_tag=answer.to.tag, body=body)
    assert world.media(c.SetRemote)[-1].payload == 0
    assert world.media(c.SetRoom)[-1].echo


def test_a_desk_leg_waits_at_a_port_of_its_own(world):
    world.do(t.OpenDesk, leg="d1", user="a01", token="00" * 16)
    (ready,) = world.told(t.DeskReady)
    opened = world.media(c.OpenChannel)[-1]
    assert opened.kind == "desk" and opened.token == bytes(16) and ready.port >= 23000
    world.report(c.Heard(ch=opened.ch, gen=opened.gen, heard=True))
    assert world.told(t.DeskChanged)[0].heard
    world.do(t.HangUp, leg="d1")
    world.count_channels()
    assert world.told(t.LegEnded)[0].by == "us"


@pytest.mark.req("A1")
@pytest.mark.parametrize(
    ("settings", "srtp"),
    [
        ({}, False),
        ({"desk_srtp": "always"}, True),
        ({"external_address": "203.0.113.9"}, True),
        ({"external_address": "pbx.example.com"}, True),
        ({"external_address": "localhost"}, False),
        ({"external_address": "127.0.0.2"}, False),
    ],
)
def test_a_desk_leg_off_loopback_is_secret_and_everybody_is_told(make_world, settings, srtp):
    world = make_world(**settings)
    world.do(t.OpenDesk, leg="d1", user="a01", token="00" * 16)
    assert world.told(t.DeskReady)[0].srtp is srtp
    assert world.media(c.OpenChannel)[-1].srtp is srtp
    (leg,) = world.board.snapshot(0, 0).legs
    assert leg.desk_srtp is srtp


@pytest.mark.parametrize("token", ["", "00", "00" * 17, "no hex digits"])
def test_a_desk_without_a_whole_token_is_not_opened(world, token):
    with pytest.raises(CannotDo):
        world.do(t.OpenDesk, leg="d1", user="a01", token=token)
    assert world.media(c.OpenChannel) == []


def test_media_lost_ends_every_call_with_a_bye(world):
    leg = answered_leg(world)
    world.establish("9103", "c5")
    world.take()
    world.board.media_lost()
    world.pass_s(1)
    assert [e.leg for e in world.told(t.LegEnded)] == [leg]
    assert len(world.told(t.ServiceEnded)) == 1
    assert world.board.legs == {} and world.board.media.in_use == 0


def answered_leg(world, call_id="c1"):
    world.board.server_is(True)
    world.invite("400", call_id=call_id, branch=f"i{call_id}")
    leg = world.told(t.LegOffered)[-1].leg
    world.do(t.Accept, leg=leg)
    world.request("ACK", "400", call_id=call_id, cseq=1, branch=f"a{call_id}", to_tag=world.answered_tag())
    return leg


def t_settings(name, host):
    from drivers.telephony.board.settings import TrunkSettings

    return TrunkSettings(name=name, host=host, register=False, match=["203.0.113.0/24"])


def test_neighbours_are_told_the_local_address_and_others_the_external_one(make_world):
    world = make_world(external_address="198.51.100.7", local_networks=["10.0.0.0/8"], guests="all")
    for source, told in (
        ("127.0.0.1", b"IP4 127.0.0.1"),
        ("10.1.2.3", b"IP4 127.0.0.1"),
        ("192.0.2.5", b"IP4 198.51.100.7"),
    ):
        world.invite("9100", call_id=source, branch=source, source=(source, 5060))
        assert told in next(m for m in world.take() if m.status == 200).body
