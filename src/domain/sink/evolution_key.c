/* SPDX-License-Identifier: MIT */
/* evolution_key.c — keys in headers, in tokens, in bodies. */
#include "domain/sink/evolution_key.h"

#include "base/assert.h"
#include "base/base64url.h"
#include "base/err.h"
#include "base/hmac.h"

#define BEARER "Bearer "

enum { TOKEN_MAX_BYTES = 4096, TOKEN_DEPTH_MAX = 8, SKEW_S = 60 };

/* a token */

struct token {
	struct wq_str head, claims, sum; /* as they came */
	struct wq_str text;              /* what was signed */
};

static bool cut(struct token *t, struct wq_str s)
{
	struct wq_str rest = s;

	if (s.n > TOKEN_MAX_BYTES || !wq_str_next(&rest, '.', &t->head) ||
	    !wq_str_next(&rest, '.', &t->claims) || !wq_str_next(&rest, '.', &t->sum))
		return false;
	t->text = wq_strn(s.p, t->head.n + 1 + t->claims.n);
	return t->text.n + 1 + t->sum.n == s.n && t->sum.n > 0;
}

/* 1, 0 or WQ_ENOMEM (raised). */
static int is_signed(const struct token *t, const struct wq_str *keys, size_t keys_n)
{
	unsigned char shown[WQ_SHA256_BYTES], sum[WQ_SHA256_BYTES];
	bool ours = false;

	if (wq_base64url_bytes(t->sum.n) != sizeof(shown) || !wq_base64url_decode(t->sum, shown))
		return 0;
	for (size_t i = 0; i < keys_n; i++) {
		struct wq_hmac_key *key = wq_hmac_key_create(keys[i]);
		int rc = key ? wq_hmac(key, t->text, sum) : WQ_ENOMEM;

		wq_hmac_key_destroy(key);
		if (rc < 0)
			return rc;
		ours = wq_equal_secret(sum, shown, sizeof(sum)) || ours;
	}
	return ours;
}

/* The document in one part of a token; 1: it is there, 0: it is none, or WQ_ENOMEM (raised). */
static int read_part(struct wq_str part, yyjson_doc **out)
{
	char text[TOKEN_MAX_BYTES];
	int rc;

	*out = NULL;
	if (!wq_base64url_decode(part, text))
		return 0;
	rc = wq_json_parse(out, wq_strn(text, wq_base64url_bytes(part.n)), TOKEN_DEPTH_MAX);
	return rc == 0 ? 1 : rc == WQ_ENOMEM ? WQ_RAISE(WQ_ENOMEM) : 0;
}

static int has_right_head(const struct token *t)
{
	yyjson_doc *doc;
	int rc = read_part(t->head, &doc);

	if (rc == 1)
		rc = wq_str_is(wq_json_get_str(yyjson_doc_get_root(doc), "alg"), "HS256");
	wq_json_free(doc);
	return rc;
}

/* One that is good for ever is none of Evolution's. */
static int is_good_now(const struct token *t, int64_t now_ms)
{
	yyjson_doc *doc;
	int rc = read_part(t->claims, &doc);

	if (rc == 1) {
		yyjson_val *claims = yyjson_doc_get_root(doc);
		struct wq_str action = wq_json_get_str(claims, "action");

		rc = wq_json_get_int(claims, "exp", 0) > now_ms / 1000 - SKEW_S &&
		     (!action.p || wq_str_is(action, "webhook"));
	}
	wq_json_free(doc);
	return rc;
}

static int is_token(struct wq_str s, const struct wq_str *keys, size_t keys_n, int64_t now_ms)
{
	struct token t;
	int rc = cut(&t, s) ? is_signed(&t, keys, keys_n) : 0;

	if (rc == 1)
		rc = has_right_head(&t);
	return rc == 1 ? is_good_now(&t, now_ms) : rc;
}

/* headers */

static bool take_bearer(struct wq_str *s)
{
	const size_t n = sizeof(BEARER) - 1;

	if (s->n <= n || !wq_str_is_nocase(wq_strn(s->p, n), BEARER))
		return false;
	*s = wq_str_trim(wq_strn(s->p + n, s->n - n));
	return true;
}

int wq_evolution_header_key(const struct wq_str *keys, size_t keys_n, struct wq_str apikey,
                            struct wq_str authorization, int64_t now_ms)
{
	bool bearer = take_bearer(&authorization);
	int rc = apikey.p ? wq_secret_shown(apikey, keys, keys_n) : 0;

	if (rc == 0 && bearer)
		rc = wq_secret_shown(authorization, keys, keys_n);
	if (rc == 0 && bearer)
		rc = is_token(authorization, keys, keys_n, now_ms);
	if (rc != 0)
		return rc < 0 ? rc : WQ_KEY_RIGHT;
	return apikey.p || bearer ? WQ_KEY_WRONG : WQ_KEY_NONE;
}

/* bodies */

int wq_evolution_body_key(const struct wq_str *keys, size_t keys_n, struct wq_str body,
                          struct wq_json_pool *pool)
{
	static const struct wq_str names[] = { WQ_STR("apikey"), WQ_STR("api_key") };
	yyjson_val *root, *v[WQ_COUNT(names)];
	int rc = wq_json_pool_read(pool, body, WQ_JSON_POOL_DEPTH_MAX, &root);
	bool any = false;

	if (rc != 0)
		return rc == WQ_ENOMEM ? rc : WQ_KEY_NONE;
	wq_json_pick(root, names, WQ_COUNT(names), v);
	for (size_t i = 0; i < WQ_COUNT(names) && rc == 0; i++) {
		struct wq_str shown = wq_json_str(v[i]);

		any = any || shown.n;
		rc = shown.n ? wq_secret_shown(shown, keys, keys_n) : 0;
	}
	wq_json_pool_reset(pool);
	if (rc != 0)
		return rc < 0 ? rc : WQ_KEY_RIGHT;
	return any ? WQ_KEY_WRONG : WQ_KEY_NONE;
}

static size_t skip_spaces(struct wq_str s, size_t at)
{
	while (at < s.n && strchr(" \t\r\n", s.p[at]) && s.p[at])
		at++;
	return at;
}

/* Where the next value of a key begins and ends, from *at on. */
static bool next_key(struct wq_str s, size_t *at, size_t *end)
{
	static const char *const names[] = { "\"apikey\"", "\"api_key\"" };

	for (size_t i = *at; i < s.n; i++) {
		size_t n = 0, from;

		i += wq_str_find(wq_strn(s.p + i, s.n - i), '"');
		for (size_t k = 0; k < WQ_COUNT(names) && n == 0; k++)
			n = wq_str_starts(wq_strn(s.p + i, s.n - i), names[k]) ? strlen(names[k])
			                                                       : 0;
		from = skip_spaces(s, i + n);
		if (n == 0 || from == s.n || s.p[from] != ':')
			continue;
		from = skip_spaces(s, from + 1);
		if (from == s.n || s.p[from] != '"')
			continue;
		for (*at = *end = from + 1; *end < s.n && s.p[*end] != '"'; ++*end)
			*end += s.p[*end] == '\\' && *end + 1 < s.n;
		return true;
	}
	return false;
}

struct wq_str wq_evolution_without_keys(struct wq_str body, struct wq_arena *arena)
{
	size_t at = 0, end;
	char *copy = NULL;

	for (; next_key(body, &at, &end); at = end) {
		if (!copy)
			copy = wq_arena_copy(arena, body);
		if (!copy)
			return wq_strn(NULL, 0);
		memset(copy + at, '*', end - at);
	}
	return copy ? wq_strn(copy, body.n) : body;
}
