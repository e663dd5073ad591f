/* SPDX-License-Identifier: MIT */
/* change.c — spec, credentials, seal: in this order, and nothing is kept unless all of it is good. */
#include "domain/account/change.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/message/read.h"

enum { SPEC_DEPTH_MAX = 16, HINT_FROM_BYTES = 16 };

static const struct wq_str none = { NULL, 0 };

/* `old` (NULL: none) with the members of `body` in place of its own; one that is null goes. */
static int merge(struct wq_buf *out, const char *const *names, yyjson_val *old, yyjson_val *body)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	for (size_t i = 0; names[i]; i++) {
		yyjson_val *v = wq_json_get(body, names[i]);

		if (!v)
			v = wq_json_get(old, names[i]);
		if (!v || yyjson_is_null(v))
			continue;
		wq_jsonw_key(&w, names[i]);
		wq_jsonw_value(&w, v);
	}
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

static int too_long(struct wq_account_change *c, const char *field)
{
	snprintf(c->problem.field, sizeof(c->problem.field), "%s", field);
	snprintf(c->problem.what, sizeof(c->problem.what), "is too long: an account has 8 kB");
	return WQ_ACCOUNT_INVALID;
}

static bool same(struct wq_str a, struct wq_str b)
{
	return wq_str_eq(a, b);
}

/* Whether its quiet hours have a zone: looked at when they are set, and not whenever an account is read. */
static int check_quiet(struct wq_account_change *c)
{
	struct wq_zone *zone;
	int rc;

	if (!wq_quiet_any(&c->account.quiet))
		return 0;
	rc = wq_quiet_open(&c->account.quiet, &zone, &c->problem);
	if (rc == 0)
		wq_zone_destroy(zone);
	return rc;
}

/* Likewise of its hours, and the inside of its template. */
static int check_zone(struct wq_account_change *c)
{
	struct wq_str name = wq_json_get_str(c->account.hours, "zone");
	struct wq_zone *zone;
	int rc = c->account.hours ? wq_zone_open(&zone, NULL, name) : WQ_ENOENT;

	if (rc == 0)
		wq_zone_destroy(zone);
	if (rc == 0 || rc == WQ_ENOMEM || !c->account.hours)
		return rc == WQ_ENOMEM ? rc : 0;
	snprintf(c->problem.field, sizeof(c->problem.field), "hours.zone");
	snprintf(c->problem.what, sizeof(c->problem.what),
	         "must be the name of a time zone: America/Guayaquil");
	return WQ_ACCOUNT_INVALID;
}

static int check_template(struct wq_account_change *c)
{
	struct wq_message m;
	struct wq_message_problem p;
	int rc = c->account.window.template
	                 ? wq_message_read_template(&m, c->account.window.template,
	                                            "window.template", &c->arena, &p)
	                 : 0;

	if (rc != WQ_MESSAGE_INVALID)
		return rc;
	snprintf(c->problem.field, sizeof(c->problem.field), "%.47s", p.field);
	snprintf(c->problem.what, sizeof(c->problem.what), "%.159s", p.what);
	return WQ_ACCOUNT_INVALID;
}

static int read_spec(struct wq_account_change *c, const struct wq_account_record *old,
                     yyjson_val *body, const struct wq_account_ways *ways)
{
	yyjson_val *was = old ? yyjson_doc_get_root(old->spec) : NULL;
	int rc = merge(&c->spec, wq_account_members, was, body);

	if (rc == WQ_ETOOBIG)
		return too_long(c, "description");
	if (rc == 0)
		rc = wq_json_parse(&c->spec_doc, wq_buf_str(&c->spec), SPEC_DEPTH_MAX);
	if (rc < 0)
		return rc;
	rc = wq_account_read(&c->account, yyjson_doc_get_root(c->spec_doc),
	                     old ? old->account.tier : none, none, ways, &c->arena, &c->problem);
	if (rc == 0)
		rc = check_quiet(c);
	if (rc == 0)
		rc = check_zone(c);
	if (rc == 0)
		rc = check_template(c);
	if (rc != 0 || !old || !old->account.number.p ||
	    c->account.provider == old->account.provider)
		return rc;
	snprintf(c->problem.field, sizeof(c->problem.field), "provider");
	snprintf(c->problem.what, sizeof(c->problem.what),
	         "stays as it was: make another account for %s",
	         wq_provider_name(c->account.provider));
	return WQ_ACCOUNT_INVALID;
}

/* The last four of what the provider is shown, if enough is left untold. */
static void take_hint(struct wq_account_change *c)
{
	struct wq_str secret = c->account.secret;

	c->hint[0] = '\0';
	if (secret.n >= HINT_FROM_BYTES)
		snprintf(c->hint, sizeof(c->hint), "%.4s", secret.p + secret.n - 4);
}

static int seal(struct wq_account_change *c, const struct wq_seal_ring *ring)
{
	struct wq_str place = wq_account_place(c->put.id, &c->arena);
	int rc;

	if (!ring || ring->n == 0)
		return WQ_ACCOUNT_NO_KEY;
	if (!place.p)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_seal(ring, place, wq_buf_str(&c->clear), &c->sealed);
	if (rc < 0)
		return rc;
	take_hint(c);
	wq_account_put_field(&c->put, "sealed", wq_buf_str(&c->sealed));
	wq_account_put_field(&c->put, "hint", wq_str(c->hint));
	return 0;
}

static bool names_credentials(yyjson_val *body)
{
	for (size_t i = 0; wq_account_credentials[i]; i++)
		if (wq_json_get(body, wq_account_credentials[i]))
			return true;
	return false;
}

static int read_credentials(struct wq_account_change *c, const struct wq_account_record *old,
                            yyjson_val *body, const struct wq_seal_ring *ring)
{
	yyjson_val *was = old ? yyjson_doc_get_root(old->credentials) : NULL;
	int rc;

	if (old && !names_credentials(body)) {
		c->account.secret = old->account.secret;
		c->account.app_secret = old->account.app_secret;
		return 0;
	}
	c->moved = true;
	rc = merge(&c->clear, wq_account_credentials, was, body);
	if (rc == WQ_ETOOBIG)
		return too_long(c, wq_account_credential(c->account.provider));
	if (rc == 0)
		rc = wq_json_parse(&c->clear_doc, wq_buf_str(&c->clear), SPEC_DEPTH_MAX);
	if (rc < 0)
		return rc;
	rc = wq_account_read_credentials(&c->account, yyjson_doc_get_root(c->clear_doc),
	                                 &c->problem);
	return rc == 0 ? seal(c, ring) : rc;
}

/* "cloud:123", digits alone: the index by which webhooks find it. */
static int take_number(struct wq_account_change *c)
{
	struct wq_str number = c->account.number;
	const char *provider = wq_provider_name(c->account.provider);
	size_t n = strlen(provider) + 1 + number.n + 1;
	char *text = wq_arena_alloc(&c->arena, n);

	if (!text)
		return WQ_RAISE(WQ_ENOMEM);
	if (number.p[0] == '+')
		number = wq_strn(number.p + 1, number.n - 1);
	snprintf(text, n, "%s:%.*s", provider, WQ_STR_ARG(number));
	c->put.number = wq_str(text);
	return 0;
}

int wq_account_change_init(struct wq_account_change *c, struct wq_str id,
                           const struct wq_account_record *old, yyjson_val *body,
                           const struct wq_account_ways *ways)
{
	int rc;

	*c = (struct wq_account_change){ .put = { .id = id } };
	wq_arena_init(&c->arena, WQ_ACCOUNT_MEMORY_MAX_BYTES);
	wq_buf_init(&c->spec, WQ_ACCOUNT_SPEC_MAX_BYTES);
	wq_buf_init(&c->clear, WQ_ACCOUNT_SPEC_MAX_BYTES);
	wq_buf_init(&c->sealed, 2 * WQ_ACCOUNT_SPEC_MAX_BYTES);
	c->account.id = id;
	rc = wq_buf_reserve(&c->clear, WQ_ACCOUNT_SPEC_MAX_BYTES); /* it never moves: nothing of it stays behind */
	if (rc == 0)
		rc = read_spec(c, old, body, ways);
	if (rc == 0)
		rc = read_credentials(c, old, body, ways->ring);
	if (rc == 0)
		rc = take_number(c);
	if (rc != 0)
		return rc;
	c->moved |= !old || !same(c->account.number, old->account.number) ||
	            !same(c->account.base_url, old->account.base_url) ||
	            !same(c->account.user, old->account.user);
	c->put.name = c->account.name;
	wq_account_put_field(&c->put, "spec", wq_buf_str(&c->spec));
	wq_account_put_field(&c->put, "provider", wq_str(wq_provider_name(c->account.provider)));
	return 0;
}

void wq_account_change_fini(struct wq_account_change *c)
{
	if (c->clear_doc)
		wq_account_wipe(yyjson_doc_get_root(c->clear_doc));
	wq_json_free(c->spec_doc);
	wq_json_free(c->clear_doc);
	if (c->clear.p)
		wq_wipe(c->clear.p, c->clear.cap);
	wq_buf_fini(&c->clear);
	wq_buf_fini(&c->spec);
	wq_buf_fini(&c->sealed);
	wq_arena_fini(&c->arena);
	*c = (struct wq_account_change){ 0 };
}
