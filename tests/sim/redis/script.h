/* SPDX-License-Identifier: MIT */
#pragma once
/* script.h — what the files of the Lua side share. */
#include <lua.h>

#include "sim/redis/server.h"

/* script_value.c: between answers and values of Lua. */
/* Pushes the answer at *p and moves behind it; true: it is an error. */
bool sim_lua_push(lua_State *l, const char **p);
/* Answers with the value on top. */
void sim_lua_answer(lua_State *l, struct sim_call *k);
/* Pushes { err = … } of "-CODE text" or "text". */
void sim_lua_push_error(lua_State *l, const char *text);

/* script_memory.c: a lua_Alloc. */
void *sim_lua_memory(void *ctx, void *p, size_t old, size_t n);

/* script_json.c: leaves the table cjson on the stack. */
void sim_lua_open_json(lua_State *l);
