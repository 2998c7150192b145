#!/usr/bin/env bash
# The native kernels of every instruction set under AddressSanitizer and UndefinedBehaviorSanitizer, over random shapes
# and against a plain loop (tests/native). Says so and succeeds where there is no compiler for it.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/native_driver.sh
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

compiler=${CXX:-$(command -v g++ || command -v clang++ || true)}
if [ -z "$compiler" ]; then
    echo "sanitize: skipped, for there is no C++ compiler (g++ or clang++) on the PATH"
    exit 0
fi
flags=(-std=c++17 -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
    -Wall -Wextra -Werror -Wno-psabi "-I$native")
if ! echo 'int main() {}' | "$compiler" "${flags[@]}" -x c++ - -o "$build/try" 2>"$build/why" || ! "$build/try"; then
    echo "sanitize: skipped, for $compiler cannot link AddressSanitizer: $(head -1 "$build/why")"
    exit 0
fi

case $(uname -m) in
    x86_64 | amd64) flags+=(-DPARIBUS_X86) sets='[a-z0-9]*' ;;
    *) sets=baseline ;;
esac
build_driver "$build" "$compiler" "$sets" "${flags[@]}"
"$build/driver"
