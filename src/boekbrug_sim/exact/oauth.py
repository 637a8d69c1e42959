"""Logins: people, codes, token chains. Everything is kept in the state. Source: exact-rest.md 1."""

import base64
import json
import random
from dataclasses import dataclass, field, replace
from typing import Any

from boekbrug_sim.control import Clock, Switches
from boekbrug_sim.exact.store import Store

ACCESS_SECONDS = 600
REFRESH_DAYS = 30
CODE_SECONDS = 180
DAY_SECONDS = 86_400
TOKEN_DAY = "token calls of the day"  # noqa: S105 - the name under which they are kept
CLIENT_GUID = "c1e50000-0000-4000-8000-00000000c1e5"
CLIENTS = {"sim-client": "sim-secret"}
REASONS = (
    "BlockedUser",
    "InactiveUser",
    "BlockedCustomer",
    "LicenseExpired",
    "DivisionBlocked",
    "NoDivisionAccess",
)
OLD_TOKEN = (401, "unauthorized_client", "Old refresh token used.")
NO_CHAIN = (400, "invalid_grant", "Token is not allowed, because of invalid or empty chainId")
TOO_EARLY = (400, "access_denied", "Rate limit exceeded: access_token not expired")
MALFORMED = (400, "invalid_request", None)

TABLES = """
CREATE TABLE IF NOT EXISTS "Chains" ("ID" TEXT PRIMARY KEY, "Client" TEXT, "Person" TEXT, "Divisions" TEXT,
    "Ended" INTEGER);
CREATE TABLE IF NOT EXISTS "Tokens" ("Refresh" TEXT PRIMARY KEY, "Access" TEXT, "Chain" TEXT, "Issued" REAL,
    "Used" REAL, "Next" TEXT);
CREATE TABLE IF NOT EXISTS "Codes" ("Code" TEXT PRIMARY KEY, "Client" TEXT, "Person" TEXT, "Redirect" TEXT,
    "Divisions" TEXT, "Expires" REAL, "Used" INTEGER);
CREATE TABLE IF NOT EXISTS "People" ("Name" TEXT PRIMARY KEY, "Data" TEXT);
"""


class TokenError(Exception):
    """A refusal of the token endpoint: status, error and description."""

    def __init__(self, status: int, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.status, self.error, self.description = status, error, description


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One user. `divisions` and `scopes` None is all; `reason` is why every data call is refused (1.5)."""

    name: str
    password: str = "demo"  # noqa: S105 - practice account of interfaces.md
    language: str = "nl"
    divisions: tuple[int, ...] | None = None
    scopes: tuple[str, ...] | None = None
    reason: str | None = None
    denied: tuple[str, ...] = ()
    """Paths such as `system/Divisions` that right or licence do not cover: 403 without a reason."""

    def to_json(self) -> str:
        """As kept in the state."""
        names = ("name", "password", "language", "divisions", "scopes", "reason", "denied")
        return json.dumps({name: getattr(self, name) for name in names})


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """What a valid access token stands for."""

    client: str
    person: str
    divisions: tuple[int, ...] | None
    issued: float
    chain: str


@dataclass(kw_only=True)
class _TokenDay:
    day: int = 0
    used: dict[tuple[str, str], int] = field(default_factory=dict)


class Logins:
    """Codes, tokens and people; one instance per simulator."""

    def __init__(self, store: Store, clock: Clock, switches: Switches, *, seed: int) -> None:
        self._store = store
        self._clock = clock
        self._switches = switches
        self._dice = random.Random(f"{seed}/{store.starts}/{store.version}/{clock.timestamp()}")
        self._today = _TokenDay()
        for statement in TABLES.split(";"):
            store.execute(statement)
        self._access: dict[str, Login] = {}
        self._people: dict[str, Person] = {}
        self._read_state()

    def _read_state(self) -> None:
        for (data,) in self._store.all('SELECT "Data" FROM "People"'):
            person = _person(json.loads(data))
            self._people[person.name] = person
        if (kept := self._store.kept(TOKEN_DAY)) is not None:
            used = {(client, person): count for client, person, count in kept["used"]}
            self._today = _TokenDay(day=kept["day"], used=used)
        self._people.setdefault("demo@sim.example", Person(name="demo@sim.example"))
        rows = self._store.all(
            'SELECT t."Access", c."Client", c."Person", c."Divisions", t."Issued", c."ID" FROM "Tokens" t '
            'JOIN "Chains" c ON c."ID" = t."Chain" WHERE c."Ended" = 0'
        )
        for access, client, person_name, divisions, issued, chain in rows:
            self._access[access] = Login(
                client=client,
                person=person_name,
                divisions=_numbers(divisions),
                issued=issued,
                chain=chain,
            )

    # --- people

    def person(self, name: str) -> Person | None:
        """A user by mail address."""
        return self._people.get(name)

    def people(self) -> list[Person]:
        """All users."""
        return list(self._people.values())

    def change_person(self, name: str, **changes: Any) -> Person:
        """Change or make a user."""
        person = replace(self._people.get(name, Person(name=name)), **changes)
        with self._store.transaction():
            self._store.execute('INSERT OR REPLACE INTO "People" VALUES (?, ?)', (name, person.to_json()))
        self._people[name] = person
        return person

    # --- codes

    def new_code(self, *, client: str, person: str, redirect: str, divisions: tuple[int, ...] | None) -> str:
        """A code for the redirect, valid for three minutes, once (1.2)."""
        code = f"{self._letters(9)}!IAAAA{self._letters(60)}"
        with self._store.transaction():
            self._store.execute(
                'INSERT INTO "Codes" VALUES (?, ?, ?, ?, ?, ?, 0)',
                (code, client, person, redirect, _listed(divisions), self._clock.timestamp() + CODE_SECONDS),
            )
        return code

    def redeem(self, *, client: str, code: str, redirect: str) -> dict[str, object]:
        """Tokens for a code; a code that is old, used or not for this redirect is malformed (1.4)."""
        row = self._store.one(
            'SELECT "Client", "Person", "Redirect", "Divisions", "Expires", "Used" FROM "Codes" WHERE "Code" = ?',
            (code,),
        )
        if row is None or row[0] != client or row[2] != redirect or row[5]:
            raise TokenError(*MALFORMED)
        if self._clock.timestamp() > row[4]:
            raise TokenError(*MALFORMED)
        self._count_token_call(client, row[1])
        with self._store.transaction():
            self._store.execute('UPDATE "Codes" SET "Used" = 1 WHERE "Code" = ?', (code,))
            return self.new_chain(client=client, person=row[1], divisions=_numbers(row[3]))

    # --- tokens

    def new_chain(self, *, client: str, person: str, divisions: tuple[int, ...] | None) -> dict[str, object]:
        """A new chain with its first pair, as the token endpoint answers it."""
        chain = self._store.new_guid()
        with self._store.transaction():
            self._store.execute(
                'INSERT INTO "Chains" VALUES (?, ?, ?, ?, 0)', (chain, client, person, _listed(divisions))
            )
            return self._new_pair(chain, client, person, divisions)

    def refresh(self, *, client: str, refresh_token: str) -> dict[str, object]:
        """The next pair of a chain; every refusal of 1.4."""
        row = self._store.one(
            'SELECT t."Chain", t."Issued", t."Used", t."Next", c."Client", c."Person", c."Divisions", c."Ended" '
            'FROM "Tokens" t JOIN "Chains" c ON c."ID" = t."Chain" WHERE t."Refresh" = ?',
            (refresh_token,),
        )
        if row is None or row[4] != client:
            raise TokenError(*MALFORMED)
        chain, issued, used, following, _, person, divisions, ended = row
        now = self._clock.timestamp()
        if ended or now - issued > REFRESH_DAYS * DAY_SECONDS:  # the second half is guessed
            raise TokenError(*NO_CHAIN)
        self._count_token_call(client, person)
        if used is not None:
            return self._offered_again(chain, used, following, now)
        if now - issued < self._switches.number("refresh_from_seconds"):
            raise TokenError(*TOO_EARLY)
        with self._store.transaction():
            pair = self._new_pair(chain, client, person, _numbers(divisions))
            self._store.execute(
                'UPDATE "Tokens" SET "Used" = ?, "Next" = ? WHERE "Refresh" = ?',
                (now, pair["refresh_token"], refresh_token),
            )
        return pair

    def _offered_again(self, chain: str, used: float, following: str, now: float) -> dict[str, object]:
        if now - used < self._switches.number("refresh_grace_seconds"):
            row = self._store.one('SELECT "Access" FROM "Tokens" WHERE "Refresh" = ?', (following,))
            if row is not None:
                return self._answer(row[0], following)
        if self._switches["old_refresh_token_ends_chain"]:
            with self._store.transaction():
                self._store.execute('UPDATE "Chains" SET "Ended" = 1 WHERE "ID" = ?', (chain,))
        raise TokenError(*OLD_TOKEN)

    def _new_pair(self, chain: str, client: str, person: str, divisions: tuple[int, ...] | None) -> dict[str, object]:
        access = f"AAEAA{self._letters(120)}"
        refresh = f"{self._letters(4)}!IAAAA{self._letters(100)}"
        issued = self._clock.timestamp()
        self._store.execute('INSERT INTO "Tokens" VALUES (?, ?, ?, ?, NULL, NULL)', (refresh, access, chain, issued))
        self._access[access] = Login(client=client, person=person, divisions=divisions, issued=issued, chain=chain)
        return self._answer(access, refresh)

    def _answer(self, access: str, refresh: str) -> dict[str, object]:
        return {
            "access_token": access,
            "token_type": self._switches["token_type"],
            "expires_in": ACCESS_SECONDS if self._switches["expires_in"] == "number" else str(ACCESS_SECONDS),
            "refresh_token": refresh,
        }

    def login(self, access: str) -> Login | None:
        """What a token stands for, unless it is unknown or expired."""
        found = self._access.get(access)
        if found is None or self._clock.timestamp() - found.issued >= ACCESS_SECONDS:
            return None
        return found

    def revoke(self, person: str) -> None:
        """The user withdraws the app: access and refresh tokens are dead at once."""
        with self._store.transaction():
            self._store.execute('UPDATE "Chains" SET "Ended" = 1 WHERE "Person" = ?', (person,))
        self._access = {token: login for token, login in self._access.items() if login.person != person}

    def forget(self) -> None:
        """Drop all codes, tokens and changes to people."""
        with self._store.transaction():
            for table in ("Codes", "Tokens", "Chains", "People"):
                self._store.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our own names
        self._store.keep(TOKEN_DAY, None)
        self._access.clear()
        self._people = {"demo@sim.example": Person(name="demo@sim.example")}
        self._today = _TokenDay()

    def _count_token_call(self, client: str, person: str) -> None:
        allowed = self._switches.number("token_calls_per_day")
        day = int(self._clock.timestamp() // DAY_SECONDS)
        if day != self._today.day:
            self._today = _TokenDay(day=day)
        used = self._today.used.get((client, person), 0)
        if allowed and used >= allowed:
            raise TokenError(429, "access_denied")
        self._today.used[client, person] = used + 1
        counted = [[*who, count] for who, count in self._today.used.items()]
        self._store.keep(TOKEN_DAY, {"day": day, "used": counted})

    def _letters(self, length: int) -> str:
        return base64.urlsafe_b64encode(self._dice.randbytes(length)).decode()[:length]


def _listed(divisions: tuple[int, ...] | None) -> str | None:
    return None if divisions is None else json.dumps(divisions)


def _numbers(text: str | None) -> tuple[int, ...] | None:
    return None if text is None else tuple(json.loads(text))


def _person(data: dict[str, Any]) -> Person:
    divisions, scopes = data.pop("divisions"), data.pop("scopes")
    return Person(
        denied=tuple(data.pop("denied", ())),
        divisions=None if divisions is None else tuple(divisions),
        scopes=None if scopes is None else tuple(scopes),
        **data,
    )
