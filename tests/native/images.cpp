// Reading images under sanitizers: every size, with the last image at the very end of what there is.
#include <cstdio>
#include <cstdlib>

#include "exact.hpp"

int check_images(const paribus::Kernels& kernels) {
    Random random(7);
    int cases = 0;
    for (std::int64_t size = 1; size <= 200; size += size < 40 ? 1 : 23)
        for (std::int64_t count : {0, 1, 2, 3, 9}) {
            const std::int64_t there = count + 1;
            Exact<std::uint8_t> source(there * size);
            Exact<float> table(256), out(count * size);
            Exact<std::int64_t> chosen(count);
            for (int i = 0; i < 256; ++i) table[i] = static_cast<float>(one_of(random, -1000, 1000));
            for (std::int64_t i = 0; i < source.size; ++i)  // long stretches of zeros too
                source[i] = one_of(random, 0, 20) ? 0 : static_cast<std::uint8_t>(one_of(random, 0, 255));
            for (std::int64_t i = 0; i < count; ++i) chosen[i] = i ? one_of(random, 0, there - 1) : there - 1;
            kernels.look_up(source.data.get(), size, chosen.data.get(), count, table.data.get(), out.data.get());
            for (std::int64_t i = 0; i < out.size; ++i)
                if (out[i] != table[source[chosen[i / size] * size + i % size]]) {
                    std::fprintf(stderr, "%s: number %d of image %d of %d bytes was read wrongly\n", kernels.name,
                                 int(i % size), int(i / size), int(size));
                    std::exit(1);
                }
            ++cases;
        }
    return cases;
}
