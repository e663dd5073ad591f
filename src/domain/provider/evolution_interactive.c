/* SPDX-License-Identifier: MIT */
/* evolution_interactive.c — buttons, lists and links as such. */
#include "domain/provider/evolution_ops.h"
#include "domain/provider/interactive_text.h"

static bool is_list(yyjson_val *interactive)
{
	return wq_str_is(wq_json_get_str(interactive, "type"), "list");
}

bool wq_evolution_is_native(yyjson_val *interactive)
{
	struct wq_str type = wq_json_get_str(interactive, "type");
	enum wq_message_kind kind = WQ_MESSAGE_IMAGE;

	(void)wq_interactive_media(interactive, &kind);
	if (kind != WQ_MESSAGE_IMAGE) /* the routes have no place for other media */
		return false;
	return wq_str_is(type, "button") || wq_str_is(type, "list") || wq_str_is(type, "cta_url");
}

const char *wq_evolution_native_op(yyjson_val *interactive)
{
	return is_list(interactive) ? "message/sendList" : "message/sendButtons";
}

static struct wq_str text_of(yyjson_val *interactive, const char *part)
{
	return wq_json_get_str(wq_json_get(interactive, part), "text");
}

/* Graph's parts have no title of their own: the header's text is it, else the body's. */
static void write_texts(struct wq_jsonw *w, yyjson_val *interactive, const char *footer)
{
	struct wq_str header = text_of(interactive, "header"), body = text_of(interactive, "body");
	struct wq_str foot = text_of(interactive, "footer");

	wq_jsonw_put_str(w, "title", header.n ? header : body);
	if (header.n)
		wq_jsonw_put_str(w, "description", body);
	if (foot.n || is_list(interactive))
		wq_jsonw_put_str(w, footer, foot.n ? foot : wq_str(""));
}

static struct wq_str picture_of(yyjson_val *interactive)
{
	enum wq_message_kind kind = WQ_MESSAGE_KINDS;
	yyjson_val *media = wq_interactive_media(interactive, &kind);

	return kind == WQ_MESSAGE_IMAGE ? wq_json_get_str(media, "link") : wq_strn(NULL, 0);
}

static void write_button(struct wq_jsonw *w, const char *type, struct wq_str text, const char *key,
                         struct wq_str value)
{
	wq_jsonw_object(w);
	wq_jsonw_put_text(w, "type", type);
	wq_jsonw_put_str(w, "displayText", text);
	wq_jsonw_put_str(w, key, value);
	wq_jsonw_object_end(w);
}

static void write_buttons(struct wq_jsonw *w, yyjson_val *interactive)
{
	yyjson_val *action = wq_json_get(interactive, "action"), *button;
	yyjson_val *link = wq_json_get(action, "parameters");
	struct wq_str picture = picture_of(interactive);
	size_t i, max;

	write_texts(w, interactive, "footer");
	if (picture.n)
		wq_jsonw_put_str(w, "thumbnailUrl", picture);
	wq_jsonw_key(w, "buttons");
	wq_jsonw_array(w);
	yyjson_arr_foreach(wq_json_get(action, "buttons"), i, max, button)
	{
		yyjson_val *reply = wq_json_get(button, "reply");

		write_button(w, "reply", wq_json_get_str(reply, "title"), "id",
		             wq_json_get_str(reply, "id"));
	}
	if (link)
		write_button(w, "url", wq_json_get_str(link, "display_text"), "url",
		             wq_json_get_str(link, "url"));
	wq_jsonw_array_end(w);
}

static void write_row(struct wq_jsonw *w, yyjson_val *row)
{
	struct wq_str details = wq_json_get_str(row, "description");

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "title", wq_json_get_str(row, "title"));
	if (details.n)
		wq_jsonw_put_str(w, "description", details);
	wq_jsonw_put_str(w, "rowId", wq_json_get_str(row, "id"));
	wq_jsonw_object_end(w);
}

/* A section has to have a title there; Graph's only one may go without: it takes that of the button. */
static void write_section(struct wq_jsonw *w, yyjson_val *section, struct wq_str otherwise)
{
	struct wq_str title = wq_json_get_str(section, "title");
	yyjson_val *row;
	size_t i, max;

	wq_jsonw_object(w);
	wq_jsonw_put_str(w, "title", title.n ? title : otherwise);
	wq_jsonw_key(w, "rows");
	wq_jsonw_array(w);
	yyjson_arr_foreach(wq_json_get(section, "rows"), i, max, row) write_row(w, row);
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
}

static void write_list(struct wq_jsonw *w, yyjson_val *interactive)
{
	yyjson_val *action = wq_json_get(interactive, "action"), *section;
	struct wq_str button = wq_json_get_str(action, "button");
	size_t i, max;

	write_texts(w, interactive, "footerText");
	wq_jsonw_put_str(w, "buttonText", button);
	wq_jsonw_key(w, "sections");
	wq_jsonw_array(w);
	yyjson_arr_foreach(wq_json_get(action, "sections"), i, max, section)
		write_section(w, section, button);
	wq_jsonw_array_end(w);
}

void wq_evolution_write_native(struct wq_jsonw *w, yyjson_val *interactive)
{
	if (is_list(interactive))
		write_list(w, interactive);
	else
		write_buttons(w, interactive);
}
