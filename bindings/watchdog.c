/*
 * watchdog.c - reports a handler that does not come back, and ends it when asked to
 *
 * A thread looks a few times per limit at `beats`, which counts the handlers and chunks that the loop has
 * entered, and reads the clock: nobody on an event's way does.  It is started for the first session, or the first
 * handler of the kernel's own: a script that has none does without it.  When the count stands still and something runs
 * it touches nothing of Lua's but queues a signal to the kernel's thread, with the context for a value.
 * The signal's handler sets a hook, as lua.c's does: from another thread lua_sethook would walk a list
 * of calls that is being changed.  The hook tells, or ends the handler; where it does not
 * fire, in C and in a __gc, the next signal tells.
 *
 * Ending: the hook yields where it can, past every pcall and message handler there is, and whoever
 * resumed the coroutine closes it; elsewhere it raises.  Either way it stays, on all coroutines of the handler,
 * until that is out.  What the handler has called is ended first, and it is let live; when it still runs
 * after another limit whatever returns to it hands the hook on.
 */
#include "watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "poelib.h"

#define NEVER UINT64_MAX
#define SECOND 1000000000u
#define WATCH_SIGNAL (SIGRTMAX - 1) /* the last is valgrind's */

struct lpoe_watch {
    struct lpoe *p;
    pthread_t main, thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int stop, repace;         /* under the lock */
    _Atomic uint64_t least;   /* the smallest limit of all, in ns: sets the pace */
    _Atomic uint64_t elapsed; /* how long the count has stood still, when the signal was queued */
    _Atomic uint64_t next;    /* how long until the next one */
    uint64_t warn, kill;      /* ns; NEVER: off */
    unsigned chunks : 1;      /* watches the chunks of poelib_call, too */
    unsigned started : 1;     /* there is a thread */

    /* The stall at hand; only the kernel's thread, between two instructions of whose the signal comes. */
    uint32_t beat;
    uint64_t warn_at, silent_at; /* when to tell next; when to tell that the hook has not fired */
    uint64_t spared;          /* when it was last let live as something it had called was ended, in ns; 0: never */
    volatile sig_atomic_t pending; /* and lpoe.killing */
    lua_State *hooked;        /* the hook that was there, put back when ours has fired: */
    lua_Hook hook;
    int mask, count;
};

static inline uint32_t
beats(struct lpoe *p)
{
    return atomic_load_explicit(&p->beats, memory_order_relaxed);
}

static inline lua_State *
current(struct lpoe *p)
{
    return atomic_load_explicit(&p->current, memory_order_relaxed);
}

/* Whether Lua runs, rather than the loop that waits, outside any handler or in a chunk's KERNEL:run(). */
static int
busy(struct lpoe *p)
{
    return current(p) != atomic_load_explicit(&p->looping, memory_order_relaxed);
}

/* The coroutine that has the instruction pointer. */
static lua_State *
innermost(struct lpoe *p)
{
    const struct lpoe_running *r = p->running;

    return r && r->current == current(p) ? r->co : current(p);
}

/* -- coroutines that are no handler's own --------------------------------------------------------- */

static void
running_push(struct lpoe *p, struct lpoe_running *r, lua_State *co, lua_State *from)
{
    *r = (struct lpoe_running){ .up = p->running, .co = co, .from = from, .current = current(p) };
    p->running = r;
}

/* Closes a coroutine that the script holds, in the handler that runs. */
static int
reset(struct lpoe *p, lua_State *co, lua_State *from)
{
    struct lpoe_running r;

    running_push(p, &r, co, from);
    int status = lua_resetthread(co);
    p->running = r.up;
    return status;
}

/* Whether the handler `co` is of is to end. */
static int
killing(struct lpoe *p, lua_State *co)
{
    struct lpoe_watch *w = p->watch;

    return p->killing && w->beat == beats(p) && lua_gethook(co) == lpoe_watch_hook;
}

/* Pushes the error. */
static void
push_stalled(lua_State *L, const struct lpoe_watch *w)
{
    const struct poe_frame *f = poe_kernel_frame(w->p->kernel);
    lua_Number limit = (lua_Number)w->kill / SECOND;
    char seconds[32];

    snprintf(seconds, sizeof seconds, "%.14g", limit);
    if (f->event)
        lua_pushfstring(L, "stalled: the handler of '%s' ran for longer than %s s", f->event->name, seconds);
    else
        lua_pushfstring(L, "stalled: the chunk ran for longer than %s s", seconds);
}

/* Whether the coroutine has yielded because its handler is to end: closes it and pushes the error on `to`. */
static int
killed(struct lpoe *p, lua_State *co, lua_State *to)
{
    if (!killing(p, co))
        return 0;
    if (reset(p, co, to) != LUA_OK)
        lua_settop(co, 0);
    lua_sethook(co, NULL, 0, 0);
    return 1;
}

/* Resumes with the `nargs` values on top of L.  Returns how many came back, or -1: the error. */
static int
resume(lua_State *L, struct lpoe *p, lua_State *co, int nargs)
{
    struct lpoe_running r;
    int n;

    if (!lua_checkstack(co, nargs)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, nargs);
    running_push(p, &r, co, L);
    int status = lua_resume(co, L, nargs, &n);
    p->running = r.up;
    if (status == LUA_YIELD && killed(p, co, L)) {
        push_stalled(L, p->watch);
        return -1;
    }
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, n + 1)) {
        lua_pop(co, n);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, n);
    return n;
}

static lua_State *
check_coroutine(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);

    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

/* coroutine.resume */
static int
l_coroutine_resume(lua_State *L)
{
    lua_State *co = check_coroutine(L);
    int n = resume(L, lpoe_context(L), co, lua_gettop(L) - 1);

    lua_pushboolean(L, n >= 0);
    lua_insert(L, n < 0 ? -2 : -(n + 1));
    return n < 0 ? 2 : n + 1;
}

/* What coroutine.wrap returns. */
static int
l_wrapped(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    lua_State *co = lua_tothread(L, lua_upvalueindex(2));
    int n = resume(L, p, co, lua_gettop(L));

    if (n >= 0)
        return n;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        status = reset(p, co, L);
        lua_xmove(co, L, 1);
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

/* coroutine.wrap */
static int
l_coroutine_wrap(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, l_wrapped, 2);
    return 1;
}

/* coroutine.close */
static int
l_coroutine_close(lua_State *L)
{
    lua_State *co = check_coroutine(L);
    lua_Debug ar;

    if (L == co)
        return luaL_error(L, "cannot close a running coroutine");
    if (lua_status(co) == LUA_OK && lua_getstack(co, 0, &ar))
        return luaL_error(L, "cannot close a normal coroutine");
    if (reset(lpoe_context(L), co, L) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

/* `core` on top. */
void
lpoe_open_watchdog(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "coroutine_resume", l_coroutine_resume }, { "coroutine_wrap", l_coroutine_wrap },
        { "coroutine_close", l_coroutine_close }, { NULL, NULL },
    };

    lpoe_setfuncs(L, p, core);
}

/* -- the hook ------------------------------------------------------------------------------------ */

/* Pushes the words for it. */
static void
push_frame(lua_State *L, const struct poe_frame *f)
{
    const char *alias = poe_alias_next(f->session, NULL);

    lua_pushfstring(L, "session %I%s%s%s: ", (LUAI_UACINT)poe_session_id(f->session),
                    alias ? " (" : "", alias ? alias : "", alias ? ")" : "");
    if (f->event)
        lua_pushfstring(L, "handler of '%s'", f->event->name);
    else
        lua_pushliteral(L, "a chunk");
    lua_concat(L, 2);
}

/* lpoe_watch *: tells what runs, for how long, and where: the host that hears of lines, else who looks at
 * standard error. */
static int
l_warn(lua_State *L)
{
    struct lpoe_watch *w = lua_touserdata(L, 1);
    const struct poe_frame *inner = poe_kernel_frame(w->p->kernel), *stage = w->p->stage;

    luaL_traceback(L, L, NULL, 1);
    for (const struct lpoe_running *r = w->p->running; r && r->current == current(w->p); r = r->up) {
        lua_pushliteral(L, "\nresumed by\n");
        luaL_traceback(L, r->from, NULL, 0);
        lua_concat(L, 3);
    }
    char elapsed[32];
    snprintf(elapsed, sizeof elapsed, "%.1f", (double)atomic_load(&w->elapsed) / SECOND);
    push_frame(L, stage);
    if (inner != stage) {
        push_frame(L, inner);
        lua_pushfstring(L, "poe: %s has been running for %s s\nnow in %s\n%s", lua_tostring(L, -2), elapsed,
                        lua_tostring(L, -1), lua_tostring(L, -3));
    } else
        lua_pushfstring(L, "poe: %s has been running for %s s\n%s", lua_tostring(L, -1), elapsed,
                        lua_tostring(L, -2));
    if (w->p->log)
        lpoe_log(w->p, POELIB_WARNING, lua_tostring(L, -1));
    else {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        fflush(stderr);
    }
    return 0;
}

static void
hook_kill(lua_State *co)
{
    if (lua_gethook(co) != lpoe_watch_hook || lua_gethookcount(co) != 1)
        lua_sethook(co, lpoe_watch_hook, LUA_MASKCOUNT, 1);
}

/* On every coroutine that the handler is running. */
static void
hooks_kill(struct lpoe_watch *w)
{
    const struct lpoe_running *r = w->p->running;

    for (; r && r->current == current(w->p); r = r->up)
        hook_kill(r->co);
    if (current(w->p))
        hook_kill(current(w->p));
}

void
lpoe_watch_hook(lua_State *L, lua_Debug *ar)
{
    struct lpoe *p = lpoe_find(L);
    struct lpoe_watch *w = p ? p->watch : NULL;

    (void)ar;
    if (!w || w->beat != beats(p)) { /* from a stall long over */
        if (w && L == w->hooked) {
            w->hooked = NULL;
            lua_sethook(L, w->hook, w->mask, w->count);
        } else
            lua_sethook(L, NULL, 0, 0);
        return;
    }
    w->pending = 0;
    if (w->p->killing) {
        w->hooked = NULL;
        hooks_kill(w);
        if (lua_isyieldable(L) && L != p->closing && (L != p->chunk || L != current(p))) {
            lua_yield(L, 0);
            return;
        }
        push_stalled(L, w);
        lua_error(L);
    }
    if (L == w->hooked) {
        w->hooked = NULL;
        lua_sethook(L, w->hook, w->mask, w->count);
    } else
        lua_sethook(L, NULL, 0, 0);
    lua_pushcfunction(L, l_warn);
    lua_pushlightuserdata(L, w);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK)
        lua_pop(L, 1);
}

/* The handler's own coroutine has yielded to nobody: whether to end it.  Pushes the error on it. */
int
lpoe_watch_killed(struct lpoe *p, lua_State *co)
{
    if (!killing(p, co) || !lua_checkstack(co, LUA_MINSTACK))
        return 0;
    push_stalled(co, p->watch);
    return 1;
}

/* A handler that another has called, or its <close> variables, is over: when that was the watchdog's doing
 * the other lives on, but not for longer than another limit. */
void
lpoe_watch_left(struct lpoe *p, lua_State *co, lua_State *outer)
{
    struct lpoe_watch *w = p->watch;

    if (w->beat != beats(p) || outer == atomic_load(&p->looping))
        return;
    if (w->spared)
        hook_kill(outer);
    else if (lua_gethook(co) == lpoe_watch_hook) {
        p->killing = w->pending = 0;
        w->spared = atomic_load(&w->elapsed);
    }
}

/* -- the signal ---------------------------------------------------------------------------------- */

static size_t
append(char *line, size_t at, size_t room, const char *text)
{
    while (*text && at < room)
        line[at++] = *text++;
    return at;
}

static size_t
append_number(char *line, size_t at, size_t room, uint64_t n)
{
    char digits[21], *d = digits + sizeof digits - 1;

    *d = '\0';
    do
        *--d = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return append(line, at, room, d);
}

/* From the signal's handler: no memory, no stdio. */
static void
tell_silent(struct lpoe *p, uint64_t elapsed)
{
    const struct poe_frame *f = p->stage;
    char line[256];
    size_t room = sizeof line - 1, at = append(line, 0, room, "poe: session ");

    at = append_number(line, at, room, poe_session_id(f->session));
    if (f->event) {
        at = append(line, at, room, ": the handler of '");
        at = append(line, at, room - 60, f->event->name);
        at = append(line, at, room, "' has been in a C function, or a __gc, for ");
    } else
        at = append(line, at, room, ": a chunk has been in a C function, or a __gc, for ");
    at = append_number(line, at, room, elapsed / SECOND);
    at = append(line, at, room, ".");
    at = append_number(line, at, room, elapsed % SECOND / (SECOND / 10));
    at = append(line, at, room, " s");
    line[at++] = '\n';
    if (write(STDERR_FILENO, line, at) < 0)
        return;
}

static uint64_t
own_limit(struct lpoe *p, struct lsession *ls)
{
    uint32_t ms = *lpoe_stall(p, ls);

    return ms == UINT32_MAX ? NEVER : ms * (uint64_t)(SECOND / 1000);
}

/* The limit of what runs, ns. */
static uint64_t
limit_of(const struct lpoe_watch *w)
{
    const struct poe_frame *f = w->p->stage;
    struct lsession *ls = lpoe_lsession(f->session);

    if (ls && ls->stall)
        return own_limit(w->p, ls);
    return f->event || w->chunks ? w->warn : NEVER;
}

static uint64_t
later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t
sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void
hook_set(struct lpoe_watch *w, lua_State *co)
{
    if (lua_gethook(co) != lpoe_watch_hook) {
        w->hooked = co;
        w->hook = lua_gethook(co);
        w->mask = lua_gethookmask(co);
        w->count = lua_gethookcount(co);
    }
    w->pending = 1;
    lua_sethook(co, lpoe_watch_hook, LUA_MASKCOUNT, 1);
}

/* When the session's handlers are ended: not before it would be told of them, when it has a limit of its own. */
static uint64_t
kill_time(const struct lpoe_watch *w)
{
    const struct poe_frame *f = w->p->stage;
    struct lsession *ls = lpoe_lsession(f->session);

    if (ls && ls->stall)
        return later(w->kill, own_limit(w->p, ls));
    return f->event || w->chunks ? w->kill : NEVER;
}

static void
caught(int number, siginfo_t *info, void *context)
{
    struct lpoe *p = info->si_value.sival_ptr;
    int error = errno;

    (void)number;
    (void)context;
    if (info->si_code != SI_QUEUE || info->si_pid != getpid() || !p->watch || !busy(p)
        || !p->slots) /* limits are being moved: the thread will ask again */
        return;
    struct lpoe_watch *w = p->watch;
    uint64_t warn = limit_of(w), kill = kill_time(w), elapsed = atomic_load(&w->elapsed);
    lua_State *co = innermost(p);
    if (w->beat != beats(p)) {
        w->beat = beats(p);
        w->warn_at = warn;
        w->silent_at = NEVER;
        w->pending = w->p->killing = 0;
        w->spared = 0;
    }
    if (w->pending && elapsed >= w->silent_at) {
        if (!p->log) /* a host is no place for a signal handler */
            tell_silent(p, elapsed);
        w->silent_at = elapsed * 10;
    }
    kill = kill == NEVER ? NEVER : kill + w->spared;
    if (elapsed >= kill && !w->p->killing) {
        w->p->killing = 1;
        if (!w->pending)
            w->silent_at = elapsed + sooner(warn, kill) / 2;
        hook_set(w, co);
    } else if (elapsed >= w->warn_at) {
        w->warn_at = elapsed * 10;
        if (!w->pending) {
            w->silent_at = elapsed + warn / 2;
            hook_set(w, co);
        }
    } else if (w->pending || w->p->killing) /* it may run on another coroutine by now */
        hook_set(w, co);
    uint64_t next = sooner(w->warn_at, w->pending || w->p->killing ? elapsed + SECOND / 4 : NEVER);
    if (w->pending)
        next = sooner(next, w->silent_at);
    if (!w->p->killing)
        next = sooner(next, kill);
    atomic_store(&w->next, next);
    errno = error;
}

/* -- the thread ---------------------------------------------------------------------------------- */

static uint64_t
now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* Waits, unless it is to stop; returns whether it is. */
static int
pause_until(struct lpoe_watch *w, uint64_t due)
{
    struct timespec t = { .tv_sec = (time_t)(due / SECOND), .tv_nsec = (long)(due % SECOND) };

    pthread_mutex_lock(&w->lock);
    while (!w->stop && !w->repace && now_ns() < due)
        pthread_cond_timedwait(&w->wake, &w->lock, &t);
    int stop = w->stop;
    w->repace = 0;
    pthread_mutex_unlock(&w->lock);
    return stop;
}

static void *
watch(void *arg)
{
    struct lpoe_watch *w = arg;
    uint32_t seen = beats(w->p);
    uint64_t since = now_ns(), now = since;
    int was_busy = 0;

    for (;;) {
        uint64_t least = atomic_load(&w->least);
        uint64_t pace = sooner(least == NEVER ? SECOND : was_busy ? least / 4 : least, SECOND);
        if (pause_until(w, now + later(pace, SECOND / 500)))
            return NULL;
        now = now_ns();
        uint32_t n = beats(w->p);
        int is_busy = busy(w->p);
        if (n != seen || is_busy != was_busy) {
            seen = n;
            was_busy = is_busy;
            since = now;
            atomic_store(&w->next, 0);
        } else if (is_busy && now - since >= least && now - since >= atomic_load(&w->next)) {
            union sigval value = { .sival_ptr = w->p };
            atomic_store(&w->elapsed, now - since);
            pthread_sigqueue(w->main, WATCH_SIGNAL, value);
        }
    }
}

static void
pace_least(struct lpoe_watch *w, uint64_t limit)
{
    if (limit >= atomic_load(&w->least))
        return;
    atomic_store(&w->least, limit);
    pthread_mutex_lock(&w->lock);
    w->repace = 1;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

/* Starts the thread.  Returns 0 or a negative libuv code. */
static int
thread_start(struct lpoe_watch *w)
{
    struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_RESTART };
    sigset_t all, old;

    sigemptyset(&action.sa_mask);
    sigaction(WATCH_SIGNAL, &action, NULL);
    sigfillset(&all); /* signals stay with the kernel's thread */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(&w->thread, NULL, watch, w);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    w->started = rc == 0;
    return -rc;
}

/* There will be handlers from now on; without a thread nobody watches them. */
void
lpoe_watch_begin(struct lpoe *p)
{
    if (!p->kernel_object->unwatched)
        return;
    p->kernel_object->unwatched = 0;
    if (thread_start(p->watch) < 0)
        lpoe_watch_stop(p);
}

/* Option stall of a session: seconds; 0: none; < 0: the program's. */
void
lpoe_watch_limit(struct lpoe *p, struct lsession *ls, double seconds)
{
    if (seconds >= 0) {
        *lpoe_stall(p, ls) = seconds == 0 || seconds > 4e6 ? UINT32_MAX
                             : (uint32_t)(seconds * 1000) + (seconds < 0.001);
        atomic_signal_fence(memory_order_release); /* whose handler looks at the one when it finds the other */
    }
    ls->stall = seconds >= 0;
    lpoe_watch_begin(p);
    if (p->watch && ls->stall)
        pace_least(p->watch, own_limit(p, ls));
}

void
lpoe_watch_stop(struct lpoe *p)
{
    struct lpoe_watch *w = p->watch;

    if (!w)
        return;
    if (w->started) {
        pthread_mutex_lock(&w->lock);
        w->stop = 1;
        pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
    }
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    p->kernel_object->unwatched = 0;
    p->watch = NULL;
    p->killing = 0;
    free(w);
}

static uint64_t
limit_ns(double seconds)
{
    return seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * SECOND) : NEVER;
}

int
poelib_watchdog(poe_kernel *kernel, double warn, double kill, int chunks)
{
    struct lpoe *p = poe_kernel_host(kernel);
    pthread_condattr_t attr;

    lpoe_watch_stop(p);
    if (!(warn > 0) && !(kill > 0))
        return 0;
    struct lpoe_watch *w = calloc(1, sizeof *w);
    if (!w)
        return UV_ENOMEM;
    w->p = p;
    w->main = pthread_self();
    w->warn = limit_ns(warn);
    w->kill = limit_ns(kill);
    w->chunks = chunks != 0;
    w->beat = beats(p) - 1;
    atomic_init(&w->least, sooner(w->warn, w->kill));
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    p->watch = w;
    struct poe_stats stats;
    poe_kernel_stats(kernel, &stats);
    p->kernel_object->unwatched = !chunks && stats.sessions == 0;
    int rc = p->kernel_object->unwatched ? 0 : thread_start(w);
    if (rc < 0)
        lpoe_watch_stop(p);
    return rc;
}
