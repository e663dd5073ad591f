/* SPDX-License-Identifier: MIT */
/* cases.c — files of cases to checks. */
#include "message/cases.h"

#include <stdlib.h>

#include "support/test.h"

enum { ARENA_BYTES = 4194304, TEXT_BYTES = 4194304, DEPTH = 64, NAME_BYTES = 128, PATH_BYTES = 1024 };

void (*cases_on_good)(const char *what, const struct message_case *t);

void cases_load(const char *folder, const char *name, struct wq_buf *out)
{
	char path[PATH_BYTES];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s/%s", WQ_TESTS_DIR, folder, name);
	f = fopen(path, "rb");
	WQ_CHECK(path, f != NULL);
	wq_buf_init(out, TEXT_BYTES);
	while (wq_buf_reserve(out, 65536) == 0) {
		size_t n = fread(out->p + out->n, 1, 65536, f);

		if (n == 0)
			break;
		out->n += n;
	}
	(void)fclose(f);
}

/* "4096", "3 ab" */
static void expand_sign(struct wq_str sign, struct wq_buf *out)
{
	struct wq_str number = wq_strn(sign.p, wq_str_find(sign, ' '));
	struct wq_str what = number.n < sign.n
	                             ? wq_strn(sign.p + number.n + 1, sign.n - number.n - 1)
	                             : wq_str("\xc3\xb1");
	uint64_t n = 0;

	WQ_CHECK("a number", wq_str_to_u64(number, 1000000, &n));
	for (; n > 0; n--)
		WQ_CHECK_INT("fill", wq_buf_add_str(out, what), 0);
}

void cases_expand(struct wq_str line, struct wq_buf *out)
{
	static const char to[] = "\"to\":\"+593900000011\"";

	wq_buf_init(out, TEXT_BYTES);
	for (size_t i = 0; line.p && i < line.n; i++) {
		struct wq_str rest = wq_strn(line.p + i, line.n - i);
		char *end;

		if (wq_str_starts(rest, "$TO")) {
			WQ_CHECK_INT("to", wq_buf_add_text(out, to), 0);
			i += 2;
		} else if (wq_str_starts(rest, "<<")) {
			end = memmem(rest.p, rest.n, ">>", 2);
			WQ_CHECK("closed", end != NULL);
			expand_sign(wq_strn(rest.p + 2, (size_t)(end - rest.p) - 2), out);
			i += (size_t)(end - rest.p) + 1;
		} else {
			WQ_CHECK_INT("text", wq_buf_add_char(out, line.p[i]), 0);
		}
	}
}

static int read_as(struct message_case *t, struct wq_str op)
{
	yyjson_val *root = yyjson_doc_get_root(t->doc);

	if (!op.p)
		return wq_message_read(&t->m, root, CASES_NOW_MS, &t->arena, &t->p);
	if (wq_str_is(op, "graph"))
		return wq_message_read_graph(&t->m, root, CASES_NOW_MS, &t->arena, &t->p);
	return wq_message_read_evolution(&t->m, op, root, CASES_NOW_MS, &t->arena, &t->p);
}

void message_case_read(struct message_case *t, struct wq_str op, struct wq_str json)
{
	struct wq_jsonw w;

	memset(t, 0, sizeof(*t));
	wq_arena_init(&t->arena, ARENA_BYTES);
	wq_buf_init(&t->out, TEXT_BYTES);
	t->doc = wq_json_read(json, DEPTH, NULL);
	if (!t->doc)
		print_error("%.*s\n", WQ_STR_ARG(json));
	WQ_CHECK("JSON", t->doc != NULL);
	t->rc = read_as(t, op);
	if (t->rc != 0)
		return;
	wq_jsonw_begin(&w, &t->out);
	wq_message_write(&w, &t->m);
	WQ_CHECK_INT("written", wq_jsonw_end(&w), 0);
}

void message_case_fini(struct message_case *t)
{
	wq_buf_fini(&t->out);
	wq_arena_fini(&t->arena);
	wq_json_free(t->doc);
}

void message_case_check_again(const char *what, struct message_case *t)
{
	struct message_case again;

	message_case_read(&again, wq_strn(NULL, 0), wq_buf_str(&t->out));
	if (again.rc != 0)
		print_error("%s: %s %s\n", what, again.p.field, again.p.what);
	WQ_CHECK_INT(what, again.rc, 0);
	WQ_CHECK_STR(what, wq_buf_text(&again.out), wq_buf_text(&t->out));
	WQ_CHECK_INT(what, again.m.kind, t->m.kind);
	WQ_CHECK_INT(what, again.m.recipient, t->m.recipient);
	message_case_fini(&again);
}

/* Told at once, and counted: one run shows all that is wrong. */
static bool same(const char *what, struct wq_str got, struct wq_str want)
{
	if (!wq_str_eq(got, want))
		print_error("%s:\n   got %.*s\n  want %.*s\n", what, WQ_STR_ARG(got),
		            WQ_STR_ARG(want));
	return wq_str_eq(got, want);
}

static bool check_good(const char *what, struct message_case *t, struct wq_str want)
{
	yyjson_doc *doc = wq_json_read(want, DEPTH, NULL);
	struct wq_buf text;
	struct wq_jsonw w;
	bool ok;

	WQ_CHECK(what, doc != NULL);
	wq_buf_init(&text, TEXT_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_value(&w, yyjson_doc_get_root(doc));
	ok = same(what, wq_buf_str(&t->out), wq_buf_str(&text));
	wq_buf_fini(&text);
	wq_json_free(doc);
	if (ok)
		message_case_check_again(what, t);
	if (ok && cases_on_good)
		cases_on_good(what, t);
	return ok;
}

static void tell(const struct message_case *t, char *out, size_t max)
{
	char limit[32] = "";

	if (t->p.limit)
		(void)snprintf(limit, sizeof(limit), " (%lld)", (long long)t->p.limit);
	(void)snprintf(out, max, "%s: %s%s", t->p.field, t->p.what, limit);
}

static bool check_case(struct wq_str head, struct wq_str in, struct wq_str want)
{
	struct wq_str op = wq_strn(NULL, 0);
	char name[NAME_BYTES];
	struct message_case t;
	struct wq_buf text, out;
	char told[512] = "read";
	bool ok;

	(void)snprintf(name, sizeof(name), "%.*s", WQ_STR_ARG(head));
	if (head.p[0] == '[')
		op = wq_strn(head.p + 1, wq_str_find(head, ']') - 1);
	cases_expand(wq_strn(in.p + 2, in.n - 2), &text);
	cases_expand(wq_strn(want.p + 2, want.n - 2), &out);
	message_case_read(&t, op, wq_buf_str(&text));
	if (t.rc != 0)
		tell(&t, told, sizeof(told));
	if (want.p[0] == '=' && t.rc == 0)
		ok = check_good(name, &t, wq_buf_str(&out));
	else
		ok = same(name, wq_str(told), wq_buf_str(&out));
	message_case_fini(&t);
	wq_buf_fini(&text);
	wq_buf_fini(&out);
	return ok;
}

size_t cases_check(const char *name)
{
	struct wq_str rest, line, head = wq_str("?"), in = { NULL, 0 };
	struct wq_buf file;
	size_t n = 0, failed = 0;

	cases_load("unit/domain/message", name, &file);
	rest = wq_buf_str(&file);
	while (wq_str_next(&rest, '\n', &line)) {
		if (wq_str_starts(line, "# "))
			head = wq_strn(line.p + 2, line.n - 2);
		else if (wq_str_starts(line, "> "))
			in = line;
		else if (wq_str_starts(line, "= ") || wq_str_starts(line, "! "))
			failed += !check_case(head, in, line), n++;
		else
			WQ_CHECK_SLICE("a line of cases", line, "");
	}
	wq_buf_fini(&file);
	WQ_CHECK_INT(name, failed, 0);
	return n;
}
