/* SPDX-License-Identifier: MIT */
/* resp.c — a command as an array of strings, and its answer as lines. */
#include "support/resp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_BYTES = 1024, WORDS_MAX = 48, DEPTH_MAX = 8 };

struct print {
	FILE *in;
	char *out;
	size_t n, max;
};

static void put(struct print *p, const char *text, size_t n)
{
	if (n > p->max - p->n - 1)
		n = p->max - p->n - 1;
	memcpy(p->out + p->n, text, n);
	p->n += n;
}

/* A string of that length, and the end of its line. */
static bool put_string(struct print *p, long n)
{
	for (long i = 0; i < n + 2; i++) {
		int c = getc(p->in);
		char byte = (char)c;

		if (c == EOF)
			return false;
		if (i < n)
			put(p, &byte, 1);
	}
	return true;
}

static bool put_value(struct print *p, int depth)
{
	char line[LINE_BYTES];
	long n;

	if (depth > DEPTH_MAX || !fgets(line, sizeof(line), p->in))
		return false;
	n = strtol(line + 1, NULL, 10);
	switch (line[0]) {
	case '$':
		return n < 0 || put_string(p, n);
	case '*':
		for (long i = 0; i < n; i++) {
			if (i > 0)
				put(p, "\n", 1);
			if (!put_value(p, depth + 1))
				return false;
		}
		return true;
	default:
		put(p, line + 1, strcspn(line + 1, "\r"));
		return true;
	}
}

static bool send_words(int fd, const char *words)
{
	char copy[LINE_BYTES], *rest = copy, *word, *found[WORDS_MAX];
	char *bytes = NULL;
	size_t n = 0, all = 0;
	FILE *out = open_memstream(&bytes, &all);
	ssize_t sent;

	if (!out)
		return false;
	snprintf(copy, sizeof(copy), "%s", words);
	while ((word = strsep(&rest, " ")) && n < WORDS_MAX)
		found[n++] = word;
	fprintf(out, "*%zu\r\n", n);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "$%zu\r\n%s\r\n", strlen(found[i]), found[i]);
	fclose(out);
	sent = send(fd, bytes, all, MSG_NOSIGNAL);
	free(bytes);
	return sent == (ssize_t)all;
}

bool wq_resp_ask(uint16_t port, const char *words, char *out, size_t max)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		                  .sin_port = htons(port),
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct print p = { .out = out, .max = max };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	          send_words(fd, words);

	p.in = ok ? fdopen(fd, "r") : NULL;
	ok = p.in && put_value(&p, 0);
	out[p.n] = '\0';
	if (p.in)
		fclose(p.in);
	else if (fd >= 0)
		close(fd);
	return ok;
}
