// The two passes of convolution + bias + 2x2 max pooling, sample by sample or vector by vector, for one instruction set.
#pragma once
#include "simd.hpp"

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

// `features` vectors of samples, `stride` vectors apart -> rows of `count` samples, `row` floats apart. order: which
// feature comes first in a row, second, ...; null where they stay as they are. Where there is room in a row, zeros
// follow its features to the end of a vector.
void unpack(const Lanes* from, std::int64_t stride, std::int64_t features, std::int64_t count, float* to,
            std::int64_t row, const std::int32_t* order = nullptr);

// One sample, x [channels][height][width] <-> pixels [height + 2p][width + 2p][channels], whose edges are zero. Vectors
// reach beyond what they belong to: padded_pixels has room for that.
void channels_last(const Shape& s, const float* x, float* pixels);
void channels_first(const Shape& s, const float* pixels, float* x);

inline std::int64_t padded_pixels(const Shape& s) {
    return s.channels * s.padded_height() * s.padded_width() + kSide * s.channels + kLanes;
}

// Sizes of one layer's backward pass, in floats. A row is kSide pixels side by side, all channels, in whole vectors. With
// more than one channel every row is copied, those that begin in one column below one another, so that the five rows of a
// patch are one run. With one channel a patch's rows are read where they are, eight floats each, of which five count.
struct Layout {
    explicit Layout(const Shape& s);
    std::int64_t H, W, columns, places;
    bool copied;
    std::int64_t row;
    std::int64_t down;    // from a row to the one below
    std::int64_t right;   // and to the one that begins a pixel further right
    std::int64_t window;  // 6x6 pixels, which the four candidates of a place reach together, all channels, whole vectors
};

// One sample at a time, channels last. A winner's patch is an offset, so nothing branches on the data.
class ConvBackward {
  public:
    // weight: null where nobody wants the pixels' gradient.
    ConvBackward(const Shape& shape, const float* weight);

    // Adds one sample's part to the gradients of weight and bias, and gives that of its pixels, `back`, where it is
    // wanted. pixels, back: of padded_pixels; grad: [places][outputs], readable a vector further; winner:
    // [outputs][places].
    void add(const float* pixels, const float* grad, const std::uint8_t* winner, float* back);

    void finish(float* grad_weight, float* grad_bias) const;

  private:
    Shape s_;
    Layout l_;
    Buffer<float> rows_, sums_, bias_sums_, kernels_, windows_;
    Buffer<std::int32_t> origin_, place_;
};

}  // namespace paribus::PARIBUS_ISA
