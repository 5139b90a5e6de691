"""The commands `choche hotlines …`: what is in the directory, what is due, and recording that a number was called."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.errors import ContentError
from bot.hotlines import as_content_error, day_in_vietnam, read_directory_now
from content.answer import FOR_ADULTS, Question, answer
from content.checking import CONTENT
from content.directory import Directory, Entry
from content.editing import CheckRefused, record_check
from content.places import settle
from content.yaml_file import ContentFileError

app = typer.Typer(help="Danh bạ số điện thoại: xem, kiểm, ghi lại lần kiểm.", no_args_is_help=True)
Folder = Annotated[Path, typer.Option("--content", help="Thư mục có hotlines.yml và places.yml.")]
SOON = timedelta(days=30)
OVERDUE = 1
WRONG = 2


@app.command("list")
def list_entries(
    place: Annotated[str, typer.Argument(help="Nơi muốn xem, gõ sao cũng được: 'vung tau', BR-VT.")] = "",
    content: Folder = CONTENT,
) -> None:
    """Show every number that people may see; with a place, the answer that a person there gets now."""
    directory = _directory(content)
    if not place:
        for entry in directory.shown:
            print(f"{entry.id:18} {entry.number:14} {entry.area:16} {entry.name}")
        return
    mentions = settle(directory.places.meant(place))
    if not mentions:
        _stop(f"Chưa biết nơi này: {place}")
    for mention in mentions:
        if len(mention.areas) > 1:
            _stop(f"Nhiều nơi có tên này: {', '.join(mention.areas)}")
    places = tuple(mention.places[0] for mention in mentions)
    print("\n\n".join(answer(directory, Question(places=places), datetime.now(UTC), FOR_ADULTS)))


@app.command()
def check(
    today: Annotated[str, typer.Option(help="Coi như hôm nay là ngày này (năm-tháng-ngày).")] = "",
    content: Folder = CONTENT,
) -> None:
    """Tell what is due and what is never shown; exit status 1 while something shown is overdue."""
    directory = _directory(content)
    now = _day(today) if today else day_in_vietnam(time.time())
    due = directory.due(now)
    soon = [entry for entry in directory.shown if entry not in due and entry.overdue(now + SOON)]
    hidden = [entry for entry in directory.entries if not entry.shown]
    _print("Quá hạn kiểm, vẫn đang hiện kèm lời nhắc gọi 111:", due)
    _print(f"Đến hạn trong {SOON.days} ngày:", soon)
    _print("Không hiện:", hidden)
    if due:
        raise typer.Exit(OVERDUE)


@app.command()
def verify(
    id: Annotated[str, typer.Argument(help="Tên của mục, ví dụ hcm_children.")],
    on: Annotated[
        str, typer.Option("--date", help="Ngày đã gọi thử (năm-tháng-ngày); hôm nay nếu bỏ trống.")
    ] = "",
    by: Annotated[str, typer.Option(help="Ai đã gọi: vai trò, không cần tên thật.")] = "",
    content: Folder = CONTENT,
) -> None:
    """Record that a number was called and answered: today's date and the next review date go into the file."""
    now = day_in_vietnam(time.time())
    try:
        entry = record_check(content, id, _day(on) if on else now, by, now)
    except ContentFileError as error:
        _stop(str(as_content_error(error)))
    except (CheckRefused, OSError) as error:
        _stop(str(error))
    print(f"{entry.id}: đã kiểm {entry.date_checked}, kiểm lại trước {entry.review_by}.")
    if not entry.shown:
        print(f"Mục này vẫn chưa hiện ({entry.status.value}): {entry.reason}")


def _directory(content: Path) -> Directory:
    try:
        return read_directory_now(content)
    except (ContentError, OSError) as error:
        _stop(str(error))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _stop(f"Không phải một ngày: {text}. Ví dụ: 2026-11-25")


def _print(title: str, entries: tuple[Entry, ...] | list[Entry]) -> None:
    if entries:
        print(title)
        for entry in entries:
            print(f"  {entry.id:26} {entry.number:14} {entry.review_by}  {entry.reason or entry.name}")


def _stop(why: str) -> NoReturn:
    typer.secho(why, fg="red", err=True)
    raise typer.Exit(WRONG)
