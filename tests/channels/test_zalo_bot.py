"""A bot of the Zalo Bot Platform, by webhook and by polling, against the platform on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.bell import Bell
from bot.model import Inbound, NotSent, Outbound, Outcome, Reply, Sent, Unknown
from bot.notices import Notices
from bot.storage.store import Store, open_store
from channels.calls import made_client
from channels.zalo_bot import ZaloBot, ZaloBotSettings
from tests.conftest import PATIENCE, Clock, eventually
from tests.fakes.mischief import Trouble
from tests.fakes.zalo_bot import SECRET, TOKEN, FakeZaloBot

PICTURES = "https://choche.example.vn/static/pictures"


@pytest.fixture
async def api() -> AsyncIterator[FakeZaloBot]:
    fake = FakeZaloBot()
    async with TestServer(fake.app()) as server:
        fake.base = str(server.make_url("/bot"))
        yield fake


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    yield store
    await store.close()


class Bot:
    """A bot and what it has heard."""

    def __init__(self, zalo: ZaloBot, heard: asyncio.Queue[Inbound], notices: Notices) -> None:
        self.zalo = zalo
        self.heard = heard
        self.notices = notices

    async def say(self, text: str = "chào em", picture: str = "") -> Outcome:
        return await self.zalo.send(Outbound(1, "conversation", "em", Reply(text, picture=picture)))


@pytest.fixture
async def make(api: FakeZaloBot, store: Store, clock: Clock) -> AsyncIterator[Make]:
    async with AsyncExitStack() as stack:

        async def made(
            webhook: str = "", base: str = "", token: str = TOKEN, pictures: str = PICTURES
        ) -> Bot:
            heard: asyncio.Queue[Inbound] = asyncio.Queue()

            async def accept(inbound: Inbound) -> int:
                heard.put_nowait(inbound)
                return heard.qsize()

            settings = ZaloBotSettings(token, base or api.base, webhook, SECRET, pictures)
            client = await stack.enter_async_context(made_client())
            notices = Notices(store, Bell(), clock)
            return Bot(ZaloBot(settings, client, accept, notices), heard, notices)

        yield made


Make = Callable[..., Awaitable[Bot]]


async def test_by_webhook_it_is_registered_with_its_secret(api: FakeZaloBot, make: Make) -> None:
    bot = await make("https://choche.example.vn/webhooks/zalo-bot")
    running = asyncio.create_task(bot.zalo.run())
    await eventually(lambda: api.calls)
    running.cancel()
    assert api.calls == [
        ("setWebhook", {"url": "https://choche.example.vn/webhooks/zalo-bot", "secret_token": SECRET})
    ]


async def test_by_polling_each_message_is_fetched_once_and_our_own_is_dropped(
    api: FakeZaloBot, make: Make
) -> None:
    bot = await make()
    api.updates += [
        api.write("u1", "Mình đây.", **{"from": {"id": "bot1"}}),
        api.write("u1", "cho em hỏi một chuyện", id="x1"),
    ]
    running = asyncio.create_task(bot.zalo.run())
    inbound = await asyncio.wait_for(bot.heard.get(), PATIENCE)
    running.cancel()
    assert (inbound.address, inbound.platform_id, inbound.text) == ("u1", "x1", "cho em hỏi một chuyện")
    assert api.calls[0][0] == "deleteWebhook"


async def test_polling_nobody_may_call(make: Make) -> None:
    bot = await make()
    assert not bot.zalo.verify({"X-Bot-Api-Secret-Token": SECRET}, b"{}")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (429, NotSent("flood", 120.0)),
        (403, NotSent("server", 5.0)),
        (400, NotSent("zalo 400")),
        (401, NotSent("token", 300.0)),
        (404, NotSent("token", 300.0)),
        (408, Unknown()),
        (500, Unknown()),
    ],
)
async def test_a_refusal_is_a_result(api: FakeZaloBot, make: Make, code: int, outcome: Outcome) -> None:
    bot = await make()
    api.codes = [code]
    assert await bot.say() == outcome
    assert isinstance(await bot.say(), Sent)
    assert len(api.sent) == 1


async def test_a_wrong_token_is_told_to_operators(make: Make, store: Store) -> None:
    bot = await make(token="1:wrong")
    assert await bot.say() == NotSent("token", 300.0)
    async with store.reading() as db:
        assert await bot.notices.standing(db) == ["zalo_bot_token"]


@pytest.mark.parametrize("trouble", [Trouble.CUT_AFTER, Trouble.BROKEN_AFTER])
async def test_a_lost_answer_is_unknown(api: FakeZaloBot, make: Make, trouble: Trouble) -> None:
    bot = await make()
    api.mischief.script = [trouble]
    assert await bot.say() == Unknown()


async def test_where_nobody_listens_it_was_surely_not_sent(make: Make) -> None:
    bot = await make(base="http://127.0.0.1:9/bot")
    assert await bot.say() == NotSent("unreachable", 5.0)


async def test_a_picture_goes_by_its_address_where_everybody_can_fetch_it(
    api: FakeZaloBot, make: Make
) -> None:
    bot = await make()
    assert bot.zalo.capabilities.pictures
    assert isinstance(await bot.say("Bàn tay.", picture="hand"), Sent)
    assert (api.sent[0]["photo"], api.sent[0]["caption"]) == (f"{PICTURES}/hand.png", "Bàn tay.")
    assert not (await make(pictures="")).zalo.capabilities.pictures
