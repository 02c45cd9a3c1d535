/*
 * l_look.c - what waits in the kernel, as poe.look shows it: events, timers, handles
 */
#include "lpoe.h"

/* Appends the string of a field to the table on top. */
static void
set_string(lua_State *L, const char *field, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, field);
}

static void
set_id(lua_State *L, const char *field, const poe_session *s)
{
    lua_pushinteger(L, (lua_Integer)poe_session_id(s));
    lua_setfield(L, -2, field);
}

/* Appends the arguments of an event that brings some to the table on top. */
static void
set_arguments(lua_State *L, struct lpoe *p, const poe_event *ev)
{
    if (ev->type > POE_EVENT_CALL && ev->type != POE_EVENT_ASK)
        return;
    luaL_checkstack(L, lpoe_mail_count(ev->payload) + LUA_MINSTACK, "too many arguments");
    lua_newtable(L);
    int list = lua_gettop(L), n = lpoe_mail_args(p, ev->payload, L);
    for (int i = n; i >= 1; i--)
        lua_rawseti(L, list, i);
    lua_pushinteger(L, n);
    lua_setfield(L, list, "n");
    lua_setfield(L, -2, "arguments");
}

static const char *
kind(const poe_event *ev)
{
    switch (ev->type) {
    case POE_EVENT_POST: return "post";
    case POE_EVENT_ALARM: return "timer";
    case POE_EVENT_ASK: return "ask";
    case POE_EVENT_RESUME: return "resume";
    default: return "signal";
    }
}

/* queued(limit) -> list of { to, from, name, kind, arguments }, in the order of their turns */
static int
l_queued(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    lua_Integer limit = luaL_checkinteger(L, 1);
    const poe_event *ev;

    lua_newtable(L);
    for (lua_Integer i = 0; i < limit && (ev = poe_kernel_queued(p->kernel, (uint64_t)i)); i++) {
        lua_createtable(L, 0, 5);
        set_id(L, "to", ev->to);
        set_id(L, "from", ev->from);
        set_string(L, "name", ev->name ? ev->name : "");
        set_string(L, "kind", kind(ev));
        set_arguments(L, p, ev);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static poe_session *
check_live(lua_State *L)
{
    struct lsession *ls = lpoe_to_lsession(L, 1);

    luaL_argexpected(L, ls, 1, "session");
    return ls ? lpoe_alive(ls) : NULL;
}

/* timers(session, limit) -> list of { name, due }: due in seconds from now; in no order */
static int
l_timers(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *s = check_live(L);
    lua_Integer limit = luaL_checkinteger(L, 2);
    double now = poe_kernel_walltime(p->kernel);
    struct poe_alarm alarm;
    uint32_t cursor = 0;

    lua_newtable(L);
    for (lua_Integer n = 1; s && n <= limit && poe_alarm_each(s, &cursor, &alarm) == 0; n++) {
        lua_createtable(L, 0, 2);
        set_string(L, "name", alarm.name);
        lua_pushnumber(L, alarm.walltime - now);
        lua_setfield(L, -2, "due");
        lua_rawseti(L, -2, n);
    }
    return 1;
}

/* handles(session, limit) -> list of { fd, mode, name } */
static int
l_handles(lua_State *L)
{
    static const char *const modes[] = { "read", "write", "expedite" };
    poe_session *s = check_live(L);
    lua_Integer limit = luaL_checkinteger(L, 2);
    enum poe_mode mode;
    const char *event;
    int fd;

    lua_newtable(L);
    for (lua_Integer n = 1; s && n <= limit && poe_handle_each(s, (uint32_t)n - 1, &fd, &mode, &event) == 0; n++) {
        lua_createtable(L, 0, 3);
        lua_pushinteger(L, fd);
        lua_setfield(L, -2, "fd");
        set_string(L, "mode", modes[mode]);
        set_string(L, "name", event);
        lua_rawseti(L, -2, n);
    }
    return 1;
}

/* parent(session) -> ID of its parent; nil when it has stopped, and of the kernel */
static int
l_parent(lua_State *L)
{
    poe_session *s = check_live(L), *parent = s ? poe_session_parent(s) : NULL;

    if (!parent)
        return 0;
    lua_pushinteger(L, (lua_Integer)poe_session_id(parent));
    return 1;
}

/* source(module) -> the text of one of the library's files; nil: there is none */
static int
l_source(lua_State *L)
{
    return lpoe_source(L, luaL_checkstring(L, 1));
}

/* modules() -> the names of the library's files */
static int
l_modules(lua_State *L)
{
    return lpoe_modules(L);
}

/* `core` on top. */
void
lpoe_open_look(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "queued", l_queued }, { "timers", l_timers }, { "handles", l_handles }, { "parent", l_parent },
        { "source", l_source }, { "modules", l_modules }, { NULL, NULL },
    };

    lpoe_setfuncs(L, p, core);
}
