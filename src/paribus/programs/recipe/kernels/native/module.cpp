// The Python module: picks the instruction set, and takes addresses, so that it links to nothing of torch.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "instruction_sets.hpp"

namespace nb = nanobind;

namespace paribus {

Kernels named(const std::string& name) {
    for (const Kernels& kernels : available())
        if (name == kernels.name) return kernels;
    throw std::invalid_argument("this processor has no " + name);
}

int activation_named(const std::string& name) {
    for (std::size_t i = 0; i < std::size(kActivations); ++i)
        if (name == kActivations[i]) return static_cast<int>(i);
    throw std::invalid_argument("no activation is called " + name);
}

template <typename T>
T* at(std::uintptr_t address) {
    return reinterpret_cast<T*>(address);
}

// A network of the LeNet family as Python keeps it: `Network` there, with the sizes that `gradient` needs.
class LeNetGradient {
  public:
    LeNetGradient(const std::string& isa, std::int64_t channels, std::int64_t height, std::int64_t width, std::int64_t first,
            std::int64_t second, std::vector<std::int64_t> widths, const std::string& activation)
        : gradient_(named(isa).gradient), widths_(std::move(widths)),
          net_{channels, height, width, first, second, widths_.data(), std::int64_t(widths_.size()),
               activation_named(activation)} {
        if (widths_.empty()) throw std::invalid_argument("a network has at least one dense layer");
    }
    LeNetGradient(const LeNetGradient&) = delete;

    // loss: float32, correct: int64, one of each.
    void learn(std::int64_t count, std::uintptr_t images, std::uintptr_t labels, float smoothing,
               std::uintptr_t parameters, std::uintptr_t gradients, std::uintptr_t loss, std::uintptr_t correct) const {
        nb::gil_scoped_release release;
        const LossAndCorrect answer = gradient_(net_, {count, at<float>(images), at<std::int64_t>(labels), smoothing},
                                        at<float>(parameters), at<float>(gradients));
        *at<float>(loss) = static_cast<float>(answer.loss);
        *at<std::int64_t>(correct) = answer.correct;
    }

  private:
    Gradient gradient_;
    std::vector<std::int64_t> widths_;
    Network net_;
};

}  // namespace paribus

NB_MODULE(_native, m) {
    using namespace paribus;
    m.doc() = "Kernels for networks of the LeNet family, on addresses of contiguous float32 tensors.";
    m.def("available", [] {
        nb::list names;
        for (const Kernels& kernels : available()) names.append(kernels.name);
        return names;
    });
    m.def("look_up", [](std::uintptr_t source, std::int64_t size, std::uintptr_t chosen, std::int64_t count,
                        std::uintptr_t table, std::uintptr_t out) {
        static const LookUp look_up = available().back().look_up;  // whichever: they differ in speed alone
        look_up(at<std::uint8_t>(source), size, at<std::int64_t>(chosen), count, at<float>(table), at<float>(out));
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
    m.def("activations", [] {
        nb::list names;
        for (const char* name : kActivations) names.append(name);
        return names;
    });
    m.def("activate", [](const std::string& isa, const std::string& activation, std::uintptr_t z, std::int64_t count) {
        named(isa).activate(activation_named(activation), at<float>(z), count);
    });
    m.def("chain", [](const std::string& isa, const std::string& activation, std::uintptr_t y, std::uintptr_t grad,
                      std::int64_t count) {
        named(isa).chain(activation_named(activation), at<float>(y), at<float>(grad), count);
    });
    nb::class_<LeNetGradient>(m, "Network", "Loss and gradient of a network of the LeNet family, on one batch.")
        .def(nb::init<const std::string&, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                      std::vector<std::int64_t>, const std::string&>())
        .def("learn", &LeNetGradient::learn);
}
