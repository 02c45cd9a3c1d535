/*
 * loader.c - the embedded library: a package searcher, and the table embed.c made
 *
 * Comes before the path searchers.  With a folder given (POE_LUA), files there come first, so that
 * work on the library needs no rebuild.
 */
#include "lpoe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poelib.h"

/* build/FLAVOUR/embedded.c: sorted by name. */
struct embedded {
    const char *module; /* "poe.filter.Line" */
    const char *chunk;  /* "@poe/filter/Line.lua" */
    const char *source;
    size_t size;
    const char *code;   /* the same, compiled; NULL: is to be */
    size_t code_size;
};
extern const struct embedded lpoe_embedded[];
extern const size_t lpoe_embedded_count;

static int
compare(const void *module, const void *entry)
{
    return strcmp(module, ((const struct embedded *)entry)->module);
}

/* The key of the library's folder in the registry. */
static const char folder_key;

/* Loads DIR/a/b.lua for "a.b", if there is a folder and the file. */
static int
load_from_folder(lua_State *L, const char *module)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &folder_key) != LUA_TSTRING) {
        lua_pop(L, 1);
        return LUA_ERRFILE;
    }
    const char *path = luaL_gsub(L, module, ".", "/");
    const char *file = lua_pushfstring(L, "%s/%s.lua", lua_tostring(L, -2), path);
    FILE *f = fopen(file, "r");
    if (!f) {
        lua_pop(L, 3);
        return LUA_ERRFILE;
    }
    fclose(f);
    int status = luaL_loadfile(L, file);
    lua_insert(L, -4);
    lua_pop(L, 3);
    return status;
}

static const struct embedded *
find(const char *module)
{
    return bsearch(module, lpoe_embedded, lpoe_embedded_count, sizeof lpoe_embedded[0], compare);
}

int
lpoe_source(lua_State *L, const char *module)
{
    const struct embedded *e = find(module);

    if (e)
        lua_pushlstring(L, e->source, e->size);
    return e != NULL;
}

int
lpoe_modules(lua_State *L)
{
    lua_createtable(L, (int)lpoe_embedded_count, 0);
    for (size_t i = 0; i < lpoe_embedded_count; i++) {
        lua_pushstring(L, lpoe_embedded[i].module);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* Pushes the module's chunk, or a message.  LUA_ERRFILE with nothing pushed: not one of ours. */
int
lpoe_loader(lua_State *L, const char *module)
{
    int status = load_from_folder(L, module);

    if (status != LUA_ERRFILE)
        return status;
    const struct embedded *e = find(module);
    if (!e)
        return LUA_ERRFILE;
    if (e->code)
        return luaL_loadbufferx(L, e->code, e->code_size, e->chunk, "b");
    return luaL_loadbufferx(L, e->source, e->size, e->chunk, "t");
}

/* The key of `core` in the registry, once it is there. */
static const char core_key;

void
lpoe_loader_core(lua_State *L)
{
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &core_key);
}

/* Calls the chunk, upvalue 1, with `core`, upvalue 2: what require calls. */
static int
l_run(lua_State *L)
{
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_call(L, 1, 1);
    return 1;
}

/* A searcher, as package.searchers wants it. */
static int
l_search(lua_State *L)
{
    const char *module = luaL_checkstring(L, 1);
    int status = lpoe_loader(L, module);

    if (status == LUA_OK) {
        if (lua_rawgetp(L, LUA_REGISTRYINDEX, &core_key) == LUA_TTABLE)
            lua_pushcclosure(L, l_run, 2);
        else
            lua_pop(L, 1);
        lua_pushliteral(L, ":poe:");
        return 2;
    }
    if (status == LUA_ERRFILE)
        return 0;
    return luaL_error(L, "error loading module '%s' of poe:\n\t%s", module, lua_tostring(L, -1));
}

/* Puts the searcher second, after package.preload; does nothing where there is no package. */
void
lpoe_loader_install(lua_State *L)
{
    int top = lua_gettop(L);

    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, "package") == LUA_TTABLE
        && lua_getfield(L, -1, "searchers") == LUA_TTABLE) {
        for (lua_Integer i = (lua_Integer)lua_rawlen(L, -1); i >= 2; i--) {
            lua_rawgeti(L, -1, i);
            lua_rawseti(L, -2, i + 1);
        }
        lua_pushcfunction(L, l_search);
        lua_rawseti(L, -2, 2);
    }
    lua_settop(L, top);
}

/* const char *, on L: may raise for lack of memory */
static int
l_folder(lua_State *L)
{
    lua_pushstring(L, lua_touserdata(L, 1));
    lua_rawsetp(L, LUA_REGISTRYINDEX, &folder_key);
    return 0;
}

int
poelib_library(lua_State *L, const char *dir)
{
    lua_pushcfunction(L, l_folder);
    lua_pushlightuserdata(L, (void *)dir);
    return lua_pcall(L, 1, 0, 0);
}
