#!/usr/bin/env bash
# Are man/ and completions/ what the command definitions say, and are the pages clean?
# usage: in_step.sh FID_DOCS SOURCE
set -euo pipefail
docs=$1 source=$2
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
mkdir "$fresh/man" "$fresh/completions"
"$docs" "$fresh" >/dev/null
for folder in man completions; do
    diff -ru "$source/$folder" "$fresh/$folder" || { echo "$folder is out of step: run ./dev docs"; exit 1; }
done
if ! command -v mandoc >/dev/null; then echo "skipped: mandoc is not installed"; exit 77; fi
# The pages name each other, and this machine need not have them installed.
if mandoc -T lint "$fresh"/man/*.1 | grep -v 'referenced manual not found'; then exit 1; fi
bash -n "$fresh/completions/fid.bash"
if command -v zsh >/dev/null; then zsh -n "$fresh/completions/_fid"; fi
if command -v fish >/dev/null; then fish --no-execute "$fresh/completions/fid.fish"; fi
echo "man and completions are in step"
