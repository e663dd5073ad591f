/* SPDX-License-Identifier: MIT */
/* flags.c — one pass over argv. */
#include "app/settings/flags.h"

#include <stdio.h>

#include "app/settings/suggest.h"
#include "app/settings/value.h"
#include "base/assert.h"

enum { FLAG_MAX_BYTES = WQ_SETTING_NAME_MAX_BYTES + 8 };

struct parser {
	struct wq_flags *flags;
	struct wq_args *args;
	const struct wq_settings_input *in;
	struct wq_problems *problems;
	struct wq_arena *arena;
	int at; /* in->argv */
};

/* One flag, cut up. */
struct word {
	const char *whole;   /* "--port=1" */
	struct wq_str name;  /* "port" */
	const char *value;   /* behind the =; NULL: there is none */
	enum wq_setting id;  /* WQ_SET_COUNT: no setting */
	bool negated, twin;  /* --no-name, --name-file */
};

static int shown_length(const struct word *w)
{
	return (int)(w->name.p + w->name.n - w->whole);
}

static bool applies(const struct parser *p, enum wq_setting id)
{
	return (p->in->groups & WQ_BIT(wq_setting_def(id)->group)) != 0;
}

static struct word cut(const char *whole)
{
	struct word w = { .whole = whole, .id = WQ_SET_COUNT };
	struct wq_str all = wq_str(whole + 2);
	size_t eq = wq_str_find(all, '=');

	w.name = wq_strn(all.p, eq);
	if (eq < all.n)
		w.value = all.p + eq + 1;
	return w;
}

static void find_setting(struct word *w)
{
	static const char suffix[] = "-file", prefix[] = "no-";
	struct wq_str name = w->name;

	w->id = wq_setting_find(name);
	if (w->id == WQ_SET_COUNT && wq_str_ends(name, suffix)) {
		w->id = wq_setting_find(wq_strn(name.p, name.n - strlen(suffix)));
		w->twin = w->id != WQ_SET_COUNT && wq_setting_has_twin(wq_setting_def(w->id));
		if (!w->twin)
			w->id = WQ_SET_COUNT;
	}
	if (w->id == WQ_SET_COUNT && wq_str_starts(name, prefix)) {
		w->id = wq_setting_find(wq_strn(name.p + strlen(prefix), name.n - strlen(prefix)));
		w->negated = w->id != WQ_SET_COUNT &&
		             wq_setting_def(w->id)->type == WQ_SETTING_BOOL;
		if (!w->negated)
			w->id = WQ_SET_COUNT;
	}
}

static int find_option(const struct parser *p, struct wq_str name)
{
	const struct wq_option *o = p->in->options;

	for (int i = 0; o && o[i].name; i++)
		if (wq_str_is(name, o[i].name))
			return i;
	return -1;
}

/* The value behind a = or in the next word, unless that is a flag itself; NULL: there is none. */
static const char *take_value(struct parser *p, const struct word *w)
{
	const char *next = p->at < p->in->argc ? p->in->argv[p->at] : NULL;

	if (w->value)
		return w->value;
	if (!next || strncmp(next, "--", 2) == 0)
		return NULL;
	p->at++;
	return next;
}

static void offer(struct wq_suggest *s, const char *prefix, const char *name, const char *suffix)
{
	char flag[FLAG_MAX_BYTES], shown[FLAG_MAX_BYTES];

	snprintf(flag, sizeof(flag), "%s%s%s", prefix, name, suffix);
	snprintf(shown, sizeof(shown), "--%s%s%s", prefix, name, suffix);
	wq_suggest_offer(s, flag, shown);
}

static void tell_unknown(struct parser *p, const struct word *w)
{
	struct wq_suggest s;
	struct wq_buf shown;

	wq_suggest_begin(&s, w->name);
	for (unsigned id = 0; id < WQ_SET_COUNT; id++) {
		const struct wq_setting_def *d = wq_setting_def((enum wq_setting)id);

		if (!applies(p, (enum wq_setting)id))
			continue;
		offer(&s, "", d->name, "");
		if (d->type == WQ_SETTING_BOOL)
			offer(&s, "no-", d->name, "");
		if (wq_setting_has_twin(d))
			offer(&s, "", d->name, "-file");
	}
	for (const struct wq_option *o = p->in->options; o && o->name; o++)
		offer(&s, "", o->name, "");
	offer(&s, "", "help", "");
	wq_buf_init(&shown, WQ_SETTING_MAX_BYTES);
	(void)wq_value_quote_text(wq_strn(w->whole, (size_t)shown_length(w)), &shown);
	wq_problem(p->problems, "unknown flag %.*s%s", WQ_STR_ARG(wq_buf_str(&shown)),
	           wq_suggest_remark(&s));
	wq_buf_fini(&shown);
}

static void tell_not_here(struct parser *p, const struct word *w)
{
	struct wq_buf who;

	wq_buf_init(&who, WQ_SETTING_MAX_BYTES);
	if (p->in->takers)
		p->in->takers(WQ_BIT(wq_setting_def(w->id)->group), &who);
	wq_problem(p->problems, "%s does not take the flag %.*s%s%.*s", p->in->command,
	           shown_length(w), w->whole, who.n ? "; it belongs to " : "",
	           WQ_STR_ARG(wq_buf_str(&who)));
	wq_buf_fini(&who);
}

/* A list that was given before goes on; an empty value takes back what came before it. */
static void join_list(struct parser *p, const struct word *w, struct wq_flag *flag)
{
	const struct wq_flag *before = &p->flags->at[w->id];
	size_t all;
	char *both;

	if (!before->text || !before->text[0] || !flag->text[0])
		return;
	if (before->is_file || flag->is_file) {
		wq_problem(
			p->problems,
			"--%s and a file of it, or two files: write all into one, commas between",
			wq_setting_def(w->id)->name);
		return;
	}
	all = strlen(before->text) + 1 + strlen(flag->text) + 1;
	both = wq_arena_alloc(p->arena, all);
	if (both)
		snprintf(both, all, "%s,%s", before->text, flag->text);
	else
		wq_problem(p->problems, "there is no memory for so long a --%s",
		           wq_setting_def(w->id)->name);
	flag->text = both ? both : flag->text;
}

static void take_setting(struct parser *p, const struct word *w)
{
	const struct wq_setting_def *d = wq_setting_def(w->id);
	struct wq_flag flag = { .is_file = w->twin, .shown = w->whole };

	if (w->negated && w->value) {
		wq_problem(p->problems, "%.*s takes no value; write --%s or --no-%s",
		           shown_length(w), w->whole, d->name, d->name);
		return;
	}
	if (d->type == WQ_SETTING_BOOL)
		flag.text = w->value ? w->value : w->negated ? "false" : "true";
	else
		flag.text = take_value(p, w);
	if (!applies(p, w->id)) {
		tell_not_here(p, w);
		return;
	}
	if (!flag.text) {
		wq_problem(p->problems, "%.*s needs a value", shown_length(w), w->whole);
		return;
	}
	if (d->list)
		join_list(p, w, &flag);
	p->flags->at[w->id] = flag;
}

static void take_option(struct parser *p, const struct word *w, int i)
{
	const struct wq_option *o = &p->in->options[i];

	WQ_REQUIRE(i < WQ_OPTIONS_MAX);
	if (!o->value && w->value)
		wq_problem(p->problems, "--%s takes no value", o->name);
	if (o->value && o->value[0] == '[' && !p->args->count)
		p->args->values[i] =
			w->value ? w->value
				 : ""; /* the next word may be the command's first argument */
	else
		p->args->values[i] = o->value ? take_value(p, w) : "";
	if (!p->args->values[i] && o->value[0] == '[')
		p->args->values[i] = "";
	if (!p->args->values[i])
		wq_problem(p->problems, "--%s needs a value: %s", o->name, o->value);
}

static void take_flag(struct parser *p, const char *text)
{
	struct word w = cut(text);
	int option = find_option(p, w.name);

	if (wq_str_is(w.name, "help")) {
		p->args->help = true;
		return;
	}
	if (option >= 0) {
		take_option(p, &w, option);
		return;
	}
	find_setting(&w);
	if (w.id == WQ_SET_COUNT)
		tell_unknown(p, &w);
	else
		take_setting(p, &w);
}

static void take_argument(struct parser *p, const char *text)
{
	if (p->args->count == WQ_ARGS_MAX)
		wq_problem(p->problems, "at most %d arguments are read", WQ_ARGS_MAX);
	else
		p->args->at[p->args->count++] = text;
}

void wq_flags_parse(struct wq_flags *f, struct wq_args *args, const struct wq_settings_input *in,
                    struct wq_problems *problems, struct wq_arena *arena)
{
	struct parser p = {
		.flags = f, .args = args, .in = in, .problems = problems, .arena = arena
	};
	bool ended = false;

	*f = (struct wq_flags){ 0 };
	*args = (struct wq_args){ .options = in->options };
	while (p.at < in->argc) {
		const char *text = in->argv[p.at++];

		if (ended || text[0] != '-' || text[1] == '\0') {
			take_argument(&p, text);
		} else if (strcmp(text, "--") == 0) {
			ended = true;
		} else if (strcmp(text, "-h") == 0) {
			args->help = true;
		} else if (text[1] != '-') {
			struct word w = { .whole = text, .name = wq_str(text + 1) };

			w.name.n = wq_str_find(w.name, '=');
			tell_unknown(&p, &w);
		} else {
			take_flag(&p, text);
		}
	}
}

const char *wq_args_option(const struct wq_args *a, const char *name)
{
	for (int i = 0; a->options && a->options[i].name; i++)
		if (strcmp(a->options[i].name, name) == 0)
			return a->values[i];
	WQ_REQUIRE(!"an option of this command");
	return NULL;
}
