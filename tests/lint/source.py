# SPDX-License-Identifier: MIT
"""source.py — a tracked file as the checks see it: whole, without comments, and without strings too."""

import re
import subprocess

TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/"  # comments
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',  # strings and characters
    re.DOTALL,
)
OPENING = {"/*": "comment", "//": "comment"}


class Finding:
    def __init__(self, path, line, check, message):
        self.path, self.line, self.check, self.message = path, line, check, message

    def __str__(self):
        return f"{self.path}:{self.line}: {self.check}: {self.message}"


class Source:
    """One file. Lines keep their numbers in every view of it."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.splitlines()
        self._uncommented = None
        self._code = None

    @property
    def is_c(self):
        return self.path.endswith((".c", ".h"))

    @property
    def uncommented(self):
        """C without its comments."""
        if self._uncommented is None:
            self._uncommented = TOKEN.sub(
                lambda m: blank(m[0]) if m[0][:2] in OPENING else m[0], self.text
            ).splitlines()
        return self._uncommented

    @property
    def code(self):
        """C without comments and without what stands in quotes."""
        if self._code is None:
            self._code = TOKEN.sub(
                lambda m: blank(m[0])
                if m[0][:2] in OPENING
                else m[0][0] + " " * (len(m[0]) - 2) + m[0][-1],
                self.text,
            ).splitlines()
        return self._code

    def matches(self, pattern, view):
        """(line number, match) of every place where the pattern stands in that view."""
        for number, line in enumerate(view, 1):
            for match in re.finditer(pattern, line):
                yield number, match

    def functions(self):
        """(name, line, lines in the body): a body opens with a brace in column 0 and so does it close."""
        code = self.code
        start = None
        for number, line in enumerate(code, 1):
            if line.rstrip() == "{":
                start = number
            elif line.startswith("}") and start:
                yield self._function_name(start), start, number - start - 1
                start = None

    def _function_name(self, brace):
        head = []
        for line in reversed(self.code[: brace - 1]):
            if not line.strip() or line.rstrip().endswith((";", "}")):
                break
            head.insert(0, line)
        match = re.search(r"(\w+)\s*\(", " ".join(head))
        return match[1] if match else "?"


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def tracked():
    """Names of all files of the repository, those not yet added included."""
    out = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
    ).stdout
    return sorted({name.decode() for name in out.split(b"\0") if name})


def load(names):
    sources = []
    for name in names:
        try:
            with open(name, encoding="utf-8") as file:
                sources.append(Source(name, file.read()))
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a picture, a corpus, a file just deleted
    return sources
