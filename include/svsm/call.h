/* SPDX-License-Identifier: MIT */
/*
 * One request of a guest: what was copied, what it means, what is answered.
 * Decode is total and changes nothing: any bytes become one event.
 */
#pragma once
#include <svsm/abi.h>
#include <svsm/event.h>
#include <svsm/types.h>

/* The guest's registers, copied once while its VMSA is frozen. */
struct call {
	uint64_t exit_code; /* why it left */
	uint64_t rax, rcx, rdx, r8, r9;
};

/* The registers decoded; which part holds follows from the event. */
struct request {
	uint32_t result;	    /* EV_REFUSED: why; EV_VTOM: the answer */
	pa_t list;		    /* EV_PVALIDATE, _DEPOSIT, _WITHDRAW: 8-byte aligned */
	pa_t ca;		    /* EV_REMAP, EV_CREATE: page aligned */
	pa_t vmsa;		    /* EV_CREATE, EV_DELETE: page aligned */
	uint32_t apic_id;	    /* EV_CREATE */
	uint32_t protocol, version; /* EV_QUERY */
};

/* What goes back. RAX always, RCX when the call says so. */
struct answer {
	uint32_t result;
	bool rcx_set;
	uint64_t rcx;
	pa_t ca; /* the calling area from now on */
};

/* What it is to be, or EV_REFUSED. Of the addresses nothing is known but their alignment. */
enum event core_decode(const struct call *call, struct request *request);

/* One entry of a PVALIDATE list. */
struct entry {
	pa_t page; /* aligned to its size; nothing else is known */
	enum page_size size;
	bool validate, ignore_cf;
};

/* SVSM_SUCCESS, or the result code that refuses it. */
uint32_t core_decode_entry(uint64_t raw, struct entry *entry);

/* The same for one of DEPOSIT_MEM's. */
uint32_t core_decode_deposit(uint64_t raw, struct entry *entry);

/* A list's header word: SVSM_SUCCESS, or the result code. `room` is what the page has from the
 * list on, bytes. */
uint32_t core_decode_header(uint64_t raw, uint64_t room, uint16_t *count, uint16_t *next);
