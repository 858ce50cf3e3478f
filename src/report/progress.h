// SPDX-License-Identifier: MIT
// One line of progress on standard error, for work of more than about a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace fid::report {

/// Draws only where standard error is a terminal, results do not go to a terminal, and quiet was not asked for; at most
/// ten times a second; the line is cleared at the end. Cheap enough to be updated for every block of work.
class Progress {
  public:
    /// `label` says what is going on ("reading big.pcap"); `total` in the unit of update(), 0 where unknown.
    Progress(std::string label, std::uint64_t total, bool quiet);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(std::uint64_t done);

  private:
    void draw(std::uint64_t done, std::chrono::steady_clock::duration elapsed);

    std::string label_;
    std::uint64_t total_;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point next_;
    bool active_;
    bool drawn_ = false;
};

}  // namespace fid::report
