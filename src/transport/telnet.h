// SPDX-License-Identifier: MIT
// Telnet as the client speaks it (RFC 854, 855), over bytes in memory: what the peer sends becomes data and answers,
// what the user sends becomes what goes over the wire. Options are agreed on by the Q method (RFC 1143), which cannot
// loop. Nothing here waits; telnet_stream.h puts it over a connection.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "report/text.h"

namespace fid::transport {

enum class TelnetCommand : std::uint8_t {
    end_of_file = 236,
    suspend = 237,
    abort = 238,
    end_of_record = 239,
    subnegotiation_end = 240,
    no_operation = 241,
    data_mark = 242,
    break_ = 243,
    interrupt_process = 244,
    abort_output = 245,
    are_you_there = 246,
    erase_character = 247,
    erase_line = 248,
    go_ahead = 249,
    subnegotiation = 250,
    will = 251,
    wont = 252,
    do_ = 253,
    dont = 254,
    iac = 255,
};

namespace telnet_option {
inline constexpr std::uint8_t binary = 0;             ///< RFC 856
inline constexpr std::uint8_t echo = 1;               ///< RFC 857
inline constexpr std::uint8_t suppress_go_ahead = 3;  ///< RFC 858
inline constexpr std::uint8_t timing_mark = 6;        ///< RFC 860
inline constexpr std::uint8_t terminal_type = 24;     ///< RFC 1091
inline constexpr std::uint8_t window_size = 31;       ///< RFC 1073
}  // namespace telnet_option

/// What the peer may learn of us, and how what it sends is to look.
struct TelnetProfile {
    std::string terminal = "UNKNOWN";  ///< the answer to TERMINAL-TYPE
    bool window = false;               ///< there is a window whose size may be told
    /// In character mode line ends pass as they are, both ways: a terminal in raw mode shows and makes them.
    bool raw_characters = false;
};

class Telnet {
  public:
    /// `note` is told each command sent and received, by name: "received DO TERMINAL-TYPE".
    using Note = std::function<void(const std::string&)>;
    explicit Telnet(TelnetProfile profile, Note note = {});

    /// Reads what the peer sent, cut anywhere; appends the data in it. Returns how many bytes were read: fewer than
    /// there are where character_mode() has just changed, so that what follows can be shown in the new mode.
    [[nodiscard]] std::size_t receive(Bytes wire, std::vector<std::uint8_t>& data);
    /// The peer has ended: appends what was held back.
    void receive_end(std::vector<std::uint8_t>& data);
    /// Appends the user's bytes as they go over the wire: IAC doubled; LF, and CR LF, as CR LF; any other CR as CR NUL.
    /// In binary only IAC is doubled. A CR at the end waits for what follows.
    void send(Bytes bytes, std::vector<std::uint8_t>& wire);
    void send_end(std::vector<std::uint8_t>& wire);

    /// What is to be sent besides data; the caller takes it away.
    [[nodiscard]] std::vector<std::uint8_t>& answers() { return answers_; }

    /// Tells the window's size, now if that was agreed on and whenever it is.
    void resize(unsigned columns, unsigned rows);
    /// A command without an option: interrupt_process, break_, are_you_there...
    void command(TelnetCommand command);
    /// Each key at a time or lines: asks the peer for the options of it, and holds from now on whatever it answers.
    void choose_mode(bool characters);

    [[nodiscard]] bool remote_echo() const { return on(theirs_, telnet_option::echo); }
    /// The peer echoes and takes each key as it is pressed (ECHO and SUPPRESS-GO-AHEAD), or the user has chosen so.
    [[nodiscard]] bool character_mode() const;
    /// What is agreed on: "ours: TERMINAL-TYPE NAWS; theirs: ECHO SUPPRESS-GO-AHEAD".
    [[nodiscard]] std::string agreed() const;

  private:
    /// RFC 1143, section 7: "opposite" is the queue bit.
    enum class State : std::uint8_t { no, yes, want_no, want_no_opposite, want_yes, want_yes_opposite };
    using States = std::array<State, 256>;
    enum class Reading : std::uint8_t { data, iac, option, sub_option, sub, sub_iac };

    static bool on(const States& states, std::uint8_t option) {
        // While we have asked for the end of it, it still holds.
        const State state = states.at(option);
        return state == State::yes || state == State::want_no || state == State::want_no_opposite;
    }
    [[nodiscard]] bool translates() const;
    void take_data(Bytes run, std::vector<std::uint8_t>& data);
    void take_byte(std::uint8_t byte);
    void take_command(std::uint8_t byte);
    void negotiate(TelnetCommand verb, std::uint8_t option);
    void enabled_by_peer(States& states, std::uint8_t option, bool agree, TelnetCommand yes, TelnetCommand no);
    void disabled_by_peer(States& states, std::uint8_t option, TelnetCommand yes, TelnetCommand no);
    void ask(std::uint8_t option, bool enable);
    void take_subnegotiation();
    void answer(TelnetCommand verb, std::uint8_t option);
    void tell_window();
    void note(std::string_view what, TelnetCommand verb, const std::string& rest = {}) const;

    TelnetProfile profile_;
    Note note_;
    States ours_{}, theirs_{};
    Reading reading_ = Reading::data;
    TelnetCommand verb_ = TelnetCommand::no_operation;  ///< whose option comes next
    std::uint8_t sub_option_ = 0;
    std::vector<std::uint8_t> sub_;  ///< at most most_sub_bytes; longer ones are passed over
    bool sub_too_long_ = false;
    bool received_cr_ = false;  ///< a NUL after it is dropped
    bool held_cr_ = false;      ///< that CR is not in the data yet: LF may follow
    bool sent_cr_ = false;      ///< the wire waits for LF or NUL
    unsigned columns_ = 0, rows_ = 0;
    bool chosen_ = false, chosen_characters_ = false;
    std::vector<std::uint8_t> answers_;
};

/// "TERMINAL-TYPE", or the number where it has no name here.
[[nodiscard]] std::string telnet_option_name(std::uint8_t option);
[[nodiscard]] std::string_view telnet_command_name(TelnetCommand command);

}  // namespace fid::transport
