/* SPDX-License-Identifier: MIT */
/* Talking to the hypervisor: MSR protocol, then one shared page [ghcb]. */
#include "stub.h"

#define TERMINATE_SET 15U

static uint8_t page[PAGE_4K] __attribute__((aligned(4096)));
static volatile uint8_t *ghcb;

uint64_t ghcb_msr(uint64_t request)
{
	uint64_t old = rdmsr(MSR_GHCB), response;

	wrmsr(MSR_GHCB, request);
	vmgexit();
	response = rdmsr(MSR_GHCB);
	wrmsr(MSR_GHCB, old);
	return response;
}

bool ghcb_psc_msr(uint64_t gpa, uint64_t operation)
{
	return ghcb_msr(operation << 52 | gpa | GHCB_PSC) == GHCB_PSC_RESP;
}

void ghcb_terminate(unsigned int code)
{
	ghcb_msr((uint64_t)code << 16 | TERMINATE_SET << 12 | GHCB_TERMINATE);
	machine_off();
}

unsigned int ghcb_init(void)
{
	uint64_t gpa = (uintptr_t)page;

	if (list_rescind(gpa) != OK)
		return 1;
	if (!ghcb_psc_msr(gpa, PSC_SHARED))
		return 2;
	if (ghcb_msr(gpa | GHCB_REGISTER) != (gpa | GHCB_REGISTER_RESP))
		return 3;
	ghcb = page_shared(gpa);
	for (unsigned int i = 0; i < PAGE_4K; i++)
		ghcb[i] = 0;
	wrmsr(MSR_GHCB, gpa);
	return 0;
}

/* A field and its bit of the valid bitmap. */
static void put(unsigned int at, uint64_t value)
{
	unsigned int bit = at / 8;

	*(volatile uint64_t *)(ghcb + at) = value;
	ghcb[GHCB_VALID_BITMAP + bit / 8] |= (uint8_t)(1U << bit % 8);
}

static uint64_t field(unsigned int at)
{
	return *(volatile uint64_t *)(ghcb + at);
}

static void begin(uint64_t code, uint64_t info1, uint64_t info2)
{
	for (unsigned int i = 0; i < 16; i++)
		ghcb[GHCB_VALID_BITMAP + i] = 0;
	*(volatile uint16_t *)(ghcb + GHCB_VERSION) = 2;
	*(volatile uint32_t *)(ghcb + GHCB_USAGE) = 0;
	put(GHCB_EXITCODE, code);
	put(GHCB_EXITINFO1, info1);
	put(GHCB_EXITINFO2, info2);
}

static bool succeeded(void)
{
	return (uint32_t)field(GHCB_EXITINFO1) == 0;
}

bool ghcb_out(uint16_t port, uint8_t value)
{
	begin(NAE_IOIO, (uint64_t)port << 16 | IOIO_8 | IOIO_ADDRESS_64, 0);
	put(GHCB_RAX, value);
	vmgexit();
	return succeeded();
}

/* REP OUTSB: the bytes go through the shared buffer [ghcb 5.2]. */
bool ghcb_out_string(uint16_t port, const char *bytes, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		ghcb[GHCB_BUFFER + i] = (uint8_t)bytes[i];
	begin(NAE_IOIO,
	      (uint64_t)port << 16 | IOIO_8 | IOIO_ADDRESS_64 | IOIO_STRING | IOIO_REP | IOIO_DS,
	      count);
	put(GHCB_SCRATCH, (uintptr_t)page + GHCB_BUFFER);
	vmgexit();
	return succeeded();
}

bool ghcb_in(uint16_t port, uint8_t *value)
{
	begin(NAE_IOIO, (uint64_t)port << 16 | IOIO_8 | IOIO_ADDRESS_64 | IOIO_IN, 0);
	vmgexit();
	*value = (uint8_t)field(GHCB_RAX);
	return succeeded();
}

/* One event; may stop early with success [ghcb 5.4]. */
static bool psc_event(unsigned int count)
{
	volatile uint16_t *current = (volatile uint16_t *)(ghcb + GHCB_BUFFER);

	while (*current < count) {
		uint16_t before = *current;

		begin(NAE_PSC, 0, 0);
		put(GHCB_SCRATCH, (uintptr_t)page + GHCB_BUFFER);
		vmgexit();
		if (!succeeded() || field(GHCB_EXITINFO2) != 0 || *current < before)
			return false;
	}
	return true;
}

bool ghcb_psc(uint64_t first, unsigned int count, uint64_t operation, bool is_2m)
{
	uint64_t step = is_2m ? PAGES_2M : 1, frame = first * step;

	while (count > 0) {
		unsigned int run = count < PSC_MAX ? count : PSC_MAX;
		volatile uint64_t *word = (volatile uint64_t *)(ghcb + GHCB_BUFFER);

		word[0] = (uint64_t)(run - 1) << 16;
		for (unsigned int i = 0; i < run; i++, frame += step)
			word[1 + i] = (is_2m ? PSC_2M : 0) | operation << 52 | frame << 12;
		if (!psc_event(run))
			return false;
		count -= run;
	}
	return true;
}

bool ghcb_event(uint64_t code, uint64_t info1, uint64_t info2, uint64_t *rax)
{
	begin(code, info1, info2);
	put(GHCB_RAX, *rax);
	vmgexit();
	if (!succeeded())
		return false;
	*rax = field(GHCB_RAX);
	return true;
}

void ghcb_prepare_run_vmpl(void)
{
	begin(NAE_RUN_VMPL, 0, 0);
}

uint64_t ghcb_run_vmpl_result(void)
{
	return field(GHCB_EXITINFO1);
}
