#!/usr/bin/env bash
# Installs Pregao from this clone into a folder of its own, for use and not for development:
#
#     deploy/build.sh /opt/pregao
#
# The folder is a virtual environment, which cannot be moved. PYTHON is the interpreter that creates it;
# TORCH_INDEX is the package index for torch: the default index's torch for Linux includes gigabytes of
# CUDA.
set -euo pipefail

if [ "$#" -ne 1 ]; then
    echo "usage: $0 FOLDER" >&2
    exit 2
fi
if [ -e "$1" ] && [ -n "$(ls -A "$1")" ]; then
    echo "$1 is not empty: give a folder that is not there yet" >&2
    exit 2
fi

clone=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
target=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${PYTHON:-python3}" -m venv "$target"
python="$target/bin/python"
pip() { "$python" -m pip --disable-pip-version-check --quiet "$@"; }

if [ -n "${TORCH_INDEX:-}" ]; then
    pip install --no-deps --index-url "$TORCH_INDEX" "$(grep '^torch==' "$clone/requirements.txt")"
fi
# The driver of PostgreSQL is pinned among the requirements of the tests.
grep '^psycopg' "$clone/requirements-dev.txt" > "$work/postgres.txt"
pip install -r "$clone/requirements.txt" -r "$work/postgres.txt"
pip wheel --no-deps --wheel-dir "$work" "$clone"
pip install --no-deps "$work"/pregao-*.whl
pip check

# Headers and static libraries are for builds against torch, and pip is not needed after this.
packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
rm -rf "$packages/torch/include" "$packages/torch/share/cmake"
find "$packages" -name '*.a' -delete
pip uninstall --yes pip

# From another folder than the clone, so that the installed package is imported.
cd "$work"
"$target/bin/pregao" --version
"$python" -c 'import lightgbm, onnxruntime, psycopg, torch; import pregao.server'
