/*
 * limits.c - states that a host makes for scripts it does not trust, and what it hears of them
 *
 * A state of poelib_new has an allocator with a limit, the libraries that were chosen, and a budget of
 * instructions for each turn of a handler or chunk.  The budget is a count hook on whatever coroutine runs,
 * in steps of STEP; when it is spent, the hook yields, past every pcall, and lpoe_resume takes that for an
 * error.  Where nothing can yield it raises, at each further instruction.  Who sets a hook of his own calls lpoe_budget_restore when he is done.
 */
#include "lpoe.h"

#include <lualib.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "mem.h"

/* The first version of the options. */
#define OPTIONS_LEAST (offsetof(struct poelib_options, log_ud) + sizeof(void *))

/* -- lines --------------------------------------------------------------------------------- */

/* Tells the host a line.  One that has said nothing about lines gets on standard error what it or a script
 * has asked for, but no errors and warnings, which it hears of otherwise. */
void
lpoe_log(struct lpoe *p, enum poelib_level level, const char *line)
{
    if (p->log)
        p->log(p->log_ud, level, line);
    else if (!p->quiet && level == POELIB_TRACE) {
        fprintf(stderr, "%s\n", line);
        fflush(stderr);
    }
}

/* lua_WarnFunction: warnings come in pieces; "@on" and "@off" are for Lua's own printing. */
static void
warned(void *ud, const char *piece, int more)
{
    struct lpoe *p = ud;
    size_t used = strlen(p->warning);

    if (!more && used == 0 && piece[0] == '@')
        return;
    snprintf(p->warning + used, sizeof p->warning - used, "%s", piece);
    if (more)
        return;
    lpoe_log(p, POELIB_WARNING, p->warning);
    p->warning[0] = '\0';
}

void
poelib_set_log(poe_kernel *k, poelib_log *log, void *ud)
{
    struct lpoe *p = poe_kernel_host(k);

    p->log = log;
    p->log_ud = ud;
    p->quiet = 1;
    lua_setwarnf(p->L, log ? warned : NULL, p);
}

/* lpoe *, record: its text, error and traceback. */
static int
l_failed(lua_State *A)
{
    lua_settop(A, 2);
    luaL_checktype(A, 2, LUA_TTABLE);
    lua_getfield(A, 2, "error_str");
    lua_pushliteral(A, "\n");
    if (lua_getfield(A, 2, "traceback") == LUA_TSTRING)
        lua_concat(A, 3);
    else
        lua_pop(A, 2);
    return 1;
}

/* struct poe_host.failed */
void
lpoe_failed(struct lpoe *p, poe_payload record)
{
    lua_State *A = p->aux;

    if (!p->log)
        return;
    if (lua_checkstack(A, LUA_MINSTACK)) {
        lua_pushcfunction(A, l_failed);
        lua_pushlightuserdata(A, p);
        int n = lpoe_mail_args(p, record, A);
        int status = n >= 0 ? lua_pcall(A, n + 1, 1, 0) : LUA_ERRMEM;
        const char *text = status == LUA_OK ? lua_tostring(A, -1) : NULL;
        lpoe_log(p, POELIB_ERROR, text ? text : "not enough memory");
        lua_pop(A, n >= 0 ? 1 : 2);
    } else
        lpoe_log(p, POELIB_ERROR, "not enough memory");
}

/* -- instructions -------------------------------------------------------------------------- */

#define STEP 1000

void
lpoe_spent_error(lua_State *L)
{
    lpoe_anchor_get(L, lpoe_find(L), ANCHOR_SPENT);
    lua_error(L);
}

static void
spend(lua_State *L, lua_Debug *ar)
{
    struct lpoe *p = lpoe_find(L);
    uint64_t step = (uint64_t)lua_gethookcount(L);

    (void)ar;
    if (!p->spent && p->left > step) {
        p->left -= step;
        if (step != STEP) /* its last turn had spent all */
            lua_sethook(L, spend, LUA_MASKCOUNT, STEP);
        return;
    }
    p->spent = 1;
    lua_sethook(L, spend, LUA_MASKCOUNT, 1);
    if (p->current && p->current != L)
        lua_sethook(p->current, spend, LUA_MASKCOUNT, 1);
    if (lua_isyieldable(L) && L != p->closing)
        lua_yield(L, 0); /* nothing can catch that */
    else
        lpoe_spent_error(L);
}

/* Something begins to run on `co`: with a budget of its own when nothing else runs. */
void
lpoe_budget_begin(struct lpoe *p, lua_State *co)
{
    if (!p->instructions)
        return;
    if (p->current == p->looping) { /* nothing of a turn runs */
        p->left = p->instructions;
        p->spent = 0;
    }
    lpoe_budget_restore(p, co);
}

void
lpoe_budget_end(struct lpoe *p, lua_State *co)
{
    if (p->instructions)
        lua_sethook(co, NULL, 0, 0);
}

/* Puts the budget's hook back, or none. */
void
lpoe_budget_restore(struct lpoe *p, lua_State *L)
{
    if (p->instructions)
        lua_sethook(L, spend, LUA_MASKCOUNT, p->spent ? 1 : p->left < STEP ? (int)p->left + 1 : STEP);
    else
        lua_sethook(L, NULL, 0, 0);
}

void
poelib_set_instructions(poe_kernel *k, uint64_t instructions)
{
    struct lpoe *p = poe_kernel_host(k);

    if (!instructions && p->current)
        lua_sethook(p->current, NULL, 0, 0);
    p->instructions = p->left = instructions;
    p->changes++; /* a drain that is on looks again */
}

/* -- memory -------------------------------------------------------------------------------- */

struct memory {
    size_t used, most; /* bytes; most 0: no limit */
    int closed;        /* the state has gone; on a borrowed loop its kernel may still have something */
    void *(*alloc)(void *ud, void *block, size_t old_size, size_t new_size);
    void *ud;
};

static void *
heap(void *ud, void *block, size_t old_size, size_t new_size)
{
    (void)ud;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

/* The last to go turns off the light. */
static void
memory_end(struct memory *m)
{
    if (m->closed && m->used == 0)
        m->alloc(m->ud, m, sizeof *m, 0);
}

/* lua_Alloc: the old size of a new block is the kind of object. */
static void *
limited(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct memory *m = ud;
    size_t had = block ? old_size : 0;

    if (new_size > had && m->most && (m->used > m->most || new_size - had > m->most - m->used))
        return NULL;
    void *grown = m->alloc(m->ud, block, had, new_size);
    if (grown || new_size == 0)
        m->used = m->used - had + new_size;
    memory_end(m);
    return grown;
}

static struct memory *
memory_of(lua_State *L)
{
    void *ud;

    return lua_getallocf(L, &ud) == limited ? ud : NULL;
}

int
poelib_set_memory(poe_kernel *k, size_t bytes)
{
    struct memory *m = memory_of(((struct lpoe *)poe_kernel_host(k))->L);

    if (!m)
        return UV_ENOTSUP;
    m->most = bytes;
    return 0;
}

size_t
poelib_memory(poe_kernel *k)
{
    const struct memory *m = memory_of(((struct lpoe *)poe_kernel_host(k))->L);

    return m ? m->used : 0;
}

/* -- the sandbox --------------------------------------------------------------------------- */

static const struct {
    const char *name;
    lua_CFunction open;
    unsigned bit;
} libraries[] = {
    { LUA_GNAME, luaopen_base, POELIB_BASE }, { LUA_LOADLIBNAME, luaopen_package, POELIB_PACKAGE },
    { LUA_COLIBNAME, luaopen_coroutine, POELIB_COROUTINE },
    { LUA_TABLIBNAME, luaopen_table, POELIB_TABLE }, { LUA_IOLIBNAME, luaopen_io, POELIB_IO },
    { LUA_OSLIBNAME, luaopen_os, POELIB_OS }, { LUA_STRLIBNAME, luaopen_string, POELIB_STRING },
    { LUA_MATHLIBNAME, luaopen_math, POELIB_MATH }, { LUA_UTF8LIBNAME, luaopen_utf8, POELIB_UTF8 },
    { LUA_DBLIBNAME, luaopen_debug, POELIB_DEBUG },
};

/* Calls upvalue 1, load or loadfile, with the mode at upvalue 2 forced to text. */
static int
l_load_text(lua_State *L)
{
    int mode = (int)lua_tointeger(L, lua_upvalueindex(2));

    if (lua_gettop(L) < mode)
        lua_settop(L, mode);
    if (!strchr(luaL_optstring(L, mode, "t"), 't')) {
        lua_pushnil(L);
        lua_pushliteral(L, "attempt to load a binary chunk (not allowed here)");
        return 2;
    }
    lua_pushliteral(L, "t");
    lua_replace(L, mode);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* setmetatable that refuses __gc: a finalizer runs where no budget can stop it */
static int
l_setmetatable(lua_State *L)
{
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "setmetatable: __gc is not allowed here");
        lua_pop(L, 1);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* Whether the turn's budget is spent, which a coroutine would hide from its creator. */
static int
is_spent(lua_State *L)
{
    const struct lpoe *p = lpoe_find(L);

    return p && p->spent;
}

/* Ends the coroutine, as the hook does. */
static int
end_spent(lua_State *L)
{
    if (lua_isyieldable(L))
        return lua_yield(L, 0);
    lpoe_spent_error(L);
    return 0;
}

/* A function that starts or continues a coroutine, upvalue 1. */
static int
l_coroutine(lua_State *L)
{
    if (is_spent(L))
        return end_spent(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return is_spent(L) ? end_spent(L) : lua_gettop(L);
}

/* coroutine.wrap, upvalue 1 */
static int
l_wrap(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    lua_pushcclosure(L, l_coroutine, 1);
    return 1;
}

/* print, to the host's lines */
static int
l_print(lua_State *L)
{
    struct lpoe *p = lpoe_find(L);
    luaL_Buffer b;
    int n = lua_gettop(L);

    luaL_buffinit(L, &b);
    for (int i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addchar(&b, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    if (p)
        lpoe_log(p, POELIB_PRINT, lua_tostring(L, -1));
    return 0;
}

/* Replaces field `name` of the table on top, which has it, by `function` with the old value as upvalue 1 and `extra` as
 * upvalue 2. */
static void
wrap(lua_State *L, const char *name, lua_CFunction function, int extra)
{
    if (lua_getfield(L, -1, name) == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    lua_pushinteger(L, extra);
    lua_pushcclosure(L, function, 2);
    lua_setfield(L, -2, name);
}

static void
remove_field(lua_State *L, const char *name)
{
    lua_pushnil(L);
    lua_setfield(L, -2, name);
}

static void
libraries_confine(lua_State *L, const struct poelib_options *o, unsigned chosen)
{
    lua_pushglobaltable(L);
    if (!(chosen & POELIB_BYTECODE)) {
        wrap(L, "load", l_load_text, 3);
        wrap(L, "loadfile", l_load_text, 2);
        remove_field(L, "dofile");
    }
    if (!(chosen & POELIB_IO)) {
        remove_field(L, "dofile");
        remove_field(L, "loadfile");
    }
    if (!(chosen & POELIB_FINALIZERS))
        wrap(L, "setmetatable", l_setmetatable, 0);
    if (o->log)
        wrap(L, "print", l_print, 0);
}

/* The coroutine functions, which are the module's own by now. */
static int
l_confine_coroutines(lua_State *L)
{
    if (lua_getglobal(L, LUA_COLIBNAME) == LUA_TTABLE) {
        wrap(L, "resume", l_coroutine, 0);
        wrap(L, "close", l_coroutine, 0);
        wrap(L, "wrap", l_wrap, 0);
    }
    return 0;
}

/* struct poelib_options *: all that may raise */
static int
l_new(lua_State *L)
{
    const struct poelib_options *o = lua_touserdata(L, 1);
    unsigned chosen = o->libraries ? o->libraries : POELIB_ALL;

    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
        if (chosen & libraries[i].bit) {
            luaL_requiref(L, libraries[i].name, libraries[i].open, 1);
            lua_pop(L, 1);
        }
    libraries_confine(L, o, chosen);
    return 0;
}

lua_State *
poelib_new(const struct poelib_options *options)
{
    struct poelib_options o = { .size = sizeof o };

    if (options && poe__options(&o, sizeof o, OPTIONS_LEAST, options) < 0)
        return NULL;
    void *(*alloc)(void *, void *, size_t, size_t) = o.alloc ? o.alloc : heap;
    struct memory *m = alloc(o.alloc_ud, NULL, 0, sizeof *m);
    if (!m)
        return NULL;
    *m = (struct memory){ .most = o.memory, .alloc = alloc, .ud = o.alloc_ud };
    lua_State *L = lua_newstate(limited, m);
    if (!L) {
        alloc(o.alloc_ud, m, sizeof *m, 0);
        return NULL;
    }
    struct poe_config config = { .size = sizeof config, .loop = o.loop };
    unsigned chosen = o.libraries ? o.libraries : POELIB_ALL;
    lua_pushcfunction(L, l_new);
    lua_pushlightuserdata(L, &o);
    poe_kernel *k = lua_pcall(L, 1, 0, 0) == LUA_OK
                        ? lpoe_open(L, &config, !(chosen & POELIB_SYSTEM)) : NULL;
    lua_settop(L, k ? 0 : 1);
    if (k && o.instructions) {
        lua_pushcfunction(L, l_confine_coroutines);
        if (lua_pcall(L, 0, 0, 0) != LUA_OK)
            k = NULL;
    }
    if (k && (poelib_set_log(k, o.log, o.log_ud), poelib_globals(L) == LUA_OK)) {
        poelib_set_instructions(k, o.instructions);
        return L;
    }
    if (o.log)
        o.log(o.log_ud, POELIB_ERROR, lua_isstring(L, -1) ? lua_tostring(L, -1) : "not enough memory");
    poelib_close(&L);
    return NULL;
}

int
poelib_close(lua_State **L)
{
    lua_State *main = *L;

    if (!main)
        return 0;
    struct lpoe *p = lpoe_find(main);
    if (p && (p->current || (p->kernel && poe_kernel_event(p->kernel))))
        return UV_EBUSY;
    struct memory *m = memory_of(main);
    *L = NULL;
    lua_close(main);
    if (m) {
        m->closed = 1;
        memory_end(m);
    }
    return 0;
}
