/* SPDX-License-Identifier: MIT */
#pragma once
/* pool.h — one curl multi on the loop: its sockets are poll handles, its time-out a timer.
 *
 * Connections belong to a pool for life.  The client has two, for a connection opened without the guard must never
 * serve a guarded call; within the guarded pool every socket was checked when it was opened (guard.h), so its
 * connections may be reused.
 *
 * curl wants a poll handle on for each exchange and off after it.  A socket's handle lives from the socket's opening to
 * its closing and stays armed in between: a reused connection costs no epoll_ctl.
 *
 * The owner embeds struct wq_pool.  After wq_pool_close its memory is in use until on_closed has run.  No function here
 * may be called from inside a callback of curl but wq_pool_open_socket and wq_pool_add.
 */
#include <curl/curl.h>

#include "io/client/hosts.h"
#include "io/loop/timer.h"

struct wq_call_state;
struct pool_watch;

/* An easy handle with the call that uses it; kept for the next. */
struct wq_handle {
	CURL *easy;
	struct wq_call_state *st; /* NULL: spare */
	struct wq_pool *pool;
	const struct wq_proxy *proxy; /* what the easy handle was told */
	struct wq_list link;
	bool added; /* to the multi */
	bool spoiled; /* curl ran out of memory in it, and leaves its buffer behind: not used again */
	char why[CURL_ERROR_SIZE];
};

struct wq_pool_opts {
	uint32_t connections_max, connections_per_host_max;
	const char *user_agent, *ca_file; /* borrowed */
	bool guarded;
	/* An exchange is over; runs outside of curl. */
	void (*on_done)(struct wq_handle *h, CURLcode code);
	/* curl ran out of memory between two exchanges and no longer knows which sockets are whose: every exchange must
	 * be broken off (wq_handle_give).  The pool stands still until then. */
	void (*on_broken)(struct wq_pool *p);
	/* Tells a new easy handle everything that is the same for all calls; false: out of memory. */
	bool (*on_new)(struct wq_handle *h);
	/* The turn of one that was queued by wq_pool_add. */
	void (*on_start)(struct wq_list *link);
};

struct wq_pool {
	struct wq_loop *loop;
	struct wq_pool_opts o;
	CURLM *multi; /* NULL: the last one broke */
	struct wq_timer timer;
	struct wq_post kick;   /* adds what is queued and lets curl begin, once a turn */
	struct wq_list queued; /* the caller's links */
	struct wq_list spare;  /* of wq_handle.link: used last first */
	unsigned spare_n;
	struct pool_watch **watches; /* by descriptor; owned */
	size_t watches_cap;
	unsigned watches_n; /* poll handles not yet closed */
	struct wq_hosts hosts;
	unsigned added; /* handles in the multi */
	bool broken, closing;
	struct wq_post closed;
	void (*on_closed)(struct wq_pool *p);
};

/* 0 or a raised error, after which nothing needs closing.  hosts is the caller's to set up. */
int wq_pool_init(struct wq_pool *p, struct wq_loop *l, const struct wq_pool_opts *o);
/* For a pool that nothing went through; at once. */
void wq_pool_discard(struct wq_pool *p);
/* Nothing may be in flight. */
void wq_pool_close(struct wq_pool *p, void (*on_closed)(struct wq_pool *p));

/* on_start(link) runs at the end of this turn, then curl begins with all that it added. */
void wq_pool_add(struct wq_pool *p, struct wq_list *link);
/* NULL: out of memory (raised). */
struct wq_handle *wq_handle_take(struct wq_pool *p);
/* 0 or a raised error.  From on_start only. */
int wq_handle_add(struct wq_handle *h);
/* Takes it out of the multi and keeps it for later; an unfinished exchange is broken off. */
void wq_handle_give(struct wq_handle *h);
/* A non-blocking socket that the loop watches; CURL_SOCKET_BAD: refused by the system (raised). */
curl_socket_t wq_pool_open_socket(struct wq_pool *p, const struct curl_sockaddr *a);
