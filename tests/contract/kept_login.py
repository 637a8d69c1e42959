"""A login at a real company that outlives its access tokens: client and refresh token in a file, kept up to date."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2

TOKEN_SECONDS = 600


@dataclass(kw_only=True)
class KeptLogin:
    """Puts the token on each call; the file has `client_id`, `client_secret` and the newest `refresh_token`."""

    url: str
    path: Path
    now: Callable[[], float] = time.monotonic
    _token: str = ""
    _since: float = 0.0

    def __call__(self, request: httpx2.Request) -> httpx2.Request:
        """Sign a call that does not bring a token of its own."""
        if "Authorization" not in request.headers:
            if not self._token or self.now() - self._since >= TOKEN_SECONDS:
                self._refresh()
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _refresh(self) -> None:
        kept = json.loads(self.path.read_text())
        answer = httpx2.post(f"{self.url}/api/oauth2/token", data=kept | {"grant_type": "refresh_token"}, timeout=60.0)
        answer.raise_for_status()
        pair = answer.json()
        self.path.write_text(json.dumps(kept | {"refresh_token": pair["refresh_token"]}))
        self._token, self._since = str(pair["access_token"]), self.now()
