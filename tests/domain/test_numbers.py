"""Every spelling of a number is one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.numbers import comparable, masked, national_digits, spoken, to_e164


@pytest.mark.parametrize(
    "spelled",
    ["13800138000", "138 0013 8000", "+86 138-0013-8000", "008613800138000", "8613800138000", "013800138000",
     "(+86)138.0013.8000", "１３８００１３８０００", "138-0013-8000 转 12"],
)  # fmt: skip
@pytest.mark.req("T7")
def test_a_mobile_number_in_any_spelling_is_one_number(spelled):
    assert to_e164(spelled) == "+8613800138000"


@pytest.mark.parametrize(
    ("spelled", "e164"),
    [("0571-5550 2906", "+8657155502906"), ("+86 (0)571 55502906", "+8657155502906"), ("010 8888 8888", "+861088888888"),
     ("400-820-5566", "+864008205566"), ("+1 202 555 0100", "+12025550100"), ("0044 20 7946 0000", "+442079460000")],
)  # fmt: skip
def test_fixed_service_and_foreign_numbers_have_their_form(spelled, e164):
    assert to_e164(spelled) == e164


@pytest.mark.parametrize(
    "short", ["110", "95588", "9103", "400", "8001", "", "anonymous", "12345678901234567"]
)
def test_what_is_no_public_number_has_no_e164_form(short):
    assert to_e164(short) is None


def test_a_local_number_takes_the_sites_area_code():
    assert to_e164("5550 2906", area="571") == "+8657155502906"
    assert to_e164("5550 2906") is None


@pytest.mark.parametrize("user", ["alex", "reception-2", "anonymous", "sip.guest"])
def test_a_user_who_is_no_number_stays_as_he_is(user):
    assert comparable(user) == user


def test_people_see_it_in_groups_and_paper_sees_it_masked():
    assert spoken("+8613800138000") == "138 0013 8000"
    assert spoken("+8657155502906") == "0571 5550 2906"
    assert masked("+8613800138021") == "138****8021"
    assert masked("110") == "110"


@given(st.integers(13_000_000_000, 19_999_999_999))
def test_normal_form_and_spoken_form_lead_to_each_other(mobile):
    e164 = to_e164(str(mobile))
    assert e164 is not None
    assert to_e164(spoken(e164)) == e164
    assert national_digits(e164) == str(mobile)


@given(st.text(max_size=40))
def test_any_text_is_compared_without_an_error(text):
    assert isinstance(comparable(text), str)
