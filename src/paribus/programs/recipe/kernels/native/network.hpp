// The gradient of a whole network of the LeNet family in one call: two convolutions with pooling, then dense layers, and
// the mean cross entropy of a batch.
#pragma once
#include <cstdint>

namespace paribus {

// An activation's place in this list is its number, and the order of `with_activation`.
constexpr const char* kActivations[] = {"identity",   "sigmoid", "hard_sigmoid", "tanh",    "relu",
                                        "leaky_relu", "elu",     "selu",         "softplus"};

// z becomes the activation's value; count may be anything.
using Activate = void (*)(int activation, float* z, std::int64_t count);

// grad, of values y, becomes the gradient of what they are the values of.
using Chain = void (*)(int activation, const float* y, float* grad, std::int64_t count);

// channels, height, width: of the images. first, second: channels of the convolutions (5x5, the first with a padding of
// two). widths: of the `layers` dense layers, the classes last. activation: after every layer but the last.
struct Network {
    std::int64_t channels, height, width, first, second;
    const std::int64_t* widths;
    std::int64_t layers;
    int activation;
};

// images: [count, channels, height, width]; labels: [count], each the number of a class.
struct Batch {
    std::int64_t count;
    const float* images;
    const std::int64_t* labels;
    float smoothing;
};

// loss: mean cross entropy in nats, with the labels smoothed; correct: samples whose label has the largest logit.
struct LossAndCorrect {
    double loss;
    std::int64_t correct;
};

// parameters, gradients: each layer's weight and then its bias, as they lie in PyTorch. gradients is
// written, whatever is in it.
using Gradient = LossAndCorrect (*)(const Network&, const Batch&, const float* parameters, float* gradients);

}  // namespace paribus
