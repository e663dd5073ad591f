/* SPDX-License-Identifier: MIT */
/* loose_contacts.c — cards of contacts as people write them: flat, alone or several. */
#include <stdio.h>

#include "domain/message/reading.h"

/* [{"email": …}], if it is there and says something. */
static void write_only(struct wq_reading *r, const char *list, const char *key, const char *of,
                       const char *base, struct wq_spot s)
{
	if (!s.v || wq_str_is(wq_json_str(s.v), ""))
		return;
	wq_jsonw_key(&r->w, list);
	wq_jsonw_array(&r->w);
	wq_jsonw_object(&r->w);
	wq_reading_put(r, key, of, base, s);
	wq_jsonw_object_end(&r->w);
	wq_jsonw_array_end(&r->w);
}

/* With its WhatsApp id, so that the card has a button to write to it. */
static void write_phone(struct wq_reading *r, const char *base, struct wq_spot s)
{
	char digits[WQ_WA_PHONE_MAX_DIGITS];
	size_t n = wq_phone_digits(wq_json_str(s.v), digits);

	if (!s.v)
		return;
	wq_jsonw_key(&r->w, "phones");
	wq_jsonw_array(&r->w);
	wq_jsonw_object(&r->w);
	wq_reading_put(r, "phone", "[*].phones[0].phone", base, s);
	if (n)
		wq_jsonw_put_str(&r->w, "wa_id", wq_strn(digits, n));
	wq_jsonw_object_end(&r->w);
	wq_jsonw_array_end(&r->w);
}

static void write_card(struct wq_reading *r, yyjson_val *v, const char *base)
{
	struct wq_spot name = wq_reading_find(
		v, "fullName full_name name formatted_name formattedName displayName");
	struct wq_spot org = wq_reading_find(v, "organization company org");

	if (!yyjson_is_obj(v) || yyjson_is_obj(wq_reading_get(v, wq_str("name")))) {
		wq_jsonw_value(&r->w, v);
		return;
	}
	wq_jsonw_object(&r->w);
	wq_jsonw_key(&r->w, "name");
	wq_jsonw_object(&r->w);
	wq_reading_put(r, "formatted_name", "[*].name.formatted_name", base, name);
	wq_reading_put(r, "first_name", "[*].name.first_name", base, name);
	wq_jsonw_object_end(&r->w);
	write_phone(r, base, wq_reading_find(v, "phoneNumber phone_number phone number"));
	if (org.v && !wq_str_is(wq_json_str(org.v), "")) {
		wq_jsonw_key(&r->w, "org");
		wq_jsonw_object(&r->w);
		wq_reading_put(r, "company", "[*].org.company", base, org);
		wq_jsonw_object_end(&r->w);
	}
	write_only(r, "emails", "email", "[*].emails[0].email", base, wq_reading_find(v, "email"));
	write_only(r, "urls", "url", "[*].urls[0].url", base, wq_reading_find(v, "url website"));
	wq_jsonw_object_end(&r->w);
}

void wq_loose_contacts(struct wq_reading *r, yyjson_val *v)
{
	yyjson_val *one;
	size_t i, n;

	wq_jsonw_array(&r->w);
	if (!yyjson_is_arr(v))
		write_card(r, v, r->base);
	yyjson_arr_foreach(v, i, n, one)
	{
		write_card(r, one, wq_reading_join(r, r->base, wq_str("[*]")));
	}
	wq_jsonw_array_end(&r->w);
}
