/* SPDX-License-Identifier: MIT */
/* Which combinations of sizes and addresses the packer takes, and why not. */
#include "launch/layout.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

/* Debian's cloud kernel with a small initrd in 512 MiB. */
static struct layout_request usual(void)
{
	return (struct layout_request){
		.mem = 512 * MIB,
		.svsm_gpa = 0x8000000000,
		.svsm_mem = 0x10000000,
		.image_bytes = 0x50000,
		.kernel_load = 16 * MIB,
		.kernel_bytes = 11 * MIB,
		.kernel_init_size = 0x37dc000,
		.initrd_bytes = 1000001,
		.initrd_max = UINT64_MAX,
		.cmdline_length = 100,
		.cmdline_max = 2047,
		.vmpl = 1,
	};
}

declare_test(layout_usual)
{
	struct layout_request r = usual();
	struct layout l;
	struct why why;

	check(layout_plan(&l, &r, &why));
	check_eq(l.initrd, 72 * MIB); /* the kernel ends at 71.9 */
	check_eq(l.kernel_end, 72 * MIB + 0xf5000);
	r.initrd_bytes = 0;
	check(layout_plan(&l, &r, &why));
	check_eq(l.initrd, 0);
	check_eq(l.kernel_end, 16 * MIB + 0x37dc000);
}

declare_test(layout_svsm_pairs)
{
	static const struct {
		uint64_t mem, gpa, bytes;
		const char *refusal; /* NULL: taken */
	} pair[] = {
		{ 512 * MIB, 0x90000000, 0x2000000, NULL },
		{ 512 * MIB, 512 * MIB, 0x2000000, NULL },
		{ 512 * MIB, 0xfe800000, 0x400000, NULL },
		{ 512 * MIB, 4 * GIB, 0x400000, NULL },
		{ 512 * MIB, (1ULL << 47) - 0x400000, 0x400000, NULL },
		{ 512 * MIB, 0x8000000000, 0xffe00000, NULL },
		{ 4 * GIB, 0x90000000, 0x2000000, NULL },
		{ 4 * GIB, 6 * GIB, 0x2000000, NULL },
		{ 2816 * MIB, 2 * GIB, 0x2000000, NULL },
		{ 512 * MIB, 0x8000001000, 0x10000000, "multiple of 2 MiB" },
		{ 512 * MIB, 0x8000000000, 0x10001000, "multiple of 2 MiB" },
		{ 512 * MIB, 0x8000000000, 0, "multiple of 2 MiB" },
		{ 512 * MIB, 0x8000000000, 0x200000, "too small" },
		{ 512 * MIB, 0x8000000000, 4 * GIB, "4 GiB or more" },
		{ 512 * MIB, (1ULL << 47) - 0x200000, 0x400000, "beyond 47 bits" },
		{ 512 * MIB, 1ULL << 51, 0x400000, "beyond 47 bits" },
		{ 512 * MIB, 0xffffffffffe00000, 0x400000, "beyond 47 bits" },
		{ 512 * MIB, 0, 0x400000, "overlaps guest RAM" },
		{ 512 * MIB, 510 * MIB, 0x400000, "overlaps guest RAM" },
		{ 4 * GIB, 4 * GIB, 0x400000, "overlaps guest RAM" },
		{ 2814 * MIB, 2 * GIB, 0x2000000, "overlaps guest RAM" },
		{ 2816 * MIB, 4 * GIB, 0x2000000, "overlaps guest RAM" },
		{ 4 * GIB, 6 * GIB - 2 * MIB, 0x400000, "overlaps guest RAM" },
		{ 512 * MIB, 0xfea00000, 0x400000, "overlaps the APICs" },
		{ 512 * MIB, 0xffe00000, 0x400000, "overlaps the APICs" },
		{ 512 * MIB, 0x90000000, 0x80000000, "overlaps the APICs" },
	};

	for (size_t i = 0; i < sizeof(pair) / sizeof(pair[0]); i++) {
		struct layout_request r = usual();
		struct layout l;
		struct why why = { "" };
		bool ok;

		r.mem = pair[i].mem;
		r.svsm_gpa = pair[i].gpa;
		r.svsm_mem = pair[i].bytes;
		ok = layout_plan(&l, &r, &why);
		if (ok != (pair[i].refusal == NULL) ||
		    (pair[i].refusal != NULL && strstr(why.text, pair[i].refusal) == NULL))
			printf("# pair %zu: %s\n", i, why.text);
		check(ok == (pair[i].refusal == NULL));
		check(pair[i].refusal == NULL || strstr(why.text, pair[i].refusal) != NULL);
	}
}

static void refused(const struct layout_request *r, const char *text)
{
	struct layout l;
	struct why why = { "" };

	check(!layout_plan(&l, r, &why));
	if (strstr(why.text, text) == NULL)
		printf("# %s\n", why.text);
	check(strstr(why.text, text) != NULL);
	check(strchr(why.text, '\n') == NULL);
}

declare_test(layout_guest_refusals)
{
	struct layout_request r = usual();

	r.vmpl = 0;
	refused(&r, "VMPL 0");
	r.vmpl = 4;
	refused(&r, "VMPL 4");
	r = usual();
	r.mem = 0;
	refused(&r, "guest memory of 0 bytes");
	r.mem = 513 * MIB;
	refused(&r, "multiple of 2 MiB");
	r.mem = 1025 * GIB;
	r.svsm_gpa = 2048 * GIB;
	refused(&r, "up to 1 TiB");
	r = usual();
	r.mem = 70 * MIB; /* below the end of the kernel */
	refused(&r, "larger than guest memory");
	r.mem = 8 * MIB; /* below its start */
	refused(&r, "larger than guest memory");
	r.mem = 72 * MIB;
	refused(&r, "initrd");
	r.mem = 74 * MIB;
	r.initrd_bytes = 2 * MIB + 1;
	refused(&r, "initrd");
	r = usual();
	r.initrd_bytes = UINT64_MAX;
	refused(&r, "initrd");
	r = usual();
	r.initrd_max = 72 * MIB + 1000;
	refused(&r, "the kernel's limit");
	r = usual();
	r.kernel_bytes = 1 * GIB;
	refused(&r, "larger than guest memory");
	r = usual();
	r.kernel_load = 0x90000;
	refused(&r, "below 1 MiB");
	r = usual();
	r.cmdline_length = 2048;
	refused(&r, "command line of 2048 bytes is longer than 2047");
	r.cmdline_max = 1 << 20;
	r.cmdline_length = 4096;
	refused(&r, "command line of 4096 bytes is longer than 4095");
}

declare_test(layout_reads_apic_ids)
{
	static const char *const bad[] = {
		"",    ",",    "0,",  "0,,1",	      "-1",
		"0,x", "0, 1", "0 1", "0,4294967296", "0,11111111111111111111111111"
	};
	struct apic_ids ids;
	char text[256] = "0";

	check(layout_apic_ids(&ids, "0"));
	check_eq(ids.count, 1);
	check_eq(ids.id[0], 0);
	check(layout_apic_ids(&ids, "4294967295,0,0x10"));
	check_eq(ids.count, 3);
	check_eq(ids.id[0], 0xffffffff);
	check_eq(ids.id[1], 0);
	check_eq(ids.id[2], 16);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(!layout_apic_ids(&ids, bad[i]));
	for (unsigned int i = 1; i < CPU_MAX; i++)
		snprintf(text + strlen(text), 4, ",%u", i);
	check(layout_apic_ids(&ids, text));
	check_eq(ids.count, CPU_MAX);
	check_eq(ids.id[CPU_MAX - 1], CPU_MAX - 1);
	snprintf(text + strlen(text), 4, ",64");
	check(!layout_apic_ids(&ids, text));
}

declare_test(layout_checks_apic_ids)
{
	struct layout_request r = usual();
	struct layout l;
	struct why why;

	check(layout_apic_ids(&r.apic_ids, "7,0,3"));
	check(layout_plan(&l, &r, &why));
	check(layout_apic_ids(&r.apic_ids, "0,3,7,3"));
	refused(&r, "APIC id 3 is there twice");
	check(layout_apic_ids(&r.apic_ids, "1,2"));
	refused(&r, "APIC id 0");
}
