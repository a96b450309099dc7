"""Kinds of findings about prices, in the order of the checks."""

from pregao.findings._kind import FindingKind
from pregao.values import bilingual

PRICES = (
    FindingKind(
        code="PRC001",
        severity="warning",
        title=bilingual("gap"),
        meaning=bilingual("The exchange held sessions for which there is no bar."),
        advice=bilingual(
            "a return across a gap spans several sessions: fetch the missing sessions "
            "again if they were traded"
        ),
    ),
    FindingKind(
        code="PRC002",
        severity="warning",
        title=bilingual("bar on a closed day"),
        meaning=bilingual("There are bars of days on which the exchange was closed."),
        advice=bilingual(
            "an empty bar is a zero return that did not occur: check those with volume "
            "against the exchange's calendar"
        ),
    ),
    FindingKind(
        code="PRC003",
        severity="warning",
        title=bilingual("rows out of order"),
        meaning=bilingual("The rows are not in the order of their sessions."),
        advice=bilingual("the rows were sorted; write them with the oldest first"),
    ),
    FindingKind(
        code="PRC004",
        severity="warning",
        title=bilingual("duplicate session"),
        meaning=bilingual(
            "One session has several bars, which are copies or contradict each other."
        ),
        advice=bilingual(
            "keep one row per session in the source; bars that contradict each other were taken out"
        ),
    ),
    FindingKind(
        code="PRC005",
        severity="warning",
        title=bilingual("missing values"),
        meaning=bilingual("Rows lack their date or one of their numbers."),
        advice=bilingual("a filled value would be an invented price: fetch those sessions again"),
    ),
    FindingKind(
        code="PRC006",
        severity="warning",
        title=bilingual("invalid price or volume"),
        meaning=bilingual("Rows have a price of zero or less, or a negative volume."),
        advice=bilingual("the rows were taken out: fetch those sessions again"),
    ),
    FindingKind(
        code="PRC007",
        severity="warning",
        title=bilingual("impossible bar"),
        meaning=bilingual(
            "Rows have a high below, or a low above, another price of the same session."
        ),
        advice=bilingual("one of the four prices is wrong: fetch those sessions again"),
    ),
    FindingKind(
        code="PRC008",
        severity="warning",
        title=bilingual("flat prices"),
        meaning=bilingual(
            "The price is constant over several sessions, or many bars have no range."
        ),
        advice=bilingual(
            "the zero returns bias training: check whether the stock was suspended or is illiquid"
        ),
    ),
    FindingKind(
        code="PRC009",
        severity="error",
        title=bilingual("unexplained step"),
        meaning=bilingual(
            "The adjusted close changes its level between two closes and stays there, while the "
            "range and the volume of the day are ordinary, as after a split that was not adjusted "
            "for."
        ),
        advice=bilingual(
            "a network would learn a return that no holder had: fetch adjusted prices, "
            "or adjust the rows before"
        ),
    ),
    FindingKind(
        code="PRC010",
        severity="warning",
        title=bilingual("stale tail"),
        meaning=bilingual(
            "The series ends several sessions before the day on which it was fetched, or "
            "in bars that repeat one price without a trade."
        ),
        advice=bilingual(
            "a forecast would start from an old price: fetch again, or end the span there"
        ),
    ),
    FindingKind(
        code="PRC011",
        severity="error",
        title=bilingual("level that reverts"),
        meaning=bilingual(
            "For a few sessions prices are at another level, as in another unit, and then revert, "
            "without an unusual range or volume."
        ),
        advice=bilingual("it makes two returns that did not occur: correct the rows at the source"),
    ),
    FindingKind(
        code="PRC012",
        severity="error",
        title=bilingual("future bar"),
        meaning=bilingual("There are bars of days after the one on which they were fetched."),
        advice=bilingual("such a bar cannot be known yet: check the dates of the source"),
    ),
    FindingKind(
        code="PRC013",
        severity="warning",
        title=bilingual("changed history"),
        meaning=bilingual(
            "The provider now gives other values for sessions that were stored before."
        ),
        advice=bilingual(
            "each run names the snapshot that it was trained on: train again to use this one"
        ),
    ),
    FindingKind(
        code="PRC014",
        severity="info",
        title=bilingual("no order book"),
        meaning=bilingual(
            "Features that need the best offers were left out, because a symbol has none."
        ),
        advice=bilingual(
            "use a provider with best offers, such as B3's own files, or ask for fewer features"
        ),
    ),
    FindingKind(
        code="PRC015",
        severity="info",
        title=bilingual("provisional bar"),
        meaning=bilingual(
            "The provider gave a bar of a session that was not over, which was left out."
        ),
        advice=bilingual(
            "its last price is not the close yet: fetch again an hour after the session ends"
        ),
    ),
    FindingKind(
        code="PRC016",
        severity="warning",
        title=bilingual("not adjusted"),
        meaning=bilingual(
            "The provider's closes are as traded: dividends and splits are not adjusted for."
        ),
        advice=bilingual(
            "a dividend looks like a loss that no holder had: use a provider of adjusted "
            "prices, such as yahoo"
        ),
    ),
    FindingKind(
        code="PRC017",
        severity="warning",
        title=bilingual("truncated history"),
        meaning=bilingual("The provider's history begins later than the requested span."),
        advice=bilingual(
            "there are few sessions to train on: use a provider of full histories, such "
            "as yahoo; the sessions of repeated fetches accumulate in the store"
        ),
    ),
    FindingKind(
        code="PRC018",
        severity="warning",
        title=bilingual("source failure"),
        meaning=bilingual(
            "A configured source failed before another one was used, or the prices could "
            "not be stored."
        ),
        advice=bilingual(
            "providers differ in adjustment and by some cents: consider it when "
            "comparing with an earlier run"
        ),
    ),
    FindingKind(
        code="PRC019",
        severity="warning",
        title=bilingual("stale prices"),
        meaning=bilingual("The prices end before the last complete session."),
        advice=bilingual(
            "the forecast starts from an older close: fetch again when a provider is available"
        ),
    ),
    FindingKind(
        code="PRC020",
        severity="warning",
        title=bilingual("hole"),
        meaning=bilingual(
            "More than five sessions in a row have no bar, as when trading was halted or a ticker "
            "was used by two companies."
        ),
        advice=bilingual(
            "windows that span the hole are left out: if the security is another one after it, "
            "begin there with --start"
        ),
    ),
    FindingKind(
        code="PRC021",
        severity="error",
        title=bilingual("copied bars"),
        meaning=bilingual(
            "Bars with trades equal the bar before in every column: their dates are invented."
        ),
        advice=bilingual(
            "the source repeats an old bar: end the series before them with --end, or fetch those "
            "sessions again"
        ),
    ),
    FindingKind(
        code="PRC022",
        severity="error",
        title=bilingual("price that does not move"),
        meaning=bilingual(
            "The last closes of a month are the same, or no bar of it has a trade, or nearly all "
            "closes equal the one before."
        ),
        advice=bilingual(
            "there is nothing to forecast while it does not trade: end the series before with "
            "--end, or choose another symbol"
        ),
    ),
    FindingKind(
        code="PRC023",
        severity="warning",
        title=bilingual("extreme high or low"),
        meaning=bilingual(
            "A high or a low is far beyond open and close, and beyond what is usual in the series."
        ),
        advice=bilingual(
            "features of the range read it: compare with another source, and correct the row"
        ),
    ),
    FindingKind(
        code="PRC024",
        severity="warning",
        title=bilingual("unconfirmed adjustment"),
        meaning=bilingual(
            "The adjusted close takes a step in which the quoted close does not take part, as "
            "for a dividend that was not paid, or paid in another unit."
        ),
        advice=bilingual(
            "the adjusted return of that day did not occur: compare the dividend with the "
            "company's announcement"
        ),
    ),
    FindingKind(
        code="PRC025",
        severity="error",
        title=bilingual("negative prices"),
        meaning=bilingual("The close was below zero, as that of crude oil on 2020-04-20."),
        advice=bilingual(
            "Pregao models returns in logarithms, which negative prices do not have: use a span "
            "without them, or another symbol"
        ),
    ),
    FindingKind(
        code="PRC026",
        severity="warning",
        title=bilingual("no adjusted closes"),
        meaning=bilingual(
            "The source has no column of adjusted closes: dividends are not adjusted for."
        ),
        advice=bilingual(
            "each dividend looks like a loss that no holder had: use a source of adjusted prices, "
            "such as yahoo, or add the dividends in a file with --actions"
        ),
    ),
    FindingKind(
        code="PRC027",
        severity="warning",
        title=bilingual("unusual move"),
        meaning=bilingual(
            "The adjusted close moves by several daily standard deviations between two closes, "
            "while the range and the volume of the day are ordinary."
        ),
        advice=bilingual(
            "such days are rare and real, or corporate actions that were not adjusted for, such "
            "as a spin-off: compare them with the company's announcements"
        ),
    ),
    FindingKind(
        code="PRC028",
        severity="warning",
        title=bilingual("file of another ticker"),
        meaning=bilingual(
            "The name of the file, or its column of tickers, names another symbol than the one "
            "that was asked for."
        ),
        advice=bilingual(
            "ask for the symbol that the file is about, or give the path of the right file"
        ),
    ),
    FindingKind(
        code="PRC029",
        severity="warning",
        title=bilingual("action that prices contradict"),
        meaning=bilingual(
            "A dividend is stated that the quoted close would show, and it did not fall."
        ),
        advice=bilingual(
            "it was not applied: compare amount and ex-date with the company's announcement"
        ),
    ),
    FindingKind(
        code="PRC030",
        severity="info",
        title=bilingual("closes adjusted here"),
        meaning=bilingual(
            "The closes of the source lack dividends or splits that are stated: the adjusted "
            "closes are computed with them."
        ),
        advice=bilingual("'pregao actions' lists every action and what became of it"),
    ),
    FindingKind(
        code="PRC031",
        severity="warning",
        title=bilingual("action without an amount"),
        meaning=bilingual(
            "An ex-date is known, and not what was paid: the adjusted closes lack it."
        ),
        advice=bilingual(
            "its return is not true: add the amount in a file of actions, with --actions"
        ),
    ),
    FindingKind(
        code="PRC032",
        severity="info",
        title=bilingual("renamed ticker"),
        meaning=bilingual("The security had another ticker: the stored bars of both are joined."),
        advice=bilingual("either ticker finds the whole history; new bars come under the new one"),
    ),
    FindingKind(
        code="PRC033",
        severity="warning",
        title=bilingual("another source contradicts"),
        meaning=bilingual(
            "Prices of the same ticker are stored from another source, and their level or their "
            "moves are not the same."
        ),
        advice=bilingual(
            "one of both is of another security, unit or currency: compare both with the exchange"
        ),
    ),
    FindingKind(
        code="PRC034",
        severity="warning",
        title=bilingual("file that is not whole"),
        meaning=bilingual(
            "A COTAHIST file ends in the middle of a line or without its trailer, or has another "
            "number of lines than the trailer counts."
        ),
        advice=bilingual("what it has was read: download the file again"),
    ),
    FindingKind(
        code="PRC035",
        severity="warning",
        title=bilingual("earlier currency"),
        meaning=bilingual(
            "Sessions before July 1994 are in currencies that the real replaced, and left out."
        ),
        advice=bilingual(
            "prices of several currencies are no series: use the sessions from 1994-07-01 on"
        ),
    ),
)
