# SPDX-License-Identifier: MIT
"""tools.py — what others' programs find, in the form of the house's own findings."""

import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import layout
from source import Finding

BUILD = "build-asan"
JOBS = 2


class Missing(Exception):
    """The tool, or the build it reads, is not there."""


def need(program):
    if not shutil.which(program):
        raise Missing(f"{program} is not installed")


def check_format(sources):
    need("clang-format")
    files = [s.path for s in sources if s.is_c and s.path.startswith(("src/", "tests/", "bench/"))]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for path, (before, after) in zip(files, pool.map(layout.formatted, files)):
            if before != after:
                line = next(
                    (n for n, (a, b) in enumerate(zip(before.splitlines(), after.splitlines()), 1) if a != b), 1
                )
                yield Finding(path, line, "format", f"not as clang-format has it; run tests/lint/format {path}")


def compile_commands():
    """{path: (directory, arguments)} of our own .c files."""
    path = os.path.join(BUILD, "compile_commands.json")
    if not os.path.exists(path):
        raise Missing(f"no {path}; tests/run makes it")
    with open(path, encoding="utf-8") as file:
        entries = json.load(file)
    root = os.getcwd()
    return {
        os.path.relpath(os.path.join(e["directory"], e["file"]), root): shlex.split(e["command"]) for e in entries
    }


def closure(path, texts, seen):
    """All of src/ that a file includes, itself first."""
    if path in seen or path not in texts:
        return seen
    seen[path] = texts[path]
    for name in re.findall(r'^\s*#\s*include\s*"([^"]+)"', texts[path], re.MULTILINE):
        closure(f"src/{name}", texts, seen)
    return seen


def tidy_key(path, command, texts, salt):
    digest = hashlib.sha256(salt)
    digest.update(" ".join(command).encode())
    for name, text in sorted(closure(path, texts, {}).items()):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()


# What clang-tidy 14 does not know yet and C does all the time: to void * and back, by itself or by a cast.
UNWANTED = "-bugprone-multi-level-implicit-pointer-conversion,-bugprone-casting-through-void"


def tidy_one(path):
    done = subprocess.run(
        ["clang-tidy", "--quiet", f"--checks={UNWANTED}", "-p", BUILD, "--extra-arg=-Wno-unknown-warning-option", path],
        capture_output=True,
        text=True,
    )
    root = os.getcwd() + os.sep
    seen = {}
    for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:error|warning): (.*)$", done.stdout, re.MULTILINE):
        name = os.path.normpath(os.path.join(root, BUILD, match[1]))
        seen[(name.removeprefix(root), int(match[2]), match[3])] = None
    findings = [Finding(name, line, "tidy", message) for name, line, message in seen]
    if done.returncode != 0 and not findings:
        findings = [Finding(path, 1, "tidy", done.stderr.strip()[-400:])]
    return findings


def check_tidy(sources):
    need("clang-tidy")
    commands = compile_commands()
    texts = {s.path: s.text for s in sources if s.is_c}
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    with open(".clang-tidy", "rb") as file:
        salt = version + file.read()
    cache = os.path.join(BUILD, ".tidy-cache")
    os.makedirs(cache, exist_ok=True)
    stale = {}
    for path in sorted(texts):
        if path.startswith("src/") and path in commands:
            key = os.path.join(cache, tidy_key(path, commands[path], texts, salt))
            if not os.path.exists(key):
                stale[path] = key
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        told = set()
        for path, findings in zip(stale, pool.map(tidy_one, stale)):
            if not findings:
                open(stale[path], "w", encoding="utf-8").close()
            for finding in findings:
                if str(finding) not in told:  # a header's is found once for each file that includes it
                    told.add(str(finding))
                    yield finding


def definers(nm_output):
    """{name: [objects that define it for others]}"""
    found = {}
    for match in re.finditer(r"^(\S+):[0-9a-f]* [TDBR] (\w+)$", nm_output, re.MULTILINE):
        found.setdefault(match[2], []).append(match[1])
    return found


def check_symbols(sources):
    """Of two functions of one name in two libraries the linker takes one, and says nothing."""
    need("nm")
    if not os.path.exists(os.path.join(BUILD, "build.ninja")):
        raise Missing(f"no {BUILD}; tests/run makes it")
    files = [os.path.join(at, name) for at, _, names in os.walk(os.path.join(BUILD, "src")) for name in names]
    done = subprocess.run(
        ["nm", "--print-file-name", "--extern-only", "--defined-only", *sorted(f for f in files if f.endswith(".o"))],
        capture_output=True,
        text=True,
        check=True,
    )
    for name, places in definers(done.stdout).items():
        if len(places) > 1:
            yield Finding(places[0], 1, "symbols", f"{name} is defined by {places[1]} too")


def check_cppcheck(sources):
    need("cppcheck")
    cache = os.path.join(BUILD if os.path.isdir(BUILD) else "build", ".cppcheck")
    os.makedirs(cache, exist_ok=True)
    files = [s.path for s in sources if s.path.startswith("src/") and s.path.endswith(".c")]
    if not files:
        return
    done = subprocess.run(
        [
            "cppcheck",
            "--quiet",
            f"-j{JOBS}",
            "--std=c11",
            "--language=c",
            "--enable=warning,performance,portability",
            "--inline-suppr",
            "--library=posix,gnu",
            "--suppressions-list=tests/lint/cppcheck.suppressions",
            f"--cppcheck-build-dir={cache}",
            "--template={file}:{line}: {message} [{id}]",
            "-D__GNUC__=12",
            "-D__VA_OPT__(...)=,",  # newer than this program; close enough to read on
            "-D_GNU_SOURCE",
            "-Isrc",
            *files,
        ],
        capture_output=True,
        text=True,
    )
    for match in re.finditer(r"^(\S+?):(\d+): (.*)$", done.stderr, re.MULTILINE):
        yield Finding(match[1], int(match[2]), "cppcheck", match[3])
    if done.returncode != 0:
        yield Finding("tests/lint/tools.py", 1, "cppcheck", (done.stdout + done.stderr).strip()[-400:])


def check_shell(sources):
    need("shellcheck")
    scripts = [
        s.path for s in sources if re.match(r"#!.*\b(?:ba)?sh\b", s.text) or (s.path.endswith(".sh"))
    ]
    if not scripts:
        return
    done = subprocess.run(
        ["shellcheck", "--format=gcc", "--external-sources", *scripts], capture_output=True, text=True
    )
    for match in re.finditer(r"^(\S+?):(\d+):\d+: \w+: (.*)$", done.stdout, re.MULTILINE):
        yield Finding(match[1], int(match[2]), "shell", match[3])


def check_lua(sources):
    """Each script as Redis gets it: a name that nobody defines would fail there only when its line is reached."""
    need("luacheck")
    sys.path.insert(0, "src/store/lua")
    import embed

    for source in sources:
        if not re.match(r"src/store/lua/\w+\.lua$", source.path):
            continue
        lines = embed.script(source.path)[1]
        done = subprocess.run(
            ["luacheck", "-", "--formatter", "plain", "--std", "lua51", "--read-globals", "redis", "cjson", "KEYS",
             "ARGV", "--no-unused", "--no-redefined", "--no-max-line-length"],
            input="\n".join(lines), capture_output=True, text=True,
        )
        for match in re.finditer(r"^stdin:(\d+):\d+: (.*)$", done.stdout, re.MULTILINE):
            yield Finding(source.path, 1, "lua", f"{match[2]}: {lines[int(match[1]) - 1]}")


TOOLS = {
    "lua": check_lua,
    "format": check_format,
    "shell": check_shell,
    "symbols": check_symbols,
    "cppcheck": check_cppcheck,
    "tidy": check_tidy,
}
