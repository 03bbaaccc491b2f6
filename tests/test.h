/* SPDX-License-Identifier: MIT */
/*
 * A test is a function that registers itself. One host program holds them
 * all, runs each in a child process (a crash or a stop fails only that one)
 * and prints TAP. See tests/main.c.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
	const void *row; /* of a table, see test_register_rows() */
};

extern const void *test_row; /* of the test that runs */

void test_register(struct test *t);
/* A test for each row of a table; a row begins with its name, which is printed behind `prefix`. */
void test_register_rows(const char *prefix, const void *rows, unsigned int count,
			unsigned int bytes, void (*run)(void));
void test_check(bool ok, const char *file, int line, const char *text);
void test_check_eq(uint64_t got, uint64_t want, const char *file, int line, const char *text);

/* declare_test(name) { ... }, declare_named(name, "as it is printed") { ... } */
#define declare_test(id) declare_named(id, #id)
#define declare_named(id, words)                                                                   \
	static void id(void);                                                                      \
	__attribute__((constructor)) static void id##_register(void)                               \
	{                                                                                          \
		static struct test t = { words, id, 0, 0 };                                        \
		test_register(&t);                                                                 \
	}                                                                                          \
	static void id(void)

/* declare_rows(name, "prefix", rows) { ... test_row ... } */
#define declare_rows(id, prefix, rows)                                                             \
	static void id(void);                                                                      \
	__attribute__((constructor)) static void id##_register(void)                               \
	{                                                                                          \
		test_register_rows(prefix, rows, sizeof(rows) / sizeof((rows)[0]),                 \
				   sizeof((rows)[0]), id);                                         \
	}                                                                                          \
	static void id(void)

/* Ends the test at once when false. */
#define check(cond) test_check((cond), __FILE__, __LINE__, #cond)
#define check_eq(got, want)                                                                        \
	test_check_eq((uint64_t)(got), (uint64_t)(want), __FILE__, __LINE__, #got " == " #want)
