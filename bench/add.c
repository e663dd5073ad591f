/* SPDX-License-Identifier: MIT */
/* add.c — adds by the producer library: one after the other, many at once, or in bulk.
 *
 *   add REDIS_URL QUEUE one|concurrent|bulk COUNT PAYLOAD_BYTES AT_ONCE     prints one line of JSON
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/assert.h"
#include "queue/producer.h"
#include "store/ref.h"

enum { WARM_UP = 1000, AT_ONCE_MAX = 1000, PAYLOAD_MAX_BYTES = 1 << 20 };

struct bench {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_redis *redis;
	struct wq_producer *producer;
	struct wq_ref ref;
	struct wq_add_item item;
	bool bulk;
	uint64_t left, at_once, open, failed;
};

/* One request after the other, of one job or of many. */
struct lane {
	struct bench *bench;
	struct wq_add one;
	struct wq_add_all all;
	struct wq_add_item items[AT_ONCE_MAX];
};

static void next(struct lane *lane);

static void ended(struct lane *lane, uint64_t failed)
{
	struct bench *b = lane->bench;

	b->failed += failed;
	b->open--;
	if (b->left > 0)
		next(lane);
	else if (b->open == 0)
		wq_loop_stop(b->loop);
}

static void on_one(struct wq_add *a, int rc)
{
	ended(WQ_OWNER(a, struct lane, one), rc != 0 || a->outcome.code != WQ_ADD_NEW);
}

static void on_all(struct wq_add_all *a, int rc)
{
	uint64_t failed = rc != 0 ? a->n : 0;

	for (size_t i = 0; rc == 0 && i < a->n; i++)
		failed += a->outcomes[i].code != WQ_ADD_NEW;
	ended(WQ_OWNER(a, struct lane, all), failed);
}

static void next(struct lane *lane)
{
	struct bench *b = lane->bench;
	uint64_t n = !b->bulk ? 1 : b->left < b->at_once ? b->left : b->at_once;
	int rc;

	b->left -= n;
	if (b->bulk) {
		for (uint64_t i = 0; i < n; i++)
			lane->items[i] = b->item;
		lane->all.items = lane->items;
		lane->all.n = n;
		rc = wq_producer_add_all(b->producer, &lane->all, on_all);
	} else {
		lane->one.item = b->item;
		rc = wq_producer_add(b->producer, &lane->one, on_one);
	}
	if (rc < 0)
		b->failed += n;
	else
		b->open++;
}

static double seconds(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

static void round_of(struct bench *b, struct lane *lanes, uint64_t lanes_n, uint64_t count)
{
	b->left = count;
	for (uint64_t i = 0; i < lanes_n && b->left > 0; i++)
		next(&lanes[i]);
	if (b->open > 0)
		wq_loop_run(b->loop);
}

static int measure(struct bench *b, uint64_t lanes_n, uint64_t count)
{
	struct lane *lanes = calloc(lanes_n, sizeof(*lanes));
	struct rusage before, after;
	uint64_t began;
	double took, cpu;

	if (!lanes)
		return EXIT_FAILURE;
	for (uint64_t i = 0; i < lanes_n; i++)
		lanes[i].bench = b;
	round_of(b, lanes, lanes_n, WARM_UP);
	puts("warm");
	fflush(stdout);
	getrusage(RUSAGE_SELF, &before);
	began = wq_loop_now_us(b->loop);
	round_of(b, lanes, lanes_n, count);
	took = (double)(wq_loop_now_us(b->loop) - began) / 1e6;
	getrusage(RUSAGE_SELF, &after);
	cpu = (seconds(&after) - seconds(&before)) / (double)count * 1e6;
	printf("{\"failed\":%llu,\"perSecond\":%.0f,\"cpuUs\":%.3f}\n",
	       (unsigned long long)b->failed, (double)count / took, cpu);
	free(lanes);
	return b->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void on_closed(void *ctx)
{
	wq_loop_stop(ctx);
}

static int open_all(struct bench *b, const char *url, const char *queue)
{
	struct wq_redis_opts o;

	wq_redis_opts_init(&o);
	o.url = url;
	if (wq_loop_create(&b->loop, NULL) < 0 ||
	    wq_resolver_create(&b->resolver, b->loop, NULL) < 0 ||
	    wq_redis_create(&b->redis, b->loop, b->resolver, &o) < 0 ||
	    wq_ref_init(&b->ref, b->redis, wq_str("bull"), wq_str(queue), NULL) < 0)
		return -1;
	return wq_producer_create(&b->producer, b->loop, b->redis);
}

static void close_all(struct bench *b)
{
	wq_producer_close(b->producer, on_closed, b->loop);
	wq_loop_run(b->loop);
	wq_redis_close(b->redis, on_closed, b->loop);
	wq_loop_run(b->loop);
	wq_resolver_close(b->resolver, on_closed, b->loop);
	wq_loop_run(b->loop);
	wq_ref_fini(&b->ref);
	wq_loop_destroy(b->loop);
}

/* {"text":"xxx…"} of `n` bytes. */
static char *payload(uint64_t n)
{
	static const char head[] = "{\"text\":\"", tail[] = "\"}";
	char *text = n < sizeof(head) + sizeof(tail) ? NULL : malloc(n);

	if (text) {
		memset(text, 'x', n);
		memcpy(text, head, sizeof(head) - 1);
		memcpy(text + n - (sizeof(tail) - 1), tail, sizeof(tail) - 1);
	}
	return text;
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	uint64_t count, bytes, lanes_n;
	char *text;
	int rc;

	if (argc != 7 || !wq_str_to_u64(wq_str(argv[4]), 100000000, &count) ||
	    !wq_str_to_u64(wq_str(argv[5]), PAYLOAD_MAX_BYTES, &bytes) ||
	    !wq_str_to_u64(wq_str(argv[6]), AT_ONCE_MAX, &b.at_once) || b.at_once == 0) {
		fprintf(stderr,
		        "usage: add REDIS_URL QUEUE one|concurrent|bulk COUNT PAYLOAD_BYTES AT_ONCE\n");
		return 2;
	}
	text = payload(bytes);
	if (!text || open_all(&b, argv[1], argv[2]) < 0)
		return EXIT_FAILURE;
	b.item = (struct wq_add_item){ .base = wq_ref_base(&b.ref),
		                       .name = WQ_STR("bench"),
		                       .data = { text, bytes },
		                       .opts = WQ_STR("{\"attempts\":0}") };
	b.bulk = strcmp(argv[3], "bulk") == 0;
	lanes_n = strcmp(argv[3], "concurrent") == 0 ? b.at_once : 1;
	rc = measure(&b, lanes_n, count);
	close_all(&b);
	free(text);
	return rc;
}
