"""Numbers, dates and durations as each language writes them."""

from datetime import date

from pregao.presentation._texts import Language

ABSENT = "\N{EN DASH}"
"""What stands where there is no number."""

_SIGNS = {"BRL": "R$", "USD": "US$", "JPY": "\N{YEN SIGN}", "GBp": "p"}
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


def price_digits(price: float) -> int:
    """Return how many decimals a price of this size needs."""
    return 2 if price >= 1 else 4


def currency_sign(currency: str) -> str:
    """Return the sign of a currency, or its code where it has none here."""
    return _SIGNS.get(currency, currency)


def money(price: float, currency: str, language: Language) -> str:
    """Write a price in its currency.

    >>> money(31.2, "BRL", "pt").replace("\N{NO-BREAK SPACE}", " ")
    'R$ 31,20'
    """
    sign = currency_sign(currency)
    return f"{sign}\N{NO-BREAK SPACE}{number(price, price_digits(price), language)}"
