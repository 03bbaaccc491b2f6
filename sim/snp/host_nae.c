/* SPDX-License-Identifier: MIT */
/* The GHCB page: a request's validity, its service, the response [ghcb 2, 5, 6]. */
#include "host.h"

#define RAX 0x1f8U
#define RCX 0x308U
#define RDX 0x310U
#define RBX 0x318U
#define CPL 0x0c8U /* the quadword */
#define CODE 0x390U
#define INFO1 0x398U
#define INFO2 0x3a0U
#define SCRATCH 0x3a8U
#define XCR0 0x3e8U
#define BITMAP 0x3f0U
#define USAGE 0xffcU
#define BUFFER 0x800U
#define BUFFER_END 0xff0U

static bool valid(const struct nae *n, unsigned int field)
{
	unsigned int bit = field / 8;

	return (n->page[BITMAP + bit / 8] >> (bit % 8) & 1) != 0;
}

static uint64_t take(const struct nae *n, unsigned int field)
{
	return valid(n, field) ? model_load64(n->page + field) : 0;
}

static void give(struct nae *n, unsigned int field, uint64_t value)
{
	unsigned int bit = field / 8;

	model_store64(n->page + field, value);
	n->page[BITMAP + bit / 8] = (uint8_t)(n->page[BITMAP + bit / 8] | 1U << (bit % 8));
}

void host_bad(struct nae *n, unsigned int reason)
{
	n->out1 = NAE_BAD;
	n->out2 = reason;
}

uint8_t *host_scratch(struct nae *n, uint64_t bytes)
{
	uint64_t at = n->scratch - n->gpa;

	if (n->scratch < n->gpa || at < BUFFER || at > BUFFER_END || bytes > BUFFER_END - at) {
		host_bad(n, BAD_SCRATCH);
		return NULL;
	}
	return n->page + at;
}

/* Fields that the event needs besides the three of every event [ghcb 6.1]. */
static bool complete(const struct nae *n)
{
	switch (n->code) {
	case 0x37:
	case 0x80000017:
		return valid(n, RAX);
	case 0x72:
		return valid(n, RAX) && valid(n, RCX) &&
		       ((uint32_t)n->rax != 0xd || valid(n, XCR0));
	case 0x7b:
		if ((n->info1 & 4) != 0)
			return valid(n, SCRATCH);
		return (n->info1 & 1) != 0 || valid(n, RAX);
	case 0x7c:
		return valid(n, RCX) && (n->info1 == 0 || (valid(n, RAX) && valid(n, RDX)));
	case 0x81:
		return valid(n, RAX) && valid(n, CPL);
	case 0x8a:
		return valid(n, RAX) && valid(n, RCX) && valid(n, RDX);
	case 0x8b:
		return valid(n, RAX) && valid(n, RCX);
	case 0x80000001:
	case 0x80000002:
	case 0x80000010:
		return valid(n, SCRATCH);
	case 0x80000013:
		return (n->info1 & 0xffff) == 2 || valid(n, RAX);
	default:
		return true;
	}
}

static bool offered(const struct nae *n)
{
	switch (n->code) {
	case 0x80000013:
		return (n->m->hv_features & FEATURE_AP_CREATION) != 0;
	case 0x80000017:
		return (n->m->hv_features & FEATURE_APIC_IDS) != 0;
	case 0x80000018:
		return (n->m->hv_features & FEATURE_MULTI_VMPL) != 0;
	default:
		return true;
	}
}

static void cpuid(struct nae *n)
{
	uint32_t out[4];

	snp_cpuid(n->m, (uint32_t)n->rax, (uint32_t)n->rcx, out);
	n->rax = out[0];
	n->rbx = out[1];
	n->rcx = out[2];
	n->rdx = out[3];
}

static void run_vmpl(struct nae *n)
{
	enum host_run run = host_run_vmpl(n->m, n->cpu, n->info1);

	if (run == HOST_RUN_REFUSED)
		host_bad(n, 0);
	if (run != HOST_RUN_SWITCH)
		return;
	n->exit = SNP_SWITCH;
	n->next_vmpl = (unsigned int)n->info1;
}

/* Events that stop the VM, and those with nothing to do or to say. */
static void serve_other(struct nae *n)
{
	n->m->count.nae_other++;
	switch (n->code) {
	case 0x27:
		n->rax = 0x400;
		break;
	case 0x37: /* DR7 write, INVD, WBINVD, MONITOR, MWAIT, NMI complete */
	case 0x76:
	case 0x89:
	case 0x8a:
	case 0x8b:
	case 0x80000003:
		break;
	case 0x80000004:
		n->m->count.ap_holds++;
		n->m->vcpu[n->cpu].held = n->m->vcpu[n->cpu].vmpl != 0;
		n->exit = SNP_WAIT;
		break;
	case 0x81: /* no hypercalls: as KVM's -KVM_ENOSYS */
		n->rax = (uint64_t)-1000;
		break;
	case 0x80000013:
		host_ap_creation(n);
		break;
	case 0x80000017:
		host_apic_ids(n);
		break;
	case 0x8000fffe:
		n->exit = host_terminate(n->m, n->info1 & 0xf, (n->info1 >> 4) & 0xff);
		break;
	case 0x8000ffff:
		n->exit = host_terminate(n->m, SNP_TERM_HOST, SNP_TERM_HOST_UNSUPPORTED);
		break;
	default:
		host_bad(n, BAD_EVENT);
		break;
	}
}

static void serve(struct nae *n)
{
	struct snp_counters *count = &n->m->count;

	switch (n->code) {
	case 0x72:
		count->nae_cpuid++;
		cpuid(n);
		break;
	case 0x7b:
		count->nae_ioio++;
		host_ioio(n);
		break;
	case 0x7c:
		count->nae_msr++;
		host_msr_access(n);
		break;
	case 0x80000001:
	case 0x80000002:
		count->nae_mmio++;
		host_mmio(n);
		break;
	case 0x80000010:
		count->nae_psc++;
		host_psc(n);
		break;
	case 0x80000018:
		count->nae_run_vmpl++;
		run_vmpl(n);
		break;
	case 0x8000fffd:
		count->nae_features++;
		n->out2 = n->m->hv_features;
		break;
	default:
		serve_other(n);
		break;
	}
}

static void read_request(struct nae *n)
{
	n->code = take(n, CODE);
	n->info1 = take(n, INFO1);
	n->info2 = take(n, INFO2);
	n->scratch = take(n, SCRATCH);
	n->rax = take(n, RAX);
	n->rbx = take(n, RBX);
	n->rcx = take(n, RCX);
	n->rdx = take(n, RDX);
}

/* KVM sets these whether or not the event defines them. */
static void write_response(struct nae *n)
{
	memset(n->page + BITMAP, 0, 16);
	give(n, RAX, n->rax);
	give(n, RBX, n->rbx);
	give(n, RCX, n->rcx);
	give(n, RDX, n->rdx);
	give(n, INFO1, n->out1);
	give(n, INFO2, n->out2);
}

enum snp_exit host_nae_event(struct snp *m, unsigned int cpu)
{
	struct snp_vcpu *v = &m->vcpu[cpu];
	struct nae n = { .m = m, .cpu = cpu, .gpa = v->ghcb_msr[v->vmpl], .exit = SNP_RESUME };

	m->count.vmgexit_nae++;
	n.page = model_shared_page(m, n.gpa);
	if (n.page == NULL)
		return host_terminate(m, SNP_TERM_HOST, SNP_TERM_HOST_GHCB);
	read_request(&n);
	if (v->ghcb_gpa[v->vmpl] != n.gpa)
		host_bad(&n, BAD_UNREGISTERED);
	else if (model_load32(n.page + USAGE) != 0)
		host_bad(&n, BAD_USAGE);
	else if (!valid(&n, CODE) || !valid(&n, INFO1) || !valid(&n, INFO2))
		host_bad(&n, BAD_MISSING);
	else if (!offered(&n))
		host_bad(&n, BAD_EVENT);
	else if (!complete(&n))
		host_bad(&n, BAD_MISSING);
	else
		serve(&n);
	if (n.exit == SNP_TERMINATED)
		return n.exit;
	write_response(&n);
	if (n.exit == SNP_SWITCH)
		host_switch(m, cpu, n.next_vmpl);
	return n.exit == SNP_WAIT ? host_hold(m, cpu) : n.exit;
}
