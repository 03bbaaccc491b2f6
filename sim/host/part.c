/* SPDX-License-Identifier: MIT */
/*
 * Requests in parts: each CPU's firmware on a stack of its own, which is left
 * before an operation of the seam and returned to later, or never.
 */
#include <snp/host.h>

#include <svsm/vmsa.h>

#include <sys/mman.h>

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
	unsigned int left; /* operations, until it is left */
	bool events;	   /* it is left before an event too */
	bool waits;	   /* before `op` */
	bool over;
	struct host_op op;
	void (*what)(void);
} parts[HOST_CPUS];

/* All stacks, at one place for good: what lies on one may be put back. */
static uint8_t *stacks;
static struct stack caller;
static struct part *current;
static uint64_t turns; /* that a part was gone on with */

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
	current->what();
	host.guest_of[host_cpu].busy = false;
	current->over = true;
	leave(true);
}

static void need_stacks(void)
{
	if (stacks != NULL)
		return;
	stacks = mmap(NULL, HOST_CPUS * STACK_BYTES, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	CHECK(stacks != MAP_FAILED);
}

void host_part_begin(unsigned int cpu, const struct host_registers *r)
{
	unsigned int before = host_cpu;

	host_on(cpu);
	host_prepare(r);
	host_on(before);
	host_part_run(cpu, host_enter);
}

void host_part_run(unsigned int cpu, void (*what)(void))
{
	struct part *part = &parts[cpu];
	uint64_t *top;

	CHECK(current == NULL);
	need_stacks();
	part->what = what;
	part->stack.bottom = stacks + cpu * STACK_BYTES;
	part->stack.bytes = STACK_BYTES;
	host_part_moved(cpu); /* it may have been abandoned */
	/* Six registers, the address to return to, and one as if it had been called. */
	top = (uint64_t *)(void *)(stacks + (cpu + 1) * STACK_BYTES);
	top[-2] = (uint64_t)host_part_enter;
	part->stack.sp = (uint64_t)(top - 8);
	part->over = false;
	part->waits = false;
	host.guest_of[cpu].busy = true;
}

static bool run(unsigned int cpu, unsigned int ops, bool events)
{
	unsigned int before = host_cpu;
	struct part *part = &parts[cpu];

	CHECK(current == NULL && !part->over);
	host_on(cpu);
	part->left = ops;
	part->events = events;
	current = part;
	turns++;
	go(&caller, &part->stack, false);
	if (!host.stopped)
		host_on(before);
	return part->over;
}

bool host_part(unsigned int cpu, unsigned int ops)
{
	bool over = run(cpu, ops, false);

	if (host.stopped)
		hw_stop(host.reason, host.detail);
	return over;
}

bool host_part_step(unsigned int cpu, bool micro)
{
	return run(cpu, micro ? parts[cpu].waits : ~0U, true);
}

uint64_t host_part_turn(void)
{
	return current != NULL ? turns : 0;
}

void host_part_abandon(void)
{
	current = NULL;
	host_on(0);
}

const struct host_op *host_part_waits(unsigned int cpu)
{
	return parts[cpu].waits ? &parts[cpu].op : NULL;
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

void host_part_operation(const struct host_op *op)
{
	struct part *me = &parts[host_cpu];

	if (current != me)
		return;
	me->op = *op;
	me->waits = true;
	while (me->left == 0)
		leave(false);
	me->waits = false;
	me->left--;
}

void host_part_event(void)
{
	if (current == &parts[host_cpu] && current->events)
		leave(false);
}

void host_part_areas(struct host_area area[2])
{
	need_stacks();
	area[0] = (struct host_area){ (uint8_t *)parts, sizeof(parts) };
	area[1] = (struct host_area){ stacks, host.snp.vcpus * STACK_BYTES };
}

struct host_area host_part_stack(unsigned int cpu)
{
	uint8_t *top = stacks + (cpu + 1) * STACK_BYTES;
	uint8_t *sp = stacks + (parts[cpu].stack.sp - (uint64_t)stacks);

	return (struct host_area){ sp, (size_t)(top - sp) };
}

void host_part_moved(unsigned int cpu)
{
	ASAN_UNPOISON_MEMORY_REGION(stacks + cpu * STACK_BYTES, STACK_BYTES);
}

void host_part_stopped(void)
{
	if (current == NULL)
		return;
	host.stopped = true;
	leave(true);
}
