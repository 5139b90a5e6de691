"""The whole product against a platform on loopback: what a child writes there, and what is answered.

`make demo-telegram`, `make demo-zalo`. Nothing leaves this machine; the data folder is gone afterwards.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import web
from rich.console import Console
from rich.markup import escape

from channels.zalo_oa import ZaloOA
from tests.channels.zalo import ZALO
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.zalo_oa import OA, FakeZalo
from tests.server import served

QUIET_SECONDS = 4.5
"""Silence after which the next line is written: bursts are answered together, after two seconds."""
CHILD = 2_024

say = Console(highlight=False, soft_wrap=True)


@dataclass
class Platform:
    """A platform on loopback, seen from a child's phone."""

    name: str
    app: web.Application
    settings: Callable[[str], dict[str, str]]
    act: Callable[[str], Awaitable[None]]
    sent: list[Any]
    show: Callable[[Any], tuple[str, list[str]]]
    script: tuple[str, ...]
    begin: Callable[[str], None] = lambda _url: None


def telegram() -> Platform:
    """Give Telegram, by long polling."""
    fake = FakeTelegram()

    async def act(line: str) -> None:
        if line.startswith("[nút"):
            last = next(item for item in reversed(fake.sent) if item["markup"])
            fake.tap(CHILD, last, 0)
        elif line == "[ảnh]":
            fake.write(CHILD, photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}])
        else:
            fake.write(CHILD, line)

    def show(item: Any) -> tuple[str, list[str]]:
        rows = item["markup"].get("inline_keyboard", [])
        return item["text"], [button["text"] for row in rows for button in row]

    def settings(base: str) -> dict[str, str]:
        return {"CHOCHE_TELEGRAM_TOKEN": TOKEN, "CHOCHE_TELEGRAM_API_BASE": f"{base}/bot"}

    script = (
        "/start",
        "Em là học sinh",
        "bi bat nat o truong thi phai lam gi",
        "[nút đầu tiên]",
        "[ảnh]",
        "bo em dang danh em, cuu em voi",
        "/xoa",
    )
    return Platform("Telegram", fake.app(), settings, act, fake.sent, show, script)


def zalo() -> Platform:
    """Give a Zalo Official Account, by webhook; buttons are off, choices are numbers."""
    fake = FakeZalo()

    async def act(line: str) -> None:
        event = fake.write(str(CHILD), line)
        if line == "[quan tâm OA]":
            event = fake.event("follow", follower={"id": str(CHILD)}, oa_id=OA, source="oa_profile")
            fake.last_heard[str(CHILD)] = int(event["timestamp"]) / 1000
        elif line == "[ảnh]":
            event |= {"event_name": "user_send_image", "message": {"msg_id": "picture"}}
        say.print(f"    [dim]webhook → {await fake.deliver(event)}[/dim]")
        if line.endswith("(gửi lại)"):
            say.print(f"    [dim]webhook → {await fake.deliver(event, retry=1)}, lần hai: không đổi gì[/dim]")

    def begin(url: str) -> None:
        fake.webhook = f"{url}{ZaloOA.path}"

    def settings(base: str) -> dict[str, str]:
        return {**ZALO, "CHOCHE_ZALO_OA_API_BASE": base, "CHOCHE_ZALO_OA_OAUTH_BASE": base}

    script = (
        "[quan tâm OA]",
        "Em là học sinh",
        "bi bat nat o truong thi phai lam gi",
        "1",
        "[ảnh]",
        "em cảm ơn ạ (gửi lại)",
        "bo em dang danh em, cuu em voi",
    )
    return Platform(
        "Zalo",
        fake.app(),
        settings,
        act,
        fake.sent,
        lambda item: (item["message"]["text"], []),
        script,
        begin,
    )


async def demo(platform: Platform) -> None:
    """Play the script."""
    async with AsyncExitStack() as stack:
        home = stack.enter_context(TemporaryDirectory(prefix="choche-demo-"))
        base = await _listening(stack, platform.app)
        say.print("[dim]Trợ lý đang khởi động…[/dim]")
        server = await stack.enter_async_context(served(Path(home), **platform.settings(base)))
        platform.begin(server.url)
        await server.ready()
        say.print(f"Bàn trực: {server.link}\n")
        shown = 0
        for line in platform.script:
            say.print(f"[bold cyan]Em[/bold cyan]      {escape(line)}")
            await platform.act(line)
            shown = await _show_answers(platform, shown)


async def _listening(stack: AsyncExitStack, app: web.Application) -> str:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


async def _show_answers(platform: Platform, shown: int) -> int:
    """Print what arrives until it has been quiet for a while; gives how much there is."""
    quiet = 0.0
    while quiet < QUIET_SECONDS:
        await asyncio.sleep(0.1)
        quiet += 0.1
        for item in platform.sent[shown:]:
            text, buttons = platform.show(item)
            say.print(f"[bold green]Chở Che[/bold green] {escape(text)}")
            for button in buttons:
                say.print(f"        [dim]\\[{escape(button)}][/dim]")
            shown, quiet = shown + 1, 0.0
    return shown


if __name__ == "__main__":
    asyncio.run(demo({"telegram": telegram, "zalo": zalo}[sys.argv[1]]()))
