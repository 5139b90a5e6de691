"""Makes the PNG beside every SVG in `content/pictures/`: `make pictures`, with Chromium."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from content.checking import CONTENT

FOLDER = CONTENT / "pictures"
WIDTH, HEIGHT = 1080, 1350


def main() -> None:
    """Draw all of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for drawing in sorted(FOLDER.glob("*.svg")):
            page.set_content(f"<body style='margin:0'>{drawing.read_text('utf-8')}</body>")
            page.screenshot(path=drawing.with_suffix(".png"))
            print(drawing.with_suffix(".png").name)
        browser.close()


if __name__ == "__main__":
    main()
