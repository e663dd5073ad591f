# SPDX-License-Identifier: MIT
"""rules.py — the house's own rules, each a function from sources to findings."""

import os
import re

from source import Finding

LAYERS = ["base", "io", "store", "queue", "domain", "app"]
IO_SERVICES = ["loop", "tls", "dns"]  # each may use those before it; the rest of io/ may use all three
OUTSIDE = re.compile(r"uv\.h$|curl/|hiredis|llhttp\.h$|ares|openssl/|yyjson\.h$")
# Who besides io/ may see a library, and why it is no breach: none of these talks to the world.
OUTSIDE_EXCEPT = {
    "openssl/": ("src/base/hmac.c", "src/base/random.c"),
    "yyjson.h": ("src/base/json.c", "src/base/json.h"),
}

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 60
INCLUDES_MAX = 12
WIDTH_MAX = 120  # of what clang-format leaves alone: comments, tables, definitions laid out by hand
SIZED = (".c", ".h", ".mjs", ".js", ".py", ".lua", ".sh", ".css", ".html")

BANNED = {
    "unbounded": "strcpy strcat sprintf vsprintf gets strncpy strncat alloca",
    "keeps hidden state": "strtok localtime gmtime asctime ctime rand srand",
    "cannot tell an error": "atoi atol atof",
    "blocks the loop": "system popen sleep usleep nanosleep getaddrinfo gethostbyname",
    "starts a thread": "uv_fs_\\w+ uv_getaddrinfo uv_getnameinfo uv_queue_work uv_thread_create pthread_create"
    " thrd_create",
}
HEAP = "malloc calloc realloc reallocarray free strdup strndup asprintf vasprintf"
OUTPUT = "printf vprintf puts putchar"


def in_src(source):
    return source.path.startswith("src/") and source.is_c


def in_c_trees(source):
    return source.is_c and source.path.startswith(("src/", "tests/", "bench/"))


def includes(source):
    """(line, name, whether in quotes) of every #include."""
    for number, line in enumerate(source.uncommented, 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match[2], match[1] == '"'


def check_layers(sources):
    for source in filter(in_src, sources):
        parts = source.path.split("/")
        own = parts[1]
        for line, name, quoted in includes(source):
            if not quoted:
                yield from outside_include(source, line, name, own)
                continue
            target = name.split("/")
            if len(target) == 1:
                if not name.endswith(".gen.h"):
                    yield Finding(source.path, line, "layers", f'"{name}" does not say its layer')
            elif target[0] not in LAYERS:
                yield Finding(source.path, line, "layers", f'"{name}" is in no layer')
            elif own not in LAYERS:
                yield Finding(source.path, line, "layers", f"{own}/ is no layer")
            elif LAYERS.index(target[0]) > LAYERS.index(own):
                yield Finding(source.path, line, "layers", f'{own}/ must not see "{name}"')
            elif own == target[0] == "io" and not io_may(parts[2], target[1]):
                yield Finding(source.path, line, "layers", f'io/{parts[2]}/ must not see "{name}"')


def io_may(own, target):
    if own == target:
        return True
    if target not in IO_SERVICES:
        return False
    return own not in IO_SERVICES or IO_SERVICES.index(target) < IO_SERVICES.index(own)


def outside_include(source, line, name, own):
    match = OUTSIDE.match(name)
    if not match:
        return
    library = match[0]
    if library == "yyjson.h" or own != "io":
        if source.path not in OUTSIDE_EXCEPT.get(library, ()):
            home = "base/json.c" if library == "yyjson.h" else "io/"
            yield Finding(source.path, line, "layers", f"<{name}> belongs to {home} alone")


def check_sizes(sources):
    for source in sources:
        if source.path.startswith("subprojects/"):
            continue
        if source.path.endswith(SIZED) or source.text.startswith("#!"):
            if len(source.lines) > FILE_LINES_MAX:
                yield Finding(
                    source.path, len(source.lines), "sizes", f"{len(source.lines)} lines, at most {FILE_LINES_MAX}"
                )
        if not in_c_trees(source):
            continue
        for name, line, length in source.functions():
            if length > FUNCTION_LINES_MAX:
                yield Finding(
                    source.path, line, "sizes", f"{name} has {length} lines, at most {FUNCTION_LINES_MAX}"
                )
        own = [line for line, _, quoted in includes(source) if quoted]
        if source.path.endswith(".c") and len(own) > INCLUDES_MAX:
            yield Finding(
                source.path, own[INCLUDES_MAX], "sizes", f"{len(own)} project includes, at most {INCLUDES_MAX}"
            )
        for number, line in enumerate(source.lines, 1):
            if len(line.expandtabs(8)) > WIDTH_MAX:
                yield Finding(source.path, number, "sizes", f"wider than {WIDTH_MAX} columns")


def calls(source, names):
    """(line, name) of every call of one of the functions; members and longer names are others."""
    pattern = r"(?<![\w.])(?<!->)(" + "|".join(names.split()) + r")\s*\("
    for line, match in source.matches(pattern, source.code):
        yield line, match[1]


def check_banned(sources):
    for source in filter(in_src, sources):
        for why, names in BANNED.items():
            for line, name in calls(source, names):
                yield Finding(source.path, line, "banned", f"{name}: {why}")
        if source.path != "src/base/alloc.c":
            for line, name in calls(source, HEAP):
                yield Finding(source.path, line, "banned", f"{name}: base/alloc.h has ours, whose failures tests can order")
        if not source.path.startswith("src/app/"):
            for line, name in calls(source, OUTPUT):
                yield Finding(source.path, line, "banned", f"{name}: only app/ speaks to people; others log")
        for line, name, quoted in includes(source):
            if name == "assert.h" and not quoted:
                yield Finding(source.path, line, "banned", "<assert.h>: WQ_REQUIRE of base/assert.h stays on")


def check_keys(sources):
    for source in filter(in_src, sources):
        if source.path.startswith("src/store/"):
            continue
        for line, match in source.matches(r'"(?:\\.|[^"\\])*"', source.uncommented):
            if "bull:" in match[0] or "wq:{" in match[0]:
                yield Finding(source.path, line, "keys", f"{match[0]}: only store/ knows key names")


def check_heads(sources):
    for source in filter(in_src, sources):
        lines = source.lines
        name = os.path.basename(source.path)
        if not lines or lines[0] != "/* SPDX-License-Identifier: MIT */":
            yield Finding(source.path, 1, "heads", "line 1 is not /* SPDX-License-Identifier: MIT */")
        if name.endswith(".h") and "#pragma once" not in lines:
            yield Finding(source.path, 1, "heads", "no #pragma once")
        rest = "\n".join(lines[1:])
        comment = re.search(r"/\*+\s*(.*)", rest)
        if not comment or not comment[1].startswith(f"{name} — "):
            yield Finding(source.path, 2, "heads", f'the first comment does not start "{name} — "')


def check_words(sources):
    """Words that say "not finished", and macros that hide where control goes."""
    for source in sources:
        if source.path.startswith(("tests/lint/", "subprojects/")) or "/corpus/" in source.path:
            continue
        for line, match in source.matches(r"\b(TODO|FIXME|XXX)\b", source.lines):
            yield Finding(source.path, line, "words", f"{match[0]}: do it, or file it")
        if in_c_trees(source):
            yield from macro_jumps(source)


def macro_jumps(source):
    number = 0
    while number < len(source.code):
        first = number
        text = source.code[number]
        while text.rstrip().endswith("\\") and number + 1 < len(source.code):
            number += 1
            text = text.rstrip()[:-1] + source.code[number]
        number += 1
        match = re.match(r"\s*#\s*define\s+(\w+(?:\([^)]*\))?)", text)
        body = text[match.end() :] if match else ""
        # A macro that is a whole function, a test's main for one, jumps only within itself.
        function = re.match(r"\s*(?:static\s+)?\w+[\s*]+\w+\s*\([^;{]*\)\s*\{", body)
        if not function and re.search(r"\b(return|goto|break)\b", body):
            yield Finding(source.path, first + 1, "words", f"macro {match[1]} hides a jump")


def check_waits(sources):
    """A test waits for a fact, with a bound; tests/support/ has the helpers that do."""
    script = (
        r"await new Promise\(\s*\(?\s*\w*\s*\)?\s*=>\s*\{?\s*setTimeout"
        r"|await\s+(?:setTimeout|sleep|delay)\(\s*[\d_]"
    )
    for source in sources:
        if not source.path.startswith("tests/") or source.path.startswith(("tests/support/", "tests/lint/")):
            continue
        if source.is_c:
            for line, name in calls(source, "sleep usleep nanosleep uv_sleep"):
                yield Finding(source.path, line, "waits", f"{name}: wait for a fact, not for time")
        elif source.path.endswith((".mjs", ".js")):
            for line, match in source.matches(script, source.lines):
                yield Finding(source.path, line, "waits", f"{match[0]}…: wait for a fact, not for time")
        elif source.path.endswith(".py"):
            for line, _ in source.matches(r"\btime\.sleep\(", source.lines):
                yield Finding(source.path, line, "waits", "time.sleep: wait for a fact, not for time")
        elif source.text.startswith("#!") or source.path.endswith(".sh"):
            for line, _ in source.matches(r"(?:^|[;&|]|\bdo|\bthen)\s*sleep\s+[\d.]", source.lines):
                yield Finding(source.path, line, "waits", "sleep: wait for a fact, not for time")


def check_places(sources):
    """No path of anybody's machine."""
    pattern = r"(?<![\w.$}/-])/(?:work|root|home/\w+|Users/\w+)/"
    for source in sources:
        if source.path.startswith("tests/lint/"):
            continue
        for line, match in source.matches(pattern, source.lines):
            yield Finding(source.path, line, "places", f"{match[0]} is a place on one machine")


RULES = {
    "layers": check_layers,
    "sizes": check_sizes,
    "banned": check_banned,
    "keys": check_keys,
    "heads": check_heads,
    "words": check_words,
    "waits": check_waits,
    "places": check_places,
}
