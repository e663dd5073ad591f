/* SPDX-License-Identifier: MIT */
/* files.c — which files have to be uploaded, what their failures mean, and the content with their ids. */
#include "domain/send/files.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/send/sender_core.h"

enum { REST_MIN_MS = 5000, RETRY_MS = 2000, AGAIN_MS = 100 };

static bool is_wanted(const struct wq_sending *l, struct wq_file *f)
{
	if (f->from == WQ_FILE_LINK && f->links == WQ_LINKS_UNSAID)
		f->links = l->account_links != WQ_LINKS_UNSAID ? l->account_links
		                                               : l->sender->o.links;
	return f->from == WQ_FILE_DATA || (f->from == WQ_FILE_LINK && f->links >= WQ_LINKS_UPLOAD);
}

/* The next that has to be uploaded; NULL: none. */
static struct wq_file *next(struct wq_sending *l)
{
	struct wq_parcel *p = &l->parcel;

	while (p->at < p->n && (p->files[p->at].id.p || !is_wanted(l, &p->files[p->at])))
		p->at++;
	return p->at < p->n ? &p->files[p->at] : NULL;
}

/* The content anew, in the message's arena. */
static int rewrite(struct wq_sending *l)
{
	struct wq_buf b;
	struct wq_jsonw w;
	yyjson_val *content;
	int rc;

	wq_buf_init(&b, WQ_LETTER_MEMORY_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_files_write(&w, &l->message, l->parcel.files, l->parcel.n);
	rc = wq_jsonw_end(&w);
	if (rc == 0)
		rc = wq_json_parse_in(&content, wq_buf_str(&b), WQ_JOB_JSON_DEPTH_MAX, &l->arena);
	wq_buf_fini(&b);
	if (rc == 0)
		l->message.content = content;
	return rc;
}

static int find(struct wq_sending *l)
{
	struct wq_parcel *p = &l->parcel;
	struct wq_file some[WQ_FILES_MAX];
	size_t n = wq_files_find(&l->message, some, WQ_FILES_MAX);

	if (n > WQ_FILES_MAX)
		n = WQ_FILES_MAX;
	p->files = wq_arena_alloc(&l->arena, (n + 1) * sizeof(*p->files));
	p->marks = wq_arena_alloc(&l->arena, (n + 1) * sizeof(*p->marks));
	if (!p->files || !p->marks)
		return WQ_ENOMEM;
	memcpy(p->files, some, n * sizeof(*some));
	p->n = n;
	return 0;
}

/* The result's texts are gone with the callback. */
static void keep(struct wq_sending *l, const struct wq_filing_result *r)
{
	struct wq_parcel *p = &l->parcel;
	struct wq_parcel_mark *mark = &p->marks[p->at];
	const struct wq_str title = r->answer.title, details = r->answer.details;
	char *id;

	p->end = r->end;
	p->answer = r->answer;
	p->answer.id = p->answer.wa_id = wq_strn(NULL, 0);
	p->answer.title = p->answer.details = wq_strn(NULL, 0);
	memcpy(p->why, r->why, sizeof(p->why));
	if (r->end == WQ_FILING_JUDGE)
		(void)snprintf(p->why, sizeof(p->why), "%.*s%s%.*s", WQ_STR_ARG(title),
		               title.n && details.n ? ": " : "", WQ_STR_ARG(details));
	if (r->end != WQ_FILING_DONE)
		return;
	id = wq_arena_copy(&l->arena, wq_str(r->id));
	if (!id)
		p->end = WQ_FILING_LATER;
	p->files[p->at].id = wq_str(id);
	mark->kept = r->kept;
	mark->renewed = r->renewed;
	mark->by = r->by;
	memcpy(mark->hash, r->hash, sizeof(mark->hash));
}

static int start(struct wq_sending *l);

static void on_filed(struct wq_filing *w, const struct wq_filing_result *r)
{
	struct wq_parcel *p = WQ_OWNER(w, struct wq_parcel, filing);
	struct wq_sending *l = WQ_OWNER(p, struct wq_sending, parcel);
	int rc = 0;

	p->waits = false;
	keep(l, r);
	if (p->end == WQ_FILING_DONE && !l->flow.cancelled) {
		p->at++;
		rc = start(l);
		if (rc == 0)
			return; /* the next is under way */
	}
	wq_flow_resume(&l->flow, rc < 0 ? rc : 0);
}

/* 0: one is under way; WQ_PARCEL_READY: none is left. */
static int start(struct wq_sending *l)
{
	struct wq_parcel *p = &l->parcel;
	struct wq_file *f = next(l);
	int rc;

	if (!f)
		return WQ_PARCEL_READY;
	p->filing.told = on_filed;
	rc = wq_shelf_file(&l->sender->shelf, l->desk, f, &p->filing);
	p->waits = rc == 0;
	return rc;
}

/* What the provider would not understand has to go, even if nothing is uploaded. */
static bool has_ours(const struct wq_parcel *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->files[i].links != WQ_LINKS_UNSAID || p->files[i].type.p ||
		    p->files[i].from == WQ_FILE_DATA)
			return true;
	return false;
}

static void plan_failed(struct wq_sending *l)
{
	l->plan = (struct wq_send_plan){ .end = WQ_SEND_END_FAILED, .ending = WQ_ENDING_FOR_GOOD };
}

/* Nothing is uploaded for a message that the claim will find too old: an account that is held would have it tried for
 * ever. */
static bool has_expired(const struct wq_sending *l)
{
	const struct wq_message *m = &l->message;
	const struct wq_job *j = l->task->job;
	int64_t asked_ms = m->scheduled_ms > j->timestamp_ms ? m->scheduled_ms : j->timestamp_ms;
	int64_t end_ms = m->expires_ms ? m->expires_ms : asked_ms + l->sender->o.age_max_ms;

	return wq_loop_wall_ms(l->sender->loop) > end_ms;
}

int wq_sending_file(struct wq_sending *l)
{
	uint64_t now_us = wq_loop_now_us(l->sender->loop);
	bool said;
	int rc = find(l);

	if (rc < 0 || l->parcel.n == 0 || l->provider != WQ_PROVIDER_CLOUD)
		return rc < 0 ? rc : WQ_PARCEL_READY;
	said = has_ours(&l->parcel);
	if (!next(l)) {
		rc = said ? rewrite(l) : 0;
		return rc < 0 ? rc : WQ_PARCEL_READY;
	}
	if (has_expired(l)) {
		plan_failed(l);
		snprintf(l->why, sizeof(l->why), "it expired before it could be sent");
		l->doomed = true;
		return WQ_PARCEL_READY;
	}
	if (now_us < l->desk->files_rest_until_us) {
		l->wait_ms = (int64_t)(l->desk->files_rest_until_us - now_us) / 1000 + 1;
		return WQ_PARCEL_LATER;
	}
	return start(l);
}

void wq_sending_file_cancel(struct wq_sending *l)
{
	if (!l->parcel.waits)
		return;
	wq_filing_forget(&l->parcel.filing);
	l->parcel.waits = false;
	wq_flow_resume(&l->flow, WQ_ECANCELED);
}

/* As which member of the message people know it. */
static void explain(struct wq_sending *l, const struct wq_verdict *v)
{
	const struct wq_parcel *p = &l->parcel;
	const char *kind = wq_message_kind_name(p->files[p->at].kind);

	if (v)
		snprintf(l->why, sizeof(l->why),
		         "%s could not be uploaded: %s%s%s (%s, HTTP %d, code %" PRId64 ")", kind,
		         v->meaning ? v->meaning : "", v->meaning && p->why[0] ? ": " : "", p->why,
		         wq_action_name(v->action), p->answer.status, p->answer.code);
	else
		snprintf(l->why, sizeof(l->why), "%s %s", kind, p->why);
}

static void plan_retry(struct wq_sending *l, const struct wq_send_try *t, int64_t wait_ms)
{
	if (t->last_attempt)
		plan_failed(l);
	else
		l->plan = (struct wq_send_plan){ .end = WQ_SEND_END_AGAIN,
			                         .ending = WQ_ENDING_FAIL,
			                         .wait_ms = wait_ms };
}

/* An upload of which nobody knows what became of it is made again: it sends nothing. */
static void judge(struct wq_sending *l, const struct wq_send_try *t)
{
	struct wq_parcel *p = &l->parcel;
	struct wq_verdict v = wq_verdicts_judge(l->sender->o.verdicts, l->provider, &p->answer,
	                                        t->number, (uint32_t)wq_rng_next(&l->sender->rng));

	if (p->answer.as == WQ_UNKNOWN) {
		v.action = WQ_ACT_RETRY;
		plan_retry(l, t, RETRY_MS);
		l->plan.outage = true;
	} else {
		l->plan = wq_send_plan(&v, &p->answer, t);
	}
	explain(l, &v);
	l->answer.code = p->answer.code;
	if (l->plan.affects || l->plan.outage) {
		int64_t rest = l->plan.wait_ms > REST_MIN_MS ? l->plan.wait_ms : REST_MIN_MS;

		l->desk->files_rest_until_us = wq_loop_now_us(l->sender->loop) +
		                               (uint64_t)rest * 1000;
	}
}

int wq_sending_filed(struct wq_sending *l, const struct wq_send_try *t)
{
	switch (l->parcel.end) {
	case WQ_FILING_DONE:
		return rewrite(l);
	case WQ_FILING_LATER:
		return WQ_PARCEL_LATER;
	case WQ_FILING_WRONG:
		plan_failed(l);
		explain(l, NULL);
		return 1;
	case WQ_FILING_RETRY:
		plan_retry(l, t, RETRY_MS);
		explain(l, NULL);
		return 1;
	case WQ_FILING_JUDGE:
		judge(l, t);
		return 1;
	}
	return WQ_PARCEL_LATER;
}

static bool names_media(struct wq_str text)
{
	for (; text.n > 0; text.p++, text.n--)
		if (wq_str_starts(text, "media"))
			return true;
	return false;
}

/* The words that a provider has for an id that it does not know (any more). */
static bool is_unknown_file(const struct wq_answer *a)
{
	if (a->as != WQ_REFUSED)
		return false;
	if (a->code == 131052 || a->code == 131053)
		return true;
	return (a->code == 100 || a->code == 131009) &&
	       (names_media(a->title) || names_media(a->details));
}

struct refusal {
	struct wq_redis_cmd cmd;
};

static void on_refused(struct wq_redis_cmd *cmd, int rc)
{
	(void)rc; /* then the next one finds the old id, and is refused as this one was */
	wq_free(WQ_OWNER(cmd, struct refusal, cmd));
}

static void tell_refused(struct wq_sending *l, const struct wq_parcel_mark *mark)
{
	struct refusal *r = wq_zalloc(sizeof(*r));

	if (r && wq_filed_refused_start(&l->desk->keys, &r->cmd, mark->by, mark->hash,
	                                wq_loop_wall_ms(l->sender->loop), on_refused) < 0)
		wq_free(r);
}

bool wq_sending_file_again(struct wq_sending *l)
{
	struct wq_parcel *p = &l->parcel;
	bool again = false;

	if (!is_unknown_file(&l->answer))
		return false;
	for (size_t i = 0; i < p->n; i++) {
		if (!p->files[i].id.p || !p->marks[i].kept || p->marks[i].renewed)
			continue;
		tell_refused(l, &p->marks[i]);
		again = true;
	}
	if (again)
		l->plan = (struct wq_send_plan){ .end = WQ_SEND_END_AGAIN,
			                         .ending = WQ_ENDING_DELAY,
			                         .wait_ms = AGAIN_MS };
	return again;
}
