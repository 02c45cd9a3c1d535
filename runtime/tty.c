/*
 * tty.c - a terminal's modes and size
 *
 * A terminal is opened anew, by the name the system has for the descriptor, so that what libuv does to
 * our descriptor (O_NONBLOCK) does not happen to the processes that share the given one.  It belongs to the
 * session that opened it; whatever ends that session puts the modes back.
 */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kernel.h"

/* Another open file description of the terminal that `fd` is. */
static int
open_anew(int fd)
{
    const int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    char path[48];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = open(path, flags);
    int rc = -errno;
    if (own < 0 && tcgetsid(fd) == getsid(0)) /* after su it is another user's, but still ours to use */
        own = open("/dev/tty", flags);
    return own < 0 ? rc : own;
}

int
poe_tty_open(poe_kernel *k, int fd, poe_tty **tty)
{
    poe_session *s = k->frame->session;
    poe_tty *t;

    if (!isatty(fd))
        return UV_ENOTTY;
    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    int own = open_anew(fd);
    if (own < 0)
        return own;
    t = poe__session_more(s) ? poe__mem_zero(&k->mem, sizeof *t) : NULL;
    if (!t) {
        close(own);
        return UV_ENOMEM;
    }
    t->kernel = k;
    t->fd = own;
    t->session = s;
    t->owned.kind = OWNED_TTY;
    poe__owned_add(s, &t->owned);
    *tty = t;
    return 0;
}

int
poe_tty_share(const poe_tty *t)
{
    int fd = t->fd < 0 ? -1 : fcntl(t->fd, F_DUPFD_CLOEXEC, 0);

    return t->fd < 0 ? UV_EBADF : fd < 0 ? -errno : fd;
}

int
poe_tty_size(const poe_tty *t, int *columns, int *lines)
{
    struct winsize size;

    if (t->fd < 0)
        return UV_EBADF;
    if (ioctl(t->fd, TIOCGWINSZ, &size) < 0)
        return -errno;
    *columns = size.ws_col;
    *lines = size.ws_row;
    return 0;
}

int
poe_tty_raw(poe_tty *t, const char *farewell, int interrupts)
{
    static const unsigned char others[] = { VQUIT, VSUSP };
    struct termios raw;

    if (strlen(farewell) >= sizeof t->farewell)
        return UV_E2BIG;
    if (t->fd < 0)
        return UV_EBADF;
    if (t->raw)
        return 0;
    if (tcgetattr(t->fd, &t->saved) < 0)
        return -errno;
    raw = t->saved;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON | PARMRK);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
    if (!interrupts)
        raw.c_lflag &= ~(tcflag_t)ISIG;
    for (size_t i = 0; i < sizeof others; i++)
        raw.c_cc[others[i]] = _POSIX_VDISABLE;
    raw.c_cflag = (raw.c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(t->fd, TCSANOW, &raw) < 0) /* not TCSADRAIN: that waits for a terminal that has stopped */
        return -errno;
    strcpy(t->farewell, farewell);
    t->raw = 1;
    return 0;
}

int
poe_tty_cooked(poe_tty *t)
{
    if (!t->raw)
        return 0;
    t->raw = 0;
    return tcsetattr(t->fd, TCSANOW, &t->saved) < 0 ? -errno : 0;
}

void
poe_tty_close(poe_tty *t)
{
    if (t->fd >= 0) {
        if (t->raw && write(t->fd, t->farewell, strlen(t->farewell)) < 0)
            t->farewell[0] = '\0'; /* a terminal that is gone or has stopped hears no farewell */
        poe_tty_cooked(t);
        close(t->fd);
    }
    t->fd = -1;
    if (t->session)
        poe__owned_remove(&t->owned);
    t->session = NULL;
}

void
poe_tty_release(poe_tty **tty)
{
    poe_tty *t = *tty;

    *tty = NULL;
    if (!t)
        return;
    poe_tty_close(t);
    poe__mem_free(&t->kernel->mem, t, sizeof *t);
}
