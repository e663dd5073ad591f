/* SPDX-License-Identifier: MIT */
/* golden.c — samples to text, and the text to the file beside. */
#include "golden.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/buf.h"
#include "domain/inbound/job.h"
#include "support/test.h"

enum { PATH_BYTES = 1024, FILE_MAX_BYTES = 8388608, GOLDEN_UPDATES_MAX = 5 };

struct golden {
	struct wq_buf out;
	size_t n;
};

static int on_update(void *user, const struct wq_inbound *u)
{
	static const char *const queues[] = { "messages", "statuses", "events" };
	struct golden *g = user;
	struct wq_jsonw w;

	if (g->n++ >= GOLDEN_UPDATES_MAX)
		return 0;
	wq_jsonw_begin(&w, &g->out);
	wq_inbound_write_full(&w, u);
	WQ_CHECK_INT("written", wq_jsonw_end(&w), 0);
	(void)wq_buf_addf(&g->out, "\n%s %s ", queues[wq_inbound_job_queue(u->kind)],
	                  wq_inbound_job_name(u->kind));
	wq_jsonw_begin(&w, &g->out);
	wq_inbound_write_job(&w, u);
	WQ_CHECK_INT("written", wq_jsonw_end(&w), 0);
	(void)wq_buf_add_char(&g->out, '\n');
	return 0;
}

static bool load(const char *path, struct wq_buf *out)
{
	FILE *f = fopen(path, "rb");

	wq_buf_init(out, FILE_MAX_BYTES);
	if (!f)
		return false;
	while (wq_buf_reserve(out, 65536) == 0) {
		size_t n = fread(out->p + out->n, 1, 65536, f);

		if (n == 0)
			break;
		out->n += n;
	}
	(void)fclose(f);
	return true;
}

static void store(const char *path, struct wq_str text)
{
	FILE *f = fopen(path, "wb");

	WQ_CHECK(path, f != NULL);
	WQ_CHECK(path, fwrite(text.p, 1, text.n, f) == text.n);
	WQ_CHECK(path, fclose(f) == 0);
}

static void check_one(const char *folder, const char *name, golden_read read,
                      struct wq_inbound_reader *r)
{
	char sample[PATH_BYTES], wanted[PATH_BYTES];
	struct golden g = { .n = 0 };
	struct wq_webhook hook = { .now_ms = 1782000000123 };
	struct wq_buf body, all, want;
	int rc;

	(void)snprintf(sample, sizeof(sample), WQ_TESTS_DIR "/samples/%s/%s", folder, name);
	(void)snprintf(wanted, sizeof(wanted), WQ_TESTS_DIR "/golden/inbound/%s/%s.txt", folder,
	               name);
	WQ_CHECK(sample, load(sample, &body));
	wq_buf_init(&g.out, FILE_MAX_BYTES);
	wq_buf_init(&all, FILE_MAX_BYTES);
	hook.body = wq_buf_str(&body);
	rc = read(r, &hook, on_update, &g);
	(void)wq_buf_addf(&all, "%s %zu\n", wq_inbound_condition_name(rc), g.n);
	(void)wq_buf_add_str(&all, wq_buf_str(&g.out));
	if (getenv("WQ_GOLDEN"))
		store(wanted, wq_buf_str(&all));
	WQ_CHECK(wanted, load(wanted, &want));
	wq_check_str(wq_buf_str(&all), wq_buf_str(&want), name, __FILE__, __LINE__);
	wq_buf_fini(&body);
	wq_buf_fini(&g.out);
	wq_buf_fini(&all);
	wq_buf_fini(&want);
}

size_t golden_check(const char *folder, golden_read read)
{
	char path[PATH_BYTES];
	struct wq_inbound_reader r;
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), WQ_TESTS_DIR "/samples/%s", folder);
	dir = opendir(path);
	WQ_CHECK(path, dir != NULL);
	wq_inbound_reader_init(&r);
	while (dir && (entry = readdir(dir))) {
		struct wq_str name = wq_str(entry->d_name);

		if (name.p[0] == '.' || wq_str_starts(name, "rest_") ||
		    wq_str_starts(name, "request_"))
			continue;
		check_one(folder, entry->d_name, read, &r);
		n++;
	}
	wq_inbound_reader_fini(&r);
	(void)closedir(dir);
	return n;
}
