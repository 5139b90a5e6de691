"""The desk as a browser speaks with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.app import make_app
from bot.gateway import Gateway
from bot.model import Author
from tests.conftest import PATIENCE, Person

PASSWORD = "mot-cau-dai-de-nho"
EMERGENCY = "bố đang đánh em, cứu em với"


@dataclass
class Browser:
    """Someone at the desk: cookies and the token against forged requests."""

    session: aiohttp.ClientSession
    url: str
    csrf: str = ""

    async def form(self, path: str, **values: str) -> aiohttp.ClientResponse:
        page = await (await self.session.get(self.url + path)).text()
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        return await self.session.post(self.url + path, data={"csrf_token": found.group(1), **values})

    async def act(self, case: int, action: str, **body: str) -> int:
        headers = {"X-CSRF": self.csrf}
        async with self.session.post(
            f"{self.url}/desk/cases/{case}/{action}", json=body, headers=headers
        ) as response:
            return response.status

    def socket(self, **headers: str) -> Any:
        return self.session.ws_connect(f"{self.url}/desk/ws", headers=headers)


@pytest.fixture
async def address(gateway: Gateway) -> AsyncIterator[str]:
    async with TestServer(make_app(gateway)) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def stranger(address: str) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(session, address)


@pytest.fixture
async def lan(gateway: Gateway, address: str) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield await signed_in(gateway, Browser(session, address), "lan")


@pytest.fixture
async def huy(gateway: Gateway, address: str) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield await signed_in(gateway, Browser(session, address), "huy")


async def signed_in(gateway: Gateway, browser: Browser, name: str) -> Browser:
    link = f"/desk/invitation/{await gateway.operators.invite(name)}"
    await browser.form(link, password=PASSWORD, again=PASSWORD)
    response = await browser.form("/desk/login", name=name, password=PASSWORD)
    found = re.search(r'name="csrf_token" value="([^"]+)"', await response.text())
    assert found, response.status
    browser.csrf = found.group(1)
    return browser


async def frame_with(socket: aiohttp.ClientWebSocketResponse, name: str) -> Any:
    while True:
        frame = await socket.receive_json(timeout=PATIENCE)
        if name in frame:
            return frame


async def test_without_signing_in_there_is_no_desk(stranger: Browser) -> None:
    async with stranger.session.get(stranger.url + "/desk", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/desk/login")
    assert await stranger.act(1, "claim") == 403
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await stranger.socket()


async def test_a_wrong_password_and_an_unknown_name_look_alike(lan: Browser, stranger: Browser) -> None:
    wrong = await stranger.form("/desk/login", name="lan", password="khong-phai-cau-nay")
    unknown = await stranger.form("/desk/login", name="ai-do", password="khong-phai-cau-nay")
    assert wrong.status == unknown.status == 403
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", await wrong.text()) == strip.sub("", await unknown.text())


async def test_guessing_is_slowed_down(stranger: Browser) -> None:
    statuses = [
        (await stranger.form("/desk/login", name="lan", password=f"doan-lan-{number}")).status
        for number in range(12)
    ]
    assert statuses[-1] == 429


async def test_an_invitation_works_once(gateway: Gateway, stranger: Browser) -> None:
    link = f"/desk/invitation/{await gateway.operators.invite('mai')}"
    page = await (await stranger.session.get(stranger.url + link)).text()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    values = {"csrf_token": token.group(1), "password": PASSWORD, "again": PASSWORD}
    first = await stranger.session.post(stranger.url + link, data=values)
    second = await stranger.session.post(stranger.url + link, data=values)
    assert (first.status, second.status) == (200, 410)


async def test_a_form_from_elsewhere_is_refused(gateway: Gateway, stranger: Browser) -> None:
    link = f"/desk/invitation/{await gateway.operators.invite('mai')}"
    async with stranger.session.post(
        stranger.url + link, data={"csrf_token": "x", "password": PASSWORD, "again": PASSWORD}
    ) as response:
        assert response.status == 403


async def test_an_action_without_its_token_is_refused(lan: Browser, person: Person) -> None:
    await person.write(EMERGENCY)
    lan.csrf = "khac"
    assert await lan.act(1, "claim") == 403


async def test_a_socket_opened_by_another_site_is_refused(lan: Browser) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await lan.socket(Origin="https://example.org")


async def test_an_urgent_message_appears_on_an_open_desk(lan: Browser, person: Person) -> None:
    async with lan.socket() as socket:
        assert (await frame_with(socket, "cases"))["cases"] == []
        await person.write(EMERGENCY)
        while not (cases := (await frame_with(socket, "cases"))["cases"]):
            continue
        assert cases[0]["urgency"] == "emergency"
        await socket.send_json({"open": cases[0]["id"]})
        transcript = await frame_with(socket, "transcript")
        assert transcript["messages"][0]["text"] == EMERGENCY


async def test_claim_answer_note_close(lan: Browser, huy: Browser, person: Person) -> None:
    await person.write(EMERGENCY)
    statuses = await asyncio.gather(lan.act(1, "claim"), huy.act(1, "claim"))
    assert sorted(statuses) == [200, 409]
    mine, other = (lan, huy) if statuses[0] == 200 else (huy, lan)
    assert await other.act(1, "reply", text="chen vào", id="a") == 409
    assert await mine.act(1, "reply", text="Chị đây em.", id="b") == 200
    assert await mine.act(1, "reply", text="Chị đây em.", id="b") == 200
    assert await mine.act(1, "reply", text="   ", id="c") == 409
    assert await mine.act(1, "note", text="Đã gọi công an xã.") == 200
    await person.settle()
    said = [line for line in await person.lines() if line.author is Author.OPERATOR]
    assert [line.text for line in said] == ["Chị đây em."]
    assert await mine.act(1, "close", outcome="referred") == 200
    assert await mine.act(1, "reply", text="muộn rồi", id="d") == 409


async def test_an_action_that_does_not_exist_is_not_found(lan: Browser) -> None:
    assert await lan.act(1, "erase-everything") == 404
    assert await lan.act(99, "claim") == 409


async def test_a_case_given_back_is_the_assistants_again(lan: Browser, person: Person) -> None:
    await person.write(EMERGENCY)
    assert await lan.act(1, "return") == 409
    assert await lan.act(1, "claim") == 200
    assert await person.write("em còn một câu hỏi về trường học") == []
    assert await lan.act(1, "return") == 200
    assert [line.author for line in await person.write("xin chào")][-1] is Author.ASSISTANT


async def test_what_is_wrong_with_the_machine_stands_at_every_desk_until_it_is_put_right(
    lan: Browser, gateway: Gateway
) -> None:
    async with lan.socket() as socket:
        assert (await socket.receive_json(timeout=PATIENCE))["notices"] == []
        await gateway.notices.tell("zalo_consent")
        assert (await socket.receive_json(timeout=PATIENCE))["notices"] == [
            gateway.texts.desk.notices.zalo_consent
        ]
        await gateway.notices.settle("zalo_consent")
        assert (await socket.receive_json(timeout=PATIENCE))["notices"] == []
