/* SPDX-License-Identifier: MIT */
/*
 * Reading an IGVM file for an SNP guest [boot-abi 6]. Freestanding, no
 * allocation; the file stays where it is and every pointer points into it.
 * igvm_open() checks the whole file: what follows it cannot fail. Only what
 * QEMU supports for SNP is accepted; all else is refused, not skipped.
 */
#pragma once
#include "snp/snp.h"

#define IGVM_MAGIC 0x4D564749U
#define IGVM_PAGE 4096U
#define IGVM_AREAS 16U
#define IGVM_AREA_BYTES 0x100000U /* largest parameter area we take */
#define IGVM_VMSA_GPA 0xFFFFFFFFF000ULL
#define IGVM_DEFAULT_POLICY 0x30000ULL

/* Variable header types [boot-abi 6.2]. */
enum igvm_type {
	IGVM_SUPPORTED_PLATFORM = 0x1,
	IGVM_GUEST_POLICY = 0x101,
	IGVM_PARAMETER_AREA = 0x301,
	IGVM_PAGE_DATA = 0x302,
	IGVM_PARAMETER_INSERT = 0x303,
	IGVM_VP_CONTEXT = 0x304,
	IGVM_REQUIRED_MEMORY = 0x305,
	IGVM_VP_COUNT = 0x307,
	IGVM_MEMORY_MAP = 0x30C,
	IGVM_ENVIRONMENT_INFO = 0x313,
};

#define IGVM_PLATFORM_SNP 2U
#define IGVM_FLAG_UNMEASURED 0x2U /* the only page flag accepted */

/* PAGE_DATA type */
#define IGVM_DATA_NORMAL 0U
#define IGVM_DATA_SECRETS 1U
#define IGVM_DATA_CPUID 2U
#define IGVM_DATA_CPUID_XF 3U

enum igvm_error {
	IGVM_OK,
	IGVM_TOO_SHORT, /* no room for the fixed header */
	IGVM_BAD_MAGIC,
	IGVM_BAD_VERSION,
	IGVM_BAD_ARCH,	  /* version 2: not x64 or not 4 KiB pages */
	IGVM_BAD_TOTAL,	  /* total size is not the file's length */
	IGVM_BAD_SECTION, /* variable headers: place or size */
	IGVM_BAD_CRC,
	IGVM_TRUNCATED,	   /* a variable header runs out of its section */
	IGVM_BAD_TYPE,	   /* unknown or unsupported */
	IGVM_BAD_LENGTH,   /* not the length of its type */
	IGVM_BAD_PADDING,  /* padding or a reserved field is not zero */
	IGVM_BAD_ORDER,	   /* platform, init, directives: went back */
	IGVM_BAD_PLATFORM, /* a field of a platform header */
	IGVM_DUP_PLATFORM, /* same platform or same mask again */
	IGVM_NO_SNP,	   /* no SNP platform in the file */
	IGVM_BAD_MASK,	   /* no or undeclared compatibility mask bits */
	IGVM_BAD_POLICY,   /* bit 17 must be one */
	IGVM_DUP_POLICY,
	IGVM_UNALIGNED,	 /* an address or a size is not page aligned */
	IGVM_BAD_RANGE,	 /* empty, too large or beyond the address space */
	IGVM_BAD_OFFSET, /* page data not inside the file's data section */
	IGVM_BAD_PAGE,	 /* page type or flags */
	IGVM_MANY_AREAS, /* more than IGVM_AREAS */
	IGVM_DUP_AREA,
	IGVM_NO_AREA,	 /* parameter or insert without its area */
	IGVM_AREA_USED,	 /* area already inserted */
	IGVM_AREA_SMALL, /* parameter does not fit into its area */
	IGVM_OVERLAP,	 /* a page is launched twice */
	IGVM_BAD_VMSA,	 /* address or data of a VP context */
	IGVM_DUP_VMSA,
	IGVM_NO_VMSA, /* no context for VP 0 */
	IGVM_ERRORS
};

struct igvm_result {
	enum igvm_error error;
	size_t offset; /* in the file: what is wrong starts here */
};

/* "bad checksum": lower case, no full stop. */
const char *igvm_words(enum igvm_error error);

struct igvm_area {
	uint32_t index;
	uint32_t bytes;
	bool inserted;
};

struct igvm {
	const uint8_t *file;
	size_t bytes;
	uint32_t version;
	uint32_t fixed_bytes; /* of the fixed header */
	size_t first, end;    /* the variable headers */
	uint32_t masks;	      /* of all platforms */
	uint32_t mask;	      /* of the SNP platform */
	uint64_t policy;      /* IGVM_DEFAULT_POLICY when the file has none */
	uint32_t areas;
	struct igvm_area area[IGVM_AREAS];
};

/* One variable header; fields its type does not have are 0. */
struct igvm_header {
	enum igvm_type type;
	size_t offset;	     /* of the header in the file */
	uint32_t mask;	     /* all platforms where the type has none */
	uint64_t gpa;	     /* page, insert, required memory, VP context */
	uint64_t bytes;	     /* page, area, insert, required memory */
	const uint8_t *data; /* page: 4 KiB or NULL for zeros; VP context: 4 KiB VMSA */
	uint32_t index;	     /* area, insert, parameters: area; VP context: VP */
	uint32_t at;	     /* parameters: byte offset in the area */
	uint32_t flags;	     /* page */
	uint16_t page_type;  /* page: IGVM_DATA_* */
	uint64_t policy;
	uint8_t platform, vtl;
	uint16_t platform_version;
	uint64_t boundary;
};

/* Checks everything. The bytes must not change while `f` is in use. */
struct igvm_result igvm_open(struct igvm *f, const void *file, size_t bytes);

/*
 * The headers that count for SNP, in file order: set *at to 0, call until
 * false. For a file that igvm_open() has accepted.
 */
bool igvm_next(const struct igvm *f, size_t *at, struct igvm_header *h);
/* The same, only the parameters (VP_COUNT, MEMORY_MAP, ...) of one area. */
bool igvm_next_parameter(const struct igvm *f, size_t *at, uint32_t area, struct igvm_header *h);
/* The VMSA of a VP, NULL when the file has none (VP 0 always has one). */
const uint8_t *igvm_vmsa(const struct igvm *f, uint32_t vp);

/*
 * The pages in the order in which QEMU launches them [boot-abi 6.3]: a
 * parameter insert overtakes the run of pages before it. VMSAs are not among
 * them: LAUNCH_FINISH adds one for every vCPU, at IGVM_VMSA_GPA.
 */
struct igvm_page {
	enum snp_page_type type;
	uint64_t gpa;
	const uint8_t *data; /* NULL: zeros, or a page of a parameter area */
	bool parameter;	     /* a page of `area`, from byte `area_offset` of it */
	uint32_t area;
	uint32_t area_offset;
};

struct igvm_order {
	const struct igvm *file;
	size_t at;		   /* the next header to look at */
	size_t run, run_end;	   /* headers of the pending run of pages; equal: none */
	struct igvm_header last;   /* of that run */
	bool queued;		   /* the run is being given out */
	struct igvm_header insert; /* being given out from `inserted` bytes on */
	uint32_t inserted;
};

void igvm_order_start(struct igvm_order *o, const struct igvm *f);
bool igvm_order_next(struct igvm_order *o, struct igvm_page *page);

/* ---- for igvm_*.c ------------------------------------------------------ */

/*
 * Decodes the variable header at `at`, below f->end, and checks what can be seen from it
 * alone; sets the offset of the next. On an error *at says where it is.
 */
enum igvm_error igvm_decode(const struct igvm *f, size_t *at, struct igvm_header *h);
uint32_t igvm_crc32(uint32_t crc, const void *bytes, size_t count);
