// The activations on whole arrays.
#include "activations.hpp"

namespace paribus::PARIBUS_ISA {

void activate(int number, float* z, std::int64_t count) {
    with_activation(number, [=](auto kind) {
        std::int64_t i = 0;
        for (; i + kLanes <= count; i += kLanes) store(z + i, kind.value(load(z + i)));
        if (i < count) store_some(z + i, kind.value(load_some(z + i, count - i)), count - i);
    });
}

void chain(int number, const float* y, float* grad, std::int64_t count) {
    with_activation(number, [=](auto kind) {
        std::int64_t i = 0;
        for (; i + kLanes <= count; i += kLanes) store(grad + i, kind.chain(load(y + i), load(grad + i)));
        if (i == count) return;
        const Lanes last = kind.chain(load_some(y + i, count - i), load_some(grad + i, count - i));
        store_some(grad + i, last, count - i);
    });
}

}  // namespace paribus::PARIBUS_ISA
