/* SPDX-License-Identifier: MIT */
/* hook.c — a webhook goes to one of the sinks; what is not answered 200 in time is posted again, to any of them. */
#include "sim/hook.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/hmac.h"
#include "sim/world.h"

enum { SINKS_MAX = 4, PATIENCE_US = 10000000, AGAIN_US = 3000000, TAKEN_MAX = 4096, ID_BYTES = 96 };

struct hook {
	struct wq_list link;
	struct sim_event go;      /* of the world: it is posted */
	struct sim_event at_sink; /* of a sink's process */
	struct sim_event answered, late; /* of the world */
	struct sim_proc *sink;
	unsigned try; /* answers to others are nobody's */
	int status;
	char id[ID_BYTES];
	size_t n;
	char body[];
};

static struct wq_list hooks;
static struct listener {
	struct sim_proc *proc;
	struct wq_server *server;
	unsigned lives;
} listeners[SINKS_MAX];
static size_t listeners_n;
static struct taken {
	char id[ID_BYTES];
	uint64_t at_us;
} taken[TAKEN_MAX];
static size_t taken_n;

/* Tries that are out, by their serial: an answer finds the hook, or nobody. */
enum { TRIES_MAX = 1 << 12 };
static struct hook *tries[TRIES_MAX];
static unsigned serial;

void sim_hooks_listen(struct sim_proc *p, struct wq_server *s)
{
	for (size_t i = 0; i < listeners_n; i++)
		if (listeners[i].proc == p) {
			listeners[i].server = s;
			listeners[i].lives = p->lives;
			return;
		}
	WQ_REQUIRE(listeners_n < SINKS_MAX);
	listeners[listeners_n++] = (struct listener){ p, s, p->lives };
}

static struct listener *listener_of(const struct sim_proc *p)
{
	for (size_t i = 0; i < listeners_n; i++)
		if (listeners[i].proc == p)
			return &listeners[i];
	return NULL;
}

static void end(struct hook *h)
{
	sim_event_cancel(&h->go);
	sim_event_cancel(&h->at_sink);
	sim_event_cancel(&h->answered);
	sim_event_cancel(&h->late);
	if (tries[h->try % TRIES_MAX] == h)
		tries[h->try % TRIES_MAX] = NULL;
	wq_list_remove(&h->link);
	wq_free(h);
}

static void again(struct hook *h)
{
	sim_event_cancel(&h->at_sink);
	sim_event_cancel(&h->answered);
	sim_event_cancel(&h->late);
	if (tries[h->try % TRIES_MAX] == h)
		tries[h->try % TRIES_MAX] = NULL;
	sim_event_at(&h->go, sim.now_us + sim_between(AGAIN_US / 10, AGAIN_US));
}

static void on_late(struct sim_event *e)
{
	again(WQ_OWNER(e, struct hook, late));
}

static void on_answered(struct sim_event *e)
{
	struct hook *h = WQ_OWNER(e, struct hook, answered);

	sim_tell("webhook %s: %d", h->id, h->status);
	if (h->status != 200) {
		again(h);
		return;
	}
	WQ_REQUIRE(taken_n < TAKEN_MAX);
	snprintf(taken[taken_n].id, ID_BYTES, "%s", h->id);
	taken[taken_n++].at_us = sim.now_us;
	end(h);
}

/* Inside the sink. */
static void on_done(void *ctx, int status)
{
	unsigned try = (unsigned)(uintptr_t)ctx;
	struct hook *h = tries[try % TRIES_MAX];

	if (!h || h->try != try || !sim_proc_may_write(sim.in))
		return;
	h->status = status;
	sim_event_at(&h->answered, sim.now_us + sim_between(50, 3000));
}

static void on_sink(struct sim_event *e)
{
	struct hook *h = WQ_OWNER(e, struct hook, at_sink);
	struct listener *l = listener_of(h->sink);
	unsigned char sum[WQ_SHA256_BYTES];
	char signature[7 + 2 * WQ_SHA256_BYTES + 1] = "sha256=";
	struct wq_hmac_key *key = wq_hmac_key_create(wq_str(SIM_WEBHOOK_SECRET));

	(void)wq_hmac(key, wq_strn(h->body, h->n), sum);
	wq_hmac_key_destroy(key);
	wq_hex_encode(sum, sizeof(sum), signature + 7);
	sim_server_give(l->server, "/webhooks/whatsapp", wq_str(signature), wq_strn(h->body, h->n),
	                on_done, (void *)(uintptr_t)h->try);
}

static void on_go(struct sim_event *e)
{
	struct hook *h = WQ_OWNER(e, struct hook, go);
	struct listener *l = &listeners[sim_below(listeners_n)];

	h->try = ++serial;
	if (!sim_proc_lives(l->proc) || l->lives != l->proc->lives) {
		again(h);
		return;
	}
	h->sink = l->proc;
	tries[h->try % TRIES_MAX] = h;
	sim_event_init(&h->at_sink, l->proc, on_sink);
	sim_event_at(&h->at_sink, sim.now_us + sim_between(100, 5000));
	sim_event_at(&h->late, sim.now_us + PATIENCE_US);
}

void sim_hook_write(char out[SIM_HOOK_BYTES], const char *members)
{
	int n = snprintf(
		out, SIM_HOOK_BYTES,
		"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"W1\",\"changes\":"
		"[{\"field\":\"messages\",\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":"
		"{\"display_phone_number\":\"15550001111\",\"phone_number_id\":\"100001\"},%s}}]}]}",
		members);

	WQ_REQUIRE(n > 0 && n < SIM_HOOK_BYTES);
}

void sim_hook_post(uint64_t delay_us, const char *id, struct wq_str body)
{
	struct hook *h = wq_zalloc(sizeof(*h) + body.n);

	snprintf(h->id, sizeof(h->id), "%s", id);
	memcpy(h->body, body.p, body.n);
	h->n = body.n;
	wq_list_init(&h->link);
	wq_list_push(&hooks, &h->link);
	sim_event_init(&h->go, NULL, on_go);
	sim_event_init(&h->at_sink, NULL, on_sink);
	sim_event_init(&h->answered, NULL, on_answered);
	sim_event_init(&h->late, NULL, on_late);
	sim_event_at(&h->go, sim.now_us + delay_us);
}

void sim_hooks_begin(void)
{
	wq_list_init(&hooks);
	memset(tries, 0, sizeof(tries));
	taken_n = listeners_n = 0;
	serial = 0;
}

void sim_hooks_end(void)
{
	while (!wq_list_empty(&hooks))
		end(WQ_OWNER(hooks.next, struct hook, link));
}

size_t sim_hooks_open(void)
{
	size_t n = 0;

	for (struct wq_list *l = hooks.next; l != &hooks; l = l->next)
		n++;
	return n;
}

const char *sim_hook_taken(size_t i, uint64_t *at_us)
{
	if (i >= taken_n)
		return NULL;
	*at_us = taken[i].at_us;
	return taken[i].id;
}
