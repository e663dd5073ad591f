/* SPDX-License-Identifier: MIT */
#pragma once
/* err.h — codes for what can go wrong, and the one place where an error is told.
 *
 * Negative  the operation failed.  Logged once, where it is born, by WQ_RAISE; passed up unchanged.
 * Zero      done.
 * Positive  a condition that one function documents in its own header; its caller handles it and
 *           never forwards it.
 *
 * What a peer does wrong is not raised: it is counted, answered and, at debug level, logged.
 */

enum wq_err {
	WQ_ENOMEM = -1,    /* an allocation failed */
	WQ_EINVAL = -2,    /* a value that cannot be used */
	WQ_ETOOBIG = -3,   /* a bound of base/limits.h or of a setting would be passed */
	WQ_EFULL = -4,     /* a bounded queue has no room now; later it may */
	WQ_ECANCELED = -5, /* we asked it to stop */
	WQ_ETIMEDOUT = -6, /* no answer in time; whether the peer acted is unknown */
	WQ_ECONNECT = -7,  /* no connection; not one byte of the request was written */
	WQ_ELOST =
		-8, /* connection lost after the request left; whether the peer acted is unknown */
	WQ_EAWAY = -9,       /* the peer is not connected at the moment; nothing was started */
	WQ_ERESOLVE = -10,   /* the name has no address */
	WQ_EDENIED = -11,    /* an address or an operation that we do not allow */
	WQ_ETLS = -12,       /* certificate or handshake */
	WQ_EPROTO = -13,     /* the peer broke the protocol */
	WQ_EPARSE = -14,     /* text that is not in the form it should have */
	WQ_ENOENT = -15,     /* no such file, key or entry */
	WQ_EEXIST = -16,     /* it is there already */
	WQ_EACCES = -17,     /* the system does not let us */
	WQ_EADDRINUSE = -18, /* port or socket taken */
	WQ_ENFILE = -19,     /* out of file descriptors */
	WQ_ESYS = -20,       /* any other refusal of the system; errno was logged */
	WQ_EREPLY = -21,     /* the peer answered with an error of its own */
};

/* "ENOMEM"; never NULL. */
const char *wq_err_name(int rc);

/* A few words for people: "out of memory"; never NULL. */
const char *wq_err_text(int rc);

/* The code that stands for an errno value.  Logs nothing. */
int wq_err_from_errno(int errnum);

/* Logs code, origin and an optional message, and returns the code. */
int wq_raise(int code, const char *file, int line, const char *func, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#define WQ_RAISE(code)          wq_raise((code), __FILE__, __LINE__, __func__, NULL)
#define WQ_RAISE_MSG(code, ...) wq_raise((code), __FILE__, __LINE__, __func__, __VA_ARGS__)
