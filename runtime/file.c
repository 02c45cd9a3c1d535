/*
 * file.c - plain files, read at an offset; what a path names now
 *
 * A plain file is always ready, so nothing here waits: who follows one asks again later.  A file belongs
 * to the session that opened it and is closed with it.  Reading blocks for as long as the disk takes.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"

static int
status_take(const struct stat *how, struct poe_file_status *status)
{
    status->device = (uint64_t)how->st_dev;
    status->inode = (uint64_t)how->st_ino;
    status->size = how->st_size;
    status->kind = S_ISREG(how->st_mode) ? POE_FILE_PLAIN
                   : S_ISDIR(how->st_mode) ? POE_FILE_DIRECTORY
                   : S_ISFIFO(how->st_mode) ? POE_FILE_FIFO
                                            : POE_FILE_OTHER;
    return 0;
}

int
poe_path_status(const char *path, struct poe_file_status *status)
{
    struct stat how;

    return stat(path, &how) < 0 ? -errno : status_take(&how, status);
}

int
poe_file_status(const poe_file *f, struct poe_file_status *status)
{
    struct stat how;

    return fstat(f->fd, &how) < 0 ? -errno : status_take(&how, status);
}

/* Opens without waiting for anybody; a FIFO for both ways. */
static int
path_open(const char *path)
{
    const int flags = O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    struct stat how;
    int fd, rc;

    do
        fd = open(path, O_RDONLY | flags);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &how) == 0 && S_ISFIFO(how.st_mode)) {
        rc = open(path, O_RDWR | flags);
        rc = rc < 0 ? -errno : rc;
        close(fd);
        return rc;
    }
    return fd;
}

/* Makes a file of a descriptor or an error. */
static int
file_new(poe_kernel *k, int fd, poe_file **file)
{
    poe_session *s = k->frame->session;
    poe_file *f;

    if (fd < 0)
        return fd;
    if (s->flags & SESSION_STOPPED) {
        close(fd);
        return UV_ESRCH;
    }
    f = poe__session_more(s) ? poe__mem_zero(&k->mem, sizeof *f) : NULL;
    if (!f) {
        close(fd);
        return UV_ENOMEM;
    }
    f->kernel = k;
    f->fd = fd;
    f->session = s;
    f->owned.kind = OWNED_FILE;
    poe__owned_add(s, &f->owned);
    *file = f;
    return 0;
}

int
poe_file_open(poe_kernel *k, const char *path, poe_file **file)
{
    return file_new(k, path_open(path), file);
}

int
poe_file_share(poe_kernel *k, int fd, poe_file **file)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    return file_new(k, copy < 0 ? -errno : copy, file);
}

int64_t
poe_file_read(const poe_file *f, char *buffer, size_t size, int64_t offset)
{
    ssize_t n;

    if (f->fd < 0)
        return UV_EBADF;
    do
        n = pread(f->fd, buffer, size, (off_t)offset);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

int
poe_file_take(poe_file *f)
{
    int fd = f->fd;

    f->fd = -1;
    poe_file_close(f);
    return fd;
}

void
poe_file_close(poe_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    if (f->session)
        poe__owned_remove(&f->owned);
    f->session = NULL;
}

void
poe_file_release(poe_file **file)
{
    poe_file *f = *file;

    *file = NULL;
    if (!f)
        return;
    poe_file_close(f);
    poe__mem_free(&f->kernel->mem, f, sizeof *f);
}

/* Makes the folders above `path`, which is changed and put back. */
static void
folders_make(char *path)
{
    for (char *at = path + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        (void)mkdir(path, S_IRWXU); /* what is missing then, open tells */
        *at = '/';
    }
}

int
poe_file_append_private(const char *path, const char *bytes, size_t size)
{
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    char folders[PATH_MAX];
    struct stat how;
    int rc = 0;

    int fd = open(path, flags, S_IRUSR | S_IWUSR);
    if (fd < 0 && errno == ENOENT && strlen(path) < sizeof folders) {
        strcpy(folders, path);
        folders_make(folders);
        fd = open(path, flags, S_IRUSR | S_IWUSR);
    }
    if (fd < 0)
        return -errno;
    if (fstat(fd, &how) == 0 && S_ISREG(how.st_mode) && (how.st_mode & (S_IRWXG | S_IRWXO)))
        rc = fchmod(fd, S_IRUSR | S_IWUSR) < 0 ? -errno : 0;
    ssize_t n = rc < 0 ? 0 : write(fd, bytes, size);
    if (rc == 0 && n != (ssize_t)size)
        rc = n < 0 ? -errno : UV_ENOSPC;
    if (close(fd) < 0 && rc == 0)
        rc = -errno;
    return rc;
}
