/*
 * load.c - connections that ask and count the answers
 *
 *     load PORT CONNECTIONS SIZE DEPTH SECONDS
 *
 * Each connection keeps DEPTH messages of SIZE bytes in flight, the last byte a line feed, and sends one
 * more for each that has come back.  Prints how many came back and in how many seconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct connection {
    int    fd;
    size_t back;  /* bytes that came back since the last whole message */
    size_t owed;  /* bytes still to send */
};

static double
seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Sends what is owed, as far as it goes.  `pattern` holds many messages one after another. */
static void
pay(struct connection *c, const char *pattern, size_t size, size_t room)
{
    while (c->owed) {
        size_t into = (size - c->owed % size) % size, n = c->owed < room - into ? c->owed : room - into;
        ssize_t sent = send(c->fd, pattern + into, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        c->owed -= (size_t)sent;
    }
}

int
main(int argc, char **argv)
{
    static char buffer[262144];

    if (argc < 6)
        return 2;
    int count = atoi(argv[2]), one = 1;
    size_t size = (size_t)atol(argv[3]), depth = (size_t)atol(argv[4]), room = size * (depth + 1);
    double last = atof(argv[5]);
    struct connection *of = calloc((size_t)count, sizeof *of);
    char *pattern = malloc(room);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int poll = epoll_create1(0);
    unsigned long long done = 0;

    memset(pattern, 'x', room);
    for (size_t i = size - 1; i < room; i += size)
        pattern[i] = '\n';
    for (int i = 0; i < count; i++) {
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = &of[i] };
        of[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (of[i].fd < 0 || connect(of[i].fd, (struct sockaddr *)&to, sizeof to) < 0) {
            perror("load: connect");
            return 1;
        }
        setsockopt(of[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        fcntl(of[i].fd, F_SETFL, O_NONBLOCK);
        epoll_ctl(poll, EPOLL_CTL_ADD, of[i].fd, &e);
        of[i].owed = size * depth;
        pay(&of[i], pattern, size, room);
    }
    double from = seconds(), to_time = from + last, now = from;
    while (now < to_time) {
        struct epoll_event events[256];
        int n = epoll_wait(poll, events, 256, 100);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            ssize_t got = recv(c->fd, buffer, sizeof buffer, 0);
            if (got == 0 || (got < 0 && errno != EAGAIN)) {
                fprintf(stderr, "load: a connection was lost\n");
                return 1;
            }
            if (got < 0)
                continue;
            c->back += (size_t)got;
            done += c->back / size;
            c->owed += c->back / size * size;
            c->back %= size;
            pay(c, pattern, size, room);
        }
        now = seconds();
    }
    printf("%llu %.6f\n", done, now - from);
    return 0;
}
