"""Words of a fingerprint: one a byte, each its own."""

from hypothesis import given
from hypothesis import strategies as st

from app.wire.fingerprint import SCHEME, words
from app.wire.fingerprint_words import CHINESE, ENGLISH

DIGESTS = st.binary(min_size=32, max_size=32)


def test_there_is_one_word_for_each_byte_and_none_twice():
    for chosen in (CHINESE, ENGLISH):
        assert len(set(chosen)) == len(chosen) == 256


@given(DIGESTS, DIGESTS)
def test_keys_that_differ_in_their_first_64_bits_have_other_words(one, other):
    for language in ("zh_CN", "en"):
        told = [words(SCHEME + digest.hex(), language) for digest in (one, other)]
        assert (told[0] == told[1]) is (one[:8] == other[:8])
        assert len(told[0].split()) == 8


def test_what_is_no_pin_has_no_words():
    assert words("", "en") == words("system", "zh_CN") == ""
