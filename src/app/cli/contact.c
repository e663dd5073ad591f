/* SPDX-License-Identifier: MIT */
/* contact.c — options, and the tables of actions. */
#include "app/cli/contact.h"

#include "app/cli/can_send.h"
#include "app/cli/contact_issues.h"

const struct wq_option wq_contact_options[] = {
	{ "json", NULL, "as JSON" },
	{ "account", "ID", "issues, delivery: of this account (default)" },
	{ "state", "STATE", "issues: watched, probable or confirmed alone" },
	{ "limit", "N", "issues: how many (50)" },
	{ "reason", "TEXT", "unblock: why, for whoever reads of it" },
	{ "category", "CATEGORY", "can-send: of a template: marketing, utility or authentication" },
	{ "template", NULL, "can-send: a template, not free text" },
	{ "force", NULL, "can-send: even where the gate would hold it" },
	{ "no-window", NULL, "can-send: the account knows no windows, as those of Evolution" },
	{ NULL, NULL, NULL },
};

enum wq_exit wq_contact_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_queue_action *const tables[] = { wq_contact_issue_actions, wq_contact_can_actions,
		                                              NULL };
	static const struct wq_queue_command command = { "contact", tables, NULL };

	return wq_queue_command_run(&command, s, args);
}
