/* SPDX-License-Identifier: MIT */
/*
 * Requests in parts: each CPU's firmware on a stack of its own, which is left
 * before an operation of the seam and returned to later, or never.
 */
#include <snp/host.h>

#include <svsm/vmsa.h>

#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
#define FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBERS 1
#endif
#endif
#ifdef FIBERS
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at))
#endif

#define STACK_BYTES (256U * 1024)

struct stack {
	uint64_t sp; /* where it was left: the registers that a call keeps, the way back */
	const void *bottom;
	size_t bytes;
	void *fake; /* the sanitizer's */
};

void host_part_switch(uint64_t *from, uint64_t to);
void host_part_enter(void);

__asm__(".text\n"
	"host_part_switch:\n"
	"	push %rbp\n"
	"	push %rbx\n"
	"	push %r12\n"
	"	push %r13\n"
	"	push %r14\n"
	"	push %r15\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rsi, %rsp\n"
	"	pop %r15\n"
	"	pop %r14\n"
	"	pop %r13\n"
	"	pop %r12\n"
	"	pop %rbx\n"
	"	pop %rbp\n"
	"	ret\n");

static struct part {
	struct stack stack;
	void *memory;
	unsigned int left; /* operations, until it is left */
	bool over;
} parts[HOST_CPUS];

static struct stack caller;
static struct part *current;

/* `last`: `from` is not returned to. */
static void go(struct stack *from, struct stack *to, bool last)
{
#ifdef FIBERS
	const void *bottom;
	size_t bytes;

	__sanitizer_start_switch_fiber(last ? NULL : &from->fake, to->bottom, to->bytes);
	host_part_switch(&from->sp, to->sp);
	__sanitizer_finish_switch_fiber(from->fake, &bottom, &bytes);
#else
	(void)last;
	host_part_switch(&from->sp, to->sp);
#endif
}

static void leave(bool last)
{
	struct part *me = current;

	current = NULL;
	go(&me->stack, &caller, last);
}

/* The first function on a new stack. It does not return. */
void host_part_enter(void)
{
#ifdef FIBERS
	__sanitizer_finish_switch_fiber(NULL, &caller.bottom, &caller.bytes);
#endif
	host_enter();
	host.guest_of[host_cpu].busy = false;
	current->over = true;
	leave(true);
}

void host_part_begin(unsigned int cpu, const struct host_registers *r)
{
	unsigned int before = host_cpu;
	struct part *part = &parts[cpu];
	uint64_t *top;

	CHECK(current == NULL);
	host_on(cpu);
	host_prepare(r);
	host_on(before);
	if (part->memory == NULL)
		part->memory = aligned_alloc(PAGE_4K, STACK_BYTES);
	CHECK(part->memory != NULL);
	ASAN_UNPOISON_MEMORY_REGION(part->memory, STACK_BYTES); /* it may have been abandoned */
	part->stack.bottom = part->memory;
	part->stack.bytes = STACK_BYTES;
	/* Six registers, the address to return to, and one as if it had been called. */
	top = (uint64_t *)part->memory + STACK_BYTES / sizeof(*top);
	top[-2] = (uint64_t)host_part_enter;
	part->stack.sp = (uint64_t)(top - 8);
	part->over = false;
	host.guest_of[cpu].busy = true;
}

bool host_part(unsigned int cpu, unsigned int ops)
{
	unsigned int before = host_cpu;
	struct part *part = &parts[cpu];

	CHECK(current == NULL && !part->over);
	host_on(cpu);
	part->left = ops;
	current = part;
	go(&caller, &part->stack, false);
	if (host.stopped)
		hw_stop(host.reason, host.detail);
	host_on(before);
	return part->over;
}

uint64_t host_part_result(unsigned int cpu)
{
	unsigned int before = host_cpu;
	uint64_t result;

	host_on(cpu);
	result = host_get(VMSA_RAX);
	host_on(before);
	return result;
}

void host_part_operation(void)
{
	struct part *me = &parts[host_cpu];

	if (current != me)
		return;
	while (me->left == 0)
		leave(false);
	me->left--;
}

void host_part_stopped(void)
{
	if (current == NULL)
		return;
	host.stopped = true;
	leave(true);
}
