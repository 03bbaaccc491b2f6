/* SPDX-License-Identifier: MIT */
#line 1 "sm/pvalidate.rl"
/* SPDX-License-Identifier: MIT */
/* One PVALIDATE call: open the list, run it bit by bit, flush once, close. */
#include <svsm/pvalidate.h>


#line 35 "sm/pvalidate.rl"



#line 8 "gen/pvalidate.c"
static const int pvalidate_start = 1;


#line 38 "sm/pvalidate.rl"

void pvalidate_init(struct pvalidate *v)
{
	
#line 13 "gen/pvalidate.c"
	{
	 v->cs = pvalidate_start;
	}

#line 42 "sm/pvalidate.rl"
	v->at = PVALIDATE_NEW;
}

enum event pvalidate_step(struct pvalidate *v, enum event ev)
{
	const int in = (int)ev, *p = &in, *pe = p + 1, *eof = 0;
	enum event next = EV_NONE;

	
#line 24 "gen/pvalidate.c"
	{
	if ( p == pe )
		goto _test_eof;
	switch (  v->cs )
	{
case 1:
	if ( (*p) == 18 )
		goto tr1;
	goto tr0;
tr0:
#line 16 "sm/pvalidate.rl"
	{ next = pvalidate_wrong(v, ev); }
	goto st0;
#line 36 "gen/pvalidate.c"
st0:
 v->cs = 0;
	goto _out;
tr1:
#line 11 "sm/pvalidate.rl"
	{ next = pvalidate_open(v); }
	goto st2;
st2:
#line 18 "sm/pvalidate.rl"
	{ v->at = PVALIDATE_OPEN; }
	if ( ++p == pe )
		goto _test_eof2;
case 2:
#line 47 "gen/pvalidate.c"
	switch( (*p) ) {
		case 14: goto tr2;
		case 15: goto tr3;
	}
	goto tr0;
tr2:
#line 15 "sm/pvalidate.rl"
	{ next = pvalidate_close(v); }
	goto st3;
st3:
#line 22 "sm/pvalidate.rl"
	{ v->at = PVALIDATE_CLOSED; }
	if ( ++p == pe )
		goto _test_eof3;
case 3:
#line 60 "gen/pvalidate.c"
	goto tr0;
tr3:
#line 12 "sm/pvalidate.rl"
	{ next = pvalidate_run(v); }
	goto st4;
st4:
#line 19 "sm/pvalidate.rl"
	{ v->at = PVALIDATE_RUN; }
	if ( ++p == pe )
		goto _test_eof4;
case 4:
#line 69 "gen/pvalidate.c"
	switch( (*p) ) {
		case 15: goto tr2;
		case 16: goto tr3;
		case 17: goto tr4;
	}
	goto tr0;
tr4:
#line 13 "sm/pvalidate.rl"
	{ next = pvalidate_flush(v); }
	goto st5;
st5:
#line 20 "sm/pvalidate.rl"
	{ v->at = PVALIDATE_FLUSH; }
	if ( ++p == pe )
		goto _test_eof5;
case 5:
#line 83 "gen/pvalidate.c"
	if ( (*p) == 15 )
		goto tr5;
	goto tr0;
tr5:
#line 14 "sm/pvalidate.rl"
	{ next = pvalidate_settle(v); }
	goto st6;
st6:
#line 21 "sm/pvalidate.rl"
	{ v->at = PVALIDATE_SETTLE; }
	if ( ++p == pe )
		goto _test_eof6;
case 6:
#line 94 "gen/pvalidate.c"
	if ( (*p) == 15 )
		goto tr2;
	goto tr0;
	}
	_test_eof2:  v->cs = 2; goto _test_eof; 
	_test_eof3:  v->cs = 3; goto _test_eof; 
	_test_eof4:  v->cs = 4; goto _test_eof; 
	_test_eof5:  v->cs = 5; goto _test_eof; 
	_test_eof6:  v->cs = 6; goto _test_eof; 

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
#line 16 "sm/pvalidate.rl"
	{ next = pvalidate_wrong(v, ev); }
	break;
#line 116 "gen/pvalidate.c"
	}
	}

	_out: {}
	}

#line 51 "sm/pvalidate.rl"
	return next;
}
