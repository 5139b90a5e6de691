"""Sealing: AES-256-GCM with one data key per conversation, each wrapped by the master key.

Look-ups by address use a keyed hash, so a stolen database names nobody.
Erasing a conversation's wrapped key erases everything it sealed, in every backup too.
"""

from __future__ import annotations

import hmac
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
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


class MasterKey:
    """Wraps data keys and makes look-up hashes.

    While the key is being changed the file holds the new one before the old one; a running gateway takes that up by
    itself, so nothing has to be stopped.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = 0
        self._keys: tuple[Key, ...] = ()
        self._lookup = b""
        self._read()

    def seal(self, value: bytes, place: str) -> bytes:
        """Seal with the current key."""
        if self._path.stat().st_mtime_ns != self._stamp:
            self._read()
        return self._keys[0].seal(value, place)

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """Give the value back; raises `SealError` where no key of the file fits."""
        for fresh in (False, True):
            if fresh:
                self._read()
            for key in self._keys:
                with suppress(SealError):
                    return key.unseal(sealed, place)
        raise SealError(f"cannot unseal {place}")

    def new_data_key(self, conversation: str) -> tuple[Key, bytes]:
        """Make a data key; gives it and its wrapped form, which is what is stored."""
        secret = os.urandom(KEY_BYTES)
        return Key(secret), self.seal(secret, data_key_place(conversation))

    def data_key(self, wrapped: bytes, conversation: str) -> Key:
        """Unwrap a stored data key."""
        return Key(self.unseal(wrapped, data_key_place(conversation)))

    def look_up(self, *parts: str) -> bytes:
        """Give the keyed hash under which something is found again; it outlives a change of the master key."""
        return hmac.digest(self._lookup, "\x1f".join(parts).encode("utf-8", "surrogatepass"), sha256)

    def _read(self) -> None:
        self._stamp = self._path.stat().st_mtime_ns
        kept = read_key_file(self._path)
        self._keys = tuple(map(Key, kept.secrets))
        self._lookup = kept.lookup


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a key file holds: the current secret first, and the root of the look-up hashes."""

    secrets: tuple[bytes, ...] = field(repr=False)
    lookup: bytes = field(repr=False)


def data_key_place(conversation: str) -> str:
    """Give the place to which a conversation's wrapped key is bound."""
    return f"data key {conversation}"


def load_master_key(path: Path) -> MasterKey:
    """Read the master key; on first start make it, readable by its owner alone (mode 0600).

    Raises:
        SealError: when the file is damaged or others may read it.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret = os.urandom(KEY_BYTES)
        write_key_file(path, KeyFile((secret,), hmac.digest(secret, b"choche look-up", sha256)), new=True)
    return MasterKey(path)


def read_key_file(path: Path) -> KeyFile:
    """Read a key file; raises `SealError` when it is damaged or others may read it."""
    if path.stat().st_mode & 0o077:
        raise SealError(f"{path.name}: others may read the master key; run chmod 600 on it")
    content = path.read_bytes()
    if len(content) == KEY_BYTES:
        # The first format: the secret and nothing else.
        return KeyFile((content,), hmac.digest(content, b"choche look-up", sha256))
    try:
        kept = json.loads(content)
        secrets = tuple(bytes.fromhex(text) for text in kept["keys"])
        lookup = bytes.fromhex(kept["look_up"])
    except (ValueError, KeyError, TypeError):
        raise SealError(f"{path.name}: no key file; restore it from a backup") from None
    if not secrets or any(len(secret) != KEY_BYTES for secret in secrets):
        raise SealError(f"{path.name}: a master key must be {KEY_BYTES} bytes; restore it from a backup")
    return KeyFile(secrets, lookup)


def write_key_file(path: Path, kept: KeyFile, new: bool = False) -> None:
    """Write a key file so that a crash leaves the old one or the new one; with `new` one that is there is kept."""
    content = json.dumps({"keys": [secret.hex() for secret in kept.secrets], "look_up": kept.lookup.hex()})
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if new:
        # Of two that start at once, one makes the key and both use it.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    else:
        draft.replace(path)
