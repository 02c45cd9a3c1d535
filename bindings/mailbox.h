/*
 * mailbox.h - how a token is made up, for mailbox.c and the one who runs what comes of it
 */
#ifndef LPOE_MAILBOX_H
#define LPOE_MAILBOX_H

#include "lpoe.h"

#ifdef POE_TORTURE
#define CHUNK_VALUES 8
#define CHUNK_LIMIT 4
#else
#define CHUNK_VALUES 4000 /* of a stack; well under LUAI_MAXSTACK */
#define CHUNK_LIMIT 200   /* values of one event; more go to a slot */
#endif

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
#define POST_PLACE ((poe_payload)15 << KIND_SHIFT | (poe_payload)0xffff << 32) /* kind and chunk */
#define SLOT_VALUES(t) ((int)((t) >> 32) & 0xfffff)
#define NAME_SHARED(t) SLOT_VALUES(t)
#define SLOT_INDEX(t) ((lua_Integer)(uint32_t)(t))

void lpoe_chunk_empty(struct lpoe *p, uint32_t which);

/* An event name at `at` that is known to be one: the same string as that of an event on the chunk that is filled. */
static inline int
mail_knows(const struct lpoe *p, const char *name)
{
    return p->chunk_count && p->chunks[p->fill].name == name;
}

/*
 * lpoe_mail_post, of what few posts are not.  The caller's event needs no anchor where it is static, the posted one,
 * anchored already, or itself on the chunk that this event keeps from being emptied.  Returns 0, and has done nothing,
 * when it is not for here.
 */
static inline int
mail_put(struct lpoe *p, lua_State *L, int first, const char *name, const char **caller, poe_payload *payload)
{
    struct chunk *c = &p->chunks[p->fill];
    const poe_event *ev = poe_kernel_event(p->kernel);
    const char *state = NULL;
    int values = lua_gettop(L) - first + 1;

    if (p->debug || !p->chunk_count || c->top >= CHUNK_VALUES || values > CHUNK_LIMIT)
        return 0;
    if (ev) {
        state = ev->name;
        if (ev->type == POE_EVENT_ENTER
            || (state && state != name && state != c->state && (ev->payload & POST_PLACE) != c->token))
            return 0;
    }
    *caller = state;
    *payload = c->token | (uint64_t)(c->top + 1) << 16 | (uint64_t)values;
    c->top += (uint32_t)values;
    c->live++;
    c->name = name;
    lua_xmove(L, c->Q, values);
    return 1;
}

/*
 * Puts a post's arguments, which its handler is called with next, onto `to`.  They stay on the chunk as well, as a
 * handler need not take what is his until it returns (R25); but where they are the last there, and nobody could tell
 * when one of them goes, they are moved, and the payload has them no more.
 */
static inline void
mail_move(struct lpoe *p, poe_event *ev, lua_State *to, int n)
{
    struct chunk *c = &p->chunks[POST_CHUNK(ev->payload)];
    int base = POST_BASE(ev->payload), i = 1;

    if (c->top == (uint32_t)(base + n)) {
        while (i <= n && lua_type(c->Q, base + i) < LUA_TTABLE)
            i++;
        if (i > n) {
            c->top = (uint32_t)base;
            ev->payload -= (poe_payload)n;
            lua_xmove(c->Q, to, n);
            return;
        }
    }
    for (i = 1; i <= n; i++)
        lua_pushvalue(c->Q, base + i);
    lua_xmove(c->Q, to, n);
}

/* A post has been handled: its arguments can go now (R25), its chunk when it was the last. */
static inline void
mail_done(struct lpoe *p, poe_payload payload)
{
    uint32_t which = POST_CHUNK(payload);
    struct chunk *c = &p->chunks[which];

    if (--c->live > 0 || (which == p->fill && c->top < CHUNK_VALUES / 2)) {
        int base = POST_BASE(payload);
        for (int i = POST_VALUES(payload) - 1; i > 0; i--)
            lua_copy(c->Q, Q_NIL, base + i);
        return;
    }
    lpoe_chunk_empty(p, which);
}

#endif
