"""How deeply a body nests: as JSON has strings, hidden by nothing, and in one pass."""

import codecs
import json
import threading
from time import thread_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pregao.api._nesting import is_nested_deeper

SYNTAX = st.lists(st.sampled_from(list(b'[]{}"\\\0a,')), max_size=60).map(bytes)


def depth_of(body):
    """Read character by character: the largest depth, brackets in closed strings left out."""
    depth = deepest = place = 0
    are_strings_over = False
    while place < len(body):
        code = body[place : place + 1]
        if code == b'"' and not are_strings_over:
            end = end_of_string(body, place)
            if end is None:
                are_strings_over = True
            else:
                place = end
        elif code in {b"\\", b"\0"}:
            are_strings_over = True
        depth += (code in {b"[", b"{"}) - (code in {b"]", b"}"})
        deepest = max(deepest, depth)
        place += 1
    return deepest


def end_of_string(body, start):
    """Give the place of the quote that closes a string, or None."""
    place = start + 1
    while place < len(body):
        if body[place] == ord('"'):
            return place
        place += 2 if body[place] == ord("\\") else 1
    return None


@settings(max_examples=500)
@given(body=SYNTAX.map(lambda each: b",," + each), most=st.integers(0, 6))
@example(body=b',,["\\"[[[[', most=2)
@example(body=b',,["\\\\"[[[[', most=2)
@example(body=b',,\\"[[[[" ]', most=2)
@example(body=b',,"[[[["["[', most=2)
@example(body=b',,[[]"', most=1)
def test_brackets_are_counted_as_a_reader_of_characters_counts_them(body, most):
    # The commas keep the text in UTF-8: a NUL among the first two bytes announces UTF-16.
    assert (depth_of(body) > most) == is_nested_deeper(body, most)


values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.sampled_from(['[["', "\\", '\\"[', "]]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=20,
)


def depth_of_value(value):
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth_of_value, inner), default=0) if isinstance(value, dict | list) else 0


@settings(max_examples=300)
@given(value=values, encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-be", "utf-32"]))
def test_a_document_nests_as_deeply_as_its_value(value, encoding):
    body = json.dumps(value, ensure_ascii=False).encode(encoding, "surrogatepass")
    depth = depth_of_value(value)

    assert not is_nested_deeper(body, depth)
    assert not depth or is_nested_deeper(body, depth - 1)


def test_no_letter_of_two_bytes_hides_brackets():
    # U+225B is a bracket and a quote, byte by byte.
    hiding = codecs.BOM_UTF16_BE + ('["\u225b", ' + "[" * 100).encode("utf-16-be")

    assert is_nested_deeper(hiding, 64)


ADVERSARIES = {
    "backslash and quote": b'\\"',
    "quotes": b'"',
    "backslashes": b"\\",
    "open brackets": b"[",
    "pairs of brackets": b"[]",
    "empty strings": b'"",',
    "strings of brackets": b'"[[[[",',
    "escaped backslashes": b'"\\\\",',
    "everything": b'[{"\\\0]}a',
    "unpaired": b'\\\\\\"[',
}


@pytest.mark.parametrize("opening", [b"", b'"'], ids=["outside", "in a string"])
@pytest.mark.parametrize("name", ADVERSARIES)
def test_the_time_grows_no_faster_than_the_body(name, opening):
    def seconds(size):
        unit = ADVERSARIES[name]
        body = b"[]" * 70 + opening + unit * (size // len(unit))
        return min(_seconds(body) for _ in range(7))

    # 32 times as much takes 32 times as long in one pass, some more where it outgrows the caches,
    # and 1,024 times where each byte looks at all the others.
    assert seconds(4 * 2**20) < 320 * seconds(2**17)


def _seconds(body):
    started = thread_time()
    is_nested_deeper(body, 64)
    return thread_time() - started


def _request(length):
    head = f"POST /v1/forecasts HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
    return f"{head}Content-Type: application/json\r\nConnection: close\r\n\r\n".encode()


def test_others_are_answered_while_a_body_of_quotes_is_looked_at(
    make_services, run_services, connected
):
    body = b"[]" * 70 + b'\\"' * 8_000
    probe = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answers = []
    with run_services(make_services(keys=("a-key",))) as port:
        sender, other, another = connected(port), connected(port), connected(port)
        other.settimeout(8)
        another.settimeout(8)
        sender.sendall(_request(len(body)) + body[:-1])
        other.sendall(probe)
        assert b" 200 " in _all_of(other)
        listens = threading.Thread(target=lambda: answers.append(_all_of(sender)))
        sender.sendall(body[-1:])
        listens.start()
        another.sendall(probe)
        assert b" 200 " in _all_of(another)
        listens.join(20)

    assert b" 422 " in answers[0]
    assert b"urn:pregao:problem:invalid-request" in answers[0]


def _all_of(connection):
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)
