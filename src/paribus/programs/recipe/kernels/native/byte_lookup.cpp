// Images read from bytes: a look at a table, with the same result on every processor.
#include <cstdint>
#include <cstring>

#include "kernel_table.hpp"

namespace paribus::PARIBUS_ISA {

// Where an image begins is known long before it is needed; without this a shuffled batch waits for memory.
constexpr std::int64_t kAhead = 2, kCacheLine = 64;

void look_up(const std::uint8_t* source, std::int64_t size, const std::int64_t* chosen, std::int64_t count,
             const float* table, float* out) {
    constexpr std::int64_t kSome = 8;
    for (std::int64_t n = 0; n < count; ++n) {
        if (n + kAhead < count)
            for (std::int64_t i = 0; i < size; i += kCacheLine)
                __builtin_prefetch(source + chosen[n + kAhead] * size + i);
        const std::uint8_t* from = source + chosen[n] * size;
        std::int64_t i = 0;
        for (; i + kSome <= size; i += kSome, out += kSome) {
            std::uint64_t some;
            std::memcpy(&some, from + i, kSome);
            if (some == 0)  // background, as most of a digit is
                for (std::int64_t k = 0; k < kSome; ++k) out[k] = table[0];
            else
                for (std::int64_t k = 0; k < kSome; ++k) out[k] = table[from[i + k]];
        }
        for (; i < size; ++i) *out++ = table[from[i]];
    }
}

}  // namespace paribus::PARIBUS_ISA
