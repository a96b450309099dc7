import os
import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pregao.errors import InputError, MalformedFileError, PregaoError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices import COLUMNS, PROVIDERS
from pregao.testing import synthetic_prices

HEADER = "Date,Open,High,Low,Close,Adj Close,Volume\n"
ROW = "2024-01-02,10,11,9,10.5,10.4,1000\n"
TEST3 = Symbol.parse("TEST3")


def read(path, symbol=TEST3):
    return PROVIDERS["csv"](path=path).download(symbol)


def refusal(path, symbol=TEST3):
    with pytest.raises(MalformedFileError) as raised:
        read(path, symbol)
    return raised.value


@given(st.integers(0, 10_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_written_prices_are_read_bit_for_bit(write, seed):
    market = synthetic_prices(sessions=60, seed=seed)
    rows = zip(market.sessions, *(c.tolist() for c in market.bars.columns.values()), strict=True)
    lines = [",".join(("date", *COLUMNS)), *(",".join(map(str, row)) for row in rows)]

    download = read(write("\n".join(lines)))

    assert market.sessions.tolist() == download.bars.sessions.tolist()
    for name, column in market.bars.columns.items():
        assert column.tobytes() == download.bars.columns[name].tobytes()
    assert list(range(2, 62)) == download.lines.tolist()


@pytest.mark.parametrize(
    "content",
    [
        HEADER + ROW,
        "\ufeff" + HEADER + ROW,
        (HEADER + ROW).replace("\n", "\r\n"),
        HEADER + ROW + "\n\n",
        "\n" + HEADER + "\n" + ROW,
        HEADER.lower().replace(" ", "_") + ROW,
        HEADER.replace("Adj Close", "AdjClose") + ROW.rstrip(),
        HEADER.replace("Adj Close", "Adj Close**").replace(",Close", ",Close*") + ROW,
        HEADER.replace("Date", "Datetime") + ROW.replace("02,", "02 00:00:00-03:00,"),
        HEADER.replace("\n", ",Dividends,Stock Splits\n") + ROW.replace("\n", ",0.0,0.0\n"),
        "Volume,Adj Close,Close,Low,High,Open,Date\n1000,10.4,10.5,9,11,10,2024-01-02\n",
        re.sub("([^,\n]+)", r'"\1"', HEADER + ROW),
    ],
)
def test_common_dialects_give_equal_bars(write, content):
    bars = read(write(content)).bars

    assert ["2024-01-02"] == [str(day) for day in bars.sessions]
    assert [10, 11, 9, 10.5, 10.4, 1000] == [float(bars.columns[name][0]) for name in COLUMNS]


def test_close_replaces_a_missing_adj_close_and_zero_a_missing_volume(write):
    bars = read(write("Date,Open,High,Low,Close\n2024-01-02,10,11,9,10.5\n")).bars

    assert (10.5, 0.0) == (float(bars.adj_close[0]), float(bars.volume[0]))


def test_order_book_columns_are_read_if_present(write):
    bars = read(
        write("Date,Open,High,Low,Close,best_bid,best_ask\n2024-01-02,10,11,9,10.5,10.4,10.6\n")
    ).bars

    assert (10.4, 10.6) == (float(bars.best_bid[0]), float(bars.best_ask[0]))


@pytest.mark.parametrize("cell", ["", "null", "NaN", "n/a", "None", " "])
def test_missing_cell_becomes_nan(write, cell):
    bars = read(write(HEADER + ROW + f"2024-01-03,10,11,9,{cell},10,5\n")).bars

    assert np.isnan(bars.close).tolist() == [False, True]


@pytest.mark.parametrize(
    ("ticker", "stamp", "session"),
    [
        ("4063.T", "2023-04-14 00:00:00+09:00", "2023-04-14"),
        ("4063.T", "2023-04-13T15:00:00Z", "2023-04-14"),
        ("4063.T", "2023-04-14 00:00:00+00:00", "2023-04-14"),
        ("PETR4", "2024-01-02 13:00:00+00:00", "2024-01-02"),
        ("PETR4", "2024-01-03 01:00:00+00:00", "2024-01-02"),
        ("NVDA", "2024-07-05 03:59:59+00:00", "2024-07-04"),
        ("NVDA", "2024-01-02 16:00", "2024-01-02"),
    ],
)
def test_stamp_becomes_the_day_at_the_exchange(write, ticker, stamp, session):
    path = write(HEADER + ROW.replace("2024-01-02", stamp))

    assert [session] == [str(day) for day in read(path, Symbol.parse(ticker)).bars.sessions]


def test_the_three_header_lines_of_yfinance_are_read(write):
    dump = (
        "Price,Close,High,Low,Open,Volume\nTicker,{0},{0},{0},{0},{0}\nDate,,,,,\n"
        "2024-01-02,10.5,11,9,10,1000\n"
    )

    download = read(write(dump.format("TEST3.SA")))

    assert [4] == download.lines.tolist()
    assert [10.0] == download.bars.open.tolist()
    assert "holds VALE3.SA, and TEST3" in str(refusal(write(dump.format("VALE3.SA"))))


BAD_ROW = "2024-01-03,10,11,9,{},10.4,1000\n"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", None, "empty"),
        ("\n\n", None, "empty"),
        (HEADER, 1, "no rows"),
        ("Date;Open;High;Low;Close;Volume\n2024-01-02;1;1;1;1;1\n", 1, "semicolons"),
        ("Date\tOpen\tHigh\tLow\tClose\n", 1, "tabs"),
        ("<!DOCTYPE html>\n<html></html>\n", 1, "no column date"),
        ("Date,High,Low,Close\n2024-01-02,1,1,1\n", 1, "no column open"),
        ("Date,Open,High,Low,Close,Close\n2024-01-02,1,1,1,1,1\n", 1, "two columns are close"),
        ("Date,Open,High,Low,Close,adj close,Adj_Close\n", 1, "two columns are adj_close"),
        (HEADER + ROW + "2024-01-03,10,11\n", 3, "3 fields where the header has 7: a torn"),
        (HEADER + ROW + ROW.replace("10.5", "10,5"), 3, "8 fields .* decimal comma"),
        (HEADER + ROW + BAD_ROW.format('"10,5"'), 3, "a decimal comma, '10,5' in column close"),
        (HEADER + ROW + BAD_ROW.format('"1,234.5"'), 3, "thousands separators"),
        (HEADER + ROW + BAD_ROW.format("abc"), 3, "not a number: 'abc'"),
        (HEADER + ROW + BAD_ROW.format("1_0"), 3, "not a number"),
        (HEADER + ROW + BAD_ROW.format("0x1F"), 3, "not a number"),
        (HEADER + ROW + BAD_ROW.format("true"), 3, "not a number"),
        (HEADER + ROW + BAD_ROW.format("=1+1"), 3, "not a number"),
        (HEADER + ROW + BAD_ROW.format("\u0661\u0662"), 3, "not a number"),
        (HEADER + ROW + BAD_ROW.format("inf"), 3, "not a finite number"),
        (HEADER + ROW + BAD_ROW.format("-Infinity"), 3, "not a finite number"),
        (HEADER + ROW + BAD_ROW.format("1e400"), 3, "not a finite number"),
        (HEADER + ROW.replace("2024-01-02", "02/01/2024"), 2, "day or month first"),
        (HEADER + ROW.replace("2024-01-02", "1/2/24"), 2, "day or month first"),
        (HEADER + ROW.replace("2024-01-02", "02.01.2024"), 2, "day or month first"),
        (HEADER + ROW.replace("2024-01-02", "2024-02-30"), 2, "not a date: '2024-02-30'"),
        (HEADER + ROW.replace("2024-01-02", "2024-13-01"), 2, "not a date"),
        (HEADER + ROW.replace("2024-01-02", "20240102"), 2, "not a date"),
        (HEADER + ROW.replace("2024-01-02", "today"), 2, "not a date"),
        (HEADER + ROW.replace("2024-01-02", "NaT"), 2, "not a date"),
        (HEADER + ROW.replace("2024-01-02", "0001-01-01"), 2, "not a date"),
        (HEADER + ROW.replace("2024-01-02", "9999-12-31"), 2, "not a date"),
        (HEADER + ROW.replace("2024-01-02", ""), 2, "no date"),
        (HEADER + ROW + '2024-01-03,"10,11,9,10,10,1\n' + ROW, 3, "not CSV"),
        (HEADER + '2024-01-03,"10\n",11,9,10,10,1\n', 2, "open quote"),
        (HEADER.encode() + b"2024-01-02,1\0,1,1,1,1,1\n", 2, "NUL"),
        (HEADER.encode() + b"2024-01-02,1\xe7,1,1,1,1,1\n", 2, "0xe7 is not UTF-8"),
        ((HEADER + ROW).encode("utf-16"), 1, "UTF-16"),
        ((HEADER + ROW).encode("utf-16-le"), 1, "UTF-16"),
        (b"\x1f\x8b\x08\x00rest", 1, "gzip"),
        (b"PK\x03\x04rest", 1, "spreadsheet"),
        (b"PAR1rest", 1, "Parquet"),
        (HEADER + "x" * 5000, 2, "longer than 4096 bytes"),
        ((HEADER + ROW).replace("\n", "\r"), 1, "carriage returns"),
        ((HEADER + ROW * 200).replace("\n", "\r"), 1, "carriage returns"),
        ("a," * 100 + "\n", 1, "101 fields"),
        (HEADER + ROW * 200_000, 200_001, "more than 200000 lines"),
    ],
)
def test_other_dialects_and_faulty_cells_are_refused_with_their_line(write, content, line, reason):
    path = write(content)

    error = refusal(path)

    assert (str(path), line) == (error.path, error.line)
    assert re.search(reason, str(error.reason)), error.reason
    assert len(str(error)) < len(str(path)) + 400


def test_gigabyte_in_one_line_takes_little_memory(tmp_path):
    path = tmp_path / "TEST3.csv"
    with path.open("wb") as file:
        file.truncate(2**30)  # sparse: one line of NUL bytes
    small = tmp_path / "SMALL3.csv"
    with small.open("wb") as file:
        file.write(b"1" * (60 * 2**20))

    tracemalloc.start()
    too_large, too_long = refusal(path), refusal(small)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "1,024 MiB, and 64 are allowed" in str(too_large.reason)
    assert "longer than 4096 bytes" in str(too_long.reason)
    assert peak_bytes < 2**20


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX systems")
def test_named_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "TEST3.csv")

    assert "not a regular file" == str(refusal(tmp_path / "TEST3.csv").reason)


@given(st.binary(max_size=300))
@example(b'"')
@example(b"\r")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_with_our_error(write, content):
    for prefix in (b"", HEADER.encode()):
        try:
            download = read(write(prefix + content))
        except PregaoError:
            continue
        else:
            assert len(download.bars) == len(download.lines) > 0


@given(st.text(alphabet="0123456789.,-+eE \"'naif", max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cell_is_a_finite_number_or_missing_or_refused(write, cell):
    try:
        bars = read(write(HEADER + BAD_ROW.format(cell))).bars
    except MalformedFileError as error:
        line = error.line
    else:
        line = 2
        assert not np.isinf(bars.close).any()
        if not np.isnan(bars.close[0]):
            assert float(cell.strip().strip('"')) == bars.close[0]

    assert 2 == line


@pytest.mark.parametrize(
    ("ticker", "names", "expected"),
    [
        ("PETR4", ["PETR4.csv"], "PETR4.csv"),
        ("PETR4", ["petr4.sa.CSV"], "petr4.sa.CSV"),
        ("PETR4", ["PETR4.SA.csv", "PETR4.SA.fulladj.csv"], "PETR4.SA.csv"),
        ("ITUB4", ["ITUB4.SA.fulladj.csv", "ITUB3.csv"], "ITUB4.SA.fulladj.csv"),
        ("NVDA", ["nvda_daily.csv", "NVDAX.csv"], "nvda_daily.csv"),
        ("^BVSP", ["^BVSP.csv"], "^BVSP.csv"),
        ("BRK-B", ["BRK-B.csv"], "BRK-B.csv"),
    ],
)
def test_file_of_a_ticker_is_found_by_its_name(write, ticker, names, expected):
    paths = {name: write(HEADER + ROW, name) for name in names}

    download = read(next(iter(paths.values())).parent, Symbol.parse(ticker))

    assert str(paths[expected]) == download.source


def test_file_of_another_share_class_is_not_used(write):
    folder = write(HEADER + ROW, "BRK-B.csv").parent

    with pytest.raises(UnknownSymbolError, match=r"looked for BRK\.csv, found BRK-B\.csv"):
        read(folder, Symbol.parse("BRK"))


def test_missing_ticker_lists_at_most_ten_existing_files(write):
    folders = {write(HEADER + ROW, f"ABCD{n}.csv").parent for n in range(3, 15)}

    with pytest.raises(UnknownSymbolError, match=r"no PETR4: .*PETR4.SA.csv, found .* and 2 more"):
        read(folders.pop(), Symbol.parse("PETR4"))


def test_empty_folder_is_reported(tmp_path):
    with pytest.raises(UnknownSymbolError, match="no CSV file at all"):
        read(tmp_path)


def test_several_files_for_a_ticker_are_listed_and_refused(write):
    write(HEADER + ROW, "TEST3-one.csv")
    folder = write(HEADER + ROW, "TEST3_two.csv").parent

    with pytest.raises(InputError, match=r"TEST3-one\.csv, TEST3_two\.csv; give the path of one"):
        read(folder)


def test_csv_without_a_usable_path_is_refused(tmp_path):
    with pytest.raises(InputError, match="needs --path"):
        PROVIDERS["csv"]()
    with pytest.raises(InputError, match="does not exist"):
        PROVIDERS["csv"](path=tmp_path / "nowhere")
    with pytest.raises(InputError, match="cannot be read"):
        PROVIDERS["csv"](path=tmp_path / ("x" * 5000))


def test_real_files_are_read_completely(real_data):
    for file in sorted((real_data / "ohlcv").iterdir()):
        num_rows = len(file.read_text().splitlines()) - 1

        assert num_rows == len(read(file).bars), file
