# SPDX-License-Identifier: MIT
"""embed.py — the Lua scripts as C data, and their arguments as names for both sides.

  embed.py OUT.c OUT.h SCRIPT.lua…

A script opens with a comment that declares what it takes:

  KEYS  meta:hash                    becomes  local KEYS_META = KEYS[1]
  ARGV  base:bytes now_ms:int        becomes  local base, now_ms = ARGV[1], ARGV[2]
  ITEM  id:bytes delay_ms:int        each further argument of a group; in Lua
                                       for at = ITEM_FIRST, #ARGV, ITEM_SIZE do local id = ARGV[at + ITEM_ID] …
  MORE  parent:bytes                 a second group, which may follow an item; in Lua ARGV[at + ITEM_SIZE + MORE_PARENT]
  Reply …                            prose

and in C  enum { WQ_ADD_BASE, WQ_ADD_NOW_MS, WQ_ADD_ARGS }  and  enum { WQ_ADD_ITEM_ID, …, WQ_ADD_ITEM_ARGS }:  an argument
that one side lacks does not compile.  `--@include lib/NAME` is replaced by that file, once.  Comments and indentation do
not travel, nor does a function that nobody calls, nor the name of a number: each that a call defines costs it as much as
a small command.
"""

import hashlib
import os
import re
import sys

DECLARATION = re.compile(r"^  (KEYS|ARGV|ITEM|MORE)  (.*)$")
CONTINUED = re.compile(r"^ {8}(\S.*)$")
WORD = re.compile(r"^(\w+):[\w()>=.,|]+$")


def fail(path, why):
    sys.exit(f"{path}: {why}")


def declared(path, text):
    """{"KEYS": [names], "ARGV": …, "ITEM": …} of the opening comment."""
    head = re.match(r"--\[\[(.*?)\]\]", text, re.S)
    if not head:
        fail(path, "does not open with a comment that declares KEYS and ARGV")
    names, at = {"KEYS": [], "ARGV": [], "ITEM": [], "MORE": []}, None
    for line in head[1].splitlines():
        match = DECLARATION.match(line)
        more = CONTINUED.match(line) if at else None
        if match:
            at, words = match[1], match[2]
        elif more:
            words = more[1]
        else:
            at = None
            continue
        for word in words.split():
            typed = WORD.match(word)
            if not typed:
                fail(path, f"{at}: {word!r} is not name:type")
            names[at].append(typed[1])
    if not names["KEYS"]:
        fail(path, "declares no KEYS: a cluster could not route it")
    return names


def preamble(names):
    lines = []
    for i, name in enumerate(names["KEYS"], 1):
        lines.append(f"local KEYS_{name.upper()} = KEYS[{i}]")
    for i, name in enumerate(names["ARGV"], 1):
        lines.append(f"local {name} = ARGV[{i}]")
    if names["ITEM"]:
        lines.append(f"local ITEM_FIRST, ITEM_SIZE = {len(names['ARGV']) + 1}, {len(names['ITEM'])}")
        for i, name in enumerate(names["ITEM"]):
            lines.append(f"local ITEM_{name.upper()} = {i}")
    if names["MORE"]:
        lines.append(f"local MORE_SIZE = {len(names['MORE'])}")
        for i, name in enumerate(names["MORE"]):
            lines.append(f"local MORE_{name.upper()} = {i}")
    return lines


def without_comments(text):
    text = re.sub(r"--\[\[.*?\]\]", "", text, flags=re.S)
    lines = (re.sub(r"\s+--( .*)?$", "", line).rstrip() for line in text.splitlines())
    return [line for line in lines if line and not re.match(r"\s*--(?!@)", line)]


def expanded(path, text, seen):
    for line in without_comments(text):
        match = re.match(r"--@include (\S+)$", line)
        if not match:
            yield line
            continue
        part = os.path.join(os.path.dirname(os.path.abspath(__file__)), match[1] + ".lua")
        if part in seen:
            continue
        seen.add(part)
        try:
            with open(part, encoding="utf-8") as file:
                yield from expanded(part, file.read(), seen)
        except OSError as error:
            fail(path, f"--@include {match[1]}: {error.strerror}")


CONSTANTS = re.compile(r"^local ((?:[A-Z][A-Z0-9_]*(?:, )?)+) = (-?\d+(?:, -?\d+)*)$")
TOKEN = re.compile(r"'[^']*'|\b[A-Z][A-Z0-9_]*\b")

FUNCTION = re.compile(r"^local function (\w+)\(.*?^end\n", re.S | re.M)


def without_unused(text):
    """Functions of parts that nothing else names are left out, until there is none."""
    for match in FUNCTION.finditer(text):
        rest = text[:match.start()] + text[match.end():]
        if not re.search(rf"\b{match[1]}\b", rest):
            return without_unused(rest)
    return text


def c_string(line):
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"'


def enum(prefix, names):
    members = "".join(f"\tWQ_{prefix}_{name.upper()},\n" for name in names)
    return f"enum {{\n{members}\tWQ_{prefix}_ARGS,\n}};\n"


def with_constants(path, lines):
    """Names of numbers give way to the numbers: each that a function uses would cost every call that makes it."""
    values, rest = {}, []
    for line in lines:
        match = CONSTANTS.match(line)
        if not match:
            rest.append(line)
            continue
        for name, value in zip(match[1].split(", "), match[2].split(", ")):
            if values.setdefault(name, value) != value:
                fail(path, f"{name} is {values[name]} and {value}")

    def replaced(match):
        return values.get(match[0], match[0])

    return [TOKEN.sub(replaced, line) for line in rest]


def script(path):
    """What a script declares, and its lines as Redis gets them."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    names = declared(path, text)
    lines = "\n".join(expanded(path, text, set())) + "\n"
    return names, with_constants(path, preamble(names) + [line.strip() for line in without_unused(lines).splitlines()])


def main(out_c, out_h, *paths):
    code, head = [], []
    for path in paths:
        name = os.path.splitext(os.path.basename(path))[0]
        names, lines = script(path)
        body = "\n".join(lines) + "\n"
        sha = hashlib.sha1(body.encode()).hexdigest()
        code.append(f"const struct wq_script wq_script_{name} = {{\n\t.name = \"{name}\",\n\t.body =\n"
                    + "\n".join("\t\t" + c_string(line) for line in lines)
                    + f",\n\t.body_n = {len(body.encode())},\n\t.keys = {len(names['KEYS'])},\n\t.sha = \"{sha}\",\n}};\n")
        head.append(f"extern const struct wq_script wq_script_{name};\n" + enum(name.upper(), names["ARGV"])
                    + "".join(enum(f"{name.upper()}_{group}", names[group]) for group in ("ITEM", "MORE") if names[group]))
    with open(out_h, "w", encoding="utf-8") as file:
        file.write("#pragma once\n#include \"io/redis/script.h\"\n\n" + "\n".join(head))
    with open(out_c, "w", encoding="utf-8") as file:
        file.write(f"#include \"{os.path.basename(out_h)}\"\n\n" + "\n".join(code))


if __name__ == "__main__":
    main(*sys.argv[1:])
