/* SPDX-License-Identifier: MIT */
/* The end: why, the state, the counters, the exit status. */
#include "port.h"
#include "softsnp.h"
#include <stdarg.h>
#include <stdio.h>

#define DEBUG_EXIT 0xf4U
#define STATUS_BASE 0x10U
#define RULER "------------------------------------------------"

static _Noreturn void leave(enum status status)
{
	smp_stop();
	port_out8(DEBUG_EXIT, (uint8_t)(STATUS_BASE + status));
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void row(const char *name, uint64_t value)
{
	say("%-38s %12lu", name, value);
}

static void instructions(const char *name, uint64_t value)
{
	if (machine.options.icount)
		row(name, value);
	else
		say("%-38s %12s", name, "n/a");
}

static void model_counters(void)
{
	const struct snp_counters *k = &machine.snp.count;
	uint64_t msr = 0;

	for (unsigned int i = 0; i < 256; i++)
		msr += k->vmgexit_msr[i];
	row("VMPL switches", k->switches);
	row("VMGEXIT, MSR protocol", msr);
	row("  page state change", k->vmgexit_msr[0x14]);
	row("  run VMPL", k->vmgexit_msr[0x16]);
	row("  CPUID", k->vmgexit_msr[0x04]);
	row("VMGEXIT, GHCB page", k->vmgexit_nae);
	row("  CPUID", k->nae_cpuid);
	row("  port I/O", k->nae_ioio);
	row("  MSR", k->nae_msr);
	row("  MMIO", k->nae_mmio);
	row("  page state change", k->nae_psc);
	row("  run VMPL", k->nae_run_vmpl);
	row("  hypervisor features", k->nae_features);
	row("  other", k->nae_other);
	row("PVALIDATE, state changed", k->pvalidate_ok);
	row("PVALIDATE, unchanged", k->pvalidate_unchanged);
	row("PVALIDATE, failed", k->pvalidate_failed);
	row("RMPADJUST, done", k->rmpadjust_ok);
	row("RMPADJUST, failed", k->rmpadjust_failed);
	row("4K pages to private", k->psc_private);
	row("4K pages to shared", k->psc_shared);
	row("2M entries split", k->psmash);
	row("flushes completed (TLBSYNC)", k->flush_all);
}

static void cpu_counters(const struct cpu *c)
{
	const struct cpu_counters *k = &c->count;
	uint64_t below = k->exits[1] + k->exits[2] + k->exits[3];

	row("world switches (VMRUN) at VMPL0", k->exits[0]);
	row("world switches (VMRUN) below", below);
	row("#VC delivered at VMPL0", k->vc[0]);
	row("#VC delivered below", k->vc[1] + k->vc[2] + k->vc[3]);
	row("  CPUID", k->vc_cpuid);
	row("  port I/O", k->vc_ioio);
	row("  MSR", k->vc_msr);
	row("  other (0x400, 0x404, ...)", k->vc_other);
	row("#PF injected", k->pf_injected);
	row("#UD reflected", k->ud_reflected);
	row("nested faults", k->nested_faults);
	row("  pages converted on demand", k->converted);
	row("  aliases without C-bit", k->table_aliases);
	row("INVLPGB", k->invlpgb);
	row("HLT", k->hlt);
	if (machine.options.inject_at != 0) {
		row("events made up for VMPL0, delivered", c->lie.delivered);
		row("  refused by VMRUN", c->lie.refused);
	}
	instructions("instructions to the first guest entry", k->boot_instructions);
	instructions("  of which zeroing", k->boot_zeroing);
	instructions("instructions at VMPL0, boot", k->boot_instructions);
	instructions("instructions at VMPL0, service", k->service_instructions);
	instructions("  of which zeroing", c->zeroing.repetitions - k->boot_zeroing);
}

static const char *call_name(uint64_t rax)
{
	static const char *const core[] = { "REMAP_CA",	      "PVALIDATE",     "CREATE_VCPU",
					    "DELETE_VCPU",    "DEPOSIT_MEM",   "WITHDRAW_MEM",
					    "QUERY_PROTOCOL", "CONFIGURE_VTOM" };

	return rax < sizeof(core) / sizeof(core[0]) ? core[rax] : "";
}

static void call_counters(const struct call_stats *s)
{
	for (unsigned int i = 0; i < s->kinds; i++) {
		const struct call_kind *k = &s->kind[i];
		char name[48];

		(void)snprintf(name, sizeof(name), "SVSM call %lu.%lu %s", k->rax >> 32,
			       k->rax & 0xffffffff, call_name(k->rax));
		row(i < CALL_KINDS - 1 ? name : "SVSM calls, others", k->count);
		if (k->entries != 0)
			row("  entries served", k->entries);
		instructions("  instructions at VMPL0", k->instructions);
		if (k->zeroing != 0)
			instructions("    of which zeroing", k->zeroing);
	}
	row("SVSM calls", s->requests);
	row("  VMPL switches in them", s->switches);
	row("  most VMPL switches in one", s->most_switches);
	row("  other VMGEXITs of VMPL0 in them", s->exits);
	row("  most of these in one", s->most_exits);
	row("  flushes in them", s->flushes);
	row("broadcast flushes in calls", s->broadcasts);
}

static void table_writes(const struct cpu *c)
{
	const struct protect *p = &c->protect;

	if (!c->guest_entered)
		return;
	if (!p->on || p->writes_unseen)
		say("%-38s %12s", "page-table writes at VMPL0 in calls", "n/a");
	else
		row("page-table writes at VMPL0 in calls", c->calls.table_writes);
	if (machine.cpus > 1)
		return;
	row("  all, first guest entry on", p->writes + p->cr_writes);
	row("  tables watched", p->tables);
	row("  writable mappings of them", p->leaves);
}

/* struct cpu_counters has nothing else than uint64_t. */
static void add(struct cpu *total, const struct cpu *c)
{
	uint64_t *to = (uint64_t *)&total->count;
	const uint64_t *from = (const uint64_t *)&c->count;

	for (size_t i = 0; i < sizeof(c->count) / sizeof(*to); i++)
		to[i] += from[i];
	total->zeroing.repetitions += c->zeroing.repetitions;
	calls_add(&total->calls, &c->calls);
}

static void smp_counters(void)
{
	const struct snp_counters *k = &machine.snp.count;

	row("vCPUs", machine.cpus);
	row("AP creations", k->ap_created);
	row("AP deletions", k->ap_destroyed);
	row("AP reset holds", k->ap_holds);
	row("shootdowns of nested mappings", machine.shootdowns);
}

void report_counters(void)
{
	static struct cpu total;

	total = machine.cpu[0];
	for (unsigned int i = 1; i < machine.cpus; i++)
		add(&total, &machine.cpu[i]);
	say(RULER "---");
	cpu_counters(&total);
	if (machine.cpus > 1)
		smp_counters();
	model_counters();
	call_counters(&total.calls);
	table_writes(&total);
	say(RULER "---");
}

_Noreturn void report_stop(enum status status)
{
	report_counters();
	leave(status);
}

static void dump(const struct cpu *c)
{
	static const char *const name[GPRS] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp",
						"rsi", "rdi", "r8",  "r9",  "r10", "r11",
						"r12", "r13", "r14", "r15" };
	const struct vmcb *v = c->v;

	if (machine.cpus > 1)
		say("  vCPU %u", c->id);
	say("  VMPL%u exit %#lx info %#lx %#lx event %#lx", cpu_vmpl(c), v->exit_code, v->info1,
	    v->info2, v->exit_int);
	say("  rip %#lx cpl %u rflags %#lx cs %#x/%#x ss %#x", v->rip, v->cpl, v->rflags,
	    v->cs.selector, v->cs.attributes, v->ss.selector);
	say("  cr0 %#lx cr2 %#lx cr3 %#lx cr4 %#lx efer %#lx", v->cr0, v->cr2, v->cr3, v->cr4,
	    v->efer);
	say("  idt %#lx/%#x gdt %#lx/%#x ghcb msr %#lx", v->idtr.base, v->idtr.limit, v->gdtr.base,
	    v->gdtr.limit, machine.snp.vcpu[c->id].ghcb_msr[cpu_vmpl(c)]);
	for (unsigned int i = 0; i < GPRS; i += 4)
		say("  %s %#lx %s %#lx %s %#lx %s %#lx", name[i], c->gpr[i], name[i + 1],
		    c->gpr[i + 1], name[i + 2], c->gpr[i + 2], name[i + 3], c->gpr[i + 3]);
}

static void say_arguments(const char *prefix, const char *format, va_list arguments)
{
	char line[160];

	(void)vsnprintf(line, sizeof(line), format, arguments);
	say("%s%s", prefix, line);
}

_Noreturn void report_fatal(struct cpu *c, const char *format, ...)
{
	static bool again;
	va_list arguments;

	va_start(arguments, format);
	say_arguments("stopped: ", format, arguments);
	va_end(arguments);
	if (!again && c != NULL && c->v != NULL) {
		again = true;
		dump(c);
		report_counters();
	}
	leave(STATUS_STOPPED);
}

_Noreturn void report_bad_image(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_arguments("bad image: ", format, arguments);
	va_end(arguments);
	leave(STATUS_IMAGE);
}
