// The backward pass of a convolution with pooling; see convolution.hpp.
#include <algorithm>

#include "convolution.hpp"

namespace paribus::PARIBUS_ISA {
namespace {

constexpr int kShort = std::min(kLanes, 8);
constexpr int kTall = kSide + 1;                // rows and columns that four candidates reach together
constexpr int kPatch = kLanes == 16 ? 5 : 9;    // vectors of a patch summed in registers at once

typedef float Short __attribute__((vector_size(kShort * 4)));

// x [channels][height][width] -> [height + 2p][width + 2p][channels]
void channels_last(const Shape& s, const Layout& l, const float* x, float* pixels) {
    const std::int64_t C = s.channels, plane = s.height * s.width;
    const float* end = x + C * plane;
    for (std::int64_t y = 0; y < s.height; ++y, x += s.width) {
        float* to = pixels + ((y + s.padding) * l.W + s.padding) * C;
        if (C == 1) {
            std::memcpy(to, x, s.width * sizeof(float));
            continue;
        }
        for (std::int64_t first = 0; first < s.width; first += kShort, to += kShort * C) {
            const std::int64_t count = std::min<std::int64_t>(kShort, s.width - first);
            // Vectors reach beyond a pixel's last channel, with zeros, into what is written after them or is zero.
            for (std::int64_t c = (C - 1) / kShort * kShort; c >= 0; c -= kShort) {
                const float* from = x + c * plane + first;
                Short tile[kShort] = {};
#pragma GCC unroll 8
                for (int k = 0; k < kShort; ++k)
                    if (c + k < C) tile[k] = load_some<Short>(from + k * plane, end - from - k * plane);
                transpose(tile);
#pragma GCC unroll 8
                for (int i = 0; i < kShort; ++i)
                    if (i < count) store(to + i * C + c, tile[i]);
            }
        }
    }
}

// The way back
void channels_first(const Shape& s, const Layout& l, const float* pixels, float* x) {
    const std::int64_t C = s.channels, plane = s.height * s.width;
    for (std::int64_t y = 0; y < s.height; ++y, x += s.width)
        for (std::int64_t first = 0; first < s.width; first += kShort) {
            const std::int64_t count = std::min<std::int64_t>(kShort, s.width - first);
            const float* from = pixels + ((y + s.padding) * l.W + s.padding + first) * C;
            const std::int64_t room = plane - y * s.width - first;  // what is written too far is written again
            for (std::int64_t c = 0; c < C; c += kShort) {
                Short tile[kShort] = {};
#pragma GCC unroll 8
                for (int i = 0; i < kShort; ++i)
                    if (i < count) tile[i] = load<Short>(from + i * C + c);
                transpose(tile);
#pragma GCC unroll 8
                for (int k = 0; k < kShort; ++k)
                    if (c + k < C) store_some(x + (c + k) * plane + first, tile[k], room);
            }
        }
}

// Every row of kSide pixels on its own, so that a patch is read in aligned vectors
void spread_rows(const Layout& l, std::int64_t channels, const float* pixels, float* rows) {
    for (std::int64_t y = 0; y < l.H; ++y)
        for (std::int64_t x = 0; x < l.W - kSide + 1; ++x) {
            const float* from = pixels + (y * l.W + x) * channels;
            for (std::int64_t i = 0; i < l.row; i += kShort, rows += kShort) store(rows, load<Short>(from + i));
        }
}

// Sums over places of gradient x patch: `vectors` vectors of each of the patch's rows, `chains` places at a time, since
// a sum must wait for the one before it.
template <typename V, int vectors, int chains>
inline void sum_patches(const Layout& l, const float* rows, const float* grad, const std::int32_t* place, float* sums) {
    V r[chains][kSide][vectors] = {};
#pragma GCC unroll 5
    for (int y = 0; y < kSide; ++y)
#pragma GCC unroll 2
        for (int i = 0; i < vectors; ++i) r[0][y][i] = load<V>(sums + y * l.row + i * width_of<V>);
    const auto add = [&](int chain, std::int64_t p) {
        const float* corner = rows + place[p];
        const V v = splat<V>(grad[p]);
#pragma GCC unroll 5
        for (int y = 0; y < kSide; ++y)
#pragma GCC unroll 2
            for (int i = 0; i < vectors; ++i) r[chain][y][i] += v * load<V>(corner + y * l.line + i * width_of<V>);
    };
    std::int64_t p = 0;
    for (; p + chains <= l.positions; p += chains)
#pragma GCC unroll 2
        for (int chain = 0; chain < chains; ++chain) add(chain, p + chain);
    for (; p < l.positions; ++p) add(0, p);
#pragma GCC unroll 5
    for (int y = 0; y < kSide; ++y)
#pragma GCC unroll 2
        for (int i = 0; i < vectors; ++i) {
            V total = r[0][y][i];
#pragma GCC unroll 2
            for (int chain = 1; chain < chains; ++chain) total += r[chain][y][i];
            store(sums + y * l.row + i * width_of<V>, total);
        }
}

// sums: [outputs][kSide][row]
template <typename V>
void add_weight_gradient(const Shape& s, const Layout& l, const float* rows, const float* grad,
                         const std::int32_t* place, float* sums) {
    for (std::int64_t o = 0; o < s.outputs; ++o, grad += l.positions, place += l.positions, sums += kSide * l.row) {
        std::int64_t i = 0;
        for (; i + 2 * width_of<V> <= l.row; i += 2 * width_of<V>)
            sum_patches<V, 2, 1>(l, rows + i, grad, place, sums + i);
        if (i < l.row) sum_patches<V, 1, 2>(l, rows + i, grad, place, sums + i);
    }
}

// Each pooled place's first row, for every output
void place_patches(const Shape& s, const Layout& l, std::int32_t* origin) {
    for (std::int64_t o = 0; o < s.outputs; ++o)
        for (std::int64_t py = 0; py < s.pooled_height(); ++py)
            for (std::int64_t px = 0; px < s.pooled_width(); ++px)
                *origin++ = static_cast<std::int32_t>(2 * py * l.line + 2 * px * l.step);
}

// Where each winner's patch begins
void locate(const Shape& s, const Layout& l, const std::int32_t* origin, const std::uint8_t* winner,
            std::int32_t* __restrict place) {
    const auto down = static_cast<std::int32_t>(l.line), right = static_cast<std::int32_t>(l.step);
    for (std::int64_t p = 0; p < s.outputs * l.positions; ++p)
        place[p] = origin[p] + (-(winner[p] >> 1) & down) + (-(winner[p] & 1) & right);
}

// sums: [outputs][kLanes], to be added up at the end
void add_bias_gradient(const Shape& s, const Layout& l, const float* grad, float* sums) {
    for (std::int64_t o = 0; o < s.outputs; ++o, grad += l.positions, sums += kLanes) {
        Lanes total = load(sums);
        std::int64_t p = 0;
        for (; p + kLanes <= l.positions; p += kLanes) total += load(grad + p);
        if (p < l.positions) total += load_some(grad + p, l.positions - p);
        store(sums, total);
    }
}

// Four copies of each output's kernel, shifted as its winner is, in kTall x kTall pixels, channels last; kPatch vectors
// of all of them together: what is in use at one time stays in the first-level cache.
void spread_weights(const Shape& s, const Layout& l, const float* weight, float* spread) {
    const std::int64_t copies = s.outputs * 4, chunk = kPatch * kLanes;
    std::memset(spread, 0, copies * l.patch * sizeof(float));
    for (std::int64_t o = 0; o < s.outputs; ++o)
        for (std::int64_t c = 0; c < s.channels; ++c)
            for (int ky = 0; ky < kSide; ++ky)
                for (int kx = 0; kx < kSide; ++kx, ++weight)
                    for (int q = 0; q < 4; ++q) {
                        const std::int64_t at = ((ky + q / 2) * kTall + kx + q % 2) * s.channels + c;
                        const std::int64_t first = at / chunk * chunk, size = std::min(chunk, l.patch - first);
                        spread[first * copies + (o * 4 + q) * size + at - first] = *weight;
                    }
}

// patches: [positions][patch], each the sum over outputs of gradient x shifted kernel
template <int vectors>
void sum_kernels(const Shape& s, const Layout& l, const float* grad, const std::uint8_t* winner, const float* kernels,
                 float* patches) {
    for (std::int64_t p = 0; p < l.positions; ++p) {
        Lanes r[vectors] = {};
        for (std::int64_t o = 0; o < s.outputs; ++o) {
            const float* kernel = kernels + (o * 4 + winner[o * l.positions + p]) * vectors * kLanes;
            const Lanes v = splat(grad[o * l.positions + p]);
#pragma GCC unroll 9
            for (int i = 0; i < vectors; ++i) r[i] += v * load(kernel + i * kLanes);
        }
#pragma GCC unroll 9
        for (int i = 0; i < vectors; ++i) store(patches + p * l.patch + i * kLanes, r[i]);
    }
}

// Adds patches to where they lie in the padded sample. Neighbours overlap, and a load must not wait for a store that it
// overlaps only in part: so every third patch of a row first.
void fold(const Shape& s, const Layout& l, const float* patches, float* pixels) {
    const std::int64_t reach = kTall * s.channels, pw = s.pooled_width();
    for (std::int64_t py = 0; py < s.pooled_height(); ++py)
        for (std::int64_t third = 0; third < 3; ++third)
            for (std::int64_t px = third; px < pw; px += 3) {
                const float* __restrict from = patches + (py * pw + px) * l.patch;
                float* __restrict to = pixels + (2 * py * l.W + 2 * px) * s.channels;
                for (int y = 0; y < kTall; ++y, from += reach, to += l.W * s.channels)
                    for (std::int64_t i = 0; i < reach; ++i) to[i] += from[i];
            }
}

}  // namespace

Layout::Layout(const Shape& s)
    : H(s.padded_height()), W(s.padded_width()), positions(s.pooled_height() * s.pooled_width()),
      unit(kSide * s.channels <= kShort ? kShort : kLanes), row((kSide * s.channels + unit - 1) / unit * unit),
      step(s.channels > 1 ? row : 1), line(s.channels > 1 ? (W - kSide + 1) * row : W),
      patch((kTall * kTall * s.channels + kLanes - 1) / kLanes * kLanes) {}

ConvBackward::ConvBackward(const Shape& s, const float* weight)
    : s_(s), l_(s), pixels_(l_.H * l_.W * s.channels + std::max<std::int64_t>(l_.row, kShort)), rows_(l_.H * l_.line),
      sums_(s.outputs * kSide * l_.row), bias_sums_(s.outputs * kLanes),
      spread_(weight ? s.outputs * 4 * l_.patch : 0), patches_(weight ? l_.positions * l_.patch : 0),
      back_(weight ? l_.H * l_.W * s.channels + std::max<std::int64_t>(l_.row, kShort) : 0),
      origin_(s.outputs * l_.positions), place_(s.outputs * l_.positions) {
    pixels_.clear(l_.H * l_.W * s.channels + std::max<std::int64_t>(l_.row, kShort));
    sums_.clear(s.outputs * kSide * l_.row);
    bias_sums_.clear(s.outputs * kLanes);
    place_patches(s, l_, origin_.data);
    if (weight) spread_weights(s, l_, weight, spread_.data);
}

void ConvBackward::add(const float* x, const float* grad, const std::uint8_t* winner, float* grad_x) {
    channels_last(s_, l_, x, pixels_.data);
    locate(s_, l_, origin_.data, winner, place_.data);
    add_bias_gradient(s_, l_, grad, bias_sums_.data);
    if (s_.channels > 1) spread_rows(l_, s_.channels, pixels_.data, rows_.data);
    const float* from = s_.channels > 1 ? rows_.data : pixels_.data;
    (l_.unit == kShort ? add_weight_gradient<Short> : add_weight_gradient<Lanes>)(s_, l_, from, grad, place_.data,
                                                                                  sums_.data);
    if (!grad_x) return;
    for (std::int64_t first = 0; first < l_.patch; first += kPatch * kLanes)
        with_constant<kPatch>(std::min<std::int64_t>(kPatch, (l_.patch - first) / kLanes), [&](auto vectors) {
            sum_kernels<vectors>(s_, l_, grad, winner, spread_.data + first * s_.outputs * 4, patches_.data + first);
        });
    back_.clear(l_.H * l_.W * s_.channels);
    fold(s_, l_, patches_.data, back_.data);
    channels_first(s_, l_, back_.data, grad_x);
}

void ConvBackward::finish(float* grad_weight, float* grad_bias) const {
    for (std::int64_t o = 0; o < s_.outputs; ++o) {
        grad_bias[o] = 0.0f;
        for (int i = 0; i < kLanes; ++i) grad_bias[o] += bias_sums_.data[o * kLanes + i];
        for (std::int64_t c = 0; c < s_.channels; ++c)
            for (int ky = 0; ky < kSide; ++ky)
                for (int kx = 0; kx < kSide; ++kx)
                    *grad_weight++ = sums_.data[(o * kSide + ky) * l_.row + kx * s_.channels + c];
    }
}

void backward(const Shape& s, const float* x, const float* weight, const float* grad_out, const std::uint8_t* winner,
              float* grad_x, float* grad_weight, float* grad_bias) {
    const std::int64_t pooled = s.outputs * s.pooled_height() * s.pooled_width(), size = s.channels * s.height * s.width;
    ConvBackward layer(s, grad_x ? weight : nullptr);
    for (std::int64_t n = 0; n < s.batch; ++n)
        layer.add(x + n * size, grad_out + n * pooled, winner + n * pooled, grad_x ? grad_x + n * size : nullptr);
    layer.finish(grad_weight, grad_bias);
}

}  // namespace paribus::PARIBUS_ISA
