/* SPDX-License-Identifier: MIT */
#line 1 "sm/vcpu.rl"
/* SPDX-License-Identifier: MIT */
/* A guest vCPU: from its first entry, request by request, to its end. */
#include <svsm/vcpu.h>


#line 73 "sm/vcpu.rl"



#line 8 "gen/vcpu.c"
static const int vcpu_start = 1;


#line 76 "sm/vcpu.rl"

void vcpu_init(struct vcpu *v)
{
	
#line 13 "gen/vcpu.c"
	{
	 v->cs = vcpu_start;
	}

#line 80 "sm/vcpu.rl"
	v->at = VCPU_NEW;
}

/* p counts the steps up to 0: what a verb returns is the input of the next one. */
enum event vcpu_go(struct vcpu *v, enum event next, uint64_t steps)
{
	uint64_t p = 0 - steps;
	const uint64_t pe = 0, eof = 1; /* there is no end of input */
	struct ring *own = ring_own();

	
#line 26 "gen/vcpu.c"
	{
	if ( p == pe )
		goto _test_eof;
	switch (  v->cs )
	{
case 1:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 33 "gen/vcpu.c"
	switch( ( (int)next) ) {
		case 1: goto tr1;
		case 18: goto tr2;
	}
	goto tr0;
tr0:
#line 30 "sm/vcpu.rl"
	{ next = vcpu_wrong(v, next); }
	goto st0;
#line 41 "gen/vcpu.c"
st0:
 v->cs = 0;
	goto _out;
tr1:
#line 18 "sm/vcpu.rl"
	{ next = call_gate(v); }
	goto st2;
st2:
#line 33 "sm/vcpu.rl"
	{ v->at = VCPU_GATE; }
	if ( ++p == pe )
		goto _test_eof2;
case 2:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 53 "gen/vcpu.c"
	switch( ( (int)next) ) {
		case 3: goto tr3;
		case 4: goto tr2;
		case 5: goto tr4;
		case 21: goto tr5;
	}
	goto tr0;
tr3:
#line 19 "sm/vcpu.rl"
	{ next = call_decode(v); }
	goto st3;
st3:
#line 34 "sm/vcpu.rl"
	{ v->at = VCPU_DECODE; }
	if ( ++p == pe )
		goto _test_eof3;
case 3:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 69 "gen/vcpu.c"
	switch( ( (int)next) ) {
		case 6: goto tr6;
		case 7: goto tr7;
		case 8: goto tr8;
		case 9: goto tr9;
		case 10: goto tr10;
		case 11: goto tr11;
		case 12: goto tr12;
		case 13: goto tr13;
		case 14: goto tr4;
	}
	goto tr0;
tr6:
#line 20 "sm/vcpu.rl"
	{ next = core_open(v); }
	goto st4;
tr10:
#line 21 "sm/vcpu.rl"
	{ next = core_deposit(v); }
	goto st4;
tr14:
#line 22 "sm/vcpu.rl"
	{ next = core_work(v); }
	goto st4;
st4:
#line 35 "sm/vcpu.rl"
	{ v->at = VCPU_LIST; }
	if ( ++p == pe )
		goto _test_eof4;
case 4:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 96 "gen/vcpu.c"
	switch( ( (int)next) ) {
		case 15: goto tr4;
		case 16: goto tr14;
	}
	goto tr0;
tr4:
#line 29 "sm/vcpu.rl"
	{ next = reply_send(v); }
	goto st5;
st5:
#line 38 "sm/vcpu.rl"
	{ v->at = VCPU_REPLY; }
	if ( ++p == pe )
		goto _test_eof5;
case 5:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 110 "gen/vcpu.c"
	if ( ( (int)next) == 15 )
		goto tr2;
	goto tr0;
tr2:
#line 14 "sm/vcpu.rl"
	{ next = vcpu_enter(v); }
	goto st6;
st6:
#line 32 "sm/vcpu.rl"
	{ v->at = VCPU_GUEST; }
	if ( ++p == pe )
		goto _test_eof6;
case 6:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 122 "gen/vcpu.c"
	switch( ( (int)next) ) {
		case 1: goto tr1;
		case 2: goto tr15;
	}
	goto tr0;
tr15:
#line 15 "sm/vcpu.rl"
	{ next = vcpu_park(v); }
	goto st7;
st7:
#line 39 "sm/vcpu.rl"
	{ v->at = VCPU_PARKED; }
	if ( ++p == pe )
		goto _test_eof7;
case 7:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 136 "gen/vcpu.c"
	switch( ( (int)next) ) {
		case 1: goto tr1;
		case 16: goto tr2;
		case 19: goto tr16;
	}
	goto tr0;
tr16:
#line 16 "sm/vcpu.rl"
	{ next = vcpu_stop(v); }
	goto st8;
st8:
#line 40 "sm/vcpu.rl"
	{ v->at = VCPU_STOPPED; p = pe - 1; }
	if ( ++p == pe )
		goto _test_eof8;
case 8:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 151 "gen/vcpu.c"
	goto tr0;
tr7:
#line 26 "sm/vcpu.rl"
	{ next = core_query(v); }
	goto st9;
tr8:
#line 28 "sm/vcpu.rl"
	{ next = remap_perform(v); }
	goto st9;
tr9:
#line 27 "sm/vcpu.rl"
	{ next = core_vtom(v); }
	goto st9;
tr11:
#line 25 "sm/vcpu.rl"
	{ next = withdraw_perform(v); }
	goto st9;
st9:
#line 37 "sm/vcpu.rl"
	{ v->at = VCPU_SERVE; }
	if ( ++p == pe )
		goto _test_eof9;
case 9:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 170 "gen/vcpu.c"
	if ( ( (int)next) == 15 )
		goto tr4;
	goto tr0;
tr12:
#line 23 "sm/vcpu.rl"
	{ next = core_create(v); }
	goto st10;
tr13:
#line 24 "sm/vcpu.rl"
	{ next = core_delete(v); }
	goto st10;
st10:
#line 36 "sm/vcpu.rl"
	{ v->at = VCPU_CHANGE; }
	if ( ++p == pe )
		goto _test_eof10;
case 10:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 185 "gen/vcpu.c"
	switch( ( (int)next) ) {
		case 15: goto tr4;
		case 21: goto tr5;
	}
	goto tr0;
tr5:
#line 17 "sm/vcpu.rl"
	{ next = vcpu_leave(v); }
	goto st11;
st11:
#line 41 "sm/vcpu.rl"
	{ v->at = VCPU_GONE; p = pe - 1; }
	if ( ++p == pe )
		goto _test_eof11;
case 11:
#line 12 "sm/vcpu.rl"
	{ vcpu_record(v, own, next); }
#line 199 "gen/vcpu.c"
	goto tr0;
	}
	_test_eof2:  v->cs = 2; goto _test_eof; 
	_test_eof3:  v->cs = 3; goto _test_eof; 
	_test_eof4:  v->cs = 4; goto _test_eof; 
	_test_eof5:  v->cs = 5; goto _test_eof; 
	_test_eof6:  v->cs = 6; goto _test_eof; 
	_test_eof7:  v->cs = 7; goto _test_eof; 
	_test_eof8:  v->cs = 8; goto _test_eof; 
	_test_eof9:  v->cs = 9; goto _test_eof; 
	_test_eof10:  v->cs = 10; goto _test_eof; 
	_test_eof11:  v->cs = 11; goto _test_eof; 

	_test_eof: {}
	if ( p == eof )
	{
	switch (  v->cs ) {
	case 1: 
	case 2: 
	case 3: 
	case 4: 
	case 5: 
	case 6: 
	case 7: 
	case 8: 
	case 9: 
	case 10: 
	case 11: 
#line 30 "sm/vcpu.rl"
	{ next = vcpu_wrong(v, next); }
	break;
#line 229 "gen/vcpu.c"
	}
	}

	_out: {}
	}

#line 91 "sm/vcpu.rl"
	return next;
}
