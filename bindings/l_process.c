/*
 * l_process.c - starting programs, for the library; twin of process.c
 *
 * Private to lua/poe: what a script may say is checked where the script says it, here only what C
 * could not bear.
 */
#include "lpoe.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "process.h"

/* The text on top, which the table it came from holds; NULL for nil. */
static const char *
text_of(lua_State *L, const char *what)
{
    size_t length;
    const char *text = NULL;

    if (lua_type(L, -1) == LUA_TSTRING) {
        text = lua_tolstring(L, -1, &length);
        if (strlen(text) != length)
            luaL_error(L, "%s: '%s' contains a zero byte", what, text);
    } else if (!lua_isnil(L, -1))
        luaL_error(L, "%s: string expected, got %s", what, luaL_typename(L, -1));
    lua_pop(L, 1);
    return text;
}

static const char *
text_field(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    return text_of(L, name);
}

/* A list of texts as C wants it, in a userdata left on the stack; NULL, and nil, for none. */
static const char *const *
list_field(lua_State *L, const char *name)
{
    if (lua_getfield(L, 1, name) == LUA_TNIL)
        return NULL;
    luaL_argcheck(L, lua_istable(L, -1), 1, "list expected");
    lua_Integer count = luaL_len(L, -1);
    luaL_argcheck(L, count >= 0 && count < INT32_MAX, 1, "list too long");
    const char **list = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *list, 0);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -2, i);
        list[i - 1] = text_of(L, name);
        if (!list[i - 1])
            luaL_error(L, "%s: entry %d is nil", name, (int)i);
    }
    list[count] = NULL;
    lua_remove(L, -2);
    return list;
}

static int
flag_field(lua_State *L, const char *name)
{
    lua_getfield(L, 1, name);
    int flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

/* A conduit's name, { path = "..." } or a handle. */
static void
stream_field(lua_State *L, struct lpoe *p, const char *name, struct poe_stream *stream)
{
    static const char *const conduits[] = { "inherit", "null", "pipe", "socketpair", "pty", "output",
                                            NULL };
    static const enum poe_conduit kinds[] = {
        POE_CONDUIT_INHERIT, POE_CONDUIT_NULL, POE_CONDUIT_PIPE, POE_CONDUIT_SOCKETPAIR,
        POE_CONDUIT_PTY, POE_CONDUIT_OUTPUT,
    };

    switch (lua_getfield(L, 1, name)) {
    case LUA_TNIL:
    case LUA_TSTRING:
        stream->conduit = kinds[luaL_checkoption(L, -1, "inherit", conduits)];
        break;
    case LUA_TTABLE:
        lua_getfield(L, -1, "path");
        stream->path = text_of(L, name);
        luaL_argcheck(L, stream->path, 1, "path expected");
        stream->conduit = POE_CONDUIT_FILE;
        break;
    default:
        stream->fd = lpoe_check_fd(L, p, lua_gettop(L));
        stream->conduit = POE_CONDUIT_FD;
    }
    lua_pop(L, 1);
}

static void
winsize_field(lua_State *L, unsigned short size[4])
{
    if (lua_getfield(L, 1, "winsize") == LUA_TTABLE)
        for (int i = 0; i < 4; i++) {
            lua_rawgeti(L, -1, i + 1);
            size[i] = (unsigned short)luaL_optinteger(L, -1, 0);
            lua_pop(L, 1);
        }
    lua_pop(L, 1);
}

/* What the failed step was about. */
static const char *
subject(const struct poe_spawn *how, const char *step)
{
    if (strcmp(step, "user") == 0 || strcmp(step, "setuid") == 0)
        return how->user;
    if (strcmp(step, "group") == 0 || (strcmp(step, "setgid") == 0 && how->group))
        return how->group;
    if (strcmp(step, "chdir") == 0)
        return how->cwd;
    for (int i = 0; i < 3 && strcmp(step, "open") == 0; i++)
        if (how->stream[i].path && how->stream[i].conduit == POE_CONDUIT_FILE)
            return how->stream[i].path;
    return how->shell ? how->shell : how->argv[0];
}

/*
 * process{argv or shell, env, cwd, stdin, stdout, stderr, winsize, user, group, priority, set_session,
 * set_group, close_on_call} -> pid, socket or false, socket or false, socket or false
 *                            | nil, message, code, step
 * See struct poe_spawn.  argv and env are lists, the conduits as in stream_field.
 */
static int
l_process(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct poe_spawn how = { 0 };
    struct poe_spawned got;
    struct lsocket *sockets[3];

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_checkstack(L, 16, NULL);
    how.shell = text_field(L, "shell");
    how.argv = list_field(L, "argv");
    luaL_argcheck(L, how.shell || (how.argv && how.argv[0]), 1, "argv or shell expected");
    how.env = list_field(L, "env");
    how.cwd = text_field(L, "cwd");
    how.user = text_field(L, "user");
    how.group = text_field(L, "group");
    stream_field(L, p, "stdin", &how.stream[0]);
    stream_field(L, p, "stdout", &how.stream[1]);
    stream_field(L, p, "stderr", &how.stream[2]);
    winsize_field(L, how.winsize);
    lua_getfield(L, 1, "priority");
    how.priority = (int)luaL_optinteger(L, -1, 0);
    how.set_session = flag_field(L, "set_session");
    how.set_group = flag_field(L, "set_group");
    how.close_on_call = flag_field(L, "close_on_call");
    lua_pushnil(L); /* pid */
    for (int i = 0; i < 3; i++)
        sockets[i] = lpoe_push_socket(L, p); /* now, because later nothing may raise */

    fflush(stdout); /* what was printed before comes before what the program prints */
    int rc = poe_spawn(p->kernel, &how, &got);
    if (rc < 0) {
        lpoe_push_error(L, rc, "%s %s: %s", got.failed, subject(&how, got.failed), uv_strerror(rc));
        lua_pushstring(L, got.failed);
        return 4;
    }
    for (int i = 0; i < 3; i++) {
        if (got.fds[i] < 0) {
            lua_pushboolean(L, 0);
            lua_replace(L, -4 + i);
        } else if (lpoe_socket_open(p, sockets[i], got.fds[i]) < 0)
            rc = UV_ENOMEM; /* the program runs, and finds that end closed */
    }
    if (rc < 0)
        return lpoe_push_error(L, rc, "pipe: %s", uv_strerror(rc));
    lua_pushinteger(L, got.pid);
    lua_replace(L, -5);
    return 4;
}

/* kill(pid, name or number [, child]) -> true | nil, message, code; `child`: only one that process
 * has started and that has not ended */
static int
l_kill(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    lua_Integer pid = luaL_checkinteger(L, 1);
    int signal;

    if (lua_type(L, 2) == LUA_TNUMBER)
        signal = (int)luaL_checkinteger(L, 2);
    else {
        const char *name = lpoe_check_name(L, 2, "signal");
        signal = poe_signal_number(name);
        if (!signal)
            return lpoe_push_error(L, UV_EINVAL, "no such signal: %s", name);
    }
    int rc = pid != (int)pid        ? UV_ESRCH
             : lua_toboolean(L, 3) ? poe_child_kill(p->kernel, (int)pid, signal)
                                   : poe_process_kill((int)pid, signal);
    if (rc < 0)
        return lpoe_push_error(L, rc, "process %I: %s", pid, uv_strerror(rc));
    return lpoe_push_true(L);
}

/* pty_eof(handle) -> true | nil, message, code */
static int
l_pty_eof(lua_State *L)
{
    int rc = poe_pty_eof(lpoe_check_fd(L, lpoe_context(L), 1));

    return rc < 0 ? lpoe_push_error(L, rc, "pty: %s", uv_strerror(rc)) : lpoe_push_true(L);
}

/* `core` on top. */
void
lpoe_open_process(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "process", l_process }, { "kill", l_kill }, { "pty_eof", l_pty_eof }, { NULL, NULL },
    };

    lpoe_setfuncs(L, p, core);
}
