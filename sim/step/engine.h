/* SPDX-License-Identifier: MIT */
/* Between the engine's own files. */
#pragma once
#include "image.h"

#include <sim/engine.h>

void engine_prepare(const struct engine_program *program);
/* Changes the machine; the journal knows nothing of it. */
enum engine_outcome engine_perform(const struct engine_move *move);
