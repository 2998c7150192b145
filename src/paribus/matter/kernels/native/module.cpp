// The Python module: picks the instruction set, and takes addresses, so that it links to nothing of torch.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <stdexcept>
#include <string>

#include "instruction_sets.hpp"

namespace nb = nanobind;

namespace paribus {

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
