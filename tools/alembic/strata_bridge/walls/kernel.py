"""The wall of the kernel, where it has one: no program is started and no TCP connection begun, by
whatever library, and what is forked off is behind it too. Threads that run already are ours.

seccomp (Linux 3.5, x86-64 and arm64) refuses execve; Landlock's network rules (Linux 6.7) refuse
connect to any port but those of the scratch server and of --allow."""
import ctypes
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
# linux/audit.h, and the numbers of execve and execveat.
MACHINES = {"x86_64": (0xC000003E, 59, 322), "aarch64": (0xC00000B7, 221, 281)}
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_RULE_NET_PORT, CONNECT_TCP, NETWORK_ABI = 2, 2, 4


def install(walls, scratch_ports):
    """Puts up what this kernel knows; the names of what stands."""
    standing = []
    if not walls.stands("kernel") or not sys.platform.startswith("linux"):
        return standing
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return standing
        ports = set(scratch_ports) | {port for _, port in walls.allowed_hosts}
        if confine_network(libc, ports):
            standing.append("Landlock")
        if not walls.allows_programs() and refuse_programs(libc):
            standing.append("seccomp")
    except Exception:
        # A kernel, a libc or an interpreter without it: the other walls stand.
        return standing
    return standing


def confine_network(libc, ports):
    if libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), 1) < NETWORK_ABI:
        return False
    attributes = ctypes.create_string_buffer(struct.pack("=QQ", 0, CONNECT_TCP))
    rules = libc.syscall(LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(16), 0)
    if rules < 0:
        return False
    try:
        for port in ports:
            rule = ctypes.create_string_buffer(struct.pack("=QQ", CONNECT_TCP, port))
            libc.syscall(LANDLOCK_ADD_RULE, rules, LANDLOCK_RULE_NET_PORT, rule, 0)
        return libc.syscall(LANDLOCK_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def refuse_programs(libc):
    machine = MACHINES.get(os.uname().machine)
    if machine is None:
        return False
    architecture, execve, execveat = machine
    allow, refuse = 0x7FFF0000, 0x00050000 | 13  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO | EACCES
    load, equal, at_least, end = 0x20, 0x15, 0x35, 0x06
    filters = b"".join(struct.pack("=HBBI", *one) for one in (
        (load, 0, 0, 4),              # the architecture
        (equal, 0, 4, architecture),  # another one's numbers mean something else
        (load, 0, 0, 0),              # the number of the call
        (at_least, 2, 0, 0x40000000),  # those of x32
        (equal, 1, 0, execve),
        (equal, 0, 1, execveat),
        (end, 0, 0, refuse),
        (end, 0, 0, allow)))
    code = ctypes.create_string_buffer(filters)
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(filters) // 8, ctypes.addressof(code)))
    return libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) == 0
