/* SPDX-License-Identifier: MIT */
#line 1 "sm/create.rl"
/* SPDX-License-Identifier: MIT */
/* One CREATE_VCPU or DELETE_VCPU call. */
#include <svsm/create.h>


#line 57 "sm/create.rl"



#line 8 "gen/create.c"
static const int create_start = 1;


#line 60 "sm/create.rl"

void create_init(struct create *c)
{
	
#line 13 "gen/create.c"
	{
	 c->cs = create_start;
	}

#line 64 "sm/create.rl"
	c->at = CREATE_NEW;
}

enum event create_step(struct create *c, enum event ev)
{
	const int in = (int)ev, *p = &in, *pe = p + 1, *eof = 0;
	enum event next = EV_NONE;

	
#line 24 "gen/create.c"
	{
	if ( p == pe )
		goto _test_eof;
	switch (  c->cs )
	{
case 1:
	switch( (*p) ) {
		case 12: goto tr1;
		case 13: goto tr2;
	}
	goto tr0;
tr0:
#line 24 "sm/create.rl"
	{ next = create_wrong(c, ev); }
	goto st0;
#line 38 "gen/create.c"
st0:
 c->cs = 0;
	goto _out;
tr1:
#line 11 "sm/create.rl"
	{ next = create_claim(c); }
	goto st2;
st2:
#line 26 "sm/create.rl"
	{ c->at = CREATE_CLAIM; }
	if ( ++p == pe )
		goto _test_eof2;
case 2:
#line 49 "gen/create.c"
	switch( (*p) ) {
		case 14: goto tr3;
		case 15: goto tr4;
	}
	goto tr0;
tr3:
#line 18 "sm/create.rl"
	{ next = create_undo(c); }
	goto st3;
tr9:
#line 17 "sm/create.rl"
	{ next = create_publish(c); }
	goto st3;
tr10:
#line 23 "sm/create.rl"
	{ next = delete_refuse(c); }
	goto st3;
tr12:
#line 21 "sm/create.rl"
	{ next = delete_remove(c); }
	goto st3;
tr13:
#line 22 "sm/create.rl"
	{ next = delete_keep(c); }
	goto st3;
st3:
#line 34 "sm/create.rl"
	{ c->at = CREATE_CLOSED; }
	if ( ++p == pe )
		goto _test_eof3;
case 3:
#line 74 "gen/create.c"
	goto tr0;
tr4:
#line 12 "sm/create.rl"
	{ next = create_revoke(c); }
	goto st4;
st4:
#line 27 "sm/create.rl"
	{ c->at = CREATE_REVOKE; }
	if ( ++p == pe )
		goto _test_eof4;
case 4:
#line 83 "gen/create.c"
	switch( (*p) ) {
		case 15: goto tr5;
		case 20: goto tr3;
	}
	goto tr0;
tr5:
#line 13 "sm/create.rl"
	{ next = create_check(c); }
	goto st5;
st5:
#line 28 "sm/create.rl"
	{ c->at = CREATE_CHECK; }
	if ( ++p == pe )
		goto _test_eof5;
case 5:
#line 96 "gen/create.c"
	switch( (*p) ) {
		case 14: goto tr3;
		case 15: goto tr6;
	}
	goto tr0;
tr6:
#line 14 "sm/create.rl"
	{ next = create_room(c); }
	goto st6;
st6:
#line 29 "sm/create.rl"
	{ c->at = CREATE_ROOM; }
	if ( ++p == pe )
		goto _test_eof6;
case 6:
#line 109 "gen/create.c"
	switch( (*p) ) {
		case 14: goto tr3;
		case 15: goto tr7;
	}
	goto tr0;
tr7:
#line 15 "sm/create.rl"
	{ next = create_seal(c); }
	goto st7;
st7:
#line 30 "sm/create.rl"
	{ c->at = CREATE_SEAL; }
	if ( ++p == pe )
		goto _test_eof7;
case 7:
#line 122 "gen/create.c"
	switch( (*p) ) {
		case 15: goto tr8;
		case 20: goto tr3;
	}
	goto tr0;
tr8:
#line 16 "sm/create.rl"
	{ next = create_area(c); }
	goto st8;
st8:
#line 31 "sm/create.rl"
	{ c->at = CREATE_AREA; }
	if ( ++p == pe )
		goto _test_eof8;
case 8:
#line 135 "gen/create.c"
	switch( (*p) ) {
		case 14: goto tr3;
		case 15: goto tr9;
	}
	goto tr0;
tr2:
#line 19 "sm/create.rl"
	{ next = delete_hold(c); }
	goto st9;
st9:
#line 32 "sm/create.rl"
	{ c->at = CREATE_HOLD; }
	if ( ++p == pe )
		goto _test_eof9;
case 9:
#line 148 "gen/create.c"
	switch( (*p) ) {
		case 14: goto tr10;
		case 15: goto tr11;
	}
	goto tr0;
tr11:
#line 20 "sm/create.rl"
	{ next = delete_open(c); }
	goto st10;
st10:
#line 33 "sm/create.rl"
	{ c->at = CREATE_OPEN; }
	if ( ++p == pe )
		goto _test_eof10;
case 10:
#line 161 "gen/create.c"
	switch( (*p) ) {
		case 15: goto tr12;
		case 20: goto tr13;
	}
	goto tr0;
	}
	_test_eof2:  c->cs = 2; goto _test_eof; 
	_test_eof3:  c->cs = 3; goto _test_eof; 
	_test_eof4:  c->cs = 4; goto _test_eof; 
	_test_eof5:  c->cs = 5; goto _test_eof; 
	_test_eof6:  c->cs = 6; goto _test_eof; 
	_test_eof7:  c->cs = 7; goto _test_eof; 
	_test_eof8:  c->cs = 8; goto _test_eof; 
	_test_eof9:  c->cs = 9; goto _test_eof; 
	_test_eof10:  c->cs = 10; goto _test_eof; 

	_test_eof: {}
	if ( p == eof )
	{
	switch (  c->cs ) {
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
#line 24 "sm/create.rl"
	{ next = create_wrong(c, ev); }
	break;
#line 193 "gen/create.c"
	}
	}

	_out: {}
	}

#line 73 "sm/create.rl"
	return next;
}
