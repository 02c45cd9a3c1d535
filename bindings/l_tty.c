/*
 * l_tty.c - terminals as the ReadLine wheel uses them; twin of tty.c
 *
 * Private to lua/poe/wheel.
 */
#include "lpoe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <uv.h>

struct ltty {
    struct lpoe *p;
    poe_tty *tty; /* NULL: released */
};

static struct ltty *
check_tty(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct ltty *t = lua_touserdata(L, 1);

    if (!t || lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) != sizeof *t || t->p != p)
        luaL_typeerror(L, 1, "tty");
    return t;
}

static int
result(lua_State *L, int rc, const char *what)
{
    return rc < 0 ? lpoe_push_error(L, rc, "%s: %s", what, uv_strerror(rc)) : lpoe_push_true(L);
}

/* tty(handle) -> tty, descriptor | nil, message, code: the terminal that the handle has open, and a
 * descriptor of it for the caller to adopt; ENOTTY: it is none */
static int
l_tty(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    int fd = lpoe_check_fd(L, p, 1);
    struct ltty *t = lua_newuserdatauv(L, sizeof *t, 0);

    t->p = p;
    t->tty = NULL;
    lpoe_anchor_get(L, p, ANCHOR_TTY_MT);
    lua_setmetatable(L, -2);
    int rc = poe_tty_open(p->kernel, fd, &t->tty);
    if (rc == 0)
        rc = poe_tty_share(t->tty);
    if (rc < 0)
        return lpoe_push_error(L, rc, "descriptor %d: %s", fd, uv_strerror(rc));
    lua_pushinteger(L, rc);
    return 2;
}

/* duplicate(handle) -> another descriptor of the same, for the caller to adopt | nil, message, code */
static int
l_duplicate(lua_State *L)
{
    int fd = lpoe_check_fd(L, lpoe_context(L), 1);
    int other = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (other < 0)
        return lpoe_push_error(L, -errno, "descriptor %d: %s", fd, uv_strerror(-errno));
    lua_pushinteger(L, other);
    return 1;
}

/* plain_file(descriptor) -> boolean: one that no poll knows */
static int
l_plain_file(lua_State *L)
{
    struct stat how;

    lua_pushboolean(L, fstat((int)luaL_checkinteger(L, 1), &how) == 0 && S_ISREG(how.st_mode));
    return 1;
}

/* tty:raw(farewell, interrupts) -> true | nil, message, code: keys come as they are, until cooked(), Ctrl-C,
 * too, unless it is to send INT; when the session or the program ends before that, the farewell is written */
static int
l_raw(lua_State *L)
{
    struct ltty *t = check_tty(L);
    const char *farewell = luaL_checkstring(L, 2);

    return result(L, t->tty ? poe_tty_raw(t->tty, farewell, lua_toboolean(L, 3)) : UV_EBADF, "terminal");
}

/* tty:cooked() -> true | nil, message, code: as it was */
static int
l_cooked(lua_State *L)
{
    struct ltty *t = check_tty(L);

    return result(L, t->tty ? poe_tty_cooked(t->tty) : UV_EBADF, "terminal");
}

/* tty:size() -> columns, lines | nil, message, code: 0 means that nobody has said */
static int
l_size(lua_State *L)
{
    struct ltty *t = check_tty(L);
    int columns = 0, lines = 0;
    int rc = t->tty ? poe_tty_size(t->tty, &columns, &lines) : UV_EBADF;

    if (rc < 0)
        return result(L, rc, "terminal");
    lua_pushinteger(L, columns);
    lua_pushinteger(L, lines);
    return 2;
}

/* tty:close(): any number of times */
static int
l_close(lua_State *L)
{
    struct ltty *t = check_tty(L);

    if (t->tty)
        poe_tty_close(t->tty);
    return 0;
}

static int
l_gc(lua_State *L)
{
    poe_tty_release(&check_tty(L)->tty);
    return 0;
}

/* `core` on top. */
void
lpoe_open_tty(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "tty", l_tty }, { "duplicate", l_duplicate }, { "plain_file", l_plain_file }, { NULL, NULL },
    };
    static const luaL_Reg methods[] = {
        { "raw", l_raw }, { "cooked", l_cooked }, { "size", l_size }, { "close", l_close },
        { NULL, NULL },
    };
    static const luaL_Reg meta[] = { { "__gc", l_gc }, { "__close", l_close }, { NULL, NULL } };

    lpoe_setfuncs(L, p, core);
    lua_newtable(L);
    lpoe_setfuncs(L, p, meta);
    lua_newtable(L);
    lpoe_setfuncs(L, p, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "poe.tty");
    lua_setfield(L, -2, "__name");
    lpoe_anchor_set(L, p, ANCHOR_TTY_MT);
}
