// The two passes of convolution + bias + 2x2 max pooling, sample by sample or vector by vector, for one instruction set.
#pragma once
#include "lanes.hpp"

namespace paribus::PARIBUS_ISA {

// Samples lie side by side in a vector's lanes, so any number of channels fills the vectors, and the sums of one pooled
// place for a group of outputs stay in registers.
class ConvForward {
  public:
    ConvForward(const Shape& shape, const float* weight, const float* bias);

    // x of `count` samples, at most kLanes -> planes [channels][height + 2p][width + 2p], zeros in missing lanes.
    // The planes' edges must be zero.
    void pack(const float* x, std::int64_t count, Lanes* planes) const;

    // out: [outputs][pooled places], `stride` vectors apart; winner: [count][outputs][pooled places], or null.
    void run(const Lanes* planes, std::int64_t count, Lanes* out, std::int64_t stride, std::uint8_t* winner) const;

    std::int64_t padded() const { return s_.channels * s_.padded_height() * s_.padded_width(); }

  private:
    Shape s_;
    Buffer<float> weights_, bias_;
    Buffer<std::int32_t> place_;  // of each of a sample's pixels among its padded planes
};

// `features` vectors of samples, `stride` vectors apart -> rows of `count` samples, `row` floats apart. Where there is
// room in a row, zeros follow its features to the end of a vector.
void unpack(const Lanes* from, std::int64_t stride, std::int64_t features, std::int64_t count, float* to,
            std::int64_t row);

// Sizes of one layer's backward pass, in floats. Each row is laid on its own (see spread_rows); but rows of one channel
// are read where they are in the image, which costs less than laying them.
struct Layout {
    explicit Layout(const Shape& s);
    std::int64_t H, W, positions;
    std::int64_t unit;   // floats of the vectors that a row is made of
    std::int64_t row;    // kSide pixels side by side, all channels, in whole vectors
    std::int64_t step;   // from a row to the one that begins a pixel further right
    std::int64_t line;   // and to the one that begins a pixel further down
    std::int64_t patch;  // six by six pixels, which four candidates reach together, all channels, in whole vectors
};

// One sample at a time, channels last. A winner's patch is an offset, so nothing branches on the data.
class ConvBackward {
  public:
    // weight: null where nobody wants x's gradient.
    ConvBackward(const Shape& shape, const float* weight);

    // Adds one sample's part to the gradients of weight and bias, and gives that of x, where it is wanted.
    void add(const float* x, const float* grad_out, const std::uint8_t* winner, float* grad_x);

    void finish(float* grad_weight, float* grad_bias) const;

  private:
    Shape s_;
    Layout l_;
    Buffer<float> pixels_, rows_, sums_, bias_sums_, spread_, patches_, back_;
    Buffer<std::int32_t> origin_, place_;
};

}  // namespace paribus::PARIBUS_ISA
