/* SPDX-License-Identifier: MIT */
#include "launch/bzimage.h"

#include <string.h>

/* Offsets in the file and in boot_params. */
enum {
	EXT_RAMDISK_IMAGE = 0xC0,
	EXT_RAMDISK_SIZE = 0xC4,
	EXT_CMD_LINE_PTR = 0xC8,
	SETUP_SECTS = 0x1F1,
	BOOT_FLAG = 0x1FE,
	JUMP_BYTES = 0x201,
	HEADER_MAGIC = 0x202,
	VERSION = 0x206,
	TYPE_OF_LOADER = 0x210,
	LOADFLAGS = 0x211,
	RAMDISK_IMAGE = 0x218,
	RAMDISK_SIZE = 0x21C,
	CMD_LINE_PTR = 0x228,
	INITRD_ADDR_MAX = 0x22C,
	XLOADFLAGS = 0x236,
	CMDLINE_SIZE = 0x238,
	PREF_ADDRESS = 0x258,
	INIT_SIZE = 0x260,
	HEADER_END = 0x264, /* of what protocol 2.12 promises */
	E820_TABLE = 0x2D0, /* no header reaches this far, every payload begins behind it */
};

#define PROTOCOL_2_12 0x20CU
#define XLF_KERNEL_64 0x1U
#define XLF_ABOVE_4G 0x2U
#define LOADED_HIGH 0x1U
#define SECTOR 512U

static uint64_t get(const uint8_t *p, unsigned int bytes)
{
	uint64_t x = 0;

	while (bytes-- > 0)
		x = x << 8 | p[bytes];
	return x;
}

static void put32(uint8_t *p, uint64_t x)
{
	for (unsigned int i = 0; i < 4; i++)
		p[i] = (uint8_t)(x >> (8 * i));
}

/* The payload and what the kernel says about where it runs. */
static enum bzimage_error layout(struct bzimage *k, const uint8_t *p, size_t bytes)
{
	size_t sectors = p[SETUP_SECTS] == 0 ? 4 : p[SETUP_SECTS];
	size_t payload = (sectors + 1) * SECTOR;

	if (bytes <= payload + BZIMAGE_ENTRY_64)
		return BZIMAGE_TRUNCATED;
	k->payload = p + payload;
	k->payload_bytes = bytes - payload;
	k->load = get(p + PREF_ADDRESS, 8);
	k->init_size = get(p + INIT_SIZE, 4);
	k->cmdline_max = (uint32_t)get(p + CMDLINE_SIZE, 4);
	k->initrd_max =
		(p[XLOADFLAGS] & XLF_ABOVE_4G) != 0 ? UINT64_MAX : get(p + INITRD_ADDR_MAX, 4);
	if (k->load % 4096 != 0 || k->load == 0 || k->load >> 52 != 0)
		return BZIMAGE_BAD_HEADER;
	return k->init_size == 0 ? BZIMAGE_BAD_HEADER : BZIMAGE_OK;
}

enum bzimage_error bzimage_parse(struct bzimage *k, const void *file, size_t bytes)
{
	const uint8_t *p = file;
	size_t end;

	memset(k, 0, sizeof(*k));
	if (bytes < HEADER_MAGIC + 4 || memcmp(p + HEADER_MAGIC, "HdrS", 4) != 0 ||
	    get(p + BOOT_FLAG, 2) != 0xAA55)
		return BZIMAGE_NO_MAGIC;
	if (bytes < HEADER_END)
		return BZIMAGE_TRUNCATED;
	if (get(p + VERSION, 2) < PROTOCOL_2_12)
		return BZIMAGE_OLD;
	if ((p[XLOADFLAGS] & XLF_KERNEL_64) == 0)
		return BZIMAGE_NOT_64BIT;
	end = HEADER_MAGIC + (size_t)p[JUMP_BYTES];
	if (end < HEADER_END || end > E820_TABLE)
		return BZIMAGE_BAD_HEADER;
	k->header = p + SETUP_SECTS;
	k->header_bytes = end - SETUP_SECTS;
	return layout(k, p, bytes);
}

const char *bzimage_words(enum bzimage_error error)
{
	switch (error) {
	case BZIMAGE_OK:
		return "no error";
	case BZIMAGE_NO_MAGIC:
		return "not a bzImage";
	case BZIMAGE_OLD:
		return "bzImage with a boot protocol before 2.12";
	case BZIMAGE_NOT_64BIT:
		return "bzImage without a 64-bit entry";
	case BZIMAGE_TRUNCATED:
		return "truncated bzImage";
	case BZIMAGE_BAD_HEADER:
		return "bzImage with an impossible setup header";
	}
	return "unknown error";
}

void bzimage_boot_params(const struct bzimage *k, const struct bzimage_boot *boot,
			 uint8_t page[BOOT_PARAMS_BYTES])
{
	memset(page, 0, BOOT_PARAMS_BYTES);
	memcpy(page + SETUP_SECTS, k->header, k->header_bytes);
	page[TYPE_OF_LOADER] = 0xFF;
	page[LOADFLAGS] |= LOADED_HIGH;
	put32(page + RAMDISK_IMAGE, boot->initrd);
	put32(page + EXT_RAMDISK_IMAGE, boot->initrd >> 32);
	put32(page + RAMDISK_SIZE, boot->initrd_bytes);
	put32(page + EXT_RAMDISK_SIZE, boot->initrd_bytes >> 32);
	put32(page + CMD_LINE_PTR, boot->cmdline);
	put32(page + EXT_CMD_LINE_PTR, boot->cmdline >> 32);
}
