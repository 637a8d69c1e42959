"""Cutting texts to the length of Exact's fields, on a word (booking.md rule 16)."""


def one_line(text: str) -> str:
    """`text` on one line, with single blanks."""
    return " ".join(text.split())


def fit(text: str, most: int) -> str:
    """`text` on one line, cut after the last whole word that fits; a single longer word is cut itself."""
    line = one_line(text)
    if len(line) <= most:
        return line
    head, blank, _ = line[: most + 1].rpartition(" ")
    return head if blank else line[:most]
