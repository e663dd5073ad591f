/* SPDX-License-Identifier: MIT */
/* cmd_server.c — what a server tells of itself. */
#include <stdio.h>

#include "sim/redis/server.h"

static void ping(struct sim_call *k)
{
	if (k->argc > 2) {
		sim_out_error(k, "ERR wrong number of arguments for 'ping' command");
	} else if (k->c && k->c->channels.n) {
		sim_out_array(k, 2);
		sim_out_str(k, wq_str("pong"));
		sim_out_str(k, k->argc == 2 ? sim_arg(k, 1) : wq_str(""));
	} else if (k->argc == 2) {
		sim_out_str(k, sim_arg(k, 1));
	} else {
		sim_out(k, "+PONG\r\n");
	}
}

static void echo(struct sim_call *k)
{
	sim_out_str(k, sim_arg(k, 1));
}

static void time_now(struct sim_call *k)
{
	char text[SIM_NUMBER_BYTES];

	sim_out_array(k, 2);
	sim_out_str(k, wq_strn(text, sim_write_int(text, (int64_t)(k->r->now_us / 1000000))));
	sim_out_str(k, wq_strn(text, sim_write_int(text, (int64_t)(k->r->now_us % 1000000))));
}

static void lastsave(struct sim_call *k)
{
	sim_out_int(k, (int64_t)k->r->saved_s);
}

static int64_t count(const struct wq_list *head)
{
	int64_t n = 0;

	for (const struct wq_list *l = head->next; l != head; l = l->next)
		n++;
	return n;
}

static bool wants(const struct sim_call *k, const char *section)
{
	for (size_t i = 1; i < k->argc; i++)
		if (sim_arg_is(k, i, section) || sim_arg_is(k, i, "all") ||
		    sim_arg_is(k, i, "default") || sim_arg_is(k, i, "everything"))
			return true;
	return k->argc == 1;
}

static void info(struct sim_call *k)
{
	char text[1024] = "";
	size_t n = 0;

	if (wants(k, "server"))
		n += (size_t)snprintf(
			text, sizeof(text),
			"# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:%s\r\n"
			"tcp_port:6379\r\nserver_time_usec:%llu\r\n",
			k->r->run_id, (unsigned long long)k->r->now_us);
	if (wants(k, "clients"))
		n += (size_t)snprintf(
			text + n, sizeof(text) - n,
			"%s# Clients\r\nconnected_clients:%lld\r\nmaxclients:10000\r\nblocked_clients:%lld\r\n",
			n ? "\r\n" : "", (long long)count(&k->r->clients),
			(long long)count(&k->r->waiting));
	if (wants(k, "memory"))
		n += (size_t)snprintf(
			text + n, sizeof(text) - n,
			"%s# Memory\r\nused_memory:1000000\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n",
			n ? "\r\n" : "");
	if (wants(k, "persistence"))
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		                      "%s# Persistence\r\nloading:0\r\nrdb_last_save_time:%llu\r\n",
		                      n ? "\r\n" : "", (unsigned long long)k->r->saved_s);
	if (wants(k, "replication"))
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		                      "%s# Replication\r\nrole:master\r\nconnected_slaves:0\r\n",
		                      n ? "\r\n" : "");
	sim_out_str(k, wq_strn(text, n));
}

static void select_db(struct sim_call *k)
{
	int64_t db;

	if (!sim_arg_int(k, 1, &db))
		return;
	if (db != 0)
		sim_out_error(k, "ERR DB index is out of range");
	else
		sim_out_ok(k);
}

const struct sim_command sim_server_commands[] = {
	{ "ping", ping, -1, SIM_SUBS },
	{ "echo", echo, 2, 0 },
	{ "time", time_now, 1, SIM_LOADING },
	{ "lastsave", lastsave, 1, SIM_LOADING },
	{ "info", info, -1, SIM_LOADING },
	{ "select", select_db, 2, SIM_LOADING },
	{ NULL, NULL, 0, 0 },
};
