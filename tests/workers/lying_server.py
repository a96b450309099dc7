"""A server with faults on purpose, a clock that stands still, and recorded answers of providers.

A new provider on the network adds one entry to `ANSWERS`.
"""

import gzip
import http.server
import itertools
import json
import socket
import struct
import threading
import time
from datetime import datetime, timedelta
from datetime import time as clock_time
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from pregao.instruments import as_date
from pregao.prices import Clock


class Faults:
    """Faults of a server; each takes the handler of one request instead of an answer."""

    @staticmethod
    def status(code, body=b"", **headers):
        def fault(handler):
            handler.reply(code, body, {k.replace("_", "-"): v for k, v in headers.items()})

        return fault

    @staticmethod
    def body(body):
        return Faults.status(200, body)

    @staticmethod
    def reset(handler):
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.close_connection = True
        handler.connection.close()

    @staticmethod
    def hang(handler):
        handler.server.is_over.wait(20)
        handler.close_connection = True

    @staticmethod
    def drip(handler):
        """Send one byte of the header, and later of the body, every few milliseconds."""
        text = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b" " * 1_000_000
        handler.send_in_parts((text[at : at + 1] for at in range(len(text))), pause=0.005)

    @staticmethod
    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        handler.send_in_parts(itertools.repeat(b"10000\r\n" + b"x" * 65536 + b"\r\n"), pause=0)

    @staticmethod
    def bomb(handler):
        """Send few bytes that unpack to many."""
        handler.reply(200, gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"})


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        parts = urlsplit(self.path)
        self.server.requests.append((unquote(parts.path), dict(parse_qsl(parts.query))))
        faults = self.server.faults
        if parts.path.startswith(tuple(ANSWERS)):
            self.server.num_requests += 1
            (faults.pop(0) if faults else self.server.respond)(self)
        else:  # cookies and crumbs
            self.reply(404, b"", {})

    do_GET = do_POST = answer  # noqa: N815 - http.server looks for these names

    def reply(self, status, body, headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_in_parts(self, parts, *, pause):
        self.close_connection = True
        for part in parts:
            try:
                self.wfile.write(part)
            except OSError:  # the client has disconnected
                return
            if self.server.is_over.wait(pause):
                return

    def log_message(self, *_):
        pass


class FaultyServer(http.server.ThreadingHTTPServer):
    """A real server on a free port: the next requests meet the faults, the rest is answered."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.requests, self.faults, self.num_requests = [], [], 0
        self.respond = Faults.status(404)
        self.is_over = threading.Event()

    def handle_error(self, *_):
        """Ignore clients that disconnect."""


class FakeClock:
    """A clock that stands still but for sleeps, which take no time."""

    def __init__(self, now):
        self.start, self.slept = now, []

    def now(self):
        return self.start + timedelta(seconds=sum(self.slept))

    def monotonic(self):
        return time.monotonic() + sum(self.slept)

    @property
    def clock(self):
        return Clock(self.now, self.monotonic, self.slept.append)


def yahoo_chart(prices, **changes):
    """Write bars as Yahoo does."""
    zone = ZoneInfo(prices.symbol.exchange.zone)
    opens = [
        datetime.combine(as_date(day), clock_time(10), zone).timestamp() for day in prices.sessions
    ]
    bars = prices.bars
    quote = {
        name: [float(value) for value in bars.columns[name]]
        for name in ("open", "high", "low", "close", "volume")
    }
    meta = {
        "currency": prices.symbol.currency,
        "symbol": prices.symbol.yahoo,
        "exchangeTimezoneName": prices.symbol.exchange.zone,
        "regularMarketTime": int(opens[-1]) + 7 * 3600,
    }
    return {
        "meta": {**meta, **changes},
        "timestamp": [int(each) for each in opens],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": bars.adj_close.tolist()}]},
    }


def as_yahoo(chart):
    return json.dumps({"chart": {"result": [chart], "error": None}}).encode()


def as_alphavantage(prices, *, adjusted=False, symbol=None):
    """Write bars as Alpha Vantage does: the newest first, numbers in strings."""
    names = ["open", "high", "low", "close"]
    names += ["adj_close", "volume"] if adjusted else ["volume"]
    labels = ["open", "high", "low", "close"]
    labels += ["adjusted close", "volume"] if adjusted else ["volume"]
    rows = {}
    for row in reversed(range(len(prices))):
        values = {
            f"{at}. {label}": repr(float(prices.bars.columns[name][row]))
            for at, (label, name) in enumerate(zip(labels, names, strict=True), 1)
        }
        if adjusted:
            values |= {"7. dividend amount": "0.0000", "8. split coefficient": "1.0"}
        rows[str(prices.sessions[row])] = values
    meta = {
        "1. Information": "Daily Prices",
        "2. Symbol": symbol or f"{prices.symbol.ticker}.SAO",
        "3. Last Refreshed": str(prices.last),
        "4. Output Size": "Compact",
        "5. Time Zone": "US/Eastern",
    }
    return {"Meta Data": meta, "Time Series (Daily)": rows}


def as_brapi(prices, **changes):
    """Write bars as brapi does."""
    names = {"adj_close": "adjustedClose"}
    rows = [
        {"date": at}
        | {names.get(name, name): float(col[row]) for name, col in prices.bars.columns.items()}
        for row, at in enumerate(yahoo_chart(prices)["timestamp"])
    ]
    result = {"currency": "BRL", "symbol": prices.symbol.ticker, "historicalDataPrice": rows}
    return {"results": [{**result, **changes}]}


def _answer_of_yahoo(prices, path, _query):
    if path.endswith("/" + prices.symbol.yahoo):
        return 200, as_yahoo(yahoo_chart(prices))
    error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
    return 404, json.dumps({"chart": {"result": None, "error": error}}).encode()


def _answer_of_brapi(prices, path, _query):
    if path.endswith("/" + prices.symbol.ticker):
        return 200, json.dumps(as_brapi(prices)).encode()
    return 404, json.dumps({"error": True, "message": "Ticker not found"}).encode()


def _answer_of_alphavantage(prices, _path, query):
    if query["symbol"] == f"{prices.symbol.ticker}.SAO":
        adjusted = query["function"].endswith("ADJUSTED")
        return 200, json.dumps(as_alphavantage(prices, adjusted=adjusted)).encode()
    error = "Invalid API call. Please retry or visit the documentation."
    return 200, json.dumps({"Error Message": error}).encode()


ANSWERS = {
    "/v8/finance/chart/": _answer_of_yahoo,
    "/api/quote/": _answer_of_brapi,
    "/query": _answer_of_alphavantage,
}
"""By the beginning of the paths of a service: (prices, path, query) to (status, body)."""


def recorded_answers(prices):
    """Answer requests for one symbol in the form of each service, and that others do not exist."""

    def respond(handler):
        path, query = handler.server.requests[-1]
        answer = next(each for prefix, each in ANSWERS.items() if path.startswith(prefix))
        status, body = answer(prices, path, query)
        handler.reply(status, body, {})

    return respond
