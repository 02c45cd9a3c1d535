/*
 * main.c - runs the C specs: all of them, or the suite named
 *
 *     specs [-t] [-d] [-x SUITE] [SUITE]     -t: as TAP; -d: with a host that drains; -x: all but this one
 *
 * The last line is "N passed, N failed".
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "runtime/suites.h"

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#define SUITE_ENTRY(name) { #name, name##_suite },
    SUITES(SUITE_ENTRY)
};

static int
usage(void)
{
    fputs("usage: specs [-t] [-d] [-x SUITE] [SUITE], with SUITE one of", stderr);
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        fprintf(stderr, " %s", suites[i].name);
    fputs("\n", stderr);
    return EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
    const char *only = NULL, *but = "";
    int tap = 0, added = 0;
    SRunner *runner = srunner_create(NULL);

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-t") == 0)
            tap = 1;
        else if (strcmp(argv[i], "-d") == 0)
            host_drains = 1;
        else if (strcmp(argv[i], "-x") == 0 && i + 1 < argc)
            but = argv[++i];
        else
            only = argv[i];
    }
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (strcmp(but, suites[i].name) != 0 && (!only || strcmp(only, suites[i].name) == 0)) {
            srunner_add_suite(runner, suites[i].make());
            added++;
        }
    if (!added) {
        srunner_free(runner);
        return usage();
    }
    if (tap)
        srunner_set_tap(runner, "-");
    srunner_run_all(runner, tap ? CK_SILENT : CK_ENV);

    int failed = srunner_ntests_failed(runner);
    printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
