/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <sim/scenario.h>
#include <string.h>
#include <svsm/abi.h>

#define END                                                                                        \
	{                                                                                          \
		NULL, 0                                                                            \
	}

const struct name name_calls[] = {
	{ "REMAP_CA", SVSM_CORE_REMAP_CA },
	{ "PVALIDATE", SVSM_CORE_PVALIDATE },
	{ "CREATE_VCPU", SVSM_CORE_CREATE_VCPU },
	{ "DELETE_VCPU", SVSM_CORE_DELETE_VCPU },
	{ "DEPOSIT_MEM", SVSM_CORE_DEPOSIT_MEM },
	{ "WITHDRAW_MEM", SVSM_CORE_WITHDRAW_MEM },
	{ "QUERY_PROTOCOL", SVSM_CORE_QUERY_PROTOCOL },
	{ "CONFIGURE_VTOM", SVSM_CORE_CONFIGURE_VTOM },
	END,
};

const struct name name_results[] = {
	{ "SUCCESS", SVSM_SUCCESS },
	{ "INCOMPLETE", SVSM_ERR_INCOMPLETE },
	{ "UNSUPPORTED_PROTOCOL", SVSM_ERR_UNSUPPORTED_PROTOCOL },
	{ "UNSUPPORTED_CALL", SVSM_ERR_UNSUPPORTED_CALL },
	{ "INVALID_ADDRESS", SVSM_ERR_INVALID_ADDRESS },
	{ "INVALID_FORMAT", SVSM_ERR_INVALID_FORMAT },
	{ "INVALID_PARAMETER", SVSM_ERR_INVALID_PARAMETER },
	{ "INVALID_REQUEST", SVSM_ERR_INVALID_REQUEST },
	{ "BUSY", SVSM_ERR_BUSY },
	{ "FAIL_INPUT", SVSM_ERR_RMP + RMP_FAIL_INPUT },
	{ "FAIL_PERMISSION", SVSM_ERR_RMP + RMP_FAIL_PERMISSION },
	{ "FAIL_INUSE", SVSM_ERR_RMP + RMP_FAIL_INUSE },
	{ "FAIL_SIZEMISMATCH", SVSM_ERR_RMP + RMP_FAIL_SIZEMISMATCH },
	{ "UNCHANGED", SVSM_ERR_RMP_UNCHANGED },
	{ "FAIL_OTHER", SVSM_ERR_RMP_OTHER },
	END,
};

#define REASON_NAME(name, code, words) { #name, code },
const struct name name_reasons[] = { REASONS(REASON_NAME) END };

const struct name name_codes[] = {
	{ "FAIL_INPUT", RMP_FAIL_INPUT },
	{ "FAIL_PERMISSION", RMP_FAIL_PERMISSION },
	{ "FAIL_INUSE", RMP_FAIL_INUSE },
	{ "FAIL_SIZEMISMATCH", RMP_FAIL_SIZEMISMATCH },
	{ "UNCHANGED", HOST_UNCHANGED },
	{ "FAULT", HW_FAULT },
	END,
};

const struct name name_kinds[] = {
	{ "pvalidate", HOST_PVALIDATE },
	{ "rmpadjust", HOST_RMPADJUST },
	{ "flush", HOST_FLUSH },
	{ "vmgexit", HOST_VMGEXIT },
	{ "load", HOST_LOAD },
	{ "store", HOST_STORE },
	{ "cas", HOST_CAS },
	{ "copy-in", HOST_COPY_IN },
	{ "copy-out", HOST_COPY_OUT },
	{ "zero", HOST_ZERO },
	END,
};

const struct name name_registers[] = {
	{ "rcx", SCENARIO_RCX },
	{ "rdx", SCENARIO_RDX },
	{ "r8", SCENARIO_R8 },
	{ "r9", SCENARIO_R9 },
	END,
};

const struct name name_sizes[] = { { "4K", SIZE_4K }, { "2M", SIZE_2M }, END };
const struct name name_widths[] = { { "u8", 1 }, { "u16", 2 }, { "u32", 4 }, { "u64", 8 }, END };
const struct name name_pages[] = {
	{ "given", SCENARIO_GIVEN },
	{ "shared", SCENARIO_SHARED },
	{ "split", SCENARIO_SPLIT },
	END,
};
const struct name name_frames[] = { { "used", SCENARIO_USED }, { "none", SCENARIO_NONE }, END };
const struct name name_accesses[] = { { "read", SNP_READ }, { "write", SNP_WRITE }, END };
const struct name name_answers[] = { { "no", 0 }, { "yes", 1 }, END };

const struct name *name_find(const struct name *names, const char *at, size_t length)
{
	for (; names->name != NULL; names++)
		if (strlen(names->name) == length && memcmp(names->name, at, length) == 0)
			return names;
	return NULL;
}

const char *name_of(const struct name *names, uint64_t value)
{
	for (; names->name != NULL; names++)
		if (names->value == value)
			return names->name;
	return NULL;
}
