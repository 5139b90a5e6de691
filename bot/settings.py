"""Settings: environment or `.env`, prefix `CHOCHE_`, read once, all problems told together."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
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
    "keep_conversations_days": "30",
    "keep_cases_days": "365",
    "keep_statistics_days": "1825",
    "keep_audit_days": "1825",
    "public_url": "https://choche.example.vn",
    "telegram_token": "123456:ABC-DEF",
    "telegram_mode": "polling",
    "telegram_api_base": "https://api.telegram.org/bot",
    "telegram_webhook_secret": "a long random word of letters and digits",
    "telegram_operators_chat": "-1001234567890",
    "alarm_webhook": "https://sms.example.vn/alarm",
    "alarm_command": "/usr/local/bin/call-the-supervisor",
    "zalo_oa_app_id": "1234567890123456789",
    "zalo_oa_api_base": "https://openapi.zalo.me",
    "zalo_oa_oauth_base": "https://oauth.zaloapp.com",
    "zalo_oa_buttons": "false",
    "zalo_bot_mode": "webhook",
    "zalo_bot_api_base": "https://bot-api.zaloplatforms.com/bot",
    "assistant_secret": "a long random word",
}


DRIVERS = {"sqlite://": "sqlite+aiosqlite://", "postgresql://": "postgresql+asyncpg://"}


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
    keep_conversations_days: int = Field(30, ge=1)
    keep_cases_days: int = Field(365, ge=1)
    keep_statistics_days: int = Field(1825, ge=1)
    keep_audit_days: int = Field(1825, ge=1)
    telegram_token: SecretStr = SecretStr("")
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_api_base: str = "https://api.telegram.org/bot"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_operators_chat: str = ""
    telegram_proxy: str = ""
    alarm_webhook: str = ""
    alarm_command: str = ""
    zalo_oa_app_id: str = ""
    zalo_oa_secret_key: SecretStr = SecretStr("")
    zalo_oa_app_secret: SecretStr = SecretStr("")
    zalo_oa_refresh_token: SecretStr = SecretStr("")
    zalo_oa_api_base: str = "https://openapi.zalo.me"
    zalo_oa_oauth_base: str = "https://oauth.zaloapp.com"
    zalo_oa_buttons: bool = False
    zalo_bot_token: SecretStr = SecretStr("")
    zalo_bot_mode: Literal["webhook", "polling"] = "webhook"
    zalo_bot_api_base: str = "https://bot-api.zaloplatforms.com/bot"
    zalo_bot_webhook_secret: SecretStr = SecretStr("")

    @field_validator(
        "public_url",
        "assistant_url",
        "telegram_api_base",
        "telegram_proxy",
        "alarm_webhook",
        "zalo_oa_api_base",
        "zalo_oa_oauth_base",
        "zalo_bot_api_base",
    )
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://", "socks5://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _webhooks(self) -> Settings:
        missing = []
        if self.telegram_token.get_secret_value() and self.telegram_mode == "webhook":
            missing += self._missing("telegram_webhook_secret", "public_url")
        if self.zalo_oa_app_id:
            missing += self._missing("zalo_oa_secret_key", "zalo_oa_app_secret")
        if self.zalo_bot_token.get_secret_value() and self.zalo_bot_mode == "webhook":
            missing += self._missing("zalo_bot_webhook_secret", "public_url")
        if missing:
            names = ", ".join(f"CHOCHE_{name.upper()}" for name in dict.fromkeys(missing))
            raise ValueError(f"also needed: {names}")
        return self

    def _missing(self, *names: str) -> list[str]:
        values = {name: getattr(self, name) for name in names}
        return [
            name
            for name, value in values.items()
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value)
        ]

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(tuple(DRIVERS)):
            raise ValueError("must start with sqlite:// or postgresql://")
        for scheme, driver in DRIVERS.items():
            value = value.replace(scheme, driver, 1)
        return value

    @property
    def database(self) -> str:
        """The database's address, by default a file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'choche.db'}"

    @property
    def key_file(self) -> Path:
        """The file of the master key."""
        return self.master_key_file or self.home / "master.key"

    @property
    def days(self) -> dict[str, int]:
        """How many days each kind of thing is kept."""
        return {
            "conversations": self.keep_conversations_days,
            "cases": self.keep_cases_days,
            "statistics": self.keep_statistics_days,
            "audit": self.keep_audit_days,
        }

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
    if not place:
        return message.removeprefix("Value error, ")
    name = str(place[0])
    name = name.lower().removeprefix("choche_")
    return f"CHOCHE_{name.upper()}: {message} (example: {EXAMPLES.get(name, '-')})"
