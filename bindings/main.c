/*
 * main.c - the poe command: a faithful lua with a kernel in it
 *
 * The first embedder: it includes nothing private.  Options, environment, exit codes and messages
 * are those of lua 5.4; the script's main chunk runs as a handler of the kernel, and when it has
 * ended the kernel runs until the last session has stopped.
 */
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "heap.h"
#include "poelib.h"

#if !defined POE_TORTURE && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define OWN_HEAP /* else each block by itself, for the checker to see */
#endif

#define PROGRAM "poe"
#define INIT_VAR "LUA_INIT"
#define INIT_VAR_VERSION INIT_VAR "_" LUA_VERSION_MAJOR "_" LUA_VERSION_MINOR

/* --why: QUIT and INT are asked, see below. */
enum { ON_INT, ON_QUIT, WHY_SIGNALS };
struct why {
    uv_signal_t of[WHY_SIGNALS];
    struct sigaction uv[WHY_SIGNALS]; /* libuv's own, behind ours */
    volatile sig_atomic_t pending[WHY_SIGNALS];
    volatile sig_atomic_t looping;    /* inside poelib_run: libuv's callbacks come */
    lua_State *L;
    lua_State *hooked;                /* the script's own hook on it is put back: */
    lua_Hook hook;
    int mask, count;
};

/* The live prompt takes INT, see below. */
struct prompt {
    uv_signal_t of;
    struct sigaction uv; /* libuv's own, behind ours */
    lua_State *L;
};

/* For Ctrl-C and atexit: a signal handler is given nothing it could find the kernel by.  The only variable
 * with file scope in the project, and not in the library. */
static struct {
    poe_kernel *kernel;         /* while there is one */
    struct poelib_trace *trace; /* --trace-file */
    struct why *why, why_memory; /* --why; NULL: not asked for */
    struct prompt *prompt, prompt_memory; /* NULL: none yet */
} process;

static void
on_interrupt(int number)
{
    signal(number, SIG_DFL); /* a second one ends the process at once */
    if (!process.kernel || !poelib_interrupt(process.kernel))
        raise(number); /* no chunk is running: as usual */
}

/* -- messages ------------------------------------------------------------------------------ */

static void
complain(const char *message)
{
    fprintf(stderr, PROGRAM ": %s\n", message);
    fflush(stderr);
}

/* Prints the message on top of the stack, if any went wrong. */
static int
report(lua_State *L, int status)
{
    if (status != LUA_OK) {
        const char *message = lua_tostring(L, -1);
        complain(message ? message : "(error message not a string)");
        lua_pop(L, 1);
    }
    return status;
}

static void
usage(const char *bad)
{
    fputs(PROGRAM ": ", stderr);
    if (bad[1] == 'e' || bad[1] == 'l')
        fprintf(stderr, "'%s' needs argument\n", bad);
    else
        fprintf(stderr, "unrecognized option '%s'\n", bad);
    fputs("usage: " PROGRAM " [options] [script [args]]\n"
          "Available options are:\n"
          "  -e stat   execute string 'stat'\n"
          "  -i        enter interactive mode after executing 'script'\n"
          "  -l mod    require library 'mod' into global 'mod'\n"
          "  -l g=mod  require library 'mod' into global 'g'\n"
          "  -v        show version information\n"
          "  -E        ignore environment variables\n"
          "  -W        turn warnings on\n"
          "  --trace[=ev,ti,si,rc,fh]  one line per fact: events, timers, signals, sessions, handles\n"
          "  --trace-file=FILE  write what runs when, and who asked for it, for chrome://tracing, Perfetto\n"
          "  --debug   tell of misuse with its line; record where events are posted: CALLER_FILE, CALLER_LINE\n"
          "  --why     on QUIT (Ctrl-\\), and when INT ends it, print what keeps each session\n"
          "  --stall-warn=SECONDS  report a handler that runs for longer (1; 0: never), with its traceback\n"
          "  --stall-kill=SECONDS  end it with an error (0, the default: never)\n"
          "  --        stop handling options\n"
          "  -         stop handling options and execute stdin\n", stderr);
}

static void
print_version(void)
{
    printf("poe %s  %s\n", poe_version(), LUA_COPYRIGHT);
    fflush(stdout);
}

/* -- the trace file ------------------------------------------------------------------------------ */

static void
trace_failed(const char *path, int rc)
{
    fprintf(stderr, PROGRAM ": --trace-file: %s: %s\n", path, uv_strerror(rc));
}

/* Finishes the file, however the program ends. */
static void
trace_end(void)
{
    poelib_trace_close(&process.trace, process.kernel);
}

/* What cannot be written is said and does not hurt the program. */
static void
trace_begin(poe_kernel *kernel, const char *path)
{
    int rc = poelib_trace_open(&process.trace, kernel, path, trace_failed);

    if (rc < 0)
        trace_failed(path, rc);
    else if (atexit(trace_end) != 0)
        poelib_trace_close(&process.trace, kernel);
}

/* -- why --------------------------------------------------------------------------------------- */

/*
 * --why: QUIT prints what keeps each session, and so does an INT that is going to end the program.
 *
 * libuv's handlers of both signals stay installed all the time, whatever sessions watch, and ours,
 * put in front of them, passes on to them.  A signal is answered by a hook at the next instruction
 * of the handler that runs or, when none does or it is busy in C, by libuv's callback between two
 * handlers: whichever comes first takes the signal out of `pending`.
 */
static const int why_numbers[WHY_SIGNALS] = { SIGINT, SIGQUIT };
static const char why_key; /* its address is the registry key of the function that reports */

/* Prints the report, from a hook or between two handlers. */
static void
why_print(lua_State *L)
{
    if (!lua_checkstack(L, LUA_MINSTACK))
        return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &why_key);
    if (lua_pcall(L, 0, 1, 0) == LUA_OK && lua_isstring(L, -1))
        fputs(lua_tostring(L, -1), stderr);
    else
        complain(lua_isstring(L, -1) ? lua_tostring(L, -1) : "--why: no report");
    fflush(stderr);
    lua_pop(L, 1);
}

/* Whether a signal is still to be answered, and is INT, and no session watches that. */
static int
why_take(struct why *w, int which)
{
    int pending = w->pending[which];

    w->pending[which] = 0;
    return pending && (which == ON_QUIT || !poe_signal_watched(process.kernel, "INT"));
}

/* At the next instruction of the handler that was running. */
static void
why_hook(lua_State *L, lua_Debug *ar)
{
    struct why *w = process.why;

    (void)ar;
    if (!w || L != w->hooked) { /* from a signal long answered */
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    lua_sethook(L, w->hook, w->mask, w->count);
    w->hooked = NULL;
    int end = why_take(w, ON_INT);
    if (why_take(w, ON_QUIT) || end)
        why_print(L);
    if (end)
        luaL_error(L, "interrupted!");
}

/* In the loop, where no handler runs, or one that waits in KERNEL:run. */
static void
why_fired(uv_signal_t *handle, int number)
{
    struct why *w = handle->data;

    if (!why_take(w, number == SIGINT ? ON_INT : ON_QUIT))
        return;
    why_print(w->L);
    if (number == SIGINT) {
        trace_end();
        signal(number, SIG_DFL);
        raise(number);
    }
}

/* The signal handler. */
static void
why_caught(int number)
{
    struct why *w = process.why;
    int which = number == SIGINT ? ON_INT : ON_QUIT;
    lua_State *running = process.kernel ? poelib_running(process.kernel) : NULL;

    if (number == SIGINT && (!process.kernel || !poe_signal_watched(process.kernel, "INT"))) {
        signal(number, SIG_DFL); /* a second one ends the process at once */
        if (!running && !w->looping) {
            raise(number);
            return;
        }
    }
    w->pending[which] = 1;
    if (running && running != w->hooked) {
        w->hooked = running;
        w->hook = lua_gethook(running);
        w->mask = lua_gethookmask(running);
        w->count = lua_gethookcount(running);
        lua_sethook(running, why_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
    }
    w->uv[which].sa_handler(number);
}

/* Our handler in front of libuv's, if it is not there any more or not yet. */
static void
why_catch(void)
{
    struct sigaction now, ours = { .sa_handler = why_caught, .sa_flags = SA_RESTART };

    sigemptyset(&ours.sa_mask);
    for (int i = 0; i < WHY_SIGNALS; i++)
        if (sigaction(why_numbers[i], NULL, &now) == 0 && now.sa_handler != why_caught)
            sigaction(why_numbers[i], &ours, NULL);
}

/* Returns 0 or a negative libuv code; what was opened is closed with the process. */
static int
why_open(lua_State *L, poe_kernel *kernel)
{
    struct why *w = &process.why_memory;
    int rc = 0;

    if (luaL_loadstring(L, "return require 'poe'.why.report") != LUA_OK
        || lua_pcall(L, 0, 1, 0) != LUA_OK)
        return lua_error(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &why_key);
    w->L = L;
    for (int i = 0; i < WHY_SIGNALS && rc == 0; i++) {
        rc = uv_signal_init(poe_kernel_loop(kernel), &w->of[i]);
        if (rc < 0)
            break;
        w->of[i].data = w;
        process.why = w;
        rc = uv_signal_start(&w->of[i], why_fired, why_numbers[i]);
        uv_unref((uv_handle_t *)&w->of[i]);
        if (rc == 0)
            sigaction(why_numbers[i], NULL, &w->uv[i]);
    }
    return rc;
}

/* Before the loop goes, with the kernel, in lua_close. */
static void
why_close(void)
{
    struct why *w = process.why;

    if (!w)
        return;
    for (int i = 0; i < WHY_SIGNALS; i++) {
        signal(why_numbers[i], SIG_DFL);
        if (w->of[i].data)
            uv_close((uv_handle_t *)&w->of[i], NULL);
    }
    process.why = NULL;
}

/* -- chunks -------------------------------------------------------------------------------- */

/* Ctrl-C interrupts what runs from now on, unless a session watches INT: then it is an event. */
static void
catch_interrupt(void)
{
    struct sigaction now;

    if (process.prompt) /* which has INT, and has called this before */
        return;
    if (process.why)
        why_catch();
    else if (sigaction(SIGINT, NULL, &now) == 0
             && (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN))
        signal(SIGINT, on_interrupt);
}

/* Runs the function below `nargs` arguments. */
static int
run_chunk(lua_State *L, int nargs)
{
    catch_interrupt();
    return poelib_call(L, nargs);
}

static int
run_loaded(lua_State *L, int status)
{
    if (status == LUA_OK)
        status = run_chunk(L, 0);
    return report(L, status);
}

static int
run_file(lua_State *L, const char *name)
{
    return run_loaded(L, luaL_loadfile(L, name));
}

static int
run_string(lua_State *L, const char *s, const char *name)
{
    return run_loaded(L, luaL_loadbuffer(L, s, strlen(s), name));
}

/* -l mod, -l g=mod */
static int
run_library(lua_State *L, char *global)
{
    char *module = strchr(global, '=');

    if (module)
        *module++ = '\0';
    else
        module = global;
    int top = lua_gettop(L);
    lua_getglobal(L, "require");
    lua_pushstring(L, module);
    int status = run_chunk(L, 1);
    if (status == LUA_OK) {
        lua_settop(L, top + 1);
        lua_setglobal(L, global);
    }
    return report(L, status);
}

static int
run_init(lua_State *L)
{
    const char *name = "=" INIT_VAR_VERSION, *init = getenv(name + 1);

    if (!init) {
        name = "=" INIT_VAR;
        init = getenv(name + 1);
    }
    if (!init)
        return LUA_OK;
    return init[0] == '@' ? run_file(L, init + 1) : run_string(L, init, name);
}

/* Pushes the script's arguments, which are in the global `arg`. */
static int
push_args(lua_State *L)
{
    if (lua_getglobal(L, "arg") != LUA_TTABLE)
        return luaL_error(L, "'arg' is not a table");
    int n = (int)luaL_len(L, -1);
    luaL_checkstack(L, n + 3, "too many arguments to script");
    for (int i = 1; i <= n; i++)
        lua_rawgeti(L, -i, i);
    lua_remove(L, -n - 1);
    return n;
}

static int
run_script(lua_State *L, char **argv)
{
    const char *name = argv[0];

    if (strcmp(name, "-") == 0 && strcmp(argv[-1], "--") != 0)
        name = NULL; /* standard input */
    int status = luaL_loadfile(L, name);
    if (status == LUA_OK) {
        int n = push_args(L);
        status = run_chunk(L, n);
    }
    return report(L, status);
}

/* Until the last session has stopped. */
static int
run_kernel(lua_State *L)
{
    catch_interrupt();
    if (process.why)
        process.why->looping = 1;
    int status = poelib_run(L);
    if (process.why)
        process.why->looping = 0;
    return report(L, status);
}

/* -- the plain prompt ---------------------------------------------------------------------- */

static int
read_line(lua_State *L, const char *prompt_name, const char *prompt)
{
    char buffer[512];
    luaL_Buffer b;
    size_t length = 0;

    if (lua_getglobal(L, prompt_name) != LUA_TNIL)
        prompt = luaL_tolstring(L, -1, NULL);
    fputs(prompt, stdout);
    fflush(stdout);
    lua_settop(L, 1);
    luaL_buffinit(L, &b);
    while (fgets(buffer, sizeof buffer, stdin)) {
        length = strlen(buffer);
        luaL_addlstring(&b, buffer, length);
        if (length && buffer[length - 1] == '\n')
            break;
    }
    luaL_pushresult(&b);
    if (lua_rawlen(L, -1) == 0)
        return 0;
    const char *line = lua_tolstring(L, -1, &length);
    if (line[length - 1] == '\n')
        length--;
    if (line[0] == '=')
        lua_pushfstring(L, "return %s", line + 1);
    else
        lua_pushlstring(L, line, length);
    lua_replace(L, 2);
    lua_settop(L, 2);
    return 1;
}

static int
incomplete(lua_State *L, int status)
{
    size_t length;

    if (status != LUA_ERRSYNTAX)
        return 0;
    const char *message = lua_tolstring(L, -1, &length);
    return length >= 5 && strcmp(message + length - 5, "<eof>") == 0;
}

/* Leaves a function on the stack, or a message; -1 at the end of input. */
static int
read_statement(lua_State *L)
{
    lua_settop(L, 0);
    lua_pushnil(L);
    if (!read_line(L, "_PROMPT", "> "))
        return -1;
    lua_pushvalue(L, 2);
    lua_replace(L, 1); /* the statement so far */
    lua_pushfstring(L, "return %s", lua_tostring(L, 1));
    int status = luaL_loadbuffer(L, lua_tostring(L, -1), lua_rawlen(L, -1), "=stdin");
    while (status != LUA_OK) {
        lua_settop(L, 1);
        status = luaL_loadbuffer(L, lua_tostring(L, 1), lua_rawlen(L, 1), "=stdin");
        if (!incomplete(L, status) || !read_line(L, "_PROMPT2", ">> "))
            break;
        lua_settop(L, 2);
        lua_pushliteral(L, "\n");
        lua_insert(L, 2);
        lua_concat(L, 3);
        status = LUA_ERRSYNTAX;
    }
    lua_replace(L, 1);
    lua_settop(L, 1);
    return status;
}

static void
print_results(lua_State *L)
{
    int n = lua_gettop(L);

    if (n == 0)
        return;
    lua_getglobal(L, "print");
    lua_insert(L, 1);
    if (lua_pcall(L, n, 0, 0) != LUA_OK)
        fprintf(stderr, "error calling 'print' (%s)\n", lua_tostring(L, -1));
}

static void
prompt(lua_State *L)
{
    int status;

    while ((status = read_statement(L)) != -1) {
        if (status == LUA_OK)
            status = run_chunk(L, 0);
        if (status == LUA_OK)
            print_results(L);
        else {
            fprintf(stderr, "%s\n", lua_tostring(L, -1));
            fflush(stderr);
        }
    }
    lua_settop(L, 0);
    fputs("\n", stdout);
    fflush(stdout);
}

/* -- the live prompt ------------------------------------------------------------------------- */

static const char prompt_key; /* its address is the registry key of what to call at an INT */

/* The signal handler: what runs is interrupted; when nothing does, libuv's callback tells the prompt. */
static void
prompt_caught(int number)
{
    if (!process.kernel || !poelib_interrupt(process.kernel))
        process.prompt->uv.sa_handler(number);
}

/* In the loop, where no handler runs. */
static void
prompt_fired(uv_signal_t *handle, int number)
{
    struct prompt *prompt = handle->data;
    lua_State *L = prompt->L;

    (void)number;
    if (!lua_checkstack(L, 1))
        return;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &prompt_key);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK)
        lua_pop(L, 1); /* without memory this Ctrl-C is lost */
}

/* Takes INT for the prompt from now on.  Returns 0 or a negative libuv code. */
static int
prompt_catch(lua_State *L)
{
    struct prompt *prompt = &process.prompt_memory;
    struct sigaction ours = { .sa_handler = prompt_caught, .sa_flags = SA_RESTART };
    int rc = uv_signal_init(poe_kernel_loop(process.kernel), &prompt->of);

    if (rc < 0)
        return rc;
    prompt->L = L;
    prompt->of.data = prompt;
    process.prompt = prompt;
    rc = uv_signal_start(&prompt->of, prompt_fired, SIGINT);
    uv_unref((uv_handle_t *)&prompt->of);
    sigemptyset(&ours.sa_mask);
    if (rc == 0 && sigaction(SIGINT, NULL, &prompt->uv) == 0)
        sigaction(SIGINT, &ours, NULL);
    if (process.why) /* which is no longer asked about INT */
        prompt->uv = process.why->uv[ON_INT];
    return rc;
}

/* Before the loop goes. */
static void
prompt_close(void)
{
    if (!process.prompt)
        return;
    signal(SIGINT, SIG_DFL);
    uv_close((uv_handle_t *)&process.prompt->of, NULL);
    process.prompt = NULL;
}

/* Starts the session; the kernel's run is what keeps it going.  Returns a status. */
static int
prompt_start(lua_State *L)
{
    int status = luaL_loadstring(L, "return select(2, require 'poe'.prompt.start { interrupts = true })");

    if (status == LUA_OK)
        status = poelib_call(L, 0);
    if (status == LUA_OK) {
        lua_rawsetp(L, LUA_REGISTRYINDEX, &prompt_key);
        catch_interrupt();
        int rc = prompt_catch(L);
        if (rc < 0) {
            lua_pushfstring(L, "prompt: %s", uv_strerror(rc));
            status = LUA_ERRRUN;
        }
    }
    return report(L, status);
}

/* Interactive: the live prompt on a terminal that can be edited on, else the plain one. */
static int
interact(lua_State *L)
{
    const char *term = getenv("TERM");

    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0)
        return prompt_start(L);
    prompt(L);
    return LUA_OK;
}

/* -- the process ---------------------------------------------------------------------------- */

/* os.exit([code [, close]]): closing also closes what the main chunk, a coroutine here, has open. */
static int
l_exit(lua_State *L)
{
    int code = lua_isboolean(L, 1) ? (lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE)
                                   : (int)luaL_optinteger(L, 1, EXIT_SUCCESS);

    if (lua_toboolean(L, 2)) {
        poelib_abandon(L);
        prompt_close();
        why_close();
        process.kernel = NULL;
        lua_close(L);
    }
    exit(code);
}

static void
install_exit(lua_State *L)
{
    lua_getglobal(L, "os");
    lua_pushcfunction(L, l_exit);
    lua_setfield(L, -2, "exit");
    lua_pop(L, 1);
}

static void
on_pipe(int number)
{
    (void)number; /* a write that nobody reads is an error code, not the end */
}

/* A closed standard descriptor must not become the event loop's: fills it with one that answers
 * as a closed one does. */
static void
fill_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

/* -- options ------------------------------------------------------------------------------- */

struct options {
    int script;  /* index of the script in argv; argc when there is none */
    int bad;     /* index of an option that is wrong */
    const char *trace, *trace_file;
    double stall_warn, stall_kill; /* seconds; 0: never */
    unsigned interactive : 1, version : 1, execute : 1, no_environment : 1, debug : 1, why : 1;
    unsigned stall : 1; /* one of the two was given: chunks, too, are watched */
};

/* --stall-warn=, --stall-kill= */
static int
read_stall(struct options *o, const char *arg)
{
    char *end = NULL;
    int kill = strncmp(arg, "--stall-kill=", 13) == 0;

    if (!kill && strncmp(arg, "--stall-warn=", 13) != 0)
        return 0;
    double seconds = strtod(arg + 13, &end);
    if (end == arg + 13 || *end || !(seconds >= 0 && seconds < 1e9))
        return 0;
    *(kill ? &o->stall_kill : &o->stall_warn) = seconds;
    o->stall = 1;
    return 1;
}

static struct options
read_options(int argc, char **argv)
{
    struct options o = { .script = argc, .stall_warn = 1 };

    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i];
        if (arg[0] != '-' || arg[1] == '\0') {
            o.script = i;
            return o;
        }
        int simple = arg[2] == '\0' || arg[1] == '-';
        switch (arg[1]) {
        case '-':
            if (strcmp(arg, "--debug") == 0) {
                o.debug = 1;
                break;
            }
            if (strcmp(arg, "--why") == 0) {
                o.why = 1;
                break;
            }
            if (read_stall(&o, arg))
                break;
            if (strncmp(arg, "--trace-file=", 13) == 0 && arg[13]) {
                o.trace_file = arg + 13;
                break;
            }
            if (strcmp(arg, "--trace") == 0 || strncmp(arg, "--trace=", 8) == 0) {
                o.trace = arg[7] ? arg + 8 : "ev,ti,si,rc,fh";
                break;
            }
            o.script = arg[2] == '\0' ? i + 1 : o.script;
            o.bad = arg[2] == '\0' ? 0 : i;
            return o;
        case 'E':
            o.no_environment = 1;
            break;
        case 'i':
            o.interactive = o.version = 1;
            break;
        case 'v':
            o.version = 1;
            break;
        case 'W':
            break;
        case 'e':
            o.execute = 1;
            /* fall through */
        case 'l':
            if (simple && (i + 1 >= argc || argv[++i][0] == '-'))
                goto bad;
            simple = 1;
            break;
        default:
            simple = 0;
        }
        if (!simple) {
        bad:
            o.bad = argv[i] == arg ? i : i - 1;
            return o;
        }
    }
    return o;
}

/* -e, -l and -W, in their order. */
static int
run_options(lua_State *L, char **argv, int end)
{
    for (int i = 1; i < end; i++) {
        int option = argv[i][1];
        if (option == 'e' || option == 'l') {
            char *extra = argv[i][2] ? argv[i] + 2 : argv[++i];
            int status = option == 'e' ? run_string(L, extra, "=(command line)")
                                       : run_library(L, extra);
            if (status != LUA_OK)
                return 0;
        } else if (option == 'W')
            lua_warning(L, "@on", 0);
    }
    return 1;
}

static void
make_arg(lua_State *L, char **argv, int argc, int script)
{
    if (script == argc)
        script = 0;
    lua_createtable(L, argc - script - 1, script + 1);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i - script);
    }
    lua_setglobal(L, "arg");
}

/* The collector's pace follows the size of the heap, and ours begins with a quarter of a megabyte: a few long
 * strings would make it look at all of it.  These four are never touched, so no page of them is there.  At the
 * start, when going over to generations has next to nothing to look at. */
static void
tune_collector(lua_State *L)
{
    lua_newuserdatauv(L, 4 << 20, 0);
    luaL_ref(L, LUA_REGISTRYINDEX);
    lua_gc(L, LUA_GCGEN, 100, 200);
}

/* argc, argv: the whole program.  Pushes whether all went well. */
static int
program(lua_State *L)
{
    int argc = (int)lua_tointeger(L, 1);
    char **argv = lua_touserdata(L, 2);
    struct options o = read_options(argc, argv);
    int first = o.script;

    luaL_checkversion(L);
    if (o.bad) {
        usage(argv[o.bad]);
        return 0;
    }
    if (o.version)
        print_version();
    if (o.no_environment) {
        lua_pushboolean(L, 1);
        lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
    }
    tune_collector(L);
    luaL_openlibs(L);
    install_exit(L);
    make_arg(L, argv, argc, o.script);
    const char *library = o.no_environment ? NULL : getenv("POE_LUA");
    if (library)
        poelib_library(L, library);
    process.kernel = poelib_open(L, NULL);
    if (!process.kernel || poelib_globals(L) != LUA_OK)
        return lua_error(L);
    lua_warning(L, "@on", 0);
    if (o.debug && luaL_dostring(L, "KERNEL:option { debug = true }") != LUA_OK)
        return lua_error(L);
    if (o.why) {
        int rc = why_open(L, process.kernel);
        if (rc < 0)
            return luaL_error(L, "--why: %s", uv_strerror(rc));
    }
    int watched = poelib_watchdog(process.kernel, o.stall_warn, o.stall_kill, o.stall);
    if (watched < 0 && o.stall)
        return luaL_error(L, "--stall-warn: %s", uv_strerror(watched));
    if (o.trace_file)
        trace_begin(process.kernel, o.trace_file);
    if (o.trace) {
        if (luaL_loadstring(L, "KERNEL:trace(...)") == LUA_OK)
            lua_pushstring(L, o.trace);
        if (lua_pcall(L, 1, 0, 0) != LUA_OK)
            return lua_error(L);
    }

    if (!o.no_environment && run_init(L) != LUA_OK)
        return 0;
    if (!run_options(L, argv, first < argc ? first : argc))
        return 0;
    if (o.script < argc && run_script(L, argv + o.script) != LUA_OK)
        return 0;
    int status = LUA_OK;
    if (o.interactive)
        status = interact(L);
    else if (o.script >= argc && !o.execute && !o.version) {
        if (isatty(STDIN_FILENO)) {
            print_version();
            status = interact(L);
        } else
            run_file(L, NULL); /* lua, too, exits 0 whatever came of it */
    }
    if (status != LUA_OK || run_kernel(L) != LUA_OK)
        return 0;
    lua_pushboolean(L, 1);
    return 1;
}

/* The C library gives memory back in the middle of a load and has each page faulted in again: a third
 * of the time of a 16 KiB stream.  A burst's memory still goes back. */
static void
tune_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

int
main(int argc, char **argv)
{
    tune_memory();
    lua_State *L = luaL_newstate();
    struct heap heap;

    if (!L) {
        complain("cannot create state: not enough memory");
        return EXIT_FAILURE;
    }
#ifdef OWN_HEAP
    lpoe_heap_open(&heap);
    lua_setallocf(L, lpoe_heap_alloc, &heap); /* which takes what is there already */
#else
    (void)heap;
#endif
    fill_descriptors();
    signal(SIGPIPE, on_pipe); /* not SIG_IGN, which children would inherit */
    lua_pushcfunction(L, program);
    lua_pushinteger(L, argc);
    lua_pushlightuserdata(L, argv);
    int status = lua_pcall(L, 2, 1, 0);
    int ok = lua_toboolean(L, -1);
    report(L, status);
    prompt_close();
    why_close();
    process.kernel = NULL;
    lua_close(L);
    return ok && status == LUA_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
