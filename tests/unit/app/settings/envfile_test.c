/* SPDX-License-Identifier: MIT */
/* envfile_test.c — what a .env file may hold, and what becomes of one that holds something else. */
#include "app/settings/envfile.h"
#include "base/err.h"
#include "support/test.h"

enum { PAGE_MAX_BYTES = 4096 };

/* All entries as "line:key=value;" and all complaints as "line!why;". */
static const char *read_all(struct wq_str text, struct wq_buf *out)
{
	struct wq_envfile f;
	struct wq_buf value;
	int rc;

	wq_buf_init(out, PAGE_MAX_BYTES);
	wq_buf_init(&value, PAGE_MAX_BYTES);
	wq_envfile_begin(&f, text);
	while ((rc = wq_envfile_next(&f, &value)) != 0) {
		if (rc > 0)
			(void)wq_buf_addf(out, "%u:%.*s=%.*s;", f.line, WQ_STR_ARG(f.key),
			                  WQ_STR_ARG(wq_buf_str(&value)));
		else
			(void)wq_buf_addf(out, "%u!%s;", f.line, f.why);
	}
	wq_buf_fini(&value);
	return out->n ? wq_buf_text(out) : "";
}

#define NO_LINE  "a line is NAME=value or a comment that starts with #"
#define NO_NAME  "the name before = holds letters, digits and _ only"
#define BEHIND   "something stands behind the closing quote"
#define UNCLOSED "the quote is not closed"

WQ_TEST(envfile_syntax)
{
	static const struct {
		const char *what, *text, *want;
	} cases[] = {
		{ "empty", "", "" },
		{ "plain", "A=b", "1:A=b;" },
		{ "two", "A=b\nC=d\n", "1:A=b;2:C=d;" },
		{ "CRLF", "A=b\r\nC=d\r\n", "1:A=b;2:C=d;" },
		{ "byte order mark",
		  "\xef\xbb\xbf"
		  "A=b",
		  "1:A=b;" },
		{ "blank and comment", "\n  \n# no\n  # no\nA=b", "5:A=b;" },
		{ "export", "export A=b\n\texport\tC = d", "1:A=b;2:C=d;" },
		{ "a name that starts like export", "exported=1", "1:exported=1;" },
		{ "spaces", "  A  =  b c  \t", "1:A=b c;" },
		{ "empty value", "A=\nB=\"\"\nC=''", "1:A=;2:B=;3:C=;" },
		{ "equals in the value", "A=b=c==", "1:A=b=c==;" },
		{ "comment behind", "A=b # c", "1:A=b;" },
		{ "no comment", "A=b#c", "1:A=b#c;" },
		{ "nothing but a comment", "A= # c", "1:A=;" },
		{ "hash in quotes", "A=\"b # c\" # d", "1:A=b # c;" },
		{ "double quotes", "A=\"a\\tb\\n\\\"c\\\" \\\\ \\$x \\q\"",
		  "1:A=a\tb\n\"c\" \\ $x \\q;" },
		{ "single quotes", "A='a\\n\"$b'", "1:A=a\\n\"$b;" },
		{ "quote inside", "A=it's", "1:A=it's;" },
		{ "no expansion", "A=$B${C}`d`", "1:A=$B${C}`d`;" },
		{ "over lines", "A=\"x\ny\"\nB=1", "1:A=x\ny;3:B=1;" },
		{ "over four lines", "A=\"x\ny\n\nz\"\nB=1", "1:A=x\ny\n\nz;5:B=1;" },
		{ "over lines, CRLF", "A=\"x\r\ny\" # z\r\nB=1", "1:A=x\ny;3:B=1;" },
		{ "quoted to the end", "A=\"x\"", "1:A=x;" },
		{ "dots and dashes", "a.b-c_1=d", "1:a.b-c_1=d;" },
		{ "twice", "A=1\nA=2", "1:A=1;2:A=2;" },
		{ "no equals", "A\nB=1", "1!" NO_LINE ";2:B=1;" },
		{ "no name", "=1", "1!" NO_NAME ";" },
		{ "name with a space", "A B=1", "1!" NO_NAME ";" },
		{ "name starts with a digit", "1A=1", "1!" NO_NAME ";" },
		{ "behind the quote", "A=\"b\"c\nB=1", "1!" BEHIND ";2:B=1;" },
		{ "not closed, the next line is fine", "A=\"b\nB=1", "1!" UNCLOSED ";2:B=1;" },
		{ "not closed, single", "A='b", "1!" UNCLOSED ";" },
		{ "ends in a backslash", "A=\"b\\", "1!" UNCLOSED ";" },
		{ "a quote alone", "A=\"", "1!" UNCLOSED ";" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_buf out;

		WQ_CHECK_STR(cases[i].what, read_all(wq_str(cases[i].text), &out), cases[i].want);
		wq_buf_fini(&out);
	}
}

WQ_TEST(envfile_refuses_nul)
{
	static const char plain[] = "A=b\0c\nB=1", quoted[] = "A=\"\0\"\nB=1", name[] = "A\0=b";
	struct wq_buf out;

	WQ_CHECK_STR("plain", read_all(wq_strn(plain, sizeof(plain) - 1), &out),
	             "1!a value holds no NUL byte;2:B=1;");
	wq_buf_fini(&out);
	WQ_CHECK_STR("quoted", read_all(wq_strn(quoted, sizeof(quoted) - 1), &out),
	             "1!a value holds no NUL byte;2:B=1;");
	wq_buf_fini(&out);
	WQ_CHECK_STR("name", read_all(wq_strn(name, sizeof(name) - 1), &out), "1!" NO_NAME ";");
	wq_buf_fini(&out);
}

WQ_TEST(envfile_keeps_the_bound_of_the_value)
{
	struct wq_envfile f;
	struct wq_buf value;

	wq_buf_init(&value, 4);
	wq_envfile_begin(&f, wq_str("A=12345\nB=\"12345\"\nC=1234"));
	WQ_CHECK_INT("plain", wq_envfile_next(&f, &value), WQ_ETOOBIG);
	WQ_CHECK_INT("quoted", wq_envfile_next(&f, &value), WQ_ETOOBIG);
	WQ_CHECK_INT("fits", wq_envfile_next(&f, &value), 1);
	wq_buf_fini(&value);
}

WQ_TEST_MAIN(WQ_CASE(envfile_syntax), WQ_CASE(envfile_refuses_nul),
             WQ_CASE(envfile_keeps_the_bound_of_the_value))
