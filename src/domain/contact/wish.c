/* SPDX-License-Identifier: MIT */
/* wish.c — each member has a reader; what is wrong is told by the first that finds it. */
#include "domain/contact/wish.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "base/zone.h"
#include "domain/message/read.h"
#include "domain/message/reading.h"

const char *const wq_contact_text_names[WQ_CONTACT_TEXTS] = {
	"phone", "wa_id", "user_id", "parent_id", "lid", "username", "name", "language", "timezone", "assigned",
};
const char *const wq_contact_text_fields[WQ_CONTACT_TEXTS] = {
	"phone", "wa_id", "user_id", "parent_id", "lid", "username", "name", "lang", "zone", "assigned",
};
const char *const wq_contact_members[] = {
	"phone",    "wa_id", "user_id",  "parent_id",   "lid",        "username", "name",      "language",
	"timezone", "tags",  "add_tags", "remove_tags", "attributes", "assigned", "opted_out", "reason",
	NULL,
};
enum { ITEMS_FIRST = 32, NUMBER_BYTES = 32 };

void wq_contact_wish_init(struct wq_contact_wish *w, struct wq_arena *a)
{
	*w = (struct wq_contact_wish){ .arena = a };
}

void wq_contact_wish_add(struct wq_contact_wish *w, const char *what, struct wq_str name,
                         struct wq_str value)
{
	if (w->n == w->room) {
		size_t room = w->room ? 2 * w->room : ITEMS_FIRST;
		struct wq_contact_item *more = wq_arena_alloc(w->arena, room * sizeof(*more));

		if (!more) {
			w->rc = WQ_ENOMEM;
			return;
		}
		if (w->n)
			memcpy(more, w->items, w->n * sizeof(*more));
		w->items = more;
		w->room = room;
	}
	w->items[w->n++] = (struct wq_contact_item){ what, name, value };
}

__attribute__((format(printf, 3, 4))) static bool fail(struct wq_contact_wish *w, const char *field,
                                                       const char *fmt, ...)
{
	va_list ap;

	snprintf(w->problem->field, sizeof(w->problem->field), "%s", field);
	va_start(ap, fmt);
	vsnprintf(w->problem->what, sizeof(w->problem->what), fmt, ap);
	va_end(ap);
	w->rc = w->rc ? w->rc : WQ_EINVAL;
	return false;
}

const char *wq_contact_text_judge(struct wq_str s, size_t max)
{
	if (!s.n)
		return "is empty";
	if (s.n > max)
		return "is too long";
	for (size_t i = 0; i < s.n; i++)
		if (wq_str_is_control(s, i))
			return "has control characters";
	return NULL;
}

/* The slice in the arena, terminated. */
static struct wq_str keep(struct wq_contact_wish *w, struct wq_str s)
{
	char *p = wq_arena_copy(w->arena, s);

	if (!p)
		w->rc = WQ_ENOMEM;
	return wq_strn(p, p ? s.n : 0);
}

static const char *judge_phone(struct wq_contact_wish *w, struct wq_str *s)
{
	char digits[WQ_WA_PHONE_MAX_DIGITS];
	struct wq_str read = wq_phone_read(*s, w->arena);

	if (!read.p && wq_phone_digits(*s, digits) > 0)
		w->rc = WQ_ENOMEM;
	*s = read.p ? read : *s;
	return read.p ? NULL : "is no phone number: with its country code it has 7 to 15 digits";
}

static const char *judge_wa_id(struct wq_contact_wish *w, struct wq_str *s)
{
	const char *why = judge_phone(w, s);

	if (!why)
		*s = wq_strn(s->p + 1, s->n - 1);
	return why;
}

static bool is_word(struct wq_str s, const char *more)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr(more, c))))
			return false;
	}
	return s.n > 0;
}

static const char *judge_user_id(struct wq_contact_wish *w, struct wq_str *s)
{
	(void)w;
	return s->n > 3 && s->n <= WQ_WA_ADDRESS_MAX_BYTES && s->p[0] >= 'A' && s->p[0] <= 'Z' &&
	                       s->p[1] >= 'A' && s->p[1] <= 'Z' && s->p[2] == '.' &&
	                       is_word(*s, ".")
	               ? NULL
	               : "is no business-scoped user id, such as EC.7001";
}

static const char *judge_lid(struct wq_contact_wish *w, struct wq_str *s)
{
	struct wq_str digits = wq_strn(s->p, s->n > 4 ? s->n - 4 : 0);

	(void)w;
	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return "is no LID, such as 7001@lid";
	return digits.n && digits.n <= WQ_WA_ADDRESS_MAX_BYTES - 4 && wq_str_ends(*s, "@lid")
	               ? NULL
	               : "is no LID, such as 7001@lid";
}

static const char *judge_name(struct wq_contact_wish *w, struct wq_str *s)
{
	(void)w;
	return wq_contact_text_judge(*s, WQ_CONTACT_NAME_MAX_BYTES);
}

static const char *judge_language(struct wq_contact_wish *w, struct wq_str *s)
{
	size_t cut = 0;

	(void)w;
	while (cut < s->n && s->p[cut] != '_' && s->p[cut] != '-')
		cut++;
	return cut >= 2 && cut <= 3 && s->n <= WQ_CONTACT_LANGUAGE_MAX_BYTES && is_word(*s, "_-")
	               ? NULL
	               : "is no language, such as es or pt_BR";
}

static const char *judge_zone(struct wq_contact_wish *w, struct wq_str *s)
{
	struct wq_zone *zone = NULL;
	int rc = s->n <= WQ_ZONE_NAME_MAX_BYTES ? wq_zone_open(&zone, NULL, *s) : WQ_ENOENT;

	wq_zone_destroy(zone);
	if (rc == WQ_ENOMEM)
		w->rc = rc;
	return rc == 0 ? NULL : "is no time zone, such as America/Guayaquil";
}

static const char *judge_assigned(struct wq_contact_wish *w, struct wq_str *s)
{
	(void)w;
	return wq_contact_text_judge(*s, WQ_CONTACT_ASSIGNED_MAX_BYTES);
}

static const char *(*const judges[WQ_CONTACT_TEXTS])(struct wq_contact_wish *w, struct wq_str *s) = {
	[WQ_CONTACT_PHONE] = judge_phone,         [WQ_CONTACT_WA_ID] = judge_wa_id,
	[WQ_CONTACT_USER_ID] = judge_user_id,     [WQ_CONTACT_PARENT_ID] = judge_user_id,
	[WQ_CONTACT_LID] = judge_lid,             [WQ_CONTACT_USERNAME] = judge_name,
	[WQ_CONTACT_NAME] = judge_name,           [WQ_CONTACT_LANGUAGE] = judge_language,
	[WQ_CONTACT_TIMEZONE] = judge_zone,       [WQ_CONTACT_ASSIGNED] = judge_assigned,
};

static bool read_text(struct wq_contact_wish *w, yyjson_val *body, enum wq_contact_text t)
{
	const char *name = wq_contact_text_names[t], *why;
	yyjson_val *v = wq_json_get(body, name);
	struct wq_str s = wq_json_str(v);

	if (!v)
		return true;
	if (yyjson_is_null(v) || (s.p && wq_str_trim(s).n == 0)) {
		w->texts[t] = wq_str("");
		return true;
	}
	if (!s.p)
		return fail(w, name, "must be a text or null");
	s = wq_str_trim(s);
	why = judges[t](w, &s);
	if (why)
		return fail(w, name, "%s", why);
	w->texts[t] = s;
	return true;
}

static const char *judge_tag(struct wq_str tag)
{
	const char *why = wq_contact_text_judge(tag, WQ_CONTACT_TAG_MAX_BYTES);

	if (why)
		return why;
	return wq_str_find(tag, ' ') < tag.n ? "has a space" : NULL;
}

static bool add_tags(struct wq_contact_wish *w, yyjson_val *list, const char *name,
                     const char *what)
{
	char all[WQ_CONTACT_TAGS_MAX * (WQ_CONTACT_TAG_MAX_BYTES + 1)],
		place[WQ_CONTACT_FIELD_BYTES];
	size_t i, n, used = 0;
	yyjson_val *v;

	if (!list)
		return true;
	if (!yyjson_is_arr(list) || yyjson_arr_size(list) > WQ_CONTACT_TAGS_MAX)
		return fail(w, name, "must be a list of at most %d tags", WQ_CONTACT_TAGS_MAX);
	yyjson_arr_foreach(list, i, n, v)
	{
		struct wq_str tag = wq_json_str(v);
		const char *why = tag.p ? judge_tag(tag) : "must be a text";

		snprintf(place, sizeof(place), "%s[%zu]", name, i);
		if (why)
			return fail(w, place, "%s", why);
		if (what)
			wq_contact_wish_add(w, what, tag, wq_str(""));
		memcpy(all + used, tag.p, tag.n);
		used += tag.n;
		all[used++] = ' ';
	}
	if (!what)
		wq_contact_wish_add(w, "tags", wq_str(""), keep(w, wq_strn(all, used)));
	return true;
}

/* A text, or what a number or a flag is as one; null: it is taken away. */
static bool attribute_text(struct wq_contact_wish *w, yyjson_val *v, struct wq_str *out)
{
	char number[NUMBER_BYTES];

	if (yyjson_is_str(v)) {
		*out = wq_json_str(v);
	} else if (yyjson_is_null(v)) {
		*out = wq_str("");
	} else if (yyjson_is_bool(v)) {
		*out = wq_str(yyjson_get_bool(v) ? "true" : "false");
	} else if (yyjson_is_uint(v)) {
		snprintf(number, sizeof(number), "%" PRIu64, yyjson_get_uint(v));
		*out = keep(w, wq_str(number));
	} else if (yyjson_is_num(v)) {
		snprintf(number, sizeof(number), "%.15g", yyjson_get_num(v));
		*out = keep(w, wq_str(number));
	} else {
		return false;
	}
	return true;
}

static bool read_attributes(struct wq_contact_wish *w, yyjson_val *body)
{
	yyjson_val *all = wq_json_get(body, "attributes"), *key;
	char place[WQ_CONTACT_FIELD_BYTES];
	yyjson_obj_iter it;

	if (!all)
		return true;
	if (!yyjson_is_obj(all) || yyjson_obj_size(all) > WQ_CONTACT_ATTRIBUTES_MAX)
		return fail(w, "attributes", "must be an object of at most %d members",
		            WQ_CONTACT_ATTRIBUTES_MAX);
	it = yyjson_obj_iter_with(all);
	while ((key = yyjson_obj_iter_next(&it))) {
		struct wq_str name = wq_json_str(key), value;

		snprintf(place, sizeof(place), "attributes.%.64s", name.p);
		if (name.n > WQ_CONTACT_ATTRIBUTE_MAX_BYTES || !is_word(name, "_.-"))
			return fail(w, place, "must be called by 1 to %d of A-Z a-z 0-9 _ . -",
			            WQ_CONTACT_ATTRIBUTE_MAX_BYTES);
		if (!attribute_text(w, yyjson_obj_iter_get_val(key), &value))
			return fail(w, place, "must be a text, a number, a flag or null");
		if (value.n && wq_contact_text_judge(value, WQ_CONTACT_VALUE_MAX_BYTES))
			return fail(w, place, "%s",
			            wq_contact_text_judge(value, WQ_CONTACT_VALUE_MAX_BYTES));
		wq_contact_wish_add(w, "attr", name, value);
	}
	return true;
}

static bool read_opt_out(struct wq_contact_wish *w, yyjson_val *body)
{
	yyjson_val *out = wq_json_get(body, "opted_out"), *why = wq_json_get(body, "reason");
	struct wq_str reason = wq_json_str(why);

	if (why && !yyjson_is_null(why) && (!reason.p || reason.n > WQ_CONTACT_REASON_MAX_BYTES))
		return fail(w, "reason", "must be a text of at most %d bytes",
		            WQ_CONTACT_REASON_MAX_BYTES);
	if (!out)
		return true;
	if (!yyjson_is_bool(out))
		return fail(w, "opted_out", "must be true or false");
	wq_contact_wish_add(w, yyjson_get_bool(out) ? "optout" : "optin", wq_str(""),
	                    reason.n ? reason : wq_str("asked for"));
	return true;
}

static bool is_among(struct wq_str name, const char *const *names)
{
	for (; names && *names; names++)
		if (wq_str_is(name, *names))
			return true;
	return false;
}

static bool judge_members(struct wq_contact_wish *w, yyjson_val *body, const char *const *others)
{
	char place[WQ_CONTACT_FIELD_BYTES];
	yyjson_obj_iter it;
	yyjson_val *key;

	if (!yyjson_is_obj(body))
		return fail(w, "it", "must be an object");
	it = yyjson_obj_iter_with(body);
	while ((key = yyjson_obj_iter_next(&it))) {
		struct wq_str name = wq_json_str(key);

		if (is_among(name, wq_contact_members) || is_among(name, others))
			continue;
		snprintf(place, sizeof(place), "%.*s", (int)(name.n < 64 ? name.n : 64), name.p);
		return fail(w, place, "means nothing here");
	}
	return true;
}

int wq_contact_wish_read(struct wq_contact_wish *w, yyjson_val *body, const char *const *others,
                         struct wq_arena *a, struct wq_contact_problem *p)
{
	bool good;

	wq_contact_wish_init(w, a);
	w->problem = p;
	good = judge_members(w, body, others);
	for (enum wq_contact_text t = 0; t < WQ_CONTACT_TEXTS && good; t++)
		good = read_text(w, body, t);
	if (good && add_tags(w, wq_json_get(body, "tags"), "tags", NULL) &&
	    add_tags(w, wq_json_get(body, "add_tags"), "add_tags", "tag") &&
	    add_tags(w, wq_json_get(body, "remove_tags"), "remove_tags", "untag") &&
	    read_attributes(w, body))
		(void)read_opt_out(w, body);
	return w->rc;
}

bool wq_contact_wish_names(const struct wq_contact_wish *w)
{
	for (int t = 0; t < WQ_CONTACT_USERNAME; t++)
		if (w->texts[t].n)
			return true;
	return false;
}

bool wq_contact_wish_needs_old(const struct wq_contact_wish *w)
{
	for (int t = 0; t <= WQ_CONTACT_NAME; t++)
		if (w->texts[t].p)
			return true;
	return false;
}

static int names_of(struct wq_contact_names *out, struct wq_str texts[WQ_CONTACT_TEXTS])
{
	*out = (struct wq_contact_names){
		.phone = texts[WQ_CONTACT_PHONE],
		.wa_id = texts[WQ_CONTACT_WA_ID],
		.user_id = texts[WQ_CONTACT_USER_ID],
		.parent_id = texts[WQ_CONTACT_PARENT_ID],
		.lid = texts[WQ_CONTACT_LID],
		.username = texts[WQ_CONTACT_USERNAME],
		.name = texts[WQ_CONTACT_NAME],
	};
	for (struct wq_str *s = &out->phone; s <= &out->name; s++)
		if (!s->n)
			s->p = NULL;
	return wq_contact_names_digest(out);
}

static bool has_digest(const char *all, struct wq_str digest)
{
	struct wq_str rest = wq_str(all), each;

	while (wq_str_next(&rest, ' ', &each))
		if (wq_str_eq(each, digest))
			return true;
	return false;
}

static void add_digests(struct wq_contact_wish *w, const char *what, struct wq_str all,
                        const char *but)
{
	struct wq_str each;

	while (wq_str_next(&all, ' ', &each))
		if (each.n && !has_digest(but, each))
			wq_contact_wish_add(w, what, each, wq_str(""));
}

int wq_contact_wish_items(struct wq_contact_wish *w, const struct wq_redis_value *old)
{
	struct wq_str texts[WQ_CONTACT_TEXTS], before[WQ_CONTACT_TEXTS];
	struct wq_contact_names names, were;
	char words[WQ_CONTACT_WORDS_BYTES];
	int rc;

	for (enum wq_contact_text t = 0; t < WQ_CONTACT_TEXTS; t++) {
		before[t] = wq_contact_field(old, wq_contact_text_fields[t]);
		texts[t] = w->texts[t].p ? w->texts[t] : before[t];
		if (w->texts[t].p && t != WQ_CONTACT_ASSIGNED)
			wq_contact_wish_add(w, "set", wq_str(wq_contact_text_fields[t]),
			                    w->texts[t]);
	}
	if (w->texts[WQ_CONTACT_ASSIGNED].p)
		wq_contact_wish_add(w, "to", wq_str(""), w->texts[WQ_CONTACT_ASSIGNED]);
	if (!wq_contact_wish_needs_old(w))
		return w->rc;
	rc = names_of(&names, texts);
	if (rc == 0)
		rc = names_of(&were, before);
	if (rc < 0)
		return rc;
	add_digests(w, "alias", keep(w, wq_str(names.digests)), "");
	add_digests(w, "unalias", keep(w, wq_str(were.digests)), names.digests);
	wq_contact_wish_add(w, "words", wq_str(""), keep(w, wq_contact_words(&names, words)));
	return w->rc;
}

int wq_contact_digest(struct wq_contact_wish *w, yyjson_val *body, struct wq_arena *a,
                      struct wq_contact_problem *p, struct wq_str *digest)
{
	struct wq_contact_names names;
	struct wq_str all;
	int rc = wq_contact_wish_read(w, body, NULL, a, p);

	if (rc == 0 && !wq_contact_wish_names(w)) {
		(void)fail(w, "it", "must be named");
		rc = w->rc;
	}
	if (rc == 0)
		rc = names_of(&names, w->texts);
	if (rc < 0)
		return rc;
	all = keep(w, wq_str(names.digests));
	(void)wq_str_next(&all, ' ', digest);
	return w->rc;
}
