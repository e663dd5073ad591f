/* SPDX-License-Identifier: MIT */
/* multipart_test.c — bodies as curl and browsers write them, and broken ones. */
#include "app/sandbox/multipart.h"

#include "support/test.h"

#define TYPE "multipart/form-data; boundary=XyZ"

WQ_TEST(reads_what_curl_writes)
{
	static const char body[] =
		"--XyZ\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n"
		"--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.jpg\"\r\n"
		"Content-Type: image/jpeg\r\n\r\n\r\n--Xy\r\n\r\n"
		"--XyZ\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--XyZ--\r\n";
	struct wq_multipart m;
	struct wq_part p;

	WQ_CHECK("begin", wq_multipart_begin(&m, wq_str(TYPE), wq_str(body)));
	WQ_CHECK("first", wq_multipart_next(&m, &p));
	WQ_CHECK_SLICE("name", p.name, "messaging_product");
	WQ_CHECK_SLICE("content", p.content, "whatsapp");
	WQ_CHECK("no file", !p.filename.p && !p.type.p);
	WQ_CHECK("second", wq_multipart_next(&m, &p));
	WQ_CHECK_SLICE("file name", p.filename, "a;b.jpg");
	WQ_CHECK_SLICE("type", p.type, "image/jpeg");
	WQ_CHECK_SLICE("line ends and dashes stay", p.content, "\r\n--Xy\r\n");
	WQ_CHECK("third", wq_multipart_next(&m, &p));
	WQ_CHECK_SLICE("empty", p.content, "");
	WQ_CHECK("end", !wq_multipart_next(&m, &p) && !m.broken);
	WQ_CHECK("still the end", !wq_multipart_next(&m, &p));
}

/* Every prefix of a good body is broken, or has fewer parts; none is read beyond its end. */
WQ_TEST(a_cut_body_is_broken)
{
	static const char body[] =
		"--XyZ\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nab\r\n--XyZ--";

	for (size_t n = 0; n < sizeof(body) - 1; n++) {
		char *copy = test_malloc(n + 1);
		struct wq_multipart m;
		struct wq_part p;
		unsigned parts = 0;

		memcpy(copy, body, n);
		WQ_CHECK("begin", wq_multipart_begin(&m, wq_str(TYPE), wq_strn(copy, n)));
		while (wq_multipart_next(&m, &p))
			parts++;
		WQ_CHECK("broken", m.broken);
		WQ_CHECK("parts", parts <= 1);
		test_free(copy);
	}
}

WQ_TEST(other_types_are_refused)
{
	static const char *const types[] = {
		"", "application/json", "multipart/mixed; boundary=a", "multipart/form-data",
		"multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
		"multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct wq_multipart m;

	for (size_t i = 0; i < WQ_COUNT(types); i++)
		WQ_CHECK(types[i], !wq_multipart_begin(&m, wq_str(types[i]), wq_str("x")));
}

WQ_TEST(garbage_is_broken)
{
	static const char *const bodies[] = {
		"", "x--XyZ\r\n", "--XyZ", "--XyZ\n\n", "--XyZ\r\n\r\nx\r\n--XyZ--",
		"--XyZ\r\nno colon\r\n\r\nx\r\n--XyZ--",
		"--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XyZ--",
		"before\r\n--XyZ\r\nContent-Disposition: form-data; name=f\r\n\r\nx\r\n--XyZ--",
	};

	for (size_t i = 0; i < WQ_COUNT(bodies); i++) {
		struct wq_multipart m;
		struct wq_part p;

		WQ_CHECK(bodies[i], wq_multipart_begin(&m, wq_str(TYPE), wq_str(bodies[i])));
		WQ_CHECK(bodies[i], !wq_multipart_next(&m, &p) && m.broken);
	}
}

WQ_TEST_MAIN(WQ_CASE(reads_what_curl_writes), WQ_CASE(a_cut_body_is_broken),
             WQ_CASE(other_types_are_refused), WQ_CASE(garbage_is_broken))
