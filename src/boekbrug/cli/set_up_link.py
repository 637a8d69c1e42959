"""What `serve` tells whoever starts an empty installation: the link to make the first institute."""

from collections.abc import Mapping

from boekbrug.cli.moment import now
from boekbrug.settings import Settings


def set_up_link(environment: Mapping[str, str]) -> str | None:
    """A fresh link to the first visit, at the address by which the web of `environment` is reached.

    None when there is somebody who can log in.
    """
    from boekbrug.store.set_up import new_set_up_link

    secret = new_set_up_link(now=now())
    return f"{Settings.read(environment).public_url}/begin/{secret}" if secret else None
