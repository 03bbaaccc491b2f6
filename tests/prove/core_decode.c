/* SPDX-License-Identifier: MIT */
/* A guest's registers and list words: one event or one result each. [svsm 3.1, 6] */
#include "prove.h"

#include "sm/core_decode.c"

NO_STOP

static bool is_request(enum event ev)
{
	return ev == EV_PVALIDATE || ev == EV_QUERY || ev == EV_REMAP || ev == EV_VTOM ||
	       ev == EV_DEPOSIT || ev == EV_WITHDRAW || ev == EV_CREATE || ev == EV_DELETE;
}

static bool is_refusal(uint32_t result)
{
	return result == SVSM_ERR_UNSUPPORTED_PROTOCOL || result == SVSM_ERR_UNSUPPORTED_CALL ||
	       result == SVSM_ERR_INVALID_PARAMETER || result == SVSM_ERR_INVALID_REQUEST;
}

static bool same_call(const struct call *a, const struct call *b)
{
	return a->exit_code == b->exit_code && a->rax == b->rax && a->rcx == b->rcx &&
	       a->rdx == b->rdx && a->r8 == b->r8 && a->r9 == b->r9;
}

/* What an event does not speak of is as it was. */
static bool kept(enum event ev, const struct request *was, const struct request *is)
{
	bool list = ev == EV_PVALIDATE || ev == EV_DEPOSIT || ev == EV_WITHDRAW;

	return (list || is->list.raw == was->list.raw) &&
	       (ev == EV_REMAP || ev == EV_CREATE || is->ca.raw == was->ca.raw) &&
	       (ev == EV_CREATE || ev == EV_DELETE || is->vmsa.raw == was->vmsa.raw) &&
	       (ev == EV_CREATE || is->apic_id == was->apic_id) &&
	       (ev == EV_QUERY || (is->protocol == was->protocol && is->version == was->version)) &&
	       (ev == EV_REFUSED || is->result == was->result);
}

void core_decode_total(void)
{
	any(struct call, call);
	any(struct request, request);
	const struct call before = call;
	const struct request was = request;
	enum event ev = core_decode(&call, &request);

	prove(is_request(ev) || (ev == EV_REFUSED && is_refusal(request.result)));
	prove(same_call(&before, &call));
	prove(kept(ev, &was, &request));
	prove(implies(call.rax > SVSM_CORE_CONFIGURE_VTOM, ev == EV_REFUSED));
}

/* The same registers give the same answer, whatever was decoded before. */
void core_decode_pure(void)
{
	any(struct call, call);
	any(struct request, one);
	any(struct request, other);
	enum event ev = core_decode(&call, &one);

	prove(core_decode(&call, &other) == ev);
	prove(implies(ev == EV_REFUSED, one.result == other.result));
	prove(implies(ev == EV_REMAP || ev == EV_CREATE, one.ca.raw == other.ca.raw));
	prove(implies(ev == EV_CREATE || ev == EV_DELETE, one.vmsa.raw == other.vmsa.raw));
	prove(implies(ev == EV_CREATE, one.apic_id == other.apic_id));
	prove(implies(ev == EV_QUERY,
		      one.protocol == other.protocol && one.version == other.version));
}

void core_decode_aligned(void)
{
	any(struct call, call);
	any(struct request, request);

	switch (core_decode(&call, &request)) {
	case EV_REMAP:
		prove(request.ca.raw == call.rcx && request.ca.raw % PAGE_4K == 0);
		break;
	case EV_CREATE:
		prove(request.vmsa.raw == call.rcx && request.ca.raw == call.rdx);
		prove((request.vmsa.raw | request.ca.raw) % PAGE_4K == 0);
		prove(request.vmsa.raw % PAGE_2M != 0);
		break;
	case EV_DELETE:
		prove(request.vmsa.raw == call.rcx && request.vmsa.raw % PAGE_4K == 0);
		break;
	case EV_WITHDRAW:
		/* A header and one entry at least lie in the page. */
		prove(request.list.raw % PAGE_4K + 16 <= PAGE_4K);
		prove(request.list.raw == call.rcx && request.list.raw % 8 == 0);
		break;
	case EV_PVALIDATE:
	case EV_DEPOSIT:
		prove(request.list.raw == call.rcx && request.list.raw % 8 == 0);
		break;
	default:
		break;
	}
}

static void entry_is(uint64_t raw, uint32_t result, const struct entry *e, uint64_t reserved)
{
	uint64_t size = raw & 3;
	bool good = size <= 1 && (raw & reserved) == 0 &&
		    (raw & ~0xfffULL) % (size == 1 ? PAGE_2M : PAGE_4K) == 0;

	prove(result == (good ? SVSM_SUCCESS : SVSM_ERR_INVALID_PARAMETER));
	if (result != SVSM_SUCCESS)
		return;
	prove(e->size == (size == 1 ? SIZE_2M : SIZE_4K) && e->page.raw == (raw & ~0xfffULL));
	prove(e->page.raw <= UINT64_MAX - (size_bytes(e->size) - 1));
}

void core_decode_entry_total(void)
{
	any(uint64_t, raw);
	any(struct entry, e);
	uint32_t result = core_decode_entry(raw, &e);

	entry_is(raw, result, &e, 0xff0);
	if (result == SVSM_SUCCESS)
		prove(e.validate == ((raw & 4) != 0) && e.ignore_cf == ((raw & 8) != 0));
}

void core_decode_deposit_total(void)
{
	any(uint64_t, raw);
	any(struct entry, e);
	uint32_t result = core_decode_deposit(raw, &e);

	entry_is(raw, result, &e, 0xffc);
}

void core_decode_header_total(void)
{
	any(uint64_t, raw);
	any(uint64_t, at);
	uint64_t room = PAGE_4K - at % PAGE_4K;
	uint16_t count, next;
	uint32_t result = core_decode_header(raw, room, &count, &next);

	prove(result == SVSM_SUCCESS || result == SVSM_ERR_INVALID_PARAMETER);
	if (result != SVSM_SUCCESS)
		return;
	prove(next < count && count <= SVSM_LIST_MAX && 8 + 8 * (uint64_t)count <= room);
	prove(count == (raw & 0xffff) && next == (raw >> 16 & 0xffff));
}
