// Convolution (5x5, stride 1) + bias + 2x2 max pooling, as one operation.
//
// The forward pass says which of the four won each pooled place; the backward pass visits the winners alone, a quarter
// of what a dense gradient would multiply. Every sum has one order, so results are the same bits from run to run.
#pragma once
#include <cstdint>

#include "network.hpp"

namespace paribus {

// Shapes of one layer. x: [batch, channels, height, width]; weight: [outputs, channels, 5, 5].
struct Shape {
    std::int64_t batch, channels, height, width, outputs, padding;

    std::int64_t padded_height() const { return height + 2 * padding; }
    std::int64_t padded_width() const { return width + 2 * padding; }
    std::int64_t pooled_height() const { return (padded_height() - 4) / 2; }
    std::int64_t pooled_width() const { return (padded_width() - 4) / 2; }
};

// out, winner: [batch, outputs, pooled height, pooled width]; winner is 0 to 3, row by row, or null if not wanted.
using Forward = void (*)(const Shape&, const float* x, const float* weight, const float* bias, float* out,
                         std::uint8_t* winner);

// grad_out as out; grad_x may be null where nobody wants it.
using Backward = void (*)(const Shape&, const float* x, const float* weight, const float* grad_out,
                          const std::uint8_t* winner, float* grad_x, float* grad_weight, float* grad_bias);

// out: the images of `size` bytes at `chosen` places in `source`, one after another; table: [256] what a byte becomes.
using LookUp = void (*)(const std::uint8_t* source, std::int64_t size, const std::int64_t* chosen, std::int64_t count,
                        const float* table, float* out);

// One instruction set's version.
struct Kernels {
    const char* name;
    Forward forward;
    Backward backward;
    Gradient gradient;
    Activate activate;
    Chain chain;
    LookUp look_up;
};

}  // namespace paribus
