/* SPDX-License-Identifier: MIT */
/* evolution_key_test.c — keys in headers and tokens, in bodies, and out of what is kept, by tables; without memory. */
#include "domain/sink/evolution_key.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/base64url.h"
#include "base/err.h"
#include "base/hmac.h"
#include "support/fault.h"
#include "support/test.h"

#define NOW_MS 1782000000000
#define HEAD   "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define CLAIMS "{\"iat\":1782000000,\"exp\":1782000600,\"app\":\"evolution\",\"action\":\"webhook\"}"

enum { TOKEN_BYTES = 1024 };

static const struct wq_str keys[] = { WQ_STR("first key"), WQ_STR("second") };

/* "Bearer HEAD.CLAIMS.SUM" */
static void sign(const char *key, const char *head, const char *claims, char out[TOKEN_BYTES])
{
	struct wq_hmac_key *k = wq_hmac_key_create(wq_str(key));
	unsigned char sum[WQ_SHA256_BYTES];
	struct wq_buf b;

	wq_buf_init(&b, TOKEN_BYTES);
	WQ_CHECK_INT("head", wq_base64url_encode(head, strlen(head), &b), 0);
	WQ_CHECK_INT("dot", wq_buf_add_char(&b, '.'), 0);
	WQ_CHECK_INT("claims", wq_base64url_encode(claims, strlen(claims), &b), 0);
	WQ_CHECK_INT("sum", wq_hmac(k, wq_buf_str(&b), sum), 0);
	WQ_CHECK_INT("dot", wq_buf_add_char(&b, '.'), 0);
	WQ_CHECK_INT("sum", wq_base64url_encode(sum, sizeof(sum), &b), 0);
	snprintf(out, TOKEN_BYTES, "bearer %.*s", WQ_STR_ARG(wq_buf_str(&b)));
	wq_buf_fini(&b);
	wq_hmac_key_destroy(k);
}

static int judge(const char *apikey, const char *authorization)
{
	return wq_evolution_header_key(keys, WQ_COUNT(keys), wq_str(apikey), wq_str(authorization),
	                               NOW_MS);
}

WQ_TEST(headers)
{
	static const struct {
		const char *apikey, *authorization;
		enum wq_key_shown want;
	} rows[] = {
		{ NULL, NULL, WQ_KEY_NONE },
		{ "first key", NULL, WQ_KEY_RIGHT },
		{ "second", NULL, WQ_KEY_RIGHT },
		{ "first", NULL, WQ_KEY_WRONG },
		{ "", NULL, WQ_KEY_WRONG },
		{ NULL, "Bearer second", WQ_KEY_RIGHT },
		{ NULL, "bEARER  first key ", WQ_KEY_RIGHT },
		{ NULL, "Bearer third", WQ_KEY_WRONG },
		{ NULL, "Bearer ", WQ_KEY_NONE },
		{ NULL, "second", WQ_KEY_NONE },
		{ NULL, "Basic c2Vjb25kOg==", WQ_KEY_NONE },
		{ "wrong", "Bearer second", WQ_KEY_RIGHT },
		{ "second", "Bearer wrong", WQ_KEY_RIGHT },
		{ "wrong", "Basic c2Vjb25kOg==", WQ_KEY_WRONG },
	};

	for (size_t i = 0; i < WQ_COUNT(rows); i++)
		WQ_CHECK_INT(rows[i].apikey ? rows[i].apikey : "none",
		             judge(rows[i].apikey, rows[i].authorization), rows[i].want);
}

WQ_TEST(tokens)
{
	static const struct {
		const char *what, *key, *head, *claims;
		enum wq_key_shown want;
	} rows[] = {
		{ "as Evolution makes it", "second", HEAD, CLAIMS, WQ_KEY_RIGHT },
		{ "without action", "second", HEAD, "{\"exp\":1782000600}", WQ_KEY_RIGHT },
		{ "a minute late", "second", HEAD, "{\"exp\":1781999941}", WQ_KEY_RIGHT },
		{ "later", "second", HEAD, "{\"exp\":1781999940}", WQ_KEY_WRONG },
		{ "for ever", "second", HEAD, "{}", WQ_KEY_WRONG },
		{ "exp is text", "second", HEAD, "{\"exp\":\"1782000600\"}", WQ_KEY_WRONG },
		{ "for something else", "second", HEAD, "{\"exp\":1782000600,\"action\":\"login\"}",
		  WQ_KEY_WRONG },
		{ "another key", "third", HEAD, CLAIMS, WQ_KEY_WRONG },
		{ "unsigned", "second", "{\"alg\":\"none\"}", CLAIMS, WQ_KEY_WRONG },
		{ "another sum", "second", "{\"alg\":\"HS512\"}", CLAIMS, WQ_KEY_WRONG },
		{ "no object", "second", "[]", CLAIMS, WQ_KEY_WRONG },
		{ "no JSON", "second", HEAD, "exp", WQ_KEY_WRONG },
		{ "deep", "second", HEAD, "[[[[[[[[[[[[[[]]]]]]]]]]]]]]", WQ_KEY_WRONG },
	};
	char token[TOKEN_BYTES];
	size_t n;

	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		sign(rows[i].key, rows[i].head, rows[i].claims, token);
		WQ_CHECK_INT(rows[i].what, judge(NULL, token), rows[i].want);
	}
	sign("second", HEAD, CLAIMS, token);
	n = strlen(token);
	for (size_t i = sizeof("bearer ") - 1; i < n; i++) {
		char was = token[i];

		token[i] = was == 'A' ? 'B' : 'A';
		WQ_CHECK_INT("one letter is another", judge(NULL, token), WQ_KEY_WRONG);
		token[i] = was;
		WQ_CHECK_INT("cut",
		             wq_evolution_header_key(keys, 2, wq_strn(NULL, 0), wq_strn(token, i),
		                                     NOW_MS),
		             i < 8 ? WQ_KEY_NONE : WQ_KEY_WRONG);
	}
	token[n] = '.';
	token[n + 1] = '\0';
	WQ_CHECK_INT("a dot more", judge(NULL, token), WQ_KEY_WRONG);
}

WQ_TEST(bodies)
{
	static const struct {
		const char *body;
		enum wq_key_shown want;
	} rows[] = {
		{ "{\"event\":\"a\",\"apikey\":\"second\"}", WQ_KEY_RIGHT },
		{ "{\"api_key\":\"first key\"}", WQ_KEY_RIGHT },
		{ "{\"apikey\":\"\\u0073econd\"}", WQ_KEY_RIGHT },
		{ "{\"apikey\":\"wrong\",\"api_key\":\"second\"}", WQ_KEY_RIGHT },
		{ "{\"apikey\":\"second\",\"apikey\":\"wrong\"}",
		  WQ_KEY_WRONG }, /* the last counts */
		{ "{\"apikey\":\"Second\"}", WQ_KEY_WRONG },
		{ "{\"apikey\":null}", WQ_KEY_NONE },
		{ "{\"apikey\":[\"second\"]}", WQ_KEY_NONE },
		{ "{\"apikey\":\"\",\"api_key\":\"\"}", WQ_KEY_NONE },
		{ "{\"data\":{\"apikey\":\"second\"}}", WQ_KEY_NONE },
		{ "[\"apikey\",\"second\"]", WQ_KEY_NONE },
		{ "{\"apikey\":\"second\"", WQ_KEY_NONE },
		{ "apikey=second", WQ_KEY_NONE },
		{ "", WQ_KEY_NONE },
	};
	struct wq_json_pool pool;

	wq_json_pool_init(&pool);
	for (size_t i = 0; i < WQ_COUNT(rows); i++)
		WQ_CHECK_INT(rows[i].body,
		             wq_evolution_body_key(keys, WQ_COUNT(keys), wq_str(rows[i].body),
		                                   &pool),
		             rows[i].want);
	wq_json_pool_fini(&pool);
}

WQ_TEST(what_is_kept)
{
	static const struct {
		const char *body, *kept; /* NULL: as it is */
	} rows[] = {
		{ "{\"a\":1,\"apikey\":\"secret\",\"b\":2}",
		  "{\"a\":1,\"apikey\":\"******\",\"b\":2}" },
		{ "{\"apikey\" :\n \"a\\\"b\\\\\",\"c\":\"d\"}",
		  "{\"apikey\" :\n \"******\",\"c\":\"d\"}" },
		{ "{\"api_key\":\"x\",\"data\":{\"apikey\":\"yy\"}}",
		  "{\"api_key\":\"*\",\"data\":{\"apikey\":\"**\"}}" },
		{ "{\"apikey\":\"\"}", "{\"apikey\":\"\"}" },
		{ "{\"apikey\":\"never ends", "{\"apikey\":\"**********" },
		{ "{\"apikey\":\"ends in\\", "{\"apikey\":\"********" },
		{ "{\"apikey\":null,\"text\":\"\\\"apikey\\\":\\\"mine\\\"\"}", NULL },
		{ "{\"text\":\"apikey\",\"b\":\"c\"}", NULL },
		{ "{\"apikeys\":\"a\",\"xapikey\":\"b\"}", NULL },
		{ "{\"apikey\":", NULL },
		{ "{\"apikey\"", NULL },
		{ "\"", NULL },
		{ "", NULL },
	};
	struct wq_arena arena;

	wq_arena_init(&arena, 65536);
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		struct wq_str body = wq_str(rows[i].body),
			      kept = wq_evolution_without_keys(body, &arena);

		WQ_CHECK(rows[i].body, wq_str_is(kept, rows[i].kept ? rows[i].kept : rows[i].body));
		WQ_CHECK(rows[i].body, rows[i].kept || kept.p == body.p);
	}
	wq_arena_fini(&arena);
	wq_arena_init(&arena, 0);
	WQ_CHECK("no room", !wq_evolution_without_keys(wq_str(rows[0].body), &arena).p);
	wq_arena_fini(&arena);
}

static char token_of_sweep[TOKEN_BYTES];

static void run_without_memory(void)
{
	int rc = judge("wrong", token_of_sweep);
	struct wq_json_pool pool;

	WQ_CHECK("right, or nobody knows", rc == WQ_KEY_RIGHT || rc == WQ_ENOMEM);
	wq_json_pool_init(&pool);
	rc = wq_evolution_body_key(keys, WQ_COUNT(keys), wq_str("{\"apikey\":\"second\"}"), &pool);
	WQ_CHECK("right, or nobody knows", rc == WQ_KEY_RIGHT || rc == WQ_ENOMEM);
	wq_json_pool_fini(&pool);
}

WQ_TEST(without_memory)
{
	sign("second", HEAD, CLAIMS, token_of_sweep);
	WQ_CHECK("runs", wq_fault_sweep("evolution key", run_without_memory, 100).runs > 3);
}

WQ_TEST_MAIN(WQ_CASE(headers), WQ_CASE(tokens), WQ_CASE(bodies), WQ_CASE(what_is_kept),
             WQ_CASE(without_memory))
