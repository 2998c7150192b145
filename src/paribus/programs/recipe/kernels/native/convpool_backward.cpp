// The backward pass of a convolution with pooling; see convolution.hpp.
//
// Both gradients are sums over terms, and a term is one scalar, a winner's gradient, times a run of floats:
//
//     gradient of output o's weights  = sum over pooled places p:  grad[p][o] x the 5x5 patch that p's winner saw
//     gradient of the pixels around p = sum over outputs o:        grad[p][o] x o's kernel, shifted as the winner is
//
// So patches (a part of what others call im2col: 5 pixels a row, all rows of a sample below one another) and shifted
// kernels are laid out as runs of whole vectors, and one loop sums both (`sum_runs`). The winner, one of the four pixels
// of a pooled place, is only an offset into them:
//
//     0 1      a kernel of 5x5 that begins at one of the four reaches pixels of a 6x6 window;
//     2 3      windows of neighbouring places overlap, and are added to the pixels at last (`add_windows`, col2im)
#include <algorithm>

#include "convolution.hpp"

namespace paribus::PARIBUS_ISA {
namespace {

constexpr int kSums = 10;         // vectors of a run that are summed in registers at once, at most
constexpr int kTall = kSide + 1;  // rows and columns that four candidates reach together

typedef float Eight __attribute__((vector_size(32)));  // a row of one channel, whatever the lanes

// One value for each term of each sum, in an array of any order: at[sum * next_sum + term * next_term].
template <typename T>
struct Grid {
    const T* at;
    std::int64_t next_sum, next_term;
};

// to[sum] (+)= sum over terms: scalar(sum, term) x the run of floats that begins at place(sum, term).
struct Sums {
    std::int64_t count, terms;
    Grid<float> scalar;
    Grid<std::int32_t> place;
    float* to;
    std::int64_t step;  // from a sum to the next one
};

// `vectors` vectors of each sum, from `first`; they lie `apart` floats apart in a run. Adds to what is there where `more`.
//
// A call of its own: among other code compilers keep some of the sums in memory.
template <typename V, int vectors, bool more, typename Apart>
__attribute__((noinline)) void sum_runs(const float* runs, const Sums& sums, std::int64_t first, Apart apart) {
    constexpr int chains = vectors * width_of<V> > kSums / 2 * kLanes ? 1 : 2;
    // An addition waits for the one before it to the same sum. A short run has too few sums to fill that time: so every
    // second term goes to a second copy of the sums, and both are added at the end.
    const std::int64_t next_scalar = sums.scalar.next_term, next_place = sums.place.next_term;
    runs += first;
    for (std::int64_t k = 0; k < sums.count; ++k) {
        const float* scalar = sums.scalar.at + k * sums.scalar.next_sum;
        const std::int32_t* place = sums.place.at + k * sums.place.next_sum;
        float* const to = sums.to + k * sums.step + first;
        V r[chains][vectors] = {};
        if constexpr (more)
#pragma GCC unroll 10
            for (int i = 0; i < vectors; ++i) r[0][i] = load<V>(to + i * width_of<V>);
        const auto add = [&](int chain) {
            const float* run = opaque(runs + *place);
            const V v = splat<V>(*scalar);
#pragma GCC unroll 10
            for (int i = 0; i < vectors; ++i) r[chain][i] += v * load<V>(run + i * apart);
            scalar += next_scalar, place += next_place;
        };
        std::int64_t left = sums.terms;
        for (; left >= chains; left -= chains)
#pragma GCC unroll 2
            for (int chain = 0; chain < chains; ++chain) add(chain);
        if (left) add(0);
#pragma GCC unroll 10
        for (int i = 0; i < vectors; ++i)
            store(to + i * width_of<V>, chains == 1 ? r[0][i] : r[0][i] + r[chains - 1][i]);
    }
}

// All of runs of `length` floats
template <bool more>
void sum_all(const float* runs, std::int64_t length, const Sums& sums) {
    constexpr std::integral_constant<std::int64_t, kLanes> apart;
    for (std::int64_t first = 0, size; first < length; first += size * kLanes) {
        size = even_share((length - first) / kLanes, kSums);
        with_constant<kSums>(size, [&](auto vectors) { sum_runs<Lanes, vectors, more>(runs, sums, first, apart); });
    }
}

// Copies every row of kSide pixels, those below one another one after another: so a patch is one run.
void copy_patch_rows(const Shape& s, const Layout& l, const float* pixels, float* rows) {
    const std::int64_t line = l.W * s.channels, height = l.H, row = l.down;
    for (std::int64_t x = 0; x < l.columns; ++x) {
        const float* from = pixels + x * s.channels;
        for (std::int64_t y = 0; y < height; ++y, from += line, rows += row)
            for (std::int64_t i = 0; i < row; i += kLanes) store(rows + i, load(from + i));
    }
}

// Four copies of each output's kernel, shifted as its winner is, in kTall x kTall pixels, channels last
void shift_kernels(const Shape& s, const Layout& l, const float* weight, float* kernels) {
    std::memset(kernels, 0, s.outputs * 4 * l.window * sizeof(float));
    for (std::int64_t o = 0; o < s.outputs; ++o)
        for (std::int64_t c = 0; c < s.channels; ++c)
            for (int ky = 0; ky < kSide; ++ky)
                for (int kx = 0; kx < kSide; ++kx, ++weight)
                    for (int q = 0; q < 4; ++q)
                        kernels[(o * 4 + q) * l.window + ((ky + q / 2) * kTall + kx + q % 2) * s.channels + c] = *weight;
}

// Adds windows to where they lie in the padded sample. Neighbours overlap, and a load must not wait for a store that it
// overlaps only in part: so every third window of a row first.
void add_windows(const Shape& s, const Layout& l, const float* windows, float* pixels) {
    const std::int64_t reach = kTall * s.channels, pw = s.pooled_width();
    for (std::int64_t py = 0; py < s.pooled_height(); ++py)
        for (std::int64_t third = 0; third < 3; ++third)
            for (std::int64_t px = third; px < pw; px += 3) {
                const float* __restrict from = windows + (py * pw + px) * l.window;
                float* __restrict to = pixels + (2 * py * l.W + 2 * px) * s.channels;
                for (int y = 0; y < kTall; ++y, from += reach, to += l.W * s.channels)
                    for (std::int64_t i = 0; i < reach; ++i) to[i] += from[i];
            }
}

// sums: [outputs], and what fills their last vector
void add_bias_gradient(const Shape& s, const Layout& l, const float* grad, float* sums) {
    for (std::int64_t o = 0; o < s.outputs; o += kLanes) {
        Lanes total = load(sums + o), more = {};
        std::int64_t p = 0;
        for (; p + 2 <= l.places; p += 2) {
            total += load(grad + p * s.outputs + o);
            more += load(grad + (p + 1) * s.outputs + o);
        }
        if (p < l.places) total += load(grad + p * s.outputs + o);
        store(sums + o, total + more);
    }
}

}  // namespace

Layout::Layout(const Shape& s)
    : H(s.padded_height()), W(s.padded_width()), columns(W - kSide + 1), places(s.pooled_height() * s.pooled_width()),
      copied(s.channels > 1), row(copied ? round_up(kSide * s.channels, kLanes) : width_of<Eight>), down(copied ? row : W),
      right(copied ? H * row : 1), window(round_up(kTall * kTall * s.channels, kLanes)) {}

ConvBackward::ConvBackward(const Shape& s, const float* weight)
    : s_(s), l_(s), rows_(l_.copied ? l_.columns * l_.right : 0), sums_(s.outputs * kSide * l_.row),
      bias_sums_(s.outputs + kLanes), kernels_(weight ? s.outputs * 4 * l_.window : 0),
      windows_(weight ? l_.places * l_.window : 0), origin_(s.outputs * l_.places), place_(s.outputs * l_.places) {
    sums_.clear(s.outputs * kSide * l_.row);
    bias_sums_.clear(s.outputs + kLanes);
    if (weight) shift_kernels(s, l_, weight, kernels_.data);
    std::int32_t* origin = origin_.data;
    for (std::int64_t o = 0; o < s.outputs; ++o)
        for (std::int64_t py = 0; py < s.pooled_height(); ++py)
            for (std::int64_t px = 0; px < s.pooled_width(); ++px)
                *origin++ = static_cast<std::int32_t>(2 * py * l_.down + 2 * px * l_.right);
}

void ConvBackward::add(const float* pixels, const float* grad, const std::uint8_t* winner, float* back) {
    const auto down = static_cast<std::int32_t>(l_.down), right = static_cast<std::int32_t>(l_.right);
    const auto window = static_cast<std::int32_t>(l_.window);
    const std::int64_t outputs = s_.outputs, places = l_.places;
    const std::int32_t* origin = origin_.data;
    std::int32_t* __restrict place = place_.data;
    for (std::int64_t i = 0; i < outputs * places; ++i)
        place[i] = origin[i] + (-(winner[i] >> 1) & down) + (-(winner[i] & 1) & right);
    const Sums weights{outputs, places, {grad, 1, outputs}, {place, places, 1}, sums_.data, kSide * l_.row};
    if (l_.copied) {
        copy_patch_rows(s_, l_, pixels, rows_.data);
        sum_all<true>(rows_.data, kSide * l_.row, weights);
    } else {
        sum_runs<Eight, kSide, true>(pixels, weights, 0, l_.W);
    }
    add_bias_gradient(s_, l_, grad, bias_sums_.data);
    if (!back) return;
    for (std::int64_t o = 0; o < outputs; ++o)
        for (std::int64_t i = o * places; i < (o + 1) * places; ++i)
            place[i] = (4 * static_cast<std::int32_t>(o) + winner[i]) * window;
    sum_all<false>(kernels_.data, window,
                   {places, outputs, {grad, outputs, 1}, {place, 1, places}, windows_.data, window});
    std::memset(back, 0, l_.H * l_.W * s_.channels * sizeof(float));
    add_windows(s_, l_, windows_.data, back);
}

void ConvBackward::finish(float* grad_weight, float* grad_bias) const {
    std::memcpy(grad_bias, bias_sums_.data, s_.outputs * sizeof(float));
    for (const float *sums = sums_.data, *end = sums + s_.outputs * kSide * l_.row; sums < end; sums += kSide * l_.row)
        for (std::int64_t c = 0; c < s_.channels; ++c)
            for (int ky = 0; ky < kSide; ++ky)
                for (int kx = 0; kx < kSide; ++kx) *grad_weight++ = sums[ky * l_.row + kx * s_.channels + c];
}

void backward(const Shape& s, const float* x, const float* weight, const float* grad_out, const std::uint8_t* winner,
              float* grad_x, float* grad_weight, float* grad_bias) {
    const Shape pooled{1, s.outputs, s.pooled_height(), s.pooled_width(), 0, 0};
    const std::int64_t in = s.channels * s.height * s.width, out = s.outputs * pooled.height * pooled.width;
    ConvBackward layer(s, grad_x ? weight : nullptr);
    Buffer<float> pixels(padded_pixels(s)), back(padded_pixels(s)), grad(padded_pixels(pooled));
    pixels.clear(padded_pixels(s));
    for (std::int64_t n = 0; n < s.batch; ++n) {
        channels_last(s, x + n * in, pixels.data);
        channels_last(pooled, grad_out + n * out, grad.data);
        layer.add(pixels.data, grad.data, winner + n * out, grad_x ? back.data : nullptr);
        if (grad_x) channels_first(s, back.data, grad_x + n * in);
    }
    layer.finish(grad_weight, grad_bias);
}

}  // namespace paribus::PARIBUS_ISA
