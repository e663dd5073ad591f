/* SPDX-License-Identifier: MIT */
/* secrets.c — one text to secrets with names. */
#include "domain/sink/secrets.h"

#include "base/alloc.h"
#include "base/err.h"
#include "base/hmac.h"

static bool is_name(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || c == '-'))
			return false;
	}
	return s.n > 0;
}

static bool only_equals(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '=')
			return false;
	return true;
}

/* "NAME=SECRET", "*=SECRET" or "SECRET"; false: *why. */
static bool read_one(struct wq_secret *s, struct wq_str text, const char **why)
{
	size_t eq = wq_str_find(text, '=');

	*s = (struct wq_secret){ .name = wq_str(""), .text = text };
	if (eq == text.n)
		return true;
	s->text = wq_strn(text.p + eq + 1, text.n - eq - 1);
	if (only_equals(s->text)) {
		*why = "there is no secret behind NAME=; one that has a = itself is written *=SECRET";
		return false;
	}
	if (eq == 1 && text.p[0] == '*')
		return true;
	s->name = wq_strn(text.p, eq);
	if (is_name(s->name))
		return true;
	*why = "in front of = stands a path's name, of letters, digits, '.', '_' and '-'; a secret "
	       "that has a = itself is written *=SECRET";
	return false;
}

static size_t count(struct wq_str text)
{
	struct wq_str one;
	size_t n = 0;

	while (wq_str_next(&text, ',', &one))
		n += one.n > 0;
	return n;
}

static size_t good_for(const struct wq_secrets *s, struct wq_str name)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += !s->list[i].name.n || wq_str_eq(s->list[i].name, name);
	return n;
}

static bool read_all(struct wq_secrets *s, struct wq_str text, const char **why)
{
	struct wq_str one;

	while (wq_str_next(&text, ',', &one))
		if (one.n && !read_one(&s->list[s->n++], one, why))
			return false;
	for (size_t i = 0; i < s->n; i++)
		if (good_for(s, s->list[i].name) > WQ_WEBHOOK_SECRETS_MAX) {
			*why = "more secrets than are tried";
			return false;
		}
	return true;
}

int wq_secrets_init(struct wq_secrets *s, struct wq_str text, const char **why)
{
	size_t n = count(text);

	*s = (struct wq_secrets){ .n = 0 };
	*why = n == 0                            ? "there is no secret"
	       : n > WQ_WEBHOOK_PATH_SECRETS_MAX ? "more secrets than are kept"
	                                         : NULL;
	if (*why)
		return WQ_EINVAL;
	s->list = wq_calloc(n, sizeof(*s->list));
	if (!s->list)
		return WQ_RAISE(WQ_ENOMEM);
	if (read_all(s, text, why))
		return 0;
	wq_secrets_fini(s);
	return WQ_EINVAL;
}

int wq_secrets_init_one(struct wq_secrets *s, struct wq_str secret)
{
	*s = (struct wq_secrets){ .list = wq_calloc(1, sizeof(*s->list)) };
	if (!s->list)
		return WQ_RAISE(WQ_ENOMEM);
	s->list[s->n++] = (struct wq_secret){ wq_str(""), secret };
	return 0;
}

void wq_secrets_fini(struct wq_secrets *s)
{
	wq_free(s->list);
	*s = (struct wq_secrets){ .n = 0 };
}

size_t wq_secrets_of(const struct wq_secrets *s, struct wq_str name,
                     struct wq_str out[static WQ_WEBHOOK_SECRETS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s->n && name.n && n < WQ_WEBHOOK_SECRETS_MAX; i++)
		if (wq_str_eq(s->list[i].name, name))
			out[n++] = s->list[i].text;
	for (size_t i = 0; i < s->n && n < WQ_WEBHOOK_SECRETS_MAX; i++)
		if (!s->list[i].name.n)
			out[n++] = s->list[i].text;
	return n;
}

int wq_secret_shown(struct wq_str shown, const struct wq_str *secrets, size_t n)
{
	unsigned char a[WQ_SHA256_BYTES], b[WQ_SHA256_BYTES];
	int rc = wq_sha256(shown, a);
	bool same = false;

	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = wq_sha256(secrets[i], b);
		same = (rc == 0 && wq_equal_secret(a, b, sizeof(a))) || same;
	}
	return rc < 0 ? rc : same;
}
