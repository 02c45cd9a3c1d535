/*
 * state.c - opens poe in a lua_State: context, kernel, module; runs chunks
 */
#include "lpoe.h"

#include <lualib.h>
#include <string.h>
#include <uv.h>

#include "mem.h"
#include "poelib.h"
#include "watchdog.h"

/* The address is the registry key of a state's context. */
static const char context_key;

struct lpoe *
lpoe_find(lua_State *L)
{
    struct lpoe *p;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key);
    p = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return p;
}

/* What a confined script gets instead of a function of the system; upvalue 1 is its name. */
static int
l_forbidden(lua_State *L)
{
    return luaL_error(L, "%s: not allowed here", lua_tostring(L, lua_upvalueindex(1)));
}

/* Adds functions, with the context as upvalue 1, to the table on top. */
void
lpoe_setfuncs(lua_State *L, struct lpoe *p, const luaL_Reg *funcs)
{
    for (; p->confining && funcs->name; funcs++) {
        lua_pushstring(L, funcs->name);
        lua_pushcclosure(L, l_forbidden, 1);
        lua_setfield(L, -2, funcs->name);
    }
    if (p->confining)
        return;
    lua_pushlightuserdata(L, p);
    luaL_setfuncs(L, funcs, 1);
}

void *
lpoe_array_grow(lua_State *L, void *array, size_t size, uint32_t *room, uint32_t least)
{
    uint32_t more = *room ? *room * 2 : least;
    void *ud;
    lua_Alloc alloc = lua_getallocf(L, &ud);
    void *grown = alloc(ud, array, *room * size, more * size);

    if (grown)
        *room = more;
    return grown;
}

/* -- birth and death ----------------------------------------------------------------------- */

/* __gc of the context: the end of the state, or of the collector's patience with a failed open. */
static int
l_context_gc(lua_State *L)
{
    struct lpoe *p = lua_touserdata(L, 1);
    void *ud;
    lua_Alloc alloc = lua_getallocf(L, &ud);

    lpoe_watch_stop(p);
    if (p->kernel && poe_kernel_event(p->kernel) == NULL) { /* else os.exit(code, true) in a handler: */
        if (p->kernel_object)                             /* the process takes the kernel with it */
            lpoe_waits_close(p, p->kernel_object);
        poe_kernel_free(&p->kernel);
    }
    alloc(ud, p->pool, p->pool_room * sizeof *p->pool, 0);
    for (uint32_t i = 0; i < p->chunk_room; i += LPOE_CHUNKS)
        alloc(ud, p->chunks[i], p->chunks[i] ? LPOE_CHUNKS * sizeof *p->chunks[i] : 0, 0);
    alloc(ud, p->chunks, p->chunk_room * sizeof *p->chunks, 0);
    alloc(ud, p->spare, p->chunk_room * sizeof *p->spare, 0);
    alloc(ud, p->slots, p->slots_room * sizeof *p->slots, 0);
    alloc(ud, p->waits, p->wait_room * sizeof *p->waits, 0);
    p->pool = NULL;
    p->chunks = NULL;
    p->chunk_room = 0;
    p->spare = NULL;
    p->slots = NULL;
    p->waits = NULL;
    return 0;
}

static void
anchor_string(lua_State *L, int anchors, int at, const char *s)
{
    lua_pushstring(L, s);
    lua_rawseti(L, anchors, at);
}

static void
anchor_weak(lua_State *L, int anchors, int at)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawseti(L, anchors, at);
}

/* S, M and the threads. */
static void
tables_open(lua_State *L, struct lpoe *p)
{
    lua_createtable(L, ANCHOR_SLOTS + 32, 0);
    int anchors = lua_gettop(L);
    for (int i = 1; i < ANCHOR_SLOTS; i++) {
        lua_pushboolean(L, 0);
        lua_rawseti(L, anchors, i);
    }
    anchor_string(L, anchors, ANCHOR_DIE, "DIE");
    anchor_string(L, anchors, ANCHOR_START, "_start");
    anchor_string(L, anchors, ANCHOR_STOP, "_stop");
    anchor_string(L, anchors, ANCHOR_CHILD, "_child");
    anchor_string(L, anchors, ANCHOR_PARENT, "_parent");
    anchor_string(L, anchors, ANCHOR_DEFAULT, "_default");
    anchor_string(L, anchors, ANCHOR_SPENT, "budget of instructions is spent");
    anchor_weak(L, anchors, ANCHOR_WARNED);
    anchor_weak(L, anchors, ANCHOR_CHECKED);
    lua_createtable(L, 0, 2); /* an exception for which there was no memory */
    lua_pushliteral(L, "not enough memory");
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "error");
    lua_setfield(L, -2, "error_str");
    lua_rawseti(L, anchors, ANCHOR_OOM);
    p->ref_anchors = luaL_ref(L, LUA_REGISTRYINDEX);

    lua_newtable(L);
    p->ref_slots = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    p->ref_threads = luaL_ref(L, LUA_REGISTRYINDEX);
}

/* A thread of our own that stays; aux, results. */
static lua_State *
thread_open(lua_State *L, struct lpoe *p)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_threads);
    lua_State *T = lua_newthread(L);
    if (!lua_checkstack(T, 200))
        luaL_error(L, "not enough memory");
    lua_rawsetp(L, -2, T);
    lua_pop(L, 1);
    return T;
}

static int l_message(lua_State *L);
static int chunk_entry(lua_State *L);
static int l_exceptions(lua_State *L);
static int l_raised(lua_State *L);

/* KERNEL, and the metatable of sessions; module.lua fills both.  Functions that C calls. */
static void
objects_open(lua_State *L, struct lpoe *p)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_anchors);
    int anchors = lua_gettop(L);
    struct lsession *ls = lua_newuserdatauv(L, sizeof *ls, 1);
    memset(ls, 0, sizeof *ls);
    ls->magic = lpoe_magic(ls);
    ls->is.session = poe_kernel_active(p->kernel);
    lua_pushlightuserdata(L, NULL);
    lua_setiuservalue(L, -2, 1);
    lpoe_anchors_reserve(L, p, anchors, 2);
    lpoe_object_anchor(L, p, anchors, anchors + 1);
    lua_newtable(L);
    lpoe_states_hold(L, p, anchors, 0, ls);
    lua_settop(L, anchors - 1);
    poe_session_set_ud(ls->is.session, ls);
    p->kernel_object = ls;
    lua_newtable(L);
    lpoe_anchor_set(L, p, ANCHOR_SESSION_MT);
    static const struct { int anchor; lua_CFunction function; } own[] = {
        { ANCHOR_MESSAGE, l_message }, { ANCHOR_CHUNK, chunk_entry },
        { ANCHOR_EXCEPTIONS, l_exceptions }, { ANCHOR_RAISED, l_raised },
    };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        lua_pushlightuserdata(L, p);
        lua_pushcclosure(L, own[i].function, 1);
        lpoe_anchor_set(L, p, own[i].anchor);
    }
}

/* install(env): the dynamic names, for poe.globals */
static int
l_install(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lpoe_names_install(L, lpoe_context(L));
    return 0;
}

/* coroutine.yield, but that a handler, which runs on a coroutine of ours, hears the error at once */
static int
l_coroutine_yield(lua_State *L)
{
    if (lpoe_context(L)->current == L) {
        lua_pushliteral(L, "attempt to yield from outside a coroutine");
        return lua_error(L);
    }
    return lua_yield(L, lua_gettop(L));
}

/* load(module) -> its chunk, of the library that is in this binary or in POE_LUA */
static int
l_load(lua_State *L)
{
    int status = lpoe_loader(L, luaL_checkstring(L, 1));

    if (status == LUA_ERRFILE)
        return luaL_error(L, "no module '%s' in poe", lua_tostring(L, 1));
    return status == LUA_OK ? 1 : lua_error(L);
}

/* Pushes core, what C gives module.lua to build the module of. */
static void
core_open(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg funcs[] = { { "install", l_install }, { "load", l_load },
                                      { "coroutine_yield", l_coroutine_yield }, { NULL, NULL } };

    lua_newtable(L);
    lpoe_setfuncs(L, p, funcs);
    lpoe_open_session(L, p);
    lpoe_open_kernel(L, p);
    lpoe_open_wait(L, p);
    lpoe_open_watchdog(L, p);
    p->confining = p->confined;
    lpoe_open_handle(L, p);
    lpoe_open_stream(L, p);
    lpoe_open_later(L, p);
    lpoe_open_file(L, p);
    lpoe_open_tty(L, p);
    lpoe_open_output(L, p);
    lpoe_open_look(L, p);
    lpoe_open_process(L, p);
    p->confining = 0;
    lpoe_open_http(L, p);
    lpoe_anchor_get(L, p, ANCHOR_SESSION_MT);
    lua_setfield(L, -2, "session_mt");
    lpoe_push_session(L, p, poe_kernel_active(p->kernel));
    lua_setfield(L, -2, "KERNEL");
}

/* const struct poe_config * or nil, whether confined: everything that may raise. */
static int
l_open(lua_State *L)
{
    const struct poe_config *given = lua_touserdata(L, 1);
    struct poe_config config = { .size = sizeof config };
    struct poe_host host;
    int rc = given ? poe__options(&config, sizeof config, POE_CONFIG_LEAST, given) : 0;

    if (rc < 0)
        return luaL_error(L, "poe: struct poe_config of size %d: %s", (int)given->size, uv_strerror(rc));
    config.alloc = lua_getallocf(L, &config.alloc_ud);

    struct lpoe *p = lua_newuserdatauv(L, sizeof *p, 0);
    memset(p, 0, sizeof *p);
    lpoe_mail_open(p);
    p->confined = lua_toboolean(L, 2) != 0;
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, l_context_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    p->L = lua_tothread(L, -1);
    lua_pop(L, 1);
    tables_open(L, p);
    p->aux = thread_open(L, p);
    p->results = thread_open(L, p);
    lpoe_host_fill(p, &host);
    rc = poe_kernel_new(&p->kernel, &host, &config);
    if (rc < 0)
        return luaL_error(L, "poe: cannot make a kernel: %s", uv_strerror(rc));
    objects_open(L, p);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &context_key);

    lpoe_loader_install(L);
    if (lpoe_loader(L, "poe.module") != LUA_OK)
        return lua_error(L);
    core_open(L, p);
    lpoe_loader_core(L);
    lua_call(L, 1, 1);
    lua_pushvalue(L, -1);
    lpoe_anchor_set(L, p, ANCHOR_MODULE);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_insert(L, -2);
    lua_setfield(L, -2, "poe");
    return 0;
}

/* poelib_open; confined scripts get nothing of the system. */
poe_kernel *
lpoe_open(lua_State *L, const struct poe_config *config, int confined)
{
    struct lpoe *p = lpoe_find(L);

    if (p)
        return p->kernel;
    lua_pushcfunction(L, l_open);
    lua_pushlightuserdata(L, (void *)config);
    lua_pushboolean(L, confined);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key);
        if (!lua_isnil(L, -1)) { /* an old key: needs no memory */
            lua_pushnil(L);
            lua_rawsetp(L, LUA_REGISTRYINDEX, &context_key);
        }
        lua_pop(L, 1);
        return NULL;
    }
    return lpoe_find(L)->kernel;
}

poe_kernel *
poelib_open(lua_State *L, const struct poe_config *config)
{
    return lpoe_open(L, config, 0);
}

int
luaopen_poe(lua_State *L)
{
    if (!poelib_open(L, NULL))
        return lua_error(L);
    lpoe_anchor_get(L, lpoe_find(L), ANCHOR_MODULE);
    return 1;
}

/* lpoe *: poe.globals() */
static int
l_globals(lua_State *L)
{
    lpoe_anchor_get(L, lua_touserdata(L, 1), ANCHOR_MODULE);
    lua_getfield(L, -1, "globals");
    lua_call(L, 0, 0);
    return 0;
}

int
poelib_globals(lua_State *L)
{
    lua_pushcfunction(L, l_globals);
    lua_pushlightuserdata(L, lpoe_find(L));
    return lua_pcall(L, 1, 0, 0);
}

/* -- running chunks ------------------------------------------------------------------------ */

/* error value -> message with traceback, as the handler of lua.c makes it.  An error that run has
 * raised comes with the traceback of the handler that failed. */
static int
l_message(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const char *msg = lua_tostring(L, 1);

    lua_settop(L, 1);
    lpoe_anchor_get(L, p, ANCHOR_FATAL);
    if (lua_istable(L, 2) && lua_getfield(L, 2, "error") != LUA_TNIL && lua_rawequal(L, 3, 1)) {
        lua_getfield(L, 2, "error_str");
        lua_pushliteral(L, "\n");
        if (lua_getfield(L, 2, "traceback") == LUA_TSTRING)
            lua_concat(L, 3);
        else
            lua_pop(L, 2);
        return 1;
    }
    if (!msg) {
        if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING)
            return 1;
        msg = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    }
    luaL_traceback(L, L, msg, 1);
    return 1;
}

/* Bottom of a chunk's coroutine: calls it as `lua` does, from C and under a message handler.
 * Returns the status and then the results, or the message. */
static int
chunk_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)ctx;
    lua_pushinteger(L, status == LUA_YIELD ? LUA_OK : status);
    lua_replace(L, 1); /* where the message handler was */
    return lua_gettop(L);
}

static int
chunk_entry(lua_State *L)
{
    lpoe_anchor_get(L, lpoe_context(L), ANCHOR_MESSAGE);
    lua_insert(L, 1);
    return chunk_done(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, chunk_done), 0);
}

/* The chunk waits: runs the kernel until it has ended.  Returns whether it has; else an exception that
 * nobody handled has ended all, and its message is on top of L. */
static int
chunk_wait(lua_State *L, struct lpoe *p, lua_State *co)
{
    struct lwait *w = p->suspended;

    lpoe_watch_begin(p);
    w->kept = 1; /* we look at it after it is over */
    lpoe_suspended(p, co, NULL, LPOE_BASE);
    p->wait = NULL;
    while (w->done == 0 || w->done >= LPOE_RUN) {
        int what = w->done, rc;
        if (what) { /* it is in KERNEL:run() or a slice of its own */
            w->done = 0;
            poe_session_unkeep(w->ev.to, POE_KEEP_SUSPENDED);
            rc = what == LPOE_SLICE ? poe_kernel_slice(p->kernel) : poe_kernel_run(p->kernel);
            poe_session_keep(w->ev.to, POE_KEEP_SUSPENDED);
            lpoe_run_over(p, w, what == LPOE_RUN && rc == 0 ? 1 : rc);
            continue;
        }
        rc = poe_kernel_run_until(p->kernel, &w->done);
        if (rc < 0 && w->done == 0) {
            lpoe_waits_close(p, w->ls);
            lpoe_anchor_get(L, p, ANCHOR_EXCEPTIONS);
            lua_pcall(L, 0, 1, 0);
            lpoe_wait_free(w);
            return 0;
        }
    }
    lpoe_wait_free(w);
    return 1;
}

#define CHUNK_ENDED 100 /* no status of Lua's */

int
poelib_call(lua_State *L, int nargs)
{
    struct lpoe *p = lpoe_find(L);
    lua_State *co = lpoe_coroutine(p), *outer = p->chunk;
    struct poe_frame *base = p->base, *frame = poe_kernel_frame(p->kernel);
    struct lwait *wait = p->wait;
    int nresults, status;

    if (!co || !lua_checkstack(L, 4) || !lua_checkstack(co, nargs + 2)) {
        lua_pop(L, nargs + 1);
        lua_pushliteral(L, "not enough memory");
        return LUA_ERRMEM;
    }
    lpoe_anchor_get(co, p, ANCHOR_CHUNK);
    lua_xmove(L, co, nargs + 1);
    p->chunk = co;
    p->wait = NULL;
    p->base = frame->event || p->current ? NULL : frame; /* in a handler nobody could run the rest */
    poe_kernel_mark(p->kernel, "chunk");
    status = lpoe_resume(p, co, nargs + 1, &nresults);
    poe_kernel_mark(p->kernel, NULL);
    p->base = base;
    if (status == LUA_YIELD)
        status = chunk_wait(L, p, co) ? LUA_OK : CHUNK_ENDED;
    else if (p->wait)
        lpoe_wait_over(p);
    p->wait = wait;
    p->chunk = outer;
    if (status == CHUNK_ENDED) /* its coroutine has been closed, the message is there */
        return LUA_ERRRUN;
    if (status != LUA_OK) { /* only for lack of memory or stack */
        lua_xmove(co, L, 1);
        lpoe_coroutine_reset(p, co);
        return status;
    }
    status = (int)lua_tointeger(co, LPOE_BASE + 1);
    nresults = lua_gettop(co) - LPOE_BASE - 1;
    if (!lua_checkstack(L, nresults)) {
        lpoe_coroutine_done(p, co);
        lua_pushliteral(L, "too many results");
        return LUA_ERRRUN;
    }
    lua_xmove(co, L, nresults);
    lpoe_coroutine_done(p, co);
    return status;
}

/* Pushes the error that ended the run. */
static int
l_raised(lua_State *L)
{
    lpoe_push_exceptions(L, lpoe_context(L));
    return 1;
}

int
poelib_script(lua_State *L, const char *text, const char *name)
{
    int top = lua_gettop(L);

    if (!lua_checkstack(L, 4))
        return LUA_ERRMEM;
    int status = luaL_loadbufferx(L, text, strlen(text), name, "t");
    if (status == LUA_OK)
        status = poelib_call(L, 0);
    if (status == LUA_OK)
        lua_settop(L, top);
    return status;
}

/* Pushes the error that ended the run, as l_message tells it. */
static int
l_exceptions(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);

    lpoe_anchor_get(L, p, ANCHOR_MESSAGE);
    lpoe_push_exceptions(L, p);
    lua_call(L, 1, 1);
    return 1;
}

int
poelib_run(lua_State *L)
{
    struct lpoe *p = lpoe_find(L);
    int rc = poe_kernel_run(p->kernel);

    if (rc == 0)
        return LUA_OK;
    if (rc != UV_ECANCELED) {
        lua_pushfstring(L, "run: %s", uv_strerror(rc));
        return LUA_ERRRUN;
    }
    lpoe_anchor_get(L, p, ANCHOR_EXCEPTIONS);
    lua_pcall(L, 0, 1, 0);
    return LUA_ERRRUN;
}

int
poelib_exception(lua_State *L)
{
    struct lpoe *p = lpoe_find(L);

    if (!poe_kernel_failed(p->kernel))
        return LUA_OK;
    lpoe_anchor_get(L, p, ANCHOR_EXCEPTIONS);
    lua_pcall(L, 0, 1, 0);
    return LUA_ERRRUN;
}

void
poelib_abandon(lua_State *L)
{
    struct lpoe *p = lpoe_find(L);

    if (p->chunk)
        lpoe_coroutine_close(p, p->chunk);
}

/* -- interrupting -------------------------------------------------------------------------- */

static void
interrupted(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    lpoe_budget_restore(lpoe_find(L), L);
    luaL_error(L, "interrupted!");
}

lua_State *
poelib_running(poe_kernel *kernel)
{
    return ((struct lpoe *)poe_kernel_host(kernel))->current;
}

/* Only reads and sets what a signal handler may: no Lua stack, no memory. */
int
poelib_interrupt(poe_kernel *kernel)
{
    struct lpoe *p = poe_kernel_host(kernel);

    if (!p->current)
        return 0;
    lua_sethook(p->current, interrupted, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
    return 1;
}
