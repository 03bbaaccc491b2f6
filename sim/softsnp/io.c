/* SPDX-License-Identifier: MIT */
/*
 * Devices are QEMU's own, reached by the model for the guest. Kept from it:
 * what would end QEMU without a report, and DMA that the guest could aim at
 * soft-SNP itself.
 */
#include "port.h"
#include "softsnp.h"
#include <string.h>

#define UART_DATA 0x3f8U
#define KEYBOARD 0x64U
#define KEYBOARD_RESET 0xfeU
#define RESET_CONTROL 0xcf9U
#define RESET_BIT 0x4U
#define DEBUG_EXIT 0xf4U
#define FW_CFG_DMA 0x514U
#define FW_CFG_DMA_END 0x51cU
#define PM_CONTROL 0x604U
#define SLEEP_ENABLE 0x2000U
#define MMIO_START 0xb0000000ULL
#define MMIO_END 0x100000000ULL

static bool hidden(uint16_t port)
{
	return (port >= DEBUG_EXIT && port < DEBUG_EXIT + 4) ||
	       (port >= FW_CFG_DMA && port < FW_CFG_DMA_END);
}

uint32_t io_in(struct snp *m, uint16_t port, unsigned int bytes)
{
	uint32_t value;

	(void)m;
	if (hidden(port))
		return 0xffffffffU;
	if (turns_in(port, &value))
		return value;
	if (bytes == 1)
		return port_in8(port);
	return bytes == 2 ? port_in16(port) : port_in32(port);
}

static void watch_for_the_end(uint16_t port, uint32_t value)
{
	if ((port == KEYBOARD && value == KEYBOARD_RESET) ||
	    (port == RESET_CONTROL && (value & RESET_BIT) != 0)) {
		say("the guest resets the machine (port %#x)", port);
		report_stop(STATUS_RESET);
	}
	if (port == PM_CONTROL && (value & SLEEP_ENABLE) != 0) {
		say("the guest has powered off (ACPI)");
		report_stop(STATUS_OFF);
	}
}

void io_out(struct snp *m, uint16_t port, unsigned int bytes, uint32_t value)
{
	(void)m;
	if (hidden(port) || turns_out(port, value))
		return;
	watch_for_the_end(port, value);
	if (port == UART_DATA)
		serial_guest_wrote((uint8_t)value);
	if (bytes == 1)
		port_out8(port, (uint8_t)value);
	else if (bytes == 2)
		port_out16(port, (uint16_t)value);
	else
		port_out32(port, value);
}

static void device_read(uint64_t address, void *data, unsigned int bytes)
{
	uintptr_t at = (uintptr_t)address;

	if (bytes == 8) {
		uint64_t value = *(volatile uint64_t *)at;
		memcpy(data, &value, bytes);
	} else if (bytes == 4) {
		uint32_t value = *(volatile uint32_t *)at;
		memcpy(data, &value, bytes);
	} else if (bytes == 2) {
		uint16_t value = *(volatile uint16_t *)at;
		memcpy(data, &value, bytes);
	} else {
		*(uint8_t *)data = *(volatile uint8_t *)at;
	}
}

static void device_write(uint64_t address, const void *data, unsigned int bytes)
{
	uintptr_t at = (uintptr_t)address;
	uint64_t value = 0;

	memcpy(&value, data, bytes);
	if (!apic_write_allowed(address, bytes, (uint32_t)value))
		return;
	if (bytes == 8)
		*(volatile uint64_t *)at = value;
	else if (bytes == 4)
		*(volatile uint32_t *)at = (uint32_t)value;
	else if (bytes == 2)
		*(volatile uint16_t *)at = (uint16_t)value;
	else
		*(volatile uint8_t *)at = (uint8_t)value;
}

/* Only what QEMU has no RAM at; other lengths than a register's are refused. */
bool io_mmio(struct snp *m, uint64_t gpa, void *data, unsigned int bytes, bool write)
{
	(void)m;
	if (gpa < MMIO_START || gpa >= MMIO_END || bytes > 8 || bytes == 0 ||
	    (bytes & (bytes - 1)) != 0)
		return false;
	if (write)
		device_write(gpa, data, bytes);
	else
		device_read(gpa, data, bytes);
	return true;
}

void io_cpuid(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	(void)m;
	host_cpuid(leaf, subleaf, out);
}
