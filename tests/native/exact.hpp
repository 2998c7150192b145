// What the checks under sanitizers share.
#pragma once
#include <cstdint>
#include <memory>
#include <random>

#include "kernel_table.hpp"

using Random = std::mt19937;

// An allocation of exactly `size` values, with no room to spare at either end.
template <typename T>
struct Exact {
    explicit Exact(std::int64_t n) : size(n), data(new T[n]) {}
    T& operator[](std::int64_t i) { return data[i]; }
    const T& operator[](std::int64_t i) const { return data[i]; }
    std::int64_t size;
    std::unique_ptr<T[]> data;
};

inline std::int64_t one_of(Random& random, std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

// Whole networks of one instruction set against plain loops in double; says how many. Ends the program at a difference.
int check_networks(const paribus::Kernels& kernels);

// Each activation and its slope against the C library's functions in double; likewise.
int check_activations(const paribus::Kernels& kernels);

// Images read from bytes against the table they are looked up in; likewise.
int check_images(const paribus::Kernels& kernels);
