/*
 * names.c - the dynamic names: SESSION, HEAP, SENDER, STATE ...
 *
 * They are not written anywhere: __index of the globals reads them off the kernel's frame, so that
 * only those who ask pay, and they are right after every nested call and every resumption.
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

/* Returns the value's type. */
static int
push_slot(lua_State *L, const poe_session *s, int which)
{
    return lua_rawgeti(L, lua_upvalueindex(UP_ANCHORS), lpoe_slot_index(lpoe_slot_of(s), which));
}

static void
push_session_name(lua_State *L, struct lpoe *p)
{
    push_slot(L, poe_kernel_active(p->kernel), SLOT_OBJECT);
}

static void
push_heap_name(lua_State *L, struct lpoe *p)
{
    const poe_session *s = poe_kernel_active(p->kernel);

    if (push_slot(L, s, SLOT_HEAP) == LUA_TLIGHTUSERDATA) { /* perhaps nobody has asked for it yet */
        lua_pop(L, 1);
        lpoe_push_heap(L, p, s);
    }
}

static void
push_sender(lua_State *L, struct lpoe *p)
{
    const poe_event *ev = active_event(p);

    if (ev)
        push_slot(L, ev->from, SLOT_OBJECT);
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

/* Pushes a dynamic name's value; returns 0 and pushes nothing when `key` is none. */
static int
push_name(lua_State *L, struct lpoe *p, const char *key)
{
    if (key[0] < 'C' || key[0] > 'S') /* most globals that are not there */
        return 0;
    for (size_t i = 0; i < NAMES; i++)
        if (key == p->names[i]) { /* a short string: there is one of each */
            names[i].push(L, p);
            return 1;
        }
    return 0;
}

/* __index: UP_BEFORE is what was there before, function, table or nil. */
static int
l_index(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TSTRING && push_name(L, lpoe_context(L), lua_tostring(L, 2)))
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

/* Gives the table on top of L's stack the dynamic names, once; keeps the metatable it has. */
void
lpoe_names_install(lua_State *L, struct lpoe *p)
{
    int table = lua_gettop(L);

    if (!lua_getmetatable(L, table))
        lua_newtable(L);
    else {
        lua_getfield(L, -1, "__index");
        int installed = lua_tocfunction(L, -1) == l_index;
        lua_pop(L, 1);
        if (installed) {
            lua_pop(L, 1);
            return;
        }
    }
    hook(L, p, table + 1, "__index", l_index);
    hook(L, p, table + 1, "__newindex", l_newindex);
    lua_setmetatable(L, table);
}
