/* SPDX-License-Identifier: MIT */
/* interactive_text.c — see the header. */
#include "domain/provider/interactive_text.h"

#include <stdio.h>

#include "base/assert.h"

bool wq_interactive_is_text(yyjson_val *interactive)
{
	static const char *const types[] = { "button", "list", "cta_url", "location_request_message",
		                             "request_contact_info" };
	struct wq_str type = wq_json_get_str(interactive, "type");

	for (size_t i = 0; i < WQ_COUNT(types); i++)
		if (wq_str_is(type, types[i]))
			return true;
	return false;
}

yyjson_val *wq_interactive_media(yyjson_val *interactive, enum wq_message_kind *kind)
{
	static const struct {
		const char *type;
		enum wq_message_kind kind;
	} kinds[] = {
		{ "image", WQ_MESSAGE_IMAGE },
		{ "video", WQ_MESSAGE_VIDEO },
		{ "document", WQ_MESSAGE_DOCUMENT },
	};
	yyjson_val *header = wq_json_get(interactive, "header");
	struct wq_str type = wq_json_get_str(header, "type");

	for (size_t i = 0; i < WQ_COUNT(kinds); i++) {
		if (wq_str_is(type, kinds[i].type)) {
			*kind = kinds[i].kind;
			return wq_json_get(header, kinds[i].type);
		}
	}
	return NULL;
}

static void add(struct wq_draft *d, const char *text)
{
	wq_draft_add(d, wq_str(text));
}

/* `mark` on both sides, an empty line behind what is there already. */
static void add_block(struct wq_draft *d, const char *mark, struct wq_str s)
{
	if (!s.n)
		return;
	if (d->buf.n)
		add(d, "\n\n");
	add(d, mark);
	wq_draft_add(d, s);
	add(d, mark);
}

/* The first of those that have no title above them stands apart. */
static void add_choice(struct wq_draft *d, bool apart, unsigned n, yyjson_val *choice)
{
	struct wq_str details = wq_json_get_str(choice, "description");
	char number[16];

	(void)snprintf(number, sizeof(number), "%s%u. ", apart ? "\n\n" : "\n", n);
	add(d, number);
	wq_draft_add(d, wq_json_get_str(choice, "title"));
	if (details.n)
		add(d, " – ");
	wq_draft_add(d, details);
}

static void add_buttons(struct wq_draft *d, yyjson_val *buttons)
{
	yyjson_val *button;
	size_t i, max;

	yyjson_arr_foreach(buttons, i, max, button)
		add_choice(d, i == 0, (unsigned)i + 1, wq_json_get(button, "reply"));
}

static void add_sections(struct wq_draft *d, yyjson_val *sections)
{
	yyjson_val *section, *row;
	size_t i, j, max, rows_max;
	unsigned n = 0;

	yyjson_arr_foreach(sections, i, max, section)
	{
		struct wq_str title = wq_json_get_str(section, "title");

		add_block(d, "*", title);
		yyjson_arr_foreach(wq_json_get(section, "rows"), j, rows_max, row)
			add_choice(d, j == 0 && !title.n, ++n, row);
	}
}

static void add_link(struct wq_draft *d, yyjson_val *parameters)
{
	struct wq_str url = wq_json_get_str(parameters, "url");

	if (!url.n)
		return;
	add_block(d, "", wq_json_get_str(parameters, "display_text"));
	add(d, ": ");
	wq_draft_add(d, url);
}

struct wq_str wq_interactive_text(struct wq_draft *d, yyjson_val *interactive)
{
	yyjson_val *action = wq_json_get(interactive, "action");

	add_block(d, "*", wq_json_get_str(wq_json_get(interactive, "header"), "text"));
	add_block(d, "", wq_json_get_str(wq_json_get(interactive, "body"), "text"));
	add_buttons(d, wq_json_get(action, "buttons"));
	add_sections(d, wq_json_get(action, "sections"));
	add_link(d, wq_json_get(action, "parameters"));
	add_block(d, "_", wq_json_get_str(wq_json_get(interactive, "footer"), "text"));
	return wq_draft_take(d);
}
