/* SPDX-License-Identifier: MIT */
#pragma once
/* queue.h — `willaq queue` and `willaq job`: straight to Redis, no server needed.
 *
 *   willaq queue list|show|watch|jobs|workers                         look
 *   willaq queue add|pause|resume|retry|promote|limits                change
 *   willaq queue drain|clean|obliterate, willaq job remove            delete; tell what would go unless --yes
 *
 * Tables, or the API's JSON with --json.  An action is a row of a table; it has a session and, if it names one, a
 * queue.
 */
#include "app/cli/command.h"
#include "app/cli/session.h"
#include "base/json.h"
#include "queue/inspector.h"
#include "queue/queue_check.h"

extern const struct wq_option wq_queue_options[], wq_job_options[];
enum wq_exit wq_queue_run(const struct wq_settings *s, const struct wq_args *args);
enum wq_exit wq_job_run(const struct wq_settings *s, const struct wq_args *args);

/* What an action works with. */
struct wq_queue_cli {
	struct wq_session session;
	const struct wq_args *args;
	struct wq_ref ref; /* zeroed: the action names no queue */
	struct wq_look look;
	struct wq_inspect inspect;
	struct wq_queue_check check;
	struct wq_str id;  /* of the job; empty: none */
	bool json;
	struct wq_buf out; /* of w */
	struct wq_jsonw w;
};

struct wq_queue_action {
	const char *name, *usage;
	unsigned args_min, args_max; /* behind its name */
	enum wq_exit (*run)(struct wq_queue_cli *c);
	bool changes; /* first it is looked whose queue it is */
};

/* What a command of actions is: the tables end with NULL. */
struct wq_queue_command {
	const char *name;
	const struct wq_queue_action *const *tables;
	/* NULL: the argument behind an action is no queue. */
	int (*open)(struct wq_ref *out, struct wq_redis *redis, struct wq_str prefix,
	            struct wq_str queue, const char **why);
};
enum wq_exit wq_queue_command_run(const struct wq_queue_command *command,
                                  const struct wq_settings *s, const struct wq_args *args);
extern const struct wq_queue_action wq_queue_looks[], wq_queue_changes[], wq_queue_adds[],
	wq_job_actions[]; /* end with NULL */

/* Options and arguments.  False: a sentence was printed. */
bool wq_queue_cli_count(struct wq_queue_cli *c, const char *option, uint64_t max, uint64_t *value);
bool wq_queue_cli_ms(struct wq_queue_cli *c, const char *option, uint64_t *value);
bool wq_queue_cli_state(struct wq_queue_cli *c, enum wq_job_state *state);
bool wq_queue_cli_flag(const struct wq_queue_cli *c, const char *option);
/* Waits for a look or for a change; false: a sentence was printed. */
bool wq_queue_cli_looked(struct wq_queue_cli *c, int started);
bool wq_queue_cli_changed(struct wq_queue_cli *c, int started);
/* The same, and tells how many jobs changed: "<n> jobs <what>". */
enum wq_exit wq_queue_cli_change(struct wq_queue_cli *c, int started, const char *what);
/* Is the queue one that may be written to?  False: a sentence was printed; true: maybe a warning was. */
bool wq_queue_cli_may_change(struct wq_queue_cli *c);
/* Prints what was written to c->w, and a newline. */
enum wq_exit wq_queue_cli_print(struct wq_queue_cli *c);
/* False unless --yes: what would happen was told. */
bool wq_queue_cli_confirmed(struct wq_queue_cli *c, const char *what);
