/* SPDX-License-Identifier: MIT */
#include "snp/igvm.h"

const char *igvm_words(enum igvm_error error)
{
	static const char *const words[IGVM_ERRORS] = {
		[IGVM_OK] = "no error",
		[IGVM_TOO_SHORT] = "file ends inside the fixed header",
		[IGVM_BAD_MAGIC] = "not an IGVM file",
		[IGVM_BAD_VERSION] = "format version is not 1 or 2",
		[IGVM_BAD_ARCH] = "not for x86-64 with 4 KiB pages",
		[IGVM_BAD_TOTAL] = "length differs from the size in its header (truncated?)",
		[IGVM_BAD_SECTION] = "variable headers outside the file",
		[IGVM_BAD_CRC] = "bad checksum",
		[IGVM_TRUNCATED] = "header section ends inside a header",
		[IGVM_BAD_TYPE] = "unsupported header type",
		[IGVM_BAD_LENGTH] = "wrong length of a header",
		[IGVM_BAD_PADDING] = "reserved bytes are not zero",
		[IGVM_BAD_ORDER] = "header out of order",
		[IGVM_BAD_PLATFORM] = "bad platform header",
		[IGVM_DUP_PLATFORM] = "platform declared twice",
		[IGVM_NO_SNP] = "not for SEV-SNP",
		[IGVM_BAD_MASK] = "bad compatibility mask",
		[IGVM_BAD_POLICY] = "guest policy without its reserved bit 17",
		[IGVM_DUP_POLICY] = "guest policy declared twice",
		[IGVM_UNALIGNED] = "address or size is not a multiple of 4 KiB",
		[IGVM_BAD_RANGE] = "address range empty or too large",
		[IGVM_BAD_OFFSET] = "page data outside the file",
		[IGVM_BAD_PAGE] = "unsupported page type or flags",
		[IGVM_MANY_AREAS] = "too many parameter areas",
		[IGVM_DUP_AREA] = "parameter area declared twice",
		[IGVM_NO_AREA] = "parameter area not declared",
		[IGVM_AREA_USED] = "parameter area already inserted",
		[IGVM_AREA_SMALL] = "parameter does not fit into its area",
		[IGVM_OVERLAP] = "page launched twice",
		[IGVM_BAD_VMSA] = "VMSA not at 0xfffffffff000, or not for SEV-SNP",
		[IGVM_DUP_VMSA] = "VMSA given twice",
		[IGVM_NO_VMSA] = "no VMSA for the first vCPU",
	};

	return (unsigned int)error < IGVM_ERRORS ? words[error] : "unknown error";
}
