"""Zalo's OAuth: a pair of tokens for a code, or for the single-use refresh token of the pair before.

Source: reference on Zalo, section 8.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from urllib.parse import urlencode

import httpx
import structlog

from channels.calls import Answer, Silence, call

log = structlog.get_logger()

TOO_FAST = -32
SHORTEST_LIFE = 3600.0
"""Seconds an access token is taken to live where the answer does not say."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token, and the token that gives the next pair, once."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    life: float = SHORTEST_LIFE


class Refusal(Enum):
    """Why there is no new pair."""

    LATER = "later"
    """Surely not spent: may be tried again."""
    UNCLEAR = "unclear"
    """The token may have been spent, and the answer lost."""
    FINAL = "final"
    """A human has to consent anew."""


@dataclass(frozen=True, slots=True)
class App:
    """What names the app to Zalo, and where."""

    id: str
    secret: str = field(repr=False)
    oauth_base: str = "https://oauth.zaloapp.com"
    redirect: str = ""
    """Where Zalo sends the administrator back to after the consent."""

    def consent_url(self, state: str, verifier: str) -> str:
        """Give the address where an administrator of the OA consents."""
        query = {
            "app_id": self.id,
            "redirect_uri": self.redirect,
            "code_challenge": challenge(verifier),
            "state": state,
        }
        return f"{self.oauth_base}/v4/oa/permission?{urlencode(query)}"


async def refreshed(client: httpx.AsyncClient, app: App, token: str) -> Pair | Refusal:
    """Spend a refresh token."""
    return await _granted(client, app, {"grant_type": "refresh_token", "refresh_token": token})


async def exchanged(client: httpx.AsyncClient, app: App, code: str, verifier: str) -> Pair | Refusal:
    """Spend the code that a consent gave."""
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    return await _granted(client, app, form)


def challenge(verifier: str) -> str:
    """Give the PKCE challenge (S256) of a verifier."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


async def _granted(client: httpx.AsyncClient, app: App, form: Mapping[str, str]) -> Pair | Refusal:
    answer = await call(
        client,
        f"{app.oauth_base}/v4/oa/access_token",
        data={"app_id": app.id, **form},
        headers={"secret_key": app.secret},
    )
    if isinstance(answer, Silence):
        return Refusal.LATER if answer is Silence.NEVER_LEFT else Refusal.UNCLEAR
    return _read(answer)


def _read(answer: Answer) -> Pair | Refusal:
    access, refresh = answer.body.get("access_token"), answer.body.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return Pair(access, refresh, float(answer.number("expires_in") or SHORTEST_LIFE))
    error = answer.number("error")
    log.warning("zalo_oauth_refused", status=answer.status, error=error)
    if error == TOO_FAST or answer.status == httpx.codes.TOO_MANY_REQUESTS:
        return Refusal.LATER
    # A proxy's error page or an answer cut in the middle says nothing about the token.
    return Refusal.FINAL if error else Refusal.UNCLEAR
