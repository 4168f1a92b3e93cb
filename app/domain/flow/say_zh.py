"""How Chinese says numbers, money, days and hours.

Recorded words: numbers/0…99 as read alone (十五), numbers/u10…u19 as read inside a
number (一十五), numbers/100…900, numbers/1000…9000 (两千), numbers/wan, numbers/yi,
numbers/liang; months, days, hours, minutes and parts of the day whole.
"""

from datetime import date, time

ONE_ALONE = "digits/yao"


def number(value: int) -> list[str]:
    """0 ≤ value < 10^12."""
    yi, rest = divmod(value, 10**8)
    wan, ones = divmod(rest, 10**4)
    words: list[str] = []
    if yi:
        words += [*_unit(yi, inside=False), "numbers/yi"]
    if wan:
        if yi and wan < 1000:
            words.append("numbers/0")
        words += [*_unit(wan, inside=bool(yi)), "numbers/wan"]
    if ones or not words:
        # A skipped group is one zero, however many digits it had.
        if words and (ones < 1000 or not wan):
            words.append("numbers/0")
        words += _group(ones, inside=bool(words))
    return words


def count(value: int) -> list[str]:
    """Before a measure word two is 两: 两位, 两分钟."""
    return ["numbers/liang"] if value == 2 else number(value)


def _unit(value: int, inside: bool) -> list[str]:
    return ["numbers/liang"] if value == 2 else _group(value, inside)


def _group(value: int, inside: bool) -> list[str]:
    """One group of four digits; `inside` a longer number 10 is 一十."""
    thousands, hundreds, rest = value // 1000, value // 100 % 10, value % 100
    words = [f"numbers/{thousands * 1000}"] if thousands else []
    if hundreds:
        words.append(f"numbers/{hundreds * 100}")
    elif thousands and rest:
        words.append("numbers/0")
    if hundreds and 0 < rest < 10:
        words.append("numbers/0")
    if rest or not words:
        teen = 10 <= rest <= 19 and (words or inside)
        words.append(f"numbers/u{rest}" if teen else f"numbers/{rest}")
    return words


def money(yuan: int, fen: int) -> list[str]:
    jiao, fen = divmod(fen, 10)
    words: list[str] = []
    if yuan or not (jiao or fen):
        words += [*count(yuan), "money/yuan"]
    if jiao:
        words += [*(number(jiao) if yuan else count(jiao)), "money/jiao"]
    if fen:
        if yuan and not jiao:
            words.append("numbers/0")
        words += [*(number(fen) if yuan or jiao else count(fen)), "money/fen"]
    return words


def full_date(day: date) -> list[str]:
    return [*(f"digits/{digit}" for digit in str(day.year)), "dates/year", *month_day(day)]


def month_day(day: date) -> list[str]:
    return [f"months/{day.month}", f"days/{day.day}"]


def clock(moment: time) -> list[str]:
    """下午三点零五分; minutes/30 is 半."""
    words = [f"times/{_part_of_day(moment.hour)}", f"hours/{_hour(moment.hour)}"]
    return [*words, f"minutes/{moment.minute}"] if moment.minute else words


def minutes(value: int) -> list[str]:
    return [*count(value), "times/minutes"]


def _hour(hour: int) -> int:
    return hour - 12 if hour > 12 else hour


def _part_of_day(hour: int) -> str:
    for before, name in ((6, "small-hours"), (12, "morning"), (13, "noon"), (18, "afternoon")):
        if hour < before:
            return name
    return "evening"
