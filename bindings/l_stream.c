/*
 * l_stream.c - streams as the library's wheels hold them; twin of stream.c
 *
 * Private to lua/poe/wheel: a stream object has methods named as the functions below, and misuse raises.
 * A hook is an event's name or a function that runs as a handler of the wheel's session.
 */
#include "lpoe.h"

#include <string.h>
#include <uv.h>

#define LEND_BYTES 4096
enum { DIRECT_BYTES = 1, DIRECT_HTTP };

struct lstream {
    struct lpoe *p;
    poe_stream *st; /* NULL: released */
    lua_Integer *getters;    /* tickets of the handlers that wait for a record, the longest waiting first */
    uint32_t waiting, room;
    unsigned char getting;   /* a wheel's get ends in C: whole records come for them, and for nobody else */
    unsigned char direct, length; /* a wheel's put ends in C: with these octets behind each record */
    char ending[6];               /* DIRECT_HTTP: they are responses */
};

static struct lstream *
check_stream(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct lstream *s = lua_touserdata(L, 1);

    if (!s || lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) != sizeof *s || s->p != p)
        luaL_typeerror(L, 1, "stream");
    return s;
}

/* The stream at 1; raises when it is closed. */
static poe_stream *
check_open(lua_State *L)
{
    struct lstream *s = check_stream(L);

    if (!s->st || !poe_stream_session(s->st))
        luaL_error(L, "the wheel is closed");
    return s->st;
}

/* stream(handle, state, output) -> stream | nil, message, code; `output`: it keeps its session until
 * writing to it has ended */
static int
l_stream(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const char *state = lpoe_check_name(L, 2, "state");
    poe_handle *h;

    lua_settop(L, 3);
    struct lstream *s = lua_newuserdatauv(L, sizeof *s, 0);
    *s = (struct lstream){ .p = p };
    lpoe_anchor_get(L, p, ANCHOR_STREAM_MT);
    lua_setmetatable(L, -2);
    h = lpoe_check_handle(L, p, 1);
    if (!h)
        return 3;
    int fd = poe_handle_fd(h);
    int rc = poe_stream_open(h, state, &s->st);
    poe_handle_release(&h);
    if (rc == UV_EBUSY)
        return lpoe_push_error(L, rc, "descriptor %d: another wheel or select has it", fd);
    if (rc == UV_EPERM)
        return lpoe_push_error(L, rc, "descriptor %d: a plain file, follow it with "
                                      "poe.wheel.FollowTail", fd);
    if (rc < 0)
        return lpoe_push_error(L, rc, "descriptor %d: %s", fd, uv_strerror(rc));
    if (lua_toboolean(L, 3))
        poe_stream_output(s->st);
    return 1;
}

/* stream:hook(what, event or function or nil, ...): the rest goes to the handler, behind its own */
static int
l_hook(lua_State *L)
{
    static const char *const hooks[] = { "input", "flushed", "error", "high", "low", NULL };
    poe_stream *st = check_open(L);
    struct lpoe *p = lpoe_context(L);
    enum poe_hook what = (enum poe_hook)luaL_checkoption(L, 2, NULL, hooks);
    struct mail mail;
    int rc;

    if (what == POE_HOOK_INPUT)
        ((struct lstream *)lua_touserdata(L, 1))->getting = 0;
    if (lua_isnoneornil(L, 3)) {
        poe_stream_hook(st, what, NULL, 0);
        return 0;
    }
    if (!lua_isfunction(L, 3))
        lpoe_check_name(L, 3, "event");
    lpoe_mail_keep(p, L, 3, &mail);
    rc = poe_stream_hook(st, what, mail.name, mail.payload);
    if (rc < 0) {
        lpoe_mail_drop(p, mail.payload);
        return luaL_error(L, "%s: %s", uv_err_name(rc), uv_strerror(rc));
    }
    return 0;
}

/* stream:frame("none" | "lines" | "any", line end, most bytes of a record) */
static int
l_frame(lua_State *L)
{
    static const char *const framings[] = { "none", "lines", "any", NULL };
    poe_stream *st = check_open(L);
    int how = luaL_checkoption(L, 2, NULL, framings);
    size_t length = 0;
    const char *end = luaL_optlstring(L, 3, "", &length);
    lua_Integer most = luaL_optinteger(L, 4, 0);
    int rc = poe_stream_frame(st, (enum poe_framing)how, end, length, (size_t)most);

    if (rc < 0)
        return luaL_error(L, "a line end must have 1 to %d bytes", POE_LINE_END);
    return 0;
}

/* stream:block(bytes): how much one read takes */
static int
l_block(lua_State *L)
{
    poe_stream_block(check_open(L), (size_t)luaL_checkinteger(L, 2));
    return 0;
}

static int
l_pause(lua_State *L)
{
    poe_stream_pause(check_open(L), lua_toboolean(L, 2));
    return 0;
}

/* stream:rest() -> what has been read and is no record yet, which is taken; the octet to be skipped if it
 * comes next, or nil */
static int
l_rest(lua_State *L)
{
    struct lstream *s = check_stream(L);
    const char *part[2];
    size_t length[2];
    luaL_Buffer b;

    luaL_buffinit(L, &b);
    if (s->st) {
        poe_stream_rest(s->st, part, length);
        luaL_addlstring(&b, part[0], length[0]);
        luaL_addlstring(&b, part[1], length[1]);
    }
    luaL_pushresult(&b);
    char skip = s->st ? poe_stream_skip(s->st) : '\0';
    if (s->st)
        poe_stream_take(s->st);
    if (!skip)
        return 1;
    lua_pushinteger(L, (unsigned char)skip);
    return 2;
}

/* stream:next() -> the next whole record that was held back | nil [, message, code] */
static int
l_next(lua_State *L)
{
    const char *data;
    size_t length;
    int rc = poe_stream_next(check_open(L), &data, &length);

    if (rc < 0)
        return lpoe_push_error(L, rc, "%s", uv_strerror(rc));
    if (rc == 0)
        lua_pushnil(L);
    else
        lua_pushlstring(L, data, length);
    return 1;
}

/* stream:ended() -> nil, message, code when nothing more will be read | false */
static int
l_ended(lua_State *L)
{
    int rc = poe_stream_ended(check_open(L));

    if (rc < 0)
        return lpoe_push_error(L, rc, "%s", uv_strerror(rc));
    lua_pushboolean(L, 0);
    return 1;
}

/* stream:give(data): input to cut before anything else is read */
static int
l_give(lua_State *L)
{
    size_t length;
    const char *data = luaL_checklstring(L, 2, &length);
    int rc = poe_stream_give(check_open(L), data, length);

    if (rc < 0)
        return luaL_error(L, "%s: %s", uv_err_name(rc), uv_strerror(rc));
    return 0;
}

/* A string so long that keeping it is cheaper than copying it. */
static int
lend(lua_State *L, struct lstream *s, int arg, const char *data, size_t length)
{
    struct mail mail;

    lua_pushvalue(L, arg);
    lpoe_mail_hold(s->p, L, &mail);
    int rc = poe_stream_lend(s->st, data, length, mail.payload);
    if (rc < 0)
        lpoe_mail_drop(s->p, mail.payload);
    return rc;
}

/* Raises at the caller of the wheel's method, `level` calls up. */
static int
put_error(lua_State *L, int level, const char *what, const char *more)
{
    luaL_where(L, level);
    lua_pushfstring(L, "put: %s%s", what, more);
    lua_concat(L, 2);
    return lua_error(L);
}

/* Writes the octets at `arg`. */
static int
put_bytes(lua_State *L, struct lstream *s, int arg, const char *data, size_t length)
{
    return length >= LEND_BYTES ? lend(L, s, arg, data, length) : poe_stream_write(s->st, data, length);
}

/* So many records were put, or `rc`, where `before` octets waited: pushes whether the high mark is reached. */
static int
put_end(lua_State *L, struct lstream *s, int level, int rc, size_t before, size_t records)
{
    if (rc < 0)
        return put_error(L, level, rc == UV_EPIPE ? "output is shut down" : uv_strerror(rc), "");
    if (poe_stream_queued(s->st, NULL) <= before) /* it has failed meanwhile, and what waited is lost */
        records = 0;
    lua_pushboolean(L, poe_stream_message(s->st, records));
    return 1;
}

/* Writes the records from index `first` on, each followed by the ending. */
static int
put(lua_State *L, struct lstream *s, int first, const char *end, size_t ending)
{
    int top = lua_gettop(L), level = first == 2 ? 1 : 3, rc = 0; /* or by l_wheel_put, and a function of Lua's */
    size_t length, before, records = 0;

    for (int i = first; i <= top; i++)
        if (!lua_isstring(L, i))
            return put_error(L, level, "string expected, got ", luaL_typename(L, i));
    before = poe_stream_queued(s->st, NULL);
    for (int i = first; i <= top && rc == 0; i++) {
        const char *data = lua_tolstring(L, i, &length);
        rc = put_bytes(L, s, i, data, length);
        if (rc == 0 && ending)
            rc = poe_stream_write(s->st, end, ending);
        records += length + ending > 0;
    }
    return put_end(L, s, level, rc, before, records);
}

/* Writes the one record at 2, a response.  Returns 0 when it is not plain. */
static int
put_response(lua_State *L, struct lstream *s)
{
    char head[LPOE_HTTP_HEAD];
    size_t length, before = poe_stream_queued(s->st, NULL), size = lpoe_http_head(L, s->p, 2, head, sizeof head);

    if (!size)
        return 0;
    const char *content = lua_tolstring(L, -1, &length);
    int rc = poe_stream_write(s->st, head, size);
    if (rc == 0 && content && length)
        rc = put_bytes(L, s, lua_gettop(L), content, length);
    return put_end(L, s, 1, rc, before, 1);
}

/* stream:put(ending, ...) -> whether the high mark is reached; each of the rest is followed by the ending */
static int
l_put(lua_State *L)
{
    struct lstream *s = check_stream(L);
    size_t ending;
    const char *end = luaL_checklstring(L, 2, &ending);

    if (!s->st)
        return luaL_error(L, "the wheel is closed");
    return put(L, s, 3, end, ending);
}

/* stream:direct(ending, http): put_direct does what the wheel's put would do with records that are octets, or
 * HTTP responses; nothing: no more */
static int
l_direct(lua_State *L)
{
    struct lstream *s = check_stream(L);
    size_t length = sizeof s->ending + 1;
    const char *ending = luaL_optlstring(L, 2, NULL, &length);

    s->direct = ending && length <= sizeof s->ending ? DIRECT_BYTES : lua_toboolean(L, 3) ? DIRECT_HTTP : 0;
    s->length = 0;
    if (s->direct == DIRECT_BYTES) {
        s->length = (unsigned char)length;
        memcpy(s->ending, ending, length);
    }
    return 0;
}

/* The stream in the field of the wheel at `wheel` that upvalue 2 names; NULL: none, or it is released. */
static struct lstream *
wheel_stream(lua_State *L, int wheel)
{
    if (lua_type(L, wheel) != LUA_TTABLE)
        return NULL;
    lua_pushvalue(L, lua_upvalueindex(2));
    struct lstream *s = lua_rawget(L, wheel) == LUA_TUSERDATA ? lua_touserdata(L, -1) : NULL;
    int ours = s && lua_rawlen(L, -1) == sizeof *s && s->p == lpoe_context(L) && s->st;
    lua_pop(L, 1);
    return ours ? s : NULL;
}

static int
wheel_asked(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* Upvalue 3, a function of Lua's, does it, with what is on the stack. */
static int
wheel_ask(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(3));
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, wheel_asked);
    return wheel_asked(L, LUA_OK, 0);
}

/* What put_direct(put) has returned: a wheel's method. */
static int
l_wheel_put(lua_State *L)
{
    struct lstream *s = wheel_stream(L, 1);

    if (s && s->direct == DIRECT_BYTES)
        return put(L, s, 2, s->ending, s->length);
    if (s && s->direct == DIRECT_HTTP && lua_gettop(L) == 2) {
        if (put_response(L, s))
            return 1;
        lua_settop(L, 2);
    }
    return wheel_ask(L);
}

/* Pushes a method of wheels: the function at 1, or `method` where the stream in their field `field` lets it. */
static int
push_direct(lua_State *L, const char *field, lua_CFunction method)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushstring(L, field);
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, method, 3);
    return 1;
}

/* put_direct(put) -> a method of wheels that have their stream in field `output`: what `put` does, at once where
 * the stream is direct */
static int
l_put_direct(lua_State *L)
{
    return push_direct(L, "output", l_wheel_put);
}

/* -- handlers that wait for a record ------------------------------------------------------- */

/* The running handler is one of them, behind the others.  Raises where it cannot wait. */
static void
getters_add(lua_State *L, struct lstream *s)
{
    lua_Integer ticket = lpoe_wait_ticket(L, s->p);

    if (s->waiting == s->room) { /* of those that have been cancelled no record has told us */
        uint32_t n = 0;
        for (uint32_t i = 0; i < s->waiting; i++)
            if (lpoe_waiting(s->p, s->getters[i]))
                s->getters[n++] = s->getters[i];
        s->waiting = n;
    }
    if (s->waiting == s->room) {
        lua_Integer *getters = lpoe_array_grow(L, s->getters, sizeof *getters, &s->room, 1);
        if (!getters) {
            luaL_error(L, "not enough memory");
            return;
        }
        s->getters = getters;
    }
    s->getters[s->waiting++] = ticket;
}

/* Lets the longest waiting one that still waits go on with the `n` values on top; whether there was one. */
static int
getters_serve(lua_State *L, struct lstream *s, int n)
{
    while (s->waiting > 0) {
        lua_Integer ticket = s->getters[0];
        memmove(s->getters, s->getters + 1, --s->waiting * sizeof ticket);
        if (lpoe_wait_resume(L, s->p, ticket, n))
            return 1;
    }
    return 0;
}

/* stream:enlist(): the running handler waits for a record from now on */
static int
l_enlist(lua_State *L)
{
    getters_add(L, check_stream(L));
    return 0;
}

/* stream:awaited() -> whether a handler does */
static int
l_awaited(lua_State *L)
{
    lua_pushboolean(L, check_stream(L)->waiting > 0);
    return 1;
}

/* stream:hand(...) -> whether one was still waiting, which goes on with these */
static int
l_hand(lua_State *L)
{
    struct lstream *s = check_stream(L);

    lua_pushboolean(L, getters_serve(L, s, lua_gettop(L) - 1));
    return 1;
}

/* stream:getting(function, id): reads while handlers wait for records, and for nobody else; the function, which is
 * got(live, function), hands them out */
static int
l_getting(lua_State *L)
{
    poe_stream *st = check_open(L);
    struct lstream *s = lua_touserdata(L, 1);

    if (!s->getting) {
        lua_settop(L, 3);
        lua_pushliteral(L, "input");
        lua_insert(L, 2);
        l_hook(L);
        s->getting = 1;
    }
    poe_stream_idle(st, s->waiting == 0);
    return 0;
}

/* What get_direct(get) has returned: a wheel's method. */
static int
l_wheel_get(lua_State *L)
{
    struct lstream *s = wheel_stream(L, 1);
    const char *data;
    size_t length;

    if (!s || !s->getting || s->waiting > 0 || !poe_stream_session(s->st))
        return wheel_ask(L);
    lua_pushliteral(L, "unread");
    if (lua_rawget(L, 1) != LUA_TNIL) {
        lua_pop(L, 1);
        return wheel_ask(L);
    }
    int rc = poe_stream_next(s->st, &data, &length);
    if (rc > 0) {
        lua_pushlstring(L, data, length);
        return 1;
    }
    if (rc == 0)
        rc = poe_stream_ended(s->st);
    if (rc < 0)
        return lpoe_push_error(L, rc, "%s", uv_strerror(rc));
    getters_add(L, s);
    poe_stream_idle(s->st, 0);
    return lpoe_wait_suspend(L, s->p);
}

/* What got(live, function) has returned: handles a record for a handler that waits for the wheel of that ID. */
static int
l_wheel_got(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(4));
    struct lstream *s = wheel_stream(L, 3);
    lua_pushvalue(L, 1);
    if (!s || !s->getting || !getters_serve(L, s, 1)) {
        lua_settop(L, 2);
        return wheel_ask(L);
    }
    if (s->waiting == 0)
        poe_stream_idle(s->st, 1);
    return 0;
}

/* get_direct(get) -> a method of wheels that read from the stream in field `input`: what `get` does, at once where
 * that reads for those alone who wait in get */
static int
l_get_direct(lua_State *L)
{
    return push_direct(L, "input", l_wheel_get);
}

/* got(live, function) -> a function for stream:getting; `live`: the wheels by ID; what nobody waits for is the other
 * function's */
static int
l_got(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushliteral(L, "input");
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, l_wheel_got, 4);
    return 1;
}

static int
l_flush(lua_State *L)
{
    poe_stream_flush(check_open(L));
    return 0;
}

/* stream:marks(high, low): octets; 0: none */
static int
l_marks(lua_State *L)
{
    poe_stream_marks(check_open(L), (size_t)luaL_checkinteger(L, 2), (size_t)luaL_checkinteger(L, 3));
    return 0;
}

/* stream:queued() -> octets, puts: what waits to be written */
static int
l_queued(lua_State *L)
{
    struct lstream *s = check_stream(L);
    size_t messages = 0;

    lua_pushinteger(L, s->st ? (lua_Integer)poe_stream_queued(s->st, &messages) : 0);
    lua_pushinteger(L, (lua_Integer)messages);
    return 2;
}

/* stream:shutdown(input, output) */
static int
l_shutdown(lua_State *L)
{
    poe_stream_shutdown(check_open(L), lua_toboolean(L, 2), lua_toboolean(L, 3));
    return 0;
}

/* stream:close(abort): any number of times */
static int
l_close(lua_State *L)
{
    struct lstream *s = check_stream(L);

    if (s->st)
        poe_stream_close(s->st, lua_toboolean(L, 2));
    return 0;
}

/* stream:is_open() */
static int
l_is_open(lua_State *L)
{
    struct lstream *s = check_stream(L);

    lua_pushboolean(L, s->st && poe_stream_session(s->st));
    return 1;
}

/* __gc: the collector is the safety net (section 9 of the manual). */
static int
l_gc(lua_State *L)
{
    struct lstream *s = check_stream(L);
    void *ud;
    lua_Alloc alloc = lua_getallocf(L, &ud);

    if (s->st) {
        poe_stream_close(s->st, 0);
        poe_stream_release(s->p->kernel, &s->st);
    }
    alloc(ud, s->getters, s->room * sizeof *s->getters, 0);
    s->getters = NULL;
    s->waiting = s->room = 0;
    return 0;
}

/* `core` on top. */
void
lpoe_open_stream(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "stream", l_stream }, { "put_direct", l_put_direct }, { "get_direct", l_get_direct }, { "got", l_got },
        { NULL, NULL },
    };
    static const luaL_Reg methods[] = {
        { "hook", l_hook }, { "frame", l_frame }, { "block", l_block }, { "pause", l_pause },
        { "rest", l_rest }, { "next", l_next }, { "ended", l_ended }, { "give", l_give }, { "put", l_put },
        { "direct", l_direct }, { "flush", l_flush }, { "enlist", l_enlist }, { "awaited", l_awaited },
        { "hand", l_hand }, { "getting", l_getting },
        { "marks", l_marks }, { "queued", l_queued }, { "shutdown", l_shutdown },
        { "close", l_close }, { "is_open", l_is_open }, { NULL, NULL },
    };
    static const luaL_Reg meta[] = { { "__gc", l_gc }, { NULL, NULL } };

    lpoe_setfuncs(L, p, core);
    lua_newtable(L);
    lpoe_setfuncs(L, p, meta);
    lua_newtable(L);
    lpoe_setfuncs(L, p, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "poe.stream");
    lua_setfield(L, -2, "__name");
    lpoe_anchor_set(L, p, ANCHOR_STREAM_MT);
}
