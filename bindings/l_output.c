/*
 * l_output.c - what the process prints, told of before it is written
 *
 * For a prompt, which has to take the line that is being edited off the screen first.  While an output is
 * open, the C library's stdout and stderr are streams of ours, as far as they are terminals: so whatever
 * prints, in Lua or in C, by print or a warning, is seen at once and in its order, and nothing can
 * block or get lost on the way, as it could in a pipe that the same thread has to read.  What child processes
 * write goes past it.
 */
#include "lpoe.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __GLIBC__
enum { OUTPUTS = 2 }; /* descriptors 1 and 2 */
#else
enum { OUTPUTS = 0 }; /* stdout is no variable: printing goes as it comes */
#endif

struct loutput {
    struct lpoe *p;
    lua_State *co;    /* for the calls: whoever prints may be in the middle of anything */
    struct output {
        struct loutput *of;
        int fd;
        FILE *stream, *was;  /* NULL: not ours */
        luaL_Stream *file;   /* io.stdout, io.stderr; NULL: they are others */
    } outputs[2];
    unsigned armed : 1;      /* before the next byte, the function is called */
    unsigned inside : 1;     /* a line has been begun */
};

#ifdef __GLIBC__

/* Of fopencookie. */
static ssize_t
output_write(void *cookie, const char *bytes, size_t size)
{
    struct output *out = cookie;
    struct loutput *o = out->of;
    size_t done = 0;

    if (o->armed) {
        o->armed = 0;
        lua_pushvalue(o->co, 1);
        if (lua_pcall(o->co, 0, 0, 0) != LUA_OK)
            lua_pop(o->co, 1); /* without memory the line stays where it is */
    }
    while (done < size) {
        ssize_t n = write(out->fd, bytes + done, size - done);
        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    if (done > 0)
        o->inside = bytes[done - 1] != '\n';
    return (ssize_t)done;
}

/* Puts ours in place of a stream of the C library; without memory it stays. */
static void
output_open(lua_State *L, struct output *out, FILE **stream, const char *name, int buffered)
{
    const cookie_io_functions_t functions = { .write = output_write };

    if (!isatty(out->fd))
        return;
    FILE *ours = fopencookie(out, "w", functions);
    if (!ours)
        return;
    fflush(*stream);
    setvbuf(ours, NULL, buffered, 0);
    out->was = *stream;
    out->stream = *stream = ours;
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, "io") == LUA_TTABLE) {
        lua_getfield(L, -1, name);
        out->file = luaL_testudata(L, -1, LUA_FILEHANDLE);
        if (out->file && out->file->f == out->was)
            out->file->f = ours;
        else
            out->file = NULL;
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static void
output_close(struct output *out, FILE **stream)
{
    if (!out->stream)
        return;
    if (*stream == out->stream)
        *stream = out->was;
    if (out->file && out->file->f == out->stream)
        out->file->f = out->was;
    fclose(out->stream);
    out->stream = NULL;
}

static void
outputs_open(lua_State *L, struct loutput *o)
{
    output_open(L, &o->outputs[0], &stdout, "stdout", _IOLBF);
    output_open(L, &o->outputs[1], &stderr, "stderr", _IONBF);
}

static void
outputs_close(struct loutput *o)
{
    output_close(&o->outputs[0], &stdout);
    output_close(&o->outputs[1], &stderr);
}

#else

static void
outputs_open(lua_State *L, struct loutput *o)
{
    (void)L;
    (void)o;
}

static void
outputs_close(struct loutput *o)
{
    (void)o;
}

#endif

static struct loutput *
check_output(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct loutput *o = lua_touserdata(L, 1);

    if (!o || lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) != sizeof *o || o->p != p)
        luaL_typeerror(L, 1, "output");
    return o;
}

/* output(fn) -> output: fn() is called before something is printed, when it is armed */
static int
l_output(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);

    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct loutput *o = lua_newuserdatauv(L, sizeof *o, 1);
    *o = (struct loutput){ .p = p };
    for (int i = 0; i < 2; i++)
        o->outputs[i] = (struct output){ .of = o, .fd = i + 1 };
    o->co = lua_newthread(L);
    lua_setiuservalue(L, 2, 1);
    lua_pushvalue(L, 1);
    lua_xmove(L, o->co, 1);
    lpoe_anchor_get(L, p, ANCHOR_OUTPUT_MT);
    lua_setmetatable(L, 2);
    outputs_open(L, o);
    lua_settop(L, 2);
    return 1;
}

/* output:arm([on]): fn is called before the next byte, once; false: it is not */
static int
l_arm(lua_State *L)
{
    check_output(L)->armed = lua_isnone(L, 2) || lua_toboolean(L, 2);
    return 0;
}

/* output:inside() -> boolean: what was printed last has not ended its line */
static int
l_inside(lua_State *L)
{
    lua_pushboolean(L, check_output(L)->inside);
    return 1;
}

/* output:newline(): the line has been ended by another */
static int
l_newline(lua_State *L)
{
    check_output(L)->inside = 0;
    return 0;
}

/* output:close(): any number of times */
static int
l_close(lua_State *L)
{
    struct loutput *o = check_output(L);

    o->armed = 0;
    outputs_close(o);
    return 0;
}

/* `core` on top. */
void
lpoe_open_output(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = { { "output", l_output }, { NULL, NULL } };
    static const luaL_Reg methods[] = {
        { "arm", l_arm }, { "inside", l_inside }, { "newline", l_newline }, { "close", l_close }, { NULL, NULL },
    };
    static const luaL_Reg meta[] = { { "__gc", l_close }, { "__close", l_close }, { NULL, NULL } };

    lpoe_setfuncs(L, p, core);
    lua_newtable(L);
    lpoe_setfuncs(L, p, meta);
    lua_newtable(L);
    lpoe_setfuncs(L, p, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "poe.output");
    lua_setfield(L, -2, "__name");
    lpoe_anchor_set(L, p, ANCHOR_OUTPUT_MT);
}
