/* SPDX-License-Identifier: MIT */
/* change.c — one JSON out of another, member by member. */
#include "domain/subscription/change.h"

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/random.h"

#define ID_PREFIX "sub_"
enum { ID_RANDOM_BYTES = 10 };

int wq_subscription_make_id(char out[WQ_SUB_ID_MAX_BYTES + 1])
{
	unsigned char bytes[ID_RANDOM_BYTES];
	int rc = wq_random_bytes(bytes, sizeof(bytes));

	if (rc < 0)
		return rc;
	memcpy(out, ID_PREFIX, sizeof(ID_PREFIX));
	wq_hex_encode(bytes, sizeof(bytes), out + sizeof(ID_PREFIX) - 1);
	out[sizeof(ID_PREFIX) - 1 + 2 * sizeof(bytes)] = '\0';
	return 0;
}

bool wq_subscription_lacks_secret(yyjson_val *body)
{
	return wq_json_get(body, "url") && !wq_json_get(body, "secret") &&
	       !yyjson_get_bool(wq_json_get(body, "raw"));
}

static bool is_target(const char *name)
{
	for (unsigned i = 0; i < WQ_SUB_TARGETS; i++)
		if (strcmp(name, wq_sub_target_names[i]) == 0)
			return true;
	return false;
}

static bool has_target(yyjson_val *body)
{
	for (unsigned i = 0; i < WQ_SUB_TARGETS; i++)
		if (wq_json_get(body, wq_sub_target_names[i]))
			return true;
	return false;
}

static void write_trusted(struct wq_jsonw *w, yyjson_val *old)
{
	if (!yyjson_get_bool(wq_json_get(old, "trusted")))
		return;
	wq_jsonw_put_bool(w, "trusted", true);
}

static void write_until(struct wq_jsonw *w, int64_t until_ms)
{
	wq_jsonw_put_int(w, "secrets_until", until_ms);
}

/* A secret of one's own takes the place of all that were there, null that of any. */
static void write_secrets(struct wq_jsonw *w, yyjson_val *old, yyjson_val *own, struct wq_str made)
{
	yyjson_val *secrets = wq_json_get(old, "secrets");

	if (own && !yyjson_is_null(own)) {
		wq_jsonw_key(w, "secret");
		wq_jsonw_value(w, own);
	} else if (made.n) {
		wq_jsonw_put_str(w, "secret", made);
	} else if (secrets && !own) {
		wq_jsonw_key(w, "secrets");
		wq_jsonw_value(w, secrets);
		write_until(w, wq_json_get_int(old, "secrets_until", 0));
	}
}

int wq_subscription_merge(struct wq_buf *out, yyjson_val *old, yyjson_val *body,
                          struct wq_str secret)
{
	bool moved = has_target(body);
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	for (size_t i = 0; wq_subscription_members[i]; i++) {
		const char *name = wq_subscription_members[i];
		yyjson_val *v = wq_json_get(body, name);

		if (!v && !(moved && is_target(name)))
			v = wq_json_get(old, name);
		if (!v || yyjson_is_null(v) || strcmp(name, "secret") == 0)
			continue;
		wq_jsonw_key(&w, name);
		wq_jsonw_value(&w, v);
	}
	write_trusted(&w, old);
	write_secrets(&w, old, wq_json_get(body, "secret"), secret);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

static void write_members(struct wq_jsonw *w, const struct wq_subscription *s)
{
	yyjson_val *root = yyjson_doc_get_root(s->doc);

	for (size_t i = 0; wq_subscription_members[i]; i++) {
		yyjson_val *v = wq_json_get(root, wq_subscription_members[i]);

		if (!v || strcmp(wq_subscription_members[i], "secret") == 0)
			continue;
		wq_jsonw_key(w, wq_subscription_members[i]);
		wq_jsonw_value(w, v);
	}
	write_trusted(w, root);
}

int wq_subscription_rotate(struct wq_buf *out, const struct wq_subscription *old,
                           struct wq_str secret, int64_t until_ms)
{
	yyjson_val *before = yyjson_arr_get_first(old->secrets);
	struct wq_jsonw w;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	write_members(&w, old);
	wq_jsonw_put_str(&w, "secret", secret);
	if (before) {
		wq_jsonw_key(&w, "secrets");
		wq_jsonw_array(&w);
		wq_jsonw_value(&w, before);
		wq_jsonw_array_end(&w);
		write_until(&w, until_ms);
	}
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

/* What does not open stays as it is: the key may come back. */
static int seal_anew(const struct wq_seal_ring *ring, const char *place, struct wq_str secret,
                     struct wq_buf *sealed)
{
	struct wq_buf clear;
	int rc;

	wq_buf_init(&clear, WQ_SUB_SPEC_MAX_BYTES);
	rc = wq_seal_open(ring, wq_str(place), secret, &clear);
	if (rc == 0)
		rc = wq_seal(ring, wq_str(place), wq_buf_str(&clear), sealed);
	else if (rc > 0)
		rc = wq_buf_add_str(sealed, secret);
	if (clear.p)
		wq_wipe(clear.p, clear.n);
	wq_buf_fini(&clear);
	return rc;
}

static int seal_one(const struct wq_seal_ring *ring, const char *place, struct wq_str secret,
                    struct wq_buf *sealed)
{
	if (ring->n == 0 || wq_seal_is_current(ring, secret))
		return wq_buf_add_str(sealed, secret);
	if (!wq_seal_is(secret))
		return wq_seal(ring, wq_str(place), secret, sealed);
	return seal_anew(ring, place, secret, sealed);
}

static void write_sealed(struct wq_jsonw *w, const struct wq_seal_ring *ring, const char *place,
                         struct wq_str secret)
{
	struct wq_buf sealed;
	int rc;

	wq_buf_init(&sealed, WQ_SUB_SPEC_MAX_BYTES);
	rc = seal_one(ring, place, secret, &sealed);
	if (rc == 0)
		wq_jsonw_str(w, wq_buf_str(&sealed));
	else if (w->rc == 0)
		w->rc = rc;
	if (sealed.p)
		wq_wipe(sealed.p, sealed.n);
	wq_buf_fini(&sealed);
}

int wq_subscription_keep(struct wq_buf *out, const struct wq_subscription *s,
                         const struct wq_seal_ring *ring)
{
	char place[WQ_SUB_PLACE_MAX_BYTES];
	yyjson_val *each;
	struct wq_jsonw w;
	size_t i, n;

	wq_subscription_place(s->id, place);
	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	write_members(&w, s);
	if (s->secret.n || yyjson_arr_size(s->secrets) > 0) {
		wq_jsonw_key(&w, "secrets");
		wq_jsonw_array(&w);
		if (s->secret.n)
			write_sealed(&w, ring, place, s->secret);
		yyjson_arr_foreach(s->secrets, i, n, each)
		{
			write_sealed(&w, ring, place, wq_json_str(each));
		}
		wq_jsonw_array_end(&w);
		write_until(&w, s->secrets_until_ms);
	}
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

int wq_subscription_judge(struct wq_buf *out, struct wq_str id, struct wq_str asked,
                          const struct wq_seal_ring *ring, const char **why)
{
	struct wq_subscription s;
	size_t before = out->n;
	int rc = wq_subscription_init(&s, id, asked, why);

	if (rc == 0)
		rc = wq_subscription_keep(out, &s, ring);
	if (rc == WQ_ETOOBIG || (rc == 0 && out->n - before > WQ_SUB_SPEC_MAX_BYTES)) {
		*why = "a subscription is described in at most 16 kB";
		rc = WQ_EINVAL;
	}
	wq_subscription_fini(&s);
	return rc;
}
