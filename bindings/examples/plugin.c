/*
 * plugin.c - plug-ins that misbehave in five ways, each in a sandbox of its own, while the host goes on
 *
 * An endless loop ends with its budget of instructions, a memory bomb with its limit; an error in __gc is a
 * warning; recursion ends with the stack; an object that is not what it says is refused.  Between them the host
 * ticks on, in a C session on the same loop.
 */
#include <poelib.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

static const struct plugin {
    const char *name, *script;
} plugins[] = {
    { "endless loop", "poe.spawn { _start = function() yield 'go' end, go = function()\n"
                      "  while true do pcall(function() while true do end end) end\n"
                      "end }\n" },
    { "memory bomb", "poe.spawn { _start = function() yield 'go' end, go = function()\n"
                     "  local all = {}\n"
                     "  while true do all[#all + 1] = ('x'):rep(10000) .. #all end\n"
                     "end }\n" },
    { "error in __gc", "poe.spawn { _start = function() yield 'go' end, go = function()\n"
                       "  setmetatable({}, { __gc = function() error('thrown in __gc', 0) end })\n"
                       "  collectgarbage()\n"
                       "  print 'but the handler goes on'\n"
                       "end }\n" },
    { "deep recursion", "poe.spawn { _start = function() yield 'go' end, go = function()\n"
                        "  local function deeper(n) return 1 + deeper(n + 1) end\n"
                        "  deeper(1)\n"
                        "end }\n" },
    { "forged userdata", "poe.spawn { _start = function() yield 'go' end, go = function()\n"
                         "  local session = getmetatable(SESSION).__index\n"
                         "  local forged = setmetatable({}, getmetatable(SESSION))\n"
                         "  print(pcall(session.ID, gift))   -- a userdata of the host's, of another kind\n"
                         "  print((pcall(session.ID, forged)))\n"
                         "  forged:get_heap()\n"
                         "end }\n" },
};

static int ticks;

/* What a plug-in says, its first line. */
static void
on_line(void *ud, enum poelib_level level, const char *line)
{
    static const char *const levels[] = { "error", "warning", "print", "trace" };

    printf("  %s, %s: %.*s\n", (const char *)ud, levels[level], (int)strcspn(line, "\n"), line);
}

/* _start, tick: the host's own work */
static int
on_tick(poelib_context *c, void *ud)
{
    (void)ud;
    if (++ticks % 1000 == 0 || ticks > 100000)
        return 0;
    return poelib_delay(poelib_kernel(c), 0.001, "tick", NULL, NULL);
}

static const struct poelib_state host_states[] = {
    { "_start", on_tick, NULL }, { "tick", on_tick, NULL }, { NULL, NULL, NULL } };

static void
run_plugin(const struct plugin *plugin, uv_loop_t *loop)
{
    struct poelib_options options;

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.loop = loop;
    options.libraries = POELIB_SAFE | POELIB_FINALIZERS;
    options.memory = (size_t)256 << 20;
    options.instructions = 10000000;
    options.log = on_line;
    options.log_ud = (void *)plugin->name;
    lua_State *L = poelib_new(&options);
    if (!L)
        return;
    lua_newuserdatauv(L, 64, 0);
    lua_setglobal(L, "gift");
    if (poelib_script(L, plugin->script, "=plugin") != LUA_OK)
        printf("  %s\n", lua_tostring(L, -1));
    poe_kernel *kernel = poelib_open(L, NULL);
    while (poe_session_count(kernel) > 0)
        uv_run(loop, UV_RUN_ONCE); /* the plug-in's kernel and the host's, side by side */
    poelib_close(&L);
}

int
main(void)
{
    struct poelib_options options;
    static char name[] = "host";
    uv_loop_t loop;

    uv_loop_init(&loop);
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.loop = &loop;
    options.log = on_line;
    options.log_ud = name;
    lua_State *L = poelib_new(&options);
    if (!L || poelib_session_new(poelib_open(L, NULL), host_states, NULL, NULL, NULL) < 0)
        return 1;
    for (size_t i = 0; i < sizeof plugins / sizeof plugins[0]; i++) {
        int before = ticks;
        printf("%s\n", plugins[i].name);
        run_plugin(&plugins[i], &loop);
        while (ticks < before + 3)
            uv_run(&loop, UV_RUN_ONCE);
    }
    poe_kernel_stop(poelib_open(L, NULL));
    poelib_close(&L);
    uv_run(&loop, UV_RUN_DEFAULT);
    printf("the host has ticked on, and its loop is %s\n", uv_loop_close(&loop) == 0 ? "empty" : "busy");
    return 0;
}
