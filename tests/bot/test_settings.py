"""Wrong settings are all told at once, by name, with an example, and without their value."""

from __future__ import annotations

import pytest

from bot.settings import SettingsError, load_settings


def test_every_problem_is_named_with_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOCHE_PORT", "ninety")
    monkeypatch.setenv("CHOCHE_DATABASE_URL", "oracle://secret@host")
    monkeypatch.setenv("CHOCHE_PUBLIC_URL", "choche.example.vn")
    with pytest.raises(SettingsError) as problem:
        load_settings(_env_file=None)
    told = str(problem.value)
    for part in (
        "CHOCHE_PORT",
        "8080",
        "CHOCHE_DATABASE_URL",
        "CHOCHE_PUBLIC_URL",
        "https://choche.example.vn",
    ):
        assert part in told
    assert "secret" not in told
    assert "ninety" not in told


def test_without_any_setting_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "PORT", "HOST"):
        monkeypatch.delenv(f"CHOCHE_{name}", raising=False)
    settings = load_settings(_env_file=None)
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHOCHE_TELEGRAM_TOKEN", "123456:SECRET")
    assert "SECRET" not in repr(load_settings(_env_file=None))
