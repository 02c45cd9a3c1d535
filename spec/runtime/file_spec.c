/*
 * file_spec.c - files of sessions: read anywhere, closed with whom they belong to
 */
#include "file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "suites.h"

static struct host h;
static char folder[64], path[96];

static void
write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    ck_assert_int_eq(fclose(f), 0);
}

static void
open_host(void)
{
    host_open(&h);
    strcpy(folder, "/tmp/file_spec.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/log", folder);
    write_file(path, "0123456789");
}

static void
close_host(void)
{
    host_close(&h);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static int
is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

START_TEST(a_file_is_read_at_any_offset)
{
    char buffer[16];
    poe_file *f;

    ck_assert_int_eq(poe_file_open(h.kernel, path, &f), 0);
    ck_assert_int_eq(poe_file_read(f, buffer, 4, 3), 4);
    ck_assert_mem_eq(buffer, "3456", 4);
    ck_assert_int_eq(poe_file_read(f, buffer, sizeof buffer, 8), 2);
    ck_assert_mem_eq(buffer, "89", 2);
    ck_assert_int_eq(poe_file_read(f, buffer, sizeof buffer, 10), 0);
    ck_assert_int_eq(poe_file_read(f, buffer, sizeof buffer, 1000000), 0);
    ck_assert_int_eq(fcntl(f->fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    poe_file_release(&f);
    ck_assert_ptr_null(f);
}
END_TEST

START_TEST(a_file_is_the_one_its_path_names_until_that_is_another)
{
    struct poe_file_status of_file, of_path;
    char old[112];
    poe_file *f;

    ck_assert_int_eq(poe_file_open(h.kernel, path, &f), 0);
    ck_assert_int_eq(poe_file_status(f, &of_file), 0);
    ck_assert_int_eq(poe_path_status(path, &of_path), 0);
    ck_assert_int_eq(of_file.kind, POE_FILE_PLAIN);
    ck_assert_int_eq(of_file.size, 10);
    ck_assert(of_file.inode == of_path.inode && of_file.device == of_path.device);
    snprintf(old, sizeof old, "%s.1", path);
    ck_assert_int_eq(rename(path, old), 0);
    ck_assert_int_eq(poe_path_status(path, &of_path), UV_ENOENT);
    write_file(path, "");
    ck_assert_int_eq(poe_path_status(path, &of_path), 0);
    ck_assert(of_file.inode != of_path.inode);
    unlink(old);
    poe_file_release(&f);
}
END_TEST

START_TEST(other_things_say_what_they_are)
{
    struct poe_file_status status;
    char fifo[112];
    poe_file *f = NULL;

    ck_assert_int_eq(poe_file_open(h.kernel, folder, &f), 0);
    ck_assert_int_eq(poe_file_status(f, &status), 0);
    ck_assert_int_eq(status.kind, POE_FILE_DIRECTORY);
    poe_file_release(&f);
    ck_assert_int_eq(poe_path_status("/dev/null", &status), 0);
    ck_assert_int_eq(status.kind, POE_FILE_OTHER);
    snprintf(fifo, sizeof fifo, "%s.fifo", path);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(poe_file_open(h.kernel, fifo, &f), 0);
    ck_assert_int_eq(poe_file_status(f, &status), 0);
    ck_assert_int_eq(status.kind, POE_FILE_FIFO);
    ck_assert_int_eq(fcntl(f->fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDWR | O_NONBLOCK);
    poe_file_release(&f);
    unlink(fifo);
    snprintf(fifo, sizeof fifo, "%s.none", path);
    ck_assert_int_eq(poe_file_open(h.kernel, fifo, &f), UV_ENOENT);
    ck_assert_ptr_null(f);
    ck_assert_int_eq(poe_file_share(h.kernel, -1, &f), UV_EBADF);
    ck_assert_ptr_null(f);
}
END_TEST

START_TEST(a_shared_file_has_a_descriptor_and_an_offset_of_its_own)
{
    int fd = open(path, O_RDONLY);
    char buffer[4];
    poe_file *f;

    ck_assert_int_eq(poe_file_share(h.kernel, fd, &f), 0);
    ck_assert_int_eq(poe_file_read(f, buffer, 4, 6), 4);
    ck_assert_int_eq(read(fd, buffer, 1), 1);
    ck_assert_int_eq(buffer[0], '0');
    close(fd);
    ck_assert_int_eq(poe_file_read(f, buffer, 1, 9), 1);
    poe_file_release(&f);
}
END_TEST

START_TEST(a_closed_file_reads_nothing_and_closes_no_stranger)
{
    struct poe_file_status status;
    char buffer[4];
    poe_file *f;

    ck_assert_int_eq(poe_file_open(h.kernel, path, &f), 0);
    int fd = poe_file_take(f);
    ck_assert(is_open(fd));
    poe_file_close(f);
    ck_assert(is_open(fd));
    ck_assert_int_eq(poe_file_read(f, buffer, 1, 0), UV_EBADF);
    ck_assert_int_eq(poe_file_status(f, &status), UV_EBADF);
    ck_assert_int_eq(poe_file_take(f), -1);
    poe_file_release(&f);
    poe_file_release(&f);
    ck_assert(is_open(fd));
    close(fd);
}
END_TEST

static poe_file *theirs;

static void
open_theirs(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_eq(poe_file_open(host->kernel, path, &theirs), 0);
}

START_TEST(a_file_closes_with_its_session_and_does_not_keep_it)
{
    static const struct role cast[] = { { "A", { { "_start", "do" } } }, { NULL, { { NULL, NULL } } } };
    char buffer[1];

    h.act = open_theirs;
    h.hide = "_child _parent";
    host_story(&h, cast, "A", "A:_start A:_stop");
    ck_assert_int_eq(poe_file_read(theirs, buffer, 1, 0), UV_EBADF);
    ck_assert_ptr_null(theirs->session);
    poe_file_release(&theirs);
}
END_TEST

START_TEST(without_memory_nothing_is_open)
{
    int next = dup(0);
    poe_file *f = NULL;

    close(next);
    h.heap.fail_at = h.heap.grown + 1;
    h.heap.fail_on = 1;
    ck_assert_int_eq(poe_file_open(h.kernel, path, &f), UV_ENOMEM);
    h.heap.fail_at = 0;
    ck_assert_ptr_null(f);
    ck_assert(!is_open(next));
}
END_TEST

START_TEST(what_is_private_is_nobody_elses)
{
    char base[] = "/tmp/poe-spec-XXXXXX", name[64], text[16] = "";
    struct stat how;

    ck_assert_ptr_nonnull(mkdtemp(base));
    snprintf(name, sizeof name, "%s/a/b/history", base);
    ck_assert_int_eq(poe_file_append_private(name, "one\n", 4), 0);
    ck_assert_int_eq(chmod(name, 0644), 0);
    ck_assert_int_eq(poe_file_append_private(name, "two\n", 4), 0);
    ck_assert_int_eq(stat(name, &how), 0);
    ck_assert_int_eq(how.st_mode & 0777, 0600);
    FILE *f = fopen(name, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fread(text, 1, sizeof text - 1, f), 8);
    fclose(f);
    ck_assert_str_eq(text, "one\ntwo\n");
    remove(name);
    *strrchr(name, '/') = '\0';
    ck_assert_int_eq(stat(name, &how), 0);
    ck_assert_int_eq(how.st_mode & 0777, 0700);
    ck_assert_int_eq(poe_file_append_private(name, "x", 1), UV_EISDIR);
    for (int i = 0; i < 3; i++) {
        remove(name);
        *strrchr(name, '/') = '\0';
    }
    ck_assert_int_eq(poe_file_append_private("/dev/full", "x", 1), UV_ENOSPC);
    ck_assert_int_eq(poe_file_append_private("/proc/none/x", "x", 1), UV_ENOENT);
}
END_TEST

Suite *
file_suite(void)
{
    Suite *s = suite_create("file");
    TCase *tc = tcase_create("files");

    tcase_add_checked_fixture(tc, open_host, close_host);
    tcase_add_test(tc, a_file_is_read_at_any_offset);
    tcase_add_test(tc, a_file_is_the_one_its_path_names_until_that_is_another);
    tcase_add_test(tc, other_things_say_what_they_are);
    tcase_add_test(tc, a_shared_file_has_a_descriptor_and_an_offset_of_its_own);
    tcase_add_test(tc, a_closed_file_reads_nothing_and_closes_no_stranger);
    tcase_add_test(tc, a_file_closes_with_its_session_and_does_not_keep_it);
    tcase_add_test(tc, without_memory_nothing_is_open);
    tcase_add_test(tc, what_is_private_is_nobody_elses);
    suite_add_tcase(s, tc);
    return s;
}
