/* SPDX-License-Identifier: MIT */
/* svsm-pack: firmware, kernel, initrd and command line into one measured IGVM file. */
#include "launch/build.h"
#include "launch/digest.h"

#include "svsm/config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REFUSED 2

static const char usage[] =
	"usage: svsm-pack --firmware FILE --start32 FILE --kernel FILE [options] -o FILE\n"
	"  --initrd FILE      initial RAM disk\n"
	"  --cmdline TEXT     kernel command line (none)\n"
	"  --vmpl N           guest VMPL, 1 to 3 (1)\n"
	"  --svsm-gpa ADDR    where the firmware goes, multiple of 2 MiB (0x8000000000)\n"
	"  --svsm-mem BYTES   how much memory it has, multiple of 2 MiB (0x10000000)\n"
	"  --mem BYTES        guest RAM that everything must fit in (512M)\n"
	"  --apic-ids LIST    the vCPUs' APIC ids, as 0,1,2,3 (the hypervisor says)\n"
	"  --verbose          firmware logs every step\n"
	"  --no-accept-ram    leave RAM that is not launched for the guest to accept\n"
	"Numbers: decimal or 0x, K M G may follow.\n";

static const struct option options[] = {
	{ "firmware", required_argument, NULL, 'f' },
	{ "start32", required_argument, NULL, 's' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "initrd", required_argument, NULL, 'i' },
	{ "cmdline", required_argument, NULL, 'c' },
	{ "vmpl", required_argument, NULL, 'l' },
	{ "svsm-gpa", required_argument, NULL, 'g' },
	{ "svsm-mem", required_argument, NULL, 'm' },
	{ "mem", required_argument, NULL, 'r' },
	{ "apic-ids", required_argument, NULL, 'p' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "accept-ram", no_argument, NULL, 'a' },
	{ "no-accept-ram", no_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct names {
	const char *firmware, *start32, *kernel, *initrd, *output;
};

_Noreturn static void refuse(const char *text)
{
	fprintf(stderr, "svsm-pack: %s\n", text);
	exit(REFUSED);
}

static uint64_t number(const char *name, const char *text)
{
	struct why why;
	uint64_t value;

	if (host_number(&value, text))
		return value;
	host_refuse(&why, "%s is not a number: %s", name, text);
	refuse(why.text);
}

static void take(int option, struct build *b, struct names *n)
{
	switch (option) {
	case 'f':
		n->firmware = optarg;
		break;
	case 's':
		n->start32 = optarg;
		break;
	case 'k':
		n->kernel = optarg;
		break;
	case 'i':
		n->initrd = optarg;
		break;
	case 'o':
		n->output = optarg;
		break;
	case 'c':
		b->cmdline = optarg;
		break;
	case 'l':
		if (optarg[0] < '1' || optarg[0] > '3' || optarg[1] != '\0')
			refuse("VMPL is not 1, 2 or 3");
		b->vmpl = (unsigned int)(optarg[0] - '0');
		break;
	case 'g':
		b->svsm_gpa = number("SVSM_GPA", optarg);
		break;
	case 'm':
		b->svsm_mem = number("SVSM_MEM", optarg);
		break;
	case 'r':
		b->mem = number("guest memory", optarg);
		break;
	case 'p':
		if (!layout_apic_ids(&b->apic_ids, optarg))
			refuse("--apic-ids is not a list of up to 64 numbers, as 0,1,2,3");
		break;
	case 'v':
		b->flags |= CONFIG_VERBOSE;
		break;
	case 'a':
		b->flags |= CONFIG_ACCEPT_RAM;
		break;
	case 'n':
		b->flags &= ~CONFIG_ACCEPT_RAM;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	default:
		exit(REFUSED); /* getopt has said why */
	}
}

static void load(struct build *b, const struct names *n)
{
	struct why why;

	if (n->firmware == NULL || n->start32 == NULL || n->kernel == NULL || n->output == NULL)
		refuse("--firmware, --start32, --kernel and -o are needed (see --help)");
	if (!host_read(&b->kernel, "kernel", n->kernel, &why) ||
	    (n->initrd != NULL && !host_read(&b->initrd, "initrd", n->initrd, &why)) ||
	    !host_read(&b->firmware, "firmware", n->firmware, &why) ||
	    !host_read(&b->start32, "start32", n->start32, &why))
		refuse(why.text);
}

/* Our own reader has the last word on what we wrote. */
static void report(const char *path, const struct blob *igvm)
{
	struct digest d;
	struct igvm f;
	struct igvm_result r = igvm_open(&f, igvm->data, igvm->count);

	if (r.error != IGVM_OK)
		refuse(igvm_words(r.error));
	digest_file(&d, &f, 1, DIGEST_SIGNATURE);
	printf("%s: %zu KiB, %llu pages, launch digest %s\n", path, igvm->count >> 10,
	       (unsigned long long)d.pages, d.hex);
}

int main(int argc, char **argv)
{
	struct build b = { .cmdline = "",
			   .mem = 512ULL << 20,
			   .svsm_gpa = 0x8000000000,
			   .svsm_mem = 0x10000000,
			   .vmpl = 1,
			   .flags = CONFIG_ACCEPT_RAM };
	struct names n = { 0 };
	struct blob igvm;
	struct why why;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
		take(option, &b, &n);
	if (optind != argc)
		refuse("unexpected argument (see --help)");
	load(&b, &n);
	if (!build_image(&igvm, &b, &why) || !host_write(n.output, igvm.data, igvm.count, &why))
		refuse(why.text);
	report(n.output, &igvm);
	free(igvm.data);
	free(b.firmware.data);
	free(b.start32.data);
	free(b.kernel.data);
	free(b.initrd.data);
	return 0;
}
