"""Faults: what goes wrong with which call. Rules are tried in order; the first that fires wins."""

import fnmatch
import random
from dataclasses import dataclass
from typing import Any, Literal, get_args

FaultKind = Literal[
    "close_before",  # nothing read, nothing done, connection gone
    "close_after_commit",  # done and committed, connection gone without an answer
    "delay",  # waits, then does its work and answers
    "status_500",  # without a text, nothing done
    "status_502",
    "status_503",
    "status_504",
    "status_429",
    "garbage",  # done and committed, the answer cannot be read
    "drip",  # done and committed, the answer comes drop by drop
    "refuse_refresh",  # the token endpoint refuses, nothing is used up
]
KINDS = get_args(FaultKind)
MOST_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What happens to one call; `after_commit` makes a status fault come after the work is done."""

    kind: FaultKind
    seconds: float = 0.0
    after_commit: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultRule:
    """Which calls a fault hits.

    method: None is every one; path: prefix, or glob when it has a star, None is every one.
    at: the n-th matching call since the rule was set; probability: of each matching call; neither: the next one.
    count: how often it fires in all; None is once for `at` (and for neither), without end for `probability`.
    """

    fault: Fault
    method: str | None = None
    path: str | None = None
    at: int | None = None
    probability: float | None = None
    count: int | None = None

    def matches(self, method: str, path: str) -> bool:
        """Whether a call is one that this rule is about."""
        if self.method is not None and self.method != method:
            return False
        if self.path is None:
            return True
        if "*" in self.path:
            return fnmatch.fnmatchcase(path, self.path)
        return path.startswith(self.path)


class FaultPlan:
    """The rules in force, with a seeded die, so that a run can be repeated."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._dice = random.Random(seed)
        self._rules: list[FaultRule] = []
        self._seen: list[int] = []
        self._fired: list[int] = []

    def set(self, rules: list[FaultRule]) -> None:
        """Replace all rules; an empty list ends the faults."""
        self._rules = list(rules)
        self._seen = [0] * len(rules)
        self._fired = [0] * len(rules)
        self._dice = random.Random(self._seed)

    def draw(self, method: str, path: str) -> Fault | None:
        """The fault for a call that comes in, or none."""
        if not self._rules:
            return None
        drawn: Fault | None = None
        for index, rule in enumerate(self._rules):
            if not rule.matches(method, path):
                continue
            self._seen[index] += 1
            if drawn is None and self._fires(index, rule):
                self._fired[index] += 1
                drawn = rule.fault
        return drawn

    def _fires(self, index: int, rule: FaultRule) -> bool:
        if rule.probability is not None:
            left = rule.count is None or self._fired[index] < rule.count
            return self._dice.random() < rule.probability and left
        return self._seen[index] >= (rule.at or 1) and self._fired[index] < (rule.count or 1)

    def fired(self) -> list[int]:
        """How often each rule fired."""
        return list(self._fired)


def rule_of(data: Any) -> FaultRule:
    """Read one rule of `POST /_sim/faults`; what is wrong in it is a ValueError with a sentence."""
    if not isinstance(data, dict):
        raise ValueError("a fault is an object")  # noqa: TRY004 - every bad rule is a ValueError
    unknown = set(data) - {"method", "path", "at", "probability", "kind", "count", "seconds", "after_commit"}
    if unknown:
        raise ValueError(f"unknown in a fault: {', '.join(sorted(unknown))}")
    if data.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    return FaultRule(
        fault=Fault(
            kind=data["kind"],
            seconds=_amount(data, "seconds", most=MOST_SECONDS),
            after_commit=bool(data.get("after_commit")),
        ),
        method=_text(data, "method"),
        path=_text(data, "path"),
        at=_number(data, "at"),
        probability=None if data.get("probability") is None else _amount(data, "probability", most=1.0),
        count=_number(data, "count"),
    )


def _text(data: dict[str, Any], name: str) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} of a fault must be a text")
    return value


def _amount(data: dict[str, Any], name: str, *, most: float) -> float:
    value = data.get(name, 1.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(f"{name} of a fault must be a number from 0 to {most:g}")
    return float(value)


def _number(data: dict[str, Any], name: str) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a whole number from 1")
    return value
