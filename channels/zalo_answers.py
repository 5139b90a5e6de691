"""What became of a message, by what Zalo answered. Source of the codes: reference on Zalo, section 7."""

from __future__ import annotations

from bot.model import NotSent, Outcome, Sent, Unknown
from channels.calls import Answer, Silence

TOKEN = frozenset({-216, -220, -124, 216, -401, 401})
FORMAT = frozenset({-201, -233})
"""A shape that is not taken: where it had buttons, the same goes again as plain text."""
STALE_PICTURE = frozenset({-100, -238, -241})
FAILED_ONCE = -200
GONE = frozenset({-213, -217, -227})
WINDOW = frozenset({-230, -232, -305, -311})
LATER = {-32: ("flood", 10.0), -218: ("their quota", 1800.0), -234: ("night", 1800.0)}
STOPPED = frozenset({-204, -205, -209, -211, -212, -219, -221, -223, -224, -235, -242, -248, -320, -321})
"""Something that only an administrator can put right."""
NO_TOKEN = Answer(200, {"error": -216})
"""What stands for an answer where there is no token to ask with."""
STOPPED_SECONDS = 300.0
SERVER = 500


def code_of(answer: Answer | Silence) -> int:
    """Give the error code of an answer; 0 where there is none."""
    return 0 if isinstance(answer, Silence) else answer.number("error")


def outcome_of(answer: Answer | Silence, echoes: bool) -> Outcome:
    """Give what became of a message. `echoes`: Zalo tells us of what it sends, and has not told of this one."""
    if answer is Silence.NEVER_LEFT:
        return NotSent("unreachable", retry_after=5.0)
    if isinstance(answer, Silence):
        return Unknown()
    if answer.status >= SERVER:
        return NotSent("server", retry_after=5.0) if echoes else Unknown()
    if answer.status == 429:
        return NotSent("flood", retry_after=10.0)
    if answer.status >= 400:
        return NotSent(f"http {answer.status}")
    if "error" not in answer.body:
        return Unknown()
    return _of_code(answer)


def _of_code(answer: Answer) -> Outcome:
    code = answer.number("error")
    if answer.body.get("error") in (0, "0"):
        return Sent(str(answer.part("data").get("message_id", "")))
    if code in LATER:
        reason, seconds = LATER[code]
        return NotSent(reason, retry_after=seconds)
    if code in TOKEN:
        return NotSent("token", retry_after=60.0)
    if code in STOPPED:
        return NotSent("stopped", retry_after=STOPPED_SECONDS)
    if code in WINDOW:
        return NotSent("window closed")
    return NotSent(f"zalo {code}", gone=code in GONE)
