/* SPDX-License-Identifier: MIT */
/* svsm-measure: check an IGVM file, print its launch digest, list what is in it. */
#include "launch/digest.h"
#include "launch/host.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define REFUSED 2

static const char usage[] =
	"usage: svsm-measure [--list] [--vcpus N] [--signature CPUID] FILE\n"
	"Prints the launch digest of an IGVM file as QEMU launches it.\n"
	"  --list         print every header first\n"
	"  --vcpus N      vCPUs created, each has a measured VMSA (1)\n"
	"  --signature X  CPUID 1 EAX of vCPUs without a VMSA in the file (0xa00f11)\n";

static const struct option options[] = {
	{ "list", no_argument, NULL, 'l' },
	{ "vcpus", required_argument, NULL, 'n' },
	{ "signature", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

_Noreturn static void refuse(const char *text)
{
	fprintf(stderr, "svsm-measure: %s\n", text);
	exit(REFUSED);
}

static const char *type_name(enum igvm_type type)
{
	switch (type) {
	case IGVM_SUPPORTED_PLATFORM:
		return "platform";
	case IGVM_GUEST_POLICY:
		return "policy";
	case IGVM_PARAMETER_AREA:
		return "area";
	case IGVM_PAGE_DATA:
		return "page";
	case IGVM_PARAMETER_INSERT:
		return "insert";
	case IGVM_VP_CONTEXT:
		return "vmsa";
	case IGVM_REQUIRED_MEMORY:
		return "required";
	case IGVM_VP_COUNT:
		return "vp-count";
	case IGVM_MEMORY_MAP:
		return "memory-map";
	case IGVM_ENVIRONMENT_INFO:
		return "environment";
	}
	return "?";
}

/* Pages are many: a run of like ones is one line. */
struct run {
	struct igvm_header first;
	uint64_t pages;
};

static void print_run(struct run *r)
{
	static const char *const kinds[] = { "normal", "secrets", "cpuid", "cpuid-xf" };

	if (r->pages != 0)
		printf("page        0x%012llx  %6llu x %s%s%s\n", (unsigned long long)r->first.gpa,
		       (unsigned long long)r->pages, kinds[r->first.page_type],
		       (r->first.flags & IGVM_FLAG_UNMEASURED) != 0 ? " unmeasured" : "",
		       r->first.data == NULL ? " zero" : "");
	r->pages = 0;
}

static bool add_to_run(struct run *r, const struct igvm_header *h)
{
	if (h->type != IGVM_PAGE_DATA || r->pages == 0 ||
	    h->gpa != r->first.gpa + r->pages * IGVM_PAGE || h->page_type != r->first.page_type ||
	    h->flags != r->first.flags || (h->data == NULL) != (r->first.data == NULL))
		return false;
	r->pages++;
	return true;
}

static void print_header(const struct igvm_header *h)
{
	printf("%-11s", type_name(h->type));
	switch (h->type) {
	case IGVM_SUPPORTED_PLATFORM:
		printf(" type %u\n", h->platform);
		break;
	case IGVM_GUEST_POLICY:
		printf(" 0x%llx\n", (unsigned long long)h->policy);
		break;
	case IGVM_PARAMETER_AREA:
		printf(" area %u, 0x%llx bytes\n", h->index, (unsigned long long)h->bytes);
		break;
	case IGVM_PARAMETER_INSERT:
		printf(" 0x%012llx  area %u\n", (unsigned long long)h->gpa, h->index);
		break;
	case IGVM_VP_CONTEXT:
		printf(" 0x%012llx  vCPU %u\n", (unsigned long long)h->gpa, h->index);
		break;
	case IGVM_REQUIRED_MEMORY:
		printf(" 0x%012llx  0x%llx bytes\n", (unsigned long long)h->gpa,
		       (unsigned long long)h->bytes);
		break;
	default:
		printf(" area %u at 0x%x\n", h->index, h->at);
		break;
	}
}

static void list(const struct igvm *f)
{
	struct igvm_header h;
	struct run run = { .pages = 0 };

	for (size_t at = 0; igvm_next(f, &at, &h);) {
		if (add_to_run(&run, &h))
			continue;
		print_run(&run);
		if (h.type == IGVM_PAGE_DATA)
			run = (struct run){ h, 1 };
		else
			print_header(&h);
	}
	print_run(&run);
}

int main(int argc, char **argv)
{
	uint64_t vcpus = 1, signature = DIGEST_SIGNATURE;
	bool listing = false;
	struct igvm_result r;
	struct digest d;
	struct blob file;
	struct igvm f;
	struct why why;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'l') {
			listing = true;
		} else if (option == 'n' || option == 's') {
			if (!host_number(option == 'n' ? &vcpus : &signature, optarg))
				refuse("not a number");
		} else {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : REFUSED;
		}
	}
	if (optind + 1 != argc || vcpus < 1 || vcpus > 4096 || signature > UINT32_MAX)
		refuse("needs one file, 1 to 4096 vCPUs and a 32-bit signature (see --help)");
	if (!host_read(&file, "IGVM file", argv[optind], &why))
		refuse(why.text);
	r = igvm_open(&f, file.data, file.count);
	if (r.error != IGVM_OK) {
		host_refuse(&why, "%s: byte 0x%zx: %s", argv[optind], r.offset,
			    igvm_words(r.error));
		refuse(why.text);
	}
	if (listing)
		list(&f);
	digest_file(&d, &f, (uint32_t)vcpus, (uint32_t)signature);
	printf("%s\n", d.hex);
	free(file.data);
	return 0;
}
