"""Who may come in, for how long, and how often he may guess."""

import asyncio

import pytest


async def log_in(centre, user="a01", password="correct horse", **more):
    return await centre.http.post("/api/v1/login", json={"user": user, "password": password} | more)


@pytest.mark.req("A1")
def test_a_password_gives_a_token_for_twelve_hours(in_centre):
    async def test(centre):
        answer = await log_in(centre)
        assert answer.status_code == 200
        assert answer.json()["expires_at"] == "2026-11-22T16:00:00.000Z"
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        assert (await centre.http.get("/api/v1/agents", headers=headers)).status_code == 200
        centre.clock.now += 12 * 3600
        late = await centre.http.get("/api/v1/agents", headers=headers)
        assert (late.status_code, late.json()["error"]) == (401, "token_expired")

    in_centre(test)


def test_a_token_survives_the_servers_restart_and_is_nowhere_in_the_database(in_centre, tmp_path):
    async def test(centre):
        token = (await log_in(centre)).json()["token"]
        centre.services.users._tokens.clear()  # what a new process knows
        user = await centre.services.users.who(token)
        assert user.name == "a01"
        for file in tmp_path.iterdir():
            assert token.encode() not in file.read_bytes()

    in_centre(test)


def test_five_wrong_passwords_a_minute_then_even_the_right_one_waits(in_centre):
    async def test(centre):
        centre.app.state.guesses._clock = centre.clock
        for _ in range(5):
            answer = await log_in(centre, password="wrong")
            assert (answer.status_code, answer.json()["error"]) == (401, "wrong_password")
        locked = await log_in(centre)
        assert (locked.status_code, locked.json()["error"]) == (429, "too_many")
        assert 0 < int(locked.headers["retry-after"]) <= 61
        assert (await log_in(centre, user="admin")).status_code == 200
        centre.clock.now += 61
        assert (await log_in(centre)).status_code == 200

    in_centre(test)


def test_guesses_sent_at_once_count_and_right_passwords_at_once_do_not(in_centre):
    async def test(centre):
        answers = await asyncio.gather(*(log_in(centre, password="wrong") for _ in range(12)))
        assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7
        answers = await asyncio.gather(*(log_in(centre, user="super") for _ in range(60)))
        assert {answer.status_code for answer in answers} == {200}

    in_centre(test)


def test_an_unknown_user_is_told_the_same_as_a_wrong_password(in_centre):
    async def test(centre):
        unknown, wrong = await log_in(centre, user="nobody"), await log_in(centre, password="x")
        assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json())

    in_centre(test)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [(b"{", 400, "bad_json"), (b"[]", 400, "bad_json"), (b"\xff", 400, "bad_json"), (b"{}", 422, "wrong_fields"),
     (b'{"user": 1, "password": "x"}', 422, "wrong_fields"), (b'{"user": "a", "password": "x", "z": 1}', 422, "wrong_fields"),
     (b"[" * 4000, 400, "bad_json"), (b'"' + b"x" * 9000 + b'"', 413, "too_large")],
)  # fmt: skip
def test_a_body_that_is_no_login_is_refused_with_its_reason(in_centre, body, status, error):
    async def test(centre):
        answer = await centre.http.post("/api/v1/login", content=body)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert answer.json()["message"]

    in_centre(test)


def test_errors_speak_the_askers_language(in_centre):
    async def test(centre):
        chinese = await centre.http.get("/api/v1/agents")
        english = await centre.http.get("/api/v1/agents", headers={"Accept-Language": "en-GB,en;q=0.9"})
        assert chinese.json() == {"error": "not_logged_in", "message": "请先登录"}
        assert english.json() == {"error": "not_logged_in", "message": "Please log in"}
        assert (await centre.ask("GET", "/nowhere", "e01")).json()["message"] == "没有找到"
        assert (await centre.ask("GET", "/calls/none", "e01")).json()["message"] == "Not found"
        assert (await centre.ask("GET", "/calls/none", "a01")).json()["message"] == "没有找到"

    in_centre(test)


def test_a_logged_out_token_is_worth_nothing(in_centre):
    async def test(centre):
        headers = {"Authorization": f"Bearer {await centre.token('a01')}"}
        assert (await centre.http.post("/api/v1/logout", headers=headers)).status_code == 200
        assert (await centre.http.get("/api/v1/agents", headers=headers)).status_code == 401

    in_centre(test)
