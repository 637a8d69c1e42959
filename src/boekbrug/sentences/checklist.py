"""Tells an item of the checklist: how it stands, why it matters, and what to do."""

from boekbrug.domain.checklist import Colour, Item
from boekbrug.sentences.tell import Telling, say


def tell_item(item: Item, language: str) -> Telling:
    """The item in words; what is in order asks for nothing, and a refused option is told as at its field."""
    values = dict(item.values)
    refused = item.key in {"options", "journal", "receivables_account"} and item.colour is Colour.RED
    title = f"option.{item.code}" if refused else f"checklist.{item.code}"
    fix = "checklist-fix.option" if refused else f"checklist-fix.{item.code}"
    return Telling(
        title=say(title, language, **values).rstrip("."),
        sentence=say(f"checklist-why.{item.key}", language),
        action="" if item.colour is Colour.GREEN else say(fix, language, **values),
    )
