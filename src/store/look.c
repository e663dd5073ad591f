/* SPDX-License-Identifier: MIT */
/* look.c — what each look asks Redis; look_decode.c reads the answers. */
#include "store/look.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "scripts.gen.h"
#include "store/look_decode.h"

enum { NUMBER_BYTES = 24, KEY_BYTES = 2 * WQ_QUEUE_NAME_MAX_BYTES + 64 };

static const char *const names[WQ_JOB_STATES] = {
	[WQ_JOB_UNKNOWN] = "unknown",
	[WQ_JOB_WAITING] = "waiting",
	[WQ_JOB_ACTIVE] = "active",
	[WQ_JOB_DELAYED] = "delayed",
	[WQ_JOB_PRIORITIZED] = "prioritized",
	[WQ_JOB_WAITING_CHILDREN] = "waiting-children",
	[WQ_JOB_COMPLETED] = "completed",
	[WQ_JOB_FAILED] = "failed",
};

const char *wq_job_state_name(enum wq_job_state s)
{
	return names[s];
}

enum wq_job_state wq_job_state_find(struct wq_str name)
{
	unsigned s = WQ_JOB_WAITING;

	if (wq_str_is(name, "wait") || wq_str_is(name, "paused"))
		return WQ_JOB_WAITING;
	while (s < WQ_JOB_STATES && !wq_str_is(name, names[s]))
		s++;
	return (enum wq_job_state)s;
}

struct number {
	char text[NUMBER_BYTES];
};

static struct wq_str print(struct number *n, uint64_t v)
{
	snprintf(n->text, sizeof(n->text), "%" PRIu64, v);
	return wq_str(n->text);
}

static void on_reply(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_look *l = WQ_OWNER(cmd, struct wq_look, cmd);

	if (rc == 0)
		rc = l->take(l, cmd->reply);
	l->cb(l, rc);
}

void wq_look_init(struct wq_look *l, const struct wq_ref *ref,
                  void (*cb)(struct wq_look *l, int rc))
{
	*l = (struct wq_look){ .ref = ref, .redis = ref ? ref->redis : NULL, .cb = cb };
}

void wq_look_forget(struct wq_look *l)
{
	wq_redis_forget(&l->cmd);
}

typedef int take_cb(struct wq_look *l, const struct wq_redis_value *reply);

static int run(struct wq_look *l, const struct wq_script *s, struct wq_str *argv, size_t args,
               take_cb *take, void *out)
{
	argv[0] = wq_ref_meta(l->ref);
	argv[1] = wq_ref_base(l->ref);
	l->take = take;
	l->out = out;
	return wq_script_start(l->redis, &l->cmd, s, argv, args + 1, on_reply);
}

static int plain(struct wq_look *l, const struct wq_str *argv, size_t n, take_cb *take, void *out)
{
	l->take = take;
	l->out = out;
	return wq_redis_start(l->redis, &l->cmd, argv, n, on_reply);
}

int wq_look_counts(struct wq_look *l, int64_t now_ms, struct wq_queue_counts *out)
{
	struct number now = { "" };
	struct wq_str argv[1 + WQ_COUNTS_ARGS];

	argv[1 + WQ_COUNTS_NOW_MS] = print(&now, (uint64_t)now_ms);
	return run(l, &wq_script_counts, argv, WQ_COUNTS_ARGS, wq_look_take_counts, out);
}

int wq_look_page(struct wq_look *l, const struct wq_page_query *q, struct wq_job_page *out)
{
	struct number from = { "" }, n = { "" }, bytes = { "" };
	struct wq_str argv[1 + WQ_PAGE_ARGS];

	if (q->n == 0 || q->n > WQ_LOOK_PAGE_MAX)
		return WQ_EINVAL;
	l->from = q->from;
	l->n = q->n;
	l->ids_only = q->ids_only;
	argv[1 + WQ_PAGE_STATE] = wq_str(names[q->state]);
	argv[1 + WQ_PAGE_FROM] = print(&from, q->from);
	argv[1 + WQ_PAGE_N] = print(&n, q->n);
	argv[1 + WQ_PAGE_ASCENDING] = wq_str(q->ascending ? "1" : "0");
	argv[1 + WQ_PAGE_BYTES] = print(&bytes, WQ_LOOK_PAGE_MAX_BYTES);
	argv[1 + WQ_PAGE_IDS_ONLY] = wq_str(q->ids_only ? "1" : "0");
	return run(l, &wq_script_page, argv, WQ_PAGE_ARGS, wq_look_take_page, out);
}

int wq_look_job(struct wq_look *l, struct wq_str id, struct wq_job_seen *out)
{
	struct number bytes = { "" };
	struct wq_str argv[1 + WQ_SHOW_ARGS];

	argv[1 + WQ_SHOW_ID] = id;
	argv[1 + WQ_SHOW_BYTES] = print(&bytes, WQ_LOOK_JOB_MAX_BYTES);
	return run(l, &wq_script_show, argv, WQ_SHOW_ARGS, wq_look_take_job, out);
}

int wq_look_logs(struct wq_look *l, struct wq_str id, uint64_t from, uint32_t n, bool ascending,
                 struct wq_log_page *out)
{
	struct number at = { "" }, rows = { "" }, bytes = { "" };
	struct wq_str argv[1 + WQ_LOGS_ARGS];

	if (n == 0 || n > WQ_LOOK_PAGE_MAX)
		return WQ_EINVAL;
	l->from = from;
	argv[1 + WQ_LOGS_ID] = id;
	argv[1 + WQ_LOGS_FROM] = print(&at, from);
	argv[1 + WQ_LOGS_N] = print(&rows, n);
	argv[1 + WQ_LOGS_ASCENDING] = wq_str(ascending ? "1" : "0");
	argv[1 + WQ_LOGS_BYTES] = print(&bytes, WQ_LOOK_PAGE_MAX_BYTES);
	return run(l, &wq_script_logs, argv, WQ_LOGS_ARGS, wq_look_take_logs, out);
}

int wq_look_metrics(struct wq_look *l, enum wq_finished state, uint32_t n,
                    struct wq_queue_metrics *out)
{
	struct number minutes = { "" };
	struct wq_str argv[1 + WQ_MINUTES_ARGS];

	argv[1 + WQ_MINUTES_STATE] = wq_str(state == WQ_FINISHED_FAILED ? "failed" : "completed");
	argv[1 + WQ_MINUTES_N] = print(&minutes, n);
	return run(l, &wq_script_minutes, argv, WQ_MINUTES_ARGS, wq_look_take_metrics, out);
}

int wq_look_children(struct wq_look *l, struct wq_str id, enum wq_children kind,
                     struct wq_str cursor, uint32_t n, struct wq_children_page *out)
{
	static const char *const kinds[] = { "processed", "dependencies", "failed",
		                             "unsuccessful" };
	struct number count = { "" }, bytes = { "" };
	struct wq_str argv[1 + WQ_CHILDREN_ARGS];

	if (n == 0 || n > WQ_LOOK_PAGE_MAX)
		return WQ_EINVAL;
	argv[1 + WQ_CHILDREN_ID] = id;
	argv[1 + WQ_CHILDREN_KIND] = wq_str(kinds[kind]);
	argv[1 + WQ_CHILDREN_CURSOR] = cursor.n ? cursor : wq_str("0");
	argv[1 + WQ_CHILDREN_N] = print(&count, n);
	argv[1 + WQ_CHILDREN_BYTES] = print(&bytes, WQ_LOOK_CHILD_MAX_BYTES);
	return run(l, &wq_script_children, argv, WQ_CHILDREN_ARGS, wq_look_take_children, out);
}

int wq_look_priorities(struct wq_look *l, const uint32_t *priorities, uint32_t n, uint64_t *out)
{
	struct number level[WQ_LOOK_PRIORITIES_MAX];
	struct wq_str argv[1 + WQ_PRIORITIES_ARGS + WQ_LOOK_PRIORITIES_MAX];

	if (n == 0 || n > WQ_LOOK_PRIORITIES_MAX)
		return WQ_EINVAL;
	for (uint32_t i = 0; i < n; i++)
		argv[1 + WQ_PRIORITIES_ARGS + i] = print(&level[i], priorities[i]);
	l->n = n;
	return run(l, &wq_script_priorities, argv, WQ_PRIORITIES_ARGS + n, wq_look_take_priorities,
	           out);
}

/* The clients are listed only if there are not too many of them. */
static int take_info(struct wq_look *l, const struct wq_redis_value *reply)
{
	static const char word[] = "connected_clients:";
	struct wq_str rest = wq_redis_str(reply), line;
	struct wq_workers_seen *out = l->out;
	uint64_t clients = UINT64_MAX;

	while (wq_str_next(&rest, '\n', &line)) {
		if (!wq_str_starts(line, word))
			continue;
		line = wq_strn(line.p + sizeof(word) - 1, line.n - (sizeof(word) - 1));
		line.n = wq_str_find(line, '\r');
		if (!wq_str_to_u64(line, UINT64_MAX - 1, &clients))
			clients = UINT64_MAX;
	}
	out->known = clients <= WQ_LOOK_CLIENTS_MAX;
	return 0;
}

static void on_info(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_look *l = WQ_OWNER(cmd, struct wq_look, cmd);
	struct wq_workers_seen *out = l->out;

	if (rc == 0)
		rc = take_info(l, cmd->reply);
	if (rc == WQ_REDIS_DENIED) /* not for us to see: that is no failure */
		rc = 0;
	if (rc == 0 && out->known)
		rc = plain(l, (struct wq_str[]){ wq_str("CLIENT"), wq_str("LIST") }, 2,
		           wq_look_take_workers, out);
	if (rc != 0 || !out->known)
		l->cb(l, rc);
}

int wq_look_workers(struct wq_look *l, struct wq_workers_seen *out)
{
	wq_workers_seen_fini(out);
	l->out = out;
	return wq_redis_start(l->redis, &l->cmd,
	                      (struct wq_str[]){ wq_str("INFO"), wq_str("clients") }, 2, on_info);
}

int wq_look_dedup(struct wq_look *l, struct wq_str dedup_id, struct wq_rows *out)
{
	char suffix[WQ_QUEUE_NAME_MAX_BYTES], key[KEY_BYTES];
	int n = snprintf(suffix, sizeof(suffix), "de:%.*s", WQ_STR_ARG(dedup_id));

	if (n < 0 || (size_t)n >= sizeof(suffix) ||
	    wq_ref_key(l->ref, wq_strn(suffix, (size_t)n), key, sizeof(key)) < 0)
		return WQ_ETOOBIG;
	return plain(l, (struct wq_str[]){ wq_str("GET"), wq_str(key) }, 2, wq_look_take_string,
	             out);
}

/* The prefix as a pattern: what has a meaning in one is taken as it stands. */
static int write_pattern(struct wq_buf *b, struct wq_str prefix)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < prefix.n; i++) {
		if (strchr("*?[]^-\\", prefix.p[i]) && prefix.p[i])
			rc = wq_buf_add_char(b, '\\');
		if (rc == 0)
			rc = wq_buf_add_char(b, prefix.p[i]);
	}
	return rc == 0 ? wq_buf_add_text(b, ":*:meta") : rc;
}

int wq_look_queues(struct wq_look *l, struct wq_redis *redis, struct wq_str prefix,
                   struct wq_str cursor, uint32_t keys, struct wq_queue_names *out)
{
	struct number count = { "" };
	struct wq_buf pattern;
	int rc;

	if (prefix.n == 0 || prefix.n > WQ_QUEUE_NAME_MAX_BYTES)
		return WQ_EINVAL;
	wq_buf_init(&pattern, KEY_BYTES);
	rc = write_pattern(&pattern, prefix);
	l->redis = redis;
	l->prefix = prefix;
	if (rc == 0)
		rc = plain(l,
		           (struct wq_str[]){ wq_str("SCAN"), cursor.n ? cursor : wq_str("0"),
		                              wq_str("MATCH"), wq_buf_str(&pattern),
		                              wq_str("COUNT"),
		                              print(&count, keys ? keys : WQ_LOOK_SCAN_KEYS),
		                              wq_str("TYPE"), wq_str("hash") },
		           8, wq_look_take_queues, out);
	wq_buf_fini(&pattern);
	return rc;
}
