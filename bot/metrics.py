"""Figures for Prometheus, counted from the store when asked, so that a restart forgets nothing."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import cases, messages


async def exposition(db: AsyncConnection, health: str, hotlines_due: int) -> tuple[bytes, str]:
    """Give the figures as text, and its content type."""
    registry = CollectorRegistry()
    lines = Gauge("choche_messages", "Lines of transcripts by state", ["channel", "state"], registry=registry)
    by_state = select(messages.c.channel, messages.c.state, func.count()).group_by(
        messages.c.channel, messages.c.state
    )
    for channel, state, count in await db.execute(by_state):
        lines.labels(channel, state).set(count)
    open_cases = Gauge("choche_cases", "Cases by state", ["state"], registry=registry)
    for state, count in await db.execute(select(cases.c.state, func.count()).group_by(cases.c.state)):
        open_cases.labels(state).set(count)
    Gauge("choche_assistant_ready", "1 while the assistant answers", registry=registry).set(health == "ready")
    due = Gauge("choche_hotlines_due", "Numbers shown past their review date", registry=registry)
    due.set(hotlines_due)
    return generate_latest(registry), CONTENT_TYPE_LATEST
