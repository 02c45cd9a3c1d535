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

/* -- states for scripts that are not trusted ------------------------------------------------ */

/* What a host hears of; lines without a line end. */
enum poelib_level {
    POELIB_ERROR,   /* an error nobody handled, with its traceback: all sessions end */
    POELIB_WARNING, /* a warning of Lua's, of the library's or a script's warn() */
    POELIB_PRINT,   /* print() of a script, in a state of poelib_new */
    POELIB_TRACE    /* what was asked for: poe_kernel_trace, KERNEL:trace, the options trace, debug, default */
};
typedef void poelib_log(void *ud, enum poelib_level level, const char *line);

/* Libraries a script sees, and what else it may do. */
#define POELIB_BASE       0x0001u /* without BYTECODE no dofile, without IO no loadfile either */
#define POELIB_COROUTINE  0x0002u
#define POELIB_TABLE      0x0004u
#define POELIB_STRING     0x0008u
#define POELIB_MATH       0x0010u
#define POELIB_UTF8       0x0020u
#define POELIB_PACKAGE    0x0040u /* require: files and C modules, which may do everything */
#define POELIB_IO         0x0080u
#define POELIB_OS         0x0100u
#define POELIB_DEBUG      0x0200u
#define POELIB_SYSTEM     0x0400u /* poe's own sockets, files, terminals, programs, lookups, real signals */
#define POELIB_BYTECODE   0x0800u /* load takes binary chunks, which can crash the process */
#define POELIB_FINALIZERS 0x1000u /* metatables with __gc, which no budget can stop */
#define POELIB_ALL        0x1fffu
#define POELIB_SAFE       0x003fu /* nothing but computing, and sessions */

/* Zero everywhere is a good default, for scripts that are trusted. */
struct poelib_options {
    size_t size;             /* sizeof(struct poelib_options), so that it can grow */
    struct uv_loop_s *loop;  /* NULL: a loop of the kernel's own; else it must outlive the state */
    void *(*alloc)(void *ud, void *block, size_t old_size, size_t new_size); /* NULL: the C heap */
    void *alloc_ud;
    unsigned libraries;      /* POELIB_... together; 0: POELIB_ALL */
    size_t memory;           /* bytes the state and its kernel may hold; 0: any number */
    uint64_t instructions;   /* of Lua that a handler or chunk may take in one turn; 0: any number */
    poelib_log *log;         /* NULL: nothing is heard, and nothing printed but by the script's print */
    void *log_ud;
};

/*
 * Makes a Lua state with poe and its global names in it.  `options` NULL: defaults; not kept.  Returns NULL
 * when `size` is not that of a version of the struct, there is no memory, or no kernel can be made, which `log`
 * hears of.  The state is the caller's, who
 * closes it with poelib_close.  No handler runs.
 *
 * Beyond `memory`, scripts get "not enough memory", and functions here their UV_ENOMEM.  A turn that takes more
 * than `instructions` (counted in thousands, what it calls in other sessions and its coroutines included) is
 * ended by an error that pcall cannot hold back; a C function that takes long, such as string.find with an
 * evil pattern, is not counted.
 */
POE_API lua_State *poelib_new(const struct poelib_options *options);

/*
 * lua_close, with what poelib_new made.  Stops every session: handlers (_stop, finalizers, <close> variables)
 * run; timers, handles and ports may be open.  On a borrowed loop the host runs the loop once more, for
 * libuv's close callbacks.  Clears `*L`.  UV_EBUSY, with nothing done, inside a handler or chunk of it.
 */
POE_API int poelib_close(lua_State **L);

/* Changes a limit, from now on.  UV_ENOTSUP: the state is not of poelib_new.  May be under what is held. */
POE_API int poelib_set_memory(poe_kernel *k, size_t bytes);
POE_API size_t poelib_memory(poe_kernel *k); /* bytes held; 0 for a state that is not of poelib_new */

/* Changes the budget, from the next turn on.  Coroutines that hide in coroutines are only held to it in a state that
 * poelib_new made with a budget. */
POE_API void poelib_set_instructions(poe_kernel *k, uint64_t instructions);

/* Who hears the lines, from now on; it must not raise, nor close the state.  Lua's warnings go there, too.
 * Before the first call POELIB_TRACE lines go to standard error, where a script asks for them; NULL: nowhere. */
POE_API void poelib_set_log(poe_kernel *k, poelib_log *log, void *ud);

/* -- sessions of C functions --------------------------------------------------------------- */

/* What a C function can look at while it runs, and no longer. */
typedef struct poelib_context poelib_context;

/*
 * A state: handles an event, with its arguments in `c`.  Returns 0 with the results it has given to
 * poelib_return, or a negative libuv code: an error is raised in its name, as by a Lua handler, with the text of
 * poelib_fail, if any.  It may call everything here and in poe.h, and must not raise.
 */
typedef int poelib_function(poelib_context *c, void *ud);
struct poelib_state {
    const char *name;          /* of the event: _start, _stop, _default... */
    poelib_function *function;
    void *ud;
};

/*
 * Makes a child of the active session with these states, up to one whose name is NULL, and runs its _start, with the
 * values of `format` (see poe_values).  `states` is copied, names included; `data` and each `ud` are the host's and
 * must be there until _stop has been handled.  `*id`, which may be NULL: its ID, also when it has stopped
 * already.  Handlers run.  UV_ENOMEM; UV_EINVAL: a bad name or format, or the kernel is being freed.
 */
POE_API int poelib_session_new(poe_kernel *k, const struct poelib_state *states, void *data, uint64_t *id,
                       const char *format, ...);

/* The ID of the session that has an alias; 0: nobody.  IDs are what C keeps of a session: a stale one finds
 * nothing. */
POE_API uint64_t poelib_alias(poe_kernel *k, const char *name);

POE_API poe_kernel *poelib_kernel(const poelib_context *c);
POE_API void *poelib_data(const poelib_context *c);        /* the session's; NULL in an answer */
POE_API const char *poelib_event(const poelib_context *c); /* borrowed */
POE_API uint64_t poelib_self(const poelib_context *c);     /* ID of the active session */
POE_API uint64_t poelib_sender(const poelib_context *c);   /* ID */

/* The coroutine it runs on, for what is not here; what is raised there, raises through the C function. */
POE_API lua_State *poelib_lua(const poelib_context *c);

/* The arguments, or an answer's values: how many, and the `index`th, from 1.  Strings are borrowed until the function
 * returns.  UV_ENOENT, with nil in `*value`: there is none; UV_EINVAL, likewise: a table or the like. */
POE_API int poelib_count(const poelib_context *c);
POE_API int poelib_value(const poelib_context *c, int index, struct poe_value *value);

/*
 * Reads the first values into pointers: s const char **, S const char ** and size_t *, i int64_t *, d int *,
 * f double *, b int *, n nothing: whatever it is.  Types are not converted, but a float without fraction is an integer,
 * and an integer a number.  UV_EINVAL: one is of another type; that is what poelib_fail says then, so that a state may return it.
 */
POE_API int poelib_read(poelib_context *c, const char *format, ...);

/* Adds results, copied; see poe_values.  UV_ENOMEM, UV_EINVAL, UV_E2BIG: nothing has been added. */
POE_API int poelib_return(poelib_context *c, const char *format, ...);
POE_API int poelib_return_values(poelib_context *c, const struct poe_value *values, int count);

/* What the error will say that the state raises by returning the code this returns, UV_ECANCELED; at most 255
 * bytes. */
POE_API int poelib_fail(poelib_context *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* -- events from C ------------------------------------------------------------------------- */

/*
 * Queues an event for a session, from the active one.  The values are copied; see poe_values.  UV_ESRCH: there is no such
 * session; UV_ENOBUFS: it is full; UV_ENOMEM, UV_EINVAL, UV_E2BIG.  No handler runs.
 */
POE_API int poelib_post(poe_kernel *k, uint64_t to, const char *event, const char *format, ...);
POE_API int poelib_post_values(poe_kernel *k, uint64_t to, const char *event, const struct poe_value *values,
                       int count);

/* The same with the `nargs` values on top of L's stack, of any type, which are taken off in any case. */
POE_API int poelib_post_stack(lua_State *L, uint64_t to, const char *event, int nargs);

/* Sets a timer of the active session; the values are copied.  `*id`, which may be NULL: for poelib_delay_remove, in
 * the same session.  UV_ESRCH: it has stopped; UV_ENOMEM, UV_EINVAL, UV_E2BIG.  No handler runs. */
POE_API int poelib_delay(poe_kernel *k, double seconds, const char *event, poe_alarm_id *id,
                 const char *format, ...);
POE_API int poelib_delay_remove(poe_kernel *k, poe_alarm_id id); /* UV_ESRCH, UV_EPERM */

/* Hears results, or an error: `c` has them until it returns. */
typedef void poelib_answer(poelib_context *c, void *ud);
POE_API const char *poelib_error(const poelib_context *c); /* the error's text, borrowed; NULL: there are results */

/*
 * Runs a session's handler now, ahead of the queue.  `answer`, which may be NULL, hears the results before this returns,
 * or the error that was raised, which is signal DIE of the session as well.  Handlers run.  Returns 0;
 * UV_ECANCELED: it has raised; UV_ESRCH, UV_ENOMEM, UV_EINVAL, UV_E2BIG: it has not run, UV_EBUSY: it waits in the
 * middle, and its results will go nowhere; UV_ENOSYS: the kernel has no handlers.  But for ECANCELED, `answer`
 * has not been called then.
 */
POE_API int poelib_call_event(poe_kernel *k, uint64_t to, const char *event, poelib_answer *answer, void *ud,
                      const char *format, ...);

/* The same with the `nargs` values on top of L's stack, which are taken off in any case.  Returns how many results
 * have been pushed, or a code as above. */
POE_API int poelib_call_event_stack(lua_State *L, uint64_t to, const char *event, int nargs);

/*
 * Posts an event and has `answer` called with its handler's results, in whichever turn it finishes: once, and not
 * before this returns.  Where there will be none, it hears an error: what the handler raised, or that the session or
 * the kernel has ended.  A handler that returns nil and two strings has, as in Lua, told an error.  Until then the kernel
 * runs on.  No handler runs now.  UV_ESRCH, UV_ENOBUFS, UV_ENOSYS (the kernel itself), UV_ENOMEM, UV_EINVAL,
 * UV_E2BIG: nothing was posted, and `answer` will not be called.
 */
POE_API int poelib_ask(poe_kernel *k, uint64_t to, const char *event, poelib_answer *answer, void *ud,
               const char *format, ...);

/* -- running ------------------------------------------------------------------------------- */

/* Loads a text and runs it as poelib_call does, without arguments or results.  `name` is that of the chunk, "=name" or
 * "@file".  Returns LUA_OK with nothing pushed, or an error code with the message on the stack.  Handlers may run. */
POE_API int poelib_script(lua_State *L, const char *text, const char *name);

/* Pushes the message and traceback of what nobody handled, as poelib_run does, and returns LUA_ERRRUN; LUA_OK with
 * nothing pushed: there was nothing.  For who steps the kernel or runs its loop. */
POE_API int poelib_exception(lua_State *L);

/* poe_kernel_run; an exception nobody handled is LUA_ERRRUN with its message and traceback. */
POE_API int poelib_run(lua_State *L);

/* Makes the chunk that is running raise "interrupted!" at its next instruction.  Returns 0 when no
 * Lua is running.  Safe in a signal handler. */
POE_API int poelib_interrupt(poe_kernel *kernel);

/* The coroutine on which a chunk or handler is running, whatever coroutines of its own it may have
 * resumed; NULL when none is.  Safe in a signal handler, as lua_sethook on it is. */
POE_API lua_State *poelib_running(poe_kernel *kernel);

/*
 * Watches that handlers come back: one that runs for longer than `warn` seconds is told of with its traceback, to
 * the state's `log` or, where there is none, on standard error, and there also when it does not come back from a C
 * function; after `kill` seconds it is ended by an error.  0: not; both 0 end the watching.
 * `chunks`: also what poelib_call runs.  Called by the thread that runs the kernel, to which a thread of
 * the watchdog's own sends SIGRTMAX-1, a handler of which this installs.  Without `chunks` both wait for the
 * first session; when there is no thread to be had then, nothing is watched.  Returns 0 or a negative libuv code.
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
