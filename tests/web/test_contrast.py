"""Every pair of colours that meet on a page can be read: 4.5 to 1 for text, 3 to 1 for edges (WCAG 2.2 AA)."""

import re

import pytest
from tests.web.messages import WEB

TOKENS = (WEB / "static" / "web" / "tokens.css").read_text("utf-8")
SCHEMES = dict(zip(("light", "dark"), re.findall(r":root \{(.*?)\n\s*\}", TOKENS, re.DOTALL), strict=True))
GROUNDS = ("paper", "card", "sunken")
STATUSES = ("green", "amber", "red", "blue", "grey")
TEXT_PAIRS = (
    *((text, ground) for text in ("ink", "soft", "accent", *STATUSES) for ground in GROUNDS),
    *((status, f"{status}-weak") for status in STATUSES),
    *(("ink", f"{status}-weak") for status in STATUSES),
    ("accent", "accent-weak"),
    ("ink", "accent-weak"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
)


def tokens(scheme: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", SCHEMES[scheme]))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_the_largest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS, ids=" on ".join)
def test_text_can_be_read(scheme: str, text: str, ground: str) -> None:
    known = tokens(scheme)
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_the_edge_of_a_field_can_be_seen(scheme: str, ground: str) -> None:
    known = tokens(scheme)
    assert contrast(known["edge"], known[ground]) >= 3


def test_both_schemes_have_the_same_roles() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


def test_colours_stand_in_the_tokens_only() -> None:
    others = [path for path in (WEB / "static" / "web").glob("*.css") if path.name != "tokens.css"]
    assert {path.name: re.findall(r"#[0-9a-fA-F]{3,6}\b", path.read_text("utf-8")) for path in others} == {
        path.name: [] for path in others
    }
