/*
 * start.c - the least that starting and ending a Lua with a loop can cost, Lua and libuv shared
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <uv.h>

int
main(void)
{
    lua_State *L = luaL_newstate();
    uv_loop_t loop;

    luaL_openlibs(L);
    uv_loop_init(&loop);
    int failed = luaL_dostring(L, "") || uv_run(&loop, UV_RUN_DEFAULT);
    lua_close(L);
    uv_loop_close(&loop);
    return failed;
}
