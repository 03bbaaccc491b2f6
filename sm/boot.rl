/* SPDX-License-Identifier: MIT */
/* Bring-up: each step trusts only what the ones before it have checked. */
#include <svsm/boot.h>

%%{
machine boot;
alphtype int;
access b->;
import "event.h";

action config    { next = boot_config(b); }
action cpuid     { next = boot_cpuid(b); }
action features  { next = boot_features(b); }
action negotiate { next = boot_negotiate(b); }
action ghcb      { next = boot_ghcb(b); }
action apics     { next = boot_apics(b); }
action secrets   { next = boot_secrets(b); }
action memory    { next = boot_memory(b); }
action tables    { next = boot_tables(b); }
action record    { next = boot_record(b); }
action prepare   { next = boot_prepare(b); }
action ram       { next = boot_ram(b); }
action guest     { next = boot_guest(b); }
action cpus      { next = boot_cpus(b); }
action ready     { next = boot_ready(b); }
action stop      { next = boot_stop(b); }
action wrong     { next = boot_wrong(b, ev); }

action at_config    { b->at = BOOT_CONFIG; }
action at_cpuid     { b->at = BOOT_CPUID; }
action at_features  { b->at = BOOT_FEATURES; }
action at_negotiate { b->at = BOOT_NEGOTIATE; }
action at_ghcb      { b->at = BOOT_GHCB; }
action at_apics     { b->at = BOOT_APICS; }
action at_secrets   { b->at = BOOT_SECRETS; }
action at_memory    { b->at = BOOT_MEMORY; }
action at_tables    { b->at = BOOT_TABLES; }
action at_record    { b->at = BOOT_RECORD; }
action at_prepare   { b->at = BOOT_PREPARE; }
action at_ram       { b->at = BOOT_RAM; }
action at_guest     { b->at = BOOT_GUEST; }
action at_cpus      { b->at = BOOT_CPUS; }
action at_ready     { b->at = BOOT_READY; }
action at_stopped   { b->at = BOOT_STOPPED; }

main := (
    start:     ( EV_START  @config    -> Config ),
    Config:    ( EV_DONE   @cpuid     -> Cpuid |
                 EV_FAILED @stop      -> Stopped ) >to(at_config),
    Cpuid:     ( EV_DONE   @features  -> Features |
                 EV_FAILED @stop      -> Stopped ) >to(at_cpuid),
    Features:  ( EV_DONE   @negotiate -> Negotiate |
                 EV_FAILED @stop      -> Stopped ) >to(at_features),
    Negotiate: ( EV_DONE   @ghcb      -> Ghcb |
                 EV_FAILED @stop      -> Stopped ) >to(at_negotiate),
    Ghcb:      ( EV_DONE   @apics     -> Apics |
                 EV_FAILED @stop      -> Stopped ) >to(at_ghcb),
    Apics:     ( EV_DONE   @secrets   -> Secrets |
                 EV_FAILED @stop      -> Stopped ) >to(at_apics),
    Secrets:   ( EV_DONE   @memory    -> Memory |
                 EV_FAILED @stop      -> Stopped ) >to(at_secrets),
    Memory:    ( EV_DONE   @tables    -> Tables |
                 EV_FAILED @stop      -> Stopped ) >to(at_memory),
    Tables:    ( EV_DONE   @record    -> Record |
                 EV_FAILED @stop      -> Stopped ) >to(at_tables),
    Record:    ( EV_DONE   @prepare   -> Prepare |
                 EV_FAILED @stop      -> Stopped ) >to(at_record),
    Prepare:   ( EV_DONE   @ram       -> Ram |
                 EV_FAILED @stop      -> Stopped ) >to(at_prepare),
    Ram:       ( EV_DONE   @guest     -> Guest |
                 EV_FAILED @stop      -> Stopped ) >to(at_ram),
    Guest:     ( EV_DONE   @cpus      -> Cpus |
                 EV_FAILED @stop      -> Stopped ) >to(at_guest),
    Cpus:      ( EV_DONE   @ready     -> Ready |
                 EV_FAILED @stop      -> Stopped ) >to(at_cpus),
    Ready:     ( EV_FAILED @stop      -> Stopped ) >to(at_ready),
    Stopped:   ( any - any )                       >to(at_stopped)
) $err(wrong);
}%%

%% write data noerror nofinal noentry;

void boot_init(struct boot *b)
{
	%% write init;
	b->at = BOOT_START;
}

enum event boot_step(struct boot *b, enum event ev)
{
	const int in = (int)ev, *p = &in, *pe = p + 1, *eof = 0;
	enum event next = EV_NONE;

	%% write exec;
	return next;
}
