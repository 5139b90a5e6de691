"""What operators do with a case, as the page asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gateway import Gateway
from bot.handoff import Closing, Refused, Taken
from bot.operators import Operator
from content.at_hand import Closings
from desk.access import may_lead
from desk.catalogue import Words

Body = Mapping[str, Any]
Result = Taken | Refused
Action = Callable[[AsyncConnection, int, Operator, Body, Words], Awaitable[Result]]


class Actions:
    """Carries out one action in the caller's transaction; who may do it is asked in the same statement that does it."""

    def __init__(self, gateway: Gateway, closings: Closings) -> None:
        self._gateway = gateway
        self._handoff = gateway.handoff
        self._closings = closings
        self.by_name: Mapping[str, Action] = {
            "claim": self._claim,
            "reply": self._reply,
            "note": self._note,
            "hand-over": self._hand_over,
            "take-back": self._take_back,
            "take-over": self._take_over,
            "close": self._close,
            "return": self._return,
        }

    async def _claim(
        self, db: AsyncConnection, number: int, operator: Operator, _body: Body, _words: Words
    ) -> Result:
        return await self._handoff.claim(db, number, operator.id)

    async def _reply(
        self, db: AsyncConnection, number: int, operator: Operator, body: Body, _words: Words
    ) -> Result:
        text = _text(body, "text")
        if not text:
            return Refused(self._gateway.texts.desk.empty_text)
        return await self._handoff.reply(db, number, operator.id, text, once=_text(body, "id")[:100])

    async def _note(
        self, db: AsyncConnection, number: int, operator: Operator, body: Body, _words: Words
    ) -> Result:
        text = _text(body, "text")
        if not text:
            return Refused(self._gateway.texts.desk.empty_text)
        return await self._handoff.note(db, number, operator.id, text)

    async def _hand_over(
        self, db: AsyncConnection, number: int, operator: Operator, body: Body, _words: Words
    ) -> Result:
        to = body.get("to")
        return await self._handoff.hand_over(db, number, operator.id, to if isinstance(to, int) else None)

    async def _take_back(
        self, db: AsyncConnection, number: int, operator: Operator, _body: Body, _words: Words
    ) -> Result:
        return await self._handoff.take_back(db, number, operator.id)

    async def _take_over(
        self, db: AsyncConnection, number: int, operator: Operator, _body: Body, _words: Words
    ) -> Result:
        return await self._handoff.take_over(db, number, operator.id, for_team=may_lead(operator))

    async def _close(
        self, db: AsyncConnection, number: int, operator: Operator, body: Body, words: Words
    ) -> Result:
        category, outcome, referral = (_text(body, name) for name in ("category", "outcome", "referral"))
        follow_up = _text(body, "follow_up")
        if not self._closings.allows(category, outcome, referral) or not _is_day(follow_up):
            return Refused(words["bad_closing"])
        if note := _text(body, "note"):
            kept = await self._handoff.note(db, number, operator.id, note)
            if isinstance(kept, Refused):
                return kept
        closing = Closing(
            outcome=outcome,
            category=category,
            referral=referral,
            follow_up=follow_up,
            say_goodbye=body.get("goodbye") is not False,
            pause=body.get("pause") is True,
        )
        return await self._handoff.close(db, number, operator.id, closing)

    async def _return(
        self, db: AsyncConnection, number: int, operator: Operator, _body: Body, _words: Words
    ) -> Result:
        return await self._handoff.give_back(db, number, operator.id)


def _text(body: Body, name: str) -> str:
    return str(body.get(name) or "").strip()


def _is_day(value: str) -> bool:
    try:
        return not value or bool(date.fromisoformat(value))
    except ValueError:
        return False
