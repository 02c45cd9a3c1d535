/*
 * process.c - starting programs and sending them signals
 *
 * Own fork and exec instead of uv_spawn: a pty, a priority and groups need code between the two,
 * and uv_spawn collects its children itself, so that sig_child and CHLD (signal.c) would never see
 * them.  Everything is looked up, allocated and opened before the fork.  The child makes only calls
 * that are safe after a fork in a process with threads, and tells the step that failed, and why,
 * through a pipe that a successful exec closes.
 */
#include <uv.h>

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "kernel.h"

#define SHELL "/bin/sh"
#define PATH_DEFAULT "/usr/local/bin:/bin:/usr/bin"
#define IDENTITY_ROOM_MOST (1 << 20) /* bytes for one entry of passwd or group */

enum step { STEP_MEMORY, STEP_USER, STEP_GROUP, STEP_OPEN, STEP_PIPE, STEP_PTY, STEP_FORK,
            STEP_SETSID, STEP_TTY, STEP_DUP, STEP_PRIORITY, STEP_SETGROUPS, STEP_SETGID, STEP_SETUID,
            STEP_CHDIR, STEP_EXEC };

static const char *const step_names[] = {
    "memory", "user", "group", "open", "pipe", "pty", "fork", "setsid", "tty", "dup", "setpriority",
    "setgroups", "setgid", "setuid", "chdir", "exec",
};

/* What the child needs, made before there is one. */
struct start {
    poe_kernel *k;
    const struct poe_spawn *how;
    const char **vec;     /* room for the shell, then argv */
    size_t vec_count;
    char *paths;          /* what to try, one behind the other, "" ends them */
    size_t paths_size;
    const char *const *env;
    gid_t *groups;
    int group_count, group_room;
    uid_t uid;
    gid_t gid;
    unsigned set_uid : 1, set_gid : 1, set_groups : 1;
    int child[3];         /* what becomes 0, 1 and 2 */
    int own[3];           /* of those, what is closed after the fork; -1 */
    int parent[3];        /* our ends; -1 */
    int master, slave;    /* of the pty; -1 */
    int report[2];
    long fd_limit;
    enum step step;       /* what is being done */
};

/* What a child that could not become the program says. */
struct report {
    enum step step;
    int error;
};

/* -- descriptors --------------------------------------------------------------------------- */

static void
fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A descriptor of ours stays out of the way of 0, 1 and 2, any of which may have been free. */
static int
fd_keep(int fd, int *slot)
{
    int moved = fd;

    if (fd < 0)
        return uv_translate_sys_error(errno);
    if (fd <= 2) {
        moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        int rc = moved < 0 ? uv_translate_sys_error(errno) : 0;
        close(fd);
        if (rc < 0)
            return rc;
    }
    *slot = moved;
    return 0;
}

/* Keeps both, or neither. */
static int
pair_keep(const int pair[2], int *first, int *second)
{
    int rc = fd_keep(pair[0], first);

    if (rc < 0) {
        close(pair[1]);
        return rc;
    }
    rc = fd_keep(pair[1], second);
    if (rc < 0)
        fd_close(first);
    return rc;
}

static int
nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return uv_translate_sys_error(errno);
    return 0;
}

/* -- streams ------------------------------------------------------------------------------- */

/* A terminal in raw mode, as POE's: no echo, no editing, bytes as they are. */
static int
pty_open(struct start *st)
{
    const unsigned short *w = st->how->winsize;
    struct winsize size = { .ws_row = w[0], .ws_col = w[1], .ws_xpixel = w[2], .ws_ypixel = w[3] };
    struct termios mode;
    char name[128];
    int rc;

    st->step = STEP_PTY;
    rc = fd_keep(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), &st->master);
    if (rc < 0)
        return rc;
    if (grantpt(st->master) < 0 || unlockpt(st->master) < 0
        || ptsname_r(st->master, name, sizeof name) != 0)
        return uv_translate_sys_error(errno);
    rc = fd_keep(open(name, O_RDWR | O_NOCTTY | O_CLOEXEC), &st->slave);
    if (rc < 0)
        return rc;
    if (tcgetattr(st->slave, &mode) < 0)
        return uv_translate_sys_error(errno);
    cfmakeraw(&mode);
    if (tcsetattr(st->slave, TCSANOW, &mode) < 0
        || ((w[0] || w[1]) && ioctl(st->slave, TIOCSWINSZ, &size) < 0))
        return uv_translate_sys_error(errno);
    return nonblocking(st->master);
}

/* Our end of the pty: one descriptor to write, one to read, so that each can be closed by itself. */
static int
pty_stream(struct start *st, int i)
{
    int rc;

    if (st->master < 0 && (rc = pty_open(st)) < 0)
        return rc;
    st->child[i] = st->slave;
    if (i == 2 && st->how->stream[1].conduit == POE_CONDUIT_PTY)
        return 0;
    return fd_keep(fcntl(st->master, F_DUPFD_CLOEXEC, 3), &st->parent[i]);
}

static int
pipe_stream(struct start *st, int i)
{
    int pair[2], rc;

    st->step = STEP_PIPE;
    if (st->how->stream[i].conduit == POE_CONDUIT_SOCKETPAIR)
        rc = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
    else
        rc = pipe2(pair, O_CLOEXEC);
    if (rc < 0)
        return uv_translate_sys_error(errno);
    rc = i == 0 ? pair_keep(pair, &st->own[i], &st->parent[i])
                : pair_keep(pair, &st->parent[i], &st->own[i]);
    if (rc < 0)
        return rc;
    st->child[i] = st->own[i];
    return nonblocking(st->parent[i]);
}

static int
file_stream(struct start *st, int i, const char *path, int flags)
{
    st->step = STEP_OPEN;
    int rc = fd_keep(open(path, flags | O_CLOEXEC | O_NOCTTY, 0666), &st->own[i]);
    st->child[i] = st->own[i];
    return rc;
}

static int
stream_open(struct start *st, int i)
{
    const struct poe_stream *stream = &st->how->stream[i];

    switch (stream->conduit) {
    case POE_CONDUIT_NULL:
        return file_stream(st, i, "/dev/null", O_RDWR);
    case POE_CONDUIT_FILE:
        return file_stream(st, i, stream->path, i == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC);
    case POE_CONDUIT_PIPE:
    case POE_CONDUIT_SOCKETPAIR:
        return pipe_stream(st, i);
    case POE_CONDUIT_PTY:
        return pty_stream(st, i);
    case POE_CONDUIT_FD:
        st->step = STEP_DUP;
        st->child[i] = stream->fd;
        return fcntl(stream->fd, F_GETFD) < 0 ? uv_translate_sys_error(errno) : 0;
    case POE_CONDUIT_OUTPUT:
        st->child[i] = st->child[1];
        return 0;
    case POE_CONDUIT_INHERIT:
        break;
    }
    st->child[i] = i;
    return 0;
}

/* -- who it runs as ------------------------------------------------------------------------ */

/* The number that `name` is; 0 when it is none. */
static int
is_number(const char *name, unsigned *number)
{
    char *end;

    if (*name < '0' || *name > '9')
        return 0;
    errno = 0;
    unsigned long value = strtoul(name, &end, 10);
    if (*end || errno || value > UINT32_MAX - 1) /* the highest means "as it is" */
        return 0;
    *number = (unsigned)value;
    return 1;
}

/* Looks an entry up, with as much room as it takes.  UV_EINVAL: there is none. */
static int
user_find(poe_kernel *k, const char *name, int numeric, struct start *st)
{
    int rc = ERANGE;

    for (size_t room = 4096; rc == ERANGE && room <= IDENTITY_ROOM_MOST; room *= 4) {
        char *text = poe__mem_resize(&k->mem, NULL, 0, room);
        struct passwd entry, *found = NULL;
        if (!text)
            return UV_ENOMEM;
        rc = numeric ? getpwuid_r(st->uid, &entry, text, room, &found)
                     : getpwnam_r(name, &entry, text, room, &found);
        if (rc == 0 && found) {
            int count = 0;
            st->uid = found->pw_uid;
            st->gid = found->pw_gid;
            st->set_gid = 1;
            getgrouplist(found->pw_name, found->pw_gid, NULL, &count);
            st->groups = poe__mem_zero(&k->mem, (size_t)count * sizeof *st->groups);
            st->group_room = st->group_count = count;
            if (!st->groups)
                rc = ENOMEM;
            else if (getgrouplist(found->pw_name, found->pw_gid, st->groups, &st->group_count) < 0)
                rc = EAGAIN; /* the groups have changed meanwhile */
        }
        poe__mem_free(&k->mem, text, room);
        if (rc == 0 && !found)
            return UV_EINVAL;
    }
    return rc ? uv_translate_sys_error(rc) : 0;
}

static int
group_find(poe_kernel *k, const char *name, gid_t *gid)
{
    int rc = ERANGE;

    for (size_t room = 4096; rc == ERANGE && room <= IDENTITY_ROOM_MOST; room *= 4) {
        char *text = poe__mem_resize(&k->mem, NULL, 0, room);
        struct group entry, *found = NULL;
        if (!text)
            return UV_ENOMEM;
        rc = getgrnam_r(name, &entry, text, room, &found);
        if (rc == 0 && found)
            *gid = found->gr_gid;
        poe__mem_free(&k->mem, text, room);
        if (rc == 0 && !found)
            return UV_EINVAL;
    }
    return rc ? uv_translate_sys_error(rc) : 0;
}

/* A user comes with its groups: a program that has given up root has not kept root's.  Only root
 * may, and need, change those. */
static int
identity_find(struct start *st)
{
    const char *user = st->how->user, *group = st->how->group;
    unsigned number;
    int rc;

    if (user) {
        st->step = STEP_USER;
        int numeric = is_number(user, &number);
        if (numeric)
            st->uid = number;
        rc = user_find(st->k, user, numeric, st);
        if (rc < 0 && !(numeric && rc == UV_EINVAL)) /* a number needs no entry */
            return rc;
        st->set_uid = 1;
        st->set_groups = geteuid() == 0;
    }
    if (group) {
        st->step = STEP_GROUP;
        if (is_number(group, &number))
            st->gid = number;
        else if ((rc = group_find(st->k, group, &st->gid)) < 0)
            return rc;
        st->set_gid = 1;
    }
    return 0;
}

/* -- what to start ------------------------------------------------------------------------- */

static const char *
env_path(const char *const *env)
{
    for (; *env; env++)
        if (strncmp(*env, "PATH=", 5) == 0)
            return *env + 5;
    return PATH_DEFAULT;
}

/* Fills `paths` with every place where `program` could be, as execvp would try them.  The PATH is the
 * child's, and an empty part of it is the current folder; a name with a slash is looked for nowhere else. */
static int
paths_list(struct start *st, const char *program)
{
    const char *path = strchr(program, '/') ? "" : env_path(st->env);
    size_t room = strlen(program) + 2, dirs = 1;

    for (const char *c = path; *c; c++)
        dirs += *c == ':';
    room = dirs * room + strlen(path) + 1;
    char *at = st->paths = poe__mem_zero(&st->k->mem, room);
    if (!at)
        return UV_ENOMEM;
    st->paths_size = room;
    while (*program) { /* no name is nowhere */
        int dir = (int)strcspn(path, ":");
        at += snprintf(at, room - (size_t)(at - st->paths), "%.*s%s%s", dir, path, dir ? "/" : "",
                       program) + 1;
        if (!path[dir])
            break;
        path += dir + 1;
    }
    return 0;
}

static int
program_find(struct start *st)
{
    const char *const shell[] = { SHELL, "-c", st->how->shell, NULL };
    const char *const *argv = st->how->shell ? shell : st->how->argv;
    static const char *const none[] = { NULL };
    size_t count = 0;

    st->step = STEP_MEMORY;
    while (argv && argv[count])
        count++;
    if (count == 0)
        return UV_EINVAL;
    st->vec_count = count + 2;
    st->vec = poe__mem_zero(&st->k->mem, st->vec_count * sizeof *st->vec);
    if (!st->vec)
        return UV_ENOMEM;
    memcpy(st->vec + 1, argv, count * sizeof *argv);
    st->env = st->how->env ? st->how->env : environ ? (const char *const *)environ : none;
    return paths_list(st, argv[0]);
}

/* -- the child ----------------------------------------------------------------------------- */

/* Only async-signal-safe calls from here to "the parent". */

static void
child_signals(void)
{
    struct sigaction dfl = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        sigaction(i, &dfl, NULL); /* refuses KILL, STOP and what the C library keeps: as they are */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int
child_stdio(struct start *st)
{
    for (int i = 0; i < 3; i++)
        if (st->child[i] <= 2 && st->child[i] != i) {
            st->child[i] = fcntl(st->child[i], F_DUPFD_CLOEXEC, 3);
            if (st->child[i] < 0)
                return -1;
        }
    for (int i = 0; i < 3; i++) {
        if (st->child[i] == i)
            fcntl(i, F_SETFD, 0); /* fails when ours is closed: so is the child's */
        else if (dup2(st->child[i], i) < 0)
            return -1;
    }
    return 0;
}

/* Marks all but 0, 1 and 2 for the exec to close; the report is among them and can still be made. */
static void
child_close(const struct start *st)
{
#ifdef CLOSE_RANGE_CLOEXEC
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
#endif
    for (int fd = 3; fd < st->fd_limit; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Comes back only when nothing could be started. */
static int
child_exec(struct start *st)
{
    char *const *argv = (char *const *)(st->vec + 1), *const *env = (char *const *)st->env;
    int error = ENOENT;

    for (const char *path = st->paths; *path; path += strlen(path) + 1) {
        execve(path, argv, env);
        if (errno == ENOEXEC) { /* a script that does not say of what */
            st->vec[0] = SHELL;
            st->vec[1] = path;
            execve(SHELL, (char *const *)st->vec, env);
        }
        if (errno == EACCES)
            error = EACCES;
        else if (errno != ENOENT && errno != ENOTDIR)
            return errno;
    }
    return error;
}

/* Does all that is asked for; the errno of the step that failed. */
static int
child_become(struct start *st)
{
    const struct poe_spawn *how = st->how;

    st->step = STEP_SETSID;
    if (how->set_session || st->slave >= 0) {
        if (setsid() < 0)
            return errno;
    } else if (how->set_group && setpgid(0, 0) < 0)
        return errno;
    st->step = STEP_TTY;
    if (st->slave >= 0 && ioctl(st->slave, TIOCSCTTY, 0) < 0)
        return errno;
    st->step = STEP_DUP;
    if (child_stdio(st) < 0)
        return errno;
    st->step = STEP_PRIORITY;
    errno = 0;
    if (how->priority && nice(how->priority) == -1 && errno)
        return errno;
    st->step = STEP_SETGROUPS;
    if (st->set_groups && setgroups((size_t)st->group_count, st->groups) < 0)
        return errno;
    st->step = STEP_SETGID;
    if (st->set_gid && setgid(st->gid) < 0)
        return errno;
    st->step = STEP_SETUID;
    if (st->set_uid && setuid(st->uid) < 0)
        return errno;
    st->step = STEP_CHDIR; /* with the rights that the program will have */
    if (how->cwd && chdir(how->cwd) < 0)
        return errno;
    if (how->close_on_call)
        child_close(st);
    child_signals();
    st->step = STEP_EXEC;
    return child_exec(st);
}

static void
child_run(struct start *st)
{
    struct report report = { .error = child_become(st) };

    report.step = st->step;
    while (write(st->report[1], &report, sizeof report) < 0 && errno == EINTR)
        ;
    _exit(127);
}

/* -- the parent ---------------------------------------------------------------------------- */

/* Signals are blocked over the fork: a handler of ours, libuv's for one, which writes to a pipe that
 * both share, must not run in the child. */
static int
start_fork(struct start *st, int *pid)
{
    sigset_t all, before;

    st->step = STEP_FORK;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    *pid = fork();
    int rc = *pid < 0 ? uv_translate_sys_error(errno) : 0;
    if (*pid == 0)
        child_run(st);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

/* Waits until the child is the program, or is not: then it is gone. */
static int
start_heard(struct start *st, int pid)
{
    struct report report;
    ssize_t size;

    fd_close(&st->report[1]);
    do
        size = read(st->report[0], &report, sizeof report);
    while (size < 0 && errno == EINTR);
    if (size != (ssize_t)sizeof report)
        return 0;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    st->step = report.step;
    return uv_translate_sys_error(report.error);
}

static int
start_prepare(struct start *st)
{
    int rc = program_find(st), pair[2];

    if (rc < 0 || (rc = identity_find(st)) < 0)
        return rc;
    for (int i = 0; i < 3; i++)
        if ((rc = stream_open(st, i)) < 0)
            return rc;
    st->fd_limit = sysconf(_SC_OPEN_MAX);
    st->step = STEP_PIPE;
    if (pipe2(pair, O_CLOEXEC) < 0)
        return uv_translate_sys_error(errno);
    return pair_keep(pair, &st->report[0], &st->report[1]);
}

/* All that was only for the start goes; `keep`: our ends do not. */
static void
start_release(struct start *st, int keep)
{
    struct mem *mem = &st->k->mem;

    for (int i = 0; i < 3; i++) {
        fd_close(&st->own[i]);
        if (!keep)
            fd_close(&st->parent[i]);
    }
    fd_close(&st->master);
    fd_close(&st->slave);
    fd_close(&st->report[0]);
    fd_close(&st->report[1]);
    poe__mem_free(mem, st->vec, st->vec_count * sizeof *st->vec);
    poe__mem_free(mem, st->paths, st->paths_size);
    poe__mem_free(mem, st->groups, (size_t)st->group_room * sizeof *st->groups);
}

int
poe_spawn(poe_kernel *k, const struct poe_spawn *how, struct poe_spawned *out)
{
    struct start st = { .k = k, .how = how, .own = { -1, -1, -1 }, .parent = { -1, -1, -1 },
                        .master = -1, .slave = -1, .report = { -1, -1 } };
    struct child *child;
    int rc = poe__child_expect(k, &child), pid = 0;

    if (rc < 0) {
        out->failed = step_names[STEP_MEMORY];
        return rc;
    }
    rc = start_prepare(&st);
    if (rc == 0)
        rc = start_fork(&st, &pid);
    if (rc == 0)
        rc = start_heard(&st, pid);
    start_release(&st, rc == 0);
    if (rc < 0) {
        out->failed = step_names[st.step];
        poe__child_failed(k, child);
        return rc;
    }
    poe__child_started(k, child, pid);
    TRACE(k, POE_TRACE_SIGNALS, "child %d runs %s", pid, how->shell ? how->shell : how->argv[0]);
    out->pid = pid;
    memcpy(out->fds, st.parent, sizeof out->fds);
    out->failed = NULL;
    return 0;
}

int
poe_process_kill(int pid, int signal)
{
    return kill(pid, signal) < 0 ? uv_translate_sys_error(errno) : 0;
}

/* Twice: the first ends a line that was begun, if there is one. */
int
poe_pty_eof(int fd)
{
    struct termios mode;

    if (tcgetattr(fd, &mode) < 0)
        return uv_translate_sys_error(errno);
    if (!(mode.c_lflag & ICANON)) {
        mode.c_lflag |= ICANON;
        mode.c_cc[VEOF] = 4;
        if (tcsetattr(fd, TCSANOW, &mode) < 0)
            return uv_translate_sys_error(errno);
    }
    char eof[2] = { (char)mode.c_cc[VEOF], (char)mode.c_cc[VEOF] };
    return write(fd, eof, sizeof eof) < 0 ? uv_translate_sys_error(errno) : 0;
}
