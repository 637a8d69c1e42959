"""Does a real environment know the names of our profile? Reads its Swagger description and lists what it lacks.

The descriptions are readable without log-in (coachview.md 4.1). Both forms are read: Swagger 2 (`definitions`)
and OpenAPI 3 (`components`); a name is looked for where the profile uses it.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from boekbrug.coachview.profile import FieldPaths, Profile
from boekbrug.spoken import Spoken

LARGEST_DESCRIPTION_BYTES = 32 * 1024 * 1024
DEEPEST = 12


class DescriptionError(Spoken):
    """A description that cannot be read; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lack:
    """A name of the profile that the description does not know, and names there that look like it.

    Without a name: the description does not say which fields there are at this place.
    """

    key: str
    name: str
    place: str
    looks_like: tuple[str, ...]


def read_description(source: str, *, transport: httpx2.BaseTransport | None = None) -> Mapping[str, Any]:
    """The description at an address (https, http) or in a file; raises DescriptionError when it is none."""
    try:
        content = _fetched(source, transport) if source.startswith(("https://", "http://")) else _file(source)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise DescriptionError("{source} cannot be read: {error}", source=source, error=error) from error
    try:
        description = json.loads(content)
    except (ValueError, RecursionError):
        raise DescriptionError(
            "{source} is no JSON; ask for the description itself, not for its page", source=source
        ) from None
    if not isinstance(description, dict) or not isinstance(description.get("paths"), dict):
        raise DescriptionError(
            "{source} is JSON, but no Swagger or OpenAPI description: it has no paths", source=source
        )
    return description


def lacks(description: Mapping[str, Any], profile: Profile) -> list[Lack]:
    """Every name of the profile that the description lacks, in the order of the profile."""
    return list(_Comparison(description, profile).run())


def _file(source: str) -> bytes:
    path = Path(source)
    if path.stat().st_size > LARGEST_DESCRIPTION_BYTES:
        raise DescriptionError("{source} is larger than {bytes} bytes", source=source, bytes=LARGEST_DESCRIPTION_BYTES)
    return path.read_bytes()


def _fetched(source: str, transport: httpx2.BaseTransport | None) -> bytes:
    content = bytearray()
    with httpx2.Client(transport=transport, timeout=60.0) as http, http.stream("GET", source) as response:
        if response.status_code != 200:
            raise DescriptionError("{source} answers with status {status}", source=source, status=response.status_code)
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > LARGEST_DESCRIPTION_BYTES:
                raise DescriptionError(
                    "{source} is larger than {bytes} bytes", source=source, bytes=LARGEST_DESCRIPTION_BYTES
                )
    return bytes(content)


class _Comparison:
    """One profile held beside one description."""

    def __init__(self, description: Mapping[str, Any], profile: Profile) -> None:
        self._description = description
        self._profile = profile
        self._paths = {self._bare(path): path for path in description["paths"]}

    def run(self) -> Iterator[Lack]:
        profile = self._profile
        invoices, debtors = profile.invoices, profile.debtors
        yield from self._listing("invoices", invoices.path)
        schema = self._rows_of(invoices.path)
        fields = dict(invoices.fields)
        yield from self._fields("invoices.fields", fields, schema, invoices.path)
        line = self._element(schema, fields["lines"])
        yield from self._fields("invoices.line_fields", invoices.line_fields, line, f"{invoices.path}, lines")
        vat = self._element(schema, fields["vat"])
        yield from self._fields("invoices.vat_fields", invoices.vat_fields, vat, f"{invoices.path}, vat")
        yield from self._listing("debtors", debtors.path)
        owner = self._rows_of(debtors.path)
        yield from self._fields("debtors.fields", debtors.fields, owner, debtors.path)
        pair = self._element(owner, debtors.fields["company_external"])
        yield from self._fields(
            "debtors.external_fields", debtors.external_fields, pair, f"{debtors.path}, external ids"
        )
        yield from self._path("pdf.path", profile.pdf_path)
        yield from self._path("write_back.path", profile.write_back.path)
        body = self._body_of(profile.write_back.path)
        names = {key: (name,) if name else () for key, name in profile.write_back.fields.items()}
        yield from self._fields("write_back", names, body, profile.write_back.path)

    def _bare(self, path: str) -> str:
        """A path without the API's base and with every parameter called {}."""
        base = self._profile.base.strip("/").casefold()
        parts = ["{}" if part.startswith("{") else part for part in path.strip("/").split("/")]
        bare = "/".join(parts)
        return bare[len(base) + 1 :] if base and bare.casefold().startswith(base + "/") else bare

    def _path(self, key: str, path: str) -> Iterator[Lack]:
        bare = self._bare(path)
        if path and bare not in self._paths:
            as_long = [known for known in self._paths if known.count("/") == bare.count("/")]
            yield Lack(key=key, name=path, place="paths", looks_like=_alike(bare, as_long))

    def _listing(self, section: str, path: str) -> Iterator[Lack]:
        """The list's path and the parameters that we ask it with."""
        yield from self._path(f"{section}.path", path)
        operation = self._operation(path, "get")
        known = [str(item.get("name")) for item in map(self._resolved, _list_of(operation.get("parameters")))]
        if not known:
            return
        names = self._profile.list
        folded = {name.casefold() for name in known}
        for key in ("where", "skip", "take", "order_by", "relations", "calculated"):
            name = str(getattr(names, key))
            if name.casefold() not in folded:
                yield Lack(key=f"list.{key}", name=name, place=path, looks_like=_alike(name, known))

    def _fields(self, section: str, fields: FieldPaths, schema: Mapping[str, Any], place: str) -> Iterator[Lack]:
        """The first part of each field path that the schema does not have; a place that is not described is one."""
        if not self._properties(schema):
            yield Lack(key=section, name="", place=place, looks_like=())
            return
        for key, path in fields.items():
            inner = schema
            for part in path:
                known = self._properties(inner)
                if not known:
                    break  # an open object: nothing to hold the name against
                name = part.removesuffix("[]")
                if name not in known:
                    yield Lack(key=f"{section}.{key}", name=".".join(path), place=place, looks_like=_alike(name, known))
                    break
                inner = self._inside(known[name])

    def _operation(self, path: str, method: str) -> Mapping[str, Any]:
        known = self._paths.get(self._bare(path))
        operations = self._description["paths"].get(known) if known else None
        return _object(_object(operations).get(method))

    def _rows_of(self, path: str) -> Mapping[str, Any]:
        """The schema of one row that a GET of a list answers with."""
        answers = _object(self._operation(path, "get").get("responses"))
        answer = self._resolved(answers.get("200") or answers.get("default"))
        return self._inside(answer.get("schema") or _content_schema(answer))

    def _body_of(self, path: str) -> Mapping[str, Any]:
        """The schema of the body that a PUT takes."""
        operation = self._operation(path, "put") if path else {}
        old_form = [
            item for item in map(self._resolved, _list_of(operation.get("parameters"))) if item.get("in") == "body"
        ]
        if old_form:
            return self._inside(old_form[0].get("schema"))
        return self._inside(_content_schema(self._resolved(operation.get("requestBody"))))

    def _element(self, schema: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
        for part in path:
            schema = self._inside(self._properties(schema).get(part.removesuffix("[]")))
        return schema if path else {}

    def _properties(self, schema: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
        known = dict(_object(schema.get("properties")))
        if depth < DEEPEST:
            for part in _list_of(schema.get("allOf")):
                known.update(self._properties(self._resolved(part), depth + 1))
        return known

    def _inside(self, schema: Any) -> Mapping[str, Any]:
        """The schema behind references and lists; a nullable reference is written as oneOf or allOf of one."""
        found = self._resolved(schema)
        for _ in range(DEEPEST):
            if "items" in found:
                found = self._resolved(found["items"])
            elif "properties" not in found and len(_list_of(found.get("oneOf"))) == 1:
                found = self._resolved(found["oneOf"][0])
            else:
                break
        return found

    def _resolved(self, schema: Any) -> Mapping[str, Any]:
        found = _object(schema)
        for _ in range(DEEPEST):
            reference = found.get("$ref")
            if not isinstance(reference, str):
                return found
            target: Any = self._description
            for part in reference.removeprefix("#/").split("/"):
                target = _object(target).get(part.replace("~1", "/").replace("~0", "~"))
            found = _object(target)
        return {}


def _content_schema(holder: Mapping[str, Any]) -> Any:
    content = _object(holder.get("content"))
    chosen = content.get("application/json") or next(iter(content.values()), None)
    return _object(chosen).get("schema")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _alike(name: str, known: Any) -> tuple[str, ...]:
    """At most three known names that look like `name`, best first."""
    folded = {str(one).casefold(): str(one) for one in known}
    return tuple(folded[one] for one in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.6))
