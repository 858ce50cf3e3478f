// SPDX-License-Identifier: MIT
// One line of progress on standard error, for work of more than about a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace fid::report {

/// When the results of the work are written: progress and results do not share a terminal's lines.
enum class Results : std::uint8_t { after, meanwhile };

/// Draws only where standard error is a terminal, quiet was not asked for, and no results go to a terminal meanwhile;
/// from the second second on, at most ten times a second; the line is cleared at the end. Cheap enough to be updated
/// for every block of work.
class Progress {
  public:
    /// `label` says what is going on ("reading big.pcap"); `total` in the unit of update(), 0 where unknown.
    Progress(std::string label, std::uint64_t total, Results results, bool quiet);
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
};

/// Takes the line off the terminal, if one is drawn, before something else is written to standard error. It comes back
/// with the next update.
void clear_progress();

}  // namespace fid::report
