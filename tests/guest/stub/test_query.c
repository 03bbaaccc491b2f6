/* SPDX-License-Identifier: MIT */
/* QUERY_PROTOCOL, CONFIGURE_VTOM, and the calls that are not there yet [svsm 6]. */
#include "stub.h"

#define RDX_IN 0x1111111111111111ULL
#define R8_IN 0x2222222222222222ULL

static const struct {
	uint64_t in, out;
	const char *text;
} queries[] = {
	{ 0x0000000000000001, 0x0000000100000001, "core, version 1: 1 to 1" },
	{ 0x0000000000000000, 0, "core, version 0" },
	{ 0x0000000000000002, 0, "core, version 2" },
	{ 0x00000000ffffffff, 0, "core, version 0xffffffff" },
	{ 0x0000000100000001, 0, "attestation" },
	{ 0x0000000200000001, 0, "vTPM" },
	{ 0x0000000300000001, 0, "APIC" },
	{ 0x0000000400000001, 0, "UEFI MM" },
	{ 0x0000000500000001, 0, "protocol 5" },
	{ 0x7fffffff00000001, 0, "protocol 0x7fffffff" },
	{ 0x8000000000000001, 0, "protocol 0x80000000" },
	{ 0xffffffffffffffff, 0, "protocol and version 0xffffffff" },
};

void test_query(void)
{
	static const struct {
		uint32_t number;
		uint64_t result;
		const char *name;
	} empty[] = {
		{ CORE_CREATE_VCPU, INVALID_PARAMETER, "CREATE_VCPU, nothing in the page" },
		{ CORE_DELETE_VCPU, INVALID_PARAMETER, "DELETE_VCPU, no save area" },
		{ CORE_DEPOSIT_MEM, INVALID_PARAMETER, "DEPOSIT_MEM, empty list" },
		{ CORE_WITHDRAW_MEM, OK, "WITHDRAW_MEM, nothing deposited" },
	};
	uint64_t page = page_take_list(), ca = page_take_list();

	for (unsigned int i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		check_eq(call_core(CORE_QUERY_PROTOCOL, queries[i].in, RDX_IN, R8_IN, REG_RCX), OK,
			 "[svsm 6.6] QUERY_PROTOCOL succeeds: %s", queries[i].text);
		check_eq(call_last.out.rcx, queries[i].out, "[svsm 6.6] RCX: %s", queries[i].text);
	}
	for (unsigned int i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		check_eq(call_core(empty[i].number, page, ca, 0, 0), empty[i].result, "[svsm 6] %s",
			 empty[i].name);
}

static const struct {
	uint64_t rcx, result;
	const char *text;
} vtoms[] = {
	{ 0x3, INVALID_PARAMETER, "query, bit 1" },
	{ 0x801, INVALID_PARAMETER, "query, bit 11" },
	{ 0x1001, INVALID_PARAMETER, "query, bit 12" },
	{ 0x8000000000000001, INVALID_PARAMETER, "query, bit 63" },
	{ 0x0, INVALID_REQUEST, "disable" },
	{ 0x100000002, INVALID_REQUEST, "enable at 4 GiB" },
	{ 0x10000001e, INVALID_REQUEST, "enable, load CR3, RIP and RSP" },
	{ 0x1c, INVALID_REQUEST, "disable, load CR3, RIP and RSP" },
	{ 0x1000, INVALID_PARAMETER, "disable, with a vTOM" },
	{ 0x20, INVALID_PARAMETER, "bit 5" },
	{ 0x40, INVALID_PARAMETER, "bit 6" },
	{ 0x80, INVALID_PARAMETER, "bit 7" },
	{ 0x100, INVALID_PARAMETER, "bit 8" },
	{ 0x200, INVALID_PARAMETER, "bit 9" },
	{ 0x400, INVALID_PARAMETER, "bit 10" },
	{ 0x800, INVALID_PARAMETER, "bit 11" },
	{ 0x100000fe2, INVALID_PARAMETER, "enable, bits 11:5" },
};

void test_vtom(void)
{
	/* What a query leaves in RDX and R8 without support is undefined. */
	check_eq(call_core(CORE_CONFIGURE_VTOM, 1, 0, 0, REG_RCX | REG_RDX | REG_R8), OK,
		 "[svsm 6.7] CONFIGURE_VTOM query succeeds");
	check_eq(call_last.out.rcx, 0, "[svsm 6.7] RCX: not supported");
	/* RDX, R8 and R9 hold no CR3, RIP and RSP: if they were loaded the stub would be gone. */
	for (unsigned int i = 0; i < sizeof(vtoms) / sizeof(vtoms[0]); i++)
		check_eq(call_core(CORE_CONFIGURE_VTOM, vtoms[i].rcx, RDX_IN, R8_IN, 0),
			 vtoms[i].result, "[svsm 6.7] CONFIGURE_VTOM %s", vtoms[i].text);
}
