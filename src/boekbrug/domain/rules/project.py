"""Rule 11: the project of each line."""

from collections.abc import Iterator

from boekbrug.domain.draft import Draft, LineDraft, because
from boekbrug.domain.entry import ProjectToCreate
from boekbrug.domain.options import ProjectMissing, ProjectSource
from boekbrug.domain.problem import Problem, report
from boekbrug.domain.texts import fit

REFERENCES = frozenset({ProjectSource.REQUEST_REFERENCE, ProjectSource.INVOICE_REFERENCE})
MAY_BE_CREATED = REFERENCES | {ProjectSource.REQUEST_NUMBER}
"""Course codes are shared by many customers, a project is one customer's (options.md, panel Projecten)."""


def projects_must_exist(draft: Draft) -> Iterator[Problem]:
    """Rule 11: the project that `project_source` names exists, or is made or left out when the option says so."""
    source = draft.options.project_source
    if source is None:
        return
    for line in draft.lines:
        code = project_code(draft, line, source)
        line.why.append(because("project", 11, source.value, "project_source"))
        if not code:
            if source in REFERENCES and draft.invoice.debtor.reference_mandatory:
                yield report("reference-missing", draft.subject, debtor=draft.invoice.debtor.name)
        elif code in draft.reference.projects:
            line.project = code
        elif draft.options.project_missing is ProjectMissing.OMIT:
            line.why.append(because("project", 11, source.value, "project_missing"))
        elif _may_create(draft, source, code):
            line.project = code
            description = fit(f"{code} {draft.invoice.debtor.name}", draft.options.lengths.description)
            draft.projects[code] = ProjectToCreate(code=code, description=description)
        else:
            subject = line.subject(kind="Project", key=code)
            yield report("project-unknown", subject, code=code, line=line.source.number)


def project_code(draft: Draft, line: LineDraft, source: ProjectSource) -> str:
    """The trimmed code of a line's project; empty when the source says nothing."""
    request, course = line.source.request, line.source.course
    if source is ProjectSource.INVOICE_REFERENCE:
        text = draft.invoice.reference
    elif source is ProjectSource.REQUEST_NUMBER:
        text = request.number if request else ""
    elif source is ProjectSource.REQUEST_REFERENCE:
        text = request.reference if request else ""
    elif source is ProjectSource.COURSE:
        text = course.code if course else ""
    else:
        text = course.kind if course else ""
    return text.strip()


def _may_create(draft: Draft, source: ProjectSource, code: str) -> bool:
    wanted = draft.options.project_missing is ProjectMissing.CREATE and source in MAY_BE_CREATED
    return wanted and len(code) <= draft.options.lengths.project_code
