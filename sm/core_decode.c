/* SPDX-License-Identifier: MIT */
/*
 * Decode of the core protocol [svsm 6]: any registers and any list become one
 * event or one result code. Pure: nothing is read but the copies given.
 */
#include <svsm/call.h>

static enum event refused(struct request *request, uint32_t result)
{
	request->result = result;
	return EV_REFUSED;
}

static enum event decode_remap(uint64_t rcx, struct request *request)
{
	if (!is_aligned(rcx, PAGE_4K))
		return refused(request, SVSM_ERR_INVALID_PARAMETER);
	request->ca = pa(rcx);
	return EV_REMAP;
}

static enum event decode_pvalidate(uint64_t rcx, struct request *request)
{
	if (!is_aligned(rcx, 8))
		return refused(request, SVSM_ERR_INVALID_PARAMETER);
	request->list = pa(rcx);
	return EV_PVALIDATE;
}

/* Erratum 1467: a save area at 2 MiB could match a large RMP entry [snp-arch 7.1]. */
static enum event decode_create(const struct call *call, struct request *request)
{
	if (!is_aligned(call->rcx | call->rdx, PAGE_4K) || is_aligned(call->rcx, PAGE_2M))
		return refused(request, SVSM_ERR_INVALID_PARAMETER);
	request->vmsa = pa(call->rcx);
	request->ca = pa(call->rdx);
	request->apic_id = (uint32_t)call->r8;
	return EV_CREATE;
}

static enum event decode_delete(uint64_t rcx, struct request *request)
{
	if (!is_aligned(rcx, PAGE_4K))
		return refused(request, SVSM_ERR_INVALID_PARAMETER);
	request->vmsa = pa(rcx);
	return EV_DELETE;
}

static enum event decode_deposit(uint64_t rcx, struct request *request)
{
	if (!is_aligned(rcx, 8))
		return refused(request, SVSM_ERR_INVALID_PARAMETER);
	request->list = pa(rcx);
	return EV_DEPOSIT;
}

/* There has to be room for an entry. */
static enum event decode_withdraw(uint64_t rcx, struct request *request)
{
	if (!is_aligned(rcx, 8) || rcx % PAGE_4K == PAGE_4K - SVSM_LIST_HEADER)
		return refused(request, SVSM_ERR_INVALID_PARAMETER);
	request->list = pa(rcx);
	return EV_WITHDRAW;
}

static enum event decode_query(uint64_t rcx, struct request *request)
{
	request->protocol = (uint32_t)(rcx >> 32);
	request->version = (uint32_t)rcx;
	return EV_QUERY;
}

/* There is no vTOM here: a query says so, a well-formed configuration is refused. */
static enum event decode_vtom(uint64_t rcx, struct request *request)
{
	uint64_t reserved = SVSM_VTOM_RESERVED;

	if ((rcx & SVSM_VTOM_QUERY) != 0)
		reserved = ~SVSM_VTOM_QUERY;
	else if ((rcx & SVSM_VTOM_ENABLE) == 0)
		reserved |= SVSM_VTOM_ADDRESS;
	if ((rcx & reserved) != 0)
		return refused(request, SVSM_ERR_INVALID_PARAMETER);
	if ((rcx & SVSM_VTOM_QUERY) == 0)
		return refused(request, SVSM_ERR_INVALID_REQUEST);
	return EV_VTOM;
}

enum event core_decode(const struct call *call, struct request *request)
{
	if (call->rax >> 32 != SVSM_PROTOCOL_CORE)
		return refused(request, SVSM_ERR_UNSUPPORTED_PROTOCOL);
	switch ((uint32_t)call->rax) {
	case SVSM_CORE_REMAP_CA:
		return decode_remap(call->rcx, request);
	case SVSM_CORE_PVALIDATE:
		return decode_pvalidate(call->rcx, request);
	case SVSM_CORE_CREATE_VCPU:
		return decode_create(call, request);
	case SVSM_CORE_DELETE_VCPU:
		return decode_delete(call->rcx, request);
	case SVSM_CORE_DEPOSIT_MEM:
		return decode_deposit(call->rcx, request);
	case SVSM_CORE_WITHDRAW_MEM:
		return decode_withdraw(call->rcx, request);
	case SVSM_CORE_QUERY_PROTOCOL:
		return decode_query(call->rcx, request);
	case SVSM_CORE_CONFIGURE_VTOM:
		return decode_vtom(call->rcx, request);
	default:
		return refused(request, SVSM_ERR_UNSUPPORTED_CALL);
	}
}

/*
 * The upper half of the header is reserved, but Linux keeps lists where its
 * attestation request was before and does not clear it: it is not looked at.
 */
uint32_t core_decode_header(uint64_t raw, uint64_t room, uint16_t *count, uint16_t *next)
{
	*count = (uint16_t)raw;
	*next = (uint16_t)(raw >> 16);
	if (*next >= *count || SVSM_LIST_HEADER + *count * SVSM_LIST_ENTRY > room)
		return SVSM_ERR_INVALID_PARAMETER;
	return SVSM_SUCCESS;
}

static uint32_t decode_entry(uint64_t raw, uint64_t reserved, struct entry *entry)
{
	uint64_t size = raw & SVSM_ENTRY_SIZE;

	if (size > SIZE_2M || (raw & reserved) != 0)
		return SVSM_ERR_INVALID_PARAMETER;
	entry->size = size == SIZE_2M ? SIZE_2M : SIZE_4K;
	entry->page = pa(raw & SVSM_ENTRY_ADDRESS);
	entry->validate = (raw & SVSM_ENTRY_VALIDATE) != 0;
	entry->ignore_cf = (raw & SVSM_ENTRY_IGNORE_CF) != 0;
	if (!is_aligned(entry->page.raw, size_bytes(entry->size)))
		return SVSM_ERR_INVALID_PARAMETER;
	return SVSM_SUCCESS;
}

uint32_t core_decode_entry(uint64_t raw, struct entry *entry)
{
	return decode_entry(raw, SVSM_ENTRY_RESERVED, entry);
}

uint32_t core_decode_deposit(uint64_t raw, struct entry *entry)
{
	return decode_entry(raw, SVSM_DEPOSIT_RESERVED, entry);
}
