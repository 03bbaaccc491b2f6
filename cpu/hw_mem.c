/* SPDX-License-Identifier: MIT */
/*
 * Guest-safe accesses through the window. SMAP is lifted for the one
 * instruction; what follows a fault runs behind CLAC again. An access that
 * starts in the window cannot leave it into the image: what follows it is
 * unmapped for longer than any access.
 */
#include "traps.h"
#include "window.h"

#include <svsm/hw.h>

/* Returns how many units were not copied. */
static uint64_t move8(uint64_t *to, uint64_t *from, uint64_t count)
{
	__asm__ volatile("stac\n"
			 "1: rep movsq\n"
			 "2: clac\n" TRAP_FIXUP(1b, 2b)
			 : "+D"(*to), "+S"(*from), "+c"(count)
			 :
			 : "memory");
	return count;
}

static uint64_t move1(uint64_t *to, uint64_t *from, uint64_t count)
{
	__asm__ volatile("stac\n"
			 "1: rep movsb\n"
			 "2: clac\n" TRAP_FIXUP(1b, 2b)
			 : "+D"(*to), "+S"(*from), "+c"(count)
			 :
			 : "memory");
	return count;
}

/* By eight first: the emulator counts and pays for every iteration. */
static enum err move(uint64_t to, uint64_t from, size_t bytes)
{
	if (move8(&to, &from, bytes / 8) != 0 || move1(&to, &from, bytes % 8) != 0)
		return ERR_FAULT;
	return OK;
}

enum err hw_copy_in(void *to, pa_t from, size_t bytes)
{
	uint64_t va = window_va(from);

	return va == 0 ? ERR_FAULT : move((uint64_t)to, va, bytes);
}

enum err hw_copy_out(pa_t to, const void *from, size_t bytes)
{
	uint64_t va = window_va(to);

	return va == 0 ? ERR_FAULT : move(va, (uint64_t)from, bytes);
}

/* A fault of the instruction at `label` goes on at the C label `fault`. */
#define FAULT_AT(label)                                                                            \
	".pushsection .extable, \"a\"\n"                                                           \
	".quad " #label ", %l[fault]\n"                                                            \
	".popsection\n"

/* Each access is one instruction. */
#define ACCESS(instruction) "stac\n1: " instruction "\nclac\n" FAULT_AT(1b)

static enum err faulted(void)
{
	__asm__ volatile("clac" : : : "memory");
	return ERR_FAULT;
}

enum err hw_load8(pa_t from, uint8_t *value)
{
	uint64_t va = window_va(from);
	uint8_t got;

	if (va == 0)
		return ERR_FAULT;
	__asm__ volatile goto(ACCESS("movb (%[va]), %[got]")
			      : [got] "=q"(got)
			      : [va] "r"(va)
			      : "memory"
			      : fault);
	*value = got;
	return OK;
fault:
	return faulted();
}

enum err hw_store8(pa_t to, uint8_t value)
{
	uint64_t va = window_va(to);

	if (va == 0)
		return ERR_FAULT;
	__asm__ volatile goto(ACCESS("movb %[value], (%[va])")
			      :
			      : [va] "r"(va), [value] "q"(value)
			      : "memory"
			      : fault);
	return OK;
fault:
	return faulted();
}

enum err hw_load64(pa_t from, uint64_t *value)
{
	uint64_t va = window_va(from), got;

	if (va == 0)
		return ERR_FAULT;
	__asm__ volatile goto(ACCESS("movq (%[va]), %[got]")
			      : [got] "=r"(got)
			      : [va] "r"(va)
			      : "memory"
			      : fault);
	*value = got;
	return OK;
fault:
	return faulted();
}

/* SMAP is lifted once for all of them; two in a turn, an odd one before. */
enum err hw_load64_list(uint64_t *to, pa_t from, const uint16_t *offset, uint64_t count)
{
	uint64_t va = window_va(from), i = 0 - (count & 1), word;

	if (va == 0)
		return ERR_FAULT;
	__asm__ volatile goto("stac\n"
			      "testq %[i], %[i]\n"
			      "jnz 2f\n"
			      "0: movzwl (%[offset],%[i],2), %k[word]\n"
			      "1: movq (%[va],%[word]), %[word]\n"
			      "movq %[word], (%[to],%[i],8)\n"
			      "2: movzwl 2(%[offset],%[i],2), %k[word]\n"
			      "3: movq (%[va],%[word]), %[word]\n"
			      "movq %[word], 8(%[to],%[i],8)\n"
			      "addq $2, %[i]\n"
			      "cmpq %[count], %[i]\n"
			      "jb 0b\n"
			      "clac\n" FAULT_AT(1b) FAULT_AT(3b)
			      : [i] "+r"(i), [word] "=&r"(word)
			      : [to] "r"(to), [va] "r"(va), [offset] "r"(offset), [count] "r"(count)
			      : "cc", "memory"
			      : fault);
	return OK;
fault:
	return faulted();
}

enum err hw_store64(pa_t to, uint64_t value)
{
	uint64_t va = window_va(to);

	if (va == 0)
		return ERR_FAULT;
	__asm__ volatile goto(ACCESS("movq %[value], (%[va])")
			      :
			      : [va] "r"(va), [value] "r"(value)
			      : "memory"
			      : fault);
	return OK;
fault:
	return faulted();
}

enum err hw_cas64(pa_t at, uint64_t expected, uint64_t desired, uint64_t *seen)
{
	uint64_t va = window_va(at), found = expected;

	if (va == 0)
		return ERR_FAULT;
	__asm__ volatile goto(ACCESS("lock cmpxchgq %[desired], (%[va])")
			      : "+a"(found)
			      : [va] "r"(va), [desired] "r"(desired)
			      : "cc", "memory"
			      : fault);
	*seen = found;
	return OK;
fault:
	return faulted();
}
