/* SPDX-License-Identifier: MIT */
/* graph_problem.c — our codes as Meta's: which one, and with which status, a table says. */
#include "app/facade/graph_core.h"
#include "app/sandbox/graph_error.h"
#include "base/assert.h"

enum { INVALID = 100, PERMISSION = 10, UNKNOWN = 131000, UNAVAILABLE = 131016, NO_PATH = 2500 };

static const struct row {
	const char *ours;
	int meta;
	int status; /* 0: that of Meta's code */
} rows[] = {
	{ "unauthorized", WQ_GRAPH_BAD_TOKEN, 0 },
	{ "forbidden", PERMISSION, 0 },
	{ "api_closed", PERMISSION, 0 },
	{ WQ_GRAPH_MISSING, 131008, 0 },
	{ WQ_GRAPH_INVALID, 131009, 0 },
	{ WQ_GRAPH_NO_PATH, NO_PATH, 0 },
	{ WQ_GRAPH_NO_SUCH, WQ_GRAPH_NO_OBJECT, 0 },
	{ WQ_GRAPH_OWN_TOKEN, 131005, 0 },
	{ "no_account", WQ_GRAPH_NO_OBJECT, 0 },
	{ "outcome_unknown", UNKNOWN, 0 },
	{ "idempotency_key_used", INVALID, 400 },
};

/* What has no row goes by its status, which stays: to come back later is the client's business as it is anywhere. */
static void choose(const struct wq_problem *p, struct wq_graph_error *e)
{
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		if (strcmp(rows[i].ours, p->code) != 0)
			continue;
		(void)wq_graph_error_set(e, rows[i].meta, p->detail ? "%s" : NULL, p->detail);
		e->status = rows[i].status;
		return;
	}
	(void)wq_graph_error_set(e,
	                         p->status < 500    ? INVALID
	                         : p->status == 503 ? UNAVAILABLE
	                                            : UNKNOWN,
	                         p->detail ? "%s" : NULL, p->detail);
	e->status = p->status == 422 ? 400 : p->status;
}

int wq_graph_tell(const struct wq_exchange *x, const struct wq_problem *p, struct wq_buf *out)
{
	struct wq_str id = wq_exchange_request(x)->id;
	struct wq_graph_error e;
	char trace[65] = "";
	struct wq_jsonw w;

	memcpy(trace, id.p ? id.p : "", id.n < sizeof(trace) ? id.n : sizeof(trace) - 1);
	choose(p, &e);
	wq_jsonw_begin(&w, out);
	wq_graph_error_write(&e, trace, &w);
	if (wq_jsonw_end(&w) < 0)
		wq_buf_clear(out);
	return wq_graph_error_status(&e);
}
