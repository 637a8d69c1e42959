"""The icons of the service center: line drawings on a 16 by 16 ground; `solid` parts are filled."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_CIRCLE = '<circle cx="8" cy="8" r="6.25"/>'

DRAWINGS = {
    "check": '<path d="M3.5 8.5 6.5 11.5 12.5 4.75"/>',
    "double-check": '<path d="M1.5 8.75 4.25 11.5 9.75 5M7.25 10.75 8 11.5 14 4.75"/>',
    "clock": _CIRCLE + '<path d="M8 4.5V8l2.25 1.75"/>',
    "hand": _CIRCLE + '<path d="M8 4.75v4"/><circle class="solid" cx="8" cy="11.1" r=".95"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.25 3.25"/>',
    "arrow": '<path d="M2.75 8h10.5M9 3.75 13.25 8 9 12.25"/>',
    "back": '<path d="M13.25 8H2.75M7 3.75 2.75 8 7 12.25"/>',
    "cross": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "stop": _CIRCLE + '<path d="m5.75 5.75 4.5 4.5M10.25 5.75l-4.5 4.5"/>',
    "skip": '<path d="M3 4.5 7.5 8 3 11.5zM8.5 4.5 13 8l-4.5 3.5z"/>',
    "differs": '<path d="M3 6h10M3 10h10M10.5 3l-5 10"/>',
    "page": '<path d="M4 1.75h5L12.5 5v9.25H4zM9 1.75V5h3.5"/>',
    "inbox": '<path d="M2 9.25 4 3h8l2 6.25V13H2zM2 9.25h3.5L6.75 11h2.5l1.25-1.75H14"/>',
    "coin": _CIRCLE + '<path d="M10 5.75a2.9 2.9 0 1 0 0 4.5M4.75 7.25H8M4.75 8.85H8"/>',
    "person": '<circle cx="8" cy="5.25" r="2.75"/><path d="M2.75 14c.4-2.9 2.4-4.25 5.25-4.25S12.85 11.1 13.25 14"/>',
    "plug": '<path d="M5.5 1.75v3.5M10.5 1.75v3.5M3.5 5.25h9V8a4.5 4.5 0 0 1-9 0zM8 12.5v2"/>',
    "pause": '<path d="M5.5 3.5v9M10.5 3.5v9"/>',
    "info": _CIRCLE + '<path d="M8 7.5v4"/><circle class="solid" cx="8" cy="4.9" r=".95"/>',
    "download": '<path d="M8 2.25v8M4.5 7 8 10.5 11.5 7M2.75 13.5h10.5"/>',
    "up": '<path d="m4.5 9.75 3.5-3.5 3.5 3.5"/>',
    "down": '<path d="m4.5 6.25 3.5 3.5 3.5-3.5"/>',
    "dot": '<circle class="solid" cx="8" cy="8" r="4"/>',
    "question": _CIRCLE
    + '<path d="M6 6.25a2 2 0 1 1 2.9 1.8c-.6.3-.9.65-.9 1.2"/><circle class="solid" cx="8" cy="11.4" r=".9"/>',
}

BRIDGE = (
    '<path d="M2 20.5h28M4.5 20.5v-3a11.5 9.5 0 0 1 23 0v3" stroke-width="2.4"/>'
    '<path d="M10.25 20.5v-9.6M16 20.5V8M21.75 20.5v-9.6" stroke-width="2"/>'
)


def icon(name: str) -> SafeString:
    """The drawing as an inline element that screen readers pass over: the word beside it speaks."""
    drawing = mark_safe(DRAWINGS[name])  # noqa: S308  # our own constants
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>', drawing)


def bridge() -> SafeString:
    """The logo: a bridge of one arch."""
    drawing = mark_safe(BRIDGE)  # noqa: S308  # our own constant
    return format_html(
        '<svg viewBox="0 4 32 20" fill="none" stroke="currentColor" stroke-linecap="round" '
        'aria-hidden="true" focusable="false">{}</svg>',
        drawing,
    )
