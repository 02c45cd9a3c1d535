/*
 * names.c - the dynamic names: SESSION, HEAP, SENDER, STATE ...
 *
 * They are not written anywhere: __index of the globals reads them off the kernel's frame, so that
 * only those who ask pay, and they are right after every nested call and every resumption.
 *
 * Three of them are made ready for sessions whose handlers ask for them each time.  Between the globals and that
 * function stands a table with nothing in it; its metatable's __index is that function.  While such a handler runs it
 * has another metatable, which is its own __index: a table of the session's own with SESSION, HEAP and who has sent it
 * the last event, which falls back on the function.  The values there are weak: what they are is held elsewhere as
 * long as it may be asked for.  While one session has event after event its names stand in the empty table itself.
 * Who asks is learned anew every 256 events.
 */
#include "lpoe.h"

#include <stddef.h>
#include <string.h>

/* The event whose handler is running; NULL outside, and in a chunk that has waited, which goes on in an
 * event without a name. */
static const poe_event *
active_event(struct lpoe *p)
{
    const poe_event *ev = poe_kernel_event(p->kernel);

    return ev && ev->name ? ev : NULL;
}

/* Upvalues of l_index. */
enum { UP_BEFORE = 2, UP_ANCHORS, UP_NAMES };

static void
push_object(lua_State *L, const poe_session *s)
{
    lua_rawgeti(L, lua_upvalueindex(UP_ANCHORS), lpoe_lsession(s)->slot);
}

static void
push_session_name(lua_State *L, struct lpoe *p)
{
    push_object(L, poe_kernel_active(p->kernel));
}

static void
push_heap_name(lua_State *L, struct lpoe *p)
{
    push_object(L, poe_kernel_active(p->kernel));
    lpoe_object_heap(L);
}

static void
push_sender(lua_State *L, struct lpoe *p)
{
    const poe_event *ev = active_event(p);

    if (ev)
        push_object(L, ev->from);
    else
        lua_pushnil(L);
}

/* The event whose handler runs for `ev`: in a _default handler that (R209), although what it posts
 * and what it dies of tell the event's own name.  NULL without an event. */
const char *
lpoe_state_name(const poe_event *ev)
{
    return !ev ? NULL : ev->by_default ? "_default" : ev->name;
}

static void
push_event(lua_State *L, struct lpoe *p)
{
    lua_pushstring(L, lpoe_state_name(active_event(p)));
}

static int
in_machine(struct lpoe *p)
{
    return lpoe_lsession(poe_kernel_active(p->kernel))->machine;
}

/* The event; in a machine, the state it is in. */
static void
push_state(lua_State *L, struct lpoe *p)
{
    if (!in_machine(p)) {
        push_event(L, p);
        return;
    }
    lpoe_anchor_get(L, p, ANCHOR_MACHINES);
    push_session_name(L, p);
    if (lua_rawget(L, -2) == LUA_TTABLE) {
        lua_pushliteral(L, "state");
        lua_rawget(L, -2);
    }
}

static void
push_machine(lua_State *L, struct lpoe *p)
{
    if (in_machine(p))
        push_session_name(L, p);
    else
        lua_pushnil(L);
}

static void
push_runstate(lua_State *L, struct lpoe *p)
{
    if (in_machine(p))
        push_heap_name(L, p);
    else
        lua_pushnil(L);
}

static void
push_caller_state(lua_State *L, struct lpoe *p)
{
    const poe_event *ev = active_event(p);
    const char *state = NULL;

    if (ev)
        switch (ev->type) {
        case POE_EVENT_POST: case POE_EVENT_ALARM: case POE_EVENT_CALL: case POE_EVENT_ASK:
            state = ev->with.state;
            break;
        case POE_EVENT_SIGNAL:
            state = ev->with.signal->state;
            break;
        case POE_EVENT_IO:
            state = ev->with.io->state;
            break;
        default:
            break;
        }
    lua_pushstring(L, state);
}

void
lpoe_push_where(lua_State *L, struct lpoe *p, const poe_event *ev)
{
    if (ev && (ev->type == POE_EVENT_CALL || ev->type == POE_EVENT_ENTER) && !ev->payload) {
        const struct lpoe_guard *g = /* an event without payload is a guard's */
            (const struct lpoe_guard *)((const char *)ev - offsetof(struct lpoe_guard, event));
        if (g->source) {
            lua_pushstring(L, g->source[0] == '@' ? g->source + 1 : g->source);
            lua_pushinteger(L, g->line);
            return;
        }
    } else if (ev && (ev->type <= POE_EVENT_CALL || ev->type == POE_EVENT_ASK)) {
        lpoe_mail_where(p, ev->payload, L);
        return;
    } else if (ev && ev->type == POE_EVENT_SIGNAL) {
        lpoe_mail_where(p, ev->with.signal->args, L);
        return;
    }
    lua_pushnil(L);
    lua_pushnil(L);
}

static void
push_caller_file(lua_State *L, struct lpoe *p)
{
    lpoe_push_where(L, p, active_event(p));
    lua_pop(L, 1);
}

static void
push_caller_line(lua_State *L, struct lpoe *p)
{
    lpoe_push_where(L, p, active_event(p));
    lua_remove(L, -2);
}

static const struct {
    const char *name;
    void (*push)(lua_State *L, struct lpoe *p);
} names[] = {
    { "SESSION", push_session_name }, { "HEAP", push_heap_name }, { "SENDER", push_sender },
    { "STATE", push_state }, { "EVENT", push_event }, { "CALLER_STATE", push_caller_state },
    { "CALLER_FILE", push_caller_file }, { "CALLER_LINE", push_caller_line },
    { "MACHINE", push_machine }, { "RUNSTATE", push_runstate },
};

#define NAMES (sizeof names / sizeof names[0])
_Static_assert(NAMES == LPOE_NAMES, "lpoe.h");

/* Pushes a dynamic name's value and returns its place in `names`; -1, and nothing is pushed, when the value at 2
 * is none. */
static int
push_name(lua_State *L, struct lpoe *p)
{
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";

    if (key[0] < 'C' || key[0] > 'S') /* most globals that are not there */
        return -1;
    for (int i = 0; i < (int)NAMES; i++)
        if (key == p->names[i]) { /* a short string: there is one of each */
            names[i].push(L, p);
            return i;
        }
    return -1;
}

/* __index: UP_BEFORE is what was there before, function, table or nil. */
static int
l_index(lua_State *L)
{
    if (push_name(L, lpoe_context(L)) >= 0)
        return 1;
    switch (lua_type(L, lua_upvalueindex(UP_BEFORE))) {
    case LUA_TNIL:
        return 0;
    case LUA_TFUNCTION:
        lua_settop(L, 2);
        lua_pushvalue(L, lua_upvalueindex(UP_BEFORE));
        lua_insert(L, 1);
        lua_call(L, 2, 1);
        return 1;
    default:
        lua_settop(L, 2);
        lua_gettable(L, lua_upvalueindex(UP_BEFORE));
        return 1;
    }
}

/* __newindex: UP_BEFORE as above.  Assigning to a dynamic name would hide it for good. */
static int
l_newindex(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TSTRING)
        for (size_t i = 0; i < NAMES; i++)
            if (strcmp(names[i].name, lua_tostring(L, 2)) == 0)
                return luaL_error(L, "%s belongs to poe and cannot be assigned", names[i].name);
    switch (lua_type(L, lua_upvalueindex(UP_BEFORE))) {
    case LUA_TNIL:
        lua_rawset(L, 1);
        return 0;
    case LUA_TFUNCTION:
        lua_pushvalue(L, lua_upvalueindex(UP_BEFORE));
        lua_insert(L, 1);
        lua_call(L, 3, 0);
        return 0;
    default:
        lua_settable(L, lua_upvalueindex(UP_BEFORE));
        return 0;
    }
}

/* -- names that are ready ------------------------------------------------------------------ */

/* Which ones: the first of `names`, bit 1 << i is name i. */
enum { READY_SESSION = 1, READY_HEAP = 2, READY_SENDER = 4, READY = 3 };

/* At ANCHOR_READY: the names' table, the sessions' tables by slot + 1 and "SENDER", which are kept on the stack of a
 * drain; the names' table's metatable where nothing is ready, that of the sessions' tables, "SESSION" and "HEAP". */
enum { AT_NAMES, AT_TABLES, AT_SENDER, AT_META, AT_TABLE_META, AT_SESSION, AT_HEAP };

#ifdef POE_TORTURE
#define TABLES_MOST 4
#define NEAR 1
#else
#define NEAR 8            /* events in a row for one session */
#define TABLES_MOST 16384 /* slots; the collector looks at all weak tables at once */
#endif

/* __index where nothing is ready. */
static int
l_names_index(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const struct poe_frame *frame = poe_kernel_frame(p->kernel);
    int i = push_name(L, p);

    if (i >= 0 && i < READY && frame == p->drained)
        lpoe_lsession(frame->event->to)->asked |= (uint8_t)(1u << i);
    return i >= 0;
}

/* Brings a session's habits up to date: what two handlers in a row have asked for is wanted.  Returns what was
 * asked for. */
static unsigned
habits_learn(struct lsession *ls)
{
    unsigned asked = ls->asked;

    ls->wants |= asked & ls->before;
    ls->before = (uint8_t)asked;
    ls->asked = 0;
    if (++ls->age == 0)
        ls->wants = 0;
#ifdef POE_TORTURE
    ls->wants = (1u << READY) - 1; /* whoever has asked once */
#endif
    return asked;
}

enum { ANCHORS = 2, STACK = 4 }; /* on a drain's stack */

/* Sets HEAP of the table on top to the heap of the session whose object S has at `slot`, if it has been asked for. */
static void
heap_set(lua_State *L, lua_Integer slot)
{
    lua_rawgeti(L, ANCHORS, ANCHOR_READY + AT_HEAP);
    lua_rawgeti(L, ANCHORS, slot);
    if (lua_getiuservalue(L, -1, 1) == LUA_TLIGHTUSERDATA) {
        lua_pop(L, 3);
        return;
    }
    lua_replace(L, -2);
    lua_rawset(L, -3);
}

/* Pushes the table of a session, which is made if there is none. */
static void
table_push(lua_State *L, struct lsession *ls)
{
    if (lua_rawgeti(L, STACK + AT_TABLES, (lua_Integer)ls->slot + 1) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_createtable(L, 0, READY + 1);
    lua_rawgeti(L, ANCHORS, ANCHOR_READY + AT_TABLE_META);
    lua_setmetatable(L, -2);
    lua_pushliteral(L, "__index");
    lua_pushvalue(L, -2);
    lua_rawset(L, -3);
    lua_rawgeti(L, ANCHORS, ANCHOR_READY + AT_SESSION);
    lua_rawgeti(L, ANCHORS, ls->slot);
    lua_rawset(L, -3);
    heap_set(L, ls->slot);
    lua_pushvalue(L, -1);
    lua_rawseti(L, STACK + AT_TABLES, (lua_Integer)ls->slot + 1);
    ls->sender = 0;
}

/* The table on top has from now on the session with that ID as SENDER; 0: nobody, the function is asked. */
static void
sender_set(lua_State *L, struct lsession *ls, uint32_t id, const poe_session *from)
{
    ls->sender = 0;
    lua_pushvalue(L, STACK + AT_SENDER);
    if (id)
        lua_rawgeti(L, ANCHORS, lpoe_lsession(from)->slot);
    else
        lua_pushnil(L);
    lua_rawset(L, -3);
    ls->sender = id;
}

/* What is in the names' table itself goes.  Never raises: old keys get nil. */
static __attribute__((noinline)) void
near_clear(struct lpoe *p)
{
    static const int keys[READY] = { AT_SESSION, AT_HEAP, AT_SENDER };
    lua_State *A = p->aux;

    lua_rawgeti(A, LUA_REGISTRYINDEX, p->ref_anchors);
    lua_rawgeti(A, -1, ANCHOR_READY + AT_NAMES);
    for (int i = 0; i < READY; i++) {
        lua_rawgeti(A, -2, ANCHOR_READY + keys[i]);
        lua_pushnil(A);
        lua_rawset(A, -3);
    }
    lua_pop(A, 2);
}

/* One session's handlers run again and again: its names are put into the names' table itself, where they are found
 * in one step less. */
static __attribute__((noinline)) void
near_set(lua_State *L, const struct lsession *ls, const poe_event *ev)
{
    lua_pushvalue(L, STACK + AT_NAMES);
    lua_rawgeti(L, ANCHORS, ANCHOR_READY + AT_SESSION);
    lua_rawgeti(L, ANCHORS, ls->slot);
    lua_rawset(L, -3);
    heap_set(L, ls->slot);
    if (ls->sender) { /* it is the event's */
        lua_pushvalue(L, STACK + AT_SENDER);
        lua_rawgeti(L, ANCHORS, lpoe_lsession(ev->from)->slot);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
}

/*
 * Makes ready what the handlers of `ev->to` want, for the event whose handler a drain is about to run, and takes away
 * what is wrong now.  L's stack: a value, S, M, and LPOE_NAMES_STACK nils, which are ours from now on.  Raises without
 * memory; what is ready is right then.
 */
__attribute__((noinline)) void
lpoe_names_ready(lua_State *L, struct lpoe *p, const poe_event *ev)
{
    struct lsession *ls = lpoe_lsession(ev->to);
    unsigned asked = habits_learn(ls);
    uint64_t id = poe_session_id(ev->from);
    uint32_t sender = id <= UINT32_MAX ? (uint32_t)id : 0;

    if (!ls->wants || ls->slot >= TABLES_MOST) {
        if (p->known)
            lpoe_names_clear(p);
        return;
    }
    int stale = ls->sender ? ls->sender != sender : (ls->wants & READY_SENDER) != 0;
    if (p->known == ev->to && !stale && !asked) {
        if (p->near < NEAR && ++p->near == NEAR)
            near_set(L, ls, ev);
        return;
    }
    if (p->near == NEAR)
        near_clear(p);
    p->near = 0;
    if (p->named != L) {
        for (int i = 0; i < LPOE_NAMES_STACK; i++) {
            lua_rawgeti(L, ANCHORS, ANCHOR_READY + i);
            lua_replace(L, STACK + i);
        }
        p->named = L;
    }
    table_push(L, ls);
    if (asked & READY_HEAP)
        heap_set(L, ls->slot);
    if (stale || (asked & ls->wants & READY_SENDER))
        sender_set(L, ls, (ls->wants & READY_SENDER) ? sender : 0, ev->from);
    lua_setmetatable(L, STACK + AT_NAMES);
    p->known = ev->to;
}

/* Takes all away.  Never raises. */
void
lpoe_names_clear(struct lpoe *p)
{
    lua_State *A = p->aux;

    if (p->near == NEAR)
        near_clear(p);
    p->near = 0;
    lua_rawgeti(A, LUA_REGISTRYINDEX, p->ref_anchors);
    lua_rawgeti(A, -1, ANCHOR_READY + AT_NAMES);
    lua_rawgeti(A, -2, ANCHOR_READY + AT_META);
    lua_setmetatable(A, -2);
    lua_pop(A, 2);
    p->known = NULL;
}

/* A slot's session has gone: its table is not the next one's.  Never raises. */
void
lpoe_names_drop(struct lpoe *p, uint32_t slot)
{
    lua_State *A = p->aux;

    if (slot >= TABLES_MOST)
        return;
    lua_rawgeti(A, LUA_REGISTRYINDEX, p->ref_anchors);
    if (lua_rawgeti(A, -1, ANCHOR_READY + AT_TABLES) == LUA_TTABLE) {
        if (lua_rawgeti(A, -1, (lua_Integer)slot + 1) != LUA_TNIL) {
            lua_pushnil(A);
            lua_rawseti(A, -3, (lua_Integer)slot + 1);
        }
        lua_pop(A, 1);
    }
    lua_pop(A, 2);
}

static void
hook(lua_State *L, struct lpoe *p, int meta, const char *field, lua_CFunction function)
{
    lua_pushlightuserdata(L, p);
    lua_getfield(L, meta, field);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_anchors);
    for (size_t i = 0; i < NAMES; i++) /* keeps them, see push_name */
        p->names[i] = lua_pushstring(L, names[i].name);
    lua_pushcclosure(L, function, UP_NAMES - 1 + (int)NAMES);
    lua_setfield(L, meta, field);
}

/* Takes the value off the stack. */
static void
keep(lua_State *L, struct lpoe *p, int at)
{
    lpoe_anchor_set(L, p, ANCHOR_READY + at);
}

/* Pushes the names' table, which is made now if nobody has asked for it yet. */
static void
push_names(lua_State *L, struct lpoe *p)
{
    int table = lua_gettop(L) + 1, meta = table + 1;

    lpoe_anchor_get(L, p, ANCHOR_READY + AT_NAMES);
    if (lua_istable(L, table))
        return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    hook(L, p, meta, "__index", l_names_index);
    lua_createtable(L, 0, 2);
    lua_getfield(L, meta, "__index");
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    keep(L, p, AT_TABLE_META);
    lua_newtable(L);
    keep(L, p, AT_TABLES);
    lua_pushstring(L, names[2].name);
    keep(L, p, AT_SENDER);
    lua_pushstring(L, names[0].name);
    keep(L, p, AT_SESSION);
    lua_pushstring(L, names[1].name);
    keep(L, p, AT_HEAP);
    lua_pushvalue(L, meta);
    keep(L, p, AT_META);
    lua_setmetatable(L, table);
    lua_pushvalue(L, table);
    keep(L, p, AT_NAMES);
}

/* Gives the table on top of L's stack the dynamic names, once; keeps the metatable it has. */
void
lpoe_names_install(lua_State *L, struct lpoe *p)
{
    int table = lua_gettop(L), meta = table + 1;

    if (!lua_getmetatable(L, table))
        lua_newtable(L);
    push_names(L, p);
    lua_getfield(L, meta, "__index");
    int is_nil = lua_isnil(L, -1);
    if (lua_rawequal(L, -1, -2) || lua_tocfunction(L, -1) == l_index) {
        lua_settop(L, table);
        return;
    }
    lua_pop(L, 1);
    if (is_nil)
        lua_setfield(L, meta, "__index");
    else
        hook(L, p, meta, "__index", l_index);
    lua_settop(L, meta);
    hook(L, p, meta, "__newindex", l_newindex);
    lua_setmetatable(L, table);
}
