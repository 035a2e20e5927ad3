#!/bin/sh
# Installs implycheck from a release, on Linux and macOS. Read it, then run it:
#
#   curl -fsSLO https://github.com/implycheck/implycheck/releases/latest/download/install.sh
#   sh install.sh [--version 0.1.0] [--from ADDRESS]
#
# It downloads one archive over HTTPS, compares it with the release's SHA256SUMS, and
# copies the programs to ~/.local/bin, or to $PREFIX/bin. Where cosign is installed it
# also checks who signed SHA256SUMS. Nothing that was downloaded is run before it was
# compared. --from names another place with the same files: https://..., or a folder,
# file:///mnt/usb, for machines without a network.
set -eu

releases=https://github.com/implycheck/implycheck/releases
signer='^https://github\.com/implycheck/implycheck/\.github/workflows/release\.yml@refs/tags/v'
issuer=https://token.actions.githubusercontent.com
largest=104857600 # bytes

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# download NAME copies a file of the release into the folder at hand.
download() {
  case $from in
    file://*)
      [ -f "${from#file://}/$1" ] || fail "there is no $1 in ${from#file://}"
      cp -- "${from#file://}/$1" "$1"
      ;;
    https://*)
      if has curl; then
        curl --proto '=https' --proto-redir '=https' --tlsv1.2 --max-filesize "$largest" -fsSL -o "$1" -- "$from/$1"
      elif has wget; then
        wget --https-only -nv -S -o wget.log -O "$1" -- "$from/$1" && ! grep -qi '^ *location: *http:' wget.log # which wget follows all the same
      else
        fail "there is neither curl nor wget here; download the release elsewhere and say --from file:///FOLDER"
      fi || fail "$from/$1 could not be downloaded"
      ;;
    *) fail "--from $from: write https://... or file:///..." ;;
  esac
}

# sum FILE prints its SHA-256.
sum() {
  if has sha256sum; then
    sha256sum "$1"
  else
    shasum -a 256 "$1"
  fi | cut -d ' ' -f 1
}

# check_signature compares the signer of SHA256SUMS, where that can be done.
check_signature() {
  if ! has cosign; then
    echo "cosign is not installed: the download is compared with SHA256SUMS, and who signed that is not checked"
    return
  fi
  download SHA256SUMS.sigstore.json
  cosign verify-blob --bundle SHA256SUMS.sigstore.json --certificate-identity-regexp "$signer" \
    --certificate-oidc-issuer "$issuer" SHA256SUMS >cosign.log 2>&1 || {
    cat cosign.log >&2
    fail "SHA256SUMS is not signed by a release of implycheck; nothing was installed"
  }
  echo "SHA256SUMS is signed by the release"
}

platform() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) fail "there is no archive for $(uname -s); see $releases" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=amd64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "there is no archive for $(uname -m); build it: go install github.com/implycheck/implycheck/cmd/implycheck@latest" ;;
  esac
}

# put PROGRAM replaces a program by the new one, in one step.
put() {
  cp -- "$1" "$bin/.$(basename "$1").new" || fail "$bin cannot be written; say where else: PREFIX=/somewhere sh install.sh"
  chmod 755 "$bin/.$(basename "$1").new"
  mv -f -- "$bin/.$(basename "$1").new" "$bin/$(basename "$1")"
}

main() {
  from=$releases/latest/download
  while [ $# -gt 0 ]; do
    case $1 in
      --version | --from) [ $# -gt 1 ] || fail "$1 needs a value" ;;
    esac
    case $1 in
      --version) from=$releases/download/v${2#v} && shift 2 ;;
      --from) from=${2%/} && shift 2 ;;
      -h | --help) sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" && exit ;;
      *) fail "unknown argument $1; there are --version VERSION and --from ADDRESS" ;;
    esac
  done
  if [ -n "${PREFIX:-}" ]; then
    bin=$PREFIX/bin
  else
    bin=${HOME:?is not set, and PREFIX neither}/.local/bin
  fi
  case $bin in
    /*) ;;
    *) bin=$PWD/$bin ;;
  esac
  has sha256sum || has shasum || fail "there is neither sha256sum nor shasum here to check the download with"
  platform

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  cd "$work"

  download SHA256SUMS
  check_signature
  name=$(sed -n "s/^[0-9a-f]\{64\}  \(implycheck_[0-9A-Za-z.+-]*_${os}_${arch}\.tar\.gz\)\$/\1/p" SHA256SUMS)
  case $name in
    '' | *'
'*) fail "SHA256SUMS does not name one archive for $os on $arch" ;;
  esac
  download "$name"
  want=$(sed -n "s/  $name\$//p" SHA256SUMS)
  got=$(sum "$name")
  [ "$want" = "$got" ] || fail "$name is damaged or was changed: its SHA-256 is $got and SHA256SUMS says $want; nothing was installed"

  mkdir new
  tar -xzf "$name" -C new
  new/implycheck version >said || fail "the program does not run here"
  mkdir -p -- "$bin" || fail "$bin cannot be made; say where else: PREFIX=/somewhere sh install.sh"
  for program in new/implycheck-preflight new/implycheck; do
    [ ! -f "$program" ] || put "$program"
  done
  echo "$(cat said) is in $bin"
  case :$PATH: in
    *:"$bin":*) ;;
    *) echo "$bin is not in your PATH: add  export PATH=\"$bin:\$PATH\"  to the file that your shell reads at start" ;;
  esac
}

main "$@"
