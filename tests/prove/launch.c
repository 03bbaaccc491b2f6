/* SPDX-License-Identifier: MIT */
/* The readers of files: IGVM headers, a bzImage. [boot-abi 6.2, 7.2] */
#include "prove.h"

#include "sim/launch/bzimage.c"
#include "sim/launch/igvm_read.c"

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

/* Any header, the first of its file: one error, or fields whose data lies in the file. */
void igvm_decode_total(void)
{
	struct igvm f;
	struct igvm_header h;
	any(size_t, at);
	size_t was = at;
	enum igvm_error error;

	any_file(&f);
	assume(at == 24 && at >= f.first && at < f.end); /* anywhere takes too long */
	was = at;
	error = igvm_decode(&f, &at, &h);
	prove(error >= IGVM_OK && error < IGVM_ERRORS && h.offset == was);
	prove(error == IGVM_OK ? at > was && at <= f.end && at % 8 == 0 : at == was);
	if (error == IGVM_OK && h.data != NULL)
		prove(h.data >= f.file + f.end && h.data + IGVM_PAGE <= f.file + f.bytes);
	if (error == IGVM_OK && (h.type == IGVM_PAGE_DATA || h.type == IGVM_PARAMETER_INSERT))
		prove(h.gpa % IGVM_PAGE == 0 && h.gpa + h.bytes <= 1ULL << 52 && h.bytes > 0);
}

/* A file that ends early: nothing behind it is read. */
void bzimage_short(void)
{
	any(size_t, bytes);
	struct bzimage k;
	uint8_t *small;

	assume(bytes < 0x264);
	small = __builtin_alloca(bytes);
	prove(bzimage_parse(&k, small, bytes) != BZIMAGE_OK);
}
