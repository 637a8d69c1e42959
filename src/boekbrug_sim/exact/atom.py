"""The Atom XML that comes when JSON is not asked for. Source: exact-rest.md 3.2."""

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
_TYPED = frozenset({"Boolean", "Byte", "DateTime", "Double", "Guid", "Int16", "Int32", "Int64", "Binary"})


def feed(entity: Entity, objects: list[dict[str, Any]], uri: str, following: str | None, count: int | None) -> str:
    """A list as an Atom feed."""
    total = "" if count is None else f"<m:count>{count}</m:count>"
    link = f'<link rel="next" href={quoteattr(following)} />' if following else ""
    entries = "".join(entry(entity, each, root=False) for each in objects)
    return (
        f'{_HEAD}<feed {_SPACES}><title type="text">{escape(entity.path.rsplit("/", 1)[-1])}</title>'
        f"<id>{escape(uri)}</id>{total}{entries}{link}</feed>"
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
        f"{_HEAD if root else ''}<entry {_SPACES if root else ''}><id>{escape(uri)}</id>"
        f'<category term={quoteattr(entity.model)} scheme="{_SCHEME}" />{"".join(links)}'
        f'<content type="application/xml"><m:properties>{"".join(properties)}</m:properties></content></entry>'
    )


def _property(entity: Entity, name: str, value: Any) -> str:
    kind = entity.fields[name].type if name in entity.fields else "String"
    typed = f' m:type="Edm.{kind}"' if kind in _TYPED else ""
    if value is None:
        return f'<d:{name}{typed} m:null="true" />'
    if kind == "DateTime":
        value = text_of_ms(ms_of_text(value))
    if isinstance(value, bool):
        value = str(value).lower()
    return f"<d:{name}{typed}>{escape(str(value))}</d:{name}>"


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
