/* SPDX-License-Identifier: MIT */
/* script.c — EVAL, EVALSHA and SCRIPT in one Lua state that all servers of the process share.
 *
 *   registry[sha]   the compiled function, kept whatever a server forgets
 *   _G              closed: no script makes or misses a global unnoticed; KEYS and ARGV are set for each call
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/script.h"

enum { FEW_ARGS = 32, GC_PAUSE = 200 }; /* GC_PAUSE: percent of what is in use */

static lua_State *lua;
static struct sim_call *running; /* the EVAL under way */

/* Its error on the stack. */
static int failed(lua_State *l, const char *text, bool raise)
{
	sim_lua_push_error(l, text);
	return raise ? lua_error(l) : 1;
}

/* The command named by argv[0] as a script may call it; NULL: *wrong tells why not. */
static const struct sim_command *allowed(const struct wq_str *argv, size_t argc, char wrong[512])
{
	const struct sim_command *c = sim_command_find(argv[0]);
	const char *refusal, *text = NULL;

	if (!c)
		text = "Unknown Redis command called from script";
	else if (!sim_arity_ok(c, argc))
		text = "Wrong number of args calling Redis command from script";
	else if (c->flags & SIM_NOSCRIPT)
		text = "This Redis command is not allowed from script";
	if (text) {
		snprintf(wrong, 512, "%s", text);
		return NULL;
	}
	refusal = running->c->all || running->wrote ? NULL : sim_refusal(running->r, c);
	if (!refusal)
		return c;
	snprintf(wrong, 512, "-%s", refusal);
	return NULL;
}

/* False: an argument is neither text nor number. */
static bool take_args(lua_State *l, struct wq_str *argv, size_t argc)
{
	char text[SIM_NUMBER_BYTES];

	for (size_t i = 0; i < argc; i++) {
		int at = (int)i + 1, type = lua_type(l, at);

		if (type == LUA_TNUMBER) {
			double v = lua_tonumber(l, at);
			size_t n = v > -1e15 && v < 1e15 && v == (double)(int64_t)v && v != 0
			                   ? sim_write_int(text, (int64_t)v)
			                   : (size_t)snprintf(text, sizeof(text), "%.17g", v);

			lua_pushlstring(l, text, n);
			lua_replace(l, at);
		} else if (type != LUA_TSTRING) {
			return false;
		}
		argv[i].p = lua_tolstring(l, at, &argv[i].n);
	}
	return true;
}

/* The answer as RESP is in `inner` then; false: refused, with the error in `wrong`. */
static bool carry_out(lua_State *l, struct wq_str *argv, size_t argc, char wrong[512])
{
	struct sim_call k = { .r = running->r,
		              .c = running->c,
		              .argv = argv,
		              .argc = argc,
		              .out = &running->r->inner,
		              .inside = true,
		              .script = true };

	snprintf(wrong, 512, "Lua redis lib command arguments must be strings or integers");
	k.command = take_args(l, argv, argc) ? allowed(argv, argc, wrong) : NULL;
	if (!k.command)
		return false;
	running->wrote |= (k.command->flags & SIM_W) != 0;
	wq_buf_clear(k.out);
	sim_call_run(&k);
	return true;
}

static int call(lua_State *l, bool raise)
{
	size_t argc = (size_t)lua_gettop(l);
	struct wq_str few[FEW_ARGS], *argv = few;
	char wrong[512];
	const char *p;
	bool ok;

	if (argc == 0)
		return failed(l, "Please specify at least one argument for this redis lib call",
		              raise);
	if (argc > FEW_ARGS)
		argv = sim_alloc(argc * sizeof(*argv));
	ok = carry_out(l, argv, argc, wrong);
	if (argc > FEW_ARGS)
		wq_free(argv);
	if (!ok)
		return failed(l, wrong, raise);
	luaL_checkstack(l, LUA_MINSTACK, "too many values");
	p = wq_buf_text(&running->r->inner);
	if (sim_lua_push(l, &p) && raise)
		return lua_error(l);
	return 1;
}

static int redis_call(lua_State *l)
{
	return call(l, true);
}

static int redis_pcall(lua_State *l)
{
	return call(l, false);
}

static int sha1hex(lua_State *l)
{
	char sha[41];
	struct wq_str s;

	if (lua_gettop(l) != 1)
		return failed(l, "wrong number of arguments", true);
	s.p = lua_tolstring(l, 1, &s.n);
	sim_sha1_hex(s, sha);
	lua_pushstring(l, sha);
	return 1;
}

static int one_field(lua_State *l, const char *name)
{
	if (lua_gettop(l) != 1 || lua_type(l, 1) != LUA_TSTRING)
		return failed(l, "wrong number or type of arguments", false);
	if (*name == 'e') {
		const char *text = lua_tostring(l, 1);

		lua_pushfstring(l, *text == '-' ? "%s" : "-%s", text);
		sim_lua_push_error(l, lua_tostring(l, -1));
		return 1;
	}
	lua_newtable(l);
	lua_pushvalue(l, 1);
	lua_setfield(l, -2, name);
	return 1;
}

static int error_reply(lua_State *l)
{
	return one_field(l, "err");
}

static int status_reply(lua_State *l)
{
	return one_field(l, "ok");
}

static int nothing(lua_State *l)
{
	(void)l;
	return 0;
}

/* What would be an address is the same in each run, and another one after a restart. */
static int redis_text(lua_State *l)
{
	lua_pushstring(l, running->r->address);
	return 1;
}

static int missing_global(lua_State *l)
{
	return luaL_error(l, "Script attempted to access nonexistent global variable '%s'",
	                  lua_isstring(l, 2) ? lua_tostring(l, 2) : "?");
}

static int new_global(lua_State *l)
{
	return luaL_error(l, "Attempt to modify a readonly table");
}

/* An error becomes a table that says where it was raised. */
static int on_error(lua_State *l)
{
	lua_Debug where;
	bool known = lua_getstack(l, 1, &where) && lua_getinfo(l, "nSl", &where);

	if (known && strcmp(where.what, "C") == 0)
		known = lua_getstack(l, 2, &where) && lua_getinfo(l, "nSl", &where);
	if (lua_type(l, 1) != LUA_TTABLE) {
		lua_newtable(l);
		lua_pushliteral(l, "ERR ");
		if (lua_isstring(l, 1))
			lua_pushvalue(l, 1);
		else
			lua_pushstring(l, luaL_typename(l, 1));
		lua_concat(l, 2);
		lua_setfield(l, -2, "err");
		lua_replace(l, 1);
	}
	if (known) {
		lua_pushstring(l, where.source);
		lua_setfield(l, 1, "source");
		lua_pushinteger(l, where.currentline);
		lua_setfield(l, 1, "line");
	}
	lua_settop(l, 1);
	return 1;
}

static void open_redis(lua_State *l)
{
	static const luaL_Reg functions[] = { { "call", redis_call },
		                              { "pcall", redis_pcall },
		                              { "sha1hex", sha1hex },
		                              { "error_reply", error_reply },
		                              { "status_reply", status_reply },
		                              { "log", nothing },
		                              { "setresp", nothing },
		                              { "replicate_commands", nothing },
		                              { NULL, NULL } };
	static const char *const levels[] = { "LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE",
		                              "LOG_WARNING" };

	lua_newtable(l);
	for (const luaL_Reg *f = functions; f->name; f++) {
		lua_pushcfunction(l, f->func);
		lua_setfield(l, -2, f->name);
	}
	for (size_t i = 0; i < WQ_COUNT(levels); i++) {
		lua_pushinteger(l, (int)i);
		lua_setfield(l, -2, levels[i]);
	}
	lua_newtable(l);
	lua_pushcfunction(l, redis_text);
	lua_setfield(l, -2, "__tostring");
	lua_setmetatable(l, -2);
	lua_setglobal(l, "redis");
}

static void open_library(lua_State *l, const char *name, lua_CFunction open)
{
	lua_pushcfunction(l, open);
	lua_pushstring(l, name);
	lua_call(l, 1, 0);
}

static void close_globals(lua_State *l)
{
	static const char *const gone[] = { "dofile", "loadfile", "print", "collectgarbage", "newproxy", "module",
		                            "require" };

	for (size_t i = 0; i < WQ_COUNT(gone); i++) {
		lua_pushnil(l);
		lua_setglobal(l, gone[i]);
	}
	/* Neither Redis' numbers nor ours would be the same. */
	lua_getglobal(l, "math");
	lua_pushnil(l);
	lua_setfield(l, -2, "random");
	lua_pop(l, 1);
	lua_newtable(l);
	lua_pushcfunction(l, missing_global);
	lua_setfield(l, -2, "__index");
	lua_pushcfunction(l, new_global);
	lua_setfield(l, -2, "__newindex");
	lua_setmetatable(l, LUA_GLOBALSINDEX);
}

static void open_lua(void)
{
	lua = lua_newstate(sim_lua_memory, NULL);
	if (!lua) {
		fputs("the simulated Redis has no memory for Lua\n", stderr);
		abort();
	}
	lua_gc(lua, LUA_GCSETPAUSE, GC_PAUSE);
	open_library(lua, "", luaopen_base);
	open_library(lua, LUA_TABLIBNAME, luaopen_table);
	open_library(lua, LUA_STRLIBNAME, luaopen_string);
	open_library(lua, LUA_MATHLIBNAME, luaopen_math);
	open_redis(lua);
	sim_lua_open_json(lua);
	lua_setglobal(lua, "cjson");
	close_globals(lua);
	lua_settop(lua, 0);
	lua_pushcfunction(lua, on_error); /* stays at 1 */
}

/* The compiled script is on the stack; false: the error was answered. */
static bool compiled(struct sim_call *k, struct wq_str body, const char *sha)
{
	if (!lua)
		open_lua();
	lua_getfield(lua, LUA_REGISTRYINDEX, sha);
	if (lua_isfunction(lua, -1))
		return true;
	lua_pop(lua, 1);
	if (luaL_loadbuffer(lua, body.p ? body.p : "", body.n, "@user_script") != 0) {
		sim_out_errorf(k, "ERR Error compiling script (new function): %s",
		               lua_tostring(lua, -1));
		lua_pop(lua, 1);
		return false;
	}
	lua_pushvalue(lua, -1);
	lua_setfield(lua, LUA_REGISTRYINDEX, sha);
	return true;
}

static void set_texts(const char *name, const struct wq_str *argv, size_t n)
{
	lua_pushstring(lua, name);
	lua_createtable(lua, (int)n, 0);
	for (size_t i = 0; i < n; i++) {
		lua_pushlstring(lua, argv[i].p ? argv[i].p : "", argv[i].n);
		lua_rawseti(lua, -2, (int)i + 1);
	}
	lua_rawset(lua, LUA_GLOBALSINDEX);
}

/* Of the error on top. */
static void answer_error(struct sim_call *k, const char *sha)
{
	const char *text, *source = NULL;
	int line = 0;

	lua_getfield(lua, -1, "err");
	text = lua_tostring(lua, -1);
	lua_getfield(lua, -2, "source");
	source = lua_tostring(lua, -1);
	lua_getfield(lua, -3, "line");
	line = (int)lua_tointeger(lua, -1);
	if (source)
		sim_out_errorf(k, "%s script: %s, on %s:%d.", text ? text : "ERR unknown error",
		               sha, source, line);
	else
		sim_out_error(k, text ? text : "ERR unknown error");
	lua_pop(lua, 3);
}

static void run(struct sim_call *k, const char *sha, size_t keys)
{
	set_texts("KEYS", k->argv + 3, keys);
	set_texts("ARGV", k->argv + 3 + keys, k->argc - 3 - keys);
	running = k;
	if (lua_pcall(lua, 0, 1, 1) != 0) {
		if (lua_type(lua, -1) == LUA_TTABLE)
			answer_error(k, sha);
		else
			sim_out_errorf(k, "ERR %s",
			               lua_isstring(lua, -1) ? lua_tostring(lua, -1)
			                                     : "error in a script");
	} else {
		sim_lua_answer(lua, k);
	}
	running = NULL;
	lua_settop(lua, 1);
}

static bool read_keys(struct sim_call *k, size_t *keys)
{
	int64_t n;

	if (!sim_arg_int(k, 2, &n))
		return false;
	if (n > (int64_t)k->argc - 3) {
		sim_out_error(k, "ERR Number of keys can't be greater than number of args");
		return false;
	}
	if (n < 0) {
		sim_out_error(k, "ERR Number of keys can't be negative");
		return false;
	}
	*keys = (size_t)n;
	return true;
}

static void know(struct sim_redis *r, const char *sha)
{
	if (!sim_table_find(&r->scripts, wq_str(sha)))
		sim_table_add(&r->scripts, wq_str(sha));
}

static void eval(struct sim_call *k)
{
	char sha[41];
	size_t keys;

	if (!read_keys(k, &keys))
		return;
	sim_sha1_hex(sim_arg(k, 1), sha);
	if (!compiled(k, sim_arg(k, 1), sha))
		return;
	know(k->r, sha);
	run(k, sha, keys);
}

static bool read_sha(struct wq_str s, char sha[41])
{
	if (s.n != 40)
		return false;
	for (size_t i = 0; i < 40; i++)
		sha[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
	sha[40] = '\0';
	return true;
}

static void evalsha(struct sim_call *k)
{
	char sha[41];
	size_t keys;

	if (!read_keys(k, &keys))
		return;
	if (!read_sha(sim_arg(k, 1), sha) || !sim_table_find(&k->r->scripts, wq_str(sha))) {
		sim_out_error(k, "NOSCRIPT No matching script. Please use EVAL.");
		return;
	}
	if (compiled(k, wq_str(""), sha))
		run(k, sha, keys);
}

static void load(struct sim_call *k)
{
	char sha[41];

	sim_sha1_hex(sim_arg(k, 2), sha);
	if (!compiled(k, sim_arg(k, 2), sha))
		return;
	lua_pop(lua, 1);
	know(k->r, sha);
	sim_out_str(k, wq_str(sha));
}

static void script(struct sim_call *k)
{
	char sha[41];

	if (sim_arg_is(k, 1, "LOAD") && k->argc == 3) {
		load(k);
	} else if (sim_arg_is(k, 1, "EXISTS") && k->argc >= 3) {
		sim_out_array(k, k->argc - 2);
		for (size_t i = 2; i < k->argc; i++)
			sim_out_int(k, read_sha(sim_arg(k, i), sha) &&
			                       sim_table_find(&k->r->scripts, wq_str(sha)));
	} else if (sim_arg_is(k, 1, "FLUSH") && k->argc <= 3) {
		sim_table_fini(&k->r->scripts);
		sim_out_ok(k);
	} else if (sim_arg_is(k, 1, "KILL") && k->argc == 2) {
		sim_out_error(k, "NOTBUSY No scripts in execution right now.");
	} else {
		sim_out_errorf(k, "ERR unknown subcommand '%.*s'. Try SCRIPT HELP.",
		               (int)(k->argv[1].n < 128 ? k->argv[1].n : 128), k->argv[1].p);
	}
}

const struct sim_command sim_script_commands[] = {
	{ "eval", eval, -3, SIM_NOSCRIPT | SIM_WHOLE },
	{ "evalsha", evalsha, -3, SIM_NOSCRIPT | SIM_WHOLE },
	{ "script", script, -2, SIM_NOSCRIPT },
	{ NULL, NULL, 0, 0 },
};
