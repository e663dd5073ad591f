/* SPDX-License-Identifier: MIT */
/* script_json.c — cjson.encode and cjson.decode as scripts of Redis have them. */
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "sim/redis/script.h"

enum { DEPTH_MAX = 1000, STACK_ROOM = 8, SPARSE_RATIO = 2, SPARSE_SAFE = 10 };

static struct wq_buf out; /* of the one encode that runs */

static void put(const char *text)
{
	sim_add(&out, text, strlen(text));
}

static void put_string(lua_State *l, int at)
{
	size_t n;
	const char *p = lua_tolstring(l, at, &n);

	put("\"");
	for (size_t i = 0; i < n; i++) {
		static const char special[] = "\"\\/\b\f\n\r\t", names[] = "\"\\/bfnrt";
		const char *found = p[i] ? strchr(special, p[i]) : NULL;
		char text[8];

		if (found)
			snprintf(text, sizeof(text), "\\%c", names[found - special]);
		else if ((unsigned char)p[i] < ' ' || p[i] == 127)
			snprintf(text, sizeof(text), "\\u%04x", (unsigned)p[i]);
		else {
			sim_add(&out, p + i, 1);
			continue;
		}
		put(text);
	}
	put("\"");
}

static void put_number(lua_State *l, int at)
{
	double v = lua_tonumber(l, at);
	char text[SIM_NUMBER_BYTES];

	if (isnan(v) || isinf(v))
		luaL_error(l, "Cannot serialise number: must not be NaN or Inf");
	snprintf(text, sizeof(text), "%.14g", v);
	put(text);
}

/* How long it is as an array; -1: it is none; 0: empty. */
static int array_length(lua_State *l)
{
	double key;
	int max = 0, items = 0;

	for (lua_pushnil(l); lua_next(l, -2); lua_pop(l, 1)) {
		key = lua_type(l, -2) == LUA_TNUMBER ? lua_tonumber(l, -2) : 0;
		if (key < 1 || key != floor(key)) {
			lua_pop(l, 2);
			return -1;
		}
		max = key > max ? (int)key : max;
		items++;
	}
	if (max > items * SPARSE_RATIO && max > SPARSE_SAFE)
		luaL_error(l, "Cannot serialise table: excessively sparse array");
	return max;
}

static void put_value(lua_State *l, int depth);

static void put_array(lua_State *l, int n, int depth)
{
	put("[");
	for (int i = 1; i <= n; i++) {
		if (i > 1)
			put(",");
		lua_rawgeti(l, -1, i);
		put_value(l, depth);
		lua_pop(l, 1);
	}
	put("]");
}

static void put_object(lua_State *l, int depth)
{
	bool comma = false;

	put("{");
	for (lua_pushnil(l); lua_next(l, -2); lua_pop(l, 1)) {
		if (comma)
			put(",");
		comma = true;
		if (lua_type(l, -2) == LUA_TNUMBER) {
			put("\"");
			put_number(l, -2);
			put("\"");
		} else if (lua_type(l, -2) == LUA_TSTRING) {
			put_string(l, -2);
		} else {
			luaL_error(l,
			           "Cannot serialise table: table key must be a number or string");
		}
		put(":");
		put_value(l, depth);
	}
	put("}");
}

static void put_value(lua_State *l, int depth)
{
	int n;

	switch (lua_type(l, -1)) {
	case LUA_TSTRING:
		put_string(l, -1);
		return;
	case LUA_TNUMBER:
		put_number(l, -1);
		return;
	case LUA_TBOOLEAN:
		put(lua_toboolean(l, -1) ? "true" : "false");
		return;
	case LUA_TNIL:
		put("null");
		return;
	case LUA_TTABLE:
		if (depth >= DEPTH_MAX)
			luaL_error(l, "Cannot serialise, excessive depth (%d)", depth + 1);
		luaL_checkstack(l, STACK_ROOM, "too deep");
		n = array_length(l);
		if (n > 0)
			put_array(l, n, depth + 1);
		else
			put_object(l, depth + 1);
		return;
	default:
		if (lua_type(l, -1) == LUA_TLIGHTUSERDATA && !lua_touserdata(l, -1)) {
			put("null");
			return;
		}
		luaL_error(l, "Cannot serialise %s: type not supported", luaL_typename(l, -1));
	}
}

static int encode(lua_State *l)
{
	luaL_argcheck(l, lua_gettop(l) == 1, 1, "expected 1 argument");
	wq_buf_fini(&out); /* of one that failed */
	wq_buf_init(&out, SIM_OUT_MAX);
	put_value(l, 0);
	lua_pushlstring(l, out.p, out.n);
	wq_buf_fini(&out);
	return 1;
}

struct text {
	lua_State *l;
	const char *start, *p, *end;
	int depth;
};

/* What stands where another thing was expected. */
static const char *token(const struct text *t)
{
	static const struct {
		const char *begins, *name;
	} all[] = { { "{", "T_OBJ_BEGIN" },  { "}", "T_OBJ_END" },    { "[", "T_ARR_BEGIN" },
		    { "]", "T_ARR_END" },    { ":", "T_COLON" },      { ",", "T_COMMA" },
		    { "\"", "T_STRING" },    { "true", "T_BOOLEAN" }, { "null", "T_NULL" },
		    { "false", "T_BOOLEAN" } };
	size_t left = (size_t)(t->end - t->p);

	if (left == 0)
		return "T_END";
	for (size_t i = 0; i < WQ_COUNT(all); i++)
		if (left >= strlen(all[i].begins) &&
		    memcmp(t->p, all[i].begins, strlen(all[i].begins)) == 0)
			return all[i].name;
	return *t->p == '-' || (*t->p >= '0' && *t->p <= '9') ? "T_NUMBER" : "invalid token";
}

_Noreturn static void broken(const struct text *t, const char *wanted)
{
	luaL_error(t->l, "Expected %s but found %s at character %d", wanted, token(t),
	           (int)(t->p - t->start) + 1);
	abort();
}

static void skip(struct text *t)
{
	while (t->p < t->end && strchr(" \t\r\n", *t->p) && *t->p)
		t->p++;
}

static bool takes(struct text *t, char c)
{
	skip(t);
	if (t->p == t->end || *t->p != c)
		return false;
	t->p++;
	return true;
}

static unsigned hex4(struct text *t)
{
	unsigned v = 0;

	for (int i = 0; i < 4; i++, t->p++) {
		const char *digits = "0123456789abcdef", *found;

		found = t->p < t->end && *t->p ? strchr(digits, *t->p | 32) : NULL;
		if (!found)
			broken(t, "value");
		v = v * 16 + (unsigned)(found - digits);
	}
	return v;
}

static void add_code(luaL_Buffer *b, unsigned c)
{
	if (c < 0x80) {
		luaL_addchar(b, (char)c);
	} else if (c < 0x800) {
		luaL_addchar(b, (char)(0xc0 | c >> 6));
		luaL_addchar(b, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		luaL_addchar(b, (char)(0xe0 | c >> 12));
		luaL_addchar(b, (char)(0x80 | (c >> 6 & 63)));
		luaL_addchar(b, (char)(0x80 | (c & 63)));
	} else {
		luaL_addchar(b, (char)(0xf0 | c >> 18));
		luaL_addchar(b, (char)(0x80 | (c >> 12 & 63)));
		luaL_addchar(b, (char)(0x80 | (c >> 6 & 63)));
		luaL_addchar(b, (char)(0x80 | (c & 63)));
	}
}

static void take_code(struct text *t, luaL_Buffer *b)
{
	unsigned c = hex4(t), low;

	if (c >= 0xdc00 && c < 0xe000)
		broken(t, "value");
	if (c >= 0xd800 && c < 0xdc00) {
		if (t->end - t->p < 6 || t->p[0] != '\\' || t->p[1] != 'u')
			broken(t, "value");
		t->p += 2;
		low = hex4(t);
		if (low < 0xdc00 || low > 0xdfff)
			broken(t, "value");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	add_code(b, c);
}

/* Behind the opening quote. */
static void take_string(struct text *t)
{
	static const char names[] = "\"\\/bfnrt", special[] = "\"\\/\b\f\n\r\t";
	luaL_Buffer b;

	luaL_buffinit(t->l, &b);
	for (;;) {
		const char *found;

		if (t->p == t->end || (unsigned char)*t->p < ' ')
			broken(t, "value");
		if (*t->p == '"')
			break;
		if (*t->p != '\\') {
			luaL_addchar(&b, *t->p++);
			continue;
		}
		t->p++;
		found = t->p < t->end && *t->p ? strchr(names, *t->p) : NULL;
		if (found) {
			luaL_addchar(&b, special[found - names]);
			t->p++;
		} else if (t->p < t->end && *t->p == 'u') {
			t->p++;
			take_code(t, &b);
		} else {
			broken(t, "value");
		}
	}
	t->p++;
	luaL_pushresult(&b);
}

static bool word(struct text *t, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(t->end - t->p) < n || memcmp(t->p, text, n) != 0)
		return false;
	t->p += n;
	return true;
}

static void take_value(struct text *t);

static void deeper(struct text *t)
{
	if (++t->depth > DEPTH_MAX)
		luaL_error(t->l, "Found too many nested data structures (%d)", t->depth);
	luaL_checkstack(t->l, STACK_ROOM, "too deep");
	lua_newtable(t->l);
}

static void take_object(struct text *t)
{
	deeper(t);
	if (!takes(t, '}')) {
		do {
			if (!takes(t, '"'))
				broken(t, "object key string");
			take_string(t);
			if (!takes(t, ':'))
				broken(t, "colon");
			take_value(t);
			lua_rawset(t->l, -3);
		} while (takes(t, ','));
		if (!takes(t, '}'))
			broken(t, "comma or object end");
	}
	t->depth--;
}

static void take_array(struct text *t)
{
	int n = 0;

	deeper(t);
	if (!takes(t, ']')) {
		do {
			take_value(t);
			lua_rawseti(t->l, -2, ++n);
		} while (takes(t, ','));
		if (!takes(t, ']'))
			broken(t, "comma or array end");
	}
	t->depth--;
}

static void take_number(struct text *t)
{
	char *end;
	double v;

	if (t->p == t->end || !strchr("-0123456789", *t->p) || !*t->p)
		broken(t, "value");
	v = strtod(t->p, &end);
	if (end == t->p)
		broken(t, "value");
	t->p = end;
	lua_pushnumber(t->l, v);
}

static void take_value(struct text *t)
{
	if (takes(t, '{'))
		take_object(t);
	else if (takes(t, '['))
		take_array(t);
	else if (takes(t, '"'))
		take_string(t);
	else if (word(t, "true"))
		lua_pushboolean(t->l, 1);
	else if (word(t, "false"))
		lua_pushboolean(t->l, 0);
	else if (word(t, "null"))
		lua_pushlightuserdata(t->l, NULL);
	else
		take_number(t);
}

static int decode(lua_State *l)
{
	struct text t = { .l = l };
	size_t n;

	luaL_argcheck(l, lua_gettop(l) == 1, 1, "expected 1 argument");
	t.start = t.p = luaL_checklstring(l, 1, &n);
	t.end = t.p + n;
	take_value(&t);
	skip(&t);
	if (t.p < t.end)
		broken(&t, "the end");
	return 1;
}

void sim_lua_open_json(lua_State *l)
{
	lua_newtable(l);
	lua_pushcfunction(l, encode);
	lua_setfield(l, -2, "encode");
	lua_pushcfunction(l, decode);
	lua_setfield(l, -2, "decode");
	lua_pushlightuserdata(l, NULL);
	lua_setfield(l, -2, "null");
}
