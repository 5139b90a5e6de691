"""What would happen: lines read through the same code as live messages, in a scratch store, on no platform."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from bot.assistant_client import Answered, Turn
from bot.conversation import HOTLINE, judge, with_care
from bot.dispatcher import Pace
from bot.errors import ChoCheError
from bot.gateway import Gateway, open_gateway, running
from bot.model import HERE, Author, Channel, Clock, Inbound, Kind, NewId, Outbound, Outcome, Sent
from bot.settings import load_settings
from bot.texts import Texts
from bot.transcript import Line
from bot.triage.assess import Assessment, Triage
from bot.triage.urgency import Urgency
from vietnamese.features import spelt_out
from vietnamese.regional import standard
from vietnamese.restore import mostly_bare
from vietnamese.text import views, words
from vietnamese.urgency import OPEN

NAME = "replay"
START_SECONDS = 420.0
"""A first start learns before it loads."""
TURN_SECONDS = 10.0
KINDS = {"[photo]": Kind.PHOTO, "[voice]": Kind.VOICE, "[sticker]": Kind.STICKER}
HUMAN = ("người thật", "người trực", "người nghe", "gọi 111", "Gọi 111")
"""How an answer says, in its own words, that a human is there. Buttons below it do not count."""


class InputError(ChoCheError):
    """A line of the input is not what the command reads."""


class NoPlatform(Channel):
    """A channel that leads nowhere."""

    name = NAME
    capabilities = HERE

    async def send(self, outbound: Outbound) -> Outcome:
        """Count it as sent."""
        return Sent(str(outbound.seq))


@asynccontextmanager
async def rehearsing(new_id: NewId, clock: Clock) -> AsyncIterator[Gateway]:
    """Give a whole gateway on a scratch store, with the assistant ready.

    Raises:
        ChoCheError: when the assistant does not get ready.
    """
    with TemporaryDirectory(prefix="choche-") as folder:
        settings = load_settings().model_copy(
            update={"home": Path(folder), "database_url": "", "master_key_file": None}
        )
        pace = Pace(quiet=0.0, longest=0.0)
        async with open_gateway(settings, clock, new_id, pace) as gateway:
            gateway.channels[NAME] = NoPlatform()
            async with running({"assistant": gateway.process.run}):
                await _until_ready(gateway)
                yield gateway


async def understand_lines(
    source: TextIO, target: TextIO, new_id: NewId, clock: Clock, why: bool = False
) -> None:
    """For each {"id","text"} write how a first message like that is understood; with `why`, from what."""
    async with rehearsing(new_id, clock) as gateway:
        for line in _lines(source, "id", "text"):
            turn = await gateway.assistant.ask("understand", line["text"], None, TURN_SECONDS)
            assessment = gateway.triage.assess(line["text"])
            judged = judge([assessment], turn, gateway.texts)
            reading = turn.reading if isinstance(turn, Answered) else None
            _write(
                target,
                id=line["id"],
                urgency=judged.urgency.label,
                reasons=judged.reasons,
                intent=reading and reading.intent,
                confidence=reading and round(reading.confidence, 4),
                opens_case=judged.opens_case,
                offers_human=judged.opens_case or _offers_human(turn, judged.urgency, gateway.texts),
                **(_why(line["text"], gateway.triage, assessment) if why else {}),
            )


async def replay_lines(source: TextIO, target: TextIO, new_id: NewId, clock: Clock) -> None:
    """For each {"conversation","text"} write what the gateway answers, before the next line is read."""
    seen: dict[str, int] = {}
    async with rehearsing(new_id, clock) as gateway:
        for line in _lines(source, "conversation", "text"):
            address = str(line["conversation"])
            kind = KINDS.get(line["text"].strip(), Kind.TEXT)
            text = line["text"] if kind is Kind.TEXT else ""
            await gateway.inbox.accept(Inbound(NAME, address, new_id(), text, kind))
            await gateway.dispatcher.drain()
            await gateway.delivery.drain()
            async with gateway.store.reading() as db:
                conversation = await gateway.transcripts.begin(db, NAME, address)
                lines = await gateway.transcripts.lines(db, conversation.id, after=seen.get(address, 0))
                case_open = await gateway.cases.has_open_case(db, conversation.id)
            seen[address] = lines[-1].seq
            _write(
                target,
                conversation=line["conversation"],
                text=line["text"],
                replies=[_reply(line) for line in lines if line.author is not Author.PERSON],
                urgency=Urgency(max(line.urgency for line in lines)).label,
                holder=conversation.holder,
                case_open=case_open,
            )


def _why(text: str, triage: Triage, assessment: Assessment) -> dict[str, object]:
    model, look = triage.model.current(), triage.rules.knowledge.look(text)
    restorer = model.restorer if model else None
    seen, estimate, spelt = views(text), assessment.estimate, spelt_out(text)
    read = restorer.restored(spelt) if restorer is not None and mostly_bare(words(seen.unified)) else spelt
    return {
        "views": {"composed": seen.composed, "unified": seen.unified, "folded": seen.folded},
        "words": spelt,
        "restored": " ".join(read),
        "standard": " ".join(standard(read)),
        "concepts": [
            {"concept": hit.concept, "phrase": look.phrase(hit.start, hit.end)} for hit in look.hits
        ],
        "rules": [{"rule": reason.rule, "phrase": reason.phrase} for reason in assessment.reasons],
        "chances": estimate and {name: round(value, 4) for name, value in estimate.chances.items()},
        "need": estimate and round(estimate.need, 4),
        "opens_from": OPEN,
    }


async def _until_ready(gateway: Gateway) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            await gateway.process.ready.wait()
    except TimeoutError:
        raise ChoCheError(f"the assistant is not ready: {gateway.process.reason}; try: make train") from None


def _lines(source: TextIO, *names: str) -> Iterator[dict[str, Any]]:
    for number, raw in enumerate(source, 1):
        if not raw.strip():
            continue
        try:
            line = json.loads(raw)
            if not all(name in line for name in names) or not isinstance(line["text"], str):
                raise ValueError
        except (ValueError, TypeError):
            raise InputError(f"line {number}: needs a JSON object with {' and '.join(names)}") from None
        yield line


def _offers_human(turn: Turn, urgency: Urgency, texts: Texts) -> bool:
    if not isinstance(turn, Answered):
        return True
    said = " ".join(reply.text for reply in with_care(turn, urgency, texts))
    return HOTLINE in said and any(word in said for word in HUMAN)


def _reply(line: Line) -> dict[str, Any]:
    return {"text": line.text, "buttons": line.buttons, "image": line.picture or None}


def _write(target: TextIO, **values: object) -> None:
    target.write(json.dumps(values, ensure_ascii=False) + "\n")
    target.flush()
