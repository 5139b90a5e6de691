"""Makes replies fit a channel: split where a sentence ends, choices numbered where there are no buttons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from bot.model import Capabilities, Reply

NUMBER = re.compile(r"(?:(?:câu|số|cau|so)\s*)?(\d{1,2})\s*[.)]?", re.IGNORECASE)
_BORDERS = ("\n\n", "\n", ". ", "! ", "? ", "… ", "; ", ", ", " ")
"""Where a long text is cut, the best place first; the mark stays with the text before it."""
_SHORTEST = 0.5
"""Share of the limit that a part must fill: a cut further ahead would leave crumbs."""


def render(reply: Reply, can: Capabilities) -> tuple[Reply, ...]:
    """Give what is sent, in order: a picture first, then the text in parts, the buttons below the last part."""
    text, buttons = reply.text, reply.buttons
    if len(buttons) > can.buttons:
        text, buttons = f"{text}\n{_numbered(buttons)}", ()
    parts = [replace(reply, text=part, buttons=(), picture="") for part in split(text, can.text_limit)]
    parts[-1] = replace(parts[-1], buttons=buttons)
    if reply.picture and can.pictures:
        if len(parts) == 1 and units(text) <= can.caption_limit:
            return (replace(parts[0], picture=reply.picture),)
        return (replace(reply, text="", buttons=()), *parts)
    return tuple(parts)


def split(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most `limit` UTF-16 units, at a sentence's end if it can be."""
    text = unicodedata.normalize("NFC", text)
    parts = []
    while units(text) > limit:
        end = _fitting(text, limit)
        cut = _border(text, end)
        parts.append(text[:cut].rstrip())
        text = text[cut:].strip()
    return [*parts, text] if text or not parts else parts


def chosen(text: str, buttons: Sequence[str]) -> str | None:
    """Give the choice that a text means: "2", "số 2", "2." where choices were offered; nothing where it means none."""
    found = NUMBER.fullmatch(text.strip())
    if found and 1 <= int(found.group(1)) <= len(buttons):
        return buttons[int(found.group(1)) - 1]
    return None


def units(text: str) -> int:
    """Give a text's length in UTF-16 units, the strictest way in which platforms count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _numbered(buttons: Sequence[str]) -> str:
    return "\n".join(f"{number}. {label}" for number, label in enumerate(buttons, 1))


def _fitting(text: str, limit: int) -> int:
    end = limit // 2
    size = units(text[:end])
    while end < len(text) and size + units(text[end]) <= limit:
        size += units(text[end])
        end += 1
    # An emoji of several characters, or a letter with a mark of its own, stays in one piece.
    while end > 1 and _joins(text, end):
        end -= 1
    return end


def _joins(text: str, end: int) -> bool:
    if end >= len(text):
        return False
    joiner = "\u200d"
    return (
        bool(unicodedata.combining(text[end]))
        or text[end] in (joiner, "\ufe0f")
        or text[end - 1] == joiner
        or "\U0001f3fb" <= text[end] <= "\U0001f3ff"
    )


def _border(text: str, end: int) -> int:
    for border in _BORDERS:
        place = text.rfind(border, 0, end)
        if place >= end * _SHORTEST:
            return place + len(border.rstrip())
    return end
