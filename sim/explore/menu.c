/* SPDX-License-Identifier: MIT */
/* The calls that a guest may make. */
#include "explore.h"

#include <svsm/abi.h>

#include <string.h>

#define VALIDATE SVSM_ENTRY_VALIDATE
#define IGNORE_CF SVSM_ENTRY_IGNORE_CF
#define RESERVED 0x10ULL	    /* in an entry */
#define ROW_2 (FRAME_2M + 0x80000)  /* a page in the third row of its record */
#define ROW_7 (FRAME_2M + 0x1ff000) /* in the last */
#define MORE_THAN_A_STEP 257U	    /* PVALIDATE_RUN_ENTRIES and one */
#define OTHER_PROTOCOL (1ULL << 32) /* attestation, which is not there */

static const struct explore_call menu[] = {
	{ "query", SVSM_CORE_QUERY_PROTOCOL, SVSM_CORE_VERSION, 0, { 0 }, 0, 0 },
	{ "validate-0", SVSM_CORE_PVALIDATE, 0, 0, { F0 | VALIDATE }, 0, 0 },
	{ "validate-1", SVSM_CORE_PVALIDATE, 0, 0, { F1 | VALIDATE }, 0, 0 },
	{ "validate-2", SVSM_CORE_PVALIDATE, 0, 0, { F2 | VALIDATE }, 0, 0 },
	{ "validate-3", SVSM_CORE_PVALIDATE, 0, 0, { F3 | VALIDATE }, 0, 0 },
	{ "validate-2-3", SVSM_CORE_PVALIDATE, 0, 0, { F2 | VALIDATE, F3 | VALIDATE }, 0, 0 },
	{ "rescind-0", SVSM_CORE_PVALIDATE, 0, 0, { F0 }, 0, 0 },
	{ "rescind-1", SVSM_CORE_PVALIDATE, 0, 0, { F1 }, 0, 0 },
	{ "rescind-2", SVSM_CORE_PVALIDATE, 0, 0, { F2 }, 0, 0 },
	{ "rescind-3", SVSM_CORE_PVALIDATE, 0, 0, { F3 }, 0, 0 },
	{ "rescind-0-1", SVSM_CORE_PVALIDATE, 0, 0, { F0, F1 }, 0, 0 },
	{ "validate-2m", SVSM_CORE_PVALIDATE, 0, 0, { FRAME_2M | VALIDATE | SIZE_2M }, 0, 0 },
	{ "rescind-2m", SVSM_CORE_PVALIDATE, 0, 0, { FRAME_2M | SIZE_2M }, 0, 0 },
	{ "validate-in-2m", SVSM_CORE_PVALIDATE, 0, 0, { FRAME_2M | VALIDATE }, 0, 0 },
	{ "rescind-in-2m", SVSM_CORE_PVALIDATE, 0, 0, { FRAME_2M }, 0, 0 },
	{ "remap-0", SVSM_CORE_REMAP_CA, F0, 0, { 0 }, 0, 0 },
	{ "remap-1", SVSM_CORE_REMAP_CA, F1, 0, { 0 }, 0, 0 },
	{ "create-0-1", SVSM_CORE_CREATE_VCPU, F0, F1, { 0 }, 0, CALL_BUILDS },
	{ "delete-0", SVSM_CORE_DELETE_VCPU, F0, 0, { 0 }, 0, 0 },
	{ "delete-cpu1", SVSM_CORE_DELETE_VCPU, VMSA(1), 0, { 0 }, 0, 0 },
	{ "deposit-0", SVSM_CORE_DEPOSIT_MEM, 0, 0, { F0 }, 0, 0 },
	{ "withdraw", SVSM_CORE_WITHDRAW_MEM, 0, 0, { 0 }, 0, 0 },
	{ "validate-2-rescind-0", SVSM_CORE_PVALIDATE, 0, 0, { F2 | VALIDATE, F0 }, 0, 0 },
	{ "list-in-3", SVSM_CORE_PVALIDATE, F3, 0, { 0 }, 0, 0 },
	{ "create-1-0", SVSM_CORE_CREATE_VCPU, F1, F0, { 0 }, 0, 0 }, /* no save area was built */
	{ "vtom", SVSM_CORE_CONFIGURE_VTOM, SVSM_VTOM_QUERY, 0, { 0 }, 0, 0 },
	{ "unaligned", SVSM_CORE_REMAP_CA, 4, 0, { 0 }, 0, 0 },
	{ "format", SVSM_CORE_QUERY_PROTOCOL, SVSM_CORE_VERSION, 0, { 0 }, 0, CALL_FORMAT },
	{ "enter", CALL_ENTER, 0, 0, { 0 }, 0, 0 },
	/* Those above are the menu of the search `calls`; from here on, of others. */
	{ "no-call", 99, 0, 0, { 0 }, 0, 0 },
	{ "no-protocol", OTHER_PROTOCOL, 0, 0, { 0 }, 0, 0 },
	{ "remap-2", SVSM_CORE_REMAP_CA, F2, 0, { 0 }, 0, 0 },
	{ "list-unaligned", SVSM_CORE_PVALIDATE, F0 + 4, 0, { 0 }, 0, 0 },
	{ "entry-reserved", SVSM_CORE_PVALIDATE, 0, 0, { F0 | VALIDATE | RESERVED }, 0, 0 },
	{ "rescind-validate-0", SVSM_CORE_PVALIDATE, 0, 0, { F0, F0 | VALIDATE }, 0, 0 },
	{ "long-list",
	  SVSM_CORE_PVALIDATE,
	  0,
	  0,
	  { F0 | VALIDATE | IGNORE_CF },
	  MORE_THAN_A_STEP,
	  0 },
	{ "create-0-0", SVSM_CORE_CREATE_VCPU, F0, F0, { 0 }, 0, 0 },
	{ "create-unaligned", SVSM_CORE_CREATE_VCPU, F0, F1 + 8, { 0 }, 0, 0 },
	{ "create-0-ca1", SVSM_CORE_CREATE_VCPU, F0, CA(1), { 0 }, 0, CALL_BUILDS },
	{ "delete-startup", SVSM_CORE_DELETE_VCPU, STARTUP_VMSA, 0, { 0 }, 0, 0 },
	{ "rescind-area", SVSM_CORE_PVALIDATE, 0, 0, { AREA_2M | SIZE_2M }, 0, 0 },
	{ "inherit-cpu1", SVSM_CORE_CREATE_VCPU, F0, CA(1), { 0 }, 0, CALL_BUILDS | CALL_FOR_1 },
	{ "delete-unaligned", SVSM_CORE_DELETE_VCPU, F0 + 8, 0, { 0 }, 0, 0 },
	{ "deposit-2", SVSM_CORE_DEPOSIT_MEM, 0, 0, { F2 }, 0, 0 },
	{ "deposit-0-0", SVSM_CORE_DEPOSIT_MEM, 0, 0, { F0, F0 }, 0, 0 },
	{ "deposit-reserved", SVSM_CORE_DEPOSIT_MEM, 0, 0, { F0 | RESERVED }, 0, 0 },
	{ "lend-a", SVSM_CORE_DEPOSIT_MEM, 0, 0, { LENT }, 0, 0 },
	{ "lend-b-c", SVSM_CORE_DEPOSIT_MEM, 0, 0, { LENT + PAGE_4K, LENT + 2 * PAGE_4K }, 0, 0 },
	{ "create-a-b", SVSM_CORE_CREATE_VCPU, LENT, LENT + PAGE_4K, { 0 }, 0, CALL_BUILDS },
	{ "create-0-1-cpu0", SVSM_CORE_CREATE_VCPU, F0, F1, { 0 }, 0, CALL_BUILDS | CALL_FOR_0 },
	{ "delete-a", SVSM_CORE_DELETE_VCPU, LENT, 0, { 0 }, 0, 0 },
	{ "validate-mid-2m", SVSM_CORE_PVALIDATE, 0, 0, { ROW_2 | VALIDATE }, 0, 0 },
	{ "validate-end-2m", SVSM_CORE_PVALIDATE, 0, 0, { ROW_7 | VALIDATE }, 0, 0 },
	{ "withdraw-0", SVSM_CORE_WITHDRAW_MEM, F0, 0, { 0 }, 0, 0 },
	{ "withdraw-one", SVSM_CORE_WITHDRAW_MEM, LENT + 3 * PAGE_4K - 16, 0, { 0 }, 0, 0 },
	{ "withdraw-2", SVSM_CORE_WITHDRAW_MEM, F2, 0, { 0 }, 0, 0 },
	{ "withdraw-unaligned", SVSM_CORE_WITHDRAW_MEM, F0 + 4, 0, { 0 }, 0, 0 },
	{ "vtom-set", SVSM_CORE_CONFIGURE_VTOM, SVSM_VTOM_ENABLE | PAGE_1G, 0, { 0 }, 0, 0 },
	{ "vtom-reserved", SVSM_CORE_CONFIGURE_VTOM, SVSM_VTOM_RESERVED, 0, { 0 }, 0, 0 },
	{ "efer", SVSM_CORE_QUERY_PROTOCOL, SVSM_CORE_VERSION + 1, 0, { 0 }, 0, CALL_EFER },
	/* Lists of more than one kind, or with a gap. */
	{ "rescind-2-3", SVSM_CORE_PVALIDATE, 0, 0, { F2, F3 }, 0, 0 },
	{ "validate-2-4", SVSM_CORE_PVALIDATE, 0, 0, { F2 | VALIDATE, F4 | VALIDATE }, 0, 0 },
	{ "rescind-0-validate-1", SVSM_CORE_PVALIDATE, 0, 0, { F0, F1 | VALIDATE }, 0, 0 },
	{ "validate-4m",
	  SVSM_CORE_PVALIDATE,
	  0,
	  0,
	  { FRAME_2M | VALIDATE | SIZE_2M, SECOND_2M | VALIDATE | SIZE_2M },
	  0,
	  0 },
	{ "rescind-validate-4m",
	  SVSM_CORE_PVALIDATE,
	  0,
	  0,
	  { FRAME_2M | SIZE_2M, SECOND_2M | VALIDATE | SIZE_2M },
	  0,
	  0 },
	{ "deposit-2m", SVSM_CORE_DEPOSIT_MEM, 0, 0, { FRAME_2M | SIZE_2M }, 0, 0 },
	/* Bring-up. */
	{ "launch", 0, LAUNCH_AS_IT_IS, 0, { 0 }, 0, CALL_LAUNCH },
	{ "launch-ids", 0, LAUNCH_IDS, 0, { 0 }, 0, CALL_LAUNCH },
	{ "launch-asks", 0, LAUNCH_ASKS, 0, { 0 }, 0, CALL_LAUNCH },
	{ "bad-config", 0, LAUNCH_BAD_CONFIG, 0, { 0 }, 0, CALL_LAUNCH },
	{ "bad-cpuid", 0, LAUNCH_BAD_CPUID, 0, { 0 }, 0, CALL_LAUNCH },
	{ "bad-secrets", 0, LAUNCH_BAD_SECRETS, 0, { 0 }, 0, CALL_LAUNCH },
	{ "bad-map", 0, LAUNCH_BAD_MAP, 0, { 0 }, 0, CALL_LAUNCH },
	{ "own-map", 0, LAUNCH_OWN_MAP, 0, { 0 }, 0, CALL_LAUNCH },
	{ "no-tables", 0, LAUNCH_NO_TABLES, 0, { 0 }, 0, CALL_LAUNCH },
	/* The frame allocator alone. */
	{ "take", FRAME_TAKE, 0, 0, { 0 }, 0, CALL_ALLOCATOR },
	{ "take-vmsa", FRAME_TAKE_VMSA, 0, 0, { 0 }, 0, CALL_ALLOCATOR },
	{ "take-2m", FRAME_TAKE_2M, 0, 0, { 0 }, 0, CALL_ALLOCATOR },
	{ "give", FRAME_GIVE, 0, 0, { 0 }, 0, CALL_ALLOCATOR },
	{ "give-newest", FRAME_GIVE_NEWEST, 0, 0, { 0 }, 0, CALL_ALLOCATOR },
	{ "give-2m", FRAME_GIVE_2M, 0, 0, { 0 }, 0, CALL_ALLOCATOR },
	{ "give-again", FRAME_GIVE_AGAIN, 0, 0, { 0 }, 0, CALL_ALLOCATOR },
	{ "look", FRAME_LOOK, 0, 0, { 0 }, 0, CALL_ALLOCATOR },
};
#define MENU (sizeof(menu) / sizeof(*menu))
_Static_assert(MENU <= EXPLORE_CALLS, "a config can have each once");

const struct explore_call *menu_call(unsigned int call)
{
	return call < MENU ? &menu[call] : NULL;
}

const char *menu_name(unsigned int call)
{
	return call < MENU ? menu[call].name : NULL;
}

unsigned int menu_find(const char *name)
{
	unsigned int call = 0;

	while (call < MENU && strcmp(menu[call].name, name) != 0)
		call++;
	return call;
}

unsigned int menu_cpu(const struct explore_call *call, unsigned int spare)
{
	if ((call->flags & CALL_FOR_0) != 0)
		return 0;
	return (call->flags & CALL_FOR_1) != 0 ? 1 : spare;
}
