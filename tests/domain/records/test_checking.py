"""What a person typed is checked by the description alone, and told in his language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.records import CUSTOMER, KINDS, PRODUCT, WORK_ORDER, described
from app.domain.records.checking import WrongFields, checked, moment_text
from app.domain.records.searching import terms, words

GOOD = {"name": " 陈淑芬 ", "phone": "138 0000 4417"}


def check(kind, values, **more):
    return checked(kind, values, **({"role": "agent", "language": "zh_CN"} | more))


def wrong(kind, values, **more) -> dict[str, str]:
    with pytest.raises(WrongFields) as told:
        check(kind, values, **more)
    return told.value.fields


@pytest.mark.req("C3")
def test_values_leave_in_their_one_form_and_defaults_are_filled_in():
    clean = check(CUSTOMER, GOOD)
    assert clean["name"] == "陈淑芬"
    assert clean["phone"] == "+8613800004417"
    assert clean["level"] == "normal"


def test_everything_wrong_is_told_at_once_in_the_users_language():
    bad = {"phone": "138 0000 441", "colour": "red", "level": "gold"}
    assert wrong(CUSTOMER, bad) == {
        "name": "请填写姓名", "phone": "手机号少 1 位", "colour": "没有这个字段", "level": "级别应是：普通、VIP",
    }  # fmt: skip
    assert wrong(CUSTOMER, bad, language="en")["phone"] == "The mobile number is 1 digits short"


@pytest.mark.parametrize(
    ("field", "value"),
    [("urgent", "yes"), ("rating", 6), ("rating", 2.5), ("rating", True), ("labour_fee", 1.234), ("labour_fee", -1),
     ("labour_fee", float("nan")), ("due_at", "2026-11-22T08:00:00"), ("due_at", "soon"), ("engineer", "a\nb"),
     ("engineer", 7), ("description", "x" * 2001), ("parts", {}), ("parts", [{"name": "x", "quantity": 0}]),
     ("parts", [{"price": 1}]), ("number", "WX-1"), ("taken_by", "me"), ("engineer", "\ud800")],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_refused_by_its_field(field, value):
    assert list(wrong(WORK_ORDER, {field: value}, partial=True)) == [field]


def test_a_row_of_a_table_inside_a_record_is_named():
    told = wrong(
        WORK_ORDER, {"parts": [{"name": "主板", "quantity": 1}, {"name": "", "quantity": 1}]}, partial=True
    )
    assert told == {"parts": "配件第 2 行：请填写名称与规格"}


def test_a_record_sent_back_unchanged_needs_no_right_on_given_fields():
    before = {"number": "WX-20261122-00001", "notes": None}
    assert check(WORK_ORDER, {"number": "WX-20261122-00001", "notes": "x"}, partial=True, before=before) == {
        "notes": "x"
    }


def test_times_are_kept_in_utc_to_the_millisecond():
    clean = check(WORK_ORDER, {"due_at": "2026-11-22T16:15:30.1234+08:00"}, partial=True)
    assert clean["due_at"] == "2026-11-22T08:15:30.123Z"
    assert moment_text(0) == "1970-01-01T00:00:00.000Z"


@given(st.dictionaries(st.sampled_from(sorted(WORK_ORDER.field_names)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=5,
)))  # fmt: skip
def test_any_json_is_accepted_or_told_wrong_and_accepted_values_stay(values):
    try:
        clean = check(WORK_ORDER, values, partial=True)
    except WrongFields as told:
        assert set(told.fields) <= set(values)
    else:
        assert check(WORK_ORDER, clean, partial=True) == clean


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_describes_itself_in_both_languages(kind):
    shown = described(kind, "agent")
    assert shown["kind"] == kind.name
    for field in shown["fields"]:
        assert set(field["label"]) == {"zh_CN", "en"}
        assert {"name", "type", "label", "required", "choices", "ref", "personal", "rights"} <= set(field)
        assert field["ref"] is None or field["ref"] in KINDS
    assert kind.title_field in kind.field_names


@pytest.mark.req("C4")
def test_two_character_names_and_ends_of_numbers_are_words_of_a_record():
    found = words(CUSTOMER, {"name": "王芳", "phone": "+8613800004417"}).split()
    assert {"王芳", "芳", "4417", "13800004417"} <= set(found)
    assert terms("王芳") == ["王芳"]
    assert terms("欧阳淑芬") == ["欧阳", "阳淑", "淑芬"]
    assert terms("+86 138 0000 4417") == ["13800004417"]
    assert "20261122" in words(WORK_ORDER, {"number": "WX-20261122-00417"}).split()
    assert terms("KFR-35gw") == ["kfr", "35gw"]
    assert words(PRODUCT, {"model": "KFR-35GW"}).startswith("kfr35gw")
