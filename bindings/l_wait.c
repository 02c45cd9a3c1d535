/*
 * l_wait.c - handlers that wait: sleep, ask, wait, with_timeout, and a post for room
 *
 * A handler that waits yields its pooled coroutine to host.c, unless what it waits for comes next: see lpoe_handed.
 * Host.c leaves the coroutine to a record of type struct lwait and goes on.  What ends the wait (an event's turn, a
 * wake of the alarm heap) is dispatched to the session as any event; host.c then lets the coroutine go on under the
 * names it had.  What it brings is put on the coroutine when that is queued, which is once: the wait is due then.
 *
 * Who is to end a wait has a ticket, a number: that of its record and its turn.  What comes for an older turn
 * comes too late and does nothing.  Records are used again, and turns never: so they tell handlers apart, too.
 *
 * A handler that never waits has none of this.
 */
#include "lpoe.h"

#include <string.h>
#include <uv.h>

#include "mailbox.h"

/* -- the record ---------------------------------------------------------------------------- */

/*
 * lsession.waits is a ring of two parts, each in the order in which they have begun to wait: those that wait for an
 * event, so that one that comes is for one of few, then the rest.  The first of the ring knows where its part ends.
 */
static void
ring_insert(struct lwait *w, struct lwait *before)
{
    w->next = before;
    w->prev = before->prev;
    w->prev->next = w->next->prev = w;
}

static void
ring_remove(struct lwait *w)
{
    struct lsession *ls = w->ls;
    struct lwait *first = lpoe_wait_at(w->p, ls->waits);

    if (first == w) {
        first = w->next;
        first->last = w->last;
        ls->waits = w->next == w ? 0 : first->index;
        ls->awaits = w->next != w && first->hears;
    } else if (first->last == w)
        first->last = w->prev;
    w->hears = 0;
    w->prev->next = w->next;
    w->next->prev = w->prev;
}

/* Behind those of its part that wait already. */
static void
ring_append(struct lwait *w)
{
    struct lsession *ls = w->ls;
    struct lwait *first = lpoe_wait_at(w->p, ls->waits);

    w->since = ++w->p->waited;
    w->hears = w->event;
    ls->awaits |= w->event;
    if (!first) {
        ls->waits = w->index;
        w->prev = w->next = w->last = w;
    } else if (!w->event)
        ring_insert(w, first);
    else if (first->hears) {
        ring_insert(w, first->last->next);
        first->last = w;
    } else {
        ring_insert(w, first);
        ls->waits = w->index;
        w->last = w;
    }
}

/* The one that has begun to wait last; there is one. */
static struct lwait *
ring_youngest(const struct lpoe *p, const struct lsession *ls)
{
    struct lwait *first = lpoe_wait_at(p, ls->waits), *last = first->prev;

    return first->hears && first->last->since > last->since ? first->last : last;
}

/* -- the line of those who wait for room --------------------------------------------------- */

/* At its end.  The line has the payload from now on. */
static void
line_join(struct lwait *w, poe_session *to, const struct mail *mail, int asks)
{
    struct lsession *ls = lpoe_lsession(to);
    struct lwait *first = lpoe_wait_at(w->p, ls->line);

    w->target = ls;
    w->mail = *mail;
    w->asks = asks != 0;
    if (first) {
        w->behind = first;
        w->ahead = first->ahead;
        w->ahead->behind = w->behind->ahead = w;
    } else {
        ls->line = w->index;
        w->ahead = w->behind = w;
    }
    poe_session_await_room(to, 1);
}

/* Leaves the line of `ls`.  The payload is the caller's. */
static poe_payload
line_leave(struct lsession *ls, struct lwait *w)
{
    if (ls->line == w->index)
        ls->line = w->behind == w ? 0 : w->behind->index;
    w->ahead->behind = w->behind;
    w->behind->ahead = w->ahead;
    w->target = NULL;
    if (!ls->line && lpoe_alive(ls))
        poe_session_await_room(lpoe_alive(ls), 0);
    return w->mail.payload;
}

/* It leaves, and what it was to post is dropped, which is no answer to an ask. */
static void
line_drop(struct lsession *ls, struct lwait *w)
{
    poe_payload payload = line_leave(ls, w);

    lpoe_mail_asker(w->p, payload, 1);
    lpoe_mail_drop(w->p, payload);
}

/* It waits for no event any more, and from now on like others. */
static void
event_cancel(struct lwait *w)
{
    w->event = 0;
    if (w->hears) {
        ring_remove(w);
        ring_append(w);
    }
}

/* It waits for nothing any more: what was to end the wait is taken back. */
static void
wait_cancel(struct lwait *w)
{
    poe_payload payload;

    if (w->alarm && poe_wake_cancel(w->p->kernel, w->alarm, &payload) == 0)
        lpoe_mail_drop(w->p, payload);
    w->alarm = 0;
    if (w->event && w->ls)
        event_cancel(w);
    if (w->target)
        line_drop(w->target, w);
}

/* It is no suspended handler any more. */
static void
wait_leave(struct lwait *w)
{
    if (w->ls) {
        wait_cancel(w);
        ring_remove(w);
        if (!w->parent) /* which keeps the session for both */
            poe_session_unkeep(w->ev.to, POE_KEEP_SUSPENDED);
    }
    w->ls = NULL;
    if (w->parent)
        w->parent->child = NULL;
    w->parent = NULL;
}

/* Another handler may have the record, unless somebody still looks at it. */
static void
wait_spare(struct lwait *w)
{
    if (w->due || w->kept)
        return;
    w->next = w->p->wait_spare;
    w->p->wait_spare = w;
}

/* poelib_call has looked at it. */
void
lpoe_wait_free(struct lwait *w)
{
    w->kept = 0;
    wait_spare(w);
}

/* The handler has returned, raised or been closed. */
static void
wait_over(struct lwait *w)
{
    struct lpoe *p = w->p;

    w->co = NULL;
    w->turn++;
    wait_leave(w);
    if (w->pinned)
        poe_session_unpin(w->ev.from);
    w->pinned = 0;
    if (w->owns) {
        w->owns = 0;
        if (w->ev.payload)
            lpoe_mail_drop(p, w->ev.payload);
    }
    w->over = 1;
    wait_spare(w);
}

void
lpoe_wait_over(struct lpoe *p)
{
    if (p->wait)
        wait_over(p->wait);
    p->wait = NULL;
}

/*
 * Ends a suspended handler, behind what it waits for: its <close> variables run, under its names.  One that
 * runs now goes on to its end and is returned: it needs what tells its names.  One on top of which another runs, see
 * lpoe_handed, is closed when that has ended.  An error of a <close> variable is put at `error` of aux, for
 * with_timeout to raise; when nobody waits for the handler, it is a warning.
 */
static struct lwait *
wait_close(struct lwait *w, int error)
{
    struct lpoe *p = w->p;
    struct poe_frame frame, *outer = poe_kernel_frame(p->kernel);
    struct lwait *running = w->child ? wait_close(w->child, error) : NULL;
    lua_State *co = w->co;

    if (w->here) {
        w->shut = 1;
        w->turn++; /* no answer is for it */
        wait_leave(w);
        return w;
    }
    if (!co) {
        wait_leave(w);
        return w;
    }
    w->co = NULL;
    wait_cancel(w);
    lpoe_names_forget(p);
    poe_kernel_enter(p->kernel, &frame, &w->ev);
    if (w->calls) {
        w->lowest->up = &frame;
        poe_kernel_reframe(p->kernel, w->calls);
    }
    if (lpoe_coroutine_close(p, co) != LUA_OK) {
        lua_xmove(co, p->aux, 1);
        lua_replace(p->aux, error);
    }
    lpoe_coroutine_reset(p, co);
    poe_kernel_reframe(p->kernel, outer);
    if (!w->parent && lua_toboolean(p->aux, error))
        lpoe_close_warn(p, w, error);
    if (running && w->owns && running->ev.payload == w->ev.payload) {
        running->owns = 1;
        w->owns = 0;
    }
    w->done = -1;
    wait_over(w);
    return running;
}

/* The session has stopped: its suspended handlers never go on; the last to wait is closed first. */
void
lpoe_waits_close(struct lpoe *p, struct lsession *ls)
{
    lua_State *A = p->aux;

    while (ls->waits) {
        struct lwait *w = ring_youngest(p, ls);
        while (w->parent)
            w = w->parent;
        lua_pushboolean(A, 0);
        wait_close(w, lua_gettop(A));
        lua_pop(A, 1);
    }
}

/* Makes the event's name and caller's event our own: what it was made of will not last. */
static void
event_keep(lua_State *L, struct lpoe *p, struct lwait *w, const poe_event *ev)
{
    struct mail mail;
    const char *state = lpoe_event_state(ev);
    struct poe_frame *frame = poe_kernel_frame(p->kernel);

    w->ev = *ev;
    if ((ev->type <= POE_EVENT_ALARM || ev->type == POE_EVENT_ASK) && lpoe_mail_stays(ev->payload))
        return; /* taken when the handler is suspended */
    lua_pushstring(L, ev->name);
    const char *name = lua_tostring(L, -1);
    lua_pushstring(L, state);
    state = lua_tostring(L, -1);
    if (ev->type == POE_EVENT_ASK)
        lpoe_mail_keep_ask(p, L, lua_gettop(L) - 1, ev->payload, &mail);
    else
        lpoe_mail_keep(p, L, lua_gettop(L) - 1, &mail); /* anchors both */
    w->ev.payload = mail.payload;
    w->owns = 1;
    if (p->debug) {
        lpoe_push_where(L, p, ev);
        lpoe_mail_set_where(p, mail.payload, L);
    }
    for (; frame && frame != p->base; frame = frame->up) /* its outermost self-call was made in it */
        if (frame->up == p->base && frame->event->type == POE_EVENT_CALL)
            ((poe_event *)frame->event)->with.state = name;
    w->ev.name = name;
    w->ev.with.state = state;
    if (ev->type != POE_EVENT_ASK)
        w->ev.type = POE_EVENT_POST;
}

/* Where the asker of the event is, whose handler runs: its wait has taken it along, if it has one. */
poe_payload
lpoe_ask_payload(const struct lpoe *p, const poe_event *ev)
{
    const struct lwait *w = p->wait;

    return w && w->owns && w->ev.type == POE_EVENT_ASK ? w->ev.payload : ev->payload;
}

/* One more record.  Raises without memory. */
static struct lwait *
wait_new(lua_State *L, struct lpoe *p)
{
    struct mail mail;
    struct lwait *w = lua_newuserdatauv(L, sizeof *w, 0); /* whose collection may run what waits */

    lpoe_mail_hold(p, L, &mail); /* for good */
    if (p->wait_count == p->wait_room) {
        struct lwait **waits = lpoe_array_grow(L, p->waits, sizeof *waits, &p->wait_room, 8);
        if (!waits) {
            lpoe_mail_drop(p, mail.payload);
            luaL_error(L, "not enough memory");
            return NULL;
        }
        p->waits = waits;
    }
    *w = (struct lwait){ .index = p->wait_count + 1 };
    return p->waits[p->wait_count++] = w;
}

/* What prepare does when the handler has not waited yet, or cannot wait now. */
static __attribute__((noinline)) struct lwait *
prepare_first(lua_State *L, struct lpoe *p)
{
    struct lwait *w = p->wait;
    const poe_event *ev = p->base ? p->base->event : NULL;

    if (L == p->closing)
        luaL_error(L, "cannot wait while <close> variables are closed");
    if (L != p->current)
        luaL_error(L, p->current ? "cannot wait in a coroutine of the script's own"
                                 : "cannot wait here: nothing runs this chunk that could go on meanwhile");
    if (!p->base || (ev && ev->type == POE_EVENT_STOP))
        luaL_error(L, ev ? "cannot wait in _stop" : "cannot wait here: a handler's C function runs this chunk");
    if (ev && poe_session_stopped(ev->to))
        luaL_error(L, "cannot wait: the session has stopped");
    if (!lua_isyieldable(L))
        luaL_error(L, "cannot wait inside a C function that calls back");
    if (w)
        return w;
    w = p->wait_spare;
    if (w)
        p->wait_spare = w->next;
    else
        w = wait_new(L, p);
    *w = (struct lwait){ .p = p, .index = w->index, .turn = w->turn, .born = w->turn };
    p->wait = w; /* lpoe_wait_over ends it, whatever happens now */
    if (ev)
        event_keep(L, p, w, ev);
    else {
        w->ev.to = w->ev.from = poe_kernel_active(p->kernel);
        w->ev.type = POE_EVENT_POST;
        w->chunk = 1;
    }
    return w;
}

/* The record of the running handler, taken when it waits for the first time.  Raises where nothing can
 * wait. */
static inline struct lwait *
prepare(lua_State *L, struct lpoe *p)
{
    struct lwait *w = p->wait;

    return w && L == p->current && !p->closing && !poe_session_stopped(w->ev.to) && lua_isyieldable(L)
               ? w : prepare_first(L, p);
}

/* What the wait has brought is returned. */
static int
gone_on(lua_State *L, int status, lua_KContext top)
{
    (void)status;
    return lua_gettop(L) - (int)top;
}

/* The last thing a C function does: `after` is called when the handler goes on, with what has come on
 * top of what is on the stack now.  `asked`: the payload of its ask, whose answer lets it go on; else 0. */
static int
suspend_for(lua_State *L, struct lwait *w, poe_payload asked, lua_KFunction after)
{
    struct lpoe *p = w->p;
    struct poe_frame *frame = poe_kernel_frame(p->kernel);
    int top = lua_gettop(L);

    w->calls = w->lowest = NULL;
    if (frame != p->base) {
        w->calls = frame;
        while (frame->up != p->base)
            frame = frame->up;
        w->lowest = frame;
    } else if (p->drain && !w->alarm && !w->event && !w->target && !w->parent && lpoe_handed(L, w, asked))
        return after(L, LUA_OK, top);
    p->suspended = w;
    return lua_yieldk(L, 0, top, after);
}

static int
suspend(lua_State *L, struct lwait *w, lua_KFunction after)
{
    return suspend_for(L, w, 0, after);
}

/* -- between host.c and the record --------------------------------------------------------- */

/*
 * The handler on `co` has yielded; `below` values lie under its results.  Returns whether the event's
 * payload stays with it.
 */
int
lpoe_suspended(struct lpoe *p, lua_State *co, const poe_event *ev, int below)
{
    struct lwait *w = p->suspended;
    int takes = 0;

    p->suspended = NULL;
    w->co = co;
    w->below = below;
    if (w->here) { /* it is among its session's already */
        w->here = 0;
        if (w->shut) {
            lua_pushboolean(p->aux, 0);
            wait_close(w, lua_gettop(p->aux));
            lua_pop(p->aux, 1);
        }
        return 0;
    }
    if (w->ls) {
        if (w->next != w || w->event) {
            ring_remove(w);
            ring_append(w);
        }
        return 0;
    }
    w->ls = lpoe_lsession(w->ev.to);
    ring_append(w);
    if (!w->parent)
        poe_session_keep(w->ev.to, POE_KEEP_SUSPENDED);
    poe_session_pin(w->ev.from);
    w->pinned = 1;
    if (!w->owns && ev && w->ev.payload && w->ev.payload == ev->payload)
        takes = w->owns = 1;
    return takes;
}

/* Queues the event that lets it go on, with the `n` values that are on its coroutine already: 0 or negative, a libuv
 * code. */
static int
resume_queue(struct lwait *w, int n)
{
    int rc = poe_resume(w->ev.to, lpoe_token(KIND_RESUME, w->index));

    if (rc < 0)
        return rc;
    w->due = 1;
    w->brings = n;
    return 0;
}

/* Lets one that is suspended go on, when its turn comes, with the `n` values on top of `from`, which are taken off.
 * Negative when there is no memory: it goes on with none of them then, or waits for ever. */
static int
resume_now(struct lwait *w, lua_State *from, int n)
{
    if (!lua_checkstack(w->co, n + LUA_MINSTACK)) {
        lua_pop(from, n);
        resume_queue(w, 0);
        return UV_ENOMEM;
    }
    lua_xmove(from, w->co, n);
    int rc = resume_queue(w, n);
    if (rc < 0)
        lua_pop(w->co, n);
    return rc;
}

/* The same, with what the function on aux makes of its `n` arguments; with nothing when that needs memory. */
static void
resume_made(struct lwait *w, int n)
{
    lua_State *A = w->p->aux;
    int top = lua_gettop(A) - n - 1;

    if (lua_pcall(A, n, LUA_MULTRET, 0) != LUA_OK)
        lua_settop(A, top);
    resume_now(w, A, lua_gettop(A) - top);
}

/* What lets it go on will not come to that. */
void
lpoe_resume_dropped(struct lpoe *p, uint32_t index)
{
    struct lwait *w = p->waits[index - 1];

    w->due = 0;
    if (w->over)
        wait_spare(w);
    else if (w->co)
        lua_pop(w->co, w->brings);
}

void
lpoe_answer_to(struct lpoe *p, lua_Integer ticket, lua_State *co, int n)
{
    struct lwait *w = lpoe_waiting(p, ticket);

    if (w)
        resume_now(w, co, n);
    else
        lua_pop(co, n);
}

/* The same, whose ticket is in the mailbox. */
void
lpoe_answer(struct lpoe *p, poe_payload payload, lua_State *co, int n)
{
    lpoe_answer_to(p, lpoe_mail_asker(p, payload, 0), co, n);
}

/* It has raised; the message is on top of aux and stays there. */
void
lpoe_answer_die(struct lpoe *p, poe_payload payload)
{
    struct lwait *w = lpoe_waiting(p, lpoe_mail_asker(p, payload, 1));
    lua_State *A = p->aux;
    int message = lua_gettop(A);

    if (!w || !lua_checkstack(A, LUA_MINSTACK))
        return;
    lua_pushnil(A);
    if (lua_isnil(A, message))
        lua_pushliteral(A, "not enough memory");
    else
        lua_pushvalue(A, message);
    lpoe_anchor_get(A, p, ANCHOR_DIE);
    resume_now(w, A, 3);
}

/* Whether it makes room for another event -> nil, message, code */
static int
l_canceled(lua_State *A)
{
    int makes_room = lua_toboolean(A, 1);

    lua_pushnil(A);
    if (makes_room)
        lua_pushliteral(A, "ECANCELED: the event was dropped to make room for another");
    else
        lua_pushliteral(A, "ECANCELED: the session stopped before it answered");
    lua_pushliteral(A, "ECANCELED");
    return 3;
}

/* It will never be handled, or not to its end. */
void
lpoe_ask_dropped(struct lpoe *p, poe_payload payload)
{
    struct lwait *w = lpoe_waiting(p, lpoe_mail_asker(p, payload, 1));
    lua_State *A = p->aux;

    if (!w || !lua_checkstack(A, LUA_MINSTACK))
        return;
    lua_pushcfunction(A, l_canceled);
    lua_pushboolean(A, p->makes_room);
    resume_made(w, 1);
}

/* session ID, libuv code -> nil, message, code: what it was to post could not be */
static int
l_unposted(lua_State *A)
{
    int rc = (int)lua_tointeger(A, 2);
    lua_Integer id = lua_tointeger(A, 1);

    lua_pushnil(A);
    lua_pushfstring(A, rc == UV_ESRCH ? "%s: session %I has stopped" : "%s: session %I", uv_err_name(rc), id);
    lua_pushstring(A, uv_err_name(rc));
    return 3;
}

/* Who waits for room goes on: with true when `rc` is 0. */
static void
line_answer(struct lwait *w, uint64_t id, int rc)
{
    lua_State *A = w->p->aux;

    if (!w->co || !lua_checkstack(A, LUA_MINSTACK))
        return;
    if (rc == 0) {
        lua_pushboolean(A, 1);
        resume_now(w, A, 1);
        return;
    }
    lua_pushcfunction(A, l_unposted);
    lua_pushinteger(A, (lua_Integer)id);
    lua_pushinteger(A, rc);
    resume_made(w, 2);
}

/* An event has left the queue of `s`: whoever waits longest to post to it may, as long as there is room. */
void
lpoe_line_serve(struct lpoe *p, poe_session *s)
{
    struct lsession *ls = lpoe_lsession(s);
    struct lwait *w;

    while ((w = lpoe_wait_at(p, ls->line)) && !poe_session_full(s)) {
        int asks = w->asks;
        poe_payload payload = line_leave(ls, w);
        int rc = poe_post_for(w->ev.to, s, asks ? POE_EVENT_ASK : POE_EVENT_POST, w->mail.name,
                              w->mail.state, payload);
        if (rc < 0) {
            lpoe_mail_asker(p, payload, 1);
            lpoe_mail_drop(p, payload);
        }
        if (rc < 0 || !asks)
            line_answer(w, lpoe_id(ls), rc);
    }
}

/* The session has stopped: those who wait for room hear of it. */
void
lpoe_line_close(struct lpoe *p, poe_session *s)
{
    struct lsession *ls = lpoe_lsession(s);

    for (struct lwait *w; (w = lpoe_wait_at(p, ls->line));) {
        line_drop(ls, w);
        line_answer(w, lpoe_id(ls), UV_ESRCH);
    }
}

/* with_timeout's function has ended: its caller goes on with true and the results on `co`, or false and the
 * error on top of it. */
static void
child_over(struct lwait *w, lua_State *co, int ok, int n)
{
    struct lwait *parent = w->parent;

    if (!parent->co || parent->due || !lua_checkstack(co, 1))
        return;
    lua_pushboolean(co, ok);
    lua_insert(co, -n - 1);
    if (resume_now(parent, co, n + 1) == 0)
        wait_cancel(parent); /* it has been done in time, even if time is up before its turn */
}

/* It goes on, in `frame`, of the present dispatch. */
static void
go_begin(struct lwait *w, struct poe_frame *frame)
{
    struct lpoe *p = w->p;

    frame->event = &w->ev;
    p->base = frame;
    p->wait = w;
    if (w->calls) {
        w->lowest->up = frame;
        poe_kernel_reframe(p->kernel, w->calls);
        w->calls = NULL;
    }
    if (w->alarm || w->event || w->target)
        wait_cancel(w);
    w->co = NULL;
    w->turn++;
}

/* It has ended on `co`. */
static __attribute__((noinline)) int
go_end(struct lwait *w, lua_State *co, int status, poe_payload *out)
{
    struct lpoe *p = w->p;
    int n = lua_gettop(co) - w->below, rc = 0;

    if (w->loose && status == LUA_OK)
        lpoe_coroutine_done(p, co);
    else if (w->loose)
        lpoe_coroutine_reset(p, co);
    else if (w->chunk && !w->parent)
        w->done = 1; /* poelib_call fetches the results */
    else if (status == LUA_OK) {
        if (w->parent)
            child_over(w, co, 1, n);
        else if (w->ev.type == POE_EVENT_ASK)
            lpoe_answer(p, w->ev.payload, co, n);
        lpoe_coroutine_done(p, co);
    } else if (w->parent) {
        lpoe_trace_keep(p, co, w, w->parent);
        child_over(w, co, 0, 1);
        lpoe_coroutine_reset(p, co);
    } else
        rc = lpoe_raised(p, co, &w->ev, out);
    p->wait = w;
    lpoe_wait_over(p);
    return rc;
}

/* It has ended on `co`, or been suspended again: what host_dispatch returns. */
int
lpoe_gone(struct lwait *w, lua_State *co, struct poe_frame *frame, int status, poe_payload *out)
{
    struct lpoe *p = w->p;
    int rc = POE_SUSPENDED;

    if (status == LUA_YIELD)
        lpoe_suspended(p, co, NULL, w->below);
    else
        rc = go_end(w, co, status, out);
    if (poe_kernel_frame(p->kernel) != frame)
        poe_kernel_reframe(p->kernel, frame);
    return rc;
}

/* Lets it go on, with the `nargs` values that are on its coroutine, in the frame of the present dispatch. */
static int
go_on(struct lwait *w, int nargs, poe_payload *out)
{
    struct lpoe *p = w->p;
    struct poe_frame *frame = poe_kernel_frame(p->kernel), *base = p->base;
    const poe_event *event = frame->event;
    struct lwait *outer = p->wait;
    lua_State *co = w->co;
    int n;

    go_begin(w, frame);
    int rc = lpoe_gone(w, co, frame, lpoe_resume(p, co, nargs, &n), out);
    frame->event = event;
    p->base = base;
    p->wait = outer;
    return rc;
}

/* Whom an event of type RESUME or WAKE lets go on, with how many values, which are on its coroutine; NULL: it comes
 * too late.  Its payload is done with. */
static struct lwait *
waited(struct lpoe *p, const poe_event *event, int *nargs)
{
    struct lwait *w = p->waits[(uint32_t)event->payload - 1];

    *nargs = 0;
    if (event->type == POE_EVENT_WAKE) {
        w->alarm = 0;
        return w->co && !w->due ? w : NULL;
    }
    w->due = 0;
    if (w->over) {
        wait_spare(w);
        return NULL;
    }
    *nargs = w->brings;
    return w;
}

struct lwait *
lpoe_going(struct lpoe *p, struct poe_frame *frame, const poe_event *event, lua_State **co, int *nargs)
{
    struct lwait *w = waited(p, event, nargs);

    if (w) {
        *co = w->co;
        go_begin(w, frame);
    }
    return w;
}

int
lpoe_host_resume(struct lpoe *p, const poe_event *event, poe_payload *out)
{
    int n, rc = 0;
    struct lwait *w = waited(p, event, &n);

    if (w)
        rc = go_on(w, n, out);
    return rc;
}

/* lpoe *, event *: what a signal brings. */
static int
l_special(lua_State *A)
{
    struct lpoe *p = lua_touserdata(A, 1);
    const poe_event *ev = lua_touserdata(A, 2);

    lua_settop(A, 0);
    return lpoe_push_special(A, p, ev);
}

/* An event for a session in which handlers wait for some: whether the longest waiting one has taken it. */
int
lpoe_wait_take(struct lpoe *p, const poe_event *ev, poe_payload *out, int *rc)
{
    struct lwait *first = lpoe_wait_at(p, lpoe_lsession(ev->to)->waits), *w = first;
    lua_State *A = p->aux;
    int n, top = lua_gettop(A);

    if (!w || (ev->type != POE_EVENT_POST && ev->type != POE_EVENT_ALARM && ev->type != POE_EVENT_SIGNAL))
        return 0;
    while (w->hears && (!w->co || w->due || strcmp(w->event_name, ev->name) != 0)) {
        w = w->next;
        if (w == first)
            return 0;
    }
    if (!w->hears)
        return 0;
    if (ev->type == POE_EVENT_SIGNAL) {
        lua_pushcfunction(A, l_special);
        lua_pushlightuserdata(A, p);
        lua_pushlightuserdata(A, (void *)ev);
        if (lua_pcall(A, 2, LUA_MULTRET, 0) != LUA_OK) {
            lua_settop(A, top);
            return 0;
        }
        n = lua_gettop(A) - top;
        if (!lua_checkstack(w->co, n + LUA_MINSTACK)) {
            lua_settop(A, top);
            return 0;
        }
        lua_xmove(A, w->co, n);
    } else {
        if (!lua_checkstack(w->co, lpoe_mail_count(ev->payload) + LUA_MINSTACK))
            return 0;
        n = lpoe_mail_args(p, ev->payload, w->co);
    }
    *rc = go_on(w, n, out);
    if (ev->type != POE_EVENT_SIGNAL)
        lpoe_mail_drop(p, ev->payload);
    return 1;
}

/* -- what scripts call --------------------------------------------------------------------- */

/* Sets the wake of `w`. */
static void
wake_set(lua_State *L, struct lwait *w, double seconds)
{
    int rc = poe_wake(w->ev.to, seconds, lpoe_token(KIND_WAKE, w->index), &w->alarm);

    if (rc < 0) {
        w->alarm = 0;
        luaL_error(L, "%s: %s", uv_err_name(rc), uv_strerror(rc));
    }
}

/* poe.sleep(seconds): at least a slice passes */
static int
l_sleep(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    double seconds = lpoe_check_seconds(L, 1, "seconds");
    struct lwait *w = prepare(L, p);

    if (seconds > 0)
        wake_set(L, w, seconds);
    else {
        int rc = resume_queue(w, 0);
        if (rc < 0)
            return luaL_error(L, "sleep: %s: %s", uv_err_name(rc), uv_strerror(rc));
    }
    return suspend(L, w, gone_on);
}

/* Whether the session is one to wait for: it has room for nobody, or others have waited before. */
static int
line_needed(const struct lpoe *p, const poe_session *to)
{
    return poe_session_overflow(to) == POE_OVERFLOW_WAIT && to != poe_kernel_active(p->kernel)
           && (lpoe_lsession(to)->line || poe_session_full(to));
}

/* Not in a handler that was called: its caller cannot wait for the results. */
int
lpoe_room_awaited(lua_State *L, const struct lpoe *p, const poe_session *to)
{
    const poe_event *ev = p->base ? p->base->event : NULL;

    return line_needed(p, to) && ev && L == p->current && ev->type != POE_EVENT_STOP
           && ev->type != POE_EVENT_CALL && !poe_session_stopping(ev->to) && lua_isyieldable(L);
}

int
lpoe_room_wait(lua_State *L, struct lpoe *p, poe_session *to, int event)
{
    struct lwait *w = prepare(L, p);
    struct mail mail;

    lpoe_mail_keep(p, L, event, &mail);
    line_join(w, to, &mail, 0);
    return suspend(L, w, gone_on);
}

static int
push_ask_error(lua_State *L, int rc, const poe_session *to, const char *name)
{
    return lpoe_push_error(L, rc, rc == UV_ECANCELED ? "ask '%s' of session %I was dropped"
                                                     : "ask '%s' of session %I", name,
                           (LUAI_UACINT)poe_session_id(to));
}

/* What was to be asked is in the mailbox still. */
static __attribute__((noinline)) int
ask_failed(lua_State *L, struct lpoe *p, int rc, const poe_session *to, poe_payload payload)
{
    lpoe_mail_asker(p, payload, 1);
    lpoe_mail_name(p, payload, L);
    lpoe_mail_drop(p, payload);
    return push_ask_error(L, rc, to, lua_tostring(L, -1));
}

/* poe.ask of whomever and whatever. */
static __attribute__((noinline)) int
ask_other(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *to = lpoe_check_session(L, p, 1);
    const char *name = lpoe_check_event(L, 2);
    struct mail mail;

    if (!to)
        return lpoe_push_esrch(L, 1);
    if (poe_session_id(to) == 1)
        return lpoe_push_error(L, UV_ENOSYS, "the kernel has no handler for '%s'", name);
    if (lua_gettop(L) > 10) /* else the twenty every C function has will do */
        luaL_checkstack(L, LUA_MINSTACK, "too many arguments");
    struct lwait *w = prepare(L, p);
    int line = line_needed(p, to), rc = line ? 0 : poe_session_admit(to, POE_EVENT_ASK);
    if (rc < 0)
        return push_ask_error(L, rc, to, name);
    lpoe_mail_ask(p, L, 2, w, line, &mail);
    if (line) {
        line_join(w, to, &mail, 1);
        return suspend(L, w, gone_on);
    }
    p->makes_room = 1;
    rc = poe_ask(to, mail.name, mail.state, mail.payload);
    p->makes_room = 0;
    return rc < 0 ? ask_failed(L, p, rc, to, mail.payload) : suspend_for(L, w, mail.payload, gone_on);
}

/* poe.ask(session, event, ...) -> the handler's results | nil, message, code */
static int
l_ask(lua_State *L)
{
    const struct lsession *ls = lpoe_to_lsession(L, 1);
    poe_session *to = ls ? lpoe_alive(ls) : NULL;
    struct mail mail;

    if (!to || !poe_session_plain(to))
        return ask_other(L);
    struct lpoe *p = poe_kernel_host(poe_session_kernel(to));
    struct lwait *w = prepare(L, p);
    if (!mail_put(p, L, 2, w, &mail))
        return ask_other(L);
    int rc = poe_ask(to, mail.name, mail.state, mail.payload);
    return rc < 0 ? ask_failed(L, p, rc, to, mail.payload) : suspend_for(L, w, mail.payload, gone_on);
}

void
lpoe_push_ask(lua_State *L, struct lpoe *p)
{
    lua_pushlightuserdata(L, p);
    lua_pushcclosure(L, l_ask, 1);
}

/* poe.wait(event) -> the arguments of the next one of that name that is queued to SESSION */
static int
l_wait(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const char *name = lpoe_check_name(L, 1, "event");

    if (poe_session_id(poe_kernel_active(p->kernel)) == 1)
        return luaL_error(L, "cannot wait for '%s': KERNEL gets no events", name);
    struct lwait *w = prepare(L, p);
    w->event_name = name;
    w->event = 1;
    return suspend(L, w, gone_on);
}

/* The chunk's KERNEL:run() or slice has ended: negative, an error; 0: without a session left.  It goes on
 * before anything else happens. */
void
lpoe_run_over(struct lpoe *p, struct lwait *w, int rc)
{
    lua_State *A = p->aux;
    struct poe_frame frame;
    poe_payload out;
    int n = 1;

    lua_pushinteger(A, rc);
    if (rc < 0) {
        lpoe_anchor_get(A, p, ANCHOR_RAISED);
        lua_pcall(A, 0, 1, 0);
        n++;
    }
    lua_xmove(A, w->co, n);
    lpoe_names_forget(p);
    poe_kernel_enter(p->kernel, &frame, &w->ev);
    go_on(w, n, &out);
    poe_kernel_leave(p->kernel, &frame);
}

static int
run_over(lua_State *L, int status, lua_KContext top)
{
    (void)status;
    lua_Integer rc = lua_tointeger(L, (int)top + 1);
    if (rc < 0)
        return lua_error(L);
    if (rc == 0)
        lua_pushnil(L);
    else
        lua_pushboolean(L, 1);
    return 1;
}

/* KERNEL:run() or run_one_timeslice() in a chunk that has waited before and so runs inside the kernel: it
 * waits again. */
int
lpoe_run_wait(lua_State *L, struct lpoe *p, int what)
{
    struct lwait *w = prepare(L, p);

    w->done = what;
    return suspend(L, w, run_over);
}

lua_Integer
lpoe_wait_ticket(lua_State *L, struct lpoe *p)
{
    return lpoe_ticket(prepare(L, p));
}

int
lpoe_wait_suspend(lua_State *L, struct lpoe *p)
{
    return suspend(L, prepare(L, p), gone_on);
}

/* core.suspend() -> what core.resume is given.  core.token() before it -> the ticket to give core.resume. */
static int
l_token(lua_State *L)
{
    lua_pushinteger(L, lpoe_wait_ticket(L, lpoe_context(L)));
    return 1;
}

static int
l_suspend(lua_State *L)
{
    return lpoe_wait_suspend(L, lpoe_context(L));
}

int
lpoe_wait_resume(lua_State *L, struct lpoe *p, lua_Integer ticket, int n)
{
    struct lwait *w = lpoe_waiting(p, ticket);

    if (w && resume_now(w, L, n) < 0)
        luaL_error(L, "not enough memory");
    return w != NULL;
}

/* core.resume(ticket, ...) -> whether it was waiting: its turn comes as an event's does */
static int
l_resume(lua_State *L)
{
    lua_Integer ticket = luaL_checkinteger(L, 1);

    lua_pushboolean(L, lpoe_wait_resume(L, lpoe_context(L), ticket, lua_gettop(L) - 1));
    return 1;
}

/* How with_timeout ends: true and results, false and the error, or nothing or nil: it has taken
 * too long. */
static int
timed(lua_State *L, int status, lua_KContext top)
{
    struct lpoe *p = lpoe_context(L);
    struct lwait *w = p->wait;
    int first = (int)top + 1;

    (void)status;
    if (lua_isnoneornil(L, first)) {
        if (w->child) {
            lua_pushboolean(p->aux, 0);
            wait_close(w->child, lua_gettop(p->aux));
            lua_xmove(p->aux, L, 1);
            if (lua_toboolean(L, -1))
                return lua_error(L);
        }
        return lpoe_push_error(L, UV_ETIMEDOUT, "not done in %f seconds", lua_tonumber(L, 1));
    }
    if (!lua_toboolean(L, first)) {
        lua_settop(L, first + 1);
        return lua_error(L);
    }
    return lua_gettop(L) - first;
}

/* poe.with_timeout(seconds, fn, ...) -> fn(...) | nil, message, "ETIMEDOUT" */
static int
l_with_timeout(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    double seconds = lpoe_check_seconds(L, 1, "seconds");
    struct poe_frame *frame = poe_kernel_frame(p->kernel), *base = p->base;
    int nargs = lua_gettop(L) - 2, n;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    struct lwait *w = prepare(L, p);
    lua_State *co = lpoe_coroutine(p);
    if (!co || !lua_checkstack(co, nargs + LUA_MINSTACK))
        return luaL_error(L, "not enough memory");
    lua_xmove(L, co, nargs + 1);
    p->wait = NULL;
    p->base = frame;
    int status = lpoe_resume(p, co, nargs, &n);
    struct lwait *child = p->wait;
    if (status != LUA_OK && status != LUA_YIELD)
        lpoe_trace_keep(p, co, child, w);
    if (status != LUA_YIELD)
        lpoe_wait_over(p);
    p->wait = w;
    p->base = base;
    if (status == LUA_OK) {
        n = lua_gettop(co) - LPOE_BASE;
        luaL_checkstack(L, n, "too many results");
        lua_xmove(co, L, n);
        lpoe_coroutine_done(p, co);
        return n;
    }
    if (status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        lpoe_coroutine_reset(p, co);
        return lua_error(L);
    }
    child->parent = w;
    w->child = child;
    lpoe_suspended(p, co, NULL, LPOE_BASE);
    poe_kernel_reframe(p->kernel, frame);
    wake_set(L, w, seconds > 0 ? seconds : 0);
    lua_settop(L, 1);
    return suspend(L, w, timed);
}

/* `core` on top. */
void
lpoe_open_wait(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "sleep", l_sleep }, { "ask", l_ask }, { "wait", l_wait }, { "token", l_token },
        { "suspend", l_suspend }, { "resume", l_resume }, { "with_timeout", l_with_timeout },
        { NULL, NULL },
    };

    lpoe_setfuncs(L, p, core);
}
