"""An assistant on loopback that misbehaves on command: what the gateway must survive."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

GOOD = {
    "replies": [{"text": "Câu trả lời của trợ lý.", "buttons": ["Gọi 111 thì sao?"]}],
    "reading": {"intent": "greet", "confidence": 0.9, "urgency": "none"},
    "state": "turn",
}


@dataclass
class FakeAssistant:
    """Answers every turn with `answer`; keeps what it was asked."""

    answer: Any = field(default_factory=lambda: GOOD)
    status: int = 200
    hangs: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def turn(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        if self.hangs:
            await asyncio.Event().wait()
        if isinstance(self.answer, bytes):
            return web.Response(body=self.answer, status=self.status)
        return web.json_response(self.answer, status=self.status)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/turn", self.turn)])
        return app
