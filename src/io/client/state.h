/* SPDX-License-Identifier: MIT */
#pragma once
/* state.h — the inside of a client and of a call, shared by the files of this folder.
 *
 * A call's way, each place a list or a phase:
 *
 *   start ──► RESOLVING (host->waiting) ──► QUEUED (pool->queued) ──► RUNNING (in curl) ──► ENDING (client->ending)
 *                                                                                               └─► ENDED: cb has run
 * wq_call_finish moves it to ENDING from anywhere, once; what comes later changes nothing.
 */
#include "io/client/client.h"
#include "io/client/pool.h"
#include "io/client/proxy.h"

enum wq_call_phase {
	WQ_CALL_RESOLVING,
	WQ_CALL_QUEUED,
	WQ_CALL_RUNNING,
	WQ_CALL_ENDING,
	WQ_CALL_ENDED
};

/* How calls ended, for the counter. */
enum { WQ_CALL_OUTCOMES = 14 };

struct wq_client {
	struct wq_loop *loop;
	struct wq_client_opts o; /* its texts point to the copies below */
	char *user_agent, *ca_file;
	struct wq_proxies proxies;
	struct wq_pool open, guarded;
	struct wq_list calls;  /* all that have not ended */
	struct wq_list ending; /* of wq_call_state.link */
	struct wq_post tell;
	unsigned in_flight, pools_open;
	bool closing, pools_closing;
	void (*on_closed)(void *ctx);
	void *on_closed_ctx;
	struct wq_metric outcomes[WQ_CALL_OUTCOMES];
	struct wq_metric seconds, flying, opened, reused;
};

struct wq_call_state {
	struct wq_call *call;
	struct wq_client *client;
	struct wq_pool *pool;
	struct wq_handle *handle;     /* from QUEUED's end on */
	struct wq_host *host;         /* pinned; NULL: an IPv6 literal */
	unsigned host_version;        /* of the text that was handed over */
	struct curl_slist *gone;      /* handed over to curl; owned */
	const struct wq_proxy *proxy; /* NULL: direct */
	enum wq_call_phase phase;
	struct wq_list all, link;
	void (*cb)(struct wq_call *call, int rc);
	int rc;

	struct wq_timer timer; /* the earlier of the two */
	uint64_t began_us;
	uint64_t phase_due_us; /* connect, then stall */
	uint64_t total_due_us;
	uint64_t
		connect_left_us; /* while curl makes it wait for a connection, its time stands still */
	int64_t uploaded;        /* when the stall was last looked at */
	uint64_t stall_us;

	struct wq_buf head; /* header lines of the final answer */
	size_t head_bytes;  /* all header bytes, those of interim answers included */
	size_t body_bytes, body_max;
	int interim;    /* status of the head that is being read */
	bool head_done; /* what follows are trailers */
	bool denied;    /* the guard refused an address */
	bool repeated;  /* curl wanted to write the request a second time */
	bool forbidden; /* the caller's last word was no */
	int data_rc;    /* why we stopped reading */
	uint64_t refusals; /* of memory, before it ran */
	char why[160];

	char *url; /* normalised; curl's memory; NULL: the call's own will do */
	bool tls;
	struct curl_slist *header_list; /* into the same block as this struct */
};

/* call.c: any phase; rc is told from a post. */
void wq_call_finish(struct wq_call_state *st, int rc);
void wq_call_on_start(struct wq_list *link);
void wq_call_on_done(struct wq_handle *h, CURLcode code);
void wq_call_on_broken(struct wq_pool *p);
void wq_call_on_host(struct wq_host *h, int rc);
void wq_call_on_tell(struct wq_post *p);
/* Bytes moved: the stall clock starts again. */
void wq_call_touch(struct wq_call_state *st);
/* A socket is being opened: the connect clock goes on. */
void wq_call_connecting(struct wq_call_state *st);
/* The request is about to be written. */
void wq_call_sending(struct wq_call_state *st);

/* target.c: URL, proxy and host of a call.  0, or a code of wq_call_start. */
int wq_call_aim(struct wq_call_state *st);

/* request.c: what curl is told. */
bool wq_request_base(struct wq_handle *h);
/* The block of a call's state with its header list; NULL: *rc is WQ_EINVAL or WQ_ENOMEM. */
struct wq_call_state *wq_request_state(const struct wq_call *call, int *rc);
/* 0 or a raised error. */
int wq_request_set(struct wq_call_state *st);

/* answer.c */
size_t wq_answer_on_header(char *p, size_t size, size_t n, void *ctx);
size_t wq_answer_on_body(char *p, size_t size, size_t n, void *ctx);
/* The code for how curl ended. */
int wq_answer_judge(const struct wq_call_state *st, CURLcode code);

/* client.c */
struct wq_client *wq_client_of_pool(struct wq_pool *p);
void wq_client_count(struct wq_client *c, const struct wq_call_state *st, int rc);
/* The last call has ended while closing. */
void wq_client_drained(struct wq_client *c);
