// SPDX-License-Identifier: MIT
#include "transport/telnet.h"

#include <algorithm>
#include <utility>

namespace fid::transport {
namespace {

using enum TelnetCommand;

constexpr std::uint8_t iac_byte = 255;
/// TERMINAL-TYPE's longest subnegotiation that means anything to us is one byte; others are only named.
constexpr std::size_t most_sub_bytes = 512;
/// RFC 1091: names of terminals have at most 40 characters.
constexpr std::size_t most_terminal_name = 40;

/// What a peer may have us do.
bool we_agree(std::uint8_t option, const TelnetProfile& profile) {
    return option == telnet_option::binary || option == telnet_option::suppress_go_ahead ||
           option == telnet_option::terminal_type || (option == telnet_option::window_size && profile.window);
}

/// What it may do itself.
bool they_may(std::uint8_t option) {
    return option == telnet_option::binary || option == telnet_option::echo ||
           option == telnet_option::suppress_go_ahead;
}

}  // namespace

Telnet::Telnet(TelnetProfile profile, Note note) : profile_(std::move(profile)), note_(std::move(note)) {
    std::erase_if(profile_.terminal, [](char c) { return c <= ' ' || c > '~'; });
    if (profile_.terminal.size() > most_terminal_name) profile_.terminal.resize(most_terminal_name);
}

bool Telnet::character_mode() const {
    if (chosen_) return chosen_characters_;
    return on(theirs_, telnet_option::echo) && on(theirs_, telnet_option::suppress_go_ahead);
}

/// Are the peer's CR LF our line ends?
bool Telnet::translates() const { return !(profile_.raw_characters && character_mode()); }

std::size_t Telnet::receive(Bytes wire, std::vector<std::uint8_t>& data) {
    std::size_t at = 0;
    while (at < wire.size()) {
        if (reading_ == Reading::data) {
            const auto rest = wire.subspan(at);
            const auto run = static_cast<std::size_t>(std::ranges::find(rest, iac_byte) - rest.begin());
            take_data(rest.first(run), data);
            at += run;
            if (at == wire.size()) break;
            reading_ = Reading::iac;
            ++at;
            continue;
        }
        const std::uint8_t byte = wire[at++];
        if (reading_ == Reading::iac && byte == iac_byte) {
            reading_ = Reading::data;
            take_data(Bytes(&byte, 1), data);
            continue;
        }
        const bool before = character_mode();
        take_byte(byte);
        if (character_mode() != before) break;
    }
    return at;
}

void Telnet::take_data(Bytes run, std::vector<std::uint8_t>& data) {
    if (run.empty()) return;
    if (on(theirs_, telnet_option::binary)) {
        receive_end(data);
        data.insert(data.end(), run.begin(), run.end());
        return;
    }
    const bool translating = translates();
    for (const std::uint8_t byte : run) {
        const bool after_cr = std::exchange(received_cr_, false);
        if (std::exchange(held_cr_, false) && (byte != '\n' || !translating)) data.push_back('\r');
        if (after_cr && byte == 0) continue;
        received_cr_ = byte == '\r';
        held_cr_ = received_cr_ && translating;
        if (!held_cr_) data.push_back(byte);
    }
}

void Telnet::receive_end(std::vector<std::uint8_t>& data) {
    received_cr_ = false;
    if (std::exchange(held_cr_, false)) data.push_back('\r');
}

void Telnet::take_byte(std::uint8_t byte) {
    switch (reading_) {
        case Reading::data:
            break;
        case Reading::iac:
            take_command(byte);
            break;
        case Reading::option:
            reading_ = Reading::data;
            negotiate(verb_, byte);
            break;
        case Reading::sub_option:
            sub_option_ = byte;
            sub_.clear();
            sub_too_long_ = false;
            reading_ = byte == iac_byte ? Reading::sub_iac : Reading::sub;
            break;
        case Reading::sub:
            if (byte == iac_byte)
                reading_ = Reading::sub_iac;
            else if (sub_.size() < most_sub_bytes)
                sub_.push_back(byte);
            else
                sub_too_long_ = true;
            break;
        case Reading::sub_iac:
            if (byte == iac_byte) {
                reading_ = Reading::sub;
                if (sub_.size() < most_sub_bytes) sub_.push_back(byte);
            } else if (byte == static_cast<std::uint8_t>(subnegotiation_end)) {
                reading_ = Reading::data;
                take_subnegotiation();
            } else {
                // It was never ended. What follows the IAC is a command, so that no more than this is lost.
                take_command(byte);
            }
            break;
    }
}

void Telnet::take_command(std::uint8_t byte) {
    reading_ = Reading::data;
    if (byte < static_cast<std::uint8_t>(end_of_file)) return;  // undefined: RFC 854 gives it no meaning
    const auto command = static_cast<TelnetCommand>(byte);
    switch (command) {
        case will:
        case wont:
        case do_:
        case dont:
            verb_ = command;
            reading_ = Reading::option;
            return;
        case subnegotiation:
            reading_ = Reading::sub_option;
            return;
        case are_you_there:
            // Text would be taken for something the user has typed: the sign of life is one that means nothing else.
            note("received", command);
            this->command(no_operation);
            return;
        default:
            note("received", command);
    }
}

void Telnet::negotiate(TelnetCommand verb, std::uint8_t option) {
    note("received", verb, telnet_option_name(option));
    // RFC 860: each request is answered once all before it has been dealt with, which is now; there is no state. A
    // refusal marks the time as well, and only with that one do BSD's servers go on to take each key as it is pressed:
    // whoever agrees is believed to edit lines (telnetd's "kludge linemode").
    if (option == telnet_option::timing_mark) {
        if (verb == do_) answer(wont, option);
        return;
    }
    switch (verb) {
        case will:
            enabled_by_peer(theirs_, option, they_may(option), do_, dont);
            break;
        case wont:
            disabled_by_peer(theirs_, option, do_, dont);
            break;
        case do_: {
            const bool before = on(ours_, option);
            enabled_by_peer(ours_, option, we_agree(option, profile_), will, wont);
            if (option == telnet_option::window_size && !before && on(ours_, option)) tell_window();
            break;
        }
        default:
            disabled_by_peer(ours_, option, will, wont);
            break;
    }
}

void Telnet::enabled_by_peer(States& states, std::uint8_t option, bool agree, TelnetCommand yes, TelnetCommand no) {
    State& state = states.at(option);
    switch (state) {
        case State::no:
            if (agree) state = State::yes;
            answer(agree ? yes : no, option);
            break;
        case State::yes:
            break;
        case State::want_no:
            state = State::no;
            break;  // a fault of the peer's: our refusal was answered by a request
        case State::want_no_opposite:
        case State::want_yes:
            state = State::yes;
            break;
        case State::want_yes_opposite:
            state = State::want_no;
            answer(no, option);
            break;
    }
}

void Telnet::disabled_by_peer(States& states, std::uint8_t option, TelnetCommand yes, TelnetCommand no) {
    State& state = states.at(option);
    switch (state) {
        case State::no:
            break;
        case State::yes:
            state = State::no;
            answer(no, option);
            break;
        case State::want_no_opposite:
            state = State::want_yes;
            answer(yes, option);
            break;
        case State::want_no:
        case State::want_yes:
        case State::want_yes_opposite:
            state = State::no;
            break;
    }
}

/// Of the peer's side; we have nothing to offer of ours unasked.
void Telnet::ask(std::uint8_t option, bool enable) {
    State& state = theirs_.at(option);
    switch (state) {
        case State::no:
            if (!enable) break;
            state = State::want_yes;
            answer(do_, option);
            break;
        case State::yes:
            if (enable) break;
            state = State::want_no;
            answer(dont, option);
            break;
        case State::want_no:
        case State::want_no_opposite:
            state = enable ? State::want_no_opposite : State::want_no;
            break;
        case State::want_yes:
        case State::want_yes_opposite:
            state = enable ? State::want_yes : State::want_yes_opposite;
            break;
    }
}

void Telnet::take_subnegotiation() {
    constexpr std::uint8_t is = 0, send = 1;
    note("received", subnegotiation, telnet_option_name(sub_option_));
    if (sub_too_long_ || sub_option_ != telnet_option::terminal_type || !on(ours_, telnet_option::terminal_type) ||
        sub_ != std::vector<std::uint8_t>{send})
        return;
    // There is one name, told each time: the same twice says that the list has ended (RFC 1091).
    note("sent", subnegotiation, telnet_option_name(sub_option_) + " " + profile_.terminal);
    answers_.insert(answers_.end(), {iac_byte, static_cast<std::uint8_t>(subnegotiation), sub_option_, is});
    answers_.insert(answers_.end(), profile_.terminal.begin(), profile_.terminal.end());
    answers_.insert(answers_.end(), {iac_byte, static_cast<std::uint8_t>(subnegotiation_end)});
}

void Telnet::resize(unsigned columns, unsigned rows) {
    constexpr unsigned most = 65535;
    columns_ = std::min(columns, most);
    rows_ = std::min(rows, most);
    if (on(ours_, telnet_option::window_size)) tell_window();
}

void Telnet::tell_window() {
    const auto put = [this](unsigned byte) {
        answers_.push_back(static_cast<std::uint8_t>(byte));
        if (byte == iac_byte) answers_.push_back(iac_byte);
    };
    note("sent", subnegotiation,
         telnet_option_name(telnet_option::window_size) + " " + std::to_string(columns_) + " " + std::to_string(rows_));
    answers_.insert(answers_.end(), {iac_byte, static_cast<std::uint8_t>(subnegotiation), telnet_option::window_size});
    put(columns_ >> 8U);
    put(columns_ & 0xffU);
    put(rows_ >> 8U);
    put(rows_ & 0xffU);
    answers_.insert(answers_.end(), {iac_byte, static_cast<std::uint8_t>(subnegotiation_end)});
}

void Telnet::command(TelnetCommand command) {
    note("sent", command);
    answers_.insert(answers_.end(), {iac_byte, static_cast<std::uint8_t>(command)});
}

void Telnet::choose_mode(bool characters) {
    chosen_ = true;
    chosen_characters_ = characters;
    ask(telnet_option::suppress_go_ahead, characters);
    ask(telnet_option::echo, characters);
}

void Telnet::answer(TelnetCommand verb, std::uint8_t option) {
    note("sent", verb, telnet_option_name(option));
    answers_.insert(answers_.end(), {iac_byte, static_cast<std::uint8_t>(verb), option});
}

void Telnet::send(Bytes bytes, std::vector<std::uint8_t>& wire) {
    const bool binary = on(ours_, telnet_option::binary);
    const bool keys = profile_.raw_characters && character_mode();
    for (const std::uint8_t byte : bytes) {
        const bool after_cr = std::exchange(sent_cr_, false);
        if (after_cr && byte != '\n') wire.push_back(0);
        if (byte == '\n' && !after_cr && !binary && !keys) wire.push_back('\r');
        wire.push_back(byte);
        if (byte == iac_byte) wire.push_back(byte);
        if (byte != '\r' || binary) continue;
        // A key is not followed by anything for a while.
        if (keys)
            wire.push_back(0);
        else
            sent_cr_ = true;
    }
}

void Telnet::send_end(std::vector<std::uint8_t>& wire) {
    if (std::exchange(sent_cr_, false)) wire.push_back(0);
}

std::string Telnet::agreed() const {
    std::string text;
    const auto list = [&text](std::string_view whose, const States& states) {
        std::string names;
        for (unsigned option = 0; option < states.size(); ++option)
            if (on(states, static_cast<std::uint8_t>(option)))
                names += " " + telnet_option_name(static_cast<std::uint8_t>(option));
        text.append(whose).append(names.empty() ? " none" : names);
    };
    list("ours:", ours_);
    list("; theirs:", theirs_);
    return text;
}

void Telnet::note(std::string_view what, TelnetCommand verb, const std::string& rest) const {
    if (!note_) return;
    std::string text(what);
    text += ' ';
    text += telnet_command_name(verb);
    if (!rest.empty()) text += " " + rest;
    note_(text);
}

}  // namespace fid::transport
