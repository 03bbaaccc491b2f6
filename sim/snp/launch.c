/* SPDX-License-Identifier: MIT */
/* LAUNCH_UPDATE and the launch digest [boot-abi 3]. */
#include "model.h"

#include <mbedtls/sha512.h>

#define INFO_BYTES 0x70U
#define DIGEST_BYTES 48U
#define TSC_FIELDS 0x2f0U /* of a VMSA: scale and offset, measured as 0 */
#define TSC_BYTES 16U

struct range {
	const uint8_t *at;
	size_t bytes;
};

static void sha384(const struct range *part, size_t parts, uint8_t out[DIGEST_BYTES])
{
	mbedtls_sha512_context context;
	uint8_t digest[64];

	mbedtls_sha512_init(&context);
	mbedtls_sha512_starts(&context, 1);
	for (size_t i = 0; i < parts; i++)
		mbedtls_sha512_update(&context, part[i].at, part[i].bytes);
	mbedtls_sha512_finish(&context, digest);
	mbedtls_sha512_free(&context);
	memcpy(out, digest, DIGEST_BYTES);
}

static void contents_digest(enum snp_page_type type, const uint8_t *bytes, uint8_t *out)
{
	static const uint8_t zero[TSC_BYTES];
	const size_t after = TSC_FIELDS + TSC_BYTES;
	const struct range part[] = {
		{ bytes, TSC_FIELDS },
		{ type == SNP_PAGE_VMSA ? zero : bytes + TSC_FIELDS, TSC_BYTES },
		{ bytes + after, SNP_PAGE - after },
	};

	sha384(part, 3, out);
}

void snp_launch_start(struct snp_launch *l)
{
	memset(l, 0, sizeof(*l));
}

void snp_launch_measure(struct snp_launch *l, enum snp_page_type type, uint64_t gpa,
			const uint8_t *bytes)
{
	uint8_t info[INFO_BYTES] = { 0 };
	const struct range whole = { info, sizeof(info) };

	memcpy(info, l->digest, DIGEST_BYTES);
	if (type == SNP_PAGE_NORMAL || type == SNP_PAGE_VMSA)
		contents_digest(type, bytes, info + 0x30);
	model_store16(info + 0x60, INFO_BYTES);
	info[0x62] = (uint8_t)type;
	model_store64(info + 0x68, gpa);
	sha384(&whole, 1, l->digest);
	l->pages++;
}

static void fill(struct snp *m, enum snp_page_type type, uint8_t *page)
{
	if (type == SNP_PAGE_ZERO)
		memset(page, 0, SNP_PAGE);
	else if (type == SNP_PAGE_SECRETS)
		snp_secrets_page(page, (const uint8_t(*)[32])m->vmpck, m->fms);
	else if (type == SNP_PAGE_CPUID)
		snp_cpuid_page(m, page);
}

bool snp_launch_page(struct snp *m, struct snp_launch *l, enum snp_page_type type, uint64_t gpa)
{
	struct snp_rmpupdate u = { .gpa = gpa, .assigned = true, .immutable = true };
	struct snp_rmp_entry *e;
	struct model_map map;
	uint8_t *page;

	if ((gpa & (SNP_PAGE - 1)) != 0 || !model_find(m, gpa, &map))
		return false;
	e = snp_rmp_head(m, map.spa);
	u.asid = m->asid;
	if (e == NULL || e->assigned || snp_rmpupdate(m, map.spa, &u) != SNP_OK)
		return false;
	page = m->ops.memory(m, map.spa);
	fill(m, type, page);
	e->validated = 1;
	e->immutable = 0;
	e->vmsa = type == SNP_PAGE_VMSA;
	if (l != NULL)
		snp_launch_measure(l, type, gpa, page);
	return true;
}
