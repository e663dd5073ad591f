/* SPDX-License-Identifier: MIT */
/* connections.c — limits of the client by what is out at once. */
#include "app/worker/connections.h"

#include "app/settings/table.h"
#include "base/log.h"

const char wq_sends_held_up[] = "sends_held_up";
const char wq_sends_held_up_why[] =
	"so many messages are sent at once; the others wait for a connection while their --send-timeout runs";

void wq_connections_for(const struct wq_settings *s, uint32_t calls, const char *event,
                        const char *why, struct wq_client_opts *o)
{
	const struct {
		enum wq_setting id;
		uint32_t *limit, needs;
	} limits[] = {
		{ WQ_SET_HTTP_CALLS_MAX, &o->calls_max, calls },
		{ WQ_SET_HTTP_CONNECTIONS_PER_HOST_MAX, &o->connections_per_host_max, calls },
		{ WQ_SET_HTTP_CONNECTIONS_MAX, &o->connections_max,
		  wq_client_connections_for(calls) },
	};

	for (size_t i = 0; i < WQ_COUNT(limits); i++) {
		if (*limits[i].limit >= limits[i].needs)
			continue;
		if (wq_settings_given(s, limits[i].id))
			wq_warn(event, WQ_S("setting", wq_setting_def(limits[i].id)->name),
			        WQ_U("is", *limits[i].limit), WQ_U("needs", limits[i].needs),
			        WQ_S("why", why));
		else
			*limits[i].limit = limits[i].needs;
	}
}

void wq_connections_for_sending(const struct wq_settings *s, struct wq_client_opts *o)
{
	wq_connections_for(s, (uint32_t)wq_settings_int(s, WQ_SET_SEND_CONCURRENCY),
	                   wq_sends_held_up, wq_sends_held_up_why, o);
}
