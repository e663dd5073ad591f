/* SPDX-License-Identifier: MIT */
/* redis_parts.c — a URL from what many others call their Redis by: REDIS_HOST, REDIS_PORT, REDIS_PASSWORD… */
#include "app/settings/reader.h"
#include "app/settings/value.h"

enum part { HOST, PORT, USERNAME, PASSWORD, DATABASE, TLS, PARTS };

const char *const wq_redis_parts[] = {
	[HOST] = "REDIS_HOST", [PORT] = "REDIS_PORT", [USERNAME] = "REDIS_USERNAME",
	[PASSWORD] = "REDIS_PASSWORD", [DATABASE] = "REDIS_DB", [TLS] = "REDIS_TLS",
	[PARTS] = NULL,
};

/* How the numbers among them are judged. */
static const struct wq_setting_def port_def = { .type = WQ_SETTING_PORT, .min = 1, .max = 65535 };
static const struct wq_setting_def database_def = { .type = WQ_SETTING_COUNT, .max = 1000000 };
static const struct wq_setting_def tls_def = { .type = WQ_SETTING_BOOL };

/* Wherever it is; the environment first. */
static struct wq_found look(struct wq_reader *r, enum part part)
{
	struct wq_found found = { .text = NULL };

	for (int level = 0; level < WQ_LEVEL_COUNT && !found.text && !found.failed; level++) {
		found = wq_reader_look(r, (enum wq_level)level, wq_redis_parts[part],
		                       part == PASSWORD);
		/* A Kubernetes service called "redis" makes REDIS_PORT=tcp://… */
		if (part == PORT && found.text && wq_str_starts(wq_str(found.text), "tcp://"))
			found.text = NULL;
	}
	return found;
}

static int add_encoded(struct wq_buf *out, const char *text)
{
	int rc = 0;

	for (; rc == 0 && *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		             (c >= 'a' && c <= 'z') || strchr("-._~", c) != NULL;

		rc = plain ? wq_buf_add_char(out, (char)c) : wq_buf_addf(out, "%%%02X", c);
	}
	return rc;
}

/* The number in it; false: told. */
static bool judge(struct wq_reader *r, const struct wq_setting_def *d, enum part part,
                  const struct wq_found *found, int64_t *number)
{
	const char *why;

	if (!found->text || wq_value_parse(d, wq_str(found->text), number, &why))
		return true;
	wq_reader_refuse(r, wq_redis_parts[part], d, found, why);
	return false;
}

static int put_together(const struct wq_found parts[PARTS], const int64_t numbers[PARTS],
                        struct wq_buf *out)
{
	const char *host = parts[HOST].text ? parts[HOST].text : "127.0.0.1";
	bool bare_ipv6 = strchr(host, ':') && host[0] != '[' && !strstr(host, "://");
	int rc = wq_buf_add_text(out, numbers[TLS] ? "rediss://" : "redis://");

	if (rc == 0 && parts[USERNAME].text)
		rc = add_encoded(out, parts[USERNAME].text);
	if (rc == 0 && parts[PASSWORD].text) {
		rc = wq_buf_add_char(out, ':');
		if (rc == 0)
			rc = add_encoded(out, parts[PASSWORD].text);
	}
	if (rc == 0 && (parts[USERNAME].text || parts[PASSWORD].text))
		rc = wq_buf_add_char(out, '@');
	if (rc == 0)
		rc = wq_buf_addf(out, bare_ipv6 ? "[%s]" : "%s", host);
	if (rc == 0)
		rc = wq_buf_addf(out, ":%d", parts[PORT].text ? (int)numbers[PORT] : 6379);
	if (rc == 0 && parts[DATABASE].text)
		rc = wq_buf_addf(out, "/%d", (int)numbers[DATABASE]);
	return rc;
}

struct wq_found wq_reader_redis_parts(struct wq_reader *r, enum wq_level level)
{
	struct wq_found parts[PARTS], found = { .text = NULL };
	int64_t numbers[PARTS] = { 0 };
	struct wq_buf url;
	bool any = false;

	if (level != WQ_LEVEL_COUNT && !wq_reader_look(r, level, wq_redis_parts[HOST], false).text)
		return found;
	for (int i = PARTS - 1; i >= 0; i--) {
		parts[i] = look(r, (enum part)i);
		any |= parts[i].text != NULL;
		found.failed |= parts[i].failed;
		if (parts[i].from)
			found.from = parts[i].from; /* the first that is there names the source */
	}
	if (!any)
		return found;
	if (!judge(r, &port_def, PORT, &parts[PORT], &numbers[PORT]) ||
	    !judge(r, &database_def, DATABASE, &parts[DATABASE], &numbers[DATABASE]) ||
	    !judge(r, &tls_def, TLS, &parts[TLS], &numbers[TLS]))
		found.failed = true;
	if (found.failed)
		return found;
	wq_buf_init(&url, WQ_SETTING_MAX_BYTES * 4);
	if (put_together(parts, numbers, &url) == 0)
		found.text = wq_arena_copy(r->arena, wq_buf_str(&url));
	r->no_memory |= !found.text;
	wq_buf_fini(&url);
	return found;
}
