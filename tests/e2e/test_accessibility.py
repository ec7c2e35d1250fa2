"""Accessibility of every page, in both themes: axe-core finds no serious fault (WCAG 2.1, levels A and AA)."""

from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import new_context, settled

pytestmark = pytest.mark.e2e

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
ADDRESSES = (
    *("/", "/explore", "/dataset", "/listen", "/train", "/evaluate", "/compare", "/quiz"),
    "/predict?example=ave-maria",
)


def serious_faults(page: Page) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] }).then(found => found.violations)",
        RULES,
    )
    return [
        f"{page.url} {fault['id']}: {node['html'][:200]} {node['failureSummary']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def test_no_page_has_a_serious_fault(browser: Browser, server: str) -> None:
    context = new_context(browser, viewport={"width": 1280, "height": 900}, base_url=server, color_scheme="light")
    page = context.new_page()
    faults: list[str] = []
    for address in ADDRESSES:
        page.goto(address)
        settled(page)
        page.evaluate(AXE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            settled(page)
            page.wait_for_function(
                "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme == scheme", arg=scheme
            )
            faults += serious_faults(page)
        page.emulate_media(color_scheme="light")
    context.close()
    assert not faults, "\n".join(faults)
