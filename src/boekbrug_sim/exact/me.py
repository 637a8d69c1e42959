"""The two endpoints that no table holds: the user, and the row version of a date. Source: exact-rest.md 3.10, 4.7."""

import re
from typing import Any

from boekbrug_sim.exact.derived import DEMO_USER_ID, DEMO_USER_NAME
from boekbrug_sim.exact.errors import ApiError
from boekbrug_sim.exact.oauth import Login, Person
from boekbrug_sim.exact.schema import by_path, entities
from boekbrug_sim.exact.store import Store
from boekbrug_sim.exact.values import BadValueError, left_padded, ms_of_text, text_of_ms


def current_division(store: Store, person: Person) -> int:
    """The company that the user has in front of him; it can lie outside what the app may use."""
    row = store.one('SELECT MIN("Code") FROM "Divisions"')
    own = min(person.divisions) if person.divisions else None
    return own or (int(row[0]) if row and row[0] is not None else 0)


def me(store: Store, person: Person, base: str) -> dict[str, Any]:
    """The user, all fields."""
    division = current_division(store, person)
    now = store.now_ms()
    first, _, last = DEMO_USER_NAME.partition(" ")
    shown: dict[str, Any] = {
        "__metadata": {
            "uri": f"{base}/api/v1/current/Me(guid'{DEMO_USER_ID}')",
            "type": entities()["Me"].model,
        }
    }
    known = {
        "UserID": DEMO_USER_ID,
        "AccountingDivision": division,
        "CurrentDivision": division,
        "DivisionCustomerCode": left_padded("1"),
        "Email": person.name,
        "FirstName": first,
        "FullName": DEMO_USER_NAME,
        "LastName": last,
        "IsClientUser": False,
        "IsEmployeeSelfServiceUser": False,
        "IsMyFirmLiteUser": False,
        "IsMyFirmPortalUser": False,
        "IsOEIMigrationMandatory": False,
        "IsStarterUser": False,
        "Language": "nl-NL" if person.language == "nl" else person.language,
        "LanguageCode": person.language.upper(),
        "Legislation": "1",
        "ServerTime": text_of_ms(now),
        "ServerUtcOffset": 0,
        "UserName": person.name,
    }
    for name in entities()["Me"].fields:
        shown[name] = known.get(name)
    return shown


def selected(shown: dict[str, Any], select: str | None) -> dict[str, Any]:
    """Only the fields asked for; an unknown one is a 400."""
    names = [name.strip() for name in (select or "").split(",") if name.strip()]
    if not names or "*" in names:
        return shown
    for name in names:
        if name not in shown:
            raise ApiError(400, f"Could not find a property named '{name}' on type 'Exact.Web.Api.Models.System.Me'.")
    return {name: value for name, value in shown.items() if name in names or name == "__metadata"}


def sync_timestamp(store: Store, division: int, options: dict[str, str], base: str) -> dict[str, Any]:
    """The row version to start from for a date and an endpoint."""
    text = options.get("modified", "")
    found = re.fullmatch(r"datetime'([^']*)'", text.strip())
    endpoint = options.get("endPoint", "").strip().strip("'")
    try:
        modified = ms_of_text(found[1] if found else text)
    except BadValueError as problem:
        raise ApiError(400, f"Unrecognized 'Edm.DateTime' literal '{text}' in 'modified'.") from problem
    paths = {path.lower(): entity for path, entity in by_path().items() if path.startswith("sync/")}
    entity = next((e for path, e in paths.items() if path.endswith("/" + endpoint.lower())), None)
    version = store.version
    if entity is not None:
        column = "DeletedDate" if entity.table == "Deleted" else "Modified"
        sql = f'SELECT MAX("Timestamp") FROM "{entity.table}" WHERE "Division" = ? AND "{column}" < ?'  # noqa: S608
        row = store.one(sql, (division, modified))
        version = int(row[0] or 0) if row else 0
    shown = entities()["SyncTimestamp"]
    return {
        "__metadata": {"uri": f"{base}/api/v1/{division}/{shown.path}", "type": shown.model},
        "Modified": f"/Date({modified})/",
        "API": endpoint,
        "TimeStampAsBigInt": str(version),
    }


def may_use(login: Login, person: Person, division: int) -> bool:
    """Whether app and user may see a company."""
    sides = (login.divisions, person.divisions)
    return all(allowed is None or division in allowed for allowed in sides)
