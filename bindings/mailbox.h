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
#define POST_MANY ((poe_payload)1 << 50)   /* more than POST_FEW values */
#define POST_FEW (CHUNK_LIMIT < LPOE_ARGS ? CHUNK_LIMIT : LPOE_ARGS)
#define POST_ASKER(t) (POST_BASE(t) - ((t) & POST_TRACED ? 3 : 1))
#define POST_CHUNK(t) ((uint32_t)((t) >> 32) & 0xffff)
#define POST_BASE(t) ((int)((t) >> 16) & 0xffff)
#define POST_VALUES(t) ((int)(t) & 0xffff)
#define POST_PLACE ((poe_payload)15 << KIND_SHIFT | (poe_payload)0xffff << 32) /* kind and chunk */
#define SLOT_VALUES(t) ((int)((t) >> 32) & 0xfffff)
#define NAME_SHARED(t) SLOT_VALUES(t)
#define SLOT_INDEX(t) ((lua_Integer)(uint32_t)(t))

void lpoe_chunk_empty(struct lpoe *p, struct chunk *c);

/* Whether it is that of a post of few values on a chunk, but of no ask; of an ask there. */
static inline int
is_posted(poe_payload payload)
{
    return (payload & ((poe_payload)15 << KIND_SHIFT | POST_ASK | POST_MANY)) == lpoe_token(KIND_POST, 0);
}

static inline int
is_asked(poe_payload payload)
{
    return (payload & ((poe_payload)15 << KIND_SHIFT | POST_ASK | POST_MANY)) == lpoe_token(KIND_POST, POST_ASK);
}

/* Where a post waits; it stays there as long as that. */
static inline struct chunk *
mail_chunk(const struct lpoe *p, poe_payload payload)
{
    return p->chunks[POST_CHUNK(payload)];
}

/*
 * lpoe_mail_post, of what few posts are not: the value at `first` is the same string as the name of an event on the
 * chunk, which has room, and the values are few.  The caller's event needs no anchor where it is static, the posted
 * one, anchored already, or itself on the chunk that this event keeps from being emptied.  `asker`: whose ask it is,
 * NULL: nobody's.  Returns 0, and has done nothing, when it is not for here.
 */
static inline __attribute__((always_inline)) int
mail_put(const struct lpoe *p, lua_State *L, int first, const struct lwait *asker, struct mail *mail)
{
    if (UNLIKELY(lua_topointer(L, first) != p->fill->key))
        return 0;
    uint32_t values = (uint32_t)lua_gettop(L) - (uint32_t)first + 1;
    struct chunk *c = p->fill;
    uint32_t top = c->top;
    const poe_event *ev = poe_kernel_event(p->kernel);
    if (UNLIKELY(values > POST_FEW || top >= CHUNK_VALUES || !ev || ev->type == POE_EVENT_ENTER))
        return 0;
    if (UNLIKELY(ev->name != c->name && ev->name && ev->name != c->state && (ev->payload & POST_PLACE) != c->token))
        return 0;
    mail->name = c->name;
    mail->state = ev->name;
    mail->payload = c->token;
    if (asker) {
        lua_pushinteger(c->Q, lpoe_ticket(asker));
        mail->payload |= POST_ASK;
        top++;
    }
    mail->payload |= (top + 1) << 16 | values;
    c->top = top + values;
    c->live++;
    lua_xmove(L, c->Q, (int)values);
    return 1;
}

/*
 * Puts `n` arguments, the values above `base` of a chunk, which its handler is called with next, onto `to`.  They
 * stay on the chunk as well, as a handler need not take what is his until it returns (R25); but where they are the
 * last there, and nobody could tell when one of them goes, they are moved.  Returns how many are.
 */
static inline int
mail_move(struct chunk *c, int base, int n, lua_State *to)
{
    if (LIKELY(c->top == (uint32_t)(base + n))) {
        int i = n;
        while (i > 0 && lua_type(c->Q, -i) < LUA_TTABLE)
            i--;
        if (LIKELY(i == 0)) {
            c->top -= (uint32_t)n;
            lua_xmove(c->Q, to, n);
            return n;
        }
    }
    for (int i = 1; i <= n; i++)
        lua_pushvalue(c->Q, base + i);
    lua_xmove(c->Q, to, n);
    return 0;
}

/* A post has been handled: its `n` arguments, above `base`, can go now (R25), its chunk when it was the last. */
static inline void
mail_done(struct lpoe *p, struct chunk *c, int base, int n)
{
    if (LIKELY(--c->live > 0) || (c == p->fill && c->top < CHUNK_VALUES / 2))
        for (; n > 0; n--)
            lua_copy(c->Q, Q_NIL, base + n);
    else
        lpoe_chunk_empty(p, c);
}

#endif
