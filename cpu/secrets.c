/* SPDX-License-Identifier: MIT */
/* The secrets page. VMPCK0 never leaves this file but for the PSP. [boot-abi 1, svsm 1.1] */
#include <mbedtls/platform_util.h>
#include <string.h>
#include <svsm/secrets.h>

#define VERSION_AT 0x000U
#define VMPCK_AT 0x020U
#define SVSM_AT 0x140U
#define TSC_FACTOR_AT 0x160U
#define KNOWN_BYTES 0x164U

#define SVSM_MAX_VERSION 1U

struct svsm_fields {
	uint64_t base, size, caa;
	uint32_t max_version;
	uint8_t vmpl, reserved[3];
};
_Static_assert(sizeof(struct svsm_fields) == TSC_FACTOR_AT - SVSM_AT, "svsm 1.1");

static uint8_t copy[KNOWN_BYTES];

static bool is_zero(const uint8_t *bytes, size_t count)
{
	uint8_t all = 0;

	for (size_t i = 0; i < count; i++)
		all |= bytes[i];
	return all == 0;
}

/* The PSP leaves the SVSM's fields zero, and makes no page without a version or a VMPCK0. */
enum err secrets_load(const uint8_t page[PAGE_4K])
{
	if (is_zero(page + VERSION_AT, 4) || is_zero(page + VMPCK_AT, VMPCK_BYTES) ||
	    !is_zero(page + SVSM_AT, sizeof(struct svsm_fields)))
		return ERR_STATE;
	memcpy(copy, page, sizeof(copy));
	return OK;
}

void secrets_for_guest(uint8_t page[PAGE_4K], const struct secrets_guest *guest)
{
	struct svsm_fields fields = {
		.base = guest->svsm_base,
		.size = guest->svsm_size,
		.caa = guest->caa,
		.max_version = SVSM_MAX_VERSION,
		.vmpl = (uint8_t)guest->vmpl,
	};

	memset(page, 0, PAGE_4K);
	memcpy(page, copy, sizeof(copy));
	mbedtls_platform_zeroize(page + VMPCK_AT, (size_t)guest->vmpl * VMPCK_BYTES);
	memcpy(page + SVSM_AT, &fields, sizeof(fields));
}

void secrets_wipe(void)
{
	mbedtls_platform_zeroize(copy + VMPCK_AT, VMPCK_COUNT * VMPCK_BYTES);
}
