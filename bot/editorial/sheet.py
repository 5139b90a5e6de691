"""The review sheet: every answer once for each audience, on one page to read aloud, print and sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.editorial.answers import AUDIENCES, Answer, Audience, Content
from bot.editorial.coverage import ASKED, SHARED, follow_ups, loose, table
from bot.editorial.policy import Policy, Source
from bot.editorial.wording import Finding, words

TEMPLATE = "sheet.html"


@dataclass(frozen=True, slots=True)
class Voice:
    """One audience's text, as the page shows it."""

    title: str
    audience: Audience
    answer: Answer | None
    words: int


@dataclass(frozen=True, slots=True)
class Part:
    """One answer with all its voices."""

    name: str
    question: str
    voices: tuple[Voice, ...]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What one person reads and signs: a topic with its own follow-ups."""

    id: str
    title: str
    parts: tuple[Part, ...]
    sources: dict[str, Source]
    review_by: date | None
    needs_sign_off: bool
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Topics that are read together."""

    title: str
    sections: tuple[Section, ...]


def sheet(content: Content, policy: Policy, findings: Sequence[Finding], today: date) -> str:
    """Give the whole page as HTML that needs no other file."""
    page = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return page.get_template(TEMPLATE).render(
        chapters=_chapters(_Binder(content, policy, findings)), today=today, answers=len(content.answers)
    )


class _Binder:
    """Puts answers into sections."""

    def __init__(self, content: Content, policy: Policy, findings: Sequence[Finding]) -> None:
        self.content, self.policy, self.findings = content, policy, findings
        self.answers = {(answer.name, answer.audience): answer for answer in content.answers}
        self.names = {name for name, _ in self.answers}
        self.rows = {row.topic.id: row for row in table(content, policy.topics)}

    def section(self, id: str, title: str, names: Sequence[str]) -> Section:
        held = [answer for answer in self.content.answers if answer.name in names]
        cited = sorted({source for answer in held for source in answer.sources})
        return Section(
            id=id,
            title=title,
            parts=tuple(self._part(name) for name in names),
            sources={
                source: self.policy.sources[source] for source in cited if source in self.policy.sources
            },
            review_by=min((answer.review_by for answer in held if answer.review_by), default=None),
            needs_sign_off=any(answer.needs_sign_off for answer in held),
            shared=self._shared(id),
        )

    def _part(self, name: str) -> Part:
        return Part(
            name=name,
            question=self._question(name),
            voices=tuple(self._voice(name, audience) for audience in AUDIENCES),
            findings=tuple(f"[{one.rule}] {one.reason}" for one in self.findings if one.answer == name),
        )

    def _voice(self, name: str, audience: Audience) -> Voice:
        answer = self.answers.get((name, audience))
        title = self.policy.wording.voices[audience].title
        return Voice(title, audience, answer, len(words(answer.text)) if answer else 0)

    def _question(self, name: str) -> str:
        if moment := self.policy.topics.moments.get(name):
            return moment
        asked = next((text for aspect, text in ASKED.items() if name.endswith(f"_{aspect}")), name)
        return self.content.questions.get(name, (asked,))[0]

    def _shared(self, topic: str) -> tuple[str, ...]:
        row = self.rows.get(topic)
        cells = row.cells.items() if row else ()
        return tuple(
            ASKED[aspect] for (aspect, who), cell in cells if who == "neutral" and cell.kind != "own"
        )


def _chapters(binder: _Binder) -> list[Chapter]:
    chapters = []
    for group in binder.policy.topics.groups:
        sections = []
        for topic in group.topics:
            own = [
                name for name in follow_ups(topic.id) if name in binder.names and name not in topic.answers
            ]
            sections.append(binder.section(topic.id, topic.title, [*topic.answers, *own]))
        chapters.append(Chapter(group.title, tuple(sections)))
    left = loose(binder.content.answers, binder.policy.topics)
    shared = [name for name in left if name.startswith((SHARED, "faq/"))]
    rest = [name for name in left if name not in shared]
    return [
        *chapters,
        Chapter("Câu hỏi tiếp, dùng chung", (binder.section("shared", "Dùng cho nhiều chủ đề", shared),)),
        Chapter("Lời trong cuộc trò chuyện", (binder.section("talk", "Chào, cảm ơn, hiểu nhầm…", rest),)),
    ]
