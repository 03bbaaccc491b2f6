/* SPDX-License-Identifier: MIT */
/* The alphabet of all machines. Plain decimal: Ragel's import reads nothing else. */
#pragma once

enum event {
	EV_NONE = 0,
	/* caused by the guest or the hypervisor: every state has an arrow */
	EV_ENTERED = 1,
	/* what the gate found */
	EV_CALL = 2,
	EV_SPURIOUS = 3,
	EV_BAD_FORMAT = 4,
	/* what decode found */
	EV_PVALIDATE = 5,
	EV_QUERY = 6,
	EV_REMAP = 7,
	EV_VTOM = 8,
	EV_REFUSED = 9,
	/* how the work goes on */
	EV_DONE = 10,
	EV_AGAIN = 11,
	EV_FAILED = 12,
	EV_HOST_REFUSED = 13,
	/* a vCPU's life */
	EV_START = 14,
	EV_STOP = 15,
};
