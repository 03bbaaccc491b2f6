/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <snp/watch.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#define PAGE_BYTES 4096U
#define TRAP_FLAG 0x100
#define FAULT_WRITE 0x2

static uint8_t *watched;
static void (*told)(unsigned int offset, bool write);
static struct sigaction earlier; /* who has other faults */

static void protect(int how)
{
	if (mprotect(watched, PAGE_BYTES, how) != 0)
		abort();
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	uintptr_t offset = (uintptr_t)info->si_addr - (uintptr_t)watched;

	if (watched == NULL || offset >= PAGE_BYTES) {
		if ((earlier.sa_flags & SA_SIGINFO) == 0)
			abort();
		earlier.sa_sigaction(number, info, context);
		return;
	}
	protect(PROT_READ | PROT_WRITE);
	told((unsigned int)offset, (regs[REG_ERR] & FAULT_WRITE) != 0);
	regs[REG_EFL] |= TRAP_FLAG;
}

static void on_step(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)info;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)TRAP_FLAG;
	if (watched != NULL)
		protect(PROT_NONE);
}

static void handle(int number, void (*handler)(int number, siginfo_t *info, void *context),
		   struct sigaction *before)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK };

	if (sigaction(number, &action, before) != 0)
		abort();
}

static void handle_once(void)
{
	static bool is_handled;

	if (is_handled)
		return;
	is_handled = true;
	handle(SIGSEGV, on_fault, &earlier);
	handle(SIGTRAP, on_step, NULL);
}

void watch_page(uint8_t *page, void (*access)(unsigned int offset, bool write))
{
	if (watched != NULL)
		protect(PROT_READ | PROT_WRITE);
	watched = NULL;
	if (access == NULL)
		return;
	handle_once();
	watched = page;
	told = access;
	protect(PROT_NONE);
}
