/* SPDX-License-Identifier: MIT */
/*
 * VMPL0 on every vCPU of the VM: which there are, an area and a save area for
 * each, and what each does first. Nobody waits for one. [ghcb 5.5, 5.6]
 */
#include <svsm/boot.h>
#include <svsm/ghcb.h>
#include <svsm/hw.h>
#include <svsm/log.h>
#include <svsm/vcpu.h>
#include <svsm/vmsa.h>

static struct {
	void *ghcb;
	pa_t ghcb_page, vmsa;
} others[CPU_MAX];

bool boot_apics_check(const uint32_t *apic_id, unsigned int count)
{
	bool has_boot = false;

	if (count == 0 || count > CPU_MAX)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int j = 0; j < i; j++)
			if (apic_id[i] == apic_id[j])
				return false;
		has_boot |= apic_id[i] == BOOT_APIC_ID;
	}
	return has_boot;
}

/* What the hypervisor says is its own affair: a CPU too many or too few serves nobody. */
static enum event ask(struct boot *b)
{
	void *va;
	pa_t page;

	switch (cpu_share_buffer(&va, &page)) {
	case OK:
		break;
	case ERR_HOST:
		return boot_refuse(b, REASON_PSC, page.raw);
	default:
		return boot_refuse(b, REASON_PVALIDATE, page.raw);
	}
	if (ghcb_apic_ids(va, page, b->apic_id, &b->cpus) != OK ||
	    !boot_apics_check(b->apic_id, b->cpus))
		return boot_refuse(b, REASON_APIC_IDS, b->cpus);
	return EV_DONE;
}

static void put_boot_first(struct boot *b)
{
	for (unsigned int i = 0; i < b->cpus; i++)
		if (b->apic_id[i] == BOOT_APIC_ID)
			b->apic_id[i] = b->apic_id[0];
	b->apic_id[0] = BOOT_APIC_ID;
}

enum event boot_apics(struct boot *b)
{
	b->cpus = b->config.apic_id_count;
	for (unsigned int i = 0; i < b->cpus; i++)
		b->apic_id[i] = b->config.apic_id[i];
	if (b->cpus == 0 && (b->hv_features & HV_APIC_IDS) != 0 && ask(b) != EV_DONE)
		return EV_FAILED;
	if (b->cpus == 0)
		b->cpus = 1; /* nobody says: the boot CPU alone */
	put_boot_first(b);
	vcpu_cpus(b->apic_id, b->cpus);
	log_verbose("%u CPUs", b->cpus);
	return EV_DONE;
}

static enum event add_area(struct boot *b, unsigned int cpu)
{
	pa_t frame[CPU_AREA_FRAMES];

	for (unsigned int i = 0; i < CPU_AREA_FRAMES; i++)
		if (boot_frame(b, false, &frame[i]) != EV_DONE)
			return EV_FAILED;
	rings[cpu] = cpu_map_area(cpu, frame);
	switch (cpu_share_ghcb(cpu, &others[cpu].ghcb, &others[cpu].ghcb_page)) {
	case OK:
		return EV_DONE;
	case ERR_HOST:
		return boot_refuse(b, REASON_PSC, others[cpu].ghcb_page.raw);
	default:
		return boot_refuse(b, REASON_PVALIDATE, others[cpu].ghcb_page.raw);
	}
}

/* No guest VMPL may touch the page; target VMPL1, or the VMSA bit is ignored [snp-arch 2.6]. */
static enum event add_vmsa(struct boot *b, unsigned int cpu)
{
	struct vmsa_cpu state = {
		.rip = (uint64_t)sm_cpu_main,
		.sev_features = hw_sev_status() >> 2,
	};
	pa_t frame;

	if (boot_frame(b, true, &frame) != EV_DONE)
		return EV_FAILED;
	cpu_start_state(cpu, &state);
	vmsa_build_cpu(cpu_memory(frame), &state);
	if (hw_rmpadjust(frame, SIZE_4K, 1, PERM_NONE, true) != RMP_OK)
		return boot_refuse(b, REASON_RMPADJUST, frame.raw);
	others[cpu].vmsa = frame;
	return EV_DONE;
}

enum event boot_cpus(struct boot *b)
{
	for (unsigned int cpu = 1; cpu < b->cpus; cpu++)
		if (add_area(b, cpu) != EV_DONE || add_vmsa(b, cpu) != EV_DONE)
			return EV_FAILED;
	return EV_DONE;
}

enum event boot_start_cpus(struct boot *b)
{
	for (unsigned int cpu = 1; cpu < b->cpus; cpu++)
		if (ghcb_ap_create(b->apic_id[cpu], 0, others[cpu].vmsa, hw_sev_status() >> 2,
				   true) != OK)
			return boot_refuse(b, REASON_AP_CREATION, b->apic_id[cpu]);
	return EV_DONE;
}

void sm_cpu_main(void)
{
	unsigned int cpu = hw_cpu();

	if (ghcb_init(others[cpu].ghcb, others[cpu].ghcb_page) != OK)
		hw_stop(REASON_GHCB_REGISTER, others[cpu].ghcb_page.raw);
	vcpu_cpu_run();
}
