/* SPDX-License-Identifier: MIT */
/*
 * A guest vCPU as VMPL0 sees it: a state word stepped by events (sm/vcpu.rl).
 * Only the vCPU itself steps its machine.
 */
#pragma once
#include <svsm/err.h>
#include <svsm/event.h>
#include <svsm/types.h>

struct vcpu;

/*
 * The boot vCPU: VMSA page (built, VMSA bit set), calling area, the guest's
 * VMPL and APIC id. Boot only.
 */
struct vcpu *vcpu_boot(pa_t vmsa, pa_t ca, unsigned int vmpl, uint32_t apic_id);

/* Steps the machine for ever, beginning with EV_START. */
_Noreturn void vcpu_run(struct vcpu *v);
