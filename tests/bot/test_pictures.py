"""Pictures go with the answers that name them, with words for who cannot see."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
import yaml
from aiohttp.test_utils import TestClient, TestServer

from bot.app import make_app
from bot.editorial.answers import load_content
from bot.errors import ContentError
from bot.gateway import Gateway
from bot.pictures import FILE, load_pictures
from content.checking import CONTENT, load_directory
from tests.conftest import Person
from tests.fakes.assistant import GOOD, FakeAssistant

KNOWN = load_directory().numbers()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copytree(CONTENT / "pictures", tmp_path / "pictures")
    (tmp_path / FILE).write_text((CONTENT / FILE).read_text("utf-8"), "utf-8")
    return tmp_path


async def test_an_answer_brings_its_picture(
    person: Person, gateway: Gateway, assistant: FakeAssistant
) -> None:
    assistant.answer = {**GOOD, "replies": [{"text": "Xem hình nhé.", "image": "body_safety"}]}
    [reply] = await person.write("dạy con giữ an toàn cơ thể thế nào")
    assert reply.picture == "body_safety"
    async with (
        TestClient(TestServer(make_app(gateway))) as client,
        client.get("/static/pictures/body_safety.png") as response,
    ):
        assert response.content_type == "image/png"


def test_a_picture_that_was_not_drawn_is_refused(folder: Path) -> None:
    (folder / "pictures" / "four_steps.png").unlink()
    with pytest.raises(ContentError, match="four_steps"):
        load_pictures(KNOWN, folder)


def test_a_number_that_is_not_in_the_directory_is_refused(folder: Path) -> None:
    content = yaml.safe_load((folder / FILE).read_text("utf-8"))
    content["pictures"]["four_steps"]["alt"] += " Gọi 1900 00 00 00."
    (folder / FILE).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(ContentError, match="1900"):
        load_pictures(KNOWN, folder)


def test_every_picture_that_an_answer_names_exists() -> None:
    named = {answer.image for answer in load_content().answers if answer.image}
    assert named == {"body_safety", "four_steps"} == set(load_pictures(KNOWN))
