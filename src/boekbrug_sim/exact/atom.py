"""The Atom XML that comes when JSON is not asked for. Source: exact-rest.md 3.2."""

import re
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from boekbrug_sim.exact.schema import Entity, entities
from boekbrug_sim.exact.values import ms_of_text, text_of_ms

_SPACES = (
    'xmlns="http://www.w3.org/2005/Atom" '
    'xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" '
    'xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"'
)
_SCHEME = "http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"
_RELATED = "http://schemas.microsoft.com/ado/2007/08/dataservices/related/"
_HEAD = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TYPED = frozenset({"Boolean", "Byte", "DateTime", "Double", "Guid", "Int16", "Int32", "Int64", "Binary"})


def feed(entity: Entity, objects: list[dict[str, Any]], uri: str, following: str | None, count: int | None) -> str:
    """A list as an Atom feed."""
    total = "" if count is None else f"<m:count>{count}</m:count>"
    link = f'<link rel="next" href={quoteattr(following)} />' if following else ""
    entries = "".join(entry(entity, each, root=False) for each in objects)
    name = escape(entity.path.rsplit("/", 1)[-1])
    return (
        f'{_HEAD}<feed {_base(uri)} {_SPACES}><title type="text">{name}</title><id>{escape(uri.partition("?")[0])}</id>'
        f'<updated>{_now()}</updated><link rel="self" title="{name}" href="{name}" />{total}{entries}{link}</feed>'
    )


def entry(entity: Entity, shown: dict[str, Any], *, root: bool = True) -> str:
    """One object as an Atom entry."""
    uri = shown["__metadata"]["uri"]
    properties, links = [], []
    for name, value in shown.items():
        if name == "__metadata":
            continue
        if isinstance(value, dict):
            links.append(_link(name, value, uri))
        else:
            properties.append(_property(entity, name, value))
    return (
        f"{_HEAD if root else ''}<entry {f'{_base(uri)} {_SPACES}' if root else ''}><id>{escape(uri)}</id>"
        f'<title type="text" /><updated>{_now()}</updated><author><name /></author>'
        f'<link rel="edit" title={quoteattr(entity.model.rsplit(".", 1)[-1])} '
        f"href={quoteattr(uri.rsplit('/', 1)[-1])} />"
        f'<category term={quoteattr(entity.model)} scheme="{_SCHEME}" />{"".join(links)}'
        f'<content type="application/xml"><m:properties>{"".join(properties)}</m:properties></content></entry>'
    )


def _base(uri: str) -> str:
    """The address that relative links count from: that of the service, such as .../api/v1/100001/crm/."""
    return f"xml:base={quoteattr(uri.partition('?')[0].rsplit('/', 1)[0] + '/')}"


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _property(entity: Entity, name: str, value: Any) -> str:
    kind = entity.fields[name].type if name in entity.fields else "String"
    typed = f' m:type="Edm.{kind}"' if kind in _TYPED else ""
    if value is None:
        return f'<d:{name}{typed} m:null="true" />'
    if kind == "DateTime":
        value = text_of_ms(ms_of_text(value))
    if isinstance(value, bool):
        value = str(value).lower()
    text = _NOT_XML.sub("", str(value))
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<d:{name}{typed}{kept}>{escape(text)}</d:{name}>"


def _link(name: str, value: dict[str, Any], uri: str) -> str:
    return (
        f'<link rel="{_RELATED}{name}" type="application/atom+xml;type=feed" title="{name}" '
        f"href={quoteattr(f'{uri}/{name}')} />"
        if "__deferred" in value
        else f'<link rel="{_RELATED}{name}" title="{name}" href={quoteattr(f"{uri}/{name}")}><m:inline><feed>'
        + "".join(_inline(each) for each in value["results"])
        + "</feed></m:inline></link>"
    )


def _inline(shown: dict[str, Any]) -> str:
    model = shown["__metadata"]["type"]
    found = next(entity for entity in entities().values() if entity.model == model)
    return entry(found, shown, root=False)


def error(message: str) -> str:
    """An error body in XML."""
    return (
        f'{_HEAD}<error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">'
        f'<code></code><message xml:lang="">{escape(message)}</message></error>'
    )
