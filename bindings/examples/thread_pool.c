/*
 * thread_pool.c - threads that compute, and post their results to a session
 *
 * A session hands out work by calling a C function; four threads take it from a queue of the host's and post what
 * they find through a port, which any thread may use.  Values are copied on the way.
 */
#include <poelib.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#define THREADS 4
#define JOBS 100

static struct {
    uv_mutex_t mutex;
    uv_cond_t more;
    int jobs[JOBS], first, last, closed;
} work;

static poe_port *port;

/* The sum of the divisors of n: something that takes a while. */
static int64_t
divisors(int n)
{
    int64_t sum = 0;

    for (int i = 1; i <= n; i++)
        sum += n % i == 0 ? i : 0;
    return sum;
}

static void
worker(void *arg)
{
    poe_port *mine = (poe_port *)arg;

    uv_mutex_lock(&work.mutex);
    for (;;) {
        while (work.first == work.last && !work.closed)
            uv_cond_wait(&work.more, &work.mutex);
        if (work.first == work.last)
            break;
        int n = work.jobs[work.first++];
        uv_mutex_unlock(&work.mutex);
        int rc = poe_post_async_to(mine, "boss", "result", "di", n, divisors(n));
        uv_mutex_lock(&work.mutex);
        if (rc < 0) /* the kernel has gone */
            break;
    }
    uv_mutex_unlock(&work.mutex);
    poe_port_release(&mine);
}

/* job(n) -> true | nil, message: a state of the pool's session */
static int
on_job(poelib_context *c, void *ud)
{
    int n;

    (void)ud;
    if (poelib_read(c, "d", &n) < 0)
        return -1;
    if (work.last == JOBS) /* which only this thread changes */
        return poelib_return(c, "ns", "there is no room for more jobs");
    uv_mutex_lock(&work.mutex);
    work.jobs[work.last++] = n;
    uv_cond_signal(&work.more);
    uv_mutex_unlock(&work.mutex);
    return poelib_return(c, "b", 1);
}

/* _start, and close(): the session begins and ends with its alias */
static int
on_start(poelib_context *c, void *ud)
{
    (void)ud;
    return poe_alias_set(poelib_kernel(c), "pool");
}

static int
on_close(poelib_context *c, void *ud)
{
    (void)ud;
    poe_port_release(&port);
    return poe_alias_remove(poelib_kernel(c), "pool");
}

static const struct poelib_state pool[] = {
    { "_start", on_start, NULL }, { "job", on_job, NULL }, { "close", on_close, NULL },
    { NULL, NULL, NULL } };

static const char boss[] =
    "poe.Session.create { inline_states = {\n"
    "  _start = function()\n"
    "    KERNEL:alias_set 'boss'\n"
    "    HEAP.left, HEAP.perfect = 100, {}\n"
    "    for n = 1, 100 do call('pool', 'job', n * 62) end\n"
    "    print(call('pool', 'job', 0))\n"
    "  end,\n"
    "  result = function(n, sum)\n"
    "    HEAP.left = HEAP.left - 1\n"
    "    if sum == 2 * n then table.insert(HEAP.perfect, n) end\n"
    "    if HEAP.left == 0 then\n"
    "      table.sort(HEAP.perfect)\n"
    "      print('perfect: ' .. table.concat(HEAP.perfect, ' '))\n"
    "      KERNEL:alias_remove 'boss'\n"
    "      post('pool', 'close')\n"
    "    end\n"
    "  end,\n"
    "} }\n";

static void
on_line(void *ud, enum poelib_level level, const char *line)
{
    (void)ud;
    printf("%s%s\n", level == POELIB_PRINT ? "" : "poe: ", line);
}

int
main(void)
{
    struct poelib_options options;
    uv_thread_t threads[THREADS];
    int started = 0;

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.log = on_line;
    lua_State *L = poelib_new(&options);
    if (!L || poe_port_open(poelib_open(L, NULL), 0, &port) < 0)
        return 1;
    uv_mutex_init(&work.mutex);
    uv_cond_init(&work.more);
    for (; started < THREADS; started++) {
        poe_port *share = poe_port_share(port); /* the thread's, who releases it */
        if (uv_thread_create(&threads[started], worker, share) < 0) {
            poe_port_release(&share);
            break;
        }
    }
    int status = poelib_session_new(poelib_open(L, NULL), pool, NULL, NULL, NULL) < 0 ? LUA_ERRMEM : LUA_OK;
    if (status == LUA_OK)
        status = poelib_script(L, boss, "=boss");
    if (status == LUA_OK)
        status = poelib_run(L);
    if (status != LUA_OK)
        printf("%s\n", lua_tostring(L, -1));
    poelib_close(&L);

    uv_mutex_lock(&work.mutex);
    work.closed = 1;
    uv_cond_broadcast(&work.more);
    uv_mutex_unlock(&work.mutex);
    for (int i = 0; i < started; i++)
        uv_thread_join(&threads[i]);
    uv_cond_destroy(&work.more);
    uv_mutex_destroy(&work.mutex);
    printf("%d threads have ended\n", started);
    return status == LUA_OK ? 0 : 1;
}
