#!/usr/bin/env bash
# Looks at what goreleaser has packed into a folder: that it is whole, holds what people
# expect, and installs. What needs dpkg-deb or rpm is left out without them.
set -euo pipefail
dist=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

fail() {
  echo "release-test: $*" >&2
  exit 1
}

# holds WHAT LIST NAME... looks for files; those of a package begin with ./ or /.
holds() {
  local what=$1 list=$2 name
  shift 2
  for name in "$@"; do
    grep -qxE -- "[.]?${name//./[.]}" <<<"$list" || fail "$what lacks $name"
  done
}

(cd "$dist" && sha256sum --quiet --ignore-missing -c SHA256SUMS) || fail "SHA256SUMS does not fit"

common=(LICENSE NOTICE README.md CHANGELOG.md man/implycheck-lint.1 completions/implycheck.bash completions/_implycheck completions/implycheck.fish completions/implycheck.ps1)
for os in linux darwin; do
  for arch in amd64 arm64; do
    archive=("$dist"/implycheck_*_"$os"_"$arch".tar.gz)
    list=$(tar -tzf "${archive[0]}")
    holds "${archive[0]}" "$list" "${common[@]}" implycheck
    [[ $os != linux ]] || holds "${archive[0]}" "$list" implycheck-preflight
  done
done
for arch in amd64 arm64; do
  archive=("$dist"/implycheck_*_windows_"$arch".zip)
  holds "${archive[0]}" "$(python3 -m zipfile -l "${archive[0]}" | awk 'NR > 1 {print $1}')" "${common[@]}" implycheck.exe
done

installed=(/usr/bin/implycheck /usr/bin/implycheck-preflight /usr/share/man/man1/implycheck-lint.1 /usr/share/bash-completion/completions/implycheck
  /usr/share/fish/vendor_completions.d/implycheck.fish /usr/share/doc/implycheck/copyright /usr/share/doc/implycheck/NOTICE)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if command -v dpkg-deb >/dev/null; then
  for package in "$dist"/*.deb; do
    holds "$package" "$(dpkg-deb -c "$package" | awk '{print $6}')" "${installed[@]}" /usr/share/zsh/vendor-completions/_implycheck
  done
  dpkg-deb -x "$dist"/implycheck_*_"$(dpkg --print-architecture)".deb "$work/deb"
  "$work/deb/usr/bin/implycheck" version
fi
cask=$dist/homebrew/Casks/implycheck.rb
for word in 'binary "implycheck"' 'binary "implycheck-preflight"' 'manpage "man/implycheck-lint.1"' on_macos on_linux "$(awk '/darwin_arm64.tar.gz/ {print $1}' "$dist/SHA256SUMS")"; do
  grep -qF -- "$word" "$cask" || fail "the cask lacks $word"
done
if command -v rpm >/dev/null; then
  for package in "$dist"/*.rpm; do
    holds "$package" "$(rpm -qlp "$package" 2>/dev/null)" "${installed[@]}" /usr/share/zsh/site-functions/_implycheck
  done
fi

PREFIX=$work/prefix sh install.sh --from "file://$dist"
"$work/prefix/bin/implycheck" lint --exit-zero --quiet testdata/demo/conf >/dev/null
"$work/prefix/bin/implycheck" preflight --exit-zero --only live-memory testdata/demo/conf >/dev/null
echo "$dist is as it should be"
