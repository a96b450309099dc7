"""Exchanges: currency, time zone and calendar of each, and the suffix of its tickers at Yahoo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Exchange:
    """An exchange; `code` is the ISO 10383 market identifier, where it has one."""

    code: str
    currency: str
    suffix: str
    """The suffix of its tickers at Yahoo."""
    zone: str
    """The IANA time zone of its sessions."""

    @property
    def name(self) -> str:
        """What it is called in texts."""
        return _NAMES[self.code]


_NAMES = {
    "BVMF": "B3",
    "CMES": "CME",
    "CRYPTO": "24/7",
    "FOREX": "24/5",
    "XAMS": "Euronext Amsterdam",
    "XASX": "ASX",
    "XBKK": "SET",
    "XBRU": "Euronext Brussels",
    "XBUD": "BSE Budapest",
    "XBUE": "BYMA",
    "XCSE": "Nasdaq Copenhagen",
    "XDUB": "Euronext Dublin",
    "XETR": "Xetra",
    "XHEL": "Nasdaq Helsinki",
    "XHKG": "HKEX",
    "XIDX": "IDX",
    "XIST": "Borsa Istanbul",
    "XJSE": "JSE",
    "XKLS": "Bursa Malaysia",
    "XKRX": "KRX",
    "XLIM": "BVL",
    "XLIS": "Euronext Lisbon",
    "XLON": "LSE",
    "XMAD": "BME Madrid",
    "XMEX": "BMV",
    "XMIL": "Borsa Italiana",
    "XNYS": "NYSE",
    "XNZE": "NZX",
    "XOSL": "Oslo Bors",
    "XPAR": "Euronext Paris",
    "XPRA": "PSE Prague",
    "XSGO": "Bolsa de Santiago",
    "XSTO": "Nasdaq Stockholm",
    "XSWX": "SIX",
    "XTAI": "TWSE",
    "XTKS": "TSE",
    "XTSE": "TSX",
    "XTSX": "TSX Venture",
    "XWAR": "GPW Warsaw",
    "XWBO": "Wiener Borse",
}

B3 = Exchange("BVMF", "BRL", ".SA", "America/Sao_Paulo")
NYSE = Exchange("XNYS", "USD", "", "America/New_York")
TOKYO = Exchange("XTKS", "JPY", ".T", "Asia/Tokyo")
LONDON = Exchange("XLON", "GBp", ".L", "Europe/London")
CRYPTO = Exchange("CRYPTO", "USD", "", "UTC")
"""Crypto assets trade without a break: a session is a day in UTC."""
FOREX = Exchange("FOREX", "USD", "", "UTC")
"""Currency pairs trade on weekdays."""
FUTURES = Exchange("CMES", "USD", "", "America/Chicago")

_OTHERS = (
    Exchange("XBUE", "ARS", ".BA", "America/Argentina/Buenos_Aires"),
    Exchange("XSGO", "CLP", ".SN", "America/Santiago"),
    Exchange("XLIM", "PEN", ".LM", "America/Lima"),
    Exchange("XMEX", "MXN", ".MX", "America/Mexico_City"),
    Exchange("XTSE", "CAD", ".TO", "America/Toronto"),
    Exchange("XTSX", "CAD", ".V", "America/Toronto"),
    Exchange("XETR", "EUR", ".DE", "Europe/Berlin"),
    Exchange("XPAR", "EUR", ".PA", "Europe/Paris"),
    Exchange("XAMS", "EUR", ".AS", "Europe/Amsterdam"),
    Exchange("XBRU", "EUR", ".BR", "Europe/Brussels"),
    Exchange("XLIS", "EUR", ".LS", "Europe/Lisbon"),
    Exchange("XMAD", "EUR", ".MC", "Europe/Madrid"),
    Exchange("XMIL", "EUR", ".MI", "Europe/Rome"),
    Exchange("XWBO", "EUR", ".VI", "Europe/Vienna"),
    Exchange("XDUB", "EUR", ".IR", "Europe/Dublin"),
    Exchange("XHEL", "EUR", ".HE", "Europe/Helsinki"),
    Exchange("XSWX", "CHF", ".SW", "Europe/Zurich"),
    Exchange("XSTO", "SEK", ".ST", "Europe/Stockholm"),
    Exchange("XCSE", "DKK", ".CO", "Europe/Copenhagen"),
    Exchange("XOSL", "NOK", ".OL", "Europe/Oslo"),
    Exchange("XWAR", "PLN", ".WA", "Europe/Warsaw"),
    Exchange("XPRA", "CZK", ".PR", "Europe/Prague"),
    Exchange("XBUD", "HUF", ".BD", "Europe/Budapest"),
    Exchange("XIST", "TRY", ".IS", "Europe/Istanbul"),
    Exchange("XJSE", "ZAc", ".JO", "Africa/Johannesburg"),
    Exchange("XHKG", "HKD", ".HK", "Asia/Hong_Kong"),
    Exchange("XTAI", "TWD", ".TW", "Asia/Taipei"),
    Exchange("XKRX", "KRW", ".KS", "Asia/Seoul"),
    Exchange("XBKK", "THB", ".BK", "Asia/Bangkok"),
    Exchange("XIDX", "IDR", ".JK", "Asia/Jakarta"),
    Exchange("XKLS", "MYR", ".KL", "Asia/Kuala_Lumpur"),
    Exchange("XASX", "AUD", ".AX", "Australia/Sydney"),
    Exchange("XNZE", "NZD", ".NZ", "Pacific/Auckland"),
)

EXCHANGES: dict[str, Exchange] = {
    each.code: each for each in (B3, NYSE, TOKYO, LONDON, CRYPTO, FOREX, FUTURES, *_OTHERS)
}
"""Every exchange whose calendar is known, by code."""
