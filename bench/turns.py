"""Turns side by side in one run: stock Rasa, stock Rasa with a light pipeline, and ours. `make bench`

Each answers the same messages: 16 conversations at once of four turns each, then one conversation of many turns.
Storing is included: stock Rasa keeps its tracker in SQLite; for ours the state comes back with each turn and is
committed with full sync, as in the gateway. Results: `results/bench/turns.json`, a table and a plot.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp
import matplotlib

from bench.projects import lay, messages, train

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

AT_ONCE = 16
TURNS = 4
SECRET = "bench"  # noqa: S105
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "ERROR"}
Ask = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True)
class Result:
    """What was measured of one system."""

    kind: str
    start_seconds: float
    megabytes: int
    turns_per_second: float
    p50_ms: float
    p99_ms: float
    fifth_turn_ms: float
    late_turn_ms: float
    growth: list[float]


class OwnStore:
    """Where our turns' states are kept: one row a conversation, each commit synced to disk."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE memory (id TEXT PRIMARY KEY, state TEXT)")

    def get(self, id: str) -> str | None:
        row = self._db.execute("SELECT state FROM memory WHERE id = ?", (id,)).fetchone()
        return str(row[0]) if row else None

    def keep(self, id: str, state: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (id, state))


@asynccontextmanager
async def served(kind: str, folder: Path, processes: int) -> AsyncIterator[tuple[Ask, list[int], float]]:
    """Start a system; gives how to ask it, its process ids, and the seconds until it answered."""
    started = time.monotonic()
    running = [_start(kind, folder, number) for number in range(processes)]
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        try:
            addresses = [
                await asyncio.to_thread(_address, kind, process, n) for n, process in enumerate(running)
            ]
            ask = _own(session, addresses, folder) if kind == "ours" else _rest(session, addresses[0])
            await _until_it_answers(ask)
            yield ask, [process.pid for process in running], time.monotonic() - started
        finally:
            for process in running:
                process.kill()
                process.wait()


def _start(kind: str, folder: Path, number: int) -> subprocess.Popen[bytes]:
    if kind == "ours":
        command = ["-m", "assistant.server", "--models", str(folder / "models")]
    else:
        files = [
            "--endpoints",
            str(folder / "endpoints.yml"),
            "--credentials",
            str(folder / "credentials.yml"),
        ]
        command = [
            "-m",
            "rasa",
            "run",
            "--port",
            str(5100 + number),
            "--model",
            str(folder / "models"),
            *files,
        ]
    environment = {**os.environ, **QUIET, "CHOCHE_ASSISTANT_SECRET": SECRET}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, *command],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _address(kind: str, process: subprocess.Popen[bytes], number: int) -> str:
    if kind != "ours":
        return f"http://127.0.0.1:{5100 + number}"
    assert process.stdout
    return f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"


def _rest(session: aiohttp.ClientSession, address: str) -> Ask:
    async def ask(conversation: str, text: str) -> None:
        body = {"sender": conversation, "message": text}
        async with session.post(f"{address}/webhooks/rest/webhook", json=body) as response:
            assert await response.json(), "no answer"

    return ask


def _own(session: aiohttp.ClientSession, addresses: list[str], folder: Path) -> Ask:
    store = OwnStore(folder / "memory.db")

    async def ask(conversation: str, text: str) -> None:
        address = addresses[hash(conversation) % len(addresses)]
        body = {"text": text, "state": store.get(conversation)}
        async with session.post(
            f"{address}/turn", json=body, headers={"X-Choche-Secret": SECRET}
        ) as response:
            answer = await response.json()
        assert answer["replies"], "no answer"
        store.keep(conversation, answer["state"])

    return ask


async def _until_it_answers(ask: Ask) -> None:
    async with asyncio.timeout(300) if sys.version_info >= (3, 11) else _no_limit():
        while True:
            try:
                await ask("warm", "xin chào")
                return
            except (aiohttp.ClientError, AssertionError, KeyError, ValueError):
                await asyncio.sleep(0.1)


@asynccontextmanager
async def _no_limit() -> AsyncIterator[None]:
    yield


async def measure(
    kind: str, folder: Path, texts: list[str], rounds: int, late: int, processes: int
) -> Result:
    """Measure one system."""
    async with served(kind, folder, processes) as (ask, pids, start):
        for number in range(30):
            await ask(f"warm {number}", texts[number])
        times: list[float] = []

        async def talk(number: int) -> None:
            for place in range(rounds):
                for turn in range(TURNS):
                    began = time.perf_counter()
                    await ask(
                        f"{number} {place}", texts[(number * rounds + place * TURNS + turn) % len(texts)]
                    )
                    times.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(talk(number) for number in range(AT_ONCE)))
        wall = time.perf_counter() - began
        growth = []
        for turn in range(late):
            once = time.perf_counter()
            await ask("long", texts[turn % len(texts)])
            growth.append(1000 * (time.perf_counter() - once))
        memory = max(_resident(pid) for pid in pids)
    name = kind if processes == 1 else f"{kind}, {processes} processes"
    ordered = sorted(times)
    return Result(
        kind=name,
        start_seconds=round(start, 1),
        megabytes=round(memory / 1e6),
        turns_per_second=round(len(times) / wall, 1),
        p50_ms=round(1000 * statistics.median(times), 1),
        p99_ms=round(1000 * ordered[int(0.99 * len(ordered))], 1),
        fifth_turn_ms=round(statistics.median(growth[2:8]), 2),
        late_turn_ms=round(statistics.median(growth[-6:]), 2),
        growth=[round(value, 2) for value in growth],
    )


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def table(results: list[Result]) -> str:
    """Give the figures as text, with the ratio to stock."""
    stock = results[0]
    lines = [
        "system                 start s   MB   turns/s (×)      p50 ms   p99 ms (÷)     5th → last turn ms"
    ]
    for item in results:
        times = item.turns_per_second / stock.turns_per_second
        part = stock.p99_ms / item.p99_ms
        lines.append(
            f"{item.kind:<22}{item.start_seconds:>7}{item.megabytes:>6}{item.turns_per_second:>9} ({times:>4.1f})"
            f"{item.p50_ms:>10}{item.p99_ms:>9} ({part:>4.1f})"
            f"{item.fifth_turn_ms:>10} → {item.late_turn_ms} ({item.late_turn_ms / item.fifth_turn_ms:.2f})"
        )
    return "\n".join(lines)


def draw(results: list[Result], path: Path) -> None:
    """Draw how the cost of a turn grows with the conversation."""
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for item in results:
        axes.plot(range(1, len(item.growth) + 1), item.growth, label=item.kind, linewidth=1)
    axes.set(xlabel="turn of one conversation", ylabel="ms", yscale="log")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)


def main() -> None:
    """Measure all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=6, help="conversations after one another in each of 16 lanes"
    )
    parser.add_argument("--late", type=int, default=200, help="turns of the long conversation")
    parser.add_argument("--out", type=Path, default=Path("results/bench"))
    arguments = parser.parse_args()
    given = messages()
    texts = [text for text, _ in given]
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        for kind in ("stock", "light", "ours"):
            print(f"· {kind}: training", file=sys.stderr)
            train(lay(Path(scratch) / kind, kind, given))
        for kind, processes in (("stock", 1), ("light", 1), ("ours", 1), ("ours", 2)):
            print(f"· {kind}: measuring", file=sys.stderr)
            (Path(scratch) / kind / "memory.db").unlink(missing_ok=True)
            work = measure(kind, Path(scratch) / kind, texts, arguments.rounds, arguments.late, processes)
            results.append(asyncio.run(work))
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(item) for item in results], indent=1)
    (arguments.out / "turns.json").write_text(text, "utf-8")
    draw(results, arguments.out / "turns.png")
    print(table(results))


if __name__ == "__main__":
    main()
