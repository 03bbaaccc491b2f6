/* SPDX-License-Identifier: MIT */
/* IOIO, MSR and MMIO events [ghcb 5.1 to 5.3]. */
#include "host.h"

#define IO_IN 0x1U
#define IO_STRING 0x4U
/* #GP, type 3 (exception), error code valid, valid [ghcb 6]. */
#define INJECT_GP (13U | 3U << 8 | 1U << 11 | 1U << 31)
#define MMIO_MAX 8U

static uint32_t port_in(struct nae *n, uint16_t port, unsigned int bytes)
{
	return n->m->ops.port_in != NULL ? n->m->ops.port_in(n->m, port, bytes) : ~0U;
}

static void port_out(struct nae *n, uint16_t port, unsigned int bytes, uint32_t value)
{
	if (n->m->ops.port_out != NULL)
		n->m->ops.port_out(n->m, port, bytes, value);
}

static uint64_t low_bytes(uint64_t value, unsigned int bytes)
{
	return value & (~0ULL >> (64 - 8 * bytes));
}

static void string_io(struct nae *n, uint16_t port, unsigned int bytes)
{
	uint8_t *at;

	if (n->info2 > SNP_PAGE) {
		host_bad(n, BAD_SCRATCH);
		return;
	}
	at = host_scratch(n, n->info2 * bytes);
	if (at == NULL)
		return;
	for (uint64_t i = 0; i < n->info2; i++, at += bytes) {
		uint32_t value = 0;

		if ((n->info1 & IO_IN) != 0) {
			value = port_in(n, port, bytes);
			memcpy(at, &value, bytes);
		} else {
			memcpy(&value, at, bytes);
			port_out(n, port, bytes, value);
		}
	}
}

void host_ioio(struct nae *n)
{
	unsigned int bytes = (n->info1 >> 4) & 7;
	uint16_t port = (uint16_t)(n->info1 >> 16);

	if (bytes == 0 || ((n->info1 & IO_STRING) != 0 && n->info2 == 0))
		return; /* KVM: success, nothing done */
	if (bytes != 1 && bytes != 2 && bytes != 4)
		host_bad(n, BAD_INPUT);
	else if ((n->info1 & IO_STRING) != 0)
		string_io(n, port, bytes);
	else if ((n->info1 & IO_IN) == 0)
		port_out(n, port, bytes, (uint32_t)low_bytes(n->rax, bytes));
	else if (bytes == 4)
		n->rax = port_in(n, port, bytes);
	else
		n->rax = (n->rax & ~low_bytes(~0ULL, bytes)) |
			 low_bytes(port_in(n, port, bytes), bytes);
}

void host_msr_access(struct nae *n)
{
	bool write = n->info1 != 0;
	uint64_t value = n->rdx << 32 | (uint32_t)n->rax;

	if (n->m->ops.msr == NULL || !n->m->ops.msr(n->m, (uint32_t)n->rcx, &value, write)) {
		n->out1 = NAE_EXCEPTION;
		n->out2 = INJECT_GP;
		return;
	}
	if (write)
		return;
	n->rax = (uint32_t)value;
	n->rdx = value >> 32;
}

void host_mmio(struct nae *n)
{
	bool write = n->code == 0x80000002;
	uint8_t *data;

	if (n->info2 == 0)
		return; /* KVM: success, nothing done */
	if (n->info2 > MMIO_MAX) {
		host_bad(n, BAD_INPUT);
		return;
	}
	data = host_scratch(n, n->info2);
	if (data == NULL)
		return;
	if (n->m->ops.mmio == NULL ||
	    !n->m->ops.mmio(n->m, n->info1, data, (unsigned int)n->info2, write))
		host_bad(n, BAD_INPUT);
}
