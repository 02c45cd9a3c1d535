/*
 * names.c - the dynamic names: SESSION, HEAP, SENDER, STATE ...
 *
 * They are not written anywhere: __index of the globals reads them off the kernel's frame, so that
 * only those who ask pay, and they are right after every nested call and every resumption.
 *
 * Three of them are made ready for sessions whose handlers ask for them each time: between the globals and that
 * function stands a table that holds them while such a handler runs, and nothing when any other may run.  Who
 * asks is learned anew every 64 events.
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
    push_object(L, poe_kernel_active(p->kernel)); /* stays below: what is on top counts */
    if (lua_getiuservalue(L, -1, 1) == LUA_TLIGHTUSERDATA) { /* perhaps nobody has asked for it yet */
        lua_pop(L, 1);
        lpoe_object_heap(L);
    }
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

/* __index of the names' table, which has no more than what is ready. */
static int
l_names_index(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const struct poe_frame *frame = poe_kernel_frame(p->kernel);
    int i = push_name(L, p);

    if (i >= 0 && i < READY && frame == p->drained)
        lpoe_lsession(frame->event->to)->asked |= (1u << i) & 7;
    return i >= 0;
}

/* Brings a session's habits up to date: what two handlers in a row have asked for is wanted. */
static void
habits_learn(struct lsession *ls)
{
    ls->wants |= ls->asked & ls->before;
    ls->before = ls->asked;
    ls->asked = 0;
    if (++ls->age == 0)
        ls->wants = 0;
#ifdef POE_TORTURE
    ls->wants = (1u << READY) - 1; /* whoever has asked once */
#endif
}

/*
 * Makes ready what the handlers of `ev->to` want, for the event whose handler a drain is about to run, and takes
 * away what is wrong now.  L's stack: a value, S, M, and from the first time on the names' table and the three names.
 * Raises without memory; what is ready is right then.
 */
void
lpoe_names_ready(lua_State *L, struct lpoe *p, const poe_event *ev)
{
    enum { ANCHORS = 2, TABLE = 4, KEYS };
    struct lsession *ls = lpoe_lsession(ev->to);

    habits_learn(ls);
    if (lua_gettop(L) < TABLE) {
        lua_rawgeti(L, ANCHORS, ANCHOR_NAMES);
        for (int i = 0; i < READY; i++)
            lua_rawgeti(L, ANCHORS, ANCHOR_KEYS + i);
    }
    unsigned right = (p->known_to == ev->to ? READY_SESSION | READY_HEAP : 0)
                     | (p->known_from == ev->from ? READY_SENDER : 0);
    unsigned wrong = p->known & ~right, missing = ls->wants & ~(p->known & right);
    p->known_to = ev->to;
    p->known_from = ev->from;
    for (int i = 0; i < READY; i++) {
        const poe_session *s = 1 << i == READY_SENDER ? ev->from : ev->to;
        int heap = 1 << i == READY_HEAP, is = 0;
        if (!((wrong | missing) & 1u << i))
            continue;
        if (heap)
            lua_rawgeti(L, ANCHORS, lpoe_lsession(s)->slot);
        lua_pushvalue(L, KEYS + i);
        if (missing & 1u << i) {
            is = (heap ? lua_getiuservalue(L, -2, 1) : lua_rawgeti(L, ANCHORS, lpoe_lsession(s)->slot))
                 != LUA_TLIGHTUSERDATA;
            if (!is)
                lua_pop(L, 1); /* a heap that nobody has asked for yet */
        }
        if (!is)
            lua_pushnil(L);
        p->known |= 1u << i; /* if lua_rawset raises, it is not there, and is taken away */
        lua_rawset(L, TABLE);
        if (!is)
            p->known &= ~(1u << i);
        if (heap)
            lua_pop(L, 1);
    }
}

/* Takes all away.  Never raises: a key that is there gets nil. */
void
lpoe_names_clear(struct lpoe *p)
{
    lua_State *A = p->aux;

    lua_rawgeti(A, LUA_REGISTRYINDEX, p->ref_anchors);
    lua_rawgeti(A, -1, ANCHOR_NAMES);
    for (int i = 0; i < READY; i++)
        if (p->known & 1u << i) {
            lua_rawgeti(A, -2, ANCHOR_KEYS + i);
            lua_pushnil(A);
            lua_rawset(A, -3);
        }
    p->known = 0;
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

/* Pushes the names' table, which is made now if nobody has asked for it yet. */
static void
push_names(lua_State *L, struct lpoe *p)
{
    lpoe_anchor_get(L, p, ANCHOR_NAMES);
    if (lua_istable(L, -1))
        return;
    lua_pop(L, 1);
    for (int i = 0; i < READY; i++) {
        lua_pushstring(L, names[i].name);
        lpoe_anchor_set(L, p, ANCHOR_KEYS + i);
    }
    lua_createtable(L, 0, READY);
    lua_newtable(L);
    hook(L, p, lua_gettop(L), "__index", l_names_index);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lpoe_anchor_set(L, p, ANCHOR_NAMES);
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
