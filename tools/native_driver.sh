# Sourced by sanitize.sh and neon.sh, in the project's folder: the checks of tests/native and the kernels, as a program.
native=src/paribus/programs/recipe/kernels/native

# build_driver FOLDER COMPILER SETS FLAGS...: makes FOLDER/driver. SETS is a regular expression of instruction sets; they,
# their lanes and their flags are read from CMakeLists.txt, so that what is checked is what is built.
build_driver() {
    local build=$1 compiler=$2 sets=$3 objects=() isa lanes options source object
    shift 3
    while read -r isa lanes options; do
        for source in "$native"/*.cpp; do
            if [ "$(basename "$source")" = module.cpp ]; then continue; fi  # Python's side of it
            object=$build/$isa-$(basename "$source" .cpp).o
            # shellcheck disable=SC2086  # options are several words
            "$compiler" "$@" -DPARIBUS_ISA="$isa" -DPARIBUS_LANES="$lanes" $options -c "$source" -o "$object"
            objects+=("$object")
        done
    done < <(sed -n "s/^ *add_kernels(\($sets [0-9].*\))\$/\1/p" CMakeLists.txt)
    if [ ${#objects[@]} = 0 ]; then
        echo "CMakeLists.txt names no instruction set as add_kernels(name lanes flags)" >&2
        return 1
    fi
    "$compiler" "$@" tests/native/*.cpp "${objects[@]}" -o "$build/driver"
}
