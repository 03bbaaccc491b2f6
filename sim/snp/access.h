/* SPDX-License-Identifier: MIT */
#pragma once
#include <snp/snp.h>

/* SNP_PERM_* that the access must have. */
uint8_t access_needs(enum snp_access_kind kind);
/* The effective C-bit: fetches and walks are private. */
bool access_is_private(enum snp_access_kind kind, bool cbit);
