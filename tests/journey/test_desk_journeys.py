"""Operators at the desk in real browsers: together, without a network, on a phone, without a mouse."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bot.model import Author
from tests.journey.conftest import Site, say, until

CRY = "bo em dang danh me em nang lam"


async def take(desk: Page) -> None:
    await desk.get_by_test_id("case").first.click()
    await desk.get_by_test_id("claim").click()
    await expect(desk.get_by_test_id("reply")).to_be_focused()


async def close(desk: Page) -> None:
    await desk.get_by_test_id("category").select_option("violence.physical")
    await desk.get_by_test_id("close-confirm").click()
    await expect(desk.get_by_test_id("case")).to_have_count(0)


async def test_a_case_goes_from_one_operator_to_another_and_back(site: Site) -> None:
    lan, huy = await site.operator("lan"), await site.operator("huy")
    chat = await site.child(CRY)

    # Both look at it, and see where the alarm came from; one takes it, for the other it is gone.
    await huy.get_by_test_id("case").click()
    await expect(huy.locator("mark")).not_to_have_count(0)
    await take(lan)
    await expect(huy.get_by_test_id("case")).to_have_count(0)

    # The child sees that somebody is writing, and reads what was chosen and changed.
    await lan.locator("#replies button", has_text="Hỏi một câu an toàn").click()
    await expect(chat.locator("#typing")).to_be_visible()
    await lan.get_by_test_id("reply").press("End")
    await lan.get_by_test_id("reply").type(" Chị chờ em.")
    await lan.get_by_test_id("send-reply").click()
    await expect(chat.locator("[data-from=operator]")).to_contain_text("Chị chờ em.")
    await expect(chat.locator("#typing")).to_be_hidden()

    # Handed over, taken back, handed over again and answered.
    await lan.get_by_test_id("hand-over").click()
    await lan.locator("#handing-list button", has_text="huy").click()
    await expect(huy.get_by_test_id("case")).to_have_attribute("data-mine", "true")
    await lan.locator("#toast button").click()
    await expect(lan.get_by_test_id("case")).to_have_attribute("data-mine", "true")
    await expect(huy.get_by_test_id("case")).to_have_count(0)
    await lan.get_by_test_id("hand-over").click()
    await lan.locator("#handing-list button", has_text="huy").click()
    await huy.get_by_test_id("case").click()
    await expect(huy.get_by_test_id("transcript")).to_contain_text("Chị chờ em.")
    await huy.get_by_test_id("reply").fill("Anh là Huy, người trực.")
    await huy.get_by_test_id("send-reply").click()
    await expect(chat.locator("[data-from=operator]").last).to_contain_text("Anh là Huy")

    await huy.get_by_test_id("close").click()
    await close(huy)
    await expect(chat.locator("[data-from=notice]").last).to_contain_text("trợ lý máy")

    # Found again by its number by who held it; nobody else finds it.
    for desk, found in ((huy, True), (lan, False)):
        await desk.locator("#find").fill("1")
        await desk.locator("#find").press("Enter")
        if found:
            await expect(desk.locator("[data-part=holder]")).to_contain_text("đã đóng")
        else:
            await expect(desk.locator("#toast")).to_contain_text("Không có ca 1")


async def test_a_connection_lost_while_writing_loses_and_doubles_nothing(site: Site) -> None:
    lan = await site.operator("lan")
    chat = await site.child(CRY)
    await take(lan)
    await lan.context.set_offline(True)
    await expect(lan.locator("#lost")).to_be_visible()
    await lan.get_by_test_id("reply").fill("Chị đây em.")
    await lan.get_by_test_id("send-reply").click()
    await expect(lan.locator("#toast")).to_contain_text("tự gửi")
    await expect(lan.get_by_test_id("reply")).to_have_value("Chị đây em.")
    await say(chat, "co ai khong a")
    await lan.context.set_offline(False)
    await expect(lan.get_by_test_id("reply")).to_have_value("")
    await expect(lan.get_by_test_id("transcript")).to_contain_text("co ai khong a")

    # The server took it, but its answer was lost: the same words go out once more and arrive once.
    async def lose_the_answer(route: object) -> None:
        await route.fetch()  # type: ignore[attr-defined]
        await route.abort()  # type: ignore[attr-defined]

    await lan.route("**/reply", lose_the_answer)
    await lan.get_by_test_id("reply").fill("Em ra được chỗ an toàn không?")
    await lan.get_by_test_id("send-reply").click()
    await expect(lan.get_by_test_id("send-reply")).to_have_text("Gửi lại")
    await lan.unroute("**/reply")
    await lan.get_by_test_id("send-reply").click()
    await expect(lan.get_by_test_id("reply")).to_have_value("")
    await expect(chat.locator("[data-from=operator]")).to_have_text(
        ["Người trựcChị đây em.", "Người trựcEm ra được chỗ an toàn không?"]
    )
    site.problems[:] = [line for line in site.problems if "ERR_" not in line and "WebSocket" not in line]


async def test_on_a_phone_everything_can_be_reached(site: Site) -> None:
    lan = await site.operator("lan", viewport={"width": 360, "height": 740}, has_touch=True)
    chat = await site.child(CRY)
    await take(lan)
    await lan.get_by_test_id("reply").fill("Chị đây em.")
    await lan.get_by_test_id("send-reply").click()
    await expect(chat.locator("[data-from=operator]")).to_contain_text("Chị đây em.")
    for open_, shown in (("[data-part=more]", "#side"), ("#menu summary", "#menu .sheet")):
        await lan.locator(open_).click()
        await expect(lan.locator(shown)).to_be_in_viewport(ratio=1)
    wide = await lan.evaluate("[document.documentElement.scrollWidth, document.body.scrollLeft]")
    assert wide == [360, 0]
    await lan.locator("#menu summary").click()
    await lan.get_by_test_id("close").click()
    await close(lan)
    await expect(lan.locator("#cases")).to_be_attached()


async def test_without_a_mouse(site: Site) -> None:
    lan = await site.operator("lan", viewport={"width": 1440, "height": 900})
    chat = await site.child(CRY)
    await expect(lan.get_by_test_id("case")).to_have_count(1)
    await lan.keyboard.press("?")
    await expect(lan.locator("#keys")).to_be_visible()
    await lan.keyboard.press("Escape")
    await lan.keyboard.press("n")
    await expect(lan.locator("[data-part=title]")).to_be_focused()
    await lan.keyboard.press("c")
    await expect(lan.get_by_test_id("reply")).to_be_focused()
    await lan.keyboard.type("Chị đây em.")
    await lan.keyboard.press("Control+Enter")
    await expect(chat.locator("[data-from=operator]")).to_contain_text("Chị đây em.")
    await lan.keyboard.press("Escape")
    await lan.keyboard.press("i")
    await lan.keyboard.type("Đã gọi công an xã.")
    await lan.keyboard.press("Tab")
    await lan.keyboard.press("Enter")
    await expect(lan.locator("[data-from=note]")).to_contain_text("Đã gọi công an xã.")
    # A second pane beside the first, with another case in it, each with its own words.
    await site.child("em muon gap nguoi that")
    await expect(lan.get_by_test_id("case")).to_have_count(2)
    await lan.keyboard.press("b")
    await lan.keyboard.press("n")
    await expect(lan.locator(".pane[data-active=true] [data-part=title]")).to_contain_text("Ca 2")
    await lan.keyboard.press("c")
    await expect(lan.get_by_test_id("reply").last).to_be_focused()
    await lan.keyboard.type("Chào em.")
    await lan.keyboard.press("Escape")
    await lan.keyboard.press("o")
    await expect(lan.get_by_test_id("reply").first).to_have_value("")
    await lan.keyboard.press("x")
    await lan.get_by_test_id("category").select_option("violence.physical")
    await lan.get_by_test_id("close-confirm").press("Enter")
    await expect(lan.get_by_test_id("case")).to_have_count(1)

    async def one_reply() -> bool:
        async with site.gateway.store.reading() as db:
            conversation = await site.gateway.cases.conversation_of(db, 1)
            lines = await site.gateway.transcripts.lines(db, conversation or "")
        return [line.text for line in lines if line.author is Author.OPERATOR] == ["Chị đây em."]

    await until(one_reply)
