"""A gateway that serves real browsers, with the assistant's place taken by a server that answers as told."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.app import serving
from bot.dispatcher import Pace
from bot.gateway import Gateway, open_gateway
from bot.roster import Role
from bot.settings import Settings
from tests.conftest import Clock, add_operator, new_id

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "mot-cau-dai-de-nho"


@dataclass
class Site:
    """A running gateway and a browser to visit it with; `problems` are what the pages complained about."""

    gateway: Gateway
    url: str
    browser: Browser
    problems: list[str] = field(default_factory=list)

    async def context(self, **options: Any) -> BrowserContext:
        return await self.browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options)

    async def page(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.problems.append(line.text))
        return page

    async def operator(self, name: str, role: Role = Role.OPERATOR, **options: Any) -> Page:
        """Someone who has signed in at the desk, in a browser of their own."""
        await add_operator(self.gateway, name, role)
        await self.gateway.operators.set_password(await self.gateway.operators.invite(name), PASSWORD)
        token = await self.gateway.operators.sign_in(name, PASSWORD)
        assert token
        context = await self.context(**options)
        await context.add_cookies(
            [{"name": "choche_desk", "value": token, "domain": "127.0.0.1", "path": "/desk"}]
        )
        page = await self.page(context)
        await page.goto(f"{self.url}/desk")
        await expect(page.locator("#line")).to_have_attribute("data-on", "true")
        return page

    async def child(self, *texts: str) -> Page:
        """Someone at the chat page who writes, line by line."""
        page = await self.page(await self.context())
        await page.goto(f"{self.url}/chat")
        for text in texts:
            await say(page, text)
        return page


async def say(chat: Page, text: str) -> None:
    await chat.fill("#text", text)
    await chat.press("#text", "Enter")


@pytest.fixture
async def site(settings: Settings, clock: Clock) -> AsyncIterator[Site]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: make browser")
    async with (
        open_gateway(settings, clock, new_id, Pace(0, 0)) as gateway,
        serving(gateway) as port,
        async_playwright() as player,
    ):
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        site = Site(gateway, f"http://127.0.0.1:{port}", browser)
        yield site
        await browser.close()
        assert site.problems == []


async def until(condition: Callable[[], Awaitable[object]]) -> None:
    """Wait until something that is read from the database has come about."""
    async with asyncio.timeout(30):
        while not await condition():
            await asyncio.sleep(0.05)
