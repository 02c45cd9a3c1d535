/*
 * host.c - implements struct poe_host: THE place where a handler is entered
 *
 * Every handler runs on a coroutine from a pool, entered by lua_resume and by nothing else, so
 * that no Lua error crosses a runtime frame and any handler may suspend.  At the bottom of each such
 * coroutine lie S, the anchors, and M, the slots of the mailbox, within reach of raw access.
 *
 * A plain event goes straight from the mailbox onto the coroutine, with nothing that could raise.
 * Whatever needs memory on the way (_default's list, a family's or a signal's arguments) is
 * prepared by enter(), a C function that already runs on the coroutine.
 */
#include "lpoe.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "mailbox.h"
#include "watchdog.h"

#ifdef POE_TORTURE
#define TORTURE(p) lua_gc((p)->L, LUA_GCCOLLECT) /* nothing may hang on a value nobody holds */
#else
#define TORTURE(p) ((void)0)
#endif

/* -- the pool ------------------------------------------------------------------------------ */

/* Puts S and M at the bottom of an empty coroutine and makes room for an event's values.  Returns
 * whether there was memory. */
int
lpoe_coroutine_base(struct lpoe *p, lua_State *co)
{
    lua_settop(co, 0);
    if (!lua_checkstack(co, LPOE_ROOM + LUA_MINSTACK))
        return 0;
    lua_rawgeti(co, LUA_REGISTRYINDEX, p->ref_anchors);
    lua_rawgeti(co, LUA_REGISTRYINDEX, p->ref_slots);
    return 1;
}

/* lpoe *, on aux: one more coroutine for the pool. */
static int
pool_grow(lua_State *A)
{
    struct lpoe *p = lua_touserdata(A, 1);

    if (p->pool_made == p->pool_room) {
        lua_State **pool = lpoe_array_grow(A, p->pool, sizeof *pool, &p->pool_room, 8);
        if (!pool)
            return luaL_error(A, "not enough memory");
        p->pool = pool;
    }
    lua_rawgeti(A, LUA_REGISTRYINDEX, p->ref_threads);
    lua_State *co = lua_newthread(A);
    if (!lpoe_coroutine_base(p, co))
        return luaL_error(A, "not enough memory");
    lua_rawsetp(A, -2, co);
    p->pool_made++;
    p->pool[p->pool_count++] = co;
    return 0;
}

/* An idle coroutine, or NULL without memory. */
lua_State *
lpoe_coroutine(struct lpoe *p)
{
    if (p->pool_count == 0) {
        lua_State *A = p->aux;
        lua_pushcfunction(A, pool_grow);
        lua_pushlightuserdata(A, p);
        if (lua_pcall(A, 1, 0, 0) != LUA_OK) {
            lua_pop(A, 1);
            return NULL;
        }
    }
    return p->pool[--p->pool_count];
}

/* Its handler has returned. */
void
lpoe_coroutine_done(struct lpoe *p, lua_State *co)
{
    lua_settop(co, LPOE_BASE);
    p->pool[p->pool_count++] = co;
}

/* What runs now, and on which coroutine.  Returns what leave_coroutine is to be given. */
static inline lua_State *
enter_coroutine(struct lpoe *p, lua_State *co)
{
    lua_State *outer = atomic_load_explicit(&p->current, memory_order_relaxed);

    atomic_store_explicit(&p->current, co, memory_order_relaxed);
    if (outer == atomic_load_explicit(&p->looping, memory_order_relaxed))
        lpoe_beat(p);
    return outer;
}

static inline void
leave_coroutine(struct lpoe *p, lua_State *co, lua_State *outer)
{
    atomic_store_explicit(&p->current, outer, memory_order_relaxed);
    if (outer && p->killing)
        lpoe_watch_left(p, co, outer);
}

/* Ends what is on it: its open <close> variables run, and may not wait.  Returns the status, with an error
 * of theirs on top. */
int
lpoe_coroutine_close(struct lpoe *p, lua_State *co)
{
    lpoe_budget_begin(p, co);
    lua_State *outer = enter_coroutine(p, co), *closing = p->closing;

    p->closing = co;
    int status = lua_resetthread(co);
    p->closing = closing;
    lpoe_budget_end(p, co);
    leave_coroutine(p, co, outer);
    return status;
}

/* Its handler has raised, or has been closed. */
void
lpoe_coroutine_reset(struct lpoe *p, lua_State *co)
{
    lua_State *A = p->aux;

    lpoe_coroutine_close(p, co);
    if (!lua_gethook(co) && lpoe_coroutine_base(p, co)) { /* once a hook has raised no hook fires again */
        p->pool[p->pool_count++] = co;
        return;
    }
    lua_rawgeti(A, LUA_REGISTRYINDEX, p->ref_threads); /* the collector may have it */
    lua_pushnil(A);
    lua_rawsetp(A, -2, co);
    lua_pop(A, 1);
    p->pool_made--;
}

/* A hook's error at the next instruction of a chunk that yielded to nobody. */
static void
yield_refused(lua_State *co, lua_Debug *ar)
{
    (void)ar;
    lpoe_budget_restore(lpoe_find(co), co);
    lua_pushliteral(co, "attempt to yield from outside a coroutine");
    lua_error(co);
}

/* It has yielded, but not to wait: past ours in module.lua, outside any coroutine, or the watchdog or its budget
 * has made it.  Returns the status it ends with, or LUA_YIELD when it waits after all. */
static int
yielded(struct lpoe *p, lua_State *co, lua_State *from, int *nresults)
{
    int status = LUA_YIELD;

    while (status == LUA_YIELD && !p->suspended) {
        if (lpoe_watch_killed(p, co))
            return LUA_ERRRUN;
        lua_pop(co, *nresults);
        if (p->spent && lua_checkstack(co, 2)) { /* its budget's hook has yielded */
            lpoe_anchor_get(co, p, ANCHOR_SPENT);
            return LUA_ERRRUN;
        }
        lua_sethook(co, yield_refused, LUA_MASKCOUNT, 1);
        status = lua_resume(co, from, 0, nresults);
        lua_sethook(co, NULL, 0, 0);
    }
    return status;
}

/* The only lua_resume of a handler there is.  Inline, for a processor foretells no return after a yield. */
static inline __attribute__((always_inline)) int
resume(struct lpoe *p, lua_State *co, lua_State *from, int nargs, int *nresults)
{
    if (p->instructions)
        lpoe_budget_begin(p, co);
    lua_State *outer = enter_coroutine(p, co);
    int status = lua_resume(co, from, nargs, nresults);

    if (status == LUA_YIELD && !p->suspended)
        status = yielded(p, co, from, nresults);
    if (p->instructions)
        lpoe_budget_end(p, co);
    leave_coroutine(p, co, outer);
    return status;
}

/* Runs the function below `nargs` arguments, which no drain does. */
int
lpoe_resume(struct lpoe *p, lua_State *co, int nargs, int *nresults)
{
    lua_State *outer = atomic_load_explicit(&p->current, memory_order_relaxed);
    struct drain *drain = p->drain;

    p->drain = NULL;
    int status = resume(p, co, outer ? outer : p->L, nargs, nresults);
    p->drain = drain;
    return status;
}

/* -- finding handlers ---------------------------------------------------------------------- */

/*
 * Replaces the event name on top by its handler in the state table at `states` and returns its
 * type, LUA_TNIL when there is none.  An absent one is looked for in the __index tables, raw; false
 * says that it was removed.
 */
int
lpoe_find_handler(lua_State *co, int states)
{
    int top = lua_gettop(co);

    lua_pushvalue(co, top);
    int type = lua_rawget(co, states);
    if (type == LUA_TNIL) {
        lua_pushvalue(co, states);
        for (int depth = 0; type == LUA_TNIL && depth < 100; depth++) {
            if (!lua_getmetatable(co, -1))
                break;
            lua_pushliteral(co, "__index");
            if (lua_rawget(co, -2) != LUA_TTABLE)
                break;
            lua_replace(co, top + 2); /* the next table to look in */
            lua_settop(co, top + 2);
            lua_pushvalue(co, top);
            type = lua_rawget(co, top + 2);
            lua_replace(co, top + 1);
        }
        lua_settop(co, top + 1);
    }
    if (type == LUA_TBOOLEAN && !lua_toboolean(co, top + 1)) {
        lua_pushnil(co);
        lua_replace(co, top + 1);
        type = LUA_TNIL;
    }
    lua_replace(co, top);
    return type;
}

/* Whether the value can be called. */
int
lpoe_callable(lua_State *L, int at)
{
    if (lua_isfunction(L, at))
        return 1;
    if (luaL_getmetafield(L, at, "__call") == LUA_TNIL)
        return 0;
    lua_pop(L, 1);
    return 1;
}

/* Raises, `level` up, unless the handler on top can be called: its state table has been changed since
 * it was checked. */
void
lpoe_check_handler(lua_State *L, const char *name, int level)
{
    if (lpoe_callable(L, -1))
        return;
    luaL_where(L, level);
    lua_pushfstring(L, "state '%s' must be a function, got %s", name, luaL_typename(L, -2));
    lua_concat(L, 2);
    lua_error(L);
}

/* -- exceptions ---------------------------------------------------------------------------- */

static void
set_string(lua_State *A, const char *key, const char *value)
{
    if (value) {
        lua_pushstring(A, value);
        lua_setfield(A, -2, key);
    }
}

/* "in session 3 (logger), event 'line', posted by session 2 from '_start'" */
static void
story(lua_State *A, struct lpoe *p, const poe_event *ev, const char *state)
{
    luaL_Buffer b;

    luaL_buffinit(A, &b);
    luaL_addstring(&b, "\n\tin session ");
    for (int sender = 0; sender < 2; sender++) {
        poe_session *s = sender ? ev->from : ev->to;
        const char *alias = poe_alias_next(s, NULL);
        if (poe_session_id(s) == 1)
            luaL_addstring(&b, "1 (kernel)");
        else {
            lua_pushfstring(A, "%I", (LUAI_UACINT)poe_session_id(s));
            luaL_addvalue(&b);
        }
        for (int i = 0; alias; alias = poe_alias_next(s, alias), i++) {
            luaL_addstring(&b, i ? ", " : " (");
            luaL_addstring(&b, alias);
        }
        if (poe_alias_next(s, NULL))
            luaL_addchar(&b, ')');
        if (!sender) {
            lua_pushfstring(A, ", event '%s', %s session ", ev->name,
                            ev->type == POE_EVENT_CALL ? "called by"
                            : ev->type == POE_EVENT_ALARM ? "set by" : "from");
            luaL_addvalue(&b);
        }
    }
    if (state) {
        lua_pushfstring(A, " in '%s'", state);
        luaL_addvalue(&b);
    }
    (void)p;
    luaL_pushresult(&b);
}

/* Pushes the stack of a coroutine that runs handlers, short of ours that calls them. */
static void
push_traceback(lua_State *A, lua_State *co)
{
    static const char ours[] = "\n\t[C]: in ?";
    size_t length;

    luaL_traceback(A, co, NULL, 0);
    const char *text = lua_tolstring(A, -1, &length);
    if (length < sizeof ours || strcmp(text + length - sizeof ours + 1, ours) != 0)
        return;
    lua_pushlstring(A, text, length - sizeof ours + 1);
    lua_remove(A, -2);
}

/* Adds to the traceback on top who waits for the answer: the stack of the handler that asked, and its
 * asker's. */
static void
asker_story(lua_State *A, struct lpoe *p, poe_payload payload)
{
    for (int depth = 0; depth < 10; depth++) {
        struct lwait *w = lpoe_waiting(p, lpoe_mail_asker(p, payload, 0));
        if (!w)
            return;
        lua_pushliteral(A, "\nasked by");
        push_traceback(A, w->co);
        lua_pushliteral(A, "\n");
        lua_insert(A, -2);
        if (w->chunk)
            lua_pushliteral(A, "");
        else
            story(A, p, &w->ev, lpoe_event_state(&w->ev));
        lua_concat(A, 5);
        payload = w->ev.type == POE_EVENT_ASK ? w->ev.payload : 0;
    }
}

/* The caller's event of any event. */
const char *
lpoe_event_state(const poe_event *ev)
{
    switch (ev->type) {
    case POE_EVENT_POST: case POE_EVENT_ALARM: case POE_EVENT_CALL: case POE_EVENT_ASK:
        return ev->with.state;
    case POE_EVENT_SIGNAL: return ev->with.signal->state;
    case POE_EVENT_IO: return ev->with.io->state;
    default: return NULL;
    }
}

/* Tells a handler that has waited from those that have had its record before. */
static lua_Integer
wait_name(const struct lwait *w)
{
    return (lua_Integer)((uint64_t)w->index << 32 | w->born);
}

/* Puts the stack kept for the error at 4, as one that came to handler `w`, in front of the traceback on
 * top. */
static void
trace_add(lua_State *A, struct lpoe *p, const struct lwait *w)
{
    int traceback = lua_gettop(A);

    lpoe_anchor_get(A, p, ANCHOR_TRACE);
    if (!lua_istable(A, -1)) {
        lua_pop(A, 1);
        return;
    }
    lua_rawgeti(A, -1, 1);
    lua_rawgeti(A, -2, 3);
    if (lua_rawequal(A, -2, 4) && w && lua_tointeger(A, -1) == wait_name(w)) {
        lua_rawgeti(A, traceback + 1, 2);
        lua_pushliteral(A, "\n\tinside with_timeout of\n");
        lua_pushvalue(A, traceback);
        lua_concat(A, 3);
        lua_replace(A, traceback);
    }
    lua_settop(A, traceback);
    lua_pushboolean(A, 0);
    lpoe_anchor_set(A, p, ANCHOR_TRACE);
}

/* coroutine *, lpoe *, the wait of what ran on it and its caller's, error: it is to be told with its
 * stack. */
static int
trace_keep(lua_State *A)
{
    lua_State *co = lua_touserdata(A, 1);
    struct lpoe *p = lua_touserdata(A, 2);
    struct lwait *own = lua_touserdata(A, 3);

    lua_pushvalue(A, 4);
    lua_replace(A, 3);
    lua_pushvalue(A, 5);
    lua_replace(A, 4); /* where trace_add looks for it; 3: the caller's */
    lua_settop(A, 4);
    lua_createtable(A, 3, 0); /* 5 */
    lua_pushvalue(A, 4);
    lua_rawseti(A, 5, 1);
    lua_pushvalue(A, 3);
    lua_rawseti(A, 5, 3);
    push_traceback(A, co);
    trace_add(A, p, own);
    lua_rawseti(A, 5, 2);
    lpoe_anchor_set(A, p, ANCHOR_TRACE);
    return 0;
}

/* An error is about to leave the coroutine that with_timeout ran: its stack would be lost. */
void
lpoe_trace_keep(struct lpoe *p, lua_State *co, struct lwait *own, struct lwait *caller)
{
    lua_State *A = p->aux;

    lua_pushcfunction(A, trace_keep);
    lua_pushlightuserdata(A, co);
    lua_pushlightuserdata(A, p);
    lua_pushlightuserdata(A, own);
    lua_pushinteger(A, wait_name(caller));
    lua_pushvalue(co, -1);
    lua_xmove(co, A, 1);
    if (lua_pcall(A, 5, 0, 0) != LUA_OK)
        lua_pop(A, 1);
}

/* lpoe *, wait *, error: a warning, as nobody can handle it any more. */
static int
close_warn(lua_State *A)
{
    struct lpoe *p = lua_touserdata(A, 1);
    const struct lwait *w = lua_touserdata(A, 2);

    lua_pushliteral(A, "error in a <close> variable as its handler is closed: ");
    luaL_tolstring(A, 3, NULL);
    if (w->chunk)
        lua_pushliteral(A, "");
    else
        story(A, p, &w->ev, lpoe_event_state(&w->ev));
    lua_concat(A, 3);
    lua_warning(A, lua_tostring(A, -1), 0);
    return 0;
}

/* A <close> variable of a stopped session's handler has raised what is at `error` of aux. */
void
lpoe_close_warn(struct lpoe *p, struct lwait *w, int error)
{
    lua_State *A = p->aux;

    lua_pushcfunction(A, close_warn);
    lua_pushlightuserdata(A, p);
    lua_pushlightuserdata(A, w);
    lua_pushvalue(A, error);
    if (lua_pcall(A, 3, 0, 0) != LUA_OK)
        lua_pop(A, 1);
}

/* lpoe *, event *, coroutine *, error value; on aux: makes the record and keeps it in the mailbox.
 * Pushes the message, then the token. */
static int
record_make(lua_State *A)
{
    struct lpoe *p = lua_touserdata(A, 1);
    const poe_event *ev = lua_touserdata(A, 2);
    lua_State *co = lua_touserdata(A, 3);
    lua_Debug ar;

    lua_settop(A, 4);
    push_traceback(A, co); /* 5 */
    trace_add(A, p, p->wait);
    int line = 0;
    for (int level = 0; !line && lua_getstack(co, level, &ar); level++) {
        lua_getinfo(co, "Sl", &ar);
        line = ar.currentline > 0 ? ar.currentline : 0;
    }
    lua_pushstring(A, !line ? NULL : ar.source[0] == '@' ? ar.source + 1 : ar.short_src); /* 6 */
    if (lpoe_coroutine_close(p, co) != LUA_OK) { /* <close> variables may put an error of theirs on top */
        lua_xmove(co, A, 1);
        lua_replace(A, 4);
    }
    lua_createtable(A, 0, 10); /* 7: the record */
    lua_pushvalue(A, 4);
    lua_setfield(A, 7, "error");
    if (lua_type(A, 4) == LUA_TSTRING || lua_type(A, 4) == LUA_TNUMBER
        || luaL_getmetafield(A, 4, "__tostring") != LUA_TNIL)
        luaL_tolstring(A, 4, NULL);
    else
        lua_pushfstring(A, "(error object is a %s value)", luaL_typename(A, 4));
    lua_pushvalue(A, -1);
    lua_setfield(A, 7, "error_str");
    lua_replace(A, 4); /* the message */
    lua_settop(A, 7);

    lua_pushvalue(A, 5);
    story(A, p, ev, lpoe_event_state(ev));
    lua_concat(A, 2);
    if (ev->type == POE_EVENT_ASK)
        asker_story(A, p, lpoe_ask_payload(p, ev));
    lua_setfield(A, 7, "traceback");
    lua_pushvalue(A, 6);
    lua_setfield(A, 7, "file");
    if (line) {
        lua_pushinteger(A, line);
        lua_setfield(A, 7, "line");
    }
    set_string(A, "event", ev->name);
    set_string(A, "from_state", lpoe_event_state(ev));
    lpoe_push_session(A, p, ev->from);
    lua_setfield(A, 7, "source_session");
    lpoe_push_session(A, p, ev->to);
    lua_setfield(A, 7, "dest_session");

    struct mail mail;
    lua_pushliteral(A, "DIE");
    lua_replace(A, 6);
    lpoe_mail_keep(p, A, 6, &mail); /* takes 6 and 7 */
    lua_settop(A, 4);
    lua_pushinteger(A, (lua_Integer)mail.payload);
    return 2;
}

/* The handler on `co` has raised.  Leaves the message on aux for lpoe_call to fetch. */
int
lpoe_raised(struct lpoe *p, lua_State *co, const poe_event *ev, poe_payload *out)
{
    lua_State *A = p->aux;

    lua_pushcfunction(A, record_make);
    lua_pushlightuserdata(A, p);
    lua_pushlightuserdata(A, (void *)ev);
    lua_pushlightuserdata(A, co);
    lua_pushvalue(co, -1); /* closing wants its own */
    lua_xmove(co, A, 1);
    if (lua_pcall(A, 4, 2, 0) == LUA_OK) {
        *out = (poe_payload)lua_tointeger(A, -1);
        lua_pop(A, 1);
    } else
        *out = LPOE_OOM; /* its message, "not enough memory" or like, is on top */
    if (ev->type == POE_EVENT_ASK)
        lpoe_answer_die(p, lpoe_ask_payload(p, ev));
    if (ev->type != POE_EVENT_CALL)
        lua_pop(A, 1);
    lpoe_coroutine_reset(p, co);
    return POE_RAISED;
}

/* -- entering ------------------------------------------------------------------------------ */

/* Whether the state table's unknown event was told of before; it is from now on. */
static int
unknown_told(lua_State *L, struct lpoe *p, const struct lsession *ls, const char *name)
{
    int top = lua_gettop(L), told;

    lpoe_anchor_get(L, p, ANCHOR_WARNED);
    lpoe_anchor_get(L, p, ls->states);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, top + 1) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, top + 2);
        lua_pushvalue(L, -2);
        lua_rawset(L, top + 1);
    }
    told = lua_getfield(L, -1, name) != LUA_TNIL;
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, name);
    lua_settop(L, top);
    return told;
}

/* An event that nobody handles: a warning, once per state table and event; with option default a line
 * for each; with option debug of the kernel each is told with the line that posted it. */
void
lpoe_unknown_report(lua_State *L, struct lpoe *p, const poe_event *ev)
{
    const struct lsession *ls = lpoe_lsession(ev->to);
    const char *state = lpoe_event_state(ev);
    int top = lua_gettop(L);

    if (ev->type >= POE_EVENT_START && ev->type <= POE_EVENT_PARENT)
        return;
    int told = !ls->unknown && unknown_told(L, p, ls, ev->name);
    if (told && !p->debug)
        return;
    lpoe_push_session(L, p, ev->to);
    lpoe_push_session(L, p, ev->from);
    const char *to = luaL_tolstring(L, top + 1, NULL), *from = luaL_tolstring(L, top + 2, NULL);
    const char *msg = lua_pushfstring(L, "%s has no handler for event '%s' (%s %s%s%s%s)", to, ev->name,
                                      ev->type == POE_EVENT_CALL ? "called by" : "from", from,
                                      state ? " in '" : "", state ? state : "", state ? "'" : "");
    if (ls->unknown)
        lpoe_log(p, POELIB_TRACE, msg);
    else if (!told)
        lua_warning(L, msg, 0);
    if (p->debug)
        lpoe_debug_unknown(L, p, ev, msg);
    lua_settop(L, top);
}

/* Pushes a record, or an error's operation, code and message.  Returns how many values. */
static int
push_io(lua_State *L, const struct poe_io *io)
{
    if (io->data)
        lua_pushlstring(L, io->data, io->length);
    if (!io->op)
        return io->data != NULL;
    lua_pushstring(L, io->op);
    lua_pushstring(L, uv_err_name(io->error));
    lua_pushfstring(L, "%s: %s", uv_err_name(io->error), uv_strerror(io->error));
    return 3;
}

/* Pushes what a family event, a signal or a stream brings.  Returns how many values. */
int
lpoe_push_special(lua_State *L, struct lpoe *p, const poe_event *ev)
{
    const struct poe_family *family = ev->with.family;
    const struct poe_signal *signal = ev->with.signal;
    int n, before = 0;

    switch (ev->type) {
    case POE_EVENT_CHILD:
        lua_pushstring(L, family->reason);
        lpoe_push_session(L, p, family->child);
        n = lpoe_mail_args(p, family->result, L);
        if (n == 0 && family->reason[0] != 'g') { /* gain has no third (R74) */
            lua_pushnil(L);
            n = 1;
        }
        return 2 + n;
    case POE_EVENT_PARENT:
        lpoe_push_session(L, p, family->child);
        lpoe_push_session(L, p, family->parent);
        return 2;
    case POE_EVENT_SIGNAL:
        lua_pushstring(L, signal->name);
        if (signal->child) {
            lua_pushinteger(L, signal->pid);
            lua_pushinteger(L, signal->exit_status);
            lua_pushinteger(L, signal->term_signal);
            n = 4;
        } else {
            n = lpoe_mail_args(p, signal->args, L);
            if (n < 0)
                return luaL_error(L, "stack overflow (too many arguments)");
            n++;
        }
        int own = lpoe_mail_args(p, signal->extra, L);
        if (own < 0)
            return luaL_error(L, "stack overflow (too many arguments)");
        return n + own;
    case POE_EVENT_IO:
        before = push_io(L, ev->with.io);
        /* fall through */
    default:
        n = lpoe_mail_args(p, ev->payload, L);
        n += n >= 0 ? before : 0;
        return n >= 0 ? n : luaL_error(L, "stack overflow (too many arguments)");
    }
}

/* The results of the handler that enter() called are its own. */
static int
entered(lua_State *L, int status, lua_KContext base)
{
    (void)status;
    return lua_gettop(L) - (int)base;
}

/* Whether the payload tells the event's name: or a function, the library's own handler. */
static int
is_mailed(const poe_event *ev)
{
    return ev->type <= POE_EVENT_CALL
           || (ev->type >= POE_EVENT_HANDLE && ev->type <= POE_EVENT_ASK);
}

/*
 * lpoe *, event *: runs the handler of any event, preparing on its own coroutine what needs
 * memory.  Used where the straight way does not do.
 */
static int
enter(lua_State *L)
{
    struct lpoe *p = lua_touserdata(L, 1);
    const poe_event *ev = lua_touserdata(L, 2);
    int has_default = 0;

    lua_settop(L, 0);
    lpoe_anchor_get(L, p, lpoe_lsession(ev->to)->states);
    if (ev->type == POE_EVENT_SIGNAL)
        lpoe_mail_name(p, ev->with.signal->extra, L);
    else if (is_mailed(ev))
        lpoe_mail_name(p, ev->payload, L);
    else
        lua_pushstring(L, ev->name);
    lua_pushvalue(L, -1); /* states, name, handler */
    int type = lua_isfunction(L, -1) ? LUA_TFUNCTION : lpoe_find_handler(L, 1);
    if (type == LUA_TNIL && ev->type != POE_EVENT_START) {
        lua_pop(L, 1);
        lpoe_anchor_get(L, p, ANCHOR_DEFAULT);
        type = lpoe_find_handler(L, 1);
        has_default = type != LUA_TNIL;
    }
    if (type == LUA_TNIL) {
        lpoe_unknown_report(L, p, ev);
        if (ev->type != POE_EVENT_ASK)
            return 0;
        return lpoe_push_error(L, UV_ENOSYS, "session %I has no handler for '%s'",
                               (LUAI_UACINT)poe_session_id(ev->to), ev->name);
    }
    if (type != LUA_TFUNCTION)
        lpoe_check_handler(L, has_default ? "_default" : ev->name, 0);
    if (!has_default) {
        int n = lpoe_push_special(L, p, ev);
        lua_callk(L, n, LUA_MULTRET, 2, entered);
        return entered(L, LUA_OK, 2);
    }
    lua_pushvalue(L, 2);
    lua_newtable(L); /* states, name, _default, name, list */
    int list = lua_gettop(L), n = lpoe_push_special(L, p, ev);
    lua_pushinteger(L, n);
    lua_setfield(L, list, "n");
    for (int i = n; i > 0; i--)
        lua_rawseti(L, list, i);
    poe_event *active = (poe_event *)poe_kernel_event(p->kernel);
    active->by_default = 1;
    lua_callk(L, 2, LUA_MULTRET, 2, entered);
    return entered(L, LUA_OK, 2);
}

/* lpoe *, event *, S, M: the straight way of a record, which needs memory. */
static int
enter_record(lua_State *L)
{
    struct lpoe *p = lua_touserdata(L, 1);
    const poe_event *ev = lua_touserdata(L, 2);
    int n = lpoe_mail_enter(p, ev->payload, lpoe_lsession(ev->to)->states, L, 3, ev->with.io);

    if (n < 0)
        return enter(L);
    int below = lua_gettop(L) - n - 1;
    lua_callk(L, n, LUA_MULTRET, below, entered);
    return entered(L, LUA_OK, below);
}

/* Hands the results of a handler that returned to whoever asked. */
static void
results(struct lpoe *p, lua_State *co, int n, const poe_event *ev, poe_payload *out)
{
    int first = lua_gettop(co) - n + 1;

    if (ev->type == POE_EVENT_ASK)
        lpoe_answer(p, lpoe_ask_payload(p, ev), co, n);
    if (ev->type == POE_EVENT_CALL) {
        p->call_co = co; /* stays off the pool until they are fetched */
        p->call_results = n;
        return;
    }
    if ((ev->type == POE_EVENT_START || ev->type == POE_EVENT_STOP) && n > 0
        && !lua_isnil(co, first)) {
        lua_settop(co, first);
        *out = lpoe_mail_result(p, co);
    }
    lpoe_coroutine_done(p, co);
}

/* No coroutine to run it on. */
static int
no_memory(struct lpoe *p, const poe_event *ev, poe_payload *out)
{
    if (ev->type == POE_EVENT_CALL)
        lua_pushnil(p->aux); /* its message: lpoe_call says it for us */
    *out = LPOE_OOM;
    return POE_RAISED;
}

/* Pushes the name of one of a session's own events, as the key of a state table; nil for others. */
static void
push_key(const poe_event *ev, lua_State *co)
{
    switch (ev->type) {
    case POE_EVENT_START: lua_rawgeti(co, 1, ANCHOR_START); break;
    case POE_EVENT_STOP: lua_rawgeti(co, 1, ANCHOR_STOP); break;
    case POE_EVENT_CHILD: lua_rawgeti(co, 1, ANCHOR_CHILD); break;
    case POE_EVENT_PARENT: lua_rawgeti(co, 1, ANCHOR_PARENT); break;
    default: lua_pushnil(co); /* a signal: enter() finds it */
    }
}

/* Whether a session that has no handler for one of its own events wants none: no _default either,
 * and no other table to look in.  States are at LPOE_BASE + 1. */
static int
unwanted(lua_State *co, const poe_event *ev)
{
    if (ev->type < POE_EVENT_START || ev->type > POE_EVENT_PARENT
        || lua_getmetatable(co, LPOE_BASE + 1))
        return 0;
    if (ev->type == POE_EVENT_START)
        return 1;
    lua_rawgeti(co, 1, ANCHOR_DEFAULT);
    return lua_rawget(co, LPOE_BASE + 1) == LUA_TNIL;
}

/* Option trace: a line on standard error for each event (R212). */
static void
trace_option(struct lpoe *p, const struct lsession *ls, const poe_event *ev)
{
    const char *state = lpoe_event_state(ev);
    char line[512];

    snprintf(line, sizeof line, "poe: session %llu: %s from session %llu%s%s", (unsigned long long)lpoe_id(ls),
             ev->name, (unsigned long long)poe_session_id(ev->from), state ? " in " : "",
             state ? state : "");
    lpoe_log(p, POELIB_TRACE, line);
}

/* struct poe_host.dispatch */
static int
host_dispatch(void *ud, const poe_event *event, poe_payload *out)
{
    struct lpoe *p = ud;
    poe_event ev = *event; /* enter() notes in it that _default handles it */
    struct lsession *ls = lpoe_lsession(ev.to);
    struct lwait *wait = p->wait;
    struct poe_frame *base = p->base;
    int nargs, nresults, below = LPOE_BASE, rc = 0;

    lpoe_names_forget(p);
    if (event->type >= POE_EVENT_RESUME)
        return lpoe_host_resume(p, event, out);
    if (ls->awaits && lpoe_wait_take(p, event, out, &rc))
        return rc;
    lua_State *co = p->pool_count ? p->pool[--p->pool_count] : lpoe_coroutine(p);

    p->base = poe_kernel_frame(p->kernel);
    p->base->event = &ev;
    p->wait = NULL;
    ev.by_default = 0;
    TORTURE(p);
    if (ev.type == POE_EVENT_START)
        ls->is.session = ev.to;
    if (!co) {
        rc = no_memory(p, &ev, out);
        goto done;
    }
    if (ls->trace || ls->unwatched) {
        lpoe_watch_begin(p);
        if (ls->trace)
            trace_option(p, ls, &ev);
    }
    int type = LUA_TFUNCTION;
    nargs = -1;
    if (ev.type == POE_EVENT_IO && ev.with.io->data) {
        lua_pushcfunction(co, enter_record);
        lua_pushlightuserdata(co, p);
        lua_pushlightuserdata(co, &ev);
        lua_pushvalue(co, 1);
        lua_pushvalue(co, 2);
        nargs = 4;
    } else if (ev.type == POE_EVENT_POST || ev.type == POE_EVENT_ALARM || ev.type == POE_EVENT_CALL
               || ev.type == POE_EVENT_ASK || ev.type == POE_EVENT_HANDLE
               || (ev.type == POE_EVENT_IO && !ev.with.io->op)) {
        nargs = lpoe_mail_enter(p, ev.payload, ls->states, co, 1, NULL);
        below = lua_gettop(co) - nargs - 1;
    } else if (ev.type <= POE_EVENT_PARENT) {
        lua_rawgeti(co, 1, ls->states);
        push_key(&ev, co);
        type = lua_rawget(co, LPOE_BASE + 1);
        if (type == LUA_TFUNCTION && ev.type <= POE_EVENT_STOP)
            nargs = lpoe_mail_args(p, ev.payload, co);
        below++; /* the state table stays under the handler */
    }
    if (nargs < 0 && type == LUA_TNIL && unwanted(co, &ev)) {
        lpoe_coroutine_done(p, co);
        goto done;
    }
    if (nargs < 0) {
        below = LPOE_BASE;
        lua_settop(co, LPOE_BASE);
        lua_pushcfunction(co, enter);
        lua_pushlightuserdata(co, p);
        lua_pushlightuserdata(co, &ev);
        nargs = 2;
    }
    int status = lpoe_resume(p, co, nargs, &nresults);
    if (status == LUA_OK)
        results(p, co, lua_gettop(co) - below, &ev, out);
    else if (status != LUA_YIELD)
        rc = lpoe_raised(p, co, &ev, out);
    else {
        rc = POE_SUSPENDED;
        if (lpoe_suspended(p, co, &ev, below))
            ev.payload = 0;
        poe_kernel_reframe(p->kernel, p->base); /* its self-calls wait with it */
        p->wait = NULL;
    }
    if (p->wait)
        lpoe_wait_over(p);
    TORTURE(p);
done:
    p->base->event = event;
    p->base = base;
    p->wait = wait;
    if ((ev.type <= POE_EVENT_START || ev.type == POE_EVENT_ASK) && ev.payload) /* it was ours */
        lpoe_mail_drop(p, ev.payload);
    return rc;
}

/* -- draining ------------------------------------------------------------------------------ */

#define HOT 4  /* sessions whose states are at hand */
#define REST 8 /* values that may be left above them before they are cleared away */

/* What lies on a draining coroutine: see lpoe_names_ready for the names. */
enum { DRAIN_ANCHORS = 2, DRAIN_SLOTS, DRAIN_NAMES, DRAIN_EVENT = DRAIN_NAMES + LPOE_NAMES_STACK, DRAIN_HOT,
       DRAIN_TOP = DRAIN_HOT + 2 * HOT - 1 };
_Static_assert(DRAIN_TOP + REST + 4 + LPOE_ARGS <= LPOE_ROOM, "lpoe.h");

/* What a coroutine works with that runs one handler after the other; on the C stack below it. */
struct drain {
    struct lpoe *p;
    struct poe_frame *frame;
    poe_event *ev;                   /* the kernel's in that frame: ours until it is told to go on */
    int runs;   /* 0: no handler runs, and none has been left; what the drain returns is in `rc` */
    int rc;     /* POE_DRAINED: poe_kernel_next has said 0; POE_RAISED; -1: the event wants more than a call */
    int taken;  /* the running handler has waited without a yield, and its event with it */
    int left;   /* it yields now, and meanwhile has come to what the drain is to return; 0: to nothing */
    lua_State *outer;                /* lpoe.current, lpoe.drained without the drain */
    const struct poe_frame *drained;
    poe_payload *out;
    int beats;  /* each handler is one of the watchdog's */
    int moved;  /* of the values that the event's payload tells, those that are not in the mailbox any more */
    uint32_t changes; /* lpoe.changes when what is at hand was */
    struct {    /* the state table is on the stack from DRAIN_HOT on, an event's name HOT values above */
        const struct lsession *ls; /* NULL: none */
        const char *name;
    } hot[HOT];
    const struct lsession *seen[HOT]; /* who had an event there that was looked up */
    const char *name;   /* of the event that was looked up last; at DRAIN_EVENT: */
    const char *named;
    int rest;           /* values above DRAIN_TOP */
};

/* What is at hand may not be right any more, or values are in the way. */
static __attribute__((noinline)) void
drain_tidy(struct drain *d, lua_State *L)
{
    lua_settop(L, DRAIN_TOP);
    d->rest = 0;
    if (d->changes != d->p->changes) {
        memset(d->hot, 0, sizeof d->hot);
        memset(d->seen, 0, sizeof d->seen);
        d->changes = d->p->changes;
    }
}

/* Pushes the name of a post, which is kept at hand when it was the one before, too. */
static __attribute__((noinline)) void
event_push(struct drain *d, lua_State *L, const poe_event *ev)
{
    lua_State *Q = mail_chunk(d->p, ev->payload)->Q;

    lua_pushvalue(Q, POST_BASE(ev->payload));
    lua_xmove(Q, L, 1);
    if (d->name == ev->name) {
        lua_copy(L, -1, DRAIN_EVENT);
        d->named = ev->name;
    }
    d->name = ev->name;
}

/* Looks a post's handler up and pushes it, above the state table, which is left there.  Of a session that comes here
 * again, with nobody else in its place meanwhile, table and name are kept at hand.  Returns the type; LUA_TNIL when
 * handlers have a budget of instructions from now on. */
static __attribute__((noinline)) int
handler_find(struct drain *d, lua_State *L, const poe_event *ev, const struct lsession *ls)
{
    if (d->rest >= REST || d->changes != d->p->changes)
        drain_tidy(d, L);
    if (d->p->instructions)
        return LUA_TNIL;
    lua_rawgeti(L, DRAIN_ANCHORS, ls->states);
    d->rest++;
    if (d->named == ev->name)
        lua_pushvalue(L, DRAIN_EVENT);
    else
        event_push(d, L, ev);
    unsigned which = ls->slot % HOT;
    if (d->seen[which] == ls) {
        lua_copy(L, -2, DRAIN_HOT + (int)which);
        lua_copy(L, -1, DRAIN_HOT + HOT + (int)which);
        d->hot[which].ls = ls;
        d->hot[which].name = ev->name;
    }
    d->seen[which] = ls;
    return lua_rawget(L, -2);
}

/* Pushes a post's handler.  Returns the type. */
static inline int
handler_push(struct drain *d, lua_State *L, struct lpoe *p, const poe_event *ev, const struct lsession *ls)
{
    unsigned which = ls->slot % HOT;

    if (LIKELY(d->hot[which].ls == ls && d->hot[which].name == ev->name && d->changes == p->changes)) {
        lua_pushvalue(L, DRAIN_HOT + HOT + (int)which);
        return lua_rawget(L, DRAIN_HOT + (int)which);
    }
    if (UNLIKELY(d->named != ev->name || d->seen[which] == ls || d->rest >= REST || d->changes != p->changes))
        return handler_find(d, L, ev, ls);
    lua_rawgeti(L, DRAIN_ANCHORS, ls->states);
    lua_pushvalue(L, DRAIN_EVENT);
    d->seen[which] = ls;
    d->rest++;
    return lua_rawget(L, -2);
}

/* The handler has yielded, and gone on to its end elsewhere. */
static int
drained(lua_State *L, int status, lua_KContext below)
{
    (void)status;
    return lua_gettop(L) - (int)below;
}

/* Whether the session's events want more than to be called.  Not by the word: bytes of it may just have been stored. */
static inline int
is_special(const struct lsession *ls)
{
    return ls->trace || ls->awaits || ls->unwatched;
}

/* Whether names are to be made ready for its handler. */
static inline int
is_named(const struct lpoe *p, const struct lsession *ls)
{
    return p->known || ls->wants || ls->asked;
}

/* Whether it is, or they are. */
static inline int
is_special_or_named(const struct lpoe *p, const struct lsession *ls)
{
    static const struct lsession all = { .trace = 1, .awaits = 1, .unwatched = 1, .wants = 255, .asked = 255 };

    return UNLIKELY(p->known != NULL) || UNLIKELY(ls->few & all.few);
}

/* A handler that has waited is over.  Returns whether its event has gone with it. */
static __attribute__((noinline)) int
wait_ended(struct drain *d)
{
    int taken = d->taken;

    lpoe_wait_over(d->p);
    if (taken) {
        d->taken = 0;
        d->frame->event = d->ev;
        d->p->drained = d->frame;
    }
    return taken;
}

/* Runs the handler of another plain event than a post, of a timer or an ask.  Returns 0 when it wants more than to
 * be called. */
static __attribute__((noinline)) int
other_run(struct drain *d, lua_State *L, const poe_event *ev, const struct lsession *ls)
{
    struct lpoe *p = d->p;
    int nargs = -1;

    d->runs = 0;
    d->moved = 0;
    if (is_named(p, ls))
        lpoe_names_ready(L, p, ev);
    if (!is_special(ls) && !p->instructions && ev->type < POE_EVENT_RESUME)
        nargs = lpoe_mail_enter(p, ev->payload, ls->states, L, DRAIN_ANCHORS, NULL);
    if (nargs < 0)
        return 0;
    int below = lua_gettop(L) - nargs - 1;
    d->runs = 1;
    lua_callk(L, nargs, ev->type == POE_EVENT_ASK ? LUA_MULTRET : 0, below, drained);
    if (ev->type == POE_EVENT_ASK)
        lpoe_answer(p, lpoe_ask_payload(p, ev), L, lua_gettop(L) - below);
    lua_settop(L, DRAIN_TOP);
    d->rest = 0;
    if (p->wait && wait_ended(d))
        return 1;
    TORTURE(p);
    lpoe_mail_drop(p, ev->payload);
    return 1;
}

/* The event lets a suspended handler go on, which has a coroutine of its own: as if `L` were not there. */
static inline __attribute__((always_inline)) int
drain_wake(lua_State *L, struct lpoe *p, struct drain *d, const poe_event *ev)
{
    lua_State *co;
    int n, rc = 0;
    struct lwait *w = lpoe_going(p, d->frame, ev, &co, &n);

    if (w) {
        lpoe_names_forget(p);
        p->drained = d->drained;
        atomic_store_explicit(&p->current, d->outer, memory_order_relaxed);
        int status = resume(p, co, L, n, &n);
        if (d->left) {
            lpoe_suspended(p, co, NULL, w->below);
            rc = d->left;
            d->left = 0;
        } else
            rc = lpoe_gone(w, co, d->frame, status, d->out);
        atomic_store_explicit(&p->current, L, memory_order_relaxed);
        p->drained = d->frame;
        d->frame->event = ev;
        p->wait = NULL;
    }
    return rc;
}

/* Pushes the handler of a post or an ask and its arguments.  Returns how many; -1 when it wants more than to be
 * called. */
static inline __attribute__((always_inline)) int
post_enter(struct drain *d, lua_State *L, struct lpoe *p, const poe_event *ev, const struct lsession *ls,
           struct chunk **c)
{
    if (UNLIKELY(is_special_or_named(p, ls))) {
        d->runs = 0;
        if (is_named(p, ls))
            lpoe_names_ready(L, p, ev);
        d->runs = 1;
        if (is_special(ls))
            return -1;
    }
    if (UNLIKELY(handler_push(d, L, p, ev, ls) != LUA_TFUNCTION))
        return -1;
    int n = POST_VALUES(ev->payload) - 1;
    *c = mail_chunk(p, ev->payload);
    d->moved = LIKELY(n > 0) ? mail_move(*c, POST_BASE(ev->payload), n, L) : 0;
    return n;
}

/* Runs the handler of a post.  Returns 0 when it wants more than to be called. */
static inline __attribute__((always_inline)) int
post_run(struct drain *d, lua_State *L, struct lpoe *p, const poe_event *ev, const struct lsession *ls)
{
    struct chunk *c;
    int n = post_enter(d, L, p, ev, ls, &c);

    if (UNLIKELY(n < 0))
        return 0;
    lua_callk(L, n, 0, DRAIN_TOP, drained);
    if (UNLIKELY(p->wait != NULL) && wait_ended(d))
        return 1;
    TORTURE(p);
    mail_done(p, c, POST_BASE(ev->payload), n - d->moved);
    return 1;
}

/* The same of an ask, which is answered. */
static inline __attribute__((always_inline)) int
ask_run(struct drain *d, lua_State *L, struct lpoe *p, const poe_event *ev, const struct lsession *ls)
{
    struct chunk *c;
    int n = post_enter(d, L, p, ev, ls, &c), below = DRAIN_TOP + d->rest;

    if (n < 0)
        return 0;
    lua_callk(L, n, LUA_MULTRET, below, drained);
    if (p->wait) {
        lpoe_answer(p, lpoe_ask_payload(p, ev), L, lua_gettop(L) - below);
        if (wait_ended(d))
            return 1;
    } else
        lpoe_answer_to(p, lua_tointeger(c->Q, POST_ASKER(ev->payload)), L, lua_gettop(L) - below);
    TORTURE(p);
    mail_done(p, c, POST_BASE(ev->payload), n - d->moved);
    return 1;
}

/* What a drain has come to. */
static inline int
drain_ends(struct drain *d, int rc)
{
    d->runs = 0;
    d->rc = rc;
    return 0;
}

/* struct drain *, S, M: runs the handlers of plain events, each by a call: no error of one comes back here. */
static int
drain(lua_State *L)
{
    struct drain *d = lua_touserdata(L, 1);
    struct lpoe *p = d->p;
    const poe_event *ev = d->frame->event;

    lua_settop(L, DRAIN_TOP);
    p->named = NULL; /* what lay on this stack before */
    d->beats = p->stage == d->frame;
    d->runs = 1;
    for (;;) {
        const struct lsession *ls = lpoe_lsession(ev->to);
        if (LIKELY(is_posted(ev->payload))) {
            if (UNLIKELY(!post_run(d, L, p, ev, ls)))
                break;
        } else if (is_asked(ev->payload)) {
            if (!ask_run(d, L, p, ev, ls))
                break;
        } else if (ev->type >= POE_EVENT_RESUME && !p->instructions) {
            int rc = drain_wake(L, p, d, ev);
            if (rc == POE_RAISED || rc == POE_DRAINED)
                return drain_ends(d, rc);
            if (rc == -1)
                continue;
        } else if (!other_run(d, L, ev, ls))
            break;
        if (UNLIKELY(!poe_kernel_next(p->kernel, d->frame)))
            return drain_ends(d, POE_DRAINED);
        if (LIKELY(d->beats))
            lpoe_beat_on(p, d->frame);
    }
    return drain_ends(d, -1);
}

/* The handler, which has waited without a yield, has now ended on `co` or yielded. */
static int
drain_gone(struct drain *d, lua_State *co, int status)
{
    struct lpoe *p = d->p;
    struct lwait *w = status == LUA_YIELD ? p->suspended : p->wait;
    int rc = d->left;

    if (rc)
        lpoe_suspended(p, co, NULL, w->below);
    else
        rc = lpoe_gone(w, co, d->frame, status, d->out);
    d->frame->event = d->ev;
    p->wait = NULL;
    return rc;
}

/* A handler has raised on `co`, or yielded to wait. */
static int
not_returned(struct lpoe *p, lua_State *co, poe_event *ev, struct poe_frame *frame, int status, poe_payload *out)
{
    int takes = 0, rc = POE_SUSPENDED;

    if (status == LUA_YIELD) {
        takes = lpoe_suspended(p, co, ev, LPOE_BASE);
        poe_kernel_reframe(p->kernel, frame); /* its self-calls wait with it */
        p->wait = NULL;
    } else
        rc = lpoe_raised(p, co, ev, out);
    if (p->wait)
        lpoe_wait_over(p);
    TORTURE(p);
    if (!takes)
        lpoe_mail_drop(p, ev->payload);
    return rc;
}

/* Runs the handlers from `frame` on.  Returns what host_drain does, or -1: host_dispatch is to do it. */
static int
drain_resume(struct lpoe *p, struct poe_frame *frame, poe_payload *out)
{
    struct drain d = { .p = p, .frame = frame, .ev = (poe_event *)frame->event, .outer = p->current,
                       .drained = p->drained, .out = out, .changes = p->changes };
    struct drain *outer = p->drain;
    poe_event *ev = d.ev;
    lua_State *co = p->instructions ? NULL
                    : p->pool_count ? p->pool[--p->pool_count] : lpoe_coroutine(p);
    int n;

    if (!co)
        return -1;
    TORTURE(p);
    lua_pushcfunction(co, drain);
    lua_pushlightuserdata(co, &d);
    lua_pushvalue(co, 1);
    lua_pushvalue(co, 2);
    p->drained = frame;
    p->drain = &d;
    int status = resume(p, co, d.outer ? d.outer : p->L, 3, &n);
    p->drain = outer;
    p->drained = d.drained;
    lpoe_names_forget(p);
    if (d.taken)
        return drain_gone(&d, co, status);
    if (d.runs)
        ev->payload -= (poe_payload)d.moved;
    if (status == LUA_OK && d.runs && ev->type == POE_EVENT_ASK)
        lpoe_answer(p, lpoe_ask_payload(p, ev), co, lua_gettop(co) - LPOE_BASE);
    if (status == LUA_OK)
        lpoe_coroutine_done(p, co);
    if (status == LUA_OK && !d.runs)
        return d.rc;
    if (status != LUA_OK && status != LUA_YIELD && !d.runs) { /* no memory for its names */
        lpoe_coroutine_reset(p, co);
        return -1;
    }
    if (status != LUA_OK)
        return not_returned(p, co, ev, frame, status, out);
    if (p->wait)
        lpoe_wait_over(p);
    TORTURE(p);
    lpoe_mail_drop(p, ev->payload);
    return 0;
}

/* Runs the handler of an ask, the event in the frame of `d`, whose own handler has not yielded.  Returns what host_drain
 * does, or -1: it wants more than a call. */
static inline __attribute__((always_inline)) int
ask_here(struct drain *d)
{
    struct lpoe *p = d->p;
    poe_event *ev = d->ev;
    const struct lsession *ls = lpoe_lsession(ev->to);
    lua_State *co = is_special(ls) || p->instructions ? NULL
                    : p->pool_count ? p->pool[--p->pool_count] : lpoe_coroutine(p);

    if (!co)
        return -1;
    struct chunk *c = mail_chunk(p, ev->payload);
    int base = POST_BASE(ev->payload), n = POST_VALUES(ev->payload) - 1, results;
    TORTURE(p);
    lua_rawgeti(co, 1, ls->states);
    lua_pushvalue(c->Q, base);
    lua_xmove(c->Q, co, 1);
    if (lua_rawget(co, LPOE_BASE + 1) != LUA_TFUNCTION) {
        lpoe_coroutine_done(p, co);
        return -1;
    }
    lua_replace(co, LPOE_BASE + 1);
    int moved = mail_move(c, base, n, co);
    int status = lpoe_resume(p, co, n, &results);
    if (status != LUA_OK) {
        ev->payload -= (poe_payload)moved;
        return not_returned(p, co, ev, d->frame, status, d->out);
    }
    if (p->wait) {
        lpoe_answer(p, lpoe_ask_payload(p, ev), co, lua_gettop(co) - LPOE_BASE);
        lpoe_wait_over(p);
    } else
        lpoe_answer_to(p, lua_tointeger(c->Q, POST_ASKER(ev->payload)), co, lua_gettop(co) - LPOE_BASE);
    lpoe_coroutine_done(p, co);
    TORTURE(p);
    mail_done(p, c, base, n - moved);
    return 0;
}

/*
 * The handler on `L` is about to yield, and a RESUME is all that will let it go on.  Runs on top of it, on another
 * coroutine, the ask that has the payload `asked`, if that is what comes next; if then, or at once, its own turn comes,
 * it goes on without having yielded, for a yield is a longjmp, which costs more than all else here.  Whatever else comes
 * next is not for here: it could wait, in a slice of its own, for what this handler does then.  Returns 1 when
 * it goes on, with what has come for it on top; 0: it is to yield now, and its drain knows what it has come to.
 */
int
lpoe_handed(lua_State *L, struct lwait *w, poe_payload asked)
{
    struct lpoe *p = w->p;
    struct drain *d = p->drain;
    struct lwait *going = NULL;
    lua_State *co;
    int n, rc = -1;

    p->suspended = w;
    if (w->ls)
        lpoe_suspended(p, L, NULL, w->below);
    else {
        d->ev->payload -= (poe_payload)d->moved;
        d->taken = 1;
        if (!lpoe_suspended(p, L, d->ev, LPOE_BASE))
            lpoe_mail_drop(p, d->ev->payload);
    }
    lpoe_names_forget(p);
    d->frame->event = d->ev;
    p->drained = d->drained;
    p->wait = NULL;
    atomic_store_explicit(&p->current, d->outer, memory_order_relaxed);
    w->here = 1;
    if (!poe_kernel_next(p->kernel, d->frame))
        rc = POE_DRAINED;
    else if (asked && d->ev->payload == asked && is_asked(asked)) {
        rc = ask_here(d);
        if (rc == 0)
            rc = poe_kernel_next(p->kernel, d->frame) ? -1 : POE_DRAINED;
    }
    if (rc == -1 && d->ev->type == POE_EVENT_RESUME && (uint32_t)d->ev->payload == w->index && !w->shut
        && !p->instructions)
        going = lpoe_going(p, d->frame, d->ev, &co, &n);
    if (!going) {
        d->left = rc;
        return 0;
    }
    w->here = 0;
    atomic_store_explicit(&p->current, L, memory_order_relaxed);
    if (d->beats)
        lpoe_beat_on(p, d->frame);
    return 1;
}

/* struct poe_host.drain */
static int
host_drain(void *ud, struct poe_frame *frame, poe_payload *out)
{
    struct lpoe *p = ud;
    struct lwait *wait = p->wait;
    struct poe_frame *base = p->base;
    int rc;

    lpoe_names_forget(p);
    do {
        p->base = frame;
        p->wait = NULL;
        rc = drain_resume(p, frame, out);
        p->base = base;
        p->wait = wait;
        if (rc == -1)
            rc = host_dispatch(p, frame->event, out);
    } while ((rc == 0 || rc == POE_SUSPENDED) && poe_kernel_next(p->kernel, frame));
    return rc == POE_RAISED ? rc : POE_DRAINED;
}

/* struct poe_host.drop */
static void
host_drop(void *ud, poe_payload payload)
{
    lpoe_mail_drop(ud, payload);
}

/* struct poe_host.stopped: the handlers go; the heap lives on with the object, as long as somebody
 * holds that. */
static void
host_stopped(void *ud, poe_session *s)
{
    struct lpoe *p = ud;
    struct lsession *ls = lpoe_lsession(s);

    lpoe_names_forget(p);
    lpoe_waits_close(p, ls);
    lpoe_line_close(p, s);
    ls->is.id = poe_session_id(s);
    ls->stopped = 1;
    lpoe_states_free(p, ls);
}

/* struct poe_host.gone */
static void
host_gone(void *ud, poe_session *s)
{
    lpoe_object_free(ud, lpoe_lsession(s));
}

/* struct poe_host.room */
static void
host_room(void *ud, poe_session *s)
{
    lpoe_line_serve(ud, s);
}

/* struct poe_host.trace.  That a prompt draws its line again is not told: the telling would have it drawn
 * again. */
static void
host_trace(void *ud, const char *line)
{
    char text[1024];

    if (strstr(line, "'poe.prompt.show'"))
        return;
    snprintf(text, sizeof text, "poe: %s", line);
    lpoe_log(ud, POELIB_TRACE, text);
}

/* struct poe_host.deliver */
static void
host_deliver(void *ud, const struct poe_letter *letter)
{
    lpoe_deliver(ud, letter);
}

/* struct poe_host.failed */
static void
host_failed(void *ud, poe_payload record)
{
    lpoe_failed(ud, record);
}

void
lpoe_host_fill(struct lpoe *p, struct poe_host *host)
{
    *host = (struct poe_host){ .size = sizeof *host, .ud = p, .dispatch = host_dispatch, .drop = host_drop,
                               .stopped = host_stopped, .gone = host_gone,
                               .trace = host_trace, .room = host_room,
                               .deliver = host_deliver, .failed = host_failed,
                               .drain = host_drain };
}
