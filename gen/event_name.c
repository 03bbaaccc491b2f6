/* SPDX-License-Identifier: MIT */
/* The names of the events, from event.h. Generated: see sm/gen.sh. */
#include <svsm/event.h>

const char *event_name(enum event ev)
{
	switch (ev) {
	case EV_NONE:
		return "EV_NONE";
	case EV_ENTERED:
		return "EV_ENTERED";
	case EV_HOST_REFUSED:
		return "EV_HOST_REFUSED";
	case EV_CALL:
		return "EV_CALL";
	case EV_SPURIOUS:
		return "EV_SPURIOUS";
	case EV_BAD_FORMAT:
		return "EV_BAD_FORMAT";
	case EV_PVALIDATE:
		return "EV_PVALIDATE";
	case EV_QUERY:
		return "EV_QUERY";
	case EV_REMAP:
		return "EV_REMAP";
	case EV_VTOM:
		return "EV_VTOM";
	case EV_DEPOSIT:
		return "EV_DEPOSIT";
	case EV_WITHDRAW:
		return "EV_WITHDRAW";
	case EV_CREATE:
		return "EV_CREATE";
	case EV_DELETE:
		return "EV_DELETE";
	case EV_REFUSED:
		return "EV_REFUSED";
	case EV_DONE:
		return "EV_DONE";
	case EV_AGAIN:
		return "EV_AGAIN";
	case EV_REVOKED:
		return "EV_REVOKED";
	case EV_START:
		return "EV_START";
	case EV_STOP:
		return "EV_STOP";
	case EV_FAILED:
		return "EV_FAILED";
	case EV_GONE:
		return "EV_GONE";
	default:
		return "?";
	}
}
