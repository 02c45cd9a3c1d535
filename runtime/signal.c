/*
 * signal.c - signals: who watches, how they travel, what they stop; children's exits
 *
 * A signal is an event in the queue, sent to one session.  When its turn comes it reaches that
 * session's tree, the deepest level first (R118), and the watchers among them run; then, if it
 * is of a kind that stops and nobody said handled, all it reached are stopped (R121).
 */
#include <uv.h>

#include "signal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "kernel.h"
#include "process.h"

/* -- names --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int number;
} real_signals[] = {
    { "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "ILL", SIGILL },
    { "TRAP", SIGTRAP }, { "ABRT", SIGABRT }, { "BUS", SIGBUS }, { "FPE", SIGFPE },
    { "USR1", SIGUSR1 }, { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE },
    { "ALRM", SIGALRM }, { "TERM", SIGTERM }, { "CONT", SIGCONT }, { "TSTP", SIGTSTP },
    { "TTIN", SIGTTIN }, { "TTOU", SIGTTOU }, { "URG", SIGURG }, { "XCPU", SIGXCPU },
    { "XFSZ", SIGXFSZ }, { "VTALRM", SIGVTALRM }, { "PROF", SIGPROF }, { "WINCH", SIGWINCH },
    { "IO", SIGIO }, { "SYS", SIGSYS },
#ifdef SIGPWR
    { "PWR", SIGPWR },
#endif
};

/* Those that can be sent but not watched like the others. */
static const struct {
    const char *name;
    int number;
} other_signals[] = { { "CHLD", SIGCHLD }, { "CLD", SIGCHLD }, { "KILL", SIGKILL }, { "STOP", SIGSTOP } };

static int
signal_number(const char *name)
{
    for (size_t i = 0; i < sizeof real_signals / sizeof real_signals[0]; i++)
        if (strcmp(real_signals[i].name, name) == 0)
            return real_signals[i].number;
    return 0;
}

int
poe_signal_number(const char *name)
{
    for (size_t i = 0; i < sizeof other_signals / sizeof other_signals[0]; i++)
        if (strcmp(other_signals[i].name, name) == 0)
            return other_signals[i].number;
    return signal_number(name);
}

static const char *
signal_name(int number)
{
    for (size_t i = 0; i < sizeof real_signals / sizeof real_signals[0]; i++)
        if (real_signals[i].number == number)
            return real_signals[i].name;
    return NULL;
}

enum signal_class { BENIGN, TERMINAL, NONMASKABLE };

/* R115 */
static enum signal_class
signal_class(const char *name)
{
    static const char *const terminal[] = { "QUIT", "INT", "KILL", "TERM", "HUP", "IDLE", "DIE" };

    for (size_t i = 0; i < sizeof terminal / sizeof terminal[0]; i++)
        if (strcmp(terminal[i], name) == 0)
            return TERMINAL;
    return strcmp(name, "ZOMBIE") == 0 || strcmp(name, "UIDESTROY") == 0 ? NONMASKABLE : BENIGN;
}

/* -- libuv's side -------------------------------------------------------------------------- */

/* Somebody may have ended before we watched (R147): the next slice begins with a look. */
static void
look_soon(poe_kernel *k)
{
    k->signals.look = 1;
    k->attends |= ATTEND_ERRANDS;
    poe__wake(k);
}

static void
os_closed(uv_handle_t *handle)
{
    poe_kernel *k = handle->data;

    poe__mem_free(&k->mem, handle, sizeof(uv_signal_t));
    poe__closed(k);
}

static void
os_fired(uv_signal_t *os, int number)
{
    poe_kernel *k = os->data;

    if (number == SIGCHLD) {
        poe__children_reap(k);
        return;
    }
    /* Queued like a post; without memory it is lost, as a second one of a kind may be. */
    (void)poe_signal_raise(k->sessions.kernel, signal_name(number), NULL, 0);
}

/* Catches a real signal.  The handle never keeps the loop alive (R60). */
static int
os_open(poe_kernel *k, int number, uv_signal_t **os)
{
    uv_signal_t *handle = poe__mem_zero(&k->mem, sizeof *handle);
    int rc;

    if (!handle)
        return UV_ENOMEM;
    rc = uv_signal_init(k->loop, handle);
    if (rc < 0) {
        poe__mem_free(&k->mem, handle, sizeof *handle);
        return rc;
    }
    handle->data = k;
    poe__opened(k);
    rc = uv_signal_start(handle, os_fired, number);
    if (rc < 0) {
        uv_close((uv_handle_t *)handle, os_closed);
        return rc;
    }
    uv_unref((uv_handle_t *)handle);
    k->signals.open++;
    *os = handle;
    return 0;
}

static void
os_close(poe_kernel *k, uv_signal_t **os)
{
    if (!*os)
        return;
    k->signals.open--;
    uv_close((uv_handle_t *)*os, os_closed);
    *os = NULL;
}

/* -- watching ------------------------------------------------------------------------------ */

static size_t
sig_bytes(const char *name)
{
    return sizeof(struct sig) + strlen(name) + 1;
}

static struct sig *
sig_find(const poe_kernel *k, const char *name)
{
    struct sig *sig = k->signals.all;

    while (sig && strcmp(sig->name, name) != 0)
        sig = sig->next;
    return sig;
}

static void
sig_free(poe_kernel *k, struct sig *sig)
{
    struct sig **at = &k->signals.all;

    while (*at != sig)
        at = &(*at)->next;
    *at = sig->next;
    os_close(k, &sig->os);
    poe__mem_free(&k->mem, sig, sig_bytes(sig->name));
}

static int
sig_new(poe_kernel *k, const char *name, struct sig **out)
{
    struct sig *sig = poe__mem_zero(&k->mem, sig_bytes(name));

    if (!sig)
        return UV_ENOMEM;
    strcpy(sig->name, name);
    list_init(&sig->watches);
    sig->next = k->signals.all;
    k->signals.all = sig;
    int number = signal_number(name), rc = 0;
    if (number)
        rc = os_open(k, number, &sig->os);
    if (rc < 0) {
        sig_free(k, sig);
        return rc;
    }
    *out = sig;
    return 0;
}

static int
is_chld(const char *name)
{
    return strcmp(name, "CHLD") == 0 || strcmp(name, "CLD") == 0;
}

/* Somebody wants to hear of the end of a process. */
static int
chld_watched(const poe_kernel *k)
{
    return !list_empty(&k->signals.pids) || sig_find(k, "CHLD") || sig_find(k, "CLD");
}

/* SIGCHLD is caught while a pid or CHLD is watched or a child of ours runs. */
static int
chld_open(poe_kernel *k)
{
    return k->signals.chld ? 0 : os_open(k, SIGCHLD, &k->signals.chld);
}

static void
chld_close(poe_kernel *k)
{
    if (!chld_watched(k) && list_empty(&k->signals.running))
        os_close(k, &k->signals.chld);
}

static struct watch *
watch_find(const poe_session *s, const char *signal)
{
    struct watch *w = s->more ? s->more->watches : NULL;

    while (w && strcmp(w->sig->name, signal) != 0)
        w = w->next;
    return w;
}

/* The payload of a watch that is replaced or ends: dropped now or, while its own handler runs, when
 * the outermost one has returned. */
static void
extra_release(struct watch *w)
{
    poe_kernel *k = w->session->kernel;
    struct lent *lent = w->lent;

    if (!lent) {
        poe__drop(k, w->extra);
        return;
    }
    for (; lent; lent = lent->up) {
        lent->gone = 1;
        lent->orphan = lent->up ? 0 : w->extra;
    }
    w->lent = NULL;
}

static void
watch_free(struct watch *w)
{
    poe_kernel *k = w->session->kernel;
    struct sig *sig = w->sig;
    struct watch **at = &w->session->more->watches;

    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    list_remove(&w->of_sig);
    extra_release(w);
    poe__mem_free(&k->mem, w, sizeof *w);
    if (list_empty(&sig->watches)) {
        int chld = is_chld(sig->name);
        sig_free(k, sig);
        if (chld)
            chld_close(k);
    }
}

int
poe_signal_watch(poe_kernel *k, const char *signal, const char *event, poe_payload extra)
{
    poe_session *s = k->frame->session;
    struct watch *w = watch_find(s, signal);
    int rc;

    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    if (w) { /* the second replaces (R132) */
        extra_release(w);
        w->event = event;
        w->extra = extra;
        return 0;
    }
    if (is_chld(signal) && (rc = chld_open(k)) < 0)
        return rc;
    struct sig *sig = sig_find(k, signal);
    if (!sig && (rc = sig_new(k, signal, &sig)) < 0)
        goto fail_sig;
    w = poe__session_more(s) ? poe__mem_zero(&k->mem, sizeof *w) : NULL;
    if (!w)
        goto fail_watch;
    w->sig = sig;
    w->session = s;
    w->event = event;
    w->extra = extra;
    w->next = s->more->watches;
    s->more->watches = w;
    list_insert(&sig->watches, &w->of_sig);
    TRACE(k, POE_TRACE_SIGNALS, "watch %s in %s as '%s'", signal, NAME(s), event);
    if (is_chld(signal))
        look_soon(k);
    return 0;

fail_watch:
    rc = UV_ENOMEM;
    if (list_empty(&sig->watches))
        sig_free(k, sig);
fail_sig:
    chld_close(k);
    return rc;
}

void
poe_signal_ignore(poe_kernel *k, const char *signal)
{
    struct watch *w = watch_find(k->frame->session, signal);

    if (w)
        watch_free(w);
}

int
poe_signal_watched(poe_kernel *k, const char *signal)
{
    return sig_find(k, signal) != NULL;
}

/* -- sending and delivering ---------------------------------------------------------------- */

/* Queues a signal event.  The sender is kept too, as by a post. */
static int
signal_push(poe_session *to, poe_session *from, const poe_event *what)
{
    poe_kernel *k = to->kernel;

    if (to->flags & SESSION_STOPPED)
        return UV_ESRCH;
    poe_event *ev = queue_push(&k->queue, &k->mem);
    if (!ev)
        return UV_ENOMEM;
    *ev = *what;
    ev->to = to;
    ev->from = from;
    ev->stamp_ns = k->now;
    to->events_to++;
    from->events_from += from != to;
    IF_TRACED(k, POE_TRACE_SIGNALS) {
        FACT(k, POE_FACT_QUEUED, what->type, k->queue.tail, to, what->name);
        TRACE(k, POE_TRACE_SIGNALS, "raise %s to %s from %s", what->name, NAME(to), NAME(from));
    }
    poe__wake(k);
    return 0;
}

int
poe_signal_raise(poe_session *to, const char *signal, const char *state, poe_payload args)
{
    poe_event ev = { .name = signal, .with.state = state, .payload = args, .type = POE_EVENT_RAISE };

    return signal_push(to, to->kernel->frame->session, &ev);
}

/* An exception in a handler of `s`.  Takes the record. */
void
poe__raise_die(poe_session *s, poe_payload record)
{
    poe_event ev = { .name = "DIE", .payload = record, .type = POE_EVENT_DIE };

    if (signal_push(s, s->kernel->sessions.kernel, &ev) < 0)
        poe__exception(s->kernel, record, s->kernel->exception_count); /* no session or memory to tell: run raises it */
}

void
poe_signal_handled(poe_kernel *k)
{
    if (k->signals.handled)
        ++*k->signals.handled;
}

/* Runs those among `f` that watch `name` and returns how often the signal was called handled. */
static unsigned
signal_tell(poe_kernel *k, struct family *f, const char *name, struct poe_signal *told)
{
    unsigned handled = 0, *outer = k->signals.handled;
    poe_session *s;

    while ((s = poe__family_next(f))) {
        struct watch *w = s->flags & SESSION_STOPPED ? NULL : watch_find(s, name);
        if (!w)
            continue;
        struct lent lent = { .up = w->lent };
        w->lent = &lent;
        told->extra = w->extra;
        poe_event ev = { .to = s, .from = k->sessions.kernel, .name = w->event,
                         .with.signal = told, .type = POE_EVENT_SIGNAL };
        k->signals.handled = &handled;
        poe__dispatch(k, &ev, NULL);
        k->signals.handled = outer;
        if (!lent.gone)
            w->lent = lent.up;
        poe__drop(k, lent.orphan);
    }
    return handled;
}

/* A DIE that nobody has handled: those who watch over all others.  Without memory they do not hear. */
static unsigned
die_tell(poe_kernel *k, struct poe_signal *told)
{
    struct family all;
    unsigned handled = 0;

    if (sig_find(k, POE_SIGNAL_UNHANDLED_DIE) && poe__family_list(k->sessions.kernel, 0, &all) == 0) {
        handled = signal_tell(k, &all, POE_SIGNAL_UNHANDLED_DIE, told);
        poe__family_free(k, &all);
    }
    return handled;
}

/* IDLE was handled but brought no new work, nor a process to wait for: ZOMBIE, which cannot be
 * refused (R88). */
static void
idle_told(poe_kernel *k)
{
    poe_event zombie = { .name = "ZOMBIE", .type = POE_EVENT_RAISE };

    if (queue_count(&k->queue) == 0 && k->alarms.count == 0 && k->fresh_count == 0
        && k->sessions.handles == 0 && !k->signals.look)
        (void)signal_push(k->sessions.kernel, k->sessions.kernel, &zombie);
}

/*
 * A signal's turn.  Gives its payload back.  UV_ENOMEM: nothing has happened.
 */
int
poe__signal_deliver(poe_kernel *k, const poe_event *ev)
{
    struct poe_signal told = { .name = ev->name, .args = ev->payload };
    int die = strcmp(ev->name, "DIE") == 0;
    struct family f;
    poe_session *s;

    if (ev->type == POE_EVENT_REAPED)
        told = *ev->with.signal;
    else
        told.state = ev->with.state;
    told.die = ev->type == POE_EVENT_DIE;
    int rc = poe__family_list(ev->to, die, &f);
    if (rc < 0)
        return rc;

    k->depth++;
    uint32_t exceptions = k->exception_count;
    unsigned handled = signal_tell(k, &f, told.name, &told);
    if (told.die && !handled)
        handled = die_tell(k, &told);
    if (handled && kernel_is(ev->to) && strcmp(ev->name, "IDLE") == 0)
        idle_told(k);
    enum signal_class class = signal_class(ev->name);
    int fatal = class == NONMASKABLE || (class == TERMINAL && !handled);
    TRACE(k, POE_TRACE_SIGNALS, "%s has reached %zu sessions from %s, %s", ev->name, f.count,
          NAME(ev->to), handled ? "handled" : fatal ? "which stop" : "not handled");
    if (fatal) {
        unsigned *outer = k->signals.handled;
        poe__family_rewind(&f);
        k->signals.handled = &handled; /* said now it saves nobody of these, but run does not raise */
        while ((s = poe__family_next(&f)))
            poe_session_stop(s);
        k->signals.handled = outer;
        if (kernel_is(ev->to))
            k->unkempt = 0; /* the kernel itself has ended with the rest */
    }
    poe__family_free(k, &f);
    k->depth--;

    if (ev->type == POE_EVENT_DIE && !handled)
        poe__exception(k, ev->payload, exceptions);
    else
        poe__signal_drop(k, ev);
    return 0;
}

/* What a signal event owns goes back. */
void
poe__signal_drop(poe_kernel *k, const poe_event *ev)
{
    if (ev->type == POE_EVENT_REAPED || ev->type == POE_EVENT_EXIT) {
        struct reaped *r = (struct reaped *)ev->with.signal;
        poe__drop(k, r->told.extra);
        poe__mem_free(&k->mem, r, sizeof *r);
    }
    poe__drop(k, ev->payload);
}

/* -- children ------------------------------------------------------------------------------ */

/* Queues the news that a process has ended. */
static int
reaped_push(poe_session *to, enum poe_event_type type, const char *name, poe_payload extra,
            int pid, int status)
{
    poe_kernel *k = to->kernel;
    struct reaped *r = poe__mem_zero(&k->mem, sizeof *r);

    if (!r)
        return UV_ENOMEM;
    r->told.name = "CHLD";
    r->told.extra = extra;
    r->told.child = 1;
    r->told.pid = pid;
    r->told.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    r->told.term_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    poe_event ev = { .name = name, .with.signal = &r->told, .type = type };
    int rc = signal_push(to, k->sessions.kernel, &ev);
    if (rc < 0)
        poe__mem_free(&k->mem, r, sizeof *r);
    return rc;
}

static struct child *
child_find(struct list *children, int pid)
{
    for (struct list *at = children->next; at != children; at = at->next) {
        struct child *child = list_entry(at, struct child, all);
        if (child->pid == pid)
            return child;
    }
    return NULL;
}

static void
child_free(poe_kernel *k, struct child *child)
{
    list_remove(&child->all);
    poe__mem_free(&k->mem, child, sizeof *child);
}

static void
ended_free(poe_kernel *k, struct child *child)
{
    child_free(k, child);
    k->signals.ended_count--;
}

/* A child of ours that nobody has watched so far: its status waits for one who might. */
static void
ended_keep(poe_kernel *k, struct child *child, int status)
{
    struct signals *signals = &k->signals;

    list_remove(&child->all);
    child->status = status;
    list_insert(&signals->ended, &child->all);
    if (++signals->ended_count > POE_ENDED_KEPT)
        ended_free(k, list_entry(signals->ended.next, struct child, all));
}

/* Those who watch this pid hear of it first, then those who watch CHLD (R144). */
static void
child_ended(poe_kernel *k, int pid, int status)
{
    struct list *at = k->signals.pids.next;
    struct child *child = child_find(&k->signals.running, pid);
    int told = sig_find(k, "CHLD") || sig_find(k, "CLD");

    while (at != &k->signals.pids) {
        struct pid_watch *w = list_entry(at, struct pid_watch, all);
        at = at->next;
        if (w->pid != pid)
            continue;
        told = 1;
        list_remove(&w->all);
        if (reaped_push(w->session, POE_EVENT_EXIT, w->event, w->extra, pid, status) < 0)
            poe__drop(k, w->extra);
        poe_session_unkeep(w->session, POE_KEEP_PID);
        poe__mem_free(&k->mem, w, sizeof *w);
    }
    if (sig_find(k, "CHLD"))
        (void)reaped_push(k->sessions.kernel, POE_EVENT_REAPED, "CHLD", 0, pid, status);
    if (sig_find(k, "CLD"))
        (void)reaped_push(k->sessions.kernel, POE_EVENT_REAPED, "CLD", 0, pid, status);
    TRACE(k, POE_TRACE_SIGNALS, "child %d has ended%s", pid, told ? "" : ", which nobody watches");
    if (child && told)
        child_free(k, child);
    else if (child)
        ended_keep(k, child, status);
}

/* The first watched process that has ended, and its status; 0 when there is none. */
static int
watched_reap(poe_kernel *k, int *status)
{
    for (struct list *at = k->signals.pids.next; at != &k->signals.pids; at = at->next) {
        struct pid_watch *w = list_entry(at, struct pid_watch, all);
        if (w->ended) {
            *status = w->status;
            return w->pid;
        }
        if (w->pid > 0 && waitpid(w->pid, status, WNOHANG) == w->pid)
            return w->pid;
    }
    return 0;
}

/* Our own children that have ended, watched or not; others' statuses are not ours to take. */
static void
running_reap(poe_kernel *k)
{
    struct list *at = k->signals.running.next;
    int status;

    while (at != &k->signals.running) {
        struct child *child = list_entry(at, struct child, all);
        at = at->next;
        if (child->pid == 0)
            continue;
        int rc = waitpid(child->pid, &status, WNOHANG);
        if (rc == child->pid)
            child_ended(k, child->pid, status);
        else if (rc < 0 && errno == ECHILD) /* somebody else of this process has had it */
            child_free(k, child);
    }
}

/* Collects those who have ended: the watched pids; our own children; everybody's while somebody
 * watches CHLD. */
void
poe__children_reap(poe_kernel *k)
{
    int pid, status;

    k->signals.look = 0;
    while ((pid = watched_reap(k, &status)) > 0)
        child_ended(k, pid, status);
    if (sig_find(k, "CHLD") || sig_find(k, "CLD"))
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            child_ended(k, pid, status);
    running_reap(k);
    chld_close(k);
}

/* Before a child is started: all that could fail of taking note of its end. */
int
poe__child_expect(poe_kernel *k, struct child **out)
{
    struct child *child = poe__mem_zero(&k->mem, sizeof *child);
    int rc;

    if (!child)
        return UV_ENOMEM;
    rc = chld_open(k);
    if (rc < 0) {
        poe__mem_free(&k->mem, child, sizeof *child);
        return rc;
    }
    list_insert(&k->signals.running, &child->all);
    *out = child;
    return 0;
}

void
poe__child_started(poe_kernel *k, struct child *child, int pid)
{
    struct child *namesake = child_find(&k->signals.ended, pid);

    if (namesake)
        ended_free(k, namesake);
    child->pid = pid;
}

int
poe_child_kill(poe_kernel *k, int pid, int signal)
{
    return child_find(&k->signals.running, pid) ? poe_process_kill(pid, signal) : UV_ESRCH;
}

void
poe__child_failed(poe_kernel *k, struct child *child)
{
    child_free(k, child);
    chld_close(k);
}

int
poe_child_watch(poe_kernel *k, int pid, const char *event, poe_payload extra)
{
    poe_session *s = k->frame->session;
    int rc;

    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    for (struct list *at = k->signals.pids.next; at != &k->signals.pids; at = at->next) {
        struct pid_watch *w = list_entry(at, struct pid_watch, all);
        if (w->pid == pid && w->session == s) { /* the second replaces (R146) */
            poe_payload old = w->extra;
            w->event = event;
            w->extra = extra;
            poe__drop(k, old);
            return 0;
        }
    }
    if ((rc = chld_open(k)) < 0)
        return rc;
    struct pid_watch *w = poe__session_more(s) ? poe__mem_zero(&k->mem, sizeof *w) : NULL;
    if (!w) {
        chld_close(k);
        return UV_ENOMEM;
    }
    w->session = s;
    w->pid = pid;
    w->event = event;
    w->extra = extra;
    struct child *child = child_find(&k->signals.ended, pid);
    if (child) {
        w->ended = 1;
        w->status = child->status;
        ended_free(k, child);
    }
    list_insert(&k->signals.pids, &w->all);
    poe_session_keep(s, POE_KEEP_PID);
    look_soon(k);
    return 0;
}

static void
pid_watch_free(struct pid_watch *w)
{
    poe_kernel *k = w->session->kernel;
    poe_payload extra = w->extra;

    list_remove(&w->all);
    poe_session_unkeep(w->session, POE_KEEP_PID);
    poe__mem_free(&k->mem, w, sizeof *w);
    chld_close(k);
    poe__drop(k, extra);
}

int
poe_child_ignore(poe_kernel *k, int pid)
{
    for (struct list *at = k->signals.pids.next; at != &k->signals.pids; at = at->next) {
        struct pid_watch *w = list_entry(at, struct pid_watch, all);
        if (w->pid == pid && w->session == k->frame->session) {
            pid_watch_free(w);
            return 0;
        }
    }
    return UV_ESRCH;
}

int
poe_child_watched(const poe_session *s, uint32_t index)
{
    const struct list *pids = &s->kernel->signals.pids;

    for (const struct list *at = pids->next; at != pids; at = at->next) {
        const struct pid_watch *w = list_entry(at, struct pid_watch, all);
        if (w->session == s && index-- == 0)
            return w->pid;
    }
    return 0;
}

/* The one who watched the process hears of its end.  Gives back what the event owns. */
void
poe__signal_exit(poe_kernel *k, const poe_event *ev)
{
    poe_event told = *ev;

    told.type = POE_EVENT_SIGNAL;
    poe__dispatch(k, &told, NULL);
    poe__signal_drop(k, ev);
    chld_close(k);
}

/* Whether `pid`, or any with P_ALL, is a process of ours that has not been waited for. */
static int
is_child(idtype_t which, int pid)
{
    siginfo_t info;

    return waitid(which, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno == EINTR;
}

/*
 * Whether a process of ours will end that somebody cares about (R94): any while CHLD is watched,
 * otherwise only the watched ones.  The rest is not ours to wait for: who started it will.
 */
int
poe__signal_awaits(const poe_kernel *k)
{
    const struct list *pids = &k->signals.pids;

    if (sig_find(k, "CHLD") || sig_find(k, "CLD"))
        return is_child(P_ALL, 0);
    for (const struct list *at = pids->next; at != pids; at = at->next)
        if (is_child(P_PID, list_entry(at, const struct pid_watch, all)->pid))
            return 1;
    return 0;
}

/* -- life ---------------------------------------------------------------------------------- */

/* All of a session that ends. */
void
poe__signal_forget(poe_session *s)
{
    poe_kernel *k = s->kernel;
    struct list *at = k->signals.pids.next;

    while (s->more && s->more->watches)
        watch_free(s->more->watches);
    while (at != &k->signals.pids && poe_session_kept(s, POE_KEEP_PID)) {
        struct pid_watch *w = list_entry(at, struct pid_watch, all);
        at = at->next;
        if (w->session == s)
            pid_watch_free(w);
    }
}

int
poe__signals_init(poe_kernel *k)
{
    list_init(&k->signals.pids);
    list_init(&k->signals.running);
    list_init(&k->signals.ended);
    return 0;
}

void
poe__signals_release(poe_kernel *k)
{
    while (!list_empty(&k->signals.running))
        child_free(k, list_entry(k->signals.running.next, struct child, all));
    while (!list_empty(&k->signals.ended))
        ended_free(k, list_entry(k->signals.ended.next, struct child, all));
    os_close(k, &k->signals.chld);
}
