// The Python module: picks the instruction set, and takes addresses, so that it links to nothing of torch.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "convpool.hpp"

namespace nb = nanobind;

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
std::vector<Kernels> available() {
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

Kernels named(const std::string& name) {
    for (const Kernels& kernels : available())
        if (name == kernels.name) return kernels;
    throw std::invalid_argument("this processor has no " + name);
}

template <typename T>
T* at(std::uintptr_t address) {
    return reinterpret_cast<T*>(address);
}

}  // namespace paribus

NB_MODULE(_native, m) {
    using namespace paribus;
    m.doc() = "Convolution + bias + 2x2 max pooling as one operation, on addresses of contiguous float32 tensors.";
    m.def("available", [] {
        nb::list names;
        for (const Kernels& kernels : available()) names.append(kernels.name);
        return names;
    });
    m.def("forward", [](const std::string& isa, std::int64_t batch, std::int64_t channels, std::int64_t height,
                        std::int64_t width, std::int64_t outputs, std::int64_t padding, std::uintptr_t x,
                        std::uintptr_t weight, std::uintptr_t bias, std::uintptr_t out, std::uintptr_t winner) {
        const Kernels kernels = named(isa);
        nb::gil_scoped_release release;
        kernels.forward({batch, channels, height, width, outputs, padding}, at<float>(x), at<float>(weight),
                        at<float>(bias), at<float>(out), at<std::uint8_t>(winner));
    });
    m.def("backward", [](const std::string& isa, std::int64_t batch, std::int64_t channels, std::int64_t height,
                         std::int64_t width, std::int64_t outputs, std::int64_t padding, std::uintptr_t x,
                         std::uintptr_t weight, std::uintptr_t grad_out, std::uintptr_t winner, std::uintptr_t grad_x,
                         std::uintptr_t grad_weight, std::uintptr_t grad_bias) {
        const Kernels kernels = named(isa);
        nb::gil_scoped_release release;
        kernels.backward({batch, channels, height, width, outputs, padding}, at<float>(x), at<float>(weight),
                         at<float>(grad_out), at<std::uint8_t>(winner), at<float>(grad_x), at<float>(grad_weight),
                         at<float>(grad_bias));
    });
}
