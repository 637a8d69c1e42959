"""Filters and tags of our templates: values in the reader's format, icons, status pills."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from boekbrug.web import formats, icons

register = template.Library()

register.simple_tag(icons.icon)
register.simple_tag(icons.bridge)


def _language() -> str:
    return get_language() or "nl"


@register.filter
def money(value: Decimal, currency: str = "EUR") -> str:
    """An amount with its currency."""
    return formats.money(value, _language(), currency or "EUR")


@register.filter
def cents(value: Decimal | None) -> str:
    """An amount without currency; nothing for nothing."""
    return "" if value is None else formats.cents(value, _language())


@register.filter
def whole(value: int) -> str:
    """A whole number with its thousands apart."""
    return formats.count(value, _language())


@register.filter
def percentage(value: Decimal) -> str:
    """A fraction as a percentage."""
    return formats.percentage(value, _language())


@register.filter
def day(value: date | None) -> str:
    """A day for a column; nothing for nothing."""
    return "" if value is None else formats.day(value, _language())


@register.filter
def day_in_words(value: date | None) -> str:
    """A day where there is room; nothing for nothing."""
    return "" if value is None else formats.day_in_words(value, _language())


@register.filter
def stamp(value: datetime | None) -> str:
    """A moment to the second in the reader's zone; nothing for nothing."""
    return "" if value is None else formats.stamp(timezone.localtime(value))


@register.filter
def when(value: datetime | None) -> str:
    """A moment as a person says it; nothing for nothing."""
    return "" if value is None else formats.when(timezone.localtime(value), timezone.localtime(), _language())


@register.simple_tag
def pill(status: Any) -> SafeString:
    """A status as icon + word + colour; `status` has `icon`, `colour` and `word`."""
    return format_html('<span class="pill {}">{}{}</span>', status.colour, icons.icon(status.icon), status.word)
