"""What the page is told, as plain data."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.handoff import Case
from bot.model import Capabilities
from bot.operators import Operator
from bot.roster import Colleague
from bot.transcript import Line


def case_frame(
    case: Case, operator: Operator, capabilities: Capabilities | None, typing: list[str]
) -> dict[str, Any]:
    """Give a case without its transcript; `typing` are the names of colleagues who write in it."""
    window = capabilities.reply_window if capabilities else None
    return {
        "id": case.number,
        "number": case.number,
        "urgency": case.urgency.label,
        "reasons": case.reasons,
        "channel": case.channel,
        "opened_at": iso(case.opened_at),
        "waiting_since": iso(case.waiting_since),
        "reply_until": iso(case.heard_at + window) if window and case.heard_at else None,
        "state": case.state,
        "operator": case.operator,
        "mine": case.holder == operator.id and case.state == "operator",
        "alone": case.alone,
        "unread": case.unread,
        "drill": case.drill,
        "reopened": case.reopened,
        "typing": typing,
        "closed_at": iso(case.closed_at),
        "outcome": case.closing.outcome,
        "category": case.closing.category,
        "referral": case.closing.referral,
        "follow_up": case.closing.follow_up,
    }


def line_frame(line: Line) -> dict[str, Any]:
    """Give a line of a transcript; of what nobody keeps, the kind in brackets."""
    return {
        "seq": line.seq,
        "from": line.author,
        "text": line.text or f"[{line.kind}]",
        "at": iso(line.at),
        "state": line.state,
        "failure": line.failure,
    }


def colleague_frame(colleague: Colleague) -> dict[str, Any]:
    """Give someone of the team."""
    return {
        "id": colleague.id,
        "name": colleague.name,
        "role": colleague.role,
        "duty": colleague.duty,
        "reachable": colleague.reachable,
        "held": colleague.held,
        "capacity": colleague.capacity,
        "paused_until": iso(colleague.paused_until),
        "signed_up": colleague.signed_up,
    }


def audience(memory: str | None) -> str | None:
    """Give for whom the assistant took the person: `child`, `adult`, or nothing known."""
    try:
        known = json.loads(memory or "{}")["slots"]["audience"]
    except (ValueError, KeyError, TypeError):
        return None
    return known if isinstance(known, str) else None


def iso(at: float | None) -> str | None:
    """Give a time as JavaScript reads it."""
    return datetime.fromtimestamp(at, UTC).isoformat() if at is not None else None
