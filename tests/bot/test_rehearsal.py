"""The two commands by which anyone can script a look at what would be understood and answered."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.server import ROOT


async def choche(command: str, *lines: object) -> tuple[int, list[dict[str, Any]]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        command,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    asked = "".join(json.dumps(line) + "\n" for line in lines)
    out, _ = await process.communicate(asked.encode())
    assert process.returncode is not None
    return process.returncode, [json.loads(line) for line in out.splitlines()]


async def test_understand_tells_an_emergency_from_a_daily_question() -> None:
    _, told = await choche(
        "understand",
        {"id": "1", "text": "bo em dang danh me em nang lam"},
        {"id": "2", "text": "đánh răng cho con thế nào"},
    )
    assert [(line["id"], line["opens_case"]) for line in told] == [("1", True), ("2", False)]
    assert told[0]["urgency"] == "emergency"
    assert told[0]["reasons"]
    assert told[0]["offers_human"]


async def test_replay_answers_each_line_in_its_conversation() -> None:
    _, told = await choche(
        "replay",
        {"conversation": "a", "text": "bố đang đánh em, cứu em với"},
        {"conversation": "b", "text": "xin chào"},
        {"conversation": "a", "text": "[photo]"},
    )
    assert [line["conversation"] for line in told] == ["a", "b", "a"]
    assert [line["holder"] for line in told] == ["queue", "assistant", "queue"]
    assert "113" in told[0]["replies"][0]["text"]
    assert all(line["replies"] for line in told)


async def test_a_journey_alarm_safe_word_and_taking_it_back() -> None:
    _, told = await choche(
        "replay",
        {"conversation": "a", "text": "bố đang đánh em, cứu em với"},
        {"conversation": "a", "text": "ô mai"},
        {"conversation": "a", "text": "Không phải vậy"},
        {"conversation": "b", "text": "em học lớp 7, bố dượng hay đánh em"},
        {"conversation": "b", "text": "Không"},
        {"conversation": "c", "text": "bạn là ai"},
        {"conversation": "c", "text": "Không phải vậy"},
    )
    alarm, word, back, child, unsafe, _, misread = told
    assert alarm["replies"][0]["buttons"] == ["Không phải vậy"]
    assert [reply["text"][:8] for reply in word["replies"]] == ["Mình đây"]
    assert "xin lỗi" in back["replies"][0]["text"]
    assert back["case_open"]
    assert child["replies"][0]["text"]
    assert "không an toàn" not in unsafe["replies"][0]["text"]
    assert "113" in unsafe["replies"][0]["text"]
    assert (unsafe["urgency"], unsafe["case_open"]) == ("urgent", True)
    assert "xin lỗi" in misread["replies"][0]["text"]
    assert not misread["case_open"]


async def test_a_line_that_is_no_question_stops_the_command() -> None:
    status, told = await choche("understand", {"id": "1"})
    assert (status, told) == (2, [])
