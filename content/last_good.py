"""What files say, read again when they change; while the new version is wrong, the last good one goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from content.yaml_file import ContentFileError

T = TypeVar("T")
Stamp = tuple["tuple[int, int] | None", ...]


class LastGood(Generic[T]):
    """Holds what `load` made of the files. `refused` hears once of each version that could not be used."""

    def __init__(
        self,
        files: Sequence[Path],
        load: Callable[[], T],
        refused: Callable[[ContentFileError | OSError], None],
    ) -> None:
        """Read for the first time; raises what `load` raises, since there is no good version yet."""
        self._files, self._load, self._refused = files, load, refused
        self._stamp = self._now()
        self._good = load()

    def current(self) -> T:
        """Give the newest version that can be used."""
        stamp = self._now()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._good = self._load()
            except (ContentFileError, OSError) as error:
                self._refused(error)
        return self._good

    def _now(self) -> Stamp:
        return tuple(map(_stamp, self._files))


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
