/* SPDX-License-Identifier: MIT */
#pragma once
/* settings.h — every setting of the program, read once at start.
 *
 * Flags beat the environment, which beats the .env file, which beats the defaults.  What there is stands in one table
 * (table.c); parsing, `willaq config`, `--help` and docs/settings.md come from it.
 *
 *   struct wq_settings s;
 *   int rc = wq_settings_load(&s, &args, &input, &errors);   rc < 0: `errors` tells people why, a line each
 *   port = wq_settings_int(&s, WQ_SET_PORT);
 *   wq_settings_fini(&s);                                    also after a failed load; twice is fine
 *
 * Texts live as long as the settings; argv and the environment must outlive them.
 * Nobody else reads argv or the environment.
 */
#include <stdbool.h>
#include <stdint.h>

#include "app/settings/args.h"
#include "base/arena.h"
#include "base/buf.h"

/* In the order in which people are shown them; table.c has an entry for each. */
enum wq_setting {
	WQ_SET_PROCESSES,

	WQ_SET_QUEUE,
	WQ_SET_ORDERED,
	WQ_SET_CONCURRENCY,
	WQ_SET_PUSH,
	WQ_SET_PUSH_SECRET,
	WQ_SET_PUSH_TIMEOUT,
	WQ_SET_WORKER_NAME,
	WQ_SET_LOCK_DURATION,
	WQ_SET_STALLED_INTERVAL,
	WQ_SET_MAX_STALLED_COUNT,
	WQ_SET_MAX_STARTED_ATTEMPTS,
	WQ_SET_JOB_TIMEOUT,
	WQ_SET_POLL_INTERVAL,
	WQ_SET_LIMIT_MAX,
	WQ_SET_LIMIT_DURATION,
	WQ_SET_KEEP_COMPLETED,
	WQ_SET_KEEP_COMPLETED_AGE,
	WQ_SET_KEEP_FAILED,
	WQ_SET_KEEP_FAILED_AGE,
	WQ_SET_JOB_METRICS,
	WQ_SET_DEAD_LETTERS,
	WQ_SET_DEAD_LETTERS_MAX,
	WQ_SET_DEAD_LETTERS_AGE,
	WQ_SET_BATCH_MAX,

	WQ_SET_HOST,
	WQ_SET_PORT,
	WQ_SET_UNIX_SOCKET,
	WQ_SET_REUSE_PORT,
	WQ_SET_CONNECTIONS_MAX,
	WQ_SET_HEAD_MAX,
	WQ_SET_BODY_MAX,
	WQ_SET_REQUEST_MEMORY_MAX,
	WQ_SET_HEAD_TIMEOUT,
	WQ_SET_BODY_TIMEOUT,
	WQ_SET_HANDLER_TIMEOUT,
	WQ_SET_WRITE_TIMEOUT,
	WQ_SET_IDLE_TIMEOUT,
	WQ_SET_DRAIN_TIMEOUT,

	WQ_SET_REDIS_URL,
	WQ_SET_REDIS_CA_FILE,
	WQ_SET_REDIS_CERT_FILE,
	WQ_SET_REDIS_KEY_FILE,
	WQ_SET_REDIS_CONNECT_TIMEOUT,
	WQ_SET_REDIS_COMMAND_TIMEOUT,
	WQ_SET_REDIS_WAIT,
	WQ_SET_REDIS_QUEUE_MAX,
	WQ_SET_REDIS_QUEUE_BYTES_MAX,
	WQ_SET_REDIS_EVICTION_ALLOWED,

	WQ_SET_PREFIX,

	WQ_SET_API_KEY,

	WQ_SET_WEBHOOK_SECRET,
	WQ_SET_WEBHOOK_VERIFY_TOKEN,
	WQ_SET_EVOLUTION_WEBHOOK_KEY,
	WQ_SET_TWILIO_WEBHOOK_TOKEN,
	WQ_SET_PUBLIC_URL,

	WQ_SET_SECRET_KEY,

	WQ_SET_WHATSAPP_TOKEN,
	WQ_SET_WHATSAPP_PHONE_NUMBER_ID,
	WQ_SET_WHATSAPP_BUSINESS_ACCOUNT_ID,
	WQ_SET_GRAPH_URL,
	WQ_SET_EVOLUTION_API_URL,
	WQ_SET_EVOLUTION_API_KEY,
	WQ_SET_EVOLUTION_INSTANCE,
	WQ_SET_TWILIO_ACCOUNT_SID,
	WQ_SET_TWILIO_AUTH_TOKEN,
	WQ_SET_TWILIO_NUMBER,
	WQ_SET_TWILIO_API_URL,

	WQ_SET_RECEIVE,
	WQ_SET_RECEIVE_CONCURRENCY,
	WQ_SET_SEND_CONCURRENCY,
	WQ_SET_SEND_TIMEOUT,
	WQ_SET_SEND_GRACE,
	WQ_SET_SEND_AGE_MAX,
	WQ_SET_SEND_UNCONFIRMED,
	WQ_SET_MESSAGE_AGE,
	WQ_SET_MEDIA_LINKS,
	WQ_SET_MEDIA_PRIVATE,
	WQ_SET_MEDIA_DIR,
	WQ_SET_MEDIA_MAX,
	WQ_SET_MEDIA_AGE,
	WQ_SET_VERDICTS,
	WQ_SET_RATES,

	WQ_SET_SUBSCRIPTIONS,
	WQ_SET_SUBSCRIPTION_PRIVATE,
	WQ_SET_SOURCE_MAX,
	WQ_SET_SOURCE_UNSIGNED_MAX,
	WQ_SET_PROXIES,
	WQ_SET_STATUS_QUEUE,
	WQ_SET_EVENT_QUEUE,
	WQ_SET_WEBHOOK_LOG_MAX,
	WQ_SET_WEBHOOK_LOG_AGE,
	WQ_SET_WEBHOOK_LOG_BODY,
	WQ_SET_BACKLOG_MAX,
	WQ_SET_EVENTS_MAX,
	WQ_SET_EVENTS_AGE,
	WQ_SET_SINK_WAITING_MAX,
	WQ_SET_SINK_WAITING_BYTES_MAX,

	WQ_SET_DNS_SERVERS,

	WQ_SET_HTTP_TIMEOUT,
	WQ_SET_HTTP_CONNECT_TIMEOUT,
	WQ_SET_HTTP_CONNECTIONS_MAX,
	WQ_SET_HTTP_CONNECTIONS_PER_HOST_MAX,
	WQ_SET_HTTP_CALLS_MAX,
	WQ_SET_HTTP_RESPONSE_MAX,
	WQ_SET_CA_FILE,
	WQ_SET_HTTP_PROXY,
	WQ_SET_HTTPS_PROXY,
	WQ_SET_NO_PROXY,

	WQ_SET_DATA,
	WQ_SET_REDIS_SERVER,
	WQ_SET_SANDBOX_PORT,

	WQ_SET_LATENCY,
	WQ_SET_LATENCY_MAX,
	WQ_SET_FAIL,
	WQ_SET_DUP,
	WQ_SET_REORDER,
	WQ_SET_LOSE,
	WQ_SET_REPLY,
	WQ_SET_STATUS_DELAY,
	WQ_SET_RATE,
	WQ_SET_PAIR_EVERY,
	WQ_SET_WEBHOOK,
	WQ_SET_EVOLUTION_WEBHOOK,
	WQ_SET_TWILIO_WEBHOOK,
	WQ_SET_SEED,

	WQ_SET_LOG_LEVEL,
	WQ_SET_LOG_FORMAT,
	WQ_SET_COLOR,
	WQ_SET_TIMEZONE,
	WQ_SET_ENV_FILE,

	WQ_SET_COUNT
};

struct wq_setting_value {
	const char *text; /* as it was written; "": none */
	int64_t number;   /* counts, ports; bool: 0, 1; bytes; ms; index of a choice; 1/10000 % */
	const char *from; /* "default", "--port", "env PORT", ".env:3" */
	bool given;       /* not the default */
};

struct wq_settings {
	struct wq_arena arena;
	int argc; /* what stood behind the command's name, for those who start themselves again */
	char *const *argv;
	struct wq_setting_value values[WQ_SET_COUNT];
};

struct wq_settings_input {
	int argc; /* what stands behind the command's name */
	char *const *argv;
	char *const *envp;               /* NULL-terminated "NAME=value" */
	const char *command;             /* for messages: "serve" */
	uint32_t groups;                 /* WQ_BIT() of each enum wq_setting_group that the command takes */
	const struct wq_option *options; /* the command's own; NULL: none */
	/* Names the commands that take a group, as "serve, dev"; NULL: nobody is named. */
	void (*takers)(uint32_t groups, struct wq_buf *out);
	/* Appends a whole file; 0 or an errno, EFBIG beyond max_bytes.  NULL: the file system. */
	int (*read_file)(void *ctx, const char *path, size_t max_bytes, struct wq_buf *out);
	void *ctx;
};

/* 0, WQ_EINVAL (`errors` has a line for each of the first WQ_SETTINGS_PROBLEMS_MAX problems) or WQ_ENOMEM.
 * `args` gets the command's own options and arguments.  When they ask for help, nothing else is judged. */
int wq_settings_load(struct wq_settings *s, struct wq_args *args,
                     const struct wq_settings_input *in, struct wq_buf *errors);
void wq_settings_fini(struct wq_settings *s);

/* A getter of the wrong type aborts.  _text serves every type that is a text; NULL: none. */
const char *wq_settings_text(const struct wq_settings *s, enum wq_setting id);
/* Counts, ports, and the index of a choice. */
int64_t wq_settings_int(const struct wq_settings *s, enum wq_setting id);
bool wq_settings_bool(const struct wq_settings *s, enum wq_setting id);
uint64_t wq_settings_ms(const struct wq_settings *s, enum wq_setting id);
uint64_t wq_settings_bytes(const struct wq_settings *s, enum wq_setting id);
/* Percentages, 0 to 100. */
double wq_settings_double(const struct wq_settings *s, enum wq_setting id);
/* False: nobody set it, it is the default. */
bool wq_settings_given(const struct wq_settings *s, enum wq_setting id);
/* A text (borrowed) that stands in where nobody set one.  A copy of settings may be changed so; it lives as long as
 * they do, and is not to be given back. */
void wq_settings_assume(struct wq_settings *s, enum wq_setting id, const char *text);
