/* SPDX-License-Identifier: MIT */
/* main.c — a proxy between a client and a server that does what it is told, line by line; README.md has the words. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "link.h"

enum { TEXT_MAX_BYTES = 64 * 1024, BACKLOG = 1024, ACCEPTS_A_TURN = 64 };

/* Lines that are carried out one after the other. */
struct source {
	char text[TEXT_MAX_BYTES + 1];
	size_t n;
	bool answers, ended, waiting;
	uv_timer_t timer;
};

static struct proxy proxy;
static struct sockaddr_in own; /* where it listens */
static int listener = -1;
static uv_poll_t *accepting; /* of a listener each */
static uv_poll_t reading;
static struct source said, script;
static bool stays;
static unsigned serial;

static void say(const char *text)
{
	for (size_t n = strlen(text); n > 0;) {
		ssize_t written = write(STDOUT_FILENO, text, n);

		if (written < 0 && errno != EINTR)
			return;
		if (written > 0) {
			text += written;
			n -= (size_t)written;
		}
	}
}

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "faultproxy: %s: %s\n", what, why);
	exit(2);
}

/* HOST:PORT, the host a number or "localhost". */
static bool address(struct sockaddr_storage *out, const char *text)
{
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 2];
	size_t n = colon ? (size_t)(colon - text) : 0;
	long port = colon ? strtol(colon + 1, NULL, 10) : 0;

	if (n == 0 || n >= sizeof(host) || port < 1 || port > 65535)
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	memset(out, 0, sizeof(*out));
	if (host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)port);
		return inet_pton(AF_INET6, host + 1, &in6->sin6_addr) == 1;
	}
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, strcmp(host, "localhost") ? host : "127.0.0.1", &in->sin_addr) ==
	       1;
}

static void on_client(uv_poll_t *poll, int status, int events)
{
	(void)poll, (void)status, (void)events;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		link_start(&proxy, fd);
	}
}

static void on_listener_closed(uv_handle_t *h)
{
	wq_free(h);
}

static void stop_listening(void)
{
	if (listener < 0)
		return;
	uv_close((uv_handle_t *)accepting, on_listener_closed);
	close(listener);
	listener = -1;
}

/* NULL, or why not. */
static const char *listen_again(void)
{
	const int on = 1;
	socklen_t n = sizeof(own);

	if (listener >= 0)
		return NULL;
	accepting = wq_alloc(sizeof(*accepting));
	listener = accepting ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(listener, (const struct sockaddr *)&own, sizeof(own)) < 0 ||
	    listen(listener, BACKLOG) < 0 ||
	    getsockname(listener, (struct sockaddr *)&own, &n) < 0 ||
	    uv_poll_init(proxy.loop, accepting, listener) < 0) {
		wq_free(accepting);
		if (listener >= 0)
			close(listener);
		listener = -1;
		return strerror(errno);
	}
	uv_poll_start(accepting, UV_READABLE, on_client);
	return NULL;
}

static void each_link(struct order *o, void (*visit)(struct link *l, struct order *o))
{
	struct wq_list all;
	struct wq_list *node;

	wq_list_init(&all);
	wq_list_move(&all, &proxy.links); /* a visit may end one */
	while ((node = wq_list_pop(&all)) != NULL) {
		struct link *l = WQ_OWNER(node, struct link, node);

		wq_list_push(&proxy.links, node);
		visit(l, o);
		link_turn(l);
	}
}

static void heal(struct link *l, struct order *o)
{
	const struct fault none = { 0 };

	for (unsigned dir = 0; dir < DIRECTIONS; dir++)
		for (unsigned k = 0; o->direction[dir] && k < FAULTS; k++)
			link_fault(l, dir, (enum fault_kind)k, &none);
}

static void befall_now(struct link *l, struct order *o)
{
	if (!fault_befalls(&o->fault, &proxy.rng))
		return;
	for (unsigned dir = 0; dir < DIRECTIONS; dir++)
		if (o->direction[dir])
			link_fault(l, dir, o->kind, &o->fault);
}

static void set_rules(const struct order *o)
{
	for (unsigned dir = 0; dir < DIRECTIONS; dir++) {
		if (!o->direction[dir])
			continue;
		if (o->verb == ORDER_FAULT)
			proxy.rules[o->kind][dir] = o->fault;
		for (unsigned k = 0; o->verb == ORDER_PASS && k < FAULTS; k++)
			proxy.rules[k][dir] = (struct fault){ 0 };
	}
}

static void tell_stats(void)
{
	static const char *const names[] = { "up", "down" };
	char text[1024];
	int n;

	n = snprintf(text, sizeof(text),
	             "{\"connections\":%" PRIu64 ",\"open\":%u,\"resets\":%" PRIu64
	             ",\"cuts\":%" PRIu64,
	             proxy.connections, proxy.open, proxy.resets, proxy.cuts);
	for (unsigned dir = 0; dir < DIRECTIONS; dir++) {
		const struct traffic *t = &proxy.traffic[dir];
		size_t held = 0;

		for (struct wq_list *node = proxy.links.next; node != &proxy.links;
		     node = node->next)
			held += link_held(WQ_OWNER(node, struct link, node), dir);
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		              ",\"%s\":{\"in\":%" PRIu64 ",\"out\":%" PRIu64 ",\"lost\":%" PRIu64
		              ",\"held\":%zu,\"fins\":%" PRIu64 ",\"resets\":%" PRIu64 "}",
		              names[dir], t->in, t->out, t->lost, held, t->fins, t->resets);
	}
	snprintf(text + n, sizeof(text) - (size_t)n, "}\n");
	say(text);
}

/* NULL, or why not.  Statistics are an answer of their own. */
static const char *carry_out(struct order *o)
{
	o->fault.serial = ++serial;
	if (o->kind == HALF_OPEN)
		o->direction[UP] = o->direction[DOWN] = true;
	switch (o->verb) {
	case ORDER_FAULT:
		if (o->there)
			each_link(o, befall_now);
		if (o->coming)
			set_rules(o); /* for as many as are left */
		return NULL;
	case ORDER_PASS:
		set_rules(o);
		if (o->there)
			each_link(o, heal);
		return listen_again();
	case ORDER_REFUSE:
		stop_listening();
		return NULL;
	case ORDER_TO:
		return address(&proxy.to, o->to) ? NULL : "HOST:PORT, the host a number";
	case ORDER_STATS:
	case ORDER_WAIT:
		break;
	}
	return NULL;
}

struct later {
	uv_timer_t timer;
	struct order order;
};

static void on_later_closed(uv_handle_t *h)
{
	wq_free(WQ_OWNER(h, struct later, timer));
}

static void on_later(uv_timer_t *t)
{
	struct later *l = WQ_OWNER(t, struct later, timer);
	const char *why = carry_out(&l->order);

	if (why)
		fail("later", why);
	uv_close((uv_handle_t *)t, on_later_closed);
}

static const char *put_off(const struct order *o)
{
	struct later *l = wq_zalloc(sizeof(*l));

	if (!l)
		return "no memory";
	l->order = *o;
	uv_timer_init(proxy.loop, &l->timer);
	uv_timer_start(&l->timer, on_later, o->at_ms, 0);
	return NULL;
}

static void answer(const struct source *s, const char *line, const char *why)
{
	char text[128];

	if (!s->answers) {
		if (why)
			fail(line, why);
		return;
	}
	snprintf(text, sizeof(text), why ? "bad: %s\n" : "ok\n", why);
	say(text);
}

static void go_on(struct source *s);

static void on_waited(uv_timer_t *t)
{
	struct source *s = t->data;

	s->waiting = false;
	answer(s, "wait", NULL);
	go_on(s);
}

static void obey(struct source *s, const char *line)
{
	struct order o;
	const char *why;

	if (*line == '\0' || *line == '#')
		return;
	why = order_read(&o, line);
	if (why) {
		answer(s, line, why);
	} else if (o.verb == ORDER_WAIT) {
		s->waiting = true;
		uv_update_time(proxy.loop);
		uv_timer_start(&s->timer, on_waited, o.ms, 0);
	} else if (o.verb == ORDER_STATS && !o.at_ms) {
		tell_stats();
	} else
		answer(s, line, o.at_ms ? put_off(&o) : carry_out(&o));
}

static void go_on(struct source *s)
{
	char *eol;

	while (!s->waiting && (eol = memchr(s->text, '\n', s->n)) != NULL) {
		char line[TEXT_MAX_BYTES + 1];
		size_t n = (size_t)(eol - s->text);

		memcpy(line, s->text, n);
		line[n] = '\0';
		s->n -= n + 1;
		memmove(s->text, eol + 1, s->n);
		obey(s, line);
	}
	if (s->n == TEXT_MAX_BYTES && !s->waiting)
		fail("line", "too long");
}

static void on_said(uv_poll_t *poll, int status, int events)
{
	ssize_t n;

	(void)status, (void)events;
	if (said.n == TEXT_MAX_BYTES) {
		uv_poll_stop(poll); /* it waits: who goes on talking is not heard */
		return;
	}
	n = read(STDIN_FILENO, said.text + said.n, TEXT_MAX_BYTES - said.n);
	if (n > 0) {
		said.n += (size_t)n;
		go_on(&said);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		if (!stays)
			exit(0); /* whoever started it is gone */
		uv_poll_stop(poll);
	}
}

static void read_script(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		fail(path, strerror(errno));
	script.n = fread(script.text, 1, TEXT_MAX_BYTES - 1, file);
	fclose(file);
	if (script.n == TEXT_MAX_BYTES - 1)
		fail(path, "too long");
	script.text[script.n++] = '\n';
}

static void usage(void)
{
	fprintf(stderr,
	        "usage: faultproxy --to HOST:PORT [--listen PORT] [--seed N] [--stay] [SCRIPT]\n");
	exit(2);
}

static void options(int argc, char **argv)
{
	bool to = false;

	own = (struct sockaddr_in){ .sin_family = AF_INET,
		                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	wq_rng_init(&proxy.rng, 1);
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--stay"))
			stays = true;
		else if (argv[i][0] != '-')
			read_script(argv[i]);
		else if (!strcmp(argv[i], "--to") && address(&proxy.to, value))
			to = true, i++;
		else if (!strcmp(argv[i], "--listen") && strtoul(value, NULL, 10) < 65536)
			own.sin_port = htons((uint16_t)strtoul(value, NULL, 10)), i++;
		else if (!strcmp(argv[i], "--seed"))
			wq_rng_init(&proxy.rng, strtoull(value, NULL, 10)), i++;
		else
			usage();
	}
	if (!to)
		usage();
}

int main(int argc, char **argv)
{
	char text[64];
	const char *why;

	signal(SIGPIPE, SIG_IGN);
	proxy.loop = uv_default_loop();
	wq_list_init(&proxy.links);
	options(argc, argv);
	why = listen_again();
	if (why)
		fail("listen", why);
	said.answers = true;
	uv_timer_init(proxy.loop, &said.timer);
	uv_timer_init(proxy.loop, &script.timer);
	said.timer.data = &said;
	script.timer.data = &script;
	snprintf(text, sizeof(text), "listening 127.0.0.1:%u\n", ntohs(own.sin_port));
	say(text);
	if (uv_poll_init(proxy.loop, &reading, STDIN_FILENO) == 0)
		uv_poll_start(&reading, UV_READABLE, on_said);
	else if (!stays)
		fail("stdin", "it is no pipe; --stay goes on without");
	go_on(&script);
	return uv_run(proxy.loop, UV_RUN_DEFAULT);
}
