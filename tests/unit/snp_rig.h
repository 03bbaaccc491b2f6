/* SPDX-License-Identifier: MIT */
/* A machine for the tests of sim/snp: memory, slots, pages in every state. */
#pragma once
#include <snp/snp.h>

#define RIG_BYTES 0x1200000ULL /* system memory; the RMP covers the first 16 MiB */
#define RIG_COVERED 0x1000000ULL
#define RIG_SKEWED 0x40000000ULL    /* slot whose spa is not 2M-congruent */
#define RIG_UNCOVERED 0x80000000ULL /* slot outside the RMP */
#define RIG_VMSA 0xfffffffff000ULL  /* slot of one page */
#define RIG_NO_SLOT 0x7f000000ULL
#define RIG_PAGE 0x203000ULL   /* the 4K page under test */
#define RIG_REGION 0x400000ULL /* the 2M page under test */
#define RIG_OTHER_ASID 2U

enum rig_state {
	RIG_SHARED,
	RIG_FRESH, /* private, not validated */
	RIG_VALID,
	RIG_FOREIGN,   /* another guest's, validated */
	RIG_MOVED,     /* ours, validated, at another gpa */
	RIG_IMMUTABLE, /* ours, validated, immutable */
	RIG_FRESH_2M,
	RIG_VALID_2M,
	RIG_SPLIT_2M, /* 2M in the RMP, 4K in the nested tables */
	RIG_OUTSIDE,  /* not covered by the RMP */
	RIG_NOWHERE,  /* no slot */
};

/* Calls of the embedder's services since rig_new(). */
struct rig_log {
	uint64_t changed_gpa, changed_bytes;
	unsigned int changed;
	uint16_t port;
	unsigned int port_bytes, port_calls;
	uint32_t port_value[16];
	uint64_t mmio_gpa;
	unsigned int mmio_bytes, mmio_calls;
	bool mmio_write;
};
extern struct rig_log rig_log;

struct snp *rig_new(void);
/* Makes a page of that state and returns its gpa. */
uint64_t rig_make(struct snp *m, enum rig_state state);
struct snp_operand rig_operand(uint64_t gpa);
/* PVALIDATE and RMPADJUST at VMPL0; they must succeed. */
void rig_accept(struct snp *m, uint64_t gpa, bool size_2m);
void rig_grant(struct snp *m, uint64_t gpa, unsigned int vmpl, unsigned int mask, bool vmsa);
/* A page at gpa that VMRUN accepts for vmpl. */
void rig_vmsa(struct snp *m, uint64_t gpa, unsigned int vmpl);

uint64_t rig_get(const uint8_t *at, unsigned int bytes);
void rig_put(uint8_t *at, uint64_t value, unsigned int bytes);

/* The GHCB of vCPU 0, current VMPL: a registered shared page at RIG_GHCB. */
#define RIG_GHCB 0x10000ULL
uint8_t *rig_ghcb(struct snp *m);
void rig_field(uint8_t *ghcb, unsigned int field, uint64_t value);
bool rig_field_valid(const uint8_t *ghcb, unsigned int field);
/* New request: bitmap cleared, the three fields of every event set. */
void rig_request(uint8_t *ghcb, uint64_t code, uint64_t info1, uint64_t info2);

enum {
	GHCB_RAX = 0x1f8,
	GHCB_CPL = 0x0c8,
	GHCB_RCX = 0x308,
	GHCB_RDX = 0x310,
	GHCB_RBX = 0x318,
	GHCB_CODE = 0x390,
	GHCB_INFO1 = 0x398,
	GHCB_INFO2 = 0x3a0,
	GHCB_SCRATCH = 0x3a8,
	GHCB_XCR0 = 0x3e8,
	GHCB_BITMAP = 0x3f0,
	GHCB_BUFFER = 0x800,
	GHCB_USAGE = 0xffc,
};
