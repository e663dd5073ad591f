/* SPDX-License-Identifier: MIT */
/* contact_names_test.c — folding, the digests of names, and the words that somebody is found by. */
#include "domain/contact/names.h"

#include "base/fold.h"
#include "support/test.h"

static const struct {
	const char *text, *want;
} folds[] = {
	{ "", "" },
	{ "STOP", "stop" },
	{ "  ¡Señor   PÉREZ! ", "senor perez" },
	{ "Straße Ærø Œuvre Þór", "strasse aero oeuvre thor" },
	{ "Łódź Škoda Ğül", "lodz skoda gul" },
	{ "e\xCC\x81te\xCC\x81", "ete" }, /* combining marks */
	{ "ДА Ёж ΑΘΗΝΑ", "да ёж αθηνα" },
	{ "日本 語", "日本 語" },
	{ "👍🏽 ok ✅", "ok" },
	{ "a\xFF\xFE" "b", "a b" },
	{ "a\xE2\x80", "a" }, /* cut in the middle of a character */
	{ "baja.", "baja" },
	{ "593-99 (1)", "593 99 1" },
};

WQ_TEST(folds_as_people_type)
{
	for (size_t i = 0; i < WQ_COUNT(folds); i++) {
		char out[128];
		size_t n = wq_fold(wq_str(folds[i].text), out, sizeof(out));

		WQ_CHECK_SLICE(folds[i].text, wq_strn(out, n), folds[i].want);
	}
}

WQ_TEST(fold_keeps_its_bound)
{
	for (size_t max = 0; max < 24; max++) {
		char out[24];
		size_t n;

		memset(out, '#', sizeof(out));
		n = wq_fold(wq_str("ñandú да 語 ß"), out, max);
		WQ_CHECK("within", n <= max);
		WQ_CHECK("whole characters", wq_str_is_utf8(wq_strn(out, n)));
		WQ_CHECK("nothing behind", max == sizeof(out) || out[max] == '#');
	}
}

static size_t count(const struct wq_contact_names *n)
{
	struct wq_str rest = wq_str(n->digests), one;
	size_t all = 0;

	while (n->digests[0] && wq_str_next(&rest, ' ', &one))
		all++;
	return all;
}

static bool has(const struct wq_contact_names *n, const char *name)
{
	char digest[WQ_PERSON_HEX_BYTES + 1];

	assert_int_equal(wq_person_of(wq_str(name), digest), 0);
	return strstr(n->digests, digest) != NULL;
}

WQ_TEST(names_of_a_person)
{
	struct wq_inbound_person p = { .phone = WQ_STR("593991234567"),
		                       .wa_id = WQ_STR("593991234567"),
		                       .user_id = WQ_STR("EC.7001"),
		                       .parent_id = WQ_STR("EC.ENT.1"),
		                       .lid = WQ_STR("123"),
		                       .username = WQ_STR("ana"),
		                       .name = WQ_STR("Ana María Ñandú") };
	struct wq_contact_names n;
	char words[WQ_CONTACT_WORDS_BYTES];

	assert_int_equal(wq_contact_names_of(&n, &p), 0);
	WQ_CHECK_SLICE("phone", n.phone, "+593991234567");
	WQ_CHECK_SLICE("lid", n.lid, "123@lid");
	WQ_CHECK_INT("the same phone twice is one", count(&n), 4);
	WQ_CHECK("phone", has(&n, "+593991234567"));
	WQ_CHECK("user", has(&n, "EC.7001"));
	WQ_CHECK("parent", has(&n, "EC.ENT.1"));
	WQ_CHECK("lid", has(&n, "123@lid"));
	WQ_CHECK_SLICE("words", wq_contact_words(&n, words), "593991234567 ana maria nandu");
	p.wa_id = wq_str("5939912345");
	assert_int_equal(wq_contact_names_of(&n, &p), 0);
	WQ_CHECK_INT("another WhatsApp id is a name of its own", count(&n), 5);
	WQ_CHECK("it is", has(&n, "+5939912345"));
}

WQ_TEST(names_without_a_phone)
{
	char large[2 * WQ_WA_ADDRESS_MAX_BYTES];
	struct wq_inbound_person p = { .user_id = WQ_STR("EC.7001"), .name = WQ_STR("Eva") };
	struct wq_contact_names n;
	char words[WQ_CONTACT_WORDS_BYTES];

	assert_int_equal(wq_contact_names_of(&n, &p), 0);
	WQ_CHECK_INT("one", count(&n), 1);
	WQ_CHECK("no phone", !n.phone.p);
	WQ_CHECK_SLICE("words", wq_contact_words(&n, words), "eva");
	memset(large, '1', sizeof(large));
	p = (struct wq_inbound_person){ .wa_id = wq_strn(large, sizeof(large)),
		                        .user_id = wq_strn(large, sizeof(large)),
		                        .name = wq_strn(large, sizeof(large)) };
	assert_int_equal(wq_contact_names_of(&n, &p), 0);
	WQ_CHECK_INT("what is too long identifies nobody", count(&n), 0);
	WQ_CHECK_INT("a word is cut", wq_contact_words(&n, words).n, WQ_CONTACT_WORD_MAX_BYTES);
}

WQ_TEST(names_of_recipients)
{
	static const struct {
		enum wq_recipient kind;
		const char *to;
		size_t names;
	} cases[] = {
		{ WQ_RECIPIENT_PHONE, "+593991234567", 1 },
		{ WQ_RECIPIENT_USER, "EC.7001", 1 },
		{ WQ_RECIPIENT_JID, "123@lid", 1 },
		{ WQ_RECIPIENT_GROUP, "123@g.us", 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct wq_contact_names n;

		assert_int_equal(wq_contact_names_of_recipient(&n, cases[i].kind,
		                                               wq_str(cases[i].to)),
		                 0);
		WQ_CHECK_INT(cases[i].to, count(&n), cases[i].names);
		WQ_CHECK(cases[i].to, has(&n, cases[i].to) == (cases[i].names == 1));
	}
}

WQ_TEST(words_are_few)
{
	struct wq_contact_names n = { .name = WQ_STR("a b c d e f g h i j k a") };
	char words[WQ_CONTACT_WORDS_BYTES];

	WQ_CHECK_SLICE("eight", wq_contact_words(&n, words), "a b c d e f g h");
	n.name = wq_str("a a a b");
	WQ_CHECK_SLICE("each once", wq_contact_words(&n, words), "a b");
}

WQ_TEST_MAIN(WQ_CASE(folds_as_people_type), WQ_CASE(fold_keeps_its_bound),
             WQ_CASE(names_of_a_person), WQ_CASE(names_without_a_phone),
             WQ_CASE(names_of_recipients), WQ_CASE(words_are_few))
