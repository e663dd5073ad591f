/* SPDX-License-Identifier: MIT */
/* contact_extract.c — one answer after the other into one object. */
#include "app/api/contact_extract.h"

#include <inttypes.h>
#include <stdio.h>

static void end(struct wq_contact_extract *e, int rc)
{
	if (rc == 0) {
		wq_jsonw_array_end(e->w);
		wq_jsonw_object_end(e->w);
	}
	e->cb(e, rc);
}

static struct wq_contact_extract *extract_of(struct wq_redis_cmd *cmd)
{
	struct wq_contact_extract *e = WQ_OWNER(cmd, struct wq_contact_extract, cmd);

	e->error = cmd->error;
	return e;
}

static void on_said(struct wq_redis_cmd *cmd, int rc);

static int ask_said(struct wq_contact_extract *e)
{
	return wq_contact_said_start(e->keys, &e->cmd, e->id, wq_str(e->score), wq_str(e->mark),
	                             WQ_CONTACT_PAGE_MAX, on_said);
}

static void on_said(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_extract *e = extract_of(cmd);
	struct wq_contact_row row;
	bool more = false;
	int n = rc == 0 ? wq_contact_said_answer(cmd, &more) : 0;

	for (int i = 0; i < n; i++) {
		wq_contact_said_at(cmd, (size_t)i, &row);
		wq_view_said(e->w, &row, e->account);
		snprintf(e->score, sizeof(e->score), "%" PRId64, row.at_ms);
		snprintf(e->mark, sizeof(e->mark), "%.*s", WQ_STR_ARG(row.mark));
	}
	if (rc == 0 && n > 0 && more) {
		rc = ask_said(e);
		if (rc == 0)
			return;
	}
	end(e, rc);
}

static void on_notes(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_extract *e = extract_of(cmd);

	if (rc == 0) {
		wq_jsonw_key(e->w, "notes");
		(void)wq_view_notes(e->w, wq_contact_notes_answer(cmd));
		wq_jsonw_key(e->w, "messages");
		wq_jsonw_array(e->w);
		rc = ask_said(e);
		if (rc == 0)
			return;
	}
	end(e, rc);
}

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_contact_extract *e = extract_of(cmd);
	struct wq_contact_row row;

	e->found = rc == 0 && wq_contact_show_answer(cmd, &row);
	if (e->found) {
		wq_jsonw_object(e->w);
		wq_jsonw_key(e->w, "exported_at");
		wq_jsonw_int(e->w, e->now_ms);
		wq_jsonw_key(e->w, "contact");
		wq_view_contact(e->w, &row, e->account, WQ_CONTACT_WHOLE, e->now_ms);
		rc = wq_contact_notes_start(e->keys, &e->cmd, e->id, on_notes);
		if (rc == 0)
			return;
	}
	e->cb(e, rc);
}

int wq_contact_extract_start(struct wq_contact_extract *e)
{
	e->error = "";
	e->found = false;
	e->score[0] = e->mark[0] = '\0';
	return wq_contact_show_start(e->keys, &e->cmd, e->id, wq_str(""), on_shown);
}
