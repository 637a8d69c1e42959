"""How an exchange is carried out: in the thread of who waits for it, or on the line while he does something else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from boekbrug.exact.exchange import MOST_CONNECTIONS, Answer

Line = Callable[[Callable[[], Answer]], Callable[[], Answer]]
"""Takes an exchange, and gives what waits for its answer."""


def when_waited_for(exchange: Callable[[], Answer]) -> Callable[[], Answer]:
    """Send it when somebody waits for it, in his thread."""
    return exchange


def in_a_thread(exchange: Callable[[], Answer]) -> Callable[[], Answer]:
    """Send it at once, in a thread that knows nothing of databases: what comes of it is for who waits."""
    return _threads().submit(exchange).result


@cache
def _threads() -> ThreadPoolExecutor:
    """One for each administration at work, no more than there are sockets."""
    return ThreadPoolExecutor(MOST_CONNECTIONS, thread_name_prefix="line")
