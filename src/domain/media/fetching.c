/* SPDX-License-Identifier: MIT */
/* fetching.c — one file: the steps, in the order in which they run. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"
#include "domain/media/core.h"
#include "domain/send/fetch.h"
#include "queue/job_policy.h"

enum { LOOK, LOOKED, GOT, TELL, TOLD };
enum { LATER_MS = 1000 };

static struct wq_fetching *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_fetching, flow);
}

static enum wq_flow_next finish(struct wq_fetching *j, enum wq_media_end end)
{
	j->end = end;
	return wq_flow_end(&j->flow, 0);
}

static bool is_last(const struct wq_fetching *j)
{
	struct wq_job_policy p;

	wq_job_policy_read(&p, j->task->job->opts);
	return j->task->job->attempts_made + 1 >= p.attempts;
}

/* Nobody can mend it, or nobody tries any more: the message is told. */
static enum wq_flow_next fail(struct wq_fetching *j, bool passes, const char *why)
{
	(void)snprintf(j->why, sizeof(j->why), "%s", why);
	if (passes && !is_last(j))
		return finish(j, WQ_MEDIA_RETRY);
	j->end = WQ_MEDIA_WRONG;
	return wq_flow_go(&j->flow, TELL);
}

static int keep(struct wq_fetching *j, struct wq_str s, struct wq_str *out)
{
	char *p = wq_arena_copy(&j->arena, s.p ? s : wq_str(""));

	*out = wq_strn(p, p ? s.n : 0);
	return p ? 0 : WQ_ENOMEM;
}

/* 0, 1: it is no job of ours; < 0. */
static int read_job(struct wq_fetching *j)
{
	static const char *const names[] = { "account", "ref", "kind", "id" };
	struct wq_str *const all[] = { &j->account, &j->ref, &j->kind, &j->id };
	yyjson_doc *doc;
	int rc = wq_json_parse(&doc, j->task->job->data, WQ_JOB_JSON_DEPTH_MAX);

	if (rc < 0)
		return rc == WQ_EPARSE ? 1 : rc;
	for (size_t i = 0; i < WQ_COUNT(all) && rc == 0; i++) {
		struct wq_str s = wq_json_get_str(yyjson_doc_get_root(doc), names[i]);

		rc = s.n ? keep(j, s, all[i]) : 1;
	}
	wq_json_free(doc);
	return rc;
}

static void on_answer(struct wq_call *c, int rc)
{
	wq_flow_resume(&WQ_OWNER(c, struct wq_fetching, call)->flow, rc);
}

static void cut_call(struct wq_flow *f)
{
	wq_call_cancel(&self(f)->call);
}

static int find_account(struct wq_fetching *j, const struct wq_account **a)
{
	return wq_accounts_find(j->fetcher->accounts, wq_strn(NULL, 0), j->account, a) == 0 &&
	                       (*a)->provider == WQ_PROVIDER_CLOUD
	               ? 0
	               : 1;
}

/* The request's texts are of the arena, and stay. */
static int start_look(struct wq_fetching *j, const struct wq_account *a)
{
	struct wq_provider_request r = { .headers_n = 0 };
	int rc = wq_media_look_up(&j->arena, a, j->id, &r);

	if (rc < 0)
		return rc;
	j->call = (struct wq_call){ .method = r.method,
		                    .url = r.url,
		                    .headers_n = r.headers_n,
		                    .response_max_bytes = WQ_PROVIDER_ANSWER_MAX_BYTES,
		                    .guarded = a->guarded };
	for (unsigned i = 0; i < r.headers_n; i++)
		j->call.headers[i] = r.headers[i];
	return wq_call_start(j->fetcher->client, &j->call, on_answer);
}

static enum wq_flow_next run_look(struct wq_flow *f)
{
	struct wq_fetching *j = self(f);
	const struct wq_account *a;
	int rc = read_job(j);

	if (rc < 0)
		return finish(j, WQ_MEDIA_LATER);
	if (rc > 0 || wq_send_keys_init(&j->keys, j->fetcher->redis, j->account) < 0) {
		(void)snprintf(j->why, sizeof(j->why), "the job's data are not those of a file");
		return finish(j, WQ_MEDIA_WRONG);
	}
	if (find_account(j, &a) != 0)
		return fail(j, false, "its account is not there any more");
	return wq_flow_after(f, LOOKED, start_look(j, a));
}

/* "http://127.0.0.1:8790" of a longer one. */
static struct wq_str origin_of(struct wq_str url)
{
	size_t scheme = wq_str_starts(url, "https://") ? 8 : wq_str_starts(url, "http://") ? 7 : 0;
	struct wq_str rest = wq_strn(url.p + scheme, url.n - scheme);

	return wq_strn(url.p, scheme ? scheme + wq_str_find(rest, '/') : 0);
}

static bool is_at(struct wq_str url, const struct wq_account *a)
{
	struct wq_str own = origin_of(a->base_url);

	return own.n > 0 && wq_str_eq(origin_of(url), own);
}

/* NULL: fine; else what is wrong with it. */
static const char *read_info(struct wq_fetching *j, const struct wq_account *a)
{
	yyjson_doc *doc;
	yyjson_val *root;
	const char *wrong = NULL;
	struct wq_str url, size;
	uint64_t bytes = 0;

	if (wq_json_parse(&doc, wq_buf_str(&j->call.body_in), WQ_PROVIDER_ANSWER_DEPTH_MAX) < 0)
		return "the provider's answer could not be read";
	root = yyjson_doc_get_root(doc);
	url = wq_json_get_str(root, "url");
	size = wq_json_get_str(root, "file_size");
	if (!size.n || !wq_str_to_u64(size, WQ_JSON_INT_MAX, &bytes))
		bytes = (uint64_t)wq_json_get_int(root, "file_size", 0);
	if (!wq_str_starts(url, "https://") && !is_at(url, a))
		wrong = "the provider gave no address of it";
	else if (bytes > (uint64_t)j->fetcher->bytes_max)
		wrong = "it is too large";
	else if (keep(j, url, &j->url) < 0 ||
	         keep(j, wq_json_get_str(root, "mime_type"), &j->type) < 0 ||
	         keep(j, wq_json_get_str(root, "sha256"), &j->sha256) < 0)
		wrong = "the provider's answer is too large";
	wq_json_free(doc);
	return wrong;
}

static int on_data(struct wq_call *c, struct wq_str piece)
{
	struct wq_fetching *j = WQ_OWNER(c, struct wq_fetching, call);

	return c->status == 200 ? wq_media_out_add(&j->out, piece) : 0;
}

static int start_get(struct wq_fetching *j, const struct wq_account *a)
{
	struct wq_call_header auth = j->call.headers[0];
	int rc = wq_media_out_open(&j->out, j->fetcher->dir_fd);

	if (rc < 0)
		return rc;
	wq_call_fini(&j->call);
	j->call = (struct wq_call){ .method = "GET",
		                    .url = j->url.p,
		                    .headers_n = 1,
		                    .timeout_ms = WQ_INBOUND_FILE_TIMEOUT_MS,
		                    .response_max_bytes = (size_t)j->fetcher->bytes_max,
		                    .guarded = a->guarded ||
		                               (!j->fetcher->private_too && !is_at(j->url, a)),
		                    .on_data = on_data };
	j->call.headers[0] = auth;
	return wq_call_start(j->fetcher->client, &j->call, on_answer);
}

/* What no answer, or none of 200, means. */
static enum wq_flow_next judge(struct wq_fetching *j, int rc)
{
	int status = j->call.status;
	bool passes = status == 401 || status == 403 || status == 408 || status == 425 ||
	              status == 429 || status >= 500;
	char why[96];

	if (rc == WQ_ENOMEM || rc == WQ_EFULL || rc == WQ_ECANCELED)
		return finish(j, WQ_MEDIA_LATER);
	if (rc == WQ_ETOOBIG)
		return fail(j, false, "it is too large");
	if (rc == WQ_EDENIED || rc == WQ_EINVAL)
		return fail(j, false, "it leads to an address that is never fetched from");
	if (rc < 0)
		return fail(j, true, wq_err_text(rc));
	(void)snprintf(why, sizeof(why), "the provider answered %d", status);
	return fail(j, passes, why);
}

static enum wq_flow_next run_looked(struct wq_flow *f)
{
	struct wq_fetching *j = self(f);
	const struct wq_account *a;
	const char *wrong;

	if (f->cancelled)
		return finish(j, WQ_MEDIA_LATER);
	if (f->last < 0 || j->call.status != 200)
		return judge(j, f->last);
	if (find_account(j, &a) != 0)
		return fail(j, false, "its account is not there any more");
	wrong = read_info(j, a);
	if (wrong)
		return fail(j, false, wrong);
	return wq_flow_after(f, GOT, start_get(j, a));
}

/* Meta says it in hex or in base64. */
static bool has_hash(const struct wq_fetching *j)
{
	unsigned char said[WQ_SHA256_BYTES + 2], sum[WQ_SHA256_BYTES];

	if (!j->sha256.n)
		return true;
	if (!wq_hex_decode(wq_str(j->out.hash), sum, sizeof(sum)))
		return false;
	if (!wq_hex_decode(j->sha256, said, sizeof(sum)) &&
	    wq_base64_decode(j->sha256, said, sizeof(said)) != WQ_SHA256_BYTES)
		return false;
	return memcmp(said, sum, sizeof(sum)) == 0;
}

static enum wq_flow_next run_got(struct wq_flow *f)
{
	struct wq_fetching *j = self(f);
	struct wq_str type;

	if (f->cancelled)
		return finish(j, WQ_MEDIA_LATER);
	if (f->last < 0 || j->call.status != 200)
		return judge(j, f->last);
	if (wq_media_out_end(&j->out) < 0)
		return fail(j, true, "it could not be written");
	type = j->type.n ? j->type : wq_call_header_in(&j->call, "Content-Type");
	type = wq_fetch_type(type, wq_strn(j->out.head, j->out.head_n));
	if (keep(j, type.n > WQ_MEDIA_TYPE_MAX_BYTES ? wq_str("") : type, &j->type) < 0)
		return finish(j, WQ_MEDIA_LATER);
	if (!has_hash(j))
		return fail(j, true, "its bytes are not those that the provider told of");
	if (!wq_media_out_fits(j->kind, j->type))
		return fail(j, false, "it is of a type that such a message can't have");
	if (wq_media_out_keep(&j->out, j->type) < 0)
		return fail(j, true, "it could not be written");
	j->end = WQ_MEDIA_KEPT;
	return wq_flow_go(f, TELL);
}

static int write_json(struct wq_fetching *j)
{
	struct wq_buf b;
	struct wq_jsonw w;
	int rc;

	wq_buf_init(&b, sizeof(j->json) - 1);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "state", j->end == WQ_MEDIA_KEPT ? "kept" : "failed");
	if (j->end == WQ_MEDIA_KEPT) {
		wq_jsonw_put_text(&w, "file", j->out.name);
		wq_jsonw_put_str(&w, "type", j->type);
		wq_jsonw_put_int(&w, "bytes", j->out.bytes);
		wq_jsonw_put_text(&w, "sha256", j->out.hash);
	} else {
		wq_jsonw_put_text(&w, "reason", j->why);
	}
	wq_jsonw_object_end(&w);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		(void)snprintf(j->json, sizeof(j->json), "%.*s", WQ_STR_ARG(wq_buf_str(&b)));
	wq_buf_fini(&b);
	return rc;
}

static void on_told(struct wq_redis_cmd *cmd, int rc)
{
	wq_flow_resume(&WQ_OWNER(cmd, struct wq_fetching, cmd)->flow, rc > 0 ? WQ_EAWAY : rc);
}

static enum wq_flow_next run_tell(struct wq_flow *f)
{
	struct wq_fetching *j = self(f);
	const char *what = j->end == WQ_MEDIA_KEPT ? "kept" : "failed";

	if (write_json(j) < 0)
		return finish(j, WQ_MEDIA_LATER);
	return wq_flow_after(f, TOLD,
	                     wq_media_note_start(&j->keys, &j->cmd, j->ref, wq_str(j->json), what,
	                                         on_told));
}

static enum wq_flow_next run_told(struct wq_flow *f)
{
	struct wq_fetching *j = self(f);

	return finish(j, f->last < 0 ? WQ_MEDIA_LATER : j->end);
}

static const struct wq_flow_step steps[] = {
	[LOOK] = { "look", run_look, cut_call, WQ_BIT(LOOKED) | WQ_BIT(TELL) },
	[LOOKED] = { "looked", run_looked, cut_call, WQ_BIT(GOT) | WQ_BIT(TELL) },
	[GOT] = { "got", run_got, NULL, WQ_BIT(TELL) },
	[TELL] = { "tell", run_tell, NULL, WQ_BIT(TOLD) },
	[TOLD] = { "told", run_told, NULL, 0 },
};

static void answer(struct wq_fetching *j)
{
	struct wq_media_fetcher *m = j->fetcher;
	const struct wq_failure failure = { .reason = wq_str(j->why),
		                            .unrecoverable = j->end == WQ_MEDIA_WRONG };

	wq_metric_count(j->end == WQ_MEDIA_KEPT    ? &m->kept
	                : j->end == WQ_MEDIA_WRONG ? &m->failed
	                                           : &m->later,
	                1);
	if (j->end == WQ_MEDIA_KEPT)
		wq_task_complete(j->task, wq_str(j->json));
	else if (j->end == WQ_MEDIA_LATER)
		wq_task_delay(j->task, LATER_MS);
	else
		wq_task_fail(j->task, &failure);
}

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_fetching *j = self(f);
	struct wq_media_fetcher *m = j->fetcher;

	(void)rc;
	answer(j);
	wq_media_out_drop(&j->out);
	wq_call_fini(&j->call);
	wq_list_remove(&j->link);
	wq_arena_fini(&j->arena);
	wq_free(j);
	wq_media_fetcher_one_gone(m);
}

void wq_fetching_start(struct wq_media_fetcher *m, struct wq_task *task)
{
	struct wq_fetching *j = wq_zalloc(sizeof(*j));

	if (!j) {
		(void)WQ_RAISE(WQ_ENOMEM);
		wq_task_delay(task, LATER_MS);
		return;
	}
	j->fetcher = m;
	j->task = task;
	j->out.fd = -1;
	wq_arena_init(&j->arena, WQ_INBOUND_FILE_MEMORY_MAX_BYTES);
	wq_list_push(&m->at_work, &j->link);
	wq_flow_init(&j->flow, m->loop, steps, on_end);
	wq_flow_start(&j->flow);
}
