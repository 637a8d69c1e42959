"""What a form of the mapping tables asks for: the fields are named after table and code, `naar.vat_code.2H`."""

from collections.abc import Iterator

from django.http import QueryDict

from boekbrug.domain.proposals import CodeKind
from boekbrug.store.mapping import Wish

TO, SEEN, PROPOSED = "naar.", "gezien.", "voorstel."
NEW, NEW_TO = "nieuw.", "nieuw-naar."


def read_wishes(posted: QueryDict) -> tuple[Wish, ...]:
    """The rows that are to change: one button's, the ticked proposals, all proposals, or every edited field."""
    if key := posted.get("bevestig"):
        return tuple(_proposals(posted, {key}))
    if key := posted.get("wis"):
        return (_wish(posted, key, ""),)
    action = posted.get("actie", "")
    if action == "selectie":
        return tuple(_proposals(posted, set(posted.getlist("kies"))))
    if action == "alles":
        return tuple(_proposals(posted, None))
    return (*_edited(posted), *_added(posted))


def skips(asked: QueryDict) -> dict[str, int]:
    """From which row on each table is shown, by its kind: `?gl_account=75`."""
    numbers = {kind.value: asked.get(kind.value, "") for kind in CodeKind}
    return {kind: int(text) for kind, text in numbers.items() if text.isascii() and text.isdigit() and len(text) < 7}


def typed(posted: QueryDict) -> dict[str, str]:
    """What stands in the fields for Exact's codes, by table and code, to be shown again after a refusal."""
    return {name.removeprefix(TO): posted.get(name, "") for name in posted if name.startswith(TO)}


def _proposals(posted: QueryDict, keys: set[str] | None) -> Iterator[Wish]:
    for name in posted:
        key = name.removeprefix(PROPOSED)
        if name.startswith(PROPOSED) and (keys is None or key in keys):
            yield _wish(posted, key, posted.get(name, ""))


def _edited(posted: QueryDict) -> Iterator[Wish]:
    for key, code in typed(posted).items():
        if code.strip() != posted.get(SEEN + key, "").strip():
            yield _wish(posted, key, code)


def _added(posted: QueryDict) -> Iterator[Wish]:
    """A row for a code that no invoice uses yet."""
    for name in posted:
        code = posted.get(name, "").strip()
        if name.startswith(NEW) and code:
            kind = name.removeprefix(NEW)
            yield Wish(kind=kind, from_code=code, to_code=posted.get(NEW_TO + kind, ""), seen="")


def _wish(posted: QueryDict, key: str, to_code: str) -> Wish:
    kind, _, code = key.partition(".")
    return Wish(kind=kind, from_code=code, to_code=to_code, seen=posted.get(SEEN + key))
