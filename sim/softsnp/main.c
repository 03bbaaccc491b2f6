/* SPDX-License-Identifier: MIT */
/* soft-SNP: runs an SNP image on stock QEMU. See README.md in this folder. */
#include "port.h"
#include "softsnp.h"
#include <stdlib.h>
#include <string.h>

#define MULTIBOOT_MAGIC 0x2badb002U
#define MEM_DEFAULT 512ULL
#define MEM_LEAST 32UL
#define MEM_MOST 0x40000UL
#define MIB 0x100000UL
#define FEATURE_APIC_IDS 0x10U
#define PIC1_MASK 0x21U
#define PIC2_MASK 0xa1U

_Noreturn void main(uint32_t magic, uint32_t multiboot);

struct soft_snp machine;

/* Value of `name=` on the command line, or `otherwise`. */
static uint64_t option(const char *name, uint64_t otherwise)
{
	const char *at = mem_command_line();
	size_t length = strlen(name);

	for (; (at = strstr(at, name)) != NULL; at += length)
		if ((at == mem_command_line() || at[-1] == ' ') && at[length] == '=')
			return strtoul(at + length + 1, NULL, 0);
	return otherwise;
}

static void parse_options(void)
{
	uint64_t mem = option("mem", MEM_DEFAULT);

	if (mem < MEM_LEAST || mem > MEM_MOST || mem % 2 != 0)
		report_bad_image("mem=%luM: must be even, from %luM to %luM", mem, MEM_LEAST,
				 MEM_MOST);
	machine.cpus = (unsigned int)option("cpus", 1);
	if (machine.cpus == 0 || machine.cpus > SNP_VCPUS)
		report_bad_image("cpus=%u: must be from 1 to %u", machine.cpus, SNP_VCPUS);
	machine.options.mem = mem * MIB;
	machine.options.alias = option("alias", 0) != 0;
	machine.options.icount = option("icount", 0) != 0;
	machine.options.trace = option("trace", 0) != 0;
	machine.options.calls = option("calls", 0) != 0;
	machine.options.inject_at = option("inject_at", 0);
	machine.options.inject = (unsigned int)option("inject", 0) & 0xff;
	machine.options.inject_error = option("inject_error", 0);
	machine.options.inject_type = (unsigned int)option("inject_type", 8);
	machine.options.inject_step = option("inject_step", 0);
	machine.options.inject_cpu = (unsigned int)option("inject_cpu", 0);
	machine.options.inject_all = option("inject_all", 0) != 0;
	machine.options.inject_force = option("inject_force", 0) != 0;
	machine.options.rings = option("rings", 0);
	machine.options.pages = option("pages", 0) != 0;
	machine.options.turns = option("turns", 0) != 0;
}

/* The C-bit is an ordinary address bit of TCG, so the nested tables need it. */
static void find_cbit(void)
{
	uint32_t r[4];
	unsigned int physical_bits;
	uint64_t cr4;

	host_cpuid(0x80000001, 0, r);
	if ((r[2] & 4) == 0)
		report_bad_image("this CPU has no SVM: QEMU needs -cpu ...,+svm");
	host_cpuid(0x80000008, 0, r);
	physical_bits = r[0] & 0xff;
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	machine.levels = (cr4 & CR4_LA57) != 0 ? 5 : 4;
	machine.cbit = machine.levels == 5 && physical_bits >= 52 ? 51 : 47;
	if (physical_bits <= machine.cbit)
		report_bad_image("%u physical address bits: QEMU needs -cpu ...,phys-bits=52,+la57",
				 physical_bits);
}

static void init_model(void)
{
	static const struct snp_ops ops = {
		.memory = mem_of_model,
		.changed = npt_changed,
		.port_in = io_in,
		.port_out = io_out,
		.mmio = io_mmio,
		.cpuid = io_cpuid,
		.wake = ap_wake,
	};
	uint64_t frames = mem_end() / SNP_PAGE;
	uint64_t rmp = mem_region(frames * sizeof(struct snp_rmp_entry), SNP_PAGE);

	if (rmp == 0)
		report_bad_image("no host memory for the RMP: give QEMU more, with -m");
	snp_init(&machine.snp, &ops, (void *)(uintptr_t)rmp, 0, frames, machine.cbit);
	machine.snp.vcpus = machine.cpus;
	machine.snp.hv_features |= FEATURE_APIC_IDS;
}

_Noreturn void main(uint32_t magic, uint32_t multiboot)
{
	struct cpu *c = &machine.cpu[0];
	const void *image = NULL;
	size_t bytes = 0;

	trap_init();
	if (magic != MULTIBOOT_MAGIC)
		report_bad_image("not started by a multiboot loader");
	if (!mem_init((const void *)(uintptr_t)multiboot, &image, &bytes))
		report_bad_image("no image: QEMU needs -initrd svsm.igvm");
	parse_options();
	find_cbit();
	port_out8(PIC1_MASK, 0xff);
	port_out8(PIC2_MASK, 0xff);
	npt_init();
	smp_lock();
	svm_init(c);
	svm_enable(c);
	svm_calibrate(c);
	smp_start();
	init_model();
	load_image(image, bytes);
	say("emulated SEV-SNP, no confidentiality: %luM, C-bit %u, %u-level tables",
	    machine.options.mem / MIB, machine.cbit, machine.levels);
	ap_load(c);
	svm_run(c);
}
