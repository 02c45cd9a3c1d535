/*
 * l_http.c - the head of a plain HTTP request, taken apart in one pass
 *
 * Plain: what nearly every client sends.  Whatever is not, a name that comes twice, a continued line or what breaks
 * the rules, is left to HTTPD.lua, which knows all of them.
 */
#include "lpoe.h"

#include <string.h>

#define LONGEST_NAME 64

/* What a header's name is made of: RFC 9110, 5.6.2. */
static int
is_token(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static int
is_method(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Sets `method`, `uri` and `version` of the table on top.  Returns where the headers begin; NULL: not plain. */
static const char *
request_line(lua_State *L, const char *at, const char *end)
{
    const char *from = at;

    while (at < end && is_method((unsigned char)*at))
        at++;
    if (at == from || at == end || *at != ' ')
        return NULL;
    lua_pushlstring(L, from, (size_t)(at - from));
    lua_setfield(L, -2, "method");
    from = ++at;
    while (at < end && *at > ' ' && *at < 127)
        at++;
    if (at == from || (from[0] == '/' && from[1] == '/') || end - at < 11 || memcmp(at, " HTTP/1.", 8) != 0
        || at[8] < '0' || at[8] > '9')
        return NULL;
    lua_pushlstring(L, from, (size_t)(at - from));
    lua_setfield(L, -2, "uri");
    lua_pushlstring(L, at + 1, 8);
    lua_setfield(L, -2, "version");
    at += 9;
    at += *at == '\r';
    return *at == '\n' ? at + 1 : NULL;
}

/* Sets a header of the table on top.  Returns where the next begins; NULL: not plain. */
static const char *
header_line(lua_State *L, const char *at, const char *end)
{
    char name[LONGEST_NAME];
    size_t length = 0;

    for (; at < end && is_token((unsigned char)*at); at++) {
        if (length == sizeof name)
            return NULL;
        name[length++] = *at == '_' ? '-' : *at >= 'A' && *at <= 'Z' ? (char)(*at + 'a' - 'A') : *at;
    }
    if (length == 0 || at == end || *at != ':')
        return NULL;
    do
        at++;
    while (at < end && (*at == ' ' || *at == '\t'));
    const char *line = memchr(at, '\n', (size_t)(end - at));
    if (!line)
        return NULL;
    const char *stop = line > at && line[-1] == '\r' ? line - 1 : line;
    size_t size = (size_t)(stop - at);
    if (memchr(at, '\r', size) || memchr(at, '\0', size))
        return NULL;
    while (size && (at[size - 1] == ' ' || at[size - 1] == '\t'))
        size--;
    lua_pushlstring(L, name, length);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, -3) != LUA_TNIL)
        return NULL;
    lua_pop(L, 1);
    lua_pushlstring(L, at, size);
    lua_rawset(L, -3);
    return line + 1;
}

/* http_head(text, position) -> { method, uri, version, headers }, position behind its blank line; nil when it is not
 * plain, or not whole */
static int
l_http_head(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
    lua_Integer from = luaL_checkinteger(L, 2);

    if (from < 1 || (lua_Unsigned)from > length)
        return 0;
    lua_settop(L, 1);
    lua_createtable(L, 0, 5);
    const char *at = request_line(L, text + from - 1, end);
    if (!at)
        return 0;
    lua_createtable(L, 0, 8);
    while (at && at < end && *at != '\r' && *at != '\n')
        at = header_line(L, at, end);
    at = at && at < end && *at == '\r' ? at + 1 : at;
    if (!at || at == end || *at != '\n')
        return 0;
    lua_setfield(L, 2, "headers");
    lua_pushinteger(L, at - text + 2);
    return 2;
}

void
lpoe_open_http(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg funcs[] = { { "http_head", l_http_head }, { NULL, NULL } };

    lpoe_setfuncs(L, p, funcs);
}
