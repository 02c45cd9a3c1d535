/*
 * mailbox.h - how a token is made up, for mailbox.c and the one who runs what comes of it
 */
#ifndef LPOE_MAILBOX_H
#define LPOE_MAILBOX_H

#include "lpoe.h"

#define KIND_SHIFT 52
enum { KIND_POST = 1, KIND_SLOT, KIND_RESULT, KIND_OOM, KIND_ASK, KIND_NAME, KIND_RESUME, KIND_WAKE };

#define CHUNK_BASE 3 /* values below the first of an event: nil, which those that have been handled become, S, M */
enum { Q_NIL = 1, Q_ANCHORS, Q_SLOTS };

static inline poe_payload
lpoe_token(int kind, uint64_t rest)
{
    return (poe_payload)kind << KIND_SHIFT | rest;
}

static inline int
token_kind(poe_payload payload)
{
    return (int)(payload >> KIND_SHIFT);
}

/* POST: chunk 16 bits, base 16, values 16.  SLOT: values 20 bits, index 32.  NAME: which shared one, index.
 * RESUME, WAKE: lwait.index. */
#define POST_TRACED ((poe_payload)1 << 48) /* file and line lie below the values */
#define POST_ASK ((poe_payload)1 << 49)    /* the asker's ticket lies below these; nil: no longer */
#define POST_ASKER(t) (POST_BASE(t) - ((t) & POST_TRACED ? 3 : 1))
#define POST_CHUNK(t) ((uint32_t)((t) >> 32) & 0xffff)
#define POST_BASE(t) ((int)((t) >> 16) & 0xffff)
#define POST_VALUES(t) ((int)(t) & 0xffff)
#define SLOT_VALUES(t) ((int)((t) >> 32) & 0xfffff)
#define NAME_SHARED(t) SLOT_VALUES(t)
#define SLOT_INDEX(t) ((lua_Integer)(uint32_t)(t))

/* lpoe_mail_enter, of a post. */
static inline int
post_enter(struct lpoe *p, poe_payload payload, lua_Integer states, lua_State *to)
{
    lua_State *Q = p->chunks[POST_CHUNK(payload)].Q;
    int base = POST_BASE(payload), n = POST_VALUES(payload) - 1;

    if (n > LPOE_ROOM - 8)
        return -1;
    lua_rawgeti(Q, Q_ANCHORS, states);
    lua_pushvalue(Q, base);
    int type = lua_rawget(Q, -2);
    for (int i = 1; i <= n; i++)
        lua_pushvalue(Q, base + i);
    lua_xmove(Q, to, n + 1);
    lua_settop(Q, -2);
    return type == LUA_TFUNCTION ? n : -1;
}

#endif
