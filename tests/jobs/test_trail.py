"""One id: the present one goes on, a named one is taken over, and nobody's work is mixed up."""

from structlog.contextvars import get_contextvars

from boekbrug import trail


def test_what_follows_goes_under_the_id_that_is_there() -> None:
    with trail.following("webhook"):
        with trail.following(step="book"):
            assert get_contextvars() == {"wake_up": "webhook", "step": "book"}
        with trail.following("other"):
            assert trail.current() == "other"
        assert get_contextvars() == {"wake_up": "webhook"}
    assert trail.current() == ""


def test_what_nobody_asked_for_gets_an_id_of_its_own() -> None:
    ids = set()
    for _ in range(2):
        with trail.following():
            ids.add(trail.current())
    assert len(ids) == 2
    assert {len(one) for one in ids} == {trail.ID_LENGTH}
