/*
 * l_handle.c - select_read and friends, sockets and pipes as scripts hold them; twin of handle.c
 *
 * A script's handle is one of our sockets, a Lua file or a descriptor.  Our sockets own their
 * descriptor: it is closed by close(), with the wheel it was given to, or when nobody holds it any more.
 */
#include "lpoe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lualib.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

/* A socket, or one end of a pipe. */
struct lsocket {
    uintptr_t magic;          /* tells ours from other userdata, copies of it included */
    poe_handle *handle;       /* NULL: closed */
};

static const char *const modes[POE_MODES] = { "read", "write", "expedite" };

/* -- handles ------------------------------------------------------------------------------- */

static struct lsocket *
to_socket(lua_State *L, const struct lpoe *p, int arg)
{
    struct lsocket *s = lua_touserdata(L, arg);

    return s && lua_type(L, arg) == LUA_TUSERDATA && lua_rawlen(L, arg) == sizeof *s
                   && s->magic == ((uintptr_t)p ^ (uintptr_t)s)
               ? s
               : NULL;
}

/* The descriptor of the handle at `arg`; -1 when it is closed.  Raises when it is none at all. */
static int
check_fd(lua_State *L, struct lpoe *p, int arg)
{
    struct lsocket *s = to_socket(L, p, arg);
    luaL_Stream *file;
    int integral;
    lua_Integer fd;

    if (s)
        return s->handle ? poe_handle_fd(s->handle) : -1;
    file = luaL_testudata(L, arg, LUA_FILEHANDLE);
    if (file)
        return file->closef ? fileno(file->f) : -1;
    if (lua_type(L, arg) == LUA_TNUMBER) {
        fd = lua_tointegerx(L, arg, &integral);
        if (integral && fd >= 0 && fd <= INT_MAX)
            return (int)fd;
        luaL_argerror(L, arg, lua_pushfstring(L, "handle: no descriptor: %s",
                                              luaL_tolstring(L, arg, NULL)));
    }
    luaL_argerror(L, arg, lua_pushfstring(L, "handle: socket, file or descriptor expected, got %s",
                                          luaL_typename(L, arg)));
    return -1;
}

int
lpoe_check_fd(lua_State *L, struct lpoe *p, int arg)
{
    int fd = check_fd(L, p, arg);

    if (fd < 0)
        luaL_argerror(L, arg, "handle: it is closed");
    return fd;
}

/* The handle at `arg`, for the caller to release, or NULL with nil, message, code pushed. */
poe_handle *
lpoe_check_handle(lua_State *L, struct lpoe *p, int arg)
{
    int fd = check_fd(L, p, arg);
    poe_handle *h = NULL;

    if (fd < 0)
        luaL_argerror(L, arg, "handle: it is closed");
    int rc = poe_handle_open(p->kernel, fd, 0, &h);
    if (rc < 0)
        lpoe_push_error(L, rc, "descriptor %d: %s", fd, uv_strerror(rc));
    return rc < 0 ? NULL : h;
}

/* -- select -------------------------------------------------------------------------------- */

static struct lpoe *
check_kernel(lua_State *L, const char *name)
{
    struct lpoe *p = lpoe_context(L);

    if (lua_touserdata(L, 1) != p->kernel_object)
        luaL_error(L, "bad self of '%s' (KERNEL expected, got %s; call it KERNEL:%s)", name,
                   lua_isnone(L, 1) ? "no value" : luaL_typename(L, 1), name);
    return p;
}

/* No event: nil, "" or "0" (R176). */
static int
is_event(lua_State *L, int arg)
{
    if (lua_isnoneornil(L, arg))
        return 0;
    const char *name = lpoe_check_name(L, arg, "event");
    return name[0] != '\0' && strcmp(name, "0") != 0;
}

/* Watches the handle at 2 in `mode` for the event at `event`, with what is at `extra` and above, or
 * stops.  0, or how many values tell the failure. */
static int
select_one(lua_State *L, struct lpoe *p, enum poe_mode mode, int event, int extra)
{
    int top = lua_gettop(L), rc;
    struct mail mail;
    poe_handle *h;

    if (!is_event(L, event)) {
        int fd = check_fd(L, p, 2);
        h = fd < 0 ? NULL : poe_handle_find(p->kernel, fd);
        if (h)
            poe_handle_ignore(h, mode);
        return 0;
    }
    if (top >= extra)
        luaL_checkstack(L, top - extra + 12, "too many arguments");
    lua_pushvalue(L, event);
    lua_pushvalue(L, 2);
    lua_pushstring(L, modes[mode]);
    for (int i = extra; i <= top; i++)
        lua_pushvalue(L, i);
    lpoe_mail_keep(p, L, top + 1, &mail);
    int fd = check_fd(L, p, 2);
    rc = fd < 0 ? UV_EBADF : poe_handle_open(p->kernel, fd, 0, &h);
    if (rc == 0) {
        rc = poe_handle_watch(h, mode, mail.name, mail.payload, POE_KEEP_HANDLE);
        poe_handle_release(&h);
    }
    if (rc == 0)
        return 0;
    lpoe_mail_drop(p, mail.payload);
    if (fd < 0)
        return luaL_argerror(L, 2, "handle: it is closed");
    if (rc == UV_EPERM)
        return lpoe_push_error(L, rc, "descriptor %d: a plain file is always ready, follow it with "
                                      "poe.wheel.FollowTail", fd);
    return lpoe_push_error(L, rc, "descriptor %d: %s", fd, uv_strerror(rc));
}

static int
select_mode(lua_State *L, enum poe_mode mode, const char *name)
{
    struct lpoe *p = check_kernel(L, name);
    int n = select_one(L, p, mode, 3, 4);

    return n ? n : lpoe_push_true(L);
}

/* KERNEL:select_read(handle [, event, ...]) -> true | nil, message, code */
static int
l_select_read(lua_State *L)
{
    return select_mode(L, POE_READ, "select_read");
}

static int
l_select_write(lua_State *L)
{
    return select_mode(L, POE_WRITE, "select_write");
}

static int
l_select_expedite(lua_State *L)
{
    return select_mode(L, POE_EXPEDITE, "select_expedite");
}

/* KERNEL:select(handle [, read_event, write_event, expedite_event, ...]) -> true | nil, message, code */
static int
l_select(lua_State *L)
{
    struct lpoe *p = check_kernel(L, "select");

    for (int i = 0; i < POE_MODES; i++)
        is_event(L, 3 + i);
    if (lua_gettop(L) < 5)
        lua_settop(L, 5);
    for (int i = 0; i < POE_MODES; i++) {
        int n = select_one(L, p, (enum poe_mode)i, 3 + i, 6);
        if (n)
            return n;
    }
    return lpoe_push_true(L);
}

static int
select_pause(lua_State *L, enum poe_mode mode, int paused, const char *name)
{
    struct lpoe *p = check_kernel(L, name);
    int fd = check_fd(L, p, 2);
    poe_handle *h = fd < 0 ? NULL : poe_handle_find(p->kernel, fd);
    int rc = h ? poe_handle_pause(h, mode, paused) : UV_ENOENT;

    if (rc < 0)
        return lpoe_push_error(L, rc, "%s: nobody watches this handle", name);
    return lpoe_push_true(L);
}

/* KERNEL:select_pause_read(handle) -> true | nil, message, "ENOENT" (R179) */
static int
l_pause_read(lua_State *L)
{
    return select_pause(L, POE_READ, 1, "select_pause_read");
}

static int
l_resume_read(lua_State *L)
{
    return select_pause(L, POE_READ, 0, "select_resume_read");
}

static int
l_pause_write(lua_State *L)
{
    return select_pause(L, POE_WRITE, 1, "select_pause_write");
}

static int
l_resume_write(lua_State *L)
{
    return select_pause(L, POE_WRITE, 0, "select_resume_write");
}

/* watch(handle, mode, state, function, ...) -> true | nil, message, code: a wheel's own watching, which
 * calls function(handle, mode, ...) as a handler of SESSION.  EBUSY: the handle is watched, or a wheel's. */
static int
l_watch(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    enum poe_mode mode = (enum poe_mode)luaL_checkoption(L, 2, NULL, modes);
    const char *state = lpoe_check_name(L, 3, "state");
    int top = lua_gettop(L);
    struct mail mail;
    poe_handle *h;

    luaL_checktype(L, 4, LUA_TFUNCTION);
    h = lpoe_check_handle(L, p, 1);
    if (!h)
        return 3;
    int taken = poe_handle_watched(h);
    poe_handle_release(&h);
    if (taken)
        return lpoe_push_error(L, UV_EBUSY, "descriptor %d: it is being watched already",
                               check_fd(L, p, 1));
    luaL_checkstack(L, top + 12, NULL);
    lua_pushvalue(L, 4);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    for (int i = 5; i <= top; i++)
        lua_pushvalue(L, i);
    lua_pushvalue(L, 3); /* the last one anchors the name */
    lpoe_mail_keep(p, L, top + 1, &mail);
    int rc = poe_handle_open(p->kernel, check_fd(L, p, 1), 0, &h);
    if (rc == 0) {
        rc = poe_handle_watch(h, mode, state, mail.payload, POE_KEEP_WHEEL);
        poe_handle_release(&h);
    }
    if (rc == 0)
        return lpoe_push_true(L);
    lpoe_mail_drop(p, mail.payload);
    return lpoe_push_error(L, rc, "descriptor %d: %s", check_fd(L, p, 1), uv_strerror(rc));
}

/* ignore(handle, mode): ends what watch began in any session; closed handles are ignored already */
static int
l_ignore(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    enum poe_mode mode = (enum poe_mode)luaL_checkoption(L, 2, NULL, modes);
    int fd = check_fd(L, p, 1);
    poe_handle *h = fd < 0 ? NULL : poe_handle_find(p->kernel, fd);

    if (h)
        poe_handle_unwatch(h, mode);
    return 0;
}

/* pause(handle, mode, paused) -> whether it is watched in that mode */
static int
l_pause(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    enum poe_mode mode = (enum poe_mode)luaL_checkoption(L, 2, NULL, modes);
    int fd = check_fd(L, p, 1);
    poe_handle *h = fd < 0 ? NULL : poe_handle_find(p->kernel, fd);

    lua_pushboolean(L, h && poe_handle_pause(h, mode, lua_toboolean(L, 3)) == 0);
    return 1;
}

/* -- sockets ------------------------------------------------------------------------------- */

/* Pushes an object that is closed, and raises when it cannot; what comes next does not. */
struct lsocket *
lpoe_push_socket(lua_State *L, struct lpoe *p)
{
    struct lsocket *s = lua_newuserdatauv(L, sizeof *s, 0);

    s->magic = (uintptr_t)p ^ (uintptr_t)s;
    s->handle = NULL;
    lpoe_anchor_get(L, p, ANCHOR_SOCKET_MT);
    lua_setmetatable(L, -2);
    return s;
}

/* It owns the open descriptor now; that is closed when there is no memory. */
int
lpoe_socket_open(struct lpoe *p, struct lsocket *s, int fd)
{
    int rc = poe_handle_open(p->kernel, fd, 1, &s->handle);

    if (rc < 0)
        close(fd);
    return rc;
}

static int
push_socket(lua_State *L, struct lpoe *p, int fd)
{
    return lpoe_socket_open(p, lpoe_push_socket(L, p), fd);
}

/* A failed system call. */
static int
push_errno(lua_State *L, const char *what)
{
    int rc = -errno;

    return lpoe_push_error(L, rc, "%s: %s", what, uv_strerror(rc));
}

static struct lsocket *
check_socket(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct lsocket *s = to_socket(L, p, 1);

    if (!s)
        luaL_typeerror(L, 1, "socket");
    return s;
}

/* The descriptor of the socket at 1; raises when it is closed. */
static int
check_open(lua_State *L)
{
    struct lsocket *s = check_socket(L);
    int fd = s->handle ? poe_handle_fd(s->handle) : -1;

    if (fd < 0)
        luaL_argerror(L, 1, "socket: it is closed");
    return fd;
}

/* address, port as a sockaddr; 0 and its length in `*size`, or an error.  Only printed addresses. */
static int
address_parse(int domain, const char *address, int port, struct sockaddr_storage *to,
              socklen_t *size)
{
    struct sockaddr_un *un = (struct sockaddr_un *)to;

    memset(to, 0, sizeof *to);
    if (domain == AF_INET) {
        *size = sizeof(struct sockaddr_in);
        return uv_ip4_addr(address, port, (struct sockaddr_in *)to);
    }
    if (domain == AF_INET6) {
        *size = sizeof(struct sockaddr_in6);
        return uv_ip6_addr(address, port, (struct sockaddr_in6 *)to);
    }
    size_t length = strlen(address);
    if (length >= sizeof un->sun_path)
        return UV_ENAMETOOLONG;
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, address, length);
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
    return 0;
}

/* Pushes address and port as scripts see them; "" and nil for an unnamed Unix socket (R309). */
static int
push_address(lua_State *L, const struct sockaddr_storage *from, socklen_t size)
{
    char text[INET6_ADDRSTRLEN + IF_NAMESIZE + 2];
    const struct sockaddr_un *un = (const struct sockaddr_un *)from;

    if (from->ss_family == AF_INET) {
        uv_ip4_name((const struct sockaddr_in *)from, text, sizeof text);
        lua_pushstring(L, text);
        lua_pushinteger(L, ntohs(((const struct sockaddr_in *)from)->sin_port));
    } else if (from->ss_family == AF_INET6) {
        uv_ip6_name((const struct sockaddr_in6 *)from, text, sizeof text);
        lua_pushstring(L, text);
        lua_pushinteger(L, ntohs(((const struct sockaddr_in6 *)from)->sin6_port));
    } else {
        size_t path = size > offsetof(struct sockaddr_un, sun_path)
                          ? size - offsetof(struct sockaddr_un, sun_path) : 0;
        lua_pushlstring(L, un->sun_path, strnlen(un->sun_path, path));
        lua_pushnil(L);
    }
    return 2;
}

static int
check_port(lua_State *L, int arg)
{
    lua_Integer port = luaL_optinteger(L, arg, 0);

    luaL_argcheck(L, port >= 0 && port <= 65535, arg,
                  lua_pushfstring(L, "port: must be 0 to 65535, got %s", luaL_tolstring(L, arg, NULL)));
    return (int)port;
}

static const char *const domains[] = { "inet", "inet6", "unix", NULL };
static const int families[] = { AF_INET, AF_INET6, AF_UNIX };

/* The family an address belongs to by its looks. */
static int
family_of(const char *address)
{
    return strchr(address, '/') ? AF_UNIX : strchr(address, ':') ? AF_INET6 : AF_INET;
}

/* socket(domain, "tcp" or "udp") -> socket | nil, message, code; not blocking, nodelay */
static int
l_socket(lua_State *L)
{
    static const char *const protocols[] = { "tcp", "udp", NULL };
    struct lpoe *p = lpoe_context(L);
    int family = families[luaL_checkoption(L, 1, "inet", domains)];
    int datagrams = luaL_checkoption(L, 2, "tcp", protocols), yes = 1;
    struct lsocket *s = lpoe_push_socket(L, p); /* before there is a descriptor to lose */
    int fd = socket(family, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return push_errno(L, "socket");
    if (family != AF_UNIX && !datagrams)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int rc = lpoe_socket_open(p, s, fd);
    return rc < 0 ? lpoe_push_error(L, rc, "socket: %s", uv_strerror(rc)) : 1;
}

/* bind(socket, domain, address, port, reuse) -> true | nil, message, code */
static int
l_bind(lua_State *L)
{
    int fd = check_open(L), yes = 1;
    int family = families[luaL_checkoption(L, 2, "inet", domains)];
    const char *address = luaL_checkstring(L, 3);
    struct sockaddr_storage to;
    socklen_t size;
    int rc = address_parse(family, address, check_port(L, 4), &to, &size);

    if (rc < 0)
        return lpoe_push_error(L, rc, "bind to %s: %s", address, uv_strerror(rc));
    if (lua_toboolean(L, 5) && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
        return push_errno(L, "reuse");
    if (bind(fd, (struct sockaddr *)&to, size) < 0) {
        rc = -errno;
        return lpoe_push_error(L, rc, "bind to %s: %s", address, uv_strerror(rc));
    }
    return lpoe_push_true(L);
}

/* listen(socket, backlog) -> true | nil, message, code */
static int
l_listen(lua_State *L)
{
    int fd = check_open(L);

    if (listen(fd, (int)luaL_optinteger(L, 2, SOMAXCONN)) < 0)
        return push_errno(L, "listen");
    return lpoe_push_true(L);
}

/* connect(socket, domain, address, port) -> true | nil, message, code; EINPROGRESS is true, too */
static int
l_connect(lua_State *L)
{
    int fd = check_open(L);
    int family = families[luaL_checkoption(L, 2, "inet", domains)];
    const char *address = luaL_checkstring(L, 3);
    struct sockaddr_storage to;
    socklen_t size;
    int rc = address_parse(family, address, check_port(L, 4), &to, &size);

    if (rc == 0 && connect(fd, (struct sockaddr *)&to, size) < 0 && errno != EINPROGRESS)
        rc = -errno;
    if (rc < 0)
        return lpoe_push_error(L, rc, "connect to %s: %s", address, uv_strerror(rc));
    return lpoe_push_true(L);
}

/* connected(socket) -> true | nil, message, code: how the connecting went */
static int
l_connected(lua_State *L)
{
    int fd = check_open(L), error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error)
        return lpoe_push_error(L, -error, "%s", uv_strerror(-error));
    return lpoe_push_true(L);
}

/* accept(socket) -> socket, address, port | nil, message, code; EAGAIN: there is none */
static int
l_accept(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    int fd = check_fd(L, p, 1), yes = 1, one;
    struct sockaddr_storage from = { 0 };
    socklen_t size = sizeof from;
    struct lsocket *s = lpoe_push_socket(L, p);

    do
        one = accept4(fd, (struct sockaddr *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    while (one < 0 && errno == EINTR);
    if (one < 0)
        return push_errno(L, "accept");
    if (from.ss_family != AF_UNIX)
        setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int rc = lpoe_socket_open(p, s, one);
    if (rc < 0)
        return lpoe_push_error(L, rc, "accept: %s", uv_strerror(rc));
    return 1 + push_address(L, &from, size);
}

/* poe.socket.pair() -> socket, socket | nil, message, code: two ends of one connection */
static int
l_pair(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    int fds[2];
    struct lsocket *one = lpoe_push_socket(L, p), *two = lpoe_push_socket(L, p);

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
        return push_errno(L, "pair");
    int rc = lpoe_socket_open(p, one, fds[0]);
    int rc2 = lpoe_socket_open(p, two, fds[1]);
    rc = rc < 0 ? rc : rc2;
    return rc < 0 ? lpoe_push_error(L, rc, "pair: %s", uv_strerror(rc)) : 2;
}

/* poe.pipe() -> read end, write end | nil, message, code */
static int
l_pipe(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    int fds[2];
    struct lsocket *one = lpoe_push_socket(L, p), *two = lpoe_push_socket(L, p);

    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
        return push_errno(L, "pipe");
    int rc = lpoe_socket_open(p, one, fds[0]);
    int rc2 = lpoe_socket_open(p, two, fds[1]);
    rc = rc < 0 ? rc : rc2;
    return rc < 0 ? lpoe_push_error(L, rc, "pipe: %s", uv_strerror(rc)) : 2;
}

/* adopt(descriptor) -> socket | nil, message, code: it owns the descriptor now */
static int
l_adopt(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    int rc = push_socket(L, p, (int)luaL_checkinteger(L, 1));

    return rc < 0 ? lpoe_push_error(L, rc, "descriptor: %s", uv_strerror(rc)) : 1;
}

/* A bound socket of any kind.  `backlog` < 0: datagrams. */
static int
push_bound(lua_State *L, const char *address, int port, int backlog, const char *what)
{
    struct lpoe *p = lpoe_context(L);
    int family = family_of(address), yes = 1;
    struct sockaddr_storage to;
    socklen_t size;
    int rc = address_parse(family, address, port, &to, &size);

    if (rc < 0)
        return lpoe_push_error(L, rc, "%s: %s: %s", what, address, uv_strerror(rc));
    struct lsocket *s = lpoe_push_socket(L, p);
    int fd = socket(family, (backlog < 0 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    0);
    if (fd < 0)
        return push_errno(L, what);
    if (backlog >= 0 && family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&to, size) < 0 || (backlog >= 0 && listen(fd, backlog) < 0)) {
        rc = -errno;
        close(fd);
        return lpoe_push_error(L, rc, "%s: %s port %d: %s", what, address, port, uv_strerror(rc));
    }
    rc = lpoe_socket_open(p, s, fd);
    return rc < 0 ? lpoe_push_error(L, rc, "%s: %s", what, uv_strerror(rc)) : 1;
}

/* poe.socket.listen(address, port) -> socket | nil, message, code; a path makes a Unix socket */
static int
l_listening(lua_State *L)
{
    return push_bound(L, luaL_optstring(L, 1, "0.0.0.0"), check_port(L, 2), SOMAXCONN, "listen");
}

/* poe.socket.udp([address, port]) -> socket | nil, message, code */
static int
l_udp(lua_State *L)
{
    return push_bound(L, luaL_optstring(L, 1, "0.0.0.0"), check_port(L, 2), -1, "udp");
}

/* -- methods of sockets -------------------------------------------------------------------- */

/* socket:fileno() -> descriptor | nil when it is closed */
static int
l_fileno(lua_State *L)
{
    struct lsocket *s = check_socket(L);
    int fd = s->handle ? poe_handle_fd(s->handle) : -1;

    if (fd < 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, fd);
    return 1;
}

/* socket:getsockname() -> address, port | nil, message, code */
static int
l_getsockname(lua_State *L)
{
    struct sockaddr_storage from = { 0 };
    socklen_t size = sizeof from;

    if (getsockname(check_open(L), (struct sockaddr *)&from, &size) < 0)
        return push_errno(L, "getsockname");
    return push_address(L, &from, size);
}

/* socket:getpeername() -> address, port | nil, message, code */
static int
l_getpeername(lua_State *L)
{
    struct sockaddr_storage from = { 0 };
    socklen_t size = sizeof from;

    if (getpeername(check_open(L), (struct sockaddr *)&from, &size) < 0)
        return push_errno(L, "getpeername");
    return push_address(L, &from, size);
}

/* socket:close(): any number of times; ends all watching */
static int
l_close(lua_State *L)
{
    struct lsocket *s = check_socket(L);

    if (s->handle) {
        poe_handle_close(s->handle);
        poe_handle_release(&s->handle);
    }
    return 0;
}

/* __gc: a wheel that has it keeps the descriptor open. */
static int
l_gc(lua_State *L)
{
    struct lsocket *s = check_socket(L);

    if (s->handle && !poe_handle_watched(s->handle))
        poe_handle_close(s->handle);
    poe_handle_release(&s->handle);
    return 0;
}

/* socket:read([max]) -> data | nil, message, code: what is there now, up to `max` bytes; EAGAIN:
 * nothing, EOF: the end */
static int
l_read(lua_State *L)
{
    struct lsocket *s = check_socket(L);
    lua_Integer most = luaL_optinteger(L, 2, 65536);
    luaL_Buffer b;

    check_open(L);
    luaL_argcheck(L, most > 0 && most <= 0x7fffffff, 2, "max: must be 1 to 2^31 - 1");
    char *at = luaL_buffinitsize(L, &b, (size_t)most);
    int64_t n = poe_handle_read(s->handle, at, (size_t)most);
    luaL_pushresultsize(&b, n > 0 ? (size_t)n : 0);
    if (n < 0)
        return lpoe_push_error(L, (int)n, "%s", uv_strerror((int)n));
    return 1;
}

/* socket:write(data) -> bytes written, which may be less | nil, message, code */
static int
l_write(lua_State *L)
{
    struct lsocket *s = check_socket(L);
    size_t length;
    const char *data = luaL_checklstring(L, 2, &length);

    check_open(L);
    int64_t n = poe_handle_write(s->handle, data, length);
    if (n < 0)
        return lpoe_push_error(L, (int)n, "%s", uv_strerror((int)n));
    lua_pushinteger(L, n);
    return 1;
}

/* socket:send(data, address, port) -> true | nil, message, code: a datagram; without an address to the
 * connected peer */
static int
l_send(lua_State *L)
{
    int fd = check_open(L), rc = 0;
    size_t length;
    const char *data = luaL_checklstring(L, 2, &length);
    const char *address = luaL_optstring(L, 3, NULL);
    struct sockaddr_storage to;
    socklen_t size = 0;

    if (address)
        rc = address_parse(family_of(address), address, check_port(L, 4), &to, &size);
    if (rc == 0 && sendto(fd, data, length, MSG_NOSIGNAL, address ? (struct sockaddr *)&to : NULL, size) < 0)
        rc = -errno;
    if (rc < 0)
        return lpoe_push_error(L, rc, "send to %s: %s", address ? address : "the peer", uv_strerror(rc));
    return lpoe_push_true(L);
}

/* socket:receive() -> data, address, port | nil, message, code: a datagram, whole; EAGAIN: none */
static int
l_receive(lua_State *L)
{
    int fd = check_open(L);
    struct sockaddr_storage from = { 0 };
    socklen_t size = sizeof from;
    luaL_Buffer b;
    char *at = luaL_buffinitsize(L, &b, 65536);

    memset(&from, 0, sizeof from);
    ssize_t n = recvfrom(fd, at, 65536, 0, (struct sockaddr *)&from, &size);
    int error = errno;
    luaL_pushresultsize(&b, n > 0 ? (size_t)n : 0);
    if (n < 0)
        return lpoe_push_error(L, -error, "receive: %s", uv_strerror(-error));
    return 1 + (size ? push_address(L, &from, size) : 0);
}

static int
l_tostring(lua_State *L)
{
    struct lsocket *s = check_socket(L);
    int fd = s->handle ? poe_handle_fd(s->handle) : -1;

    if (fd < 0)
        lua_pushliteral(L, "socket (closed)");
    else
        lua_pushfstring(L, "socket %d", fd);
    return 1;
}

/* handles(session) -> list of {fd, mode, event}: what it watches with select */
static int
l_handles(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    poe_session *s = lpoe_check_session(L, p, 1);
    enum poe_mode mode;
    const char *event;
    int fd;

    lua_newtable(L);
    for (uint32_t i = 0; s && poe_handle_each(s, i, &fd, &mode, &event) == 0; i++) {
        lua_createtable(L, 3, 0);
        lua_pushinteger(L, fd);
        lua_rawseti(L, -2, 1);
        lua_pushstring(L, modes[mode]);
        lua_rawseti(L, -2, 2);
        lua_pushstring(L, event);
        lua_rawseti(L, -2, 3);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* `core` on top, with core.kernel. */
void
lpoe_open_handle(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "watch", l_watch }, { "ignore", l_ignore }, { "pause", l_pause }, { "socket", l_socket }, { "bind", l_bind }, { "listen", l_listen },
        { "connect", l_connect }, { "connected", l_connected }, { "accept", l_accept },
        { "adopt", l_adopt }, { "pipe", l_pipe }, { "handles", l_handles }, { NULL, NULL },
    };
    static const luaL_Reg sockets[] = {
        { "pair", l_pair }, { "listen", l_listening }, { "udp", l_udp }, { NULL, NULL },
    };
    static const luaL_Reg kernel[] = {
        { "select_read", l_select_read }, { "select_write", l_select_write },
        { "select_expedite", l_select_expedite }, { "select", l_select },
        { "select_pause_read", l_pause_read }, { "select_resume_read", l_resume_read },
        { "select_pause_write", l_pause_write }, { "select_resume_write", l_resume_write },
        { NULL, NULL },
    };
    static const luaL_Reg methods[] = {
        { "fileno", l_fileno }, { "getsockname", l_getsockname }, { "getpeername", l_getpeername },
        { "close", l_close }, { "read", l_read }, { "write", l_write }, { "send", l_send },
        { "receive", l_receive }, { NULL, NULL },
    };
    static const luaL_Reg meta[] = {
        { "__gc", l_gc }, { "__close", l_close }, { "__tostring", l_tostring }, { NULL, NULL },
    };

    lpoe_setfuncs(L, p, core);
    lua_newtable(L);
    lpoe_setfuncs(L, p, sockets);
    lua_setfield(L, -2, "sockets");
    lua_getfield(L, -1, "kernel");
    lpoe_setfuncs(L, p, kernel);
    lua_pop(L, 1);
    lua_newtable(L);
    lpoe_setfuncs(L, p, meta);
    lua_newtable(L);
    lpoe_setfuncs(L, p, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "poe.socket");
    lua_setfield(L, -2, "__name");
    lpoe_anchor_set(L, p, ANCHOR_SOCKET_MT);
}
