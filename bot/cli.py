"""The command `choche`: every action an administrator takes."""

from __future__ import annotations

import asyncio
import errno
import signal
import sys
import time
from collections.abc import Coroutine
from secrets import token_urlsafe
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.cli_content import content
from bot.cli_hotlines import app as hotlines
from bot.cli_operators import app as operators
from bot.errors import ChoCheError

app = typer.Typer(
    help="Chở Che: trợ lý che chở trẻ em.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(operators, name="operators")
app.add_typer(hotlines, name="hotlines")
app.add_typer(content, name="content")
zalo = typer.Typer(help="Zalo Official Account.", no_args_is_help=True)
app.add_typer(zalo, name="zalo")
say = Console(stderr=True, highlight=False, soft_wrap=True)

FIRST_OPERATOR = "truc"


def new_id() -> str:
    """Give 43 characters that nobody can guess."""
    return token_urlsafe(32)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; what is wrong is told in plain words, with exit status 2."""
    from bot.logs import configure

    configure()
    try:
        asyncio.run(_stoppable(work))
    except ChoCheError as error:
        say.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(0) from None


async def _stoppable(work: Coroutine[Any, Any, None]) -> None:
    """Let a service manager's SIGTERM stop a command as Ctrl+C does: what is under way finishes."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await work


@app.command()
def serve() -> None:
    """Start the gateway; it starts and watches the assistant."""
    run(_serve())


@app.command()
def chat() -> None:
    """Talk with Chở Che in this terminal, through the whole gateway."""
    from channels.terminal import talk

    run(talk(new_id, time.time))


@app.command()
def understand(
    why: Annotated[bool, typer.Option(help="Also show views, words, rules and chances.")] = False,
) -> None:
    """Read {"id","text"} lines; write what a first message like that would do."""
    from bot.rehearsal import understand_lines

    run(understand_lines(sys.stdin, sys.stdout, new_id, time.time, why))


@app.command()
def replay() -> None:
    """Read {"conversation","text"} lines; write what the whole gateway answers to each."""
    from bot.rehearsal import replay_lines

    run(replay_lines(sys.stdin, sys.stdout, new_id, time.time))


@app.command()
def train(
    force: Annotated[bool, typer.Option(help="Train even if nothing changed.")] = False,
) -> None:
    """Train the assistant's model, with progress."""
    from bot.settings import load_settings
    from bot.training import train_model

    async def work() -> None:
        await train_model(load_settings(), force)

    run(work())


@zalo.command("consent")
def consent(
    address: Annotated[
        str, typer.Option(help="The address Zalo sent you to, where it could not reach us by itself.")
    ] = "",
) -> None:
    """Print the link with which the OA's administrator lets Chở Che send messages."""
    run(_consent(address))


async def _serve() -> None:
    from bot.app import serving
    from bot.gateway import Gateway, only_one, open_gateway
    from bot.settings import load_settings

    settings = load_settings()

    async def stay(gateway: Gateway, port: int) -> None:
        origin = settings.public_url or f"http://{settings.host}:{port}"
        say.print(f"\n  Trò chuyện  {origin}/chat\n  Bàn trực    {origin}/desk")
        if not await gateway.operators.count():
            link = f"{origin}/desk/invitation/{await gateway.operators.invite(FIRST_OPERATOR)}"
            say.print(
                f"  Đặt mật khẩu cho người trực đầu tiên, tên '{FIRST_OPERATOR}' (dùng một lần):\n    {link}"
            )
        say.print("  Đang nhận tin nhắn. Trợ lý đang khởi động…", style="green")
        await gateway.process.ready.wait()
        say.print("  Sẵn sàng (ready). Dừng: Ctrl+C", style="green")
        await asyncio.Event().wait()

    with only_one(settings.home):
        async with open_gateway(settings, time.time, new_id) as gateway:
            try:
                async with serving(gateway) as port:
                    await stay(gateway, port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                raise ChoCheError(
                    f"port {settings.port} is in use; set CHOCHE_PORT to another one (example: CHOCHE_PORT=8081)"
                ) from None


async def _consent(address: str) -> None:
    from channels.zalo_setup import consenting

    async with consenting(new_id, time.time) as asked:
        if not address:
            print(await asked.ask())
            say.print("Mở đường dẫn này bằng tài khoản quản trị OA, trong 30 phút, rồi bấm đồng ý.")
        elif await asked.take_address(address):
            say.print("Đã cấp quyền. Chở Che gửi tin qua Zalo được rồi.", style="green")
        else:
            raise ChoCheError("Chưa cấp quyền được. Hãy chạy lại: choche zalo consent")


if __name__ == "__main__":
    app()
