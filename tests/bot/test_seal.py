"""What lies on the disk tells nobody anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.seal import SealError, load_master_key
from tests.conftest import Person


async def test_the_database_holds_no_words_and_no_address(person: Person, tmp_path: Path) -> None:
    await person.write("một câu rất riêng tư")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert "riêng".encode() not in kept
    assert b"Ph\xe1\xba" not in kept
    assert b"em-1" not in kept


def test_the_key_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    load_master_key(tmp_path / "key")
    assert os.stat(tmp_path / "key").st_mode & 0o777 == 0o600


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_master_key(tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(SealError):
        load_master_key(tmp_path / "key")


def test_a_sealed_value_cannot_be_moved_or_changed(tmp_path: Path) -> None:
    key, _ = load_master_key(tmp_path / "key").new_data_key("a")
    sealed = key.seal(b"value", "here")
    assert key.unseal(sealed, "here") == b"value"
    for broken, place in ((sealed, "there"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), "here")):
        with pytest.raises(SealError):
            key.unseal(broken, place)
