"""A host of its own on this machine: a network namespace whose only way out is a pair of virtual interfaces.

All addresses of this machine's loopback are reached over that cable, so a program there needs no other settings than
one here; when the interface on this side goes down, its packets go nowhere and nobody tells it. Needs root and Linux.
"""

import asyncio
import os
import shutil
from collections.abc import Mapping
from itertools import count, islice
from subprocess import DEVNULL

import psutil
from tests.crash.cable import Cable, FilteredCable

_HOSTS, _NETWORKS = count(), count()
ADDRESSES = "10.213"
MOST_HOSTS = 250


class NoNamespace(Exception):
    """This machine does not let us make one."""


class NamespaceCable:
    """A veth pair to a network namespace; `ip link set down` cuts it."""

    def __init__(self) -> None:
        number = next(_HOSTS)
        self._name = f"boekbrug-{os.getpid()}-{number}"
        self._here, self._there = f"bb{os.getpid() % 100_000}.{number}", f"bt{os.getpid() % 100_000}.{number}"
        self.before: tuple[str, ...] = ("ip", "netns", "exec", self._name)

    async def lay(self, *, database: int, exact: int) -> tuple[int, int]:
        """Make the namespace and its way here; the ports are the same there."""
        third = _free()
        here, there = (f"{ADDRESSES}.{third}.{last}" for last in (1, 2))
        await _ip("netns", "add", self._name)
        await _ip("link", "add", self._here, "type", "veth", "peer", "name", self._there, "netns", self._name)
        await _ip("addr", "add", f"{here}/30", "dev", self._here)
        await _ip("link", "set", self._here, "up")
        await _run("sysctl", "-q", "-w", f"net.ipv4.conf.{self._here.replace('.', '/')}.route_localnet=1")
        await self._inside("ip", "addr", "add", f"{there}/30", "dev", self._there)
        await self._inside("ip", "link", "set", self._there, "up")
        await self._inside("sysctl", "-q", "-w", "net.ipv4.conf.all.route_localnet=1")
        await self._inside("ip", "route", "add", "127.0.0.0/8", "via", here, "dev", self._there, "src", there)
        return database, exact

    async def cut(self) -> None:
        """Pull it out on this side: the other side goes on sending."""
        await _ip("link", "set", self._here, "down")

    async def mend(self) -> None:
        """Put it back."""
        await _ip("link", "set", self._here, "up")

    async def take_away(self) -> None:
        """No interface and no namespace is left."""
        for words in (("link", "del", self._here), ("netns", "del", self._name)):
            try:
                await _ip(*words)
            except NoNamespace:
                continue

    async def _inside(self, *command: str) -> None:
        await _run(*self.before, *command)


def _free() -> int:
    """A network that nobody uses: a run that was killed, or another one beside this, has some of them."""
    taken = {address.address for addresses in psutil.net_if_addrs().values() for address in addresses}
    for number in islice(_NETWORKS, MOST_HOSTS):
        if f"{ADDRESSES}.{number % MOST_HOSTS}.1" not in taken:
            return number % MOST_HOSTS
    raise NoNamespace(f"each network in {ADDRESSES} is taken")


async def _ip(*words: str) -> None:
    await _run("ip", *words)


async def _run(*command: str) -> None:
    """Run a command; NoNamespace when it fails."""
    try:
        done = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
    except OSError as error:
        raise NoNamespace(f"{command[0]}: {error.strerror}") from error
    if await done.wait():
        raise NoNamespace(" ".join(command))


AnyCable = type[NamespaceCable] | type[FilteredCable]
CALLED: Mapping[AnyCable, str] = {
    NamespaceCable: "network namespaces",
    FilteredCable: "filtered sockets (no namespace allowed)",
}


async def best_cable() -> AnyCable:
    """A namespace where the machine allows it, else sockets that throw away what arrives."""
    if shutil.which("ip") is None or shutil.which("sysctl") is None:
        return FilteredCable
    trial: Cable = NamespaceCable()
    try:
        await trial.lay(database=0, exact=0)
    except NoNamespace:
        return FilteredCable
    finally:
        await trial.take_away()
    return NamespaceCable
