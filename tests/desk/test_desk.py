"""The desk as a browser speaks with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.gateway import Gateway
from bot.model import Author, State
from bot.roster import Role
from bot.storage.tables import alarm_firings, audit, cases
from desk.alarms import DeskRoute
from tests.conftest import PATIENCE, Clock, Person
from tests.desk.conftest import EMERGENCY, PASSWORD, Browser, at_desk, frame_with


async def test_without_signing_in_there_is_no_desk(stranger: Browser) -> None:
    async with stranger.session.get(stranger.url + "/desk", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/desk/login")
    assert await stranger.act(1, "claim") == 403
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await stranger.socket()


async def test_a_wrong_password_and_an_unknown_name_look_alike(lan: Browser, stranger: Browser) -> None:
    wrong = await stranger.form("/desk/login", name="lan", password="khong-phai-cau-nay")
    unknown = await stranger.form("/desk/login", name="ai-do", password="khong-phai-cau-nay")
    assert wrong.status == unknown.status == 403
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", await wrong.text()) == strip.sub("", await unknown.text())


async def test_guessing_is_slowed_down(stranger: Browser) -> None:
    statuses = [
        (await stranger.form("/desk/login", name="lan", password=f"doan-lan-{number}")).status
        for number in range(12)
    ]
    assert statuses[-1] == 429


async def test_an_invitation_works_once(gateway: Gateway, stranger: Browser) -> None:
    link = f"/desk/invitation/{await gateway.operators.invite('mai')}"
    page = await (await stranger.session.get(stranger.url + link)).text()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    values = {"csrf_token": token.group(1), "password": PASSWORD, "again": PASSWORD}
    first = await stranger.session.post(stranger.url + link, data=values)
    second = await stranger.session.post(stranger.url + link, data=values)
    assert (first.status, second.status) == (200, 410)


async def test_a_form_from_elsewhere_is_refused(gateway: Gateway, stranger: Browser) -> None:
    link = f"/desk/invitation/{await gateway.operators.invite('mai')}"
    async with stranger.session.post(
        stranger.url + link, data={"csrf_token": "x", "password": PASSWORD, "again": PASSWORD}
    ) as response:
        assert response.status == 403


async def test_an_action_without_its_token_is_refused(lan: Browser, person: Person) -> None:
    await person.write(EMERGENCY)
    lan.csrf = "khac"
    assert await lan.act(1, "claim") == 403


async def test_a_socket_opened_by_another_site_is_refused(lan: Browser) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await lan.socket(Origin="https://example.org")


async def test_an_urgent_message_appears_on_an_open_desk(lan: Browser, person: Person) -> None:
    async with lan.socket() as socket:
        assert (await frame_with(socket, "cases"))["cases"] == []
        await person.write(EMERGENCY)
        while not (cases := (await frame_with(socket, "cases"))["cases"]):
            continue
        assert cases[0]["urgency"] == "emergency"
        await socket.send_json({"open": cases[0]["id"]})
        transcript = await frame_with(socket, "transcript")
        assert transcript["messages"][0]["text"] == EMERGENCY


async def test_claim_answer_note_close(lan: Browser, huy: Browser, person: Person) -> None:
    await person.write(EMERGENCY)
    statuses = await asyncio.gather(lan.act(1, "claim"), huy.act(1, "claim"))
    assert sorted(statuses) == [200, 409]
    mine, other = (lan, huy) if statuses[0] == 200 else (huy, lan)
    assert await other.act(1, "reply", text="chen vào", id="a") == 409
    assert await mine.act(1, "reply", text="Chị đây em.", id="b") == 200
    assert await mine.act(1, "reply", text="Chị đây em.", id="b") == 200
    assert await mine.act(1, "reply", text="   ", id="c") == 409
    assert await mine.act(1, "note", text="Đã gọi công an xã.") == 200
    await person.settle()
    said = [line for line in await person.lines() if line.author is Author.OPERATOR]
    assert [line.text for line in said] == ["Chị đây em."]
    assert await mine.act(1, "close", outcome="referred") == 200
    assert await mine.act(1, "reply", text="muộn rồi", id="d") == 409


async def test_an_action_that_does_not_exist_is_not_found(lan: Browser) -> None:
    assert await lan.act(1, "erase-everything") == 404
    assert await lan.act(99, "claim") == 409


async def test_a_case_given_back_is_the_assistants_again(lan: Browser, person: Person) -> None:
    await person.write(EMERGENCY)
    assert await lan.act(1, "return") == 409
    assert await lan.act(1, "claim") == 200
    assert await person.write("em còn một câu hỏi về trường học") == []
    assert await lan.act(1, "return") == 200
    assert [line.author for line in await person.write("xin chào")][-1] is Author.ASSISTANT


async def test_what_is_wrong_with_the_machine_stands_at_every_desk_until_it_is_put_right(
    lan: Browser, gateway: Gateway
) -> None:
    async with lan.socket() as socket:
        assert (await socket.receive_json(timeout=PATIENCE))["notices"] == []
        await gateway.notices.tell("zalo_consent")
        assert (await socket.receive_json(timeout=PATIENCE))["notices"] == [
            gateway.texts.desk.notices.zalo_consent
        ]
        await gateway.notices.settle("zalo_consent")
        assert (await socket.receive_json(timeout=PATIENCE))["notices"] == []


async def test_who_comes_second_is_told_who_has_it(lan: Browser, huy: Browser, person: Person) -> None:
    await person.write(EMERGENCY)
    assert await lan.act(1, "claim") == 200
    assert "lan" in await huy.told(1, "claim")


async def test_a_case_handed_over_is_read_by_the_colleague_and_can_be_taken_back(
    lan: Browser, huy: Browser, person: Person
) -> None:
    await person.write(EMERGENCY)
    await lan.act(1, "claim")
    async with lan.socket() as socket:
        await socket.send_json({"open": 1})
        await frame_with(socket, "transcript")
        assert await lan.act(1, "hand-over", to=huy.id) == 200
        # From the same moment it is not shown to her any more.
        assert (await frame_with(socket, "refused"))["refused"] == 1
    async with huy.socket():
        assert await huy.reads(1)
        assert await lan.act(1, "take-back") == 200
        assert await lan.act(1, "hand-over", to=huy.id) == 200
    assert await huy.act(1, "reply", text="Anh đây em.", id="a") == 200
    assert await lan.act(1, "take-back") == 409


async def test_nothing_is_handed_to_somebody_who_is_not_there(
    lan: Browser, huy: Browser, person: Person
) -> None:
    await person.write(EMERGENCY)
    await lan.act(1, "claim")
    assert await huy.post("/desk/duty", duty="away") == (200, {"ok": True})
    assert await lan.act(1, "hand-over", to=huy.id) == 409
    assert await lan.act(1, "hand-over", to=None) == 200
    assert (await lan.cases())[0]["state"] == "queue"


async def test_a_case_left_alone_is_taken_over_by_one_of_those_who_are_there(
    gateway: Gateway, clock: Clock, lan: Browser, huy: Browser, person: Person
) -> None:
    await person.write(EMERGENCY)
    await lan.act(1, "claim")
    assert await huy.act(1, "take-over") == 409
    clock.ahead += 61
    assert (await huy.cases())[0]["alone"] is True
    assert await huy.act(1, "take-over") == 200
    assert await lan.act(1, "reply", text="chen vào", id="a") == 409


async def test_what_is_noted_when_a_case_is_closed(gateway: Gateway, lan: Browser, person: Person) -> None:
    await person.write(EMERGENCY)
    await lan.act(1, "claim")
    noted = {
        "category": "violence.physical",
        "outcome": "referred",
        "referral": "police",
        "follow_up": "2027-01-05",
    }
    for wrong in ({"category": "violence"}, {"outcome": "xong"}, {"follow_up": "mai"}):
        assert await lan.act(1, "close", **{**noted, **wrong}) == 409
    assert await lan.act(1, "close", **noted, goodbye=False, pause=True) == 200
    async with gateway.store.reading() as db:
        row = (await db.execute(select(cases))).one()
    assert {name: getattr(row, name) for name in noted} == noted
    await person.settle()
    assert gateway.texts.returned not in [line.text for line in await person.lines()]
    # During the pause nothing but an emergency is hers to take.
    await Person(gateway, "bạn").write("em muốn gặp người thật")
    assert "nghỉ" in await lan.told(2, "claim")


async def test_an_alarm_reaches_the_open_desk_with_number_and_urgency_only(
    gateway: Gateway, lan: Browser, person: Person
) -> None:
    gateway.watch.routes.append(DeskRoute(gateway.store, gateway.roster))
    async with lan.socket() as socket:
        await frame_with(socket, "alarms")
        await person.write(EMERGENCY)
        await gateway.watch.look()
        while not (alarms := (await frame_with(socket, "alarms"))["alarms"]):
            continue
    told = {name: alarms[0][name] for name in ("case", "urgency", "cause", "drill")}
    assert told == {"case": 1, "urgency": "emergency", "cause": "unclaimed", "drill": False}
    assert alarms[0].keys() - told.keys() == {"id", "ago"}
    async with gateway.store.reading() as db:
        firing = (await db.execute(select(alarm_firings))).one()
    assert (firing.route, firing.went_out) == ("desk", True)


async def test_who_is_writing_is_seen_by_colleagues_and_by_nobody_after_it_was_sent(
    gateway: Gateway, address: str, lan: Browser, person: Person
) -> None:
    await person.write(EMERGENCY)
    await lan.act(1, "claim")

    async def until(socket: Any, right: Callable[[list[str]], bool]) -> None:
        while not right((await frame_with(socket, "cases"))["cases"][0]["typing"]):
            continue

    async with at_desk(gateway, address, "mai", Role.SUPERVISOR) as mai, mai.socket() as there:
        async with lan.socket() as here:
            await here.send_json({"open": 1})
            await frame_with(here, "transcript")
            await here.send_json({"typing": 1})
            await until(there, lambda names: names == ["lan"])
            await lan.act(1, "reply", text="Chị đây em.", id="a")
            await until(there, lambda names: names == [])
            await here.send_json({"typing": 1})
            await until(there, lambda names: names == ["lan"])
        # Her page is gone.
        await until(there, lambda names: names == [])


async def test_the_words_of_a_line_that_did_not_arrive_are_read_by_its_operator_alone(
    gateway: Gateway, address: str, lan: Browser, huy: Browser, person: Person
) -> None:
    await person.write(EMERGENCY)
    await lan.act(1, "claim")
    await lan.act(1, "reply", text="Chị đây em.", id="a")
    await person.settle()
    said = [line.seq for line in await person.lines() if line.author is Author.OPERATOR]
    async with gateway.store.writing() as db:
        await gateway.transcripts.mark(db, said, State.FAILED, failure="Forbidden")
    [letter] = (await lan.get("/desk/letters"))["letters"]
    assert (letter["text"], letter["failure"], letter["case"]) == ("Chị đây em.", "Forbidden", 1)
    assert (await huy.get("/desk/letters"))["letters"] == []
    for name, role in (("mai", Role.SUPERVISOR), ("vy", Role.ADMINISTRATOR)):
        async with at_desk(gateway, address, name, role) as other:
            [letter] = (await other.get("/desk/letters"))["letters"]
            assert letter["text"] is None and letter["failure"] == "Forbidden"


async def test_reading_a_closed_case_is_in_the_audit_trail(
    gateway: Gateway, lan: Browser, person: Person
) -> None:
    await person.write(EMERGENCY)
    await lan.act(1, "claim")
    await lan.act(1, "close")
    assert await lan.reads(1)
    assert not await lan.reads(99)
    async with gateway.store.reading() as db:
        read = await db.execute(select(audit.c.case_number).where(audit.c.action == "read"))
        assert list(read.scalars()) == [1]
        assert (await gateway.audit.verify(db)).broken_at is None


async def test_signing_out_elsewhere_ends_the_live_desk(gateway: Gateway, clock: Clock, lan: Browser) -> None:
    async with lan.socket() as socket:
        await frame_with(socket, "cases")
        await lan.session.post(f"{lan.url}/desk/logout", data={"csrf_token": lan.csrf}, allow_redirects=False)
        clock.ahead += 30
        gateway.bell.ring("desk")
        while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            continue


async def test_the_desk_speaks_english_to_who_chose_it(stranger: Browser) -> None:
    async with stranger.session.get(f"{stranger.url}/desk/login") as response:
        assert "Vào bàn trực" in await response.text()
    async with stranger.session.get(f"{stranger.url}/desk/language/en") as response:
        assert 'lang="en"' in await response.text()
    assert "Sign in" in await (await stranger.session.get(f"{stranger.url}/desk/login")).text()
    async with stranger.session.get(f"{stranger.url}/desk/language/xx") as response:
        assert response.status == 404
