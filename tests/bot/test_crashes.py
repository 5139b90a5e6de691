"""What survives when a process is killed in the middle."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.conftest import PATIENCE
from tests.fakes.assistant import GOOD, FakeAssistant
from tests.server import served


async def test_killed_between_receiving_and_answering_the_answer_comes_once(
    tmp_path: Path, assistant: FakeAssistant
) -> None:
    assistant.hangs = True
    settings = {"CHOCHE_ASSISTANT_URL": assistant.url}
    async with served(tmp_path, **settings) as server:
        token = await server.token()
        assert await server.write(token, "xin chào ạ", id="one") == 202
        async with asyncio.timeout(PATIENCE):
            while not assistant.asked:
                await asyncio.sleep(0.05)
        await server.kill()
    assistant.hangs = False
    async with served(tmp_path, **settings) as server:
        # The page did not hear the 202 and tries again.
        assert await server.write(token, "xin chào ạ", id="one") == 202
        lines = await server.lines(token, 2)
        assert [line["from"] for line in lines] == ["person", "assistant"]
        assert await server.write(token, "còn gì nữa không", id="two") == 202
        lines = await server.lines(token, 4)
    assert [line["from"] for line in lines] == ["person", "assistant", "person", "assistant"]
    assert lines[1]["text"] == GOOD["replies"][0]["text"]


async def test_a_killed_assistant_comes_back_and_the_dialogue_goes_on(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        await server.ready()
        token = await server.token()
        await server.write(token, "Em là học sinh")
        await server.lines(token, 2)

        [child] = psutil.Process(server.process.pid).children()
        os.kill(child.pid, signal.SIGKILL)
        await server.write(token, "Bị bắt nạt ở trường thì phải làm gì?")
        fixed = (await server.lines(token, 4))[-1]
        assert fixed["from"] == "automatic"
        assert "111" in fixed["text"]

        async with asyncio.timeout(PATIENCE):
            while (await server.get("/readyz"))["assistant"] == "ready":
                await asyncio.sleep(0.05)
        await server.ready()
        await server.write(token, "Bị bắt nạt ở trường thì phải làm gì?")
        answer = (await server.lines(token, 6))[-1]
    assert answer["from"] == "assistant"
    # It still knows who is asking.
    assert "không phải lỗi của em" in answer["text"]


async def test_the_assistant_dies_with_the_gateway(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        async with asyncio.timeout(PATIENCE):
            while not (children := psutil.Process(server.process.pid).children()):
                await asyncio.sleep(0.05)
        await server.kill()
        gone, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
    assert gone and not alive


async def test_two_gateways_do_not_share_a_data_folder(tmp_path: Path, assistant: FakeAssistant) -> None:
    settings = {"CHOCHE_ASSISTANT_URL": assistant.url}
    async with served(tmp_path, **settings):
        with pytest.raises(AssertionError, match="CHOCHE_HOME"):
            async with served(tmp_path, **settings):
                pass


async def test_a_port_in_use_names_the_setting(tmp_path: Path, assistant: FakeAssistant) -> None:
    settings = {"CHOCHE_ASSISTANT_URL": assistant.url}
    async with served(tmp_path / "one", **settings) as server:
        port = server.url.rsplit(":", 1)[-1]
        with pytest.raises(AssertionError, match="CHOCHE_PORT"):
            async with served(tmp_path / "two", CHOCHE_PORT=port, **settings):
                pass


async def test_an_assistant_that_cannot_be_trained_leaves_nobody_without_an_answer(tmp_path: Path) -> None:
    untrained = {"CHOCHE_MODELS": str(tmp_path / "models"), "CHOCHE_ASSISTANT_PYTHON": "/bin/false"}
    async with served(tmp_path, **untrained) as server:
        assert (await server.get("/readyz"))["assistant"] in ("training", "down")
        token = await server.token()
        await server.write(token, "xin chào ạ")
        fixed = (await server.lines(token, 2))[-1]
    assert fixed["from"] == "automatic"
    assert all(number in fixed["text"] for number in ("111", "113", "114", "115"))


async def test_a_training_ends_with_the_gateway_that_began_it(tmp_path: Path) -> None:
    learner = tmp_path / "python"
    learner.write_text("#!/bin/sh\nexec sleep 600\n")
    learner.chmod(0o700)
    untrained = {"CHOCHE_MODELS": str(tmp_path / "models"), "CHOCHE_ASSISTANT_PYTHON": str(learner)}
    async with served(tmp_path / "home", **untrained) as server:
        async with asyncio.timeout(PATIENCE):
            while not (children := psutil.Process(server.process.pid).children()):
                await asyncio.sleep(0.05)
        assert (await server.get("/readyz"))["assistant"] == "training"
        server.process.terminate()
        await server.process.wait()
        gone, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
    assert gone and not alive
