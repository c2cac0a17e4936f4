"""The Unix user of a process: PostgreSQL refuses root, and users without a passwd entry.

In order of preference, each leaving the machine's users and the folders' modes alone:
    as we are       an ordinary user
    NAMESPACE       a user namespace in which we are called `nobody`; files stay ours
    NOBODY          really `nobody`, keeping of root only the right to reach files; for root
                    where user namespaces are denied
"""

import ctypes
import errno
import os
import pwd
from enum import Enum
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 28, 47, 2
SECBIT_NO_SETUID_FIXUP = 4
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class Identity(Enum):
    """The ways to be somebody PostgreSQL accepts."""

    OURSELVES = "ourselves"
    NAMESPACE = "namespace"
    NOBODY = "nobody"


class IdentityDenied(Exception):
    """This machine allows none of the ways."""


def choose(folders: list[Path]) -> Identity:
    """The first way in which all the folders can be reached. Raises IdentityDenied."""
    if os.getuid() != 0 and _has_name(os.getuid()):
        return Identity.OURSELVES
    if _works(Identity.NAMESPACE, folders):
        return Identity.NAMESPACE
    if os.getuid() == 0 and _works(Identity.NOBODY, folders):
        return Identity.NOBODY
    raise IdentityDenied(
        "PostgreSQL refuses to run as root, and this machine allows neither a user namespace"
        " nor a change to the user nobody; run as an ordinary user"
    )


def become(identity: Identity) -> None:
    """Change this process, which must have one thread, for good. Raises OSError."""
    if identity is Identity.NAMESPACE:
        _enter_namespace()
    elif identity is Identity.NOBODY:
        _drop_to_nobody()


def owner(identity: Identity) -> int:
    """The user who must own the data folder, in the numbers of where we are now."""
    return nobody().pw_uid if identity is Identity.NOBODY else os.getuid()


def nobody() -> pwd.struct_passwd:
    """The passwd entry of somebody without rights. Raises IdentityDenied without one."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise IdentityDenied("PostgreSQL refuses root, and there is no user nobody") from None


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _works(identity: Identity, folders: list[Path]) -> bool:
    """Try it in a process of its own, since there is no way back."""
    child = os.fork()
    if child == 0:
        verdict = 1
        try:
            become(identity)
            verdict = 0 if all(os.access(folder, os.X_OK) for folder in folders) else 1
        finally:
            os._exit(verdict)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _enter_namespace() -> None:
    uid, gid, stranger = os.getuid(), os.getgid(), nobody()
    _check(_libc.unshare(CLONE_NEWUSER))
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{stranger.pw_uid} {uid} 1")
    (own / "gid_map").write_text(f"{stranger.pw_gid} {gid} 1")


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _drop_to_nobody() -> None:
    """Only the ambient right to reach files stays: the wheel may lie in a folder of root alone."""
    stranger = nobody()
    # Rights stay when the user changes, and access(2), which initdb asks, counts them.
    _check(_libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setresgid(stranger.pw_gid, stranger.pw_gid, stranger.pw_gid)
    os.setresuid(stranger.pw_uid, stranger.pw_uid, stranger.pw_uid)
    reach = 1 << CAP_DAC_OVERRIDE
    data = (_Data * 2)(_Data(reach, reach, reach), _Data(0, 0, 0))
    _check(_libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), data))
    _check(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno() or errno.EPERM
        raise OSError(number, os.strerror(number))
