"""The same small Rasa project three times, trained on the same messages: stock, a light pipeline, and ours."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from assistant.examples import load

POLICIES = """policies:
  - name: MemoizationPolicy
  - name: RulePolicy
"""
CONFIGS = {
    "stock": """recipe: default.v1
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
    epochs: {epochs}
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: FallbackClassifier
    threshold: 0.2
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
  - name: TEDPolicy
    max_history: 5
    epochs: {epochs}
    constrain_similarities: true
""",
    "light": """recipe: default.v1
assistant_id: light
language: vi
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: LogisticRegressionClassifier
  - name: FallbackClassifier
    threshold: 0.2
"""
    + POLICIES,
    "ours": """recipe: default.v1
assistant_id: ours
language: vi
pipeline:
  - name: assistant.reader.MessageReader
  - name: FallbackClassifier
    threshold: 0.2
"""
    + POLICIES,
}
"""How fast a turn is does not depend on how long a model was trained: the stock ones are trained briefly."""
EPOCHS = 1


def messages() -> list[tuple[str, str]]:
    """Give every tenth training message with its topic."""
    return [(example.text, example.intent.replace("/", "_")) for example in load()[::10]]


def lay(folder: Path, kind: str, given: list[tuple[str, str]]) -> Path:
    """Write a project: an intent, an answer and a rule for each topic."""
    folder.mkdir(parents=True, exist_ok=True)
    topics: defaultdict[str, list[str]] = defaultdict(list)
    for text, topic in given:
        if "](" not in text:
            topics[topic].append(" ".join(text.split()))
    (folder / "config.yml").write_text(CONFIGS[kind].format(epochs=EPOCHS), "utf-8")
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "nlu.yml").write_text(_nlu(topics), "utf-8")
    (folder / "data" / "rules.yml").write_text(_rules(topics), "utf-8")
    (folder / "domain.yml").write_text(_domain(topics), "utf-8")
    (folder / "endpoints.yml").write_text(
        f"tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {folder / 'tracker.db'}\n", "utf-8"
    )
    (folder / "credentials.yml").write_text("rest:\n", "utf-8")
    return folder


def train(folder: Path) -> None:
    """Train a project; its model lies in its folder `models`."""
    command = [sys.executable, "-m", "rasa", "train", "--quiet", "--out", str(folder / "models")]
    places = ["--domain", str(folder / "domain.yml"), "--data", str(folder / "data")]
    subprocess.run([*command, *places, "--config", str(folder / "config.yml")], check=True)  # noqa: S603


def _nlu(topics: dict[str, list[str]]) -> str:
    parts = ['version: "3.1"', "nlu:"]
    for topic, texts in topics.items():
        parts += [f"  - intent: {topic}", "    examples: |", *(f"      - {text}" for text in texts)]
    return "\n".join(parts) + "\n"


def _rules(topics: dict[str, list[str]]) -> str:
    parts = ['version: "3.1"', "rules:"]
    for topic in topics:
        parts += [
            f"  - rule: {topic}",
            "    steps:",
            f"      - intent: {topic}",
            f"      - action: utter_{topic}",
        ]
    story = "stories:\n  - story: two\n    steps:\n"
    for topic in list(topics)[:2]:
        story += f"      - intent: {topic}\n      - action: utter_{topic}\n"
    return "\n".join(parts) + "\n" + story


def _domain(topics: dict[str, list[str]]) -> str:
    parts = ['version: "3.1"', "intents:", *(f"  - {topic}" for topic in topics), "responses:"]
    for topic in topics:
        parts += [f"  utter_{topic}:", f"    - text: Câu trả lời về {topic}. Gọi 111."]
    return "\n".join(parts) + "\nsession_config:\n  session_expiration_time: 60\n"
