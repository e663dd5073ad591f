/* SPDX-License-Identifier: MIT */
/* script_value.c — answers become values of Lua, and values answers. */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/redis/script.h"

enum { STACK_ROOM = 8 };

void sim_lua_push_error(lua_State *l, const char *text)
{
	const char *end = text + strcspn(text, "\r\n");
	bool coded = *text == '-';

	text += coded;
	lua_createtable(l, 0, 3);
	if (coded && memchr(text, ' ', (size_t)(end - text))) {
		lua_pushlstring(l, text, (size_t)(end - text));
	} else {
		lua_pushliteral(l, "ERR ");
		lua_pushlstring(l, text, (size_t)(end - text));
		lua_concat(l, 2);
	}
	lua_setfield(l, -2, "err");
}

static long long number(const char *p, const char **behind)
{
	bool minus = *p == '-';
	unsigned long long v = 0;

	for (p += minus; *p != '\r'; p++)
		v = v * 10 + (unsigned)(*p - '0');
	*behind = p + 2;
	return (long long)(minus ? 0 - v : v);
}

static void push_array(lua_State *l, const char **p, long long n)
{
	luaL_checkstack(l, STACK_ROOM, "an answer is too deep");
	lua_createtable(l, (int)n, 0);
	for (int i = 1; i <= n; i++) {
		sim_lua_push(l, p);
		lua_rawseti(l, -2, i);
	}
}

bool sim_lua_push(lua_State *l, const char **p)
{
	const char *line = *p + 1;
	char kind = **p;
	long long n;

	if (kind == '+' || kind == '-') {
		size_t len = strcspn(line, "\r");

		*p = line + len + 2;
		if (kind == '-') {
			sim_lua_push_error(l, line - 1);
			return true;
		}
		lua_createtable(l, 0, 1);
		lua_pushlstring(l, line, len);
		lua_setfield(l, -2, "ok");
		return false;
	}
	n = number(line, p);
	if (kind == ':') {
		lua_pushnumber(l, (lua_Number)n);
	} else if (n < 0) {
		lua_pushboolean(l, 0);
	} else if (kind == '$') {
		lua_pushlstring(l, *p, (size_t)n);
		*p += n + 2;
	} else {
		push_array(l, p, n);
	}
	return false;
}

/* The field of the table on top, on the stack; false, and nothing: not such a value. */
static bool field(lua_State *l, const char *name, int type)
{
	lua_pushstring(l, name);
	lua_rawget(l, -2);
	if (lua_type(l, -1) == type)
		return true;
	lua_pop(l, 1);
	return false;
}

static void answer_array(lua_State *l, struct sim_call *k)
{
	int n = 0;

	for (;; n++) {
		bool end;

		lua_rawgeti(l, -1, n + 1);
		end = lua_isnil(l, -1);
		lua_pop(l, 1);
		if (end)
			break;
	}
	sim_out_array(k, (size_t)n);
	for (int i = 1; i <= n; i++) {
		lua_rawgeti(l, -1, i);
		sim_lua_answer(l, k);
		lua_pop(l, 1);
	}
}

static void answer_status(lua_State *l, struct sim_call *k)
{
	const char *text = lua_tostring(l, -1);

	sim_add(k->out, "+", 1);
	for (; *text; text++)
		sim_add(k->out, *text == '\r' || *text == '\n' ? " " : text, 1);
	sim_add(k->out, "\r\n", 2);
}

static void answer_table(lua_State *l, struct sim_call *k)
{
	if (field(l, "err", LUA_TSTRING)) {
		const char *text = lua_tostring(l, -1);

		sim_out_error(k, *text == '-' ? text + 1 : text);
		lua_pop(l, 1);
	} else if (field(l, "ok", LUA_TSTRING)) {
		answer_status(l, k);
		lua_pop(l, 1);
	} else if (field(l, "double", LUA_TNUMBER)) {
		sim_out_double(k, lua_tonumber(l, -1));
		lua_pop(l, 1);
	} else {
		answer_array(l, k);
	}
}

void sim_lua_answer(lua_State *l, struct sim_call *k)
{
	size_t n;
	const char *p;

	if (!lua_checkstack(l, STACK_ROOM)) {
		sim_out_error(k, "ERR reached lua stack limit");
		return;
	}
	switch (lua_type(l, -1)) {
	case LUA_TSTRING:
		p = lua_tolstring(l, -1, &n);
		sim_out_str(k, wq_strn(p, n));
		break;
	case LUA_TNUMBER:
		sim_out_int(k, (int64_t)lua_tonumber(l, -1));
		break;
	case LUA_TBOOLEAN:
		if (lua_toboolean(l, -1))
			sim_out_int(k, 1);
		else
			sim_out_nil(k);
		break;
	case LUA_TTABLE:
		answer_table(l, k);
		break;
	default:
		sim_out_nil(k);
	}
}
