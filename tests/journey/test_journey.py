"""One journey in a real browser, through the command that people run: a child writes, an operator answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.journey.conftest import CHROMIUM, FLAGS, PASSWORD, Site
from tests.server import served


async def page_for(browser: Browser, problems: list[str]) -> Page:
    context = await browser.new_context(locale="vi-VN")
    page = await context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    return page


async def sign_in(page: Page, link: str) -> None:
    await page.goto(link)
    await page.fill("input[name=password]", PASSWORD)
    await page.fill("input[name=again]", PASSWORD)
    await page.click("button.main")
    await page.fill("input[name=name]", "truc")
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button.main")
    await expect(page.locator("#empty")).to_be_visible()


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: make browser")
async def test_a_child_writes_an_operator_answers_the_child_reads(tmp_path: Path) -> None:
    problems: list[str] = []
    async with served(tmp_path) as server, async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        desk, chat = await page_for(browser, problems), await page_for(browser, problems)
        await sign_in(desk, server.link)
        await server.ready()

        await chat.goto(f"{server.url}/chat")
        await chat.fill("#text", "em bi ban trong lop tay chay")
        await chat.press("#text", "Enter")
        await expect(chat.locator("[data-from=assistant]").first).to_contain_text("111")

        await chat.fill("#text", "bo em dang danh me em nang lam")
        await chat.press("#text", "Enter")
        await expect(chat.locator("[data-from=automatic]")).to_contain_text("113")
        case = desk.get_by_test_id("case")
        await expect(case).to_have_attribute("data-urgency", "emergency")

        await case.click()
        await expect(desk.get_by_test_id("transcript")).to_contain_text("bo em dang danh me em")
        await desk.get_by_test_id("claim").click()
        await expect(chat.locator("[data-from=notice]").last).to_contain_text("đang đọc")
        await desk.get_by_test_id("reply").fill("Chào em, chị đang đọc đây.")
        await desk.get_by_test_id("send-reply").click()
        await expect(chat.locator("[data-from=operator]")).to_contain_text("Chào em, chị đang đọc đây.")

        await chat.reload()
        await expect(chat.locator("[data-from=operator]")).to_have_count(1)
        await expect(chat.locator("[data-from=person]")).to_have_count(2)

        await desk.get_by_test_id("close").click()
        await desk.get_by_test_id("category").select_option("violence.physical")
        await desk.get_by_test_id("close-confirm").click()
        await expect(desk.get_by_test_id("case")).to_have_count(0)
        await expect(chat.locator("[data-from=notice]").last).to_contain_text("trợ lý máy")
        await browser.close()
    assert problems == []


async def test_quick_exit_leaves_no_trace_in_the_tab(site: Site) -> None:
    page = await site.page(await site.context())
    await page.route("https://www.google.com.vn/**", lambda route: route.fulfill(body="elsewhere"))
    await page.goto(f"{site.url}/chat")
    await page.fill("#text", "em so lam")
    await page.press("#text", "Enter")
    await expect(page.locator(".state.received")).to_be_visible()
    await page.click("#exit")
    await page.wait_for_url("https://www.google.com.vn/**")
    await page.goto(f"{site.url}/chat")
    await expect(page.locator("[data-from]")).to_have_count(0)
