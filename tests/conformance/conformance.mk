# SPDX-License-Identifier: MIT
# The conformance suite's two forms, for GNUmakefile: a kernel, and firmware in flash.

$(O)/conformance.bz: tests/guest/stub/stub.lds $(conf_obj)
	$(link) --no-gc-sections -T tests/guest/stub/stub.lds $(conf_obj) -o $(O)/conformance.elf
	objcopy -O binary $(O)/conformance.elf $@

CONF_OPTIONS ?=#       of the suite in flash, which has no command line

$(O)/conformance.bin: $(O)/conformance.bz
	objcopy -O binary -j .text -j .rodata -j .data $(O)/conformance.elf $@

$(O)/conformance.fd: tests/conformance/flash/reset.S tests/conformance/flash/flash.lds $(O)/conformance.bin FORCE
	$(CC) -m32 '-DPAYLOAD="$(O)/conformance.bin"' '-DOPTIONS="$(CONF_OPTIONS)"' -c $< -o $(O)/conformance-reset.o
	ld -m elf_i386 --no-warn-rwx-segments -e 0xfffffff0 -T tests/conformance/flash/flash.lds \
		$(O)/conformance-reset.o -o $(O)/conformance-reset.elf
	objcopy -O binary $(O)/conformance-reset.elf $@

$(O)/flash-test: tests/conformance/flash/table.c | $(ready)
	$(CC) $(tool_flags) $(warn) $< -o $@
