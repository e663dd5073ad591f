/* SPDX-License-Identifier: MIT */
/* send_job_fuzz.c — hostile jobs of outbound messages and of statuses, as far as Redis; and what travels with a send.
 *
 *   input  which of the three, then the job's data, or a text that claims to be ours
 *
 * The linker puts us in the place of the call of a script: what would be written is looked at, and refused.  Keys and
 * ids are of plain characters, people are digests, states are words that the record knows; every job ends once, and
 * says why if it will never be sent.  A text that we have not signed is nobody's; one that we have is ours alone.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/account/directory.h"
#include "domain/send/opaque.h"
#include "domain/send/sender.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { INPUT_MAX_BYTES = 65536, TURNS_MAX = 10000, DIGEST_CHARS = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* NOLINTNEXTLINE(bugprone-reserved-identifier): the linker's name for what it wraps. */
int __wrap_wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                           const struct wq_str *argv, size_t argc,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));

static struct {
	struct wq_clock_virtual clock;
	struct wq_loop *loop;
	struct wq_accounts *accounts;
	struct wq_sender *sender;
	struct wq_handler sends, receipts;
	struct wq_task task;
	bool ended, asked;
	struct wq_hmac_key *key;
} f;

static void swallow(void *ctx, struct wq_str line) {}

/* In the worker's place. */

static void end(void)
{
	WQ_REQUIRE(!f.ended);
	f.ended = true;
}

void wq_task_complete(struct wq_task *t, struct wq_str json)
{
	WQ_REQUIRE(json.n > 0 && wq_str_starts(json, "{"));
	end();
}

void wq_task_fail(struct wq_task *t, const struct wq_failure *failure)
{
	WQ_REQUIRE(failure->unrecoverable && failure->reason.n > 0);
	end();
}

void wq_task_delay(struct wq_task *t, int64_t delay_ms)
{
	WQ_REQUIRE(delay_ms > 0);
	end();
}

bool wq_task_is_ours(const struct wq_task *t)
{
	return true;
}

/* In Redis' place. */

static bool is_plain(struct wq_str s, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("{}*?:", s.p[i]))
			return false;
	return s.n > 0 && s.n <= max;
}

static void look_at_claim(const struct wq_str *a)
{
	WQ_REQUIRE(is_plain(a[WQ_SEND_CLAIM_ITEM_ID], WQ_MESSAGE_ID_MAX_BYTES));
	WQ_REQUIRE(is_plain(a[WQ_SEND_CLAIM_ITEM_TO], DIGEST_CHARS));
	WQ_REQUIRE(a[WQ_SEND_CLAIM_ITEM_DATA].n <= WQ_LETTER_DATA_MAX_BYTES);
}

static void look_at_status(const struct wq_str *a)
{
	static const char *const words[] = { "sent",   "delivered", "read",
		                             "played", "failed",    "deleted" };
	bool known = false;

	for (size_t i = 0; i < WQ_COUNT(words); i++)
		known = known || wq_str_is(a[WQ_SEND_STATUS_ITEM_STATE], words[i]);
	WQ_REQUIRE(known);
	WQ_REQUIRE(a[WQ_SEND_STATUS_ITEM_PID].n > 0 &&
	           a[WQ_SEND_STATUS_ITEM_PID].n <= WQ_PROVIDER_ID_MAX_BYTES);
	WQ_REQUIRE(a[WQ_SEND_STATUS_ITEM_ID].n == 0); /* nobody knows our key */
	WQ_REQUIRE(a[WQ_SEND_STATUS_ITEM_PRICE].n <= WQ_LETTER_PRICE_MAX_BYTES);
}

int __wrap_wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                           const struct wq_str *argv, size_t argc,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	if (s == &wq_script_send_claim)
		look_at_claim(argv + 1 + WQ_SEND_CLAIM_ARGS);
	else if (s == &wq_script_send_status)
		look_at_status(argv + 1 + WQ_SEND_STATUS_ARGS);
	else
		return WQ_EAWAY; /* of the accounts, which are not told either */
	f.asked = true;
	return WQ_EFULL;
}

static bool has_ended(void *ctx)
{
	/* It would ask for ever. */
	if (f.asked && !f.ended)
		f.sends.cancel(f.sends.ctx, &f.task, WQ_CANCEL_REQUESTED);
	return f.ended;
}

static void run_job(const struct wq_handler *h, struct wq_str data)
{
	const struct wq_job job = { .id = wq_str("7"), .name = wq_str("send-message"), .data = data,
		                    .opts = wq_str("{}"), .timestamp_ms = 1700000000000 };

	f.task = (struct wq_task){ .job = &job };
	f.ended = f.asked = false;
	h->run(h->ctx, &f.task);
	WQ_REQUIRE(wq_loop_run_until(f.loop, has_ended, NULL, TURNS_MAX) || f.ended);
}

static void check_opaque(struct wq_str text)
{
	char ours[WQ_OPAQUE_MAX_BYTES], id[WQ_MESSAGE_ID_MAX_BYTES + 1];
	struct wq_str got;
	int64_t number;
	size_t n = 0;

	WQ_REQUIRE(wq_opaque_read(text, f.key, &got, &number) == WQ_OPAQUE_FOREIGN);
	for (size_t i = 0; i < text.n && n < WQ_MESSAGE_ID_MAX_BYTES; i++)
		if (text.p[i] > ' ' && text.p[i] <= '~')
			id[n++] = text.p[i];
	id[n] = '\0';
	if (n == 0)
		return;
	WQ_REQUIRE(wq_opaque_write(ours, f.key, wq_str(id), (int64_t)text.n) == 0);
	WQ_REQUIRE(strlen(ours) < sizeof(ours));
	WQ_REQUIRE(wq_opaque_read(wq_str(ours), f.key, &got, &number) == 0);
	WQ_REQUIRE(wq_str_is(got, id) && number == (int64_t)text.n);
	ours[text.n % strlen(ours)] ^= 1;
	WQ_REQUIRE(wq_opaque_read(wq_str(ours), f.key, &got, &number) == WQ_OPAQUE_FOREIGN);
}

static void begin(void)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	static const struct wq_account env[] = {
		{ .id = WQ_STR("c"), .name = WQ_STR("c"), .provider = WQ_PROVIDER_CLOUD,
		  .number = WQ_STR("100001"), .secret = WQ_STR("token"), .base_url = WQ_STR("http://a") },
		{ .id = WQ_STR("e"), .name = WQ_STR("e"), .provider = WQ_PROVIDER_EVOLUTION,
		  .number = WQ_STR("inst"), .secret = WQ_STR("key"), .base_url = WQ_STR("http://a") },
		{ .id = WQ_STR("t"), .name = WQ_STR("t"), .provider = WQ_PROVIDER_TWILIO,
		  .number = WQ_STR("+15550001111"), .user = WQ_STR("AC01"), .secret = WQ_STR("auth"),
		  .base_url = WQ_STR("http://a") },
	};
	struct wq_accounts_opts o = { .redis = (struct wq_redis *)(void *)&f, .prefix = "bull", .env = env,
		                      .env_n = WQ_COUNT(env) };
	struct wq_sender_opts sender;

	wq_log_setup(&quiet);
	wq_clock_virtual_init(&f.clock, 1700000000000);
	WQ_REQUIRE(wq_loop_create(&f.loop, &f.clock) == 0);
	o.loop = f.loop;
	WQ_REQUIRE(wq_accounts_create(&f.accounts, &o) == 0);
	wq_sender_opts_init(&sender);
	WQ_REQUIRE(wq_sender_create(&f.sender, f.loop, NULL, o.redis, f.accounts, &sender) == 0);
	wq_sender_handler(f.sender, &f.sends);
	wq_sender_receipts(f.sender, &f.receipts);
	f.key = wq_hmac_key_create(wq_str("a key that nobody comes upon"));
	WQ_REQUIRE(f.key);
	for (size_t i = 0; i < WQ_COUNT(env); i++) { /* desks stay */
		char hello[96];

		(void)snprintf(hello, sizeof(hello),
		               "{\"account\":\"%s\",\"to\":\"+593991234567\",\"text\":\"hello\"}",
		               env[i].id.p);
		run_job(&f.sends, wq_str(hello));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wq_str text;
	uint64_t live;

	if (!f.loop)
		begin();
	if (size < 1 || size > INPUT_MAX_BYTES)
		return 0;
	live = wq_alloc_live();
	text = wq_strn((const char *)data + 1, size - 1);
	if (data[0] % 3 == 0)
		run_job(&f.sends, text);
	else if (data[0] % 3 == 1)
		run_job(&f.receipts, text);
	else
		check_opaque(text);
	WQ_REQUIRE(wq_alloc_live() == live);
	return 0;
}
