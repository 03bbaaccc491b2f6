/* SPDX-License-Identifier: MIT */
/*
 * Why Turnstile stops the VM: GHCB termination reason set 14, one code each.
 * [spec/ghcb.md 4: MSR request 0x100, reason set in 15:12, code in 23:16]
 * Shown on the console before the stop, and decoded by soft-SNP.
 */
#pragma once
#include <stdint.h>

#define REASON_SET 14U

#define REASONS(X)                                                                                 \
	X(BUG, 0, "internal check failed")                                                         \
	X(NOT_SNP, 1, "not an SNP guest")                                                          \
	X(NOT_VMPL0, 2, "not running at VMPL0")                                                    \
	X(C_BIT, 3, "C-bit position is wrong")                                                     \
	X(NO_INVLPGB, 4, "the CPU has no INVLPGB for guests")                                      \
	X(FEATURES_MISSING, 5, "a required SEV feature is off")                                    \
	X(FEATURES_UNKNOWN, 6, "an unknown SEV feature is on")                                     \
	X(GHCB_VERSION, 7, "no common GHCB protocol version")                                      \
	X(GHCB_REGISTER, 8, "the hypervisor refused the GHCB page")                                \
	X(GHCB_REPLY, 9, "a GHCB reply makes no sense")                                            \
	X(HV_FEATURES, 10, "the hypervisor lacks a required feature")                              \
	X(PSC, 11, "a page state change was refused")                                              \
	X(PVALIDATE, 12, "PVALIDATE of SVSM memory failed")                                        \
	X(RMPADJUST, 13, "RMPADJUST of a boot page failed")                                        \
	X(CONFIG, 14, "the configuration page makes no sense")                                     \
	X(MEMORY_MAP, 15, "the memory map makes no sense")                                         \
	X(NO_MEMORY, 16, "out of SVSM memory")                                                     \
	X(CPUID_PAGE, 17, "the CPUID page makes no sense")                                         \
	X(SECRETS_PAGE, 18, "the secrets page makes no sense")                                     \
	X(VC, 19, "unexpected #VC at VMPL0")                                                       \
	X(PF, 20, "unexpected #PF at VMPL0")                                                       \
	X(GP, 21, "unexpected #GP at VMPL0")                                                       \
	X(DF, 22, "#DF at VMPL0")                                                                  \
	X(TRAP, 23, "unexpected exception at VMPL0")                                               \
	X(STACK, 24, "stack overrun at VMPL0")                                                     \
	X(MACHINE, 25, "an event that the state machine does not allow")                           \
	X(RUN_VMPL, 26, "the hypervisor cannot run the guest's VMPL")                              \
	X(NO_RANDOM, 27, "RDRAND gives no entropy")                                                \
	X(UNVALIDATED, 28, "an SVSM page lost its validation")                                     \
	X(CPU, 29, "the CPU lacks SMEP or SMAP")                                                   \
	X(VMPLS, 30, "the CPU has too few VMPLs for the guest")                                    \
	X(GUEST_PAGE, 31, "a page launched for the guest cannot be used")                          \
	X(AP_CREATION, 32, "the hypervisor refused a save area")                                   \
	X(APIC_IDS, 33, "the APIC id list makes no sense")

#define REASON_ENUM(name, code, words) REASON_##name = (code),
enum reason { REASONS(REASON_ENUM) };
#undef REASON_ENUM

static inline const char *reason_words(unsigned int code)
{
#define REASON_CASE(name, number, words)                                                           \
	case number:                                                                               \
		return words;
	switch (code) {
		REASONS(REASON_CASE)
	default:
		return "unknown reason";
	}
#undef REASON_CASE
}
