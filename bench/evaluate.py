"""Scores a file of labelled messages by the action taken, through `choche understand`.

`make evaluate FILE=messages.jsonl` reads lines of {"text", "gold_urgency", "gold_topic"} (`style` and `speaker` where
there are any), prints the figures and writes tables, plots and the worst misses to `results/`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

LEVELS = ("none", "info", "concern", "urgent", "emergency")
NEED = ("urgent", "emergency")
TOPICS = {
    "child_marriage": "labour_trafficking",
    "parent_anger": "physical",
    "hotline_call": "hotline",
    "hotlines": "hotline",
    "talk_to_human": "human_operator",
    "out_of_scope": "unrelated",
}
"""Intents whose topic has another name in labelled files. Of the others the name begins with the topic."""
WORST = 40
CHOCHE = (".venv/bin/choche", "understand", "--why")


@dataclass(frozen=True)
class Scored:
    """A message, how it is labelled, and what was done."""

    gold: dict[str, Any]
    told: dict[str, Any]

    @property
    def level(self) -> str:
        return str(self.gold["gold_urgency"])

    @property
    def opened(self) -> bool:
        # Asking for a person opens a case whatever the urgency: it counts as neither hit nor false alarm.
        return bool(self.told["opens_case"]) and not (
            self.level not in NEED and self.gold.get("gold_topic") == "human_operator"
        )

    @property
    def need(self) -> float:
        return float(self.told.get("need") or 0.0)


def main() -> None:
    """Score a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, default=Path("results"))
    parser.add_argument("--told", type=Path, help="answers kept from another run or another system")
    arguments = parser.parse_args()
    gold = [json.loads(line) for line in arguments.file.read_text("utf-8").splitlines() if line.strip()]
    told = _read(arguments.told) if arguments.told else understand([row["text"] for row in gold])
    scored = [Scored(row, answer) for row, answer in zip(gold, told, strict=True)]
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(table(scored))
    (arguments.out / "told.jsonl").write_text(_lines(item.told for item in scored), "utf-8")
    (arguments.out / "misses.txt").write_text(misses(scored), "utf-8")
    draw_confusion(scored, arguments.out / "confusion.png")
    draw_reliability(scored, arguments.out / "reliability.png")
    print(f"\nworst misses and plots: {arguments.out}/")


def understand(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Ask `choche understand` about every text."""
    asked = _lines({"id": str(number), "text": text} for number, text in enumerate(texts))
    done = subprocess.run(CHOCHE, input=asked.encode(), stdout=subprocess.PIPE, check=True)  # noqa: S603
    return [json.loads(line) for line in done.stdout.splitlines()]


def table(scored: Sequence[Scored]) -> str:
    """Give the figures as text."""
    parts = ["level        n   opens a case   hotline and human   exact level"]
    for level in reversed(LEVELS):
        rows = [item for item in scored if item.level == level]
        parts.append(
            f"{level:<10}{len(rows):>4}{_share(rows, lambda item: item.opened):>15}"
            f"{_share(rows, lambda item: bool(item.told['offers_human'])):>20}"
            f"{_share(rows, lambda item: item.told['urgency'] == item.level):>14}"
        )
    known = [item for item in scored if item.gold.get("gold_topic")]
    parts.append(
        f"\ntopic right: {_share(known, lambda item: topic_of(item.told['intent']) == item.gold['gold_topic'])}"
    )
    parts.append(f"calibration error of need: {calibration_error(scored):.3f}")
    for name in ("style", "speaker", "gold_topic"):
        parts.append(f"\nby {name:<22} n    needs a human: opens   none, info: opens")
        groups: defaultdict[str, list[Scored]] = defaultdict(list)
        for item in scored:
            groups[str(item.gold.get(name))].append(item)
        for group, rows in sorted(groups.items(), key=lambda pair: -len(pair[1])):
            needy = [item for item in rows if item.level in NEED]
            calm = [item for item in rows if item.level in LEVELS[:2]]
            parts.append(
                f"   {group:<20}{len(rows):>5}{_share(needy, lambda item: item.opened):>23}"
                f"{_share(calm, lambda item: item.opened):>20}"
            )
    return "\n".join(parts)


def topic_of(intent: str | None) -> str:
    """Give the topic of an intent."""
    name = (intent or "").removeprefix("faq/")
    for prefix, topic in TOPICS.items():
        if name.startswith(prefix):
            return topic
    for suffix in ("_signs", "_help"):
        name = name.removesuffix(suffix)
    for topic in ("disclosure_how_to", "legal", "prevention", "privacy", "signs"):
        if name.startswith(topic):
            return topic
    return "other" if name.startswith(("worry", "support", "help")) else name


def calibration_error(scored: Sequence[Scored]) -> float:
    """Give the mean distance between need and its frequency, over ten bins weighted by size."""
    return sum(abs(mean - share) * count for mean, share, count in _bins(scored)) / max(1, len(scored))


def misses(scored: Sequence[Scored]) -> str:
    """Give the worst misses: silence where a human was needed, then alarms where nobody was."""
    silent = sorted((i for i in scored if i.level in NEED and not i.opened), key=lambda item: item.need)
    loud = sorted((i for i in scored if i.level in LEVELS[:2] and i.opened), key=lambda item: -item.need)
    return "\n".join(
        f"{item.need:.2f}  {item.level:<10} {item.told['intent']}  {item.gold['text']}"
        for item in [*silent[:WORST], *loud[:WORST]]
    )


def draw_confusion(scored: Sequence[Scored], path: Path) -> None:
    """Draw labelled level against level acted on."""
    counts = Counter((item.level, item.told["urgency"]) for item in scored)
    grid = [[counts[gold, told] for told in LEVELS] for gold in LEVELS]
    figure, axes = pyplot.subplots(figsize=(6, 5))
    axes.imshow(grid, cmap="Greens")
    axes.set_xticks(range(len(LEVELS)), LEVELS)
    axes.set_yticks(range(len(LEVELS)), LEVELS)
    axes.set(xlabel="acted on", ylabel="labelled")
    for row, values in enumerate(grid):
        for column, value in enumerate(values):
            axes.text(column, row, value, ha="center", va="center")
    figure.tight_layout()
    figure.savefig(path)


def draw_reliability(scored: Sequence[Scored], path: Path) -> None:
    """Draw how often a human was needed, by how much the model thought so."""
    bins = _bins(scored)
    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="0.8")
    axes.plot([mean for mean, _, _ in bins], [share for _, share, _ in bins], "o-", color="#0f766e")
    axes.set(xlabel="need as estimated", ylabel="share that needed a human", xlim=(0, 1), ylim=(0, 1))
    figure.tight_layout()
    figure.savefig(path)


def _bins(scored: Sequence[Scored]) -> list[tuple[float, float, int]]:
    bins: defaultdict[int, list[Scored]] = defaultdict(list)
    for item in scored:
        bins[min(9, int(item.need * 10))].append(item)
    return [
        (sum(i.need for i in rows) / len(rows), sum(i.level in NEED for i in rows) / len(rows), len(rows))
        for _, rows in sorted(bins.items())
    ]


def _share(rows: Sequence[Scored], condition: Callable[[Scored], bool]) -> str:
    return f"{100 * sum(map(condition, rows)) / len(rows):.1f} %" if rows else "–"


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
