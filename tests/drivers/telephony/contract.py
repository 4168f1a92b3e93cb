"""What every board keeps, in memory or behind a socket: one set of tests for all of them.

A subclass of BoardContract says how to make its board (`world`). The network is that of
a simulated board; time is virtual.
"""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager

import pytest

from drivers.protocol import telephony as t
from drivers.protocol.board import Board
from drivers.telephony.simulated import SimulatedBoard
from tests.fakes.virtual_time import run_virtual


class Heard:
    """A server that only remembers; the fake BoardListener."""

    def __init__(self) -> None:
        self.all = []
        self._more = asyncio.Event()

    def on_connected(self, hello, snapshot):
        self._keep(("connected", hello, snapshot))

    def on_event(self, event):
        self._keep(event)

    def on_load(self, load):
        self._keep(load)

    def on_refused(self, command_id, reason):
        self._keep(("refused", command_id, reason))

    def on_lost(self, reason):
        self._keep(("lost", reason))

    def _keep(self, what):
        self.all.append(what)
        self._more.set()

    def of(self, kind):
        """Events of one type, or ("lost", …) tuples by their first word."""
        if isinstance(kind, str):
            return [w for w in self.all if isinstance(w, tuple) and w[0] == kind]
        return [w for w in self.all if isinstance(w, kind)]

    async def first(self, kind, number=1, within_s=60.0):
        """The number-th of a kind, waited for."""
        async with asyncio.timeout(within_s):
            while len(self.of(kind)) < number:
                self._more.clear()
                await self._more.wait()
        return self.of(kind)[number - 1]


class World:
    """A board, the server that listens to it, and the network around it."""

    def __init__(self, board: Board, heard: Heard, network: SimulatedBoard) -> None:
        self.board, self.heard, self.network = board, heard, network
        self.commands = 0

    async def lose_link(self) -> None:
        """Server and board no longer hear each other."""

    async def come_back(self) -> None:
        """They may again."""

    async def crash(self) -> None:
        """The board dies and is started anew (come_back follows)."""
        await self.lose_link()
        self.network.crash()

    def do(self, kind, *, epoch=1, command_id=None, **fields) -> str:
        self.commands += 1
        command_id = command_id or f"k{self.commands}"
        self.board.send(kind(epoch=epoch, command_id=command_id, **fields))
        return command_id

    async def attached(self, epoch=1, acked=0):
        self.board.start()
        _, hello, snapshot = await self.heard.first("connected")
        self.board.attach(epoch, acked)
        await settle()
        return hello, snapshot

    async def talking(self, **call) -> str:
        """A call that was answered."""
        answered = len(self.heard.of(t.LegAnswered))
        leg = self.network.network_call("13800138000", "400", **call)
        self.do(t.Accept, leg=leg)
        await self.heard.first(t.LegAnswered, answered + 1)
        return leg


async def settle() -> None:
    """Let everything that is on its way arrive."""
    await asyncio.sleep(0.01)


class BoardContract:
    @abstractmethod
    def world(self) -> AbstractAsyncContextManager[World]:
        """A board not yet started."""

    def run(self, story) -> None:
        async def inside():
            async with self.world() as world:
                await story(world)

        run_virtual(inside())

    def test_a_server_first_learns_who_the_board_is_and_what_it_has(self):
        async def story(w):
            hello, snapshot = await w.attached()
            assert (hello.board, hello.channels, hello.version) == ("board0", 120, t.PROTOCOL_VERSION)
            assert snapshot.legs == [] and snapshot.last_seq == 0
            assert w.heard.all[0][0] == "connected"

        self.run(story)

    def test_nothing_comes_before_attach_and_nothing_is_lost_by_it(self):
        async def story(w):
            w.board.start()
            await w.heard.first("connected")
            w.network.network_call("1", "400")
            await settle()
            assert len(w.heard.all) == 1
            w.board.attach(1, 0)
            assert (await w.heard.first(t.LegOffered)).seq == 1

        self.run(story)

    def test_an_offered_call_rings_is_answered_and_ends(self):
        async def story(w):
            await w.attached()
            leg = w.network.network_call("13800138000", "400", display="王")
            offered = await w.heard.first(t.LegOffered)
            assert (offered.leg, offered.from_number, offered.to_number, offered.display) == (
                leg, "13800138000", "400", "王"
            )  # fmt: skip
            w.do(t.Ring, leg=leg)
            await settle()
            assert w.network.network_hears(leg).ringing
            w.do(t.Accept, leg=leg)
            assert (await w.heard.first(t.LegAnswered)).leg == leg
            w.network.network_hang_up(leg)
            ended = await w.heard.first(t.LegEnded)
            assert (ended.leg, ended.cause, ended.by) == (leg, 16, "far")
            assert [e.seq for e in w.heard.of(t.Up)] == [1, 2, 3]

        self.run(story)

    def test_a_refused_call_ends_with_the_cause_it_was_given(self):
        async def story(w):
            await w.attached()
            leg = w.network.network_call("1", "999")
            w.do(t.Refuse, leg=leg, cause=17)
            ended = await w.heard.first(t.LegEnded)
            assert (ended.cause, ended.by) == (17, "us")

        self.run(story)

    def test_a_burst_keeps_its_order(self):
        async def story(w):
            await w.attached()
            legs = [w.network.network_call(str(n), "400") for n in range(100)]
            await w.heard.first(t.LegOffered, 100)
            assert [e.leg for e in w.heard.of(t.LegOffered)] == legs
            assert [e.seq for e in w.heard.of(t.Up)] == list(range(1, 101))

        self.run(story)

    def test_what_cannot_be_done_is_refused_with_a_reason(self):
        async def story(w):
            await w.attached()
            unknown = w.do(t.HangUp, leg="nobody")
            _, command_id, reason = await w.heard.first("refused")
            assert command_id == unknown and reason
            leg = await w.talking()
            again = w.do(t.Accept, leg=leg)
            assert (await w.heard.first("refused", 2))[1] == again

        self.run(story)

    def test_a_command_sent_again_is_done_once_and_answered_as_the_first_time(self):
        async def story(w):
            await w.attached()
            for _ in range(3):
                w.do(t.Call, command_id="k-out", leg="out1", to="number:10086", trunks=["trunk0"])
            await w.heard.first(t.LegProgress)
            for _ in range(2):
                w.do(t.HangUp, command_id="k-bad", leg="nobody")
            await w.heard.first("refused", 2)
            assert [what[1] for what in w.heard.of("refused")] == ["k-bad", "k-bad"]
            assert len(w.heard.of(t.LegProgress)) == 1
            assert w.network.network_outgoing() == ["out1"]

        self.run(story)

    def test_an_older_epoch_is_refused(self):
        async def story(w):
            await w.attached(epoch=5)
            leg = w.network.network_call("1", "400")
            w.do(t.Accept, epoch=4, leg=leg)
            assert "epoch" in (await w.heard.first("refused"))[2]
            assert not w.heard.of(t.LegAnswered)

        self.run(story)

    def test_an_outgoing_call_rings_is_answered_or_gives_up_in_time(self):
        async def story(w):
            await w.attached()
            for name in ("o1", "o2", "o3"):
                w.do(t.Call, leg=name, to="number:10086", trunks=["trunk0"], timeout_s=20.0)
            await w.heard.first(t.LegProgress, 3)
            w.network.network_ring("o1")
            w.network.network_answer("o1")
            assert (await w.heard.first(t.LegAnswered)).leg == "o1"
            w.network.network_refuse("o2", 17)
            assert (await w.heard.first(t.LegEnded)).cause == 17
            gave_up = await w.heard.first(t.LegEnded, 2)
            assert (gave_up.leg, gave_up.cause, gave_up.by) == ("o3", 19, "us")

        self.run(story)

    def test_prompts_are_heard_and_finish(self):
        async def story(w):
            await w.attached()
            leg = await w.talking()
            w.do(t.Play, leg=leg, op="p1", prompts=["zh_CN/welcome", "zh_CN/hours"])
            await settle()
            assert w.network.network_hears(leg).prompts == ("zh_CN/welcome", "zh_CN/hours")
            finished = await w.heard.first(t.PlayFinished)
            assert (finished.op, finished.reason) == ("p1", "done")
            assert w.network.network_hears(leg).prompts == ()

        self.run(story)

    def test_a_prompt_replaced_or_stopped_says_so_and_a_missing_one_fails(self):
        async def story(w):
            await w.attached()
            leg = await w.talking()
            w.do(t.Play, leg=leg, op="p1", prompts=["music"], loop=True)
            w.do(t.Play, leg=leg, op="p2", prompts=["music"], loop=True)
            w.do(t.StopSound, leg=leg, op="p1")  # over already: nothing happens
            w.do(t.StopSound, leg=leg, op="p2")
            w.do(t.Play, leg=leg, op="p3", prompts=["missing"])
            await w.heard.first(t.PlayFinished, 3)
            assert [(e.op, e.reason) for e in w.heard.of(t.PlayFinished)] == [
                ("p1", "stopped"), ("p2", "stopped"), ("p3", "failed")
            ]  # fmt: skip
            assert w.heard.of(t.PlayFinished)[2].detail == "missing"

        self.run(story)

    @pytest.mark.req("I1")
    @pytest.mark.parametrize(
        ("keys", "reason", "digits", "terminator"),
        [("123", "full", "123", ""), ("12#", "terminator", "12", "#"), ("1", "timeout", "1", ""),
         ("", "timeout", "", ""), ("#", "terminator", "", "#")],
    )  # fmt: skip
    def test_digits_are_collected_until_full_terminated_or_late(self, keys, reason, digits, terminator):
        async def story(w):
            await w.attached()
            leg = await w.talking()
            w.do(t.Collect, leg=leg, op="c1", prompts=["order_number"], max_digits=3)
            await settle()
            w.network.network_press(leg, keys)
            finished = await w.heard.first(t.CollectFinished)
            assert (finished.op, finished.reason, finished.digits, finished.terminator) == (
                "c1", reason, digits, terminator
            )  # fmt: skip
            assert not w.heard.of(t.DigitPressed)

        self.run(story)

    def test_a_key_interrupts_a_prompt_only_where_that_is_allowed(self):
        async def story(w):
            await w.attached()
            leg = await w.talking()
            w.do(t.Collect, leg=leg, op="c1", prompts=["long"], barge_in=False, first_timeout_s=1.0)
            await settle()
            w.network.network_press(leg, "1")
            assert w.network.network_hears(leg).prompts == ("long",)
            assert (await w.heard.first(t.CollectFinished)).reason == "timeout"
            w.do(t.Collect, leg=leg, op="c2", prompts=["long"], max_digits=2)
            await settle()
            w.network.network_press(leg, "1")
            assert w.network.network_hears(leg).prompts == ()
            w.network.network_press(leg, "2")
            assert (await w.heard.first(t.CollectFinished, 2)).digits == "12"

        self.run(story)

    def test_a_key_outside_a_collect_is_told_by_itself(self):
        async def story(w):
            await w.attached()
            leg = await w.talking()
            w.network.network_press(leg, "4*")
            await w.heard.first(t.DigitPressed, 2)
            assert [e.digit for e in w.heard.of(t.DigitPressed)] == ["4", "*"]

        self.run(story)

    def test_a_room_is_who_hears_whom(self):
        async def story(w):
            await w.attached()
            caller, agent, boss = [await w.talking() for _ in range(3)]
            w.do(t.Join, leg=caller, room="r1")
            w.do(t.Join, leg=agent, room="r1")
            w.do(t.Join, leg=boss, room="r1", role="whisper", whisper_to=agent)
            await settle()
            hears = w.network.network_hears
            assert hears(caller).voices == {agent}
            assert hears(agent).voices == {caller, boss}
            assert hears(boss).voices == {caller, agent}
            w.do(t.Part, leg=agent)
            w.do(t.Join, leg=boss, room="r1")
            await settle()
            assert hears(caller).voices == {boss} and hears(agent).voices == frozenset()

        self.run(story)

    def test_a_recording_is_saved_when_stopped_and_when_its_leg_ends(self):
        async def story(w):
            await w.attached()
            leg = await w.talking()
            for name in ("r1", "r2"):
                w.do(t.StartRecording, recording=name, leg=leg, file=f"{name}.wav")
            await asyncio.sleep(3.0)
            w.do(t.StopRecording, recording="r1")
            first = await w.heard.first(t.RecordingSaved)
            assert (first.recording, first.file, round(first.duration_s)) == ("r1", "r1.wav", 3)
            w.network.network_hang_up(leg)
            assert (await w.heard.first(t.RecordingSaved, 2)).recording == "r2"

        self.run(story)

    def test_a_desk_leg_says_where_its_voice_goes(self):
        async def story(w):
            await w.attached()
            w.do(t.OpenDesk, leg="desk-a01", user="a01", token="ab" * 16)
            ready = await w.heard.first(t.DeskReady)
            assert ready.leg == "desk-a01" and ready.port > 0
            w.network.network_desk("desk-a01", heard=True)
            assert (await w.heard.first(t.DeskChanged)).heard

        self.run(story)

    def test_after_a_lost_link_the_snapshot_is_complete_and_unacknowledged_events_come_again(self):
        async def story(w):
            await w.attached()
            leg = await w.talking()  # events 1 and 2
            w.do(t.Join, leg=leg, room="r1", role="listen")
            w.do(t.Collect, leg=leg, op="c1", prompts=["menu"], max_digits=9, first_timeout_s=60)
            w.do(t.StartRecording, recording="rec1", leg=leg, file="rec1.wav")
            w.board.ack(1)
            await settle()
            w.network.network_press(leg, "12")
            await w.lose_link()
            await w.heard.first("lost")
            w.network.network_press(leg, "3")
            w.network.network_call("2", "400")  # event 3
            await w.come_back()
            *_, snapshot = await w.heard.first("connected", 2)
            assert snapshot.last_seq == 3 and snapshot.acked == 1 and snapshot.in_use == 2
            state = snapshot.legs[0]
            assert (state.leg, state.state, state.room, state.role) == (leg, "answered", "r1", "listen")
            assert state.sound == t.SoundState(op="c1", kind="collect", digits="123")
            assert [r.recording for r in snapshot.recordings] == ["rec1"]
            before = len(w.heard.all)
            w.board.attach(1, 1)
            await settle()
            assert [e.seq for e in w.heard.all[before:]] == [2, 3]

        self.run(story)

    @pytest.mark.req("T22")
    def test_while_no_server_is_there_each_leg_follows_its_policy(self):
        async def story(w):
            await w.attached()
            legs = {away: await w.talking() for away in ("talk", "music", "moment", "end")}
            for away, leg in legs.items():
                w.do(t.SetPolicy, leg=leg, away=away, prompts=[f"while_{away}"])
            w.do(t.Play, leg=legs["moment"], op="p1", prompts=["menu"])
            await settle()
            await w.lose_link()
            await w.heard.first("lost")
            hears = w.network.network_hears
            assert hears(legs["talk"]).prompts == ()
            assert hears(legs["music"]).prompts == ("while_music",)
            assert hears(legs["moment"]).prompts == ("menu",)
            assert w.network.network_ended(legs["end"]) is not None
            held = w.network.network_call("2", "400")
            assert hears(held).ringing
            await asyncio.sleep(3.0)
            assert hears(legs["moment"]).prompts == ("while_moment",)
            await asyncio.sleep(118.0)
            assert w.network.network_ended(held) is not None
            await w.come_back()
            await w.heard.first("connected", 2)
            w.board.attach(2, 0)
            await settle()
            assert hears(legs["music"]).prompts == () and hears(legs["moment"]).prompts == ()

        self.run(story)

    def test_a_board_that_died_comes_back_as_another_boot_with_nothing(self):
        async def story(w):
            hello, _ = await w.attached()
            leg = await w.talking()
            await w.crash()
            await w.heard.first("lost")
            await w.come_back()
            _, again, snapshot = await w.heard.first("connected", 2)
            assert again.boot_id != hello.boot_id
            assert snapshot.legs == [] and snapshot.last_seq == 0
            w.board.attach(1, 0)
            other = w.network.network_call("1", "400")
            offered = await w.heard.first(t.LegOffered, 2)
            assert offered.seq == 1 and offered.leg == other != leg

        self.run(story)

    def test_commands_go_nowhere_while_the_board_is_away(self):
        async def story(w):
            await w.attached()
            leg = w.network.network_call("1", "400")
            await w.heard.first(t.LegOffered)
            await w.lose_link()
            await w.heard.first("lost")
            w.do(t.Accept, leg=leg)
            w.board.ack(1)
            await w.come_back()
            await w.heard.first("connected", 2)
            w.board.attach(1, 0)
            await settle()
            assert not w.heard.of(t.LegAnswered)
            assert [e.seq for e in w.heard.of(t.LegOffered)] == [1, 1]

        self.run(story)

    def test_a_full_board_takes_no_further_leg(self):
        async def story(w):
            await w.attached()
            for number in range(120):
                w.network.network_call(str(number), "400")
            refused = w.do(t.Call, leg="out1", to="number:1", trunks=["trunk0"])
            assert (await w.heard.first("refused"))[1] == refused

        self.run(story)

    def test_after_close_the_board_goes_on_alone(self):
        async def story(w):
            await w.attached()
            leg = await w.talking()
            await w.board.close()
            await w.heard.first("lost")
            assert w.network.network_ended(leg) is None
            await asyncio.sleep(5.0)
            assert len(w.heard.of("connected")) == 1

        self.run(story)
