/* SPDX-License-Identifier: MIT */
/* The SVSM guest interface in numbers [svsm 2, 3, 4, 5, 6]. */
#pragma once

/* Protocol: RAX[63:32]. Call: RAX[31:0]. */
#define SVSM_PROTOCOL_CORE 0U
#define SVSM_CORE_VERSION 1U

#define SVSM_CORE_REMAP_CA 0U
#define SVSM_CORE_PVALIDATE 1U
#define SVSM_CORE_CREATE_VCPU 2U
#define SVSM_CORE_DELETE_VCPU 3U
#define SVSM_CORE_DEPOSIT_MEM 4U
#define SVSM_CORE_WITHDRAW_MEM 5U
#define SVSM_CORE_QUERY_PROTOCOL 6U
#define SVSM_CORE_CONFIGURE_VTOM 7U

/* Result: RAX[31:0], and RAX[63:32] is 0 [svsm 3.1]. */
#define SVSM_SUCCESS 0x00000000U
/* Memory needed: so many 4 KiB pages in the low bits, by DEPOSIT_MEM. */
#define SVSM_NEED_PAGES 0x40000000U
#define SVSM_ERR_INCOMPLETE 0x80000000U
#define SVSM_ERR_UNSUPPORTED_PROTOCOL 0x80000001U
#define SVSM_ERR_UNSUPPORTED_CALL 0x80000002U
#define SVSM_ERR_INVALID_ADDRESS 0x80000003U
#define SVSM_ERR_INVALID_FORMAT 0x80000004U
#define SVSM_ERR_INVALID_PARAMETER 0x80000005U
#define SVSM_ERR_INVALID_REQUEST 0x80000006U
#define SVSM_ERR_BUSY 0x80000007U
/* Core: an RMP instruction's EAX on top of this, then the two cases EAX has no code for. */
#define SVSM_ERR_RMP 0x80001000U
#define SVSM_ERR_RMP_UNCHANGED 0x80001010U
#define SVSM_ERR_RMP_OTHER 0x80001011U

/* The calling area: its first 8 bytes. */
#define SVSM_CA_PENDING 0U   /* u8: 1 a request waits, 0 none; others are reserved */
#define SVSM_CA_AVAILABLE 1U /* u8: 1 WITHDRAW_MEM has something; startup vCPU's only */
#define SVSM_CA_BYTES 8U

/* The lists of PVALIDATE, DEPOSIT_MEM and WITHDRAW_MEM: 8 bytes of header, then 8 bytes an entry.
 */
#define SVSM_LIST_COUNT 0U /* u16 */
#define SVSM_LIST_NEXT 2U  /* u16 */
#define SVSM_LIST_HEADER 8U
#define SVSM_LIST_ENTRY 8U
#define SVSM_LIST_MAX 511U /* entries in a page of its own */

#define SVSM_ENTRY_SIZE 0x3ULL
#define SVSM_ENTRY_VALIDATE 0x4ULL
#define SVSM_ENTRY_IGNORE_CF 0x8ULL
#define SVSM_ENTRY_RESERVED 0xff0ULL
#define SVSM_ENTRY_ADDRESS (~0xfffULL)
#define SVSM_DEPOSIT_RESERVED 0xffcULL

/* CONFIGURE_VTOM: RCX. */
#define SVSM_VTOM_QUERY 0x1ULL
#define SVSM_VTOM_ENABLE 0x2ULL
#define SVSM_VTOM_RESERVED 0xfe0ULL
#define SVSM_VTOM_ADDRESS (~0xfffULL)
