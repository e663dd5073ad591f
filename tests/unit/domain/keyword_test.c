/* SPDX-License-Identifier: MIT */
/* keyword_test.c — words by which somebody wants nothing more, or does again: the table of cases. */
#include "domain/receive/keyword.h"

#include "support/test.h"

static const struct {
	const char *text;
	enum wq_wish want;
} cases[] = {
	{ "STOP", WQ_WISH_STOP },
	{ "stop.", WQ_WISH_STOP },
	{ " ¡Baja! ", WQ_WISH_STOP },
	{ "BAJA 🙏", WQ_WISH_STOP },
	{ "Darme de baja", WQ_WISH_STOP },
	{ "No más mensajes", WQ_WISH_STOP },
	{ "opt-out", WQ_WISH_STOP },
	{ "Unsubscribe", WQ_WISH_STOP },
	{ "Sair", WQ_WISH_STOP },
	{ "Não quero mais mensagens", WQ_WISH_STOP },
	{ "Abmelden!", WQ_WISH_STOP },
	{ "Alta", WQ_WISH_START },
	{ "START", WQ_WISH_START },
	{ "Suscribirme", WQ_WISH_START },
	{ "anmelden", WQ_WISH_START },
	{ "", WQ_WISH_NONE },
	{ "!!!", WQ_WISH_NONE },
	{ "I'll stop by tomorrow", WQ_WISH_NONE },
	{ "stop stop", WQ_WISH_NONE },
	{ "la casa baja", WQ_WISH_NONE },
	{ "cancelar", WQ_WISH_NONE }, /* an appointment, perhaps */
	{ "salir", WQ_WISH_NONE },
	{ "1", WQ_WISH_NONE },
};

WQ_TEST(words_of_the_table)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		WQ_CHECK_INT(cases[i].text, wq_keyword_wish(wq_str(cases[i].text), NULL),
		             cases[i].want);
}

WQ_TEST(long_texts_are_none)
{
	char text[2000];

	memset(text, 's', sizeof(text));
	for (size_t n = 0; n < sizeof(text); n += 13)
		WQ_CHECK_INT("long", wq_keyword_wish(wq_strn(text, n), NULL), WQ_WISH_NONE);
	memset(text, '!', sizeof(text));
	memcpy(text, "stop", 4);
	WQ_CHECK_INT("with much behind it", wq_keyword_wish(wq_strn(text, 200), NULL),
	             WQ_WISH_STOP);
}

static int read_own(struct wq_keywords *out, yyjson_doc **doc, const char *json, const char **field)
{
	const char *what;

	*doc = wq_json_read(wq_str(json), 8, NULL);
	assert_non_null(*doc);
	return wq_keywords_read(out, yyjson_doc_get_root(*doc), field, &what);
}

WQ_TEST(words_of_an_account)
{
	struct wq_keywords own;
	yyjson_doc *doc;
	const char *field;

	WQ_CHECK_INT("read",
	             read_own(&own, &doc, "{\"stop\":[\"Ya no\",\"BÁSTA\"],\"start\":[]}", &field),
	             0);
	WQ_CHECK_INT("its own", wq_keyword_wish(wq_str("ya NO!"), &own), WQ_WISH_STOP);
	WQ_CHECK_INT("its own", wq_keyword_wish(wq_str("basta"), &own), WQ_WISH_STOP);
	WQ_CHECK_INT("instead of ours", wq_keyword_wish(wq_str("baja"), &own), WQ_WISH_NONE);
	WQ_CHECK_INT("none", wq_keyword_wish(wq_str("alta"), &own), WQ_WISH_NONE);
	wq_json_free(doc);
	WQ_CHECK_INT("one list", read_own(&own, &doc, "{\"stop\":[\"ya\"]}", &field), 0);
	WQ_CHECK_INT("ours", wq_keyword_wish(wq_str("alta"), &own), WQ_WISH_START);
	wq_json_free(doc);
}

WQ_TEST(what_is_no_list_of_words)
{
	static const struct {
		const char *json, *field;
	} wrong[] = {
		{ "[]", "keywords" },
		{ "7", "keywords" },
		{ "{\"stop\":\"baja\"}", "keywords.stop" },
		{ "{\"stop\":[7]}", "keywords.stop" },
		{ "{\"stop\":[\"!\"]}", "keywords.stop" },
		{ "{\"start\":[\"\"]}", "keywords.start" },
		{ "{\"start\":[\"0123456789012345678901234567890123456789012345678901234567890123456789\"]}",
		  "keywords.start" },
	};

	for (size_t i = 0; i < WQ_COUNT(wrong); i++) {
		struct wq_keywords own;
		yyjson_doc *doc;
		const char *field;

		WQ_CHECK_INT(wrong[i].json, read_own(&own, &doc, wrong[i].json, &field), 1);
		WQ_CHECK_STR(wrong[i].json, field, wrong[i].field);
		wq_json_free(doc);
	}
}

WQ_TEST_MAIN(WQ_CASE(words_of_the_table), WQ_CASE(long_texts_are_none),
             WQ_CASE(words_of_an_account), WQ_CASE(what_is_no_list_of_words))
