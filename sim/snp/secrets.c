/* SPDX-License-Identifier: MIT */
/* The secrets page as the PSP writes it [boot-abi 1]. */
#include "model.h"

#define VERSION 3U /* the one with the TSC factor */
#define TWEAK_BITMAP 0x100U
#define TSC_FACTOR_AT 0x160U
#define TSC_FACTOR 200U

/* VMSA bytes that VmsaRegProt covers, quadwords [snp-arch 5]. */
static const struct {
	uint16_t first, end;
} tweaked[] = {
	{ 0x178, 0x180 }, { 0x1d8, 0x1e0 }, { 0x1f8, 0x200 }, { 0x308, 0x320 },
	{ 0x328, 0x380 }, { 0x420, 0x670 }, { 0x980, 0xfc0 },
};

void snp_secrets_page(uint8_t page[4096], const uint8_t keys[4][32], uint32_t fms)
{
	memset(page, 0, SNP_PAGE);
	model_store32(page, VERSION);
	model_store32(page + 0x8, fms);
	for (unsigned int vmpl = 0; vmpl < SNP_VMPLS; vmpl++)
		memcpy(page + 0x20 + 0x20U * vmpl, keys[vmpl], 32);
	for (size_t i = 0; i < sizeof(tweaked) / sizeof(tweaked[0]); i++)
		for (unsigned int k = tweaked[i].first / 8; k < tweaked[i].end / 8U; k++)
			page[TWEAK_BITMAP + k / 8] =
				(uint8_t)(page[TWEAK_BITMAP + k / 8] | 1U << (k % 8));
	model_store32(page + TSC_FACTOR_AT, TSC_FACTOR);
}
