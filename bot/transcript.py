"""The transcript: sealed lines of conversations, and the conversations they belong to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Author, Clock, Holder, Inbound, Kind, NewId, Reply, State
from bot.seal import Key, MasterKey
from bot.storage.store import insert_new
from bot.storage.tables import cases, conversations, messages, receipts

KEYS_IN_MEMORY = 4096


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript, unsealed."""

    seq: int
    conversation: str
    author: Author
    kind: Kind
    state: State
    at: float
    urgency: int
    attempts: int
    text: str = field(repr=False)
    buttons: tuple[str, ...] = field(default=(), repr=False)
    id: str = field(default="", repr=False)
    means: str = field(default="", repr=False)
    picture: str = ""
    parts_sent: int = 0
    ambiguous: bool = False
    failure: str = ""

    @property
    def words(self) -> str:
        """What is read: the choice that a number stands for, otherwise the text."""
        return self.means or self.text


@dataclass(frozen=True, slots=True)
class Conversation:
    """One person on one channel."""

    id: str
    channel: str
    holder: Holder
    address: str = field(repr=False)
    memory: str | None = field(default=None, repr=False)
    reachable: bool = True
    hidden_until: int = 0


class Transcripts:
    """Reads and writes transcripts. Every method takes the transaction it is part of."""

    def __init__(self, master: MasterKey, clock: Clock, new_id: NewId) -> None:
        self._master = master
        self._clock = clock
        self._new_id = new_id
        self._key = lru_cache(KEYS_IN_MEMORY)(master.data_key)

    async def find(self, db: AsyncConnection, channel: str, address: str) -> Conversation | None:
        """Give the conversation with this address, if there is one."""
        row = await self._first(db, conversations.c.address_key == self._address_key(channel, address))
        return row and self._conversation(row)

    async def begin(self, db: AsyncConnection, channel: str, address: str) -> Conversation:
        """Give the conversation with this address, made now if it is new."""
        if found := await self.find(db, channel, address):
            return found
        id = self._new_id()
        key, wrapped = self._master.new_data_key(id)
        values = {
            "id": id,
            "channel": channel,
            "address_key": self._address_key(channel, address),
            "address": key.seal(_bytes(address), f"address {id}"),
            "data_key": wrapped,
            "holder": Holder.ASSISTANT,
            "created_at": self._clock(),
        }
        await insert_new(db, conversations, values)
        # Another gateway may have been first.
        found = await self.find(db, channel, address)
        assert found is not None
        return found

    async def lock(self, db: AsyncConnection, id: str) -> None:
        """Let no other transaction write to this conversation until ours ends."""
        query = select(conversations.c.id).where(conversations.c.id == id).with_for_update()
        await db.execute(query)

    async def get(self, db: AsyncConnection, id: str) -> Conversation:
        """Give a conversation that exists."""
        row = await self._first(db, conversations.c.id == id)
        if row is None:
            raise LookupError("no such conversation")
        return self._conversation(row)

    async def erase(self, db: AsyncConnection, id: str) -> None:
        """Forget a conversation: with its key goes everything that was ever sealed under it."""
        await db.execute(delete(messages).where(messages.c.conversation == id))
        await db.execute(delete(conversations).where(conversations.c.id == id))
        self._key.cache_clear()

    async def hollow(self, db: AsyncConnection, id: str) -> None:
        """Forget every word and the address of a conversation whose cases stay as figures."""
        await db.execute(delete(messages).where(messages.c.conversation == id))
        await db.execute(delete(receipts).where(receipts.c.conversation == id))
        await db.execute(update(cases).where(cases.c.conversation == id).values(reasons=b""))
        # A look-up that nobody's address gives: who writes again is somebody new.
        gone = self._master.look_up("erased", id)
        values = {"address_key": gone, "address": b"", "data_key": b"", "memory": None, "reachable": False}
        await db.execute(update(conversations).where(conversations.c.id == id).values(**values))
        self._key.cache_clear()

    async def hide(self, db: AsyncConnection, id: str, seq: int) -> None:
        """Let the person's own page show nothing up to here any more; the case keeps it."""
        await db.execute(update(conversations).where(conversations.c.id == id).values(hidden_until=seq))

    async def keep(self, db: AsyncConnection, id: str, memory: str) -> None:
        """Seal what the assistant wants to be told at the next turn."""
        key = await self.key(db, id)
        sealed = key.seal(_bytes(memory), f"memory {id}")
        await db.execute(update(conversations).where(conversations.c.id == id).values(memory=sealed))

    async def hold(self, db: AsyncConnection, id: str, holder: Holder) -> None:
        """Say who answers the conversation from now on."""
        await db.execute(update(conversations).where(conversations.c.id == id).values(holder=holder))

    async def reach(self, db: AsyncConnection, id: str, reachable: bool) -> None:
        """Note whether anything that is sent can arrive."""
        await db.execute(update(conversations).where(conversations.c.id == id).values(reachable=reachable))

    async def receive(
        self, db: AsyncConnection, to: Conversation, inbound: Inbound, means: str = ""
    ) -> tuple[int, bool]:
        """Add what a person sent; gives its place and whether it is new."""
        await self.lock(db, to.id)
        name = self._master.look_up("message", to.channel, to.address, inbound.platform_id)
        known = select(messages.c.seq).where(messages.c.channel == to.channel, messages.c.platform_id == name)
        if (seq := await db.scalar(known)) is not None:
            return seq, False
        body = {"text": inbound.text, "id": inbound.platform_id, **({"means": means} if means else {})}
        author = Author.OPERATOR if inbound.kind is Kind.ELSEWHERE else Author.PERSON
        if not to.reachable:
            await self.reach(db, to.id, True)
        if inbound.source:
            first = (conversations.c.id == to.id) & conversations.c.source.is_(None)
            await db.execute(update(conversations).where(first).values(source=inbound.source))
        return await self._add(db, to, author, inbound.kind, State.RECEIVED, body, name, inbound.order), True

    async def say(
        self, db: AsyncConnection, to: Conversation, replies: Iterable[Reply], once: str = ""
    ) -> None:
        """Put replies into the outbox, in order; a second time with the same `once` does nothing."""
        await self.lock(db, to.id)
        name = self._master.look_up("reply", to.id, once) if once else None
        known = select(messages.c.seq).where(messages.c.channel == to.channel, messages.c.platform_id == name)
        if name is not None and (await db.execute(known)).first():
            return
        for reply in replies:
            state = State.KEPT if reply.author is Author.NOTE else State.PENDING
            body = {"text": reply.text, "buttons": reply.buttons, "picture": reply.picture}
            await self._add(db, to, reply.author, Kind.TEXT, state, body, name)

    async def lines(
        self,
        db: AsyncConnection,
        conversation: str,
        states: Sequence[State] | None = None,
        after: int = 0,
        limit: int = 500,
    ) -> list[Line]:
        """Give lines in order, by default the whole of a transcript; those in `states` in the platform's order."""
        query = select(messages).where(messages.c.conversation == conversation, messages.c.seq > after)
        order = [messages.c.seq]
        if states is not None:
            query = query.where(messages.c.state.in_(states))
            order.insert(0, messages.c.platform_order)
        rows = (await db.execute(query.order_by(*order).limit(limit))).all()
        if not rows:
            return []
        key = await self.key(db, conversation)
        return [self._line(key, row) for row in rows]

    async def newest(self, db: AsyncConnection, conversation: str, count: int) -> list[Line]:
        """Give the last lines, the newest first."""
        query = select(messages).where(messages.c.conversation == conversation)
        rows = (await db.execute(query.order_by(messages.c.seq.desc()).limit(count))).all()
        key = await self.key(db, conversation)
        return [self._line(key, row) for row in rows]

    async def is_due(self, db: AsyncConnection, seq: int) -> bool:
        """Tell whether a line may be sent now."""
        query = select(messages.c.seq).where(messages.c.seq == seq, messages.c.not_before <= self._clock())
        return (await db.execute(query)).first() is not None

    async def last_heard(self, db: AsyncConnection, conversation: str) -> float | None:
        """Give the time of the person's last message."""
        query = select(func.max(messages.c.at)).where(
            messages.c.conversation == conversation, messages.c.author == Author.PERSON
        )
        result: float | None = await db.scalar(query)
        return result

    async def mark(
        self, db: AsyncConnection, seqs: Iterable[int], state: State, **columns: float | int | str
    ) -> None:
        """Move lines to a state."""
        await db.execute(
            update(messages).where(messages.c.seq.in_(list(seqs))).values(state=state, **columns)
        )

    async def key(self, db: AsyncConnection, conversation: str) -> Key:
        """Give a conversation's data key."""
        query = select(conversations.c.data_key).where(conversations.c.id == conversation)
        return self._key((await db.execute(query)).scalar_one(), conversation)

    async def _add(
        self,
        db: AsyncConnection,
        to: Conversation,
        author: Author,
        kind: Kind,
        state: State,
        body: Mapping[str, object],
        platform_id: bytes | None = None,
        order: float = 0.0,
    ) -> int:
        key = await self.key(db, to.id)
        sealed = key.seal(_bytes(json.dumps(dict(body))), f"message {to.id}")
        result = await db.execute(
            insert(messages).values(
                conversation=to.id,
                channel=to.channel,
                platform_id=platform_id,
                author=author,
                kind=kind,
                body=sealed,
                state=state,
                at=self._clock(),
                platform_order=order,
            )
        )
        return int(result.inserted_primary_key[0])  # type: ignore[index]

    async def _first(
        self, db: AsyncConnection, condition: ColumnElement[bool]
    ) -> Row[tuple[object, ...]] | None:
        return (await db.execute(select(conversations).where(condition))).first()

    def _address_key(self, channel: str, address: str) -> bytes:
        return self._master.look_up("address", channel, address)

    def _conversation(self, row: Row[tuple[object, ...]]) -> Conversation:
        if not row.data_key:
            return Conversation(row.id, row.channel, Holder(row.holder), "", reachable=False)
        key = self._key(row.data_key, row.id)
        memory = row.memory and key.unseal(row.memory, f"memory {row.id}").decode()
        address = key.unseal(row.address, f"address {row.id}").decode()
        return Conversation(
            row.id, row.channel, Holder(row.holder), address, memory, row.reachable, row.hidden_until
        )

    def _line(self, key: Key, row: Row[tuple[object, ...]]) -> Line:
        body = json.loads(key.unseal(row.body, f"message {row.conversation}"))
        return Line(
            seq=row.seq,
            conversation=row.conversation,
            author=Author(row.author),
            kind=Kind(row.kind),
            state=State(row.state),
            at=row.at,
            urgency=row.urgency,
            attempts=row.attempts,
            text=body["text"],
            buttons=tuple(body.get("buttons", ())),
            id=body.get("id", ""),
            means=body.get("means", ""),
            picture=body.get("picture", ""),
            parts_sent=row.parts_sent,
            ambiguous=row.ambiguous,
            failure=row.failure or "",
        )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
