#!/usr/bin/env bash
# Writes NOTICE: the licences of everything that is linked into the programs on any
# platform, from Go itself and from the module cache.
set -euo pipefail
cd "$(dirname "$0")/.."

# licences FOLDER prints the licence of a module, and its own notice if it has one.
licences() {
  local found=0
  for file in "$1"/LICENSE* "$1"/LICENCE* "$1"/COPYING* "$1"/NOTICE*; do
    [[ -f $file ]] || continue
    found=1
    printf '\n'
    sed -e 's/[[:space:]]*$//' "$file"
  done
  ((found)) || { echo "no licence in $1" >&2; exit 1; }
}

modules() {
  for os in linux darwin windows; do
    GOOS=$os go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/implycheck ./cmd/implycheck-preflight
  done | LC_ALL=C sort -u
}

{
  echo "implycheck contains the software below. Written by make notice."
  printf '\n==== Go, its standard library and runtime ====\n'
  licences "$(go env GOROOT)"
  while read -r path version dir; do
    printf '\n==== %s %s ====\n' "$path" "$version"
    licences "$dir"
  done < <(modules)
} >NOTICE.new
mv NOTICE.new NOTICE
