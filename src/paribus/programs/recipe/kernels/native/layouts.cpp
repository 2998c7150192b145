// Between PyTorch's layout of a sample and the one of the backward pass: padded, channels last; see convolution.hpp.
#include <algorithm>

#include "convolution.hpp"

namespace paribus::PARIBUS_ISA {
namespace {

constexpr int kShort = std::min(kLanes, 8);
typedef float Short __attribute__((vector_size(kShort * 4)));

}  // namespace

void channels_last(const Shape& s, const float* x, float* pixels) {
    const std::int64_t C = s.channels, plane = s.height * s.width;
    const float* end = x + C * plane;
    for (std::int64_t y = 0; y < s.height; ++y, x += s.width) {
        float* to = pixels + ((y + s.padding) * s.padded_width() + s.padding) * C;
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

void channels_first(const Shape& s, const float* pixels, float* x) {
    const std::int64_t C = s.channels, plane = s.height * s.width;
    for (std::int64_t y = 0; y < s.height; ++y, x += s.width)
        for (std::int64_t first = 0; first < s.width; first += kShort) {
            const std::int64_t count = std::min<std::int64_t>(kShort, s.width - first);
            const float* from = pixels + ((y + s.padding) * s.padded_width() + s.padding + first) * C;
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

}  // namespace paribus::PARIBUS_ISA
