/*
 * l_kernel.c - KERNEL: post yield call, timers, aliases, signals, running
 *
 * Methods take the kernel as their first argument; post, yield and call exist without it too.
 */
#include "lpoe.h"

#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "mailbox.h"
#include "watchdog.h"

/* KERNEL:f(...), not KERNEL.f(...) */
static struct lpoe *
check_kernel(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);

    if (lua_touserdata(L, 1) != p->kernel_object) {
        lua_Debug ar;
        lua_getstack(L, 0, &ar);
        lua_getinfo(L, "n", &ar);
        luaL_error(L, "bad self of '%s' (KERNEL expected, got %s; call it KERNEL:%s)",
                   ar.name ? ar.name : "?", luaL_typename(L, 1), ar.name ? ar.name : "?");
    }
    return p;
}

/* -- events -------------------------------------------------------------------------------- */

static int
push_post_error(lua_State *L, int rc, const poe_session *to, const char *name)
{
    if (rc == UV_ENOBUFS)
        return lpoe_push_error(L, rc, "session %I has no room for event '%s'",
                               (LUAI_UACINT)poe_session_id(to), name);
    return lpoe_push_error(L, rc, "event '%s' for session %I", name,
                           (LUAI_UACINT)poe_session_id(to));
}

/* What was to be posted is in the mailbox still. */
static __attribute__((noinline)) int
post_failed(lua_State *L, struct lpoe *p, int rc, const poe_session *to, poe_payload payload)
{
    lpoe_mail_name(p, payload, L);
    lpoe_mail_drop(p, payload);
    return push_post_error(L, rc, to, lua_tostring(L, -1));
}

/* Posts the event name at `event` with all above it to somebody who has room. */
static int
post_mail(lua_State *L, struct lpoe *p, poe_session *to, int event, const char *name)
{
    struct mail mail;

    lpoe_mail_post(p, L, event, name, &mail);
    int rc = poe_post(to, mail.name, mail.state, mail.payload);
    return rc < 0 ? post_failed(L, p, rc, to, mail.payload) : lpoe_push_true(L);
}

/* To a session with a limit: nothing goes into the mailbox that has no room. */
static __attribute__((noinline)) int
post_limited(lua_State *L, struct lpoe *p, poe_session *to, int event, const char *name)
{
    if (lpoe_room_awaited(L, p, to))
        return lpoe_room_wait(L, p, to, event);
    int rc = poe_session_admit(to, POE_EVENT_POST);
    if (rc < 0)
        return push_post_error(L, rc, to, name);
    if (rc == POE_DROPPED)
        return lpoe_push_true(L);
    p->makes_room = 1;
    int n = post_mail(L, p, to, event, name);
    p->makes_room = 0;
    return n;
}

/* The same, whoever it is and whatever is there. */
static __attribute__((noinline)) int
post_checked(lua_State *L, struct lpoe *p, poe_session *to, int event)
{
    const char *name = lpoe_check_event(L, event);

    return poe_session_limited(to) ? post_limited(L, p, to, event, name) : post_mail(L, p, to, event, name);
}

/* The same; nearly always the event has the name of the one before. */
static inline __attribute__((always_inline)) int
post(lua_State *L, struct lpoe *p, poe_session *to, int event)
{
    struct mail mail;

    if (UNLIKELY(!poe_session_plain(to)) || UNLIKELY(!mail_put(p, L, event, NULL, &mail)))
        return post_checked(L, p, to, event);
    int rc = poe_post(to, mail.name, mail.state, mail.payload);
    if (UNLIKELY(rc < 0))
        return post_failed(L, p, rc, to, mail.payload);
    lua_pushboolean(L, 1);
    return 1;
}

/* To nobody, or to somebody who is not simply named by his object, or not a plain one. */
static __attribute__((noinline)) int
post_other(lua_State *L, struct lpoe *p, int session)
{
    poe_session *to = lpoe_check_session(L, p, session);

    if (!to) {
        lpoe_check_name(L, session + 1, "event");
        return lpoe_push_esrch(L, session);
    }
    return post(L, p, to, session + 1);
}

/* A session knows its kernel, and so the context: it need not be asked for. */
static inline __attribute__((always_inline)) int
post_to(lua_State *L, int session)
{
    const struct lsession *ls = lpoe_to_lsession(L, session);
    poe_session *to = ls ? lpoe_alive(ls) : NULL;

    if (UNLIKELY(!to || !poe_session_plain(to)))
        return post_other(L, lpoe_context(L), session);
    return post(L, poe_kernel_host(poe_session_kernel(to)), to, session + 1);
}

/* post(session, event, ...) -> true | nil, message, code */
static int
l_post(lua_State *L)
{
    return post_to(L, 1);
}

/* KERNEL:post(session, event, ...) -> true | nil, message, code */
static int
l_kernel_post(lua_State *L)
{
    check_kernel(L);
    return post_to(L, 2);
}

/* postback(session, event, ...) -> as post: what calling one of Session.lua's does */
static int
l_postback(lua_State *L)
{
    return post_to(L, 1);
}

/* yield(event, ...) -> true | nil, message, code */
static int
l_yield(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);

    return post(L, p, poe_kernel_active(p->kernel), 1);
}

/* KERNEL:yield(event, ...) -> true | nil, message, code */
static int
l_kernel_yield(lua_State *L)
{
    struct lpoe *p = check_kernel(L);

    return post(L, p, poe_kernel_active(p->kernel), 2);
}

/*
 * call_other(session, event, ...) -> the handler's results | nil, message, code.  For sessions
 * other than the active one; module.lua calls those of the same session in Lua.
 */
static int
l_call_other(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *to = lpoe_check_session(L, p, 1);
    struct mail mail;

    const char *name = lpoe_check_name(L, 2, "event");
    if (!to)
        return lpoe_push_esrch(L, 1);
    if (poe_session_id(to) == 1) {
        lua_pushinteger(L, 0); /* R48 */
        return 1;
    }
    lpoe_mail_post(p, L, 2, name, &mail);
    p->call_co = NULL;
    int rc = poe_call(to, mail.name, mail.state, mail.payload);
    if (rc == POE_RAISED) {
        lua_pushnil(L);
        lua_xmove(p->aux, L, 1);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushliteral(L, "not enough memory");
        }
        lua_pushliteral(L, "DIE");
        return 3;
    }
    if (rc == POE_SUSPENDED) {
        lua_Debug ar;
        if (lpoe_where(L, &ar))
            lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
        else
            lua_pushliteral(L, "");
        lua_pushfstring(L, "call: the handler of '%s' waits: use poe.ask", name);
        lua_concat(L, 2);
        return lua_error(L);
    }
    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "call of session %I", (LUAI_UACINT)poe_session_id(to));
    }
    lua_State *co = p->call_co;
    int n = p->call_results;
    if (!co)
        return 0;
    p->call_co = NULL;
    if (!lua_checkstack(L, n)) {
        lpoe_coroutine_done(p, co);
        return luaL_error(L, "call: too many results");
    }
    lua_xmove(co, L, n);
    lpoe_coroutine_done(p, co);
    return n;
}

/* The self-call has returned or raised: the caller's names are right again. */
static int
l_guard_close(lua_State *L)
{
    struct lpoe_guard *g = lua_touserdata(L, 1);

    if (g->p)
        poe_kernel_leave(g->p->kernel, &g->frame);
    g->p = NULL;
    return 0;
}

/* Raises, in the name and at the caller of `call`, unless it was given a session and an event. */
static void
call_check(lua_State *L)
{
    int type = lua_type(L, 1), string = lua_type(L, 2) == LUA_TSTRING;
    size_t length = 0;
    const char *name = string ? lua_tolstring(L, 2, &length) : "";

    int named = type == LUA_TSTRING || type == LUA_TNUMBER || lpoe_to_lsession(L, 1);
    if (named && string && strlen(name) == length)
        return;
    luaL_where(L, 2);
    if (!named)
        lua_pushfstring(L, "bad argument #1 to 'call' (session, ID or alias expected, got %s)",
                        luaL_typename(L, 1));
    else if (!string)
        lua_pushfstring(L, "bad argument #2 to 'call' (event: string expected, got %s)",
                        luaL_typename(L, 2));
    else
        lua_pushfstring(L, "bad argument #2 to 'call' (event: '%s' contains a zero byte)", name);
    lua_concat(L, 2);
    lua_error(L);
}

/*
 * call_enter(session, event [, transition]) -> handler, guard, is _default | true (nothing to run) | false (another
 * session's).  The guard is to be closed when the handler has returned (R50); in a
 * coroutine of the script's own there is none, and the names stay the handler's.  A machine's
 * transition: no CALLER_STATE.
 */
static int
l_call_enter(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    call_check(L);
    poe_session *to = lpoe_check_session(L, p, 1), *active = poe_kernel_active(p->kernel);

    if (to != active || poe_session_id(active) == 1) {
        lua_pushboolean(L, 0);
        return 1;
    }
    const char *name = lpoe_check_name(L, 2, "event");
    int is_default = 0;
    lua_settop(L, 3);
    lpoe_anchor_get(L, p, lpoe_lsession(to)->states);
    int states = lua_gettop(L);
    lua_pushvalue(L, 2);
    int type = lpoe_find_handler(L, states);
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushliteral(L, "_default");
        is_default = 1;
        type = lpoe_find_handler(L, states);
        if (type == LUA_TNIL) {
            const poe_event *active_event = poe_kernel_event(p->kernel);
            poe_event unknown = { .to = to, .from = to, .name = name, .type = POE_EVENT_CALL,
                                  .with.state = active_event ? active_event->name : NULL };
            lpoe_unknown_report(L, p, &unknown);
            lua_pushboolean(L, 1);
            return 1;
        }
    }
    if (type != LUA_TFUNCTION)
        lpoe_check_handler(L, is_default ? "_default" : name, 2);
    if (L != p->current) { /* a coroutine of the script's, which may be dropped half-way: no frame */
        lua_pushnil(L);
        lua_pushboolean(L, is_default);
        return 3;
    }
    struct lpoe_guard *g = lua_newuserdatauv(L, sizeof *g, 1);
    memset(g, 0, sizeof *g);
    lpoe_anchor_get(L, p, ANCHOR_FRAME_MT);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, 1);
    int transition = lua_toboolean(L, 3);
    const poe_event *outer = transition ? NULL : poe_kernel_event(p->kernel);
    g->event = (poe_event){ .to = to, .from = to, .name = name, .by_default = (unsigned)is_default,
                            .with.state = outer ? outer->name : NULL,
                            .type = transition ? POE_EVENT_ENTER : POE_EVENT_CALL };
    lua_Debug ar;
    if (p->debug && !transition && lpoe_where(L, &ar)) {
        g->source = ar.source;
        g->line = ar.currentline;
    }
    lpoe_names_forget(p);
    poe_kernel_enter(p->kernel, &g->frame, &g->event);
    g->p = p;
    lua_pushboolean(L, is_default);
    return 3;
}

/* -- timers -------------------------------------------------------------------------------- */

enum clock { CLOCK_ALARM, CLOCK_DELAY };

/* Sets a timer: event at 2, time at 3, arguments from 4 up. */
static int
timer_set(lua_State *L, struct lpoe *p, enum clock clock, int by_name, poe_alarm_id *id)
{
    struct mail mail;

    const char *name = lpoe_check_event(L, 2);
    double seconds = lpoe_check_seconds(L, 3, clock == CLOCK_ALARM ? "time" : "seconds");
    if (lua_gettop(L) != 3 || !lpoe_mail_share(p, L, 2, name, &mail)) {
        lua_remove(L, 3);
        lpoe_mail_keep(p, L, 2, &mail);
    }
    int rc = clock == CLOCK_ALARM
                 ? poe_alarm_set(p->kernel, seconds, mail.name, mail.state, mail.payload, id)
                 : poe_delay_set(p->kernel, seconds, mail.name, mail.state, mail.payload, by_name, id);
    if (rc < 0) {
        lpoe_mail_name(p, mail.payload, L);
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, rc == UV_ESRCH ? "timer '%s': the session has stopped"
                                                     : "timer '%s'", lua_tostring(L, -1));
    }
    return 0;
}

/* One of a kind: without a time, only clears (R98, R99). */
static int
timer_replace(lua_State *L, enum clock clock)
{
    struct lpoe *p = check_kernel(L);
    const char *name = lpoe_check_name(L, 2, "event");

    if (lua_isnoneornil(L, 3)) {
        poe_alarm_clear(p->kernel, name);
        return lpoe_push_true(L);
    }
    lpoe_check_seconds(L, 3, clock == CLOCK_ALARM ? "time" : "seconds");
    poe_alarm_clear(p->kernel, name);
    int n = timer_set(L, p, clock, 1, NULL);
    return n ? n : lpoe_push_true(L);
}

/* KERNEL:alarm(event [, time, ...]) -> true */
static int
l_alarm(lua_State *L)
{
    return timer_replace(L, CLOCK_ALARM);
}

/* KERNEL:delay(event [, seconds, ...]) -> true */
static int
l_delay(lua_State *L)
{
    return timer_replace(L, CLOCK_DELAY);
}

/* KERNEL:alarm_add(event, time, ...) -> true */
static int
l_alarm_add(lua_State *L)
{
    int n = timer_set(L, check_kernel(L), CLOCK_ALARM, 1, NULL);

    return n ? n : lpoe_push_true(L);
}

/* KERNEL:delay_add(event, seconds, ...) -> true */
static int
l_delay_add(lua_State *L)
{
    int n = timer_set(L, check_kernel(L), CLOCK_DELAY, 1, NULL);

    return n ? n : lpoe_push_true(L);
}

static int
timer_with_id(lua_State *L, enum clock clock)
{
    poe_alarm_id id;
    int n = timer_set(L, check_kernel(L), clock, 0, &id);

    if (n)
        return n;
    lua_pushinteger(L, (lua_Integer)id);
    return 1;
}

/* KERNEL:alarm_set(event, time, ...) -> id | nil, message, code */
static int
l_alarm_set(lua_State *L)
{
    return timer_with_id(L, CLOCK_ALARM);
}

/* KERNEL:delay_set(event, seconds, ...) -> id | nil, message, code */
static int
l_delay_set(lua_State *L)
{
    return timer_with_id(L, CLOCK_DELAY);
}

/* An integer, of whatever subtype; `what` is what it is. */
static lua_Integer
check_integer(lua_State *L, int arg, const char *what)
{
    int integral;
    lua_Integer n = lua_tointegerx(L, arg, &integral);

    if (lua_type(L, arg) != LUA_TNUMBER || !integral)
        luaL_argerror(L, arg, lua_pushfstring(L, "%s expected, got %s", what,
                                              lua_type(L, arg) == LUA_TNUMBER
                                                  ? luaL_tolstring(L, arg, NULL)
                                                  : luaL_typename(L, arg)));
    return n;
}

static poe_alarm_id
check_timer_id(lua_State *L, int arg)
{
    return (poe_alarm_id)check_integer(L, arg, "timer ID");
}

static int
push_timer_error(lua_State *L, int rc, poe_alarm_id id)
{
    return lpoe_push_error(L, rc, rc == UV_EPERM ? "timer %I belongs to another session"
                                                 : "no such timer: %I", (LUAI_UACINT)id);
}

/* Upvalues of l_alarm_remove and l_alarm_remove_all. */
enum { UP_SLOTS = 2, UP_EMPTY_MT };

/* Pushes event, time, list of arguments with n.  An empty list has its n from a metatable: half the
 * cost, and most timers have no arguments. */
static void
push_timer(lua_State *L, struct lpoe *p, const struct poe_alarm *alarm, double time)
{
    int n = lpoe_mail_count(alarm->payload);

    if (lua_rawgeti(L, lua_upvalueindex(UP_SLOTS), SLOT_INDEX(alarm->payload)) == LUA_TTABLE) {
        lua_rawgeti(L, -1, 1);
        lua_replace(L, -2);
    }
    lua_pushnumber(L, time);
    if (n == 0) {
        lua_createtable(L, 0, 0);
        lua_pushvalue(L, lua_upvalueindex(UP_EMPTY_MT));
        lua_setmetatable(L, -2);
        return;
    }
    lua_createtable(L, n, 1);
    int list = lua_gettop(L);
    if (lpoe_mail_args(p, alarm->payload, L) < 0)
        luaL_error(L, "too many arguments");
    for (int i = n; i > 0; i--)
        lua_rawseti(L, list, i);
    lua_pushinteger(L, n);
    lua_setfield(L, list, "n");
}

/* KERNEL:alarm_remove(id) -> event, time, args | nil, message, code */
static int
l_alarm_remove(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    poe_alarm_id id = check_timer_id(L, 2);
    struct poe_alarm alarm = { NULL, NULL, NULL, 0, 0, 0 };
    int rc = poe_alarm_get(p->kernel, id, &alarm);

    if (rc == 0) {
        push_timer(L, p, &alarm, alarm.walltime); /* may raise: the timer is still set */
        rc = poe_alarm_remove(p->kernel, id, &alarm); /* unless a finalizer was quicker */
    }
    if (rc < 0)
        return push_timer_error(L, rc, id);
    lpoe_mail_drop(p, alarm.payload);
    return 3;
}

/* KERNEL:alarm_remove_all() -> list of {event, time, args}, in due order (R107); the fields have these
 * names too */
static int
l_alarm_remove_all(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    poe_session *s = poe_kernel_active(p->kernel);
    struct poe_alarm alarm;

    lua_newtable(L);
    int all = lua_gettop(L);
    poe_alarm_sort(p->kernel);
    for (lua_Integer i = 1;; i++) {
        uint32_t cursor = 0;
        if (poe_alarm_each(s, &cursor, &alarm) < 0)
            break;
        lua_createtable(L, 3, 0);
        push_timer(L, p, &alarm, alarm.by_delay ? 0 : alarm.walltime);
        static const char *const names[] = { NULL, "event", "time", "args" };
        for (int field = 3; field > 0; field--) {
            lua_pushvalue(L, -1);
            lua_setfield(L, all + 1, names[field]);
            lua_rawseti(L, all + 1, field);
        }
        lua_rawseti(L, all, i);
        poe_alarm_shift(p->kernel, &alarm);
        lpoe_mail_drop(p, alarm.payload);
    }
    return 1;
}

static int
timer_adjust(lua_State *L, const char *what,
             int (*adjust)(poe_kernel *, poe_alarm_id, double, double *))
{
    struct lpoe *p = check_kernel(L);
    poe_alarm_id id = check_timer_id(L, 2);
    double walltime;
    int rc = adjust(p->kernel, id, lpoe_check_seconds(L, 3, what), &walltime);

    if (rc < 0)
        return push_timer_error(L, rc, id);
    lua_pushnumber(L, walltime);
    return 1;
}

/* KERNEL:alarm_adjust(id, delta) -> new time | nil, message, code */
static int
l_alarm_adjust(lua_State *L)
{
    return timer_adjust(L, "delta", poe_alarm_adjust);
}

/* KERNEL:delay_adjust(id, seconds) -> new time | nil, message, code */
static int
l_delay_adjust(lua_State *L)
{
    return timer_adjust(L, "seconds", poe_delay_adjust);
}

/* -- names --------------------------------------------------------------------------------- */

/* KERNEL:alias_set(name) -> true | nil, message, "EEXIST" */
static int
l_alias_set(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    const char *name = lpoe_check_name(L, 2, "alias");
    int rc = poe_alias_set(p->kernel, name);

    if (rc == UV_EEXIST)
        return lpoe_push_error(L, rc, "alias '%s' belongs to session %I", name,
                               (LUAI_UACINT)poe_session_id(poe_alias_find(p->kernel, name)));
    return rc < 0 ? lpoe_push_error(L, rc, "alias '%s'", name) : lpoe_push_true(L);
}

/* KERNEL:alias_remove(name) -> true | nil, message, "ESRCH" or "EPERM" */
static int
l_alias_remove(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    const char *name = lpoe_check_name(L, 2, "alias");
    int rc = poe_alias_remove(p->kernel, name);

    if (rc < 0)
        return lpoe_push_error(L, rc, rc == UV_EPERM ? "alias '%s' belongs to another session"
                                                     : "no such alias: %s", name);
    return lpoe_push_true(L);
}

/* KERNEL:alias_resolve(session) -> session | nil, message, "ESRCH" */
static int
l_alias_resolve(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    poe_session *s = lpoe_check_session(L, p, 2);

    if (!s)
        return lpoe_push_esrch(L, 2);
    lpoe_push_session(L, p, s);
    return 1;
}

/* KERNEL:alias_list([session]) -> list, in byte order | nil, message, "ESRCH" */
static int
l_alias_list(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    poe_session *s = lua_isnoneornil(L, 2) ? poe_kernel_active(p->kernel)
                                           : lpoe_check_session(L, p, 2);

    if (!s)
        return lpoe_push_esrch(L, 2);
    lua_newtable(L);
    const char *alias = poe_alias_next(s, NULL);
    for (lua_Integer i = 1; alias; alias = poe_alias_next(s, alias), i++) {
        lua_pushstring(L, alias);
        lua_rawseti(L, -2, i);
    }
    return 1;
}

/* KERNEL:ID() -> 1 */
static int
l_id(lua_State *L)
{
    check_kernel(L);
    lua_pushinteger(L, 1);
    return 1;
}

/* KERNEL:ID_id_to_session(id) -> session | nil, message, "ESRCH" */
static int
l_id_to_session(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    lua_Integer id = check_integer(L, 2, "ID: integer");
    poe_session *s = id == 1 ? poe_kernel_session(p->kernel)
                             : poe_session_find(p->kernel, (uint64_t)id);

    if (!s)
        return lpoe_push_esrch(L, 2);
    lpoe_push_session(L, p, s);
    return 1;
}

/* KERNEL:ID_session_to_id(session) -> id | nil, message, "ESRCH" */
static int
l_session_to_id(lua_State *L)
{
    check_kernel(L);
    struct lsession *ls = lpoe_to_lsession(L, 2);

    if (!ls)
        return luaL_typeerror(L, 2, "session");
    if (!lpoe_alive(ls))
        return lpoe_push_esrch(L, 2);
    lua_pushinteger(L, (lua_Integer)lpoe_id(ls));
    return 1;
}

/* KERNEL:get_active_session() -> session; KERNEL outside any handler */
static int
l_get_active_session(lua_State *L)
{
    struct lpoe *p = check_kernel(L);

    lpoe_push_session(L, p, poe_kernel_active(p->kernel));
    return 1;
}

/* KERNEL:get_active_event() -> event | nil */
static int
l_get_active_event(lua_State *L)
{
    const poe_event *ev = poe_kernel_event(check_kernel(L)->kernel);

    lua_pushstring(L, lpoe_state_name(ev));
    return 1;
}

/* KERNEL:get_event_count() -> integer (R241) */
static int
l_get_event_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)poe_kernel_event_count(check_kernel(L)->kernel));
    return 1;
}

/* KERNEL:get_next_event_time() -> seconds since the epoch | nil */
static int
l_get_next_event_time(lua_State *L)
{
    double walltime;

    if (poe_kernel_next_time(check_kernel(L)->kernel, &walltime) < 0)
        lua_pushnil(L);
    else
        lua_pushnumber(L, walltime);
    return 1;
}

/* session_ids() -> list of the IDs of all live sessions, the kernel not among them, unordered */
static int
l_session_ids(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    uint64_t cursor = 0;
    poe_session *s;

    lua_createtable(L, (int)poe_session_count(p->kernel), 0);
    for (lua_Integer i = 0; (s = poe_session_each(p->kernel, &cursor));)
        if (poe_session_id(s) != 1) {
            lua_pushinteger(L, (lua_Integer)poe_session_id(s));
            lua_rawseti(L, -2, ++i);
        }
    return 1;
}

/* -- the tree ------------------------------------------------------------------------------ */

/* KERNEL:detach_child(session) -> true | nil, message, "ESRCH" or "EPERM" */
static int
l_detach_child(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    poe_session *child = lpoe_check_session(L, p, 2);

    if (!child)
        return lpoe_push_esrch(L, 2);
    int rc = poe_session_detach(child);
    if (rc < 0)
        return lpoe_push_error(L, rc, "session %I is not a child of this one",
                               (LUAI_UACINT)poe_session_id(child));
    return lpoe_push_true(L);
}

/* KERNEL:detach_myself() -> true | nil, message, "EPERM" */
static int
l_detach_myself(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    int rc = poe_session_detach_self(p->kernel);

    if (rc < 0)
        return lpoe_push_error(L, rc, "this session is the kernel's already");
    return lpoe_push_true(L);
}

/* defer(state, function, ...): function(...) will run as a handler of SESSION, as an event posted now
 * would, under the name `state`; work of a wheel's, which no limit refuses */
static int
l_defer(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const char *state = lpoe_check_name(L, 1, "state");
    struct mail mail;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 1); /* anchors the name */
    lpoe_mail_keep(p, L, 2, &mail);
    poe_session *s = poe_kernel_active(p->kernel);
    int rc = poe_post_for(s, s, POE_EVENT_POST, state, mail.state, mail.payload);
    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "%s", state);
    }
    return lpoe_push_true(L);
}

/* post_self(session, event) -> as post: in the session's own name, whoever runs now or has just stopped */
static int
l_post_self(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *s = lpoe_check_session(L, p, 1);
    const char *name = lpoe_check_name(L, 2, "event");
    struct mail mail;

    if (!s)
        return lpoe_push_esrch(L, 1);
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_replace(L, 1);
    lpoe_mail_post(p, L, 2, name, &mail);
    int rc = poe_post_for(s, s, POE_EVENT_POST, mail.name, mail.state, mail.payload);
    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "post '%s'", name);
    }
    return lpoe_push_true(L);
}

/* -- signals ------------------------------------------------------------------------------- */

/* KERNEL:sig(name [, event, ...]) -> true | nil, message, code */
static int
l_sig(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    const char *signal = lpoe_check_name(L, 2, "signal");
    struct mail mail;

    if (lua_isnoneornil(L, 3)) {
        poe_signal_ignore(p->kernel, signal);
        return lpoe_push_true(L);
    }
    lpoe_check_name(L, 3, "event");
    if (p->confined && poe_signal_number(signal) > 0)
        return lpoe_push_error(L, UV_EPERM, "signal '%s' is not to be watched here", signal);
    lpoe_mail_keep(p, L, 3, &mail);
    int rc = poe_signal_watch(p->kernel, signal, mail.name, mail.payload);
    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "signal '%s'", signal);
    }
    return lpoe_push_true(L);
}

/* KERNEL:sig_handled() */
static int
l_sig_handled(lua_State *L)
{
    poe_signal_handled(check_kernel(L)->kernel);
    return 0;
}

/* KERNEL:signal(session, name, ...) -> true | nil, message, "ESRCH" */
static int
l_signal(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    poe_session *to = lpoe_check_session(L, p, 2);
    struct mail mail;

    lpoe_check_name(L, 3, "signal");
    if (!to)
        return lpoe_push_esrch(L, 2);
    lpoe_mail_keep(p, L, 3, &mail);
    int rc = poe_signal_raise(to, mail.name, mail.state, mail.payload);
    if (rc < 0) {
        lpoe_mail_name(p, mail.payload, L);
        lpoe_mail_drop(p, mail.payload);
        return push_post_error(L, rc, to, lua_tostring(L, -1));
    }
    return lpoe_push_true(L);
}

/* KERNEL:sig_child(pid [, event, ...]) -> true | nil, message, code */
static int
l_sig_child(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    lua_Integer pid = check_integer(L, 2, "pid: integer");
    struct mail mail;
    int rc;

    luaL_argcheck(L, pid > 0 && pid <= INT32_MAX, 2,
                  lua_pushfstring(L, "pid: must be from 1 to %d, got %I", INT32_MAX,
                                  (LUAI_UACINT)pid));
    if (lua_isnoneornil(L, 3)) {
        rc = poe_child_ignore(p->kernel, (int)pid);
        return rc < 0 ? lpoe_push_error(L, rc, "process %I is not watched", (LUAI_UACINT)pid)
                      : lpoe_push_true(L);
    }
    lpoe_check_name(L, 3, "event");
    if (p->confined)
        return lpoe_push_error(L, UV_EPERM, "process %I is not to be watched here", (LUAI_UACINT)pid);
    lpoe_mail_keep(p, L, 3, &mail);
    rc = poe_child_watch(p->kernel, (int)pid, mail.name, mail.payload);
    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "process %I", (LUAI_UACINT)pid);
    }
    return lpoe_push_true(L);
}

/* child_watch(pid, state, function, ...) -> true | nil, message, code: function("CHLD", pid, exit status, signal,
 * ...) will run as a handler of SESSION */
static int
l_child_watch(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    lua_Integer pid = luaL_checkinteger(L, 1);
    const char *state = lpoe_check_name(L, 2, "state");
    struct mail mail;

    luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_pushvalue(L, 2); /* anchors the name */
    lpoe_mail_keep(p, L, 3, &mail);
    int rc = poe_child_watch(p->kernel, (int)pid, state, mail.payload);
    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return lpoe_push_error(L, rc, "process %I", (LUAI_UACINT)pid);
    }
    return lpoe_push_true(L);
}

/* -- running ------------------------------------------------------------------------------- */

/*
 * Pushes the error that ended a run: the raised value itself or, when handlers of DIE have raised
 * too, the texts (R163).  The record stays anchored, for its traceback.
 */
void
lpoe_push_exceptions(lua_State *L, struct lpoe *p)
{
    int base = lua_gettop(L), first = 1;
    poe_payload payload;

    while ((payload = poe_kernel_exception(p->kernel))) {
        lpoe_mail_args(p, payload, L); /* the record */
        lpoe_mail_drop(p, payload);
        lua_pushvalue(L, -1);
        lpoe_anchor_set(L, p, ANCHOR_FATAL);
        if (first)
            lua_getfield(L, -1, "error");
        else {
            luaL_tolstring(L, base + 1, NULL);
            lua_pushliteral(L, "\nadditional error, in a handler of the first:\n");
            lua_getfield(L, -3, "error_str");
            lua_concat(L, 3);
            lua_pushvalue(L, -1);
            lua_setfield(L, -3, "error");
        }
        lua_replace(L, base + 1);
        lua_settop(L, base + 1);
        first = 0;
    }
}

/* KERNEL:run() -> true; raises what no session handled */
static int
l_run(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    lua_State *outer = lpoe_loop_begin(p);
    int rc = poe_kernel_run(p->kernel);

    lpoe_loop_end(p, outer);
    if (rc == UV_EBUSY && p->wait && p->wait->chunk)
        return lpoe_run_wait(L, p, LPOE_RUN);
    if (rc == UV_EBUSY)
        return luaL_error(L, "run: the kernel is running already");
    if (rc < 0) {
        lua_settop(L, 0);
        lpoe_push_exceptions(L, p);
        return lua_error(L);
    }
    return lpoe_push_true(L);
}

/* KERNEL:run_one_timeslice() -> true while there is a session, the kernel included | nil */
static int
l_run_one_timeslice(lua_State *L)
{
    struct lpoe *p = check_kernel(L);
    if (p->wait && p->wait->chunk && p->current == L)
        return lpoe_run_wait(L, p, LPOE_SLICE);
    lua_State *outer = lpoe_loop_begin(p);
    int rc = poe_kernel_slice(p->kernel);

    lpoe_loop_end(p, outer);
    if (rc < 0) {
        lua_settop(L, 0);
        lpoe_push_exceptions(L, p);
        return lua_error(L);
    }
    if (rc == 0)
        lua_pushnil(L);
    else
        lua_pushboolean(L, 1);
    return 1;
}

/* KERNEL:stop(): ends every session at once (R235) */
static int
l_stop(lua_State *L)
{
    poe_kernel_stop(check_kernel(L)->kernel);
    return 0;
}

/*
 * KERNEL:trace(tags) -> the tags that were on.  "ev,ti,si,rc,fh", some of them, "" or false for none,
 * true for all: one line per fact on standard error.
 */
static int
l_trace(lua_State *L)
{
    static const char *const names[] = { "ev", "ti", "si", "rc", "fh" };
    struct lpoe *p = check_kernel(L);
    unsigned bits = 0;
    luaL_Buffer b;

    if (lua_isboolean(L, 2))
        bits = lua_toboolean(L, 2) ? 0x1f : 0;
    else {
        const char *tags = luaL_checkstring(L, 2);
        for (size_t length; *tags; tags += length + (tags[length] == ',')) {
            length = strcspn(tags, ",");
            unsigned bit = poe_trace_tag(tags, length);
            if (!bit) {
                lua_pushlstring(L, tags, length);
                luaL_argerror(L, 2, lua_pushfstring(L, "trace: ev, ti, si, rc or fh expected, got '%s'",
                                                    lua_tostring(L, -1)));
            }
            bits |= bit;
        }
    }
    unsigned old = poe_kernel_trace(p->kernel, bits);
    luaL_buffinit(L, &b);
    for (int i = 0, n = 0; i < 5; i++)
        if (old >> i & 1) {
            luaL_addstring(&b, n++ ? "," : "");
            luaL_addstring(&b, names[i]);
        }
    luaL_pushresult(&b);
    return 1;
}

/* -- clocks and the process ---------------------------------------------------------------- */

/* poe.time() -> seconds since the epoch, a float of whole microseconds */
static int
l_time(lua_State *L)
{
    lua_pushnumber(L, poe_kernel_walltime(lpoe_context(L)->kernel));
    return 1;
}

/* poe.hrtime() -> nanoseconds of a clock that never runs back, an integer */
static int
l_hrtime(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)uv_hrtime());
    return 1;
}

/* poe.cputime() -> seconds of processor this process has used, a float */
static int
l_cputime(lua_State *L)
{
    uv_rusage_t usage;

    if (uv_getrusage(&usage) < 0)
        return luaL_error(L, "cputime: not available");
    lua_pushnumber(L, (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                          + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    return 1;
}

/* poe.pid() -> integer */
static int
l_pid(lua_State *L)
{
    lua_pushinteger(L, getpid());
    return 1;
}

/* -- misuse -------------------------------------------------------------------------------- */

/* Those whose failing is the script's mistake; to ask whether there is such a session, or a name for it,
 * is none. */
const char *
lpoe_use(lua_State *L, enum lpoe_use *use)
{
    static const struct { const char *name; lua_CFunction function; enum lpoe_use use; } functions[] = {
        { "post", l_post, USE_OTHER }, { "post", l_kernel_post, USE_OTHER },
        { "postback", l_postback, USE_OTHER }, { "yield", l_yield, USE_YIELD },
        { "yield", l_kernel_yield, USE_YIELD }, { "call", l_call_other, USE_OTHER },
        { "alarm", l_alarm, USE_TIMER }, { "alarm_add", l_alarm_add, USE_TIMER },
        { "alarm_set", l_alarm_set, USE_TIMER }, { "alarm_adjust", l_alarm_adjust, USE_OTHER },
        { "alarm_remove", l_alarm_remove, USE_OTHER }, { "delay", l_delay, USE_TIMER },
        { "delay_add", l_delay_add, USE_TIMER }, { "delay_set", l_delay_set, USE_TIMER },
        { "delay_adjust", l_delay_adjust, USE_OTHER }, { "alias_set", l_alias_set, USE_OTHER },
        { "alias_remove", l_alias_remove, USE_OTHER }, { "detach_child", l_detach_child, USE_OTHER },
        { "detach_myself", l_detach_myself, USE_OTHER }, { "sig", l_sig, USE_OTHER },
        { "signal", l_signal, USE_OTHER }, { "sig_child", l_sig_child, USE_CHILD },
    };
    lua_Debug ar;

    if (!lua_getstack(L, 0, &ar))
        return NULL;
    lua_getinfo(L, "f", &ar);
    lua_CFunction running = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    for (size_t i = 0; running && i < sizeof functions / sizeof functions[0]; i++)
        if (functions[i].function == running) {
            *use = functions[i].use;
            return functions[i].name;
        }
    return NULL;
}

/* -- opening ------------------------------------------------------------------------------- */

/* `core` on top: adds the kernel's functions; core.kernel has its methods. */
void
lpoe_open_kernel(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "post", l_post }, { "postback", l_postback }, { "yield", l_yield }, { "call_other", l_call_other },
        { "call_enter", l_call_enter }, { "session_ids", l_session_ids }, { "defer", l_defer },
        { "post_self", l_post_self },
        { "child_watch", l_child_watch },
        { "time", l_time },
        { "hrtime", l_hrtime }, { "cputime", l_cputime }, { "pid", l_pid }, { NULL, NULL },
    };
    static const luaL_Reg methods[] = {
        { "post", l_kernel_post }, { "yield", l_kernel_yield }, { "alarm", l_alarm },
        { "alarm_add", l_alarm_add }, { "alarm_set", l_alarm_set },
        { "alarm_adjust", l_alarm_adjust }, { "delay", l_delay },
        { "delay_add", l_delay_add }, { "delay_set", l_delay_set },
        { "delay_adjust", l_delay_adjust }, { "alias_set", l_alias_set },
        { "alias_remove", l_alias_remove }, { "alias_resolve", l_alias_resolve },
        { "alias_list", l_alias_list }, { "ID", l_id }, { "ID_id_to_session", l_id_to_session },
        { "ID_session_to_id", l_session_to_id },
        { "get_active_session", l_get_active_session }, { "get_active_event", l_get_active_event },
        { "get_event_count", l_get_event_count }, { "get_next_event_time", l_get_next_event_time },
        { "detach_child", l_detach_child }, { "detach_myself", l_detach_myself }, { "sig", l_sig },
        { "sig_handled", l_sig_handled }, { "signal", l_signal }, { "sig_child", l_sig_child },
        { "run", l_run }, { "run_one_timeslice", l_run_one_timeslice }, { "stop", l_stop },
        { "trace", l_trace },
        { NULL, NULL },
    };
    static const luaL_Reg removers[] = {
        { "alarm_remove", l_alarm_remove }, { "alarm_remove_all", l_alarm_remove_all }, { NULL, NULL },
    };

    lpoe_setfuncs(L, p, core);
    lua_newtable(L);
    lpoe_setfuncs(L, p, methods);
    lua_createtable(L, 0, 1); /* metatable of an empty list */
    lua_createtable(L, 0, 1);
    lua_pushinteger(L, 0);
    lua_setfield(L, -2, "n");
    lua_setfield(L, -2, "__index");
    for (const luaL_Reg *f = removers; f->name; f++) {
        lua_pushlightuserdata(L, p);
        lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_slots);
        lua_pushvalue(L, -3);
        lua_pushcclosure(L, f->func, UP_EMPTY_MT);
        lua_setfield(L, -3, f->name);
    }
    lua_pop(L, 1);
    lua_setfield(L, -2, "kernel");

    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, l_guard_close);
    lua_setfield(L, -2, "__close");
    lpoe_anchor_set(L, p, ANCHOR_FRAME_MT);
}
