/* SPDX-License-Identifier: MIT */
/* The runs on frames, for the table in long_page.c. */
#pragma once
#include "long.h"

void mixed_begin(struct thread *both);
void mixed_step(struct thread *t);
void mixed_end(struct thread *both);
void full_begin(struct thread *both);
void full_step(struct thread *t);
void full_end(struct thread *both);
void left16_begin(struct thread *both);
void left1_begin(struct thread *both);
void left_step(struct thread *t);
void large_begin(struct thread *both);
void large_step(struct thread *t);
