/* SPDX-License-Identifier: MIT */
/* json.c — yyjson on our allocator, and a writer without a tree. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"

static void *json_malloc(void *ctx, size_t size)
{
	(void)ctx;
	return wq_alloc(size);
}

static void *json_realloc(void *ctx, void *ptr, size_t old_size, size_t size)
{
	(void)ctx;
	(void)old_size;
	return wq_realloc(ptr, size);
}

static void json_release(void *ctx, void *ptr)
{
	(void)ctx;
	wq_free(ptr);
}

static const yyjson_alc allocator = { json_malloc, json_realloc, json_release, NULL };

/* yyjson itself does not recurse; those who walk the tree may. */
static bool too_deep(struct wq_str text, unsigned depth_max)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			if (++depth > depth_max)
				return true;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return false;
}

/* As deep as it has openers at most: for most texts a count, which goes over many bytes at once, says enough. */
static bool may_be_too_deep(struct wq_str text, unsigned depth_max)
{
	size_t openers = 0;

	for (size_t i = 0; i < text.n; i++)
		openers += (text.p[i] == '{') | (text.p[i] == '[');
	return openers > depth_max;
}

static yyjson_doc *read_text(struct wq_str text, unsigned depth_max, const yyjson_alc *alc,
                             yyjson_read_err *err)
{
	*err = (yyjson_read_err){ 0 };
	if (may_be_too_deep(text, depth_max) && too_deep(text, depth_max)) {
		err->msg = "nested too deeply";
		return NULL;
	}
	/* Without YYJSON_READ_INSITU the text is only read: the cast drops a const that yyjson's signature lacks. */
	return yyjson_read_opts((char *)(uintptr_t)text.p, text.n, 0, alc, err);
}

yyjson_doc *wq_json_read(struct wq_str text, unsigned depth_max, const char **why)
{
	yyjson_read_err err;
	yyjson_doc *doc = read_text(text, depth_max, &allocator, &err);

	if (!doc && why)
		*why = err.msg ? err.msg : "malformed";
	return doc;
}

int wq_json_parse(yyjson_doc **out, struct wq_str text, unsigned depth_max)
{
	yyjson_read_err err;

	*out = read_text(text, depth_max, &allocator, &err);
	if (*out)
		return 0;
	return err.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION ? WQ_RAISE(WQ_ENOMEM) : WQ_EPARSE;
}

static void *arena_malloc(void *ctx, size_t size)
{
	return wq_arena_alloc(ctx, size);
}

static void *arena_realloc(void *ctx, void *ptr, size_t old_size, size_t size)
{
	void *p = size <= old_size ? ptr : wq_arena_alloc(ctx, size);

	if (p && p != ptr)
		memcpy(p, ptr, old_size);
	return p;
}

static void arena_release(void *ctx, void *ptr)
{
	(void)ctx;
	(void)ptr;
}

int wq_json_parse_in(yyjson_val **root, struct wq_str text, unsigned depth_max, struct wq_arena *a)
{
	const yyjson_alc alc = { arena_malloc, arena_realloc, arena_release, a };
	uint64_t refusals = wq_alloc_refusals();
	yyjson_read_err err;

	*root = yyjson_doc_get_root(read_text(text, depth_max, &alc, &err));
	if (*root)
		return 0;
	if (err.code != YYJSON_READ_ERROR_MEMORY_ALLOCATION)
		return WQ_EPARSE;
	return wq_alloc_refusals() > refusals ? WQ_ENOMEM : WQ_ETOOBIG; /* the former raised by the arena */
}

void wq_json_free(yyjson_doc *doc)
{
	yyjson_doc_free(doc);
}

yyjson_val *wq_json_get(yyjson_val *obj, const char *key)
{
	return yyjson_obj_get(obj, key);
}

struct wq_str wq_json_str(yyjson_val *v)
{
	const char *p = yyjson_get_str(v);

	return wq_strn(p, p ? yyjson_get_len(v) : 0);
}

struct wq_str wq_json_get_str(yyjson_val *obj, const char *key)
{
	return wq_json_str(wq_json_get(obj, key));
}

int64_t wq_json_get_int(yyjson_val *obj, const char *key, int64_t otherwise)
{
	yyjson_val *v = wq_json_get(obj, key);

	if (yyjson_is_sint(v))
		return yyjson_get_sint(v);
	if (yyjson_is_uint(v) && yyjson_get_uint(v) <= INT64_MAX)
		return (int64_t)yyjson_get_uint(v);
	return otherwise;
}

void wq_jsonw_begin(struct wq_jsonw *w, struct wq_buf *out)
{
	*w = (struct wq_jsonw){ .out = out };
}

int wq_jsonw_end(struct wq_jsonw *w)
{
	return w->rc;
}

static void add(struct wq_jsonw *w, const char *p, size_t n)
{
	if (w->rc == 0)
		w->rc = wq_buf_add(w->out, p, n);
}

static void lead(struct wq_jsonw *w)
{
	if (w->comma)
		add(w, ",", 1);
	w->comma = true;
}

static void open_with(struct wq_jsonw *w, char c)
{
	lead(w);
	add(w, &c, 1);
	w->comma = false;
}

static void close_with(struct wq_jsonw *w, char c)
{
	add(w, &c, 1);
	w->comma = true;
}

void wq_jsonw_object(struct wq_jsonw *w)
{
	open_with(w, '{');
}

void wq_jsonw_object_end(struct wq_jsonw *w)
{
	close_with(w, '}');
}

void wq_jsonw_array(struct wq_jsonw *w)
{
	open_with(w, '[');
}

void wq_jsonw_array_end(struct wq_jsonw *w)
{
	close_with(w, ']');
}

/* The longest prefix of s, at most four bytes, that is one well-formed code point; 0: none. */
static size_t code_point(struct wq_str s)
{
	for (size_t n = 1; n <= 4 && n <= s.n; n++)
		if (wq_str_is_utf8(wq_strn(s.p, n)))
			return n;
	return 0;
}

/* Length of the run at the front that stands in JSON as it is: ASCII without quote, backslash and controls. */
static size_t plain_run(struct wq_str s)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
	size_t n = 0;

	for (uint64_t x; n + sizeof(x) <= s.n; n += sizeof(x)) {
		memcpy(&x, s.p + n, sizeof(x));
		/* A top bit for each byte that is a control, a quote, a backslash or not ASCII; maybe one too many. */
		if ((((x - 0x20 * ones) | ((x ^ '"' * ones) - ones) | ((x ^ '\\' * ones) - ones) |
		      x) &
		     tops))
			break;
	}
	for (; n < s.n; n++) {
		unsigned char c = (unsigned char)s.p[n];

		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
			break;
	}
	return n;
}

/* Comma, quotes, text and colon by one reservation; false: there is something to escape, or little room. */
static bool quote_plain(struct wq_jsonw *w, struct wq_str s, bool is_key)
{
	char *p;

	if (w->rc < 0 || plain_run(s) < s.n || wq_buf_reserve(w->out, s.n + 4) < 0)
		return false;
	p = w->out->p + w->out->n;
	if (w->comma)
		*p++ = ',';
	*p++ = '"';
	if (s.n)
		memcpy(p, s.p, s.n);
	p += s.n;
	*p++ = '"';
	if (is_key)
		*p++ = ':';
	w->out->n = (size_t)(p - w->out->p);
	w->comma = !is_key;
	return true;
}

static void quote(struct wq_jsonw *w, struct wq_str s)
{
	size_t plain = 0; /* start of the run that needs no change */

	add(w, "\"", 1);
	for (size_t i = plain_run(s); i < s.n; i += plain_run(wq_strn(s.p + i, s.n - i))) {
		unsigned char c = (unsigned char)s.p[i];
		size_t step = c < 0x80 ? 1 : code_point(wq_strn(s.p + i, s.n - i));
		char esc[8];

		if (step > 0 && c >= 0x20 && c != '"' && c != '\\') {
			i += step;
			continue;
		}
		add(w, s.p + plain, i - plain);
		if (step == 0)
			add(w, "\xef\xbf\xbd", 3);
		else
			add(w, esc, (size_t)snprintf(esc, sizeof(esc), "\\u%04x", c));
		plain = ++i;
	}
	add(w, s.n ? s.p + plain : "", s.n - plain);
	add(w, "\"", 1);
}

void wq_jsonw_key_str(struct wq_jsonw *w, struct wq_str key)
{
	if (quote_plain(w, key, true))
		return;
	lead(w);
	quote(w, key);
	add(w, ":", 1);
	w->comma = false;
}

void wq_jsonw_key(struct wq_jsonw *w, const char *key)
{
	wq_jsonw_key_str(w, wq_str(key));
}

void wq_jsonw_str(struct wq_jsonw *w, struct wq_str s)
{
	if (quote_plain(w, s, false))
		return;
	lead(w);
	quote(w, s);
}

void wq_jsonw_text(struct wq_jsonw *w, const char *text)
{
	wq_jsonw_str(w, wq_str(text));
}

void wq_jsonw_int(struct wq_jsonw *w, int64_t v)
{
	char text[24];
	size_t at = sizeof(text);
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		text[--at] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (v < 0)
		text[--at] = '-';
	lead(w);
	add(w, text + at, sizeof(text) - at);
}

void wq_jsonw_float(struct wq_jsonw *w, double v)
{
	char text[40];

	if (!isfinite(v)) { /* JSON has no word for it */
		wq_jsonw_null(w);
		return;
	}
	lead(w);
	add(w, text, (size_t)snprintf(text, sizeof(text), "%.15g", v));
}

void wq_jsonw_bool(struct wq_jsonw *w, bool v)
{
	wq_jsonw_raw(w, wq_str(v ? "true" : "false"));
}

void wq_jsonw_null(struct wq_jsonw *w)
{
	wq_jsonw_raw(w, wq_str("null"));
}

void wq_jsonw_put_str(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	wq_jsonw_key(w, key);
	wq_jsonw_str(w, s);
}

void wq_jsonw_put_text(struct wq_jsonw *w, const char *key, const char *text)
{
	wq_jsonw_key(w, key);
	wq_jsonw_text(w, text);
}

void wq_jsonw_put_int(struct wq_jsonw *w, const char *key, int64_t v)
{
	wq_jsonw_key(w, key);
	wq_jsonw_int(w, v);
}

void wq_jsonw_put_bool(struct wq_jsonw *w, const char *key, bool v)
{
	wq_jsonw_key(w, key);
	wq_jsonw_bool(w, v);
}

void wq_jsonw_put_str_or_null(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	wq_jsonw_key(w, key);
	if (s.n)
		wq_jsonw_str(w, s);
	else
		wq_jsonw_null(w);
}

void wq_jsonw_put_moment(struct wq_jsonw *w, const char *key, int64_t ms)
{
	wq_jsonw_key(w, key);
	if (ms > 0)
		wq_jsonw_int(w, ms);
	else
		wq_jsonw_null(w);
}

void wq_jsonw_raw(struct wq_jsonw *w, struct wq_str json)
{
	lead(w);
	add(w, json.p, json.n);
}

/* yyjson's writer holds one block at a time: it is given the room behind what the buffer holds.  That block has to be
 * aligned, so there may be a gap, closed when all is written. */
struct place {
	struct wq_buf *out;
	size_t gap;
};

static void *place_realloc(void *ctx, void *ptr, size_t old_size, size_t size)
{
	struct place *p = ctx;

	(void)ptr;
	(void)old_size;
	if (size > SIZE_MAX - p->gap || wq_buf_reserve(p->out, size + p->gap) < 0)
		return NULL;
	return p->out->p + p->out->n + p->gap;
}

static void *place_malloc(void *ctx, size_t size)
{
	return place_realloc(ctx, NULL, 0, size);
}

static void place_release(void *ctx, void *ptr)
{
	(void)ctx;
	(void)ptr;
}

static bool write_in_place(struct wq_jsonw *w, yyjson_val *v)
{
	struct place p = { w->out, (16 - w->out->n % 16) % 16 };
	const yyjson_alc alc = { place_malloc, place_realloc, place_release, &p };
	size_t n = 0;
	char *text = yyjson_val_write_opts(v, YYJSON_WRITE_NOFLAG, &alc, &n, NULL);

	if (!text)
		return false;
	memmove(w->out->p + w->out->n, text, n);
	w->out->n += n;
	return true;
}

/* The room that yyjson asks for may pass a bound that the text itself does not. */
static void write_aside(struct wq_jsonw *w, yyjson_val *v)
{
	size_t n = 0;
	char *text = yyjson_val_write_opts(v, YYJSON_WRITE_NOFLAG, &allocator, &n, NULL);

	if (text)
		add(w, text, n);
	else if (w->rc == 0)
		w->rc = WQ_RAISE(WQ_ENOMEM);
	wq_free(text);
}

void wq_jsonw_value(struct wq_jsonw *w, yyjson_val *v)
{
	lead(w);
	if (w->rc == 0 && !write_in_place(w, v))
		write_aside(w, v);
}
