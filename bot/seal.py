"""Sealing: AES-256-GCM with one data key per conversation, each wrapped by the master key.

Look-ups by address use a keyed hash, so a stolen database names nobody.
Erasing a conversation's wrapped key erases everything it sealed, in every backup too.
"""

from __future__ import annotations

import hmac
import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import ChoCheError

KEY_BYTES = 32
NONCE_BYTES = 12


class SealError(ChoCheError):
    """A sealed value or the key file cannot be opened."""


class Key:
    """Seals and unseals; `place` binds a value to where it is kept, so values cannot be swapped."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(secret)

    def seal(self, value: bytes, place: str) -> bytes:
        """Give nonce and ciphertext in one piece."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, place.encode())

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """Give the value back; raises `SealError` for a wrong key, place or a changed byte."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise SealError(f"cannot unseal {place}") from None


class MasterKey(Key):
    """Wraps data keys and makes look-up hashes."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret)
        self._lookup = hmac.digest(secret, b"choche look-up", sha256)

    def new_data_key(self, conversation: str) -> tuple[Key, bytes]:
        """Make a data key; gives it and its wrapped form, which is what is stored."""
        secret = os.urandom(KEY_BYTES)
        return Key(secret), self.seal(secret, f"data key {conversation}")

    def data_key(self, wrapped: bytes, conversation: str) -> Key:
        """Unwrap a stored data key."""
        return Key(self.unseal(wrapped, f"data key {conversation}"))

    def look_up(self, *parts: str) -> bytes:
        """Give the keyed hash under which something is found again."""
        return hmac.digest(self._lookup, "\x1f".join(parts).encode("utf-8", "surrogatepass"), sha256)


def load_master_key(path: Path) -> MasterKey:
    """Read the master key; on first start make it, readable by its owner alone (mode 0600).

    Raises:
        SealError: when the file has another size or others may read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return _read(path)


def _read(path: Path) -> MasterKey:
    if path.stat().st_mode & 0o077:
        raise SealError(f"{path.name}: others may read the master key; run chmod 600 on it")
    secret = path.read_bytes()
    if len(secret) != KEY_BYTES:
        raise SealError(f"{path.name}: the master key must be {KEY_BYTES} bytes; restore it from a backup")
    return MasterKey(secret)
