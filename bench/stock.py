"""Stock Rasa and our reader, trained on the same messages and scored on the same file.

`python -m bench.stock TRAINING.jsonl MEASURING.jsonl [--pipeline stock|ours]` reads training lines of
{"text", "urgency", "topic"} and writes what the trained model makes of each measuring line to
`results/<pipeline>/told.jsonl`, for `bench.evaluate --told`. Stock Rasa knows no urgency: its intents are topic and
urgency together, and a case opens if the two urgent levels together are likelier than not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

NEED = ("urgent", "emergency")
LEVELS = ("none", "info", "concern", *NEED)
STOCK = """recipe: default.v1
assistant_id: stock
language: vi
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    constrain_similarities: true
policies: []
"""
OURS = """recipe: default.v1
assistant_id: ours
language: vi
pipeline:
  - name: assistant.reader.MessageReader
policies: []
"""


def main() -> None:
    """Train and read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("training", type=Path)
    parser.add_argument("measuring", type=Path)
    parser.add_argument("--pipeline", choices=("stock", "ours"), default="stock")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model, seconds = train(arguments.training, arguments.pipeline, Path(folder))
        texts = [row["text"] for row in _rows(arguments.measuring)]
        told = asyncio.run(read(model, texts))
    out = Path("results") / arguments.pipeline
    out.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in told)
    (out / "told.jsonl").write_text("".join(lines), "utf-8")
    print(f"{arguments.pipeline}: trained in {seconds:.0f} s; readings in {out}/told.jsonl")


def train(training: Path, pipeline: str, folder: Path) -> tuple[str, float]:
    """Train; gives the model's path and the seconds it took."""
    from rasa.model_training import train_nlu

    (folder / "config.yml").write_text(STOCK if pipeline == "stock" else OURS, "utf-8")
    (folder / "nlu.yml").write_text(_examples(training, pipeline), "utf-8")
    started = time.monotonic()
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    return str(model), time.monotonic() - started


async def read(model: str, texts: list[str]) -> list[dict[str, Any]]:
    """Read every text."""
    from rasa.core.agent import load_agent
    from rasa.utils.log_utils import configure_structlog

    # At its default level Rasa prints every message.
    configure_structlog(logging.ERROR)
    agent = await load_agent(model)
    return [_told(await agent.parse_message(text)) for text in texts]


def _told(parsed: dict[str, Any]) -> dict[str, Any]:
    topic, _, level = parsed["intent"]["name"].partition("__")
    if "urgency" in parsed:
        level, need = parsed["urgency"]["name"], parsed["urgency"]["confidence"]
    else:
        need = sum(i["confidence"] for i in parsed["intent_ranking"] if i["name"].partition("__")[2] in NEED)
        calm = LEVELS[:3]
        level = level if (level in NEED) == (need >= 0.5) else ("urgent" if need >= 0.5 else calm[2])
    opens = level in NEED
    return {"urgency": level, "intent": topic, "opens_case": opens, "offers_human": opens, "need": need}


def _examples(training: Path, pipeline: str) -> str:
    blocks: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _rows(training):
        blocks[row["topic"], row["urgency"]].append(" ".join(row["text"].split()))
    parts = ['version: "3.1"', "nlu:"]
    for (topic, level), texts in sorted(blocks.items()):
        parts.append(f"  - intent: {topic if pipeline == 'ours' else f'{topic}__{level}'}")
        parts += ["    metadata:", f"      urgency: {level}", "    examples: |"]
        parts += [f"      - {text}" for text in texts if "](" not in text]
    return "\n".join(parts) + "\n"


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
