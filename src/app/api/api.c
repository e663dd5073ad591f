/* SPDX-License-Identifier: MIT */
/* api.c — the key, the numbers of a request, and answers. */
#include "app/api/api.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/limits.h"

int wq_api_set_key(struct wq_api *a, const char *key)
{
	a->open = key && *key;
	return a->open ? wq_sha256(wq_str(key), a->key_sum) : 0;
}

static struct wq_str shown_key(struct wq_exchange *x)
{
	static const char scheme[] = "Bearer ";
	struct wq_str value = wq_exchange_header(x, "Authorization");

	if (value.n > sizeof(scheme) - 1 &&
	    wq_str_is_nocase(wq_strn(value.p, sizeof(scheme) - 1), scheme))
		return wq_str_trim(
			wq_strn(value.p + sizeof(scheme) - 1, value.n - (sizeof(scheme) - 1)));
	value = wq_exchange_header(x, "X-API-Key");
	return value.p ? value : wq_exchange_header(x, "apikey");
}

const struct wq_caller *wq_api_caller(const struct wq_exchange *x)
{
	return wq_exchange_caller(x);
}

bool wq_api_sees(const struct wq_exchange *x, struct wq_str business)
{
	const struct wq_caller *caller = wq_api_caller(x);

	return caller->business.n == 0 || wq_str_eq(caller->business, business);
}

void wq_api_fini(struct wq_api *a)
{
	wq_keyring_destroy(a->keyring);
	a->keyring = NULL;
}

/* Sums are compared: neither the key's bytes nor its length show in the time. */
static bool find_caller(const struct wq_api *a, struct wq_str key, struct wq_caller *out)
{
	unsigned char sum[WQ_SHA256_BYTES];

	if (!key.n || wq_sha256(key, sum) < 0)
		return false;
	*out = (struct wq_caller){ .role = WQ_ROLE_ADMIN };
	if (a->open && wq_equal_secret(sum, a->key_sum, sizeof(sum)))
		return true;
	return a->keyring && wq_keyring_find(a->keyring, sum, out);
}

/* It outlives the key that was shown: that may go while the request is worked. */
static bool keep_caller(struct wq_exchange *x, const struct wq_caller *found)
{
	struct wq_arena *arena = wq_exchange_arena(x);
	struct wq_caller *caller = wq_arena_alloc(arena, sizeof(*caller));
	const char *business = wq_arena_copy(arena,
	                                     found->business.p ? found->business : wq_str(""));
	const char *key = wq_arena_copy(arena, found->key.p ? found->key : wq_str(""));

	if (!caller || !business || !key) {
		wq_reply_problem(x, 500, "out_of_memory", "the request did not fit into memory");
		return false;
	}
	*caller = (struct wq_caller){ found->role, wq_str(business), wq_str(key) };
	wq_exchange_set_caller(x, caller);
	return true;
}

static bool may_call(struct wq_exchange *x, const struct wq_caller *caller)
{
	unsigned access = wq_exchange_route(x)->access;
	enum wq_method method = wq_exchange_request(x)->method;
	enum wq_role least = method == WQ_GET || method == WQ_HEAD ? WQ_ROLE_VIEWER
	                                                           : WQ_ROLE_MANAGER;

	if (access > 0)
		least = (enum wq_role)(access - 1);
	if (access == 0 && caller->business.n > 0) {
		wq_reply_problem(x, 403, "forbidden",
		                 "this key is of one business: what you ask for is of all of them");
		return false;
	}
	if (caller->role >= least)
		return true;
	wq_reply_problem(x, 403, "forbidden", "this key has the role %s: that takes %s",
	                 wq_role_names[caller->role], wq_role_names[least]);
	return false;
}

bool wq_api_allows(struct wq_api *a, struct wq_exchange *x)
{
	struct wq_caller caller;
	struct wq_str key;

	if (!a->open && (!a->keyring || wq_keyring_count(a->keyring) == 0)) {
		wq_reply_problem(
			x, 403, "api_closed",
			"no API key is set: start the server with --api-key or WILLAQ_API_KEY");
		return false;
	}
	key = shown_key(x);
	if (find_caller(a, key, &caller))
		return may_call(x, &caller) && keep_caller(x, &caller);
	wq_reply_header(x, "WWW-Authenticate", wq_str("Bearer"));
	wq_reply_problem(x, 401, "unauthorized",
	                 key.n ? "this is not an API key of the server"
	                       : "show an API key of the server: Authorization: Bearer KEY");
	return false;
}

static void on_head(struct wq_exchange *x, void *ctx)
{
	(void)wq_api_allows(ctx, x);
}

int wq_api_route(struct wq_api *a, struct wq_route route)
{
	route.ctx = a;
	route.on_head = on_head;
	route.keyed = true;
	return wq_server_route(a->server, &route);
}

static void reply_condition(struct wq_exchange *x, int rc, const char *error)
{
	if (rc == WQ_REDIS_WRONGTYPE) {
		wq_reply_problem(x, 409, "not_a_queue",
		                 "a key of that queue is not what BullMQ makes of it: %s", error);
		return;
	}
	if (rc == WQ_REDIS_DENIED) {
		wq_reply_problem(x, 502, "redis_denied", "Redis does not let us: %s", error);
		return;
	}
	wq_reply_header(x, "Retry-After", wq_str("1"));
	wq_reply_problem(x, 503, rc == WQ_REDIS_OOM ? "redis_full" : "redis_unavailable",
	                 "Redis refuses at the moment: %s", error);
}

void wq_api_reply_redis(struct wq_exchange *x, int rc, const char *error)
{
	if (rc > 0) {
		reply_condition(x, rc, error);
		return;
	}
	if (rc == WQ_EREPLY || rc == WQ_EPROTO) {
		wq_reply_problem(x, 502, "redis_error", "Redis answered with an error: %s", error);
		return;
	}
	if (rc == WQ_ENOMEM || rc == WQ_ETOOBIG) {
		wq_reply_problem(x, 500, "out_of_memory", "the request did not fit into memory");
		return;
	}
	wq_reply_header(x, "Retry-After", wq_str("1"));
	if (rc == WQ_ELOST || rc == WQ_ETIMEDOUT)
		wq_reply_problem(x, 503, "outcome_unknown",
		                 "Redis did not answer in time: nobody knows whether it was done");
	else
		wq_reply_problem(x, 503, "redis_unavailable",
		                 "Redis cannot be reached: nothing was done");
}

void wq_api_reply(struct wq_exchange *x, int status, struct wq_jsonw *w)
{
	if (wq_jsonw_end(w) == 0)
		wq_reply_json(x, status, wq_buf_str(w->out));
	else
		wq_reply_problem(x, 500, "out_of_memory", "the answer did not fit into memory");
	wq_buf_fini(w->out);
}

void wq_api_list_begin(struct wq_jsonw *w, struct wq_buf *body)
{
	wq_buf_init(body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(w, body);
	wq_jsonw_object(w);
	wq_jsonw_key(w, "data");
	wq_jsonw_array(w);
}

void wq_api_list_end(struct wq_jsonw *w, const char *next)
{
	wq_jsonw_array_end(w);
	wq_jsonw_key(w, "next_cursor");
	if (next && *next)
		wq_jsonw_text(w, next);
	else
		wq_jsonw_null(w);
	wq_jsonw_object_end(w);
}

bool wq_api_query_count(struct wq_exchange *x, const char *name, uint64_t min, uint64_t max,
                        uint64_t *value)
{
	struct wq_str text = wq_exchange_query(x, name);
	uint64_t n;

	if (!text.p)
		return true;
	if (wq_str_to_u64(text, max, &n) && n >= min) {
		*value = n;
		return true;
	}
	wq_reply_problem(x, 400, "invalid_parameter",
	                 "%s must be a whole number from %" PRIu64 " to %" PRIu64, name, min, max);
	return false;
}

bool wq_api_query_flag(struct wq_exchange *x, const char *name, bool *value)
{
	struct wq_str text = wq_exchange_query(x, name);

	if (!text.p)
		return true;
	*value = wq_str_is(text, "true") || wq_str_is(text, "1") || text.n == 0;
	if (*value || wq_str_is(text, "false") || wq_str_is(text, "0"))
		return true;
	wq_reply_problem(x, 400, "invalid_parameter", "%s must be true or false", name);
	return false;
}

bool wq_api_body(struct wq_exchange *x, yyjson_doc **doc)
{
	struct wq_str body = wq_exchange_request(x)->body;
	const char *why = "";

	*doc = NULL;
	if (wq_str_trim(body).n == 0)
		return true;
	*doc = wq_json_read(body, WQ_API_JSON_DEPTH_MAX, &why);
	if (*doc && yyjson_is_obj(yyjson_doc_get_root(*doc)))
		return true;
	if (*doc)
		why = "it must be an object";
	wq_json_free(*doc);
	*doc = NULL;
	wq_reply_problem(x, 400, "invalid_json", "the body cannot be read: %s", why);
	return false;
}

bool wq_api_count(struct wq_exchange *x, yyjson_val *body, const char *name, int64_t max,
                  int64_t *value)
{
	yyjson_val *v = wq_json_get(body, name);

	if (!v)
		return true;
	if (yyjson_is_int(v) && wq_json_get_int(body, name, -1) >= 0 &&
	    wq_json_get_int(body, name, -1) <= max) {
		*value = wq_json_get_int(body, name, 0);
		return true;
	}
	wq_reply_problem(x, 400, "invalid_parameter",
	                 "%s must be a whole number from 0 to %" PRId64, name, max);
	return false;
}

bool wq_api_flag(struct wq_exchange *x, yyjson_val *body, const char *name, bool *value)
{
	yyjson_val *v = wq_json_get(body, name);

	if (!v)
		return true;
	if (!yyjson_is_bool(v)) {
		wq_reply_problem(x, 400, "invalid_parameter", "%s must be true or false", name);
		return false;
	}
	*value = yyjson_get_bool(v);
	return true;
}

static bool is_one_of(struct wq_str name, const char *const *names)
{
	for (; *names; names++)
		if (wq_str_is(name, *names))
			return true;
	return false;
}

bool wq_api_members(struct wq_exchange *x, yyjson_val *body, const char *const *names)
{
	yyjson_obj_iter iter;
	yyjson_val *key;

	if (!body || !yyjson_obj_iter_init(body, &iter))
		return true;
	while ((key = yyjson_obj_iter_next(&iter))) {
		struct wq_str name = wq_json_str(key);

		if (is_one_of(name, names))
			continue;
		wq_reply_problem(x, 400, "unknown_member",
		                 "the body has a member \"%.*s\" that means nothing here",
		                 (int)(name.n < WQ_API_ECHO_MAX_BYTES ? name.n
		                                                      : WQ_API_ECHO_MAX_BYTES),
		                 name.p);
		return false;
	}
	return true;
}
