"""Trains the assistant's model in its own environment, with a progress bar."""

from __future__ import annotations

import asyncio
import os
import shutil
import tarfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.errors import ChoCheError
from bot.settings import Settings
from bot.triage.assess import MODEL_FILE
from vietnamese.restore import WORDS_FILE

MODEL = "choche"
USUAL_SECONDS = 150.0
"""What a training takes on two cores; the bar is an estimate and stops short of its end."""


def training_command(python: Path, models: Path) -> tuple[str, ...]:
    """Give the command that trains."""
    return (
        str(python),
        "-m",
        "rasa",
        "train",
        "--quiet",
        "--fixed-model-name",
        MODEL,
        "--out",
        str(models),
    )


def training_environment() -> dict[str, str]:
    """Give the environment in which Rasa trains: no telemetry, no noise."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONPATH": ".",
    }


async def train_model(settings: Settings, force: bool = False) -> None:
    """Train, and show on standard error how far it is.

    Raises:
        ChoCheError: when the training fails, with the end of what it printed.
    """
    console = Console(stderr=True)
    command = training_command(settings.assistant_python, settings.models)
    process = await asyncio.create_subprocess_exec(
        *command,
        *(["--force"] if force else []),
        env=training_environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        await _show(process, console)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lay_out_urgency_model(settings.models)


async def _show(process: asyncio.subprocess.Process, console: Console) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("Trợ lý đang học (dưới năm phút, chỉ khi dữ liệu đổi)", total=1.0)
        output = asyncio.create_task(process.communicate())
        started = time.monotonic()
        while not output.done():
            passed = time.monotonic() - started
            progress.update(bar, completed=passed / (passed + USUAL_SECONDS / 3))
            await asyncio.wait({output}, timeout=0.5)
        progress.update(bar, completed=1.0 if process.returncode == 0 else 0.0)
    if process.returncode != 0:
        text = output.result()[0].decode("utf-8", "replace")
        raise ChoCheError(f"training failed:\n{text[-2000:]}")


def lay_out_urgency_model(models: Path) -> None:
    """Lay the urgency model and its words beside the archive that holds them, where the gateway opens them.

    Raises:
        ChoCheError: when the archive cannot be read or holds none.
    """
    try:
        with tarfile.open(models / f"{MODEL}.tar.gz") as archive:
            members = {Path(item.name).name: item for item in archive.getmembers()}
            # The model comes last: its new stamp is what makes a running gateway open both.
            for name in (WORDS_FILE, MODEL_FILE):
                source = archive.extractfile(members[name])
                assert source is not None
                fresh = (models / name).with_suffix(".new")
                with fresh.open("wb") as file:
                    shutil.copyfileobj(source, file)
                # A running gateway keeps the old file mapped; the new one takes its name in one step.
                fresh.replace(models / name)
    except (OSError, KeyError, tarfile.TarError) as error:
        raise ChoCheError(f"the trained archive holds no urgency model: {type(error).__name__}") from None
