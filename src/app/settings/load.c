/* SPDX-License-Identifier: MIT */
/* load.c — the order of precedence.
 *
 *   flags ──► .env file ──► names nobody knows ──► each setting of the command: flag, environment, file, default
 *
 * What is wrong anywhere is told and the rest goes on, so that one start tells all there is to mend.  --help stops
 * everything else behind the flags.
 */
#include "app/settings/flags.h"
#include "app/settings/reader.h"
#include "app/settings/table.h"
#include "app/settings/value.h"
#include "base/assert.h"
#include "base/err.h"

static void use_preset(struct wq_settings *s, enum wq_setting id)
{
	const struct wq_setting_def *d = wq_setting_def(id);
	struct wq_setting_value *v = &s->values[id];
	const char *why;

	*v = (struct wq_setting_value){ .text = d->preset, .from = "default" };
	WQ_REQUIRE(wq_value_parse(d, wq_str(v->text), &v->number, &why));
}

static struct wq_found look_flag(struct wq_reader *r, enum wq_setting id)
{
	const struct wq_flag *flag = &r->flags.at[id];
	struct wq_found found = { .text = flag->text };

	if (!flag->text)
		return found;
	found.from = wq_reader_textf(r, "%.*s", (int)strcspn(flag->shown, "="), flag->shown);
	if (!flag->is_file)
		return found;
	return wq_reader_load(r, flag->text, found.from, found.from);
}

/* A service called "willaq" makes an orchestrator set WILLAQ_PORT=tcp://…: not meant for us. */
static bool is_link(const struct wq_setting_def *d, const struct wq_found *f)
{
	return d->type == WQ_SETTING_PORT && f->text && wq_str_starts(wq_str(f->text), "tcp://");
}

static struct wq_found look_level(struct wq_reader *r, enum wq_setting id, enum wq_level level)
{
	const struct wq_setting_def *d = wq_setting_def(id);
	struct wq_found found = { .text = NULL };
	struct wq_setting_names n;

	wq_setting_names_begin(&n, d);
	while (!found.text && !found.failed && wq_setting_names_next(&n)) {
		found = wq_reader_look(r, level, n.name, wq_setting_has_twin(d));
		if (is_link(d, &found))
			found.text = NULL;
		if (found.text && n.inverse)
			found.text = "false";
	}
	if (id == WQ_SET_REDIS_URL && !found.text && !found.failed)
		found = wq_reader_redis_parts(r, level);
	return found;
}

static struct wq_found look(struct wq_reader *r, enum wq_setting id)
{
	struct wq_found found = look_flag(r, id);

	for (int level = 0; level < WQ_LEVEL_COUNT && !found.text && !found.failed; level++)
		found = look_level(r, id, (enum wq_level)level);
	if (id == WQ_SET_REDIS_URL && !found.text && !found.failed)
		found = wq_reader_redis_parts(r, WQ_LEVEL_COUNT);
	return found;
}

/* A choice in the table's spelling, whatever case it was written in. */
static const char *spelling(struct wq_reader *r, const struct wq_setting_def *d, int64_t index)
{
	struct wq_str rest = wq_str(d->choices), word = { NULL, 0 };

	for (int64_t i = 0; i <= index; i++)
		(void)wq_str_next(&rest, ' ', &word);
	return wq_reader_textf(r, "%.*s", WQ_STR_ARG(word));
}

static void take(struct wq_settings *s, struct wq_reader *r, enum wq_setting id)
{
	const struct wq_setting_def *d = wq_setting_def(id);
	struct wq_found found = look(r, id);
	struct wq_setting_value v = { .text = found.text, .from = found.from, .given = true };
	char sentence[WQ_SETTING_WHY_MAX_BYTES];
	const char *why = NULL;
	bool fits;

	if (!found.text)
		return;
	fits = wq_value_parse(d, wq_str(found.text), &v.number, &why);
	if (fits && d->check && *found.text && !d->check(found.text, sentence)) {
		fits = false;
		why = sentence;
	}
	if (!fits) {
		wq_reader_refuse(r, wq_reader_textf(r, "setting %s", d->name), d, &found, why);
		return;
	}
	if (d->type == WQ_SETTING_CHOICE)
		v.text = spelling(r, d, v.number);
	s->values[id] = v;
}

/* The file's own name comes from a flag or the environment alone. */
static void open_file(struct wq_settings *s, struct wq_reader *r)
{
	struct wq_found named = look_flag(r, WQ_SET_ENV_FILE);

	if (!named.text)
		named = look_level(r, WQ_SET_ENV_FILE, WQ_LEVEL_ENV);
	wq_reader_open(r, &named);
	if (named.text)
		s->values[WQ_SET_ENV_FILE] = (struct wq_setting_value){ .text = named.text,
			                                                .from = named.from,
			                                                .given = true };
}

int wq_settings_load(struct wq_settings *s, struct wq_args *args,
                     const struct wq_settings_input *in, struct wq_buf *errors)
{
	struct wq_reader r = { .in = in, .arena = &s->arena, .problems.out = errors };

	wq_arena_init(&s->arena, WQ_SETTINGS_ARENA_MAX_BYTES);
	s->argc = in->argc;
	s->argv = in->argv;
	for (unsigned id = 0; id < WQ_SET_COUNT; id++)
		use_preset(s, (enum wq_setting)id);
	wq_flags_parse(&r.flags, args, in, &r.problems, &s->arena);
	if (args->help)
		return 0;
	open_file(s, &r);
	wq_reader_check_names(&r);
	for (unsigned id = 0; id < WQ_SET_COUNT; id++) {
		if (id != WQ_SET_ENV_FILE &&
		    (in->groups & WQ_BIT(wq_setting_def((enum wq_setting)id)->group)))
			take(s, &r, (enum wq_setting)id);
	}
	wq_problems_close(&r.problems);
	if (r.no_memory)
		return WQ_ENOMEM;
	return r.problems.count ? WQ_EINVAL : 0;
}
