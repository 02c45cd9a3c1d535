/*
 * embed.c - the smallest host: a Lua state, poe in it, a script, the kernel until its sessions stop
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

#include "poelib.h"

int
main(int argc, char **argv)
{
    lua_State *L = luaL_newstate();
    int status = LUA_ERRRUN;

    if (!L)
        return 1;
    luaL_openlibs(L);
    if (argc > 1 && poelib_open(L, NULL)) {
        poelib_globals(L);
        status = luaL_loadfile(L, argv[1]);
        if (status == LUA_OK)
            status = poelib_call(L, 0);
        if (status == LUA_OK)
            status = poelib_run(L);
    }
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", argc > 1 ? lua_tostring(L, -1) : "usage: embed SCRIPT");
    lua_close(L); /* takes the kernel with it */
    return status == LUA_OK ? 0 : 1;
}
