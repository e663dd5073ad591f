/* SPDX-License-Identifier: MIT */
/* own.c — versions in an array, sorted by kind, language and owner. */
#include "domain/template/own.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/account/tracker.h"
#include "store/template.h"

struct entry {
	struct wq_template_own own;
	bool seen;
	char *id;
	char bytes[];
};

struct wq_templates {
	struct wq_tracker tracker;
	struct entry **all; /* sorted by id */
	size_t n, cap;
};

static struct wq_templates *self(struct wq_tracker *f)
{
	return WQ_OWNER(f, struct wq_templates, tracker);
}

/* Where it is, or would be. */
static size_t place(const struct wq_templates *t, const char *id, bool *there)
{
	size_t from = 0, to = t->n;

	*there = false;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int d = strcmp(t->all[mid]->id, id);

		if (d == 0)
			*there = true;
		if (d < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static void drop(struct wq_templates *t, size_t i)
{
	wq_free(t->all[i]);
	t->n--;
	memmove(&t->all[i], &t->all[i + 1], (t->n - i) * sizeof(struct entry *));
}

static struct wq_str keep(char **at, struct wq_str s)
{
	struct wq_str out = wq_strn(*at, s.n);

	if (s.n)
		memcpy(*at, s.p, s.n);
	(*at)[s.n] = '\0';
	*at += s.n + 1;
	return out;
}

/* NULL: out of memory (raised). */
static struct entry *make(struct wq_str id, const struct wq_template_own *o)
{
	struct entry *e = wq_alloc(sizeof(*e) + id.n + o->owner.n + o->business.n + o->kind.n +
	                           o->language.n + o->source.n + o->by.n + 7);
	char *at;

	if (!e) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	at = e->bytes;
	e->seen = true;
	e->own = *o;
	e->id = at;
	(void)keep(&at, id);
	e->own.owner = keep(&at, o->owner);
	e->own.business = keep(&at, o->business);
	e->own.kind = keep(&at, o->kind);
	e->own.language = keep(&at, o->language);
	e->own.source = keep(&at, o->source);
	e->own.by = keep(&at, o->by);
	return e;
}

static bool grow(struct wq_templates *t)
{
	size_t cap = t->cap ? 2 * t->cap : 16;
	struct entry **all;

	if (t->n < t->cap)
		return true;
	all = wq_realloc(t->all, cap * sizeof(struct entry *));
	if (!all)
		return false;
	t->all = all;
	t->cap = cap;
	return true;
}

static int put(struct wq_templates *t, struct wq_str id, const struct wq_template_own *o)
{
	struct entry *e = make(id, o);
	bool there;
	size_t i;

	if (!e)
		return WQ_ENOMEM;
	i = place(t, e->id, &there);
	if (there) {
		wq_free(t->all[i]);
		t->all[i] = e;
		return 0;
	}
	if (t->n >= WQ_TEMPLATES_OWN_MAX || !grow(t)) {
		wq_free(e);
		return t->n >= WQ_TEMPLATES_OWN_MAX ? 0 : WQ_RAISE(WQ_ENOMEM);
	}
	memmove(&t->all[i + 1], &t->all[i], (t->n - i) * sizeof(struct entry *));
	t->all[i] = e;
	t->n++;
	return 0;
}

static int take(struct wq_tracker *f, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_templates *t = self(f);
	char key[WQ_TEMPLATE_ID_MAX_BYTES];
	struct wq_template_own o = { .of = WQ_TEMPLATE_ALL };
	bool there;
	size_t i;

	if (id.n >= sizeof(key))
		return 0;
	if (fields) {
		o.of = (enum wq_template_of)wq_fields_int(fields, "of");
		o.owner = wq_fields_get(fields, "owner");
		o.business = wq_fields_get(fields, "business");
		o.kind = wq_fields_get(fields, "kind");
		o.language = wq_fields_get(fields, "language");
		o.source = wq_fields_get(fields, "source");
		o.by = wq_fields_get(fields, "by");
		o.changed_ms = wq_fields_int(fields, "changed");
		return put(t, id, &o);
	}
	snprintf(key, sizeof(key), "%.*s", WQ_STR_ARG(id));
	i = place(t, key, &there);
	if (there)
		drop(t, i);
	return 0;
}

static void begin_all(struct wq_tracker *f)
{
	struct wq_templates *t = self(f);

	for (size_t i = 0; i < t->n; i++)
		t->all[i]->seen = false;
}

static void end_all(struct wq_tracker *f)
{
	struct wq_templates *t = self(f);

	for (size_t i = t->n; i > 0; i--)
		if (!t->all[i - 1]->seen)
			drop(t, i - 1);
}

int wq_templates_create(struct wq_templates **out, struct wq_loop *loop, struct wq_redis *redis,
                        const char *prefix)
{
	struct wq_templates *t = wq_zalloc(sizeof(*t));

	if (!t)
		return WQ_RAISE(WQ_ENOMEM);
	wq_registry_init(&t->tracker.registry, redis, wq_str(prefix), WQ_TEMPLATES_REGISTRY);
	t->tracker.what = "templates";
	t->tracker.take = take;
	t->tracker.begin_all = begin_all;
	t->tracker.end_all = end_all;
	wq_tracker_start(&t->tracker, loop);
	*out = t;
	return 0;
}

void wq_templates_destroy(struct wq_templates *t)
{
	if (!t)
		return;
	wq_tracker_stop(&t->tracker);
	while (t->n > 0)
		drop(t, t->n - 1);
	wq_free(t->all);
	wq_free(t);
}

bool wq_templates_loaded(const struct wq_templates *t)
{
	return !t || t->tracker.loaded;
}

void wq_templates_poke(struct wq_templates *t)
{
	if (t)
		wq_tracker_poke(&t->tracker);
}

static void found(const struct entry *e, struct wq_template_found *out)
{
	*out = (struct wq_template_found){ e->own.of, e->own.language, e->own.source,
		                           wq_strn(NULL, 0) };
}

bool wq_templates_own(const struct wq_templates *t, enum wq_template_of of, struct wq_str owner,
                      struct wq_str kind, struct wq_str language, struct wq_template_found *out)
{
	char id[WQ_TEMPLATE_ID_MAX_BYTES];
	bool there;
	size_t i;

	if (!t || t->n == 0 || (of != WQ_TEMPLATE_ALL && owner.n == 0) ||
	    !wq_template_id(id, of, owner, kind, language))
		return false;
	i = place(t, id, &there);
	if (there)
		found(t->all[i], out);
	return there;
}

bool wq_templates_any(const struct wq_templates *t, struct wq_str business, struct wq_str account,
                      struct wq_str kind, struct wq_template_found *out)
{
	const struct entry *best = NULL;

	for (size_t i = 0; t && i < t->n; i++) {
		const struct wq_template_own *o = &t->all[i]->own;
		struct wq_str owner = o->of == WQ_TEMPLATE_ACCOUNT ? account : business;

		if (wq_str_eq(o->kind, kind) &&
		    (o->of == WQ_TEMPLATE_ALL || wq_str_eq(o->owner, owner)) &&
		    (!best || o->of > best->own.of))
			best = t->all[i];
	}
	if (best)
		found(best, out);
	return best != NULL;
}

size_t wq_templates_count(const struct wq_templates *t)
{
	return t ? t->n : 0;
}

bool wq_templates_at(const struct wq_templates *t, size_t i, struct wq_template_own *out)
{
	if (!t || i >= t->n)
		return false;
	*out = t->all[i]->own;
	return true;
}
