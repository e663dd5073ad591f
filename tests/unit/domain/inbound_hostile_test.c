/* SPDX-License-Identifier: MIT */
/* inbound_hostile_test.c — webhooks that nobody should send, by a table for each provider.
 *
 * Each row says what becomes of it: its condition, or the kinds of its updates and what is read of the last one.  What
 * must hold of all of them is in support/webhook_check.h.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "support/test.h"
#include "support/webhook_check.h"

#define META(value)                                                                 \
	"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\"," \
	"\"changes\":[{\"field\":\"messages\",\"value\":" value "}]}]}"
#define META_SAYS(more) META("{\"messages\":[{\"from\":\"593\",\"id\":\"a\"" more "}]}")
#define META_AT(time)   META_SAYS(",\"timestamp\":" time)

#define EVOLUTION(event, data) "{\"event\":\"" event "\",\"instance\":\"shop\",\"data\":" data "}"
#define UPSERT(data)           EVOLUTION("messages.upsert", data)
#define UPSERT_SAYS(message)   UPSERT("{\"key\":{\"id\":\"a\",\"remoteJid\":\"5@lid\"},\"message\":" message "}")
#define UPSERT_FROM(jid)       UPSERT("{\"key\":{\"id\":\"a\",\"remoteJid\":\"" jid "\"}}")
#define UPSERT_AT(time)        UPSERT("{\"key\":{\"id\":\"a\"},\"messageTimestamp\":" time "}")

#define FORM(more) "AccountSid=AC1&MessageSid=SM1&From=whatsapp%3A%2B593&To=whatsapp%3A%2B1202&SmsStatus=received" more

/* What is not looked at: NULL. */
struct row {
	const char *what;
	struct wq_str body;
	int rc;
	const char *kinds, *text, *conversation;
	int64_t time_ms; /* -1: not looked at */
};
#define ROW(what, body, rc, kinds)      { what, WQ_STR(body), rc, kinds, NULL, NULL, -1 }
#define TEXT(what, body, kind, text)    { what, WQ_STR(body), 0, kind, text, NULL, -1 }
#define CHAT(what, body, kind, chat)    { what, WQ_STR(body), 0, kind, NULL, chat, -1 }
#define TIME(what, body, kind, ms)      { what, WQ_STR(body), 0, kind, NULL, NULL, ms }

#define BAD "\xef\xbf\xbd"

static const struct row meta[] = {
	/* the wrong shape in each place */
	ROW("an array around it", "[{\"entry\":[]}]", WQ_INBOUND_NOT_OURS, ""),
	ROW("object is an array", "{\"object\":[\"page\"],\"entry\":[{\"changes\":[{}]}]}", 0, "other"),
	ROW("entry is an empty object", "{\"entry\":{}}", 0, ""),
	ROW("entry is null", "{\"entry\":null}", WQ_INBOUND_NOT_OURS, ""),
	ROW("entry is false", "{\"entry\":false}", WQ_INBOUND_NOT_OURS, ""),
	ROW("an array in an array", "{\"entry\":[[{\"changes\":[{}]}]]}", 0, ""),
	ROW("changes is an object of changes", "{\"entry\":[{\"changes\":{\"0\":{\"value\":{\"messages\":[{}]}}}}]}",
	    0, "other"),
	ROW("changes is text", "{\"entry\":[{\"changes\":\"x\"}]}", 0, "other"),
	ROW("value is an array of values", META("[{\"messages\":[{\"id\":\"a\"}]}]"), 0, "other"),
	ROW("field is an object", "{\"entry\":[{\"changes\":[{\"field\":{},\"value\":{\"messages\":[{}]}}]}]}", 0,
	    "message"),
	ROW("messages is an object", META("{\"messages\":{\"id\":\"a\"}}"), 0, "message"),
	ROW("messages in messages", META("{\"messages\":[[{\"id\":\"a\"}]]}"), 0, "other"),
	ROW("statuses is a number, errors text", META("{\"statuses\":1,\"errors\":\"x\"}"), 0, "other"),
	ROW("errors is an empty object", META("{\"errors\":{}}"), 0, "error"),
	ROW("everything is an array", META("{\"metadata\":[],\"contacts\":[[],1,null],\"messages\":[{\"id\":[],"
	    "\"from\":{},"
	    "\"timestamp\":[],\"type\":[],\"text\":[],\"context\":[],\"errors\":[[]],\"identity\":[],"
	    "\"referral\":[]}]}"), 0, "message"),
	TEXT("the body is an array", META_SAYS(",\"type\":\"text\",\"text\":[{\"body\":\"x\"}]"), "message", ""),
	TEXT("the body is a number", META_SAYS(",\"type\":\"text\",\"text\":{\"body\":7}"), "message", ""),
	ROW("a status that is all wrong", META("{\"statuses\":[{\"id\":7,\"status\":[],\"timestamp\":{},"
	    "\"recipient_id\":[],"
	    "\"conversation\":[],\"pricing\":7,\"errors\":{\"code\":\"x\"}}]}"), 0, "status"),
	ROW("history of no object", "{\"entry\":[{\"changes\":[{\"field\":\"history\",\"value\":{\"history\":[7,"
	    "\"x\",{}]}}]}]}", 0,
	    "other other history"),
	/* keys */
	TEXT("twice at every level", "{\"entry\":[],\"entry\":[{\"changes\":[],\"changes\":[{\"value\":1,"
	    "\"field\":\"x\","
	     "\"field\":\"messages\",\"value\":{\"messages\":[],\"messages\":[{\"id\":\"a\",\"id\":\"b\","
	     "\"type\":\"x\","
	     "\"type\":\"text\",\"text\":{},\"text\":{\"body\":\"1\",\"body\":\"2\"}}]}}]}]}", "message", "2"),
	ROW("entry, then nothing", "{\"entry\":[{\"changes\":[{}]}],\"entry\":[]}", 0, ""),
	ROW("twice, the last is null", META("{\"messages\":[{\"id\":\"a\"}],\"messages\":null}"), 0, "other"),
	ROW("with dots", META("{\"messages.id\":\"a\",\"a.b\":[{}],\"\":{\"\":1}}"), 0, "other"),
	TEXT("escaped", META_SAYS(",\"t\\u0079pe\":\"text\",\"\\u0074ext\":{\"b\\u006fdy\":\"x\"}"), "message", "x"),
	ROW("a NUL in a key", META("{\"messages\\u0000\":[{\"id\":\"a\"}]}"), 0, "other"),
	ROW("another case", META("{\"Messages\":[{\"id\":\"a\"}]}"), 0, "other"),
	ROW("of JavaScript", META("{\"__proto__\":{\"messages\":[{}]},\"constructor\":1}"), 0, "other"),
	/* texts */
	CHAT("empty ones", META("{\"messages\":[{\"id\":\"\",\"from\":\"\",\"from_user_id\":\"\",\"type\":\"\","
	    "\"\":{}}]}"), "message", ""),
	TEXT("a NUL", META_SAYS(",\"type\":\"text\",\"text\":{\"body\":\"a\\u0000b\"}"), "message", "a"),
	ROW("a NUL between", "{\"entry\":[{\"changes\":[\0]}]}", WQ_INBOUND_NOT_JSON, ""),
	ROW("a NUL behind", META("{}") "\0", WQ_INBOUND_NOT_JSON, ""),
	TEXT("a lone surrogate without an id", META("{\"messages\":[{\"type\":\"text\","
	    "\"text\":{\"body\":\"\\udfff\"}},"
	     "{\"type\":\"text\",\"text\":{\"body\":\"\\ud800x\"}}]}"), "message message", BAD "x"),
	TEXT("overlong UTF-8", META_SAYS(",\"type\":\"text\",\"text\":{\"body\":\"\xc0\x80\"}"), "message", BAD BAD),
	TEXT("beyond Unicode", META_SAYS(",\"type\":\"text\",\"text\":{\"body\":\"\xf4\x90\x80\x80\"}"), "message",
	    BAD BAD BAD BAD),
	TEXT("a type with bytes that are no UTF-8", META_SAYS(",\"type\":\"te\xffxt\",\"text\":{\"body\":\"x\"}"),
	    "message", ""),
	ROW("UTF-16", "\xff\xfe{\0}\0", WQ_INBOUND_NOT_JSON, ""),
	ROW("a mark in front of nothing", "\xef\xbb\xbf", WQ_INBOUND_NOT_JSON, ""),
	ROW("comments", "{/* */\"entry\":[]}", WQ_INBOUND_NOT_JSON, ""),
	ROW("a comma too many", "{\"entry\":[],}", WQ_INBOUND_NOT_JSON, ""),
	ROW("single quotes", "{'entry':[]}", WQ_INBOUND_NOT_JSON, ""),
	ROW("NaN", META("{\"x\":NaN}"), WQ_INBOUND_NOT_JSON, ""),
	ROW("a form", "entry=1", WQ_INBOUND_NOT_JSON, ""),
	/* numbers */
	CHAT("numbers for ids", "{\"entry\":[{\"id\":-5,\"changes\":[{\"field\":\"messages\",\"value\":{\"metadata\":"
	     "{\"phone_number_id\":18446744073709551615},\"messages\":[{\"id\":7,\"from\":593}]}}]}]}", "message",
	     "cloud:18446744073709551615:phone:593"),
	CHAT("one that nothing holds", META("{\"metadata\":{\"phone_number_id\":123456789012345678901234567890},"
	     "\"messages\":[{\"from\":1e400}]}"), "message", "cloud:123456789012345678901234567890:phone:1e400"),
	ROW("with leading zeros", META("{\"x\":007}"), WQ_INBOUND_NOT_JSON, ""),
	ROW("hexadecimal", META("{\"x\":0x10}"), WQ_INBOUND_NOT_JSON, ""),
	ROW("codes", META("{\"errors\":[{\"code\":-1}],\"statuses\":[{\"errors\":[{\"code\":1e3}]},"
	    "{\"errors\":[{\"code\":"
	    "18446744073709551615}]}]}"), 0, "status status error"),
	ROW("places", META_SAYS(",\"type\":\"location\",\"location\":{\"latitude\":1e999,\"longitude\":-1e999}"), 0,
	    "message"),
	TIME("seconds", META_AT("\"1781000000\""), "message", 1781000000000),
	TIME("milliseconds", META_AT("1781000000123"), "message", 1781000000123),
	TIME("milliseconds as text", META_AT("\"1781000000123\""), "message", 1781000000123),
	TIME("a fraction", META_AT("1781000000.9"), "message", 1781000000900),
	TIME("an exponent", META_AT("1.781e9"), "message", 1781000000000),
	TIME("none", META_SAYS(""), "message", 0),
	TIME("null", META_AT("null"), "message", 0),
	TIME("negative", META_AT("-1781000000"), "message", 0),
	TIME("negative as text", META_AT("\"-1781000000\""), "message", 0),
	TIME("with a space", META_AT("\" 1781000000\""), "message", 0),
	TIME("ISO", META_AT("\"2026-06-09T10:13:20Z\""), "message", 0),
	TIME("the last that counts", META_AT("8640000000000000"), "message", 8640000000000000),
	TIME("one more", META_AT("8640000000000001"), "message", 0),
	TIME("beyond all", META_AT("\"99999999999999999999999999\""), "message", 0),
	TIME("a list", META_AT("[1781000000]"), "message", 0),
};

static const struct row evolution[] = {
	ROW("nothing", "", WQ_INBOUND_NOT_JSON, ""),
	ROW("a NUL", "\0", WQ_INBOUND_NOT_JSON, ""),
	ROW("an array", "[]", WQ_INBOUND_NOT_OURS, ""),
	ROW("an empty object", "{}", WQ_INBOUND_NOT_OURS, ""),
	ROW("null", "null", WQ_INBOUND_NOT_OURS, ""),
	ROW("text", "\"messages.upsert\"", WQ_INBOUND_NOT_OURS, ""),
	ROW("Meta's", META("{}"), WQ_INBOUND_NOT_OURS, ""),
	ROW("no event", "{\"instance\":\"shop\",\"data\":{}}", WQ_INBOUND_NOT_OURS, ""),
	ROW("an empty event", EVOLUTION("", "{}"), WQ_INBOUND_NOT_OURS, ""),
	ROW("event is an array", "{\"event\":[\"call\"],\"data\":{}}", WQ_INBOUND_NOT_OURS, ""),
	ROW("an unknown event", EVOLUTION("chats.upsert", "{}"), 0, "other"),
	ROW("a NUL behind the event", EVOLUTION("call\\u0000", "{}"), 0, "other"),
	ROW("a cut event", EVOLUTION("contacts.", "{}"), 0, "other"),
	ROW("two events", "{\"event\":\"call\",\"event\":\"qrcode.updated\",\"data\":{}}", 0, "session"),
	ROW("no data", "{\"event\":\"messages.upsert\"}", 0, "message"),
	ROW("data is null", EVOLUTION("logout.instance", "null"), 0, "session"),
	ROW("data is text", UPSERT("\"x\""), 0, "other"),
	ROW("data is a number", EVOLUTION("call", "-1e999"), 0, "other"),
	ROW("no elements", UPSERT("[]"), 0, ""),
	ROW("elements of other types", UPSERT("[1,null,\"x\",[],[{}],{},true]"), 0,
	    "other other other other other message other"),
	ROW("each event with nothing in it", EVOLUTION("messages.edited", "{}"), 0, "other"),
	ROW("instance is an object", "{\"event\":\"call\",\"instance\":{\"instanceName\":\"x\"},\"data\":{}}", 0,
	    "call"),
	ROW("keys with dots", UPSERT("{\"key.id\":\"a\",\"message.conversation\":\"x\"}"), 0, "message"),
	ROW("key is an array", UPSERT("{\"key\":[{\"id\":\"a\"}],\"message\":{\"conversation\":\"x\"}}"), 0, "message"),
	TEXT("the message is an array", UPSERT_SAYS("[{\"conversation\":\"x\"}]"), "message", ""),
	TEXT("the message is text", UPSERT_SAYS("\"x\""), "message", ""),
	TEXT("conversation is an object", UPSERT_SAYS("{\"conversation\":{}}"), "message", ""),
	TEXT("conversation is null", UPSERT_SAYS("{\"conversation\":null,\"extendedTextMessage\":{\"text\":\"x\"}}"),
	    "message", "x"),
	TEXT("twice", UPSERT_SAYS("{\"conversation\":\"1\",\"conversation\":\"2\"}"), "message", "2"),
	TEXT("a NUL in the text", UPSERT_SAYS("{\"conversation\":\"a\\u0000b\"}"), "message", "a"),
	TEXT("lone surrogates", UPSERT_SAYS("{\"conversation\":\"\\ud83d\"}"), "message", BAD),
	TEXT("bytes that are no UTF-8", UPSERT_SAYS("{\"conversation\":\"a\xfe\"}"), "message", "a" BAD),
	TEXT("wrapped",
	     UPSERT_SAYS("{\"viewOnceMessage\":{\"message\":{\"ephemeralMessage\":"
	                 "{\"message\":{\"conversation\":\"x\"}}}}}"),
	     "message", "x"),
	TEXT("wrapped once too often",
	     UPSERT_SAYS("{\"viewOnceMessage\":{\"message\":{\"viewOnceMessage\":{\"message\":"
	     "{\"viewOnceMessage\":{\"message\":{\"viewOnceMessage\":{\"message\":{\"viewOnceMessage\":{\"message\":"
	     "{\"conversation\":\"x\"}}}}}}}}}}}"), "message", ""),
	TEXT("a wrapper of text", UPSERT_SAYS("{\"viewOnceMessage\":\"x\",\"conversation\":\"y\"}"), "message", "y"),
	ROW("contexts of all types", UPSERT("{\"contextInfo\":[],\"message\":{\"imageMessage\":{\"contextInfo\":7,"
	    "\"caption\":[],"
	    "\"fileSha256\":{\"0\":1},\"ptt\":\"true\"}}}"), 0, "message"),
	CHAT("nobody", UPSERT_FROM(""), "message", ""),
	CHAT("no at", UPSERT_FROM("593"), "message", ""),
	CHAT("nothing in front", UPSERT_FROM("@s.whatsapp.net"), "message", ""),
	CHAT("a device alone", UPSERT_FROM(":7@s.whatsapp.net"), "message", ""),
	CHAT("a device", UPSERT_FROM("593:7@s.whatsapp.net"), "message", "evolution:shop:phone:593"),
	CHAT("two ats", UPSERT_FROM("a@b@lid"), "message", "evolution:shop:lid:a"),
	CHAT("no digits", UPSERT_FROM("x@s.whatsapp.net"), "message", "evolution:shop:phone:x"),
	CHAT("a NUL in it", UPSERT_FROM("59\\u00003@lid"), "message", "evolution:shop:lid:59"),
	CHAT("the end alone", UPSERT_FROM("@g.us"), "message", ""),
	CHAT("a number", UPSERT("{\"key\":{\"id\":7,\"remoteJid\":593}}"), "message", ""),
	CHAT("a chat of another type, an own one", UPSERT("{\"key\":{\"remoteJid\":[],\"from\":\"5@lid\"}}"),
	    "message", ""),
	ROW("an acknowledgement of all types", EVOLUTION("messages.update",
	    "{\"fromMe\":\"true\",\"keyId\":7,\"status\":[],"
	    "\"remoteJid\":{}}"), 0, "status"),
	ROW("acknowledgements as numbers", EVOLUTION("messages.update",
	    "[{\"fromMe\":true,\"keyId\":\"a\",\"status\":-1},{\"fromMe\":true,"
	    "\"keyId\":\"a\",\"status\":1e999},{\"fromMe\":true,\"keyId\":\"a\",\"status\":4294967300}]"), 0,
	    "status status status"),
	ROW("no presences", EVOLUTION("presence.update", "{\"id\":\"5@lid\"}"), 0, "presence"),
	ROW("presences", EVOLUTION("presence.update", "{\"id\":\"5@lid\","
	    "\"presences\":[{\"lastKnownPresence\":\"x\"}]}"), 0, "presence"),
	ROW("reasons", EVOLUTION("connection.update", "{\"state\":{},\"statusReason\":1e999}"), 0, "session"),
	ROW("an edit of no type", EVOLUTION("messages.edited",
	    "{\"key\":{\"id\":\"a\"},\"type\":{\"low\":14,\"high\":0},\"editedMessage\":7}"),
	    0, "message"),
	ROW("deleted without a key", EVOLUTION("messages.delete", "{\"id\":\"a\",\"remoteJid\":\"5@lid\"}"), 0,
	    "message"),
	TIME("a Long", UPSERT_AT("{\"low\":1781000000,\"high\":0,\"unsigned\":true}"), "message", 1781000000000),
	TIME("half a Long", UPSERT_AT("{\"low\":1781000000}"), "message", 0),
	TIME("a negative Long", UPSERT_AT("{\"low\":-1,\"high\":-1}"), "message", 0),
	TIME("a Long of text", UPSERT_AT("{\"low\":\"1\",\"high\":\"0\"}"), "message", 0),
	TIME("text", UPSERT_AT("\"1781000000\""), "message", 1781000000000),
	TIME("milliseconds", UPSERT_AT("1781000000123"), "message", 1781000000123),
	TIME("far", UPSERT_AT("1e18"), "message", 0),
};

static const struct row twilio[] = {
	ROW("nothing", "", WQ_INBOUND_NOT_JSON, ""),
	ROW("spaces", "  ", WQ_INBOUND_NOT_JSON, ""),
	ROW("no pair", "hello", WQ_INBOUND_NOT_JSON, ""),
	ROW("separators", "&&&&", WQ_INBOUND_NOT_JSON, ""),
	ROW("an empty pair", "=", WQ_INBOUND_NOT_OURS, ""),
	ROW("another form", "a=b&c=d", WQ_INBOUND_NOT_OURS, ""),
	ROW("names without values", "AccountSid&MessageSid=", WQ_INBOUND_NOT_OURS, ""),
	ROW("an account alone", "AccountSid=AC1", 0, "other"),
	ROW("a message alone", "MessageSid=SM1", 0, "other"),
	ROW("encoded names", "%41ccountSid=AC1&%42ody=x", 0, "message"),
	ROW("names with a NUL", "AccountSid=AC1&Body%00=x", 0, "other"),
	ROW("names with dots and brackets", "AccountSid=AC1&Body.x=1&Body[]=2&body=3", 0, "other"),
	TEXT("twice", FORM("&Body=1&Body=2"), "message", "2"),
	TEXT("empty", FORM("&Body="), "message", ""),
	TEXT("a plus and a space", FORM("&Body=a+b%20c%2B"), "message", "a b c+"),
	TEXT("escapes that are none", FORM("&Body=%zz%4%"), "message", "%zz%4%"),
	TEXT("another pair within", FORM("&Body=a=b=c"), "message", "a=b=c"),
	TEXT("a semicolon", FORM("&Body=a;Body=b"), "message", "a;Body=b"),
	TEXT("a NUL", FORM("&Body=a%00b"), "message", "a"),
	TEXT("a raw NUL", FORM("&Body=a\0b"), "message", "a"),
	TEXT("bytes that are no UTF-8", FORM("&Body=a%FFz%C3"), "message", "a" BAD "z" BAD),
	TEXT("overlong", FORM("&Body=%C0%80"), "message", BAD BAD),
	TEXT("a surrogate", FORM("&Body=%ED%A0%80"), "message", BAD BAD BAD),
	TEXT("raw bytes", FORM("&Body=\xf0\x9f\x98\x80\xf0\x9f"), "message", "\xf0\x9f\x98\x80" BAD BAD),
	CHAT("nobody", "AccountSid=AC1&MessageSid=SM1&Body=x&From=&To=", "message", ""),
	CHAT("a channel alone", "AccountSid=AC1&MessageSid=SM1&Body=x&From=whatsapp:&To=whatsapp:", "message", ""),
	CHAT("no digits", "AccountSid=AC1&Body=x&From=whatsapp:%2Bx&To=y", "message", "twilio:y:user:+x"),
	CHAT("another channel", "AccountSid=AC1&Body=x&From=messenger:1&To=2", "message", "twilio:2:user:messenger:1"),
	CHAT("a colon in it", "AccountSid=AC1&Body=x&From=whatsapp:EC.1:2&To=3", "message", "twilio:3:user:EC.1:2"),
	ROW("a place that is none", FORM("&Body=&Latitude=nan&Longitude=inf"), 0, "message"),
	ROW("a place too far", FORM("&Body=&Latitude=91&Longitude=1e999"), 0, "message"),
	ROW("a status that nobody knows", "MessageSid=SM1&MessageStatus=%00", 0, "status"),
	ROW("an empty status", "MessageSid=SM1&MessageStatus=&SmsStatus=received", 0, "message"),
	ROW("a payload that is no JSON", "AccountSid=AC1&Payload=%7B&Level=x", 0, "error"),
	ROW("a payload that is a list", "AccountSid=AC1&Payload=%5B1%5D", 0, "error"),
	ROW("a payload that is empty", "AccountSid=AC1&Payload=", 0, "error"),
	ROW("no events", "[]", 0, ""),
	ROW("no list of events", "{\"data\":{}}", WQ_INBOUND_NOT_OURS, ""),
	ROW("spaces in front", " \t[{}]", 0, "other"),
	ROW("a cut list", "[{}", WQ_INBOUND_NOT_JSON, ""),
	ROW("events of other types", "[1,null,\"x\",[],{},{\"data\":[]},{\"data\":{\"messageStatus\":7}}]", 0,
	    "other other other other other other other"),
	ROW("events with words", "[{\"data\":{\"messageStatus\":\"READ\",\"errorCode\":\"99999999999999999999\","
	    "\"from\":[],\"to\":7}},"
	    "{\"data\":{\"messageStatus\":\"x\\u0000\"}}]", 0, "status status"),
	ROW("lone surrogates in events", "[{\"type\":\"\\udc00\"},{\"type\":\"\\udc00\"}]", 0, "other other"),
};

static void check_rows(wq_webhook_read_fn read, const struct row *rows, size_t n)
{
	struct wq_webhook_check c;

	wq_webhook_check_init(&c);
	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];

		WQ_CHECK_INT(r->what, wq_webhook_check(&c, read, r->body), r->rc);
		WQ_CHECK_STR(r->what, c.kinds, r->kinds);
		if (r->text)
			WQ_CHECK_STR(r->what, c.text, r->text);
		if (r->conversation)
			WQ_CHECK_STR(r->what, c.conversation, r->conversation);
		if (r->time_ms >= 0)
			WQ_CHECK_INT(r->what, c.time_ms, r->time_ms);
	}
	wq_webhook_check_fini(&c);
}

WQ_TEST(hostile_meta)
{
	check_rows(wq_cloud_webhook_read, meta, WQ_COUNT(meta));
}

WQ_TEST(hostile_evolution)
{
	check_rows(wq_evolution_webhook_read, evolution, WQ_COUNT(evolution));
}

WQ_TEST(hostile_twilio)
{
	check_rows(wq_twilio_webhook_read, twilio, WQ_COUNT(twilio));
}

WQ_TEST_MAIN(WQ_CASE(hostile_meta), WQ_CASE(hostile_evolution), WQ_CASE(hostile_twilio))
