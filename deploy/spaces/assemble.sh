#!/usr/bin/env bash
# Copies the files that a Hugging Face Space is built from into a folder:
#
#     deploy/spaces/assemble.sh FOLDER
#     hf upload USER/SPACE FOLDER . --repo-type space
set -euo pipefail

if [ "$#" -ne 1 ]; then
    echo "usage: $0 FOLDER" >&2
    exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
cp pyproject.toml requirements.txt requirements-dev.txt LICENSE "$folder"
mkdir -p "$folder/deploy"
cp deploy/build.sh "$folder/deploy"
tar --create --exclude __pycache__ --exclude '*.egg-info' src | tar --extract --directory "$folder"
cp deploy/spaces/README.md deploy/spaces/Dockerfile "$folder"
