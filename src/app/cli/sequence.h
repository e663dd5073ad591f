/* SPDX-License-Identifier: MIT */
#pragma once
/* sequence.h — `willaq sequence`: straight to Redis, no server needed.
 *
 *   willaq sequence list|show|versions|changes|people     look
 *   willaq sequence check|create|update FILE              a definition out of a file, or of stdin (-)
 *   willaq sequence pause|resume|archive|restore|remove   one of them
 *   willaq sequence enrol ID [WHO…] | --list FILE         people begin it: contacts' ids, or phones
 *   willaq sequence person CONTACT DO                    one person's place in one
 *   willaq sequence bulk ID DO [--tag TAG]                many at once; `runs` shows them, `undo` takes back
 */
#include "app/api/sequence_call.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"

extern const struct wq_option wq_sequence_options[];
enum wq_exit wq_sequence_run(const struct wq_settings *s, const struct wq_args *args);

extern const struct wq_queue_action wq_sequence_looks[], wq_sequence_changes[], wq_sequence_runs[],
	wq_sequence_person[]; /* end with NULL */

/* What an action of it works with. */
struct wq_sequence_cli {
	struct wq_queue_cli *c;
	struct wq_str id, account; /* id: the argument behind the action, without its account */
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	struct wq_arena arena;
	struct wq_seq_put put;
	/* While the answer is there: the exit code. */
	enum wq_exit (*on_answer)(struct wq_sequence_cli *s);
	enum wq_exit code;
	int64_t number; /* of the answer, for whoever asked */
};
/* False: a sentence was printed.  End it in any case. */
bool wq_sequence_cli_begin(struct wq_sequence_cli *s, struct wq_queue_cli *c);
void wq_sequence_cli_end(struct wq_sequence_cli *s);
/* For a start: waits, and gives the code of `on_answer`. */
void wq_sequence_cli_told(struct wq_redis_cmd *cmd, int rc);
enum wq_exit wq_sequence_cli_wait(struct wq_sequence_cli *s, int started,
                                  enum wq_exit (*on_answer)(struct wq_sequence_cli *s));
enum wq_exit wq_sequence_cli_missing(const struct wq_sequence_cli *s);
/* Shows it as it is now. */
enum wq_exit wq_sequence_cli_show(struct wq_sequence_cli *s);
