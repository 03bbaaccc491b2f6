/* SPDX-License-Identifier: MIT */
/*
 * Memory for a guest vCPU's context, struct vcpu: frames of the SVSM's own,
 * deposited pages when these are used up, mapped one behind the other.
 */
#pragma once
#include <svsm/types.h>

struct vcpu;

/*
 * SVSM_SUCCESS and a context at slot `index`, set to its beginning; or how
 * many pages are missing, SVSM_NEED_PAGES and on, and nothing has changed.
 */
uint32_t context_take(unsigned int index, struct vcpu **context);

/* Unmapped, flushed, and the frames go back where they came from. */
void context_give(unsigned int index, struct vcpu *context);
