"""B3's own files: every line of the layout, whole, cut off, packed and damaged."""

import tracemalloc
import zipfile
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pregao.errors import InputError, MalformedFileError, PregaoError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices import PROVIDERS, validate_download
from pregao.prices import _cotahist as reader
from pregao.prices._cotahist import read_cotahist
from pregao.prices._cotahist_instruments import CotahistInstrument, series_of_instruments

PETR4 = Symbol.parse("PETR4")
DEFAULTS = {
    "bdi": "02", "ticker": "PETR4", "market": "010", "company": "PETROBRAS", "spec": "PN      N2",
    "term": "", "currency": "R$", "open": 1000, "high": 1100, "low": 900, "average": 1000,
    "close": 1050, "bid": 1049, "ask": 1051, "trades": 5, "shares": 700, "turnover": 70000,
    "strike": 0, "correction": "0", "expiry": "99991231", "factor": 1, "points": 0,
    "isin": "BRPETRACNPR6", "distribution": 100,
}  # fmt: skip


def quote(day="20240102", **values):
    """Write one quote by B3's table of positions, from 1: not by the reader's layout."""
    v = {**DEFAULTS, **values}
    line = (
        f"01{day}{v['bdi']:2}{v['ticker']:12}{v['market']:3}{v['company']:12}{v['spec']:10}"
        f"{v['term']:3}{v['currency']:4}{v['open']:013d}{v['high']:013d}{v['low']:013d}"
        f"{v['average']:013d}{v['close']:013d}{v['bid']:013d}{v['ask']:013d}{v['trades']:05d}"
        f"{v['shares']:018d}{v['turnover']:018d}{v['strike']:013d}{v['correction']:1}{v['expiry']}"
        f"{v['factor']:07d}{v['points']:013d}{v['isin']:12}{v['distribution']:03d}"
    )
    assert 245 == len(line)
    return line


def content(*lines, count=None, ending="\r\n", trailer=True):
    count = len(lines) + 2 if count is None else count
    whole = ["00COTAHIST.2024BOVESPA 20241230".ljust(245), *lines]
    if trailer:
        whole.append(f"99COTAHIST.2024BOVESPA 20241230{count:011d}".ljust(245))
    return "".join(line + ending for line in whole).encode("latin-1")


@pytest.fixture
def year(tmp_path):
    """Write a file of B3 and return its path."""

    def year(*lines, name="COTAHIST_A2024.TXT", raw=None, **options):
        path = tmp_path / name
        path.write_bytes(content(*lines, **options) if raw is None else raw)
        return path

    return year


def read(path, symbol=PETR4):
    return PROVIDERS["csv"](path=path).download(symbol)


PRICES = st.integers(1, 10**9)


@given(
    st.lists(
        st.tuples(
            PRICES, PRICES, PRICES, PRICES, st.sampled_from([1, 10, 1000]), st.integers(0, 9**12)
        ),
        min_size=1,
        max_size=9,
    )
)
def test_every_number_of_a_quote_is_read_for_one_share(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("b3") / "COTAHIST_A2024.TXT"
    lines = [
        quote(f"2024010{day}", open=o, high=h, low=low, close=c, factor=f, shares=shares)
        for day, (o, h, low, c, f, shares) in enumerate(rows, 1)
    ]
    path.write_bytes(content(*lines))

    bars = read(path).bars

    factors = np.array([row[4] for row in rows])
    for place, name in enumerate(("open", "high", "low", "close")):
        np.testing.assert_allclose(
            bars.columns[name], [row[place] for row in rows] / (100 * factors)
        )
    assert [row[5] for row in rows] == bars.volume.tolist()
    assert [f"2024-01-0{day}" for day in range(1, len(rows) + 1)] == bars.sessions.astype(
        str
    ).tolist()
    np.testing.assert_array_equal(bars.close, bars.adj_close)


def test_the_ticker_and_its_market_alone_are_read(year):
    path = year(
        quote(ticker="PETR3", close=1),
        quote(ticker="PETR4", market="030", close=2),
        quote(ticker="PETR4F", market="020", close=3),
        quote(),
        quote(ticker="PETRA400", market="070", close=4),
    )

    assert [10.5] == read(path).bars.close.tolist()
    assert [0.03] == read(path, Symbol.parse("PETR4F")).bars.close.tolist()
    assert {"PETR3", "PETR4"} == read_cotahist(path).tickers


def test_prices_are_said_to_be_as_traded(year):
    _, findings = validate_download(read(year(quote(), quote("20240103"))))

    assert "PRC016" in [each.code for each in findings]


def test_an_order_book_is_there_if_every_session_has_both_offers(year):
    whole = read(year(quote(), quote("20240103"))).bars
    part = read(year(quote(), quote("20240103", bid=0))).bars

    assert ([10.49, 10.49], [10.51, 10.51]) == (whole.best_bid.tolist(), whole.best_ask.tolist())
    assert part.best_bid is None


def test_a_rise_of_the_distribution_is_an_ex_date_without_an_amount(year):
    path = year(quote(), quote("20240103", distribution=101), quote("20240104", distribution=101))

    [found] = read(path).actions

    assert ("unknown", date(2024, 1, 3), "B3") == (found.kind, found.ex_date, found.source)


def test_a_mark_that_the_session_before_has_not_is_an_ex_date(year):
    specs = ["PN  EJ  N2", "PN  EJ  N2", "PN      N2", "PN  ED  N2", "PN  EDJ N2", "PN  EJ  N2"]
    lines = [quote(f"2024010{day}", spec=spec) for day, spec in enumerate(specs, 2)]

    [found] = series_of_instruments(read_cotahist(year(*reversed(lines))))

    assert [("2024-01-05", "ED"), ("2024-01-06", "EDJ")] == [
        (str(each.session), each.mark) for each in found.ex_dates
    ]
    assert {"PETR4"} == {each.ticker for each in found.ex_dates}


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("", "right and amount unknown"),
        ("EX", "right and amount unknown"),
        ("EDJ", "dividend, JCP: amount unknown"),
        ("EBG", "bonus shares, grouping or split: amount unknown"),
    ],
)
def test_an_ex_date_tells_what_went_and_that_the_amount_is_unknown(year, mark, note):
    path = year(quote(), quote("20240103", distribution=101, spec=f"PN  {mark:4}N2"))

    [series] = series_of_instruments(read_cotahist(path))
    [raw] = [each for each in read(path).findings if each.code == "PRC016"]

    assert [note] == [each.note.en for each in series.ex_dates]
    assert raw.seen.en.endswith(f"; ex-dates: 2024-01-03 ({note})")


def test_the_last_three_ex_dates_are_told(year):
    lines = [quote(f"2024010{day}", distribution=100 + day) for day in range(2, 8)]

    [raw] = read(year(*lines)).findings

    assert "2024-01-04" not in raw.seen.en
    assert raw.seen.en.endswith("2024-01-07 (right and amount unknown); 2 earlier ones")


def test_an_amount_in_a_file_of_actions_takes_the_place_of_the_ex_date_without_one(year, tmp_path):
    path = year(quote(), quote("20240103", distribution=101), quote("20240104", distribution=102))
    (tmp_path / "PETR4.actions.csv").write_text(
        "symbol,ex_date,kind,ratio,amount\nPETR4,2024-01-03,dividend,,0.5\n", encoding="utf-8"
    )

    for given_path in (path, tmp_path):
        found = [(each.ex_date.day, each.kind) for each in read(given_path).actions]

        assert [(3, "dividend"), (4, "unknown")] == found


def test_all_instruments_of_a_file_come_in_one_pass(year):
    lines = [
        quote("20240103", ticker="TAEE11", spec="UNT     N2", isin="BRTAEECDAM10"),
        quote("20240102", ticker="TAEE11", spec="UNT     N2", isin="BRTAEECDAM10", close=2000),
        quote("19940630", ticker="PETR4", currency="CR$"),
        quote("20240102", ticker="PETR4", factor=1000),
        quote("20240102", ticker="ABCD3", market="020"),
        quote("19940630", ticker="ZZZZ3", currency="CR$", company="OLD"),
    ]

    found = {
        each.instrument.ticker: each for each in series_of_instruments(read_cotahist(year(*lines)))
    }

    assert ["PETR4", "TAEE11", "ZZZZ3"] == list(found)
    assert [20.0, 10.5] == found["TAEE11"].quotes.bars().close.tolist()
    assert ([0.0105], 1) == (
        found["PETR4"].quotes.bars().close.tolist(),
        found["PETR4"].num_left_out,
    )
    assert (0, 1, "OLD") == (
        len(found["ZZZZ3"].quotes.bars()),
        found["ZZZZ3"].num_left_out,
        found["ZZZZ3"].instrument.company,
    )
    assert [3, 2] == found["TAEE11"].quotes.lines.tolist()
    assert (
        CotahistInstrument("TAEE11", "010", "unit", "PETROBRAS", "UNT", "02", "BRTAEECDAM10", "R$")
        == found["TAEE11"].instrument
    )


def test_a_market_without_a_quote_has_no_instruments(year):
    assert [] == list(series_of_instruments(read_cotahist(year(quote(market="070")))))


@pytest.mark.parametrize(
    ("spec", "bdi", "isin", "expected"),
    [
        ("ON      NM", "02", "BRVALEACNOR0", ("ON", "share")),
        ("ON *      ", "02", "BRVALEACNOR0", ("ON", "share")),
        ("PNA EDJ N1", "08", "BRUSIMACNPA6", ("PNA", "share")),
        ("PN P    N1", "02", "BRUSIMACNPR6", ("PN P", "share")),
        ("UNT EJ    ", "02", "BRBBTGUNT007", ("UNT", "unit")),
        ("CI  ER  MB", "12", "BRALMICTF003", ("CI", "fii")),
        ("CI        ", "14", "BRBOVACTF003", ("CI", "etf")),
        ("CI        ", "02", "BRXXXXCTF003", ("CI", "unit_or_fund")),
        ("DRN ED    ", "02", "BRAAPLBDR004", ("DRN", "bdr")),
        ("DR3       ", "36", "BRROXOBDR000", ("DR3", "bdr")),
        ("DIR ORD N1", "10", "BRBBDCD13OR1", ("DIR ORD", "right")),
        ("PN REC  N1", "10", "BRBBDCR01PR1", ("PN REC", "right")),
        ("BNS ORD NM", "22", "BRBPHAN01OR0", ("BNS ORD", "right")),
        ("CPA       ", "58", "BRXXXXCPA000", ("CPA", None)),
        ("          ", "02", "            ", ("", None)),
    ],
)
def test_the_class_follows_from_specification_bdi_code_and_isin(year, spec, bdi, isin, expected):
    path = year(quote(spec=spec, bdi=bdi, isin=isin))

    [found] = series_of_instruments(read_cotahist(path))

    assert expected == (found.instrument.specification, found.instrument.kind)


def test_quotes_in_earlier_currencies_alone_are_no_prices(year):
    with pytest.raises(InputError, match=r"no usable bar of PETR4: PRC016 .* PRC035 1 session"):
        validate_download(read(year(quote("19940630", currency="CR$"))))


def test_sessions_in_earlier_currencies_are_left_out_and_told(year):
    download = read(year(quote("19940630", currency="CR$"), quote("19940701")))

    assert ["1994-07-01"] == download.bars.sessions.astype(str).tolist()
    assert "PRC035" in [each.code for each in download.findings]


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("extra", [0, 1, 2])
def test_a_trailer_may_count_with_and_without_header_and_trailer(year, ending, extra):
    path = year(quote(), quote("20240103"), count=2 + extra, ending=ending)

    assert ["PRC016"] == [each.code for each in read(path).findings]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"count": 9}, "has 4 lines, and its trailer counts 9"),
        ({"trailer": False}, "ends without a trailer, after 3 lines"),
        (
            {"raw": content(quote(), quote("20240103"), trailer=False)[:-100]},
            "in the middle of line 3",
        ),
    ],
)
def test_a_file_that_is_not_whole_is_read_as_far_as_it_goes(year, options, words):
    download = read(year(quote(), quote("20240103"), **options))

    found = [each.seen.en for each in download.findings if each.code == "PRC034"]
    assert any(words in each for each in found)
    assert len(download.bars) in {1, 2}


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ([quote(), quote()[:-1], quote()], 3, "other than 245 characters"),
        ([quote(), quote() + "x", quote()], 3, "other than 245 characters"),
        ([quote(), quote() + "\r", quote()], 3, "other than 245 characters: 246"),
        ([quote(), quote()[:100] + "\r\n" + quote()[102:], quote()], 3, "characters: 100"),
        ([quote(), quote()[:-1] + "\n", quote()], 3, "other than 245 characters: 244"),
        ([quote(), "02" + quote()[2:], quote()], 3, "no record '02'"),
        ([quote(), "00" + quote()[2:], quote()], 3, "no record '00'"),
        (
            [quote(), quote().replace("0000000001050", "00000000010x0"), quote()],
            3,
            "in field close",
        ),
        ([quote(), quote("20241301")], 3, "in field session"),
        ([quote(), quote("20240230")], 3, "in field session"),
        ([quote(factor=0)], 2, "in field quotation_factor"),
    ],
)
def test_a_damaged_line_is_refused_with_its_number(year, lines, line, words):
    with pytest.raises(MalformedFileError) as caught:
        read(year(*lines))

    assert line == caught.value.line
    assert words in str(caught.value)


@pytest.mark.parametrize("lines_a_slice", [1, 2, 3, 65_536])
@pytest.mark.parametrize(
    ("rest", "line", "words"),
    [
        (quote() + "\r\n", 4, "a line after the trailer"),
        ("x", 4, "a line after the trailer"),
        (content(quote()).decode(), 4, "a line after the trailer"),
        ("\r\n\x1a", None, ""),
    ],
)
def test_nothing_but_blanks_may_follow_the_trailer(
    year, monkeypatch, rest, line, words, lines_a_slice
):
    monkeypatch.setattr(reader, "_LINES_A_SLICE", lines_a_slice)
    path = year(raw=content(quote()) + rest.encode())

    if line is None:
        assert 1 == len(read(path).bars)
    else:
        with pytest.raises(MalformedFileError, match=words) as caught:
            read(path)
        assert line == caught.value.line


def test_a_trailer_that_counts_no_number_is_refused(year):
    raw = content(quote()).replace(b"00000000003", b"0000000000x")

    with pytest.raises(MalformedFileError, match="line 3: a trailer that counts '0000000000x'"):
        read(year(raw=raw))


@pytest.mark.parametrize("size", [10, 31, 245, 247, 300])
def test_a_file_cut_off_in_its_first_lines_is_told_beside_the_missing_ticker(year, size):
    path = year(raw=content(quote())[:size])

    with pytest.raises(UnknownSymbolError, match="none of PETR; COTAHIST_A2024"):
        read(path)


@given(st.integers(0, 10**4), st.binary(max_size=3))
@example(place=250, change=b"\n")
def test_any_damage_costs_one_quote_at_most_or_is_refused(tmp_path_factory, place, change):
    whole = content(*[quote(f"2024010{day}") for day in range(1, 7)])
    path = tmp_path_factory.mktemp("b3") / "COTAHIST_A2024.TXT"
    place %= len(whole)
    path.write_bytes(whole[:place] + change + whole[place + len(change) :])

    try:
        bars = read(path).bars
    except PregaoError:
        return
    assert len(bars) in {5, 6}  # the ticker of one may be damaged


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ("PETR5", "it has PETR3 or PETR4"),
        ("VALE3", "2 tickers, none of VALE"),
        ("NVDA", "B3 only"),
    ],
)
def test_a_ticker_that_the_file_lacks_is_told_with_the_nearest(year, symbol, words):
    with pytest.raises(UnknownSymbolError, match=words):
        read(year(quote(), quote(ticker="PETR3")), Symbol.parse(symbol))


def test_an_archive_is_read_as_its_file(year, tmp_path):
    plain = year(quote(), quote("20240103"))
    packed = tmp_path / "COTAHIST_A2024.ZIP"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)

    assert read(plain).bars.close.tolist() == read(packed).bars.close.tolist()


def test_archives_of_several_files_and_of_other_files_are_refused(tmp_path):
    for name, members in (("two.zip", ["a", "b"]), ("one.zip", ["a"])):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for member in members:
                archive.writestr(member, "x" * 500)
        with pytest.raises(MalformedFileError):
            read_cotahist(tmp_path / name)


def archive(path, raw, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("COTAHIST_A2024.TXT", raw)
    return bytearray(path.read_bytes())


@pytest.mark.parametrize(
    ("place", "change", "words"),
    [
        ("body", lambda byte: byte ^ 0xFF, "cannot be read"),
        ("flags", lambda byte: byte | 1, "encrypted"),
        ("method", lambda _: 99, "unusual method"),
    ],
)
def test_an_archive_that_cannot_be_unpacked_is_refused_and_not_passed_over(
    year, tmp_path, place, change, words
):
    year(quote())
    path = tmp_path / "COTAHIST_A2025.ZIP"
    raw = archive(path, content(*[quote(open=1000 + row) for row in range(500)]))
    directory = raw.rfind(b"PK\x01\x02")
    offset = {"body": 200, "flags": directory + 8, "method": directory + 10}[place]
    raw[offset] = change(raw[offset])
    path.write_bytes(raw)

    for given_path in (path, tmp_path):
        with pytest.raises(MalformedFileError, match=words):
            read(given_path)


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [("_SMALL_BYTES", 1_000, "times as large as packed"), ("_MAX_BYTES", 0, "more than 0 GiB")],
)
def test_an_archive_that_grows_without_measure_is_refused(
    tmp_path, monkeypatch, limit, value, words
):
    path = tmp_path / "COTAHIST_A2024.ZIP"
    archive(path, content(*[quote()] * 5_000))
    assert 1 == len(read_cotahist(path, ticker="PETR4").tickers)

    monkeypatch.setattr(reader, limit, value)

    with pytest.raises(MalformedFileError, match=words):
        read_cotahist(path)


def test_a_large_file_is_read_in_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "_LINES_A_SLICE", 1_000)
    path = tmp_path / "COTAHIST_A2024.TXT"
    path.write_bytes(content(*[quote(market="070")] * 60_000, quote()))

    tracemalloc.start()
    found = read_cotahist(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert 1 == len(found)
    assert peak_bytes < 4 * 2**20 < path.stat().st_size


def test_years_and_days_of_a_folder_are_one_history(year, tmp_path):
    year(quote(), quote("20240103"))
    year(quote("20240103"), quote("20240104"), name="COTAHIST_D04012024.TXT")

    prices, findings = validate_download(read(tmp_path))

    assert ["2024-01-02", "2024-01-03", "2024-01-04"] == prices.sessions.astype(str).tolist()
    assert "PRC004" not in [each.code for each in findings]


def test_files_that_contradict_each_other_are_quarantined(year, tmp_path):
    year(quote(), quote("20240103"), quote("20240104"))
    year(quote("20240103", close=1060), name="COTAHIST_D03012024.TXT")

    prices, findings = validate_download(read(tmp_path))

    assert ["2024-01-02", "2024-01-04"] == prices.sessions.astype(str).tolist()
    assert ("error", ("2024-01-03",)) in [
        (each.severity, each.sessions) for each in findings if each.code == "PRC004"
    ]


def test_files_of_tickers_come_before_those_of_b3_in_a_folder(year, tmp_path):
    year(quote())
    (tmp_path / "PETR4.csv").write_text("date,close\n2024-01-02,7\n", encoding="utf-8")

    assert [7.0] == read(tmp_path).bars.close.tolist()


def test_a_file_of_many_slices_is_read_like_one(year, monkeypatch):
    lines = [quote(f"2024010{1 + row % 9}", ticker=f"TES{row % 7}3") for row in range(100)]
    path = year(*lines)
    whole = read_cotahist(path)

    monkeypatch.setattr(reader, "_LINES_A_SLICE", 7)

    parts = read_cotahist(path)
    assert whole.quotes.tobytes() == parts.quotes.tobytes()
    assert whole.lines.tolist() == parts.lines.tolist()


def test_a_real_day_of_b3_is_read(real_data):
    download = read(real_data / "cotahist" / "COTAHIST_D04012016.TXT", Symbol.parse("ABEV3"))

    bars = download.bars
    assert (["2016-01-04"], [17.73], [17.73], [17.21], [17.21], [13_206_900.0]) == (
        bars.sessions.astype(str).tolist(),
        *(bars.columns[name].tolist() for name in ("open", "high", "low", "close", "volume")),
    )


def test_the_instruments_of_a_real_day_are_classed(real_data):
    found = [
        each.instrument
        for each in series_of_instruments(
            read_cotahist(real_data / "cotahist" / "COTAHIST_D04012016.TXT")
        )
    ]

    assert 86 == len(found)
    assert {
        "AAPL34": "bdr", "ABEV3": "share", "ALUP11": "unit", "BOVA11": "etf", "BBPO11": "fii",
        "BBDC1": "right", "BPHA11": "right", "ATOM3": "share", "BRSR6": "share",
    }.items() <= {each.ticker: each.kind for each in found}.items()  # fmt: skip
    assert not [each.ticker for each in found if each.kind in {None, "unit_or_fund"}]
