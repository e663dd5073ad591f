/* SPDX-License-Identifier: MIT */
/* loose_interactive.c — buttons and lists as people write them: flat, titles as bare texts, Evolution's names.
 *
 * What is there says what it is: sections or rows are a list, an address is a button that opens it, buttons are
 * buttons.
 */
#include <stdio.h>

#include "base/assert.h"
#include "base/limits.h"
#include "domain/message/reading.h"

static const char id_names[] = "id rowId buttonId";
static const char title_names[] = "title displayText text label";
static const char url_title_names[] = "display_text displayText buttonText title text";

static const char *as_written(struct wq_reading *r, struct wq_str key)
{
	return wq_reading_join(r, r->base, key);
}

static const char *element(struct wq_reading *r, const char *list, size_t i)
{
	char index[24];

	(void)snprintf(index, sizeof(index), "[%zu]", i);
	return wq_reading_join(r, list, wq_str(index));
}

static const char *member_of(struct wq_reading *r, const char *list, size_t i, const char *key)
{
	return wq_reading_join(r, element(r, list, i), wq_str(key));
}

static void write_word(struct wq_reading *r, const char *key, const char *word)
{
	wq_jsonw_put_text(&r->w, key, word);
}

/* {"body": {"text": …}}, of text or of what has that form already. */
static void write_part(struct wq_reading *r, const char *key, const char *of_text, struct wq_spot s,
                       const char *type)
{
	if (!s.v)
		return;
	wq_jsonw_key(&r->w, key);
	wq_reading_alias(r, key, as_written(r, s.key));
	if (yyjson_is_obj(s.v)) {
		wq_jsonw_value(&r->w, s.v);
		return;
	}
	wq_reading_alias(r, of_text, as_written(r, s.key));
	wq_jsonw_object(&r->w);
	if (type)
		write_word(r, "type", type);
	wq_jsonw_key(&r->w, "text");
	wq_jsonw_value(&r->w, s.v);
	wq_jsonw_object_end(&r->w);
}

static void write_header(struct wq_reading *r, yyjson_val *v, struct wq_spot title)
{
	struct wq_spot picture =
		wq_reading_find(v, "thumbnailUrl thumbnail_url headerImage header_image imageUrl");

	if (!picture.v) {
		write_part(r, "header", "header.text", title, "text");
		return;
	}
	wq_reading_alias(r, "header.image.link", as_written(r, picture.key));
	wq_jsonw_key(&r->w, "header");
	wq_jsonw_object(&r->w);
	write_word(r, "type", "image");
	wq_jsonw_key(&r->w, "image");
	wq_jsonw_object(&r->w);
	wq_jsonw_key(&r->w, "link");
	wq_jsonw_value(&r->w, picture.v);
	wq_jsonw_object_end(&r->w);
	wq_jsonw_object_end(&r->w);
}

/* Header, body, footer.  A title alone is the body: nothing can be without one. */
static void write_frame(struct wq_reading *r, yyjson_val *v)
{
	struct wq_spot title = wq_reading_find(v, "header title");
	struct wq_spot body = wq_reading_find(v, "body description text message");

	if (!body.v && title.v && wq_str_is(title.key, "title")) {
		body = title;
		title.v = NULL;
	}
	if (wq_str_is(wq_json_str(title.v), ""))
		title.v = NULL;
	write_header(r, v, title);
	wq_reading_alias(r, "body", as_written(r, body.key));
	write_part(r, "body", "body.text", body, NULL);
	body = wq_reading_find(v, "footer footerText footer_text");
	if (!wq_str_is(wq_json_str(body.v), ""))
		write_part(r, "footer", "footer.text", body, NULL);
}

/* `key` of element i, which was written as `base`, under one of `names`; text that stands for itself is `bare`. */
static void write_member(struct wq_reading *r, const char *key, const char *of, yyjson_val *v,
                         const char *names, const char *base)
{
	struct wq_spot s = wq_reading_find(v, names);

	if (!yyjson_is_obj(v)) {
		s.v = v;
		wq_reading_alias(r, of, base);
	} else {
		wq_reading_alias(r, of, wq_reading_join(r, base, s.key));
	}
	if (!s.v)
		return;
	wq_jsonw_key(&r->w, key);
	wq_jsonw_value(&r->w, s.v);
}

/* One that says nothing of an id is known by its title. */
static void write_id(struct wq_reading *r, const char *of, yyjson_val *v, const char *base)
{
	bool named = wq_reading_find(v, id_names).v != NULL;

	write_member(r, "id", of, v, named ? id_names : title_names, base);
}

static void write_reply(struct wq_reading *r, yyjson_val *v, size_t i, const char *base)
{
	yyjson_val *reply = wq_reading_get(v, wq_str("reply"));

	if (yyjson_is_obj(reply)) {
		base = wq_reading_join(r, base, wq_str("reply"));
		v = reply;
	}
	wq_jsonw_object(&r->w);
	write_word(r, "type", "reply");
	wq_jsonw_key(&r->w, "reply");
	wq_jsonw_object(&r->w);
	write_id(r, member_of(r, "action.buttons", i, "reply.id"), v, base);
	write_member(r, "title", member_of(r, "action.buttons", i, "reply.title"), v, title_names,
	             base);
	wq_jsonw_object_end(&r->w);
	wq_jsonw_object_end(&r->w);
}

/* What else Evolution has: copy, call, pix. */
static bool check_button(struct wq_reading *r, yyjson_val *v, const char *base)
{
	struct wq_str type = wq_json_str(wq_reading_get(v, wq_str("type")));

	if (!type.p || wq_str_is(type, "reply"))
		return true;
	return wq_reading_fail(r, wq_reading_join(r, base, wq_str("type")), 0,
	                       wq_str_is(type, "url")
	                               ? "is url, which stands alone: no other button beside it"
	                               : "is neither reply nor url");
}

static void write_buttons(struct wq_reading *r, struct wq_spot buttons)
{
	const char *all = as_written(r, buttons.key);
	yyjson_val *v;
	size_t i, n;

	wq_reading_alias(r, "action.buttons", all);
	wq_jsonw_key(&r->w, "buttons");
	if (!yyjson_is_arr(buttons.v)) {
		wq_jsonw_value(&r->w, buttons.v);
		return;
	}
	wq_jsonw_array(&r->w);
	yyjson_arr_foreach(buttons.v, i, n, v)
	{
		if (check_button(r, v, element(r, all, i)))
			write_reply(r, v, i, element(r, all, i));
	}
	wq_jsonw_array_end(&r->w);
}

static void write_url(struct wq_reading *r, yyjson_val *v, const char *base)
{
	write_word(r, "name", "cta_url");
	wq_jsonw_key(&r->w, "parameters");
	wq_jsonw_object(&r->w);
	write_member(r, "display_text", "action.parameters.display_text", v, url_title_names, base);
	write_member(r, "url", "action.parameters.url", v, "url link", base);
	wq_jsonw_object_end(&r->w);
}

static void write_rows(struct wq_reading *r, yyjson_val *rows, size_t section, const char *base)
{
	yyjson_val *v;
	size_t i, n;

	wq_jsonw_key(&r->w, "rows");
	if (!yyjson_is_arr(rows)) {
		wq_jsonw_value(&r->w, rows);
		return;
	}
	wq_jsonw_array(&r->w);
	yyjson_arr_foreach(rows, i, n, v)
	{
		const char *of = element(r, member_of(r, "action.sections", section, "rows"), i);
		const char *as = element(r, base, i);

		wq_jsonw_object(&r->w);
		write_id(r, wq_reading_join(r, of, wq_str("id")), v, as);
		write_member(r, "title", wq_reading_join(r, of, wq_str("title")), v, title_names,
		             as);
		if (!wq_str_is(wq_json_str(wq_reading_find(v, "description").v), "") &&
		    yyjson_is_obj(v))
			write_member(r, "description",
			             wq_reading_join(r, of, wq_str("description")), v,
			             "description", as);
		wq_jsonw_object_end(&r->w);
	}
	wq_jsonw_array_end(&r->w);
}

static void write_section(struct wq_reading *r, yyjson_val *v, size_t i, const char *base)
{
	struct wq_spot rows = wq_reading_find(v, "rows items options");
	yyjson_val *title = wq_reading_get(v, wq_str("title"));
	const char *as = wq_reading_join(r, base, rows.key);

	wq_reading_alias(r, element(r, "action.sections", i), base);
	wq_reading_alias(r, member_of(r, "action.sections", i, "rows"), as);
	wq_jsonw_object(&r->w);
	if (title) {
		wq_jsonw_key(&r->w, "title");
		wq_jsonw_value(&r->w, title);
	}
	if (rows.v)
		write_rows(r, rows.v, i, as);
	wq_jsonw_object_end(&r->w);
}

static void write_sections(struct wq_reading *r, struct wq_spot sections)
{
	const char *all = as_written(r, sections.key);
	yyjson_val *v;
	size_t i, n;

	wq_reading_alias(r, "action.sections", all);
	wq_jsonw_key(&r->w, "sections");
	if (!yyjson_is_arr(sections.v)) {
		wq_jsonw_value(&r->w, sections.v);
		return;
	}
	wq_jsonw_array(&r->w);
	yyjson_arr_foreach(sections.v, i, n, v)
	{
		write_section(r, v, i, element(r, all, i));
	}
	wq_jsonw_array_end(&r->w);
}

/* Rows without sections are one without a title. */
static void write_only_section(struct wq_reading *r, struct wq_spot rows)
{
	const char *as = as_written(r, rows.key);

	wq_reading_alias(r, "action.sections[0].rows", as);
	wq_jsonw_key(&r->w, "sections");
	wq_jsonw_array(&r->w);
	wq_jsonw_object(&r->w);
	write_rows(r, rows.v, 0, as);
	wq_jsonw_object_end(&r->w);
	wq_jsonw_array_end(&r->w);
}

static void write_list(struct wq_reading *r, yyjson_val *v, struct wq_spot sections,
                       struct wq_spot rows)
{
	wq_reading_put(r, "button", "action.button", r->base,
	               wq_reading_find(v, "button buttonText button_text"));
	if (sections.v)
		write_sections(r, sections);
	else if (rows.v)
		write_only_section(r, rows);
}

/* The one button that opens an address, and what it was written as; NULL: it is no such message. */
static yyjson_val *find_url(struct wq_reading *r, yyjson_val *v, struct wq_spot buttons,
                            const char **base)
{
	yyjson_val *only = yyjson_arr_size(buttons.v) == 1 ? yyjson_arr_get_first(buttons.v) : NULL;

	if (wq_str_is(wq_json_get_str(only, "type"), "url")) {
		*base = element(r, as_written(r, buttons.key), 0);
		return only;
	}
	*base = r->base;
	return !buttons.v && wq_reading_find(v, "url link").v ? v : NULL;
}

void wq_loose_interactive(struct wq_reading *r, yyjson_val *v, const char *word)
{
	struct wq_spot sections = wq_reading_find(v, "sections");
	struct wq_spot rows = wq_reading_find(v, "rows items options");
	struct wq_spot buttons = wq_reading_find(v, "buttons");
	const char *base;
	yyjson_val *url = find_url(r, v, buttons, &base);
	bool list = sections.v || rows.v || wq_str_is(wq_str(word), "list") ||
	            wq_str_is(wq_json_str(wq_reading_get(v, wq_str("type"))), "list");

	if (list && buttons.v) {
		(void)wq_reading_fail(r, as_written(r, buttons.key), 0,
		                      "is there beside a list's rows: one of the two");
		return;
	}
	wq_reading_alias(r, "action.buttons", as_written(r, wq_str("buttons")));
	wq_reading_alias(r, "action.sections", as_written(r, wq_str("sections")));
	write_word(r, "type", list ? "list" : url ? "cta_url" : "button");
	write_frame(r, v);
	wq_jsonw_key(&r->w, "action");
	wq_jsonw_object(&r->w);
	if (list)
		write_list(r, v, sections, rows);
	else if (url)
		write_url(r, url, base);
	else if (buttons.v)
		write_buttons(r, buttons);
	wq_jsonw_object_end(&r->w);
}
