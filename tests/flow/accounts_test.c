/* SPDX-License-Identifier: MIT */
/* accounts_test.c — accounts on a real Redis: made, changed, ranked, removed; and the directory that follows. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/account/change.h"
#include "domain/account/directory.h"
#include "support/fault.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

#define KEY  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY2 "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_account_keys keys;
static struct wq_accounts *accounts;
static struct wq_seal_ring ring;
static const struct wq_account_ways ways = { .ring = &ring };
static unsigned changes;
static bool closed;

static struct {
	struct wq_redis_cmd cmd;
	bool told;
	int rc;
	int64_t answer;
	char other[80];
} asked;

static bool is_told(void *ctx)
{
	(void)ctx;
	return asked.told;
}

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_str other = { NULL, 0 };

	asked.told = true;
	asked.rc = rc;
	asked.answer = rc == 0 ? wq_account_put_answer(cmd, &other) : 0;
	snprintf(asked.other, sizeof(asked.other), "%.*s", (int)other.n, other.p ? other.p : "");
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	asked.told = true;
	asked.rc = rc;
	asked.answer = rc == 0 ? wq_account_remove_answer(cmd) : 0;
}

static int64_t wait(int started)
{
	if (started < 0)
		return -100 + started;
	WQ_CHECK("told", wq_redis_world_wait(&w, is_told, NULL));
	return asked.rc == 0 ? asked.answer : -200;
}

/* A new account (rev 0), or a change; what the script told. */
static int64_t put(const char *id, int64_t rev, const char *business, const char *rank,
                   const char *state, const char *body)
{
	yyjson_doc *doc = wq_json_read(wq_str(body), 8, NULL);
	struct wq_account_change c;
	int rc = doc ? wq_account_change_init(&c, wq_str(id), NULL, yyjson_doc_get_root(doc), &ways)
	             : WQ_ENOMEM;
	int64_t answer = -300 - rc;

	asked.told = false;
	if (rc == 0) {
		c.put.rev = rev;
		c.put.business = wq_str(business);
		c.put.rank = wq_str(rank);
		c.put.now_ms = 1700000000000;
		wq_account_put_field(&c.put, "state", wq_str(state));
		answer = wait(wq_account_put_start(&keys, &asked.cmd, &c.put, on_put));
	}
	if (doc)
		wq_account_change_fini(&c);
	wq_json_free(doc);
	return answer;
}

static int64_t put_cloud(const char *id, const char *business, const char *name, const char *number)
{
	char body[256];

	snprintf(body, sizeof(body),
	         "{\"provider\":\"cloud\",\"name\":\"%s\",\"phone_number_id\":\"%s\","
	         "\"access_token\":\"EAAB-secret-of-%s\"}",
	         name, number, name);
	return put(id, 0, business, "", "ACTIVE", body);
}

static int64_t remove_one(const char *id)
{
	asked.told = false;
	return wait(wq_account_remove_start(&keys, &asked.cmd, wq_str(id), -1, 1700000000001,
	                                    on_removed));
}

static void on_change(void *ctx)
{
	(void)ctx;
	changes++;
}

static void on_closed(void *ctx)
{
	(void)ctx;
	closed = true;
}

static bool is_closed(void *ctx)
{
	(void)ctx;
	return closed;
}

static bool is_loaded(void *ctx)
{
	(void)ctx;
	return wq_accounts_loaded(accounts);
}

static int open_directory(const struct wq_account *env, unsigned env_n)
{
	const struct wq_accounts_opts o = { .loop = w.loop, .redis = w.redis, .prefix = "{a}x",
		                            .ways = { .ring = &ring }, .env = env, .env_n = env_n,
		                            .on_change = on_change };

	return wq_accounts_create(&accounts, &o);
}

static void close_directory(void)
{
	closed = false;
	wq_accounts_close(accounts, on_closed, NULL);
	WQ_CHECK("closed", wq_redis_world_wait(&w, is_closed, NULL));
	accounts = NULL;
}

static unsigned wanted;

static bool has_followed(void *ctx)
{
	(void)ctx;
	return changes >= wanted;
}

static void follow(void)
{
	wanted = changes + 1;
	wq_accounts_poke(accounts);
	WQ_CHECK("the directory follows", wq_redis_world_wait(&w, has_followed, NULL));
}

static void begin(void)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	wq_redis_world_until_ready(&w);
	wq_account_keys_init(&keys, w.redis, wq_str("{a}x"));
	WQ_CHECK_INT("ring", wq_seal_ring_init(&ring, wq_str(KEY), &(const char *){ NULL }), 0);
}

static void end(void)
{
	wq_seal_ring_fini(&ring);
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

static const char *found(const char *business, const char *hint)
{
	static char text[80];
	const struct wq_account *a;
	int rc = wq_accounts_find(accounts, wq_str(business), wq_str(hint), &a);

	if (rc == 0)
		snprintf(text, sizeof(text), "%.*s", WQ_STR_ARG(a->id));
	else
		snprintf(text, sizeof(text), "%d", rc);
	return text;
}

static const char *rank_of(const char *id)
{
	const struct wq_account *a;

	return wq_accounts_find(accounts, wq_str(NULL), wq_str(id), &a) == 0
	               ? wq_account_rank_names[a->rank]
	               : "none";
}

/* a2, once more. */
static int64_t put_help(int64_t rev, const char *rank, const char *state)
{
	return put("a2", rev, "", rank, state,
	           "{\"provider\":\"cloud\",\"name\":\"Help\",\"phone_number_id\":\"100002\","
	           "\"access_token\":\"x\"}");
}

static void make_three(void)
{
	WQ_CHECK_INT("made", put_cloud("a1", "acme", "Sales", "100001"), 1);
	WQ_CHECK_INT("made", put_cloud("a2", "acme", "Help", "100002"), 1);
	WQ_CHECK_INT("made", put_cloud("b1", "bolt", "Sales", "100003"), 1);
	WQ_CHECK_INT("directory", open_directory(NULL, 0), 0);
}

WQ_TEST(accounts_are_made_and_found)
{
	const struct wq_account *a;

	begin();
	make_three();
	WQ_CHECK_STR("not loaded", found("acme", NULL), "4");
	WQ_CHECK_INT("its number is another's", put_cloud("c1", "cobb", "Sales", "100001"),
	             WQ_ACCOUNT_NUMBER_TAKEN);
	WQ_CHECK_STR("whose", asked.other, "a1");
	WQ_CHECK_INT("its name too", put_cloud("a3", "acme", "Help", "100009"),
	             WQ_ACCOUNT_NAME_TAKEN);
	WQ_CHECK_INT("its id too", put_cloud("a1", "acme", "Other", "100010"), WQ_ACCOUNT_EXISTS);

	WQ_CHECK("loaded", wq_redis_world_wait(&w, is_loaded, NULL));
	WQ_CHECK_INT("all", wq_accounts_count(accounts), 3);
	WQ_CHECK_STR("the first is the primary", found("acme", NULL), "a1");
	WQ_CHECK_STR("by id", found("acme", "a2"), "a2");
	WQ_CHECK_STR("by name, among its own", found("bolt", "Sales"), "b1");
	WQ_CHECK_STR("by number", found("acme", "100002"), "a2");
	WQ_CHECK_STR("a foreign one", found("acme", "b1"), "3");
	WQ_CHECK_STR("a foreign number", found("acme", "100003"), "3");
	WQ_CHECK_STR("no such one", found("acme", "zz"), "2");
	WQ_CHECK_STR("no such business", found("zz", NULL), "1");
	WQ_CHECK_INT("by number",
	             wq_accounts_by_number(accounts, WQ_PROVIDER_CLOUD, wq_str("100003"), &a), 0);
	WQ_CHECK_SLICE("of a webhook", a->id, "b1");
	WQ_CHECK_SLICE("opened", a->secret, "EAAB-secret-of-Sales");
	WQ_CHECK_INT("none of another provider",
	             wq_accounts_by_number(accounts, WQ_PROVIDER_TWILIO, wq_str("100003"), &a),
	             WQ_ACCOUNT_UNKNOWN);
	close_directory();
	end();
}

WQ_TEST(a_business_has_one_primary_and_one_default)
{
	begin();
	make_three();
	WQ_CHECK("loaded", wq_redis_world_wait(&w, is_loaded, NULL));
	WQ_CHECK_INT("another primary", put_help(1, "primary", "ACTIVE"), 2);
	follow();
	WQ_CHECK_STR("one primary", rank_of("a2"), "primary");
	WQ_CHECK_STR("the other is the default still", rank_of("a1"), "default");
	WQ_CHECK_STR("chosen", found("acme", NULL), "a2");
	WQ_CHECK_INT("it cannot step down by itself", put_help(2, "secondary", "ACTIVE"),
	             WQ_ACCOUNT_LAST_RANK);
	WQ_CHECK_INT("changed meanwhile", put_help(1, "", "ACTIVE"), WQ_ACCOUNT_CHANGED);
	WQ_CHECK_INT("suspended", put_help(-1, "", "SUSPENDED"), 3);
	follow();
	WQ_CHECK_STR("the default stands in", found("acme", NULL), "a1");
	WQ_CHECK_INT("removed", remove_one("a1"), 1);
	WQ_CHECK_INT("gone", remove_one("a1"), WQ_ACCOUNT_MISSING);
	follow();
	WQ_CHECK_STR("not found", found("acme", "a1"), "2");
	WQ_CHECK_STR("the heir is both", rank_of("a2"), "primary");
	WQ_CHECK_STR("even suspended", found("acme", NULL), "a2");
	WQ_CHECK_INT("its number is free", put_cloud("a1", "acme", "Sales", "100001"), 1);
	follow();
	WQ_CHECK_STR("there again", found("acme", "a1"), "a1");
	close_directory();
	end();
}

WQ_TEST(the_one_of_the_environment_carries_all_while_it_is_alone)
{
	const struct wq_account env[] = { { .id = WQ_STR("default"), .name = WQ_STR("default"),
		                            .number = WQ_STR("100001"), .secret = WQ_STR("t") } };

	begin();
	WQ_CHECK_INT("directory", open_directory(env, 1), 0);
	WQ_CHECK_STR("by its id at once", found(NULL, "default"), "default");
	WQ_CHECK_STR("for others Redis is asked first", found("acme", NULL), "4");
	WQ_CHECK("loaded", wq_redis_world_wait(&w, is_loaded, NULL));
	WQ_CHECK_STR("any business", found("acme", NULL), "default");
	WQ_CHECK_STR("any name", found("acme", "my-instance"), "default");
	WQ_CHECK_STR("none", found(NULL, NULL), "default");
	WQ_CHECK_INT("made", put_cloud("b1", "bolt", "Sales", "100003"), 1);
	follow();
	WQ_CHECK_STR("not any more", found("acme", NULL), "1");
	WQ_CHECK_STR("nor by any name", found("acme", "my-instance"), "2");
	WQ_CHECK_STR("its own", found("bolt", NULL), "b1");
	WQ_CHECK_STR("who names no business", found(NULL, NULL), "default");
	WQ_CHECK_STR("still by its id", found("acme", "default"), "default");
	close_directory();
	end();
}

WQ_TEST(a_registry_that_is_lost_is_read_anew)
{
	begin();
	WQ_CHECK_INT("made", put_cloud("a1", "acme", "Sales", "100001"), 1);
	WQ_CHECK_INT("made", put_cloud("a2", "acme", "Help", "100002"), 1);
	WQ_CHECK_INT("directory", open_directory(NULL, 0), 0);
	WQ_CHECK("loaded", wq_redis_world_wait(&w, is_loaded, NULL));
	WQ_CHECK_INT("flushed", wq_redis_world_ask(&w, "FLUSHALL"), 0);
	follow();
	WQ_CHECK_INT("nothing is left", wq_accounts_count(accounts), 0);
	WQ_CHECK_INT("made", put_cloud("a9", "acme", "Sales", "100001"), 1);
	follow();
	WQ_CHECK_STR("only the new one", found("acme", NULL), "a9");
	WQ_CHECK_INT("only the new one", wq_accounts_count(accounts), 1);
	close_directory();
	end();
}

WQ_TEST(credentials_that_do_not_open_suspend)
{
	struct wq_seal_ring other;
	const struct wq_account *a;

	begin();
	WQ_CHECK_INT("made", put_cloud("a1", "acme", "Sales", "100001"), 1);
	WQ_CHECK_INT("made", put_cloud("a2", "acme", "Help", "100002"), 1);
	WQ_CHECK_INT("nothing in the clear", wq_redis_world_ask(&w, "HGET wq:{a}:acc:of:a1 sealed"),
	             0);
	WQ_CHECK("sealed", strncmp(w.one.text, "v1:", 3) == 0 && !strstr(w.one.text, "EAAB"));
	WQ_CHECK_INT("a hint", wq_redis_world_ask(&w, "HGET wq:{a}:acc:of:a1 hint"), 0);
	WQ_CHECK_STR("a hint", w.one.text, "ales");
	/* What is a1's does not open as a2's. */
	WQ_CHECK_INT("swapped",
	             wq_redis_world_ask(&w, "EVAL return\tredis.call('HSET',KEYS[2],'sealed',"
	                                    "redis.call('HGET',KEYS[1],'sealed')) "
	                                    "2 wq:{a}:acc:of:a1 wq:{a}:acc:of:a2"),
	             0);
	WQ_CHECK_INT("directory", open_directory(NULL, 0), 0);
	WQ_CHECK("loaded", wq_redis_world_wait(&w, is_loaded, NULL));
	WQ_CHECK_INT("there", wq_accounts_find(accounts, wq_str("acme"), wq_str("a2"), &a), 0);
	WQ_CHECK_INT("suspended", a->state, WQ_ACCOUNT_SUSPENDED);
	WQ_CHECK("it says why", a->why.n > 10 && !a->secret.p);
	close_directory();

	other = ring;
	WQ_CHECK_INT("another key", wq_seal_ring_init(&ring, wq_str(KEY2), &(const char *){ NULL }),
	             0);
	WQ_CHECK_INT("directory", open_directory(NULL, 0), 0);
	WQ_CHECK("loaded", wq_redis_world_wait(&w, is_loaded, NULL));
	WQ_CHECK_INT("there", wq_accounts_find(accounts, wq_str("acme"), wq_str("a1"), &a), 0);
	WQ_CHECK_INT("suspended", a->state, WQ_ACCOUNT_SUSPENDED);
	close_directory();

	WQ_CHECK_INT("both keys",
	             wq_seal_ring_init(&ring, wq_str(KEY2 "," KEY), &(const char *){ NULL }), 0);
	WQ_CHECK_INT("directory", open_directory(NULL, 0), 0);
	WQ_CHECK("loaded", wq_redis_world_wait(&w, is_loaded, NULL));
	WQ_CHECK_INT("there", wq_accounts_find(accounts, wq_str("acme"), wq_str("a1"), &a), 0);
	WQ_CHECK_INT("an old key opens", a->state, WQ_ACCOUNT_ACTIVE);
	close_directory();
	wq_seal_ring_fini(&other);
	end();
}

WQ_TEST_MAIN(WQ_CASE(accounts_are_made_and_found),
             WQ_CASE(a_business_has_one_primary_and_one_default),
             WQ_CASE(the_one_of_the_environment_carries_all_while_it_is_alone),
             WQ_CASE(a_registry_that_is_lost_is_read_anew),
             WQ_CASE(credentials_that_do_not_open_suspend))
