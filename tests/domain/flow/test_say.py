"""Spoken values, judged by reading the recorded words back with an independent reader."""

import json
import re
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.flow import announcements, say

MANIFEST = json.loads((Path(__file__).parents[3] / "resources/prompts/manifest.json").read_text("utf-8"))[
    "prompts"
]
LANGUAGES = ("zh_CN", "en")


def said(kind: str, value: object, language: str) -> str:
    """The text of the recorded words; fails where a word is not recorded."""
    words = [MANIFEST[name][language].rstrip("。.") for name in say.words(kind, value, language)]
    return ("" if language == "zh_CN" else " ").join(words)


def read_chinese(text: str) -> int:
    """Reads a Chinese numeral by its place values: written without the program's rules."""
    text = text.replace("两", "二")
    for unit, size in (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        head, found, tail = text.partition(unit)
        if found:
            return (read_chinese(head) if head else 1) * size + read_chinese(tail)
    text = text.lstrip("零")
    assert len(text) <= 1, text
    return "零一二三四五六七八九".index(text) if text else 0


SMALL = {
    word: value
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    )
} | {
    word: 10 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}  # fmt: skip


def read_english(text: str) -> int:
    total = group = 0
    for word in text.replace("-", " ").split():
        if word == "hundred":
            group *= 100
        elif word in ("thousand", "million", "billion"):
            total += group * {"thousand": 10**3, "million": 10**6, "billion": 10**9}[word]
            group = 0
        else:
            group += SMALL[word]
    return total + group


NUMBERS = st.one_of(
    st.integers(0, 10**12 - 1),
    # many zeros, where the rules are
    st.builds(lambda a, b, c: a * 10**8 + b * 10**4 + c, *[st.sampled_from([0, 1, 2, 10, 12, 100, 110, 1000, 1002, 2022])] * 3),
)  # fmt: skip


@pytest.mark.req("I17")
@given(NUMBERS)
def test_a_number_reads_back_as_itself(value: int):
    assert read_chinese(said("number", value, "zh_CN")) == value
    assert read_english(said("number", value, "en")) == value


def test_every_number_below_ten_thousand_reads_back_as_itself():
    for value in range(10_000):
        assert read_chinese(said("number", value, "zh_CN")) == value
        assert read_english(said("number", value, "en")) == value


@given(NUMBERS)
def test_chinese_zeros_stand_once_and_never_at_an_end(value: int):
    text = said("number", value, "zh_CN")
    assert "零零" not in text
    assert value == 0 or not text.startswith("零")
    assert value == 0 or not text.endswith("零")
    assert not re.search("零[千百万亿]", text)


@pytest.mark.req("I17")
@pytest.mark.parametrize(
    ("kind", "value", "chinese", "english"),
    [
        ("number", 0, "零", "zero"),
        ("number", 10, "十", "ten"),
        ("number", 15, "十五", "fifteen"),
        ("number", 110, "一百一十", "one hundred ten"),
        ("number", 101, "一百零一", "one hundred one"),
        ("number", 215, "二百一十五", "two hundred fifteen"),
        ("number", 1010, "一千零一十", "one thousand ten"),
        ("number", 2222, "两千二百二十二", "two thousand two hundred twenty-two"),
        ("number", 10000, "一万", "ten thousand"),
        ("number", 20000, "两万", "twenty thousand"),
        ("number", 100000, "十万", "one hundred thousand"),
        ("number", 100500, "十万零五百", "one hundred thousand five hundred"),
        ("number", 100_005_000, "一亿零五千", "one hundred million five thousand"),
        ("number", -3.50, "负三点五", "minus three point five"),
        ("number", "0.05", "零点零五", "zero point zero five"),
        ("number", "-0", "零", "zero"),
        ("count", 2, "两", "two"),
        ("count", 12, "十二", "twelve"),
        ("digits", "10086", "一零零八六", "one zero zero eight six"),
        ("phone", "+8613800138000", "八六幺三八零零幺三八零零零", "eight six one three eight zero zero one three eight zero zero zero"),
        ("order_number", "WX-417", "达不溜艾克斯四幺七", "W X four one seven"),
        ("money", 0, "零元", "zero yuan"),
        ("money", "2", "两元", "two yuan"),
        ("money", 12.5, "十二元五角", "twelve yuan fifty fen"),
        ("money", "12.05", "十二元零五分", "twelve yuan five fen"),
        ("money", "0.2", "两角", "twenty fen"),
        ("money", "-1234.56", "负一千二百三十四元五角六分", "minus one thousand two hundred thirty-four yuan fifty-six fen"),
        ("money", "0.005", "一分", "one fen"),
        ("date", "2026-11-22", "二零二六年十一月二十二日", "November twenty-second twenty twenty-six"),
        ("date", "2005-01-31", "二零零五年一月三十一日", "January thirty-first two thousand five"),
        ("date", "1909-05-01", "一九零九年五月一日", "May first nineteen oh nine"),
        ("date", "1900-02-10", "一九零零年二月十日", "February tenth nineteen hundred"),
        ("day", "2026-11-22T08:00", "十一月二十二日", "November twenty-second"),
        ("time", "00:00", "凌晨零点", "twelve A M"),
        ("time", "08:05", "上午八点零五分", "eight oh five A M"),
        ("time", "12:30", "中午十二点半", "twelve thirty P M"),
        ("time", "14:15:59", "下午两点十五分", "two fifteen P M"),
        ("time", "23:59", "晚上十一点五十九分", "eleven fifty-nine P M"),
        ("datetime", "2026-11-23T14:30", "十一月二十三日下午两点半", "November twenty-third two thirty P M"),
        ("minutes", 1, "一分钟", "one minute"),
        ("minutes", 2, "两分钟", "two minutes"),
    ],
)  # fmt: skip
def test_the_table_of_readings(kind: str, value: object, chinese: str, english: str):
    assert said(kind, value, "zh_CN") == chinese
    assert said(kind, value, "en") == english


def test_a_time_of_another_zone_is_not_read_as_if_it_were_ours():
    assert say.words("time", "2026-11-23T06:30:00.000Z", "en") == []


@given(st.dates(), st.times(), st.sampled_from(LANGUAGES))
def test_every_day_and_minute_has_its_words(day: date, moment: time, language: str):
    assert said("date", day.isoformat(), language)
    assert said("time", moment.isoformat("minutes"), language)


@given(st.decimals(-(10**11), 10**11, places=2), st.sampled_from(LANGUAGES))
def test_every_amount_has_its_words(amount: object, language: str):
    assert said("money", str(amount), language)


@given(
    st.sampled_from(sorted(say.KINDS)),
    st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers()),
              st.sampled_from(["1e999999999", "9" * 100, "NaN", "-Infinity", "²", "2026-02-30", "25:00", "T12:00"])),
    st.sampled_from([*LANGUAGES, "fr"]),
)  # fmt: skip
def test_nonsense_says_nothing_or_something_recorded(kind: str, value: object, language: str):
    for name in say.words(kind, value, language):
        assert ("en" if language == "en" else "zh_CN") in MANIFEST[name]


@pytest.mark.req("T5", "T6")
@pytest.mark.parametrize(
    ("ahead", "wait_s", "chinese", "english"),
    [
        (0, 5.0, "您是下一位预计等待时间不到一分钟", "You are next in line Your expected wait is less than a minute"),
        (1, 60.0, "您前面还有一位客户在等候预计等待时间一分钟",
         "There is one caller ahead of you Your expected wait is one minute"),
        (2, 61.0, "您前面还有两位客户在等候预计等待时间两分钟",
         "There are two callers ahead of you Your expected wait is two minutes"),
        (31, 9999.0, "您前面还有三十一位客户在等候预计等待时间超过一小时",
         "There are thirty-one callers ahead of you Your expected wait is more than an hour"),
        (3, None, "您前面还有三位客户在等候", "There are three callers ahead of you"),
    ],
)  # fmt: skip
def test_the_queues_announcements(ahead: int, wait_s: float | None, chinese: str, english: str):
    for language, wanted, gap in (("zh_CN", chinese, ""), ("en", english, " ")):
        names = announcements.position(ahead, language) + announcements.expected_wait(wait_s, language)
        words = [MANIFEST[name.removeprefix(f"{language}/")][language].rstrip("。.") for name in names]
        assert gap.join(words) == wanted


def test_every_constant_announcement_is_recorded_in_both_languages():
    for name in (announcements.MOMENT, announcements.CONNECTING, announcements.APOLOGY, announcements.GOODBYE,
                 announcements.CLOSED, announcements.LEAVE_MESSAGE, announcements.MESSAGE_KEPT,
                 announcements.ALL_BUSY, announcements.RECORDED):  # fmt: skip
        assert set(MANIFEST[name]) == {"zh_CN", "en"}
