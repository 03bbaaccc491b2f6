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

/* Each access is one instruction; `fault` becomes 1 when it was fixed up. */
#define ACCESS(instruction)                                                                        \
	"stac\n"                                                                                   \
	"1: " instruction "\n"                                                                     \
	"2: clac\n" TRAP_FIXUP(1b, 3f) ".pushsection .text.fixup, \"ax\"\n"                        \
				       "3: movl $1, %k[fault]\n"                                   \
				       "jmp 2b\n"                                                  \
				       ".popsection\n"

enum err hw_load8(pa_t from, uint8_t *value)
{
	uint64_t va = window_va(from);
	uint32_t fault = va == 0;
	uint8_t got = 0;

	if (va != 0)
		__asm__ volatile(ACCESS("movb (%[va]), %[got]")
				 : [fault] "+r"(fault), [got] "+q"(got)
				 : [va] "r"(va)
				 : "memory");
	*value = got;
	return fault ? ERR_FAULT : OK;
}

enum err hw_store8(pa_t to, uint8_t value)
{
	uint64_t va = window_va(to);
	uint32_t fault = va == 0;

	if (va != 0)
		__asm__ volatile(ACCESS("movb %[value], (%[va])")
				 : [fault] "+r"(fault)
				 : [va] "r"(va), [value] "q"(value)
				 : "memory");
	return fault ? ERR_FAULT : OK;
}

enum err hw_load64(pa_t from, uint64_t *value)
{
	uint64_t va = window_va(from);
	uint32_t fault = va == 0;
	uint64_t got = 0;

	if (va != 0)
		__asm__ volatile(ACCESS("movq (%[va]), %[got]")
				 : [fault] "+r"(fault), [got] "+r"(got)
				 : [va] "r"(va)
				 : "memory");
	*value = got;
	return fault ? ERR_FAULT : OK;
}

enum err hw_store64(pa_t to, uint64_t value)
{
	uint64_t va = window_va(to);
	uint32_t fault = va == 0;

	if (va != 0)
		__asm__ volatile(ACCESS("movq %[value], (%[va])")
				 : [fault] "+r"(fault)
				 : [va] "r"(va), [value] "r"(value)
				 : "memory");
	return fault ? ERR_FAULT : OK;
}

enum err hw_cas64(pa_t at, uint64_t expected, uint64_t desired, uint64_t *seen)
{
	uint64_t va = window_va(at);
	uint32_t fault = va == 0;

	*seen = expected;
	if (va != 0)
		__asm__ volatile(ACCESS("lock cmpxchgq %[desired], (%[va])")
				 : [fault] "+r"(fault), "+a"(*seen)
				 : [va] "r"(va), [desired] "r"(desired)
				 : "cc", "memory");
	return fault ? ERR_FAULT : OK;
}
