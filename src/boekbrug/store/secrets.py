"""Secrets at rest: sealed by the first key, opened by any of the list (exactly-once.md, "Tokens")."""

from collections.abc import Sequence

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


def rotate(keys: Sequence[str] | None = None) -> int:
    """Seal every secret anew under the first key, so that the others can be taken off the list; how many."""
    return sum(_rotate_column(model, column, _box(keys)) for model, column in SEALED)


def _rotate_column(model: type[Organisation] | type[Login], column: str, box: MultiFernet) -> int:
    """Row by row with a guarded UPDATE: a token that was refreshed meanwhile is under the first key already."""
    rotated = 0
    ids = list(model.objects.exclude(**{column: ""}).order_by("id").values_list("id", flat=True))
    for row_id in ids:
        with transaction.atomic():
            row = model.objects.select_for_update().get(id=row_id)
            sealed = str(getattr(row, column))
            if not sealed:
                continue
            try:
                setattr(row, column, box.rotate(sealed).decode("ascii"))
            except InvalidToken:
                raise SealBroken from None
            row.save(update_fields=[column])
            rotated += 1
    return rotated


def _box(keys: Sequence[str] | None) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys or settings().secret_keys])
