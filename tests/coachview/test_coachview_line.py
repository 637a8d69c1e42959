"""The line to Coachview itself: what it is told when it is made, and that the environment has no say in it."""

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from tests.coachview.answers_of_coachview import PROFILE, Budget

from boekbrug.coachview.answers import rows_of
from boekbrug.coachview.auth import Credentials, Tokens
from boekbrug.coachview.connection import Connection


def limits_of_the_line_to(port: int) -> list[int]:
    """After how many milliseconds this process's sockets to a port give up what nobody confirms."""
    found = []
    for link in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):
            if not str(link.readlink()).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(link.name))) as each:
                if each.getpeername()[1] == port:
                    found.append(each.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))
    return found


def test_a_write_back_in_a_line_that_was_cut_is_given_up_before_a_lease_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

        def answer_once() -> None:
            caller, _ = listener.accept()
            with caller:
                caller.recv(65_536)
                seen.extend(limits_of_the_line_to(port))
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")

        answering = threading.Thread(target=answer_once)
        answering.start()
        credentials = Credentials(client_id="instituut", secret="s")
        tokens = Tokens(lambda: 0.0)
        address = f"http://127.0.0.1:{port}"
        tokens.get((address, credentials), lambda: ("t", None))
        with Connection(
            base_url=address, credentials=credentials, profile=PROFILE, budget=Budget(), tokens=tokens
        ) as connection:
            assert connection.read("Facturen", parse=rows_of) == []
        answering.join()
    assert seen == [30_000]
