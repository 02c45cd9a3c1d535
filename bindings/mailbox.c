/*
 * mailbox.c - THE place where arguments wait: Lua values <-> payload tokens
 *
 * Posted events come back in order, so their values wait on Lua threads used as stacks: moving
 * there is lua_xmove, a copy without a write barrier.  One chunk is filled while older ones drain;
 * a chunk is emptied when its last event has been handled, so the name of an event and its
 * arguments live as long as its handler runs.  Timers and watchers come back in any order and have
 * slots in a table, M: the bare event name or {name, caller's event or false, arguments...}; those
 * that are the same may share one, without arguments.  An ask there has whom to answer in field "ask", until
 * it is answered.  What ends a wait brings its values to the waiting coroutine itself: its token only tells whose
 * it is.
 *
 * A token: 4 bits of kind, then for a post chunk, base and count, for a slot count and index.
 */
#include "mailbox.h"

#include <string.h>

#ifdef POE_TORTURE
#define CHUNKS_SPARE 1
#else
#define CHUNKS_SPARE 32   /* empty ones that keep their stack, 70 KB each; those of a burst go */
#endif

/* -- chunks -------------------------------------------------------------------------------- */

/* Makes room in the lists of chunks.  Raises without memory; nothing has changed then. */
static void
chunks_grow(struct lpoe *p, lua_State *L)
{
    uint32_t room = p->chunk_room ? p->chunk_room * 2 : LPOE_CHUNKS;
    size_t kept = p->chunk_room * sizeof *p->chunks, spared = p->chunk_room * sizeof *p->spare;
    void *ud;
    lua_Alloc alloc = lua_getallocf(L, &ud);
    uint32_t *spare = alloc(ud, NULL, 0, room * sizeof *spare);
    struct chunk **chunks = alloc(ud, NULL, 0, room * sizeof *chunks);

    if (!spare || !chunks) {
        alloc(ud, spare, room * sizeof *spare, 0);
        alloc(ud, chunks, room * sizeof *chunks, 0);
        luaL_error(L, "not enough memory");
        return;
    }
    memset(chunks, 0, room * sizeof *chunks);
    if (p->chunk_room) {
        memcpy(chunks, p->chunks, kept);
        memcpy(spare, p->spare, spared);
    }
    alloc(ud, p->chunks, kept, 0);
    alloc(ud, p->spare, spared, 0);
    p->chunks = chunks;
    p->spare = spare;
    p->chunk_room = room;
}

/* A stack for a chunk.  Raises without memory. */
static lua_State *
stack_new(struct lpoe *p, lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_threads);
    lua_State *Q = lua_newthread(L);
    lua_rawsetp(L, -2, Q);
    lua_pop(L, 1);
    /* room for one event beyond the last, and for a copy of its values on their way out */
    if (!lua_checkstack(Q, CHUNK_VALUES + 2 * CHUNK_LIMIT + LUA_MINSTACK))
        luaL_error(L, "not enough memory");
    lua_pushnil(Q);
    lua_rawgeti(Q, LUA_REGISTRYINDEX, p->ref_anchors);
    lua_rawgeti(Q, LUA_REGISTRYINDEX, p->ref_slots);
    return Q;
}

/* Nothing on it is known. */
static void
chunk_forget(struct chunk *c)
{
    c->state = c->name = NULL;
    c->key = c;
}

/* Makes the next LPOE_CHUNKS chunks, without their stacks: not each for itself, as a block that small would lie among
 * those of a burst, and keep its page when they go.  Raises without memory; nothing has changed then. */
static void
chunks_make(struct lpoe *p, lua_State *L)
{
    void *ud;
    lua_Alloc alloc = lua_getallocf(L, &ud);

    if (p->chunk_count == p->chunk_room)
        chunks_grow(p, L);
    struct chunk *made = alloc(ud, NULL, 0, LPOE_CHUNKS * sizeof *made);
    if (!made) {
        luaL_error(L, "not enough memory");
        return;
    }
    for (uint32_t i = 0; i < LPOE_CHUNKS; i++) {
        made[i] = (struct chunk){ .top = CHUNK_BASE,
                                  .token = lpoe_token(KIND_POST, (uint64_t)(p->chunk_count + i) << 32) };
        chunk_forget(&made[i]);
        p->chunks[p->chunk_count + i] = &made[i];
    }
}

/* One more chunk.  Raises without memory; nothing has changed then, but for what the next call goes on with. */
static struct chunk *
chunk_new(struct lpoe *p, lua_State *L)
{
    if (p->chunk_count == 0xffff)
        luaL_error(L, "too many queued values");
    if (p->chunk_count % LPOE_CHUNKS == 0 && (p->chunk_count == p->chunk_room || !p->chunks[p->chunk_count]))
        chunks_make(p, L);
    struct chunk *c = p->chunks[p->chunk_count];
    c->Q = stack_new(p, L);
    p->chunk_count++;
    return c;
}

/* An empty chunk, off the list of spare ones.  Raises without memory; nothing has changed then. */
static struct chunk *
chunk_spare(struct lpoe *p, lua_State *L)
{
    struct chunk *c = p->chunks[p->spare[p->spare_count - 1]];

    if (!c->Q)
        c->Q = stack_new(p, L);
    p->spare_count--;
    return c;
}

/* Puts an empty chunk on that list.  When there are many, its stack is the collector's. */
static void
chunk_retire(struct lpoe *p, struct chunk *c)
{
    if (p->spare_count >= CHUNKS_SPARE) { /* an old key gets nil: needs no memory */
        lua_rawgeti(p->aux, LUA_REGISTRYINDEX, p->ref_threads);
        lua_pushnil(p->aux);
        lua_rawsetp(p->aux, -2, c->Q);
        lua_pop(p->aux, 1);
        c->Q = NULL;
    }
    p->spare[p->spare_count++] = POST_CHUNK(c->token);
}

/* The chunk to put more values on. */
static struct chunk *
chunk_fill(struct lpoe *p, lua_State *L)
{
    if (p->fill->top >= CHUNK_VALUES)
        p->fill = p->spare_count ? chunk_spare(p, L) : chunk_new(p, L);
    return p->fill;
}

void
lpoe_mail_forget(struct lpoe *p)
{
    chunk_forget(p->fill);
}

void
lpoe_mail_open(struct lpoe *p)
{
    p->fill = &p->none;
    p->none.top = UINT32_MAX;
    chunk_forget(p->fill);
}

/* Its last event has been handled. */
void
lpoe_chunk_empty(struct lpoe *p, struct chunk *c)
{
    lua_settop(c->Q, CHUNK_BASE);
    c->top = CHUNK_BASE;
    chunk_forget(c);
    if (c != p->fill)
        chunk_retire(p, c);
}

/* -- putting ------------------------------------------------------------------------------- */

/* The event being handled, whose name is the new event's CALLER_STATE. */
static const char *
caller_state(const struct lpoe *p)
{
    const struct poe_frame *frame = poe_kernel_frame(p->kernel);

    while (frame->event && frame->event->type == POE_EVENT_ENTER)
        frame = frame->up;
    return frame->event ? frame->event->name : NULL;
}

/* Those of the kernel's own making need no anchor. */
static int
is_static(const char *name)
{
    return name[0] == '_'
           && (strcmp(name, "_start") == 0 || strcmp(name, "_stop") == 0
               || strcmp(name, "_child") == 0 || strcmp(name, "_parent") == 0);
}

int
lpoe_where(lua_State *L, lua_Debug *ar)
{
    for (int level = 1; lua_getstack(L, level, ar); level++) {
        lua_getinfo(L, "Sl", ar);
        if (ar->currentline > 0 && strncmp(ar->source, "@poe/", 5) != 0)
            return 1;
    }
    return 0;
}

/* Pushes file and line of the script that is posting. */
static void
push_where(lua_State *L)
{
    lua_Debug ar;

    if (!lpoe_where(L, &ar)) {
        lua_pushnil(L);
        lua_pushnil(L);
        return;
    }
    lua_pushstring(L, ar.source[0] == '@' ? ar.source + 1 : ar.short_src);
    lua_pushinteger(L, ar.currentline);
}

/* Puts name and arguments, `values` of them, CHUNK_LIMIT at most, on a chunk. */
static void
put(struct lpoe *p, lua_State *L, int values, const char *name, const struct lwait *asker,
    struct mail *mail)
{
    struct chunk *c = chunk_fill(p, L);
    const char *state = caller_state(p);
    const void *key = p->debug ? c : lua_topointer(L, lua_gettop(L) - values + 1); /* debug wants to be asked */
    poe_payload flags = 0;

    mail->name = name;
    if (state && state != name && state != c->state) {
        if (!is_static(state)) {
            state = lua_pushstring(L, state);
            lua_xmove(L, c->Q, 1);
            c->top++;
        }
        c->state = state;
    }
    mail->state = state;
    if (asker) {
        lua_pushinteger(c->Q, lpoe_ticket(asker));
        c->top++;
        flags = POST_ASK;
    }
    if (p->debug) {
        lpoe_debug_mail(p, L, lua_gettop(L) - values + 1);
        push_where(L);
        lua_xmove(L, c->Q, 2);
        c->top += 2;
        flags |= POST_TRACED;
    }
    if (values > POST_FEW)
        flags |= POST_MANY;
    mail->payload = c->token | flags | (uint64_t)(c->top + 1) << 16 | (uint64_t)values;
    lua_xmove(L, c->Q, values);
    c->top += (uint32_t)values;
    c->live++;
    c->name = name;
    c->key = key;
}

void
lpoe_mail_post(struct lpoe *p, lua_State *L, int first, const char *name, struct mail *mail)
{
    int values = lua_gettop(L) - first + 1;

    if (values > CHUNK_LIMIT)
        lpoe_mail_keep(p, L, first, mail);
    else
        put(p, L, values, name, NULL, mail);
}

/* Puts the value on top into a free slot of M, which is at `slots`.  Raises without memory; nothing has
 * changed then. */
static lua_Integer
slot_take(struct lpoe *p, lua_State *L, int slots)
{
    lua_Integer index = p->slot_free;
    uint32_t next = 0;

    if (index) {
        lua_rawgeti(L, slots, index);
        next = (uint32_t)lua_tointeger(L, -1);
        lua_pop(L, 1);
    } else
        index = (lua_Integer)p->slot_used + 1;
    lua_rawseti(L, slots, index);
    if (p->slot_free)
        p->slot_free = next;
    else
        p->slot_used++;
    return index;
}

/* Puts the event at `at` into the slot of the shared place `which`: its name, or {name, caller's event}.  Raises
 * without memory; nothing has changed then. */
static __attribute__((noinline)) void
share_set(struct lpoe *p, lua_State *L, unsigned which, int at, const char *name, const char *state)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_slots);
    int slots = lua_gettop(L);
    if (state) {
        lua_createtable(L, 2, 0);
        lua_pushvalue(L, at);
        lua_rawseti(L, -2, 1);
        state = lua_pushstring(L, state);
        lua_rawseti(L, -2, 2);
    } else
        lua_pushvalue(L, at);
    if (p->shared[which].name)
        lua_rawseti(L, slots, p->shared[which].slot);
    else
        p->shared[which].slot = (uint32_t)slot_take(p, L, slots);
    lua_pop(L, 1);
    p->shared[which].name = name;
    p->shared[which].state = state;
}

int
lpoe_mail_share(struct lpoe *p, lua_State *L, int at, const char *name, struct mail *mail)
{
    const char *state = caller_state(p), *anchor = state && state != name && !is_static(state) ? state : NULL;
    uintptr_t key = (uintptr_t)name ^ (uintptr_t)anchor << 1;
    unsigned which = (unsigned)(key >> 4 ^ key >> 10) % LPOE_SHARED;

    if (p->debug)
        return 0;
    if (p->shared[which].name != name || p->shared[which].state != anchor) {
        if (p->shared[which].users)
            return 0;
        share_set(p, L, which, at, name, anchor);
    }
    p->shared[which].users++;
    mail->payload = lpoe_token(KIND_NAME, (uint64_t)which << 32 | p->shared[which].slot);
    mail->name = name;
    mail->state = anchor ? p->shared[which].state : state;
    return 1;
}

/* `ask`: the asker's ticket; 0: it is no ask. */
static void
keep(struct lpoe *p, lua_State *L, int first, lua_Integer ask, struct mail *mail)
{
    int values = lua_gettop(L) - first + 1;
    const char *state = caller_state(p);
    int anchor = state && !is_static(state) && state != lua_tostring(L, first);

    mail->name = lua_tostring(L, first);
    mail->state = state;
    if (values == 1 && !ask && mail->name && lpoe_mail_share(p, L, first, mail->name, mail)) {
        lua_settop(L, first - 1);
        return;
    }
    if (values > 0xffff0)
        luaL_error(L, "too many arguments");
    if (values > 10) /* else the twenty every C function has will do */
        luaL_checkstack(L, 6, NULL);
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_slots);
    int slots = lua_gettop(L);
    if (values > 1 || anchor || p->debug || ask) {
        lua_createtable(L, values + 1, ask ? 1 : 0);
        lua_pushvalue(L, first);
        lua_rawseti(L, -2, 1);
        if (anchor)
            mail->state = lua_pushstring(L, state);
        else
            lua_pushboolean(L, 0);
        lua_rawseti(L, -2, 2);
        for (int i = 1; i < values; i++) {
            lua_pushvalue(L, first + i);
            lua_rawseti(L, -2, i + 2);
        }
        if (p->debug) {
            lpoe_debug_mail(p, L, first);
            push_where(L);
            lua_setfield(L, -3, "line");
            lua_setfield(L, -2, "file");
        }
        if (ask) {
            lua_pushinteger(L, ask);
            lua_setfield(L, -2, "ask");
        }
    } else
        lua_pushvalue(L, first);

    lua_Integer index = slot_take(p, L, slots);
    lua_settop(L, first - 1);
    mail->payload = lpoe_token(ask ? KIND_ASK : KIND_SLOT, (uint64_t)values << 32 | (uint64_t)index);
}

void
lpoe_mail_keep(struct lpoe *p, lua_State *L, int first, struct mail *mail)
{
    keep(p, L, first, 0, mail);
}

void
lpoe_mail_ask(struct lpoe *p, lua_State *L, int first, const struct lwait *w, int stays, struct mail *mail)
{
    int values = lua_gettop(L) - first + 1;

    if (!stays && values <= CHUNK_LIMIT) {
        put(p, L, values, lua_tostring(L, first), w, mail);
        return;
    }
    luaL_checkstack(L, 8, NULL);
    keep(p, L, first, lpoe_ticket(w), mail);
}

void
lpoe_mail_keep_ask(struct lpoe *p, lua_State *L, int first, poe_payload payload, struct mail *mail)
{
    keep(p, L, first, lpoe_mail_asker(p, payload, 0), mail);
    lpoe_mail_asker(p, payload, 1);
}

int
lpoe_mail_stays(poe_payload payload)
{
    int kind = token_kind(payload);

    return kind == KIND_SLOT || kind == KIND_ASK || kind == KIND_NAME;
}

/* Whether an ask on a chunk is. */
static inline int
is_answered(const struct lpoe *p, poe_payload payload)
{
    return lua_type(mail_chunk(p, payload)->Q, POST_ASKER(payload)) == LUA_TNIL;
}

lua_Integer
lpoe_mail_asker(struct lpoe *p, poe_payload payload, int take)
{
    lua_State *A = p->aux;
    lua_Integer ticket;

    if (token_kind(payload) == KIND_POST && (payload & POST_ASK)) {
        lua_State *Q = mail_chunk(p, payload)->Q;
        if (is_answered(p, payload))
            return 0;
        ticket = lua_tointeger(Q, POST_ASKER(payload));
        if (take)
            lua_copy(Q, Q_NIL, POST_ASKER(payload));
        return ticket;
    }
    if (token_kind(payload) != KIND_ASK)
        return 0;
    lua_rawgeti(A, LUA_REGISTRYINDEX, p->ref_slots);
    lua_rawgeti(A, -1, SLOT_INDEX(payload));
    lua_pushliteral(A, "ask");
    lua_rawget(A, -2);
    ticket = lua_tointeger(A, -1);
    lua_pop(A, 1);
    if (take && ticket) { /* an old key gets another value: needs no memory */
        lua_pushliteral(A, "ask");
        lua_pushboolean(A, 0);
        lua_rawset(A, -3);
    }
    lua_pop(A, 2);
    return ticket;
}

void
lpoe_mail_hold(struct lpoe *p, lua_State *L, struct mail *mail)
{
    mail->name = mail->state = NULL;
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_slots);
    lua_insert(L, -2);
    lua_Integer index = slot_take(p, L, lua_gettop(L) - 1);
    lua_pop(L, 1);
    mail->payload = lpoe_token(KIND_SLOT, (uint64_t)1 << 32 | (uint64_t)index);
}

poe_payload
lpoe_mail_result(struct lpoe *p, lua_State *L)
{
    if (!lua_checkstack(p->results, 1)) {
        lua_pop(L, 1);
        return 0;
    }
    lua_xmove(L, p->results, 1);
    return lpoe_token(KIND_RESULT, (uint64_t)lua_gettop(p->results));
}

/* -- taking -------------------------------------------------------------------------------- */

int
lpoe_mail_count(poe_payload payload)
{
    switch (token_kind(payload)) {
    case KIND_POST: return POST_VALUES(payload) - 1;
    case KIND_SLOT: case KIND_ASK: return SLOT_VALUES(payload) - 1;
    case KIND_RESULT: case KIND_OOM: return 1;
    default: return 0;
    }
}

/* A value takes 16 bytes where it waits, a table 56 and twice 16 for its array's and hash's bookkeeping. */
size_t
lpoe_mail_bytes(poe_payload payload)
{
    size_t values = (size_t)lpoe_mail_count(payload) + 1;

    switch (token_kind(payload)) {
    case KIND_POST: return 16 * values;
    case KIND_SLOT: return 16 + (values > 1 ? 88 + 16 * values : 0);
    case KIND_ASK: return 16 + 88 + 16 * (values + 2);
    default: return 0;
    }
}

/* Pushes M onto a thread of any kind. */
static void
slots_push(struct lpoe *p, lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, p->ref_slots);
}

void
lpoe_mail_name(struct lpoe *p, poe_payload payload, lua_State *to)
{
    if (token_kind(payload) == KIND_POST) {
        lua_State *Q = mail_chunk(p, payload)->Q;
        lua_pushvalue(Q, POST_BASE(payload));
        lua_xmove(Q, to, 1);
        return;
    }
    slots_push(p, to);
    if (lua_rawgeti(to, -1, SLOT_INDEX(payload)) == LUA_TTABLE) {
        lua_rawgeti(to, -1, 1);
        lua_remove(to, -2);
    }
    lua_remove(to, -2);
}

void
lpoe_mail_where(struct lpoe *p, poe_payload payload, lua_State *to)
{
    if (token_kind(payload) == KIND_POST && (payload & POST_TRACED)) {
        lua_State *Q = mail_chunk(p, payload)->Q;
        lua_pushvalue(Q, POST_BASE(payload) - 2);
        lua_pushvalue(Q, POST_BASE(payload) - 1);
        lua_xmove(Q, to, 2);
        return;
    }
    if (lpoe_mail_stays(payload)) {
        slots_push(p, to);
        if (lua_rawgeti(to, -1, SLOT_INDEX(payload)) == LUA_TTABLE) {
            lua_getfield(to, -1, "file");
            lua_getfield(to, -2, "line");
            lua_remove(to, -3);
            lua_remove(to, -3);
            return;
        }
        lua_pop(to, 2);
    }
    lua_pushnil(to);
    lua_pushnil(to);
}

void
lpoe_mail_set_where(struct lpoe *p, poe_payload payload, lua_State *L)
{
    slots_push(p, L);
    if (lua_rawgeti(L, -1, SLOT_INDEX(payload)) == LUA_TTABLE) {
        lua_pushvalue(L, -4);
        lua_setfield(L, -2, "file");
        lua_pushvalue(L, -3);
        lua_setfield(L, -2, "line");
    }
    lua_pop(L, 4);
}

int
lpoe_mail_args(struct lpoe *p, poe_payload payload, lua_State *to)
{
    int n = lpoe_mail_count(payload);

    if (n == 0)
        return 0;
    if (n > LPOE_ARGS && !lua_checkstack(to, n + 8))
        return -1;
    switch (token_kind(payload)) {
    case KIND_POST: {
        lua_State *Q = mail_chunk(p, payload)->Q;
        int base = POST_BASE(payload);
        for (int i = 1; i <= n; i++)
            lua_pushvalue(Q, base + i);
        lua_xmove(Q, to, n);
        break;
    }
    case KIND_SLOT: case KIND_ASK:
        slots_push(p, to);
        lua_rawgeti(to, -1, SLOT_INDEX(payload));
        lua_replace(to, -2);
        for (int i = 1; i <= n; i++)
            lua_rawgeti(to, -i, i + 2);
        lua_remove(to, -n - 1);
        break;
    case KIND_RESULT:
        lua_pushvalue(p->results, (int)(uint32_t)payload);
        lua_xmove(p->results, to, 1);
        break;
    default: /* KIND_OOM */
        lpoe_anchor_get(to, p, ANCHOR_OOM);
        break;
    }
    return n;
}

/* The same of a slot: states and what is in the slot stay below the handler. */
static __attribute__((noinline)) int
enter_slot(poe_payload payload, lua_Integer states, lua_State *to, int anchors, const struct poe_io *io)
{
    int n = lpoe_mail_count(payload), at = lua_gettop(to) + 2;

    lua_rawgeti(to, anchors, states);
    int type = lua_rawgeti(to, anchors + 1, SLOT_INDEX(payload));
    if (type == LUA_TTABLE)
        type = lua_rawgeti(to, at, 1);
    if (type != LUA_TFUNCTION)
        type = lua_rawget(to, at - 1);
    if (type != LUA_TFUNCTION || (n > LPOE_ARGS && !lua_checkstack(to, n + 8)))
        return -1;
    if (io)
        lua_pushlstring(to, io->data, io->length);
    for (int i = 1; i <= n; i++)
        lua_rawgeti(to, at, i + 2);
    return io ? n + 1 : n;
}

/* The same of a post: states stay below the handler. */
static int
enter_post(struct lpoe *p, poe_payload payload, lua_Integer states, lua_State *to, int anchors)
{
    lua_State *Q = mail_chunk(p, payload)->Q;
    int base = POST_BASE(payload), n = POST_VALUES(payload) - 1;

    if (n > LPOE_ARGS)
        return -1;
    lua_rawgeti(to, anchors, states);
    lua_pushvalue(Q, base);
    lua_xmove(Q, to, 1);
    if (lua_rawget(to, -2) != LUA_TFUNCTION)
        return -1;
    for (int i = 1; i <= n; i++)
        lua_pushvalue(Q, base + i);
    lua_xmove(Q, to, n);
    return n;
}

int
lpoe_mail_enter(struct lpoe *p, poe_payload payload, lua_Integer states, lua_State *to, int anchors,
                const struct poe_io *io)
{
    if (token_kind(payload) != KIND_POST)
        return lpoe_mail_stays(payload) ? enter_slot(payload, states, to, anchors, io) : -1;
    return enter_post(p, payload, states, to, anchors);
}

void
lpoe_mail_drop(struct lpoe *p, poe_payload payload)
{
    int kind = token_kind(payload);

    if (kind == KIND_POST) {
        if ((payload & POST_ASK) && !is_answered(p, payload))
            lpoe_ask_dropped(p, payload);
        mail_done(p, mail_chunk(p, payload), POST_BASE(payload), POST_VALUES(payload) - 1);
        return;
    }
    switch (kind) {
    case KIND_ASK:
        lpoe_ask_dropped(p, payload);
        /* fall through */
    case KIND_SLOT: /* an old index gets an integer for its value: needs no memory */
        slots_push(p, p->aux);
        lua_pushinteger(p->aux, p->slot_free);
        lua_rawseti(p->aux, -2, SLOT_INDEX(payload));
        lua_pop(p->aux, 1);
        p->slot_free = (uint32_t)SLOT_INDEX(payload);
        break;
    case KIND_NAME:
        p->shared[NAME_SHARED(payload)].users--;
        break;
    case KIND_RESULT:
        lua_settop(p->results, (int)(uint32_t)payload - 1);
        break;
    case KIND_RESUME:
        lpoe_resume_dropped(p, (uint32_t)payload);
        break;
    default:
        break;
    }
}
