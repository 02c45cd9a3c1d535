/*
 * game_server.c - 10,000 sessions: monsters of C functions, players in Lua, who fight
 *
 * A monster's heap is a struct of the host's; a player's is a Lua table.  Neither knows of what the other is made:
 * they post, and ask.
 */
#include <poelib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MONSTERS 5000

struct monster {
    int number, health;
};

static int alive, blows;

/* _start(number, health) */
static int
monster_start(poelib_context *c, void *ud)
{
    struct monster *m = (struct monster *)poelib_data(c);
    char name[32];

    (void)ud;
    if (poelib_read(c, "dd", &m->number, &m->health) < 0)
        return -1;
    snprintf(name, sizeof name, "monster %d", m->number);
    alive++;
    return poe_alias_set(poelib_kernel(c), name);
}

/* hit(damage) -> health left; it hits back, and dies at 0 */
static int
monster_hit(poelib_context *c, void *ud)
{
    struct monster *m = (struct monster *)poelib_data(c);
    char name[32];
    int damage;

    (void)ud;
    if (poelib_read(c, "d", &damage) < 0)
        return -1;
    if (damage < 0)
        return poelib_fail(c, "monster %d: damage must not be negative, got %d", m->number, damage);
    blows++;
    m->health -= damage;
    if (m->health <= 0) {
        snprintf(name, sizeof name, "monster %d", m->number);
        poe_alias_remove(poelib_kernel(c), name);
    } else
        poelib_post(poelib_kernel(c), poelib_sender(c), "ouch", "d", 1);
    return poelib_return(c, "d", m->health);
}

static int
monster_stop(poelib_context *c, void *ud)
{
    (void)ud;
    free(poelib_data(c));
    alive--;
    return 0;
}

static const struct poelib_state monster_states[] = {
    { "_start", monster_start, NULL }, { "hit", monster_hit, NULL }, { "_stop", monster_stop, NULL },
    { NULL, NULL, NULL } };

static const char players[] =
    "won, hurt, count = 0, 0, 0\n"
    "local states = {\n"
    "  _start = function(n) HEAP.n = n count = count + 1 yield 'fight' end,\n"
    "  fight = function()\n"
    "    local left = poe.ask('monster ' .. HEAP.n, 'hit', 7)\n"
    "    if left > 0 then yield 'fight' else won = won + 1 end\n"
    "  end,\n"
    "  ouch = function(n) hurt = hurt + n end,\n"
    "}\n"
    "for n = 1, ... do poe.spawn(states, n) end\n";

static void
on_line(void *ud, enum poelib_level level, const char *line)
{
    (void)ud;
    printf("%s%s\n", level == POELIB_PRINT ? "" : "poe: ", line);
}

static long
global(lua_State *L, const char *name)
{
    lua_getglobal(L, name);
    long value = (long)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return value;
}

static const char *
piece(lua_State *L, void *ud, size_t *size)
{
    const char **text = (const char **)ud, *now = *text;

    (void)L;
    *text = NULL;
    *size = now ? sizeof players - 1 : 0;
    return now;
}

int
main(void)
{
    struct poelib_options options;
    const char *text = players;
    int status = LUA_OK;

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.log = on_line;
    lua_State *L = poelib_new(&options);
    if (!L)
        return 1;
    poe_kernel *kernel = poelib_open(L, NULL);
    for (int i = 1; i <= MONSTERS && status == LUA_OK; i++) {
        struct monster *m = (struct monster *)malloc(sizeof *m);
        if (!m || poelib_session_new(kernel, monster_states, m, NULL, "dd", i, 10 + i % 30) < 0)
            status = LUA_ERRMEM;
    }
    printf("%d monsters\n", alive);
    if (status == LUA_OK)
        status = lua_load(L, piece, &text, "=players", "t");
    if (status == LUA_OK) {
        lua_pushinteger(L, MONSTERS);
        status = poelib_call(L, 1);
    }
    printf("%ld players, %d sessions\n", global(L, "count"), (int)poe_session_count(kernel));
    if (status == LUA_OK)
        status = poelib_run(L);
    if (status != LUA_OK)
        printf("%s\n", lua_tostring(L, -1));
    else
        printf("%ld won with %d blows, %ld times they were hurt, %d monsters are left\n", global(L, "won"), blows,
               global(L, "hurt"), alive);
    poelib_close(&L);
    return status == LUA_OK ? 0 : 1;
}
