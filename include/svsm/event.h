/* SPDX-License-Identifier: MIT */
/* The alphabet of all machines. Plain decimal: Ragel's import reads nothing else. */
#pragma once

enum event {
	EV_NONE = 0,
	/* caused by the guest or the hypervisor, see sm/draw.awk */
	EV_ENTERED = 1,
	EV_HOST_REFUSED = 2,
	/* what the gate found */
	EV_CALL = 3,
	EV_SPURIOUS = 4,
	EV_BAD_FORMAT = 5,
	/* what decode found */
	EV_PVALIDATE = 6,
	EV_QUERY = 7,
	EV_REMAP = 8,
	EV_VTOM = 9,
	EV_DEPOSIT = 10,
	EV_WITHDRAW = 11,
	EV_CREATE = 12,
	EV_DELETE = 13,
	EV_REFUSED = 14,
	/* how the work goes on */
	EV_DONE = 15,
	EV_AGAIN = 16,
	EV_REVOKED = 17,
	/* a machine's life */
	EV_START = 18,
	EV_STOP = 19,
	EV_FAILED = 20,
	EV_GONE = 21,
};

/* The name as written above; "?" for a number that is none. In gen/. */
const char *event_name(enum event ev);
