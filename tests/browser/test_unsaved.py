"""What somebody typed and did not save is not lost by a click elsewhere: the browser asks first."""

import pytest
from playwright.sync_api import Dialog, Page, expect
from tests.browser.conftest import Window
from tests.browser.test_first_pages import log_in

pytestmark = pytest.mark.browser


@pytest.fixture
def asked(window: Window) -> list[str]:
    """What the browser asked; each time the person stays."""
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    window.page.on("dialog", stay)
    return questions


def configuring(window: Window) -> Page:
    log_in(window)
    return window.open(f"/service-center/integraties/{window.institute.integration.pk}")


def test_leaving_with_something_typed_is_asked_about(window: Window, asked: list[str]) -> None:
    page = configuring(window)
    page.get_by_label("Prefix debiteurnummer").fill("8")
    page.get_by_role("link", name="Facturen").first.click(no_wait_after=True)
    expect(page.get_by_label("Prefix debiteurnummer")).to_have_value("8")
    assert asked == ["beforeunload"]


def test_leaving_with_nothing_typed_and_saving_are_not_asked_about(window: Window, asked: list[str]) -> None:
    page = configuring(window)
    page.get_by_label("Prefix debiteurnummer").fill("8")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Opgeslagen als versie 3.")).to_be_visible()
    page.get_by_role("link", name="Facturen").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Facturen")
    assert asked == []
    assert window.complaints == []
