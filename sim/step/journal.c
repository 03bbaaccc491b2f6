/* SPDX-License-Identifier: MIT */
/*
 * The moves made, and images along the way: first one every FIRST_DISTANCE
 * moves, and whenever there are too many every second one goes, so that a run
 * of any length costs a bounded number of images, and a way back half as many moves.
 */
#include "engine.h"

#include <stdlib.h>

#define IMAGES 256U
#define FIRST_DISTANCE 64U

static struct {
	struct engine_move *move;
	uint64_t length, room, position;
	struct {
		uint64_t position;
		struct image *image;
	} kept[IMAGES];
	unsigned int images;
	uint64_t distance;
} journal;

static void keep(void)
{
	unsigned int n = journal.images;
	const struct image *previous = n != 0 ? journal.kept[n - 1].image : NULL;

	journal.kept[n].position = journal.position;
	journal.kept[n].image = image_take(previous);
	journal.images++;
}

static void thin(void)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < journal.images; i++) {
		if (i % 2 == 0)
			journal.kept[left++] = journal.kept[i];
		else
			image_drop(journal.kept[i].image);
	}
	journal.images = left;
	journal.distance *= 2;
}

static void keep_if_due(void)
{
	if (journal.position < journal.kept[journal.images - 1].position + journal.distance)
		return;
	if (journal.images == IMAGES)
		thin();
	else
		keep();
}

void engine_open(const struct engine_program *program)
{
	engine_prepare(program);
	journal.distance = FIRST_DISTANCE;
	keep();
}

static void forget_the_rest(void)
{
	journal.length = journal.position;
	while (journal.kept[journal.images - 1].position > journal.position)
		image_drop(journal.kept[--journal.images].image);
}

static void write_down(const struct engine_move *move)
{
	if (journal.length == journal.room) {
		journal.room = journal.room * 2 + 1024;
		journal.move = realloc(journal.move, journal.room * sizeof(*move));
		CHECK(journal.move != NULL);
	}
	journal.move[journal.length++] = *move;
}

static void restore(uint64_t position)
{
	unsigned int i = journal.images - 1;

	while (journal.kept[i].position > position)
		i--;
	image_restore(journal.kept[i].image);
	journal.position = journal.kept[i].position;
}

static void follow(uint64_t position)
{
	while (journal.position < position && journal.position < journal.length)
		(void)engine_perform(&journal.move[journal.position++]);
}

enum engine_outcome engine_move(const struct engine_move *move)
{
	enum engine_outcome outcome;

	forget_the_rest();
	outcome = engine_perform(move);
	if (outcome == ENGINE_ENDED) {
		/* The program may have done something on its way to its end. */
		restore(journal.length);
		follow(journal.length);
	}
	if (outcome == ENGINE_ENDED || outcome == ENGINE_REFUSED)
		return outcome;
	write_down(move);
	journal.position++;
	keep_if_due();
	return outcome;
}

enum engine_outcome engine_step(void)
{
	const struct engine_move step = { .kind = ENGINE_STEP };

	return engine_move(&step);
}

uint64_t engine_position(void)
{
	return journal.position;
}

uint64_t engine_length(void)
{
	return journal.length;
}

const struct engine_move *engine_moves(void)
{
	return journal.move;
}

bool engine_goto(uint64_t position)
{
	enum engine_outcome outcome = ENGINE_MOVED;

	if (position < journal.position)
		restore(position);
	follow(position);
	while (journal.position < position && outcome <= ENGINE_STOPPED)
		outcome = engine_step();
	return journal.position == position;
}

uint64_t engine_hash(void)
{
	return image_hash();
}

size_t engine_image_bytes(void)
{
	return image_bytes() + journal.room * sizeof(*journal.move);
}
