/* SPDX-License-Identifier: MIT */
/* write.c — a definition in its one form, and a stored step back from it. */
#include "domain/sequence/definition.h"

static void put_text(struct wq_jsonw *w, const char *key, struct wq_str text)
{
	if (!text.p)
		return;
	wq_jsonw_put_str(w, key, text);
}

static void put_value(struct wq_jsonw *w, const char *key, yyjson_val *v)
{
	if (!v)
		return;
	wq_jsonw_key(w, key);
	wq_jsonw_value(w, v);
}

static void put_word(struct wq_jsonw *w, const char *key, const char *const *names, unsigned at,
                     unsigned usual)
{
	if (at == usual)
		return;
	wq_jsonw_put_text(w, key, names[at]);
}

static void put_step(struct wq_jsonw *w, const struct wq_seq_step *step, enum wq_seq_hours usual)
{
	char delay[24];

	wq_jsonw_object(w);
	put_text(w, "name", step->name);
	wq_seq_delay_write(step->delay_ms, delay);
	put_text(w, "delay", wq_str(delay));
	put_value(w, "message", step->message);
	put_word(w, "when_closed", wq_seq_closed_names, step->closed, WQ_SEQ_CLOSED_PENDING);
	put_value(w, "fallback", step->fallback);
	put_word(w, "hours", wq_seq_hours_names, step->hours, usual);
	wq_jsonw_object_end(w);
}

void wq_seq_step_write(struct wq_jsonw *w, const struct wq_seq_step *step)
{
	put_step(w, step, WQ_SEQ_ANY_TIME);
}

void wq_sequence_write(struct wq_jsonw *w, const struct wq_sequence *s)
{
	wq_jsonw_object(w);
	put_text(w, "name", s->name);
	put_text(w, "description", s->description);
	put_word(w, "on_answer", wq_seq_on_answer_names, s->on_answer, WQ_SEQ_PAUSE);
	put_text(w, "language", s->language);
	put_word(w, "hours", wq_seq_hours_names, s->hours, WQ_SEQ_ANY_TIME);
	if (s->again)
		wq_jsonw_put_bool(w, "again", true);
	put_value(w, "variables", s->variables);
	wq_jsonw_key(w, "steps");
	wq_jsonw_array(w);
	for (size_t i = 0; i < s->n; i++)
		put_step(w, &s->steps[i], s->hours);
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
}

void wq_sequence_head_write(struct wq_jsonw *w, const struct wq_sequence *s)
{
	wq_jsonw_object(w);
	put_text(w, "language", s->language);
	put_value(w, "variables", s->variables);
	wq_jsonw_object_end(w);
}

static unsigned word_at(yyjson_val *v, const char *const *names, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (wq_str_is(wq_json_str(v), names[i]))
			return i;
	return 0;
}

void wq_seq_step_read(struct wq_seq_step *out, yyjson_val *root)
{
	*out = (struct wq_seq_step){
		.name = wq_json_get_str(root, "name"),
		.closed = word_at(wq_json_get(root, "when_closed"), wq_seq_closed_names,
		                  WQ_SEQ_CLOSEDS),
		.hours = word_at(wq_json_get(root, "hours"), wq_seq_hours_names, WQ_SEQ_HOURS),
		.message = wq_json_get(root, "message"),
		.fallback = wq_json_get(root, "fallback"),
	};
	(void)wq_seq_delay_read(wq_json_get(root, "delay"), &out->delay_ms);
}
