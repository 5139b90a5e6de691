"""`choche operators`: who may sit at the desk, and as what."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.roster import Colleague, Duty, Role

if TYPE_CHECKING:
    from bot.operators import Operators
    from bot.settings import Settings
    from bot.storage.store import Store

app = typer.Typer(help="Người trực.", no_args_is_help=True)
say = Console(stderr=True, highlight=False, soft_wrap=True)

ROLES = {Role.OPERATOR: "người trực", Role.SUPERVISOR: "trưởng ca", Role.ADMINISTRATOR: "quản trị"}
DUTIES = {Duty.ON: "đang trực", Duty.AWAY: "tạm nghỉ", Duty.OFF: "hết ca"}


@app.command("add")
def add(
    name: str,
    role: Annotated[Role | None, typer.Option(help="What they may do; unchanged if not given.")] = None,
) -> None:
    """Print a one-time link with which an operator sets a password."""
    from bot.cli import run

    run(_add(name, role))


@app.command("list")
def list_all() -> None:
    """List operators with role, duty, and how many cases they hold."""
    from bot.cli import run

    run(_list())


async def _add(name: str, role: Role | None) -> None:
    async with _opened() as (_, operators, settings):
        token = await operators.invite(name, role)
    print(f"{settings.origin}/desk/invitation/{token}")
    say.print(f"Gửi đường dẫn này cho {name}. Nó dùng được một lần, trong 24 giờ.", markup=False)


async def _list() -> None:
    from bot.roster import Roster

    async with _opened() as (store, _, _), store.reading() as db:
        team = await Roster(time.time).colleagues(db)
    table = Table("Tên", "Vai trò", "Ca trực", "Số ca", box=None, pad_edge=False)
    for one in team:
        table.add_row(one.name, ROLES[one.role], _duty(one), f"{one.held}/{one.capacity}")
    Console(highlight=False).print(table)


def _duty(one: Colleague) -> str:
    if not one.signed_up:
        return "chưa đặt mật khẩu"
    if one.role is Role.ADMINISTRATOR:
        return "–"
    return DUTIES[one.duty] if one.reachable or one.duty is not Duty.ON else "không ở bàn trực"


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[Store, Operators, Settings]]:
    from bot.operators import Operators
    from bot.seal import load_master_key
    from bot.settings import load_settings
    from bot.storage.store import open_store

    settings = load_settings()
    store = await open_store(settings.database)
    try:
        master = load_master_key(settings.key_file)
        yield store, Operators(store, master, time.time, lambda: token_urlsafe(32)), settings
    finally:
        await store.close()
