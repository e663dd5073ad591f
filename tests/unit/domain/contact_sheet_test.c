/* SPDX-License-Identifier: MIT */
/* contact_sheet_test.c — files of contacts, line by line: what they say, and what is wrong with them. */
#include "domain/contact/sheet.h"

#include <stdlib.h>

#include "base/err.h"
#include "support/fault.h"
#include "support/test.h"

enum { MEMORY_BYTES = 1 << 20, SHOWN_BYTES = 512 };

/* All lines of a file: "LINE item=value …;", or "LINE! field what;". */
static int show(const char *text, size_t n, bool csv, char out[SHOWN_BYTES])
{
	struct wq_contact_problem p = { .field = "" };
	struct wq_arena head, arena;
	struct wq_contact_sheet sheet;
	char *copy = malloc(n ? n : 1); /* not one byte more: an over-read is seen */
	size_t used = 0;
	int rc;

	memcpy(copy, text, n);
	wq_arena_init(&head, MEMORY_BYTES);
	wq_arena_init(&arena, MEMORY_BYTES);
	out[0] = '\0';
	rc = wq_contact_sheet_init(&sheet, wq_strn(copy, n), csv, &head, &p);
	if (rc == WQ_EINVAL)
		used += (size_t)snprintf(out, SHOWN_BYTES, "1! %s;", p.field);
	while (rc == 0 || rc == 1) {
		struct wq_contact_wish w;
		yyjson_val *body;

		rc = wq_contact_sheet_next(&sheet, &arena, &body, &p);
		if (rc == 0)
			break;
		if (rc == 1)
			rc = wq_contact_wish_read(&w, body, NULL, &arena, &p) ?: 1;
		if (rc == WQ_ENOMEM)
			break;
		if (used < SHOWN_BYTES)
			used += (size_t)snprintf(out + used, SHOWN_BYTES - used,
			                         rc < 0 ? "%llu! %s;" : "%llu %s;",
			                         (unsigned long long)sheet.line,
			                         rc < 0 ? p.field
			                         : w.texts[WQ_CONTACT_NAME].p
			                                 ? w.texts[WQ_CONTACT_NAME].p
			                                 : "-");
		rc = 1;
	}
	wq_arena_fini(&head);
	wq_arena_fini(&arena);
	free(copy);
	return rc;
}

static const struct {
	const char *what, *text;
	bool csv;
	const char *want;
} cases[] = {
	{ "nothing", "", false, "" },
	{ "a head alone", "phone,name", true, "" },
	{ "two lines", "phone,name\n+593991234567,Ana\n+593991234568,Eva\n", true, "2 Ana;3 Eva;" },
	{ "no newline behind the last", "phone,name\n+593991234567,Ana", true, "2 Ana;" },
	{ "semicolons", "phone;name\n+593991234567;Ana\n", true, "2 Ana;" },
	{ "tabs", "phone\tname\n+593991234567\tAna\n", true, "2 Ana;" },
	{ "quotes, and a line in a cell", "phone,name\r\n+593991234567,\"A, \"\"b\"\"\"\r\n\r\n"
	  "+593991234568,\"x\"\r\n", true,
	  "2 A, \"b\";4 x;" },
	{ "a newline within quotes counts", "phone,name\n\"+593991234567\n\",Ana\nnone,Eva\n", true,
	  "2! phone;4! phone;" },
	{ "an open quote", "phone,name\n+593991234567,\"Ana\n", true, "2! the line;" },
	{ "too few", "phone,name\n+593991234567\n", true, "2! the line;" },
	{ "too many", "phone\n+593991234567,x\n", true, "2! the line;" },
	{ "a column that is none", "phone,colour\n", true, "1! column 2;" },
	{ "a head without a name", ",phone\n", true, "1! column 1;" },
	{ "an attribute without a name", "phone,attributes.\n", true, "1! column 2;" },
	{ "bytes that are no UTF-8", "phone,name\n+593991234567,\xff\n", true, "2! the line;" },
	{ "JSON lines", "{\"name\":\"Ana\"}\n\n {\"name\":\"Eva\"}\r\n", false, "1 Ana;3 Eva;" },
	{ "no JSON", "{\"name\":\"Ana\"\n{}\n", false, "1! the line;2 -;" },
	{ "no object", "[]\n", false, "1! it;" },
	{ "an unknown member", "{\"nam\":1}\n", false, "1! nam;" },
	{ "a tag with a space", "{\"tags\":[\"a\",\"b c\"]}\n", false, "1! tags[1];" },
	{ "a phone", "{\"phone\":\"099\"}\n", false, "1! phone;" },
	{ "an attribute", "{\"attributes\":{\"a b\":1}}\n", false, "1! attributes.a b;" },
	{ "a flag", "{\"opted_out\":\"yes\"}\n", false, "1! opted_out;" },
};

WQ_TEST(tells_each_line)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		char out[SHOWN_BYTES];

		(void)show(cases[i].text, strlen(cases[i].text), cases[i].csv, out);
		WQ_CHECK_STR(cases[i].what, out, cases[i].want);
	}
}

WQ_TEST(reads_no_byte_too_much)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		for (size_t n = 0; n <= strlen(cases[i].text); n++) {
			char out[SHOWN_BYTES];

			(void)show(cases[i].text, n, cases[i].csv, out);
			(void)show(cases[i].text, n, !cases[i].csv, out);
		}
}

static void run_once(void)
{
	static const char csv[] = "phone,name,tags,attributes.a\n+593991234567,\"Ana\",a;b,1\n";
	static const char json[] = "{\"phone\":\"+593991234567\",\"attributes\":{\"a\":1.5}}";
	char out[SHOWN_BYTES];

	(void)show(csv, sizeof(csv) - 1, true, out);
	(void)show(json, sizeof(json) - 1, false, out);
}

WQ_TEST(bears_a_lack_of_memory)
{
	struct wq_fault_result r = wq_fault_sweep("sheet", run_once, 200);

	WQ_CHECK("it allocates", r.runs > 3);
}

WQ_TEST_MAIN(WQ_CASE(tells_each_line), WQ_CASE(reads_no_byte_too_much),
             WQ_CASE(bears_a_lack_of_memory))
