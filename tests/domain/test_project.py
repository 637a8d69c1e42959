"""Rule 11: the project of each line."""

from typing import Any

import pytest
from tests.domain.builders import booked, by_code, debtor, held, invoice, line, options, reference

from boekbrug.domain.entry import ProjectToCreate
from boekbrug.domain.invoice import Course, Request
from boekbrug.domain.options import ProjectMissing, ProjectSource
from boekbrug.domain.reference import Project

FULL = line(request=Request(number=" A-7 ", reference=" PO 55 "), course=Course(code=" BHV-26 ", kind=" BHV "))
EMPTY = line(request=None, course=None)
KNOWN = reference(
    projects=by_code(
        *(Project(exact_id=code, code=code, description="") for code in ("A-7", "PO 55", "REF", "BHV-26", "BHV"))
    )
)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (None, None),
        (ProjectSource.REQUEST_NUMBER, "A-7"),
        (ProjectSource.REQUEST_REFERENCE, "PO 55"),
        (ProjectSource.INVOICE_REFERENCE, "REF"),
        (ProjectSource.COURSE, "BHV-26"),
        (ProjectSource.COURSE_KIND, "BHV"),
    ],
)
def test_the_project_comes_trimmed_from_its_source(source: ProjectSource | None, code: str | None) -> None:
    book = booked(invoice(FULL, reference=" REF "), options(project_source=source), KNOWN)
    assert book.entry.lines[0].project_code == code


@pytest.mark.parametrize("source", ProjectSource)
def test_an_empty_source_gives_no_project(source: ProjectSource) -> None:
    assert booked(invoice(EMPTY), options(project_source=source), KNOWN).entry.lines[0].project_code is None


@pytest.mark.parametrize(
    ("source", "fine"),
    [
        (None, True),
        (ProjectSource.REQUEST_NUMBER, True),
        (ProjectSource.REQUEST_REFERENCE, False),
        (ProjectSource.INVOICE_REFERENCE, False),
        (ProjectSource.COURSE, True),
    ],
)
def test_a_mandatory_reference_must_be_filled_when_it_gives_the_project(
    source: ProjectSource | None, fine: bool
) -> None:
    given = invoice(EMPTY, line(number=2, request=None, course=None), debtor=debtor(reference_mandatory=True))
    if fine:
        assert booked(given, options(project_source=source), KNOWN)
    else:
        assert held(given, options(project_source=source), KNOWN) == ["reference-missing"]


@pytest.mark.parametrize("source", ProjectSource)
def test_an_unknown_project_may_be_left_out(source: ProjectSource) -> None:
    own = options(project_source=source, project_missing=ProjectMissing.OMIT)
    book = booked(invoice(FULL, reference="REF"), own, reference(projects={}))
    assert (book.entry.lines[0].project_code, book.projects) == (None, ())
    assert "project_missing" in [why.option for why in book.entry.lines[0].why]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (ProjectSource.REQUEST_NUMBER, "A-7"),
        (ProjectSource.REQUEST_REFERENCE, "PO 55"),
        (ProjectSource.INVOICE_REFERENCE, "REF"),
        (ProjectSource.COURSE, None),
        (ProjectSource.COURSE_KIND, None),
    ],
)
def test_a_project_is_made_from_a_number_or_reference_but_not_from_a_course(
    source: ProjectSource, code: str | None
) -> None:
    own = options(project_source=source, project_missing=ProjectMissing.CREATE)
    arguments: tuple[Any, ...] = (invoice(FULL, reference="REF"), own, reference(projects={}))
    if code is None:
        assert held(*arguments) == ["project-unknown"]
    else:
        book = booked(*arguments)
        assert book.projects == (ProjectToCreate(code=code, description=f"{code} Bakkerij Jansen"),)
        assert book.entry.lines[0].project_code == code


def test_two_lines_with_one_new_project_make_it_once() -> None:
    own = options(project_source=ProjectSource.REQUEST_NUMBER, project_missing=ProjectMissing.CREATE)
    book = booked(invoice(FULL, line(number=2, request=Request(number="A-7"))), own, reference(projects={}))
    assert [project.code for project in book.projects] == ["A-7"]


def test_a_code_too_long_for_exact_is_not_made() -> None:
    own = options(project_source=ProjectSource.INVOICE_REFERENCE, project_missing=ProjectMissing.CREATE)
    assert held(invoice(reference="x" * 25), own) == ["project-unknown"]
