"""Any text gives a reading; unaccented and regional words are seen as typed and as meant."""

from __future__ import annotations

from hypothesis import given

from tests.vietnamese.test_restore import WORDS
from tests.vietnamese.typed import TYPED
from vietnamese.entities import ages, relations
from vietnamese.features import blocks, reading, spelt_out, vector


@given(TYPED)
def test_any_text_gives_a_reading(text: str) -> None:
    assert vector(text, lambda _: 1.0, WORDS)
    assert len(reading(text, WORDS)) == len(spelt_out(text))
    for entity in (*ages(text), *relations().find(text)):
        assert 0 <= entity.start < entity.end <= len(text)


def test_text_without_diacritics_is_seen_as_it_was_meant() -> None:
    assert "a:bố đánh" in blocks("bo danh em", WORDS)[1]
    assert "a:bo danh" in blocks("bo danh em")[1]
    assert blocks("bố đánh em", WORDS) == blocks("bố đánh em")


def test_a_regional_word_is_seen_beside_the_common_one() -> None:
    seen = blocks("tía đánh tui")[1]
    assert {"a:tía đánh", "a:bố đánh", "a:đánh tui", "a:đánh tôi"} <= seen.keys()
