"""The concept lexicon and the rules over it, as the models are trained with them.

What is wrong in either is found by the gateway at its start and by `make check` (`bot/triage/rules.py`).
"""

from __future__ import annotations

from pathlib import Path

import yaml

from content.yaml_file import LOADER
from vietnamese.knowledge import written

CONTENT = Path(__file__).parent
FILES = ("lexicon.yml", "triage.yml")


def read_concepts(folder: Path = CONTENT) -> str:
    """Give what `vietnamese.knowledge.knowledge` makes into lexicon and frames.

    Raises:
        OSError: when a file cannot be read.
        yaml.YAMLError, KeyError, TypeError: when it is not what `make check` accepts.
    """
    lexicon, rules = (
        yaml.load((folder / name).read_text("utf-8"), Loader=LOADER)  # noqa: S506 - LOADER is a safe one
        for name in FILES
    )
    return written(lexicon, rules)
