"""Secrets at rest: sealed by the first key, opened by any of the list (exactly-once.md, "Tokens")."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import transaction

from boekbrug.settings import settings
from boekbrug.store.models import Login, Organisation

SEALED = (
    (Organisation, "coachview_secret_sealed"),
    (Organisation, "hook_sealed"),
    (Organisation, "webhook_secret_sealed"),
    (Login, "access_token_sealed"),
    (Login, "refresh_token_sealed"),
)


BATCH = 200


class SealBroken(Exception):
    """None of the keys opens a secret: the keys are not those with which it was sealed."""

    def __init__(self) -> None:
        super().__init__("None of BOEKBRUG_SECRET_KEYS opens this secret; were the keys changed or left behind?")


def seal(text: str, keys: Sequence[str] | None = None) -> str:
    """The text sealed under the first key; nothing stays nothing."""
    return _box(keys).encrypt(text.encode()).decode("ascii") if text else ""


def unseal(sealed: str, keys: Sequence[str] | None = None) -> str:
    """The text again; raises SealBroken when no key opens it."""
    if not sealed:
        return ""
    try:
        return _box(keys).decrypt(sealed).decode()
    except InvalidToken:
        raise SealBroken from None


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """How many secrets are under the first key now, and whose (in words) no key opens."""

    sealed: int
    unreadable: tuple[str, ...]


def rotate(keys: Sequence[str] | None = None) -> Rotation:
    """Seal every secret anew under the first key, so that the others can be taken off the list.

    In batches of a transaction each: stopped halfway it may be begun again, and what is under the first key already
    stays as it is. A secret that no key opens is passed over and named; the others are done all the same.
    """
    box, first = _box(keys), _box((keys or settings().secret_keys)[:1])
    sealed, unreadable = 0, dict[str, None]()
    for model, column in SEALED:
        ids = list(model.objects.exclude(**{column: ""}).order_by("id").values_list("id", flat=True))
        for start in range(0, len(ids), BATCH):
            with transaction.atomic():
                rows = model.objects.select_for_update().filter(id__in=ids[start : start + BATCH]).order_by("id")
                for row in rows.exclude(**{column: ""}):
                    if _rotate(row, column, box, first):
                        sealed += 1
                    else:
                        unreadable[_whose(row)] = None
    return Rotation(sealed=sealed, unreadable=tuple(unreadable))


def unreadable(keys: Sequence[str] | None = None) -> tuple[str, ...]:
    """Whose secrets (in words) no key opens; nothing is changed."""
    box, found = _box(keys), dict[str, None]()
    for model, column in SEALED:
        for row in model.objects.exclude(**{column: ""}).order_by("id").iterator():
            if not _opens(box, str(getattr(row, column))):
                found[_whose(row)] = None
    return tuple(found)


def _rotate(row: Organisation | Login, column: str, box: MultiFernet, first: MultiFernet) -> bool:
    """Seal one secret under the first key, when it is not; False when no key opens it. The row is locked."""
    sealed = str(getattr(row, column))
    if _opens(first, sealed):
        return True
    if not _opens(box, sealed):
        return False
    setattr(row, column, box.rotate(sealed).decode("ascii"))
    row.save(update_fields=[column])
    return True


def _opens(box: MultiFernet, sealed: str) -> bool:
    try:
        box.decrypt(sealed)
    except InvalidToken:
        return False
    return True


def _whose(row: Organisation | Login) -> str:
    return row.name if isinstance(row, Organisation) else f"{row.exact_user or row.id} ({row.site})"


def _box(keys: Sequence[str] | None) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys or settings().secret_keys])
