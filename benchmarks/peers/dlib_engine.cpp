// dlib, a C++ engine: its own layers, its adam solver, data in memory. Usage: dlib_engine FOLDER WARM_UP STEPS
// Prints the same lines of JSON as the peers in Python.

#include <dlib/dnn.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

using namespace dlib;

constexpr long batch_size = 64, last = 20, side = 28;
using image = matrix<float>;

// Twice 5x5 convolution, activation and 2x2 maximum; then dense layers of 120, 84 and 10. dlib pads by itself, but
// where told not to.
template <template <typename> class Act, typename Below>
using features = max_pool<2, 2, 2, 2, Act<add_layer<con_<16, 5, 5, 1, 1, 0, 0>,
                 max_pool<2, 2, 2, 2, Act<add_layer<con_<6, 5, 5, 1, 1, 2, 2>, Below>>>>>>;
template <template <typename> class Act>
using lenet = loss_multiclass_log<fc<10, Act<fc<84, Act<fc<120, features<Act, input<image>>>>>>>>;

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename Net>
class trainer {
public:
    trainer(const std::vector<image>& images, const std::vector<unsigned long>& labels)
        : images(images), labels(labels), solvers(net.num_computational_layers, adam(0, 0.9f, 0.999f)) {}

    // Updates on the batches from number `first` on; the loss of the last of them.
    double train(long first, long steps) {
        double loss = 0;
        for (long i = first; i < first + steps; ++i) {
            const auto begin = images.begin() + i * batch_size;
            net.to_tensor(begin, begin + batch_size, x);
            loss = net.compute_parameter_gradients(x, labels.begin() + i * batch_size);
            net.update_parameters(make_sstack(solvers), 0.001);
        }
        return loss;
    }

private:
    const std::vector<image>& images;
    const std::vector<unsigned long>& labels;
    Net net;
    std::vector<adam> solvers;
    resizable_tensor x;
};

template <typename Net>
void time_steps(const std::string& activation, const std::vector<image>& images,
                const std::vector<unsigned long>& labels, long warm_up, long steps) {
    double start = seconds();
    trainer<Net> network(images, labels);
    network.train(0, 1);
    const double first_s = seconds() - start;
    network.train(1, warm_up - 1);
    start = seconds();
    network.train(warm_up, steps);
    const double ms = (seconds() - start) / steps * 1000;
    double loss = 0;
    for (long i = 0; i < last; ++i) loss += network.train(warm_up + steps + i, 1) / last;
    std::cout << "{\"activation\": \"" << activation << "\", \"ms\": " << ms << ", \"first_s\": " << first_s
              << ", \"loss\": " << loss << ", \"optimizer\": \"adam\", \"versions\": {\"dlib\": \""
              << DLIB_RELEASE << "\"}}" << std::endl;  // given by the driver; the headers do not say
}

int main(int count, char** arguments) {
    if (count != 4) {
        std::cerr << "usage: dlib_engine FOLDER WARM_UP STEPS\n";
        return 2;
    }
    const std::string folder = arguments[1];
    std::ifstream pixels(folder + "/images.f32", std::ios::binary), classes(folder + "/labels.u8", std::ios::binary);
    std::vector<image> images;
    std::vector<unsigned long> labels;
    for (image one(side, side); pixels.read(reinterpret_cast<char*>(&one(0, 0)), side * side * sizeof(float));)
        images.push_back(one);
    for (char label; classes.get(label);) labels.push_back(static_cast<unsigned char>(label));
    const long warm_up = std::atol(arguments[2]), steps = std::atol(arguments[3]);
    time_steps<lenet<sig>>("sigmoid", images, labels, warm_up, steps);
    time_steps<lenet<relu>>("relu", images, labels, warm_up, steps);
}
