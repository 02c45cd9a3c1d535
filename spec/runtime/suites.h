/*
 * suites.h - every suite of spec/runtime, by the name of the file it is about
 */
#ifndef SUITES_H
#define SUITES_H

#include <check.h>

#define SUITES(X) X(mem) X(list) X(queue) X(due) X(alarm) X(session) X(alias) X(signal) X(kernel) \
    X(trace) X(process) X(file) X(handle) X(stream) X(later) X(tty) X(port)

#define SUITE_DECLARE(name) Suite *name##_suite(void);
SUITES(SUITE_DECLARE)

#endif
