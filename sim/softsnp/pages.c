/* SPDX-License-Identifier: MIT */
/*
 * What becomes of the RMP's entries, for the file of events.c: whenever rights
 * may have changed they are compared with what was said last. A change waits
 * until its CPU's events are read, to come between these by its time.
 */
#include "port.h"
#include "softsnp.h"
#include <string.h>

#define FRAMES_2M (SNP_2M / SNP_PAGE)
#define ASSIGNED 0x8000U
#define VALIDATED 0x4000U
#define VMSA 0x2000U
#define UNSAID 0xffffU
/* Of VMPL1 to 3, 4 bits each. */
#define PERM_SHIFT(vmpl) (4 * ((vmpl)-1))

static struct {
	struct trace_step step[TRACE_WAITING];
	unsigned int count;
} waiting[SNP_VCPUS];
static uint16_t *said; /* by frame; NULL: nothing is recorded */

static uint16_t entry_now(uint64_t spa)
{
	const struct snp_rmp_entry *e = snp_rmp_head(&machine.snp, spa);
	unsigned int now = 0;

	if (e == NULL || !e->assigned)
		return 0;
	for (unsigned int vmpl = 1; vmpl < SNP_VMPLS; vmpl++)
		now |= (e->perm[vmpl] & 15U) << PERM_SHIFT(vmpl);
	return (uint16_t)(now | ASSIGNED | (e->validated ? VALIDATED : 0) | (e->vmsa ? VMSA : 0));
}

static void wait(unsigned int cpu, uint64_t gpa, enum trace_page what, uint32_t result)
{
	struct trace_step *s;

	if (waiting[cpu].count == TRACE_WAITING)
		pages_put(cpu, UINT64_MAX);
	s = &waiting[cpu].step[waiting[cpu].count++];
	*s = (struct trace_step){
		.time = host_tsc(),
		.argument = gpa,
		.vcpu = machine.snp.vcpu[cpu].apic_id,
		.machine = TRACE_PAGE,
		.state = (uint8_t)what,
		.cpu = (uint16_t)cpu,
		.result = result,
	};
}

/* Rights are said after what takes them all away. */
static void tell(unsigned int cpu, uint64_t gpa, unsigned int old, unsigned int now)
{
	if (old == UNSAID || ((old ^ now) & ASSIGNED) != 0) {
		wait(cpu, gpa, (now & ASSIGNED) != 0 ? TRACE_PRIVATE : TRACE_SHARED, 0);
		old = now & ASSIGNED;
	}
	if (((old ^ now) & VALIDATED) != 0)
		wait(cpu, gpa, (now & VALIDATED) != 0 ? TRACE_VALIDATE : TRACE_RESCIND, 0);
	for (unsigned int vmpl = 1; vmpl < SNP_VMPLS; vmpl++)
		if (((old ^ now) >> PERM_SHIFT(vmpl) & 15U) != 0)
			wait(cpu, gpa, TRACE_RMPADJUST,
			     vmpl << 8 | (now >> PERM_SHIFT(vmpl) & 15U));
	if (((old ^ now) & VMSA) != 0)
		wait(cpu, gpa, (now & VMSA) != 0 ? TRACE_VMSA : TRACE_NO_VMSA, 0);
}

/* All the same before, and the same now. */
static bool is_one(uint64_t spa)
{
	uint16_t old = said[spa / SNP_PAGE], now = entry_now(spa);

	for (uint64_t at = spa; at < spa + SNP_2M; at += SNP_PAGE)
		if (said[at / SNP_PAGE] != old || entry_now(at) != now)
			return false;
	return true;
}

static void look(unsigned int cpu, uint64_t gpa, uint64_t spa)
{
	uint16_t now = entry_now(spa);

	if (said[spa / SNP_PAGE] == now)
		return;
	tell(cpu, gpa, said[spa / SNP_PAGE], now);
	said[spa / SNP_PAGE] = now;
}

static void look_2m(unsigned int cpu, uint64_t gpa, uint64_t spa)
{
	uint16_t now = entry_now(spa);

	if (said[spa / SNP_PAGE] == now)
		return;
	tell(cpu, gpa | 1, said[spa / SNP_PAGE], now);
	for (unsigned int i = 0; i < FRAMES_2M; i++)
		said[spa / SNP_PAGE + i] = now;
}

static void look_at(unsigned int cpu, uint64_t gpa, uint64_t bytes)
{
	uint64_t spa;

	for (uint64_t end = gpa + bytes; gpa < end; gpa += SNP_PAGE) {
		if (!snp_gpa_to_spa(&machine.snp, gpa, &spa) || snp_rmp(&machine.snp, spa) == NULL)
			continue;
		if (((gpa | spa) & (SNP_2M - 1)) == 0 && end - gpa >= SNP_2M && is_one(spa)) {
			look_2m(cpu, gpa, spa);
			gpa += SNP_2M - SNP_PAGE;
		} else {
			look(cpu, gpa, spa);
		}
	}
}

void pages_begin(void)
{
	const struct snp *m = &machine.snp;
	uint64_t room = m->rmp_frames * sizeof(*said);

	if (!machine.options.pages)
		return;
	said = (uint16_t *)(uintptr_t)mem_region(room, SNP_PAGE);
	if (said == NULL)
		report_bad_image("no host memory for pages=1: give QEMU more, with -m");
	memset(said, 0xff, room);
	for (unsigned int i = 0; i < m->slots; i++)
		look_at(0, m->slot[i].gpa, m->slot[i].bytes);
	pages_put(0, UINT64_MAX);
}

void pages_changed(uint64_t gpa, uint64_t bytes)
{
	if (said != NULL)
		look_at(smp_this()->id, gpa, bytes);
}

void pages_put(unsigned int cpu, uint64_t until)
{
	unsigned int done = 0;

	while (done < waiting[cpu].count && waiting[cpu].step[done].time <= until)
		events_put(&waiting[cpu].step[done++]);
	waiting[cpu].count -= done;
	memmove(waiting[cpu].step, waiting[cpu].step + done,
		waiting[cpu].count * sizeof(struct trace_step));
}
