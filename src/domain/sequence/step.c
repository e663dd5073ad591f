/* SPDX-License-Identifier: MIT */
/* step.c — facts, decision, message, record. */
#include "domain/sequence/step.h"

#include <stdio.h>

#include "base/err.h"
#include "domain/pending/pending.h"
#include "domain/provider/provider.h"
#include "domain/send/submit.h"
#include "domain/sequence/decide.h"
#include "domain/sequence/fill.h"
#include "store/registry.h"

enum { REFERENCE_MAX_BYTES = WQ_SEQ_ID_MAX_BYTES + 32, SHOWN_MAX_BYTES = 1024 };

/* One in the making. */
struct making {
	struct wq_step *s;
	const struct wq_step_world *w;
	const struct wq_enrol_due *due;
	struct wq_seq_step step;
	yyjson_val *head;
	struct wq_str to;
};

static int parse(const struct making *m, struct wq_str text, yyjson_val **out)
{
	int rc = text.n ? wq_json_parse_in(out, text, WQ_JOB_JSON_DEPTH_MAX, m->w->arena) : 0;

	return rc == WQ_EPARSE ? WQ_RAISE_MSG(WQ_EPROTO, "a step that was stored is no JSON") : rc;
}

/* When the step's hours begin; now, when they have, or nobody knows. */
static int64_t open_ms(const struct making *m)
{
	const struct wq_hours *h = m->w->hours;
	struct wq_str own = wq_fields_get(m->due->contact, "zone");
	const struct wq_zone *zone;
	int64_t next;

	if (m->step.hours != WQ_SEQ_BUSINESS || !h)
		return m->w->now_ms;
	if ((!h->people || !own.n || wq_zones_get(m->w->zones, own, &zone) != 0) &&
	    wq_zones_get(m->w->zones, h->zone, &zone) != 0)
		return m->w->now_ms;
	next = wq_hours_next_ms(h, zone, m->w->now_ms);
	return next < INT64_MAX ? next : m->w->now_ms;
}

static void read_facts(const struct making *m, struct wq_step_facts *f)
{
	const struct wq_redis_value *c = m->due->contact;

	*f = (struct wq_step_facts){
		.can = { .window_ms = wq_fields_int(c, "window"),
		         .free_ms = wq_fields_int(c, "fep"),
		         .optout_ms = wq_fields_int(c, "optout"),
		         .blocked_ms = wq_fields_int(c, "blocked"),
		         .windowless = m->w->account->provider == WQ_PROVIDER_EVOLUTION },
		.now_ms = m->w->now_ms,
		.open_ms = open_ms(m),
		.reachable = m->to.n > 0,
		.template = wq_json_get(m->step.message, "template") != NULL,
		.blocked_probable = wq_fields_get(c, "blk_state").n > 0,
	};
}

static int keep(const struct making *m, struct wq_buf *b, int rc, struct wq_str *out)
{
	char *text = rc == 0 ? wq_arena_copy(m->w->arena, wq_buf_str(b)) : NULL;

	*out = wq_strn(text, b->n);
	wq_buf_fini(b);
	return rc == 0 && !text ? WQ_ENOMEM : rc;
}

static int write_message(const struct making *m, const struct wq_message *message,
                         struct wq_str *out)
{
	struct wq_buf b;
	struct wq_jsonw w;

	wq_buf_init(&b, WQ_LETTER_MEMORY_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_message_write(&w, message);
	return keep(m, &b, wq_jsonw_end(&w), out);
}

/* For people: what it says, or what it was to say. */
static void show(struct making *m, yyjson_val *content)
{
	struct wq_str text = wq_json_get_str(wq_json_get(content, "text"), "body");

	if (!text.p)
		text = wq_json_get_str(content, "text");
	m->s->settle.text = wq_strn(text.p, text.n < SHOWN_MAX_BYTES ? text.n : SHOWN_MAX_BYTES);
}

/* A person may do it: the entry has the message as far as it could be made. */
static int leave_to_people(struct making *m, const char *why, const struct wq_message *message)
{
	struct wq_str id = wq_pending_id(m->w->arena);
	int rc = id.p ? 0 : WQ_ENOMEM;

	m->s->settle.what = WQ_STEP_PENDING;
	m->s->settle.why = wq_str(why);
	m->s->settle.id = id;
	if (rc == 0 && message)
		rc = write_message(m, message, &m->s->settle.data);
	return rc;
}

/* The record of the message, and its job. */
static int address(struct making *m, struct wq_message *message, bool forced)
{
	char *reference = wq_arena_alloc(m->w->arena, REFERENCE_MAX_BYTES);
	struct wq_step *s = m->s;
	struct wq_buf opts;
	int rc;

	if (!reference)
		return WQ_ENOMEM;
	snprintf(reference, REFERENCE_MAX_BYTES, "sequence:%.*s:%.*s", WQ_STR_ARG(m->due->seq),
	         WQ_STR_ARG(m->due->at));
	message->id = wq_submit_id(m->w->arena, m->w->account->id, m->w->now_ms);
	message->account = m->w->account->id;
	message->reference = wq_str(reference);
	message->forced = forced;
	message->bulk = true;
	if (!message->id.p)
		return WQ_ENOMEM;
	s->settle.id = message->id;
	s->settle.reference = message->reference;
	rc = wq_person_of(message->to, s->person);
	if (rc == 0)
		rc = write_message(m, message, &s->settle.data);
	s->job = (struct wq_letter_job){ .id = message->id,
		                         .data = s->settle.data,
		                         .priority = message->priority };
	wq_buf_init(&opts, WQ_LETTER_OPTS_MAX_BYTES);
	return keep(m, &opts, rc == 0 ? wq_letter_job_opts(&s->job, &opts) : rc, &s->opts);
}

/* What stays a mystery to the provider is left to a person too. */
static int make_message(struct making *m, const struct wq_step_decision *d)
{
	bool mapped = d->fallback && !m->step.fallback;
	struct wq_step_fill f = { .content = d->fallback && !mapped ? m->step.fallback
		                                                    : m->step.message,
		                  .keeps_use = mapped,
		                  .head = m->head,
		                  .contact = m->due->contact,
		                  .templates = m->w->templates,
		                  .business = m->w->account->business,
		                  .account = m->w->account->id,
		                  .to = m->to,
		                  .now_ms = m->w->now_ms,
		                  .arena = m->w->arena };
	struct wq_message_problem p;
	int rc = wq_step_fill(&f);

	show(m, f.content);
	if (rc == WQ_FILL_MISSING || rc == WQ_FILL_INVALID)
		return leave_to_people(
			m, rc == WQ_FILL_MISSING ? "variable_missing" : "invalid_message", NULL);
	if (rc < 0)
		return rc;
	if (mapped) /* who sends it finds the template that stands for the text */
		f.message.when_closed = WQ_CLOSED_TEMPLATE;
	if (wq_providers[m->w->account->provider]->check(&f.message, &p) == WQ_MESSAGE_INVALID)
		return leave_to_people(m, "invalid_message", &f.message);
	if (d->what == WQ_STEP_PENDING)
		return leave_to_people(m, d->why, &f.message);
	return address(m, &f.message, d->forced);
}

int wq_step_make(struct wq_step *s, const struct wq_step_world *w, const struct wq_enrol_due *due)
{
	struct making m = { .s = s, .w = w, .due = due, .to = wq_step_address(due->contact) };
	struct wq_step_decision d;
	struct wq_step_facts facts;
	yyjson_val *root = NULL;
	int rc = parse(&m, due->step, &root);

	*s = (struct wq_step){ .settle = { .con = due->con, .rev = due->rev } };
	if (rc == 0)
		rc = parse(&m, due->head, &m.head);
	if (rc != 0)
		return rc;
	wq_seq_step_read(&m.step, root);
	read_facts(&m, &facts);
	d = wq_step_decide(&facts, m.step.closed);
	s->settle.what = d.what;
	s->settle.until_ms = d.until_ms;
	s->settle.why = wq_str(d.why);
	if (d.what == WQ_STEP_PENDING && !facts.reachable) {
		show(&m, m.step.message);
		return leave_to_people(&m, d.why, NULL);
	}
	if (d.what == WQ_STEP_SEND || d.what == WQ_STEP_PENDING)
		rc = make_message(&m, &d);
	s->settle.to = wq_str(s->person);
	return rc;
}
