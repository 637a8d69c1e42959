"""The `$filter` language: text -> tree -> SQL. Source: exact-rest.md 3.7.

A condition compares a field with a constant: no field against field, no fields of a linked entity. Null is a value
like another: `Field ne 'x'` is true for an empty field, and an empty field is neither greater nor less than anything.
"""

import re
from dataclasses import dataclass
from typing import Any

from boekbrug_sim.exact.schema import Field
from boekbrug_sim.exact.values import BadValueError, ms_of_text

MAX_DEPTH = 100
MAX_LENGTH = 12_000  # 3.7: a list of 12 kB failed


class FilterError(ValueError):
    """A `$filter` or `$orderby` that cannot be read, or that names an unknown field."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: its kind (text, guid, datetime, number, long, boolean, null) and its value as the table keeps it."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field, or one function of it (trim, tolower, length, year and so on)."""

    field: Field
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field against a constant."""

    operand: FieldUse
    operator: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class TextTest:
    """substringof, startswith or endswith of a field and a text."""

    function: str
    operand: FieldUse
    text: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class Both:
    """`and` or `or` of two or more conditions."""

    operator: str
    parts: tuple["Node", ...]


Node = Comparison | TextTest | Not | Both

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<guid>guid'[^']*')
  | (?P<datetime>datetime'[^']*')
  | (?P<text>'(?:[^']|'')*')
  | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[LlMmDdFf]?(?![\w.]))
  | (?P<name>[A-Za-z_][\w/]*)
  | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)
_OPERATORS = {"eq": "IS", "ne": "IS NOT", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_SWAPPED = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_TEXT_TESTS = frozenset({"substringof", "startswith", "endswith"})
_TEXT_FUNCTIONS = {"trim": "TRIM({})", "tolower": "LOWER({})", "toupper": "UPPER({})", "length": "LENGTH({})"}
_DATE_FUNCTIONS = {
    name: f"CAST(strftime('{mark}', {{}} / 1000, 'unixepoch') AS INTEGER)"
    for name, mark in {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"}.items()
}
_FUNCTIONS = _TEXT_FUNCTIONS | _DATE_FUNCTIONS
_NUMBER_FUNCTIONS = frozenset({"length", *_DATE_FUNCTIONS})
_SEEN_FUNCTIONS = frozenset({"substringof", "startswith", "trim"})
_KINDS_OF = {
    "String": {"text"},
    "Guid": {"guid"},
    "DateTime": {"datetime"},
    "Boolean": {"boolean"},
    "Double": {"number", "long"},
    "Int64": {"number", "long"},
    "Int32": {"number", "long"},
    "Int16": {"number", "long"},
    "Byte": {"number", "long"},
}


def parse_filter(text: str, fields: dict[str, Field], *, seen_only: bool = False) -> Node:
    """Read a `$filter`; what is wrong with it is a FilterError. `seen_only` knows the functions that were seen."""
    if len(text) > MAX_LENGTH:
        raise FilterError("The query is too long.")
    parser = _Parser(text, fields, seen_only=seen_only)
    node = parser.any_of(0)
    parser.must_end()
    return node


class _Parser:
    def __init__(self, text: str, fields: dict[str, Field], *, seen_only: bool) -> None:
        self._fields = fields
        self._seen_only = seen_only
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise FilterError(f"Syntax error at position {at}.")
            self._tokens.append((str(found.lastgroup), found[0].strip()))
            at = found.end()
        self._at = 0

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _took(self, word: str) -> bool:
        if self._peek()[1] == word and self._peek()[0] in {"name", "mark"}:
            self._at += 1
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._took(mark):
            raise FilterError(f"'{mark}' expected at '{self._peek()[1]}'.")

    def must_end(self) -> None:
        if self._peek()[0] != "end":
            raise FilterError(f"Syntax error at '{self._peek()[1]}'.")

    def any_of(self, depth: int) -> Node:
        parts = [self._all_of(depth)]
        while self._took("or"):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else Both("or", tuple(parts))

    def _all_of(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._took("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Both("and", tuple(parts))

    def _one(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FilterError("The query is nested too deeply.")
        if self._took("not"):
            return Not(self._one(depth + 1))
        if self._took("("):
            node = self.any_of(depth + 1)
            self._expect(")")
            return self._maybe_boolean(node)
        kind, word = self._peek()
        if kind == "name" and word in _TEXT_TESTS:
            return self._maybe_boolean(self._text_test())
        return self._comparison()

    def _maybe_boolean(self, node: Node) -> Node:
        """A condition, perhaps followed by `eq true` or the like."""
        operator = self._peek()[1]
        if self._peek()[0] != "name" or operator not in {"eq", "ne"}:
            return node
        self._take()
        literal = self._literal()
        if literal.kind != "boolean":
            raise FilterError("A condition can only be compared with true or false.")
        return node if bool(literal.value) == (operator == "eq") else Not(node)

    def _text_test(self) -> Node:
        function = self._take()[1]
        self._check_known(function)
        self._expect("(")
        first = self._operand()
        self._expect(",")
        second = self._operand()
        self._expect(")")
        field, text = (second, first) if function == "substringof" else (first, second)
        if not isinstance(field, FieldUse) or not isinstance(text, Literal) or text.kind != "text":
            raise FilterError(f"{function} compares a field with a text.")
        if field.field.type != "String" or field.function in _NUMBER_FUNCTIONS:
            raise FilterError(f"{function} wants a text field, not '{field.field.name}'.")
        return TextTest(function, field, text.value)

    def _comparison(self) -> Node:
        left = self._operand()
        kind, operator = self._peek()
        if kind != "name" or operator not in _OPERATORS:
            return self._bare_boolean(left)
        self._take()
        right = self._operand()
        if isinstance(left, Literal) and isinstance(right, FieldUse):
            left, right, operator = right, left, _SWAPPED[operator]
        if not isinstance(left, FieldUse) or not isinstance(right, Literal):
            raise FilterError("Only a field can be compared with a constant.")
        _check_kind(left, right)
        return Comparison(left, operator, right)

    def _bare_boolean(self, left: FieldUse | Literal) -> Node:
        if isinstance(left, FieldUse) and left.field.type == "Boolean":
            return Comparison(left, "eq", Literal("boolean", 1))
        raise FilterError(f"An operator is expected at '{self._peek()[1]}'.")

    def _operand(self) -> FieldUse | Literal:
        kind, word = self._peek()
        if kind == "name" and word in _FUNCTIONS and self._next_is_bracket():
            self._take()
            self._check_known(word)
            self._expect("(")
            inner = self._operand()
            self._expect(")")
            wanted = "String" if word in _TEXT_FUNCTIONS else "DateTime"
            if not isinstance(inner, FieldUse) or inner.function or inner.field.type != wanted:
                raise FilterError(f"{word} wants a field of type Edm.{wanted}.")
            return FieldUse(inner.field, word)
        if kind == "name" and word not in {"true", "false", "null"}:
            self._take()
            return FieldUse(self._field(word))
        return self._literal()

    def _check_known(self, function: str) -> None:
        if self._seen_only and function not in _SEEN_FUNCTIONS:
            raise FilterError(f"Unknown function '{function}'.")

    def _next_is_bracket(self) -> bool:
        return self._at + 1 < len(self._tokens) and self._tokens[self._at + 1][1] == "("

    def _field(self, name: str) -> Field:
        field = self._fields.get(name)
        if field is None or field.collection is not None or field.type == "Hidden":
            raise FilterError(f"No property '{name}' exists at this position.")
        return field

    def _literal(self) -> Literal:
        kind, word = self._take()
        match kind:
            case "text":
                return Literal("text", word[1:-1].replace("''", "'"))
            case "guid":
                return Literal("guid", _guid(word[5:-1]))
            case "datetime":
                return Literal("datetime", _moment(word[9:-1]))
            case "number":
                return _number(word)
            case "name" if word in {"true", "false"}:
                return Literal("boolean", int(word == "true"))
            case "name" if word == "null":
                return Literal("null", None)
        raise FilterError(f"A constant is expected at '{word}'.")


def _guid(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise FilterError(f"Unrecognized 'Edm.Guid' literal 'guid'{text}''.")
    return text.lower()


def _moment(text: str) -> int:
    try:
        return ms_of_text(text)
    except BadValueError as problem:
        raise FilterError(f"Unrecognized 'Edm.DateTime' literal 'datetime'{text}''.") from problem


def _number(word: str) -> Literal:
    if word[-1] in "Ll":
        if not word[:-1].lstrip("-").isdecimal() or abs(int(word[:-1])) >= 2**63:
            raise FilterError(f"Unrecognized 'Edm.Int64' literal '{word}'.")
        return Literal("long", int(word[:-1]))
    if word.lstrip("-").isdecimal():
        if abs(int(word)) > 2**31:  # trap of 6.8: a large number without L
            raise FilterError(f"Unrecognized 'Edm.Int32' literal '{word}'.")
        return Literal("number", int(word))
    return Literal("number", float(word.rstrip("MmDdFf")))


def _check_kind(use: FieldUse, literal: Literal) -> None:
    kind = "Int32" if use.function in _NUMBER_FUNCTIONS else use.field.type
    if literal.kind == "null" or literal.kind in _KINDS_OF.get(kind, set()):
        return
    raise FilterError(
        f"Operator incompatible with operand types 'Edm.{use.field.type}' and '{literal.kind}' at '{use.field.name}'."
    )


def sql_of(node: Node, *, two_valued: bool = False) -> tuple[str, list[Any]]:
    """A condition as SQL with its parameters. `two_valued` makes an unknown outcome false, as `not` wants it."""
    match node:
        case Comparison(operand, operator, literal):
            return _comparison_sql(operand, operator, literal, two_valued=two_valued)
        case TextTest(function, operand, text):
            return _text_sql(function, _operand_sql(operand), text)
        case Not(inner):
            sql, params = sql_of(inner, two_valued=True)
            return f"NOT ({sql})", params
        case Both(operator, parts):
            built = [sql_of(part, two_valued=two_valued) for part in parts]
            joined = f" {operator.upper()} ".join(f"({sql})" for sql, _ in built)
            return joined, [value for _, params in built for value in params]
    raise AssertionError(node)


def _operand_sql(use: FieldUse) -> str:
    return _FUNCTIONS[use.function].format(use.field.sql) if use.function else use.field.sql


def _comparison_sql(use: FieldUse, operator: str, literal: Literal, *, two_valued: bool) -> tuple[str, list[Any]]:
    value = literal.value
    if isinstance(value, str) and literal.kind == "text":
        value = value.rstrip(" ")  # blanks at the end never count
    sql = f"{_operand_sql(use)} {_OPERATORS[operator]} ?"
    if two_valued and operator not in {"eq", "ne"}:
        sql = f"COALESCE({sql}, 0)"
    return sql, [value]


def _text_sql(function: str, operand: str, text: str) -> tuple[str, list[Any]]:
    full = f"COALESCE({operand}, '')"
    if function == "substringof":
        return f"INSTR({full}, ?) > 0", [text]
    if function == "startswith":
        return f"SUBSTR({full}, 1, ?) = ?", [len(text), text]
    return f"(? = '' OR SUBSTR({full}, -?) = ?)", [text, len(text), text]
