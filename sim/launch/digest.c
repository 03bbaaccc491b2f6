/* SPDX-License-Identifier: MIT */
#include "launch/digest.h"

#include "svsm/vmsa.h"

#include <stdio.h>
#include <string.h>

/* All vCPUs share the SEV features of the file's first VMSA [boot-abi 6.3]. */
static void measure_vmsa(struct snp_launch *l, const struct igvm *f, uint32_t vp,
			 uint32_t signature)
{
	const uint8_t *vmsa = igvm_vmsa(f, vp);
	uint8_t page[IGVM_PAGE];
	uint64_t features;

	if (vmsa == NULL) {
		memcpy(&features, igvm_vmsa(f, 0) + VMSA_SEV_FEATURES, sizeof(features));
		snp_vmsa_reset(page, signature, features);
		vmsa = page;
	}
	snp_launch_measure(l, SNP_PAGE_VMSA, IGVM_VMSA_GPA, vmsa);
}

void digest_file(struct digest *d, const struct igvm *f, uint32_t vcpus, uint32_t signature)
{
	static const uint8_t zero[IGVM_PAGE];
	struct snp_launch l;
	struct igvm_order order;
	struct igvm_page page;

	snp_launch_start(&l);
	d->pages = 0;
	igvm_order_start(&order, f);
	while (igvm_order_next(&order, &page)) {
		/* Only the contents of NORMAL pages count. */
		snp_launch_measure(&l, page.type, page.gpa, page.data == NULL ? zero : page.data);
		d->pages++;
	}
	for (uint32_t vp = 0; vp < vcpus; vp++)
		measure_vmsa(&l, f, vp, signature);
	memcpy(d->bytes, l.digest, sizeof(d->bytes));
	for (size_t i = 0; i < sizeof(d->bytes); i++)
		snprintf(d->hex + 2 * i, 3, "%02x", d->bytes[i]);
}
