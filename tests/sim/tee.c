/* SPDX-License-Identifier: MIT */
/* tee.c — stands between a test and its redis-server, asks the simulated one the same, and compares every answer.
 *
 *   sim-tee PORT BEHIND CLOCK    listens on PORT; the server is on BEHIND and takes its time from the file CLOCK
 *
 * tests/support/redis.c starts it when WQ_REDIS_TEE names it, WQ_TOLD_CLOCK_SO the library for the server's clock; with
 * WQ_REDIS_TEE_LOG it appends there what it saw.  SIGTERM ends it: all data are compared then, and its status is 1 when
 * anything differed.
 *
 * One command at a time goes to both, at one moment of both clocks.  What waits is answered later on its own link.
 * What a server tells of itself (INFO, CLIENT …) is not compared, nor what the simulated one does not know.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "sim/pair.h"
#include "support/test.h"

enum { LINKS = 256, ARGS = 65536, BUF_MAX = 1 << 28, READ = 65536, TICK_MS = 1, TOLD_MAX = 5 };

struct link {
	int in, up; /* in < 0: free */
	struct wq_buf asked, answered, pushed;
	struct sim_client *c;
	bool waits, loose; /* loose: subscribed, not compared */
};

struct tee {
	struct sim_pair pair;
	struct link links[LINKS];
	int listener;
	uint16_t behind;
	struct wq_str *argv;
	struct wq_buf mine;
	FILE *log;
	uint64_t commands, same, reordered, unknown, scripts, waited;
	unsigned differed;
	bool blind; /* what the server has is not known any more */
};

static volatile sig_atomic_t over;

static void on_signal(int signum)
{
	(void)signum;
	over = 1;
}

static void set_clock(struct tee *t)
{
	struct timespec ts;
	uint64_t now;
	static uint64_t last;

	clock_gettime(CLOCK_REALTIME, &ts);
	now = (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
	last = now > last ? now : last;
	sim_pair_now(&t->pair, last);
}

static void tell(struct tee *t, const char *what, const struct wq_str *argv, size_t argc,
                 struct wq_str real, struct wq_str sim)
{
	if (t->blind || t->differed++ >= TOLD_MAX || !t->log)
		return;
	fprintf(t->log, "%s:", what);
	for (size_t i = 0; i < argc; i++)
		fprintf(t->log, " '%.*s'", (int)(argv[i].n < 300 ? argv[i].n : 300), argv[i].p);
	fprintf(t->log, "\nreal\n%.*s\nsimulated\n%.*s\n", (int)(real.n < 3000 ? real.n : 3000),
	        real.p ? real.p : "", (int)(sim.n < 3000 ? sim.n : 3000), sim.p ? sim.p : "");
}

static void close_link(struct link *l)
{
	close(l->in);
	close(l->up);
	l->in = -1;
	sim_redis_disconnect(l->c);
	wq_buf_fini(&l->asked);
	wq_buf_fini(&l->answered);
	wq_buf_fini(&l->pushed);
}

static void on_push(void *ctx, struct wq_str resp)
{
	wq_buf_add_str(&((struct link *)ctx)->pushed, resp);
}

/* The words of a static command to both; the real answer's text behind its head. */
static const char *ask(struct tee *t, const char *words)
{
	static char text[4096];
	struct wq_str argv[8], rest = wq_str(words), real;
	size_t n = 0;

	while (n < WQ_COUNT(argv) && wq_str_next(&rest, ' ', &argv[n]))
		n++;
	wq_buf_clear(&t->pair.in);
	if (!sim_send(t->pair.fd, &t->pair.out, argv, n))
		return "";
	real = sim_answer(t->pair.fd, &t->pair.in);
	snprintf(text, sizeof(text), "%.*s", WQ_STR_ARG(real));
	return text;
}

/* A new server: ours looks like it. */
static bool meet(struct tee *t)
{
	char run[41] = "", address[32] = "";
	const char *found;

	if (t->pair.fd >= 0)
		return true;
	t->pair.fd = sim_dial(t->behind);
	if (t->pair.fd < 0)
		return false;
	found = ask(t, "INFO server");
	sim_resp_loose(wq_str(found));
	found = strstr(found, "run_id:");
	if (!found) {
		close(t->pair.fd);
		t->pair.fd = -1;
		return false;
	}
	sscanf(found, "run_id:%40[0-9a-f]", run);
	found = strstr(ask(t, "EVAL return(tostring(redis)) 0"), "table:");
	snprintf(address, sizeof(address), "%.*s", found ? (int)strcspn(found, "\r") : 0,
	         found ? found : "");
	if (strtoll(ask(t, "DBSIZE") + 1, NULL, 10) == 0)
		sim_redis_ask(t->pair.sim, "FLUSHALL");
	sim_redis_pose(t->pair.sim, run, strtoull(ask(t, "LASTSAVE") + 1, NULL, 10), address);
	return true;
}

/* The server went: who is linked to it goes.  When it comes back it has all it had, or nothing. */
static void part(struct tee *t)
{
	for (size_t i = 0; i < LINKS; i++)
		if (t->links[i].in >= 0)
			close_link(&t->links[i]);
	close(t->pair.fd);
	t->pair.fd = -1;
	sim_redis_restart(t->pair.sim);
	set_clock(t);
}

static void open_link(struct tee *t)
{
	struct link *l = t->links;
	int in = accept4(t->listener, NULL, NULL, SOCK_CLOEXEC), up, one = 1;

	while (l < t->links + LINKS && l->in >= 0)
		l++;
	set_clock(t);
	up = l < t->links + LINKS && meet(t) ? sim_dial(t->behind) : -1;
	if (up < 0) {
		close(in);
		return;
	}
	setsockopt(in, IPPROTO_TCP, 1 /* TCP_NODELAY */, &one, sizeof(one));
	*l = (struct link){ .in = in, .up = up };
	l->c = sim_redis_connect(t->pair.sim, on_push, l);
	wq_buf_init(&l->asked, BUF_MAX);
	wq_buf_init(&l->answered, BUF_MAX);
	wq_buf_init(&l->pushed, BUF_MAX);
}

static bool send_all(int fd, struct wq_str s)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s = wq_strn(s.p + n, s.n - (size_t)n);
	}
	return true;
}

/* False: the peer is gone. */
static bool take(int fd, struct wq_buf *b)
{
	ssize_t n;

	if (wq_buf_reserve(b, READ) < 0)
		return false;
	n = recv(fd, b->p + b->n, READ, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	b->n += (size_t)n;
	return true;
}

static size_t split(struct tee *t, struct wq_str s)
{
	size_t n = 0, count = (size_t)strtoull(s.p + 1, NULL, 10);
	const char *p = (const char *)memchr(s.p, '\n', s.n) + 1;

	for (; n < count && n < ARGS; n++) {
		size_t len = (size_t)strtoull(p + 1, NULL, 10);

		p = (const char *)memchr(p, '\n', s.n) + 1;
		t->argv[n] = wq_strn(p, len);
		p += len + 2;
	}
	return n;
}

static bool compared(const struct tee *t, const struct wq_str *argv, struct wq_str sim)
{
	static const char *const own[] = { "INFO",   "CLIENT", "HELLO",  "AUTH",
		                           "DBSIZE", "SCAN",   "CONFIG", "DEBUG" };

	for (size_t i = 0; i < WQ_COUNT(own); i++)
		if (wq_str_is_nocase(argv[0], own[i]))
			return false;
	return !t->blind && !wq_str_starts(sim, "-ERR unknown command");
}

static bool is_eval(const struct wq_str *argv)
{
	return wq_str_is_nocase(argv[0], "EVALSHA") || wq_str_is_nocase(argv[0], "EVAL");
}

/* One command, whole in l->asked: to both.  False: the server is gone. */
static bool pass(struct tee *t, struct link *l, size_t size)
{
	struct wq_str real, sim, whole = wq_strn(l->asked.p, size);
	size_t argc = split(t, whole);

	set_clock(t);
	t->commands++;
	t->scripts += is_eval(t->argv);
	if (!send_all(l->up, whole))
		return false;
	wq_buf_clear(&t->mine);
	l->loose |= wq_str_is_nocase(t->argv[0], "SUBSCRIBE") ||
	            wq_str_is_nocase(t->argv[0], "MONITOR");
	if (l->loose)
		return true;
	sim_redis_command(l->c, t->argv, argc, &t->mine);
	sim = wq_buf_str(&t->mine);
	l->waits = sim_redis_waits(l->c);
	if (l->waits) { /* behind the second answer the first command was read */
		t->waited++;
		ask(t, "PING");
		ask(t, "PING");
		return true;
	}
	real = sim_answer(l->up, &l->answered);
	if (real.n == 0) { /* whether it was carried out there nobody knows */
		t->blind = true;
		return false;
	}
	if (!compared(t, t->argv, sim))
		t->unknown++;
	else if (sim_resp_same(real, sim, sim_order_of(t->argv[0])))
		t->same++;
	else if (is_eval(t->argv) && sim_resp_same(real, sim, SIM_LEAVES))
		t->reordered++;
	else
		tell(t, "differs", t->argv, argc, real, sim);
	send_all(l->in, real);
	wq_buf_consume(&l->answered, real.n);
	return true;
}

/* What waited was answered. */
static void pass_back(struct tee *t, struct link *l)
{
	size_t size;

	while ((size = sim_resp_size(wq_buf_str(&l->answered))) > 0) {
		struct wq_str real = wq_strn(l->answered.p, size), sim = wq_buf_str(&l->pushed);

		if (l->waits && sim.n == 0 && wq_str_is(real, "*-1\r\n")) { /* its time was over */
			sim_redis_disconnect(l->c);
			l->c = sim_redis_connect(t->pair.sim, on_push, l);
		} else if (l->waits && !sim_resp_same(real, sim, SIM_IN_ORDER)) {
			tell(t, "waited", NULL, 0, real, sim);
		}
		wq_buf_clear(&l->pushed);
		l->waits = false;
		send_all(l->in, real);
		wq_buf_consume(&l->answered, size);
	}
}

/* False: the server is gone. */
static bool serve(struct tee *t, struct link *l, short in, short up)
{
	size_t size;

	if (up) {
		if (!take(l->up, &l->answered))
			return false;
		pass_back(t, l);
	}
	if (in && !take(l->in, &l->asked)) {
		close_link(l);
		return true;
	}
	while (!l->waits && (size = sim_resp_size(wq_buf_str(&l->asked))) > 0) {
		if (!pass(t, l, size))
			return false;
		wq_buf_consume(&l->asked, size);
	}
	return true;
}

/* The server closed a link.  False: all of them, and itself. */
static bool cut(struct tee *t, struct link *l)
{
	if (*ask(t, "PING")) {
		close_link(l);
		return true;
	}
	part(t);
	return false;
}

static void turn(struct tee *t)
{
	struct pollfd fds[1 + 2 * LINKS];
	struct link *who[1 + 2 * LINKS];
	nfds_t n = 0;

	fds[n++] = (struct pollfd){ .fd = t->listener, .events = POLLIN };
	for (size_t i = 0; i < LINKS; i++)
		if (t->links[i].in >= 0) {
			who[n] = &t->links[i];
			fds[n++] = (struct pollfd){ .fd = t->links[i].in, .events = POLLIN };
			fds[n++] = (struct pollfd){ .fd = t->links[i].up, .events = POLLIN };
		}
	if (poll(fds, n, TICK_MS) <= 0) {
		set_clock(t);
		return;
	}
	for (nfds_t i = 1; i < n; i += 2)
		if (who[i]->in >= 0 && (fds[i].revents || fds[i + 1].revents) &&
		    !serve(t, who[i], fds[i].revents, fds[i + 1].revents) && !cut(t, who[i]))
			break;
	if (fds[0].revents)
		open_link(t);
}

static void start(struct tee *t, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = open(argv[3], O_RDWR | O_CLOEXEC), one = 1;

	sim_pair_init(&t->pair, 1);
	WQ_CHECK("clock", fd >= 0);
	WQ_CHECK("clock", mmap(t->pair.clock, sizeof(*t->pair.clock), PROT_READ | PROT_WRITE,
	                       MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED);
	close(fd);
	a.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	t->behind = (uint16_t)strtoul(argv[2], NULL, 10);
	t->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(t->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	WQ_CHECK("listens", bind(t->listener, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	                            listen(t->listener, 64) == 0);
	t->argv = calloc(ARGS, sizeof(*t->argv));
	wq_buf_init(&t->mine, BUF_MAX);
	for (size_t i = 0; i < LINKS; i++)
		t->links[i].in = -1;
	if (getenv("WQ_REDIS_TEE_LOG"))
		t->log = fopen(getenv("WQ_REDIS_TEE_LOG"), "a");
}

int main(int argc, char **argv)
{
	static struct tee t;
	const char *why = "";

	if (argc < 4)
		return 2;
	signal(SIGTERM, on_signal);
	start(&t, argv);
	while (!over)
		turn(&t);
	set_clock(&t);
	if (!t.blind && t.pair.fd >= 0 && !sim_pair_same(&t.pair, &why)) {
		t.differed++;
		if (t.log)
			fprintf(t.log, "left: %s\n", why);
	}
	if (t.log) {
		fprintf(t.log,
		        "%llu commands, %llu scripts, %llu waited, %llu the same, %llu in another order, "
		        "%llu not compared, %u differed%s\n",
		        (unsigned long long)t.commands, (unsigned long long)t.scripts,
		        (unsigned long long)t.waited, (unsigned long long)t.same,
		        (unsigned long long)t.reordered, (unsigned long long)t.unknown, t.differed,
		        t.blind ? ", blind" : "");
		fclose(t.log);
	}
	free(t.argv);
	_exit(t.differed > 0);
}
