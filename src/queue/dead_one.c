/* SPDX-License-Identifier: MIT */
/* dead_one.c — look ──► nothing more, or a retry, or new data. */
#include "queue/dead_one.h"

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

const char *wq_dead_code_text(int code)
{
	switch (code) {
	case WQ_DEAD_MISSING:
		return "there is no such dead letter";
	case WQ_DEAD_STATE:
		return "the letter does not wait: somebody works the queue of dead letters";
	case WQ_DEAD_FOREIGN:
		return "the queue that the job died in is another library's";
	case WQ_DEAD_CHANGED:
		return "the letter was changed meanwhile: read it again";
	case WQ_DEAD_TOO_LARGE:
		return "the letter is too large to be looked into";
	case WQ_DEAD_NOWHERE:
		return "the letter names no queue that there can be";
	case WQ_DEAD_NOT_JSON:
		return "the new data are no JSON";
	default:
		return "done";
	}
}

static void tell(struct wq_dead_one *o, int code)
{
	o->code = code;
	o->cb(o, 0);
}

static void fail(struct wq_dead_one *o, int rc, const char *error)
{
	o->error = error;
	o->cb(o, rc);
}

static void on_look(struct wq_look *l, int rc)
{
	struct wq_dead_one *o = WQ_OWNER(l, struct wq_dead_one, look);

	if (rc != 0) {
		fail(o, rc, l->cmd.error);
		return;
	}
	if (!o->seen.job) {
		tell(o, WQ_DEAD_MISSING);
		return;
	}
	rc = wq_dead_letter_read(&o->letter, o->seen.job);
	if (rc < 0) {
		fail(o, rc, "");
		return;
	}
	if (!o->seen.whole) {
		tell(o, WQ_DEAD_TOO_LARGE);
		return;
	}
	rc = o->next ? o->next(o) : 0;
	if (rc == WQ_EINVAL)
		tell(o, WQ_DEAD_NOWHERE);
	else if (rc == WQ_EPARSE)
		tell(o, WQ_DEAD_NOT_JSON);
	else if (rc == WQ_ETOOBIG)
		tell(o, WQ_DEAD_TOO_LARGE);
	else if (rc < 0)
		fail(o, rc, "");
	else if (!o->next)
		tell(o, WQ_DEAD_DONE);
}

static void on_sent(struct wq_dead_send *s, int rc)
{
	struct wq_dead_one *o = WQ_OWNER(s, struct wq_dead_one, send);

	if (rc != 0) {
		fail(o, rc, s->retry.cmd.error);
		return;
	}
	wq_buf_clear(&o->text);
	rc = wq_buf_add_str(&o->text, s->retry.ran_as);
	if (rc < 0) {
		fail(o, rc, "");
		return;
	}
	o->ran_as = wq_buf_str(&o->text);
	tell(o, s->retry.code);
}

static int send_back(struct wq_dead_one *o)
{
	yyjson_doc *doc = NULL;
	int rc = o->data.p ? wq_json_parse(&doc, o->data, WQ_JOB_JSON_DEPTH_MAX) : 0;

	wq_json_free(doc);
	if (rc < 0)
		return rc;
	return wq_dead_send_start(&o->send, o->loop, o->ref, &o->letter, o->data, on_sent);
}

static void on_edited(struct wq_dead_edit *e, int rc)
{
	struct wq_dead_one *o = WQ_OWNER(e, struct wq_dead_one, edit);

	if (rc != 0)
		fail(o, rc, e->cmd.error);
	else
		tell(o, e->code);
}

static int write_data(struct wq_dead_one *o)
{
	int rc;

	wq_buf_clear(&o->text);
	rc = wq_dead_letter_edit_add(&o->letter, o->data, &o->text);
	if (rc < 0)
		return rc;
	o->edit.id = o->letter.job->id;
	o->edit.seen = o->letter.job->data;
	o->edit.data = wq_buf_str(&o->text);
	return wq_dead_edit_start(o->ref, &o->edit, on_edited);
}

void wq_dead_one_init(struct wq_dead_one *o, struct wq_loop *loop, const struct wq_ref *ref,
                      void (*cb)(struct wq_dead_one *o, int rc))
{
	*o = (struct wq_dead_one){ .loop = loop, .ref = ref, .cb = cb, .error = "" };
	wq_look_init(&o->look, ref, on_look);
	wq_buf_init(&o->text, WQ_DEAD_TEXT_MAX_BYTES);
}

void wq_dead_one_fini(struct wq_dead_one *o)
{
	wq_look_forget(&o->look);
	wq_redis_forget(&o->edit.cmd);
	wq_dead_send_fini(&o->send);
	wq_dead_letter_fini(&o->letter);
	wq_job_seen_fini(&o->seen);
	wq_buf_fini(&o->text);
}

static int start(struct wq_dead_one *o, struct wq_str id, struct wq_str data,
                 int (*next)(struct wq_dead_one *o))
{
	wq_dead_letter_fini(&o->letter);
	o->letter = (struct wq_dead_letter){ .job = NULL };
	o->data = data;
	o->next = next;
	o->error = "";
	return wq_look_job(&o->look, id, &o->seen);
}

int wq_dead_one_read(struct wq_dead_one *o, struct wq_str id)
{
	return start(o, id, wq_strn(NULL, 0), NULL);
}

int wq_dead_one_retry(struct wq_dead_one *o, struct wq_str id, struct wq_str data)
{
	return start(o, id, data, send_back);
}

int wq_dead_one_edit(struct wq_dead_one *o, struct wq_str id, struct wq_str data)
{
	return start(o, id, data, write_data);
}
