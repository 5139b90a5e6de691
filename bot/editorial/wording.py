"""The rules of wording. Each is a function with the rule's name that gives, in words, what breaks it.

The plain-language score of a text starts at 100. Every word by which the mean sentence is longer than eight costs 3,
every heavy word (a list in `content/wording.yml`) in a hundred words costs 2. The floor for each audience stands there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from unicodedata import normalize

from bot.editorial.answers import AUDIENCES, Answer, Content
from bot.editorial.coverage import follow_ups, holes, many_voiced
from bot.editorial.policy import Allowed, Policy
from content.fields import NUMBERS, digits

QUOTED = re.compile(r"“[^”]*”")
NUMERAL = re.compile(r"^\d\. ", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!?;:\n…]+")
EASY_SENTENCE = 8
HOTLINE = "111"


@dataclass(frozen=True, slots=True)
class Finding:
    """What breaks a rule, and where. A notice is told and stops nothing."""

    rule: str
    answer: str
    where: str
    reason: str
    audience: str = ""
    notice: bool = False

    def __str__(self) -> str:
        voice = f" ({self.audience})" if self.audience else ""
        return f"{self.where}: {self.answer}{voice}: [{self.rule}] {self.reason}"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a rule may look at beside the answer."""

    policy: Policy
    numbers: frozenset[str]
    questions: frozenset[str]
    at_risk: frozenset[str]


def findings(content: Content, policy: Policy, numbers: frozenset[str], today: date) -> list[Finding]:
    """Give everything that breaks a rule, by file and line. Unused exceptions are told too."""
    risky = {
        name for topic in policy.topics.all() if topic.risk for name in _of_topic(topic.id, topic.answers)
    }
    questions = frozenset(text for texts in content.questions.values() for text in texts)
    desk = Desk(policy, numbers, questions, frozenset(risky))
    found = [finding for answer in content.answers for finding in check(answer, desk, today)]
    used = {id(entry) for finding in found if (entry := _allowance(finding, policy.wording.allowed))}
    stale = [entry for entry in policy.wording.allowed if id(entry) not in used]
    kept = [finding for finding in found if not _allowance(finding, policy.wording.allowed)]
    return [*kept, *_voices(content), *_holes(content, policy), *map(_stale, stale)]


def check(answer: Answer, desk: Desk, today: date) -> Iterator[Finding]:
    """Give what breaks a rule in one answer, exceptions not yet taken away."""
    where = f"{answer.file}:{answer.line}"
    for rule in RULES:
        for reason in rule(answer, desk):
            yield Finding(rule.__name__, answer.name, where, reason, answer.audience)
    if answer.review_by and answer.review_by < today:
        reason = f"đã quá ngày xem lại {answer.review_by:%d/%m/%Y}"
        yield Finding("review", answer.name, where, reason, answer.audience, notice=True)


def sources(answer: Answer, desk: Desk) -> Iterator[str]:
    """Every answer says where its facts come from and when it is read again."""
    if not answer.sources or answer.review_by is None:
        yield "thiếu metadata: {sources: [...], review_by: ...}"
    for source in answer.sources:
        if source not in desk.policy.sources:
            yield f"nguồn {source} không có trong content/sources.yml"


def length(answer: Answer, desk: Desk) -> Iterator[str]:
    """One message is short."""
    voice = desk.policy.wording.voices[answer.audience]
    if (count := len(words(answer.text))) > voice.words:
        yield f"{count} từ, nhiều nhất {voice.words}"
    if (count := len(answer.text)) > voice.characters:
        yield f"{count} ký tự, nhiều nhất {voice.characters}"


def pronouns(answer: Answer, desk: Desk) -> Iterator[str]:
    """Each audience is addressed in its own way. What stands in quotation marks is somebody else's words."""
    voice = desk.policy.wording.voices[answer.audience]
    own = QUOTED.sub("“”", answer.text)
    for phrase in voice.never:
        if _places(phrase, own):
            yield f"“{phrase}” không hợp với {voice.title.lower()}"
    if voice.needs and not any(_places(word, own) for word in voice.needs):
        yield f"chưa gọi người đọc bằng {' hay '.join(voice.needs)}"
    for button in answer.buttons:
        for phrase in voice.never_on_buttons:
            if _places(phrase, button):
                yield f"nút “{button}” không hợp với {voice.title.lower()}"


def plain(answer: Answer, desk: Desk) -> Iterator[str]:
    """Short sentences of everyday words."""
    floor = desk.policy.wording.voices[answer.audience].plain
    if (score := plainness(answer.text, desk.policy.wording.heavy)) < floor:
        yield f"điểm dễ đọc {score}, ít nhất {floor}: câu ngắn lại, bớt từ khó"


def one_step(answer: Answer, desk: Desk) -> Iterator[str]:
    """There is something to do, few things, and at most one question."""
    wording = desk.policy.wording
    own = QUOTED.sub("“”", answer.text)
    if (questions := own.count("?")) > 1:
        yield f"{questions} câu hỏi, nhiều nhất 1"
    if (steps := len(NUMERAL.findall(answer.text))) > (most := wording.voices[answer.audience].steps):
        yield f"{steps} bước đánh số, nhiều nhất {most}"
    if not any(_places(verb, answer.text) for verb in wording.steps):
        yield "chưa có việc nào để làm tiếp"


def number(answer: Answer, desk: Desk) -> Iterator[str]:
    """Where there is risk, 111 is named; no number is typed that is not in the one table."""
    if answer.name in desk.at_risk and HOTLINE not in answer.text:
        yield "chủ đề có nguy hiểm mà không nêu 111"
    for found in NUMBERS.findall(answer.text):
        if digits(found) not in desk.numbers:
            yield f"số {found} không có trong content/hotlines.yml"


def forbidden(answer: Answer, desk: Desk) -> Iterator[str]:
    """Nothing that hurts: no blame, no promise of secrecy, no method, no verdict, no family taken for safe."""
    wording = desk.policy.wording
    for name, group in wording.forbidden.items():
        for phrase in group.phrases:
            denials = [] if group.even_denied else wording.denials
            if any(not _denied(answer.text, place, denials) for place in _places(phrase, answer.text)):
                yield f"“{phrase}” ({name}): {group.reason}"


def lock_screen(answer: Answer, desk: Desk) -> Iterator[str]:
    """What a locked phone shows gives nobody away. An adult's phone is their own."""
    if answer.audience == "adult":
        return
    wording = desk.policy.wording
    shown = answer.text[: wording.first_characters]
    for word in wording.telling:
        if _places(word, shown):
            yield f"“{word}” nằm trong {wording.first_characters} ký tự đầu, hiện trên màn hình khóa"


def buttons(answer: Answer, desk: Desk) -> Iterator[str]:
    """A button says a question that the reader has learned word for word; three fit on a phone."""
    if len(answer.buttons) > 3:
        yield f"{len(answer.buttons)} nút, nhiều nhất 3"
    for button in answer.buttons:
        if button not in desk.questions:
            yield f"nút “{button}” không nằm trong các câu đã học"


RULES: tuple[Callable[[Answer, Desk], Iterator[str]], ...] = (
    sources,
    length,
    pronouns,
    plain,
    one_step,
    number,
    forbidden,
    lock_screen,
    buttons,
)


def plainness(text: str, heavy: Sequence[str]) -> int:
    """Give the plain-language score, 0 to 100."""
    counted = len(words(text)) or 1
    sentences = [part for part in SENTENCE_END.split(NUMERAL.sub("", text)) if words(part)]
    mean = counted / max(1, len(sentences))
    hard = sum(len(_places(word, text)) for word in heavy)
    return max(0, round(100 - 3 * max(0.0, mean - EASY_SENTENCE) - 2 * 100 * hard / counted))


def words(text: str) -> list[str]:
    """Give the written words; Vietnamese writes one a syllable."""
    return [part for part in text.split() if any(map(str.isalnum, part))]


def _places(phrase: str, text: str) -> list[int]:
    return [match.start() for match in _pattern(phrase).finditer(_flat(text))]


@lru_cache(1024)
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(normalize('NFC', phrase).lower())}(?!\w)")


def _denied(text: str, place: int, denials: Sequence[str]) -> bool:
    before = _flat(text)[:place].rstrip()
    return any(re.search(rf"(?<!\w){re.escape(word)}$", before) for word in denials)


@lru_cache(1024)
def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", normalize("NFC", text).lower())


def _of_topic(topic: str, answers: Sequence[str]) -> Iterator[str]:
    yield from answers
    yield from follow_ups(topic)


def _voices(content: Content) -> Iterator[Finding]:
    """One answer for each audience, none twice: Rasa would pick one of two by chance."""
    by_name: dict[str, list[Answer]] = {}
    for answer in content.answers:
        by_name.setdefault(answer.name, []).append(answer)
    for name, variants in by_name.items():
        where = f"{variants[0].file}:{variants[0].line}"
        have = [variant.audience for variant in variants]
        for audience in AUDIENCES:
            if have.count(audience) > 1:
                yield Finding("audiences", name, where, "có hai câu cho cùng một người đọc", audience)
            if audience not in have and (audience == "neutral" or many_voiced(name)):
                yield Finding("audiences", name, where, "thiếu câu cho người đọc này", audience)


def _holes(content: Content, policy: Policy) -> Iterator[Finding]:
    for topic, reason in holes(content, policy.topics):
        yield Finding("coverage", topic, "content/topics.yml", reason)


def _allowance(finding: Finding, allowed: Sequence[Allowed]) -> Allowed | None:
    for entry in allowed:
        same = (entry.answer, entry.rule) == (finding.answer, finding.rule)
        if same and entry.audience in (None, finding.audience):
            return entry
    return None


def _stale(entry: Allowed) -> Finding:
    return Finding(
        "allowed", entry.answer, "content/wording.yml", f"ngoại lệ cho [{entry.rule}] không còn dùng"
    )
