"""The web chat as the page speaks with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import make_app
from bot.gateway import Gateway, running
from channels.web import WebChannel
from tests.conftest import PATIENCE

Client = TestClient  # type: ignore[type-arg]


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[Client]:
    gateway.channels["web"] = WebChannel()
    async with TestClient(TestServer(make_app(gateway))) as client, running(gateway.loops()):
        yield client


async def token(client: Client) -> str:
    async with client.post("/chat/session") as response:
        return str((await response.json())["token"])


async def write(client: Client, token: str, body: object, **more: object) -> int:
    async with client.post(
        "/chat/messages", headers={"Authorization": f"Bearer {token}"}, json=body, **more
    ) as response:
        return response.status


async def read(client: Client, token: str, count: int, after: int = 0) -> list[dict[str, object]]:
    async with client.ws_connect(f"/chat/ws?after={after}") as socket:
        await socket.send_json({"token": token})
        lines: list[dict[str, object]] = []
        while len(lines) < count:
            frame = await socket.receive_json(timeout=PATIENCE)
            lines += [frame] if "seq" in frame else []
        return lines


async def test_a_page_that_comes_back_reads_only_what_it_missed(client: Client) -> None:
    who = await token(client)
    assert await write(client, who, {"id": "1", "text": "em có chuyện muốn hỏi"}) == 202
    [question, answer] = await read(client, who, 2)
    assert (question["from"], question["id"]) == ("person", "1")
    assert answer["from"] == "assistant"
    [again] = await read(client, who, 1, after=int(str(question["seq"])))
    assert again == answer


async def test_the_same_message_again_is_stored_once(client: Client) -> None:
    who = await token(client)
    for _ in range(3):
        assert await write(client, who, {"id": "1", "text": "em có chuyện muốn hỏi"}) == 202
    await write(client, who, {"id": "2", "text": "và một chuyện nữa"})
    lines = await read(client, who, 3)
    assert [line["id"] for line in lines if line["from"] == "person"] == ["1", "2"]


async def test_two_people_do_not_see_each_other(client: Client) -> None:
    one, other = await token(client), await token(client)
    await write(client, one, {"id": "1", "text": "của người này"})
    await write(client, other, {"id": "1", "text": "của người kia"})
    for who, text in ((one, "của người này"), (other, "của người kia")):
        assert [line["text"] for line in await read(client, who, 2)][0] == text


@pytest.mark.parametrize("body", [[], {}, {"id": "1"}, "text", None, 7])
async def test_a_body_that_is_no_message_is_refused(client: Client, body: object) -> None:
    assert await write(client, await token(client), body) == 400


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "'; drop table--" * 3, "é" * 43])
async def test_without_a_real_token_nothing_is_taken(client: Client, given: str) -> None:
    assert await write(client, given, {"id": "1", "text": "a"}) == 401


async def test_a_hundred_kilobytes_are_taken_and_more_is_refused(client: Client) -> None:
    who = await token(client)
    assert await write(client, who, {"id": "1", "text": "a" * 100_000}) == 202
    assert await write(client, who, {"id": "2", "text": "a" * 300_000}) == 413
    assert (await read(client, who, 2))[-1]["from"] == "assistant"


@pytest.mark.parametrize("text", ["\ud800", "\u202e ngược", "a\x00b", "🌂", "e\u0302\u0301m so"])
async def test_odd_characters_come_back_as_they_were(client: Client, text: str) -> None:
    who = await token(client)
    assert await write(client, who, {"id": "1", "text": text}) == 202
    assert (await read(client, who, 2))[0]["text"] == text


async def test_pages_forbid_foreign_frames_and_scripts(client: Client) -> None:
    for path in ("/", "/chat", "/desk/login"):
        async with client.get(path) as response:
            assert response.status == 200
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]


async def test_ready_says_how_the_assistant_is(client: Client) -> None:
    async with client.get("/readyz") as response:
        assert (await response.json())["assistant"] == "ready"
    async with client.get("/metrics") as response:
        assert "choche_messages" in await response.text()
