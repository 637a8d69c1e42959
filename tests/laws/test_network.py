"""Law 3: no test talks to the outside."""

import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "start.exactonline.nl"])
def test_reaching_outside_breaks_the_test(host: str) -> None:
    with pytest.raises(RuntimeError, match="reaches for the network"):
        socket.create_connection((host, 443), timeout=0.1)


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
