/*
 * process.h - starting programs and sending them signals
 */
#ifndef POE_PROCESS_H
#define POE_PROCESS_H

#include "poe.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where one of the child's first three descriptors leads. */
enum poe_conduit {
    POE_CONDUIT_INHERIT,    /* to wherever ours of that number leads */
    POE_CONDUIT_NULL,       /* to /dev/null */
    POE_CONDUIT_PIPE,       /* to us */
    POE_CONDUIT_SOCKETPAIR, /* to us, both ways */
    POE_CONDUIT_PTY,        /* to us, through the child's terminal; 1 and 2 then come as one, in 1 */
    POE_CONDUIT_FD,         /* to `fd`, which stays the caller's */
    POE_CONDUIT_FILE,       /* to the file `path`: read, or made empty and written */
    POE_CONDUIT_OUTPUT      /* 2 only: to where 1 leads */
};

struct poe_stream {
    enum poe_conduit conduit;
    int fd;
    const char *path;
};

/* What to start, and how.  All is borrowed until poe_spawn returns.  Zero everywhere else is good. */
struct poe_spawn {
    const char *const *argv;     /* argv[0] is also what is started, NULL ends it */
    const char *shell;           /* instead of argv: a command for /bin/sh -c */
    const char *const *env;      /* "NAME=value"..., NULL ends it; NULL: ours */
    const char *cwd;             /* NULL: ours */
    struct poe_stream stream[3]; /* 0 input, 1 output, 2 errors */
    unsigned short winsize[4];   /* of the pty: rows, columns, pixels across, pixels down */
    const char *user, *group;    /* names or numbers; NULL: ours */
    int priority;                /* added to our niceness */
    unsigned set_session : 1;    /* a session of its own, as a pty has anyway */
    unsigned set_group : 1;      /* a process group of its own */
    unsigned close_on_call : 1;  /* closes all that is neither 0, 1 nor 2, whoever opened it */
};

/* What has become of it.  The descriptors are the caller's: not blocking, close-on-exec, each to be
 * closed by itself; -1 where the conduit does not lead to us. */
struct poe_spawned {
    int pid;
    int fds[3];
    const char *failed; /* the step that failed: "fork", "pipe", "open", "setuid", "exec"... */
};

/*
 * Starts a program.  It begins with default signals, none blocked.  Returns 0 when the program
 * runs; the code of the step that failed otherwise, be it in the child (UV_ENOENT: no such program),
 * and then there is no child and no descriptor.  An unknown user or group is UV_EINVAL.
 *
 * The child leaves no zombie.  While nobody watches it, its end is taken note of here, without a
 * word to anybody; a poe_child_watch that comes later still hears of it, as long as it is among the
 * last POE_ENDED_KEPT that ended so.  No handler runs.
 */
int poe_spawn(poe_kernel *k, const struct poe_spawn *how, struct poe_spawned *out);
#define POE_ENDED_KEPT 1024

/* Sends a signal; 0 as `signal` only asks.  UV_ESRCH: no such process.  poe_child_kill: none that
 * poe_spawn has started and whose end has not been seen, so that it never meets a stranger who has
 * the number now. */
int poe_process_kill(int pid, int signal);
int poe_child_kill(poe_kernel *k, int pid, int signal);

/* Ends the input of the programs on the other side of a pty: the terminal goes back to reading lines
 * and is given its end-of-file character. */
int poe_pty_eof(int fd);

#ifdef __cplusplus
}
#endif

#endif
