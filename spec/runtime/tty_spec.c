/*
 * tty_spec.c - terminals: raw and as they were, whatever ends the session
 */
#include "tty.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"
#include "suites.h"

static struct host h;
static int master, terminal;

static void
open_host(void)
{
    host_open(&h);
    master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master), 0);
    ck_assert_int_eq(unlockpt(master), 0);
    terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal, 0);
}

static void
close_host(void)
{
    host_close(&h);
    close(terminal);
    close(master);
}

static int
is_cooked(void)
{
    struct termios modes;

    ck_assert_int_eq(tcgetattr(terminal, &modes), 0);
    ck_assert_int_eq(!(modes.c_lflag & ICANON), !(modes.c_lflag & ECHO));
    ck_assert_int_eq(!(modes.c_lflag & ICANON), !(modes.c_lflag & ISIG));
    ck_assert_int_ne(modes.c_oflag & OPOST, 0);
    return (modes.c_lflag & ICANON) != 0;
}

/* What the terminal has been told. */
static const char *
shown(void)
{
    static char text[64];

    fcntl(master, F_SETFL, O_NONBLOCK);
    ssize_t n = read(master, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

START_TEST(a_terminal_is_raw_and_then_as_it_was)
{
    struct termios before, after;
    poe_tty *t;

    ck_assert_int_eq(poe_tty_open(h.kernel, terminal, &t), 0);
    ck_assert_int_eq(tcgetattr(terminal, &before), 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(poe_tty_raw(t, "bye", 0), 0);
        ck_assert_int_eq(poe_tty_raw(t, "bye", 0), 0);
        ck_assert(!is_cooked());
        ck_assert_int_eq(poe_tty_cooked(t), 0);
        ck_assert_int_eq(poe_tty_cooked(t), 0);
        ck_assert_int_eq(tcgetattr(terminal, &after), 0);
        ck_assert(before.c_iflag == after.c_iflag && before.c_oflag == after.c_oflag);
        ck_assert(before.c_cflag == after.c_cflag && before.c_lflag == after.c_lflag);
        ck_assert_mem_eq(before.c_cc, after.c_cc, sizeof before.c_cc);
    }
    poe_tty_release(&t);
    ck_assert_ptr_null(t);
    ck_assert_str_eq(shown(), "");
}
END_TEST

START_TEST(only_the_interrupt_is_left_when_it_is_asked_for)
{
    struct termios modes;
    poe_tty *t;

    ck_assert_int_eq(poe_tty_open(h.kernel, terminal, &t), 0);
    ck_assert_int_eq(poe_tty_raw(t, "", 1), 0);
    ck_assert_int_eq(tcgetattr(terminal, &modes), 0);
    ck_assert_int_eq(modes.c_lflag & (ICANON | ECHO | ISIG), ISIG);
    ck_assert_int_eq(modes.c_cc[VINTR], 3);
    ck_assert_int_eq(modes.c_cc[VQUIT], _POSIX_VDISABLE);
    ck_assert_int_eq(modes.c_cc[VSUSP], _POSIX_VDISABLE);
    poe_tty_release(&t);
    ck_assert(is_cooked());
}
END_TEST

START_TEST(closing_puts_it_back_and_says_farewell)
{
    poe_tty *t;

    ck_assert_int_eq(poe_tty_open(h.kernel, terminal, &t), 0);
    ck_assert_int_eq(poe_tty_raw(t, "0123456789012345678901234567890123456789", 0), UV_E2BIG);
    ck_assert(is_cooked());
    ck_assert_int_eq(poe_tty_raw(t, "bye", 0), 0);
    poe_tty_close(t);
    poe_tty_close(t);
    ck_assert(is_cooked());
    ck_assert_str_eq(shown(), "bye");
    poe_tty_release(&t);
}
END_TEST

START_TEST(others_notice_nothing_of_its_descriptor)
{
    poe_tty *t;

    ck_assert_int_eq(poe_tty_open(h.kernel, terminal, &t), 0);
    int fd = poe_tty_share(t);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(fcntl(terminal, F_GETFL) & O_NONBLOCK, 0);
    poe_tty_release(&t);
    ck_assert_int_eq(write(fd, "x", 1), 1);
    close(fd);
}
END_TEST

START_TEST(it_knows_its_size)
{
    struct winsize size = { .ws_col = 77, .ws_row = 33 };
    int columns = -1, lines = -1;
    poe_tty *t;

    ck_assert_int_eq(poe_tty_open(h.kernel, terminal, &t), 0);
    ck_assert_int_eq(poe_tty_size(t, &columns, &lines), 0);
    ck_assert(columns == 0 && lines == 0);
    ck_assert_int_eq(ioctl(master, TIOCSWINSZ, &size), 0);
    ck_assert_int_eq(poe_tty_size(t, &columns, &lines), 0);
    ck_assert(columns == 77 && lines == 33);
    poe_tty_close(t);
    ck_assert_int_eq(poe_tty_size(t, &columns, &lines), UV_EBADF);
    ck_assert_int_eq(poe_tty_raw(t, "", 0), UV_EBADF);
    ck_assert_int_eq(poe_tty_share(t), UV_EBADF);
    poe_tty_release(&t);
}
END_TEST

START_TEST(what_is_no_terminal_is_not_opened)
{
    int fd = open("/dev/null", O_RDWR);
    poe_tty *t = NULL;

    ck_assert_int_eq(poe_tty_open(h.kernel, fd, &t), UV_ENOTTY);
    ck_assert_int_eq(poe_tty_open(h.kernel, -1, &t), UV_ENOTTY);
    ck_assert_ptr_null(t);
    close(fd);
    int next = dup(0);
    close(next);
    h.heap.fail_at = h.heap.grown + 1;
    h.heap.fail_on = 1;
    ck_assert_int_eq(poe_tty_open(h.kernel, terminal, &t), UV_ENOMEM);
    h.heap.fail_at = 0;
    ck_assert_int_eq(fcntl(next, F_GETFD), -1);
}
END_TEST

static poe_tty *theirs;

static void
open_theirs(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_eq(poe_tty_open(host->kernel, terminal, &theirs), 0);
    ck_assert_int_eq(poe_tty_raw(theirs, "gone", 0), 0);
    ck_assert(!is_cooked());
}

START_TEST(it_is_put_back_with_its_session_and_does_not_keep_it)
{
    static const struct role cast[] = { { "A", { { "_start", "do" } } }, { NULL, { { NULL, NULL } } } };

    h.act = open_theirs;
    h.hide = "_child _parent";
    host_story(&h, cast, "A", "A:_start A:_stop");
    ck_assert(is_cooked());
    ck_assert_str_eq(shown(), "gone");
    ck_assert_ptr_null(theirs->session);
    poe_tty_release(&theirs);
}
END_TEST

Suite *
tty_suite(void)
{
    Suite *s = suite_create("tty");
    TCase *tc = tcase_create("tty");

    tcase_add_checked_fixture(tc, open_host, close_host);
    tcase_add_test(tc, a_terminal_is_raw_and_then_as_it_was);
    tcase_add_test(tc, only_the_interrupt_is_left_when_it_is_asked_for);
    tcase_add_test(tc, closing_puts_it_back_and_says_farewell);
    tcase_add_test(tc, others_notice_nothing_of_its_descriptor);
    tcase_add_test(tc, it_knows_its_size);
    tcase_add_test(tc, what_is_no_terminal_is_not_opened);
    tcase_add_test(tc, it_is_put_back_with_its_session_and_does_not_keep_it);
    suite_add_tcase(s, tc);
    return s;
}
