// Vectors of PARIBUS_LANES floats, for the instruction set named PARIBUS_ISA: what all kernels share.
//
// Compiled once for each instruction set, with PARIBUS_ISA (its name) and PARIBUS_LANES (floats a vector) given. All of it
// lies in the instruction set's own namespace, so that the linker cannot take one set's code for another's.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "kernel_table.hpp"

namespace paribus::PARIBUS_ISA {

constexpr int kSide = 5;  // of the convolution's kernel
constexpr int kTaps = kSide * kSide;
constexpr int kLanes = PARIBUS_LANES;

typedef float Lanes __attribute__((vector_size(kLanes * 4)));
typedef std::int32_t LaneInts __attribute__((vector_size(kLanes * 4)));
typedef std::uint8_t LaneBytes __attribute__((vector_size(kLanes)));

template <typename T>
struct Buffer {
    static constexpr std::align_val_t kAlign{64};
    explicit Buffer(std::int64_t count)
        : data(static_cast<T*>(::operator new((count < 1 ? 1 : count) * sizeof(T), kAlign))) {}
    ~Buffer() { ::operator delete(data, kAlign); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    void clear(std::int64_t count) { std::memset(data, 0, count * sizeof(T)); }
    T* data;
};

template <typename V>
constexpr int width_of = sizeof(V) / sizeof(float);

// value - 0 is value, so that it costs nothing; value + 0 would not be, for -0
template <typename V = Lanes>
inline V splat(float value) {
    return value - V{};
}

// The same pointer, of which compilers know nothing any more: else they would keep what lies there, for when it is read
// again, in registers that sums want, or add an offset again for each vector.
template <typename T>
inline const T* opaque(const T* from) {
    asm("" : "+r"(from));
    return from;
}

// At any address
template <typename V = Lanes>
inline V load(const float* from) {
    V v;
    std::memcpy(&v, from, sizeof(V));
    return v;
}

template <typename V>
inline void store(float* to, V v) {
    std::memcpy(to, &v, sizeof(V));
}

// The first `count` floats, zeros after them
template <typename V = Lanes>
inline V load_some(const float* from, std::int64_t count) {
    if (count >= width_of<V>) return load<V>(from);
    V v{};
    for (int i = 0; i < width_of<V>; ++i)
        if (i < count) v[i] = from[i];
    return v;
}

// The first `count` elements, in pieces of sizes known to the compiler: calls of memcpy would cost more
template <typename T, typename V>
inline void store_some(T* to, const V& v, std::int64_t count) {
    constexpr int all = sizeof(V) / sizeof(T);
    if (count >= all) return static_cast<void>(std::memcpy(to, &v, sizeof(V)));
    T from[all];
    std::memcpy(from, &v, sizeof(V));
    int done = 0;
#pragma GCC unroll 4
    for (int step = all / 2; step; step /= 2)
        if (count & step) {
            std::memcpy(to + done, from + done, step * sizeof(T));
            done += step;
        }
}

// Up to the next multiple of `unit`
inline std::int64_t round_up(std::int64_t count, std::int64_t unit = kLanes) { return (count + unit - 1) / unit * unit; }

// The first share of `all` in shares of at most `most`, as few and as equal as can be
inline std::int64_t even_share(std::int64_t all, std::int64_t most) {
    const std::int64_t shares = (all + most - 1) / most;
    return (all + shares - 1) / shares;
}

// Calls act with n as a constant, 1 <= n <= most, so that arrays of n vectors can live in registers
template <int most, typename Act>
inline void with_constant(std::int64_t n, Act&& act) {
    if constexpr (most > 1)
        if (n < most) return with_constant<most - 1>(n, act);
    act(std::integral_constant<int, most>{});
}

template <typename V, int... lane>
inline V pick(V a, V b, std::integer_sequence<int, lane...>) {
#ifdef __clang__
    return __builtin_shufflevector(a, b, lane...);
#else
    typedef std::int32_t Ints __attribute__((vector_size(sizeof(V))));
    return __builtin_shuffle(a, b, Ints{lane...});
#endif
}

// Each int's lowest byte
inline LaneBytes low_bytes(LaneInts ints) {
#if defined(__clang__) || PARIBUS_LANES == 16
    return __builtin_convertvector(ints, LaneBytes);
#else  // which GCC would do one by one
    typedef std::uint8_t Bytes __attribute__((vector_size(sizeof(LaneInts))));
    const Bytes found = __builtin_shuffle(reinterpret_cast<Bytes>(ints), Bytes{0, 4, 8, 12, 16, 20, 24, 28});
    LaneBytes low;
    std::memcpy(&low, &found, sizeof(low));
    return low;
#endif
}

// Swaps, between rows `half` apart, the off-diagonal blocks of that size: of four rows with half = 2, a b c d over
// i j k l become a b i j over c d k l. Done for halves, quarters, ... it transposes.
template <int half, typename V, int width, int... lane>
inline void swap_blocks(V (&rows)[width], std::integer_sequence<int, lane...>) {
#pragma GCC unroll 16
    for (int i = 0; i < width; ++i) {
        if (i & half) continue;
        const V a = rows[i], b = rows[i + half];
        rows[i] = pick(a, b, std::integer_sequence<int, (lane & half ? width + lane - half : lane)...>{});
        rows[i + half] = pick(a, b, std::integer_sequence<int, (lane & half ? width + lane : lane + half)...>{});
    }
}

template <typename V, int width>
inline void transpose(V (&rows)[width]) {
    static_assert(width == width_of<V>);
    constexpr auto lanes = std::make_integer_sequence<int, width>{};
    if constexpr (width > 8) swap_blocks<8>(rows, lanes);
    if constexpr (width > 4) swap_blocks<4>(rows, lanes);
    swap_blocks<2>(rows, lanes);
    swap_blocks<1>(rows, lanes);
}

}  // namespace paribus::PARIBUS_ISA
