/*
 * embed.c - build-time tool: the files of lua/poe -> a C table of modules; not linked into poe
 *
 *     embed ROOT FILE... > embedded.c
 *
 * ROOT is what a file's path begins with before its module name.  Each file is compiled first, so
 * that a syntax error fails the build with file and line.  The table is sorted by module name.  With
 * POE_BYTECODE the table has each file compiled, too: for who is linked with this very Lua, as other
 * releases of the same version need not understand it.
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

struct bytes {
    char *data;
    size_t size;
};

/* lua_Writer */
static int
append(lua_State *L, const void *data, size_t size, void *ud)
{
    struct bytes *bytes = ud;
    char *more = realloc(bytes->data, bytes->size + size + 1);

    (void)L;
    if (!more)
        return 1;
    memcpy(more + bytes->size, data, size);
    bytes->data = more;
    bytes->size += size;
    return 0;
}

/* Compiles the file, with all that tracebacks tell. */
static struct bytes
compile(lua_State *L, const struct file *f, const struct bytes *source, const char *chunk)
{
    struct bytes code = { NULL, 0 };

    if (luaL_loadbufferx(L, source->data, source->size, chunk, "t") != LUA_OK)
        fail(lua_tostring(L, -1), "syntax");
    if (lua_dump(L, append, &code, 0) != 0)
        fail("not enough memory", f->path);
    lua_settop(L, 0);
    return code;
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
    }
    qsort(files, (size_t)count, sizeof *files, by_module);

    printf("/* made by bindings/embed.c */\n#include <stddef.h>\n");
    for (int i = 0; i < count; i++) {
        struct bytes source;
        const char *chunk = lua_pushfstring(L, "@%s", files[i].path + strlen(argv[1]) + 1);
        source.data = read_all(files[i].path, &source.size);
        struct bytes code = compile(L, &files[i], &source, chunk);
        printf("static const char source_%d[] = {\n", i);
        write_bytes(source.data, source.size);
        printf("};\n#ifdef POE_BYTECODE\nstatic const char code_%d[] = {\n", i);
        write_bytes(code.data, code.size);
        printf("};\n#endif\n");
        free(source.data);
        free(code.data);
    }
    printf("#ifdef POE_BYTECODE\n#define CODE(i) code_##i, sizeof code_##i - 1\n"
           "#else\n#define CODE(i) NULL, 0\n#endif\n"
           "struct embedded { const char *module, *chunk, *source; size_t size; const char *code; size_t code_size; };\n"
           "extern const struct embedded lpoe_embedded[];\n"
           "extern const size_t lpoe_embedded_count;\n"
           "const struct embedded lpoe_embedded[] = {\n");
    for (int i = 0; i < count; i++)
        printf("    { \"%s\", \"@%s\", source_%d, sizeof source_%d - 1, CODE(%d) },\n", files[i].module,
               files[i].path + strlen(argv[1]) + 1, i, i, i);
    printf("};\nconst size_t lpoe_embedded_count = %d;\n", count);
    lua_close(L);
    free(files);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
