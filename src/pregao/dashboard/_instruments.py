"""Instruments in words, and the exchanges to choose from where a ticker does not tell its own."""

from functools import cache
from typing import Annotated, NamedTuple

from fastapi import Query

from pregao.dashboard._texts import TEXTS
from pregao.instruments import CRYPTO, EXCHANGES, FOREX, NYSE, Exchange, Symbol
from pregao.texts import city_of_zone, country_of_zone, currency_name
from pregao.values import Language

Stated = Annotated[str, Query(max_length=10)]
"""The code of an exchange or a currency that was chosen beside a ticker; empty for none."""
_HUNDREDTHS = {"GBp": "instrument_pence", "ZAc": "instrument_cents"}
_OF_NO_EXCHANGE = {CRYPTO.code: "exchange_crypto", FOREX.code: "exchange_forex"}


class ExchangeChoice(NamedTuple):
    """An exchange in a list to choose from."""

    code: str
    label: str


class Fact(NamedTuple):
    """A line about an instrument: what it is about, what it says, and a code beside it."""

    name: str
    value: str
    code: str = ""


@cache
def exchange_choices(language: Language) -> tuple[ExchangeChoice, ...]:
    """Return the known exchanges by country, and last those markets that have none."""
    choices = [ExchangeChoice(each.code, _label(each, language)) for each in EXCHANGES.values()]
    return tuple(sorted(choices, key=lambda each: (each.code in _OF_NO_EXCHANGE, each.label)))


def facts_of(symbol: Symbol, currency: str, language: Language) -> tuple[Fact, ...]:
    """Return class, exchange, currency and time zone of a symbol in words.

    Of an American ticker the calendar is told: where it is listed, NYSE or Nasdaq, is not known.
    """
    exchange, name = symbol.exchange, currency_name(currency, language)
    if currency in _HUNDREDTHS:
        name = _t(_HUNDREDTHS[currency], language)
    city = city_of_zone(exchange.zone, language)
    zone = city if city == exchange.zone else _t("instrument_time_of", language, city=city)
    return (
        Fact(_t("instrument_class", language), _class(symbol, language)),
        _exchange(exchange, language),
        Fact(_t("instrument_currency", language), name, currency),
        Fact(_t("instrument_zone", language), zone, exchange.zone),
    )


def _exchange(exchange: Exchange, language: Language) -> Fact:
    calendar = _t("instrument_calendar", language)
    match exchange.code:
        case CRYPTO.code:
            return Fact(calendar, _t("instrument_always", language))
        case FOREX.code:
            return Fact(calendar, _t("instrument_weekdays", language))
        case NYSE.code:
            text = _t("instrument_calendar_of", language, name=exchange.name)
            return Fact(calendar, text, exchange.code)
        case _:
            country = country_of_zone(exchange.zone, language)
            name = f"{exchange.name}, {country}"
            return Fact(_t("instrument_exchange", language), name, exchange.code)


def _class(symbol: Symbol, language: Language) -> str:
    """Return the class in words; beyond B3 a ticker does not tell shares from funds."""
    is_certain = symbol.kind != "share" or symbol.exchange.code == "BVMF"
    return _t(f"class_{symbol.kind}" if is_certain else "class_share_or_fund", language)


def _label(exchange: Exchange, language: Language) -> str:
    if exchange.code in _OF_NO_EXCHANGE:
        name = _t(_OF_NO_EXCHANGE[exchange.code], language)
        return f"{_t('exchange_always_open', language)}: {name} ({exchange.code})"
    name = _t("exchange_american", language) if exchange == NYSE else exchange.name
    country = country_of_zone(exchange.zone, language)
    return f"{country}: {name} ({exchange.code}, {exchange.currency})"


def _t(key: str, language: Language, **facts: str) -> str:
    return TEXTS[key].in_language(language).format(**facts)
