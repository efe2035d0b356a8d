"""The numbers of the system calls that a child has no use for, on the machines that we know (Linux, asm/unistd.h)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """How one kind of machine numbers its system calls."""

    audit: int
    """Its name in seccomp's data (linux/audit.h)."""
    seccomp: int
    forbidden: frozenset[int]
    """Network, programs, other processes, other name spaces, and whatever changes a file system."""
    unknown: frozenset[int]
    """Told to be missing: the C library then takes an older one, whose arguments a filter can see."""
    open_flags: tuple[tuple[int, int], ...]
    """Calls that open a file, each with the place of its flags."""
    clone: int
    tgkill: int


_X86_64 = {
    "shmget": 29, "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "fork": 57, "vfork": 58,
    "execve": 59, "kill": 62, "truncate": 76, "ftruncate": 77, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85,
    "link": 86, "unlink": 87, "symlink": 88, "chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94,
    "ptrace": 101, "rt_sigqueueinfo": 129, "utime": 132, "mknod": 133, "pivot_root": 155, "chroot": 161, "mount": 165,
    "umount2": 166, "swapon": 167, "reboot": 169, "init_module": 175, "delete_module": 176, "setxattr": 188,
    "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "tkill": 200,
    "utimes": 235, "mq_open": 240, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250,
    "mkdirat": 258, "mknodat": 259, "fchownat": 260, "futimesat": 261, "unlinkat": 263, "renameat": 264, "linkat": 265,
    "symlinkat": 266, "fchmodat": 268, "unshare": 272, "utimensat": 280, "fallocate": 285, "accept4": 288,
    "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "finit_module": 313, "renameat2": 316, "memfd_create": 319, "kexec_file_load": 320,
    "bpf": 321, "execveat": 322, "userfaultfd": 323,
}  # fmt: skip
_AARCH64 = {
    "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16,
    "mknodat": 33, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38, "umount2": 39,
    "mount": 40, "pivot_root": 41, "truncate": 45, "ftruncate": 46, "fallocate": 47, "chroot": 51, "fchmod": 52,
    "fchmodat": 53, "fchownat": 54, "fchown": 55, "utimensat": 88, "unshare": 97, "kexec_load": 104,
    "init_module": 105, "delete_module": 106, "ptrace": 117, "kill": 129, "tkill": 130, "rt_sigqueueinfo": 138,
    "reboot": 142, "mq_open": 180, "shmget": 194, "socket": 198, "bind": 200, "listen": 201, "accept": 202,
    "connect": 203, "add_key": 217, "request_key": 218, "keyctl": 219, "execve": 221, "swapon": 224,
    "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "accept4": 242, "open_by_handle_at": 265, "setns": 268,
    "process_vm_readv": 270, "process_vm_writev": 271, "finit_module": 273, "renameat2": 276, "memfd_create": 279,
    "bpf": 280, "execveat": 281, "userfaultfd": 282, "kexec_file_load": 294,
}  # fmt: skip
_EVERYWHERE = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsmount": 432, "pidfd_open": 434, "pidfd_getfd": 438, "mount_setattr": 442,
    "fchmodat2": 452,
}  # fmt: skip
_CLONE3, _OPENAT2 = 435, 437

MACHINES = {
    "x86_64": Machine(
        audit=0xC000003E,
        seccomp=317,
        forbidden=frozenset({*_X86_64.values(), *_EVERYWHERE.values()}),
        unknown=frozenset({_CLONE3, _OPENAT2}),
        open_flags=((2, 1), (257, 2)),
        clone=56,
        tgkill=234,
    ),
    "aarch64": Machine(
        audit=0xC00000B7,
        seccomp=277,
        forbidden=frozenset({*_AARCH64.values(), *_EVERYWHERE.values()}),
        unknown=frozenset({_CLONE3, _OPENAT2}),
        open_flags=((56, 2),),
        clone=220,
        tgkill=131,
    ),
}
"""By the name that the system gives to the machine."""
