/*
 * result.c - checks of arguments; 0 or a negative code -> values, or nil, message, code
 */
#include "lpoe.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* A string of digits names an ID before it names an alias (R22). */
static poe_session *
session_by_text(struct lpoe *p, const char *text)
{
    poe_session *s = NULL;
    size_t digits = strspn(text, "0123456789");

    if (digits > 0 && digits < 20 && text[digits] == '\0')
        s = poe_session_find(p->kernel, strtoull(text, NULL, 10));
    return s ? s : poe_alias_find(p->kernel, text);
}

/*
 * The session that `arg` names: an object, an ID or an alias.  NULL when there is none (any more);
 * raises when it is nothing that could name one.
 */
poe_session *
lpoe_check_session(lua_State *L, struct lpoe *p, int arg)
{
    const struct lsession *ls;
    poe_session *s = NULL;
    int integral;
    lua_Integer id;

    switch (lua_type(L, arg)) {
    case LUA_TUSERDATA:
        ls = lpoe_to_lsession(L, arg);
        if (!ls)
            break;
        s = lpoe_alive(ls);
        goto found;
    case LUA_TSTRING:
        if (strlen(lua_tostring(L, arg)) == lua_rawlen(L, arg))
            s = session_by_text(p, lua_tostring(L, arg));
        goto found;
    case LUA_TNUMBER:
        id = lua_tointegerx(L, arg, &integral);
        if (integral)
            s = poe_session_find(p->kernel, (uint64_t)id);
        goto found;
    }
    luaL_argerror(L, arg, lua_pushfstring(L, "session, ID or alias expected, got %s",
                                          luaL_typename(L, arg)));
found:
    return s && poe_session_id(s) == 1 ? poe_kernel_session(p->kernel) : s;
}

/* A name: a string without zero bytes. */
const char *
lpoe_check_name(lua_State *L, int arg, const char *what)
{
    size_t length;
    const char *name;

    if (lua_type(L, arg) != LUA_TSTRING)
        luaL_argerror(L, arg, lua_pushfstring(L, "%s: string expected, got %s", what,
                                              luaL_typename(L, arg)));
    name = lua_tolstring(L, arg, &length);
    if (strlen(name) != length)
        luaL_argerror(L, arg, lua_pushfstring(L, "%s: '%s' contains a zero byte", what, name));
    return name;
}

/* Seconds: any number but NaN. */
double
lpoe_check_seconds(lua_State *L, int arg, const char *what)
{
    double seconds;

    if (lua_type(L, arg) != LUA_TNUMBER)
        luaL_argerror(L, arg, lua_pushfstring(L, "%s: number expected, got %s", what,
                                              luaL_typename(L, arg)));
    seconds = lua_tonumber(L, arg);
    if (isnan(seconds))
        luaL_argerror(L, arg, lua_pushfstring(L, "%s: must be a time, got nan", what));
    return seconds;
}

int
lpoe_push_true(lua_State *L)
{
    lua_pushboolean(L, 1);
    return 1;
}

/* nil, "CODE: text", "CODE" */
int
lpoe_push_error(lua_State *L, int rc, const char *format, ...)
{
    const char *code = uv_err_name(rc);
    va_list args;

    lua_pushnil(L);
    lua_pushfstring(L, "%s: ", code);
    va_start(args, format);
    lua_pushvfstring(L, format, args);
    va_end(args);
    lua_concat(L, 2);
    lpoe_debug_error(L, lua_tostring(L, -1));
    lua_pushstring(L, code);
    return 3;
}

/* The session that `arg` names does not exist. */
int
lpoe_push_esrch(lua_State *L, int arg)
{
    const char *text = luaL_tolstring(L, arg, NULL);

    return lpoe_push_error(L, UV_ESRCH, "no such session: %s", text);
}
