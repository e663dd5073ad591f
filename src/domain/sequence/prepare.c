/* SPDX-License-Identifier: MIT */
/* prepare.c — judged, written in its one form, and its digest taken. */
#include "domain/sequence/prepare.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/err.h"
#include "base/hmac.h"

static int keep(struct wq_arena *a, struct wq_buf *b, int rc, struct wq_str *out)
{
	char *text = rc == 0 ? wq_arena_copy(a, wq_buf_str(b)) : NULL;

	*out = wq_strn(text, b->n);
	wq_buf_fini(b);
	return rc == 0 && !text ? WQ_ENOMEM : rc;
}

static int write_head(const struct wq_sequence *s, struct wq_arena *a, struct wq_str *out)
{
	struct wq_jsonw w;
	struct wq_buf b;

	wq_buf_init(&b, WQ_SEQ_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_sequence_head_write(&w, s);
	return keep(a, &b, wq_jsonw_end(&w), out);
}

static int write_steps(const struct wq_sequence *s, struct wq_seq_put *put, struct wq_arena *a,
                       struct wq_sequence_problem *p)
{
	struct wq_seq_put_step *steps = wq_arena_alloc(a, s->n * sizeof(*steps));
	int rc = steps ? 0 : WQ_ENOMEM;

	for (size_t i = 0; i < s->n && rc == 0; i++) {
		struct wq_jsonw w;
		struct wq_buf b;

		wq_buf_init(&b, WQ_SEQ_STEP_MAX_BYTES);
		wq_jsonw_begin(&w, &b);
		wq_seq_step_write(&w, &s->steps[i]);
		rc = keep(a, &b, wq_jsonw_end(&w), &steps[i].step);
		steps[i].delay_ms = s->steps[i].delay_ms;
		if (rc != WQ_ETOOBIG)
			continue;
		snprintf(p->field, sizeof(p->field), "steps[%zu]", i);
		snprintf(p->what, sizeof(p->what), "is larger than %d bytes",
		         WQ_SEQ_STEP_MAX_BYTES);
		rc = WQ_SEQUENCE_INVALID;
	}
	put->steps = steps;
	put->n = s->n;
	return rc;
}

static int write_spec(const struct wq_sequence *s, struct wq_seq_put *put, struct wq_arena *a,
                      struct wq_sequence_problem *p)
{
	unsigned char sum[WQ_SHA256_BYTES];
	char *print = wq_arena_alloc(a, 2 * sizeof(sum) + 1);
	struct wq_jsonw w;
	struct wq_buf b;
	int rc;

	wq_buf_init(&b, WQ_SEQ_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_sequence_write(&w, s);
	rc = keep(a, &b, wq_jsonw_end(&w), &put->spec);
	if (rc == WQ_ETOOBIG) {
		snprintf(p->field, sizeof(p->field), "steps");
		snprintf(p->what, sizeof(p->what), "all together are larger than %d bytes",
		         WQ_SEQ_MAX_BYTES);
		return WQ_SEQUENCE_INVALID;
	}
	if (rc == 0)
		rc = print ? wq_sha256(put->spec, sum) : WQ_ENOMEM;
	if (rc == 0)
		wq_hex_encode(sum, sizeof(sum), print);
	put->print = wq_str(print);
	return rc;
}

static bool is_beside(struct wq_str name, const char *const *beside)
{
	for (size_t i = 0; beside && beside[i]; i++)
		if (wq_str_is(name, beside[i]))
			return true;
	return false;
}

/* The members that are not beside it. */
static struct wq_str without(yyjson_val *root, const char *const *beside, struct wq_arena *a)
{
	struct wq_str out;
	yyjson_obj_iter it;
	struct wq_jsonw w;
	struct wq_buf b;
	yyjson_val *key;

	wq_buf_init(&b, 2 * WQ_SEQ_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_object(&w);
	yyjson_obj_iter_init(root, &it);
	while ((key = yyjson_obj_iter_next(&it))) {
		if (is_beside(wq_json_str(key), beside))
			continue;
		wq_jsonw_key_str(&w, wq_json_str(key));
		wq_jsonw_value(&w, yyjson_obj_iter_get_val(key));
	}
	wq_jsonw_object_end(&w);
	return keep(a, &b, wq_jsonw_end(&w), &out) == 0 ? out : wq_strn(NULL, 0);
}

int wq_sequence_prepare(struct wq_seq_put *put, yyjson_val *root, const char *const *beside,
                        struct wq_arena *a, struct wq_sequence_problem *p)
{
	struct wq_sequence s;
	struct wq_str text;
	int rc = 0;

	if (beside && yyjson_is_obj(root)) {
		text = without(root, beside, a);
		rc = text.p ? wq_json_parse_in(&root, text, WQ_JOB_JSON_DEPTH_MAX, a) : WQ_ENOMEM;
	}
	if (rc == 0)
		rc = wq_sequence_read(&s, root, a, p);
	if (rc == 0)
		rc = write_spec(&s, put, a, p);
	if (rc == 0)
		rc = write_head(&s, a, &put->head);
	if (rc == 0)
		rc = write_steps(&s, put, a, p);
	if (rc != 0)
		return rc;
	put->name = s.name;
	put->on_answer = wq_seq_on_answer_names[s.on_answer];
	put->again = s.again;
	return 0;
}

struct wq_str wq_sequence_merge(struct wq_str old, yyjson_val *change, const char *const *beside,
                                struct wq_arena *a)
{
	yyjson_doc *doc = wq_json_read(old, WQ_JOB_JSON_DEPTH_MAX, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc), *key;
	yyjson_obj_iter it;
	struct wq_str out;
	struct wq_jsonw w;
	struct wq_buf b;

	wq_buf_init(&b, 2 * WQ_SEQ_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_object(&w);
	yyjson_obj_iter_init(root, &it);
	while ((key = yyjson_obj_iter_next(&it))) {
		if (yyjson_obj_getn(change, wq_json_str(key).p, wq_json_str(key).n))
			continue;
		wq_jsonw_key_str(&w, wq_json_str(key));
		wq_jsonw_value(&w, yyjson_obj_iter_get_val(key));
	}
	yyjson_obj_iter_init(change, &it);
	while ((key = yyjson_obj_iter_next(&it))) {
		if (is_beside(wq_json_str(key), beside) ||
		    yyjson_is_null(yyjson_obj_iter_get_val(key)))
			continue;
		wq_jsonw_key_str(&w, wq_json_str(key));
		wq_jsonw_value(&w, yyjson_obj_iter_get_val(key));
	}
	wq_jsonw_object_end(&w);
	wq_json_free(doc);
	return doc && keep(a, &b, wq_jsonw_end(&w), &out) == 0 ? out : wq_strn(NULL, 0);
}
