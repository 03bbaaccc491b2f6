/* SPDX-License-Identifier: MIT */
/*
 * The second vCPU: its APIC id, a save area for it in 64-bit mode, a mailbox.
 * It calls by the MSR protocol alone and needs no GHCB page.
 */
#include "conf.h"

#define APIC_ID_DEFAULT 1U
#define STACK_BYTES 0x4000U
#define SPINS 100000000U
#define CREATED_MAX 512U
#define DELETE_TRIES 100000U

uint32_t ap_id;

static struct ap second;
static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static uint64_t created[CREATED_MAX];
static unsigned int created_count;
static bool running;

/* ---- which there are --------------------------------------------------- */

/* The list of the hypervisor [ghcb 5.6]. */
static bool list_of_ids(uint32_t own)
{
	uint64_t buffer = mem_shared(), pages = 1;
	volatile const uint32_t *list = page_shared(buffer);

	if (!ghcb_event(NAE_APIC_IDS, buffer, 0, &pages) || pages != 1)
		return false;
	for (uint32_t i = 0; i < list[0] && i < PAGE_4K / 4 - 1; i++) {
		if (list[1 + i] == own)
			continue;
		ap_id = list[1 + i];
		return true;
	}
	return false;
}

/* Leaf 1, EBX 31:24: only the hypervisor knows this vCPU's own [boot-abi 2]. */
uint32_t ap_own_id(void)
{
	return (uint32_t)(ghcb_msr(1ULL << 32 | 1ULL << 30 | 0x004) >> 56);
}

bool ap_find(void)
{
	uint64_t features = ghcb_msr(GHCB_FEATURES) >> 12;

	ap_id = APIC_ID_DEFAULT;
	if ((features & HV_AP_CREATION) == 0)
		return false;
	if ((features & HV_APIC_IDS) != 0)
		return list_of_ids(ap_own_id());
	return true; /* perhaps: CREATE_VCPU will tell */
}

/* ---- save areas -------------------------------------------------------- */

uint64_t ap_get(uint64_t vmsa, unsigned int offset, unsigned int bytes)
{
	return get((const uint8_t *)page_private(vmsa) + offset, bytes);
}

static _Noreturn void ap_main(struct ap *ap);

void ap_vmsa_fill(uint64_t gpa)
{
	area_fill(gpa, (uintptr_t)ap_main, (uintptr_t)stack + STACK_BYTES - 8, (uintptr_t)&second);
}

uint64_t ap_vmsa(void)
{
	uint64_t gpa = mem_valid();

	ap_vmsa_fill(gpa);
	return gpa;
}

/* ---- the calls, remembered to be undone -------------------------------- */

uint64_t vcpu_create(uint64_t vmsa, uint64_t ca, uint64_t id)
{
	uint64_t result = call_core(CORE_CREATE_VCPU, vmsa, ca, id, 0);

	if (result == OK && created_count < CREATED_MAX)
		created[created_count++] = vmsa;
	return result;
}

static void forget(uint64_t vmsa)
{
	for (unsigned int i = 0; i < created_count; i++)
		if (created[i] == vmsa)
			created[i] = created[--created_count];
}

uint64_t vcpu_delete(uint64_t vmsa)
{
	uint64_t result = call_core(CORE_DELETE_VCPU, vmsa, 0, 0, 0);

	if (result == OK)
		forget(vmsa);
	return result;
}

uint64_t vcpu_delete_soon(uint64_t vmsa)
{
	uint64_t result = IN_USE;

	for (unsigned int i = 0; i < DELETE_TRIES && (result == IN_USE || result == BUSY); i++)
		result = vcpu_delete(vmsa);
	return result;
}

/* ---- its life ---------------------------------------------------------- */

bool ap_run(struct ap *ap, uint64_t vmsa)
{
	ap->vmsa = vmsa;
	ap->alive = 0;
	ap->lost = 0;
	ap->work = AP_NOTHING;
	running = true;
	if (!area_creation(AP_CREATE, ap_id, vmsa))
		return false;
	for (unsigned int i = 0; i < SPINS && ap->alive == 0; i++)
		__builtin_ia32_pause();
	return ap->alive != 0;
}

bool ap_stop(struct ap *ap)
{
	running = false;
	return area_creation(AP_DESTROY, ap_id, ap->vmsa);
}

struct ap *ap_start(void)
{
	struct ap *ap = &second;
	uint64_t vmsa = ap_vmsa();

	ap->ca = mem_valid();
	need(vcpu_create(vmsa, ap->ca, ap_id) == OK, "CREATE_VCPU");
	need(ap_run(ap, vmsa), "the second vCPU does not start");
	return ap;
}

void ap_clean_up(void)
{
	if (running)
		ap_stop(&second);
	while (created_count > 0) {
		uint64_t vmsa = created[created_count - 1];

		if (vcpu_delete_soon(vmsa) != OK)
			say("#   clean-up: DELETE_VCPU of %#lx fails", vmsa);
		forget(vmsa);
	}
}

/* ---- the mailbox ------------------------------------------------------- */

void ap_begin(struct ap *ap, enum ap_work work)
{
	__atomic_store_n(&ap->work, work, __ATOMIC_SEQ_CST);
}

bool ap_wait(struct ap *ap)
{
	for (unsigned int i = 0; i < SPINS && ap->work != AP_NOTHING && ap->lost == 0; i++)
		__builtin_ia32_pause();
	return ap->work == AP_NOTHING && ap->lost == 0;
}

uint64_t ap_call(struct ap *ap, uint32_t number, uint64_t rcx, uint64_t rdx, uint64_t r8)
{
	call_set(&ap->call, CORE << 32 | number, rcx, rdx, r8);
	ap_begin(ap, AP_CALL);
	need(ap_wait(ap), "the second vCPU does not answer");
	return ap->call.out.rax;
}

/* ---- on the second vCPU ------------------------------------------------ */

bool ap_is_here(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	return here >= (uintptr_t)stack && here < (uintptr_t)stack + STACK_BYTES;
}

void ap_lost(void)
{
	second.lost = 1;
	for (;;)
		__builtin_ia32_pause();
}

/* The list at `at`, again and again, `next` back to 0 each time. */
static void hand_in_lists(struct ap *ap)
{
	struct list l = list_at(ap->at);

	ap->ok = ap->unchanged = ap->other = 0;
	while (!ap->go)
		__builtin_ia32_pause();
	for (unsigned int i = 0; i < ap->rounds; i++) {
		*l.next = 0;
		do {
			call_set(&ap->call, CORE << 32 | CORE_PVALIDATE, l.gpa, 0, 0);
			call_run_at(&ap->call, FORM_MSR, ap->ca);
		} while (ap->call.out.rax == BUSY || ap->call.out.rax == INCOMPLETE);
		if (ap->call.out.rax == OK)
			ap->ok++;
		else if (ap->call.out.rax == UNCHANGED)
			ap->unchanged++;
		else
			ap->other++;
	}
}

static void do_work(struct ap *ap)
{
	switch (ap->work) {
	case AP_CALL:
		call_run_at(&ap->call, FORM_MSR, ap->ca);
		break;
	case AP_READ:
		ap->value = probe_read(page_private(ap->at));
		ap->vector = trap.vector;
		break;
	case AP_WRITE:
		probe_write(page_private(ap->at), ap->value);
		ap->vector = trap.vector;
		break;
	case AP_LISTS:
		hand_in_lists(ap);
		break;
	default:
		return;
	}
	__atomic_store_n(&ap->work, AP_NOTHING, __ATOMIC_SEQ_CST);
}

static void ap_main(struct ap *ap)
{
	trap_init();
	ap->alive = 1;
	for (;;) {
		while (ap->work == AP_NOTHING)
			__builtin_ia32_pause();
		do_work(ap);
	}
}
