/* SPDX-License-Identifier: MIT */
/*
 * The interfaces the stub uses, in numbers. Written from the specifications,
 * apart from the firmware's headers: a misreading is not made twice.
 */
#pragma once

/* Calling area and calls [svsm 2, 3, 5, 6]. */
#define CA_PENDING 0
#define CA_MEM_AVAILABLE 1
#define CORE 0ULL
#define CORE_REMAP_CA 0U
#define CORE_PVALIDATE 1U
#define CORE_CREATE_VCPU 2U
#define CORE_DELETE_VCPU 3U
#define CORE_DEPOSIT_MEM 4U
#define CORE_WITHDRAW_MEM 5U
#define CORE_QUERY_PROTOCOL 6U
#define CORE_CONFIGURE_VTOM 7U

/* Results [svsm 4, 6.1]. */
#define OK 0ULL
#define INCOMPLETE 0x80000000ULL
#define UNSUPPORTED_PROTOCOL 0x80000001ULL
#define UNSUPPORTED_CALL 0x80000002ULL
#define INVALID_ADDRESS 0x80000003ULL
#define INVALID_FORMAT 0x80000004ULL
#define INVALID_PARAMETER 0x80000005ULL
#define INVALID_REQUEST 0x80000006ULL
#define BUSY 0x80000007ULL
#define IN_USE 0x80001003ULL
#define SIZE_MISMATCH 0x80001006ULL
#define UNCHANGED 0x80001010ULL

/* Entries of a PVALIDATE list [svsm 6.1]. */
#define LIST_HEADER 8U
#define LIST_MAX 511U
#define LIST_MAX_CA 510U
#define PV_4K 0ULL
#define PV_2M 1ULL
#define PV_RESCIND 0ULL
#define PV_VALIDATE 4ULL
#define PV_IGNORE_CF 8ULL

/* Secrets page [boot-abi 1, svsm 1.1]. */
#define SECRETS_VMPCK 0x20U
#define SECRETS_VMPCK_BYTES 32U
#define SECRETS_SVSM_BASE 0x140U
#define SECRETS_SVSM_SIZE 0x148U
#define SECRETS_SVSM_CAA 0x150U
#define SECRETS_SVSM_MAX_VERSION 0x158U
#define SECRETS_SVSM_GUEST_VMPL 0x15cU

/* boot_params, e820, setup_data, CC blob [boot-abi 7]. */
#define BP_SENTINEL 0x1efU
#define BP_E820_COUNT 0x1e8U
#define BP_E820 0x2d0U
#define BP_E820_MAX 128U
#define BP_HEADER_MAGIC 0x202U
#define BP_VERSION 0x206U
#define BP_TYPE_OF_LOADER 0x210U
#define BP_LOADFLAGS 0x211U
#define BP_RAMDISK_IMAGE 0x218U
#define BP_RAMDISK_SIZE 0x21cU
#define BP_CMD_LINE 0x228U
#define BP_SETUP_DATA 0x250U
#define E820_RAM 1U
#define SETUP_CC_BLOB 7U
#define CC_BLOB_MAGIC 0x45444d41U

/* CPUID page and Fn8000_001F [boot-abi 2, snp-arch 6]. */
#define CPUID_ENTRIES 16U
#define CPUID_ENTRY_BYTES 48U
#define CPUID_MAX 64U
#define CPUID_SEV 0x8000001fU
#define CPUID_SEV_BITS 0x3aU /* SEV, SEV-ES, SEV-SNP, VMPL */
#define CPUID_SEV_RMPQUERY 0x40U

/* MSRs. */
#define MSR_EFER 0xc0000080U
#define MSR_GHCB 0xc0010130U
#define MSR_SEV_STATUS 0xc0010131U
#define SEV_STATUS_SNP 0x4U

/* GHCB MSR protocol [ghcb 4]. */
#define GHCB_SEV_INFO 0x001U
#define GHCB_SEV_INFO_REQ 0x002U
#define GHCB_REGISTER 0x012U
#define GHCB_REGISTER_RESP 0x013U
#define GHCB_PSC 0x014U
#define GHCB_PSC_RESP 0x015U
#define GHCB_RUN_VMPL 0x016U
#define GHCB_RUN_VMPL_RESP 0x017U
#define GHCB_FEATURES 0x080U
#define GHCB_FEATURES_RESP 0x081U
#define GHCB_TERMINATE 0x100U
#define HV_SNP 0x1U
#define HV_AP_CREATION 0x2U
#define HV_APIC_IDS 0x10U
#define HV_MULTI_VMPL 0x20U

/* Page operations of both forms. */
#define PSC_PRIVATE 1ULL
#define PSC_SHARED 2ULL
#define PSC_2M (1ULL << 56)
#define PSC_MAX 253U

/* GHCB page [ghcb 2, 5]. */
#define GHCB_RAX 0x1f8U
#define GHCB_EXITCODE 0x390U
#define GHCB_EXITINFO1 0x398U
#define GHCB_EXITINFO2 0x3a0U
#define GHCB_SCRATCH 0x3a8U
#define GHCB_VALID_BITMAP 0x3f0U
#define GHCB_BUFFER 0x800U
#define GHCB_VERSION 0xffaU
#define GHCB_USAGE 0xffcU
#define NAE_IOIO 0x7bU
#define NAE_PSC 0x80000010U
#define NAE_AP_CREATION 0x80000013U
#define NAE_APIC_IDS 0x80000017U
#define NAE_RUN_VMPL 0x80000018U
#define IOIO_IN 0x1U
#define IOIO_STRING 0x4U
#define IOIO_REP 0x8U
#define IOIO_DS 0xc00U
#define IOIO_8 0x10U
#define IOIO_ADDRESS_64 0x200U

/* Vectors, and error codes of #VC [snp-arch 3.3, 4]. */
#define VECTOR_GP 13U
#define VECTOR_PF 14U
#define VECTOR_VC 29U
#define VC_CPUID 0x72U
#define VC_IOIO 0x7bU
#define VC_NOT_VALIDATED 0x404U

/* #PF as soft-SNP reports a refused access: its policy, not AMD's. */
#define PF_PRESENT 0x1U
#define PF_WRITE 0x2U
#define PF_FETCH 0x10U
#define PF_RMP 0x80000000U

/* RMPADJUST, RMPQUERY [snp-arch 1.3, 2.2]. */
#define RMP_FAIL_INPUT 1U
#define RMP_FAIL_PERMISSION 2U
#define PERM_R 1U
#define PERM_RWX 15U
#define VMPLS 4U
