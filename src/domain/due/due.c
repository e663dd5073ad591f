/* SPDX-License-Identifier: MIT */
/* due.c — ticks, looks and runs. */
#include "domain/due/due.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"

/* An account where something waits: when the first of it is due. */
struct spot {
	struct wq_map_node node;
	struct wq_heap_node heap; /* key: that moment, ms */
	char id[WQ_ACCOUNT_ID_MAX_BYTES + 1];
};

struct look {
	struct wq_due *due;
	struct wq_redis_cmd cmd;
	bool open;
	char id[WQ_ACCOUNT_ID_MAX_BYTES + 1];
};

struct wq_due {
	struct wq_due_opts o;
	struct wq_due_kind kinds[WQ_DUE_KINDS];
	enum wq_due_set sets[WQ_DUE_KINDS]; /* of the kinds, in their order */
	size_t kinds_n;
	struct wq_map spots;
	struct wq_heap next; /* of spots */
	struct wq_timer timer;
	uint64_t asked_us;   /* when accounts were asked in turn the last time */
	int64_t skew_ms;     /* Redis' clock - the loop's */
	size_t turn;         /* accounts that were asked in turn */
	struct look looks[WQ_DUE_LOOKS];
	struct wq_due_run runs[WQ_DUE_RUNS];
	unsigned running;
	bool started, closing;
	struct wq_post closed;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric looked, ran, late;
};

static int64_t clock_ms(const struct wq_due *d)
{
	return wq_loop_wall_ms(d->o.loop) + (d->o.own_clock ? 0 : d->skew_ms);
}

static void drop_spot(struct wq_due *d, struct spot *s)
{
	wq_map_take(&d->spots, &s->node);
	wq_heap_remove(&d->next, &s->heap);
	wq_free(s);
}

static struct spot *spot_of(struct wq_due *d, const char *id)
{
	struct wq_map_node *node = wq_map_get(&d->spots, wq_str(id));

	return node ? WQ_OWNER(node, struct spot, node) : NULL;
}

static void plan_tick(struct wq_due *d);

/* Something is due there then.  Without memory it is found when the account's turn comes. */
static void put_spot(struct wq_due *d, const char *id, int64_t at_ms)
{
	struct spot *s = spot_of(d, id);

	if (d->closing)
		return;
	if (s && s->heap.key <= (uint64_t)at_ms)
		return;
	if (s) {
		wq_heap_remove(&d->next, &s->heap);
	} else {
		s = wq_zalloc(sizeof(*s));
		if (!s)
			return;
		snprintf(s->id, sizeof(s->id), "%s", id);
		wq_map_put(&d->spots, &s->node, wq_str(s->id));
	}
	wq_heap_insert(&d->next, &s->heap, (uint64_t)at_ms);
	plan_tick(d);
}

static bool runs_already(const struct wq_due *d, const struct wq_due_kind *k, const char *id)
{
	for (size_t i = 0; i < WQ_COUNT(d->runs) && d->running; i++)
		if (d->runs[i].kind == k && strcmp(d->runs[i].account, id) == 0)
			return true;
	return false;
}

static struct wq_due_run *free_run(struct wq_due *d)
{
	for (size_t i = 0; i < WQ_COUNT(d->runs); i++)
		if (!d->runs[i].kind)
			return &d->runs[i];
	return NULL;
}

static void look_later(struct wq_due *d, const char *id)
{
	put_spot(d, id, clock_ms(d) + WQ_DUE_TICK_MS);
}

/* What finds no room, or cannot begin, is due at the next tick as well. */
static void run_kind(struct wq_due *d, const struct wq_due_kind *k, const char *id, int64_t now)
{
	struct wq_due_run *r = free_run(d);

	if (runs_already(d, k, id))
		return;
	if (!r) {
		look_later(d, id);
		return;
	}
	*r = (struct wq_due_run){ .due = d, .clock_ms = now, .now_ms = d->o.own_clock ? now : 0 };
	snprintf(r->account, sizeof(r->account), "%s", id);
	if (wq_send_keys_init(&r->keys, d->o.redis, wq_str(id)) < 0)
		return;
	r->kind = k;
	d->running++;
	wq_metric_count(&d->ran, 1);
	if (k->run(k->ctx, r) < 0) {
		r->kind = NULL;
		d->running--;
		look_later(d, id);
	}
}

static void take_look(struct wq_due *d, const struct look *l)
{
	int64_t now = wq_due_now(&l->cmd), next = INT64_MAX;

	if (!now)
		return;
	d->skew_ms = now - wq_loop_wall_ms(d->o.loop);
	for (size_t i = 0; i < d->kinds_n; i++) {
		int64_t first = wq_due_first(&l->cmd, i);

		if (first < 0)
			continue;
		if (first > now) {
			next = first < next ? first : next;
			continue;
		}
		wq_metric_observe_us(&d->late, (uint64_t)(now - first) * 1000);
		run_kind(d, &d->kinds[i], l->id, now);
	}
	if (next < INT64_MAX)
		put_spot(d, l->id, next);
}

static void on_look(struct wq_redis_cmd *cmd, int rc)
{
	struct look *l = WQ_OWNER(cmd, struct look, cmd);

	l->open = false;
	if (rc == 0)
		take_look(l->due, l);
}

/* False: there is no room for another look now. */
static bool look_at(struct wq_due *d, size_t *at, struct wq_str id)
{
	struct wq_send_keys keys;
	struct look *l;

	while (*at < WQ_COUNT(d->looks) && d->looks[*at].open)
		++*at;
	if (*at == WQ_COUNT(d->looks))
		return false;
	l = &d->looks[(*at)++];
	if (wq_send_keys_init(&keys, d->o.redis, id) < 0)
		return true;
	snprintf(l->id, sizeof(l->id), "%.*s", WQ_STR_ARG(id));
	l->due = d;
	l->open = wq_due_look_start(&keys, &l->cmd, d->o.own_clock ? clock_ms(d) : 0, d->sets,
	                            d->kinds_n, on_look) == 0;
	wq_metric_count(&d->looked, 1);
	return true;
}

static bool is_known(const struct wq_due *d, struct wq_str id)
{
	const struct wq_account *a;

	return wq_accounts_find(d->o.accounts, wq_strn(NULL, 0), id, &a) == 0 &&
	       wq_str_eq(a->id, id);
}

/* Those whose moment has come; the account may be gone by now. */
static void look_at_spots(struct wq_due *d, size_t *at)
{
	int64_t now = clock_ms(d);

	while (d->next.root && d->next.root->key <= (uint64_t)now) {
		struct spot *s = WQ_OWNER(d->next.root, struct spot, heap);

		if (is_known(d, wq_str(s->id)) && !look_at(d, at, wq_str(s->id)))
			return;
		drop_spot(d, s);
	}
}

static void look_in_turn(struct wq_due *d, size_t *at)
{
	size_t all = wq_accounts_count(d->o.accounts), seen = 0;
	const struct wq_account *a;
	const void *where = NULL;

	if (d->turn >= all)
		d->turn = 0;
	while ((a = wq_accounts_next(d->o.accounts, &where))) {
		if (seen++ < d->turn)
			continue;
		if (!look_at(d, at, a->id))
			return;
		d->turn++;
	}
}

static void on_tick(struct wq_timer *t)
{
	struct wq_due *d = WQ_OWNER(t, struct wq_due, timer);
	uint64_t now_us = wq_loop_now_us(d->o.loop);
	size_t at = 0;

	look_at_spots(d, &at);
	if (now_us - d->asked_us >= (uint64_t)WQ_DUE_TICK_MS * 1000) {
		d->asked_us = now_us;
		look_in_turn(d, &at);
	}
	wq_timer_stop(&d->timer);
	plan_tick(d);
}

/* By the timer's own clock, which nobody sets: moments are asked for again a tick later, whatever the other shows. */
static void plan_tick(struct wq_due *d)
{
	uint64_t now_us = wq_loop_now_us(d->o.loop);
	uint64_t at_us = d->asked_us + (uint64_t)WQ_DUE_TICK_MS * 1000;

	if (d->closing || !d->started || !d->kinds_n)
		return;
	if (d->next.root) {
		int64_t ms = (int64_t)d->next.root->key - clock_ms(d);
		uint64_t soon_us = now_us +
		                   (uint64_t)(ms > WQ_DUE_SOON_MS ? ms : WQ_DUE_SOON_MS) * 1000;

		at_us = soon_us < at_us ? soon_us : at_us;
	}
	if (at_us < now_us + WQ_DUE_SOON_MS * 1000)
		at_us = now_us + WQ_DUE_SOON_MS * 1000;
	if (!wq_timer_active(&d->timer) || at_us < d->timer.due_us)
		wq_timer_start_at(&d->timer, at_us);
}

static void on_closed(struct wq_post *p)
{
	struct wq_due *d = WQ_OWNER(p, struct wq_due, closed);
	void (*told)(void *ctx) = d->on_closed;
	void *ctx = d->ctx;

	while (d->next.root)
		drop_spot(d, WQ_OWNER(d->next.root, struct spot, heap));
	wq_map_fini(&d->spots);
	wq_free(d);
	if (told)
		told(ctx);
}

static void init_metrics(struct wq_due *d)
{
	d->looked = (struct wq_metric){ .name = "willaq_due_looks_total",
		                        .help = "times that an account was asked what is due there",
		                        .type = WQ_COUNTER };
	d->ran = (struct wq_metric){ .name = "willaq_due_runs_total",
		                     .help = "times that something due of an account was worked",
		                     .type = WQ_COUNTER };
	d->late = (struct wq_metric){
		.name = "willaq_due_late_seconds",
		.help = "from the moment something was due to when it was taken up",
		.type = WQ_HISTOGRAM
	};
}

int wq_due_create(struct wq_due **out, const struct wq_due_opts *o)
{
	struct wq_due *d = wq_zalloc(sizeof(*d));
	int rc;

	*out = NULL;
	if (!d)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_map_init(&d->spots);
	if (rc < 0) {
		wq_free(d);
		return rc;
	}
	d->o = *o;
	wq_timer_init(&d->timer, o->loop, on_tick);
	wq_post_init(&d->closed, o->loop, on_closed);
	init_metrics(d);
	*out = d;
	return 0;
}

void wq_due_add(struct wq_due *d, const struct wq_due_kind *k)
{
	WQ_REQUIRE(!d->started && d->kinds_n < WQ_COUNT(d->kinds));
	d->sets[d->kinds_n] = k->set;
	d->kinds[d->kinds_n++] = *k;
}

void wq_due_start(struct wq_due *d)
{
	WQ_REQUIRE(!d->started);
	d->started = true;
	d->asked_us = wq_loop_now_us(d->o.loop);
	plan_tick(d);
}

void wq_due_add_metrics(struct wq_due *d, struct wq_metrics *m)
{
	wq_metrics_add(m, &d->looked);
	wq_metrics_add(m, &d->ran);
	wq_metrics_add(m, &d->late);
}

void wq_due_mark(struct wq_due *d, struct wq_str account)
{
	char id[WQ_ACCOUNT_ID_MAX_BYTES + 1];

	if (account.n > WQ_ACCOUNT_ID_MAX_BYTES || d->closing)
		return;
	snprintf(id, sizeof(id), "%.*s", WQ_STR_ARG(account));
	put_spot(d, id, 0);
}

bool wq_due_closing(const struct wq_due *d)
{
	return d->closing;
}

void wq_due_done(struct wq_due_run *r, int rc)
{
	struct wq_due *d = r->due;

	if (rc < 0)
		wq_debug("due_later", WQ_S("kind", r->kind->name), WQ_S("account", r->account),
		         WQ_I("rc", rc));
	r->kind = NULL;
	d->running--;
	if (d->closing && !d->running)
		wq_post_send(&d->closed);
	else if (rc == WQ_DUE_MORE)
		wq_due_mark(d, wq_str(r->account));
	else
		look_later(d, r->account);
}

void wq_due_close(struct wq_due *d, void (*done)(void *ctx), void *ctx)
{
	if (!d)
		return;
	d->closing = true;
	d->on_closed = done;
	d->ctx = ctx;
	wq_timer_stop(&d->timer);
	for (size_t i = 0; i < WQ_COUNT(d->looks); i++)
		if (d->looks[i].open)
			wq_redis_forget(&d->looks[i].cmd);
	if (!d->running)
		wq_post_send(&d->closed);
}
