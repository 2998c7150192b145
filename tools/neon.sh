#!/usr/bin/env bash
# The native kernels for 64-bit Arm (NEON), under UndefinedBehaviorSanitizer and then optimised as they are shipped, with
# the checks of `make sanitize` (tests/native). On other machines it takes a cross compiler and an emulator; says so and
# succeeds where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/native_driver.sh
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

case $(uname -m) in
    aarch64 | arm64) compiler=${CXX:-$(command -v g++ || command -v clang++ || true)} emulator=env ;;
    *)
        compiler=$(command -v aarch64-linux-gnu-g++ || true)
        emulator=$(command -v qemu-aarch64-static || command -v qemu-aarch64 || true)
        ;;
esac
if [ -z "$compiler" ] || [ -z "$emulator" ]; then
    echo "neon: skipped, for it needs a C++ compiler and an emulator for 64-bit Arm" \
        "(Debian: g++-aarch64-linux-gnu, qemu-user-static)"
    exit 0
fi

flags=(-std=c++17 -g -Wall -Wextra -Werror -Wno-psabi "-I$native")
if [ "$emulator" != env ]; then flags+=(-static); fi  # the emulated program finds no libraries of its own
for options in "-O1 -fsanitize=undefined -fno-sanitize-recover=all" -O3; do
    echo "neon: $options"
    # shellcheck disable=SC2086  # options are several words
    build_driver "$build" "$compiler" baseline "${flags[@]}" $options
    "$emulator" "$build/driver"
done
