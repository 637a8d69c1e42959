"""What people do in the orders of events: buttons of our pages, and deeds in Exact itself, each counted when rare."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial

from tests.crash.by_hand import Thing
from tests.crash.inside import Worker
from tests.crash.stage import DAYS, Known, Stage

from boekbrug.asking import is_gone
from boekbrug.domain.states import Actor, BookingState
from boekbrug.exact.ledger import ExactLedger
from boekbrug.store import booking_again, decide, leases, lifecycle, linking, models
from boekbrug.store.moves import By, MovedOn
from boekbrug.sync.link_entry import NotActive, lay_beside
from boekbrug.sync.tools import Tools

IN_EXACT = frozenset({BookingState.BOOKED, BookingState.PROVEN, BookingState.DIFFERS})
ELS = By(kind=Actor.PERSON, name="els")
MOST_CALLS = 5
LONG_AGO = timedelta(hours=1)


class Theme(Enum):
    """Which of the seldom done deeds people prefer in an order."""

    LINK = "link"
    BOOK_AGAIN = "book again"
    DELETE = "delete"
    TIDY_EXACT = "tidy Exact"


Offered = list[tuple[Theme, Callable[[], None]]]


@dataclass
class People:
    """Those who press the buttons of one order of events, and those who work in Exact itself."""

    stage: Stage
    known: Sequence[Known]
    workers: Sequence[Worker]
    obeys: bool
    theme: Theme
    deleted: bool = False

    def press(self, pressed: int) -> None:
        """Press one of the buttons that stand there; of those of the theme, when it has any."""
        offered = [] if self.deleted else self._offered(pressed)
        chosen = [deed for about, deed in offered if about is self.theme] or [deed for _, deed in offered]
        if chosen:
            chosen[pressed % len(chosen)]()

    def _offered(self, pressed: int) -> Offered:
        """What the pages of the invoices and of the koppeling, and Exact, offer; about what, and the deed."""
        rows = dict(models.Booking.objects.values_list("invoice__source_id", "state"))
        offered: Offered = []
        for place, known in enumerate(self.known):
            state = rows.get(known.invoice.id)
            if state == BookingState.HELD and known.by_hand:
                offered.append((Theme.LINK, partial(self._link, place)))
            if state in IN_EXACT and known.taken_out:
                offered.append((Theme.TIDY_EXACT, partial(self._book_again, place)))
            if state in IN_EXACT:
                offered.append((Theme.BOOK_AGAIN, partial(self._book_again, place)))
                offered.append((Theme.BOOK_AGAIN, partial(self._take_out_and_book_again, place)))
        if self.theme is Theme.DELETE and not pressed % 2:
            offered.append((Theme.DELETE, partial(self._delete, pressed)))
        if self.theme is Theme.TIDY_EXACT:
            offered += [(Theme.TIDY_EXACT, partial(self._tidy, pressed))] * (1 + pressed % 2)
        return offered

    # --- our pages

    def row(self, place: int) -> models.Booking | None:
        """The booking of an invoice."""
        return models.Booking.objects.filter(invoice__source_id=self.known[place].invoice.id).first()

    def click(self, place: int, button: str) -> None:
        """Opnieuw proberen, overslaan or toch boeken, whatever the state of the invoice is by now."""
        row, now = self.row(place), self.stage.exact.clock.now()
        if row is None:
            return
        try:
            match button:
                case "retry":
                    decide.retry([row.id], by=ELS, now=now)
                case "skip":
                    decide.skip(row.id, "dubbel", by=ELS, now=now)
                case "unskip":
                    decide.unskip(row.id, by=ELS, now=now)
        except MovedOn:
            pass

    def pause(self, *, paused: bool) -> None:
        """Pauzeren or Hervatten, as far as the state of the koppeling allows it."""
        integration_id, now = self.stage.world.integration_id, self.stage.exact.clock.now()
        state = models.Integration.objects.get(id=integration_id).state
        if self.deleted:
            return
        if paused and state == models.IntegrationState.ACTIVE:
            lifecycle.pause(integration_id, now=now)
        if not paused and state == models.IntegrationState.PAUSED:
            lifecycle.resume(integration_id, now=now)

    def _delete(self, pressed: int) -> None:
        """Delete the koppeling in the middle of one of the next calls; seldom when there is none."""
        caller = self._who_has_sent(1 + pressed % MOST_CALLS)
        if caller is None and pressed % 10:
            return
        lifecycle.delete(self.stage.world.integration_id, by=ELS, now=self.stage.exact.clock.now())
        self.deleted = True
        self.stage.happened("deleted in the middle of a call" if caller else "deleted")

    def _who_has_sent(self, calls: int) -> Worker | None:
        """The first worker that has so many calls to send in its slice; the last of them is on its way."""
        return next((each for each in self.workers if all(each.goes_to_call() for _ in range(calls))), None)

    def _link(self, place: int) -> None:
        """Say that the entry made by hand is this invoice, where the page offers it: of the same total."""
        row, known, clock = self._row(place), self.known[place], self.stage.exact.clock
        tools = self._looking()
        asked = (linking.to_link(row.id)[0], int(known.invoice.number))
        try:
            beside = lay_beside(tools.books, tools.ledger, clock, tools.checks, asked)
            if beside.may_be_ours and beside.entry is not None and beside.made is not None:
                linking.link_entry(row.id, beside.entry, beside.made, by=ELS, now=clock.now())
                known.linked = beside.made.answer.exact_id
                self.stage.happened("linked")
        except (NotActive, MovedOn):
            pass

    def _book_again(self, place: int) -> None:
        """Opnieuw boeken: refused while the entry, or another one of its number, is there."""
        row, known = self._row(place), self.known[place]
        try:
            gone = booking_again.to_book_again(row.id)
            ledger = self._looking().ledger
            assert isinstance(ledger, ExactLedger)
            left = ledger.left_of(gone.entry_id, gone.sent)
            assert known.taken_out or not is_gone(left), left
            assert is_gone(left) or not known.taken_out or known.by_hand or not self.obeys, left
            if not is_gone(left):
                self.stage.happened("refused to book again")
                return
            booking_again.book_again(gone, by=ELS, now=self.stage.exact.clock.now())
        except MovedOn:
            return
        known.taken_out = False
        self.stage.happened("booked again beside another year" if self.in_another_year(place) else "booked again")

    def _row(self, place: int) -> models.Booking:
        row = self.row(place)
        assert row is not None
        return row

    def _looking(self) -> Tools:
        """What a page looks into Exact with."""
        clock = self.stage.exact.clock
        return self.stage.worker("els").tools(leases.looking(self.stage.world.administration_id, clock.now()))

    # --- Exact itself

    def enter(self, place: int, year: int, *, earlier: timedelta = timedelta(0)) -> None:
        """Make an entry under an invoice's number; in the invoice's own year Exact refuses ours from then on."""
        clock, number = self.stage.exact.clock, self.known[place].invoice.number
        now = clock.moment
        clock.moment -= earlier
        entry_id = self.stage.by_hand.enter(int(number), DAYS[year])
        clock.moment = now
        for known in self.known:
            if known.invoice.number == number and known.year == year:
                known.by_hand = entry_id
            elif known.invoice.number == number:
                known.elsewhere = entry_id

    def in_another_year(self, place: int) -> bool:
        """Whether the invoice's number is in use in another year: by somebody else, or by our other invoice."""
        known = self.known[place]
        return bool(known.elsewhere) or sum(one.invoice.number == known.invoice.number for one in self.known) > 1

    def _take_out_and_book_again(self, place: int) -> None:
        """Take the entry out of Exact, and press Opnieuw boeken."""
        self._take_out(place)
        self._book_again(place)

    def _take_out(self, place: int) -> None:
        """Take the entry that a booking names out of Exact, if it is there."""
        row, known = self.row(place), self.known[place]
        if row is None or row.state not in IN_EXACT or known.taken_out:
            return
        self.stage.by_hand.take_out(row.entry_id)
        known.taken_out, known.linked = True, ""
        for each in self.known:
            each.by_hand = "" if each.by_hand == row.entry_id else each.by_hand
            each.elsewhere = "" if each.elsewhere == row.entry_id else each.elsewhere

    def there(self, thing: Thing, place: int) -> list[str]:
        """The customer or project of the invoices, or the documents of one of them, in Exact."""
        if thing is not Thing.DOCUMENT:
            return self.stage.by_hand.there(thing, self.stage.key_of(thing))
        row = self.row(place)
        return [] if row is None else self.stage.by_hand.there(thing, f"(BB-{row.mark})")

    def _tidy(self, pressed: int) -> None:
        """Delete something now, while one of the next calls is on its way to Exact, or while its answer is on its way.

        Half of the time the entries that name it are taken out first.
        """
        when, what = pressed % 3, pressed // 3
        caller = self._who_has_sent(1 + what % MOST_CALLS) if when else None
        if caller is not None and when == 2:
            caller.go()
        of_both = [(thing, 0) for thing in (Thing.CUSTOMER, Thing.PROJECT)]
        of_each = [(Thing.DOCUMENT, place) for place in range(len(self.known))]
        things = [one for one in of_both + of_each if self.there(*one)]
        if things:
            self.delete_in_exact(*things[what % len(things)], entries_too=bool(pressed % 2))

    def delete_in_exact(self, thing: Thing, place: int, *, entries_too: bool = False) -> None:
        """Delete it, with what would forbid that: a customer's documents, and if somebody wants so the entries."""
        places = [place] if thing is Thing.DOCUMENT else range(len(self.known))
        for each in places:
            if entries_too:
                self._take_out(each)
            if thing is Thing.CUSTOMER:
                self.delete_in_exact(Thing.DOCUMENT, each)
        for exact_id in self.there(thing, place):
            if self.stage.by_hand.delete(thing, exact_id):
                self.known[place].deleted.add(thing)
                self.stage.happened(f"{thing} deleted")
                if any(each.stopped_at in {"request", "answer"} for each in self.workers):
                    self.stage.happened("deleted in Exact in the middle of a call")
