"""What the present request costs, and who pays: noted on its way in, charged further in its thread.

The charges of a request whose credential was never used in this process wait until it has proved
its worth: what is made up pays nothing, holds no count, and uses up nobody's allowance.
"""

from contextvars import ContextVar

from memory_hub.core.callers import Credential, allowance_of
from memory_hub.core.raw_headers import Headers
from memory_hub.rate_limits.limiter import Count, Limiter, Payer, RateLimited
from memory_hub.rate_limits.prices import ANSWER_BYTES

current: ContextVar["Bill | None"] = ContextVar("bill", default=None)


class Bill:
    """The bill of one request. ``added`` are the headers that its answer gets."""

    def __init__(
        self, limiter: Limiter | None, credential: Credential, points: int, added: Headers
    ) -> None:
        self.refusal: RateLimited | None = None
        self.payer: Payer | None = None
        # Points that the bytes of the answer cost.
        self.of_answer = 0
        self.credential = credential
        self._limiter, self._points, self._added = limiter, points, added
        self._told = 0
        if credential.digest is None:
            self.payer = Payer(f"address/{credential.address}")
        elif credential.user_id is not None:
            self.payer = Payer(allowance_of(credential.digest), credential.user_id)

    async def begin(self) -> None:
        """Charge the price of the request, where it is known who pays. On the event loop."""
        if self._limiter is not None and self.payer is not None:
            self._note(await self._limiter.acharge(self.payer, self._points))

    async def affords(self, points: int) -> bool:
        """Charge for what is at hand, on the event loop; False, and refused, where it is too
        much."""
        if self._limiter is not None and self.payer is not None and points > 0:
            self._note(await self._limiter.acharge(self.payer, points))
        return self.refusal is None

    def pays(self, user_id: int | None) -> None:
        """Note whose the request turned out to be; None: nobody's, so that its address pays.

        In a worker thread.
        """
        if self.payer is not None:
            return
        digest = self.credential.digest
        if user_id is None or digest is None:
            self.payer = Payer(f"address/{self.credential.address}")
        else:
            self.payer = Payer(allowance_of(digest), user_id)
        if self._limiter is not None:
            self._note(self._limiter.charge(self.payer, self._points))

    def charge(self, points: int) -> None:
        """Charge before the work. In a worker thread; raises RateLimited, and charges nothing, when
        it is more than is left."""
        if self._limiter is not None and self.payer is not None and points > 0:
            count = self._limiter.charge(self.payer, points)
            self._tell(count)
            if not count.allowed:
                raise count.refusal()

    def charge_afterwards(self, points: int) -> None:
        """Charge for work that was done: the next request is refused. In a worker thread."""
        if self._limiter is not None and self.payer is not None and points > 0:
            self._tell(self._limiter.charge_afterwards(self.payer, points))

    def charge_answer(self, size: int) -> None:
        """The same for an answer of so many bytes, before it is compressed."""
        self.of_answer = size // ANSWER_BYTES
        self.charge_afterwards(self.of_answer)

    def _note(self, count: Count) -> None:
        self._tell(count)
        # One that has too many under way stays refused.
        if not count.allowed and self.refusal is None:
            self.refusal = count.refusal()

    def _tell(self, count: Count) -> None:
        """The headers tell where the payer stands after the last charge."""
        place = len(self._added) - self._told
        self._added[place:] = headers = count.headers
        self._told = len(headers)


def refuse_if_over() -> None:
    """Raise RateLimited if the present request is over its payer's limit."""
    bill = current.get()
    if bill is not None and bill.refusal is not None:
        raise bill.refusal


def is_refused() -> bool:
    """Whether the present request is over its payer's limit."""
    bill = current.get()
    return bill is not None and bill.refusal is not None


def is_settled() -> bool:
    """Whether it is known who pays for the present request."""
    bill = current.get()
    return bill is None or bill.payer is not None


async def affords(points: int) -> bool:
    """Charge the present request's payer for a kept answer, as for one that is made."""
    bill = current.get()
    return bill is None or await bill.affords(points)


def of_answer() -> int:
    """Points that the bytes of the present request's answer have cost."""
    bill = current.get()
    return 0 if bill is None else bill.of_answer


def address() -> str:
    """Whom the present request comes from, as far as addresses tell customers apart; empty outside
    of requests."""
    bill = current.get()
    return "" if bill is None else bill.credential.address


def pays(user_id: int | None) -> None:
    """Note whose the present request turned out to be; None: nobody's. In a worker thread."""
    bill = current.get()
    if bill is not None:
        bill.pays(user_id)


def charge(points: int) -> None:
    """Charge the present request's payer for what it turned out to cost, before it is done.

    In a worker thread. Raises RateLimited when that is more than is left.
    """
    bill = current.get()
    if bill is not None:
        bill.charge(points)


def charge_afterwards(points: int) -> None:
    """The same for what was done already: nothing is refused but the requests after it."""
    bill = current.get()
    if bill is not None:
        bill.charge_afterwards(points)


def charge_answer(size: int) -> None:
    """The same for an answer of so many bytes, before it is compressed."""
    bill = current.get()
    if bill is not None:
        bill.charge_answer(size)
