/* SPDX-License-Identifier: MIT */
/* message_templates.c — one account after the other: its templates' names, then what each message gives them. */
#include "app/api/message_templates.h"

#include <stdio.h>

#include "base/err.h"
#include "domain/template/provider_definition.h"

/* In `of`: not looked at yet, and checked, or beyond what is checked. */
#define NEVER SIZE_MAX
#define DONE  (SIZE_MAX - 1)

static bool is_template(const struct wq_submission *it)
{
	return it->message.kind == WQ_MESSAGE_TEMPLATE &&
	       wq_json_get_str(it->message.content, "name").n > 0;
}

bool wq_template_checks_needed(const struct wq_submission *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_template(&items[i]))
			return true;
	return false;
}

/* "NAME|LANGUAGE", in the arena; empty: it is none, or there is no room. */
static struct wq_str name_of(struct wq_template_checks *t, const struct wq_submission *it)
{
	struct wq_str name = wq_json_get_str(it->message.content, "name");
	struct wq_str code = wq_json_get_str(wq_json_get(it->message.content, "language"), "code");
	size_t max = name.n + code.n + 2;
	char *text = name.n && code.n ? wq_arena_alloc(t->arena, max) : NULL;

	if (!text)
		return wq_str("");
	snprintf(text, max, "%.*s|%.*s", WQ_STR_ARG(name), WQ_STR_ARG(code));
	return wq_str(text);
}

static void add_name(struct wq_template_checks *t, size_t i)
{
	struct wq_str name = name_of(t, &t->items[i]);

	for (size_t at = 0; at < t->names_n; at++)
		if (wq_str_eq(t->names[at], name)) {
			t->of[i] = at;
			return;
		}
	if (!name.n || t->names_n == WQ_PROVIDER_CHECKS_MAX)
		return;
	t->of[i] = t->names_n;
	t->names[t->names_n++] = name;
}

/* The items of the next account that has some: false: there is none left. */
static bool collect(struct wq_template_checks *t)
{
	t->names_n = 0;
	while (t->next < t->n && (t->of[t->next] == DONE || !is_template(&t->items[t->next])))
		t->next++;
	if (t->next == t->n || t->asked++ == WQ_PROVIDER_CHECKS_MAX)
		return false;
	t->account = t->items[t->next].account;
	for (size_t i = t->next; i < t->n; i++) {
		if (!is_template(&t->items[i]) || !wq_str_eq(t->items[i].account, t->account))
			continue;
		t->of[i] = DONE;
		add_name(t, i);
	}
	return true;
}

static int refuse(struct wq_message_problem *p, const char *field, const char *what,
                  struct wq_str detail)
{
	snprintf(p->field, sizeof(p->field), "%s", field);
	snprintf(p->what, sizeof(p->what), "%s%.*s", what, detail.n < 100 ? (int)detail.n : 100,
	         detail.p);
	return WQ_MESSAGE_INVALID;
}

static int check_one(const struct wq_provider_template *known, yyjson_val *content,
                     struct wq_message_problem *p)
{
	yyjson_doc *doc = NULL;
	int rc;

	if (known->status.n && !wq_str_is(known->status, "APPROVED"))
		return refuse(p, "template.name", "is not approved: it is ", known->status);
	if (!known->components.n ||
	    wq_json_parse(&doc, known->components, WQ_JOB_JSON_DEPTH_MAX) != 0)
		return 0;
	rc = wq_provider_definition_check(yyjson_doc_get_root(doc), content, p);
	wq_json_free(doc);
	return rc;
}

/* True: all of this account's can be sent. */
static bool check_all(struct wq_template_checks *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct wq_provider_template known;
		int rc;

		if (t->of[i] >= DONE)
			continue;
		rc = wq_ptpl_show_at(&t->cmd, t->of[i], &known)
		             ? check_one(&known, t->items[i].message.content, &t->problem)
		             : refuse(&t->problem, "template.name",
		                      "is none that the provider knows in that language: ",
		                      t->names[t->of[i]]);
		if (rc != 0) {
			t->at = i;
			return false;
		}
	}
	return true;
}

static void set_done(struct wq_template_checks *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->of[i] < DONE)
			t->of[i] = DONE;
}

static void step(struct wq_template_checks *t);

static void on_shown(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_template_checks *t = WQ_OWNER(cmd, struct wq_template_checks, cmd);

	t->error = cmd->error;
	if (rc != 0 || (wq_ptpl_synced(cmd) > 0 && !check_all(t))) {
		t->cb(t, rc);
		return;
	}
	set_done(t);
	step(t);
}

static void step(struct wq_template_checks *t)
{
	int rc;

	if (!collect(t)) {
		t->cb(t, 0);
		return;
	}
	rc = wq_send_keys_init(&t->keys, t->redis, t->account);
	if (rc == 0)
		rc = wq_ptpl_show_start(&t->keys, &t->cmd, t->names_n, t->names, on_shown);
	if (rc < 0)
		t->cb(t, rc);
}

static void on_post(struct wq_post *p)
{
	step(WQ_OWNER(p, struct wq_template_checks, post));
}

int wq_template_checks_start(struct wq_template_checks *t)
{
	t->names = wq_arena_alloc(t->arena, WQ_PROVIDER_CHECKS_MAX * sizeof(*t->names));
	t->of = wq_arena_alloc(t->arena, (t->n + 1) * sizeof(*t->of));
	t->error = "";
	t->at = t->n;
	t->next = t->asked = 0;
	if (!t->names || !t->of)
		return WQ_ENOMEM;
	for (size_t i = 0; i < t->n; i++)
		t->of[i] = NEVER;
	wq_post_init(&t->post, t->loop, on_post);
	wq_post_send(&t->post);
	return 0;
}
