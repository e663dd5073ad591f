/* SPDX-License-Identifier: MIT */
/* reader.c — looking things up, level by level. */
#include "app/settings/reader.h"

#include <errno.h>
#include <stdio.h>

#include "app/settings/envfile.h"
#include "app/settings/file.h"
#include "app/settings/value.h"
#include "base/alloc.h"
#include "base/err.h"

enum { NAME_MAX_BYTES = WQ_SETTING_NAME_MAX_BYTES + 8 };

const char *wq_reader_textf(struct wq_reader *r, const char *fmt, ...)
{
	struct wq_buf b;
	const char *copy = NULL;
	va_list ap;

	wq_buf_init(&b, WQ_SETTING_MAX_BYTES * 4);
	va_start(ap, fmt);
	if (wq_buf_vaddf(&b, fmt, ap) == 0)
		copy = wq_arena_copy(r->arena, wq_buf_str(&b));
	va_end(ap);
	if (b.p)
		wq_wipe(b.p, b.cap);
	wq_buf_fini(&b);
	if (!copy)
		r->no_memory = true;
	return copy ? copy : "";
}

static int read_file(struct wq_reader *r, const char *path, size_t max_bytes, struct wq_buf *out)
{
	int err = r->in->read_file ? r->in->read_file(r->in->ctx, path, max_bytes, out)
	                           : wq_file_read(path, max_bytes, out);

	if (err == ENOMEM)
		r->no_memory = true;
	return err;
}

static void tell_unreadable(struct wq_reader *r, const char *what, const char *path,
                            const char *from, const char *why)
{
	struct wq_buf quoted;

	wq_buf_init(&quoted, WQ_SETTING_MAX_BYTES);
	(void)wq_value_quote_text(wq_str(path), &quoted);
	wq_problem(&r->problems, "%s: cannot read %.*s (from %s): %s", what,
	           WQ_STR_ARG(wq_buf_str(&quoted)), from, why);
	wq_buf_fini(&quoted);
}

void wq_reader_refuse(struct wq_reader *r, const char *what, const struct wq_setting_def *d,
                      const struct wq_found *found, const char *why)
{
	struct wq_buf b;

	wq_buf_init(&b, WQ_SETTING_MAX_BYTES);
	if (wq_value_quote(d, wq_str(found->text), &b) == 0 &&
	    wq_buf_addf(&b, " (from %s) is not ", found->from) == 0)
		(void)wq_value_accepts(d, &b);
	wq_problem(&r->problems, "%s: %.*s%s%s", what, WQ_STR_ARG(wq_buf_str(&b)), why ? ": " : "",
	           why ? why : "");
	wq_buf_fini(&b);
}

/* One entry of the file into the list. */
static void keep(struct wq_reader *r, const struct wq_envfile *f, const struct wq_buf *value)
{
	struct wq_entry *e;

	if (r->entries++ >= WQ_ENV_FILE_ENTRIES_MAX) {
		if (r->entries == WQ_ENV_FILE_ENTRIES_MAX + 1)
			wq_problem(&r->problems, "%s:%u: more than %d entries", r->path, f->line,
			           WQ_ENV_FILE_ENTRIES_MAX);
		return;
	}
	e = wq_arena_alloc(r->arena, sizeof(*e));
	if (e) {
		*e = (struct wq_entry){
			.name = wq_arena_copy(r->arena, f->key),
			.text = wq_arena_copy(r->arena, wq_buf_str(value)),
			.line = f->line,
			.before = r->last,
		};
	}
	if (e && e->name && e->text)
		r->last = e;
	else
		r->no_memory = true;
}

static void read_entries(struct wq_reader *r, struct wq_str text)
{
	struct wq_envfile f;
	struct wq_buf value;
	int rc;

	wq_buf_init(&value, WQ_ENV_FILE_MAX_BYTES + 1);
	wq_envfile_begin(&f, text);
	while ((rc = wq_envfile_next(&f, &value)) != 0 && !r->no_memory) {
		if (rc > 0)
			keep(r, &f, &value);
		else if (rc == WQ_EPARSE)
			wq_problem(&r->problems, "%s:%u: %s", r->path, f.line, f.why);
		else
			r->no_memory = true;
	}
	if (value.p)
		wq_wipe(value.p, value.cap);
	wq_buf_fini(&value);
}

void wq_reader_open(struct wq_reader *r, const struct wq_found *named)
{
	struct wq_buf text;
	int err;

	r->path = named->text ? named->text : wq_setting_def(WQ_SET_ENV_FILE)->preset;
	wq_buf_init(&text, WQ_ENV_FILE_MAX_BYTES + 1);
	err = read_file(r, r->path, WQ_ENV_FILE_MAX_BYTES, &text);
	if (err == 0)
		read_entries(r, wq_buf_str(&text));
	else if (named->text || (err != ENOENT && err != ENOTDIR && err != EISDIR))
		tell_unreadable(r, "settings", r->path, named->text ? named->from : "default",
		                strerror(err));
	if (text.p)
		wq_wipe(text.p, text.cap);
	wq_buf_fini(&text);
}

static const char *env_get(const struct wq_reader *r, const char *name)
{
	size_t n = strlen(name);

	for (char *const *e = r->in->envp; e && *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

static struct wq_found get(struct wq_reader *r, enum wq_level level, const char *name)
{
	struct wq_found found = { .text = NULL };

	if (level == WQ_LEVEL_ENV) {
		const char *text = env_get(r, name);

		if (text && *text)
			found = (struct wq_found){ text, wq_reader_textf(r, "env %s", name),
				                   false };
		return found;
	}
	for (const struct wq_entry *e = r->last; e; e = e->before)
		if (strcmp(e->name, name) == 0) {
			if (*e->text)
				found = (struct wq_found){
					e->text, wq_reader_textf(r, "%s:%u", r->path, e->line),
					false
				};
			return found;
		}
	return found;
}

struct wq_found wq_reader_load(struct wq_reader *r, const char *path, const char *from,
                               const char *what)
{
	struct wq_found found = { .from = from };
	const char *why = NULL;
	struct wq_str text;
	struct wq_buf b;
	int err;

	wq_buf_init(&b, WQ_SECRET_FILE_MAX_BYTES + 1);
	err = read_file(r, path, WQ_SECRET_FILE_MAX_BYTES, &b);
	text = wq_buf_str(&b);
	if (err == 0 && wq_str_ends(text, "\n"))
		text.n--;
	if (err == 0 && wq_str_ends(text, "\r"))
		text.n--;
	if (err != 0)
		why = strerror(err);
	else if (text.n == 0)
		why = "it is empty";
	else if (memchr(text.p, '\0', text.n))
		why = "it holds a NUL byte";
	if (why) {
		tell_unreadable(r, what, path, from, why);
		found.failed = true;
	} else {
		found.text = wq_arena_copy(r->arena, text);
		r->no_memory |= !found.text;
	}
	if (b.p)
		wq_wipe(b.p, b.cap);
	wq_buf_fini(&b);
	return found;
}

struct wq_found wq_reader_look(struct wq_reader *r, enum wq_level level, const char *name,
                               bool twin)
{
	struct wq_found direct = get(r, level, name), path;
	char twin_name[NAME_MAX_BYTES];

	if (!twin)
		return direct;
	snprintf(twin_name, sizeof(twin_name), "%s_FILE", name);
	path = get(r, level, twin_name);
	if (!path.text)
		return direct;
	if (direct.text) {
		wq_problem(&r->problems, "%s and %s_FILE are both set (%s, %s); keep one of them",
		           name, name, direct.from, path.from);
		direct.failed = true;
		return direct;
	}
	return wq_reader_load(r, path.text, path.from, name);
}
