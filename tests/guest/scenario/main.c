/* SPDX-License-Identifier: MIT */
/*
 * A guest that carries out a scenario, so that the image's machines can be
 * compared with the model's (tests/sim/agree.sh). The vCPU that boots makes
 * the machine, and is the scenario's CPU 0 from then on. One that the scenario
 * does not have, on a CPU more, drives them all.
 */
#include "scenario.h"

#define IOIO_16 0x20U
#define PM_CONTROL 0x604U
#define POWER_OFF 0x2000U

_Noreturn void stub_main(void);

const struct table *table;

static struct runner *first;
static uint64_t ghcb_page, driver_ca;
static volatile bool released; /* the page, by the first */
static uint8_t stack[0x4000] __attribute__((aligned(16)));

const struct table_step *table_steps(void)
{
	return (const struct table_step *)(table + 1);
}

const uint64_t *table_entries(void)
{
	return (const uint64_t *)(table_steps() + table->steps);
}

/* HLT would wait for the vCPUs that are held. */
void scenario_end(void)
{
	uint64_t value = POWER_OFF;

	say("scenario ends");
	console_flush();
	(void)ghcb_event(NAE_IOIO, (uint64_t)PM_CONTROL << 16 | IOIO_16 | IOIO_ADDRESS_64, 0,
			 &value);
	machine_off();
}

void scenario_bail(const char *why)
{
	check(false, "it stops: %s", why);
	scenario_end();
}

/* A step of this vCPU's in the trace: what lies between two is the scenario. */
static void mark(uint64_t rax)
{
	static struct call c;

	call_set(&c, rax, 0, 0, 0);
	call_run_at(&c, FORM_MSR, driver_ca);
	check_eq(c.out.rax, UNSUPPORTED_PROTOCOL, "the driver's own call");
}

static _Noreturn void drive(void)
{
	trap_init();
	while (!released)
		__builtin_ia32_pause();
	if (ghcb_msr(ghcb_page | GHCB_REGISTER) != (ghcb_page | GHCB_REGISTER_RESP))
		ghcb_terminate(0x12);
	wrmsr(MSR_GHCB, ghcb_page);
	runner_hold(first);
	mark(TABLE_BEGIN);
	for (unsigned int i = 0; i < table->steps; i++)
		step_take(&table_steps()[i]);
	mark(TABLE_END);
	scenario_end();
}

/* While there is memory for it; not yet started. */
static uint64_t make_driver(void)
{
	uint64_t vmsa = set_up_page();

	driver_ca = set_up_page();
	area_fill(vmsa, (uintptr_t)drive, (uintptr_t)stack + sizeof(stack) - 8, 0);
	if (call_core(CORE_CREATE_VCPU, vmsa, driver_ca, table->cpus, 0) != OK)
		scenario_bail("CREATE_VCPU of the driver");
	return vmsa;
}

static void start(void)
{
	guest_begin();
	table = (const struct table *)(uintptr_t)get(boot.params + BP_RAMDISK_IMAGE, 4);
	if (table->magic != TABLE_MAGIC)
		scenario_bail("no table");
}

void stub_main(void)
{
	uint64_t driver;

	start();
	ghcb_page = rdmsr(MSR_GHCB);
	first = runner_boot();
	driver = make_driver();
	set_up();
	if (!area_creation(AP_CREATE, table->cpus, driver))
		scenario_bail("AP creation of the driver");
	released = true;
	runner_run(first);
}
