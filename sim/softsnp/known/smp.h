/* SPDX-License-Identifier: MIT */
/* The vCPUs of the SMP image to each other. */
#pragma once
#include "known.h"

#define VCPUS 4U
#define SMP_GS 0x1234567800ULL
#define SMP_PATTERN 0x5a5a5a5a5a5a5a5aULL
#define SMP_FAULT (~0ULL)

struct smp {
	struct {
		volatile uint64_t gs, tr, gdt, idt, apic_id;
		volatile uint32_t up, back, reads, faults, stale, halts;
	} cpu[VCPUS];
	volatile uint32_t sequence; /* of the page: odd while nobody may read it */
	volatile uint32_t linger, lingers, wrong_answer;
};

extern struct smp smp;
extern uint8_t smp_target[];

/* A GHCB event of this vCPU; both of the response's words, or-ed. */
uint64_t smp_event(unsigned int cpu, uint64_t code, uint64_t info1, uint64_t info2, uint64_t *rax);
void smp_register(unsigned int cpu);
uint64_t smp_try_read(const void *at);
void smp_page_fault(void);

/* Others than the first: at VMPL0, then what they may run at VMPL1. */
void smp_ap(uint64_t cpu);
void smp_reader(uint64_t cpu);
void smp_caller(uint64_t cpu);
void smp_halter(uint64_t cpu);

static inline void pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}
