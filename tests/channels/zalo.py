"""A Zalo Official Account on a fake Zalo, with a store of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.bell import Bell
from bot.model import Clock
from bot.notices import Notices
from bot.seal import load_master_key
from bot.settings import Settings
from bot.storage.store import Store, open_store
from channels.calls import made_client
from channels.zalo_consent import Consent
from channels.zalo_oa import ZaloOA, ZaloSettings
from channels.zalo_oauth import App
from channels.zalo_tokens import Tokens
from tests.conftest import new_id
from tests.fakes.zalo_oa import APP, APP_SECRET, SECRET_KEY, SEED, FakeZalo


class Account:
    """One process's parts of the Official Account."""

    def __init__(
        self,
        api: FakeZalo,
        store: Store,
        home: Path,
        clock: Clock,
        buttons: bool = True,
        echo_seconds: float = 4.0,
        pictures: Path | None = None,
        seed: str = SEED,
    ) -> None:
        master = load_master_key(home / "master.key")
        app = App(APP, APP_SECRET, api.base, "https://choche.example.vn/webhooks/zalo-oa/consent")
        self.store = store
        self.client = made_client()
        self.notices = Notices(store, Bell(), clock)
        self.tokens = Tokens(
            app,
            self.client,
            store,
            master,
            self.notices,
            clock,
            lambda: 0.5,
            seed=seed,
            again_seconds=0,
        )
        self.consent = Consent(app, self.client, store, master, self.tokens, clock, new_id)
        settings = ZaloSettings(APP, SECRET_KEY, api.base, buttons, echo_seconds)
        self.zalo = ZaloOA(settings, self.client, self.tokens, self.notices, pictures or home, clock)

    async def standing(self) -> list[str]:
        async with self.store.reading() as db:
            return await self.notices.standing(db)


@asynccontextmanager
async def account(api: FakeZalo, home: Path, clock: Clock, **more: object) -> AsyncIterator[Account]:
    store = await open_store(f"sqlite+aiosqlite:///{home / 'zalo.db'}")
    made = Account(api, store, home, clock, **more)  # type: ignore[arg-type]
    try:
        await made.tokens.sow()
        yield made
    finally:
        await made.client.aclose()
        await store.close()


def with_zalo(settings: Settings, api: FakeZalo) -> Settings:
    return settings.model_copy(
        update={
            "zalo_oa_app_id": APP,
            "zalo_oa_secret_key": SecretStr(SECRET_KEY),
            "zalo_oa_app_secret": SecretStr(APP_SECRET),
            "zalo_oa_refresh_token": SecretStr(SEED),
            "zalo_oa_api_base": api.base,
            "zalo_oa_oauth_base": api.base,
        }
    )


ZALO = {
    "CHOCHE_ZALO_OA_APP_ID": APP,
    "CHOCHE_ZALO_OA_SECRET_KEY": SECRET_KEY,
    "CHOCHE_ZALO_OA_APP_SECRET": APP_SECRET,
    "CHOCHE_ZALO_OA_REFRESH_TOKEN": SEED,
}
"""The same for a process of its own, but for the addresses."""
