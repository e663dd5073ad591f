/* SPDX-License-Identifier: MIT */
/* serve.c — a node and nothing else.  Redis being away is no reason not to start: /readyz tells, and it comes back by
 * itself. */
#include "app/serve.h"

#include "app/node.h"
#include "app/settings/settings.h"
#include "app/supervisor.h"

enum wq_exit wq_serve_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_node_role role = { .name = "serve", .redis = true };
	struct wq_node node = { .exit_code = WQ_EXIT_DONE };
	enum wq_exit code = WQ_EXIT_FAILED;

	(void)args;
	if (wq_settings_int(s, WQ_SET_PROCESSES) > 1)
		return wq_supervisor_run(s);
	if (wq_node_init(&node, &role, s, NULL) == 0)
		code = wq_node_listen(&node) ? wq_node_run(&node) : WQ_EXIT_USAGE;
	wq_node_fini(&node);
	return code;
}
