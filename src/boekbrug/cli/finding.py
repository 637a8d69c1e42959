"""What `doctor` found: one line per thing that was looked at."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; `subject` and `state` are for programs, `text` is for people."""

    subject: str
    state: State
    text: str
