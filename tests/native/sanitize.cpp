// The kernels of every instruction set under AddressSanitizer and UndefinedBehaviorSanitizer: `make sanitize`, `make neon`.
//
// Operands lie in allocations of exactly their size, so that a read or write beyond one ends the program; so does any
// result that differs from a plain loop in double. Shapes, ties, NaN, infinities and denormals are drawn from a seed.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include "exact.hpp"
#include "instruction_sets.hpp"

namespace {

using namespace paribus;

struct Case {
    Shape shape;
    const char* values;  // what x and the gradient are drawn from
};

Exact<float> draw(std::int64_t size, const char* values, Random& random) {
    Exact<float> drawn(size);
    std::normal_distribution<float> normal;
    const float odd[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                         -std::numeric_limits<float>::infinity()};
    for (std::int64_t i = 0; i < size; ++i) {
        drawn[i] = normal(random);
        if (values[0] == 't') drawn[i] = static_cast<float>(one_of(random, -1, 1));  // ties
        if (values[0] == 'd') drawn[i] *= 1e-39f;                                    // denormals
        if (values[0] == 'o' && one_of(random, 0, 20) == 0) drawn[i] = odd[one_of(random, 0, 2)];
    }
    return drawn;
}

[[noreturn]] void fail(const Case& c, const char* isa, const char* what, double mine, double truth) {
    const Shape& s = c.shape;
    std::fprintf(stderr, "%s: %s is %g, a plain loop has %g\n", isa, what, mine, truth);
    std::fprintf(stderr, "batch %ld, channels %ld, %ldx%ld, outputs %ld, padding %ld, %s\n", long(s.batch),
                 long(s.channels), long(s.height), long(s.width), long(s.outputs), long(s.padding), c.values);
    std::exit(1);
}

// `magnitude` is the sum of the absolute terms: what rounding is a part of.
void expect(const Case& c, const char* isa, const char* what, double mine, double truth, double magnitude) {
    if (std::isnan(mine) && std::isnan(truth)) return;
    if (mine == truth) return;
    if (!(std::fabs(mine - truth) <= 1e-5 * magnitude + 1e-42)) fail(c, isa, what, mine, truth);
}

struct Sum {
    void add(double term) { value += term, magnitude += std::fabs(term); }
    double value = 0, magnitude = 0;
};

// One place of the convolution, and whether a tap reaches into x (padding is skipped, as a sum of zeros is).
template <typename Visit>
void taps(const Shape& s, std::int64_t y, std::int64_t x, Visit visit) {
    for (int ky = 0; ky < 5; ++ky)
        for (int kx = 0; kx < 5; ++kx) {
            const std::int64_t iy = y + ky - s.padding, ix = x + kx - s.padding;
            if (iy >= 0 && iy < s.height && ix >= 0 && ix < s.width) visit(ky * 5 + kx, iy * s.width + ix);
        }
}

void check_forward(const Case& c, const char* isa, const Exact<float>& x, const Exact<float>& weight,
                   const Exact<float>& bias, const Exact<float>& out, const Exact<std::uint8_t>& winner) {
    const Shape& s = c.shape;
    const std::int64_t plane = s.height * s.width, ph = s.pooled_height(), pw = s.pooled_width();
    for (std::int64_t p = 0; p < out.size; ++p) {
        const std::int64_t n = p / (s.outputs * ph * pw), o = p / (ph * pw) % s.outputs;
        Sum four[4];
        for (int q = 0; q < 4; ++q) {
            four[q].add(bias[o]);
            for (std::int64_t ch = 0; ch < s.channels; ++ch)
                taps(s, 2 * (p / pw % ph) + q / 2, 2 * (p % pw) + q % 2, [&](int tap, std::int64_t at) {
                    const std::int64_t i = (n * s.channels + ch) * plane + at;
                    four[q].add(double(x[i]) * weight[(o * s.channels + ch) * 25 + tap]);
                });
        }
        int best = 0;  // the first of equals, and NaN before anything
        for (int q = 1; q < 4; ++q)
            if (four[q].value > four[best].value || std::isnan(four[q].value)) best = q;
        const int won = winner[p];
        if (won > 3) fail(c, isa, "a winner", won, best);
        expect(c, isa, "a pooled value", out[p], four[best].value, four[best].magnitude);
        // Where two are equal but for rounding either may win; where arithmetic is exact the first must.
        if (c.values[0] == 't' && won != best) fail(c, isa, "the winner of a tie", won, best);
        expect(c, isa, "the winner's value", four[won].value, four[best].value, four[best].magnitude);
    }
}

void check_backward(const Case& c, const char* isa, const Exact<float>& x, const Exact<float>& weight,
                    const Exact<float>& grad, const Exact<std::uint8_t>& winner, const Exact<float>& grad_x,
                    const Exact<float>& grad_weight, const Exact<float>& grad_bias) {
    const Shape& s = c.shape;
    const std::int64_t plane = s.height * s.width, ph = s.pooled_height(), pw = s.pooled_width();
    std::vector<Sum> of_x(x.size), of_weight(weight.size), of_bias(s.outputs);
    for (std::int64_t p = 0; p < grad.size; ++p) {
        const std::int64_t n = p / (s.outputs * ph * pw), o = p / (ph * pw) % s.outputs;
        of_bias[o].add(grad[p]);
        for (std::int64_t ch = 0; ch < s.channels; ++ch)
            taps(s, 2 * (p / pw % ph) + winner[p] / 2, 2 * (p % pw) + winner[p] % 2, [&](int tap, std::int64_t at) {
                const std::int64_t i = (n * s.channels + ch) * plane + at, w = (o * s.channels + ch) * 25 + tap;
                of_x[i].add(double(grad[p]) * weight[w]);
                of_weight[w].add(double(grad[p]) * x[i]);
            });
    }
    for (std::int64_t i = 0; i < x.size; ++i)
        expect(c, isa, "a gradient of x", grad_x[i], of_x[i].value, of_x[i].magnitude);
    for (std::int64_t i = 0; i < weight.size; ++i)
        expect(c, isa, "a gradient of weight", grad_weight[i], of_weight[i].value, of_weight[i].magnitude);
    for (std::int64_t i = 0; i < s.outputs; ++i)
        expect(c, isa, "a gradient of bias", grad_bias[i], of_bias[i].value, of_bias[i].magnitude);
}

void run(const Case& c, const Kernels& kernels, Random random) {
    const Shape& s = c.shape;
    const std::int64_t pooled = s.batch * s.outputs * s.pooled_height() * s.pooled_width();
    const Exact<float> x = draw(s.batch * s.channels * s.height * s.width, c.values, random);
    const char* whole = c.values[0] == 't' ? c.values : "normal";  // so that sums of ties are exact
    const Exact<float> weight = draw(s.outputs * s.channels * 25, whole, random);
    const Exact<float> bias = draw(s.outputs, whole, random);
    const Exact<float> grad = draw(pooled, "normal", random);
    Exact<float> out(pooled), unwatched(pooled), grad_x(x.size), grad_weight(weight.size), grad_bias(s.outputs);
    Exact<float> weight_alone(weight.size), bias_alone(s.outputs);
    Exact<std::uint8_t> winner(pooled);

    kernels.forward(s, x.data.get(), weight.data.get(), bias.data.get(), out.data.get(), winner.data.get());
    check_forward(c, kernels.name, x, weight, bias, out, winner);
    kernels.forward(s, x.data.get(), weight.data.get(), bias.data.get(), unwatched.data.get(), nullptr);
    for (std::int64_t i = 0; i < pooled; ++i) expect(c, kernels.name, "a value unwatched", unwatched[i], out[i], 0);

    kernels.backward(s, x.data.get(), weight.data.get(), grad.data.get(), winner.data.get(), grad_x.data.get(),
                     grad_weight.data.get(), grad_bias.data.get());
    // With NaN or infinities in x what zero times them is depends on which taps are skipped; only reading is checked.
    if (c.values[0] != 'o') check_backward(c, kernels.name, x, weight, grad, winner, grad_x, grad_weight, grad_bias);
    kernels.backward(s, x.data.get(), weight.data.get(), grad.data.get(), winner.data.get(), nullptr,
                     weight_alone.data.get(), bias_alone.data.get());
    for (std::int64_t i = 0; i < weight.size; ++i)
        expect(c, kernels.name, "a weight's gradient alone", weight_alone[i], grad_weight[i], 0);
}

}  // namespace

int main() {
    std::vector<Case> cases;
    Random random(20240229);
    const char* kinds[] = {"normal", "ties", "odd: NaN and infinities", "denormal"};
    // The lesson's two layers; the smallest there are; batches of a whole vector and of one more.
    for (const Shape& s : {Shape{17, 1, 28, 28, 6, 2}, Shape{17, 6, 14, 14, 16, 0}, Shape{1, 1, 6, 6, 1, 0},
                           Shape{1, 1, 2, 2, 1, 2}, Shape{33, 1, 6, 7, 7, 0}, Shape{16, 3, 12, 13, 6, 1}})
        for (const char* values : kinds) cases.push_back({s, values});
    for (int i = 0; i < 80; ++i) {
        const std::int64_t padding = one_of(random, 0, 2), least = 6 - 2 * padding;
        const Shape s{one_of(random, 1, 40),          one_of(random, 1, 7), one_of(random, least, 17),
                      one_of(random, least, 17),      one_of(random, 1, 20), padding};
        cases.push_back({s, kinds[i % 4]});
    }
    for (const Kernels& kernels : available()) {
        for (std::size_t i = 0; i < cases.size(); ++i) run(cases[i], kernels, Random(static_cast<unsigned>(i)));
        std::printf("%s: %zu shapes, forward and backward, clean\n", kernels.name, cases.size());
        std::printf("%s: %d networks, clean\n", kernels.name, check_networks(kernels));
        std::printf("%s: %d activations and their slopes, clean\n", kernels.name, check_activations(kernels));
        std::printf("%s: %d batches of images, clean\n", kernels.name, check_images(kernels));
    }
}
