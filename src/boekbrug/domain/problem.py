"""A problem is data: a code, what it is about and the values for its sentence (booking.md, "Problems")."""

from dataclasses import dataclass

from boekbrug.domain.catalogue import CATALOGUE, Kind, Severity, Who

__all__ = ["CATALOGUE", "Kind", "Problem", "Severity", "Subject", "Who", "report"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What a problem is about; empty fields do not apply. `line` counts from 1, `kind` names the Exact object."""

    line: int | None = None
    option: str = ""
    kind: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong: its sentence stands in the translation files under `code`.

    `values` fill the sentence's placeholders. Two problems with the same `code` and `subject.key` have one cause.
    """

    code: str
    subject: Subject = Subject()
    severity: Severity = Severity.HOLDS
    values: tuple[tuple[str, str], ...] = ()

    @property
    def who(self) -> Who:
        """The first person who can act, from the catalogue."""
        return CATALOGUE[self.code].who[0]

    @property
    def cause(self) -> str:
        """The key under which invoices with one cause are one line (feature N6)."""
        return f"{self.code}:{self.subject.key}"


def report(code: str, subject: Subject, severity: Severity | None = None, /, **values: object) -> Problem:
    """The problem `code` about `subject`: it holds when its row in the catalogue may hold, unless said otherwise."""
    usual = Severity.HOLDS if CATALOGUE[code].holds else Severity.WARNS
    words = tuple((name, str(value)) for name, value in values.items())
    return Problem(code=code, subject=subject, severity=severity or usual, values=words)
