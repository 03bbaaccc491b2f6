/* SPDX-License-Identifier: MIT */
/*
 * What each call of the core protocol may answer, from the protocol's tables
 * [svsm 4, 6]; any other answer is a violation. Not here, because nothing can
 * cause them: FAIL_INPUT and FAIL_PERMISSION of PVALIDATE and RMPADJUST are for
 * operands that the firmware never has, and for other VMPLs than 0 [snp-arch
 * 2.2]; NEED_PAGES for more pages than a context has; RMP_OTHER of DELETE_VCPU,
 * since a save area that faults was taken away, and stops the VM.
 */
#include "cover.h"

#include <svsm/abi.h>

#include <stdio.h>

#define IN_USE (SVSM_ERR_RMP + RMP_FAIL_INUSE)
#define MISMATCH (SVSM_ERR_RMP + RMP_FAIL_SIZEMISMATCH)
#define END 0xffffffffU
_Static_assert(CPU_CONTEXT_FRAMES == 4, "as many codes of NEED_PAGES");

static const struct row {
	const char *name;
	uint32_t result[RESULTS]; /* up to END */
} rows[RESULT_ROWS] = {
	[SVSM_CORE_REMAP_CA] = { "REMAP_CA",
				 { SVSM_SUCCESS, SVSM_ERR_INVALID_ADDRESS,
				   SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_BUSY, END } },
	[SVSM_CORE_PVALIDATE] = { "PVALIDATE",
				  { SVSM_SUCCESS, SVSM_ERR_INCOMPLETE, SVSM_ERR_INVALID_ADDRESS,
				    SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_BUSY, IN_USE, MISMATCH,
				    SVSM_ERR_RMP_UNCHANGED, SVSM_ERR_RMP_OTHER, END } },
	[SVSM_CORE_CREATE_VCPU] = { "CREATE_VCPU",
				    { SVSM_SUCCESS, SVSM_NEED_PAGES + 1, SVSM_NEED_PAGES + 2,
				      SVSM_NEED_PAGES + 3, SVSM_NEED_PAGES + 4,
				      SVSM_ERR_INVALID_ADDRESS, SVSM_ERR_INVALID_PARAMETER,
				      SVSM_ERR_INVALID_REQUEST, SVSM_ERR_BUSY, IN_USE,
				      SVSM_ERR_RMP_OTHER, END } },
	[SVSM_CORE_DELETE_VCPU] = { "DELETE_VCPU",
				    { SVSM_SUCCESS, SVSM_ERR_INVALID_PARAMETER, IN_USE, END } },
	[SVSM_CORE_DEPOSIT_MEM] = { "DEPOSIT_MEM",
				    { SVSM_SUCCESS, SVSM_ERR_INCOMPLETE, SVSM_ERR_INVALID_ADDRESS,
				      SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_INVALID_REQUEST,
				      SVSM_ERR_BUSY, IN_USE, SVSM_ERR_RMP_OTHER, END } },
	[SVSM_CORE_WITHDRAW_MEM] = { "WITHDRAW_MEM",
				     { SVSM_SUCCESS, SVSM_ERR_INVALID_ADDRESS,
				       SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_BUSY, END } },
	[SVSM_CORE_QUERY_PROTOCOL] = { "QUERY_PROTOCOL", { SVSM_SUCCESS, END } },
	[SVSM_CORE_CONFIGURE_VTOM] = { "CONFIGURE_VTOM",
				       { SVSM_SUCCESS, SVSM_ERR_INVALID_PARAMETER,
					 SVSM_ERR_INVALID_REQUEST, END } },
	{ "what is no call", { SVSM_ERR_UNSUPPORTED_PROTOCOL, SVSM_ERR_UNSUPPORTED_CALL, END } },
	{ "what is no request", { SVSM_ERR_INVALID_FORMAT, END } },
};
#define ROW_NO_CALL 8U
#define ROW_NO_REQUEST 9U

static unsigned int row_of(const struct explore_call *call)
{
	if ((call->flags & CALL_FORMAT) != 0)
		return ROW_NO_REQUEST;
	return call->rax < ROW_NO_CALL ? (unsigned int)call->rax : ROW_NO_CALL;
}

const char *cover_result(const struct explore_call *call, uint32_t result)
{
	unsigned int row = row_of(call);

	for (unsigned int i = 0; rows[row].result[i] != END; i++) {
		if (rows[row].result[i] != result)
			continue;
		cover->result[row][i] = true;
		return NULL;
	}
	return "a call has a result that the protocol does not have for it";
}

static unsigned int count(const struct cover *c, unsigned int row, unsigned int *of)
{
	unsigned int reached = 0;

	for (*of = 0; rows[row].result[*of] != END; (*of)++)
		reached += c->result[row][*of];
	return reached;
}

static bool print_row(const struct cover *c, unsigned int row, FILE *to)
{
	unsigned int of, reached = count(c, row, &of);

	fprintf(to, "results of %s: %u of %u:", rows[row].name, reached, of);
	for (unsigned int i = 0; i < of; i++)
		if (c->result[row][i])
			fprintf(to, " 0x%x", rows[row].result[i]);
	if (reached != of)
		fputs(", not", to);
	for (unsigned int i = 0; i < of; i++)
		if (!c->result[row][i])
			fprintf(to, " 0x%x", rows[row].result[i]);
	fputc('\n', to);
	return reached == of;
}

bool cover_print_results(const struct cover *c, bool whole, FILE *to)
{
	bool is_all = true;
	unsigned int of;

	for (unsigned int row = 0; row < RESULT_ROWS; row++)
		if (whole || count(c, row, &of) != 0)
			is_all &= print_row(c, row, to);
	return is_all;
}
