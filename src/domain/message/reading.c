/* SPDX-License-Identifier: MIT */
/* reading.c — how a reading begins and ends, what is rewritten, and whose names a problem is told in. */
#include "domain/message/reading.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/message/rule.h"

enum { INDEXES_MAX = 8 };

void wq_reading_begin(struct wq_reading *r, struct wq_message *m, int64_t now_ms,
                      struct wq_arena *a, struct wq_message_problem *p)
{
	*m = (struct wq_message){ .priority = WQ_PRIORITY_NORMAL };
	*p = (struct wq_message_problem){ .limit = 0 };
	*r = (struct wq_reading){ .m = m, .p = p, .arena = a, .now_ms = now_ms, .base = "" };
	wq_buf_init(&r->text, WQ_MESSAGE_CONTENT_MAX_BYTES);
}

int wq_reading_end(struct wq_reading *r)
{
	wq_reading_tidy(r);
	if (r->rc == 0)
		(void)wq_content_check(r);
	wq_buf_fini(&r->text);
	return r->rc;
}

__attribute__((format(printf, 4, 0))) static void keep_problem(struct wq_reading *r,
                                                               const char *field, int64_t limit,
                                                               const char *fmt, va_list ap)
{
	struct wq_message_problem *p = r->p;

	r->rc = WQ_MESSAGE_INVALID;
	p->limit = limit;
	(void)snprintf(p->field, sizeof(p->field), "%s", field);
	(void)vsnprintf(p->what, sizeof(p->what), fmt, ap);
}

bool wq_reading_fail(struct wq_reading *r, const char *field, int64_t limit, const char *fmt, ...)
{
	va_list ap;

	if (r->rc != 0)
		return false;
	va_start(ap, fmt);
	keep_problem(r, field, limit, fmt, ap);
	va_end(ap);
	return false;
}

/* How much of `path` the pattern is; 0: it is not at its front.  Indexes that stood for "*" are kept. */
static size_t match(const char *pattern, const char *path, struct wq_str indexes[INDEXES_MAX])
{
	const char *at = path;
	size_t n = 0;

	for (; *pattern; pattern++) {
		if (*pattern != '*') {
			if (*pattern != *at++)
				return 0;
			continue;
		}
		indexes[n] = wq_strn(at, strspn(at, "0123456789"));
		at += indexes[n].n;
		n += n + 1 < INDEXES_MAX;
	}
	return !*at || *at == '.' || *at == '[' ? (size_t)(at - path) : 0;
}

static void translate(struct wq_reading *r, const char *path, struct wq_buf *out)
{
	struct wq_str indexes[INDEXES_MAX] = { { NULL, 0 } };
	struct wq_str best_indexes[INDEXES_MAX] = { { NULL, 0 } };
	const char *as = r->base;
	size_t best = 0, at = 0;

	for (struct wq_reading_alias *a = r->aliases; a; a = a->next) {
		size_t n = match(a->of, path, indexes);

		if (n <= best)
			continue;
		best = n;
		as = a->as;
		memcpy(best_indexes, indexes, sizeof(indexes));
	}
	for (const char *p = as; *p; p++) {
		if (*p == '*' && at < INDEXES_MAX)
			(void)wq_buf_add_str(out, best_indexes[at++]);
		else
			(void)wq_buf_add_char(out, *p);
	}
	if (best == 0 && *as && *path && *path != '[')
		(void)wq_buf_add_char(out, '.');
	(void)wq_buf_add_text(out, path + best + (!*as && path[best] == '.'));
}

bool wq_reading_vfail_at(struct wq_reading *r, const char *path, int64_t limit, const char *fmt,
                         va_list ap)
{
	struct wq_buf field;
	const char *text;

	if (r->rc != 0)
		return false;
	wq_buf_init(&field, 1024);
	translate(r, path, &field);
	text = wq_buf_text(&field);
	keep_problem(r, text ? text : path, limit, fmt, ap);
	wq_buf_fini(&field);
	return false;
}

void *wq_reading_room(struct wq_reading *r, size_t n)
{
	uint64_t refusals = wq_alloc_refusals();
	void *p = r->rc == 0 ? wq_arena_alloc(r->arena, n) : NULL;

	if (!p && r->rc == 0)
		r->rc = wq_alloc_refusals() > refusals ? WQ_ENOMEM : WQ_ETOOBIG;
	return p;
}

const char *wq_reading_join(struct wq_reading *r, const char *base, struct wq_str key)
{
	size_t n = strlen(base);
	char *p = wq_reading_room(r, n + key.n + 2);

	if (!p)
		return "";
	memcpy(p, base, n);
	if (n && key.n && key.p[0] != '[')
		p[n++] = '.';
	if (key.n)
		memcpy(p + n, key.p, key.n);
	return p;
}

void wq_reading_alias(struct wq_reading *r, const char *of, const char *as)
{
	struct wq_reading_alias *a = wq_reading_room(r, sizeof(*a));

	if (!a)
		return;
	*a = (struct wq_reading_alias){ r->aliases, of, as };
	r->aliases = a;
}

yyjson_val *wq_reading_get(yyjson_val *obj, struct wq_str key)
{
	yyjson_val *k, *v, *found = NULL;
	size_t i, n;

	if (!yyjson_is_obj(obj))
		return NULL;
	yyjson_obj_foreach(obj, i, n, k, v)
	{
		if (yyjson_equals_strn(k, key.p, key.n))
			found = yyjson_is_null(v) ? NULL : v;
	}
	return found;
}

struct wq_spot wq_reading_find(yyjson_val *obj, const char *names)
{
	struct wq_str rest = wq_str(names), name;
	struct wq_spot s = { NULL, wq_strn(names, wq_str_find(rest, ' ')) };

	while (wq_str_next(&rest, ' ', &name)) {
		yyjson_val *v = wq_reading_get(obj, name);

		if (v)
			return (struct wq_spot){ v, name };
	}
	return s;
}

void wq_reading_put(struct wq_reading *r, const char *key, const char *of, const char *base,
                    struct wq_spot s)
{
	wq_reading_alias(r, of, wq_reading_join(r, base, s.key));
	if (!s.v || r->rc != 0)
		return;
	wq_jsonw_key(&r->w, key);
	wq_jsonw_value(&r->w, s.v);
}

void wq_reading_rewrite(struct wq_reading *r)
{
	wq_buf_clear(&r->text);
	wq_jsonw_begin(&r->w, &r->text);
}

void wq_reading_rewritten(struct wq_reading *r)
{
	int rc = wq_jsonw_end(&r->w);

	if (r->rc != 0)
		return;
	if (rc == 0)
		rc = wq_json_parse_in(&r->m->content, wq_buf_str(&r->text),
		                      WQ_MESSAGE_CONTENT_DEPTH_MAX, r->arena);
	if (rc == WQ_ETOOBIG && r->text.n + 64 > WQ_MESSAGE_CONTENT_MAX_BYTES)
		(void)wq_reading_fail(r, r->base, WQ_MESSAGE_CONTENT_MAX_BYTES,
		                      "is larger than %d bytes", WQ_MESSAGE_CONTENT_MAX_BYTES);
	else if (rc == WQ_EPARSE)
		(void)wq_reading_fail(r, r->base, WQ_MESSAGE_CONTENT_DEPTH_MAX,
		                      "is nested deeper than %d levels, or has a number too large",
		                      WQ_MESSAGE_CONTENT_DEPTH_MAX);
	else
		r->rc = rc;
}
