"""What the demo writes as its configuration is read back as the same values."""

import tomllib

from app.cli.toml_text import text


def test_values_survive_a_round_trip():
    values = {
        "test_numbers": True,
        "emergency": ["110", "119"],
        "site": {"name": "云杉“电器”\n", "language": "zh_CN"},
        "boards": [{"name": "b", "channels": 120}],
        "users": [{"name": "a01", "skills": {"repair": 5}, "queues": ["service"], "goal": 1.5}],
        "queues": [],
    }
    assert tomllib.loads(text(values)) == values
