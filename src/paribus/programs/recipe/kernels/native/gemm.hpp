// A matrix product, tiled for registers and the first cache. The three of a dense layer are this one: its scalars may lie
// in any order (`Scalars`), so weights serve as they are and transposed. Its vectors are panels: a feature's values for up
// to kPanel samples side by side.
#pragma once
#include <algorithm>

#include "simd.hpp"

namespace paribus::PARIBUS_ISA {

constexpr int kRows = 6;                        // of a tile whose sums stay in registers
constexpr int kColumns = kLanes == 16 ? 4 : 2;  // and its vectors
constexpr std::int64_t kPanel = kColumns * kLanes;  // samples
constexpr std::int64_t kDepth = 64;  // summed at once, so that a panel's part stays in the first cache

// Scalars that are multiplied into vectors: those of row r and depth d at from[r * row + d * step].
struct Scalars {
    const float* from;
    std::int64_t row, step;
};

// out[r][c] (+)= sum over d of scalar[r][d] x vectors[d][c]; rows of `out` lie out_row floats apart, those of `vectors`
// vector_row. Only whole vectors are stored: with more to do after the loop, compilers keep no sum in a register.
template <int rows, int columns>
void tile(Scalars scalars, const float* vectors, std::int64_t vector_row, std::int64_t depth, bool add, float* out,
          std::int64_t out_row) {
    Lanes sum[rows][columns] = {};
    for (std::int64_t d = 0; d < depth; ++d, scalars.from += scalars.step, vectors += vector_row) {
        Lanes v[columns];
#pragma GCC unroll 4
        for (int c = 0; c < columns; ++c) v[c] = load(vectors + c * kLanes);
#pragma GCC unroll 6
        for (int r = 0; r < rows; ++r) {
            const Lanes a = splat(scalars.from[r * scalars.row]);
#pragma GCC unroll 4
            for (int c = 0; c < columns; ++c) sum[r][c] += a * v[c];
        }
    }
#pragma GCC unroll 6
    for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
        for (int c = 0; c < columns; ++c) {
            float* to = out + r * out_row + c * kLanes;
            store(to, add ? load(to) + sum[r][c] : sum[r][c]);
        }
}

// All of a product, out [rows][width] (+)= scalars [rows][depth] x vectors [depth][width], rows of vectors padded with
// whatever is there to whole vectors.
inline void gemm(std::int64_t rows, std::int64_t depth, std::int64_t width, Scalars scalars, const float* vectors,
                    std::int64_t vector_row, bool add, float* out, std::int64_t out_row) {
    float edge[kRows * kPanel];  // a tile at the end of rows that fill no vector
    for (std::int64_t d = 0; d < depth; d += kDepth)
        for (std::int64_t c = 0; c < width; c += kPanel) {
            const std::int64_t room = std::min(kPanel, width - c), vectors_left = (room + kLanes - 1) / kLanes;
            const bool fits = room % kLanes == 0, more = add || d > 0;
            for (std::int64_t r = 0; r < rows; r += kRows) {
                const std::int64_t rows_left = std::min<std::int64_t>(kRows, rows - r);
                float* to = out + r * out_row + c;
                with_constant<kColumns>(vectors_left, [&](auto columns) {
                    with_constant<kRows>(rows_left, [&](auto some) {
                        tile<some, columns>(
                            {scalars.from + r * scalars.row + d * scalars.step, scalars.row, scalars.step},
                            vectors + d * vector_row + c, vector_row, std::min(kDepth, depth - d), fits && more,
                            fits ? to : edge, fits ? out_row : kPanel);
                    });
                });
                if (fits) continue;
                for (std::int64_t i = 0; i < rows_left; ++i)
                    for (std::int64_t k = 0; k < room; ++k) {
                        float& sum = to[i * out_row + k];
                        sum = more ? sum + edge[i * kPanel + k] : edge[i * kPanel + k];
                    }
            }
        }
}

}  // namespace paribus::PARIBUS_ISA
