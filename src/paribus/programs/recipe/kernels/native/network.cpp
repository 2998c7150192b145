// The gradient of a whole network, a panel of samples at a time, so that what a panel needs stays in the caches.
//
// Values lie in panels, samples side by side, for the dense products and activations; and in rows, a sample each, for
// what sums over samples (the gradients of weights) and for the convolutions' backward pass. Of a panel of samples:
//
//     buffer         what                             layout                                    written by   read by
//     planes_        padded images                    [channel][y][x] x lanes of samples        forward      conv1_
//     hidden_        values after convolution 1       [channel][y][x] x lanes of samples        forward      conv2_
//     hidden_rows_   the same                         a row a sample, channels last             forward      backward
//     panels_        values before each dense layer   a panel each: [feature][sample]           forward      all
//     rows_          the same                         a row a sample, padded to vectors         forward      backward
//     grad_          gradient of one panel            as that panel; grad_below_: of the next   backward     backward
//     conv_grad_     gradient after convolution 2     a row for each of a vector of samples,    backward     back2_
//                                                     channels last
//     hidden_grad_   gradient after convolution 1     one sample, channels last                 back2_       back1_
//     pixels_        a padded image                   one sample, channels last                 backward     back1_
//
// hidden_rows_ serves as the padded pixels of convolution 2 without a copy, for that one has no padding.
#include "network.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "activations.hpp"
#include "convolution.hpp"
#include "gemm.hpp"

namespace paribus::PARIBUS_ISA {
namespace {

std::int64_t weights(const Shape& s) { return s.outputs * s.channels * kTaps; }
std::int64_t pooled(const Shape& s) { return s.outputs * s.pooled_height() * s.pooled_width(); }

// Which feature of [channels][places] comes first, second, ... where channels are last
void order_channels_last(std::int64_t channels, std::int64_t features, std::int32_t* order) {
    const std::int64_t places = features / channels;
    for (std::int64_t p = 0; p < places; ++p)
        for (std::int64_t c = 0; c < channels; ++c) *order++ = static_cast<std::int32_t>(c * places + p);
}

// One dense layer: its sizes, where its parameters lie in theirs, and where its inputs lie in panels and in rows.
struct Dense {
    std::int64_t inputs, outputs, weight, bias, panel, row;
};

// Sizes and places of all layers. The logits' are those of one dense layer more, without outputs.
struct Plan {
    explicit Plan(const Network& net)
        : conv1{1, net.channels, net.height, net.width, net.first, 2},
          conv2{1, net.first, conv1.pooled_height(), conv1.pooled_width(), net.second, 0}, bias1(weights(conv1)),
          weight2(bias1 + net.first), bias2(weight2 + weights(conv2)), layers(net.layers), dense(net.layers + 1) {
        std::int64_t parameter = bias2 + net.second, inputs = pooled(conv2);
        for (std::int64_t i = 0; i <= layers; ++i) {
            const std::int64_t outputs = i < layers ? net.widths[i] : 0;
            dense.data[i] = {inputs, outputs, parameter, parameter + outputs * inputs, panel, row};
            parameter += outputs * (inputs + 1);
            panel += inputs, row += round_up(inputs), widest = std::max(widest, inputs);
            inputs = outputs;
        }
    }
    const Dense& operator[](std::int64_t i) const { return dense.data[i]; }

    const Shape conv1, conv2;
    const std::int64_t bias1, weight2, bias2, layers;
    std::int64_t panel = 0, row = 0, widest = 0;  // floats a sample
    Buffer<Dense> dense;
};

class Pass {
  public:
    Pass(const Network& net, const float* parameters, float* gradients)
        : activation_(net.activation), plan_(net), parameters_(parameters), gradients_(gradients),
          conv1_(plan_.conv1, parameters, parameters + plan_.bias1),
          conv2_(plan_.conv2, parameters + plan_.weight2, parameters + plan_.bias2), back1_(plan_.conv1, nullptr),
          back2_(plan_.conv2, parameters + plan_.weight2), planes_(conv1_.padded()), hidden_(conv2_.padded()),
          hidden_order_(conv2_.padded()), grad_order_(plan_[0].inputs),
          hidden_rows_(conv2_.padded() * (kPanel - 1) + padded_pixels(plan_.conv2)),
          hidden_grad_(padded_pixels(plan_.conv2)), pixels_(padded_pixels(plan_.conv1)),
          panels_(plan_.panel * kPanel), rows_(plan_.row * kPanel), grad_(plan_.widest * kPanel), grad_below_(plan_.widest * kPanel),
          conv_grad_(plan_[0].inputs * kLanes + kLanes), winners1_(pooled(plan_.conv1) * kPanel),
          winners2_(pooled(plan_.conv2) * kPanel) {
        planes_.clear(conv1_.padded());
        pixels_.clear(padded_pixels(plan_.conv1));
        order_channels_last(plan_.conv2.channels, conv2_.padded(), hidden_order_.data);
        order_channels_last(plan_.conv2.outputs, plan_[0].inputs, grad_order_.data);
    }

    // From images to logits, for `count` samples, at most kPanel.
    void forward(const float* images, std::int64_t count) {
        const std::int64_t image = plan_.conv1.channels * plan_.conv1.height * plan_.conv1.width;
        const std::int64_t middle = pooled(plan_.conv1), end = pooled(plan_.conv2);
        width_ = round_up(count);
        for (std::int64_t n = 0; n < count; n += kLanes) {
            const std::int64_t some = std::min<std::int64_t>(kLanes, count - n);
            conv1_.pack(images + n * image, some, planes_.data);
            conv1_.run(planes_.data, some, hidden_.data, 1, winners1_.data + n * middle);
            activate(activation_, reinterpret_cast<float*>(hidden_.data), middle * kLanes);
            unpack(hidden_.data, 1, middle, some, hidden_rows_.data + n * middle, middle, hidden_order_.data);
            conv2_.run(hidden_.data, some, reinterpret_cast<Lanes*>(panel(0) + n), width_ / kLanes,
                       winners2_.data + n * end);
        }
        for (std::int64_t i = 0; i < plan_.layers; ++i) {
            const Dense& layer = plan_[i];
            activate(activation_, panel(i), layer.inputs * width_);
            for (std::int64_t n = 0; n < count; n += kLanes)
                unpack(reinterpret_cast<Lanes*>(panel(i) + n), width_ / kLanes, layer.inputs,
                       std::min<std::int64_t>(kLanes, count - n), rows(i) + n * round_up(layer.inputs),
                       round_up(layer.inputs));
            for (std::int64_t o = 0; o < layer.outputs; ++o)
                for (std::int64_t n = 0; n < width_; n += kLanes)
                    store(panel(i + 1) + o * width_ + n, splat(parameters_[layer.bias + o]));
            gemm(layer.outputs, layer.inputs, width_, {parameters_ + layer.weight, layer.inputs, 1}, panel(i), width_,
                    true, panel(i + 1), width_);
        }
    }

    // Adds what the logits are worth to `answer`, and puts their gradients in place.
    void softmax_cross_entropy(const Batch& batch, std::int64_t first, std::int64_t count, LossAndCorrect& answer) {
        const std::int64_t classes = plan_[plan_.layers].inputs;
        const float share = batch.smoothing / static_cast<float>(classes);
        const float each = 1.0f / static_cast<float>(batch.count);
        for (std::int64_t n = 0; n < count; n += kLanes) {
            const std::int64_t some = std::min<std::int64_t>(kLanes, count - n);
            LaneInts label = LaneInts{} - 1;
            for (std::int64_t i = 0; i < some; ++i) label[i] = static_cast<std::int32_t>(batch.labels[first + n + i]);
            const float* logits = panel(plan_.layers) + n;
            float* grad = grad_.data + n;

            Lanes top = load(logits);
            LaneInts best = {};
            for (std::int64_t c = 1; c < classes; ++c) {  // as PyTorch: the first of equals, and NaN before anything
                const Lanes z = load(logits + c * width_);
                const LaneInts wins = (z > top) | ((z != z) & (top == top));
                top = wins ? z : top;
                best = wins ? LaneInts{} + static_cast<std::int32_t>(c) : best;
            }
            Lanes sum = {}, right = {}, all = {};
            for (std::int64_t c = 0; c < classes; ++c) {
                const Lanes z = load(logits + c * width_) - top, e = exp(z);
                store(grad + c * width_, e);
                sum += e, all += z;
                right = label == static_cast<std::int32_t>(c) ? z : right;
            }
            for (std::int64_t c = 0; c < classes; ++c) {
                const Lanes target = label == static_cast<std::int32_t>(c) ? splat(1.0f - batch.smoothing) : Lanes{};
                const Lanes gradient_of_logit = (load(grad + c * width_) / sum - target - share) * each;
                store(grad + c * width_, label < 0 ? Lanes{} : gradient_of_logit);
            }
            for (std::int64_t i = 0; i < some; ++i) {
                const double logarithm = std::log(static_cast<double>(sum[i]));
                answer.loss += (1.0 - batch.smoothing) * (logarithm - right[i]);
                if (share > 0) answer.loss += batch.smoothing * (logarithm - all[i] / static_cast<double>(classes));
                answer.correct += best[i] == label[i];
            }
        }
    }

    // From the logits' gradients to all parameters'. The dense layers' are added to what is there where `add` says so,
    // the convolutions' are kept for `finish`.
    void backward(const float* images, std::int64_t count, bool add) {
        for (std::int64_t i = plan_.layers - 1; i >= 0; --i) {
            const Dense& layer = plan_[i];
            gemm(layer.outputs, count, layer.inputs, {grad_.data, width_, 1}, rows(i), round_up(layer.inputs), add,
                    gradients_ + layer.weight, layer.inputs);
            sum_samples(layer.outputs, count, add, gradients_ + layer.bias);
            gemm(layer.inputs, layer.outputs, width_, {parameters_ + layer.weight, 1, layer.inputs}, grad_.data,
                    width_, false, grad_below_.data, width_);
            chain(activation_, panel(i), grad_below_.data, layer.inputs * width_);
            std::swap(grad_.data, grad_below_.data);
        }
        const std::int64_t image = plan_.conv1.channels * plan_.conv1.height * plan_.conv1.width;
        const std::int64_t middle = pooled(plan_.conv1), end = pooled(plan_.conv2);
        for (std::int64_t n = 0; n < count; ++n) {
            if (n % kLanes == 0)
                unpack(reinterpret_cast<Lanes*>(grad_.data + n), width_ / kLanes, end,
                       std::min<std::int64_t>(kLanes, count - n), conv_grad_.data, end, grad_order_.data);
            const float* hidden = hidden_rows_.data + n * middle;
            back2_.add(hidden, conv_grad_.data + n % kLanes * end, winners2_.data + n * end, hidden_grad_.data);
            chain(activation_, hidden, hidden_grad_.data, middle);
            channels_last(plan_.conv1, images + n * image, pixels_.data);
            back1_.add(pixels_.data, hidden_grad_.data, winners1_.data + n * middle, nullptr);
        }
    }

    void finish() {
        back1_.finish(gradients_, gradients_ + plan_.bias1);
        back2_.finish(gradients_ + plan_.weight2, gradients_ + plan_.bias2);
    }

  private:
    float* panel(std::int64_t layer) const { return panels_.data + plan_[layer].panel * kPanel; }
    float* rows(std::int64_t layer) const { return rows_.data + plan_[layer].row * kPanel; }

    // What lies in missing lanes may be NaN, where a weight is.
    void sum_samples(std::int64_t outputs, std::int64_t count, bool add, float* sums) const {
        LaneInts lane;
        for (int i = 0; i < kLanes; ++i) lane[i] = i;
        for (std::int64_t o = 0; o < outputs; ++o) {
            Lanes total = {};
            for (std::int64_t n = 0; n < width_; n += kLanes)
                total += lane < static_cast<std::int32_t>(count - n) ? load(grad_.data + o * width_ + n) : Lanes{};
            float sum = add ? sums[o] : 0.0f;
            for (int i = 0; i < kLanes; ++i) sum += total[i];
            sums[o] = sum;
        }
    }

    const int activation_;
    const Plan plan_;
    const float* parameters_;
    float* gradients_;
    const ConvForward conv1_, conv2_;
    ConvBackward back1_, back2_;
    std::int64_t width_ = 0;  // of a panel, in floats
    Buffer<Lanes> planes_, hidden_;
    Buffer<std::int32_t> hidden_order_, grad_order_;  // of hidden_rows_ and conv_grad_, whose channels are last
    Buffer<float> hidden_rows_, hidden_grad_, pixels_, panels_, rows_;
    Buffer<float> grad_, grad_below_;  // of the parameters of one panel, and of the one before it
    Buffer<float> conv_grad_;
    Buffer<std::uint8_t> winners1_, winners2_;
};

}  // namespace

LossAndCorrect gradient(const Network& net, const Batch& batch, const float* parameters, float* gradients) {
    const std::int64_t image = net.channels * net.height * net.width, classes = net.widths[net.layers - 1];
    for (std::int64_t n = 0; n < batch.count; ++n)
        if (batch.labels[n] < 0 || batch.labels[n] >= classes) throw std::out_of_range("a label is not one of the classes");
    Pass pass(net, parameters, gradients);
    LossAndCorrect answer{0, 0};
    for (std::int64_t first = 0; first < batch.count; first += kPanel) {
        const std::int64_t count = std::min(kPanel, batch.count - first);
        pass.forward(batch.images + first * image, count);
        pass.softmax_cross_entropy(batch, first, count, answer);
        pass.backward(batch.images + first * image, count, first > 0);
    }
    pass.finish();
    answer.loss /= static_cast<double>(batch.count);
    return answer;
}

}  // namespace paribus::PARIBUS_ISA
