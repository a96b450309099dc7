"""Images and services as Docker reads them: contents, users, privileges and ports."""

import re
import shlex
import subprocess
from fnmatch import fnmatch

import pytest
import yaml

from pregao.prices import SERVICES

KEY_VARIABLES = {each.key_variable for each in SERVICES.values()} - {None}

DOCKERFILES = ["Dockerfile", "spaces/Dockerfile"]


def _steps(path) -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def _copied(path) -> list[str]:
    """Return the paths that are copied from the clone."""
    copies = [rest for step, rest in _steps(path) if step == "COPY" and "--from" not in rest]
    return [each for rest in copies for each in shlex.split(rest)[:-1]]


def _last_stage(path) -> list[tuple[str, str]]:
    steps = _steps(path)
    start = max(at for at, (step, _) in enumerate(steps) if step == "FROM")
    return steps[start:]


@pytest.fixture
def compose(deploy):
    return yaml.safe_load((deploy / "compose.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DOCKERFILES)
def test_an_image_is_built_by_the_install_script_only(deploy, name):
    steps = _steps(deploy / name)

    built = [rest for step, rest in steps if step == "RUN" and "build.sh" in rest]

    assert 1 == len(built)
    assert not [
        rest for step, rest in steps if step == "RUN" and re.search(r"\bpip3? install", rest)
    ]
    assert "deploy/build.sh" in _copied(deploy / name)


@pytest.mark.parametrize("name", DOCKERFILES)
def test_an_image_runs_as_a_user_with_a_fixed_id(deploy, name):
    last = dict(_last_stage(deploy / name))

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert f"--uid {last['USER'].split(':')[0]} " in last["RUN"]
    assert "SIGTERM" == last["STOPSIGNAL"]


@pytest.mark.parametrize("name", DOCKERFILES)
def test_the_health_check_uses_the_port_of_the_server(deploy, name):
    last = dict(_last_stage(deploy / name))

    assert f"http://127.0.0.1:{last['EXPOSE']}/livez" in last["HEALTHCHECK"]
    assert last["EXPOSE"] in re.findall(r"\d+", last["CMD"])


@pytest.mark.parametrize("name", DOCKERFILES)
def test_base_images_are_pinned_and_every_stage_is_used(deploy, name):
    stages = [rest.split() for step, rest in _steps(deploy / name) if step == "FROM"]
    names = {each[2] for each in stages if len(each) == 3}

    base_images = [each[0] for each in stages if each[0] not in names]

    assert ["python:3.11-slim-bookworm"] == base_images


def test_every_copied_path_exists_and_is_not_ignored(deploy):
    root = deploy.parent
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    included = [line[1:] for line in lines if line.startswith("!")]

    for each in _copied(deploy / "Dockerfile"):
        assert (root / each).exists(), each
        assert any(fnmatch(each, pattern) for pattern in included), each


def test_a_space_holds_every_path_that_its_image_copies(deploy, tmp_path):
    subprocess.run(["bash", deploy / "spaces" / "assemble.sh", tmp_path / "space"], check=True)
    space = tmp_path / "space"
    front = (space / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    last = dict(_last_stage(space / "Dockerfile"))

    assert [] == [each for each in _copied(space / "Dockerfile") if not (space / each).exists()]
    assert [] == list(space.rglob("__pycache__"))
    assert {"sdk": "docker", "app_port": int(last["EXPOSE"])}.items() <= (
        yaml.safe_load(front).items()
    )


def test_services_run_images_with_a_pinned_version(compose):
    for name, service in compose["services"].items():
        assert re.search(r":v?\d+(\.\d+)*$", service["image"]), name


def test_the_image_has_the_version_of_the_project(compose, deploy):
    import pregao

    images = {compose["services"][name]["image"] for name in ("api", "worker")}

    assert {f"pregao:{pregao.__version__}"} == images
    assert f"--tag pregao:{pregao.__version__} " in (deploy / "Dockerfile").read_text("utf-8")


def test_no_service_has_unneeded_privileges(compose):
    forbidden = {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "user"}
    for name, service in compose["services"].items():
        assert not forbidden & set(service), name
        assert ["no-new-privileges:true"] == service["security_opt"], name
        assert "docker.sock" not in str(service.get("volumes", "")), name
    for name in ("api", "worker"):
        assert compose["services"][name]["read_only"], name
        assert ["ALL"] == compose["services"][name]["cap_drop"], name


def test_only_the_api_is_published_and_on_localhost_by_default(compose):
    published = {
        name: each["ports"] for name, each in compose["services"].items() if "ports" in each
    }

    assert {"api": ["${PREGAO_PUBLISH:-127.0.0.1:8000}:8000"]} == published


def test_secrets_come_from_the_environment_and_are_required(compose, deploy):
    settings = [
        (key, str(value))
        for each in compose["services"].values()
        for key, value in each.get("environment", {}).items()
        if re.search(r"KEY|PASSWORD|SECRET|TOKEN|DATABASE_URL", key)
    ]
    example = (deploy / ".env.example").read_text(encoding="utf-8")

    assert settings
    for key, value in settings:
        assert re.search(r"\$\{[A-Z_]+:[?-]", value), key
        if key not in KEY_VARIABLES:
            assert ":?" in value, key
    assert [] == re.findall(r"^\w*(?:KEY|KEYS|PASSWORD|TOKEN)=.+$", example, re.MULTILINE)


def test_api_and_worker_get_the_keys_of_every_provider(compose):
    for name in ("api", "worker"):
        assert KEY_VARIABLES <= set(compose["services"][name]["environment"]), name


def test_the_example_environment_has_every_variable_in_use(deploy):
    used = set(re.findall(r"\$\{([A-Z_]+)", (deploy / "compose.yaml").read_text("utf-8")))
    given = set(
        re.findall(r"^([A-Z_]+)=", (deploy / ".env.example").read_text("utf-8"), re.MULTILINE)
    )

    assert used == given


def test_every_volume_and_mounted_file_exists(compose, deploy):
    mounts = [each.split(":")[0] for s in compose["services"].values() for each in s["volumes"]]

    volumes = {each for each in mounts if not each.startswith(".")}

    assert set(compose["volumes"]) == volumes
    assert [] == [each for each in mounts if each.startswith(".") and not (deploy / each).exists()]


def test_api_and_worker_share_a_home_and_a_database(compose):
    api, worker = (compose["services"][name] for name in ("api", "worker"))

    assert api["volumes"] == worker["volumes"]
    assert api["environment"]["PREGAO_DATABASE_URL"] == worker["environment"]["PREGAO_DATABASE_URL"]


def test_prometheus_scrapes_a_service_by_an_allowed_host_name(compose, deploy):
    scraped = yaml.safe_load((deploy / "prometheus" / "prometheus.yml").read_text("utf-8"))
    (target,) = scraped["scrape_configs"][0]["static_configs"][0]["targets"]
    name, port = target.split(":")
    service = compose["services"][name]

    assert port in service["command"]
    assert name in service["environment"]["PREGAO_ALLOWED_HOSTS"].split(",")


def test_both_languages_show_the_same_commands_and_every_alert(deploy):
    docs = deploy.parent / "docs"
    texts = [(docs / name).read_text("utf-8") for name in ("deploy.md", "pt-BR/deploy.md")]
    alerts = re.findall(
        r"alert: (\w+)", (deploy / "prometheus" / "rules.yml").read_text(encoding="utf-8")
    )

    english, portuguese = (re.findall(r"```.*?```", text, re.DOTALL) for text in texts)

    assert english == portuguese
    for text in texts:
        assert [] == [each for each in alerts if f"`{each}`" not in text]
