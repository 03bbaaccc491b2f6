/* SPDX-License-Identifier: MIT */
/* What of mbedTLS is compiled: hashes, for launch digests and their tests. */
#pragma once

#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
