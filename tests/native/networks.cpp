// The gradient of whole networks under sanitizers, operands in allocations of exactly their size, against plain loops in
// double. The activation is tanh in all: the others are looked at by themselves (activations.cpp).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "exact.hpp"

namespace {

using namespace paribus;
using Numbers = std::vector<double>;
constexpr int kTanh = 3;

// One layer of the plain loops: parameters at `at`, and what it needs on its way back.
struct Conv {
    Shape s;
    std::int64_t at;
    Numbers in, out;
    std::vector<std::int64_t> won;
    double gap = INFINITY;  // least, over all pools, between the two largest

    std::int64_t bias() const { return at + s.outputs * s.channels * 25; }

    template <typename Visit>
    void taps(std::int64_t y, std::int64_t x, Visit visit) const {
        for (std::int64_t c = 0; c < s.channels; ++c)
            for (int k = 0; k < 25; ++k) {
                const std::int64_t iy = y + k / 5 - s.padding, ix = x + k % 5 - s.padding;
                if (iy >= 0 && iy < s.height && ix >= 0 && ix < s.width) visit(c * 25 + k, (c * s.height + iy) * s.width + ix);
            }
    }

    void forward(const Numbers& p, Numbers x) {
        in = std::move(x), out.clear(), won.clear();
        for (std::int64_t o = 0; o < s.outputs; ++o)
            for (std::int64_t y = 0; y < s.pooled_height(); ++y)
                for (std::int64_t x = 0; x < s.pooled_width(); ++x) {
                    double best = -INFINITY, next = best;
                    std::int64_t place = 0;
                    for (int q = 0; q < 4; ++q) {
                        double sum = p[bias() + o];
                        taps(2 * y + q / 2, 2 * x + q % 2,
                             [&](std::int64_t w, std::int64_t i) { sum += p[at + o * s.channels * 25 + w] * in[i]; });
                        if (sum > best) next = best, best = sum, place = q;
                        else next = std::max(next, sum);
                    }
                    out.push_back(std::tanh(best)), won.push_back(place), gap = std::min(gap, best - next);
                }
    }

    Numbers backward(const Numbers& p, const Numbers& grad, Numbers& into) const {
        Numbers back(in.size());
        const std::int64_t pw = s.pooled_width(), positions = s.pooled_height() * pw;
        for (std::int64_t i = 0; i < std::int64_t(out.size()); ++i) {
            const double g = grad[i] * (1 - out[i] * out[i]);
            const std::int64_t o = i / positions, y = i % positions / pw, x = i % pw, first = at + o * s.channels * 25;
            into[bias() + o] += g;
            taps(2 * y + won[i] / 2, 2 * x + won[i] % 2, [&](std::int64_t w, std::int64_t j) {
                into[first + w] += g * in[j], back[j] += g * p[first + w];
            });
        }
        return back;
    }
};

// A sample's part of the loss; adds that of the gradient. NaN, and nothing is added, where two of a pool are so close that
// either may win in float.
double learn(const Network& net, const Numbers& p, Numbers x, std::int64_t label, double share, Numbers& into) {
    Conv first{{1, net.channels, net.height, net.width, net.first, 2}, 0, {}, {}, {}};
    Conv second{{1, net.first, net.height / 2, net.width / 2, net.second, 0}, first.bias() + net.first, {}, {}, {}};
    first.forward(p, std::move(x));
    second.forward(p, first.out);
    if (first.gap < 1e-5 || second.gap < 1e-5) return NAN;
    std::vector<Numbers> values{second.out};
    std::vector<std::int64_t> places{second.bias() + net.second};
    for (std::int64_t i = 0; i < net.layers; ++i) {
        const std::int64_t inputs = values[i].size(), bias = places[i] + net.widths[i] * inputs;
        Numbers z(net.widths[i]);
        for (std::int64_t o = 0; o < net.widths[i]; ++o) {
            z[o] = p[bias + o];
            for (std::int64_t k = 0; k < inputs; ++k) z[o] += p[places[i] + o * inputs + k] * values[i][k];
            if (i + 1 < net.layers) z[o] = std::tanh(z[o]);
        }
        values.push_back(z), places.push_back(bias + net.widths[i]);
    }
    Numbers grad = values.back();
    double sum = 0;
    for (double z : values.back()) sum += std::exp(z);
    for (double& g : grad) g = std::exp(g) / sum * share;
    grad[label] -= share;
    for (std::int64_t i = net.layers - 1; i >= 0; --i) {
        const std::int64_t inputs = values[i].size();
        Numbers below(inputs);
        for (std::int64_t o = 0; o < net.widths[i]; ++o) {
            const double g = i + 1 < net.layers ? grad[o] * (1 - values[i + 1][o] * values[i + 1][o]) : grad[o];
            into[places[i] + net.widths[i] * inputs + o] += g;
            for (std::int64_t k = 0; k < inputs; ++k) {
                into[places[i] + o * inputs + k] += g * values[i][k];
                below[k] += g * p[places[i] + o * inputs + k];
            }
        }
        grad = below;
    }
    first.backward(p, second.backward(p, grad, into), into);
    return (std::log(sum) - values.back()[label]) * share;
}

void check(const Network& net, std::int64_t batch, const Kernels& kernels, Random& random) {
    std::int64_t parameters = net.first * (net.channels * 25 + 1) + net.second * (net.first * 25 + 1);
    std::int64_t inputs = net.second * ((net.height / 2 - 4) / 2) * ((net.width / 2 - 4) / 2);
    for (std::int64_t i = 0; i < net.layers; inputs = net.widths[i++]) parameters += net.widths[i] * (inputs + 1);
    const std::int64_t image = net.channels * net.height * net.width;
    Exact<float> values(parameters), gradients(parameters), images(batch * image);
    Exact<std::int64_t> labels(batch);
    std::normal_distribution<float> normal;
    for (std::int64_t i = 0; i < parameters; ++i) values[i] = normal(random) / 8, gradients[i] = NAN;
    for (std::int64_t i = 0; i < batch; ++i) labels[i] = one_of(random, 0, net.widths[net.layers - 1] - 1);

    const Numbers exact(values.data.get(), values.data.get() + parameters);
    Numbers truth(parameters);
    double loss = 0, scale = 0, worst = 0;
    for (std::int64_t n = 0; n < batch; ++n) {
        float* const from = images.data.get() + n * image;
        double part = NAN;
        while (std::isnan(part)) {
            for (std::int64_t i = 0; i < image; ++i) from[i] = normal(random);
            part = learn(net, exact, Numbers(from, from + image), labels[n], 1.0 / double(batch), truth);
        }
        loss += part;
    }
    const Batch all{batch, images.data.get(), labels.data.get(), 0};
    const LossAndCorrect answer = kernels.gradient(net, all, values.data.get(), gradients.data.get());
    for (std::int64_t i = 0; i < parameters; ++i) {
        scale = std::max(scale, std::fabs(truth[i]));
        worst = std::max(worst, std::isnan(gradients[i]) ? INFINITY : std::fabs(truth[i] - gradients[i]));
    }
    if (std::fabs(answer.loss - loss) <= 1e-5 * loss && worst <= 1e-5 * scale) return;
    std::fprintf(stderr, "%s: batch %ld of a network of %ld parameters: loss %g for %g, a gradient %g off, scale %g\n",
                 kernels.name, long(batch), long(parameters), answer.loss, loss, worst, scale);
    std::exit(1);
}

}  // namespace

int check_networks(const Kernels& kernels) {
    Random random(5);
    constexpr int count = 24;
    for (int i = 0; i < count; ++i) {
        std::vector<std::int64_t> widths(one_of(random, 1, 3));
        for (auto& width : widths) width = one_of(random, 2, 40);
        const Network net{one_of(random, 1, 3),  one_of(random, 12, 19), one_of(random, 12, 19), one_of(random, 1, 7),
                          one_of(random, 1, 9), widths.data(),          std::int64_t(widths.size()), kTanh};
        const std::int64_t batches[] = {1, 3, 16, 17, 66};
        check(net, batches[i % 5], kernels, random);
    }
    return count;
}
