#!/bin/sh
# Installs the Debian packages of the given groups that are missing: tools/install.sh build test ..
# Asks nothing; uses sudo when not root; does nothing (and needs no network) when all are there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
missing=
for group in "$@"; do
  for package in $(sed -n "s/^$group //p" "$here/packages.txt"); do
    # a JDK of another version or origin serves as well as the packaged one
    case $package in
      openjdk-*) command -v java >/dev/null 2>&1 && continue ;;
      maven) command -v mvn >/dev/null 2>&1 && continue ;;
      python3) command -v python3 >/dev/null 2>&1 && continue ;;
    esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
done
[ -n "$missing" ] || exit 0
echo "installing:$missing" >&2
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
{ $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends $missing; } >&2
