"""A koppeling with all that decides about it, read at one moment in three queries; a page may ask twelve in all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from boekbrug.domain.option_rules import Situation
from boekbrug.domain.options import Options
from boekbrug.domain.reference import Reference
from boekbrug.store.models import (
    ChecklistConfirmation,
    DueStep,
    Integration,
    MappingKind,
    OptionVersion,
    ReferenceMark,
)
from boekbrug.store.models import Mapping as MappingRow
from boekbrug.store.options import joined
from boekbrug.store.reference_copy import FULL, copy_of
from boekbrug.store.situation import booked_by, largest_invoice_number, longest_debtor_number, situation_in
from boekbrug.sync.ports import Step

VERSIONS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """Who confirmed an item of the checklist, and when."""

    item: str
    who: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """A koppeling: its row (with organisation, administration, login and review), its newest saves, what Exact has.

    `options` are all that hold, `copy` is None when nothing was read of Exact, `read_at` is of the last full read.
    """

    row: Integration
    versions: tuple[OptionVersion, ...]
    shared: Mapping[str, Any]
    options: Options
    copy: Reference | None
    read_at: datetime | None
    situation: Situation
    mappings: Mapping[str, Mapping[str, str]]
    confirmed: tuple[Confirmed, ...]
    review_step: Mapping[str, Any] | None

    @property
    def reference(self) -> Reference | None:
        """The copy, once it was read in full."""
        return self.copy if self.read_at else None


def whole(rows: QuerySet[Integration]) -> Whole | None:
    """The first of these koppelingen with all that decides about it; None when there is none."""
    row: Any = with_due(rows).select_related("review").annotate(**_BESIDE, **_TABLES).first()
    if row is None:
        return None
    versions = tuple(OptionVersion.objects.filter(integration_id=row.pk).order_by("-number")[:VERSIONS])
    shared = row.shared_values or {}
    options = joined(row.pk, versions[0].values if versions else {}, shared)
    copy = copy_of(row.administration_id, row.administration.division) if row.administration else None
    return Whole(
        row=row,
        versions=versions,
        shared=shared,
        options=options,
        copy=copy,
        read_at=row.copy_read_at,
        situation=situation_in(
            row,
            options,
            copy,
            booked=row.is_booked,
            longest_debtor_number=row.longest_number or "",
            largest_invoice_number=int(row.largest_number or 0),
        ),
        mappings=_by_kind(row.mapped),
        confirmed=tuple(_confirmed(one) for one in row.confirmations),
        review_step=row.review_due,
    )


def with_due(rows: QuerySet[Integration]) -> QuerySet[Integration]:
    """These koppelingen with what their rows point at, and when their next step is due."""
    beside = rows.select_related("administration", "login", "organisation")
    return beside.annotate(next_due_at=Min("administration__due_steps__due_at"))


def newest_values(**owner: Any) -> Subquery:
    """The values of an owner's newest save, for a query about something that belongs to it."""
    return Subquery(OptionVersion.objects.filter(**owner).order_by("-number").values("values")[:1])


def copy_mark() -> QuerySet[ReferenceMark]:
    """The mark of the full copy of a koppeling's administration."""
    return ReferenceMark.objects.filter(administration_id=OuterRef("administration_id"), endpoint=FULL)


def _confirmed(values: Mapping[str, str]) -> Confirmed:
    return Confirmed(item=values["item"], who=values["who"], at=datetime.fromisoformat(values["at"]))


def _by_kind(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {kind: {} for kind in MappingKind.values}
    for row in rows:
        tables[row["kind"]][row["from_code"]] = row["to_code"]
    return tables


_REVIEW = DueStep.objects.filter(administration_id=OuterRef("administration_id"), step=Step.REVIEW)
_BESIDE: Mapping[str, Any] = {
    "shared_values": newest_values(organisation_id=OuterRef("organisation_id")),
    "is_booked": Exists(booked_by(OuterRef("pk"))),
    "copy_read_at": Subquery(copy_mark().values("read_at")[:1]),
    "longest_number": Subquery(longest_debtor_number(OuterRef("organisation_id"))),
    "largest_number": Subquery(largest_invoice_number(OuterRef("organisation_id"))),
    "review_due": Subquery(_REVIEW.values(found=JSONObject(failures="failures", due_at="due_at"))[:1]),
}
_TABLES: Mapping[str, Any] = {
    "mapped": ArraySubquery(
        MappingRow.objects.filter(integration_id=OuterRef("pk"))
        .order_by("kind", "from_code")
        .values(found=JSONObject(kind="kind", from_code="from_code", to_code="to_code"))
    ),
    "confirmations": ArraySubquery(
        ChecklistConfirmation.objects.filter(integration_id=OuterRef("pk"))
        .order_by("item")
        .values(found=JSONObject(item="item", who="who", at=F("at")))
    ),
}
