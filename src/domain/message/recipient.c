/* SPDX-License-Identifier: MIT */
/* recipient.c — phones in any punctuation, groups, business-scoped ids and the addresses of WhatsApp Web. */
#include "base/limits.h"
#include "domain/message/reading.h"

/* What people, forms and address books put between the digits; U+00A0, U+2007 to U+2015, U+202A to U+202F,
 * U+2060 to U+2069 among it: iOS wraps copied numbers in marks of direction. */
static size_t punctuation(struct wq_str s)
{
	unsigned char c = (unsigned char)s.p[0], last;

	if (memchr(" \t-.()/", c, 7))
		return 1;
	if (s.n >= 2 && c == 0xc2 && (unsigned char)s.p[1] == 0xa0)
		return 2;
	if (s.n < 3 || c != 0xe2)
		return 0;
	last = (unsigned char)s.p[2];
	if ((unsigned char)s.p[1] == 0x80)
		return (last >= 0x87 && last <= 0x95) || (last >= 0xaa && last <= 0xaf) ? 3 : 0;
	return (unsigned char)s.p[1] == 0x81 && last >= 0xa0 && last <= 0xa9 ? 3 : 0;
}

/* The digits, without the 00 that some dial in front of a country code; false: there is something else in it. */
static bool digits_of(struct wq_str s, char *out, size_t max, size_t *n, bool *plus)
{
	*n = 0;
	*plus = false;
	while (s.n > 0) {
		size_t skip = punctuation(s);

		if (s.p[0] >= '0' && s.p[0] <= '9' && *n < max) {
			out[(*n)++] = s.p[0];
			skip = 1;
		} else if (s.p[0] == '+' && *n == 0 && !*plus) {
			*plus = true;
			skip = 1;
		}
		if (skip == 0)
			return false;
		s = wq_strn(s.p + skip, s.n - skip);
	}
	if (!*plus && *n > 2 && out[0] == '0' && out[1] == '0') {
		*n -= 2;
		memmove(out, out + 2, *n);
	}
	return true;
}

static const char *phone(struct wq_str text, char out[static WQ_WA_PHONE_MAX_DIGITS], size_t *n)
{
	char digits[64];
	bool plus;

	if (!digits_of(text, digits, sizeof(digits), n, &plus))
		return "is no phone number, user id, group or JID";
	if (*n > 0 && digits[0] == '0')
		return "is a number without its country code";
	if (*n < WQ_WA_PHONE_MIN_DIGITS || *n > WQ_WA_PHONE_MAX_DIGITS)
		return "is no phone number: with its country code it has 7 to 15 digits";
	memcpy(out, digits, *n);
	return NULL;
}

size_t wq_phone_digits(struct wq_str text, char out[static WQ_WA_PHONE_MAX_DIGITS])
{
	size_t n = 0;

	return text.p && !phone(text, out, &n) ? n : 0;
}

static struct wq_str copy_phone(struct wq_arena *a, const char *digits, size_t n)
{
	char *p = wq_arena_alloc(a, n + 2);

	if (!p)
		return wq_strn(NULL, 0);
	p[0] = '+';
	memcpy(p + 1, digits, n);
	return wq_strn(p, n + 1);
}

struct wq_str wq_phone_read(struct wq_str text, struct wq_arena *a)
{
	char digits[WQ_WA_PHONE_MAX_DIGITS];
	size_t n = wq_phone_digits(text, digits);

	return n ? copy_phone(a, digits, n) : wq_strn(NULL, 0);
}

static bool is_graphic(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return s.n > 0 && s.n <= WQ_WA_ADDRESS_MAX_BYTES;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* "US.1349…", "US.ENT.1349…" */
static bool is_user_id(struct wq_str s)
{
	if (s.n < 4 || s.n > WQ_WA_ADDRESS_MAX_BYTES || !is_upper(s.p[0]) || !is_upper(s.p[1]) ||
	    s.p[2] != '.')
		return false;
	for (size_t i = 3; i < s.n; i++) {
		char c = s.p[i];

		if (!(is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      (c == '.' && s.p[i - 1] != '.' && i + 1 < s.n)))
			return false;
	}
	return true;
}

static const char *keep(struct wq_reading *r, enum wq_recipient kind, struct wq_str to)
{
	r->m->recipient = kind;
	r->m->to = to;
	return NULL;
}

static const char *keep_phone(struct wq_reading *r, struct wq_str text)
{
	char digits[WQ_WA_PHONE_MAX_DIGITS], *p;
	size_t n;
	const char *why = phone(text, digits, &n);

	if (why)
		return why;
	p = wq_reading_room(r, n + 2);
	if (!p)
		return NULL;
	p[0] = '+';
	memcpy(p + 1, digits, n);
	return keep(r, WQ_RECIPIENT_PHONE, wq_strn(p, n + 1));
}

/* "593…@s.whatsapp.net" and "593…:12@s.whatsapp.net" (one of its devices) are the phone itself. */
static const char *read_jid(struct wq_reading *r, struct wq_str text, size_t at)
{
	struct wq_str user = wq_strn(text.p, at),
		      server = wq_strn(text.p + at + 1, text.n - at - 1);

	if (!is_graphic(text) || user.n == 0 || wq_str_find(server, '@') < server.n)
		return "is no JID";
	if (wq_str_is(server, "s.whatsapp.net") || wq_str_is(server, "c.us")) {
		user.n = wq_str_find(user, ':');
		return keep_phone(r, user);
	}
	if (wq_str_is(server, "g.us"))
		return keep(r, WQ_RECIPIENT_GROUP, text);
	if (wq_str_is(server, "lid") || wq_str_is(server, "broadcast") ||
	    wq_str_is(server, "newsletter"))
		return keep(r, WQ_RECIPIENT_JID, text);
	return "is no JID of WhatsApp's: it ends in @s.whatsapp.net, @g.us, @lid, @broadcast or @newsletter";
}

/* So many digits are a group's: no phone has them. */
static const char *read_group_digits(struct wq_reading *r, const char *digits, size_t n)
{
	static const char server[] = "@g.us";
	char *p = wq_reading_room(r, n + sizeof(server));

	if (!p)
		return NULL;
	memcpy(p, digits, n);
	memcpy(p + n, server, sizeof(server));
	return keep(r, WQ_RECIPIENT_GROUP, wq_strn(p, n + sizeof(server) - 1));
}

const char *wq_recipient_read(struct wq_reading *r, struct wq_str text, bool group)
{
	static const char prefix[] = "whatsapp:"; /* Twilio's */
	char digits[64];
	size_t at, n;
	bool plus;

	text = wq_str_trim(text);
	if (!group && wq_str_starts(text, prefix))
		text = wq_strn(text.p + sizeof(prefix) - 1, text.n - sizeof(prefix) + 1);
	if (text.n == 0)
		return "is empty";
	if (!group && wq_str_starts(text, prefix))
		return "is no phone number";
	at = wq_str_find(text, '@');
	if (at < text.n)
		return read_jid(r, text, at);
	if (group)
		return is_graphic(text) ? keep(r, WQ_RECIPIENT_GROUP, text) : "is no group's id";
	if (is_user_id(text))
		return keep(r, WQ_RECIPIENT_USER, text);
	if (digits_of(text, digits, sizeof(digits), &n, &plus) && !plus && n >= WQ_WA_GROUP_DIGITS)
		return read_group_digits(r, digits, n);
	return keep_phone(r, text);
}
