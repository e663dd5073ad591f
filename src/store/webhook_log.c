/* SPDX-License-Identifier: MIT */
/* webhook_log.c — places to arguments of webhook_log.lua, and its rows to copies. */
#include "store/webhook_log.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"
#include "store/sink.h"

enum { FIRST_ROW = 3, FIRST_FIELD = 4, NUMBER_BYTES = 24 };

static const char start[] = "s";

int wq_webhook_log_init(struct wq_webhook_log *log, struct wq_redis *redis, struct wq_str prefix)
{
	*log = (struct wq_webhook_log){ .redis = redis };
	if (!prefix.n || prefix.n > WQ_QUEUE_NAME_MAX_BYTES)
		return WQ_EINVAL;
	wq_sink_own(prefix, log->own, sizeof(log->own));
	snprintf(log->taken, sizeof(log->taken), "%slog", log->own);
	snprintf(log->refused, sizeof(log->refused), "%srefused", log->own);
	return 0;
}

int wq_webhook_log_ref(const struct wq_webhook_log *log, struct wq_ref *out)
{
	static const char queue[] = "sink";
	size_t n = strlen(log->own) - sizeof(queue) - 1; /* colons around it */

	return wq_ref_init(out, log->redis, wq_strn(log->own, n), wq_str(queue), NULL);
}

/* places */

void wq_webhook_place_begin(struct wq_webhook_place *p, bool taken, bool refused)
{
	snprintf(p->taken, sizeof(p->taken), "%s", taken ? start : "");
	snprintf(p->refused, sizeof(p->refused), "%s", refused ? start : "");
}

bool wq_webhook_place_ended(const struct wq_webhook_place *p)
{
	return !p->taken[0] && !p->refused[0];
}

void wq_webhook_place_show(const struct wq_webhook_place *p, char out[WQ_WEBHOOK_PLACE_MAX_BYTES])
{
	snprintf(out, WQ_WEBHOOK_PLACE_MAX_BYTES, "%s.%s", p->taken, p->refused);
}

/* "1781000000000-0": two whole numbers. */
static bool is_stream_id(struct wq_str s)
{
	uint64_t n;
	size_t dash = wq_str_find(s, '-');

	return s.n < WQ_WEBHOOK_ID_MAX_BYTES - 1 && dash < s.n &&
	       wq_str_to_u64(wq_strn(s.p, dash), WQ_TIMESTAMP_MAX_MS, &n) &&
	       wq_str_to_u64(wq_strn(s.p + dash + 1, s.n - dash - 1), INT64_MAX, &n);
}

static bool parse_part(struct wq_str s, char out[WQ_WEBHOOK_ID_MAX_BYTES])
{
	if (s.n && !wq_str_is(s, start) && !is_stream_id(s))
		return false;
	snprintf(out, WQ_WEBHOOK_ID_MAX_BYTES, "%.*s", WQ_STR_ARG(s));
	return true;
}

bool wq_webhook_place_parse(struct wq_webhook_place *p, struct wq_str text)
{
	size_t dot = wq_str_find(text, '.');

	return dot < text.n && parse_part(wq_strn(text.p, dot), p->taken) &&
	       parse_part(wq_strn(text.p + dot + 1, text.n - dot - 1), p->refused) &&
	       !wq_webhook_place_ended(p);
}

/* rows */

static struct wq_str copy(struct wq_webhook_page *p, struct wq_str s, int *rc)
{
	char *to = s.n ? wq_arena_copy(&p->arena, s) : NULL;

	if (s.n && !to)
		*rc = WQ_RAISE(WQ_ENOMEM);
	return to ? wq_strn(to, s.n) : wq_str("");
}

static void read_field(struct wq_webhook_page *p, struct wq_webhook_row *r, struct wq_str name,
                       const struct wq_redis_value *v, int *rc)
{
	const struct {
		const char *name;
		struct wq_str *to;
	} texts[] = { { "provider", &r->provider }, { "kinds", &r->kinds },
		      { "account", &r->account },   { "ids", &r->ids },
		      { "peer", &r->peer },         { "business", &r->business },
		      { "type", &r->type },         { "code", &r->code },
		      { "path", &r->path } };
	const struct {
		const char *name;
		uint64_t *to;
	} numbers[] = { { "new", &r->fresh },
		        { "known", &r->known },
		        { "left_out", &r->left_out } };

	for (size_t i = 0; i < WQ_COUNT(texts); i++)
		if (wq_str_is(name, texts[i].name))
			*texts[i].to = copy(p, wq_redis_str(v), rc);
	for (size_t i = 0; i < WQ_COUNT(numbers); i++)
		if (wq_str_is(name, numbers[i].name))
			*numbers[i].to = (uint64_t)wq_redis_int(v, 0);
	if (wq_str_is(name, "status"))
		r->status = (uint32_t)wq_redis_int(v, 0);
}

static int read_row(struct wq_webhook_page *p, const struct wq_redis_value *v)
{
	struct wq_webhook_row *r = &p->rows[p->n];
	struct wq_str id = wq_redis_str(wq_redis_at(v, 1)), body = wq_redis_str(wq_redis_at(v, 3));
	uint64_t ms = 0;
	int rc = 0;

	*r = (struct wq_webhook_row){ .refused = wq_str_is(wq_redis_str(wq_redis_at(v, 0)),
		                                           "refused") };
	if (!is_stream_id(id) ||
	    !wq_str_to_u64(wq_strn(id.p, wq_str_find(id, '-')), INT64_MAX, &ms))
		return WQ_RAISE_MSG(WQ_EPROTO, "script webhook_log: not its answer");
	r->at_ms = (int64_t)ms;
	snprintf(r->id, sizeof(r->id), "%s%.*s", r->refused ? "r" : "", WQ_STR_ARG(id));
	r->body_bytes = (uint64_t)wq_redis_int(wq_redis_at(v, 2), 0);
	for (size_t i = FIRST_FIELD; i + 1 < wq_redis_count(v); i += 2)
		read_field(p, r, wq_redis_str(wq_redis_at(v, i)), wq_redis_at(v, i + 1), &rc);
	if (body.p)
		r->body = copy(p, body, &rc);
	p->n += rc == 0;
	return rc;
}

static void read_place(char out[WQ_WEBHOOK_ID_MAX_BYTES], struct wq_str next)
{
	if (next.n && next.p[0] == '(')
		next = wq_strn(next.p + 1, next.n - 1);
	else if (next.n)
		next = wq_str(start); /* not one of its entries was looked at */
	snprintf(out, WQ_WEBHOOK_ID_MAX_BYTES, "%.*s", WQ_STR_ARG(next));
}

static int read_page(struct wq_webhook_page *p, const struct wq_redis_value *v)
{
	size_t n = wq_redis_count(v);
	int rc = 0;

	if (n < FIRST_ROW || n - FIRST_ROW > WQ_COUNT(p->rows))
		return WQ_RAISE_MSG(WQ_EPROTO, "script webhook_log: not its answer");
	read_place(p->next.taken, wq_redis_str(wq_redis_at(v, 0)));
	read_place(p->next.refused, wq_redis_str(wq_redis_at(v, 1)));
	p->looked = (uint64_t)wq_redis_int(wq_redis_at(v, 2), 0);
	for (size_t i = FIRST_ROW; i < n && rc == 0; i++)
		rc = read_row(p, wq_redis_at(v, i));
	return rc;
}

static void on_page(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_webhook_page *p = WQ_OWNER(cmd, struct wq_webhook_page, cmd);

	if (rc == 0)
		rc = read_page(p, cmd->reply);
	p->cb(p, rc);
}

/* calls */

struct bounds {
	char from[WQ_WEBHOOK_ID_MAX_BYTES + 1], to[WQ_WEBHOOK_ID_MAX_BYTES];
};

static void moment(char out[WQ_WEBHOOK_ID_MAX_BYTES], const char *sign, int64_t ms,
                   const char *otherwise)
{
	if (ms)
		snprintf(out, WQ_WEBHOOK_ID_MAX_BYTES, "%s%" PRId64 "-0", sign, ms);
	else
		snprintf(out, WQ_WEBHOOK_ID_MAX_BYTES, "%s", otherwise);
}

static void set_bounds(struct bounds *b, const char *place, const struct wq_webhook_look *look)
{
	char since[WQ_WEBHOOK_ID_MAX_BYTES], until[WQ_WEBHOOK_ID_MAX_BYTES];
	const char *first = look->oldest_first ? since : until;

	moment(since, "", look->since_ms, "-");
	moment(until, "(", look->until_ms, "+");
	snprintf(b->to, sizeof(b->to), "%s", look->oldest_first ? until : since);
	if (strcmp(place, start) == 0)
		snprintf(b->from, sizeof(b->from), "%s", first);
	else
		snprintf(b->from, sizeof(b->from), "%s%s", *place ? "(" : "", place);
}

static int begin(const struct wq_webhook_log *log, struct wq_webhook_page *p, struct wq_str *argv,
                 size_t argc, void (*cb)(struct wq_webhook_page *p, int rc))
{
	wq_webhook_page_fini(p);
	wq_arena_init(&p->arena, WQ_WEBHOOK_PAGE_MAX_BYTES);
	p->cb = cb;
	p->n = 0;
	argv[0] = wq_str(log->taken);
	argv[1] = wq_str(log->refused);
	return wq_script_start(log->redis, &p->cmd, &wq_script_webhook_log, argv, argc, on_page);
}

int wq_webhook_log_page(const struct wq_webhook_log *log, struct wq_webhook_page *p,
                        const struct wq_webhook_place *from, const struct wq_webhook_look *look,
                        void (*cb)(struct wq_webhook_page *p, int rc))
{
	struct wq_str argv[2 + WQ_WEBHOOK_LOG_ARGS], *a = argv + 2;
	char looks[NUMBER_BYTES], bytes[NUMBER_BYTES];
	struct bounds taken, refused;

	set_bounds(&taken, from->taken, look);
	set_bounds(&refused, from->refused, look);
	snprintf(looks, sizeof(looks), "%d", WQ_WEBHOOK_LOOKS);
	snprintf(bytes, sizeof(bytes), "%d", WQ_WEBHOOK_LOOK_BYTES);
	a[WQ_WEBHOOK_LOG_ORDER] = wq_str(look->oldest_first ? "oldest" : "newest");
	a[WQ_WEBHOOK_LOG_TAKEN_FROM] = wq_str(taken.from);
	a[WQ_WEBHOOK_LOG_TAKEN_TO] = wq_str(taken.to);
	a[WQ_WEBHOOK_LOG_REFUSED_FROM] = wq_str(refused.from);
	a[WQ_WEBHOOK_LOG_REFUSED_TO] = wq_str(refused.to);
	a[WQ_WEBHOOK_LOG_MOST] = wq_str(looks);
	a[WQ_WEBHOOK_LOG_BYTES] = wq_str(bytes);
	a[WQ_WEBHOOK_LOG_BODY_MAX] = wq_str("-1");
	a[WQ_WEBHOOK_LOG_FIND] = look->find.n ? look->find : wq_str("");
	return begin(log, p, argv, WQ_COUNT(argv), cb);
}

int wq_webhook_log_one(const struct wq_webhook_log *log, struct wq_webhook_page *p,
                       struct wq_str id, void (*cb)(struct wq_webhook_page *p, int rc))
{
	struct wq_str argv[2 + WQ_WEBHOOK_LOG_ARGS], *a = argv + 2, none = wq_str("");
	bool refused = id.n && id.p[0] == 'r';
	char most[NUMBER_BYTES];

	if (refused)
		id = wq_strn(id.p + 1, id.n - 1);
	if (!is_stream_id(id))
		return WQ_EINVAL;
	snprintf(most, sizeof(most), "%d", WQ_WEBHOOK_BODY_MAX_BYTES);
	a[WQ_WEBHOOK_LOG_ORDER] = wq_str("oldest");
	a[WQ_WEBHOOK_LOG_TAKEN_FROM] = refused ? none : id;
	a[WQ_WEBHOOK_LOG_TAKEN_TO] = id;
	a[WQ_WEBHOOK_LOG_REFUSED_FROM] = refused ? id : none;
	a[WQ_WEBHOOK_LOG_REFUSED_TO] = id;
	a[WQ_WEBHOOK_LOG_MOST] = wq_str("1");
	a[WQ_WEBHOOK_LOG_BYTES] = wq_str("1");
	a[WQ_WEBHOOK_LOG_BODY_MAX] = wq_str(most);
	a[WQ_WEBHOOK_LOG_FIND] = none;
	return begin(log, p, argv, WQ_COUNT(argv), cb);
}

void wq_webhook_page_fini(struct wq_webhook_page *p)
{
	wq_redis_forget(&p->cmd);
	wq_arena_fini(&p->arena);
	p->n = 0;
}
