/* SPDX-License-Identifier: MIT */
/* Requests of several vCPUs of the host's machine, each in 2 MiB regions of its own. */
#pragma once
#include <snp/host.h>

#define VCPUS 4U
#define ENTRIES 64U

/* What the entries of a request are; validated, then rescinded. */
enum kind { KIND_RUN, KIND_SCATTERED, KIND_2M, KIND_QUERY, KINDS };
extern const char *const kind_name[KINDS];

/* The machine with so many vCPUs, their regions split, their lists validated. */
void requests_setup(unsigned int vcpus);

/* One request, by the CPU that executes. Returns how many entries it had. */
unsigned int requests_make(unsigned int cpu, enum kind kind, bool validate);
