/* SPDX-License-Identifier: MIT */
/* ACPI tables for a guest with several vCPUs: without them Linux finds one. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/*
 * Writes RSDP (first), XSDT, FADT, FACS, DSDT and MADT for a q35 with these
 * APIC ids into the page that the guest sees at gpa. The bytes used; 0: they
 * do not fit.
 */
size_t acpi_tables(uint8_t page[4096], uint64_t gpa, const uint32_t *apic_ids, unsigned int n);
