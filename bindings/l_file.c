/*
 * l_file.c - plain files as FollowTail reads them; twin of file.c
 *
 * Private to lua/poe/wheel.  What a path or a file is comes as four values: kind, device, inode, size.
 */
#include "lpoe.h"

#include <limits.h>
#include <uv.h>

/* Reads up to this size go over the C stack. */
enum { SMALL_READ = 4096 };

struct lfile {
    struct lpoe *p;
    poe_file *file; /* NULL: released */
};

static struct lfile *
check_file(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct lfile *f = lua_touserdata(L, 1);

    if (!f || lua_type(L, 1) != LUA_TUSERDATA || lua_rawlen(L, 1) != sizeof *f || f->p != p)
        luaL_typeerror(L, 1, "file");
    return f;
}

static struct lfile *
push_file(lua_State *L, struct lpoe *p)
{
    struct lfile *f = lua_newuserdatauv(L, sizeof *f, 0);

    f->p = p;
    f->file = NULL;
    lpoe_anchor_get(L, p, ANCHOR_FILE_MT);
    lua_setmetatable(L, -2);
    return f;
}

static int
push_status(lua_State *L, const struct poe_file_status *status)
{
    static const char *const kinds[] = { "file", "directory", "fifo", "other" };

    lua_pushstring(L, kinds[status->kind]);
    lua_pushinteger(L, (lua_Integer)status->device);
    lua_pushinteger(L, (lua_Integer)status->inode);
    lua_pushinteger(L, status->size);
    return 4;
}

/* open_file(path) -> file | nil, message, code: for reading; a FIFO for writing, too */
static int
l_open_file(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    const char *path = lpoe_check_name(L, 1, "path");
    struct lfile *f = push_file(L, p);
    int rc = poe_file_open(p->kernel, path, &f->file);

    if (rc < 0)
        return lpoe_push_error(L, rc, "%s: %s", path, uv_strerror(rc));
    return 1;
}

/* share_file(handle) -> file | nil, message, code: what the handle has open, whatever becomes of that */
static int
l_share_file(lua_State *L)
{
    struct lpoe *p = lpoe_context(L);
    struct lfile *f = push_file(L, p);
    poe_handle *h = lpoe_check_handle(L, p, 1);

    if (!h)
        return 3;
    int fd = poe_handle_fd(h);
    int rc = poe_file_share(p->kernel, fd, &f->file);
    poe_handle_release(&h);
    if (rc < 0)
        return lpoe_push_error(L, rc, "descriptor %d: %s", fd, uv_strerror(rc));
    lua_settop(L, 2);
    return 1;
}

/* path_status(path) -> kind, device, inode, size | nil, message, code */
static int
l_path_status(lua_State *L)
{
    const char *path = lpoe_check_name(L, 1, "path");
    struct poe_file_status status = { 0 };
    int rc = poe_path_status(path, &status);

    if (rc < 0)
        return lpoe_push_error(L, rc, "%s: %s", path, uv_strerror(rc));
    return push_status(L, &status);
}

/* file:status() -> kind, device, inode, size | nil, message, code */
static int
l_status(lua_State *L)
{
    struct lfile *f = check_file(L);
    struct poe_file_status status = { 0 };
    int rc = f->file ? poe_file_status(f->file, &status) : UV_EBADF;

    if (rc < 0)
        return lpoe_push_error(L, rc, "status: %s", uv_strerror(rc));
    return push_status(L, &status);
}

/* file:read(offset, most) -> data, "" at the end | nil, message, code */
static int
l_read(lua_State *L)
{
    struct lfile *f = check_file(L);
    lua_Integer offset = luaL_checkinteger(L, 2), most = luaL_checkinteger(L, 3);
    char small[SMALL_READ];
    luaL_Buffer b;

    luaL_argcheck(L, offset >= 0, 2, "offset: must not be negative");
    luaL_argcheck(L, most > 0 && most <= INT_MAX, 3, "most: must be 1 to 2^31 - 1");
    size_t first = most < SMALL_READ ? (size_t)most : SMALL_READ;
    int64_t n = f->file ? poe_file_read(f->file, small, first, offset) : UV_EBADF;
    if (n < 0)
        return lpoe_push_error(L, (int)n, "read: %s", uv_strerror((int)n));
    if ((size_t)n < first || first == (size_t)most) {
        lua_pushlstring(L, small, (size_t)n);
        return 1;
    }
    char *at = luaL_buffinitsize(L, &b, (size_t)most);
    n = poe_file_read(f->file, at, (size_t)most, offset);
    luaL_pushresultsize(&b, n > 0 ? (size_t)n : 0);
    if (n < 0)
        return lpoe_push_error(L, (int)n, "read: %s", uv_strerror((int)n));
    return 1;
}

/* file:take() -> descriptor, which is the caller's now; -1 when it is closed */
static int
l_take(lua_State *L)
{
    struct lfile *f = check_file(L);

    lua_pushinteger(L, f->file ? poe_file_take(f->file) : -1);
    return 1;
}

/* file:close(): any number of times */
static int
l_close(lua_State *L)
{
    struct lfile *f = check_file(L);

    if (f->file)
        poe_file_close(f->file);
    return 0;
}

static int
l_gc(lua_State *L)
{
    poe_file_release(&check_file(L)->file);
    return 0;
}

/* append_private(path, text) -> true | nil, message, code: its folders are made, too; nobody else reads it */
static int
l_append_private(lua_State *L)
{
    const char *path = lpoe_check_name(L, 1, "path");
    size_t size;
    const char *text = luaL_checklstring(L, 2, &size);
    int rc = poe_file_append_private(path, text, size);

    return rc < 0 ? lpoe_push_error(L, rc, "%s: %s", path, uv_strerror(rc)) : lpoe_push_true(L);
}

/* uv_fs_t * of a scandir -> names */
static int
folder_names(lua_State *L)
{
    uv_fs_t *request = lua_touserdata(L, 1);
    uv_dirent_t entry;

    lua_newtable(L);
    for (lua_Integer n = 1; uv_fs_scandir_next(request, &entry) == 0; n++) {
        lua_pushfstring(L, entry.type == UV_DIRENT_DIR ? "%s/" : "%s", entry.name);
        lua_rawseti(L, 2, n);
    }
    return 1;
}

/* list_folder(path) -> names | nil, message, code: folders' with a slash behind them; in no order */
static int
l_list_folder(lua_State *L)
{
    const char *path = lpoe_check_name(L, 1, "path");
    uv_fs_t request;

    luaL_checkstack(L, 2, NULL);
    int rc = uv_fs_scandir(NULL, &request, path, 0, NULL), status = LUA_OK;
    if (rc >= 0) {
        lua_pushcfunction(L, folder_names);
        lua_pushlightuserdata(L, &request);
        status = lua_pcall(L, 1, 1, 0);
    }
    uv_fs_req_cleanup(&request);
    if (rc < 0)
        return lpoe_push_error(L, rc, "%s: %s", path, uv_strerror(rc));
    return status == LUA_OK ? 1 : lua_error(L);
}

/* `core` on top. */
void
lpoe_open_file(lua_State *L, struct lpoe *p)
{
    static const luaL_Reg core[] = {
        { "open_file", l_open_file }, { "share_file", l_share_file }, { "append_private", l_append_private },
        { "list_folder", l_list_folder },
        { "path_status", l_path_status }, { NULL, NULL },
    };
    static const luaL_Reg methods[] = {
        { "status", l_status }, { "read", l_read }, { "take", l_take }, { "close", l_close },
        { NULL, NULL },
    };
    static const luaL_Reg meta[] = { { "__gc", l_gc }, { "__close", l_close }, { NULL, NULL } };

    lpoe_setfuncs(L, p, core);
    lua_newtable(L);
    lpoe_setfuncs(L, p, meta);
    lua_newtable(L);
    lpoe_setfuncs(L, p, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "poe.file");
    lua_setfield(L, -2, "__name");
    lpoe_anchor_set(L, p, ANCHOR_FILE_MT);
}
