/*
 * l_http.c - the heads of plain HTTP requests and responses, taken apart and written in one pass
 *
 * Plain: what nearly every client and server sends.  Whatever is not, a name that comes twice, a continued line, a
 * list of values or what breaks the rules, is left to HTTPD.lua, which knows all of them.
 */
#include "lpoe.h"

#include <string.h>

#define LONGEST_NAME 64
#define MOST_HEADERS 16 /* of a response */

/* -- requests ------------------------------------------------------------------------------ */

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

/* Whether it says something of the content. */
static int
is_framing(const char *name, size_t length)
{
    return (length == 14 && memcmp(name, "content-length", 14) == 0)
           || (length == 16 && memcmp(name, "content-encoding", 16) == 0)
           || (length == 17 && memcmp(name, "transfer-encoding", 17) == 0);
}

/* Sets a header of the table on top, and `*framing`.  Returns where the next begins; NULL: not plain. */
static const char *
header_line(lua_State *L, const char *at, const char *end, int *framing)
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
    *framing = *framing || is_framing(name, length);
    return line + 1;
}

/* Pushes the table of the request that is in `text` from its octet `from` on, 0 the first, and sets whether its
 * headers say something of its content.  Returns where it ends; 0: not plain, or not whole. */
static size_t
read_request(lua_State *L, const char *text, size_t length, size_t from, int *framing)
{
    const char *end = text + length;

    *framing = 0;
    lua_createtable(L, 0, 5);
    const char *at = request_line(L, text + from, end);
    if (!at)
        return 0;
    lua_createtable(L, 0, 8);
    while (at && at < end && *at != '\r' && *at != '\n')
        at = header_line(L, at, end, framing);
    at = at && at < end && *at == '\r' ? at + 1 : at;
    if (!at || at == end || *at != '\n')
        return 0;
    lua_setfield(L, -2, "headers");
    return (size_t)(at - text) + 1;
}

/* http_head(text, position) -> { method, uri, version, headers }, position behind its blank line; nil when it is not
 * plain, or not whole */
static int
l_http_head(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer from = luaL_checkinteger(L, 2);
    int framing;

    if (from < 1 || (lua_Unsigned)from > length)
        return 0;
    size_t after = read_request(L, text, length, (size_t)from - 1, &framing);
    if (!after)
        return 0;
    lua_pushinteger(L, (lua_Integer)after + 1);
    return 2;
}

/* http_whole(text, most) -> the request without content that is all there is in the text; nil when it is another,
 * or longer than `most` */
static int
l_http_whole(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    int framing;

    if (length == 0 || (lua_Integer)length > luaL_checkinteger(L, 2)
        || read_request(L, text, length, 0, &framing) != length || framing)
        return 0;
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "content");
    return 1;
}

/* -- responses ----------------------------------------------------------------------------- */

/* A header as it is written. */
struct header {
    char name[LONGEST_NAME + 1];
    char digits[24]; /* of a value that is a number */
    size_t name_length, length;
    const char *value;
};

/* "content_type" as "Content-Type".  Returns whether it is a name. */
static int
proper_name(struct header *h, const char *name, size_t length)
{
    int inside = 0; /* a word */

    if (length == 0 || length > LONGEST_NAME)
        return 0;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        if (!is_token((unsigned char)c))
            return 0;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 'a' - 'A');
        int letter = c >= 'a' && c <= 'z';
        h->name[i] = c == '_' ? '-' : letter && !inside ? (char)(c + 'A' - 'a') : c;
        inside = letter || (c >= '0' && c <= '9');
    }
    h->name[length] = '\0';
    h->name_length = length;
    return 1;
}

/* Whether nothing in it ends a line. */
static int
is_line(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (value[i] == '\r' || value[i] == '\n' || value[i] == '\0')
            return 0;
    return 1;
}

/* Reads the name and the value on top.  Returns whether they are plain. */
static int
read_header(lua_State *L, struct header *h)
{
    size_t length;

    if (lua_type(L, -2) != LUA_TSTRING)
        return 0;
    const char *name = lua_tolstring(L, -2, &length);
    if (!proper_name(h, name, length))
        return 0;
    if (lua_isinteger(L, -1)) {
        h->length = (size_t)lua_integer2str(h->digits, sizeof h->digits, lua_tointeger(L, -1));
        h->value = h->digits;
        return 1;
    }
    h->value = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &h->length) : NULL;
    return h->value && is_line(h->value, h->length);
}

/* Reads those of the table on top, and sorts them by name.  Returns how many there are, -1: not plain. */
static int
read_headers(lua_State *L, struct header *headers, struct header **sorted)
{
    int at = lua_gettop(L), n = 0;

    for (lua_pushnil(L); lua_next(L, at); lua_pop(L, 1)) {
        if (n == MOST_HEADERS || !read_header(L, &headers[n]))
            return -1;
        int i = n;
        for (; i > 0 && strcoll(sorted[i - 1]->name, headers[n].name) > 0; i--)
            sorted[i] = sorted[i - 1];
        sorted[i] = &headers[n++];
    }
    return n;
}

struct text {
    char *at, *end;
};

/* Appends as much as there is room for: `at` is `end` then. */
static void
add(struct text *t, const char *data, size_t length)
{
    if (length >= (size_t)(t->end - t->at))
        t->at = t->end;
    else {
        memcpy(t->at, data, length);
        t->at += length;
    }
}

static void
add_number(struct text *t, size_t n)
{
    char digits[24], *d = digits + sizeof digits;

    do
        *--d = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    add(t, d, (size_t)(digits + sizeof digits - d));
}

/* Whether the value at `at`, a string or nil, is the reason of the status line, "HTTP/1.1 200 OK". */
static int
is_usual(lua_State *L, int at, const char *line, size_t length)
{
    size_t size;
    const char *reason = lua_type(L, at) == LUA_TSTRING ? lua_tolstring(L, at, &size) : NULL;

    return reason ? length == size + 13 && memcmp(line + 13, reason, size) == 0 : lua_isnil(L, at);
}

/* Writes the head of the response at `at`.  Returns its length, 0: it is not plain.  Pushes some values, the
 * content last: a string or nil. */
size_t
lpoe_http_head(lua_State *L, struct lpoe *p, int at, char *head, size_t room)
{
    struct header headers[MOST_HEADERS], *sorted[MOST_HEADERS];
    struct text t = { head, head + room };
    size_t length, size = 0;
    int n = 0;

    if (!lua_istable(L, at) || lua_getmetatable(L, at))
        return 0;
    luaL_checkstack(L, 10, NULL);
    lpoe_anchor_get(L, p, ANCHOR_HTTP_LINES);
    int top = lua_gettop(L);
    if (lua_getfield(L, at, "version") != LUA_TNIL || lua_getfield(L, at, "status") != LUA_TNUMBER
        || !lua_isinteger(L, -1) || !lua_istable(L, top))
        return 0;
    lua_Integer status = lua_tointeger(L, -1);
    if (lua_rawgeti(L, top, status) != LUA_TSTRING)
        return 0;
    const char *line = lua_tolstring(L, -1, &length);
    lua_getfield(L, at, "reason");
    if (!is_usual(L, -1, line, length))
        return 0;
    add(&t, line, length);
    add(&t, "\r\n", 2);
    lua_getfield(L, at, "content");
    lua_getfield(L, at, "headers");
    if (lua_istable(L, -1)) {
        if (lua_getmetatable(L, -1) || (n = read_headers(L, headers, sorted)) < 0)
            return 0;
    } else if (!lua_isnil(L, -1))
        return 0;
    int framed = status < 200 || status == 204 || status == 304;
    for (int i = 0; i < n; i++) {
        const struct header *h = sorted[i];
        add(&t, h->name, h->name_length);
        add(&t, ": ", 2);
        add(&t, h->value, h->length);
        add(&t, "\r\n", 2);
        framed = framed || strcmp(h->name, "Content-Length") == 0 || strcmp(h->name, "Transfer-Encoding") == 0;
    }
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING)
        lua_tolstring(L, -1, &size);
    else if (!lua_isnil(L, -1))
        return 0;
    if (!framed) {
        add(&t, "Content-Length: ", 16);
        add_number(&t, size);
        add(&t, "\r\n", 2);
    }
    add(&t, "\r\n", 2);
    return t.at == t.end ? 0 : (size_t)(t.at - head);
}

/* http_response(response) -> as it is sent | nil when it is not plain */
static int
l_http_response(lua_State *L)
{
    char head[LPOE_HTTP_HEAD];

    lua_settop(L, 1);
    size_t length = lpoe_http_head(L, lpoe_context(L), 1, head, sizeof head);
    if (!length)
        return 0;
    lua_pushlstring(L, head, length);
    if (lua_isnil(L, -2))
        return 1;
    lua_insert(L, -2);
    lua_concat(L, 2);
    return 1;
}

/* http_lines(lines): the status lines of plain responses, by status */
static int
l_http_lines(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lpoe_anchor_set(L, lpoe_context(L), ANCHOR_HTTP_LINES);
    return 0;
}

void
lpoe_open_http(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg funcs[] = {
        { "http_head", l_http_head }, { "http_whole", l_http_whole }, { "http_response", l_http_response }, { "http_lines", l_http_lines },
        { NULL, NULL },
    };

    lpoe_setfuncs(L, p, funcs);
}
