/* SPDX-License-Identifier: MIT */
/* One PVALIDATE call: open the list, run it bit by bit, flush once, close. */
#include <svsm/pvalidate.h>

%%{
machine pvalidate;
alphtype int;
access v->;
import "event.h";

action open   { next = pvalidate_open(v); }
action run    { next = pvalidate_run(v); }
action flush  { next = pvalidate_flush(v); }
action settle { next = pvalidate_settle(v); }
action close  { next = pvalidate_close(v); }
action wrong  { next = pvalidate_wrong(v, ev); }

action at_open   { v->at = PVALIDATE_OPEN; }
action at_run    { v->at = PVALIDATE_RUN; }
action at_flush  { v->at = PVALIDATE_FLUSH; }
action at_settle { v->at = PVALIDATE_SETTLE; }
action at_closed { v->at = PVALIDATE_CLOSED; }

main := (
    start:  ( EV_START   @open   -> Open ),
    Open:   ( EV_DONE    @run    -> Run |
              EV_REFUSED @close  -> Closed ) >to(at_open),
    Run:    ( EV_AGAIN   @run    -> Run |
              EV_REVOKED @flush  -> Flush |
              EV_DONE    @close  -> Closed ) >to(at_run),
    Flush:  ( EV_DONE    @settle -> Settle ) >to(at_flush),
    Settle: ( EV_DONE    @close  -> Closed ) >to(at_settle),
    Closed: ( any - any )                    >to(at_closed)
) $err(wrong);
}%%

%% write data noerror nofinal noentry;

void pvalidate_init(struct pvalidate *v)
{
	%% write init;
	v->at = PVALIDATE_NEW;
}

enum event pvalidate_step(struct pvalidate *v, enum event ev)
{
	const int in = (int)ev, *p = &in, *pe = p + 1, *eof = 0;
	enum event next = EV_NONE;

	%% write exec;
	return next;
}
