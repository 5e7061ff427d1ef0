#!/usr/bin/python3
"""Finds a text in the memory of a process and of all that it has started, which stand still meanwhile: find-in-memory.py PID TEXT
prints a line for each place, with the eight characters that follow. As root."""

import contextlib
import os
import re
import signal
import sys

PAGE = os.sysconf("SC_PAGE_SIZE")
ENCODINGS = ("utf-8", "utf-16-le")


def family(first):
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(name))
    members = [first]
    for member in members:
        members += children.get(member, [])
    return members


def send(number, process):
    """Unless it has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def stop(first, stopped):
    """Until there is none that one of them started before it stood still."""
    while missing := [member for member in family(first) if member not in stopped]:
        for member in missing:
            stopped.append(member)
            send(signal.SIGSTOP, member)


def present(pages, begin, end):
    """The parts of a mapping that are in memory: a JVM reserves more than it uses."""
    entries = memoryview(os.pread(pages, (end - begin) // PAGE * 8, begin // PAGE * 8)).cast("Q")
    start = None
    for i, entry in enumerate(entries):
        if entry >> 62:
            start = i if start is None else start
        elif start is not None:
            yield begin + start * PAGE, begin + i * PAGE
            start = None
    if start is not None:
        yield begin + start * PAGE, begin + len(entries) * PAGE


def search(process, text):
    patterns = {encoding: re.compile(re.escape(text.encode(encoding))) for encoding in ENCODINGS}
    with open(f"/proc/{process}/cmdline", "rb") as command:
        name = b" ".join(command.read().split(b"\0")[-4:]).decode()
    memory = os.open(f"/proc/{process}/mem", os.O_RDONLY)
    pages = os.open(f"/proc/{process}/pagemap", os.O_RDONLY)
    with open(f"/proc/{process}/maps") as maps:
        for mapping in maps:
            begin, end = (int(address, 16) for address in mapping.split()[0].split("-"))
            if end >> 63:
                continue
            for start, stop in present(pages, begin, end):
                try:
                    content = os.pread(memory, stop - start, start)
                except OSError:  # the kernel's own, which nobody reads
                    continue
                for encoding, pattern in patterns.items():
                    for match in pattern.finditer(content):
                        behind = content[match.end() : match.end() + 8 * len("x".encode(encoding))]
                        print(process, name, mapping.strip(), encoding, ascii(behind.decode(encoding, "replace")), sep=": ")


first, text = int(sys.argv[1]), sys.argv[2]
stopped = []
try:
    stop(first, stopped)
    for member in stopped:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended
            search(member, text)
finally:
    for member in stopped:
        send(signal.SIGCONT, member)
