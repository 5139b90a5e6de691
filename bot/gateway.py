"""The gateway put together: every part made once, from the settings, and run side by side."""

from __future__ import annotations

import asyncio
import fcntl
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import structlog

from bot.alarms.ladder import load_ladder
from bot.alarms.routes import CommandRoute, WebhookRoute
from bot.alarms.watch import Route, Watch
from bot.assistant_client import HttpAssistant
from bot.assistant_process import AssistantProcess, RemoteAssistant
from bot.audit import Audit
from bot.bell import Bell
from bot.conversation import Talk
from bot.delivery import Delivery
from bot.dispatcher import Dispatcher, Pace, TypingSign
from bot.errors import ChoCheError
from bot.events import Events
from bot.handoff import Cases, Handoff
from bot.hotlines import WATCH_SECONDS, watch_directory
from bot.inbox import Inbox
from bot.leases import Leases
from bot.model import Channel, Clock, NewId
from bot.notices import Notices
from bot.operators import Operators
from bot.pictures import Picture, load_pictures
from bot.retention import Retention
from bot.roster import Roster
from bot.seal import load_master_key
from bot.settings import Settings
from bot.storage.shared import Wire, alone
from bot.storage.store import Store, open_store
from bot.texts import Texts, load_texts
from bot.transcript import Transcripts
from bot.triage.assess import MODEL_FILE, ModelFile, Triage
from bot.triage.rules import load_rules
from bot.typing import Typing
from bot.withdrawals import Withdrawals
from content.checking import CONTENT
from content.directory import Directory
from content.last_good import LastGood

log = structlog.get_logger()

READ_AGAIN_SECONDS = 3.0
RESTART_SECONDS = 1.0
TIDY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """Every part of a running gateway."""

    settings: Settings
    store: Store
    transcripts: Transcripts
    inbox: Inbox
    dispatcher: Dispatcher
    delivery: Delivery
    cases: Cases
    handoff: Handoff
    audit: Audit
    retention: Retention
    roster: Roster
    watch: Watch
    triage: Triage
    operators: Operators
    notices: Notices
    assistant: HttpAssistant
    process: AssistantProcess | RemoteAssistant
    channels: dict[str, Channel]
    bell: Bell
    typing: Typing
    texts: Texts
    pictures: Mapping[str, Picture]
    directory: LastGood[Directory]
    clock: Clock
    new_id: NewId

    async def recover(self) -> None:
        """Take up what a crash left behind: leases of the dead, replies that were on their way."""
        if not self.store.shared:
            async with self.store.writing() as db:
                await Leases(self.clock).release_all(db)
        await self.delivery.recover(everything=not self.store.shared)

    async def read_again(self) -> None:
        """Have the assistant read what it missed, whenever it is there."""
        while True:
            if self.process.endpoint() is not None:
                await self.dispatcher.reread()
            await asyncio.sleep(READ_AGAIN_SECONDS)

    async def tidy_up(self) -> None:
        """Take back messages of erased conversations, and settle what a dead gateway was sending."""
        while True:
            await self.delivery.withdraw()
            await self.delivery.recover(everything=False)
            await asyncio.sleep(TIDY_SECONDS)

    async def watch_directory(self) -> None:
        """Take over changes of the hotline directory, so that a wrong one is in the log at once."""
        while True:
            self.directory.current()
            await asyncio.sleep(WATCH_SECONDS)

    def loops(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Give what must run for as long as the gateway does."""
        loops = {
            "dispatcher": self.dispatcher.run,
            "delivery": self.delivery.run,
            "assistant": self.process.run,
            "tidying up": alone(self.store, "tidying up", self.tidy_up),
            "retention": alone(self.store, "retention", self.retention.run),
            "alarms": alone(self.store, "alarms", self.watch.run),
            "second reading": alone(self.store, "second reading", self.read_again),
            "hotline directory": self.watch_directory,
        }
        return {**loops, "wire": Wire(self.store, self.bell).run} if self.store.shared else loops


@asynccontextmanager
async def open_gateway(
    settings: Settings, clock: Clock, new_id: NewId, pace: Pace | None = None
) -> AsyncIterator[Gateway]:
    """Make a gateway; nothing runs yet but what is asked of it.

    Raises:
        ChoCheError: when the content, the key, or the database cannot be used.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    directory = watch_directory()
    numbers = directory.current().numbers()
    texts, pictures = load_texts(numbers), load_pictures(numbers)
    triage = Triage(
        load_rules(CONTENT / "triage.yml"), ModelFile(settings.models / MODEL_FILE), texts.desk.reason_model
    )
    master = load_master_key(settings.key_file)
    store = await open_store(settings.database)
    bell, leases = Bell(), Leases(clock)
    transcripts = Transcripts(master, clock, new_id)
    channels: dict[str, Channel] = {}
    async with aiohttp.ClientSession(trust_env=False) as session:
        process = _process(settings, session, new_id)
        assistant = HttpAssistant(session, process.endpoint, clock)
        roster = Roster(clock)
        audit = Audit(master, clock)
        case_book = Cases(transcripts, roster, texts, clock)
        handoff = Handoff(transcripts, case_book, roster, audit, texts, clock)
        watch = Watch(
            store,
            transcripts,
            handoff,
            roster,
            load_ladder(CONTENT / "alarms.yml"),
            texts,
            channels,
            _routes(settings, session),
            bell,
            clock,
        )
        withdrawals = Withdrawals(transcripts, master, clock)
        events = Events(transcripts, case_book, handoff, withdrawals, texts, clock)
        talk = Talk(transcripts, case_book, events, assistant, triage, texts, clock, roster)
        dispatcher = Dispatcher(
            store, transcripts, talk, leases, bell, clock, pace or Pace(), TypingSign(channels)
        )
        try:
            yield Gateway(
                settings=settings,
                store=store,
                transcripts=transcripts,
                inbox=Inbox(store, transcripts, withdrawals, bell),
                dispatcher=dispatcher,
                delivery=Delivery(
                    store, transcripts, withdrawals, leases, channels, bell, clock, random.random
                ),
                cases=case_book,
                handoff=handoff,
                audit=audit,
                retention=Retention(store, transcripts, audit, clock, settings.days),
                roster=roster,
                watch=watch,
                triage=triage,
                operators=Operators(store, master, clock, new_id),
                notices=Notices(store, bell, clock),
                assistant=assistant,
                process=process,
                channels=channels,
                bell=bell,
                typing=Typing(bell),
                texts=texts,
                pictures=pictures,
                directory=directory,
                clock=clock,
                new_id=new_id,
            )
        finally:
            await store.close()


@asynccontextmanager
async def running(*loops: dict[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """Run loops in the background until the block ends; one that fails is started again."""
    tasks = [
        asyncio.create_task(_kept_alive(name, loop), name=name)
        for group in loops
        for name, loop in group.items()
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the data folder for this gateway alone; raises `ChoCheError` while another has it."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(home / "gateway.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ChoCheError(
            f"another gateway uses the data folder {home}; stop it, or set CHOCHE_HOME to another folder"
        ) from None
    finally:
        os.close(handle)


def _routes(settings: Settings, session: aiohttp.ClientSession) -> list[Route]:
    routes: list[Route] = []
    if settings.alarm_webhook:
        routes.append(WebhookRoute(session, settings.alarm_webhook))
    if settings.alarm_command:
        routes.append(CommandRoute(settings.alarm_command))
    return routes


def _process(
    settings: Settings, session: aiohttp.ClientSession, new_id: NewId
) -> AssistantProcess | RemoteAssistant:
    if settings.assistant_url:
        return RemoteAssistant(settings.assistant_url, settings.assistant_secret.get_secret_value())

    async def train() -> None:
        # The progress bar is slow to import, and only a first start needs it.
        from bot.training import train_model

        await train_model(settings)

    return AssistantProcess(settings.assistant_python, settings.models, session, new_id, train)


async def _kept_alive(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            return await loop()
        except Exception as error:
            log.error("loop_failed", loop=name, error=type(error).__name__)
            await asyncio.sleep(RESTART_SECONDS)
