/* SPDX-License-Identifier: MIT */
/* The seam: instructions and registers, on the model. Memory is in access.c. */
#include <snp/host.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <svsm/vmsa.h>

#define EXIT_CODE 0x390U /* in the GHCB page [ghcb 2] */
#define RESET_HOLD 0x80000004ULL

struct host host;

void host_fail(enum host_kind kind, unsigned int nth, uint32_t code)
{
	host.fail[kind].nth = nth;
	host.fail[kind].code = code;
}

void host_log_clear(void)
{
	host.ops = 0;
}

unsigned int host_log_find(enum host_kind kind, uint64_t gpa, uint64_t argument, unsigned int from)
{
	for (unsigned int i = from; i < host.ops && i < HOST_LOG; i++) {
		const struct host_op *op = &host.log[i];

		if (op->kind == kind && op->gpa == gpa &&
		    (argument == ~0ULL || op->argument == argument))
			return i;
	}
	return HOST_LOG;
}

unsigned int host_log_count(enum host_kind kind)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < host.ops && i < HOST_LOG; i++)
		count += host.log[i].kind == kind;
	return count;
}

uint32_t host_begin(enum host_kind kind, uint64_t gpa, enum page_size size, uint64_t argument)
{
	const struct host_op op = { kind, size, gpa, argument };

	if (host.threads)
		return 0;
	host_part_operation(&op);
	if (host.ops < HOST_LOG)
		host.log[host.ops] = op;
	host.ops++;
	if (host.fail[kind].nth != 0 && --host.fail[kind].nth == 0)
		return host.fail[kind].code;
	return host.hook != NULL ? host.hook(&op) : 0;
}

static struct snp_operand operand(pa_t page)
{
	return (struct snp_operand){
		.va = page.raw,
		.gpa = page.raw,
		.map_bytes = PAGE_1G,
		.cbit = true,
		.long_mode = true,
	};
}

pa_t host_nth(const struct hw_pages *pages, unsigned int i)
{
	uint64_t at = pages->word[pages->run ? 0 : i] - pages->tag;

	return pa(pages->run ? at + i * size_bytes(pages->size) : at);
}

static struct hw_pvalidate_result pvalidate(pa_t page, enum page_size size, bool validate)
{
	const struct snp_operand at = operand(page);
	uint32_t forced = host_begin(HOST_PVALIDATE, page.raw, size, validate);
	struct snp_result r;

	if (forced == HOST_UNCHANGED)
		return (struct hw_pvalidate_result){ .unchanged = true };
	if (forced != 0 || host.threads)
		return (struct hw_pvalidate_result){ .code = forced };
	do
		r = snp_pvalidate(&host.snp, host_cpu, &at, size, validate);
	while (r.trap == SNP_TRAP_NPF && snp_nested_fault(&host.snp, r.gpa, r.error));
	if (r.trap != SNP_NO_TRAP)
		return (struct hw_pvalidate_result){ .code = HW_FAULT };
	if (r.eax == 0 && !r.carry && validate)
		host_foreign(page.raw, size_bytes(size));
	return (struct hw_pvalidate_result){ .code = r.eax, .unchanged = r.eax == 0 && r.carry };
}

unsigned int hw_pvalidate_pages(const struct hw_pages *pages, bool validate,
				struct hw_pvalidate_result *last)
{
	for (unsigned int i = 0; i < pages->count; i++) {
		*last = pvalidate(host_nth(pages, i), pages->size, validate);
		if (last->code != RMP_OK || last->unchanged)
			return i;
	}
	return pages->count;
}

static uint32_t rmpadjust(pa_t page, enum page_size size, unsigned int vmpl, unsigned int perms,
			  bool vmsa)
{
	const struct snp_operand at = operand(page);
	uint64_t rdx = HOST_ADJUST(vmpl, perms, vmsa);
	uint32_t forced = host_begin(HOST_RMPADJUST, page.raw, size, rdx);
	struct snp_result r;

	if (forced != 0 || host.threads)
		return forced;
	do
		r = snp_rmpadjust(&host.snp, host_cpu, &at, size, rdx);
	while (r.trap == SNP_TRAP_NPF && snp_nested_fault(&host.snp, r.gpa, r.error));
	if (r.trap == SNP_NO_TRAP && r.eax == 0 && perms != PERM_NONE)
		host_granted(page.raw, size_bytes(size));
	return r.trap != SNP_NO_TRAP ? HW_FAULT : r.eax;
}

unsigned int hw_rmpadjust_pages(const struct hw_pages *pages, unsigned int vmpl, unsigned int perms,
				bool vmsa, uint32_t *last)
{
	for (unsigned int i = 0; i < pages->count; i++) {
		*last = rmpadjust(host_nth(pages, i), pages->size, vmpl, perms, vmsa);
		if (*last != RMP_OK)
			return i;
	}
	return pages->count;
}

void hw_flush_all(void)
{
	if (host_begin(HOST_FLUSH, 0, SIZE_4K, 0) == 0 && !host.threads)
		snp_invlpgb_tlbsync(&host.snp);
}

uint64_t hw_ghcb_msr(void)
{
	return host.snp.vcpu[host_cpu].ghcb_msr[0];
}

void hw_set_ghcb_msr(uint64_t value)
{
	host.snp.vcpu[host_cpu].ghcb_msr[0] = value;
}

/* The guest asks for VMPL0 by the MSR protocol, request 0x016 [ghcb 4]. */
static enum snp_exit run_guest(struct snp_vcpu *v)
{
	if (host.guest != NULL)
		host.guest();
	v->ghcb_msr[v->vmpl] = 0x016;
	return snp_vmgexit(&host.snp, host_cpu);
}

/* AP reset hold, whatever the hypervisor makes of it. */
static bool asks_for_sleep(void)
{
	uint64_t msr = hw_ghcb_msr(), code = 0;

	if ((msr & (PAGE_4K - 1)) == 0)
		memcpy(&code, host_page(msr) + EXIT_CODE, sizeof(code));
	return code == RESET_HOLD;
}

void hw_vmgexit(void)
{
	struct snp_vcpu *v = &host.snp.vcpu[host_cpu];
	enum snp_exit exit;

	if (host.threads) {
		host_thread_vmgexit();
		return;
	}
	host.guest_of[host_cpu].asleep = asks_for_sleep();
	if (host_begin(HOST_VMGEXIT, hw_ghcb_msr(), SIZE_4K, 0) != 0)
		return;
	exit = snp_vmgexit(&host.snp, host_cpu);
	while (exit != SNP_TERMINATED && v->vmpl != 0)
		exit = run_guest(v);
	if (exit == SNP_TERMINATED)
		hw_stop(REASON_BUG, host.snp.term_code);
	if (host.reply != NULL)
		host.reply();
}

uint64_t hw_sev_status(void)
{
	return 0x7 | SEV_RESTRICTED_INJECTION << 2;
}

unsigned int hw_cpu(void)
{
	return host_cpu;
}

uint64_t hw_tsc(void)
{
	return host.ops;
}

bool hw_random(uint64_t *value)
{
	*value = (uint64_t)random() << 32 ^ (uint64_t)random();
	return true;
}

void hw_pause(void)
{
}

_Noreturn void hw_stop(enum reason reason, uint64_t detail)
{
	host.reason = reason;
	host.detail = detail;
	host_part_stopped();
	if (host.stop_expected)
		longjmp(host.stop, 1);
	printf("# stopped: %s, 0x%llx\n", reason_words(reason), (unsigned long long)detail);
	exit(1);
}

int host_stops(void (*f)(void))
{
	int reason = -1;

	host.stop_expected = true;
	if (setjmp(host.stop) == 0)
		f();
	else
		reason = (int)host.reason;
	host.stop_expected = false;
	return reason;
}
