/* SPDX-License-Identifier: MIT */
/* run.c — a worker for each queue, as the role of a node.
 *
 * It listens only when a port is given: several workers of a machine need no port of their own.
 */
#include "app/worker/run.h"

#include <stdio.h>

#include "app/accounts/part.h"
#include "app/node.h"
#include "app/sending/part.h"
#include "app/worker/connections.h"
#include "app/worker/dry_run.h"
#include "app/worker/plan.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "queue/ordered.h"
#include "queue/push.h"

const struct wq_option wq_worker_command_options[] = {
	{ "noop", NULL, "complete each job at once with null, for measurement" },
	{ "dry-run", NULL, "show what would be worked, and take nothing" },
	{ NULL, NULL, NULL },
};

enum { EVENTS_CLOSE_MS = 1000 };

struct run {
	struct wq_node node;
	struct wq_plan plan;
	struct wq_push *push; /* NULL: jobs are not posted */
	struct wq_crew crew;
	struct wq_accounts_part accounts; /* of our own handlers, as the next */
	struct wq_sending_part sending;
	struct wq_sub_keys subs;
	struct wq_event_line events; /* the node's */
	void (*done)(void *ctx);
	void *ctx;
	struct wq_ref refs[WQ_PLAN_QUEUES_MAX];          /* of ordered */
	struct wq_ordered *ordered[WQ_PLAN_QUEUES_MAX];  /* NULL: jobs run as they come */
};

static struct run *run_of(struct wq_node *n)
{
	return WQ_OWNER(n, struct run, node);
}

static void complete_at_once(void *ctx, struct wq_task *task)
{
	(void)ctx;
	wq_task_complete(task, wq_str("null"));
}

static void on_refused(void *ctx, const char *why)
{
	struct run *r = ctx;

	fprintf(stderr, "willaq: %s\n", why);
	wq_node_stop(&r->node, WQ_EXIT_FAILED);
}

/* Of `queues` of them at once. */
static uint32_t calls_at_once(const struct run *r, unsigned queues)
{
	uint64_t n = (uint64_t)r->plan.o.concurrency * queues;

	return n < WQ_WORKER_CONCURRENCY_MAX ? (uint32_t)n : WQ_WORKER_CONCURRENCY_MAX;
}

static bool sends(const struct run *r)
{
	bool any = false;

	for (unsigned i = 0; i < r->plan.queues_n; i++)
		any = any || wq_str_is(r->plan.queues[i], wq_outbound_queue);
	return any && !r->plan.noop;
}

static void client_opts(struct wq_node *n, struct wq_client_opts *o)
{
	const struct run *r = run_of(n);

	if (r->plan.push)
		wq_connections_for(
			n->settings, calls_at_once(r, r->plan.queues_n), "push_held_up",
			"so many jobs are posted at once; the others wait for a connection "
			"while their --push-timeout runs",
			o);
	else if (sends(r))
		wq_connections_for(n->settings, calls_at_once(r, 1), wq_sends_held_up,
		                   wq_sends_held_up_why, o);
}

static int create_push(struct run *r)
{
	const struct wq_settings *s = r->node.settings;
	const struct wq_push_opts o = { .url = r->plan.push,
		                        .secrets = wq_settings_text(s, WQ_SET_PUSH_SECRET),
		                        .timeout_ms =
		                                (uint32_t)wq_settings_ms(s, WQ_SET_PUSH_TIMEOUT),
		                        .refused = on_refused,
		                        .ctx = r };
	const char *why = NULL;
	int rc = wq_push_create(&r->push, r->node.loop, r->node.client, &o, &why);

	if (why)
		fprintf(stderr, "willaq: --push-secret: %s\n", why);
	if (rc == 0)
		wq_push_add_metrics(r->push, &r->node.metrics);
	return rc;
}

static int choose_handler(struct run *r, unsigned i, struct wq_handler *out)
{
	*out = (struct wq_handler){ .ctx = r, .run = complete_at_once };
	if (r->sending.sender)
		wq_sending_part_handler(&r->sending, r->plan.queues[i], out);
	out->refused = on_refused;
	return r->push ? wq_push_serve(r->push, r->plan.queues[i], out) : 0;
}

static int put_in_order(struct run *r, unsigned i, struct wq_handler *handler)
{
	const struct wq_handler inner = *handler;
	int rc;

	if (!wq_settings_bool(r->node.settings, WQ_SET_ORDERED))
		return 0;
	rc = wq_ref_init(&r->refs[i], r->node.redis, wq_str(r->plan.o.prefix), r->plan.queues[i],
	                 NULL);
	if (rc == 0)
		rc = wq_ordered_create(&r->ordered[i], r->node.loop, &r->refs[i], &inner);
	if (rc == 0)
		wq_ordered_handler(r->ordered[i], handler);
	return rc;
}

static int create_worker(struct run *r, unsigned i)
{
	struct wq_handler handler;
	int rc = choose_handler(r, i, &handler);

	if (rc == 0)
		rc = put_in_order(r, i, &handler);
	return rc == 0 ? wq_crew_add(&r->crew, &r->node, &r->plan.o, r->plan.queues[i], &handler)
	               : rc;
}

static int create_sender(struct run *r)
{
	struct wq_node *n = &r->node;
	struct wq_accounts_opts o = { .loop = n->loop, .redis = n->redis, .prefix = r->plan.o.prefix,
		                      .ways = { .ring = &n->seals } };
	int rc = wq_accounts_part_build(&r->accounts, n->settings, &o);

	if (rc == 0)
		rc = wq_sending_part_build(&r->sending, n, r->accounts.accounts);
	if (rc == 0)
		wq_sender_worker_opts(r->sending.sender, &r->plan.o);
	return rc;
}

static void build_events(struct run *r)
{
	struct wq_node *n = &r->node;

	wq_sub_keys_init(&r->subs, n->redis, wq_str(r->plan.o.prefix));
	r->events = (struct wq_event_line){
		.loop = n->loop,
		.keys = &r->subs,
		.events_max = wq_settings_int(n->settings, WQ_SET_EVENTS_MAX),
		.events_ms = (int64_t)wq_settings_ms(n->settings, WQ_SET_EVENTS_AGE),
	};
	wq_event_line_init(&r->events);
	wq_event_line_add_metrics(&r->events, &n->metrics);
	n->events = &r->events;
}

static int build(struct wq_node *n)
{
	struct run *r = run_of(n);
	int rc;

	build_events(r);
	rc = r->plan.push ? create_push(r) : r->plan.noop ? 0 : create_sender(r);
	for (unsigned i = 0; i < r->plan.queues_n && rc == 0; i++)
		rc = create_worker(r, i);
	return rc;
}

static void on_accounts_closed(void *ctx)
{
	struct run *r = ctx;

	r->node.events = NULL;
	wq_event_line_close(&r->events, EVENTS_CLOSE_MS, r->done, r->ctx);
}

static void on_sending_closed(void *ctx)
{
	struct run *r = ctx;

	if (!wq_accounts_part_close(&r->accounts, on_accounts_closed, r))
		on_accounts_closed(r);
}

static void on_crew_closed(void *ctx)
{
	struct run *r = ctx;

	if (!wq_sending_part_close(&r->sending, on_sending_closed, r))
		on_sending_closed(r);
}

static bool close_workers(struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	struct run *r = run_of(n);

	if (!n->events)
		return false;
	r->done = done;
	r->ctx = ctx;
	if (!wq_crew_close(&r->crew, n, on_crew_closed, r))
		on_crew_closed(r);
	return true;
}

static void tell(const struct run *r)
{
	printf("working  ");
	for (unsigned i = 0; i < r->plan.queues_n; i++)
		printf(" %s:%.*s", r->plan.o.prefix, WQ_STR_ARG(r->plan.queues[i]));
	printf("\n");
	fflush(stdout);
}

static enum wq_exit run_node(struct run *r, const struct wq_settings *s)
{
	static const struct wq_node_role role = {
		.name = "worker", .redis = true, .client = true, .client_opts = client_opts, .build = build,
		.close = close_workers
	};
	enum wq_exit code = WQ_EXIT_FAILED;

	if (wq_node_init(&r->node, &role, s, NULL) == 0) {
		bool listens = wq_settings_given(s, WQ_SET_PORT) ||
		               wq_settings_given(s, WQ_SET_UNIX_SOCKET);

		tell(r);
		code = !listens || wq_node_listen(&r->node) ? wq_node_run(&r->node) : WQ_EXIT_USAGE;
	}
	wq_node_fini(&r->node);
	for (unsigned i = 0; i < r->plan.queues_n; i++) {
		wq_ordered_destroy(r->ordered[i]);
		wq_ref_fini(&r->refs[i]);
	}
	wq_push_destroy(r->push);
	wq_accounts_part_fini(&r->accounts);
	return code;
}

enum wq_exit wq_worker_command_run(const struct wq_settings *s, const struct wq_args *args)
{
	struct run r = { .push = NULL };

	if (!wq_plan_read(&r.plan, s, wq_args_option(args, "noop") != NULL))
		return WQ_EXIT_USAGE;
	if (wq_args_option(args, "dry-run"))
		return wq_dry_run(&r.plan, s);
	if (!wq_plan_has_work(&r.plan))
		return WQ_EXIT_USAGE;
	return run_node(&r, s);
}
