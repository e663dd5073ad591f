/* SPDX-License-Identifier: MIT */
/* dev.c — data directory, Redis, server, sandbox, in this order; taken down in reverse. */
#include "app/dev/dev.h"

#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/dev/api_key.h"
#include "app/dev/datadir.h"
#include "app/minder.h"
#include "app/node.h"
#include "app/serving.h"
#include "app/settings/settings.h"
#include "app/worker/connections.h"
#include "base/assert.h"
#include "base/err.h"
#include "domain/sink/secrets.h"
#include "io/loop/timer.h"

enum { SOCKET_PATH_MAX_BYTES = 107, /* of a sockaddr_un */
       SECRET_MAX_BYTES = 512,
       READY_LOOK_MS = 10 };
#define SANDBOX_NUMBER  "100000000000001"
#define SANDBOX_ACCOUNT "AC000000000000000000000000000de500"

struct dev {
	struct wq_node node;
	struct wq_serving serving;
	struct wq_dev_keys keys;
	struct wq_datadir data;
	struct wq_minder redis, sandbox;
	bool redis_runs, sandbox_runs; /* started: has to be stopped */
	unsigned stopping;             /* children that were asked to stop */
	int dir_fd;                    /* the data directory, for a socket path that would be too long */
	char socket[PATH_MAX], redis_url[PATH_MAX + 8];
	char sandbox_url[128], sandbox_port[8], webhook_url[WQ_NODE_URL_MAX_BYTES + 32];
	char evolution_url[WQ_NODE_URL_MAX_BYTES + 32], twilio_url[WQ_NODE_URL_MAX_BYTES + 32];
	char api_url[64], graph_url[80]; /* the sandbox's, as accounts have it */
	struct wq_settings settings;     /* with the sandbox where no account was set */
	char self[PATH_MAX];
	uint64_t started_us;
	struct wq_timer look; /* whether it is ready now */
	bool told;
};

/* Everything is there: say so, once, with what can be done next. */
static void tell_ready(struct dev *d)
{
	if (d->told || d->node.stopping || d->sandbox_url[0] == '\0')
		return; /* who stops has nothing left to look at */
	if (!wq_health_ok(&d->node.health)) {
		wq_timer_start(&d->look, READY_LOOK_MS);
		return;
	}
	d->told = true;
	printf("redis     %s\n"
	       "sandbox   %s\n"
	       "data      %s\n"
	       "api key   %s\n"
	       "ready     in %llu ms; Ctrl-C stops all of it\n"
	       "\n"
	       "Send a first message to the sandbox:\n"
	       "  curl -s %s/v23.0/100000000000001/messages -H 'Authorization: Bearer dev' \\\n"
	       "    -H 'Content-Type: application/json' \\\n"
	       "    -d '{\"messaging_product\":\"whatsapp\",\"to\":\"+593991234567\",\"type\":\"text\","
	       "\"text\":{\"body\":\"hello\"}}'\n",
	       d->redis_url, d->sandbox_url, d->data.path, d->keys.api[0] ? d->keys.api : "as set",
	       (unsigned long long)(wq_loop_now_us(d->node.loop) - d->started_us) / 1000,
	       d->sandbox_url);
	fflush(stdout);
}

static void on_look(struct wq_timer *t)
{
	tell_ready(WQ_OWNER(t, struct dev, look));
}

static void on_given_up(struct wq_minder *m)
{
	struct dev *d = m->ctx;

	fprintf(stderr,
	        "willaq: %s keeps ending by itself; see its output above, or redis.log in %s\n",
	        m->name, d->data.path);
	wq_node_stop(&d->node, WQ_EXIT_FAILED);
}

/* The sandbox tells where it listens as any server does. */
static void on_sandbox_line(struct wq_minder *m, struct wq_str line)
{
	static const char word[] = "listening ";
	struct dev *d = m->ctx;

	if (!wq_str_starts(line, word))
		return;
	snprintf(d->sandbox_url, sizeof(d->sandbox_url), "%.*s", (int)(line.n - (sizeof(word) - 1)),
	         line.p + sizeof(word) - 1);
	tell_ready(d);
}

/* A socket's path has 107 bytes; a longer one is reached through the descriptor of its directory. */
static bool name_socket(struct dev *d)
{
	snprintf(d->socket, sizeof(d->socket), "%s/redis.sock", d->data.path);
	if (strlen(d->socket) > SOCKET_PATH_MAX_BYTES)
		snprintf(d->socket, sizeof(d->socket), "/proc/self/fd/%d/redis.sock", d->dir_fd);
	snprintf(d->redis_url, sizeof(d->redis_url), "unix://%s", d->socket);
	return true;
}

static int start_redis(struct dev *d)
{
	const char *argv[] = {
		wq_settings_text(d->node.settings, WQ_SET_REDIS_SERVER),
		"--port", "0",
		"--dir", d->data.path,
		"--unixsocket", "redis.sock", /* below --dir, which Redis enters first */
		"--unixsocketperm", "700",
		"--appendonly", "yes",
		"--appendfsync", "always",
		"--maxmemory-policy", "noeviction",
		"--hash-max-ziplist-value", "4096", /* jobs of 4 kB in one piece; Redis 6 knows this name */
		"--save", "",
		"--daemonize", "no",
		"--logfile", "redis.log",
	};
	int rc;

	_Static_assert(WQ_COUNT(argv) <= WQ_MINDER_ARGS_MAX, "room for the end");
	for (size_t i = 0; i < WQ_COUNT(argv); i++)
		d->redis.argv[i] = argv[i];
	d->redis.name = "redis-server";
	d->redis.keep_fd = d->data.lock_fd;
	d->redis.on_given_up = on_given_up;
	d->redis.ctx = d;
	rc = wq_minder_start(&d->redis, d->node.loop);
	d->redis_runs = rc == 0;
	if (rc < 0)
		fprintf(stderr,
		        "willaq: %s could not be started (%s): install it (apt install redis-server) or name it "
		        "with --redis-server\n",
		        argv[0], wq_err_text(rc));
	return rc;
}

/* Of all that ours may be signed with, the one that the sandbox signs with.  False: out of memory. */
static bool first_secret(const char *list, char out[static SECRET_MAX_BYTES])
{
	struct wq_str good[WQ_WEBHOOK_SECRETS_MAX];
	struct wq_secrets all = { .n = 0 };
	const char *why = NULL;
	int rc = wq_secrets_init(&all, wq_str(list), &why);
	size_t n = rc < 0 ? 0 : wq_secrets_of(&all, wq_str(""), good);

	snprintf(out, SECRET_MAX_BYTES, "%.*s", n ? (int)good[0].n : 0, n ? good[0].p : "");
	wq_secrets_fini(&all);
	return rc != WQ_ENOMEM;
}

/* Its webhooks come to us.  The secret travels by the environment: arguments are everybody's to see. */
static bool aim_webhooks(struct dev *d)
{
	const char *list = wq_settings_text(d->node.settings, WQ_SET_WEBHOOK_SECRET);
	char secret[SECRET_MAX_BYTES];

	snprintf(d->webhook_url, sizeof(d->webhook_url), "%s/webhooks/whatsapp", d->node.url);
	snprintf(d->evolution_url, sizeof(d->evolution_url), "%s/webhooks/evolution", d->node.url);
	snprintf(d->twilio_url, sizeof(d->twilio_url), "%s/webhooks/twilio", d->node.url);
	if (!first_secret(list ? list : d->keys.webhook, secret))
		return false;
	setenv("WILLAQ_WEBHOOK_SECRET", secret, 1);
	return true;
}

static int start_sandbox(struct dev *d)
{
	ssize_t n = readlink("/proc/self/exe", d->self, sizeof(d->self) - 1);
	const char *argv[] = {
		n > 0 ? d->self : "willaq", "sandbox", "--host", "127.0.0.1", "--port", d->sandbox_port,
		"--unix-socket", "", /* one that the environment names is ours */
		"--webhook", d->webhook_url,
		"--evolution-webhook", d->evolution_url,
		"--twilio-webhook", d->twilio_url,
	};
	int rc;

	_Static_assert(WQ_COUNT(argv) <= WQ_MINDER_ARGS_MAX, "room for the end");
	if (!aim_webhooks(d))
		return WQ_ENOMEM;
	for (size_t i = 0; i < WQ_COUNT(argv); i++)
		d->sandbox.argv[i] = argv[i];
	d->sandbox.name = "sandbox";
	d->sandbox.keep_fd = -1;
	d->sandbox.on_line = on_sandbox_line;
	d->sandbox.on_given_up = on_given_up;
	d->sandbox.ctx = d;
	rc = wq_minder_start(&d->sandbox, d->node.loop);
	d->sandbox_runs = rc == 0;
	if (rc < 0)
		fprintf(stderr, "willaq: the sandbox could not be started: %s\n", wq_err_text(rc));
	return rc;
}

static void on_child_stopped(struct wq_minder *m)
{
	struct dev *d = m->ctx;

	if (--d->stopping == 0)
		wq_loop_stop(d->node.loop);
}

/* The server is drained and closed by now: nobody needs them any more. */
static void stop_children(struct dev *d)
{
	d->stopping = (unsigned)d->redis_runs + (unsigned)d->sandbox_runs;
	if (d->sandbox_runs)
		wq_minder_stop(&d->sandbox, on_child_stopped);
	if (d->redis_runs)
		wq_minder_stop(&d->redis, on_child_stopped);
	if (d->stopping > 0)
		wq_loop_run(d->node.loop);
}

/* Somebody may have put another file there. */
static bool take_secret_key(struct dev *d)
{
	const char *why = NULL;

	if (!d->keys.secret[0] ||
	    wq_seal_ring_init(&d->node.seals, wq_str(d->keys.secret), &why) == 0)
		return true;
	fprintf(stderr, "willaq: %s/secret-key cannot be used: %s\n", d->data.path,
	        why ? why : "out of memory");
	return false;
}

static int build(struct wq_node *n)
{
	struct dev *d = WQ_OWNER(n, struct dev, node);
	const struct wq_dev_keys *k = &d->keys;
	const struct wq_serving_secrets s = { .api_key = k->api[0] ? k->api : NULL,
		                              .webhook_secret = k->webhook[0] ? k->webhook : NULL,
		                              .verify_token = k->verify[0] ? k->verify : NULL };

	return take_secret_key(d) ? wq_serving_build(&d->serving, n, &s) : WQ_EINVAL;
}

static bool close_serving(struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	return wq_serving_close(&WQ_OWNER(n, struct dev, node)->serving, done, ctx);
}

/* What nobody set is made, once. */
static bool take_keys(struct dev *d, const struct wq_settings *s)
{
	const char *dir = d->data.path;
	static const size_t n = WQ_DEV_KEY_BYTES;

	return (wq_settings_given(s, WQ_SET_API_KEY) ||
	        wq_dev_key(dir, "api-key", n, d->keys.api)) &&
	       (wq_settings_given(s, WQ_SET_WEBHOOK_SECRET) ||
	        wq_dev_key(dir, "webhook-secret", n, d->keys.webhook)) &&
	       (wq_settings_given(s, WQ_SET_WEBHOOK_VERIFY_TOKEN) ||
	        wq_dev_key(dir, "webhook-verify-token", n, d->keys.verify)) &&
	       (wq_settings_given(s, WQ_SET_SECRET_KEY) ||
	        wq_dev_key(dir, "secret-key", WQ_SEAL_KEY_BYTES, d->keys.secret));
}

/* The account has to know where the sandbox will listen before it does. */
static bool choose_port(struct dev *d, uint16_t wanted)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = wanted ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool found = wanted != 0;

	if (fd >= 0)
		found = bind(fd, (struct sockaddr *)&a, n) == 0 &&
		        getsockname(fd, (struct sockaddr *)&a, &n) == 0;
	if (fd >= 0)
		close(fd);
	snprintf(d->sandbox_port, sizeof(d->sandbox_port), "%u",
	         wanted ? (unsigned)wanted : (unsigned)ntohs(a.sin_port));
	if (!found)
		fprintf(stderr, "willaq: there is no port for the sandbox\n");
	return found;
}

static void client_opts(struct wq_node *n, struct wq_client_opts *o)
{
	wq_connections_for_sending(n->settings, o);
}

/* Accounts at the sandbox, of each provider for which the settings have none. */
static void assume_accounts(struct dev *d, const struct wq_settings *given)
{
	static const struct {
		enum wq_setting key, setting;
		const char *text; /* NULL: the sandbox's address */
	} all[] = {
		{ WQ_SET_WHATSAPP_TOKEN, WQ_SET_WHATSAPP_TOKEN, "dev" },
		{ WQ_SET_WHATSAPP_TOKEN, WQ_SET_WHATSAPP_PHONE_NUMBER_ID, SANDBOX_NUMBER },
		{ WQ_SET_EVOLUTION_API_KEY, WQ_SET_EVOLUTION_API_KEY, "dev" },
		{ WQ_SET_EVOLUTION_API_KEY, WQ_SET_EVOLUTION_INSTANCE, "dev" },
		{ WQ_SET_EVOLUTION_API_KEY, WQ_SET_EVOLUTION_API_URL, NULL },
		{ WQ_SET_TWILIO_AUTH_TOKEN, WQ_SET_TWILIO_AUTH_TOKEN, "dev" },
		{ WQ_SET_TWILIO_AUTH_TOKEN, WQ_SET_TWILIO_ACCOUNT_SID, SANDBOX_ACCOUNT },
		{ WQ_SET_TWILIO_AUTH_TOKEN, WQ_SET_TWILIO_NUMBER, "+12025550100" },
		{ WQ_SET_TWILIO_AUTH_TOKEN, WQ_SET_TWILIO_API_URL, NULL },
	};

	snprintf(d->api_url, sizeof(d->api_url), "http://127.0.0.1:%s", d->sandbox_port);
	snprintf(d->graph_url, sizeof(d->graph_url), "%s/v23.0", d->api_url);
	d->settings = *given;
	wq_settings_assume(&d->settings, WQ_SET_GRAPH_URL, d->graph_url);
	for (size_t i = 0; i < WQ_COUNT(all); i++)
		if (!wq_settings_given(given, all[i].key))
			wq_settings_assume(&d->settings, all[i].setting,
			                   all[i].text ? all[i].text : d->api_url);
}

static enum wq_exit run(struct dev *d, const struct wq_settings *s)
{
	static const struct wq_node_role role = {
		.name = "dev", .redis = true, .client = true, .client_opts = client_opts, .build = build,
		.close = close_serving
	};
	enum wq_exit code;

	if (!take_keys(d, s) || !choose_port(d, (uint16_t)wq_settings_int(s, WQ_SET_SANDBOX_PORT)))
		return WQ_EXIT_FAILED;
	assume_accounts(d, s);
	if (!name_socket(d) || wq_node_init(&d->node, &role, &d->settings, d->redis_url) < 0)
		return WQ_EXIT_FAILED;
	wq_timer_init(&d->look, d->node.loop, on_look);
	d->started_us = wq_loop_now_us(d->node.loop);
	if (start_redis(d) < 0)
		return WQ_EXIT_FAILED;
	if (!wq_node_listen(&d->node))
		return WQ_EXIT_USAGE;
	if (start_sandbox(d) < 0)
		return WQ_EXIT_FAILED;
	code = wq_node_run(&d->node);
	wq_timer_stop(&d->look);
	return code;
}

enum wq_exit wq_dev_run(const struct wq_settings *s, const struct wq_args *args)
{
	struct dev d = { .dir_fd = -1 };
	enum wq_exit code = WQ_EXIT_FAILED;

	(void)args;
	if (wq_datadir_open(&d.data, wq_settings_text(s, WQ_SET_DATA))) {
		d.dir_fd = open(d.data.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		code = run(&d, s);
	}
	wq_node_close(&d.node);
	stop_children(&d);
	wq_node_fini(&d.node);
	wq_serving_fini(&d.serving);
	if (d.dir_fd >= 0)
		close(d.dir_fd);
	wq_datadir_close(&d.data);
	return code;
}
