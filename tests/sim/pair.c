/* SPDX-License-Identifier: MIT */
/* pair.c — asking both, and comparing all they have. */
#include "sim/pair.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/test.h"

enum { ANSWER_MAX_BYTES = 1 << 28, WAIT_S = 20 };

void sim_pair_init(struct sim_pair *p, uint64_t unix_us)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	*p = (struct sim_pair){ .fd = -1 };
	snprintf(p->clock_path, sizeof(p->clock_path), "%s/willaq-clock-XXXXXX",
	         dir ? dir : P_tmpdir);
	fd = mkstemp(p->clock_path);
	WQ_CHECK("clock", fd >= 0 && ftruncate(fd, sizeof(*p->clock)) == 0);
	p->clock = mmap(NULL, sizeof(*p->clock), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	WQ_CHECK("clock", p->clock != MAP_FAILED);
	close(fd);
	wq_buf_init(&p->in, ANSWER_MAX_BYTES);
	wq_buf_init(&p->out, ANSWER_MAX_BYTES);
	wq_buf_init(&p->mine, ANSWER_MAX_BYTES);
	p->sim = sim_redis_create();
	p->client = sim_redis_connect(p->sim, NULL, NULL);
	sim_pair_now(p, unix_us);
}

int sim_dial(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		                 .sin_port = htons(port),
		                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval wait = { .tv_sec = WAIT_S };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return fd;
}

void sim_pair_connect(struct sim_pair *p, uint16_t port)
{
	static const struct wq_str info[] = { WQ_STR("INFO"), WQ_STR("server") };

	p->fd = sim_dial(port);
	WQ_CHECK("connected", p->fd >= 0 && sim_send(p->fd, &p->out, info, WQ_COUNT(info)));
	sim_resp_loose(sim_answer(p->fd, &p->in));
}

void sim_pair_fini(struct sim_pair *p)
{
	if (p->fd >= 0)
		close(p->fd);
	munmap(p->clock, sizeof(*p->clock));
	unlink(p->clock_path);
	sim_redis_destroy(p->sim);
	wq_buf_fini(&p->in);
	wq_buf_fini(&p->out);
	wq_buf_fini(&p->mine);
}

void sim_pair_now(struct sim_pair *p, uint64_t unix_us)
{
	__atomic_store_n(p->clock, unix_us, __ATOMIC_SEQ_CST);
	sim_redis_now(p->sim, unix_us);
}

bool sim_send(int fd, struct wq_buf *scratch, const struct wq_str *argv, size_t argc)
{
	wq_buf_clear(scratch);
	wq_buf_addf(scratch, "*%zu\r\n", argc);
	for (size_t i = 0; i < argc; i++) {
		wq_buf_addf(scratch, "$%zu\r\n", argv[i].n);
		wq_buf_add_str(scratch, argv[i]);
		wq_buf_add_text(scratch, "\r\n");
	}
	for (size_t at = 0; at < scratch->n;) {
		ssize_t n = send(fd, scratch->p + at, scratch->n - at, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

struct wq_str sim_answer(int fd, struct wq_buf *in)
{
	size_t size;
	ssize_t n;

	while ((size = sim_resp_size(wq_buf_str(in))) == 0) {
		if (wq_buf_reserve(in, 65536) < 0)
			return wq_strn(NULL, 0);
		n = recv(fd, in->p + in->n, 65536, 0);
		if (n <= 0)
			return wq_strn(NULL, 0);
		in->n += (size_t)n;
	}
	return wq_strn(in->p, size);
}

bool sim_pair_ask(struct sim_pair *p, const struct wq_str *argv, size_t argc, struct wq_str *real,
                  struct wq_str *sim)
{
	p->asked++;
	wq_buf_clear(&p->in);
	wq_buf_clear(&p->mine);
	if (!sim_send(p->fd, &p->out, argv, argc))
		return false;
	*real = sim_answer(p->fd, &p->in);
	sim_redis_command(p->client, argv, argc, &p->mine);
	*sim = wq_buf_str(&p->mine);
	return real->n > 0;
}

/* A number in front of s, which nothing terminates; *used: of how many bytes it is. */
static double number_at(struct wq_str s, size_t *used)
{
	char text[64], *end;
	double v;

	snprintf(text, sizeof(text), "%.*s", (int)(s.n < sizeof(text) ? s.n : sizeof(text) - 1),
	         s.p);
	v = strtod(text, &end);
	*used = (size_t)(end - text);
	return v;
}

static long long count_at(struct wq_str s)
{
	size_t used;

	return (long long)number_at(wq_strn(s.p + 1, s.n - 1), &used);
}

size_t sim_resp_size(struct wq_str s)
{
	const char *end = s.n ? memmem(s.p, s.n, "\r\n", 2) : NULL;
	size_t at = end ? (size_t)(end - s.p) + 2 : 0, more;
	long long n;

	if (!end || (s.p[0] != '*' && s.p[0] != '$'))
		return at;
	n = count_at(s);
	if (s.p[0] == '$')
		return n < 0 ? at : s.n >= at + (size_t)n + 2 ? at + (size_t)n + 2 : 0;
	for (; n > 0; n--, at += more) {
		more = sim_resp_size(wq_strn(s.p + at, s.n - at));
		if (more == 0)
			return 0;
	}
	return at;
}

/* The value in front of *s, taken off. */
static struct wq_str take(struct wq_str *s)
{
	struct wq_str v = wq_strn(s->p, sim_resp_size(*s));

	*s = wq_strn(s->p + v.n, s->n - v.n);
	return v;
}

/* Of an array: how many, and *s moves to the first. */
static long long open_array(struct wq_str *s)
{
	const char *end = memmem(s->p, s->n, "\r\n", 2);
	long long n = count_at(*s);

	*s = wq_strn(end + 2, s->n - (size_t)(end + 2 - s->p));
	return n;
}

static bool same_number(struct wq_str a, struct wq_str b)
{
	size_t used_a, used_b;
	double x, y;

	if (a.p[0] != '$' || b.p[0] != '$' || a.n > 60 || b.n > 60)
		return false;
	open_array(&a);
	open_array(&b);
	if (a.n < 3 || b.n < 3)
		return false;
	x = number_at(a, &used_a);
	y = number_at(b, &used_b);
	return used_a == a.n - 2 && used_b == b.n - 2 && x == y;
}

static bool loose;

void sim_resp_loose(struct wq_str info)
{
	static const char ours[] = "redis_version:7.0.";

	loose = !memmem(info.p, info.n, ours, sizeof(ours) - 1);
}

static bool same_error(struct wq_str a, struct wq_str b)
{
	size_t n = wq_str_find(a, ' ');

	return loose && n == wq_str_find(b, ' ') && memcmp(a.p, b.p, n < a.n ? n : a.n) == 0;
}

static bool same(struct wq_str a, struct wq_str b)
{
	long long n;

	if (wq_str_eq(a, b))
		return true;
	if (a.n == 0 || b.n == 0)
		return false;
	if (a.p[0] == '-' && b.p[0] == '-')
		return same_error(a, b);
	if (a.p[0] != '*' || b.p[0] != '*')
		return same_number(a, b);
	n = open_array(&a);
	if (n != open_array(&b))
		return false;
	for (; n > 0; n--)
		if (!same(take(&a), take(&b)))
			return false;
	return true;
}

static int by_bytes(const void *a, const void *b)
{
	const struct wq_str *x = a, *y = b;
	int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

/* Elements, `stride` at once, in order of their bytes; free() it. */
static struct wq_str *sorted(struct wq_str s, long long n, int stride)
{
	struct wq_str *all = calloc((size_t)n + 1, sizeof(*all));

	for (long long i = 0; i < n / stride; i++) {
		all[i].p = s.p;
		for (int each = 0; each < stride; each++)
			all[i].n += take(&s).n;
	}
	qsort(all, (size_t)(n / stride), sizeof(*all), by_bytes);
	return all;
}

static bool same_bag(struct wq_str a, struct wq_str b, int stride)
{
	struct wq_str *x, *y;
	long long n;
	bool ok;

	if (a.n == 0 || b.n == 0 || a.p[0] != '*' || b.p[0] != '*')
		return same(a, b);
	n = open_array(&a);
	if (n != open_array(&b))
		return false;
	if (n <= 0)
		return true;
	x = sorted(a, n, stride);
	y = sorted(b, n, stride);
	ok = true;
	for (long long i = 0; ok && i < n / stride; i++)
		ok = wq_str_eq(x[i], y[i]);
	free(x);
	free(y);
	return ok;
}

static size_t leaves(struct wq_str s, struct wq_str *out)
{
	size_t n = 0;

	while (s.n) {
		if (s.p[0] == '*')
			open_array(&s);
		else
			out[n++] = take(&s);
	}
	qsort(out, n, sizeof(*out), by_bytes);
	return n;
}

static bool same_leaves(struct wq_str a, struct wq_str b)
{
	struct wq_str *x = calloc(a.n, sizeof(*x)), *y = calloc(b.n, sizeof(*y));
	size_t n = leaves(a, x);
	bool ok = n == leaves(b, y);

	for (size_t i = 0; ok && i < n; i++)
		ok = wq_str_eq(x[i], y[i]);
	free(x);
	free(y);
	return ok;
}

bool sim_resp_same(struct wq_str a, struct wq_str b, enum sim_order order)
{
	if (same(a, b))
		return true;
	if (order == SIM_IN_ORDER || a.n == 0 || b.n == 0 || a.p[0] != '*' || b.p[0] != '*')
		return false;
	if (order == SIM_LEAVES)
		return a.n == b.n && same_leaves(a, b);
	if (order == SIM_ANY_ORDER || order == SIM_PAIRS_IN_ANY_ORDER)
		return same_bag(a, b, order == SIM_ANY_ORDER ? 1 : 2);
	if (open_array(&a) != 2 || open_array(&b) != 2 || !same(take(&a), take(&b)))
		return false;
	return same_bag(a, b, order == SIM_SCANNED ? 1 : 2);
}

enum sim_order sim_order_of(struct wq_str command)
{
	static const struct {
		const char *name;
		enum sim_order order;
	} all[] = { { "HGETALL", SIM_PAIRS_IN_ANY_ORDER },
		    { "HKEYS", SIM_ANY_ORDER },
		    { "HRANDFIELD", SIM_ANY_ORDER },
		    { "SRANDMEMBER", SIM_ANY_ORDER },
		    { "HVALS", SIM_ANY_ORDER },
		    { "SMEMBERS", SIM_ANY_ORDER },
		    { "KEYS", SIM_ANY_ORDER },
		    { "SCAN", SIM_SCANNED },
		    { "SSCAN", SIM_SCANNED },
		    { "HSCAN", SIM_SCANNED_PAIRS },
		    { "ZSCAN", SIM_SCANNED_PAIRS } };

	for (size_t i = 0; i < WQ_COUNT(all); i++)
		if (wq_str_is_nocase(command, all[i].name))
			return all[i].order;
	return SIM_IN_ORDER;
}

static bool same_of(struct sim_pair *p, const char *what, struct wq_str key, const char **why)
{
	static char text[4096];
	struct wq_str rest = wq_str(what), argv[8], real, sim;
	size_t n = 0;

	while (n < WQ_COUNT(argv) && wq_str_next(&rest, ' ', &argv[n]))
		n++;
	argv[1] = wq_str_is(argv[1], "%") ? key : argv[1];
	*why = text;
	if (!sim_pair_ask(p, argv, n, &real, &sim)) {
		snprintf(text, sizeof(text), "the real one is gone");
		return false;
	}
	snprintf(text, sizeof(text), "%s of %.*s: real\n%.*s\nsimulated\n%.*s", what,
	         WQ_STR_ARG(key), (int)(real.n < 1500 ? real.n : 1500), real.p,
	         (int)(sim.n < 1500 ? sim.n : 1500), sim.p ? sim.p : "");
	return sim_resp_same(real, sim, sim_order_of(argv[0]));
}

static bool same_key(struct sim_pair *p, struct wq_str key, const char **why)
{
	static const struct {
		const char *type, *look;
	} looks[] = { { "+string\r\n", "GET %" },   { "+list\r\n", "LRANGE % 0 -1" },
		      { "+set\r\n", "SMEMBERS %" }, { "+zset\r\n", "ZRANGE % 0 -1 WITHSCORES" },
		      { "+hash\r\n", "HGETALL %" }, { "+stream\r\n", "XRANGE % - +" } };
	struct wq_str argv[] = { WQ_STR("TYPE"), key }, real, sim;

	if (!same_of(p, "TYPE %", key, why) || !same_of(p, "PEXPIRETIME %", key, why))
		return false;
	if (!sim_pair_ask(p, argv, 2, &real, &sim))
		return false;
	for (size_t i = 0; i < WQ_COUNT(looks); i++)
		if (wq_str_is(real, looks[i].type))
			return same_of(p, looks[i].look, key, why);
	*why = "a key of no known type";
	return false;
}

bool sim_pair_same(struct sim_pair *p, const char **why)
{
	struct wq_str argv[] = { WQ_STR("KEYS"), WQ_STR("*") }, real, sim, rest;
	struct wq_buf keys;
	bool ok = same_of(p, "KEYS *", wq_str("all"), why) && sim_pair_ask(p, argv, 2, &real, &sim);
	long long n;

	if (!ok)
		return false;
	wq_buf_init(&keys, ANSWER_MAX_BYTES);
	wq_buf_add_str(&keys, real);
	rest = wq_buf_str(&keys);
	for (n = open_array(&rest); ok && n > 0; n--) {
		struct wq_str key = take(&rest);

		open_array(&key);
		ok = same_key(p, wq_strn(key.p, key.n - 2), why);
	}
	wq_buf_fini(&keys);
	return ok;
}
