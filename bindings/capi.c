/*
 * capi.c - sessions whose states are C functions, and events to and from C
 *
 * A C state is a C closure in an ordinary state table, so that host.c enters it as any handler.  What a
 * host's function does to Lua goes through protected calls: no error crosses its frame, and its own
 * failure is raised when it has returned.  Values cross as struct poe_value; strings are borrowed one way and
 * copied the other.
 */
#include "lpoe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "poelib.h"

/* What a C function can look at, on its C stack: a handler's arguments, or an answer. */
struct poelib_context {
    struct lpoe *p;
    lua_State *L;
    int first, count;   /* its values */
    int results;        /* how many are on top */
    void *data;         /* of the session */
    const char *event;
    char error[256];    /* what poelib_fail was given; "": nothing */
    const char *message; /* of an answer that is none; NULL */
};

/* -- values -------------------------------------------------------------------------------- */

/* Pushes a value.  May raise for lack of memory. */
static void
value_push(lua_State *L, const struct poe_value *v)
{
    switch (v->type) {
    case POE_BOOLEAN: lua_pushboolean(L, v->as.boolean); break;
    case POE_INTEGER: lua_pushinteger(L, (lua_Integer)v->as.integer); break;
    case POE_NUMBER: lua_pushnumber(L, (lua_Number)v->as.number); break;
    case POE_STRING: lua_pushlstring(L, v->as.string, v->length); break;
    default: lua_pushnil(L);
    }
}

/* Reads a value; strings are borrowed from the stack.  UV_EINVAL: it is none of those C knows. */
static int
value_read(lua_State *L, int at, struct poe_value *v)
{
    *v = (struct poe_value){ .type = POE_NIL };
    switch (lua_type(L, at)) {
    case LUA_TNONE: case LUA_TNIL:
        return 0;
    case LUA_TBOOLEAN:
        v->type = POE_BOOLEAN;
        v->as.boolean = lua_toboolean(L, at);
        return 0;
    case LUA_TNUMBER:
        v->type = lua_isinteger(L, at) ? POE_INTEGER : POE_NUMBER;
        if (v->type == POE_INTEGER)
            v->as.integer = lua_tointeger(L, at);
        else
            v->as.number = lua_tonumber(L, at);
        return 0;
    case LUA_TSTRING:
        v->type = POE_STRING;
        v->as.string = lua_tolstring(L, at, &v->length);
        return 0;
    default:
        return UV_EINVAL;
    }
}

/* An error's code by its name; UV_ECANCELED for DIE and what we do not know. */
static int
code_of(const char *name)
{
#define CODE(code, text) if (strcmp(name, #code) == 0) return UV_##code;
    UV_ERRNO_MAP(CODE)
#undef CODE
    return UV_ECANCELED;
}

/* -- contexts ------------------------------------------------------------------------------ */

poe_kernel *
poelib_kernel(const poelib_context *c)
{
    return c->p->kernel;
}

lua_State *
poelib_lua(const poelib_context *c)
{
    return c->L;
}

void *
poelib_data(const poelib_context *c)
{
    return c->data;
}

const char *
poelib_event(const poelib_context *c)
{
    return c->event;
}

uint64_t
poelib_self(const poelib_context *c)
{
    return poe_session_id(poe_kernel_active(c->p->kernel));
}

uint64_t
poelib_sender(const poelib_context *c)
{
    const poe_event *ev = poe_kernel_event(c->p->kernel);

    return ev ? poe_session_id(ev->from) : 1;
}

const char *
poelib_error(const poelib_context *c)
{
    return c->message;
}

int
poelib_count(const poelib_context *c)
{
    return c->count;
}

int
poelib_value(const poelib_context *c, int index, struct poe_value *value)
{
    if (index >= 1 && index <= c->count)
        return value_read(c->L, c->first + index - 1, value);
    *value = (struct poe_value){ .type = POE_NIL };
    return UV_ENOENT;
}

int
poelib_fail(poelib_context *c, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(c->error, sizeof c->error, format, args);
    va_end(args);
    return UV_ECANCELED;
}

static const char *
type_name(int letter)
{
    switch (letter) {
    case 's': case 'S': return "string";
    case 'i': case 'd': return "integer";
    case 'f': return "number";
    case 'b': return "boolean";
    default: return "nil";
    }
}

/* Whether the value at `at` is what `letter` asks for. */
static int
fits(lua_State *L, int at, int letter)
{
    int integral, type = lua_type(L, at);
    lua_Integer i;

    switch (letter) {
    case 's': case 'S': return type == LUA_TSTRING;
    case 'f': return type == LUA_TNUMBER;
    case 'b': return type == LUA_TBOOLEAN;
    case 'i': case 'd':
        if (type != LUA_TNUMBER)
            return 0;
        i = lua_tointegerx(L, at, &integral);
        return integral && (letter == 'i' || (i >= INT32_MIN && i <= INT32_MAX));
    default: return 1;
    }
}

int
poelib_read(poelib_context *c, const char *format, ...)
{
    va_list args;
    int rc = 0;

    va_start(args, format);
    for (int i = 0; rc == 0 && format[i]; i++) {
        int at = c->first + i;
        if (!strchr("sSifdbn", format[i]))
            rc = poelib_fail(c, "read: s, S, i, d, f, b or n expected, got '%c'", format[i]);
        else if (format[i] != 'n' && i >= c->count)
            rc = poelib_fail(c, "bad argument #%d to '%s' (%s expected, got no value)", i + 1, c->event,
                             type_name(format[i]));
        else if (i < c->count && !fits(c->L, at, format[i]))
            rc = poelib_fail(c, "bad argument #%d to '%s' (%s expected, got %s)", i + 1, c->event,
                             type_name(format[i]), lua_typename(c->L, lua_type(c->L, at)));
        else
            switch (format[i]) {
            case 's': *va_arg(args, const char **) = lua_tostring(c->L, at); break;
            case 'S': {
                const char **s = va_arg(args, const char **);
                *s = lua_tolstring(c->L, at, va_arg(args, size_t *));
                break;
            }
            case 'i': *va_arg(args, int64_t *) = lua_tointeger(c->L, at); break;
            case 'd': *va_arg(args, int *) = (int)lua_tointeger(c->L, at); break;
            case 'f': *va_arg(args, double *) = lua_tonumber(c->L, at); break;
            case 'b': *va_arg(args, int *) = lua_toboolean(c->L, at); break;
            default: break;
            }
    }
    va_end(args);
    return rc < 0 ? UV_EINVAL : 0;
}

/* Values for a protected call to push. */
struct values {
    const struct poe_value *of;
    int count;
};

/* struct values * -> the values */
static int
l_values(lua_State *L)
{
    const struct values *v = lua_touserdata(L, 1);

    lua_settop(L, 0);
    luaL_checkstack(L, v->count, NULL);
    for (int i = 0; i < v->count; i++)
        value_push(L, &v->of[i]);
    return v->count;
}

int
poelib_return_values(poelib_context *c, const struct poe_value *values, int count)
{
    struct values v = { values, count };

    if (!lua_checkstack(c->L, count + LUA_MINSTACK))
        return UV_ENOMEM;
    lua_pushcfunction(c->L, l_values);
    lua_pushlightuserdata(c->L, &v);
    if (lua_pcall(c->L, 1, LUA_MULTRET, 0) != LUA_OK) {
        lua_pop(c->L, 1);
        return UV_ENOMEM;
    }
    c->results += count;
    return 0;
}

int
poelib_return(poelib_context *c, const char *format, ...)
{
    struct poe_value values[POE_VALUES];
    va_list args;

    va_start(args, format);
    int count = poe_values(values, POE_VALUES, format, args);
    va_end(args);
    return count < 0 ? count : poelib_return_values(c, values, count);
}

/* -- sessions of C functions --------------------------------------------------------------- */

/* Upvalue 2 of its states: what one C session is made of. */
struct cstates {
    void *data;
    struct poelib_state of[];
};

/* A state; upvalue 3 is its number, 4 its name. */
static int
l_state(lua_State *L)
{
    const struct cstates *states = lua_touserdata(L, lua_upvalueindex(2));
    const struct poelib_state *s = &states->of[lua_tointeger(L, lua_upvalueindex(3))];
    struct poelib_context c = { .p = lpoe_context(L), .L = L, .first = 1, .count = lua_gettop(L),
                                .data = states->data, .event = lua_tostring(L, lua_upvalueindex(4)) };

    int rc = s->function(&c, s->ud);
    if (rc >= 0)
        return c.results;
    if (c.error[0])
        lua_pushstring(L, c.error);
    else
        lua_pushfstring(L, "%s: state '%s' has failed", uv_err_name(rc), c.event);
    return lua_error(L);
}

struct creation {
    struct lpoe *p;
    const struct poelib_state *states;
    void *data;
    const struct poe_value *values;
    int count;
    uint64_t id;
};

/* struct creation *: makes the session. */
static int
l_session_new(lua_State *L)
{
    struct creation *new = lua_touserdata(L, 1);
    size_t n = 0;

    lua_settop(L, 0);
    while (new->states[n].name)
        n++;
    luaL_checkstack(L, new->count + LUA_MINSTACK, NULL);
    lpoe_push_spawn(L, new->p);
    lua_createtable(L, 0, (int)n);
    struct cstates *own = lua_newuserdatauv(L, sizeof *own + n * sizeof own->of[0], 0);
    own->data = new->data;
    for (size_t i = 0; i < n; i++) {
        own->of[i] = new->states[i];
        lua_pushstring(L, new->states[i].name);
        lua_pushlightuserdata(L, new->p);
        lua_pushvalue(L, 3);
        lua_pushinteger(L, (lua_Integer)i);
        lua_pushvalue(L, 4);
        lua_pushcclosure(L, l_state, 4);
        lua_rawset(L, 2);
    }
    lua_settop(L, 2);
    for (int i = 0; i < new->count; i++)
        value_push(L, &new->values[i]);
    lua_call(L, new->count + 1, 1);
    new->id = lpoe_id(lua_touserdata(L, -1));
    return 0;
}

/* Runs `function` with the pointer; handlers may run in it, so not on aux.  UV_ENOMEM, or UV_EINVAL. */
static int
protected_call(struct lpoe *p, lua_CFunction function, void *argument)
{
    lua_State *co = lpoe_coroutine(p);

    if (!co)
        return UV_ENOMEM;
    lua_pushcfunction(co, function);
    lua_pushlightuserdata(co, argument);
    int status = lua_pcall(co, 1, 0, 0);
    lpoe_coroutine_done(p, co);
    return status == LUA_OK ? 0 : status == LUA_ERRMEM ? UV_ENOMEM : UV_EINVAL;
}

int
poelib_session_new(poe_kernel *k, const struct poelib_state *states, void *data, uint64_t *id,
                   const char *format, ...)
{
    struct poe_value values[POE_VALUES];
    va_list args;

    va_start(args, format);
    int count = poe_values(values, POE_VALUES, format, args);
    va_end(args);
    if (count < 0)
        return count;
    struct creation new = { poe_kernel_host(k), states, data, values, count, 0 };
    int rc = protected_call(new.p, l_session_new, &new);
    if (rc == 0 && id)
        *id = new.id;
    return rc;
}

uint64_t
poelib_alias(poe_kernel *k, const char *name)
{
    const poe_session *s = poe_alias_find(k, name);

    return s ? poe_session_id(s) : 0;
}

/* -- posting ------------------------------------------------------------------------------- */

/* An event on its way from C; its values come from an array, or from `L`, where they are on top. */
struct parcel {
    struct lpoe *p;
    poe_session *to;
    const char *event;
    const struct poe_value *values;
    lua_State *L;
    int count;
    int timer;      /* it waits for its time */
    struct mail mail;
};

/* struct parcel * and the values, if they come from a stack: puts all into the mailbox. */
static int
l_mail(lua_State *A)
{
    struct parcel *m = lua_touserdata(A, 1);

    luaL_checkstack(A, m->count + LUA_MINSTACK, NULL);
    lua_pushstring(A, m->event);
    lua_replace(A, 1);
    if (!m->L)
        for (int i = 0; i < m->count; i++)
            value_push(A, &m->values[i]);
    if (m->timer)
        lpoe_mail_keep(m->p, A, 1, &m->mail);
    else
        lpoe_mail_post(m->p, A, 1, lua_tostring(A, 1), &m->mail);
    return 0;
}

/* The values leave `L`, whatever happens. */
static int
parcel_mail(struct parcel *m)
{
    lua_State *A = m->p->aux;

    if (!lua_checkstack(A, LUA_MINSTACK + (m->L ? m->count : 0))) {
        if (m->L)
            lua_pop(m->L, m->count);
        return UV_ENOMEM;
    }
    lua_pushcfunction(A, l_mail);
    lua_pushlightuserdata(A, m);
    if (m->L)
        lua_xmove(m->L, A, m->count);
    int status = lua_pcall(A, m->L ? m->count + 1 : 1, 0, 0);
    if (status == LUA_OK)
        return 0;
    lua_pop(A, 1);
    return status == LUA_ERRMEM ? UV_ENOMEM : UV_E2BIG;
}

/* As post_limited of l_kernel.c, for one who cannot wait. */
static int
parcel_post(struct parcel *m)
{
    int rc = m->to ? poe_session_admit(m->to, POE_EVENT_POST) : UV_ESRCH;

    if (rc != 0) {
        if (m->L)
            lua_pop(m->L, m->count);
        return rc < 0 ? rc : 0;
    }
    rc = parcel_mail(m);
    if (rc < 0)
        return rc;
    m->p->makes_room = 1;
    rc = poe_post(m->to, m->mail.name, m->mail.state, m->mail.payload);
    m->p->makes_room = 0;
    if (rc < 0)
        lpoe_mail_drop(m->p, m->mail.payload);
    return rc;
}

int
poelib_post_values(poe_kernel *k, uint64_t to, const char *event, const struct poe_value *values, int count)
{
    struct parcel m = { .p = poe_kernel_host(k), .to = poe_session_find(k, to), .event = event,
                        .values = values, .count = count };

    return parcel_post(&m);
}

int
poelib_post(poe_kernel *k, uint64_t to, const char *event, const char *format, ...)
{
    struct poe_value values[POE_VALUES];
    va_list args;

    va_start(args, format);
    int count = poe_values(values, POE_VALUES, format, args);
    va_end(args);
    return count < 0 ? count : poelib_post_values(k, to, event, values, count);
}

int
poelib_post_stack(lua_State *L, uint64_t to, const char *event, int nargs)
{
    struct lpoe *p = lpoe_find(L);
    struct parcel m = { .p = p, .to = poe_session_find(p->kernel, to), .event = event, .L = L,
                        .count = nargs };

    return parcel_post(&m);
}

int
poelib_delay(poe_kernel *k, double seconds, const char *event, poe_alarm_id *id, const char *format, ...)
{
    struct poe_value values[POE_VALUES];
    va_list args;

    va_start(args, format);
    int count = poe_values(values, POE_VALUES, format, args);
    va_end(args);
    struct parcel m = { .p = poe_kernel_host(k), .event = event, .values = values, .count = count,
                        .timer = 1 };
    int rc = count < 0 ? count : parcel_mail(&m);
    if (rc < 0)
        return rc;
    rc = poe_delay_set(k, seconds, m.mail.name, m.mail.state, m.mail.payload, 0, id);
    if (rc < 0)
        lpoe_mail_drop(m.p, m.mail.payload);
    return rc;
}

int
poelib_delay_remove(poe_kernel *k, poe_alarm_id id)
{
    struct poe_alarm alarm;
    int rc = poe_alarm_remove(k, id, &alarm);

    if (rc == 0)
        lpoe_mail_drop(poe_kernel_host(k), alarm.payload);
    return rc;
}

/* struct poe_host.deliver */
void
lpoe_deliver(struct lpoe *p, const struct poe_letter *letter)
{
    struct parcel m = { .p = p, .event = letter->event, .values = letter->values, .count = letter->count };
    char line[256];

    m.to = letter->alias ? poe_alias_find(p->kernel, letter->alias)
                         : poe_session_find(p->kernel, letter->to);
    int rc = parcel_post(&m);
    if (rc == 0)
        return;
    if (letter->alias)
        snprintf(line, sizeof line, "%s: event '%s' of another thread for '%s' is lost", uv_err_name(rc),
                 letter->event, letter->alias);
    else
        snprintf(line, sizeof line, "%s: event '%s' of another thread for session %llu is lost",
                 uv_err_name(rc), letter->event, (unsigned long long)letter->to);
    lpoe_log(p, POELIB_WARNING, line);
}

/* -- calling ------------------------------------------------------------------------------- */

/* Dispatches; 0 with the results on p->call_co, which may be NULL: nobody handles it. */
static int
parcel_call(struct parcel *m)
{
    if (!m->to) {
        if (m->L)
            lua_pop(m->L, m->count);
        return UV_ESRCH;
    }
    int rc = parcel_mail(m);
    if (rc < 0)
        return rc;
    m->p->call_co = NULL;
    m->p->call_results = 0;
    rc = poe_call(m->to, m->mail.name, m->mail.state, m->mail.payload);
    if (rc < 0)
        lpoe_mail_drop(m->p, m->mail.payload);
    return rc == POE_RAISED ? UV_ECANCELED : rc == POE_SUSPENDED ? UV_EBUSY : rc;
}

static int
call_values(poe_kernel *k, uint64_t to, const char *event, poelib_answer *answer, void *ud,
            const struct poe_value *values, int count)
{
    struct lpoe *p = poe_kernel_host(k);
    lua_State *A = p->aux;
    struct parcel m = { .p = p, .to = poe_session_find(k, to), .event = event, .values = values,
                        .count = count };
    struct poelib_context c = { .p = p, .event = event };

    if (m.to && poe_session_id(m.to) == 1)
        return UV_ENOSYS;
    int rc = parcel_call(&m);
    if (rc == UV_ECANCELED) { /* the message is on aux, nil for lack of memory */
        c.L = A;
        c.first = lua_gettop(A) + 1;
        c.message = lua_isstring(A, -1) ? lua_tostring(A, -1) : "not enough memory";
        if (answer)
            answer(&c, ud);
        lua_settop(A, c.first - 2);
    }
    if (rc < 0)
        return rc;
    lua_State *co = p->call_co;
    c.L = co ? co : A;
    c.count = co ? p->call_results : 0;
    c.first = lua_gettop(c.L) - c.count + 1;
    p->call_co = NULL;
    if (answer)
        answer(&c, ud);
    if (co)
        lpoe_coroutine_done(p, co);
    return 0;
}

int
poelib_call_event(poe_kernel *k, uint64_t to, const char *event, poelib_answer *answer, void *ud,
                  const char *format, ...)
{
    struct poe_value values[POE_VALUES];
    va_list args;

    va_start(args, format);
    int count = poe_values(values, POE_VALUES, format, args);
    va_end(args);
    return count < 0 ? count : call_values(k, to, event, answer, ud, values, count);
}

int
poelib_call_event_stack(lua_State *L, uint64_t to, const char *event, int nargs)
{
    struct lpoe *p = lpoe_find(L);
    struct parcel m = { .p = p, .to = poe_session_find(p->kernel, to), .event = event, .L = L,
                        .count = nargs };

    if (m.to && poe_session_id(m.to) == 1) {
        lua_pop(L, nargs);
        return UV_ENOSYS;
    }
    int rc = parcel_call(&m);
    if (rc == UV_ECANCELED)
        lua_pop(p->aux, 1);
    if (rc < 0)
        return rc;
    lua_State *co = p->call_co;
    int n = co ? p->call_results : 0;
    p->call_co = NULL;
    if (!lua_checkstack(L, n + 1))
        rc = UV_ENOMEM;
    else if (co)
        lua_xmove(co, L, n);
    if (co)
        lpoe_coroutine_done(p, co);
    return rc < 0 ? rc : n;
}

/* -- asking -------------------------------------------------------------------------------- */

/* Who asks, on the stack of the coroutine that waits: to be closed, so that it hears of its end in any case. */
struct asker {
    struct lpoe *p;
    poelib_answer *answer; /* NULL: it has been told, or is not to be */
    void *ud;
};

struct question {
    struct lpoe *p;
    uint64_t to;
    const char *event;
    poelib_answer *answer;
    void *ud;
    const struct poe_value *values;
    int count;
    struct asker *asker;   /* once it waits */
    int waits, rc;
};

static void
asker_tell(struct asker *a, struct poelib_context *c)
{
    poelib_answer *answer = a->answer;

    a->answer = NULL;
    if (answer)
        answer(c, a->ud);
}

/* __close: there will be no answer. */
static int
l_asker_close(lua_State *L)
{
    struct asker *a = lua_touserdata(L, 1);
    struct poelib_context c = { .p = a->p, .L = L, .first = 1, .event = "",
                                .message = "ECANCELED: the kernel has ended before the answer came" };

    asker_tell(a, &c);
    return 0;
}

/* The answer is on top of question, asker and name.  `nil, message, code` is an error. */
static int
answered(lua_State *L, int status, lua_KContext context)
{
    struct asker *a = lua_touserdata(L, 2);
    struct poelib_context c = { .p = a->p, .L = L, .first = 4, .count = lua_gettop(L) - 3,
                                .event = lua_tostring(L, 3) };

    (void)status;
    (void)context;
    if (c.count == 3 && lua_isnil(L, 4) && lua_type(L, 5) == LUA_TSTRING && lua_type(L, 6) == LUA_TSTRING) {
        c.message = lua_tostring(L, 5);
        c.count = 0;
        c.first = 7;
    }
    asker_tell(a, &c);
    return 0;
}

/* struct question *, on a coroutine of the pool: asks, waits, tells. */
static int
l_asking(lua_State *L)
{
    struct question *q = lua_touserdata(L, 1);

    luaL_checkstack(L, q->count + LUA_MINSTACK, NULL);
    struct asker *a = lua_newuserdatauv(L, sizeof *a, 0);
    *a = (struct asker){ .p = q->p };
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, l_asker_close);
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2);
    lua_toclose(L, 2);
    lua_pushstring(L, q->event);
    lpoe_push_ask(L, q->p);
    lua_pushinteger(L, (lua_Integer)q->to);
    lua_pushvalue(L, 3);
    for (int i = 0; i < q->count; i++)
        value_push(L, &q->values[i]);
    q->asker = a;
    lua_callk(L, q->count + 2, LUA_MULTRET, 0, answered);
    q->rc = code_of(lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : ""); /* it did not wait: it failed */
    return 0;
}

static int
ask_values(struct question *q)
{
    struct lpoe *p = q->p;
    poe_session *kernel = poe_kernel_session(p->kernel);
    struct poe_frame *outer = poe_kernel_frame(p->kernel), *base = p->base;
    struct lwait *wait = p->wait;
    int n, rc = 0;

    if (!kernel)
        kernel = p->kernel_object->is.session;
    lua_State *co = lpoe_coroutine(p);
    if (!co)
        return UV_ENOMEM;
    struct poe_frame frame = { .up = outer, .session = kernel };
    lua_pushcfunction(co, l_asking);
    lua_pushlightuserdata(co, q);
    lpoe_names_forget(p);
    poe_kernel_reframe(p->kernel, &frame); /* the kernel asks, whoever is active */
    p->base = &frame;
    p->wait = NULL;
    int status = lpoe_resume(p, co, 1, &n);
    if (status == LUA_YIELD) {
        q->asker->answer = q->answer;
        q->asker->ud = q->ud;
        p->suspended->loose = 1;
        lpoe_suspended(p, co, NULL, LPOE_BASE);
        p->wait = NULL;
    } else {
        rc = status == LUA_OK ? q->rc : status == LUA_ERRMEM ? UV_ENOMEM : UV_EINVAL;
        lpoe_wait_over(p);
        if (status == LUA_OK)
            lpoe_coroutine_done(p, co);
        else
            lpoe_coroutine_reset(p, co);
    }
    poe_kernel_reframe(p->kernel, outer);
    p->base = base;
    p->wait = wait;
    return rc;
}

int
poelib_ask(poe_kernel *k, uint64_t to, const char *event, poelib_answer *answer, void *ud,
           const char *format, ...)
{
    struct poe_value values[POE_VALUES];
    va_list args;

    va_start(args, format);
    int count = poe_values(values, POE_VALUES, format, args);
    va_end(args);
    if (count < 0)
        return count;
    struct question q = { .p = poe_kernel_host(k), .to = to, .event = event, .answer = answer, .ud = ud,
                          .values = values, .count = count };
    return ask_values(&q);
}
