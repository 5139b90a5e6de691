"""Talking with Chở Che in a terminal, through the whole gateway, on a store that is gone afterwards."""

from __future__ import annotations

import asyncio
import sys

from rich.console import Console
from rich.markup import escape

from bot.gateway import running
from bot.model import HERE, Channel, Clock, Inbound, NewId, Outbound, Outcome, Sent
from bot.rehearsal import rehearsing

NAME = "terminal"


class Terminal(Channel):
    """Prints what is said."""

    name = NAME
    capabilities = HERE

    def __init__(self, console: Console) -> None:
        self._console = console

    async def send(self, outbound: Outbound) -> Outcome:
        """Print one reply and what can be chosen below it."""
        self._console.print(f"[bold]{outbound.reply.author}[/bold]  {escape(outbound.reply.text)}")
        for button in outbound.reply.buttons:
            self._console.print(f"    [dim]› {escape(button)}[/dim]")
        return Sent()


async def talk(new_id: NewId, clock: Clock) -> None:
    """Talk until the input ends (Ctrl+D)."""
    console = Console(highlight=False)
    console.print("Trợ lý đang khởi động…", style="dim")
    async with rehearsing(new_id, clock) as gateway:
        gateway.channels[NAME] = Terminal(console)
        console.print("Bạn viết đi. Kết thúc: Ctrl+D.", style="dim")
        async with running({"dispatcher": gateway.dispatcher.run, "delivery": gateway.delivery.run}):
            while line := await asyncio.to_thread(sys.stdin.readline):
                await gateway.inbox.accept(Inbound(NAME, "here", new_id(), line.rstrip("\n")))
        await gateway.dispatcher.drain()
        await gateway.delivery.drain()
