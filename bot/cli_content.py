"""`choche content`: what the assistant says, for those who write and sign it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.columns import Columns
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from bot.errors import ChoCheError

if TYPE_CHECKING:
    from bot.editorial.answers import Answer, Content
    from bot.editorial.policy import Policy
    from bot.editorial.wording import Finding

content = typer.Typer(help="Câu trả lời: kiểm, xem trước, in ra, còn thiếu gì.", no_args_is_help=True)
show = Console(highlight=False, emoji=False)
MARKS = {"own": "[green]●[/]", "family": "[green]◐[/]", "shared": "[yellow]○[/]", "missing": "[red]✗[/]"}
LEGEND = "● của riêng  ◐ của nhóm  ○ dùng chung  ✗ chưa có. Mỗi ô: trẻ em, người lớn, chưa biết là ai."


@content.command()
def check() -> None:
    """Hold every answer against the rules of wording; exit status 1 if one breaks a rule."""
    answers, _, found = _checked()
    for finding in found:
        show.print(str(finding), style="yellow" if finding.notice else "red", markup=False, soft_wrap=True)
    wrong = sum(not finding.notice for finding in found)
    show.print(
        f"{len(answers.answers)} câu trả lời, {wrong} chỗ phải sửa, {len(found) - wrong} chỗ đến hạn xem lại"
    )
    raise typer.Exit(1 if wrong else 0)


@content.command()
def preview(
    topic: Annotated[
        str, typer.Argument(help="Tên chủ đề hay một phần tên câu trả lời. Trống: tất cả.")
    ] = "",
) -> None:
    """Show answers as each audience sees them, with what breaks a rule."""
    answers, policy, found = _checked()
    named = {name for item in policy.topics.all() if item.id == topic for name in item.answers}
    names = dict.fromkeys(a.name for a in answers.answers if a.name in named or topic in a.name)
    if not names:
        known = ", ".join(item.id for item in policy.topics.all())
        show.print(f"Không có “{topic}”. Các chủ đề: {known}", style="red", markup=False)
        raise typer.Exit(2)
    for name in names:
        variants = [answer for answer in answers.answers if answer.name == name]
        show.rule(f"[bold]{name}[/]  {variants[0].file}:{variants[0].line}", align="left")
        show.print(
            Columns([_panel(answer, policy) for answer in variants], width=max(44, show.width // 3 - 2))
        )
        for finding in found:
            if finding.answer == name:
                show.print(
                    f"  ✗ [{finding.rule}] {finding.audience} {finding.reason}", style="red", markup=False
                )


@content.command()
def export(
    out: Annotated[Path, typer.Option(help="Where the page is written.")] = Path("results/answers.html"),
) -> None:
    """Write all answers, side by side, as one page to read, print and sign."""
    from bot.editorial.sheet import sheet

    answers, policy, found = _checked()
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(sheet(answers, policy, found, date.today()), "utf-8")
    show.print(f"{out}: {len(answers.answers)} câu trả lời", markup=False)


@content.command()
def coverage() -> None:
    """Show which topic × audience × follow-up is answered; exit status 1 if something is not."""
    from bot.editorial.answers import AUDIENCES
    from bot.editorial.coverage import ASPECTS, holes, table

    answers, policy, _ = _checked()
    grid = Table("Chủ đề", "Trả lời", "Sau đó", "Dấu hiệu", "Ở đâu", "Tiền", "Ai biết", caption=LEGEND)
    for row in table(answers, policy.topics):
        main = "".join(MARKS["own" if row.answered[a] else "missing"] for a in AUDIENCES)
        cells = ["".join(MARKS[row.cells[aspect, a].kind] for a in AUDIENCES) for aspect in ASPECTS]
        grid.add_row(row.topic.title, main, *cells)
    show.print(grid)
    missing = list(holes(answers, policy.topics))
    for topic, reason in missing:
        show.print(f"{topic}: {reason}", style="red", markup=False)
    raise typer.Exit(1 if missing else 0)


def _checked() -> tuple[Content, Policy, list[Finding]]:
    """Read everything; a file that cannot be read is told, with exit status 2."""
    from bot.alarms.ladder import load_ladder
    from bot.editorial.answers import load_content
    from bot.editorial.policy import load_policy
    from bot.editorial.wording import findings
    from bot.pictures import load_pictures
    from bot.texts import load_texts
    from content.checking import CONTENT, load_directory
    from content.yaml_file import ContentFileError

    try:
        answers, policy = load_content(), load_policy()
        known = load_directory().numbers()
        load_texts(known)
        load_pictures(known)
        load_ladder(CONTENT / "alarms.yml")
    except (ChoCheError, ContentFileError) as error:
        show.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None
    return answers, policy, findings(answers, policy, known, date.today())


def _panel(answer: Answer, policy: Policy) -> Panel:
    from bot.editorial.wording import plainness, words

    voice = policy.wording.voices[answer.audience]
    score = plainness(answer.text, policy.wording.heavy)
    facts = f"{len(words(answer.text))}/{voice.words} từ · dễ đọc {score}/{voice.plain}"
    keys = "".join(f"\n[dim]▸ {escape(button)}[/]" for button in answer.buttons)
    return Panel(f"{escape(answer.text)}\n{keys}", title=voice.title, subtitle=facts)
