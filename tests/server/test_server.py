"""A real server on a real socket: slow clients, endless heads, an end in good order."""

import threading

import pytest

from pregao.api import HttpLimits
from pregao.server._server import AddressInUseError, listen


def _head(length):
    head = f"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
    return f"{head}Content-Type: application/json\r\n\r\n".encode()


def _all_of(connection):
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def test_a_head_that_does_not_come_is_cut_off_and_others_are_answered(
    make_services, run_services, connected
):
    with run_services(make_services(limits=HttpLimits(header_seconds=0.5))) as port:
        slow = connected(port)
        slow.sendall(b"GET /livez HTTP/1.1\r\nHost: loc")
        other = connected(port)
        other.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

        assert b" 200 " in _all_of(other)
        assert b" 408 " in _all_of(slow)


def test_a_connection_that_says_nothing_is_cut_off(make_services, run_services, connected):
    with run_services(make_services(limits=HttpLimits(header_seconds=0.5))) as port:
        assert b" 408 " in _all_of(connected(port))


def test_a_body_that_does_not_come_is_cut_off(make_services, run_services, connected):
    with run_services(make_services(limits=HttpLimits(body_seconds=0.5))) as port:
        slow = connected(port)
        slow.sendall(_head(10) + b"abc")

        assert b" 408 " in _all_of(slow)


def test_a_head_without_end_is_refused(make_services, run_services, connected):
    with run_services(make_services(limits=HttpLimits(header_bytes=2000))) as port:
        connection = connected(port)
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 5000)

        assert b" 431 " in _all_of(connection)


@pytest.mark.parametrize(
    "head", [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100]
)
def test_what_is_no_http_is_refused(make_services, run_services, connected, head):
    with run_services(make_services()) as port:
        connection = connected(port)
        connection.sendall(head)

        assert b" 400 " in _all_of(connection)


def test_a_connection_serves_many_requests(make_services, run_services, connected):
    with run_services(make_services()) as port:
        connection = connected(port)
        for _ in range(3):
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b" 200 " in connection.recv(65536)


def test_requests_under_way_are_answered_when_the_server_stops(
    make_services, run_services, connected
):
    services = make_services()
    answers = []
    with run_services(services) as port:
        connection = connected(port)
        connection.sendall(_head(3))
        listens = threading.Thread(target=lambda: answers.append(connection.recv(65536)))
        listens.start()
        services.stopping.set()
        connection.sendall(b"abc")
        listens.join(20)

    assert b" 405 " in answers[0]


def test_a_port_that_is_taken_is_said_at_once():
    taken = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]

    with taken, pytest.raises(AddressInUseError, match="--port"):
        listen("127.0.0.1", port)
