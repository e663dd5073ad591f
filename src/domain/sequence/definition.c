/* SPDX-License-Identifier: MIT */
/* definition.c — members one by one; the first that is wrong ends it. */
#include "domain/sequence/definition.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"

const char *const wq_seq_on_answer_names[WQ_SEQ_ON_ANSWERS] = { "pause", "stop", "continue" };
const char *const wq_seq_closed_names[WQ_SEQ_CLOSEDS] = { "pending", "skip", "template", "fail",
	                                                  "force" };
const char *const wq_seq_hours_names[WQ_SEQ_HOURS] = { "any", "business" };
const char *const wq_sequence_members[] = { "name",  "description", "on_answer", "language", "hours",
	                                    "again", "variables",   "steps",     NULL };
static const char *const step_members[] = { "name",     "delay", "message", "when_closed",
	                                    "fallback", "hours", NULL };

enum { NEAR = 3, ECHO_MAX_BYTES = 40, VARIABLE_MAX_BYTES = 64, VALUE_MAX_BYTES = 1024 };

/* One that is being read. */
struct reading {
	struct wq_sequence *s;
	struct wq_arena *arena;
	struct wq_sequence_problem *p;
	char at[32]; /* "steps[3]."; "": the whole */
	int rc;
};

__attribute__((format(printf, 3, 4))) static void fail(struct reading *r, const char *field,
                                                       const char *fmt, ...)
{
	va_list ap;

	if (r->rc != 0)
		return;
	snprintf(r->p->field, sizeof(r->p->field), "%s%s", r->at, field);
	va_start(ap, fmt);
	vsnprintf(r->p->what, sizeof(r->p->what), fmt, ap);
	va_end(ap);
	r->rc = WQ_SEQUENCE_INVALID;
}

static bool is_known(struct wq_str name, const char *const *members)
{
	for (size_t i = 0; members[i]; i++)
		if (wq_str_is(name, members[i]))
			return true;
	return false;
}

static const char *nearest(struct wq_str name, const char *const *members)
{
	const char *best = NULL;
	unsigned least = NEAR;

	for (size_t i = 0; members[i]; i++) {
		unsigned d = wq_str_distance(name, wq_str(members[i]));

		if (d < least) {
			least = d;
			best = members[i];
		}
	}
	return best;
}

static void refuse_unknown(struct reading *r, yyjson_val *obj, const char *const *members)
{
	yyjson_obj_iter it;
	yyjson_val *key;

	yyjson_obj_iter_init(obj, &it);
	while (r->rc == 0 && (key = yyjson_obj_iter_next(&it))) {
		struct wq_str name = wq_json_str(key);
		const char *near;
		char shown[ECHO_MAX_BYTES + 1];

		if (is_known(name, members))
			continue;
		near = nearest(name, members);
		snprintf(shown, sizeof(shown), "%.*s", WQ_STR_ARG(name));
		if (near)
			fail(r, shown, "is not known; \"%s\" is", near);
		else
			fail(r, shown, "is not known");
	}
}

/* p == NULL: it is not there. */
static struct wq_str text_of(struct reading *r, yyjson_val *obj, const char *name, size_t max)
{
	yyjson_val *v = wq_json_get(obj, name);
	struct wq_str s = wq_json_str(v);

	if (!v || yyjson_is_null(v))
		return wq_strn(NULL, 0);
	if (!s.p || wq_str_trim(s).n == 0)
		fail(r, name, "is no text, or an empty one");
	else if (s.n > max)
		fail(r, name, "is longer than %zu bytes", max);
	return s;
}

/* One of `names`; `usual` when it is not there. */
static unsigned word_of(struct reading *r, yyjson_val *obj, const char *name,
                        const char *const *names, unsigned n, unsigned usual)
{
	yyjson_val *v = wq_json_get(obj, name);
	char all[96] = "";
	size_t used = 0;

	if (!v || yyjson_is_null(v))
		return usual;
	for (unsigned i = 0; i < n; i++) {
		if (wq_str_is(wq_json_str(v), names[i]))
			return i;
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", i ? ", " : "",
		                         names[i]);
	}
	fail(r, name, "is none of %s", all);
	return usual;
}

static void read_variables(struct reading *r, yyjson_val *root)
{
	yyjson_val *v = wq_json_get(root, "variables"), *key;
	yyjson_obj_iter it;

	if (!v || yyjson_is_null(v))
		return;
	if (!yyjson_is_obj(v)) {
		fail(r, "variables", "is no object: {\"agent\": \"Ana\"}");
		return;
	}
	if (yyjson_obj_size(v) > WQ_SEQ_VARIABLES_MAX)
		fail(r, "variables", "has more than %d members", WQ_SEQ_VARIABLES_MAX);
	yyjson_obj_iter_init(v, &it);
	while (r->rc == 0 && (key = yyjson_obj_iter_next(&it))) {
		yyjson_val *value = yyjson_obj_iter_get_val(key);

		if (wq_json_str(key).n == 0 || wq_json_str(key).n > VARIABLE_MAX_BYTES)
			fail(r, "variables", "has a name that is empty, or longer than %d bytes",
			     VARIABLE_MAX_BYTES);
		else if (yyjson_is_ctn(value) || yyjson_is_null(value) ||
		         wq_json_str(value).n > VALUE_MAX_BYTES)
			fail(r, "variables",
			     "has a value that is no text of up to %d bytes, number or boolean",
			     VALUE_MAX_BYTES);
	}
	r->s->variables = v;
}

static void read_content(struct reading *r, yyjson_val *obj, const char *name, yyjson_val **out)
{
	char field[64];

	snprintf(field, sizeof(field), "%s%s", r->at, name);
	*out = wq_json_get(obj, name);
	if (r->rc == 0)
		r->rc = wq_seq_content_check(*out, field, r->arena, r->p);
}

/* What goes out behind a closed window is a template of the provider, or may become one. */
static void read_closed(struct reading *r, yyjson_val *obj, struct wq_seq_step *step)
{
	step->closed = word_of(r, obj, "when_closed", wq_seq_closed_names, WQ_SEQ_CLOSEDS,
	                       WQ_SEQ_CLOSED_PENDING);
	if (wq_json_get(obj, "fallback"))
		read_content(r, obj, "fallback", &step->fallback);
	if (r->rc != 0)
		return;
	if (step->closed == WQ_SEQ_CLOSED_TEMPLATE && !step->fallback &&
	    !wq_json_get(step->message, "use"))
		fail(r, "fallback", "is missing: the template that goes when the window is closed");
	else if (step->closed != WQ_SEQ_CLOSED_TEMPLATE && step->fallback)
		fail(r, "fallback", "is there, but \"when_closed\" is not \"template\"");
	else if (step->fallback && !wq_json_get(step->fallback, "template") &&
	         !wq_json_get(step->fallback, "use"))
		fail(r, "fallback", "is no template: nothing else goes through a closed window");
}

static void read_step(struct reading *r, yyjson_val *obj, struct wq_seq_step *step)
{
	yyjson_val *delay = wq_json_get(obj, "delay");

	if (!yyjson_is_obj(obj)) {
		r->at[strlen(r->at) - 1] = '\0'; /* the dot behind it */
		fail(r, "", "is no object");
		return;
	}
	refuse_unknown(r, obj, step_members);
	step->name = text_of(r, obj, "name", WQ_SEQ_NAME_MAX_BYTES);
	if (delay && !wq_seq_delay_read(delay, &step->delay_ms))
		fail(r, "delay",
		     "is no time of up to 366 days: \"30m\", \"2h\", \"1d 12h\", or whole ms");
	read_content(r, obj, "message", &step->message);
	read_closed(r, obj, step);
	step->hours = word_of(r, obj, "hours", wq_seq_hours_names, WQ_SEQ_HOURS, r->s->hours);
}

static void read_steps(struct reading *r, yyjson_val *root)
{
	yyjson_val *steps = wq_json_get(root, "steps"), *v;
	uint64_t refusals = wq_alloc_refusals();
	yyjson_arr_iter it;

	if (!yyjson_is_arr(steps) || yyjson_arr_size(steps) == 0 ||
	    yyjson_arr_size(steps) > WQ_SEQ_STEPS_MAX) {
		fail(r, "steps",
		     steps ? "is no list of 1 to %d steps" : "is missing: a list of 1 to %d steps",
		     WQ_SEQ_STEPS_MAX);
		return;
	}
	if (r->rc != 0)
		return;
	r->s->steps = wq_arena_alloc(r->arena, yyjson_arr_size(steps) * sizeof(*r->s->steps));
	if (!r->s->steps) {
		r->rc = refusals == wq_alloc_refusals() ? WQ_ETOOBIG : WQ_ENOMEM;
		return;
	}
	yyjson_arr_iter_init(steps, &it);
	while (r->rc == 0 && (v = yyjson_arr_iter_next(&it))) {
		snprintf(r->at, sizeof(r->at), "steps[%zu].", r->s->n);
		read_step(r, v, &r->s->steps[r->s->n++]);
	}
	r->at[0] = '\0';
}

int wq_sequence_read(struct wq_sequence *s, yyjson_val *root, struct wq_arena *a,
                     struct wq_sequence_problem *p)
{
	struct reading r = { .s = s, .arena = a, .p = p };
	yyjson_val *again = wq_json_get(root, "again");

	*s = (struct wq_sequence){ .n = 0 };
	if (!yyjson_is_obj(root)) {
		fail(&r, "", "a sequence is an object: {\"name\": …, \"steps\": […]}");
		return r.rc;
	}
	refuse_unknown(&r, root, wq_sequence_members);
	s->name = text_of(&r, root, "name", WQ_SEQ_NAME_MAX_BYTES);
	if (!s->name.p)
		fail(&r, "name", "is missing");
	s->description = text_of(&r, root, "description", WQ_SEQ_DESCRIPTION_MAX_BYTES);
	s->language = text_of(&r, root, "language", WQ_WA_LANGUAGE_MAX_CHARS);
	s->on_answer = word_of(&r, root, "on_answer", wq_seq_on_answer_names, WQ_SEQ_ON_ANSWERS,
	                       WQ_SEQ_PAUSE);
	s->hours = word_of(&r, root, "hours", wq_seq_hours_names, WQ_SEQ_HOURS, WQ_SEQ_ANY_TIME);
	if (again && !yyjson_is_bool(again))
		fail(&r, "again", "is neither true nor false");
	s->again = yyjson_get_bool(again);
	read_variables(&r, root);
	read_steps(&r, root);
	return r.rc;
}
