"""The glossary on screen: words that several panels use, one per thing, in the language in force."""

from PySide6.QtCore import QCoreApplication, QLocale


def language() -> str:
    """The language in force, as records name it: zh_CN or en."""
    return "zh_CN" if QLocale().language() == QLocale.Language.Chinese else "en"


def state_word(state: str) -> str:
    """The agent's state as people say it."""
    translate = QCoreApplication.translate
    words = {
        "ready": translate("Words", "就绪"),
        "ringing": translate("Words", "振铃"),
        "dialling": translate("Words", "外呼"),
        "talking": translate("Words", "通话"),
        "held": translate("Words", "保持"),
        "consulting": translate("Words", "咨询"),
        "conference": translate("Words", "三方"),
        "wrap_up": translate("Words", "小结"),
        "on_break": translate("Words", "小休"),
        "logged_out": translate("Words", "已签退"),
    }
    return words.get(state, state)


def call_state_word(state: str) -> str:
    """Where a call is."""
    translate = QCoreApplication.translate
    words = {
        "ivr": translate("Words", "语音导航"),
        "queued": translate("Words", "排队"),
        "ringing": translate("Words", "振铃"),
        "talking": translate("Words", "通话"),
        "held": translate("Words", "保持"),
        "voicemail": translate("Words", "留言"),
        "ended": translate("Words", "已结束"),
    }
    return words.get(state, state)


def break_word(reason: str | None) -> str:
    translate = QCoreApplication.translate
    words = {
        "lunch": translate("Words", "午餐"),
        "rest": translate("Words", "喝水休息"),
        "meeting": translate("Words", "会议"),
        "training": translate("Words", "培训"),
        "no_answer": translate("Words", "未接来电"),
        "offer_missed": translate("Words", "未接来电"),
        "login": translate("Words", "刚登录"),
        "link_lost": translate("Words", "连接中断"),
        "device_lost": translate("Words", "耳机断开"),
    }
    return words.get(reason or "", reason or "")


BREAK_REASONS = ("rest", "lunch", "meeting", "training")


def ended_by_word(who: str | None) -> str:
    translate = QCoreApplication.translate
    words = {
        "caller": translate("Words", "客户"),
        "agent": translate("Words", "坐席"),
        "supervisor": translate("Words", "班长"),
    }
    return words.get(who or "", translate("Words", "系统"))


def weekday(number: int) -> str:
    """0 is Monday."""
    translate = QCoreApplication.translate
    days = (
        translate("Words", "周一"),
        translate("Words", "周二"),
        translate("Words", "周三"),
        translate("Words", "周四"),
        translate("Words", "周五"),
        translate("Words", "周六"),
        translate("Words", "周日"),
    )
    return days[number]


def month_day(month: int, day: int) -> str:
    translate = QCoreApplication.translate
    months = (
        translate("Words", "1 月"), translate("Words", "2 月"), translate("Words", "3 月"),
        translate("Words", "4 月"), translate("Words", "5 月"), translate("Words", "6 月"),
        translate("Words", "7 月"), translate("Words", "8 月"), translate("Words", "9 月"),
        translate("Words", "10 月"), translate("Words", "11 月"), translate("Words", "12 月"),
    )  # fmt: skip
    return translate("Words", "{month} {day} 日").format(month=months[month - 1], day=day)
