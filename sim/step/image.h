/* SPDX-License-Identifier: MIT */
/*
 * The whole machine as it is at one moment: variables, RMP, contexts,
 * suspended stacks and every page of memory that was touched. Pages that two
 * images share are kept once.
 */
#pragma once
#include <snp/host.h>

#include <stddef.h>
#include <stdint.h>

struct image;

/* What else is part of the state, to be said before the first image. */
void image_include(void *at, size_t bytes);

/* `previous`: an image that probably shares pages with it, or NULL. */
struct image *image_take(const struct image *previous);
void image_restore(const struct image *image);
void image_drop(struct image *image);
/* Memory that all images have together. */
size_t image_bytes(void);

/* Of what the machine is now. Not in it: time, the rings, the log, counters, the console. */
uint64_t image_hash(void);
/* That is part of the machine too; to be said before. */
void image_hash_also(struct host_area area);
