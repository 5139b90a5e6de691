"""What is known is written in one line, seen in a text once, and told to the models as features."""

from __future__ import annotations

from pathlib import Path

import yaml
from hypothesis import given

from bot.triage.rules import load_rules
from content.checking import CONTENT
from content.concepts import read_concepts
from tests.vietnamese.typed import TYPED
from vietnamese.features import BUCKETS, blocks, bucket_of, look, vector
from vietnamese.knowledge import knowledge, written
from vietnamese.linear import header_of, open_model

LEXICON = """
groups:
  who: {concepts: {parent: {words: [bố, mẹ]}}}
  act: {concepts: {hitting: {words: [đánh, =tát]}}}
  idioms: {concepts: {brushing: {words: [đánh răng]}}}
"""
RULES = """
none_of: []
not_near: []
rules:
  - {id: hit_by, what: [act], who: [who], within: 3}
  - {id: hit_in_order, what: [hitting], who: [parent], in_order: true}
"""
WRITTEN = written(yaml.safe_load(LEXICON), yaml.safe_load(RULES))
KNOWN = knowledge(WRITTEN)


def test_features_are_the_concepts_and_the_frames_that_are_filled() -> None:
    assert KNOWN.look("bố đánh, mẹ cũng tát").features() == {
        "c:parent": 2,
        "c:hitting": 2,
        "r:hit_by": 1,
        "r:hit_in_order": 1,
    }
    assert KNOWN.look("đánh bởi bố").features() == {"c:hitting": 1, "c:parent": 1, "r:hit_by": 1}
    assert KNOWN.look("mẹ đánh răng").features() == {"c:parent": 1}
    assert KNOWN.look("me tat den").features() == {"c:parent": 1}
    assert not KNOWN.look("").features()


def test_concepts_are_a_block_beside_the_others() -> None:
    text = "bo danh em"
    *others, concepts = blocks(text, None, look(text, KNOWN))
    assert concepts == {"c:parent": 1, "c:hitting": 1, "r:hit_by": 1, "r:hit_in_order": 1}
    assert blocks(text) == (*others, {})
    assert bucket_of("c:hitting") in vector(text, lambda _: 1.0, None, look(text, KNOWN))


def test_both_processes_write_down_the_same() -> None:
    assert knowledge(read_concepts()) is load_rules(CONTENT / "triage.yml").knowledge


def test_a_model_file_carries_its_knowledge(tmp_path: Path) -> None:
    for line, known in ((WRITTEN, KNOWN), ("null", None)):
        path = tmp_path / "a.model"
        path.write_bytes(header_of(["a"], [0.5], line) + bytes(4 * 2 * BUCKETS))
        assert open_model(path).knowledge is known


@given(TYPED)
def test_any_text_can_be_looked_at(text: str) -> None:
    seen = KNOWN.look(text)
    assert all(0 <= hit.start < hit.end <= len(seen.tokens) for hit in seen.hits)
