// SPDX-License-Identifier: MIT
// Progress of several transfers: a line for each that runs and one for all, on a terminal's standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace fid::cmd::fetch {

class Bars {
  public:
    /// `enabled`: there is a terminal, and nobody asked for silence. `all`: how many transfers there will be.
    Bars(bool enabled, std::uint64_t all);
    ~Bars() { clear(); }
    Bars(const Bars&) = delete;
    Bars& operator=(const Bars&) = delete;

    void begin(std::uint64_t number, std::string label);
    /// `whole` is 0 where it is unknown.
    void update(std::uint64_t number, std::uint64_t done, std::uint64_t whole);
    void end(std::uint64_t number);
    /// Draws from the second second on, ten times a second.
    void draw();
    /// Takes the lines off, before something else is written; they come back with the next draw().
    void clear();

  private:
    using Clock = std::chrono::steady_clock;
    struct Bar {
        std::string label;
        std::uint64_t done = 0, whole = 0;
        Clock::time_point begun;
    };
    std::map<std::uint64_t, Bar> bars_;
    bool enabled_;
    std::uint64_t all_, ended_ = 0, ended_bytes_ = 0;
    std::size_t drawn_ = 0;  ///< lines that stand on the terminal
    Clock::time_point begun_, next_;
};

}  // namespace fid::cmd::fetch
