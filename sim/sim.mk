# SPDX-License-Identifier: MIT
# svsm-sim, for GNUmakefile.

# svsm-sim: a file in one of its folders is part of it.
sim_src := $(sort $(foreach dir,cli trace step scenario view explore,$(wildcard sim/$(dir)/*.c)))
sim_libs := -ledit
# Each event passes sim/step/arrives.c on its way into a machine.
sim_link := -pthread -Wl,-z,now,-T,sim/host/firmware.ld,--wrap=vcpu_go,--wrap=pvalidate_step,--wrap=create_step,--wrap=boot_advance

sim_objects = $(call objects,$(1),$(sim_src) $(fuzz_src)) $(1)/charts.o $(mbedtls_host:%=$(1)/mbedtls/%.o)

# Its firmware says which shared words it touches.
$(call objects,$(tool),$(core_src)): tool_flags := -Isim/explore/include $(tool_flags)
$(call objects,$(tool),$(core_src)): sim/sim.mk

# svsm-sim's own tests run the one with the sanitizers.
$(O)/svsm-sim: $(call sim_objects,$(tool)) sim/host/firmware.ld
	$(CC) $(filter %.o,$^) $(sim_link) $(sim_libs) -o $@

$(O)/svsm-sim-asan: $(call sim_objects,$(unit)) sim/host/firmware.ld
	$(CC) -fsanitize=address,undefined $(filter %.o,$^) $(sim_link) $(sim_libs) -o $@

trace_src := sim/trace/check.c sim/trace/follow.c sim/trace/order.c sim/trace/pages.c sim/trace/file.c sim/trace/chart.c gen/event_name.c
$(O)/trace-rules: $(unit)/tests/sim/trace_made.o $(unit)/tests/sim/trace_changes.o
$(O)/trace-test $(O)/trace-rules: $(O)/trace-%: $(unit)/tests/sim/trace_%.o $(call objects,$(unit),$(trace_src)) $(unit)/charts.o
	$(CC) -fsanitize=address,undefined $^ -o $@

$(O)/charts.c: sim/trace/charts.awk $(machines)
	mkdir -p $(@D)
	awk -f $^ >$@

# soft-SNP's TRACE= is another one.
events = TRACE=0 $(if $(TRACE),EVENTS='$(TRACE)' PAGES='$(or $(PAGES),1)' RINGS=0x$$(nm $(O)/svsm.elf | sed -n 's/ [A-Za-z] rings$$//p'))

$(ss)/charts.o: $(O)/charts.c GNUmakefile | $(ready)
	$(call compile,$(ss_flags))
$(tool)/charts.o: $(O)/charts.c GNUmakefile | $(ready)
	$(call compile,$(tool_flags))
$(unit)/charts.o: $(O)/charts.c GNUmakefile | $(ready)
	$(call compile,$(unit_flags))

# It has them in it.
$(tool)/sim/view/page.o $(unit)/sim/view/page.o: $(wildcard sim/view/*.html sim/view/*.js) $(machines:sm/%.rl=gen/%.svg)

view_test := tests/sim/view_test.c sim/trace/chart.c gen/event_name.c
$(O)/view-test: $(call objects,$(unit),$(view_test)) $(unit)/charts.o
	$(CC) -fsanitize=address,undefined $^ -o $@

# Its parser and traces, without the firmware.
agree_test := $(sort $(wildcard tests/sim/agree*.c)) $(sort $(filter-out sim/scenario/run.c sim/scenario/record.c \
	sim/scenario/apply.c sim/scenario/change.c sim/scenario/set_up.c sim/scenario/memory.c sim/scenario/lies.c sim/scenario/turn.c, \
	$(wildcard sim/scenario/*.c))) sim/trace/file.c sim/trace/chart.c gen/event_name.c
$(O)/agree: $(call objects,$(unit),$(agree_test)) $(unit)/charts.o
	$(CC) -fsanitize=address,undefined $^ -o $@

# A Linux boot to look at: .build/boot.html, pictures .build/view-*.png.
$(O)/boot.trace:
	$(MAKE) run GUEST=hotplug CPUS=4 TRACE=$@

view: $(O)/boot.trace ## record a Linux boot, if there is no .build/boot.trace, and make .build/boot.html and pictures of it
	tests/sim/view.sh
.PHONY: view
