// SPDX-License-Identifier: MIT
// The lines typed in earlier sessions: $XDG_STATE_HOME/fid/connect_history, for its owner's eyes only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fid::cmd::connect {

class History {
  public:
    static constexpr std::size_t most_lines = 1000;
    static constexpr std::size_t most_line_bytes = 4096;

    /// `path` is empty where nothing is to be read or kept.
    explicit History(std::string path);
    /// Where it is by the environment (XDG_STATE_HOME, else ~/.local/state); empty where that names no place.
    [[nodiscard]] static std::string usual_path();

    /// What the file has, the oldest first; what is in it that no line of ours can be is left out.
    [[nodiscard]] std::vector<std::string> read() const;
    /// A line to keep. Not kept: one that begins with a blank, is empty, very long or has control characters.
    void add(std::string_view line);
    /// Adds the kept lines to what the file has by now, the newest 1000 of all. Where that is not possible, nothing is
    /// written and nothing is said: a session has not failed for it.
    void save();

  private:
    std::string path_;
    std::vector<std::string> added_;
};

}  // namespace fid::cmd::connect
