/* SPDX-License-Identifier: MIT */
/* The rules of a whole IGVM file. [boot-abi 6.1, 6.2] */
#include "prove.h"

#include "sim/launch/igvm_check.c"

NO_STOP

#define FILE_MAX 0x1100U

static uint8_t file[FILE_MAX];

static void any_file(struct igvm *f)
{
	any(struct igvm, igvm);

	havoc(file);
	igvm.file = file;
	assume(igvm.bytes <= FILE_MAX && igvm.first >= 24 && igvm.first % 8 == 0);
	assume(igvm.end % 8 == 0 && igvm.first <= igvm.end && igvm.end < igvm.bytes);
	assume(igvm.areas <= IGVM_AREAS);
	*f = igvm;
}

/* The fixed header of any short file. */
void igvm_open_total(void)
{
	struct igvm f;
	any(size_t, bytes);
	struct igvm_result r;

	havoc(file);
	assume(bytes <= 56);
	memset(&f, 0, sizeof(f));
	f.file = file;
	f.bytes = bytes;
	r = fixed_header(&f);
	prove(r.error >= IGVM_OK && r.error < IGVM_ERRORS && r.offset <= bytes);
	prove(implies(r.error == IGVM_OK, f.first >= 24 && f.first <= f.end && f.end < f.bytes &&
						  f.first % 8 == 0 && f.end % 8 == 0));
}

/* What a well-formed header adds: never more areas than there is room for, no wrap. */
void igvm_add_total(void)
{
	struct igvm f;
	any(struct igvm_header, h);
	any(uint32_t, platforms);
	any(bool, policy_seen);
	any(unsigned int, i);
	enum igvm_error error;

	any_file(&f);
	for (unsigned int n = 0; n < IGVM_AREAS; n++)
		assume(f.area[n].bytes >= IGVM_PAGE && f.area[n].bytes <= IGVM_AREA_BYTES);
	assume(h.platform <= 6);
	assume(h.type != IGVM_PARAMETER_AREA || (h.bytes >= IGVM_PAGE && h.bytes <= IGVM_AREA_BYTES));
	assume(i < f.areas && (h.type != IGVM_PARAMETER_INSERT || h.index == f.area[i].index));
	error = add(&f, &platforms, &policy_seen, &h);
	prove(error >= IGVM_OK && error < IGVM_ERRORS && f.areas <= IGVM_AREAS);
}
