/*
 * l_session.c - sessions: create, their objects, heaps and state tables, reference counts
 */
#include "lpoe.h"

#include <string.h>
#include <uv.h>

#include "watchdog.h"

/* -- objects ------------------------------------------------------------------------------- */

static struct lsession *
check_object(lua_State *L, int arg)
{
    struct lsession *ls = lpoe_to_lsession(L, arg);

    if (!ls)
        luaL_typeerror(L, arg, "session");
    return ls;
}

/* session:ID() -> integer; readable also when it has stopped (R41) */
static int
l_id(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)lpoe_id(check_object(L, 1)));
    return 1;
}

/* Replaces the session's object on top by its heap, which is made when first asked for. */
void
lpoe_object_heap(lua_State *L)
{
    if (lua_getiuservalue(L, -1, 1) == LUA_TLIGHTUSERDATA && !lua_touserdata(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, -3, 1);
    }
    lua_replace(L, -2);
}

/* session:get_heap() -> the heap, of a session that has stopped too (R41) */
static int
l_get_heap(lua_State *L)
{
    check_object(L, 1);
    lua_settop(L, 1);
    lpoe_object_heap(L);
    return 1;
}

/* "session 3 (logger, main)"; the kernel is "kernel" */
static int
l_tostring(lua_State *L)
{
    struct lsession *ls = check_object(L, 1);
    luaL_Buffer b;

    if (lpoe_id(ls) == 1) {
        lua_pushliteral(L, "kernel");
        return 1;
    }
    luaL_buffinit(L, &b);
    lua_pushfstring(L, "session %I", (LUAI_UACINT)lpoe_id(ls));
    luaL_addvalue(&b);
    const char *alias = lpoe_alive(ls) ? poe_alias_next(lpoe_alive(ls), NULL) : NULL;
    for (const char *sep = " ("; alias; alias = poe_alias_next(lpoe_alive(ls), alias), sep = ", ") {
        luaL_addstring(&b, sep);
        luaL_addstring(&b, alias);
    }
    if (lpoe_alive(ls) && poe_alias_next(lpoe_alive(ls), NULL))
        luaL_addchar(&b, ')');
    luaL_pushresult(&b);
    return 1;
}

/* flags(session, default, trace, debug, stall): the options that C looks at; the kernel's debug records
 * where events are posted */
static int
l_flags(lua_State *L)
{
    struct lsession *ls = check_object(L, 1);

    ls->unknown = (unsigned)lua_toboolean(L, 2);
    ls->trace = (unsigned)lua_toboolean(L, 3);
    ls->debug = (unsigned)lua_toboolean(L, 4);
    lpoe_watch_limit(lpoe_context(L), ls, lua_isboolean(L, 5) ? -lua_toboolean(L, 5)
                                                                  : luaL_optnumber(L, 5, -1));
    if (lpoe_id(ls) == 1) {
        lpoe_context(L)->debug = ls->debug;
        lpoe_mail_forget(lpoe_context(L));
    }
    return 0;
}

/* setmetatable(session, mt): as debug.setmetatable, which a host may leave out */
static int
l_setmetatable(lua_State *L)
{
    check_object(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 0;
}

/* keep(session, by): one postback more or less; false when it has stopped */
static int
l_keep(lua_State *L)
{
    struct lsession *ls = check_object(L, 1);

    if (lpoe_alive(ls) && lua_tointeger(L, 2) > 0)
        poe_session_keep(lpoe_alive(ls), POE_KEEP_POSTBACK);
    else if (lpoe_alive(ls))
        poe_session_unkeep(lpoe_alive(ls), POE_KEEP_POSTBACK);
    lua_pushboolean(L, lpoe_alive(ls) != NULL);
    return 1;
}

/* What a spec says, by stack index; 0: nothing. */
struct spec {
    int inline_states, methods, heap, args, options;
    uint32_t limit;
    enum poe_overflow overflow;
    int has_overflow;
};

enum { SPEC = 1, OBJECT, STATES, HEAP, ARGS, ANCHORS };

/* -- why it is there ----------------------------------------------------------------------- */

/* Appends name = count to the table on top. */
static void
set_count(lua_State *L, const char *name, lua_Integer count)
{
    lua_pushinteger(L, count);
    lua_setfield(L, -2, name);
}

static void
push_events(lua_State *L, struct lpoe *p, const poe_session *s)
{
    poe_event *ev;

    lua_newtable(L); /* names of the first few queued for it */
    lua_Integer n = 0;
    for (uint64_t i = 0; n < 5 && i < 100000 && (ev = poe_kernel_queued(p->kernel, i)); i++)
        if (ev->to == s) {
            lua_pushstring(L, ev->name);
            lua_rawseti(L, -2, ++n);
        }
    lua_setfield(L, -2, "events");
}

static void
push_timers(lua_State *L, struct lpoe *p, poe_session *s)
{
    double now = poe_kernel_walltime(p->kernel);
    struct poe_alarm alarm;
    uint32_t cursor = 0;

    lua_newtable(L);
    for (lua_Integer n = 1; n <= 100 && poe_alarm_each(s, &cursor, &alarm) == 0; n++) {
        lua_createtable(L, 2, 0);
        lua_pushstring(L, alarm.name);
        lua_rawseti(L, -2, 1);
        lua_pushnumber(L, alarm.walltime - now);
        lua_rawseti(L, -2, 2);
        lua_rawseti(L, -2, n);
    }
    lua_setfield(L, -2, "timers");
}

/* reasons(session) -> table of counts and details, nil when it has stopped; why.lua makes words of it */
static int
l_reasons(lua_State *L)
{
    static const struct { const char *name; enum poe_keep why; } counts[] = {
        { "timer", POE_KEEP_ALARM }, { "handle", POE_KEEP_HANDLE }, { "wheel", POE_KEEP_WHEEL },
        { "child", POE_KEEP_CHILD }, { "pid", POE_KEEP_PID }, { "postback", POE_KEEP_POSTBACK },
        { "suspended", POE_KEEP_SUSPENDED }, { "alias", POE_KEEP_ALIAS },
    };
    struct lpoe *p = lpoe_context(L);
    struct lsession *ls = check_object(L, 1);
    poe_session *s = lpoe_alive(ls);
    uint32_t from;
    int64_t count;

    if (!s)
        return 0;
    lua_settop(L, 1);
    lua_newtable(L);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        set_count(L, counts[i].name, poe_session_kept(s, counts[i].why));
    set_count(L, "event", poe_session_events(s, &from));
    set_count(L, "sent", from);
    push_events(L, p, s);
    push_timers(L, p, s);

    lua_newtable(L);
    const char *tag;
    for (uint32_t i = 0; (tag = poe_session_tag(s, i, &count)); i++)
        set_count(L, tag, count);
    lua_setfield(L, 2, "tags");
    lua_newtable(L);
    poe_session *child = NULL;
    for (lua_Integer i = 1; i <= 20 && (child = poe_session_child(s, child)); i++) {
        lua_pushinteger(L, (lua_Integer)poe_session_id(child));
        lua_rawseti(L, -2, i);
    }
    lua_setfield(L, 2, "children");
    lua_newtable(L);
    int pid;
    for (uint32_t i = 0; (pid = poe_child_watched(s, i)); i++) {
        lua_pushinteger(L, pid);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, 2, "pids");
    return 1;
}

/* -- counts -------------------------------------------------------------------------------- */

/* Pushes a table of them. */
static void
push_stats(lua_State *L, const struct poe_stats *stats)
{
    lua_createtable(L, 0, 10);
    set_count(L, "queued", (lua_Integer)stats->queued);
    set_count(L, "peak", (lua_Integer)stats->peak);
    set_count(L, "refused", (lua_Integer)stats->refused);
    set_count(L, "dropped", (lua_Integer)stats->dropped);
    set_count(L, "handled", (lua_Integer)stats->handled);
    set_count(L, "memory", (lua_Integer)stats->bytes);
    lua_pushnumber(L, (double)stats->time_ns / 1e9);
    lua_setfield(L, -2, "time");
}

/* stats(session) -> table of counts | nil, message, "ESRCH"; see Session.lua and module.lua */
static int
l_stats(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct lsession *ls = check_object(L, 1);
    struct poe_stats stats;
    const poe_event *ev;

    if (lpoe_id(ls) == 1)
        poe_kernel_stats(p->kernel, &stats);
    else if (lpoe_alive(ls))
        poe_session_stats(lpoe_alive(ls), &stats);
    else
        return lpoe_push_esrch(L, 1);
    for (uint64_t at = 0; lpoe_id(ls) != 1 && (ev = poe_session_queued(lpoe_alive(ls), &at));)
        if (ev->type <= POE_EVENT_CALL || ev->type == POE_EVENT_ASK)
            stats.bytes += lpoe_mail_bytes(ev->payload);
    poe_kernel_timing(p->kernel, 1);
    push_stats(L, &stats);
    if (lpoe_id(ls) == 1) {
        set_count(L, "sessions", (lua_Integer)stats.sessions);
        set_count(L, "timers", (lua_Integer)stats.timers);
        set_count(L, "handles", (lua_Integer)stats.handles);
    }
    return 1;
}

/* timing(on): whether the time of handlers is measured */
static int
l_timing(lua_State *L)
{
    poe_kernel_timing(lpoe_context(L)->kernel, lua_toboolean(L, 1));
    return 0;
}

/* -- state tables -------------------------------------------------------------------------- */

/* Raises unless every state of the table on top is a name and something to call.  A table that has
 * been checked once is not checked again: sessions share it.  Returns where it is anchored; 0: nowhere. */
static uint32_t
check_states(lua_State *L, const char *what)
{
    int states = lua_gettop(L);

    lua_rawgeti(L, ANCHORS, ANCHOR_CHECKED);
    lua_pushvalue(L, states);
    if (lua_rawget(L, -2) != LUA_TNIL) {
        uint32_t slot = (uint32_t)lua_tointeger(L, -1); /* else it is true */
        lua_settop(L, states);
        return slot;
    }
    lua_settop(L, states + 1);
    lua_pushnil(L);
    while (lua_next(L, states)) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            const char *type = luaL_typename(L, -2);
            luaL_error(L, "create: %s: event name must be a string, got %s (%s)", what, type,
                       luaL_tolstring(L, -2, NULL));
        }
        const char *name = lua_tostring(L, -2);
        if (strlen(name) != lua_rawlen(L, -2))
            luaL_error(L, "create: %s: event name '%s' contains a zero byte", what, name);
        if (!lpoe_callable(L, -1))
            luaL_error(L, "create: %s: state '%s' must be a function, got %s", what, name,
                       luaL_typename(L, -1));
        if (strcmp(name, "_signal") == 0)
            luaL_error(L, "create: %s: '_signal' cannot be a state; watch signals with sig", what);
        lua_pop(L, 1);
    }
    lua_pushvalue(L, states);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_settop(L, states);
    return 0;
}

/*
 * set_state(event, handler or nil [, session]) -> true, whether there was one | nil, message, code.  Of the
 * active session by default.  The first change gives the session a table of its own, in front of the shared
 * one: the other sessions do not see it (api section 3).
 */
static int
l_set_state(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *s = lua_isnoneornil(L, 3) ? poe_kernel_active(p->kernel) : lpoe_check_session(L, p, 3);

    lpoe_check_name(L, 1, "event");
    if (!s)
        return lpoe_push_esrch(L, 3);
    lua_settop(L, 2);
    if (poe_session_id(s) == 1)
        return lpoe_push_error(L, UV_ESRCH, "state: no session is active");
    if (poe_session_stopped(s))
        return lpoe_push_error(L, UV_ESRCH, "state: the session has stopped");
    struct lsession *ls = lpoe_lsession(s);
    lpoe_anchor_get(L, p, ls->states);
    if (!ls->own_states) {
        lua_createtable(L, 0, 1);
        lua_createtable(L, 0, 1);
        lua_pushvalue(L, 3);
        lua_setfield(L, -2, "__index");
        lua_setmetatable(L, -2);
        lua_replace(L, 3);
        lua_pushvalue(L, 3);
        lpoe_states_replace(L, p, ls);
        ls->own_states = 1;
    }
    lua_pushvalue(L, 1);
    int had = lpoe_find_handler(L, 3) != LUA_TNIL;
    if (had && ls->debug && !lua_isnil(L, 2)) {
        const char *msg = lua_pushfstring(L, "session %I: state '%s' is replaced",
                                          (LUAI_UACINT)lpoe_id(ls), lua_tostring(L, 1));
        lua_warning(L, msg, 0);
    }
    lua_pushvalue(L, 1);
    if (lua_isnil(L, 2))
        lua_pushboolean(L, 0);
    else
        lua_pushvalue(L, 2);
    lua_rawset(L, 3);
    lua_pushboolean(L, 1);
    lua_pushboolean(L, had);
    return 2;
}

/* state_names(session) -> list | nil, message, code: the events that it has handlers for, in no order */
static int
l_state_names(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *s = lpoe_check_session(L, p, 1);
    lua_Integer n = 0;

    if (!s)
        return lpoe_push_esrch(L, 1);
    lua_settop(L, 1);
    lua_newtable(L); /* 2: the list; 3: name -> whether it was there */
    lua_newtable(L);
    lpoe_anchor_get(L, p, lpoe_lsession(s)->states);
    while (lua_istable(L, 4)) { /* its own, and what they stand before */
        for (lua_pushnil(L); lua_next(L, 4); lua_pop(L, 1)) {
            if (lua_type(L, 5) != LUA_TSTRING)
                continue;
            lua_pushvalue(L, 5);
            if (lua_rawget(L, 3) == LUA_TNIL && lua_toboolean(L, 6)) {
                lua_pushvalue(L, 5);
                lua_rawseti(L, 2, ++n);
            }
            lua_pop(L, 1);
            lua_pushvalue(L, 5);
            lua_pushboolean(L, 1);
            lua_rawset(L, 3);
        }
        if (!luaL_getmetafield(L, 4, "__index"))
            break;
        lua_replace(L, 4);
    }
    lua_settop(L, 2);
    return 1;
}

/* state_of(session, event) -> its handler; nil: none */
static int
l_state_of(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *s = lpoe_check_session(L, p, 1);

    lpoe_check_name(L, 2, "event");
    if (!s)
        return lpoe_push_esrch(L, 1);
    lua_settop(L, 2);
    lpoe_anchor_get(L, p, lpoe_lsession(s)->states);
    lua_pushvalue(L, 2);
    if (!lua_istable(L, 3) || lpoe_find_handler(L, 3) == LUA_TNIL)
        return 0;
    return 1;
}

/* set_states(session, states): another table in place of its own; for machines */
static int
l_set_states(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct lsession *ls = check_object(L, 1);

    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (lpoe_alive(ls))
        lpoe_states_replace(L, p, ls);
    return 0;
}

/* machine(session): its STATE is the machine's, see names.c */
static int
l_machine(lua_State *L)
{
    check_object(L, 1)->machine = 1;
    return 0;
}

/* keep_machines(table): session -> { state = name, ... } */
static int
l_keep_machines(lua_State *L)
{
    lua_settop(L, 1);
    lpoe_anchor_set(L, lpoe_context(L), ANCHOR_MACHINES);
    return 0;
}

/* stop_session(session): as if nothing kept it any more */
static int
l_stop_session(lua_State *L)
{
    struct lsession *ls = check_object(L, 1);

    if (lpoe_alive(ls))
        poe_session_stop(lpoe_alive(ls));
    return 0;
}

/* -- create -------------------------------------------------------------------------------- */

static uint32_t
check_limit(lua_State *L)
{
    lua_Integer limit = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : -1;

    if (limit < 1 || limit > UINT32_MAX)
        luaL_error(L, "create: queue_limit must be a positive integer, got %s",
                   luaL_tolstring(L, -1, NULL));
    return (uint32_t)limit;
}

static enum poe_overflow
check_overflow(lua_State *L)
{
    static const char *const names[] = { "refuse", "drop_new", "drop_old", "wait" };
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;

    for (int i = 0; name && i < 4; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum poe_overflow)i;
    luaL_error(L, name ? "create: overflow must be refuse, drop_new, drop_old or wait, got '%s'"
                       : "create: overflow must be refuse, drop_new, drop_old or wait, got %s",
               luaL_tolstring(L, -1, NULL));
    return POE_OVERFLOW_REFUSE;
}

/* Reads the fields; unknown ones raise. */
static struct spec
read_spec(lua_State *L)
{
    struct spec spec = { 0 };

    lua_pushnil(L);
    while (lua_next(L, SPEC)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "create: unknown field %s", luaL_tolstring(L, -2, NULL));
        const char *key = lua_tostring(L, -2);
        int table = lua_istable(L, -1), want_table = 1;
        if (strcmp(key, "inline_states") == 0) {
            spec.inline_states = 1;
            if (table)
                lua_copy(L, -1, STATES);
        } else if (strcmp(key, "heap") == 0) {
            lua_copy(L, -1, HEAP);
            want_table = 0;
        } else if (strcmp(key, "args") == 0) {
            lua_copy(L, -1, ARGS);
            want_table = 0;
        } else if (strcmp(key, "options") == 0)
            spec.options = 1;
        else if (strcmp(key, "object_states") == 0 || strcmp(key, "package_states") == 0)
            spec.methods = 1;
        else if (strcmp(key, "queue_limit") == 0) {
            spec.limit = check_limit(L);
            want_table = 0;
        } else if (strcmp(key, "overflow") == 0) {
            spec.overflow = check_overflow(L);
            spec.has_overflow = 1;
            want_table = 0;
        } else
            luaL_error(L, "create: unknown field '%s'", key);
        if (want_table && !table)
            luaL_error(L, "create: %s must be a table, got %s", key, luaL_typename(L, -1));
        lua_pop(L, 1);
    }
    if (spec.has_overflow && !spec.limit)
        luaL_error(L, "create: overflow needs queue_limit");
    return spec;
}

/* Puts the arguments of _start, a list or one value (R12), into the mailbox. */
static poe_payload
start_payload(lua_State *L, struct lpoe *p)
{
    struct mail mail;
    lua_Integer n = 1;
    int first = lua_gettop(L) + 1;

    if (lua_isnil(L, ARGS))
        return 0;
    lua_pushliteral(L, "_start");
    if (lua_istable(L, ARGS)) {
        if (lua_getfield(L, ARGS, "n") == LUA_TNUMBER)
            n = lua_tointeger(L, -1);
        else
            n = (lua_Integer)lua_rawlen(L, ARGS);
        lua_pop(L, 1);
        if (n < 0 || n > 900000)
            luaL_error(L, "create: args: bad length %I", (LUAI_UACINT)n);
        luaL_checkstack(L, (int)n + 8, "create: args");
        for (lua_Integer i = 1; i <= n; i++)
            lua_geti(L, ARGS, i);
    } else
        lua_pushvalue(L, ARGS);
    lpoe_mail_post(p, L, first, lua_tostring(L, first), &mail);
    return mail.payload;
}

/* helpers(methods, option): the two parts of create that Lua says best */
static int
l_helpers(lua_State *L)
{
    lua_settop(L, 2);
    lpoe_anchor_set(L, lpoe_context(L), ANCHOR_OPTION);
    lpoe_anchor_set(L, lpoe_context(L), ANCHOR_METHODS);
    return 0;
}

/*
 * poe.Session.create(spec) -> session.  object_states and package_states become a state table of
 * closures, by Session.lua.
 */
static int
l_create(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *s;

    if (!lua_istable(L, SPEC))
        luaL_argerror(L, SPEC, lua_pushfstring(L, "spec: table expected, got %s",
                                               luaL_typename(L, SPEC)));
    lua_settop(L, SPEC);
    lua_settop(L, ARGS);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_anchors);
    struct spec spec = read_spec(L);
    if (!spec.inline_states && !spec.methods)
        luaL_error(L, "create: inline_states, object_states or package_states expected");
    int later = !spec.methods && !spec.options && lua_isnil(L, ARGS); /* nothing comes in between */
    if (spec.inline_states && !later) {
        lua_pushvalue(L, STATES);
        check_states(L, "inline_states");
        lua_pop(L, 1);
    }
    if (spec.methods) {
        lpoe_anchor_get(L, p, ANCHOR_METHODS);
        lua_pushvalue(L, SPEC);
        lua_call(L, 1, 1);
        lua_replace(L, STATES);
    }

    lpoe_watch_begin(p);
    struct lsession *ls = lua_newuserdatauv(L, sizeof *ls, 1);
    memset(ls, 0, sizeof *ls);
    ls->magic = lpoe_magic(ls);
    lua_rawgeti(L, ANCHORS, ANCHOR_SESSION_MT);
    lua_setmetatable(L, -2);
    if (lua_isnil(L, HEAP))
        lua_pushlightuserdata(L, NULL);
    else
        lua_pushvalue(L, HEAP);
    lua_setiuservalue(L, -2, 1);
    lua_replace(L, OBJECT);
    if (spec.options) {
        lpoe_anchor_get(L, p, ANCHOR_OPTION);
        lua_pushvalue(L, OBJECT);
        lua_getfield(L, SPEC, "options");
        lua_call(L, 2, 0);
    }
    lpoe_anchors_reserve(L, p, ANCHORS, 2);
    poe_payload start = start_payload(L, p);
    lua_pushvalue(L, STATES);
    uint32_t states = spec.methods ? 0 : check_states(L, "inline_states");
    lpoe_states_hold(L, p, ANCHORS, states, ls);
    lpoe_object_anchor(L, p, ANCHORS, OBJECT);
    int rc = poe_session_new(p->kernel, ls, start, spec.limit, spec.overflow, &s);
    if (rc < 0) {
        lpoe_states_free(p, ls);
        lpoe_object_free(p, ls);
        if (start)
            lpoe_mail_drop(p, start);
        return luaL_error(L, "create: %s", uv_strerror(rc));
    }
    lua_settop(L, OBJECT);
    return 1;
}

/* poe.spawn(states, ...) -> session: Session.create{inline_states = states, args = {...}} */
static int
l_spawn(lua_State *L)
{
    int n = lua_gettop(L) - 1;

    if (!lua_istable(L, 1))
        return luaL_error(L, "spawn: states must be a table, got %s", luaL_typename(L, 1));
    lua_createtable(L, n, 1);
    lua_insert(L, 2);
    for (int i = n; i > 0; i--)
        lua_rawseti(L, 2, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 2, "n");
    lua_createtable(L, 0, 2);
    lua_insert(L, 1);
    lua_setfield(L, 1, "args");
    lua_setfield(L, 1, "inline_states");
    return l_create(L);
}

void
lpoe_push_spawn(lua_State *L, struct lpoe *p)
{
    lua_pushlightuserdata(L, p);
    lua_pushcclosure(L, l_spawn, 1);
}

/* is_session(value) -> boolean */
static int
l_is_session(lua_State *L)
{
    lua_pushboolean(L, lpoe_to_lsession(L, 1) != NULL);
    return 1;
}

/* -- reference counts ---------------------------------------------------------------------- */

/* The session of an ID, by ID only: an object or an alias names none (R200). */
static poe_session *
session_by_id(lua_State *L, struct lpoe *p, int arg)
{
    int type = lua_type(L, arg), integral;
    lua_Integer id = lua_tointegerx(L, arg, &integral);

    if (type != LUA_TNUMBER && type != LUA_TSTRING && !lpoe_to_lsession(L, arg))
        luaL_argerror(L, arg, lua_pushfstring(L, "session ID expected, got %s",
                                              luaL_typename(L, arg)));
    return type == LUA_TNUMBER && integral ? poe_session_find(p->kernel, (uint64_t)id) : NULL;
}

static int
refcount(lua_State *L, const char *method, int (*change)(poe_session *, const char *, int64_t *))
{
    struct lpoe *p = lpoe_context(L);
    int64_t count;

    if (lua_touserdata(L, 1) != p->kernel_object)
        return luaL_error(L, "bad self of '%s' (KERNEL expected, got %s; call it KERNEL:%s)", method,
                          luaL_typename(L, 1), method);
    poe_session *s = session_by_id(L, p, 2);
    const char *tag = lpoe_check_name(L, 3, "tag");
    if (!s) {
        if (p->debug)
            lpoe_debug_say(L, method, "no such session: %s", luaL_tolstring(L, 2, NULL));
        return lpoe_push_esrch(L, 2);
    }
    int rc = change(s, tag, &count);
    if (rc < 0)
        return lpoe_push_error(L, rc, "refcount '%s' of session %I", tag,
                               (LUAI_UACINT)poe_session_id(s));
    if (p->debug && count < 0)
        lpoe_debug_say(L, method, "'%s' of session %llu is %lld, below zero", tag,
                       (unsigned long long)poe_session_id(s), (long long)count);
    lua_pushinteger(L, count);
    return 1;
}

/* KERNEL:refcount_increment(id, tag) -> new count */
static int
l_refcount_increment(lua_State *L)
{
    return refcount(L, "refcount_increment", poe_session_hold);
}

/* KERNEL:refcount_decrement(id, tag) -> new count */
static int
l_refcount_decrement(lua_State *L)
{
    return refcount(L, "refcount_decrement", poe_session_release);
}

/* -- opening ------------------------------------------------------------------------------- */

/* Module on top: fills core with what module.lua and Session.lua build on. */
void
lpoe_open_session(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "create", l_create }, { "spawn", l_spawn }, { "is_session", l_is_session },
        { "helpers", l_helpers }, { "set_state", l_set_state }, { "state_names", l_state_names },
        { "state_of", l_state_of },
        { "set_states", l_set_states }, { "machine", l_machine },
        { "keep_machines", l_keep_machines }, { "stop_session", l_stop_session }, { "flags", l_flags },
        { "keep", l_keep }, { "setmetatable", l_setmetatable },
        { "reasons", l_reasons }, { "ID", l_id }, { "get_heap", l_get_heap }, { "tostring", l_tostring },
        { "stats", l_stats }, { "timing", l_timing },
        { "refcount_increment", l_refcount_increment },
        { "refcount_decrement", l_refcount_decrement }, { NULL, NULL },
    };

    lpoe_setfuncs(L, p, core);
}
