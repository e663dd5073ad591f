/* SPDX-License-Identifier: MIT */
/* table.c — the one table of settings. */
#include "app/settings/table.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/zone.h"
#include "io/redis/redis.h"
#include "io/tls/seal.h"

enum { KIB = 1024, MIB = 1024 * KIB, SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };
static const int64_t GIB = 1024 * (int64_t)MIB;

#define TEXT    .type = WQ_SETTING_TEXT
#define PATH    .type = WQ_SETTING_PATH
#define SECRET  .type = WQ_SETTING_SECRET
#define URL     .type = WQ_SETTING_URL
#define BOOL    .type = WQ_SETTING_BOOL
#define CHOICE  .type = WQ_SETTING_CHOICE
#define PERCENT .type = WQ_SETTING_PERCENT, .max = 1000000

#define PORT             .type = WQ_SETTING_PORT, .max = 65535
#define COUNT(low, high) .type = WQ_SETTING_COUNT, .min = (low), .max = (high)
#define BYTES(low, high) .type = WQ_SETTING_BYTES, .min = (low), .max = (high)
/* A bare number counts seconds, or milliseconds. */
#define TIME(low, high)  .type = WQ_SETTING_MS, .min = (low), .max = (high), .unit_ms = SECOND
#define MILLI(low, high) .type = WQ_SETTING_MS, .min = (low), .max = (high), .unit_ms = 1

#define SERVE    .group = WQ_GROUP_SERVE
#define QUEUE    .group = WQ_GROUP_QUEUE
#define SINK     .group = WQ_GROUP_SINK
#define SEALS    .group = WQ_GROUP_SEALS
#define ACCOUNTS .group = WQ_GROUP_ACCOUNTS
#define SENDING  .group = WQ_GROUP_SENDING
#define SUBS     .group = WQ_GROUP_SUBSCRIPTIONS
#define WORKER   .group = WQ_GROUP_WORKER
#define LOCKS    .group = WQ_GROUP_LOCKS
#define LISTEN   .group = WQ_GROUP_LISTEN
#define REDIS    .group = WQ_GROUP_REDIS
#define QUEUES   .group = WQ_GROUP_QUEUES
#define API      .group = WQ_GROUP_API
#define WEBHOOK  .group = WQ_GROUP_WEBHOOK
#define NAMES    .group = WQ_GROUP_NAMES
#define OUTBOUND .group = WQ_GROUP_OUTBOUND
#define DEV      .group = WQ_GROUP_DEV
#define SANDBOX  .group = WQ_GROUP_SANDBOX
#define GENERAL  .group = WQ_GROUP_GENERAL

static bool check_redis_url(const char *text, char why[static WQ_SETTING_WHY_MAX_BYTES])
{
	const char *sentence = "";

	if (wq_redis_url_check(text, &sentence))
		return true;
	snprintf(why, WQ_SETTING_WHY_MAX_BYTES, "%s", sentence);
	return false;
}

static bool is_zone(const char *name)
{
	struct wq_zone *zone;

	if (wq_zone_open(&zone, NULL, wq_str(name)) < 0)
		return false;
	wq_zone_destroy(zone);
	return true;
}

static bool check_timezone(const char *text, char why[static WQ_SETTING_WHY_MAX_BYTES])
{
	char nearest[WQ_ZONE_NAME_MAX_BYTES + 1];

	if (is_zone(text))
		return true;
	if (wq_zone_nearest(NULL, wq_str(text), nearest))
		snprintf(why, WQ_SETTING_WHY_MAX_BYTES, "did you mean %s?", nearest);
	else if (is_zone("Europe/Berlin"))
		snprintf(why, WQ_SETTING_WHY_MAX_BYTES, "no known name comes near");
	else
		snprintf(why, WQ_SETTING_WHY_MAX_BYTES, "this machine knows none (package tzdata)");
	return false;
}

static bool check_keep(const char *text, char why[static WQ_SETTING_WHY_MAX_BYTES])
{
	uint64_t n;

	snprintf(why, WQ_SETTING_WHY_MAX_BYTES, "it is a number of jobs, or \"all\"");
	return wq_str_is(wq_str(text), "all") || wq_str_to_u64(wq_str(text), INT32_MAX, &n);
}

static bool check_secret_key(const char *text, char why[static WQ_SETTING_WHY_MAX_BYTES])
{
	struct wq_seal_ring ring;
	const char *sentence = NULL;
	int rc = wq_seal_ring_init(&ring, wq_str(text), &sentence);

	snprintf(why, WQ_SETTING_WHY_MAX_BYTES, "%s", sentence ? sentence : "out of memory");
	wq_seal_ring_fini(&ring);
	return rc == 0;
}

/* clang-format off: read by column */
static const struct wq_setting_def table[WQ_SET_COUNT] = {
	[WQ_SET_PROCESSES] = { "processes", COUNT(1, 256), SERVE, .preset = "1",
		.help = "equal processes that share the port, one a core; a supervisor keeps them running" },

	[WQ_SET_QUEUE] = { "queue", TEXT, QUEUE, .preset = "", .list = true,
		.help = "the queue to work, several with commas or the flag again; of the sink: that of messages" },
	[WQ_SET_ORDERED] = { "ordered", BOOL, QUEUE, .preset = "false",
		.help = "work messages of one conversation one after the other; sink and workers alike; "
		        "serve and dev do unless told otherwise" },
	[WQ_SET_CONCURRENCY] = { "concurrency", COUNT(1, WQ_WORKER_CONCURRENCY_MAX), WORKER, .preset = "10",
		.help = "jobs of one queue that run at the same time" },
	[WQ_SET_PUSH] = { "push", URL, WORKER, .preset = "", .choices = "http https",
		.help = "where each job is posted" },
	[WQ_SET_PUSH_SECRET] = { "push-secret", SECRET, WORKER, .preset = "",
		.help = "signs what is posted (Standard Webhooks), as whsec_…; the new one first" },
	[WQ_SET_PUSH_TIMEOUT] = { "push-timeout", MILLI(1, 24 * HOUR), WORKER, .preset = "30s",
		.help = "how long the endpoint may take for one job" },
	[WQ_SET_WORKER_NAME] = { "worker-name", TEXT, WORKER, .preset = "",
		.help = "name by which others see the worker, and which its jobs keep" },
	[WQ_SET_LOCK_DURATION] = { "lock-duration", MILLI(100, 24 * HOUR), LOCKS, .preset = "30s",
		.help = "how long a job is ours without renewal; it is renewed while it runs" },
	[WQ_SET_STALLED_INTERVAL] = { "stalled-interval", MILLI(100, 24 * HOUR), LOCKS, .preset = "30s",
		.help = "how often jobs of lost workers are looked for" },
	[WQ_SET_MAX_STALLED_COUNT] = { "max-stalled-count", COUNT(0, 1000000), WORKER, .preset = "1",
		.help = "how often a job may lose its worker before it fails" },
	[WQ_SET_MAX_STARTED_ATTEMPTS] = { "max-started-attempts", COUNT(0, 1000000), WORKER, .preset = "0",
		.help = "how often a job may be started before it fails; 0: no bound" },
	[WQ_SET_JOB_TIMEOUT] = { "job-timeout", TIME(0, 24 * HOUR), WORKER, .preset = "0",
		.help = "for one run of a job; 0: none" },
	[WQ_SET_POLL_INTERVAL] = { "poll-interval", MILLI(10, MINUTE), WORKER, .preset = "1s",
		.help = "how often an idle worker looks by itself, should it not be woken" },
	[WQ_SET_LIMIT_MAX] = { "limit-max", COUNT(0, INT32_MAX), WORKER, .preset = "0",
		.help = "jobs of a queue started within limit-duration by all its workers; 0: no limit" },
	[WQ_SET_LIMIT_DURATION] = { "limit-duration", MILLI(1, 24 * HOUR), WORKER, .preset = "1s",
		.help = "see limit-max" },
	[WQ_SET_KEEP_COMPLETED] = { "keep-completed", TEXT, WORKER, .preset = "all", .check = check_keep,
		.help = "completed jobs to keep, unless a job says otherwise; a number, or all" },
	[WQ_SET_KEEP_COMPLETED_AGE] = { "keep-completed-age", TIME(0, 365 * 24 * (int64_t)HOUR), WORKER, .preset = "0",
		.help = "how long; 0: for ever" },
	[WQ_SET_KEEP_FAILED] = { "keep-failed", TEXT, WORKER, .preset = "all", .check = check_keep,
		.help = "failed jobs to keep, unless a job says otherwise; a number, or all" },
	[WQ_SET_KEEP_FAILED_AGE] = { "keep-failed-age", TIME(0, 365 * 24 * (int64_t)HOUR), WORKER, .preset = "0",
		.help = "how long; 0: for ever" },
	[WQ_SET_JOB_METRICS] = { "job-metrics", COUNT(0, 1000000), WORKER, .preset = "0",
		.help = "minutes for which finished jobs are counted in Redis; 0: none" },
	[WQ_SET_DEAD_LETTERS] = { "dead-letters", BOOL, LOCKS, .preset = "true",
		.help = "copy what failed for good to the queue QUEUE-dlq" },
	[WQ_SET_DEAD_LETTERS_MAX] = { "dead-letters-max", COUNT(1, 10000000), LOCKS, .preset = "10000",
		.help = "dead letters kept; beyond, the oldest goes" },
	[WQ_SET_DEAD_LETTERS_AGE] = { "dead-letters-age", TIME(0, 365 * 24 * (int64_t)HOUR), LOCKS, .preset = "0",
		.help = "how long; older ones go as others come; 0: for ever" },
	[WQ_SET_BATCH_MAX] = { "batch-max", COUNT(1, 1000), WORKER, .preset = "50",
		.help = "jobs that one call to Redis settles and takes" },

	[WQ_SET_HOST] = { "host", TEXT, LISTEN, .preset = "127.0.0.1", .others = "HOST",
		.help = "address to listen on; * for all, IPv4 and IPv6" },
	[WQ_SET_PORT] = { "port", PORT, LISTEN, .preset = "8780", .others = "PORT",
		.help = "TCP port to listen on; 0 lets the system choose" },
	[WQ_SET_UNIX_SOCKET] = { "unix-socket", PATH, LISTEN, .preset = "",
		.help = "Unix socket to listen on as well" },
	[WQ_SET_REUSE_PORT] = { "reuse-port", BOOL, LISTEN, .preset = "false",
		.help = "share the port with other processes (SO_REUSEPORT)" },
	[WQ_SET_CONNECTIONS_MAX] = { "connections-max", COUNT(1, 1000000), LISTEN, .preset = "10240",
		.help = "open connections; the next ones wait in the kernel's queue" },
	[WQ_SET_HEAD_MAX] = { "head-max", BYTES(1 * KIB, 1 * MIB), LISTEN, .preset = "16k",
		.help = "largest request line with headers; 431 beyond" },
	[WQ_SET_BODY_MAX] = { "body-max", BYTES(1 * KIB, GIB), LISTEN, .preset = "4m",
		.help = "largest request body; 413 beyond" },
	[WQ_SET_REQUEST_MEMORY_MAX] = { "request-memory-max", BYTES(1 * MIB, 64 * GIB), LISTEN, .preset = "256m",
		.help = "request bytes held by all connections together; 503 beyond" },
	[WQ_SET_HEAD_TIMEOUT] = { "head-timeout", TIME(1, HOUR), LISTEN, .preset = "10s",
		.help = "from the first byte of a request to the end of its headers" },
	[WQ_SET_BODY_TIMEOUT] = { "body-timeout", TIME(1, HOUR), LISTEN, .preset = "30s",
		.help = "from the end of the headers to the end of the body" },
	[WQ_SET_HANDLER_TIMEOUT] = { "handler-timeout", TIME(1, HOUR), LISTEN, .preset = "60s",
		.help = "until a request is answered; 503 beyond" },
	[WQ_SET_WRITE_TIMEOUT] = { "write-timeout", TIME(1, HOUR), LISTEN, .preset = "30s",
		.help = "without a byte taken by the peer" },
	[WQ_SET_IDLE_TIMEOUT] = { "idle-timeout", TIME(1, 24 * HOUR), LISTEN, .preset = "75s",
		.help = "between two requests of a connection" },
	[WQ_SET_DRAIN_TIMEOUT] = { "drain-timeout", TIME(0, HOUR), LISTEN, .preset = "10s",
		.help = "to finish what is in work after SIGTERM" },

	[WQ_SET_REDIS_URL] = { "redis-url", URL, REDIS, .preset = "redis://127.0.0.1:6379", .others = "REDIS_URL",
		.choices = "redis rediss unix", .file_twin = true, .check = check_redis_url,
		.help = "Redis: redis://[user:password@]host[:port][/database]; rediss for TLS" },
	[WQ_SET_REDIS_CA_FILE] = { "redis-ca-file", PATH, REDIS, .preset = "",
		.help = "certificates (PEM) to trust for rediss; the system's when none" },
	[WQ_SET_REDIS_CERT_FILE] = { "redis-cert-file", PATH, REDIS, .preset = "",
		.help = "our certificate (PEM) for rediss" },
	[WQ_SET_REDIS_KEY_FILE] = { "redis-key-file", PATH, REDIS, .preset = "",
		.help = "the key (PEM) of our certificate" },
	[WQ_SET_REDIS_CONNECT_TIMEOUT] = { "redis-connect-timeout", TIME(10, HOUR), REDIS, .preset = "5s",
		.help = "to resolve, connect and log in" },
	[WQ_SET_REDIS_COMMAND_TIMEOUT] = { "redis-command-timeout", TIME(10, HOUR), REDIS, .preset = "5s",
		.help = "for an answer; beyond, the connection is made again" },
	[WQ_SET_REDIS_WAIT] = { "redis-wait", TIME(0, HOUR), REDIS, .preset = "2s",
		.help = "how long a command waits for a connection that is away" },
	[WQ_SET_REDIS_QUEUE_MAX] = { "redis-queue-max", COUNT(1, 10000000), REDIS, .preset = "100000",
		.help = "commands started and not answered" },
	[WQ_SET_REDIS_QUEUE_BYTES_MAX] = { "redis-queue-bytes-max", BYTES(64 * KIB, 64 * GIB), REDIS, .preset = "256m",
		.help = "bytes of commands that wait to be written" },
	[WQ_SET_REDIS_EVICTION_ALLOWED] = { "redis-eviction-allowed", BOOL, REDIS, .preset = "false",
		.help = "start though Redis throws data away when its memory is full" },

	[WQ_SET_PREFIX] = { "prefix", TEXT, QUEUES, .preset = "bull",
		.help = "what the keys of all queues begin with" },

	[WQ_SET_API_KEY] = { "api-key", SECRET, API, .preset = "",
		.help = "key that callers of /api show; without one those routes are closed" },

	[WQ_SET_WEBHOOK_SECRET] = { "webhook-secret", SECRET, WEBHOOK, .preset = "",
		.others = "WEBHOOK_SECRET WHATSAPP_APP_SECRET", .list = true,
		.help = "app secret that signs webhooks; several with commas; NAME=SECRET: below that name alone" },
	[WQ_SET_WEBHOOK_VERIFY_TOKEN] = { "webhook-verify-token", SECRET, WEBHOOK, .preset = "",
		.others = "WEBHOOK_VERIFY_TOKEN",
		.help = "token of the webhook's subscription" },
	[WQ_SET_EVOLUTION_WEBHOOK_KEY] = { "evolution-webhook-key", SECRET, SINK, .preset = "", .list = true,
		.help = "key that Evolution's webhooks show, with commas; INSTANCE=KEY; evolution-api-key when none" },
	[WQ_SET_TWILIO_WEBHOOK_TOKEN] = { "twilio-webhook-token", SECRET, SINK, .preset = "", .list = true,
		.help = "token that signs Twilio's webhooks, with commas; NAME=TOKEN; twilio-auth-token when none" },
	[WQ_SET_PUBLIC_URL] = { "public-url", URL, SINK, .preset = "", .others = "PUBLIC_URL", .choices = "http https",
		.help = "where Twilio finds this server, as it signs it; as it called us when none" },

	[WQ_SET_SECRET_KEY] = { "secret-key", SECRET, SEALS, .preset = "", .list = true, .check = check_secret_key,
		.help = "64 hex digits that seal secrets in Redis; several with commas, the new one first" },
	[WQ_SET_WHATSAPP_TOKEN] = { "whatsapp-token", SECRET, ACCOUNTS, .preset = "",
		.others = "WHATSAPP_TOKEN",
		.help = "access token of the Cloud API; with whatsapp-phone-number-id the account \"default\"" },
	[WQ_SET_WHATSAPP_PHONE_NUMBER_ID] = { "whatsapp-phone-number-id", TEXT, ACCOUNTS, .preset = "",
		.others = "WHATSAPP_PHONE_NUMBER_ID",
		.help = "id of the phone number that account sends from" },
	[WQ_SET_WHATSAPP_BUSINESS_ACCOUNT_ID] = { "whatsapp-business-account-id", TEXT, ACCOUNTS,
		.preset = "",
		.others = "WHATSAPP_BUSINESS_ACCOUNT_ID",
		.help = "id of its WhatsApp Business account, if known" },
	[WQ_SET_GRAPH_URL] = { "graph-url", URL, ACCOUNTS, .preset = "https://graph.facebook.com",
		.choices = "http https",
		.help = "address of Meta's Graph API; without a version, v23.0 is meant" },
	[WQ_SET_EVOLUTION_API_URL] = { "evolution-api-url", URL, ACCOUNTS, .preset = "",
		.choices = "http https", .others = "EVOLUTION_API_URL",
		.help = "address of an Evolution API; with its key and instance it makes the account \"evolution\"" },
	[WQ_SET_EVOLUTION_API_KEY] = { "evolution-api-key", SECRET, ACCOUNTS, .preset = "",
		.others = "EVOLUTION_API_KEY",
		.help = "its key, or that of the instance" },
	[WQ_SET_EVOLUTION_INSTANCE] = { "evolution-instance", TEXT, ACCOUNTS, .preset = "",
		.others = "EVOLUTION_INSTANCE EVOLUTION_INSTANCE_NAME",
		.help = "instance that account sends from" },
	[WQ_SET_TWILIO_ACCOUNT_SID] = { "twilio-account-sid", TEXT, ACCOUNTS, .preset = "",
		.others = "TWILIO_ACCOUNT_SID",
		.help = "AccountSid at Twilio; with token and number it makes the account \"twilio\"" },
	[WQ_SET_TWILIO_AUTH_TOKEN] = { "twilio-auth-token", SECRET, ACCOUNTS, .preset = "",
		.others = "TWILIO_AUTH_TOKEN",
		.help = "its Auth Token" },
	[WQ_SET_TWILIO_NUMBER] = { "twilio-number", TEXT, ACCOUNTS, .preset = "",
		.others = "TWILIO_WHATSAPP_NUMBER TWILIO_WHATSAPP_FROM TWILIO_PHONE_NUMBER",
		.help = "number, as +14155238886, or Messaging Service that account sends from" },
	[WQ_SET_TWILIO_API_URL] = { "twilio-api-url", URL, ACCOUNTS,
		.preset = "https://api.twilio.com",
		.choices = "http https",
		.help = "address of Twilio's API" },

	[WQ_SET_RECEIVE] = { "receive", BOOL, SENDING, .preset = "true",
		.help = "work what people write: contacts, windows, conversations; false leaves it to other workers" },
	[WQ_SET_RECEIVE_CONCURRENCY] = { "receive-concurrency", COUNT(1, WQ_WORKER_CONCURRENCY_MAX), SENDING,
		.preset = "100",
		.help = "messages of people that a serving process works at once" },
	[WQ_SET_SEND_CONCURRENCY] = { "send-concurrency", COUNT(1, WQ_WORKER_CONCURRENCY_MAX), SENDING,
		.preset = "100",
		.help = "messages that a serving process sends at once" },
	[WQ_SET_SEND_TIMEOUT] = { "send-timeout", MILLI(100, HOUR), SENDING, .preset = "30s",
		.help = "how long a provider may take for one request" },
	[WQ_SET_SEND_GRACE] = { "send-grace", MILLI(1000, 24 * HOUR), SENDING, .preset = "30s",
		.help = "how long is waited for a status of a message of which nobody knows whether it was sent" },
	[WQ_SET_SEND_AGE_MAX] = { "send-age-max", TIME(SECOND, 720LL * HOUR), SENDING, .preset = "24h",
		.help = "a message that could not be sent for so long expires" },
	[WQ_SET_SEND_UNCONFIRMED] = { "send-unconfirmed", TIME(SECOND, 720LL * HOUR), SENDING, .preset = "10m",
		.help = "a message that the provider took and told nothing of for so long is reported" },
	[WQ_SET_MESSAGE_AGE] = { "message-age", TIME(HOUR, 87600LL * HOUR), SENDING, .preset = "720h",
		.help = "how long the record of an outbound message is kept" },
	[WQ_SET_MEDIA_LINKS] = { "media-links", CHOICE, SENDING, .preset = "pass",
		.choices = "pass upload once",
		.help = "addresses of files to the Cloud API: as they are; fetched, and uploaded if new; or once" },
	[WQ_SET_MEDIA_PRIVATE] = { "media-private", BOOL, SENDING, .preset = "false",
		.help = "fetch files from addresses that are not public too: this machine, its networks" },
	[WQ_SET_MEDIA_DIR] = { "media-dir", PATH, SENDING, .preset = "",
		.help = "where files of received messages are kept (Cloud API); empty: they are not fetched" },
	[WQ_SET_MEDIA_MAX] = { "media-max", BYTES(1 * KIB, GIB), SENDING, .preset = "100m",
		.help = "the largest file of a received message that is fetched" },
	[WQ_SET_MEDIA_AGE] = { "media-age", TIME(0, 87600LL * HOUR), SENDING, .preset = "720h",
		.help = "how long such a file is kept; 0: for ever" },
	[WQ_SET_VERDICTS] = { "verdicts", PATH, SENDING, .preset = "",
		.help = "a JSON file of what is done about providers' errors, before docs/verdicts.md" },
	[WQ_SET_RATES] = { "rates", PATH, SENDING, .preset = "",
		.help = "a JSON file of what messages cost, before the built-in prices (docs/windows.md)" },

	[WQ_SET_SUBSCRIPTIONS] = { "subscriptions", BOOL, SUBS, .preset = "true",
		.help = "deliver events to who has subscribed; false: other processes do" },
	[WQ_SET_SUBSCRIPTION_PRIVATE] = { "subscription-private", BOOL, SUBS, .preset = "false",
		.help = "let subscriptions reach addresses that are not public: this machine, its networks" },
	[WQ_SET_SOURCE_MAX] = { "source-max", COUNT(0, 1000000), SINK, .preset = "0",
		.help = "webhooks a second from one address; 429 beyond; 0: no bound" },
	[WQ_SET_SOURCE_UNSIGNED_MAX] = { "source-unsigned-max", COUNT(0, 1000000), SINK, .preset = "1000",
		.help = "unsigned ones, where nothing signed comes from; 429 beyond; 0: no bound" },
	[WQ_SET_PROXIES] = { "proxies", COUNT(0, WQ_SOURCE_FORWARDED_MAX), SINK, .preset = "0",
		.help = "proxies of yours in front: so many addresses of X-Forwarded-For are believed" },
	[WQ_SET_STATUS_QUEUE] = { "status-queue", TEXT, SINK, .preset = "message-statuses",
		.help = "queue of statuses (sent, delivered, read, failed); empty: they are logged and counted only" },
	[WQ_SET_EVENT_QUEUE] = { "event-queue", TEXT, SINK, .preset = "account-events",
		.help = "queue of all other updates; empty: they are logged and counted only" },
	[WQ_SET_WEBHOOK_LOG_MAX] = { "webhook-log-max", COUNT(0, 100000000), SINK, .preset = "10000",
		.help = "webhooks kept in the log; 0: no log" },
	[WQ_SET_WEBHOOK_LOG_AGE] = { "webhook-log-age", TIME(1, 365 * 24 * (int64_t)HOUR), SINK, .preset = "7d",
		.help = "for how long" },
	[WQ_SET_WEBHOOK_LOG_BODY] = { "webhook-log-body", BOOL, SINK, .preset = "true",
		.help = "keep their bytes too: without them nothing can be replayed" },
	[WQ_SET_BACKLOG_MAX] = { "backlog-max", COUNT(0, INT32_MAX), SINK, .preset = "1000000",
		.help = "waiting jobs of a queue beyond which webhooks are answered 503; 0: no bound" },
	[WQ_SET_EVENTS_MAX] = { "events-max", COUNT(1, 100000000), SINK, .preset = "100000",
		.help = "events kept for subscriptions, when there is one" },
	[WQ_SET_EVENTS_AGE] = { "events-age", TIME(1, 365 * 24 * (int64_t)HOUR), SINK, .preset = "7d",
		.help = "for how long; a subscription that fails is tried again for 3 days" },
	[WQ_SET_SINK_WAITING_MAX] = { "sink-waiting-max", COUNT(1, 10000000), SINK, .preset = "20000",
		.help = "webhooks that wait for Redis; 503 beyond" },
	[WQ_SET_SINK_WAITING_BYTES_MAX] = { "sink-waiting-bytes-max", BYTES(1 * MIB, 64 * GIB), SINK, .preset = "128m",
		.help = "their bytes; 503 beyond" },

	[WQ_SET_DNS_SERVERS] = { "dns-servers", TEXT, NAMES, .preset = "", .list = true,
		.help = "name servers as address:port, commas between; the system's when none" },

	[WQ_SET_HTTP_TIMEOUT] = { "http-timeout", TIME(10, HOUR), OUTBOUND, .preset = "30s",
		.help = "a whole call to a provider or a subscriber" },
	[WQ_SET_HTTP_CONNECT_TIMEOUT] = { "http-connect-timeout", TIME(10, HOUR), OUTBOUND, .preset = "5s",
		.help = "to resolve, connect and agree on TLS" },
	[WQ_SET_HTTP_CONNECTIONS_MAX] = { "http-connections-max", COUNT(1, 100000), OUTBOUND, .preset = "256",
		.help = "open connections, idle ones included" },
	[WQ_SET_HTTP_CONNECTIONS_PER_HOST_MAX] = { "http-connections-per-host-max", COUNT(1, 100000), OUTBOUND,
		.preset = "64",
		.help = "open connections to one host; more where more jobs are posted, or messages sent, at once" },
	[WQ_SET_HTTP_CALLS_MAX] = { "http-calls-max", COUNT(1, 1000000), OUTBOUND, .preset = "10000",
		.help = "calls in flight or waiting" },
	[WQ_SET_HTTP_RESPONSE_MAX] = { "http-response-max", BYTES(1 * KIB, GIB), OUTBOUND, .preset = "8m",
		.help = "largest answer" },
	[WQ_SET_CA_FILE] = { "ca-file", PATH, OUTBOUND, .preset = "",
		.help = "certificates (PEM) to trust; the system's when none" },
	[WQ_SET_HTTP_PROXY] = { "http-proxy", URL, OUTBOUND, .preset = "", .others = "http_proxy HTTP_PROXY",
		.bare_host = true,
		.help = "proxy for http" },
	[WQ_SET_HTTPS_PROXY] = { "https-proxy", URL, OUTBOUND, .preset = "", .others = "https_proxy HTTPS_PROXY",
		.bare_host = true,
		.help = "proxy for https" },
	[WQ_SET_NO_PROXY] = { "no-proxy", TEXT, OUTBOUND, .preset = "", .others = "no_proxy NO_PROXY",
		.list = true,
		.help = "hosts reached without a proxy, commas between; * for all" },

	[WQ_SET_DATA] = { "data", PATH, DEV, .preset = "./willaq-data",
		.help = "folder for what dev keeps" },
	[WQ_SET_REDIS_SERVER] = { "redis-server", PATH, DEV, .preset = "redis-server",
		.help = "the redis-server program that dev starts" },
	[WQ_SET_SANDBOX_PORT] = { "sandbox-port", PORT, DEV, .preset = "0",
		.help = "port of the sandbox that dev starts; 0 lets the system choose" },

	[WQ_SET_LATENCY] = { "latency", MILLI(0, 10 * MINUTE), SANDBOX, .preset = "0",
		.help = "how long the sandbox takes to answer" },
	[WQ_SET_LATENCY_MAX] = { "latency-max", MILLI(0, 10 * MINUTE), SANDBOX, .preset = "0",
		.help = "above latency: anything evenly between the two, by the seed" },
	[WQ_SET_FAIL] = { "fail", PERCENT, SANDBOX, .preset = "0",
		.help = "how many sends fail, in percent" },
	[WQ_SET_DUP] = { "dup", PERCENT, SANDBOX, .preset = "0",
		.help = "how many webhooks come twice, in percent" },
	[WQ_SET_REORDER] = { "reorder", PERCENT, SANDBOX, .preset = "0",
		.help = "how many webhooks overtake the one before, in percent" },
	[WQ_SET_LOSE] = { "lose", PERCENT, SANDBOX, .preset = "0",
		.help = "how many statuses are never posted, in percent" },
	[WQ_SET_REPLY] = { "reply", PERCENT, SANDBOX, .preset = "0",
		.help = "how many messages the recipient answers, in percent" },
	[WQ_SET_STATUS_DELAY] = { "status-delay", MILLI(0, 10 * MINUTE), SANDBOX, .preset = "100ms",
		.help = "from the answer to sent, from there to delivered, and to read" },
	[WQ_SET_WEBHOOK] = { "webhook", URL, SANDBOX, .preset = "", .choices = "http https",
		.help = "where the sandbox posts its webhooks" },
	[WQ_SET_EVOLUTION_WEBHOOK] = { "evolution-webhook", URL, SANDBOX, .preset = "", .choices = "http https",
		.help = "the same of its Evolution API; the instance's name goes behind it" },
	[WQ_SET_TWILIO_WEBHOOK] = { "twilio-webhook", URL, SANDBOX, .preset = "", .choices = "http https",
		.help = "the same of its Twilio; a message's own StatusCallback goes first" },
	[WQ_SET_RATE] = { "rate", COUNT(0, 1000000), SANDBOX, .preset = "0",
		.help = "sends a second that each number may make; 0: no bound" },
	[WQ_SET_PAIR_EVERY] = { "pair-every", MILLI(0, 24 * HOUR), SANDBOX, .preset = "0",
		.help = "how often a number may write to one person, 45 at once beyond; 0: no bound" },
	[WQ_SET_SEED] = { "seed", COUNT(0, INT64_MAX), SANDBOX, .preset = "0",
		.help = "replays the same faults; 0: new ones at each start" },

	[WQ_SET_LOG_LEVEL] = { "log-level", CHOICE, GENERAL, .preset = "info", .others = "LOG_LEVEL",
		.choices = "error warn info debug trace",
		.help = "how much is logged" },
	[WQ_SET_LOG_FORMAT] = { "log-format", CHOICE, GENERAL, .preset = "logfmt", .others = "LOG_FORMAT",
		.choices = "logfmt json",
		.help = "form of a log line" },
	[WQ_SET_COLOR] = { "color", BOOL, GENERAL, .preset = "true", .others = "!NO_COLOR",
		.help = "colours on a terminal" },
	[WQ_SET_TIMEZONE] = { "timezone", TEXT, GENERAL, .preset = "", .others = "TZ",
		.form = "a time zone such as Europe/Berlin or UTC", .check = check_timezone,
		.help = "time zone of schedules and reports; the system's when none" },
	[WQ_SET_ENV_FILE] = { "env-file", PATH, GENERAL, .preset = ".env",
		.help = "file with settings as NAME=value; may be missing unless it is named" },
};
/* clang-format on */

static const char *const titles[WQ_GROUP_COUNT] = {
	[WQ_GROUP_SERVE] = "Processes",       [WQ_GROUP_NAMES] = "Names",
	[WQ_GROUP_LISTEN] = "Listening",      [WQ_GROUP_REDIS] = "Redis",
	[WQ_GROUP_QUEUES] = "Queues",         [WQ_GROUP_API] = "API",
	[WQ_GROUP_QUEUE] = "A queue",         [WQ_GROUP_WORKER] = "Working",
	[WQ_GROUP_SEALS] = "Secrets at rest",
	[WQ_GROUP_ACCOUNTS] = "Accounts",
	[WQ_GROUP_SENDING] = "Sending",
	[WQ_GROUP_LOCKS] = "Locks, and jobs that failed for good",
	[WQ_GROUP_SINK] = "Webhooks to jobs", [WQ_GROUP_SUBSCRIPTIONS] = "Subscriptions",
	[WQ_GROUP_WEBHOOK] = "Webhooks",      [WQ_GROUP_OUTBOUND] = "Calls to others",
	[WQ_GROUP_DEV] = "Development",       [WQ_GROUP_SANDBOX] = "Sandbox",
	[WQ_GROUP_GENERAL] = "All commands",
};

const struct wq_setting_def *wq_setting_def(enum wq_setting id)
{
	WQ_REQUIRE(id >= 0 && id < WQ_SET_COUNT);
	return &table[id];
}

enum wq_setting wq_setting_find(struct wq_str name)
{
	unsigned id = 0;

	while (id < WQ_SET_COUNT && !wq_str_is(name, table[id].name))
		id++;
	return (enum wq_setting)id;
}

const char *wq_setting_group_title(enum wq_setting_group g)
{
	return titles[g];
}

bool wq_setting_has_twin(const struct wq_setting_def *d)
{
	return d->file_twin || d->type == WQ_SETTING_SECRET;
}

static void own_name(const struct wq_setting_def *d, char out[WQ_SETTING_NAME_MAX_BYTES])
{
	size_t n = (size_t)snprintf(out, WQ_SETTING_NAME_MAX_BYTES, "WILLAQ_%s", d->name);

	WQ_REQUIRE(n < WQ_SETTING_NAME_MAX_BYTES);
	for (size_t i = 0; i < n; i++) {
		if (out[i] == '-')
			out[i] = '_';
		else if (out[i] >= 'a' && out[i] <= 'z')
			out[i] = (char)(out[i] - 'a' + 'A');
	}
}

void wq_setting_names_begin(struct wq_setting_names *n, const struct wq_setting_def *d)
{
	*n = (struct wq_setting_names){ .def = d, .rest = wq_str(d->others) };
}

bool wq_setting_names_next(struct wq_setting_names *n)
{
	struct wq_str part;

	n->inverse = false;
	if (!n->own_done) {
		n->own_done = true;
		own_name(n->def, n->name);
		return true;
	}
	if (!wq_str_next(&n->rest, ' ', &part))
		return false;
	if (wq_str_starts(part, "!")) {
		n->inverse = true;
		part = wq_strn(part.p + 1, part.n - 1);
	}
	WQ_REQUIRE(part.n < sizeof(n->name));
	memcpy(n->name, part.p, part.n);
	n->name[part.n] = '\0';
	return true;
}
