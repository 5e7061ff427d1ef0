#!/usr/bin/env python3
"""Asks the authservice whether a user's password is right. A complete client: Python 3.9 or newer, and nothing else.

As a module:

    import authservice
    try:
        if authservice.authenticate("alice", password):
            ...  # let her in
    except authservice.NoVerdict as outage:
        ...  # refuse, and tell the operator

As a command: authservice.py [--socket PATH] [--server-user NAME] [--service NAME] [--timeout SECONDS] USER
It asks for the password, or reads it from standard input, to the first newline. Exit status: 0 the password is right, 1 it is
refused, 2 it cannot be asked for, 3 there is no verdict.
"""

import argparse
import getpass
import os
import pwd
import socket
import struct
import sys
import time

SOCKET = os.environ.get("X2GOBROKER_AUTHSERVICE_SOCKET") or "/run/x2gobroker/x2gobroker-authservice.socket"
SERVER_USER = os.environ.get("X2GOBROKER_AUTHSERVICE_SERVER_USER") or None
SERVICE = "x2gobroker"
TIMEOUT = 70.0  # the service itself gives up after 60 seconds, and may hold a reply back for some more
MAX_REQUEST_BYTES = 4096
MAX_REPLY_BYTES = 64  # more than any reply has


class NoVerdict(Exception):
    """Nothing is known about the password: the service or what stands behind it is out of order."""


def _request(user, password, service):
    fields = [field if isinstance(field, bytes) else field.encode() for field in (user, password, service)]
    if not fields[0] or not fields[2]:
        raise ValueError("user and service must not be empty")
    if any(byte in field for field in fields for byte in (b"\r", b"\n", b"\0")):
        raise ValueError("user, password and service cannot hold CR, LF or NUL")
    request = b"\r".join(fields) + b"\n"
    if len(request) > MAX_REQUEST_BYTES:
        raise ValueError(f"the request would be longer than {MAX_REQUEST_BYTES} bytes")
    return request


def _uid(user):
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return int(user) if user.isascii() and user.isdigit() else None


def _verify(connection, path, server_user):
    """Before the first byte: whoever may write to the socket's directory could have put a socket of their own there."""
    peer = struct.Struct("iII")  # the process, its user and group: SO_PEERCRED, unix(7)
    _, uid, _ = peer.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, peer.size))
    if uid not in (0, os.geteuid()) and (server_user is None or uid != _uid(server_user)):
        raise NoVerdict(
            f"{path} is served by the user with the number {uid}, not by root, this program's own user"
            f" or {server_user or 'one that was named'}: nothing was sent. If that is the service's user, name it:"
            " --server-user or X2GOBROKER_AUTHSERVICE_SERVER_USER"
        )


def authenticate(user, password, service=SERVICE, path=SOCKET, timeout=TIMEOUT, server_user=SERVER_USER):
    """Whether the password is right. Each field is bytes, or text that is sent as UTF-8.

    Only root, this process's own user and server_user, a name or UID, are told it.
    Raises ValueError for what cannot be sent, and NoVerdict if nothing is known about the password.
    """
    request = _request(user, password, service)
    deadline = time.monotonic() + timeout
    reply = b""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(path)
            _verify(connection, path, server_user)
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while len(reply) <= MAX_REPLY_BYTES:  # to the end: what follows a reply shows that it is none
                connection.settimeout(max(0.001, deadline - time.monotonic()))
                more = connection.recv(MAX_REPLY_BYTES)
                if not more:
                    break
                reply += more
    except OSError as failure:
        raise NoVerdict(f"no answer from {path}: {failure or type(failure).__name__}") from failure
    if reply == b"ok\n":
        return True
    if reply == b"fail\n":
        return False
    if reply == b"error\n":
        raise NoVerdict("the authservice could not reach a verdict; its log says why")
    raise NoVerdict(f"what came from {path} is no verdict: is it the authservice that listens there?")


def _password():
    if sys.stdin.isatty():
        return getpass.getpass().encode(errors="surrogateescape")
    return sys.stdin.buffer.readline().rstrip(b"\n")


def main():
    # Without -h: whoever starts this takes 0 for "the password is right".
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--socket", default=SOCKET, metavar="PATH")
    parser.add_argument("--server-user", default=SERVER_USER, metavar="NAME")
    parser.add_argument("--service", default=SERVICE, metavar="NAME")
    parser.add_argument("--timeout", default=TIMEOUT, type=float, metavar="SECONDS")
    parser.add_argument("user")
    options = parser.parse_args()
    try:
        accepted = authenticate(
            os.fsencode(options.user),
            _password(),
            os.fsencode(options.service),
            options.socket,
            options.timeout,
            options.server_user,
        )
    except ValueError as mistake:
        print(f"{parser.prog}: {mistake}", file=sys.stderr)
        return 2
    except Exception as outage:  # NoVerdict, or a fault, with which Python would end with 1, as for a refusal
        print(f"{parser.prog}: {outage or type(outage).__name__}", file=sys.stderr)
        return 3
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main())
