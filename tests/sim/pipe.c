/* SPDX-License-Identifier: MIT */
/* pipe.c — packets between processes and the simulated server, and what goes wrong with them. */
#include "sim/pipe.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/sim_redis.h"

enum { LINE_MAX_BYTES = 120, LEAST_US = 50, MOST_US = 400 };
enum { ARGS_MAX = 4096, PIPE_BYTES = 64 << 20, HOLES = 16, RESET_US = 3000000, REFUSED_US = 2000, CRUMBS = 6 };

enum kind { OPENING, BYTES, ENDING };

struct packet {
	struct wq_list link; /* of its pipe */
	struct sim_event at;
	struct sim_pipe *pipe;
	enum kind kind;
	bool to_server;
	size_t n;
	char p[];
};

struct sim_net sim_net;
struct sim_redis *sim_redis;
static struct wq_list pipes;
static struct sim_event tick;
static struct hole {
	struct sim_proc *proc;
	uint64_t to_server_us, to_process_us;
} holes[HOLES];

static struct hole *hole_of(const struct sim_proc *p)
{
	for (unsigned i = 0; i < HOLES; i++)
		if (holes[i].proc == p)
			return &holes[i];
	return NULL;
}

void sim_net_hole(struct sim_proc *p, bool to_server, bool to_process, uint64_t until_us)
{
	struct hole *h = hole_of(p);

	if (!h)
		h = hole_of(NULL);
	WQ_REQUIRE(h);
	h->proc = p;
	if (to_server)
		h->to_server_us = until_us;
	if (to_process)
		h->to_process_us = until_us;
}

static uint64_t one_way(void)
{
	uint64_t us = sim_between(sim_net.least_us, sim_net.most_us);

	return sim_one_in(sim_net.slow_one_in) ? us * 10 : us;
}

/* Later than all before it of its direction, and than the hole that it falls into. */
static uint64_t arrival(struct sim_pipe *p, bool to_server)
{
	const struct hole *h = hole_of(p->proc);
	uint64_t us = sim.now_us + one_way(), *last = to_server ? &p->out_us : &p->in_us;
	uint64_t hole = !h ? 0 : to_server ? h->to_server_us : h->to_process_us;

	if (us < hole)
		us = hole + one_way();
	if (us <= *last)
		us = *last + 1;
	return *last = us;
}

static void free_packet(struct packet *k)
{
	sim_event_cancel(&k->at);
	wq_list_remove(&k->link);
	wq_free(k);
}

static void free_pipe(struct sim_pipe *p)
{
	WQ_REQUIRE(!p->conn);
	sim_event_cancel(&p->tell);
	while (!wq_list_empty(&p->packets))
		free_packet(WQ_OWNER(p->packets.next, struct packet, link));
	if (p->server)
		sim_redis_disconnect(p->server);
	wq_buf_fini(&p->arrived);
	wq_buf_fini(&p->ready);
	wq_list_remove(&p->of_proc);
	wq_list_remove(&p->of_all);
	wq_free(p);
}

static void on_packet(struct sim_event *e);

/* Called by whoever acts; the memory is the world's. */
static void post(struct sim_pipe *p, enum kind kind, bool to_server, const char *bytes, size_t n)
{
	struct sim_proc *in = sim.in;
	struct packet *k;

	sim.in = NULL;
	k = wq_zalloc(sizeof(*k) + n);
	k->pipe = p;
	k->kind = kind;
	k->to_server = to_server;
	k->n = n;
	if (n > 0)
		memcpy(k->p, bytes, n);
	wq_list_init(&k->link);
	wq_list_push(&p->packets, &k->link);
	sim_event_init(&k->at, NULL, on_packet);
	sim_event_at(&k->at, arrival(p, to_server));
	sim.in = in;
}

static void tell(struct sim_pipe *p)
{
	if (p->conn && !p->tell.queued)
		sim_event_at(&p->tell, sim.now_us);
}

/* The process learns that it is broken; the server that it is gone. */
static void snap(struct sim_pipe *p)
{
	if (p->broken)
		return;
	p->broken = true;
	if (p->server)
		sim_redis_disconnect(p->server);
	p->server = NULL;
	post(p, ENDING, false, NULL, 0);
}

static void answer(struct sim_pipe *p, const char *bytes, size_t n)
{
	size_t part = n;

	if (n == 0 || p->broken)
		return;
	if (p->cut == SIM_CUT_ANSWER)
		part = sim_below(n);
	if (p->cut == SIM_CUT_AFTER)
		part = 0;
	if (p->cut == SIM_CUT_CRUMBS) {
		for (unsigned i = 0; i < CRUMBS && n > 1; i++) {
			size_t crumb = 1 + sim_below(n > 64 ? 64 : n - 1);

			post(p, BYTES, false, bytes, crumb);
			bytes += crumb;
			n -= crumb;
		}
		part = n;
	}
	if (part > 0)
		post(p, BYTES, false, bytes, part);
	if (p->cut == SIM_CUT_ANSWER || p->cut == SIM_CUT_AFTER)
		snap(p);
	p->cut = SIM_CUT_NONE;
}

static void on_push(void *ctx, struct wq_str resp)
{
	struct sim_pipe *p = ctx;

	p->blocked = false;
	if (!p->broken)
		post(p, BYTES, false, resp.p, resp.n);
}

void sim_net_clock(void)
{
	sim_redis_now(sim_redis,
	              (uint64_t)(sim.wall_ms + sim_net.redis_off_ms) * 1000 + sim.now_us);
}

static void arm_tick(void)
{
	uint64_t due = sim_redis_next_us(sim_redis);
	int64_t at = (int64_t)due - (sim.wall_ms + sim_net.redis_off_ms) * 1000;

	if (due == UINT64_MAX)
		sim_event_cancel(&tick);
	else
		sim_event_at(&tick, at > 0 ? (uint64_t)at : 0);
}

static void on_tick(struct sim_event *e)
{
	(void)e;
	sim_net_clock();
	sim_redis_tick(sim_redis);
	arm_tick();
}

/* A decimal behind `mark`, and the line's end; 0: not there yet. */
static size_t read_head(const struct wq_buf *b, size_t at, char mark, size_t *out)
{
	const char *end = memchr(b->p + at, '\n', b->n - at);

	if (!end)
		return 0;
	WQ_REQUIRE(b->p[at] == mark);
	*out = 0;
	for (const char *p = b->p + at + 1; p < end && isdigit((unsigned char)*p); p++)
		*out = 10 * *out + (size_t)(*p - '0');
	return (size_t)(end - b->p) + 1;
}

/* Bytes of the first whole command; 0: there is none. */
static size_t parse(const struct wq_buf *b, struct wq_str *argv, size_t *argc)
{
	size_t at = b->n > 0 ? read_head(b, 0, '*', argc) : 0;

	if (at == 0)
		return 0;
	WQ_REQUIRE(*argc <= ARGS_MAX);
	for (size_t i = 0; i < *argc; i++) {
		size_t n = 0;

		at = at < b->n ? read_head(b, at, '$', &n) : 0;
		if (at == 0 || at + n + 2 > b->n)
			return 0;
		argv[i] = wq_strn(b->p + at, n);
		at += n + 2;
	}
	return at;
}

static void tell_command(const struct sim_pipe *p, const struct wq_str *argv, size_t argc,
                         struct wq_str said)
{
	struct wq_str key = argc > 3 && argv[3].n < LINE_MAX_BYTES ? argv[3] : wq_str("");

	said.n = wq_str_find(said, '\r');
	if (said.n > LINE_MAX_BYTES)
		said.n = LINE_MAX_BYTES;
	sim_tell("%s: %.*s %.*s -> %.*s", p->proc->name, WQ_STR_ARG(argv[0]), WQ_STR_ARG(key),
	         (int)said.n, said.n ? said.p : "");
}

static void carry_out(struct sim_pipe *p)
{
	static struct wq_str argv[ARGS_MAX];
	struct wq_buf out;
	size_t argc = 0, n;

	wq_buf_init(&out, PIPE_BYTES);
	while (p->server && !p->blocked && (n = parse(&p->arrived, argv, &argc)) > 0) {
		sim_net_clock();
		sim_redis_command(p->server, argv, argc, &out);
		if (sim_redis_torn(sim_redis)) {
			sim_faults_torn();
			break;
		}
		sim_net.commands_n++;
		p->blocked = sim_redis_waits(p->server);
		tell_command(p, argv, argc, wq_buf_str(&out));
		if (wq_str_starts(wq_buf_str(&out), "-ERR"))
			sim_fail("%s is told %.*s", p->proc->name, (int)out.n - 2, out.p);
		answer(p, out.p, out.n);
		wq_buf_clear(&out);
		sim_world_commanded(argv, argc);
		wq_buf_consume(&p->arrived, n);
	}
	wq_buf_fini(&out);
	arm_tick();
}

static void accept_it(struct sim_pipe *p)
{
	if (sim_net.down_until_us > sim.now_us) {
		p->broken = true;
		if (!sim_net.silent)
			post(p, ENDING, false, NULL, 0);
		return;
	}
	p->server = sim_redis_connect(sim_redis, on_push, p);
	post(p, OPENING, false, NULL, 0);
}

static void at_server(struct sim_pipe *p, const struct packet *k)
{
	if (k->kind == OPENING) {
		accept_it(p);
	} else if (k->kind == ENDING) {
		if (p->server)
			sim_redis_disconnect(p->server);
		p->server = NULL;
		p->broken = true;
	} else if (p->server && wq_buf_add(&p->arrived, k->p, k->n) == 0) {
		carry_out(p);
	}
}

static void on_packet(struct sim_event *e)
{
	struct packet *k = WQ_OWNER(e, struct packet, at);
	struct sim_pipe *p = k->pipe;

	if (k->to_server) {
		at_server(p, k);
	} else if (p->conn) {
		p->up |= k->kind == OPENING;
		p->down |= k->kind == ENDING;
		if (k->kind == BYTES)
			(void)wq_buf_add(&p->ready, k->p, k->n);
		tell(p);
	}
	free_packet(k);
	if (!p->conn && !p->server && wq_list_empty(&p->packets))
		free_pipe(p);
}

static void on_tell(struct sim_event *e)
{
	struct sim_pipe *p = WQ_OWNER(e, struct sim_pipe, tell);

	if (p->conn)
		sim_conn_told(p->conn);
}

struct sim_pipe *sim_pipe_open(struct wq_redis_conn *conn)
{
	struct sim_proc *in = sim.in;
	struct sim_pipe *p;

	sim.in = NULL;
	p = wq_zalloc(sizeof(*p));
	p->proc = in;
	p->conn = conn;
	wq_list_init(&p->of_proc);
	wq_list_init(&p->of_all);
	wq_list_init(&p->packets);
	wq_list_push(&in->pipes, &p->of_proc);
	wq_list_push(&pipes, &p->of_all);
	wq_buf_init(&p->arrived, PIPE_BYTES);
	wq_buf_init(&p->ready, PIPE_BYTES);
	sim_event_init(&p->tell, in, on_tell);
	sim.in = in;
	if (sim_proc_may_write(in))
		post(p, OPENING, true, NULL, 0);
	return p;
}

void sim_pipe_write(struct sim_pipe *p, const char *bytes, size_t n)
{
	size_t part = n;

	if (!sim_proc_may_write(p->proc) || p->broken)
		return;
	if (p->cut == SIM_CUT_BEFORE)
		part = 0;
	if (p->cut == SIM_CUT_WITHIN)
		part = sim_below(n);
	if (part > 0)
		post(p, BYTES, true, bytes, part);
	if (part == n)
		return;
	sim_tell("%s: a connection breaks behind %zu of %zu bytes", p->proc->name, part, n);
	p->cut = SIM_CUT_NONE;
	post(p, ENDING, true, NULL, 0);
	post(p, ENDING, false, NULL, 0);
}

void sim_pipe_close(struct sim_pipe *p)
{
	p->conn = NULL;
	sim_event_cancel(&p->tell);
	wq_list_remove(&p->of_proc);
	post(p, ENDING, true, NULL, 0);
}

void sim_net_cut(struct sim_proc *p, enum sim_cut cut)
{
	size_t n = 0, at;

	for (struct wq_list *l = p->pipes.next; l != &p->pipes; l = l->next)
		n++;
	at = n ? sim_below(n) : 0;
	for (struct wq_list *l = p->pipes.next; l != &p->pipes; l = l->next)
		if (at-- == 0)
			WQ_OWNER(l, struct sim_pipe, of_proc)->cut = cut;
}

void sim_net_redis_ends(uint64_t until_us)
{
	for (struct wq_list *l = pipes.next; l != &pipes; l = l->next) {
		struct sim_pipe *p = WQ_OWNER(l, struct sim_pipe, of_all);

		if (sim_net.silent && p->server) {
			sim_redis_disconnect(p->server);
			p->server = NULL;
			p->broken = true;
		} else {
			snap(p);
		}
	}
	sim_net.down_until_us = until_us;
}

void sim_net_heal(void)
{
	for (struct wq_list *l = pipes.next; l != &pipes; l = l->next)
		WQ_OWNER(l, struct sim_pipe, of_all)->cut = SIM_CUT_NONE;
	sim_redis_refuse(sim_redis, NULL);
	sim_net.least_us = LEAST_US;
	sim_net.most_us = MOST_US;
	sim_net.slow_one_in = sim_net.down_until_us = 0;
	sim_net.silent = false;
	memset(holes, 0, sizeof(holes));
}

void sim_net_begin(void)
{
	sim_net = (struct sim_net){ .least_us = LEAST_US, .most_us = MOST_US };
	memset(holes, 0, sizeof(holes));
	wq_list_init(&pipes);
	sim_event_init(&tick, NULL, on_tick);
	sim_redis = sim_redis_create();
	sim_net_clock();
}

void sim_net_end(void)
{
	while (!wq_list_empty(&pipes))
		free_pipe(WQ_OWNER(pipes.next, struct sim_pipe, of_all));
	sim_redis_destroy(sim_redis);
	sim_redis = NULL;
}
