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

uint64_t host_get(unsigned int offset)
{
	uint64_t value;

	memcpy(&value, host_page(host.vcpu->vmsa.raw) + offset, sizeof(value));
	return value;
}

void host_set(unsigned int offset, uint64_t value)
{
	memcpy(host_page(host.vcpu->vmsa.raw) + offset, &value, sizeof(value));
}

bool host_guest_may(uint64_t gpa, enum snp_access_kind kind)
{
	struct snp_vcpu *v = &host.snp.vcpu[host.cpu];
	struct snp_fault f;

	v->vmpl = host.vmpl;
	f = snp_access(&host.snp, host.cpu, gpa, true, kind);
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

uint64_t host_call(uint64_t rax, uint64_t rcx)
{
	host_set(VMSA_RAX, rax);
	host_set(VMSA_RCX, rcx);
	host_set(VMSA_EXITCODE, EXIT_VMGEXIT);
	host_page(host.vcpu->ca.raw)[SVSM_CA_PENDING] = 1;
	if (host.vcpu->at == VCPU_NEW)
		host_serve(EV_START);
	host_log_clear();
	host_serve(EV_ENTERED);
	return host_get(VMSA_RAX);
}

uint32_t host_pvalidate(const uint64_t *entries, uint16_t count, uint16_t next)
{
	uint8_t *list = host_page(HOST_LIST);

	memset(list, 0, SVSM_LIST_HEADER);
	memcpy(list + SVSM_LIST_COUNT, &count, sizeof(count));
	memcpy(list + SVSM_LIST_NEXT, &next, sizeof(next));
	memcpy(list + SVSM_LIST_HEADER, entries, count * SVSM_LIST_ENTRY);
	return (uint32_t)host_call(SVSM_CORE_PVALIDATE, HOST_LIST);
}

uint16_t host_next(void)
{
	uint16_t next;

	memcpy(&next, host_page(HOST_LIST) + SVSM_LIST_NEXT, sizeof(next));
	return next;
}
