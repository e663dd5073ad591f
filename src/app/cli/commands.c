/* SPDX-License-Identifier: MIT */
/* commands.c — the one table of commands. */
#include "app/cli/command.h"

#include "app/bench/command.h"
#include "app/bench/options.h"
#include "app/cli/config.h"
#include "app/cli/help.h"
#include "app/cli/nouns.h"
#include "app/cli/version.h"
#include "app/roles.h"
#include "app/settings/table.h"
#include "base/assert.h"

#define SERVING                                                                          \
	(WQ_BIT(WQ_GROUP_LISTEN) | WQ_BIT(WQ_GROUP_REDIS) | WQ_BIT(WQ_GROUP_QUEUES) |    \
	 WQ_BIT(WQ_GROUP_QUEUE) | WQ_BIT(WQ_GROUP_WEBHOOK) | WQ_BIT(WQ_GROUP_SINK) |     \
	 WQ_BIT(WQ_GROUP_SUBSCRIPTIONS) | WQ_BIT(WQ_GROUP_SEALS) | WQ_BIT(WQ_GROUP_OUTBOUND) | \
	 WQ_BIT(WQ_GROUP_ACCOUNTS) | WQ_BIT(WQ_GROUP_SENDING) | WQ_BIT(WQ_GROUP_LOCKS) | \
	 WQ_BIT(WQ_GROUP_API) | WQ_BIT(WQ_GROUP_NAMES) | WQ_BIT(WQ_GROUP_GENERAL))
#define WORKING                                                                          \
	(WQ_BIT(WQ_GROUP_QUEUE) | WQ_BIT(WQ_GROUP_WORKER) | WQ_BIT(WQ_GROUP_LOCKS) |     \
	 WQ_BIT(WQ_GROUP_LISTEN) | WQ_BIT(WQ_GROUP_REDIS) |                              \
	 WQ_BIT(WQ_GROUP_QUEUES) | WQ_BIT(WQ_GROUP_NAMES) | WQ_BIT(WQ_GROUP_OUTBOUND) |  \
	 WQ_BIT(WQ_GROUP_ACCOUNTS) | WQ_BIT(WQ_GROUP_SENDING) | WQ_BIT(WQ_GROUP_SEALS) | WQ_BIT(WQ_GROUP_GENERAL))
#define SINKING                                                                          \
	(WQ_BIT(WQ_GROUP_QUEUE) | WQ_BIT(WQ_GROUP_WEBHOOK) | WQ_BIT(WQ_GROUP_SINK) | WQ_BIT(WQ_GROUP_ACCOUNTS) | \
	 WQ_BIT(WQ_GROUP_SUBSCRIPTIONS) | WQ_BIT(WQ_GROUP_SEALS) | WQ_BIT(WQ_GROUP_OUTBOUND) | \
	 WQ_BIT(WQ_GROUP_LISTEN) | WQ_BIT(WQ_GROUP_REDIS) | WQ_BIT(WQ_GROUP_QUEUES) |    \
	 WQ_BIT(WQ_GROUP_API) | WQ_BIT(WQ_GROUP_NAMES) | WQ_BIT(WQ_GROUP_GENERAL))
#define QUEUES \
	(WQ_BIT(WQ_GROUP_REDIS) | WQ_BIT(WQ_GROUP_QUEUES) | WQ_BIT(WQ_GROUP_NAMES) | WQ_BIT(WQ_GROUP_GENERAL))
#define REPLAYING \
	(QUEUES | WQ_BIT(WQ_GROUP_QUEUE) | WQ_BIT(WQ_GROUP_WEBHOOK) | WQ_BIT(WQ_GROUP_SINK) | \
	 WQ_BIT(WQ_GROUP_ACCOUNTS) | WQ_BIT(WQ_GROUP_OUTBOUND))
#define SUBSCRIBING \
	(QUEUES | WQ_BIT(WQ_GROUP_SUBSCRIPTIONS) | WQ_BIT(WQ_GROUP_SEALS) | WQ_BIT(WQ_GROUP_OUTBOUND))
#define SANDBOX                                                                          \
	(WQ_BIT(WQ_GROUP_LISTEN) | WQ_BIT(WQ_GROUP_NAMES) | WQ_BIT(WQ_GROUP_WEBHOOK) |  \
	 WQ_BIT(WQ_GROUP_OUTBOUND) | WQ_BIT(WQ_GROUP_SANDBOX) | WQ_BIT(WQ_GROUP_GENERAL))
#define ALL_GROUPS (WQ_BIT(WQ_GROUP_COUNT) - 1)

/* clang-format off: read by column */
static const struct wq_command table[] = {
	{ .name = "dev", .run = wq_dev_run, .groups = SERVING | WQ_BIT(WQ_GROUP_DEV),
	  .usage = "", .summary = "run everything on a Redis of its own and a sandbox: nothing to configure" },
	{ .name = "serve", .run = wq_serve_run, .groups = SERVING | WQ_BIT(WQ_GROUP_SERVE),
	  .usage = "", .summary = "run the server on your Redis" },
	{ .name = "worker", .run = wq_worker_command_run, .groups = WORKING, .options = wq_worker_command_options,
	  .usage = "",
	  .summary = "work the jobs of BullMQ queues: send messages, post jobs, or complete them at once" },
	{ .name = "sink", .run = wq_sink_run, .groups = SINKING,
	  .usage = "", .summary = "take signed webhooks and put each into a BullMQ queue" },
	{ .name = "proxy", .run = wq_proxy_run, .groups = SINKING, .options = wq_proxy_options,
	  .usage = "", .summary = "hold signed webhooks and pass them on to a receiver until it takes them" },
	{ .name = "sandbox", .run = wq_sandbox_run, .groups = SANDBOX,
	  .usage = "", .summary = "run a stand-in for Meta's Cloud API, with faults on order" },
	{ .name = "send", .run = wq_send_run, .groups = QUEUES | WQ_BIT(WQ_GROUP_ACCOUNTS), .options = wq_send_options,
	  .usage = "[TEXT]", .args_max = 1, .summary = "send a message, and follow it until it has arrived" },
	{ .name = "queue", .run = wq_queue_run, .groups = QUEUES, .options = wq_queue_options,
	  .usage = "list|show|watch|jobs|workers|schedulers|add|pause|resume|retry|promote|limits|"
	           "drain|clean|obliterate [QUEUE]",
	  .args_min = 1, .args_max = 5, .summary = "look into queues and change them" },
	{ .name = "job", .run = wq_job_run, .groups = QUEUES, .options = wq_job_options,
	  .usage = "show|logs|retry|promote|data|delay|priority|log|remove QUEUE ID",
	  .args_min = 1, .args_max = 5, .summary = "look at one job and change it" },
	{ .name = "dlq", .run = wq_dead_run, .groups = QUEUES, .options = wq_dead_options,
	  .usage = "list|groups|show|edit|retry|remove|clean|export|import [QUEUE [ID|FILE]]",
	  .args_min = 1, .args_max = 3, .summary = "look at dead letters, send them back, delete them" },
	{ .name = "subscription", .run = wq_subscription_run, .groups = SUBSCRIBING, .options = wq_subscription_options,
	  .usage = "list|show|deliveries|create|update|pause|resume|rotate|test|replay|remove [ID]",
	  .args_min = 1, .args_max = 2, .summary = "look at who gets events, and change it" },
	{ .name = "events", .run = wq_events_run, .groups = QUEUES, .options = wq_events_options,
	  .usage = "", .summary = "show events as they come" },
	{ .name = "account", .run = wq_account_run,
	  .groups = QUEUES | WQ_BIT(WQ_GROUP_SEALS) | WQ_BIT(WQ_GROUP_OUTBOUND) | WQ_BIT(WQ_GROUP_ACCOUNTS),
	  .options = wq_account_options,
	  .usage = "list|show|create|update|suspend|resume|verify|holds|release|remove|reseal [ID] [FILE|-]",
	  .args_min = 1, .args_max = 3, .summary = "look at the numbers that messages are sent from, and change them" },
	{ .name = "business", .run = wq_business_run, .groups = QUEUES, .options = wq_business_options,
	  .usage = "list|create|rename|remove [ID]", .args_min = 1, .args_max = 2,
	  .summary = "look at businesses, and change them" },
	{ .name = "key", .run = wq_key_run, .groups = QUEUES, .options = wq_key_options,
	  .usage = "list|create|rotate|revoke [ID]", .args_min = 1, .args_max = 2,
	  .summary = "look at the keys of the API, make them and take them back" },
	{ .name = "contact", .run = wq_contact_run, .groups = QUEUES | WQ_BIT(WQ_GROUP_SENDING),
	  .options = wq_contact_options,
	  .usage = "list|conversations|show|messages|notes|export|create|update|tag|note|assign|opt-out|opt-in|read|"
	           "import|merge|erase|can-send|issues|unblock|delivery [ID] [FILE|-]",
	  .args_min = 1, .args_max = 3,
	  .summary = "look at people and at what was said with them, change them, import and erase them" },
	{ .name = "sequence", .run = wq_sequence_run, .groups = QUEUES, .options = wq_sequence_options,
	  .usage = "list|show|people|versions|changes|check|create|update|restore|pause|resume|archive|remove|"
	           "enrol|person|bulk|runs|undo [ID] [FILE|WHO|DO]",
	  .args_min = 1, .args_max = 3, .summary = "look at sequences and who is in them, and change both" },
	{ .name = "template", .run = wq_template_run,
	  .groups = QUEUES | WQ_BIT(WQ_GROUP_SEALS) | WQ_BIT(WQ_GROUP_OUTBOUND) | WQ_BIT(WQ_GROUP_ACCOUNTS),
	  .options = wq_template_options,
	  .usage = "list|show|preview|check|set|remove|provider [KIND [LANGUAGE [FILE|-]]]",
	  .args_min = 1, .args_max = 5,
	  .summary = "look at texts to fill in, try them, write your own; templates at the provider" },
	{ .name = "pending", .run = wq_pending_run, .groups = QUEUES | WQ_BIT(WQ_GROUP_ACCOUNTS),
	  .options = wq_pending_options,
	  .usage = "list|show|counts|take|release|send|skip|done [ID]", .args_min = 1, .args_max = 2,
	  .summary = "look at what waits for people, and do it" },
	{ .name = "webhook", .run = wq_webhook_run, .groups = REPLAYING, .options = wq_webhook_options,
	  .usage = "list|show|body|stats|replay [ID]",
	  .args_min = 1, .args_max = 2, .summary = "look at the log of webhooks, and replay them" },
	{ .name = "bench", .run = wq_bench_command_run, .groups = QUEUES,
	  .options = wq_bench_options, .usage = "webhook|queue|send|compare [BEFORE AFTER]",
	  .args_max = 3,
	  .summary = "load a receiver of webhooks, a queue or a provider, and measure it; compare results" },
	{ .name = "config", .run = wq_config_run, .groups = ALL_GROUPS, .options = wq_config_options,
	  .usage = "", .summary = "show every setting, its value and where it came from" },
	{ .name = "help", .run = wq_help_run, .usage = "[COMMAND]", .args_max = 1,
	  .summary = "tell what there is, or what a command takes" },
	{ .name = "version", .run = wq_version_run, .options = wq_version_options,
	  .usage = "", .summary = "tell the version" },
};
/* clang-format on */

const struct wq_command *wq_command_at(size_t i)
{
	return i < WQ_COUNT(table) ? &table[i] : NULL;
}

const struct wq_command *wq_command_find(const char *name)
{
	for (size_t i = 0; i < WQ_COUNT(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

void wq_command_takers(uint32_t groups, struct wq_buf *out)
{
	for (size_t i = 0; i < WQ_COUNT(table); i++)
		if ((table[i].groups & groups) &&
		    wq_buf_addf(out, "%s%s", out->n ? ", " : "", table[i].name) < 0)
			return;
}
