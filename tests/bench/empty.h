/* SPDX-License-Identifier: MIT */
/*
 * Functions that look like frame_alloc and frame_free and do nothing, built
 * with the firmware's flags: the part of the harness that is taken off.
 */
#pragma once
#include <svsm/frame.h>

must_check enum err empty_alloc(struct frame_cpu *me, pa_t *frame);
must_check enum err empty_free(struct frame_cpu *me, pa_t frame);
