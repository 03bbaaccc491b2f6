/* SPDX-License-Identifier: MIT */
/*
 * What is in the pages: a page that was just validated, or held something of
 * the SVSM's, is foreign until it is zeroed. By the page that is mapped now,
 * so that a hypervisor's remapping does not deceive it.
 */
#include <snp/host.h>

static uint8_t foreign[0x5000];

static uint8_t *of(uint64_t gpa)
{
	static uint8_t nowhere;
	uint64_t spa;

	if (!snp_gpa_to_spa(&host.snp, gpa, &spa) || spa / PAGE_4K >= sizeof(foreign))
		return &nowhere;
	return &foreign[spa / PAGE_4K];
}

static void mark(uint64_t gpa, uint64_t bytes, bool is_foreign)
{
	if (host.threads)
		return;
	for (uint64_t at = gpa; at < gpa + bytes; at += PAGE_4K)
		*of(at) = is_foreign;
}

void host_foreign(uint64_t gpa, uint64_t bytes)
{
	mark(gpa, bytes, true);
}

void host_zeroed(uint64_t gpa, uint64_t bytes)
{
	mark(gpa, bytes, false);
}

void host_granted(uint64_t gpa, uint64_t bytes)
{
	for (uint64_t at = gpa; at < gpa + bytes; at += PAGE_4K)
		if (*of(at))
			host_violation("a page was granted that had not been zeroed");
}

void host_violation(const char *what)
{
	if (host.violation == NULL)
		host.violation = what;
}
