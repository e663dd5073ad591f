/* SPDX-License-Identifier: MIT */
/* receiver.c — which jobs are for us, what it holds of each account, and its end. */
#include "domain/receive/receiver.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/receive/receiving.h"

enum { LATER_MS = 1000 };

static void give(void *call, size_t i, struct wq_receive_item *out)
{
	struct wq_rider *r = wq_convoy_rider(call, i);

	*out = WQ_OWNER(r, struct wq_receiving, rider)->items[0].it;
}

static int start_messages(struct wq_convoy *c, struct wq_convoy_call *call, size_t n,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_reception *at = WQ_OWNER(c, struct wq_reception, messages);
	struct wq_receiver *r = at->receiver;

	return wq_receive_start(&at->keys, &call->cmd, false,
	                        r->o.own_clock ? wq_loop_wall_ms(r->loop) : 0, r->o.keep_s, n, give,
	                        call, cb);
}

struct wq_reception *wq_receiver_reception(struct wq_receiver *r, const struct wq_account *a)
{
	struct wq_map_node *node = wq_map_get(&r->receptions, a->id);
	struct wq_reception *at;

	if (node)
		return WQ_OWNER(node, struct wq_reception, node);
	at = wq_zalloc(sizeof(*at));
	if (!at) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	if (wq_send_keys_init(&at->keys, r->redis, a->id) < 0) {
		(void)WQ_RAISE_MSG(WQ_EINVAL, "an account of this id can't have keys");
		wq_free(at);
		return NULL;
	}
	at->receiver = r;
	wq_convoy_init(&at->messages, r->loop, start_messages);
	snprintf(at->id, sizeof(at->id), "%.*s", WQ_STR_ARG(a->id));
	wq_map_put(&r->receptions, &at->node, wq_str(at->id));
	return at;
}

static void on_closed(struct wq_post *p)
{
	struct wq_receiver *r = WQ_OWNER(p, struct wq_receiver, closed);
	void (*told)(void *ctx) = r->on_closed;
	void *ctx = r->ctx;

	for (size_t i = 0; i < r->receptions.buckets_n; i++)
		while (r->receptions.buckets[i]) {
			struct wq_reception *at = WQ_OWNER(r->receptions.buckets[i],
			                                   struct wq_reception, node);

			wq_map_take(&r->receptions, &at->node);
			wq_convoy_fini(&at->messages);
			wq_free(at);
		}
	wq_map_fini(&r->receptions);
	wq_inbound_reader_fini(&r->reader);
	wq_free(r);
	if (told)
		told(ctx);
}

static void init_metrics(struct wq_receiver *r)
{
	static const char *const labels[WQ_RECEIVING_ENDS] = {
		"outcome=\"received\"", "outcome=\"noted\"", "outcome=\"known\"",
		"outcome=\"passed\"",   "outcome=\"later\"", "outcome=\"failed\"",
	};

	for (size_t i = 0; i < WQ_RECEIVING_ENDS; i++)
		r->ends[i] = (struct wq_metric){
			.name = "willaq_received_total",
			.help = "jobs of what people wrote, and of what is told of them",
			.labels = labels[i],
			.type = WQ_COUNTER
		};
	r->merged = (struct wq_metric){
		.name = "willaq_contacts_merged_total",
		.help = "contacts that turned out to be one person with another",
		.type = WQ_COUNTER
	};
}

int wq_receiver_create(struct wq_receiver **out, struct wq_loop *l, struct wq_redis *redis,
                       const struct wq_accounts *accounts, const struct wq_receiver_opts *o)
{
	struct wq_receiver *r = wq_zalloc(sizeof(*r));
	int rc;

	*out = NULL;
	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_map_init(&r->receptions);
	if (rc < 0) {
		wq_free(r);
		return rc;
	}
	r->loop = l;
	r->redis = redis;
	r->accounts = accounts;
	r->o = *o;
	wq_inbound_reader_init(&r->reader);
	wq_list_init(&r->at_work);
	wq_post_init(&r->closed, l, on_closed);
	init_metrics(r);
	*out = r;
	return 0;
}

void wq_receiver_add_metrics(struct wq_receiver *r, struct wq_metrics *m)
{
	for (size_t i = 0; i < WQ_RECEIVING_ENDS; i++)
		wq_metrics_add(m, &r->ends[i]);
	wq_metrics_add(m, &r->merged);
}

static void on_message(void *ctx, struct wq_task *task)
{
	struct wq_receiver *r = ctx;

	if (r->closing)
		wq_task_delay(task, LATER_MS);
	else
		wq_receiving_start(r, task);
}

void wq_receiver_messages(struct wq_receiver *r, struct wq_handler *out)
{
	*out = (struct wq_handler){ .ctx = r, .run = on_message };
}

/* By its name, and for one of many by what it says it is: 1, 0, or WQ_ENOMEM (raised). */
static int is_ours(const struct wq_job *j)
{
	static const char *const kinds[] = { "user_id", "preference", "contact" };
	yyjson_doc *doc;
	struct wq_str kind;
	bool ours = wq_str_is(j->name, "process-echo") || wq_str_is(j->name, "process-history");
	int rc;

	if (ours || !wq_str_is(j->name, "process-event"))
		return ours;
	rc = wq_json_parse(&doc, j->data, WQ_JOB_JSON_DEPTH_MAX);
	if (rc < 0)
		return rc == WQ_EPARSE ? 0 : rc;
	kind = wq_json_get_str(yyjson_doc_get_root(doc), "kind");
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		ours = ours || wq_str_is(kind, kinds[i]);
	wq_json_free(doc);
	return ours;
}

static void on_event(void *ctx, struct wq_task *task)
{
	struct wq_receiver *r = ctx;
	int ours = is_ours(task->job);

	if (ours > 0)
		on_message(r, task);
	else if (ours == 0)
		r->others.run(r->others.ctx, task);
	else
		wq_task_delay(task, LATER_MS);
}

void wq_receiver_events(struct wq_receiver *r, const struct wq_handler *others,
                        struct wq_handler *out)
{
	r->others = *others;
	*out = (struct wq_handler){ .ctx = r, .run = on_event };
}

void wq_receiver_one_gone(struct wq_receiver *r)
{
	if (r->closing && wq_list_empty(&r->at_work))
		wq_post_send(&r->closed);
}

void wq_receiver_close(struct wq_receiver *r, void (*told)(void *ctx), void *ctx)
{
	if (!r)
		return;
	r->closing = true;
	r->on_closed = told;
	r->ctx = ctx;
	wq_receiver_one_gone(r);
}
