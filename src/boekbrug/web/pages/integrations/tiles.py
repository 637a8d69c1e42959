"""A koppeling as a tile: its name, its state, and one line about its connection."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from boekbrug.store.reading import IntegrationRow
from boekbrug.web import connection, words


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One tile of the panel Boekhouding."""

    id: int
    name: str
    status: words.Status
    line: str
    may_configure: bool


def tile_of(row: IntegrationRow, *, may_configure: bool) -> Tile:
    """The tile of a koppeling."""
    return Tile(
        id=row.id,
        name=row.name,
        status=connection.status_of(row),
        line=connection.place_of(row) or _("Nog geen administratie gekozen"),
        may_configure=may_configure,
    )
