# SPDX-License-Identifier: MIT
"""layout.py — clang-format over what people should not have to lay out, and nothing else.

Left alone: multi-line initialisers (tables are read by column), definitions of structs, unions and enums (their
comments form a column), macros, and functions that stand on one line.  So are statements whose trailing comment alone passes the last column.
"""

import re
import subprocess

from source import Source

DEFINITION = re.compile(r"^(?:typedef\s+|static\s+|const\s+)*(?:struct|union|enum)\b[^;()=]*\{")
COLUMNS = 100
ONE_LINE = re.compile(r"^\S.*\)\s*\{.*\}\s*$")
INITIALISER = re.compile(r"(?<![=!<>])=\s*\{")


def depth(text):
    return text.count("{") - text.count("}")


def close(code, first, column):
    """The line on which the brace that opens behind that column closes."""
    level = depth(code[first][column:])
    last = first
    while level > 0 and last + 1 < len(code):
        last += 1
        level += depth(code[last])
    return last


def statement_start(code, line):
    """The first line of the statement that line belongs to."""
    while line > 0:
        above = code[line - 1].strip()
        if not above or above.endswith((";", "{", "}", ":")) or above.startswith("#"):
            return line
        line -= 1
    return line


def only_comment_sticks_out(source, line):
    """A whole statement on the line fits; its remark does not, and breaking the statement would not help."""
    code = source.uncommented[line].rstrip().expandtabs(8)
    return (
        len(source.lines[line].expandtabs(8)) > COLUMNS >= len(code)
        and code.endswith((";", "{"))
        and statement_start(source.code, line) == line
    )


def kept(source):
    """Line numbers, from 0, that are laid out by hand."""
    code = source.code
    keep = set()
    off = False
    for number, text in enumerate(source.lines):  # a reason may stand behind "off", which clang-format 14 cannot read
        off = "clang-format on" not in text if off else "clang-format off" in text
        if off or "clang-format on" in text:
            keep.add(number)
    line = 0
    while line < len(code):
        first = last = line
        text = code[line]
        initialiser = INITIALISER.search(text)
        if re.match(r"\s*#\s*define\b", text):
            while code[last].rstrip().endswith("\\") and last + 1 < len(code):
                last += 1
        elif DEFINITION.match(text):
            last = close(code, line, 0)
            # The type of a table may be spelt out in front of it.
            again = INITIALISER.search(code[last])
            if again:
                last = close(code, last, again.start())
        elif initialiser and depth(text[initialiser.start() :]) > 0:
            first = statement_start(code, line)
            last = close(code, line, initialiser.start())
        elif not ONE_LINE.match(text) and not only_comment_sticks_out(source, line):
            line += 1
            continue
        keep.update(range(first, last + 1))
        line = last + 1
    return keep


def ranges(source):
    """--lines= arguments for everything else; blank lines alone are not worth a range."""
    keep = kept(source)
    spans = []
    for number, text in enumerate(source.lines):
        if number in keep or not text.strip():
            continue
        if spans and all(n not in keep for n in range(spans[-1][1], number)):
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return [f"--lines={first + 1}:{last + 1}" for first, last in spans]


def formatted(path):
    """(text as it is, text as it should be)"""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines = ranges(Source(path, text))
    if not lines:
        return text, text
    out = subprocess.run(
        ["clang-format", "--style=file", *lines, path], check=True, capture_output=True, text=True
    ).stdout
    return text, out
