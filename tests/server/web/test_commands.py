"""Commands over HTTP: every field and right is checked before the floor hears of them."""

import pytest

from app.domain.access import RIGHTS, User, missing_for_command
from app.domain.commands import ALL, BY_NAME
from app.domain.errors import NotInThisState, WrongFields


@pytest.mark.req("A1", "A2")
def test_a_command_is_handed_over_with_its_asker_and_answered_with_its_events(in_centre):
    async def test(centre):
        answer = await centre.ask("POST", "/commands/LogIn", json={"phone": "none", "command_id": "k1"})
        assert answer.status_code == 200
        assert answer.json()["events"][0]["seq"] == 8
        assert centre.runtime.asked == [("LogIn", {"phone": "none"}, "a01", "k1")]

    in_centre(test)


@pytest.mark.parametrize(
    ("name", "body", "fields"),
    [("LogIn", {"phone": "carrier pigeon"}, {"phone"}), ("LogIn", {"ready": "yes"}, {"ready"}),
     ("Dial", {}, {"number"}), ("Dial", {"number": "1", "colour": 1}, {"colour"}), ("LogIn", {"by": "admin"}, {"by"}),
     ("LogIn", {"desk_token": "00"}, {"desk_token"}), ("Dial", {"number": "1", "role": "admin"}, {"role"}),
     ("LogOut", {"command_id": 7}, {"command_id"}), ("LogOut", {"command_id": ""}, {"command_id"}),
     ("SaveWrapUpDraft", {"fields": [], "notes": 1}, {"fields", "notes"})],
)  # fmt: skip
def test_wrong_and_unknown_fields_are_named_and_nothing_is_done(in_centre, name, body, fields):
    async def test(centre):
        answer = await centre.ask("POST", f"/commands/{name}", "super", json=body)
        assert (answer.status_code, answer.json()["error"]) == (422, "wrong_fields")
        assert set(answer.json()["fields"]) == fields
        assert centre.runtime.asked == []

    in_centre(test)


def test_an_unknown_command_is_not_found_whatever_its_body(in_centre):
    async def test(centre):
        answer = await centre.ask("POST", "/commands/SendFax", content=b"{")
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")

    in_centre(test)


def test_a_refusal_has_its_facts_and_a_reason_in_the_askers_language(in_centre):
    async def test(centre):
        centre.runtime.refuse = NotInThisState(command="Hold", state="ready")
        chinese = await centre.ask("POST", "/commands/Hold", "a01", json={})
        english = await centre.ask("POST", "/commands/Hold", "e01", json={})
        assert chinese.status_code == english.status_code == 409
        assert chinese.json() == {
            "refused": "NotInThisState", "reason": "当前状态“就绪”下不能“保持”", "command": "Hold", "state": "ready",
        }  # fmt: skip
        assert english.json()["reason"] == "You cannot hold in state “ready”"
        centre.runtime.refuse = WrongFields(fields={"to": "?"})
        answer = await centre.ask("POST", "/commands/Transfer", json={"to": "nowhere"})
        assert (answer.status_code, answer.json()["fields"]) == (422, {"to": "?"})

    in_centre(test)


def test_a_bug_is_told_as_one_and_the_server_lives_on(in_centre, capsys):
    async def test(centre):
        centre.runtime.refuse = ZeroDivisionError("bug")
        answer = await centre.ask("POST", "/commands/Hold", json={})
        assert (answer.status_code, answer.json()["error"]) == (500, "internal")
        assert '"event":"internal_error"' in capsys.readouterr().err
        assert (await centre.ask("GET", "/health", None)).status_code == 200

    in_centre(test)


@pytest.mark.parametrize("role", sorted(RIGHTS))
@pytest.mark.parametrize("command", ALL, ids=lambda command: command.__name__)
def test_each_role_may_give_exactly_its_commands(role, command):
    user = User(name="x", role=role)
    may = command.needs is None or role in ("supervisor", "admin")
    assert (missing_for_command(user, command.needs, None) is None) is may
    own, others = (missing_for_command(user, command.needs, agent_id) for agent_id in ("x", "y"))
    assert (own is None) is may
    assert (others is None) is (role != "agent")


@pytest.mark.req("P1", "P5")
def test_an_agent_may_not_supervise_nor_command_his_colleague(in_centre):
    async def test(centre):
        for name, body in (("Listen", {"agent_id": "a02"}), ("StartBreak", {"agent_id": "a02"})):
            answer = await centre.ask("POST", f"/commands/{name}", "a01", json=body)
            assert (answer.status_code, answer.json()["error"]) == (403, "not_allowed")
            assert answer.json()["needs"] == "supervise"
            assert (await centre.ask("POST", f"/commands/{name}", "super", json=body)).status_code == 200

    in_centre(test)


def test_every_command_and_kind_stands_in_the_openapi_document(in_centre):
    async def test(centre):
        paths = (await centre.http.get("/api/openapi.json")).json()["paths"]
        for name in BY_NAME:
            assert f"/api/v1/commands/{name}" in paths
        assert "/api/v1/records/work_order/{record_id}" in paths
        page = (await centre.http.get("/api/docs")).text
        assert "://" not in page.replace("http://www.w3.org", "")
        assert (await centre.http.get("/api/docs-files/swagger-ui-bundle.js")).status_code == 200

    in_centre(test)
