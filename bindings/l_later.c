/*
 * l_later.c - a wheel's own timers and lookups; twin of later.c
 */
#include "lpoe.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <uv.h>

struct llater {
    struct lpoe *p;
    poe_later *later; /* NULL: released */
};

static struct llater *
check_later(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct llater *l = lua_touserdata(L, 1);

    if (!l || lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) != sizeof *l || l->p != p)
        luaL_typeerror(L, 1, "timer or lookup");
    return l;
}

/* Pushes the object and keeps in the mailbox the function at `function`, the values above it and the
 * name at `name`, which it anchors. */
static struct llater *
later_push(lua_State *L, struct lpoe *p, int name, int function, struct mail *mail)
{
    luaL_checktype(L, function, LUA_TFUNCTION);
    struct llater *l = lua_newuserdatauv(L, sizeof *l, 0);
    l->p = p;
    l->later = NULL;
    lpoe_anchor_get(L, p, ANCHOR_LATER_MT);
    lua_setmetatable(L, -2);
    lua_insert(L, 1);
    lua_pushvalue(L, name + 1);
    lpoe_mail_keep(p, L, function + 1, mail);
    return l;
}

/* after(seconds, state, function, ...) -> timer: function(...) runs as a handler of SESSION, once */
static int
l_after(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    double seconds = lpoe_check_seconds(L, 1, "seconds");
    const char *state = lpoe_check_name(L, 2, "state");
    struct mail mail;
    struct llater *l = later_push(L, p, 2, 3, &mail);
    int rc = poe_after(p->kernel, seconds, state, mail.payload, &l->later);

    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return luaL_error(L, "%s: %s", uv_err_name(rc), uv_strerror(rc));
    }
    lua_settop(L, 1);
    return 1;
}

/* resolve(host, "inet" | "inet6" | "any", state, function, ...) -> lookup | nil, message, code: function(...)
 * runs as a handler of SESSION when it is done */
static int
l_resolve(lua_State *L)
{
    static const char *const names[] = { "inet", "inet6", "any", NULL };
    static const int families[] = { AF_INET, AF_INET6, AF_UNSPEC };
    struct lpoe *p = lpoe_context(L);
    const char *host = lpoe_check_name(L, 1, "host");
    int family = families[luaL_checkoption(L, 2, "any", names)];
    const char *state = lpoe_check_name(L, 3, "state");
    struct mail mail;
    struct llater *l = later_push(L, p, 3, 4, &mail);
    int rc = poe_resolve(p->kernel, host, family, state, mail.payload, &l->later);

    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "%s: %s", host, uv_strerror(rc));
    }
    lua_settop(L, 1);
    return 1;
}

/* read_file(path, most, state, function, ...) -> job | nil, message, code: function(...) runs as a handler
 * of SESSION when it is done */
static int
l_read_file(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const char *path = lpoe_check_name(L, 1, "path");
    lua_Integer most = luaL_checkinteger(L, 2);
    const char *state = lpoe_check_name(L, 3, "state");
    struct mail mail;
    struct llater *l = later_push(L, p, 3, 4, &mail);
    int rc = poe_read_file(p->kernel, path, (size_t)most, state, mail.payload, &l->later);

    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "%s: %s", path, uv_strerror(rc));
    }
    lua_settop(L, 1);
    return 1;
}

/* write_file(path, data, append, state, function, ...) -> job | nil, message, code; the same */
static int
l_write_file(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const char *path = lpoe_check_name(L, 1, "path");
    size_t length;
    const char *data = luaL_checklstring(L, 2, &length);
    int append = lua_toboolean(L, 3);
    const char *state = lpoe_check_name(L, 4, "state");
    struct mail mail;
    struct llater *l = later_push(L, p, 4, 5, &mail);
    int rc = poe_write_file(p->kernel, path, data, length, append, state, mail.payload, &l->later);

    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "%s: %s", path, uv_strerror(rc));
    }
    lua_settop(L, 1);
    return 1;
}

/* job:result() -> what was read, "" when it was written | nil, message, code; EAGAIN: not yet */
static int
l_result(lua_State *L)
{
    struct llater *l = check_later(L);
    const char *data = NULL;
    size_t length = 0;
    int rc = l->later ? poe_file_result(l->later, &data, &length) : UV_ECANCELED;

    if (rc < 0)
        return lpoe_push_error(L, rc, "%s", uv_strerror(rc));
    lua_pushlstring(L, data ? data : "", length);
    return 1;
}

/* lookup:addresses() -> list of addresses | nil, message, code; EAGAIN: not yet */
static int
l_addresses(lua_State *L)
{
    struct llater *l = check_later(L);
    int rc = l->later ? poe_resolved(l->later) : UV_ECANCELED;
    const char *address;

    if (rc < 0)
        return lpoe_push_error(L, rc, "%s", uv_strerror(rc));
    lua_newtable(L);
    for (size_t i = 0; (address = poe_resolved_address(l->later, i)); i++) {
        lua_pushstring(L, address);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* service(name, "tcp" or "udp") -> port | nil: what /etc/services says */
static int
l_service(lua_State *L)
{
    struct servent entry, *found = NULL;
    char buffer[1024];

    if (getservbyname_r(luaL_checkstring(L, 1), luaL_optstring(L, 2, "tcp"), &entry, buffer,
                        sizeof buffer, &found) == 0 && found)
        lua_pushinteger(L, ntohs((uint16_t)found->s_port));
    else
        lua_pushnil(L);
    return 1;
}

/* timer:close(), lookup:close(): it will not come; any number of times */
static int
l_close(lua_State *L)
{
    struct llater *l = check_later(L);

    if (l->later)
        poe_later_close(l->later);
    return 0;
}

static int
l_gc(lua_State *L)
{
    struct llater *l = check_later(L);

    if (l->later)
        poe_later_close(l->later);
    poe_later_release(&l->later);
    return 0;
}

/* `core` on top. */
void
lpoe_open_later(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "after", l_after }, { "resolve", l_resolve }, { "service", l_service },
        { "read_file", l_read_file }, { "write_file", l_write_file }, { NULL, NULL },
    };
    static const luaL_Reg methods[] = {
        { "close", l_close }, { "addresses", l_addresses }, { "result", l_result }, { NULL, NULL },
    };
    static const luaL_Reg meta[] = { { "__gc", l_gc }, { "__close", l_close }, { NULL, NULL } };

    lpoe_setfuncs(L, p, core);
    lua_newtable(L);
    lpoe_setfuncs(L, p, meta);
    lua_newtable(L);
    lpoe_setfuncs(L, p, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "poe.later");
    lua_setfield(L, -2, "__name");
    lpoe_anchor_set(L, p, ANCHOR_LATER_MT);
}
