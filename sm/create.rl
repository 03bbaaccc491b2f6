/* SPDX-License-Identifier: MIT */
/* One CREATE_VCPU or DELETE_VCPU call. */
#include <svsm/create.h>

%%{
machine create;
alphtype int;
access c->;
import "event.h";

action claim   { next = create_claim(c); }
action revoke  { next = create_revoke(c); }
action check   { next = create_check(c); }
action room    { next = create_room(c); }
action seal    { next = create_seal(c); }
action area    { next = create_area(c); }
action publish { next = create_publish(c); }
action undo    { next = create_undo(c); }
action hold    { next = delete_hold(c); }
action open    { next = delete_open(c); }
action remove  { next = delete_remove(c); }
action keep    { next = delete_keep(c); }
action refuse  { next = delete_refuse(c); }
action wrong   { next = create_wrong(c, ev); }

action at_claim  { c->at = CREATE_CLAIM; }
action at_revoke { c->at = CREATE_REVOKE; }
action at_check  { c->at = CREATE_CHECK; }
action at_room   { c->at = CREATE_ROOM; }
action at_seal   { c->at = CREATE_SEAL; }
action at_area   { c->at = CREATE_AREA; }
action at_hold   { c->at = CREATE_HOLD; }
action at_open   { c->at = CREATE_OPEN; }
action at_closed { c->at = CREATE_CLOSED; }

main := (
    start:  ( EV_CREATE  @claim   -> Claim |
              EV_DELETE  @hold    -> Hold ),
    Claim:  ( EV_DONE    @revoke  -> Revoke |
              EV_REFUSED @undo    -> Closed ) >to(at_claim),
    Revoke: ( EV_DONE    @check   -> Check |
              EV_FAILED  @undo    -> Closed ) >to(at_revoke),
    Check:  ( EV_DONE    @room    -> Room |
              EV_REFUSED @undo    -> Closed ) >to(at_check),
    Room:   ( EV_DONE    @seal    -> Seal |
              EV_REFUSED @undo    -> Closed ) >to(at_room),
    Seal:   ( EV_DONE    @area    -> Area |
              EV_FAILED  @undo    -> Closed ) >to(at_seal),
    Area:   ( EV_DONE    @publish -> Closed |
              EV_REFUSED @undo    -> Closed ) >to(at_area),
    Hold:   ( EV_DONE    @open    -> Open |
              EV_REFUSED @refuse  -> Closed ) >to(at_hold),
    Open:   ( EV_DONE    @remove  -> Closed |
              EV_FAILED  @keep    -> Closed ) >to(at_open),
    Closed: ( any - any )                     >to(at_closed)
) $err(wrong);
}%%

%% write data noerror nofinal noentry;

void create_init(struct create *c)
{
	%% write init;
	c->at = CREATE_NEW;
}

enum event create_step(struct create *c, enum event ev)
{
	const int in = (int)ev, *p = &in, *pe = p + 1, *eof = 0;
	enum event next = EV_NONE;

	%% write exec;
	return next;
}
