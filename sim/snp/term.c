/* SPDX-License-Identifier: MIT */
/* Termination reasons in words [ghcb 4]. */
#include <snp/snp.h>
#include <svsm/reason.h>

#define UNKNOWN "unknown reason"
#define SET_LINUX 1U
#define SET_LINUX_SVSM 15U

static const char *const general[] = {
	"general failure",
	"GHCB protocol range unsupported",
	"SNP features unsupported",
};

static const char *const linux_kernel[] = {
	"GHCB registration failed",
	"page state change failed",
	"PVALIDATE failed",
	"not VMPL0",
	"CPUID table refused",
	"CPUID from the hypervisor failed",
	"secrets page unusable",
	"no SVSM although VMPL is not 0",
	"SVSM says the guest is at VMPL0",
	"SVSM calling area misaligned",
	"Secure TSC could not be set up",
	"SVSM calling area could not be moved",
	"Secure AVIC failure",
};

static const char *const linux_svsm[] = {
	"general failure",
	"out of memory",
	"unhandled #VC",
	"page state change failed",
	"page could not be set up",
	"no GHCB",
	"bad GHCB response",
	"fw_cfg failure",
	"BIOS format unknown",
	"not VMPL0",
	"VMPL0 SEV_FEATURES unsupported",
	"wrong VMPL",
	"VMPL1 SEV_FEATURES unsupported",
};

static const char *const host[] = {
	"the GHCB page is not shared memory",
	"the guest met an event it cannot handle",
};

#define WORDS(list) (code < sizeof(list) / sizeof((list)[0]) ? (list)[code] : UNKNOWN)

const char *snp_term_words(unsigned int set, unsigned int code)
{
	switch (set) {
	case 0:
		return WORDS(general);
	case SET_LINUX:
		return WORDS(linux_kernel);
	case REASON_SET:
		return reason_words(code);
	case SET_LINUX_SVSM:
		return WORDS(linux_svsm);
	case SNP_TERM_HOST:
		return WORDS(host);
	default:
		return UNKNOWN;
	}
}
