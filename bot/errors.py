"""The errors of the project. Expected outcomes are values, not errors."""


class ChoCheError(Exception):
    """The root: its text is fit to show, holds nothing a person wrote and no secret."""


class ContentError(ChoCheError):
    """An entry of a content file is wrong."""

    def __init__(self, file: str, where: str, reason: str) -> None:
        super().__init__(f"{file}: {where}: {reason}")
        self.file = file
        self.where = where
        self.reason = reason


class NotStoredError(ChoCheError):
    """The database did not take a message: nobody may be told that it arrived."""
