/*
 * anchors.c - S: what sessions hang on
 *
 * S holds a session's object, whose user value is the heap, and each state table once, however many
 * sessions share it: ANCHOR_CHECKED knows where.  p->slots has a number for each place in S: uses of
 * a state table, of an object the session's option stall if it has that, of a free place the next one.
 */
#include "lpoe.h"

void
lpoe_anchor_get(lua_State *L, struct lpoe *p, lua_Integer at)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_anchors);
    lua_rawgeti(L, -1, at);
    lua_replace(L, -2);
}

/* Takes the value off L's stack.  May raise when `at` is new. */
void
lpoe_anchor_set(lua_State *L, struct lpoe *p, lua_Integer at)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_anchors);
    lua_insert(L, -2);
    lua_rawseti(L, -2, at);
    lua_pop(L, 1);
}

/* -- places -------------------------------------------------------------------------------- */

/* Makes place for `n` values in S, which is at `anchors`.  Raises without memory. */
void
lpoe_anchors_reserve(lua_State *L, struct lpoe *p, int anchors, uint32_t n)
{
    while (p->slots_spare < n) {
        uint32_t slot = p->slots_used + ANCHOR_SLOTS;
        if (p->slots_used == p->slots_room) {
            uint32_t *old = p->slots;
            p->slots = NULL; /* for a signal's handler: see lpoe_stall */
            uint32_t *slots = lpoe_array_grow(L, old, sizeof *slots, &p->slots_room, 16);
            p->slots = slots ? slots : old;
            if (!slots) {
                luaL_error(L, "not enough memory");
                return;
            }
        }
        lua_pushboolean(L, 0);
        lua_rawseti(L, anchors, slot);
        p->slots[p->slots_used++] = p->slots_free;
        p->slots_free = slot;
        p->slots_spare++;
    }
}

/* Puts the value on top into one of the places made ready. */
static uint32_t
anchor_take(lua_State *L, struct lpoe *p, int anchors)
{
    uint32_t slot = p->slots_free;

    lua_rawseti(L, anchors, slot);
    p->slots_free = p->slots[slot - ANCHOR_SLOTS];
    p->slots_spare--;
    return slot;
}

/* S is on top of aux. */
static void
anchor_free(struct lpoe *p, uint32_t slot)
{
    lua_pushboolean(p->aux, 0);
    lua_rawseti(p->aux, -2, slot);
    p->slots[slot - ANCHOR_SLOTS] = p->slots_free;
    p->slots_free = slot;
    p->slots_spare++;
}

/* -- objects ------------------------------------------------------------------------------- */

/* Anchors the session's object, which is at `object`, in a place made ready. */
void
lpoe_object_anchor(lua_State *L, struct lpoe *p, int anchors, int object)
{
    struct lsession *ls = lua_touserdata(L, object);

    lua_pushvalue(L, object);
    uint32_t slot = anchor_take(L, p, anchors);
    if (ls->stall)
        p->slots[slot - ANCHOR_SLOTS] = ls->stall_ms;
    ls->slot = slot;
    ls->sender = 0;
}

/* Never raises. */
void
lpoe_object_free(struct lpoe *p, struct lsession *ls)
{
    lua_rawgeti(p->aux, LUA_REGISTRYINDEX, p->ref_anchors);
    anchor_free(p, ls->slot);
    lua_pop(p->aux, 1);
    lpoe_names_drop(p, ls->slot);
    ls->slot = 0;
    p->changes++;
}

void
lpoe_push_session(lua_State *L, struct lpoe *p, const poe_session *s)
{
    lpoe_anchor_get(L, p, lpoe_lsession(s)->slot);
}

/* -- state tables -------------------------------------------------------------------------- */

/* Where the state table on top is anchored; 0: nowhere, or it is not one that sessions share. */
static uint32_t
states_find(lua_State *L, int anchors)
{
    lua_rawgeti(L, anchors, ANCHOR_CHECKED);
    lua_pushvalue(L, -2);
    lua_rawget(L, -2);
    uint32_t slot = lua_isinteger(L, -1) ? (uint32_t)lua_tointeger(L, -1) : 0;
    lua_pop(L, 2);
    return slot;
}

/* Gives the session the state table on top, which is taken off, anchored at `slot` or, 0, in a place made
 * ready.  Never raises. */
void
lpoe_states_hold(lua_State *L, struct lpoe *p, int anchors, uint32_t slot, struct lsession *ls)
{
    if (slot)
        lua_pop(L, 1);
    else {
        lua_rawgeti(L, anchors, ANCHOR_CHECKED);
        lua_pushvalue(L, -2);
        int checked = lua_rawget(L, -2) != LUA_TNIL;
        lua_pop(L, 1);
        lua_pushvalue(L, -2);
        slot = anchor_take(L, p, anchors);
        p->slots[slot - ANCHOR_SLOTS] = 0;
        if (checked) { /* others may have it, too */
            lua_pushvalue(L, -2);
            lua_pushinteger(L, slot);
            lua_rawset(L, -3);
        }
        lua_pop(L, 2);
    }
    p->slots[slot - ANCHOR_SLOTS]++;
    ls->states = slot;
}

/* It has none any more.  Never raises. */
void
lpoe_states_free(struct lpoe *p, struct lsession *ls)
{
    lua_State *A = p->aux;
    uint32_t slot = ls->states;

    p->changes++;
    ls->states = ANCHOR_NO_STATES;
    if (--p->slots[slot - ANCHOR_SLOTS] > 0)
        return;
    lua_rawgeti(A, LUA_REGISTRYINDEX, p->ref_anchors);
    lua_rawgeti(A, -1, slot);
    if (states_find(A, -2) == slot) {
        lua_rawgeti(A, -2, ANCHOR_CHECKED);
        lua_insert(A, -2);
        lua_pushboolean(A, 1);
        lua_rawset(A, -3);
    }
    lua_pop(A, 1);
    anchor_free(p, slot);
    lua_pop(A, 1);
}

/* Gives the session the state table on top in place of its own.  Raises without memory. */
void
lpoe_states_replace(lua_State *L, struct lpoe *p, struct lsession *ls)
{
    int states = lua_gettop(L);

    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_anchors);
    lpoe_anchors_reserve(L, p, states + 1, 1);
    lua_pushvalue(L, states);
    uint32_t slot = states_find(L, states + 1);
    lpoe_states_free(p, ls);
    lpoe_states_hold(L, p, states + 1, slot, ls);
    lua_settop(L, states - 1);
}
