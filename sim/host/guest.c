/* SPDX-License-Identifier: MIT */
/* The guest's side of the machine: its registers, memory and requests. */
#include <snp/host.h>

#include <svsm/abi.h>
#include <svsm/vmsa.h>

#include <string.h>

uint8_t *host_page(uint64_t gpa)
{
	return snp_gpa_memory(&host.snp, gpa & ~(PAGE_4K - 1));
}

static struct host_guest *running(void)
{
	return &host.guest_of[host_cpu];
}

uint64_t host_get(unsigned int offset)
{
	const uint8_t *page = host_page(running()->vmsa);
	uint64_t value = ~0ULL;

	if (page != NULL)
		memcpy(&value, page + offset, sizeof(value));
	return value;
}

void host_set(unsigned int offset, uint64_t value)
{
	memcpy(host_page(running()->vmsa) + offset, &value, sizeof(value));
}

bool host_guest_may(uint64_t gpa, enum snp_access_kind kind)
{
	struct snp_vcpu *v = &host.snp.vcpu[host_cpu];
	struct snp_fault f;

	v->vmpl = host.vmpl;
	f = snp_access(&host.snp, host_cpu, gpa, true, kind);
	v->vmpl = 0;
	return f.outcome == SNP_ACCESS_OK;
}

enum event host_serve(enum event ev)
{
	do
		ev = vcpu_advance(host.vcpu, ev);
	while (host.vcpu->at != VCPU_GUEST && ev != EV_NONE);
	return ev;
}

/* The firmware knows first when it has moved. */
uint64_t host_ca(void)
{
	const struct vcpu *v = seat_vcpu();

	if (v != NULL && v->vmsa.raw == running()->vmsa)
		running()->ca = v->ca.raw;
	return running()->ca;
}

/* The guest runs again, or nothing is there to run. */
static bool is_over(const struct host_guest *g, enum event ev)
{
	const struct vcpu *v = seat_vcpu();

	return g->asleep || (v != NULL && v->at == VCPU_GUEST && ev == EV_ENTERED);
}

void host_enter(void)
{
	struct host_guest *g = running();
	enum event ev = g->next;

	g->asleep = false;
	do
		ev = vcpu_cpu_go(ev, 1);
	while (!is_over(g, ev));
	g->next = ev;
	if (!host.threads)
		host.vcpu = seat_vcpu();
}

void host_prepare(const struct host_registers *r)
{
	if (!host.threads && host.vcpu != NULL && host.vcpu->at == VCPU_NEW)
		host_serve(EV_START);
	host_set(VMSA_RAX, r->rax);
	host_set(VMSA_RCX, r->rcx);
	host_set(VMSA_RDX, r->rdx);
	host_set(VMSA_R8, r->r8);
	host_set(VMSA_R9, r->r9);
	host_set(VMSA_EXITCODE, EXIT_VMGEXIT);
	host_page(host_ca())[SVSM_CA_PENDING] = 1;
}

uint64_t host_call_with(const struct host_registers *r)
{
	host_prepare(r);
	if (!host.threads)
		host_log_clear();
	host_enter();
	return host_get(VMSA_RAX);
}

uint64_t host_call(uint64_t rax, uint64_t rcx)
{
	const struct host_registers r = {
		rax, rcx, host_get(VMSA_RDX), host_get(VMSA_R8), host_get(VMSA_R9),
	};

	return host_call_with(&r);
}

void host_list(uint64_t list, const uint64_t *entries, uint16_t count, uint16_t next)
{
	uint8_t *at = host_page(list) + list % PAGE_4K;

	memset(at, 0, SVSM_LIST_HEADER);
	memcpy(at + SVSM_LIST_COUNT, &count, sizeof(count));
	memcpy(at + SVSM_LIST_NEXT, &next, sizeof(next));
	memcpy(at + SVSM_LIST_HEADER, entries, count * SVSM_LIST_ENTRY);
}

uint32_t host_pvalidate(const uint64_t *entries, uint16_t count, uint16_t next)
{
	host_list(HOST_LIST, entries, count, next);
	return (uint32_t)host_call(SVSM_CORE_PVALIDATE, HOST_LIST);
}

uint16_t host_next(void)
{
	uint16_t next;

	memcpy(&next, host_page(HOST_LIST) + SVSM_LIST_NEXT, sizeof(next));
	return next;
}
