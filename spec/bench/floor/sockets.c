/*
 * sockets.c - the least a server can cost, to hold poe's sockets against
 *
 *     sockets echo PORT        what a read brings goes back: libuv and nothing else
 *     sockets echo-lua PORT    the same through a Lua function called for each read
 *     sockets line-lua PORT    each line goes back, through a Lua function called for each
 *     sockets http-lua PORT    a Lua function is called with each request's table and answers: no checks,
 *                              no content, no limits
 *
 * Writes try at once and only queue what does not go; what the lines of one read lead to leaves
 * together.  Serves 127.0.0.1 until it is killed.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct connection {
    uv_tcp_t tcp;
    char    *line;          /* an unfinished one */
    size_t   line_length, line_room;
    char    *out;           /* gathered while a read is handled */
    size_t   out_length, out_room;
};

struct write {
    uv_write_t request;
    char       data[];
};

static char buffer[65536];  /* one for all: a read is handled before the next */
static lua_State *lua;      /* NULL: no Lua */
static int lines, http;

static void
buffer_give(uv_handle_t *h, size_t size, uv_buf_t *b)
{
    (void)h;
    (void)size;
    *b = uv_buf_init(buffer, sizeof buffer);
}

static void
closed(uv_handle_t *h)
{
    struct connection *c = (struct connection *)h;

    free(c->line);
    free(c->out);
    free(c);
}

static void
written(uv_write_t *request, int status)
{
    (void)status;
    free(request);
}

static void
send_all(struct connection *c, const char *data, size_t length)
{
    uv_buf_t b = uv_buf_init((char *)data, (unsigned)length);
    int n = c->tcp.write_queue_size ? UV_EAGAIN : uv_try_write((uv_stream_t *)&c->tcp, &b, 1);
    size_t gone = n > 0 ? (size_t)n : 0;

    if (gone == length || (n < 0 && n != UV_EAGAIN))
        return;
    struct write *w = malloc(sizeof *w + length - gone);
    memcpy(w->data, data + gone, length - gone);
    b = uv_buf_init(w->data, (unsigned)(length - gone));
    uv_write(&w->request, (uv_stream_t *)&c->tcp, &b, 1, written);
}

static void
gather(struct connection *c, const char *data, size_t length)
{
    if (c->out_length + length > c->out_room) {
        c->out_room = (c->out_length + length) * 2;
        c->out = realloc(c->out, c->out_room);
    }
    memcpy(c->out + c->out_length, data, length);
    c->out_length += length;
}

/* put(connection, data): gathers data, and a line end when lines are served */
static int
l_put(lua_State *L)
{
    size_t length;
    const char *data = lua_tolstring(L, 2, &length);

    gather(lua_touserdata(L, 1), data, length);
    if (lines)
        gather(lua_touserdata(L, 1), "\n", 1);
    return 0;
}

static void
handle(struct connection *c, const char *data, size_t length)
{
    lua_pushvalue(lua, 1);
    lua_pushlightuserdata(lua, c);
    lua_pushlstring(lua, data, length);
    if (lua_pcall(lua, 2, 0, 0) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
        exit(1);
    }
}

/* Hands each line of data to Lua and keeps what is not one yet. */
static void
cut(struct connection *c, const char *data, size_t length)
{
    const char *end;

    while ((end = memchr(data, '\n', length))) {
        size_t n = (size_t)(end - data);
        if (c->line_length) {
            if (c->line_length + n > c->line_room) {
                c->line_room = (c->line_length + n) * 2;
                c->line = realloc(c->line, c->line_room);
            }
            memcpy(c->line + c->line_length, data, n);
            handle(c, c->line, c->line_length + n);
            c->line_length = 0;
        } else
            handle(c, data, n);
        data = end + 1;
        length -= n + 1;
    }
    if (c->line_length + length > c->line_room) {
        c->line_room = (c->line_length + length) * 2;
        c->line = realloc(c->line, c->line_room);
    }
    if (length)
        memcpy(c->line + c->line_length, data, length);
    c->line_length += length;
}

/* Hands a request, whose head ends at `end`, to Lua and gathers the response. */
static void
respond(struct connection *c, char *p, const char *end)
{
    const char *space = memchr(p, ' ', (size_t)(end - p)), *line = memchr(p, '\n', (size_t)(end - p));
    const char *after = space ? memchr(space + 1, ' ', (size_t)(end - space - 1)) : NULL;
    char head[256];

    if (!after || !line)
        exit(1);
    lua_pushvalue(lua, 1);
    lua_createtable(lua, 0, 3);
    lua_pushlstring(lua, p, (size_t)(space - p));
    lua_setfield(lua, -2, "method");
    lua_pushlstring(lua, space + 1, (size_t)(after - space - 1));
    lua_setfield(lua, -2, "uri");
    lua_createtable(lua, 0, 4);
    while ((p = (char *)line + 1) < end && (line = memchr(p, '\n', (size_t)(end - p)))) {
        char *colon = memchr(p, ':', (size_t)(line - p));
        if (!colon)
            break;
        for (char *at = p; at < colon; at++)
            if (*at >= 'A' && *at <= 'Z')
                *at += 'a' - 'A';
        lua_pushlstring(lua, p, (size_t)(colon - p));
        lua_pushlstring(lua, colon + 2, (size_t)(line - 1 - colon - 2));
        lua_rawset(lua, -3);
    }
    lua_setfield(lua, -2, "headers");
    if (lua_pcall(lua, 1, 2, 0) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
        exit(1);
    }
    size_t length;
    const char *content = lua_tolstring(lua, -1, &length);
    int n = snprintf(head, sizeof head, "HTTP/1.1 %d OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
                     (int)lua_tointeger(lua, -2), length);
    gather(c, head, (size_t)n);
    gather(c, content, length);
    lua_pop(lua, 2);
}

/* Hands each request to Lua; one that comes in pieces is more than this server can do. */
static void
cut_requests(struct connection *c, char *data, size_t length)
{
    char *end;

    while (length && (end = memmem(data, length, "\r\n\r\n", 4))) {
        respond(c, data, end + 2);
        length -= (size_t)(end + 4 - data);
        data = end + 4;
    }
    if (length)
        exit(1);
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct connection *c = (struct connection *)stream;

    if (n < 0) {
        uv_close((uv_handle_t *)stream, closed);
        return;
    }
    if (n == 0)
        return;
    if (!lua)
        send_all(c, b->base, (size_t)n);
    else if (http)
        cut_requests(c, b->base, (size_t)n);
    else if (lines)
        cut(c, b->base, (size_t)n);
    else
        handle(c, b->base, (size_t)n);
    if (c->out_length)
        send_all(c, c->out, c->out_length);
    c->out_length = 0;
}

static void
on_connection(uv_stream_t *listener, int status)
{
    struct connection *c = calloc(1, sizeof *c);

    (void)status;
    uv_tcp_init(listener->loop, &c->tcp);
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) == 0) {
        uv_tcp_nodelay(&c->tcp, 1);
        uv_read_start((uv_stream_t *)&c->tcp, buffer_give, on_read);
    }
}

int
main(int argc, char **argv)
{
    struct sockaddr_in address;
    uv_tcp_t listener;

    if (argc < 3)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    lines = strcmp(argv[1], "line-lua") == 0;
    http = strcmp(argv[1], "http-lua") == 0;
    if (strcmp(argv[1], "echo") != 0) {
        lua = luaL_newstate();
        luaL_openlibs(lua);
        lua_register(lua, "put", l_put);
        if (luaL_dostring(lua, http ? "return function(request) return 200, 'Hello, world' end"
                                    : "local put = put return function(c, data) put(c, data) end") != LUA_OK)
            return 1;
    }
    uv_loop_t *loop = uv_default_loop();
    uv_tcp_init(loop, &listener);
    uv_ip4_addr("127.0.0.1", atoi(argv[2]), &address);
    uv_tcp_bind(&listener, (struct sockaddr *)&address, 0);
    if (uv_listen((uv_stream_t *)&listener, 1024, on_connection) < 0)
        return 1;
    return uv_run(loop, UV_RUN_DEFAULT);
}
