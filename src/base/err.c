/* SPDX-License-Identifier: MIT */
/* err.c — names of the codes, and the log line an error gets at its birth. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/log.h"

static const struct {
	int code;
	const char *name, *text;
} table[] = {
	{ 0, "OK", "done" },
	{ WQ_ENOMEM, "ENOMEM", "out of memory" },
	{ WQ_EINVAL, "EINVAL", "invalid value" },
	{ WQ_ETOOBIG, "ETOOBIG", "too big" },
	{ WQ_EFULL, "EFULL", "queue is full" },
	{ WQ_ECANCELED, "ECANCELED", "cancelled" },
	{ WQ_ETIMEDOUT, "ETIMEDOUT", "timed out" },
	{ WQ_ECONNECT, "ECONNECT", "cannot connect" },
	{ WQ_ELOST, "ELOST", "connection lost" },
	{ WQ_EAWAY, "EAWAY", "not connected" },
	{ WQ_ERESOLVE, "ERESOLVE", "name not found" },
	{ WQ_EDENIED, "EDENIED", "not allowed" },
	{ WQ_ETLS, "ETLS", "TLS failed" },
	{ WQ_EPROTO, "EPROTO", "protocol violated" },
	{ WQ_EPARSE, "EPARSE", "malformed" },
	{ WQ_ENOENT, "ENOENT", "not found" },
	{ WQ_EEXIST, "EEXIST", "exists already" },
	{ WQ_EACCES, "EACCES", "permission denied" },
	{ WQ_EADDRINUSE, "EADDRINUSE", "address in use" },
	{ WQ_ENFILE, "ENFILE", "out of file descriptors" },
	{ WQ_ESYS, "ESYS", "system error" },
	{ WQ_EREPLY, "EREPLY", "error answer" },
};

const char *wq_err_name(int rc)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == rc)
			return table[i].name;
	return rc > 0 ? "CONDITION" : "UNKNOWN";
}

const char *wq_err_text(int rc)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == rc)
			return table[i].text;
	return "unknown";
}

int wq_err_from_errno(int errnum)
{
	switch (errnum) {
	case ENOMEM:
	case ENOBUFS:
		return WQ_ENOMEM;
	case EINVAL:
	case EAFNOSUPPORT:
	case EADDRNOTAVAIL:
		return WQ_EINVAL;
	case EMFILE:
	case ENFILE:
		return WQ_ENFILE;
	case EADDRINUSE:
		return WQ_EADDRINUSE;
	case EACCES:
	case EPERM:
	case EROFS:
		return WQ_EACCES;
	case ENOENT:
	case ENOTDIR:
		return WQ_ENOENT;
	case EEXIST:
		return WQ_EEXIST;
	case ETIMEDOUT:
		return WQ_ETIMEDOUT;
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
		return WQ_ECONNECT;
	case ECONNRESET:
	case EPIPE:
		return WQ_ELOST;
	default:
		return WQ_ESYS;
	}
}

int wq_raise(int code, const char *file, int line, const char *func, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	text[0] = '\0';
	if (fmt) {
		va_start(ap, fmt);
		vsnprintf(text, sizeof(text), fmt, ap);
		va_end(ap);
	}
	wq_error("raise", WQ_S("code", wq_err_name(code)),
	         WQ_S("why", fmt ? text : wq_err_text(code)), WQ_S("file", file),
	         WQ_I("line", line), WQ_S("func", func));
	return code;
}
