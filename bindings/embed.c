/*
 * embed.c - build-time tool: the files of lua/poe -> a C table of modules; not linked into poe
 *
 *     embed ROOT FILE... > embedded.c
 *
 * ROOT is what a file's path begins with before its module name.  Each file is compiled first, so
 * that a syntax error fails the build with file and line.  The table is sorted by module name.
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct file {
    const char *path;   /* as given */
    char module[256];   /* a.b.c */
};

static int
by_module(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->module, ((const struct file *)b)->module);
}

static void
fail(const char *what, const char *path)
{
    fprintf(stderr, "embed: %s: %s\n", path, what);
    exit(1);
}

/* "lua/poe/filter/Line.lua" -> "poe.filter.Line" */
static void
name_module(struct file *f, const char *root)
{
    size_t skip = strlen(root);
    const char *rest = f->path + skip + 1;
    size_t length = strlen(f->path) > skip + 5 ? strlen(rest) - 4 : 0;

    if (strncmp(f->path, root, skip) != 0 || length == 0 || length >= sizeof f->module
        || strcmp(rest + length, ".lua") != 0)
        fail("not a Lua file below the root", f->path);
    for (size_t i = 0; i < length; i++)
        f->module[i] = rest[i] == '/' ? '.' : rest[i];
    f->module[length] = '\0';
}

static char *
read_all(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    char *data = NULL;
    size_t room = 0, n;

    if (!in)
        fail("cannot open", path);
    *size = 0;
    do {
        room += 65536;
        data = realloc(data, room);
        if (!data)
            fail("not enough memory", path);
        n = fread(data + *size, 1, room - *size, in);
        *size += n;
    } while (*size == room);
    fclose(in);
    return data;
}

static void
check_syntax(lua_State *L, const struct file *f)
{
    if (luaL_loadfilex(L, f->path, "t") != LUA_OK)
        fail(lua_tostring(L, -1), "syntax");
    lua_settop(L, 0);
}

static void
write_bytes(const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        printf("%d,%s", (signed char)data[i], i % 32 == 31 ? "\n" : "");
    printf("0\n");
}

int
main(int argc, char **argv)
{
    int count = argc - 2;
    struct file *files = calloc(argc > 2 ? (size_t)count : 1, sizeof *files);
    lua_State *L = luaL_newstate();

    if (argc < 3 || !files || !L)
        fail("usage: embed ROOT FILE...", "arguments");
    for (int i = 0; i < count; i++) {
        files[i].path = argv[i + 2];
        name_module(&files[i], argv[1]);
        check_syntax(L, &files[i]);
    }
    qsort(files, (size_t)count, sizeof *files, by_module);

    printf("/* made by bindings/embed.c */\n#include <stddef.h>\n");
    for (int i = 0; i < count; i++) {
        size_t size;
        char *data = read_all(files[i].path, &size);
        printf("static const char source_%d[] = {\n", i);
        write_bytes(data, size);
        printf("};\n");
        free(data);
    }
    printf("struct embedded { const char *module, *chunk, *source; size_t size; };\n"
           "extern const struct embedded lpoe_embedded[];\n"
           "extern const size_t lpoe_embedded_count;\n"
           "const struct embedded lpoe_embedded[] = {\n");
    for (int i = 0; i < count; i++)
        printf("    { \"%s\", \"@%s\", source_%d, sizeof source_%d - 1 },\n", files[i].module,
               files[i].path + strlen(argv[1]) + 1, i, i);
    printf("};\nconst size_t lpoe_embedded_count = %d;\n", count);
    lua_close(L);
    free(files);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
