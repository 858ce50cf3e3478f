// SPDX-License-Identifier: MIT
#include "cmd/resolve/bulk_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>

#include "transport/descriptor.h"

namespace fid::cmd::resolve {
namespace {

constexpr std::string_view first_line = "fid resolve --bulk state 1";

/// "<word> a b c" read as numbers.
template <class... Number>
bool read_numbers(std::string_view line, std::string_view word, Number&... numbers) {
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    const auto read = [&](auto& number) {
        if (!line.starts_with(' ')) return false;
        line.remove_prefix(1);
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
        line.remove_prefix(static_cast<std::size_t>(end - line.data()));
        return error == std::errc();
    };
    return (read(numbers) && ...);
}

/// "left LINE TYPE CLASS NAME"
std::optional<dns::BulkQuestion> read_unfinished(std::string_view line) {
    dns::BulkQuestion question;
    if (!read_numbers(line, "left", question.mark, question.question.type, question.question.klass))
        return std::nullopt;
    auto name = dns::Name::parse(line.substr(line.rfind(' ') + 1));
    if (!name) return std::nullopt;
    question.question.name = *name;
    return question;
}

std::unexpected<Error> not_ours(const std::string& path) {
    return fail(Status::bad_input, "cannot go on with", path, "it is not a state that --resume wrote",
                "name another file, or remove it to begin from the start");
}

}  // namespace

Result<std::optional<BulkState>> read_bulk_state(const std::string& path, const std::string& input) {
    std::ifstream file(path);
    if (!file) {
        if (errno == ENOENT) return std::nullopt;
        return fail_errno(Status::cannot_read, "cannot read", path, errno);
    }
    BulkState state;
    std::string line;
    if (!std::getline(file, line) || line != first_line || !std::getline(file, line) || !line.starts_with("input "))
        return not_ours(path);
    state.input = line.substr(std::string_view("input ").size());
    if (state.input != input)
        return fail(Status::bad_input, "cannot go on with", path, "it is the state of another run: " + state.input,
                    "name another file, or remove it to begin from the start");
    if (!std::getline(file, line) ||
        !read_numbers(line, "place", state.place.offset, state.place.line, state.place.type))
        return not_ours(path);
    bool complete = false;
    while (std::getline(file, line)) {
        complete = line == "end";
        if (complete) break;
        auto question = read_unfinished(line);
        if (!question) return not_ours(path);
        state.unfinished.push_back(*question);
    }
    if (!complete) return not_ours(path);
    return state;
}

Result<void> write_bulk_state(const std::string& path, const BulkState& state) {
    Text text;
    text.put(first_line);
    text.put("\ninput ");
    text.put(state.input);
    text.put("\nplace ");
    text.number(state.place.offset);
    text.put(' ');
    text.number(state.place.line);
    text.put(' ');
    text.number(state.place.type);
    text.put('\n');
    for (const dns::BulkQuestion& one : state.unfinished) {
        text.put("left ");
        text.number(one.mark);
        text.put(' ');
        text.number(one.question.type);
        text.put(' ');
        text.number(one.question.klass);
        text.put(' ');
        one.question.name.write(text);
        text.put('\n');
    }
    text.put("end\n");
    const std::string beside = path + ".new";
    const auto cannot_write = [&] { return fail_errno(Status::cannot_write, "cannot write", beside, errno); };
    const transport::Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file.valid()) return cannot_write();
    for (std::string_view rest = text.view(); !rest.empty();) {
        const ssize_t written = write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno != EINTR) return cannot_write();
        if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (rename(beside.c_str(), path.c_str()) != 0) return cannot_write();
    return {};
}

void remove_bulk_state(const std::string& path) { unlink(path.c_str()); }

}  // namespace fid::cmd::resolve
