/* SPDX-License-Identifier: MIT */
/* account_view.c — accounts as people see them: without credentials. */
#include "app/api/account_call.h"
#include "io/tls/seal.h"

static void put_limits(struct wq_jsonw *w, const struct wq_account_limits *l)
{
	const struct {
		const char *name;
		uint32_t n;
	} counts[] = {
		{ "burst", l->number_burst },    { "pair_interval_ms", l->pair_interval_ms },
		{ "pair_burst", l->pair_burst }, { "people_per_day", l->people_per_day },
		{ "per_hour", l->per_hour },     { "per_day", l->per_day },
		{ "jitter_ms", l->jitter_ms },   { "warmup_days", l->warmup_days },
	};

	wq_jsonw_key(w, "limits");
	wq_jsonw_object(w);
	wq_jsonw_key(w, "per_second");
	wq_jsonw_float(w, l->number_per_s_milli / 1000.0);
	for (size_t i = 0; i < WQ_COUNT(counts); i++)
		wq_jsonw_put_int(w, counts[i].name, counts[i].n);
	wq_jsonw_object_end(w);
}

/* All that people set, but for what is told in another place. */
static void put_members(struct wq_jsonw *w, yyjson_val *spec)
{
	for (size_t i = 0; wq_account_members[i]; i++) {
		const char *name = wq_account_members[i];
		yyjson_val *v = wq_json_get(spec, name);

		if (!v || strcmp(name, "name") == 0 || strcmp(name, "provider") == 0 ||
		    strcmp(name, "tier") == 0 || strcmp(name, "base_url") == 0)
			continue;
		wq_jsonw_key(w, strcmp(name, "limits") == 0 ? "own_limits" : name);
		wq_jsonw_value(w, v);
	}
}

static void put_credentials(struct wq_jsonw *w, const struct wq_account *a,
                            const struct wq_account_seen *seen, const struct wq_account_ways *ways)
{
	wq_jsonw_key(w, "credentials");
	wq_jsonw_object(w);
	wq_jsonw_put_bool(w, "usable", a->secret.n > 0);
	wq_jsonw_put_str_or_null(w, "hint", seen ? seen->hint : wq_strn(NULL, 0));
	wq_jsonw_put_bool(w, "app_secret", a->app_secret.n > 0);
	wq_jsonw_put_bool(w, "sealed_with_current_key",
	                  seen && ways->ring && wq_seal_is_current(ways->ring, seen->sealed));
	wq_jsonw_object_end(w);
}

static void put_ranks(struct wq_jsonw *w, const struct wq_account *a,
                      const struct wq_account_seen *seen)
{
	wq_jsonw_put_text(w, "rank", seen ? wq_account_rank_names[a->rank] : "default");
	wq_jsonw_put_bool(w, "primary", seen && seen->primary);
	wq_jsonw_put_bool(w, "default", !seen || seen->is_default);
}

static void put_told(struct wq_jsonw *w, const struct wq_account *a,
                     const struct wq_account_seen *seen)
{
	static const struct wq_account_seen none;
	const struct wq_account_seen *s = seen ? seen : &none;

	wq_jsonw_put_str_or_null(w, "quality", a->quality);
	wq_jsonw_put_str_or_null(w, "tier", a->tier);
	wq_jsonw_put_str_or_null(w, "provider_throughput", s->throughput);
	wq_jsonw_put_str_or_null(w, "display_phone_number", a->display);
	wq_jsonw_put_str_or_null(w, "verified_name", s->verified_name);
	wq_jsonw_put_bool(w, "verified", s->verified);
	wq_jsonw_put_moment(w, "checked_at", s->checked_ms);
	wq_jsonw_put_str(w, "check", s->check);
	wq_jsonw_put_int(w, "revision", s->rev);
	wq_jsonw_put_moment(w, "created_at", s->created_ms);
	wq_jsonw_put_moment(w, "changed_at", s->changed_ms);
}

void wq_view_account(struct wq_jsonw *w, const struct wq_account *a,
                     const struct wq_account_record *r, const struct wq_account_seen *seen,
                     const struct wq_account_ways *ways)
{
	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "id", a->id);
	wq_jsonw_put_str(w, "name", a->name);
	wq_jsonw_put_str_or_null(w, "business", a->business);
	wq_jsonw_put_text(w, "provider", wq_provider_name(a->provider));
	wq_jsonw_put_text(w, "source", seen ? "api" : "environment");
	if (r)
		put_members(w, yyjson_doc_get_root(r->spec));
	else
		wq_jsonw_put_str(w,
		                 a->provider == WQ_PROVIDER_CLOUD       ? "phone_number_id"
		                 : a->provider == WQ_PROVIDER_EVOLUTION ? "instance"
		                                                        : "number",
		                 a->number);
	wq_jsonw_put_str(w, "base_url", a->base_url);
	wq_jsonw_put_text(w, "state", wq_account_state_names[a->state]);
	wq_jsonw_put_str(w, "reason", a->why);
	put_ranks(w, a, seen);
	put_credentials(w, a, seen, ways);
	put_limits(w, &a->limits);
	put_told(w, a, seen);
	wq_jsonw_object_end(w);
}

int wq_view_account_seen(struct wq_jsonw *w, const struct wq_account_seen *seen,
                         const struct wq_account_ways *ways)
{
	struct wq_account_record r;
	int rc = wq_account_record_init(&r, seen, ways);

	if (rc == 0)
		wq_view_account(w, &r.account, &r, seen, ways);
	wq_account_record_fini(&r);
	return rc;
}
