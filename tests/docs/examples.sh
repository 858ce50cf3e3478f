#!/usr/bin/env bash
# Runs every example of the man pages in the project's root: each must exit as it says and write something.
# usage: examples.sh FID_DOCS FID SOURCE
set -uo pipefail
docs=$1 fid=$2 source=$3
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
mkdir "$fresh/man" "$fresh/completions" "$fresh/bin"
ln -s "$(readlink -f "$fid")" "$fresh/bin/fid"
passed=0 failed=0
while IFS=$'\t' read -r status line; do
    output=$(cd "$source" && PATH="$fresh/bin:$PATH" timeout 60 bash -c "set -o pipefail; $line" 2>&1 </dev/null)
    got=$?
    if [ "$got" = "$status" ] && { [ -n "$output" ] || [ "$status" != 0 ]; }; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED (%s, wanted %s): %s\n%s\n' "$got" "$status" "$line" "$output"
    fi
done < <("$docs" "$fresh")
echo "examples: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
