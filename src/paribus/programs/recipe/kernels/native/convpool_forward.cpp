// The forward pass of a convolution with pooling; see convolution.hpp.
//
// Between PyTorch's layout and this one, tiles of kLanes x kLanes are transposed in registers.
#include <algorithm>

#include "convolution.hpp"

namespace paribus::PARIBUS_ISA {
namespace {

constexpr int kGroup = kLanes == 16 ? 6 : 3;       // outputs computed together, at most: four sums of each in registers
constexpr int kUnroll = kLanes == 16 ? kSide : 1;  // taps

// weight [outputs, channels, 25] -> [groups][channels][25][outputs of the group]
void pack_weights(const Shape& s, const float* weight, float* packed) {
    const std::int64_t depth = s.channels * kTaps;
    for (std::int64_t first = 0, size; first < s.outputs; first += size) {
        size = even_share(s.outputs - first, kGroup);
        for (std::int64_t d = 0; d < depth; ++d)
            for (std::int64_t k = 0; k < size; ++k) *packed++ = weight[(first + k) * depth + d];
    }
}

// All four candidates of one pooled place, for `group` outputs; corner: its first pixel in the first plane. With sixteen
// registers three outputs take them all: twelve sums, three weights, and one pixel after the other.
template <int group>
inline void sum_candidates(const Shape& s, const Lanes* corner, const float* weights, const float* bias,
                           Lanes (&out)[group][4]) {
    Lanes sum[group][4];  // whose address nobody has
    const std::int64_t W = s.padded_width(), plane = s.padded_height() * W;
    for (int k = 0; k < group; ++k)
        for (int q = 0; q < 4; ++q) sum[k][q] = splat(bias[k]);
    for (std::int64_t c = 0; c < s.channels; ++c, corner += plane)
        for (int ky = 0; ky < kSide; ++ky) {
#pragma GCC unroll kUnroll
            for (int kx = 0; kx < kSide; ++kx, weights += group) {
                const Lanes *upper = opaque(corner + ky * W + kx), *lower = opaque(upper + W);
                Lanes weight[group];
#pragma GCC unroll 6
                for (int k = 0; k < group; ++k) weight[k] = splat(weights[k]);
#pragma GCC unroll 4
                for (int q = 0; q < 4; ++q) {
                    const Lanes pixel = q < 2 ? upper[q] : lower[q - 2];
#pragma GCC unroll 6
                    for (int k = 0; k < group; ++k) sum[k][q] += pixel * weight[k];
                }
            }
        }
    for (int k = 0; k < group; ++k)
        for (int q = 0; q < 4; ++q) out[k][q] = sum[k][q];
}

// One group of outputs for one block of `count` samples, kLanes pooled places at a time
template <int group>
void forward_group(const Shape& s, std::int64_t count, const Lanes* planes, const float* weights, const float* bias,
                   Lanes* out, std::int64_t stride, std::uint8_t* winner) {
    const std::int64_t pw = s.pooled_width(), positions = s.pooled_height() * pw, pooled = s.outputs * positions;
    Lanes winners[kLanes] = {};
    for (std::int64_t first = 0; first < positions; first += kLanes) {
        const std::int64_t places = std::min<std::int64_t>(kLanes, positions - first);
        for (std::int64_t i = 0; i < places; ++i) {
            const std::int64_t py = (first + i) / pw, px = (first + i) % pw;
            Lanes sum[group][4];
            sum_candidates<group>(s, planes + 2 * py * s.padded_width() + 2 * px, weights, bias, sum);
            LaneInts all = {};  // two bits for each output
#pragma GCC unroll 6
            for (int k = 0; k < group; ++k) {
                Lanes top = sum[k][0];
                LaneInts won = {};
                for (int q = 1; q < 4; ++q) {  // as PyTorch: the first of equals, and NaN before anything
                    const LaneInts wins = (sum[k][q] > top) | (sum[k][q] != sum[k][q]);
                    top = wins ? sum[k][q] : top;
                    won = wins ? LaneInts{} + q : won;
                }
                out[(k * positions + first + i) * stride] = top;
                all |= won << (2 * k);
            }
            winners[i] = reinterpret_cast<Lanes>(all);  // the same bits, to be transposed as floats are
        }
        if (!winner) continue;
        transpose(winners);
        for (std::int64_t n = 0; n < count; ++n)
            for (int k = 0; k < group; ++k) {
                const LaneInts won = (reinterpret_cast<LaneInts>(winners[n]) >> (2 * k)) & 3;
                store_some(winner + n * pooled + k * positions + first, low_bytes(won), places);
            }
    }
}

}  // namespace

ConvForward::ConvForward(const Shape& s, const float* weight, const float* bias)
    : s_(s), weights_(s.outputs * s.channels * kTaps), bias_(s.outputs), place_(s.channels * s.height * s.width) {
    pack_weights(s, weight, weights_.data);
    std::memcpy(bias_.data, bias, s.outputs * sizeof(float));
    std::int32_t* place = place_.data;
    for (std::int64_t c = 0; c < s.channels; ++c)
        for (std::int64_t y = 0; y < s.height; ++y)
            for (std::int64_t x = 0; x < s.width; ++x)
                *place++ = static_cast<std::int32_t>((c * s.padded_height() + y + s.padding) * s.padded_width() + x +
                                                     s.padding);
}

void ConvForward::pack(const float* x, std::int64_t count, Lanes* planes) const {
    const std::int64_t size = s_.channels * s_.height * s_.width;
    for (std::int64_t first = 0; first < size; first += kLanes) {
        const std::int64_t pixels = std::min<std::int64_t>(kLanes, size - first);
        Lanes tile[kLanes];
        for (int n = 0; n < kLanes; ++n) tile[n] = n < count ? load_some(x + n * size + first, pixels) : Lanes{};
        transpose(tile);
        for (int i = 0; i < pixels; ++i) planes[place_.data[first + i]] = tile[i];
    }
}

void ConvForward::run(const Lanes* planes, std::int64_t count, Lanes* out, std::int64_t stride,
                      std::uint8_t* winner) const {
    const std::int64_t positions = s_.pooled_height() * s_.pooled_width(), depth = s_.channels * kTaps;
    for (std::int64_t o = 0, size; o < s_.outputs; o += size) {
        size = even_share(s_.outputs - o, kGroup);
        with_constant<kGroup>(size, [&](auto group) {
            forward_group<group>(s_, count, planes, weights_.data + o * depth, bias_.data + o,
                                 out + o * positions * stride, stride, winner ? winner + o * positions : nullptr);
        });
    }
}

void unpack(const Lanes* from, std::int64_t stride, std::int64_t features, std::int64_t count, float* to,
            std::int64_t row, const std::int32_t* order) {
    for (std::int64_t first = 0; first < features; first += kLanes) {
        Lanes tile[kLanes];
        for (int i = 0; i < kLanes; ++i) {
            const std::int64_t feature = order && first + i < features ? order[first + i] : first + i;
            tile[i] = first + i < features ? from[feature * stride] : Lanes{};
        }
        transpose(tile);
        const std::int64_t room = std::min<std::int64_t>(kLanes, row - first);
        for (std::int64_t n = 0; n < count; ++n) store_some(to + n * row + first, tile[n], room);
    }
}

void forward(const Shape& s, const float* x, const float* weight, const float* bias, float* out, std::uint8_t* winner) {
    const std::int64_t sample = s.channels * s.height * s.width;
    const std::int64_t pooled = s.outputs * s.pooled_height() * s.pooled_width();
    const ConvForward layer(s, weight, bias);
    Buffer<Lanes> planes(layer.padded()), found(pooled);
    planes.clear(layer.padded());
    for (std::int64_t n = 0; n < s.batch; n += kLanes) {
        const std::int64_t count = std::min<std::int64_t>(kLanes, s.batch - n);
        layer.pack(x + n * sample, count, planes.data);
        layer.run(planes.data, count, found.data, 1, winner ? winner + n * pooled : nullptr);
        unpack(found.data, 1, pooled, count, out + n * pooled, pooled);
    }
}

}  // namespace paribus::PARIBUS_ISA
