/* SPDX-License-Identifier: MIT */
/* A guest vCPU: from its first entry, request by request, to its end. */
#include <svsm/vcpu.h>

%%{
machine vcpu;
alphtype int;
access v->;
getkey (int)next;
import "event.h";

action ring   { vcpu_record(v, own, next); }

action enter  { next = vcpu_enter(v); }
action park   { next = vcpu_park(v); }
action stop   { next = vcpu_stop(v); }
action leave  { next = vcpu_leave(v); }
action gate   { next = call_gate(v); }
action decode { next = call_decode(v); }
action open   { next = core_open(v); }
action lend   { next = core_deposit(v); }
action work   { next = core_work(v); }
action create { next = core_create(v); }
action delete { next = core_delete(v); }
action return { next = withdraw_perform(v); }
action query  { next = core_query(v); }
action vtom   { next = core_vtom(v); }
action remap  { next = remap_perform(v); }
action reply  { next = reply_send(v); }
action wrong  { next = vcpu_wrong(v, next); }

action at_guest   { v->at = VCPU_GUEST; }
action at_gate    { v->at = VCPU_GATE; }
action at_decode  { v->at = VCPU_DECODE; }
action at_list    { v->at = VCPU_LIST; }
action at_change  { v->at = VCPU_CHANGE; }
action at_serve   { v->at = VCPU_SERVE; }
action at_reply   { v->at = VCPU_REPLY; }
action at_parked  { v->at = VCPU_PARKED; }
action at_stopped { v->at = VCPU_STOPPED; p = pe - 1; }
action at_gone    { v->at = VCPU_GONE; p = pe - 1; }

main := (
    start:   ( EV_START        @enter  -> Guest |
               EV_ENTERED      @gate   -> Gate ),
    Guest:   ( EV_ENTERED      @gate   -> Gate |
               EV_HOST_REFUSED @park   -> Parked )  >to(at_guest),
    Gate:    ( EV_CALL         @decode -> Decode |
               EV_BAD_FORMAT   @reply  -> Reply |
               EV_SPURIOUS     @enter  -> Guest |
               EV_GONE         @leave  -> Gone )    >to(at_gate),
    Decode:  ( EV_PVALIDATE    @open   -> List |
               EV_DEPOSIT      @lend   -> List |
               EV_WITHDRAW     @return -> Serve |
               EV_CREATE       @create -> Change |
               EV_DELETE       @delete -> Change |
               EV_QUERY        @query  -> Serve |
               EV_REMAP        @remap  -> Serve |
               EV_VTOM         @vtom   -> Serve |
               EV_REFUSED      @reply  -> Reply )   >to(at_decode),
    List:    ( EV_AGAIN        @work   -> List |
               EV_DONE         @reply  -> Reply )   >to(at_list),
    Change:  ( EV_DONE         @reply  -> Reply |
               EV_GONE         @leave  -> Gone )    >to(at_change),
    Serve:   ( EV_DONE         @reply  -> Reply )   >to(at_serve),
    Reply:   ( EV_DONE         @enter  -> Guest )   >to(at_reply),
    Parked:  ( EV_AGAIN        @enter  -> Guest |
               EV_ENTERED      @gate   -> Gate |
               EV_STOP         @stop   -> Stopped ) >to(at_parked),
    Stopped: ( any - any )                          >to(at_stopped),
    Gone:    ( any - any )                          >to(at_gone)
) $from(ring) $err(wrong);
}%%

%% write data noerror nofinal noentry;

void vcpu_init(struct vcpu *v)
{
	%% write init;
	v->at = VCPU_NEW;
}

/* p counts the steps up to 0: what a verb returns is the input of the next one. */
enum event vcpu_go(struct vcpu *v, enum event next, uint64_t steps)
{
	uint64_t p = 0 - steps;
	const uint64_t pe = 0, eof = 1; /* there is no end of input */
	struct ring *own = ring_own();

	%% write exec;
	return next;
}
