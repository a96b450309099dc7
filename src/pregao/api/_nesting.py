"""The nesting depth of a JSON text, computed in one pass before parsing."""

import json

import numpy as np

_OPEN, _CLOSE, _QUOTE, _STRAY = range(1, 5)
_KINDS = {b"[{": _OPEN, b"]}": _CLOSE, b'"': _QUOTE, b"\\\0": _STRAY}
_TABLE = bytes(
    next((kind for codes, kind in _KINDS.items() if code in codes), 0) for code in range(256)
)
_OTHERS = bytes(code for code, kind in enumerate(_TABLE) if not kind)


def is_nested_deeper(body: bytes, most: int) -> bool:
    r"""Return whether brackets nest deeper than `most` levels, in time linear in the body.

    Brackets in strings do not count. A string ends at a quote without an odd number of backslashes
    before it. What no JSON has hides nothing: all brackets count from a quote on that is never
    closed, and from a backslash or a NUL on that is outside a string.

    >>> is_nested_deeper(rb'[["[[["]]', 2), is_nested_deeper(rb'[["\"]]"[', 2)
    (False, True)
    """
    body = _as_utf8(body)
    if body.count(b"[") + body.count(b"{") <= most:
        return False
    # Pairs of backslashes first: what is left before a quote escapes it. NULs keep their places.
    unescaped = body.replace(b"\\\\", b"\0").replace(b'\\"', b"\0")
    kinds = np.frombuffer(unescaped.translate(_TABLE, _OTHERS), np.uint8)
    # Quotes are counted modulo 256, which keeps what matters: whether their number is odd.
    is_inside = (np.cumsum(kinds == _QUOTE, dtype=np.uint8) & 1).astype(bool)
    is_stray = (kinds == _STRAY) & ~is_inside
    if is_stray.any():
        is_inside[int(is_stray.argmax()) :] = False
    elif is_inside[-1]:
        is_inside[-int((kinds == _QUOTE)[::-1].argmax()) - 1 :] = False
    steps = (kinds == _OPEN).view(np.int8) - (kinds == _CLOSE).view(np.int8)
    depths = np.cumsum(steps * ~is_inside, dtype=np.int32)
    return bool(depths.max(initial=0) > most)


def _as_utf8(body: bytes) -> bytes:
    """Return the body as UTF-8: Python's parser reads UTF-16 and UTF-32 as well."""
    encoding = json.detect_encoding(body)
    if encoding.startswith("utf-8"):
        return body
    try:
        return body.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return body  # no parser reads it either
