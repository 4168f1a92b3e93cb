"""zongji.toml: every mistake is one clear sentence that names the key."""

import pytest

from app.domain.configuration import Configuration, ConfigurationWrong, put, read


def test_an_empty_file_is_a_whole_configuration():
    assert read({}) == Configuration()


@pytest.mark.parametrize(
    ("values", "key", "words"),
    [
        ({"site": {"languge": "en"}}, "site.languge", "did you mean “language”"),
        ({"sites": {}}, "sites", "did you mean “site”"),
        ({"boards": [{"channels": "many"}]}, "boards.0.channels", "a whole number"),
        ({"boards": [{"channels": True}]}, "boards.0.channels", "a whole number"),
        ({"site": {"language": "fr"}}, "site.language", "not one of zh_CN, en"),
        ({"boards": [{"kind": "pri9"}]}, "boards.0.kind", "not one of"),
        ({"users": [{"role": "agent"}]}, "users.0.name", "is missing"),
        ({"users": [{"name": "a"}, {"name": "a"}]}, "users.1", "second time"),
        ({"numbers": {"number": "400"}}, "numbers", "a list"),
        ({"test_numbers": "yes"}, "test_numbers", "true or false"),
    ],
)
def test_a_mistake_names_its_key(values, key, words):
    with pytest.raises(ConfigurationWrong, match=words) as wrong:
        read(values)
    assert wrong.value.key == key


def test_whole_numbers_serve_where_a_number_is_wanted():
    assert read({"queues": [{"name": "q", "ring_s": 15}]}).queues[0].ring_s == 15.0


def test_set_reaches_into_lists_and_tables():
    values: dict = {"boards": [{"name": "b"}]}
    put(values, "boards.0.sip_listen", "127.0.0.1:15060")
    put(values, "boards.1.name", "c")
    put(values, "site.language", "en")
    assert values == {
        "boards": [{"name": "b", "sip_listen": "127.0.0.1:15060"}, {"name": "c"}],
        "site": {"language": "en"},
    }


@pytest.mark.parametrize("dotted", ["boards.5.name", "boards.x", "site.language.deep"])
def test_set_refuses_paths_that_lead_nowhere(dotted):
    with pytest.raises(ConfigurationWrong):
        put({"boards": [{}], "site": {"language": "en"}}, dotted, 1)
