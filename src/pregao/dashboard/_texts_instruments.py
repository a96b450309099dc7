"""Texts about instruments by key: classes, exchanges, currencies."""

from pregao.values import Text, bilingual

INSTRUMENTS: dict[str, Text] = {
    "class_share": bilingual("Stock"),
    "class_share_or_fund": bilingual("Stock or fund"),
    "class_unit_or_fund": bilingual("Unit, ETF or FII"),
    "class_bdr": bilingual("BDR"),
    "class_right": bilingual("Subscription right or receipt"),
    "class_option": bilingual("Option"),
    "class_future": bilingual("Future"),
    "class_index": bilingual("Index"),
    "class_currency": bilingual("Currency pair"),
    "class_crypto": bilingual("Crypto asset"),
    "instrument": bilingual("Instrument"),
    "instrument_class": bilingual("Class"),
    "instrument_exchange": bilingual("Exchange"),
    "instrument_calendar": bilingual("Calendar"),
    "instrument_currency": bilingual("Currency"),
    "instrument_zone": bilingual("Time zone"),
    "instrument_calendar_of": bilingual("calendar of the {name}"),
    "instrument_always": bilingual("every day, around the clock"),
    "instrument_weekdays": bilingual("weekdays, around the clock"),
    "instrument_pence": bilingual("Pence, hundredths of a pound"),
    "instrument_cents": bilingual("Cents, hundredths of a rand"),
    "instrument_time_of": bilingual("{city} time"),
    "exchange_title": bilingual("On which exchange is {ticker} traded?"),
    "js_exchange_title": bilingual("On which exchange is {ticker} traded?"),
    "exchange_lead": bilingual(
        "The ticker does not tell it, and nothing is guessed: prices, calendar and currency "
        "depend on it."
    ),
    "exchange_choose": bilingual("Choose an exchange"),
    "exchange_currency": bilingual("Currency, if not the exchange's"),
    "exchange_currency_help": bilingual("Three letters, such as USD; GBp is pence, GBP is pounds."),
    "exchange_go": bilingual("Continue"),
    "exchange_always_open": bilingual("Without an exchange"),
    "exchange_american": bilingual("NYSE, Nasdaq (calendar of the NYSE)"),
    "exchange_crypto": bilingual("crypto assets"),
    "exchange_forex": bilingual("currency pairs"),
}
