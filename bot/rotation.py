"""Changing the master key without stopping: both keys are in the file while everything is wrapped anew."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, select, update

from bot.seal import KEY_BYTES, KeyFile, MasterKey, data_key_place, read_key_file, write_key_file
from bot.storage.store import Store
from bot.storage.tables import conversations, withdrawals, zalo_consents, zalo_tokens
from bot.withdrawals import PLACE

BATCH = 200
GRACE_SECONDS = 2.0
"""Time in which a transaction that began with the old key alone has ended."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A column whose values are sealed with the master key itself."""

    table: Table
    id: Column[Any]
    value: Column[Any]
    place: Callable[[Any], str]


WRAPPED = (
    Wrapped(
        conversations, conversations.c.id, conversations.c.data_key, lambda row: data_key_place(str(row[0]))
    ),
    Wrapped(withdrawals, withdrawals.c.id, withdrawals.c.message, lambda _: PLACE),
    Wrapped(zalo_tokens, zalo_tokens.c.app_id, zalo_tokens.c.pair, lambda row: f"zalo pair {row[0]}"),
    Wrapped(zalo_consents, zalo_consents.c.state, zalo_consents.c.verifier, lambda _: "zalo verifier"),
)


async def rotate(store: Store, path: Path, master: MasterKey) -> int:
    """Give everything a new master key; gives how many values were wrapped anew. Can be run again after a crash."""
    kept = read_key_file(path)
    if len(kept.secrets) == 1:
        write_key_file(path, KeyFile((os.urandom(KEY_BYTES), *kept.secrets), kept.lookup))
    done = 0
    while changed := await _wrap_all(store, master):
        done += changed
        await asyncio.sleep(GRACE_SECONDS)
    kept = read_key_file(path)
    write_key_file(path, KeyFile(kept.secrets[:1], kept.lookup))
    return done


async def _wrap_all(store: Store, master: MasterKey) -> int:
    # Sealing once takes up the new key file.
    master.seal(b"", "rotation")
    return sum([await _wrap(store, master, column) for column in WRAPPED])


async def _wrap(store: Store, master: MasterKey, column: Wrapped) -> int:
    async with store.reading() as db:
        rows = (await db.execute(select(column.id, column.value))).all()
    old = [row for row in rows if row[1] and not master.is_current(row[1], column.place(row))]
    for start in range(0, len(old), BATCH):
        async with store.writing() as db:
            for row in old[start : start + BATCH]:
                value = master.seal(master.unseal(row[1], column.place(row)), column.place(row))
                await db.execute(
                    update(column.table)
                    .where(column.id == row[0], column.value == row[1])
                    .values({column.value: value})
                )
    return len(old)
