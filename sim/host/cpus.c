/* SPDX-License-Identifier: MIT */
/* Several CPUs in one process, one at a time; guest vCPUs made as a kernel makes them. */
#include <snp/host.h>

#include <svsm/abi.h>
#include <svsm/vmsa.h>

_Thread_local unsigned int host_cpu;

void host_on(unsigned int cpu)
{
	CHECK(cpu < host.snp.vcpus);
	host_cpu = cpu;
	if (!host.threads)
		host.vcpu = seat_vcpu();
}

uint64_t host_call_on(unsigned int cpu, const struct host_registers *r)
{
	unsigned int before = host_cpu;
	uint64_t result;

	host_on(cpu);
	result = host_call_with(r);
	host_on(before);
	return result;
}

void host_enter_on(unsigned int cpu)
{
	unsigned int before = host_cpu;

	host_on(cpu);
	host_enter();
	host_on(before);
}

void host_start(unsigned int cpu, uint64_t vmsa, uint64_t ca)
{
	struct snp_vcpu *v = &host.snp.vcpu[cpu];

	v->vmsa_gpa[host.vmpl] = vmsa;
	CHECK(snp_gpa_to_spa(&host.snp, vmsa, &v->vmsa_spa[host.vmpl]));
	host.guest_of[cpu].vmsa = vmsa;
	host.guest_of[cpu].ca = ca;
}

void host_build_vmsa(uint64_t vmsa)
{
	const struct vmsa_guest guest = { .vmpl = (uint8_t)host.vmpl };

	vmsa_build(host_page(vmsa), &guest);
}

uint32_t host_create(unsigned int cpu, uint64_t vmsa, uint64_t ca)
{
	const struct host_registers r = {
		.rax = SVSM_CORE_CREATE_VCPU, .rcx = vmsa, .rdx = ca, .r8 = HOST_APIC_ID + cpu
	};
	uint32_t result;

	host_build_vmsa(vmsa);
	result = (uint32_t)host_call_with(&r);
	if (result == SVSM_SUCCESS)
		host_start(cpu, vmsa, ca);
	return result;
}

void host_running(unsigned int cpu, bool running)
{
	const struct snp_vcpu *v = &host.snp.vcpu[cpu];

	snp_rmp(&host.snp, v->vmsa_spa[host.vmpl])->in_use = running;
}
