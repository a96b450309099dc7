"""Numbers, dates and durations as each language writes them."""

from datetime import date

from pregao.presentation._texts import Language

ABSENT = "\N{EN DASH}"
"""What stands where there is no number."""

_SIGNS = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "C$",
    "EUR": "\N{EURO SIGN}",
    "GBP": "\N{POUND SIGN}",
    "HKD": "HK$",
    "INR": "\N{INDIAN RUPEE SIGN}",
    "JPY": "\N{YEN SIGN}",
    "KRW": "\N{WON SIGN}",
    "MXN": "MX$",
    "NZD": "NZ$",
    "TWD": "NT$",
    "USD": "US$",
}
"""Signs that neither language takes for another currency: an Argentine or Chilean $ is a code."""
_POINTS = "pts"
_PENCE = "GBp"
_SWAPPED = str.maketrans(",.", ".,")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float | None, digits: int, language: Language) -> str:
    """Write a number with so many decimals, or a dash for None.

    >>> number(1234.5, 2, "en"), number(1234.5, 2, "pt"), number(-0.001, 1, "en")
    ('1,234.50', '1.234,50', '0.0')
    """
    if value is None:
        return ABSENT
    # Adding 0.0 takes the sign from a zero.
    written = f"{round(value, digits) + 0.0:,.{digits}f}"
    return written.translate(_SWAPPED) if language == "pt" else written


def percent(share: float | None, digits: int, language: Language, *, signed: bool = False) -> str:
    """Write a share as percent; `signed` puts a plus before gains.

    >>> percent(0.0231, 1, "pt", signed=True).replace("\N{NO-BREAK SPACE}", " ")
    '+2,3 %'
    """
    if share is None:
        return ABSENT
    plus = "+" if signed and round(100 * share, digits) > 0 else ""
    return f"{plus}{number(100 * share, digits, language)}\N{NO-BREAK SPACE}%"


def p_value(value: float | None, language: Language) -> str:
    """Write a p-value to three decimals, or that it is smaller.

    >>> p_value(0.0312, "pt"), p_value(0.0001, "en")
    ('0,031', '<0.001')
    """
    if value is not None and value < 0.001:
        return "<" + number(0.001, 3, language)
    return number(value, 3, language)


def knob(value: object, language: Language) -> str:
    """Write the value of a field of an experiment; numbers keep four digits.

    >>> knob(0.00051234, "pt"), knob(("return", "range"), "en"), knob(64, "en"), knob(None, "en")
    ('0,0005123', 'return, range', '64', '\N{EN DASH}')
    """
    match value:
        case None:
            return ABSENT
        case float():
            return f"{value:.4g}".replace(".", "," if language == "pt" else ".")
        case tuple() | list():
            return ", ".join(knob(each, language) for each in value)
        case _:
            return str(value)


def duration(seconds: float) -> str:
    """Write seconds that have passed or remain.

    >>> duration(61.7), duration(3 * 3600 + 5)
    ('1:01', '3:00:05')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def day(session: date, language: Language) -> str:
    """Write a date.

    >>> day(date(2018, 12, 31), "en"), day(date(2018, 12, 31), "pt")
    ('2018-12-31', '31/12/2018')
    """
    return session.isoformat() if language == "en" else f"{session:%d/%m/%Y}"


def short_day(session: date, language: Language) -> str:
    """Write a date without its year, for an axis.

    >>> short_day(date(2018, 12, 31), "en"), short_day(date(2018, 12, 31), "pt")
    ('31 Dec', '31/12')
    """
    return f"{session.day} {_MONTHS[session.month - 1]}" if language == "en" else f"{session:%d/%m}"


def currency_sign(currency: str, symbol: str = "", *, language: Language = "en") -> str:
    """Return the unit of prices: the sign of a currency, its code where it has none, or points.

    Parameters
    ----------
    symbol
        Whose prices they are, if they are of a symbol: those of an index are in points.

    >>> currency_sign("BRL"), currency_sign("CHF"), currency_sign("BRL", "^BVSP")
    ('R$', 'CHF', 'pts')
    """
    # Numpy comes with instruments, and commands that show no price start without it.
    from pregao.instruments import is_in_points

    if is_in_points(symbol):
        return _POINTS
    if currency == _PENCE:
        return "p" if language == "en" else "pence"
    return _SIGNS.get(currency, currency)


def money(price: float, currency: str, language: Language, symbol: str = "") -> str:
    """Write a price in its currency, or the level of an index in points.

    >>> money(31.2, "BRL", "pt").replace("\N{NO-BREAK SPACE}", " ")
    'R$ 31,20'
    >>> money(127345.12, "BRL", "pt", "^BVSP").replace("\N{NO-BREAK SPACE}", " ")
    '127.345,12 pts'
    """
    from pregao.instruments import price_digits

    unit = currency_sign(currency, symbol, language=language)
    written = number(price, price_digits(price, symbol), language)
    is_after = unit == _POINTS or currency == _PENCE
    first, second = (written, unit) if is_after else (unit, written)
    return f"{first}\N{NO-BREAK SPACE}{second}"
