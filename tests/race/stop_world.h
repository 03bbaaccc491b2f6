/* SPDX-License-Identifier: MIT */
/*
 * The SVSM's memory of the stopped-vCPU test, a plain account of who holds
 * which frame, and every operation on it. See stop_world.c.
 */
#pragma once
#include "stop.h"

#include <svsm/frame.h>

#define START 0x8000000000ULL
#define REGIONS 3U
#define ROWS (REGIONS * ROWS_PER_2M)
#define FRAMES (REGIONS * FRAMES_PER_2M)

enum cpu { A, B, CPUS };

/* Who holds a frame. As 4 KiB, or as one of the 512 of 2 MiB. */
enum holder { NOBODY, OF_A, OF_B, OF_A_2M, OF_B_2M, NOT_THERE };

enum op {
	ALLOC,
	ALLOC_VMSA,
	ALLOC_2M,
	FREE_OWN,     /* a frame of the CPU's own row */
	FREE_OTHERS,  /* one of the other CPU's row */
	FREE_NOBODYS, /* one of nobody's row */
	FREE_2M,
	FREE_TWICE,
	GROW,
	GROW_FAILED,
	DRAIN, /* all there is, by 4 KiB */
	DRAIN_2M,
	OPS,
};

struct act {
	enum op op;
	enum cpu cpu;
	pa_t frame; /* what is freed, or what was got */
	enum err err;
};

struct world {
	shared8 region[REGIONS];
	shared8 owner[ROWS];
	struct frame_row row[ROWS];
	uint8_t holder[FRAMES];
	/* Free and open to A at its start, when it was stopped, and in the end. */
	bool steady[FRAMES];
	struct act act[CPUS];
};
extern struct world world;

/* Nothing accepted. */
void world_new(void);

/* What is freed is given up here already. False: there is nothing to do this with. */
bool act_prepare(enum cpu cpu, enum op op);

/* The firmware's part; all that is single-stepped. */
void act_perform(struct act *act);

/* Checks what came of it, and enters it in the account. */
void act_record(struct act *act);

/* All three, of any number. */
void act(enum cpu cpu, enum op op);
void drain(enum cpu cpu, enum op op);

/* A free frame that the CPU can reach in the record as it stands. */
bool open_to(enum cpu cpu, unsigned int frame);

/* What A keeps from B while it is stopped: no more than frame.h says. */
void check_holdings(void);

/* No CPU is in an operation: the record is the account. */
void check_account(void);

/* `steady` begins; or what is not open to A now leaves it. */
void steady_begin(void);
void steady_now(void);
