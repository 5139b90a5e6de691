"""Starts the assistant as a child process, watches it, and starts it again when it dies or hangs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import aiohttp
import structlog

from bot.assistant_client import Endpoint
from bot.errors import ChoCheError
from bot.model import NewId

log = structlog.get_logger()

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "ERROR",
}
"""No telemetry and no warnings of Rasa's old dependencies: the terminal is for what concerns its reader."""
CHECK_SECONDS = 1.0
PATIENCE = 5
"""Health checks in a row that may fail before the process counts as hung."""
START_SECONDS = 120
LONGEST_PAUSE = 30.0


class Health(StrEnum):
    """How the assistant is, in the words of `/readyz`."""

    TRAINING = "training"
    LOADING = "loading"
    READY = "ready"
    DOWN = "down"


class AssistantProcess:
    """A watched child process. `endpoint()` says where it answers now, with a port and secret of this start."""

    def __init__(
        self,
        python: Path,
        models: Path,
        session: aiohttp.ClientSession,
        new_secret: NewId,
        train: Callable[[], Awaitable[None]],
    ) -> None:
        self._models = models
        self._train = train
        self._command = (str(python), "-m", "assistant.server", "--models", str(models))
        self._session = session
        self._new_secret = new_secret
        self._endpoint: Endpoint | None = None
        self._process: asyncio.subprocess.Process | None = None
        self.ready = asyncio.Event()
        self.health = Health.LOADING
        self.reason = "starting"

    def endpoint(self) -> Endpoint | None:
        """Give where to ask, or nothing while there is nobody to ask."""
        return self._endpoint if self.health is Health.READY else None

    @property
    def pid(self) -> int | None:
        """The process id of the child that runs now."""
        return self._process.pid if self._process else None

    async def run(self) -> None:
        """Keep the assistant alive until cancelled."""
        pause = 0.5
        while True:
            was_ready = await self._live_once()
            pause = 0.5 if was_ready else min(pause * 2, LONGEST_PAUSE)
            log.warning("assistant_down", reason=self.reason, again_in_seconds=pause)
            await asyncio.sleep(pause)

    async def _live_once(self) -> bool:
        was_ready = False
        try:
            if not any(self._models.glob("*.tar.gz")):
                self.health, self.reason = Health.TRAINING, "learns from its examples, for some minutes"
                await self._train()
            await self._start()
            was_ready = await self._watch()
        except (OSError, ValueError, TimeoutError, ChoCheError) as error:
            self.reason = f"cannot be started: {type(error).__name__}"
        finally:
            self.health, self._endpoint = Health.DOWN, None
            self.ready.clear()
            await self._stop()
        return was_ready

    async def _start(self) -> None:
        self.health = Health.LOADING
        secret = self._new_secret()
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **QUIET, "CHOCHE_ASSISTANT_SECRET": secret},
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = await self._process.stdout.readline()
        self._endpoint = Endpoint(f"http://127.0.0.1:{json.loads(line)['port']}", secret)

    async def _watch(self) -> bool:
        assert self._process is not None
        was_ready, failures = False, 0
        loop = asyncio.get_running_loop()
        ends = asyncio.create_task(self._process.wait())
        started = loop.time()
        try:
            while failures < PATIENCE:
                state = await self._ask_health()
                failures = failures + 1 if state is None else 0
                if state == "ready" and self.health is not Health.READY:
                    was_ready, self.health, self.reason = True, Health.READY, ""
                    self.ready.set()
                    log.info("assistant_ready", seconds=round(loop.time() - started, 1))
                if state == "failed" or (not was_ready and loop.time() - started > START_SECONDS):
                    self.reason = "cannot load its model; run: make train"
                    return was_ready
                done, _ = await asyncio.wait({ends}, timeout=CHECK_SECONDS if was_ready else 0.2)
                if done:
                    self.reason = f"ended with {self._process.returncode}"
                    return was_ready
            self.reason = "hangs"
            return was_ready
        finally:
            ends.cancel()

    async def _ask_health(self) -> str | None:
        assert self._endpoint is not None
        try:
            async with self._session.get(
                f"{self._endpoint.url}/healthz", timeout=aiohttp.ClientTimeout(total=2)
            ) as response:
                return str((await response.json())["state"])
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError):
            return None

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        # Reads the pipes to their end, so that nothing of the child stays open.
        await process.communicate()


class RemoteAssistant:
    """An assistant that runs elsewhere; it counts as ready, and the client says otherwise by failing."""

    health = Health.READY
    reason = ""
    pid = None

    def __init__(self, url: str, secret: str) -> None:
        self._endpoint = Endpoint(url, secret)
        self.ready = asyncio.Event()
        self.ready.set()

    def endpoint(self) -> Endpoint | None:
        """Give where to ask."""
        return self._endpoint

    async def run(self) -> None:
        """Nothing to watch."""
        await asyncio.Event().wait()
