"""The daemon as a service: a systemd unit and a container file for one configuration, as text."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.usage import DISK_BROKEN

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Config

SECRETS = "bot.env"
"""Beside the configuration: the variables that it names, one ``NAME=value`` on a line."""
HOME = "/du-lieu"
"""Where the container keeps what ``[store] folder`` names; the configuration lies in ``/cau-hinh``."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the program lies on this machine, and as whom it is to run."""

    program: tuple[str, ...]
    """The command and its first words, such as ``("/opt/bot/bin/bot",)``."""
    config: Path
    """Absolute."""
    user: str


def write_unit(config: Config, place: Place) -> str:
    """Return the systemd unit (systemd 247 and later) that runs *config* with as few rights as it needs.

    It may write into the folders of ``[store]``, and nowhere else. Only the daemon is told to stop,
    so that its children finish the mail in hand. It says itself that it is ready and alive; a broken disk (exit code
    5) is not tried again.
    """
    store = config.store
    file = store.ledger.removeprefix("sqlite:///") if store.ledger.startswith("sqlite:///") else ""
    ledger = (place.config.parent / file).parent if file else None
    places = (store.folder, store.vault, store.page, ledger)
    folders = [str(path) for path in dict.fromkeys(places) if path is not None]
    writable = " ".join(map(_quoted, folders))
    command = [_quoted(word.replace("$", "$$")) for word in (*place.program, "--config", str(place.config))]
    names = variables(config)
    secrets = f"EnvironmentFile={_escaped(str(place.config.parent / SECRETS))}\n" if names else ""
    told = f"#   {place.config.parent / SECRETS} (chmod 600): mỗi dòng một biến: {', '.join(names)}\n" if names else ""
    return _UNIT.format(
        told=told,
        user=place.user,
        folders=shlex.join(folders),
        home=_escaped(str(place.config.parent)),
        command=" ".join((*command, "--log-json", "run")),
        after=" postgresql.service" if store.ledger.startswith("postgresql") else "",
        secrets=secrets,
        writable=writable,
        broken=DISK_BROKEN,
    )


def write_container(config: Config) -> str:
    """Return the file from which Docker or Podman build an image, in the folder of the program's source."""
    wanted = {
        "oauth": bool(config.provider),
        "postgresql": config.store.ledger.startswith("postgresql"),
        "s3": config.store.vault_url is not None,
    }
    extras = ",".join(name for name, needed in wanted.items() if needed)
    extra = f"[{extras}]" if extras else ""
    names = variables(config)
    env = " --env-file bot.env" if names else ""
    told = f"\n# bot.env (chmod 600): mỗi dòng một biến: {', '.join(names)}" if names else ""
    return _CONTAINER.format(extra=extra, env=env, told=told, home=HOME)


def variables(config: Config) -> tuple[str, ...]:
    """Return the environment variables from which *config* takes secrets, and those of its database and its store."""
    alarm = config.alarm.smtp.password_env if config.alarm.smtp is not None else ""
    named = [config.mailbox.password_env, config.smtp.password_env, alarm, config.oauth.client_secret_env]
    named += ["PGPASSWORD"] if config.store.ledger.startswith("postgresql") else []
    named += ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] if config.store.vault_url is not None else []
    return tuple(dict.fromkeys(name for name in named if name))


def _escaped(text: str) -> str:
    """Return *text* so that systemd reads no specifier in it."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """Return *text* as one word of a systemd command line or list."""
    escaped = _escaped(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_UNIT = """\
# Do bot install --print systemd viết ra. Cài đặt, với quyền root:
{told}#   useradd --system {user}; install -d -o {user} {folders}
#   bot install --print systemd > /etc/systemd/system/baocao-bot.service
#   systemctl daemon-reload && systemctl enable --now baocao-bot
# Đọc lại quy tắc, danh bạ, mẫu thư: systemctl reload baocao-bot. Nhật ký: journalctl -u baocao-bot

[Unit]
Description=Tiếp nhận báo cáo gửi qua thư điện tử
Wants=network-online.target
After=network-online.target time-sync.target{after}
StartLimitIntervalSec=0

[Service]
Type=notify
WatchdogSec=120
TimeoutStartSec=10min
User={user}
WorkingDirectory={home}
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
{secrets}Restart=on-failure
RestartSec=30
RestartPreventExitStatus={broken}
KillMode=mixed
TimeoutStopSec=90
UMask=0077
LimitCORE=0
TasksMax=256
ReadWritePaths={writable}
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
LockPersonality=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
# Tiến trình đọc tệp tự đặt thêm bộ lọc seccomp của mình.
SystemCallFilter=@system-service seccomp
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""
_CONTAINER = """\
# Do bot install --print container viết ra; đặt trong thư mục mã nguồn, tên Containerfile hoặc Dockerfile.
#   docker build -t baocao-bot .
#   docker run -d --name baocao-bot --init --restart on-failure --read-only --tmpfs /tmp \\
#     --cap-drop ALL --security-opt no-new-privileges{env} \\
#     -v ./cau-hinh:/cau-hinh:ro -v baocao-du-lieu:{home} baocao-bot
# Trong config.toml: [store] folder = "{home}". Đọc lại quy tắc: docker kill -s HUP baocao-bot{told}
FROM docker.io/library/python:3.12-slim-bookworm
RUN apt-get update \\
 && apt-get install -y --no-install-recommends libarchive13 \\
 && rm -rf /var/lib/apt/lists/* \\
 && useradd --system --uid 10001 --home-dir {home} --create-home baocao \\
 && chmod 700 {home}
COPY . /ma-nguon
RUN pip install --no-cache-dir "/ma-nguon{extra}" && rm -r /ma-nguon
USER 10001
WORKDIR /cau-hinh
VOLUME {home}
ENV PYTHONDONTWRITEBYTECODE=1
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=2m --timeout=60s --start-period=5m --retries=3 \\
  CMD ["bot", "--config", "/cau-hinh/config.toml", "health", "--alive"]
ENTRYPOINT ["bot", "--config", "/cau-hinh/config.toml", "--log-json"]
CMD ["run"]
"""
