# SPDX-License-Identifier: MIT
"""selftest.py — every rule must be able to fail: bad snippets, each with the finding it is owed; good ones, with none."""

import layout
from rules import RULES
from source import Finding, Source
from tools import definers

SPDX = "/* SPDX-License-Identifier: MIT */\n"
LONG_BODY = "\tx();\n" * 61
MANY_INCLUDES = "".join(f'#include "base/a{n}.h"\n' for n in range(13))

# rule, path, text, the line and a part of the message it must bring; None: nothing
CASES = [
    ("layers", "src/base/a.c", '#include "io/loop/loop.h"\n', (1, "base/ must not see")),
    ("layers", "src/store/a.c", '\n#include "queue/q.h"\n', (2, "store/ must not see")),
    ("layers", "src/queue/a.c", '#include "store/keys.h"\n#include "queue/q.h"\n', None),
    ("layers", "src/io/server/a.c", '#include "io/redis/redis.h"\n', (1, "io/server/ must not see")),
    ("layers", "src/io/loop/a.c", '#include "io/tls/context.h"\n', (1, "io/loop/ must not see")),
    ("layers", "src/io/client/a.c", '#include "io/dns/resolver.h"\n#include "io/tls/context.h"\n', None),
    ("layers", "src/domain/a.c", '#include "send.h"\n', (1, "does not say its layer")),
    ("layers", "src/domain/a.c", '#include "util/send.h"\n', (1, "in no layer")),
    ("layers", "src/util/a.c", '#include "base/a.h"\n', (1, "util/ is no layer")),
    ("layers", "src/domain/a.c", "#include <uv.h>\n", (1, "<uv.h> belongs to io/")),
    ("layers", "src/base/log.c", "#include <openssl/evp.h>\n", (1, "belongs to io/")),
    ("layers", "src/base/hmac.c", "#include <openssl/evp.h>\n", None),
    ("layers", "src/io/server/a.c", "#include <yyjson.h>\n", (1, "belongs to base/json.c")),
    ("layers", "src/base/json.c", "#include <yyjson.h>\n", None),
    ("layers", "src/base/a.c", '/*\n#include "io/loop/loop.h"\n*/\n', None),
    ("sizes", "src/base/a.c", "x;\n" * 601, (601, "601 lines")),
    ("sizes", "tests/system/a.mjs", "x;\n" * 601, (601, "601 lines")),
    ("sizes", "deploy/anything", "#!/bin/bash\n" * 601, (601, "601 lines")),
    ("sizes", "src/base/a.c", "int f(int a,\n      int b)\n{\n" + LONG_BODY + "}\n", (3, "f has 61 lines")),
    ("sizes", "src/base/a.c", "int f(void)\n{\n" + LONG_BODY[6:] + "}\n", None),
    ("sizes", "src/base/a.c", 'int f(void)\n{\n\tputs("}\\\n}");\n' + LONG_BODY + "}\n", (2, "lines")),
    ("sizes", "src/base/a.c", MANY_INCLUDES, (13, "13 project includes")),
    ("sizes", "src/base/a.c", "\t/* " + "x" * 113 + " */\n", (1, "wider than")),
    ("banned", "src/base/a.c", "\tstrcpy(a, b);\n", (1, "strcpy: unbounded")),
    ("banned", "src/io/a.c", "\tx = uv_fs_open(l, &r, p);\n", (1, "uv_fs_open: starts a thread")),
    ("banned", "src/io/a.c", "\trc = uv_queue_work(l);\n", (1, "uv_queue_work")),
    ("banned", "src/base/a.c", "\tp = malloc(3);\n", (1, "malloc: base/alloc.h")),
    ("banned", "src/base/alloc.c", "\tp = malloc(3);\n", None),
    ("banned", "src/base/a.c", "\twq_free(p); o->free(p); o.free(p); /* free(p) */ f(\"free(p)\");\n", None),
    ("banned", "src/base/a.c", '\tprintf("x");\n', (1, "printf: only app/")),
    ("banned", "src/app/a.c", '\tprintf("x");\n', None),
    ("banned", "src/base/a.c", "\tsnprintf(a, sizeof(a), \"x\");\n", None),
    ("banned", "src/base/a.c", "#include <assert.h>\n", (1, "WQ_REQUIRE")),
    ("banned", "src/base/a.c", '#include "base/assert.h"\n', None),
    ("keys", "src/queue/a.c", 'f("bull:%s:wait");\n', (1, "only store/")),
    ("keys", "src/domain/a.c", 'f("wq:{x}:ledger");\n', (1, "only store/")),
    ("keys", "src/store/a.c", 'f("bull:%s:wait");\n', None),
    ("keys", "src/queue/a.c", "/* \"bull:x\" */\n", None),
    ("heads", "src/base/a.c", "/* a.c — x. */\n", (1, "line 1")),
    ("heads", "src/base/a.h", SPDX + "/* a.h — x. */\n", (1, "#pragma once")),
    ("heads", "src/base/a.h", SPDX + "#pragma once\n/* x */\n", (2, 'start "a.h — "')),
    ("heads", "src/base/a.c", SPDX + '#include "b.h"\n', (2, 'start "a.c — "')),
    ("heads", "src/base/a.h", SPDX + "#pragma once\n/* a.h — x. */\n", None),
    ("words", "src/base/a.c", "/* TO" + "DO later */\n", (1, "do it, or file it")),
    ("words", "docs/a.md", "FIX" + "ME\n", (1, "do it, or file it")),
    ("words", "src/base/a.c", "#define F(x) \\\n\tif (x) \\\n\t\treturn 1\n", (1, "macro F(x) hides a jump")),
    ("words", "src/base/a.c", "#define F(x) g_break(x)\n", None),
    ("words", "tests/a.h", "#define MAIN(x) \\\n\tint main(void) \\\n\t{ \\\n\t\treturn x; \\\n\t}\n", None),
    ("waits", "tests/unit/a.c", "\tusleep(10);\n", (1, "usleep: wait for a fact")),
    ("waits", "tests/system/a.test.mjs", "await new Promise(r => setTimeout(r, 50));\n", (1, "wait for a fact")),
    ("waits", "tests/system/a.test.mjs", "await new Promise((r) => setTimeout(r, 50));\n", (1, "wait for a fact")),
    ("waits", "tests/system/a.test.mjs", "await sleep(50);\n", (1, "wait for a fact")),
    ("waits", "tests/support/wait.mjs", "await new Promise(r => setTimeout(r, 50));\n", None),
    ("waits", "tests/run", "#!/bin/bash\nwhile true; do sleep 1; done\n", (2, "sleep")),
    ("places", "docs/a.md", "cd /" + "work/main\n", (1, "a place on one machine")),
    ("places", "tests/a.sh", "x=/" + "root/x\n", (1, "a place on one machine")),
    ("places", "docs/a.md", "see network/" + "work/x and $root/" + "work/y\n", None),
]

# What tests/lint/format must leave alone (True) or take (False), by the text of the line.
LAYOUT = """static const struct {
	const char *a;   /* one */
} table[] = {
	{ "x",    1 },
};
#define A 1
int f(int a) { return a; }
int g(int a)
{
	int t[] = {
		1,   2,
	};
	return a;
}
/* clang-format off: order matters */
#include <b.h>
#include <a.h>
/* clang-format on */
"""
KEPT = [0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 14, 15, 16, 17]


def failures():
    me = "tests/lint/selftest.py"
    for number, (rule, path, text, want) in enumerate(CASES):
        got = list(RULES[rule]([Source(path, text)]))
        if want is None and got:
            yield Finding(me, 1, "selftest", f"case {number}, {rule}: nothing is wrong, but: {got[0]}")
        elif want and not any(f.line == want[0] and want[1] in f.message for f in got):
            told = "; ".join(map(str, got)) or "nothing"
            yield Finding(me, 1, "selftest", f"case {number}, {rule}: wanted {want}, got {told}")
    untested = set(RULES) - {case[0] for case in CASES if case[3]}
    if untested:
        yield Finding(me, 1, "selftest", f"rules that were never seen to fail: {sorted(untested)}")
    found = definers("a.o:0000000000000010 T f\nb.o:0000000000000000 T f\nb.o:0000000000000008 D g\n")
    if found != {"f": ["a.o", "b.o"], "g": ["b.o"]}:
        yield Finding(me, 1, "selftest", f"symbols finds {found}")
    kept = sorted(layout.kept(Source("a.c", LAYOUT)))
    if kept != KEPT:
        yield Finding(me, 1, "selftest", f"layout keeps lines {kept}, wanted {KEPT}")
