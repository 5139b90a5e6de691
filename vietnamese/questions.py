"""Where one message asks several things."""

from __future__ import annotations

import re

from vietnamese.text import fold

LEAST_WORDS = 3
MOST_PARTS = 4
"""A long story is no list of questions."""
_LINKS = "với lại|à mà|ngoài ra|còn nữa là|cho hỏi thêm|hỏi thêm là|hỏi thêm|tiện thể|sẵn cho hỏi|rồi còn|và cho|mà cho"
_BORDER = re.compile(
    rf"([?!.\n;]+\s*|,?\s+(?:{_LINKS}|{fold(_LINKS)})\s+|,\s*(?:còn|con|và|va)\s+)", re.IGNORECASE
)
_NO = "(?:khong|ko|k|hong|hok|hem|chua|hem|hông)"
_ASKS = re.compile(
    rf"\b(?:lam sao|the nao|ntn|lam gi|lam j|la gi|la sao|o dau|bao nhieu|khi nao|cho nao|so nao|xin so|cach nao|"
    rf"bang cach|phai sao|lam chi|ra sao|goi ai|bao ai|noi voi ai|dau hieu nao|co (?:\w+ ){{1,6}}{_NO})\b"
    rf"|\b(?:{_NO}|sao|gi|dau|ha|nao|may|ai)(?: (?:a|vay|z|ta|em|ban|chi|co|chu|bot|the|nhi|nua))?$"
)


def questions(text: str) -> tuple[str, ...]:
    """Give the questions of a text where it asks at least two things and tells nothing else."""
    pieces = [*_BORDER.split(text), ""]
    parts = [
        (part.strip(), "?" in border)
        for part, border in zip(pieces[::2], pieces[1::2], strict=True)
        if len(part.split()) >= LEAST_WORDS
    ]
    asking = tuple(part for part, marked in parts if marked or _ASKS.search(fold(part.lower())))
    return asking if len(asking) == len(parts) and 2 <= len(asking) <= MOST_PARTS else ()
