/* SPDX-License-Identifier: MIT */
/* inbound.c — what it costs to take a webhook apart and write its job, in this process alone.
 *
 *   build/bench/inbound [ROUNDS]    prints processor time: parse, normalise, write the job
 * Under callgrind with few rounds: instructions of a webhook. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "domain/inbound/job.h"
#include "domain/inbound/reader.h"

enum { DATA_MAX_BYTES = 65536, WARM = 100 };

static const char body[] =
	"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"900100200300401\",\"changes\":[{\"value\":"
	"{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"12025550100\","
	"\"phone_number_id\":\"900200300400501\"},\"contacts\":[{\"profile\":{\"name\":\"Luc\\u00eda Andrade\"},"
	"\"wa_id\":\"593900000011\",\"user_id\":\"EC.70010020030040050061\"}],\"messages\":[{\"from\":\"593900000011\","
	"\"from_user_id\":\"EC.70010020030040050061\",\"id\":"
	"\"wamid.HQw1OTM5MDAwMDAwMTEVAgASGCA2QjAxQzM0NERCRTU4MjdCRUMzRTcxMUY5REVCQjFFMAA=\","
	"\"timestamp\":\"1781000007\",\"type\":\"text\","
	"\"text\":{\"body\":\"Buenos d\\u00edas, \\u00bftienen turno para "
	"ma\\u00f1ana a las 10? Somos dos personas.\"}}]},\"field\":\"messages\"}]}]}";

struct bench {
	struct wq_buf out;
	bool write;
};

static int on_update(void *user, const struct wq_inbound *u)
{
	struct bench *b = user;
	struct wq_jsonw w;

	if (!b->write)
		return 0;
	wq_buf_clear(&b->out);
	wq_jsonw_begin(&w, &b->out);
	wq_inbound_write_job(&w, u);
	return wq_jsonw_end(&w);
}

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int run(struct wq_inbound_reader *r, struct bench *b, uint64_t rounds)
{
	const struct wq_webhook hook = { .body = wq_strn(body, sizeof(body) - 1),
		                         .now_ms = 1782000000000 };
	int rc = 0;

	for (uint64_t i = 0; i < rounds && rc == 0; i++)
		rc = wq_cloud_webhook_read(r, &hook, on_update, b);
	return rc;
}

static int parse(struct wq_inbound_reader *r, uint64_t rounds)
{
	yyjson_val *root;
	int rc = 0;

	for (uint64_t i = 0; i < rounds && rc == 0; i++)
		rc = wq_json_pool_read(&r->pool, wq_strn(body, sizeof(body) - 1), 32, &root);
	return rc;
}

int main(int argc, char **argv)
{
	uint64_t rounds = 200000;
	struct wq_inbound_reader r;
	struct bench b = { .write = true };
	int64_t t[4];
	int rc;

	if (argc > 1 && !wq_str_to_u64(wq_str(argv[1]), 1000000000, &rounds))
		return 2;
	wq_inbound_reader_init(&r);
	wq_buf_init(&b.out, DATA_MAX_BYTES);
	rc = run(&r, &b, WARM);
	t[0] = now_ns();
	rc = rc ? rc : parse(&r, rounds);
	t[1] = now_ns();
	b.write = false;
	rc = rc ? rc : run(&r, &b, rounds);
	t[2] = now_ns();
	b.write = true;
	rc = rc ? rc : run(&r, &b, rounds);
	t[3] = now_ns();
	(void)printf("webhook %zu B, job %zu B: parse %" PRId64 " ns, normalised %" PRId64
	             " ns, written %" PRId64 " ns\n",
	             sizeof(body) - 1, b.out.n, (t[1] - t[0]) / (int64_t)rounds,
	             (t[2] - t[1]) / (int64_t)rounds, (t[3] - t[2]) / (int64_t)rounds);
	wq_buf_fini(&b.out);
	wq_inbound_reader_fini(&r);
	return rc == 0 ? 0 : 1;
}
