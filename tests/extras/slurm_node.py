"""A SLURM cluster of one node, this machine, as the documents describe one: started, used, stopped by a test.

Debian's `slurm-wlm` and `munge` bring what it takes; the daemons run from a folder of their own, as root. Without
cgroups, as in a container, slurmd follows processes by their ids (proctrack/linuxproc).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch")


def why_not() -> str:
    """Why no cluster can be started here; empty where one can."""
    path = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
    missing = [name for name in NEEDED if shutil.which(name, path=path) is None]
    if missing:
        return f"{', '.join(missing)} not installed (Debian: apt-get install slurm-wlm munge)"
    return "" if os.geteuid() == 0 else "slurmd needs root"


@contextlib.contextmanager
def slurm_node(folder: Path, cores: int = 2) -> Iterator[dict[str, str]]:
    """The environment in which `sbatch` finds the cluster."""
    env = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
    env["PATH"] += ":/usr/sbin:/usr/local/sbin"
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> None:
        with (folder / f"{words[0]}.out").open("ab") as log:
            started.append(subprocess.Popen(words, env=env, stdout=log, stderr=log, start_new_session=True))

    _configure(folder, cores)
    try:
        key = f"--key-file={folder / 'munge.key'}"
        places = [f"--{one}-file={folder / f'munge.{one}'}" for one in ("log", "pid", "seed")]
        start("munged", "--foreground", "--force", f"--socket={folder / 'munge.socket'}", key, *places)
        start("slurmctld", "-D", "-c", "-f", env["SLURM_CONF"])
        start("slurmd", "-D", "-c", "-f", env["SLURM_CONF"], "-N", socket.gethostname())
        _wait_for_it(env, folder)
        yield env
    finally:
        subprocess.run(["scancel", "--full", "--user=root"], env=env, check=False, capture_output=True, timeout=20)
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _configure(folder: Path, cores: int) -> None:
    folder.chmod(0o755)
    (folder / "munge.key").write_bytes(secrets.token_bytes(128))
    (folder / "munge.key").chmod(0o400)
    host = socket.gethostname()
    with socket.socket() as one, socket.socket() as other:
        one.bind(("", 0))
        other.bind(("", 0))
        ports = one.getsockname()[1], other.getsockname()[1]
    (folder / "slurm.conf").write_text(
        f"""ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder / "munge.socket"}
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={folder / "state"}
SlurmdSpoolDir={folder / "spool"}
SlurmctldPidFile={folder / "slurmctld.pid"}
SlurmdPidFile={folder / "slurmd.pid"}
SlurmctldLogFile={folder / "slurmctld.log"}
SlurmdLogFile={folder / "slurmd.log"}
ReturnToService=2
SchedulerParameters=sched_interval=1,bf_interval=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} State=UNKNOWN
PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""
    )
    for name in ("state", "spool"):
        (folder / name).mkdir()


def _wait_for_it(env: dict[str, str], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        told = subprocess.run(["sinfo", "-h", "-o", "%T"], env=env, check=False, capture_output=True, text=True)
        if told.stdout.strip() in ("idle", "mixed"):
            return
        time.sleep(0.2)
    logs = [path.read_text()[-2000:] for path in folder.glob("*.log")]
    raise RuntimeError("SLURM did not start: " + "\n".join([told.stdout + told.stderr, *logs]))
