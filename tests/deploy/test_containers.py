"""Images and services, read as Docker would: what goes in, who runs, what is open to whom."""

import re
import shlex
import subprocess
from fnmatch import fnmatch

import pytest
import yaml

from pregao.settings import _KEYS

DOCKERFILES = ["Dockerfile", "spaces/Dockerfile"]


def _steps(path) -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def _copied(path) -> list[str]:
    """What is copied out of the clone."""
    copies = [rest for step, rest in _steps(path) if step == "COPY" and "--from" not in rest]
    return [each for rest in copies for each in shlex.split(rest)[:-1]]


def _last_stage(path) -> list[tuple[str, str]]:
    steps = _steps(path)
    begin = max(at for at, (step, _) in enumerate(steps) if step == "FROM")
    return steps[begin:]


@pytest.fixture
def compose(deploy):
    return yaml.safe_load((deploy / "compose.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DOCKERFILES)
def test_an_image_is_built_by_the_script_alone(deploy, name):
    steps = _steps(deploy / name)

    built = [rest for step, rest in steps if step == "RUN" and "build.sh" in rest]

    assert 1 == len(built)
    assert not [
        rest for step, rest in steps if step == "RUN" and re.search(r"\bpip3? install", rest)
    ]
    assert "deploy/build.sh" in _copied(deploy / name)


@pytest.mark.parametrize("name", DOCKERFILES)
def test_an_image_runs_as_a_user_with_a_fixed_number(deploy, name):
    last = dict(_last_stage(deploy / name))

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert f"--uid {last['USER'].split(':')[0]} " in last["RUN"]
    assert "SIGTERM" == last["STOPSIGNAL"]


@pytest.mark.parametrize("name", DOCKERFILES)
def test_health_is_asked_where_the_server_listens(deploy, name):
    last = dict(_last_stage(deploy / name))

    assert f"http://127.0.0.1:{last['EXPOSE']}/livez" in last["HEALTHCHECK"]
    assert last["EXPOSE"] in re.findall(r"\d+", last["CMD"])


@pytest.mark.parametrize("name", DOCKERFILES)
def test_base_images_are_pinned_and_stages_lead_somewhere(deploy, name):
    stages = [rest.split() for step, rest in _steps(deploy / name) if step == "FROM"]
    names = {each[2] for each in stages if len(each) == 3}

    outside = [each[0] for each in stages if each[0] not in names]

    assert ["python:3.11-slim-bookworm"] == outside


def test_what_an_image_copies_is_there_and_not_ignored(deploy):
    root = deploy.parent
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line[1:] for line in lines if line.startswith("!")]

    for each in _copied(deploy / "Dockerfile"):
        assert (root / each).exists(), each
        assert any(fnmatch(each, pattern) for pattern in kept), each


def test_a_space_holds_all_that_its_image_copies(deploy, tmp_path):
    subprocess.run(["bash", deploy / "spaces" / "assemble.sh", tmp_path / "space"], check=True)
    space = tmp_path / "space"
    front = (space / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    last = dict(_last_stage(space / "Dockerfile"))

    assert [] == [each for each in _copied(space / "Dockerfile") if not (space / each).exists()]
    assert [] == list(space.rglob("__pycache__"))
    assert {"sdk": "docker", "app_port": int(last["EXPOSE"])}.items() <= (
        yaml.safe_load(front).items()
    )


def test_services_run_images_of_a_version(compose):
    for name, service in compose["services"].items():
        assert re.search(r":v?\d+(\.\d+)*$", service["image"]), name


def test_the_image_has_the_version_of_the_project(compose, deploy):
    import pregao

    images = {compose["services"][name]["image"] for name in ("api", "worker")}

    assert {f"pregao:{pregao.__version__}"} == images
    assert f"--tag pregao:{pregao.__version__} " in (deploy / "Dockerfile").read_text("utf-8")


def test_no_service_has_powers_that_it_does_not_need(compose):
    forbidden = {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "user"}
    for name, service in compose["services"].items():
        assert not forbidden & set(service), name
        assert ["no-new-privileges:true"] == service["security_opt"], name
        assert "docker.sock" not in str(service.get("volumes", "")), name
    for name in ("api", "worker"):
        assert compose["services"][name]["read_only"], name
        assert ["ALL"] == compose["services"][name]["cap_drop"], name


def test_the_api_alone_is_published_and_on_this_machine_unless_told(compose):
    published = {
        name: each["ports"] for name, each in compose["services"].items() if "ports" in each
    }

    assert {"api": ["${PREGAO_PUBLISH:-127.0.0.1:8000}:8000"]} == published


def test_secrets_come_from_outside_and_their_absence_is_refused(compose, deploy):
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
        if key not in _KEYS.values():
            assert ":?" in value, key
    assert [] == re.findall(r"^\w*(?:KEY|KEYS|PASSWORD|TOKEN)=.+$", example, re.MULTILINE)


def test_both_services_are_given_the_keys_of_every_provider(compose):
    for name in ("api", "worker"):
        assert set(_KEYS.values()) <= set(compose["services"][name]["environment"]), name


def test_the_example_of_the_environment_has_all_that_is_asked_for(deploy):
    asked = set(re.findall(r"\$\{([A-Z_]+)", (deploy / "compose.yaml").read_text("utf-8")))
    given = set(
        re.findall(r"^([A-Z_]+)=", (deploy / ".env.example").read_text("utf-8"), re.MULTILINE)
    )

    assert asked == given


def test_every_volume_and_mounted_file_is_there(compose, deploy):
    mounts = [each.split(":")[0] for s in compose["services"].values() for each in s["volumes"]]

    named = {each for each in mounts if not each.startswith(".")}

    assert set(compose["volumes"]) == named
    assert [] == [each for each in mounts if each.startswith(".") and not (deploy / each).exists()]


def test_api_and_worker_share_a_home_and_a_database(compose):
    api, worker = (compose["services"][name] for name in ("api", "worker"))

    assert api["volumes"] == worker["volumes"]
    assert api["environment"]["PREGAO_DATABASE_URL"] == worker["environment"]["PREGAO_DATABASE_URL"]


def test_prometheus_asks_a_service_by_a_name_that_it_serves(compose, deploy):
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
