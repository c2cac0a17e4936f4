"""One request for a page: what it says, its deadline, and how fresh the answers were."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property

from fastapi import Request, Response

from chassis.web import headers
from new_services.storefront.parts import Parts
from new_services.storefront.request import first_cookies, first_parameters


class Visit:
    """Handed to a page, and to every call that the page makes."""

    def __init__(
        self,
        request: Request,
        parts: Parts,
        deadline: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deadline` in seconds from now."""
        self.request = request
        self.parts = parts
        self._clock = clock
        self._until = clock() + deadline
        self._watermarks: list[int] = []
        self._waited: list[int] = []
        self._ages: list[int] = []
        self._owners: list[str] = []

    @property
    def path(self) -> str:
        """Of the request, decoded."""
        return self.request.url.path

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Of the query; of a repeated one the first."""
        return first_parameters(self.request.scope["query_string"])

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        """Of a repeated one the first."""
        return first_cookies(self.request.headers.getlist("cookie"))

    @property
    def left(self) -> float:
        """Seconds until the page must be answered; 0 when it is too late to ask anything."""
        return max(0.0, self._until - self._clock())

    @property
    def passed_on(self) -> dict[str, str]:
        """What the services that are asked must know of the request, as headers."""
        names = (headers.AFTER, headers.ALONE)
        return {name: self.request.headers[name] for name in names if name in self.request.headers}

    @property
    def customer(self) -> dict[str, str]:
        """What the facade said of who is asking, for the services that act in a customer's name:
        headers; empty where it named no customer."""
        if headers.IDENTITY not in self.request.headers:
            return {}
        names = (headers.IDENTITY, headers.SESSION, headers.TABLE)
        return {name: self.request.headers[name] for name in names if name in self.request.headers}

    def extend(self, seconds: float) -> None:
        """The answer is sent as it is made: it may take so long from now on."""
        self._until = self._clock() + seconds

    def learn(self, answered: Mapping[str, str]) -> None:
        """From a service's answer, headers in lower case: how fresh it is; of a write, whose."""
        if headers.OWNER.lower() in answered:
            self._owners.append(answered[headers.OWNER.lower()])
        for name, known in (
            (headers.WATERMARK, self._watermarks),
            (headers.WAITED, self._waited),
            ("Age", self._ages),
        ):
            value = answered.get(name.lower(), "")
            if value.isdecimal():
                known.append(int(value))

    def stamp(self, response: Response) -> None:
        """A page is as fresh as the oldest of the answers that it was made of."""
        if self._watermarks:
            response.headers[headers.WATERMARK] = str(min(self._watermarks))
        if self._waited:
            response.headers[headers.WAITED] = str(max(self._waited))
        if self._ages:
            response.headers["Age"] = str(max(self._ages))

    def pass_on(self, response: Response) -> None:
        """Whose the domains are that were written for this page."""
        if self._owners:
            response.headers[headers.OWNER] = ", ".join(self._owners)
