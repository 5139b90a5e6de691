"""The hotline directory in the gateway: checked at the start, watched while it runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import structlog

from bot.errors import ContentError
from content.checking import CONTENT, keep_directory, load_directory
from content.directory import VIETNAM, Directory
from content.last_good import LastGood
from content.yaml_file import ContentFileError

log = structlog.get_logger()

WATCH_SECONDS = 5.0


def watch_directory(folder: Path = CONTENT) -> LastGood[Directory]:
    """Give the directory, read again when its files change; a change that is wrong is logged and not used.

    Raises:
        ContentError: when the files are wrong now.
    """
    try:
        return keep_directory(_refused, folder)
    except ContentFileError as error:
        raise as_content_error(error) from None


def read_directory_now(folder: Path = CONTENT) -> Directory:
    """Give the directory as the files say it now.

    Raises:
        ContentError: when they are wrong.
    """
    try:
        return load_directory(folder)
    except ContentFileError as error:
        raise as_content_error(error) from None


def as_content_error(error: ContentFileError) -> ContentError:
    """Give the project's own error for a mistake in a file."""
    return ContentError(f"{error.file}:{error.line}", error.where, error.reason)


def day_in_vietnam(moment: float) -> date:
    """Give the day on which a moment, in seconds since 1970, falls in Viet Nam."""
    return datetime.fromtimestamp(moment, UTC).astimezone(VIETNAM).date()


def _refused(error: ContentFileError | OSError) -> None:
    if isinstance(error, ContentFileError):
        log.error(
            "hotlines_refused", file=error.file, line=error.line, entry=error.where, reason=error.reason
        )
    else:
        log.error("hotlines_refused", reason=type(error).__name__)
