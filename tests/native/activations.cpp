// Each activation and its slope under sanitizers, against the C library's functions in double. tests/matter compares them
// with PyTorch's too, but only on the machine that Paribus was built for.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "exact.hpp"

namespace {

using namespace paribus;

constexpr double kScale = 1.0507009873554805, kAlpha = 1.6732632423543772;  // SELU's (Klambauer et al. 2017)

struct Function {
    const char* name;
    double (*value)(double z);
    double (*slope)(double z);
    double kink;  // a slope is not looked at within a rounding of it, and of its opposite
};

double logistic(double z) { return 1 / (1 + std::exp(-z)); }

// In the order of kActivations
const Function kTruth[] = {
    {"identity", [](double z) { return z; }, [](double) { return 1.0; }, -1},
    {"sigmoid", logistic, [](double z) { return logistic(z) * logistic(-z); }, -1},
    {"hard_sigmoid", [](double z) { return std::fmin(std::fmax(z + 3, 0), 6) / 6; },
     [](double z) { return std::fabs(z) < 3 ? 1.0 / 6 : 0; }, 3},
    {"tanh", [](double z) { return std::tanh(z); }, [](double z) { return 1 - std::tanh(z) * std::tanh(z); }, -1},
    {"relu", [](double z) { return z < 0 ? 0 : z; }, [](double z) { return z < 0 ? 0.0 : 1.0; }, 0},
    {"leaky_relu", [](double z) { return z < 0 ? 0.01 * z : z; }, [](double z) { return z < 0 ? 0.01 : 1.0; }, 0},
    {"elu", [](double z) { return z < 0 ? std::expm1(z) : z; }, [](double z) { return z < 0 ? std::exp(z) : 1.0; }, 0},
    {"selu", [](double z) { return kScale * (z < 0 ? kAlpha * std::expm1(z) : z); },
     [](double z) { return kScale * (z < 0 ? kAlpha * std::exp(z) : 1); }, 0},
    {"softplus", [](double z) { return std::fmax(z, 0) + std::log1p(std::exp(-std::fabs(z))); }, logistic, -1},
};

std::vector<float> places() {
    std::vector<float> z{0.0f, -0.0f, 1e-40f, -1e-40f, 1e-30f, -1e-30f, 1e-7f, -1e-7f};
    for (int i = -2000; i <= 2000; ++i) z.push_back(float(i) / 2000), z.push_back(float(i) * 0.0551f);
    for (float odd : {1.0f, -1.0f}) z.push_back(odd * std::numeric_limits<float>::infinity());
    z.push_back(std::numeric_limits<float>::quiet_NaN());
    return z;
}

[[noreturn]] void fail(const Kernels& kernels, const Function& f, const char* what, float z, double mine,
                       double truth) {
    std::fprintf(stderr, "%s: the %s of %s at %g is %g, the C library has %g\n", kernels.name, what, f.name, z, mine,
                 truth);
    std::exit(1);
}

void check(int number, const Kernels& kernels) {
    const Function& f = kTruth[number];
    const std::vector<float> z = places();
    const std::int64_t count = std::int64_t(z.size());
    Exact<float> y(count), slope(count);
    for (std::int64_t i = 0; i < count; ++i) y[i] = z[i], slope[i] = 1;
    kernels.activate(number, y.data.get(), count);
    kernels.chain(number, y.data.get(), slope.data.get(), count);
    for (std::int64_t i = 0; i < count; ++i) {
        if (std::isnan(z[i])) {
            if (!std::isnan(y[i])) fail(kernels, f, "value", z[i], y[i], NAN);
            continue;
        }
        const double v = f.value(z[i]), s = f.slope(z[i]);
        const bool same = y[i] == v || std::fabs(y[i] - v) <= 1e-6 * std::fabs(v) + 1e-37;  // equal where infinite
        if (!same) fail(kernels, f, "value", z[i], y[i], v);
        // A slope is found from the value, so to the last place of one, not of itself.
        const bool kink = std::fabs(std::fabs(z[i]) - f.kink) < 1e-5;
        if (!kink && !(std::fabs(slope[i] - s) <= 1e-6 * s + 4e-7)) fail(kernels, f, "slope", z[i], slope[i], s);
    }
}

}  // namespace

int check_activations(const Kernels& kernels) {
    constexpr int count = sizeof(kActivations) / sizeof(*kActivations);
    static_assert(count == sizeof(kTruth) / sizeof(*kTruth), "an activation of the kernels is not checked here");
    for (int i = 0; i < count; ++i) {
        if (std::strcmp(kActivations[i], kTruth[i].name) != 0) {
            std::fprintf(stderr, "activation %d is %s here and %s in the kernels\n", i, kTruth[i].name, kActivations[i]);
            std::exit(1);
        }
        check(i, kernels);
    }
    return count;
}
