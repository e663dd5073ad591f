/* SPDX-License-Identifier: MIT */
/* envfile.c — one pass over the text, a function per part of a line. */
#include "app/settings/envfile.h"

#include "base/err.h"

static struct wq_str from(struct wq_str s, size_t at)
{
	return wq_strn(s.p + at, s.n - at);
}

static int broken(struct wq_envfile *f, const char *why)
{
	f->why = why;
	return WQ_EPARSE;
}

/* The line at the front without its end; the rest stands behind it. */
static struct wq_str take_line(struct wq_envfile *f)
{
	size_t end = wq_str_find(f->rest, '\n');
	struct wq_str line = wq_strn(f->rest.p, end);

	f->rest = from(f->rest, end < f->rest.n ? end + 1 : end);
	f->at++;
	if (wq_str_ends(line, "\r"))
		line.n--;
	return line;
}

static bool is_key(struct wq_str key)
{
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '.')))
			return false;
	}
	return key.n > 0;
}

/* A comment counts only behind a space, so that a#b stays whole. */
static struct wq_str cut_comment(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '#' && (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\t'))
			return wq_strn(s.p, i);
	return s;
}

static int add_escaped(struct wq_buf *value, char c)
{
	static const char letters[] = "nrt\"\\$", bytes[] = "\n\r\t\"\\$";
	const char *hit = c ? strchr(letters, c) : NULL;
	int rc = hit ? 0 : wq_buf_add_char(value, '\\');

	return rc < 0 ? rc : wq_buf_add_char(value, hit ? bytes[hit - letters] : c);
}

/* Reads up to the closing quote, over lines if need be; *end is the index behind it, or s.n + 1: there is none. */
static int read_quoted(struct wq_str s, struct wq_buf *value, size_t *end)
{
	char quote = s.p[0];
	int rc = 0;

	for (size_t i = 1; rc == 0 && i < s.n; i++) {
		if (s.p[i] == quote) {
			*end = i + 1;
			return 0;
		}
		if (quote == '"' && s.p[i] == '\\' && i + 1 < s.n)
			rc = add_escaped(value, s.p[++i]);
		else if (s.p[i] != '\r' || i + 1 >= s.n || s.p[i + 1] != '\n')
			rc = wq_buf_add_char(value, s.p[i]);
	}
	*end = s.n + 1;
	return rc;
}

/* `text` begins with the quote, in the line just taken. */
static int quoted_value(struct wq_envfile *f, struct wq_str text, struct wq_buf *value)
{
	struct wq_str all = wq_strn(text.p, (size_t)(f->rest.p + f->rest.n - text.p)), behind;
	size_t end;
	int rc = read_quoted(all, value, &end);

	if (rc < 0)
		return rc;
	if (end > all.n) /* only this line is lost: the next ones may be fine */
		return broken(f, "the quote is not closed");
	if (all.p + end > f->rest.p) {
		for (const char *p = f->rest.p; p < all.p + end; p++)
			f->at += *p == '\n';
		f->rest = from(all, end);
		behind = take_line(f);
	} else {
		behind = wq_strn(all.p + end, (size_t)(text.p + text.n - (all.p + end)));
	}
	if (wq_str_trim(cut_comment(behind)).n > 0)
		return broken(f, "something stands behind the closing quote");
	return memchr(value->p ? value->p : "", '\0', value->n)
	               ? broken(f, "a value holds no NUL byte")
	               : 1;
}

static int plain_value(struct wq_envfile *f, struct wq_str text, struct wq_buf *value)
{
	int rc;

	text = wq_str_trim(cut_comment(text));
	if (text.n > 0 && memchr(text.p, '\0', text.n))
		return broken(f, "a value holds no NUL byte");
	rc = wq_buf_add_str(value, text);
	return rc < 0 ? rc : 1;
}

static int read_entry(struct wq_envfile *f, struct wq_str line, struct wq_buf *value)
{
	size_t eq = wq_str_find(line, '=');
	struct wq_str key = wq_str_trim(wq_strn(line.p, eq)), text;

	if (wq_str_starts(key, "export ") || wq_str_starts(key, "export\t"))
		key = wq_str_trim(from(key, strlen("export ")));
	if (eq == line.n)
		return broken(f, "a line is NAME=value or a comment that starts with #");
	if (!is_key(key))
		return broken(f, "the name before = holds letters, digits and _ only");
	f->key = key;
	text = from(line, eq + 1);
	while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\t'))
		text = from(text, 1);
	if (text.n > 0 && (text.p[0] == '"' || text.p[0] == '\''))
		return quoted_value(f, text, value);
	return plain_value(f, text, value);
}

void wq_envfile_begin(struct wq_envfile *f, struct wq_str text)
{
	*f = (struct wq_envfile){ .rest = text.p ? text : wq_str("") };
	if (wq_str_starts(f->rest, "\xef\xbb\xbf"))
		f->rest = from(f->rest, 3);
}

int wq_envfile_next(struct wq_envfile *f, struct wq_buf *value)
{
	wq_buf_clear(value);
	while (f->rest.n > 0) {
		struct wq_str line = take_line(f), text = wq_str_trim(line);

		f->key = wq_strn(NULL, 0);
		f->line = f->at;
		if (text.n > 0 && text.p[0] != '#')
			return read_entry(f, line, value);
	}
	return 0;
}
