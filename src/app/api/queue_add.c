/* SPDX-License-Identifier: MIT */
/* queue_add.c — the body to items, the items to the producer, the outcomes to an answer.
 *
 * The producer's script refuses a queue that is not BullMQ's; only then it is asked whose it is, for the sentence. */
#include "app/api/queue_add.h"

#include "app/api/api.h"
#include "app/api/job_request.h"
#include "base/err.h"
#include "base/limits.h"
#include "queue/producer.h"
#include "queue/queue_check.h"
#include "store/ref.h"

struct adding {
	struct wq_exchange *x;
	struct wq_ref ref;
	struct wq_job_request request;
	struct wq_add_all all;
	struct wq_queue_check check;
	yyjson_doc *doc;
};

/* What the exchange's memory does not hold goes before the answer. */
static struct wq_exchange *leave(struct adding *a)
{
	struct wq_exchange *x = a->x;

	wq_job_request_fini(&a->request);
	wq_json_free(a->doc);
	wq_ref_fini(&a->ref);
	return x;
}

static void fail(struct adding *a, int rc, const char *error)
{
	char text[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	struct wq_str s = wq_str(error);

	s.n = s.n < sizeof(text) ? s.n : sizeof(text) - 1;
	if (s.n)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (rc == WQ_EFULL)
		wq_reply_header(a->x, "Retry-After", wq_str("1"));
	if (rc == WQ_EFULL)
		wq_reply_problem(leave(a), 503, "too_busy", "too many jobs wait to be added");
	else if (rc == WQ_ETOOBIG)
		wq_reply_problem(leave(a), 413, "too_large",
		                 "these are more jobs than can be added at once");
	else
		wq_api_reply_redis(leave(a), rc, text);
}

static void on_checked(struct wq_queue_check *check, int rc)
{
	struct adding *a = WQ_OWNER(check, struct adding, check);
	char why[sizeof(check->why)];

	if (rc != 0) {
		fail(a, rc, "");
		return;
	}
	memcpy(why, check->why, sizeof(why));
	if (!check->refused) /* it went in between */
		memcpy(why, "try again", sizeof("try again"));
	wq_reply_problem(leave(a), 409, "queue_refused", "%s", why);
}

static void on_added(struct wq_add_all *all, int rc)
{
	struct adding *a = WQ_OWNER(all, struct adding, all);
	const struct wq_add_outcome *o = all->outcomes;
	bool list = a->request.list;
	struct wq_buf body;
	struct wq_jsonw w;

	if (rc != 0 || !o) {
		fail(a, rc ? rc : WQ_EPROTO, all->error ? all->error : "");
		return;
	}
	if (o[0].code == WQ_ADD_FOREIGN) { /* so are all: there is one queue */
		rc = wq_queue_check_start(&a->check, &a->ref, on_checked);
		if (rc < 0)
			fail(a, rc, "");
		return;
	}
	if (!list && o[0].code < 0) {
		wq_reply_problem(leave(a), 409, "not_added", "%s", wq_add_code_text(o[0].code));
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	if (list) {
		wq_jsonw_object(&w);
		wq_jsonw_key(&w, "data");
		wq_jsonw_array(&w);
	}
	for (size_t i = 0; i < all->n; i++)
		wq_job_request_view(&w, &o[i]);
	if (list) {
		wq_jsonw_array_end(&w);
		wq_jsonw_object_end(&w);
	}
	wq_api_reply(leave(a), 201, &w);
}

/* False: answered. */
static bool read_body(struct adding *a)
{
	const char *why = "";
	int rc;

	a->doc = wq_json_read(wq_exchange_request(a->x)->body, WQ_API_JSON_DEPTH_MAX, &why);
	if (!a->doc) {
		wq_reply_problem(leave(a), 400, "invalid_json", "the body cannot be read: %s", why);
		return false;
	}
	rc = wq_job_request_read(&a->request, yyjson_doc_get_root(a->doc), wq_ref_base(&a->ref),
	                         wq_exchange_arena(a->x), &why);
	if (rc == WQ_EINVAL || rc == WQ_ETOOBIG)
		wq_reply_problem(leave(a), rc == WQ_EINVAL ? 400 : 413, "invalid_job", "%s", why);
	else if (rc < 0)
		fail(a, rc, "");
	return rc == 0;
}

void wq_queue_add_handle(struct wq_exchange *x, void *ctx)
{
	struct wq_api *api = ctx;
	struct adding *a = wq_arena_alloc(wq_exchange_arena(x), sizeof(*a));
	const char *why = NULL;
	int rc;

	if (!a) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	*a = (struct adding){ .x = x };
	rc = wq_ref_init(&a->ref, api->redis, wq_str(api->prefix), wq_exchange_param(x, "name"),
	                 &why);
	if (rc == WQ_EINVAL) {
		wq_reply_problem(x, 400, "invalid_queue", "%s", why);
		return;
	}
	if (rc < 0) {
		wq_api_reply_redis(x, rc, "");
		return;
	}
	if (!read_body(a))
		return;
	a->all.items = a->request.items;
	a->all.n = a->request.n;
	rc = wq_producer_add_all(api->producer, &a->all, on_added);
	if (rc < 0)
		fail(a, rc, "");
}
