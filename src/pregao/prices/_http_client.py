"""One HTTP client for all providers: a deadline for everything, a cap on what is read.

curl keeps the time itself, from the name's look-up to the last byte, so that no drip of headers
or of body outlasts it; the standard clients of Python count from one byte to the next.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from curl_cffi import CurlECode
from curl_cffi.const import CurlHttpVersion
from curl_cffi.curl import CURL_WRITEFUNC_ERROR
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import RequestException, Timeout

from pregao.errors import ProviderError
from pregao.prices._access import Access

_SHORTEST_SECONDS = 0.001
_SHARE_OF_OTHERS = 0.2
_FOR_COOKIES = (401, 403)


class AnsweredError(Exception):
    """The provider refused the question; raised past a client that would only ask again."""

    def __init__(self, reply: Response) -> None:
        self.reply = reply
        super().__init__(f"HTTP status {reply.status_code}")


class Courier(Session[Response]):
    """A session whose requests go to one address, end in time, and read no more than a cap.

    Before use it is told for whom it asks and until when (`begin`). It is a session of curl_cffi,
    so that yfinance takes it for its own.
    """

    def __init__(
        self,
        *,
        question: str,
        moved_to: str | None = None,
        browser: bool = False,
    ) -> None:
        # Only the client that poses as a browser follows redirects: a key must not go elsewhere.
        super().__init__(impersonate="chrome" if browser else None, allow_redirects=browser)
        self._question, self._moved_to = question, moved_to
        self._provider = self._symbol = ""
        self._ends = 0.0
        self._max_bytes = 0
        self._monotonic: Callable[[], float] = time.monotonic

    def begin(self, provider: str, symbol: str, *, ends: float, access: Access) -> None:
        """Say for whom the next requests are, and at which monotonic moment all must be over."""
        self._provider, self._symbol, self._ends = provider, symbol, ends
        self._max_bytes, self._monotonic = access.patience.max_bytes, access.clock.monotonic

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Response:
        """Send one request; `Response.content` holds its body.

        What is no question, such as for a cookie, gets a part of the time, and its failures are
        curl's own, for a client to go on without.

        Raises
        ------
        ProviderError
            ``unavailable`` where there is no whole answer in time; ``bad_payload`` for a body
            beyond the cap.
        AnsweredError
            If the question was refused, but for a key or a cookie.
        """
        is_question = urlsplit(url).path.startswith(self._question)
        body = _Body(self._max_bytes)
        seconds = self._seconds_left() * (1 if is_question else _SHARE_OF_OTHERS)
        options |= {"timeout": seconds, "content_callback": body.take}
        if self._moved_to is not None and self._moved_to.startswith("http:"):
            options["http_version"] = CurlHttpVersion.V1_1
        try:
            response = super().request(method, _moved(url, self._moved_to), *args, **options)
        except RequestException as error:
            if not is_question:
                raise
            raise self._trouble(error, body) from error
        response.content = body.content
        if is_question and response.status_code >= 400 and response.status_code not in _FOR_COOKIES:
            raise AnsweredError(response)
        return response

    def _seconds_left(self) -> float:
        left = self._ends - self._monotonic()
        if left < _SHORTEST_SECONDS:
            raise self._error("there was no whole answer in time")
        return left

    def _trouble(self, error: RequestException, body: "_Body") -> ProviderError:
        if body.is_full:
            return ProviderError(
                self._provider,
                self._symbol,
                "bad_payload",
                f"the answer is longer than {self._max_bytes:,} bytes",
            )
        if isinstance(error, Timeout):
            return self._error("there was no whole answer in time")
        if error.code == CurlECode.COULDNT_RESOLVE_HOST:
            return self._error("its address cannot be found, as without a network")
        # curl's own words name the host and never the query, which may hold a key.
        return self._error(f"the connection failed (curl {int(error.code)})")

    def _error(self, found: str) -> ProviderError:
        return ProviderError(self._provider, self._symbol, "unavailable", found)


class _Body:
    """Collects what was unpacked, up to a cap."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._length = 0

    @property
    def is_full(self) -> bool:
        return self._length > self._max_bytes

    @property
    def content(self) -> bytes:
        return b"".join(self._parts)

    def take(self, part: bytes) -> int:
        self._length += len(part)
        if self.is_full:
            self._parts.clear()
            return CURL_WRITEFUNC_ERROR
        self._parts.append(part)
        return len(part)


def _moved(url: str, to: str | None) -> str:
    """Give an address at another host, its path and query as they were."""
    if to is None:
        return url
    there, parts = urlsplit(to), urlsplit(url)
    path = there.path.rstrip("/") + parts.path
    return urlunsplit((there.scheme, there.netloc, path, parts.query, parts.fragment))
