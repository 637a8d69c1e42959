"""Switches: what the reference leaves open, each with its default and the section that says so."""

import math
from dataclasses import dataclass


def is_amount(value: object) -> bool:
    """Whether a decoded value is a number from 0 that can be counted with."""
    return not isinstance(value, bool) and isinstance(value, int | float) and 0 <= value < math.inf


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """One open question of the reference: its name, the default answer, the allowed ones, the source."""

    name: str
    default: object
    allowed: tuple[object, ...] = ()
    section: str
    meaning: str


class Switches:
    """The present setting of every switch of one program."""

    def __init__(self, known: tuple[Switch, ...]) -> None:
        self.known = {switch.name: switch for switch in known}
        self._values: dict[str, object] = {}
        self.reset()

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def number(self, name: str) -> float:
        """The value of a switch that is a number."""
        value = self._values[name]
        if not isinstance(value, int | float):
            raise TypeError(f"switch {name} is not a number")
        return value

    def change(self, values: dict[str, object]) -> None:
        """Set some switches, all or none; an unknown name or value is a ValueError."""
        for name, value in values.items():
            switch = self.known.get(name)
            if switch is None:
                raise ValueError(f"unknown switch {name}; known: {', '.join(sorted(self.known))}")
            numeric = not isinstance(switch.default, bool) and isinstance(switch.default, int | float)
            if switch.allowed and value not in switch.allowed:
                raise ValueError(f"switch {name} allows {list(switch.allowed)}, not {value!r}")
            if numeric and not is_amount(value):
                raise ValueError(f"switch {name} wants a number from 0, not {value!r}")
            if isinstance(switch.default, str) and not isinstance(value, str):
                raise ValueError(f"switch {name} wants a text, not {value!r}")  # noqa: TRY004 - as above
        self._values.update(values)

    def reset(self) -> None:
        """Every switch at its default."""
        self._values = {name: switch.default for name, switch in self.known.items()}

    def changed(self) -> dict[str, object]:
        """Those that are not at their default."""
        return {name: value for name, value in self._values.items() if value != self.known[name].default}

    def as_dict(self) -> dict[str, object]:
        """Name to present value."""
        return dict(self._values)
