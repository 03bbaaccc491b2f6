/* SPDX-License-Identifier: MIT */
/*
 * #VC 0x404 names the linear address, a nested fault only the guest-physical
 * one. So: guess the addresses the instruction may touch and let the guest's
 * own tables say which of them is the page that faulted.
 */
#include "softsnp.h"
#include <string.h>

#define CODE_BYTES 15U

struct insn {
	uint8_t bytes[CODE_BYTES];
	size_t at;
	unsigned int rex;
	uint64_t segment_base;
};

static bool matches(struct cpu *c, uint64_t candidate, uint64_t gpa, uint64_t *linear)
{
	for (unsigned int page = 0; page < 2; page++) {
		uint64_t start = (candidate & ~PAGE_MASK) + page * SNP_PAGE;
		struct walk w = walk_linear(c, start);

		if (w.present && w.gpa == (gpa & ~PAGE_MASK)) {
			*linear = start | (gpa & PAGE_MASK);
			return true;
		}
	}
	return false;
}

static void skip_prefixes(struct cpu *c, struct insn *i)
{
	for (; i->at < 4; i->at++) {
		uint8_t byte = i->bytes[i->at];

		if (byte == 0x64)
			i->segment_base = c->v->fs.base;
		else if (byte == 0x65)
			i->segment_base = c->v->gs.base;
		else if (memchr("\x26\x2e\x36\x3e\x66\x67\xf0\xf2\xf3", byte, 9) == NULL)
			break;
	}
	if (i->bytes[i->at] >> 4 == 4)
		i->rex = i->bytes[i->at++];
	if (i->bytes[i->at++] != 0x0f)
		return;
	if (i->bytes[i->at] == 0x38 || i->bytes[i->at] == 0x3a)
		i->at++;
	i->at++;
}

static uint64_t displacement(const struct insn *i, size_t at, unsigned int mod)
{
	int32_t wide;

	if (mod == 1)
		return (uint64_t)(int64_t)(int8_t)i->bytes[at];
	memcpy(&wide, &i->bytes[at], sizeof(wide));
	return (uint64_t)(int64_t)wide;
}

/* The address of a ModRM operand; RIP-relative ones are off by an immediate. */
static uint64_t modrm(const struct cpu *c, struct insn *i)
{
	unsigned int byte = i->bytes[i->at++], mod = byte >> 6, rm = byte & 7;
	uint64_t address = i->segment_base;

	if (mod == 3)
		return address;
	if (rm == 4) {
		unsigned int sib = i->bytes[i->at++], index = (sib >> 3 & 7) | (i->rex << 2 & 8);

		rm = sib & 7;
		if (index != RSP)
			address += c->gpr[index] << (sib >> 6);
		if (mod == 0 && rm == 5)
			return address + displacement(i, i->at, 2);
	} else if (mod == 0 && rm == 5) {
		return c->v->rip + i->at + 4 + displacement(i, i->at, 2);
	}
	address += c->gpr[rm | (i->rex << 3 & 8)];
	return mod == 0 ? address : address + displacement(i, i->at, mod);
}

bool operand_linear(struct cpu *c, uint64_t gpa, uint64_t *linear)
{
	struct insn i = { .rex = 0 };
	uint64_t absolute;

	if (!walk_is_paged(c)) {
		*linear = gpa;
		return true;
	}
	if (walk_code(c, i.bytes) == 0)
		return matches(c, c->v->rip, gpa, linear);
	skip_prefixes(c, &i);
	memcpy(&absolute, &i.bytes[i.at < 7 ? i.at : 7], sizeof(absolute));
	return matches(c, modrm(c, &i), gpa, linear) || matches(c, c->gpr[RDI], gpa, linear) ||
	       matches(c, c->gpr[RSI], gpa, linear) || matches(c, c->gpr[RSP], gpa, linear) ||
	       matches(c, c->gpr[RSP] - 8, gpa, linear) || matches(c, c->v->rip, gpa, linear) ||
	       matches(c, absolute, gpa, linear);
}
