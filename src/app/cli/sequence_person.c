/* SPDX-License-Identifier: MIT */
/* sequence_person.c — one person's place in a sequence is changed. */
#include <stdio.h>
#include <string.h>

#include "app/cli/sequence.h"
#include "base/assert.h"

static enum wq_exit on_changed(struct wq_sequence_cli *s)
{
	int changed = wq_enrol_changed(&s->cmd, 0);

	if (changed < 0) {
		fprintf(stderr, "willaq: there is no such contact in a sequence of account %.*s\n",
		        WQ_STR_ARG(s->account));
		return WQ_EXIT_FAILED;
	}
	puts(changed ? "changed" : "unchanged: it is so, or has ended");
	return WQ_EXIT_DONE;
}

static void give_contact(void *ctx, size_t i, struct wq_str *con)
{
	(void)i;
	*con = ((struct wq_sequence_cli *)ctx)->id;
}

static enum wq_exit person(struct wq_queue_cli *c)
{
	static const char *const whats[] = { "pause", "resume", "stop", "skip", "move" };
	const char *why = wq_args_option(c->args, "reason");
	struct wq_enrol_change change = { .by = wq_str("command line"),
		                          .why = wq_str(why ? why : "") };
	struct wq_sequence_cli s;
	enum wq_exit code = WQ_EXIT_USAGE;

	for (size_t i = 0; i < WQ_COUNT(whats); i++)
		if (strcmp(c->args->at[2], whats[i]) == 0)
			change.what = whats[i];
	if (!change.what || change.why.n > WQ_SEQ_WHO_MAX_BYTES) {
		fprintf(stderr,
		        change.what ? "willaq: a reason has up to %d bytes\n"
		                    : "willaq: what? pause, resume, stop, skip or move\n",
		        WQ_SEQ_WHO_MAX_BYTES);
		return WQ_EXIT_USAGE;
	}
	if (wq_sequence_cli_begin(&s, c))
		code = wq_sequence_cli_wait(&s,
		                            wq_enrol_change_start(&s.keys, &s.cmd, &change, 1,
		                                                  give_contact, &s,
		                                                  wq_sequence_cli_told),
		                            on_changed);
	wq_sequence_cli_end(&s);
	return code;
}

const struct wq_queue_action wq_sequence_person[] = {
	{ "person", "CONTACT pause|resume|stop|skip|move [--reason TEXT]", 2, 2, person, false },
	{ NULL, NULL, 0, 0, NULL, false },
};
