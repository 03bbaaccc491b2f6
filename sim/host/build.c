/* SPDX-License-Identifier: MIT */
/* The machine of the tests, as bring-up leaves it: see host.h. */
#include <snp/host.h>

#include <svsm/accept.h>
#include <svsm/cpu.h>
#include <svsm/frame.h>
#include <svsm/ghcb.h>
#include <svsm/page.h>
#include <svsm/vmsa.h>

#include <string.h>
#include <sys/mman.h>

#define SVSM_SPA 0x4000000ULL
#define MEMORY (SVSM_SPA + HOST_SVSM_BYTES)
#define OWN_VMSA (HOST_SVSM_GPA + PAGE_4K)
#define AP_VMSAS (HOST_SVSM_GPA + 128 * PAGE_4K)

static uint8_t *memory(struct snp *m, uint64_t spa)
{
	(void)m;
	CHECK(spa < MEMORY);
	host_touch(spa);
	return host.memory + spa;
}

static void port_out(struct snp *m, uint16_t port, unsigned int bytes, uint32_t value)
{
	(void)m;
	(void)bytes;
	if (port == 0x3f8 && host.console_bytes < HOST_CONSOLE_BYTES - 1)
		host.console[host.console_bytes++] = (char)value;
}

/* A transmitter that is always empty. */
static uint32_t port_in(struct snp *m, uint16_t port, unsigned int bytes)
{
	(void)m;
	(void)port;
	(void)bytes;
	return 0x60;
}

static void cpuid(struct snp *m, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	(void)m;
	(void)subleaf;
	if (leaf == 0)
		out[0] = 7;
	else if (leaf == 7)
		out[1] = 1U << 7 | 1U << 20; /* SMEP, SMAP */
	else if (leaf == 0x80000000)
		out[0] = 0x8000001f;
	else if (leaf == 0x80000008)
		out[0] = 48;
}

const struct snp_ops host_ops = {
	.memory = memory, .port_in = port_in, .port_out = port_out, .cpuid = cpuid
};

/* Everything private, nothing validated but the pages of VMPL0. */
static void assign_memory(void)
{
	CHECK(snp_add_slot(&host.snp, 0, 0, HOST_RAM));
	CHECK(snp_add_slot(&host.snp, HOST_SVSM_GPA, SVSM_SPA, HOST_SVSM_BYTES));
	for (uint64_t gpa = 0; gpa < HOST_RAM; gpa += gpa < PAGE_2M ? PAGE_4K : PAGE_2M)
		CHECK(snp_page_state(&host.snp, gpa, gpa >= PAGE_2M, true));
	snp_vmsa_reset(host_page(OWN_VMSA), 0, SEV_SNP_ACTIVE | SEV_RESTRICTED_INJECTION);
	CHECK(snp_launch_page(&host.snp, NULL, SNP_PAGE_VMSA, OWN_VMSA));
	CHECK(snp_launch_page(&host.snp, NULL, SNP_PAGE_NORMAL, OWN_VMSA + PAGE_4K));
	CHECK(snp_gpa_to_spa(&host.snp, OWN_VMSA, &host.snp.vcpu[0].vmsa_spa[0]));
	host.snp.vcpu[0].vmsa_gpa[0] = OWN_VMSA;
}

/* Two for the first 2 MiB: below the hole and above it. */
#define GUEST_REGIONS (HOST_RAM / PAGE_2M + 1)
#define OWN_REGIONS (HOST_SVSM_BYTES / PAGE_2M)

static struct {
	shared8 region[2][PAGE_4K]; /* below the hole and above it */
	struct page_row row[GUEST_REGIONS * ROWS_PER_2M] __attribute__((aligned(128)));
	size_t used;
} guests;

static struct {
	shared8 region[OWN_REGIONS];
	shared8 owner[HOST_SVSM_BYTES / ROW_BYTES];
	struct frame_row row[HOST_SVSM_BYTES / ROW_BYTES];
} own;

static void add_range(uint64_t start, uint64_t end)
{
	uint64_t regions = page_regions(pa(start), end - start);
	shared8 *region = guests.region[start != 0];

	CHECK(guests.used + regions <= GUEST_REGIONS);
	CHECK(page_region_bytes(pa(start), end - start) == PAGE_4K);
	CHECK(page_add_range(pa(start), end - start, region, PAGE_4K,
			     &guests.row[guests.used * ROWS_PER_2M]) == OK);
	guests.used += regions;
}

/* The first 2 MiB were launched: the image. */
static void build_record(void)
{
	add_range(0, HOST_HOLE);
	add_range(HOST_HOLE_END, HOST_RAM);
	frame_init(pa(HOST_SVSM_GPA), HOST_SVSM_BYTES, own.region, own.owner, own.row, CPU_MAX);
	frame_fix(pa(HOST_SVSM_GPA), PAGE_2M);
}

/* The first 2 MiB are in both ranges. */
static bool guests_kept(uint64_t region)
{
	const size_t row = region == 0 ? 0 : region + 1, rows = region == 0 ? 2 : 1;
	const size_t byte = region * PAGE_SPREAD % PAGE_4K;

	return (region != 0 || host_kept(&guests.region[0][byte], 1)) &&
	       host_kept(&guests.region[1][byte], 1) &&
	       host_kept(&guests.row[row * ROWS_PER_2M],
			 rows * ROWS_PER_2M * sizeof(guests.row[0]));
}

static bool own_kept(uint64_t region)
{
	return host_kept(&own.region[region], 1) &&
	       host_kept(&own.row[region * ROWS_PER_2M], ROWS_PER_2M * sizeof(own.row[0]));
}

bool host_record_kept(uint64_t gpa)
{
	if (guests.used != GUEST_REGIONS)
		return false;
	return gpa < HOST_RAM ? guests_kept(gpa / PAGE_2M)
			      : own_kept((gpa - HOST_SVSM_GPA) / PAGE_2M);
}

static void give_page(pa_t page)
{
	CHECK(page_claim(page, SIZE_4K, PAGE_NONE) == OK);
	CHECK(hw_pvalidate(page, SIZE_4K, true).code == RMP_OK);
	CHECK(hw_zero(page, SIZE_4K) == OK);
	for (unsigned int vmpl = 1; vmpl <= host.vmpl; vmpl++)
		CHECK(hw_rmpadjust(page, SIZE_4K, vmpl, PERM_ALL, false) == RMP_OK);
	page_settle(page, SIZE_4K, PAGE_GUEST);
}

static void build_vcpu(void)
{
	const struct vmsa_guest guest = { .vmpl = (uint8_t)host.vmpl };
	uint8_t page[PAGE_4K];
	pa_t frame;

	CHECK(accept_more() == OK);
	CHECK(frame_alloc_vmsa(frame_cpu(0), &frame) == OK);
	vmsa_build(page, &guest);
	CHECK(hw_copy_out(frame, page, sizeof(page)) == OK);
	CHECK(hw_rmpadjust(frame, SIZE_4K, 1, PERM_NONE, true) == RMP_OK);
	CHECK(ghcb_ap_create(HOST_APIC_ID, host.vmpl, frame, SEV_SNP_ACTIVE, false) == OK);
	host.vcpu = vcpu_boot(frame, pa(HOST_CA), host.vmpl, HOST_APIC_ID);
	CHECK(host.vcpu != NULL && seat_take() == host.vcpu);
	host_start(0, frame.raw, HOST_CA);
}

/* One that has nothing to do: it goes to sleep. */
static void build_cpu(unsigned int cpu)
{
	const uint64_t vmsa = AP_VMSAS + cpu * PAGE_4K;
	static const pa_t nothing[CPU_AREA_FRAMES];
	struct snp_vcpu *v = &host.snp.vcpu[cpu];
	void *va;
	pa_t ghcb;

	snp_vmsa_reset(host_page(vmsa), 0, SEV_SNP_ACTIVE | SEV_RESTRICTED_INJECTION);
	CHECK(snp_launch_page(&host.snp, NULL, SNP_PAGE_VMSA, vmsa));
	CHECK(snp_gpa_to_spa(&host.snp, vmsa, &v->vmsa_spa[0]));
	v->vmsa_gpa[0] = vmsa;
	rings[cpu] = cpu_map_area(cpu, nothing);
	CHECK(cpu_share_ghcb(cpu, &va, &ghcb) == OK);
	host_on(cpu);
	CHECK(ghcb_init(va, ghcb) == OK);
	host.guest_of[cpu].next = EV_START;
	host_enter();
	CHECK(host.guest_of[cpu].asleep);
	host_on(0);
}

static void *zeroed(size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(at != MAP_FAILED);
	return at;
}

uint64_t host_spa_bytes(void)
{
	return MEMORY;
}

void host_new_cpus(unsigned int vmpl, unsigned int cpus)
{
	uint32_t apic_id[HOST_CPUS];
	void *va;
	pa_t ghcb;

	CHECK(cpus >= 1 && cpus <= HOST_CPUS && host.memory == NULL);
	host.vmpl = vmpl;
	host.memory = zeroed(MEMORY);
	host.rmp = zeroed(MEMORY / PAGE_4K * sizeof(*host.rmp));
	snp_init(&host.snp, &host_ops, host.rmp, 0, MEMORY / PAGE_4K, HOST_CBIT);
	host.snp.vcpus = cpus;
	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		host.snp.vcpu[cpu].apic_id = apic_id[cpu] = HOST_APIC_ID + cpu;
		host.guest_of[cpu].next = EV_ENTERED;
	}
	assign_memory();
	build_record();
	vcpu_cpus(apic_id, cpus);
	CHECK(cpu_share_ghcb(0, &va, &ghcb) == OK && ghcb_init(va, ghcb) == OK);
	for (unsigned int i = 0; i < HOST_GUEST_PAGE_COUNT; i++)
		give_page(pa(HOST_GUEST_PAGES + i * PAGE_4K));
	build_vcpu();
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		build_cpu(cpu);
	snp_flush(&host.snp, 0);
	/* A stale entry is to be seen by the guest's next access: only a flush may hide it. */
	host.snp.switch_keeps_tlb = true;
	memset(&host.snp.count, 0, sizeof(host.snp.count));
	host_log_clear();
}

void host_new(unsigned int vmpl)
{
	host_new_cpus(vmpl, 1);
}
