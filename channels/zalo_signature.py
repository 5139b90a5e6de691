"""How Zalo signs what it delivers: a plain SHA-256 over the raw bytes. Source: reference on Zalo, section 3."""

from __future__ import annotations

from hashlib import sha256

from channels.webhooks import same

HEADER = "X-ZEvent-Signature"
PREFIX = "mac="


def signature(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """Give the signature in lower-case hex. `timestamp` is the text that stands in the body."""
    return sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def is_signed(header: str, app_id: str, body: bytes, timestamp: str, secret: str) -> bool:
    """Tell whether a header holds the signature, with or without `mac=`, in either case; without a secret none does."""
    given = header.strip().lower().removeprefix(PREFIX)
    return bool(secret) and same(signature(app_id, body, timestamp, secret), given)
