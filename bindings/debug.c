/*
 * debug.c - option debug of the kernel: misuse is said where it happens
 *
 * What POE's assertions catch (R350-R352) is told, see lpoe_log, with the script's line, and
 * changes nothing else.  Nobody comes here but on the way of an error or where p->debug has been
 * asked already, so that what is off costs nothing.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>

#include "lpoe.h"

/* One line: where, what was called, what is wrong with it. */
static void
say(struct lpoe *p, const char *file, int line, const char *what, const char *text)
{
    const char *sep = what ? ": " : "";
    char whole[1024];

    what = what ? what : "";
    if (file)
        snprintf(whole, sizeof whole, "poe: debug: %s:%d: %s%s%s", file, line, what, sep, text);
    else
        snprintf(whole, sizeof whole, "poe: debug: %s%s%s", what, sep, text);
    lpoe_log(p, POELIB_TRACE, whole);
}

/* Of the function now running.  Leaves L's stack alone. */
void
lpoe_debug_say(lua_State *L, const char *what, const char *format, ...)
{
    char text[512];
    lua_Debug ar;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!lpoe_where(L, &ar))
        say(lpoe_find(L), NULL, 0, what, text);
    else
        say(lpoe_find(L), ar.source[0] == '@' ? ar.source + 1 : ar.short_src, ar.currentline, what, text);
}

/* A function that scripts call is about to return an error: `text`, its code in front. */
void
lpoe_debug_error(lua_State *L, const char *text)
{
    struct lpoe *p = lpoe_find(L);
    enum lpoe_use use;
    const char *what = p && p->debug ? lpoe_use(L, &use) : NULL;

    if (!what)
        return;
    const char *plain = text;
    while (*plain && *plain != ':')
        plain++;
    lpoe_debug_say(L, what, "%s", *plain ? plain + 2 : text);
}

/* Whether we have such a child, ended or not. */
static int
is_child(int pid)
{
    siginfo_t info;

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

/* Something is about to be queued, set or watched; its event is at `first`. */
void
lpoe_debug_mail(struct lpoe *p, lua_State *L, int first)
{
    const poe_session *s = poe_kernel_active(p->kernel);
    unsigned long long id = poe_session_id(s);
    enum lpoe_use use;
    const char *what = lpoe_use(L, &use), *name = lua_tostring(L, first);

    if (!what)
        return;
    if (use == USE_YIELD && id == 1)
        lpoe_debug_say(L, what, "no session is active: event '%s' goes nowhere", name);
    else if (use == USE_TIMER && poe_session_stopping(s) && !poe_session_stopped(s))
        lpoe_debug_say(L, what, "session %llu is stopping: timer '%s' will not fire", id, name);
    else if (use == USE_CHILD && !is_child((int)lua_tointeger(L, 2)))
        lpoe_debug_say(L, what, "process %d is not a child", (int)lua_tointeger(L, 2));
}

/* Nobody handles `ev`: `text`.  Said where it was posted, set, or called. */
void
lpoe_debug_unknown(lua_State *L, struct lpoe *p, const poe_event *ev, const char *text)
{
    poe_payload payload = ev->type == POE_EVENT_SIGNAL ? ev->with.signal->extra : ev->payload;
    int top = lua_gettop(L);

    if (!payload) { /* a self-call: from here */
        lpoe_debug_say(L, NULL, "%s", text);
        return;
    }
    lpoe_mail_where(p, payload, L);
    say(p, lua_tostring(L, top + 1), (int)lua_tointeger(L, top + 2), NULL, text);
    lua_settop(L, top);
}
