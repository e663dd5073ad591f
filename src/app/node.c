/* SPDX-License-Identifier: MIT */
/* node.c — build, bind, run. */
#include "app/node.h"

#include <stdio.h>
#include <unistd.h>

#include "app/settings/settings.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"

enum { ADDRESS_MAX_BYTES = 512 };

static void on_signal(struct wq_node *n, int signum)
{
	if (n->stopping) {
		wq_warn("killed", WQ_I("signal", signum),
		        WQ_S("why", "asked twice: not waiting any longer"));
		_exit(128 + signum);
	}
	wq_info("stopping", WQ_I("signal", signum));
	wq_node_stop(n, WQ_EXIT_DONE);
}

static void on_int(struct wq_signal *s, int signum)
{
	on_signal(WQ_OWNER(s, struct wq_node, on_int), signum);
}

static void on_term(struct wq_signal *s, int signum)
{
	on_signal(WQ_OWNER(s, struct wq_node, on_term), signum);
}

static void on_evicts(void *ctx, struct wq_str policy)
{
	struct wq_node *n = ctx;

	if (wq_settings_bool(n->settings, WQ_SET_REDIS_EVICTION_ALLOWED)) {
		wq_warn("redis_evicts", WQ_SL("policy", policy));
		return;
	}
	fprintf(stderr,
	        "willaq: this Redis throws data away when its memory is full (maxmemory-policy %.*s): "
	        "set its policy to noeviction, or say --redis-eviction-allowed\n",
	        WQ_STR_ARG(policy));
	wq_node_stop(n, WQ_EXIT_FAILED);
}

static void on_redis_state(void *ctx, bool ready, const char *why)
{
	struct wq_node *n = ctx;

	(void)why; /* io/redis logs it */
	if (ready && n->redis)
		wq_eviction_look(&n->eviction, n->redis);
	if (ready && n->on_redis_back)
		n->on_redis_back(n->redis_part);
}

static bool redis_ok(void *ctx, const char **why)
{
	struct wq_node *n = ctx;

	*why = wq_redis_why(n->redis);
	return wq_redis_ready(n->redis);
}

static bool not_stopping(void *ctx, const char **why)
{
	*why = "the process is stopping";
	return !((struct wq_node *)ctx)->stopping;
}

static const char *text_or_null(const struct wq_settings *s, enum wq_setting id)
{
	const char *text = wq_settings_text(s, id);

	return text && *text ? text : NULL;
}

void wq_node_redis_opts(struct wq_node *n, struct wq_redis_opts *o)
{
	const struct wq_settings *s = n->settings;

	wq_redis_opts_init(o);
	o->url = n->redis_url ? n->redis_url : wq_settings_text(s, WQ_SET_REDIS_URL);
	o->name = "willaq";
	o->ca_file = text_or_null(s, WQ_SET_REDIS_CA_FILE);
	o->cert_file = text_or_null(s, WQ_SET_REDIS_CERT_FILE);
	o->key_file = text_or_null(s, WQ_SET_REDIS_KEY_FILE);
	o->connect_timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_REDIS_CONNECT_TIMEOUT);
	o->command_timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_REDIS_COMMAND_TIMEOUT);
	o->wait_ms = (uint32_t)wq_settings_ms(s, WQ_SET_REDIS_WAIT);
	o->queue_max = (uint32_t)wq_settings_int(s, WQ_SET_REDIS_QUEUE_MAX);
	o->queue_max_bytes = (size_t)wq_settings_bytes(s, WQ_SET_REDIS_QUEUE_BYTES_MAX);
}

static int create_redis(struct wq_node *n, const char *url)
{
	struct wq_redis_opts o;

	n->redis_url = url;
	wq_node_redis_opts(n, &o);
	n->eviction.on_evicts = on_evicts;
	n->eviction.ctx = n;
	o.on_state = on_redis_state;
	o.ctx = n;
	return wq_redis_create(&n->redis, n->loop, n->resolver, &o);
}

void wq_node_client_opts(const struct wq_settings *s, struct wq_client_opts *o)
{
	wq_client_opts_init(o);
	o->timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_HTTP_TIMEOUT);
	o->connect_timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_HTTP_CONNECT_TIMEOUT);
	o->connections_max = (uint32_t)wq_settings_int(s, WQ_SET_HTTP_CONNECTIONS_MAX);
	o->connections_per_host_max =
		(uint32_t)wq_settings_int(s, WQ_SET_HTTP_CONNECTIONS_PER_HOST_MAX);
	o->calls_max = (uint32_t)wq_settings_int(s, WQ_SET_HTTP_CALLS_MAX);
	o->response_max_bytes = (size_t)wq_settings_bytes(s, WQ_SET_HTTP_RESPONSE_MAX);
	o->ca_file = text_or_null(s, WQ_SET_CA_FILE);
	o->http_proxy = text_or_null(s, WQ_SET_HTTP_PROXY);
	o->https_proxy = text_or_null(s, WQ_SET_HTTPS_PROXY);
	o->no_proxy = text_or_null(s, WQ_SET_NO_PROXY);
}

static int create_client(struct wq_node *n)
{
	struct wq_client_opts o;

	wq_node_client_opts(n->settings, &o);
	if (n->role->client_opts)
		n->role->client_opts(n, &o);
	return wq_client_create(&n->client, n->loop, n->resolver, &o);
}

static void server_opts(const struct wq_node *n, struct wq_server_opts *o)
{
	const struct wq_settings *s = n->settings;

	wq_server_opts_init(o);
	o->connections_max = (uint32_t)wq_settings_int(s, WQ_SET_CONNECTIONS_MAX);
	o->head_max_bytes = (size_t)wq_settings_bytes(s, WQ_SET_HEAD_MAX);
	o->body_max_bytes = (size_t)wq_settings_bytes(s, WQ_SET_BODY_MAX);
	o->memory_max_bytes = (size_t)wq_settings_bytes(s, WQ_SET_REQUEST_MEMORY_MAX);
	o->head_timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_HEAD_TIMEOUT);
	o->body_timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_BODY_TIMEOUT);
	o->handler_timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_HANDLER_TIMEOUT);
	o->write_timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_WRITE_TIMEOUT);
	o->idle_timeout_ms = (uint32_t)wq_settings_ms(s, WQ_SET_IDLE_TIMEOUT);
	if (o->handler_timeout_ms < n->role->handler_timeout_min_ms)
		o->handler_timeout_ms = n->role->handler_timeout_min_ms;
	o->server_name = "willaq";
}

static int create_server(struct wq_node *n)
{
	struct wq_server_opts o;
	int rc;

	server_opts(n, &o);
	rc = wq_server_create(&n->server, n->loop, &o);
	if (rc < 0)
		return rc;
	wq_health_init(&n->health, n->loop, n->server, &n->metrics);
	if (n->redis)
		wq_health_add(&n->health, (struct wq_health_check){ "redis", redis_ok, n });
	wq_health_add(&n->health, (struct wq_health_check){ "process", not_stopping, n });
	return wq_health_routes(&n->health);
}

static int watch_signals(struct wq_node *n)
{
	int rc = wq_signal_start(&n->on_int, n->loop, SIGINT, on_int);

	if (rc < 0)
		return rc;
	rc = wq_signal_start(&n->on_term, n->loop, SIGTERM, on_term);
	if (rc < 0) {
		wq_signal_stop(&n->on_int, NULL);
		return rc;
	}
	n->signals = true;
	return 0;
}

static int build(struct wq_node *n, const char *redis_url)
{
	int rc = wq_resolver_create(&n->resolver, n->loop,
	                            text_or_null(n->settings, WQ_SET_DNS_SERVERS));

	if (rc == 0 && n->role->client)
		rc = create_client(n);
	if (rc == 0 && n->role->redis)
		rc = create_redis(n, redis_url);
	if (rc == 0)
		rc = create_server(n);
	if (rc == 0 && n->role->build)
		rc = n->role->build(n);
	return rc == 0 ? watch_signals(n) : rc;
}

static void add_metrics(struct wq_node *n)
{
	wq_loop_add_metrics(n->loop, &n->metrics);
	wq_server_add_metrics(n->server, &n->metrics);
	if (n->redis)
		wq_redis_add_metrics(n->redis, &n->metrics);
	if (n->client)
		wq_client_add_metrics(n->client, &n->metrics);
	wq_process_add_metrics(&n->process, &n->metrics);
}

int wq_node_init(struct wq_node *n, const struct wq_node_role *role, const struct wq_settings *s,
                 const char *redis_url)
{
	const char *why;
	int rc;

	n->role = role;
	n->settings = s;
	wq_metrics_init(&n->metrics);
	wq_process_prepare(s, role->name);
	rc = wq_seal_ring_init(&n->seals, wq_str(text_or_null(s, WQ_SET_SECRET_KEY)), &why);
	if (rc == 0)
		rc = wq_loop_create(&n->loop, NULL);
	if (rc < 0)
		return rc;
	rc = build(n, redis_url);
	if (rc == 0)
		add_metrics(n);
	return rc;
}

static void tell_bind_failure(const char *address, int rc)
{
	static const char advice[] = "choose another with --host and --port";

	if (rc == WQ_EADDRINUSE)
		fprintf(stderr, "willaq: %s is taken by another program: stop it, or %s\n", address,
		        advice);
	else if (rc == WQ_EACCES)
		fprintf(stderr, "willaq: the system does not let us listen on %s: %s\n", address,
		        advice);
	else
		fprintf(stderr, "willaq: cannot listen on %s (%s): %s\n", address, wq_err_text(rc),
		        advice);
}

static bool bind_one(struct wq_node *n, const char *address, bool reuse_port)
{
	struct wq_buf url;
	int rc;

	wq_buf_init(&url, ADDRESS_MAX_BYTES);
	rc = wq_server_listen(n->server, address, reuse_port, &url);
	if (rc == 0)
		printf("listening %.*s\n", WQ_STR_ARG(wq_buf_str(&url)));
	else
		tell_bind_failure(address, rc);
	if (rc == 0 && !n->url[0] && url.n < sizeof(n->url))
		memcpy(n->url, url.p, url.n);
	fflush(stdout);
	wq_buf_fini(&url);
	return rc == 0;
}

bool wq_node_listen(struct wq_node *n)
{
	const struct wq_settings *s = n->settings;
	const char *host = wq_settings_text(s, WQ_SET_HOST);
	const char *socket = text_or_null(s, WQ_SET_UNIX_SOCKET);
	char address[ADDRESS_MAX_BYTES];

	if (strchr(host, ':') && host[0] != '[')
		snprintf(address, sizeof(address), "[%s]:%d", host,
		         (int)wq_settings_int(s, WQ_SET_PORT));
	else
		snprintf(address, sizeof(address), "%s:%d", host,
		         (int)wq_settings_int(s, WQ_SET_PORT));
	if (!bind_one(n, address, wq_settings_bool(s, WQ_SET_REUSE_PORT)))
		return false;
	if (!socket)
		return true;
	snprintf(address, sizeof(address), "unix:%s", socket);
	return bind_one(n, address, false);
}

enum wq_exit wq_node_run(struct wq_node *n)
{
	wq_loop_run(n->loop);
	return n->exit_code;
}

void wq_node_stop(struct wq_node *n, enum wq_exit exit_code)
{
	if (n->stopping)
		return;
	n->stopping = true;
	n->exit_code = exit_code;
	wq_shutdown_start(&n->shutdown, n);
}

void wq_node_close(struct wq_node *n)
{
	if (!n->loop || n->stopping)
		return;
	wq_node_stop(n, n->exit_code);
	wq_loop_run(n->loop);
}

void wq_node_fini(struct wq_node *n)
{
	wq_node_close(n);
	wq_loop_destroy(n->loop);
	n->loop = NULL;
	wq_seal_ring_fini(&n->seals);
}
