/* SPDX-License-Identifier: MIT */
/* names.c — an address book's entry, as digests and as words. */
#include "domain/contact/names.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/fold.h"
#include "base/hmac.h"
#include "base/random.h"

static bool is_digits(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static bool fits(struct wq_str s)
{
	return s.n > 0 && s.n < WQ_WA_ADDRESS_MAX_BYTES - 8;
}

static struct wq_str join(char *out, struct wq_str a, struct wq_str b)
{
	memcpy(out, a.p, a.n);
	memcpy(out + a.n, b.p, b.n);
	return wq_strn(out, a.n + b.n);
}

/* One more, unless it is there. */
static int add(struct wq_contact_names *n, struct wq_str name)
{
	char digest[WQ_PERSON_HEX_BYTES + 1];
	size_t used = strlen(n->digests);
	int rc = wq_person_of(name, digest);

	if (rc < 0 || strstr(n->digests, digest))
		return rc;
	snprintf(n->digests + used, sizeof(n->digests) - used, "%s%s", used ? " " : "", digest);
	return 0;
}

/* What else the WhatsApp id would be as a phone; seldom another one. */
static int add_wa_id(struct wq_contact_names *n)
{
	char text[WQ_WA_ADDRESS_MAX_BYTES];

	return add(n, is_digits(n->wa_id) ? join(text, wq_str("+"), n->wa_id) : n->wa_id);
}

int wq_contact_names_digest(struct wq_contact_names *n)
{
	enum { IDS = 2 };
	const struct wq_str as_they_are[] = { n->user_id, n->parent_id, n->phone, n->lid };
	int rc = 0;

	n->digests[0] = '\0';
	n->ids_n = 0;
	for (size_t i = 0; i < WQ_COUNT(as_they_are) && rc == 0; i++) {
		if (fits(as_they_are[i]))
			rc = add(n, as_they_are[i]);
		if (i + 1 == IDS)
			n->ids_n = strlen(n->digests);
	}
	return rc == 0 && fits(n->wa_id) ? add_wa_id(n) : rc;
}

static struct wq_str kept(struct wq_str s)
{
	return fits(s) ? s : wq_strn(NULL, 0);
}

int wq_contact_names_of(struct wq_contact_names *out, const struct wq_inbound_person *p)
{
	struct wq_str phone = is_digits(p->phone) ? p->phone : p->wa_id;

	*out = (struct wq_contact_names){ .wa_id = kept(p->wa_id),
		                          .user_id = kept(p->user_id),
		                          .parent_id = kept(p->parent_id),
		                          .username = p->username,
		                          .name = p->name };
	if (is_digits(phone) && phone.n <= WQ_WA_PHONE_MAX_DIGITS)
		out->phone = join(out->texts[0], wq_str("+"), phone);
	if (fits(p->lid))
		out->lid = join(out->texts[1], p->lid,
		                wq_str(wq_str_ends(p->lid, "@lid") ? "" : "@lid"));
	return wq_contact_names_digest(out);
}

int wq_contact_names_of_recipient(struct wq_contact_names *out, enum wq_recipient kind,
                                  struct wq_str to)
{
	*out = (struct wq_contact_names){ .phone = { NULL, 0 } };
	if (kind == WQ_RECIPIENT_PHONE)
		out->phone = kept(to);
	else if (kind == WQ_RECIPIENT_USER)
		out->user_id = kept(to);
	else if (kind == WQ_RECIPIENT_JID)
		out->lid = kept(to);
	return wq_contact_names_digest(out);
}

/* At most so much of a word, whole characters. */
static struct wq_str cut(struct wq_str word)
{
	if (word.n > WQ_CONTACT_WORD_MAX_BYTES) {
		word.n = WQ_CONTACT_WORD_MAX_BYTES;
		while (word.n > 0 && ((unsigned char)word.p[word.n] & 0xC0) == 0x80)
			word.n--;
	}
	return word;
}

static bool has_word(struct wq_str words, struct wq_str word)
{
	struct wq_str rest = words, one;

	while (words.n > 0 && wq_str_next(&rest, ' ', &one))
		if (wq_str_eq(one, word))
			return true;
	return false;
}

struct wq_str wq_contact_words(const struct wq_contact_names *n, char out[WQ_CONTACT_WORDS_BYTES])
{
	const struct wq_str from[] = { n->phone, n->name, n->username };
	struct wq_str all = { out, 0 };
	unsigned words = 0;

	for (size_t i = 0; i < WQ_COUNT(from); i++) {
		char text[WQ_CONTACT_WORDS_BYTES];
		struct wq_str rest = { text, wq_fold(from[i], text, sizeof(text)) }, word;

		while (words < WQ_CONTACT_WORDS_MAX && wq_str_next(&rest, ' ', &word)) {
			word = cut(word);
			if (!word.n || has_word(all, word))
				continue;
			if (words++ > 0)
				out[all.n++] = ' ';
			memcpy(out + all.n, word.p, word.n);
			all.n += word.n;
		}
	}
	return all;
}

int wq_contact_id(char out[WQ_CONTACT_ID_BYTES + 1])
{
	unsigned char bytes[(WQ_CONTACT_ID_BYTES - 1) / 2];
	int rc = wq_random_bytes(bytes, sizeof(bytes));

	out[0] = 'c';
	if (rc == 0)
		wq_hex_encode(bytes, sizeof(bytes), out + 1);
	out[rc == 0 ? WQ_CONTACT_ID_BYTES : 0] = '\0';
	return rc;
}
