/*
 * poelib.h - poe in a lua_State
 *
 * Opens the kernel in a Lua state of yours, or of ours, and runs chunks so that they may use it.
 * Nothing here but the watchdog prints or installs signal handlers; nothing exits or lets a Lua error reach the caller.
 */
#ifndef POELIB_H
#define POELIB_H

#include "poe.h"

#ifdef __cplusplus
extern "C" {
#endif

#include <lua.h> /* says nothing of C++ itself */

/*
 * Opens poe in `L`, or finds it there.  `config` as poe_kernel_new takes it, NULL for defaults; its
 * allocator is replaced by the state's.  The kernel dies with lua_close.  Returns the kernel, or
 * NULL with a message on L's stack.  No handler runs.
 */
POE_API poe_kernel *poelib_open(lua_State *L, const struct poe_config *config);

/* package.preload's and require's entry: pushes the module.  Raises in L's usual way. */
POE_API int luaopen_poe(lua_State *L);

/* Gives the globals table of `L` the names of section 1 of the manual (SESSION, post, ...). */
POE_API int poelib_globals(lua_State *L);

/*
 * Calls the function below `nargs` arguments on L's stack as a handler of the kernel session.
 * Returns LUA_OK with its results in place (as many as it gave), or an error code with the message
 * on the stack, a traceback appended.  Handlers may run.
 */
POE_API int poelib_call(lua_State *L, int nargs);

/* poe_kernel_run; an exception nobody handled is LUA_ERRRUN with its message and traceback. */
POE_API int poelib_run(lua_State *L);

/* Makes the chunk that is running raise "interrupted!" at its next instruction.  Returns 0 when no
 * Lua is running.  Safe in a signal handler. */
POE_API int poelib_interrupt(poe_kernel *kernel);

/* The coroutine on which a chunk or handler is running, whatever coroutines of its own it may have
 * resumed; NULL when none is.  Safe in a signal handler, as lua_sethook on it is. */
POE_API lua_State *poelib_running(poe_kernel *kernel);

/*
 * Watches that handlers come back: one that runs for longer than `warn` seconds is told of on standard
 * error, with its traceback; after `kill` seconds it is ended by an error.  0: not; both 0 end the watching.
 * `chunks`: also what poelib_call runs.  Called by the thread that runs the kernel, to which a thread of
 * the watchdog's own sends SIGRTMAX-1, a handler of which this installs.  Returns 0 or a negative libuv
 * code.
 */
POE_API int poelib_watchdog(poe_kernel *kernel, double warn, double kill, int chunks);

/*
 * Writes what runs from now on into the file `path`, in Chrome's trace-event format: for a kernel that
 * has nothing queued yet.  Returns 0 or a negative libuv code.  When the disk refuses later, `failed`
 * hears of it once, and no more is written.  poelib_trace_close finishes the file; `kernel` is NULL
 * when it has gone already.
 */
struct poelib_trace;
POE_API int poelib_trace_open(struct poelib_trace **trace, poe_kernel *kernel, const char *path,
                              void (*failed)(const char *path, int rc));
POE_API void poelib_trace_close(struct poelib_trace **trace, poe_kernel *kernel);

/* On the way out of the process, before lua_close: closes the <close> variables of the chunk that is
 * being run, as lua_close itself does for the main thread.  Nothing may run in it afterwards. */
POE_API void poelib_abandon(lua_State *L);

/* Lua's library from a folder instead of from this binary: prepends DIR/?.lua to the searchers. */
POE_API int poelib_library(lua_State *L, const char *dir);

#ifdef __cplusplus
}
#endif

#endif
