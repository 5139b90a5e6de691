"""Makes messages from scenarios: who does what to whom, when, how sure.

`data/scenarios/*.yml` hold them; `docs/understanding.md` says how one is added. See what they say, or check them:

    python -m assistant.scenarios --show 20
    python -m assistant.scenarios [FILE OF MESSAGES FOR MEASURING …]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import yaml

from assistant import examples
from vietnamese.features import spelt_out
from vietnamese.text import fold
from vietnamese.urgency import LEVELS

FOLDER = Path(__file__).parent.parent / "data" / "scenarios"
SHARED = "words.yml"
SEED = 20261125
"""What training draws with. The check draws with the same, and more: it sees every message that is learned from."""
REGIONS = ("north", "central", "south")
FEWEST = 20
"""Different messages that a scenario must be able to make: fewer are better written by hand."""
PATIENCE = 100
"""Times that a scenario may repeat itself before it has no more to say."""
_ABOUT = {"id", "intent", "urgency", "like", "says"}
_SLOT = re.compile(r"\{(\w+)\}")
_EITHER = re.compile(r"\(([^()]*\|[^()]*)\)")
_STRAY = re.compile(r"[{}|]")
_GAPS = ((re.compile(r"\s+"), " "), (re.compile(r"( ?,)+"), ","), (re.compile(r"^[ ,]+|[ ,]+$"), ""))
Words = Mapping[str, Sequence[str]]
"""What may fill a slot, for each region."""


class ScenarioError(ValueError):
    """A file of scenarios is not as it should be; a line for each reason, naming the file."""


@dataclass(frozen=True)
class Scenario:
    """A situation, how urgent it is, which intent it belongs to, and the sentences in which it may be told."""

    file: str
    id: str
    intent: str
    urgency: str
    says: tuple[str, ...] = field(repr=False)
    words: Mapping[str, Words] = field(repr=False)

    def message(self, random: Random) -> str:
        """Make a message: one region, and one word for each slot, from its beginning to its end."""
        region, chosen = random.choice(REGIONS), dict[str, str]()

        def word(name: str) -> str:
            if name not in chosen:
                chosen[name] = said(random.choice(self.words[name][region]))
            return chosen[name]

        def said(text: str) -> str:
            text = _EITHER.sub(lambda found: random.choice(found[1].split("|")), text)
            return _SLOT.sub(lambda found: word(found[1]), text)

        text = said(random.choice(self.says))
        for gap, instead in _GAPS:
            text = gap.sub(instead, text)
        return text

    def messages(self, count: int, seed: int = SEED) -> list[str]:
        """Make up to `count` different messages; fewer where it has not as much to say.

        A greater count begins with the messages of a smaller one, and no other scenario changes them.
        """
        random = Random(f"{seed} {self.id}")
        made = dict[str, str]()
        tries = 0
        while len(made) < count and tries < PATIENCE:
            text = self.message(random)
            tries = tries + 1 if name_of(text) in made else 0
            made.setdefault(name_of(text), text)
        return list(made.values())


def load(folder: Path = FOLDER) -> tuple[Scenario, ...]:
    """Give every scenario.

    Raises:
        ScenarioError: when a file cannot be used, with all the reasons.
    """
    shared, wrong = _shared(folder)
    scenarios: list[Scenario] = []
    for file in sorted(set(folder.glob("*.yml")) - {folder / SHARED}):
        entries = _content(file, "scenarios", list)
        own = {str(entry.get("id")): entry for entry in entries if isinstance(entry, dict)}
        for entry in entries:
            reasons = list(_wrong(entry, own, shared))
            wrong += [f"{file.name}: {_name(entry)}: {reason}" for reason in reasons]
            if not reasons:
                scenarios.append(_scenario(file.name, entry, own, shared))
    ids = [scenario.id for scenario in scenarios]
    wrong += [f"{s.file}: {s.id}: this id stands twice" for s in scenarios if ids.count(s.id) > 1]
    if wrong:
        raise ScenarioError("\n".join(wrong))
    return tuple(scenarios)


def problems(
    scenarios: Sequence[Scenario], written: Sequence[examples.Example], measuring: Sequence[str], count: int
) -> Iterator[str]:
    """Give what is wrong with what the scenarios say, a line each, naming file and scenario."""
    intents = {example.intent for example in written}
    by_hand = {example.name: example.urgency for example in written}
    kept = {name_of(text) for text in measuring}
    seen: dict[str, Scenario] = {}
    for scenario in scenarios:
        where = f"{scenario.file}: {scenario.id}"
        if scenario.intent not in intents:
            yield f"{where}: no training message has the intent {scenario.intent}"
        messages = scenario.messages(count)
        if len(messages) < min(FEWEST, count):
            yield f"{where}: makes {len(messages)} different messages only"
        for text in messages:
            name = name_of(text)
            other = seen.setdefault(name, scenario)
            if name in kept:
                yield f"{where}: kept for measuring, must not be made: {text}"
            if by_hand.get(name, scenario.urgency) != scenario.urgency:
                yield f"{where}: written by hand as {by_hand[name]}: {text}"
            if other.urgency != scenario.urgency:
                yield f"{where}: also made by {other.id}, which is {other.urgency}: {text}"


def name_of(text: str) -> str:
    """Give what two spellings of one message share."""
    return fold(" ".join(spelt_out(text))) or text


def main(arguments: Sequence[str]) -> int:
    """Check, or show; gives the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", type=int, metavar="N", help="print N messages with what they are labelled")
    parser.add_argument("--seed", type=int, default=SEED, help="show others")
    parser.add_argument("measuring", type=Path, nargs="*", metavar="FILE")
    asked = parser.parse_args(arguments)
    try:
        scenarios = load()
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return 1
    if asked.show:
        random = Random(asked.seed)
        for scenario in random.choices(scenarios, k=asked.show):
            print(f"{scenario.urgency:<10}{scenario.id:<24}{scenario.message(random)}")
        return 0
    lines = [
        line for path in asked.measuring if path.exists() for line in path.read_text("utf-8").splitlines()
    ]
    measuring = [str(json.loads(line)["text"]) for line in lines]
    found = list(problems(scenarios, examples.load(), measuring, count=200))
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    print(f"{len(scenarios)} scenarios, {len(found)} problems")
    return 1 if found else 0


def _content(file: Path, key: str, kind: type) -> Any:
    try:
        content = yaml.load(file.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise ScenarioError(f"{file.name}: not YAML: {error}") from None
    if not isinstance(content, dict) or set(content) != {key} or not isinstance(content[key], kind):
        raise ScenarioError(f"{file.name}: must hold `{key}:` and nothing else")
    return content[key]


def _shared(folder: Path) -> tuple[dict[str, Words], list[str]]:
    file = folder / SHARED
    raw = _content(file, "words", dict) if file.exists() else {}
    words = {str(name): _by_region(value) for name, value in raw.items()}
    wrong = [f"{SHARED}: {name}: {reason}" for name, value in raw.items() for reason in _wrong_words(value)]
    known = {name: value for name, value in words.items() if value}
    wrong += [f"{SHARED}: {name}: {reason}" for name in known for reason in _wrong_slots(name, known)]
    return known, wrong


def _wrong(entry: Any, own: Mapping[str, Any], shared: Mapping[str, Words]) -> Iterator[str]:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("id", "intent")):
        yield "needs id and intent"
        return
    if entry.get("urgency") not in LEVELS:
        yield f"urgency {entry.get('urgency')!r} is not one of {', '.join(LEVELS)}"
    if entry.get("like", entry["id"]) not in own:
        yield f"like {entry['like']!r}: no such scenario in this file"
    for key in sorted(set(entry) - _ABOUT | {"says"}):
        yield from (f"{key}: {reason}" for reason in _wrong_words(entry.get(key)))
    words = {**shared, **_own_words(entry, own), "says": _by_region(entry.get("says"))}
    if all(words.values()):
        slots = list(_wrong_slots("says", words))
        yield from (f"says: {reason}" for reason in slots)
        used = _ABOUT if slots else _used("says", words, ()) | _ABOUT
        yield from (f"{key}: no sentence uses it" for key in sorted(set(entry) - used) if not slots)


def _wrong_words(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and set(value) != set(REGIONS):
        yield f"needs {', '.join(REGIONS)}"
    lists = list(value.values()) if isinstance(value, dict) else [value]
    for items in lists:
        if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
            yield "must be a list of phrases, or one for each region"
            return
        for item in items:
            if _STRAY.search(_SLOT.sub("", _EITHER.sub("", item))):
                yield f"a bracket or bar without its other half: {item}"


def _wrong_slots(name: str, words: Mapping[str, Words]) -> Iterator[str]:
    try:
        _used(name, words, ())
    except KeyError as error:
        yield f"no words for {{{error.args[0]}}}"
    except RecursionError as error:
        yield f"goes round in a circle: {error}"


def _used(name: str, words: Mapping[str, Words], way: tuple[str, ...]) -> set[str]:
    """Give the slots that a slot leads to."""
    if name in way:
        raise RecursionError(" → ".join((*way, name)))
    inner = {slot for phrases in words[name].values() for text in phrases for slot in _SLOT.findall(text)}
    return inner.union(*(_used(slot, words, (*way, name)) for slot in inner))


def _own_words(entry: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Words]:
    like = own.get(str(entry.get("like")), {})
    return {
        key: _by_region(value)
        for source in (like, entry)
        for key, value in source.items()
        if key not in _ABOUT
    }


def _by_region(value: Any) -> Words:
    """Give a list, or lists by region, as lists by region; nothing where it is neither."""
    if isinstance(value, dict):
        return value if set(value) == set(REGIONS) and all(map(_phrases, value.values())) else {}
    return {region: value for region in REGIONS} if _phrases(value) else {}


def _phrases(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


def _scenario(
    file: str, entry: Mapping[str, Any], own: Mapping[str, Any], shared: Mapping[str, Words]
) -> Scenario:
    words = {**shared, **_own_words(entry, own)}
    return Scenario(file, entry["id"], entry["intent"], entry["urgency"], tuple(entry["says"]), words)


def _name(entry: Any) -> str:
    return str(entry.get("id")) if isinstance(entry, dict) else repr(entry)[:40]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
