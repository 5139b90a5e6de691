"""`choche serve` as a process of its own, to be killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from tests.conftest import PATIENCE

ROOT = Path(__file__).parents[1]


@dataclass
class Served:
    """A running gateway."""

    process: asyncio.subprocess.Process
    session: aiohttp.ClientSession
    url: str
    link: str

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.url}{path}") as response:
            return await response.json()

    async def ready(self) -> None:
        """Wait for the assistant."""
        async with asyncio.timeout(PATIENCE):
            while (await self.get("/readyz"))["assistant"] != "ready":
                await asyncio.sleep(0.1)

    async def token(self) -> str:
        async with self.session.post(f"{self.url}/chat/session") as response:
            return str((await response.json())["token"])

    async def write(self, token: str, text: str, id: str = "") -> int:
        """Write as the chat page does; gives the HTTP status."""
        body = json.dumps({"id": id or uuid4().hex, "text": text})
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.post(f"{self.url}/chat/messages", data=body, headers=headers) as response:
            return response.status

    async def lines(self, token: str, count: int) -> list[dict[str, Any]]:
        """Read as the chat page does, until that many lines are there."""
        lines: list[dict[str, Any]] = []
        async with asyncio.timeout(PATIENCE), self.session.ws_connect(f"{self.url}/chat/ws") as socket:
            await socket.send_json({"token": token})
            while len(lines) < count:
                frame = await socket.receive_json()
                lines += [frame] if "seq" in frame else []
        return lines


@asynccontextmanager
async def served(home: Path, **settings: str) -> AsyncIterator[Served]:
    """Run the gateway on a free port."""
    environment = {
        **os.environ,
        "CHOCHE_HOME": str(home),
        "CHOCHE_PORT": "0",
        "CHOCHE_TELEGRAM_TOKEN": "",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "serve", env=environment, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    told = ""
    while "Đang nhận" not in told:
        line = (await process.stderr.readline()).decode()
        assert line, told
        told += line
    drain = asyncio.create_task(process.stderr.read())
    # People type the public address, if one is set; here it is the port that counts.
    port = settings.get("CHOCHE_PORT")
    url = re.search(r"(https?://\S+)/chat", told)
    link = re.search(r"http://\S+/desk/invitation/\S+", told)
    assert url
    async with aiohttp.ClientSession() as session:
        try:
            yield Served(
                process,
                session,
                f"http://127.0.0.1:{port}" if port else url.group(1),
                link.group(0) if link else "",
            )
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
            await drain
