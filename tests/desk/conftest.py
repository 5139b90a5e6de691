"""People at the desk, as their browsers speak with it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.app import make_app
from bot.gateway import Gateway
from bot.roster import Role
from tests.conftest import PATIENCE, add_operator

PASSWORD = "mot-cau-dai-de-nho"
EMERGENCY = "bố đang đánh em, cứu em với"


@dataclass
class Browser:
    """Someone at the desk: cookies and the token against forged requests."""

    session: aiohttp.ClientSession
    url: str
    csrf: str = ""
    id: int = 0

    async def form(self, path: str, **values: str) -> aiohttp.ClientResponse:
        page = await (await self.session.get(self.url + path)).text()
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        return await self.session.post(self.url + path, data={"csrf_token": found.group(1), **values})

    async def get(self, path: str) -> Any:
        async with self.session.get(self.url + path) as response:
            return await response.json()

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        headers = {"X-CSRF": self.csrf}
        async with self.session.post(self.url + path, json=body, headers=headers) as response:
            known = response.content_type == "application/json"
            return response.status, await response.json() if known else None

    async def act(self, case: int, action: str, **body: Any) -> int:
        return (await self.post(f"/desk/cases/{case}/{action}", **body))[0]

    async def told(self, case: int, action: str, **body: Any) -> str:
        """What is said to the operator when it did not work."""
        status, answer = await self.post(f"/desk/cases/{case}/{action}", **body)
        assert status == 409
        return str(answer["error"])

    def socket(self, **headers: str) -> Any:
        return self.session.ws_connect(f"{self.url}/desk/ws", headers=headers)

    async def reads(self, case: int) -> bool:
        """Whether the transcript of a case is given."""
        async with self.socket() as socket:
            await socket.send_json({"open": case})
            while True:
                frame = await socket.receive_json(timeout=PATIENCE)
                if "transcript" in frame:
                    return True
                if "refused" in frame:
                    return False

    async def cases(self) -> list[dict[str, Any]]:
        async with self.socket() as socket:
            return list((await frame_with(socket, "cases"))["cases"])


@pytest.fixture
async def address(gateway: Gateway) -> AsyncIterator[str]:
    async with TestServer(make_app(gateway)) as server:
        yield str(server.make_url("")).rstrip("/")


@asynccontextmanager
async def browser(address: str) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Browser(session, address)


@asynccontextmanager
async def at_desk(
    gateway: Gateway, address: str, name: str, role: Role = Role.OPERATOR
) -> AsyncIterator[Browser]:
    """Someone on duty who has signed in."""
    async with browser(address) as one:
        one.id = await add_operator(gateway, name, role)
        link = f"/desk/invitation/{await gateway.operators.invite(name)}"
        await one.form(link, password=PASSWORD, again=PASSWORD)
        response = await one.form("/desk/login", name=name, password=PASSWORD)
        found = re.search(r'name="csrf_token" value="([^"]+)"', await response.text())
        assert found, response.status
        one.csrf = found.group(1)
        yield one


@pytest.fixture
async def stranger(address: str) -> AsyncIterator[Browser]:
    async with browser(address) as one:
        yield one


@pytest.fixture
async def lan(gateway: Gateway, address: str) -> AsyncIterator[Browser]:
    async with at_desk(gateway, address, "lan") as one:
        yield one


@pytest.fixture
async def huy(gateway: Gateway, address: str) -> AsyncIterator[Browser]:
    async with at_desk(gateway, address, "huy") as one:
        yield one


async def frame_with(socket: aiohttp.ClientWebSocketResponse, name: str) -> Any:
    while True:
        frame = await socket.receive_json(timeout=PATIENCE)
        if name in frame:
            return frame
