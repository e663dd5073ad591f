/* SPDX-License-Identifier: MIT */
/* webhook.c — `willaq bench webhook`: what a provider posts to a receiver, at a rate of your own. */
#include <inttypes.h>
#include <stdio.h>

#include "app/bench/command.h"
#include "app/bench/hooks.h"
#include "app/bench/post.h"
#include "base/alloc.h"
#include "base/err.h"

enum { CONNECTIONS = 50, PEOPLE = 1000, PEOPLE_MAX = 99999999, DAY_STATUSES = 75 };

struct webhook {
	struct wq_bench_common common;
	struct wq_bench_subject subject;
	struct wq_bench_hooks_opts o;
	struct wq_bench_hooks hooks;
	struct wq_buf secret;
	struct wq_bench_told warm; /* which does not count */
	const char *url;
};

static int write(void *ctx, bool counts, struct wq_buf *head, struct wq_buf *body)
{
	struct webhook *h = ctx;
	const struct wq_clock *clock = wq_clock_system();

	int rc = wq_bench_hooks_next(&h->hooks, clock->wall_ms(clock) / 1000, head, body);

	if (!counts)
		h->warm = h->hooks.stream.told;
	return rc;
}

static enum wq_bench_outcome judge(void *ctx, bool counts, const struct wq_load_call *call,
                                   int *status)
{
	const struct webhook *h = ctx;

	(void)counts;
	(void)status;
	return wq_bench_hooks_taken(&h->hooks, call->status) ? WQ_BENCH_OK : WQ_BENCH_REFUSED;
}

static void facts(void *ctx, struct wq_bench_subject *s)
{
	const struct webhook *h = ctx;
	const struct wq_bench_told *all = &h->hooks.stream.told, *warm = &h->warm;

	wq_bench_fact(s, "messages", "", (double)(all->messages - warm->messages));
	wq_bench_fact(s, "statuses", "", (double)(all->statuses - warm->statuses));
	wq_bench_fact(s, "delivered_again", "", (double)(all->again - warm->again));
	wq_bench_fact(s, "out_of_order", "", (double)(all->late - warm->late));
}

static bool read_stream(struct webhook *h, const struct wq_args *args)
{
	struct wq_bench_stream_opts *o = &h->o.stream;
	uint64_t people = PEOPLE, body = 0;

	o->seed = h->common.plan.seed;
	o->statuses = h->common.plan.shape == WQ_BENCH_DAY ? DAY_STATUSES : 0;
	if (!wq_bench_read_percent(args, "statuses", &o->statuses) ||
	    !wq_bench_read_percent(args, "duplicates", &o->duplicates) ||
	    !wq_bench_read_percent(args, "reorder", &o->reorder) ||
	    !wq_bench_read_count(args, "people", 1, PEOPLE_MAX, &people) ||
	    !wq_bench_read_count(args, "body", 1, WQ_BENCH_BODY_MAX_BYTES, &body))
		return false;
	o->people = (uint32_t)people;
	h->o.body_bytes = body;
	return true;
}

static bool read_secret(struct webhook *h, const struct wq_args *args)
{
	static const char *const what[] = { "the app secret", "its key", "the auth token" };

	if (!wq_bench_read_secret(args, "secret", &h->secret))
		return false;
	h->o.secret = wq_buf_str(&h->secret);
	if (h->secret.n || h->o.provider == WQ_BENCH_EVOLUTION)
		return true;
	fprintf(stderr,
	        "willaq: bench webhook signs what it posts: --secret takes %s (- is a line of stdin, --secret-file a "
	        "file); for a receiver that looks at no signature, any text\n",
	        what[h->o.provider]);
	return false;
}

static bool read_options(struct webhook *h, const struct wq_args *args)
{
	unsigned provider = WQ_BENCH_CLOUD;
	const char *account = wq_args_option(args, "account"),
		   *signed_url = wq_args_option(args, "signed-url");

	h->url = wq_args_option(args, "url");
	if (!h->url || !*h->url) {
		fprintf(stderr,
		        "willaq: bench webhook needs --url, where the receiver takes webhooks: "
		        "--url http://127.0.0.1:8780/webhooks/whatsapp\n");
		return false;
	}
	if (!wq_bench_common_read(&h->common, args, CONNECTIONS) ||
	    !wq_bench_read_word(args, "provider", wq_bench_providers, &provider))
		return false;
	h->o.provider = (enum wq_bench_provider)provider;
	h->o.account = wq_str(account);
	h->o.url = wq_str(signed_url ? signed_url : h->url);
	return read_stream(h, args) && read_secret(h, args);
}

static void describe(struct webhook *h)
{
	struct wq_bench_subject *s = &h->subject;
	const struct wq_bench_stream_opts *o = &h->o.stream;

	*s = (struct wq_bench_subject){ .kind = "webhook",
		                        .what = wq_bench_providers[h->o.provider],
		                        .unit = "webhooks",
		                        .latency = "from due to the receiver's whole answer" };
	wq_bench_setting(s, "body_bytes", "%zu", h->hooks.bytes);
	wq_bench_setting(s, "people", "%" PRIu32, o->people);
	wq_bench_setting(s, "statuses", "%g %%", o->statuses);
	wq_bench_setting(s, "duplicates", "%g %%", o->duplicates);
	wq_bench_setting(s, "reorder", "%g %%", o->reorder);
}

static enum wq_exit post(struct webhook *h, const struct wq_args *args)
{
	struct wq_load_field fields[WQ_BENCH_HOOK_FIELDS];
	struct wq_bench_post p = { .common = &h->common,
		                   .args = args,
		                   .subject = &h->subject,
		                   .url = h->url,
		                   .fields = fields,
		                   .write = write,
		                   .judge = judge,
		                   .facts = facts,
		                   .ctx = h };
	const char *why = NULL;
	char text[128];
	int rc = wq_bench_hooks_init(&h->hooks, &h->o, &why, text);
	enum wq_exit code;

	if (rc < 0) {
		fprintf(stderr, "willaq: %s\n", why);
		return rc == WQ_EINVAL || rc == WQ_ETOOBIG ? WQ_EXIT_USAGE : WQ_EXIT_FAILED;
	}
	p.fields_n = wq_bench_hooks_fields(&h->hooks, fields);
	describe(h);
	code = wq_bench_post(&p);
	wq_bench_hooks_fini(&h->hooks);
	return code;
}

enum wq_exit wq_bench_webhook(const struct wq_settings *s, const struct wq_args *args)
{
	struct webhook *h = wq_zalloc(sizeof(*h));
	enum wq_exit code = WQ_EXIT_USAGE;

	(void)s;
	if (!h) {
		fprintf(stderr, "willaq: out of memory\n");
		return WQ_EXIT_FAILED;
	}
	if (read_options(h, args))
		code = post(h, args);
	if (h->secret.p)
		wq_wipe(h->secret.p, h->secret.cap);
	wq_buf_fini(&h->secret);
	wq_free(h);
	return code;
}
