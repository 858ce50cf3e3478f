// SPDX-License-Identifier: MIT
// Name lookups at the same time: the system's resolver blocks for each.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace fid::cmd {

/// Calls work(0) to work(count - 1), up to 16 at the same time; returns when all are done.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
    constexpr std::size_t most_threads = 16;
    std::atomic<std::size_t> next = 0;
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    if (count < 2) return run();
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(count, most_threads); ++i) threads.emplace_back(run);
}

}  // namespace fid::cmd
