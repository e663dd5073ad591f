/* SPDX-License-Identifier: MIT */
/* ops_producer.c — adding jobs: queue/producer.h.
 *
 *   add      {job: {name, data: text, opts}}   → id
 *   addBulk  {jobs: […]}                       → [id, …]
 *   addFlow  {tree}                            → [id, [child, …], …], in the shape of the tree
 */
#include "base/arena.h"
#include "driver/driver.h"
#include "queue/flow_tree.h"
#include "queue/job_opts.h"
#include "queue/producer.h"

enum { ARENA_MAX_BYTES = 64 << 20, ITEMS_MAX = 1000 };

struct one {
	struct wq_add add;
	struct driver *d;
};

struct many {
	struct wq_add_all all;
	struct driver *d;
	yyjson_val *tree; /* of a flow */
};

static void write_outcome(struct driver *d, const struct wq_add_outcome *o)
{
	if (o->code >= 0) {
		wq_jsonw_str(&d->out, o->id);
		return;
	}
	wq_jsonw_object(&d->out);
	wq_jsonw_key(&d->out, "error");
	wq_jsonw_int(&d->out, o->code);
	wq_jsonw_object_end(&d->out);
}

static void on_added(struct wq_add *a, int rc)
{
	struct driver *d = ((struct one *)(void *)a)->d;

	if (rc != 0)
		driver_refuse(d, 0, a->error);
	else if (a->outcome.code < 0)
		driver_refuse(d, a->outcome.code, NULL);
	else
		write_outcome(d, &a->outcome);
	driver_done(d, rc);
}

/* False: refused. */
static bool read_job(struct driver *d, yyjson_val *job, struct wq_add_item *item,
                     struct wq_arena *arena)
{
	const char *why = NULL;

	*item = (struct wq_add_item){ .base = wq_ref_base(&d->ref),
		                      .name = wq_json_get_str(job, "name"),
		                      .data = wq_json_get_str(job, "data") };
	if (wq_job_opts_read(item, wq_json_get(job, "opts"), NULL, arena, &why) == 0)
		return true;
	driver_refuse(d, 0, why);
	return false;
}

static struct wq_producer *producer(struct driver *d)
{
	struct wq_producer *p;

	if (wq_producer_create(&p, d->loop, d->redis) < 0)
		driver_die("producer", 0);
	return p;
}

static void on_closed(void *ctx)
{
	driver_done(ctx, 0);
}

static void close_producer(struct driver *d, struct wq_producer *p)
{
	wq_producer_close(p, on_closed, d);
	driver_wait(d);
}

static void op_add(struct driver *d, yyjson_val *request)
{
	struct wq_producer *p = producer(d);
	struct one one = { .d = d };
	struct wq_arena arena;

	wq_arena_init(&arena, ARENA_MAX_BYTES);
	if (read_job(d, wq_json_get(request, "job"), &one.add.item, &arena)) {
		if (wq_producer_add(p, &one.add, on_added) < 0)
			driver_refuse(d, 0, "not taken");
		else
			driver_wait(d);
	}
	close_producer(d, p);
	wq_arena_fini(&arena);
}

/* As many outcomes as the tree has jobs, parents first: level by level, as they were added. */
struct shape {
	struct driver *d;
	const struct wq_add_item *items;
	const struct wq_add_outcome *outcomes;
	size_t n;
};

/* The outcome of the job at a place of the tree: the item's data is the text of that very node. */
static const struct wq_add_outcome *outcome_of(const struct shape *s, yyjson_val *node)
{
	const char *name = yyjson_get_str(wq_json_get(node, "name"));
	struct wq_str id = wq_json_get_str(wq_json_get(node, "opts"), "jobId");

	for (size_t i = 0; i < s->n; i++)
		if (id.p ? wq_str_eq(s->items[i].id, id) : wq_str_is(s->items[i].name, name))
			return &s->outcomes[i];
	driver_die("an outcome of the flow", 0);
}

static void write_node(const struct shape *s, yyjson_val *node)
{
	yyjson_val *children = wq_json_get(node, "children"), *child;
	size_t i, max;

	if (children)
		wq_jsonw_array(&s->d->out);
	write_outcome(s->d, outcome_of(s, node));
	yyjson_arr_foreach(children, i, max, child) write_node(s, child);
	if (children)
		wq_jsonw_array_end(&s->d->out);
}

static void on_all(struct wq_add_all *a, int rc)
{
	struct many *m = (struct many *)(void *)a;
	struct driver *d = m->d;

	if (rc != 0) {
		driver_refuse(d, 0, a->error);
	} else if (m->tree) {
		write_node(&(struct shape){ d, a->items, a->outcomes, a->n }, m->tree);
	} else {
		wq_jsonw_array(&d->out);
		for (size_t i = 0; i < a->n; i++)
			write_outcome(d, &a->outcomes[i]);
		wq_jsonw_array_end(&d->out);
	}
	driver_done(d, rc);
}

static void add_all(struct driver *d, struct many *m)
{
	struct wq_producer *p = producer(d);

	m->d = d;
	if (wq_producer_add_all(p, &m->all, on_all) < 0)
		driver_refuse(d, 0, "not taken");
	else
		driver_wait(d);
	close_producer(d, p);
}

static void op_add_bulk(struct driver *d, yyjson_val *request)
{
	static struct wq_add_item items[ITEMS_MAX];
	yyjson_val *jobs = wq_json_get(request, "jobs"), *job;
	struct many m = { .all = { .items = items } };
	struct wq_arena arena;
	bool good = true;
	size_t i, max;

	wq_arena_init(&arena, ARENA_MAX_BYTES);
	yyjson_arr_foreach(jobs, i, max, job)
		good = good && i < ITEMS_MAX && read_job(d, job, &items[i], &arena);
	m.all.n = yyjson_arr_size(jobs);
	if (good)
		add_all(d, &m);
	wq_arena_fini(&arena);
}

static void op_add_flow(struct driver *d, yyjson_val *request)
{
	yyjson_val *tree = wq_json_get(request, "tree");
	struct wq_flow_tree flow;
	struct many m = { .tree = tree };
	struct wq_arena arena;
	const char *why = NULL;

	wq_arena_init(&arena, ARENA_MAX_BYTES);
	if (wq_flow_tree_read(&flow, tree, d->ref.prefix, &arena, &why) == 0) {
		m.all.items = flow.items;
		m.all.n = flow.n;
		add_all(d, &m);
	} else {
		driver_refuse(d, 0, why);
	}
	wq_arena_fini(&arena);
}

const struct driver_op driver_producer_ops[] = {
	{ "add", op_add },
	{ "addBulk", op_add_bulk },
	{ "addFlow", op_add_flow },
	{ NULL, NULL },
};
