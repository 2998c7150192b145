// The activations that never fall, value and chain rule, on vectors. NaN passes through, as in PyTorch.
//
// `chain` takes a unit's value y, not its input: that is what is kept. Polynomials are those of the Cephes library's
// single-precision functions (Moshier), with errors of one or two units in the last place.
#pragma once
#include "simd.hpp"

namespace paribus::PARIBUS_ISA {

constexpr float kLog2E = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;

// 2^n for -126 <= n <= 127
inline Lanes power_of_two(LaneInts n) { return reinterpret_cast<Lanes>((n + 127) << 23); }

// exp(x) = 2^n (1 + p); NaN stays in p
inline void split_exp(Lanes x, LaneInts& n, Lanes& p) {
    x = x > 89.0f ? splat(89.0f) : x;  // exp is infinite there, and zero at the other end
    x = x < -104.0f ? splat(-104.0f) : x;
    const Lanes big = splat(12582912.0f);  // 1.5 x 2^23: what is added to it is rounded to a whole number
    const Lanes whole = (x * kLog2E + big) - big;
    n = __builtin_convertvector(x == x ? whole : Lanes{}, LaneInts);
    const Lanes r = x - whole * kLn2High - whole * kLn2Low;
    Lanes q = r * 1.9875691500e-4f + 1.3981999507e-3f;
    q = q * r + 8.3334519073e-3f;
    q = q * r + 4.1665795894e-2f;
    q = q * r + 1.6666665459e-1f;
    q = q * r + 5.0000001201e-1f;
    p = q * r * r + r;
}

inline Lanes exp(Lanes x) {
    LaneInts n;
    Lanes p;
    split_exp(x, n, p);
    const LaneInts half = n >> 1;  // in two steps, for 2^n itself may be too small or too large for a float
    return (p + 1.0f) * power_of_two(half) * power_of_two(n - half);
}

// exp(x) - 1 for x <= 0, to the last place near zero too
inline Lanes exp_minus_one(Lanes x) {
    LaneInts n;
    Lanes p;
    split_exp(x, n, p);
    const Lanes scale = power_of_two(n < -64 ? LaneInts{} - 64 : n);
    return p * scale + (scale - 1.0f);
}

struct Identity {
    static Lanes value(Lanes z) { return z; }
    static Lanes chain(Lanes, Lanes g) { return g; }
};

struct Sigmoid {
    static Lanes value(Lanes z) { return 1.0f / (exp(-z) + 1.0f); }
    static Lanes chain(Lanes y, Lanes g) { return g * (1.0f - y) * y; }
};

struct HardSigmoid {
    static Lanes value(Lanes z) {
        z += 3.0f;
        z = z < 0.0f ? Lanes{} : z;
        z = z > 6.0f ? splat(6.0f) : z;
        return z / 6.0f;
    }
    static Lanes chain(Lanes y, Lanes g) { return ((y > 0.0f) & (y < 1.0f)) ? g / 6.0f : Lanes{}; }
};

struct Tanh {
    static Lanes value(Lanes z) {
        const Lanes size = z < 0.0f ? -z : z, s = z * z;
        Lanes near = s * -5.70498872745e-3f + 2.06390887954e-2f;
        near = near * s - 5.37397155531e-2f;
        near = near * s + 1.33314422036e-1f;
        near = near * s - 3.33332819422e-1f;
        near = near * s * z + z;
        const Lanes far = 1.0f - 2.0f / (exp(size + size) + 1.0f);
        return size < 0.625f ? near : z < 0.0f ? -far : far;
    }
    static Lanes chain(Lanes y, Lanes g) { return g * (1.0f - y * y); }
};

struct Relu {
    static Lanes value(Lanes z) { return z < 0.0f ? Lanes{} : z; }
    static Lanes chain(Lanes y, Lanes g) { return y <= 0.0f ? Lanes{} : g; }
};

struct LeakyRelu {
    static Lanes value(Lanes z) { return z > 0.0f ? z : z * 0.01f; }
    static Lanes chain(Lanes y, Lanes g) { return y > 0.0f ? g : g * 0.01f; }
};

struct Elu {
    static Lanes value(Lanes z) { return z > 0.0f ? z : exp_minus_one(z > 0.0f ? Lanes{} : z); }
    static Lanes chain(Lanes y, Lanes g) { return y <= 0.0f ? g * (y + 1.0f) : g; }
};

struct Selu {  // Klambauer et al. 2017, with torch's constants
    static constexpr float kScale = 1.0507009873554805f, kSteep = kScale * 1.6732632423543772f;
    static Lanes value(Lanes z) { return z > 0.0f ? z * kScale : exp_minus_one(z > 0.0f ? Lanes{} : z) * kSteep; }
    static Lanes chain(Lanes y, Lanes g) { return y <= 0.0f ? g * (y + kSteep) : g * kScale; }
};

struct Softplus {
    // max(z, 0) + log(1 + e) with e = exp(-|z|), and log(1 + e) = 2 artanh(e / (2 + e)) by its series
    static Lanes value(Lanes z) {
        const Lanes e = exp(z < 0.0f ? z : -z), s = e / (e + 2.0f), t = s * s;
        Lanes sum = t * (1.0f / 15) + 1.0f / 13;
        sum = sum * t + 1.0f / 11;
        sum = sum * t + 1.0f / 9;
        sum = sum * t + 1.0f / 7;
        sum = sum * t + 1.0f / 5;
        sum = sum * t + 1.0f / 3;
        return (z > 0.0f ? z : Lanes{}) + (sum * t + 1.0f) * s * 2.0f;
    }
    static Lanes chain(Lanes y, Lanes g) { return -(g * exp_minus_one(-y)); }  // the slope is 1 - exp(-y)
};

// Calls act with the activation of that number in `kActivations`.
template <typename Act>
void with_activation(int number, Act&& act) {
    switch (number) {
        case 0: return act(Identity{});
        case 1: return act(Sigmoid{});
        case 2: return act(HardSigmoid{});
        case 3: return act(Tanh{});
        case 4: return act(Relu{});
        case 5: return act(LeakyRelu{});
        case 6: return act(Elu{});
        case 7: return act(Selu{});
        case 8: return act(Softplus{});
    }
}

void activate(int number, float* z, std::int64_t count);
void chain(int number, const float* y, float* grad, std::int64_t count);

}  // namespace paribus::PARIBUS_ISA
