/* SPDX-License-Identifier: MIT */
/* encode.c — arguments and commands as the server reads them. */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "io/redis/client.h"

static size_t digits(size_t n)
{
	size_t count = 1;

	for (; n >= 10; n /= 10)
		count++;
	return count;
}

size_t wq_redis_args_size(const struct wq_str *argv, size_t argc)
{
	size_t size = 0;

	for (size_t i = 0; i < argc; i++)
		size += 5 + digits(argv[i].n) + argv[i].n; /* $ n CRLF bytes CRLF */
	return size;
}

static char *write_length(char *p, char kind, size_t n)
{
	size_t count = digits(n);

	*p = kind;
	for (size_t i = count; i > 0; i--) {
		p[i] = (char)('0' + n % 10);
		n /= 10;
	}
	p += 1 + count;
	*p++ = '\r';
	*p++ = '\n';
	return p;
}

static char *write_bulk(char *p, const char *bytes, size_t n)
{
	p = write_length(p, '$', n);
	if (n > 0)
		memcpy(p, bytes, n);
	p += n;
	*p++ = '\r';
	*p++ = '\n';
	return p;
}

char *wq_redis_args_write(char *p, const struct wq_str *argv, size_t argc)
{
	for (size_t i = 0; i < argc; i++)
		p = write_bulk(p, argv[i].p, argv[i].n);
	return p;
}

static char *write_head(char *p, const struct wq_redis_cmd *cmd)
{
	const struct wq_script *s = cmd->script;
	char keys[16];
	int n;

	if (!s)
		return write_length(p, '*', cmd->argc);
	n = snprintf(keys, sizeof(keys), "%u", s->keys);
	p = write_length(p, '*', (size_t)cmd->argc + 3);
	if (cmd->eval == WQ_REDIS_EVAL_BODY) {
		p = write_bulk(p, "EVAL", 4);
		p = write_bulk(p, s->body, s->body_n);
	} else {
		p = write_bulk(p, "EVALSHA", 7);
		p = write_bulk(p, s->sha, 40);
	}
	return write_bulk(p, keys, (size_t)n);
}

int wq_redis_encode(struct wq_buf *out, const struct wq_redis_cmd *cmd, const struct wq_str *argv)
{
	size_t size = WQ_REDIS_HEAD_MAX_BYTES + cmd->bytes;
	char *p;
	int rc;

	if (cmd->eval == WQ_REDIS_EVAL_BODY)
		size += cmd->script->body_n;
	rc = wq_buf_reserve(out, size);
	if (rc < 0)
		return rc;
	p = write_head(out->p + out->n, cmd);
	if (argv) {
		p = wq_redis_args_write(p, argv, cmd->argc);
	} else {
		memcpy(p, cmd->wire, cmd->bytes);
		p += cmd->bytes;
	}
	WQ_REQUIRE((size_t)(p - (out->p + out->n)) <= size);
	out->n = (size_t)(p - out->p);
	return 0;
}
