/* SPDX-License-Identifier: MIT */
#pragma once
/* smuggling.h — byte streams on which two readers of HTTP may disagree, and how ours reads each.
 *
 * `want` is a transcript: "METHOD target [body] " for each request that is read, then the status of a refusal; a stream
 * that ends in the middle of a request adds nothing for it.  Streams that a lenient reader would take as two requests
 * carry /evil where the second hides.  tests/system/smuggling.test.mjs
 * reads this table too, as text.
 */
#include <stddef.h>

#include "base/str.h"

struct wq_smuggling {
	const char *what;
	struct wq_str bytes;
	const char *want;
};

/* clang-format off: a table */
#define HOST  "Host: a\r\n"
#define POST  "POST / HTTP/1.1\r\n" HOST
#define GET   "GET / HTTP/1.1\r\n"
#define NEXT  "GET /next HTTP/1.1\r\n" HOST "\r\n"
#define EVIL  "GET /evil HTTP/1.1\r\n" HOST "\r\n"
#define TE    "Transfer-Encoding: chunked\r\n"
#define CHUNKS "5\r\nhello\r\n0\r\n\r\n"

static const struct wq_smuggling wq_smugglings[] = {
	/* what is sound, so that the rest proves something */
	{ "a body by length",
	  WQ_STR(POST "Content-Length: 5\r\n\r\nhello" NEXT), "POST / [hello] GET /next [] " },
	{ "a body by chunks",            WQ_STR(POST TE "\r\n" CHUNKS NEXT), "POST / [hello] GET /next [] " },
	{ "two chunks, hex of any case", WQ_STR(POST TE "\r\nA\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n" NEXT),
	  "POST / [01234567890123456789a] GET /next [] " },
	{ "leading zeros of a size",
	  WQ_STR(POST TE "\r\n00005\r\nhello\r\n000\r\n\r\n" NEXT), "POST / [hello] GET /next [] " },
	{ "trailers are dropped",
	  WQ_STR(POST TE "\r\n5\r\nhello\r\n0\r\nX-T: 1\r\nContent-Length-X: 9\r\n\r\n" NEXT),
	  "POST / [hello] GET /next [] " },
	{ "no body without either",      WQ_STR(POST "\r\n" NEXT), "POST / [] GET /next [] " },
	{ "one empty line in front",     WQ_STR("\r\n" NEXT NEXT), "GET /next [] GET /next [] " },
	{ "names of any case",           WQ_STR("POST / HTTP/1.1\r\nhOST: a\r\ncONTENT-lENGTH: 5\r\n\r\nhello" NEXT),
	  "POST / [hello] GET /next [] " },
	{ "a value of any case",
	  WQ_STR(POST "Transfer-Encoding: cHuNkEd\r\n\r\n" CHUNKS NEXT), "POST / [hello] GET /next [] " },
	{ "a body of a GET",
	  WQ_STR(GET HOST "Content-Length: 3\r\n\r\nabc" NEXT), "GET / [abc] GET /next [] " },
	{ "an Upgrade is ignored",
	  WQ_STR(GET HOST "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" NEXT), "GET / [] GET /next [] " },
	{ "1.0 with a length",
	  WQ_STR("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello" NEXT),
	  "POST / [hello] GET /next [] " },
	{ "1.0 ends by itself",          WQ_STR("GET / HTTP/1.0\r\n\r\n" EVIL), "GET / [] " },
	{ "close ends it",               WQ_STR(GET HOST "Connection: close\r\n\r\n" EVIL), "GET / [] " },

	/* length beside coding */
	{ "CL.TE",                       WQ_STR(POST "Content-Length: 6\r\n" TE "\r\n0\r\n\r\nG" EVIL), "400" },
	{ "TE.CL",                       WQ_STR(POST TE "Content-Length: 3\r\n\r\n8\r\nSMUGGLED\r\n0\r\n\r\n"),
	  "400" },
	{ "CL.0 beside TE",              WQ_STR(POST "Content-Length: 0\r\n" TE "\r\n" CHUNKS EVIL), "400" },

	/* codings */
	{ "TE twice",                    WQ_STR(POST TE TE "\r\n" CHUNKS EVIL), "400" },
	{ "TE twice, other first",       WQ_STR(POST "Transfer-Encoding: identity\r\n" TE "\r\n" CHUNKS EVIL), "400" },
	{ "TE twice, other last",        WQ_STR(POST TE "Transfer-Encoding: identity\r\n\r\n" CHUNKS EVIL), "400" },
	{ "TE behind a tab",
	  WQ_STR(POST "Transfer-Encoding:\tchunked\r\n\r\n" CHUNKS NEXT), "POST / [hello] GET /next [] " },
	{ "TE behind a vertical tab",    WQ_STR(POST "Transfer-Encoding: \vchunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "TE behind a form feed",       WQ_STR(POST "Transfer-Encoding: \fchunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "TE before a space",           WQ_STR(POST "Transfer-Encoding: chunked \r\n\r\n" CHUNKS EVIL), "400" },
	{ "TE before a tab",             WQ_STR(POST "Transfer-Encoding: chunked\t\r\n\r\n" CHUNKS EVIL), "400" },
	{ "chunked, identity",
	  WQ_STR(POST "Transfer-Encoding: chunked, identity\r\n\r\n" CHUNKS EVIL), "400" },
	{ "identity, chunked",
	  WQ_STR(POST "Transfer-Encoding: identity, chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "gzip, chunked",               WQ_STR(POST "Transfer-Encoding: gzip, chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "chunked, chunked",
	  WQ_STR(POST "Transfer-Encoding: chunked, chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "a trailing comma",            WQ_STR(POST "Transfer-Encoding: chunked,\r\n\r\n" CHUNKS EVIL), "400" },
	{ "a leading comma",             WQ_STR(POST "Transfer-Encoding: ,chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "xchunked",                    WQ_STR(POST "Transfer-Encoding: xchunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "chunked with a parameter",    WQ_STR(POST "Transfer-Encoding: chunked;q=1\r\n\r\n" CHUNKS EVIL), "400" },
	{ "chunked in quotes",           WQ_STR(POST "Transfer-Encoding: \"chunked\"\r\n\r\n" CHUNKS EVIL), "400" },
	{ "identity",                    WQ_STR(POST "Transfer-Encoding: identity\r\n\r\n" EVIL), "400" },
	{ "an empty TE",                 WQ_STR(POST "Transfer-Encoding:\r\n\r\n" EVIL), "400" },
	{ "TE in 1.0",                   WQ_STR("POST / HTTP/1.0\r\n" HOST TE "\r\n" CHUNKS EVIL), "400" },
	{ "a folded TE",                 WQ_STR(POST "Transfer-Encoding:\r\n chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "a folded TE, by tab",         WQ_STR(POST "Transfer-Encoding: \r\n\tchunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "a space before its colon",    WQ_STR(POST "Transfer-Encoding : chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "a tab before its colon",      WQ_STR(POST "Transfer-Encoding\t: chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "a space before its name",     WQ_STR(POST " Transfer-Encoding: chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "TE as another header's end",  WQ_STR(POST "X: y\nTransfer-Encoding: chunked\r\n\r\n" CHUNKS EVIL), "400" },
	{ "an underscore is another name",
	  WQ_STR(POST "Transfer_Encoding: chunked\r\n\r\n" NEXT), "POST / [] GET /next [] " },

	/* lengths */
	{ "two lengths, the same",
	  WQ_STR(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" EVIL), "400" },
	{ "two lengths, different",
	  WQ_STR(POST "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello" EVIL), "400" },
	{ "a list of lengths",           WQ_STR(POST "Content-Length: 5, 5\r\n\r\nhello" EVIL), "400" },
	{ "plus five",                   WQ_STR(POST "Content-Length: +5\r\n\r\nhello" EVIL), "400" },
	{ "minus five",                  WQ_STR(POST "Content-Length: -5\r\n\r\nhello" EVIL), "400" },
	{ "a length before a space",     WQ_STR(POST "Content-Length: 5 \r\n\r\nhello" EVIL), "400" },
	{ "a length with a space in it", WQ_STR(POST "Content-Length: 5 5\r\n\r\nhello" EVIL), "400" },
	{ "a hexadecimal length",        WQ_STR(POST "Content-Length: 0x5\r\n\r\nhello" EVIL), "400" },
	{ "a fraction",                  WQ_STR(POST "Content-Length: 5.0\r\n\r\nhello" EVIL), "400" },
	{ "an exponent",                 WQ_STR(POST "Content-Length: 5e0\r\n\r\nhello" EVIL), "400" },
	{ "eleven digits",               WQ_STR(POST "Content-Length: 00000000005\r\n\r\nhello" EVIL), "400" },
	{ "2 to the 64th and 5",         WQ_STR(POST "Content-Length: 18446744073709551621\r\n\r\nhello" EVIL), "400" },
	{ "ten digits, too large",       WQ_STR(POST "Content-Length: 9999999999\r\n\r\nhello" EVIL), "413" },
	{ "an empty length",             WQ_STR(POST "Content-Length:\r\n\r\n" EVIL), "400" },
	{ "a folded length",             WQ_STR(POST "Content-Length: 5\r\n 0\r\n\r\nhello" EVIL), "400" },
	{ "a length behind a bare CR",   WQ_STR(POST "X: y\rContent-Length: 5\r\n\r\nhello" EVIL), "400" },

	/* ends of lines */
	{ "LF only",                     WQ_STR("GET / HTTP/1.1\nHost: a\n\n" EVIL), "400" },
	{ "CR only",                     WQ_STR("GET / HTTP/1.1\rHost: a\r\r" EVIL), "400" },
	{ "LF after the request line",   WQ_STR("GET / HTTP/1.1\n" HOST "\r\n" EVIL), "400" },
	{ "LF after a header",           WQ_STR(GET "Host: a\nX: y\r\n\r\n" EVIL), "400" },
	{ "LF as the empty line",        WQ_STR(GET "Host: a\r\n\n" EVIL), "400" },
	{ "CR LF CR X",                  WQ_STR(GET "Host: a\r\n\rX: y\r\n\r\n" EVIL), "400" },
	{ "CR LF CR CR LF",              WQ_STR(GET "Host: a\r\n\r\r\n" EVIL), "400" },
	{ "CR CR LF",                    WQ_STR(GET "Host: a\r\r\n\r\n" EVIL), "400" },
	{ "CR in a value",               WQ_STR(GET HOST "X: y\rz\r\n\r\n" EVIL), "400" },
	{ "two empty lines in front",    WQ_STR("\r\n\r\n" EVIL), "400" },
	{ "LF in front",                 WQ_STR("\n" EVIL), "400" },
	{ "CR in front",                 WQ_STR("\r" EVIL), "400" },
	{ "a space in front",            WQ_STR(" " EVIL), "400" },

	/* header lines */
	{ "obs-fold",                    WQ_STR(GET HOST "X: y\r\n z\r\n\r\n" EVIL), "400" },
	{ "a fold of the first line",    WQ_STR(GET " X: y\r\n" HOST "\r\n" EVIL), "400" },
	{ "no colon",                    WQ_STR(GET HOST "X y\r\n\r\n" EVIL), "400" },
	{ "no name",                     WQ_STR(GET HOST ": y\r\n\r\n" EVIL), "400" },
	{ "a space in a name",           WQ_STR(GET HOST "X Y: z\r\n\r\n" EVIL), "400" },
	{ "a space before the colon",    WQ_STR(GET "Host : a\r\n\r\n" EVIL), "400" },
	{ "NUL in a name",               WQ_STR(GET HOST "X\0Y: z\r\n\r\n" EVIL), "400" },
	{ "NUL in a value",              WQ_STR(GET HOST "X: y\0z\r\n\r\n" EVIL), "400" },
	{ "a control byte in a value",   WQ_STR(GET HOST "X: y\x01z\r\n\r\n" EVIL), "400" },
	{ "DEL in a value",              WQ_STR(GET HOST "X: y\x7fz\r\n\r\n" EVIL), "400" },
	{ "beyond ASCII in a name",      WQ_STR(GET HOST "X\xc3\xa4: z\r\n\r\n" EVIL), "400" },
	{ "beyond ASCII in a value",     WQ_STR(GET HOST "X: \xc3\xa4\r\n\r\n" NEXT), "GET / [] GET /next [] " },

	/* Host */
	{ "no Host",                     WQ_STR(GET "\r\n" EVIL), "400" },
	{ "two Hosts",                   WQ_STR(GET HOST "Host: b\r\n\r\n" EVIL), "400" },
	{ "two Hosts, the same",         WQ_STR(GET HOST HOST "\r\n" EVIL), "400" },
	{ "two Hosts in 1.0",            WQ_STR("GET / HTTP/1.0\r\n" HOST HOST "\r\n" EVIL), "400" },
	{ "an empty Host",               WQ_STR(GET "Host:\r\n\r\n" EVIL), "400" },
	{ "a list of Hosts",             WQ_STR(GET "Host: a, b\r\n\r\n" EVIL), "400" },
	{ "a Host with a path",          WQ_STR(GET "Host: a/b\r\n\r\n" EVIL), "400" },
	{ "a Host with a user",          WQ_STR(GET "Host: u@a\r\n\r\n" EVIL), "400" },

	/* the request line */
	{ "absolute form against Host",  WQ_STR("GET http://b/evil HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "authority form",              WQ_STR("GET b:80 HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "CONNECT",                     WQ_STR("CONNECT b:80 HTTP/1.1\r\n" HOST "\r\n" EVIL), "501" },
	{ "a star for a GET",            WQ_STR("GET * HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "HTTP/0.9",                    WQ_STR("GET /\r\n" EVIL), "400" },
	{ "HTTP/1.2",                    WQ_STR("GET / HTTP/1.2\r\n" HOST "\r\n" EVIL), "505" },
	{ "HTTP/2.0",                    WQ_STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505" },
	{ "http/1.1",                    WQ_STR("GET / http/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "HTTP/1.10",                   WQ_STR("GET / HTTP/1.10\r\n" HOST "\r\n" EVIL), "400" },
	{ "HTTP/01.1",                   WQ_STR("GET / HTTP/01.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "HTTP/1,1",                    WQ_STR("GET / HTTP/1,1\r\n" HOST "\r\n" EVIL), "400" },
	{ "HTTPS/1.1",                   WQ_STR("GET / HTTPS/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "a space behind the version",  WQ_STR("GET / HTTP/1.1 \r\n" HOST "\r\n" EVIL), "400" },
	{ "two spaces",                  WQ_STR("GET  / HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "a tab as a space",            WQ_STR("GET\t/ HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "a space in the target",       WQ_STR("GET /a b HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "a version in the target",     WQ_STR("GET / HTTP/1.1 HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "a fragment",                  WQ_STR("GET /a#b HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "a target beyond ASCII",       WQ_STR("GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "NUL in the target",           WQ_STR("GET /\0 HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "no target",                   WQ_STR("GET HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "a method in lower case",      WQ_STR("get / HTTP/1.1\r\n" HOST "\r\n" EVIL), "501" },
	{ "a method that is no word",    WQ_STR("G@T / HTTP/1.1\r\n" HOST "\r\n" EVIL), "400" },
	{ "an unknown method",           WQ_STR("BREW / HTTP/1.1\r\n" HOST "\r\n" EVIL), "501" },
	{ "a TLS hello",                 WQ_STR("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), "400" },

	/* chunks */
	{ "a size with a sign",          WQ_STR(POST TE "\r\n+5\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a negative size",             WQ_STR(POST TE "\r\n-5\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a size of 0x5",               WQ_STR(POST TE "\r\n0x5\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a size behind a space",       WQ_STR(POST TE "\r\n 5\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a size before a space",       WQ_STR(POST TE "\r\n5 \r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a size before a tab",         WQ_STR(POST TE "\r\n5\t\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "an extension",                WQ_STR(POST TE "\r\n5;a=b\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "an empty extension",          WQ_STR(POST TE "\r\n5;\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "an extension that hides a line", WQ_STR(POST TE "\r\n5;\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a size of nine digits",       WQ_STR(POST TE "\r\n000000005\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a size of 2 to the 64th and 5", WQ_STR(POST TE "\r\n10000000000000005\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a size too large",            WQ_STR(POST TE "\r\nffffffff\r\nhello\r\n0\r\n\r\n" EVIL), "413" },
	{ "no size",                     WQ_STR(POST TE "\r\n\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "a size that is no number",    WQ_STR(POST TE "\r\ng\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "LF behind a size",            WQ_STR(POST TE "\r\n5\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "CR behind a size",            WQ_STR(POST TE "\r\n5\rhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "CR and one byte behind a size", WQ_STR(POST TE "\r\n5\rXhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "one byte as the CR of the bytes", WQ_STR(POST TE "\r\n5\r\nhelloX\n0\r\n\r\n" EVIL), "400" },
	{ "one byte as the LF of the bytes", WQ_STR(POST TE "\r\n5\r\nhello\rX0\r\n\r\n" EVIL), "400" },
	{ "LF behind the bytes",         WQ_STR(POST TE "\r\n5\r\nhello\n0\r\n\r\n" EVIL), "400" },
	{ "bytes longer than their size", WQ_STR(POST TE "\r\n5\r\nhello!\r\n0\r\n\r\n" EVIL), "400" },
	{ "bytes shorter than their size", WQ_STR(POST TE "\r\n6\r\nhello\r\n0\r\n\r\n" EVIL), "400" },
	{ "LF behind the last size",     WQ_STR(POST TE "\r\n5\r\nhello\r\n0\n\r\n" EVIL), "400" },
	{ "LF as the last line",         WQ_STR(POST TE "\r\n5\r\nhello\r\n0\r\n\n" EVIL), "400" },
	{ "no last line",                WQ_STR(POST TE "\r\n5\r\nhello\r\n0\r\n" EVIL), "400" },
	{ "a folded trailer",            WQ_STR(POST TE "\r\n0\r\nX: y\r\n z\r\n\r\n" EVIL), "400" },
	{ "a trailer behind LF",         WQ_STR(POST TE "\r\n0\r\nX: y\nZ: z\r\n\r\n" EVIL), "400" },
	{ "a trailer without colon",     WQ_STR(POST TE "\r\n0\r\nX y\r\n\r\n" EVIL), "400" },
	{ "a length as a trailer",       WQ_STR(POST TE "\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n" EVIL), "400" },
	{ "a coding as a trailer",       WQ_STR(POST TE "\r\n0\r\ntransfer-Encoding: chunked\r\n\r\n" EVIL), "400" },
	{ "a Host as a trailer",         WQ_STR(POST TE "\r\n0\r\nHOST: b\r\n\r\n" EVIL), "400" },
	{ "half a name as a trailer",    WQ_STR(POST TE "\r\n0\r\nContent: b\r\nHosts: b\r\n\r\n" NEXT),
	  "POST / [] GET /next [] " },
	{ "NUL in a trailer",            WQ_STR(POST TE "\r\n0\r\nX: \0\r\n\r\n" EVIL), "400" },

	/* what is expected */
	{ "another expectation",         WQ_STR(POST "Expect: 200-ok\r\nContent-Length: 5\r\n\r\nhello" EVIL), "417" },
	{ "an expectation and a length", WQ_STR(POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" NEXT),
	  "POST / [hello] GET /next [] " },
};
/* clang-format on */

#undef HOST
#undef POST
#undef GET
#undef NEXT
#undef EVIL
#undef TE
#undef CHUNKS
