/* SPDX-License-Identifier: MIT */
/* can_send.c — the API's answer, as lines or as JSON. */
#include "app/cli/can_send.h"

#include <stdio.h>

#include "app/api/can_send_view.h"
#include "app/cli/grid.h"
#include "app/sending/rates.h"
#include "base/assert.h"
#include "domain/message/read.h"
#include "domain/send/person.h"
#include "domain/send/submit.h"

static const char default_account[] = "default";

struct can_cli {
	struct wq_queue_cli *c;
	struct wq_can_ask ask;
	struct wq_str id; /* of a contact; empty: a name was given */
	char person[WQ_PERSON_HEX_BYTES + 1];
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	bool there;
};

static void on_facts(struct wq_redis_cmd *cmd, int rc)
{
	struct can_cli *a = WQ_OWNER(cmd, struct can_cli, cmd);
	struct wq_window_facts seen;

	if (rc == 0) {
		wq_window_facts_answer(cmd, &seen);
		a->there = seen.there;
		if (seen.there)
			wq_view_can_send(&a->c->w, &a->ask, &seen);
	}
	wq_session_done(&a->c->session, rc);
}

/* "c….ACCOUNT", or a name.  False: a sentence was printed. */
static bool take_who(struct can_cli *a, struct wq_arena *arena)
{
	struct wq_str who = wq_str(a->c->args->at[1]);
	const char *given = wq_args_option(a->c->args, "account");
	struct wq_str phone = wq_phone_read(who, arena);
	struct wq_str account = wq_submit_account_of(who);

	a->ask.account = wq_str(given ? given : default_account);
	if (!phone.n && who.p[0] == 'c' && account.p) {
		a->ask.account = account;
		a->id = wq_strn(who.p, who.n - account.n - 1);
	} else {
		a->ask.to = phone.n ? phone : who;
		if (wq_person_of(a->ask.to, a->person) < 0)
			return false;
	}
	if (wq_send_keys_init(&a->keys, a->c->session.redis, a->ask.account) == 0)
		return true;
	fprintf(stderr, "willaq: there is no account of such an id\n");
	return false;
}

/* False: a sentence was printed. */
static bool take_wish(struct can_cli *a)
{
	const char *category = wq_args_option(a->c->args, "category");
	struct wq_can_wish *w = &a->ask.wish;

	w->forced = wq_queue_cli_flag(a->c, "force");
	w->template = wq_queue_cli_flag(a->c, "template") || category;
	a->ask.windowless = wq_queue_cli_flag(a->c, "no-window");
	if (!category || (wq_rate_category_from(wq_str(category), &w->category) &&
	                  w->category != WQ_RATE_SERVICE))
		return true;
	fprintf(stderr, "willaq: --category is marketing, utility or authentication\n");
	return false;
}

static void print_moment(const char *name, yyjson_val *v)
{
	if (yyjson_is_int(v))
		wq_grid_field_time(name, yyjson_get_sint(v));
}

static void print_lines(struct wq_queue_cli *c)
{
	yyjson_doc *doc = wq_json_read(wq_buf_str(&c->out), 8, NULL);
	yyjson_val *root = yyjson_doc_get_root(doc), *cost = wq_json_get(root, "cost");
	struct wq_str currency = wq_json_get_str(root, "currency");
	char price[48];

	wq_grid_field("can send",
	              wq_str(yyjson_is_true(wq_json_get(root, "canSend")) ? "yes" : "no"));
	wq_grid_field("reason", wq_json_get_str(root, "reason"));
	snprintf(price, sizeof(price), "%.4f %.*s (%.*s)", yyjson_get_num(cost),
	         WQ_STR_ARG(currency), WQ_STR_ARG(wq_json_get_str(root, "category")));
	wq_grid_field("cost", wq_str(yyjson_is_num(cost) ? price : "not known"));
	wq_grid_field("country", wq_json_get_str(root, "country"));
	wq_grid_field("contact", wq_json_get_str(root, "contact"));
	print_moment("window until", wq_json_get(root, "windowUntil"));
	print_moment("free until", wq_json_get(root, "freeUntil"));
	print_moment("opted out", wq_json_get(root, "optedOutSince"));
	wq_json_free(doc);
}

static enum wq_exit answer(struct can_cli *a)
{
	int rc = wq_window_facts_start(&a->keys, &a->cmd, 0, a->id, wq_str(a->person), on_facts);

	if (!wq_session_wait(&a->c->session, rc, a->cmd.error))
		return WQ_EXIT_FAILED;
	if (!a->there) {
		fprintf(stderr, "willaq: there is no such contact\n");
		return WQ_EXIT_FAILED;
	}
	if (a->c->json)
		return wq_queue_cli_print(a->c);
	print_lines(a->c);
	return WQ_EXIT_DONE;
}

static enum wq_exit can_send(struct wq_queue_cli *c)
{
	struct can_cli a = { .c = c };
	struct wq_rates *rates = NULL;
	struct wq_arena arena;
	enum wq_exit code = WQ_EXIT_USAGE;

	wq_arena_init(&arena, WQ_LETTER_ANSWER_MAX_BYTES);
	if (take_who(&a, &arena) && take_wish(&a) &&
	    wq_rates_load(&rates, wq_settings_text(c->session.settings, WQ_SET_RATES)) == 0) {
		a.ask.rates = rates;
		code = answer(&a);
	}
	wq_rates_destroy(rates);
	wq_arena_fini(&arena);
	return code;
}

const struct wq_queue_action wq_contact_can_actions[] = {
	{ "can-send", "PHONE|ID", 1, 1, can_send, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
