# SPDX-License-Identifier: MIT
"""GDB on the image under soft-SNP: symbols, and memory as VMPL0 has it.

QEMU's GDB stub knows registers and breakpoints of what runs under soft-SNP,
but no nested page tables. So memory is read by physical address: soft-SNP's
slots say where a guest-physical page lies, VMPL0's own page tables (CR3 of the
boot CPU's save area, which never changes) where a virtual one.
"""
import gdb
import struct

PAGE = 4096
ADDRESS = 0xFFFFFFFFFF000
VMSA_CR3 = 0x150
AT = {0: ("boot", "BOOT_", "boot_place"), 1: ("vcpu", "VCPU_", "vcpu_at"),
      2: ("pvalidate", "PVALIDATE_", "pvalidate_at"), 3: ("create", "CREATE_", "create_at")}


class NoMemory(gdb.GdbError):
    pass


def physical(at, size):
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    try:
        return bytes(gdb.selected_inferior().read_memory(at, size))
    except gdb.MemoryError:
        raise NoMemory("nothing at physical address %#x" % at)
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


def of_softsnp(expression):
    """What soft-SNP has there: it runs on identity-mapped memory."""
    value = gdb.parse_and_eval("&(%s)" % expression)
    kind = value.type.target()
    return int(gdb.Value(physical(int(value), kind.sizeof), kind))


def spa_of(gpa):
    for kind in ("override", "slot"):
        for i in range(of_softsnp("machine.snp.%ss" % kind)):
            start, spa, size = (of_softsnp("machine.snp.%s[%d].%s" % (kind, i, field))
                                for field in ("gpa", "spa", "bytes"))
            if 0 <= gpa - start < size:
                return spa + gpa - start
    raise NoMemory("guest-physical address %#x is nowhere" % gpa)


def word(spa):
    return struct.unpack("<Q", physical(spa, 8))[0]


def gpa_of(linear):
    """By VMPL0's page tables: four levels, leaves of any size."""
    cbit = 1 << of_softsnp("machine.cbit")
    entry = word(of_softsnp("machine.snp.vcpu[0].vmsa_spa[0]") + VMSA_CR3)
    for level in (4, 3, 2, 1):
        size = 1 << (12 + 9 * (level - 1))
        entry = word(spa_of(entry & ADDRESS & ~cbit) + linear // size % 512 * 8)
        if not entry & 1:
            raise NoMemory("VMPL0 has nothing mapped at %#x" % linear)
        if level == 1 or (level <= 3 and entry & 0x80):
            return (entry & ADDRESS & ~cbit & ~(size - 1)) | (linear & (size - 1))


def memory(linear, size):
    linear &= (1 << 64) - 1
    found = b""
    while size > 0:
        part = min(size, PAGE - linear % PAGE)
        found += physical(spa_of(gpa_of(linear)), part)
        linear, size = linear + part, size - part
    return found


def value_at(linear, kind):
    return gdb.Value(memory(linear, kind.sizeof), kind)


def enumerator(kind, number, prefix):
    for field in gdb.lookup_type("enum " + kind).fields():
        if field.enumval == number and field.name.startswith(prefix):
            return field.name[len(prefix):]
    return str(number)


def last_step(cpu):
    rings = gdb.parse_and_eval("&rings")
    pointer = rings.type.target().target()
    at = int(value_at(int(rings) + cpu * pointer.sizeof, pointer))
    if at == 0:
        return None
    ring = value_at(at, gdb.lookup_type("struct ring"))
    count = int(ring["count"])
    if count == 0:
        return None
    entries = ring["entry"].type.range()[1] + 1
    return count, ring["entry"][(count - 1) % entries]


class State(gdb.Command):
    """svsm-state: of each CPU the vCPU, machine and state it took its last step in, and the event."""

    def __init__(self):
        super().__init__("svsm-state", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        any_cpu = False
        for cpu in range(of_softsnp("machine.snp.vcpus")):
            step = last_step(cpu)
            if step is None:
                continue
            any_cpu = True
            count, entry = step
            name, prefix, kind = AT[int(entry["machine"])]
            print("CPU %d  vCPU %d  %s: %s  on %s  argument %#x  step %d" % (
                cpu, int(entry["vcpu"]), name,
                enumerator(kind, int(entry["state"]), prefix).capitalize(),
                enumerator("event", int(entry["event"]), ""), int(entry["argument"]), count))
        if not any_cpu:
            print("no step was taken yet")


class Print(gdb.Command):
    """svsm-print EXPRESSION: its value, read from VMPL0's memory. It has to have an address."""

    def __init__(self):
        super().__init__("svsm-print", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("svsm-print needs an expression")
        where = gdb.parse_and_eval("&(%s)" % argument)
        print(value_at(int(where), where.type.target()))


State()
Print()
