/* SPDX-License-Identifier: MIT */
/* import.c — the file is read three times: to be judged by itself, beside the contacts that are there, and written. */
#include "domain/contact/import.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"

enum { SLOTS = 32 };
enum pass { JUDGE, COMPARE, WRITE };

/* One line that is being compared or written. */
struct wq_contact_slot {
	struct wq_contact_import *import;
	struct wq_contact_change change;
	struct wq_contact_wish wish;
	struct wq_contact_problem problem;
	struct wq_arena arena;
	uint64_t line;
	bool busy;
};

struct wq_contact_import {
	struct wq_contact_import_opts o;
	struct wq_contact_import_told told;
	struct wq_contact_sheet sheet;
	struct wq_arena head, arena;
	struct wq_post turn;
	struct wq_contact_slot slots[SLOTS];
	enum pass pass;
	unsigned busy;
	uint64_t first; /* line that told.where is of; 0: none */
	bool over;
	int rc;
};

void *wq_contact_import_ctx(const struct wq_contact_import *i)
{
	return i->o.ctx;
}

const struct wq_contact_import_told *wq_contact_import_told(const struct wq_contact_import *i)
{
	return &i->told;
}

/* Lines of slots end in any order. */
static void tell(struct wq_contact_import *i, uint64_t line, const char *field, const char *what)
{
	if (i->first && i->first <= line)
		return;
	i->first = line;
	snprintf(i->told.where, sizeof(i->told.where), "line %" PRIu64 ": %s %s", line, field,
	         what);
}

static void start_pass(struct wq_contact_import *i, enum pass pass);

/* Of a pass, or, behind the last one, of all. */
static void end(struct wq_contact_import *i, int rc)
{
	i->rc = i->rc ? i->rc : rc;
	i->over = true;
	if (i->busy > 0)
		return;
	if (i->pass == COMPARE && i->rc == 0 && i->told.wrong == 0 && !i->o.dry)
		start_pass(i, WRITE);
	else
		i->o.cb(i, i->rc);
}

/* The next line as a wish.  1; 0: there is none; WQ_EINVAL, with the problem; WQ_ENOMEM. */
static int take_line(struct wq_contact_import *i, struct wq_arena *a, struct wq_contact_wish *w,
                     struct wq_contact_problem *p)
{
	yyjson_val *body;
	int rc = wq_contact_sheet_next(&i->sheet, a, &body, p);

	if (rc != 1)
		return rc;
	rc = wq_contact_wish_read(w, body, NULL, a, p);
	if (rc < 0)
		return rc;
	if (wq_contact_wish_names(w))
		return 1;
	snprintf(p->field, sizeof(p->field), "phone");
	snprintf(p->what, sizeof(p->what), "or another name that tells who it is is missing");
	return WQ_EINVAL;
}

static int rewind_sheet(struct wq_contact_import *i)
{
	struct wq_contact_problem p;
	int rc;

	wq_arena_reset(&i->head);
	rc = wq_contact_sheet_init(&i->sheet, i->o.text, i->o.csv, &i->head, &p);
	if (rc == WQ_EINVAL) {
		i->told.wrong++;
		tell(i, 1, p.field, p.what);
	}
	return rc;
}

/* A stretch; 1: there is more. */
static int judge_some(struct wq_contact_import *i)
{
	struct wq_contact_problem p;
	struct wq_contact_wish w;

	for (int n = 0; n < WQ_CONTACT_IMPORT_STEP; n++) {
		int rc;

		wq_arena_reset(&i->arena);
		rc = take_line(i, &i->arena, &w, &p);
		if (rc == WQ_EINVAL) {
			i->told.wrong++;
			tell(i, i->sheet.line, p.field, p.what);
		} else if (rc <= 0) {
			return rc;
		}
		if (++i->told.lines > WQ_CONTACT_IMPORT_LINES_MAX) {
			i->told.wrong++;
			tell(i, i->sheet.line, "the file", "has more than 2,000,000 lines");
			return 0;
		}
	}
	return 1;
}

static void take_next(struct wq_contact_slot *s);

static void take_answer(struct wq_contact_slot *s)
{
	struct wq_contact_import *i = s->import;
	enum wq_contact_put_answer answer = s->change.answer;
	bool good = answer == WQ_CONTACT_MADE || answer == WQ_CONTACT_CHANGED;
	bool moving = answer == WQ_CONTACT_STALE || answer == WQ_CONTACT_MISSING;

	if (i->pass == COMPARE && (good || moving))
		return;
	if (answer == WQ_CONTACT_MADE) {
		i->told.made++;
	} else if (answer == WQ_CONTACT_CHANGED) {
		i->told.changed++;
	} else {
		i->told.wrong += i->pass == COMPARE;
		i->told.refused += i->pass == WRITE;
		tell(i, s->line, answer == WQ_CONTACT_TOO_MANY ? s->change.of : "it",
		     answer == WQ_CONTACT_TOO_MANY ? "would be too many"
		     : answer == WQ_CONTACT_TWO || answer == WQ_CONTACT_TAKEN
		             ? "has names of two contacts: merge them first"
		             : "has changed all the time");
	}
}

static void on_done(struct wq_contact_change *c, int rc)
{
	struct wq_contact_slot *s = WQ_OWNER(c, struct wq_contact_slot, change);
	struct wq_contact_import *i = s->import;

	s->busy = false;
	i->busy--;
	i->told.error = c->error;
	if (rc != 0) {
		end(i, rc);
		return;
	}
	take_answer(s);
	if (i->over)
		end(i, 0);
	else
		take_next(s);
}

static void take_next(struct wq_contact_slot *s)
{
	struct wq_contact_import *i = s->import;
	int rc;

	wq_arena_reset(&s->arena);
	rc = take_line(i, &s->arena, &s->wish, &s->problem);
	if (rc != 1) {
		end(i, rc == WQ_EINVAL ? WQ_EPROTO : rc); /* it was judged good */
		return;
	}
	s->line = i->sheet.line;
	s->busy = true;
	i->busy++;
	s->change = (struct wq_contact_change){ .loop = i->o.loop,
		                                .keys = i->o.keys,
		                                .wish = &s->wish,
		                                .upsert = true,
		                                .dry = i->pass == COMPARE,
		                                .cb = on_done };
	wq_contact_change_start(&s->change);
}

static void start_pass(struct wq_contact_import *i, enum pass pass)
{
	int rc = rewind_sheet(i);

	i->pass = pass;
	i->over = false;
	if (rc < 0) {
		end(i, rc);
		return;
	}
	i->busy++; /* nobody is told before all have begun */
	for (size_t n = 0; n < SLOTS && !i->over; n++)
		take_next(&i->slots[n]);
	i->busy--;
	if (i->over)
		end(i, 0);
}

static void on_turn(struct wq_post *post)
{
	struct wq_contact_import *i = WQ_OWNER(post, struct wq_contact_import, turn);
	int rc = judge_some(i);

	if (rc == 1)
		wq_post_send(&i->turn);
	else if (rc < 0 || i->told.wrong > 0)
		end(i, rc);
	else
		start_pass(i, COMPARE);
}

static void on_bad_head(struct wq_post *post)
{
	end(WQ_OWNER(post, struct wq_contact_import, turn), 0);
}

int wq_contact_import_create(struct wq_contact_import **out, const struct wq_contact_import_opts *o)
{
	struct wq_contact_import *i = wq_zalloc(sizeof(*i));
	int rc;

	if (!i)
		return WQ_RAISE(WQ_ENOMEM);
	i->o = *o;
	i->told.error = "";
	wq_arena_init(&i->head, WQ_CONTACT_LINE_MEMORY_BYTES);
	wq_arena_init(&i->arena, WQ_CONTACT_LINE_MEMORY_BYTES);
	for (size_t n = 0; n < SLOTS; n++) {
		i->slots[n].import = i;
		wq_arena_init(&i->slots[n].arena, WQ_CONTACT_LINE_MEMORY_BYTES);
	}
	rc = rewind_sheet(i);
	if (rc < 0 && rc != WQ_EINVAL) {
		wq_contact_import_destroy(i);
		return rc;
	}
	wq_post_init(&i->turn, o->loop, rc == 0 ? on_turn : on_bad_head);
	wq_post_send(&i->turn);
	*out = i;
	return 0;
}

void wq_contact_import_destroy(struct wq_contact_import *i)
{
	if (!i)
		return;
	wq_arena_fini(&i->head);
	wq_arena_fini(&i->arena);
	for (size_t n = 0; n < SLOTS; n++)
		wq_arena_fini(&i->slots[n].arena);
	wq_free(i);
}
