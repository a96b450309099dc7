"""One HTTP client for all providers: a deadline for everything, a cap on what is read.

curl itself enforces the time limit, from the name's look-up to the last byte, so that a slow drip
of headers or of body cannot outlast it; the standard clients of Python restart the limit at each
byte.
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
from pregao.prices._access import NetworkAccess
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _

_MIN_SECONDS = 0.001
_AUXILIARY_TIME_SHARE = 0.2
# yfinance answers these by fetching a cookie and repeating the request.
_COOKIE_STATUSES = (401, 403)


class HttpStatusError(Exception):
    """A refused request for prices; raised past yfinance, which would only repeat it."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(f"HTTP status {response.status_code}")


class HttpClient(Session[Response]):
    """A session whose requests go to one address, end in time, and read no more than a cap.

    Call `begin` before each download. It is a session of curl_cffi, which is what yfinance
    accepts.

    Parameters
    ----------
    data_path
        How the paths of requests for prices begin; all others are auxiliary, such as for a cookie.
    base_url
        The address that replaces the host of every request; None leaves it.
    browser
        Whether to look like a browser.
    """

    def __init__(
        self,
        *,
        data_path: str,
        base_url: str | None = None,
        browser: bool = False,
    ) -> None:
        # Only the client that looks like a browser follows redirects: a key must not go elsewhere.
        super().__init__(impersonate="chrome" if browser else None, allow_redirects=browser)
        self._data_path, self._base_url = data_path, base_url
        self._provider = self._symbol = ""
        self._deadline = 0.0
        self._max_bytes = 0
        self._monotonic: Callable[[], float] = time.monotonic

    def begin(self, provider: str, symbol: str, *, deadline: float, access: NetworkAccess) -> None:
        """Set the provider and symbol of the next requests, and their monotonic deadline."""
        self._provider, self._symbol, self._deadline = provider, symbol, deadline
        self._max_bytes, self._monotonic = access.retry_policy.max_bytes, access.clock.monotonic

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Response:
        """Send one request; `Response.content` holds its body.

        An auxiliary request gets a part of the time, and its failures are curl's own, so that
        yfinance can go on without it.

        Raises
        ------
        ProviderError
            ``unavailable`` where there is no complete response in time; ``bad_payload`` for a body
            beyond the cap.
        HttpStatusError
            If a request for prices is refused, other than for a key or a cookie.
        """
        is_data = urlsplit(url).path.startswith(self._data_path)
        body = _Body(self._max_bytes)
        seconds = self._seconds_left() * (1 if is_data else _AUXILIARY_TIME_SHARE)
        options |= {"timeout": seconds, "content_callback": body.append}
        if self._base_url is not None and self._base_url.startswith("http:"):
            options["http_version"] = CurlHttpVersion.V1_1
        try:
            response = super().request(method, _at_base_url(url, self._base_url), *args, **options)
        except RequestException as error:
            if not is_data:
                raise
            raise self._provider_error(error, body) from error
        response.content = body.content
        if is_data and response.status_code >= 400 and response.status_code not in _COOKIE_STATUSES:
            raise HttpStatusError(response)
        return response

    def _seconds_left(self) -> float:
        left = self._deadline - self._monotonic()
        if left < _MIN_SECONDS:
            raise self._unavailable(_("it gave no complete answer in time"))
        return left

    def _provider_error(self, error: RequestException, body: "_Body") -> ProviderError:
        if body.is_full:
            return ProviderError(
                self._provider,
                self._symbol,
                "bad_payload",
                _("the answer is longer than {max_bytes:,} bytes", max_bytes=self._max_bytes),
            )
        if isinstance(error, Timeout):
            return self._unavailable(_("it gave no complete answer in time"))
        if error.code == CurlECode.COULDNT_RESOLVE_HOST:
            return self._unavailable(_("its address cannot be found, as without a network"))
        # Only the code of curl: an address may hold a key in its query.
        return self._unavailable(_("the connection failed (curl {code})", code=int(error.code)))

    def _unavailable(self, found: LocalText) -> ProviderError:
        return ProviderError(self._provider, self._symbol, "unavailable", found)


class _Body:
    """The unpacked parts of a body, up to a cap."""

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

    def append(self, part: bytes) -> int:
        self._length += len(part)
        if self.is_full:
            self._parts.clear()
            return CURL_WRITEFUNC_ERROR
        self._parts.append(part)
        return len(part)


def _at_base_url(url: str, base_url: str | None) -> str:
    """Move a URL to another address, with its path and query."""
    if base_url is None:
        return url
    base, parts = urlsplit(base_url), urlsplit(url)
    path = base.path.rstrip("/") + parts.path
    return urlunsplit((base.scheme, base.netloc, path, parts.query, parts.fragment))
