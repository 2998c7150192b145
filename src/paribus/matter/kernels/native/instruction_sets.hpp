// Which versions of the kernels were built, and which of them this processor can run.
#pragma once
#include <cstdint>
#include <vector>

#include "convpool.hpp"

namespace paribus {

#define PARIBUS_DECLARE(ISA)                                                                                      \
    namespace ISA {                                                                                               \
    void forward(const Shape&, const float*, const float*, const float*, float*, std::uint8_t*);                  \
    void backward(const Shape&, const float*, const float*, const float*, const std::uint8_t*, float*, float*,    \
                  float*);                                                                                        \
    }

PARIBUS_DECLARE(baseline)
#ifdef PARIBUS_X86
PARIBUS_DECLARE(avx2)
PARIBUS_DECLARE(avx512)
#endif

// Best last. The baseline is what the compiler takes for granted: SSE2 on x86-64, NEON on 64-bit Arm.
inline std::vector<Kernels> available() {
    std::vector<Kernels> found{{"baseline", baseline::forward, baseline::backward}};
#ifdef PARIBUS_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found.push_back({"avx2", avx2::forward, avx2::backward});
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        found.push_back({"avx512", avx512::forward, avx512::backward});
#endif
    return found;
}

}  // namespace paribus
