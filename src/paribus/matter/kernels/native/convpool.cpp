// Compiled once for each instruction set, with PARIBUS_ISA (its name) and PARIBUS_LANES (floats a vector) given.
//
// Forward: samples lie side by side in a vector's lanes, so any number of channels fills the vectors, and the sums of
// one pooled place for a group of outputs stay in registers. Backward: one sample at a time; a row of the kernel is a
// vector of 8 of which 5 or 6 are in use, and the winner's place is an offset, so nothing branches on the data.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>

#include "convpool.hpp"

namespace paribus::PARIBUS_ISA {
namespace {

constexpr int kSide = 5;                  // of the convolution's kernel
constexpr int kTaps = kSide * kSide;
constexpr int kLanes = PARIBUS_LANES;     // samples computed together in the forward pass
constexpr int kRow = 8;                   // floats of a kernel's row in the backward pass, 5 or 6 of them in use
constexpr int kTall = 6;                  // rows that a kernel reaches, wherever in 2x2 its winner is
constexpr int kGroup = kLanes == 16 ? 6 : 3;  // outputs computed together: 4 x kGroup sums stay in registers

typedef float Lanes __attribute__((vector_size(kLanes * 4), aligned(kLanes * 4)));
typedef std::int32_t LaneInts __attribute__((vector_size(kLanes * 4), aligned(kLanes * 4)));
typedef float Row __attribute__((vector_size(kRow * 4)));
typedef float LooseRow __attribute__((vector_size(kRow * 4), aligned(4), may_alias));

template <typename T>
struct Buffer {
    static constexpr std::align_val_t kAlign{64};
    explicit Buffer(std::size_t count)
        : data(static_cast<T*>(::operator new(std::max<std::size_t>(count, 1) * sizeof(T), kAlign))) {}
    ~Buffer() { ::operator delete(data, kAlign); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    T* data;
};

inline Lanes splat(float value) { return Lanes{} + value; }

// weight [outputs, channels, 25] -> [group][channels][25][kGroup], zeros beyond the last output
void pack_weights(const Shape& s, const float* weight, float* packed) {
    const std::int64_t groups = (s.outputs + kGroup - 1) / kGroup;
    const std::int64_t depth = s.channels * kTaps;
    for (std::int64_t g = 0; g < groups; ++g)
        for (std::int64_t d = 0; d < depth; ++d)
            for (int k = 0; k < kGroup; ++k) {
                const std::int64_t o = g * kGroup + k;
                packed[(g * depth + d) * kGroup + k] = o < s.outputs ? weight[o * depth + d] : 0.0f;
            }
}

// x of `count` samples -> [channels][height + 2p][width + 2p][kLanes], zeros around and in missing lanes
void pack_samples(const Shape& s, const float* x, std::int64_t count, float* packed) {
    const std::int64_t H = s.padded_height(), W = s.padded_width();
    const std::int64_t sample = s.channels * s.height * s.width;
    for (std::int64_t c = 0; c < s.channels; ++c)
        for (std::int64_t y = 0; y < s.height; ++y) {
            float* to = packed + ((c * H + y + s.padding) * W + s.padding) * kLanes;
            const float* from = x + (c * s.height + y) * s.width;
            for (std::int64_t n = 0; n < count; ++n)
                for (std::int64_t i = 0; i < s.width; ++i) to[i * kLanes + n] = from[n * sample + i];
        }
}

// One group of outputs for one block of samples; pooled, winner: [kGroup][pooled positions][kLanes]
void forward_group(const Shape& s, const float* samples, const float* weights, const float* bias, float* pooled,
                   std::uint8_t* winner) {
    const std::int64_t H = s.padded_height(), W = s.padded_width();
    const std::int64_t ph = s.pooled_height(), pw = s.pooled_width();
    for (std::int64_t py = 0; py < ph; ++py)
        for (std::int64_t px = 0; px < pw; ++px) {
            Lanes sum[kGroup][4];
            for (int k = 0; k < kGroup; ++k)
                for (int q = 0; q < 4; ++q) sum[k][q] = splat(bias[k]);
            const float* w = weights;
            for (std::int64_t c = 0; c < s.channels; ++c) {
                const float* corner = samples + ((c * H + 2 * py) * W + 2 * px) * kLanes;
                for (int ky = 0; ky < kSide; ++ky) {
                    const Lanes* upper = reinterpret_cast<const Lanes*>(corner + ky * W * kLanes);
                    const Lanes* lower = reinterpret_cast<const Lanes*>(corner + (ky + 1) * W * kLanes);
#pragma GCC unroll 5
                    for (int kx = 0; kx < kSide; ++kx, w += kGroup) {
                        const Lanes a = upper[kx], b = upper[kx + 1], d = lower[kx], e = lower[kx + 1];
#pragma GCC unroll 8
                        for (int k = 0; k < kGroup; ++k) {
                            const Lanes v = splat(w[k]);
                            sum[k][0] += a * v;
                            sum[k][1] += b * v;
                            sum[k][2] += d * v;
                            sum[k][3] += e * v;
                        }
                    }
                }
            }
            for (int k = 0; k < kGroup; ++k) {
                Lanes best = sum[k][0];
                LaneInts which = {};
                for (int q = 1; q < 4; ++q) {  // as PyTorch: the first of equals, and NaN before anything
                    const LaneInts wins = (sum[k][q] > best) | (sum[k][q] != sum[k][q]);
                    best = wins ? sum[k][q] : best;
                    which = wins ? LaneInts{} + q : which;
                }
                const std::int64_t at = ((k * ph + py) * pw + px) * kLanes;
                *reinterpret_cast<Lanes*>(pooled + at) = best;
                if (winner)
                    for (int n = 0; n < kLanes; ++n) winner[at + n] = static_cast<std::uint8_t>(which[n]);
            }
        }
}

template <typename T>
void unpack(const T* packed, std::int64_t positions, std::int64_t count, std::int64_t stride, T* out) {
    for (std::int64_t n = 0; n < count; ++n)
        for (std::int64_t i = 0; i < positions; ++i) out[n * stride + i] = packed[i * kLanes + n];
}

}  // namespace

void forward(const Shape& s, const float* x, const float* weight, const float* bias, float* out, std::uint8_t* winner) {
    const std::int64_t H = s.padded_height(), W = s.padded_width();
    const std::int64_t groups = (s.outputs + kGroup - 1) / kGroup, depth = s.channels * kTaps;
    const std::int64_t positions = s.pooled_height() * s.pooled_width(), pooled = s.outputs * positions;
    Buffer<float> weights(groups * depth * kGroup), biases(groups * kGroup);
    Buffer<float> samples(s.channels * H * W * kLanes), best(kGroup * positions * kLanes);
    Buffer<std::uint8_t> which(kGroup * positions * kLanes);
    pack_weights(s, weight, weights.data);
    for (std::int64_t o = 0; o < groups * kGroup; ++o) biases.data[o] = o < s.outputs ? bias[o] : 0.0f;
    std::fill_n(samples.data, s.channels * H * W * kLanes, 0.0f);
    for (std::int64_t first = 0; first < s.batch; first += kLanes) {
        const std::int64_t count = std::min<std::int64_t>(kLanes, s.batch - first);
        pack_samples(s, x + first * s.channels * s.height * s.width, count, samples.data);
        for (std::int64_t g = 0; g < groups; ++g) {
            forward_group(s, samples.data, weights.data + g * depth * kGroup, biases.data + g * kGroup, best.data,
                          winner ? which.data : nullptr);
            const std::int64_t outputs = std::min<std::int64_t>(kGroup, s.outputs - g * kGroup);
            const std::int64_t at = first * pooled + g * kGroup * positions;
            unpack(best.data, outputs * positions, count, pooled, out + at);
            if (winner) unpack(which.data, outputs * positions, count, pooled, winner + at);
        }
    }
}

namespace {

// Four shifted copies of each kernel, one for each winner: [channels][outputs][4][kTall][kRow]
void spread_weights(const Shape& s, const float* weight, float* spread) {
    std::fill_n(spread, s.channels * s.outputs * 4 * kTall * kRow, 0.0f);
    for (std::int64_t c = 0; c < s.channels; ++c)
        for (std::int64_t o = 0; o < s.outputs; ++o)
            for (int q = 0; q < 4; ++q)
                for (int ky = 0; ky < kSide; ++ky)
                    for (int kx = 0; kx < kSide; ++kx)
                        spread[(((c * s.outputs + o) * 4 + q) * kTall + ky + q / 2) * kRow + kx + q % 2] =
                            weight[((o * s.channels + c) * kSide + ky) * kSide + kx];
}

// One sample's planes with zeros around, rows wide enough that a load of 8 floats never leaves the buffer
struct Padded {
    explicit Padded(const Shape& s)
        : stride(s.padded_width() + kRow - kSide + 1), plane(s.padded_height() * stride),
          size(s.channels * plane + kRow), buffer(size) { clear(); }
    void clear() { std::fill_n(buffer.data, size, 0.0f); }
    float* row(const Shape& s, std::int64_t c, std::int64_t y) {
        return buffer.data + c * plane + (y + s.padding) * stride + s.padding;
    }
    std::int64_t stride, plane, size;
    Buffer<float> buffer;
};

inline Row load(const float* from) { return *reinterpret_cast<const LooseRow*>(from); }
inline void store(float* to, Row r) { *reinterpret_cast<LooseRow*>(to) = r; }

// Where each winner's patch begins in a padded plane, and the gradient of each output's bias
void locate(const Shape& s, const float* grad, const std::uint8_t* winner, std::int64_t stride, std::int32_t* place,
            float* grad_bias) {
    std::int64_t p = 0;
    for (std::int64_t o = 0; o < s.outputs; ++o) {
        float total = 0.0f;
        for (std::int64_t py = 0; py < s.pooled_height(); ++py)
            for (std::int64_t px = 0; px < s.pooled_width(); ++px, ++p) {
                place[p] = static_cast<std::int32_t>((2 * py + winner[p] / 2) * stride + 2 * px + winner[p] % 2);
                total += grad[p];
            }
        grad_bias[o] += total;
    }
}

// sums: [outputs][channels][5][kRow]
void add_weight_gradient(const Shape& s, const Padded& sample, const float* grad, const std::int32_t* place,
                         float* sums) {
    const std::int64_t positions = s.pooled_height() * s.pooled_width(), stride = sample.stride;
    for (std::int64_t o = 0; o < s.outputs; ++o)
        for (std::int64_t c = 0; c < s.channels; ++c) {
            float* kept = sums + (o * s.channels + c) * kSide * kRow;
            const float* from = sample.buffer.data + c * sample.plane;
            Row r[kSide];
            for (int y = 0; y < kSide; ++y) r[y] = load(kept + y * kRow);
            for (std::int64_t p = o * positions; p < (o + 1) * positions; ++p) {
                const float* corner = from + place[p];
                const Row v = Row{} + grad[p];
#pragma GCC unroll 5
                for (int y = 0; y < kSide; ++y) r[y] += v * load(corner + y * stride);
            }
            for (int y = 0; y < kSide; ++y) store(kept + y * kRow, r[y]);
        }
}

// back: the padded gradient of one sample, zero on entry
void add_input_gradient(const Shape& s, Padded& back, const float* grad, const std::uint8_t* winner,
                        const float* spread) {
    const std::int64_t ph = s.pooled_height(), pw = s.pooled_width(), positions = ph * pw;
    for (std::int64_t c = 0; c < s.channels; ++c) {
        const float* kernels = spread + c * s.outputs * 4 * kTall * kRow;
        for (std::int64_t py = 0, p = 0; py < ph; ++py)
            for (std::int64_t px = 0; px < pw; ++px, ++p) {
                Row r[kTall] = {};
                for (std::int64_t o = 0; o < s.outputs; ++o) {
                    const float* kernel = kernels + (o * 4 + winner[o * positions + p]) * kTall * kRow;
                    const Row v = Row{} + grad[o * positions + p];
#pragma GCC unroll 6
                    for (int y = 0; y < kTall; ++y) r[y] += v * load(kernel + y * kRow);
                }
                float* to = back.buffer.data + c * back.plane + 2 * py * back.stride + 2 * px;
                for (int y = 0; y < kTall; ++y) store(to + y * back.stride, load(to + y * back.stride) + r[y]);
            }
    }
}

}  // namespace

void backward(const Shape& s, const float* x, const float* weight, const float* grad_out, const std::uint8_t* winner,
              float* grad_x, float* grad_weight, float* grad_bias) {
    const std::int64_t pooled = s.outputs * s.pooled_height() * s.pooled_width();
    const std::int64_t kernels = s.outputs * s.channels;
    Padded sample(s), back(s);
    Buffer<float> sums(kernels * kSide * kRow), spread(grad_x ? kernels * 4 * kTall * kRow : 0);
    Buffer<std::int32_t> place(pooled);
    std::fill_n(sums.data, kernels * kSide * kRow, 0.0f);
    std::fill_n(grad_bias, s.outputs, 0.0f);
    if (grad_x) spread_weights(s, weight, spread.data);

    for (std::int64_t n = 0; n < s.batch; ++n) {
        const float* grad = grad_out + n * pooled;
        const std::uint8_t* won = winner + n * pooled;
        for (std::int64_t c = 0; c < s.channels; ++c)
            for (std::int64_t y = 0; y < s.height; ++y)
                std::memcpy(sample.row(s, c, y), x + ((n * s.channels + c) * s.height + y) * s.width,
                            s.width * sizeof(float));
        locate(s, grad, won, sample.stride, place.data, grad_bias);
        add_weight_gradient(s, sample, grad, place.data, sums.data);
        if (!grad_x) continue;
        back.clear();
        add_input_gradient(s, back, grad, won, spread.data);
        for (std::int64_t c = 0; c < s.channels; ++c)
            for (std::int64_t y = 0; y < s.height; ++y)
                std::memcpy(grad_x + ((n * s.channels + c) * s.height + y) * s.width, back.row(s, c, y),
                            s.width * sizeof(float));
    }
    for (std::int64_t k = 0; k < kernels; ++k)
        for (int y = 0; y < kSide; ++y)
            std::memcpy(grad_weight + k * kTaps + y * kSide, sums.data + (k * kSide + y) * kRow, kSide * sizeof(float));
}

}  // namespace paribus::PARIBUS_ISA
