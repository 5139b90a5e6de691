"""One call of a platform's JSON interface, and what can be known of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import httpx

NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class Silence(Enum):
    """No answer: either nothing was sent, or nobody knows what became of it."""

    NEVER_LEFT = "never left"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the JSON object that came with it; empty where there was none."""

    status: int
    body: Mapping[str, Any] = field(repr=False)

    def part(self, name: str) -> Mapping[str, Any]:
        """Give an object inside the body, empty where there is none."""
        found = self.body.get(name)
        return found if isinstance(found, dict) else {}

    def number(self, name: str) -> int:
        """Give a whole number inside the body, 0 where there is none."""
        try:
            return int(self.body.get(name, 0))
        except (TypeError, ValueError):
            return 0


def made_client() -> httpx.AsyncClient:
    """Give a client with the time limits of `TIMEOUT`; it must be closed."""
    return httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)


async def call(client: httpx.AsyncClient, url: str, **request: Any) -> Answer | Silence:
    """POST to a platform. Never raises for what a network or a platform does; nothing of it is logged."""
    try:
        response = await client.post(url, **request)
        body = response.json()
    except NEVER_LEFT:
        return Silence.NEVER_LEFT
    except httpx.HTTPError:
        return Silence.UNCLEAR
    except ValueError:
        body = None
    return Answer(response.status_code, body if isinstance(body, dict) else {})
