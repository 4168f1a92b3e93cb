"""The sparse plan is the gain matrix that the rooms mean."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.telephony.exchange.matrix import Matrix

COUNT = 10

member = st.fixed_dictionaries(
    {
        "room": st.integers(0, 3),
        "talk": st.booleans(),
        "listen": st.booleans(),
        "whisper_to": st.one_of(st.just(-1), st.just(-1), st.integers(0, COUNT - 1)),
        "echo": st.sampled_from([False, False, False, True]),
    }
)


def meant(members: list[dict], levels: list[float]) -> np.ndarray:
    """gain[i, j]: how loudly i hears j."""
    gain = np.zeros((COUNT, COUNT))
    for i, hearer in enumerate(members):
        for j, speaker in enumerate(members):
            together = hearer["room"] == speaker["room"] != 0
            if together and speaker["talk"] and speaker["whisper_to"] >= 0:
                gain[i, j] = 1.0 if speaker["whisper_to"] == i else 0.0
            elif together and i != j and speaker["talk"] and hearer["listen"]:
                gain[i, j] = 1.0
        if hearer["echo"]:
            gain[i, i] += 1.0
    return gain * np.array(levels)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(member, min_size=COUNT, max_size=COUNT),
    st.lists(st.sampled_from([0.0, 0.0, 6.0, -90.0]), min_size=COUNT, max_size=COUNT),
)
def test_any_rooms_hear_what_the_matrix_says(members, decibels):
    matrix = Matrix(COUNT)
    for ch, (given_member, gain_db) in enumerate(zip(members, decibels, strict=True)):
        matrix.place(ch, given_member["room"], **{k: v for k, v in given_member.items() if k != "room"})
        matrix.set_level(ch, gain_db)
    said = np.random.default_rng(1).normal(0, 1000, (COUNT, 160)).astype(np.float32)
    heard = np.zeros_like(said)
    matrix.mix(said.copy(), heard)  # the frame of the change, ramping
    matrix.mix(said.copy(), heard)
    levels = [0.0 if db == -90 else 10 ** (db / 20) for db in decibels]
    assert np.allclose(heard, meant(members, levels) @ said, rtol=1e-4, atol=0.5)
    gain = meant(members, [1.0] * COUNT)
    for ch in range(COUNT):
        assert matrix.plan.hearers(ch) == [i for i in range(COUNT) if i != ch and gain[i, ch]]


def test_a_join_ramps_over_one_frame():
    matrix = Matrix(2)
    loud = np.full((2, 160), 1000, np.float32)
    heard = np.zeros_like(loud)
    matrix.mix(loud.copy(), heard)
    for ch in (0, 1):
        matrix.place(ch, 5, talk=True, listen=True)
    matrix.mix(loud.copy(), heard)
    assert np.abs(np.diff(heard[0])).max() < 10
    assert heard[0, 0] < 10
    assert heard[0, -1] == 1000
    matrix.leave(1)
    matrix.mix(loud.copy(), heard)
    assert heard[0, 0] > 990
    assert heard[0, -1] == 0
