/* SPDX-License-Identifier: MIT */
/* webhook_path_fuzz.c — what a route does with a webhook: its secrets, its keys, its jobs.
 *
 *   input  which provider, then lines: secrets as they are set, the path's name, two headers; the rest is the body
 *
 * Secrets are read or refused with a sentence.  No key but one that was set is right.  A body without its keys is as
 * long, and tells as many updates.  Each update becomes a job that is JSON, with a name and a digest; the same bytes
 * become the same jobs.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/sink/evolution_key.h"
#include "domain/sink/hook.h"
#include "domain/sink/signing.h"
#include "domain/sink/sources.h"

enum { INPUT_MAX_BYTES = 65536, ARENA_MAX_BYTES = 1048576 };
#define NOW_MS 1782000000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void swallow(void *ctx, struct wq_str line) {}

static void check_secrets(struct wq_str text, struct wq_str name)
{
	struct wq_str good[WQ_WEBHOOK_SECRETS_MAX];
	const struct wq_signers *signers;
	struct wq_secrets s;
	struct wq_signing g;
	const char *why;
	int rc = wq_secrets_init(&s, text, &why);
	size_t n;

	WQ_REQUIRE(rc == 0 ? !why && s.n > 0 : rc == WQ_EINVAL && why);
	if (rc == 0) {
		n = wq_secrets_of(&s, name, good);
		for (size_t i = 0; i < n; i++)
			WQ_REQUIRE(good[i].n > 0 && wq_secret_shown(good[i], good, n) == 1);
		WQ_REQUIRE(wq_signing_init(&g, &s) == 0);
		signers = wq_signing_of(&g, name);
		WQ_REQUIRE((signers ? signers->n : 0) == n);
		wq_signing_fini(&g);
	}
	wq_secrets_fini(&s);
}

static void check_source(struct wq_str peer)
{
	const struct wq_source_limits limits = { 1, 1 };
	struct wq_str address = wq_source_forwarded(&peer, 1, 1);
	struct wq_sources s;
	uint32_t retry_s;

	WQ_REQUIRE(!address.p || (address.n > 0 && address.p >= peer.p && address.n <= peer.n));
	WQ_REQUIRE(wq_sources_init(&s, &limits) == 0);
	WQ_REQUIRE(wq_sources_admit(&s, peer, 1, &retry_s) == WQ_SOURCE_OK);
	WQ_REQUIRE(wq_sources_admit(&s, peer, 1, &retry_s) == WQ_SOURCE_MANY && retry_s == 1);
	wq_sources_fini(&s);
}

static void check_keys(struct wq_str apikey, struct wq_str authorization, struct wq_str body)
{
	static const struct wq_str keys[] = { WQ_STR("a key that nobody comes upon: 7f93a1"),
		                              WQ_STR("another: 20c4e8") };
	struct wq_json_pool pool;
	int rc = wq_evolution_header_key(keys, WQ_COUNT(keys), apikey, authorization, NOW_MS);

	WQ_REQUIRE(rc == WQ_KEY_NONE || rc == WQ_KEY_WRONG);
	wq_json_pool_init(&pool);
	rc = wq_evolution_body_key(keys, WQ_COUNT(keys), body, &pool);
	WQ_REQUIRE(rc == WQ_KEY_NONE || rc == WQ_KEY_WRONG);
	wq_json_pool_fini(&pool);
}

static void require_jobs(const struct wq_sink_post *p)
{
	WQ_REQUIRE(p->updates_n <= WQ_WEBHOOK_UPDATES_MAX && p->ids.n <= WQ_WEBHOOK_IDS_MAX_BYTES);
	for (size_t i = 0; i < p->updates_n; i++) {
		const struct wq_sink_update *u = &p->updates[i];
		struct wq_json_pool pool;
		yyjson_val *root;

		WQ_REQUIRE(u->queue < WQ_SINK_QUEUES && u->digest.n == 16);
		WQ_REQUIRE(wq_str_starts(u->name, "process-"));
		WQ_REQUIRE(u->lane.n <= WQ_CONVERSATION_MAX_BYTES);
		wq_json_pool_init(&pool);
		WQ_REQUIRE(wq_json_pool_read(&pool, u->data, WQ_WEBHOOK_DEPTH_MAX + 2, &root) == 0);
		WQ_REQUIRE(yyjson_is_obj(root));
		wq_json_pool_fini(&pool);
	}
}

/* How many updates. */
static size_t check_jobs(enum wq_provider provider, struct wq_str name, struct wq_str body)
{
	const struct wq_webhook webhook = { .body = body,
		                            .business = provider == WQ_PROVIDER_EVOLUTION ? wq_strn(NULL, 0) : name,
		                            .instance = provider == WQ_PROVIDER_EVOLUTION ? name : wq_strn(NULL, 0),
		                            .now_ms = NOW_MS };
	struct wq_inbound_reader reader;
	struct wq_hook one, two;
	size_t n = 0;
	int rc;

	wq_inbound_reader_init(&reader);
	rc = wq_hook_read(&one, &reader, provider, &webhook);
	WQ_REQUIRE(rc == 0 || rc == WQ_ETOOBIG);
	WQ_REQUIRE(wq_hook_read(&two, &reader, provider, &webhook) == rc);
	if (rc == 0) {
		n = one.post.updates_n;
		require_jobs(&one.post);
		WQ_REQUIRE(two.post.updates_n == n && wq_str_eq(one.post.kinds, two.post.kinds));
	}
	for (size_t i = 0; i < n; i++) {
		WQ_REQUIRE(wq_str_eq(one.updates[i].digest, two.updates[i].digest));
		WQ_REQUIRE(wq_str_eq(one.updates[i].data, two.updates[i].data));
	}
	wq_hook_fini(&one);
	wq_hook_fini(&two);
	wq_inbound_reader_fini(&reader);
	return n;
}

static bool is_json(struct wq_str body)
{
	struct wq_json_pool pool;
	yyjson_val *root;
	bool is;

	wq_json_pool_init(&pool);
	is = wq_json_pool_read(&pool, body, WQ_WEBHOOK_DEPTH_MAX, &root) == 0;
	wq_json_pool_fini(&pool);
	return is;
}

/* What is wrong inside a key alone goes with it: such a body says nothing before, and may say something after. */
static void check_evolution(struct wq_str name, struct wq_str body)
{
	struct wq_arena arena;
	struct wq_str kept, again;
	size_t before = check_jobs(WQ_PROVIDER_EVOLUTION, name, body), after;

	wq_arena_init(&arena, ARENA_MAX_BYTES);
	kept = wq_evolution_without_keys(body, &arena);
	WQ_REQUIRE(kept.n == body.n);
	again = wq_evolution_without_keys(kept, &arena);
	WQ_REQUIRE(wq_str_eq(kept, again));
	after = check_jobs(WQ_PROVIDER_EVOLUTION, name, kept);
	WQ_REQUIRE(after == before || !is_json(body));
	wq_arena_fini(&arena);
}

static struct wq_str take_line(struct wq_str *rest)
{
	struct wq_str line = { "", 0 };

	(void)wq_str_next(rest, '\n', &line);
	return line.p ? line : wq_str("");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	struct wq_str rest = wq_strn((const char *)data, size), secrets, name, apikey,
		      authorization;
	enum wq_provider provider;

	if (size == 0 || size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	provider = (enum wq_provider)(data[0] % WQ_PROVIDERS);
	rest = wq_strn(rest.p + 1, rest.n - 1);
	secrets = take_line(&rest);
	name = take_line(&rest);
	apikey = take_line(&rest);
	authorization = take_line(&rest);
	if (!rest.p)
		rest = wq_str("");
	check_secrets(secrets, name);
	check_source(apikey);
	check_keys(apikey, authorization, rest);
	if (provider == WQ_PROVIDER_EVOLUTION)
		check_evolution(name, rest);
	else
		(void)check_jobs(provider, name, rest);
	WQ_REQUIRE(wq_alloc_live() == 0);
	return 0;
}
