"""A server as the desktop sees it: a Link that keeps what was asked and plays what it is told.

It can refuse, be late and disappear. `Story` is one call of the demo company, in both languages.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from app.client.answers import Answer, Reply

NOW = datetime(2026, 11, 22, 11, 3, 12, tzinfo=UTC).timestamp() - 8 * 3600


def at(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class FakeLink:
    """Answers are given by `replies` (path → Reply) and `refusals` (command → Answer)."""

    def __init__(self) -> None:
        self.on_event = lambda event: None
        self.on_state = lambda state, now: None
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.posted: list[tuple[str, dict[str, Any], str]] = []
        self.replies: dict[str, Reply] = {}
        self.refusals: dict[str, Answer] = {}
        self.silent = False
        self.closed = False

    def start(self) -> None:
        self.on_state("online", None)

    def send(self, command, fields, done=None) -> None:
        self.sent.append((command, dict(fields)))
        if done is not None and not self.silent:
            done(self.refusals.get(command, Answer()))

    def get(self, path, done) -> None:
        if not self.silent:
            done(self._reply(path))

    def post(self, path, body, done, method="POST") -> None:
        self.posted.append((path, dict(body), method))
        if not self.silent:
            done(self._reply(path))

    def _reply(self, path: str) -> Reply:
        for start, reply in self.replies.items():
            if path.startswith(start):
                return reply
        return Reply(status=404, json={"error": "not_found", "message": ""})

    def close(self) -> None:
        self.closed = True

    # ------------------------------------------------------------- the server's side

    def say(self, event: str, **fields: Any) -> None:
        self.on_event(json.loads(json.dumps({"event": event, "seq": 1, **fields})))

    def lose(self) -> None:
        self.on_state("lost", None)

    def come_back(self) -> None:
        self.on_state("online", None)

    def commands(self) -> list[str]:
        return [name for name, _ in self.sent]


class FakeGate:
    """A server before login; knows one user."""

    def __init__(self, link: FakeLink, password: str = "secret") -> None:
        self.link, self._password = link, password
        self.pin = ""
        self.health_reply = Reply(status=200, json={"status": "ok", "version": "0.1.0"})

    def new_pin(self, server) -> str:
        return self.pin

    def health(self, server, done) -> None:
        done(self.health_reply)

    def log_in(self, server, user, password, done) -> None:
        if password == self._password:
            done(Reply(status=200, json={"token": "t", "expires_at": "2026-11-23T00:00:00.000Z"}))
        else:
            done(Reply(status=401, json={"error": "wrong_password", "message": "工号或密码不对"}))

    def open(self, server, token, language) -> FakeLink:
        return self.link


class FakeVoice:
    def __init__(self) -> None:
        self.started: list[tuple[str, int, str, str]] = []
        self.now = (0.75, 0.35)
        self.rings: list[float] = []
        self.checks: list[float] = []
        self.step: tuple[str, float | None] = ("", None)

    def devices(self):
        return [
            {"id": "1", "name": "Jabra Evolve2 40", "kind": "usb"},
            {"id": "2", "name": "USB Audio", "kind": "usb"},
        ]

    def choose(self, device_id) -> None:
        pass

    def start(self, host, port, token, codec, srtp) -> None:
        self.started.append((host, port, token, codec))

    def stop(self) -> None:
        pass

    def levels(self):
        return self.now

    def ring(self, volume) -> None:
        self.rings.append(volume)

    def sound_check(self, record_s) -> None:
        self.checks.append(record_s)
        self.step = ("recording", None)

    def check_step(self):
        return self.step

    def check(self, on) -> None:
        pass


TEXTS = {
    "zh_CN": {
        "me": "林晓雯", "site": "云杉电器", "customer": "陈淑芬", "region": "浙江 杭州", "address": "杭州市西湖区文三路 88 号 3 幢 1202 室",
        "alert": "上次投诉迟到 2 小时，请先致歉。", "preference": "下午上门，先短信", "service": "冰箱报修", "install": "安装预约",
        "vip": "VIP 专线", "fridge": "对开门冰箱", "washer": "滚筒洗衣机", "air": "变频空调", "complaints": "投诉",
        "menu": "主菜单", "repairs": "报修", "category": "品类", "fridge_key": "冰箱", "card": "保修卡号",
        "t1": "冰箱不制冷", "d1": "待配件：压缩机启动器，预计 11 月 24 日到货", "t2": "冰箱报修  ·  8 分 12 秒",
        "d2": "客户称冷藏室 12 ℃，冷冻正常。周敏受理。", "t3": "上门迟到 2 小时", "d3": "已回访致歉，赠延保 3 个月。满意度 2/5",
        "t4": "洗衣机脱水异响", "d4": "更换减震器，收费 180 元。师傅 高磊", "t5": "空调安装", "d5": "满意度 5/5，无问题。",
        "t6": "安装预约确认", "d6": "“8 月 3 日 9–11 点上门” 已送达", "t7": "变频空调 KFR-35GW", "d7": "签收 陈淑芬，外机支架另购",
        "notes": "客户催冰箱配件。改用替代件 QD-07，杭州仓有货，11 月 24 日下午上门。已致歉，客户接受。",
        "says": "冷藏室 12 ℃，冷冻室正常。10 月 28 日已报修，启动器缺货。客户要求本周内修好。", "calls_detail": "前两次同一冰箱",
        "rating_detail": "10 月 12 日 投诉已结", "what": "冰箱",
        "mates": "周敏 刘洋 高婷 丁磊 宋佳 何秀英 邓超 吴迪 赵静 孙浩 马丽 朱琳 胡军 郭芳 梁宇 韩雪",
        "callers": "赵国强 钱慧 吴桂英 郑凯 冯雅琴 马志远 何玉兰 孙建国",
        "jobs": "洗衣机 安装预约|油烟机 清洗收费|冰箱 噪音|热水器 E2 故障码|空调 移机报价|油烟机 投诉噪音|洗衣机 不排水|空调 报修",
    },
    "en": {
        "me": "Lin Xiaowen", "site": "Spruce Appliances", "customer": "Chen Shufen", "region": "Hangzhou, Zhejiang",
        "address": "Rm 1202, Bldg 3, 88 Wensan Rd, Xihu, Hangzhou", "alert": "Last visit was 2 h late and she complained. Apologise first.",
        "preference": "afternoons, SMS first", "service": "Fridge repairs", "install": "Installation", "vip": "VIP line",
        "fridge": "Side-by-side fridge", "washer": "Washing machine", "air": "Air conditioner", "complaints": "Complaints",
        "menu": "Main menu", "repairs": "Repairs", "category": "Appliance", "fridge_key": "Fridge", "card": "Warranty card",
        "t1": "fridge not cooling", "d1": "Waiting for a part: compressor starter, due 24 Nov", "t2": "fridge repairs  ·  8 min 12 s",
        "d2": "Fridge part at 12 °C, freezer fine. Taken by Zhou Min.", "t3": "visit 2 h late",
        "d3": "Called back and apologised, 3 months’ warranty given. Rated 2/5", "t4": "washer noisy when spinning",
        "d4": "Damper replaced, ¥180. Engineer Gao Lei", "t5": "air conditioner installation", "d5": "Rated 5/5, no issues.",
        "t6": "installation confirmed", "d6": "“We come on 3 Aug, 9–11” delivered", "t7": "air conditioner KFR-35GW",
        "d7": "Signed Chen Shufen, outdoor bracket bought separately",
        "notes": "She chased the fridge part. Using substitute QD-07, in stock in Hangzhou, visit on 24 Nov PM. Apologised; she accepted.",
        "says": "Fridge part 12 °C, freezer fine. Reported 28 Oct, starter out of stock. She wants it fixed this week.",
        "calls_detail": "both about this fridge", "rating_detail": "complaint closed 12 Oct", "what": "fridge",
        "mates": "Zhou_Min Liu_Yang Gao_Ting Ding_Lei Song_Jia He_Xiuying Deng_Chao Wu_Di Zhao_Jing Sun_Hao Ma_Li Zhu_Lin Hu_Jun Guo_Fang Liang_Yu Han_Xue",
        "callers": "Zhao_Guoqiang Qian_Hui Wu_Guiying Zheng_Kai Feng_Yaqin Ma_Zhiyuan He_Yulan Sun_Jianguo",
        "jobs": "washer installation|hood cleaning charge|fridge noise|heater fault E2|air con moving quote|hood noise complaint|washer not draining|air con repair",
    },
}  # fmt: skip


class Story:
    """One afternoon of agent 1024 and one call of Mrs Chen, step by step."""

    def __init__(self, link: FakeLink, language: str = "zh_CN", now: float = NOW) -> None:
        self.link, self.now, self.language = link, now, language
        self.words = TEXTS[language]
        self.call_id = "c417"
        self._prepare()

    def _prepare(self) -> None:
        w = self.words
        results = (
            "dispatched",
            "solved",
            "call_back",
            "dispatched",
            "solved",
            "passed_on",
            "passed_on",
            "dispatched",
        )
        lengths = (221, 125, 24, 378, 333, 188, 587, 260)
        jobs = w["jobs"].split("|")
        items = [
            {
                "call_id": f"c{i}", "direction": "in", "outcome": "answered", "from": "+8613800001180", "to": "400",
                "customer_id": f"K-{i}", "queue": "service", "talk_s": lengths[i], "wrap_up_s": 31.0,
                "started_at": at(self.now - 300 - i * 480), "summary": {"status": results[i], "notes": jobs[i]},
            }
            for i in range(8)
        ]  # fmt: skip
        names = {f"/api/v1/records/customer/K-{i}": Reply(status=200, json={"name": name.replace("_", " ")})
                 for i, name in enumerate(w["callers"].split())}  # fmt: skip
        tasks = [
            {"task_id": f"t{i}", "kind": kind, "state": "open", "number": number, "queue": queue, "call_id": None,
             "reason": reason, "created_at": at(self.now - ago), "done_at": None}
            for i, (kind, number, queue, reason, ago) in enumerate((
                ("voicemail", "+8657155507733", "vip", "voicemail", 640), ("missed_call", "+8613900002051", "service", "abandoned", 1900),
                ("missed_call", "+8613700002066", "install", "overflowed", 1300), ("missed_call", "+8613700002067", "sales", "abandoned", 9000),
            ))
        ]  # fmt: skip
        order = {"id": "W-0000418", "version": 1, "number": "WX-20261122-00418", "status": "dispatched"}
        mrs_chen = Reply(status=200, json={"items": [self.customer()], "next": None})
        self.link.replies = {
            **names,
            "/api/v1/tasks": Reply(status=200, json={"items": tasks, "next": None}),
            "/api/v1/records/customer?q=%2B8613900002051": mrs_chen,
            "/api/v1/records/customer?q=%2B86": Reply(status=200, json={"items": [], "next": None}),
            "/api/v1/records/work_order?": Reply(status=200, json={"items": [{**order, "contact": w["customer"], "description": w["says"]}], "next": None}),
            "/api/v1/calls?": Reply(status=200, json={"items": items, "next": None}),
            "/api/v1/calls/f1": Reply(status=200, json=self.floor_call()),
            "/api/v1/calls/": Reply(
                status=200,
                json={"started_at": at(self.now - 89), "ivr_s": 41.0, "wait_s": 42.0, "talk_s": 269.0, "hold_s": 22.0,
                      "recordings": [{"recording_id": "r1"}]},
            ),
            "/api/v1/records/work_order": Reply(status=200, json=order),
            "/api/v1/records/customer?": Reply(status=200, json={"items": [self.customer()], "next": None}),
            "/api/v1/records/customer": Reply(status=200, json=self.customer()),
        }  # fmt: skip

    def customer(self) -> dict[str, Any]:
        w = self.words
        return {
            "id": "K-0083217", "version": 3, "name": w["customer"], "title": "ms", "phone": "+8613800004417",
            "phone_other": "+8657155502906", "region": w["region"], "address": w["address"], "level": "vip",
            "since": "2020-03-16", "alert": w["alert"], "preference": w["preference"], "email": None, "notes": None,
        }  # fmt: skip

    def agents(self) -> list[dict[str, Any]]:
        states = "ready ready ready ready ringing talking talking talking talking talking talking talking wrap_up wrap_up on_break on_break"
        rows = [
            {"agent_id": f"{1001 + i}", "name": name.replace("_", " "), "state": state, "since": at(self.now - 40 - 13 * i),
             "queues": ["service", "install", "vip"], "calls_today": 30 + i, "talk_today_s": 7000.0, "connected": True}
            for i, (name, state) in enumerate(zip(self.words["mates"].split(), states.split(), strict=True))
        ]  # fmt: skip
        return [*rows, self.me("ready")]

    def me(self, state: str) -> dict[str, Any]:
        return {
            "agent_id": "1024", "name": self.words["me"], "state": state, "since": at(self.now - 134), "reason": None,
            "pending_break": None, "queues": ["service", "install", "vip"], "calls_today": 37, "talk_today_s": 9324.0,
            "connected": True, "phone": "headset",
        }  # fmt: skip

    def queues(self, busy: bool = False) -> list[dict[str, Any]]:
        def queue(name: str, waits: list[float], offered: int, level: float) -> dict[str, Any]:
            waiting = [
                {"call_id": f"w{name}{i}", "from": "+8613900000000", "since": at(self.now - s)}
                for i, s in enumerate(waits)
            ]
            today = {"offered": offered, "answered": offered, "answered_in_time": round(offered * level),
                     "abandoned": round(offered * 0.031), "service_level": level}  # fmt: skip
            return {
                "queue_id": name,
                "name": self.words.get(name, name),
                "service_goal_s": 20,
                "waiting": waiting,
                "today": today,
            }

        if busy:
            return [
                queue("service", [112, 60, 20], 420, 0.78), queue("complaints", [134], 90, 0.71),
                queue("install", [9], 200, 0.92), queue("air", [41, 12], 214, 0.88), queue("vip", [], 80, 1.0),
            ]  # fmt: skip
        return [
            queue("service", [38, 9], 420, 0.86),
            queue("install", [11, 4], 200, 0.92),
            queue("vip", [], 80, 1.0),
        ]

    def keys(self) -> list[dict[str, Any]]:
        w = self.words
        return [
            {
                "node": "menu",
                "digits": "1",
                "title": w["menu"],
                "choice": w["repairs"],
                "at": at(self.now - 75),
            },
            {
                "node": "appliance",
                "digits": "2",
                "title": w["category"],
                "choice": w["fridge_key"],
                "at": at(self.now - 68),
            },
            {"node": "card", "digits": "4417#", "title": w["card"], "choice": None, "at": at(self.now - 54)},
        ]

    def floor_calls(self) -> list[dict[str, Any]]:
        """Four calls in progress on a busy floor."""
        facts = (("f1", "talking", "1006", "service", 105), ("f2", "held", "1007", "install", 118), ("f3", "ringing", "1005", "vip", 92),
                 ("f4", "queued", None, "service", 60))  # fmt: skip
        return [
            {"call_id": name, "direction": "in", "state": state, "outcome": None, "from": f"+861380000441{i}", "to": "4000008000",
             "queue": queue, "agent": agent, "started_at": at(self.now - ago), "keys": []}
            for i, (name, state, agent, queue, ago) in enumerate(facts)
        ]  # fmt: skip

    def floor_call(self) -> dict[str, Any]:
        """One of them with its story."""

        def step(after: float, name: str, **facts: Any) -> dict[str, Any]:
            return {"seq": 1, "at": at(self.now - 105 + after), "step": name, **facts}

        candidates = [
            {"agent": "1006", "score": [31.0, 40.0], "passed_over": None}, {"agent": "1002", "score": [34.0, 12.0], "passed_over": None},
            {"agent": "1008", "score": [29.0, 3.0], "passed_over": "talking"}, {"agent": "1015", "score": [12.0, 3.0], "passed_over": "on_break"},
        ]  # fmt: skip
        return {
            **self.floor_calls()[0],
            "decisions": [{"at": at(self.now - 62), "queue": "service", "rule": "fewest_today", "chosen": "1006", "candidates": candidates,
                           "waiting_before": 0, "text": "1006"}],
            "steps": [
                step(0, "offered"), step(0, "answered"), step(1, "node", node="menu"), step(9, "digits", node="menu", digits="1"),
                step(10, "queued", queue="service", position=2), step(40, "announced", position=1),
                step(43, "agent_offered", agent_id="1006"), step(46, "agent_answered", agent_id="1006"), step(46, "recording"),
                step(80, "held"), step(92, "resumed"),
            ],
        }  # fmt: skip

    # ------------------------------------------------------------- steps

    def log_in(self, busy: bool = False, role: str = "agent") -> None:
        self.link.on_state("online", self.now)
        me = {
            "user": {"name": "1024", "display_name": self.words["me"], "role": role, "language": self.language},
            "agent": self.me("ready"), "call": None, "pop": None, "draft": None,
            "desk": {"host": "127.0.0.1", "port": 34000, "token": "t", "codec": "PCMA"}, "limit_s": None, "muted": False,
            "logged_in_at": at(self.now - 13330), "consult": None, "site": {"name": self.words["site"], "time_zone": "Asia/Shanghai", "language": "zh_CN", "now": at(self.now)},
        }  # fmt: skip
        agents = self.agents()
        if busy:
            of = {call["agent"]: call["call_id"] for call in self.floor_calls()}
            agents = [{**row, "call_id": of.get(row["agent_id"])} for row in agents]
        self.link.say("Snapshot", agents=agents, queues=self.queues(busy), me=me)
        if busy:
            self.link.say("TablesChanged", calls=self.floor_calls())

    def ring(self, known: bool = True) -> None:
        number = "+8613800004417" if known else "+8613955500123"
        self.link.say(
            "AgentOffered", agent_id="1024", call_id=self.call_id, **{"from": number}, to="4000008000", queue="service",
            keys=self.keys(), waited_s=42.0, ring_s=20.0, customer_id="K-0083217" if known else None,
            offered_at=at(self.now - 6), at=at(self.now - 6), started_at=at(self.now - 89),
        )  # fmt: skip
        self.link.say("AgentStateChanged", agent_id="1024", state="ringing", reason=None, pending_break=None,
                      call_id=self.call_id, limit_s=20.0, at=at(self.now - 6))  # fmt: skip

    def pop(self, known: bool = True) -> None:
        if not known:
            self.link.say("ScreenPopReady", call_id=self.call_id, customer=None, facts=[{"fact": "new_customer", "tone": "plain"}], timeline=[], products=[],
                          open_orders=[], keys=self.keys())  # fmt: skip
            return
        self.link.say(
            "ScreenPopReady", call_id=self.call_id, customer=self.customer(), keys=self.keys(), products=self.products(),
                        facts=[
                {"fact": "open_orders", "tone": "near", "count": 1, "orders": ["WX-20261028-00417"]},
                {"fact": "calls_recently", "tone": "near", "count": 3, "days": 30, "text": self.words["calls_detail"]},
                {
                    "fact": "last_rating", "tone": "bad", "rating": 2, "of": 5, "at": "2026-10-12T11:05:00Z",
                    "text": self.words["rating_detail"],
                },
            ],
            timeline=self.timeline(),
            open_orders=[{"id": "W-0000417", "number": "WX-20261028-00417", "status": "waiting_parts", "product_id": "P-1",
                          "product": self.words["what"], "created_at": "2026-10-28T06:32:00Z"}],
        )  # fmt: skip

    def products(self) -> list[dict[str, Any]]:
        w = self.words
        return [
            {"id": "P-1", "category": "fridge", "name": w["fridge"], "model": "BCD-532W", "bought_on": "2024-03-16", "warranty_until": "2027-03-16"},
            {"id": "P-2", "category": "washer", "name": w["washer"], "model": "XQG100-B12", "bought_on": "2021-11-02", "warranty_until": "2024-11-02"},
            {"id": "P-3", "category": "air", "name": w["air"], "model": "KFR-35GW", "bought_on": "2023-06-08", "warranty_until": "2029-06-08"},
        ]  # fmt: skip

    def timeline(self) -> list[dict[str, Any]]:
        w = self.words
        rows = [
            (
                "2026-10-28T06:32:00Z",
                "work_order",
                f"WX-20261028-00417  ·  {w['t1']}",
                w["d1"],
                "waiting_parts",
            ),
            ("2026-10-28T06:20:00Z", "call", w["t2"], w["d2"], "dispatched"),
            ("2026-10-12T11:05:00Z", "complaint", f"WX-20261012-00031  ·  {w['t3']}", w["d3"], "closed"),
            ("2026-10-12T01:40:00Z", "work_order", f"WX-20261009-00122  ·  {w['t4']}", w["d4"], "done"),
            ("2026-08-03T03:16:00Z", "follow_up", w["t5"], w["d5"], "done"),
            ("2026-08-03T00:50:00Z", "sms", w["t6"], w["d6"], "delivered"),
            ("2026-06-08T08:40:00Z", "delivery", w["t7"], w["d7"], "done"),
        ]
        names = ("at", "what", "title", "text", "status")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def answer(self) -> None:
        self.link.say("AgentStateChanged", agent_id="1024", state="talking", reason=None, pending_break=None,
                      call_id=self.call_id, limit_s=None, at=at(self.now - 207))  # fmt: skip
        self.link.say("CallAnswered", call_id=self.call_id, agent_id="1024", at=at(self.now - 207))

    def consult(self, to: str = "agent:1003", since_s: float = 31.0) -> None:
        kind, _, name = to.partition(":")
        self.link.say("ConsultStarted", call_id=self.call_id, agent_id="1024", to=to,
                      with_agent=name if kind == "agent" else None, leg_id=None, at=at(self.now - since_s))  # fmt: skip

    def consulted(self) -> None:
        self.link.say(
            "ConsultAnswered", call_id=self.call_id, agent_id="1024", with_agent="1003", at=at(self.now - 12)
        )

    def end(self) -> None:
        self.link.say(
            "CallEnded", call_id=self.call_id, agent_id="1024", ended_by="caller", at=at(self.now - 18)
        )
        self.link.say("AgentStateChanged", agent_id="1024", state="wrap_up", reason=None, pending_break=None,
                      call_id=self.call_id, limit_s=45.0, at=at(self.now - 18))  # fmt: skip
        self.link.say(
            "WrapUpStarted", call_id=self.call_id, agent_id="1024", limit_s=45.0, at=at(self.now - 18)
        )

    def finish(self) -> None:
        self.link.say("WrapUpFinished", call_id=self.call_id, agent_id="1024", at=at(self.now))
        self.link.say("AgentStateChanged", agent_id="1024", state="ready", reason=None, pending_break=None, call_id=None,
                      limit_s=None, at=at(self.now))  # fmt: skip
