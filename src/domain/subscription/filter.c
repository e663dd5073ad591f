/* SPDX-License-Identifier: MIT */
/* filter.c — lists of words, and an event held against them. */
#include "domain/subscription/filter.h"

#include "base/limits.h"

const char *const wq_filter_names[WQ_FILTER_LISTS] = { "events", "kinds", "fields", "providers",
	                                               "accounts" };

enum { FILTER_DEPTH_MAX = 4 };

static const char *check(yyjson_val *list)
{
	yyjson_val *each;
	size_t i, n;

	if (!list || yyjson_is_null(list))
		return NULL;
	if (!yyjson_is_arr(list))
		return "events, kinds, fields, providers and accounts are lists of strings";
	if (yyjson_arr_size(list) > WQ_SUB_FILTER_ITEMS_MAX)
		return "a filter has at most 50 entries";
	yyjson_arr_foreach(list, i, n, each)
	{
		if (!wq_json_str(each).n || wq_json_str(each).n > WQ_QUEUE_NAME_MAX_BYTES)
			return "an entry of a filter is a string of 1 to 256 bytes";
	}
	return NULL;
}

const char *wq_filter_read(struct wq_filter *f, yyjson_val *obj)
{
	const char *why = NULL;

	for (unsigned i = 0; i < WQ_FILTER_LISTS && !why; i++) {
		f->lists[i] = wq_json_get(obj, wq_filter_names[i]);
		why = check(f->lists[i]);
	}
	return why;
}

yyjson_doc *wq_filter_words(struct wq_str (*words)(void *ctx, const char *name), void *ctx)
{
	struct wq_buf text;
	struct wq_jsonw w;
	yyjson_doc *doc = NULL;

	wq_buf_init(&text, WQ_FILTER_WORDS_MAX_BYTES);
	wq_jsonw_begin(&w, &text);
	wq_jsonw_object(&w);
	for (unsigned i = 0; i < WQ_FILTER_LISTS; i++) {
		struct wq_str rest = words(ctx, wq_filter_names[i]), word;

		if (!rest.n)
			continue;
		wq_jsonw_key(&w, wq_filter_names[i]);
		wq_jsonw_array(&w);
		while (wq_str_next(&rest, ',', &word))
			wq_jsonw_str(&w, wq_str_trim(word));
		wq_jsonw_array_end(&w);
	}
	wq_jsonw_object_end(&w);
	if (wq_jsonw_end(&w) == 0)
		doc = wq_json_read(wq_buf_str(&text), FILTER_DEPTH_MAX, NULL);
	wq_buf_fini(&text);
	return doc;
}

static bool fits(struct wq_str pattern, struct wq_str word)
{
	if (pattern.n && pattern.p[pattern.n - 1] == '*')
		return word.n >= pattern.n - 1 && memcmp(word.p, pattern.p, pattern.n - 1) == 0;
	return wq_str_eq(pattern, word);
}

/* True for a list that is not there. */
static bool holds(yyjson_val *list, struct wq_str word)
{
	yyjson_val *each;
	size_t i, n;

	if (!yyjson_is_arr(list) || yyjson_arr_size(list) == 0)
		return true;
	if (!word.n)
		return false;
	yyjson_arr_foreach(list, i, n, each)
	{
		if (fits(wq_json_str(each), word))
			return true;
	}
	return false;
}

bool wq_filter_wants(const struct wq_filter *f, const struct wq_event *e)
{
	yyjson_val *accounts = f->lists[WQ_FILTER_ACCOUNTS];

	if (f->raw != wq_str_is(e->kind, "webhook"))
		return false;
	return holds(f->lists[WQ_FILTER_EVENTS], wq_str(e->type)) &&
	       holds(f->lists[WQ_FILTER_KINDS], e->kind) &&
	       holds(f->lists[WQ_FILTER_FIELDS], e->field) &&
	       holds(f->lists[WQ_FILTER_PROVIDERS], e->provider) &&
	       (holds(accounts, e->number) || holds(accounts, e->business) ||
	        holds(accounts, e->account));
}
