/* SPDX-License-Identifier: MIT */
/*
 * The trap flag, and the SIGTRAP handler in which the other CPU runs. Putting
 * the stopped CPU back is putting back its registers, its stack from there up
 * to stop_everywhere(), and memory; the handler has a stack of its own.
 */
#define _GNU_SOURCE
#include "stop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define TRAP_FLAG 0x100
#define STACK_BYTES 0x8000
#define MEMORY_BYTES 0x100000

extern const char __start_firmware_text[], __stop_firmware_text[];
extern char __start_firmware_data[], __stop_firmware_data[];

char stop_trying[256];
bool stop_all;
struct stop_sum stop_sum;

static const struct stop *now;
static volatile bool resumed; /* the stopped operation is on its way to its end */
static bool counting;
static bool changed; /* memory, since the last boundary */
static uint64_t count, limit, boundaries;
static unsigned int trial;
static char *base; /* of the stopped CPU's stack */

static struct {
	gregset_t registers;
	char *stack;
	size_t stack_bytes;
	char stack_copy[STACK_BYTES], memory[MEMORY_BYTES], data[MEMORY_BYTES];
} saved;

_Noreturn void stop_failed(const char *file, int line, const char *text)
{
	printf("not ok - stopped vCPU: %s\n# %s:%d: %s, boundary %llu\n", stop_trying, file, line,
	       text, (unsigned long long)boundaries);
	fflush(stdout);
	_Exit(1);
}

void stop_note(uint64_t instructions)
{
	if (instructions <= stop_sum.most)
		return;
	stop_sum.most = instructions;
	memcpy(stop_sum.worst, stop_trying, sizeof(stop_trying));
}

bool stop_changed(void)
{
	return changed || stop_all;
}

static size_t data_bytes(void)
{
	return (size_t)(__stop_firmware_data - __start_firmware_data);
}

static void save(const greg_t *registers)
{
	saved.stack = (char *)registers[REG_RSP];
	saved.stack_bytes = (size_t)(base - saved.stack);
	expect(saved.stack_bytes <= STACK_BYTES && now->bytes <= MEMORY_BYTES &&
	       data_bytes() <= MEMORY_BYTES);
	changed = boundaries == 1 || memcmp(saved.memory, now->memory, now->bytes) != 0 ||
		  memcmp(saved.data, __start_firmware_data, data_bytes()) != 0;
	memcpy(saved.registers, registers, sizeof(saved.registers));
	memcpy(saved.stack_copy, saved.stack, saved.stack_bytes);
	memcpy(saved.memory, now->memory, now->bytes);
	memcpy(saved.data, __start_firmware_data, data_bytes());
}

static void restore(greg_t *registers)
{
	memcpy(registers, saved.registers, sizeof(saved.registers));
	memcpy(saved.stack, saved.stack_copy, saved.stack_bytes);
	memcpy(now->memory, saved.memory, now->bytes);
	memcpy(__start_firmware_data, saved.data, data_bytes());
}

/* The next trial at this boundary, or on to the next boundary. */
static void next_trial(greg_t *registers)
{
	resumed = false;
	while (trial < now->trials && !resumed) {
		resumed = now->other(trial);
		trial += !resumed;
	}
	if (resumed)
		registers[REG_EFL] &= ~TRAP_FLAG;
}

static void on_trap(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	const char *at = (const char *)registers[REG_RIP];
	bool inside = at >= __start_firmware_text && at < __stop_firmware_text;

	(void)number;
	(void)info;
	if (counting) {
		count += inside;
		expect(count <= limit);
	} else if (resumed) {
		now->after(trial++);
		restore(registers);
		next_trial(registers);
	} else if (inside) {
		boundaries++;
		trial = 0;
		save(registers);
		next_trial(registers);
	}
}

__attribute__((noinline)) static void step(void (*f)(void))
{
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
	f();
	__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
	if (!counting && resumed)
		__asm__ volatile("int3" ::: "memory");
}

static void catch_traps(void)
{
	static char stack[0x40000];
	struct sigaction action = { .sa_sigaction = on_trap,
				    .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK };

	expect(sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) }, NULL) == 0);
	expect(sigaction(SIGTRAP, &action, NULL) == 0);
}

__attribute__((noinline)) uint64_t stop_everywhere(const struct stop *s)
{
	now = s;
	boundaries = 0;
	base = __builtin_frame_address(0);
	catch_traps();
	step(s->go);
	stop_sum.boundaries += boundaries;
	return boundaries;
}

uint64_t stop_count(void (*f)(void), uint64_t most)
{
	if (!stop_changed()) {
		f();
		return 0;
	}
	count = 0;
	limit = most;
	counting = true;
	step(f);
	counting = false;
	return count;
}
