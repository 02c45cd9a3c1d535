/*
 * floor.c - the least a Lua 5.4 kernel can cost, to hold poe against
 *
 * A real kernel with nothing but the path of an event: a ring of events by value, arguments
 * on Lua stacks, one protected call per event, handlers in Lua, events and sessions named by
 * integers.  No lookup, no lifetime, no I/O, no fairness.  For timers a four-ary heap behind
 * the same handlers.  The programs mirror ../NAME/poe.lua; build it against the shared
 * liblua5.4, or the ratios mean something else.
 *
 *     floor NAME N [cancel|fire]      prints  floor OPS SECONDS [key=value ...]
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L  /* clock_gettime */
#endif

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct event {
    uint32_t session;  /* index into kernel.handlers */
    uint16_t name;     /* stored and never looked at: there is one handler per session; in ping_names the sender */
    uint16_t count;    /* of arguments */
    uint32_t first;    /* stack index of the first, in the pool of its round */
};

/*
 * Arguments of queued events wait on one of two Lua stacks.  A round is what was queued when
 * it began; it drains one pool while posts fill the other, and an empty pool is dropped whole.
 */
static struct kernel {
    struct event *ring;      /* capacity is a power of two */
    uint32_t      mask;      /* capacity - 1 */
    uint32_t      head;      /* head and tail only grow; the slot is their low bits */
    uint32_t      tail;
    uint32_t      round;     /* events left in this round */
    int           filling;   /* the pool that posts go to */
    lua_State    *pool[2];
    int          *handlers;  /* registry references */
    uint32_t      sessions;
    uint32_t      room;      /* allocated in handlers */
    lua_State    *asker;     /* of the program that asks: there is one */
} kernel;

struct timer {
    uint64_t due_ns;
    uint32_t id;
};

struct timer_slot {
    uint32_t at;       /* index in the heap while pending, the next free id otherwise */
    uint32_t session;
    uint16_t name;
};

static struct timers {
    struct timer      *heap;
    struct timer_slot *slots;  /* by id, from 1 */
    uint32_t           size;
    uint32_t           room;
    uint32_t           ids;    /* ever made */
    uint32_t           free;   /* first free id, 0 when none */
} timers;

static void *
grown(void *memory, size_t bytes)
{
    void *more = realloc(memory, bytes);
    if (more == NULL) {
        fputs("floor: no memory\n", stderr);
        exit(1);
    }
    return more;
}

static double
seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The kernel */

static void
ring_double(void)
{
    uint32_t capacity = kernel.mask + 1;
    struct event *ring = grown(NULL, 2 * capacity * sizeof *ring);

    for (uint32_t i = 0; i < capacity; i++)
        ring[i] = kernel.ring[(kernel.head + i) & kernel.mask];
    free(kernel.ring);
    kernel.ring = ring;
    kernel.mask = 2 * capacity - 1;
    kernel.head = 0;
    kernel.tail = capacity;
}

/* Where one more event is to be put. */
static inline struct event *
event_add(void)
{
    if (kernel.tail - kernel.head > kernel.mask)
        ring_double();
    return &kernel.ring[kernel.tail++ & kernel.mask];
}

/* post(session, event, ...) */
static int
l_post(lua_State *L)
{
    int count = lua_gettop(L) - 2;
    lua_State *pool = kernel.pool[kernel.filling];

    *event_add() = (struct event){
        .session = (uint32_t)lua_tointeger(L, 1),
        .name = (uint16_t)lua_tointeger(L, 2),
        .count = (uint16_t)count,
        .first = (uint32_t)lua_gettop(pool) + 1,
    };
    if (count > 0) {
        if (!lua_checkstack(pool, count + LUA_MINSTACK))
            return luaL_error(L, "queue full");
        lua_xmove(L, pool, count);
    }
    return 0;
}

/* session(handler) -> session */
static int
l_session(lua_State *L)
{
    if (kernel.sessions == kernel.room) {
        kernel.room = kernel.room ? 2 * kernel.room : 16;
        kernel.handlers = grown(kernel.handlers, kernel.room * sizeof *kernel.handlers);
    }
    lua_settop(L, 1);
    kernel.handlers[kernel.sessions] = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushinteger(L, kernel.sessions++);
    return 1;
}

/* Calls the handler below the `count` arguments on top of the stack; its error ends it all. */
static void
deliver(lua_State *L, int count)
{
    if (lua_pcall(L, count, 0, 0) != LUA_OK) {
        fprintf(stderr, "floor: %s\n", lua_tostring(L, -1));
        exit(1);
    }
}

/* Takes the next event; there is one. */
static inline struct event
event_take(void)
{
    if (kernel.round == 0) {
        kernel.filling = !kernel.filling;
        lua_settop(kernel.pool[kernel.filling], 0);
        kernel.round = kernel.tail - kernel.head;
    }
    kernel.round--;
    return kernel.ring[kernel.head++ & kernel.mask];
}

/* run(): until the queue is empty */
static int
l_run(lua_State *L)
{
    while (kernel.head != kernel.tail) {
        struct event event = event_take();
        lua_rawgeti(L, LUA_REGISTRYINDEX, kernel.handlers[event.session]);
        if (event.count > 0) {
            lua_State *pool = kernel.pool[!kernel.filling];
            for (int i = 0; i < event.count; i++)
                lua_pushvalue(pool, (int)event.first + i);
            lua_xmove(pool, L, event.count);
        }
        deliver(L, event.count);
    }
    return 0;
}

/* Names: HEAP, SESSION and SENDER, found in one step of __index of the globals, which stays the same table */

/* run_names(names, heaps): run(), where each post has its sender in place of a name */
static int
l_run_names(lua_State *L)
{
    enum { HEAPS = 2, HEAP, SESSION, SENDER };
    uint32_t session = UINT32_MAX, sender = UINT32_MAX; /* whose names are there */

    lua_pushliteral(L, "HEAP");
    lua_pushliteral(L, "SESSION");
    lua_pushliteral(L, "SENDER");
    while (kernel.head != kernel.tail) {
        struct event event = event_take();
        if (event.session != session) {
            session = event.session;
            lua_pushvalue(L, HEAP);
            lua_rawgeti(L, HEAPS, (lua_Integer)session + 1);
            lua_rawset(L, 1);
            lua_pushvalue(L, SESSION);
            lua_pushinteger(L, session);
            lua_rawset(L, 1);
        }
        if (event.name != sender) {
            sender = event.name;
            lua_pushvalue(L, SENDER);
            lua_pushinteger(L, sender);
            lua_rawset(L, 1);
        }
        lua_rawgeti(L, LUA_REGISTRYINDEX, kernel.handlers[session]);
        lua_State *pool = kernel.pool[!kernel.filling];
        lua_pushvalue(pool, (int)event.first);
        lua_xmove(pool, L, 1);
        deliver(L, 1);
    }
    return 0;
}

/* Asking: a coroutine waits for what a handler returns */

#define ANSWER UINT32_MAX /* in place of a session */

/* ask(session, event, x) -> what the handler returns */
static int
l_ask(lua_State *L)
{
    l_post(L);
    return lua_yield(L, 0);
}

/* Lets the asker go on, with `count` values on its stack. */
static void
go_on(lua_State *L, int count)
{
    int results, status = lua_resume(kernel.asker, L, count, &results);

    if (status != LUA_OK && status != LUA_YIELD) {
        fprintf(stderr, "floor: %s\n", lua_tostring(kernel.asker, -1));
        exit(1);
    }
}

/* run_asker(function): runs what asks, until the queue is empty; each event is an ask or the answer to one */
static int
l_run_asker(lua_State *L)
{
    kernel.asker = lua_newthread(L);
    lua_insert(L, 1);
    lua_xmove(L, kernel.asker, 1);
    go_on(L, 0);
    while (kernel.head != kernel.tail) {
        struct event event = event_take();
        if (event.session == ANSWER) {
            go_on(L, 1);
            continue;
        }
        lua_rawgeti(L, LUA_REGISTRYINDEX, kernel.handlers[event.session]);
        lua_State *pool = kernel.pool[!kernel.filling];
        lua_pushvalue(pool, (int)event.first);
        lua_xmove(pool, L, 1);
        if (lua_pcall(L, 1, 1, 0) != LUA_OK)
            return lua_error(L);
        lua_xmove(L, kernel.asker, 1);
        *event_add() = (struct event){ .session = ANSWER };
    }
    return 0;
}

/* Timers */

static void
heap_put(uint32_t at, struct timer timer)
{
    timers.heap[at] = timer;
    timers.slots[timer.id].at = at;
}

static void
heap_up(uint32_t at, struct timer timer)
{
    while (at > 0) {
        uint32_t parent = (at - 1) / 4;
        if (timers.heap[parent].due_ns <= timer.due_ns)
            break;
        heap_put(at, timers.heap[parent]);
        at = parent;
    }
    heap_put(at, timer);
}

static void
heap_down(uint32_t at, struct timer timer)
{
    for (;;) {
        uint32_t child = 4 * at + 1;
        uint32_t end = child + 4 < timers.size ? child + 4 : timers.size;
        uint32_t least = child;

        if (child >= timers.size)
            break;
        while (++child < end)
            if (timers.heap[child].due_ns < timers.heap[least].due_ns)
                least = child;
        if (timers.heap[least].due_ns >= timer.due_ns)
            break;
        heap_put(at, timers.heap[least]);
        at = least;
    }
    heap_put(at, timer);
}

static void
heap_remove(uint32_t at)
{
    struct timer last = timers.heap[--timers.size];

    if (at == timers.size)
        return;
    if (at > 0 && timers.heap[(at - 1) / 4].due_ns > last.due_ns)
        heap_up(at, last);
    else
        heap_down(at, last);
}

static void
timer_drop(uint32_t id)
{
    timers.slots[id].at = timers.free;
    timers.free = id;
}

/* set(milliseconds, session, event) -> id */
static int
l_set(lua_State *L)
{
    if (timers.size == timers.room) {
        timers.room = timers.room ? 2 * timers.room : 1024;
        timers.heap = grown(timers.heap, timers.room * sizeof *timers.heap);
        timers.slots = grown(timers.slots, (timers.room + 1) * sizeof *timers.slots);
    }
    uint32_t id = timers.free;
    if (id != 0)
        timers.free = timers.slots[id].at;
    else
        id = ++timers.ids;
    timers.slots[id].session = (uint32_t)lua_tointeger(L, 2);
    timers.slots[id].name = (uint16_t)lua_tointeger(L, 3);
    heap_up(timers.size++, (struct timer){ (uint64_t)(lua_tonumber(L, 1) * 1e6), id });
    lua_pushinteger(L, id);
    return 1;
}

/* cancel(id) */
static int
l_cancel(lua_State *L)
{
    uint32_t id = (uint32_t)lua_tointeger(L, 1);

    heap_remove(timers.slots[id].at);
    timer_drop(id);
    return 0;
}

/* fire(): every timer in order, without waiting for any; the handler gets its id */
static int
l_fire(lua_State *L)
{
    while (timers.size > 0) {
        uint32_t id = timers.heap[0].id;
        heap_remove(0);
        lua_rawgeti(L, LUA_REGISTRYINDEX, kernel.handlers[timers.slots[id].session]);
        lua_pushinteger(L, id);
        timer_drop(id);
        deliver(L, 1);
    }
    return 0;
}

/* The programs' tools */

static int
l_now(lua_State *L)
{
    lua_pushnumber(L, seconds(CLOCK_MONOTONIC));
    return 1;
}

static int
l_cpu(lua_State *L)
{
    lua_pushnumber(L, seconds(CLOCK_PROCESS_CPUTIME_ID));
    return 1;
}

static int
l_rss(lua_State *L)
{
    long size, pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");

    if (statm != NULL) {
        if (fscanf(statm, "%ld %ld", &size, &pages) != 2)
            pages = 0;
        fclose(statm);
    }
    lua_pushinteger(L, pages * sysconf(_SC_PAGESIZE));
    return 1;
}

/* report(ops, seconds [, extra]) */
static int
l_report(lua_State *L)
{
    printf("floor %lld %.6f %s\n", (long long)luaL_checkinteger(L, 1), luaL_checknumber(L, 2),
           luaL_optstring(L, 3, ""));
    return 0;
}

static const luaL_Reg functions[] = {
    { "post", l_post },     { "session", l_session }, { "run", l_run }, { "set", l_set },
    { "cancel", l_cancel }, { "fire", l_fire },       { "now", l_now }, { "cpu", l_cpu },
    { "rss", l_rss },       { "report", l_report },   { "ask", l_ask }, { "run_asker", l_run_asker },
    { "run_names", l_run_names },
    { NULL, NULL },
};

/* Each gets n and the third argument of the command line. */
static const struct program {
    const char *name;
    const char *source;
} programs[] = {
    { "yield_chain",
      "local n = ...                                                                   \n"
      "local post, left, me = post, n, nil                                             \n"
      "me = session(function(value)                                                    \n"
      "  left = left - 1                                                               \n"
      "  if left > 0 then post(me, 1, value) end                                       \n"
      "end)                                                                            \n"
      "local started = now()                                                           \n"
      "post(me, 1, 42)                                                                 \n"
      "run()                                                                           \n"
      "assert(left == 0)                                                               \n"
      "report(n, now() - started)                                                      \n" },
    { "ping_pong",
      "local n = ...                                                                   \n"
      "local post, a, b = post, nil, nil                                               \n"
      "a = session(function(count) if count < n then post(b, 1, count + 1) end end)    \n"
      "b = session(function(count) if count < n then post(a, 1, count + 1) end end)    \n"
      "local started = now()                                                           \n"
      "post(a, 1, 1)                                                                   \n"
      "run()                                                                           \n"
      "report(n, now() - started)                                                      \n" },
    { "ring",
      "local n = ...                                                                   \n"
      "local post, SIZE = post, 1000                                                   \n"
      "for i = 0, SIZE - 1 do                                                          \n"
      "  local after = (i + 1) % SIZE                                                  \n"
      "  session(function(hops) if hops > 0 then post(after, 1, hops - 1) end end)     \n"
      "end                                                                             \n"
      "local started = now()                                                           \n"
      "post(0, 1, n)                                                                   \n"
      "run()                                                                           \n"
      "report(n, now() - started)                                                      \n" },
    { "ping_names",
      "local n = ...                                                                   \n"
      "local post, names, heaps = post, {}, { { hits = 0 }, { hits = 0 } }             \n"
      "names.__index = names                                                           \n"
      "setmetatable(_G, names)                                                         \n"
      "local function ball(count)                                                      \n"
      "  local heap, from = HEAP, SENDER                                               \n"
      "  heap.hits = heap.hits + 1                                                     \n"
      "  if count < n and from ~= SESSION then post(from, SESSION, count + 1) end      \n"
      "end                                                                             \n"
      "session(ball)                                                                   \n"
      "session(ball)                                                                   \n"
      "local started = now()                                                           \n"
      "post(0, 1, 1)                                                                   \n"
      "run_names(names, heaps)                                                         \n"
      "assert(heaps[1].hits + heaps[2].hits == n)                                      \n"
      "report(n, now() - started)                                                      \n" },
    { "ask",
      "local n = ...                                                                   \n"
      "local ask, seconds = ask, nil                                                   \n"
      "local server = session(function(x) return x * 2 end)                            \n"
      "run_asker(function()                                                            \n"
      "  local started = now()                                                         \n"
      "  for i = 1, n do                                                               \n"
      "    if ask(server, 1, i) ~= i * 2 then error 'a wrong answer' end               \n"
      "  end                                                                           \n"
      "  seconds = now() - started                                                     \n"
      "end)                                                                            \n"
      "report(n, seconds)                                                              \n" },
    { "fan_in",
      "local n = ...                                                                   \n"
      "local post, PRODUCERS, BURST = post, 100, 100                                   \n"
      "local each, got, sum = n // PRODUCERS, 0, 0                                     \n"
      "local sink = session(function(number, _, list)                                  \n"
      "  got = got + 1                                                                 \n"
      "  sum = sum + number + list[1]                                                  \n"
      "end)                                                                            \n"
      "for producer = 1, PRODUCERS do                                                  \n"
      "  local left, me = each, nil                                                    \n"
      "  me = session(function()                                                       \n"
      "    for _ = 1, BURST do                                                         \n"
      "      if left == 0 then return end                                              \n"
      "      left = left - 1                                                           \n"
      "      post(sink, 1, left, 'msg', { producer })                                  \n"
      "    end                                                                         \n"
      "    post(me, 2)                                                                 \n"
      "  end)                                                                          \n"
      "  post(me, 2)                                                                   \n"
      "end                                                                             \n"
      "local started = now()                                                           \n"
      "run()                                                                           \n"
      "assert(got == each * PRODUCERS)                                                 \n"
      "report(got, now() - started)                                                    \n" },
    { "spawn",
      "local n = ...                                                                   \n"
      "local post, session, stopped = post, session, 0                                 \n"
      "collectgarbage()                                                                \n"
      "local before, started = rss(), now()                                            \n"
      "for i = 1, n do                                                                 \n"
      "  local heap = { id = i }                                                       \n"
      "  session(function()                                                            \n"
      "    heap.stop = true                                                            \n"
      "    stopped = stopped + 1                                                       \n"
      "  end)                                                                          \n"
      "end                                                                             \n"
      "local created = now()                                                           \n"
      "local bytes = rss() - before                                                    \n"
      "for i = 0, n - 1 do post(i, 1) end                                              \n"
      "run()                                                                           \n"
      "local ended = now()                                                             \n"
      "assert(stopped == n)                                                            \n"
      "report(n, created - started,                                                    \n"
      "  ('stop=%.6f rss=%d'):format(ended - created, bytes))                          \n" },
    { "timers",
      "local n, mode = ...                                                             \n"
      "local set, cancel, random = set, cancel, math.random                            \n"
      "local fired = 0                                                                 \n"
      "math.randomseed(1)                                                              \n"
      "local me = session(function() fired = fired + 1 end)                            \n"
      "local ids, started, started_cpu = {}, now(), cpu()                              \n"
      "for i = 1, n do ids[i] = set(random(0, 1000), me, 1) end                        \n"
      "local insert = ('insert=%.6f'):format(now() - started)                          \n"
      "if mode == 'fire' then                                                          \n"
      "  fire()                                                                        \n"
      "  assert(fired == n)                                                            \n"
      "  report(n, cpu() - started_cpu, insert)                                        \n"
      "else                                                                            \n"
      "  for i = 1, n do cancel(ids[i]) end                                            \n"
      "  report(n, now() - started, insert)                                            \n"
      "end                                                                             \n" },
    { NULL, NULL },
};

/* main's work, protected: (program, n, mode) */
static int
l_main(lua_State *L)
{
    const struct program *program = lua_touserdata(L, 1);

    luaL_openlibs(L);
    kernel.mask = 4095;
    kernel.ring = grown(NULL, (kernel.mask + 1) * sizeof *kernel.ring);
    for (int i = 0; i < 2; i++) {
        kernel.pool[i] = lua_newthread(L);
        luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_pushglobaltable(L);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
    if (luaL_loadbuffer(L, program->source, strlen(program->source), program->name) != LUA_OK)
        return lua_error(L);
    lua_replace(L, 1);
    lua_call(L, lua_gettop(L) - 1, 0);
    return 0;
}

int
main(int argc, char **argv)
{
    const struct program *program = programs;
    while (argc > 2 && program->name != NULL && strcmp(program->name, argv[1]) != 0)
        program++;
    if (argc <= 2 || program->name == NULL) {
        fputs("usage: floor yield_chain|ping_pong|ring|ping_names|ask|fan_in|spawn|timers N [cancel|fire]\n",
              stderr);
        return 2;
    }

    lua_State *L = luaL_newstate();
    assert(L != NULL);
    lua_pushcfunction(L, l_main);
    lua_pushlightuserdata(L, (void *)program);
    lua_pushinteger(L, atoll(argv[2]));
    lua_pushstring(L, argc > 3 ? argv[3] : "cancel");
    if (lua_pcall(L, 3, 0, 0) != LUA_OK) {
        fprintf(stderr, "floor: %s\n", lua_tostring(L, -1));
        return 1;
    }
    return 0;
}
