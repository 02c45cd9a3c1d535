/*
 * signal.h - signals: who watches, what class, children's exits
 */
#ifndef POE_SIGNAL_H
#define POE_SIGNAL_H

#include "list.h"
#include "poe.h"

/* One name somebody watches; freed with its last watcher. */
struct sig {
    struct sig *next;       /* in kernel->signals */
    struct list watches;
    uv_signal_t *os;        /* runs exactly while a real signal is watched, and unref'd */
    char name[];
};

/* One session's interest in one signal; one per name and session (R132). */
struct watch {
    struct watch *next;     /* of the session */
    struct list of_sig;
    struct sig *sig;
    poe_session *session;
    const char *event;      /* lives in `extra` */
    poe_payload extra;
    struct lent *lent;      /* the handlers now running with it, the innermost first */
};

/* A handler that runs with a watch's payload; on its C stack. */
struct lent {
    struct lent *up;
    poe_payload orphan;     /* for us to drop: the watch has gone meanwhile */
    unsigned gone : 1;
};

/* One session's interest in one process; fires once (R145). */
struct pid_watch {
    struct list all;
    poe_session *session;   /* POE_KEEP_PID */
    int pid;
    const char *event;
    poe_payload extra;
    int status;             /* when `ended`: as waitpid told it before anybody watched */
    unsigned ended : 1;
};

/* A process that poe_spawn has started and whose end nobody has been told. */
struct child {
    struct list all;        /* signals.running, then signals.ended */
    int pid;
    int status;             /* of an ended one, which is no zombie any more */
};

/* A process's end on its way through the queue. */
struct reaped {
    struct poe_signal told;
    const char *event;
};

struct signals {
    struct sig *all;
    struct list pids;
    struct list running;    /* struct child */
    struct list ended;      /* the first to end first, at most POE_ENDED_KEPT */
    unsigned ended_count;
    uv_signal_t *chld;      /* runs while a pid or CHLD is watched or a child of ours runs */
    unsigned open;          /* real signals being caught */
    unsigned look;          /* the next slice begins with a look for ended children */
    unsigned *handled;      /* how often the innermost was called handled */
};

int poe__signals_init(poe_kernel *k);
void poe__signals_release(poe_kernel *k);
void poe__signal_forget(poe_session *s);
int poe__signal_deliver(poe_kernel *k, const poe_event *ev);
void poe__signal_exit(poe_kernel *k, const poe_event *ev);
void poe__signal_drop(poe_kernel *k, const poe_event *ev);
int poe__signal_awaits(const poe_kernel *k);
void poe__children_reap(poe_kernel *k);
int poe__child_expect(poe_kernel *k, struct child **child);
void poe__child_started(poe_kernel *k, struct child *child, int pid);
void poe__child_failed(poe_kernel *k, struct child *child);

#endif
