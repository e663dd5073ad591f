/* SPDX-License-Identifier: MIT */
/* account_holds.c — what keeps an account's messages from being sent, and its end by hand; accounts of the environment
 * too. */
#include <stdio.h>

#include "app/api/account_call.h"
#include "app/cli/account.h"
#include "app/cli/queue.h"
#include "store/send.h"

struct holds_cli {
	struct wq_queue_cli *c;
	struct wq_send_keys keys;
	struct wq_redis_cmd cmd;
	bool ended;
};

/* False: a sentence was printed. */
static bool begin(struct holds_cli *h, struct wq_queue_cli *c)
{
	*h = (struct holds_cli){ .c = c };
	if (wq_send_keys_init(&h->keys, c->session.redis, wq_str(c->args->at[1])) == 0)
		return true;
	fprintf(stderr, "willaq: there is no account of such an id\n");
	return false;
}

static void on_looked(struct wq_redis_cmd *cmd, int rc)
{
	struct holds_cli *h = WQ_OWNER(cmd, struct holds_cli, cmd);

	if (rc == 0)
		wq_view_holds(&h->c->w, cmd, wq_loop_wall_ms(h->c->session.loop));
	wq_session_done(&h->c->session, rc);
}

enum wq_exit wq_account_cli_holds(struct wq_queue_cli *c)
{
	struct holds_cli h;

	if (!begin(&h, c))
		return WQ_EXIT_USAGE;
	if (!wq_session_wait(&c->session, wq_send_holds_start(&h.keys, &h.cmd, on_looked),
	                     h.cmd.error))
		return WQ_EXIT_FAILED;
	return wq_queue_cli_print(c);
}

static void on_released(struct wq_redis_cmd *cmd, int rc)
{
	struct holds_cli *h = WQ_OWNER(cmd, struct holds_cli, cmd);

	h->ended = rc == 0 && wq_send_effect_ended(cmd);
	wq_session_done(&h->c->session, rc);
}

enum wq_exit wq_account_cli_release(struct wq_queue_cli *c)
{
	struct wq_str template = wq_str(wq_args_option(c->args, "template"));
	struct holds_cli h;
	int rc;

	if (template.n && wq_str_find(template, '|') >= template.n) {
		fprintf(stderr,
		        "willaq: --template is a name and a language, as 'welcome|en_US'\n");
		return WQ_EXIT_USAGE;
	}
	if (!begin(&h, c))
		return WQ_EXIT_USAGE;
	rc = wq_send_effect_start(&h.keys, &h.cmd, wq_loop_wall_ms(c->session.loop),
	                          template.n ? WQ_EFFECT_GO : WQ_EFFECT_RELEASE, template, 0,
	                          wq_str(""), on_released);
	if (!wq_session_wait(&c->session, rc, h.cmd.error))
		return WQ_EXIT_FAILED;
	puts(h.ended ? "released" : "it was not held");
	return WQ_EXIT_DONE;
}
