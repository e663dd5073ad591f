# SPDX-License-Identifier: MIT
"""embed.py — the texts as C data: embed.py OUT.c KIND.LANGUAGE.txt…"""

import json
import os
import sys


def literal(text):
    """A C string, a line of it for each line of the text; bytes beyond ASCII as they are in UTF-8."""
    return "\n".join("\t  " + json.dumps(line, ensure_ascii=False) for line in text.splitlines(keepends=True))


out, files = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
rows = []
for path in files:
    kind, language, _ = os.path.basename(path).split(".")
    with open(path, encoding="utf-8") as file:
        rows.append(f'\t{{ "{kind}", "{language}",\n{literal(file.read())} }},')
with open(out, "w", encoding="utf-8") as file:
    file.write("/* made by embed.py */\n#include \"domain/template/texts.h\"\n\n")
    file.write("const struct wq_template_text wq_template_texts[] = {\n" + "\n".join(rows) + "\n};\n")
    file.write(f"const size_t wq_template_texts_n = {len(rows)};\n")
