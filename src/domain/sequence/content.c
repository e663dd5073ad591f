/* SPDX-License-Identifier: MIT */
/* content.c — the message of a step, judged as one to somebody would be, but for the lengths of what is filled in. */
#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "domain/message/read.h"
#include "domain/sequence/definition.h"
#include "domain/template/template.h"

#define SOMEBODY "+10000000000"

/* The step and the contact say these. */
static const char *const refused[] = { "to",          "recipient",    "recipientPhone", "phoneNumber",
	                               "id",          "account",      "businessId",     "instanceName",
	                               "scheduledAt", "expiresAt",    "replyTo",        "reference",
	                               "number",      "recipientType", "messaging_product" };

static int fail(struct wq_sequence_problem *p, const char *field, const char *member,
                const char *what)
{
	snprintf(p->field, sizeof(p->field), "%s%s%s", field, *member ? "." : "", member);
	snprintf(p->what, sizeof(p->what), "%s", what);
	return WQ_SEQUENCE_INVALID;
}

static int check_use(yyjson_val *use, const char *field, struct wq_sequence_problem *p)
{
	yyjson_val *variables = wq_json_get(use, "variables"),
		   *language = wq_json_get(use, "language");
	yyjson_obj_iter it;
	yyjson_val *key;

	if (!yyjson_is_obj(use))
		return fail(p, field, "use",
		            "is no object: {\"template\": KIND, \"language\"?, \"variables\"?}");
	if (wq_json_get_str(use, "template").n == 0)
		return fail(p, field, "use.template", "is missing: which kind of template");
	if (language && wq_json_str(language).n == 0)
		return fail(p, field, "use.language", "is no text");
	if (variables && !yyjson_is_obj(variables))
		return fail(p, field, "use.variables", "is no object");
	yyjson_obj_iter_init(use, &it);
	while ((key = yyjson_obj_iter_next(&it)))
		if (!wq_str_is(wq_json_str(key), "template") &&
		    !wq_str_is(wq_json_str(key), "language") &&
		    !wq_str_is(wq_json_str(key), "variables"))
			return fail(p, field, "use",
			            "has another member than template, language and variables");
	return 0;
}

/* The same with a recipient, as text. */
static int with_recipient(yyjson_val *content, struct wq_buf *out)
{
	yyjson_obj_iter it;
	struct wq_jsonw w;
	yyjson_val *key;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "to", SOMEBODY);
	yyjson_obj_iter_init(content, &it);
	while ((key = yyjson_obj_iter_next(&it))) {
		wq_jsonw_key_str(&w, wq_json_str(key));
		wq_jsonw_value(&w, yyjson_obj_iter_get_val(key));
	}
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

/* The first text below `v` that no template can be made of. */
static int check_texts(yyjson_val *v, const char *field, struct wq_arena *a,
                       struct wq_sequence_problem *p)
{
	struct wq_template_problem problem;
	struct wq_template t;
	size_t at, max;
	yyjson_val *key, *value;
	int rc = 0;

	if (yyjson_is_str(v)) {
		rc = wq_template_read(&t, wq_json_str(v), NULL, a, &problem);
		if (rc <= 0)
			return rc;
		snprintf(p->field, sizeof(p->field), "%s", field);
		snprintf(p->what, sizeof(p->what), "line %u, column %u: %s", problem.line,
		         problem.column, problem.what);
		return WQ_SEQUENCE_INVALID;
	}
	if (yyjson_is_arr(v)) {
		yyjson_arr_foreach(v, at, max, value)
		{
			rc = rc == 0 ? check_texts(value, field, a, p) : rc;
		}
	} else if (yyjson_is_obj(v)) {
		yyjson_obj_foreach(v, at, max, key, value)
		{
			rc = rc == 0 ? check_texts(value, field, a, p) : rc;
		}
	}
	return rc;
}

static int judge(yyjson_val *content, const char *field, struct wq_arena *a,
                 struct wq_sequence_problem *p)
{
	struct wq_message_problem problem = { .limit = 0 };
	struct wq_message m;
	yyjson_val *root;
	struct wq_buf text;
	int rc;

	wq_buf_init(&text, 2 * WQ_SEQ_STEP_MAX_BYTES);
	rc = with_recipient(content, &text);
	if (rc == 0)
		rc = wq_json_parse_in(&root, wq_buf_str(&text), WQ_JOB_JSON_DEPTH_MAX, a);
	if (rc == 0)
		rc = wq_message_read(&m, root, 0, a, &problem);
	wq_buf_fini(&text);
	if (rc == WQ_MESSAGE_INVALID)
		return fail(p, field, problem.field, problem.what);
	if (rc == WQ_EPARSE)
		return fail(p, field, "", "is nested too deep");
	if (rc == 0 && (m.kind == WQ_MESSAGE_READ || m.kind == WQ_MESSAGE_REACTION))
		return fail(p, field, "type",
		            "is about a message that somebody sent: a step has none");
	return rc;
}

int wq_seq_content_check(yyjson_val *content, const char *field, struct wq_arena *a,
                         struct wq_sequence_problem *p)
{
	yyjson_val *use = wq_json_get(content, "use");

	if (!content)
		return fail(p, field, "", "is missing");
	if (!yyjson_is_obj(content))
		return fail(
			p, field, "",
			"is no object: {\"text\": {\"body\": …}}, {\"use\": {\"template\": …}} …");
	for (size_t i = 0; i < WQ_COUNT(refused); i++)
		if (wq_json_get(content, refused[i]))
			return fail(p, field, refused[i],
			            "is not for a step to say: contact and sequence do");
	if (!use) {
		int rc = judge(content, field, a, p);

		return rc == 0 ? check_texts(content, field, a, p) : rc;
	}
	if (yyjson_obj_size(content) > 1)
		return fail(p, field, "use",
		            "is there beside other members: it is all of the message");
	return check_use(use, field, p);
}
