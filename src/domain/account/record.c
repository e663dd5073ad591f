/* SPDX-License-Identifier: MIT */
/* record.c — a record is copied, read and opened. */
#include "domain/account/record.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

enum { SPEC_DEPTH_MAX = 16 };

struct wq_str wq_account_place(struct wq_str id, struct wq_arena *a)
{
	static const char prefix[] = "account ", suffix[] = " credentials";
	size_t n = sizeof(prefix) + id.n + sizeof(suffix);
	char *text = wq_arena_alloc(a, n);

	if (!text)
		return wq_strn(NULL, 0);
	snprintf(text, n, "%s%.*s%s", prefix, WQ_STR_ARG(id), suffix);
	return wq_str(text);
}

static struct wq_str copied(struct wq_account_record *r, struct wq_str s)
{
	const char *p = s.p ? wq_arena_copy(&r->arena, s) : NULL;

	return wq_strn(p, p ? s.n : 0);
}

static void suspend(struct wq_account_record *r, const char *why)
{
	r->account.state = WQ_ACCOUNT_SUSPENDED;
	r->account.why = wq_str(why);
}

static int read_spec(struct wq_account_record *r, const struct wq_account_seen *seen,
                     const struct wq_account_ways *ways)
{
	struct wq_account_problem problem;
	char *why;
	int rc = wq_json_parse(&r->spec, seen->spec.p ? seen->spec : wq_str(""), SPEC_DEPTH_MAX);

	if (rc == WQ_ENOMEM)
		return rc;
	rc = wq_account_read(&r->account, yyjson_doc_get_root(r->spec), copied(r, seen->tier),
	                     copied(r, seen->throughput), ways, &r->arena, &problem);
	if (rc != WQ_ACCOUNT_INVALID)
		return rc;
	why = wq_arena_alloc(&r->arena, sizeof(problem.field) + sizeof(problem.what));
	if (!why)
		return WQ_RAISE(WQ_ENOMEM);
	snprintf(why, sizeof(problem.field) + sizeof(problem.what), "%s %s", problem.field,
	         problem.what);
	suspend(r, why);
	return 0;
}

static int open_credentials(struct wq_account_record *r, struct wq_str sealed,
                            const struct wq_seal_ring *ring)
{
	static const struct wq_seal_ring no_keys;
	struct wq_str place = wq_account_place(r->account.id, &r->arena);
	struct wq_account_problem problem;
	int rc;

	if (!place.p)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_seal_open(ring ? ring : &no_keys, place, sealed.p ? sealed : wq_str(""), &r->clear);
	if (rc > 0) {
		suspend(r, wq_seal_opened_text((enum wq_seal_opened)rc));
		return 0;
	}
	if (rc == 0)
		rc = wq_json_parse(&r->credentials, wq_buf_str(&r->clear), SPEC_DEPTH_MAX);
	if (rc < 0 && rc != WQ_EPARSE)
		return rc;
	if (wq_account_read_credentials(&r->account, yyjson_doc_get_root(r->credentials),
	                                &problem) != 0)
		suspend(r, "its credentials are not whole: set them again");
	return 0;
}

static void read_state(struct wq_account *a, const struct wq_account_seen *seen)
{
	if (!wq_account_state_from(seen->state, &a->state))
		a->state = WQ_ACCOUNT_PENDING;
	a->rank = seen->primary      ? WQ_ACCOUNT_PRIMARY
	          : seen->is_default ? WQ_ACCOUNT_DEFAULT
	                             : WQ_ACCOUNT_SECONDARY;
}

int wq_account_record_init(struct wq_account_record *r, const struct wq_account_seen *seen,
                           const struct wq_account_ways *ways)
{
	struct wq_account *a = &r->account;
	int rc;

	*r = (struct wq_account_record){ 0 };
	wq_arena_init(&r->arena, WQ_ACCOUNT_MEMORY_MAX_BYTES);
	wq_buf_init(&r->clear, WQ_ACCOUNT_SPEC_MAX_BYTES);
	a->id = copied(r, seen->id);
	a->business = copied(r, seen->business);
	a->why = copied(r, seen->why);
	a->quality = copied(r, seen->quality.n ? seen->quality : wq_strn(NULL, 0));
	a->display = copied(r, seen->display.n ? seen->display : wq_strn(NULL, 0));
	a->guarded = seen->guarded;
	if (!a->id.p)
		return WQ_RAISE(WQ_ENOMEM);
	read_state(a, seen);
	rc = read_spec(r, seen, ways);
	return rc == 0 ? open_credentials(r, seen->sealed, ways->ring) : rc;
}

/* yyjson reads a copy of its own: both are wiped. */
void wq_account_record_fini(struct wq_account_record *r)
{
	wq_account_wipe(yyjson_doc_get_root(r->credentials));
	wq_json_free(r->spec);
	wq_json_free(r->credentials);
	wq_arena_fini(&r->arena);
	if (r->clear.p)
		wq_wipe(r->clear.p, r->clear.cap);
	wq_buf_fini(&r->clear);
	*r = (struct wq_account_record){ 0 };
}
