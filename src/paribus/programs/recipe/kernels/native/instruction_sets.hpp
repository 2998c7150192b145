// Which versions of the kernels were built, and which of them this processor can run.
#pragma once
#include <cstdint>
#include <vector>

#include "kernel_table.hpp"

namespace paribus {

#define PARIBUS_DECLARE(ISA)                                                                                      \
    namespace ISA {                                                                                               \
    void forward(const Shape&, const float*, const float*, const float*, float*, std::uint8_t*);                  \
    void backward(const Shape&, const float*, const float*, const float*, const std::uint8_t*, float*, float*,    \
                  float*);                                                                                        \
    LossAndCorrect gradient(const Network&, const Batch&, const float*, float*);                                          \
    void activate(int, float*, std::int64_t);                                                                     \
    void chain(int, const float*, float*, std::int64_t);                                                          \
    void look_up(const std::uint8_t*, std::int64_t, const std::int64_t*, std::int64_t, const float*, float*);     \
    }

PARIBUS_DECLARE(baseline)
#ifdef PARIBUS_X86
PARIBUS_DECLARE(avx2)
PARIBUS_DECLARE(avx512)
#endif

#define PARIBUS_KERNELS(ISA) \
    {#ISA, ISA::forward, ISA::backward, ISA::gradient, ISA::activate, ISA::chain, ISA::look_up}

// Best last. The baseline is what the compiler takes for granted: SSE2 on x86-64, NEON on 64-bit Arm.
inline std::vector<Kernels> available() {
    std::vector<Kernels> found{PARIBUS_KERNELS(baseline)};
#ifdef PARIBUS_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(PARIBUS_KERNELS(avx2));
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        found.push_back(PARIBUS_KERNELS(avx512));
#endif
    return found;
}

}  // namespace paribus
