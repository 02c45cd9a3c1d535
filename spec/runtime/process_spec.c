/*
 * process_spec.c - starting programs: what they are given, what fails, what is left behind
 */
#include <uv.h>

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "kernel.h"
#include "suites.h"

static struct host h;
static struct poe_spawned got;
static char text[4096];
static int inherited[256], inherited_count; /* open before there was a kernel */

static void
open_host(void)
{
    inherited_count = 0;
    for (int fd = 3; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) == 0)
            inherited[inherited_count++] = fd;
    host_open(&h);
    h.hide = "_start _child _parent _stop";
}

static void
close_host(void)
{
    host_close(&h);
}

/* -- what the specs look at ---------------------------------------------------------------- */

static int
open_fds(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Bytes the kernel holds when what closes has closed. */
static size_t
memory(void)
{
    uv_run(h.kernel->loop, UV_RUN_NOWAIT);
    return poe_kernel_memory(h.kernel);
}

/* No child of this process is left, not even a zombie. */
static int
no_children(void)
{
    return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

static void
close_fds(void)
{
    for (int i = 0; i < 3; i++)
        if (got.fds[i] >= 0) {
            ck_assert_int_eq(close(got.fds[i]), 0);
            got.fds[i] = -1;
        }
}

/* What comes from `fd` until its end, into `text`; it does not block, so it is waited for. */
static const char *
all_of(int fd)
{
    size_t size = 0;

    for (;;) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        ck_assert_int_eq(poll(&p, 1, 10000), 1);
        ssize_t n = read(fd, text + size, sizeof text - 1 - size);
        if (n <= 0) { /* a pty ends with an error */
            ck_assert(n == 0 || errno == EIO);
            break;
        }
        size += (size_t)n;
    }
    text[size] = '\0';
    return text;
}

/* Waits for the end as somebody outside would, leaving the zombie to the kernel. */
static void
wait_ended(int pid)
{
    siginfo_t info;

    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
}

/* Runs `command` in a shell with its output on a pipe, and gives what it writes. */
static const char *
output_of(struct poe_spawn *how, const char *command)
{
    how->shell = command;
    if (how->stream[1].conduit == POE_CONDUIT_INHERIT)
        how->stream[1].conduit = POE_CONDUIT_PIPE;
    ck_assert_int_eq(poe_spawn(h.kernel, how, &got), 0);
    ck_assert_int_gt(got.pid, 0);
    all_of(got.fds[1]);
    close_fds();
    wait_ended(got.pid);
    return text;
}

/* -- programs ------------------------------------------------------------------------------ */

START_TEST(arguments_arrive_as_they_are)
{
    static const char *const argv[] = { "printf", "<%s>", "a b", "$HOME", "", NULL };
    struct poe_spawn how = { .argv = argv, .stream[1].conduit = POE_CONDUIT_PIPE };

    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), 0);
    ck_assert_int_eq(got.fds[0], -1);
    ck_assert_int_eq(got.fds[2], -1);
    ck_assert_str_eq(all_of(got.fds[1]), "<a b><$HOME><>");
    close_fds();
}
END_TEST

START_TEST(a_command_is_the_shells)
{
    struct poe_spawn how = { 0 };
    ck_assert_str_eq(output_of(&how, "for i in 1 2; do echo $i; done"), "1\n2\n");
}
END_TEST

START_TEST(each_stream_is_its_own)
{
    struct poe_spawn how = { .shell = "read x; echo out $x; echo err $x >&2" };
    for (int i = 0; i < 3; i++)
        how.stream[i].conduit = _i == 0 ? POE_CONDUIT_PIPE : POE_CONDUIT_SOCKETPAIR;

    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_ge(got.fds[i], 3);
        ck_assert_int_eq(fcntl(got.fds[i], F_GETFD), FD_CLOEXEC);
        ck_assert_int_ne(fcntl(got.fds[i], F_GETFL) & O_NONBLOCK, 0);
    }
    ck_assert_int_eq(write(got.fds[0], "hi\n", 3), 3);
    ck_assert_str_eq(all_of(got.fds[1]), "out hi\n");
    ck_assert_str_eq(all_of(got.fds[2]), "err hi\n");
    close_fds();
}
END_TEST

START_TEST(errors_may_go_where_the_output_goes)
{
    struct poe_spawn how = { .stream[2].conduit = POE_CONDUIT_OUTPUT };
    ck_assert_str_eq(output_of(&how, "echo 1; echo 2 >&2; echo 3"), "1\n2\n3\n");
}
END_TEST

START_TEST(null_is_empty_and_swallows)
{
    struct poe_spawn how = { .stream[0].conduit = POE_CONDUIT_NULL,
                             .stream[2].conduit = POE_CONDUIT_NULL };
    ck_assert_str_eq(output_of(&how, "cat; echo lost >&2; echo kept"), "kept\n");
}
END_TEST

START_TEST(files_are_read_and_made_empty_and_written)
{
    char path[] = "/tmp/poe-spec-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, "a long old text", 15), 15);

    struct poe_spawn out = { .stream[1] = { .conduit = POE_CONDUIT_FILE, .path = path },
                             .stream[2].conduit = POE_CONDUIT_OUTPUT,
                             .shell = "echo one; echo two >&2" };
    ck_assert_int_eq(poe_spawn(h.kernel, &out, &got), 0);
    wait_ended(got.pid);
    struct poe_spawn in = { .stream[0] = { .conduit = POE_CONDUIT_FILE, .path = path } };
    ck_assert_str_eq(output_of(&in, "cat"), "one\ntwo\n");
    struct poe_spawn lent = { .stream[0] = { .conduit = POE_CONDUIT_FD, .fd = fd } };
    lseek(fd, 4, SEEK_SET);
    ck_assert_str_eq(output_of(&lent, "cat"), "two\n");
    ck_assert_int_eq(close(fd), 0); /* it was only lent */
    unlink(path);
}
END_TEST

START_TEST(descriptors_that_cross_arrive_crossed)
{
    int saved[3], pipes[2][2];

    for (int i = 0; i < 3; i++)
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
    ck_assert_int_eq(pipe2(pipes[0], O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(pipes[1], O_CLOEXEC), 0);
    dup2(pipes[0][1], 1);
    dup2(pipes[1][1], 2);
    struct poe_spawn how = { .stream[1] = { .conduit = POE_CONDUIT_FD, .fd = 2 },
                             .stream[2] = { .conduit = POE_CONDUIT_FD, .fd = 1 },
                             .shell = "echo out; echo err >&2" };
    int rc = poe_spawn(h.kernel, &how, &got);
    dup2(saved[1], 1);
    dup2(saved[2], 2);
    close(pipes[0][1]);
    close(pipes[1][1]);
    ck_assert_int_eq(rc, 0);
    ck_assert_str_eq(all_of(pipes[0][0]), "err\n");
    ck_assert_str_eq(all_of(pipes[1][0]), "out\n");
    for (int i = 0; i < 3; i++)
        close(saved[i]);
    close(pipes[0][0]);
    close(pipes[1][0]);
}
END_TEST

START_TEST(it_works_when_our_own_three_are_closed)
{
    int saved[3];

    for (int i = 0; i < 3; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
        close(i);
    }
    struct poe_spawn how = { .shell = "read x; echo out $x; echo err >&2" };
    for (int i = 0; i < 3; i++)
        how.stream[i].conduit = POE_CONDUIT_PIPE;
    int rc = poe_spawn(h.kernel, &how, &got);
    int written = rc == 0 ? (int)write(got.fds[0], "x\n", 2) : 0;
    for (int i = 0; i < 3; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(written, 2);
    ck_assert_str_eq(all_of(got.fds[1]), "out x\n");
    ck_assert_str_eq(all_of(got.fds[2]), "err\n");
    close_fds();
}
END_TEST

START_TEST(a_program_gets_the_environment_and_the_folder_it_is_told)
{
    static const char *const env[] = { "A=1", "PATH=/bin:/usr/bin", NULL };
    struct poe_spawn how = { .env = env, .cwd = "/usr" };

    setenv("POE_SPEC", "ours", 1);
    ck_assert_str_eq(output_of(&how, "echo $A-$POE_SPEC; pwd"), "1-\n/usr\n");
    struct poe_spawn ours = { 0 };
    ck_assert_str_eq(output_of(&ours, "echo $A-$POE_SPEC"), "-ours\n");
}
END_TEST

START_TEST(the_path_is_the_childs_and_a_bare_script_is_the_shells)
{
    char dir[] = "/tmp/poe-spec-XXXXXX", path[64], variable[64];

    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/tool", dir);
    snprintf(variable, sizeof variable, "PATH=/nowhere:%s", dir);
    FILE *file = fopen(path, "w");
    fputs("echo \"$0 $1\"\n", file); /* no #! */
    fclose(file);
    const char *const argv[] = { "tool", "x", NULL }, *const env[] = { variable, NULL };
    struct poe_spawn how = { .argv = argv, .env = env, .stream[1].conduit = POE_CONDUIT_PIPE };

    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), UV_EACCES); /* not executable yet */
    chmod(path, 0700);
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), 0);
    strcat(path, " x\n");
    ck_assert_str_eq(all_of(got.fds[1]), path);
    close_fds();
    *strrchr(path, ' ') = '\0';
    unlink(path);
    rmdir(dir);
}
END_TEST

START_TEST(signals_begin_as_they_are_by_default)
{
    struct poe_spawn how = { 0 };
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    /* of the signals that are ours: the C library keeps 32 and 33 to itself */
    output_of(&how, "sed -nE 's/^(Sig(Blk|Ign):).*(.{8})$/\\1 \\3/p' /proc/self/status | sed 's/ 8/ 0/'");
    ck_assert_str_eq(text, "SigBlk: 00000000\nSigIgn: 00000000\n");
    sigprocmask(SIG_SETMASK, NULL, &set);
    ck_assert_int_eq(sigismember(&set, SIGTERM), 1); /* ours is what it was */
    ck_assert_int_eq(sigismember(&set, SIGINT), 0);
}
END_TEST

START_TEST(sessions_and_groups_are_its_own_when_asked_for)
{
    const char *command = "set -- $(cat /proc/$$/stat); [ $5 = $$ ] && echo -n group;"
                          " [ $6 = $$ ] && echo -n session; true";
    struct poe_spawn none = { 0 }, group = { .set_group = 1 }, session = { .set_session = 1 };

    ck_assert_str_eq(output_of(&none, command), "");
    ck_assert_str_eq(output_of(&group, command), "group");
    ck_assert_str_eq(output_of(&session, command), "groupsession");
}
END_TEST

START_TEST(niceness_is_added)
{
    struct poe_spawn how = { .priority = 3 };
    char expected[16];

    snprintf(expected, sizeof expected, "%d\n", getpriority(PRIO_PROCESS, 0) + 3);
    ck_assert_str_eq(output_of(&how, "nice"), expected);
}
END_TEST

START_TEST(a_user_comes_with_its_groups_and_without_ours)
{
    struct poe_spawn how = { .user = "nobody" };
    struct passwd *nobody = getpwnam("nobody");
    char expected[64];

    if (geteuid() != 0)
        return;
    snprintf(expected, sizeof expected, "%u %u %u\n", nobody->pw_uid, nobody->pw_gid, nobody->pw_gid);
    ck_assert_str_eq(output_of(&how, "echo $(id -u) $(id -g) $(id -G)"), expected);
    how.group = "12345";
    snprintf(expected, sizeof expected, "%u 12345\n", nobody->pw_uid);
    ck_assert_str_eq(output_of(&how, "echo $(id -u) $(id -g)"), expected);
    how.user = "54321"; /* a number that nobody has */
    ck_assert_str_eq(output_of(&how, "echo $(id -u) $(id -G)"), "54321 12345\n");
    how.user = "nobody";
    char ours[] = "/tmp/poe-spec-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(ours)); /* nobody else may enter it */
    how.cwd = ours;
    how.shell = "true";
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), UV_EACCES); /* with the user's rights */
    ck_assert_str_eq(got.failed, "chdir");
    rmdir(ours);
}
END_TEST

START_TEST(close_on_call_closes_what_others_left_open)
{
    struct poe_spawn how = { 0 };
    int fd = open("/dev/null", O_RDONLY); /* as fopen would: for children, too */
    char command[64];

    snprintf(command, sizeof command, "test -e /proc/$$/fd/%d && echo open || echo closed", fd);
    ck_assert_str_eq(output_of(&how, command), "open\n");
    how.close_on_call = 1;
    ck_assert_str_eq(output_of(&how, command), "closed\n");
    close(fd);
}
END_TEST

START_TEST(nothing_of_ours_is_passed_on)
{
    struct poe_spawn how = { .stream[0].conduit = POE_CONDUIT_PIPE };

    for (int i = 0; i < inherited_count; i++) /* what this test was given itself */
        fcntl(inherited[i], F_SETFD, FD_CLOEXEC);
    ck_assert_str_eq(output_of(&how, "ls /proc/$$/fd; true"), "0\n1\n2\n");
}
END_TEST

/* -- terminals ----------------------------------------------------------------------------- */

START_TEST(a_pty_is_the_childs_terminal)
{
    struct poe_spawn how = { .winsize = { 30, 100, 0, 0 }, .shell =
        "tty; stty size; echo err >&2; echo tty >/dev/tty; read x; echo got $x" };
    char name[64];

    for (int i = 0; i < 3; i++)
        how.stream[i].conduit = POE_CONDUIT_PTY;
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), 0);
    ck_assert_int_ge(got.fds[0], 3);
    ck_assert_int_ge(got.fds[1], 3);
    ck_assert_int_ne(got.fds[0], got.fds[1]);
    ck_assert_int_eq(got.fds[2], -1);
    ck_assert_int_eq(fcntl(got.fds[0], F_GETFD), FD_CLOEXEC);
    ck_assert_int_ne(fcntl(got.fds[1], F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_eq(write(got.fds[0], "it\n", 3), 3);
    ptsname_r(got.fds[1], name, sizeof name);
    strcat(name, "\n30 100\nerr\ntty\ngot it\n"); /* no echo, no carriage returns */
    ck_assert_str_eq(all_of(got.fds[1]), name);
    close_fds();
}
END_TEST

START_TEST(a_ptys_input_can_be_ended)
{
    struct poe_spawn how = { .shell = "cat; echo end" };

    for (int i = 0; i < 2; i++)
        how.stream[i].conduit = POE_CONDUIT_PTY;
    how.stream[2].conduit = POE_CONDUIT_PIPE;
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), 0);
    ck_assert_int_ge(got.fds[2], 3);
    ck_assert_int_eq(write(got.fds[0], "no line end", 11), 11);
    ck_assert_int_eq(poe_pty_eof(got.fds[0]), 0);
    ck_assert_str_eq(all_of(got.fds[1]), "no line endend\n");
    close_fds();
}
END_TEST

START_TEST(hanging_up_ends_what_runs_on_the_pty)
{
    struct poe_spawn how = { .shell = "sleep 100" };

    for (int i = 0; i < 3; i++)
        how.stream[i].conduit = POE_CONDUIT_PTY;
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), 0);
    close_fds();
    int status;
    ck_assert_int_eq(waitpid(got.pid, &status, 0), got.pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
}
END_TEST

/* -- failures ------------------------------------------------------------------------------ */

/* Each way to fail, its code, and the step it names. */
static const struct {
    struct poe_spawn how;
    int code;
    const char *step;
} failures[] = {
    { { .shell = NULL }, UV_ENOENT, "exec" }, /* argv: see below */
    { { .shell = "true", .cwd = "/no/such/folder" }, UV_ENOENT, "chdir" },
    { { .shell = "true", .user = "no such user" }, UV_EINVAL, "user" },
    { { .shell = "true", .group = "no such group" }, UV_EINVAL, "group" },
    { { .shell = "true", .stream[1] = { POE_CONDUIT_FILE, 0, "/no/such/file" } }, UV_ENOENT, "open" },
    { { .shell = "true", .stream[0] = { POE_CONDUIT_FD, 999, NULL } }, UV_EBADF, "dup" },
};

START_TEST(what_fails_is_told_and_leaves_nothing)
{
    static const char *const argv[] = { "/no/such/program", NULL };
    struct poe_spawn how = failures[_i].how;

    if (!how.shell)
        how.argv = argv;
    for (int i = 0; i < 3; i++)
        if (how.stream[i].conduit == POE_CONDUIT_INHERIT)
            how.stream[i].conduit = i < 2 ? POE_CONDUIT_PTY : POE_CONDUIT_PIPE;
    poe_spawn(h.kernel, &how, &got); /* the look-up of names may leave something open once */
    int fds = open_fds();
    size_t used = memory();
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), failures[_i].code);
    ck_assert_str_eq(got.failed, failures[_i].step);
    ck_assert_int_eq(open_fds(), fds);
    ck_assert_uint_eq(memory(), used);
    ck_assert(no_children());
}
END_TEST

START_TEST(a_program_without_a_name_is_not_found)
{
    static const char *const argv[] = { "", NULL };
    struct poe_spawn how = { .argv = argv };

    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), UV_ENOENT);
    ck_assert(no_children());
}
END_TEST

START_TEST(nothing_to_start_is_misuse)
{
    static const char *const argv[] = { NULL };
    struct poe_spawn how = { .argv = argv }, nothing = { .argv = NULL };

    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), UV_EINVAL);
    ck_assert_int_eq(poe_spawn(h.kernel, &nothing, &got), UV_EINVAL);
}
END_TEST

START_TEST(a_process_without_an_environment_passes_none_on)
{
    struct poe_spawn how = { 0 };
    char **saved = environ;

    clearenv();
    output_of(&how, "/usr/bin/env | grep -vE '^(PWD|_|SHLVL|OLDPWD)='; echo end");
    environ = saved;
    ck_assert_str_eq(text, "end\n");
}
END_TEST

START_TEST(only_root_may_become_somebody_else)
{
    struct poe_spawn how = { .shell = "true", .user = "0" };

    if (geteuid() == 0)
        ck_assert_int_eq(setuid(65534), 0);
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), UV_EPERM);
    ck_assert(no_children());
}
END_TEST

START_TEST(too_few_descriptors_leak_none)
{
    struct poe_spawn how = { .shell = "true" };
    struct rlimit limit;
    int failed = 0, rc;

    for (int i = 0; i < 3; i++)
        how.stream[i].conduit = _i == 0 ? POE_CONDUIT_PIPE : _i == 1 ? POE_CONDUIT_PTY
                                                                      : POE_CONDUIT_SOCKETPAIR;
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), 0); /* opens what stays open */
    close_fds();
    int fds = open_fds(), first = fcntl(0, F_DUPFD_CLOEXEC, 3);
    ck_assert_int_ge(first, 3);
    close(first);
    getrlimit(RLIMIT_NOFILE, &limit);
    for (int room = 0;; room++) {
        limit.rlim_cur = (rlim_t)(first + room);
        setrlimit(RLIMIT_NOFILE, &limit);
        rc = poe_spawn(h.kernel, &how, &got);
        if (rc == 0)
            break;
        ck_assert_int_eq(rc, UV_EMFILE);
        ck_assert_int_eq(open_fds(), fds);
        failed++;
        ck_assert_int_lt(room, 100);
    }
    close_fds();
    ck_assert_int_ge(failed, _i == 1 ? 5 : 7);
    ck_assert_int_eq(open_fds(), fds);
}
END_TEST

START_TEST(no_process_to_be_had_is_told)
{
    struct poe_spawn how = { .shell = "true", .stream[1].conduit = POE_CONDUIT_PIPE };
    struct rlimit before, none;
    int fds = open_fds();

    if (geteuid() == 0)
        ck_assert_int_eq(setuid(54321), 0); /* root has no limit */
    getrlimit(RLIMIT_NPROC, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NPROC, &none);
    int rc = poe_spawn(h.kernel, &how, &got);
    ck_assert_int_eq(rc, UV_EAGAIN);
    ck_assert_str_eq(got.failed, "fork");
    ck_assert_int_le(open_fds(), fds + 4); /* libuv's own, of its first signal */
    fds = open_fds();
    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), UV_EAGAIN);
    ck_assert_int_eq(open_fds(), fds);
    setrlimit(RLIMIT_NPROC, &before);
}
END_TEST

START_TEST(without_memory_nothing_is_started)
{
    struct poe_spawn how = { .shell = "true", .user = "0", .stream[1].conduit = POE_CONDUIT_PIPE };
    int failed = 0, rc;

    poe_spawn(h.kernel, &(struct poe_spawn){ .shell = "true" }, &got);
    wait_ended(got.pid);
    poe__children_reap(h.kernel);
    int fds = open_fds();
    for (long n = 1;; n++) {
        size_t used = memory();
        h.heap.fail_at = h.heap.grown + n;
        h.heap.fail_on = 0;
        rc = poe_spawn(h.kernel, &how, &got);
        h.heap.fail_at = 0;
        if (rc == 0)
            break;
        ck_assert_int_eq(rc, UV_ENOMEM);
        ck_assert_uint_eq(memory(), used);
        ck_assert_int_eq(open_fds(), fds);
        ck_assert(no_children());
        failed++;
    }
    ck_assert_int_ge(failed, 5);
    close_fds();
}
END_TEST

/* -- ends ---------------------------------------------------------------------------------- */

static int
start(const char *command)
{
    struct poe_spawn how = { .shell = command };

    ck_assert_int_eq(poe_spawn(h.kernel, &how, &got), 0);
    return got.pid;
}

static void
watch_it(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_eq(host_child(host, got.pid, "ended"), 0);
}

/* Runs the loop until the kernel has taken note of the child's end. */
static void
until_reaped(int pid)
{
    wait_ended(pid);
    for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++)
        uv_run(h.kernel->loop, UV_RUN_NOWAIT);
    ck_assert_int_eq(kill(pid, 0), -1);
}

START_TEST(an_end_that_nobody_watches_leaves_no_zombie_and_is_told_to_nobody)
{
    static const struct role cast[] = { { "A", { { "_start", "delay 60 x" } } }, { 0 } };

    host_play(&h, cast, "A");
    until_reaped(start("exit 3"));
    host_expect(&h, "");
    ck_assert_ptr_null(h.kernel->signals.chld);
}
END_TEST

START_TEST(who_watches_after_the_end_still_hears_of_it_once)
{
    static const struct role cast[] = { { "A", { { "_start", "do" } } },
                                        { "B", { { "_start", "delay 60 x" } } }, { 0 } };

    host_play(&h, cast, "B");
    until_reaped(start("exit 3"));
    poe_session_stop(host_find(&h, "B"));
    h.act = watch_it;
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:ended(CHLD,3,0)");
    ck_assert(list_empty(&h.kernel->signals.ended));
}
END_TEST

START_TEST(a_watched_child_is_told_as_any_other)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig CHLD; do" } } }, { 0 } };

    start("kill -TERM $$");
    h.act = watch_it;
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:ended(CHLD,0,15) A:CHLD(CHLD,0,15)");
    ck_assert(list_empty(&h.kernel->signals.running));
    ck_assert(list_empty(&h.kernel->signals.ended));
}
END_TEST

START_TEST(a_running_child_nobody_watches_keeps_nobody)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a" } } }, { 0 } };
    int pid = start("exec sleep 100");

    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0); /* IDLE ends A */
    ck_assert_int_eq(poe_process_kill(pid, 0), 0);
    ck_assert_int_eq(poe_process_kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_int_eq(poe_process_kill(pid, 0), UV_ESRCH);
}
END_TEST

START_TEST(other_peoples_children_are_left_to_them)
{
    static const struct role cast[] = { { "A", { { "_start", "delay 60 x" } } }, { 0 } };
    int status, other = fork();

    if (other == 0)
        _exit(7);
    host_play(&h, cast, "A");
    wait_ended(other);
    until_reaped(start("exit 3"));
    FILE *pipe = popen("exit 5", "r");
    until_reaped(start("exit 3"));
    ck_assert_int_eq(WEXITSTATUS(pclose(pipe)), 5);
    ck_assert_int_eq(waitpid(other, &status, WNOHANG), other);
    ck_assert_int_eq(WEXITSTATUS(status), 7);
}
END_TEST

/* Not of fork, which copies what each of so many would leave unused. */
static int
child_that_ends(void)
{
    int pid = vfork();

    if (pid == 0)
        _exit(0);
    return pid;
}

START_TEST(of_the_ends_nobody_asked_for_only_the_last_are_kept)
{
    struct child *child;

    for (int i = 0; i < POE_ENDED_KEPT + 10; i++) {
        ck_assert_int_eq(poe__child_expect(h.kernel, &child), 0);
        int pid = child_that_ends();
        poe__child_started(h.kernel, child, pid);
        wait_ended(pid);
        poe__children_reap(h.kernel);
        uv_run(h.kernel->loop, UV_RUN_NOWAIT);
    }
    ck_assert_uint_eq(h.kernel->signals.ended_count, POE_ENDED_KEPT);
    ck_assert(no_children());
}
END_TEST

START_TEST(signals_have_their_names)
{
    ck_assert_int_eq(poe_signal_number("TERM"), SIGTERM);
    ck_assert_int_eq(poe_signal_number("KILL"), SIGKILL);
    ck_assert_int_eq(poe_signal_number("CHLD"), SIGCHLD);
    ck_assert_int_eq(poe_signal_number("SIGTERM"), 0);
    ck_assert_int_eq(poe_signal_number("foo"), 0);
}
END_TEST

Suite *
process_suite(void)
{
    Suite *s = suite_create("process");
    TCase *programs = tcase_create("programs"), *terminals = tcase_create("terminals");
    TCase *failing = tcase_create("failures"), *ends = tcase_create("ends");

    tcase_add_checked_fixture(programs, open_host, close_host);
    tcase_set_timeout(programs, 30);
    tcase_add_test(programs, arguments_arrive_as_they_are);
    tcase_add_test(programs, a_command_is_the_shells);
    tcase_add_loop_test(programs, each_stream_is_its_own, 0, 2);
    tcase_add_test(programs, errors_may_go_where_the_output_goes);
    tcase_add_test(programs, null_is_empty_and_swallows);
    tcase_add_test(programs, files_are_read_and_made_empty_and_written);
    tcase_add_test(programs, descriptors_that_cross_arrive_crossed);
    tcase_add_test(programs, it_works_when_our_own_three_are_closed);
    tcase_add_test(programs, a_program_gets_the_environment_and_the_folder_it_is_told);
    tcase_add_test(programs, a_process_without_an_environment_passes_none_on);
    tcase_add_test(programs, the_path_is_the_childs_and_a_bare_script_is_the_shells);
    tcase_add_test(programs, signals_begin_as_they_are_by_default);
    tcase_add_test(programs, sessions_and_groups_are_its_own_when_asked_for);
    tcase_add_test(programs, niceness_is_added);
    tcase_add_test(programs, a_user_comes_with_its_groups_and_without_ours);
    tcase_add_test(programs, close_on_call_closes_what_others_left_open);
    tcase_add_test(programs, nothing_of_ours_is_passed_on);
    suite_add_tcase(s, programs);

    tcase_add_checked_fixture(terminals, open_host, close_host);
    tcase_set_timeout(terminals, 30);
    tcase_add_test(terminals, a_pty_is_the_childs_terminal);
    tcase_add_test(terminals, a_ptys_input_can_be_ended);
    tcase_add_test(terminals, hanging_up_ends_what_runs_on_the_pty);
    suite_add_tcase(s, terminals);

    tcase_add_checked_fixture(failing, open_host, close_host);
    tcase_set_timeout(failing, 30);
    tcase_add_loop_test(failing, what_fails_is_told_and_leaves_nothing, 0,
                        (int)(sizeof failures / sizeof failures[0]));
    tcase_add_test(failing, a_program_without_a_name_is_not_found);
    tcase_add_test(failing, nothing_to_start_is_misuse);
    tcase_add_test(failing, only_root_may_become_somebody_else);
    tcase_add_loop_test(failing, too_few_descriptors_leak_none, 0, 3);
    tcase_add_test(failing, no_process_to_be_had_is_told);
    tcase_add_test(failing, without_memory_nothing_is_started);
    suite_add_tcase(s, failing);

    tcase_add_checked_fixture(ends, open_host, close_host);
    tcase_set_timeout(ends, 60);
    tcase_add_test(ends, an_end_that_nobody_watches_leaves_no_zombie_and_is_told_to_nobody);
    tcase_add_test(ends, who_watches_after_the_end_still_hears_of_it_once);
    tcase_add_test(ends, a_watched_child_is_told_as_any_other);
    tcase_add_test(ends, a_running_child_nobody_watches_keeps_nobody);
    tcase_add_test(ends, other_peoples_children_are_left_to_them);
    tcase_add_test(ends, of_the_ends_nobody_asked_for_only_the_last_are_kept);
    tcase_add_test(ends, signals_have_their_names);
    suite_add_tcase(s, ends);
    return s;
}
