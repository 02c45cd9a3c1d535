/*
 * smallest.c - the smallest host: a Lua state, poe in it, a script, the kernel until its sessions stop
 */
#ifdef __cplusplus
#include <lua.hpp>
#else
#include <lauxlib.h>
#include <lualib.h>
#endif
#include <poelib.h>
#include <stdio.h>

static const char script[] =
    "poe.Session.create { inline_states = {\n"
    "  _start = function() yield('count', 1) end,\n"
    "  count  = function(n) print(n) if n < 3 then yield('count', n + 1) end end,\n"
    "  _stop  = function() print 'stopped' end,\n"
    "} }\n";

int
main(void)
{
    lua_State *L = luaL_newstate();
    int status = LUA_ERRRUN;

    if (!L)
        return 1;
    luaL_openlibs(L);
    if (poelib_open(L, NULL)) {
        status = poelib_globals(L);
        if (status == LUA_OK)
            status = luaL_loadstring(L, script);
        if (status == LUA_OK)
            status = poelib_call(L, 0);
        if (status == LUA_OK)
            status = poelib_run(L);
    }
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L); /* takes the kernel with it */
    return status == LUA_OK ? 0 : 1;
}
