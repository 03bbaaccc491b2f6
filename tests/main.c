/* SPDX-License-Identifier: MIT */
/* Runs the registered tests: `unit [PREFIX]`; `-l` lists them. TAP on stdout. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_PER_TEST 120

static struct test *tests;
const void *test_row;

void test_register(struct test *t)
{
	struct test **at = &tests;

	while (*at != NULL && strcmp((*at)->name, t->name) < 0)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
}

void test_register_rows(const char *prefix, const void *rows, unsigned int count,
			unsigned int bytes, void (*run)(void))
{
	for (unsigned int i = 0; i < count; i++) {
		const void *row = (const char *)rows + (size_t)i * bytes;
		const char *name = *(const char *const *)row;
		struct test *t = calloc(1, sizeof(*t));
		size_t bytes_of_words = strlen(prefix) + strlen(name) + 1;
		char *words = malloc(bytes_of_words);

		if (t == NULL || words == NULL)
			abort();
		snprintf(words, bytes_of_words, "%s%s", prefix, name);
		*t = (struct test){ words, run, NULL, row };
		test_register(t);
	}
}

void test_check(bool ok, const char *file, int line, const char *text)
{
	if (ok)
		return;
	printf("# %s:%d: %s\n", file, line, text);
	fflush(stdout);
	_exit(1);
}

void test_check_eq(uint64_t got, uint64_t want, const char *file, int line, const char *text)
{
	if (got == want)
		return;
	printf("# %s:%d: %s: got 0x%llx, want 0x%llx\n", file, line, text, (unsigned long long)got,
	       (unsigned long long)want);
	fflush(stdout);
	_exit(1);
}

static bool run_one(const struct test *t)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		alarm(SECONDS_PER_TEST);
		test_row = t->row;
		t->run();
		fflush(stdout);
		exit(0); /* not _exit: the leak check runs at exit */
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
	const char *prefix = argc > 1 ? argv[1] : "";
	unsigned int passed = 0, failed = 0;

	for (const struct test *t = tests; t != NULL; t = t->next) {
		if (strcmp(prefix, "-l") == 0) {
			puts(t->name);
			continue;
		}
		if (strncmp(t->name, prefix, strlen(prefix)) != 0)
			continue;
		bool ok = run_one(t);

		printf("%s %u - %s\n", ok ? "ok" : "not ok", passed + failed + 1, t->name);
		passed += ok;
		failed += !ok;
	}
	printf("1..%u\n%u passed, %u failed\n", passed + failed, passed, failed);
	return failed != 0 || (passed == 0 && strcmp(prefix, "-l") != 0);
}
