"""Settings: environment or `.env`, prefix `CHOCHE_`, read once, all problems told together."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ChoCheError

EXAMPLES = {
    "home": "var",
    "host": "127.0.0.1",
    "port": "8080",
    "database_url": "sqlite:///var/choche.db",
    "master_key_file": "var/master.key",
    "assistant_url": "http://127.0.0.1:5005",
    "assistant_python": ".venv-rasa/bin/python",
    "models": "models",
    "telegram_proxy": "http://127.0.0.1:3128",
    "public_url": "https://choche.example.vn",
    "telegram_token": "123456:ABC-DEF",
    "telegram_mode": "polling",
    "telegram_api_base": "https://api.telegram.org/bot",
    "assistant_secret": "a long random word",
}


class SettingsError(ChoCheError):
    """One or more settings are wrong; the text lists every one with an example."""


class Settings(BaseSettings):
    """What an administrator may set. Frozen: nothing changes after the start."""

    model_config = SettingsConfigDict(
        env_prefix="CHOCHE_", env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    home: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    database_url: str = ""
    master_key_file: Path | None = None
    assistant_url: str = ""
    assistant_secret: SecretStr = SecretStr("")
    assistant_python: Path = Path(".venv-rasa/bin/python")
    models: Path = Path("models")
    public_url: str = ""
    telegram_token: SecretStr = SecretStr("")
    telegram_mode: Literal["polling"] = "polling"
    telegram_api_base: str = "https://api.telegram.org/bot"
    telegram_proxy: str = ""

    @field_validator("public_url", "assistant_url", "telegram_api_base", "telegram_proxy")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://", "socks5://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith("sqlite://"):
            raise ValueError("must start with sqlite://")
        return value.replace("sqlite://", "sqlite+aiosqlite://", 1)

    @property
    def database(self) -> str:
        """The database's address, by default a file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'choche.db'}"

    @property
    def key_file(self) -> Path:
        """The file of the master key."""
        return self.master_key_file or self.home / "master.key"

    @property
    def origin(self) -> str:
        """The address people type, without a slash at its end."""
        return self.public_url or f"http://{self.host}:{self.port}"


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: naming every wrong setting, with an example, never its value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(
            "\n".join(_problem(item["loc"], item["msg"]) for item in error.errors())
        ) from None


def _problem(place: tuple[int | str, ...], message: str) -> str:
    name = str(place[0]) if place else "?"
    name = name.lower().removeprefix("choche_")
    return f"CHOCHE_{name.upper()}: {message} (example: {EXAMPLES.get(name, '-')})"
