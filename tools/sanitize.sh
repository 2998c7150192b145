#!/usr/bin/env bash
# The native kernels of every instruction set under AddressSanitizer and UndefinedBehaviorSanitizer, over random shapes
# and against a plain loop (tests/native). Says so and succeeds where there is no compiler for it.
set -euo pipefail
cd "$(dirname "$0")/.."
native=src/paribus/matter/kernels/native
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

# Instruction sets, their lanes and their flags are those that CMakeLists.txt builds, so the two cannot differ.
case $(uname -m) in
    x86_64 | amd64) flags+=(-DPARIBUS_X86) sets='s/^ *add_kernels(\([a-z0-9]* [0-9].*\))$/\1/p' ;;
    *) sets='s/^ *add_kernels(\(baseline [0-9].*\))$/\1/p' ;;
esac
objects=()
while read -r isa lanes options; do
    for source in "$native"/*.cpp; do
        if [ "$(basename "$source")" = module.cpp ]; then continue; fi  # Python's side of it
        object=$build/$isa-$(basename "$source" .cpp).o
        # shellcheck disable=SC2086  # options are several words
        "$compiler" "${flags[@]}" -DPARIBUS_ISA="$isa" -DPARIBUS_LANES="$lanes" $options -c "$source" -o "$object"
        objects+=("$object")
    done
done < <(sed -n "$sets" CMakeLists.txt)
if [ ${#objects[@]} = 0 ]; then
    echo "sanitize: CMakeLists.txt names no instruction set as add_kernels(name lanes flags)" >&2
    exit 1
fi
"$compiler" "${flags[@]}" tests/native/*.cpp "${objects[@]}" -o "$build/sanitize"
"$build/sanitize"
