/* SPDX-License-Identifier: MIT */
/* Termination reasons in words [ghcb 4]. */
#include "snp_rig.h"
#include "test.h"

#include <string.h>

declare_test(snp_term_words_table)
{
	static const struct {
		unsigned int set, code;
		const char *words;
	} rows[] = {
		{ 0, 0, "general failure" },
		{ 0, 2, "SNP features unsupported" },
		{ 0, 3, "unknown reason" },
		{ 1, 0, "GHCB registration failed" },
		{ 1, 3, "not VMPL0" },
		{ 1, 12, "Secure AVIC failure" },
		{ 1, 13, "unknown reason" },
		{ 14, 2, "not running at VMPL0" },
		{ 14, 255, "unknown reason" },
		{ 15, 9, "not VMPL0" },
		{ 15, 13, "unknown reason" },
		{ SNP_TERM_HOST, SNP_TERM_HOST_GHCB, "the GHCB page is not shared memory" },
		{ 7, 0, "unknown reason" },
	};

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(strcmp(snp_term_words(rows[i].set, rows[i].code), rows[i].words) == 0);
}
