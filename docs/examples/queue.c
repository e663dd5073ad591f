/* SPDX-License-Identifier: MIT */
/* queue.c — letters are added to a queue, written by a worker, and counted.
 *
 *   cc queue.c $(pkg-config --cflags --libs --static willaq-queue) -o queue && ./queue redis://127.0.0.1:6379
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <willaq/queue.h>

enum { LETTERS = 3 };

struct office {
	struct willaq *w;
	struct willaq_queue *letters;
	struct willaq_worker *writer;
	int written;
	int failed; /* of what we asked for */
};

static void on_counts(void *ctx, int code, const struct willaq_counts *counts, const char *error)
{
	struct office *o = ctx;

	if (code < 0) {
		fprintf(stderr, "counts: %s\n", error);
		o->failed++;
	} else {
		printf("%llu completed, %llu failed, %llu waiting\n",
		       (unsigned long long)counts->completed, (unsigned long long)counts->failed,
		       (unsigned long long)counts->waiting);
	}
	willaq_stop(o->w);
}

static void on_stopped(void *ctx)
{
	struct office *o = ctx;

	if (willaq_counts(o->letters, on_counts, o) < 0) {
		fprintf(stderr, "counts: %s\n", willaq_why(o->w));
		o->failed++;
		willaq_stop(o->w);
	}
}

/* A job is ours until we end it, here or at any later time. */
static void on_letter(void *ctx, struct willaq_job *job)
{
	struct office *o = ctx;

	printf("%s %s: %s\n", willaq_job_name(job), willaq_job_id(job), willaq_job_data(job));
	if (strstr(willaq_job_data(job), "nobody"))
		willaq_job_fail(job, "nobody lives there", true);
	else
		willaq_job_complete(job, "{\"pages\":1}");
	if (++o->written == LETTERS)
		willaq_worker_stop(o->writer, 1000, on_stopped, o);
}

static void on_added(void *ctx, int code, const char *const *ids, size_t n, const char *error)
{
	struct office *o = ctx;

	if (code == 0) {
		printf("%zu letters wait, the first is %s\n", n, ids[0]);
		return;
	}
	fprintf(stderr, "add: %s\n", error);
	o->failed++;
	willaq_stop(o->w);
}

static int open_office(struct office *o, const char *url)
{
	const struct willaq_job_spec letters[LETTERS] = {
		{ "letter", "{\"to\":\"Ada\"}", NULL },
		{ "letter", "{\"to\":\"Grace\"}", "{\"attempts\":3,\"backoff\":{\"type\":\"exponential\",\"delay\":500}}" },
		{ "letter", "{\"to\":\"nobody\"}", "{\"attempts\":3}" },
	};
	const struct willaq_worker_opts opts = { .concurrency = 2, .name = "writer" };

	if (willaq_open(&o->w, url) < 0)
		return -1;
	if (willaq_queue_open(&o->letters, o->w, "bull", "letters") < 0 ||
	    willaq_add_bulk(o->letters, letters, LETTERS, on_added, o) < 0 ||
	    willaq_worker_start(&o->writer, o->letters, &opts, on_letter, o) < 0) {
		fprintf(stderr, "%s\n", willaq_why(o->w));
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct office o = { 0 };

	if (argc != 2 || open_office(&o, argv[1]) < 0) {
		fprintf(stderr, "usage: queue REDIS_URL\n");
		willaq_close(o.w);
		return EXIT_FAILURE;
	}
	willaq_run(o.w);
	willaq_close(o.w);
	return o.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
