"""The files of deploy/ say what is so: they parse, and name things that exist."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from testing.servers.nginx import configuration

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
TEXTS = [
    *DEPLOY.glob("*"),
    *DEPLOY.glob("systemd/*"),
    *(ROOT / "script").glob("*"),
    *(ROOT / "docs").glob("*.md"),
]
CODE = [*(ROOT / "memory_hub").rglob("*.py"), *(ROOT / "google_docs").rglob("*.py")]
CODE += [*(ROOT / "superthread").rglob("*.py"), *(ROOT / "monitoring").rglob("*.py")]
CODE += [DEPLOY / "gunicorn.conf.py", DEPLOY / "compose.yaml", *(ROOT / "script").glob("*")]
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE"}
INSTRUCTIONS |= {"STOPSIGNAL", "HEALTHCHECK", "CMD"}


def run(*command: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def test_every_variable_that_the_files_name_is_read_somewhere():
    read = set()
    for path in CODE:
        read |= set(re.findall(r"""["'${ -](HUB_[A-Z_]+)""", path.read_text(errors="ignore")))
    for path in filter(Path.is_file, TEXTS):
        named = set(re.findall(r"\bHUB_[A-Z_]*[A-Z]\b", path.read_text()))
        assert named <= read, f"{path.name} names what nothing reads: {named - read}"


def test_the_small_set_starts_without_a_profile():
    small = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert small == {"migrate", "hub-1", "hub-2", "nginx", "postgres", "redis"}
    profiles = {
        name: service["profiles"][0] for name, service in SERVICES.items() if name not in small
    }
    assert profiles == {
        "prometheus": "metrics",
        "grafana": "metrics",
        "elasticsearch": "logs",
        "logstash": "logs",
        "kibana": "logs",
        "filebeat": "logs",
    }


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_pinned_and_asks_only_for_what_is_there(name):
    service = SERVICES[name]
    tag = service["image"].rpartition(":")[2]
    assert tag[0].isdigit() or tag.startswith(("v", "$", "-")), service["image"]
    for other in service.get("depends_on", {}):
        needed = SERVICES[other]
        assert needed.get("profiles", service.get("profiles")) == service.get("profiles")
        healthy = "service_healthy" in str(service["depends_on"]).split(other, 1)[1][:40]
        assert not healthy or "healthcheck" in needed or other.startswith("hub-")
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./"):
            assert (DEPLOY / source).exists(), f"{name} mounts {source}"
        elif not source.startswith(("/", "$")):
            assert source in COMPOSE["volumes"]
    for given in service.get("configs", []):
        assert given["source"] in COMPOSE["configs"]


def test_only_nginx_is_open_to_the_world():
    for name, service in SERVICES.items():
        ports = service.get("ports", [])
        assert name == "nginx" or all(port.startswith("127.0.0.1:") for port in ports)


def test_every_secret_of_the_composition_comes_from_the_environment_file():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    example = (DEPLOY / "compose.env.example").read_text()
    assert {"SECRET_KEY", "POSTGRES_PASSWORD"} <= asked
    # The tag has a default of its own.
    asked |= {given["environment"] for given in COMPOSE["configs"].values()}
    assert asked - {"HUB_IMAGE_TAG"} == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


def test_the_image_runs_as_an_ordinary_user_and_copies_what_exists():
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    assert {step for step, _ in steps} <= INSTRUCTIONS
    assert [value for step, value in steps if step == "USER"] == ["hub"]
    for step, value in steps:
        if step == "COPY" and not value.startswith("--from"):
            assert all((ROOT / source).exists() for source in value.split()[:-1])
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    for line in kept:
        if line.startswith("!"):
            assert (ROOT / line[1:]).exists(), line


def test_the_image_has_every_app_of_this_repository():
    packages = {name.partition(".")[0] for name in settings.INSTALLED_APPS}
    ours = {name for name in packages if (ROOT / name).is_dir()}
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert ours
    assert {f"!{name}" for name in ours} <= set(kept)


@pytest.mark.parametrize("worker", ["uvicorn", "gunicorn"])
@pytest.mark.parametrize("bind", ["127.0.0.1:8000", "unix:/run/hub.sock"])
def test_gunicorn_takes_its_configuration_and_trusts_no_address(worker, bind, tmp_path):
    environment = os.environ | {
        "HUB_WORKER_CLASS": worker,
        "HUB_DATA_DIR": str(tmp_path),
        "HUB_BIND": bind,
        "HUB_ENVIRONMENT": "dev",
        "DJANGO_SETTINGS_MODULE": "memory_hub.settings",
    }
    command = [sys.executable, "-m", "gunicorn", "--check-config", "--print-config"]
    done = run(*command, "-c", "deploy/gunicorn.conf.py", cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^forwarded_allow_ips += \[\]$", done.stdout, re.MULTILINE)


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed on this machine")
@pytest.mark.parametrize("upstream", ["host", "compose"])
def test_nginx_accepts_its_configuration(upstream, tmp_path):
    hubs = (DEPLOY / f"nginx/upstream.{upstream}.conf").read_text()
    # The names of the composition mean nothing here.
    path = configuration(re.sub(r"hub-\d:", "127.0.0.1:", hubs), tmp_path)
    done = run("nginx", "-t", "-q", "-p", str(tmp_path), "-c", str(path))
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd is not installed on this machine"
)
@pytest.mark.parametrize("path", sorted(DEPLOY.glob("systemd/*")), ids=lambda path: path.name)
def test_systemd_accepts_its_units(path, tmp_path):
    for unit in DEPLOY.glob("systemd/*"):
        text = unit.read_text().replace("/opt/memory-hub/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("/opt/memory-hub", str(ROOT)))
    done = run("systemd-analyze", "verify", "--man=no", str(tmp_path / path.name))
    # It warns about what it does not know, and exits 0 all the same.
    assert (done.returncode, str(tmp_path) in done.stderr) == (0, False), done.stderr
