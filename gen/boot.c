/* SPDX-License-Identifier: MIT */
#line 1 "sm/boot.rl"
/* SPDX-License-Identifier: MIT */
/* Bring-up: each step trusts only what the ones before it have checked. */
#include <svsm/boot.h>


#line 79 "sm/boot.rl"



#line 8 "gen/boot.c"
static const int boot_start = 1;


#line 82 "sm/boot.rl"

void boot_init(struct boot *b)
{
	
#line 13 "gen/boot.c"
	{
	 b->cs = boot_start;
	}

#line 86 "sm/boot.rl"
	b->at = BOOT_START;
}

enum event boot_step(struct boot *b, enum event ev)
{
	const int in = (int)ev, *p = &in, *pe = p + 1, *eof = 0;
	enum event next = EV_NONE;

	
#line 24 "gen/boot.c"
	{
	if ( p == pe )
		goto _test_eof;
	switch (  b->cs )
	{
case 1:
	if ( (*p) == 18 )
		goto tr1;
	goto tr0;
tr0:
#line 27 "sm/boot.rl"
	{ next = boot_wrong(b, ev); }
	goto st0;
#line 36 "gen/boot.c"
st0:
 b->cs = 0;
	goto _out;
tr1:
#line 11 "sm/boot.rl"
	{ next = boot_config(b); }
	goto st2;
st2:
#line 29 "sm/boot.rl"
	{ b->at = BOOT_CONFIG; }
	if ( ++p == pe )
		goto _test_eof2;
case 2:
#line 47 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr2;
		case 20: goto tr3;
	}
	goto tr0;
tr2:
#line 12 "sm/boot.rl"
	{ next = boot_cpuid(b); }
	goto st3;
st3:
#line 30 "sm/boot.rl"
	{ b->at = BOOT_CPUID; }
	if ( ++p == pe )
		goto _test_eof3;
case 3:
#line 60 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr4;
		case 20: goto tr3;
	}
	goto tr0;
tr4:
#line 13 "sm/boot.rl"
	{ next = boot_features(b); }
	goto st4;
st4:
#line 31 "sm/boot.rl"
	{ b->at = BOOT_FEATURES; }
	if ( ++p == pe )
		goto _test_eof4;
case 4:
#line 73 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr5;
		case 20: goto tr3;
	}
	goto tr0;
tr5:
#line 14 "sm/boot.rl"
	{ next = boot_negotiate(b); }
	goto st5;
st5:
#line 32 "sm/boot.rl"
	{ b->at = BOOT_NEGOTIATE; }
	if ( ++p == pe )
		goto _test_eof5;
case 5:
#line 86 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr6;
		case 20: goto tr3;
	}
	goto tr0;
tr6:
#line 15 "sm/boot.rl"
	{ next = boot_ghcb(b); }
	goto st6;
st6:
#line 33 "sm/boot.rl"
	{ b->at = BOOT_GHCB; }
	if ( ++p == pe )
		goto _test_eof6;
case 6:
#line 99 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr7;
		case 20: goto tr3;
	}
	goto tr0;
tr7:
#line 16 "sm/boot.rl"
	{ next = boot_apics(b); }
	goto st7;
st7:
#line 34 "sm/boot.rl"
	{ b->at = BOOT_APICS; }
	if ( ++p == pe )
		goto _test_eof7;
case 7:
#line 112 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr8;
		case 20: goto tr3;
	}
	goto tr0;
tr8:
#line 17 "sm/boot.rl"
	{ next = boot_secrets(b); }
	goto st8;
st8:
#line 35 "sm/boot.rl"
	{ b->at = BOOT_SECRETS; }
	if ( ++p == pe )
		goto _test_eof8;
case 8:
#line 125 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr9;
		case 20: goto tr3;
	}
	goto tr0;
tr9:
#line 18 "sm/boot.rl"
	{ next = boot_memory(b); }
	goto st9;
st9:
#line 36 "sm/boot.rl"
	{ b->at = BOOT_MEMORY; }
	if ( ++p == pe )
		goto _test_eof9;
case 9:
#line 138 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr10;
		case 20: goto tr3;
	}
	goto tr0;
tr10:
#line 19 "sm/boot.rl"
	{ next = boot_tables(b); }
	goto st10;
st10:
#line 37 "sm/boot.rl"
	{ b->at = BOOT_TABLES; }
	if ( ++p == pe )
		goto _test_eof10;
case 10:
#line 151 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr11;
		case 20: goto tr3;
	}
	goto tr0;
tr11:
#line 20 "sm/boot.rl"
	{ next = boot_record(b); }
	goto st11;
st11:
#line 38 "sm/boot.rl"
	{ b->at = BOOT_RECORD; }
	if ( ++p == pe )
		goto _test_eof11;
case 11:
#line 164 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr12;
		case 20: goto tr3;
	}
	goto tr0;
tr12:
#line 21 "sm/boot.rl"
	{ next = boot_prepare(b); }
	goto st12;
st12:
#line 39 "sm/boot.rl"
	{ b->at = BOOT_PREPARE; }
	if ( ++p == pe )
		goto _test_eof12;
case 12:
#line 177 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr13;
		case 20: goto tr3;
	}
	goto tr0;
tr13:
#line 22 "sm/boot.rl"
	{ next = boot_ram(b); }
	goto st13;
st13:
#line 40 "sm/boot.rl"
	{ b->at = BOOT_RAM; }
	if ( ++p == pe )
		goto _test_eof13;
case 13:
#line 190 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr14;
		case 20: goto tr3;
	}
	goto tr0;
tr14:
#line 23 "sm/boot.rl"
	{ next = boot_guest(b); }
	goto st14;
st14:
#line 41 "sm/boot.rl"
	{ b->at = BOOT_GUEST; }
	if ( ++p == pe )
		goto _test_eof14;
case 14:
#line 203 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr15;
		case 20: goto tr3;
	}
	goto tr0;
tr15:
#line 24 "sm/boot.rl"
	{ next = boot_cpus(b); }
	goto st15;
st15:
#line 42 "sm/boot.rl"
	{ b->at = BOOT_CPUS; }
	if ( ++p == pe )
		goto _test_eof15;
case 15:
#line 216 "gen/boot.c"
	switch( (*p) ) {
		case 15: goto tr16;
		case 20: goto tr3;
	}
	goto tr0;
tr16:
#line 25 "sm/boot.rl"
	{ next = boot_ready(b); }
	goto st16;
st16:
#line 43 "sm/boot.rl"
	{ b->at = BOOT_READY; }
	if ( ++p == pe )
		goto _test_eof16;
case 16:
#line 229 "gen/boot.c"
	if ( (*p) == 20 )
		goto tr3;
	goto tr0;
tr3:
#line 26 "sm/boot.rl"
	{ next = boot_stop(b); }
	goto st17;
st17:
#line 44 "sm/boot.rl"
	{ b->at = BOOT_STOPPED; }
	if ( ++p == pe )
		goto _test_eof17;
case 17:
#line 240 "gen/boot.c"
	goto tr0;
	}
	_test_eof2:  b->cs = 2; goto _test_eof; 
	_test_eof3:  b->cs = 3; goto _test_eof; 
	_test_eof4:  b->cs = 4; goto _test_eof; 
	_test_eof5:  b->cs = 5; goto _test_eof; 
	_test_eof6:  b->cs = 6; goto _test_eof; 
	_test_eof7:  b->cs = 7; goto _test_eof; 
	_test_eof8:  b->cs = 8; goto _test_eof; 
	_test_eof9:  b->cs = 9; goto _test_eof; 
	_test_eof10:  b->cs = 10; goto _test_eof; 
	_test_eof11:  b->cs = 11; goto _test_eof; 
	_test_eof12:  b->cs = 12; goto _test_eof; 
	_test_eof13:  b->cs = 13; goto _test_eof; 
	_test_eof14:  b->cs = 14; goto _test_eof; 
	_test_eof15:  b->cs = 15; goto _test_eof; 
	_test_eof16:  b->cs = 16; goto _test_eof; 
	_test_eof17:  b->cs = 17; goto _test_eof; 

	_test_eof: {}
	if ( p == eof )
	{
	switch (  b->cs ) {
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
	case 12: 
	case 13: 
	case 14: 
	case 15: 
	case 16: 
	case 17: 
#line 27 "sm/boot.rl"
	{ next = boot_wrong(b, ev); }
	break;
#line 282 "gen/boot.c"
	}
	}

	_out: {}
	}

#line 95 "sm/boot.rl"
	return next;
}
