"""Rule 16: the texts of header and lines."""

from collections.abc import Iterator

from boekbrug.domain.draft import Draft, because
from boekbrug.domain.problem import Problem, Subject, report
from boekbrug.domain.texts import fit, one_line


def header_texts_must_fit(draft: Draft) -> Iterator[Problem]:
    """Rule 16: YourRef is the invoice's reference or the request's; Description names invoice and debtor."""
    invoice, lengths = draft.invoice, draft.options.lengths
    requests = (line.source.request.reference.strip() for line in draft.lines if line.source.request)
    reference = invoice.reference.strip() or next(filter(None, requests), "")
    description = f"Factuur {invoice.number.strip()} {invoice.debtor.name}"
    draft.your_reference = fit(reference, lengths.your_reference)
    draft.description = fit(description, lengths.description)
    yield from _told_when_cut(draft, "your_reference", reference, draft.your_reference)
    yield from _told_when_cut(draft, "description", description, draft.description)


def line_texts_must_fit(draft: Draft) -> Iterator[Problem]:
    """Rule 16: a line's description that is too long is cut on a word; the full text goes into its notes."""
    lengths = draft.options.lengths
    for line in draft.lines:
        text = line.source.description
        line.description = fit(text, lengths.line_description)
        line.why.append(because("description", 16, "line.description"))
        for problem in _told_when_cut(draft, "line_description", text, line.description, line.source.number):
            line.notes = text.strip() if len(text.strip()) <= lengths.notes else ""
            yield problem


def _told_when_cut(draft: Draft, field: str, text: str, kept: str, line: int | None = None) -> Iterator[Problem]:
    if kept != one_line(text):
        subject = Subject(line=line, key=f"{draft.invoice.id}/{field}/{line or ''}")
        yield report("text-shortened", subject, field=field, text=one_line(text), kept=kept)
